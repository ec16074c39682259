/*
 * What each cycle looks at: cloud groups, the instances of which of them, and how many run.
 */
#include <errno.h>
#include <string.h>

#include "app_internal.h"

#define AUDIT_AGAIN_SWEEPS 10 /* while the count of running ones stays unexplained */

/* ---- cloud groups whose instances are listed ---- */

static int64_t listed_committed(const struct observed_group *g)
{
	int64_t n = 0;
	for (size_t k = 0; k < g->n_instances; k++)
		n += instance_is_committed(g->instances[k].status);
	return n;
}

static bool is_ours(struct app *a, const struct observed_group *g)
{
	return tags_has(g->tags, MARK_FLEET, a->desired->fleet) || books_resource(a->books, g->id);
}

/* The row's own count disagrees with the last listing of its instances. */
static bool row_disagrees(const struct observed_group *g)
{
	return g->listed_mono_ms > 0 && g->available >= 0 &&
	       g->available + g->elastic != listed_committed(g);
}

static int add_once(struct text_list *ids, const char *id)
{
	return text_list_has(ids, id) ? 0 : text_list_add(ids, id);
}

/* Steady: the groups' rows carry counts; only what is new or disagrees is looked into. */
int app_on_groups(void *data, enum kind kind, struct text_list *add)
{
	struct app *a = data;
	const struct observed *o = observer_observed(a->observer);
	int r = 0;
	for (size_t k = 0; k < o->n_groups && r == 0; k++) {
		const struct observed_group *g = &o->groups[k];
		bool look = a->cycles[kind].auditing || g->listed_mono_ms == 0 || g->counted || row_disagrees(g);
		if (g->kind == kind && look && is_ours(a, g))
			r = text_list_add(add, g->id);
	}
	text_list_unique(add); /* some were asked for before */
	return r;
}

static bool is_of(const struct cycle *c, const char *cloud_group)
{
	const struct observed_group *g =
		observed_find_group(observer_observed(c->app->observer), cloud_group);
	return g && g->kind == c->kind;
}

static int choose_instances(const struct cycle *c, const struct driver_wants *wants,
			    struct text_list *ids)
{
	const struct plan *plan = c->app->plan;
	int r = 0;
	for (size_t k = 0; plan && k < plan->n_watch && r == 0; k++)
		if (plan->watch[k].kind == c->kind)
			r = text_list_add(ids, plan->watch[k].id);
	for (size_t k = 0; k < wants->n_instances && r == 0; k++)
		if (is_of(c, wants->instances[k]))
			r = text_list_add(ids, wants->instances[k]);
	text_list_unique(ids);
	return r;
}

/* ---- kinds and scopes ---- */

/* What is to be listed: the kinds that the file names, those that the ledger still knows resources
 * of, and those of calls that have not landed. A service that the fleet does not use is never called. */
struct view_of_kinds {
	struct app *app;
	bool used[KIND_MAX_];
	struct text_list products, ids;
	int r;
};

static bool is_listed_by_product(const struct view_of_kinds *v, const char *id)
{
	const struct observed_group *g = observed_find_group(observer_observed(v->app->observer), id);
	return g && text_list_has(&v->products, g->spec);
}

/* Of a kind that is listed by product alone, what none of the products shows is asked for by id:
 * its group may be out of the file, or be of another product now. */
static int note_resource(void *data, const struct resource *row)
{
	struct view_of_kinds *v = data;
	if (row->state == RESOURCE_GONE || row->foreign)
		return 0;
	const struct known_group *known = books_known_group(v->app->books, row->group);
	if (!known)
		return 0;
	v->used[known->kind] = true;
	if (!listing_of(known->kind)->scoped || is_listed_by_product(v, row->cloud_group))
		return 0;
	return v->r = text_list_add(&v->ids, row->cloud_group);
}

static int note_desired(struct view_of_kinds *v)
{
	const struct desired *d = v->app->desired;
	int r = 0;
	for (size_t k = 0; k < d->n_groups && r == 0; k++) {
		v->used[d->groups[k].kind] = true;
		/* What a released group bought is asked for by id: nobody knows its product. */
		if (listing_of(d->groups[k].kind)->scoped && *d->groups[k].spec)
			r = add_once(&v->products, d->groups[k].spec);
	}
	return r;
}

/* What a call without a clear answer made is found by looking, also when its group has left the file. */
static void note_calls(struct view_of_kinds *v)
{
	struct in_flight flight = {0};
	driver_in_flight(v->app->driver, &flight);
	for (size_t k = 0; k < flight.n_intents; k++)
		if (flight.intents[k]->kind != KIND_INVALID)
			v->used[flight.intents[k]->kind] = true;
}

static int view_kinds(struct app *a, struct view_of_kinds *v)
{
	bool any = false;
	*v = (struct view_of_kinds){.app = a};
	int r = note_desired(v);
	if (r == 0)
		r = books_each_resource(a->books, note_resource, v);
	note_calls(v);
	text_list_unique(&v->ids);
	for (int kind = 0; kind < KIND_MAX_; kind++)
		any = any || v->used[kind];
	if (!any)
		v->used[KIND_CLOUD_PHONE] = true; /* an empty fleet: what carries its mark is told */
	return r;
}

/* ---- the cycle's request ---- */

static bool sweep_is_due(const struct cycle *c, uint64_t now)
{
	return c->sweep_mono_ms == 0 || now - c->sweep_mono_ms >= c->app->settings.poll.sweep_ms;
}

static bool audit_is_due(const struct cycle *c, uint64_t now)
{
	return c->want_audit || now - c->audit_mono_ms >= c->app->settings.poll.audit_ms;
}

/* Of a kind that lists by scope only there may be nothing to ask for. */
static bool is_idle(const struct cycle *c, const struct view_of_kinds *v)
{
	bool scoped = listing_of(c->kind)->scoped;
	return !v->used[c->kind] || (scoped && v->products.n == 0 && v->ids.n == 0);
}

static int look(struct cycle *c, const struct view_of_kinds *v)
{
	struct app *a = c->app;
	uint64_t now = env_mono_ms(a->env);
	struct driver_wants wants;
	struct text_list ids = {0};
	driver_wants(a->driver, &wants);
	int r = choose_instances(c, &wants, &ids);
	bool steady = ids.n == 0;
	c->auditing = audit_is_due(c, now);
	struct observer_request request = {.instances = &ids};
	request.groups = steady || c->auditing || wants.groups[c->kind] || sweep_is_due(c, now) ||
			 (a->plan && a->plan->watch_groups[c->kind]);
	request.count_running = steady && c->ended > 0 && !c->auditing ? a->desired->fleet : NULL;
	if (listing_of(c->kind)->scoped) {
		request.products = &v->products;
		request.ids = &v->ids;
	}
	if (r == 0)
		r = observer_run(a->observer, c->kind, &request);
	if (r == 0 && request.groups)
		c->sweep_mono_ms = now;
	if (r == 0 && c->auditing) {
		c->want_audit = false;
		c->audit_mono_ms = now;
	}
	text_list_fini(&ids);
	return r;
}

int app_observe(struct cycle *c)
{
	struct view_of_kinds kinds;
	if (observer_is_busy(c->app->observer, c->kind))
		return -EBUSY;
	int r = view_kinds(c->app, &kinds);
	c->idle = r == 0 && is_idle(c, &kinds);
	if (r == 0)
		r = c->idle ? -ENOENT : look(c, &kinds);
	text_list_fini(&kinds.products);
	text_list_fini(&kinds.ids);
	return r;
}

/* ---- how many run ---- */

/* Instances that run and carry our mark, as far as the listings tell. */
static int64_t known_running(const struct app *a, enum kind kind)
{
	const struct observed *o = observer_observed(a->observer);
	int64_t n = 0;
	for (size_t g = 0; g < o->n_groups; g++)
		for (size_t k = 0; k < o->groups[g].n_instances && o->groups[g].kind == kind; k++) {
			const struct observed_instance *i = &o->groups[g].instances[k];
			n += i->status == INSTANCE_RUNNING && tags_has(i->tags, MARK_FLEET, a->desired->fleet);
		}
	return n;
}

/* The one number of the steady state; what it contradicts is looked into, at once and then
 * now and again: the listings may have been wrong, or full of words that were not known. */
void app_judge_running(struct cycle *c, int64_t running)
{
	const struct app *a = c->app;
	if (running < 0)
		return;
	uint64_t age = env_mono_ms(a->env) - c->audit_mono_ms;
	if (running == known_running(a, c->kind)) {
		c->running_accepted = -1;
	} else if (running != c->running_accepted ||
		   age >= AUDIT_AGAIN_SWEEPS * a->settings.poll.sweep_ms) {
		c->running_accepted = running;
		c->want_audit = true;
		c->again = true;
	}
}
