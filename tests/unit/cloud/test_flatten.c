#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/percent.h"
#include "cloud/flatten.h"
#include "lib/same_params.h"
#include "vectors.h"

#define VECTORS TEST_DATA_DIR "/flatten-vectors.json"

static int count(const cJSON *root, const char *key)
{
	return cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(root, key));
}

static void params_equal_object(const struct params *params, const cJSON *expected,
				const char *name)
{
	if (params->n != (size_t)cJSON_GetArraySize(expected))
		fail_msg("%s: %zu parameters", name, params->n);
	for (const cJSON *item = expected->child; item; item = item->next) {
		const char *got = params_get(params, item->string);
		if (!got || strcmp(got, item->valuestring) != 0)
			fail_msg("%s: %s is %s", name, item->string, got ? got : "absent");
	}
}

static void every_published_value_flattens_as_the_official_core_does(void **state)
{
	(void)state;
	cJSON *root = vectors_load(VECTORS);
	assert_int_equal(count(root, "flatten"), 24);
	const cJSON *vector;
	cJSON_ArrayForEach(vector, cJSON_GetObjectItemCaseSensitive(root, "flatten"))
	{
		auto_value struct value *input =
			vectors_value(cJSON_GetObjectItemCaseSensitive(vector, "input"));
		auto_params struct params params = {0};
		assert_int_equal(vectors_flatten(input, &params), 0);
		params_equal_object(&params, cJSON_GetObjectItemCaseSensitive(vector, "expected"),
				    vectors_text(vector, "name"));
	}
	cJSON_Delete(root);
}

/* One vector shows that plain maps of the official core keep null; the same note says that
 * its generated models, which drover stands in for, drop unset members. */
static void every_published_value_shrinks_as_the_official_core_does(void **state)
{
	(void)state;
	cJSON *root = vectors_load(VECTORS);
	assert_int_equal(count(root, "json_style"), 8);
	const cJSON *vector;
	cJSON_ArrayForEach(vector, cJSON_GetObjectItemCaseSensitive(root, "json_style"))
	{
		const char *name = vectors_text(vector, "name");
		bool is_null = strcmp(name, "null-member") == 0;
		auto_value struct value *input =
			vectors_value(cJSON_GetObjectItemCaseSensitive(vector, "input"));
		auto_free char *text = NULL;
		assert_int_equal(flatten_json(input, &text), 0);
		assert_string_equal(text, is_null ? "{\"B\":1}" : vectors_text(vector, "expected"));
	}
	cJSON_Delete(root);
}

/* The cores spell form bodies differently (protocol b): what counts is what is decoded. */
static void form_bodies_decode_to_the_same_parameters(void **state)
{
	(void)state;
	cJSON *root = vectors_load(VECTORS);
	assert_int_equal(count(root, "form"), 4);
	const cJSON *vector;
	cJSON_ArrayForEach(vector, cJSON_GetObjectItemCaseSensitive(root, "form"))
	{
		auto_value struct value *input =
			vectors_value(cJSON_GetObjectItemCaseSensitive(vector, "input"));
		auto_params struct params ours = {0}, theirs = {0}, again = {0};
		assert_int_equal(vectors_flatten(input, &ours), 0);
		assert_int_equal(params_parse(vectors_text(vector, "expected"), &theirs), 0);
		assert_true(same_params(&ours, &theirs));
		auto_free char *body = params_text(&ours);
		assert_null(strpbrk(body, "+ *'()!"));
		assert_int_equal(params_parse(body, &again), 0);
		assert_true(same_params(&ours, &again));
	}
	cJSON_Delete(root);
}

static void one_value_flattens_under_its_name(void **state)
{
	(void)state;
	auto_value struct value *list = value_list();
	auto_params struct params params = {0};
	assert_int_equal(value_append(list, value_text("ag-1")), 0);
	assert_int_equal(value_append(list, value_null()), 0);
	assert_int_equal(value_append(list, value_bool(true)), 0);
	assert_int_equal(flatten_value("Ids", list, &params), 0);
	assert_int_equal(params.n, 2);
	assert_string_equal(params_get(&params, "Ids.1"), "ag-1");
	assert_string_equal(params_get(&params, "Ids.3"), "true");
}

static void null_elements_keep_their_place_in_json(void **state)
{
	(void)state;
	auto_value struct value *list = value_list();
	auto_free char *text = NULL;
	assert_int_equal(value_append(list, value_null()), 0);
	assert_int_equal(value_append(list, value_int(INT64_MIN)), 0);
	assert_int_equal(flatten_json(list, &text), 0);
	assert_string_equal(text, "[null,-9223372036854775808]");
}

static void fractions_read_back_exactly(void **state)
{
	static const double numbers[] = {0.1, 1.5, -2.25, 1.0 / 3, 1e-7, 123456789.123456789};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		auto_value struct value *v = value_float(numbers[i]);
		auto_params struct params params = {0};
		assert_int_equal(flatten_value("F", v, &params), 0);
		double back = strtod(params_get(&params, "F"), NULL);
		assert_memory_equal(&back, &numbers[i], sizeof(back));
	}
	auto_value struct value *tenth = value_float(0.1);
	auto_params struct params params = {0};
	assert_int_equal(flatten_value("F", tenth, &params), 0);
	assert_string_equal(params_get(&params, "F"), "0.1");
}

static void numbers_that_are_none_are_refused(void **state)
{
	(void)state;
	static const double numbers[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		auto_value struct value *v = value_float(numbers[i]);
		auto_params struct params params = {0};
		auto_free char *text = NULL;
		assert_int_equal(flatten_value("F", v, &params), -EINVAL);
		assert_int_equal(flatten_json(v, &text), -EINVAL);
		assert_null(text);
	}
}

static void members_of_a_create_call_are_text_lists_or_one_json(void **state)
{
	static const char *const want[][2] = {
		{"Flag", "true"},
		{"Items.1.Code", "A"},
		{"Items.2.Code", "B"},
		{"Map", "{\"in\":{\"x\":1},\"list\":[\"a\"]}"},
		{"Text", "t"},
	};
	(void)state;
	cJSON *json = cJSON_Parse(
		"{\"Text\":\"t\",\"Flag\":true,\"Gone\":null,\"Items\":[{\"Code\":\"A\"},"
		"{\"Code\":\"B\"}],\"None\":[],\"Empty\":{},\"Hollow\":{\"a\":null},"
		"\"Map\":{\"in\":{\"x\":1},\"none\":null,\"list\":[\"a\"]}}");
	auto_value struct value *create = vectors_value(json);
	cJSON_Delete(json);
	auto_params struct params params = {0};
	assert_int_equal(flatten_create(create, &params), 0);
	assert_int_equal(params.n, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < params.n; i++)
		assert_string_equal(params_get(&params, want[i][0]), want[i][1]);
	auto_value struct value *text = value_text("no map");
	assert_int_equal(flatten_create(text, &params), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_published_value_flattens_as_the_official_core_does),
		cmocka_unit_test(every_published_value_shrinks_as_the_official_core_does),
		cmocka_unit_test(form_bodies_decode_to_the_same_parameters),
		cmocka_unit_test(one_value_flattens_under_its_name),
		cmocka_unit_test(null_elements_keep_their_place_in_json),
		cmocka_unit_test(fractions_read_back_exactly),
		cmocka_unit_test(numbers_that_are_none_are_refused),
		cmocka_unit_test(members_of_a_create_call_are_text_lists_or_one_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
