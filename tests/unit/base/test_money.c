#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "base/cleanup.h"
#include "base/money.h"

static void amounts_are_read_exactly(void **state)
{
	static const struct {
		const char *text;
		int64_t micro;
	} cases[] = {
		{"0", 0},
		{"-0.00", 0},
		{"800", 800000000},
		{"800.00", 800000000},
		{"1.57", 1570000},
		{"-11.19", -11190000},
		{"1,828.72", 1828720000},
		{"-1,234,567.5", -1234567500000},
		{"0012", 12000000},
		{"0.1", 100000},
		{"0.000001", 1},
		{"0.0000004", 0},
		{"0.0000005", 1},
		{"-0.0000005", -1},
		{"0.00000049999999999999999999", 0},
		{"0.9999995", 1000000},
		{"-2.6666666666666", -2666667},
		{"9223372036854.775807", INT64_MAX},
		{"9223372036854.7758074", INT64_MAX},
		{"-9223372036854.775807", -INT64_MAX},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t micro = 99;
		if (money_parse(cases[i].text, &micro) != 0 || micro != cases[i].micro)
			fail_msg("%s gave %lld", cases[i].text, (long long)micro);
	}
}

static void sums_have_their_currency(void **state)
{
	int64_t micro = 99;
	char currency[MONEY_CURRENCY_SIZE] = "old";
	(void)state;
	assert_int_equal(money_parse_sum("1000.5 CNY", &micro, currency), 0);
	assert_int_equal(micro, 1000500000);
	assert_string_equal(currency, "CNY");
	static const struct {
		const char *text;
		int error;
	} bad[] = {
		{"", -EINVAL},	      {"1000", -EINVAL},     {"1000 ", -EINVAL},
		{" CNY", -EINVAL},    {"-1 CNY", -EINVAL},   {"1.x CNY", -EINVAL},
		{"1 CURRENCY", -EINVAL}, {"1234567890123456789012345 CNY", -EINVAL},
		{"99999999999999 CNY", -ERANGE},
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(money_parse_sum(bad[i].text, &micro, currency), bad[i].error);
	assert_int_equal(micro, 1000500000);
	assert_string_equal(currency, "CNY");
}

static void what_is_no_amount_leaves_the_result_alone(void **state)
{
	static const struct {
		const char *text;
		int error;
	} cases[] = {
		{"", -EINVAL},
		{"-", -EINVAL},
		{"+1", -EINVAL},
		{"--1", -EINVAL},
		{" 1", -EINVAL},
		{"1 ", -EINVAL},
		{".5", -EINVAL},
		{"5.", -EINVAL},
		{"5.,1", -EINVAL},
		{"1.2.3", -EINVAL},
		{"1.234,5", -EINVAL},
		{",1", -EINVAL},
		{"1,", -EINVAL},
		{"1,,2", -EINVAL},
		{"-,1", -EINVAL},
		{"1e3", -EINVAL},
		{"0x10", -EINVAL},
		{"12 CNY", -EINVAL},
		{"nan", -EINVAL},
		{"9223372036854.7758075", -ERANGE},
		{"9223372036854.775808", -ERANGE},
		{"9223372036855", -ERANGE},
		{"99999999999999999999", -ERANGE},
		{"-99999999999999999999.5", -ERANGE},
		{"99999999999999999999x", -EINVAL},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t micro = 99;
		int r = money_parse(cases[i].text, &micro);
		if (r != cases[i].error || micro != 99)
			fail_msg("'%s' gave %d", cases[i].text, r);
	}
}

static void amounts_are_written_with_two_to_six_decimals(void **state)
{
	static const struct {
		int64_t micro;
		const char *text;
	} cases[] = {
		{0, "0.00"},
		{800000000, "800.00"},
		{1570000, "1.57"},
		{-11190000, "-11.19"},
		{1500000, "1.50"},
		{1, "0.000001"},
		{-1, "-0.000001"},
		{1234500, "1.2345"},
		{10000000, "10.00"},
		{INT64_MAX, "9223372036854.775807"},
		{INT64_MIN, "-9223372036854.775808"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[MONEY_SIZE];
		int64_t back = 0;
		money_format(cases[i].micro, text);
		assert_string_equal(text, cases[i].text);
		if (cases[i].micro == INT64_MIN)
			continue; /* one more than can be read */
		assert_int_equal(money_parse(text, &back), 0);
		assert_true(back == cases[i].micro);
	}
}

static void sums_and_products_do_not_wrap(void **state)
{
	int64_t micro = 99;
	(void)state;
	assert_int_equal(money_multiply(1570000, 720, &micro), 0);
	assert_true(micro == 1130400000);
	assert_int_equal(money_multiply(-MONEY_ONE, 3, &micro), 0);
	assert_true(micro == -3 * MONEY_ONE);
	assert_int_equal(money_add(INT64_MAX - 1, 1, &micro), 0);
	assert_true(micro == INT64_MAX);
	assert_int_equal(money_add(INT64_MAX, 1, &micro), -ERANGE);
	assert_int_equal(money_add(INT64_MIN, -1, &micro), -ERANGE);
	assert_int_equal(money_multiply(INT64_MAX / 2 + 1, 2, &micro), -ERANGE);
	assert_int_equal(money_multiply(INT64_MIN, -1, &micro), -ERANGE);
	assert_true(micro == INT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(amounts_are_read_exactly),
		cmocka_unit_test(sums_have_their_currency),
		cmocka_unit_test(what_is_no_amount_leaves_the_result_alone),
		cmocka_unit_test(amounts_are_written_with_two_to_six_decimals),
		cmocka_unit_test(sums_and_products_do_not_wrap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
