#include "observe/instance_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "cloud/listings.h"

struct instance_row {
	char id[OBSERVED_ID_SIZE];
	char *json;
	size_t order; /* of arrival */
};

struct instance_rows {
	VEC(struct instance_row) v;
	size_t bytes; /* of all their JSON */
};

/* The groups go by as many as one call may name; a batch is one listing of pages. */
struct listing {
	struct instance_reader *reader;
	struct listing *next;
	struct pager *pager; /* of the batch under way */
	const struct listing_kind *kind;
	struct text_list groups;
	size_t begun; /* groups of this batch and those before it */
	size_t first; /* row of this batch */
	size_t first_bytes;
	struct instance_rows rows;
	bool too_large;
	instance_listing_cb done;
	void *data;
};

struct instance_reader {
	struct cloud *cloud;
	struct listing *listings;
	void (*closed)(void *data);
	void *closed_data;
};

/* ---- rows ---- */

static void drop_rows_from(struct instance_rows *rows, size_t first)
{
	while (rows->v.n > first)
		free(rows->v.items[--rows->v.n].json);
}

static int compare_rows(const void *a, const void *b)
{
	const struct instance_row *x = a, *y = b;
	int by_id = strcmp(x->id, y->id);
	return by_id ? by_id : (x->order > y->order) - (x->order < y->order);
}

/* A row that came twice counts once, as it was last: the list moved between two pages. */
static void sort_rows(struct instance_rows *rows)
{
	struct instance_row *items = rows->v.items;
	size_t kept = 0;
	if (rows->v.n > 1)
		qsort(items, rows->v.n, sizeof(*items), compare_rows);
	for (size_t k = 0; k < rows->v.n; k++) {
		if (kept > 0 && strcmp(items[kept - 1].id, items[k].id) == 0)
			free(items[--kept].json);
		items[kept++] = items[k];
	}
	rows->v.n = kept;
}

void instance_rows_write(const struct instance_rows *rows, struct jsonw *out)
{
	jsonw_begin_array(out);
	vec_each(&rows->v, row) jsonw_raw(out, row->json);
	jsonw_end_array(out);
}

/* -E2BIG when there is no room for it. */
static int add_row(struct listing *l, const cJSON *json)
{
	struct instance_rows *rows = &l->rows;
	auto_strbuf struct strbuf text = STRBUF_INIT(LIMIT_INSTANCES_BYTES - rows->bytes);
	struct jsonw w = JSONW_INIT(&text);
	struct instance_row added = {.order = rows->v.n + 1};
	int r = l->kind->detail_row(json, added.id, &w);
	if (r == 0)
		r = strbuf_error(&text);
	if (r < 0)
		return r;
	added.json = strdup(strbuf_text(&text)); /* no larger than it has to be */
	struct instance_row *row = added.json ? vec_add(&rows->v) : NULL;
	if (!row) {
		free(added.json);
		return -ENOMEM;
	}
	rows->bytes += text.len;
	*row = added;
	return 0;
}

static int on_row(void *data, const cJSON *json)
{
	struct listing *l = data;
	int r = add_row(l, json);
	l->too_large |= r == -E2BIG;
	return r;
}

static void on_restart(void *data)
{
	struct listing *l = data;
	drop_rows_from(&l->rows, l->first);
	l->rows.bytes = l->first_bytes;
}

/* ---- listings ---- */

static void maybe_closed(struct instance_reader *r)
{
	if (!r->closed || r->listings)
		return;
	void (*closed)(void *data) = r->closed;
	void *data = r->closed_data;
	free(r);
	closed(data);
}

static void listing_free(struct listing *l)
{
	drop_rows_from(&l->rows, 0);
	vec_free(&l->rows.v);
	text_list_fini(&l->groups);
	free(l);
}

static void unlink_listing(struct listing *l)
{
	struct listing **at = &l->reader->listings;
	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
}

static void finish(struct listing *l, const struct pager_result *result)
{
	struct instance_reader *r = l->reader;
	sort_rows(&l->rows);
	const struct instance_listing told = {
		.complete = result->end == PAGER_COMPLETE,
		.why = result->why,
		.too_large = l->too_large,
		.outcome = result->outcome,
		.code = result->code,
		.message = result->message,
		.request_id = result->request_id,
		.rows = &l->rows,
	};
	l->done(l->data, &told); /* may close the reader: it stays while we are in its list */
	unlink_listing(l);
	listing_free(l);
	maybe_closed(r);
}

static void on_batch_done(struct pager *pager, const struct pager_result *result);

static int begin_batch(struct listing *l)
{
	auto_params struct params params = {0};
	size_t left = l->groups.n - l->begun, n = left < l->kind->detail_batch ? left : l->kind->detail_batch;
	const struct text_list batch = {.items = l->groups.items + l->begun, .n = n};
	int r = l->kind->encode_detail(&batch, &params);
	if (r < 0)
		return r;
	const struct pager_options options = {
		.cloud = l->reader->cloud,
		.op = l->kind->detail,
		.params = &params,
		.row = on_row,
		.restart = on_restart,
		.done = on_batch_done,
		.data = l,
	};
	l->begun += n;
	l->first = l->rows.v.n;
	l->first_bytes = l->rows.bytes;
	return pager_start(&options, &l->pager);
}

static void on_batch_done(struct pager *pager, const struct pager_result *result)
{
	struct listing *l = pager_data(pager);
	l->pager = NULL;
	bool is_last = result->end != PAGER_COMPLETE || l->begun == l->groups.n;
	if (!is_last && begin_batch(l) == 0)
		return;
	static const struct pager_result local = {.end = PAGER_INCOMPLETE,
						  .why = PAGER_LOCAL,
						  .code = "",
						  .message = "",
						  .request_id = ""};
	finish(l, is_last ? result : &local);
}

int instance_reader_list(struct instance_reader *r, enum kind kind, const struct text_list *groups,
			 instance_listing_cb done, void *data)
{
	if (groups->n == 0) /* no filter would mean: of the whole account */
		return -EINVAL;
	struct listing *l = calloc(1, sizeof(*l));
	if (!l)
		return -ENOMEM;
	l->reader = r;
	l->kind = listing_of(kind);
	l->done = done;
	l->data = data;
	int e = text_list_copy(groups, &l->groups);
	if (e == 0)
		e = begin_batch(l);
	if (e < 0) {
		listing_free(l);
		return e;
	}
	l->next = r->listings;
	r->listings = l;
	return 0;
}

size_t instance_reader_busy(const struct instance_reader *r)
{
	size_t n = 0;
	for (const struct listing *l = r->listings; l; l = l->next)
		n++;
	return n;
}

int instance_reader_new(struct cloud *cloud, struct instance_reader **ret)
{
	struct instance_reader *r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	r->cloud = cloud;
	*ret = r;
	return 0;
}

void instance_reader_close(struct instance_reader *r, void (*closed)(void *data), void *data)
{
	r->closed = closed;
	r->closed_data = data;
	for (struct listing *l = r->listings; l; l = l->next)
		if (l->pager)
			pager_cancel(l->pager);
	maybe_closed(r);
}
