#include "config/schema.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

#define MAX_PATH 128
#define MAX_KEY 40 /* longer unknown keys get no hint */

const struct schema_field *schema_find(const struct schema *s, const char *key)
{
	for (const struct schema_field *f = s->fields; f->key; f++)
		if (strcmp(f->key, key) == 0)
			return f;
	return NULL;
}

static void walk(const struct schema *s, const char *prefix, schema_visit_cb visit, void *data)
{
	for (const struct schema_field *f = s->fields; f->key; f++) {
		char path[MAX_PATH];
		(void)snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix ? "." : "", f->key);
		visit(data, path, f);
		if (f->type == SCHEMA_MAPS)
			(void)strncat(path, "[]", sizeof(path) - strlen(path) - 1);
		if (f->table)
			walk(f->table, path, visit, data);
	}
}

void schema_walk(const struct schema *s, schema_visit_cb visit, void *data)
{
	walk(s, "", visit, data);
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;
	return least < c ? least : c;
}

/* Insertions, deletions, replacements and swaps of neighbours between the two. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t rows[3][MAX_KEY + 1];
	size_t *before = rows[0], *last = rows[1], *now = rows[2];
	size_t n = strlen(b);
	for (size_t j = 0; j <= n; j++)
		last[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		now[0] = i;
		for (size_t j = 1; j <= n; j++) {
			now[j] = min3(last[j] + 1, now[j - 1] + 1,
				      last[j - 1] + (a[i - 1] != b[j - 1]));
			bool swapped =
				i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
			if (swapped && before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
		size_t *spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[n];
}

static const char *nearest_key(const struct schema *s, const char *key)
{
	size_t best = strlen(key) / 3 + 1;
	const char *found = NULL;
	for (const struct schema_field *f = s->fields; f->key; f++) {
		size_t distance = strlen(f->key) <= MAX_KEY ? edit_distance(key, f->key) : best;
		if (distance < best) {
			best = distance;
			found = f->key;
		}
	}
	return found;
}

/* ImageId -> image_id, as the API's names are written here. */
static void to_snake(const char *api, char out[MAX_PATH])
{
	size_t n = 0;
	for (const char *p = api; *p && n + 2 < MAX_PATH; p++) {
		bool is_upper = *p >= 'A' && *p <= 'Z';
		if (is_upper && n > 0)
			out[n++] = '_';
		out[n++] = is_upper ? (char)(*p - 'A' + 'a') : *p;
	}
	out[n] = '\0';
}

struct search {
	const char *key;
	char found[MAX_PATH];
};

/* Finds the row that a person meant who wrote the API's own name, or its last part. */
static void match_row(void *data, const char *path, const struct schema_field *field)
{
	struct search *s = data;
	char snake[MAX_PATH] = "";
	if (field->api)
		to_snake(field->api, snake);
	bool is_api = field->api && (strcmp(s->key, field->api) == 0 || strcmp(s->key, snake) == 0);
	if (!s->found[0] && (is_api || strcmp(s->key, field->key) == 0))
		(void)snprintf(s->found, sizeof(s->found), "%s", path);
}

static const char *note_of(const struct schema *s, const char *key)
{
	for (const struct schema_note *n = s->notes; n && n->key; n++)
		if (strcmp(n->key, key) == 0 || strcmp(n->api, key) == 0)
			return n->note;
	return NULL;
}

void schema_hint(const struct schema *s, const char *key, char out[SCHEMA_HINT_SIZE])
{
	struct search search = {.key = key};
	out[0] = '\0';
	const char *text = note_of(s, key);
	if (text) {
		(void)snprintf(out, SCHEMA_HINT_SIZE, "; %s", text);
		return;
	}
	if (strlen(key) > MAX_KEY)
		return;
	schema_walk(s, match_row, &search);
	if (search.found[0])
		(void)snprintf(out, SCHEMA_HINT_SIZE, "; here it is written %s", search.found);
	else if ((text = nearest_key(s, key)))
		(void)snprintf(out, SCHEMA_HINT_SIZE, "; did you mean %s?", text);
}
