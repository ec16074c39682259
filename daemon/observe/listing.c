#include "observe/listing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_ids(const void *a, const void *b)
{
	const struct observed_group *x = a, *y = b;
	return strcmp(x->id, y->id);
}

static int compare_groups(const void *a, const void *b)
{
	const struct observed_group *x = a, *y = b;
	int by_id = strcmp(x->id, y->id);
	return by_id ? by_id : compare_order(x->ids_since_mono_ms, y->ids_since_mono_ms);
}

/* Of rows with the same id the one that came last stays. */
static void sort_unique_groups(struct listed_groups *listed)
{
	struct observed_group *rows = listed->rows.items;
	size_t n = listed->rows.n, kept = 0;
	for (size_t i = 0; i < n; i++)
		rows[i].ids_since_mono_ms = i;
	if (n > 0)
		qsort(rows, n, sizeof(*rows), compare_groups);
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && strcmp(rows[kept - 1].id, rows[i].id) == 0)
			kept--;
		rows[kept++] = rows[i];
	}
	listed->rows.n = kept;
}

/* Both are sorted by id. */
static bool same_group_ids(const struct observed *o, enum kind kind, const struct listed_groups *listed)
{
	size_t at = 0;
	if (o->of[kind].listed_mono_ms == 0)
		return false;
	for (size_t i = 0; i < o->n_groups; i++) {
		if (o->groups[i].kind != kind)
			continue;
		if (at == listed->rows.n || strcmp(o->groups[i].id, listed->rows.items[at++].id) != 0)
			return false;
	}
	return at == listed->rows.n;
}

/* What is known of the instances of a group that stays is kept. */
static void keep_instances(const struct observed *o, struct observed_group *row)
{
	struct observed_group *old = observed_find_group(o, row->id);
	row->instances = old ? old->instances : NULL;
	row->n_instances = old ? old->n_instances : 0;
	row->listed_mono_ms = old ? old->listed_mono_ms : 0;
	row->ids_since_mono_ms = old ? old->ids_since_mono_ms : 0;
	if (old)
		old->instances = NULL;
}

/* The groups of other kinds move over to @listed. 0 or -ENOMEM, with nothing changed. */
static int add_other_kinds(const struct observed *o, enum kind kind, struct listed_groups *listed)
{
	size_t own = listed->rows.n;
	for (size_t i = 0; i < o->n_groups; i++) {
		if (o->groups[i].kind == kind)
			continue;
		struct observed_group *slot = vec_add(&listed->rows);
		if (!slot) {
			listed->rows.n = own;
			return -ENOMEM;
		}
		*slot = o->groups[i];
	}
	return 0;
}

int listing_merge_groups(struct observed *o, enum kind kind, struct listed_groups *listed,
			 uint64_t mono_ms)
{
	struct observed_listing *listing = &o->of[kind];
	sort_unique_groups(listed);
	bool same = same_group_ids(o, kind, listed);
	size_t own = listed->rows.n;
	int r = add_other_kinds(o, kind, listed);
	if (r < 0)
		return r;
	for (size_t i = 0; i < own; i++)
		keep_instances(o, &listed->rows.items[i]);
	for (size_t i = 0; i < o->n_groups; i++)
		if (o->groups[i].kind == kind)
			free(o->groups[i].instances);
	free(o->groups);
	o->groups = listed->rows.items;
	o->n_groups = listed->rows.n;
	memset(listed, 0, sizeof(*listed));
	if (o->n_groups > own)
		qsort(o->groups, o->n_groups, sizeof(*o->groups), compare_ids);
	listing->complete = true;
	listing->complete_listings++;
	listing->listed_mono_ms = mono_ms;
	if (!same)
		listing->ids_since_mono_ms = mono_ms;
	return 0;
}

static int compare_listed(const void *a, const void *b)
{
	const struct listed_instance *x = a, *y = b;
	int by_group = strcmp(x->group, y->group);
	if (by_group != 0)
		return by_group;
	int by_id = strcmp(x->instance.id, y->instance.id);
	return by_id ? by_id : compare_order(x->order, y->order);
}

static size_t find_rows(const struct listed_instances *listed, const char *group, size_t *ret_n)
{
	size_t low = 0, high = listed->rows.n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (strcmp(listed->rows.items[mid].group, group) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	size_t end = low;
	while (end < listed->rows.n && strcmp(listed->rows.items[end].group, group) == 0)
		end++;
	*ret_n = end - low;
	return low;
}

static bool same_ids(const struct observed_group *g, const struct observed_instance *instances, size_t n)
{
	if (g->listed_mono_ms == 0 || g->n_instances != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(g->instances[i].id, instances[i].id) != 0)
			return false;
	return true;
}

static int replace(struct observed_group *g, const struct listed_instance *rows, size_t n,
		   uint64_t mono_ms)
{
	struct observed_instance *instances = calloc(n ? n : 1, sizeof(*instances));
	if (!instances)
		return -ENOMEM;
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && strcmp(instances[kept - 1].id, rows[i].instance.id) == 0)
			kept--;
		instances[kept++] = rows[i].instance;
	}
	if (!same_ids(g, instances, kept))
		g->ids_since_mono_ms = mono_ms;
	free(g->instances);
	g->instances = instances;
	g->n_instances = kept;
	g->listed_mono_ms = mono_ms;
	return 0;
}

int listing_merge_instances(struct observed *o, const char *const *ids, size_t n_ids,
			    struct listed_instances *listed, uint64_t mono_ms)
{
	for (size_t i = 0; i < listed->rows.n; i++)
		listed->rows.items[i].order = i;
	if (listed->rows.n > 0)
		qsort(listed->rows.items, listed->rows.n, sizeof(*listed->rows.items), compare_listed);
	int r = 0;
	for (size_t i = 0; i < n_ids && r == 0; i++) {
		struct observed_group *g = observed_find_group(o, ids[i]);
		size_t n, first = find_rows(listed, ids[i], &n);
		if (g)
			r = replace(g, listed->rows.items + first, n, mono_ms);
	}
	vec_free(&listed->rows);
	return r;
}
