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

/* One listing of the instances of some groups. */
struct chain {
	struct cycle *cycle;
	struct pager *pager; /* NULL when it is not running */
	struct text_list groups;
	struct listed_instances rows;
};

/* The listing of the cloud groups: one scope after the other. */
struct sweep {
	struct pager *pager;                  /* NULL when it is not running */
	struct text_list products, ids;       /* scopes still to be listed */
	struct text_list batch;               /* the ids of the scope that is */
	struct text_list covered;             /* the products, those that were listed, too */
	struct listed_groups rows;
	size_t scope_rows;                    /* rows of the scopes before this one */
};

/* Of one kind: what runs now, if anything does. */
struct cycle {
	struct observer *observer;
	enum kind kind;
	bool busy;
	unsigned running; /* parts that have not ended */
	struct observer_result result;
	char code[96], message[256], request_id[64]; /* of the result */

	struct sweep sweep;
	struct text_list instances; /* groups whose instances are still to be listed */
	struct chain chains[CHAINS];
	struct cloud_call count; /* how many run */
	bool counting;
};

struct observer {
	struct observer_options o;
	struct observed observed;
	struct cycle cycles[KIND_MAX_];
	void (*closed)(void *data);
	void *closed_data;
};

static void part_done(struct cycle *c);

const struct observed *observer_observed(const struct observer *o)
{
	return &o->observed;
}

void observer_forget(struct observer *o, enum kind kind)
{
	o->observed.of[kind].complete = false;
}

bool observer_is_busy(const struct observer *o, enum kind kind)
{
	return o->cycles[kind].busy;
}

static const struct listing_kind *listing_for(const struct cycle *c)
{
	return listing_of(c->kind);
}

static void keep_text(char *to, size_t size, const char *from)
{
	(void)strncpy(to, from ? from : "", size - 1);
}

/* The first failure speaks for the cycle. */
static void fail(struct cycle *c, enum operation op, const struct pager_result *why)
{
	if (!c->result.complete)
		return;
	c->result.complete = false;
	c->result.op = op;
	c->result.why = why->why;
	c->result.outcome = why->outcome;
	keep_text(c->code, sizeof(c->code), why->code);
	keep_text(c->message, sizeof(c->message), why->message);
	keep_text(c->request_id, sizeof(c->request_id), why->request_id);
}

static void fail_local(struct cycle *c, enum operation op)
{
	fail(c, op, &(struct pager_result){.why = PAGER_LOCAL, .code = "", .message = "no memory",
					   .request_id = ""});
}

/* ---- instances ---- */

static int on_instance(void *data, const cJSON *row)
{
	struct chain *chain = data;
	struct cycle *c = chain->cycle;
	struct listed_instance *slot = vec_add(&chain->rows.rows);
	if (!slot)
		return -ENOMEM;
	int r = listing_for(c)->instance_row(row, &c->observer->observed, &slot->instance, slot->group);
	if (r == 0 && !*slot->group)
		keep_text(slot->group, sizeof(slot->group), chain->groups.items[0]);
	return r;
}

static void on_instances_restart(void *data)
{
	struct chain *chain = data;
	chain->rows.rows.n = 0;
}

static void settle(const struct listing_kind *kind, struct observed_group *g)
{
	if (g && kind->settle_group && g->listed_mono_ms > 0)
		kind->settle_group(g);
}

/* The one cloud group that was asked about is there no more: the next listing of groups will
 * show it. Of several, nobody says which. */
static bool has_gone(const struct chain *chain, const struct pager_result *result)
{
	return result->why == PAGER_CALL && result->outcome == OUTCOME_NOT_FOUND &&
	       chain->groups.n == 1;
}

static void on_instances_done(struct pager *pager, const struct pager_result *result)
{
	struct chain *chain = pager_data(pager);
	struct cycle *c = chain->cycle;
	struct observer *o = c->observer;
	const struct listing_kind *kind = listing_for(c);
	chain->pager = NULL;
	if (result->end != PAGER_COMPLETE) {
		if (!has_gone(chain, result))
			fail(c, kind->instances, result);
	} else if (listing_merge_instances(&o->observed, (const char *const *)chain->groups.items,
					   chain->groups.n, &chain->rows, env_mono_ms(o->o.env)) < 0) {
		fail_local(c, kind->instances);
	}
	for (size_t k = 0; k < chain->groups.n; k++)
		settle(kind, observed_find_group(&o->observed, chain->groups.items[k]));
	vec_free(&chain->rows.rows);
	text_list_fini(&chain->groups);
	part_done(c);
}

static int start_chain(struct chain *chain)
{
	const struct listing_kind *kind = listing_for(chain->cycle);
	auto_params struct params params = {0};
	int r = kind->encode_instances(&chain->groups, &params);
	if (r < 0)
		return r;
	struct pager_options options = {
		.cloud = chain->cycle->observer->o.cloud,
		.op = kind->instances,
		.params = &params,
		.row = on_instance,
		.restart = on_instances_restart,
		.done = on_instances_done,
		.data = chain,
	};
	return pager_start(&options, &chain->pager);
}

static bool can_list(const struct cycle *c, const char *group)
{
	const struct observed_group *g = observed_find_group(&c->observer->observed, group);
	return g && g->kind == c->kind && listing_for(c)->instances != OP_MAX_;
}

static void skip_unlisted(struct cycle *c)
{
	struct text_list *ids = &c->instances;
	while (ids->n > 0 && !can_list(c, ids->items[ids->n - 1]))
		free(ids->items[--ids->n]);
}

/* At most @share of the groups become the chain's. */
static int fill_chain(struct cycle *c, struct chain *chain, size_t share)
{
	int r = 0;
	if (share > listing_for(c)->batch)
		share = listing_for(c)->batch;
	while (r == 0 && chain->groups.n < share && c->instances.n > 0) {
		char *id = c->instances.items[--c->instances.n];
		r = text_list_add(&chain->groups, id);
		free(id);
		skip_unlisted(c);
	}
	return r;
}

/* Spreads the groups over the chains that are free, at most a page's worth of ids each. */
static void start_chains(struct cycle *c)
{
	skip_unlisted(c);
	size_t share = (c->instances.n + CHAINS - 1) / CHAINS;
	for (size_t k = 0; k < CHAINS && c->instances.n > 0; k++) {
		struct chain *chain = &c->chains[k];
		if (chain->pager)
			continue;
		int r = fill_chain(c, chain, share);
		if (r == 0)
			r = start_chain(chain);
		if (r < 0) {
			fail_local(c, listing_for(c)->instances);
			text_list_fini(&chain->groups);
		} else {
			c->running++;
		}
	}
}

/* ---- groups ---- */

static int on_group(void *data, const cJSON *row)
{
	struct cycle *c = data;
	struct observed_group *slot = vec_add(&c->sweep.rows.rows);
	return slot ? listing_for(c)->group_row(row, &c->observer->observed, slot) : -ENOMEM;
}

static void on_groups_restart(void *data)
{
	struct cycle *c = data;
	c->sweep.rows.rows.n = c->sweep.scope_rows;
}

static void end_sweep(struct sweep *s)
{
	vec_free(&s->rows.rows);
	text_list_fini(&s->products);
	text_list_fini(&s->ids);
	text_list_fini(&s->batch);
	text_list_fini(&s->covered);
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

static void note_coverage(struct cycle *c)
{
	struct observed_listing *listing = &c->observer->observed.of[c->kind];
	text_list_fini(&listing->products);
	listing->by_product = listing_for(c)->scoped;
	listing->products = c->sweep.covered;
	c->sweep.covered = (struct text_list){0};
}

static int take_groups(struct cycle *c)
{
	struct observer *o = c->observer;
	uint64_t now = env_mono_ms(o->o.env);
	int r = listing_merge_groups(&o->observed, c->kind, &c->sweep.rows, now);
	if (r == 0) {
		note_coverage(c);
		settle_groups(o, c->kind, now);
	}
	if (r == 0 && o->o.on_groups)
		r = o->o.on_groups(o->o.data, c->kind, &c->instances);
	return r;
}

static int start_scope(struct cycle *c);

static bool has_more_scopes(const struct sweep *s)
{
	return s->products.n > 0 || s->ids.n > 0;
}

static void on_groups_done(struct pager *pager, const struct pager_result *result)
{
	struct cycle *c = pager_data(pager);
	struct observer *o = c->observer;
	struct sweep *s = &c->sweep;
	enum operation op = listing_for(c)->groups;
	s->pager = NULL;
	s->scope_rows = s->rows.rows.n;
	if (result->end == PAGER_COMPLETE && !o->closed && has_more_scopes(s) && start_scope(c) == 0)
		return;
	o->observed.of[c->kind].complete = false;
	if (result->end != PAGER_COMPLETE)
		fail(c, op, result);
	else if (has_more_scopes(s) || take_groups(c) < 0)
		fail_local(c, op);
	end_sweep(s);
	if (!o->closed)
		start_chains(c);
	part_done(c);
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
static int start_scope(struct cycle *c)
{
	const struct listing_kind *kind = listing_for(c);
	struct sweep *s = &c->sweep;
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
		.cloud = c->observer->o.cloud,
		.op = kind->groups,
		.params = &params,
		.row = on_group,
		.restart = on_groups_restart,
		.done = on_groups_done,
		.data = c,
	};
	return pager_start(&options, &s->pager);
}

static int start_sweep(struct cycle *c, const struct observer_request *wanted)
{
	struct sweep *s = &c->sweep;
	int r = 0;
	s->scope_rows = 0;
	if (wanted->products)
		r = text_list_copy(wanted->products, &s->products);
	if (r == 0)
		r = text_list_copy(&s->products, &s->covered);
	if (r == 0 && wanted->ids)
		r = text_list_copy(wanted->ids, &s->ids);
	if (r == 0)
		r = listing_for(c)->scoped && !has_more_scopes(s) ? -ENOENT : start_scope(c);
	if (r < 0)
		end_sweep(s);
	else
		c->running++;
	return r;
}

/* ---- how many run ---- */

static void on_count(struct cloud_call *call, const struct cloud_reply *reply)
{
	struct cycle *c = container_of(call, struct cycle, count);
	bool answered = reply->outcome == OUTCOME_DONE;
	struct page page;
	c->counting = false;
	if (answered && page_decode(call->op, reply->root, &page) == 0)
		c->result.running = page.total;
	else
		fail(c, call->op, &(struct pager_result){
					  .why = answered ? PAGER_UNDECODABLE : PAGER_CALL,
					  .outcome = reply->outcome,
					  .code = reply->code,
					  .message = reply->message,
					  .request_id = reply->request_id,
				  });
	params_fini(&call->params);
	part_done(c);
}

/* One small call instead of a listing: TotalCount of what runs with our mark. */
static int start_count(struct cycle *c, const char *fleet)
{
	const struct listing_kind *listing = listing_for(c);
	if (listing->count == OP_MAX_)
		return 0;
	c->count = (struct cloud_call){.op = listing->count, .done = on_count};
	int r = listing->encode_count(fleet, &c->count.params);
	if (r == 0)
		r = cloud_call_start(c->observer->o.cloud, &c->count);
	if (r < 0) {
		params_fini(&c->count.params);
		return r;
	}
	c->counting = true;
	c->running++;
	return 0;
}

/* ---- the cycle ---- */

static bool is_at_rest(const struct observer *o)
{
	for (int kind = 0; kind < KIND_MAX_; kind++)
		if (o->cycles[kind].busy)
			return false;
	return true;
}

static void observer_free(struct observer *o)
{
	void (*closed)(void *data) = o->closed;
	void *data = o->closed_data;
	observed_fini(&o->observed);
	free(o);
	closed(data);
}

static void part_done(struct cycle *c)
{
	struct observer *o = c->observer;
	if (!o->closed && c->instances.n > 0)
		start_chains(c);
	if (--c->running > 0)
		return;
	c->busy = false;
	text_list_fini(&c->instances); /* what could not be started is not the next cycle's */
	if (o->closed) {
		if (is_at_rest(o))
			observer_free(o);
		return;
	}
	c->result.code = c->code;
	c->result.message = c->message;
	c->result.request_id = c->request_id;
	struct observer_result result = c->result;
	o->o.on_cycle(o->o.data, c->kind, &result);
}

/* A sweep that cannot begin is a failed part of the cycle, unless there was nothing to sweep. */
static int begin(struct cycle *c, const struct observer_request *request)
{
	int r = request->instances ? text_list_copy(request->instances, &c->instances) : 0;
	if (r < 0)
		return r;
	r = request->groups ? start_sweep(c, request) : 0;
	if (r < 0 && r != -ENOENT) {
		c->observer->observed.of[c->kind].complete = false;
		fail_local(c, listing_for(c)->groups);
	}
	if (request->count_running && start_count(c, request->count_running) < 0)
		fail_local(c, listing_for(c)->count);
	if (!c->sweep.pager) /* else with the groups that are listed first */
		start_chains(c);
	return c->running > 0 ? 0 : c->result.complete ? -ENOENT : -ENOMEM;
}

int observer_run(struct observer *o, enum kind kind, const struct observer_request *request)
{
	struct cycle *c = &o->cycles[kind];
	if (c->busy)
		return -EBUSY;
	c->result = (struct observer_result){.complete = true, .running = -1};
	*c->code = *c->message = *c->request_id = '\0';
	int r = begin(c, request);
	if (r < 0) {
		text_list_fini(&c->instances);
		return r;
	}
	c->busy = true;
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
		struct cycle *c = &o->cycles[kind];
		c->observer = o;
		c->kind = (enum kind)kind;
		for (size_t k = 0; k < CHAINS; k++)
			c->chains[k].cycle = c;
	}
	*ret = o;
	return 0;
}

static void cancel_cycle(struct cycle *c)
{
	text_list_fini(&c->instances);
	if (c->sweep.pager)
		pager_cancel(c->sweep.pager);
	if (c->counting)
		cloud_call_cancel(&c->count);
	for (size_t k = 0; k < CHAINS; k++)
		if (c->chains[k].pager)
			pager_cancel(c->chains[k].pager);
}

void observer_close(struct observer *o, void (*closed)(void *data), void *data)
{
	o->closed = closed;
	o->closed_data = data;
	if (is_at_rest(o)) {
		observer_free(o);
		return;
	}
	for (int kind = 0; kind < KIND_MAX_; kind++)
		cancel_cycle(&o->cycles[kind]);
}
