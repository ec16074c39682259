/* What holds a buy or a delete of a group: the observation, the ledger's age, strangers,
 * orders, unclear calls, refusals. And that an approval lifts what a person may lift. */
#include "planning.h"

static void assert_create_held(struct scene *s, enum hold hold)
{
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), hold);
}

/* Held, and let through by the command that its text names. */
static void assert_create_approvable(struct scene *s, enum hold hold)
{
	auto_plan struct plan *p = planned(s);
	const struct action *a = the(p, VERB_CREATE);
	assert_hold(a, hold);
	assert_mentions(a->hold_text, scene_text(s, "drover approve %s", a->hash));
	assert_condition(p, a->group, CONDITION_HELD);
	assert_true(report_of(p, a->group)->waits_on_person);
	scene_approve(s, a->hash);
	auto_plan struct plan *approved = planned(s);
	assert_hold(the(approved, VERB_CREATE), HOLD_NONE);
}

/* --- observation -------------------------------------------------------- */

CASE(nothing_is_bought_before_the_first_listing)
{
	SCENE;
	want(s, "phones", .count = 1);
	s->observed.of[KIND_CLOUD_PHONE].complete = false;
	s->observed.of[KIND_CLOUD_PHONE].listed_mono_ms = 0;
	s->observed.of[KIND_CLOUD_PHONE].complete_listings = 0;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_INCOMPLETE);
	assert_condition(p, "phones", CONDITION_UNKNOWN);
	assert_true(p->watch_groups[KIND_CLOUD_PHONE]);
}

CASE(nothing_is_bought_on_an_incomplete_listing)
{
	SCENE;
	want(s, "phones", .count = 11);
	stand(s, "ag-1", "phones", .n = 10);
	s->observed.of[KIND_CLOUD_PHONE].complete = false;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_GROW), HOLD_INCOMPLETE);
}

CASE(nothing_is_deleted_on_an_incomplete_listing)
{
	SCENE;
	want(s, "phones", .count = 9);
	stand(s, "ag-1", "phones", .n = 10);
	s->observed.of[KIND_CLOUD_PHONE].complete = false;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_INCOMPLETE);
}

CASE(approval_does_not_lift_an_incomplete_listing)
{
	SCENE;
	want(s, "phones", .count = 1);
	s->observed.of[KIND_CLOUD_PHONE].complete = false;
	auto_plan struct plan *p = planned(s);
	scene_approve(s, the(p, VERB_CREATE)->hash);
	assert_create_held(s, HOLD_INCOMPLETE);
}

CASE(empty_listing_is_no_empty_world)
{
	SCENE;
	want(s, "phones", .count = 10);
	for (int i = 0; i < 5; i++)
		scene_row(s, scene_text(s, "acp-%d", i), "ag-1", "phones", RESOURCE_SEEN);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 5);
	assert_hold(the(p, VERB_CREATE), HOLD_INCOMPLETE);
	assert_condition(p, "phones", CONDITION_UNKNOWN);
	assert_mentions(report_of(p, "phones")->reason, "account");
}

/* Whatever else it shows: without marks, or with ours of another owner. */
CASE(listing_of_others_is_no_empty_world)
{
	SCENE;
	want(s, "phones", .count = 10);
	for (int i = 0; i < 5; i++) {
		struct resource *r = scene_row(s, scene_text(s, "acp-%d", i), "ag-1", "phones",
					       RESOURCE_MISSING);
		r->missing_listings = 9;
		r->missing_wall_ms = SCENE_WALL_MS - 60 * SCENE_MINUTE_MS;
	}
	stand(s, "ag-8", "phones", .n = 5, .unrecorded = true, .unmarked = true);
	stand(s, "ag-9", "phones", .n = 3, .unrecorded = true, .owner = "another",
	      .status = GROUP_UPDATING);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_INCOMPLETE);
	assert_condition(p, "phones", CONDITION_UNKNOWN);
	assert_true(*p->empty_hash[KIND_CLOUD_PHONE] != '\0');
}

CASE(more_than_a_fifth_missing_stops_buys)
{
	SCENE;
	want(s, "phones", .count = 20);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->n_instances = 7;
	g->available = 7;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_GROW), HOLD_MISSING_MANY);
	assert_mentions(the(p, VERB_GROW)->hold_text, "3 of 10");
}

CASE(a_fifth_missing_does_not)
{
	SCENE;
	want(s, "phones", .count = 20);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->n_instances = 8;
	g->available = 8;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 10);
	assert_hold(the(p, VERB_GROW), HOLD_NONE);
}

CASE(many_missing_in_one_group_stop_deletes_in_it)
{
	SCENE;
	want(s, "phones", .count = 5);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->n_instances = 7;
	g->available = 7;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_MISSING_MANY);
}

CASE(many_missing_of_a_group_hold_it_though_few_of_all_are)
{
	SCENE;
	want(s, "phones", .count = 20);
	want(s, "others", .count = 60);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->n_instances = 7;
	g->available = 7;
	stand(s, "ag-2", "others", .n = 50);
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_GROW, 0), HOLD_MISSING_MANY);
	assert_hold(nth(p, VERB_GROW, 1), HOLD_NONE);
}

CASE(many_missing_of_all_hold_a_group_that_lacks_none)
{
	SCENE;
	want(s, "phones", .count = 20);
	want(s, "others", .count = 10);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	g->n_instances = 5;
	g->available = 5;
	stand(s, "ag-2", "others", .n = 5);
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_GROW, 1), HOLD_MISSING_MANY);
	assert_string_equal(nth(p, VERB_GROW, 1)->group, "others");
	assert_mentions(nth(p, VERB_GROW, 1)->hold_text, "5 of 15");
}

CASE(phones_that_a_done_shrink_named_are_not_missing)
{
	SCENE;
	want(s, "phones", .count = 12);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	struct intent *i = scene_intent(s, VERB_SHRINK, INTENT_DONE, "phones", "ag-1", 3);
	for (int k = 7; k < 10; k++)
		assert_int_equal(text_list_add(&i->targets, g->instances[k].id), 0);
	g->n_instances = 7;
	g->available = 7;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 5);
	assert_hold(the(p, VERB_GROW), HOLD_NONE);
}

/* --- young ledgers ------------------------------------------------------ */

CASE(first_create_of_a_new_ledger_needs_two_listings)
{
	SCENE;
	want(s, "phones", .count = 1);
	s->in_flight.ledger_since_wall_ms = SCENE_WALL_MS - 29 * SCENE_MINUTE_MS;
	s->observed.of[KIND_CLOUD_PHONE].complete_listings = 1;
	s->observed.of[KIND_CLOUD_PHONE].ids_since_mono_ms = s->observed.of[KIND_CLOUD_PHONE].listed_mono_ms;
	assert_create_held(s, HOLD_INCOMPLETE);
	s->observed.of[KIND_CLOUD_PHONE].complete_listings = 2;
	assert_create_held(s, HOLD_INCOMPLETE); /* the two did not agree */
	s->observed.of[KIND_CLOUD_PHONE].ids_since_mono_ms -= 1;
	assert_create_held(s, HOLD_NONE);
}

CASE(older_ledger_needs_one_listing)
{
	SCENE;
	want(s, "phones", .count = 1);
	s->observed.of[KIND_CLOUD_PHONE].complete_listings = 1;
	s->observed.of[KIND_CLOUD_PHONE].ids_since_mono_ms = s->observed.of[KIND_CLOUD_PHONE].listed_mono_ms;
	assert_create_held(s, HOLD_NONE);
}

CASE(ledger_made_before_a_clock_went_back_counts_as_young)
{
	SCENE;
	want(s, "phones", .count = 1, .charge = CHARGE_PREPAID);
	s->in_flight.ledger_since_wall_ms = SCENE_WALL_MS + SCENE_DAY_MS;
	s->in_flight.orders_look = ORDERS_NOT_LOOKED;
	assert_create_held(s, HOLD_INCOMPLETE);
}

CASE(prepaid_create_of_a_young_ledger_waits_for_the_look_at_orders)
{
	SCENE;
	want(s, "phones", .count = 1, .charge = CHARGE_PREPAID);
	s->in_flight.ledger_since_wall_ms = SCENE_WALL_MS - 29 * SCENE_DAY_MS;
	s->in_flight.orders_look = ORDERS_NOT_LOOKED;
	assert_create_held(s, HOLD_INCOMPLETE);
}

CASE(prepaid_create_of_a_young_ledger_is_held_when_orders_may_not_be_read)
{
	SCENE;
	want(s, "phones", .count = 1, .charge = CHARGE_PREPAID);
	s->in_flight.ledger_since_wall_ms = SCENE_WALL_MS - 29 * SCENE_DAY_MS;
	s->in_flight.orders_look = ORDERS_REFUSED;
	assert_create_approvable(s, HOLD_UNKNOWN_ORDERS);
}

CASE(postpaid_create_needs_no_look_at_orders)
{
	SCENE;
	want(s, "phones", .count = 1);
	s->in_flight.ledger_since_wall_ms = SCENE_WALL_MS - SCENE_DAY_MS;
	s->in_flight.orders_look = ORDERS_REFUSED;
	assert_create_held(s, HOLD_NONE);
}

CASE(unpaid_order_of_nobody_holds_prepaid_creates)
{
	SCENE;
	want(s, "phones", .count = 1, .charge = CHARGE_PREPAID);
	scene_order(s, "990017", "", 0, 3, ORDER_UNPAID);
	auto_plan struct plan *p = planned(s);
	assert_mentions(the(p, VERB_CREATE)->hold_text, "990017");
	assert_create_approvable(s, HOLD_UNKNOWN_ORDERS);
}

CASE(unpaid_order_of_nobody_in_another_region_does_not)
{
	SCENE;
	want(s, "phones", .count = 1, .charge = CHARGE_PREPAID, .region = "cn-beijing");
	scene_order(s, "990017", "", 0, 3, ORDER_UNPAID);
	assert_create_held(s, HOLD_NONE);
}

CASE(paid_order_of_nobody_holds_until_what_it_bought_would_be_listed)
{
	SCENE;
	want(s, "phones", .count = 1, .charge = CHARGE_PREPAID);
	struct order *o = scene_order(s, "990017", "", 0, 0, ORDER_PAID);
	uint64_t absent_after_ms = s->settings.poll.absent_after_ms;
	o->settled_wall_ms = SCENE_WALL_MS - absent_after_ms;
	assert_create_held(s, HOLD_UNKNOWN_ORDERS);
	o->settled_wall_ms = SCENE_WALL_MS - absent_after_ms - 1;
	assert_create_held(s, HOLD_NONE);
}

CASE(unpaid_order_of_nobody_leaves_postpaid_alone)
{
	SCENE;
	want(s, "phones", .count = 1);
	scene_order(s, "990017", "", 0, 3, ORDER_UNPAID);
	assert_create_held(s, HOLD_NONE);
}

/* --- strangers ---------------------------------------------------------- */

CASE(unmarked_group_like_ours_holds_the_first_create)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-x", "", .n = 4, .unmarked = true, .unrecorded = true);
	auto_plan struct plan *p = planned(s);
	assert_mentions(the(p, VERB_CREATE)->hold_text, "ag-x");
	assert_mentions(the(p, VERB_CREATE)->hold_text, "adopt");
	assert_create_approvable(s, HOLD_BROWNFIELD);
}

CASE(unmarked_group_of_another_spec_does_not)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-x", "", .n = 4, .unmarked = true, .unrecorded = true,
	      .spec = "acp.perf.large");
	assert_create_held(s, HOLD_NONE);
}

CASE(unmarked_group_of_another_image_does_not)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-x", "", .n = 4, .unmarked = true, .unrecorded = true, .image = "imgc-9");
	assert_create_held(s, HOLD_NONE);
}

CASE(unmarked_group_of_another_region_does_not)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-x", "", .n = 4, .unmarked = true, .unrecorded = true, .region = "cn-beijing");
	assert_create_held(s, HOLD_NONE);
}

CASE(group_recorded_as_foreign_does_not)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-x", "", .n = 4, .unmarked = true, .unrecorded = true);
	scene_row(s, "", "ag-x", "phones", RESOURCE_SEEN)->foreign = true;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_NONE);
	assert_int_equal(the(p, VERB_CREATE)->count, 1);
}

CASE(unmarked_group_does_not_hold_later_growth)
{
	SCENE;
	want(s, "phones", .count = 11);
	stand(s, "ag-1", "phones", .n = 10);
	stand(s, "ag-x", "", .n = 4, .unmarked = true, .unrecorded = true);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_GROW), HOLD_NONE);
}

CASE(group_adopted_by_another_is_not_brownfield)
{
	SCENE;
	want(s, "phones", .count = 1);
	want(s, "others", .count = 4, .adopt = "ag-x");
	stand(s, "ag-x", "", .n = 4, .unmarked = true, .unrecorded = true);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_NONE);
}

CASE(lost_ledger_counts_what_carries_the_mark_and_buys_nothing)
{
	SCENE;
	want(s, "phones", .count = 10);
	stand(s, "ag-1", "phones", .n = 10, .unrecorded = true, .owner = "the one before");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "phones")->running, 10);
	assert_mentions(report_of(p, "phones")->reason, "not in the ledger");
}

CASE(lost_ledger_holds_growth_until_approved)
{
	SCENE;
	want(s, "phones", .count = 12, .per_group = 10);
	stand(s, "ag-1", "phones", .n = 10, .unrecorded = true, .owner = "the one before");
	assert_create_approvable(s, HOLD_FOREIGN_OWNER);
}

CASE(lost_ledger_holds_deletes_until_approved)
{
	SCENE;
	want(s, "phones", .count = 9);
	stand(s, "ag-1", "phones", .n = 10, .unrecorded = true, .owner = "the one before");
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_FOREIGN_OWNER);
}

CASE(our_owner_mark_with_an_unknown_intent_is_not_proof)
{
	SCENE;
	want(s, "phones", .count = 12);
	stand(s, "ag-1", "phones", .n = 10, .unrecorded = true, .intent = "never-heard-of");
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_GROW), HOLD_FOREIGN_OWNER);
}

CASE(recorded_group_is_ours_whatever_its_owner_mark)
{
	SCENE;
	want(s, "phones", .count = 12);
	stand(s, "ag-1", "phones", .n = 10, .owner = "the one before");
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_GROW), HOLD_NONE);
}

CASE(stranger_in_one_group_does_not_hold_another)
{
	SCENE;
	want(s, "phones", .count = 12);
	want(s, "others", .count = 3);
	stand(s, "ag-1", "phones", .n = 10, .unrecorded = true, .owner = "the one before");
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_NONE);
	assert_string_equal(the(p, VERB_CREATE)->group, "others");
}

CASE(group_that_may_be_a_renamed_one_is_held)
{
	SCENE;
	want(s, "phones", .count = 10);
	stand(s, "ag-1", "handsets", .n = 10);
	auto_plan struct plan *p = planned(s);
	assert_mentions(the(p, VERB_CREATE)->hold_text, "renamed_from: handsets");
	assert_create_approvable(s, HOLD_RENAME);
}

CASE(group_of_which_only_a_call_or_an_order_is_known_may_be_a_renamed_one)
{
	SCENE;
	want(s, "phones", .count = 10);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_HELD, "handsets", "", 10);
	assert_create_held(s, HOLD_RENAME);
	i->state = INTENT_ABSENT;
	assert_create_held(s, HOLD_NONE);
	scene_known(s, "handsets", KIND_CLOUD_PHONE);
	struct order *o = scene_order(s, "2201", "handsets", 0, 10, ORDER_UNPAID);
	assert_create_held(s, HOLD_RENAME);
	o->status = ORDER_CANCELLED;
	assert_create_held(s, HOLD_NONE);
	o->status = ORDER_UNPAID;
	assert_create_approvable(s, HOLD_RENAME);
}

CASE(group_that_names_a_former_one_that_nobody_knows_is_held)
{
	SCENE;
	want(s, "phones", .count = 10, .renamed_from = "handset");
	assert_create_held(s, HOLD_NONE);
	stand(s, "ag-1", "handsets", .n = 10);
	stand(s, "ag-2", "mobiles", .n = 10);
	auto_plan struct plan *p = planned(s);
	const char *text = the(p, VERB_CREATE)->hold_text;
	assert_mentions(text, "renamed_from: handset names nothing");
	assert_mentions(text, "handsets, mobiles");
	assert_mentions(text, "correct renamed_from");
	assert_create_approvable(s, HOLD_RENAME);
}

CASE(former_name_that_nobody_knows_holds_nothing_where_only_others_are_left)
{
	SCENE;
	want(s, "phones", .count = 10, .renamed_from = "handset");
	stand(s, "ag-1", "handsets", .n = 10, .region = "cn-beijing");
	stand(s, "aig-1", "browsers", .kind = KIND_APP_STREAMING, .n = 2);
	assert_create_held(s, HOLD_NONE);
}

CASE(group_left_over_in_another_region_is_no_rename)
{
	SCENE;
	want(s, "phones", .count = 10);
	stand(s, "ag-1", "handsets", .n = 10, .region = "cn-beijing");
	assert_create_held(s, HOLD_NONE);
}

CASE(group_with_a_past_of_its_own_is_no_rename)
{
	SCENE;
	want(s, "phones", .count = 11);
	stand(s, "ag-1", "handsets", .n = 10);
	stand(s, "ag-2", "phones", .n = 10);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_GROW), HOLD_NONE);
}

/* --- unclear calls and orders ------------------------------------------- */

CASE(ambiguous_create_holds_further_buys)
{
	SCENE;
	want(s, "phones", .count = 20);
	scene_intent(s, VERB_CREATE, INTENT_HELD, "phones", "", 10);
	assert_create_approvable(s, HOLD_AMBIGUOUS);
}

CASE(ambiguous_create_alone_is_reported_as_held)
{
	SCENE;
	want(s, "phones", .count = 10, .charge = CHARGE_PREPAID);
	scene_intent(s, VERB_CREATE, INTENT_HELD, "phones", "", 10);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_condition(p, "phones", CONDITION_HELD);
	assert_mentions(report_of(p, "phones")->reason, "drover intents");
	assert_true(report_of(p, "phones")->waits_on_person);
	assert_int_equal(p->n_watch, 0);
}

CASE(cancelled_order_holds_the_next)
{
	SCENE;
	want(s, "phones", .count = 10, .charge = CHARGE_PREPAID);
	scene_order(s, "2201", "phones", 3, 10, ORDER_CANCELLED)->fingerprint = 7;
	auto_plan struct plan *p = planned(s);
	assert_mentions(the(p, VERB_CREATE)->hold_text, "2201");
	assert_create_approvable(s, HOLD_CANCELLED_ORDER);
}

CASE(edit_after_a_cancelled_order_is_consent)
{
	SCENE;
	want(s, "phones", .count = 10, .charge = CHARGE_PREPAID, .fingerprint = 8);
	scene_order(s, "2201", "phones", 3, 10, ORDER_CANCELLED)->fingerprint = 7;
	assert_create_held(s, HOLD_NONE);
}

CASE(cancellation_at_an_unknown_state_of_the_group_is_no_consent)
{
	SCENE;
	want(s, "phones", .count = 10, .charge = CHARGE_PREPAID);
	scene_order(s, "2201", "phones", 3, 10, ORDER_CANCELLED)->fingerprint = 0;
	assert_create_held(s, HOLD_CANCELLED_ORDER);
}

CASE(reorder_after_cancel_needs_no_consent)
{
	SCENE;
	want(s, "phones", .count = 10, .charge = CHARGE_PREPAID, .reorder = true);
	scene_order(s, "2201", "phones", 3, 10, ORDER_CANCELLED)->fingerprint = 7;
	assert_create_held(s, HOLD_NONE);
}

static struct resource *lose_for_good(struct scene *s, enum charge_type charge)
{
	struct resource *r = scene_row(s, "acp-lost", "ag-1", "phones", RESOURCE_MISSING);
	r->charge = charge;
	r->missing_listings = 3;
	r->missing_wall_ms = SCENE_WALL_MS - 10 * SCENE_MINUTE_MS;
	return r;
}

CASE(vanished_prepaid_phone_is_replaced_only_by_approval)
{
	SCENE;
	want(s, "phones", .count = 11, .charge = CHARGE_PREPAID);
	stand(s, "ag-1", "phones", .n = 10, .charge = CHARGE_PREPAID);
	lose_for_good(s, CHARGE_PREPAID);
	assert_create_approvable(s, HOLD_VANISHED);
}

CASE(prepaid_phone_missing_for_less_long_still_counts)
{
	SCENE;
	want(s, "phones", .count = 11, .charge = CHARGE_PREPAID);
	stand(s, "ag-1", "phones", .n = 10, .charge = CHARGE_PREPAID);
	lose_for_good(s, CHARGE_PREPAID)->missing_wall_ms += 1;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
}

/* --- refusals ----------------------------------------------------------- */

CASE(refused_group_is_tried_again_at_a_time)
{
	SCENE;
	want(s, "phones", .count = 10);
	scene_prospects(s, "phones")->not_before_mono_ms = SCENE_MONO_MS + 90001;
	scene_prospects(s, "phones")->last_refusal = "quota reached";
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_BACKOFF);
	assert_mentions(the(p, VERB_CREATE)->hold_text, "quota reached");
	assert_mentions(the(p, VERB_CREATE)->hold_text, "91 s");
	assert_condition(p, "phones", CONDITION_PROGRESSING);
}

CASE(back_off_of_buys_leaves_scale_in_alone)
{
	SCENE;
	want(s, "phones", .count = 9);
	stand(s, "ag-1", "phones", .n = 10);
	scene_prospects(s, "phones")->not_before_mono_ms = SCENE_MONO_MS + 90000;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_NONE);
}

CASE(back_off_of_other_calls_holds_scale_in)
{
	SCENE;
	want(s, "phones", .count = 9);
	stand(s, "ag-1", "phones", .n = 10);
	scene_prospects(s, "phones")->upkeep_not_before_mono_ms = SCENE_MONO_MS + 90000;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_BACKOFF);
}

CASE(refusal_for_good_is_reported_as_such)
{
	SCENE;
	want(s, "phones", .count = 10);
	scene_prospects(s, "phones")->refused_for_good = true;
	scene_prospects(s, "phones")->refused_fingerprint = 7;
	scene_prospects(s, "phones")->last_refusal = "InvalidParameter: spec";
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_BACKOFF);
	assert_condition(p, "phones", CONDITION_HELD);
	assert_true(report_of(p, "phones")->refused);
	assert_false(report_of(p, "phones")->waits_on_person);
	assert_mentions(report_of(p, "phones")->reason, "InvalidParameter: spec");
}

/* It would let nothing through, and hide what helps. */
CASE(refusal_for_good_asks_for_no_approval)
{
	SCENE;
	want(s, "phones", .count = 3, .charge = CHARGE_PREPAID);
	scene_order(s, "990017", "", 0, 1, ORDER_UNPAID);
	assert_create_held(s, HOLD_UNKNOWN_ORDERS);
	scene_prospects(s, "phones")->refused_for_good = true;
	scene_prospects(s, "phones")->refused_fingerprint = 7;
	assert_create_held(s, HOLD_BACKOFF);
}

CASE(edit_lifts_a_refusal_for_good)
{
	SCENE;
	want(s, "phones", .count = 10);
	scene_prospects(s, "phones")->refused_for_good = true;
	scene_prospects(s, "phones")->refused_fingerprint = 6;
	assert_create_held(s, HOLD_NONE);
}

/* Which of its prospects is told how. */
struct told {
	enum prospect_answer image, spec, stock;
	const char *fallback, *text, *hold_text;
};

static void assert_told(struct scene *s, const struct told *t)
{
	struct prospects *o = scene_prospects(s, "phones");
	o->image = t->image, o->spec = t->spec, o->stock = t->stock;
	o->spec_to_use = t->fallback, o->check_text = t->text;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), *t->hold_text ? HOLD_STOCK : HOLD_NONE);
	assert_string_equal(the(p, VERB_CREATE)->hold_text, t->hold_text);
}

CASE(each_answer_about_a_group_holds_it)
{
	static const char asked[] = "its image, spec and price are being asked about";
	static const struct told table[] = {
		{CHECK_ASKED, CHECK_OK, CHECK_OK, NULL, NULL, asked},
		{CHECK_OK, CHECK_ASKED, CHECK_OK, NULL, NULL, asked},
		{CHECK_OK, CHECK_OK, CHECK_ASKED, NULL, NULL, asked},
		{CHECK_BAD, CHECK_OK, CHECK_OK, "acp.perf.large", "no image", "no image"},
		{CHECK_OK, CHECK_BAD, CHECK_OK, "acp.perf.large", "no spec", "no spec"},
		{CHECK_OK, CHECK_OK, CHECK_BAD, NULL, NULL, "not available now"},
		{CHECK_OK, CHECK_OK, CHECK_BAD, NULL, "", "not available now"},
		{CHECK_OK, CHECK_OK, CHECK_BAD, "acp.perf.large", "sold out", ""},
		{CHECK_UNKNOWN, CHECK_UNKNOWN, CHECK_UNKNOWN, NULL, NULL, ""},
	};
	SCENE;
	want(s, "phones", .count = 10);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_told(s, &table[i]);
}

CASE(sold_out_spec_holds)
{
	SCENE;
	want(s, "phones", .count = 10);
	scene_prospects(s, "phones")->stock = CHECK_BAD;
	scene_prospects(s, "phones")->check_text = "acp.basic.small is sold out in cn-shanghai";
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_STOCK);
	assert_mentions(the(p, VERB_CREATE)->hold_text, "sold out");
}

CASE(missing_image_holds_even_with_a_fallback_spec)
{
	SCENE;
	want(s, "phones", .count = 10);
	scene_prospects(s, "phones")->image = CHECK_BAD;
	scene_prospects(s, "phones")->spec_to_use = "acp.std.large";
	assert_create_held(s, HOLD_STOCK);
}

CASE(missing_image_is_a_refusal_that_only_an_edit_helps)
{
	SCENE;
	want(s, "phones", .count = 10);
	scene_prospects(s, "phones")->image = CHECK_BAD;
	scene_prospects(s, "phones")->check_text = "image imgc-1 is not available";
	auto_plan struct plan *p = planned(s);
	assert_true(report_of(p, "phones")->refused);
	assert_int_equal(report_of(p, "phones")->condition, CONDITION_HELD);
	assert_mentions(report_of(p, "phones")->reason, "imgc-1 is not available");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(nothing_is_bought_before_the_first_listing),
		RUN(nothing_is_bought_on_an_incomplete_listing),
		RUN(nothing_is_deleted_on_an_incomplete_listing),
		RUN(approval_does_not_lift_an_incomplete_listing),
		RUN(empty_listing_is_no_empty_world),
		RUN(listing_of_others_is_no_empty_world),
		RUN(more_than_a_fifth_missing_stops_buys),
		RUN(a_fifth_missing_does_not),
		RUN(many_missing_in_one_group_stop_deletes_in_it),
		RUN(many_missing_of_a_group_hold_it_though_few_of_all_are),
		RUN(many_missing_of_all_hold_a_group_that_lacks_none),
		RUN(phones_that_a_done_shrink_named_are_not_missing),
		RUN(first_create_of_a_new_ledger_needs_two_listings),
		RUN(older_ledger_needs_one_listing),
		RUN(ledger_made_before_a_clock_went_back_counts_as_young),
		RUN(prepaid_create_of_a_young_ledger_waits_for_the_look_at_orders),
		RUN(prepaid_create_of_a_young_ledger_is_held_when_orders_may_not_be_read),
		RUN(postpaid_create_needs_no_look_at_orders),
		RUN(unpaid_order_of_nobody_holds_prepaid_creates),
		RUN(unpaid_order_of_nobody_in_another_region_does_not),
		RUN(paid_order_of_nobody_holds_until_what_it_bought_would_be_listed),
		RUN(unpaid_order_of_nobody_leaves_postpaid_alone),
		RUN(unmarked_group_like_ours_holds_the_first_create),
		RUN(unmarked_group_of_another_spec_does_not),
		RUN(unmarked_group_of_another_image_does_not),
		RUN(unmarked_group_of_another_region_does_not),
		RUN(group_recorded_as_foreign_does_not),
		RUN(unmarked_group_does_not_hold_later_growth),
		RUN(group_adopted_by_another_is_not_brownfield),
		RUN(lost_ledger_counts_what_carries_the_mark_and_buys_nothing),
		RUN(lost_ledger_holds_growth_until_approved),
		RUN(lost_ledger_holds_deletes_until_approved),
		RUN(our_owner_mark_with_an_unknown_intent_is_not_proof),
		RUN(recorded_group_is_ours_whatever_its_owner_mark),
		RUN(stranger_in_one_group_does_not_hold_another),
		RUN(group_that_may_be_a_renamed_one_is_held),
		RUN(group_of_which_only_a_call_or_an_order_is_known_may_be_a_renamed_one),
		RUN(group_that_names_a_former_one_that_nobody_knows_is_held),
		RUN(former_name_that_nobody_knows_holds_nothing_where_only_others_are_left),
		RUN(group_left_over_in_another_region_is_no_rename),
		RUN(group_with_a_past_of_its_own_is_no_rename),
		RUN(ambiguous_create_holds_further_buys),
		RUN(ambiguous_create_alone_is_reported_as_held),
		RUN(cancelled_order_holds_the_next),
		RUN(edit_after_a_cancelled_order_is_consent),
		RUN(cancellation_at_an_unknown_state_of_the_group_is_no_consent),
		RUN(reorder_after_cancel_needs_no_consent),
		RUN(vanished_prepaid_phone_is_replaced_only_by_approval),
		RUN(prepaid_phone_missing_for_less_long_still_counts),
		RUN(refused_group_is_tried_again_at_a_time),
		RUN(back_off_of_buys_leaves_scale_in_alone),
		RUN(back_off_of_other_calls_holds_scale_in),
		RUN(refusal_for_good_is_reported_as_such),
		RUN(refusal_for_good_asks_for_no_approval),
		RUN(edit_lifts_a_refusal_for_good),
		RUN(each_answer_about_a_group_holds_it),
		RUN(sold_out_spec_holds),
		RUN(missing_image_holds_even_with_a_fallback_spec),
		RUN(missing_image_is_a_refusal_that_only_an_edit_helps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
