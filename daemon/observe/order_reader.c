#include "observe/order_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/vec.h"
#include "observe/pager.h"

struct reading {
	struct cloud_call call;
	struct order_reader *reader;
	char *order_id;
	struct reading *next;
};

/* Rows are told only when the search ended complete: a try that failed does not count. */
struct found {
	char *order_id, *type, *status, *created, *product, *region, *amount, *currency;
};

struct order_reader {
	struct order_reader_options o;
	struct reading *readings;
	struct pager *search;                /* of the first in line */
	VEC(struct order_search) searches;   /* in line */
	VEC(struct found) found;
	bool telling; /* a callback is under way: it may close the reader, whose end then waits */
	bool moving_on; /* a search has ended, the next one begins when its callback is over */
	void (*closed)(void *data);
	void *closed_data;
};

static void clear_found(struct order_reader *r)
{
	vec_each(&r->found, f) {
		free(f->order_id);
		free(f->type);
		free(f->status);
		free(f->created);
		free(f->product);
		free(f->region);
		free(f->amount);
		free(f->currency);
	}
	vec_free(&r->found);
}

static void maybe_closed(struct order_reader *r)
{
	if (!r->closed || r->telling || r->readings || r->search)
		return;
	void (*closed)(void *data) = r->closed;
	void *data = r->closed_data;
	clear_found(r);
	vec_free(&r->searches);
	free(r);
	closed(data);
}

/* ---- one order ---- */

static void unlink_reading(struct reading *reading)
{
	struct reading **at = &reading->reader->readings;
	while (*at != reading)
		at = &(*at)->next;
	*at = reading->next;
}

static void reading_free(struct reading *reading)
{
	params_fini(&reading->call.params);
	free(reading->order_id);
	free(reading);
}

static enum order_answer judge(const struct reading *reading, const struct cloud_reply *reply,
			       struct billing_order *ret)
{
	if (reply->outcome == OUTCOME_AUTH)
		return ORDER_ANSWER_DENIED;
	if (reply->outcome != OUTCOME_DONE)
		return ORDER_ANSWER_FAILED;
	int r = billing_decode_order(reply->root, reading->order_id, ret);
	return r == BILLING_OK ? ORDER_ANSWER_OK : r == BILLING_NOT_YET ? ORDER_ANSWER_NOT_YET
									 : ORDER_ANSWER_FAILED;
}

static void on_detail(struct cloud_call *call, const struct cloud_reply *reply)
{
	struct reading *reading = container_of(call, struct reading, call);
	struct order_reader *r = reading->reader;
	struct billing_order order = {0};
	enum order_answer answer = judge(reading, reply, &order);
	unlink_reading(reading); /* its call has ended: it may be asked for again */
	r->telling = true;
	if (!r->closed)
		r->o.on_order(r->o.data, reading->order_id, answer, &order, reply);
	r->telling = false;
	if (answer == ORDER_ANSWER_OK)
		billing_order_fini(&order);
	reading_free(reading);
	maybe_closed(r);
}

int order_reader_read(struct order_reader *r, const char *order_id)
{
	for (const struct reading *other = r->readings; other; other = other->next)
		if (strcmp(other->order_id, order_id) == 0)
			return -EALREADY;
	struct reading *reading = calloc(1, sizeof(*reading));
	if (!reading)
		return -ENOMEM;
	reading->reader = r;
	reading->next = r->readings;
	r->readings = reading;
	reading->call.op = OP_GET_ORDER_DETAIL;
	reading->call.done = on_detail;
	reading->order_id = strdup(order_id);
	int e = reading->order_id ? billing_encode_order(order_id, &reading->call.params) : -ENOMEM;
	if (e == 0)
		e = cloud_call_start(r->o.cloud, &reading->call);
	if (e < 0) {
		unlink_reading(reading);
		reading_free(reading);
	}
	return e;
}

/* ---- a search ---- */

static int keep_row(struct found *f, const struct billing_row *row)
{
	f->order_id = strdup(row->order_id);
	f->type = strdup(row->type);
	f->status = strdup(row->status);
	f->created = strdup(row->created);
	f->product = strdup(row->product_code);
	f->region = strdup(row->region);
	f->amount = strdup(row->amount);
	f->currency = strdup(row->currency);
	return f->order_id && f->type && f->status && f->created && f->product && f->region &&
			       f->amount && f->currency
		       ? 0
		       : -ENOMEM;
}

static int on_row(void *data, const cJSON *json)
{
	struct order_reader *r = data;
	struct billing_row row;
	int e = billing_row_decode(json, &row);
	if (e < 0)
		return e;
	struct found *slot = vec_add(&r->found);
	return slot ? keep_row(slot, &row) : -ENOMEM;
}

static void on_restart(void *data)
{
	clear_found(data);
}

static int start_search(struct order_reader *r);

static void tell_rows(struct order_reader *r, const struct order_search *search)
{
	vec_each(&r->found, f) {
		if (r->closed)
			return;
		const struct billing_row row = {
			.order_id = f->order_id, .sub_order_id = "", .type = f->type,
			.status = f->status,     .created = f->created, .paid = "",
			.product_code = f->product, .product_type = "", .commodity = "",
			.region = f->region,     .quantity = "", .amount = f->amount,
			.currency = f->currency, .instances = "",
		};
		r->o.on_found(r->o.data, search, &row);
	}
}

static enum order_answer judge_search(const struct pager_result *result)
{
	if (result->end == PAGER_COMPLETE)
		return ORDER_ANSWER_OK;
	bool denied = result->why == PAGER_CALL && result->outcome == OUTCOME_AUTH;
	return denied ? ORDER_ANSWER_DENIED : ORDER_ANSWER_FAILED;
}

static int start_search(struct order_reader *r);

static struct order_search take_first(struct order_reader *r)
{
	struct order_search first = r->searches.items[0];
	r->searches.n--;
	memmove(r->searches.items, r->searches.items + 1, r->searches.n * sizeof(first));
	return first;
}

static void tell_end(struct order_reader *r, const struct order_search *search,
		     enum order_answer answer, const char *code, const char *request_id)
{
	r->telling = r->moving_on = true;
	if (answer == ORDER_ANSWER_OK)
		tell_rows(r, search);
	if (!r->closed)
		r->o.on_search(r->o.data, search, answer, code, request_id);
	r->telling = r->moving_on = false;
}

/* What cannot be begun has failed; whoever needs it asks again. */
static void next_search(struct order_reader *r)
{
	while (!r->closed && r->searches.n > 0 && start_search(r) < 0) {
		struct order_search search = take_first(r);
		tell_end(r, &search, ORDER_ANSWER_FAILED, "", "");
	}
}

static void on_search_done(struct pager *pager, const struct pager_result *result)
{
	struct order_reader *r = pager_data(pager);
	struct order_search search = take_first(r);
	r->search = NULL;
	tell_end(r, &search, judge_search(result), result->code, result->request_id);
	clear_found(r);
	next_search(r);
	maybe_closed(r);
}

static int start_search(struct order_reader *r)
{
	const struct order_search *search = &r->searches.items[0];
	auto_params struct params params = {0};
	struct billing_query query = {.from_ms = search->from_wall_ms, .to_ms = search->to_wall_ms,
				      .status = search->unpaid_only ? "Unpaid" : NULL};
	int e = billing_encode_query(&query, &params);
	if (e < 0)
		return e;
	struct pager_options options = {
		.cloud = r->o.cloud,
		.op = OP_QUERY_ORDERS,
		.params = &params,
		.row = on_row,
		.restart = on_restart,
		.done = on_search_done,
		.data = r,
	};
	return pager_start(&options, &r->search);
}

int order_reader_search(struct order_reader *r, const struct order_search *search)
{
	vec_each(&r->searches, other)
		if (other->purpose == search->purpose && other->subject == search->subject)
			return -EALREADY;
	struct order_search *slot = vec_add(&r->searches);
	if (!slot)
		return -ENOMEM;
	*slot = *search;
	if (r->search || r->moving_on)
		return 0;
	int e = start_search(r);
	if (e < 0)
		r->searches.n--;
	return e;
}

int order_reader_new(const struct order_reader_options *options, struct order_reader **ret)
{
	struct order_reader *r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	r->o = *options;
	*ret = r;
	return 0;
}

void order_reader_close(struct order_reader *r, void (*closed)(void *data), void *data)
{
	r->closed = closed;
	r->closed_data = data;
	if (r->search)
		pager_cancel(r->search);
	for (struct reading *reading = r->readings; reading; reading = reading->next)
		cloud_call_cancel(&reading->call);
	maybe_closed(r);
}
