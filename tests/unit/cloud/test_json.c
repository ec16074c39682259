#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "cloud/json.h"
#include "lib/seed.h"

static int setup(void **state)
{
	*state = json_arena_new();
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	(void)json_arena_free(*state);
	return 0;
}

static const cJSON *parsed(void **state, const char *text)
{
	const cJSON *root = NULL;
	assert_int_equal(json_parse(*state, text, strlen(text), &root), 0);
	assert_non_null(root);
	return root;
}

static void only_one_whole_object_is_taken(void **state)
{
	static const char *const refused[] = {
		"",
		" ",
		"null",
		"1",
		"\"x\"",
		"[]",
		"[{}]",
		"{",
		"}",
		"{}{}",
		"{} x",
		"{},",
		"{\"a\":1",
		"{\"a\":}",
		"{\"a\" 1}",
		"{a:1}",
		"{\"a\":tru}",
		"{\"a\":\"x}",
		"{\"a\":[1,2}",
		"<html></html>",
		"{\"a\":\"\\u12\"}",
		"{\"a\":1}]",
		"{\"a\":\"\\x\"}",
		"{\"a\":\"\\ud800\"}",
		"{\"a\":12345678901234567890x}",
		"{\"a\":\"\\u0000",
	};
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		const cJSON *root = NULL;
		if (json_parse(*state, refused[i], strlen(refused[i]), &root) != -EBADMSG)
			fail_msg("taken: %s", refused[i]);
		assert_null(root);
	}
	(void)parsed(state, "{}");
	(void)parsed(state, " \r\n{ \"a\" : [ ] } \n");
}

static void the_length_counts_and_a_nul_byte_inside_is_refused(void **state)
{
	static const char cut[] = "{\"a\":1}xyz";
	static const char nul[] = "{\"a\":\"x\0y\"}";
	const cJSON *root = NULL;
	assert_int_equal(json_parse(*state, cut, 7, &root), -EBADMSG); /* not NUL-terminated */
	assert_int_equal(json_parse(*state, nul, sizeof(nul) - 1, &root), -EBADMSG);
	assert_null(root);
}

static void nested(struct strbuf *out, unsigned depth)
{
	strbuf_add(out, "{\"a\":");
	for (unsigned i = 2; i < depth; i++)
		strbuf_add_char(out, '[');
	strbuf_add(out, "[1]");
	for (unsigned i = 2; i < depth; i++)
		strbuf_add_char(out, ']');
	strbuf_add_char(out, '}');
}

static void depth_is_limited(void **state)
{
	auto_strbuf struct strbuf good = STRBUF_INIT(4096), deep = STRBUF_INIT(4096);
	const cJSON *root = NULL;
	nested(&good, LIMIT_JSON_DEPTH);
	nested(&deep, LIMIT_JSON_DEPTH + 1);
	(void)parsed(state, strbuf_text(&good));
	assert_int_equal(json_parse(*state, strbuf_text(&deep), deep.len, &root), -EBADMSG);
}

static void an_answer_that_would_take_too_much_memory_is_refused(void **state)
{
	size_t n = LIMIT_BODY_BYTES - 100;
	char *text = malloc(n + 20);
	assert_non_null(text);
	memcpy(text, "{\"a\":[0", 7);
	for (size_t i = 7; i + 1 < n; i += 2)
		memcpy(text + i, ",0", 2);
	size_t len = 7 + 2 * ((n - 7) / 2);
	memcpy(text + len, "]}", 3);
	const cJSON *root = NULL;
	assert_int_equal(json_parse(*state, text, len + 2, &root), -E2BIG);
	assert_null(root);
	free(text);
	assert_string_equal(json_text(parsed(state, "{\"a\":\"still works\"}"), "a"),
			    "still works");
}

static void text_is_the_string_or_the_digits_or_empty(void **state)
{
	static const struct {
		const char *value, *text;
	} rows[] = {
		{"\"x\"", "x"},
		{"\"\"", ""},
		{"null", ""},
		{"true", ""},
		{"[\"x\"]", ""},
		{"{}", ""},
		{"1", "1"},
		{"0", "0"},
		{"-0", "0"},
		{"-17", "-17"},
		{"1.0", "1"},
		{"1e3", "1000"},
		{"1.5", "1.5"},
		{"-0.10", "-0.10"},
		{"1.57", "1.57"},
		{"0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"},
		{"12.00", "12"},
		{"1.5e0", ""},
		{"15e-1", ""},
		{"1e300", ""},
		{"1e999", ""},
		{"999999999999999", "999999999999999"},
		{"-999999999999999", "-999999999999999"},
		{"1234567890123456", "1234567890123456"},
		{"9007199254740993", "9007199254740993"},
		{"12345678901234567890", "12345678901234567890"},
		{"-12345678901234567890", "-12345678901234567890"},
		{"123456789012345678901234567890123456789012345678901234567890",
		 "123456789012345678901234567890123456789012345678901234567890"},
		{"1234567890123456.5", "1234567890123456.5"},
		{"1234567890123456.0", ""},
		{"12345678901234567890e2", ""},
		{"\"a\\u0000b\"", "a\xef\xbf\xbd"
				  "b"},
		{"\"a\\\\u0000b\"", "a\\u0000b"},
		{"\"\\\\\\u0000\"", "\\\xef\xbf\xbd"},
		{"\"12345678901234567890\"", "12345678901234567890"},
		{"\"id: 12345678901234567890, \\\"q\\\"\"", "id: 12345678901234567890, \"q\""},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[256];
		(void)snprintf(text, sizeof(text), "{\"k\":%s,\"n\":2234567890123456789}",
			       rows[i].value);
		const cJSON *root = parsed(state, text);
		assert_string_equal(json_text(root, "k"), rows[i].text);
		assert_string_equal(json_text(root, "n"), "2234567890123456789");
		(void)snprintf(text, sizeof(text), "{\"k\":%s}", rows[i].value);
		assert_string_equal(json_text(parsed(state, text), "k"), rows[i].text);
	}
}

static void integers_are_exact_or_refused(void **state)
{
	static const struct {
		const char *value;
		int result;
		int64_t number;
	} rows[] = {
		{"5", 0, 5},
		{"\"5\"", 0, 5},
		{"\"-5\"", 0, -5},
		{"5.0", 0, 5},
		{"null", -ENOENT, 0},
		{"\"\"", -EINVAL, 0},
		{"\"5x\"", -EINVAL, 0},
		{"\" 5\"", -EINVAL, 0},
		{"\"+5\"", -EINVAL, 0},
		{"\"5.0\"", -EINVAL, 0},
		{"5.5", -EINVAL, 0},
		{"true", -EINVAL, 0},
		{"[5]", -EINVAL, 0},
		{"9007199254740993", 0, INT64_C(9007199254740993)},
		{"9223372036854775807", 0, INT64_MAX},
		{"-9223372036854775808", 0, INT64_MIN},
		{"9223372036854775808", -EINVAL, 0},
		{"\"-\"", -EINVAL, 0},
		{"1e16", -EINVAL, 0},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[128];
		int64_t number = 77;
		(void)snprintf(text, sizeof(text), "{\"k\":%s}", rows[i].value);
		const cJSON *root = parsed(state, text);
		if (json_int(root, "k", &number) != rows[i].result)
			fail_msg("wrong result for %s", rows[i].value);
		assert_int_equal(number, rows[i].result == 0 ? rows[i].number : 77);
		assert_int_equal(json_int_or(root, "k", -1),
				 rows[i].result == 0 ? rows[i].number : -1);
	}
	assert_int_equal(json_int_or(NULL, "k", 3), 3);
}

static void booleans_may_be_words(void **state)
{
	const cJSON *root = parsed(state, "{\"t\":true,\"f\":false,\"T\":\"true\",\"F\":\"false\","
					  "\"x\":1,\"y\":\"yes\",\"n\":null}");
	bool value = false;
	assert_int_equal(json_bool(root, "t", &value), 0);
	assert_true(value);
	assert_int_equal(json_bool(root, "F", &value), 0);
	assert_false(value);
	assert_int_equal(json_bool(root, "x", &value), -EINVAL);
	assert_int_equal(json_bool(root, "y", &value), -EINVAL);
	assert_int_equal(json_bool(root, "n", &value), -ENOENT);
	assert_int_equal(json_bool(root, "T", &value), 0);
	assert_true(value);
	assert_int_equal(json_bool(root, "f", &value), 0);
	assert_false(value);
	assert_int_equal(json_bool(root, "absent", &value), -ENOENT);
}

static void keys_are_case_sensitive_and_the_first_duplicate_wins(void **state)
{
	const cJSON *root =
		parsed(state, "{\"code\":\"low\",\"Code\":\"first\",\"Code\":\"second\","
			      "\"Id\":null,\"O\":{\"x\":\"y\"},\"A\":[\"p\",3,{}]}");
	assert_string_equal(json_text(root, "Code"), "first");
	assert_string_equal(json_text(root, "code"), "low");
	assert_string_equal(json_text(root, "CODE"), "");
	assert_false(json_has(root, "Id"));
	assert_null(json_object(root, "A"));
	assert_null(json_array(root, "O"));
	assert_string_equal(json_text(json_object(root, "O"), "x"), "y");
	assert_string_equal(json_text(json_object(root, "none"), "x"), "");
	size_t n = 0;
	json_each(item, json_array(root, "A")) n += strlen(json_item_text(item));
	assert_int_equal(n, 2);
	json_each(item, json_array(root, "O")) fail();
}

static void other_users_of_cjson_keep_using_malloc(void **state)
{
	(void)parsed(state, "{\"a\":1}");
	cJSON *mine = cJSON_Parse("{\"b\":[1,2,3]}");
	assert_non_null(mine);
	char *text = cJSON_PrintUnformatted(mine);
	json_arena_reset(*state);
	assert_string_equal(text, "{\"b\":[1,2,3]}");
	cJSON_free(text);
	cJSON_Delete(mine);
}

/* Random documents: numbers of any length and strings full of traps. */
struct document {
	struct strbuf text;
	char digits[64][48];
	char strings[64][64];
	size_t n;
};

static void add_digits(struct document *d, size_t i)
{
	size_t len = 1 + (size_t)seed_below(40), at = 0;
	if (seed_below(4) == 0)
		d->digits[i][at++] = '-';
	for (size_t k = 0; k < len; k++)
		d->digits[i][at++] = (char)('0' + (k == 0 ? 1 + seed_below(9) : seed_below(10)));
	d->digits[i][at] = '\0';
}

static void add_string(struct document *d, size_t i)
{
	static const char *const parts[] = {"a",       "\\\"", "\\\\", "1234567890123456789",
					    ",",       ":",    "{",    "]",
					    "\\u0041", "\\n",  " ",    "-"};
	static const char *const meant[] = {
		"a", "\"", "\\", "1234567890123456789", ",", ":", "{", "]", "A", "\n", " ", "-"};
	strbuf_add_char(&d->text, '"');
	d->strings[i][0] = '\0';
	for (size_t k = seed_below(4); k > 0; k--) {
		size_t part = (size_t)seed_below(ARRAY_SIZE(parts));
		if (strlen(d->strings[i]) + strlen(meant[part]) >= sizeof(d->strings[i]))
			break;
		strbuf_add(&d->text, parts[part]);
		strcat(d->strings[i], meant[part]);
	}
	strbuf_add_char(&d->text, '"');
}

static void every_digit_of_every_integer_survives(void **state)
{
	for (int round = 0; round < 2000; round++) {
		struct document d = {.text = STRBUF_INIT(65536), .n = 1 + (size_t)seed_below(20)};
		strbuf_add(&d.text, "{");
		for (size_t i = 0; i < d.n; i++) {
			add_digits(&d, i);
			strbuf_addf(&d.text, "%s\"n%zu\":%s%s%s,\"s%zu\":", i ? "," : "", i,
				    seed_below(2) ? " " : "", d.digits[i],
				    seed_below(2) ? "\n" : "", i);
			add_string(&d, i);
		}
		strbuf_add(&d.text, "}");
		const cJSON *root = parsed(state, strbuf_text(&d.text));
		for (size_t i = 0; i < d.n; i++) {
			char key[32];
			(void)snprintf(key, sizeof(key), "n%zu", i);
			assert_string_equal(json_text(root, key), d.digits[i]);
			(void)snprintf(key, sizeof(key), "s%zu", i);
			assert_string_equal(json_text(root, key), d.strings[i]);
		}
		strbuf_fini(&d.text);
	}
}

static void any_cut_of_an_answer_is_refused(void **state)
{
	static const char whole[] = "{\"RequestId\":\"r\",\"OrderId\":12345678901234567890,"
				    "\"Data\":[{\"Id\":\"a\\u0000\\\"\",\"N\":-1.5e3,\"T\":true}]}";
	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		char *text = strndup(whole, len);
		const cJSON *root = NULL;
		assert_non_null(text);
		assert_int_equal(json_parse(*state, text, len, &root), -EBADMSG);
		free(text);
	}
	(void)parsed(state, whole);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_one_whole_object_is_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(the_length_counts_and_a_nul_byte_inside_is_refused,
						setup, teardown),
		cmocka_unit_test_setup_teardown(depth_is_limited, setup, teardown),
		cmocka_unit_test_setup_teardown(
			an_answer_that_would_take_too_much_memory_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(text_is_the_string_or_the_digits_or_empty, setup,
						teardown),
		cmocka_unit_test_setup_teardown(integers_are_exact_or_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(booleans_may_be_words, setup, teardown),
		cmocka_unit_test_setup_teardown(
			keys_are_case_sensitive_and_the_first_duplicate_wins, setup, teardown),
		cmocka_unit_test_setup_teardown(other_users_of_cjson_keep_using_malloc, setup,
						teardown),
		cmocka_unit_test_setup_teardown(every_digit_of_every_integer_survives, setup,
						teardown),
		cmocka_unit_test_setup_teardown(any_cut_of_an_answer_is_refused, setup, teardown),
	};
	seed_init(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
