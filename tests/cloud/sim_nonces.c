#include "sim_nonces.h"

#include <errno.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#define GENERATION_MS (UINT64_C(30) * 60 * 1000)

static struct sim_nonce fingerprint(const char *nonce)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	struct sim_nonce n;
	SHA256((const unsigned char *)nonce, strlen(nonce), hash);
	memcpy(&n.high, hash, sizeof(n.high));
	memcpy(&n.low, hash + sizeof(n.high), sizeof(n.low));
	n.low |= 1; /* never the empty slot */
	return n;
}

static struct sim_nonce *slot_for(const struct sim_nonce_table *table, struct sim_nonce n)
{
	size_t mask = table->cap - 1, at = (size_t)n.high & mask;
	while (table->slots[at].low != 0 &&
	       (table->slots[at].high != n.high || table->slots[at].low != n.low))
		at = (at + 1) & mask;
	return &table->slots[at];
}

static bool has(const struct sim_nonce_table *table, struct sim_nonce n)
{
	return table->cap > 0 && slot_for(table, n)->low != 0;
}

static int grow(struct sim_nonce_table *table)
{
	struct sim_nonce_table bigger = {.n = table->n, .cap = table->cap ? table->cap * 2 : 1024};
	bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -ENOMEM;
	for (size_t i = 0; i < table->cap; i++)
		if (table->slots[i].low != 0)
			*slot_for(&bigger, table->slots[i]) = table->slots[i];
	free(table->slots);
	*table = bigger;
	return 0;
}

static void turn_over(struct sim_nonces *nonces, uint64_t wall_ms)
{
	if (wall_ms >= nonces->since_wall_ms && wall_ms - nonces->since_wall_ms < GENERATION_MS)
		return;
	free(nonces->before.slots);
	nonces->before = nonces->now;
	nonces->now = (struct sim_nonce_table){0};
	nonces->since_wall_ms = wall_ms;
}

int sim_nonces_add(struct sim_nonces *nonces, const char *nonce, uint64_t wall_ms)
{
	struct sim_nonce n = fingerprint(nonce);
	turn_over(nonces, wall_ms);
	if (has(&nonces->now, n) || has(&nonces->before, n))
		return 1;
	if (nonces->now.n * 2 >= nonces->now.cap && grow(&nonces->now) < 0)
		return -ENOMEM;
	*slot_for(&nonces->now, n) = n;
	nonces->now.n++;
	return 0;
}

void sim_nonces_fini(struct sim_nonces *nonces)
{
	free(nonces->now.slots);
	free(nonces->before.slots);
	*nonces = (struct sim_nonces){0};
}
