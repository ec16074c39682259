#pragma once
/*
 * Inside of the ledger: the connection, its statements, and what a failure means for the
 * next write. Shared by the .c files of this folder, nobody else.
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/env.h"
#include "ledger/row.h"

#define OWNER_SIZE 27 /* 16 random bytes in base32 */

/* Statements written by hand; those that save rows are made from the tables. */
enum statement {
	STATEMENT_BEGIN,
	STATEMENT_COMMIT,
	STATEMENT_ROLLBACK,
	STATEMENT_UNPAUSE,
	STATEMENT_FORGET_CHANGE,
	STATEMENT_MAX_,
};

struct ledger {
	struct env *env;
	char *dir, *path;
	int lock_fd;
	sqlite3 *db; /* NULL after a reopening that failed */
	sqlite3_stmt *statements[STATEMENT_MAX_];
	sqlite3_stmt *saves[TABLE_MAX_];
	char owner[OWNER_SIZE];
	uint64_t since_wall_ms;
	int64_t next_intent; /* ids never come back, not even after a rollback */
	bool in_transaction;
	int error;    /* what poisoned this transaction; 0 = nothing did */
	int failure;  /* why no write may be tried; 0 = writable */
	bool unclear; /* the file may hold more than we were told: only reopening helps */
};

int store_errno(int rc);
/* Remembers what the failure of a write means; returns its negative errno. */
int store_fail(struct ledger *l, int rc);
/* 0 when a write may be tried now. */
int store_may_write(const struct ledger *l);
/* A refused argument poisons an open transaction as any failed statement does. */
int store_refuse(struct ledger *l, int error);

/* The cached statement, reset; NULL after store_fail(). */
sqlite3_stmt *store_statement(struct ledger *l, enum statement id);
/* Steps a write to its end and resets it. 0 or negative errno. */
int store_run(struct ledger *l, sqlite3_stmt *s);
int store_save(struct ledger *l, enum table_id table, const void *row);

/* Reads rows of @table into @row (row_size bytes), calling @each for every one; its
 * non-zero return ends the reading and is returned. @value (may be NULL) is bound to ?1,
 * @limit to ?2, when @suffix has them. */
int store_read(struct ledger *l, enum table_id table, const char *suffix, const char *value,
	       int limit, int (*each)(void *data, const void *row), void *data);

/* Opens l->path, which must exist: checks, migrates, loads owner and counters.
 * Results as ledger_open(). */
int store_connect(struct ledger *l, char **reterr_text);
/* Makes <dir>/ledger.db when it is missing, whole or not at all. */
int store_create_missing(struct ledger *l, char **reterr_text);
/* Never writes when @checkpoint is false. */
void store_disconnect(struct ledger *l, bool checkpoint);
int store_check(struct ledger *l, char **reterr_text);
