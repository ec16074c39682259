/*
 * What the drover command may ask and order.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_internal.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "config/config.h"
#include "plan/draft.h"
#include "plan/guard.h"
#include "report/log.h"

#define EXPLAIN_EVENTS 20

/* ---- reading ---- */

static int op_status(void *data, const char *group, char **ret_text)
{
	struct status_view view;
	struct in_flight flight;
	int r = app_status_view(data, &view, &flight);
	return r < 0 ? r : status_json(&view, group, ret_text);
}

static int op_plan(void *data, char **ret_text)
{
	struct status_view view;
	struct in_flight flight;
	int r = app_status_view(data, &view, &flight);
	return r < 0 ? r : status_plan_json(&view, ret_text);
}

struct all_orders {
	VEC(struct order) items; /* their texts are the books' */
};

static int add_order(void *data, const struct order *order)
{
	struct all_orders *all = data;
	if (order_is_by_use(order))
		return 0; /* nothing to pay, and nothing that a person could do */
	struct order *slot = vec_add(&all->items);
	if (!slot)
		return -ENOMEM;
	*slot = *order;
	return 0;
}

/* Every order the ledger remembers, paid and cancelled ones too; the plan's view has only
 * those that still matter. */
static int op_orders(void *data, char **ret_text)
{
	struct app *a = data;
	struct status_view view;
	struct in_flight flight;
	struct all_orders all = {0};
	int r = app_status_view(a, &view, &flight);
	if (r == 0)
		r = books_each_order(a->books, add_order, &all);
	flight.orders = all.items.items;
	flight.n_orders = all.items.n;
	if (r == 0)
		r = status_orders_json(&view, ret_text);
	vec_free(&all.items);
	return r;
}

static int op_intents(void *data, char **ret_text)
{
	struct status_view view;
	struct in_flight flight;
	int r = app_status_view(data, &view, &flight);
	return r < 0 ? r : status_intents_json(&view, ret_text);
}

static int op_metrics(void *data, char **ret_text)
{
	struct app *a = data;
	struct status_view view;
	struct in_flight flight;
	int r = app_status_view(a, &view, &flight);
	metrics_set(&a->metrics, METRIC_LEDGER_WRITABLE, NULL, NULL, driver_is_writable(a->driver));
	metrics_set(&a->metrics, METRIC_CALLS_IN_FLIGHT, NULL, NULL,
		    (int64_t)cloud_changes_in_flight(a->cloud));
	return r < 0 ? r : metrics_text(&a->metrics, &view, ret_text);
}

struct history {
	struct status_event items[EXPLAIN_EVENTS];
	char *texts[EXPLAIN_EVENTS][2];
	size_t n;
};

static int keep_event(void *data, const struct ledger_event *e)
{
	struct history *h = data;
	char **text = h->texts[h->n];
	text[0] = strdup(e->event);
	text[1] = strdup(e->detail);
	if (!text[0] || !text[1])
		return -ENOMEM;
	h->items[h->n] = (struct status_event){e->wall_ms, text[0], text[1]};
	h->n++;
	return 0;
}

static int op_explain(void *data, const char *group, char **ret_text)
{
	struct app *a = data;
	struct status_view view;
	struct in_flight flight;
	struct history history = {.n = 0};
	(void)driver_flush(a->driver); /* the newest lines of the history too */
	int r = app_status_view(a, &view, &flight);
	if (r == 0)
		r = ledger_each_event(a->ledger, group, EXPLAIN_EVENTS, keep_event, &history);
	if (r == 0)
		r = status_explain_json(&view, group, history.items, history.n, ret_text);
	for (size_t k = 0; k < EXPLAIN_EVENTS; k++) {
		free(history.texts[k][0]);
		free(history.texts[k][1]);
	}
	return r;
}

static int op_plan_file(void *data, const char *text, size_t len, char **ret_text, char **reterr_text)
{
	struct app *a = data;
	auto_diags struct diags diags;
	diags_init(&diags, "");
	auto_desired struct desired *other = NULL;
	int r = config_parse_fleet("fleet file", text, len, 0, &diags, &other);
	if (r == CONFIG_E_REFUSED) {
		auto_strbuf struct strbuf out = STRBUF_INIT(LIMIT_LOG_RECORD_BYTES);
		diags_print(&diags, &out);
		*reterr_text = strbuf_take(&out);
		return -EINVAL;
	}
	if (r < 0)
		return r;
	/* The same pure plan, on what is known now: nothing is recorded or sent. */
	struct plan_input input;
	struct in_flight flight;
	struct status_view view;
	auto_plan struct plan *plan = NULL;
	r = app_status_view(a, &view, &flight);
	if (r == 0)
		r = app_plan_input(a, &input, &flight);
	other->generation = a->desired->generation + 1;
	input.desired = other;
	if (r == 0)
		r = plan_compute(&input, &plan);
	if (r == 0)
		r = guard_apply(&input, plan);
	view.desired = other;
	view.plan = plan;
	return r < 0 ? r : status_plan_json(&view, ret_text);
}

/* ---- ordering ---- */

struct app_reload {
	struct control_pending *pending;
	struct app_reload *next;
};

static void op_reload(void *data, bool wait, struct control_pending *pending)
{
	struct app *a = data;
	(void)wait; /* a reload is done when it returns; the cycle it starts is not waited for */
	if (a->stopping) {
		control_answer(pending, -ESHUTDOWN, "droverd is stopping");
		return;
	}
	struct app_reload *reload = calloc(1, sizeof(*reload));
	if (!reload) {
		control_answer(pending, -ENOMEM, NULL);
		return;
	}
	*reload = (struct app_reload){pending, a->reloads};
	a->reloads = reload;
	(void)app_config_reload(a);
}

void app_reloads_answer(struct app *a, bool accepted)
{
	while (a->reloads) {
		struct app_reload *reload = a->reloads;
		a->reloads = reload->next;
		control_answer(reload->pending, accepted ? 0 : -EINVAL,
			       accepted ? NULL : "the fleet file is refused; the log says why; nothing changed");
		free(reload);
	}
}

/* Creates of one group share their hash: the one that an approval would let through first. */
static const struct action *find_action(const struct app *a, const char *hash)
{
	const struct action *found = NULL;
	for (size_t k = 0; a->plan && k < a->plan->n_actions; k++) {
		const struct action *action = &a->plan->actions[k];
		if (strcmp(action->hash, hash) != 0)
			continue;
		if (hold_may_be_approved(action->hold))
			return action;
		found = found ? found : action;
	}
	return found;
}

/* The kind whose empty listing the plan offers under @hash; KIND_MAX_: none. */
static enum kind find_empty(const struct app *a, const char *hash)
{
	int kind = 0;
	while (kind < KIND_MAX_ && !(a->plan && *hash && strcmp(a->plan->empty_hash[kind], hash) == 0))
		kind++;
	return (enum kind)kind;
}

static int approve_empty(struct app *a, enum kind kind, const char *hash, const char *who)
{
	int r = app_approve_empty(a, kind, hash, who);
	if (r == 0)
		r = driver_flush(a->driver);
	if (r < 0)
		return r;
	log_event(EV_APPROVAL_GIVEN, LOG_STR("KIND", kind_name(kind)), LOG_STR("HASH", hash),
		  LOG_STR("WHO", who), LOG_STR("HOLD", "empty-listing"));
	app_cycle_now(a);
	app_plan_now(a);
	return 0;
}

static int op_approve(void *data, const char *hash, const char *who, char **reterr_text)
{
	struct app *a = data;
	enum kind empty = find_empty(a, hash);
	if (empty != KIND_MAX_)
		return approve_empty(a, empty, hash, who);
	const struct action *action = find_action(a, hash);
	if (!action) {
		*reterr_text = strdup("no action of the current plan has this hash; see `drover plan`");
		return -ENOENT;
	}
	if (!hold_may_be_approved(action->hold)) {
		*reterr_text = strdup("this action does not wait for an approval");
		return -EALREADY;
	}
	int r = app_approve_action(a, action, who);
	if (r == 0)
		r = driver_flush(a->driver);
	if (r < 0)
		return r;
	log_event(EV_APPROVAL_GIVEN, LOG_STR("GROUP", action->group), LOG_STR("HASH", hash),
		  LOG_STR("WHO", who), LOG_STR("HOLD", hold_name(action->hold)));
	app_plan_now(a);
	return 0;
}

static int op_pause(void *data, const char *group, bool paused, const char *who, char **reterr_text)
{
	struct app *a = data;
	if (group && !desired_find(a->desired, group)) {
		*reterr_text = strdup("no such group in the fleet file");
		return -ENOENT;
	}
	int r = books_set_paused(a->books, group ? group : "", paused, who);
	if (r < 0)
		return r;
	/* Also when it cannot be written now: it will be, with what else waits for the ledger. */
	driver_reconsider(a->driver, a->desired);
	r = driver_flush(a->driver);
	if (r < 0)
		return r;
	enum event ev = group ? (paused ? EV_GROUP_PAUSED : EV_GROUP_RESUMED)
			      : (paused ? EV_FLEET_PAUSED : EV_FLEET_RESUMED);
	log_event(ev, LOG_STR("GROUP", group), LOG_STR("WHO", who));
	app_plan_now(a);
	return 0;
}

/* Orders are digits; so may be the id of something bought, which a listing shows. */
static bool is_order(struct app *a, const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0' &&
	       !observed_find_group(observer_observed(a->observer), text);
}

/* What the ledger knows already came of another call: taking it twice would count it twice. */
static bool is_taken(struct app *a, int64_t id, const char *resource)
{
	const struct resource *row = books_resource(a->books, resource);
	const struct order *known = books_order(a->books, resource);
	if (known && known->intent != 0 && is_order(a, resource))
		return true;
	if (!row || row->foreign || row->state == RESOURCE_GONE)
		return false;
	const struct intent *intent = driver_find(a->driver, id);
	return intent && intent->verb == VERB_CREATE;
}

static int op_adopt(void *data, int64_t intent, const char *resource, const char *who,
		    char **reterr_text)
{
	struct app *a = data;
	if (*resource && is_taken(a, intent, resource)) {
		*reterr_text = strdup("the ledger knows it already: it came of another call");
		return -EEXIST;
	}
	bool order = is_order(a, resource);
	int r = order ? driver_decide_order(a->driver, intent, resource)
		      : driver_decide(a->driver, intent, resource);
	if (r == -EINVAL && !*resource)
		r = app_abandon_done(a, intent, reterr_text);
	if (order && r == 0)
		app_orders_schedule(a, true);
	if (r == -ENOENT || r == -EINVAL)
		*reterr_text = strdup("no held intent has this id, nor one whose result is not known; see `drover intents`");
	if (r < 0)
		return r;
	log_event(*resource ? EV_INTENT_ADOPTED : EV_INTENT_ABANDONED, LOG_INT("INTENT_ID", intent),
		  LOG_STR("RESOURCE", resource), LOG_STR("WHO", who));
	app_cycle_now(a);
	app_plan_now(a);
	return 0;
}

static int op_abandon(void *data, int64_t intent, const char *who, char **reterr_text)
{
	return op_adopt(data, intent, "", who, reterr_text);
}

static int op_release(void *data, const char *group, const char *who, char **reterr_text)
{
	struct app *a = data;
	int r = app_release_group(a, group, reterr_text);
	if (r < 0)
		return r;
	log_event(EV_GROUP_RELEASED, LOG_STR("GROUP", group), LOG_STR("WHO", who));
	app_plan_now(a);
	return 0;
}

const struct control_ops app_control_ops = {
	.status = op_status,
	.plan = op_plan,
	.plan_file = op_plan_file,
	.orders = op_orders,
	.intents = op_intents,
	.explain = op_explain,
	.metrics = op_metrics,
	.instances = app_instances_ask,
	.whoami = app_whoami_ask,
	.reload = op_reload,
	.approve = op_approve,
	.pause = op_pause,
	.release = op_release,
	.adopt = op_adopt,
	.abandon = op_abandon,
};
