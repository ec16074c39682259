#pragma once
/*
 * Plans that are wrong on purpose: the oracle has to object to them.
 */
#include <stdio.h>

#include "lib/build.h"

/* Breaks the plan of @s, a hold or a number at a time, and asks the oracle. */
void controls_try(struct scene *s);
/* Tells how often each was tried and objected to; the number of those that the oracle let pass
 * once, or that were never tried. */
unsigned controls_tell(FILE *out);
