#include "cli/table.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/jsonw.h"

#define CELL_BYTES 4096

void table_init(struct table *t, const char *const *heads, size_t n_columns)
{
	*t = (struct table){.heads = heads, .n_columns = n_columns};
}

void table_fini(struct table *t)
{
	vec_each(&t->cells, c) free(c->text);
	vec_free(&t->cells);
}

void table_text(struct table *t, const char *text, enum color color)
{
	struct strbuf safe = STRBUF_INIT(CELL_BYTES);
	struct table_cell *cell = vec_add(&t->cells);
	text_safe(text ? text : "", &safe);
	char *copy = strbuf_take(&safe);
	if (!cell || !copy) {
		free(copy);
		t->no_memory = true;
		return;
	}
	*cell = (struct table_cell){copy, color};
}

void table_int(struct table *t, int64_t value, enum color color)
{
	char text[32];
	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	table_text(t, text, color);
}

/* Characters, not bytes. Wide ones would count double; ids and names have none. */
static size_t width_of(const char *text)
{
	size_t n = 0;
	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static bool is_right(const struct table *t, size_t column)
{
	return t->heads[column][0] == '>';
}

static const char *head_of(const struct table *t, size_t column)
{
	return t->heads[column] + (is_right(t, column) ? 1 : 0);
}

static size_t column_width(const struct table *t, size_t column)
{
	size_t widest = width_of(head_of(t, column));
	for (size_t i = column; i < t->cells.n; i += t->n_columns) {
		size_t width = t->cells.items[i].text ? width_of(t->cells.items[i].text) : 0;
		widest = width > widest ? width : widest;
	}
	return widest;
}

static void add_spaces(struct strbuf *out, size_t n)
{
	for (; n > 0; n--)
		strbuf_add_char(out, ' ');
}

static void add_cell(const struct table *t, size_t column, const struct table_cell *cell,
		     size_t width, bool colored, struct strbuf *out)
{
	bool last = column + 1 == t->n_columns;
	size_t pad = width - width_of(cell->text);
	if (column > 0)
		strbuf_add(out, "  ");
	if (is_right(t, column))
		add_spaces(out, pad);
	text_colored(cell->text, cell->color, colored, out);
	if (!is_right(t, column) && !last)
		add_spaces(out, pad);
	if (last)
		strbuf_add_char(out, '\n');
}

void table_print(const struct table *t, bool colored, struct strbuf *out)
{
	auto_free size_t *widths = calloc(t->n_columns, sizeof(*widths));
	if (t->no_memory || !widths)
		return;
	for (size_t i = 0; i < t->n_columns; i++) {
		const struct table_cell head = {(char *)(uintptr_t)head_of(t, i), COLOR_BOLD};
		widths[i] = column_width(t, i);
		add_cell(t, i, &head, widths[i], colored, out);
	}
	size_t whole = t->cells.n - t->cells.n % t->n_columns;
	for (size_t i = 0; i < whole; i++)
		add_cell(t, i % t->n_columns, &t->cells.items[i], widths[i % t->n_columns], colored,
			 out);
}

void text_safe(const char *text, struct strbuf *out)
{
	for (const char *p = text; *p;) {
		size_t n = utf8_length(p);
		unsigned char first = (unsigned char)*p;
		bool c1 = n == 2 && first == 0xc2 && (unsigned char)p[1] < 0xa0;
		if (n == 0 || c1 || first < ' ' || first == 0x7f)
			strbuf_add_char(out, '?');
		else
			strbuf_add_n(out, p, n);
		p += n ? n : 1;
	}
}

void text_colored(const char *text, enum color color, bool colored, struct strbuf *out)
{
	static const char *const codes[] = {
		[COLOR_NONE] = "",        [COLOR_GOOD] = "\x1b[32m", [COLOR_BUSY] = "\x1b[33m",
		[COLOR_BAD] = "\x1b[31m", [COLOR_DIM] = "\x1b[2m",   [COLOR_BOLD] = "\x1b[1m",
	};
	bool wrap = colored && color != COLOR_NONE;
	strbuf_add(out, wrap ? codes[color] : "");
	strbuf_add(out, text);
	strbuf_add(out, wrap ? "\x1b[0m" : "");
}

void text_bar(int64_t part, int64_t whole, int width, struct strbuf *out)
{
	int64_t full = whole <= 0 ? width : part <= 0 ? 0 : part >= whole ? width : 0;
	if (whole > 0 && part > 0 && part < whole)
		full = (int64_t)((double)part / (double)whole * width);
	strbuf_add_char(out, '[');
	for (int i = 0; i < width; i++)
		strbuf_add_char(out, i < full ? '#' : '-');
	strbuf_add_char(out, ']');
}
