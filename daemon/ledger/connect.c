/* Opening the file: everything that is read and checked before the first write. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base32.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "ledger/ledger.h"
#include "ledger/place.h"
#include "ledger/schema.h"
#include "ledger/store.h"

#define WHAT_TO_DO                                                                                 \
	"nothing was changed; do not delete it: it knows what has been ordered. Copy the "         \
	"directory aside, then restore ledger.db from a backup, or rebuild it (docs/design/"       \
	"ledger.md, Recover)"

static int explain_corrupt(const struct ledger *l, char **reterr_text, const char *what)
{
	return place_explain(LEDGER_E_CORRUPT, reterr_text, "%s: damaged: %s; " WHAT_TO_DO, l->path,
			     what);
}

/* What a failed SQLite call means to the operator. */
static int explain(const struct ledger *l, int rc, char **reterr_text)
{
	int error = store_errno(rc);
	if (error == -EBADMSG)
		return explain_corrupt(l, reterr_text,
				       l->db ? sqlite3_errmsg(l->db) : "unreadable");
	if (error == -EBUSY)
		return place_explain(
			LEDGER_E_BUSY, reterr_text,
			"%s: open in another program (sqlite3, a backup, another droverd)",
			l->path);
	int cause = l->db ? sqlite3_system_errno(l->db) : 0;
	if (error == -EIO && cause > 0)
		return place_explain_errno(-cause, reterr_text, l->path);
	return place_explain_errno(error, reterr_text, l->path);
}

static int exec(const struct ledger *l, const char *sql, char **reterr_text)
{
	int rc = sqlite3_exec(l->db, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : explain(l, rc, reterr_text);
}

/* The first column of the first row: a number, or text up to @size. */
static int query(const struct ledger *l, const char *sql, int64_t *ret_number, char *text,
		 size_t size)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(l->db, sql, -1, &s, NULL);
	if (rc == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		rc = SQLITE_OK;
		/* Not as text, which needs memory: without it a number would be 0. */
		if (ret_number)
			*ret_number = sqlite3_column_int64(s, 0);
		const char *value = text ? (const char *)sqlite3_column_text(s, 0) : NULL;
		if (value)
			(void)snprintf(text, size, "%s", value);
		else if (text)
			rc = SQLITE_NOMEM;
	}
	(void)sqlite3_finalize(s);
	return rc;
}

static int configure(const struct ledger *l)
{
	static const struct {
		int option, on;
	} options[] = {
		/* Until all checks have passed, not even closing may write. */
		{SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
		{SQLITE_DBCONFIG_DEFENSIVE, 1},
		{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		{SQLITE_DBCONFIG_ENABLE_FKEY, 1},
		/* A misspelt "column" is an error, not a string. */
		{SQLITE_DBCONFIG_DQS_DML, 0},
		{SQLITE_DBCONFIG_DQS_DDL, 0},
	};
	int rc = SQLITE_OK;
	for (size_t i = 0; i < ARRAY_SIZE(options) && rc == SQLITE_OK; i++)
		rc = sqlite3_db_config(l->db, options[i].option, options[i].on, (int *)NULL);
	return rc;
}

/* SQLite before 3.51.3 can lose commits in WAL mode with two connections: there is one,
 * and with EXCLUSIVE there can be no other. It also keeps the index of the WAL in memory. */
static int open_file(struct ledger *l, const char *path, char **reterr_text)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
		    SQLITE_OPEN_EXRESCODE;
	int rc = sqlite3_open_v2(path, &l->db, flags, NULL);
	if (rc == SQLITE_OK)
		rc = configure(l);
	if (rc != SQLITE_OK)
		return explain(l, rc, reterr_text);
	return exec(l,
		    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL;"
		    "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY",
		    reterr_text);
}

static int check_version(const struct ledger *l, int64_t *ret_version, char **reterr_text)
{
	int64_t application = 0, version = 0;
	int rc = query(l, "PRAGMA application_id", &application, NULL, 0);
	if (rc == SQLITE_OK)
		rc = query(l, "PRAGMA user_version", &version, NULL, 0);
	if (rc != SQLITE_OK)
		return explain(l, rc, reterr_text);
	if (application != SCHEMA_APPLICATION_ID)
		return explain_corrupt(l, reterr_text, "not a ledger of drover");
	/* We could open it for writing: it is its header that forbids it. */
	if (sqlite3_db_readonly(l->db, "main") == 1)
		return explain_corrupt(l, reterr_text, "its header lets it be read only");
	if (version > SCHEMA_VERSION)
		return place_explain(
			LEDGER_E_NEWER, reterr_text,
			"%s: written by a newer drover (ledger version %lld, this one knows "
			"%d); nothing was changed: install that version again, or "
			"restore the ledger of before the upgrade",
			l->path, (long long)version, SCHEMA_VERSION);
	if (version < 1)
		return explain_corrupt(l, reterr_text, "it has no version");
	*ret_version = version;
	return 0;
}

/* integrity_check tells of a page that it could not read as it does of a damaged one, with
 * the code of the failure: the disk's trouble is not the file's. */
static int unreadable_code(const char *complaint)
{
	static const char mark[] = "error code=";
	const char *code = strstr(complaint, mark);
	int rc = code ? (int)strtol(code + sizeof(mark) - 1, NULL, 10) : SQLITE_OK;
	return (rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_NOMEM ? rc : SQLITE_OK;
}

static int check_pages(const struct ledger *l, char **reterr_text)
{
	char first[200] = "";
	/* Unlike quick_check this also compares the indexes with their tables: a damaged
	 * index of tokens would let the same one in twice. */
	int rc = query(l, "PRAGMA integrity_check(1)", NULL, first, sizeof(first));
	if (rc == SQLITE_OK)
		rc = unreadable_code(first);
	if (rc != SQLITE_OK)
		return explain(l, rc, reterr_text);
	return strcmp(first, "ok") == 0 ? 0 : explain_corrupt(l, reterr_text, first);
}

/* As they are read later, in their order, so that a damaged name of that column shows as well. */
static const char *order_of(enum table_id t)
{
	if (t == TABLE_FLEET) /* one row */
		return "";
	return t == TABLE_INTENTS ? " ORDER BY id" : " ORDER BY n";
}

static int check_rows(struct ledger *l, char **reterr_text)
{
	for (enum table_id t = 0; t < TABLE_MAX_; t++) {
		int r = store_read(l, t, order_of(t), NULL, 0, NULL, NULL);
		char what[100];
		(void)snprintf(what, sizeof(what), "a row of the table %s is not what was written",
			       ledger_tables[t].name);
		if (r == -EBADMSG)
			return explain_corrupt(l, reterr_text, what);
		if (r < 0)
			return place_explain_errno(r, reterr_text, l->path);
	}
	return 0;
}

int store_check(struct ledger *l, char **reterr_text)
{
	if (!l->db)
		return place_explain_errno(-EIO, reterr_text, l->path);
	int r = check_pages(l, reterr_text);
	return r != 0 ? r : check_rows(l, reterr_text);
}

static int migrate_one(const struct ledger *l, int version, char **reterr_text)
{
	const char *sql;
	size_t length;
	int r = schema_migration(version, &sql, &length);
	if (r < 0)
		return place_explain_errno(r, reterr_text, l->path);
	auto_free char *whole = NULL;
	if (asprintf(&whole, "%.*s;PRAGMA user_version = %d", (int)length, sql, version) < 0) {
		whole = NULL;
		return -ENOMEM;
	}
	return exec(l, whole, reterr_text);
}

/* All steps and the check of every row are one transaction, so that a damaged ledger of an
 * earlier version is left to the byte, too. What fails is rolled back by the disconnect. */
static int migrate(struct ledger *l, int64_t version, char **reterr_text)
{
	int r = version < SCHEMA_VERSION ? exec(l, "BEGIN IMMEDIATE", reterr_text) : 0;
	for (int next = (int)version + 1; next <= SCHEMA_VERSION && r == 0; next++)
		r = migrate_one(l, next, reterr_text);
	if (r == 0)
		r = check_rows(l, reterr_text);
	return r == 0 && version < SCHEMA_VERSION ? exec(l, "COMMIT", reterr_text) : r;
}

static int load_identity(struct ledger *l, char **reterr_text)
{
	auto_free char *owner = NULL, *since = NULL;
	int r = ledger_meta_get(l, "owner", &owner);
	if (r == 0)
		r = ledger_meta_get(l, "since_wall_ms", &since);
	if (r < 0)
		return place_explain_errno(r, reterr_text, l->path);
	if (!owner || strlen(owner) != OWNER_SIZE - 1 || !since)
		return explain_corrupt(l, reterr_text, "it does not say whose it is");
	(void)memcpy(l->owner, owner, OWNER_SIZE);
	l->since_wall_ms = strtoull(since, NULL, 10);
	int64_t last = 0;
	int rc = query(l, "SELECT ifnull(max(id), 0) FROM intents", &last, NULL, 0);
	if (rc != SQLITE_OK)
		return explain(l, rc, reterr_text);
	if (l->next_intent <= last)
		l->next_intent = last + 1;
	return 0;
}

static int check_file(struct ledger *l, char **reterr_text)
{
	off_t size = 0;
	int r = place_check_file(l->path, &size, reterr_text);
	if (r == -ENOENT)
		return place_explain(r, reterr_text, "%s: does not exist", l->path);
	/* It gets its name only when it is whole: an empty one has lost its content. */
	return r == 0 && size == 0 ? explain_corrupt(l, reterr_text, "empty") : r;
}

static int open_checked(struct ledger *l, char **reterr_text)
{
	int64_t version = 0;
	int r = open_file(l, l->path, reterr_text);
	if (r == 0)
		r = check_version(l, &version, reterr_text);
	if (r == 0)
		r = check_pages(l, reterr_text);
	/* A restored backup may be in another mode; later it is a no-op. */
	if (r == 0)
		r = exec(l, "PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 4194304",
			 reterr_text);
	if (r == 0)
		r = migrate(l, version, reterr_text);
	return r == 0 ? load_identity(l, reterr_text) : r;
}

/* A daemon that was killed inside a commit leaves it to the kernel alone. What is read from
 * here on has consequences, so it must not be undone by a loss of power any more. (The file
 * itself is synced before its WAL is given up.) */
static int sync_wal(const struct ledger *l, char **reterr_text)
{
	auto_free char *wal = NULL;
	if (asprintf(&wal, "%s-wal", l->path) < 0) {
		wal = NULL;
		return -ENOMEM;
	}
	int r = place_sync_file(wal);
	return r < 0 ? place_explain_errno(r, reterr_text, wal) : 0;
}

int store_connect(struct ledger *l, char **reterr_text)
{
	int r = check_file(l, reterr_text);
	if (r == 0)
		r = sync_wal(l, reterr_text);
	if (r == 0)
		r = open_checked(l, reterr_text);
	if (r != 0)
		store_disconnect(l, false);
	return r;
}

void store_disconnect(struct ledger *l, bool checkpoint)
{
	for (size_t i = 0; i < STATEMENT_MAX_; i++) {
		(void)sqlite3_finalize(l->statements[i]);
		l->statements[i] = NULL;
	}
	for (size_t i = 0; i < TABLE_MAX_; i++) {
		(void)sqlite3_finalize(l->saves[i]);
		l->saves[i] = NULL;
	}
	if (l->db)
		(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, checkpoint ? 0 : 1,
					(int *)NULL);
	(void)sqlite3_close(l->db);
	l->db = NULL;
	l->in_transaction = false;
	l->error = 0;
}

static int write_identity(struct ledger *l, char **reterr_text)
{
	unsigned char random[16];
	char owner[OWNER_SIZE], since[32];
	l->env->random_bytes(l->env, random, sizeof(random));
	base32_encode(random, sizeof(random), owner);
	(void)snprintf(since, sizeof(since), "%llu", (unsigned long long)env_wall_ms(l->env));
	const struct meta_row rows[] = {{"owner", owner}, {"since_wall_ms", since}};
	int r = 0;
	for (size_t i = 0; i < ARRAY_SIZE(rows) && r == 0; i++)
		r = store_save(l, TABLE_META, &rows[i]);
	return r < 0 ? place_explain_errno(r, reterr_text, l->path) : 0;
}

/* In the mode where a commit ends in the file itself, so that it may be renamed. */
static int fill(struct ledger *l, const char *path, char **reterr_text)
{
	char mark[64];
	(void)snprintf(mark, sizeof(mark), "PRAGMA application_id = %d", SCHEMA_APPLICATION_ID);
	int r = open_file(l, path, reterr_text);
	if (r == 0)
		r = exec(l, mark, reterr_text);
	if (r == 0)
		r = migrate(l, 0, reterr_text);
	if (r == 0)
		r = write_identity(l, reterr_text);
	store_disconnect(l, false);
	return r;
}

static int create(struct ledger *l, const char *path, const char *journal, char **reterr_text)
{
	(void)unlink(path); /* left by a creation that was cut short */
	(void)unlink(journal);
	int r = place_make_file(path);
	if (r < 0)
		return place_explain_errno(r, reterr_text, path);
	r = fill(l, path, reterr_text);
	if (r != 0) {
		(void)unlink(path);
		return r;
	}
	r = rename(path, l->path) < 0 ? -errno : place_sync(l->dir);
	return r < 0 ? place_explain_errno(r, reterr_text, l->path) : 0;
}

int store_create_missing(struct ledger *l, char **reterr_text)
{
	if (access(l->path, F_OK) == 0)
		return 0;
	if (errno != ENOENT)
		return place_explain_errno(-errno, reterr_text, l->path);
	auto_strbuf struct strbuf path = STRBUF_INIT(4096), journal = STRBUF_INIT(4096),
				  wal = STRBUF_INIT(4096);
	strbuf_addf(&path, "%s.new", l->path);
	strbuf_addf(&journal, "%s.new-journal", l->path);
	strbuf_addf(&wal, "%s-wal", l->path);
	if (strbuf_error(&path) || strbuf_error(&journal) || strbuf_error(&wal))
		return place_explain_errno(-ENAMETOOLONG, reterr_text, l->path);
	if (access(strbuf_text(&wal), F_OK) == 0)
		return explain_corrupt(
			l, reterr_text,
			"missing, but its ledger.db-wal is there: they belong together");
	return create(l, strbuf_text(&path), strbuf_text(&journal), reterr_text);
}
