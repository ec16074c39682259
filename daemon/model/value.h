#pragma once
/*
 * A tree of typed values: API parameters as the configuration states them, before
 * they are flattened or shrunk for the wire. One owner per tree.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

enum value_type { VALUE_NULL, VALUE_BOOL, VALUE_INT, VALUE_FLOAT, VALUE_TEXT, VALUE_LIST, VALUE_MAP };

struct value {
	enum value_type type;
	bool boolean;
	int64_t integer;
	double real;
	char *text;
	/* LIST: items; MAP: items with keys[i] beside items[i], in the order added */
	struct value **items;
	char **keys;
	size_t n;
};

/* All constructors return NULL without memory. */
struct value *value_null(void);
struct value *value_bool(bool b);
struct value *value_int(int64_t i);
struct value *value_float(double d);
struct value *value_text(const char *text);
struct value *value_list(void);
struct value *value_map(void);
struct value *value_free(struct value *v); /* accepts NULL, returns NULL */
struct value *value_copy(const struct value *v);

/* Adopt @child (even on failure, when it is freed). 0 or -ENOMEM, also when @child is
 * NULL. value_set replaces the value of a key that exists. */
int value_append(struct value *list, struct value *child);
int value_set(struct value *map, const char *key, struct value *child);

/* NULL when @map is NULL, not a map, or lacks @key. */
const struct value *value_get(const struct value *map, const char *key);
const char *value_get_text(const struct value *map, const char *key); /* NULL when absent */
bool value_equal(const struct value *a, const struct value *b);

DEFINE_CLEANUP(struct value *, value_free)
#define auto_value cleanup(value_freep)
