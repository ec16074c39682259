/* Limits in total and per hour, protection, observe mode, pauses, and what approvals lift. */
#include "planning.h"

static void approve(struct scene *s, const struct action *a)
{
	assert_mentions(a->hold_text, a->hash);
	scene_approve(s, a->hash);
}

CASE(instances_total_lowers_a_create_to_what_it_leaves)
{
	SCENE;
	want(s, "phones", .count = 100);
	s->settings.limits.instances_total = 60;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_CREATE)->count, 60);
	assert_hold(the(p, VERB_CREATE), HOLD_NONE);
	assert_mentions(the(p, VERB_CREATE)->reason, "instances_total");
}

CASE(instances_total_holds_when_nothing_is_left)
{
	SCENE;
	want(s, "phones", .count = 61);
	stand(s, "ag-1", "phones", .n = 60);
	s->settings.limits.instances_total = 60;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_GROW), HOLD_INSTANCES_TOTAL);
	assert_mentions(the(p, VERB_GROW)->hold_text, "60");
	assert_condition(p, "phones", CONDITION_HELD);
	approve(s, the(p, VERB_GROW));
	auto_plan struct plan *approved = planned(s);
	assert_hold(the(approved, VERB_GROW), HOLD_NONE);
	assert_int_equal(the(approved, VERB_GROW)->count, 1);
}

CASE(instances_total_counts_all_groups_of_one_plan)
{
	SCENE;
	want(s, "a", .count = 50);
	want(s, "b", .count = 50);
	stand(s, "ag-x", "gone", .n = 10, .region = "cn-beijing");
	s->settings.limits.instances_total = 70;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(nth(p, VERB_CREATE, 0)->count, 50);
	assert_int_equal(nth(p, VERB_CREATE, 1)->count, 10);
}

CASE(new_per_hour_counts_what_was_bought)
{
	SCENE;
	want(s, "phones", .count = 100);
	s->settings.limits.new_per_hour = 500;
	s->in_flight.bought_last_hour = 450;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_CREATE)->count, 50);
	s->in_flight.bought_last_hour = 500;
	auto_plan struct plan *full = planned(s);
	assert_hold(the(full, VERB_CREATE), HOLD_NEW_PER_HOUR);
	assert_condition(full, "phones", CONDITION_PROGRESSING);
	approve(s, the(full, VERB_CREATE));
	auto_plan struct plan *approved = planned(s);
	assert_int_equal(the(approved, VERB_CREATE)->count, 100);
	assert_hold(the(approved, VERB_CREATE), HOLD_NONE);
}

CASE(new_per_hour_counts_what_is_recorded_and_waits_for_its_turn)
{
	SCENE;
	want(s, "a", .count = 40);
	want(s, "b", .count = 50);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_RECORDED, "a", "", 40);
	s->settings.limits.new_per_hour = 50;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_CREATE)->count, 10);
	/* Once it has been sent the ledger's memory of the hour has it. */
	i->first_sent_wall_ms = SCENE_WALL_MS;
	s->in_flight.bought_last_hour = 40;
	auto_plan struct plan *sent = planned(s);
	assert_int_equal(the(sent, VERB_CREATE)->count, 10);
}

CASE(deletes_per_hour_count_what_is_recorded_and_waits_for_its_turn)
{
	SCENE;
	want(s, "phones", .count = 16);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	struct observed_group *newer = stand(s, "ag-2", "phones", .n = 10);
	newer->instances[0].created_ms += SCENE_MINUTE_MS;
	newer->instances[1].created_ms += SCENE_MINUTE_MS;
	s->settings.limits.deletes_per_hour = 3;
	struct intent *i = scene_intent(s, VERB_SHRINK, INTENT_RECORDED, "phones", "ag-1", 2);
	assert_int_equal(text_list_add(&i->targets, g->instances[8].id), 0);
	assert_int_equal(text_list_add(&i->targets, g->instances[9].id), 0);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(count_of(p, VERB_SHRINK, false), 1);
	assert_int_equal(count_of(p, VERB_SHRINK, true), 2);
	i->first_sent_wall_ms = SCENE_WALL_MS;
	scene_deleted(s, "phones", 2);
	auto_plan struct plan *sent = planned(s);
	assert_int_equal(count_of(sent, VERB_SHRINK, false), 1);
}

CASE(held_creates_take_nothing_from_the_limits)
{
	SCENE;
	want(s, "a", .count = 50);
	want(s, "b", .count = 50);
	scene_intent(s, VERB_CREATE, INTENT_HELD, "a", "", 1);
	s->settings.limits.new_per_hour = 50;
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_CREATE, 0), HOLD_AMBIGUOUS);
	assert_hold(nth(p, VERB_CREATE, 1), HOLD_NONE);
	assert_int_equal(nth(p, VERB_CREATE, 1)->count, 50);
}

CASE(shrink_is_cut_to_a_tenth_of_the_group)
{
	SCENE;
	want(s, "phones", .count = 80);
	stand(s, "ag-1", "phones", .n = 100);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 2);
	assert_int_equal(nth(p, VERB_SHRINK, 0)->count, 8);
	assert_hold(nth(p, VERB_SHRINK, 0), HOLD_NONE);
	assert_int_equal(nth(p, VERB_SHRINK, 1)->count, 12);
	assert_hold(nth(p, VERB_SHRINK, 1), HOLD_DELETES_PER_HOUR);
}

CASE(cut_shrink_takes_the_first_victims)
{
	SCENE;
	want(s, "phones", .count = 8);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->instances[6].status = INSTANCE_FAILED;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(nth(p, VERB_SHRINK, 0)->count, 1);
	assert_string_equal(nth(p, VERB_SHRINK, 0)->targets.items[0], "ag-1-006");
	assert_hold(nth(p, VERB_SHRINK, 1), HOLD_DELETES_PER_HOUR);
}

CASE(what_another_group_has_recorded_takes_nothing_from_this_hours_deletes)
{
	SCENE;
	want(s, "phones", .count = 9);
	want(s, "others", .count = 9);
	stand(s, "ag-1", "phones", .n = 10);
	stand(s, "ag-2", "others", .n = 10);
	struct intent *i = scene_intent(s, VERB_SHRINK, INTENT_RECORDED, "others", "ag-2", 1);
	assert_int_equal(text_list_add(&i->targets, "ag-2-001"), 0);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(count_of(p, VERB_SHRINK, false), 1);
	assert_string_equal(the(p, VERB_SHRINK)->group, "phones");
	assert_hold(the(p, VERB_SHRINK), HOLD_NONE);
}

CASE(half_of_each_of_two_groups_is_not_more_than_half_of_one)
{
	SCENE;
	s->settings.limits.deletes_per_hour = 10;
	want(s, "phones", .count = 5);
	want(s, "others", .count = 5);
	stand(s, "ag-1", "phones", .n = 10);
	stand(s, "ag-2", "others", .n = 10);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(count_of(p, VERB_SHRINK, false), 10);
}

CASE(small_group_may_lose_one_per_hour)
{
	SCENE;
	want(s, "phones", .count = 3);
	stand(s, "ag-1", "phones", .n = 4);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_NONE);
	scene_deleted(s, "phones", 1);
	auto_plan struct plan *later = planned(s);
	assert_hold(the(later, VERB_SHRINK), HOLD_DELETES_PER_HOUR);
	approve(s, the(later, VERB_SHRINK));
	auto_plan struct plan *approved = planned(s);
	assert_hold(the(approved, VERB_SHRINK), HOLD_NONE);
}

CASE(deletes_of_one_group_do_not_use_up_anothers)
{
	SCENE;
	want(s, "a", .count = 3);
	want(s, "b", .count = 3);
	stand(s, "ag-1", "a", .n = 4);
	stand(s, "ag-2", "b", .n = 4);
	scene_deleted(s, "a", 1);
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_SHRINK, 0), HOLD_DELETES_PER_HOUR);
	assert_hold(nth(p, VERB_SHRINK, 1), HOLD_NONE);
}

CASE(what_others_buy_takes_nothing_from_the_deletes)
{
	SCENE;
	want(s, "a", .count = 30);
	want(s, "b", .count = 3);
	stand(s, "ag-1", "a", .n = 10);
	stand(s, "ag-2", "b", .n = 4);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_GROW), HOLD_NONE);
	assert_hold(the(p, VERB_SHRINK), HOLD_NONE);
}

CASE(deletes_per_hour_may_be_set)
{
	SCENE;
	want(s, "phones", .count = 6);
	stand(s, "ag-1", "phones", .n = 10);
	s->settings.limits.deletes_per_hour = 4;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_hold(the(p, VERB_SHRINK), HOLD_NONE);
}

CASE(shrink_by_more_than_half_is_held_whole)
{
	SCENE;
	want(s, "phones", .count = 4);
	stand(s, "ag-1", "phones", .n = 10);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_int_equal(the(p, VERB_SHRINK)->count, 6);
	assert_hold(the(p, VERB_SHRINK), HOLD_SHRINK_HALF);
	approve(s, the(p, VERB_SHRINK));
	auto_plan struct plan *approved = planned(s);
	assert_int_equal(the(approved, VERB_SHRINK)->count, 6);
	assert_hold(the(approved, VERB_SHRINK), HOLD_NONE);
}

CASE(shrink_by_half_is_not)
{
	SCENE;
	want(s, "phones", .count = 5);
	stand(s, "ag-1", "phones", .n = 10);
	s->settings.limits.deletes_per_hour = 100;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_NONE);
}

CASE(approval_does_not_lift_a_missing_second_listing)
{
	SCENE;
	want(s, "phones", .count = 4);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->ids_since_mono_ms = g->listed_mono_ms;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_SHRINK_HALF);
	approve(s, the(p, VERB_SHRINK));
	auto_plan struct plan *approved = planned(s);
	assert_hold(the(approved, VERB_SHRINK), HOLD_NOT_TWICE);
}

CASE(protected_group_loses_nothing)
{
	SCENE;
	want(s, "phones", .count = 9, .protect = true);
	stand(s, "ag-1", "phones", .n = 10);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_PROTECTED);
	assert_mentions(the(p, VERB_SHRINK)->hold_text, "drover approve");
}

CASE(protection_is_remembered)
{
	SCENE;
	want(s, "phones", .count = 9);
	stand(s, "ag-1", "phones", .n = 10);
	scene_prospects(s, "phones")->protect = true;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_PROTECTED);
}

CASE(nothing_is_protected_by_what_was_never_learned)
{
	SCENE;
	want(s, "phones", .count = 9);
	stand(s, "ag-1", "phones", .n = 10);
	s->n_prospects = 0;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_NONE);
}

CASE(protected_phones_are_not_reset)
{
	SCENE;
	want(s, "phones", .count = 10, .protect = true, .heal = HEAL_RESET);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->instances[0].status = INSTANCE_UNAVAILABLE;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_RESET), HOLD_PROTECTED);
}

CASE(protected_group_may_grow)
{
	SCENE;
	want(s, "phones", .count = 11, .protect = true);
	stand(s, "ag-1", "phones", .n = 10);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_GROW), HOLD_NONE);
}

CASE(observe_mode_holds_everything)
{
	SCENE;
	want(s, "a", .count = 11, .power_on = true);
	want(s, "b", .count = 9);
	struct observed_group *g = stand(s, "ag-1", "a", .n = 10);
	stand(s, "ag-2", "b", .n = 10);
	g->instances[0].status = INSTANCE_STOPPED;
	g->instances[1].tags = "";
	s->settings.mode = MODE_OBSERVE;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 4);
	for (size_t i = 0; i < p->n_actions; i++)
		assert_hold(&p->actions[i], HOLD_OBSERVE);
	assert_condition(p, "a", CONDITION_HELD);
	scene_approve(s, p->actions[0].hash);
	auto_plan struct plan *approved = planned(s);
	assert_hold(&approved->actions[0], HOLD_OBSERVE);
}

CASE(paused_group_does_nothing_and_the_other_goes_on)
{
	SCENE;
	want(s, "a", .count = 1);
	want(s, "b", .count = 1);
	scene_pause(s, "a");
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_CREATE, 0), HOLD_PAUSED);
	assert_hold(nth(p, VERB_CREATE, 1), HOLD_NONE);
	assert_condition(p, "a", CONDITION_PAUSED);
	assert_true(report_of(p, "a")->waits_on_person);
	scene_approve(s, nth(p, VERB_CREATE, 0)->hash);
	auto_plan struct plan *approved = planned(s);
	assert_hold(nth(approved, VERB_CREATE, 0), HOLD_PAUSED);
}

CASE(paused_fleet_does_nothing)
{
	SCENE;
	want(s, "a", .count = 1);
	scene_pause(s, "");
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_PAUSED);
}

CASE(paused_group_that_stands_waits_for_nobody)
{
	SCENE;
	want(s, "a", .count = 1);
	stand(s, "ag-1", "a", .n = 1);
	scene_pause(s, "a");
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "a", CONDITION_PAUSED);
	assert_false(report_of(p, "a")->waits_on_person);
}

CASE(approval_lets_through_one_action_only)
{
	SCENE;
	want(s, "phones", .count = 20, .per_group = 10);
	want(s, "other", .count = 1);
	scene_intent(s, VERB_CREATE, INTENT_HELD, "other", "", 1);
	s->settings.limits.instances_total = 1;
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_CREATE, 0), HOLD_INSTANCES_TOTAL);
	assert_string_equal(nth(p, VERB_CREATE, 0)->hash, nth(p, VERB_CREATE, 1)->hash);
	approve(s, nth(p, VERB_CREATE, 0));
	auto_plan struct plan *approved = planned(s);
	assert_hold(nth(approved, VERB_CREATE, 0), HOLD_NONE);
	assert_hold(nth(approved, VERB_CREATE, 1), HOLD_INSTANCES_TOTAL);
}

CASE(approval_of_another_hash_lifts_nothing)
{
	SCENE;
	want(s, "phones", .count = 0);
	stand(s, "ag-1", "phones", .n = 3);
	scene_approve(s, "aaaaaaaaaaaaa");
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_DELETE), HOLD_COUNT_ZERO);
}

CASE(used_approval_lifts_nothing)
{
	SCENE;
	want(s, "phones", .count = 0);
	stand(s, "ag-1", "phones", .n = 3);
	auto_plan struct plan *p = planned(s);
	approve(s, the(p, VERB_DELETE));
	s->approvals[0].used = true;
	auto_plan struct plan *again = planned(s);
	assert_hold(the(again, VERB_DELETE), HOLD_COUNT_ZERO);
}

CASE(hash_changes_with_everything_it_covers)
{
	SCENE;
	struct desired_group *g = want(s, "phones", .count = 9);
	struct observed_group *c = stand(s, "ag-1", "phones", .n = 10);
	auto_plan struct plan *base = planned(s);
	s->desired.generation++;
	auto_plan struct plan *generation = planned(s);
	assert_string_not_equal(the(base, VERB_SHRINK)->hash, the(generation, VERB_SHRINK)->hash);
	g->count = 8;
	auto_plan struct plan *count = planned(s);
	assert_string_not_equal(the(generation, VERB_SHRINK)->hash, the(count, VERB_SHRINK)->hash);
	g->count = 9;
	c->instances[5].created_ms++;
	auto_plan struct plan *victim = planned(s);
	assert_string_not_equal(the(generation, VERB_SHRINK)->hash, the(victim, VERB_SHRINK)->hash);
}

CASE(one_resizing_call_per_cloud_group_at_a_time)
{
	SCENE;
	want(s, "phones", .count = 8);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->instances[0].connected = false;
	for (int i = 1; i < 10; i++)
		g->instances[i].connected = true;
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_SHRINK, 1), HOLD_SESSION);
	scene_approve(s, nth(p, VERB_SHRINK, 1)->hash);
	auto_plan struct plan *approved = planned(s);
	assert_hold(nth(approved, VERB_SHRINK, 0), HOLD_NONE);
	assert_hold(nth(approved, VERB_SHRINK, 1), HOLD_IN_FLIGHT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(instances_total_lowers_a_create_to_what_it_leaves),
		RUN(instances_total_holds_when_nothing_is_left),
		RUN(instances_total_counts_all_groups_of_one_plan),
		RUN(new_per_hour_counts_what_was_bought),
		RUN(new_per_hour_counts_what_is_recorded_and_waits_for_its_turn),
		RUN(deletes_per_hour_count_what_is_recorded_and_waits_for_its_turn),
		RUN(held_creates_take_nothing_from_the_limits),
		RUN(shrink_is_cut_to_a_tenth_of_the_group),
		RUN(cut_shrink_takes_the_first_victims),
		RUN(what_another_group_has_recorded_takes_nothing_from_this_hours_deletes),
		RUN(half_of_each_of_two_groups_is_not_more_than_half_of_one),
		RUN(small_group_may_lose_one_per_hour),
		RUN(deletes_of_one_group_do_not_use_up_anothers),
		RUN(what_others_buy_takes_nothing_from_the_deletes),
		RUN(deletes_per_hour_may_be_set),
		RUN(shrink_by_more_than_half_is_held_whole),
		RUN(shrink_by_half_is_not),
		RUN(approval_does_not_lift_a_missing_second_listing),
		RUN(protected_group_loses_nothing),
		RUN(protection_is_remembered),
		RUN(nothing_is_protected_by_what_was_never_learned),
		RUN(protected_phones_are_not_reset),
		RUN(protected_group_may_grow),
		RUN(observe_mode_holds_everything),
		RUN(paused_group_does_nothing_and_the_other_goes_on),
		RUN(paused_fleet_does_nothing),
		RUN(paused_group_that_stands_waits_for_nobody),
		RUN(approval_lets_through_one_action_only),
		RUN(approval_of_another_hash_lifts_nothing),
		RUN(used_approval_lifts_nothing),
		RUN(hash_changes_with_everything_it_covers),
		RUN(one_resizing_call_per_cloud_group_at_a_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
