#include "ledger/ledger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "ledger/place.h"
#include "ledger/store.h"

static struct ledger *new_ledger(const char *state_dir, struct env *env)
{
	struct ledger *l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	l->env = env;
	l->lock_fd = -1;
	l->next_intent = 1;
	l->dir = strdup(state_dir);
	auto_strbuf struct strbuf path = STRBUF_INIT(4000); /* PATH_MAX less our suffixes */
	strbuf_addf(&path, "%s/ledger.db", state_dir);
	l->path = strbuf_take(&path);
	return l->dir && l->path ? l : ledger_close(l);
}

static int open_all(struct ledger *l, char **reterr_text)
{
	int r = place_make_directory(l->dir, reterr_text);
	if (r == 0)
		r = place_lock(l->dir, &l->lock_fd, reterr_text);
	if (r == 0)
		r = store_create_missing(l, reterr_text);
	return r == 0 ? store_connect(l, reterr_text) : r;
}

int ledger_open(const char *state_dir, struct env *env, struct ledger **ret, char **reterr_text)
{
	*reterr_text = NULL;
	auto_ledger struct ledger *l = new_ledger(state_dir, env);
	if (!l)
		return place_explain(
			strlen(state_dir) > 3900 ? -ENAMETOOLONG : -ENOMEM, reterr_text,
			"no memory for the ledger, or the name of its directory is too long");
	int r = open_all(l, reterr_text);
	if (r == 0)
		*ret = TAKE(l);
	return r;
}

struct ledger *ledger_close(struct ledger *l)
{
	if (!l)
		return NULL;
	ledger_rollback(l);
	/* A file that failed is left as it is: the next opening recovers it. */
	store_disconnect(l, l->failure == 0);
	if (l->lock_fd >= 0)
		(void)close(l->lock_fd);
	free(l->dir);
	free(l->path);
	free(l);
	return NULL;
}

/* After a failed sync the kernel may hold pages for clean that never reached the disk.
 * Copying the WAL into the file writes and syncs them once more. */
static int settle(struct ledger *l, char **reterr_text)
{
	int rc = sqlite3_wal_checkpoint_v2(l->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	int r = store_errno(rc);
	if (r == 0) {
		l->failure = 0;
		l->unclear = false;
		r = ledger_probe(l);
	}
	return r < 0 ? place_explain_errno(r, reterr_text, l->path) : 0;
}

int ledger_reopen(struct ledger *l, char **reterr_text)
{
	*reterr_text = NULL;
	store_disconnect(l, false);
	l->failure = -EIO;
	l->unclear = true;
	int r = store_connect(l, reterr_text);
	return r == 0 ? settle(l, reterr_text) : r;
}

int ledger_check(struct ledger *l, char **reterr_text)
{
	*reterr_text = NULL;
	if (l->db)
		(void)sqlite3_db_release_memory(l->db); /* the file is looked at, not its copy */
	int r = store_check(l, reterr_text);
	if (r != 0) {
		l->failure = -EIO;
		l->unclear = true;
	}
	return r;
}

const char *ledger_owner(const struct ledger *l)
{
	return l->owner;
}

uint64_t ledger_since_wall_ms(const struct ledger *l)
{
	return l->since_wall_ms;
}

bool ledger_is_writable(const struct ledger *l)
{
	return l->db && l->failure == 0;
}

int ledger_probe(struct ledger *l)
{
	if (!l->db || l->unclear)
		return -EIO;
	if (l->in_transaction)
		return -EINVAL;
	char now[32];
	(void)snprintf(now, sizeof(now), "%llu", (unsigned long long)env_wall_ms(l->env));
	l->failure = 0;
	return store_save(l, TABLE_META, &(struct meta_row){"probed_wall_ms", now});
}

int ledger_recover(struct ledger *l, char **reterr_text)
{
	*reterr_text = NULL;
	if (ledger_is_writable(l))
		return 0;
	if (!l->db || l->unclear)
		return ledger_reopen(l, reterr_text);
	ledger_rollback(l);
	int r = ledger_probe(l);
	return r < 0 ? place_explain_errno(r, reterr_text, l->path) : 0;
}

int ledger_begin(struct ledger *l)
{
	int r = store_may_write(l);
	if (r < 0 || l->in_transaction)
		return r < 0 ? r : -EINVAL;
	sqlite3_stmt *s = store_statement(l, STATEMENT_BEGIN);
	r = s ? store_run(l, s) : -ENOMEM;
	l->in_transaction = r == 0;
	return r;
}

void ledger_rollback(struct ledger *l)
{
	if (!l->in_transaction)
		return;
	l->in_transaction = false;
	l->error = 0;
	if (!l->db || sqlite3_get_autocommit(l->db))
		return; /* SQLite has done it already, as after most I/O errors */
	sqlite3_stmt *s = store_statement(l, STATEMENT_ROLLBACK);
	if (s)
		(void)store_run(l, s);
	if (!sqlite3_get_autocommit(l->db)) {
		l->failure = -EIO;
		l->unclear = true;
	}
}

/* SQLite rolls back by itself on some failures of a statement; committing what came
 * after would then keep a part. */
static int run_commit(struct ledger *l)
{
	if (sqlite3_get_autocommit(l->db))
		return -EIO;
	sqlite3_stmt *s = store_statement(l, STATEMENT_COMMIT);
	if (!s)
		return -ENOMEM;
	int rc = sqlite3_step(s);
	(void)sqlite3_reset(s);
	if (rc == SQLITE_DONE)
		return 0;
	int error = store_fail(l, rc);
	if (error != -ENOSPC) { /* it may have come after the point of no return */
		l->failure = error;
		l->unclear = true;
	}
	return error;
}

int ledger_commit(struct ledger *l)
{
	int r = store_may_write(l);
	if (r == 0)
		r = l->in_transaction ? run_commit(l) : -EINVAL;
	if (r < 0)
		ledger_rollback(l);
	l->in_transaction = false;
	l->error = 0;
	return r;
}

int ledger_save_intent(struct ledger *l, struct intent *intent)
{
	bool is_new = intent->id == 0;
	if (is_new)
		intent->id = l->next_intent;
	int r = store_save(l, TABLE_INTENTS, intent);
	if (r < 0 && is_new)
		intent->id = 0;
	else if (intent->id >= l->next_intent)
		l->next_intent = intent->id + 1;
	return r;
}

struct new_name {
	struct ledger *ledger;
	const char *to;
};

static int save_renamed(void *data, const void *row)
{
	const struct new_name *name = data;
	struct intent intent = *(const struct intent *)row;
	intent.group = (char *)name->to;
	return store_save(name->ledger, TABLE_INTENTS, &intent);
}

int ledger_rename_intents(struct ledger *l, const char *from, const char *to)
{
	struct new_name name = {l, to};
	return store_read(l, TABLE_INTENTS, " WHERE group_name = ?1 ORDER BY id", from, 0,
			  save_renamed, &name);
}

int ledger_save_order(struct ledger *l, const struct order *order)
{
	return store_save(l, TABLE_ORDERS, order);
}

int ledger_save_resource(struct ledger *l, const struct resource *resource)
{
	return store_save(l, TABLE_RESOURCES, resource);
}

int ledger_save_known_group(struct ledger *l, const struct known_group *g)
{
	return store_save(l, TABLE_KNOWN_GROUPS, g);
}

/* The readers' callbacks take their own row type; a struct per type carries one through. */

#define DEFINE_READER(object, row_type, table, suffix)                                             \
	struct object##_reader {                                                                   \
		int (*each)(void *data, const struct row_type *row);                               \
		void *data;                                                                        \
	};                                                                                         \
	static int on_##object(void *data, const void *row)                                        \
	{                                                                                          \
		const struct object##_reader *reader = data;                                       \
		return reader->each(reader->data, row);                                            \
	}                                                                                          \
	int ledger_each_##object(struct ledger *l,                                                 \
				 int (*each)(void *data, const struct row_type *row), void *data)  \
	{                                                                                          \
		struct object##_reader reader = {each, data};                                      \
		return store_read(l, table, suffix, NULL, 0, on_##object, &reader);                \
	}

DEFINE_READER(intent, intent, TABLE_INTENTS, " ORDER BY id")
DEFINE_READER(order, order, TABLE_ORDERS, " ORDER BY n")
DEFINE_READER(resource, resource, TABLE_RESOURCES, " ORDER BY n")
DEFINE_READER(approval, approval, TABLE_APPROVALS, " ORDER BY n")
DEFINE_READER(known_group, known_group, TABLE_KNOWN_GROUPS, " ORDER BY n")
