/* The counts of classify: what is committed, present, leaving, missing. */
#include <string.h>

#include "plan/classify.h"

static int64_t max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

bool row_is_vanished(const struct plan_input *in, const struct resource *row)
{
	return row->state == RESOURCE_MISSING && row->charge != CHARGE_POSTPAID &&
	       row->missing_listings >= ABSENT_LISTINGS && in->wall_ms >= row->missing_wall_ms &&
	       in->wall_ms - row->missing_wall_ms >= in->settings->poll.absent_after_ms;
}

/* A done shrink or delete names it: its absence is what was asked for. */
static bool absence_explained(const struct cloud_view *c, const struct resource *row)
{
	if (c->deleted)
		return true;
	for (size_t i = 0; c->owner && i < c->owner->intents.n; i++) {
		const struct intent *intent = c->owner->intents.items[i];
		if (intent->verb == VERB_SHRINK && intent->state == INTENT_DONE &&
		    text_list_has(&intent->targets, row->id))
			return true;
	}
	return false;
}

/* The order behind it was cancelled: a reply named it, but it never came to be. */
static bool was_cancelled(const struct world *w, const struct resource *row)
{
	const struct in_flight *f = w->in->in_flight;
	if (row->state != RESOURCE_EXPECTED || row->intent == 0)
		return false;
	for (size_t i = 0; i < f->n_orders; i++)
		if (f->orders[i].intent == row->intent && f->orders[i].count > 0 &&
		    f->orders[i].status == ORDER_CANCELLED)
			return true;
	return false;
}

static bool listing_covers(const struct world *w, const struct cloud_view *c)
{
	return c->seen ? c->seen->listed_mono_ms != 0 : w->listed;
}

static void tally_absent_row(struct world *w, struct cloud_view *c, const struct resource *row)
{
	struct group_view *view = c->owner;
	if (absence_explained(c, row) || was_cancelled(w, row))
		return;
	if (row_is_vanished(w->in, row)) {
		view->vanished++;
		return;
	}
	c->unseen++;
	if (row->state == RESOURCE_EXPECTED)
		return;
	view->known++;
	if (listing_covers(w, c))
		view->missing++;
}

/* Instances that growth calls promised and that neither the listing nor the ledger shows:
 * counted together, because the ids new since the first of them belong to any of them. */
static int64_t promised_by_grows(const struct cloud_view *c)
{
	if (c->grows.n == 0)
		return 0;
	const struct intent *first = c->grows.items[0];
	int64_t promised = 0;
	for (size_t i = 0; i < c->grows.n; i++) {
		promised += c->grows.items[i]->count;
		if (c->grows.items[i]->id < first->id)
			first = c->grows.items[i];
	}
	for (size_t i = 0; i < c->n_members; i++)
		if (!text_list_has(&first->before, c->members[i].seen->id))
			promised--;
	for (size_t i = 0; i < c->absent.n; i++)
		for (size_t g = 0; g < c->grows.n; g++)
			if (c->absent.items[i]->intent == c->grows.items[g]->id)
				promised--;
	return max64(promised, 0);
}

static void tally_members(struct cloud_view *c)
{
	bool expired = c->seen && c->seen->status == GROUP_EXPIRED;
	for (size_t i = 0; i < c->n_members; i++) {
		const struct member *m = &c->members[i];
		if (m->row)
			c->owner->known++;
		if (!member_committed(m))
			continue;
		c->listed++;
		if (m->leaving || c->leaving)
			c->going++;
		/* The status of phones in an expired group is not documented (eds-aic 5.1). */
		if (m->seen->status == INSTANCE_RUNNING && !expired)
			c->owner->running++;
		if (m->seen->status == INSTANCE_FAILED || m->seen->status == INSTANCE_UNAVAILABLE)
			c->owner->failed++;
	}
}

/* A failed cloud group without a listing of instances may be billed: its size counts. */
static int64_t row_size(const struct observed_group *g)
{
	if (g->status == GROUP_FAILED || g->available < 0)
		return g->listed_mono_ms != 0 && g->status != GROUP_FAILED
			       ? 0
			       : max64(g->available, g->number);
	return g->available;
}

static void tally_cloud(struct world *w, struct cloud_view *c)
{
	if (c->seen && c->seen->status == GROUP_DELETED) {
		c->unpaid = 0;
		return;
	}
	if (c->seen && c->seen->status == GROUP_DELETING)
		c->leaving = true;
	tally_members(c);
	for (size_t i = 0; i < c->absent.n; i++)
		tally_absent_row(w, c, c->absent.items[i]);
	int64_t promised = promised_by_grows(c);
	int64_t size = c->seen ? row_size(c->seen) : 0;
	bool unlisted = c->seen && c->seen->listed_mono_ms == 0;
	/* Before the first listing the row may be older than the growth. */
	c->committed = max64(c->listed + c->unseen, unlisted ? size : 0);
	c->committed = max64(c->committed, c->create ? c->create->count : 0) + promised;
	c->committed = max64(c->committed, max64(size, c->order_count));
	c->present = c->listed;
	if (c->seen && c->seen->available >= 0)
		c->present = min64(c->present, c->seen->available);
	c->going = min64(c->going, c->present);
	c->unpaid = min64(c->unpaid, c->committed - c->listed);
}

static void tally_view(struct world *w, struct group_view *view)
{
	for (size_t k = 0; k < view->clouds.n; k++) {
		struct cloud_view *c = view->clouds.items[k];
		tally_cloud(w, c);
		view->unproven = view->unproven || c->belonging == BELONG_MARKED;
		view->committed += c->committed;
		view->present += c->present;
		view->going += c->going;
		view->awaiting += c->unpaid;
	}
	w->known += view->known;
	w->missing += view->missing;
}

/* Nothing at all in the listing, though the ledger has seen instances that nobody asked to
 * go: another account or region answers, not an empty world. */
static bool lies(const struct world *w)
{
	return w->in->observed->n_groups == 0 && w->missing > 0;
}

void world_tally(struct world *w)
{
	const struct observed_listing *o = &w->in->observed->of[KIND_CLOUD_PHONE];
	w->listed = o->listed_mono_ms != 0;
	for (size_t v = 0; v < w->groups.n; v++)
		tally_view(w, w->groups.items[v]);
	w->empty_lie = w->listed && lies(w);
	w->usable = w->listed && o->complete && !w->empty_lie;
}
