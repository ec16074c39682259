#pragma once
/*
 * How the fleet stands, as the JSON that the control socket serves and the drover
 * command shows. The keys are fixed by drover(1); new ones may be added at the end of an object,
 * none is ever renamed. Reads its arguments only.
 */
#include <stdint.h>

#include "model/desired.h"
#include "model/in_flight.h"
#include "model/plan_result.h"
#include "model/settings.h"

/* Everything is borrowed for the call; pointers may be NULL before the first plan. */
struct status_view {
	const char *fleet;
	uint64_t generation;
	uint64_t wall_ms;
	enum mode mode;
	enum site site; /* whose console the orders are paid in */
	const struct desired *desired;
	const struct plan *plan;
	const struct in_flight *in_flight;
	int64_t observed_age_ms[KIND_MAX_]; /* of the last complete listing; -1 = never */
	uint64_t next_cycle_wall_ms[KIND_MAX_]; /* 0 unknown */
	/* The API operation that an action will call; NULL = left empty. */
	const char *(*operation_of)(const struct action *a, enum charge_type charge);
};

/* An entry of the history, for explain; newest first. */
struct status_event {
	uint64_t wall_ms;
	const char *event, *detail;
};

/* Each returns 0 with *ret_json for the caller to free(), or -ENOMEM, -E2BIG. @group
 * NULL is all; -ENOENT when no such group is desired or managed. */
int status_json(const struct status_view *v, const char *group, char **ret_json);
int status_plan_json(const struct status_view *v, char **ret_json);
int status_orders_json(const struct status_view *v, char **ret_json);
int status_intents_json(const struct status_view *v, char **ret_json);
int status_explain_json(const struct status_view *v, const char *group,
			const struct status_event *events, size_t n_events, char **ret_json);

/* One line for `systemctl status`: "3 groups: 2 converged, 1 held; 1 order to pay". */
void status_line(const struct status_view *v, char *out, size_t size);
