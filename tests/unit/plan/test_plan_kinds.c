/* Three kinds in one fleet: each is judged by its own listing; settings, marks and the words of
 * a report differ. */
#include "planning.h"

#define APP .kind = KIND_APP_STREAMING
#define BUY .kind = KIND_PURCHASE, .region = "", .per_group = 1
#define BOUGHT .kind = KIND_PURCHASE, .n = 1, .unmarked = true

/* --- the listing of one kind says nothing of the others -------------------- */

static void three_short_groups(struct scene *s)
{
	want(s, "phones", .count = 2);
	want(s, "browsers", APP, .count = 2);
	want(s, "bastions", BUY, .count = 2);
	stand(s, "ag-1", "phones", .n = 1);
	stand(s, "aig-1", "browsers", APP, .n = 1);
	stand(s, "bastionhost-1", "bastions", BOUGHT);
}

CASE(incomplete_listing_holds_its_own_kind_only)
{
	static const char *const names[] = {"phones", "browsers", "bastions"};
	(void)state;
	for (int kind = 0; kind < KIND_MAX_; kind++) {
		struct scene *s = scene_new();
		three_short_groups(s);
		s->observed.of[kind].complete = false;
		auto_plan struct plan *p = planned(s);
		assert_int_equal(p->n_actions, 3);
		for (int k = 0; k < 3; k++) {
			assert_string_equal(p->actions[k].group, names[k]);
			assert_hold(&p->actions[k], k == kind ? HOLD_INCOMPLETE : HOLD_NONE);
			assert_int_equal(p->watch_groups[k], k == kind);
		}
		scene_free(s);
	}
}

CASE(kind_that_was_never_listed_is_unknown_alone)
{
	SCENE;
	three_short_groups(s);
	s->observed.of[KIND_PURCHASE] = (struct observed_listing){0};
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "bastions", CONDITION_UNKNOWN);
	assert_condition(p, "phones", CONDITION_PROGRESSING);
	assert_condition(p, "browsers", CONDITION_PROGRESSING);
}

CASE(kind_that_nobody_uses_need_not_be_listed)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 1);
	s->observed.of[KIND_PURCHASE] = (struct observed_listing){0};
	s->observed.of[KIND_APP_STREAMING] = (struct observed_listing){0};
	auto_plan struct plan *p = planned(s);
	for (int kind = 0; kind < KIND_MAX_; kind++)
		assert_false(p->watch_groups[kind]);
	assert_condition(p, "phones", CONDITION_CONVERGED);
}

CASE(empty_listing_is_a_lie_of_its_own_kind)
{
	SCENE;
	want(s, "phones", .count = 2);
	want(s, "browsers", APP, .count = 2);
	stand(s, "ag-1", "phones", .n = 1);
	scene_row(s, "", "aig-1", "browsers", RESOURCE_SEEN);
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "browsers", CONDITION_UNKNOWN);
	assert_mentions(report_of(p, "browsers")->reason, "is this the right account");
	assert_hold(the(p, VERB_GROW), HOLD_NONE);
}

CASE(brake_counts_each_kind_by_itself)
{
	SCENE;
	want(s, "phones", .count = 30);
	want(s, "others", BUY, .count = 2);
	want(s, "bastions", BUY, .count = 3);
	stand(s, "ag-1", "phones", .n = 20);
	stand(s, "bastionhost-1", "bastions", BOUGHT);
	scene_row(s, "", "bastionhost-2", "bastions", RESOURCE_MISSING);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_GROW), HOLD_NONE);
	assert_hold(nth(p, VERB_CREATE, 0), HOLD_MISSING_MANY);
	assert_mentions(nth(p, VERB_CREATE, 0)->hold_text, "1 of 2 known");
}

/* --- groups that the file no longer has ------------------------------------ */

CASE(unmanaged_group_has_the_kind_that_the_listing_shows)
{
	SCENE;
	stand(s, "aig-1", "browsers", APP, .n = 3);
	stand(s, "bastionhost-1", "bastions", BOUGHT);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "browsers")->kind, KIND_APP_STREAMING);
	assert_int_equal(report_of(p, "browsers")->committed, 3);
	assert_int_equal(report_of(p, "bastions")->kind, KIND_PURCHASE);
	assert_condition(p, "bastions", CONDITION_UNMANAGED);
}

CASE(unmanaged_group_that_is_not_listed_has_the_kind_that_the_ledger_remembers)
{
	SCENE;
	stand(s, "aig-2", "others", APP, .n = 3);
	scene_row(s, "", "aig-1", "browsers", RESOURCE_MISSING);
	scene_known(s, "browsers", KIND_APP_STREAMING);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "browsers")->kind, KIND_APP_STREAMING);
	assert_int_equal(report_of(p, "browsers")->committed, 1);
}

CASE(dropped_group_of_another_kind_is_no_rename)
{
	SCENE;
	want(s, "browsers", APP, .count = 2);
	stand(s, "ag-1", "phones", .n = 3);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_NONE);
	stand(s, "aig-1", "old", APP, .n = 3);
	auto_plan struct plan *renamed = planned(s);
	assert_hold(the(renamed, VERB_CREATE), HOLD_RENAME);
}

/* --- marks of delivery groups ---------------------------------------------- */

CASE(delivery_group_without_our_marks_is_tagged)
{
	SCENE;
	want(s, "browsers", APP, .count = 3);
	stand(s, "aig-1", "browsers", APP, .n = 3, .unmarked = true);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	const struct action *a = the(p, VERB_TAG);
	assert_int_equal(a->targets.n, 1);
	assert_string_equal(a->targets.items[0], "aig-1");
	struct intent *i = scene_intent(s, VERB_TAG, INTENT_DONE, "browsers", "", 1);
	assert_int_equal(text_list_add(&i->targets, "aig-1"), 0);
	auto_plan struct plan *under_way = planned(s);
	assert_int_equal(under_way->n_actions, 0);
}

CASE(call_that_tags_delivery_groups_names_at_most_fifty)
{
	SCENE;
	want(s, "browsers", APP, .count = 51);
	for (int i = 0; i < 51; i++)
		stand(s, scene_text(s, "aig-%02d", i), "browsers", APP, .n = 1, .unmarked = true);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(nth(p, VERB_TAG, 0)->targets.n, 50);
	assert_int_equal(nth(p, VERB_TAG, 1)->targets.n, 1);
	assert_string_equal(nth(p, VERB_TAG, 1)->targets.items[0], "aig-50");
}

CASE(declared_tag_of_a_delivery_group_is_set)
{
	SCENE;
	want(s, "browsers", APP, .count = 3, .tag_key = "env", .tag_value = "staging");
	stand(s, "aig-1", "browsers", APP, .n = 3);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(count_of(p, VERB_TAG, false), 1);
}

/* --- settings --------------------------------------------------------------- */

CASE(setting_that_reads_back_otherwise_is_set)
{
	SCENE;
	want(s, "browsers", APP, .count = 3, .session_timeout = 30);
	stand(s, "aig-1", "browsers", APP, .n = 3, .session_timeout = "15");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	const struct action *a = the(p, VERB_CONFIGURE);
	assert_string_equal(a->cloud_group, "aig-1");
	assert_hold(a, HOLD_NONE);
	assert_mentions(report_of(p, "browsers")->reason, "another SessionTimeout than the file");
}

CASE(setting_that_agrees_or_is_not_told_is_left_alone)
{
	SCENE;
	want(s, "browsers", APP, .count = 3, .session_timeout = 30, .strategy = "NODE_FIXED");
	stand(s, "aig-1", "browsers", APP, .n = 3, .session_timeout = "30");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "browsers")->drifted, 0);
}

CASE(scaling_is_set_without_changing_the_number)
{
	SCENE;
	want(s, "browsers", APP, .count = 2, .strategy = "NODE_SCALING_BY_USAGE");
	stand(s, "aig-1", "browsers", APP, .n = 9, .strategy = "NODE_FIXED");
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_SHRINK_HALF);
	assert_hold(the(p, VERB_SET_SCALING), HOLD_NONE);
	assert_int_equal(the(p, VERB_SET_SCALING)->total, 9);
}

CASE(one_call_at_a_time_on_a_delivery_group)
{
	SCENE;
	want(s, "browsers", APP, .count = 4, .strategy = "NODE_SCALING_BY_USAGE",
	     .session_timeout = 30);
	struct observed_group *g = stand(s, "aig-1", "browsers", APP, .n = 3,
					 .strategy = "NODE_FIXED", .session_timeout = "15");
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_GROW), HOLD_NONE);
	assert_hold(the(p, VERB_CONFIGURE), HOLD_IN_FLIGHT);
	assert_hold(the(p, VERB_SET_SCALING), HOLD_IN_FLIGHT);
	g->status = GROUP_UPDATING;
	auto_plan struct plan *busy = planned(s);
	assert_hold(the(busy, VERB_CONFIGURE), HOLD_IN_FLIGHT);
}

CASE(setting_under_way_is_not_set_again)
{
	SCENE;
	want(s, "browsers", APP, .count = 3, .session_timeout = 30);
	stand(s, "aig-1", "browsers", APP, .n = 3, .session_timeout = "15");
	struct intent *i = scene_intent(s, VERB_CONFIGURE, INTENT_DONE, "browsers", "aig-1", 3);
	i->kind = KIND_APP_STREAMING;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
}

CASE(image_is_updated_by_rollout_only)
{
	SCENE;
	struct desired_group *g = want(s, "browsers", APP, .count = 3, .image = "img-2");
	stand(s, "aig-1", "browsers", APP, .n = 3, .image = "img-1");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_condition(p, "browsers", CONDITION_CONVERGED);
	assert_mentions(report_of(p, "browsers")->reason,
			"another image than the file; rollout: now updates the image and "
			"disconnects its users");
	g->rollout_now = true;
	auto_plan struct plan *rollout = planned(s);
	assert_hold(the(rollout, VERB_UPDATE_IMAGE), HOLD_NONE);
	s->observed.groups[0].status = GROUP_UPDATING;
	auto_plan struct plan *busy = planned(s);
	assert_hold(the(busy, VERB_UPDATE_IMAGE), HOLD_IN_FLIGHT);
}

CASE(what_no_call_changes_is_reported)
{
	SCENE;
	want(s, "browsers", APP, .count = 3, .spec = "other.type", .rollout = true);
	stand(s, "aig-1", "browsers", APP, .n = 3);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "browsers")->drifted, 3);
	assert_mentions(report_of(p, "browsers")->reason, "another instance type than the file");
}

CASE(settings_wait_for_a_usable_listing_and_after_a_refusal)
{
	SCENE;
	want(s, "browsers", APP, .count = 3, .session_timeout = 30);
	stand(s, "aig-1", "browsers", APP, .n = 3, .session_timeout = "15");
	scene_prospects(s, "browsers")->upkeep_not_before_mono_ms = SCENE_MONO_MS + 1000;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CONFIGURE), HOLD_BACKOFF);
	s->observed.of[KIND_APP_STREAMING].complete = false;
	auto_plan struct plan *blind = planned(s);
	assert_hold(the(blind, VERB_CONFIGURE), HOLD_INCOMPLETE);
}

CASE(group_that_goes_is_not_set_right)
{
	SCENE;
	want(s, "browsers", APP, .count = 0, .session_timeout = 30);
	stand(s, "aig-1", "browsers", APP, .n = 3, .session_timeout = "15", .unmarked = true);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_int_equal(p->actions[0].verb, VERB_DELETE);
}

/* --- states ------------------------------------------------------------------ */

CASE(unusable_delivery_group_is_degraded_and_says_why)
{
	SCENE;
	want(s, "browsers", APP, .count = 3);
	stand(s, "aig-1", "browsers", APP, .n = 3, .status = GROUP_UNAVAILABLE,
	      .status_text = "CEASED/AVAILABLE");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "browsers")->failed, 3);
	assert_condition(p, "browsers", CONDITION_DEGRADED);
	assert_mentions(report_of(p, "browsers")->reason,
			"aig-1 is CEASED/AVAILABLE: stopped for overdue payment");
	s->observed.groups[0].status_text = "PUBLISHED/UNAVAILABLE";
	auto_plan struct plan *other = planned(s);
	assert_mentions(report_of(other, "browsers")->reason, "the cloud does not say why");
}

CASE(purchase_limited_for_arrears_is_degraded_and_says_why)
{
	SCENE;
	want(s, "bastions", BUY, .count = 1);
	stand(s, "bastionhost-1", "bastions", BOUGHT, .status = GROUP_UNAVAILABLE,
	      .status_text = "BandwidthLimited");
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "bastions", CONDITION_DEGRADED);
	assert_mentions(report_of(p, "bastions")->reason,
			"bastionhost-1 is BandwidthLimited: limited for overdue payment");
}

CASE(failed_create_counts_as_what_it_was_to_be)
{
	SCENE;
	want(s, "browsers", APP, .count = 3);
	stand(s, "aig-1", "browsers", APP, .n = 0, .status = GROUP_FAILED);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "browsers")->committed, 3);
	assert_int_equal(report_of(p, "browsers")->failed, 3);
	assert_condition(p, "browsers", CONDITION_DEGRADED);
}

CASE(delivery_group_that_stays_in_creation_is_stuck)
{
	SCENE;
	want(s, "browsers", APP, .count = 3);
	stand(s, "aig-1", "browsers", APP, .n = 3, .creating = true);
	s->rows[0].first_wall_ms = SCENE_WALL_MS - 31 * SCENE_MINUTE_MS;
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "browsers", CONDITION_STUCK);
}

CASE(unknown_status_is_counted_kept_and_reported)
{
	SCENE;
	want(s, "browsers", APP, .count = 2);
	stand(s, "aig-1", "browsers", APP, .n = 3, .status = GROUP_UNKNOWN);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "browsers")->committed, 3);
	assert_int_equal(report_of(p, "browsers")->running, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(incomplete_listing_holds_its_own_kind_only),
		RUN(kind_that_was_never_listed_is_unknown_alone),
		RUN(kind_that_nobody_uses_need_not_be_listed),
		RUN(empty_listing_is_a_lie_of_its_own_kind),
		RUN(brake_counts_each_kind_by_itself),
		RUN(unmanaged_group_has_the_kind_that_the_listing_shows),
		RUN(unmanaged_group_that_is_not_listed_has_the_kind_that_the_ledger_remembers),
		RUN(dropped_group_of_another_kind_is_no_rename),
		RUN(delivery_group_without_our_marks_is_tagged),
		RUN(call_that_tags_delivery_groups_names_at_most_fifty),
		RUN(declared_tag_of_a_delivery_group_is_set),
		RUN(setting_that_reads_back_otherwise_is_set),
		RUN(setting_that_agrees_or_is_not_told_is_left_alone),
		RUN(scaling_is_set_without_changing_the_number),
		RUN(one_call_at_a_time_on_a_delivery_group),
		RUN(setting_under_way_is_not_set_again),
		RUN(image_is_updated_by_rollout_only),
		RUN(what_no_call_changes_is_reported),
		RUN(settings_wait_for_a_usable_listing_and_after_a_refusal),
		RUN(group_that_goes_is_not_set_right),
		RUN(unusable_delivery_group_is_degraded_and_says_why),
		RUN(purchase_limited_for_arrears_is_degraded_and_says_why),
		RUN(failed_create_counts_as_what_it_was_to_be),
		RUN(delivery_group_that_stays_in_creation_is_stuck),
		RUN(unknown_status_is_counted_kept_and_reported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
