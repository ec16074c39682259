#pragma once
/*
 * Strict readings of a scalar's text: one spelling per value, so that a file means
 * the same to every reader (010, 1_000, 1e3, 0x10 and yes mean nothing here).
 */
#include <stdbool.h>
#include <stdint.h>

/* All return 0, -EINVAL (not of this form) or -ERANGE (of this form, but too large). */
int scalar_int(const char *text, int64_t *ret);
int scalar_bool(const char *text, bool *ret);       /* true, false */
int scalar_percent(const char *text, int64_t *ret); /* "20%" -> 20 */
int scalar_rate(const char *text, int64_t *ret);    /* "2", "0.5", "0.125" -> thousandths */
