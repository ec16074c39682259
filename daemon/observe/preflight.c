#include "observe/preflight.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cloud/android_query.h"
#include "cloud/page.h"

#define TEXT_BYTES 8192

enum question { ASK_SYSTEM_IMAGE, ASK_USER_IMAGE, ASK_SPEC, ASK_STOCK, ASK_NOTHING };

/* The questions about one group, one after the other. */
struct check {
	struct cloud_call call;
	struct preflight *preflight;
	struct check *next;
	char *group, *region, *image;
	struct text_list specs; /* the group's own, then the fallbacks */
	size_t spec;            /* the one being asked about */
	int64_t instances;
	bool gpu;
	enum question question;
	bool image_ok, spec_ok, stock_ok;
	struct strbuf text; /* every complaint */
};

struct preflight {
	struct preflight_options o;
	struct check *checks;
	bool telling; /* on_checked() is under way: it may close this, whose end then waits */
	void (*closed)(void *data);
	void *closed_data;
};

static void maybe_closed(struct preflight *p)
{
	if (!p->closed || p->telling || p->checks)
		return;
	void (*closed)(void *data) = p->closed;
	void *data = p->closed_data;
	free(p);
	closed(data);
}

static void unlink_check(struct check *c)
{
	struct check **at = &c->preflight->checks;
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
}

static void check_free(struct check *c)
{
	strbuf_fini(&c->text);
	params_fini(&c->call.params);
	text_list_fini(&c->specs);
	free(c->group);
	free(c->region);
	free(c->image);
	free(c);
}

static void finish(struct check *c)
{
	struct preflight *p = c->preflight;
	bool buyable = c->spec_ok && c->stock_ok;
	struct preflight_answer answer = {
		.group = c->group,
		.image_ok = c->image_ok,
		.spec_ok = c->spec_ok,
		.stock_ok = c->stock_ok,
		.spec = buyable && c->spec > 0 ? c->specs.items[c->spec] : NULL,
		.text = strbuf_text(&c->text),
	};
	unlink_check(c); /* it is over: the group may be checked again */
	p->telling = true;
	if (!p->closed)
		p->o.on_checked(p->o.data, &answer);
	p->telling = false;
	check_free(c);
	maybe_closed(p);
}

static int encode(struct check *c)
{
	const char *spec = c->specs.items[c->spec];
	switch (c->question) {
	case ASK_SYSTEM_IMAGE:
	case ASK_USER_IMAGE:
		c->call.op = OP_DESCRIBE_IMAGE_LIST;
		return android_encode_image(c->question == ASK_SYSTEM_IMAGE, c->image, &c->call.params);
	case ASK_SPEC:
		c->call.op = OP_DESCRIBE_SPEC;
		return android_encode_spec(c->region, spec, &c->call.params);
	case ASK_STOCK:
		c->call.op = OP_CHECK_RESOURCE_STOCK;
		return android_encode_stock(c->region, spec, c->instances, c->gpu, &c->call.params);
	case ASK_NOTHING:
		break;
	}
	return -EINVAL;
}

static int ask(struct check *c)
{
	params_fini(&c->call.params);
	int r = encode(c);
	return r == 0 ? cloud_call_start(c->preflight->o.cloud, &c->call) : r;
}

/* What a list does not show is only missing when all of it came: 0, else -1. */
static int absent_from(const struct page *page)
{
	return page->total > page->n || *page->next_token ? -1 : 0;
}

/* 1 yes, 0 no, -1 no answer. */
static int has_image(const struct check *c, const cJSON *root)
{
	struct page page;
	if (page_decode(OP_DESCRIBE_IMAGE_LIST, root, &page) < 0)
		return -1;
	const cJSON *row;
	cJSON_ArrayForEach(row, page.rows)
	{
		struct android_image image = {0};
		if (android_image_row(row, &image) < 0)
			return -1;
		bool usable = strcmp(image.id, c->image) == 0 && android_image_usable(&image, c->region);
		android_image_fini(&image);
		if (usable)
			return 1;
	}
	return absent_from(&page);
}

static int has_spec(const struct check *c, const cJSON *root)
{
	struct page page;
	if (page_decode(OP_DESCRIBE_SPEC, root, &page) < 0)
		return -1;
	const cJSON *row;
	cJSON_ArrayForEach(row, page.rows)
	{
		struct android_spec spec;
		if (android_spec_row(row, &spec) == 0 && strcmp(spec.id, c->specs.items[c->spec]) == 0)
			return strcmp(spec.status, "Unsupported") != 0;
	}
	return absent_from(&page);
}

static int has_stock(const cJSON *root)
{
	enum android_stock stock;
	if (android_decode_stock(root, &stock) < 0 || stock == STOCK_UNKNOWN)
		return -1;
	return stock == STOCK_AVAILABLE;
}

static void complain(struct check *c, const char *what, const char *id, const char *fault)
{
	strbuf_addf(&c->text, "%s%s %s is %s in %s", *strbuf_text(&c->text) ? "; " : "", what, id, fault,
		    c->region);
}

static enum question after_image(struct check *c, int yes)
{
	if (yes == 0 && c->question == ASK_SYSTEM_IMAGE)
		return ASK_USER_IMAGE;
	c->image_ok = yes != 0;
	if (!c->image_ok)
		complain(c, "image", c->image, "not available");
	return ASK_SPEC;
}

/* The spec asked about will do, as far as anybody says. */
static enum question take_spec(struct check *c)
{
	c->spec_ok = c->stock_ok = true;
	return ASK_NOTHING;
}

/* On to the next fallback; when there is none, the answer is about the group's own spec. */
static enum question next_spec(struct check *c, const char *fault)
{
	complain(c, "spec", c->specs.items[c->spec], fault);
	if (c->spec + 1 >= c->specs.n)
		return ASK_NOTHING;
	c->spec++;
	return ASK_SPEC;
}

static enum question after_spec(struct check *c, int yes)
{
	if (yes != 0)
		return ASK_STOCK;
	if (c->spec == 0)
		c->spec_ok = false;
	return next_spec(c, "not sold");
}

static enum question after_stock(struct check *c, int yes)
{
	if (yes != 0)
		return take_spec(c);
	if (c->spec == 0)
		c->stock_ok = false;
	return next_spec(c, "sold out");
}

static enum question judge(struct check *c, const struct cloud_reply *reply)
{
	bool answered = reply->outcome == OUTCOME_DONE;
	switch (c->question) {
	case ASK_SYSTEM_IMAGE:
	case ASK_USER_IMAGE:
		return after_image(c, answered ? has_image(c, reply->root) : -1);
	case ASK_SPEC:
		return after_spec(c, answered ? has_spec(c, reply->root) : -1);
	case ASK_STOCK:
		return after_stock(c, answered ? has_stock(reply->root) : -1);
	case ASK_NOTHING:
		break;
	}
	return ASK_NOTHING;
}

static void on_answer(struct cloud_call *call, const struct cloud_reply *reply)
{
	struct check *c = container_of(call, struct check, call);
	c->question = c->preflight->closed ? ASK_NOTHING : judge(c, reply);
	if (c->question != ASK_NOTHING && ask(c) < 0)
		c->question = take_spec(c); /* it cannot be asked: that is no answer */
	if (c->question == ASK_NOTHING)
		finish(c);
}

static int fill(struct check *c, const struct desired_group *g)
{
	const struct value *gpu = value_get(g->create, "GpuAcceleration");
	c->gpu = gpu && gpu->boolean;
	c->instances = g->count < g->instances_per_group ? g->count : g->instances_per_group;
	c->image_ok = c->spec_ok = c->stock_ok = true;
	c->group = strdup(g->name);
	c->region = strdup(g->region);
	c->image = strdup(g->image);
	int r = c->group && c->region && c->image ? text_list_add(&c->specs, g->spec) : -ENOMEM;
	return r == 0 ? text_list_copy(&g->fallback, &c->specs) : r;
}

int preflight_run(struct preflight *p, const struct desired_group *group)
{
	for (const struct check *other = p->checks; other; other = other->next)
		if (strcmp(other->group, group->name) == 0)
			return -EALREADY;
	struct check *c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->preflight = p;
	c->next = p->checks;
	p->checks = c;
	c->call.done = on_answer;
	strbuf_init(&c->text, TEXT_BYTES);
	int r = fill(c, group);
	if (r == 0)
		r = ask(c);
	if (r < 0) {
		unlink_check(c);
		check_free(c);
	}
	return r;
}

bool preflight_is_busy(const struct preflight *p)
{
	return p->checks != NULL;
}

int preflight_new(const struct preflight_options *options, struct preflight **ret)
{
	struct preflight *p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->o = *options;
	*ret = p;
	return 0;
}

void preflight_close(struct preflight *p, void (*closed)(void *data), void *data)
{
	p->closed = closed;
	p->closed_data = data;
	for (struct check *c = p->checks; c; c = c->next)
		cloud_call_cancel(&c->call);
	maybe_closed(p);
}
