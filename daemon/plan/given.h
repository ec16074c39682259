#pragma once
/*
 * Given: which cloud groups does a person give away, or take, who approves what was held because
 * of them? Pure.
 */
#include "plan/plan.h"

/* Are those of @hold given to somebody else, for good? Otherwise they become the group's own. */
bool given_is_foreign(enum hold hold);

typedef int (*given_fn)(void *data, const struct observed_group *g);

/*
 * Calls @give with each cloud group that approving an action of the desired group @group settles,
 * held for @hold, as @in shows them now: none for other holds than HOLD_BROWNFIELD (unmarked ones,
 * alike) and HOLD_FOREIGN_OWNER (with our mark alone). 0, -ENOMEM, or what @give said when that
 * was not 0: no more are given then.
 */
int given_each(const struct plan_input *in, const char *group, enum hold hold, given_fn give,
	       void *data);
