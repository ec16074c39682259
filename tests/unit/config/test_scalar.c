#include "unit/config/files.h"

#include <errno.h>
#include <inttypes.h>

#include "config/scalar.h"

struct row {
	const char *text;
	int result;
	int64_t value;
};

static void check_rows(int (*read)(const char *, int64_t *), const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t value = -77;
		int r = read(rows[i].text, &value);
		if (r != rows[i].result || value != (r == 0 ? rows[i].value : -77))
			fail_msg("%s: %d, %" PRId64, rows[i].text, r, value);
	}
}

static void integers_have_one_spelling(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"0", 0, 0},
		{"7", 0, 7},
		{"-3", 0, -3},
		{"100000", 0, 100000},
		{"9223372036854775806", 0, INT64_MAX - 1},
		{"9223372036854775807", -ERANGE, 0},
		{"99999999999999999999999999", -ERANGE, 0},
		{"-99999999999999999999", -ERANGE, 0},
		{"", -EINVAL, 0},
		{"-", -EINVAL, 0},
		{"-0", -EINVAL, 0},
		{"+1", -EINVAL, 0},
		{"010", -EINVAL, 0},
		{"00", -EINVAL, 0},
		{"0x10", -EINVAL, 0},
		{"1e3", -EINVAL, 0},
		{"1_000", -EINVAL, 0},
		{"1:30", -EINVAL, 0},
		{"3.0", -EINVAL, 0},
		{" 3", -EINVAL, 0},
		{"3 ", -EINVAL, 0},
		{"yes", -EINVAL, 0},
		{"٣", -EINVAL, 0},
	};
	check_rows(scalar_int, rows, ARRAY_SIZE(rows));
}

static void percentages_carry_their_sign(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"0%", 0, 0},         {"20%", 0, 20},       {"101%", 0, 101},
		{"20", -EINVAL, 0},   {"0.2", -EINVAL, 0},  {"2.5%", -EINVAL, 0},
		{"-1%", -EINVAL, 0},  {"%", -EINVAL, 0},    {"20%%", -EINVAL, 0},
		{"020%", -EINVAL, 0}, {"20 %", -EINVAL, 0},
	};
	check_rows(scalar_percent, rows, ARRAY_SIZE(rows));
}

static void rates_have_at_most_three_decimals(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"0", 0, 0},
		{"5", 0, 5000},
		{"0.5", 0, 500},
		{"1.25", 0, 1250},
		{"0.001", 0, 1},
		{"10.000", 0, 10000},
		{"9999999999999999999", -ERANGE, 0},
		{"1.2345", -EINVAL, 0},
		{"1.", -EINVAL, 0},
		{".5", -EINVAL, 0},
		{"1e3", -EINVAL, 0},
		{"-1", -EINVAL, 0},
		{"1.5.2", -EINVAL, 0},
		{"01.5", -EINVAL, 0},
		{"", -EINVAL, 0},
		{"1,5", -EINVAL, 0},
	};
	check_rows(scalar_rate, rows, ARRAY_SIZE(rows));
}

static void booleans_are_true_and_false(void **state)
{
	(void)state;
	static const char *const others[] = {"True", "TRUE", "yes", "on", "1", "", "t", "false "};
	bool value = false;
	assert_int_equal(scalar_bool("true", &value), 0);
	assert_true(value);
	assert_int_equal(scalar_bool("false", &value), 0);
	assert_false(value);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_int_equal(scalar_bool(others[i], &value), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_have_one_spelling),
		cmocka_unit_test(percentages_carry_their_sign),
		cmocka_unit_test(rates_have_at_most_three_decimals),
		cmocka_unit_test(booleans_are_true_and_false),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
