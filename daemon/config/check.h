#pragma once
/*
 * A tree against a table: complains about every value that does not fit and puts
 * those that do into a struct and, under the API's names, into the request.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/diag.h"
#include "config/schema.h"
#include "config/yaml_tree.h"
#include "model/value.h"

/* "groups[1].charge.period", built on the stack on the way down. */
struct path {
	const struct path *up; /* NULL at the top */
	const char *key;       /* NULL: an index */
	size_t index;
};

/* A map of the file and where it stands. */
struct source {
	const struct yaml_node *node;
	const struct path *path;
};

struct check {
	struct diags *diags;
	bool muted;   /* this part was complained about before */
	bool partial; /* the defaults: no key is required, some are out of place */
	uint64_t wall_now_ms; /* dates in the past are warned of; 0: no clock, no warning */
	int error;    /* 0 or -ENOMEM */
};

void check_complain(struct check *c, const struct path *path, struct pos pos, const char *format,
		    ...) __attribute__((format(printf, 4, 5)));
/* The file is valid nevertheless. */
void check_warn(struct check *c, const struct path *path, struct pos pos, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Checks @own against @s and decodes it; keys that @own lacks are taken from @defaults (may be
 * NULL; taken to be checked already), then from the table. @object holds the fields' offsets;
 * @create (may be NULL) receives what goes into the request. A value that does not fit leaves
 * both untouched. */
void check_decode(struct check *c, const struct schema *s, const struct source *own,
		  const struct source *defaults, void *object, struct value *create);
/* The same for a map inside: it replaces a default's whole, so what is required in it is also
 * required under defaults. */
void check_whole(struct check *c, const struct schema *s, const struct source *own, void *object,
		 struct value *create);

/* True when @at has the @shape; complains otherwise. */
bool check_shape(struct check *c, const struct source *at, enum yaml_shape shape);
/* The scalar at @key of @map as text; NULL when absent or not a usable scalar. */
const char *check_text(const struct yaml_node *map, const char *key);
/* The number at @key of @map, or its default, in the units of its row. False when it is neither
 * written well nor has a default; nothing is complained about. */
bool check_number(const struct schema *s, const struct yaml_node *map, const char *key,
		  int64_t *ret);
/* As it is shown in a complaint: 12, "12", empty, a list, a map. */
#define CHECK_SHOW_SIZE (DIAG_SHORT + 32)
const char *check_show(const struct yaml_node *node, char out[CHECK_SHOW_SIZE]);
