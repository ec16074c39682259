#pragma once
/*
 * FNV-1a, for fingerprints that only have to notice change (edits of a group,
 * equal listings, plan hashes). Never for anything an enemy may choose.
 */
#include <stdint.h>
#include <string.h>

#define DIGEST_INIT UINT64_C(0xcbf29ce484222325)

static inline uint64_t digest_bytes(uint64_t h, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* Includes the terminator, so that ("ab","c") and ("a","bc") differ. */
static inline uint64_t digest_text(uint64_t h, const char *text)
{
	return digest_bytes(h, text ? text : "", text ? strlen(text) + 1 : 1);
}

static inline uint64_t digest_u64(uint64_t h, uint64_t value)
{
	return digest_bytes(h, &value, sizeof(value));
}
