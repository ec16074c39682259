#pragma once
/*
 * What is asked before the first create of a group: is the image there, is the spec known,
 * is there stock, and if not, has one of the fallback specs? Advice only: a question that
 * gets no answer counts as "yes", the create itself will tell.
 *
 * Loop rule: on_checked() fires once for each preflight_run() that returned 0, from the loop.
 */
#include <stdbool.h>

#include "cloud/call.h"
#include "model/desired.h"

struct preflight;

struct preflight_answer {
	const char *group;
	bool image_ok, spec_ok, stock_ok;
	const char *spec; /* a fallback in stock; NULL = the group's own */
	const char *text; /* for people: what is wrong; "" */
};

struct preflight_options {
	struct cloud *cloud;
	void (*on_checked)(void *data, const struct preflight_answer *answer);
	void *data;
};

int preflight_new(const struct preflight_options *options, struct preflight **ret);
/* -EALREADY while that group is being checked. What is needed of @group is copied. */
int preflight_run(struct preflight *p, const struct desired_group *group);
bool preflight_is_busy(const struct preflight *p);
/* @closed: at once when nothing runs, else later. */
void preflight_close(struct preflight *p, void (*closed)(void *data), void *data);
