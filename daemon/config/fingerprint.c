#include "config/fingerprint.h"

#include <errno.h>
#include <stdio.h>

#include "base/digest.h"
#include "base/strbuf.h"
#include "model/params.h"

#define MAX_NAME 1024

/* Remembers the first failure, so that the list of fields reads as one. */
struct facts {
	struct params params;
	int error;
};

static void add(struct facts *f, const char *name, const char *value)
{
	if (f->error == 0 && value)
		f->error = params_set(&f->params, name, value);
}

static void add_int(struct facts *f, const char *name, int64_t value)
{
	if (f->error == 0)
		f->error = params_set_int(&f->params, name, value);
}

static void add_flag(struct facts *f, const char *name, bool value)
{
	if (value)
		add(f, name, "true");
}

static void add_value(struct facts *f, const char *name, const struct value *v);

static void add_child(struct facts *f, const char *name, const char *key, const struct value *v)
{
	auto_strbuf struct strbuf path = STRBUF_INIT(MAX_NAME);
	strbuf_addf(&path, "%s.%s", name, key);
	if (strbuf_error(&path) < 0)
		f->error = -ENOMEM;
	else
		add_value(f, strbuf_text(&path), v);
}

static void add_child_at(struct facts *f, const char *name, size_t index, const struct value *v)
{
	char key[24];
	(void)snprintf(key, sizeof(key), "%zu", index);
	add_child(f, name, key, v);
}

/* The order of a map's keys does not count; that of a list's entries does, as it is sent. */
static void add_value(struct facts *f, const char *name, const struct value *v)
{
	if (v->type == VALUE_TEXT)
		add(f, name, v->text);
	else if (v->type == VALUE_INT)
		add_int(f, name, v->integer);
	else if (v->type == VALUE_BOOL)
		add(f, name, v->boolean ? "true" : "false");
	for (size_t i = 0; v->type == VALUE_MAP && i < v->n; i++)
		add_child(f, name, v->keys[i], v->items[i]);
	for (size_t i = 0; v->type == VALUE_LIST && i < v->n; i++)
		add_child_at(f, name, i, v->items[i]);
}

static void add_named(struct facts *f, const char *prefix, const char *key, const char *value)
{
	auto_strbuf struct strbuf name = STRBUF_INIT(MAX_NAME);
	strbuf_addf(&name, "%s.%s", prefix, key);
	if (strbuf_error(&name) < 0)
		f->error = -ENOMEM;
	else
		add(f, strbuf_text(&name), value);
}

/* adopt is a set, fallback has an order. */
static void add_lists(struct facts *f, const struct desired_group *g)
{
	for (size_t i = 0; i < g->n_tags; i++)
		add_named(f, "tags", g->tags[i].key, g->tags[i].value);
	for (size_t i = 0; i < g->adopt.n; i++)
		add_named(f, "adopt", g->adopt.items[i], "true");
	for (size_t i = 0; i < g->fallback.n; i++) {
		char index[24];
		(void)snprintf(index, sizeof(index), "%zu", i);
		add_named(f, "fallback", index, g->fallback.items[i]);
	}
}

static void add_group(struct facts *f, const struct desired_group *g)
{
	add(f, "name", g->name);
	add(f, "kind", kind_name(g->kind));
	add_int(f, "count", g->count);
	add_value(f, "create", g->create);
	if (g->instances_per_group != 100)
		add_int(f, "instances_per_group", g->instances_per_group);
	if (g->heal != HEAL_NONE)
		add(f, "heal", heal_name(g->heal));
	add_flag(f, "power_on", g->power_on);
	add_flag(f, "drain_force", g->drain_force);
	add_flag(f, "protect", g->protect);
	add_flag(f, "rollout_now", g->rollout_now);
	add_flag(f, "reorder_after_cancel", g->reorder_after_cancel);
	add(f, "renamed_from", g->renamed_from);
	add_lists(f, g);
}

int fingerprint_group(const struct desired_group *g, uint64_t *ret)
{
	struct facts f = {0};
	uint64_t h = DIGEST_INIT;
	add_group(&f, g);
	for (size_t i = 0; i < f.params.n; i++) {
		h = digest_text(h, f.params.items[i].name);
		h = digest_text(h, f.params.items[i].value);
	}
	params_fini(&f.params);
	if (f.error == 0)
		*ret = h;
	return f.error;
}
