#pragma once
/*
 * The one source of chance: splitmix64, so that a seed names the whole run.
 */
#include <stddef.h>
#include <stdint.h>

struct sim_random {
	uint64_t state;
};

uint64_t sim_random_u64(struct sim_random *random);
/* Uniform enough in [low, high]; both ends included. */
uint64_t sim_random_between(struct sim_random *random, uint64_t low, uint64_t high);
/* @prefix and then @n characters of 0-9a-z; @out takes strlen(prefix) + n + 1 bytes. */
void sim_random_id(struct sim_random *random, const char *prefix, size_t n, char *out);

#define SIM_UUID_SIZE 37
/* Upper-case, the shape of a RequestId. */
void sim_random_uuid(struct sim_random *random, char out[SIM_UUID_SIZE]);
