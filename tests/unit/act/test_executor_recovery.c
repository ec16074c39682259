/*
 * Every changing operation whose answer was lost: what is sent again, what settles it, and what
 * is left to a person. One row per operation and charge; each is walked through every way the
 * answer may be lost, what the listings show, and what the account's orders say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "act/executor.h"
#include "base/cleanup.h"
#include "cloud/operations.h"
#include "lib/failing_alloc.h"

#define MINUTE UINT64_C(60000)
#define LOOKS 70 /* a minute apart: more than twice the window */
#define NEVER (LOOKS + 1)

struct row {
	const char *operation;
	enum verb verb;
	enum kind kind;
	enum charge_type charge;
	bool buys;
	int64_t total;
	enum intent_state shown;            /* in the end, when listings show its effect */
	enum intent_state clear;            /* when they never do, and the orders say nothing */
	enum intent_state found;            /* ... and there is an unknown order, or they are denied */
	int sends;                          /* when nothing is ever shown nor answered */
};

#define PHONE KIND_CLOUD_PHONE
#define STREAM KIND_APP_STREAMING
#define POST CHARGE_POSTPAID
#define PRE CHARGE_PREPAID
#define D INTENT_DONE
#define A INTENT_ABSENT
#define H INTENT_HELD

/* clang-format off */
static const struct row rows[] = {
	{"CreateAndroidInstanceGroup", VERB_CREATE, PHONE, POST, true, 0, D, A, A, 5},
	{"CreateAndroidInstanceGroup", VERB_CREATE, PHONE, PRE, true, 0, D, H, H, 5},
	{"UpgradeAndroidInstanceGroup", VERB_GROW, PHONE, POST, true, 0, D, A, A, 1},
	{"DowngradeAndroidInstanceGroup", VERB_SHRINK, PHONE, POST, false, 0, D, A, A, 5},
	{"DeleteAndroidInstanceGroup", VERB_DELETE, PHONE, POST, false, 0, D, A, A, 5},
	{"StartAndroidInstance", VERB_START, PHONE, POST, false, 0, A, A, A, 5},
	{"RebootAndroidInstancesInGroup", VERB_REBOOT, PHONE, POST, false, 0, A, A, A, 1},
	{"ResetAndroidInstancesInGroup", VERB_RESET, PHONE, POST, false, 0, A, A, A, 1},
	{"TagResources", VERB_TAG, PHONE, POST, false, 0, A, A, A, 5},
	{"AttachKeyPair", VERB_ATTACH_KEY, PHONE, POST, false, 0, A, A, A, 5},
	{"CreateInstance", VERB_CREATE, KIND_PURCHASE, PRE, true, 0, H, H, H, 5},
	{"CreateInstance", VERB_CREATE, KIND_PURCHASE, POST, true, 0, H, H, H, 5},
	{"CreateAppInstanceGroup", VERB_CREATE, STREAM, POST, true, 0, D, A, H, 1},
	{"CreateAppInstanceGroup", VERB_CREATE, STREAM, PRE, true, 0, D, H, H, 1},
	{"DeleteAppInstanceGroup", VERB_DELETE, STREAM, POST, false, 0, D, A, A, 5},
	{"ModifyAppInstanceGroupAttribute", VERB_CONFIGURE, STREAM, POST, false, 0, A, A, A, 5},
	{"ModifyNodePoolAttribute", VERB_GROW, STREAM, POST, true, 5, D, A, A, 5},
	{"ModifyNodePoolAttribute", VERB_SHRINK, STREAM, POST, false, 2, D, A, A, 5},
	{"ModifyNodePoolAttribute", VERB_SET_SCALING, STREAM, POST, false, 0, A, A, A, 5},
	{"ModifyNodePoolAmount", VERB_GROW, STREAM, PRE, true, 5, D, H, H, 1},
	{"UpdateAppInstanceGroupImage", VERB_UPDATE_IMAGE, STREAM, POST, false, 0, A, A, A, 1},
	{"TagCloudResources", VERB_TAG, STREAM, POST, false, 0, A, A, A, 5},
};
/* clang-format on */

static const struct exec_policy policy = {
	.replay_window_ms = 30 * MINUTE,
	.first_look_ms = 2000,
	.max_sends = 5,
	.looks_needed = 6,
	.looks_late_needed = 2,
};

struct bench {
	const struct row *row;
	struct executor *e;
	struct exec_update u;
	uint64_t now;
	struct observed observed;
	struct intent *intent;
	int sent;
	int answer; /* enum witness, or -1: the orders cannot be asked */
	int questions;
	bool unpaid; /* the call leaves an order for a person */
	bool is_short_of_memory;
	uint64_t last_sent, asked_from, asked_to;
};

static void begin(struct bench *b, const struct row *row)
{
	*b = (struct bench){.row = row, .now = 1000 * MINUTE, .answer = -1};
	b->e = executor_new(&policy);
	observed_init(&b->observed);
	/* Somebody else's group: a listing that shows nothing at all is no look. */
	b->observed.groups = calloc(3, sizeof(*b->observed.groups));
	b->observed.n_groups = 1;
	b->observed.groups[0] = (struct observed_group){
		.kind = row->kind, .id = "zz-other", .status = GROUP_RUNNING, .name = "other", .tags = ""};
}

static void end(struct bench *b)
{
	(void)executor_free(b->e);
	exec_update_fini(&b->u);
	observed_fini(&b->observed);
}

static struct intent *make(const struct row *row)
{
	struct intent *i = intent_new();
	assert_non_null(i);
	i->id = 7;
	i->verb = row->verb;
	i->kind = row->kind;
	i->charge = row->charge;
	i->buys = row->buys;
	i->total = row->total;
	i->count = 1;
	strcpy(i->key, "keykeykeykeykeykeykeykeyke");
	assert_int_equal(0, intent_set(&i->operation, row->operation));
	assert_int_equal(0, intent_set(&i->group, "group"));
	if (row->verb == VERB_CREATE)
		assert_int_equal(0, intent_set(&i->name, "group.keykey"));
	else
		assert_int_equal(0, intent_set(&i->cloud_group, "g-1"));
	assert_int_equal(0, text_list_add(&i->before, "i-1"));
	assert_int_equal(0, text_list_add(&i->targets, "i-1"));
	return i;
}

/* The cloud group of the call, before it has its effect or after. */
static void put_group(struct bench *b, const char *id, bool after)
{
	const struct row *row = b->row;
	struct observed_group *g = &b->observed.groups[b->observed.n_groups++];
	*g = (struct observed_group){.kind = row->kind, .status = GROUP_RUNNING, .tags = "",
				     .name = "group.keykey", .available = 1};
	strcpy(g->id, id);
	g->instances = calloc(2, sizeof(*g->instances));
	g->n_instances = 1;
	strcpy(g->instances[0].id, row->verb == VERB_SHRINK && after ? "i-2" : "i-1");
	if (row->verb == VERB_GROW && after) {
		g->n_instances = 2;
		strcpy(g->instances[1].id, "i-2");
	}
	if (row->total > 0)
		g->available = after ? row->total : row->total - (row->verb == VERB_GROW ? 1 : -1);
	if (row->total > 0 || row->verb == VERB_SHRINK)
		g->n_instances = (size_t)g->available > 2 ? 0 : g->n_instances;
}

/* What the listings show from now on. */
static void show(struct bench *b, bool after)
{
	while (b->observed.n_groups > 1)
		free(b->observed.groups[--b->observed.n_groups].instances);
	bool is_there = b->row->verb == VERB_CREATE ? after : b->row->verb != VERB_DELETE || !after;
	if (is_there)
		put_group(b, "g-1", after);
}

/* Allocations fail within the executor only, where a test has set off one to fail; then the
 * step is repeated: with what was not taken over, or by a tick. */
static void step(struct bench *b, struct exec_event event)
{
	event.now = (struct exec_now){b->now, b->now};
	exec_update_clear_wants(&b->u);
	failing_alloc_pause(false);
	int r = executor_step(b->e, &event, &b->u);
	if (r == -ENOMEM && b->is_short_of_memory) {
		if (event.n_intents == 0 || !event.intents[0])
			event = (struct exec_event){.type = EXEC_TICK, .now = event.now};
		exec_update_clear_wants(&b->u);
		r = executor_step(b->e, &event, &b->u);
	}
	failing_alloc_pause(true);
	assert_int_equal(0, r);
}

static void commit(struct bench *b)
{
	step(b, (struct exec_event){.type = EXEC_COMMITTED});
}

static void lose_reply(struct bench *b)
{
	const struct exec_reply lost = {.outcome = OUTCOME_UNCLEAR, .code = "", .message = "",
					.request_id = "", .result_group = "", .order_id = ""};
	step(b, (struct exec_event){.type = EXEC_REPLY, .intent = b->intent, .reply = &lost});
	commit(b);
}

/* Everything that is to be sent is, and its answer is lost; every question gets b->answer. */
static void do_update(struct bench *b)
{
	while (b->u.send.n > 0) {
		b->u.send.n = 0;
		step(b, (struct exec_event){.type = EXEC_SENDING, .intent = b->intent});
		commit(b);
		b->sent++;
		b->last_sent = b->now;
		lose_reply(b);
	}
	while (b->u.want_witness.n > 0) {
		const struct exec_question *q = &b->u.want_witness.items[--b->u.want_witness.n];
		b->questions++;
		b->asked_from = q->from_wall_ms;
		b->asked_to = q->to_wall_ms;
		if (b->answer < 0)
			continue;
		step(b, (struct exec_event){.type = EXEC_WITNESS, .intent = q->intent,
					    .witness = (enum witness)b->answer, .text = "233, 234"});
		commit(b);
	}
}

/* The process ends and another one goes on with what is durable. */
static void restart(struct bench *b)
{
	const bool wanted = true;
	struct intent *kept = NULL;
	assert_int_equal(0, intent_copy(b->intent, &kept));
	(void)executor_free(b->e);
	exec_update_fini(&b->u);
	b->e = executor_new(&policy);
	b->intent = kept;
	step(b, (struct exec_event){.type = EXEC_RESTORED, .intents = &kept, .n_intents = 1,
				    .wanted = &wanted});
	commit(b);
	do_update(b);
}

enum way { REPLY_LOST, DIED_AFTER_SENDING, RESTARTED_LATER, WAYS };

static void start(struct bench *b, enum way way)
{
	struct intent *mine = b->intent = make(b->row);
	mine->unpaid = b->unpaid;
	step(b, (struct exec_event){.type = EXEC_ACTIONS, .intents = &mine, .n_intents = 1});
	commit(b);
	assert_int_equal(1, b->u.send.n);
	b->u.send.n = 0;
	step(b, (struct exec_event){.type = EXEC_SENDING, .intent = b->intent});
	commit(b);
	b->sent = 1;
	b->last_sent = b->now;
	if (way == DIED_AFTER_SENDING)
		restart(b);
	else
		lose_reply(b);
}

static void look(struct bench *b)
{
	struct observed_listing *listing = &b->observed.of[b->row->kind];
	b->now += MINUTE;
	listing->complete = true;
	listing->listed_mono_ms = b->now;
	for (size_t k = 0; k < b->observed.n_groups; k++)
		b->observed.groups[k].listed_mono_ms = b->now;
	step(b, (struct exec_event){.type = EXEC_TICK});
	commit(b);
	do_update(b);
	step(b, (struct exec_event){.type = EXEC_OBSERVED, .observed = &b->observed,
					    .kind = b->row->kind});
	commit(b);
	do_update(b);
}

static bool is_over(const struct bench *b)
{
	return !intent_is_open(b->intent) || b->intent->state == INTENT_HELD;
}

/* @shown_at: after so many looks its effect shows. */
static void run(struct bench *b, enum way way, int shown_at)
{
	show(b, shown_at == 0);
	start(b, way);
	for (int k = 1; k <= LOOKS && !is_over(b); k++) {
		if (k == shown_at)
			show(b, true);
		if (way == RESTARTED_LATER && k == 3)
			restart(b);
		look(b);
	}
}

static void assert_state(const struct bench *b, enum intent_state expected, int way, const char *what)
{
	if (b->intent->state != expected)
		fail_msg("%s %s, %s, way %d: is %s, not %s", b->row->operation,
			 charge_type_name(b->row->charge), what, way,
			 intent_state_name(b->intent->state), intent_state_name(expected));
}

#define EACH_CASE(b, way)                                                                          \
	for (size_t r_ = 0; r_ < ARRAY_SIZE(rows); r_++)                                           \
		for (int way = 0; way < WAYS; way++)                                               \
			for (bool once_ = (begin(&(b), &rows[r_]), true); once_;                   \
			     once_ = (end(&(b)), false))

static void what_shows_settles_it_with_one_send(void **state)
{
	(void)state;
	struct bench b;
	EACH_CASE(b, way)
	{
		run(&b, (enum way)way, 0);
		assert_state(&b, b.row->shown, way, "shown");
		if (b.row->shown == INTENT_DONE)
			assert_int_equal(1, b.sent);
	}
}

static void what_shows_late_settles_it_all_the_same(void **state)
{
	(void)state;
	struct bench b;
	EACH_CASE(b, way)
	{
		if (b.row->shown != INTENT_DONE || b.row->verb == VERB_SHRINK || b.row->verb == VERB_DELETE)
			continue;
		run(&b, (enum way)way, 25);
		assert_state(&b, INTENT_DONE, way, "shown late");
		assert_true(b.sent <= b.row->sends);
	}
}

static void what_never_shows_is_sent_so_often_and_never_after_the_window(void **state)
{
	(void)state;
	struct bench b;
	EACH_CASE(b, way)
	{
		b.answer = WITNESS_CLEAR;
		run(&b, (enum way)way, NEVER);
		assert_state(&b, b.row->clear, way, "never shown");
		assert_int_equal(b.row->sends, b.sent);
		assert_true(b.last_sent - b.intent->first_sent_wall_ms <= policy.replay_window_ms);
	}
}

static void an_unknown_order_or_none_to_be_seen_is_a_persons_matter(void **state)
{
	(void)state;
	static const struct {
		enum witness witness;
		const char *says;
	} cases[] = {{WITNESS_FOUND, "233, 234"}, {WITNESS_DENIED, "bss:DescribeOrderList"}};
	struct bench b;
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++)
		EACH_CASE(b, way)
		{
			b.answer = (int)cases[k].witness;
			run(&b, (enum way)way, NEVER);
			assert_state(&b, b.row->found, way, cases[k].says);
			assert_int_equal(b.row->sends, b.sent);
			if (b.questions > 0)
				assert_non_null(strstr(b.intent->message, cases[k].says));
			int asked = b.questions;
			look(&b);
			look(&b);
			assert_int_equal(asked, b.questions); /* it was answered */
		}
}

static void the_orders_are_asked_about_after_the_window_only(void **state)
{
	(void)state;
	struct bench b;
	EACH_CASE(b, way)
	{
		bool witness = operation_info(operation_from_name(b.row->operation))->recovery.witness;
		b.answer = WITNESS_CLEAR;
		run(&b, (enum way)way, NEVER);
		assert_int_equal(witness, b.questions);
		if (!witness)
			continue;
		assert_true(b.asked_from == b.intent->first_sent_wall_ms - 5 * MINUTE);
		assert_true(b.asked_to == b.now);
		assert_true(b.asked_to - b.intent->first_sent_wall_ms > policy.replay_window_ms);
	}
}

static void without_an_answer_about_the_orders_it_waits_and_asks_again(void **state)
{
	(void)state;
	struct bench b;
	EACH_CASE(b, way)
	{
		if (b.row->clear == b.row->found)
			continue;
		run(&b, (enum way)way, NEVER);
		assert_state(&b, INTENT_UNCLEAR, way, "no answer");
		assert_true(b.questions > 10);
		restart(&b);
		b.answer = WITNESS_CLEAR;
		look(&b);
		assert_state(&b, INTENT_ABSENT, way, "answered in the end");
	}
}

static void what_came_while_the_orders_were_asked_about_is_taken(void **state)
{
	(void)state;
	struct bench b;
	EACH_CASE(b, way)
	{
		if (b.row->clear == b.row->found)
			continue;
		run(&b, (enum way)way, NEVER);
		show(&b, true);
		look(&b);
		assert_state(&b, INTENT_DONE, way, "came after all");
		step(&b, (struct exec_event){.type = EXEC_WITNESS, .intent = b.intent,
					     .witness = WITNESS_FOUND, .text = "233"});
		assert_state(&b, INTENT_DONE, way, "an answer that came too late");
	}
}

static void what_is_held_stays_so_until_a_person_decides(void **state)
{
	(void)state;
	static const struct {
		const char *resource;
		enum intent_state state;
	} words[] = {{"r-1", INTENT_DONE}, {"", INTENT_ABSENT}};
	struct bench b;
	for (size_t k = 0; k < ARRAY_SIZE(words); k++)
		EACH_CASE(b, way)
		{
			b.answer = WITNESS_FOUND;
			run(&b, (enum way)way, NEVER);
			if (b.intent->state != INTENT_HELD)
				continue;
			restart(&b);
			for (int n = 0; n < 5; n++)
				look(&b);
			assert_state(&b, INTENT_HELD, way, "restarted");
			assert_int_equal(b.row->sends, b.sent);
			step(&b, (struct exec_event){.type = EXEC_DECIDED, .intent = b.intent,
						     .resource = words[k].resource});
			assert_state(&b, words[k].state, way, "decided");
			assert_string_equal(words[k].resource, b.intent->result_group);
		}
}

static void two_of_its_name_are_named(void **state)
{
	(void)state;
	struct bench b;
	EACH_CASE(b, way)
	{
		if (operation_info(operation_from_name(b.row->operation))->recovery.look != LOOK_NAME)
			continue;
		start(&b, (enum way)way);
		put_group(&b, "g-1", true);
		put_group(&b, "g-2", true);
		look(&b);
		assert_state(&b, INTENT_HELD, way, "two");
		assert_string_equal("g-1 and g-2 carry its name or its mark", b.intent->message);
	}
}

static void a_number_that_is_not_told_or_old_says_nothing(void **state)
{
	(void)state;
	struct bench b;
	EACH_CASE(b, way)
	{
		if (b.row->total == 0)
			continue;
		show(&b, true);
		start(&b, (enum way)way);
		struct observed_group *g = &b.observed.groups[1];
		int64_t number = g->available;
		g->available = -1;
		for (int k = 0; k < 10; k++)
			look(&b);
		assert_int_equal(0, b.intent->looks);
		assert_int_equal(1, b.sent);
		g->available = number;
		b.now += MINUTE;
		b.observed.of[b.row->kind].listed_mono_ms = b.now;
		g->listed_mono_ms = 1; /* its nodes were not listed since */
		step(&b, (struct exec_event){.type = EXEC_OBSERVED, .observed = &b.observed,
					    .kind = b.row->kind});
		assert_state(&b, INTENT_UNCLEAR, way, "old");
		g->listed_mono_ms = 0; /* the row alone says all */
		b.now += MINUTE;
		b.observed.of[b.row->kind].listed_mono_ms = b.now;
		step(&b, (struct exec_event){.type = EXEC_OBSERVED, .observed = &b.observed,
					    .kind = b.row->kind});
		assert_state(&b, INTENT_DONE, way, "told");
	}
}

static void more_than_was_asked_for_is_enough(void **state)
{
	(void)state;
	struct bench b;
	EACH_CASE(b, way)
	{
		if (b.row->total == 0)
			continue;
		show(&b, true);
		b.observed.groups[1].available += b.row->verb == VERB_GROW ? 1 : -1;
		start(&b, (enum way)way);
		look(&b);
		assert_state(&b, INTENT_DONE, way, "beyond");
	}
}

static void a_replay_whose_turn_comes_after_the_window_does_not_leave(void **state)
{
	(void)state;
	struct bench b;
	EACH_CASE(b, way)
	{
		const struct recovery *recovery =
			&operation_info(operation_from_name(b.row->operation))->recovery;
		if (recovery->again == AGAIN_NEVER)
			continue;
		show(&b, false);
		start(&b, REPLY_LOST);
		b.now += MINUTE;
		b.observed.of[b.row->kind].complete = true;
		b.observed.of[b.row->kind].listed_mono_ms = b.now;
		for (size_t k = 0; k < b.observed.n_groups; k++)
			b.observed.groups[k].listed_mono_ms = b.now;
		step(&b, (struct exec_event){.type = EXEC_OBSERVED, .observed = &b.observed,
					    .kind = b.row->kind});
		commit(&b);
		assert_int_equal(1, b.u.send.n);
		struct exec_now now = {b.now, b.now};
		assert_true(executor_may_send(b.e, b.intent, &now));
		b.now += 31 * MINUTE;
		now = (struct exec_now){b.now, b.now};
		assert_false(executor_may_send(b.e, b.intent, &now));
		const struct exec_event sending = {.type = EXEC_SENDING, .intent = b.intent, .now = now};
		assert_int_equal(-ETIMEDOUT, executor_step(b.e, &sending, &b.u));
		assert_int_equal(1, b.intent->sends);
		(void)way;
	}
}

/* Only the reply would have named the order that a person has to pay. */
static void the_order_of_what_was_found_is_asked_about(void **state)
{
	(void)state;
	struct bench b;
	EACH_CASE(b, way)
	{
		if (!b.row->buys || b.row->charge != CHARGE_PREPAID || b.row->shown != INTENT_DONE)
			continue;
		b.unpaid = true;
		b.answer = WITNESS_CLEAR; /* not to be read yet */
		run(&b, (enum way)way, 1);
		assert_state(&b, INTENT_DONE, way, "found");
		step(&b, (struct exec_event){.type = EXEC_LANDED, .intent = b.intent});
		commit(&b);
		look(&b);
		assert_int_equal(2, b.questions);
		executor_forget_landed(b.e);
		assert_non_null(executor_find(b.e, 7));
		step(&b, (struct exec_event){.type = EXEC_WITNESS, .intent = b.intent,
					     .witness = WITNESS_FOUND, .text = "233", .order = "233"});
		assert_int_equal(1, b.u.persist.n);
		assert_string_equal("233", b.intent->order_id);
		commit(&b);
		executor_forget_landed(b.e);
		assert_null(executor_find(b.e, 7));
	}
}

static void an_order_that_is_not_to_be_told_from_others_is_not_claimed(void **state)
{
	(void)state;
	struct bench b;
	EACH_CASE(b, way)
	{
		if (!b.row->buys || b.row->charge != CHARGE_PREPAID || b.row->shown != INTENT_DONE)
			continue;
		b.unpaid = true;
		run(&b, (enum way)way, 1);
		restart(&b); /* before there was an answer */
		b.answer = WITNESS_FOUND;
		look(&b);
		assert_int_equal(3, b.questions);
		assert_string_equal("", b.intent->order_id);
		assert_non_null(strstr(b.intent->message, "233, 234"));
		look(&b);
		assert_int_equal(3, b.questions);
	}
}

static void no_order_by_the_end_of_the_window_is_none(void **state)
{
	(void)state;
	struct bench b;
	begin(&b, &rows[1]);
	b.unpaid = true;
	b.answer = WITNESS_CLEAR;
	run(&b, REPLY_LOST, 1);
	for (int k = 0; k < 29; k++)
		look(&b);
	int asked = b.questions;
	for (int k = 0; k < 9; k++)
		look(&b);
	assert_int_equal(asked + 1, b.questions);
	end(&b);
}

static void an_instance_that_its_reply_did_not_name_is_named_once(void **state)
{
	(void)state;
	struct bench b;
	begin(&b, &rows[10]);
	start(&b, REPLY_LOST);
	step(&b, (struct exec_event){.type = EXEC_NAMED, .intent = b.intent, .resource = "i-9"});
	assert_string_equal("", b.intent->result_group); /* nobody knows yet whether it bought */
	b.now += MINUTE;
	step(&b, (struct exec_event){.type = EXEC_TICK});
	commit(&b);
	b.u.send.n = 0;
	step(&b, (struct exec_event){.type = EXEC_SENDING, .intent = b.intent});
	commit(&b);
	const struct exec_reply yes = {.outcome = OUTCOME_DONE, .code = "", .message = "",
				       .request_id = "", .result_group = "", .order_id = "233"};
	step(&b, (struct exec_event){.type = EXEC_REPLY, .intent = b.intent, .reply = &yes});
	commit(&b);
	step(&b, (struct exec_event){.type = EXEC_NAMED, .intent = b.intent, .resource = "i-9"});
	assert_int_equal(1, b.u.persist.n);
	assert_string_equal("i-9", b.intent->result_group);
	step(&b, (struct exec_event){.type = EXEC_NAMED, .intent = b.intent, .resource = "i-10"});
	assert_string_equal("i-9", b.intent->result_group);
	end(&b);
}

struct ending {
	int shown_at, answer;
	bool unpaid;
};

static void run_short_of_memory(size_t row, enum way way, const struct ending *ending, uint64_t n)
{
	struct bench b, undisturbed;
	begin(&undisturbed, &rows[row]);
	begin(&b, &rows[row]);
	undisturbed.answer = b.answer = ending->answer;
	undisturbed.unpaid = b.unpaid = ending->unpaid;
	run(&undisturbed, way, ending->shown_at);
	b.is_short_of_memory = true;
	failing_alloc_once(n);
	failing_alloc_pause(true);
	run(&b, way, ending->shown_at);
	(void)failing_alloc_stop();
	assert_state(&b, undisturbed.intent->state, (int)way, "short of memory");
	assert_true(b.sent <= b.row->sends);
	assert_string_equal(undisturbed.intent->result_group, b.intent->result_group);
	end(&b);
	end(&undisturbed);
}

static void an_allocation_that_fails_changes_no_ending(void **state)
{
	static const struct ending endings[] = {
		{0, WITNESS_CLEAR, false}, {0, WITNESS_CLEAR, true}, {0, WITNESS_FOUND, true},
		{3, -1, false}, {NEVER, WITNESS_CLEAR, false}, {NEVER, WITNESS_FOUND, false},
		{NEVER, WITNESS_DENIED, false},
	};
	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(endings); k++)
		for (size_t r = 0; r < ARRAY_SIZE(rows); r++)
			for (int way = 0; way < WAYS; way++)
				each_failing_alloc(n) run_short_of_memory(r, (enum way)way, &endings[k], n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_shows_settles_it_with_one_send),
		cmocka_unit_test(what_shows_late_settles_it_all_the_same),
		cmocka_unit_test(what_never_shows_is_sent_so_often_and_never_after_the_window),
		cmocka_unit_test(an_unknown_order_or_none_to_be_seen_is_a_persons_matter),
		cmocka_unit_test(the_orders_are_asked_about_after_the_window_only),
		cmocka_unit_test(without_an_answer_about_the_orders_it_waits_and_asks_again),
		cmocka_unit_test(what_came_while_the_orders_were_asked_about_is_taken),
		cmocka_unit_test(what_is_held_stays_so_until_a_person_decides),
		cmocka_unit_test(two_of_its_name_are_named),
		cmocka_unit_test(a_number_that_is_not_told_or_old_says_nothing),
		cmocka_unit_test(more_than_was_asked_for_is_enough),
		cmocka_unit_test(a_replay_whose_turn_comes_after_the_window_does_not_leave),
		cmocka_unit_test(the_order_of_what_was_found_is_asked_about),
		cmocka_unit_test(an_order_that_is_not_to_be_told_from_others_is_not_claimed),
		cmocka_unit_test(no_order_by_the_end_of_the_window_is_none),
		cmocka_unit_test(an_instance_that_its_reply_did_not_name_is_named_once),
		cmocka_unit_test(an_allocation_that_fails_changes_no_ending),
	};
	return cmocka_run_group_tests_name("executor_recovery", tests, NULL, NULL);
}
