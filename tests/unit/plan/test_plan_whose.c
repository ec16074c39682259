/* Whose is what: marks, former names, what the ledger remembers and what it was told. */
#include "plan/kind_rules.h"
#include "planning.h"

static int64_t committed(struct scene *s, const char *name)
{
	auto_plan struct plan *p = planned(s);
	return report_of(p, name)->committed;
}

/* config/ refuses such a file. */
CASE(a_former_name_that_a_group_has_now_is_that_groups)
{
	SCENE;
	want(s, "new", .count = 2, .renamed_from = "phones");
	want(s, "phones", .count = 2);
	stand(s, "ag-1", "phones", .n = 2);
	assert_int_equal(committed(s, "phones"), 2);
	assert_int_equal(committed(s, "new"), 0);
}

CASE(what_was_learned_about_a_dropped_group_is_nobodys)
{
	SCENE;
	want(s, "phones", .count = 2);
	s->prospects[s->n_prospects++] = (struct prospects){.group = "dropped",
							    .pace = 64,
							    .image = CHECK_BAD,
							    .price_micro = 1,
							    .currency = "CNY"};
	stand(s, "ag-1", "dropped", .n = 1);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_RENAME);
	assert_string_equal(report_of(p, "phones")->price, "");
	assert_string_equal(report_of(p, "dropped")->price, "");
}

CASE(a_disowned_instance_of_no_known_group_counts_nothing)
{
	SCENE;
	want(s, "phones", .count = 2);
	stand(s, "ag-1", "phones", .n = 1);
	struct resource *row = scene_row(s, "acp-1", "", "phones", RESOURCE_EXPECTED);
	assert_int_equal(committed(s, "phones"), 2);
	row->foreign = true;
	assert_int_equal(committed(s, "phones"), 1);
}

/* It is counted where everybody sees it, and nobody's plan touches it. */
CASE(a_cloud_group_with_the_fleets_mark_and_no_groups_is_unmanaged)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 1);
	struct observed_group *g =
		stand(s, "ag-2", "", .n = 2, .unrecorded = true, .unmarked = true);
	g->tags = observed_intern(&s->observed, MARK_FLEET "\x1f" SCENE_FLEET "\x1e");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_condition(p, "phones", CONDITION_CONVERGED);
	assert_condition(p, "", CONDITION_UNMANAGED);
	assert_int_equal(report_of(p, "")->committed, 2);
}

CASE(a_resize_that_names_no_cloud_group_is_on_none)
{
	SCENE;
	want(s, "phones", .count = 2);
	stand(s, "ag-1", "phones", .n = 3);
	scene_intent(s, VERB_SHRINK, INTENT_UNCLEAR, "phones", "", 1);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "phones")->committed, 3);
	assert_string_equal(the(p, VERB_SHRINK)->cloud_group, "ag-1");
	assert_hold(the(p, VERB_SHRINK), HOLD_NONE);
}

CASE(a_kind_outside_the_enum_has_no_rules)
{
	(void)state;
	for (int kind = 0; kind < KIND_MAX_; kind++)
		assert_non_null(kind_rules_of((enum kind)kind));
	assert_null(kind_rules_of(KIND_INVALID));
	assert_null(kind_rules_of(KIND_MAX_));
}

/* --- where growth goes ---------------------------------------------------- */

CASE(what_nothing_was_learned_about_grows_in_place)
{
	SCENE;
	want(s, "phones", .count = 3);
	stand(s, "ag-1", "phones", .n = 2);
	s->n_prospects = 0;
	auto_plan struct plan *p = planned(s);
	assert_string_equal(the(p, VERB_GROW)->cloud_group, "ag-1");
}

CASE(while_a_fallback_is_to_be_used_only_what_has_it_grows)
{
	SCENE;
	want(s, "phones", .count = 5, .fallback = "acp.std.large");
	stand(s, "ag-1", "phones", .n = 2);
	stand(s, "ag-2", "phones", .n = 2, .spec = "acp.std.large");
	scene_prospects(s, "phones")->spec_to_use = "acp.std.large";
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 1);
	assert_string_equal(the(p, VERB_GROW)->cloud_group, "ag-2");
}

/* --- two that could be it --------------------------------------------------- */

CASE(of_two_that_carry_a_calls_mark_the_first_by_id_is_its_result)
{
	SCENE;
	want(s, "phones", .count = 4);
	stand(s, "ag-2", "other", .n = 1, .unrecorded = true, .intent = "key1");
	stand(s, "ag-1", "other", .n = 2, .unrecorded = true, .intent = "key1");
	stand(s, "ag-3", "other", .n = 3, .unrecorded = true, .intent = "key1");
	scene_intent(s, VERB_CREATE, INTENT_UNCLEAR, "phones", "", 2);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "phones")->committed, 2);
	assert_int_equal(report_of(p, "phones")->running, 2);
	assert_int_equal(report_of(p, "other")->running, 1 + 3);
}

/* The smallest of them is what there is to be. */
static void check_two_shrinks(int64_t first, int64_t second)
{
	struct scene *s = scene_new();
	want(s, "browsers", .kind = KIND_APP_STREAMING, .count = 1);
	stand(s, "aig-1", "browsers", .kind = KIND_APP_STREAMING, .n = 10);
	scene_intent(s, VERB_SHRINK, INTENT_DONE, "browsers", "aig-1", 10 - first)->total = first;
	scene_intent(s, VERB_SHRINK, INTENT_DONE, "browsers", "aig-1", 10 - second)->total = second;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "browsers")->surplus, 3 - 1);
	scene_free(s);
}

/* A cloud group has one maker; what the other one ordered is counted by itself: rather one too many
 * on its way than one bought twice. */
CASE(of_two_creates_that_name_one_cloud_group_the_order_of_the_older_counts_by_itself)
{
	SCENE;
	want(s, "phones", .count = 2);
	for (int k = 0; k < 2; k++) {
		struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "phones", "", 1);
		assert_int_equal(intent_set(&i->result_group, "ag-1"), 0);
	}
	assert_int_equal(committed(s, "phones"), 1);
	scene_order(s, "990017", "phones", 1, 1, ORDER_UNPAID);
	assert_int_equal(committed(s, "phones"), 2);
}

CASE(of_two_shrinks_the_one_that_leaves_less_counts)
{
	(void)state;
	check_two_shrinks(6, 3);
	check_two_shrinks(3, 6);
}

CASE(call_that_a_person_has_to_decide_holds_the_group_whatever_comes_after_it)
{
	SCENE;
	want(s, "phones", .count = 3);
	stand(s, "ag-1", "phones", .n = 2);
	scene_intent(s, VERB_SHRINK, INTENT_HELD, "phones", "ag-1", 1);
	scene_intent(s, VERB_DELETE, INTENT_DONE, "phones", "ag-1", 2);
	scene_intent(s, VERB_SHRINK, INTENT_DONE, "phones", "ag-1", 1);
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "phones", CONDITION_HELD);
	for (size_t i = 0; i < p->n_actions; i++)
		assert_string_not_equal(p->actions[i].cloud_group, "ag-1");
}

/* The ledger hands out none; it would count nothing. */
CASE(rows_of_what_has_gone_count_nothing)
{
	SCENE;
	want(s, "phones", .count = 2);
	stand(s, "ag-1", "phones", .n = 1);
	scene_row(s, "acp-gone", "ag-1", "phones", RESOURCE_GONE);
	scene_row(s, "acp-gone-too", "ag-1", "phones", RESOURCE_GONE)->foreign = true;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "phones")->committed, 1);
	assert_int_equal(bought(p), 1);
	assert_hold(the(p, VERB_GROW), HOLD_NONE);
}

/* --- what may be made larger or smaller -------------------------------------- */

CASE(a_scheduled_delivery_group_that_was_deleted_is_made_anew)
{
	SCENE;
	want(s, "browsers", .kind = KIND_APP_STREAMING, .count = 1, .unsized = true);
	struct observed_group *g =
		stand(s, "aig-1", "browsers", .kind = KIND_APP_STREAMING, .n = 2);
	auto_plan struct plan *before = planned(s);
	assert_int_equal(before->n_actions, 0);
	g->status = GROUP_DELETED;
	auto_plan struct plan *after = planned(s);
	assert_int_equal(count_of(after, VERB_GROW, true), 0);
	assert_int_equal(count_of(after, VERB_CREATE, true), 1);
}

/* Nor shrunk or deleted once more. */
static void check_left_alone(enum kind kind, enum group_status status, int64_t count)
{
	struct scene *s = scene_new();
	want(s, "all", .kind = kind, .count = count);
	stand(s, "ag-1", "all", .kind = kind, .n = 4, .status = status);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(count_of(p, VERB_GROW, true), 0);
	assert_int_equal(count_of(p, VERB_SHRINK, true), 0);
	assert_int_equal(count_of(p, VERB_DELETE, true), 0);
	scene_free(s);
}

CASE(what_is_leaving_or_has_left_is_left_alone)
{
	static const enum group_status states[] = {GROUP_DELETING, GROUP_DELETED};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		for (int64_t count = 0; count < 12; count += 3) {
			check_left_alone(KIND_CLOUD_PHONE, states[i], count);
			check_left_alone(KIND_APP_STREAMING, states[i], count);
		}
	check_left_alone(KIND_CLOUD_PHONE, GROUP_UNKNOWN, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(a_former_name_that_a_group_has_now_is_that_groups),
		RUN(what_was_learned_about_a_dropped_group_is_nobodys),
		RUN(a_disowned_instance_of_no_known_group_counts_nothing),
		RUN(a_cloud_group_with_the_fleets_mark_and_no_groups_is_unmanaged),
		RUN(a_resize_that_names_no_cloud_group_is_on_none),
		cmocka_unit_test(a_kind_outside_the_enum_has_no_rules),
		RUN(what_nothing_was_learned_about_grows_in_place),
		RUN(while_a_fallback_is_to_be_used_only_what_has_it_grows),
		RUN(of_two_that_carry_a_calls_mark_the_first_by_id_is_its_result),
		RUN(of_two_creates_that_name_one_cloud_group_the_order_of_the_older_counts_by_itself),
		cmocka_unit_test(of_two_shrinks_the_one_that_leaves_less_counts),
		RUN(call_that_a_person_has_to_decide_holds_the_group_whatever_comes_after_it),
		RUN(rows_of_what_has_gone_count_nothing),
		RUN(a_scheduled_delivery_group_that_was_deleted_is_made_anew),
		cmocka_unit_test(what_is_leaving_or_has_left_is_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
