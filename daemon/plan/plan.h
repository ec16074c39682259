#pragma once
/*
 * Plan: what has to change so that the fleet matches the desired state, and how every
 * group stands.
 *
 * Pure: reads its arguments only (no clock, random, log, I/O). Equal inputs give equal
 * plans, whatever the order of the observed listing. Every action that is possible in
 * principle is listed, held ones with their reason.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/desired.h"
#include "model/in_flight.h"
#include "model/observed.h"
#include "model/plan_result.h"
#include "model/prospect.h"
#include "model/settings.h"

/* Three complete listings must agree before an absence is believed. */
#define ABSENT_LISTINGS 3

struct plan_input {
	const struct desired *desired;
	const struct observed *observed;
	const struct in_flight *in_flight;
	const struct settings *settings;
	const struct prospects *prospects;
	size_t n_prospects;
	uint64_t mono_ms, wall_ms;
	/* When seen_compute()'s answer was last persisted, of each kind (0 = never): each complete
	 * listing counts once towards an absence. */
	uint64_t seen_mono_ms[KIND_MAX_];
	bool other_site; /* the account is known to belong to the other site than settings->site */
};

/* Caller owns *ret_plan (plan_free()). The inputs are not kept. 0 or -ENOMEM. */
int plan_compute(const struct plan_input *input, struct plan **ret_plan);
