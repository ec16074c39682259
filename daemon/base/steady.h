#pragma once
/*
 * A wall clock that does not jump: what the operating system's said at the beginning, carried on by
 * the time since the machine started, and set right by whoever knows better. For whatever waits for hours
 * across restarts: an absence, a window, an hour's budget.
 */
#include "base/env.h"

struct steady {
	struct env env; /* first: mono and chance are the source's */
	struct env *source;
	uint64_t (*since_boot_ms)(void);
	uint64_t at_ms, wall_ms; /* the wall clock when since_boot_ms() said so */
};

/* @source must outlive it; @since_boot_ms goes on while the machine sleeps. */
void steady_init(struct steady *s, struct env *source, uint64_t (*since_boot_ms)(void));
/* It is @wall_ms now, to a minute: less of a difference changes nothing. */
void steady_hear(struct steady *s, uint64_t wall_ms);
