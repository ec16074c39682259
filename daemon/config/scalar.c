#include "config/scalar.h"

#include <errno.h>
#include <string.h>

/* Digits without leading zeros; moves @p behind them. */
static int take_digits(const char **p, int64_t *ret)
{
	int64_t value = 0;
	const char *start = *p;
	for (; **p >= '0' && **p <= '9'; (*p)++) {
		bool is_over = __builtin_mul_overflow(value, (int64_t)10, &value) ||
			       __builtin_add_overflow(value, (int64_t)(**p - '0'), &value);
		if (is_over)
			value = INT64_MAX;
	}
	if (*p == start || (*start == '0' && *p != start + 1))
		return -EINVAL;
	*ret = value;
	return 0;
}

int scalar_int(const char *text, int64_t *ret)
{
	bool is_negative = *text == '-';
	const char *p = text + is_negative;
	int64_t value = 0;
	if (take_digits(&p, &value) < 0 || *p || (is_negative && value == 0))
		return -EINVAL;
	if (value == INT64_MAX)
		return -ERANGE;
	*ret = is_negative ? -value : value;
	return 0;
}

int scalar_bool(const char *text, bool *ret)
{
	bool is_true = strcmp(text, "true") == 0;
	if (!is_true && strcmp(text, "false") != 0)
		return -EINVAL;
	*ret = is_true;
	return 0;
}

int scalar_percent(const char *text, int64_t *ret)
{
	const char *p = text;
	int64_t value = 0;
	if (take_digits(&p, &value) < 0 || strcmp(p, "%") != 0)
		return -EINVAL;
	*ret = value;
	return 0;
}

int scalar_rate(const char *text, int64_t *ret)
{
	const char *p = text;
	int64_t whole = 0, thousandths = 0;
	if (take_digits(&p, &whole) < 0)
		return -EINVAL;
	if (*p == '.') {
		int64_t place = 100;
		for (p++; *p >= '0' && *p <= '9' && place > 0; p++, place /= 10)
			thousandths += place * (*p - '0');
		if (p[-1] == '.')
			return -EINVAL;
	}
	if (*p)
		return -EINVAL;
	if (whole > INT64_MAX / 1000 - 1)
		return -ERANGE;
	*ret = whole * 1000 + thousandths;
	return 0;
}
