#include "sim_random.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

uint64_t sim_random_u64(struct sim_random *random)
{
	uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t sim_random_between(struct sim_random *random, uint64_t low, uint64_t high)
{
	return low + sim_random_u64(random) % (high - low + 1);
}

void sim_random_id(struct sim_random *random, const char *prefix, size_t n, char *out)
{
	static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	size_t at = strlen(prefix);
	memcpy(out, prefix, at);
	for (size_t i = 0; i < n; i++)
		out[at++] = alphabet[sim_random_u64(random) % (sizeof(alphabet) - 1)];
	out[at] = '\0';
}

void sim_random_uuid(struct sim_random *random, char out[SIM_UUID_SIZE])
{
	uint64_t a = sim_random_u64(random), b = sim_random_u64(random);
	(void)snprintf(out, SIM_UUID_SIZE,
		       "%08" PRIX64 "-%04" PRIX64 "-5%03" PRIX64 "-8%03" PRIX64 "-%012" PRIX64,
		       a >> 32, (a >> 16) & 0xffff, a & 0xfff, b >> 52,
		       b & UINT64_C(0xffffffffffff));
}
