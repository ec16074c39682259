#include "base/duration.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *unit;
	uint64_t ms;
} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
#define N_UNITS (sizeof(units) / sizeof(units[0]))
#define MAX_MS (10000 * (uint64_t)86400000)

int duration_parse(const char *text, uint64_t *ret_ms)
{
	const char *p = text;
	uint64_t value = 0;
	if (*p < '0' || *p > '9')
		return -EINVAL;
	for (; *p >= '0' && *p <= '9'; p++) {
		value = value * 10 + (uint64_t)(*p - '0');
		if (value > MAX_MS)
			return -ERANGE;
	}
	uint64_t factor = *p == '\0' ? 1000 : 0;
	for (size_t i = 0; i < N_UNITS && factor == 0; i++)
		if (strcmp(p, units[i].unit) == 0)
			factor = units[i].ms;
	if (factor == 0)
		return -EINVAL;
	if (value > MAX_MS / factor)
		return -ERANGE;
	*ret_ms = value * factor;
	return 0;
}

void duration_text(uint64_t ms, char *out, size_t size)
{
	size_t best = 0;
	for (size_t i = 0; i < N_UNITS; i++)
		if (ms != 0 && ms % units[i].ms == 0)
			best = i;
	if (ms == 0)
		best = 1;
	(void)snprintf(out, size, "%" PRIu64 "%s", ms / units[best].ms, units[best].unit);
}

void duration_human(uint64_t ms, char *out, size_t size)
{
	uint64_t s = ms / 1000, min = s / 60, h = min / 60, d = h / 24;
	if (s < 120)
		(void)snprintf(out, size, "%" PRIu64 " s", s);
	else if (min < 120)
		(void)snprintf(out, size, "%" PRIu64 " min", min);
	else if (h < 48)
		(void)snprintf(out, size, "%" PRIu64 " h %" PRIu64 " min", h, min % 60);
	else
		(void)snprintf(out, size, "%" PRIu64 " d %" PRIu64 " h", d, h % 24);
}
