#pragma once
/*
 * libuv's timers on a virtual clock: the linker puts these in the place of libuv's
 * (--wrap, see CMakeLists.txt), so that the daemon's own loop, unchanged, lives through hours in a
 * moment. One thread, one loop; what happens, and in which order, depends on nothing else.
 *
 * A life is one uv_run(). vloop_crash() ends it at once, with everything that the process had in
 * memory: the next life begins with vloop_reset().
 */
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/env.h"

typedef void (*vloop_fn)(void *data);

extern struct env vloop_env; /* what env_os() answers */

/* Everything anew; the seed of the random bytes. */
void vloop_start(uint64_t seed, uint64_t wall_ms);
/* A new process: timers are gone, time goes on. */
void vloop_reset(void);

uint64_t vloop_now(void); /* mono */
uint64_t vloop_wall(void);
void vloop_jump_wall(int64_t by_ms); /* the clock of the machine is set */
uint64_t vloop_random(uint64_t bound); /* for the world, not for the daemon */

/* @fn runs at @at_ms or later. Of a life: gone with it. Of the world: stays. */
void vloop_at(uint64_t at_ms, vloop_fn fn, void *data);
void vloop_world_at(uint64_t at_ms, vloop_fn fn, void *data);
/* Time in which nothing lives: no event comes before it is over. */
void vloop_pass(uint64_t ms);
uint64_t vloop_steps(void); /* events so far */
/* Before every event, with the time already moved. */
void vloop_on_step(vloop_fn fn, void *data);

/* Runs @life; true when it returned, false when it crashed. *ret_code: what it returned. */
bool vloop_live(int (*life)(void *data), void *data, int *ret_code);
void vloop_crash(void) __attribute__((noreturn));
/* A signal arrives, if the daemon listens to it; false when it does not. From the world only. */
bool vloop_signal(int number);
