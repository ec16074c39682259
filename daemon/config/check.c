#include "config/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/check_list.h"
#include "config/reading.h"

#define MAX_MESSAGE 2048

static void add_path(struct strbuf *out, const struct path *path)
{
	char key[DIAG_SHORT];
	if (!path)
		return;
	add_path(out, path->up);
	if (!path->key)
		strbuf_addf(out, "[%zu]", path->index);
	else
		strbuf_addf(out, "%s%s", out->len > 0 ? "." : "", diag_shorten(path->key, key));
}

static __attribute__((format(printf, 5, 0))) void tell(struct check *c, enum severity severity,
						       const struct path *path, struct pos pos,
						       const char *format, va_list args)
{
	if (c->muted)
		return;
	auto_strbuf struct strbuf text = STRBUF_INIT(MAX_MESSAGE);
	add_path(&text, path);
	if (text.len > 0)
		strbuf_add(&text, ": ");
	strbuf_vaddf(&text, format, args);
	diags_add(c->diags, severity, pos, "%s", strbuf_text(&text));
	if (strbuf_error(&text) == -ENOMEM)
		c->error = -ENOMEM;
}

void check_complain(struct check *c, const struct path *path, struct pos pos, const char *format,
		    ...)
{
	va_list args;
	va_start(args, format);
	tell(c, SEVERITY_ERROR, path, pos, format, args);
	va_end(args);
}

void check_warn(struct check *c, const struct path *path, struct pos pos, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	tell(c, SEVERITY_WARNING, path, pos, format, args);
	va_end(args);
}

const char *check_show(const struct yaml_node *node, char out[CHECK_SHOW_SIZE])
{
	char text[DIAG_SHORT];
	if (node->shape != SHAPE_SCALAR)
		return node->shape == SHAPE_LIST ? "a list" : "a map";
	if (yaml_is_null(node))
		return "empty";
	(void)snprintf(out, CHECK_SHOW_SIZE, node->plain ? "%s" : "\"%s\"",
		       diag_shorten(node->text, text));
	return out;
}

const char *check_text(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = yaml_get(map, key);
	return node && node->shape == SHAPE_SCALAR && !yaml_is_null(node) ? node->text : NULL;
}

bool check_shape(struct check *c, const struct source *at, enum yaml_shape shape)
{
	char shown[CHECK_SHOW_SIZE];
	if (at->node->shape == shape)
		return true;
	if (!at->node->is_faulty)
		check_complain(c, at->path, at->node->pos, "must be %s, is %s",
			       shape == SHAPE_LIST ? "a list" : "a map",
			       check_show(at->node, shown));
	return false;
}

static int store_text(char **slot, const char *text)
{
	char *copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	free(*slot);
	*slot = copy;
	return 0;
}

_Static_assert(sizeof(enum kind) == sizeof(int), "STORE_INT also fills enums");

static int store(const struct schema_field *f, const struct reading *v, void *object)
{
	char *slot = (char *)object + f->offset;
	double fraction = (double)v->integer / (f->type == SCHEMA_PERCENT ? 100 : 1000);
	switch (f->store) {
	case STORE_NONE:
	case STORE_TEXTS:
		return 0;
	case STORE_INT64:
		memcpy(slot, &(int64_t){v->integer}, sizeof(int64_t));
		return 0;
	case STORE_INT:
		memcpy(slot, &(int){(int)v->integer}, sizeof(int));
		return 0;
	case STORE_UINT64:
		memcpy(slot, &(uint64_t){(uint64_t)v->integer}, sizeof(uint64_t));
		return 0;
	case STORE_DOUBLE:
		memcpy(slot, &fraction, sizeof(fraction));
		return 0;
	case STORE_BOOL:
		memcpy(slot, &(bool){v->integer != 0}, sizeof(bool));
		return 0;
	case STORE_TEXT:
		return store_text((char **)(void *)slot, v->text);
	}
	return 0;
}

static void decode_scalar(struct check *c, const struct schema_field *f, const struct source *at,
			  void *object, struct value *create)
{
	struct reading v = {0};
	if (!reading_take(c, f, at, &v))
		return;
	int r = store(f, &v, object);
	if (r == 0 && f->api && create)
		r = value_set(create, f->api, reading_value(f, &v));
	if (r < 0)
		c->error = r;
}

void check_whole(struct check *c, const struct schema *s, const struct source *own, void *object,
		 struct value *create)
{
	bool was_partial = c->partial;
	c->partial = false;
	check_decode(c, s, own, NULL, object, create);
	c->partial = was_partial;
}

static void decode_map(struct check *c, const struct schema_field *f, const struct source *at,
		       void *object, struct value *create)
{
	if (!check_shape(c, at, SHAPE_MAP))
		return;
	if (!f->api || !create) {
		check_whole(c, f->table, at, object, create);
		return;
	}
	if (at->node->n == 0)
		check_complain(c, at->path, at->node->pos, "must not be empty");
	struct value *child = value_map();
	if (child)
		check_whole(c, f->table, at, object, child);
	if (value_set(create, f->api, child) < 0)
		c->error = -ENOMEM;
}

static void decode_value(struct check *c, const struct schema_field *f, const struct source *at,
			 void *object, struct value *create)
{
	if (at->node->is_faulty)
		return;
	if (f->type == SCHEMA_MAP)
		decode_map(c, f, at, object, create);
	else if (f->type < SCHEMA_TAGS)
		decode_scalar(c, f, at, object, create);
	else if (f->type != SCHEMA_OTHER)
		check_list(c, f, at, object, create);
}

/* Nothing written: the table's default fills the struct and, where the row says so, the
 * request. A map's rows have defaults of their own. */
static void apply_initial(struct check *c, const struct schema_field *f, void *object,
			  struct value *create)
{
	const struct yaml_node empty = {.shape = SHAPE_MAP};
	const struct source nowhere = {&empty, NULL};
	if (f->type == SCHEMA_MAP && !f->api)
		check_decode(c, f->table, &nowhere, NULL, object, create);
	if (!f->initial || (f->store == STORE_NONE && !f->always_sent))
		return;
	struct yaml_node node = {.shape = SHAPE_SCALAR, .plain = true};
	auto_free char *text = strdup(f->initial);
	if (!text)
		c->error = -ENOMEM;
	node.text = text;
	if (text)
		decode_scalar(c, f, &(struct source){&node, NULL}, object,
			      f->always_sent ? create : NULL);
}

static void check_keys(struct check *c, const struct schema *s, const struct source *own)
{
	char hint[SCHEMA_HINT_SIZE], shown[DIAG_SHORT];
	for (size_t i = 0; i < own->node->n; i++) {
		const struct yaml_entry *entry = &own->node->items[i];
		struct path path = {.up = own->path, .key = entry->key};
		const struct schema_field *f = schema_find(s, entry->key);
		if (f && c->partial && f->no_default)
			check_complain(c, &path, entry->key_pos, "cannot have a default");
		if (f || c->muted || entry->is_faulty_key)
			continue;
		hint[0] = '\0';
		if (diags_has_room(c->diags, entry->key_pos))
			schema_hint(s, entry->key, hint);
		check_complain(c, own->path, entry->key_pos, "unknown key \"%s\"%s",
			       diag_shorten(entry->key, shown), hint);
	}
}

static void decode_default(struct check *c, const struct schema_field *f,
			   const struct source *defaults, const struct yaml_node *node,
			   void *object, struct value *create)
{
	bool was_muted = c->muted;
	struct path path = {.up = defaults->path, .key = f->key};
	c->muted = true;
	decode_value(c, f, &(struct source){node, &path}, object, create);
	c->muted = was_muted;
}

void check_decode(struct check *c, const struct schema *s, const struct source *own,
		  const struct source *defaults, void *object, struct value *create)
{
	check_keys(c, s, own);
	for (const struct schema_field *f = s->fields; f->key; f++) {
		struct path path = {.up = own->path, .key = f->key};
		const struct yaml_node *node = yaml_get(own->node, f->key);
		const struct yaml_node *other = defaults ? yaml_get(defaults->node, f->key) : NULL;
		if (node)
			decode_value(c, f, &(struct source){node, &path}, object, create);
		else if (other)
			decode_default(c, f, defaults, other, object, create);
		else if (f->required && !c->partial)
			check_complain(c, &path, own->node->pos, "is required");
		else
			apply_initial(c, f, object, create);
	}
	if (s->rules)
		s->rules(c, own, defaults);
}
