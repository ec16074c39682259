/*
 * What the buys of the last 30 days cost, as far as anybody has said: their prices when they were
 * recorded, or what their orders are really about. What was refused, found absent or cancelled
 * costs nothing; an unpaid order is a promise, an unclear call may have bought.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act/books_rows.h"
#include "base/money.h"

static bool is_recent(uint64_t now, uint64_t then)
{
	return now < then || now - then < SPEND_KEPT_MS;
}

static struct spend_row *row_of(struct books *b, int64_t intent)
{
	struct spend_row *row;
	HASH_FIND(hh, b->spends, &intent, sizeof(intent), row);
	if (row || !(row = calloc(1, sizeof(*row))))
		return row;
	row->intent = intent;
	HASH_ADD(hh, b->spends, intent, sizeof(row->intent), row);
	if (row->hh.tbl)
		return row;
	free(row);
	return NULL;
}

int books_learn_intent(struct books *b, const struct intent *i)
{
	if (!i->buys)
		return 0;
	struct spend_row *row = row_of(b, i->id);
	if (!row)
		return -ENOMEM;
	row->price_micro = i->price_micro;
	memcpy(row->currency, i->currency, sizeof(row->currency));
	row->by_use = i->charge == CHARGE_POSTPAID;
	row->refused = i->state == INTENT_REJECTED || i->state == INTENT_ABSENT;
	row->wall_ms = i->first_sent_wall_ms ? i->first_sent_wall_ms : i->created_wall_ms;
	return 0;
}

static int load_intent(void *data, const struct intent *i)
{
	return books_learn_intent(data, i);
}

int spends_load(struct books *b, struct ledger *ledger)
{
	return ledger_each_intent(ledger, load_intent, b);
}

void spends_free(struct books *b)
{
	struct spend_row *row, *next;
	HASH_ITER(hh, b->spends, row, next)
	{
		HASH_DEL(b->spends, row);
		free(row);
	}
	vec_free(&b->view_spends);
}

static void forget_old(struct books *b, uint64_t wall_ms)
{
	struct spend_row *row, *next;
	HASH_ITER(hh, b->spends, row, next)
	{
		row->ordered = row->standing = 0;
		row->real_micro = 0;
		if (is_recent(wall_ms, row->wall_ms))
			continue;
		HASH_DEL(b->spends, row);
		free(row);
	}
}

static bool amount_of(const struct order *o, int64_t *ret_micro)
{
	return *o->currency && strlen(o->currency) < MONEY_CURRENCY_SIZE &&
	       money_parse(o->amount, ret_micro) == 0 && *ret_micro > 0;
}

static int add(struct books *b, const struct spend *spend)
{
	struct spend *slot = vec_add(&b->view_spends);
	if (!slot)
		return -ENOMEM;
	*slot = *spend;
	return 0;
}

/* Of a call that left no trace of its own here: known by its order alone. */
static int add_found(struct books *b, const struct order *o, uint64_t wall_ms)
{
	int64_t micro;
	if (!*o->group || o->status == ORDER_CANCELLED || !is_recent(wall_ms, o->created_wall_ms) ||
	    !amount_of(o, &micro))
		return 0;
	return add(b, &(struct spend){micro, o->currency, false, o->created_wall_ms});
}

/* Several orders of one call (its instances, a bandwidth package) are all of its cost. */
static void join(struct spend_row *row, const struct order *o)
{
	int64_t micro, sum;
	row->ordered += o->count > 0;
	if (o->status == ORDER_CANCELLED)
		return;
	row->standing += o->count > 0;
	if (!amount_of(o, &micro))
		return;
	bool other = row->real_micro > 0 && strcmp(row->real_currency, o->currency) != 0;
	if (other || money_add(row->real_micro, micro, &sum) < 0)
		return;
	row->real_micro = sum;
	row->real_currency = o->currency;
}

static int join_orders(struct books *b, uint64_t wall_ms)
{
	int r = 0;
	for (const struct order_row *at = b->orders; at && r == 0; at = at->hh.next) {
		const struct order *o = &at->order;
		struct spend_row *row;
		if (o->foreign || order_is_by_use(o))
			continue;
		HASH_FIND(hh, b->spends, &o->intent, sizeof(o->intent), row);
		if (row)
			join(row, o);
		else if (o->intent == 0)
			r = add_found(b, o, wall_ms);
	}
	return r;
}

static int add_row(struct books *b, const struct spend_row *row)
{
	/* Its orders know best whether it costs anything; without one the call's answer does. */
	if (row->ordered > 0 ? row->standing == 0 : row->refused)
		return 0;
	if (row->real_micro > 0)
		return add(b, &(struct spend){row->real_micro, row->real_currency, false,
					      row->wall_ms});
	if (row->price_micro <= 0)
		return 0;
	return add(b, &(struct spend){row->price_micro, row->currency, row->by_use, row->wall_ms});
}

int spends_view(struct books *b, uint64_t wall_ms)
{
	b->view_spends.n = 0;
	forget_old(b, wall_ms);
	int r = join_orders(b, wall_ms);
	for (const struct spend_row *row = b->spends; row && r == 0; row = row->hh.next)
		r = add_row(b, row);
	return r;
}
