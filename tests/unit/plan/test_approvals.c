/* An approval reaches as far as what the person was shown: that size, that price, that reason. */
#include "plan/overdue.h"
#include "planning.h"

static struct prospects *priced(struct scene *s, const char *group, int64_t micro)
{
	struct prospects *p = scene_prospects(s, group);
	p->price_micro = micro;
	p->currency = "CNY";
	p->balance_known = true;
	return p;
}

CASE(approved_buy_that_has_grown_is_held_again)
{
	SCENE;
	want(s, "phones", .count = 10);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 9);
	s->settings.limits.instances_total = 9;
	auto_plan struct plan *shown = planned(s);
	assert_hold(the(shown, VERB_GROW), HOLD_INSTANCES_TOTAL);
	assert_int_equal(the(shown, VERB_GROW)->count, 1);
	scene_approve_shown(s, the(shown, VERB_GROW));
	auto_plan struct plan *approved = planned(s);
	assert_hold(the(approved, VERB_GROW), HOLD_NONE);
	/* Four are removed by hand before the call could leave: nobody approved five. */
	for (int i = 0; i < 4; i++)
		g->instances[i].status = INSTANCE_DELETED;
	g->available = 5;
	s->settings.limits.instances_total = 5;
	auto_plan struct plan *grown = planned(s);
	assert_int_equal(the(grown, VERB_GROW)->count, 5);
	assert_string_equal(the(grown, VERB_GROW)->hash, the(shown, VERB_GROW)->hash);
	assert_hold(the(grown, VERB_GROW), HOLD_INSTANCES_TOTAL);
}

CASE(buy_approved_at_the_size_a_limit_left_keeps_it)
{
	SCENE;
	want(s, "phones", .count = 100, .charge = CHARGE_PREPAID, .auto_pay = true);
	priced(s, "phones", MONEY_ONE)->balance_micro = MONEY_ONE;
	s->settings.limits.instances_total = 60;
	auto_plan struct plan *shown = planned(s);
	assert_int_equal(the(shown, VERB_CREATE)->count, 60);
	assert_hold(the(shown, VERB_CREATE), HOLD_BALANCE);
	scene_approve_shown(s, the(shown, VERB_CREATE));
	auto_plan struct plan *approved = planned(s);
	assert_hold(the(approved, VERB_CREATE), HOLD_NONE);
	assert_int_equal(the(approved, VERB_CREATE)->count, 60);
}

CASE(approved_buy_that_has_become_dearer_is_held_again)
{
	SCENE;
	want(s, "phones", .count = 1, .charge = CHARGE_PREPAID, .auto_pay = true);
	struct prospects *p = priced(s, "phones", 3 * MONEY_ONE);
	auto_plan struct plan *shown = planned(s);
	assert_hold(the(shown, VERB_CREATE), HOLD_BALANCE);
	scene_approve_shown(s, the(shown, VERB_CREATE));
	p->price_micro = 2 * MONEY_ONE;
	auto_plan struct plan *cheaper = planned(s);
	assert_hold(the(cheaper, VERB_CREATE), HOLD_NONE);
	p->price_micro = 4 * MONEY_ONE;
	auto_plan struct plan *dearer = planned(s);
	assert_hold(the(dearer, VERB_CREATE), HOLD_BALANCE);
}

CASE(approval_lifts_the_reason_that_was_shown_and_no_other)
{
	SCENE;
	want(s, "phones", .count = 2, .charge = CHARGE_PREPAID);
	stand(s, "ag-9", "", .n = 1, .unmarked = true, .unrecorded = true);
	auto_plan struct plan *shown = planned(s);
	assert_hold(the(shown, VERB_CREATE), HOLD_BROWNFIELD);
	scene_approve_shown(s, the(shown, VERB_CREATE));
	auto_plan struct plan *approved = planned(s);
	assert_hold(the(approved, VERB_CREATE), HOLD_NONE);
	struct order *o = scene_order(s, "23", "phones", 0, 2, ORDER_CANCELLED);
	o->fingerprint = 7;
	o->settled_wall_ms = SCENE_WALL_MS;
	auto_plan struct plan *cancelled = planned(s);
	assert_string_equal(the(cancelled, VERB_CREATE)->hash, the(shown, VERB_CREATE)->hash);
	assert_hold(the(cancelled, VERB_CREATE), HOLD_CANCELLED_ORDER);
	approval_name(&s->approvals[0], hold_name(HOLD_CANCELLED_ORDER));
	auto_plan struct plan *both = planned(s);
	assert_hold(the(both, VERB_CREATE), HOLD_NONE);
}

CASE(approval_of_a_protected_shrink_lets_go_what_was_shown)
{
	SCENE;
	want(s, "nodes", .count = 60, .kind = KIND_APP_STREAMING, .protect = true);
	stand(s, "aig-1", "nodes", .kind = KIND_APP_STREAMING, .n = 100);
	auto_plan struct plan *shown = planned(s);
	const struct action *a = the(shown, VERB_SHRINK);
	assert_hold(a, HOLD_PROTECTED);
	assert_int_equal(a->count, 6); /* an hour's part */
	scene_approve_shown(s, a);
	auto_plan struct plan *approved = planned(s);
	assert_hold(the(approved, VERB_SHRINK), HOLD_NONE);
	assert_int_equal(the(approved, VERB_SHRINK)->count, 6);
}

CASE(approved_delete_of_a_pool_that_has_grown_is_held_again)
{
	SCENE;
	want(s, "nodes", .count = 0, .kind = KIND_APP_STREAMING);
	struct observed_group *g = stand(s, "aig-1", "nodes", .kind = KIND_APP_STREAMING, .n = 2);
	auto_plan struct plan *shown = planned(s);
	assert_hold(the(shown, VERB_DELETE), HOLD_COUNT_ZERO);
	scene_approve_shown(s, the(shown, VERB_DELETE));
	auto_plan struct plan *approved = planned(s);
	assert_hold(the(approved, VERB_DELETE), HOLD_NONE);
	g->available = g->number = 9;
	auto_plan struct plan *grown = planned(s);
	assert_hold(the(grown, VERB_DELETE), HOLD_COUNT_ZERO);
}

CASE(whoever_lets_more_than_half_go_lets_it_go_within_the_hour)
{
	SCENE;
	want(s, "phones", .count = 4);
	stand(s, "ag-1", "phones", .n = 10);
	auto_plan struct plan *shown = planned(s);
	assert_hold(the(shown, VERB_SHRINK), HOLD_SHRINK_HALF);
	scene_approve_shown(s, the(shown, VERB_SHRINK));
	auto_plan struct plan *approved = planned(s);
	assert_hold(the(approved, VERB_SHRINK), HOLD_NONE);
	assert_int_equal(the(approved, VERB_SHRINK)->count, 6);
}

CASE(approval_of_an_older_drover_lets_nothing_through)
{
	SCENE;
	want(s, "phones", .count = 0);
	stand(s, "ag-1", "phones", .n = 3);
	auto_plan struct plan *shown = planned(s);
	scene_approve_shown(s, the(shown, VERB_DELETE));
	s->approvals[0].count = 0;
	*s->approvals[0].holds = '\0';
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_DELETE), HOLD_COUNT_ZERO);
}

static void assert_empty_hash(struct scene *s, const char *hash, bool same)
{
	auto_plan struct plan *p = planned(s);
	assert_int_equal(strcmp(p->empty_hash[KIND_CLOUD_PHONE], hash) == 0, same);
	assert_string_equal(p->empty_hash[KIND_APP_STREAMING], "");
}

CASE(empty_listing_offers_a_hash_of_what_is_missing)
{
	SCENE;
	want(s, "phones", .count = 2);
	scene_row(s, "", "ag-1", "phones", RESOURCE_SEEN);
	scene_row(s, "acp-1", "ag-1", "phones", RESOURCE_SEEN);
	scene_row(s, "acp-2", "ag-1", "phones", RESOURCE_MISSING);
	auto_plan struct plan *p = planned(s);
	const char *hash = p->empty_hash[KIND_CLOUD_PHONE];
	assert_int_equal(strlen(hash), ACTION_HASH_SIZE - 1);
	assert_condition(p, "phones", CONDITION_UNKNOWN);
	assert_mentions(report_of(p, "phones")->reason, scene_text(s, "drover approve %s", hash));
	assert_empty_hash(s, hash, true);
	const struct resource other = s->rows[1];
	s->rows[1] = s->rows[2];
	s->rows[2] = other;
	assert_empty_hash(s, hash, true); /* in whatever order they are kept */
	scene_row(s, "acp-3", "ag-1", "phones", RESOURCE_EXPECTED);
	assert_empty_hash(s, hash, true); /* which nobody has seen yet */
	s->desired.generation++;
	assert_empty_hash(s, hash, false);
	s->desired.generation--;
	scene_row(s, "acp-4", "ag-1", "phones", RESOURCE_SEEN);
	assert_empty_hash(s, hash, false);
}

CASE(believed_listing_offers_no_hash)
{
	SCENE;
	want(s, "phones", .count = 2);
	stand(s, "ag-1", "phones", .n = 2);
	assert_empty_hash(s, "", true);
}

CASE(stuck_group_names_the_call_that_may_be_abandoned)
{
	SCENE;
	want(s, "phones", .count = 2);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "phones", "", 2);
	struct resource *r = scene_row(s, "acp-1", "ag-1", "phones", RESOURCE_EXPECTED);
	r->intent = i->id = 41;
	i->settled_wall_ms = r->first_wall_ms = SCENE_WALL_MS - 29 * SCENE_MINUTE_MS;
	assert_int_equal(intent_set(&i->result_group, "ag-1"), 0);
	auto_plan struct plan *early = planned(s);
	assert_condition(early, "phones", CONDITION_PROGRESSING);
	i->settled_wall_ms = s->rows[0].first_wall_ms = SCENE_WALL_MS - 31 * SCENE_MINUTE_MS;
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "phones", CONDITION_STUCK);
	assert_mentions(report_of(p, "phones")->reason, "drover intents abandon 41");
}

static void assert_stuck_in_time(struct scene *s, struct intent *i)
{
	i->settled_wall_ms = SCENE_WALL_MS - 29 * SCENE_MINUTE_MS;
	auto_plan struct plan *early = planned(s);
	assert_condition(early, "wanted", CONDITION_PROGRESSING);
	i->settled_wall_ms = SCENE_WALL_MS - 31 * SCENE_MINUTE_MS;
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "wanted", CONDITION_STUCK);
	assert_mentions(report_of(p, "wanted")->reason,
			scene_text(s, "drover intents abandon %d", (int)i->id));
}

/* Two of three were listed, then the cloud group went: the third never comes. */
CASE(a_create_whose_group_went_before_all_came_may_be_abandoned)
{
	SCENE;
	want(s, "wanted", .count = 3);
	stand(s, "ag-2", "others", .n = 1);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "wanted", "", 3);
	assert_int_equal(intent_set(&i->result_group, "ag-1"), 0);
	scene_row(s, "acp-1", "ag-1", "wanted", RESOURCE_GONE)->intent = i->id;
	scene_row(s, "", "ag-1", "wanted", RESOURCE_GONE)->intent = i->id;
	assert_stuck_in_time(s, i);
	i->state = INTENT_SENT; /* not answered: no matter of what was listed */
	auto_plan struct plan *open = planned(s);
	assert_condition(open, "wanted", CONDITION_PROGRESSING);
}

CASE(a_growth_whose_group_went_may_be_abandoned)
{
	SCENE;
	want(s, "wanted", .kind = KIND_APP_STREAMING, .count = 3);
	stand(s, "aig-2", "others", .kind = KIND_APP_STREAMING, .n = 1);
	struct intent *i = scene_intent(s, VERB_GROW, INTENT_DONE, "wanted", "aig-1", 2);
	i->kind = KIND_APP_STREAMING;
	i->total = 3;
	assert_stuck_in_time(s, i);
}

/* Whatever was learned last of what a call made, its group is Stuck when it may be given up. */
CASE(group_is_stuck_for_a_call_as_soon_as_it_may_be_abandoned)
{
	SCENE;
	want(s, "bastions", .kind = KIND_PURCHASE, .count = 1);
	stand(s, "b-2", "others", .kind = KIND_PURCHASE);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "bastions", "", 1);
	struct resource *r = scene_row(s, "", "b-1", "bastions", RESOURCE_EXPECTED);
	struct order *o = scene_order(s, "2201", "bastions", 41, 1, ORDER_PAID);
	r->intent = i->id = 41;
	i->kind = KIND_PURCHASE;
	assert_int_equal(intent_set(&i->result_group, "b-1"), 0);
	uint64_t *const learned[] = {&i->settled_wall_ms, &r->first_wall_ms, &o->settled_wall_ms};
	for (size_t late = 0; late < ARRAY_SIZE(learned); late++) {
		for (size_t k = 0; k < ARRAY_SIZE(learned); k++)
			*learned[k] = SCENE_WALL_MS - 31 * SCENE_MINUTE_MS;
		assert_true(call_is_overdue(scene_input(s), 41));
		auto_plan struct plan *p = planned(s);
		assert_condition(p, "bastions", CONDITION_STUCK);
		assert_mentions(report_of(p, "bastions")->reason, "drover intents abandon 41");
		*learned[late] = SCENE_WALL_MS - 29 * SCENE_MINUTE_MS;
		assert_false(call_is_overdue(scene_input(s), 41));
		auto_plan struct plan *early = planned(s);
		assert_condition(early, "bastions", CONDITION_PROGRESSING);
	}
}

CASE(call_of_which_nothing_is_known_is_not_overdue)
{
	SCENE;
	assert_false(call_is_overdue(scene_input(s), 41));
	scene_intent(s, VERB_CREATE, INTENT_DONE, "phones", "", 1)->id = 41;
	s->intents[0]->settled_wall_ms = SCENE_WALL_MS + SCENE_MINUTE_MS;
	assert_false(call_is_overdue(scene_input(s), 41));
	/* What was listed, and an order that came to nothing, are no news. */
	s->intents[0]->settled_wall_ms = SCENE_WALL_MS - 31 * SCENE_MINUTE_MS;
	scene_row(s, "acp-1", "ag-1", "phones", RESOURCE_SEEN)->intent = 41;
	s->rows[0].first_wall_ms = SCENE_WALL_MS - SCENE_MINUTE_MS;
	scene_order(s, "2201", "phones", 41, 1, ORDER_CANCELLED)->settled_wall_ms =
		SCENE_WALL_MS - SCENE_MINUTE_MS;
	assert_true(call_is_overdue(scene_input(s), 41));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(approved_buy_that_has_grown_is_held_again),
		RUN(buy_approved_at_the_size_a_limit_left_keeps_it),
		RUN(approved_buy_that_has_become_dearer_is_held_again),
		RUN(approval_lifts_the_reason_that_was_shown_and_no_other),
		RUN(approval_of_a_protected_shrink_lets_go_what_was_shown),
		RUN(approved_delete_of_a_pool_that_has_grown_is_held_again),
		RUN(whoever_lets_more_than_half_go_lets_it_go_within_the_hour),
		RUN(approval_of_an_older_drover_lets_nothing_through),
		RUN(empty_listing_offers_a_hash_of_what_is_missing),
		RUN(believed_listing_offers_no_hash),
		RUN(stuck_group_names_the_call_that_may_be_abandoned),
		RUN(a_create_whose_group_went_before_all_came_may_be_abandoned),
		RUN(a_growth_whose_group_went_may_be_abandoned),
		RUN(group_is_stuck_for_a_call_as_soon_as_it_may_be_abandoned),
		RUN(call_of_which_nothing_is_known_is_not_overdue),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
