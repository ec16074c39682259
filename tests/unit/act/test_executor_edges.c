/* What should not happen, happens too late or for nobody, and what happens without memory. */
#include "executing.h"

#include <signal.h>

#include "lib/failing_alloc.h"

static struct exec_reply yes_of(const struct text_list *result, const char *order)
{
	return (struct exec_reply){.outcome = OUTCOME_DONE, .code = "Code", .message = "Words",
				   .request_id = "R-1", .result_group = "ag-9", .result = result,
				   .order_id = order};
}

/* A step in which one allocation may fail. */
static int step_failing(struct bench *b, struct exec_event event, uint64_t n, bool *ret_failed)
{
	exec_update_fini(&b->u);
	event.now = (struct exec_now){b->now, b->now};
	failing_alloc_once(n);
	int r = executor_step(b->e, &event, &b->u);
	*ret_failed = failing_alloc_stop();
	return r;
}

static struct bench *fresh(struct bench **b)
{
	void *state = NULL;
	(void)setup(&state);
	return *b = state;
}

static void done_with(struct bench *b)
{
	void *state = b;
	(void)teardown(&state);
}

/* ---- events for nobody ---- */

static void an_event_for_an_intent_that_is_not_held_changes_nothing(void **state)
{
	struct bench *b = *state;
	struct intent *stranger = make(VERB_CREATE, CHARGE_POSTPAID);
	const struct exec_reply yes = yes_of(NULL, "233");
	static const enum exec_event_type types[] = {EXEC_SENDING, EXEC_REPLY, EXEC_LANDED,
						     EXEC_DECIDED, EXEC_WITNESS, EXEC_NAMED};
	for (int with_another = 0; with_another < 2; with_another++) {
		if (with_another)
			(void)sent(b, VERB_CREATE, CHARGE_POSTPAID);
		for (size_t k = 0; k < ARRAY_SIZE(types); k++) {
			step(b, (struct exec_event){.type = types[k], .intent = stranger, .reply = &yes,
						    .resource = "ag-1", .text = "233"});
			assert_int_equal(0, b->u.persist.n + b->u.send.n + b->u.notes.n);
			assert_int_equal(INTENT_RECORDED, stranger->state);
			assert_false(stranger->landed);
		}
		const struct exec_now now = {b->now, b->now};
		assert_false(executor_may_send(b->e, stranger, &now));
		assert_null(executor_find(b->e, 8));
	}
	(void)intent_free(stranger);
}

static void an_event_of_no_known_type_changes_nothing(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	step(b, (struct exec_event){.type = (enum exec_event_type)(EXEC_TICK + 1), .intent = i});
	assert_int_equal(INTENT_SENT, i->state);
	assert_int_equal(0, b->u.persist.n + b->u.send.n);
}

static void a_listing_without_any_intent_wants_nothing(void **state)
{
	struct bench *b = *state;
	look(b);
	assert_false(b->u.want_groups[KIND_CLOUD_PHONE]);
	commit(b);
	assert_false(b->u.want_groups[KIND_CLOUD_PHONE]);
	assert_null(executor_free(NULL));
}

static void what_is_under_way_is_not_forgotten(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	executor_forget_landed(b->e);
	assert_ptr_equal(i, executor_find(b->e, 7));
}

static void what_is_no_state_has_no_moves(void **state)
{
	(void)state;
	assert_false(executor_may_move(INTENT_STATE_MAX_, INTENT_SENT));
	assert_false(executor_may_move(INTENT_RECORDED, INTENT_STATE_MAX_));
}

static sigjmp_buf back;

static void jump_back(int signal)
{
	(void)signal;
	siglongjmp(back, 1);
}

/* Two answers to one call: whatever the second says, going on would be guessing. */
static void a_move_that_is_not_in_the_table_ends_the_process(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	reply(b, i, OUTCOME_DONE);
	void (*before)(int) = signal(SIGABRT, jump_back);
	if (sigsetjmp(back, 1) == 0) {
		reply(b, i, OUTCOME_DONE);
		fail_msg("a second answer was taken");
	}
	(void)signal(SIGABRT, before);
	assert_int_equal(INTENT_DONE, i->state);
}

/* ---- decisions ---- */

static void only_what_is_held_is_decided(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	step(b, (struct exec_event){.type = EXEC_DECIDED, .intent = i, .resource = ""});
	assert_int_equal(INTENT_SENT, i->state);
}

static void a_person_may_know_the_order_and_no_more(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_GROW, CHARGE_PREPAID);
	reply(b, i, OUTCOME_HOLD);
	step(b, (struct exec_event){.type = EXEC_DECIDED, .intent = i, .resource = "", .order = "233"});
	assert_int_equal(INTENT_DONE, i->state);
	assert_string_equal("233", i->order_id);
	assert_string_equal("ag-1", i->result_group); /* the group that it grew */
}

static void a_decision_that_cannot_be_kept_leaves_it_held(void **state)
{
	(void)state;
	static const char *const orders[] = {NULL, "233"};
	for (size_t k = 0; k < ARRAY_SIZE(orders); k++)
		each_failing_alloc(n) {
			struct bench *b;
			struct intent *i = sent(fresh(&b), VERB_GROW, CHARGE_PREPAID);
			bool failed;
			reply(b, i, OUTCOME_HOLD);
			commit(b);
			int r = step_failing(b, (struct exec_event){.type = EXEC_DECIDED, .intent = i,
								    .resource = "ag-2", .order = orders[k]},
					     n, &failed);
			assert_int_equal(r, failed ? -ENOMEM : 0);
			if (i->state == INTENT_HELD)
				assert_true(failed);
			else
				assert_int_equal(INTENT_DONE, i->state);
			done_with(b);
		}
}

static void an_operation_of_another_version_is_a_persons_matter(void **state)
{
	struct bench *b = *state;
	struct intent *i = make(VERB_GROW, CHARGE_POSTPAID), *mine = i;
	assert_int_equal(0, intent_set(&i->operation, "BuySomethingElse"));
	i->state = INTENT_SENT;
	i->sends = 1;
	i->first_sent_wall_ms = b->now;
	step(b, (struct exec_event){.type = EXEC_RESTORED, .intents = &mine, .n_intents = 1,
				    .wanted = &(bool){true}});
	b->now += 31 * MINUTE;
	look(b);
	commit(b);
	assert_int_equal(INTENT_HELD, i->state);
	assert_int_equal(1, i->sends);
}

/* ---- what listings show ---- */

static void unclear(struct bench *b, struct intent *i)
{
	reply(b, i, OUTCOME_UNCLEAR);
	commit(b);
}

static void a_group_that_was_deleted_is_not_what_a_create_made(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	unclear(b, i);
	put_group(b, "ag-5", "phones.keykey", "");
	b->observed.groups[0].status = GROUP_DELETED;
	look(b);
	assert_int_equal(INTENT_UNCLEAR, i->state);
	assert_int_equal(1, i->looks);
}

static void the_first_two_candidates_are_named(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	unclear(b, i);
	put_group(b, "ag-5", "phones.keykey", "");
	put_group(b, "ag-6", "phones.keykey", "");
	put_group(b, "ag-7", "phones.keykey", "");
	look(b);
	assert_int_equal(INTENT_HELD, i->state);
	assert_string_equal("ag-5 and ag-6 carry its name or its mark", i->message);
}

static void a_group_that_is_told_to_be_deleted_is_gone(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_DELETE, CHARGE_POSTPAID);
	unclear(b, i);
	put_group(b, "ag-1", "phones.keykey", "");
	b->observed.groups[0].status = GROUP_DELETED;
	look(b);
	assert_int_equal(INTENT_DONE, i->state);
}

static void a_victim_that_is_being_released_is_gone(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_SHRINK, CHARGE_POSTPAID);
	assert_int_equal(0, text_list_add(&i->targets, "acp-1"));
	unclear(b, i);
	put_group(b, "ag-1", "phones.keykey", "");
	put_instances(b, 0, (const char *[]){"acp-1"}, 1);
	b->observed.groups[0].instances[0].status = INSTANCE_DELETING;
	look(b);
	assert_int_equal(INTENT_DONE, i->state);
}

/* An edit or a pause came after the call: what it may have left standing is not to go any more. */
static void a_removal_that_is_not_wanted_any_more_is_not_asked_for_again(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_SHRINK, CHARGE_POSTPAID);
	assert_int_equal(0, text_list_add(&i->targets, "acp-1"));
	unclear(b, i);
	put_group(b, "ag-1", "phones.keykey", "");
	put_instances(b, 0, (const char *[]){"acp-1"}, 1);
	executor_set_wanted(b->e, i, false);
	for (int looks = 1; looks < 6; looks++) {
		b->now += MINUTE;
		look(b);
		commit(b);
		assert_int_equal(INTENT_UNCLEAR, i->state); /* the call may be on its way still */
		assert_int_equal(looks, i->looks);
		assert_int_equal(0, b->u.send.n);
	}
	b->now += MINUTE;
	look(b);
	assert_int_equal(INTENT_ABSENT, i->state);
}

static void a_removal_that_waits_for_its_turn_can_be_called_off(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_SHRINK, CHARGE_POSTPAID);
	struct exec_now now = {b->now, b->now};
	assert_int_equal(0, text_list_add(&i->targets, "acp-1"));
	unclear(b, i);
	assert_true(executor_may_send(b->e, i, &now));
	executor_set_wanted(b->e, i, false);
	assert_false(executor_may_send(b->e, i, &now));
	executor_set_wanted(b->e, i, true); /* the edit is taken back */
	assert_true(executor_may_send(b->e, i, &now));
}

static void what_has_not_left_does_not_leave_once_it_is_not_wanted(void **state)
{
	struct bench *b = *state;
	struct intent *i = make(VERB_CREATE, CHARGE_PREPAID), *mine = i;
	struct exec_now now = {b->now, b->now};
	step(b, (struct exec_event){.type = EXEC_ACTIONS, .intents = &mine, .n_intents = 1});
	assert_true(executor_may_send(b->e, i, &now));
	executor_set_wanted(b->e, i, false);
	assert_false(executor_may_send(b->e, i, &now));
	struct intent *stranger = make(VERB_CREATE, CHARGE_PREPAID);
	executor_set_wanted(b->e, stranger, false);
	assert_int_equal(INTENT_RECORDED, stranger->state);
	(void)intent_free(stranger);
}

/* Whether a buy had its effect is learned by its token, whatever is wanted by now. */
static void a_buy_without_a_clear_answer_is_still_asked_about(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_PREPAID);
	struct exec_now now = {b->now, b->now};
	unclear(b, i);
	executor_set_wanted(b->e, i, false);
	assert_true(executor_may_send(b->e, i, &now));
}

/* The cloud groups, a minute later; their phones are to come. */
static void list_groups_alone(struct bench *b)
{
	put_group(b, "ag-1", "phones.keykey", "");
	b->now += MINUTE;
	b->observed.of[KIND_CLOUD_PHONE].complete = true;
	b->observed.of[KIND_CLOUD_PHONE].listed_mono_ms = b->now;
	b->observed.groups[0].listed_mono_ms = 1;
}

static void phones_that_were_not_listed_since_show_nothing(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_GROW, CHARGE_POSTPAID);
	unclear(b, i);
	list_groups_alone(b);
	step(b, (struct exec_event){.type = EXEC_OBSERVED, .observed = &b->observed});
	assert_int_equal(0, i->looks);
}

/* In the middle of its own look: the end of one at another kind must not cost it this one. */
static void a_look_at_another_kind_neither_counts_nor_puts_it_off(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_GROW, CHARGE_POSTPAID);
	unclear(b, i);
	list_groups_alone(b);
	b->now++;
	step(b, (struct exec_event){.type = EXEC_OBSERVED, .observed = &b->observed,
				    .kind = KIND_APP_STREAMING});
	assert_int_equal(0, i->looks);
	assert_true(b->u.want_groups[KIND_CLOUD_PHONE]);
	assert_false(b->u.want_groups[KIND_APP_STREAMING]);
	b->now++;
	b->observed.groups[0].listed_mono_ms = b->now;
	step(b, (struct exec_event){.type = EXEC_OBSERVED, .observed = &b->observed});
	assert_int_equal(1, i->looks);
}

static void a_listing_that_ended_before_the_look_was_due_shows_nothing(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	unclear(b, i);
	b->observed.of[KIND_CLOUD_PHONE].complete = true;
	b->observed.of[KIND_CLOUD_PHONE].listed_mono_ms = b->now + 1; /* after the call */
	b->now += MINUTE;
	step(b, (struct exec_event){.type = EXEC_OBSERVED, .observed = &b->observed});
	assert_int_equal(0, i->looks);
}

static void a_purchase_that_states_no_number_is_not_bought_anew(void **state)
{
	struct bench *b = *state;
	struct intent *i = make(VERB_GROW, CHARGE_PREPAID), *mine = i;
	i->kind = KIND_APP_STREAMING;
	assert_int_equal(0, intent_set(&i->operation, "ModifyNodePoolAmount"));
	step(b, (struct exec_event){.type = EXEC_ACTIONS, .intents = &mine, .n_intents = 1});
	commit(b);
	step(b, (struct exec_event){.type = EXEC_SENDING, .intent = i});
	commit(b);
	reply(b, i, OUTCOME_UNCLEAR);
	assert_int_equal(INTENT_UNCLEAR, i->state);
	b->now += MINUTE; /* its look is due */
	step(b, (struct exec_event){.type = EXEC_TICK});
	assert_int_equal(INTENT_UNCLEAR, i->state);
	assert_int_equal(0, b->u.send.n);
}

/* ---- clocks and settings ---- */

static void a_clock_that_was_set_back_makes_no_call_stale(void **state)
{
	struct bench *b = *state;
	struct intent *i = make(VERB_CREATE, CHARGE_POSTPAID), *mine = i;
	i->created_wall_ms = b->now;
	step(b, (struct exec_event){.type = EXEC_ACTIONS, .intents = &mine, .n_intents = 1});
	commit(b);
	struct exec_now now = {b->now, b->now - MINUTE};
	assert_true(executor_may_send(b->e, i, &now));
	now.wall_ms = b->now + 31 * MINUTE;
	assert_false(executor_may_send(b->e, i, &now));
}

static void a_shorter_window_counts_at_once(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	struct exec_policy shorter = policy;
	unclear(b, i);
	b->now += 2 * MINUTE;
	const struct exec_now now = {b->now, b->now};
	assert_true(executor_may_send(b->e, i, &now));
	shorter.replay_window_ms = MINUTE;
	executor_configure(b->e, &shorter);
	assert_false(executor_may_send(b->e, i, &now));
}

/* ---- without memory ---- */

static void all_intents_are_told_whatever_memory_there_is(void **state)
{
	struct bench *b = *state;
	struct intent *i = sent(b, VERB_CREATE, CHARGE_POSTPAID);
	size_t n;
	failing_alloc_from(1);
	struct intent *const *all = executor_intents(b->e, &n);
	(void)failing_alloc_stop();
	assert_int_equal(1, n); /* none would be "nothing is in flight" */
	assert_ptr_equal(i, all[0]);
}

static void there_is_an_executor_or_none(void **state)
{
	(void)state;
	each_failing_alloc(n) {
		failing_alloc_once(n);
		struct executor *e = executor_new(&policy);
		assert_int_equal(failing_alloc_stop(), e == NULL);
		(void)executor_free(e);
	}
}

static void what_was_not_taken_over_stays_the_callers(void **state)
{
	(void)state;
	static const enum exec_event_type types[] = {EXEC_ACTIONS, EXEC_RESTORED};
	for (size_t k = 0; k < ARRAY_SIZE(types); k++)
		each_failing_alloc(n) {
			struct bench *b;
			struct intent *mine[20];
			bool wanted[ARRAY_SIZE(mine)], failed;
			size_t held = 0;
			(void)fresh(&b);
			for (size_t i = 0; i < ARRAY_SIZE(mine); i++) {
				mine[i] = make(VERB_CREATE, CHARGE_POSTPAID);
				wanted[i] = true;
			}
			int r = step_failing(b, (struct exec_event){.type = types[k], .intents = mine,
								    .n_intents = ARRAY_SIZE(mine),
								    .wanted = wanted},
					     n, &failed);
			assert_int_equal(r, failed ? -ENOMEM : 0);
			(void)executor_intents(b->e, &held);
			for (size_t i = 0; i < ARRAY_SIZE(mine); i++) {
				assert_int_equal(i < held, mine[i] == NULL);
				(void)intent_free(mine[i]);
			}
			done_with(b);
		}
}

/* What it made cannot be kept: the answer counts as lost, and what it made is looked for. */
static void a_yes_that_cannot_be_kept_is_unclear(void **state)
{
	(void)state;
	struct text_list phones = {0};
	assert_int_equal(0, text_list_add(&phones, "acp-1"));
	assert_int_equal(0, text_list_add(&phones, "acp-2"));
	assert_int_equal(0, text_list_add(&phones, "acp-1")); /* named twice, kept once */
	const struct exec_reply yes = yes_of(&phones, "233");
	each_failing_alloc(n) {
		struct bench *b;
		struct intent *i = sent(fresh(&b), VERB_CREATE, CHARGE_POSTPAID);
		bool failed;
		int r = step_failing(b, (struct exec_event){.type = EXEC_REPLY, .intent = i, .reply = &yes},
				     n, &failed);
		assert_int_equal(r, failed ? -ENOMEM : 0);
		if (i->state == INTENT_DONE) {
			assert_string_equal("ag-9", i->result_group);
			assert_string_equal("233", i->order_id);
			assert_int_equal(2, i->result.n);
		} else {
			assert_true(failed);
			assert_int_equal(INTENT_UNCLEAR, i->state);
		}
		step(b, (struct exec_event){.type = EXEC_TICK});
		assert_int_equal(1, b->u.persist.n);
		done_with(b);
	}
	text_list_fini(&phones);
}

/* Half of the new phones would pass for none at all. */
static void a_look_that_had_no_memory_does_not_count(void **state)
{
	(void)state;
	each_failing_alloc(n) {
		struct bench *b;
		struct intent *i = sent(fresh(&b), VERB_GROW, CHARGE_POSTPAID);
		bool failed;
		unclear(b, i);
		put_group(b, "ag-1", "phones.keykey", "");
		put_instances(b, 0, (const char *[]){"acp-1", "acp-2"}, 2);
		b->now += MINUTE;
		b->observed.of[KIND_CLOUD_PHONE].complete = true;
		b->observed.of[KIND_CLOUD_PHONE].listed_mono_ms = b->now;
		b->observed.groups[0].listed_mono_ms = b->now;
		int r = step_failing(b, (struct exec_event){.type = EXEC_OBSERVED, .observed = &b->observed},
				     n, &failed);
		assert_int_equal(r, failed ? -ENOMEM : 0);
		assert_int_equal(0, i->looks);
		look(b);
		assert_int_equal(INTENT_DONE, i->state);
		assert_int_equal(2, i->result.n);
		done_with(b);
	}
}

static void candidates_that_cannot_be_named_are_looked_at_again(void **state)
{
	(void)state;
	each_failing_alloc(n) {
		struct bench *b;
		struct intent *i = sent(fresh(&b), VERB_CREATE, CHARGE_POSTPAID);
		bool failed;
		unclear(b, i);
		put_group(b, "ag-5", "phones.keykey", "");
		put_group(b, "ag-6", "phones.keykey", "");
		b->now += MINUTE;
		b->observed.of[KIND_CLOUD_PHONE].complete = true;
		b->observed.of[KIND_CLOUD_PHONE].listed_mono_ms = b->now;
		int r = step_failing(b, (struct exec_event){.type = EXEC_OBSERVED, .observed = &b->observed},
				     n, &failed);
		assert_int_equal(r, failed ? -ENOMEM : 0);
		look(b);
		assert_int_equal(INTENT_HELD, i->state);
		assert_non_null(strstr(i->message, "ag-5"));
		done_with(b);
	}
}

static struct intent *add(struct bench *b, int64_t id, const char *group)
{
	struct intent *i = make(VERB_CREATE, CHARGE_POSTPAID), *mine = i;
	i->id = id;
	assert_int_equal(0, intent_set(&i->group, group));
	step(b, (struct exec_event){.type = EXEC_ACTIONS, .intents = &mine, .n_intents = 1});
	commit(b);
	return i;
}

static void a_renaming_goes_through_or_can_be_undone(void **state)
{
	(void)state;
	each_failing_alloc(n) {
		struct bench *b;
		struct intent *of_it[] = {add(fresh(&b), 1, "phones"), add(b, 2, "phones")};
		const struct intent *other = add(b, 3, "others");
		step(b, (struct exec_event){.type = EXEC_LANDED, .intent = of_it[1]}); /* not durable yet */
		struct renames renames = {.from = "phones", .to = "mobiles"};
		failing_alloc_once(n);
		int r = executor_rename(b->e, &renames);
		bool failed = failing_alloc_stop();
		assert_int_equal(r, failed ? -ENOMEM : 0);
		if (failed)
			renames_undo(&renames);
		else
			renames_keep(&renames);
		for (size_t k = 0; k < ARRAY_SIZE(of_it); k++)
			assert_string_equal(failed ? "phones" : "mobiles", of_it[k]->group);
		assert_string_equal("others", other->group);
		step(b, (struct exec_event){.type = EXEC_TICK});
		assert_true(failed || b->u.persist.n == 2);
		done_with(b);
	}
}

/* Durable, but not told: it may not be forgotten before that. */
static void a_note_that_had_no_memory_is_told_later(void **state)
{
	(void)state;
	each_failing_alloc(n) {
		struct bench *b;
		struct intent *i = sent(fresh(&b), VERB_CREATE, CHARGE_POSTPAID);
		bool failed;
		reply(b, i, OUTCOME_REJECTED);
		int r = step_failing(b, (struct exec_event){.type = EXEC_COMMITTED}, n, &failed);
		assert_int_equal(r, failed ? -ENOMEM : 0);
		executor_forget_landed(b->e);
		assert_int_equal(failed, executor_find(b->e, 7) != NULL);
		if (failed) {
			step(b, (struct exec_event){.type = EXEC_TICK});
			assert_true(has_note(b, NOTE_REJECTED));
		}
		done_with(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_event_for_an_intent_that_is_not_held_changes_nothing),
		CASE(an_event_of_no_known_type_changes_nothing),
		CASE(a_listing_without_any_intent_wants_nothing),
		CASE(what_is_under_way_is_not_forgotten),
		CASE(what_is_no_state_has_no_moves),
		CASE(a_move_that_is_not_in_the_table_ends_the_process),
		CASE(only_what_is_held_is_decided),
		CASE(a_person_may_know_the_order_and_no_more),
		CASE(a_decision_that_cannot_be_kept_leaves_it_held),
		CASE(an_operation_of_another_version_is_a_persons_matter),
		CASE(a_group_that_was_deleted_is_not_what_a_create_made),
		CASE(the_first_two_candidates_are_named),
		CASE(a_group_that_is_told_to_be_deleted_is_gone),
		CASE(a_victim_that_is_being_released_is_gone),
		CASE(a_removal_that_is_not_wanted_any_more_is_not_asked_for_again),
		CASE(a_removal_that_waits_for_its_turn_can_be_called_off),
		CASE(what_has_not_left_does_not_leave_once_it_is_not_wanted),
		CASE(a_buy_without_a_clear_answer_is_still_asked_about),
		CASE(phones_that_were_not_listed_since_show_nothing),
		CASE(a_look_at_another_kind_neither_counts_nor_puts_it_off),
		CASE(a_listing_that_ended_before_the_look_was_due_shows_nothing),
		CASE(a_purchase_that_states_no_number_is_not_bought_anew),
		CASE(a_clock_that_was_set_back_makes_no_call_stale),
		CASE(a_shorter_window_counts_at_once),
		CASE(all_intents_are_told_whatever_memory_there_is),
		CASE(there_is_an_executor_or_none),
		CASE(what_was_not_taken_over_stays_the_callers),
		CASE(a_yes_that_cannot_be_kept_is_unclear),
		CASE(a_look_that_had_no_memory_does_not_count),
		CASE(candidates_that_cannot_be_named_are_looked_at_again),
		CASE(a_renaming_goes_through_or_can_be_undone),
		CASE(a_note_that_had_no_memory_is_told_later),
	};
	return cmocka_run_group_tests_name("executor_edges", tests, NULL, NULL);
}
