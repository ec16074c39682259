#include "base/base32.h"

#include <stdint.h>

void base32_encode(const void *bytes, size_t n, char *out)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
	const uint8_t *p = bytes;
	uint32_t bits = 0;
	unsigned have = 0;
	for (size_t i = 0; i < n; i++) {
		bits = (bits << 8) | p[i];
		for (have += 8; have >= 5; have -= 5)
			*out++ = alphabet[(bits >> (have - 5)) & 31];
	}
	if (have > 0)
		*out++ = alphabet[(bits << (5 - have)) & 31];
	*out = '\0';
}
