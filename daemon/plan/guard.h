#pragma once
/*
 * Guard: limits in total and per hour, protection, approvals, observe mode, pauses. May
 * only hold what the plan lists, never add or enlarge; an approval lets through one
 * held action of exactly its hash. Pure.
 */
#include "plan/plan.h"

/* Sets hold and hold_text of actions in place; lowers the count of a create or grow to what
 * the limits leave (at least 1, else it is held). Returns 0 or -ENOMEM. */
int guard_apply(const struct plan_input *input, struct plan *plan);
