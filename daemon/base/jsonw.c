#include "base/jsonw.h"

#include <inttypes.h>

static bool is_continuation(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* The second byte decides about overlong forms, surrogates and values past U+10FFFF. */
static bool second_fits(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second < 0xa0;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second < 0x90;
	default:
		return true;
	}
}

size_t utf8_length(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t n = u[0] < 0x80                   ? 1
		   : u[0] >= 0xc2 && u[0] < 0xe0 ? 2
		   : u[0] >= 0xe0 && u[0] < 0xf0 ? 3
		   : u[0] >= 0xf0 && u[0] < 0xf5 ? 4
						 : 0;
	/* a terminator is no continuation byte, so this never reads past it */
	for (size_t i = 1; i < n; i++)
		if (!is_continuation(u[i]))
			return 0;
	return n > 1 && !second_fits(u[0], u[1]) ? 0 : n;
}

static void before_value(struct jsonw *w)
{
	if (w->comma)
		strbuf_add_char(w->out, ',');
	w->comma = true;
}

static void add_escape(struct strbuf *out, char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	for (size_t i = 0; from[i]; i++) {
		if (from[i] == c) {
			strbuf_add_char(out, '\\');
			strbuf_add_char(out, to[i]);
			return;
		}
	}
	strbuf_addf(out, "\\u%04x", (unsigned)(unsigned char)c);
}

static bool needs_escape(char c)
{
	return (unsigned char)c < 0x20 || c == '"' || c == '\\' || c == 0x7f;
}

static void add_quoted(struct strbuf *out, const char *text)
{
	strbuf_add_char(out, '"');
	for (const char *p = text; *p;) {
		size_t n = utf8_length(p);
		if (n == 0)
			strbuf_add(out, "\\ufffd");
		else if (n == 1 && needs_escape(*p))
			add_escape(out, *p);
		else
			strbuf_add_n(out, p, n);
		p += n ? n : 1;
	}
	strbuf_add_char(out, '"');
}

static void begin(struct jsonw *w, char c)
{
	before_value(w);
	strbuf_add_char(w->out, c);
	w->comma = false;
}

static void end(struct jsonw *w, char c)
{
	strbuf_add_char(w->out, c);
	w->comma = true;
}

void jsonw_begin_object(struct jsonw *w)
{
	begin(w, '{');
}

void jsonw_end_object(struct jsonw *w)
{
	end(w, '}');
}

void jsonw_begin_array(struct jsonw *w)
{
	begin(w, '[');
}

void jsonw_end_array(struct jsonw *w)
{
	end(w, ']');
}

void jsonw_key(struct jsonw *w, const char *key)
{
	before_value(w);
	add_quoted(w->out, key);
	strbuf_add_char(w->out, ':');
	w->comma = false;
}

void jsonw_text(struct jsonw *w, const char *text)
{
	before_value(w);
	if (text)
		add_quoted(w->out, text);
	else
		strbuf_add(w->out, "null");
}

void jsonw_int(struct jsonw *w, int64_t value)
{
	before_value(w);
	strbuf_addf(w->out, "%" PRId64, value);
}

void jsonw_uint(struct jsonw *w, uint64_t value)
{
	before_value(w);
	strbuf_addf(w->out, "%" PRIu64, value);
}

void jsonw_bool(struct jsonw *w, bool value)
{
	jsonw_raw(w, value ? "true" : "false");
}

void jsonw_null(struct jsonw *w)
{
	jsonw_raw(w, "null");
}

void jsonw_raw(struct jsonw *w, const char *json)
{
	before_value(w);
	strbuf_add(w->out, json);
}

void jsonw_key_text(struct jsonw *w, const char *key, const char *text)
{
	jsonw_key(w, key);
	jsonw_text(w, text);
}

void jsonw_key_int(struct jsonw *w, const char *key, int64_t value)
{
	jsonw_key(w, key);
	jsonw_int(w, value);
}

void jsonw_key_uint(struct jsonw *w, const char *key, uint64_t value)
{
	jsonw_key(w, key);
	jsonw_uint(w, value);
}

void jsonw_key_bool(struct jsonw *w, const char *key, bool value)
{
	jsonw_key(w, key);
	jsonw_bool(w, value);
}
