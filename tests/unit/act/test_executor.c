/* The life of a changing call: every case walks one path of the table in act/executor.h. */
#include "executing.h"

static void nothing_is_sent_before_the_intent_is_durable(void **state)
{
	struct bench *b = *state;
	struct intent *i = make(VERB_CREATE, CHARGE_POSTPAID), *mine = i;
	step(b, (struct exec_event){.type = EXEC_ACTIONS, .intents = &mine, .n_intents = 1});
	assert_null(mine);
	assert_int_equal(1, b->u.persist.n);
	assert_int_equal(0, b->u.send.n);
	step(b, (struct exec_event){.type = EXEC_TICK}); /* the commit failed: asked again */
	assert_int_equal(1, b->u.persist.n);
	assert_int_equal(0, b->u.send.n);
	commit(b);
	assert_int_equal(1, b->u.send.n);
	assert_ptr_equal(i, b->u.send.items[0]);
	step(b, (struct exec_event){.type = EXEC_TICK});
	assert_int_equal(0, b->u.send.n);
}

static void sent_is_recorded_before_the_first_byte(void **state)
{
	struct bench *b = *state;
	struct intent *i = make(VERB_CREATE, CHARGE_POSTPAID), *mine = i;
	step(b, (struct exec_event){.type = EXEC_ACTIONS, .intents = &mine, .n_intents = 1});
	commit(b);
	step(b, (struct exec_event){.type = EXEC_SENDING, .intent = i});
	assert_int_equal(INTENT_SENT, i->state);
	assert_int_equal(1, b->u.persist.n);
	assert_int_equal(1, i->sends);
	assert_true(i->first_sent_wall_ms == b->now);
	assert_false(has_note(b, NOTE_STARTED));
	commit(b);
	assert_true(has_note(b, NOTE_STARTED));
}

static void a_yes_is_durable_before_it_is_told(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_DONE);
	assert_int_equal(INTENT_DONE, i->state);
	assert_string_equal("ag-9", i->result_group);
	assert_int_equal(1, b->u.persist.n);
	assert_int_equal(0, b->u.notes.n);
	commit(b);
	assert_true(has_note(b, NOTE_DONE));
}

static void a_renamed_call_is_recorded_under_its_new_name_and_goes_on(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	struct renames r = {.from = "phones", .to = "handsets"};
	assert_int_equal(0, executor_rename(b->e, &r));
	renames_keep(&r);
	assert_string_equal("handsets", i->group);
	assert_int_equal(INTENT_SENT, i->state);
	step(b, (struct exec_event){.type = EXEC_TICK});
	assert_int_equal(1, b->u.persist.n);
	commit(b);
	reply(b, i, OUTCOME_DONE);
	assert_int_equal(INTENT_DONE, i->state);
}

static void a_renaming_undone_is_recorded_as_it_was(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	struct renames r = {.from = "phones", .to = "handsets"};
	assert_int_equal(0, executor_rename(b->e, &r));
	renames_undo(&r);
	assert_string_equal("phones", i->group);
	step(b, (struct exec_event){.type = EXEC_TICK});
	assert_int_equal(1, b->u.persist.n);
}

static void a_definite_no_to_the_first_send_settles(void **state)
{
	struct bench *b = *state;
	static const enum outcome no[] = {OUTCOME_REJECTED, OUTCOME_THROTTLED, OUTCOME_NOT_SENT,
					  OUTCOME_AUTH, OUTCOME_STOCK, OUTCOME_PAYMENT, OUTCOME_QUOTA,
					  OUTCOME_NOT_FOUND, OUTCOME_CONFLICT};
	for (size_t k = 0; k < ARRAY_SIZE(no); k++) {
		struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
		reply(b, i, no[k]);
		assert_int_equal(INTENT_REJECTED, i->state);
		commit(b);
		assert_int_equal(1, b->u.notes.n);
		assert_int_equal(NOTE_REJECTED, b->u.notes.items[0].type);
		assert_int_equal(no[k], b->u.notes.items[0].outcome);
		executor_forget_landed(b->e);
	}
}

static void what_an_answer_names_is_kept_once(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_PREPAID);
	char *ids[] = {(char *)"acp-1", (char *)"acp-2", (char *)"acp-1"};
	const struct text_list made = {.items = ids, .n = ARRAY_SIZE(ids)};
	struct exec_reply r = {.outcome = OUTCOME_DONE, .code = "", .message = "", .request_id = "R-1",
			       .result_group = "ag-9", .result = &made, .order_id = "2301"};
	step(b, (struct exec_event){.type = EXEC_REPLY, .intent = i, .reply = &r});
	assert_int_equal(INTENT_DONE, i->state);
	assert_string_equal("ag-9", i->result_group);
	assert_string_equal("2301", i->order_id);
	assert_string_equal("R-1", i->request_id);
	assert_int_equal(2, i->result.n);
	assert_true(text_list_has(&i->result, "acp-1") && text_list_has(&i->result, "acp-2"));
}

static void a_no_to_a_replay_stays_unclear(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	look(b); /* nothing there: the same token again */
	commit(b);
	assert_int_equal(1, b->u.send.n);
	step(b, (struct exec_event){.type = EXEC_SENDING, .intent = i});
	commit(b);
	assert_int_equal(2, i->sends);
	reply(b, i, OUTCOME_STOCK); /* sold out, perhaps because the first one got the last */
	assert_int_equal(INTENT_UNCLEAR, i->state);
}

static void an_unclear_call_is_told_once_however_often_it_is_sent(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	assert_true(has_note(b, NOTE_UNCLEAR));
	look(b);
	commit(b);
	reply(b, i, OUTCOME_NOT_SENT); /* its turn never came */
	commit(b);
	assert_false(has_note(b, NOTE_UNCLEAR));
	look(b);
	commit(b);
	step(b, (struct exec_event){.type = EXEC_SENDING, .intent = i});
	commit(b);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	assert_int_equal(INTENT_UNCLEAR, i->state);
	assert_false(has_note(b, NOTE_UNCLEAR));
}

static void a_replay_that_never_left_stays_unclear(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	look(b);
	commit(b);
	assert_int_equal(1, b->u.send.n);
	reply(b, i, OUTCOME_NOT_SENT);
	assert_int_equal(INTENT_UNCLEAR, i->state);
	assert_int_equal(1, i->sends);
}

static void an_unclear_create_is_looked_for_before_it_is_sent_again(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	assert_int_equal(0, b->u.send.n);
	assert_true(b->u.wake_mono_ms > b->now);
	b->now = b->u.wake_mono_ms;
	step(b, (struct exec_event){.type = EXEC_TICK});
	assert_true(b->u.want_groups[KIND_CLOUD_PHONE]);
	assert_int_equal(0, b->u.send.n);
}

static void a_found_create_is_adopted(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	put_group(b, "ag-5", "phones.keykey", "");
	look(b);
	assert_int_equal(INTENT_DONE, i->state);
	assert_string_equal("ag-5", i->result_group);
	commit(b);
	assert_true(has_note(b, NOTE_FOUND));
}

static void the_mark_finds_a_create_whose_name_was_changed(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	put_group(b, "ag-5", "renamed", "drover:intent\x1fkeykeykeykeykeykeykeykeyke\x1e");
	look(b);
	assert_int_equal(INTENT_DONE, i->state);
}

static void two_candidates_are_a_persons_matter(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	put_group(b, "ag-5", "phones.keykey", "");
	put_group(b, "ag-6", "phones.keykey", "");
	look(b);
	assert_int_equal(INTENT_HELD, i->state);
	step(b, (struct exec_event){.type = EXEC_DECIDED, .intent = i, .resource = "ag-6"});
	assert_int_equal(INTENT_DONE, i->state);
	assert_string_equal("ag-6", i->result_group);
}

static void a_listing_from_before_the_call_says_nothing(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	uint64_t asked = b->now;
	b->now += 61000;
	b->observed.of[KIND_CLOUD_PHONE].complete = true;
	b->observed.of[KIND_CLOUD_PHONE].listed_mono_ms = asked; /* old news */
	step(b, (struct exec_event){.type = EXEC_OBSERVED, .observed = &b->observed});
	commit(b);
	assert_int_equal(0, b->u.send.n);
	assert_int_equal(0, i->looks);
}

static void an_incomplete_listing_says_nothing(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	b->now += 61000;
	b->observed.of[KIND_CLOUD_PHONE].listed_mono_ms = b->now;
	b->observed.of[KIND_CLOUD_PHONE].complete = false;
	step(b, (struct exec_event){.type = EXEC_OBSERVED, .observed = &b->observed});
	assert_int_equal(0, i->looks);
	assert_int_equal(INTENT_UNCLEAR, i->state);
}

static int replay_until_quiet(struct bench *b, struct intent *i, int limit)
{
	int sends = 0;
	for (int k = 0; k < limit && intent_is_open(i) && i->state != INTENT_HELD; k++) {
		look(b);
		commit(b);
		if (b->u.send.n == 0)
			continue;
		sends++;
		step(b, (struct exec_event){.type = EXEC_SENDING, .intent = i});
		commit(b);
		reply(b, i, OUTCOME_UNCLEAR);
		commit(b);
	}
	return sends;
}

static void a_token_is_sent_five_times_at_most(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	assert_int_equal(4, replay_until_quiet(b, i, 20));
	assert_int_equal(5, i->sends);
}

static void a_token_is_never_sent_after_its_window(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	b->now += 31 * MINUTE;
	assert_int_equal(0, replay_until_quiet(b, i, 40));
	assert_int_equal(INTENT_ABSENT, i->state);
}

static void a_clock_that_went_back_ends_the_window(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	i->first_sent_wall_ms += 365 * 24 * 60 * MINUTE;
	assert_int_equal(0, replay_until_quiet(b, i, 5));
}

static void a_post_paid_create_that_is_absent_may_be_planned_anew(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	(void)replay_until_quiet(b, i, 60);
	assert_int_equal(INTENT_ABSENT, i->state);
	assert_true(i->looks >= 6 && i->looks_late >= 2);
}

static void a_pre_paid_create_that_is_absent_is_held(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_PREPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	(void)replay_until_quiet(b, i, 60);
	assert_int_equal(INTENT_HELD, i->state);
	step(b, (struct exec_event){.type = EXEC_DECIDED, .intent = i, .resource = ""});
	assert_int_equal(INTENT_ABSENT, i->state);
}

static void a_parameter_mismatch_is_held(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_HOLD);
	assert_int_equal(INTENT_HELD, i->state);
}

static void an_unclear_grow_is_never_sent_again(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_GROW, CHARGE_POSTPAID);
	(void)text_list_add(&i->before, "acp-1");
	put_group(b, "ag-1", "g", "");
	put_instances(b, 0, (const char *[]){"acp-1"}, 1);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	assert_int_equal(0, replay_until_quiet(b, i, 60));
	assert_int_equal(INTENT_ABSENT, i->state);
	assert_int_equal(1, i->sends);
}

static void a_grow_is_done_when_all_its_new_ids_are_seen(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_GROW, CHARGE_POSTPAID);
	(void)text_list_add(&i->before, "acp-1");
	put_group(b, "ag-1", "g", "");
	put_instances(b, 0, (const char *[]){"acp-1", "acp-2"}, 2);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	look(b);
	assert_int_equal(INTENT_UNCLEAR, i->state); /* one of two */
	put_instances(b, 0, (const char *[]){"acp-1", "acp-2", "acp-3"}, 3);
	look(b);
	assert_int_equal(INTENT_DONE, i->state);
	assert_int_equal(2, i->result.n);
}

static void a_grow_that_came_short_is_taken_after_its_window(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_GROW, CHARGE_POSTPAID);
	(void)text_list_add(&i->before, "acp-1");
	put_group(b, "ag-1", "g", "");
	put_instances(b, 0, (const char *[]){"acp-1", "acp-2"}, 2);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	b->now += 31 * MINUTE;
	look(b);
	assert_int_equal(INTENT_DONE, i->state);
	assert_int_equal(1, i->result.n);
}

static void a_grow_asks_for_the_instances_of_its_group(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_GROW, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	b->now += MINUTE;
	step(b, (struct exec_event){.type = EXEC_TICK});
	assert_int_equal(1, b->u.want_instances.n);
	assert_string_equal("ag-1", b->u.want_instances.items[0]);
}

static void an_unclear_shrink_names_the_same_victims_again(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_SHRINK, CHARGE_POSTPAID);
	assert_int_equal(0, text_list_add(&i->targets, "acp-1"));
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	put_group(b, "ag-1", "phones.keykey", "");
	put_instances(b, 0, (const char *[]){"acp-1", "acp-2"}, 2);
	b->now += MINUTE;
	step(b, (struct exec_event){.type = EXEC_TICK});
	assert_int_equal(0, b->u.send.n);
	assert_string_equal("ag-1", b->u.want_instances.items[0]);
	look(b);
	commit(b);
	assert_int_equal(1, b->u.send.n);
	assert_ptr_equal(i, b->u.send.items[0]);
}

static void an_unclear_shrink_whose_victims_are_gone_is_done(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_SHRINK, CHARGE_POSTPAID);
	assert_int_equal(0, text_list_add(&i->targets, "acp-1"));
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	put_group(b, "ag-1", "phones.keykey", "");
	put_instances(b, 0, (const char *[]){"acp-2"}, 1);
	look(b);
	assert_int_equal(INTENT_DONE, i->state);
	commit(b);
	assert_true(has_note(b, NOTE_FOUND));
}

static void a_listing_shorter_than_its_row_shows_no_removal(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_SHRINK, CHARGE_POSTPAID);
	assert_int_equal(0, text_list_add(&i->targets, "acp-1"));
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	put_group(b, "ag-1", "phones.keykey", "");
	put_instances(b, 0, NULL, 0);
	b->observed.groups[0].available = 2;
	look(b);
	assert_int_equal(INTENT_UNCLEAR, i->state);
	put_instances(b, 0, (const char *[]){"acp-1", "acp-2"}, 2);
	look(b);
	commit(b);
	assert_int_equal(1, b->u.send.n);
}

static void a_listing_shorter_than_its_row_does_not_count_as_a_look_for_growth(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_GROW, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	put_group(b, "ag-1", "phones.keykey", "");
	put_instances(b, 0, NULL, 0);
	b->observed.groups[0].available = 2;
	look(b);
	assert_int_equal(0, i->looks);
	b->observed.groups[0].available = 0;
	look(b);
	assert_int_equal(1, i->looks);
}

static void an_empty_listing_shows_no_removal_while_the_call_is_young(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_DELETE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	look(b);
	assert_int_equal(INTENT_UNCLEAR, i->state);
	assert_int_equal(0, i->looks);
	b->now += 31 * MINUTE;
	look(b);
	assert_int_equal(INTENT_DONE, i->state); /* it may have been the last of the account */
}

static void an_unclear_delete_of_a_group_that_stands_is_sent_again(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_DELETE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	put_group(b, "ag-1", "phones.keykey", "");
	look(b);
	commit(b);
	assert_int_equal(1, b->u.send.n);
	step(b, (struct exec_event){.type = EXEC_SENDING, .intent = i});
	commit(b);
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
	b->observed.groups[0].status = GROUP_DELETING;
	look(b);
	assert_int_equal(INTENT_DONE, i->state);
}

static void an_unclear_reboot_is_never_sent_again(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_REBOOT, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_UNCLEAR);
	assert_int_equal(INTENT_ABSENT, i->state);
}

static void after_a_crash_a_recorded_intent_is_sent_with_its_token(void **state)
{
	struct bench *b = *state;
	struct intent *i = restore(b, INTENT_RECORDED, true);
	assert_int_equal(1, b->u.send.n);
	assert_ptr_equal(i, b->u.send.items[0]);
}

static void after_a_crash_an_intent_nobody_wants_is_dropped_unsent(void **state)
{
	struct bench *b = *state;
	struct intent *i = restore(b, INTENT_RECORDED, false);
	assert_int_equal(INTENT_ABSENT, i->state);
	assert_int_equal(0, b->u.send.n);
	commit(b);
	assert_true(has_note(b, NOTE_DROPPED));
}

static void after_a_crash_a_sent_intent_is_unclear_wanted_or_not(void **state)
{
	struct bench *b = *state;
	struct intent *i = restore(b, INTENT_SENT, false);
	assert_int_equal(INTENT_UNCLEAR, i->state);
	assert_int_equal(0, b->u.send.n);
	assert_true(b->u.want_groups[KIND_CLOUD_PHONE]);
}

static void a_held_intent_stays_held_over_a_restart(void **state)
{
	struct bench *b = *state;
	struct intent *i = restore(b, INTENT_HELD, true);
	b->now += 90 * MINUTE;
	look(b);
	commit(b);
	assert_int_equal(INTENT_HELD, i->state);
	assert_int_equal(0, b->u.send.n);
}

static void a_landed_intent_is_forgotten_when_durable(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	size_t n;
	reply(b, i, OUTCOME_DONE);
	commit(b);
	executor_forget_landed(b->e);
	(void)executor_intents(b->e, &n);
	assert_int_equal(1, n); /* not seen yet: it still counts */
	step(b, (struct exec_event){.type = EXEC_LANDED, .intent = i});
	executor_forget_landed(b->e);
	(void)executor_intents(b->e, &n);
	assert_int_equal(1, n); /* seen, but that is not durable yet */
	commit(b);
	executor_forget_landed(b->e);
	(void)executor_intents(b->e, &n);
	assert_int_equal(0, n);
}

static void only_the_moves_of_the_table_are_allowed(void **state)
{
	(void)state;
	static const enum intent_state allowed[][2] = {
		{INTENT_RECORDED, INTENT_SENT},	     {INTENT_RECORDED, INTENT_REJECTED},
		{INTENT_RECORDED, INTENT_ABSENT},    {INTENT_SENT, INTENT_DONE},
		{INTENT_SENT, INTENT_REJECTED},	     {INTENT_SENT, INTENT_UNCLEAR},
		{INTENT_SENT, INTENT_HELD},	     {INTENT_UNCLEAR, INTENT_SENT},
		{INTENT_UNCLEAR, INTENT_DONE},	     {INTENT_UNCLEAR, INTENT_ABSENT},
		{INTENT_UNCLEAR, INTENT_HELD},	     {INTENT_HELD, INTENT_DONE},
		{INTENT_HELD, INTENT_ABSENT},
	};
	for (int from = 0; from < INTENT_STATE_MAX_; from++)
		for (int to = 0; to < INTENT_STATE_MAX_; to++) {
			bool expected = false;
			for (size_t k = 0; k < ARRAY_SIZE(allowed); k++)
				expected |= (int)allowed[k][0] == from && (int)allowed[k][1] == to;
			assert_int_equal(expected, executor_may_move((enum intent_state)from,
								     (enum intent_state)to));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(nothing_is_sent_before_the_intent_is_durable),
		CASE(sent_is_recorded_before_the_first_byte),
		CASE(a_yes_is_durable_before_it_is_told),
		CASE(a_renamed_call_is_recorded_under_its_new_name_and_goes_on),
		CASE(a_renaming_undone_is_recorded_as_it_was),
		CASE(a_definite_no_to_the_first_send_settles),
		CASE(what_an_answer_names_is_kept_once),
		CASE(a_no_to_a_replay_stays_unclear),
		CASE(an_unclear_call_is_told_once_however_often_it_is_sent),
		CASE(a_replay_that_never_left_stays_unclear),
		CASE(an_unclear_create_is_looked_for_before_it_is_sent_again),
		CASE(a_found_create_is_adopted),
		CASE(the_mark_finds_a_create_whose_name_was_changed),
		CASE(two_candidates_are_a_persons_matter),
		CASE(a_listing_from_before_the_call_says_nothing),
		CASE(an_incomplete_listing_says_nothing),
		CASE(a_token_is_sent_five_times_at_most),
		CASE(a_token_is_never_sent_after_its_window),
		CASE(a_clock_that_went_back_ends_the_window),
		CASE(a_post_paid_create_that_is_absent_may_be_planned_anew),
		CASE(a_pre_paid_create_that_is_absent_is_held),
		CASE(a_parameter_mismatch_is_held),
		CASE(an_unclear_grow_is_never_sent_again),
		CASE(a_grow_is_done_when_all_its_new_ids_are_seen),
		CASE(a_grow_that_came_short_is_taken_after_its_window),
		CASE(a_grow_asks_for_the_instances_of_its_group),
		CASE(an_unclear_shrink_names_the_same_victims_again),
		CASE(an_unclear_shrink_whose_victims_are_gone_is_done),
		CASE(a_listing_shorter_than_its_row_shows_no_removal),
		CASE(a_listing_shorter_than_its_row_does_not_count_as_a_look_for_growth),
		CASE(an_empty_listing_shows_no_removal_while_the_call_is_young),
		CASE(an_unclear_delete_of_a_group_that_stands_is_sent_again),
		CASE(an_unclear_reboot_is_never_sent_again),
		CASE(after_a_crash_a_recorded_intent_is_sent_with_its_token),
		CASE(after_a_crash_an_intent_nobody_wants_is_dropped_unsent),
		CASE(after_a_crash_a_sent_intent_is_unclear_wanted_or_not),
		CASE(a_held_intent_stays_held_over_a_restart),
		CASE(a_landed_intent_is_forgotten_when_durable),
		CASE(only_the_moves_of_the_table_are_allowed),
	};
	return cmocka_run_group_tests_name("executor", tests, NULL, NULL);
}
