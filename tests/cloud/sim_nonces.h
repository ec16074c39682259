#pragma once
/*
 * Nonces seen, as 128-bit fingerprints in two generations: a date older than 15
 * minutes is refused anyway, so a generation is dropped after 30 to 60.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_nonce {
	uint64_t high, low; /* both 0: empty slot */
};

struct sim_nonce_table {
	struct sim_nonce *slots;
	size_t n, cap; /* cap is a power of two */
};

struct sim_nonces {
	struct sim_nonce_table now, before;
	uint64_t since_wall_ms;
};

/* 0 first seen, 1 seen before, -ENOMEM. */
int sim_nonces_add(struct sim_nonces *nonces, const char *nonce, uint64_t wall_ms);
void sim_nonces_fini(struct sim_nonces *nonces);
