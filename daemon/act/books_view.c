/*
 * What the plan sees of the books: rows that are over and seen are left out.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act/books_rows.h"
#include "base/duration.h"

/* The newest cancelled order of its group still speaks: it holds until consent, which an
 * order made since then proves. */
static bool still_speaks(const struct books *b, const struct order *o)
{
	for (const struct order_row *row = b->orders; row; row = row->hh.next) {
		const struct order *other = &row->order;
		if (other->foreign || strcmp(other->group, o->group) != 0)
			continue;
		if (other->created_wall_ms > o->settled_wall_ms ||
		    (other->status == ORDER_CANCELLED && other->settled_wall_ms > o->settled_wall_ms))
			return false;
	}
	return true;
}

static bool order_matters(const struct books *b, const struct order *o)
{
	if (o->foreign)
		return false;
	if (o->status == ORDER_CANCELLED)
		return still_speaks(b, o);
	return !o->landed || o->status != ORDER_PAID;
}

/* Appends a copy of *@row; -ENOMEM. What is left out of a view would not be counted, or not be
 * held: without memory there is no view. */
#define view_add(view, row)                                                                        \
	__extension__({                                                                            \
		__typeof__((view)->items) slot_ = vec_add(view);                                   \
		if (slot_)                                                                         \
			*slot_ = (row);                                                            \
		slot_ ? 0 : -ENOMEM;                                                               \
	})

static int view_orders(struct books *b)
{
	int r = 0;
	for (const struct order_row *row = b->orders; row && r == 0; row = row->hh.next)
		if (order_matters(b, &row->order))
			r = view_add(&b->view_orders, row->order);
	return r;
}

static int view_resources(struct books *b)
{
	int r = 0;
	for (const struct resource_row *row = b->resources; row && r == 0; row = row->hh.next)
		if (row->resource.state != RESOURCE_GONE)
			r = view_add(&b->view_resources, row->resource);
	return r;
}

/* An approval lets nothing through before it is durable. */
static bool is_in_force(const struct approval_row *row, uint64_t wall_ms)
{
	return !row->marked && ledger_approval_is_valid(&row->approval, wall_ms);
}

const struct approval *books_approval(const struct books *b, const char *hash, uint64_t wall_ms)
{
	vec_each(&b->approvals, row)
		if (is_in_force(row, wall_ms) && strcmp(row->approval.hash, hash) == 0)
			return &row->approval;
	return NULL;
}

static int view_approvals(struct books *b, uint64_t wall_ms)
{
	int r = 0;
	vec_each(&b->approvals, row)
		if (r == 0 && is_in_force(row, wall_ms))
			r = view_add(&b->view_approvals, row->approval);
	return r;
}

static int view_pauses(struct books *b)
{
	int r = 0;
	vec_each(&b->pauses, row)
		if (r == 0 && row->paused)
			r = view_add(&b->view_paused, ((struct paused){row->group}));
	return r;
}

static int view_kinds(struct books *b)
{
	int r = 0;
	vec_each(&b->known, row)
		if (r == 0)
			r = view_add(&b->view_kinds,
				     ((struct group_kind){row->group.name, row->group.kind}));
	return r;
}

static struct group_hour *hour_of(struct books *b, const char *group)
{
	vec_each(&b->view_deleted, hour)
		if (strcmp(hour->group, group) == 0)
			return hour;
	struct group_hour *hour = vec_add(&b->view_deleted);
	if (hour)
		hour->group = group;
	return hour;
}

/* A time that lies ahead, as a clock that was wrong has left it, says nothing of how long ago it
 * was: the hour begins where it is first seen. */
static void note_ahead(struct change_row *row, uint64_t wall_ms)
{
	bool ahead = wall_ms < row->wall_ms;
	if (ahead && (row->ahead_since_ms == 0 || wall_ms < row->ahead_since_ms))
		row->ahead_since_ms = wall_ms;
}

static bool is_recent(const struct change_row *row, uint64_t wall_ms)
{
	uint64_t since = wall_ms < row->wall_ms ? row->ahead_since_ms : row->wall_ms;
	return !row->forgotten && wall_ms - since < HOUR_MS;
}

/* Forgets what is older than the rolling hour and durable. */
static void forget_old_changes(struct books *b, uint64_t wall_ms)
{
	size_t kept = 0;
	vec_each(&b->changes, row) {
		note_ahead(row, wall_ms);
		if (row->marked || is_recent(row, wall_ms))
			b->changes.items[kept++] = *row;
		else
			free(row->group);
	}
	b->changes.n = kept;
}

static int view_hour(struct books *b, uint64_t wall_ms, int64_t *ret_bought)
{
	forget_old_changes(b, wall_ms);
	*ret_bought = 0;
	vec_each(&b->changes, row) {
		bool recent = is_recent(row, wall_ms);
		struct group_hour *hour = recent && row->count < 0 ? hour_of(b, row->group) : NULL;
		if (hour)
			hour->deleted -= row->count;
		else if (recent && row->count < 0)
			return -ENOMEM;
		else if (recent)
			*ret_bought += row->count;
	}
	return 0;
}

int books_view(struct books *b, uint64_t wall_ms, struct in_flight *ret)
{
	b->view_orders.n = b->view_resources.n = b->view_approvals.n = 0;
	b->view_deleted.n = b->view_paused.n = b->view_kinds.n = 0;
	int64_t bought = 0;
	int r = view_orders(b);
	if (r == 0)
		r = view_resources(b);
	if (r == 0)
		r = view_approvals(b, wall_ms);
	if (r == 0)
		r = view_pauses(b);
	if (r == 0)
		r = view_kinds(b);
	if (r == 0)
		r = view_hour(b, wall_ms, &bought);
	if (r == 0)
		r = spends_view(b, wall_ms);
	if (r < 0)
		return r;
	*ret = (struct in_flight){
		.orders = b->view_orders.items,
		.n_orders = b->view_orders.n,
		.resources = b->view_resources.items,
		.n_resources = b->view_resources.n,
		.approvals = b->view_approvals.items,
		.n_approvals = b->view_approvals.n,
		.bought_last_hour = bought,
		.deleted_last_hour = b->view_deleted.items,
		.n_deleted_last_hour = b->view_deleted.n,
		.spends = b->view_spends.items,
		.n_spends = b->view_spends.n,
		.kinds = b->view_kinds.items,
		.n_kinds = b->view_kinds.n,
		.owner = b->owner,
		.ledger_since_wall_ms = b->since_wall_ms,
		.paused = b->view_paused.items,
		.n_paused = b->view_paused.n,
	};
	return 0;
}
