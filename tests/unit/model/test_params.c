#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/same_params.h"
#include "lib/seed.h"
#include "model/params.h"

static void names_are_sorted_by_their_bytes(void **state)
{
	auto_params struct params p = {0};
	(void)state;
	/* Tag.10 before Tag.2, upper case before lower: what the signature wants (protocol a) */
	static const char *const names[] = {"b", "Tag.2", "B", "Tag.10", "a", "Tag.1", "_", "Ba"};
	static const char *const sorted[] = {"B", "Ba", "Tag.1", "Tag.10", "Tag.2", "_", "a", "b"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_int_equal(params_set(&p, names[i], "v"), 0);
	assert_int_equal(p.n, ARRAY_SIZE(sorted));
	for (size_t i = 0; i < p.n; i++)
		assert_string_equal(p.items[i].name, sorted[i]);
}

static void setting_again_replaces(void **state)
{
	auto_params struct params p = {0};
	(void)state;
	assert_int_equal(params_set(&p, "Count", "1"), 0);
	assert_int_equal(params_set_int(&p, "Count", INT64_MIN), 0);
	assert_int_equal(p.n, 1);
	assert_string_equal(params_get(&p, "Count"), "-9223372036854775808");
	assert_int_equal(params_set(&p, "Count", params_get(&p, "Count")), 0); /* its own value */
	assert_string_equal(params_get(&p, "Count"), "-9223372036854775808");
	assert_null(params_get(&p, "count"));
	assert_null(params_get(&p, "Coun"));
}

static void words_and_lists_take_the_form_of_the_api(void **state)
{
	auto_params struct params p = {0};
	static const char *const ids[] = {"acp-2", "acp-1"};
	(void)state;
	assert_int_equal(params_set_bool(&p, "AutoPay", false), 0);
	assert_int_equal(params_set_bool(&p, "Force", true), 0);
	assert_int_equal(params_set_list(&p, "InstanceIds", ids, 2), 0);
	assert_int_equal(params_set_list(&p, "Empty", NULL, 0), 0);
	auto_free char *text = params_text(&p);
	assert_string_equal(text,
			    "AutoPay=false&Force=true&InstanceIds.1=acp-2&InstanceIds.2=acp-1");
}

static void no_parameters_are_the_empty_text(void **state)
{
	auto_params struct params p = {0}, back = {0};
	auto_free char *text = params_text(&p);
	(void)state;
	assert_string_equal(text, "");
	assert_int_equal(params_parse("", &back), 0);
	assert_int_equal(back.n, 0);
	assert_true(same_params(&p, &back));
}

static void names_and_values_are_encoded(void **state)
{
	auto_params struct params p = {0};
	(void)state;
	assert_int_equal(params_set(&p, "Tag.1.Key", "drover:fleet"), 0);
	assert_int_equal(params_set(&p, "Na&me", "a=b c+\xe4\xb8\xad"), 0);
	assert_int_equal(params_set(&p, "Empty", ""), 0);
	auto_free char *text = params_text(&p);
	assert_string_equal(text, "Empty=&Na%26me=a%3Db%20c%2B%E4%B8%AD&Tag.1.Key=drover%3Afleet");
}

static void broken_text_is_refused(void **state)
{
	static const char *const broken[] = {
		"a",    "=",     "=1",    "a=1&",    "&a=1",      "a=1&&b=2", "a=%",
		"a=%0", "%zz=1", "a=%00", "a=1&a=2", "a=1&%61=2", /* the same name, encoded */
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		auto_params struct params p = {0};
		if (params_parse(broken[i], &p) != -EINVAL)
			fail_msg("%s was taken", broken[i]);
	}
}

static void an_equals_sign_in_a_value_is_taken(void **state)
{
	auto_params struct params p = {0};
	(void)state;
	assert_int_equal(params_parse("a=b=c", &p), 0);
	assert_string_equal(params_get(&p, "a"), "b=c");
}

static void a_copy_is_equal_until_it_is_changed(void **state)
{
	auto_params struct params p = {0}, copy = {0};
	(void)state;
	assert_int_equal(params_set(&p, "a", "1") | params_set(&p, "b", "2"), 0);
	assert_int_equal(params_copy(&p, &copy), 0);
	assert_true(same_params(&p, &copy));
	assert_int_equal(params_set(&copy, "b", "3"), 0);
	assert_false(same_params(&p, &copy));
	assert_int_equal(params_set(&copy, "b", "2") | params_set(&copy, "c", ""), 0);
	assert_false(same_params(&p, &copy));
}

static void random_text(char *out, size_t size)
{
	size_t n = (size_t)seed_below(size);
	for (size_t i = 0; i < n; i++)
		out[i] = (char)(1 + seed_below(255));
	out[n] = '\0';
}

static void what_the_ledger_stores_comes_back_the_same(void **state)
{
	(void)state;
	for (int round = 0; round < 300; round++) {
		auto_params struct params p = {0}, back = {0};
		for (uint64_t i = seed_below(20); i > 0; i--) {
			char name[12] = "n", value[40];
			random_text(name + 1, sizeof(name) - 1);
			random_text(value, sizeof(value));
			assert_int_equal(params_set(&p, name, value), 0);
		}
		auto_free char *text = params_text(&p);
		assert_int_equal(params_parse(text, &back), 0);
		assert_true(same_params(&p, &back));
		auto_free char *again = params_text(&back);
		assert_string_equal(again, text);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_sorted_by_their_bytes),
		cmocka_unit_test(setting_again_replaces),
		cmocka_unit_test(words_and_lists_take_the_form_of_the_api),
		cmocka_unit_test(no_parameters_are_the_empty_text),
		cmocka_unit_test(names_and_values_are_encoded),
		cmocka_unit_test(broken_text_is_refused),
		cmocka_unit_test(an_equals_sign_in_a_value_is_taken),
		cmocka_unit_test(a_copy_is_equal_until_it_is_changed),
		cmocka_unit_test(what_the_ledger_stores_comes_back_the_same),
	};
	seed_init(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
