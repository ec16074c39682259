#pragma once
/*
 * The life of a changing call, as a pure step function: an event goes in, what must be
 * done comes out. No clock, random, I/O or log.
 *
 * Contract with the driver: everything in update.persist is durable before anything in
 * update.send leaves the process; a reply is durable before its effect is used. The
 * executor enforces it: it hands out a send only after EXEC_COMMITTED has confirmed the
 * intent, and a note (for the log) only for what is durable.
 *
 *   recorded ─▶ sent ─▶ done | rejected | unclear | held
 *   unclear ─▶ sent (the same call again) | done (found) | absent | held
 *   held ─▶ done | absent (a person decides)
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/renames.h"
#include "base/vec.h"
#include "cloud/outcome.h"
#include "model/intent.h"
#include "model/observed.h"

struct exec_policy {
	uint64_t replay_window_ms; /* a call is sent again only this long after its first send */
	uint64_t first_look_ms;    /* looks at 1, 2, 4, 8, 16 times this, then every 15 times */
	int max_sends;
	int looks_needed;          /* complete looks that agree before "absent" */
	int looks_late_needed;     /* of which after the window */
};

struct exec_now {
	uint64_t mono_ms, wall_ms;
};

enum exec_event_type {
	EXEC_RESTORED,  /* intents: read from the ledger at start; taken over */
	EXEC_ACTIONS,   /* intents: new, state RECORDED; taken over */
	EXEC_COMMITTED, /* what the last update asked to persist is durable */
	EXEC_SENDING,   /* intent: pacing let it through, the first byte leaves when this is durable */
	EXEC_REPLY,     /* intent, reply */
	EXEC_OBSERVED,  /* observed, kind: looking at that kind has ended */
	EXEC_LANDED,    /* intent: what it made was seen in a complete listing */
	EXEC_DECIDED,   /* intent, resource ("" = abandon): a person's word on a held intent */
	EXEC_WITNESS,   /* intent, witness, text: what the account's orders say of it */
	EXEC_NAMED,     /* intent, resource: what it made, when its reply did not say so */
	EXEC_TICK,
};

/* Orders made while a call was under way that the ledger does not know: it may have had its
 * effect though no listing shows it. */
enum witness {
	WITNESS_CLEAR,  /* there are none */
	WITNESS_FOUND,  /* text names them */
	WITNESS_DENIED, /* they may not be read; text is the code of the refusal */
};

struct exec_reply {
	enum outcome outcome;
	const char *code, *message, *request_id; /* "" when none */
	/* OUTCOME_DONE: */
	const char *result_group;            /* "" when the reply named none */
	const struct text_list *result;      /* instance ids; NULL = none */
	const char *order_id;                /* "" when none */
};

struct exec_event {
	enum exec_event_type type;
	struct exec_now now;
	struct intent **intents; /* elements become NULL as they are taken */
	size_t n_intents;
	const bool *wanted;      /* RESTORED: see executor_set_wanted() */
	struct intent *intent;
	const struct exec_reply *reply;
	const struct observed *observed;
	enum kind kind; /* OBSERVED: other kinds may be in the middle of a look */
	const char *resource;
	enum witness witness;
	const char *text;
	const char *order; /* WITNESS: the only one that was found; NULL: none, or several.
			      DECIDED: the one that it left, where a person knows that and no more */
};

enum exec_note_type {
	NOTE_STARTED,   /* the call is about to leave for the first time */
	NOTE_DONE,
	NOTE_REJECTED,  /* no effect; code and message tell why */
	NOTE_UNCLEAR,
	NOTE_REPLAYED,
	NOTE_FOUND,     /* unclear, then found: adopted */
	NOTE_ABSENT,
	NOTE_HELD,
	NOTE_DROPPED,   /* recorded, never sent, no longer wanted */
};

struct exec_note {
	enum exec_note_type type;
	struct intent *intent;
	enum outcome outcome; /* REJECTED, UNCLEAR */
};

/* Which unknown orders were made in that time? */
struct exec_question {
	struct intent *intent;
	uint64_t from_wall_ms, to_wall_ms;
};

struct exec_update {
	VEC(struct intent *) persist; /* borrowed: save these rows in one commit */
	VEC(struct intent *) send;    /* start the call of each */
	VEC(struct exec_note) notes;
	VEC(struct exec_question) want_witness; /* asked again until EXEC_WITNESS answers */
	bool want_groups[KIND_MAX_];  /* a listing of cloud groups would settle something */
	VEC(const char *) want_instances; /* so would the instances of these cloud groups */
	uint64_t wake_mono_ms;        /* EXEC_TICK is wanted then; 0 = not */
};

struct executor;

struct executor *executor_new(const struct exec_policy *policy);
struct executor *executor_free(struct executor *e);
void executor_configure(struct executor *e, const struct exec_policy *policy);
/* Adds to @update. 0 or -ENOMEM; after -ENOMEM the
 * state is consistent and the step may be repeated with EXEC_TICK. */
int executor_step(struct executor *e, const struct exec_event *event, struct exec_update *update);
/* Forgets what was asked to be persisted and observed, for the next step into the same
 * update; sends, notes and questions stay. */
void exec_update_clear_wants(struct exec_update *u);
void exec_update_fini(struct exec_update *u);

/* All intents it holds: open ones, and settled ones until executor_forget_landed(). Valid until
 * the next step; takes no memory. */
struct intent *const *executor_intents(const struct executor *e, size_t *ret_n);
/* Whether its group is as it was when @i was recorded, and not paused: true until it is said. What is
 * not wanted does not leave for the first time, and what removes something does not leave again. */
void executor_set_wanted(struct executor *e, const struct intent *i, bool wanted);
struct intent *executor_find(const struct executor *e, int64_t id);
/* What was made under the name @r->from goes on under @r->to, and is persisted with the next step,
 * also when the renaming was undone. 0 or -ENOMEM. */
int executor_rename(struct executor *e, struct renames *r);
/* Drops intents that are durable, settled, and have nothing left to show: rejected, absent,
 * done and landed with the order that they left known. */
void executor_forget_landed(struct executor *e);
/* May the call of @i leave now? Both a first one, counted from when it was recorded, and the same
 * again only within the window, which may have passed while it waited for its turn. EXEC_SENDING is refused (-ETIMEDOUT) when not. */
bool executor_may_send(const struct executor *e, const struct intent *i, const struct exec_now *now);
/* Is this move of a call's life allowed? (the table) */
bool executor_may_move(enum intent_state from, enum intent_state to);
