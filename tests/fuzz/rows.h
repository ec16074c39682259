#pragma once
/* Rows of the ledger as text, by its own tables of columns: to compare what was written with what
 * is read. */
#include <inttypes.h>
#include <string.h>

#include "base/strbuf.h"
#include "fuzz/fuzz.h"
#include "ledger/row.h"
#include "model/desired.h"

static inline void print_column(const struct column *c, const void *row, struct strbuf *out)
{
	const void *field = (const char *)row + c->offset;
	strbuf_addf(out, " %s=", c->name);
	switch (c->type) {
	case COLUMN_INT64:
	case COLUMN_U64:
	case COLUMN_REF:
		strbuf_addf(out, "%" PRId64, *(const int64_t *)field);
		break;
	case COLUMN_INT:
	case COLUMN_WORD:
		strbuf_addf(out, "%d", *(const int *)field);
		break;
	case COLUMN_BOOL:
		strbuf_addf(out, "%d", *(const bool *)field);
		break;
	case COLUMN_TEXT: {
		const char *text = *(const char *const *)field;
		strbuf_add(out, text ? text : "");
		break;
	}
	case COLUMN_CHARS:
		strbuf_add(out, field);
		break;
	case COLUMN_LIST: {
		const struct text_list *list = field;
		for (size_t i = 0; i < list->n; i++)
			strbuf_addf(out, "[%s]", list->items[i]);
		break;
	}
	}
}

static inline void print_row(const struct table *t, const void *row, struct strbuf *out)
{
	strbuf_add(out, t->name);
	for (size_t i = 0; i < t->n_columns; i++)
		print_column(&t->columns[i], row, out);
	strbuf_add_char(out, '\n');
}
