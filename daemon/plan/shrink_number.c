/* Fewer instances where only their number counts: which of them go is the cloud's choice. */
#include <inttypes.h>

#include "plan/guard.h"
#include "plan/steps.h"

int hold_unsettled(const struct step *s, const struct cloud_view *c, struct action *a)
{
	if (c->unlanded)
		return HOLD(s, a, HOLD_IN_FLIGHT, "an earlier call on %s is not settled", c->id);
	if (c->seen->status != GROUP_RUNNING)
		return HOLD(s, a, HOLD_IN_FLIGHT, "%s is %s", c->id, c->seen->status_text);
	return 0;
}

int hold_unnumbered(const struct step *s, const struct cloud_view *c, struct action *a)
{
	const struct observed_group *g = c->seen;
	bool is_new = g->listed_mono_ms != 0 &&
		      g->listed_mono_ms >= world_listed_ms(s->world, s->view->kind);
	/* The row of a subscription tells the number by itself (appstream-center 5). */
	if (is_new || g->charge == CHARGE_PREPAID)
		return 0;
	return HOLD(s, a, HOLD_NOT_TWICE, "the nodes of %s must be listed anew first", c->id);
}

static int hold_removal(const struct step *s, const struct cloud_view *c, struct action *a)
{
	int r = hold_delete(s, c, a);
	if (r == 0 && c->unlanded)
		r = HOLD(s, a, HOLD_IN_FLIGHT, "an earlier call on %s is not settled", c->id);
	if (r < 0 || cloud_is_ours(s->world, c))
		return r;
	return HOLD(s, a, HOLD_NOT_TWICE, "%s is not in the ledger yet", c->id);
}

/* This hour's part; the rest follows. More than half waits for a person as a whole, and what a
 * person has let through goes as a whole. */
static int cut_to_budget(const struct step *s, struct action *a)
{
	const struct group_view *v = s->view;
	const struct plan_input *in = s->draft->in;
	int64_t left = guard_deletes_left(in, v->want), all = a->count;
	if (all > (v->present - v->going) / 2 || left <= 0 || left >= all ||
	    action_approved(in->in_flight, s->draft->plan, a, HOLD_DELETES_PER_HOUR))
		return 0;
	a->count = left;
	a->total += all - left;
	return action_reason(a, "%s; %" PRId64 " of them beyond this hour's deletes", a->reason,
			     all - left);
}

static int shrink_number(const struct step *s, const struct cloud_view *c, int64_t count)
{
	const struct group_view *v = s->view;
	struct action *a;
	int r;
	if ((r = draft_add(s->draft, s->view, VERB_SHRINK, c->id, count, NULL, &a)) < 0 ||
	    (r = action_reason(a, "%" PRId64 " exist, %" PRId64 " are wanted",
			       v->present - v->going, v->want->count)) < 0)
		return r;
	a->total = c->present - c->going - count;
	if ((r = cut_to_budget(s, a)) < 0 || (r = hold_removal(s, c, a)) < 0)
		return r;
	return hold_unnumbered(s, c, a);
}

/* At least one node stays in each of them (appstream-center 7). */
static int64_t may_go(const struct step *s, const struct cloud_view *c)
{
	int64_t stay = c->present - c->going;
	return s->rules->may_shrink(c) && stay > 1 ? stay - 1 : 0;
}

int shrink_numbers(const struct step *s)
{
	const struct group_view *v = s->view;
	int64_t surplus = v->present - v->going - v->want->count;
	int r = 0;
	for (size_t k = 0; k < v->clouds.n && surplus > 0 && r == 0; k++) {
		int64_t most = may_go(s, v->clouds.items[k]);
		int64_t count = most < surplus ? most : surplus;
		if (count > 0)
			r = shrink_number(s, v->clouds.items[k], count);
		surplus -= count;
	}
	return r;
}

int delete_number(const struct step *s, const struct cloud_view *c)
{
	struct text_list ids = {0};
	struct action *a;
	int r = text_list_add(&ids, c->id);
	if (r < 0) {
		text_list_fini(&ids);
		return r;
	}
	if ((r = draft_add(s->draft, s->view, VERB_DELETE, c->id, c->listed, &ids, &a)) < 0 ||
	    (r = action_reason(a, "count: 0: %s goes with all it holds", c->id)) < 0 ||
	    (r = hold_removal(s, c, a)) < 0)
		return r;
	a->whole_group = true;
	return hold_stale(s, c, c->seen->available >= 0, a);
}
