#pragma once
/*
 * What really happened, from the simulated cloud's own history: never from the daemon's words.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/kind.h"

#define WANTED_FORMER 2

/* A desired group as the test writes it. */
struct wanted {
	char name[24];
	char former[WANTED_FORMER][24]; /* names that it had before, "" for none */
	enum kind kind;
	bool prepaid;
	int64_t count, most; /* now, and ever */
	char product[32];    /* purchase: one product per group tells them apart */
};

struct truth {
	const struct wanted *groups;
	unsigned n_groups;
	int64_t seen_calls; /* of the cloud's history, as far as it was judged */
};

struct cJSON;

/* Of the simulator's state: a cloud group of @group, and a group, instance or node on its way
 * out or gone. */
bool truth_is_of(const struct cJSON *cloud_group, const struct wanted *group);
bool truth_is_named_for(const char *name, const struct wanted *group);
bool truth_is_gone(const struct cJSON *item);
/* What of @group exists or is ordered and unpaid, now. */
int64_t truth_holds(const struct wanted *group);
/* ... and runs. */
int64_t truth_runs(const struct wanted *group);
/* Judges what happened since the last time: nothing bought twice, nothing of others touched.
 * NULL, or what is wrong. */
const char *truth_judge(struct truth *t);
/* The n-th cloud group that an unclear create of @group may have made: those of its @name, of a
 * purchase all of the product. "" when there are fewer. */
void truth_candidate(const struct wanted *group, const char *name, unsigned n, char ret[64]);
/* The same for the order that a buy of @count for @group, by @operation, may have left: of @name, as
 * the console shows it. */
void truth_order(const struct wanted *group, const char *operation, const char *name, int64_t count,
		 unsigned n, char ret[64]);
/* The n-th unpaid order; "" when there are fewer. */
void truth_unpaid(unsigned n, char ret[64]);
