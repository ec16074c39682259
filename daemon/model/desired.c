#include "model/desired.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void text_list_fini(struct text_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->items[i]);
	free(l->items);
	*l = (struct text_list){0};
}

int text_list_add(struct text_list *l, const char *text)
{
	char **items = reallocarray(l->items, l->n + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	l->items = items;
	if (!(items[l->n] = strdup(text)))
		return -ENOMEM;
	l->n++;
	return 0;
}

int text_list_copy(const struct text_list *from, struct text_list *ret)
{
	int r = 0;
	for (size_t i = 0; i < from->n && r == 0; i++)
		r = text_list_add(ret, from->items[i]);
	return r;
}

bool text_list_has(const struct text_list *l, const char *text)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->items[i], text) == 0)
			return true;
	return false;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void text_list_unique(struct text_list *l)
{
	size_t kept = 0;
	if (l->n > 1)
		qsort(l->items, l->n, sizeof(*l->items), compare_texts);
	for (size_t i = 0; i < l->n; i++) {
		if (kept > 0 && strcmp(l->items[kept - 1], l->items[i]) == 0)
			free(l->items[i]);
		else
			l->items[kept++] = l->items[i];
	}
	l->n = kept;
}

void desired_group_fini(struct desired_group *g)
{
	for (size_t i = 0; i < g->n_tags; i++) {
		free(g->tags[i].key);
		free(g->tags[i].value);
	}
	free(g->tags);
	free(g->name);
	free(g->region);
	free(g->spec);
	free(g->image);
	free(g->key_pair);
	free(g->renamed_from);
	text_list_fini(&g->adopt);
	text_list_fini(&g->fallback);
	(void)value_free(g->create);
	*g = (struct desired_group){0};
}

struct desired *desired_free(struct desired *d)
{
	if (!d)
		return NULL;
	for (size_t i = 0; i < d->n_groups; i++)
		desired_group_fini(&d->groups[i]);
	free(d->groups);
	free(d->fleet);
	free(d->text);
	free(d);
	return NULL;
}

const struct desired_group *desired_find(const struct desired *d, const char *name)
{
	for (size_t i = 0; d && i < d->n_groups; i++)
		if (strcmp(d->groups[i].name, name) == 0)
			return &d->groups[i];
	return NULL;
}

const char *heal_name(enum heal heal)
{
	static const char *const names[] = {"none", "reboot", "reset", "replace"};
	return (size_t)heal < sizeof(names) / sizeof(names[0]) ? names[heal] : "?";
}
