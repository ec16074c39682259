/* Equal inputs give equal plans, in whichever order the ledger hands over what it remembers, also
 * where that contradicts itself. */
#include "planning.h"

static int64_t committed_of(struct scene *s, const char *name)
{
	auto_plan struct plan *p = planned(s);
	return report_of(p, name)->committed;
}

static void swap_rows(struct scene *s, size_t i, size_t k)
{
	struct resource kept = s->rows[i];
	s->rows[i] = s->rows[k];
	s->rows[k] = kept;
}

CASE(the_row_of_the_cloud_group_says_whose_it_is)
{
	SCENE;
	want(s, "a", .count = 1);
	want(s, "b", .count = 1);
	stand(s, "ag-1", "a", .n = 2);
	scene_row(s, "acp-x", "ag-1", "b", RESOURCE_SEEN);
	assert_int_equal(committed_of(s, "a"), 3);
	swap_rows(s, 0, s->n_rows - 1);
	assert_int_equal(committed_of(s, "a"), 3);
	assert_int_equal(committed_of(s, "b"), 0);
}

CASE(without_one_it_is_that_of_the_first_instance)
{
	SCENE;
	want(s, "a", .count = 1);
	want(s, "b", .count = 1);
	stand(s, "ag-1", "a", .n = 2, .unrecorded = true);
	scene_row(s, "ag-1-001", "ag-1", "b", RESOURCE_SEEN);
	scene_row(s, "ag-1-000", "ag-1", "a", RESOURCE_SEEN);
	assert_int_equal(committed_of(s, "a"), 2);
	swap_rows(s, 0, 1);
	assert_int_equal(committed_of(s, "a"), 2);
}

CASE(of_two_calls_the_earlier_one_claims)
{
	SCENE;
	want(s, "a", .count = 1);
	want(s, "b", .count = 1);
	stand(s, "ag-1", "a", .n = 2, .unrecorded = true, .unmarked = true);
	scene_intent(s, VERB_GROW, INTENT_UNCLEAR, "b", "ag-1", 1);
	scene_intent(s, VERB_GROW, INTENT_UNCLEAR, "a", "ag-1", 1);
	int64_t before = committed_of(s, "b");
	assert_true(before > 0);
	struct intent *kept = s->intents[0];
	s->intents[0] = s->intents[1];
	s->intents[1] = kept;
	assert_int_equal(committed_of(s, "b"), before);
}

static char *order_hold(struct scene *s)
{
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_UNKNOWN_ORDERS);
	return scene_text(s, "%s", the(p, VERB_CREATE)->hold_text);
}

CASE(orders_are_named_in_one_order)
{
	SCENE;
	want(s, "a", .count = 9, .charge = CHARGE_PREPAID);
	scene_order(s, "222", "", 0, 1, ORDER_UNPAID);
	scene_order(s, "111", "", 0, 1, ORDER_UNPAID);
	const char *before = order_hold(s);
	assert_mentions(before, "111, 222");
	struct order kept = s->orders[0];
	s->orders[0] = s->orders[1];
	s->orders[1] = kept;
	assert_string_equal(order_hold(s), before);
}

/* One of them names the cloud group, the other is for its bandwidth. */
CASE(of_the_orders_of_a_call_the_one_that_names_what_it_made_counts)
{
	SCENE;
	want(s, "a", .count = 2);
	stand(s, "ag-1", "a", .n = 2, .unrecorded = true, .unmarked = true);
	scene_intent(s, VERB_CREATE, INTENT_DONE, "a", "", 2);
	scene_order(s, "111", "a", 1, 2, ORDER_PAID);
	struct order *named = scene_order(s, "222", "a", 1, 2, ORDER_PAID);
	assert_int_equal(intent_set(&named->cloud_group, "ag-1"), 0);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "a")->running, 2);
}

static char *reason_of(struct scene *s, const char *name)
{
	auto_plan struct plan *p = planned(s);
	return scene_text(s, "%s", report_of(p, name)->reason);
}

static void check_never_came(struct scene *s, const char *cloud_group)
{
	want(s, "a", .count = 2);
	for (int i = 0; i < 2; i++) {
		struct resource *r = scene_row(s, scene_text(s, "acp-%d", i), cloud_group, "a",
					       RESOURCE_EXPECTED);
		r->intent = 5 + i;
		r->first_wall_ms -= 60 * SCENE_MINUTE_MS;
	}
	const char *before = reason_of(s, "a");
	assert_mentions(before, "drover intents abandon");
	swap_rows(s, 0, 1);
	assert_string_equal(reason_of(s, "a"), before);
}

CASE(of_several_that_never_came_always_the_same_is_named)
{
	SCENE;
	check_never_came(s, "ag-1");
}

CASE(also_where_no_cloud_group_is_known)
{
	SCENE;
	check_never_came(s, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(the_row_of_the_cloud_group_says_whose_it_is),
		RUN(without_one_it_is_that_of_the_first_instance),
		RUN(of_two_calls_the_earlier_one_claims),
		RUN(orders_are_named_in_one_order),
		RUN(of_several_that_never_came_always_the_same_is_named),
		RUN(also_where_no_cloud_group_is_known),
		RUN(of_the_orders_of_a_call_the_one_that_names_what_it_made_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
