/* How a group stands: what a person reads of it. */
#include "planning.h"

CASE(a_spec_that_is_not_to_be_had_is_a_refusal_that_only_an_edit_helps)
{
	SCENE;
	want(s, "phones", .count = 1);
	struct prospects *p = scene_prospects(s, "phones");
	p->spec = CHECK_BAD;
	p->check_text = "no such spec";
	auto_plan struct plan *plan = planned(s);
	assert_condition(plan, "phones", CONDITION_HELD);
	assert_true(report_of(plan, "phones")->refused);
	assert_mentions(report_of(plan, "phones")->reason, "refused: no such spec");
}

CASE(a_call_without_an_answer_for_long_is_stuck)
{
	SCENE;
	want(s, "phones", .count = 2);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_UNCLEAR, "phones", "", 2);
	i->created_wall_ms = SCENE_WALL_MS - 30 * SCENE_MINUTE_MS;
	auto_plan struct plan *early = planned(s);
	assert_condition(early, "phones", CONDITION_PROGRESSING);
	i->created_wall_ms--;
	auto_plan struct plan *late = planned(s);
	assert_condition(late, "phones", CONDITION_STUCK);
	assert_mentions(report_of(late, "phones")->reason,
			"a call is still without a clear answer");
	assert_int_equal(bought(late), 0);
}

CASE(a_delivery_group_in_another_region_is_drift)
{
	SCENE;
	want(s, "browsers", .kind = KIND_APP_STREAMING, .count = 2);
	stand(s, "aig-1", "browsers", .kind = KIND_APP_STREAMING, .n = 2, .region = "cn-beijing");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "browsers")->drifted, 2);
	assert_mentions(report_of(p, "browsers")->reason, "2 have another region than the file");
	assert_int_equal(p->n_actions, 0);
}

/* A clock that went back makes nothing vanish. */
CASE(what_is_missing_since_a_time_ahead_counts_still)
{
	SCENE;
	want(s, "phones", .count = 2, .charge = CHARGE_PREPAID);
	stand(s, "ag-1", "phones", .n = 1, .charge = CHARGE_PREPAID);
	struct resource *row = scene_row(s, "acp-lost", "ag-1", "phones", RESOURCE_MISSING);
	row->charge = CHARGE_PREPAID;
	row->missing_listings = 9;
	row->missing_wall_ms = SCENE_WALL_MS - SCENE_DAY_MS;
	auto_plan struct plan *vanished = planned(s);
	assert_int_equal(report_of(vanished, "phones")->committed, 1);
	row->missing_wall_ms = SCENE_WALL_MS + SCENE_DAY_MS;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "phones")->committed, 2);
	assert_int_equal(bought(p), 0);
}

/* --- what waits for whom ------------------------------------------------------ */

static struct scene *refused(void)
{
	struct scene *s = scene_new();
	want(s, "phones", .count = 5, .charge = CHARGE_PREPAID);
	stand(s, "ag-1", "phones", .n = 1, .charge = CHARGE_PREPAID);
	struct prospects *p = scene_prospects(s, "phones");
	p->refused_for_good = true;
	p->refused_fingerprint = 7;
	p->last_refusal = "no quota";
	return s;
}

CASE(a_refusal_alone_waits_for_an_edit)
{
	struct scene *s = *state = refused();
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "phones", CONDITION_HELD);
	assert_true(report_of(p, "phones")->refused);
	assert_false(report_of(p, "phones")->waits_on_person);
}

CASE(a_refusal_beside_a_call_to_be_decided_waits_on_a_person)
{
	struct scene *s = *state = refused();
	scene_intent(s, VERB_TAG, INTENT_HELD, "phones", "", 1);
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "phones", CONDITION_HELD);
	assert_false(report_of(p, "phones")->refused);
	assert_true(report_of(p, "phones")->waits_on_person);
	assert_mentions(report_of(p, "phones")->reason, "cannot be decided without a person");
}

CASE(a_refusal_beside_an_unpaid_order_is_not_all_that_is_left)
{
	struct scene *s = *state = refused();
	scene_order(s, "2201", "phones", 0, 1, ORDER_UNPAID);
	auto_plan struct plan *p = planned(s);
	assert_false(report_of(p, "phones")->refused);
}

CASE(a_refusal_beside_a_held_action_waits_on_a_person)
{
	SCENE;
	want(s, "phones", .count = 2, .heal = HEAL_RESET, .protect = true);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 1);
	g->instances[0].status = INSTANCE_UNAVAILABLE;
	struct prospects *learned = scene_prospects(s, "phones");
	learned->refused_for_good = true;
	learned->refused_fingerprint = 7;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_RESET), HOLD_PROTECTED);
	assert_false(report_of(p, "phones")->refused);
	assert_true(report_of(p, "phones")->waits_on_person);
}

CASE(every_order_to_be_paid_is_named)
{
	SCENE;
	want(s, "phones", .count = 2, .charge = CHARGE_PREPAID);
	scene_order(s, "2201", "phones", 0, 1, ORDER_UNPAID);
	scene_order(s, "2202", "phones", 0, 1, ORDER_UNPAID);
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "phones", CONDITION_AWAITING_PAYMENT);
	assert_mentions(report_of(p, "phones")->reason,
			"order 2201, 2202 to be paid for 2 instances");
}

/* --- what is under way -------------------------------------------------------- */

CASE(a_held_shrink_moves_only_what_is_there)
{
	SCENE;
	want(s, "phones", .count = 2);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 3);
	struct intent *i = scene_intent(s, VERB_SHRINK, INTENT_HELD, "phones", "ag-1", 1);
	assert_int_equal(text_list_add(&i->targets, "ag-1-002"), 0);
	auto_plan struct plan *before = planned(s);
	assert_false(report_of(before, "phones")->waits_on_person);
	g->instances[2].status = INSTANCE_DELETED;
	g->available = 2;
	auto_plan struct plan *after = planned(s);
	assert_true(report_of(after, "phones")->waits_on_person);
}

CASE(what_is_deleted_need_not_be_listed)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 1);
	struct observed_group *g =
		stand(s, "ag-2", "phones", .n = 2, .unlisted = true, .unrecorded = true);
	auto_plan struct plan *before = planned(s);
	assert_condition(before, "phones", CONDITION_UNKNOWN);
	g->status = GROUP_DELETED;
	auto_plan struct plan *after = planned(s);
	assert_condition(after, "phones", CONDITION_CONVERGED);
}

/* Of five that are to come two wait for payment, the others are looked for. */
CASE(a_group_that_grows_beyond_what_is_unpaid_is_watched)
{
	SCENE;
	want(s, "browsers", .kind = KIND_APP_STREAMING, .count = 7, .charge = CHARGE_PREPAID);
	stand(s, "aig-1", "browsers", .kind = KIND_APP_STREAMING, .n = 2, .charge = CHARGE_PREPAID);
	struct intent *i = scene_intent(s, VERB_GROW, INTENT_DONE, "browsers", "aig-1", 5);
	i->kind = KIND_APP_STREAMING;
	i->total = 7;
	struct order *o = scene_order(s, "2201", "browsers", i->id, 2, ORDER_UNPAID);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_watch, 1);
	assert_true(p->watch[0].transition);
	o->count = 5;
	auto_plan struct plan *unpaid = planned(s);
	assert_int_equal(unpaid->n_watch, 0);
}

CASE(phones_beside_an_unpaid_growth_are_watched)
{
	SCENE;
	want(s, "phones", .count = 3);
	stand(s, "ag-1", "phones", .n = 2);
	struct intent *i = scene_intent(s, VERB_GROW, INTENT_DONE, "phones", "ag-1", 1);
	for (int k = 0; k < 2; k++)
		assert_int_equal(text_list_add(&i->before, scene_text(s, "ag-1-%03d", k)), 0);
	scene_order(s, "2201", "phones", i->id, 1, ORDER_UNPAID);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_watch, 1);
}

/* --- approvals ---------------------------------------------------------------- */

CASE(whoever_lets_all_go_lets_it_go_within_the_hour)
{
	SCENE;
	want(s, "phones", .count = 0);
	stand(s, "ag-1", "phones", .n = 4);
	scene_deleted(s, "phones", 100);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_DELETE), HOLD_COUNT_ZERO);
	scene_approve_shown(s, the(p, VERB_DELETE));
	auto_plan struct plan *after = planned(s);
	assert_hold(the(after, VERB_DELETE), HOLD_NONE);
}

CASE(approval_of_another_hold_lets_nothing_go_beyond_the_hour)
{
	SCENE;
	want(s, "phones", .count = 9);
	stand(s, "ag-1", "phones", .n = 10);
	scene_deleted(s, "phones", 100);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_DELETES_PER_HOUR);
	scene_approve_shown(s, the(p, VERB_SHRINK));
	struct approval *given = &s->approvals[0];
	auto_plan struct plan *approved = planned(s);
	assert_hold(the(approved, VERB_SHRINK), HOLD_NONE);
	*given->holds = '\0';
	approval_name(given, hold_name(HOLD_PROTECTED));
	auto_plan struct plan *other = planned(s);
	assert_hold(the(other, VERB_SHRINK), HOLD_DELETES_PER_HOUR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(a_spec_that_is_not_to_be_had_is_a_refusal_that_only_an_edit_helps),
		RUN(a_call_without_an_answer_for_long_is_stuck),
		RUN(a_delivery_group_in_another_region_is_drift),
		RUN(what_is_missing_since_a_time_ahead_counts_still),
		cmocka_unit_test_teardown(a_refusal_alone_waits_for_an_edit, free_scene),
		cmocka_unit_test_teardown(a_refusal_beside_a_call_to_be_decided_waits_on_a_person,
					  free_scene),
		cmocka_unit_test_teardown(a_refusal_beside_an_unpaid_order_is_not_all_that_is_left,
					  free_scene),
		RUN(a_refusal_beside_a_held_action_waits_on_a_person),
		RUN(every_order_to_be_paid_is_named),
		RUN(a_held_shrink_moves_only_what_is_there),
		RUN(what_is_deleted_need_not_be_listed),
		RUN(a_group_that_grows_beyond_what_is_unpaid_is_watched),
		RUN(phones_beside_an_unpaid_growth_are_watched),
		RUN(whoever_lets_all_go_lets_it_go_within_the_hour),
		RUN(approval_of_another_hold_lets_nothing_go_beyond_the_hour),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
