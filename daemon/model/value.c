#include "model/value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct value *make(enum value_type type)
{
	struct value *v = calloc(1, sizeof(*v));
	if (v)
		v->type = type;
	return v;
}

struct value *value_null(void)
{
	return make(VALUE_NULL);
}

struct value *value_bool(bool b)
{
	struct value *v = make(VALUE_BOOL);
	if (v)
		v->boolean = b;
	return v;
}

struct value *value_int(int64_t i)
{
	struct value *v = make(VALUE_INT);
	if (v)
		v->integer = i;
	return v;
}

struct value *value_float(double d)
{
	struct value *v = make(VALUE_FLOAT);
	if (v)
		v->real = d;
	return v;
}

struct value *value_text(const char *text)
{
	struct value *v = make(VALUE_TEXT);
	if (v && !(v->text = strdup(text)))
		return value_free(v);
	return v;
}

struct value *value_list(void)
{
	return make(VALUE_LIST);
}

struct value *value_map(void)
{
	return make(VALUE_MAP);
}

struct value *value_free(struct value *v)
{
	if (!v)
		return NULL;
	for (size_t i = 0; i < v->n; i++) {
		(void)value_free(v->items[i]);
		if (v->keys)
			free(v->keys[i]);
	}
	free(v->items);
	free(v->keys);
	free(v->text);
	free(v);
	return NULL;
}

int value_append(struct value *list, struct value *child)
{
	if (!child)
		return -ENOMEM;
	struct value **items = reallocarray(list->items, list->n + 1, sizeof(*items));
	if (!items) {
		(void)value_free(child);
		return -ENOMEM;
	}
	list->items = items;
	items[list->n++] = child;
	return 0;
}

static size_t find(const struct value *map, const char *key)
{
	size_t i = 0;
	while (i < map->n && strcmp(map->keys[i], key) != 0)
		i++;
	return i;
}

int value_set(struct value *map, const char *key, struct value *child)
{
	size_t i = find(map, key);
	if (child && i < map->n) {
		(void)value_free(map->items[i]);
		map->items[i] = child;
		return 0;
	}
	char *copy = child ? strdup(key) : NULL;
	char **keys = copy ? reallocarray(map->keys, map->n + 1, sizeof(*keys)) : NULL;
	if (!keys) {
		free(copy);
		(void)value_free(child);
		return -ENOMEM;
	}
	map->keys = keys;
	if (value_append(map, child) < 0) {
		free(copy);
		return -ENOMEM;
	}
	keys[map->n - 1] = copy;
	return 0;
}

const struct value *value_get(const struct value *map, const char *key)
{
	if (!map || map->type != VALUE_MAP)
		return NULL;
	size_t i = find(map, key);
	return i < map->n ? map->items[i] : NULL;
}

const char *value_get_text(const struct value *map, const char *key)
{
	const struct value *v = value_get(map, key);
	return v && v->type == VALUE_TEXT ? v->text : NULL;
}

struct value *value_copy(const struct value *v)
{
	struct value *copy = v ? make(v->type) : NULL;
	if (!copy)
		return NULL;
	copy->boolean = v->boolean;
	copy->integer = v->integer;
	copy->real = v->real;
	if (v->text && !(copy->text = strdup(v->text)))
		return value_free(copy);
	for (size_t i = 0; i < v->n; i++) {
		struct value *child = value_copy(v->items[i]);
		int r = v->type == VALUE_MAP ? value_set(copy, v->keys[i], child) : value_append(copy, child);
		if (r < 0)
			return value_free(copy);
	}
	return copy;
}

static bool children_equal(const struct value *a, const struct value *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct value *other = a->type == VALUE_MAP ? value_get(b, a->keys[i]) : b->items[i];
		if (!other || !value_equal(a->items[i], other))
			return false;
	}
	return true;
}

bool value_equal(const struct value *a, const struct value *b)
{
	if (!a || !b || a->type != b->type)
		return a == b;
	switch (a->type) {
	case VALUE_NULL:
		return true;
	case VALUE_BOOL:
		return a->boolean == b->boolean;
	case VALUE_INT:
		return a->integer == b->integer;
	case VALUE_FLOAT:
		return !(a->real < b->real) && !(a->real > b->real);
	case VALUE_TEXT:
		return strcmp(a->text, b->text) == 0;
	case VALUE_LIST:
	case VALUE_MAP:
		return children_equal(a, b);
	}
	return false;
}
