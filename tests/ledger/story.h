#pragma once
/*
 * What a daemon does with its ledger, seeded: records intents, sends, answers, orders,
 * resources, approvals, compaction; closes, reopens, is killed, meets failures and
 * recovers. Keeps every state that was committed or tried, and which of them may be found
 * after a power loss at any moment of its disk.
 *
 * The first thing that is not as ledger.h promises is put into `wrong` and ends the story.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/env.h"
#include "base/vec.h"
#include "disk.h"
#include "ledger/ledger.h"

#define STORY_START_MS UINT64_C(1700000000000)

struct story_state {
	char *text; /* state_text() */
	int parent; /* the state before; -1 for the first */
};

/* From this moment on. */
struct story_mark {
	size_t moment;
	int durable; /* the newest state that was acknowledged */
	int latest;  /* the newest that was begun; those between may be found, too */
	bool owned;  /* the ledger's owner has been told */
};

struct story {
	struct env env;
	uint64_t wall_ms;
	char dir[128];
	struct ledger *l;
	struct disk *disk; /* may be NULL; the caller's */
	VEC(struct story_state) states;
	VEC(struct story_mark) marks;
	int current; /* what the ledger shows now */
	int durable, latest;
	bool owned;
	bool heavy; /* large texts: the WAL grows until it is copied into the file by itself */
	uint64_t counter;
	int commits, kills, failures; /* so far */
	bool struck;                  /* a fault has struck and was got over */
	bool unread; /* a reading failed: nothing may be decided, nothing written */
	char wrong[600];
};

/* @dir is there; a ledger in it has to be found as it is, a new one may be made. */
void story_init(struct story *s, const char *dir, struct disk *disk);
void story_fini(struct story *s);

/* ledger_open(). False with `wrong` set when it fails although nothing was made to fail; a
 * failure that was made is got over as an operator would. */
bool story_open(struct story *s);
void story_close(struct story *s);
/* ledger_reopen(). */
bool story_reopen(struct story *s);
/* One transaction of the daemon's kind; false when the story has gone wrong. A fault that is
 * set strikes in it and is got over. */
bool story_transact(struct story *s);
/* Anything: mostly a transaction, now and then a kill, a failure, a reopening. */
bool story_step(struct story *s);
/* The ledger that is open must be in one of the states that may be found; it is the
 * current one from then on. */
bool story_observe(struct story *s);

/* Some rows of the daemon's kind; inside a transaction. 0, or the first failure. */
int story_write_rows(struct story *s);

enum story_verdict { STORY_FINE, STORY_LOST, STORY_MIXED };
/* What it means that @text was found after a power loss at @moment. */
enum story_verdict story_judge(const struct story *s, size_t moment, const char *text);
