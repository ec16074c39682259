#pragma once
/*
 * Growable arrays with overflow-checked sizes. A vector is three fields in the
 * owner's struct:  VEC(struct thing) things;
 * Elements are owned by whoever owns the vector.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *items;                                                                       \
		size_t n;                                                                          \
		size_t cap;                                                                        \
	}

int vec_grow(void **items, size_t *cap, size_t need, size_t item_size);

/* Makes room for one more and returns its zeroed slot, or NULL without memory. */
#define vec_add(v)                                                                                 \
	(vec_grow((void **)&(v)->items, &(v)->cap, (v)->n + 1, sizeof(*(v)->items)) == 0           \
		 ? memset(&(v)->items[(v)->n++], 0, sizeof(*(v)->items))                           \
		 : NULL)

#define vec_free(v)                                                                                \
	do {                                                                                       \
		free((v)->items);                                                                  \
		(v)->items = NULL;                                                                 \
		(v)->n = (v)->cap = 0;                                                             \
	} while (0)

#define vec_each(v, p)                                                                             \
	for (__typeof__(&*(v)->items) p = (v)->items; p && p < (v)->items + (v)->n; p++)
