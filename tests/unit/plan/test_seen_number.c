/* What the newest listings change in the ledger's memory of cloud groups without members, and
 * how the listing of one kind leaves the others alone. */
#include <stdlib.h>

#include "seeing.h"

#define APP .kind = KIND_APP_STREAMING
#define BUY .kind = KIND_PURCHASE, .region = "", .per_group = 1

/* The state of the only row after the listing; RESOURCE_STATE_MAX_: unchanged. */
static enum resource_state state_after(struct scene *s)
{
	auto_seen struct seen_changes c = seen(s);
	assert_true(c.changed.n <= 1);
	return c.changed.n ? c.changed.items[0].state : RESOURCE_STATE_MAX_;
}

static struct intent *intent_of(struct scene *s, enum verb verb, int64_t count, int64_t total)
{
	struct intent *i = scene_intent(s, verb, INTENT_DONE, "browsers",
					verb == VERB_CREATE ? "" : "aig-1", count);
	i->kind = KIND_APP_STREAMING;
	i->total = total;
	if (verb == VERB_CREATE)
		assert_int_equal(intent_set(&i->result_group, "aig-1"), 0);
	return i;
}

static void age(struct intent *i, uint64_t minutes)
{
	i->settled_wall_ms = SCENE_WALL_MS - minutes * SCENE_MINUTE_MS;
}

/* --- rows ------------------------------------------------------------------ */

CASE(nodes_get_no_rows)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	stand(s, "aig-1", "browsers", APP, .n = 4, .elastic = 2);
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.changed.n + c.found.n, 0);
}

CASE(adopted_purchase_gets_its_own_row_only)
{
	SCENE;
	want(s, "bastions", BUY, .count = 1, .adopt = "bastionhost-1");
	stand(s, "bastionhost-1", "x", .kind = KIND_PURCHASE, .n = 1, .unmarked = true,
	      .unrecorded = true);
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.found.n, 1);
	assert_string_equal(c.found.items[0].id, "");
	assert_string_equal(c.found.items[0].cloud_group, "bastionhost-1");
}

static struct resource *lose(struct scene *s, enum resource_state state, int listings,
			     enum charge_type charge)
{
	want(s, "browsers", APP, .count = 4);
	stand(s, "aig-2", "others", APP, .n = 4);
	struct resource *row = scene_row(s, "", "aig-1", "browsers", state);
	row->charge = charge;
	row->missing_listings = listings;
	row->missing_wall_ms = SCENE_WALL_MS - 11 * SCENE_MINUTE_MS;
	return row;
}

CASE(absent_group_is_missing_then_gone)
{
	SCENE;
	struct resource *row = lose(s, RESOURCE_SEEN, 0, CHARGE_POSTPAID);
	assert_int_equal(state_after(s), RESOURCE_MISSING);
	row->state = RESOURCE_MISSING;
	row->missing_listings = 1;
	assert_int_equal(state_after(s), RESOURCE_MISSING);
	row->missing_listings = 2;
	assert_int_equal(state_after(s), RESOURCE_GONE);
}

CASE(absent_subscription_stays_missing)
{
	SCENE;
	lose(s, RESOURCE_MISSING, 9, CHARGE_PREPAID);
	assert_int_equal(state_after(s), RESOURCE_MISSING);
}

CASE(listing_of_another_kind_proves_no_absence)
{
	SCENE;
	lose(s, RESOURCE_MISSING, 9, CHARGE_POSTPAID);
	s->observed.of[KIND_APP_STREAMING].complete = false;
	assert_int_equal(state_after(s), RESOURCE_STATE_MAX_);
	s->observed.of[KIND_APP_STREAMING].complete = true;
	s->observed.of[KIND_CLOUD_PHONE].complete = false;
	assert_int_equal(state_after(s), RESOURCE_GONE);
}

CASE(empty_listing_of_the_kind_proves_no_absence)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	stand(s, "ag-1", "phones", .n = 1);
	scene_row(s, "", "aig-1", "browsers", RESOURCE_MISSING)->missing_listings = 9;
	assert_int_equal(state_after(s), RESOURCE_STATE_MAX_);
}

CASE(row_of_a_group_of_no_known_kind_is_kept)
{
	SCENE;
	lose(s, RESOURCE_MISSING, 9, CHARGE_POSTPAID);
	free(s->rows[1].group);
	s->rows[1].group = strdup("nobody");
	assert_int_equal(state_after(s), RESOURCE_STATE_MAX_);
	scene_known(s, "nobody", KIND_APP_STREAMING);
	assert_int_equal(state_after(s), RESOURCE_GONE);
}

CASE(deleted_group_of_no_known_kind_is_kept)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	scene_row(s, "", "aig-1", "nobody", RESOURCE_SEEN);
	intent_of(s, VERB_DELETE, 4, 0);
	assert_int_equal(state_after(s), RESOURCE_STATE_MAX_);
	scene_known(s, "nobody", KIND_APP_STREAMING);
	assert_int_equal(state_after(s), RESOURCE_GONE);
}

CASE(group_of_a_cancelled_order_is_gone_also_when_it_was_listed)
{
	static const enum resource_state states[] = {RESOURCE_EXPECTED, RESOURCE_SEEN,
						     RESOURCE_MISSING};
	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(states); k++) {
		struct scene *s = scene_new();
		lose(s, states[k], 0, CHARGE_PREPAID)->intent = 5;
		scene_order(s, "2201", "browsers", 5, 4, ORDER_CANCELLED);
		assert_int_equal(state_after(s), RESOURCE_GONE);
		scene_free(s);
	}
}

CASE(expected_group_is_never_given_up)
{
	SCENE;
	lose(s, RESOURCE_EXPECTED, 0, CHARGE_POSTPAID)->first_wall_ms = 1;
	assert_int_equal(state_after(s), RESOURCE_STATE_MAX_);
}

/* --- resizing ---------------------------------------------------------------- */

CASE(create_lands_when_all_nodes_are_there)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	struct observed_group *g = stand(s, "aig-1", "browsers", APP, .n = 3);
	struct intent *i = intent_of(s, VERB_CREATE, 4, 0);
	assert_false(has_landed(s, i));
	g->available = 4;
	assert_true(has_landed(s, i));
}

CASE(create_that_came_short_lands_when_all_is_at_rest)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	stand(s, "aig-1", "browsers", APP, .n = 3);
	struct intent *i = intent_of(s, VERB_CREATE, 4, 0);
	age(i, 11);
	assert_true(has_landed(s, i));
	i->charge = CHARGE_PREPAID; /* paid for: it is not bought anew */
	assert_false(has_landed(s, i));
}

CASE(create_does_not_land_before_its_order_is_paid)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	stand(s, "aig-1", "browsers", APP, .n = 4);
	struct intent *i = intent_of(s, VERB_CREATE, 4, 0);
	struct order *o = scene_order(s, "2201", "browsers", i->id, 4, ORDER_UNPAID);
	assert_false(has_landed(s, i));
	assert_false(order_landed(s, o));
	o->status = ORDER_PAID;
	assert_true(has_landed(s, i));
	assert_true(order_landed(s, o));
}

CASE(order_for_no_nodes_does_not_hold_up_what_is_there)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	stand(s, "aig-1", "browsers", APP, .n = 4);
	struct intent *i = intent_of(s, VERB_CREATE, 4, 0);
	struct order *o = scene_order(s, "2201", "browsers", i->id, 0, ORDER_UNPAID);
	assert_true(has_landed(s, i));
	assert_false(order_landed(s, o));
}

CASE(create_of_a_scheduled_group_lands_with_its_listing)
{
	SCENE;
	want(s, "browsers", APP, .count = 1, .unsized = true);
	struct observed_group *g = stand(s, "aig-1", "browsers", APP, .n = 0);
	struct intent *i = intent_of(s, VERB_CREATE, 1, 0);
	assert_true(has_landed(s, i));
	g->listed_mono_ms = 0;
	assert_false(has_landed(s, i));
}

CASE(growth_lands_at_its_total)
{
	SCENE;
	want(s, "browsers", APP, .count = 6);
	struct observed_group *g = stand(s, "aig-1", "browsers", APP, .n = 5);
	struct intent *i = intent_of(s, VERB_GROW, 2, 6);
	assert_false(has_landed(s, i));
	g->available = 6;
	assert_true(has_landed(s, i));
}

CASE(growth_that_never_comes_lands_only_after_an_edit)
{
	SCENE;
	want(s, "browsers", APP, .count = 6, .fingerprint = 7);
	stand(s, "aig-1", "browsers", APP, .n = 5);
	struct intent *i = intent_of(s, VERB_GROW, 1, 6);
	i->fingerprint = 7;
	age(i, 600);
	assert_false(has_landed(s, i));
	i->fingerprint = 8;
	assert_true(has_landed(s, i));
	i->charge = CHARGE_PREPAID;
	assert_false(has_landed(s, i));
}

CASE(order_of_a_growth_that_has_landed_lands_too)
{
	SCENE;
	want(s, "browsers", APP, .count = 6);
	stand(s, "aig-1", "browsers", APP, .n = 6);
	struct order *o = scene_order(s, "2201", "browsers", 77, 2, ORDER_PAID);
	assert_false(order_landed(s, o));
	assert_int_equal(intent_set(&o->cloud_group, "aig-1"), 0);
	assert_true(order_landed(s, o));
}

CASE(order_found_by_looking_lands_by_number)
{
	SCENE;
	want(s, "browsers", APP, .count = 6);
	struct observed_group *g = stand(s, "aig-1", "browsers", APP, .n = 3);
	struct order *o = scene_order(s, "2201", "browsers", 0, 4, ORDER_PAID);
	assert_int_equal(intent_set(&o->cloud_group, "aig-1"), 0);
	assert_false(order_landed(s, o));
	g->available = 4;
	assert_true(order_landed(s, o));
}

CASE(shrink_lands_at_its_total_or_when_stuck)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	struct observed_group *g = stand(s, "aig-1", "browsers", APP, .n = 5);
	struct intent *i = intent_of(s, VERB_SHRINK, 1, 4);
	assert_false(has_landed(s, i));
	g->available = 4;
	assert_true(has_landed(s, i));
	g->listed_mono_ms = i->settled_wall_ms - SCENE_WALL_MS + SCENE_MONO_MS - 1;
	assert_false(has_landed(s, i)); /* a listing before the answer */
	g->listed_mono_ms = SCENE_MONO_MS - 1000;
	g->available = 5;
	age(i, 31);
	assert_true(has_landed(s, i));
}

CASE(delete_lands_with_the_listing_of_its_own_kind)
{
	SCENE;
	want(s, "browsers", APP, .count = 0);
	scene_row(s, "", "aig-1", "browsers", RESOURCE_SEEN);
	struct intent *i = intent_of(s, VERB_DELETE, 4, 0);
	assert_true(has_landed(s, i));
	assert_int_equal(state_after(s), RESOURCE_GONE);
	s->observed.of[KIND_APP_STREAMING].complete = false;
	assert_false(has_landed(s, i));
	assert_int_equal(state_after(s), RESOURCE_STATE_MAX_);
}

CASE(purchase_lands_when_it_is_listed)
{
	SCENE;
	want(s, "bastions", BUY, .count = 1);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "bastions", "", 1);
	i->kind = KIND_PURCHASE;
	i->charge = CHARGE_PREPAID;
	assert_int_equal(intent_set(&i->result_group, "bastionhost-1"), 0);
	assert_false(has_landed(s, i));
	stand(s, "bastionhost-1", "bastions", .kind = KIND_PURCHASE, .n = 1, .unmarked = true);
	assert_true(has_landed(s, i));
}

/* --- settings and marks -------------------------------------------------------- */

CASE(setting_lands_when_a_later_row_shows_it)
{
	SCENE;
	want(s, "browsers", APP, .count = 4, .session_timeout = 30);
	struct observed_group *g =
		stand(s, "aig-1", "browsers", APP, .n = 4, .session_timeout = "15");
	struct intent *i = intent_of(s, VERB_CONFIGURE, 4, 0);
	assert_false(has_landed(s, i));
	g->attributes = observed_intern(&s->observed, "SessionTimeout\x1f"
						      "30\x1e");
	assert_true(has_landed(s, i));
	g->status = GROUP_UPDATING;
	assert_false(has_landed(s, i));
	g->status = GROUP_RUNNING;
	s->observed.of[KIND_APP_STREAMING].listed_mono_ms = SCENE_MONO_MS - SCENE_MINUTE_MS / 2 - 1;
	assert_false(has_landed(s, i));
}

CASE(setting_without_effect_is_given_up_after_ten_minutes)
{
	SCENE;
	want(s, "browsers", APP, .count = 4, .session_timeout = 30);
	stand(s, "aig-1", "browsers", APP, .n = 4, .session_timeout = "15");
	struct intent *i = intent_of(s, VERB_CONFIGURE, 4, 0);
	age(i, 9);
	assert_false(has_landed(s, i));
	age(i, 10);
	assert_true(has_landed(s, i));
}

CASE(setting_that_was_answered_nobody_knows_when_has_not_landed)
{
	SCENE;
	want(s, "browsers", APP, .count = 4, .session_timeout = 30);
	stand(s, "aig-1", "browsers", APP, .n = 4, .session_timeout = "30");
	struct intent *i = intent_of(s, VERB_CONFIGURE, 4, 0);
	assert_true(has_landed(s, i));
	i->settled_wall_ms = 0;
	assert_false(has_landed(s, i));
}

CASE(marks_of_a_delivery_group_land_when_its_row_shows_them)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	struct observed_group *g = stand(s, "aig-1", "browsers", APP, .n = 4);
	const char *marks = g->tags;
	g->tags = "";
	struct intent *i = intent_of(s, VERB_TAG, 1, 0);
	assert_int_equal(intent_set(&i->cloud_group, ""), 0);
	assert_int_equal(text_list_add(&i->targets, "aig-1"), 0);
	assert_false(has_landed(s, i));
	g->tags = marks;
	assert_true(has_landed(s, i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(nodes_get_no_rows),
		RUN(adopted_purchase_gets_its_own_row_only),
		RUN(absent_group_is_missing_then_gone),
		RUN(absent_subscription_stays_missing),
		RUN(listing_of_another_kind_proves_no_absence),
		RUN(empty_listing_of_the_kind_proves_no_absence),
		RUN(row_of_a_group_of_no_known_kind_is_kept),
		cmocka_unit_test(group_of_a_cancelled_order_is_gone_also_when_it_was_listed),
		RUN(deleted_group_of_no_known_kind_is_kept),
		RUN(expected_group_is_never_given_up),
		RUN(create_lands_when_all_nodes_are_there),
		RUN(create_that_came_short_lands_when_all_is_at_rest),
		RUN(create_does_not_land_before_its_order_is_paid),
		RUN(order_for_no_nodes_does_not_hold_up_what_is_there),
		RUN(create_of_a_scheduled_group_lands_with_its_listing),
		RUN(growth_lands_at_its_total),
		RUN(growth_that_never_comes_lands_only_after_an_edit),
		RUN(order_of_a_growth_that_has_landed_lands_too),
		RUN(order_found_by_looking_lands_by_number),
		RUN(shrink_lands_at_its_total_or_when_stuck),
		RUN(delete_lands_with_the_listing_of_its_own_kind),
		RUN(purchase_lands_when_it_is_listed),
		RUN(setting_lands_when_a_later_row_shows_it),
		RUN(setting_without_effect_is_given_up_after_ten_minutes),
		RUN(setting_that_was_answered_nobody_knows_when_has_not_landed),
		RUN(marks_of_a_delivery_group_land_when_its_row_shows_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
