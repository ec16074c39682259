#pragma once
/*
 * The time strings of the API, to and from milliseconds since 1970 (UTC).
 */
#include <stdint.h>

/* Accepts YYYY-MM-DDThh:mm:ssZ, YYYY-MM-DDThh:mmZ, the same with fractions of a second and
 * with an offset for the Z (2023-03-07T20:29:19.000+08:00, appstream-center 3.4), and
 * "YYYY-MM-DD hh:mm:ss". The last has no zone and none is documented (eds-aic 1); it is read
 * as UTC and must only be used for ordering. Returns 0, or -EINVAL with *ret_ms untouched. */
int timefmt_parse(const char *text, uint64_t *ret_ms);

#define TIMEFMT_SIZE 24
/* Writes YYYY-MM-DDThh:mm:ssZ. */
void timefmt_iso(uint64_t wall_ms, char out[TIMEFMT_SIZE]);
/* RFC 7231 date of an HTTP header ("Sat, 21 Nov 2026 22:53:00 GMT"). */
int timefmt_parse_http(const char *text, uint64_t *ret_ms);
