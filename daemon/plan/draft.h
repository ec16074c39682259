#pragma once
/*
 * Draft: the list of actions while it is being made. Gives every action its hash, and keeps
 * of several holds the one that matters most; an approval takes away the holds that a
 * person may lift. Pure.
 */
#include "plan/classify.h"

struct draft {
	const struct plan_input *in;
	struct plan *plan; /* owned by the caller */
	size_t cap;        /* of plan->actions */
};

/* Adopts the contents of @targets (also on failure; may be NULL). The action is the plan's
 * last; the pointer holds until the next one is added. 0 or -ENOMEM. */
int draft_add(struct draft *d, const struct group_view *view, enum verb verb,
	      const char *cloud_group, int64_t count, struct text_list *targets,
	      struct action **ret_action);

/* Sets the price of a buy; again after its count was changed. 0 or -ENOMEM. */
int action_price(const struct group_view *view, struct action *a);
/* Of @count instances for one period, into *@ret in place of what it held; "" when @p, which may be
 * NULL, does not say. 0 or -ENOMEM. */
int price_text(const struct prospects *p, int64_t count, char **ret);
int action_reason(struct action *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Holds unless a graver hold stands already, or a person has let the action through. */
int action_hold(const struct plan_input *in, const struct plan *plan, struct action *a,
		enum hold hold, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Has a person who was shown @hold, and no less than @a is, let @a through? One approval stands for
 * one action: the first of its hash. */
bool action_approved(const struct in_flight *f, const struct plan *plan, const struct action *a,
		     enum hold hold);
bool hold_may_be_approved(enum hold h);
static inline bool verb_buys(enum verb v)
{
	return v == VERB_CREATE || v == VERB_GROW;
}
static inline bool verb_deletes(enum verb v)
{
	return v == VERB_SHRINK || v == VERB_DELETE;
}
