#include "plan/place.h"

#include <stdlib.h>
#include <string.h>

#include "plan/kind_rules.h"

/* --- intents ------------------------------------------------------------ */

/* What was ordered and cancelled never comes: such an intent stands for nothing. */
static bool intent_counts(const struct world *w, const struct intent *i)
{
	return intent_in_flight(i) && !(i->buys && world_is_cancelled(w, i->id));
}

/* Named by the reply, or later by the order that the reply named. */
static const char *named_result(const struct world *w, const struct intent *i)
{
	size_t n = 0;
	const struct order *const *orders = NULL;
	if (!*i->result_group && i->id != 0)
		orders = world_orders_of(w, i->id, &n);
	for (size_t k = 0; k < n; k++)
		if (orders[k]->count > 0 && *orders[k]->cloud_group)
			return orders[k]->cloud_group;
	return i->result_group;
}

/* Our mark, and that of the intent or its name. Where a create carries no marks, its exact name
 * alone until it has been tagged: nobody else knows its random part. */
static bool is_result_of(const struct world *w, const struct cloud_view *c, const struct intent *i)
{
	const struct observed_group *g = c->seen;
	const char *fleet;
	if (!g || g->kind != i->kind)
		return false;
	bool named = *i->name && strcmp(g->name, i->name) == 0;
	if (tags_get(g->tags, MARK_FLEET, &fleet) < 0)
		return named && kind_rules_of(g->kind)->tags_groups;
	return tags_has(g->tags, MARK_FLEET, w->in->desired->fleet) &&
	       (named || tags_has(g->tags, MARK_INTENT, i->key));
}

static struct cloud_view *visible_result(const struct world *w, const struct intent *i)
{
	const char *named = named_result(w, i);
	if (*named)
		return world_find_cloud(w, named);
	struct cloud_view *found = NULL;
	for (size_t k = 0; k < w->clouds.n; k++) {
		struct cloud_view *c = w->clouds.items[k];
		if (is_result_of(w, c, i) && (!found || strcmp(c->id, found->id) < 0))
			found = c;
	}
	return found;
}

static int place_create(struct world *w, struct group_view *view, const struct intent *i)
{
	struct cloud_view *c = visible_result(w, i);
	int r = c ? 0 : world_add_cloud(w, named_result(w, i), &c);
	if (r < 0)
		return r;
	cloud_claim(c, view, BELONG_RECORDED);
	struct creation *slot = vec_add(&w->creations);
	if (!slot)
		return -ENOMEM;
	*slot = (struct creation){i, c};
	c->create = i;
	c->unlanded = true;
	c->held = c->held || i->state == INTENT_HELD;
	c->locked = c->locked || intent_is_open(i);
	return 0;
}

static bool resizes(enum verb v)
{
	return v == VERB_GROW || v == VERB_SHRINK || v == VERB_DELETE;
}

static bool is_on_a_cloud_group(enum verb v)
{
	return resizes(v) || v == VERB_CONFIGURE || v == VERB_SET_SCALING || v == VERB_UPDATE_IMAGE;
}

static int place_change(struct world *w, struct group_view *view, const struct intent *i)
{
	struct cloud_view *c;
	int r = world_cloud_of(w, i->cloud_group, &c);
	if (r < 0)
		return r;
	cloud_claim(c, view, BELONG_RECORDED);
	c->unlanded = true;
	c->held = c->held || i->state == INTENT_HELD;
	c->locked = c->locked || intent_is_open(i);
	if (!resizes(i->verb))
		c->busy |= 1u << i->verb;
	c->leaving = c->leaving || i->verb == VERB_DELETE;
	c->deleted = c->deleted || (i->verb == VERB_DELETE && i->state == INTENT_DONE);
	if (i->verb == VERB_SHRINK && i->total > 0) {
		c->shrink_to = c->shrinking && c->shrink_to < i->total ? c->shrink_to : i->total;
		c->shrinking = true;
	}
	if (i->verb != VERB_GROW)
		return 0;
	c->grow_to = c->grow_to > i->total ? c->grow_to : i->total;
	const struct intent **slot = vec_add(&c->grows);
	if (!slot)
		return -ENOMEM;
	*slot = i;
	return 0;
}

static int place_intent(struct world *w, const struct intent *i)
{
	struct group_view *view;
	int r = world_view_of(w, i->group, &view);
	if (r < 0)
		return r;
	view->has_past = true;
	if (!intent_counts(w, i))
		return 0;
	const struct intent **slot = vec_add(&view->intents);
	if (!slot)
		return -ENOMEM;
	*slot = i;
	if (i->verb == VERB_SHRINK && i->state == INTENT_DONE) {
		if (!(slot = vec_add(&view->shrunk)))
			return -ENOMEM;
		*slot = i;
	}
	if (i->verb == VERB_CREATE)
		return place_create(w, view, i);
	return is_on_a_cloud_group(i->verb) && *i->cloud_group ? place_change(w, view, i) : 0;
}

int place_intents(struct world *w)
{
	int r = 0;
	for (size_t i = 0; i < w->intents.n && r == 0; i++)
		r = place_intent(w, w->intents.items[i]);
	return r;
}

/* --- the ledger's rows of instances ------------------------------------- */

/* A row without a cloud group goes to the create that its reply came from. */
static struct cloud_view *cloud_of_row(const struct world *w, const struct resource *row)
{
	if (*row->cloud_group)
		return world_find_cloud(w, row->cloud_group);
	for (size_t k = 0; k < w->clouds.n; k++) {
		struct cloud_view *c = w->clouds.items[k];
		if (c->create && intent_is(c->create, row->intent))
			return c;
	}
	return NULL;
}

static int place_row(struct world *w, const struct resource *row)
{
	struct cloud_view *c = cloud_of_row(w, row);
	int r = 0;
	if (!c && (r = world_add_cloud(w, "", &c)) < 0)
		return r;
	if (!c->owner) {
		if (c->belonging == BELONG_FOREIGN)
			return 0;
		cloud_claim(c, world_find(w, row->group), BELONG_RECORDED);
	}
	struct member *m = cloud_find_member(c, row->id);
	if (m) {
		m->row = row;
		return 0;
	}
	const struct resource **slot = vec_add(&c->absent);
	if (!slot)
		return -ENOMEM;
	*slot = row;
	return 0;
}

static int compare_rows(const void *a, const void *b)
{
	const struct resource *const *x = a, *const *y = b;
	return strcmp((*x)->id, (*y)->id);
}

int place_rows(struct world *w)
{
	const struct in_flight *f = w->in->in_flight;
	int r = 0;
	for (size_t i = 0; i < f->n_resources && r == 0; i++) {
		const struct resource *row = &f->resources[i];
		if (*row->id && !row->foreign && row_counts(row))
			r = place_row(w, row);
	}
	for (size_t k = 0; k < w->clouds.n; k++) {
		struct cloud_view *c = w->clouds.items[k];
		if (c->absent.n > 1)
			qsort(c->absent.items, c->absent.n, sizeof(*c->absent.items), compare_rows);
	}
	return r;
}

/* Is it in @c? */
static bool mark_target(struct cloud_view *c, const struct intent *i, const char *id)
{
	if (strcmp(c->id, id) == 0)
		c->busy |= 1u << i->verb;
	struct member *m = cloud_find_member(c, id);
	if (!m)
		return false;
	m->busy |= 1u << i->verb;
	m->leaving = m->leaving || i->verb == VERB_SHRINK;
	c->unlanded = true;
	return true;
}

/* A call on a cloud group takes what it names from there, whichever group recorded it: what is
 * on its way out must not be made up for by another's shrink. */
static void mark_targets(const struct world *w, const struct group_view *view,
			 const struct intent *i)
{
	struct cloud_view *named = *i->cloud_group ? world_find_cloud(w, i->cloud_group) : NULL;
	for (size_t t = 0; t < i->targets.n; t++) {
		bool found = named && mark_target(named, i, i->targets.items[t]);
		for (size_t k = 0; k < view->clouds.n && !found; k++)
			found = mark_target(view->clouds.items[k], i, i->targets.items[t]);
	}
}

void place_targets(struct world *w)
{
	for (size_t v = 0; v < w->groups.n; v++) {
		struct group_view *view = w->groups.items[v];
		for (size_t i = 0; i < view->intents.n; i++)
			if (view->intents.items[i]->verb != VERB_GROW)
				mark_targets(w, view, view->intents.items[i]);
	}
}

/* --- orders ------------------------------------------------------------- */

static struct cloud_view *cloud_of_intent(const struct world *w, const struct group_view *view,
					  const struct intent *i)
{
	if (i->verb == VERB_GROW)
		return world_find_cloud(w, i->cloud_group);
	return world_made_by(w, view, i);
}

static bool ledger_has_result_of(const struct world *w, int64_t intent)
{
	const struct in_flight *f = w->in->in_flight;
	for (size_t i = 0; intent != 0 && i < f->n_resources; i++)
		if (f->resources[i].intent == intent && *f->resources[i].id)
			return true;
	return false;
}

/* An order is represented by its intent, by its visible cloud group, or by the instances
 * that its intent made; what has none of them stands for itself. */
static int find_order_cloud(struct world *w, struct group_view *view, const struct order *o,
			    const struct intent *i, struct cloud_view **ret_cloud)
{
	struct cloud_view *c = i ? cloud_of_intent(w, view, i) : NULL;
	if (!c && *o->cloud_group)
		c = world_find_cloud(w, o->cloud_group);
	if (c && (c->seen || c->create || c->absent.n > 0)) {
		if (!c->seen && !c->create)
			c->order_count += o->count;
		*ret_cloud = c;
		return 0;
	}
	if (!i && ledger_has_result_of(w, o->intent))
		return 0;
	int r = world_add_cloud(w, "", &c);
	if (r < 0)
		return r;
	struct cloud_view **slot = vec_add(&view->clouds);
	if (!slot)
		return -ENOMEM;
	*slot = c;
	cloud_claim(c, view, BELONG_RECORDED);
	c->order_count = o->count;
	*ret_cloud = c;
	return 0;
}

static int place_order(struct world *w, const struct order *o)
{
	struct group_view *view;
	int r = world_view_of(w, o->group, &view);
	if (r < 0)
		return r;
	view->has_past = true;
	const struct order **slot = vec_add(&view->orders);
	if (!slot)
		return -ENOMEM;
	*slot = o;
	if (!order_is_open(o))
		return 0;
	struct cloud_view *c = NULL;
	const struct intent *i = view_find_intent(view, o->intent);
	if ((r = find_order_cloud(w, view, o, i, &c)) < 0)
		return r;
	/* A pay-as-you-go order leaves nothing to pay (eds-aic 7), whatever BSS says of it. */
	bool waits = o->status == ORDER_UNPAID ||
		     (o->status == ORDER_UNKNOWN && !(i && i->charge == CHARGE_POSTPAID));
	if (c && waits)
		c->unpaid += o->count;
	return 0;
}

int place_orders(struct world *w)
{
	int r = 0;
	for (size_t i = 0; i < w->orders.n && r == 0; i++) {
		const struct order *o = w->orders.items[i];
		if (!o->foreign && *o->group && (order_is_open(o) || o->status != ORDER_PAID))
			r = place_order(w, o);
	}
	return r;
}
