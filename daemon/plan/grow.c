/* More instances: short cloud groups are filled, the rest are new ones. */
#include <inttypes.h>
#include <string.h>

#include "plan/steps.h"

/* A step of 1, 2, 4, ... is done at a definite reply. */
static int64_t under_way(const struct group_view *v)
{
	int64_t n = 0;
	for (size_t i = 0; i < v->intents.n; i++) {
		const struct intent *intent = v->intents.items[i];
		if (verb_buys(intent->verb) && intent_is_open(intent) &&
		    intent->state != INTENT_HELD)
			n++;
	}
	return n;
}

static int hold_pace(const struct step *s, struct action *a, int64_t *busy)
{
	int64_t pace = s->view->prospects ? s->view->prospects->pace : 1;
	if (a->hold != HOLD_NONE)
		return 0;
	if (pace < 1)
		pace = 1;
	if (*busy < pace) {
		++*busy;
		return 0;
	}
	return HOLD(s, a, HOLD_PACE,
		    "at most %" PRId64
		    " creates of this group at once; the rest follow their answers",
		    pace);
}

/* Ids known before the call: what an unclear answer is compared with (eds-aic 4.4). */
static int ids_before(const struct cloud_view *c, struct text_list *ret)
{
	int r = 0;
	for (size_t i = 0; i < c->n_members && r == 0; i++)
		r = text_list_add(ret, c->members[i].seen->id);
	for (size_t i = 0; i < c->absent.n && r == 0; i++)
		r = text_list_add(ret, c->absent.items[i]->id);
	return r;
}

static int hold_grow(const struct step *s, const struct cloud_view *c, struct action *a)
{
	if (c->locked || c->create)
		return HOLD(s, a, HOLD_IN_FLIGHT, "an earlier call on %s is not settled", c->id);
	/* Growth has no token: unless every id is known before the call, an unclear answer
	 * could not be told from instances that were there all along. */
	if (c->seen->listed_mono_ms == 0 || c->seen->available > c->listed + c->unseen)
		return HOLD(s, a, HOLD_NOT_TWICE, "the instances of %s must be listed first",
			    c->id);
	return 0;
}

static int grow_one(const struct step *s, const struct cloud_view *c, int64_t count, int64_t *busy)
{
	struct text_list before = {0};
	int r = ids_before(c, &before);
	if (r < 0) {
		text_list_fini(&before);
		return r;
	}
	struct action *a;
	if ((r = draft_add(s->draft, s->view, VERB_GROW, c->id, count, &before, &a)) < 0 ||
	    (r = action_reason(a,
			       "%" PRId64 " of %" PRId64 " exist or are on their way; %s has room",
			       s->view->committed, s->view->want->count, c->id)) < 0 ||
	    (r = hold_grow(s, c, a)) < 0 || (r = hold_buy(s, a)) < 0)
		return r;
	return hold_pace(s, a, busy);
}

static int create_one(const struct step *s, int64_t count, int64_t *busy)
{
	struct action *a;
	int r;
	if ((r = draft_add(s->draft, s->view, VERB_CREATE, "", count, NULL, &a)) < 0 ||
	    (r = action_reason(a,
			       "%" PRId64 " of %" PRId64 " exist or are on their way; a new group "
			       "of %" PRId64,
			       s->view->committed, s->view->want->count, count)) < 0 ||
	    (r = hold_buy(s, a)) < 0)
		return r;
	return hold_pace(s, a, busy);
}

int step_grow(const struct step *s)
{
	const struct group_view *v = s->view;
	int64_t missing = v->want->count - v->committed, busy = under_way(v);
	int r = 0;
	for (size_t k = 0; k < v->clouds.n && missing > 0 && r == 0; k++) {
		int64_t room = s->rules->room(v, v->clouds.items[k]);
		int64_t count = room < missing ? room : missing;
		if (count <= 0)
			continue;
		r = grow_one(s, v->clouds.items[k], count, &busy);
		missing -= count;
	}
	while (missing > 0 && r == 0) {
		int64_t most = v->want->instances_per_group > 0 ? v->want->instances_per_group : 1;
		int64_t count = missing < most ? missing : most;
		r = create_one(s, count, &busy);
		missing -= count;
	}
	return r;
}
