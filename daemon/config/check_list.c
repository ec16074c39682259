#include "config/check_list.h"

#include <errno.h>
#include <inttypes.h>

#include "config/reading.h"
#include "config/repeats.h"

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

/* Nothing at all cannot be said to the API: an empty list is a parameter left out. */
static bool check_entries(struct check *c, const struct schema_field *f, const struct source *at)
{
	if (f->api && at->node->n == 0 && f->type != SCHEMA_TAGS) {
		check_complain(c, at->path, at->node->pos, "must not be empty");
		return false;
	}
	if (at->node->n <= (size_t)f->max || f->type == SCHEMA_INTS)
		return true;
	check_complain(c, at->path, at->node->pos, "must have at most %" PRId64 " %s, has %zu",
		       f->max, f->max == 1 ? "entry" : "entries", at->node->n);
	return false;
}

/* An empty list for the entries; remembers that there is no memory for it. */
static struct value *new_list(struct check *c)
{
	struct value *list = value_list();
	if (!list)
		c->error = -ENOMEM;
	return list;
}

/* Adopts @list. */
static void send_list(struct check *c, const struct schema_field *f, struct value *create,
		      struct value *list)
{
	if (!f->api || !create)
		(void)value_free(list);
	else if (value_set(create, f->api, list) < 0)
		c->error = -ENOMEM;
}

/* The row of one entry of the list @f. */
static struct schema_field entry_of(const struct schema_field *f)
{
	struct schema_field entry = *f;
	entry.type = f->type == SCHEMA_INTS ? SCHEMA_INT : f->words ? SCHEMA_WORD : SCHEMA_TEXT;
	if (entry.type == SCHEMA_TEXT)
		entry.max = 0; /* counts the entries */
	return entry;
}

static int keep_entry(const struct schema_field *entry, const struct reading *v, void *object,
		      struct value *list)
{
	int r = value_append(list, reading_value(entry, v));
	if (r == 0 && entry->store == STORE_TEXTS)
		r = text_list_add((struct text_list *)(void *)((char *)object + entry->offset),
				  v->text);
	return r;
}

static void decode_scalars(struct check *c, const struct schema_field *f, const struct source *at,
			   void *object, struct value *create)
{
	auto_mentions struct mentions seen = {0};
	const struct schema_field entry = entry_of(f);
	struct value *list = new_list(c);
	for (size_t i = 0; list && i < at->node->n; i++) {
		struct path path = {.up = at->path, .index = i};
		struct source item = {at->node->items[i].value, &path};
		struct reading v = {0};
		if (reading_take(c, &entry, &item, &v) &&
		    (keep_entry(&entry, &v, object, list) < 0 ||
		     mentions_add(&seen, v.text, item.node->pos, i) < 0))
			c->error = -ENOMEM;
	}
	mentions_find_repeats(&seen, on_repeated_text, &(struct list_check){c, at->path});
	send_list(c, f, create, list);
}

static void decode_maps(struct check *c, const struct schema_field *f, const struct source *at,
			void *object, struct value *create)
{
	struct value *list = new_list(c);
	for (size_t i = 0; list && i < at->node->n; i++) {
		struct path path = {.up = at->path, .index = i};
		struct source item = {at->node->items[i].value, &path};
		if (item.node->is_faulty || !check_shape(c, &item, SHAPE_MAP))
			continue;
		struct value *map = value_map();
		if (map)
			check_whole(c, f->table, &item, object, map);
		if (value_append(list, map) < 0)
			c->error = -ENOMEM;
	}
	send_list(c, f, create, list);
}

/* Adopts @value, which may be NULL. */
static struct value *new_pair(const char *code, struct value *value)
{
	auto_value struct value *pair = value_map();
	if (!pair)
		return value_free(value);
	int r = value_set(pair, "Code", value_text(code));
	if (value_set(pair, "Value", value) < 0 || r < 0)
		return NULL;
	return TAKE(pair);
}

static void decode_pairs(struct check *c, const struct schema_field *f, const struct source *at,
			 struct value *create)
{
	const struct schema_field entry = {.type = SCHEMA_TEXT, .rule = f->rule};
	struct value *list = new_list(c);
	for (size_t i = 0; list && i < at->node->n; i++) {
		const struct yaml_entry *item = &at->node->items[i];
		struct path path = {.up = at->path, .key = item->key};
		struct reading v = {0};
		if (item->is_faulty_key)
			continue;
		if (!f->rule->fits(item->key))
			check_complain(c, &path, item->key_pos, "the code must be %s",
				       f->rule->what);
		if (reading_take(c, &entry, &(struct source){item->value, &path}, &v) &&
		    value_append(list, new_pair(item->key, reading_value(&entry, &v))) < 0)
			c->error = -ENOMEM;
	}
	send_list(c, f, create, list);
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
	for (size_t i = 0; i < at->node->n; i++) {
		struct path path = {.up = at->path, .key = at->node->items[i].key};
		if (!at->node->items[i].is_faulty_key)
			check_tag(c, &path, &at->node->items[i]);
	}
}

void check_list(struct check *c, const struct schema_field *f, const struct source *at,
		void *object, struct value *create)
{
	bool is_map = f->type == SCHEMA_TAGS || f->type == SCHEMA_PAIRS;
	if (!check_shape(c, at, is_map ? SHAPE_MAP : SHAPE_LIST) || !check_entries(c, f, at))
		return;
	if (f->type == SCHEMA_TAGS)
		check_tags(c, at);
	else if (f->type == SCHEMA_PAIRS)
		decode_pairs(c, f, at, create);
	else if (f->type == SCHEMA_MAPS)
		decode_maps(c, f, at, object, create);
	else
		decode_scalars(c, f, at, object, create);
}
