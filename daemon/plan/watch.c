/* Which listings the next plan needs soon. In steady state: none. */
#include <string.h>

#include "plan/steps.h"

static bool group_in_motion(const struct cloud_view *c)
{
	return c->seen->status == GROUP_CREATING || c->seen->status == GROUP_UPDATING ||
	       c->seen->status == GROUP_DELETING;
}

static bool number_differs(const struct cloud_view *c)
{
	return cloud_has_members(c) && c->seen->available >= 0 && c->seen->available != c->listed;
}

static bool member_in_motion(const struct cloud_view *c)
{
	for (size_t i = 0; i < c->n_members; i++)
		if (instance_is_transient(c->members[i].seen->status))
			return true;
	return false;
}

/* What waits for a person to pay is polled by its order, not by listings. */
static bool only_waits_for_payment(const struct cloud_view *c)
{
	return c->unpaid > 0 && (c->listed == 0 || c->committed - c->listed <= c->unpaid) &&
	       (c->listed == 0 || !cloud_has_members(c));
}

static bool in_transition(const struct cloud_view *c)
{
	if (only_waits_for_payment(c))
		return false;
	if (!c->held && (c->unlanded || c->unseen > c->unpaid))
		return true;
	return group_in_motion(c) || number_differs(c) || member_in_motion(c);
}

static void await_listing(const struct world *w, const struct action *a)
{
	bool awaits = a->hold == HOLD_NOT_TWICE || a->hold == HOLD_NOT_FRESH;
	struct cloud_view *c = awaits ? world_find_cloud(w, a->cloud_group) : NULL;
	if (c)
		c->awaited = true;
}

struct watches {
	struct watch *items;
	size_t n, cap;
};

static int add_watch(struct watches *all, const struct cloud_view *c, bool transition)
{
	struct watch *slot = vec_add(all);
	if (!slot)
		return -ENOMEM;
	/* Ids of the listing fit: an observed id has OBSERVED_ID_SIZE bytes. */
	_Static_assert(sizeof(slot->id) == OBSERVED_ID_SIZE, "a watch holds an observed id");
	memcpy(slot->id, c->seen->id, sizeof(slot->id));
	slot->kind = c->seen->kind;
	slot->transition = transition;
	return 0;
}

/* Of what nothing tells the kind it may be any. */
static void watch_kind(struct plan *plan, enum kind kind)
{
	for (int k = 0; k < KIND_MAX_; k++)
		if (kind == KIND_INVALID || kind == (enum kind)k)
			plan->watch_groups[k] = true;
}

static int watch_cloud(const struct cloud_view *c, struct plan *plan, struct watches *all)
{
	if (!c->seen) {
		if (!c->held && c->committed > c->unpaid)
			watch_kind(plan, c->owner->kind);
		return 0;
	}
	if (c->seen->status == GROUP_DELETED)
		return 0;
	bool transition = in_transition(c);
	if (transition && (group_in_motion(c) || number_differs(c) || c->unlanded))
		watch_kind(plan, c->seen->kind);
	bool unlisted = c->seen->listed_mono_ms == 0;
	if (transition || unlisted || c->awaited)
		return add_watch(all, c, transition);
	return 0;
}

/* Of kinds that the fleet does not use nothing need be known. */
static void watch_unlisted_kinds(const struct world *w, struct plan *plan)
{
	for (size_t v = 0; v < w->groups.n; v++) {
		const struct group_view *view = w->groups.items[v];
		bool seen = world_sight(w, view->kind)->usable && view_is_covered(w, view);
		if ((view->want || view->committed > 0) && !seen)
			watch_kind(plan, view->kind);
	}
}

/* ... and those of cloud groups that are not there yet. */
static bool needs_the_groups(const struct action *a)
{
	return a->hold == HOLD_INCOMPLETE || (a->hold == HOLD_NOT_TWICE && !*a->cloud_group);
}

int watch_groups(const struct world *w, struct plan *plan)
{
	struct watches all = {0};
	int r = 0;
	watch_unlisted_kinds(w, plan);
	for (size_t i = 0; i < plan->n_actions; i++) {
		await_listing(w, &plan->actions[i]);
		if (needs_the_groups(&plan->actions[i]))
			watch_kind(plan, plan->actions[i].kind);
	}
	for (size_t v = 0; v < w->groups.n && r == 0; v++) {
		const struct group_view *view = w->groups.items[v];
		for (size_t k = 0; k < view->clouds.n && view->want && r == 0; k++)
			r = watch_cloud(view->clouds.items[k], plan, &all);
	}
	if (r < 0) {
		vec_free(&all);
		return r;
	}
	free(plan->watch);
	plan->watch = all.items;
	plan->n_watch = all.n;
	return 0;
}
