#include "model/params.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/percent.h"
#include "base/vec.h"

void params_fini(struct params *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->items[i].name);
		free(p->items[i].value);
	}
	free(p->items);
	*p = (struct params){0};
}

/* The first position whose name is not below @name. */
static size_t position(const struct params *p, const char *name)
{
	size_t low = 0, high = p->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (strcmp(p->items[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_at(const struct params *p, size_t at, const char *name)
{
	return at < p->n && strcmp(p->items[at].name, name) == 0;
}

int params_set(struct params *p, const char *name, const char *value)
{
	auto_free char *copy = strdup(value);
	if (!copy)
		return -ENOMEM;
	size_t at = position(p, name);
	if (is_at(p, at, name)) {
		free(p->items[at].value);
		p->items[at].value = TAKE(copy);
		return 0;
	}
	auto_free char *key = strdup(name);
	if (!key || vec_grow((void **)&p->items, &p->cap, p->n + 1, sizeof(*p->items)) < 0)
		return -ENOMEM;
	memmove(&p->items[at + 1], &p->items[at], (p->n - at) * sizeof(*p->items));
	p->items[at] = (struct param){TAKE(key), TAKE(copy)};
	p->n++;
	return 0;
}

int params_set_int(struct params *p, const char *name, int64_t value)
{
	char text[24];
	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	return params_set(p, name, text);
}

int params_set_bool(struct params *p, const char *name, bool value)
{
	return params_set(p, name, value ? "true" : "false");
}

int params_set_list(struct params *p, const char *name, const char *const *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char key[160];
		(void)snprintf(key, sizeof(key), "%s.%zu", name, i + 1);
		int r = params_set(p, key, values[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

const char *params_get(const struct params *p, const char *name)
{
	size_t at = position(p, name);
	return is_at(p, at, name) ? p->items[at].value : NULL;
}

int params_copy(const struct params *from, struct params *ret)
{
	for (size_t i = 0; i < from->n; i++) {
		int r = params_set(ret, from->items[i].name, from->items[i].value);
		if (r < 0)
			return r;
	}
	return 0;
}

char *params_text(const struct params *p)
{
	struct strbuf out = STRBUF_INIT(SIZE_MAX / 2);
	for (size_t i = 0; i < p->n; i++) {
		if (i > 0)
			strbuf_add_char(&out, '&');
		percent_encode(&out, p->items[i].name, strlen(p->items[i].name));
		strbuf_add_char(&out, '=');
		percent_encode(&out, p->items[i].value, strlen(p->items[i].value));
	}
	return strbuf_take(&out);
}

static int parse_one(const char *text, size_t len, struct params *ret)
{
	const char *equals = memchr(text, '=', len);
	if (!equals || equals == text)
		return -EINVAL;
	auto_strbuf struct strbuf name = STRBUF_INIT(len), value = STRBUF_INIT(len);
	int r = percent_decode(&name, text, (size_t)(equals - text));
	if (r == 0)
		r = percent_decode(&value, equals + 1, len - (size_t)(equals + 1 - text));
	if (r < 0)
		return r;
	if (params_get(ret, strbuf_text(&name)))
		return -EINVAL;
	return params_set(ret, strbuf_text(&name), strbuf_text(&value));
}

int params_parse(const char *text, struct params *ret)
{
	while (*text) {
		size_t len = strcspn(text, "&");
		int r = parse_one(text, len, ret);
		if (r < 0)
			return r;
		text += len;
		if (*text == '&' && *++text == '\0')
			return -EINVAL;
	}
	return 0;
}
