#pragma once
/*
 * Everything that a plan says, as text: two plans are equal when their texts are.
 */
#include "model/plan_result.h"

/* The caller frees it. */
char *plan_text(const struct plan *p);
