#pragma once
/*
 * Steps: the parts of a plan. Internal to plan/.
 */
#include "plan/draft.h"
#include "plan/kind_rules.h"

/* Of a sight with an empty_lie: its missing instances and its hash. */
#define EMPTY_LISTING                                                                              \
	"the listing shows none of the %" PRId64                                                   \
	" instances that the ledger knows: is this the right account (drover whoami) and region? If all of them are "    \
	"gone, and are to be made anew: drover approve %s"

#define PRODUCT_UNLISTED "its product has not been listed yet"

#define HOLD(s, a, hold, ...)                                                                      \
	action_hold((s)->draft->in, (s)->draft->plan, (a), (hold), __VA_ARGS__)

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
int step_settings(const struct step *s);
/* Parts of step_shrink() and step_empty() for cloud groups without members. */
int shrink_numbers(const struct step *s);
int delete_number(const struct step *s, const struct cloud_view *c);

/* Have two complete listings, long enough apart, agreed on the ids? @listed_mono_ms: when the last
 * one ended, 0 never; @ids_since_mono_ms: since when they agree. */
bool listed_twice(const struct step *s, uint64_t listed_mono_ms, uint64_t ids_since_mono_ms);
/* What holds every buy of a group alike, looked for once and not for each of them. 0 or -ENOMEM;
 * buy_facts_free() in both cases. */
struct buy_facts;
int buy_facts_find(const struct step *s, struct buy_facts **ret);
void buy_facts_free(struct buy_facts *f);
/* Holds of one action; see holds.c. 0 or -ENOMEM. */
int hold_unobserved(const struct step *s, struct action *a);
int hold_unproven(const struct step *s, struct action *a);
int hold_buy(const struct step *s, const struct buy_facts *f, struct action *a);
int hold_unclear_many(const struct step *s, const struct buy_facts *f, struct action *a);
int hold_upkeep_backoff(const struct step *s, struct action *a);
/* A call on @c has not landed, or it is not running. */
int hold_unsettled(const struct step *s, const struct cloud_view *c, struct action *a);
/* The number of @c is what its nodes say less the elastic ones that its row tells: nodes that
 * were listed before the row prove nothing. */
int hold_unnumbered(const struct step *s, const struct cloud_view *c, struct action *a);
int hold_delete(const struct step *s, const struct cloud_view *c, struct action *a);
/* What is in @c was listed within poll.fresh. */
bool is_fresh(const struct step *s, const struct cloud_view *c);
/* A listing of what is in @c must be new, and @exact. */
int hold_stale(const struct step *s, const struct cloud_view *c, bool exact, struct action *a);

/* Nobody's as far as anything tells, unmarked, and as @want asks for it, as far as kind, region,
 * spec and image tell; a word that is "" does not constrain. A person decides whose it is. */
bool cloud_is_stranger(const struct world *w, const struct desired_group *want,
		       const struct cloud_view *c);

/* The cloud refused it for what it asks: nothing but an edit helps. @v is wanted. */
bool view_is_refused_for_good(const struct group_view *v);
/* More than a fifth of the group is unwell (one instance always may be): healing would only
 * add to whatever is going on. */
bool view_is_too_sick(const struct group_view *v);
bool member_is_ours(const struct world *w, const struct member *m);
bool cloud_is_ours(const struct world *w, const struct cloud_view *c);
/* Upkeep may call on it: ours, there, and not leaving. */
bool cloud_may_be_touched(const struct cloud_view *c);
/* Names what may be the effect of @i, a buy without a clear answer: " (may be a, b)". Cloud
 * groups that fit, that nobody claims, and that are not older than the call. */
void say_candidates(const struct world *w, const struct group_view *v, const struct intent *i,
		    struct strbuf *out);
/* Seconds for people, rounded up. */
static inline unsigned long long whole_seconds(uint64_t ms)
{
	return (ms + 999) / 1000;
}

/* The reports of all groups and the watch list, from the plan's actions as they stand. */
int plan_finish(const struct world *w, struct plan *plan);
int report_groups(const struct world *w, struct plan *plan);
int watch_groups(const struct world *w, struct plan *plan);
