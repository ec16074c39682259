#pragma once
/*
 * A short life of a small fleet in which one of the daemon's calls fails: a group of two, then of
 * three, then of two again, a file that cannot be read, a person who pays and asks. Then the
 * daemon ends, and a new one on the same ledger has to find everything in order.
 */
#include <stdbool.h>

#include "faults.h"

struct world_options {
	const char *kind;
	bool prepaid;
	bool trace;
	const char *dir;     /* empty, in memory best */
	void (*on_call)(uint64_t number); /* for faults_on_call(), may be NULL */
};

struct world_result {
	char wrong[512]; /* "" when everything held */
	struct faults_counts first, second; /* of the life with the fault, of the recovery */
	unsigned lives;
	bool unheard; /* a life ended without hearing the signal: its memory was left behind */
};

/* In a process of its own. */
void world_run(const struct world_options *options, const struct faults_plan *plan,
	       struct faults_sites *ret_sites, struct world_result *ret);
