#pragma once
/*
 * Finds texts that occur more than once, whatever their number: keys of a map,
 * names of groups, adopted ids.
 */
#include <stddef.h>

#include "base/vec.h"
#include "model/desired.h"

struct mention {
	const char *text; /* borrowed */
	struct pos pos;
	size_t index; /* the caller's, for its message */
};

struct mentions {
	struct mention *items;
	size_t n, cap;
};

int mentions_add(struct mentions *m, const char *text, struct pos pos, size_t index);
void mentions_fini(struct mentions *m);
#define auto_mentions cleanup(mentions_fini)

typedef void (*repeat_cb)(void *data, const struct mention *first, const struct mention *again);
/* Sorts @m by text and position and calls @repeat for every mention but the first of its text. */
void mentions_find_repeats(struct mentions *m, repeat_cb repeat, void *data);
/* The first mention of @text; NULL when there is none. Only after mentions_find_repeats(). */
const struct mention *mentions_find(const struct mentions *m, const char *text);
