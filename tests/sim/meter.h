#pragma once
/*
 * Every request of a simulated life, as the network saw it: when it left, to which service, and how
 * it ended. For questions about the pace, asked afterwards.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cloud/operations.h"

enum metered_end {
	METERED_OPEN,
	METERED_GOOD,
	METERED_THROTTLED,
	METERED_FAILED, /* no answer, a 5xx, or one that says no */
};

struct metered {
	uint64_t sent_ms, ended_ms;
	enum operation op;
	enum service service;
	bool changing;
	uint64_t what; /* a digest of all that it asks for: a call that is made again has the same */
	enum metered_end end;
};

/* Of the network from now on; forgets what was metered. */
void meter_start(void);
/* Instead of the server's hint every throttled answer carries this one; NULL: the server's own. */
void meter_hint(const char *hint);

size_t meter_count(void);
const struct metered *meter_at(size_t n);

/* Of requests that left in [from, to): how many, and the most in one whole second. */
unsigned meter_sent(enum service service, uint64_t from_ms, uint64_t to_ms);
unsigned meter_peak(enum service service, uint64_t from_ms, uint64_t to_ms);
/* Of an operation's requests that left in [from, to), those that ended so. */
unsigned meter_ended(enum operation op, enum metered_end end, uint64_t from_ms, uint64_t to_ms);
/* Changing requests that ask for what one before them asked for. */
unsigned meter_repeated(void);
/* Requests that left within @hint_ms after an answer that throttled the same operation. */
unsigned meter_undercut(uint64_t hint_ms);
/* When the first @n good answers to @op within @window_ms were complete, counted from @from_ms; 0:
 * never. */
uint64_t meter_flow(enum operation op, unsigned n, uint64_t window_ms, uint64_t from_ms);
