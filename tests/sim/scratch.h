#pragma once
/*
 * A folder for the files of one simulated life, in memory where there is such a place.
 */
#include <stddef.h>

/* Ends the program when there is no room for it. */
void scratch_make(char *dir, size_t size);
void scratch_make_at(const char *dir);
void scratch_remove(const char *dir);
