#include "plan/guard_spend.h"

#include <string.h>

#include "base/duration.h"
#include "base/money.h"

/* What is paid by use costs its price every hour: it counts as if it ran all the time. */
static int64_t cost_within(const struct spend_window *w, int64_t micro, bool by_use)
{
	int64_t cost;
	return money_multiply(micro, by_use ? w->hours : 1, &cost) < 0 ? INT64_MAX : cost;
}

static int64_t sum(int64_t a, int64_t b)
{
	int64_t all;
	return money_add(a, b, &all) < 0 ? INT64_MAX : all;
}

/* A clock that went back frees nothing. */
static bool is_within(const struct spend_window *w, uint64_t now, uint64_t then)
{
	return now < then || now - then < (uint64_t)w->hours * HOUR_MS;
}

/* Different currencies are never added up. */
static bool is_comparable(const struct spend_window *w, const char *currency)
{
	return *w->currency && strcmp(w->currency, currency) == 0;
}

static void begin(struct spend_window *w, const struct plan_input *in, const char *limit)
{
	const struct in_flight *f = in->in_flight;
	if (limit)
		(void)money_parse_sum(limit, &w->limit_micro, w->currency); /* config/ checked it */
	for (size_t i = 0; i < f->n_spends; i++) {
		const struct spend *s = &f->spends[i];
		if (is_comparable(w, s->currency) && is_within(w, in->wall_ms, s->wall_ms))
			w->spent_micro = sum(w->spent_micro, cost_within(w, s->micro, s->by_use));
	}
}

void spend_begin(struct spend_guard *g, const struct plan_input *in)
{
	*g = (struct spend_guard){
		.windows = {{.name = "spend_per_day", .span = "24 hours", .hours = 24},
			    {.name = "spend_per_month", .span = "30 days", .hours = 30 * 24}}};
	begin(&g->windows[0], in, in->settings->limits.spend_per_day);
	begin(&g->windows[1], in, in->settings->limits.spend_per_month);
}

static int hold_over(const struct spend_window *w, const struct plan_input *in,
		     const struct plan *plan, bool by_use, struct action *a)
{
	char limit[MONEY_SIZE], spent[MONEY_SIZE], cost[MONEY_SIZE];
	int64_t micro = cost_within(w, a->price_micro, by_use);
	if (sum(w->spent_micro, micro) <= w->limit_micro)
		return 0;
	money_format(w->limit_micro, limit);
	money_format(w->spent_micro, spent);
	money_format(micro, cost);
	return action_hold(in, plan, a, HOLD_SPEND,
			   "limits.%s is %s %s, orders of the last %s come to %s, this adds %s%s; "
			   "drover approve %s",
			   w->name, limit, w->currency, w->span, spent, cost,
			   by_use ? " if it runs as long" : "", a->hash);
}

static int hold_incomparable(const struct spend_window *w, const struct plan_input *in,
			     const struct plan *plan, struct action *a)
{
	if (!in->settings->limits.hold_unknown_price || !*w->currency)
		return 0;
	return action_hold(in, plan, a, HOLD_UNKNOWN_PRICE,
			   "it costs %s, which does not compare with limits.%s in %s "
			   "(limits.unknown_price: hold); drover approve %s",
			   a->price, w->name, w->currency, a->hash);
}

static int hold_unpriced(const struct plan_input *in, const struct plan *plan, struct action *a)
{
	if (!in->settings->limits.hold_unknown_price)
		return 0;
	return action_hold(in, plan, a, HOLD_UNKNOWN_PRICE,
			   "nobody says what it costs (limits.unknown_price: hold); drover approve %s",
			   a->hash);
}

int spend_guard(struct spend_guard *g, const struct plan_input *in, const struct plan *plan,
		bool by_use, struct action *a)
{
	int r = 0;
	if (a->price_micro <= 0)
		return hold_unpriced(in, plan, a);
	for (size_t k = 0; k < ARRAY_SIZE(g->windows) && r == 0; k++) {
		struct spend_window *w = &g->windows[k];
		r = is_comparable(w, a->currency) ? hold_over(w, in, plan, by_use, a)
						  : hold_incomparable(w, in, plan, a);
	}
	bool held = a->hold == HOLD_SPEND || a->hold == HOLD_UNKNOWN_PRICE;
	for (size_t k = 0; k < ARRAY_SIZE(g->windows) && !held; k++) {
		struct spend_window *w = &g->windows[k];
		if (is_comparable(w, a->currency))
			w->spent_micro = sum(w->spent_micro,
					     cost_within(w, a->price_micro, by_use));
	}
	return r;
}
