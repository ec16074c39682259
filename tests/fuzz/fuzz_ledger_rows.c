/*
 * Rows of the ledger. An input names a table in its first line; then "column=value" fills a row
 * and "!column=Tvalue" damages it in the file, with T the type that is stored: t text, i integer,
 * r real, b blob, n NULL. A row is refused before it is written or read back as it was; damaged in
 * one column it is refused or read back as it was.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "fuzz/fuzz.h"
#include "fuzz/rows.h"
#include "ledger/row.h"

#define TEXT_BYTES (1u << 24)

struct place {
	sqlite3 *db;
	sqlite3_stmt *save, *read;
};

/* --- a table without types or rules: what is stored is what was given ---------------- */

static char *create_sql(const struct table *t)
{
	auto_strbuf struct strbuf sql = STRBUF_INIT(TEXT_BYTES);
	size_t keys = 0;
	strbuf_addf(&sql, "CREATE TABLE %s (", t->name);
	for (size_t i = 0; i < t->n_columns; i++)
		strbuf_addf(&sql, "\"%s\", ", t->columns[i].name);
	strbuf_add(&sql, "checksum");
	for (size_t i = 0; i < t->n_columns; i++)
		if (t->columns[i].role == COLUMN_KEY)
			strbuf_addf(&sql, "%s\"%s\"", keys++ ? ", " : ", UNIQUE (",
				    t->columns[i].name);
	strbuf_add(&sql, keys ? "))" : ")");
	return strbuf_take(&sql);
}

static struct place *place_of(enum table_id id)
{
	static struct place places[TABLE_MAX_];
	struct place *p = &places[id];
	const struct table *t = &ledger_tables[id];
	if (p->db)
		return p;
	auto_free char *create = create_sql(t);
	auto_free char *save = row_save_sql(t);
	auto_free char *read = row_read_sql(t, "");
	CHECK(create && save && read);
	CHECK(sqlite3_open(":memory:", &p->db) == SQLITE_OK);
	CHECK(sqlite3_exec(p->db, create, NULL, NULL, NULL) == SQLITE_OK);
	CHECK(sqlite3_prepare_v2(p->db, save, -1, &p->save, NULL) == SQLITE_OK);
	CHECK(sqlite3_prepare_v2(p->db, read, -1, &p->read, NULL) == SQLITE_OK);
	return p;
}

/* --- a row out of the input ------------------------------------------------------------ */

static int word_of(const struct column *c, const char *text)
{
	for (int i = 0; i < c->n_words; i++)
		if (strcmp(c->word(i), text) == 0)
			return i;
	return (int)strtol(text, NULL, 10); /* may be no word at all: then it cannot be written */
}

static void fill_list(struct text_list *list, char *text)
{
	char *rest = text;
	for (char *item; (item = strsep(&rest, ","));)
		CHECK(text_list_add(list, item) == 0);
}

static void fill(const struct column *c, char *text, void *row)
{
	void *field = (char *)row + c->offset;
	switch (c->type) {
	case COLUMN_INT64:
	case COLUMN_U64:
	case COLUMN_REF:
		*(int64_t *)field = strtoll(text, NULL, 10);
		break;
	case COLUMN_INT:
		*(int *)field = (int)strtol(text, NULL, 10);
		break;
	case COLUMN_WORD:
		*(int *)field = word_of(c, text);
		break;
	case COLUMN_BOOL:
		*(bool *)field = *text == '1';
		break;
	case COLUMN_TEXT:
		free(*(char **)field);
		CHECK((*(char **)field = strdup(text)));
		break;
	case COLUMN_CHARS:
		memset(field, 0, c->size);
		memcpy(field, text, strnlen(text, c->size - 1));
		break;
	case COLUMN_LIST:
		fill_list(field, text);
		break;
	}
}

static void row_free(const struct table *t, void *row)
{
	for (size_t i = 0; i < t->n_columns; i++)
		if (t->columns[i].type == COLUMN_TEXT)
			free(*(char **)((char *)row + t->columns[i].offset));
	row_release(t, row);
	free(row);
}

static const struct column *column_of(const struct table *t, const char *name)
{
	for (size_t i = 0; i < t->n_columns; i++)
		if (strcmp(t->columns[i].name, name) == 0)
			return &t->columns[i];
	return NULL;
}

/* --- damage ------------------------------------------------------------------------------ */

static void bind(sqlite3_stmt *s, const char *value)
{
	const char *rest = *value ? value + 1 : value;
	switch (*value) {
	case 'i':
		CHECK(sqlite3_bind_int64(s, 1, strtoll(rest, NULL, 10)) == SQLITE_OK);
		break;
	case 'r':
		CHECK(sqlite3_bind_double(s, 1, strtod(rest, NULL)) == SQLITE_OK);
		break;
	case 'b':
		CHECK(sqlite3_bind_blob(s, 1, rest, (int)strlen(rest), SQLITE_TRANSIENT) ==
		      SQLITE_OK);
		break;
	case 'n':
		CHECK(sqlite3_bind_null(s, 1) == SQLITE_OK);
		break;
	default: /* with the NUL that ends it, and without */
		CHECK(sqlite3_bind_text(s, 1, rest, (int)strlen(rest) + (*value == '0'),
					SQLITE_TRANSIENT) == SQLITE_OK);
		break;
	}
}

/* Whether that is damage: a row without a checksum was changed by hand, on purpose. */
static bool damage(struct place *p, const struct table *t, const char *column, const char *value)
{
	bool is_checksum = strcmp(column, "checksum") == 0;
	sqlite3_stmt *s = NULL;
	auto_strbuf struct strbuf sql = STRBUF_INIT(TEXT_BYTES);
	if ((!is_checksum && !column_of(t, column)) || (is_checksum && *value == 'n'))
		return false;
	strbuf_addf(&sql, "UPDATE %s SET \"%s\" = ?", t->name, column);
	CHECK(sqlite3_prepare_v2(p->db, strbuf_text(&sql), -1, &s, NULL) == SQLITE_OK);
	bind(s, value);
	CHECK(sqlite3_step(s) == SQLITE_DONE);
	(void)sqlite3_finalize(s);
	return true;
}

/* --- reading ------------------------------------------------------------------------------- */

/* The row as text; NULL: it is refused. The caller frees it. */
static char *read_back(struct place *p, const struct table *t)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(TEXT_BYTES);
	auto_free void *row = malloc(t->row_size);
	CHECK(row && sqlite3_step(p->read) == SQLITE_ROW);
	int r = row_read(p->read, t, row);
	CHECK(r == 0 || r == -EBADMSG);
	if (r == 0)
		print_row(t, row, &out);
	row_release(t, row);
	(void)sqlite3_reset(p->read);
	return r == 0 ? strbuf_take(&out) : NULL;
}

static char *text_of(const struct table *t, const void *row)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(TEXT_BYTES);
	print_row(t, row, &out);
	char *text = strbuf_take(&out);
	CHECK(text);
	return text;
}

/* False: it cannot be written. */
static bool write_row(struct place *p, const struct table *t, const void *row)
{
	int r = row_bind(p->save, t, row);
	CHECK(r == 0 || r == -EINVAL || r == -E2BIG);
	if (r == 0)
		CHECK(sqlite3_step(p->save) == SQLITE_DONE);
	(void)sqlite3_reset(p->save);
	(void)sqlite3_clear_bindings(p->save);
	return r == 0;
}

static void *row_of(const struct table *t, struct fuzz_input in)
{
	void *row = calloc(1, t->row_size);
	CHECK(row);
	while (in.at < in.end) {
		auto_free char *line = fuzz_line(&in);
		char *value = strchr(line, '=');
		if (!value || *line == '!')
			continue;
		*value++ = '\0';
		const struct column *c = column_of(t, line);
		if (c)
			fill(c, value, row);
	}
	return row;
}

static size_t damage_all(struct place *p, const struct table *t, struct fuzz_input in)
{
	size_t n = 0;
	while (in.at < in.end) {
		auto_free char *line = fuzz_line(&in);
		char *value = strchr(line, '=');
		if (!value || *line != '!')
			continue;
		*value++ = '\0';
		n += damage(p, t, line + 1, value);
	}
	return n;
}

static void check_table(enum table_id id, struct fuzz_input in)
{
	const struct table *t = &ledger_tables[id];
	struct place *p = place_of(id);
	void *row = row_of(t, in);
	auto_free char *original = text_of(t, row);
	CHECK(sqlite3_exec(p->db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK);
	if (write_row(p, t, row)) {
		auto_free char *read = read_back(p, t);
		CHECK_TEXT(original, read);
		size_t n = damage_all(p, t, in);
		auto_free char *damaged = read_back(p, t);
		if (damaged && n <= 1)
			CHECK_TEXT(original, damaged);
	}
	CHECK(sqlite3_exec(p->db, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK);
	row_free(t, row);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_begin(data, size);
	auto_free char *name = fuzz_line(&in);
	for (int id = 0; id < TABLE_MAX_; id++)
		if (strcmp(ledger_tables[id].name, name) == 0)
			check_table((enum table_id)id, in);
	return 0;
}
