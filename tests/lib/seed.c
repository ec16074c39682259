#include "lib/seed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t state;

void seed_init(int argc, char **argv)
{
	state = (uint64_t)time(NULL);
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "--seed") == 0)
			state = strtoull(argv[i + 1], NULL, 10);
	printf("seed=%" PRIu64 "\n", state);
	(void)fflush(stdout);
}

void seed_set(uint64_t seed)
{
	state = seed;
}

/* splitmix64 */
uint64_t seed_next(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t seed_below(uint64_t bound)
{
	return bound ? seed_next() % bound : 0;
}

int64_t seed_between(int64_t low, int64_t high)
{
	return low + (int64_t)seed_below((uint64_t)(high - low) + 1);
}
