/* The counts of classify: what is committed, present, leaving, missing. */
#include <string.h>

#include "base/base32.h"
#include "base/digest.h"
#include "plan/kind_rules.h"

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
	for (size_t i = 0; i < c->owner->shrunk.n; i++)
		if (text_list_has(&c->owner->shrunk.items[i]->targets, row->id))
			return true;
	return false;
}

bool world_is_cancelled(const struct world *w, int64_t intent)
{
	size_t n;
	const struct order *const *orders = world_orders_of(w, intent, &n);
	for (size_t i = 0; i < n && intent != 0; i++)
		if (orders[i]->count > 0 && orders[i]->status == ORDER_CANCELLED)
			return true;
	return false;
}

bool row_is_cancelled(const struct world *w, const struct cloud_view *c, const struct resource *row)
{
	if (cloud_has_members(c) && row->state != RESOURCE_EXPECTED)
		return false;
	return world_is_cancelled(w, row->intent);
}

static bool listing_covers(const struct world *w, const struct cloud_view *c)
{
	return c->seen ? c->seen->listed_mono_ms != 0 : world_sight(w, c->owner->kind)->listed;
}

/* @size: instances that the row stands for. */
static void tally_absent_row(struct world *w, struct cloud_view *c, const struct resource *row,
			     int64_t size)
{
	struct group_view *view = c->owner;
	if (absence_explained(c, row) || row_is_cancelled(w, c, row))
		return;
	if (row_is_vanished(w->in, row)) {
		view->vanished += size;
		return;
	}
	c->unseen += size;
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
	const struct intent *first = c->grows.items[0]; /* they come sorted by id */
	int64_t promised = 0;
	for (size_t i = 0; i < c->grows.n; i++)
		promised += c->grows.items[i]->count;
	for (size_t i = 0; i < c->n_members; i++)
		if (!text_list_has(&first->before, c->members[i].seen->id))
			promised--;
	for (size_t i = 0; i < c->absent.n; i++)
		for (size_t g = 0; g < c->grows.n; g++)
			if (intent_is(c->grows.items[g], c->absent.items[i]->intent))
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

static void tally_listed(struct world *w, struct cloud_view *c)
{
	tally_members(c);
	for (size_t i = 0; i < c->absent.n; i++)
		tally_absent_row(w, c, c->absent.items[i], 1);
	int64_t promised = promised_by_grows(c);
	int64_t size = c->seen ? row_size(c->seen) : 0;
	bool unlisted = c->seen && c->seen->listed_mono_ms == 0;
	/* Before the first listing the row may be older than the growth. */
	c->committed = max64(c->listed + c->unseen, unlisted ? size : 0);
	c->committed = max64(c->committed, c->create ? c->create->count : 0) + promised;
	c->committed = max64(c->committed, size);
	c->present = c->listed;
	if (c->seen && c->seen->available >= 0)
		c->present = min64(c->present, c->seen->available);
}

/* --- cloud groups of which only the number counts ------------------------- */

bool cloud_is_expired(const struct world *w, const struct cloud_view *c)
{
	const struct observed_group *g = c->seen;
	return g->status == GROUP_EXPIRED ||
	       (c->rules->ends_by_date && g->expires_ms != 0 && g->expires_ms <= w->in->wall_ms);
}

static bool is_unsized(const struct cloud_view *c)
{
	return c->owner && c->owner->want && c->owner->want->unsized;
}

int64_t cloud_number(const struct cloud_view *c)
{
	if (c->seen->listed_mono_ms == 0)
		return -1;
	return is_unsized(c) ? 1 : c->seen->available;
}

/* While nothing tells its number: all that it was or is to be, so that nothing is bought. */
static int64_t assumed_number(const struct cloud_view *c)
{
	const struct desired_group *want = c->owner->want;
	if (c->create)
		return c->create->count;
	return want && c->rules->single && want->count > 1 ? want->count : 1;
}

static bool is_failed(const struct observed_group *g)
{
	return g->status == GROUP_FAILED || g->status == GROUP_UNAVAILABLE ||
	       g->status == GROUP_UPDATING_FAILED;
}

static void tally_seen_number(const struct world *w, struct cloud_view *c)
{
	int64_t number = cloud_number(c);
	if (c->row)
		c->owner->known++;
	if (number > 0)
		c->listed = c->present = number;
	else if (is_failed(c->seen)) /* it may be billed */
		c->listed = assumed_number(c);
	c->committed = number < 0 ? max64(assumed_number(c), c->listed) : c->listed;
	/* Paid for, whether its nodes are listed or not (appstream-center 5). */
	if (c->seen->charge == CHARGE_PREPAID && !is_unsized(c))
		c->committed = max64(c->committed, c->seen->number);
	if (c->shrinking)
		c->going = max64(c->present - c->shrink_to, 0);
	if (c->leaving)
		c->going = c->present;
	if (c->seen->status == GROUP_RUNNING && !cloud_is_expired(w, c))
		c->owner->running += c->present;
	if (is_failed(c->seen))
		c->owner->failed += c->listed;
	c->owner->elastic += max64(c->seen->elastic, 0);
}

/* Growth states what there is to be in all, so that two of them do not add up. */
static void tally_number(struct world *w, struct cloud_view *c)
{
	if (c->seen)
		tally_seen_number(w, c);
	else if (c->row)
		tally_absent_row(w, c, c->row, assumed_number(c));
	for (size_t i = 0; i < c->absent.n; i++)
		tally_absent_row(w, c, c->absent.items[i], 1);
	c->committed = max64(c->committed, c->unseen);
	c->committed = max64(c->committed, c->create ? c->create->count : 0);
	c->committed = max64(c->committed, c->grow_to);
}

/* --- all ---------------------------------------------------------------- */

static void tally_cloud(struct world *w, struct cloud_view *c)
{
	if (c->seen && c->seen->status == GROUP_DELETED) {
		c->unpaid = 0;
		return;
	}
	if (c->seen && c->seen->status == GROUP_DELETING)
		c->leaving = true;
	if (cloud_has_members(c))
		tally_listed(w, c);
	else
		tally_number(w, c);
	c->committed = max64(c->committed, c->order_count);
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
	if (view->kind != KIND_INVALID) {
		w->of[view->kind].known += view->known;
		w->of[view->kind].missing += view->missing;
	}
}

/* Whatever of the kind is absent was paid for in advance: what ends, or is refunded, leaves the
 * listing in the end, and nothing takes its place without a person (HOLD_VANISHED). */
static bool absence_is_harmless(const struct world *w, enum kind kind)
{
	for (size_t k = 0; k < w->clouds.n; k++) {
		const struct cloud_view *c = w->clouds.items[k];
		if (!c->seen && c->row && c->owner && c->owner->kind == kind &&
		    c->row->charge != CHARGE_PREPAID)
			return false;
	}
	return kind_rules_of(kind)->pays_itself;
}

/* Nothing that is known of a kind is in its listing, though the ledger has seen instances that
 * nobody asked to go: another account or region answers, with whatever is there, not a world in
 * which all of it has gone. */
static bool lies(const struct world *w, enum kind kind)
{
	for (size_t k = 0; k < w->clouds.n; k++) {
		const struct cloud_view *c = w->clouds.items[k];
		if (c->seen && c->seen->kind == kind &&
		    (c->belonging == BELONG_RECORDED || c->belonging == BELONG_ADOPTED))
			return false;
	}
	return w->of[kind].missing > 0 && !absence_is_harmless(w, kind);
}

/* Which instances a person would say are gone: others make another hash. */
static void hash_missing(const struct world *w, enum kind kind, struct sight *sight)
{
	uint64_t h = digest_text(DIGEST_INIT, w->in->desired->fleet), ids = 0;
	h = digest_text(h, "empty");
	h = digest_text(h, kind_name(kind));
	for (size_t k = 0; k < w->clouds.n; k++) {
		const struct cloud_view *c = w->clouds.items[k];
		if (!c->owner || c->owner->kind != kind)
			continue;
		if (c->row && c->row->state != RESOURCE_EXPECTED)
			ids += digest_text(DIGEST_INIT, c->id);
		for (size_t i = 0; i < c->absent.n; i++)
			if (c->absent.items[i]->state != RESOURCE_EXPECTED)
				ids += digest_text(DIGEST_INIT, c->absent.items[i]->id);
	}
	h = digest_u64(digest_u64(h, ids), w->in->desired->generation);
	base32_encode(&h, sizeof(h), sight->empty_hash);
}

uint64_t world_listed_ms(const struct world *w, enum kind kind)
{
	return w->in->observed->of[kind].listed_mono_ms;
}

const struct sight *world_sight(const struct world *w, enum kind kind)
{
	static const struct sight none;
	return kind == KIND_INVALID ? &none : &w->of[kind];
}

/* An edit may name a product that the last look did not ask for. */
bool view_is_covered(const struct world *w, const struct group_view *view)
{
	const struct desired_group *want = view->want;
	return !want || observed_covers(w->in->observed, want->kind, want->spec);
}

void world_tally(struct world *w)
{
	const struct observed *o = w->in->observed;
	for (int kind = 0; kind < KIND_MAX_; kind++)
		w->of[kind].listed = o->of[kind].listed_mono_ms != 0;
	for (size_t v = 0; v < w->groups.n; v++)
		tally_view(w, w->groups.items[v]);
	for (int kind = 0; kind < KIND_MAX_; kind++) {
		struct sight *sight = &w->of[kind];
		sight->empty_lie = sight->listed && lies(w, (enum kind)kind);
		if (sight->empty_lie)
			hash_missing(w, (enum kind)kind, sight);
		sight->usable = sight->listed && o->of[kind].complete && !sight->empty_lie;
	}
}
