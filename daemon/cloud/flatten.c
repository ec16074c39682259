#include "cloud/flatten.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/strbuf.h"

#define NUMBER_SIZE 32

/* The shortest decimal text that reads back as the same number. */
static int float_text(double real, char out[NUMBER_SIZE])
{
	if (!isfinite(real))
		return -EINVAL;
	for (int precision = 15; precision <= 17; precision++) {
		(void)snprintf(out, NUMBER_SIZE, "%.*g", precision, real);
		double back = strtod(out, NULL);
		if (!(back < real) && !(back > real))
			break;
	}
	return 0;
}

/* The text of a value that is not a list or a map; *ret_text may point to @buf. */
static int scalar_text(const struct value *value, char buf[NUMBER_SIZE], const char **ret_text)
{
	*ret_text = buf;
	switch (value->type) {
	case VALUE_BOOL:
		*ret_text = value->boolean ? "true" : "false";
		return 0;
	case VALUE_INT:
		(void)snprintf(buf, NUMBER_SIZE, "%" PRId64, value->integer);
		return 0;
	case VALUE_FLOAT:
		return float_text(value->real, buf);
	case VALUE_TEXT:
		*ret_text = value->text;
		return 0;
	case VALUE_NULL:
	case VALUE_LIST:
	case VALUE_MAP:
		break;
	}
	return -EINVAL;
}

/* @name holds the name of @value and is used to build those of its children. */
static int add(struct strbuf *name, const struct value *value, struct params *params)
{
	char buf[NUMBER_SIZE];
	const char *text;
	if (value->type == VALUE_NULL)
		return 0;
	if (value->type != VALUE_LIST && value->type != VALUE_MAP) {
		int r = scalar_text(value, buf, &text);
		return r < 0 ? r : params_set(params, strbuf_text(name), text);
	}
	size_t stem = name->len;
	for (size_t i = 0; i < value->n; i++) {
		if (value->type == VALUE_MAP)
			strbuf_addf(name, ".%s", value->keys[i]);
		else
			strbuf_addf(name, ".%zu", i + 1);
		int r = strbuf_error(name);
		if (r == 0)
			r = add(name, value->items[i], params);
		if (r < 0)
			return r;
		name->len = stem;
		name->data[stem] = '\0';
	}
	return 0;
}

int flatten_value(const char *name, const struct value *value, struct params *params)
{
	auto_strbuf struct strbuf path = STRBUF_INIT(LIMIT_BODY_BYTES);
	strbuf_add(&path, name);
	int r = strbuf_error(&path);
	return r < 0 ? r : add(&path, value, params);
}

static void json_string(struct strbuf *out, const char *text)
{
	static const char short_form[] = {
		['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
		['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't',
	};
	strbuf_add_char(out, '"');
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;
		if (c < sizeof(short_form) && short_form[c]) {
			strbuf_add_char(out, '\\');
			strbuf_add_char(out, short_form[c]);
		} else if (c < 0x20) {
			strbuf_addf(out, "\\u%04x", c);
		} else {
			strbuf_add_char(out, *p);
		}
	}
	strbuf_add_char(out, '"');
}

static int json_value(struct strbuf *out, const struct value *value);

static int json_map(struct strbuf *out, const struct value *map)
{
	bool first = true;
	strbuf_add_char(out, '{');
	for (size_t i = 0; i < map->n; i++) {
		if (map->items[i]->type == VALUE_NULL)
			continue;
		if (!first)
			strbuf_add_char(out, ',');
		first = false;
		json_string(out, map->keys[i]);
		strbuf_add_char(out, ':');
		int r = json_value(out, map->items[i]);
		if (r < 0)
			return r;
	}
	strbuf_add_char(out, '}');
	return 0;
}

static int json_list(struct strbuf *out, const struct value *list)
{
	strbuf_add_char(out, '[');
	for (size_t i = 0; i < list->n; i++) {
		if (i > 0)
			strbuf_add_char(out, ',');
		int r = json_value(out, list->items[i]);
		if (r < 0)
			return r;
	}
	strbuf_add_char(out, ']');
	return 0;
}

static int json_value(struct strbuf *out, const struct value *value)
{
	char buf[NUMBER_SIZE];
	const char *text;
	switch (value->type) {
	case VALUE_NULL:
		strbuf_add(out, "null");
		return 0;
	case VALUE_TEXT:
		json_string(out, value->text);
		return 0;
	case VALUE_LIST:
		return json_list(out, value);
	case VALUE_MAP:
		return json_map(out, value);
	case VALUE_BOOL:
	case VALUE_INT:
	case VALUE_FLOAT:
		break;
	}
	int r = scalar_text(value, buf, &text);
	if (r == 0)
		strbuf_add(out, text);
	return r;
}

int flatten_json(const struct value *value, char **ret_text)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(LIMIT_BODY_BYTES);
	int r = json_value(&out, value);
	if (r == 0)
		r = strbuf_error(&out);
	if (r < 0)
		return r;
	char *text = strbuf_take(&out);
	if (!text)
		return -ENOMEM;
	*ret_text = text;
	return 0;
}

static int shrink(const char *name, const struct value *map, struct params *params)
{
	auto_free char *text = NULL;
	int r = flatten_json(map, &text);
	if (r < 0 || strcmp(text, "{}") == 0)
		return r;
	return params_set(params, name, text);
}

int flatten_create(const struct value *create, struct params *params)
{
	int r = create->type == VALUE_MAP ? 0 : -EINVAL;
	for (size_t i = 0; r == 0 && i < create->n; i++) {
		const struct value *member = create->items[i];
		r = member->type == VALUE_MAP ? shrink(create->keys[i], member, params)
					      : flatten_value(create->keys[i], member, params);
	}
	return r;
}
