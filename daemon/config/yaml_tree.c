#include "config/yaml_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/limits.h"
#include "base/vec.h"
#include "config/repeats.h"

#define auto_event cleanup(yaml_event_delete)

struct build {
	yaml_parser_t parser;
	const char *text;
	size_t len;
	struct diags *diags;
	size_t nodes;
	unsigned depth;
};

#define complain(b, pos, ...) diags_add((b)->diags, SEVERITY_ERROR, (pos), __VA_ARGS__)

static struct yaml_node *node_free(struct yaml_node *node)
{
	if (!node)
		return NULL;
	for (size_t i = 0; i < node->n; i++) {
		free(node->items[i].key);
		(void)node_free(node->items[i].value);
	}
	vec_free(node);
	free(node->text);
	free(node);
	return NULL;
}
DEFINE_CLEANUP(struct yaml_node *, node_free)
#define auto_node cleanup(node_freep)

struct yaml_tree *yaml_tree_free(struct yaml_tree *t)
{
	if (t)
		(void)node_free(t->root);
	free(t);
	return NULL;
}

/* libyaml counts lines and columns from 0. */
static struct pos pos_of(yaml_mark_t mark)
{
	return (struct pos){(unsigned)mark.line + 1, (unsigned)mark.column + 1};
}

/* Where byte @offset of the text lies; columns are characters, as libyaml's are. */
static struct pos pos_of_offset(const char *text, size_t len, size_t offset)
{
	struct pos pos = {1, 1};
	size_t i = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	for (; i < offset && i < len; i++) {
		if (text[i] == '\n')
			pos = (struct pos){pos.line + 1, 1};
		else if (((unsigned char)text[i] & 0xc0) != 0x80)
			pos.column++;
	}
	return pos;
}

static int report_parser_error(struct build *b)
{
	const yaml_parser_t *p = &b->parser;
	if (p->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	const char *problem = p->problem ? p->problem : "unreadable";
	if (p->error == YAML_READER_ERROR)
		complain(b, pos_of_offset(b->text, b->len, p->problem_offset),
			 "not valid UTF-8 text: %s", problem);
	else if (p->context)
		complain(b, pos_of(p->problem_mark), "not valid YAML: %s (%s, line %zu)", problem,
			 p->context, p->context_mark.line + 1);
	else
		complain(b, pos_of(p->problem_mark), "not valid YAML: %s", problem);
	return YAML_E_BROKEN;
}

static int next(struct build *b, yaml_event_t *ret)
{
	yaml_event_delete(ret);
	return yaml_parser_parse(&b->parser, ret) ? 0 : report_parser_error(b);
}

static void check_properties(struct build *b, struct pos pos, const yaml_char_t *anchor,
			     const yaml_char_t *tag)
{
	if (anchor)
		complain(b, pos, "anchors (&) are not allowed");
	if (tag)
		complain(b, pos, "tags (!) are not allowed");
}

/* C0, DEL and C1: nothing in these files needs one, and they would reach terminals and logs. */
static bool has_control(const unsigned char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] < 0x20 || text[i] == 0x7f)
			return true;
		if (text[i] == 0xc2 && i + 1 < len && text[i + 1] < 0xa0)
			return true;
	}
	return false;
}

static char *copy_scalar(struct build *b, const yaml_event_t *e, bool *ret_faulty)
{
	if (!has_control(e->data.scalar.value, e->data.scalar.length))
		return strdup((const char *)e->data.scalar.value);
	complain(b, pos_of(e->start_mark), "control characters and line breaks are not allowed");
	*ret_faulty = true;
	return strdup("?");
}

/* Everything that becomes a node or a key passes here. */
static int count_node(struct build *b, struct pos pos)
{
	if (++b->nodes <= LIMIT_YAML_NODES)
		return 0;
	complain(b, pos, "has more than %d values", LIMIT_YAML_NODES);
	return YAML_E_BROKEN;
}

static int make_node(struct build *b, const yaml_event_t *e, enum yaml_shape shape,
		     struct yaml_node **ret)
{
	struct pos pos = pos_of(e->start_mark);
	int r = count_node(b, pos);
	if (r != 0)
		return r;
	struct yaml_node *node = calloc(1, sizeof(*node));
	if (!node)
		return -ENOMEM;
	node->shape = shape;
	node->pos = pos;
	*ret = node;
	return 0;
}

static int build_scalar(struct build *b, const yaml_event_t *e, struct yaml_node **ret)
{
	auto_node struct yaml_node *node = NULL;
	int r = make_node(b, e, SHAPE_SCALAR, &node);
	if (r != 0)
		return r;
	check_properties(b, node->pos, e->data.scalar.anchor, e->data.scalar.tag);
	node->plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (!(node->text = copy_scalar(b, e, &node->is_faulty)))
		return -ENOMEM;
	*ret = TAKE(node);
	return 0;
}

/* An alias is refused; a faulty scalar stands in for it so that reading can go on. */
static int build_alias(struct build *b, const yaml_event_t *e, struct yaml_node **ret)
{
	auto_node struct yaml_node *node = NULL;
	int r = make_node(b, e, SHAPE_SCALAR, &node);
	if (r != 0)
		return r;
	complain(b, node->pos, "aliases (*) are not allowed");
	node->is_faulty = true;
	if (!(node->text = strdup("*")))
		return -ENOMEM;
	*ret = TAKE(node);
	return 0;
}

/* libyaml 0.2.5 has no depth limit of its own. */
static int enter(struct build *b, struct pos pos)
{
	if (++b->depth <= LIMIT_YAML_DEPTH)
		return 0;
	complain(b, pos, "nested deeper than %d levels", LIMIT_YAML_DEPTH);
	return YAML_E_BROKEN;
}

static int build_node(struct build *b, const yaml_event_t *e, struct yaml_node **ret);

static int build_list_items(struct build *b, struct yaml_node *list)
{
	for (;;) {
		auto_event yaml_event_t e = {0};
		int r = next(b, &e);
		if (r != 0 || e.type == YAML_SEQUENCE_END_EVENT)
			return r;
		auto_node struct yaml_node *child = NULL;
		if ((r = build_node(b, &e, &child)) != 0)
			return r;
		struct yaml_entry *entry = vec_add(list);
		if (!entry)
			return -ENOMEM;
		entry->value = TAKE(child);
	}
}

static bool has_key_fault(struct build *b, const yaml_event_t *e)
{
	bool is_plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	bool is_merge = is_plain && strcmp((const char *)e->data.scalar.value, "<<") == 0;
	if (e->data.scalar.length == 0)
		complain(b, pos_of(e->start_mark), "a key must not be empty");
	else if (is_merge)
		complain(b, pos_of(e->start_mark), "merge keys (<<) are not allowed");
	return is_merge || e->data.scalar.length == 0;
}

static int build_key(struct build *b, const yaml_event_t *e, struct yaml_entry *entry)
{
	entry->key_pos = pos_of(e->start_mark);
	int r = count_node(b, entry->key_pos);
	if (r != 0)
		return r;
	if (e->type != YAML_SCALAR_EVENT) {
		complain(b, entry->key_pos, "a key must be a single word");
		return YAML_E_BROKEN;
	}
	check_properties(b, entry->key_pos, e->data.scalar.anchor, e->data.scalar.tag);
	entry->is_faulty_key = has_key_fault(b, e);
	return (entry->key = copy_scalar(b, e, &entry->is_faulty_key)) ? 0 : -ENOMEM;
}

static int build_map_items(struct build *b, struct yaml_node *map)
{
	for (;;) {
		auto_event yaml_event_t e = {0};
		int r = next(b, &e);
		if (r != 0 || e.type == YAML_MAPPING_END_EVENT)
			return r;
		struct yaml_entry *entry = vec_add(map);
		if (!entry)
			return -ENOMEM;
		if ((r = build_key(b, &e, entry)) != 0 || (r = next(b, &e)) != 0 ||
		    (r = build_node(b, &e, &entry->value)) != 0)
			return r;
	}
}

static void on_repeated_key(void *data, const struct mention *first, const struct mention *again)
{
	struct build *b = data;
	char key[DIAG_SHORT];
	complain(b, again->pos, "duplicate key \"%s\", first at %u:%u",
		 diag_shorten(again->text, key), first->pos.line, first->pos.column);
}

static int check_repeated_keys(struct build *b, const struct yaml_node *map)
{
	auto_mentions struct mentions keys = {0};
	for (size_t i = 0; i < map->n; i++)
		if (mentions_add(&keys, map->items[i].key, map->items[i].key_pos, i) < 0)
			return -ENOMEM;
	mentions_find_repeats(&keys, on_repeated_key, b);
	return 0;
}

static int build_list(struct build *b, const yaml_event_t *e, struct yaml_node **ret)
{
	auto_node struct yaml_node *list = NULL;
	int r = make_node(b, e, SHAPE_LIST, &list);
	if (r != 0)
		return r;
	check_properties(b, list->pos, e->data.sequence_start.anchor, e->data.sequence_start.tag);
	if ((r = enter(b, list->pos)) != 0 || (r = build_list_items(b, list)) != 0)
		return r;
	b->depth--;
	*ret = TAKE(list);
	return 0;
}

static int build_map(struct build *b, const yaml_event_t *e, struct yaml_node **ret)
{
	auto_node struct yaml_node *map = NULL;
	int r = make_node(b, e, SHAPE_MAP, &map);
	if (r != 0)
		return r;
	check_properties(b, map->pos, e->data.mapping_start.anchor, e->data.mapping_start.tag);
	if ((r = enter(b, map->pos)) != 0 || (r = build_map_items(b, map)) != 0 ||
	    (r = check_repeated_keys(b, map)) != 0)
		return r;
	b->depth--;
	*ret = TAKE(map);
	return 0;
}

static int build_node(struct build *b, const yaml_event_t *e, struct yaml_node **ret)
{
	if (e->type == YAML_SCALAR_EVENT)
		return build_scalar(b, e, ret);
	if (e->type == YAML_ALIAS_EVENT)
		return build_alias(b, e, ret);
	if (e->type == YAML_SEQUENCE_START_EVENT)
		return build_list(b, e, ret);
	return build_map(b, e, ret);
}

/* The encoding is libyaml's finding: it would read UTF-16 without a word. */
static int open_stream(struct build *b)
{
	auto_event yaml_event_t e = {0};
	int r = next(b, &e);
	if (r != 0)
		return r;
	if (e.data.stream_start.encoding == YAML_UTF8_ENCODING)
		return 0;
	complain(b, ((struct pos){1, 1}), "must be UTF-8, is UTF-16");
	return YAML_E_BROKEN;
}

static int open_document(struct build *b)
{
	auto_event yaml_event_t e = {0};
	int r = next(b, &e);
	if (r != 0)
		return r;
	if (e.type != YAML_DOCUMENT_START_EVENT) {
		complain(b, ((struct pos){1, 1}), "is empty");
		return YAML_E_BROKEN;
	}
	if (e.data.document_start.version_directive ||
	    e.data.document_start.tag_directives.start != e.data.document_start.tag_directives.end)
		complain(b, pos_of(e.start_mark), "directives (%%) are not allowed");
	return 0;
}

static int build_root(struct build *b, struct yaml_tree *tree)
{
	auto_event yaml_event_t e = {0};
	int r = next(b, &e);
	return r != 0 ? r : build_node(b, &e, &tree->root);
}

static int close_document(struct build *b, struct yaml_tree *tree)
{
	auto_event yaml_event_t e = {0};
	int r = next(b, &e);
	if (r != 0)
		return r;
	tree->has_end_marker = e.data.document_end.implicit == 0;
	if ((r = next(b, &e)) != 0)
		return r;
	if (e.type == YAML_STREAM_END_EVENT)
		return 0;
	complain(b, pos_of(e.start_mark), "a second document is not allowed");
	return YAML_E_BROKEN;
}

static int build_tree(struct build *b, struct yaml_tree *tree)
{
	int r = open_stream(b);
	if (r == 0)
		r = open_document(b);
	if (r == 0)
		r = build_root(b, tree);
	return r != 0 ? r : close_document(b, tree);
}

/* A cut inside the last line would otherwise pass for a shorter value. */
static void check_last_newline(struct build *b)
{
	if (b->text[b->len - 1] != '\n')
		complain(b, pos_of_offset(b->text, b->len, b->len),
			 "must end in a newline: the last line may be cut");
}

static int check_size(struct build *b)
{
	if (b->len == 0)
		complain(b, ((struct pos){1, 1}), "is empty");
	else if (b->len > LIMIT_CONFIG_BYTES)
		complain(b, ((struct pos){0, 0}), "has %zu bytes, more than %u", b->len,
			 LIMIT_CONFIG_BYTES);
	else
		return 0;
	return YAML_E_BROKEN;
}

int yaml_tree_parse(const char *text, size_t len, struct diags *diags, struct yaml_tree **ret)
{
	struct build b = {.text = text, .len = len, .diags = diags};
	int r = check_size(&b);
	if (r != 0)
		return r;
	auto_yaml_tree struct yaml_tree *tree = calloc(1, sizeof(*tree));
	if (!tree || !yaml_parser_initialize(&b.parser))
		return -ENOMEM;
	yaml_parser_set_input_string(&b.parser, (const unsigned char *)text, len);
	r = build_tree(&b, tree);
	yaml_parser_delete(&b.parser);
	if (r != 0)
		return r;
	check_last_newline(&b);
	*ret = TAKE(tree);
	return 0;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	for (size_t i = 0; map && map->shape == SHAPE_MAP && i < map->n; i++)
		if (strcmp(map->items[i].key, key) == 0)
			return map->items[i].value;
	return NULL;
}

bool yaml_is_null(const struct yaml_node *node)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
	for (size_t i = 0; node->shape == SHAPE_SCALAR && node->plain && i < ARRAY_SIZE(nulls); i++)
		if (strcmp(node->text, nulls[i]) == 0)
			return true;
	return false;
}
