#pragma once
/*
 * What the tests of seen share: what the newest listings change, and whether a call or an order has landed.
 */
#include "plan/seen.h"
#include "planning.h"

#define auto_seen cleanup(seen_changes_fini)

static inline struct seen_changes seen(struct scene *s)
{
	struct seen_changes c = {0};
	assert_int_equal(seen_compute(scene_input(s), every_kind, &c), 0);
	return c;
}

static inline bool has_landed(struct scene *s, const struct intent *intent)
{
	auto_seen struct seen_changes c = seen(s);
	for (size_t i = 0; i < c.intents.n; i++)
		if (c.intents.items[i] == intent)
			return true;
	return false;
}

static inline bool order_landed(struct scene *s, const struct order *order)
{
	auto_seen struct seen_changes c = seen(s);
	for (size_t i = 0; i < c.orders.n; i++)
		if (c.orders.items[i] == order)
			return true;
	return false;
}
