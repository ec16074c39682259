#pragma once
/*
 * Randomness for tests: one printed seed explains a run. `--seed N` replays it.
 */
#include <stdint.h>

/* Reads --seed from the arguments, or takes one from the clock; prints "seed=N". */
void seed_init(int argc, char **argv);
void seed_set(uint64_t seed);             /* the stream of @seed, from its start */
uint64_t seed_next(void);                 /* the next of the stream */
uint64_t seed_below(uint64_t bound);      /* in [0, bound), 0 for 0 */
int64_t seed_between(int64_t low, int64_t high); /* both included */
