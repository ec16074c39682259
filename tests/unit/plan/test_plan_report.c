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

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(a_spec_that_is_not_to_be_had_is_a_refusal_that_only_an_edit_helps),
		RUN(a_call_without_an_answer_for_long_is_stuck),
		RUN(a_delivery_group_in_another_region_is_drift),
		RUN(what_is_missing_since_a_time_ahead_counts_still),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
