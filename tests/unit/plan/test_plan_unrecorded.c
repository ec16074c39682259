/* A call that could not be written down yet has no number: what the ledger has under none is not
 * its own. */
#include "planning.h"

static struct intent *unrecorded(struct scene *s, enum verb verb, const char *cloud_group,
				 int64_t count)
{
	struct intent *i = scene_intent(s, verb, INTENT_RECORDED, "phones", cloud_group, count);
	i->id = 0;
	return i;
}

static int64_t committed(struct scene *s)
{
	auto_plan struct plan *p = planned(s);
	return report_of(p, "phones")->committed;
}

CASE(cancelled_order_that_was_found_takes_nothing_from_it)
{
	SCENE;
	want(s, "phones", .count = 3, .charge = CHARGE_PREPAID);
	unrecorded(s, VERB_CREATE, "", 3);
	scene_order(s, "2201", "phones", 0, 3, ORDER_CANCELLED);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "phones")->committed, 3);
	assert_int_equal(bought(p), 0);
}

CASE(order_that_was_found_does_not_name_what_it_makes)
{
	SCENE;
	want(s, "phones", .count = 5);
	stand(s, "ag-1", "phones", .n = 2);
	unrecorded(s, VERB_CREATE, "", 3);
	struct order *o = scene_order(s, "2201", "phones", 0, 2, ORDER_PAID);
	assert_int_equal(intent_set(&o->cloud_group, "ag-1"), 0);
	assert_int_equal(committed(s), 5);
}

CASE(adopted_instance_that_is_missing_is_none_of_its_growth)
{
	SCENE;
	want(s, "phones", .count = 12);
	stand(s, "ag-1", "phones", .n = 9);
	scene_row(s, "acp-gone", "ag-1", "phones", RESOURCE_SEEN);
	struct intent *i = unrecorded(s, VERB_GROW, "ag-1", 2);
	for (int k = 0; k < 9; k++)
		assert_int_equal(text_list_add(&i->before, scene_text(s, "ag-1-%03d", k)), 0);
	assert_int_equal(committed(s), 9 + 1 + 2);
}

CASE(instance_of_no_known_call_is_none_of_its_making)
{
	SCENE;
	want(s, "phones", .count = 4);
	unrecorded(s, VERB_CREATE, "", 3);
	scene_row(s, "acp-1", "", "phones", RESOURCE_EXPECTED);
	assert_int_equal(committed(s), 3 + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(cancelled_order_that_was_found_takes_nothing_from_it),
		RUN(order_that_was_found_does_not_name_what_it_makes),
		RUN(adopted_instance_that_is_missing_is_none_of_its_growth),
		RUN(instance_of_no_known_call_is_none_of_its_making),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
