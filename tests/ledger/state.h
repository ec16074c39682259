#pragma once
/*
 * All that a ledger holds as text, by its public readers: two ledgers that give the same
 * text know the same. Left out is what the ledger notes for itself ("probed_wall_ms").
 */
#include "ledger/ledger.h"

/* The facts that the tests of this folder set, NULL-ended. */
extern const char *const state_facts[];

/* The first line is whose ledger it is; free(). NULL when a reading fails, its negative
 * errno in *ret_error. */
char *state_text(struct ledger *l, int *ret_error);
