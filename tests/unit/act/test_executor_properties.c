/*
 * The executor under anything that may happen, in any order: lost and late answers, commits that
 * fail, restarts, sleeping machines, listings that lag, orders that nobody knows. What must never
 * be is checked after every event; one printed seed explains a run.
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
#include "lib/seed.h"

#define MINUTE UINT64_C(60000)
#define RUNS 400
#define EVENTS 400
#define CALLS 6

static const struct exec_policy policy = {
	.replay_window_ms = 30 * MINUTE,
	.first_look_ms = 2000,
	.max_sends = 5,
	.looks_needed = 6,
	.looks_late_needed = 2,
};

/* clang-format off */
static const struct {
	enum operation op;
	enum verb verb;
	enum kind kind;
	int64_t total;
} operations[] = {
	{OP_CREATE_ANDROID_INSTANCE_GROUP, VERB_CREATE, KIND_CLOUD_PHONE, 0},
	{OP_UPGRADE_ANDROID_INSTANCE_GROUP, VERB_GROW, KIND_CLOUD_PHONE, 0},
	{OP_DOWNGRADE_ANDROID_INSTANCE_GROUP, VERB_SHRINK, KIND_CLOUD_PHONE, 0},
	{OP_DELETE_ANDROID_INSTANCE_GROUP, VERB_DELETE, KIND_CLOUD_PHONE, 0},
	{OP_START_ANDROID_INSTANCE, VERB_START, KIND_CLOUD_PHONE, 0},
	{OP_REBOOT_ANDROID_INSTANCES_IN_GROUP, VERB_REBOOT, KIND_CLOUD_PHONE, 0},
	{OP_RESET_ANDROID_INSTANCES_IN_GROUP, VERB_RESET, KIND_CLOUD_PHONE, 0},
	{OP_TAG_RESOURCES, VERB_TAG, KIND_CLOUD_PHONE, 0},
	{OP_ATTACH_KEY_PAIR, VERB_ATTACH_KEY, KIND_CLOUD_PHONE, 0},
	{OP_CREATE_INSTANCE, VERB_CREATE, KIND_PURCHASE, 0},
	{OP_CREATE_APP_INSTANCE_GROUP, VERB_CREATE, KIND_APP_STREAMING, 0},
	{OP_DELETE_APP_INSTANCE_GROUP, VERB_DELETE, KIND_APP_STREAMING, 0},
	{OP_MODIFY_APP_INSTANCE_GROUP_ATTRIBUTE, VERB_CONFIGURE, KIND_APP_STREAMING, 0},
	{OP_MODIFY_NODE_POOL_ATTRIBUTE, VERB_GROW, KIND_APP_STREAMING, 5},
	{OP_MODIFY_NODE_POOL_ATTRIBUTE, VERB_SHRINK, KIND_APP_STREAMING, 2},
	{OP_MODIFY_NODE_POOL_ATTRIBUTE, VERB_SET_SCALING, KIND_APP_STREAMING, 0},
	{OP_MODIFY_NODE_POOL_AMOUNT, VERB_GROW, KIND_APP_STREAMING, 5},
	{OP_UPDATE_APP_INSTANCE_GROUP_IMAGE, VERB_UPDATE_IMAGE, KIND_APP_STREAMING, 0},
	{OP_TAG_CLOUD_RESOURCES, VERB_TAG, KIND_APP_STREAMING, 0},
};
/* clang-format on */

struct call {
	struct intent *intent;  /* the executor's */
	struct intent *durable; /* as the ledger has it; NULL: never committed */
	const struct recovery *recovery;
	char token[40];
	bool queued;  /* handed out, waits for its turn */
	bool on_wire; /* it left, no answer yet */
	bool asked;   /* a question about the orders is open */
	bool cleared, decided;
	int left;     /* how often it left, in all lives */
	uint64_t first_left_mono, settled_mono;
	enum intent_state settled_as;
};

struct world {
	struct executor *e;
	struct exec_update u;
	struct exec_now now;
	uint64_t asleep; /* what the machine slept: the wall clock goes on */
	struct call calls[CALLS];
	struct observed observed;
};

static uint64_t true_time(const struct world *w)
{
	return w->now.mono_ms + w->asleep;
}

static struct call *call_of(struct world *w, const struct intent *i)
{
	for (size_t k = 0; k < CALLS; k++)
		if (w->calls[k].intent == i)
			return &w->calls[k];
	fail_msg("an intent that nobody made");
	return NULL;
}

/* ---- what must never be ---- */

static void check_sending(const struct world *w, const struct call *c)
{
	assert_non_null(c->durable); /* no send before its intent is durable */
	assert_string_equal(c->token, c->intent->token);
	if (c->recovery->again == AGAIN_NEVER)
		assert_int_equal(0, c->left);
	assert_true(c->left < policy.max_sends);
	if (c->left > 0)
		assert_true(true_time(w) - c->first_left_mono <= policy.replay_window_ms);
}

static void check_settled(struct world *w, struct call *c)
{
	const struct intent *i = c->intent;
	if (intent_is_open(i))
		return;
	if (c->settled_mono == 0) {
		c->settled_mono = true_time(w) + 1;
		c->settled_as = i->state;
	}
	assert_int_equal(c->settled_as, i->state); /* a settled intent never moves again */
	if (i->state != INTENT_ABSENT || c->left == 0 || c->decided)
		return;
	/* What may have been paid for is never given up by itself. */
	assert_false(i->buys && i->charge == CHARGE_PREPAID);
	assert_int_not_equal(LOOK_PERSON, c->recovery->look);
	if (c->recovery->witness)
		assert_true(c->cleared);
}

static void check(struct world *w)
{
	for (size_t k = 0; k < CALLS; k++) {
		const struct call *c = &w->calls[k];
		assert_true(c->intent->sends <= policy.max_sends);
		assert_true(c->left <= c->intent->sends); /* "sent" is durable before the first byte */
		assert_string_equal(c->token, c->intent->token);
		check_settled(w, &w->calls[k]);
	}
}

/* ---- events ---- */

static void take_update(struct world *w)
{
	for (size_t k = 0; k < w->u.send.n; k++) {
		struct call *c = call_of(w, w->u.send.items[k]);
		assert_false(c->queued || c->on_wire);
		c->queued = true;
	}
	for (size_t k = 0; k < w->u.want_witness.n; k++) {
		struct call *c = call_of(w, w->u.want_witness.items[k].intent);
		c->asked = true;
		if (c->intent->state == INTENT_DONE) { /* which order a person has to pay */
			assert_true(c->intent->unpaid && !*c->intent->order_id);
			continue;
		}
		assert_true(c->recovery->witness);
		assert_true(true_time(w) - c->first_left_mono > policy.replay_window_ms);
	}
	w->u.send.n = w->u.want_witness.n = w->u.notes.n = 0;
}

static int step(struct world *w, struct exec_event event)
{
	event.now = w->now;
	exec_update_clear_wants(&w->u);
	int r = executor_step(w->e, &event, &w->u);
	take_update(w);
	return r;
}

/* The commit that a step asks for; now and then the disk is full. */
static bool commit(struct world *w)
{
	if (seed_below(8) == 0)
		return false;
	vec_each(&w->u.persist, intent) {
		struct call *c = call_of(w, *intent);
		(void)intent_free(c->durable);
		c->durable = NULL;
		assert_int_equal(0, intent_copy(*intent, &c->durable));
	}
	assert_int_equal(0, step(w, (struct exec_event){.type = EXEC_COMMITTED}));
	return true;
}

static void make(struct world *w, struct call *c, int id)
{
	size_t o = (size_t)seed_below(ARRAY_SIZE(operations));
	const struct operation_info *info = operation_info(operations[o].op);
	struct intent *i = intent_new(), *mine = i;
	assert_non_null(i);
	i->id = id;
	i->verb = operations[o].verb;
	i->kind = operations[o].kind;
	i->total = operations[o].total;
	i->count = 1;
	i->buys = i->verb == VERB_CREATE || i->verb == VERB_GROW;
	i->charge = operations[o].op == OP_MODIFY_NODE_POOL_AMOUNT || seed_below(2) ? CHARGE_PREPAID
										 : CHARGE_POSTPAID;
	i->unpaid = i->buys && i->charge == CHARGE_PREPAID && seed_below(2);
	(void)snprintf(i->key, sizeof(i->key), "keykeykeykeykeykeykeykey%02d", id);
	(void)snprintf(c->token, sizeof(c->token), "%s",
		       info->recovery.again == AGAIN_TOKEN ? i->key : "");
	char name[32];
	(void)snprintf(name, sizeof(name), "group.%d", id);
	assert_int_equal(0, intent_set(&i->operation, info->name));
	assert_int_equal(0, intent_set(&i->token, c->token));
	assert_int_equal(0, intent_set(&i->name, name));
	(void)snprintf(name, sizeof(name), "g-%d", id);
	assert_int_equal(0, intent_set(&i->cloud_group, i->verb == VERB_CREATE ? "" : name));
	assert_int_equal(0, text_list_add(&i->targets, "i-1"));
	c->intent = i;
	c->recovery = &info->recovery;
	assert_int_equal(0, step(w, (struct exec_event){.type = EXEC_ACTIONS, .intents = &mine,
							.n_intents = 1}));
	(void)commit(w);
}

static void answer(struct world *w, struct call *c, enum outcome outcome)
{
	const struct exec_reply reply = {.outcome = outcome, .code = "", .message = "", .request_id = "",
					 .result_group = "", .order_id = ""};
	c->queued = c->on_wire = false;
	(void)step(w, (struct exec_event){.type = EXEC_REPLY, .intent = c->intent, .reply = &reply});
	(void)commit(w);
}

/* As the driver does it: "sent" is durable, or nothing leaves. */
static void send_queued(struct world *w, struct call *c)
{
	if (!c->queued)
		return;
	bool may = executor_may_send(w->e, c->intent, &w->now);
	int r = step(w, (struct exec_event){.type = EXEC_SENDING, .intent = c->intent});
	assert_int_equal(may ? 0 : -ETIMEDOUT, r);
	if (r < 0 || !commit(w)) {
		answer(w, c, OUTCOME_NOT_SENT);
		return;
	}
	check_sending(w, c);
	c->queued = false;
	c->on_wire = true;
	if (c->left++ == 0)
		c->first_left_mono = true_time(w);
}

static void pass(struct world *w)
{
	uint64_t ms = seed_below(8) == 0 ? seed_below(20 * MINUTE) : seed_below(MINUTE);
	w->now.wall_ms += ms;
	if (seed_below(20) == 0) /* the machine slept; only the wall clock noticed */
		w->asleep += ms;
	else
		w->now.mono_ms += ms;
	(void)step(w, (struct exec_event){.type = EXEC_TICK});
	(void)commit(w);
}

static void list(struct world *w)
{
	w->observed.n_groups = 0;
	for (int k = 0; k < KIND_MAX_; k++) {
		w->observed.of[k].complete = seed_below(6) != 0;
		w->observed.of[k].listed_mono_ms = w->now.mono_ms;
		struct observed_group *g = &w->observed.groups[w->observed.n_groups++];
		*g = (struct observed_group){.kind = (enum kind)k, .name = "other", .tags = ""};
		strcpy(g->id, "zz");
	}
	for (size_t k = 0; k < CALLS; k++) {
		struct call *c = &w->calls[k];
		struct observed_group *g = &w->observed.groups[w->observed.n_groups];
		bool is_there = c->intent->verb != VERB_CREATE ? seed_below(8) != 0
							       : c->left > 0 && seed_below(12) == 0;
		if (!is_there)
			continue;
		*g = (struct observed_group){.kind = c->intent->kind, .name = c->intent->name, .tags = "",
					     .available = seed_between(-1, 6),
					     .listed_mono_ms = w->now.mono_ms};
		(void)snprintf(g->id, sizeof(g->id), "g-%d", (int)k + 1);
		w->observed.n_groups++;
	}
	for (int k = 0; k < KIND_MAX_; k++) {
		(void)step(w, (struct exec_event){.type = EXEC_OBSERVED, .observed = &w->observed,
						  .kind = (enum kind)k});
		(void)commit(w);
	}
}

static void testify(struct world *w, struct call *c)
{
	if (!c->asked)
		return;
	enum witness witness = (enum witness)seed_below(3);
	c->asked = false;
	c->cleared = c->cleared || witness == WITNESS_CLEAR;
	(void)step(w, (struct exec_event){.type = EXEC_WITNESS, .intent = c->intent, .witness = witness,
					  .text = "233", .order = witness == WITNESS_FOUND ? "233" : NULL});
	(void)commit(w);
}

static void decide(struct world *w, struct call *c)
{
	if (c->intent->state != INTENT_HELD)
		return;
	c->decided = true;
	(void)step(w, (struct exec_event){.type = EXEC_DECIDED, .intent = c->intent,
					  .resource = seed_below(2) ? "r-1" : ""});
	(void)commit(w);
}

/* What is not durable is lost; what left is still on its way. */
static void restart(struct world *w)
{
	(void)executor_free(w->e);
	exec_update_fini(&w->u);
	w->e = executor_new(&policy);
	struct intent *intents[CALLS];
	bool wanted[CALLS];
	size_t n = 0;
	for (size_t k = 0; k < CALLS; k++) {
		struct call *c = &w->calls[k];
		c->intent = NULL;
		c->queued = c->on_wire = c->asked = false;
		if (!c->durable) { /* never recorded: it never was */
			assert_int_equal(0, c->left);
			continue;
		}
		assert_int_equal(0, intent_copy(c->durable, &intents[n]));
		c->intent = intents[n];
		wanted[n++] = seed_below(3) != 0;
		c->settled_mono = intent_is_open(c->intent) ? 0 : c->settled_mono;
		c->decided = c->decided && !intent_is_open(c->intent);
	}
	(void)step(w, (struct exec_event){.type = EXEC_RESTORED, .intents = intents, .n_intents = n,
					  .wanted = wanted});
	for (size_t k = 0; k < CALLS; k++)
		if (!w->calls[k].intent)
			make(w, &w->calls[k], (int)k + 1);
	(void)commit(w);
}

static void anything(struct world *w)
{
	struct call *c = &w->calls[seed_below(CALLS)];
	switch (seed_below(10)) {
	case 0:
	case 1:
		send_queued(w, c);
		break;
	case 2:
		if (c->on_wire)
			answer(w, c, seed_below(3) ? OUTCOME_UNCLEAR : (enum outcome)seed_below(OUTCOME_MAX_));
		break;
	case 3:
		if (c->queued && seed_below(4) == 0)
			answer(w, c, OUTCOME_NOT_SENT);
		break;
	case 4:
	case 5:
		list(w);
		break;
	case 6:
		testify(w, c);
		break;
	case 7:
		if (seed_below(4) == 0)
			decide(w, c);
		break;
	case 8:
		if (seed_below(6) == 0)
			restart(w);
		break;
	default:
		pass(w);
		break;
	}
}

static void run_once(unsigned counts[INTENT_STATE_MAX_])
{
	struct world w = {.now = {1000 * MINUTE, 90000 * MINUTE}};
	observed_init(&w.observed);
	w.observed.groups = calloc(CALLS + KIND_MAX_, sizeof(*w.observed.groups));
	w.e = executor_new(&policy);
	for (size_t k = 0; k < CALLS; k++)
		make(&w, &w.calls[k], (int)k + 1);
	for (int n = 0; n < EVENTS; n++) {
		anything(&w);
		check(&w);
	}
	for (size_t k = 0; k < CALLS; k++) {
		counts[w.calls[k].intent->state]++;
		(void)intent_free(w.calls[k].durable);
	}
	(void)executor_free(w.e);
	exec_update_fini(&w.u);
	observed_fini(&w.observed);
}

static void whatever_happens_nothing_is_sent_twice_or_given_up_wrongly(void **state)
{
	(void)state;
	unsigned counts[INTENT_STATE_MAX_] = {0};
	for (int k = 0; k < RUNS; k++)
		run_once(counts);
	/* The events are such that calls get everywhere. */
	static const enum intent_state ends[] = {INTENT_DONE, INTENT_REJECTED, INTENT_ABSENT, INTENT_HELD};
	for (size_t k = 0; k < ARRAY_SIZE(ends); k++)
		if (counts[ends[k]] == 0)
			fail_msg("no call ended %s", intent_state_name(ends[k]));
}

int main(int argc, char **argv)
{
	seed_init(argc, argv);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_happens_nothing_is_sent_twice_or_given_up_wrongly),
	};
	return cmocka_run_group_tests_name("executor_properties", tests, NULL, NULL);
}
