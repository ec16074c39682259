#include "act/consequences.h"

#include "act/orders.h"
#include "cloud/listings.h"

static int expect(struct books *books, const struct intent *i, const char *id, const char *cloud_group,
		  uint64_t wall_ms)
{
	const struct resource *known = books_resource(books, *id ? id : cloud_group);
	if (known && !known->foreign)
		return 0; /* known already: a replayed reply */
	/* What a person took for somebody else's while the call was unclear: it is ours. */
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

/* What an order is to the books. */
struct terms {
	enum order_status status;
	int64_t count; /* instances it funds */
	bool settled;  /* nobody has to pay it: kept only so that it is known as ours */
};

/* A look at the account's orders may find one before the reply that names it comes. */
static int record_order(struct books *books, const struct intent *i, const char *order_id,
			const char *cloud_group, const struct terms *terms, uint64_t wall_ms)
{
	const struct order *known = books_order(books, order_id);
	if (known && known->intent != 0)
		return 0; /* a replayed reply */
	struct order order = {.status = terms->status, .created_wall_ms = wall_ms,
			      .deadline_wall_ms = wall_ms + ORDER_DEADLINE_MS};
	if (known)
		order = *known;
	/* It was settled before anyone knew whose it was: it is asked about again, for the group's
	 * conclusions to be drawn. */
	if (known && (known->status == ORDER_PAID || known->status == ORDER_CANCELLED)) {
		order.status = ORDER_UNKNOWN;
		order.settled_wall_ms = 0;
	}
	order.id = (char *)order_id;
	order.group = i->group;
	order.region = i->region;
	order.cloud_group = (char *)cloud_group;
	order.intent = i->id;
	order.count = terms->count;
	order.foreign = false;
	order.announced_wall_ms = 0; /* what it is for has not been told */
	if (terms->settled) {
		order.status = ORDER_PAID;
		order.settled_wall_ms = wall_ms;
		order.landed = true;
	}
	return books_put_order(books, &order);
}

/* One that pays itself is taken as paid until BSS has been asked: with too little balance it may
 * wait for a person all the same (eds-aic 7). Pay-as-you-go is paid by use; what its order's
 * state means is not documented (appstream-center 6.8). */
static struct terms terms_of(const struct intent *i)
{
	if (i->charge != CHARGE_PREPAID)
		return (struct terms){ORDER_PAID, 0, true};
	return (struct terms){i->unpaid ? ORDER_UNPAID : ORDER_PAID, i->count, false};
}

int consequences_record(struct books *books, const struct intent *i, const struct action_result *result,
			uint64_t wall_ms)
{
	/* A bandwidth package is an order of its own; it funds no instances, and whether it pays
	 * itself is for BSS to say. */
	static const struct terms package = {ORDER_UNKNOWN, 0, false};
	if (!i->buys)
		return 0;
	const struct terms terms = terms_of(i);
	const char *cloud_group = *result->group ? result->group : i->cloud_group;
	int r = 0;
	if (*cloud_group)
		r = expect(books, i, "", cloud_group, wall_ms);
	for (size_t k = 0; k < result->instances.n && r == 0; k++)
		r = expect(books, i, result->instances.items[k], cloud_group, wall_ms);
	if (r == 0 && *result->order_id)
		r = record_order(books, i, result->order_id, cloud_group, &terms, wall_ms);
	if (r == 0 && *result->bandwidth_order)
		r = record_order(books, i, result->bandwidth_order, cloud_group, &package, wall_ms);
	return r;
}

int consequences_adopt(struct books *books, const struct intent *i, const char *resource,
		       uint64_t wall_ms)
{
	const struct listing_kind *listing = listing_of(i->kind);
	bool is_whole = listing && listing->instances == OP_MAX_;
	const struct resource *known = books_resource(books, resource);
	bool was_disowned = i->verb == VERB_CREATE && known && known->foreign;
	return i->buys && (is_whole || was_disowned) ? expect(books, i, "", resource, wall_ms) : 0;
}

int consequences_name(struct books *books, const struct intent *i, const char *resource,
		      uint64_t wall_ms)
{
	const struct order *known = books_order(books, i->order_id);
	int r = expect(books, i, "", resource, wall_ms);
	if (r < 0 || !known || *known->cloud_group)
		return r;
	struct order order = *known;
	order.cloud_group = (char *)resource;
	return books_put_order(books, &order);
}

int consequences_order(struct books *books, const struct intent *i, const char *order, uint64_t wall_ms)
{
	const struct terms terms = terms_of(i);
	const char *cloud_group = *i->result_group ? i->result_group : i->cloud_group;
	return record_order(books, i, order, cloud_group, &terms, wall_ms);
}
