#pragma once
/*
 * Shut while the account's keys, or one permission, are refused: nothing is gained by
 * asking again and again, and accounts get locked for it. One call tries at intervals.
 * Pure.
 */
#include <stdbool.h>
#include <stdint.h>

struct auth_gate {
	bool shut;
	bool trying;
	uint64_t next_ms;
	char code[96]; /* of the refusal that began the episode */
	char request_id[64];
};

/* Whether a call may go; @ret_trial: it is the one that tries, hand that back. */
bool auth_gate_allows(struct auth_gate *gate, uint64_t now_ms, bool may_try, bool *ret_trial);
#define AUTH_GATE_FOR_GOOD UINT64_MAX /* no trial before auth_gate_hurry() */
/* Refused: true when this begins an episode. */
bool auth_gate_refused(struct auth_gate *gate, uint64_t now_ms, uint64_t interval_ms,
		       const char *code, const char *request_id);
/* Accepted: true when this ends an episode. */
bool auth_gate_accepted(struct auth_gate *gate);
/* The trial ended without saying either. */
void auth_gate_abandoned(struct auth_gate *gate);
/* Something changed (keys, settings): try with the next call. */
void auth_gate_hurry(struct auth_gate *gate);
