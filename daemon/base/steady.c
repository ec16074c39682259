#include "base/steady.h"

#include "base/cleanup.h"

#define TOLERATED_MS 60000u

static uint64_t mono_ms(struct env *env)
{
	return env_mono_ms(container_of(env, struct steady, env)->source);
}

static uint64_t wall_ms(struct env *env)
{
	const struct steady *s = container_of(env, struct steady, env);
	return s->wall_ms + (s->since_boot_ms() - s->at_ms);
}

static void random_bytes(struct env *env, void *buf, size_t size)
{
	struct env *source = container_of(env, struct steady, env)->source;
	source->random_bytes(source, buf, size);
}

void steady_init(struct steady *s, struct env *source, uint64_t (*since_boot_ms)(void))
{
	*s = (struct steady){.env = {mono_ms, wall_ms, random_bytes},
			     .source = source,
			     .since_boot_ms = since_boot_ms,
			     .at_ms = since_boot_ms(),
			     .wall_ms = env_wall_ms(source)};
}

void steady_hear(struct steady *s, uint64_t wall)
{
	uint64_t now = wall_ms(&s->env);
	if (wall <= now + TOLERATED_MS && now <= wall + TOLERATED_MS)
		return;
	s->at_ms = s->since_boot_ms();
	s->wall_ms = wall;
}
