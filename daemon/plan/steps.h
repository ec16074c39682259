#pragma once
/*
 * Steps: the parts of a plan, and what each kind of group allows. Internal to plan/.
 */
#include "plan/draft.h"

/* What differs between kinds. */
struct kind_rules {
	size_t batch; /* most ids in one call that names instances */
	/* Instances that the cloud group may still take in place; 0 = none. */
	int64_t (*room)(const struct group_view *v, const struct cloud_view *c);
	bool (*may_shrink)(const struct cloud_view *c);
	bool (*may_delete)(const struct cloud_view *c);
	bool (*may_leave)(const struct member *m);  /* its status is one we know */
	bool (*is_settled)(const struct member *m); /* ... and one to be released in */
	/* Of two struct member pointers: who goes first (qsort). */
	int (*compare_victims)(const void *a, const void *b);
	bool (*has_drifted)(const struct desired_group *want, const struct cloud_view *c);
	/* Does this instance need @verb (one that touches, not resizes)? */
	bool (*needs)(const struct world *w, const struct desired_group *want,
		      const struct member *m, enum verb verb);
};

#define HOLD(s, a, hold, ...)                                                                      \
	action_hold((s)->draft->in, (s)->draft->plan, (a), (hold), __VA_ARGS__)

/* NULL: groups of this kind are not planned. */
const struct kind_rules *kind_rules_of(enum kind kind);

struct step {
	struct draft *draft;
	const struct world *world;
	struct group_view *view;
	const struct kind_rules *rules;
};

/* Each adds the actions of one group. 0 or -ENOMEM. */
int step_grow(const struct step *s);
int step_shrink(const struct step *s);
int step_empty(const struct step *s); /* count: 0 */
int step_upkeep(const struct step *s);

/* Holds of one action; see holds.c. 0 or -ENOMEM. */
int hold_unobserved(const struct step *s, struct action *a);
int hold_unproven(const struct step *s, struct action *a);
int hold_buy(const struct step *s, struct action *a);
int hold_upkeep_backoff(const struct step *s, struct action *a);

/* More than a fifth of the group is unwell (one instance always may be): healing would only
 * add to whatever is going on. */
bool view_is_too_sick(const struct group_view *v);
bool member_is_ours(const struct world *w, const struct member *m);
/* Seconds for people, rounded up. */
static inline unsigned long long whole_seconds(uint64_t ms)
{
	return (ms + 999) / 1000;
}

/* The reports of all groups and the watch list, from the plan's actions as they stand. */
int plan_finish(const struct world *w, struct plan *plan);
int report_groups(const struct world *w, struct plan *plan);
int watch_groups(const struct world *w, struct plan *plan);
