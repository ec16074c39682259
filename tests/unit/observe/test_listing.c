/* What complete listings do to the observation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "observe/listing.h"

struct bench {
	struct observed o;
	struct listed_groups groups;
	struct listed_instances instances;
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	observed_init(&b->o);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	vec_free(&b->groups.rows);
	vec_free(&b->instances.rows);
	observed_fini(&b->o);
	free(b);
	return 0;
}

static struct observed_group *list_group(struct bench *b, const char *id)
{
	struct observed_group *row = vec_add(&b->groups.rows);
	assert_non_null(row);
	(void)snprintf(row->id, sizeof(row->id), "%s", id);
	return row;
}

static void merge_groups(struct bench *b, const char *const *ids, size_t n, uint64_t now)
{
	for (size_t k = 0; k < n; k++)
		(void)list_group(b, ids[k]);
	assert_int_equal(0, listing_merge_groups(&b->o, KIND_CLOUD_PHONE, &b->groups, now));
}

#define GROUPS(b, now, ...)                                                                        \
	merge_groups((b), (const char *const[]){__VA_ARGS__},                                      \
		     sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), (now))

static void list_instance(struct bench *b, const char *group, const char *id,
			  enum instance_status status)
{
	struct listed_instance *row = vec_add(&b->instances.rows);
	assert_non_null(row);
	(void)snprintf(row->instance.id, sizeof(row->instance.id), "%s", id);
	(void)snprintf(row->group, sizeof(row->group), "%s", group);
	row->instance.status = status;
}

static void merge_instances(struct bench *b, const char *group, uint64_t now)
{
	assert_int_equal(0, listing_merge_instances(&b->o, &group, 1, &b->instances, now));
	assert_int_equal(0, b->instances.rows.n);
}

static void groups_are_sorted_and_the_listing_counts(void **state)
{
	struct bench *b = *state;
	GROUPS(b, 100, "ag-3", "ag-1", "ag-2");
	assert_int_equal(3, b->o.n_groups);
	assert_string_equal("ag-1", b->o.groups[0].id);
	assert_string_equal("ag-3", b->o.groups[2].id);
	assert_true(b->o.of[KIND_CLOUD_PHONE].complete);
	assert_int_equal(1, b->o.of[KIND_CLOUD_PHONE].complete_listings);
	assert_int_equal(100, b->o.of[KIND_CLOUD_PHONE].listed_mono_ms);
	assert_int_equal(0, b->groups.rows.n); /* the rows were taken */
	assert_int_equal(0, b->o.groups[0].listed_mono_ms);
	assert_int_equal(0, b->o.groups[0].ids_since_mono_ms);
}

static void a_group_listed_twice_counts_once_as_it_was_last(void **state)
{
	struct bench *b = *state;
	list_group(b, "ag-2")->number = 1;
	list_group(b, "ag-1")->number = 10;
	list_group(b, "ag-2")->number = 2;
	list_group(b, "ag-2")->number = 3;
	assert_int_equal(0, listing_merge_groups(&b->o, KIND_CLOUD_PHONE, &b->groups, 5));
	assert_int_equal(2, b->o.n_groups);
	assert_int_equal(10, b->o.groups[0].number);
	assert_int_equal(3, b->o.groups[1].number);
}

static void the_ids_agree_since_the_first_listing_that_had_them(void **state)
{
	struct bench *b = *state;
	GROUPS(b, 100, "ag-1", "ag-2");
	assert_int_equal(100, b->o.of[KIND_CLOUD_PHONE].ids_since_mono_ms);
	GROUPS(b, 200, "ag-2", "ag-1");
	assert_int_equal(100, b->o.of[KIND_CLOUD_PHONE].ids_since_mono_ms);
	GROUPS(b, 300, "ag-2", "ag-3"); /* as many, but others */
	assert_int_equal(300, b->o.of[KIND_CLOUD_PHONE].ids_since_mono_ms);
	GROUPS(b, 400, "ag-2");
	assert_int_equal(400, b->o.of[KIND_CLOUD_PHONE].ids_since_mono_ms);
	assert_int_equal(4, b->o.of[KIND_CLOUD_PHONE].complete_listings);
}

static void an_empty_listing_is_one_too(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, listing_merge_groups(&b->o, KIND_CLOUD_PHONE, &b->groups, 100));
	assert_true(b->o.of[KIND_CLOUD_PHONE].complete);
	assert_int_equal(0, b->o.n_groups);
	assert_int_equal(100, b->o.of[KIND_CLOUD_PHONE].ids_since_mono_ms);
	assert_int_equal(0, listing_merge_groups(&b->o, KIND_CLOUD_PHONE, &b->groups, 200));
	assert_int_equal(100, b->o.of[KIND_CLOUD_PHONE].ids_since_mono_ms);
	GROUPS(b, 300, "ag-1");
	assert_int_equal(300, b->o.of[KIND_CLOUD_PHONE].ids_since_mono_ms);
	assert_int_equal(0, listing_merge_groups(&b->o, KIND_CLOUD_PHONE, &b->groups, 400));
	assert_int_equal(0, b->o.n_groups);
	assert_int_equal(400, b->o.of[KIND_CLOUD_PHONE].ids_since_mono_ms);
}

static void the_instances_of_a_group_that_stays_are_kept(void **state)
{
	struct bench *b = *state;
	GROUPS(b, 100, "ag-1", "ag-2");
	list_instance(b, "ag-2", "acp-1", INSTANCE_RUNNING);
	merge_instances(b, "ag-2", 110);
	list_group(b, "ag-3");
	list_group(b, "ag-2")->number = 7;
	assert_int_equal(0, listing_merge_groups(&b->o, KIND_CLOUD_PHONE, &b->groups, 200));
	const struct observed_group *g = observed_find_group(&b->o, "ag-2");
	assert_int_equal(7, g->number);
	assert_int_equal(1, g->n_instances);
	assert_string_equal("acp-1", g->instances[0].id);
	assert_int_equal(110, g->listed_mono_ms);
	assert_int_equal(110, g->ids_since_mono_ms);
	assert_null(observed_find_group(&b->o, "ag-3")->instances);
}

static void a_group_that_left_and_came_back_is_listed_anew(void **state)
{
	struct bench *b = *state;
	GROUPS(b, 100, "ag-1");
	list_instance(b, "ag-1", "acp-1", INSTANCE_RUNNING);
	merge_instances(b, "ag-1", 110);
	assert_int_equal(0, listing_merge_groups(&b->o, KIND_CLOUD_PHONE, &b->groups, 200));
	GROUPS(b, 300, "ag-1");
	const struct observed_group *g = observed_find_group(&b->o, "ag-1");
	assert_int_equal(0, g->n_instances);
	assert_int_equal(0, g->listed_mono_ms);
	assert_int_equal(0, g->ids_since_mono_ms);
}

static void instances_are_sorted_and_those_that_came_twice_count_as_they_were_last(void **state)
{
	struct bench *b = *state;
	GROUPS(b, 100, "ag-1");
	list_instance(b, "ag-1", "acp-3", INSTANCE_RUNNING);
	list_instance(b, "ag-1", "acp-1", INSTANCE_CREATING);
	list_instance(b, "ag-1", "acp-2", INSTANCE_RUNNING);
	list_instance(b, "ag-1", "acp-1", INSTANCE_RUNNING);
	merge_instances(b, "ag-1", 110);
	const struct observed_group *g = observed_find_group(&b->o, "ag-1");
	assert_int_equal(3, g->n_instances);
	assert_string_equal("acp-1", g->instances[0].id);
	assert_int_equal(INSTANCE_RUNNING, g->instances[0].status);
	assert_string_equal("acp-3", g->instances[2].id);
}

static void an_instance_that_changed_group_between_pages_is_in_both_listings(void **state)
{
	struct bench *b = *state;
	const char *const ids[] = {"ag-2", "ag-1"};
	GROUPS(b, 100, "ag-1", "ag-2");
	list_instance(b, "ag-1", "acp-1", INSTANCE_RUNNING);
	list_instance(b, "ag-2", "acp-1", INSTANCE_RUNNING);
	list_instance(b, "ag-2", "acp-2", INSTANCE_RUNNING);
	assert_int_equal(0, listing_merge_instances(&b->o, ids, 2, &b->instances, 110));
	assert_int_equal(1, observed_find_group(&b->o, "ag-1")->n_instances);
	assert_int_equal(2, observed_find_group(&b->o, "ag-2")->n_instances);
}

static void the_ids_of_a_group_agree_while_only_their_states_change(void **state)
{
	struct bench *b = *state;
	GROUPS(b, 100, "ag-1");
	const struct observed_group *g = observed_find_group(&b->o, "ag-1");
	list_instance(b, "ag-1", "acp-1", INSTANCE_CREATING);
	merge_instances(b, "ag-1", 110);
	list_instance(b, "ag-1", "acp-1", INSTANCE_RUNNING);
	merge_instances(b, "ag-1", 120);
	assert_int_equal(110, g->ids_since_mono_ms);
	assert_int_equal(120, g->listed_mono_ms);
	list_instance(b, "ag-1", "acp-2", INSTANCE_RUNNING);
	merge_instances(b, "ag-1", 130);
	assert_int_equal(130, g->ids_since_mono_ms);
}

static void a_group_asked_about_that_named_none_is_empty(void **state)
{
	struct bench *b = *state;
	GROUPS(b, 100, "ag-1");
	const struct observed_group *g = observed_find_group(&b->o, "ag-1");
	merge_instances(b, "ag-1", 110);
	assert_int_equal(0, g->n_instances);
	assert_int_equal(110, g->listed_mono_ms);
	assert_int_equal(110, g->ids_since_mono_ms);
	list_instance(b, "ag-1", "acp-1", INSTANCE_RUNNING);
	merge_instances(b, "ag-1", 120);
	merge_instances(b, "ag-1", 130);
	assert_int_equal(0, g->n_instances);
	assert_int_equal(130, g->ids_since_mono_ms);
}

static void rows_of_groups_not_asked_about_change_nothing(void **state)
{
	struct bench *b = *state;
	GROUPS(b, 100, "ag-1", "ag-2");
	list_instance(b, "ag-2", "acp-9", INSTANCE_RUNNING);
	merge_instances(b, "ag-1", 110);
	assert_int_equal(0, observed_find_group(&b->o, "ag-2")->listed_mono_ms);
	assert_null(observed_find_group(&b->o, "ag-2")->instances);
}

static void a_group_that_is_gone_by_then_is_passed_over(void **state)
{
	struct bench *b = *state;
	const char *const ids[] = {"ag-9", "ag-1"};
	GROUPS(b, 100, "ag-1");
	list_instance(b, "ag-9", "acp-9", INSTANCE_RUNNING);
	list_instance(b, "ag-1", "acp-1", INSTANCE_RUNNING);
	assert_int_equal(0, listing_merge_instances(&b->o, ids, 2, &b->instances, 110));
	assert_int_equal(1, b->o.n_groups);
	assert_int_equal(1, b->o.groups[0].n_instances);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(groups_are_sorted_and_the_listing_counts),
		CASE(a_group_listed_twice_counts_once_as_it_was_last),
		CASE(the_ids_agree_since_the_first_listing_that_had_them),
		CASE(an_empty_listing_is_one_too),
		CASE(the_instances_of_a_group_that_stays_are_kept),
		CASE(a_group_that_left_and_came_back_is_listed_anew),
		CASE(instances_are_sorted_and_those_that_came_twice_count_as_they_were_last),
		CASE(an_instance_that_changed_group_between_pages_is_in_both_listings),
		CASE(the_ids_of_a_group_agree_while_only_their_states_change),
		CASE(a_group_asked_about_that_named_none_is_empty),
		CASE(rows_of_groups_not_asked_about_change_nothing),
		CASE(a_group_that_is_gone_by_then_is_passed_over),
	};
	return cmocka_run_group_tests_name("listing", tests, NULL, NULL);
}
