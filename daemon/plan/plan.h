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
#include "model/settings.h"

/* What the daemon has learned about a desired group's prospects; kept by app/act. */
struct prospects {
	const char *group;
	int64_t pace;              /* creates and grows that may be under way at once: 1, 2, 4, ... */
	uint64_t not_before_mono_ms; /* back-off after a refusal; 0 = none */
	const char *last_refusal;  /* for people; "" none */
	bool refused_for_good;     /* rejected for its parameters: only an edit helps */
	uint64_t refused_fingerprint; /* of the group then: an edit lifts it */
	/* checked before the first create: unknown until asked */
	enum { CHECK_UNKNOWN, CHECK_OK, CHECK_BAD } image, spec, stock;
	const char *check_text;    /* for people when BAD */
	const char *spec_to_use;   /* a fallback spec in stock; NULL = the group's own */
};

struct plan_input {
	const struct desired *desired;
	const struct observed *observed;
	const struct in_flight *in_flight;
	const struct settings *settings;
	const struct prospects *prospects;
	size_t n_prospects;
	uint64_t mono_ms, wall_ms;
};

/* Caller owns *ret_plan (plan_free()). The inputs are not kept. 0 or -ENOMEM. */
int plan_compute(const struct plan_input *input, struct plan **ret_plan);
