#pragma once
/*
 * Place: puts what the ledger remembers (intents, rows of instances, orders) where it
 * belongs in the world. Internal to classify.
 */
#include "plan/classify.h"

/* Of classify.c. 0 or -ENOMEM. */
int world_view_of(struct world *w, const char *name, struct group_view **ret_view);
int world_add_cloud(struct world *w, const char *id, struct cloud_view **ret_cloud);
int world_cloud_of(struct world *w, const char *id, struct cloud_view **ret_cloud);
void cloud_claim(struct cloud_view *c, struct group_view *view, enum belonging how);

static inline bool row_counts(const struct resource *row)
{
	return row->state != RESOURCE_GONE;
}

/* Of place.c, in the order of the calls. 0 or -ENOMEM. */
int place_intents(struct world *w);  /* may claim cloud groups */
int place_rows(struct world *w);     /* needs the members */
void place_targets(struct world *w); /* needs the groups' lists of cloud groups */
int place_orders(struct world *w);
