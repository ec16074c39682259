#include "plan/guard.h"

#include <inttypes.h>
#include <string.h>

#include "base/money.h"
#include "plan/guard_spend.h"
#include "plan/steps.h"

struct guard {
	const struct plan_input *in;
	const struct world *world;
	struct plan *plan;
	int64_t total_left, hour_left;
	int64_t spent_micro; /* by the buys before this one that pay by themselves */
	struct spend_guard spend;
};

#define HOLD_IT(g, a, hold, ...) action_hold((g)->in, (g)->plan, (a), (hold), __VA_ARGS__)

static int64_t deletes_limit(const struct plan_input *in, const struct desired_group *want)
{
	if (in->settings->limits.deletes_per_hour > 0)
		return in->settings->limits.deletes_per_hour;
	return want->count / 10 > 1 ? want->count / 10 : 1;
}

/* Instances of the recorded buys or deletes that wait for their turn: the ledger's memory of the
 * hour begins with the first sending. @group NULL: of all. */
static int64_t waiting(const struct in_flight *f, bool (*is_one)(enum verb), const char *group)
{
	int64_t n = 0;
	for (size_t i = 0; i < f->n_intents; i++) {
		const struct intent *intent = f->intents[i];
		if (intent->state == INTENT_RECORDED && intent->first_sent_wall_ms == 0 &&
		    is_one(intent->verb) && (!group || strcmp(intent->group, group) == 0))
			n += intent->count;
	}
	return n;
}

int64_t guard_deletes_left(const struct plan_input *in, const struct desired_group *want)
{
	const struct in_flight *f = in->in_flight;
	int64_t left = deletes_limit(in, want) - waiting(f, verb_deletes, want->name);
	for (size_t i = 0; i < f->n_deleted_last_hour; i++)
		if (strcmp(f->deleted_last_hour[i].group, want->name) == 0)
			left -= f->deleted_last_hour[i].deleted;
	return left > 0 ? left : 0;
}

static bool is_paused(const struct in_flight *f, const char *group)
{
	for (size_t i = 0; i < f->n_paused; i++)
		if (!*f->paused[i].group || strcmp(f->paused[i].group, group) == 0)
			return true;
	return false;
}

static int hold_mode(const struct guard *g, struct action *a)
{
	if (g->in->settings->mode == MODE_OBSERVE)
		return HOLD_IT(
			g, a, HOLD_OBSERVE,
			"mode: observe changes nothing; mode: act in drover.yaml lets it act");
	if (is_paused(g->in->in_flight, a->group))
		return HOLD_IT(g, a, HOLD_PAUSED, "paused; drover resume lets it act");
	return 0;
}

/* --- deletes ------------------------------------------------------------ */

static bool destroys(enum verb v)
{
	return verb_deletes(v) || v == VERB_RESET; /* a reset wipes the data (eds-aic 4.15) */
}

static int hold_protected(const struct guard *g, const struct group_view *v, struct action *a)
{
	if (!destroys(a->verb) || !(v->want->protect || (v->prospects && v->prospects->protect)))
		return 0;
	return HOLD_IT(g, a, HOLD_PROTECTED, "the group is protected; drover approve %s", a->hash);
}

static int64_t would_go(const struct guard *g, const char *group)
{
	int64_t n = 0;
	for (size_t i = 0; i < g->plan->n_actions; i++)
		if (g->plan->actions[i].verb == VERB_SHRINK &&
		    strcmp(g->plan->actions[i].group, group) == 0)
			n += g->plan->actions[i].count;
	return n;
}

static int hold_large(const struct guard *g, const struct group_view *v, struct action *a)
{
	int64_t stay = v->present - v->going, going = would_go(g, a->group);
	if (a->verb == VERB_DELETE)
		return HOLD_IT(g, a, HOLD_COUNT_ZERO,
			       "count: 0 removes the whole group (%" PRId64
			       " instances); drover approve %s",
			       a->count, a->hash);
	/* Replacing a failed instance is not a smaller group. */
	if (going <= stay / 2 || stay <= v->want->count)
		return 0;
	return HOLD_IT(g, a, HOLD_SHRINK_HALF,
		       "%" PRId64 " of %" PRId64
		       " instances would go, more than half; drover approve %s",
		       going, stay, a->hash);
}

/* Deletes of the group that this plan lets act before @a. */
static int64_t let_go_before(const struct guard *g, const struct action *a)
{
	int64_t n = 0;
	for (const struct action *other = g->plan->actions; other != a; other++)
		if (other->hold == HOLD_NONE && verb_deletes(other->verb) &&
		    strcmp(other->group, a->group) == 0)
			n += other->count;
	return n;
}

static int hold_hourly_deletes(const struct guard *g, const struct group_view *v, struct action *a)
{
	int64_t left = guard_deletes_left(g->in, v->want) - let_go_before(g, a);
	if (a->count <= left)
		return 0;
	return HOLD_IT(g, a, HOLD_DELETES_PER_HOUR,
		       "deletes_per_hour is %" PRId64 " for this group and leaves %" PRId64
		       ", this removes %" PRId64 "; drover approve %s",
		       deletes_limit(g->in, v->want), left > 0 ? left : 0, a->count, a->hash);
}

static int guard_delete(const struct guard *g, const struct group_view *v, struct action *a)
{
	int r = hold_large(g, v, a);
	return r < 0 ? r : hold_hourly_deletes(g, v, a);
}

/* --- buys --------------------------------------------------------------- */

static int hold_total(const struct guard *g, struct action *a)
{
	int64_t limit = g->in->settings->limits.instances_total;
	return HOLD_IT(g, a, HOLD_INSTANCES_TOTAL,
		       "limits.instances_total is %" PRId64 ", %" PRId64
		       " exist or are on their way, this adds %" PRId64 "; drover approve %s",
		       limit, limit - g->total_left, a->count, a->hash);
}

static int hold_hourly(const struct guard *g, struct action *a)
{
	int64_t limit = g->in->settings->limits.new_per_hour;
	return HOLD_IT(g, a, HOLD_NEW_PER_HOUR,
		       "limits.new_per_hour is %" PRId64 ", %" PRId64
		       " were ordered in the last hour, this adds %" PRId64 "; drover approve %s",
		       limit, limit - g->hour_left, a->count, a->hash);
}

static int lower(const struct group_view *v, struct action *a, int64_t count, const char *limit)
{
	int64_t was = a->count;
	a->count = count;
	if (a->total > 0)
		a->total -= was - count;
	int r = action_price(v, a);
	return r < 0 ? r
		     : action_reason(a, "%s (lowered from %" PRId64 " by limits.%s)", a->reason,
				     was, limit);
}

/* What waits for a person takes nothing from the limits; what waits for its turn does. */
static bool will_act_by_itself(const struct action *a)
{
	return a->hold == HOLD_NONE || a->hold == HOLD_PACE || a->hold == HOLD_IN_FLIGHT ||
	       a->hold == HOLD_NOT_TWICE;
}

static bool pays_itself(const struct group_view *v)
{
	return v->want->auto_pay && (v->rules->pays_itself || v->want->charge == CHARGE_PREPAID);
}

static int hold_balance(const struct guard *g, const struct prospects *p, struct action *a)
{
	char balance[MONEY_SIZE], before[MONEY_SIZE];
	money_format(p->balance_micro, balance);
	money_format(g->spent_micro, before);
	return HOLD_IT(g, a, HOLD_BALANCE,
		       "it costs %s and is paid at once, but the balance is %s%s%s; top it up, "
		       "or: drover approve %s",
		       a->price, balance,
		       g->spent_micro > 0 ? ", of which the buys before it take " : "",
		       g->spent_micro > 0 ? before : "", a->hash);
}

/* A price or balance that is not known holds nothing: the cloud itself refuses. A sum beyond all
 * numbers is beyond every balance. */
static int guard_balance(struct guard *g, const struct group_view *v, struct action *a)
{
	const struct prospects *p = v->prospects;
	int64_t all = INT64_MAX;
	if (!pays_itself(v) || a->price_micro <= 0)
		return 0;
	(void)money_add(g->spent_micro, a->price_micro, &all);
	int r = p->balance_known && p->balance_micro < all ? hold_balance(g, p, a) : 0;
	if (a->hold != HOLD_BALANCE)
		g->spent_micro = all;
	return r;
}

static bool is_lifted(const struct guard *g, const struct action *a, enum hold hold)
{
	return action_approved(g->in->in_flight, g->plan, a, hold);
}

static int limit_buy(const struct guard *g, const struct group_view *v, struct action *a)
{
	int64_t total = is_lifted(g, a, HOLD_INSTANCES_TOTAL) ? INT64_MAX : g->total_left;
	int64_t hour = is_lifted(g, a, HOLD_NEW_PER_HOUR) ? INT64_MAX : g->hour_left;
	int64_t left = total < hour ? total : hour;
	if (total <= 0)
		return hold_total(g, a);
	if (hour <= 0)
		return hold_hourly(g, a);
	if (a->count <= left)
		return 0;
	return lower(v, a, left, left == total ? "instances_total" : "new_per_hour");
}

static int guard_buy(struct guard *g, const struct group_view *v, struct action *a)
{
	if (!will_act_by_itself(a))
		return 0;
	int r = limit_buy(g, v, a);
	if (r < 0 || !will_act_by_itself(a) || (r = guard_balance(g, v, a)) < 0 ||
	    !will_act_by_itself(a) ||
	    (r = spend_guard(&g->spend, g->in, g->plan, v->want->charge == CHARGE_POSTPAID, a)) < 0 ||
	    !will_act_by_itself(a))
		return r;
	g->total_left -= a->count;
	g->hour_left -= a->count;
	return 0;
}

/* --- all ---------------------------------------------------------------- */

/* At most one unsettled call that resizes a cloud group. */
static int hold_second(const struct guard *g, struct action *a)
{
	struct cloud_view *c = *a->cloud_group ? world_find_cloud(g->world, a->cloud_group) : NULL;
	if (!c || a->hold != HOLD_NONE)
		return 0;
	if (c->called)
		return HOLD_IT(g, a, HOLD_IN_FLIGHT, "follows an earlier call on %s",
			       a->cloud_group);
	c->called = true;
	return 0;
}

static int guard_action(struct guard *g, struct action *a)
{
	const struct group_view *v = world_find(g->world, a->group);
	int r;
	if ((r = hold_mode(g, a)) < 0 || (r = hold_protected(g, v, a)) < 0)
		return r;
	if (verb_deletes(a->verb))
		r = guard_delete(g, v, a);
	else if (verb_buys(a->verb))
		r = guard_buy(g, v, a);
	return r < 0 ? r : hold_second(g, a);
}

static int guard_plan(const struct plan_input *in, const struct world *w, struct plan *plan)
{
	struct guard g = {.in = in, .world = w, .plan = plan};
	g.total_left = in->settings->limits.instances_total;
	g.hour_left = in->settings->limits.new_per_hour - in->in_flight->bought_last_hour -
		      waiting(in->in_flight, verb_buys, /* group= */ NULL);
	for (size_t i = 0; i < w->groups.n; i++)
		g.total_left -= w->groups.items[i]->committed;
	spend_begin(&g.spend, in);
	int r = 0;
	for (size_t i = 0; i < plan->n_actions && r == 0; i++)
		r = guard_action(&g, &plan->actions[i]);
	return r < 0 ? r : plan_finish(w, plan);
}

int guard_apply(const struct plan_input *input, struct plan *plan)
{
	struct world w;
	int r = world_build(&w, input);
	if (r == 0)
		r = guard_plan(input, &w, plan);
	world_fini(&w);
	return r;
}
