#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <string.h>

#include "model/desired.h"

static struct desired *fleet_of(const char *const *names, size_t n)
{
	struct desired *d = calloc(1, sizeof(*d));
	assert_non_null(d);
	d->fleet = strdup("f");
	d->groups = calloc(n ? n : 1, sizeof(*d->groups));
	assert_non_null(d->groups);
	for (size_t i = 0; i < n; i++)
		d->groups[d->n_groups++].name = strdup(names[i]);
	return d;
}

static void groups_are_found_by_their_whole_name(void **state)
{
	static const char *const names[] = {"phones", "phones-2", "p"};
	auto_desired struct desired *d = fleet_of(names, ARRAY_SIZE(names));
	(void)state;
	assert_ptr_equal(desired_find(d, "phones"), &d->groups[0]);
	assert_ptr_equal(desired_find(d, "phones-2"), &d->groups[1]);
	assert_null(desired_find(d, "phone"));
	assert_null(desired_find(d, "PHONES"));
	assert_null(desired_find(d, ""));
	assert_null(desired_find(NULL, "phones"));
}

static void a_full_group_is_released_and_left_empty(void **state)
{
	struct desired_group g = {.name = strdup("a"),
				  .region = strdup("r"),
				  .spec = strdup("s"),
				  .image = strdup("i"),
				  .key_pair = strdup("k"),
				  .renamed_from = strdup("b"),
				  .create = value_map()};
	(void)state;
	g.tags = calloc(1, sizeof(*g.tags));
	assert_non_null(g.tags);
	g.tags[g.n_tags++] = (struct tag){strdup("k"), strdup("v")};
	assert_int_equal(text_list_add(&g.adopt, "ag-1"), 0);
	assert_int_equal(text_list_add(&g.fallback, "spec"), 0);
	desired_group_fini(&g);
	assert_null(g.name);
	assert_int_equal(g.n_tags, 0);
	desired_group_fini(&g); /* again: nothing left to release */
}

static void half_a_fleet_can_be_released(void **state)
{
	struct desired *d = calloc(1, sizeof(*d));
	(void)state;
	assert_null(desired_free(d));
	assert_null(desired_free(NULL));
}

static void a_list_of_texts_keeps_order_and_copies(void **state)
{
	struct text_list a = {0}, b = {0};
	char text[] = "one";
	(void)state;
	assert_int_equal(text_list_add(&a, text), 0);
	text[0] = 'x';
	assert_int_equal(text_list_add(&a, "two"), 0);
	assert_int_equal(text_list_add(&b, "zero"), 0);
	assert_int_equal(text_list_copy(&a, &b), 0);
	assert_int_equal(b.n, 3);
	assert_string_equal(b.items[0], "zero");
	assert_string_equal(b.items[1], "one");
	assert_string_equal(b.items[2], "two");
	text_list_fini(&a);
	assert_true(text_list_has(&b, "two"));
	assert_false(text_list_has(&b, "tw"));
	assert_false(text_list_has(&a, "two"));
	text_list_fini(&b);
	text_list_fini(&b);
}

static void a_list_made_unique_is_sorted_with_one_of_each(void **state)
{
	static const char *const texts[] = {"b", "a", "c", "a", "b", "a"};
	struct text_list l = {0};
	(void)state;
	text_list_unique(&l);
	assert_int_equal(l.n, 0);
	for (size_t k = 0; k < ARRAY_SIZE(texts); k++)
		assert_int_equal(text_list_add(&l, texts[k]), 0);
	text_list_unique(&l);
	assert_int_equal(l.n, 3);
	assert_string_equal(l.items[0], "a");
	assert_string_equal(l.items[1], "b");
	assert_string_equal(l.items[2], "c");
	text_list_fini(&l);
}

static void every_way_of_healing_has_its_word(void **state)
{
	(void)state;
	assert_string_equal(heal_name(HEAL_NONE), "none");
	assert_string_equal(heal_name(HEAL_REBOOT), "reboot");
	assert_string_equal(heal_name(HEAL_RESET), "reset");
	assert_string_equal(heal_name(HEAL_REPLACE), "replace");
	assert_string_equal(heal_name((enum heal)(HEAL_REPLACE + 1)), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_are_found_by_their_whole_name),
		cmocka_unit_test(a_full_group_is_released_and_left_empty),
		cmocka_unit_test(half_a_fleet_can_be_released),
		cmocka_unit_test(a_list_of_texts_keeps_order_and_copies),
		cmocka_unit_test(a_list_made_unique_is_sorted_with_one_of_each),
		cmocka_unit_test(every_way_of_healing_has_its_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
