#include "config/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/limits.h"
#include "config/check.h"
#include "config/fingerprint.h"
#include "config/fleet_head.h"
#include "config/repeats.h"

/* One reading of a fleet file. */
struct reader {
	struct check check;
	const struct yaml_node *defaults; /* NULL when there are none */
	struct fleet_head head;
	struct desired *desired;
	struct mentions names, adopted, former; /* index: the group's */
};

static const struct path path_defaults = {.key = "defaults"};
static const struct path path_groups = {.key = "groups"};

static const struct source *defaults_of(const struct reader *r, struct source *slot)
{
	*slot = (struct source){r->defaults, &path_defaults};
	return r->defaults ? slot : NULL;
}

/* --- defaults ------------------------------------------------------------------------- */

static enum kind kind_at(const struct yaml_node *map)
{
	const char *text = check_text(map, "kind");
	return text ? kind_from_name(text) : KIND_INVALID;
}

/* Whether a group of @kind takes the default of @f; tags are merged, so all of them do. */
static bool is_inherited(const struct yaml_node *groups, const struct yaml_node *defaults,
			 enum kind kind, const struct schema_field *f)
{
	for (size_t i = 0; groups && groups->shape == SHAPE_LIST && i < groups->n; i++) {
		const struct yaml_node *group = groups->items[i].value;
		const struct yaml_node *at = yaml_get(group, "kind") ? group : defaults;
		if (kind_at(at) == kind && (f->type == SCHEMA_TAGS || !yaml_get(group, f->key)))
			return true;
	}
	return false;
}

/* Which kinds' tables look at a default: those of the groups that take it, else the first
 * that knows the key, beginning with the defaults' own kind, which also speaks of keys that
 * nobody knows. */
static unsigned judges_of(const struct yaml_node *groups, const struct yaml_node *defaults,
			  const char *key)
{
	enum kind own = kind_at(defaults);
	unsigned judges = 0, first = 0;
	own = own == KIND_INVALID ? KIND_CLOUD_PHONE : own;
	for (int i = 0; i < KIND_MAX_; i++) {
		enum kind kind = (enum kind)((own + i) % KIND_MAX_);
		const struct schema_field *f = schema_find(schema_kind(kind), key);
		if (f && !first)
			first = 1u << kind;
		if (f && is_inherited(groups, defaults, kind, f))
			judges |= 1u << kind;
	}
	return judges ? judges : first ? first : 1u << own;
}

/* The entries of the defaults that @kind judges; they stay the tree's. */
static int judged_by(enum kind kind, const struct yaml_node *groups,
		     const struct yaml_node *defaults, struct yaml_node *ret)
{
	*ret = *defaults;
	ret->n = 0;
	ret->items = calloc(defaults->n + 1, sizeof(*ret->items));
	for (size_t i = 0; ret->items && i < defaults->n; i++)
		if (judges_of(groups, defaults, defaults->items[i].key) & 1u << kind)
			ret->items[ret->n++] = defaults->items[i];
	return ret->items ? 0 : -ENOMEM;
}

static int check_defaults_of(struct reader *r, enum kind kind, const struct yaml_node *node)
{
	struct source own = {node, &path_defaults};
	struct desired_group scratch = {.create = value_map()};
	if (!scratch.create)
		return -ENOMEM;
	check_decode(&r->check, schema_kind(kind), &own, NULL, &scratch, scratch.create);
	desired_group_fini(&scratch);
	return r->check.error;
}

/* Checks the defaults by themselves, so that a fault in them is said once. A key that only
 * some kinds have is a default for their groups. */
static int read_defaults(struct reader *r, const struct yaml_node *node,
			 const struct yaml_node *groups)
{
	int error = 0;
	if (!check_shape(&r->check, &(struct source){node, &path_defaults}, SHAPE_MAP))
		return 0;
	r->defaults = node;
	r->check.partial = true;
	for (int kind = 0; kind < KIND_MAX_ && error == 0; kind++) {
		struct yaml_node judged;
		error = judged_by((enum kind)kind, groups, node, &judged);
		if (error == 0 && judged.n > 0)
			error = check_defaults_of(r, (enum kind)kind, &judged);
		free(judged.items);
	}
	r->check.partial = false;
	return error;
}

/* --- groups --------------------------------------------------------------------------- */

/* The table for a group's kind, or NULL when the group cannot be checked further. A fault of the
 * kind in the defaults was said there. */
static const struct schema *table_of(struct reader *r, const struct source *own)
{
	char shown[CHECK_SHOW_SIZE];
	struct path path = {.up = own->path, .key = "kind"};
	const struct yaml_node *node = yaml_get(own->node, "kind");
	const char *text = check_text(own->node, "kind");
	if (!node) {
		text = r->defaults ? check_text(r->defaults, "kind") : NULL;
		if (!r->defaults || !yaml_get(r->defaults, "kind"))
			check_complain(&r->check, &path, own->node->pos, "is required");
	}
	enum kind kind = text ? kind_from_name(text) : KIND_INVALID;
	if (node && kind == KIND_INVALID && !node->is_faulty)
		check_complain(&r->check, &path, node->pos,
			       "must be cloud-phone, app-streaming or purchase, is %s",
			       check_show(node, shown));
	return schema_kind(kind);
}

static int compare_tags(const void *left, const void *right)
{
	const struct tag *a = left, *b = right;
	return strcmp(a->key, b->key);
}

static int add_tag(struct desired_group *g, const struct yaml_entry *entry)
{
	struct tag *tag = &g->tags[g->n_tags];
	if (entry->value->shape != SHAPE_SCALAR)
		return 0;
	tag->key = strdup(entry->key);
	tag->value = strdup(entry->value->text);
	g->n_tags++;
	return tag->key && tag->value ? 0 : -ENOMEM;
}

/* The defaults' tags that the group does not have itself, and the group's. */
static int merge_tags(struct reader *r, const struct yaml_node *own, struct desired_group *g)
{
	const struct yaml_node *mine = yaml_get(own, "tags");
	const struct yaml_node *theirs = yaml_get(r->defaults, "tags");
	size_t n_mine = mine && mine->shape == SHAPE_MAP ? mine->n : 0;
	size_t n_theirs = theirs && theirs->shape == SHAPE_MAP ? theirs->n : 0;
	int error = 0;
	g->tags = calloc(n_mine + n_theirs + 1, sizeof(*g->tags));
	if (!g->tags)
		return -ENOMEM;
	for (size_t i = 0; error == 0 && i < n_mine; i++)
		error = add_tag(g, &mine->items[i]);
	for (size_t i = 0; error == 0 && i < n_theirs; i++)
		if (!yaml_get(mine, theirs->items[i].key))
			error = add_tag(g, &theirs->items[i]);
	if (error == 0)
		qsort(g->tags, g->n_tags, sizeof(*g->tags), compare_tags);
	return error;
}

static int mention(struct mentions *m, const struct yaml_node *node, size_t index)
{
	if (!node || node->shape != SHAPE_SCALAR || !node->text[0] || node->is_faulty)
		return 0;
	return mentions_add(m, node->text, node->pos, index);
}

/* What must be unique across the groups. */
static int mention_group(struct reader *r, const struct yaml_node *own, size_t index)
{
	const struct yaml_node *adopt = yaml_get(own, "adopt");
	if (mention(&r->names, yaml_get(own, "name"), index) < 0 ||
	    mention(&r->former, yaml_get(own, "renamed_from"), index) < 0)
		return -ENOMEM;
	for (size_t i = 0; adopt && adopt->shape == SHAPE_LIST && i < adopt->n; i++)
		if (mention(&r->adopted, adopt->items[i].value, index) < 0)
			return -ENOMEM;
	return 0;
}

static int fill_group(struct reader *r, const struct source *own, const struct schema *table,
		      struct desired_group *g)
{
	struct source slot;
	const struct yaml_node *count = yaml_get(own->node, "count");
	g->pos = own->node->pos;
	g->count_pos = count ? count->pos : own->node->pos;
	if (!(g->create = value_map()))
		return -ENOMEM;
	check_decode(&r->check, table, own, defaults_of(r, &slot), g, g->create);
	if (r->check.error < 0)
		return r->check.error;
	if (diags_has_errors(r->check.diags))
		return 0; /* refused already: only complaints matter from here on */
	int error = schema_find(table, "tags") ? merge_tags(r, own->node, g) : 0;
	return error < 0 ? error : table->finish(g);
}

static int read_group(struct reader *r, const struct yaml_node *node, size_t index)
{
	struct path path = {.up = &path_groups, .index = index};
	struct source own = {node, &path};
	if (!check_shape(&r->check, &own, SHAPE_MAP))
		return 0;
	const struct schema *table = table_of(r, &own);
	int error = mention_group(r, node, index);
	if (error == 0 && table)
		error = fill_group(r, &own, table, &r->desired->groups[r->desired->n_groups++]);
	return error;
}

static int read_groups(struct reader *r, const struct yaml_node *list)
{
	if (!check_shape(&r->check, &(struct source){list, &path_groups}, SHAPE_LIST))
		return 0;
	if (list->n == 0 && !r->head.allow_empty)
		check_complain(&r->check, &path_groups, list->pos,
			       "must not be empty, unless allow_empty: true says that it is meant");
	else if (list->n > LIMIT_GROUPS)
		check_complain(&r->check, &path_groups, list->pos, "must be at most %d, are %zu",
			       LIMIT_GROUPS, list->n);
	if (list->n > LIMIT_GROUPS)
		return 0;
	r->desired->groups = calloc(list->n + 1, sizeof(*r->desired->groups));
	if (!r->desired->groups)
		return -ENOMEM;
	int error = 0;
	for (size_t i = 0; error == 0 && i < list->n; i++)
		error = read_group(r, list->items[i].value, i);
	return error;
}

static void complain_repeat(struct reader *r, const struct mention *first,
			    const struct mention *again, const char *key)
{
	char text[DIAG_SHORT];
	struct path group = {.up = &path_groups, .index = again->index};
	struct path path = {.up = &group, .key = key};
	check_complain(&r->check, &path, again->pos, "%s is taken already, at %u:%u",
		       diag_shorten(again->text, text), first->pos.line, first->pos.column);
}

static void on_repeated_name(void *data, const struct mention *first, const struct mention *again)
{
	complain_repeat(data, first, again, "name");
}

static void on_repeated_former(void *data, const struct mention *first, const struct mention *again)
{
	complain_repeat(data, first, again, "renamed_from");
}

/* Twice in one list was said there. */
static void on_repeated_adopt(void *data, const struct mention *first, const struct mention *again)
{
	if (first->index != again->index)
		complain_repeat(data, first, again, "adopt");
}

static void check_former_names(struct reader *r)
{
	for (size_t i = 0; i < r->former.n; i++) {
		const struct mention *m = &r->former.items[i];
		const struct mention *present = mentions_find(&r->names, m->text);
		struct path group = {.up = &path_groups, .index = m->index};
		struct path path = {.up = &group, .key = "renamed_from"};
		char text[DIAG_SHORT];
		if (present)
			check_complain(&r->check, &path, m->pos,
				       "%s is still a group of this file, at %u:%u",
				       diag_shorten(m->text, text), present->pos.line,
				       present->pos.column);
	}
}

static void check_across_groups(struct reader *r)
{
	mentions_find_repeats(&r->names, on_repeated_name, r);
	mentions_find_repeats(&r->adopted, on_repeated_adopt, r);
	mentions_find_repeats(&r->former, on_repeated_former, r);
	check_former_names(r);
}

/* Complains unless the root is a map. */
static bool is_map_at_top(struct diags *diags, const struct yaml_node *root)
{
	char shown[CHECK_SHOW_SIZE];
	if (root->shape == SHAPE_MAP)
		return true;
	diags_add(diags, SEVERITY_ERROR, root->pos, "must be a map of keys, is %s",
		  check_show(root, shown));
	return false;
}

static int read_fleet(struct reader *r, const struct yaml_node *root)
{
	struct source top = {root, NULL};
	if (!is_map_at_top(r->check.diags, root))
		return 0;
	const struct yaml_node *defaults = yaml_get(root, "defaults");
	const struct yaml_node *groups = yaml_get(root, "groups");
	check_decode(&r->check, &schema_fleet, &top, NULL, &r->head, NULL);
	int error = r->check.error;
	if (error == 0 && defaults)
		error = read_defaults(r, defaults, groups);
	if (error == 0 && groups)
		error = read_groups(r, groups);
	if (error == 0)
		check_across_groups(r);
	return error;
}

static void reader_fini(struct reader *r)
{
	free(r->head.fleet);
	(void)desired_free(r->desired);
	mentions_fini(&r->names);
	mentions_fini(&r->adopted);
	mentions_fini(&r->former);
}
#define auto_reader cleanup(reader_fini)

/* What belongs to an accepted file only. */
static int seal(struct reader *r, const struct yaml_tree *tree, const char *text, size_t len)
{
	struct desired *d = r->desired;
	d->fleet = TAKE(r->head.fleet);
	d->has_end_marker = tree->has_end_marker;
	d->digest = digest_bytes(DIGEST_INIT, text, len);
	if (!(d->text = strndup(text, len)))
		return -ENOMEM;
	for (size_t i = 0; i < d->n_groups; i++) {
		int error = fingerprint_group(&d->groups[i], &d->groups[i].fingerprint);
		if (error < 0)
			return error;
	}
	return 0;
}

static int verdict(const struct diags *diags, int error)
{
	if (error < 0 || diags->no_memory)
		return error < 0 ? error : -ENOMEM;
	return error > 0 || diags_has_errors(diags) ? CONFIG_E_REFUSED : CONFIG_OK;
}

int config_parse_fleet(const char *name, const char *text, size_t len, uint64_t wall_now_ms,
		       struct diags *diags, struct desired **ret_desired)
{
	auto_yaml_tree struct yaml_tree *tree = NULL;
	auto_reader struct reader r = {.check = {.diags = diags, .wall_now_ms = wall_now_ms}};
	diags->name = name;
	int error = yaml_tree_parse(text, len, diags, &tree);
	if (error == 0 && !(r.desired = calloc(1, sizeof(*r.desired))))
		error = -ENOMEM;
	if (error == 0)
		error = read_fleet(&r, tree->root);
	if ((error = verdict(diags, error)) != CONFIG_OK ||
	    (error = seal(&r, tree, text, len)) != 0)
		return error;
	*ret_desired = TAKE(r.desired);
	return CONFIG_OK;
}

static int read_settings(struct diags *diags, const char *text, size_t len, struct settings *s)
{
	auto_yaml_tree struct yaml_tree *tree = NULL;
	struct check check = {.diags = diags};
	int error = yaml_tree_parse(text, len, diags, &tree);
	if (error != 0 || !is_map_at_top(diags, tree->root))
		return error;
	struct source top = {tree->root, NULL};
	check_decode(&check, &schema_settings, &top, NULL, s, NULL);
	return check.error;
}

int config_parse_settings(const char *name, const char *text, size_t len, struct diags *diags,
			  struct settings *ret)
{
	diags->name = name;
	settings_init(ret);
	int error = verdict(diags, read_settings(diags, text, len, ret));
	if (error != CONFIG_OK) {
		settings_fini(ret);
		settings_init(ret);
	}
	return error;
}
