/* Growth: what is counted, where new instances go, and when nothing may be bought. */
#include "planning.h"

/* --- what is bought ----------------------------------------------------- */

CASE(empty_fleet_is_left_alone)
{
	SCENE;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(p->n_watch, 0);
	assert_false(p->watch_groups[KIND_CLOUD_PHONE]);
}

CASE(new_group_is_split_into_full_groups_and_a_rest)
{
	SCENE;
	want(s, "phones", .count = 250);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 3);
	assert_int_equal(nth(p, VERB_CREATE, 0)->count, 100);
	assert_int_equal(nth(p, VERB_CREATE, 1)->count, 100);
	assert_int_equal(nth(p, VERB_CREATE, 2)->count, 50);
	assert_hold(the(p, VERB_CREATE), HOLD_NONE);
	assert_string_equal(the(p, VERB_CREATE)->spec, SCENE_SPEC);
	assert_string_equal(the(p, VERB_CREATE)->cloud_group, "");
}

CASE(instances_per_group_bounds_every_create)
{
	SCENE;
	want(s, "phones", .count = 7, .per_group = 3);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 3);
	assert_int_equal(nth(p, VERB_CREATE, 2)->count, 1);
}

CASE(one_more_phone_is_one_grow_of_one)
{
	SCENE;
	want(s, "phones", .count = 251);
	stand(s, "ag-1", "phones", .n = 100);
	stand(s, "ag-2", "phones", .n = 100);
	stand(s, "ag-3", "phones", .n = 50);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	const struct action *a = the(p, VERB_GROW);
	assert_int_equal(a->count, 1);
	assert_string_equal(a->cloud_group, "ag-3");
	assert_int_equal(a->targets.n, 50);
	assert_hold(a, HOLD_NONE);
}

CASE(short_groups_are_filled_before_new_ones_are_made)
{
	SCENE;
	want(s, "phones", .count = 200, .per_group = 50);
	stand(s, "ag-1", "phones", .n = 40);
	stand(s, "ag-2", "phones", .n = 50);
	stand(s, "ag-3", "phones", .n = 30);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(nth(p, VERB_GROW, 0)->count, 10);
	assert_int_equal(nth(p, VERB_GROW, 1)->count, 20);
	assert_int_equal(nth(p, VERB_CREATE, 0)->count, 50);
	assert_int_equal(bought(p), 80);
}

CASE(prepaid_never_grows_in_place)
{
	SCENE;
	want(s, "phones", .count = 11, .charge = CHARGE_PREPAID);
	stand(s, "ag-1", "phones", .n = 10, .charge = CHARGE_PREPAID);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_int_equal(the(p, VERB_CREATE)->count, 1);
}

CASE(growth_after_an_edit_of_the_spec_is_a_new_group)
{
	SCENE;
	want(s, "phones", .count = 12, .spec = "acp.std.large");
	stand(s, "ag-1", "phones", .n = 10);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_int_equal(the(p, VERB_CREATE)->count, 2);
	assert_mentions(report_of(p, "phones")->reason, "another spec or image");
}

CASE(growth_after_an_edit_of_the_image_is_a_new_group)
{
	SCENE;
	want(s, "phones", .count = 12, .image = "imgc-2");
	stand(s, "ag-1", "phones", .n = 10);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_CREATE)->count, 2);
}

CASE(group_of_another_region_is_not_grown)
{
	SCENE;
	want(s, "phones", .count = 12);
	stand(s, "ag-1", "phones", .n = 10, .region = "cn-beijing");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_CREATE)->count, 2);
}

CASE(group_that_is_not_running_is_not_grown)
{
	SCENE;
	want(s, "phones", .count = 12);
	stand(s, "ag-1", "phones", .n = 10, .status = GROUP_UPDATING);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_CREATE)->count, 2);
}

CASE(fallback_spec_is_asked_for_when_the_first_is_sold_out)
{
	SCENE;
	want(s, "phones", .count = 2, .fallback = "acp.std.large");
	scene_prospects(s, "phones")->stock = CHECK_BAD;
	scene_prospects(s, "phones")->spec_to_use = "acp.std.large";
	auto_plan struct plan *p = planned(s);
	assert_string_equal(the(p, VERB_CREATE)->spec, "acp.std.large");
	assert_hold(the(p, VERB_CREATE), HOLD_NONE);
}

CASE(adopted_group_counts_and_grows)
{
	SCENE;
	want(s, "phones", .count = 12, .adopt = "ag-old");
	stand(s, "ag-old", "phones", .n = 10, .unmarked = true, .unrecorded = true);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_GROW)->count, 2);
	assert_string_equal(the(p, VERB_GROW)->cloud_group, "ag-old");
}

CASE(adopted_group_of_another_spec_counts_but_does_not_grow)
{
	SCENE;
	want(s, "phones", .count = 12, .adopt = "ag-old");
	stand(s, "ag-old", "phones", .n = 10, .unmarked = true, .unrecorded = true,
	      .spec = "acp.perf.large");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_CREATE)->count, 2);
}

CASE(name_alone_makes_no_group_ours)
{
	SCENE;
	want(s, "phones", .count = 10);
	stand(s, "ag-x", "phones", .n = 10, .unmarked = true, .unrecorded = true,
	      .name = "phones.abcdef", .spec = "acp.perf.large");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_CREATE)->count, 10);
}

CASE(group_of_another_fleet_is_not_ours)
{
	SCENE;
	want(s, "phones", .count = 1);
	struct observed_group *g = stand(s, "ag-x", "phones", .n = 10, .unrecorded = true);
	g->tags = "drover:fleet\x1fother\x1e"
		  "drover:group\x1fphones\x1e";
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_CREATE)->count, 1);
	assert_hold(the(p, VERB_CREATE), HOLD_NONE);
}

CASE(renamed_group_takes_the_old_one_over)
{
	SCENE;
	want(s, "phones", .count = 10, .renamed_from = "handsets");
	stand(s, "ag-1", "handsets", .n = 10);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
	assert_int_equal(p->n_groups, 1);
	assert_int_equal(report_of(p, "phones")->running, 10);
}

/* --- what is counted ---------------------------------------------------- */

CASE(every_status_but_leaving_ones_is_committed)
{
	static const enum instance_status counted[] = {
		INSTANCE_CREATING,   INSTANCE_STARTING,       INSTANCE_RUNNING,
		INSTANCE_STOPPING,   INSTANCE_STOPPED,        INSTANCE_REBOOTING,
		INSTANCE_RESETTING,  INSTANCE_BACKUPING,      INSTANCE_BACKUP_FAILED,
		INSTANCE_RECOVERING, INSTANCE_RECOVER_FAILED, INSTANCE_UNAVAILABLE,
		INSTANCE_FAILED,     INSTANCE_UNKNOWN,
	};
	SCENE;
	want(s, "phones", .count = 14);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 0);
	for (size_t i = 0; i < ARRAY_SIZE(counted); i++)
		scene_instance(s, g, scene_text(s, "acp-%02zu", i), counted[i]);
	g->available = 14;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
	assert_int_equal(report_of(p, "phones")->committed, 14);
	assert_int_equal(report_of(p, "phones")->running, 1);
	assert_int_equal(report_of(p, "phones")->failed, 2);
	assert_int_equal(report_of(p, "phones")->pending, 11);
}

CASE(deleting_and_deleted_are_not_committed)
{
	SCENE;
	want(s, "phones", .count = 2);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 2);
	g->instances[0].status = INSTANCE_DELETING;
	g->instances[1].status = INSTANCE_DELETED;
	g->available = 0;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 2);
}

CASE(row_that_counts_more_than_the_listing_is_believed_for_buys)
{
	SCENE;
	want(s, "phones", .count = 12);
	stand(s, "ag-1", "phones", .n = 10, .available = 12);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
	assert_int_equal(p->n_watch, 1);
	assert_true(p->watch[0].transition);
}

CASE(group_never_listed_counts_by_its_row)
{
	SCENE;
	want(s, "phones", .count = 10);
	stand(s, "ag-1", "phones", .n = 10, .unlisted = true);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
	assert_condition(p, "phones", CONDITION_UNKNOWN);
	assert_int_equal(p->n_watch, 1);
}

CASE(group_never_listed_counts_by_its_number_where_its_row_tells_no_more)
{
	SCENE;
	want(s, "phones", .count = 10);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10, .unlisted = true);
	g->available = -1;
	g->number = 10;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
}

CASE(ids_of_a_reply_count_until_they_are_seen)
{
	SCENE;
	want(s, "phones", .count = 12);
	stand(s, "ag-1", "phones", .n = 10);
	scene_row(s, "acp-new-1", "ag-1", "phones", RESOURCE_EXPECTED);
	scene_row(s, "acp-new-2", "ag-1", "phones", RESOURCE_EXPECTED);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
	assert_condition(p, "phones", CONDITION_PROGRESSING);
}

CASE(missing_instance_counts_until_it_is_gone)
{
	SCENE;
	want(s, "phones", .count = 11);
	stand(s, "ag-1", "phones", .n = 10);
	scene_row(s, "acp-lost", "ag-1", "phones", RESOURCE_MISSING);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
}

CASE(known_cloud_group_that_is_not_listed_counts)
{
	SCENE;
	want(s, "phones", .count = 11);
	stand(s, "ag-1", "phones", .n = 10);
	scene_row(s, "", "ag-2", "phones", RESOURCE_EXPECTED);
	scene_row(s, "acp-new", "ag-2", "phones", RESOURCE_EXPECTED);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
	assert_true(p->watch_groups[KIND_CLOUD_PHONE]);
}

static void create_counts_in_full(struct scene *s, enum intent_state state)
{
	want(s, "phones", .count = 10);
	scene_intent(s, VERB_CREATE, state, "phones", "", 10);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
	assert_int_equal(report_of(p, "phones")->committed, 10);
}

CASE(recorded_create_counts_in_full)
{
	create_counts_in_full(*state, INTENT_RECORDED);
}
CASE(sent_create_counts_in_full)
{
	create_counts_in_full(*state, INTENT_SENT);
}
CASE(unclear_create_counts_in_full)
{
	create_counts_in_full(*state, INTENT_UNCLEAR);
}
CASE(held_create_counts_in_full)
{
	create_counts_in_full(*state, INTENT_HELD);
}
CASE(done_create_counts_in_full_until_it_landed)
{
	create_counts_in_full(*state, INTENT_DONE);
}

CASE(absent_create_counts_nothing)
{
	SCENE;
	want(s, "phones", .count = 10);
	scene_intent(s, VERB_CREATE, INTENT_ABSENT, "phones", "", 10);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 10);
}

CASE(create_and_the_group_it_made_count_once)
{
	SCENE;
	want(s, "phones", .count = 10);
	stand(s, "ag-1", "phones", .n = 10);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "phones", "", 10);
	assert_int_equal(intent_set(&i->result_group, "ag-1"), 0);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "phones")->committed, 10);
}

CASE(create_is_known_by_its_intent_tag)
{
	SCENE;
	want(s, "phones", .count = 10);
	scene_intent(s, VERB_CREATE, INTENT_UNCLEAR, "phones", "", 10);
	stand(s, "ag-1", "phones", .n = 10, .unrecorded = true, .intent = "key1");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "phones")->committed, 10);
	assert_int_equal(bought(p), 0);
}

CASE(create_is_known_by_its_exact_name_within_the_fleet)
{
	SCENE;
	want(s, "phones", .count = 10);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_UNCLEAR, "phones", "", 10);
	assert_int_equal(intent_set(&i->name, "phones.abcdef"), 0);
	stand(s, "ag-1", "phones", .n = 10, .unrecorded = true, .name = "phones.abcdef");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "phones")->committed, 10);
}

CASE(same_name_without_our_mark_is_not_the_create)
{
	SCENE;
	want(s, "phones", .count = 10);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_UNCLEAR, "phones", "", 10);
	assert_int_equal(intent_set(&i->name, "phones.abcdef"), 0);
	stand(s, "ag-1", "phones", .n = 10, .unrecorded = true, .unmarked = true,
	      .name = "phones.abcdef");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "phones")->committed, 10);
	assert_int_equal(report_of(p, "phones")->running, 0);
}

CASE(half_visible_create_still_counts_in_full)
{
	SCENE;
	want(s, "phones", .count = 10);
	stand(s, "ag-1", "phones", .n = 4, .creating = true);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "phones", "", 10);
	assert_int_equal(intent_set(&i->result_group, "ag-1"), 0);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
}

static struct intent *grow_in_flight(struct scene *s, enum intent_state state, int64_t count,
				     int known)
{
	struct intent *i = scene_intent(s, VERB_GROW, state, "phones", "ag-1", count);
	for (int k = 0; k < known; k++)
		assert_int_equal(text_list_add(&i->before, scene_text(s, "ag-1-%03d", k)), 0);
	return i;
}

CASE(unclear_grow_counts_what_is_not_visible_yet)
{
	SCENE;
	want(s, "phones", .count = 15);
	stand(s, "ag-1", "phones", .n = 12);
	grow_in_flight(s, INTENT_UNCLEAR, 5, 10);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "phones")->committed, 15);
	assert_int_equal(bought(p), 0);
}

CASE(grow_and_the_ids_of_its_reply_count_once)
{
	SCENE;
	want(s, "phones", .count = 15);
	stand(s, "ag-1", "phones", .n = 10);
	struct intent *i = grow_in_flight(s, INTENT_DONE, 5, 10);
	for (int k = 0; k < 5; k++)
		scene_row(s, scene_text(s, "acp-n%d", k), "ag-1", "phones", RESOURCE_EXPECTED)
			->intent = i->id;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "phones")->committed, 15);
}

CASE(second_grow_waits_for_the_first_on_the_same_group)
{
	SCENE;
	want(s, "phones", .count = 17);
	stand(s, "ag-1", "phones", .n = 10);
	grow_in_flight(s, INTENT_UNCLEAR, 5, 10);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_GROW)->count, 2);
	assert_hold(the(p, VERB_GROW), HOLD_IN_FLIGHT);
}

CASE(growth_waits_until_the_create_has_landed)
{
	SCENE;
	want(s, "phones", .count = 5);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "phones", "", 4);
	assert_int_equal(intent_set(&i->result_group, "ag-1"), 0);
	stand(s, "ag-1", "phones", .n = 4);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_GROW), HOLD_IN_FLIGHT);
	i->landed = true;
	auto_plan struct plan *landed = planned(s);
	assert_hold(the(landed, VERB_GROW), HOLD_NONE);
}

CASE(group_is_not_grown_before_its_ids_are_known)
{
	SCENE;
	want(s, "phones", .count = 20);
	stand(s, "ag-1", "phones", .n = 10, .available = 11);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_GROW)->count, 9);
	assert_hold(the(p, VERB_GROW), HOLD_NOT_TWICE);
}

CASE(group_is_not_grown_while_an_earlier_growth_has_unknown_ids)
{
	SCENE;
	want(s, "phones", .count = 15);
	stand(s, "ag-1", "phones", .n = 10, .available = 12);
	grow_in_flight(s, INTENT_DONE, 2, 10);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_GROW)->count, 3);
	assert_hold(the(p, VERB_GROW), HOLD_NOT_TWICE);
}

CASE(group_that_shows_before_it_is_paid_is_not_polled)
{
	SCENE;
	want(s, "phones", .count = 10, .charge = CHARGE_PREPAID);
	stand(s, "ag-1", "phones", .n = 0, .charge = CHARGE_PREPAID, .creating = true);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "phones", "", 10);
	assert_int_equal(intent_set(&i->result_group, "ag-1"), 0);
	scene_order(s, "2201", "phones", i->id, 10, ORDER_UNPAID);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(p->n_watch, 0);
	assert_false(p->watch_groups[KIND_CLOUD_PHONE]);
	assert_condition(p, "phones", CONDITION_AWAITING_PAYMENT);
}

CASE(unpaid_order_is_capacity_and_is_never_ordered_again)
{
	SCENE;
	want(s, "phones", .count = 10, .charge = CHARGE_PREPAID);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "phones", "", 10);
	i->charge = CHARGE_PREPAID;
	scene_order(s, "2201", "phones", i->id, 10, ORDER_UNPAID);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "phones")->awaiting_payment, 10);
	assert_int_equal(report_of(p, "phones")->pending, 0);
	assert_condition(p, "phones", CONDITION_AWAITING_PAYMENT);
	assert_true(report_of(p, "phones")->waits_on_person);
	assert_int_equal(p->n_watch, 0);
}

CASE(unpaid_order_counts_after_its_intent_is_forgotten)
{
	SCENE;
	want(s, "phones", .count = 10, .charge = CHARGE_PREPAID);
	scene_order(s, "2201", "phones", 77, 10, ORDER_UNPAID);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
	assert_int_equal(report_of(p, "phones")->awaiting_payment, 10);
}

CASE(order_of_unknown_state_counts_and_waits)
{
	SCENE;
	want(s, "phones", .count = 10, .charge = CHARGE_PREPAID);
	scene_order(s, "2201", "phones", 77, 10, ORDER_UNKNOWN);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
	assert_condition(p, "phones", CONDITION_AWAITING_PAYMENT);
}

CASE(paid_order_counts_until_its_instances_are_seen)
{
	SCENE;
	want(s, "phones", .count = 10, .charge = CHARGE_PREPAID);
	scene_order(s, "2201", "phones", 77, 10, ORDER_PAID);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
	assert_int_equal(report_of(p, "phones")->awaiting_payment, 0);
	assert_condition(p, "phones", CONDITION_PROGRESSING);
	assert_true(p->watch_groups[KIND_CLOUD_PHONE]);
}

CASE(order_and_its_visible_group_count_once)
{
	SCENE;
	want(s, "phones", .count = 10, .charge = CHARGE_PREPAID);
	stand(s, "ag-1", "phones", .n = 10, .charge = CHARGE_PREPAID);
	struct order *o = scene_order(s, "2201", "phones", 77, 10, ORDER_PAID);
	assert_int_equal(intent_set(&o->cloud_group, "ag-1"), 0);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "phones")->committed, 10);
}

CASE(order_whose_instances_the_ledger_knows_counts_once)
{
	SCENE;
	want(s, "phones", .count = 10, .charge = CHARGE_PREPAID);
	stand(s, "ag-1", "phones", .n = 10, .charge = CHARGE_PREPAID);
	s->rows[1].intent = 77;
	scene_order(s, "2201", "phones", 77, 10, ORDER_PAID);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "phones")->committed, 10);
}

CASE(foreign_order_does_not_count)
{
	SCENE;
	want(s, "phones", .count = 10, .charge = CHARGE_PREPAID);
	scene_order(s, "2201", "phones", 0, 10, ORDER_UNPAID)->foreign = true;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 10);
	assert_hold(the(p, VERB_CREATE), HOLD_NONE);
}

CASE(cancelled_create_no_longer_counts)
{
	SCENE;
	want(s, "phones", .count = 10, .charge = CHARGE_PREPAID, .reorder = true);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "phones", "", 10);
	scene_order(s, "2201", "phones", i->id, 10, ORDER_CANCELLED)->fingerprint = 7;
	scene_row(s, "acp-never", "ag-9", "phones", RESOURCE_EXPECTED)->intent = i->id;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 10);
}

CASE(cancelled_order_takes_nothing_from_another_call)
{
	SCENE;
	want(s, "phones", .count = 12);
	want(s, "others", .count = 10, .charge = CHARGE_PREPAID, .reorder = true);
	stand(s, "ag-1", "phones", .n = 10);
	scene_row(s, "acp-new-1", "ag-1", "phones", RESOURCE_EXPECTED)->intent = 5;
	scene_row(s, "acp-new-2", "ag-1", "phones", RESOURCE_EXPECTED)->intent = 5;
	scene_order(s, "2201", "others", 6, 10, ORDER_CANCELLED)->fingerprint = 7;
	scene_order(s, "2202", "phones", 5, 2, ORDER_PAID);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 10);
	assert_string_equal(the(p, VERB_CREATE)->group, "others");
}

CASE(retained_prepaid_phones_are_reused_by_the_next_growth)
{
	SCENE;
	want(s, "phones", .count = 55, .charge = CHARGE_PREPAID);
	stand(s, "ag-1", "phones", .n = 60, .charge = CHARGE_PREPAID);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "phones")->retained, 5);
}

CASE(expired_phones_count_and_are_never_replaced)
{
	SCENE;
	want(s, "phones", .count = 10, .charge = CHARGE_PREPAID);
	stand(s, "ag-1", "phones", .n = 10, .charge = CHARGE_PREPAID, .status = GROUP_EXPIRED);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "phones")->running, 0);
	assert_condition(p, "phones", CONDITION_DEGRADED);
	assert_mentions(report_of(p, "phones")->reason, "expired");
}

CASE(failed_group_without_instances_counts_by_its_number)
{
	SCENE;
	want(s, "phones", .count = 10);
	struct observed_group *g = stand(s, "ag-1", "phones", .status = GROUP_FAILED);
	g->number = 10;
	g->available = 0;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
}

CASE(deleted_group_that_is_still_listed_counts_nothing)
{
	SCENE;
	want(s, "phones", .count = 10);
	stand(s, "ag-1", "phones", .n = 10, .status = GROUP_DELETED);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 10);
}

CASE(group_being_deleted_counts_until_its_phones_are_gone)
{
	SCENE;
	want(s, "phones", .count = 10);
	stand(s, "ag-1", "phones", .n = 10, .status = GROUP_DELETING);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
	assert_condition(p, "phones", CONDITION_PROGRESSING);
}

CASE(growth_waits_while_instances_are_leaving)
{
	SCENE;
	want(s, "phones", .count = 10);
	stand(s, "ag-1", "phones", .n = 10);
	struct intent *i = scene_intent(s, VERB_SHRINK, INTENT_DONE, "phones", "ag-1", 1);
	assert_int_equal(text_list_add(&i->targets, "ag-1-003"), 0);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
	assert_condition(p, "phones", CONDITION_PROGRESSING);
}

/* --- pace --------------------------------------------------------------- */

CASE(pace_lets_one_create_go_at_first)
{
	SCENE;
	want(s, "phones", .count = 250);
	scene_prospects(s, "phones")->pace = 1;
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_CREATE, 0), HOLD_NONE);
	assert_hold(nth(p, VERB_CREATE, 1), HOLD_PACE);
	assert_hold(nth(p, VERB_CREATE, 2), HOLD_PACE);
}

CASE(pace_counts_calls_under_way)
{
	SCENE;
	want(s, "phones", .count = 250);
	scene_prospects(s, "phones")->pace = 2;
	scene_intent(s, VERB_CREATE, INTENT_SENT, "phones", "", 100);
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_CREATE, 0), HOLD_NONE);
	assert_hold(nth(p, VERB_CREATE, 1), HOLD_PACE);
}

CASE(pace_step_is_done_at_a_definite_reply)
{
	SCENE;
	want(s, "phones", .count = 200);
	scene_prospects(s, "phones")->pace = 1;
	scene_intent(s, VERB_CREATE, INTENT_DONE, "phones", "", 100);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_NONE);
}

CASE(group_without_prospects_starts_at_one)
{
	SCENE;
	want(s, "phones", .count = 200);
	s->n_prospects = 0;
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_CREATE, 0), HOLD_NONE);
	assert_hold(nth(p, VERB_CREATE, 1), HOLD_PACE);
}

CASE(pace_below_one_is_one)
{
	SCENE;
	want(s, "phones", .count = 3, .per_group = 1);
	scene_prospects(s, "phones")->pace = 0;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(count_of(p, VERB_CREATE, false), 1);
	assert_hold(nth(p, VERB_CREATE, 1), HOLD_PACE);
	assert_mentions(nth(p, VERB_CREATE, 1)->hold_text, "at most 1 creates");
}

CASE(two_groups_do_not_share_a_pace)
{
	SCENE;
	want(s, "a", .count = 100);
	want(s, "b", .count = 100);
	scene_prospects(s, "a")->pace = 1;
	scene_prospects(s, "b")->pace = 1;
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_CREATE, 0), HOLD_NONE);
	assert_hold(nth(p, VERB_CREATE, 1), HOLD_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(empty_fleet_is_left_alone),
		RUN(new_group_is_split_into_full_groups_and_a_rest),
		RUN(instances_per_group_bounds_every_create),
		RUN(one_more_phone_is_one_grow_of_one),
		RUN(short_groups_are_filled_before_new_ones_are_made),
		RUN(prepaid_never_grows_in_place),
		RUN(growth_after_an_edit_of_the_spec_is_a_new_group),
		RUN(growth_after_an_edit_of_the_image_is_a_new_group),
		RUN(group_of_another_region_is_not_grown),
		RUN(group_that_is_not_running_is_not_grown),
		RUN(fallback_spec_is_asked_for_when_the_first_is_sold_out),
		RUN(adopted_group_counts_and_grows),
		RUN(adopted_group_of_another_spec_counts_but_does_not_grow),
		RUN(name_alone_makes_no_group_ours),
		RUN(group_of_another_fleet_is_not_ours),
		RUN(renamed_group_takes_the_old_one_over),
		RUN(every_status_but_leaving_ones_is_committed),
		RUN(deleting_and_deleted_are_not_committed),
		RUN(row_that_counts_more_than_the_listing_is_believed_for_buys),
		RUN(group_never_listed_counts_by_its_row),
		RUN(group_never_listed_counts_by_its_number_where_its_row_tells_no_more),
		RUN(ids_of_a_reply_count_until_they_are_seen),
		RUN(missing_instance_counts_until_it_is_gone),
		RUN(known_cloud_group_that_is_not_listed_counts),
		RUN(recorded_create_counts_in_full),
		RUN(sent_create_counts_in_full),
		RUN(unclear_create_counts_in_full),
		RUN(held_create_counts_in_full),
		RUN(done_create_counts_in_full_until_it_landed),
		RUN(absent_create_counts_nothing),
		RUN(create_and_the_group_it_made_count_once),
		RUN(create_is_known_by_its_intent_tag),
		RUN(create_is_known_by_its_exact_name_within_the_fleet),
		RUN(same_name_without_our_mark_is_not_the_create),
		RUN(half_visible_create_still_counts_in_full),
		RUN(unclear_grow_counts_what_is_not_visible_yet),
		RUN(grow_and_the_ids_of_its_reply_count_once),
		RUN(second_grow_waits_for_the_first_on_the_same_group),
		RUN(growth_waits_until_the_create_has_landed),
		RUN(group_is_not_grown_before_its_ids_are_known),
		RUN(group_is_not_grown_while_an_earlier_growth_has_unknown_ids),
		RUN(group_that_shows_before_it_is_paid_is_not_polled),
		RUN(unpaid_order_is_capacity_and_is_never_ordered_again),
		RUN(unpaid_order_counts_after_its_intent_is_forgotten),
		RUN(order_of_unknown_state_counts_and_waits),
		RUN(paid_order_counts_until_its_instances_are_seen),
		RUN(order_and_its_visible_group_count_once),
		RUN(order_whose_instances_the_ledger_knows_counts_once),
		RUN(foreign_order_does_not_count),
		RUN(cancelled_create_no_longer_counts),
		RUN(cancelled_order_takes_nothing_from_another_call),
		RUN(retained_prepaid_phones_are_reused_by_the_next_growth),
		RUN(expired_phones_count_and_are_never_replaced),
		RUN(failed_group_without_instances_counts_by_its_number),
		RUN(deleted_group_that_is_still_listed_counts_nothing),
		RUN(group_being_deleted_counts_until_its_phones_are_gone),
		RUN(growth_waits_while_instances_are_leaving),
		RUN(pace_lets_one_create_go_at_first),
		RUN(pace_counts_calls_under_way),
		RUN(pace_step_is_done_at_a_definite_reply),
		RUN(group_without_prospects_starts_at_one),
		RUN(pace_below_one_is_one),
		RUN(two_groups_do_not_share_a_pace),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
