#pragma once
/*
 * Which kinds of state the tuples have reached. A promise that is never put to the test is not
 * kept by anything, so each of them must have been met.
 */
#include <stdio.h>

#include "plan/plan.h"

void classes_count(const struct plan_input *in, const struct plan *p);
/* Tells how often each was met; the number of those that never were. */
unsigned classes_tell(FILE *out);
