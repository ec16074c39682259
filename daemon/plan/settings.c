/* Settings of a cloud group that read back otherwise than the file asks for. */
#include <inttypes.h>

#include "plan/steps.h"

static const enum verb settings[] = {VERB_CONFIGURE, VERB_SET_SCALING, VERB_UPDATE_IMAGE};

static const char *reason_of(enum verb verb)
{
	return verb == VERB_CONFIGURE     ? "has other settings than the file"
	       : verb == VERB_SET_SCALING ? "scales otherwise than the file says"
					  : "has another image than the file; rollout: now "
					    "disconnects whoever uses it";
}

/* The call states the number of nodes too: it must not change by the way what growing and
 * shrinking is guarded for. */
static int keep_number(const struct step *s, const struct cloud_view *c, struct action *a)
{
	if (s->view->want->unsized)
		return 0;
	a->total = c->present;
	if (a->total == 0)
		return HOLD(s, a, HOLD_NOT_TWICE, "the nodes of %s must be listed first", c->id);
	return hold_unnumbered(s, c, a);
}

static int set_one(const struct step *s, const struct cloud_view *c, enum verb verb)
{
	struct action *a;
	int r;
	if ((r = draft_add(s->draft, s->view, verb, c->id, c->listed, NULL, &a)) < 0 ||
	    (r = action_reason(a, "%s %s", c->id, reason_of(verb))) < 0 ||
	    (r = hold_unobserved(s, a)) < 0 || (r = hold_upkeep_backoff(s, a)) < 0 ||
	    (r = hold_unsettled(s, c, a)) < 0)
		return r;
	return verb == VERB_SET_SCALING ? keep_number(s, c, a) : 0;
}

/* Growing, shrinking and setting it right wait while it is none of those; then nothing is
 * planned that would come as a surprise later. */
static bool may_be_set(const struct cloud_view *c)
{
	return cloud_may_be_touched(c) &&
	       (c->seen->status == GROUP_RUNNING || c->seen->status == GROUP_UPDATING ||
		c->seen->status == GROUP_CREATING);
}

int step_settings(const struct step *s)
{
	const struct group_view *v = s->view;
	int r = 0;
	for (size_t k = 0; k < v->clouds.n && r == 0; k++) {
		const struct cloud_view *c = v->clouds.items[k];
		unsigned drift = may_be_set(c) ? s->rules->drift(v, c) & ~c->busy : 0;
		if (!v->want->rollout_now)
			drift &= ~(1u << VERB_UPDATE_IMAGE);
		for (size_t i = 0; i < ARRAY_SIZE(settings) && r == 0; i++)
			if (drift & 1u << settings[i])
				r = set_one(s, c, settings[i]);
	}
	return r;
}
