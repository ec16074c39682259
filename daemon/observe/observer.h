#pragma once
/*
 * Cycles of looking, of one kind each: its cloud groups, the instances of some of them, and how
 * many instances run. Reads only. Keeps the observation, one for all kinds, across cycles.
 *
 * Each kind is another service. Their cycles begin and end by themselves: one that waits for an
 * answer holds no other up.
 *
 * Loop rule: on_cycle() fires once for each observer_run() that returned 0, from the loop.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/env.h"
#include "cloud/call.h"
#include "model/desired.h"
#include "model/observed.h"
#include "observe/pager.h"

struct observer;

struct observer_request {
	bool groups; /* list the cloud groups */
	/* Of a kind that lists by scope only (listings.h): the product codes, and the ids that none of
	 * them covers. NULL: none. Copied. */
	const struct text_list *products, *ids;
	const char *count_running; /* fleet: how many of its instances run; NULL = do not ask */
	/* List the instances of these cloud groups; copied. NULL: none. Ids of other kinds, and those
	 * that were not in the last listing of groups, are passed over. */
	const struct text_list *instances;
};

struct observer_result {
	bool complete;   /* everything asked for came whole */
	int64_t running; /* -1 not asked or no answer */
	/* of the first thing that did not come whole; texts live during on_cycle() */
	enum operation op;
	enum pager_why why;
	enum outcome outcome;
	const char *code, *message, *request_id;
};

struct observer_options {
	struct env *env;
	struct cloud *cloud; /* not owned */
	/* The groups of @kind have been listed whole: adds those whose instances should be listed
	 * with them (new ones, say). 0 or -ENOMEM. NULL: none. */
	int (*on_groups)(void *data, enum kind kind, struct text_list *add);
	void (*on_cycle)(void *data, enum kind kind, const struct observer_result *result);
	void *data;
};

int observer_new(const struct observer_options *options, struct observer **ret);
/* 0; -EBUSY while a cycle of @kind runs; -ENOENT when nothing of what is asked for can be listed; or
 * another negative errno. */
int observer_run(struct observer *o, enum kind kind, const struct observer_request *request);
bool observer_is_busy(const struct observer *o, enum kind kind);
/* What is known now; the caller may look, the next answer changes it. */
const struct observed *observer_observed(const struct observer *o);
/* @kind is looked at no longer: what was seen of it, however long ago, is nothing to act upon before
 * the next complete look. */
void observer_forget(struct observer *o, enum kind kind);
/* Cancels all that runs and frees @o; @closed fires then: at once when nothing runs, else later,
 * from the loop. */
void observer_close(struct observer *o, void (*closed)(void *data), void *data);
