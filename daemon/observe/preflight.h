#pragma once
/*
 * Asks what cloud/inquiry.h says about a group before it buys.
 *
 * Loop rule: on_checked() fires once for each preflight_run() that returned 0, from the loop.
 */
#include <stdbool.h>

#include "cloud/call.h"
#include "cloud/inquiry.h"
#include "model/desired.h"

struct preflight;

struct preflight_options {
	struct cloud *cloud;
	/* @inquiry lives during the call. */
	void (*on_checked)(void *data, const struct inquiry *inquiry);
	void *data;
};

int preflight_new(const struct preflight_options *options, struct preflight **ret);
/* -EALREADY while that group is being checked, -ENOENT when there is nothing to ask. What is
 * needed of @group is copied. */
int preflight_run(struct preflight *p, const struct desired_group *group);
bool preflight_is_busy(const struct preflight *p);
/* @closed: at once when nothing runs, else later. */
void preflight_close(struct preflight *p, void (*closed)(void *data), void *data);
