#pragma once
/*
 * An executor, an intent of each verb brought as far as its answer, and a listing of the
 * test's making. For the tests of single paths through act/executor.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "act/executor.h"
#include "base/cleanup.h"
#include "cloud/actions.h"

#define MINUTE UINT64_C(60000)

static const struct exec_policy policy = {
	.replay_window_ms = 30 * MINUTE,
	.first_look_ms = 2000,
	.max_sends = 5,
	.looks_needed = 6,
	.looks_late_needed = 2,
};

struct bench {
	struct executor *e;
	struct exec_update u;
	uint64_t now; /* mono and wall run together here */
	struct observed observed;
};

static inline int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	b->e = executor_new(&policy);
	b->now = 1000000;
	observed_init(&b->observed);
	*state = b;
	return 0;
}

static inline int teardown(void **state)
{
	struct bench *b = *state;
	(void)executor_free(b->e);
	exec_update_fini(&b->u);
	observed_fini(&b->observed);
	free(b);
	return 0;
}

static inline void step(struct bench *b, struct exec_event event)
{
	exec_update_fini(&b->u);
	event.now = (struct exec_now){b->now, b->now};
	assert_int_equal(0, executor_step(b->e, &event, &b->u));
}

static inline void commit(struct bench *b)
{
	step(b, (struct exec_event){.type = EXEC_COMMITTED});
}

static inline struct intent *make(enum verb verb, enum charge_type charge)
{
	struct intent *i = intent_new();
	i->id = 7;
	i->verb = verb;
	i->kind = KIND_CLOUD_PHONE;
	(void)intent_set(&i->operation, action_operation(i->kind, verb, charge));
	i->charge = charge;
	i->buys = verb == VERB_CREATE || verb == VERB_GROW;
	i->count = 2;
	strcpy(i->key, "keykeykeykeykeykeykeykeyke");
	(void)intent_set(&i->name, "phones.keykey");
	(void)intent_set(&i->group, "phones");
	if (verb != VERB_CREATE)
		(void)intent_set(&i->cloud_group, "ag-1");
	return i;
}

/* Recorded, committed, handed out, sent, and that committed: the answer is due. */
static inline struct intent *sent(struct bench *b, enum verb verb, enum charge_type charge)
{
	struct intent *i = make(verb, charge), *mine = i;
	step(b, (struct exec_event){.type = EXEC_ACTIONS, .intents = &mine, .n_intents = 1});
	commit(b);
	step(b, (struct exec_event){.type = EXEC_SENDING, .intent = i});
	commit(b);
	return i;
}

static inline void reply(struct bench *b, struct intent *i, enum outcome outcome)
{
	struct exec_reply r = {.outcome = outcome, .code = "Code", .message = "", .request_id = "R-1",
			       .result_group = outcome == OUTCOME_DONE ? "ag-9" : "", .order_id = ""};
	step(b, (struct exec_event){.type = EXEC_REPLY, .intent = i, .reply = &r});
}

/* Time passes until a look is due, then a complete listing of what stands in b->observed ends. */
static inline void look(struct bench *b)
{
	b->now += 61000;
	b->observed.of[KIND_CLOUD_PHONE].complete = true;
	b->observed.of[KIND_CLOUD_PHONE].listed_mono_ms = b->now;
	for (size_t k = 0; k < b->observed.n_groups; k++)
		b->observed.groups[k].listed_mono_ms = b->now;
	step(b, (struct exec_event){.type = EXEC_OBSERVED, .observed = &b->observed});
}

static inline void put_group(struct bench *b, const char *id, const char *name, const char *tags)
{
	b->observed.groups = reallocarray(b->observed.groups, b->observed.n_groups + 1,
					  sizeof(*b->observed.groups));
	struct observed_group *g = &b->observed.groups[b->observed.n_groups++];
	*g = (struct observed_group){.kind = KIND_CLOUD_PHONE, .status = GROUP_RUNNING};
	strcpy(g->id, id);
	g->name = name;
	g->tags = tags;
}

static inline void put_instances(struct bench *b, size_t group, const char *const *ids, size_t n)
{
	struct observed_group *g = &b->observed.groups[group];
	free(g->instances);
	g->instances = calloc(n, sizeof(*g->instances));
	g->n_instances = n;
	for (size_t k = 0; k < n; k++)
		strcpy(g->instances[k].id, ids[k]);
}

static inline bool has_note(const struct bench *b, enum exec_note_type type)
{
	for (size_t k = 0; k < b->u.notes.n; k++)
		if (b->u.notes.items[k].type == type)
			return true;
	return false;
}

static inline struct intent *restore(struct bench *b, enum intent_state state, bool wanted)
{
	struct intent *i = make(VERB_CREATE, CHARGE_POSTPAID), *mine = i;
	i->state = state;
	if (state != INTENT_RECORDED) {
		i->sends = 1;
		i->first_sent_wall_ms = b->now;
	}
	step(b, (struct exec_event){.type = EXEC_RESTORED, .intents = &mine, .n_intents = 1,
				    .wanted = &wanted});
	return i;
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
