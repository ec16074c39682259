#include "tuples/oracle.h"

#include <inttypes.h>
#include <string.h>

#include "base/money.h"
#include "tuples/model.h"

struct court {
	const struct plan_input *in;
	const struct plan *plan;
	FILE *out;
	struct verdict *verdict;
	/* of the action that is looked at */
	const struct action *a;
	const struct desired_group *want;
	const struct observed_group *g; /* NULL: a create, or not listed */
	bool free;
};

static const char *const names[RULE_MAX_] = {
	[RULE_SHAPE] = "shape",
	[RULE_BOUGHT] = "bought-twice",
	[RULE_STOPPED] = "stopped",
	[RULE_WHOLE] = "incomplete",
	[RULE_LIE] = "empty-lie",
	[RULE_BRAKE] = "brake",
	[RULE_TWICE] = "twice",
	[RULE_FRESH] = "fresh",
	[RULE_MARK] = "mark",
	[RULE_UNPROVEN] = "unproven",
	[RULE_PREPAID] = "prepaid",
	[RULE_SURPLUS] = "surplus",
	[RULE_ZERO] = "count-zero",
	[RULE_HALF] = "half",
	[RULE_PROTECT] = "protect",
	[RULE_BUDGET] = "budget",
	[RULE_SESSION] = "session",
	[RULE_SETTLED] = "settled",
	[RULE_ONE_CALL] = "one-call",
	[RULE_TOTAL] = "total",
	[RULE_HOUR] = "hour",
	[RULE_BALANCE] = "balance",
	[RULE_SPEND] = "spend",
	[RULE_PRICE] = "price",
	[RULE_SITE] = "site",
	[RULE_PACE] = "pace",
	[RULE_REFUSED] = "refused",
	[RULE_YOUNG] = "young-ledger",
	[RULE_ORDERS] = "unknown-orders",
	[RULE_CANCELLED] = "cancelled",
	[RULE_AMBIGUOUS] = "ambiguous",
	[RULE_VANISHED] = "vanished",
	[RULE_BROWNFIELD] = "brownfield",
	[RULE_RENAME] = "rename",
};

const char *rule_name(enum rule r)
{
	return names[r];
}

static void require(struct court *c, enum rule rule, bool kept)
{
	if (kept)
		return;
	c->verdict->of[rule]++;
	c->verdict->all++;
	if (c->out)
		(void)fprintf(c->out, "rule %s: %s of %s %s %" PRId64 "\n", names[rule],
			      c->a ? verb_name(c->a->verb) : "plan", c->a ? c->a->group : "",
			      c->a ? c->a->cloud_group : "", c->a ? c->a->count : 0);
}

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static bool is_buy(const struct action *a)
{
	return a->verb == VERB_CREATE || a->verb == VERB_GROW;
}

static bool is_delete(const struct action *a)
{
	return a->verb == VERB_SHRINK || a->verb == VERB_DELETE;
}

static bool is_setting(const struct action *a)
{
	return a->verb == VERB_CONFIGURE || a->verb == VERB_SET_SCALING ||
	       a->verb == VERB_UPDATE_IMAGE;
}

static bool is_free(const struct action *a)
{
	return a->hold == HOLD_NONE;
}

/* What is gone through with is no more, and no other, than what the person was shown. */
static bool was_shown(const struct approval *p, const struct action *a, enum hold hold)
{
	if (p->used || !same(p->hash, a->hash) || p->count < a->count)
		return false;
	if (p->price_micro > 0 && a->price_micro > p->price_micro)
		return false;
	bool all_of_it = approval_names(p, hold_name(HOLD_SHRINK_HALF)) ||
			 approval_names(p, hold_name(HOLD_COUNT_ZERO));
	return approval_names(p, hold_name(hold)) || (hold == HOLD_DELETES_PER_HOUR && all_of_it);
}

bool oracle_approved(const struct plan_input *in, const struct plan *p, const struct action *a,
		     enum hold hold)
{
	int64_t given = 0;
	for (size_t i = 0; i < in->in_flight->n_approvals; i++)
		given += was_shown(&in->in_flight->approvals[i], a, hold);
	for (const struct action *before = p->actions; before < a; before++)
		given -= same(before->hash, a->hash);
	return given > 0;
}

static bool approved(const struct court *c, enum hold hold)
{
	return oracle_approved(c->in, c->plan, c->a, hold);
}

/* --- every action ------------------------------------------------------- */

static void judge_shape(struct court *c)
{
	const struct action *a = c->a;
	require(c, RULE_SHAPE, (*a->hold_text != '\0') == !is_free(a));
	require(c, RULE_SHAPE, *a->reason && strlen(a->hash) == ACTION_HASH_SIZE - 1);
	require(c, RULE_SHAPE, a->count > 0 || a->verb == VERB_DELETE || is_setting(a));
	require(c, RULE_SHAPE, c->want && c->want->kind == a->kind);
	require(c, RULE_SHAPE, (a->verb == VERB_CREATE) == !*a->cloud_group || a->targets.n > 0);
	for (size_t t = 1; t < a->targets.n; t++)
		require(c, RULE_SHAPE, strcmp(a->targets.items[t - 1], a->targets.items[t]) < 0);
}

static void judge_stopped(struct court *c)
{
	const struct in_flight *f = c->in->in_flight;
	bool stopped = c->in->settings->mode == MODE_OBSERVE;
	for (size_t i = 0; i < f->n_paused; i++)
		stopped = stopped || !*f->paused[i].group || same(f->paused[i].group, c->a->group);
	require(c, RULE_STOPPED, !stopped);
}

/* A listing by product tells nothing of a product that it did not ask for. */
static bool has_asked_for(const struct observed_listing *o, const char *product)
{
	bool found = !o->by_product;
	for (size_t i = 0; i < o->products.n; i++)
		found = found || same(o->products.items[i], product);
	return found;
}

/* Is what was seen of the kind good enough to change something by? */
static void judge_sight(struct court *c)
{
	const struct observed_listing *o = &c->in->observed->of[c->want->kind];
	double brake = c->in->settings->limits.missing_brake;
	int64_t known, missing;
	require(c, RULE_WHOLE,
		o->complete && o->listed_mono_ms != 0 && has_asked_for(o, c->want->spec));
	require(c, RULE_LIE, !model_empty_lie(c->in, c->want->kind));
	if (is_setting(c->a))
		return;
	for (int all = 0; all < 2; all++)
		if (model_missing(c->in, c->want, all, &known, &missing))
			require(c, RULE_BRAKE, (double)missing <= brake * (double)known);
}

static void judge_unproven(struct court *c)
{
	bool unproven = false;
	for (size_t i = 0; i < c->in->observed->n_groups; i++) {
		struct claim claim = model_claim(c->in, &c->in->observed->groups[i]);
		unproven = unproven || (claim.how == CLAIM_MARKED && claim.of == c->want);
	}
	require(c, RULE_UNPROVEN, !unproven || approved(c, HOLD_FOREIGN_OWNER));
}

/* A call on the cloud group that may still have an effect. */
static bool has_open_call(const struct court *c, const char *cloud_group, bool unlanded)
{
	const struct in_flight *f = c->in->in_flight;
	for (size_t i = 0; i < f->n_intents; i++) {
		const struct intent *call = f->intents[i];
		if (!model_counts(c->in, call) || (!unlanded && !model_open(call)))
			continue;
		bool on = call->verb == VERB_GROW || call->verb == VERB_SHRINK ||
			  call->verb == VERB_DELETE || call->verb == VERB_CONFIGURE ||
			  call->verb == VERB_SET_SCALING || call->verb == VERB_UPDATE_IMAGE;
		if (on && same(call->cloud_group, cloud_group))
			return true;
		const struct observed_group *g = model_listed(c->in, cloud_group);
		if (call->verb == VERB_CREATE && g && model_may_be_made_by(c->in, g, call) &&
		    !model_has_twin(c->in, g, call))
			return true;
	}
	return false;
}

/* --- buys --------------------------------------------------------------- */

static int64_t bought_before(const struct court *c, const struct action *until, bool of_group)
{
	int64_t n = 0;
	for (const struct action *a = c->plan->actions; a < until; a++)
		if (is_buy(a) && is_free(a) && (!of_group || same(a->group, c->a->group)))
			n += a->count;
	return n;
}

static void judge_limits(struct court *c)
{
	const struct settings *set = c->in->settings;
	int64_t committed = 0, before = bought_before(c, c->a, false);
	for (size_t i = 0; i < c->in->desired->n_groups; i++)
		committed += model_committed(c->in, &c->in->desired->groups[i]);
	require(c, RULE_TOTAL,
		approved(c, HOLD_INSTANCES_TOTAL) ||
			committed + before + c->a->count <= set->limits.instances_total);
	require(c, RULE_HOUR,
		approved(c, HOLD_NEW_PER_HOUR) ||
			c->in->in_flight->bought_last_hour + before + c->a->count <=
				set->limits.new_per_hour);
}

static bool pays_itself(const struct desired_group *d)
{
	return d->auto_pay && (d->kind == KIND_PURCHASE || d->charge == CHARGE_PREPAID);
}

static void judge_balance(struct court *c)
{
	const struct prospects *p = model_prospects(c->in, c->want);
	int64_t spent = 0;
	if (!pays_itself(c->want) || !p || !p->balance_known || p->price_micro <= 0)
		return;
	for (const struct action *a = c->plan->actions; a < c->a; a++) {
		const struct desired_group *d = model_meant(c->in, a->group);
		const struct prospects *price = d ? model_prospects(c->in, d) : NULL;
		if (is_buy(a) && is_free(a) && d && pays_itself(d) && price)
			spent += price->price_micro * a->count;
	}
	require(c, RULE_BALANCE,
		approved(c, HOLD_BALANCE) ||
			spent + p->price_micro * c->a->count <= p->balance_micro);
}

/* What runs by use counts as if it ran all the time. */
static int64_t cost_in(const struct court *c, const struct action *a, int64_t hours)
{
	const struct desired_group *d = model_meant(c->in, a->group);
	const struct prospects *p = d ? model_prospects(c->in, d) : NULL;
	if (!p || p->price_micro <= 0)
		return 0;
	return p->price_micro * a->count * (d->charge == CHARGE_PREPAID ? 1 : hours);
}

static void judge_spend(struct court *c, const char *limit, int64_t hours)
{
	const struct in_flight *f = c->in->in_flight;
	int64_t most, spent = cost_in(c, c->a, hours);
	char currency[MONEY_CURRENCY_SIZE];
	if (!limit || spent == 0 || money_parse_sum(limit, &most, currency) < 0 ||
	    !same(currency, c->a->currency))
		return; /* different currencies are not compared */
	for (size_t i = 0; i < f->n_spends; i++)
		if (same(f->spends[i].currency, currency) &&
		    c->in->wall_ms - f->spends[i].wall_ms < (uint64_t)hours * 3600 * 1000)
			spent += f->spends[i].micro * (f->spends[i].by_use ? hours : 1);
	for (const struct action *a = c->plan->actions; a < c->a; a++)
		if (is_buy(a) && is_free(a))
			spent += cost_in(c, a, hours);
	require(c, RULE_SPEND, approved(c, HOLD_SPEND) || spent <= most);
}

static void judge_price(struct court *c)
{
	judge_spend(c, c->in->settings->limits.spend_per_day, 24);
	judge_spend(c, c->in->settings->limits.spend_per_month, 24 * 30);
	require(c, RULE_PRICE,
		!c->in->settings->limits.hold_unknown_price || cost_in(c, c->a, 1) > 0 ||
			approved(c, HOLD_UNKNOWN_PRICE));
}

static void judge_pace(struct court *c)
{
	const struct in_flight *f = c->in->in_flight;
	const struct prospects *p = model_prospects(c->in, c->want);
	int64_t busy = 0, pace = p && p->pace > 1 ? p->pace : 1;
	for (size_t i = 0; i < f->n_intents; i++) {
		const struct intent *call = f->intents[i];
		busy += (call->verb == VERB_CREATE || call->verb == VERB_GROW) &&
			model_counts(c->in, call) && model_open(call) &&
			call->state != INTENT_HELD && model_meant(c->in, call->group) == c->want;
	}
	for (const struct action *a = c->plan->actions; a < c->a; a++)
		busy += is_buy(a) && is_free(a) && same(a->group, c->a->group);
	require(c, RULE_PACE, busy < pace);
}

static void judge_refusals(struct court *c)
{
	const struct prospects *p = model_prospects(c->in, c->want);
	if (!p)
		return;
	bool asked = p->image == CHECK_ASKED || p->spec == CHECK_ASKED || p->stock == CHECK_ASKED;
	bool bad = p->image == CHECK_BAD || p->spec == CHECK_BAD;
	require(c, RULE_REFUSED, p->not_before_mono_ms <= c->in->mono_ms);
	require(c, RULE_REFUSED,
		!p->refused_for_good || p->refused_fingerprint != c->want->fingerprint);
	require(c, RULE_REFUSED, !asked);
	require(c, RULE_REFUSED, !bad);
	require(c, RULE_REFUSED, p->stock != CHECK_BAD || p->spec_to_use);
}

static bool younger_than(const struct court *c, uint64_t ms)
{
	uint64_t since = c->in->in_flight->ledger_since_wall_ms;
	return since > c->in->wall_ms || c->in->wall_ms - since < ms;
}

/* Open, not by a call of ours, and for all that is known it pays for this group. */
static bool may_pay_for(const struct court *c, const struct order *o)
{
	if (o->intent != 0 || !model_order_open(o) || !model_fits(c->want->region, o->region) ||
	    (*o->group && !same(o->group, c->want->name)))
		return false;
	return !(o->status == ORDER_PAID && o->settled_wall_ms != 0 &&
		 c->in->wall_ms > o->settled_wall_ms &&
		 c->in->wall_ms - o->settled_wall_ms > c->in->settings->poll.absent_after_ms);
}

static void judge_ledger(struct court *c)
{
	const struct in_flight *f = c->in->in_flight;
	const struct observed_listing *o = &c->in->observed->of[c->want->kind];
	bool unknown = false, young = younger_than(c, c->in->settings->poll.young_ledger_ms);
	if (!model_has_past(c->in, c->want))
		require(c, RULE_YOUNG,
			!younger_than(c, c->in->settings->poll.replay_window_ms) ||
				(o->complete_listings >= 2 &&
				 o->listed_mono_ms > o->ids_since_mono_ms));
	if (c->want->charge != CHARGE_PREPAID)
		return;
	for (size_t i = 0; i < f->n_orders; i++)
		unknown = unknown || may_pay_for(c, &f->orders[i]);
	require(c, RULE_ORDERS, !unknown || approved(c, HOLD_UNKNOWN_ORDERS));
	require(c, RULE_ORDERS, !young || f->orders_look != ORDERS_NOT_LOOKED);
	require(c, RULE_ORDERS,
		!young || f->orders_look != ORDERS_REFUSED || approved(c, HOLD_UNKNOWN_ORDERS));
}

static void judge_past(struct court *c)
{
	const struct in_flight *f = c->in->in_flight;
	int64_t unclear = 0, held = 0;
	bool cancelled = false, undecided = false;
	for (size_t i = 0; i < f->n_orders; i++)
		cancelled =
			cancelled ||
			(!f->orders[i].foreign && f->orders[i].status == ORDER_CANCELLED &&
			 (f->orders[i].fingerprint == 0 ||
			  f->orders[i].fingerprint == c->want->fingerprint) &&
			 *f->orders[i].group && model_meant(c->in, f->orders[i].group) == c->want);
	for (size_t i = 0; i < f->n_intents; i++) {
		const struct intent *call = f->intents[i];
		bool buys = call->buys && call->kind == c->want->kind;
		unclear += buys && call->state == INTENT_UNCLEAR;
		held += buys && call->state == INTENT_HELD;
		undecided = undecided || (call->buys && call->state == INTENT_HELD &&
					  model_counts(c->in, call) &&
					  model_meant(c->in, call->group) == c->want);
	}
	require(c, RULE_CANCELLED,
		!cancelled || c->want->reorder_after_cancel || approved(c, HOLD_CANCELLED_ORDER));
	require(c, RULE_VANISHED,
		!model_has_vanished(c->in, c->want) || approved(c, HOLD_VANISHED));
	require(c, RULE_AMBIGUOUS, !undecided || approved(c, HOLD_AMBIGUOUS));
	if (c->a->verb == VERB_CREATE && unclear + held > 3)
		require(c, RULE_AMBIGUOUS, unclear == 0 && approved(c, HOLD_AMBIGUOUS));
}

static bool looks_like(const struct desired_group *d, const struct observed_group *g)
{
	return g->kind == d->kind && model_fits(d->region, g->region) &&
	       model_fits(d->spec, g->spec) && model_fits(d->image, g->image);
}

/* The first buy of a group: what is there already may be meant. */
static void judge_first(struct court *c)
{
	const char *value;
	bool brownfield = false, renamed = false;
	for (size_t i = 0; i < c->in->observed->n_groups; i++) {
		const struct observed_group *g = &c->in->observed->groups[i];
		struct claim claim = model_claim(c->in, g);
		brownfield = brownfield || (claim.how == CLAIM_NONE && g->status != GROUP_DELETED &&
					    g->status != GROUP_DELETING && looks_like(c->want, g) &&
					    tags_get(g->tags, MARK_FLEET, &value) < 0);
		renamed = renamed || (claim.how > CLAIM_DISOWNED && !claim.of && !claim.split &&
				      g->status != GROUP_DELETED && g->kind == c->want->kind &&
				      model_fits(c->want->region, g->region));
	}
	require(c, RULE_BROWNFIELD,
		!brownfield || approved(c, HOLD_BROWNFIELD) || approved(c, HOLD_AMBIGUOUS));
	require(c, RULE_RENAME, !renamed || approved(c, HOLD_RENAME));
}

static void judge_create(struct court *c)
{
	const struct observed_listing *o = &c->in->observed->of[c->want->kind];
	if (c->want->kind != KIND_APP_STREAMING)
		return;
	/* No token: there is one group of the name, so nothing of it may be there. */
	require(c, RULE_TWICE,
		o->listed_mono_ms - o->ids_since_mono_ms >= c->in->settings->poll.twice_apart_ms);
	require(c, RULE_BOUGHT, model_committed(c->in, c->want) == 0);
}

static void judge_grow(struct court *c)
{
	const struct in_flight *f = c->in->in_flight;
	require(c, RULE_SETTLED, c->g && !has_open_call(c, c->g->id, false));
	if (!c->g)
		return;
	if (c->want->kind == KIND_CLOUD_PHONE) {
		require(c, RULE_SETTLED, c->g->status == GROUP_RUNNING);
		require(c, RULE_TWICE, c->g->listed_mono_ms != 0);
		int64_t ids = model_shown(c->g) + model_unseen(c->in, c->want, c->g->id);
		require(c, RULE_TWICE, c->g->available <= ids || model_claim(c->in, c->g).split);
		require(c, RULE_PREPAID, c->g->charge == CHARGE_POSTPAID);
		return;
	}
	require(c, RULE_SETTLED, c->g->status == GROUP_RUNNING);
	require(c, RULE_SETTLED, !has_open_call(c, c->g->id, true));
	require(c, RULE_TWICE,
		c->g->charge == CHARGE_PREPAID ||
			(c->g->listed_mono_ms != 0 &&
			 c->g->listed_mono_ms >=
				 c->in->observed->of[c->want->kind].listed_mono_ms));
	for (size_t i = 0; i < f->n_orders && c->g->charge == CHARGE_PREPAID; i++)
		require(c, RULE_SETTLED,
			!model_order_open(&f->orders[i]) || !*f->orders[i].group ||
				model_meant(c->in, f->orders[i].group) != c->want);
}

static void judge_free_buy(struct court *c)
{
	judge_sight(c);
	judge_unproven(c);
	judge_limits(c);
	judge_balance(c);
	judge_price(c);
	judge_pace(c);
	judge_refusals(c);
	judge_ledger(c);
	judge_past(c);
	require(c, RULE_SITE, c->want->kind != KIND_PURCHASE || !c->in->other_site);
	if (!model_has_past(c->in, c->want))
		judge_first(c);
	if (c->a->verb == VERB_CREATE)
		judge_create(c);
	else
		judge_grow(c);
}

/* Whatever is shown may be let through: so it is counted with what is free. */
static void judge_buys(struct court *c, const struct desired_group *d)
{
	int64_t buys = 0, committed = model_committed(c->in, d);
	for (size_t i = 0; i < c->plan->n_actions; i++)
		if (is_buy(&c->plan->actions[i]) && same(c->plan->actions[i].group, d->name))
			buys += c->plan->actions[i].count;
	require(c, RULE_BOUGHT, buys == 0 || committed + buys <= d->count);
	for (size_t i = 0; i < c->plan->n_groups; i++) {
		if (!same(c->plan->groups[i].name, d->name))
			continue;
		if (c->out && c->plan->groups[i].committed < committed)
			(void)fprintf(c->out, "%s: %" PRId64 " are committed\n", d->name,
				      committed);
		require(c, RULE_BOUGHT, c->plan->groups[i].committed >= committed);
	}
}

/* --- deletes ------------------------------------------------------------ */

static void judge_ownership(struct court *c)
{
	struct claim claim = model_claim(c->in, c->g);
	const struct in_flight *f = c->in->in_flight;
	const char *fleet = c->in->desired->fleet;
	bool known = tags_has(c->g->tags, MARK_FLEET, fleet);
	require(c, RULE_MARK, claim.how > CLAIM_DISOWNED);
	require(c, RULE_MARK, claim.of == c->want || claim.split);
	for (size_t i = 0; i < f->n_resources; i++)
		known = known || (model_row_counts(&f->resources[i]) && !*f->resources[i].id &&
				  same(f->resources[i].cloud_group, c->g->id));
	for (size_t t = 0; t < c->a->targets.n; t++) {
		const struct observed_instance *in = model_instance(c->g, c->a->targets.items[t]);
		bool mine = known;
		for (size_t i = 0; i < f->n_resources && in; i++)
			mine = mine || (model_row_counts(&f->resources[i]) &&
					same(f->resources[i].id, in->id));
		mine = mine || (in && tags_has(in->tags, MARK_FLEET, fleet));
		bool itself =
			c->want->kind != KIND_CLOUD_PHONE && same(c->a->targets.items[t], c->g->id);
		require(c, RULE_MARK, in || itself);
		require(c, RULE_MARK, mine || !c->free);
	}
	if (c->a->targets.n == 0)
		require(c, RULE_MARK, known || !c->free);
}

static void judge_charge(struct court *c)
{
	bool over = c->a->verb == VERB_DELETE && c->want->kind == KIND_CLOUD_PHONE &&
		    c->g->charge == CHARGE_PREPAID && c->g->status == GROUP_EXPIRED;
	require(c, RULE_PREPAID, c->want->kind != KIND_PURCHASE);
	require(c, RULE_PREPAID, c->g->charge == CHARGE_POSTPAID || over);
}

/* Of all deletes of the group together, also held ones. */
static int64_t going_with(const struct court *c)
{
	int64_t n = 0;
	for (size_t i = 0; i < c->plan->n_actions; i++)
		if (c->plan->actions[i].verb == VERB_SHRINK &&
		    same(c->plan->actions[i].group, c->a->group))
			n += c->plan->actions[i].count;
	return n;
}

static bool replaces_failed(const struct court *c)
{
	const struct observed_instance *in = NULL;
	if (c->want->heal == HEAL_REPLACE && c->a->targets.n == 1)
		in = model_instance(c->g, c->a->targets.items[0]);
	return in && in->status == INSTANCE_FAILED && going_with(c) == 1;
}

static void judge_surplus(struct court *c)
{
	int64_t staying = model_staying(c->in, c->want), going = going_with(c);
	require(c, RULE_ZERO, (c->a->verb == VERB_DELETE) == (c->want->count == 0));
	if (c->a->verb == VERB_DELETE) {
		require(c, RULE_ZERO, approved(c, HOLD_COUNT_ZERO) || !c->free);
		return;
	}
	bool surplus = staying - going >= c->want->count;
	require(c, RULE_SURPLUS, surplus || replaces_failed(c));
	if (c->want->kind != KIND_CLOUD_PHONE)
		require(c, RULE_SURPLUS, c->a->total >= 1);
	if (c->free && surplus)
		require(c, RULE_HALF, approved(c, HOLD_SHRINK_HALF) || going <= staying / 2);
}

static void judge_budget(struct court *c)
{
	const struct in_flight *f = c->in->in_flight;
	int64_t most = c->in->settings->limits.deletes_per_hour;
	if (most <= 0)
		most = c->want->count >= 10 ? c->want->count / 10 : 1;
	for (size_t i = 0; i < f->n_deleted_last_hour; i++)
		if (same(f->deleted_last_hour[i].group, c->a->group))
			most -= f->deleted_last_hour[i].deleted;
	for (const struct action *a = c->plan->actions; a < c->a; a++)
		if (is_delete(a) && is_free(a) && same(a->group, c->a->group))
			most -= a->count;
	require(c, RULE_BUDGET, approved(c, HOLD_DELETES_PER_HOUR) || c->a->count <= most);
}

static bool is_moving(enum instance_status s)
{
	switch (s) {
	case INSTANCE_CREATING:
	case INSTANCE_STARTING:
	case INSTANCE_STOPPING:
	case INSTANCE_REBOOTING:
	case INSTANCE_RESETTING:
	case INSTANCE_BACKUPING:
	case INSTANCE_RECOVERING:
	case INSTANCE_DELETING:
		return true;
	case INSTANCE_RUNNING:
	case INSTANCE_STOPPED:
	case INSTANCE_BACKUP_FAILED:
	case INSTANCE_RECOVER_FAILED:
	case INSTANCE_UNAVAILABLE:
	case INSTANCE_FAILED:
	case INSTANCE_DELETED:
	case INSTANCE_UNKNOWN:
		break;
	}
	return false;
}

static bool is_stuck(const struct court *c, const char *id)
{
	const struct in_flight *f = c->in->in_flight;
	for (size_t i = 0; i < f->n_resources; i++)
		if (same(f->resources[i].id, id) && c->in->wall_ms - f->resources[i].first_wall_ms >
							    c->in->settings->poll.stuck_after_ms)
			return true;
	return false;
}

static void judge_victims(struct court *c)
{
	for (size_t t = 0; t < c->a->targets.n; t++) {
		const struct observed_instance *in = model_instance(c->g, c->a->targets.items[t]);
		if (!in)
			continue;
		require(c, RULE_SESSION,
			!in->connected || c->want->drain_force || approved(c, HOLD_SESSION));
		if (c->a->verb == VERB_DELETE)
			continue;
		require(c, RULE_SETTLED, in->status != INSTANCE_UNKNOWN);
		require(c, RULE_SETTLED,
			!is_moving(in->status) || is_stuck(c, in->id) ||
				(in->connected && approved(c, HOLD_SESSION)));
	}
}

/* A create or a growth, answered or not, that no listing has shown yet. */
static bool is_awaited(const struct court *c, const struct observed_group *g)
{
	const struct in_flight *f = c->in->in_flight;
	for (size_t i = 0; i < f->n_intents; i++) {
		const struct intent *call = f->intents[i];
		if (!model_counts(c->in, call))
			continue;
		if ((call->verb == VERB_GROW && same(call->cloud_group, g->id)) ||
		    (call->verb == VERB_CREATE && model_may_be_made_by(c->in, g, call) &&
		     !model_has_twin(c->in, g, call)))
			return true;
	}
	return false;
}

static bool is_new(const struct court *c, const struct observed_group *g)
{
	return g->listed_mono_ms != 0 &&
	       c->in->mono_ms - g->listed_mono_ms <= c->in->settings->poll.fresh_ms;
}

static void judge_listing(struct court *c)
{
	uint64_t apart = c->in->settings->poll.twice_apart_ms;
	require(c, RULE_TWICE,
		c->g->listed_mono_ms != 0 &&
			c->g->listed_mono_ms >= c->g->ids_since_mono_ms + apart);
	if (c->want->kind != KIND_CLOUD_PHONE && c->a->verb == VERB_SHRINK)
		require(c, RULE_TWICE,
			c->g->listed_mono_ms >= c->in->observed->of[c->want->kind].listed_mono_ms);
	if (c->a->verb == VERB_DELETE || c->want->kind == KIND_CLOUD_PHONE)
		require(c, RULE_FRESH, is_new(c, c->g));
	if (c->a->verb != VERB_DELETE)
		return;
	if (c->want->kind != KIND_CLOUD_PHONE) {
		require(c, RULE_FRESH, c->g->available >= 0);
		return;
	}
	require(c, RULE_FRESH, c->g->available < 0 || c->g->available == model_shown(c->g));
	require(c, RULE_FRESH, model_unseen(c->in, c->want, c->g->id) == 0);
	require(c, RULE_FRESH, !is_awaited(c, c->g));
}

static void judge_free_delete(struct court *c)
{
	judge_sight(c);
	judge_unproven(c);
	judge_listing(c);
	judge_budget(c);
	judge_victims(c);
	const struct prospects *p = model_prospects(c->in, c->want);
	require(c, RULE_REFUSED, !p || p->upkeep_not_before_mono_ms <= c->in->mono_ms);
	bool number = c->want->kind != KIND_CLOUD_PHONE;
	require(c, RULE_SETTLED, !has_open_call(c, c->g->id, number));
	require(c, RULE_SETTLED, c->g->status != GROUP_CREATING && c->g->status != GROUP_UPDATING);
}

static void judge_delete(struct court *c)
{
	if (!c->g) {
		require(c, RULE_MARK, false);
		return;
	}
	judge_ownership(c);
	judge_charge(c);
	judge_surplus(c);
	require(c, RULE_MARK,
		c->want->kind != KIND_CLOUD_PHONE || c->a->count == (int64_t)c->a->targets.n);
	if (c->free)
		judge_free_delete(c);
}

static void judge_protection(struct court *c)
{
	const struct prospects *p = model_prospects(c->in, c->want);
	bool destroys = is_delete(c->a) || c->a->verb == VERB_RESET;
	if (destroys && (c->want->protect || (p && p->protect)))
		require(c, RULE_PROTECT, approved(c, HOLD_PROTECTED));
}

/* --- the rest ----------------------------------------------------------- */

static void judge_setting(struct court *c)
{
	require(c, RULE_MARK, c->g && c->want->kind == KIND_APP_STREAMING);
	require(c, RULE_MARK, c->a->verb != VERB_UPDATE_IMAGE || c->want->rollout_now);
	if (!c->g || !c->free)
		return;
	const struct prospects *p = model_prospects(c->in, c->want);
	require(c, RULE_REFUSED, !p || p->upkeep_not_before_mono_ms <= c->in->mono_ms);
	judge_sight(c);
	require(c, RULE_SETTLED, c->g->status == GROUP_RUNNING);
	require(c, RULE_SETTLED, !has_open_call(c, c->g->id, true));
	require(c, RULE_MARK, model_claim(c->in, c->g).how >= CLAIM_ADOPTED);
	if (c->a->verb == VERB_SET_SCALING && !c->want->unsized) {
		require(c, RULE_SURPLUS, c->a->total == c->g->available && c->a->total > 0);
		require(c, RULE_TWICE,
			c->g->charge == CHARGE_PREPAID ||
				c->g->listed_mono_ms >=
					c->in->observed->of[c->want->kind].listed_mono_ms);
	}
}

/* Tags, keys, power, first aid: only what is known as the group's own. */
static void judge_touch(struct court *c)
{
	const struct prospects *p = model_prospects(c->in, c->want);
	for (size_t t = 0; t < c->a->targets.n; t++) {
		const char *id = c->a->targets.items[t];
		bool mine = false, first_aid = c->a->verb == VERB_REBOOT || c->a->verb == VERB_RESET;
		for (size_t i = 0; i < c->in->observed->n_groups; i++) {
			const struct observed_group *g = &c->in->observed->groups[i];
			struct claim claim = model_claim(c->in, g);
			if (!same(g->id, id) && !model_instance(g, id))
				continue;
			require(c, RULE_FRESH, !c->free || !first_aid || is_new(c, g));
			mine = claim.how >= CLAIM_ADOPTED && (claim.of == c->want || claim.split);
		}
		require(c, RULE_MARK, mine);
	}
	if (c->free)
		require(c, RULE_REFUSED, !p || p->upkeep_not_before_mono_ms <= c->in->mono_ms);
}

static void judge_one_call(struct court *c)
{
	for (const struct action *a = c->plan->actions; a < c->a && *c->a->cloud_group; a++)
		require(c, RULE_ONE_CALL, !is_free(a) || !same(a->cloud_group, c->a->cloud_group));
}

static void judge_action(struct court *c)
{
	judge_shape(c);
	if (!c->want)
		return;
	if (c->free) {
		judge_stopped(c);
		judge_protection(c);
		judge_one_call(c);
	}
	if (is_delete(c->a))
		judge_delete(c);
	else if (is_setting(c->a))
		judge_setting(c);
	else if (!is_buy(c->a))
		judge_touch(c);
	else if (c->free)
		judge_free_buy(c);
}

void oracle_judge(const struct plan_input *in, const struct plan *p, FILE *out, struct verdict *ret)
{
	*ret = (struct verdict){0};
	struct court c = {.in = in, .plan = p, .out = out, .verdict = ret};
	for (size_t i = 0; i < in->desired->n_groups; i++)
		judge_buys(&c, &in->desired->groups[i]);
	for (size_t i = 0; i < p->n_actions; i++) {
		c.a = &p->actions[i];
		c.want = desired_find(in->desired, c.a->group);
		c.g = *c.a->cloud_group ? model_listed(in, c.a->cloud_group) : NULL;
		c.free = is_free(c.a);
		judge_action(&c);
	}
}
