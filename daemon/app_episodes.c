/*
 * Episodes: something begins, is told, and is told again when it is over. In between: silence.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_internal.h"
#include "report/log.h"

#define CALM_CYCLES 20 /* without a throttled call: the next one is news again */
#define WORDS_MAX 200
#define OTHER_SITE_TO_DO                                                                           \
	"in drover.yaml let endpoints.bssopenapi be that of the account's site, or remove it and set site"

/* True the first time it is asked about @word. */
static bool is_new_word(struct app *a, const char *word)
{
	vec_each(&a->words, known)
		if (strcmp(*known, word) == 0)
			return false;
	char *copy = a->words.n < WORDS_MAX ? strdup(word) : NULL;
	char **slot = copy ? vec_add(&a->words) : NULL;
	if (!slot)
		free(copy);
	else
		*slot = copy;
	return slot != NULL;
}

static void tell_unreachable(const struct observer_result *result)
{
	bool site = cloud_site_refuses(result->outcome, result->code);
	log_event(site ? EV_SITE_REFUSED : EV_CLOUD_UNREACHABLE,
		  LOG_STR("OPERATION", operation_info(result->op)->name),
		  LOG_STR("OUTCOME", outcome_name(result->outcome)), LOG_STR("CODE", result->code),
		  LOG_STR("API_MESSAGE", result->message), LOG_STR("REQUEST_ID", result->request_id),
		  LOG_STR("TO_DO", site ? OTHER_SITE_TO_DO : ""));
}

/* Refused credentials are told by cloud/; here the rest. */
static bool is_unreachable(const struct observer_result *result)
{
	return !result->complete && result->why == PAGER_CALL && result->outcome != OUTCOME_AUTH;
}

/* What throttles is not known here: any of the cycles may have gone on for long without. */
static bool was_calm(struct app *a)
{
	bool calm = a->throttled == 0;
	for (size_t k = 0; k < ARRAY_SIZE(a->cycles); k++) {
		calm = calm || a->cycles[k].calm >= CALM_CYCLES;
		a->cycles[k].calm = 0;
	}
	return calm;
}

static void tell_pace(struct cycle *c)
{
	struct app *a = c->app;
	struct cloud_stats stats;
	cloud_stats(a->cloud, &stats);
	if (stats.throttled == a->throttled)
		c->calm++;
	else if (was_calm(a))
		log_event(EV_CLOUD_THROTTLED, LOG_INT("CALLS", stats.throttled - a->throttled));
	a->throttled = stats.throttled;
	if (stats.breaker_open > a->breakers)
		log_event(EV_BREAKER_OPEN, LOG_INT("ENDPOINTS", stats.breaker_open));
	else if (stats.breaker_open == 0 && a->breakers > 0)
		log_event(EV_BREAKER_CLOSED, LOG_NONE);
	a->breakers = stats.breaker_open;
}

static void tell_unknown_words(struct app *a)
{
	const struct observed *o = observer_observed(a->observer);
	for (size_t g = 0; g < o->n_groups; g++) {
		const struct observed_group *group = &o->groups[g];
		if (group->status == GROUP_UNKNOWN && is_new_word(a, group->status_text))
			log_event(EV_UNKNOWN_WORD, LOG_STR("RESOURCE", group->id),
				  LOG_STR("WORD", group->status_text));
		for (size_t k = 0; k < group->n_instances; k++) {
			const struct observed_instance *i = &group->instances[k];
			if (i->status == INSTANCE_UNKNOWN && is_new_word(a, i->status_text))
				log_event(EV_UNKNOWN_WORD, LOG_STR("RESOURCE", i->id),
					  LOG_STR("WORD", i->status_text));
		}
	}
}

/* Of any kind. */
struct trouble {
	bool incomplete, unreachable;
};

static struct trouble trouble_of(const struct app *a)
{
	struct trouble t = {0};
	for (size_t k = 0; k < ARRAY_SIZE(a->cycles); k++) {
		t.incomplete = t.incomplete || a->cycles[k].incomplete;
		t.unreachable = t.unreachable || a->cycles[k].unreachable;
	}
	return t;
}

/* @result has begun what is new, or ended what was. */
static void tell_trouble(struct app *a, const struct trouble *before,
			 const struct observer_result *result)
{
	struct trouble now = trouble_of(a);
	if (now.incomplete && !before->incomplete)
		log_event(EV_LISTING_INCOMPLETE, LOG_STR("OPERATION", operation_info(result->op)->name),
			  LOG_STR("REASON", pager_why_text(result->why)));
	else if (before->incomplete && !now.incomplete)
		log_event(EV_LISTING_COMPLETE, LOG_NONE);
	if (now.unreachable && !before->unreachable)
		tell_unreachable(result);
	else if (before->unreachable && !now.unreachable)
		log_event(EV_CLOUD_REACHABLE, LOG_NONE);
	metrics_set(&a->metrics, METRIC_CLOUD_REACHABLE, NULL, NULL, !now.unreachable);
}

void app_report_cycle(struct cycle *c, const struct observer_result *result)
{
	struct app *a = c->app;
	struct trouble before = trouble_of(a);
	bool incomplete = !result->complete && result->why != PAGER_CALL && result->why != PAGER_CANCELLED;
	c->incomplete = incomplete || (c->incomplete && !result->complete);
	c->unreachable = is_unreachable(result) || (c->unreachable && !result->complete);
	tell_trouble(a, &before, result);
	if (!result->complete)
		metrics_add(&a->metrics, METRIC_CYCLES_INCOMPLETE, NULL, NULL, 1);
	tell_pace(c);
	tell_unknown_words(a);
}

void app_report_idle(struct cycle *c)
{
	static const struct observer_result nothing = {.complete = true};
	struct trouble before = trouble_of(c->app);
	c->incomplete = c->unreachable = c->refused = false;
	tell_trouble(c->app, &before, &nothing);
}

void app_report_checked(struct app *a, const struct inquiry *q)
{
	bool ok = q->image_ok && q->spec_ok && q->stock_ok;
	const char *text = strbuf_text(&q->text);
	char word[320];
	(void)snprintf(word, sizeof(word), "check %s %.256s", q->group, text);
	if (!ok && is_new_word(a, word))
		log_event(EV_CHECK_FAILED, LOG_STR("GROUP", q->group), LOG_STR("REASON", text));
}

static const struct group_report *report_of(const struct app *a, const char *group)
{
	for (size_t k = 0; k < a->plan->n_groups; k++)
		if (strcmp(a->plan->groups[k].name, group) == 0)
			return &a->plan->groups[k];
	return NULL;
}

/* The file asks for less than an unpaid order brings: a person may cancel it, drover never does. */
static void tell_large_order(struct app *a, const struct order *order)
{
	const struct group_report *g = report_of(a, order->group);
	char word[64];
	(void)snprintf(word, sizeof(word), "order %.48s", order->id);
	if (!g || order->status != ORDER_UNPAID || order->foreign || g->committed <= g->desired ||
	    order->count == 0 || !is_new_word(a, word))
		return;
	log_event(EV_ORDER_TOO_LARGE, LOG_STR("GROUP", order->group), LOG_STR("ORDER_ID", order->id),
		  LOG_INT("COUNT", order->count), LOG_INT("SURPLUS", g->committed - g->desired),
		  LOG_STR("PAY_AT", site_console_url(a->settings.site)));
}

static void tell_listing_of_others(struct app *a, enum kind kind)
{
	const char *hash = a->plan->empty_hash[kind];
	bool is_so = *hash != '\0';
	if (is_so && !a->of_others[kind])
		log_event(EV_LISTING_OF_OTHERS, LOG_STR("KIND", kind_name(kind)), LOG_STR("ACTION", hash));
	else if (!is_so && a->of_others[kind])
		log_event(EV_LISTING_OF_OTHERS_OVER, LOG_STR("KIND", kind_name(kind)));
	a->of_others[kind] = is_so;
}

void app_report_episodes(struct app *a, const struct in_flight *flight)
{
	const struct action *braked = NULL;
	for (size_t k = 0; k < a->plan->n_actions && !braked; k++)
		if (a->plan->actions[k].hold == HOLD_MISSING_MANY)
			braked = &a->plan->actions[k];
	if (braked && !a->missing_many)
		log_event(EV_MISSING_MANY, LOG_STR("GROUP", braked->group),
			  LOG_STR("REASON", braked->hold_text));
	else if (!braked && a->missing_many)
		log_event(EV_MISSING_MANY_OVER, LOG_NONE);
	a->missing_many = braked != NULL;
	for (int kind = 0; kind < KIND_MAX_; kind++)
		tell_listing_of_others(a, (enum kind)kind);
	for (size_t k = 0; k < flight->n_orders; k++)
		tell_large_order(a, &flight->orders[k]);
}
