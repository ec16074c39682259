#include "base/money.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DECIMALS 6

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int append(int64_t *value, char digit)
{
	bool over = __builtin_mul_overflow(*value, (int64_t)10, value) ||
		    __builtin_add_overflow(*value, (int64_t)(digit - '0'), value);
	return over ? -ERANGE : 0;
}

/* The digits before the point; a comma stands between two of them or nowhere. */
static int parse_whole(const char **at, int64_t *value)
{
	const char *p = *at;
	int r = is_digit(*p) ? 0 : -EINVAL;
	for (; is_digit(*p) || (*p == ',' && is_digit(p[1])); p++)
		if (*p != ',' && r == 0)
			r = append(value, *p);
	*at = p;
	return r;
}

/* Six digits whatever there are, the seventh rounds. @p is behind the point, or at the end. */
static int parse_decimals(const char **at, int64_t *value)
{
	const char *p = *at;
	int r = 0;
	for (int i = 0; i < DECIMALS && r == 0; i++)
		r = append(value, is_digit(*p) ? *p++ : '0');
	if (r == 0 && *p >= '5' && *p <= '9')
		r = money_add(*value, 1, value);
	*at = p + strspn(p, "0123456789");
	return r;
}

int money_parse(const char *text, int64_t *ret_micro)
{
	int64_t value = 0;
	const char *p = text + (*text == '-');
	int whole = parse_whole(&p, &value);
	if (*p == '.' && !is_digit(*++p))
		return -EINVAL;
	int decimals = parse_decimals(&p, &value);
	if (whole == -EINVAL || *p != '\0')
		return -EINVAL;
	if (whole < 0 || decimals < 0)
		return -ERANGE;
	*ret_micro = *text == '-' ? -value : value;
	return 0;
}

int money_parse_sum(const char *text, int64_t *ret_micro, char ret_currency[MONEY_CURRENCY_SIZE])
{
	char amount[MONEY_SIZE];
	size_t len = strcspn(text, " ");
	const char *currency = text + len + (text[len] == ' ');
	if (len >= sizeof(amount) || *text == '-' || !*currency ||
	    strlen(currency) >= MONEY_CURRENCY_SIZE)
		return -EINVAL;
	memcpy(amount, text, len);
	amount[len] = '\0';
	int r = money_parse(amount, ret_micro);
	if (r == 0)
		memcpy(ret_currency, currency, strlen(currency) + 1);
	return r;
}

void money_format(int64_t micro, char out[MONEY_SIZE])
{
	uint64_t size = micro < 0 ? -(uint64_t)micro : (uint64_t)micro;
	int n = snprintf(out, MONEY_SIZE, "%s%" PRIu64 ".%06" PRIu64, micro < 0 ? "-" : "",
			 size / MONEY_ONE, size % MONEY_ONE);
	for (int spare = DECIMALS - 2; spare > 0 && out[n - 1] == '0'; spare--)
		out[--n] = '\0';
}

int money_multiply(int64_t micro, int64_t times, int64_t *ret_micro)
{
	int64_t value;
	if (__builtin_mul_overflow(micro, times, &value))
		return -ERANGE;
	*ret_micro = value;
	return 0;
}

int money_add(int64_t a, int64_t b, int64_t *ret_micro)
{
	int64_t value;
	if (__builtin_add_overflow(a, b, &value))
		return -ERANGE;
	*ret_micro = value;
	return 0;
}
