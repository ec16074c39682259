#pragma once
/*
 * One seed: a fleet, misfortune for some hours of virtual time, then quiet, and in the end the
 * fleet must stand.
 */
#include <stdbool.h>
#include <stdint.h>

/* What the judges must see: done once on purpose, to show that they do. */
enum plant {
	PLANT_NONE,
	PLANT_DUPLICATE, /* a call makes more than it was asked for */
	PLANT_UNOWNED,   /* a call takes what it must not */
	PLANT_LOST,      /* an order is not told */
	PLANT_STUCK,     /* the cloud never gets well */
	PLANT_PACE,      /* a burst of requests */
	PLANT_SECRET,    /* a key comes into the ledger */
	PLANT_DIFFER,    /* the trace depends on more than the seed */
	PLANT_MAX_,
};

struct scenario_options {
	const char *kinds; /* "cloud-phone,app-streaming,purchase", or some of them */
	bool lost_replies; /* only replies lost after the effect and slow listings, no other fault
			    */
	bool trace;
	const char *dir; /* empty, in memory best */
	unsigned steps;  /* of misfortune; fewer for a shorter prefix */
	enum plant plant;
};

struct scenario_result {
	char wrong[512]; /* "" when everything held */
	uint64_t hash;
	unsigned lives, crashes, requests, changes, held, adopted, approved;
};

void scenario_run(uint64_t seed, const struct scenario_options *options,
		  struct scenario_result *ret);
