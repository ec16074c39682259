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

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1970-01-01, or -1 when the month has no such day. By hand: timegm() takes longer
 * than all the rest, and would turn 31 June into 1 July. */
static int days_of(const struct tm *tm)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = tm->tm_year + 1900, past = year - 1;
	int days = 365 * (year - 1970) + (past / 4 - past / 100 + past / 400) -
		   (1969 / 4 - 1969 / 100 + 1969 / 400);
	bool leap = is_leap(year);
	for (int month = 0; month < tm->tm_mon; month++)
		days += lengths[month] + (month == 1 && leap);
	if (tm->tm_mday > lengths[tm->tm_mon] + (tm->tm_mon == 1 && leap))
		return -1;
	return days + tm->tm_mday - 1;
}

/* The time that is @tm at @offset_s east of Greenwich, and @ms. */
static int finish(const struct tm *tm, int ms, int offset_s, uint64_t *ret_ms)
{
	int64_t days = in_range(tm) ? days_of(tm) : -1;
	if (days < 0)
		return -EINVAL;
	int64_t seconds = days * 86400 + tm->tm_hour * 3600 + tm->tm_min * 60 + tm->tm_sec - offset_s;
	if (seconds < 0)
		return -EINVAL;
	*ret_ms = (uint64_t)seconds * 1000 + (uint64_t)ms;
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

/* Digits after a point, of which three count. */
static bool take_fraction(const char **text, int *ret_ms)
{
	int n = 0, ms = 0;
	for (; **text >= '0' && **text <= '9'; n++, (*text)++)
		if (n < 3)
			ms = ms * 10 + (**text - '0');
	for (int k = n; k < 3; k++)
		ms *= 10;
	*ret_ms = ms;
	return n > 0;
}

/* "Z" or "+hh:mm". */
static bool take_zone(const char **text, int *ret_offset_s)
{
	int hours, minutes;
	if (take_char(text, 'Z'))
		return true;
	bool west = take_char(text, '-');
	if ((!west && !take_char(text, '+')) || !take_number(text, 2, &hours) ||
	    !take_char(text, ':') || !take_number(text, 2, &minutes) || hours > 14 || minutes > 59)
		return false;
	*ret_offset_s = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
	return true;
}

/* By hand: it runs for every instance of a listing, and strptime() is ten times as slow. */
int timefmt_parse(const char *text, uint64_t *ret_ms)
{
	struct tm tm = {0};
	int ms = 0, offset_s = 0;
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
	if (iso && seconds && take_char(&text, '.') && !take_fraction(&text, &ms))
		return -EINVAL;
	if ((iso && !take_zone(&text, &offset_s)) || *text != '\0')
		return -EINVAL;
	return finish(&tm, ms, offset_s, ret_ms);
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
	const char *end = strptime(comma + 1, " %d %b %Y %H:%M:%S", &tm);
	return end && strcmp(end, " GMT") == 0 ? finish(&tm, 0, 0, ret_ms) : -EINVAL;
}
