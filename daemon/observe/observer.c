#include "observe/observer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "cloud/listings.h"
#include "cloud/page.h"
#include "observe/listing.h"

#define CHAINS 8 /* listings of instances at once: a chain of pages goes one by one */

/* One listing of the instances of some groups of a kind. */
struct chain {
	struct observer *observer;
	const struct listing_kind *kind;
	struct pager *pager; /* NULL when it is not running */
	struct text_list groups;
	struct listed_instances rows;
};

/* The listing of the cloud groups of a kind: one scope after the other. */
struct sweep {
	struct observer *observer;
	enum kind kind;
	struct pager *pager;                  /* NULL when it is not running */
	struct text_list products, ids;       /* scopes still to be listed */
	struct text_list batch;               /* the ids of the scope that is */
	struct listed_groups rows;
	size_t scope_rows;                    /* rows of the scopes before this one */
	struct cloud_call count;              /* how many run */
	bool counting;
};

struct observer {
	struct observer_options o;
	struct observed observed;
	struct observer_result result;
	bool busy;
	unsigned running; /* parts of this cycle that have not ended */

	struct sweep sweeps[KIND_MAX_];
	struct text_list instances; /* groups whose instances this cycle lists */
	struct chain chains[CHAINS];

	char code[96], message[256], request_id[64]; /* of the result */
	void (*closed)(void *data);
	void *closed_data;
};

static void part_done(struct observer *o);

const struct observed *observer_observed(const struct observer *o)
{
	return &o->observed;
}

bool observer_is_busy(const struct observer *o)
{
	return o->busy;
}

static void keep_text(char *to, size_t size, const char *from)
{
	(void)strncpy(to, from ? from : "", size - 1);
}

/* The first failure speaks for the cycle. */
static void fail(struct observer *o, enum operation op, const struct pager_result *why)
{
	if (!o->result.complete)
		return;
	o->result.complete = false;
	o->result.op = op;
	o->result.why = why->why;
	o->result.outcome = why->outcome;
	keep_text(o->code, sizeof(o->code), why->code);
	keep_text(o->message, sizeof(o->message), why->message);
	keep_text(o->request_id, sizeof(o->request_id), why->request_id);
}

static void fail_local(struct observer *o, enum operation op)
{
	fail(o, op, &(struct pager_result){.why = PAGER_LOCAL, .code = "", .message = "no memory",
					   .request_id = ""});
}

/* ---- instances ---- */

static int on_instance(void *data, const cJSON *row)
{
	struct chain *c = data;
	struct listed_instance *slot = vec_add(&c->rows.rows);
	if (!slot)
		return -ENOMEM;
	int r = c->kind->instance_row(row, &c->observer->observed, &slot->instance, slot->group);
	if (r == 0 && !*slot->group)
		keep_text(slot->group, sizeof(slot->group), c->groups.items[0]);
	return r;
}

static void on_instances_restart(void *data)
{
	struct chain *c = data;
	c->rows.rows.n = 0;
}

static void settle(const struct listing_kind *kind, struct observed_group *g)
{
	if (g && kind->settle_group && g->listed_mono_ms > 0)
		kind->settle_group(g);
}

/* The one cloud group that was asked about is there no more: the next listing of groups will
 * show it. Of several, nobody says which. */
static bool has_gone(const struct chain *c, const struct pager_result *result)
{
	return result->why == PAGER_CALL && result->outcome == OUTCOME_NOT_FOUND && c->groups.n == 1;
}

static void on_instances_done(struct pager *pager, const struct pager_result *result)
{
	struct chain *c = pager_data(pager);
	struct observer *o = c->observer;
	c->pager = NULL;
	if (result->end != PAGER_COMPLETE) {
		if (!has_gone(c, result))
			fail(o, c->kind->instances, result);
	} else if (listing_merge_instances(&o->observed, (const char *const *)c->groups.items,
					   c->groups.n, &c->rows, env_mono_ms(o->o.env)) < 0) {
		fail_local(o, c->kind->instances);
	}
	for (size_t k = 0; k < c->groups.n; k++)
		settle(c->kind, observed_find_group(&o->observed, c->groups.items[k]));
	vec_free(&c->rows.rows);
	text_list_fini(&c->groups);
	part_done(o);
}

static int start_chain(struct observer *o, struct chain *c)
{
	auto_params struct params params = {0};
	int r = c->kind->encode_instances(&c->groups, &params);
	if (r < 0)
		return r;
	struct pager_options options = {
		.cloud = o->o.cloud,
		.op = c->kind->instances,
		.params = &params,
		.row = on_instance,
		.restart = on_instances_restart,
		.done = on_instances_done,
		.data = c,
	};
	return pager_start(&options, &c->pager);
}

/* How the instances of the last group in line are listed; NULL: they are not. */
static const struct listing_kind *next_kind(const struct observer *o)
{
	const struct observed_group *g =
		observed_find_group(&o->observed, o->instances.items[o->instances.n - 1]);
	const struct listing_kind *kind = g ? listing_of(g->kind) : NULL;
	return kind && kind->instances != OP_MAX_ ? kind : NULL;
}

static void skip_unlisted(struct observer *o)
{
	while (o->instances.n > 0 && !next_kind(o))
		free(o->instances.items[--o->instances.n]);
}

/* At most @share of the groups, all of one kind, become the chain's. */
static int fill_chain(struct observer *o, struct chain *c, size_t share)
{
	int r = 0;
	c->observer = o;
	c->kind = next_kind(o);
	if (share > c->kind->batch)
		share = c->kind->batch;
	while (r == 0 && c->groups.n < share && o->instances.n > 0 && next_kind(o) == c->kind) {
		char *id = o->instances.items[--o->instances.n];
		r = text_list_add(&c->groups, id);
		free(id);
	}
	skip_unlisted(o);
	return r;
}

/* Spreads the groups over the chains that are free, at most a page's worth of ids each. */
static void start_chains(struct observer *o)
{
	skip_unlisted(o);
	size_t share = (o->instances.n + CHAINS - 1) / CHAINS;
	for (size_t k = 0; k < CHAINS && o->instances.n > 0; k++) {
		struct chain *c = &o->chains[k];
		if (c->pager)
			continue;
		int r = fill_chain(o, c, share);
		if (r == 0)
			r = start_chain(o, c);
		if (r < 0) {
			fail_local(o, c->kind->instances);
			text_list_fini(&c->groups);
		} else {
			o->running++;
		}
	}
}

/* ---- groups ---- */

static int on_group(void *data, const cJSON *row)
{
	struct sweep *s = data;
	struct observed_group *slot = vec_add(&s->rows.rows);
	return slot ? listing_of(s->kind)->group_row(row, &s->observer->observed, slot) : -ENOMEM;
}

static void on_groups_restart(void *data)
{
	struct sweep *s = data;
	s->rows.rows.n = s->scope_rows;
}

static void end_sweep(struct sweep *s)
{
	vec_free(&s->rows.rows);
	text_list_fini(&s->products);
	text_list_fini(&s->ids);
	text_list_fini(&s->batch);
}

/* A row that says all there is to know of its group is a listing of its instances, too. */
static void settle_groups(struct observer *o, enum kind kind, uint64_t mono_ms)
{
	const struct listing_kind *listing = listing_of(kind);
	for (size_t k = 0; k < o->observed.n_groups; k++) {
		struct observed_group *g = &o->observed.groups[k];
		if (g->kind != kind)
			continue;
		if (listing->instances == OP_MAX_) {
			g->ids_since_mono_ms = g->listed_mono_ms ? g->ids_since_mono_ms : mono_ms;
			g->listed_mono_ms = mono_ms;
		}
		settle(listing, g);
	}
}

static int take_groups(struct observer *o, struct sweep *s)
{
	uint64_t now = env_mono_ms(o->o.env);
	int r = listing_merge_groups(&o->observed, s->kind, &s->rows, now);
	if (r == 0)
		settle_groups(o, s->kind, now);
	if (r == 0 && o->o.on_groups)
		r = o->o.on_groups(o->o.data, s->kind, &o->instances);
	return r;
}

static int start_scope(struct sweep *s);

static bool has_more_scopes(const struct sweep *s)
{
	return s->products.n > 0 || s->ids.n > 0;
}

static void on_groups_done(struct pager *pager, const struct pager_result *result)
{
	struct sweep *s = pager_data(pager);
	struct observer *o = s->observer;
	enum operation op = listing_of(s->kind)->groups;
	s->pager = NULL;
	s->scope_rows = s->rows.rows.n;
	if (result->end == PAGER_COMPLETE && !o->closed && has_more_scopes(s) && start_scope(s) == 0)
		return;
	o->observed.of[s->kind].complete = false;
	if (result->end != PAGER_COMPLETE)
		fail(o, op, result);
	else if (has_more_scopes(s) || take_groups(o, s) < 0)
		fail_local(o, op);
	end_sweep(s);
	if (!o->closed)
		start_chains(o);
	part_done(o);
}

static int next_batch(struct sweep *s)
{
	int r = 0;
	text_list_fini(&s->batch);
	while (s->ids.n > 0 && s->batch.n < LIMIT_PAGE_SIZE && r == 0) {
		char *id = s->ids.items[--s->ids.n];
		r = text_list_add(&s->batch, id);
		free(id);
	}
	return r;
}

/* The next listing of the sweep: of everything, of a product, or of some ids. */
static int start_scope(struct sweep *s)
{
	const struct listing_kind *kind = listing_of(s->kind);
	auto_params struct params params = {0};
	auto_free char *product = s->products.n > 0 ? s->products.items[--s->products.n] : NULL;
	struct listing_scope scope = {.product = product};
	int r = 0;
	if (!product && s->ids.n > 0) {
		r = next_batch(s);
		scope.ids = &s->batch;
	}
	if (r == 0)
		r = kind->encode_groups(&scope, &params);
	if (r < 0)
		return r;
	struct pager_options options = {
		.cloud = s->observer->o.cloud,
		.op = kind->groups,
		.params = &params,
		.row = on_group,
		.restart = on_groups_restart,
		.done = on_groups_done,
		.data = s,
	};
	return pager_start(&options, &s->pager);
}

static int start_sweep(struct observer *o, enum kind kind, const struct observer_kind *wanted)
{
	struct sweep *s = &o->sweeps[kind];
	int r = 0;
	s->scope_rows = 0;
	if (wanted->products)
		r = text_list_copy(wanted->products, &s->products);
	if (r == 0 && wanted->ids)
		r = text_list_copy(wanted->ids, &s->ids);
	if (r == 0)
		r = listing_of(kind)->scoped && !has_more_scopes(s) ? -ENOENT : start_scope(s);
	if (r < 0)
		end_sweep(s);
	else
		o->running++;
	return r;
}

/* ---- how many run ---- */

static void on_count(struct cloud_call *call, const struct cloud_reply *reply)
{
	struct sweep *s = container_of(call, struct sweep, count);
	struct observer *o = s->observer;
	bool answered = reply->outcome == OUTCOME_DONE;
	struct page page;
	s->counting = false;
	if (answered && page_decode(call->op, reply->root, &page) == 0)
		o->result.running[s->kind] = page.total;
	else
		fail(o, call->op, &(struct pager_result){
					  .why = answered ? PAGER_UNDECODABLE : PAGER_CALL,
					  .outcome = reply->outcome,
					  .code = reply->code,
					  .message = reply->message,
					  .request_id = reply->request_id,
				  });
	params_fini(&call->params);
	part_done(o);
}

/* One small call instead of a listing: TotalCount of what runs with our mark. */
static int start_count(struct observer *o, enum kind kind, const char *fleet)
{
	const struct listing_kind *listing = listing_of(kind);
	struct sweep *s = &o->sweeps[kind];
	if (listing->count == OP_MAX_)
		return 0;
	s->count = (struct cloud_call){.op = listing->count, .done = on_count};
	int r = listing->encode_count(fleet, &s->count.params);
	if (r == 0)
		r = cloud_call_start(o->o.cloud, &s->count);
	if (r < 0) {
		params_fini(&s->count.params);
		return r;
	}
	s->counting = true;
	o->running++;
	return 0;
}

/* ---- the cycle ---- */

static void observer_free(struct observer *o)
{
	void (*closed)(void *data) = o->closed;
	void *data = o->closed_data;
	observed_fini(&o->observed);
	text_list_fini(&o->instances);
	free(o);
	closed(data);
}

static void part_done(struct observer *o)
{
	if (!o->closed && o->instances.n > 0)
		start_chains(o);
	if (--o->running > 0)
		return;
	o->busy = false;
	text_list_fini(&o->instances); /* what could not be started is not the next cycle's */
	if (o->closed) {
		observer_free(o);
		return;
	}
	o->result.code = o->code;
	o->result.message = o->message;
	o->result.request_id = o->request_id;
	struct observer_result result = o->result;
	o->o.on_cycle(o->o.data, &result);
}

/* A sweep that cannot begin is a failed part of the cycle, unless there was nothing to sweep. */
static void begin_kind(struct observer *o, enum kind kind, const struct observer_kind *wanted)
{
	int r = wanted->groups ? start_sweep(o, kind, wanted) : 0;
	if (r < 0 && r != -ENOENT) {
		o->observed.of[kind].complete = false;
		fail_local(o, listing_of(kind)->groups);
	}
	if (wanted->count_running && start_count(o, kind, wanted->count_running) < 0)
		fail_local(o, listing_of(kind)->count);
}

static int begin(struct observer *o, const struct observer_request *request)
{
	int r = request->instances ? text_list_copy(request->instances, &o->instances) : 0;
	if (r < 0)
		return r;
	bool sweeps = false;
	for (int kind = 0; kind < KIND_MAX_; kind++) {
		begin_kind(o, (enum kind)kind, &request->of[kind]);
		sweeps = sweeps || o->sweeps[kind].pager;
	}
	if (!sweeps) /* else with the groups that are listed first */
		start_chains(o);
	return o->running > 0 ? 0 : o->result.complete ? -ENOENT : -ENOMEM;
}

int observer_run(struct observer *o, const struct observer_request *request)
{
	if (o->busy)
		return -EBUSY;
	o->result = (struct observer_result){.complete = true};
	for (int kind = 0; kind < KIND_MAX_; kind++)
		o->result.running[kind] = -1;
	*o->code = *o->message = *o->request_id = '\0';
	int r = begin(o, request);
	if (r < 0) {
		text_list_fini(&o->instances);
		return r;
	}
	o->busy = true;
	return 0;
}

int observer_new(const struct observer_options *options, struct observer **ret)
{
	struct observer *o = calloc(1, sizeof(*o));
	if (!o)
		return -ENOMEM;
	o->o = *options;
	observed_init(&o->observed);
	for (int kind = 0; kind < KIND_MAX_; kind++) {
		o->sweeps[kind].observer = o;
		o->sweeps[kind].kind = (enum kind)kind;
	}
	*ret = o;
	return 0;
}

void observer_close(struct observer *o, void (*closed)(void *data), void *data)
{
	o->closed = closed;
	o->closed_data = data;
	if (!o->busy) {
		observer_free(o);
		return;
	}
	text_list_fini(&o->instances);
	for (int kind = 0; kind < KIND_MAX_; kind++) {
		if (o->sweeps[kind].pager)
			pager_cancel(o->sweeps[kind].pager);
		if (o->sweeps[kind].counting)
			cloud_call_cancel(&o->sweeps[kind].count);
	}
	for (size_t k = 0; k < CHAINS; k++)
		if (o->chains[k].pager)
			pager_cancel(o->chains[k].pager);
}
