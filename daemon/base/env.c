#include "base/env.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

static uint64_t read_clock(clockid_t clock)
{
	struct timespec ts = {0};
	(void)clock_gettime(clock, &ts); /* cannot fail for these clocks on Linux */
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static uint64_t os_mono_ms(struct env *env)
{
	(void)env;
	return read_clock(CLOCK_MONOTONIC);
}

static uint64_t os_wall_ms(struct env *env)
{
	(void)env;
	return read_clock(CLOCK_REALTIME);
}

uint64_t env_since_boot_ms(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

static void os_random_bytes(struct env *env, void *buf, size_t size)
{
	(void)env;
	char *p = buf;
	while (size > 0) {
		ssize_t n = getrandom(p, size, 0);
		if (n > 0) {
			p += n;
			size -= (size_t)n;
		} else if (n == 0) {
			abort(); /* documented as impossible; tokens must never be guessable */
		}
	}
}

struct env *env_os(void)
{
	static struct env env = {os_mono_ms, os_wall_ms, os_random_bytes};
	return &env;
}

uint64_t env_random_below(struct env *env, uint64_t bound)
{
	if (bound == 0)
		return 0;
	uint64_t value, limit = UINT64_MAX - UINT64_MAX % bound;
	do
		env->random_bytes(env, &value, sizeof(value));
	while (value >= limit);
	return value % bound;
}
