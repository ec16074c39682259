/*
 * renamed_from: the group takes over all that the ledger has under its former name. Rows, calls,
 * orders and the hour's changes go together and become durable with the file that says so: as soon
 * as the two names were both in use, one half would be bought anew.
 */
#include "app_internal.h"

static int rename_strays(struct app *a, struct renames *r)
{
	int renamed = 0;
	for (size_t k = 0; k < a->strays.n && renamed >= 0; k++)
		renamed = renames_apply(r, &a->strays.items[k].group);
	return renamed < 0 ? renamed : 0;
}

static int rename_all(struct app *a, struct renames *r)
{
	int e = ledger_rename_intents(a->ledger, r->from, r->to);
	if (e == 0)
		e = books_rename(a->books, r);
	if (e == 0 && a->driver) /* else it reads the ledger later */
		e = driver_rename(a->driver, r);
	return e == 0 ? rename_strays(a, r) : e;
}

int app_rename_begin(struct app *a, const struct desired *d, struct renamings *ret)
{
	int e = 0;
	for (size_t k = 0; k < d->n_groups && e == 0; k++) {
		const struct desired_group *g = &d->groups[k];
		if (!g->renamed_from)
			continue;
		struct renames *slot = vec_add(&ret->items);
		if (!slot)
			return -ENOMEM;
		slot->from = g->renamed_from;
		slot->to = g->name;
		e = rename_all(a, slot);
	}
	return e;
}

void app_rename_end(struct renamings *r, bool durable)
{
	vec_each(&r->items, renames) {
		if (durable)
			renames_keep(renames);
		else
			renames_undo(renames);
	}
	vec_free(&r->items);
}
