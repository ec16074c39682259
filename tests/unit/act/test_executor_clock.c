/* Unclear calls while the clocks disagree (the wall clock is set, the machine sleeps) or what
 * they were to change is not listed at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "act/executor.h"

#define MINUTE UINT64_C(60000)
#define HOUR (60 * MINUTE)

struct bench {
	struct executor *e;
	struct exec_update u;
	struct exec_now now;
	struct observed observed; /* complete and without any group of ours */
	struct observed_group other; /* a group of somebody else's */
	struct intent *intent;
};

static void step(struct bench *b, struct exec_event event)
{
	exec_update_fini(&b->u);
	event.now = b->now;
	assert_int_equal(0, executor_step(b->e, &event, &b->u));
}

static void pass(struct bench *b, uint64_t ms)
{
	b->now.mono_ms += ms;
	b->now.wall_ms += ms;
}

static void look(struct bench *b)
{
	pass(b, MINUTE);
	b->observed.of[KIND_CLOUD_PHONE].complete = true;
	b->observed.of[KIND_CLOUD_PHONE].listed_mono_ms = b->now.mono_ms;
	step(b, (struct exec_event){.type = EXEC_OBSERVED, .observed = &b->observed});
	step(b, (struct exec_event){.type = EXEC_COMMITTED});
}

static struct intent *make_create(void)
{
	struct intent *i = intent_new();
	i->id = 7;
	i->verb = VERB_CREATE;
	(void)intent_set(&i->operation, "CreateAndroidInstanceGroup");
	i->charge = CHARGE_POSTPAID;
	i->buys = true;
	i->count = 2;
	strcpy(i->key, "keykeykeykeykeykeykeykeyke");
	(void)intent_set(&i->name, "phones.keykey");
	return i;
}

static void lose_its_answer(struct bench *b, int sends)
{
	const struct exec_reply lost = {.outcome = OUTCOME_UNCLEAR, .code = "", .message = "",
					.request_id = "", .result_group = "", .order_id = ""};
	step(b, (struct exec_event){.type = EXEC_SENDING, .intent = b->intent});
	step(b, (struct exec_event){.type = EXEC_COMMITTED});
	b->intent->sends = sends;
	step(b, (struct exec_event){.type = EXEC_REPLY, .intent = b->intent, .reply = &lost});
	step(b, (struct exec_event){.type = EXEC_COMMITTED});
}

/* A create that was sent, @sends times, and whose answer was lost. */
static void make_unclear(struct bench *b, int sends)
{
	struct intent *mine = b->intent = make_create();
	step(b, (struct exec_event){.type = EXEC_ACTIONS, .intents = &mine, .n_intents = 1});
	step(b, (struct exec_event){.type = EXEC_COMMITTED});
	lose_its_answer(b, sends);
}

/* As an earlier life has left it. */
static void restore_intent(struct bench *b, struct intent *mine)
{
	const bool wanted = true;
	b->intent = mine;
	step(b, (struct exec_event){.type = EXEC_RESTORED, .intents = &mine, .n_intents = 1,
				    .wanted = &wanted});
	step(b, (struct exec_event){.type = EXEC_COMMITTED});
}

static void restore(struct bench *b, int sends, uint64_t sent_wall_ms)
{
	struct intent *mine = make_create();
	mine->state = INTENT_UNCLEAR;
	mine->sends = sends;
	mine->first_sent_wall_ms = sent_wall_ms;
	restore_intent(b, mine);
}

static int setup(void **state)
{
	static const struct exec_policy policy = {.replay_window_ms = 30 * MINUTE,
						  .first_look_ms = 2000,
						  .max_sends = 5,
						  .looks_needed = 6,
						  .looks_late_needed = 2};
	struct bench *b = calloc(1, sizeof(*b));
	assert_non_null(b);
	b->e = executor_new(&policy);
	b->now = (struct exec_now){1000 * MINUTE, 90000 * HOUR};
	observed_init(&b->observed);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	(void)executor_free(b->e);
	exec_update_fini(&b->u);
	observed_fini(&b->observed);
	free(b);
	return 0;
}

static void a_clock_set_forward_does_not_make_a_young_call_absent(void **state)
{
	struct bench *b = *state;
	make_unclear(b, 5);
	b->now.wall_ms += 3 * HOUR;
	for (int k = 0; k < 20; k++)
		look(b);
	assert_int_equal(INTENT_UNCLEAR, b->intent->state);
	for (int k = 0; k < 20; k++)
		look(b);
	assert_int_equal(INTENT_ABSENT, b->intent->state);
}

static void a_clock_set_forward_ends_the_replays(void **state)
{
	struct bench *b = *state;
	make_unclear(b, 1);
	b->now.wall_ms += 3 * HOUR;
	look(b);
	assert_int_equal(0, b->u.send.n);
}

static void a_clock_set_back_does_not_make_replays_last_longer(void **state)
{
	struct bench *b = *state;
	make_unclear(b, 1);
	pass(b, 31 * MINUTE);
	b->now.wall_ms -= 20 * MINUTE;
	look(b);
	assert_int_equal(0, b->u.send.n);
}

static void a_young_call_is_replayed(void **state)
{
	struct bench *b = *state;
	make_unclear(b, 1);
	look(b);
	assert_int_equal(1, b->u.send.n);
}

static void a_restored_call_is_judged_by_the_wall_clock(void **state)
{
	struct bench *b = *state;
	restore(b, 5, b->now.wall_ms - 2 * HOUR);
	for (int k = 0; k < 8; k++)
		look(b);
	assert_int_equal(INTENT_ABSENT, b->intent->state);
}

static void a_restored_call_past_its_window_is_not_sent_again(void **state)
{
	struct bench *b = *state;
	restore(b, 1, b->now.wall_ms - 31 * MINUTE);
	for (int k = 0; k < 8; k++) {
		look(b);
		assert_int_equal(0, b->u.send.n);
	}
	assert_int_equal(INTENT_ABSENT, b->intent->state);
}

static void a_call_that_a_later_life_sends_first_is_judged_by_both_clocks(void **state)
{
	struct bench *b = *state;
	restore_intent(b, make_create());
	pass(b, 10 * MINUTE); /* for its turn */
	lose_its_answer(b, 5);
	b->now.wall_ms += 3 * HOUR;
	for (int k = 0; k < 25; k++)
		look(b);
	assert_int_equal(INTENT_UNCLEAR, b->intent->state);
}

static void a_restored_call_from_the_future_waits_a_whole_window(void **state)
{
	struct bench *b = *state;
	restore(b, 1, b->now.wall_ms + 2 * HOUR);
	for (int k = 0; k < 20; k++) {
		look(b);
		assert_int_equal(0, b->u.send.n);
	}
	assert_int_equal(INTENT_UNCLEAR, b->intent->state);
	for (int k = 0; k < 20; k++)
		look(b);
	assert_int_equal(INTENT_ABSENT, b->intent->state);
}

static void make_unclear_grow(struct bench *b)
{
	make_unclear(b, 1);
	b->intent->verb = VERB_GROW;
	(void)intent_set(&b->intent->operation, "UpgradeAndroidInstanceGroup");
	(void)intent_set(&b->intent->cloud_group, "ag-1");
}

static void a_growth_of_a_group_that_is_gone_ends(void **state)
{
	struct bench *b = *state;
	make_unclear_grow(b);
	b->other = (struct observed_group){.kind = KIND_CLOUD_PHONE, .id = "ag-2", .name = "x", .tags = ""};
	b->observed.groups = &b->other;
	b->observed.n_groups = 1;
	for (int k = 0; k < 25; k++)
		look(b);
	assert_int_equal(INTENT_UNCLEAR, b->intent->state); /* not inside the window */
	for (int k = 0; k < 15; k++)
		look(b);
	assert_int_equal(INTENT_ABSENT, b->intent->state);
	b->observed.groups = NULL;
	b->observed.n_groups = 0;
}

/* While keys are refused, or an endpoint is dead, the file may be edited. */
static void a_recorded_call_that_waited_too_long_does_not_leave(void **state)
{
	struct bench *b = *state;
	struct intent *mine = b->intent = make_create();
	mine->created_wall_ms = b->now.wall_ms;
	step(b, (struct exec_event){.type = EXEC_ACTIONS, .intents = &mine, .n_intents = 1});
	step(b, (struct exec_event){.type = EXEC_COMMITTED});
	b->now.wall_ms += 30 * MINUTE;
	assert_true(executor_may_send(b->e, b->intent, &b->now));
	b->now.wall_ms += 1;
	assert_false(executor_may_send(b->e, b->intent, &b->now));
}

static void an_empty_listing_is_no_look_inside_the_window(void **state)
{
	struct bench *b = *state;
	make_unclear_grow(b);
	for (int k = 0; k < 20; k++)
		look(b);
	assert_int_equal(0, b->intent->looks);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static void an_answer_that_lies_ahead_of_the_clock_is_one_of_now(void **state)
{
	struct bench *b = *state;
	struct intent *mine = make_create();
	pass(b, 10 * HOUR);
	mine->state = INTENT_DONE;
	mine->settled_wall_ms = b->now.wall_ms + 48 * HOUR;
	restore_intent(b, mine);
	assert_true(mine->settled_wall_ms > b->now.wall_ms); /* nothing has told the time yet */
	look(b);
	uint64_t settled = b->now.wall_ms;
	assert_int_equal(mine->settled_wall_ms, settled);
	look(b);
	assert_int_equal(mine->settled_wall_ms, settled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_clock_set_forward_does_not_make_a_young_call_absent),
		CASE(a_clock_set_forward_ends_the_replays),
		CASE(a_clock_set_back_does_not_make_replays_last_longer),
		CASE(a_young_call_is_replayed),
		CASE(a_restored_call_is_judged_by_the_wall_clock),
		CASE(a_restored_call_past_its_window_is_not_sent_again),
		CASE(a_call_that_a_later_life_sends_first_is_judged_by_both_clocks),
		CASE(a_restored_call_from_the_future_waits_a_whole_window),
		CASE(a_growth_of_a_group_that_is_gone_ends),
		CASE(a_recorded_call_that_waited_too_long_does_not_leave),
		CASE(an_empty_listing_is_no_look_inside_the_window),
		CASE(an_answer_that_lies_ahead_of_the_clock_is_one_of_now),
	};
	return cmocka_run_group_tests_name("executor_clock", tests, NULL, NULL);
}
