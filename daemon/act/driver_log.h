#pragma once
/*
 * The executor's notes as events for operators and lines of the group's history.
 */
#include "act/books.h"
#include "act/executor.h"

/* Logs @note, once, and keeps a line for `drover explain` in @books (a lost line is
 * survivable, so its failure is ignored). */
void driver_log_note(const struct exec_note *note, struct books *books, uint64_t wall_ms);
