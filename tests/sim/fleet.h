#pragma once
/*
 * The fleet as the test wants it, and its file: written, edited, renamed, broken for a while.
 */
#include <stdbool.h>
#include <stdint.h>

#include "truth.h"

#define FLEET_GROUPS 5 /* at most two of a kind, one purchase */
#define FLEET_PAST 64

/* What a version of the file allowed while it was in force. */
struct allowed {
	uint64_t from_ms;
	int64_t least, most;
};

struct group {
	struct wanted wanted;
	bool reorder;
	bool out;         /* left the file: nothing of it may be made or deleted */
	unsigned edits;   /* that mean nothing but that somebody was there */
	const char *heal; /* NULL: the default */
	struct allowed past[FLEET_PAST];
	unsigned n_past;
};

struct fleet {
	struct group groups[FLEET_GROUPS];
	unsigned n_groups;
};

extern struct fleet fleet;

/* Draws a fleet of @kinds; its file goes into @dir. */
void fleet_start(const char *kinds, const char *dir);
/* By any name that it ever had; NULL. */
struct group *fleet_find(const char *name);
/* Writes the file whole, and asks for it to be read. */
void fleet_write(void);
/* Draws a change: another count, a new name, a tag, a group that leaves or comes back. */
void fleet_edit(bool anything);
/* Only what says that somebody was there: consent to order again. */
void fleet_touch(struct group *g);
/* Every group is in the file. */
void fleet_complete(void);
/* Empty, cut, not YAML, or gone, until the next fleet_write(). */
void fleet_break(void);
bool fleet_is_broken(void);

/* The most and the least that any version of the last while asked for: calls that were decided
 * then may arrive now. */
int64_t fleet_most(const struct group *g);
int64_t fleet_least(const struct group *g);
