#pragma once
/*
 * Memory for secrets: pages of their own, locked and left out of core dumps where the
 * system allows it, wiped before they go back. Not for anything that grows.
 */
#include <stddef.h>

/* Zeroed; NULL without memory. */
void *locked_new(size_t size);
/* @size as given to locked_new(). Accepts NULL, returns NULL. */
void *locked_free(void *memory, size_t size);
