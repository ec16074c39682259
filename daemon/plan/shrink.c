/* Fewer instances: victims of a group that is too large, failed ones that are to be
 * replaced, and whole cloud groups of a group whose count is 0. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "plan/guard.h"
#include "plan/steps.h"

bool cloud_is_ours(const struct world *w, const struct cloud_view *c)
{
	return c->row || tags_has(c->seen->tags, MARK_FLEET, w->in->desired->fleet);
}

bool member_is_ours(const struct world *w, const struct member *m)
{
	return m->row || cloud_is_ours(w, m->cloud) ||
	       tags_has(m->seen->tags, MARK_FLEET, w->in->desired->fleet);
}

static bool is_candidate(const struct step *s, const struct member *m)
{
	return member_committed(m) && !m->leaving && s->rules->may_leave(m) &&
	       member_is_ours(s->world, m);
}

/* --- holds that only deletes have --------------------------------------- */

static int hold_twice(const struct step *s, const struct cloud_view *c, struct action *a)
{
	const struct observed_group *g = c->seen;
	if (listed_twice(s, g->listed_mono_ms, g->ids_since_mono_ms))
		return 0;
	return HOLD(s, a, HOLD_NOT_TWICE,
		    "two complete listings of %s at least %llu s apart must agree first", c->id,
		    whole_seconds(s->draft->in->settings->poll.twice_apart_ms));
}

int hold_delete(const struct step *s, const struct cloud_view *c, struct action *a)
{
	int r;
	if ((r = hold_unobserved(s, a)) < 0 || (r = hold_unproven(s, a)) < 0 ||
	    (r = hold_upkeep_backoff(s, a)) < 0 || (r = hold_twice(s, c, a)) < 0)
		return r;
	if (c->locked)
		return HOLD(s, a, HOLD_IN_FLIGHT, "an earlier call on %s is not settled", c->id);
	if (c->seen->status == GROUP_CREATING || c->seen->status == GROUP_UPDATING)
		return HOLD(s, a, HOLD_IN_FLIGHT, "%s is %s", c->id, c->seen->status_text);
	return 0;
}

static int hold_session(const struct step *s, struct action *a)
{
	return HOLD(
		s, a, HOLD_SESSION,
		"a person is using what would go: it waits for the session's end, or for drain: "
		"force, or: drover approve %s",
		a->hash);
}

/* --- choosing victims --------------------------------------------------- */

struct choice {
	VEC(struct member *) members;
};

static int collect(const struct step *s, struct choice *ret)
{
	for (size_t k = 0; k < s->view->clouds.n; k++) {
		struct cloud_view *c = s->view->clouds.items[k];
		for (size_t i = 0; i < c->n_members && s->rules->may_shrink(c); i++) {
			if (!is_candidate(s, &c->members[i]))
				continue;
			struct member **slot = vec_add(&ret->members);
			if (!slot)
				return -ENOMEM;
			*slot = &c->members[i];
		}
	}
	if (ret->members.n > 1)
		qsort(ret->members.items, ret->members.n, sizeof(*ret->members.items),
		      s->rules->compare_victims);
	return 0;
}

/* What never settles may be released all the same once it counts as stuck. */
static bool may_go_now(const struct step *s, const struct member *m)
{
	const struct plan_input *in = s->draft->in;
	if (s->rules->is_settled(m))
		return true;
	return m->row && in->wall_ms > m->row->first_wall_ms &&
	       in->wall_ms - m->row->first_wall_ms > in->settings->poll.stuck_after_ms;
}

static enum victim how_it_may_go(const struct step *s, const struct member *m)
{
	if (m->seen->connected && !s->view->want->drain_force)
		return VICTIM_SESSION;
	return may_go_now(s, m) ? VICTIM_NOW : VICTIM_SETTLING;
}

static void sort_out(const struct step *s, struct choice *choice, int64_t going, int64_t budget)
{
	for (size_t i = 0; (int64_t)i < going; i++) {
		struct member *m = choice->members.items[i];
		m->victim = how_it_may_go(s, m);
		if (m->victim == VICTIM_NOW && budget-- <= 0)
			m->victim = VICTIM_LATER;
	}
}

/* --- actions ------------------------------------------------------------ */

/* At most @most of them from position *at on, which moves behind the last one taken. */
static int victims_of(const struct cloud_view *c, enum victim how, size_t most, size_t *at,
		      struct text_list *ret)
{
	int r = 0;
	for (; *at < c->n_members && ret->n < most && r == 0; ++*at)
		if (c->members[*at].victim == how)
			r = text_list_add(ret, c->members[*at].seen->id);
	return r;
}

static bool ends_empty(const struct cloud_view *c)
{
	int64_t stay = c->committed - c->going;
	for (size_t i = 0; i < c->n_members; i++)
		if (c->members[i].victim != VICTIM_NO)
			stay--;
	return stay <= 0;
}

static int explain_shrink(const struct step *s, enum victim how, struct action *a)
{
	const struct group_view *v = s->view;
	if (v->present - v->going > v->want->count)
		return action_reason(a, "%" PRId64 " exist, %" PRId64 " are wanted%s",
				     v->present - v->going, v->want->count,
				     how == VICTIM_LATER ? "; beyond this hour's deletes" : "");
	return action_reason(a, "failed; heal: replace removes it first");
}

/* One call's worth of victims; the guard lets one call after the other at a cloud group. They were
 * chosen by how they are: what has recovered since, or is in use by now, must not go. */
static int shrink_one(const struct step *s, const struct cloud_view *c, enum victim how, size_t *at)
{
	struct text_list ids = {0};
	struct action *a;
	int r = victims_of(c, how, s->rules->batch, at, &ids);
	if (r < 0 || ids.n == 0) {
		text_list_fini(&ids);
		return r;
	}
	int64_t count = (int64_t)ids.n;
	if ((r = draft_add(s->draft, s->view, VERB_SHRINK, c->id, count, &ids, &a)) < 0 ||
	    (r = explain_shrink(s, how, a)) < 0 || (r = hold_delete(s, c, a)) < 0 ||
	    (r = hold_stale(s, c, true, a)) < 0)
		return r;
	if (how == VICTIM_SESSION)
		return hold_session(s, a);
	if (how == VICTIM_SETTLING)
		return HOLD(s, a, HOLD_IN_FLIGHT, "something is still going on in what would go");
	return 0;
}

/* Of the calls that empty a cloud group the last one is its end. */
static int shrink_cloud(const struct step *s, const struct cloud_view *c)
{
	struct plan *plan = s->draft->plan;
	size_t before = plan->n_actions;
	int r = 0;
	for (int how = VICTIM_NOW; how < VICTIM_MAX_ && r == 0; how++)
		for (size_t at = 0; at < c->n_members && r == 0;)
			r = shrink_one(s, c, (enum victim)how, &at);
	if (plan->n_actions > before)
		plan->actions[plan->n_actions - 1].whole_group = ends_empty(c);
	return r;
}

static int shrink_victims(const struct step *s)
{
	int r = 0;
	for (size_t k = 0; k < s->view->clouds.n && r == 0; k++)
		r = shrink_cloud(s, s->view->clouds.items[k]);
	return r;
}

/* --- heal: replace ------------------------------------------------------ */

bool view_is_too_sick(const struct group_view *v)
{
	int64_t listed = 0;
	for (size_t k = 0; k < v->clouds.n; k++)
		listed += v->clouds.items[k]->listed;
	return v->failed > 1 && v->failed * 5 > listed;
}

static int64_t deleted_last_hour(const struct step *s)
{
	const struct in_flight *f = s->draft->in->in_flight;
	for (size_t i = 0; i < f->n_deleted_last_hour; i++)
		if (strcmp(f->deleted_last_hour[i].group, s->view->name) == 0)
			return f->deleted_last_hour[i].deleted;
	return 0;
}

/* One per group and hour, and never while anything else leaves: a pool that breaks what it
 * makes is not to be fed. */
static void choose_failed(const struct step *s)
{
	struct group_view *v = s->view;
	if (v->want->heal != HEAL_REPLACE || v->going > 0 || v->committed > v->want->count ||
	    view_is_too_sick(v) || deleted_last_hour(s) > 0)
		return;
	for (size_t k = 0; k < v->clouds.n; k++) {
		struct cloud_view *c = v->clouds.items[k];
		for (size_t i = 0; i < c->n_members && s->rules->may_shrink(c); i++) {
			struct member *m = &c->members[i];
			if (m->seen->status != INSTANCE_FAILED || !is_candidate(s, m))
				continue;
			m->victim = how_it_may_go(s, m);
			return;
		}
	}
}

static int shrink_members(const struct step *s)
{
	const struct group_view *v = s->view;
	int64_t stay = v->present - v->going, surplus = stay - v->want->count;
	if (surplus <= 0) {
		choose_failed(s);
		return shrink_victims(s);
	}
	struct choice choice = {0};
	int r = collect(s, &choice);
	int64_t going = surplus < (int64_t)choice.members.n ? surplus : (int64_t)choice.members.n;
	/* More than half waits for a person as a whole, so it is not cut to the hour's budget. */
	int64_t budget = going > stay / 2 ? going : guard_deletes_left(s->draft->in, v->want);
	if (r == 0)
		sort_out(s, &choice, going, budget);
	vec_free(&choice.members);
	return r < 0 ? r : shrink_victims(s);
}

int step_shrink(const struct step *s)
{
	return s->rules->members ? shrink_members(s) : shrink_numbers(s);
}

/* --- count: 0 ----------------------------------------------------------- */

static int all_of(const struct step *s, struct cloud_view *c, struct text_list *ret,
		  bool *ret_connected, bool *ret_ours)
{
	int r = 0;
	for (size_t i = 0; i < c->n_members && r == 0; i++) {
		struct member *m = &c->members[i];
		if (!member_committed(m))
			continue;
		m->victim = VICTIM_NOW;
		*ret_connected = *ret_connected || m->seen->connected;
		*ret_ours = *ret_ours && member_is_ours(s->world, m);
		r = text_list_add(ret, m->seen->id);
	}
	return r;
}

bool is_fresh(const struct step *s, const struct cloud_view *c)
{
	const struct plan_input *in = s->draft->in;
	uint64_t listed = c->seen->listed_mono_ms;
	return listed != 0 && in->mono_ms - listed <= in->settings->poll.fresh_ms;
}

int hold_stale(const struct step *s, const struct cloud_view *c, bool exact, struct action *a)
{
	const struct plan_input *in = s->draft->in;
	if (is_fresh(s, c) && exact)
		return 0;
	return HOLD(s, a, HOLD_NOT_FRESH,
		    "a listing of %s at most %llu s old must show exactly these instances", c->id,
		    whole_seconds(in->settings->poll.fresh_ms));
}

/* The call takes the group with whatever is in it by then (eds-aic 4.6): the listing must be
 * new, and agree with the row about the number. */
static int hold_fresh(const struct step *s, const struct cloud_view *c, struct action *a)
{
	const struct observed_group *g = c->seen;
	bool exact = (g->available < 0 || g->available == c->listed) && c->unseen == 0;
	return hold_stale(s, c, exact && !c->create && c->grows.n == 0, a);
}

static int delete_one(const struct step *s, struct cloud_view *c)
{
	struct text_list ids = {0};
	/* What is empty is ours by its own row or mark alone. */
	bool connected = false, ours = c->listed > 0 || cloud_is_ours(s->world, c);
	int r = all_of(s, c, &ids, &connected, &ours);
	if (r < 0) {
		text_list_fini(&ids);
		return r;
	}
	struct action *a;
	if ((r = draft_add(s->draft, s->view, VERB_DELETE, c->id, c->listed, &ids, &a)) < 0 ||
	    (r = action_reason(a, "count: 0: %s goes with all it holds", c->id)) < 0 ||
	    (r = hold_delete(s, c, a)) < 0 || (r = hold_fresh(s, c, a)) < 0)
		return r;
	a->whole_group = true;
	if (!ours)
		return HOLD(s, a, HOLD_NOT_TWICE, "instances of %s are not in the ledger yet",
			    c->id);
	return connected && !s->view->want->drain_force ? hold_session(s, a) : 0;
}

int step_empty(const struct step *s)
{
	int r = 0;
	for (size_t k = 0; k < s->view->clouds.n && r == 0; k++) {
		struct cloud_view *c = s->view->clouds.items[k];
		if (s->rules->may_delete(c))
			r = s->rules->members ? delete_one(s, c) : delete_number(s, c);
	}
	return r;
}
