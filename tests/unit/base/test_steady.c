#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/steady.h"

static struct {
	struct env env;
	uint64_t mono_ms, slept_ms, wall_ms;
} os;

static uint64_t os_mono(struct env *env)
{
	(void)env;
	return os.mono_ms;
}

static uint64_t os_since_boot(void)
{
	return os.mono_ms + os.slept_ms;
}

static uint64_t os_wall(struct env *env)
{
	(void)env;
	return os.wall_ms;
}

static void os_random(struct env *env, void *buf, size_t size)
{
	(void)env;
	memset(buf, 7, size);
}

static void start(struct steady *s)
{
	os.env = (struct env){os_mono, os_wall, os_random};
	os.mono_ms = 5000;
	os.wall_ms = 1000000000;
	os.slept_ms = 0;
	steady_init(s, &os.env, os_since_boot);
}

static void it_goes_on_also_while_the_machine_sleeps(void **state)
{
	struct steady s;
	unsigned char byte = 0;
	(void)state;
	start(&s);
	assert_int_equal(env_wall_ms(&s.env), 1000000000);
	os.mono_ms += 700;
	assert_int_equal(env_wall_ms(&s.env), 1000000700);
	assert_int_equal(env_mono_ms(&s.env), 5700);
	os.slept_ms = 3600000;
	assert_int_equal(env_wall_ms(&s.env), 1003600700);
	assert_int_equal(env_mono_ms(&s.env), 5700);
	s.env.random_bytes(&s.env, &byte, 1);
	assert_int_equal(byte, 7);
}

static void the_machines_clock_may_jump_as_it_likes(void **state)
{
	struct steady s;
	(void)state;
	start(&s);
	os.wall_ms += 86400000;
	assert_int_equal(env_wall_ms(&s.env), 1000000000);
	os.wall_ms = 0;
	os.mono_ms += 1;
	assert_int_equal(env_wall_ms(&s.env), 1000000001);
}

static void who_knows_better_sets_it_right_both_ways(void **state)
{
	struct steady s;
	(void)state;
	start(&s);
	steady_hear(&s, 1000060000);
	assert_int_equal(env_wall_ms(&s.env), 1000000000); /* near enough */
	steady_hear(&s, 1000060001);
	assert_int_equal(env_wall_ms(&s.env), 1000060001);
	os.mono_ms += 10;
	assert_int_equal(env_wall_ms(&s.env), 1000060011);
	steady_hear(&s, 1000000010);
	assert_int_equal(env_wall_ms(&s.env), 1000000010);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_goes_on_also_while_the_machine_sleeps),
		cmocka_unit_test(the_machines_clock_may_jump_as_it_likes),
		cmocka_unit_test(who_knows_better_sets_it_right_both_ways),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
