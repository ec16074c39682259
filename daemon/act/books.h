#pragma once
/*
 * The ledger's orders, resources, approvals and pauses in memory, and what is to be
 * written back. A change is made here first and marked; books_save() writes the marked
 * rows into the transaction its caller has begun; books_saved() unmarks them once that
 * transaction is durable. After a failed commit the marks are still there, so nothing is
 * forgotten while the disk is full.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/renames.h"
#include "ledger/ledger.h"
#include "model/in_flight.h"

struct books;

/* Reads everything from @ledger. 0 or a negative errno. */
int books_load(struct ledger *ledger, struct books **ret);
struct books *books_free(struct books *b);

/* Insert or replace by id; copies. 0 or -ENOMEM. */
int books_put_order(struct books *b, const struct order *order);
int books_put_resource(struct books *b, const struct resource *resource);
int books_put_approval(struct books *b, const struct approval *approval);
int books_put_known_group(struct books *b, const struct known_group *group);
int books_set_paused(struct books *b, const char *group, bool paused, const char *who);
/* By itself, or with the whole fleet. */
bool books_is_paused(const struct books *b, const char *group);
/* The one that lets the action of @hash through now, borrowed until the books change; NULL: none. */
const struct approval *books_approval(const struct books *b, const char *hash, uint64_t wall_ms);
/* Each approval lets one action through. */
void books_use_approval(struct books *b, const char *hash);
/* Bought (> 0) or deleted (< 0) instances, for the rolling hour. */
int books_note_change(struct books *b, const char *group, int64_t intent, int64_t count,
		      uint64_t wall_ms);
/* The call of @intent was refused: it bought and deleted nothing. */
void books_forget_change(struct books *b, int64_t intent);
/* @i is about to become durable: what it costs counts from then on, until it is over without
 * effect. 0 or -ENOMEM. */
int books_learn_intent(struct books *b, const struct intent *i);
/* A line of history. -ENOBUFS when too many wait for a ledger that cannot be written. */
int books_note_event(struct books *b, uint64_t wall_ms, const char *group, const char *event,
		     const char *detail);

/* Borrowed, valid until the next put of that id. NULL when unknown. */
const struct order *books_order(const struct books *b, const char *id);
/* @id: an instance, or a cloud group for its own row. */
const struct resource *books_resource(const struct books *b, const char *id);
const struct known_group *books_known_group(const struct books *b, const char *name);
/* Calls @each for every row; stops at its first non-zero return and hands that on. */
int books_each_order(const struct books *b, int (*each)(void *data, const struct order *o), void *data);
int books_each_resource(const struct books *b, int (*each)(void *data, const struct resource *r),
			void *data);
int books_each_known_group(const struct books *b,
			   int (*each)(void *data, const struct known_group *g), void *data);

/* The rows of @r->from become those of @r->to, which is paused if the other was. After a renaming
 * that was undone they are written once more. 0 or -ENOMEM. */
int books_rename(struct books *b, struct renames *r);

bool books_has_marks(const struct books *b);
/* Into the caller's open transaction. 0 or a negative errno. */
int books_save(struct books *b, struct ledger *ledger);
void books_saved(struct books *b);

/*
 * The view for the plan, without intents (the executor's). Valid until the next call of any
 * books_ function. Rows that are over and seen are left out; see model/in_flight.h. 0 or
 * -ENOMEM.
 */
int books_view(struct books *b, uint64_t wall_ms, struct in_flight *ret);
