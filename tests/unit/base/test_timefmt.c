/*
 * The time strings of the API.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "base/cleanup.h"
#include "base/timefmt.h"

static void every_documented_form_is_read(void **state)
{
	static const struct {
		const char *text;
		uint64_t ms;
	} cases[] = {
		{"2026-05-06T10:42:10Z", UINT64_C(1778064130000)},
		{"2026-05-06T10:42Z", UINT64_C(1778064120000)},
		{"2026-05-06 10:42:10", UINT64_C(1778064130000)},
		{"2026-05-06T10:42:10.000+00:00", UINT64_C(1778064130000)},
		{"2026-05-06T18:42:10.000+08:00", UINT64_C(1778064130000)},
		{"2026-05-06T18:42+08:00", UINT64_C(1778064120000)},
		{"2026-05-06T05:12:10-05:30", UINT64_C(1778064130000)},
		{"2026-05-06T10:42:10.5Z", UINT64_C(1778064130500)},
		{"2026-05-06T10:42:10.123456789Z", UINT64_C(1778064130123)},
		{"1970-01-01T00:00:00Z", 0},
		{"1970-01-01T08:00:00+08:00", 0},
		{"2024-02-29T12:30:60Z", UINT64_C(1709209860000)}, /* a leap second */
		{"9899-12-31T23:59:59Z", UINT64_C(250246627199000)},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t ms = 1;
		if (timefmt_parse(cases[i].text, &ms) != 0 || ms != cases[i].ms)
			fail_msg("%s: %llu", cases[i].text, (unsigned long long)ms);
	}
}

static void anything_else_is_refused_and_leaves_the_result(void **state)
{
	static const char *const cases[] = {
		"",
		"2026",
		"2026-05-06",
		"2026-05-06T",
		"2026-05-06T10",
		"2026-05-06T10:42",
		"2026-05-06T10:42:10",
		"2026-05-06T10:42:10ZZ",
		"2026-05-06T10:42:10.Z",
		"2026-05-06T10:42:10.5",
		"2026-05-06T10:42.5Z",
		"2026-05-06T10:42:10+0800",
		"2026-05-06T10:42:10+08",
		"2026-05-06T10:42:10+08:60",
		"2026-05-06T10:42:10+15:00",
		"2026-05-06T10:42:10+08:00Z",
		"2026-05-06T10:42:10Z+08:00",
		"2026-05-06 10:42:10+08:00",
		"2026-05-06 10:42:10.5",
		"1970-01-01T00:00:00+08:00",
		"2026-05-06 10:42",
		"2026-05-06 10:42:10Z",
		"2026-05-06T10:42:Z",
		"2026-05-06T10:42:1Z",
		"2026-5-6T10:42:10Z",
		" 2026-05-06T10:42:10Z",
		"2026-05-06T 0:42:10Z",
		"2026-00-06T10:42:10Z",
		"2026-13-06T10:42:10Z",
		"2026-06-31T10:42:10Z",
		"2025-02-29T10:42:10Z",
		"2026-05-00T10:42:10Z",
		"2026-05-06T24:00:00Z",
		"2026-05-06T10:60:10Z",
		"2026-05-06T10:42:61Z",
		"1969-12-31T23:59:59Z",
		"9900-01-01T00:00:00Z",
		"2026/05/06T10:42:10Z",
		"-026-05-06T10:42:10Z",
		"null",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t ms = 7;
		if (timefmt_parse(cases[i], &ms) != -EINVAL || ms != 7)
			fail_msg("%s", cases[i]);
	}
}

static void what_is_written_is_read_again(void **state)
{
	static const uint64_t times[] = {0, UINT64_C(1778064130000), UINT64_C(4102444799000)};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		char text[TIMEFMT_SIZE];
		uint64_t ms = 1;
		timefmt_iso(times[i], text);
		assert_int_equal(timefmt_parse(text, &ms), 0);
		assert_true(ms == times[i]);
	}
}

/* The C library's calendar is the other opinion: every day of 500 years, and some beyond. */
static void every_day_is_where_the_calendar_has_it(void **state)
{
	(void)state;
	for (uint64_t day = 0; day < 2896000; day += day < 182700 ? 1 : 97) {
		char text[TIMEFMT_SIZE];
		uint64_t ms = 1, expected = day * 86400000;
		timefmt_iso(expected, text);
		if (timefmt_parse(text, &ms) != 0 || ms != expected)
			fail_msg("%s", text);
	}
}

static void dates_of_headers_are_read(void **state)
{
	uint64_t ms = 7;
	(void)state;
	assert_int_equal(timefmt_parse_http("Wed, 06 May 2026 10:42:10 GMT", &ms), 0);
	assert_true(ms == UINT64_C(1778064130000));
	assert_int_equal(timefmt_parse_http("Wed 06 May 2026 10:42:10 GMT", &ms), -EINVAL);
	assert_int_equal(timefmt_parse_http("Wed, 06 May 2026 10:42:10", &ms), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_documented_form_is_read),
		cmocka_unit_test(anything_else_is_refused_and_leaves_the_result),
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(every_day_is_where_the_calendar_has_it),
		cmocka_unit_test(dates_of_headers_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
