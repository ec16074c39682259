#pragma once
/*
 * The durable memory: intents, orders, resources, history, approvals. One SQLite file
 * (WAL, synchronous=FULL, one connection, EXCLUSIVE); the only user of SQLite. Does not
 * log. Everything between ledger_begin() and ledger_commit() is durable as one when
 * ledger_commit() has returned 0, and not at all otherwise.
 *
 * Any negative return of a write: the state on disk is not known to have changed; the
 * caller must not act on it. It poisons the transaction: later writes and the commit
 * return the same error, and nothing of it stays. A write outside a transaction is one of
 * its own. After -ENOSPC, -EIO and the like no write is tried until the caller, having
 * waited, calls ledger_probe() or ledger_reopen().
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/env.h"
#include "model/in_flight.h"

struct ledger;

enum ledger_result {
	LEDGER_OK,
	LEDGER_E_BUSY,    /* another process has it: exit 75 */
	LEDGER_E_NEWER,   /* written by a newer drover: exit 78 */
	LEDGER_E_CORRUPT, /* the file's check failed; reterr says what to do */
};

/* Opens or makes <dir>/ledger.db (and <dir>, one level), checks it, migrates forward. What it
 * then shows is durable, be it a commit whose process was killed before it was told. A file
 * that is newer or damaged is left as it is, to the byte. On any result but OK *reterr_text
 * is for people (free(); NULL without memory). Negative: errno. */
int ledger_open(const char *state_dir, struct env *env, struct ledger **ret, char **reterr_text);
struct ledger *ledger_close(struct ledger *l); /* accepts NULL, returns NULL */
DEFINE_CLEANUP(struct ledger *, ledger_close)
#define auto_ledger cleanup(ledger_closep)

/* Closes and opens the same file again, keeping the lock, then tries a durable write.
 * Results as ledger_open(); on any but OK the ledger stays unwritable and this may be
 * called again. After it the caller reads everything anew: a commit that ended in -EIO
 * may or may not be there. */
int ledger_reopen(struct ledger *l, char **reterr_text);
/* The checks of ledger_open() on the open file, for a daily look: LEDGER_OK,
 * LEDGER_E_CORRUPT or negative errno. After any but OK nothing is written until
 * ledger_recover() has found it whole. Not within a transaction. */
int ledger_check(struct ledger *l, char **reterr_text);

/* Made with the ledger: 26 base32 characters, the drover:owner mark. */
const char *ledger_owner(const struct ledger *l);
uint64_t ledger_since_wall_ms(const struct ledger *l);
/* Small named facts: "fleet", "orders_looked", "unclean_ends", ... *ret is NULL when absent;
 * the caller frees it. "owner" and "since_wall_ms" are the ledger's own: -EINVAL. */
int ledger_meta_get(struct ledger *l, const char *key, char **ret);
int ledger_meta_set(struct ledger *l, const char *key, const char *value);

/* One level: -EINVAL when one is open. */
int ledger_begin(struct ledger *l);
/* On failure all of it is rolled back (but see ledger_reopen() for -EIO). */
int ledger_commit(struct ledger *l);
void ledger_rollback(struct ledger *l); /* nothing when none is open */
/* Whether the next write may be tried at all. */
bool ledger_is_writable(const struct ledger *l);
/* Tries one small durable write, outside a transaction. 0: writable again, and nothing
 * recorded has changed. -EIO also when only ledger_reopen() can help. */
int ledger_probe(struct ledger *l);
/* For a caller that keeps the rows in memory and will save those of the failed transaction
 * again (every save may be repeated; only events then appear twice): ledger_probe(), or
 * ledger_reopen() when that is needed; nothing when the ledger is writable. Results as
 * ledger_open(); *reterr_text may be NULL on failure. */
int ledger_recover(struct ledger *l, char **reterr_text);

/* Inserts when id is 0 (and sets it), else writes the whole row. An id given out is never
 * given again: after a rollback, saving the intent once more records it under the same id.
 * key, verb, kind, operation, token, params, total and price are written once; a save that would change
 * one, a token or key that another intent has, or a listed id with a newline is refused
 * (-EINVAL, -EEXIST). */
int ledger_save_intent(struct ledger *l, struct intent *intent);
/* All intents of the group @from, settled ones too, become those of @to. */
int ledger_rename_intents(struct ledger *l, const char *from, const char *to);
int ledger_save_order(struct ledger *l, const struct order *order);
int ledger_save_resource(struct ledger *l, const struct resource *resource);
/* count < 0: deleted. For the guard's rolling hour; a replay (same intent, same sign) is not
 * noted again. */
int ledger_note_change(struct ledger *l, const char *group, int64_t intent, int64_t count,
		       uint64_t wall_ms);
/* The call of @intent was refused: what was noted at its sending never happened. */
int ledger_forget_change(struct ledger *l, int64_t intent);
/* History for `explain`; @detail may be "". */
int ledger_note_event(struct ledger *l, uint64_t wall_ms, const char *group, const char *event,
		      const char *detail);
int ledger_save_approval(struct ledger *l, const struct approval *approval);
/* Unused and given within 24 hours of @wall_ms. */
bool ledger_approval_is_valid(const struct approval *approval, uint64_t wall_ms);
/* @group "" is the whole fleet. */
int ledger_save_paused(struct ledger *l, const char *group, bool paused, const char *who);
/* What is known of every group ever managed: kind, region, charge, protect; and its fingerprint in
 * the last accepted file that had it (0: an older drover did not say). */
struct known_group {
	char *name;
	enum kind kind;
	char *region;
	enum charge_type charge;
	bool protect;
	bool end_marker;
	uint64_t fingerprint;
};
int ledger_save_known_group(struct ledger *l, const struct known_group *g);

/* Readers: call @each for every row, oldest first; its non-zero return ends the reading
 * and is returned. What it is given is borrowed for the call. */
int ledger_each_intent(struct ledger *l, int (*each)(void *data, const struct intent *i),
		       void *data);
int ledger_each_order(struct ledger *l, int (*each)(void *data, const struct order *o), void *data);
int ledger_each_resource(struct ledger *l, int (*each)(void *data, const struct resource *r),
			 void *data);
int ledger_each_approval(struct ledger *l, int (*each)(void *data, const struct approval *a),
			 void *data);
int ledger_each_paused(struct ledger *l, int (*each)(void *data, const char *group), void *data);
int ledger_each_known_group(struct ledger *l, int (*each)(void *data, const struct known_group *g),
			    void *data);
/* The buys (count > 0) and deletes (count < 0) of the last hour. */
int ledger_each_change(struct ledger *l,
		       int (*each)(void *data, const char *group, int64_t intent, int64_t count,
				   uint64_t wall_ms),
		       void *data);
struct ledger_event {
	uint64_t wall_ms;
	const char *group, *event, *detail;
};
/* The newest @limit events of @group (NULL = all), newest first. */
int ledger_each_event(struct ledger *l, const char *group, int limit,
		      int (*each)(void *data, const struct ledger_event *e), void *data);

/* The last good fleet file, whole: kept before it comes into force. Counts the generation
 * up, from 1, when the text differs; writes nothing when it does not. */
int ledger_save_fleet(struct ledger *l, const char *text, uint64_t wall_ms,
		      uint64_t *ret_generation);
/* *ret_text NULL when there never was one. */
int ledger_load_fleet(struct ledger *l, char **ret_text, uint64_t *ret_generation);

/* Drops settled rows older than @before_wall_ms. An intent stays as long as a resource or
 * an order that it made does, and so does the newest cancelled order of a group. */
int ledger_compact(struct ledger *l, uint64_t before_wall_ms);
