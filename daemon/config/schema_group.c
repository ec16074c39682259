#include "config/schema_group.h"

#include <string.h>

const char *const group_words_kind[] = {"cloud-phone", "app-streaming", "purchase", NULL};
const char *const group_words_charge[] = {"PostPaid", "PrePaid", NULL};
const char *const group_words_rollout[] = {"manual", "now", NULL};
const char *const group_words_reorder[] = {"on_edit", "after_cancel", NULL};

const struct yaml_node *group_pick(const struct source *own, const struct source *defaults,
				   const char *key)
{
	const struct yaml_node *node = yaml_get(own->node, key);
	return node || !defaults ? node : yaml_get(defaults->node, key);
}

/* Saying false is harmless and stays possible. */
void group_check_prepaid_only(struct check *c, const struct source *own, const char *type,
			      const char *key)
{
	const char *text = check_text(own->node, key);
	struct path path = {.up = own->path, .key = key};
	if (text && strcmp(text, "true") == 0 && type && strcmp(type, "PostPaid") == 0)
		check_complain(c, &path, yaml_get(own->node, key)->pos,
			       "is for PrePaid only: PostPaid has no order to pay or renew");
}

static size_t count_tags(const struct yaml_node *tags)
{
	return tags && tags->shape == SHAPE_MAP ? tags->n : 0;
}

/* Either map alone was held to the row's cap already. */
void group_check_tags(struct check *c, const struct source *own, const struct source *defaults)
{
	const struct yaml_node *mine = yaml_get(own->node, "tags");
	const struct yaml_node *theirs = defaults ? yaml_get(defaults->node, "tags") : NULL;
	struct path path = {.up = own->path, .key = "tags"};
	size_t n = count_tags(mine);
	if (n > MAX_USER_TAGS || count_tags(theirs) > MAX_USER_TAGS)
		return;
	for (size_t i = 0; i < count_tags(theirs); i++)
		n += yaml_get(mine, theirs->items[i].key) == NULL;
	if (n > MAX_USER_TAGS)
		check_complain(c, &path, mine ? mine->pos : own->node->pos,
			       "must be at most %d tags, with the defaults' there are %zu",
			       MAX_USER_TAGS, n);
}
