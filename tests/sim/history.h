#pragma once
/*
 * Judges every changing call by what stood before it and what stands after it, from the cloud's
 * own history. So what a person does in between is never taken for the daemon's.
 */
#include <stdbool.h>
#include <stdint.h>

void history_start(void);
/* Around one changing call, as the cloud takes it in: its @number there. */
void history_before_call(void);
void history_after_call(uint64_t number);
/* NULL, or the first thing that was wrong. */
const char *history_wrong(void);
/* Changing calls that had an effect. */
uint64_t history_changes(void);
/* A cloud group that somebody else made, and what is in it. */
void history_foreign(const char *group_id);
bool history_is_foreign(const char *group_id);
