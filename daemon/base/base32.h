#pragma once
/*
 * Lower-case base32 (a-z 2-7, no padding): for tokens, names and hashes, which
 * must survive file names, tags and being read aloud.
 */
#include <stddef.h>

#define BASE32_SIZE(n_bytes) (((n_bytes) * 8 + 4) / 5 + 1)
/* @out takes BASE32_SIZE(n) bytes, terminator included. */
void base32_encode(const void *bytes, size_t n, char *out);
