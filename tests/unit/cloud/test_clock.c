#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "cloud/clock.h"

/* Mon, 21 Sep 2026 15:13:20 GMT */
#define SERVER_MS INT64_C(1790003600000)
#define DATE "Mon, 21 Sep 2026 15:13:20 GMT"

static void a_clock_within_a_minute_is_left_alone(void **state)
{
	(void)state;
	for (int64_t off = -60000; off <= 60000; off += 5000) {
		struct clock_offset clock = {0};
		assert_false(clock_learn(&clock, (uint64_t)(SERVER_MS - off), DATE));
		assert_int_equal(clock.offset_ms, 0);
	}
}

static void a_wrong_clock_is_corrected_and_told_once(void **state)
{
	(void)state;
	static const int64_t offsets[] = {61000, -61000, 3600000, -86400000};
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		struct clock_offset clock = {0};
		uint64_t ours = (uint64_t)(SERVER_MS - offsets[i]);
		assert_true(clock_learn(&clock, ours, DATE));
		assert_int_equal(clock.offset_ms, offsets[i]);
		assert_int_equal(clock_corrected(&clock, ours), SERVER_MS);
		assert_true(clock_has_moved(&clock, 0));
		assert_false(clock_has_moved(&clock, offsets[i]));
		assert_false(clock_learn(&clock, ours + 1500, DATE)); /* jitter */
		assert_int_equal(clock.offset_ms, offsets[i]);
		assert_true(clock_learn(&clock, (uint64_t)SERVER_MS, DATE)); /* ours was mended */
		assert_int_equal(clock.offset_ms, 0);
	}
}

static void an_unreadable_date_teaches_nothing(void **state)
{
	(void)state;
	struct clock_offset clock = {0};
	assert_false(clock_learn(&clock, 5, ""));
	assert_false(clock_learn(&clock, 5, "2026-09-21T15:13:20Z"));
	assert_int_equal(clock.offset_ms, 0);
}

static void time_does_not_begin_before_1970(void **state)
{
	(void)state;
	struct clock_offset clock = {.offset_ms = -5000};
	assert_int_equal(clock_corrected(&clock, 100), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_within_a_minute_is_left_alone),
		cmocka_unit_test(a_wrong_clock_is_corrected_and_told_once),
		cmocka_unit_test(an_unreadable_date_teaches_nothing),
		cmocka_unit_test(time_does_not_begin_before_1970),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
