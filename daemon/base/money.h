#pragma once
/*
 * Amounts of money: exact decimals, whole millionths in an int64_t. Never a binary
 * fraction: what is compared with a balance and shown to people must not be off by one.
 */
#include <stdint.h>

#define MONEY_ONE INT64_C(1000000)
#define MONEY_CURRENCY_SIZE 8 /* "CNY" */
#define MONEY_SIZE 24 /* of any formatted amount, with its NUL */

/* "800", "-11.19", "1,828.72": commas between digits are dropped (bssopenapi 3.15), more
 * than six decimals are rounded, half away from zero. 0; -EINVAL (no such number) or -ERANGE,
 * *ret_micro untouched. */
int money_parse(const char *text, int64_t *ret_micro);
/* "1000 CNY": an amount that is not below 0, a blank, a currency. Results as above. */
int money_parse_sum(const char *text, int64_t *ret_micro, char ret_currency[MONEY_CURRENCY_SIZE]);
/* "800.00", "1.57", "0.000001": two decimals at least, six at most. */
void money_format(int64_t micro, char out[MONEY_SIZE]);
/* 0 or -ERANGE, *ret_micro untouched. */
int money_multiply(int64_t micro, int64_t times, int64_t *ret_micro);
int money_add(int64_t a, int64_t b, int64_t *ret_micro);
