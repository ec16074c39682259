#include "plan/overdue.h"

#include "plan/kind_rules.h"

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t last_news_ms(const struct in_flight *f, int64_t intent, uint64_t answered_ms)
{
	uint64_t news = answered_ms;
	for (size_t k = 0; k < f->n_resources; k++)
		if (f->resources[k].intent == intent && f->resources[k].state == RESOURCE_EXPECTED)
			news = later(news, f->resources[k].first_wall_ms);
	for (size_t k = 0; k < f->n_orders; k++)
		if (f->orders[k].intent == intent && order_is_open(&f->orders[k]))
			news = later(news, f->orders[k].settled_wall_ms);
	return news;
}

bool call_is_overdue(const struct plan_input *in, int64_t intent)
{
	const struct in_flight *f = in->in_flight;
	uint64_t answered_ms = 0;
	for (size_t k = 0; k < f->n_intents; k++)
		if (f->intents[k]->id == intent)
			answered_ms = f->intents[k]->settled_wall_ms;
	uint64_t news = last_news_ms(f, intent, answered_ms);
	return news != 0 && in->wall_ms > news &&
	       in->wall_ms - news > in->settings->poll.stuck_after_ms;
}

bool call_came_short(const struct intent *i, const struct observed_group *g)
{
	int64_t wanted = i->verb == VERB_GROW ? i->total : i->count;
	return !kind_rules_of(i->kind)->members && g->status != GROUP_DELETED &&
	       g->listed_mono_ms != 0 && g->available < wanted;
}
