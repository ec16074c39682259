#pragma once
/*
 * What executor.c and executor_look.c share: one intent with what is to be done about it.
 * Private to the two; pure, as they are.
 */
#include "act/executor.h"
#include "cloud/operations.h"

/* How the call of @i is recovered: a fact of its operation. */
const struct recovery *executor_recovery(const struct intent *i);

struct item {
	struct intent *intent;
	bool dirty;      /* changed since it was last durable */
	bool offered;    /* in the persist list of the update that is being committed */
	bool to_send;    /* hand out a send as soon as it is durable */
	bool queued;     /* handed out: with the driver until SENDING or REPLY */
	bool withdrawn;  /* its group is paused, or not in the file as it was when it was recorded */
	unsigned looks;  /* looks scheduled so far, for their spacing */
	uint64_t next_mono_ms;  /* next look or replay; 0 = none */
	uint64_t since_mono_ms; /* first sent in this life, or restored */
	bool restored;          /* ... sent in an earlier one */
	uint64_t asked_mono_ms; /* a look counts only when its listing began after this */
	bool asks;              /* what the account's orders say is still to be learned */
	uint64_t asks_mono_ms;  /* ... by a question then */
	bool has_note;
	struct exec_note note;  /* told once durable */
};

struct executor {
	struct exec_policy policy;
	VEC(struct item) items;
	struct intent **view; /* for executor_intents(); room for all items */
	size_t view_cap;
};

/* Every change of state goes through here; a move that the table does not allow ends the
 * process, because going on could buy twice. */
void item_move(struct item *item, enum intent_state to, const struct exec_now *now);
/* The same to HELD, with a note. */
void item_hold(struct item *item, const struct exec_now *now);
/* The same to DONE, by looking or by a person's word. The order that it left for a person to pay
 * is asked about, when there is one: only the reply would have named it. */
void item_found(struct item *item, const struct exec_now *now);
/* Told once what it tells of is durable. */
void item_note(struct item *item, enum exec_note_type type, enum outcome outcome);
/* Unclear, not on its way again, and its next look or replay has come. */
bool item_is_due(const struct item *item, const struct exec_now *now);
void item_schedule_look(const struct executor *e, struct item *item, const struct exec_now *now);

/* The same call may be made again: its kind can bear it, and it is early enough. */
bool item_may_replay(const struct executor *e, const struct item *item, const struct exec_now *now);

/* executor_look.c: EXEC_OBSERVED, for every unclear intent of the kind whose look is due. 0 or
 * -ENOMEM. */
int executor_look(struct executor *e, const struct exec_event *event);
/* Calls that need no look are made again when due, or given up. */
void item_wake(const struct executor *e, struct item *item, const struct exec_now *now);
/* EXEC_WITNESS. 0 or -ENOMEM. */
int item_witness(const struct executor *e, struct item *item, const struct exec_event *event);
