#include "act/orders.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/timefmt.h"
#include "base/vec.h"
#include "report/log.h"

/* A record that the journal has not taken yet. */
struct announcing {
	char *id;
	uint64_t wall_ms;
};

struct orders {
	struct books *books;
	enum site site;
	uint64_t remind_ms;
	VEC(struct announcing) announcing;
};

void orders_configure(struct orders *o, const struct settings *settings)
{
	o->site = settings->site;
	o->remind_ms = settings->poll.remind_ms;
}

struct orders *orders_new(struct books *books, const struct settings *settings)
{
	struct orders *o = calloc(1, sizeof(*o));
	if (!o)
		return NULL;
	o->books = books;
	orders_configure(o, settings);
	return o;
}

struct orders *orders_free(struct orders *o)
{
	if (!o)
		return NULL;
	vec_each(&o->announcing, a)
		free(a->id);
	vec_free(&o->announcing);
	free(o);
	return NULL;
}

/* ---- what an answer means ---- */

static void tell_change(const struct order *order, enum event ev, const struct order_news *news)
{
	log_event(ev, LOG_STR("GROUP", order->group), LOG_STR("REGION", order->region),
		  LOG_STR("ORDER_ID", order->id), LOG_INT("COUNT", order->count),
		  LOG_STR("STATUS", order->status_text), LOG_STR("REQUEST_ID", news->request_id));
}

static enum event change_event(enum order_status from, enum order_status to)
{
	switch (to) {
	case ORDER_PAID:
		return EV_ORDER_PAID;
	case ORDER_CANCELLED:
		return EV_ORDER_CANCELLED;
	case ORDER_UNKNOWN:
		return EV_ORDER_UNKNOWN;
	case ORDER_UNPAID:
	case ORDER_STATUS_MAX_:
		break;
	}
	return from == ORDER_UNKNOWN ? EV_ORDER_KNOWN_AGAIN : EV_ORDER_STILL_UNPAID;
}

/* Paid and cancelled are final; whoever says otherwise later is not believed. */
static bool is_settled(const struct order *order)
{
	return order->settled_wall_ms != 0 &&
	       (order->status == ORDER_PAID || order->status == ORDER_CANCELLED);
}

/* Taken as paid because the call pays by itself; BSS has not said so yet. */
static bool is_assumed_paid(const struct order *order)
{
	return order->status == ORDER_PAID && order->settled_wall_ms == 0;
}

struct giving_up {
	struct books *books;
	int64_t intent;
};

static int give_up_expected(void *data, const struct resource *known)
{
	const struct giving_up *g = data;
	if (known->intent != g->intent || known->state != RESOURCE_EXPECTED)
		return 0;
	struct resource resource = *known;
	resource.state = RESOURCE_GONE;
	return books_put_resource(g->books, &resource);
}

/* What a reply named and nobody has seen does not come without its order. */
static int drop_expected(struct orders *o, const struct order *cancelled)
{
	struct giving_up g = {o->books, cancelled->intent};
	if (cancelled->intent == 0 || cancelled->count == 0)
		return 0;
	return books_each_resource(o->books, give_up_expected, &g);
}

/* How the group stands in the file, be it under a new name; else how it stood when it left. An
 * edit after the cancellation makes another of it, to leave and to return unchanged does not. */
static uint64_t fingerprint_of(const struct orders *o, const struct desired *desired,
			       const char *group)
{
	const struct desired_group *g = desired_find(desired, group);
	for (size_t k = 0; !g && desired && k < desired->n_groups; k++)
		if (desired->groups[k].renamed_from &&
		    strcmp(desired->groups[k].renamed_from, group) == 0)
			g = &desired->groups[k];
	const struct known_group *known = books_known_group(o->books, group);
	return g ? g->fingerprint : known ? known->fingerprint : 0;
}

int orders_learn(struct orders *o, const struct order_news *news, const struct desired *desired,
		 uint64_t wall_ms)
{
	const struct order *known = books_order(o->books, news->id);
	if (!known)
		return -ENOENT;
	if (is_settled(known))
		return 0;
	struct order order = *known;
	enum order_status before = order.status;
	bool assumed = is_assumed_paid(known);
	if (assumed && news->status == ORDER_UNKNOWN)
		return 0; /* no answer is no reason to doubt it */
	bool money = *news->amount && strcmp(news->amount, order.amount) != 0;
	if (before == news->status && !money && !assumed)
		return 0;
	order.status = news->status;
	order.status_text = (char *)news->status_text;
	if (*news->amount) {
		order.amount = (char *)news->amount;
		order.currency = (char *)news->currency;
	}
	if (order.status == ORDER_PAID || order.status == ORDER_CANCELLED)
		order.settled_wall_ms = wall_ms;
	if (order.status == ORDER_CANCELLED)
		order.fingerprint = fingerprint_of(o, desired, order.group);
	int r = order.status == ORDER_CANCELLED ? drop_expected(o, &order) : 0;
	if (r == 0) /* after it: without memory the news is taken in again */
		r = books_put_order(o->books, &order);
	if (r < 0 || before == news->status)
		return r;
	known = books_order(o->books, news->id);
	if (known->status != ORDER_UNPAID || before == ORDER_UNKNOWN) /* unpaid: orders_remind() tells */
		tell_change(known, change_event(before, known->status), news);
	char detail[128];
	(void)snprintf(detail, sizeof(detail), "order %s is %s", known->id,
		       order_status_name(known->status));
	(void)books_note_event(o->books, wall_ms, known->group, "order", detail);
	return 1;
}

int orders_found(struct orders *o, const struct order_news *news, uint64_t created_wall_ms,
		 uint64_t wall_ms)
{
	if (books_order(o->books, news->id))
		return 0;
	struct order order = {
		.id = (char *)news->id,
		.status = news->status,
		.status_text = (char *)news->status_text,
		.amount = (char *)news->amount,
		.currency = (char *)news->currency,
		.created_wall_ms = created_wall_ms ? created_wall_ms : wall_ms,
	};
	order.deadline_wall_ms = order.created_wall_ms + ORDER_DEADLINE_MS;
	int r = books_put_order(o->books, &order); /* told by orders_remind() */
	return r < 0 ? r : 1;
}

/* ---- telling people ---- */

static struct announcing *announcing_of(struct orders *o, const char *id)
{
	vec_each(&o->announcing, a)
		if (strcmp(a->id, id) == 0)
			return a;
	return NULL;
}

/* Of a call of ours, or for one of our groups. */
static bool is_ours(const struct order *order)
{
	return order->intent != 0 || *order->group;
}

/* Whoever made an order that is not ours knows of it: once is enough. */
static bool is_due(struct orders *o, const struct order *order, uint64_t wall_ms)
{
	const struct announcing *a = announcing_of(o, order->id);
	uint64_t last = a ? a->wall_ms : order->announced_wall_ms;
	return last == 0 || (is_ours(order) && (wall_ms < last || wall_ms - last >= o->remind_ms));
}

/* What a person may do instead of paying; NULL: nothing but let it end. The call of a purchase
 * should have paid it (bssopenapi 5). */
static const char *to_do(struct orders *o, const struct order *order)
{
	static const char *const words[KIND_MAX_] = {
		[KIND_PURCHASE] = "pay it, or cancel it (CancelOrder): nothing is bought in its "
				  "place meanwhile",
	};
	const struct known_group *known = books_known_group(o->books, order->group);
	return known ? words[known->kind] : NULL;
}

static void announce(struct orders *o, const struct order *order, uint64_t wall_ms)
{
	struct announcing *a = announcing_of(o, order->id);
	if (!a) {
		char *id = strdup(order->id);
		a = id ? vec_add(&o->announcing) : NULL;
		if (!a) {
			free(id);
			return; /* told with the next reminder */
		}
		a->id = id;
	}
	a->wall_ms = wall_ms;
	if (!is_ours(order)) {
		log_event_confirmed(EV_ORDERS_FOREIGN, order->id, LOG_STR("ORDER_ID", order->id),
				    LOG_STR("AMOUNT", order->amount), LOG_STR("CURRENCY", order->currency),
				    LOG_STR("PAY_AT", site_console_url(o->site)));
		return;
	}
	char deadline[TIMEFMT_SIZE];
	timefmt_iso(order->deadline_wall_ms, deadline);
	enum event ev = order->announced_wall_ms ? EV_ORDER_STILL_UNPAID : EV_ORDER_NEEDS_PAYMENT;
	log_event_confirmed(ev, order->id, LOG_STR("ORDER_ID", order->id),
			    LOG_STR("GROUP", order->group), LOG_STR("REGION", order->region),
			    LOG_INT("COUNT", order->count), LOG_STR("AMOUNT", order->amount),
			    LOG_STR("CURRENCY", order->currency),
			    LOG_STR("PAY_BEFORE", deadline),
			    LOG_STR("PAY_AT", site_console_url(o->site)),
			    LOG_STR("TO_DO", to_do(o, order)));
}

struct reminding {
	struct orders *orders;
	uint64_t wall_ms;
};

static int remind_one(void *data, const struct order *order)
{
	const struct reminding *r = data;
	if (order->status == ORDER_UNPAID && !order->foreign && is_due(r->orders, order, r->wall_ms))
		announce(r->orders, order, r->wall_ms);
	return 0;
}

void orders_remind(struct orders *o, uint64_t wall_ms)
{
	struct reminding r = {o, wall_ms};
	(void)books_each_order(o->books, remind_one, &r);
}

void orders_announced(struct orders *o, const char *id, uint64_t wall_ms)
{
	for (size_t k = 0; k < o->announcing.n; k++) {
		if (strcmp(o->announcing.items[k].id, id) != 0)
			continue;
		free(o->announcing.items[k].id);
		o->announcing.items[k] = o->announcing.items[--o->announcing.n];
		break;
	}
	const struct order *known = books_order(o->books, id);
	if (!known)
		return;
	struct order order = *known;
	order.announced_wall_ms = wall_ms;
	(void)books_put_order(o->books, &order); /* without memory: told once more later */
}

bool orders_are_announcing(const struct orders *o)
{
	return o->announcing.n > 0;
}
