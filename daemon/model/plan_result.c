#include "model/plan_result.h"

#include <stdlib.h>

static const char *const conditions[CONDITION_MAX_] = {
	[CONDITION_CONVERGED] = "Converged",
	[CONDITION_PROGRESSING] = "Progressing",
	[CONDITION_AWAITING_PAYMENT] = "AwaitingPayment",
	[CONDITION_HELD] = "Held",
	[CONDITION_STUCK] = "Stuck",
	[CONDITION_DEGRADED] = "Degraded",
	[CONDITION_PAUSED] = "Paused",
	[CONDITION_UNMANAGED] = "Unmanaged",
	[CONDITION_UNKNOWN] = "Unknown",
};

static const struct {
	const char *name;
	bool person;
} holds[HOLD_MAX_] = {
	[HOLD_NONE] = {"", false},
	[HOLD_INCOMPLETE] = {"incomplete-listing", false},
	[HOLD_NOT_TWICE] = {"second-listing", false},
	[HOLD_NOT_FRESH] = {"fresh-listing", false},
	[HOLD_IN_FLIGHT] = {"in-flight", false},
	[HOLD_PACE] = {"pace", false},
	[HOLD_BACKOFF] = {"back-off", false},
	[HOLD_MISSING_MANY] = {"missing-many", false},
	[HOLD_STOCK] = {"stock", false},
	[HOLD_NEW_PER_HOUR] = {"new-per-hour", false},
	[HOLD_DELETES_PER_HOUR] = {"deletes-per-hour", false},
	[HOLD_OBSERVE] = {"observe-mode", false},
	[HOLD_PAUSED] = {"paused", true},
	[HOLD_INSTANCES_TOTAL] = {"instances-total", true},
	[HOLD_COUNT_ZERO] = {"count-zero", true},
	[HOLD_SHRINK_HALF] = {"shrink-half", true},
	[HOLD_PROTECTED] = {"protected", true},
	[HOLD_BROWNFIELD] = {"brownfield", true},
	[HOLD_FOREIGN_OWNER] = {"foreign-owner", true},
	[HOLD_UNKNOWN_ORDERS] = {"unknown-orders", true},
	[HOLD_CANCELLED_ORDER] = {"cancelled-order", true},
	[HOLD_AMBIGUOUS] = {"ambiguous", true},
	[HOLD_RENAME] = {"rename", true},
	[HOLD_SESSION] = {"session", true},
	[HOLD_VANISHED] = {"vanished", true},
	[HOLD_SITE] = {"site", true},
	[HOLD_BALANCE] = {"balance", true},
	[HOLD_SPEND] = {"spend", true},
	[HOLD_UNKNOWN_PRICE] = {"unknown-price", true},
};

static void action_fini(struct action *a)
{
	free(a->group);
	free(a->cloud_group);
	free(a->spec);
	free(a->price);
	free(a->reason);
	free(a->hold_text);
	text_list_fini(&a->targets);
}

struct plan *plan_free(struct plan *plan)
{
	if (!plan)
		return NULL;
	for (size_t i = 0; i < plan->n_actions; i++)
		action_fini(&plan->actions[i]);
	for (size_t i = 0; i < plan->n_groups; i++) {
		free(plan->groups[i].name);
		free(plan->groups[i].region);
		free(plan->groups[i].reason);
		free(plan->groups[i].price);
	}
	free(plan->actions);
	free(plan->groups);
	free(plan->watch);
	free(plan);
	return NULL;
}

const char *condition_name(enum condition c)
{
	return c < CONDITION_MAX_ ? conditions[c] : "?";
}

const char *hold_name(enum hold h)
{
	return h < HOLD_MAX_ ? holds[h].name : "?";
}

bool hold_needs_person(enum hold h)
{
	return h < HOLD_MAX_ && holds[h].person;
}
