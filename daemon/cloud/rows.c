#include "cloud/rows.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/strbuf.h"
#include "base/timefmt.h"

static const struct field scoped_tag_fields[] = {
	FIELD(row_tag, FIELD_TEXT, "Key", key),
	FIELD(row_tag, FIELD_TEXT, "Scope", scope),
	FIELD(row_tag, FIELD_TEXT, "Value", value),
};
const struct field_table row_scoped_tag_table = FIELD_TABLE(row_tag, scoped_tag_fields);

static int compare_tags(const void *a, const void *b)
{
	const struct row_tag *x = a, *y = b;
	int r = strcmp(x->key, y->key);
	return r ? r : strcmp(x->value, y->value);
}

static bool is_system(const struct row_tag *tag)
{
	return tag->scope && strcasecmp(tag->scope, "System") == 0;
}

/* A tag that holds a separator could pass itself off as another: it is left out. */
static bool is_plain(const struct row_tag *tag)
{
	static const char separators[] = {TAGS_SEPARATOR, TAGS_END, '\0'};
	return *tag->key && !strpbrk(tag->key, separators) && !strpbrk(tag->value, separators);
}

const char *row_join_tags(struct row_tags *tags, struct observed *strings)
{
	if (tags->n == 0)
		return "";
	auto_strbuf struct strbuf out = STRBUF_INIT(SIZE_MAX / 2);
	qsort(tags->items, tags->n, sizeof(*tags->items), compare_tags);
	for (size_t i = 0; i < tags->n; i++) {
		if (!is_plain(&tags->items[i]) || is_system(&tags->items[i]))
			continue;
		strbuf_add(&out, tags->items[i].key);
		strbuf_add_char(&out, TAGS_SEPARATOR);
		strbuf_add(&out, tags->items[i].value);
		strbuf_add_char(&out, TAGS_END);
	}
	return strbuf_error(&out) ? NULL : observed_intern(strings, strbuf_text(&out));
}

uint64_t row_time(const char *text)
{
	uint64_t ms = 0;
	if (*text)
		(void)timefmt_parse(text, &ms);
	return ms;
}

void row_copy_id(char out[OBSERVED_ID_SIZE], const char *id)
{
	(void)memccpy(out, id, '\0', OBSERVED_ID_SIZE);
	out[OBSERVED_ID_SIZE - 1] = '\0';
}
