/* What the newest listings change in the ledger's memory. */
#include "plan/seen.h"
#include "planning.h"

#define auto_seen cleanup(seen_changes_fini)

static struct seen_changes seen_of(struct scene *s, const bool kinds[KIND_MAX_])
{
	struct seen_changes c = {0};
	assert_int_equal(seen_compute(scene_input(s), kinds, &c), 0);
	return c;
}

static struct seen_changes seen(struct scene *s)
{
	return seen_of(s, every_kind);
}

static const struct row_change *change_of(const struct seen_changes *c, const char *id)
{
	for (size_t i = 0; i < c->changed.n; i++)
		if (strcmp(c->changed.items[i].row->id, id) == 0)
			return &c->changed.items[i];
	return NULL;
}

static bool has_landed(const struct seen_changes *c, const struct intent *intent)
{
	for (size_t i = 0; i < c->intents.n; i++)
		if (c->intents.items[i] == intent)
			return true;
	return false;
}

static bool order_landed(const struct seen_changes *c, const struct order *order)
{
	for (size_t i = 0; i < c->orders.n; i++)
		if (c->orders.items[i] == order)
			return true;
	return false;
}

static void show_fewer(struct observed_group *g, size_t n)
{
	g->n_instances = n;
	g->available = (int64_t)n;
}

CASE(steady_fleet_changes_nothing)
{
	SCENE;
	want(s, "phones", .count = 10);
	stand(s, "ag-1", "phones", .n = 10);
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.changed.n + c.found.n + c.intents.n + c.orders.n, 0);
}

CASE(expected_id_is_seen)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 1);
	s->rows[1].state = RESOURCE_EXPECTED;
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.changed.n, 1);
	assert_int_equal(c.changed.items[0].state, RESOURCE_SEEN);
	assert_int_equal(c.changed.items[0].seen_wall_ms, SCENE_WALL_MS);
}

CASE(expected_id_is_never_given_up)
{
	SCENE;
	want(s, "phones", .count = 2);
	stand(s, "ag-1", "phones", .n = 1);
	scene_row(s, "acp-never", "ag-1", "phones", RESOURCE_EXPECTED)->first_wall_ms = 1;
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.changed.n, 0);
}

CASE(expected_id_of_a_cancelled_order_is_given_up)
{
	SCENE;
	want(s, "phones", .count = 2);
	stand(s, "ag-1", "phones", .n = 1);
	scene_row(s, "acp-never", "ag-1", "phones", RESOURCE_EXPECTED)->intent = 5;
	scene_order(s, "2201", "phones", 5, 1, ORDER_CANCELLED);
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(change_of(&c, "acp-never")->state, RESOURCE_GONE);
}

CASE(absent_instance_is_missing_at_first)
{
	SCENE;
	want(s, "phones", .count = 10);
	show_fewer(stand(s, "ag-1", "phones", .n = 10), 9);
	auto_seen struct seen_changes c = seen(s);
	const struct row_change *r = change_of(&c, "ag-1-009");
	assert_int_equal(c.changed.n, 1);
	assert_int_equal(r->state, RESOURCE_MISSING);
	assert_int_equal(r->missing_listings, 1);
	assert_int_equal(r->missing_wall_ms, SCENE_WALL_MS);
}

static struct resource *lose(struct scene *s, int listings, uint64_t for_ms)
{
	want(s, "phones", .count = 10);
	stand(s, "ag-1", "phones", .n = 9);
	struct resource *r = scene_row(s, "acp-lost", "ag-1", "phones", RESOURCE_MISSING);
	r->missing_listings = listings;
	r->missing_wall_ms = SCENE_WALL_MS - for_ms;
	return r;
}

CASE(missing_instance_comes_back)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 1);
	s->rows[1].state = RESOURCE_MISSING;
	s->rows[1].missing_listings = 2;
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.changed.items[0].state, RESOURCE_SEEN);
	assert_int_equal(c.changed.items[0].missing_listings, 0);
}

CASE(three_listings_over_ten_minutes_make_it_gone)
{
	SCENE;
	lose(s, 2, 10 * SCENE_MINUTE_MS);
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(change_of(&c, "acp-lost")->state, RESOURCE_GONE);
}

CASE(two_listings_do_not)
{
	SCENE;
	lose(s, 1, 60 * SCENE_MINUTE_MS);
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(change_of(&c, "acp-lost")->state, RESOURCE_MISSING);
	assert_int_equal(change_of(&c, "acp-lost")->missing_listings, 2);
}

CASE(less_than_ten_minutes_do_not)
{
	SCENE;
	lose(s, 7, 10 * SCENE_MINUTE_MS - 1);
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(change_of(&c, "acp-lost")->state, RESOURCE_MISSING);
}

CASE(an_absence_that_lies_ahead_begins_anew)
{
	SCENE;
	lose(s, 7, 0)->missing_wall_ms = SCENE_WALL_MS + 400 * 24 * 60 * SCENE_MINUTE_MS;
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(change_of(&c, "acp-lost")->state, RESOURCE_MISSING);
	assert_int_equal(change_of(&c, "acp-lost")->missing_listings, 1);
	assert_int_equal(change_of(&c, "acp-lost")->missing_wall_ms, SCENE_WALL_MS);
}

CASE(listing_counts_once)
{
	SCENE;
	lose(s, 1, 60 * SCENE_MINUTE_MS);
	s->in.seen_mono_ms[KIND_CLOUD_PHONE] = s->observed.groups[0].listed_mono_ms;
	auto_seen struct seen_changes c = seen(s);
	assert_null(change_of(&c, "acp-lost"));
}

/* ... whenever those of other kinds were taken in. */
CASE(listing_counts_once_for_its_kind)
{
	SCENE;
	lose(s, 1, 60 * SCENE_MINUTE_MS);
	s->in.seen_mono_ms[KIND_APP_STREAMING] = SCENE_MONO_MS;
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(change_of(&c, "acp-lost")->missing_listings, 2);
}

CASE(prepaid_instance_stays_missing_for_a_person)
{
	SCENE;
	lose(s, 7, 60 * SCENE_MINUTE_MS)->charge = CHARGE_PREPAID;
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(change_of(&c, "acp-lost")->state, RESOURCE_MISSING);
}

CASE(prepaid_instance_that_nobody_wants_goes_by_itself)
{
	SCENE;
	lose(s, 2, 10 * SCENE_MINUTE_MS)->charge = CHARGE_PREPAID;
	s->desired.groups[0].count = 0;
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(change_of(&c, "acp-lost")->state, RESOURCE_GONE);
}

CASE(listing_shorter_than_its_row_proves_no_absence)
{
	SCENE;
	lose(s, 2, 10 * SCENE_MINUTE_MS);
	s->observed.groups[0].available = 10;
	auto_seen struct seen_changes c = seen(s);
	assert_null(change_of(&c, "acp-lost"));
}

CASE(empty_listing_proves_no_absence)
{
	SCENE;
	want(s, "phones", .count = 1);
	scene_row(s, "acp-1", "ag-1", "phones", RESOURCE_SEEN);
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.changed.n, 0);
}

CASE(incomplete_listing_proves_no_absence_of_a_group)
{
	SCENE;
	want(s, "phones", .count = 11);
	stand(s, "ag-1", "phones", .n = 10);
	scene_row(s, "acp-1", "ag-2", "phones", RESOURCE_SEEN);
	s->observed.of[KIND_CLOUD_PHONE].complete = false;
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.changed.n, 0);
}

CASE(instances_of_an_absent_group_are_missing)
{
	SCENE;
	want(s, "phones", .count = 11);
	stand(s, "ag-1", "phones", .n = 10);
	scene_row(s, "", "ag-2", "phones", RESOURCE_SEEN);
	scene_row(s, "acp-1", "ag-2", "phones", RESOURCE_SEEN);
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.changed.n, 2);
	assert_int_equal(change_of(&c, "acp-1")->state, RESOURCE_MISSING);
	assert_int_equal(change_of(&c, "")->state, RESOURCE_MISSING);
}

CASE(instance_seen_being_deleted_is_gone_at_once)
{
	SCENE;
	want(s, "phones", .count = 2);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 2);
	g->instances[0].status = INSTANCE_DELETING;
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.changed.n, 1);
	assert_int_equal(change_of(&c, "ag-1-000")->state, RESOURCE_GONE);
}

CASE(instance_being_deleted_is_not_found_again)
{
	SCENE;
	want(s, "phones", .count = 2);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 2);
	scene_instance(s, g, "acp-going", INSTANCE_DELETING);
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.found.n, 0);
}

CASE(victim_of_a_done_shrink_is_gone_at_once)
{
	SCENE;
	want(s, "phones", .count = 9);
	show_fewer(stand(s, "ag-1", "phones", .n = 10), 9);
	struct intent *i = scene_intent(s, VERB_SHRINK, INTENT_DONE, "phones", "ag-1", 1);
	assert_int_equal(text_list_add(&i->targets, "ag-1-009"), 0);
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(change_of(&c, "ag-1-009")->state, RESOURCE_GONE);
	assert_true(has_landed(&c, i));
}

CASE(shrink_stays_while_the_row_still_counts_its_victim)
{
	SCENE;
	lose(s, 0, 0)->state = RESOURCE_SEEN;
	struct intent *i = scene_intent(s, VERB_SHRINK, INTENT_DONE, "phones", "ag-1", 1);
	assert_int_equal(text_list_add(&i->targets, "acp-lost"), 0);
	s->observed.groups[0].available++;
	auto_seen struct seen_changes early = seen(s);
	assert_null(change_of(&early, "acp-lost"));
	assert_false(has_landed(&early, i));
	s->observed.groups[0].available--;
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(change_of(&c, "acp-lost")->state, RESOURCE_GONE);
	assert_true(has_landed(&c, i));
}

CASE(shrink_whose_victim_still_runs_has_not_landed)
{
	SCENE;
	want(s, "phones", .count = 9);
	stand(s, "ag-1", "phones", .n = 10);
	struct intent *i = scene_intent(s, VERB_SHRINK, INTENT_DONE, "phones", "ag-1", 1);
	assert_int_equal(text_list_add(&i->targets, "ag-1-009"), 0);
	auto_seen struct seen_changes c = seen(s);
	assert_false(has_landed(&c, i));
}

CASE(removal_that_came_to_nothing_is_given_up_when_stuck)
{
	static const enum verb verbs[] = {VERB_SHRINK, VERB_DELETE};
	for (size_t k = 0; k < ARRAY_SIZE(verbs); k++) {
		SCENE;
		want(s, "phones", .count = 9);
		stand(s, "ag-1", "phones", .n = 10);
		struct intent *i = scene_intent(s, verbs[k], INTENT_DONE, "phones", "ag-1", 1);
		assert_int_equal(text_list_add(&i->targets, "ag-1-009"), 0);
		i->settled_wall_ms = SCENE_WALL_MS - 29 * SCENE_MINUTE_MS;
		auto_seen struct seen_changes early = seen(s);
		assert_false(has_landed(&early, i));
		i->settled_wall_ms = SCENE_WALL_MS - 31 * SCENE_MINUTE_MS;
		auto_seen struct seen_changes late = seen(s);
		assert_true(has_landed(&late, i));
	}
}

CASE(deleted_group_and_all_it_held_are_gone_even_as_the_last)
{
	SCENE;
	want(s, "phones", .count = 0);
	scene_row(s, "", "ag-1", "phones", RESOURCE_SEEN);
	scene_row(s, "acp-1", "ag-1", "phones", RESOURCE_SEEN);
	struct intent *i = scene_intent(s, VERB_DELETE, INTENT_DONE, "phones", "ag-1", 1);
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.changed.n, 2);
	assert_int_equal(c.changed.items[0].state, RESOURCE_GONE);
	assert_int_equal(c.changed.items[1].state, RESOURCE_GONE);
	assert_true(has_landed(&c, i));
}

CASE(delete_of_a_group_that_still_stands_has_not_landed)
{
	SCENE;
	want(s, "phones", .count = 0);
	stand(s, "ag-1", "phones", .n = 1, .status = GROUP_DELETING);
	struct intent *i = scene_intent(s, VERB_DELETE, INTENT_DONE, "phones", "ag-1", 1);
	auto_seen struct seen_changes c = seen(s);
	assert_false(has_landed(&c, i));
}

CASE(new_instances_of_ours_are_found_with_their_maker)
{
	SCENE;
	want(s, "phones", .count = 11);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 10);
	struct intent *i = scene_intent(s, VERB_GROW, INTENT_UNCLEAR, "phones", "ag-1", 1);
	for (int k = 0; k < 10; k++)
		assert_int_equal(text_list_add(&i->before, g->instances[k].id), 0);
	scene_instance(s, g, "acp-new", INSTANCE_CREATING);
	g->available = 11;
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.found.n, 1);
	assert_string_equal(c.found.items[0].id, "acp-new");
	assert_string_equal(c.found.items[0].group, "phones");
	assert_int_equal(c.found.items[0].intent, i->id);
	assert_int_equal(c.intents.n, 0);
}

CASE(group_made_by_an_unclear_create_is_found)
{
	SCENE;
	want(s, "phones", .count = 2);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_UNCLEAR, "phones", "", 2);
	stand(s, "ag-1", "phones", .n = 2, .unrecorded = true, .intent = "key1");
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.found.n, 3);
	assert_string_equal(c.found.items[0].id, "");
	assert_string_equal(c.found.items[0].cloud_group, "ag-1");
	assert_int_equal(c.found.items[0].intent, i->id);
}

CASE(adopted_instances_are_found)
{
	SCENE;
	want(s, "phones", .count = 2, .adopt = "ag-1");
	stand(s, "ag-1", "phones", .n = 2, .unmarked = true, .unrecorded = true);
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.found.n, 3);
	assert_int_equal(c.found.items[1].intent, 0);
}

CASE(mark_alone_records_nothing)
{
	SCENE;
	want(s, "phones", .count = 2);
	stand(s, "ag-1", "phones", .n = 2, .unrecorded = true, .owner = "the one before");
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.found.n, 0);
}

CASE(strangers_are_not_recorded)
{
	SCENE;
	want(s, "phones", .count = 2);
	stand(s, "ag-1", "", .n = 2, .unrecorded = true, .unmarked = true);
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.found.n, 0);
}

/* --- landing ------------------------------------------------------------ */

static struct intent *done_create(struct scene *s, int64_t count)
{
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "phones", "", count);
	assert_int_equal(intent_set(&i->result_group, "ag-1"), 0);
	return i;
}

CASE(create_lands_when_all_it_made_is_listed)
{
	SCENE;
	want(s, "phones", .count = 2);
	stand(s, "ag-1", "phones", .n = 2);
	struct intent *i = done_create(s, 2);
	struct order *o = scene_order(s, "2201", "phones", i->id, 2, ORDER_PAID);
	auto_seen struct seen_changes c = seen(s);
	assert_true(has_landed(&c, i));
	assert_true(order_landed(&c, o));
}

CASE(create_that_is_half_visible_has_not_landed)
{
	SCENE;
	want(s, "phones", .count = 2);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 1);
	g->ids_since_mono_ms = g->listed_mono_ms - SCENE_MINUTE_MS;
	struct intent *i = done_create(s, 2);
	struct order *o = scene_order(s, "2201", "phones", i->id, 2, ORDER_PAID);
	auto_seen struct seen_changes c = seen(s);
	assert_false(has_landed(&c, i));
	assert_false(order_landed(&c, o));
}

CASE(create_that_came_short_lands_after_ten_quiet_minutes)
{
	SCENE;
	want(s, "phones", .count = 2);
	stand(s, "ag-1", "phones", .n = 1);
	struct intent *i = done_create(s, 2);
	i->settled_wall_ms = SCENE_WALL_MS - 11 * SCENE_MINUTE_MS;
	auto_seen struct seen_changes c = seen(s);
	assert_true(has_landed(&c, i));
}

/* Its row is new, what is in it has not been listed again: the end of a look at another kind. */
CASE(create_does_not_land_in_the_middle_of_the_look)
{
	SCENE;
	static const bool others[KIND_MAX_] = {[KIND_APP_STREAMING] = true, [KIND_PURCHASE] = true};
	want(s, "phones", .count = 3);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 1);
	struct intent *i = done_create(s, 3);
	struct order *o = scene_order(s, "2201", "phones", i->id, 3, ORDER_PAID);
	i->settled_wall_ms = SCENE_WALL_MS - 11 * SCENE_MINUTE_MS;
	(void)scene_row(s, "ag-1-002", "ag-1", "phones", RESOURCE_EXPECTED);
	scene_instance(s, g, "ag-1-002", INSTANCE_RUNNING);
	auto_seen struct seen_changes half = seen_of(s, others);
	assert_int_equal(half.intents.n + half.orders.n + half.changed.n + half.found.n, 0);
	auto_seen struct seen_changes whole = seen(s);
	assert_true(has_landed(&whole, i) && order_landed(&whole, o));
	assert_int_equal(change_of(&whole, "ag-1-002")->state, RESOURCE_SEEN);
}

CASE(group_of_no_known_kind_needs_no_look)
{
	SCENE;
	static const bool none[KIND_MAX_];
	struct order *o = scene_order(s, "2201", "gone", 9, 0, ORDER_PAID);
	auto_seen struct seen_changes c = seen_of(s, none);
	assert_true(order_landed(&c, o));
}

CASE(create_does_not_land_while_the_group_is_creating)
{
	SCENE;
	want(s, "phones", .count = 2);
	stand(s, "ag-1", "phones", .n = 1, .creating = true);
	struct intent *i = done_create(s, 2);
	i->settled_wall_ms = SCENE_WALL_MS - 60 * SCENE_MINUTE_MS;
	auto_seen struct seen_changes c = seen(s);
	assert_false(has_landed(&c, i));
}

CASE(create_waits_for_every_id_of_its_reply)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 1);
	struct intent *i = done_create(s, 1);
	assert_int_equal(text_list_add(&i->result, "acp-other"), 0);
	scene_row(s, "acp-other", "ag-1", "phones", RESOURCE_EXPECTED);
	auto_seen struct seen_changes c = seen(s);
	assert_false(has_landed(&c, i));
}

CASE(create_does_not_wait_for_an_id_that_came_and_went)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 1);
	struct intent *i = done_create(s, 1);
	assert_int_equal(text_list_add(&i->result, "acp-other"), 0); /* its row is GONE */
	auto_seen struct seen_changes c = seen(s);
	assert_true(has_landed(&c, i));
}

CASE(create_lands_with_every_id_of_its_reply)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 1);
	s->rows[1].state = RESOURCE_EXPECTED;
	struct intent *i = done_create(s, 1);
	assert_int_equal(text_list_add(&i->result, "ag-1-000"), 0);
	auto_seen struct seen_changes c = seen(s);
	assert_true(has_landed(&c, i));
}

CASE(create_that_came_short_does_not_land_while_more_comes)
{
	SCENE;
	want(s, "phones", .count = 2);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 1);
	g->ids_since_mono_ms = g->listed_mono_ms - 9 * SCENE_MINUTE_MS;
	struct intent *i = done_create(s, 2);
	i->settled_wall_ms = SCENE_WALL_MS - 60 * SCENE_MINUTE_MS;
	auto_seen struct seen_changes early = seen(s);
	assert_false(has_landed(&early, i));
	g->ids_since_mono_ms = g->listed_mono_ms - 10 * SCENE_MINUTE_MS;
	auto_seen struct seen_changes late = seen(s);
	assert_true(has_landed(&late, i));
}

static struct intent *done_grow(struct scene *s, int64_t count, int known)
{
	struct intent *i = scene_intent(s, VERB_GROW, INTENT_DONE, "phones", "ag-1", count);
	for (int k = 0; k < known; k++)
		assert_int_equal(text_list_add(&i->before, scene_text(s, "ag-1-%03d", k)), 0);
	return i;
}

CASE(grow_lands_when_as_many_new_ids_are_listed)
{
	SCENE;
	want(s, "phones", .count = 12);
	stand(s, "ag-1", "phones", .n = 12);
	struct intent *i = done_grow(s, 2, 10);
	auto_seen struct seen_changes c = seen(s);
	assert_true(has_landed(&c, i));
}

CASE(grow_with_fewer_new_ids_has_not_landed)
{
	SCENE;
	want(s, "phones", .count = 12);
	stand(s, "ag-1", "phones", .n = 11);
	struct intent *i = done_grow(s, 2, 10);
	auto_seen struct seen_changes c = seen(s);
	assert_false(has_landed(&c, i));
}

CASE(grow_that_came_short_lands_after_ten_quiet_minutes)
{
	SCENE;
	want(s, "phones", .count = 12);
	stand(s, "ag-1", "phones", .n = 11);
	struct intent *i = done_grow(s, 2, 10);
	i->settled_wall_ms = SCENE_WALL_MS - 11 * SCENE_MINUTE_MS;
	auto_seen struct seen_changes c = seen(s);
	assert_true(has_landed(&c, i));
}

CASE(grow_waits_for_every_id_of_its_reply)
{
	SCENE;
	want(s, "phones", .count = 11);
	stand(s, "ag-1", "phones", .n = 11);
	struct intent *i = done_grow(s, 1, 10);
	assert_int_equal(text_list_add(&i->result, "acp-other"), 0);
	struct resource *row = scene_row(s, "acp-other", "ag-1", "phones", RESOURCE_EXPECTED);
	auto_seen struct seen_changes early = seen(s);
	assert_false(has_landed(&early, i));
	row->state = RESOURCE_SEEN; /* it came and went */
	auto_seen struct seen_changes late = seen(s);
	assert_true(has_landed(&late, i));
}

CASE(open_intents_never_land)
{
	SCENE;
	want(s, "phones", .count = 12);
	stand(s, "ag-1", "phones", .n = 12);
	done_grow(s, 2, 10)->state = INTENT_UNCLEAR;
	auto_seen struct seen_changes c = seen(s);
	assert_int_equal(c.intents.n, 0);
}

static struct intent *done_touch(struct scene *s, enum verb verb, uint64_t ago_ms)
{
	struct intent *i = scene_intent(s, verb, INTENT_DONE, "phones", "", 1);
	assert_int_equal(text_list_add(&i->targets, "ag-1-000"), 0);
	i->settled_wall_ms = SCENE_WALL_MS - ago_ms;
	return i;
}

CASE(tagging_lands_when_a_later_listing_shows_the_tags)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 1);
	struct intent *i = done_touch(s, VERB_TAG, 2000);
	auto_seen struct seen_changes c = seen(s);
	assert_true(has_landed(&c, i));
}

CASE(tagging_does_not_land_on_a_listing_from_before_it)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 1);
	struct intent *i = done_touch(s, VERB_TAG, 500);
	auto_seen struct seen_changes c = seen(s);
	assert_false(has_landed(&c, i));
}

CASE(tags_that_do_not_show_are_not_set_again_for_ten_minutes)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 1)->instances[0].tags = "";
	struct intent *i = done_touch(s, VERB_TAG, 9 * SCENE_MINUTE_MS);
	auto_seen struct seen_changes early = seen(s);
	assert_false(has_landed(&early, i));
	i->settled_wall_ms = SCENE_WALL_MS - 10 * SCENE_MINUTE_MS;
	auto_seen struct seen_changes late = seen(s);
	assert_true(has_landed(&late, i));
}

CASE(reboot_lands_when_the_phone_runs)
{
	SCENE;
	want(s, "phones", .count = 1, .heal = HEAL_REBOOT);
	stand(s, "ag-1", "phones", .n = 1);
	struct intent *i = done_touch(s, VERB_REBOOT, SCENE_MINUTE_MS);
	auto_seen struct seen_changes c = seen(s);
	assert_true(has_landed(&c, i));
}

CASE(reboot_that_did_not_help_is_paused_for_ten_minutes)
{
	SCENE;
	want(s, "phones", .count = 1, .heal = HEAL_REBOOT);
	stand(s, "ag-1", "phones", .n = 1)->instances[0].status = INSTANCE_UNAVAILABLE;
	struct intent *i = done_touch(s, VERB_REBOOT, 9 * SCENE_MINUTE_MS);
	auto_seen struct seen_changes c = seen(s);
	assert_false(has_landed(&c, i));
}

CASE(call_that_was_answered_nobody_knows_when_has_not_landed)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 1);
	struct intent *i = done_touch(s, VERB_REBOOT, SCENE_WALL_MS);
	assert_int_equal(i->settled_wall_ms, 0);
	auto_seen struct seen_changes c = seen(s);
	assert_false(has_landed(&c, i));
}

/* The clock went back: the answer is as young as can be. */
CASE(answer_that_lies_ahead_waits_for_a_listing_from_now)
{
	SCENE;
	want(s, "phones", .count = 1);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 1);
	struct intent *i = done_touch(s, VERB_REBOOT, 0);
	i->settled_wall_ms += SCENE_DAY_MS;
	auto_seen struct seen_changes early = seen(s);
	assert_false(has_landed(&early, i));
	g->listed_mono_ms = SCENE_MONO_MS;
	auto_seen struct seen_changes late = seen(s);
	assert_true(has_landed(&late, i));
}

CASE(order_found_by_looking_lands_once_all_it_bought_is_listed)
{
	SCENE;
	want(s, "phones", .count = 3);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 2);
	struct order *o = scene_order(s, "2201", "phones", 0, 3, ORDER_PAID);
	assert_int_equal(intent_set(&o->cloud_group, "ag-1"), 0);
	auto_seen struct seen_changes early = seen(s);
	assert_false(order_landed(&early, o));
	scene_instance(s, g, "ag-1-002", INSTANCE_RUNNING);
	auto_seen struct seen_changes late = seen(s);
	assert_true(order_landed(&late, o));
}

CASE(order_for_no_instances_lands_when_paid)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 1);
	struct order *o = scene_order(s, "2201", "phones", 9, 0, ORDER_UNPAID);
	auto_seen struct seen_changes before = seen(s);
	assert_false(order_landed(&before, o));
	o->status = ORDER_PAID;
	auto_seen struct seen_changes after = seen(s);
	assert_true(order_landed(&after, o));
}

CASE(order_lands_once_the_instances_of_its_intent_were_seen)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 1);
	struct order *o = scene_order(s, "2201", "phones", 9, 1, ORDER_PAID);
	auto_seen struct seen_changes before = seen(s);
	assert_false(order_landed(&before, o));
	s->rows[1].intent = 9;
	auto_seen struct seen_changes after = seen(s);
	assert_true(order_landed(&after, o));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(steady_fleet_changes_nothing),
		RUN(expected_id_is_seen),
		RUN(expected_id_is_never_given_up),
		RUN(expected_id_of_a_cancelled_order_is_given_up),
		RUN(absent_instance_is_missing_at_first),
		RUN(missing_instance_comes_back),
		RUN(three_listings_over_ten_minutes_make_it_gone),
		RUN(two_listings_do_not),
		RUN(less_than_ten_minutes_do_not),
		RUN(an_absence_that_lies_ahead_begins_anew),
		RUN(listing_counts_once),
		RUN(listing_counts_once_for_its_kind),
		RUN(prepaid_instance_stays_missing_for_a_person),
		RUN(prepaid_instance_that_nobody_wants_goes_by_itself),
		RUN(listing_shorter_than_its_row_proves_no_absence),
		RUN(empty_listing_proves_no_absence),
		RUN(incomplete_listing_proves_no_absence_of_a_group),
		RUN(instances_of_an_absent_group_are_missing),
		RUN(instance_seen_being_deleted_is_gone_at_once),
		RUN(instance_being_deleted_is_not_found_again),
		RUN(victim_of_a_done_shrink_is_gone_at_once),
		RUN(shrink_stays_while_the_row_still_counts_its_victim),
		RUN(shrink_whose_victim_still_runs_has_not_landed),
		RUN(removal_that_came_to_nothing_is_given_up_when_stuck),
		RUN(deleted_group_and_all_it_held_are_gone_even_as_the_last),
		RUN(delete_of_a_group_that_still_stands_has_not_landed),
		RUN(new_instances_of_ours_are_found_with_their_maker),
		RUN(group_made_by_an_unclear_create_is_found),
		RUN(adopted_instances_are_found),
		RUN(mark_alone_records_nothing),
		RUN(strangers_are_not_recorded),
		RUN(create_lands_when_all_it_made_is_listed),
		RUN(create_that_is_half_visible_has_not_landed),
		RUN(create_that_came_short_lands_after_ten_quiet_minutes),
		RUN(create_does_not_land_in_the_middle_of_the_look),
		RUN(group_of_no_known_kind_needs_no_look),
		RUN(create_does_not_land_while_the_group_is_creating),
		RUN(create_waits_for_every_id_of_its_reply),
		RUN(create_does_not_wait_for_an_id_that_came_and_went),
		RUN(create_lands_with_every_id_of_its_reply),
		RUN(create_that_came_short_does_not_land_while_more_comes),
		RUN(grow_lands_when_as_many_new_ids_are_listed),
		RUN(grow_with_fewer_new_ids_has_not_landed),
		RUN(grow_that_came_short_lands_after_ten_quiet_minutes),
		RUN(grow_waits_for_every_id_of_its_reply),
		RUN(open_intents_never_land),
		RUN(tagging_lands_when_a_later_listing_shows_the_tags),
		RUN(tagging_does_not_land_on_a_listing_from_before_it),
		RUN(tags_that_do_not_show_are_not_set_again_for_ten_minutes),
		RUN(reboot_lands_when_the_phone_runs),
		RUN(reboot_that_did_not_help_is_paused_for_ten_minutes),
		RUN(call_that_was_answered_nobody_knows_when_has_not_landed),
		RUN(answer_that_lies_ahead_waits_for_a_listing_from_now),
		RUN(order_found_by_looking_lands_once_all_it_bought_is_listed),
		RUN(order_for_no_instances_lands_when_paid),
		RUN(order_lands_once_the_instances_of_its_intent_were_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
