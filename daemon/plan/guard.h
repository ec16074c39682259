#pragma once
/*
 * Guard: limits in total and per hour, protection, approvals, observe mode, pauses. May
 * only hold what the plan lists, never add or enlarge; an approval lets through one
 * held action of exactly its hash. Pure.
 */
#include "plan/plan.h"

/* @plan is plan_compute()'s of the same @input. Sets hold and hold_text of actions in place; lowers
 * the count of a create or grow to what the limits leave (at least 1, else it is held). Brings the
 * reports of the groups and the watch list up to date. Returns 0 or -ENOMEM. */
int guard_apply(const struct plan_input *input, struct plan *plan);

/* Instances of @want that this hour's delete budget still allows; the plan cuts its shrinks
 * to it, so that the first victims go now and the rest is listed as held. */
int64_t guard_deletes_left(const struct plan_input *input, const struct desired_group *want);
