#include "plan/classify.h"

#include <stdlib.h>
#include <string.h>

#include "model/attributes.h"
#include "plan/kind_rules.h"
#include "plan/place.h"

struct name_ref {
	const char *name;
	struct group_view *view;
	UT_hash_handle hh;
};

static int refer(struct world *w, const char *name, struct group_view *view)
{
	struct name_ref *ref = calloc(1, sizeof(*ref));
	if (!ref)
		return -ENOMEM;
	ref->name = name;
	ref->view = view;
	HASH_ADD_KEYPTR(hh, w->names, ref->name, strlen(ref->name), ref);
	if (!ref->hh.tbl) { /* uthash had no memory */
		free(ref);
		return -ENOMEM;
	}
	return 0;
}

struct group_view *world_find(const struct world *w, const char *name)
{
	struct name_ref *ref;
	HASH_FIND(hh, w->names, name, strlen(name), ref);
	return ref ? ref->view : NULL;
}

static int add_view(struct world *w, const char *name, const struct desired_group *want,
		    struct group_view **ret_view)
{
	struct group_view **slot = vec_add(&w->groups);
	if (!slot)
		return -ENOMEM;
	struct group_view *view = *slot = calloc(1, sizeof(*view));
	if (!view) {
		w->groups.n--;
		return -ENOMEM;
	}
	view->name = name;
	view->want = want;
	view->kind = want ? want->kind : KIND_INVALID;
	view->attributes = "";
	*ret_view = view;
	return refer(w, name, view);
}

/* The view of a name that the ledger or a mark states; one of its own when the file has
 * no such group. */
int world_view_of(struct world *w, const char *name, struct group_view **ret_view)
{
	struct group_view *view = world_find(w, name);
	if (!view)
		return add_view(w, name, NULL, ret_view);
	*ret_view = view;
	return 0;
}

static int add_desired(struct world *w)
{
	const struct desired *d = w->in->desired;
	struct group_view *view = NULL;
	int r = 0;
	for (size_t i = 0; i < d->n_groups && r == 0; i++)
		r = add_view(w, d->groups[i].name, &d->groups[i], &view);
	for (size_t i = 0; i < d->n_groups && r == 0; i++) {
		const char *old = d->groups[i].renamed_from;
		if (old && !world_find(w, old))
			r = refer(w, old, w->groups.items[i]);
	}
	for (size_t i = 0; i < w->in->n_prospects && r == 0; i++)
		if ((view = world_find(w, w->in->prospects[i].group)))
			view->prospects = &w->in->prospects[i];
	return r;
}

/* --- calls and orders --------------------------------------------------- */

static int compare_intents(const void *a, const void *b)
{
	const struct intent *const *x = a, *const *y = b;
	return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

static int compare_orders(const void *a, const void *b)
{
	const struct order *const *x = a, *const *y = b;
	return strcmp((*x)->id, (*y)->id);
}

static int compare_funding(const void *a, const void *b)
{
	const struct order *const *x = a, *const *y = b;
	if ((*x)->intent != (*y)->intent)
		return (*x)->intent > (*y)->intent ? 1 : -1;
	return compare_orders(a, b);
}

static int sort_orders(struct world *w)
{
	const struct in_flight *f = w->in->in_flight;
	for (size_t i = 0; i < f->n_orders; i++) {
		const struct order **slot = vec_add(&w->orders), **funding = vec_add(&w->funding);
		if (!slot || !funding)
			return -ENOMEM;
		*slot = *funding = &f->orders[i];
	}
	if (w->orders.n > 1) {
		qsort(w->orders.items, w->orders.n, sizeof(*w->orders.items), compare_orders);
		qsort(w->funding.items, w->funding.n, sizeof(*w->funding.items), compare_funding);
	}
	return 0;
}

const struct order *const *world_orders_of(const struct world *w, int64_t intent, size_t *ret_n)
{
	size_t low = 0, high = w->funding.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (w->funding.items[middle]->intent < intent)
			low = middle + 1;
		else
			high = middle;
	}
	size_t end = low;
	while (end < w->funding.n && w->funding.items[end]->intent == intent)
		end++;
	*ret_n = end - low;
	return *ret_n > 0 ? &w->funding.items[low] : NULL;
}

const struct intent *view_find_intent(const struct group_view *view, int64_t id)
{
	size_t low = 0, high = view->intents.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (view->intents.items[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	bool found = id != 0 && low < view->intents.n && view->intents.items[low]->id == id;
	return found ? view->intents.items[low] : NULL;
}

struct cloud_view *world_made_by(const struct world *w, const struct group_view *view,
				 const struct intent *i)
{
	size_t low = 0, high = w->creations.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (w->creations.items[middle].intent->id < i->id)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < w->creations.n && w->creations.items[low].intent->id == i->id; low++) {
		struct cloud_view *c = w->creations.items[low].cloud;
		if (c->create == i && c->owner == view)
			return c;
	}
	return NULL;
}

static int sort_in_flight(struct world *w)
{
	const struct in_flight *f = w->in->in_flight;
	for (size_t i = 0; i < f->n_intents; i++) {
		const struct intent **slot = vec_add(&w->intents);
		if (!slot)
			return -ENOMEM;
		*slot = f->intents[i];
	}
	if (w->intents.n > 1)
		qsort(w->intents.items, w->intents.n, sizeof(*w->intents.items), compare_intents);
	return sort_orders(w);
}

/* --- cloud groups ------------------------------------------------------- */

struct cloud_view *world_find_cloud(const struct world *w, const char *id)
{
	struct cloud_view *c;
	HASH_FIND(hh, w->by_id, id, strlen(id), c);
	return c;
}

int world_add_cloud(struct world *w, const char *id, struct cloud_view **ret_cloud)
{
	struct cloud_view **slot = vec_add(&w->clouds);
	if (!slot)
		return -ENOMEM;
	struct cloud_view *c = *slot = calloc(1, sizeof(*c));
	if (!c) {
		w->clouds.n--;
		return -ENOMEM;
	}
	c->id = id;
	*ret_cloud = c;
	if (!*id)
		return 0;
	HASH_ADD_KEYPTR(hh, w->by_id, c->id, strlen(c->id), c);
	return c->hh.tbl ? 0 : -ENOMEM;
}

int world_cloud_of(struct world *w, const char *id, struct cloud_view **ret_cloud)
{
	struct cloud_view *c = world_find_cloud(w, id);
	if (!c)
		return world_add_cloud(w, id, ret_cloud);
	*ret_cloud = c;
	return 0;
}

static int add_listed_clouds(struct world *w)
{
	const struct observed *o = w->in->observed;
	for (size_t i = 0; i < o->n_groups; i++) {
		struct cloud_view *c;
		int r = world_add_cloud(w, o->groups[i].id, &c);
		if (r < 0)
			return r;
		c->seen = &o->groups[i];
	}
	return 0;
}

/* A group of another kind never takes a cloud group in. */
static bool may_claim(const struct cloud_view *c, const struct group_view *view)
{
	if (c->belonging == BELONG_FOREIGN)
		return false;
	return !c->seen || !view->want || view->want->kind == c->seen->kind;
}

/* The stronger claim wins: a record over `adopt:`, that over a mark. */
void cloud_claim(struct cloud_view *c, struct group_view *view, enum belonging how)
{
	if (c->belonging >= how || !may_claim(c, view))
		return;
	c->belonging = how;
	c->owner = view;
}

/* --- the ledger's rows of resources ------------------------------------- */

/* Of rows that name different groups the cloud group's own one counts, else that of the first
 * id, in whichever order they come. */
static void claim_recorded(struct cloud_view *c, struct group_view *view,
			   const struct resource *row)
{
	bool first = !c->claimed_by || strcmp(row->id, c->claimed_by->id) < 0;
	if (!first || !may_claim(c, view))
		return;
	c->belonging = BELONG_RECORDED;
	c->owner = view;
	c->claimed_by = row;
}

static int claim_by_row(struct world *w, const struct resource *row)
{
	struct cloud_view *c;
	struct group_view *view;
	int r = world_view_of(w, row->group, &view);
	if (r < 0)
		return r;
	view->has_past = true;
	if (!*row->cloud_group)
		return 0;
	if ((r = world_cloud_of(w, row->cloud_group, &c)) < 0)
		return r;
	claim_recorded(c, view, row);
	if (!*row->id)
		c->row = row;
	return 0;
}

/* What a person disowned stays so, whatever else is recorded about it. */
static int disown_by_row(struct world *w, const struct resource *row)
{
	struct cloud_view *c;
	if (!*row->cloud_group)
		return 0;
	int r = world_cloud_of(w, row->cloud_group, &c);
	if (r == 0)
		c->belonging = BELONG_FOREIGN;
	return r;
}

static int claim_by_rows(struct world *w)
{
	const struct in_flight *f = w->in->in_flight;
	int r = 0;
	for (size_t i = 0; i < f->n_resources && r == 0; i++)
		if (row_counts(&f->resources[i]) && f->resources[i].foreign)
			r = disown_by_row(w, &f->resources[i]);
	for (size_t i = 0; i < f->n_resources && r == 0; i++)
		if (row_counts(&f->resources[i]) && !f->resources[i].foreign)
			r = claim_by_row(w, &f->resources[i]);
	return r;
}

/* --- adoption and marks ------------------------------------------------- */

static void claim_adopted(struct world *w)
{
	for (size_t v = 0; v < w->in->desired->n_groups; v++) {
		struct group_view *view = w->groups.items[v];
		for (size_t k = 0; k < view->want->adopt.n; k++) {
			struct cloud_view *c = world_find_cloud(w, view->want->adopt.items[k]);
			if (c)
				cloud_claim(c, view, BELONG_ADOPTED);
		}
	}
}

static int copy_text(struct world *w, const char *text, size_t n, const char **ret_text)
{
	char **slot = vec_add(&w->texts);
	if (!slot)
		return -ENOMEM;
	*slot = strndup(text, n);
	*ret_text = *slot;
	return *slot ? 0 : -ENOMEM;
}

static int claim_marked(struct world *w, struct cloud_view *c)
{
	const char *name = NULL;
	int len = tags_get(c->seen->tags, MARK_GROUP, &name);
	struct name_ref *ref = NULL;
	struct group_view *view;
	if (len < 0)
		name = "";
	size_t n = len < 0 ? 0 : (size_t)len;
	HASH_FIND(hh, w->names, name, n, ref);
	int r = 0;
	if (ref)
		view = ref->view;
	else if ((r = copy_text(w, name, n, &name)) < 0 || (r = add_view(w, name, NULL, &view)) < 0)
		return r;
	cloud_claim(c, view, BELONG_MARKED);
	return 0;
}

static int claim_by_marks(struct world *w)
{
	int r = 0;
	for (size_t k = 0; k < w->clouds.n && r == 0; k++) {
		struct cloud_view *c = w->clouds.items[k];
		if (c->seen && c->belonging == BELONG_NONE &&
		    tags_has(c->seen->tags, MARK_FLEET, w->in->desired->fleet))
			r = claim_marked(w, c);
	}
	return r;
}

/* --- instances ---------------------------------------------------------- */

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	return strcmp(x->seen->id, y->seen->id);
}

struct member *cloud_find_member(const struct cloud_view *c, const char *id)
{
	size_t low = 0, high = c->n_members;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(id, c->members[middle].seen->id);
		if (order == 0)
			return &c->members[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static int add_members(struct cloud_view *c)
{
	if (c->seen)
		c->rules = kind_rules_of(c->seen->kind);
	if (!c->owner || !c->seen || !cloud_has_members(c) || c->seen->n_instances == 0)
		return 0;
	c->members = calloc(c->seen->n_instances, sizeof(*c->members));
	if (!c->members)
		return -ENOMEM;
	c->n_members = c->seen->n_instances;
	bool sorted = true;
	for (size_t i = 0; i < c->n_members; i++) {
		c->members[i].seen = &c->seen->instances[i];
		c->members[i].cloud = c;
		sorted = sorted &&
			 (i == 0 || compare_members(&c->members[i - 1], &c->members[i]) < 0);
	}
	if (!sorted)
		qsort(c->members, c->n_members, sizeof(*c->members), compare_members);
	return 0;
}

/* --- kinds -------------------------------------------------------------- */

static enum kind remembered_kind(const struct in_flight *f, const char *group)
{
	for (size_t i = 0; i < f->n_kinds; i++)
		if (strcmp(f->kinds[i].group, group) == 0)
			return f->kinds[i].kind;
	return KIND_INVALID;
}

/* The file's word; else that of the listing, of a call, of the ledger. */
static enum kind find_kind(const struct world *w, const struct group_view *view)
{
	if (view->want)
		return view->want->kind;
	for (size_t k = 0; k < view->clouds.n; k++)
		if (view->clouds.items[k]->seen)
			return view->clouds.items[k]->seen->kind;
	if (view->intents.n > 0)
		return view->intents.items[0]->kind;
	return remembered_kind(w->in->in_flight, view->name);
}

static int read_attributes(struct world *w, struct group_view *view)
{
	if (!view->want || !view->rules->reads_back)
		return 0;
	char **slot = vec_add(&w->texts);
	if (!slot)
		return -ENOMEM;
	*slot = attributes_text(view->want->create);
	view->attributes = *slot;
	return *slot ? 0 : -ENOMEM;
}

static int settle_kinds(struct world *w)
{
	int r = 0;
	for (size_t v = 0; v < w->groups.n && r == 0; v++) {
		struct group_view *view = w->groups.items[v];
		view->kind = find_kind(w, view);
		view->rules = kind_rules_of(view->kind);
		for (size_t k = 0; k < view->clouds.n; k++)
			if (!view->clouds.items[k]->rules)
				view->clouds.items[k]->rules = view->rules;
		r = read_attributes(w, view);
	}
	return r;
}

/* --- order of things, life ---------------------------------------------- */

static const char *first_absent(const struct cloud_view *c)
{
	return c->absent.n > 0 ? c->absent.items[0]->id : "";
}

/* Those without an id by what else is known of them. */
static int compare_clouds(const void *a, const void *b)
{
	const struct cloud_view *const *x = a, *const *y = b;
	int order = strcmp((*x)->id, (*y)->id);
	if (order != 0)
		return order;
	int64_t i = (*x)->create ? (*x)->create->id : 0, j = (*y)->create ? (*y)->create->id : 0;
	return i != j ? (i > j) - (i < j) : strcmp(first_absent(*x), first_absent(*y));
}

static int compare_views(const void *a, const void *b)
{
	const struct group_view *const *x = a, *const *y = b;
	return strcmp((*x)->name, (*y)->name);
}

static void sort_clouds(struct world *w)
{
	if (w->clouds.n > 1)
		qsort(w->clouds.items, w->clouds.n, sizeof(*w->clouds.items), compare_clouds);
}

static int hand_out_clouds(struct world *w)
{
	for (size_t k = 0; k < w->clouds.n; k++) {
		struct cloud_view *c = w->clouds.items[k];
		if (!c->owner)
			continue;
		struct cloud_view **slot = vec_add(&c->owner->clouds);
		if (!slot)
			return -ENOMEM;
		*slot = c;
	}
	return 0;
}

static int build(struct world *w)
{
	int r;
	if ((r = sort_in_flight(w)) < 0 || (r = add_desired(w)) < 0 ||
	    (r = add_listed_clouds(w)) < 0 || (r = claim_by_rows(w)) < 0 ||
	    (r = place_intents(w)) < 0)
		return r;
	claim_adopted(w);
	if ((r = claim_by_marks(w)) < 0)
		return r;
	for (size_t k = 0; k < w->clouds.n; k++)
		if ((r = add_members(w->clouds.items[k])) < 0)
			return r;
	if ((r = place_rows(w)) < 0)
		return r;
	sort_clouds(w);
	if ((r = hand_out_clouds(w)) < 0)
		return r;
	place_targets(w);
	if ((r = place_orders(w)) < 0 || (r = settle_kinds(w)) < 0)
		return r;
	size_t n_desired = w->in->desired->n_groups;
	if (w->groups.n > n_desired + 1)
		qsort(w->groups.items + n_desired, w->groups.n - n_desired,
		      sizeof(*w->groups.items), compare_views);
	return 0;
}

int world_build(struct world *w, const struct plan_input *input)
{
	*w = (struct world){.in = input};
	int r = build(w);
	if (r == 0)
		world_tally(w);
	return r;
}

static void free_cloud(struct cloud_view *c)
{
	free(c->members);
	vec_free(&c->absent);
	vec_free(&c->grows);
	free(c);
}

static void free_view(struct group_view *view)
{
	vec_free(&view->clouds);
	vec_free(&view->intents);
	vec_free(&view->shrunk);
	vec_free(&view->orders);
	free(view);
}

void world_fini(struct world *w)
{
	HASH_CLEAR(hh, w->by_id);
	struct name_ref *ref, *next;
	HASH_ITER(hh, w->names, ref, next)
	{
		HASH_DEL(w->names, ref);
		free(ref);
	}
	for (size_t i = 0; i < w->clouds.n; i++)
		free_cloud(w->clouds.items[i]);
	for (size_t i = 0; i < w->groups.n; i++)
		free_view(w->groups.items[i]);
	for (size_t i = 0; i < w->texts.n; i++)
		free(w->texts.items[i]);
	vec_free(&w->texts);
	vec_free(&w->intents);
	vec_free(&w->orders);
	vec_free(&w->funding);
	vec_free(&w->creations);
	vec_free(&w->clouds);
	vec_free(&w->groups);
	*w = (struct world){0};
}
