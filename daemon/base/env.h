#pragma once
/*
 * Clock and chance: the only way to get either. The daemon uses env_os();
 * tests and simulations pass their own, so that one seed explains a run.
 */
#include <stddef.h>
#include <stdint.h>

struct env {
	/* Milliseconds that never go back; not comparable across restarts. */
	uint64_t (*mono_ms)(struct env *env);
	/* Milliseconds since 1970-01-01T00:00:00Z. May jump. */
	uint64_t (*wall_ms)(struct env *env);
	/* Fills @buf with @size unpredictable bytes; cannot fail. */
	void (*random_bytes)(struct env *env, void *buf, size_t size);
};

/* The operating system's clocks and random source; static, never freed. */
struct env *env_os(void);
/* Milliseconds since the machine started, its sleep included: mono_ms stands still in it. */
uint64_t env_since_boot_ms(void);

static inline uint64_t env_mono_ms(struct env *env)
{
	return env->mono_ms(env);
}
static inline uint64_t env_wall_ms(struct env *env)
{
	return env->wall_ms(env);
}
/* Uniform in [0, bound); 0 when @bound is 0. */
uint64_t env_random_below(struct env *env, uint64_t bound);
