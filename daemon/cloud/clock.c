#include "cloud/clock.h"

#include "base/timefmt.h"

#define TOLERATED_MS 60000

static bool is_far(int64_t a, int64_t b)
{
	return a - b > TOLERATED_MS || b - a > TOLERATED_MS;
}

bool clock_learn(struct clock_offset *clock, uint64_t wall_now_ms, const char *date)
{
	uint64_t server_ms;
	if (timefmt_parse_http(date, &server_ms) < 0)
		return false;
	/* Whole seconds, and some time under way: exact to a second or so. */
	int64_t offset_ms = (int64_t)server_ms - (int64_t)wall_now_ms;
	if (!is_far(offset_ms, clock->offset_ms))
		return false;
	clock->offset_ms = is_far(offset_ms, 0) ? offset_ms : 0;
	return true;
}

uint64_t clock_corrected(const struct clock_offset *clock, uint64_t wall_now_ms)
{
	int64_t corrected = (int64_t)wall_now_ms + clock->offset_ms;
	return corrected > 0 ? (uint64_t)corrected : 0;
}

bool clock_has_moved(const struct clock_offset *clock, int64_t signed_offset_ms)
{
	return is_far(clock->offset_ms, signed_offset_ms);
}
