/*
 * Looking through the account's orders: once when the ledger is young, for calls whose effect only
 * an order may show, and for what a failed payment left behind.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app_internal.h"
#include "base/duration.h"
#include "report/log.h"

#define CLOCK_SLACK_MS HOUR_MS /* a window ends a little in the future */

#define BEFORE_MS (5 * MINUTE_MS) /* and begins a little before the call */

/* What an order_search is for. */
enum { SEARCH_YOUNG_LEDGER, SEARCH_WITNESS, SEARCH_STRAYS };

/* ---- a young ledger ---- */

static bool wants_pre_paid(const struct app *a)
{
	for (size_t k = 0; a->desired && k < a->desired->n_groups; k++)
		if (a->desired->groups[k].charge == CHARGE_PREPAID && a->desired->groups[k].count > 0)
			return true;
	return false;
}

static bool is_young(struct app *a, uint64_t wall)
{
	uint64_t since = ledger_since_wall_ms(a->ledger);
	return wall < since || wall - since < a->settings.poll.young_ledger_ms;
}

/* The days that the ledger does not remember: from young_ledger_ms ago until a little ahead. */
void app_orders_look(struct app *a)
{
	uint64_t wall = env_wall_ms(a->env), mono = env_mono_ms(a->env);
	if (a->orders_look == LOOK_NOT_NEEDED && wants_pre_paid(a))
		a->orders_look = is_young(a, wall) ? LOOK_WANTED : LOOK_DONE;
	if (a->stopping || a->orders_look != LOOK_WANTED || mono < a->orders_look_mono_ms)
		return;
	uint64_t back = a->settings.poll.young_ledger_ms;
	const struct order_search search = {.from_wall_ms = wall > back ? wall - back : 0,
					    .to_wall_ms = wall + CLOCK_SLACK_MS,
					    .unpaid_only = true,
					    .purpose = SEARCH_YOUNG_LEDGER};
	if (order_reader_search(a->order_reader, &search) == 0)
		a->orders_look = LOOK_RUNNING;
}

/* Renewals and refunds bring nothing new (bssopenapi 4.3); an unknown word may. */
static bool may_bring(const struct billing_row *row)
{
	static const char *const others[] = {"Renew", "CompensatoryRenew", "Refund", "Convert", "Downgrade"};
	for (size_t k = 0; k < ARRAY_SIZE(others); k++)
		if (strcmp(row->type, others[k]) == 0)
			return false;
	return true;
}

static void found_unknown(struct app *a, const struct billing_row *row)
{
	uint64_t created = 0;
	struct order_news news = {.id = row->order_id, .status = billing_status(row->status),
				  .status_text = row->status, .amount = row->amount,
				  .currency = row->currency, .request_id = ""};
	(void)timefmt_parse(row->created, &created);
	if (news.status == ORDER_UNPAID &&
	    orders_found(a->orders, &news, created, env_wall_ms(a->env)) < 0)
		log_event(EV_OUT_OF_MEMORY, LOG_STR("ORDER_ID", row->order_id));
}

static void look_again_later(struct app *a)
{
	a->orders_look = LOOK_WANTED;
	a->orders_look_mono_ms = env_mono_ms(a->env) + a->settings.poll.orders_ms;
}

static void young_ledger_was_searched(struct app *a, enum order_answer answer, const char *code,
				      const char *request_id)
{
	switch (answer) {
	case ORDER_ANSWER_OK:
		a->orders_look = driver_flush(a->driver) == 0 ? LOOK_DONE : LOOK_WANTED;
		break;
	case ORDER_ANSWER_DENIED:
		if (!app_has_looked(a) || app_is_refused(a)) { /* the keys themselves, perhaps: that is told once */
			look_again_later(a);
			break;
		}
		a->orders_look = LOOK_REFUSED;
		log_event(EV_ORDERS_LOOK_REFUSED, LOG_STR("CODE", code), LOG_STR("REQUEST_ID", request_id));
		break;
	case ORDER_ANSWER_NOT_YET:
	case ORDER_ANSWER_FAILED:
		look_again_later(a);
		break;
	}
}

/* ---- a call whose effect an order may show ---- */

void app_on_witness(void *data, int64_t intent, uint64_t from_wall_ms, uint64_t to_wall_ms)
{
	struct app *a = data;
	const struct order_search search = {.from_wall_ms = from_wall_ms,
					    .to_wall_ms = to_wall_ms,
					    .purpose = SEARCH_WITNESS,
					    .subject = intent};
	/* What cannot be asked now is asked with the next look, or after the next start. */
	if (!a->stopping)
		(void)order_reader_search(a->order_reader, &search);
}

/* One that is not known may be that of a purchase without a clear answer: it is no less a witness,
 * as the products may be the same, but nobody's by itself. */
static bool is_bought_here(const struct app *a, const char *product)
{
	for (size_t k = 0; k < a->desired->n_groups; k++)
		if (listing_of(a->desired->groups[k].kind)->scoped &&
		    strcmp(a->desired->groups[k].spec, product) == 0)
			return true;
	return false;
}

/* A young ledger has met it while it looked for orders, but knows of no call that made it. */
static bool is_of_nobody(const struct order *order)
{
	return order->intent == 0 && !*order->group && !order->foreign;
}

static void note_witness(struct app *a, const struct billing_row *row)
{
	const struct order *known = books_order(a->books, row->order_id);
	if (known && !is_of_nobody(known))
		return;
	strbuf_addf(&a->witness, "%s%.40s%s", *strbuf_text(&a->witness) ? ", " : "", row->order_id,
		    is_bought_here(a, row->product_code) ? " (perhaps a purchase's)" : "");
}

static void witness_has_spoken(struct app *a, int64_t intent, enum order_answer answer, const char *code)
{
	if (answer == ORDER_ANSWER_DENIED)
		(void)driver_witness(a->driver, intent, WITNESS_DENIED, code);
	else if (answer == ORDER_ANSWER_OK)
		(void)driver_witness(a->driver, intent,
				     *strbuf_text(&a->witness) ? WITNESS_FOUND : WITNESS_CLEAR,
				     strbuf_text(&a->witness));
	strbuf_clear(&a->witness);
}

/* ---- what a failed payment left behind ---- */

static struct stray *find_stray(struct app *a, int64_t intent)
{
	vec_each(&a->strays, s)
		if (s->intent == intent)
			return s;
	return NULL;
}

static void forget_stray(struct app *a, int64_t intent)
{
	struct stray *stray = find_stray(a, intent);
	free(stray->group);
	*stray = a->strays.items[--a->strays.n];
}

void app_searches_forget(struct app *a)
{
	strbuf_fini(&a->witness);
	vec_each(&a->strays, s) free(s->group);
	vec_free(&a->strays);
}

/* An unpaid order of the product that could not be paid for is that group's, and counts as its
 * capacity on its way until a person pays or cancels it. */
static void found_stray(struct app *a, int64_t intent, const struct billing_row *row)
{
	struct stray *stray = find_stray(a, intent);
	const struct desired_group *group = stray ? desired_find(a->desired, stray->group) : NULL;
	if (!group || books_order(a->books, row->order_id) || strcmp(group->spec, row->product_code) != 0)
		return;
	found_unknown(a, row);
	const struct order *known = books_order(a->books, row->order_id);
	if (!known)
		return;
	struct order order = *known;
	order.group = group->name;
	order.count = stray->count;
	stray->found = books_put_order(a->books, &order) == 0;
	if (!stray->found)
		log_event(EV_OUT_OF_MEMORY, LOG_STR("ORDER_ID", row->order_id));
}

static int search_strays(struct app *a, const struct stray *stray)
{
	const struct order_search search = {.from_wall_ms = stray->sent_wall_ms - BEFORE_MS,
					    .to_wall_ms = env_wall_ms(a->env) + CLOCK_SLACK_MS,
					    .unpaid_only = true,
					    .purpose = SEARCH_STRAYS,
					    .subject = stray->intent};
	return a->stopping ? -ECANCELED : order_reader_search(a->order_reader, &search);
}

/* Searches that got no answer, or found nothing yet. */
void app_searches_retry(struct app *a)
{
	vec_each(&a->strays, s)
		(void)search_strays(a, s);
}

/* How soon a new order is listed is not documented (bssopenapi 12): "none" is believed late. */
static bool is_search_over(struct app *a, const struct stray *stray, enum order_answer answer)
{
	uint64_t wall = env_wall_ms(a->env), wait = a->settings.poll.absent_after_ms;
	if (answer != ORDER_ANSWER_OK)
		return answer == ORDER_ANSWER_DENIED;
	return stray->found || (wall > stray->sent_wall_ms && wall - stray->sent_wall_ms >= wait);
}

/* Each further try may leave one more order that nobody counts. */
static void stop_buying(struct app *a, const struct stray *stray)
{
	const struct desired_group *group = desired_find(a->desired, stray->group);
	if (group)
		prospect_stop(a->prospects, group->name, group->fingerprint,
			      "it could not be paid for, and whether an unpaid order is left cannot be "
			      "learned: the permission bss:DescribeOrderList is missing");
}

static void strays_were_searched(struct app *a, int64_t intent, enum order_answer answer)
{
	if (answer == ORDER_ANSWER_DENIED)
		stop_buying(a, find_stray(a, intent));
	if (is_search_over(a, find_stray(a, intent), answer))
		forget_stray(a, intent);
	(void)driver_flush(a->driver); /* tried again by the driver until it is durable */
	app_orders_schedule(a, false);
}

/* The intent itself is forgotten once it was refused. */
void app_on_payment_failed(void *data, const struct intent *intent)
{
	struct app *a = data;
	struct stray *stray = vec_add(&a->strays);
	if (!stray)
		return; /* the orders are looked at again with the next refusal */
	*stray = (struct stray){intent->id, intent->count, intent->first_sent_wall_ms,
				strdup(intent->group), false};
	if (stray->group)
		(void)search_strays(a, stray);
	else
		forget_stray(a, intent->id);
	if (app_has_looked(a)) /* else the start does */
		app_orders_schedule(a, false);
}

/* ---- of the reader ---- */

void app_on_found_order(void *data, const struct order_search *search, const struct billing_row *row)
{
	struct app *a = data;
	if (!may_bring(row))
		return;
	if (search->purpose == SEARCH_YOUNG_LEDGER)
		found_unknown(a, row);
	else if (search->purpose == SEARCH_WITNESS)
		note_witness(a, row);
	else
		found_stray(a, search->subject, row);
}

void app_on_order_search(void *data, const struct order_search *search, enum order_answer answer,
			 const char *code, const char *request_id)
{
	struct app *a = data;
	if (a->stopping)
		return;
	if (search->purpose == SEARCH_YOUNG_LEDGER)
		young_ledger_was_searched(a, answer, code, request_id);
	else if (search->purpose == SEARCH_WITNESS)
		witness_has_spoken(a, search->subject, answer, code);
	else
		strays_were_searched(a, search->subject, answer);
	app_plan_now(a);
}
