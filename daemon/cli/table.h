#pragma once
/*
 * Text for terminals: aligned columns, colours, progress bars. What comes from outside
 * is made harmless: control bytes never reach the terminal.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/vec.h"

enum color { COLOR_NONE, COLOR_GOOD, COLOR_BUSY, COLOR_BAD, COLOR_DIM, COLOR_BOLD };

struct table_cell {
	char *text;
	enum color color;
};

/* Heads that start with '>' are aligned to the right (and shown without it). */
struct table {
	const char *const *heads;
	size_t n_columns;
	VEC(struct table_cell) cells; /* row by row */
	bool no_memory;
};

void table_init(struct table *t, const char *const *heads, size_t n_columns);
void table_fini(struct table *t);
#define auto_table cleanup(table_fini)

void table_text(struct table *t, const char *text, enum color color);
void table_int(struct table *t, int64_t value, enum color color);
/* Rows that are not filled are left out. */
void table_print(const struct table *t, bool colored, struct strbuf *out);

/* @text with control bytes and broken UTF-8 as '?'. */
void text_safe(const char *text, struct strbuf *out);
void text_colored(const char *text, enum color color, bool colored, struct strbuf *out);
/* "[####----]": @part of @whole in @width cells. */
void text_bar(int64_t part, int64_t whole, int width, struct strbuf *out);
