#pragma once
/*
 * Overdue: has a call that was answered had its time to show what it made? As soon as that is so,
 * and no sooner, its group is Stuck for it and a person may give it up (drover intents abandon).
 * Pure.
 */
#include "plan/plan.h"

/* poll.stuck_after has passed since the last news of what @intent (not 0) made: its answer, an id
 * that is not listed yet, a payment. False where there are no news. */
bool call_is_overdue(const struct plan_input *in, int64_t intent);
/* @i, a buy that was done, made @g, or grew it, a cloud group of which only the number counts: are
 * there fewer than it was to have? */
bool call_came_short(const struct intent *i, const struct observed_group *g);
