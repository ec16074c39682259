#pragma once
/*
 * Misbehaviour on request. A fault belongs to one phase of a call; in each phase the
 * first fault of the list that matches and still has turns left acts, the others of
 * that phase do not see the call. So two faults of one phase follow each other, and
 * faults of different phases (say delay and drop_reply) meet in one call.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"

struct sim_operation;

enum sim_fault_kind {
	FAULT_NONE,
	FAULT_DELAY,      /* held back for ms */
	FAULT_CUT_BEFORE, /* before the effect */
	FAULT_HTTP_503,
	FAULT_THROTTLE,
	FAULT_STOCK,
	FAULT_REFUSE,   /* with any code */
	FAULT_LIST_LAG, /* reads */
	FAULT_TOKEN_LOOP,
	FAULT_MISSING_PAGE,
	FAULT_EMPTY_LIST,
	FAULT_UNKNOWN_STATUS,
	FAULT_WRONG_TOTAL,
	FAULT_SMALL_PAGES,
	FAULT_MOVED_ROWS,
	FAULT_CREATE_FAILED, /* ageing */
	FAULT_STUCK,
	FAULT_IDS_ARRAY, /* shape of Upgrade's InstanceIds (eds-aic 4.4) */
	FAULT_IDS_QUOTES,
	FAULT_FEWER, /* partial success */
	FAULT_SHORT_IDS,
	FAULT_DROP_REPLY, /* after the effect */
	FAULT_HTTP_500,
	FAULT_GARBAGE,
	FAULT_TRUNCATE,
	FAULT_REFUSE_AFTER,
};

enum sim_phase {
	PHASE_DELAY,
	PHASE_BEFORE,
	PHASE_READ,
	PHASE_AGEING,
	PHASE_SHAPE,
	PHASE_AFTER,
	PHASE_MAX_
};

struct sim_fault {
	char action[80]; /* or "*" */
	enum sim_fault_kind kind;
	uint64_t times;
	uint64_t skip;
	uint64_t ms; /* cloud time */
	char code[80];
};

struct sim_faults {
	VEC(struct sim_fault) list;
};

/* What one call meets: per phase a copy of the fault, kind FAULT_NONE where none. */
struct sim_verdict {
	struct sim_fault phase[PHASE_MAX_];
};

/* FAULT_NONE for a word that is not a fault. */
enum sim_fault_kind sim_fault_named(const char *name);

/* Takes the turns of phase @phase for this call. */
void sim_faults_take(struct sim_faults *faults, const struct sim_operation *op,
		     enum sim_phase phase, struct sim_verdict *verdict);

static inline bool sim_meets(const struct sim_verdict *verdict, enum sim_phase phase,
			     enum sim_fault_kind kind)
{
	return verdict->phase[phase].kind == kind;
}
