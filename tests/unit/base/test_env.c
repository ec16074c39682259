#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/env.h"

struct scripted {
	struct env env;
	const uint64_t *values;
	size_t n, next;
};

static void next_value(struct env *env, void *buf, size_t size)
{
	struct scripted *s = container_of(env, struct scripted, env);
	uint64_t value = s->values[s->next];
	if (s->next + 1 < s->n)
		s->next++;
	assert_int_equal(size, sizeof(value));
	memcpy(buf, &value, size);
}

static void bounds_are_kept(void **state)
{
	struct env *env = env_os();
	(void)state;
	assert_true(env_random_below(env, 0) == 0);
	assert_true(env_random_below(env, 1) == 0);
	unsigned seen = 0;
	for (int i = 0; i < 1000; i++) {
		uint64_t value = env_random_below(env, 5);
		assert_true(value < 5);
		seen |= 1u << value;
	}
	assert_int_equal(seen, 31); /* misses one with a chance of 5 * 0.8^1000 */
}

static void extreme_bytes_stay_below_the_bound(void **state)
{
	static const uint64_t values[] = {UINT64_MAX, UINT64_MAX - 1, 0, 1, UINT64_C(1) << 63, 12};
	static const uint64_t bounds[] = {1, 2, 3, 10, 1000, (UINT64_C(1) << 63) + 1, UINT64_MAX};
	(void)state;
	for (size_t b = 0; b < ARRAY_SIZE(bounds); b++) {
		struct scripted s = {{.random_bytes = next_value}, values, ARRAY_SIZE(values), 0};
		for (int i = 0; i < 4; i++)
			assert_true(env_random_below(&s.env, bounds[b]) < bounds[b]);
	}
}

static void the_steady_clock_does_not_go_back(void **state)
{
	struct env *env = env_os();
	uint64_t last = env_mono_ms(env);
	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t now = env_mono_ms(env);
		assert_true(now >= last);
		last = now;
	}
	assert_true(env_wall_ms(env) > UINT64_C(1700000000000)); /* ms, not s */
}

static uint64_t read_ms(clockid_t clock)
{
	struct timespec ts;
	assert_int_equal(clock_gettime(clock, &ts), 0);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void each_clock_is_its_own(void **state)
{
	struct env *env = env_os();
	(void)state;
	uint64_t before = read_ms(CLOCK_MONOTONIC), mono = env_mono_ms(env);
	assert_true(before <= mono && mono <= read_ms(CLOCK_MONOTONIC));
	/* Somebody may set this one meanwhile, but hardly to the time since the machine started. */
	assert_true(env_wall_ms(env) > mono + UINT64_C(1000000000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_are_kept),
		cmocka_unit_test(extreme_bytes_stay_below_the_bound),
		cmocka_unit_test(the_steady_clock_does_not_go_back),
		cmocka_unit_test(each_clock_is_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
