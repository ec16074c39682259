/*
 * The cycles, of one kind each: observe → see what landed → plan → guard → act → report, and when
 * to look again. Level-triggered: every plan is made for all kinds, from what is known now.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app_internal.h"
#include "base/digest.h"
#include "plan/guard.h"
#include "plan/seen.h"
#include "report/log.h"

#define CYCLE_SOON_MS 1
#define LEDGER_CHECK_MS UINT64_C(86400000)

/* ---- when to look again ---- */

static void schedule(struct cycle *c, uint64_t wait_ms);

static bool is_busy(const struct cycle *c)
{
	return observer_is_busy(c->app->observer, c->kind);
}

static void cycle_now(struct cycle *c)
{
	if (is_busy(c))
		c->again = true;
	else
		schedule(c, CYCLE_SOON_MS);
}

void app_cycle_now(struct app *a)
{
	if (a->stopping) /* the observer may be gone already */
		return;
	for (size_t k = 0; k < ARRAY_SIZE(a->cycles); k++)
		cycle_now(&a->cycles[k]);
}

static void on_timer(uv_timer_t *timer)
{
	struct cycle *c = timer->data;
	app_config_check(c->app);
	int r = app_observe(c);
	if (r == -EBUSY) {
		c->again = true;
	} else if (c->idle) {
		observer_forget(c->app->observer, c->kind);
		app_report_idle(c);
		schedule(c, c->app->settings.poll.sweep_ms); /* the ledger may come to know of something */
	} else if (r < 0) {
		schedule(c, c->app->settings.poll.slow_ms); /* no memory: later */
	}
}

static void schedule(struct cycle *c, uint64_t wait_ms)
{
	if (c->app->stopping)
		return;
	c->next_mono_ms = env_mono_ms(c->app->env) + wait_ms;
	(void)uv_timer_start(&c->timer, on_timer, wait_ms ? wait_ms : CYCLE_SOON_MS, 0);
}

void app_cycles_init(struct app *a)
{
	for (size_t k = 0; k < ARRAY_SIZE(a->cycles); k++) {
		struct cycle *c = &a->cycles[k];
		c->app = a;
		c->kind = (enum kind)k;
		c->running_accepted = -1;
		(void)uv_timer_init(&a->loop, &c->timer);
		c->timer.data = c;
	}
}

void app_cycles_start(struct app *a, uint64_t delay_ms)
{
	for (size_t k = 0; k < ARRAY_SIZE(a->cycles); k++) {
		a->cycles[k].audit_mono_ms = env_mono_ms(a->env); /* the first listings are one */
		schedule(&a->cycles[k], delay_ms);
	}
}

void app_cycles_stop(struct app *a)
{
	for (size_t k = 0; k < ARRAY_SIZE(a->cycles); k++)
		(void)uv_timer_stop(&a->cycles[k].timer);
}

/* Something of the kind is under way that only time and looking will finish. */
static bool is_moving(const struct cycle *c)
{
	const struct plan *plan = c->app->plan;
	struct driver_wants wants;
	driver_wants(c->app->driver, &wants);
	for (size_t k = 0; plan && k < plan->n_watch; k++)
		if (plan->watch[k].kind == c->kind)
			return true;
	return plan && (plan->watch_groups[c->kind] || wants.groups[c->kind]);
}

/* The earliest end of a back-off, so that waiting does not last a whole sweep longer. */
static uint64_t until_back_off(const struct cycle *c, uint64_t limit_ms)
{
	struct app *a = c->app;
	const struct prospects *p;
	size_t n;
	uint64_t now = env_mono_ms(a->env);
	if (prospect_view(a->prospects, a->desired, &p, &n) < 0) /* as the groups are in the file */
		return limit_ms;
	for (size_t k = 0; k < n; k++)
		if (a->desired->groups[k].kind == c->kind && p[k].not_before_mono_ms > now &&
		    p[k].not_before_mono_ms - now < limit_ms)
			limit_ms = p[k].not_before_mono_ms - now + 1;
	return limit_ms;
}

/* Less a random part of up to a fifth: daemons that began together do not go on together. */
static uint64_t spread(struct app *a, uint64_t wait_ms)
{
	return wait_ms - env_random_below(a->env, wait_ms / 5 + 1);
}

static void schedule_fast(struct cycle *c)
{
	const struct settings *settings = &c->app->settings;
	c->fast_ms = c->moved || c->fast_ms == 0 ? settings->poll.fast_ms : c->fast_ms + c->fast_ms / 2;
	c->moved = false;
	if (c->fast_ms > settings->poll.slow_ms)
		c->fast_ms = settings->poll.slow_ms;
	schedule(c, until_back_off(c, spread(c->app, c->fast_ms)));
}

/* 2 s while things change, growing to 15 s while they do not or nothing can be learned, 60 s when
 * all is quiet. */
static void schedule_next(struct cycle *c)
{
	struct app *a = c->app;
	const uint64_t slow = a->settings.poll.slow_ms, sweep = a->settings.poll.sweep_ms;
	if (c->again) {
		c->again = c->moved = false;
		schedule(c, CYCLE_SOON_MS);
		return;
	}
	if (is_moving(c)) {
		schedule_fast(c);
		return;
	}
	bool begins = c->fast_ms > 0 || c->ended == 1;
	c->fast_ms = 0;
	c->moved = false;
	uint64_t age = env_mono_ms(a->env) - c->sweep_mono_ms;
	uint64_t wait = age < sweep ? sweep - age : CYCLE_SOON_MS;
	if (c->unreachable && wait > slow)
		wait = slow;
	/* The first look of a quiet time comes at any moment of it: the same for daemons that were
	 * started, or saw something happen, together. */
	wait = begins ? env_random_below(a->env, wait) + CYCLE_SOON_MS : spread(a, wait);
	schedule(c, until_back_off(c, wait));
}

/* ---- planning ---- */

/* Has a young ledger been compared with the account's orders? */
static void fill_orders_look(const struct app *a, struct in_flight *flight)
{
	flight->orders_look = a->orders_look == LOOK_DONE      ? ORDERS_LOOKED
			      : a->orders_look == LOOK_REFUSED ? ORDERS_REFUSED
							       : ORDERS_NOT_LOOKED;
}

int app_plan_input(struct app *a, struct plan_input *ret, struct in_flight *flight)
{
	uint64_t wall = env_wall_ms(a->env);
	int r = books_view(a->books, wall, flight);
	driver_in_flight(a->driver, flight);
	*ret = (struct plan_input){
		.desired = a->desired,
		.observed = observer_observed(a->observer),
		.in_flight = flight,
		.settings = &a->settings,
		.mono_ms = env_mono_ms(a->env),
		.wall_ms = wall,
		.other_site = a->cloud && cloud_site_is_other(a->cloud),
	};
	for (size_t k = 0; k < ARRAY_SIZE(a->cycles); k++)
		ret->seen_mono_ms[k] = a->cycles[k].seen_mono_ms;
	if (r == 0)
		r = prospect_view(a->prospects, a->desired, &ret->prospects, &ret->n_prospects);
	fill_orders_look(a, flight);
	return r;
}

static int put_changed(struct app *a, const struct row_change *c)
{
	struct resource row = *c->row;
	row.state = c->state;
	row.seen_wall_ms = c->seen_wall_ms;
	row.missing_wall_ms = c->missing_wall_ms;
	row.missing_listings = c->missing_listings;
	if (c->state == RESOURCE_MISSING && c->row->state != RESOURCE_MISSING)
		log_event(EV_INSTANCE_VANISHED, LOG_STR("GROUP", row.group), LOG_STR("RESOURCE", row.id),
			  LOG_STR("CLOUD_GROUP", row.cloud_group));
	return books_put_resource(a->books, &row);
}

static int put_found(struct app *a, const struct row_found *f, uint64_t wall_ms)
{
	const struct resource row = {
		.id = (char *)f->id,
		.cloud_group = (char *)f->cloud_group,
		.group = (char *)f->group,
		.intent = f->intent,
		.state = RESOURCE_SEEN,
		.charge = f->charge,
		.first_wall_ms = wall_ms,
		.seen_wall_ms = wall_ms,
	};
	return books_put_resource(a->books, &row);
}

static int put_landed_order(struct app *a, const struct order *seen)
{
	struct order order = *seen;
	order.landed = true;
	return books_put_order(a->books, &order);
}

/* What the look says about what the ledger knows becomes durable before it is planned on. */
static int take_in_what_was_seen(struct cycle *c)
{
	struct app *a = c->app;
	bool kinds[KIND_MAX_] = {false};
	struct plan_input input;
	struct in_flight flight;
	struct seen_changes seen = {0};
	VEC(int64_t) landed = {0};
	kinds[c->kind] = true;
	int r = app_plan_input(a, &input, &flight);
	if (r == 0)
		r = seen_compute(&input, kinds, &seen);
	for (size_t k = 0; k < seen.found.n && r == 0; k++)
		r = put_found(a, &seen.found.items[k], input.wall_ms);
	for (size_t k = 0; k < seen.changed.n && r == 0; k++)
		r = put_changed(a, &seen.changed.items[k]);
	for (size_t k = 0; k < seen.orders.n && r == 0; k++)
		r = put_landed_order(a, seen.orders.items[k]);
	for (size_t k = 0; k < seen.intents.n && r == 0; k++) {
		int64_t *slot = vec_add(&landed);
		if (slot)
			*slot = seen.intents.items[k]->id;
		r = slot ? 0 : -ENOMEM;
	}
	seen_changes_fini(&seen); /* it borrows: nothing of it outlives the next step */
	for (size_t k = 0; k < landed.n && r == 0; k++)
		r = driver_landed(a->driver, landed.items[k]);
	vec_free(&landed);
	if (r == 0)
		r = driver_flush(a->driver);
	if (r == 0)
		c->seen_mono_ms = input.mono_ms;
	return r;
}

static uint64_t digest_of(const struct plan *p, enum kind kind)
{
	uint64_t h = DIGEST_INIT;
	for (size_t k = 0; k < p->n_groups; k++) {
		const struct group_report *g = &p->groups[k];
		if (g->kind != kind)
			continue;
		h = digest_text(h, g->name);
		h = digest_u64(h, (uint64_t)g->desired);
		h = digest_u64(h, (uint64_t)g->running);
		h = digest_u64(h, (uint64_t)g->pending);
		h = digest_u64(h, (uint64_t)g->failed);
		h = digest_u64(h, (uint64_t)g->committed);
		h = digest_u64(h, (uint64_t)g->condition);
	}
	for (size_t k = 0; k < p->n_actions; k++)
		if (p->actions[k].kind == kind)
			h = digest_text(h, p->actions[k].hash);
	return h;
}

static bool buys(const struct plan *plan, const char *group)
{
	for (size_t k = 0; k < plan->n_actions; k++)
		if ((plan->actions[k].verb == VERB_CREATE || plan->actions[k].verb == VERB_GROW) &&
		    strcmp(plan->actions[k].group, group) == 0)
			return true;
	return false;
}

/* Before a group buys, its image, spec, stock, price and the balance are asked about. What cannot
 * be asked holds nothing: it is advice. True when some question was begun: the plan holds then. */
static bool start_preflights(struct app *a, const struct plan_input *input)
{
	struct text_list groups = {0};
	bool asked = false;
	for (size_t k = 0; k < input->n_prospects; k++)
		if (input->prospects[k].stock == CHECK_UNKNOWN && buys(a->plan, input->prospects[k].group))
			(void)text_list_add(&groups, input->prospects[k].group);
	/* What is asked changes the prospects that @input borrows. */
	for (size_t k = 0; k < groups.n; k++) {
		const struct desired_group *g = desired_find(a->desired, groups.items[k]);
		int r = g ? preflight_run(a->preflight, g) : -ENOENT;
		if (r == 0 || r == -EALREADY)
			asked |= prospect_asking(a->prospects, g->name) == 0;
	}
	text_list_fini(&groups);
	return asked;
}

void app_on_checked(void *data, const struct inquiry *inquiry)
{
	struct app *a = data;
	app_report_checked(a, inquiry);
	/* Without memory the checks are asked for again with the next plan. */
	if (prospect_checked(a->prospects, inquiry) == 0)
		app_plan_now(a);
}

static struct plan *compute(struct app *a, struct plan_input *input, struct in_flight *flight)
{
	auto_plan struct plan *plan = NULL;
	int r = app_plan_input(a, input, flight);
	if (r == 0)
		r = plan_compute(input, &plan);
	if (r == 0)
		r = guard_apply(input, plan);
	if (r < 0) {
		log_event(EV_OUT_OF_MEMORY, LOG_STR("ERROR", strerror(-r)));
		return NULL;
	}
	return TAKE(plan);
}

/* A group of which more instances have failed than before buys one at a time again. */
static void note_failures(struct app *a, const struct plan *now)
{
	const struct plan *before = a->plan;
	for (size_t k = 0; before && k < before->n_groups && k < now->n_groups; k++)
		if (strcmp(before->groups[k].name, now->groups[k].name) == 0 &&
		    now->groups[k].failed > before->groups[k].failed)
			prospect_failed(a->prospects, now->groups[k].name);
}

/* A new plan takes the place of the old one. */
static bool plan_anew(struct app *a, struct plan_input *input, struct in_flight *flight)
{
	struct plan *plan = compute(a, input, flight);
	if (!plan)
		return false;
	(void)plan_free(a->plan);
	a->plan = plan;
	return true;
}

static void note_movement(struct app *a)
{
	for (size_t k = 0; k < ARRAY_SIZE(a->cycles); k++) {
		struct cycle *c = &a->cycles[k];
		uint64_t digest = digest_of(a->plan, c->kind);
		c->moved = c->moved || digest != c->plan_digest;
		c->plan_digest = digest;
	}
}

/* Plans, acts for @kinds, and plans once more for the report, since what was started now counts. What
 * is in the middle of a look does not stand as it seems to: it is told when that has ended. */
static void plan_and_act(struct app *a, const bool kinds[KIND_MAX_])
{
	struct plan_input input;
	struct in_flight flight;
	struct plan *first = compute(a, &input, &flight);
	if (!first)
		return;
	note_failures(a, first);
	(void)plan_free(a->plan);
	a->plan = first;
	if (!a->stopping) {
		if (start_preflights(a, &input) && !plan_anew(a, &input, &flight))
			return; /* nothing is bought while questions are open */
		(void)driver_act(a->driver, a->plan, kinds, a->desired, observer_observed(a->observer));
		(void)plan_anew(a, &input, &flight);
	}
	note_movement(a);
	app_report_plan(a, kinds);
	app_orders_look(a);
	app_orders_schedule(a, false);
}

/* What moves is looked at soon; what is being looked at now, soon after that. */
static void follow_movement(struct app *a)
{
	for (size_t k = 0; k < ARRAY_SIZE(a->cycles); k++)
		if (a->cycles[k].moved && !a->cycles[k].idle && !is_busy(&a->cycles[k]))
			schedule_next(&a->cycles[k]);
}

void app_plan_now(struct app *a)
{
	bool kinds[KIND_MAX_];
	if (a->stopping || !a->desired)
		return;
	memset(kinds, true, sizeof(kinds));
	plan_and_act(a, kinds);
	follow_movement(a);
	app_once_check(a);
}

void app_on_change(void *data)
{
	struct app *a = data;
	struct driver_wants wants;
	driver_wants(a->driver, &wants);
	for (size_t k = 0; k < ARRAY_SIZE(a->cycles) && !a->stopping; k++)
		if (wants.groups[k])
			cycle_now(&a->cycles[k]);
	app_plan_now(a);
}

/* Bits also flip in a file that nobody restarts on. */
static void check_ledger_daily(struct app *a)
{
	uint64_t now = env_mono_ms(a->env);
	if (now - a->ledger_mono_ms < LEDGER_CHECK_MS)
		return;
	a->ledger_mono_ms = now;
	driver_check_ledger(a->driver);
}

bool app_has_looked(const struct app *a)
{
	for (size_t k = 0; k < ARRAY_SIZE(a->cycles); k++)
		if (a->cycles[k].ended > 0)
			return true;
	return false;
}

bool app_is_refused(const struct app *a)
{
	for (size_t k = 0; k < ARRAY_SIZE(a->cycles); k++)
		if (a->cycles[k].refused)
			return true;
	return false;
}

void app_note_refusal(struct app *a)
{
	for (size_t k = 0; k < ARRAY_SIZE(a->cycles); k++)
		a->cycles[k].refused = !a->cycles[k].idle;
}

void app_on_cycle(void *data, enum kind kind, const struct observer_result *result)
{
	struct app *a = data;
	struct cycle *c = &a->cycles[kind];
	bool kinds[KIND_MAX_] = {false};
	if (a->stopping)
		return;
	c->ended++;
	c->refused = !result->complete && result->outcome == OUTCOME_AUTH;
	metrics_add(&a->metrics, METRIC_CYCLES, NULL, NULL, 1);
	app_report_cycle(c, result);
	app_judge_running(c, result->running);
	check_ledger_daily(a);
	int r = take_in_what_was_seen(c);
	if (r == 0)
		r = driver_observed(a->driver, kind, observer_observed(a->observer));
	if (r < 0 && driver_is_writable(a->driver))
		log_event(EV_OUT_OF_MEMORY, LOG_STR("ERROR", strerror(-r)));
	kinds[kind] = true; /* the others act at the end of their own look, on what that shows */
	plan_and_act(a, kinds);
	schedule_next(c);
	follow_movement(a);
	app_once_check(a);
}
