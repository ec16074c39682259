/* Calls and rows of what has gone, was never listed, or is nobody's any more. */
#include "seeing.h"

#define APP .kind = KIND_APP_STREAMING

static bool is_changed(struct scene *s, const char *id)
{
	auto_seen struct seen_changes c = seen(s);
	for (size_t i = 0; i < c.changed.n; i++)
		if (strcmp(c.changed.items[i].row->id, id) == 0)
			return true;
	return false;
}

/* Answered @minutes ago. */
static struct intent *done(struct scene *s, enum verb verb, const char *cloud_group,
			   uint64_t minutes)
{
	const struct observed_group *g = &s->observed.groups[0];
	struct intent *i = scene_intent(s, verb, INTENT_DONE, "all", cloud_group, 1);
	i->kind = g->kind;
	i->settled_wall_ms = SCENE_WALL_MS - minutes * SCENE_MINUTE_MS;
	return i;
}

static void names(struct intent *i, const char *id)
{
	assert_int_equal(text_list_add(&i->targets, id), 0);
}

/* --- rows ----------------------------------------------------------------- */

CASE(deleted_group_proves_the_absence_of_what_it_held)
{
	SCENE;
	want(s, "all", .count = 1);
	struct observed_group *g = stand(s, "ag-1", "all", .n = 1);
	scene_row(s, "acp-lost", "ag-1", "all", RESOURCE_SEEN);
	g->available = 2;
	assert_false(is_changed(s, "acp-lost"));
	g->status = GROUP_DELETED;
	assert_true(is_changed(s, "acp-lost"));
}

CASE(deleted_group_that_nobody_recorded_is_not_found)
{
	SCENE;
	want(s, "all", .count = 1, .adopt = "ag-1");
	struct observed_group *g = stand(s, "ag-1", "all", .n = 0, .unrecorded = true);
	auto_seen struct seen_changes before = seen(s);
	assert_int_equal(before.found.n, 1);
	g->status = GROUP_DELETED;
	auto_seen struct seen_changes after = seen(s);
	assert_int_equal(after.found.n, 0);
}

/* A dropped group has a phone that nobody recorded: the listing shows none of those that were. */
CASE(nothing_is_missed_while_the_listing_of_its_kind_is_not_believed)
{
	SCENE;
	stand(s, "ag-1", "dropped", .n = 1, .unrecorded = true);
	stand(s, "aig-1", "dropped", APP, .n = 1);
	scene_row(s, "node-lost", "aig-1", "dropped", RESOURCE_SEEN);
	assert_false(is_changed(s, "node-lost"));
	scene_row(s, "", "ag-1", "dropped", RESOURCE_SEEN);
	assert_true(is_changed(s, "node-lost"));
}

/* --- calls that resize ---------------------------------------------------- */

CASE(create_waits_for_the_first_listing_of_what_it_made)
{
	SCENE;
	want(s, "all", .count = 1);
	struct observed_group *g = stand(s, "ag-1", "all", .n = 1);
	struct intent *i = done(s, VERB_CREATE, "", 1);
	assert_int_equal(intent_set(&i->result_group, "ag-1"), 0);
	assert_true(has_landed(s, i));
	g->listed_mono_ms = 0;
	assert_false(has_landed(s, i));
}

CASE(delete_of_what_was_never_listed_does_not_come_to_nothing)
{
	SCENE;
	want(s, "all", .count = 0);
	struct observed_group *g = stand(s, "ag-1", "all", .n = 1);
	struct intent *i = done(s, VERB_DELETE, "ag-1", 31);
	assert_true(has_landed(s, i));
	g->listed_mono_ms = 0;
	assert_false(has_landed(s, i));
}

CASE(shrink_of_what_was_deleted_lands_with_a_complete_listing)
{
	SCENE;
	want(s, "all", .count = 1);
	stand(s, "ag-1", "all", .n = 2, .status = GROUP_DELETED);
	struct intent *i = done(s, VERB_SHRINK, "ag-1", 1);
	names(i, "ag-1-000");
	assert_true(has_landed(s, i));
	s->observed.of[KIND_CLOUD_PHONE].complete = false;
	assert_false(has_landed(s, i));
}

CASE(delivery_group_that_came_and_went_has_come)
{
	SCENE;
	want(s, "all", APP, .count = 4);
	struct observed_group *g = stand(s, "aig-1", "all", APP, .n = 1);
	struct intent *i = done(s, VERB_CREATE, "", 1);
	i->count = 4;
	assert_int_equal(intent_set(&i->result_group, "aig-1"), 0);
	assert_false(has_landed(s, i));
	g->status = GROUP_DELETED;
	assert_true(has_landed(s, i));
}

CASE(shrink_to_a_number_waits_for_the_first_listing_of_the_nodes)
{
	SCENE;
	want(s, "all", APP, .count = 1);
	struct observed_group *g = stand(s, "aig-1", "all", APP, .n = 1);
	struct intent *i = done(s, VERB_SHRINK, "aig-1", 1);
	i->total = 1;
	assert_true(has_landed(s, i));
	g->listed_mono_ms = 0;
	assert_false(has_landed(s, i));
}

CASE(delete_of_a_delivery_group_that_stands_is_given_up_when_stuck)
{
	SCENE;
	want(s, "all", APP, .count = 0);
	stand(s, "aig-1", "all", APP, .n = 1);
	struct intent *i = done(s, VERB_DELETE, "aig-1", 29);
	assert_false(has_landed(s, i));
	i->settled_wall_ms -= 2 * SCENE_MINUTE_MS;
	assert_true(has_landed(s, i));
}

/* --- orders ----------------------------------------------------------------- */

CASE(unpaid_order_of_another_call_does_not_hold_up_a_create)
{
	SCENE;
	want(s, "all", APP, .count = 1);
	stand(s, "aig-1", "all", APP, .n = 1);
	struct intent *i = done(s, VERB_CREATE, "", 1);
	assert_int_equal(intent_set(&i->result_group, "aig-1"), 0);
	struct order *o = scene_order(s, "2201", "all", i->id + 1, 1, ORDER_UNPAID);
	assert_true(has_landed(s, i));
	o->intent = i->id;
	assert_false(has_landed(s, i));
}

CASE(order_that_was_found_lands_by_number_also_when_it_is_nobodys)
{
	SCENE;
	want(s, "all", APP, .count = 4);
	struct observed_group *g =
		stand(s, "aig-1", "", APP, .n = 3, .unmarked = true, .unrecorded = true);
	struct order *o = scene_order(s, "2201", "all", 0, 4, ORDER_PAID);
	assert_int_equal(intent_set(&o->cloud_group, "aig-1"), 0);
	assert_false(order_landed(s, o));
	g->available = 4;
	assert_true(order_landed(s, o));
}

CASE(order_lands_with_its_own_call)
{
	SCENE;
	want(s, "all", .count = 2);
	stand(s, "ag-1", "all", .n = 1);
	stand(s, "ag-2", "all", .n = 1);
	for (int k = 1; k <= 2; k++)
		assert_int_equal(intent_set(&done(s, VERB_CREATE, "", 1)->result_group,
					    scene_text(s, "ag-%d", k)),
				 0);
	struct order *o = scene_order(s, "2201", "all", s->intents[1]->id, 1, ORDER_PAID);
	assert_true(order_landed(s, o));
	s->observed.groups[1].listed_mono_ms = 0;
	assert_false(order_landed(s, o));
}

/* --- calls that touch ------------------------------------------------------- */

static void check_power(enum verb verb)
{
	struct scene *s = scene_new();
	want(s, "all", .count = 1);
	struct observed_group *g = stand(s, "ag-1", "all", .n = 1);
	struct intent *i = done(s, verb, "", 1);
	names(i, "ag-1-000");
	assert_true(has_landed(s, i));
	g->instances[0].status = INSTANCE_STOPPED;
	assert_false(has_landed(s, i));
	g->instances[0].status = INSTANCE_DELETING; /* nothing more to wait for */
	assert_true(has_landed(s, i));
	scene_free(s);
}

CASE(every_call_of_power_lands_when_the_phone_runs)
{
	(void)state;
	check_power(VERB_START);
	check_power(VERB_REBOOT);
	check_power(VERB_RESET);
}

CASE(key_of_a_dropped_groups_phone_is_wanted_by_nobody)
{
	SCENE;
	struct desired_group *d = want(s, "all", .count = 1, .key_pair = "kp-1");
	stand(s, "ag-1", "all", .n = 1);
	struct intent *i = done(s, VERB_ATTACH_KEY, "", 1);
	names(i, "ag-1-000");
	assert_false(has_landed(s, i));
	desired_group_fini(d);
	s->desired.n_groups = 0;
	s->n_prospects = 0;
	assert_true(has_landed(s, i));
}

CASE(setting_of_what_was_deleted_has_landed)
{
	SCENE;
	want(s, "all", APP, .count = 1, .session_timeout = 30);
	struct observed_group *g = stand(s, "aig-1", "all", APP, .n = 1, .session_timeout = "15");
	struct intent *i = done(s, VERB_CONFIGURE, "aig-1", 1);
	assert_false(has_landed(s, i));
	g->status = GROUP_DELETED;
	assert_true(has_landed(s, i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(deleted_group_proves_the_absence_of_what_it_held),
		RUN(deleted_group_that_nobody_recorded_is_not_found),
		RUN(nothing_is_missed_while_the_listing_of_its_kind_is_not_believed),
		RUN(create_waits_for_the_first_listing_of_what_it_made),
		RUN(delete_of_what_was_never_listed_does_not_come_to_nothing),
		RUN(shrink_of_what_was_deleted_lands_with_a_complete_listing),
		RUN(delivery_group_that_came_and_went_has_come),
		RUN(shrink_to_a_number_waits_for_the_first_listing_of_the_nodes),
		RUN(delete_of_a_delivery_group_that_stands_is_given_up_when_stuck),
		RUN(unpaid_order_of_another_call_does_not_hold_up_a_create),
		RUN(order_that_was_found_lands_by_number_also_when_it_is_nobodys),
		RUN(order_lands_with_its_own_call),
		cmocka_unit_test(every_call_of_power_lands_when_the_phone_runs),
		RUN(key_of_a_dropped_groups_phone_is_wanted_by_nobody),
		RUN(setting_of_what_was_deleted_has_landed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
