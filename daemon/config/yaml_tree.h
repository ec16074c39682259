#pragma once
/*
 * The strict part of YAML that a configuration needs, as a tree that knows where
 * everything was written. One document of maps, lists and scalars in UTF-8; no
 * anchors, aliases, tags, directives, merge keys or repeated keys; size, depth and
 * number of nodes are capped. Scalars are text: what they mean is the schema's say.
 */
#include <stdbool.h>
#include <stddef.h>

#include "config/diag.h"
#include "model/desired.h"

enum yaml_shape { SHAPE_SCALAR, SHAPE_LIST, SHAPE_MAP };

struct yaml_entry {
	char *key; /* NULL in a list */
	struct pos key_pos;
	bool is_faulty_key; /* complained about already */
	struct yaml_node *value;
};

struct yaml_node {
	enum yaml_shape shape;
	struct pos pos;
	bool plain; /* a scalar written without quotes */
	bool is_faulty; /* a scalar complained about already: @text means nothing */
	char *text; /* of a scalar: no control characters, valid UTF-8 */
	struct yaml_entry *items; /* of a list or map, in the order written */
	size_t n, cap;
};

struct yaml_tree {
	struct yaml_node *root;
	bool has_end_marker; /* the document ends in "..." */
};

enum yaml_result {
	YAML_OK,
	YAML_E_BROKEN, /* not readable as YAML, or over a cap: no tree */
};

/* Returns 0, YAML_E_BROKEN or -ENOMEM. What can be read past (a repeated key, a tag) is
 * complained about and still gives a tree, so that the schema's complaints can follow:
 * ask diags_has_errors() before using it. */
int yaml_tree_parse(const char *text, size_t len, struct diags *diags, struct yaml_tree **ret);
struct yaml_tree *yaml_tree_free(struct yaml_tree *t); /* accepts NULL, returns NULL */
DEFINE_CLEANUP(struct yaml_tree *, yaml_tree_free)
#define auto_yaml_tree cleanup(yaml_tree_freep)

/* The first value of @key; NULL when @map is NULL, not a map, or lacks it. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);
/* Written as nothing, ~ or null. */
bool yaml_is_null(const struct yaml_node *node);
