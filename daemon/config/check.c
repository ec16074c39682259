#include "config/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/limits.h"
#include "config/repeats.h"
#include "config/scalar.h"

#define MAX_MESSAGE 2048

/* A scalar once it has been read; which member counts is the row's type. */
struct reading {
	int64_t integer; /* INT, DURATION, PERCENT, RATE; index of the WORD; BOOL */
	const char *text;
};

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

void check_complain(struct check *c, const struct path *path, struct pos pos, const char *format,
		    ...)
{
	if (c->muted)
		return;
	auto_strbuf struct strbuf text = STRBUF_INIT(MAX_MESSAGE);
	add_path(&text, path);
	if (text.len > 0)
		strbuf_add(&text, ": ");
	va_list args;
	va_start(args, format);
	strbuf_vaddf(&text, format, args);
	va_end(args);
	diags_add(c->diags, SEVERITY_ERROR, pos, "%s", strbuf_text(&text));
	if (strbuf_error(&text) == -ENOMEM)
		c->error = -ENOMEM;
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

static void add_words(struct strbuf *out, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		strbuf_addf(out, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
}

static void add_range(struct strbuf *out, const struct schema_field *f)
{
	char low[32], high[32];
	if (f->type == SCHEMA_DURATION) {
		duration_text((uint64_t)f->min, low, sizeof(low));
		duration_text((uint64_t)f->max, high, sizeof(high));
		strbuf_addf(out, "%s..%s", low, high);
	} else if (f->type == SCHEMA_PERCENT) {
		strbuf_addf(out, "%" PRId64 "%%..%" PRId64 "%%", f->min, f->max);
	} else if (f->type == SCHEMA_RATE) {
		strbuf_addf(out, "%g..%g", (double)f->min / 1000, (double)f->max / 1000);
	} else if (f->min == f->max) {
		strbuf_addf(out, "%" PRId64, f->min);
	} else {
		strbuf_addf(out, "%" PRId64 "..%" PRId64, f->min, f->max);
	}
}

static void add_expectation(struct strbuf *out, const struct schema_field *f)
{
	switch (f->type) {
	case SCHEMA_INT:
		strbuf_add(out, f->min == f->max ? "the number " : "a whole number ");
		add_range(out, f);
		break;
	case SCHEMA_DURATION:
		strbuf_add(out, "a duration such as 90s, 250ms or 2h, ");
		add_range(out, f);
		break;
	case SCHEMA_PERCENT:
		strbuf_add(out, "a percentage ");
		add_range(out, f);
		break;
	case SCHEMA_RATE:
		strbuf_add(out, "a number with at most 3 decimals, ");
		add_range(out, f);
		break;
	case SCHEMA_BOOL:
		strbuf_add(out, "true or false");
		break;
	case SCHEMA_TEXT:
		strbuf_add(out, f->rule->what);
		break;
	case SCHEMA_WORD:
		add_words(out, f->words);
		break;
	case SCHEMA_TEXTS:
	case SCHEMA_TAGS:
	case SCHEMA_MAP:
	case SCHEMA_OTHER:
		break; /* not scalars: check_shape() speaks for them */
	}
}

static int read_duration(const char *text, int64_t *ret)
{
	uint64_t ms = 0;
	bool has_leading_zero = text[0] == '0' && text[1] >= '0' && text[1] <= '9';
	int r = has_leading_zero ? -EINVAL : duration_parse(text, &ms);
	if (r == 0)
		*ret = (int64_t)ms;
	return r;
}

static int read_number(const struct schema_field *f, const char *text, int64_t *ret)
{
	int r = f->type == SCHEMA_INT	      ? scalar_int(text, ret)
		: f->type == SCHEMA_DURATION  ? read_duration(text, ret)
		: f->type == SCHEMA_PERCENT   ? scalar_percent(text, ret)
					      : scalar_rate(text, ret);
	if (r == 0 && (*ret < f->min || *ret > f->max))
		r = -ERANGE;
	return r;
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

bool check_number(const struct schema *s, const struct yaml_node *map, const char *key,
		  int64_t *ret)
{
	const struct schema_field *f = schema_find(s, key);
	const struct yaml_node *node = yaml_get(map, key);
	int64_t value = 0;
	const char *text = node ? node->text : f->initial;
	if (!text || (node && !node->plain) || read_number(f, text, &value) < 0)
		return false;
	*ret = value;
	return true;
}

static void refuse(struct check *c, const struct schema_field *f, const struct source *at)
{
	char shown[CHECK_SHOW_SIZE];
	bool is_text = f->type == SCHEMA_TEXT || f->type == SCHEMA_WORD;
	bool is_quoted = at->node->shape == SHAPE_SCALAR && !at->node->plain;
	bool is_secret = f->rule && f->rule->may_hold_secret && at->node->text &&
			 strchr(at->node->text, '@');
	auto_strbuf struct strbuf what = STRBUF_INIT(MAX_MESSAGE);
	add_expectation(&what, f);
	check_complain(c, at->path, at->node->pos, "must be %s, is %s%s", strbuf_text(&what),
		       is_secret ? "a text with @" : check_show(at->node, shown),
		       is_quoted && !is_text ? " (quotes make it text)" : "");
}

static void refuse_range(struct check *c, const struct schema_field *f, const struct source *at)
{
	char shown[CHECK_SHOW_SIZE];
	auto_strbuf struct strbuf range = STRBUF_INIT(MAX_MESSAGE);
	add_range(&range, f);
	check_complain(c, at->path, at->node->pos, "must be %s, is %s", strbuf_text(&range),
		       check_show(at->node, shown));
}

static int read_word(const struct schema_field *f, const char *text, int64_t *ret)
{
	for (int64_t i = 0; f->words[i]; i++) {
		if (strcmp(f->words[i], text) == 0) {
			*ret = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int read_bool(const char *text, int64_t *ret)
{
	bool value = false;
	int r = scalar_bool(text, &value);
	*ret = value;
	return r;
}

static bool read_text(struct check *c, const struct schema_field *f, const struct source *at)
{
	size_t length = text_length(at->node->text);
	if (f->max > 0 && length > (size_t)f->max) {
		check_complain(c, at->path, at->node->pos,
			       "must have at most %" PRId64 " characters, has %zu", f->max, length);
		return false;
	}
	if (!f->rule->fits(at->node->text)) {
		refuse(c, f, at);
		return false;
	}
	return true;
}

/* A quoted scalar is text, never a number or a boolean: which of the two was meant can
 * otherwise differ between readers of the same file. */
static bool read_scalar(struct check *c, const struct schema_field *f, const struct source *at,
			struct reading *ret)
{
	const struct yaml_node *node = at->node;
	bool is_text = f->type == SCHEMA_TEXT || f->type == SCHEMA_WORD;
	int r = -EINVAL;
	if (node->is_faulty)
		return false;
	if (node->shape != SHAPE_SCALAR || yaml_is_null(node) || !node->text[0] ||
	    (!is_text && !node->plain)) {
		refuse(c, f, at);
		return false;
	}
	ret->text = node->text;
	if (f->type == SCHEMA_TEXT)
		return read_text(c, f, at);
	if (f->type == SCHEMA_WORD)
		r = read_word(f, node->text, &ret->integer);
	else if (f->type == SCHEMA_BOOL)
		r = read_bool(node->text, &ret->integer);
	else
		r = read_number(f, node->text, &ret->integer);
	if (r == -ERANGE)
		refuse_range(c, f, at);
	else if (r < 0)
		refuse(c, f, at);
	return r == 0;
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

static struct value *request_value(const struct schema_field *f, const struct reading *v)
{
	if (f->type == SCHEMA_INT)
		return value_int(v->integer);
	if (f->type == SCHEMA_BOOL)
		return value_bool(v->integer != 0);
	return value_text(v->text);
}

static void decode_scalar(struct check *c, const struct schema_field *f, const struct source *at,
			  void *object, struct value *create)
{
	struct reading v = {0};
	if (!read_scalar(c, f, at, &v))
		return;
	int r = store(f, &v, object);
	if (r == 0 && f->api && create)
		r = value_set(create, f->api, request_value(f, &v));
	if (r < 0)
		c->error = r;
}

struct list_check {
	struct check *c;
	const struct path *path;
};

static void on_repeated_text(void *data, const struct mention *first, const struct mention *again)
{
	const struct list_check *l = data;
	struct path path = {.up = l->path, .index = again->index};
	char text[DIAG_SHORT];
	check_complain(l->c, &path, again->pos, "%s is listed twice, first at %u:%u",
		       diag_shorten(again->text, text), first->pos.line, first->pos.column);
}

/* The entries of a list have the rule of their row; the list itself has the cap. */
static void decode_texts(struct check *c, const struct schema_field *f, const struct source *at,
			 void *object)
{
	struct text_list *list = (struct text_list *)(void *)((char *)object + f->offset);
	auto_mentions struct mentions seen = {0};
	struct schema_field entry = *f;
	entry.type = SCHEMA_TEXT;
	entry.max = 0;
	if (!check_shape(c, at, SHAPE_LIST))
		return;
	if (at->node->n > (size_t)f->max)
		check_complain(c, at->path, at->node->pos, "must have at most %" PRId64
			       " entries, has %zu", f->max, at->node->n);
	for (size_t i = 0; i < at->node->n; i++) {
		struct path path = {.up = at->path, .index = i};
		struct source item = {at->node->items[i].value, &path};
		struct reading v = {0};
		if (read_scalar(c, &entry, &item, &v) &&
		    (text_list_add(list, v.text) < 0 ||
		     mentions_add(&seen, v.text, item.node->pos, i) < 0))
			c->error = -ENOMEM;
	}
	mentions_find_repeats(&seen, on_repeated_text, &(struct list_check){c, at->path});
}

static void check_tag(struct check *c, const struct path *path, const struct yaml_entry *entry)
{
	char shown[CHECK_SHOW_SIZE];
	const char *fault = tag_key_fault(entry->key);
	if (fault)
		check_complain(c, path, entry->key_pos, "a tag's key %s", fault);
	if (entry->value->is_faulty)
		return;
	if (entry->value->shape != SHAPE_SCALAR || yaml_is_null(entry->value) ||
	    !entry->value->text[0])
		check_complain(c, path, entry->value->pos, "a tag's value must be text, is %s",
			       check_show(entry->value, shown));
	else if ((fault = tag_value_fault(entry->value->text)))
		check_complain(c, path, entry->value->pos, "a tag's value %s", fault);
}

static void check_tags(struct check *c, const struct source *at)
{
	if (!check_shape(c, at, SHAPE_MAP))
		return;
	for (size_t i = 0; i < at->node->n; i++) {
		struct path path = {.up = at->path, .key = at->node->items[i].key};
		if (!at->node->items[i].is_faulty_key)
			check_tag(c, &path, &at->node->items[i]);
	}
}

static void decode_map(struct check *c, const struct schema_field *f, const struct source *at,
		       void *object, struct value *create)
{
	if (!check_shape(c, at, SHAPE_MAP))
		return;
	if (!f->api || !create) {
		check_decode(c, f->table, at, NULL, object, create);
		return;
	}
	if (at->node->n == 0)
		check_complain(c, at->path, at->node->pos, "must not be empty");
	struct value *child = value_map();
	if (child)
		check_decode(c, f->table, at, NULL, object, child);
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
	else if (f->type == SCHEMA_TEXTS)
		decode_texts(c, f, at, object);
	else if (f->type == SCHEMA_TAGS)
		check_tags(c, at);
	else if (f->type != SCHEMA_OTHER)
		decode_scalar(c, f, at, object, create);
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
