#pragma once
/*
 * The difference between the gateway's clock and ours. It accepts signatures within 15
 * minutes (protocol a), so a minute off is left alone. Pure.
 */
#include <stdbool.h>
#include <stdint.h>

struct clock_offset {
	int64_t offset_ms; /* to add to our wall clock; 0 = ours is good enough */
};

/* @date is the Date header of an answer just received. True when the offset changed by
 * more than a minute and was adopted. */
bool clock_learn(struct clock_offset *clock, uint64_t wall_now_ms, const char *date);
/* Our wall clock, corrected; never below zero. */
uint64_t clock_corrected(const struct clock_offset *clock, uint64_t wall_now_ms);
/* Whether a signature made with @signed_offset_ms would be dated otherwise now. */
bool clock_has_moved(const struct clock_offset *clock, int64_t signed_offset_ms);
