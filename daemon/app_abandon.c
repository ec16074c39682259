/*
 * drover intents abandon, of a call that was answered: what its answer named has never been
 * listed, and a person says that it never will be.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_internal.h"

struct abandoning {
	struct app *app;
	int64_t intent;
	int64_t awaited;      /* rows of what was named and not listed */
	const char *unpaid;   /* an order that is not known to be paid; borrowed */
	uint64_t newest_ms;   /* when the newest of it all was learned */
};

static void note_time(struct abandoning *s, uint64_t wall_ms)
{
	if (wall_ms > s->newest_ms)
		s->newest_ms = wall_ms;
}

static int count_row(void *data, const struct resource *row)
{
	struct abandoning *s = data;
	if (row->intent == s->intent && row->state == RESOURCE_EXPECTED) {
		s->awaited++;
		note_time(s, row->first_wall_ms);
	}
	return 0;
}

static int look_at_order(void *data, const struct order *o)
{
	struct abandoning *s = data;
	if (o->intent != s->intent || !order_is_open(o))
		return 0;
	if (o->status != ORDER_PAID)
		s->unpaid = o->id;
	note_time(s, o->settled_wall_ms);
	return 0;
}

static int give_up_row(void *data, const struct resource *known)
{
	const struct abandoning *s = data;
	if (known->intent != s->intent || known->state != RESOURCE_EXPECTED)
		return 0;
	struct resource row = *known;
	row.state = RESOURCE_GONE;
	return books_put_resource(s->app->books, &row);
}

/* What it paid for came, as far as it ever will. */
static int close_order(void *data, const struct order *known)
{
	const struct abandoning *s = data;
	if (known->intent != s->intent || !order_is_open(known))
		return 0;
	struct order order = *known;
	order.landed = true;
	return books_put_order(s->app->books, &order);
}

static const struct intent *find(struct app *a, int64_t id)
{
	struct in_flight flight = {0};
	driver_in_flight(a->driver, &flight);
	for (size_t k = 0; k < flight.n_intents; k++)
		if (flight.intents[k]->id == id)
			return flight.intents[k];
	return NULL;
}

static bool has_come(const struct abandoning *s, const struct intent *i)
{
	const char *group = *i->result_group ? i->result_group : i->cloud_group;
	return s->awaited == 0 && *group &&
	       observed_find_group(observer_observed(s->app->observer), group);
}

/* 0, or a negative errno with a text. */
static int judge(const struct abandoning *s, char **reterr_text)
{
	uint64_t now = env_wall_ms(s->app->env), wait = s->app->settings.poll.stuck_after_ms;
	if (s->unpaid) {
		if (asprintf(reterr_text, "its order %s is not paid: pay or cancel it first",
			     s->unpaid) < 0)
			*reterr_text = NULL;
		return -EBUSY;
	}
	if (now > s->newest_ms && now - s->newest_ms > wait)
		return 0;
	*reterr_text = strdup("what it made may still be listed: wait until the group is Stuck "
			      "(poll.stuck_after)");
	return -EBUSY;
}

int app_abandon_done(struct app *a, int64_t intent, char **reterr_text)
{
	const struct intent *i = find(a, intent);
	struct abandoning s = {.app = a, .intent = intent};
	if (!i || i->state != INTENT_DONE || i->landed || !i->buys)
		return -ENOENT;
	s.newest_ms = i->settled_wall_ms;
	(void)books_each_resource(a->books, count_row, &s);
	(void)books_each_order(a->books, look_at_order, &s);
	if (has_come(&s, i))
		return -ENOENT;
	int r = judge(&s, reterr_text);
	if (r == 0)
		r = books_each_resource(a->books, give_up_row, &s);
	if (r == 0)
		r = books_each_order(a->books, close_order, &s);
	return r == 0 ? driver_landed(a->driver, intent) : r;
}
