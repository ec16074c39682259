#include "observe/pager.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/vec.h"
#include "cloud/json.h"
#include "cloud/page.h"

/* Ids and tokens are remembered as digests. Two that collide make a listing look shorter
 * than it is, and so incomplete: never the other way round. */
struct digests {
	VEC(uint64_t) v;
	bool unique; /* sorted, each once */
};

struct pager {
	struct cloud_call call;
	struct pager_options options;
	struct params params;
	bool cancelled;
	bool in_flight; /* the call is the cloud's, not ours */
	unsigned tries;
	/* this try */
	unsigned pages;
	size_t rows;
	int64_t total;
	struct digests ids, tokens;
};

const char *pager_why_text(enum pager_why why)
{
	static const char *const texts[PAGER_WHY_MAX_] = {
		[PAGER_FINE] = "complete",
		[PAGER_CALL] = "a call failed",
		[PAGER_TOKEN_LOOP] = "the pages go round in a circle",
		[PAGER_UNDECODABLE] = "a page cannot be read",
		[PAGER_SHORT] = "fewer rows came than were announced",
		[PAGER_TOO_LONG] = "too many pages",
		[PAGER_CANCELLED] = "cancelled",
		[PAGER_LOCAL] = "no memory, or shutting down",
	};
	return texts[why];
}

void *pager_data(const struct pager *pager)
{
	return pager->options.data;
}

/* --- counting --- */

static int add_digest(struct digests *d, const char *text)
{
	uint64_t *slot = vec_add(&d->v);
	if (!slot)
		return -ENOMEM;
	*slot = digest_text(DIGEST_INIT, text);
	d->unique = false;
	return 0;
}

static bool has_digest(const struct digests *d, const char *text)
{
	uint64_t wanted = digest_text(DIGEST_INIT, text);
	vec_each(&d->v, p) if (*p == wanted) return true;
	return false;
}

static int compare_digests(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static size_t count_different(struct digests *d)
{
	size_t kept = 0;
	if (d->unique || d->v.n == 0)
		return d->v.n;
	qsort(d->v.items, d->v.n, sizeof(*d->v.items), compare_digests);
	for (size_t i = 0; i < d->v.n; i++)
		if (kept == 0 || d->v.items[kept - 1] != d->v.items[i])
			d->v.items[kept++] = d->v.items[i];
	d->v.n = kept;
	d->unique = true;
	return kept;
}

static size_t count_ids(struct pager *p)
{
	return p->ids.v.n ? count_different(&p->ids) : p->rows;
}

/* --- the ends --- */

static void pager_free(struct pager *p)
{
	params_fini(&p->call.params);
	params_fini(&p->params);
	vec_free(&p->ids.v);
	vec_free(&p->tokens.v);
	free(p);
}

static void finish(struct pager *p, enum pager_why why, const struct cloud_reply *reply)
{
	struct pager_result result = {
		.end = why == PAGER_FINE ? PAGER_COMPLETE : PAGER_INCOMPLETE,
		.why = why,
		.tries = p->tries,
		.ids = count_ids(p),
		.total = p->total,
		.outcome = reply->outcome,
		.code = reply->code ? reply->code : "",
		.message = reply->message ? reply->message : "",
		.request_id = reply->request_id ? reply->request_id : "",
	};
	p->options.done(p, &result);
	pager_free(p);
}

static void on_reply(struct cloud_call *call, const struct cloud_reply *reply);

static int add_page_number(struct pager *p, struct params *params)
{
	const char *name = page_number_param(p->options.op);
	return name ? params_set_int(params, name, (int64_t)p->pages + 1) : 0;
}

static int send_page(struct pager *p, const char *token)
{
	struct params params = {0};
	int r = params_copy(&p->params, &params);
	if (r == 0 && token)
		r = params_set(&params, "NextToken", token);
	if (r == 0)
		r = add_page_number(p, &params);
	params_fini(&p->call.params);
	p->call = (struct cloud_call){.op = p->options.op, .params = params, .done = on_reply};
	if (r == 0)
		r = cloud_call_start(p->options.cloud, &p->call);
	p->in_flight = r == 0;
	return r;
}

static int begin(struct pager *p)
{
	p->tries++;
	p->pages = 0;
	p->rows = 0;
	p->total = -1;
	p->ids.v.n = p->tokens.v.n = 0;
	return send_page(p, NULL);
}

/* Sending the very same call again cannot help against these. */
static bool is_hopeless(enum pager_why why, enum outcome outcome)
{
	if (why == PAGER_LOCAL || why == PAGER_CANCELLED)
		return true;
	return why == PAGER_CALL && (outcome == OUTCOME_REJECTED || outcome == OUTCOME_AUTH ||
				     outcome == OUTCOME_NOT_FOUND);
}

static void fail(struct pager *p, enum pager_why why, const struct cloud_reply *reply)
{
	if (p->tries >= PAGER_TRIES || is_hopeless(why, reply->outcome)) {
		finish(p, why, reply);
		return;
	}
	p->options.restart(p->options.data);
	if (p->cancelled)
		finish(p, PAGER_CANCELLED, reply);
	else if (begin(p) < 0)
		finish(p, PAGER_LOCAL, reply);
}

/* --- one page --- */

static int take_row(struct pager *p, const cJSON *row)
{
	const char *id = page_row_id(p->options.op, row);
	if (id && !*id)
		return -EBADMSG;
	int r = id ? add_digest(&p->ids, id) : 0;
	p->rows++;
	return r < 0 ? r : p->options.row(p->options.data, row);
}

static enum pager_why take_rows(struct pager *p, const struct page *page)
{
	page_each(row, page)
	{
		int r = take_row(p, row);
		if (p->cancelled)
			return PAGER_CANCELLED;
		if (r < 0)
			return r == -EBADMSG ? PAGER_UNDECODABLE : PAGER_LOCAL;
	}
	p->pages++;
	p->total = page->total;
	return PAGER_FINE;
}

/* By token the last page is the one without a next. By number it is the one that brings
 * the rows to TotalCount, or an empty one; duplicates are weighed at the end. */
static bool is_last(const struct pager *p, const struct page *page)
{
	if (page->n == 0)
		return true;
	if (page_paging(p->options.op) == PAGING_NUMBER)
		return (int64_t)p->rows >= page->total;
	return !*page->next_token;
}

static bool is_whole(struct pager *p)
{
	return p->total < 0 || count_ids(p) >= (size_t)p->total;
}

static enum pager_why go_on(struct pager *p, const struct page *page)
{
	unsigned cap = p->options.max_pages ? p->options.max_pages : LIMIT_PAGES;
	bool by_token = page_paging(p->options.op) == PAGING_TOKEN;
	if (p->pages >= cap)
		return PAGER_TOO_LONG;
	if (by_token && has_digest(&p->tokens, page->next_token))
		return PAGER_TOKEN_LOOP;
	if (by_token && add_digest(&p->tokens, page->next_token) < 0)
		return PAGER_LOCAL;
	return send_page(p, by_token ? page->next_token : NULL) < 0 ? PAGER_LOCAL : PAGER_FINE;
}

/* PAGER_FINE: the next page was asked for or, with *ret_last, there is none. */
static enum pager_why take_page(struct pager *p, const struct cloud_reply *reply, bool *ret_last)
{
	struct page page;
	if (p->cancelled)
		return PAGER_CANCELLED;
	if (reply->outcome != OUTCOME_DONE)
		return PAGER_CALL;
	if (page_decode(p->options.op, reply->root, &page) < 0)
		return PAGER_UNDECODABLE;
	enum pager_why why = take_rows(p, &page);
	if (why != PAGER_FINE)
		return why;
	*ret_last = is_last(p, &page);
	if (*ret_last)
		return is_whole(p) ? PAGER_FINE : PAGER_SHORT;
	return go_on(p, &page);
}

static void on_reply(struct cloud_call *call, const struct cloud_reply *reply)
{
	struct pager *p = container_of(call, struct pager, call);
	bool last = false;
	p->in_flight = false;
	enum pager_why why = take_page(p, reply, &last);
	if (why != PAGER_FINE)
		fail(p, why, reply);
	else if (last)
		finish(p, PAGER_FINE, reply);
}

int pager_start(const struct pager_options *options, struct pager **ret_pager)
{
	if (page_paging(options->op) == PAGING_NONE)
		return -EINVAL;
	struct pager *p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->options = *options;
	p->options.params = NULL; /* the caller's, whose life is not ours */
	int r = params_copy(options->params, &p->params);
	if (r == 0)
		r = begin(p);
	if (r < 0) {
		pager_free(p);
		return r;
	}
	*ret_pager = p;
	return 0;
}

void pager_cancel(struct pager *pager)
{
	pager->cancelled = true;
	if (pager->in_flight)
		cloud_call_cancel(&pager->call);
}
