#pragma once
/*
 * Ledgers of released versions, from the texts in tests/data/ledger. Ends the test program
 * when it cannot make one.
 */

/* Writes <dir>/ledger.db as version @version left it. */
void golden_make(const char *dir, int version);
