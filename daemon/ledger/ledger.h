#pragma once
/*
 * The durable memory: intents, orders, resources, history, approvals. One SQLite file
 * (WAL, synchronous=FULL, one connection, EXCLUSIVE); the only user of SQLite. Does not
 * log. Everything between ledger_begin() and ledger_commit() is durable as one when
 * ledger_commit() has returned 0, and not at all otherwise.
 *
 * Any negative return of a write: the state on disk is not known to have changed; the
 * caller must not act on it. After -EIO or -ENOSPC the ledger rolls back, and
 * ledger_is_writable() says whether the next write may be tried.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/env.h"
#include "model/in_flight.h"

struct ledger;

enum ledger_result {
	LEDGER_OK,
	LEDGER_E_BUSY,    /* another process has it: exit 75 */
	LEDGER_E_NEWER,   /* written by a newer drover: exit 78 */
	LEDGER_E_CORRUPT, /* the file's check failed; reterr says what to do */
};

/* Opens or makes <dir>/ledger.db, migrates forward, checks it. On any result but OK
 * *reterr_text is for people (free()). Negative: errno. */
int ledger_open(const char *state_dir, struct env *env, struct ledger **ret, char **reterr_text);
struct ledger *ledger_close(struct ledger *l);

/* Made with the ledger: 26 base32 characters, the drover:owner mark. */
const char *ledger_owner(const struct ledger *l);
uint64_t ledger_since_wall_ms(const struct ledger *l);
/* Small named facts: "fleet", "generation", "orders_looked", "unclean_ends", ... NULL when
 * absent; the caller frees it. */
int ledger_meta_get(struct ledger *l, const char *key, char **ret);
int ledger_meta_set(struct ledger *l, const char *key, const char *value);

int ledger_begin(struct ledger *l);
int ledger_commit(struct ledger *l);
void ledger_rollback(struct ledger *l);
bool ledger_is_writable(const struct ledger *l);

/* Inserts when id is 0 (and sets it), else updates the whole row. */
int ledger_save_intent(struct ledger *l, struct intent *intent);
int ledger_save_order(struct ledger *l, const struct order *order);
int ledger_save_resource(struct ledger *l, const struct resource *resource);
/* count < 0: deleted. For the guard's rolling hour; a replay is not noted again. */
int ledger_note_change(struct ledger *l, const char *group, int64_t intent, int64_t count,
		       uint64_t wall_ms);
/* History for `explain`; @detail may be "". */
int ledger_note_event(struct ledger *l, uint64_t wall_ms, const char *group, const char *event,
		      const char *detail);
int ledger_save_approval(struct ledger *l, const struct approval *approval);
int ledger_use_approval(struct ledger *l, const char *hash);
int ledger_save_paused(struct ledger *l, const char *group, bool paused, const char *who);
/* What is known of every group ever managed: kind, region, charge, protect. */
struct known_group {
	char *name;
	enum kind kind;
	char *region;
	enum charge_type charge;
	bool protect;
	bool end_marker;
};
int ledger_save_known_group(struct ledger *l, const struct known_group *g);

/* Readers: call @each for every row, oldest first; its non-zero return ends the reading
 * and is returned. What it is given is borrowed for the call. */
int ledger_each_intent(struct ledger *l, int (*each)(void *data, const struct intent *i), void *data);
int ledger_each_order(struct ledger *l, int (*each)(void *data, const struct order *o), void *data);
int ledger_each_resource(struct ledger *l, int (*each)(void *data, const struct resource *r),
			 void *data);
int ledger_each_approval(struct ledger *l, int (*each)(void *data, const struct approval *a),
			 void *data);
int ledger_each_paused(struct ledger *l, int (*each)(void *data, const char *group), void *data);
int ledger_each_known_group(struct ledger *l,
			    int (*each)(void *data, const struct known_group *g), void *data);
struct ledger_event {
	uint64_t wall_ms;
	const char *group, *event, *detail;
};
/* The newest @limit events of @group (NULL = all), newest first. */
int ledger_each_event(struct ledger *l, const char *group, int limit,
		      int (*each)(void *data, const struct ledger_event *e), void *data);
/* Instances bought (@deleted false) or deleted since @since_wall_ms; group NULL = all. */
int ledger_sum_changes(struct ledger *l, const char *group, bool deleted, uint64_t since_wall_ms,
		       int64_t *ret);

/* The last good fleet file, whole: kept before it comes into force. Counts the
 * generation up when the text differs. */
int ledger_save_fleet(struct ledger *l, const char *text, uint64_t wall_ms, uint64_t *ret_generation);
/* *ret_text NULL when there never was one. */
int ledger_load_fleet(struct ledger *l, char **ret_text, uint64_t *ret_generation);

/* Drops settled rows older than @before_wall_ms. */
int ledger_compact(struct ledger *l, uint64_t before_wall_ms);
