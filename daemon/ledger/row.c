#include "ledger/row.h"

#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/strbuf.h"
#include "model/desired.h"

#define MAX_SQL_BYTES 16384
/* The ids of the largest cloud group take some kilobytes; this only stops a runaway. */
#define MAX_LIST_BYTES (4u * 1024u * 1024u)

static const void *field_of(const struct column *c, const void *row)
{
	return (const char *)row + c->offset;
}

static bool is_text(const struct column *c)
{
	return c->type == COLUMN_TEXT || c->type == COLUMN_CHARS || c->type == COLUMN_WORD;
}

static int64_t get_integer(const struct column *c, const void *row)
{
	const void *field = field_of(c, row);
	if (c->type == COLUMN_BOOL)
		return *(const bool *)field;
	if (c->type == COLUMN_INT || c->type == COLUMN_WORD)
		return *(const int *)field;
	return *(const int64_t *)field;
}

/* NULL for a value outside its enum. */
static const char *get_text(const struct column *c, const void *row)
{
	if (c->type == COLUMN_CHARS)
		return field_of(c, row);
	if (c->type == COLUMN_WORD) {
		int64_t value = get_integer(c, row);
		return value >= 0 && value < c->n_words ? c->word((int)value) : NULL;
	}
	const char *text = *(const char *const *)field_of(c, row);
	return text ? text : "";
}

static uint64_t sum_integer(uint64_t h, const struct column *c, int64_t value)
{
	if (value == 0)
		return h;
	return digest_u64(digest_text(h, c->name), htole64((uint64_t)value));
}

static uint64_t sum_list(uint64_t h, const struct column *c, const struct text_list *list)
{
	if (list->n > 0)
		h = digest_text(h, c->name);
	for (size_t i = 0; i < list->n; i++)
		h = digest_text(h, list->items[i]);
	return h;
}

static uint64_t sum_text(uint64_t h, const struct column *c, const void *row)
{
	const char *text = get_text(c, row);
	bool is_first_word = c->type == COLUMN_WORD && get_integer(c, row) == 0;
	return *text == '\0' || is_first_word ? h : digest_text(digest_text(h, c->name), text);
}

static sqlite3_int64 sum_row(const struct table *t, const void *row)
{
	uint64_t h = digest_text(DIGEST_INIT, t->name);
	for (const struct column *c = t->columns; c < t->columns + t->n_columns; c++) {
		if (c->type == COLUMN_LIST)
			h = sum_list(h, c, field_of(c, row));
		else if (is_text(c))
			h = sum_text(h, c, row);
		else
			h = sum_integer(h, c, get_integer(c, row));
	}
	return (sqlite3_int64)h;
}

static void add_names(struct strbuf *sql, const struct table *t)
{
	for (size_t i = 0; i < t->n_columns; i++)
		strbuf_addf(sql, "\"%s\", ", t->columns[i].name);
	strbuf_add(sql, "checksum");
}

static size_t add_role(struct strbuf *sql, const struct table *t, enum column_role role,
		       const char *between, const char *format)
{
	size_t n = 0;
	for (const struct column *c = t->columns; c < t->columns + t->n_columns; c++) {
		if (c->role != role)
			continue;
		strbuf_add(sql, n++ > 0 ? between : "");
		for (const char *p = format; *p; p++) {
			if (*p == '@')
				strbuf_addf(sql, "\"%s\"", c->name);
			else
				strbuf_add_char(sql, *p);
		}
	}
	return n;
}

/* Fixed columns are compared, not set: that keeps their indexes out of an update's way,
 * and a save that would change one touches no row. */
static void add_update(struct strbuf *sql, const struct table *t)
{
	strbuf_add(sql, " DO UPDATE SET ");
	if (add_role(sql, t, COLUMN_PLAIN, ", ", "@ = excluded.@") > 0)
		strbuf_add(sql, ", ");
	strbuf_add(sql, "checksum = excluded.checksum WHERE true");
	auto_strbuf struct strbuf fixed = STRBUF_INIT(MAX_SQL_BYTES);
	if (add_role(&fixed, t, COLUMN_FIXED, " AND ", "@ = excluded.@") > 0)
		strbuf_addf(sql, " AND %s", strbuf_text(&fixed));
	if (strbuf_error(&fixed))
		sql->error = strbuf_error(&fixed);
}

char *row_save_sql(const struct table *t)
{
	auto_strbuf struct strbuf sql = STRBUF_INIT(MAX_SQL_BYTES);
	strbuf_addf(&sql, "INSERT INTO %s (", t->name);
	add_names(&sql, t);
	strbuf_add(&sql, ") VALUES (?");
	for (size_t i = 0; i < t->n_columns; i++)
		strbuf_add(&sql, ", ?");
	strbuf_add(&sql, ")");
	auto_strbuf struct strbuf key = STRBUF_INIT(MAX_SQL_BYTES);
	if (add_role(&key, t, COLUMN_KEY, ", ", "@") > 0) {
		strbuf_addf(&sql, " ON CONFLICT (%s)", strbuf_text(&key));
		if (t->keep_first)
			strbuf_add(&sql, " DO NOTHING");
		else
			add_update(&sql, t);
	}
	return strbuf_error(&key) ? NULL : strbuf_take(&sql);
}

char *row_read_sql(const struct table *t, const char *suffix)
{
	auto_strbuf struct strbuf sql = STRBUF_INIT(MAX_SQL_BYTES);
	strbuf_add(&sql, "SELECT ");
	add_names(&sql, t);
	strbuf_addf(&sql, " FROM %s%s", t->name, suffix);
	return strbuf_take(&sql);
}

static int bind_list(sqlite3_stmt *s, int at, const struct text_list *list)
{
	auto_strbuf struct strbuf joined = STRBUF_INIT(MAX_LIST_BYTES);
	for (size_t i = 0; i < list->n; i++) {
		if (strchr(list->items[i], '\n'))
			return -EINVAL;
		strbuf_add(&joined, list->items[i]);
		strbuf_add_char(&joined, '\n');
	}
	if (strbuf_error(&joined))
		return strbuf_error(&joined);
	int rc = sqlite3_bind_text(s, at, strbuf_text(&joined), -1, SQLITE_TRANSIENT);
	return rc == SQLITE_OK ? 0 : -ENOMEM;
}

static int bind_column(sqlite3_stmt *s, int at, const struct column *c, const void *row)
{
	if (c->type == COLUMN_LIST)
		return bind_list(s, at, field_of(c, row));
	int rc;
	if (is_text(c)) {
		const char *text = get_text(c, row);
		if (!text)
			return -EINVAL;
		rc = sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
	} else {
		int64_t value = get_integer(c, row);
		rc = c->type == COLUMN_REF && value == 0 ? sqlite3_bind_null(s, at)
							 : sqlite3_bind_int64(s, at, value);
	}
	return rc == SQLITE_OK ? 0 : rc == SQLITE_TOOBIG ? -E2BIG : -ENOMEM;
}

int row_bind(sqlite3_stmt *s, const struct table *t, const void *row)
{
	int at = 1;
	for (const struct column *c = t->columns; c < t->columns + t->n_columns; c++) {
		int r = bind_column(s, at++, c, row);
		if (r < 0)
			return r;
	}
	return sqlite3_bind_int64(s, at, sum_row(t, row)) == SQLITE_OK ? 0 : -ENOMEM;
}

static int read_list(const char *joined, struct text_list *list)
{
	while (*joined) {
		const char *end = strchr(joined, '\n');
		if (!end)
			return -EBADMSG;
		auto_free char *item = strndup(joined, (size_t)(end - joined));
		if (!item || text_list_add(list, item) < 0)
			return -ENOMEM;
		joined = end + 1;
	}
	return 0;
}

static int read_word(const struct column *c, const char *text, int *ret)
{
	for (int i = 0; i < c->n_words; i++) {
		if (strcmp(c->word(i), text) == 0) {
			*ret = i;
			return 0;
		}
	}
	return -EBADMSG;
}

static int read_text(const struct column *c, const char *text, void *field)
{
	switch (c->type) {
	case COLUMN_TEXT:
		*(const char **)field = text;
		return 0;
	case COLUMN_CHARS:
		if (strlen(text) >= c->size)
			return -EBADMSG;
		(void)memcpy(field, text, strlen(text) + 1);
		return 0;
	case COLUMN_WORD:
		return read_word(c, text, field);
	case COLUMN_LIST:
		return read_list(text, field);
	case COLUMN_INT64:
	case COLUMN_U64:
	case COLUMN_INT:
	case COLUMN_BOOL:
	case COLUMN_REF:
		break;
	}
	return -EINVAL;
}

static int read_integer(const struct column *c, int64_t value, void *field)
{
	if (c->type == COLUMN_BOOL) {
		if (value != 0 && value != 1)
			return -EBADMSG;
		*(bool *)field = value == 1;
	} else if (c->type == COLUMN_INT) {
		if (value < INT_MIN || value > INT_MAX)
			return -EBADMSG;
		*(int *)field = (int)value;
	} else {
		*(int64_t *)field = value;
	}
	return 0;
}

static int read_column(sqlite3_stmt *s, int at, const struct column *c, void *row)
{
	void *field = (char *)row + c->offset;
	if (!is_text(c) && c->type != COLUMN_LIST)
		return read_integer(c, sqlite3_column_int64(s, at), field);
	const char *text = (const char *)sqlite3_column_text(s, at);
	if (!text)
		return sqlite3_column_type(s, at) == SQLITE_NULL ? -EBADMSG : -ENOMEM;
	/* A NUL inside hides what follows from the checksum. */
	if (strlen(text) != (size_t)sqlite3_column_bytes(s, at))
		return -EBADMSG;
	return read_text(c, text, field);
}

int row_read(sqlite3_stmt *s, const struct table *t, void *row)
{
	(void)memset(row, 0, t->row_size);
	int at = 0;
	for (const struct column *c = t->columns; c < t->columns + t->n_columns; c++) {
		int r = read_column(s, at++, c, row);
		if (r < 0)
			return r;
	}
	if (sqlite3_column_type(s, at) == SQLITE_NULL)
		return 0;
	return sqlite3_column_int64(s, at) == sum_row(t, row) ? 0 : -EBADMSG;
}

void row_release(const struct table *t, void *row)
{
	for (const struct column *c = t->columns; c < t->columns + t->n_columns; c++)
		if (c->type == COLUMN_LIST)
			text_list_fini((struct text_list *)(void *)((char *)row + c->offset));
}
