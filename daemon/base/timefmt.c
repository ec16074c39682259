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

/* @end is what strptime left: it must be exactly @suffix. */
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

int timefmt_parse(const char *text, uint64_t *ret_ms)
{
	static const struct {
		const char *format, *suffix;
	} forms[] = {{"%Y-%m-%dT%H:%M:%S", "Z"}, {"%Y-%m-%dT%H:%M", "Z"}, {"%Y-%m-%d %H:%M:%S", ""}};
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm tm = {0};
		if (finish(&tm, strptime(text, forms[i].format, &tm), forms[i].suffix, ret_ms) == 0)
			return 0;
	}
	return -EINVAL;
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
