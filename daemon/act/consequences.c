#include "act/consequences.h"

#include "act/orders.h"

static int expect(struct books *books, const struct intent *i, const char *id, const char *cloud_group,
		  uint64_t wall_ms)
{
	if (books_resource(books, *id ? id : cloud_group))
		return 0; /* known already: a replayed reply */
	struct resource resource = {
		.id = (char *)id,
		.cloud_group = (char *)cloud_group,
		.group = i->group,
		.intent = i->id,
		.state = RESOURCE_EXPECTED,
		.charge = i->charge,
		.first_wall_ms = wall_ms,
	};
	return books_put_resource(books, &resource);
}

/* A look at the account's orders may find one before the reply that names it comes. */
static int claim_order(struct books *books, const struct intent *i, const struct order *known,
		       const char *cloud_group, int64_t count)
{
	if (known->intent != 0)
		return 0; /* a replayed reply */
	struct order order = *known;
	order.group = i->group;
	order.region = i->region;
	order.cloud_group = (char *)cloud_group;
	order.intent = i->id;
	order.count = count;
	order.foreign = false;
	return books_put_order(books, &order);
}

static int record_order(struct books *books, const struct intent *i, const char *order_id,
			const char *cloud_group, int64_t count, uint64_t wall_ms)
{
	const struct order *known = books_order(books, order_id);
	if (known)
		return claim_order(books, i, known, cloud_group, count);
	struct order order = {
		.id = (char *)order_id,
		.group = i->group,
		.region = i->region,
		.cloud_group = (char *)cloud_group,
		.intent = i->id,
		.count = count,
		/* Whether a bandwidth package pays itself is for BSS to say. An order that does
		 * is taken as paid until BSS has been asked: with too little balance it may
		 * wait for a person all the same (eds-aic 7). */
		.status = count == 0 ? ORDER_UNKNOWN : i->unpaid ? ORDER_UNPAID : ORDER_PAID,
		.created_wall_ms = wall_ms,
		.deadline_wall_ms = wall_ms + ORDER_DEADLINE_MS,
	};
	return books_put_order(books, &order);
}

int consequences_record(struct books *books, const struct intent *i, const struct action_result *result,
			uint64_t wall_ms)
{
	if (!i->buys)
		return 0;
	const char *cloud_group = *result->group ? result->group : i->cloud_group;
	int r = 0;
	if (*cloud_group)
		r = expect(books, i, "", cloud_group, wall_ms);
	for (size_t k = 0; k < result->instances.n && r == 0; k++)
		r = expect(books, i, result->instances.items[k], cloud_group, wall_ms);
	if (r == 0 && *result->order_id && i->charge == CHARGE_PREPAID)
		r = record_order(books, i, result->order_id, cloud_group, i->count, wall_ms);
	/* The bandwidth package is an order of its own; it funds no instances. */
	if (r == 0 && *result->bandwidth_order)
		r = record_order(books, i, result->bandwidth_order, cloud_group, 0, wall_ms);
	return r;
}
