#include "config/repeats.h"

#include <stdlib.h>
#include <string.h>

int mentions_add(struct mentions *m, const char *text, struct pos pos, size_t index)
{
	struct mention *slot = vec_add(m);
	if (!slot)
		return -ENOMEM;
	*slot = (struct mention){.text = text, .pos = pos, .index = index};
	return 0;
}

void mentions_fini(struct mentions *m)
{
	vec_free(m);
}

static int compare(const void *left, const void *right)
{
	const struct mention *a = left, *b = right;
	int by_text = strcmp(a->text, b->text);
	if (by_text != 0)
		return by_text;
	if (a->pos.line != b->pos.line)
		return a->pos.line < b->pos.line ? -1 : 1;
	if (a->pos.column != b->pos.column)
		return a->pos.column < b->pos.column ? -1 : 1;
	return 0;
}

void mentions_find_repeats(struct mentions *m, repeat_cb repeat, void *data)
{
	if (m->n == 0)
		return;
	qsort(m->items, m->n, sizeof(*m->items), compare);
	const struct mention *first = m->items;
	for (size_t i = 1; i < m->n; i++) {
		if (strcmp(first->text, m->items[i].text) == 0)
			repeat(data, first, &m->items[i]);
		else
			first = &m->items[i];
	}
}

const struct mention *mentions_find(const struct mentions *m, const char *text)
{
	size_t low = 0, high = m->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (strcmp(m->items[mid].text, text) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < m->n && strcmp(m->items[low].text, text) == 0 ? &m->items[low] : NULL;
}
