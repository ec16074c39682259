/* The small tables: named facts, changes, history, approvals, pauses, the last good file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "ledger/ledger.h"
#include "ledger/store.h"

#define APPROVAL_VALID_MS (24 * HOUR_MS)

static int copy_value(void *data, const void *row)
{
	const struct meta_row *meta = row;
	char **ret = data;
	free(*ret);
	*ret = strdup(meta->value);
	return *ret ? 0 : -ENOMEM;
}

int ledger_meta_get(struct ledger *l, const char *key, char **ret)
{
	auto_free char *value = NULL;
	int r = store_read(l, TABLE_META, " WHERE key = ?1", key, 0, copy_value, &value);
	if (r == 0)
		*ret = TAKE(value);
	return r;
}

int ledger_meta_set(struct ledger *l, const char *key, const char *value)
{
	if (strcmp(key, "owner") == 0 || strcmp(key, "since_wall_ms") == 0)
		return store_refuse(l, -EINVAL);
	return store_save(l, TABLE_META, &(struct meta_row){key, value});
}

int ledger_note_change(struct ledger *l, const char *group, int64_t intent, int64_t count,
		       uint64_t wall_ms)
{
	if (count == 0)
		return 0;
	if (intent <= 0 || count == INT64_MIN)
		return store_refuse(l, -EINVAL);
	struct change_row row = {
		.intent = intent,
		.deleted = count < 0,
		.group = group,
		.count = count < 0 ? -count : count,
		.wall_ms = wall_ms,
	};
	return store_save(l, TABLE_CHANGES, &row);
}

int ledger_forget_change(struct ledger *l, int64_t intent)
{
	int r = store_may_write(l);
	if (r < 0)
		return r;
	sqlite3_stmt *s = store_statement(l, STATEMENT_FORGET_CHANGE);
	if (!s)
		return -EIO;
	int rc = sqlite3_bind_int64(s, 1, intent);
	return rc == SQLITE_OK ? store_run(l, s) : store_fail(l, rc);
}

struct change_reader {
	int (*each)(void *data, const char *group, int64_t intent, int64_t count, uint64_t wall_ms);
	void *data;
};

static int on_change(void *data, const void *row)
{
	const struct change_reader *reader = data;
	const struct change_row *c = row;
	return reader->each(reader->data, c->group, c->intent, c->deleted ? -c->count : c->count,
			    c->wall_ms);
}

/* Those of the future, after a clock that went back, count too: the safe side. */
int ledger_each_change(struct ledger *l,
		       int (*each)(void *data, const char *group, int64_t intent, int64_t count,
				   uint64_t wall_ms),
		       void *data)
{
	struct change_reader reader = {each, data};
	uint64_t now = env_wall_ms(l->env);
	char since[32];
	(void)snprintf(since, sizeof(since), "%llu",
		       (unsigned long long)(now > HOUR_MS ? now - HOUR_MS : 0));
	return store_read(l, TABLE_CHANGES, " WHERE wall_ms >= CAST(?1 AS INTEGER) ORDER BY n",
			  since, 0, on_change, &reader);
}

int ledger_note_event(struct ledger *l, uint64_t wall_ms, const char *group, const char *event,
		      const char *detail)
{
	return store_save(l, TABLE_EVENTS, &(struct ledger_event){wall_ms, group, event, detail});
}

struct event_reader {
	int (*each)(void *data, const struct ledger_event *e);
	void *data;
};

static int on_event(void *data, const void *row)
{
	const struct event_reader *reader = data;
	return reader->each(reader->data, row);
}

int ledger_each_event(struct ledger *l, const char *group, int limit,
		      int (*each)(void *data, const struct ledger_event *e), void *data)
{
	struct event_reader reader = {each, data};
	const char *suffix = group ? " WHERE group_name = ?1 ORDER BY n DESC LIMIT ?2"
				   : " WHERE ?1 IS NULL ORDER BY n DESC LIMIT ?2";
	return store_read(l, TABLE_EVENTS, suffix, group, limit > 0 ? limit : 0, on_event, &reader);
}

int ledger_save_approval(struct ledger *l, const struct approval *approval)
{
	if (!memchr(approval->hash, '\0', sizeof(approval->hash)))
		return store_refuse(l, -EINVAL);
	return store_save(l, TABLE_APPROVALS, approval);
}

/* A clock that went back must not make an approval live longer than its 24 hours. */
bool ledger_approval_is_valid(const struct approval *approval, uint64_t wall_ms)
{
	uint64_t given = approval->given_wall_ms;
	uint64_t apart = wall_ms > given ? wall_ms - given : given - wall_ms;
	return !approval->used && apart < APPROVAL_VALID_MS;
}

static int unpause(struct ledger *l, const char *group)
{
	int r = store_may_write(l);
	if (r < 0)
		return r;
	sqlite3_stmt *s = store_statement(l, STATEMENT_UNPAUSE);
	if (!s || sqlite3_bind_text(s, 1, group, -1, SQLITE_STATIC) != SQLITE_OK)
		return store_refuse(l, -ENOMEM);
	return store_run(l, s);
}

int ledger_save_paused(struct ledger *l, const char *group, bool paused, const char *who)
{
	if (!paused)
		return unpause(l, group);
	return store_save(l, TABLE_PAUSED, &(struct paused_row){group, who, env_wall_ms(l->env)});
}

struct paused_reader {
	int (*each)(void *data, const char *group);
	void *data;
};

static int on_paused(void *data, const void *row)
{
	const struct paused_reader *reader = data;
	return reader->each(reader->data, ((const struct paused_row *)row)->group);
}

int ledger_each_paused(struct ledger *l, int (*each)(void *data, const char *group), void *data)
{
	struct paused_reader reader = {each, data};
	return store_read(l, TABLE_PAUSED, " ORDER BY n", NULL, 0, on_paused, &reader);
}

struct last_fleet {
	char *text;
	uint64_t generation;
};

static int copy_fleet(void *data, const void *row)
{
	const struct fleet_row *fleet = row;
	struct last_fleet *last = data;
	free(last->text);
	last->text = strdup(fleet->text);
	last->generation = fleet->generation;
	return last->text ? 0 : -ENOMEM;
}

int ledger_load_fleet(struct ledger *l, char **ret_text, uint64_t *ret_generation)
{
	struct last_fleet last = {0};
	int r = store_read(l, TABLE_FLEET, "", NULL, 0, copy_fleet, &last);
	if (r != 0) {
		free(last.text);
		return r;
	}
	*ret_text = last.text;
	*ret_generation = last.generation;
	return 0;
}

int ledger_save_fleet(struct ledger *l, const char *text, uint64_t wall_ms,
		      uint64_t *ret_generation)
{
	auto_free char *last = NULL;
	uint64_t generation = 0;
	int r = ledger_load_fleet(l, &last, &generation);
	if (r < 0)
		return store_refuse(l, r);
	if (!last || strcmp(last, text) != 0) {
		struct fleet_row row = {1, ++generation, wall_ms, text};
		r = store_save(l, TABLE_FLEET, &row);
	}
	if (r == 0)
		*ret_generation = generation;
	return r;
}
