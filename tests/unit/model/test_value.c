#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "model/value.h"

/* {"name": "a", "list": [1, true, null, 2.5], "map": {"x": "y"}} */
static struct value *sample(void)
{
	struct value *list = value_list(), *inner = value_map(), *map = value_map();
	assert_int_equal(value_append(list, value_int(1)), 0);
	assert_int_equal(value_append(list, value_bool(true)), 0);
	assert_int_equal(value_append(list, value_null()), 0);
	assert_int_equal(value_append(list, value_float(2.5)), 0);
	assert_int_equal(value_set(inner, "x", value_text("y")), 0);
	assert_int_equal(value_set(map, "name", value_text("a")), 0);
	assert_int_equal(value_set(map, "list", list), 0);
	assert_int_equal(value_set(map, "map", inner), 0);
	return map;
}

static void members_are_found_by_name(void **state)
{
	auto_value struct value *map = sample();
	(void)state;
	assert_string_equal(value_get_text(map, "name"), "a");
	assert_int_equal(value_get(map, "list")->n, 4);
	assert_string_equal(value_get_text(value_get(map, "map"), "x"), "y");
	assert_null(value_get(map, "Name"));
	assert_null(value_get(map, ""));
}

static void asking_the_wrong_thing_is_answered_by_null(void **state)
{
	auto_value struct value *map = sample();
	(void)state;
	assert_null(value_get(NULL, "name"));
	assert_null(value_get(value_get(map, "name"), "name"));
	assert_null(value_get(value_get(map, "list"), "0"));
	assert_null(value_get_text(map, "list"));
	assert_null(value_get_text(NULL, "name"));
}

static void setting_again_replaces_in_place(void **state)
{
	auto_value struct value *map = sample();
	(void)state;
	assert_int_equal(value_set(map, "list", value_int(5)), 0);
	assert_int_equal(map->n, 3);
	assert_string_equal(map->keys[1], "list");
	assert_int_equal(value_get(map, "list")->integer, 5);
}

static void a_missing_child_is_no_memory_and_changes_nothing(void **state)
{
	auto_value struct value *map = sample(), *list = value_list();
	(void)state;
	assert_int_equal(value_set(map, "name", NULL), -ENOMEM);
	assert_int_equal(value_set(map, "new", NULL), -ENOMEM);
	assert_int_equal(value_append(list, NULL), -ENOMEM);
	assert_int_equal(map->n, 3);
	assert_int_equal(list->n, 0);
	assert_string_equal(value_get_text(map, "name"), "a");
}

static void a_copy_is_equal_and_its_own(void **state)
{
	auto_value struct value *map = sample();
	auto_value struct value *copy = value_copy(map);
	(void)state;
	assert_true(value_equal(map, copy));
	assert_int_equal(value_set(copy, "name", value_text("b")), 0);
	assert_false(value_equal(map, copy));
	assert_string_equal(value_get_text(map, "name"), "a");
	assert_null(value_copy(NULL));
}

static void the_order_of_a_map_does_not_count_and_that_of_a_list_does(void **state)
{
	auto_value struct value *a = value_map(), *b = value_map(), *c = value_list(),
				*d = value_list();
	(void)state;
	assert_int_equal(value_set(a, "x", value_int(1)) | value_set(a, "y", value_int(2)), 0);
	assert_int_equal(value_set(b, "y", value_int(2)) | value_set(b, "x", value_int(1)), 0);
	assert_true(value_equal(a, b));
	assert_int_equal(value_append(c, value_int(1)) | value_append(c, value_int(2)), 0);
	assert_int_equal(value_append(d, value_int(2)) | value_append(d, value_int(1)), 0);
	assert_false(value_equal(c, d));
}

static void types_are_told_apart(void **state)
{
	struct value *all[] = {value_null(),   value_bool(false), value_int(0), value_float(0),
			       value_text(""), value_list(),      value_map()};
	size_t n = sizeof(all) / sizeof(all[0]);
	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			assert_int_equal(value_equal(all[i], all[k]), i == k);
	for (size_t i = 0; i < n; i++) {
		assert_false(value_equal(all[i], NULL));
		all[i] = value_free(all[i]);
		assert_null(all[i]);
	}
	assert_true(value_equal(NULL, NULL));
}

static void a_map_with_one_key_more_is_another(void **state)
{
	auto_value struct value *a = value_map(), *b = value_map();
	(void)state;
	assert_int_equal(value_set(a, "x", value_null()), 0);
	assert_false(value_equal(a, b));
	assert_int_equal(value_set(b, "y", value_null()), 0);
	assert_false(value_equal(a, b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_found_by_name),
		cmocka_unit_test(asking_the_wrong_thing_is_answered_by_null),
		cmocka_unit_test(setting_again_replaces_in_place),
		cmocka_unit_test(a_missing_child_is_no_memory_and_changes_nothing),
		cmocka_unit_test(a_copy_is_equal_and_its_own),
		cmocka_unit_test(the_order_of_a_map_does_not_count_and_that_of_a_list_does),
		cmocka_unit_test(types_are_told_apart),
		cmocka_unit_test(a_map_with_one_key_more_is_another),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
