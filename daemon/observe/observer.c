#include "observe/observer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "cloud/android_query.h"
#include "cloud/android_rows.h"
#include "cloud/page.h"
#include "observe/listing.h"

#define CHAINS 8 /* listings of instances at once: a chain of pages goes one by one */

/* One listing of the instances of some groups. */
struct chain {
	struct observer *observer;
	struct pager *pager; /* NULL when it is not running */
	struct text_list groups;
	struct listed_instances rows;
};

struct observer {
	struct observer_options o;
	struct observed observed;
	struct observer_result result;
	bool busy;
	unsigned running; /* parts of this cycle that have not ended */

	struct pager *groups; /* the listing of groups, while it runs */
	struct listed_groups group_rows;
	struct text_list instances; /* groups whose instances this cycle lists */
	struct chain chains[CHAINS];
	struct cloud_call count; /* how many run */
	bool counting;

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
	return android_instance_row(row, &c->observer->observed, &slot->instance, slot->group);
}

static void on_instances_restart(void *data)
{
	struct chain *c = data;
	c->rows.rows.n = 0;
}

static void on_instances_done(struct pager *pager, const struct pager_result *result)
{
	struct chain *c = pager_data(pager);
	struct observer *o = c->observer;
	c->pager = NULL;
	if (result->end != PAGER_COMPLETE)
		fail(o, OP_DESCRIBE_ANDROID_INSTANCES, result);
	else if (listing_merge_instances(&o->observed, (const char *const *)c->groups.items,
					 c->groups.n, &c->rows, env_mono_ms(o->o.env)) < 0)
		fail_local(o, OP_DESCRIBE_ANDROID_INSTANCES);
	vec_free(&c->rows.rows);
	text_list_fini(&c->groups);
	part_done(o);
}

static int start_chain(struct observer *o, struct chain *c)
{
	auto_params struct params params = {0};
	struct android_query query = {.groups = &c->groups};
	int r = android_encode_describe_instances(&query, &params);
	if (r < 0)
		return r;
	struct pager_options options = {
		.cloud = o->o.cloud,
		.op = OP_DESCRIBE_ANDROID_INSTANCES,
		.params = &params,
		.row = on_instance,
		.restart = on_instances_restart,
		.done = on_instances_done,
		.data = c,
	};
	return pager_start(&options, &c->pager);
}

/* Spreads the groups over the chains that are free, at most a page's worth of ids each. */
static void start_chains(struct observer *o)
{
	size_t share = (o->instances.n + CHAINS - 1) / CHAINS;
	if (share > LIMIT_PAGE_SIZE)
		share = LIMIT_PAGE_SIZE;
	for (size_t k = 0; k < CHAINS && o->instances.n > 0; k++) {
		struct chain *c = &o->chains[k];
		if (c->pager)
			continue;
		c->observer = o;
		int r = 0;
		while (r == 0 && c->groups.n < share && o->instances.n > 0) {
			char *id = o->instances.items[--o->instances.n];
			r = text_list_add(&c->groups, id);
			free(id);
		}
		if (r == 0)
			r = start_chain(o, c);
		if (r < 0) {
			fail_local(o, OP_DESCRIBE_ANDROID_INSTANCES);
			text_list_fini(&c->groups);
		} else {
			o->running++;
		}
	}
}

/* ---- groups ---- */

static int on_group(void *data, const cJSON *row)
{
	struct observer *o = data;
	struct observed_group *slot = vec_add(&o->group_rows.rows);
	return slot ? android_group_row(row, &o->observed, slot) : -ENOMEM;
}

static void on_groups_restart(void *data)
{
	struct observer *o = data;
	o->group_rows.rows.n = 0;
}

static void on_groups_done(struct pager *pager, const struct pager_result *result)
{
	struct observer *o = pager_data(pager);
	o->groups = NULL;
	o->observed.complete = false;
	if (result->end != PAGER_COMPLETE)
		fail(o, OP_DESCRIBE_ANDROID_INSTANCE_GROUPS, result);
	else if (listing_merge_groups(&o->observed, &o->group_rows, env_mono_ms(o->o.env)) < 0 ||
		 (o->o.on_groups && o->o.on_groups(o->o.data, &o->instances) < 0))
		fail_local(o, OP_DESCRIBE_ANDROID_INSTANCE_GROUPS);
	vec_free(&o->group_rows.rows);
	if (!o->closed)
		start_chains(o);
	part_done(o);
}

static int start_groups(struct observer *o)
{
	auto_params struct params params = {0};
	struct android_query query = {0};
	int r = android_encode_describe_groups(&query, &params);
	if (r < 0)
		return r;
	struct pager_options options = {
		.cloud = o->o.cloud,
		.op = OP_DESCRIBE_ANDROID_INSTANCE_GROUPS,
		.params = &params,
		.row = on_group,
		.restart = on_groups_restart,
		.done = on_groups_done,
		.data = o,
	};
	return pager_start(&options, &o->groups);
}

/* ---- how many run ---- */

static void on_count(struct cloud_call *call, const struct cloud_reply *reply)
{
	struct observer *o = container_of(call, struct observer, count);
	bool answered = reply->outcome == OUTCOME_DONE;
	struct page page;
	o->counting = false;
	if (answered && page_decode(call->op, reply->root, &page) == 0)
		o->result.running = page.total;
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
static int start_count(struct observer *o, const char *fleet)
{
	struct android_query query = {.status = instance_status_name(INSTANCE_RUNNING),
				      .tag_key = MARK_FLEET, .tag_value = fleet, .max_results = 1};
	o->count = (struct cloud_call){.op = OP_DESCRIBE_ANDROID_INSTANCES, .done = on_count};
	int r = android_encode_describe_instances(&query, &o->count.params);
	if (r == 0)
		r = cloud_call_start(o->o.cloud, &o->count);
	if (r < 0)
		params_fini(&o->count.params);
	else
		o->counting = true;
	return r;
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

static int begin(struct observer *o, const struct observer_request *request)
{
	int r = 0;
	for (size_t k = 0; request->instances && k < request->instances->n && r == 0; k++)
		r = text_list_add(&o->instances, request->instances->items[k]);
	if (r == 0 && request->groups)
		r = start_groups(o);
	if (r < 0)
		return r;
	o->running += request->groups;
	if (!request->groups)
		start_chains(o);
	if (request->count_running && start_count(o, request->count_running) < 0)
		fail_local(o, OP_DESCRIBE_ANDROID_INSTANCES);
	o->running += o->counting;
	return o->running > 0 ? 0 : -EINVAL;
}

int observer_run(struct observer *o, const struct observer_request *request)
{
	if (o->busy)
		return -EBUSY;
	o->result = (struct observer_result){.complete = true, .running = -1};
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
	if (o->groups)
		pager_cancel(o->groups);
	for (size_t k = 0; k < CHAINS; k++)
		if (o->chains[k].pager)
			pager_cancel(o->chains[k].pager);
	if (o->counting)
		cloud_call_cancel(&o->count);
}
