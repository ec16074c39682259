/* Calls that cost nothing: tags, key pairs, power, first aid. And the reports. */
#include "planning.h"

CASE(phones_without_our_marks_are_tagged)
{
	SCENE;
	want(s, "phones", .count = 10);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->instances[3].tags = g->instances[7].tags = "";
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_int_equal(the(p, VERB_TAG)->targets.n, 2);
	assert_string_equal(the(p, VERB_TAG)->targets.items[0], "ag-1-003");
	assert_hold(the(p, VERB_TAG), HOLD_NONE);
	assert_condition(p, "phones", CONDITION_PROGRESSING);
}

CASE(tag_calls_name_at_most_fifty)
{
	SCENE;
	want(s, "phones", .count = 120);
	struct observed_group *a = stand(s, "ag-1", "phones", .n = 60);
	struct observed_group *b = stand(s, "ag-2", "phones", .n = 60);
	for (int i = 0; i < 60; i++)
		a->instances[i].tags = b->instances[i].tags = "";
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 3);
	assert_int_equal(nth(p, VERB_TAG, 0)->count, 50);
	assert_int_equal(nth(p, VERB_TAG, 1)->count, 50);
	assert_int_equal(nth(p, VERB_TAG, 2)->count, 20);
}

CASE(declared_tag_with_another_value_is_set)
{
	SCENE;
	want(s, "phones", .count = 2, .tag_key = "env", .tag_value = "staging");
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 2);
	g->instances[0].tags = scene_marks(s, "phones", SCENE_OWNER, NULL, "env", "staging");
	g->instances[1].tags = scene_marks(s, "phones", SCENE_OWNER, NULL, "env", "test");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_TAG)->count, 1);
	assert_string_equal(the(p, VERB_TAG)->targets.items[0], "ag-1-001");
}

CASE(tags_of_others_are_left_alone)
{
	SCENE;
	want(s, "phones", .count = 1);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 1);
	g->instances[0].tags = scene_marks(s, "phones", SCENE_OWNER, NULL, "someone", "else");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
}

CASE(phones_still_creating_are_tagged_later)
{
	SCENE;
	want(s, "phones", .count = 1);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 1);
	g->instances[0].tags = "";
	g->instances[0].status = INSTANCE_CREATING;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
}

CASE(phones_being_tagged_are_not_tagged_again)
{
	SCENE;
	want(s, "phones", .count = 1);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 1);
	g->instances[0].tags = "";
	struct intent *i = scene_intent(s, VERB_TAG, INTENT_DONE, "phones", "", 1);
	assert_int_equal(text_list_add(&i->targets, "ag-1-000"), 0);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(p->n_watch, 1);
}

CASE(marks_of_another_installation_are_not_overwritten)
{
	SCENE;
	want(s, "phones", .count = 10);
	stand(s, "ag-1", "phones", .n = 10, .unrecorded = true, .owner = "the one before");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(count_of(p, VERB_TAG, true), 0);
}

CASE(unmanaged_phones_are_not_tagged)
{
	SCENE;
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 1);
	g->instances[0].tags = "";
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
}

CASE(phones_of_a_group_of_which_nothing_was_learned_are_tagged)
{
	SCENE;
	want(s, "phones", .count = 10);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->instances[0].tags = "";
	s->n_prospects = 0;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_TAG), HOLD_NONE);
}

CASE(running_phones_get_the_key_pair)
{
	SCENE;
	want(s, "phones", .count = 3, .key_pair = "kp-1");
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 3, .key_pair = "kp-1");
	g->instances[1].key_pair = "";
	g->instances[2].key_pair = "kp-2";
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_int_equal(the(p, VERB_ATTACH_KEY)->count, 2);
}

CASE(stopped_phones_get_no_key_pair)
{
	SCENE;
	want(s, "phones", .count = 1, .key_pair = "kp-1");
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 1);
	g->instances[0].status = INSTANCE_STOPPED;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
}

CASE(stopped_phones_stay_off_by_default)
{
	SCENE;
	want(s, "phones", .count = 2);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 2);
	g->instances[0].status = INSTANCE_STOPPED;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_condition(p, "phones", CONDITION_DEGRADED);
}

CASE(power_on_starts_stopped_phones)
{
	SCENE;
	want(s, "phones", .count = 2, .power_on = true);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 2);
	g->instances[0].status = INSTANCE_STOPPED;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_string_equal(the(p, VERB_START)->targets.items[0], "ag-1-000");
}

CASE(victims_are_not_started)
{
	SCENE;
	want(s, "phones", .count = 9, .power_on = true);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->instances[0].status = INSTANCE_STOPPED;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_string_equal(the(p, VERB_SHRINK)->targets.items[0], "ag-1-000");
}

static void heal_of(struct scene *s, enum heal heal, enum verb verb)
{
	want(s, "phones", .count = 10, .heal = heal);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->instances[2].status = INSTANCE_UNAVAILABLE;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_string_equal(the(p, verb)->targets.items[0], "ag-1-002");
	assert_int_equal(report_of(p, "phones")->failed, 1);
}

CASE(heal_reboot_reboots_unavailable_phones)
{
	heal_of(*state, HEAL_REBOOT, VERB_REBOOT);
}
CASE(heal_reset_resets_them)
{
	heal_of(*state, HEAL_RESET, VERB_RESET);
}
CASE(heal_replace_reboots_what_once_ran)
{
	heal_of(*state, HEAL_REPLACE, VERB_REBOOT);
}

/* Two cloud groups, one phone of each sick; the second was listed a while ago. */
static struct observed_group *stand_stale(struct scene *s, enum heal heal, enum instance_status sick)
{
	want(s, "phones", .count = 20, .heal = heal);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->instances[2].status = sick;
	g = stand(s, "ag-2", "phones", .n = 10);
	g->instances[3].status = sick;
	g->listed_mono_ms = SCENE_MONO_MS - s->settings.poll.fresh_ms - 1;
	return g;
}

/* A phone that recovered since would lose what is on it, or whoever uses it. */
CASE(only_what_a_new_listing_shows_sick_is_healed)
{
	static const struct {
		enum heal heal;
		enum verb verb;
	} table[] = {{HEAL_REBOOT, VERB_REBOOT}, {HEAL_RESET, VERB_RESET}};
	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(table); k++) {
		struct scene *s = scene_new();
		stand_stale(s, table[k].heal, INSTANCE_UNAVAILABLE);
		auto_plan struct plan *p = planned(s);
		assert_int_equal(p->n_actions, 2);
		const struct action *old = nth(p, table[k].verb, 0), *new = nth(p, table[k].verb, 1);
		assert_hold(new, HOLD_NONE);
		assert_string_equal(new->targets.items[0], "ag-1-002");
		assert_hold(old, HOLD_NOT_FRESH);
		assert_string_equal(old->targets.items[0], "ag-2-003");
		assert_int_equal(p->n_watch, 1);
		assert_string_equal(p->watch[0].id, "ag-2");
		scene_free(s);
	}
}

CASE(only_what_a_new_listing_shows_failed_is_replaced)
{
	SCENE;
	struct observed_group *g = stand_stale(s, HEAL_REPLACE, INSTANCE_FAILED);
	s->observed.groups[0].instances[2].status = INSTANCE_RUNNING;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_NOT_FRESH);
	assert_string_equal(p->watch[0].id, "ag-2");
	g->listed_mono_ms = SCENE_MONO_MS;
	auto_plan struct plan *listed = planned(s);
	assert_hold(the(listed, VERB_SHRINK), HOLD_NONE);
}

CASE(heal_none_reports_only)
{
	SCENE;
	want(s, "phones", .count = 10);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->instances[2].status = INSTANCE_UNAVAILABLE;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_condition(p, "phones", CONDITION_DEGRADED);
}

CASE(healing_stops_when_more_than_a_fifth_is_sick)
{
	SCENE;
	want(s, "phones", .count = 10, .heal = HEAL_REBOOT);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	for (int i = 0; i < 3; i++)
		g->instances[i].status = INSTANCE_UNAVAILABLE;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_mentions(report_of(p, "phones")->reason, "healing stops");
}

CASE(phone_being_rebooted_is_not_rebooted_again)
{
	SCENE;
	want(s, "phones", .count = 10, .heal = HEAL_REBOOT);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->instances[2].status = INSTANCE_UNAVAILABLE;
	struct intent *i = scene_intent(s, VERB_REBOOT, INTENT_DONE, "phones", "", 1);
	assert_int_equal(text_list_add(&i->targets, "ag-1-002"), 0);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_condition(p, "phones", CONDITION_PROGRESSING);
}

CASE(expired_groups_are_not_touched)
{
	SCENE;
	want(s, "phones", .count = 2, .power_on = true, .charge = CHARGE_PREPAID);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 2, .charge = CHARGE_PREPAID,
					 .status = GROUP_EXPIRED);
	g->instances[0].status = INSTANCE_STOPPED;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
}

/* --- reports ------------------------------------------------------------ */

CASE(steady_fleet_converges_and_watches_nothing)
{
	SCENE;
	want(s, "phones", .count = 250);
	stand(s, "ag-1", "phones", .n = 100);
	stand(s, "ag-2", "phones", .n = 100);
	stand(s, "ag-3", "phones", .n = 50);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(p->n_watch, 0);
	assert_false(p->watch_groups[KIND_CLOUD_PHONE]);
	assert_condition(p, "phones", CONDITION_CONVERGED);
	assert_false(report_of(p, "phones")->waits_on_person);
	assert_int_equal(report_of(p, "phones")->running, 250);
	assert_int_equal(report_of(p, "phones")->pending, 0);
}

CASE(phones_coming_up_are_pending_and_watched)
{
	SCENE;
	want(s, "phones", .count = 3);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 3);
	g->instances[1].status = INSTANCE_CREATING;
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "phones", CONDITION_PROGRESSING);
	assert_int_equal(report_of(p, "phones")->pending, 1);
	assert_int_equal(p->n_watch, 1);
	assert_string_equal(p->watch[0].id, "ag-1");
	assert_true(p->watch[0].transition);
}

CASE(phone_creating_for_too_long_is_stuck)
{
	SCENE;
	want(s, "phones", .count = 3);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 3);
	g->instances[1].status = INSTANCE_CREATING;
	s->rows[2].first_wall_ms = SCENE_WALL_MS - 31 * SCENE_MINUTE_MS;
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "phones", CONDITION_STUCK);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(p->n_watch, 1);
}

CASE(ids_never_seen_are_stuck_and_not_bought_again)
{
	SCENE;
	want(s, "phones", .count = 11);
	stand(s, "ag-1", "phones", .n = 10);
	scene_row(s, "acp-never", "ag-1", "phones", RESOURCE_EXPECTED)->first_wall_ms =
		SCENE_WALL_MS - 31 * SCENE_MINUTE_MS;
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "phones", CONDITION_STUCK);
	assert_int_equal(bought(p), 0);
}

CASE(order_unpaid_for_long_is_not_stuck)
{
	SCENE;
	want(s, "phones", .count = 10, .charge = CHARGE_PREPAID);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "phones", "", 10);
	i->created_wall_ms = SCENE_WALL_MS - 5 * SCENE_DAY_MS;
	scene_order(s, "2201", "phones", i->id, 10, ORDER_UNPAID);
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "phones", CONDITION_AWAITING_PAYMENT);
	assert_mentions(report_of(p, "phones")->reason, "2201");
}

CASE(paid_order_that_brings_nothing_is_stuck)
{
	SCENE;
	want(s, "phones", .count = 10, .charge = CHARGE_PREPAID);
	scene_order(s, "2201", "phones", 3, 10, ORDER_PAID)->settled_wall_ms =
		SCENE_WALL_MS - 31 * SCENE_MINUTE_MS;
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "phones", CONDITION_STUCK);
}

CASE(some_unpaid_some_coming_up_is_progress)
{
	SCENE;
	want(s, "phones", .count = 20, .charge = CHARGE_PREPAID);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10, .charge = CHARGE_PREPAID);
	g->instances[0].status = INSTANCE_STARTING;
	scene_order(s, "2201", "phones", 77, 10, ORDER_UNPAID);
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "phones", CONDITION_PROGRESSING);
	assert_false(report_of(p, "phones")->waits_on_person);
	assert_int_equal(report_of(p, "phones")->awaiting_payment, 10);
	assert_int_equal(report_of(p, "phones")->pending, 1);
}

CASE(groups_are_reported_in_the_order_of_the_file)
{
	SCENE;
	want(s, "zebra", .count = 0);
	want(s, "ant", .count = 0);
	stand(s, "ag-1", "middle", .n = 1);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_groups, 3);
	assert_string_equal(p->groups[0].name, "zebra");
	assert_string_equal(p->groups[1].name, "ant");
	assert_string_equal(p->groups[2].name, "middle");
}

CASE(unknown_status_is_kept_counted_and_reported)
{
	SCENE;
	want(s, "phones", .count = 2);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 2);
	g->instances[0].status = INSTANCE_UNKNOWN;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "phones")->running, 1);
	assert_int_equal(report_of(p, "phones")->failed, 0);
	assert_int_equal(report_of(p, "phones")->pending, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(phones_without_our_marks_are_tagged),
		RUN(tag_calls_name_at_most_fifty),
		RUN(declared_tag_with_another_value_is_set),
		RUN(tags_of_others_are_left_alone),
		RUN(phones_still_creating_are_tagged_later),
		RUN(phones_being_tagged_are_not_tagged_again),
		RUN(marks_of_another_installation_are_not_overwritten),
		RUN(unmanaged_phones_are_not_tagged),
		RUN(phones_of_a_group_of_which_nothing_was_learned_are_tagged),
		RUN(running_phones_get_the_key_pair),
		RUN(stopped_phones_get_no_key_pair),
		RUN(stopped_phones_stay_off_by_default),
		RUN(power_on_starts_stopped_phones),
		RUN(victims_are_not_started),
		RUN(heal_reboot_reboots_unavailable_phones),
		RUN(heal_reset_resets_them),
		RUN(only_what_a_new_listing_shows_sick_is_healed),
		RUN(only_what_a_new_listing_shows_failed_is_replaced),
		RUN(heal_replace_reboots_what_once_ran),
		RUN(heal_none_reports_only),
		RUN(healing_stops_when_more_than_a_fifth_is_sick),
		RUN(phone_being_rebooted_is_not_rebooted_again),
		RUN(expired_groups_are_not_touched),
		RUN(steady_fleet_converges_and_watches_nothing),
		RUN(phones_coming_up_are_pending_and_watched),
		RUN(phone_creating_for_too_long_is_stuck),
		RUN(ids_never_seen_are_stuck_and_not_bought_again),
		RUN(order_unpaid_for_long_is_not_stuck),
		RUN(paid_order_that_brings_nothing_is_stuck),
		RUN(some_unpaid_some_coming_up_is_progress),
		RUN(groups_are_reported_in_the_order_of_the_file),
		RUN(unknown_status_is_kept_counted_and_reported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
