/* Scale-in: who goes, what must agree first, and what is never taken. */
#include "planning.h"

static struct observed_instance *phone(struct observed_group *g, int i)
{
	return &g->instances[i];
}

CASE(one_phone_less_is_one_shrink_of_one)
{
	SCENE;
	want(s, "phones", .count = 250);
	stand(s, "ag-1", "phones", .n = 100);
	stand(s, "ag-2", "phones", .n = 100);
	struct observed_group *g = stand(s, "ag-3", "phones", .n = 51);
	phone(g, 50)->created_ms += 1;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	const struct action *a = the(p, VERB_SHRINK);
	assert_int_equal(a->count, 1);
	assert_int_equal(a->targets.n, 1);
	assert_string_equal(a->targets.items[0], "ag-3-050");
	assert_string_equal(a->cloud_group, "ag-3");
	assert_false(a->whole_group);
	assert_hold(a, HOLD_NONE);
}

CASE(one_call_names_fifty_at_most)
{
	SCENE;
	s->settings.limits.deletes_per_hour = 1000;
	want(s, "phones", .count = 120);
	(void)stand(s, "ag-1", "phones", .n = 90);
	(void)stand(s, "ag-2", "phones", .n = 90);
	for (int i = 0; i < 90; i++) /* the newest are all in one cloud group */
		phone(&s->observed.groups[0], i)->created_ms += 1000;
	auto_plan struct plan *p = planned(s);
	int64_t removed = 0;
	assert_int_equal(2, p->n_actions);
	for (size_t i = 0; i < p->n_actions; i++) {
		assert_int_equal(VERB_SHRINK, p->actions[i].verb);
		assert_string_equal("ag-1", p->actions[i].cloud_group);
		assert_true(p->actions[i].count <= 50);
		assert_int_equal(p->actions[i].count, p->actions[i].targets.n);
		removed += p->actions[i].count;
	}
	assert_int_equal(60, removed);
	assert_hold(&p->actions[0], HOLD_NONE);
	assert_hold(&p->actions[1], HOLD_IN_FLIGHT); /* one call after the other */
}

CASE(failed_phones_go_first)
{
	SCENE;
	want(s, "phones", .count = 9);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	phone(g, 4)->status = INSTANCE_FAILED;
	phone(g, 5)->tags = scene_marks(s, "phones", SCENE_OWNER, NULL, MARK_REMOVE, "1");
	phone(g, 9)->created_ms += 1;
	auto_plan struct plan *p = planned(s);
	assert_string_equal(the(p, VERB_SHRINK)->targets.items[0], "ag-1-004");
}

CASE(phones_marked_for_removal_go_next)
{
	SCENE;
	want(s, "phones", .count = 9);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	phone(g, 5)->tags = scene_marks(s, "phones", SCENE_OWNER, NULL, MARK_REMOVE, "1");
	phone(g, 9)->created_ms += 1;
	auto_plan struct plan *p = planned(s);
	assert_string_equal(the(p, VERB_SHRINK)->targets.items[0], "ag-1-005");
}

CASE(phones_in_use_go_after_those_that_are_not)
{
	SCENE;
	want(s, "phones", .count = 9);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	for (int i = 1; i < 10; i++)
		phone(g, i)->connected = true;
	auto_plan struct plan *p = planned(s);
	assert_string_equal(the(p, VERB_SHRINK)->targets.items[0], "ag-1-000");
	assert_hold(the(p, VERB_SHRINK), HOLD_NONE);
}

CASE(newest_phones_go_before_older_ones)
{
	SCENE;
	want(s, "phones", .count = 9);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	phone(g, 3)->created_ms += 5;
	phone(g, 7)->created_ms += 4;
	auto_plan struct plan *p = planned(s);
	assert_string_equal(the(p, VERB_SHRINK)->targets.items[0], "ag-1-003");
}

CASE(equal_phones_go_by_id)
{
	SCENE;
	want(s, "phones", .count = 9);
	stand(s, "ag-1", "phones", .n = 10);
	auto_plan struct plan *p = planned(s);
	assert_string_equal(the(p, VERB_SHRINK)->targets.items[0], "ag-1-000");
}

CASE(phone_in_use_is_held_as_an_action_of_its_own)
{
	SCENE;
	want(s, "phones", .count = 8);
	s->settings.limits.deletes_per_hour = 100;
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	for (int i = 1; i < 10; i++)
		phone(g, i)->connected = true;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 2);
	assert_hold(nth(p, VERB_SHRINK, 0), HOLD_NONE);
	assert_hold(nth(p, VERB_SHRINK, 1), HOLD_SESSION);
	assert_int_equal(nth(p, VERB_SHRINK, 1)->count, 1);
}

CASE(drain_force_takes_phones_in_use)
{
	SCENE;
	want(s, "phones", .count = 9, .drain_force = true);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	for (int i = 0; i < 10; i++)
		phone(g, i)->connected = true;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_NONE);
}

CASE(approval_lets_a_phone_in_use_go)
{
	SCENE;
	want(s, "phones", .count = 9);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	for (int i = 0; i < 10; i++)
		phone(g, i)->connected = true;
	auto_plan struct plan *before = planned(s);
	assert_hold(the(before, VERB_SHRINK), HOLD_SESSION);
	assert_mentions(the(before, VERB_SHRINK)->hold_text, the(before, VERB_SHRINK)->hash);
	scene_approve(s, the(before, VERB_SHRINK)->hash);
	auto_plan struct plan *after = planned(s);
	assert_hold(the(after, VERB_SHRINK), HOLD_NONE);
}

CASE(victims_of_several_groups_are_one_shrink_each_with_sorted_ids)
{
	SCENE;
	want(s, "phones", .count = 17);
	s->settings.limits.deletes_per_hour = 100;
	struct observed_group *a = stand(s, "ag-1", "phones", .n = 10);
	struct observed_group *b = stand(s, "ag-2", "phones", .n = 10);
	phone(a, 9)->created_ms += 9;
	phone(a, 2)->created_ms += 8;
	phone(b, 4)->created_ms += 7;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 2);
	assert_int_equal(nth(p, VERB_SHRINK, 0)->targets.n, 2);
	assert_string_equal(nth(p, VERB_SHRINK, 0)->targets.items[0], "ag-1-002");
	assert_string_equal(nth(p, VERB_SHRINK, 0)->targets.items[1], "ag-1-009");
	assert_string_equal(nth(p, VERB_SHRINK, 1)->targets.items[0], "ag-2-004");
}

CASE(prepaid_surplus_is_retained_and_converged)
{
	SCENE;
	want(s, "phones", .count = 3, .charge = CHARGE_PREPAID);
	stand(s, "ag-1", "phones", .n = 5, .charge = CHARGE_PREPAID,
	      .expires_ms = SCENE_WALL_MS + SCENE_DAY_MS);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	const struct group_report *r = report_of(p, "phones");
	assert_int_equal(r->surplus, 2);
	assert_int_equal(r->retained, 2);
	assert_int_equal(r->retained_until_ms, SCENE_WALL_MS + SCENE_DAY_MS);
	assert_condition(p, "phones", CONDITION_CONVERGED);
	assert_mentions(r->reason, "retained");
}

CASE(surplus_is_taken_from_postpaid_groups_only)
{
	SCENE;
	want(s, "phones", .count = 12);
	s->settings.limits.deletes_per_hour = 100;
	stand(s, "ag-1", "phones", .n = 10, .charge = CHARGE_PREPAID);
	stand(s, "ag-2", "phones", .n = 5);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_string_equal(the(p, VERB_SHRINK)->cloud_group, "ag-2");
	assert_int_equal(the(p, VERB_SHRINK)->count, 3);
}

CASE(group_of_unknown_charge_is_not_shrunk)
{
	SCENE;
	want(s, "phones", .count = 9);
	stand(s, "ag-1", "phones", .n = 10, .charge = CHARGE_UNKNOWN);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(count_of(p, VERB_SHRINK, true), 0);
}

CASE(phones_of_unknown_status_are_kept)
{
	SCENE;
	want(s, "phones", .count = 1);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 2);
	phone(g, 0)->status = INSTANCE_UNKNOWN;
	phone(g, 1)->status = INSTANCE_UNKNOWN;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
}

CASE(what_is_not_surely_ours_is_kept)
{
	SCENE;
	want(s, "phones", .count = 1, .adopt = "ag-1");
	stand(s, "ag-1", "phones", .n = 2, .unmarked = true, .unrecorded = true);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(count_of(p, VERB_SHRINK, true), 0);
}

CASE(adopted_phones_in_the_ledger_may_go)
{
	SCENE;
	want(s, "phones", .count = 1, .adopt = "ag-1");
	stand(s, "ag-1", "phones", .n = 2, .unmarked = true);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(count_of(p, VERB_SHRINK, false), 1);
}

CASE(shrink_waits_for_a_second_agreeing_listing)
{
	SCENE;
	want(s, "phones", .count = 9);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->ids_since_mono_ms = g->listed_mono_ms - 1999;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_NOT_TWICE);
	assert_int_equal(p->n_watch, 1);
	g->ids_since_mono_ms = g->listed_mono_ms - 2000;
	auto_plan struct plan *later = planned(s);
	assert_hold(the(later, VERB_SHRINK), HOLD_NONE);
	assert_int_equal(later->n_watch, 0);
}

CASE(ids_newer_than_their_listing_agree_with_nothing)
{
	SCENE;
	want(s, "phones", .count = 9);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->ids_since_mono_ms = g->listed_mono_ms + 1;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_NOT_TWICE);
}

CASE(shrink_waits_while_its_group_changes)
{
	static const enum group_status statuses[] = {GROUP_CREATING, GROUP_UPDATING};
	SCENE;
	want(s, "phones", .count = 9);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		g->status = statuses[i];
		g->status_text = group_status_name(g->status);
		auto_plan struct plan *p = planned(s);
		assert_hold(the(p, VERB_SHRINK), HOLD_IN_FLIGHT);
		assert_mentions(the(p, VERB_SHRINK)->hold_text, g->status_text);
	}
}

/* A phone of ours in an adopted group, in no ledger: how long it has been there is not known. */
CASE(marked_phone_of_an_adopted_group_may_go_once_it_is_settled)
{
	SCENE;
	want(s, "phones", .count = 1, .adopt = "ag-1");
	struct observed_group *g =
		stand(s, "ag-1", "phones", .n = 2, .unmarked = true, .unrecorded = true);
	phone(g, 1)->tags = scene_marks(s, "phones", SCENE_OWNER, NULL, NULL, NULL);
	auto_plan struct plan *p = planned(s);
	assert_string_equal(the(p, VERB_SHRINK)->targets.items[0], "ag-1-001");
	assert_hold(the(p, VERB_SHRINK), HOLD_NONE);
	phone(g, 1)->status = INSTANCE_CREATING;
	auto_plan struct plan *creating = planned(s);
	assert_hold(the(creating, VERB_SHRINK), HOLD_IN_FLIGHT);
}

CASE(shrink_counts_no_more_than_the_row_says)
{
	SCENE;
	want(s, "phones", .count = 9);
	stand(s, "ag-1", "phones", .n = 10, .available = 9);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(count_of(p, VERB_SHRINK, true), 0);
}

CASE(instances_on_their_way_cost_no_running_one)
{
	SCENE;
	want(s, "phones", .count = 10);
	stand(s, "ag-1", "phones", .n = 10);
	scene_intent(s, VERB_CREATE, INTENT_UNCLEAR, "phones", "", 5);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(count_of(p, VERB_SHRINK, true), 0);
	assert_int_equal(report_of(p, "phones")->surplus, 5);
}

CASE(order_larger_than_needed_costs_no_running_phone)
{
	SCENE;
	want(s, "phones", .count = 10);
	stand(s, "ag-1", "phones", .n = 10);
	scene_order(s, "2201", "phones", 77, 5, ORDER_UNPAID);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_condition(p, "phones", CONDITION_AWAITING_PAYMENT);
}

CASE(leaving_phones_are_not_chosen_again)
{
	SCENE;
	want(s, "phones", .count = 9);
	stand(s, "ag-1", "phones", .n = 10);
	struct intent *i = scene_intent(s, VERB_SHRINK, INTENT_DONE, "phones", "ag-1", 1);
	assert_int_equal(text_list_add(&i->targets, "ag-1-000"), 0);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "phones")->surplus, 0);
}

CASE(shrink_waits_for_an_unsettled_call_on_the_group)
{
	SCENE;
	want(s, "phones", .count = 8);
	s->settings.limits.deletes_per_hour = 100;
	stand(s, "ag-1", "phones", .n = 10);
	struct intent *i = scene_intent(s, VERB_SHRINK, INTENT_UNCLEAR, "phones", "ag-1", 1);
	assert_int_equal(text_list_add(&i->targets, "ag-1-000"), 0);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_SHRINK)->count, 1);
	assert_hold(the(p, VERB_SHRINK), HOLD_IN_FLIGHT);
}

CASE(phone_in_the_middle_of_something_is_waited_for)
{
	SCENE;
	want(s, "phones", .count = 9);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	phone(g, 9)->created_ms += 1;
	phone(g, 9)->status = INSTANCE_CREATING;
	auto_plan struct plan *p = planned(s);
	assert_string_equal(the(p, VERB_SHRINK)->targets.items[0], "ag-1-009");
	assert_hold(the(p, VERB_SHRINK), HOLD_IN_FLIGHT);
}

CASE(phone_stuck_in_creating_may_go)
{
	SCENE;
	want(s, "phones", .count = 9);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	phone(g, 9)->created_ms += 1;
	phone(g, 9)->status = INSTANCE_CREATING;
	s->rows[10].first_wall_ms = SCENE_WALL_MS - 31 * SCENE_MINUTE_MS;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_NONE);
}

CASE(phone_recorded_before_a_clock_went_back_is_not_stuck)
{
	SCENE;
	want(s, "phones", .count = 9);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	phone(g, 9)->created_ms += 1;
	phone(g, 9)->status = INSTANCE_CREATING;
	s->rows[10].first_wall_ms = SCENE_WALL_MS + SCENE_DAY_MS;
	auto_plan struct plan *p = planned(s);
	assert_string_equal(the(p, VERB_SHRINK)->targets.items[0], "ag-1-009");
	assert_hold(the(p, VERB_SHRINK), HOLD_IN_FLIGHT);
}

CASE(end_of_one_of_several_groups_is_a_shrink_of_all_its_phones)
{
	SCENE;
	want(s, "phones", .count = 10);
	s->settings.limits.deletes_per_hour = 100;
	stand(s, "ag-1", "phones", .n = 10);
	struct observed_group *g = stand(s, "ag-2", "phones", .n = 2);
	phone(g, 0)->created_ms += 1;
	phone(g, 1)->created_ms += 1;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_int_equal(the(p, VERB_SHRINK)->count, 2);
	assert_true(the(p, VERB_SHRINK)->whole_group);
	assert_hold(the(p, VERB_SHRINK), HOLD_NONE);
}

/* Of several calls the last one is the end. */
static void assert_only_last_ends(const struct plan *p, const char *cloud_group, int calls)
{
	for (size_t i = 0; i < p->n_actions; i++) {
		const struct action *a = &p->actions[i];
		if (a->verb != VERB_SHRINK || strcmp(a->cloud_group, cloud_group) != 0)
			continue;
		calls--;
		assert_int_equal(a->whole_group, calls == 0);
	}
	assert_int_equal(calls, 0);
}

CASE(this_hours_part_of_a_group_that_goes_is_not_its_end)
{
	SCENE;
	want(s, "phones", .count = 100);
	s->settings.limits.deletes_per_hour = 3;
	stand(s, "ag-1", "phones", .n = 100);
	struct observed_group *g = stand(s, "ag-2", "phones", .n = 10);
	for (int i = 0; i < 10; i++)
		phone(g, i)->created_ms += 1;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(nth(p, VERB_SHRINK, 0)->count, 3);
	assert_only_last_ends(p, "ag-2", 2);
}

CASE(first_fifty_of_a_group_that_goes_are_not_its_end)
{
	SCENE;
	want(s, "phones", .count = 100);
	s->settings.limits.deletes_per_hour = 100;
	stand(s, "ag-1", "phones", .n = 100);
	struct observed_group *g = stand(s, "ag-2", "phones", .n = 60);
	for (int i = 0; i < 60; i++)
		phone(g, i)->created_ms += 1;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(nth(p, VERB_SHRINK, 0)->count, 50);
	assert_only_last_ends(p, "ag-2", 2);
}

CASE(phone_that_is_leaving_already_keeps_no_group_from_its_end)
{
	SCENE;
	want(s, "phones", .count = 100);
	s->settings.limits.deletes_per_hour = 100;
	stand(s, "ag-1", "phones", .n = 100);
	struct observed_group *g = stand(s, "ag-2", "phones", .n = 3);
	phone(g, 0)->created_ms += 1;
	phone(g, 1)->created_ms += 1;
	phone(g, 2)->status = INSTANCE_DELETING;
	g->available = 2;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_SHRINK)->count, 2);
	assert_only_last_ends(p, "ag-2", 1);
}

CASE(empty_group_stays_and_counts_nothing)
{
	SCENE;
	want(s, "phones", .count = 10);
	stand(s, "ag-1", "phones", .n = 10);
	stand(s, "ag-2", "phones", .n = 0);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_condition(p, "phones", CONDITION_CONVERGED);
}

/* --- count: 0 ----------------------------------------------------------- */

CASE(count_zero_deletes_whole_groups_once_approved)
{
	SCENE;
	want(s, "phones", .count = 0);
	stand(s, "ag-1", "phones", .n = 3);
	auto_plan struct plan *p = planned(s);
	const struct action *a = the(p, VERB_DELETE);
	assert_int_equal(p->n_actions, 1);
	assert_true(a->whole_group);
	assert_int_equal(a->count, 3);
	assert_int_equal(a->targets.n, 3);
	assert_hold(a, HOLD_COUNT_ZERO);
	assert_mentions(a->hold_text, a->hash);
	assert_condition(p, "phones", CONDITION_HELD);
	assert_true(report_of(p, "phones")->waits_on_person);
	assert_int_equal(p->n_watch, 0);
	scene_approve(s, a->hash);
	auto_plan struct plan *approved = planned(s);
	assert_hold(the(approved, VERB_DELETE), HOLD_NONE);
}

CASE(group_delete_needs_a_listing_that_is_fresh)
{
	SCENE;
	want(s, "phones", .count = 0);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 3);
	g->listed_mono_ms = SCENE_MONO_MS - 5001;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_DELETE), HOLD_COUNT_ZERO);
	scene_approve(s, the(p, VERB_DELETE)->hash);
	auto_plan struct plan *approved = planned(s);
	assert_hold(the(approved, VERB_DELETE), HOLD_NOT_FRESH);
	assert_int_equal(approved->n_watch, 1);
}

CASE(group_delete_needs_a_listing_that_shows_exactly_its_instances)
{
	SCENE;
	want(s, "phones", .count = 0);
	stand(s, "ag-1", "phones", .n = 3, .available = 4);
	auto_plan struct plan *p = planned(s);
	scene_approve(s, the(p, VERB_DELETE)->hash);
	auto_plan struct plan *approved = planned(s);
	assert_hold(the(approved, VERB_DELETE), HOLD_NOT_FRESH);
}

/* Approved, so that what a person lifts is out of the way. */
static void assert_delete_held(struct scene *s, enum hold hold)
{
	auto_plan struct plan *p = planned(s);
	s->in_flight.n_approvals = 0;
	scene_approve(s, the(p, VERB_DELETE)->hash);
	auto_plan struct plan *approved = planned(s);
	assert_hold(the(approved, VERB_DELETE), hold);
}

CASE(group_that_was_never_listed_is_not_deleted)
{
	SCENE;
	want(s, "phones", .count = 0);
	stand(s, "ag-1", "phones", .n = 3, .unlisted = true);
	assert_delete_held(s, HOLD_NOT_TWICE);
}

CASE(group_whose_row_tells_no_number_is_deleted_by_its_listing)
{
	SCENE;
	want(s, "phones", .count = 0);
	stand(s, "ag-1", "phones", .n = 3)->available = -1;
	assert_delete_held(s, HOLD_NONE);
}

CASE(group_delete_waits_for_ids_that_were_never_seen)
{
	SCENE;
	want(s, "phones", .count = 0);
	stand(s, "ag-1", "phones", .n = 3);
	scene_row(s, "acp-1", "ag-1", "phones", RESOURCE_EXPECTED);
	assert_delete_held(s, HOLD_NOT_FRESH);
}

CASE(group_delete_waits_for_a_create_that_has_not_landed)
{
	SCENE;
	want(s, "phones", .count = 0);
	stand(s, "ag-1", "phones", .n = 3);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "phones", "", 3);
	assert_int_equal(intent_set(&i->result_group, "ag-1"), 0);
	assert_delete_held(s, HOLD_NOT_FRESH);
	i->landed = true;
	assert_delete_held(s, HOLD_NONE);
}

CASE(group_delete_names_no_phone_that_goes_already)
{
	SCENE;
	want(s, "phones", .count = 0);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 3);
	phone(g, 1)->status = INSTANCE_DELETING;
	g->available = 2;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_DELETE)->targets.n, 2);
	assert_string_equal(the(p, VERB_DELETE)->targets.items[1], "ag-1-002");
}

CASE(adopted_group_goes_once_each_of_its_phones_is_surely_ours)
{
	SCENE;
	want(s, "phones", .count = 0, .adopt = "ag-1");
	struct observed_group *g =
		stand(s, "ag-1", "phones", .n = 2, .unmarked = true, .unrecorded = true);
	phone(g, 1)->tags = scene_marks(s, "phones", SCENE_OWNER, NULL, NULL, NULL);
	assert_delete_held(s, HOLD_NOT_TWICE);
	phone(g, 0)->tags = phone(g, 1)->tags;
	assert_delete_held(s, HOLD_NONE);
}

CASE(drain_force_deletes_a_group_in_use)
{
	SCENE;
	want(s, "phones", .count = 0, .drain_force = true);
	phone(stand(s, "ag-1", "phones", .n = 2), 0)->connected = true;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_DELETE), HOLD_COUNT_ZERO);
	assert_delete_held(s, HOLD_NONE);
}

CASE(group_delete_waits_for_growth_that_has_not_landed)
{
	SCENE;
	want(s, "phones", .count = 0);
	stand(s, "ag-1", "phones", .n = 3);
	scene_intent(s, VERB_GROW, INTENT_DONE, "phones", "ag-1", 1);
	auto_plan struct plan *p = planned(s);
	scene_approve(s, the(p, VERB_DELETE)->hash);
	auto_plan struct plan *approved = planned(s);
	assert_hold(the(approved, VERB_DELETE), HOLD_NOT_FRESH);
}

CASE(other_victims_than_the_approved_ones_are_held_again)
{
	SCENE;
	want(s, "phones", .count = 0);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 3);
	auto_plan struct plan *p = planned(s);
	scene_approve(s, the(p, VERB_DELETE)->hash);
	scene_instance(s, g, "ag-1-new", INSTANCE_RUNNING);
	g->available = 4;
	auto_plan struct plan *later = planned(s);
	assert_hold(the(later, VERB_DELETE), HOLD_COUNT_ZERO);
}

CASE(prepaid_group_is_not_deleted_before_it_expires)
{
	SCENE;
	want(s, "phones", .count = 0, .charge = CHARGE_PREPAID);
	stand(s, "ag-1", "phones", .n = 3, .charge = CHARGE_PREPAID);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "phones")->retained, 3);
	assert_condition(p, "phones", CONDITION_CONVERGED);
}

CASE(expired_prepaid_group_may_be_deleted_by_count_zero)
{
	SCENE;
	want(s, "phones", .count = 0, .charge = CHARGE_PREPAID);
	stand(s, "ag-1", "phones", .n = 3, .charge = CHARGE_PREPAID, .status = GROUP_EXPIRED);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_DELETE), HOLD_COUNT_ZERO);
}

CASE(group_being_deleted_is_not_deleted_twice)
{
	SCENE;
	want(s, "phones", .count = 0);
	stand(s, "ag-1", "phones", .n = 3);
	scene_intent(s, VERB_DELETE, INTENT_DONE, "phones", "ag-1", 3);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_condition(p, "phones", CONDITION_PROGRESSING);
}

CASE(group_with_a_user_is_not_deleted_without_approval)
{
	SCENE;
	want(s, "phones", .count = 0);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 3);
	phone(g, 1)->connected = true;
	auto_plan struct plan *p = planned(s);
	assert_true(hold_needs_person(the(p, VERB_DELETE)->hold));
}

CASE(removed_group_is_unmanaged_and_untouched)
{
	SCENE;
	want(s, "others", .count = 0);
	stand(s, "ag-1", "phones", .n = 3, .expires_ms = SCENE_WALL_MS + SCENE_DAY_MS);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_condition(p, "phones", CONDITION_UNMANAGED);
	assert_int_equal(report_of(p, "phones")->committed, 3);
	assert_int_equal(report_of(p, "phones")->running, 3);
	assert_int_equal(report_of(p, "phones")->expires_ms, SCENE_WALL_MS + SCENE_DAY_MS);
	assert_int_equal(p->n_watch, 0);
}

CASE(group_known_by_its_mark_alone_is_unmanaged_by_its_name)
{
	SCENE;
	stand(s, "ag-1", "phones", .n = 3, .unrecorded = true);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_condition(p, "phones", CONDITION_UNMANAGED);
}

/* --- heal: replace ------------------------------------------------------ */

CASE(failed_phone_is_kept_without_heal_replace)
{
	SCENE;
	want(s, "phones", .count = 10, .heal = HEAL_RESET);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	phone(g, 3)->status = INSTANCE_FAILED;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_condition(p, "phones", CONDITION_DEGRADED);
	assert_true(report_of(p, "phones")->waits_on_person);
}

CASE(failed_phone_is_removed_first_under_heal_replace)
{
	SCENE;
	want(s, "phones", .count = 10, .heal = HEAL_REPLACE);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	phone(g, 3)->status = INSTANCE_FAILED;
	phone(g, 6)->status = INSTANCE_FAILED;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_int_equal(the(p, VERB_SHRINK)->count, 1);
	assert_string_equal(the(p, VERB_SHRINK)->targets.items[0], "ag-1-003");
	assert_hold(the(p, VERB_SHRINK), HOLD_NONE);
}

CASE(failed_phone_that_is_not_surely_ours_is_not_replaced)
{
	SCENE;
	want(s, "phones", .count = 10, .heal = HEAL_REPLACE, .adopt = "ag-1");
	struct observed_group *g =
		stand(s, "ag-1", "phones", .n = 10, .unmarked = true, .unrecorded = true);
	phone(g, 3)->status = INSTANCE_FAILED;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(count_of(p, VERB_SHRINK, true), 0);
	scene_row(s, phone(g, 3)->id, "ag-1", "phones", RESOURCE_SEEN);
	auto_plan struct plan *recorded = planned(s);
	assert_string_equal(the(recorded, VERB_SHRINK)->targets.items[0], "ag-1-003");
}

CASE(one_phone_per_hour_is_replaced)
{
	SCENE;
	want(s, "phones", .count = 10, .heal = HEAL_REPLACE);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	phone(g, 3)->status = INSTANCE_FAILED;
	scene_deleted(s, "phones", 1);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
}

CASE(nothing_is_replaced_while_anything_leaves_or_is_too_many)
{
	SCENE;
	struct desired_group *w = want(s, "phones", .count = 10, .heal = HEAL_REPLACE);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	phone(g, 3)->status = INSTANCE_FAILED;
	scene_intent(s, VERB_CREATE, INTENT_SENT, "phones", "", 1); /* one too many */
	auto_plan struct plan *p = planned(s);
	assert_int_equal(count_of(p, VERB_SHRINK, true), 0);
	w->count = 11;
	auto_plan struct plan *as_many = planned(s);
	assert_int_equal(count_of(as_many, VERB_SHRINK, true), 1);
	struct intent *i = scene_intent(s, VERB_SHRINK, INTENT_DONE, "phones", "ag-1", 1);
	assert_int_equal(text_list_add(&i->targets, "ag-1-007"), 0);
	auto_plan struct plan *leaving = planned(s);
	assert_int_equal(count_of(leaving, VERB_SHRINK, true), 0);
}

CASE(failed_phone_of_a_subscription_is_not_replaced)
{
	SCENE;
	want(s, "phones", .count = 10, .heal = HEAL_REPLACE);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10, .charge = CHARGE_PREPAID);
	phone(g, 3)->status = INSTANCE_FAILED;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(count_of(p, VERB_SHRINK, true), 0);
}

CASE(replacing_stops_in_a_group_that_is_too_sick)
{
	SCENE;
	want(s, "phones", .count = 10, .heal = HEAL_REPLACE);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	for (int i = 0; i < 3; i++)
		phone(g, i)->status = INSTANCE_FAILED;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_mentions(report_of(p, "phones")->reason, "healing stops");
}

CASE(only_phone_of_a_group_is_replaced_without_approval)
{
	SCENE;
	want(s, "phones", .count = 1, .heal = HEAL_REPLACE);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 1);
	phone(g, 0)->status = INSTANCE_FAILED;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_NONE);
}

CASE(an_empty_adopted_group_goes_once_the_ledger_knows_it)
{
	SCENE;
	want(s, "phones", .count = 0, .adopt = "ag-1");
	stand(s, "ag-1", "phones", .n = 0, .unmarked = true, .unrecorded = true);
	auto_plan struct plan *shown = planned(s);
	scene_approve(s, the(shown, VERB_DELETE)->hash);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_DELETE), HOLD_NOT_TWICE);
	scene_row(s, "", "ag-1", "phones", RESOURCE_SEEN);
	auto_plan struct plan *recorded = planned(s);
	assert_hold(the(recorded, VERB_DELETE), HOLD_NONE);
}

CASE(what_a_call_under_another_name_takes_away_is_not_there_for_a_second_one)
{
	SCENE;
	s->settings.limits.deletes_per_hour = 100;
	want(s, "phones", .count = 7);
	stand(s, "ag-1", "phones", .n = 10);
	struct intent *i = scene_intent(s, VERB_SHRINK, INTENT_DONE, "former", "ag-1", 3);
	for (int k = 0; k < 3; k++)
		assert_int_equal(text_list_add(&i->targets, s->observed.groups[0].instances[k].id), 0);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(count_of(p, VERB_SHRINK, true), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(one_phone_less_is_one_shrink_of_one),
		RUN(one_call_names_fifty_at_most),
		RUN(failed_phones_go_first),
		RUN(phones_marked_for_removal_go_next),
		RUN(phones_in_use_go_after_those_that_are_not),
		RUN(newest_phones_go_before_older_ones),
		RUN(equal_phones_go_by_id),
		RUN(phone_in_use_is_held_as_an_action_of_its_own),
		RUN(drain_force_takes_phones_in_use),
		RUN(approval_lets_a_phone_in_use_go),
		RUN(victims_of_several_groups_are_one_shrink_each_with_sorted_ids),
		RUN(prepaid_surplus_is_retained_and_converged),
		RUN(surplus_is_taken_from_postpaid_groups_only),
		RUN(group_of_unknown_charge_is_not_shrunk),
		RUN(phones_of_unknown_status_are_kept),
		RUN(what_is_not_surely_ours_is_kept),
		RUN(adopted_phones_in_the_ledger_may_go),
		RUN(shrink_waits_for_a_second_agreeing_listing),
		RUN(ids_newer_than_their_listing_agree_with_nothing),
		RUN(shrink_waits_while_its_group_changes),
		RUN(marked_phone_of_an_adopted_group_may_go_once_it_is_settled),
		RUN(shrink_counts_no_more_than_the_row_says),
		RUN(instances_on_their_way_cost_no_running_one),
		RUN(order_larger_than_needed_costs_no_running_phone),
		RUN(leaving_phones_are_not_chosen_again),
		RUN(shrink_waits_for_an_unsettled_call_on_the_group),
		RUN(phone_in_the_middle_of_something_is_waited_for),
		RUN(phone_stuck_in_creating_may_go),
		RUN(phone_recorded_before_a_clock_went_back_is_not_stuck),
		RUN(end_of_one_of_several_groups_is_a_shrink_of_all_its_phones),
		RUN(this_hours_part_of_a_group_that_goes_is_not_its_end),
		RUN(first_fifty_of_a_group_that_goes_are_not_its_end),
		RUN(phone_that_is_leaving_already_keeps_no_group_from_its_end),
		RUN(empty_group_stays_and_counts_nothing),
		RUN(count_zero_deletes_whole_groups_once_approved),
		RUN(group_delete_needs_a_listing_that_is_fresh),
		RUN(group_delete_needs_a_listing_that_shows_exactly_its_instances),
		RUN(group_that_was_never_listed_is_not_deleted),
		RUN(group_whose_row_tells_no_number_is_deleted_by_its_listing),
		RUN(group_delete_waits_for_ids_that_were_never_seen),
		RUN(group_delete_waits_for_a_create_that_has_not_landed),
		RUN(group_delete_names_no_phone_that_goes_already),
		RUN(adopted_group_goes_once_each_of_its_phones_is_surely_ours),
		RUN(drain_force_deletes_a_group_in_use),
		RUN(group_delete_waits_for_growth_that_has_not_landed),
		RUN(other_victims_than_the_approved_ones_are_held_again),
		RUN(prepaid_group_is_not_deleted_before_it_expires),
		RUN(expired_prepaid_group_may_be_deleted_by_count_zero),
		RUN(group_being_deleted_is_not_deleted_twice),
		RUN(group_with_a_user_is_not_deleted_without_approval),
		RUN(removed_group_is_unmanaged_and_untouched),
		RUN(group_known_by_its_mark_alone_is_unmanaged_by_its_name),
		RUN(failed_phone_is_kept_without_heal_replace),
		RUN(failed_phone_is_removed_first_under_heal_replace),
		RUN(failed_phone_that_is_not_surely_ours_is_not_replaced),
		RUN(one_phone_per_hour_is_replaced),
		RUN(nothing_is_replaced_while_anything_leaves_or_is_too_many),
		RUN(failed_phone_of_a_subscription_is_not_replaced),
		RUN(replacing_stops_in_a_group_that_is_too_sick),
		RUN(only_phone_of_a_group_is_replaced_without_approval),
		RUN(an_empty_adopted_group_goes_once_the_ledger_knows_it),
		RUN(what_a_call_under_another_name_takes_away_is_not_there_for_a_second_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
