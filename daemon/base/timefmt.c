#include "base/timefmt.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static bool in_range(const struct tm *tm)
{
	return tm->tm_year >= 70 && tm->tm_year < 8000 && tm->tm_mon >= 0 && tm->tm_mon < 12 &&
	       tm->tm_mday >= 1 && tm->tm_mday <= 31 && tm->tm_hour >= 0 && tm->tm_hour < 24 &&
	       tm->tm_min >= 0 && tm->tm_min < 60 && tm->tm_sec >= 0 && tm->tm_sec < 61;
}

/* @end is what was not read: it must be exactly @suffix. */
static int finish(struct tm *tm, const char *end, const char *suffix, uint64_t *ret_ms)
{
	if (!end || strcmp(end, suffix) != 0 || !in_range(tm))
		return -EINVAL;
	int day = tm->tm_mday;
	time_t seconds = timegm(tm);
	if (seconds < 0 || tm->tm_mday != day) /* timegm turns 31 June into 1 July */
		return -EINVAL;
	*ret_ms = (uint64_t)seconds * 1000;
	return 0;
}

/* Exactly @n digits. */
static bool take_number(const char **text, int n, int *ret)
{
	int value = 0;
	for (; n > 0; n--, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		value = value * 10 + (**text - '0');
	}
	*ret = value;
	return true;
}

static bool take_char(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

/* By hand: it runs for every instance of a listing, and strptime() is ten times as slow. */
int timefmt_parse(const char *text, uint64_t *ret_ms)
{
	struct tm tm = {0};
	if (!take_number(&text, 4, &tm.tm_year) || !take_char(&text, '-') ||
	    !take_number(&text, 2, &tm.tm_mon) || !take_char(&text, '-') ||
	    !take_number(&text, 2, &tm.tm_mday))
		return -EINVAL;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	bool iso = take_char(&text, 'T');
	if ((!iso && !take_char(&text, ' ')) || !take_number(&text, 2, &tm.tm_hour) ||
	    !take_char(&text, ':') || !take_number(&text, 2, &tm.tm_min))
		return -EINVAL;
	bool seconds = take_char(&text, ':');
	if (seconds ? !take_number(&text, 2, &tm.tm_sec) : !iso)
		return -EINVAL;
	return finish(&tm, text, iso ? "Z" : "", ret_ms);
}

void timefmt_iso(uint64_t wall_ms, char out[TIMEFMT_SIZE])
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm = {0};
	(void)gmtime_r(&seconds, &tm);
	if (strftime(out, TIMEFMT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		(void)snprintf(out, TIMEFMT_SIZE, "9999-12-31T23:59:59Z");
}

int timefmt_parse_http(const char *text, uint64_t *ret_ms)
{
	struct tm tm = {0};
	const char *comma = strchr(text, ',');
	if (!comma)
		return -EINVAL;
	return finish(&tm, strptime(comma + 1, " %d %b %Y %H:%M:%S", &tm), " GMT", ret_ms);
}
