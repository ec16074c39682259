#include "ledger/store.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"

static const char *const texts[STATEMENT_MAX_] = {
	[STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
	[STATEMENT_COMMIT] = "COMMIT",
	[STATEMENT_ROLLBACK] = "ROLLBACK",
	[STATEMENT_UNPAUSE] = "DELETE FROM paused WHERE group_name = ?1",
	[STATEMENT_FORGET_CHANGE] = "DELETE FROM changes WHERE intent = ?1",
};

int store_errno(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_CONSTRAINT:
		return rc == SQLITE_CONSTRAINT_UNIQUE ? -EEXIST : -EINVAL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR: /* our statements are constant: the tables are not what we made */
		return -EBADMSG;
	case SQLITE_TOOBIG:
		return -E2BIG;
	default:
		return rc == SQLITE_IOERR_NOMEM ? -ENOMEM : -EIO;
	}
}

/* SQLite undoes these itself: what is on disk is known. */
static bool is_undone(const struct ledger *l, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_CONSTRAINT:
	case SQLITE_TOOBIG:
	case SQLITE_FULL:
	case SQLITE_READONLY:
		return true;
	case SQLITE_NOMEM:
		return l->in_transaction; /* by itself it may have struck inside the commit */
	default:
		return false;
	}
}

int store_refuse(struct ledger *l, int error)
{
	if (l->in_transaction && l->error == 0)
		l->error = error;
	return error;
}

int store_fail(struct ledger *l, int rc)
{
	int error = store_errno(rc);
	bool undone = is_undone(l, rc);
	if (!undone || error == -ENOSPC || error == -EROFS)
		l->failure = error;
	l->unclear |= !undone;
	return store_refuse(l, error);
}

int store_may_write(const struct ledger *l)
{
	if (!l->db)
		return -EIO;
	if (l->failure < 0)
		return l->failure;
	return l->in_transaction ? l->error : 0;
}

static sqlite3_stmt *prepare(struct ledger *l, sqlite3_stmt **cached, const char *sql)
{
	if (*cached)
		return *cached;
	int rc = sql ? sqlite3_prepare_v3(l->db, sql, -1, SQLITE_PREPARE_PERSISTENT, cached, NULL)
		     : SQLITE_NOMEM;
	if (rc != SQLITE_OK)
		(void)store_fail(l, rc);
	return *cached;
}

sqlite3_stmt *store_statement(struct ledger *l, enum statement id)
{
	return prepare(l, &l->statements[id], texts[id]);
}

static void finish(sqlite3_stmt *s)
{
	(void)sqlite3_reset(s); /* repeats the error of the step, which has been taken */
	(void)sqlite3_clear_bindings(s);
}

int store_run(struct ledger *l, sqlite3_stmt *s)
{
	int rc = sqlite3_step(s);
	finish(s);
	return rc == SQLITE_DONE ? 0 : store_fail(l, rc);
}

static int run_save(struct ledger *l, enum table_id table, sqlite3_stmt *s, const void *row)
{
	const struct table *t = &ledger_tables[table];
	int r = row_bind(s, t, row);
	if (r < 0) {
		finish(s);
		return store_refuse(l, r);
	}
	r = store_run(l, s);
	/* No row touched: a fixed column differs (row.c, add_update). */
	if (r == 0 && !t->keep_first && sqlite3_changes(l->db) == 0)
		return store_refuse(l, -EINVAL);
	return r;
}

int store_save(struct ledger *l, enum table_id table, const void *row)
{
	int r = store_may_write(l);
	if (r < 0)
		return r;
	auto_free char *sql = l->saves[table] ? NULL : row_save_sql(&ledger_tables[table]);
	sqlite3_stmt *s = prepare(l, &l->saves[table], sql);
	if (!s)
		return l->failure < 0 ? l->failure : -ENOMEM;
	return run_save(l, table, s, row);
}

static int read_rows(sqlite3_stmt *s, const struct table *t, void *row,
		     int (*each)(void *data, const void *row), void *data)
{
	int rc;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		int r = row_read(s, t, row);
		if (r == 0 && each)
			r = each(data, row);
		row_release(t, row);
		if (r != 0)
			return r;
	}
	return store_errno(rc);
}

static int bind_filter(sqlite3_stmt *s, const char *value, int limit)
{
	int n = sqlite3_bind_parameter_count(s);
	int rc = n >= 1 ? sqlite3_bind_text(s, 1, value, -1, SQLITE_STATIC) : SQLITE_OK;
	if (rc == SQLITE_OK && n >= 2)
		rc = sqlite3_bind_int(s, 2, limit);
	return rc == SQLITE_OK ? 0 : -ENOMEM;
}

/* Reading statements are not cached: a callback may read the same table again. */
int store_read(struct ledger *l, enum table_id table, const char *suffix, const char *value,
	       int limit, int (*each)(void *data, const void *row), void *data)
{
	const struct table *t = &ledger_tables[table];
	if (!l->db)
		return -EIO;
	auto_free char *sql = row_read_sql(t, suffix);
	auto_free void *row = calloc(1, t->row_size);
	if (!sql || !row)
		return -ENOMEM;
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(l->db, sql, -1, &s, NULL);
	int r = rc == SQLITE_OK ? bind_filter(s, value, limit) : store_errno(rc);
	if (r == 0)
		r = read_rows(s, t, row, each, data);
	(void)sqlite3_finalize(s);
	return r;
}
