#include "config/diag.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/vec.h"

/* A complaint quotes at most a few values of the file, each already shortened. */
#define MAX_TEXT 4096

void diags_init(struct diags *d, const char *name)
{
	*d = (struct diags){.name = name};
}

void diags_fini(struct diags *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->items[i].text);
	vec_free(d);
	diags_init(d, d->name);
}

static bool is_before(struct pos a, struct pos b)
{
	return a.line != b.line ? a.line < b.line : a.column < b.column;
}

bool diags_has_room(const struct diags *d, struct pos pos)
{
	return d->n < LIMIT_DIAGS || is_before(pos, d->items[d->n - 1].pos);
}

static __attribute__((format(printf, 1, 0))) char *format_text(const char *format, va_list args)
{
	auto_strbuf struct strbuf text = STRBUF_INIT(MAX_TEXT);
	strbuf_vaddf(&text, format, args);
	return strbuf_take(&text);
}

/* Two kinds can find the same fault in one default. */
static bool is_known(const struct diags *d, struct pos pos, const char *text)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->items[i].pos.line == pos.line && d->items[i].pos.column == pos.column &&
		    strcmp(d->items[i].text, text) == 0)
			return true;
	return false;
}

/* Puts @text (adopted) behind everything that is not after @pos. */
static void insert(struct diags *d, enum severity severity, struct pos pos, char *text)
{
	if (d->n == LIMIT_DIAGS) {
		free(d->items[--d->n].text);
		d->left_out++;
	}
	if (!vec_add(d)) {
		free(text);
		d->no_memory = true;
		return;
	}
	size_t at = d->n - 1;
	for (; at > 0 && is_before(pos, d->items[at - 1].pos); at--)
		d->items[at] = d->items[at - 1];
	d->items[at] = (struct diag){.pos = pos, .severity = severity, .text = text};
}

void diags_add(struct diags *d, enum severity severity, struct pos pos, const char *format, ...)
{
	if (severity == SEVERITY_ERROR)
		d->errors++;
	if (!diags_has_room(d, pos)) {
		d->left_out++;
		return;
	}
	va_list args;
	va_start(args, format);
	char *text = format_text(format, args);
	va_end(args);
	if (!text)
		d->no_memory = true;
	else if (is_known(d, pos, text))
		free(text);
	else
		insert(d, severity, pos, text);
}

bool diags_has_errors(const struct diags *d)
{
	return d->errors > 0 || d->no_memory;
}

const char *diag_shorten(const char *text, char out[DIAG_SHORT])
{
	size_t len = strnlen(text, DIAG_SHORT);
	if (len < DIAG_SHORT - sizeof("…"))
		return memcpy(out, text, len + 1);
	len = DIAG_SHORT - sizeof("…");
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	memcpy(out, text, len);
	memcpy(out + len, "…", sizeof("…"));
	return out;
}

void diag_print(const struct diags *d, const struct diag *diag, struct strbuf *out)
{
	strbuf_add(out, d->name);
	if (diag->pos.line > 0)
		strbuf_addf(out, ":%u:%u", diag->pos.line, diag->pos.column);
	strbuf_addf(out, ": %s%s", diag->severity == SEVERITY_WARNING ? "warning: " : "",
		    diag->text);
}

void diags_print(const struct diags *d, struct strbuf *out)
{
	for (size_t i = 0; i < d->n; i++) {
		diag_print(d, &d->items[i], out);
		strbuf_add_char(out, '\n');
	}
	if (d->left_out > 0)
		strbuf_addf(out, "%s: %zu more left out\n", d->name, d->left_out);
	if (d->no_memory)
		strbuf_addf(out, "%s: out of memory while checking\n", d->name);
}
