#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "base/cleanup.h"
#include "base/duration.h"

#define DAY UINT64_C(86400000)

static void every_unit_is_read(void **state)
{
	static const struct {
		const char *text;
		uint64_t ms;
	} cases[] = {
		{"0", 0},
		{"0ms", 0},
		{"1ms", 1},
		{"1500ms", 1500},
		{"7", 7000},
		{"7s", 7000},
		{"2m", 120000},
		{"3h", 10800000},
		{"1d", DAY},
		{"007s", 7000},
		{"10000d", 10000 * DAY},
		{"864000000", 10000 * DAY},
		{"864000000000ms", 10000 * DAY},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t ms = 99;
		if (duration_parse(cases[i].text, &ms) != 0 || ms != cases[i].ms)
			fail_msg("%s gave %llu", cases[i].text, (unsigned long long)ms);
	}
}

static void what_is_no_duration_leaves_the_result_alone(void **state)
{
	static const struct {
		const char *text;
		int error;
	} cases[] = {
		{"", -EINVAL},
		{"s", -EINVAL},
		{"-1", -EINVAL},
		{"+1", -EINVAL},
		{" 1", -EINVAL},
		{"1 s", -EINVAL},
		{"1s ", -EINVAL},
		{"1.5s", -EINVAL},
		{"1S", -EINVAL},
		{"1w", -EINVAL},
		{"1sm", -EINVAL},
		{"1h30m", -EINVAL},
		{"0x10", -EINVAL},
		{"1e3", -EINVAL},
		{"10001d", -ERANGE},
		{"864000001", -ERANGE},
		{"240001h", -ERANGE},
		{"18446744073709551617ms", -ERANGE}, /* would wrap to 1 */
		{"99999999999999999999999999d", -ERANGE},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t ms = 99;
		if (duration_parse(cases[i].text, &ms) != cases[i].error || ms != 99)
			fail_msg("%s", cases[i].text);
	}
}

static void the_written_form_is_exact_and_short(void **state)
{
	static const struct {
		uint64_t ms;
		const char *text;
	} cases[] = {
		{0, "0s"},
		{1, "1ms"},
		{1500, "1500ms"},
		{1000, "1s"},
		{90000, "90s"},
		{120000, "2m"},
		{5400000, "90m"},
		{7200000, "2h"},
		{25 * UINT64_C(3600000), "25h"},
		{3 * DAY, "3d"},
		{3 * DAY + 1, "259200001ms"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[32];
		uint64_t back = 0;
		duration_text(cases[i].ms, text, sizeof(text));
		assert_string_equal(text, cases[i].text);
		assert_int_equal(duration_parse(text, &back), 0);
		assert_true(back == cases[i].ms);
	}
}

static void people_get_two_parts_at_most(void **state)
{
	static const struct {
		uint64_t ms;
		const char *text;
	} cases[] = {
		{0, "0 s"},
		{999, "0 s"},
		{45999, "45 s"},
		{119999, "119 s"},
		{120000, "2 min"},
		{7199999, "119 min"},
		{7200000, "2 h 0 min"},
		{2 * DAY - 1, "47 h 59 min"},
		{2 * DAY, "2 d 0 h"},
		{2 * DAY + 4 * UINT64_C(3600000), "2 d 4 h"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[32];
		duration_human(cases[i].ms, text, sizeof(text));
		assert_string_equal(text, cases[i].text);
	}
}

static void a_small_buffer_is_not_overrun(void **state)
{
	char text[4] = "xyz";
	(void)state;
	duration_text(1500, text, 3);
	assert_string_equal(text, "15");
	assert_int_equal(text[3], '\0');
	duration_human(UINT64_MAX, text, sizeof(text));
	assert_int_equal(text[3], '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_unit_is_read),
		cmocka_unit_test(what_is_no_duration_leaves_the_result_alone),
		cmocka_unit_test(the_written_form_is_exact_and_short),
		cmocka_unit_test(people_get_two_parts_at_most),
		cmocka_unit_test(a_small_buffer_is_not_overrun),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
