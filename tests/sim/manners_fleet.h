#pragma once
/*
 * The fleets of the scenarios of pace: written as files, edited while the daemon lives, and judged by
 * what the cloud holds.
 */
#include <stdbool.h>
#include <stdint.h>

#include "cloud/operations.h"
#include "report/log.h"
#include "truth.h"

#define FLEET_GROUPS 256

struct fleet_group {
	const char *name;
	enum kind kind;
	int64_t count;
	int64_t per_group; /* of phones */
	bool prepaid;
};

/* A fresh life in @dir: the cloud, the clock, the network's meter and these settings. */
struct fleet_world {
	const char *dir;
	uint64_t seed;
	double reads_per_s, writes_per_s; /* the cloud's quota; 0: none */
	const char *settings;             /* lines of drover.yaml below its version, or "" */
	bool trace;
	void (*on_event)(enum event ev, const struct log_field *fields); /* may be NULL */
};
void fleet_begin(const struct fleet_world *world);

void fleet_add(const struct fleet_group *group);
/* Writes the file, and has the daemon read it if there is one. */
void fleet_resize(const char *name, int64_t count);
void fleet_write(void);

/* A person pays what is to be paid now. */
void fleet_pay(void);
/* A person answers what is held. */
void fleet_answer(void);
/* Whoever answers calls from now on adds this fault to each of them; NULL: none. */
void fleet_fault(const char *fault, uint64_t ms);
/* The same of calls to one service only. */
void fleet_fault_of(enum service service, const char *fault, uint64_t ms);

/* The first instances beyond what was ever wanted are told in @wrong, which is "" until then. */
void fleet_keep_wrong(char *wrong, size_t size);
int64_t fleet_missing(void);
/* How many of the group @name the cloud has, and how many of them run. */
int64_t fleet_holds(const char *name);
int64_t fleet_runs(const char *name);
/* drover says that the group @name is as it is wanted. */
bool fleet_converged(const char *name);
/* Groups whose condition is not @condition; -1: the daemon gave no answer. */
int fleet_not(const char *condition, bool tell);
/* True once all that the daemon knows was seen after @since_ms. */
bool fleet_seen_since(uint64_t since_ms);
