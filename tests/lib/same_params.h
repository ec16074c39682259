#pragma once
#include <string.h>

#include "model/params.h"

static inline bool same_params(const struct params *a, const struct params *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++)
		if (strcmp(a->items[i].name, b->items[i].name) != 0 ||
		    strcmp(a->items[i].value, b->items[i].value) != 0)
			return false;
	return a->n == b->n;
}
