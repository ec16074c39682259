#pragma once
/*
 * A group that is renamed: whatever has the former name gets the new one, all of it or nothing.
 * What is renamed is borrowed and stays where it is until the renaming is kept or undone.
 */
#include "base/vec.h"

struct renames {
	const char *from, *to;
	VEC(struct renamed) done; /* private */
};

struct renamed {
	char **field;
	char *former;
};

/* Replaces *@field, an allocated name, if it is @r->from. 1 when it did, 0, or -ENOMEM. */
int renames_apply(struct renames *r, char **field);
/* For good; or as it was before. Both leave @r without anything done. */
void renames_keep(struct renames *r);
void renames_undo(struct renames *r);
