#include "observe/listing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
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

static bool same_group_ids(const struct observed *o, const struct listed_groups *listed)
{
	if (o->listed_mono_ms == 0 || o->n_groups != listed->rows.n)
		return false;
	for (size_t i = 0; i < o->n_groups; i++)
		if (strcmp(o->groups[i].id, listed->rows.items[i].id) != 0)
			return false;
	return true;
}

int listing_merge_groups(struct observed *o, struct listed_groups *listed, uint64_t mono_ms)
{
	sort_unique_groups(listed);
	bool same = same_group_ids(o, listed);
	vec_each(&listed->rows, row) {
		struct observed_group *old = observed_find_group(o, row->id);
		row->instances = old ? old->instances : NULL;
		row->n_instances = old ? old->n_instances : 0;
		row->listed_mono_ms = old ? old->listed_mono_ms : 0;
		row->ids_since_mono_ms = old ? old->ids_since_mono_ms : 0;
		if (old)
			old->instances = NULL;
	}
	for (size_t i = 0; i < o->n_groups; i++)
		free(o->groups[i].instances);
	free(o->groups);
	o->groups = listed->rows.items;
	o->n_groups = listed->rows.n;
	memset(listed, 0, sizeof(*listed));
	o->complete = true;
	o->complete_listings++;
	o->listed_mono_ms = mono_ms;
	if (!same)
		o->ids_since_mono_ms = mono_ms;
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
