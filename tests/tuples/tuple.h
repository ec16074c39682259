#pragma once
/*
 * Random tuples: a fleet file, a listing, what is in flight and what the ledger remembers, with
 * the settings and prospects beside them. Chance comes from lib/seed, so that a seed is a tuple.
 */
#include <stdbool.h>

#include "lib/build.h"

/* The groups that tuples speak of: three that may be in the file, one that never is, and a former
 * name of the first. */
#define TUPLE_GROUPS 4

bool one_in(uint64_t n);
/* Without approvals and renames, at rest otherwise: what the plans say can be done. */
struct scene *tuple_new(void);
/* ... and everything else that a plan is made of. The caller frees it with scene_free(). */
struct scene *tuple_new_wide(void);
/* A person approves some of what @plan shows as held, and something that is not in it. */
void tuple_approve(struct scene *s, const struct plan *plan);
/* Puts the listing, the ledger's rows, calls, orders, approvals and hours into another order. */
void tuple_shuffle(struct scene *s);
