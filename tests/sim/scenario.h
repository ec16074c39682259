#pragma once
/*
 * One seed: a fleet, misfortune for some hours of virtual time, then quiet, and in the end the
 * fleet must stand.
 */
#include <stdbool.h>
#include <stdint.h>

struct scenario_options {
	const char *kinds;  /* "cloud-phone,app-streaming,purchase", or some of them */
	bool lost_replies;  /* only replies lost after the effect and slow listings, no other fault */
	bool trace;
	const char *dir;    /* empty, in memory best */
	unsigned steps;     /* of misfortune; fewer for a shorter prefix */
};

struct scenario_result {
	char wrong[512];    /* "" when everything held */
	uint64_t hash;
	unsigned lives, crashes, requests, adopted, held;
};

void scenario_run(uint64_t seed, const struct scenario_options *options, struct scenario_result *ret);
