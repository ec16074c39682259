#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/percent.h"

static void only_unreserved_characters_stay(void **state)
{
	static const char unreserved[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
	(void)state;
	for (int c = 0; c < 256; c++) {
		auto_strbuf struct strbuf out = STRBUF_INIT(10);
		char byte = (char)c;
		percent_encode(&out, &byte, 1);
		bool stays = c != 0 && strchr(unreserved, c) != NULL;
		assert_int_equal(out.len, stays ? 1 : 3);
		assert_int_equal(strbuf_text(&out)[0], stays ? c : '%');
	}
}

static void bytes_become_upper_case_escapes(void **state)
{
	static const struct {
		const char *plain, *encoded;
	} cases[] = {
		{"", ""},
		{"a b", "a%20b"}, /* never '+' (protocol a) */
		{"a+b", "a%2Bb"},
		{"*", "%2A"},
		{"/:=&?#", "%2F%3A%3D%26%3F%23"},
		{"\xe4\xb8\xad", "%E4%B8%AD"},
		{"~-_.", "~-_."},
		{"\x7f\xff", "%7F%FF"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_strbuf struct strbuf out = STRBUF_INIT(100), back = STRBUF_INIT(100);
		percent_encode(&out, cases[i].plain, strlen(cases[i].plain));
		assert_string_equal(strbuf_text(&out), cases[i].encoded);
		assert_int_equal(percent_decode(&back, strbuf_text(&out), out.len), 0);
		assert_string_equal(strbuf_text(&back), cases[i].plain);
	}
}

static void decoding_takes_both_cases_and_leaves_a_plus(void **state)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(100);
	static const char text[] = "%2f%2F+a%7e";
	(void)state;
	assert_int_equal(percent_decode(&out, text, strlen(text)), 0);
	assert_string_equal(strbuf_text(&out), "//+a~");
}

static void broken_escapes_are_refused(void **state)
{
	static const char *const broken[] = {"%",   "a%",   "%2",  "a%2", "%g0",
					     "%0g", "%%20", "%-1", "%00", "% 1"};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		auto_strbuf struct strbuf out = STRBUF_INIT(100);
		if (percent_decode(&out, broken[i], strlen(broken[i])) != -EINVAL)
			fail_msg("%s was taken", broken[i]);
	}
}

static void nothing_is_read_past_the_length(void **state)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(100);
	(void)state;
	assert_int_equal(percent_decode(&out, "ab%41", 4), -EINVAL);
	strbuf_clear(&out);
	assert_int_equal(percent_decode(&out, "ab%41", 2), 0);
	assert_string_equal(strbuf_text(&out), "ab");
}

static void the_cap_of_the_output_is_told(void **state)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(2);
	(void)state;
	assert_int_equal(percent_decode(&out, "abc", 3), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_unreserved_characters_stay),
		cmocka_unit_test(bytes_become_upper_case_escapes),
		cmocka_unit_test(decoding_takes_both_cases_and_leaves_a_plus),
		cmocka_unit_test(broken_escapes_are_refused),
		cmocka_unit_test(nothing_is_read_past_the_length),
		cmocka_unit_test(the_cap_of_the_output_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
