#include "act/books.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act/books_rows.h"
#include "base/cleanup.h"

#define EVENTS_MAX 4096 /* unsaved ones, while the ledger cannot be written */

/* ---- orders ---- */

static int copy_order(const struct order *from, struct order *ret)
{
	struct order copy = *from;
	copy.id = strdup(from->id);
	copy.group = strdup(from->group ? from->group : "");
	copy.region = strdup(from->region ? from->region : "");
	copy.cloud_group = strdup(from->cloud_group ? from->cloud_group : "");
	copy.status_text = strdup(from->status_text ? from->status_text : "");
	copy.amount = strdup(from->amount ? from->amount : "");
	copy.currency = strdup(from->currency ? from->currency : "");
	if (!copy.id || !copy.group || !copy.region || !copy.cloud_group || !copy.status_text ||
	    !copy.amount || !copy.currency) {
		order_fini(&copy);
		return -ENOMEM;
	}
	*ret = copy;
	return 0;
}

static int put_order(struct books *b, const struct order *order, bool mark)
{
	struct order copy;
	int r = copy_order(order, &copy);
	if (r < 0)
		return r;
	struct order_row *row;
	HASH_FIND_STR(b->orders, order->id, row);
	bool is_new = !row;
	if (is_new && !(row = calloc(1, sizeof(*row)))) {
		order_fini(&copy);
		return -ENOMEM;
	}
	if (!is_new) { /* the key stays: whoever walks the table must not meet the row again */
		char *id = TAKE(row->order.id);
		free(copy.id);
		copy.id = id;
		order_fini(&row->order);
	}
	row->order = copy;
	row->marked = row->marked || mark;
	if (!is_new)
		return 0;
	HASH_ADD_KEYPTR(hh, b->orders, row->order.id, strlen(row->order.id), row);
	if (row->hh.tbl)
		return 0;
	order_fini(&row->order);
	free(row);
	return -ENOMEM;
}

int books_put_order(struct books *b, const struct order *order)
{
	return put_order(b, order, true);
}

const struct order *books_order(const struct books *b, const char *id)
{
	struct order_row *row;
	HASH_FIND_STR(b->orders, id, row);
	return row ? &row->order : NULL;
}

int books_each_order(const struct books *b, int (*each)(void *data, const struct order *o), void *data)
{
	int r = 0;
	for (struct order_row *row = b->orders, *next; row && r == 0; row = next) {
		next = row->hh.next; /* @each may put this very row again */
		r = each(data, &row->order);
	}
	return r;
}

/* ---- resources ---- */

/* A row without an instance id stands for the cloud group itself. */
static const char *resource_key(const struct resource *r)
{
	return *r->id ? r->id : r->cloud_group;
}

static struct resource_row *resource_row_new(struct books *b, const struct resource *r)
{
	struct resource_row *row = calloc(1, sizeof(*row));
	if (!row || !(row->key = strdup(resource_key(r)))) {
		free(row);
		return NULL;
	}
	HASH_ADD_KEYPTR(hh, b->resources, row->key, strlen(row->key), row);
	if (row->hh.tbl)
		return row;
	free(row->key);
	free(row);
	return NULL;
}

static int put_resource(struct books *b, const struct resource *resource, bool mark)
{
	struct resource copy = *resource;
	copy.id = strdup(resource->id);
	copy.cloud_group = strdup(resource->cloud_group);
	copy.group = strdup(resource->group);
	struct resource_row *row = NULL;
	if (copy.id && copy.cloud_group && copy.group) {
		HASH_FIND_STR(b->resources, resource_key(resource), row);
		row = row ? row : resource_row_new(b, resource);
	}
	if (!row) {
		resource_fini(&copy);
		return -ENOMEM;
	}
	resource_fini(&row->resource);
	row->resource = copy;
	row->marked = row->marked || mark;
	return 0;
}

int books_put_resource(struct books *b, const struct resource *resource)
{
	return put_resource(b, resource, true);
}

const struct resource *books_resource(const struct books *b, const char *id)
{
	struct resource_row *row;
	HASH_FIND_STR(b->resources, id, row);
	return row ? &row->resource : NULL;
}

int books_each_resource(const struct books *b, int (*each)(void *data, const struct resource *r),
			void *data)
{
	int r = 0;
	for (struct resource_row *row = b->resources, *next; row && r == 0; row = next) {
		next = row->hh.next;
		r = each(data, &row->resource);
	}
	return r;
}

/* ---- approvals, pauses, known groups, history ---- */

static int put_approval(struct books *b, const struct approval *approval, bool mark)
{
	struct approval_row *row = NULL;
	vec_each(&b->approvals, other)
		if (strcmp(other->approval.hash, approval->hash) == 0)
			row = other;
	char *who = strdup(approval->who ? approval->who : "");
	if (!who)
		return -ENOMEM;
	if (!row && !(row = vec_add(&b->approvals))) {
		free(who);
		return -ENOMEM;
	}
	free(row->approval.who);
	row->approval = *approval;
	row->approval.who = who;
	row->marked = row->marked || mark;
	return 0;
}

int books_put_approval(struct books *b, const struct approval *approval)
{
	return put_approval(b, approval, true);
}

void books_use_approval(struct books *b, const char *hash)
{
	vec_each(&b->approvals, row)
		if (strcmp(row->approval.hash, hash) == 0 && !row->approval.used)
			row->approval.used = row->marked = true;
}

static int put_paused(struct books *b, const char *group, bool paused, const char *who, bool mark)
{
	struct pause_row *row = NULL;
	vec_each(&b->pauses, other)
		if (strcmp(other->group, group) == 0)
			row = other;
	char *whose = strdup(who), *name = row ? NULL : strdup(group);
	if (!row && whose && name && (row = vec_add(&b->pauses)))
		row->group = TAKE(name);
	if (!row || !whose) {
		free(whose);
		free(name);
		return -ENOMEM;
	}
	free(row->who);
	row->who = whose;
	row->paused = paused;
	row->marked = row->marked || mark;
	return 0;
}

int books_set_paused(struct books *b, const char *group, bool paused, const char *who)
{
	return put_paused(b, group, paused, who, true);
}

bool books_is_paused(const struct books *b, const char *group)
{
	vec_each(&b->pauses, row) {
		if (row->paused && (!*row->group || strcmp(row->group, group) == 0))
			return true;
	}
	return false;
}

static int put_known(struct books *b, const struct known_group *group, bool mark)
{
	struct known_row *row = NULL;
	struct known_group copy = *group;
	copy.name = strdup(group->name);
	copy.region = strdup(group->region);
	vec_each(&b->known, other)
		if (strcmp(other->group.name, group->name) == 0)
			row = other;
	if (!copy.name || !copy.region || (!row && !(row = vec_add(&b->known)))) {
		free(copy.name);
		free(copy.region);
		return -ENOMEM;
	}
	free(row->group.name);
	free(row->group.region);
	row->group = copy;
	row->marked = row->marked || mark;
	return 0;
}

int books_put_known_group(struct books *b, const struct known_group *group)
{
	const struct known_group *old = books_known_group(b, group->name);
	if (old && old->kind == group->kind && old->charge == group->charge &&
	    old->protect == group->protect && old->end_marker == group->end_marker &&
	    old->fingerprint == group->fingerprint &&
	    strcmp(old->region, group->region) == 0)
		return 0;
	return put_known(b, group, true);
}

const struct known_group *books_known_group(const struct books *b, const char *name)
{
	vec_each(&b->known, row)
		if (strcmp(row->group.name, name) == 0)
			return &row->group;
	return NULL;
}

int books_each_known_group(const struct books *b,
			   int (*each)(void *data, const struct known_group *g), void *data)
{
	int r = 0;
	for (size_t i = 0; i < b->known.n && r == 0; i++)
		r = each(data, &b->known.items[i].group);
	return r;
}

int books_note_change(struct books *b, const char *group, int64_t intent, int64_t count,
		      uint64_t wall_ms)
{
	vec_each(&b->changes, row)
		if (row->intent == intent && (row->count < 0) == (count < 0))
			return 0; /* a replay counts once */
	char *name = strdup(group);
	struct change_row *row = name ? vec_add(&b->changes) : NULL;
	if (!row) {
		free(name);
		return -ENOMEM;
	}
	*row = (struct change_row){name, intent, count, wall_ms, .marked = true};
	return 0;
}

void books_forget_change(struct books *b, int64_t intent)
{
	vec_each(&b->changes, row)
		if (row->intent == intent)
			row->forgotten = row->marked = true;
}

int books_note_event(struct books *b, uint64_t wall_ms, const char *group, const char *event,
		     const char *detail)
{
	if (b->events.n >= EVENTS_MAX)
		return -ENOBUFS;
	struct event_row row = {wall_ms, strdup(group), strdup(event), strdup(detail)};
	struct event_row *slot = row.group && row.event && row.detail ? vec_add(&b->events) : NULL;
	if (!slot) {
		free(row.group);
		free(row.event);
		free(row.detail);
		return -ENOMEM;
	}
	*slot = row;
	return 0;
}

/* ---- another name ---- */

/* Marks what was renamed. */
static int rename_row(struct renames *r, char **group, bool *marked)
{
	int renamed = renames_apply(r, group);
	*marked = *marked || renamed > 0;
	return renamed < 0 ? renamed : 0;
}

static int rename_pause(struct books *b, const struct renames *r)
{
	const struct pause_row *paused = NULL;
	vec_each(&b->pauses, row)
		if (row->paused && strcmp(row->group, r->from) == 0)
			paused = row;
	return paused ? books_set_paused(b, r->to, true, paused->who) : 0;
}

int books_rename(struct books *b, struct renames *r)
{
	int e = 0;
	for (struct order_row *row = b->orders; row && e == 0; row = row->hh.next)
		e = rename_row(r, &row->order.group, &row->marked);
	for (struct resource_row *row = b->resources; row && e == 0; row = row->hh.next)
		e = rename_row(r, &row->resource.group, &row->marked);
	vec_each(&b->changes, row) {
		row->renamed = row->renamed || strcmp(row->group, r->from) == 0;
		if (e == 0)
			e = rename_row(r, &row->group, &row->marked);
	}
	return e ? e : rename_pause(b, r);
}

/* ---- writing back ---- */

bool books_has_marks(const struct books *b)
{
	bool any = b->events.n > 0;
	for (const struct order_row *row = b->orders; row && !any; row = row->hh.next)
		any = row->marked;
	for (const struct resource_row *row = b->resources; row && !any; row = row->hh.next)
		any = row->marked;
	vec_each(&b->approvals, row)
		any = any || row->marked;
	vec_each(&b->pauses, row)
		any = any || row->marked;
	vec_each(&b->known, row)
		any = any || row->marked;
	vec_each(&b->changes, row)
		any = any || row->marked;
	return any;
}

static int save_change(struct ledger *ledger, const struct change_row *row)
{
	int r = row->forgotten || row->renamed ? ledger_forget_change(ledger, row->intent) : 0;
	if (r < 0 || row->forgotten)
		return r;
	return ledger_note_change(ledger, row->group, row->intent, row->count, row->wall_ms);
}

static int save_small(struct books *b, struct ledger *ledger)
{
	int r = 0;
	vec_each(&b->approvals, row)
		if (row->marked && r == 0)
			r = ledger_save_approval(ledger, &row->approval);
	vec_each(&b->pauses, row)
		if (row->marked && r == 0)
			r = ledger_save_paused(ledger, row->group, row->paused, row->who);
	vec_each(&b->known, row)
		if (row->marked && r == 0)
			r = ledger_save_known_group(ledger, &row->group);
	vec_each(&b->changes, row)
		if (row->marked && r == 0)
			r = save_change(ledger, row);
	vec_each(&b->events, row)
		if (r == 0)
			r = ledger_note_event(ledger, row->wall_ms, row->group, row->event, row->detail);
	return r;
}

int books_save(struct books *b, struct ledger *ledger)
{
	int r = 0;
	for (struct order_row *row = b->orders; row && r == 0; row = row->hh.next)
		if (row->marked)
			r = ledger_save_order(ledger, &row->order);
	for (struct resource_row *row = b->resources; row && r == 0; row = row->hh.next)
		if (row->marked)
			r = ledger_save_resource(ledger, &row->resource);
	return r ? r : save_small(b, ledger);
}

static void clear_events(struct books *b)
{
	vec_each(&b->events, row) {
		free(row->group);
		free(row->event);
		free(row->detail);
	}
	b->events.n = 0;
}

void books_saved(struct books *b)
{
	for (struct order_row *row = b->orders; row; row = row->hh.next)
		row->marked = false;
	for (struct resource_row *row = b->resources; row; row = row->hh.next)
		row->marked = false;
	vec_each(&b->approvals, row)
		row->marked = false;
	vec_each(&b->pauses, row)
		row->marked = false;
	vec_each(&b->known, row)
		row->marked = false;
	vec_each(&b->changes, row)
		row->marked = row->renamed = false;
	clear_events(b);
}

/* ---- loading ---- */

static int load_order(void *data, const struct order *o)
{
	return put_order(data, o, false);
}

static int load_resource(void *data, const struct resource *r)
{
	return put_resource(data, r, false);
}

static int load_approval(void *data, const struct approval *a)
{
	return put_approval(data, a, false);
}

static int load_paused(void *data, const char *group)
{
	return put_paused(data, group, true, "", false);
}

static int load_known(void *data, const struct known_group *g)
{
	return put_known(data, g, false);
}

static int load_change(void *data, const char *group, int64_t intent, int64_t count, uint64_t wall_ms)
{
	struct books *b = data;
	int r = books_note_change(b, group, intent, count, wall_ms);
	if (r == 0)
		b->changes.items[b->changes.n - 1].marked = false;
	return r;
}

static int load_all(struct books *b, struct ledger *ledger)
{
	int r = ledger_each_order(ledger, load_order, b);
	if (r == 0)
		r = ledger_each_resource(ledger, load_resource, b);
	if (r == 0)
		r = ledger_each_approval(ledger, load_approval, b);
	if (r == 0)
		r = ledger_each_paused(ledger, load_paused, b);
	if (r == 0)
		r = ledger_each_known_group(ledger, load_known, b);
	if (r == 0)
		r = ledger_each_change(ledger, load_change, b);
	return r == 0 ? spends_load(b, ledger) : r;
}

int books_load(struct ledger *ledger, struct books **ret)
{
	struct books *b = calloc(1, sizeof(*b));
	if (!b)
		return -ENOMEM;
	strncpy(b->owner, ledger_owner(ledger), sizeof(b->owner) - 1);
	b->since_wall_ms = ledger_since_wall_ms(ledger);
	int r = load_all(b, ledger);
	if (r != 0) {
		(void)books_free(b);
		return r;
	}
	*ret = b;
	return 0;
}

struct books *books_free(struct books *b)
{
	if (!b)
		return NULL;
	struct order_row *order, *next_order;
	HASH_ITER(hh, b->orders, order, next_order)
	{
		HASH_DEL(b->orders, order);
		order_fini(&order->order);
		free(order);
	}
	struct resource_row *resource, *next_resource;
	HASH_ITER(hh, b->resources, resource, next_resource)
	{
		HASH_DEL(b->resources, resource);
		resource_fini(&resource->resource);
		free(resource->key);
		free(resource);
	}
	vec_each(&b->approvals, row)
		free(row->approval.who);
	vec_each(&b->pauses, row) {
		free(row->group);
		free(row->who);
	}
	vec_each(&b->known, row) {
		free(row->group.name);
		free(row->group.region);
	}
	vec_each(&b->changes, row)
		free(row->group);
	clear_events(b);
	vec_free(&b->approvals);
	vec_free(&b->pauses);
	vec_free(&b->known);
	vec_free(&b->changes);
	vec_free(&b->events);
	vec_free(&b->view_orders);
	vec_free(&b->view_resources);
	vec_free(&b->view_approvals);
	vec_free(&b->view_deleted);
	vec_free(&b->view_paused);
	vec_free(&b->view_kinds);
	spends_free(b);
	free(b);
	return NULL;
}
