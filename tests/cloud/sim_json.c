#include "sim_json.h"

#include <inttypes.h>
#include <string.h>

static bool needs_escape(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\';
}

static void escape(struct strbuf *out, unsigned char c)
{
	if (c == '"' || c == '\\') {
		char pair[2] = {'\\', (char)c};
		strbuf_add_n(out, pair, sizeof(pair));
	} else if (c == '\n') {
		json_literal(out, "\\n");
	} else {
		strbuf_addf(out, "\\u%04x", c);
	}
}

void json_string(struct strbuf *out, const char *text)
{
	strbuf_add_char(out, '"');
	for (const char *p = text; *p;) {
		size_t n = 0;
		while (p[n] && !needs_escape((unsigned char)p[n]))
			n++;
		strbuf_add_n(out, p, n);
		p += n;
		if (*p)
			escape(out, (unsigned char)*p++);
	}
	strbuf_add_char(out, '"');
}

void json_comma(struct strbuf *out)
{
	char last = out->len > 0 && !out->error ? out->data[out->len - 1] : '{';
	if (last != '{' && last != '[' && last != ':')
		strbuf_add_char(out, ',');
}

void json_key(struct strbuf *out, const char *key)
{
	json_comma(out);
	strbuf_add_char(out, '"');
	strbuf_add(out, key);
	json_literal(out, "\":");
}

void json_text(struct strbuf *out, const char *key, const char *value)
{
	json_key(out, key);
	json_string(out, value);
}

void json_int(struct strbuf *out, const char *key, int64_t value)
{
	json_key(out, key);
	strbuf_addf(out, "%" PRId64, value);
}

void json_cents(struct strbuf *out, const char *key, uint64_t cents)
{
	json_key(out, key);
	strbuf_addf(out, "\"%" PRIu64 ".%02" PRIu64 "\"", cents / 100, cents % 100);
}

void json_bool(struct strbuf *out, const char *key, bool value)
{
	json_key(out, key);
	strbuf_add(out, value ? "true" : "false");
}

void json_item(struct strbuf *out, const char *text)
{
	json_comma(out);
	json_string(out, text);
}
