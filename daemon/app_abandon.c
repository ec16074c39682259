/*
 * drover intents abandon, of a call that was answered: what its answer named has never been
 * listed, and a person says that it never will be.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_internal.h"
#include "plan/overdue.h"

struct abandoning {
	struct app *app;
	int64_t intent;
	int64_t awaited;    /* rows of what was named and not listed */
	const char *unpaid; /* an order that is not known to be paid; borrowed */
};

static int count_row(void *data, const struct resource *row)
{
	struct abandoning *s = data;
	s->awaited += row->intent == s->intent && row->state == RESOURCE_EXPECTED;
	return 0;
}

static int look_at_order(void *data, const struct order *o)
{
	struct abandoning *s = data;
	if (o->intent == s->intent && order_is_open(o) && o->status != ORDER_PAID)
		s->unpaid = o->id;
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

static bool has_come(const struct abandoning *s, const struct intent *i)
{
	const char *group = *i->result_group ? i->result_group : i->cloud_group;
	const struct observed *o = observer_observed(s->app->observer);
	const struct observed_group *made = *group ? observed_find_group(o, group) : NULL;
	return s->awaited == 0 && made && !call_came_short(i, made);
}

/* 0, or a negative errno; -EBUSY with a text. */
static int judge(const struct abandoning *s, char **reterr_text)
{
	struct plan_input input;
	struct in_flight flight;
	int r = app_plan_input(s->app, &input, &flight);
	if (r < 0)
		return r;
	if (s->unpaid) {
		if (asprintf(reterr_text, "its order %s is not paid: pay or cancel it first",
			     s->unpaid) < 0)
			*reterr_text = NULL;
		return -EBUSY;
	}
	if (call_is_overdue(&input, s->intent))
		return 0;
	*reterr_text = strdup("what it made may still be listed: wait until the group is Stuck "
			      "(poll.stuck_after)");
	return -EBUSY;
}

int app_abandon_done(struct app *a, int64_t intent, char **reterr_text)
{
	const struct intent *i = driver_find(a->driver, intent);
	struct abandoning s = {.app = a, .intent = intent};
	if (!i || i->state != INTENT_DONE || i->landed || !i->buys)
		return -ENOENT;
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
