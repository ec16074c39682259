/*
 * The instances of one group of the fleet file, listed live for a person: which cloud
 * groups belong to it, and the answer. Nothing of it reaches the plan.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_internal.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "cloud/outcome.h"

#define LISTINGS_AT_ONCE 4 /* they share the rate of reads with the cycle */

struct asked {
	struct app *app;
	enum kind kind;
	struct control_pending *pending;
};

/* ---- which cloud groups ---- */

struct collected {
	const char *group;
	struct text_list ids;
};

static int add_once(struct collected *c, const char *id)
{
	return text_list_has(&c->ids, id) ? 0 : text_list_add(&c->ids, id);
}

static int add_known(void *data, const struct resource *r)
{
	struct collected *c = data;
	bool counts = r->state != RESOURCE_GONE && !r->foreign && *r->cloud_group &&
		      strcmp(r->group, c->group) == 0;
	return counts ? add_once(c, r->cloud_group) : 0;
}

/* What the ledger knows, and what carries our marks though the ledger does not. */
static int collect(struct app *a, struct collected *c)
{
	const struct observed *o = observer_observed(a->observer);
	int r = books_each_resource(a->books, add_known, c);
	for (size_t k = 0; k < o->n_groups && r == 0; k++) {
		const struct observed_group *g = &o->groups[k];
		if (tags_has(g->tags, MARK_FLEET, a->desired->fleet) &&
		    tags_has(g->tags, MARK_GROUP, c->group))
			r = add_once(c, g->id);
	}
	return r;
}

static bool is_known(struct app *a, const struct collected *c)
{
	return c->ids.n > 0 || desired_find(a->desired, c->group) ||
	       books_known_group(a->books, c->group);
}

/* Of a group that only marks tell of: their kind of service has marks. */
static enum kind kind_of(struct app *a, const char *group)
{
	const struct desired_group *want = desired_find(a->desired, group);
	const struct known_group *known = books_known_group(a->books, group);
	return want ? want->kind : known ? known->kind : KIND_CLOUD_PHONE;
}

/* ---- the answer ---- */

/* Appended by the drover command to the status, so its keys name themselves. @rows NULL:
 * there are none. @reason NULL: complete. */
static void answer(struct control_pending *pending, const struct instance_rows *rows,
		   const char *reason)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(LIMIT_STATUS_BYTES);
	struct jsonw w = JSONW_INIT(&out);
	jsonw_begin_object(&w);
	jsonw_key(&w, "instances");
	if (rows) {
		instance_rows_write(rows, &w);
	} else {
		jsonw_begin_array(&w);
		jsonw_end_array(&w);
	}
	jsonw_key_bool(&w, "instances_complete", !reason);
	jsonw_key_text(&w, "instances_reason", reason);
	jsonw_end_object(&w);
	strbuf_add_char(&out, '\n');
	char *text = strbuf_take(&out);
	if (text)
		control_answer_text(pending, text);
	else
		control_answer(pending, -ENOMEM, NULL);
}

/* Before the first complete listing of groups there may be some that only marks would tell. */
static const char *gap_of_groups(struct app *a, enum kind kind)
{
	return observer_observed(a->observer)->of[kind].listed_mono_ms > 0
		       ? NULL
		       : "the cloud's groups have not been listed yet";
}

static void describe_call(const struct instance_listing *listing, struct strbuf *out)
{
	strbuf_add(out, *listing->code ? listing->code : outcome_name(listing->outcome));
	if (*listing->message)
		strbuf_addf(out, ": %s", listing->message);
	if (*listing->request_id)
		strbuf_addf(out, " (RequestId %s)", listing->request_id);
}

static void on_listed(void *data, const struct instance_listing *listing)
{
	struct asked *asked = data;
	auto_strbuf struct strbuf why = STRBUF_INIT(LIMIT_LOG_RECORD_BYTES);
	if (listing->too_large)
		strbuf_add(&why, "the rest does not fit into one answer");
	else if (listing->why == PAGER_CALL)
		describe_call(listing, &why);
	else
		strbuf_add(&why, pager_why_text(listing->why));
	if (listing->why == PAGER_CANCELLED)
		control_answer(asked->pending, -ECANCELED, NULL);
	else
		answer(asked->pending, listing->rows,
		       listing->complete ? gap_of_groups(asked->app, asked->kind) : strbuf_text(&why));
	free(asked);
}

/* ---- the question ---- */

static int start_listing(struct app *a, enum kind kind, const struct text_list *ids,
			 struct control_pending *pending)
{
	struct asked *asked = calloc(1, sizeof(*asked));
	if (!asked)
		return -ENOMEM;
	*asked = (struct asked){a, kind, pending};
	int r = instance_reader_list(a->instance_reader, kind, ids, on_listed, asked);
	if (r < 0)
		free(asked);
	return r;
}

void app_instances_ask(void *data, const char *group, struct control_pending *pending)
{
	struct app *a = data;
	struct collected c = {.group = group};
	const char *text = NULL;
	int r = a->stopping ? -ECANCELED : collect(a, &c);
	if (r == 0 && !is_known(a, &c)) {
		r = -ENOENT;
		text = "no such group";
	} else if (r == 0 && instance_reader_busy(a->instance_reader) >= LISTINGS_AT_ONCE) {
		r = -EBUSY;
		text = "several listings of instances run already; ask again soon";
	} else if (r == 0 && c.ids.n > 0) {
		r = start_listing(a, kind_of(a, group), &c.ids, pending);
	} else if (r == 0) {
		answer(pending, NULL, gap_of_groups(a, kind_of(a, group)));
	}
	if (r < 0)
		control_answer(pending, r, text);
	text_list_fini(&c.ids);
}
