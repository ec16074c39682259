#pragma once
/*
 * Guard, the part about money: what may be ordered within a day and a month. Internal to plan/.
 * Pure.
 */
#include "plan/steps.h"

/* One limit and what has been ordered within its window, this plan's buys included. */
struct spend_window {
	const char *name; /* "spend_per_day" */
	const char *span; /* "24 hours" */
	int64_t hours;
	int64_t limit_micro, spent_micro;
	char currency[MONEY_CURRENCY_SIZE]; /* "" no limit */
};

struct spend_guard {
	struct spend_window windows[2];
};

void spend_begin(struct spend_guard *g, const struct plan_input *in);
/* Holds the buy @a that would exceed a limit, or whose price is not known where that matters;
 * counts it otherwise. 0 or -ENOMEM. */
int spend_guard(struct spend_guard *g, const struct plan_input *in, const struct plan *plan,
		bool by_use, struct action *a);
