#pragma once
/*
 * Structs to rows and back, by tables of columns: which field is which column, and how
 * its text looks. Everything the ledger stores goes through here, so that every row
 * carries a checksum and a flipped bit is found when it is read.
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum column_type {
	COLUMN_INT64,
	COLUMN_U64, /* stored as the signed number of the same bits */
	COLUMN_INT,
	COLUMN_BOOL,
	COLUMN_REF,   /* int64_t row id of another table; 0 is NULL */
	COLUMN_TEXT,  /* char *, NULL is "" */
	COLUMN_CHARS, /* char[size] */
	COLUMN_WORD,  /* an enum, stored as its word */
	COLUMN_LIST,  /* struct text_list, every item ended by a newline */
};

enum column_role {
	COLUMN_PLAIN,
	COLUMN_KEY,   /* tells which row a save replaces */
	COLUMN_FIXED, /* written once: a save that would change it is refused */
};

struct column {
	const char *name;
	enum column_type type;
	enum column_role role;
	size_t offset;
	size_t size;              /* COLUMN_CHARS */
	const char *(*word)(int); /* COLUMN_WORD */
	int n_words;
};

struct table {
	const char *name;
	const struct column *columns;
	size_t n_columns;
	size_t row_size;
	bool keep_first; /* a second save of the same key changes nothing */
};

enum table_id {
	TABLE_META,
	TABLE_INTENTS,
	TABLE_ORDERS,
	TABLE_RESOURCES,
	TABLE_CHANGES,
	TABLE_APPROVALS,
	TABLE_PAUSED,
	TABLE_KNOWN_GROUPS,
	TABLE_EVENTS,
	TABLE_FLEET,
	TABLE_MAX_,
};
extern const struct table ledger_tables[TABLE_MAX_];

/* The rows of the tables that have no struct elsewhere. */
struct meta_row {
	const char *key, *value;
};
struct change_row {
	int64_t intent;
	bool deleted;
	const char *group;
	int64_t count;
	uint64_t wall_ms;
};
struct paused_row {
	const char *group, *who;
	uint64_t since_wall_ms;
};
struct fleet_row {
	int64_t slot; /* always 1: there is one last good file */
	uint64_t generation;
	uint64_t saved_wall_ms;
	const char *text;
};

/* The statement that saves a row; the one that reads rows, @suffix (" WHERE ...", may be
 * "") appended. free(); NULL without memory. */
char *row_save_sql(const struct table *t);
char *row_read_sql(const struct table *t, const char *suffix);

/* Binds all of @row to a save statement. What it points at must stay until the step.
 * 0, -EINVAL (a value outside its enum, a list item with a newline), -E2BIG, -ENOMEM. */
int row_bind(sqlite3_stmt *s, const struct table *t, const void *row);

/* Fills @row from the current result row: texts are borrowed until the next step, lists
 * are the caller's (row_release()). 0, -EBADMSG when the row is damaged, -ENOMEM; @row
 * needs row_release() in any case. */
int row_read(sqlite3_stmt *s, const struct table *t, void *row);
void row_release(const struct table *t, void *row);
