/* More instances: short cloud groups are filled, the rest are new ones. */
#include <inttypes.h>
#include <string.h>

#include "plan/steps.h"

/* The buys of one group, one after the other. */
struct buying {
	struct buy_facts *facts;
	int64_t busy; /* calls of the step that is under way */
};

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

static int hold_pace(const struct step *s, struct action *a, struct buying *b)
{
	int64_t pace = s->view->prospects ? s->view->prospects->pace : 1;
	if (a->hold != HOLD_NONE)
		return 0;
	if (pace < 1)
		pace = 1;
	if (b->busy < pace) {
		b->busy++;
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

/* What makes a growth by number safe is that nothing else changes that number. */
static int hold_number(const struct step *s, const struct cloud_view *c, struct action *a)
{
	int r = hold_unsettled(s, c, a);
	if (r == 0)
		r = hold_unnumbered(s, c, a);
	if (r < 0 || c->seen->charge != CHARGE_PREPAID)
		return r;
	/* A second order while the first is unpaid: not documented (appstream-center 3.10). */
	for (size_t i = 0; i < s->view->orders.n; i++)
		if (order_is_open(s->view->orders.items[i]))
			return HOLD(s, a, HOLD_IN_FLIGHT,
				    "order %.64s of this group is not settled",
				    s->view->orders.items[i]->id);
	return 0;
}

static int hold_grow(const struct step *s, const struct cloud_view *c, struct action *a)
{
	if (!cloud_has_members(c))
		return hold_number(s, c, a);
	if (c->locked || c->create)
		return HOLD(s, a, HOLD_IN_FLIGHT, "an earlier call on %s is not settled", c->id);
	/* Growth has no token: unless every id is known before the call, an unclear answer
	 * could not be told from instances that were there all along. */
	if (c->seen->listed_mono_ms == 0 || c->seen->available > c->listed + c->unseen)
		return HOLD(s, a, HOLD_NOT_TWICE, "the instances of %s must be listed first",
			    c->id);
	return 0;
}

static int grow_one(const struct step *s, const struct cloud_view *c, int64_t count, struct buying *b)
{
	struct text_list before = {0};
	int r = cloud_has_members(c) ? ids_before(c, &before) : 0;
	if (r < 0) {
		text_list_fini(&before);
		return r;
	}
	struct action *a;
	if ((r = draft_add(s->draft, s->view, VERB_GROW, c->id, count, &before, &a)) < 0 ||
	    (r = action_reason(a,
			       "%" PRId64 " of %" PRId64 " exist or are on their way; %s has room",
			       s->view->committed, s->view->want->count, c->id)) < 0)
		return r;
	if (!cloud_has_members(c))
		a->total = c->committed + count;
	if ((r = hold_grow(s, c, a)) < 0 || (r = hold_buy(s, b->facts, a)) < 0)
		return r;
	return hold_pace(s, a, b);
}

/* The other create may be on its way to the listing still: nothing but looking tells. */
static int hold_create_twice(const struct step *s, struct action *a)
{
	const struct observed_listing *o = &s->draft->in->observed->of[s->view->kind];
	if (!s->rules->create_twice || listed_twice(s, o->listed_mono_ms, o->ids_since_mono_ms))
		return 0;
	return HOLD(s, a, HOLD_NOT_TWICE,
		    "two complete listings at least %llu s apart must agree that it is not there",
		    whole_seconds(s->draft->in->settings->poll.twice_apart_ms));
}

static int create_one(const struct step *s, int64_t count, struct buying *b)
{
	struct action *a;
	int r;
	if ((r = draft_add(s->draft, s->view, VERB_CREATE, "", count, NULL, &a)) < 0 ||
	    (r = action_reason(a,
			       "%" PRId64 " of %" PRId64 " exist or are on their way; a new group "
			       "of %" PRId64 "%s",
			       s->view->committed, s->view->want->count, count,
			       s->rules->create_note)) < 0 ||
	    (r = hold_buy(s, b->facts, a)) < 0 || (r = hold_unclear_many(s, b->facts, a)) < 0 ||
	    (r = hold_create_twice(s, a)) < 0)
		return r;
	return hold_pace(s, a, b);
}

/* Something of it is there or on its way, so that another create would be a second one. */
static bool stands(const struct group_view *v)
{
	for (size_t k = 0; k < v->clouds.n; k++) {
		const struct cloud_view *c = v->clouds.items[k];
		if (c->committed > 0 || (c->seen && c->seen->status != GROUP_DELETED))
			return true;
	}
	for (size_t i = 0; i < v->intents.n; i++)
		if (v->intents.items[i]->verb == VERB_CREATE)
			return true;
	return false;
}

static int64_t most_in_a_create(const struct step *s)
{
	int64_t most = s->view->want->instances_per_group;
	return s->rules->single ? s->view->want->count : most > 0 ? most : 1;
}

static int buy(const struct step *s, int64_t missing, struct buying *b)
{
	const struct group_view *v = s->view;
	int r = 0;
	for (size_t k = 0; k < v->clouds.n && missing > 0 && r == 0; k++) {
		int64_t room = s->rules->room(v, v->clouds.items[k]);
		int64_t count = room < missing ? room : missing;
		if (count <= 0)
			continue;
		r = grow_one(s, v->clouds.items[k], count, b);
		missing -= count;
	}
	if (s->rules->single && stands(v))
		return r;
	while (missing > 0 && r == 0) {
		int64_t most = most_in_a_create(s);
		int64_t count = missing < most ? missing : most;
		r = create_one(s, count, b);
		missing -= count;
	}
	return r;
}

int step_grow(const struct step *s)
{
	int64_t missing = s->view->want->count - s->view->committed;
	struct buying b = {.busy = under_way(s->view)};
	if (missing <= 0)
		return 0;
	int r = buy_facts_find(s, &b.facts);
	if (r == 0)
		r = buy(s, missing, &b);
	buy_facts_free(b.facts);
	return r;
}
