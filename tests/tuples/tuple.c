#include "tuples/tuple.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/seed.h"

static const char *const group_names[TUPLE_GROUPS] = {"a", "b", "c", "gone"};
#define FORMER_NAME "was-a"
#define OTHER_FLEET "another-fleet"

/* Of the groups of a tuple, in the order of their names. */
static enum kind group_kinds[TUPLE_GROUPS];

bool one_in(uint64_t n)
{
	return seed_below(n) == 0;
}

static const char *pick(const char *const *names, size_t n)
{
	return names[seed_below(n)];
}

static void must_add(struct text_list *l, const char *text)
{
	if (text_list_add(l, text) < 0)
		abort();
}

static enum kind kind_of(const char *group)
{
	for (size_t i = 0; i < TUPLE_GROUPS; i++)
		if (strcmp(group_names[i], group) == 0)
			return group_kinds[i];
	return group_kinds[0]; /* the former name */
}

static enum charge_type random_charge(void)
{
	return one_in(3) ? CHARGE_PREPAID : CHARGE_POSTPAID;
}

/* --- the file ----------------------------------------------------------- */

static const char *random_strategy(bool unsized)
{
	static const char *const names[] = {NULL, "NODE_FIXED", "NODE_SCALING_BY_USAGE"};
	return unsized ? "NODE_SCALING_BY_SCHEDULE" : pick(names, 3);
}

static void random_prospects(struct prospects *p)
{
	p->pace = seed_between(1, 5);
	if (one_in(10))
		p->not_before_mono_ms = SCENE_MONO_MS + 1000;
	if (one_in(10))
		p->stock = CHECK_ASKED;
	p->price_micro = seed_between(0, 2) * 1000000;
	p->currency = "CNY";
	p->balance_known = one_in(3);
	p->balance_micro = seed_between(0, 9) * 1000000;
}

static int64_t random_count(enum kind kind, bool unsized)
{
	if (unsized)
		return seed_between(0, 1);
	return seed_between(0, kind == KIND_PURCHASE ? 9 : 30);
}

static struct desired_group *random_want(struct scene *s, const char *name)
{
	static const char *const specs[] = {SCENE_SPEC, SCENE_SPEC, "acp.std.large"};
	bool bought = kind_of(name) == KIND_PURCHASE;
	bool unsized = kind_of(name) == KIND_APP_STREAMING && one_in(6);
	struct desired_group *g = want(
		s, name, .kind = kind_of(name), .count = random_count(kind_of(name), unsized),
		.charge = random_charge(), .spec = pick(specs, 3), .region = bought ? "" : NULL,
		.per_group = bought ? 1 : seed_between(4, 12), .heal = (enum heal)seed_below(4),
		.power_on = one_in(2), .drain_force = one_in(4), .protect = one_in(9),
		.key_pair = one_in(4) ? "kp-1" : NULL, .unsized = unsized, .rollout = one_in(3),
		.auto_pay = bought || one_in(4), .session_timeout = seed_between(0, 2) * 15,
		.strategy = random_strategy(unsized));
	random_prospects(scene_prospects(s, g->name));
	if (one_in(5))
		must_add(&g->adopt, "ag-0");
	return g;
}

/* --- the listing -------------------------------------------------------- */

static enum instance_status random_status(void)
{
	return one_in(3) ? (enum instance_status)seed_below(INSTANCE_UNKNOWN + 1)
			 : INSTANCE_RUNNING;
}

static void disturb(struct scene *s, struct observed_group *g)
{
	bool well = one_in(3);
	for (size_t i = 0; i < g->n_instances && !well; i++) {
		struct observed_instance *in = &g->instances[i];
		in->status = random_status();
		in->connected = one_in(4);
		in->created_ms += seed_below(5);
		if (one_in(6))
			in->tags = "";
		if (one_in(12))
			in->tags = scene_marks(s, "a", SCENE_OWNER, NULL, MARK_REMOVE, "");
	}
	if (one_in(4))
		g->available += seed_between(-2, 2);
	if (g->available < -1)
		g->available = -1;
	if (one_in(5))
		g->ids_since_mono_ms = g->listed_mono_ms;
}

static void disturb_number(struct observed_group *g)
{
	if (one_in(5))
		g->ids_since_mono_ms = g->listed_mono_ms;
	if (one_in(6))
		g->number += seed_between(-2, 2);
	if (one_in(9))
		g->tags = "";
}

static struct observed_group *random_stand(struct scene *s, size_t index)
{
	static const char *const specs[] = {SCENE_SPEC, SCENE_SPEC, "acp.std.large"};
	static const char *const timeouts[] = {NULL, "15", "30"};
	const char *group = pick(group_names, TUPLE_GROUPS);
	enum kind kind = one_in(9) ? (enum kind)seed_below(KIND_MAX_) : kind_of(group);
	bool app = kind == KIND_APP_STREAMING, bought = kind == KIND_PURCHASE;
	struct observed_group *g =
		stand(s, scene_text(s, "ag-%zu", index), group, .kind = kind,
		      .n = bought ? 1 : seed_between(0, app ? 35 : 12), .elastic = app && one_in(3),
		      .charge = random_charge(), .spec = pick(specs, 3),
		      .status = one_in(4) ? (enum group_status)seed_below(GROUP_UNKNOWN + 1)
					  : GROUP_RUNNING,
		      .unmarked = bought || one_in(5), .unrecorded = one_in(4),
		      .unlisted = one_in(10), .owner = one_in(6) ? "another" : NULL,
		      .intent = one_in(6) ? "key1" : NULL, .image = one_in(5) ? "another" : NULL,
		      .session_timeout = pick(timeouts, 3), .strategy = random_strategy(false),
		      .expires_ms = SCENE_WALL_MS + seed_below(5) - 2);
	if (kind == KIND_CLOUD_PHONE)
		disturb(s, g);
	else
		disturb_number(g);
	return g;
}

static void random_listing(struct observed_listing *o)
{
	o->complete = !one_in(12);
	if (one_in(6))
		o->ids_since_mono_ms = o->listed_mono_ms;
	if (one_in(30))
		*o = (struct observed_listing){0};
}

/* --- what is in flight, what the ledger remembers ----------------------- */

static void random_intent(struct scene *s)
{
	static const enum intent_state states[] = {INTENT_RECORDED, INTENT_SENT, INTENT_UNCLEAR,
						   INTENT_DONE,     INTENT_HELD, INTENT_DONE};
	struct observed_group *g = NULL;
	if (s->observed.n_groups > 0)
		g = &s->observed.groups[seed_below(s->observed.n_groups)];
	enum verb verb = g ? (enum verb)seed_below(VERB_MAX_) : VERB_CREATE;
	struct intent *i =
		scene_intent(s, verb, states[seed_below(6)], pick(group_names, TUPLE_GROUPS),
			     verb == VERB_CREATE ? "" : g->id, seed_between(1, 8));
	i->charge = one_in(2) ? CHARGE_PREPAID : CHARGE_POSTPAID;
	i->kind = g ? g->kind : kind_of(i->group);
	if (g && g->kind == KIND_APP_STREAMING && (verb == VERB_GROW || verb == VERB_SHRINK))
		i->total = seed_between(1, 35);
	if (g && g->kind != KIND_CLOUD_PHONE && verb == VERB_TAG)
		must_add(&i->targets, g->id);
	if (g && verb == VERB_CREATE && one_in(3) && intent_set(&i->result_group, g->id) < 0)
		abort();
	for (size_t k = 0; g && k < g->n_instances && g->kind == KIND_CLOUD_PHONE; k++) {
		struct text_list *l = verb == VERB_GROW ? &i->before : &i->targets;
		if (verb != VERB_CREATE && one_in(3))
			must_add(l, g->instances[k].id);
	}
}

static void random_order(struct scene *s)
{
	size_t number = s->in_flight.n_orders * 1000 + seed_below(1000); /* each its own */
	struct order *o =
		scene_order(s, scene_text(s, "22%04zu", number), pick(group_names, TUPLE_GROUPS),
			    seed_between(0, 4), seed_between(0, 8),
			    (enum order_status)seed_below(ORDER_STATUS_MAX_));
	o->fingerprint = one_in(8) ? 0 : one_in(2) ? 7 : 6;
	o->foreign = one_in(6);
}

static bool has_own_row(const struct scene *s, const char *cloud_group)
{
	for (size_t i = 0; i < s->n_rows; i++)
		if (!*s->rows[i].id && strcmp(s->rows[i].cloud_group, cloud_group) == 0)
			return true;
	return false;
}

static void random_rows(struct scene *s)
{
	for (int64_t n = seed_between(0, 3); n > 0; n--) {
		size_t index = seed_below(8);
		const char *group = group_names[index % TUPLE_GROUPS];
		bool own = kind_of(group) != KIND_CLOUD_PHONE || one_in(4);
		const char *id = own ? "" : scene_text(s, "acp-x%d", (int)n);
		const char *cloud_group = scene_text(s, "ag-%zu", index);
		if (own && has_own_row(s, cloud_group))
			continue; /* a cloud group has one row of its own */
		struct resource *r = scene_row(s, id, cloud_group, group,
					       (enum resource_state)seed_below(RESOURCE_GONE));
		r->intent = seed_between(0, 3);
		r->missing_listings = (int)seed_below(5);
		r->missing_wall_ms = SCENE_WALL_MS - seed_below(20) * SCENE_MINUTE_MS;
		r->charge = one_in(2) ? CHARGE_PREPAID : CHARGE_POSTPAID;
		r->foreign = one_in(9);
	}
}

static void random_limits(struct scene *s)
{
	s->in.other_site = one_in(8);
	s->settings.mode = one_in(15) ? MODE_OBSERVE : MODE_ACT;
	s->settings.limits.deletes_per_hour = one_in(3) ? 100 : 0;
	if (one_in(5))
		s->settings.limits.instances_total = seed_between(0, 60);
	if (one_in(9))
		scene_pause(s, "b");
}

static struct scene *make(uint64_t n_groups)
{
	struct scene *s = scene_new();
	for (size_t i = 0; i < TUPLE_GROUPS; i++) {
		group_kinds[i] = (enum kind)seed_below(KIND_MAX_);
		if (one_in(2))
			scene_known(s, group_names[i], group_kinds[i]);
	}
	for (size_t i = 0; i < n_groups; i++)
		(void)random_want(s, group_names[i]);
	for (size_t i = 0, n = seed_below(7); i < n; i++)
		(void)random_stand(s, i);
	random_rows(s);
	for (uint64_t n = one_in(2) ? 0 : seed_below(4); n > 0; n--)
		random_intent(s);
	for (uint64_t n = one_in(2) ? 0 : seed_below(3); n > 0; n--)
		random_order(s);
	for (int kind = 0; kind < KIND_MAX_; kind++)
		random_listing(&s->observed.of[kind]);
	random_limits(s);
	return s;
}

struct scene *tuple_new(void)
{
	return make(1 + seed_below(3));
}

/* --- what else a plan is made of ---------------------------------------- */

static void widen_want(struct scene *s, struct desired_group *g)
{
	struct prospects *p = scene_prospects(s, g->name);
	g->reorder_after_cancel = one_in(4);
	if (one_in(5))
		must_add(&g->fallback, "acp.std.large");
	if (strcmp(g->name, "a") == 0 && one_in(6) && !(g->renamed_from = strdup(FORMER_NAME)))
		abort();
	p->protect = one_in(12);
	p->last_refusal = one_in(3) ? "" : "no stock";
	p->refused_for_good = one_in(12);
	p->refused_fingerprint = one_in(2) ? 7 : 6;
	if (one_in(12))
		p->upkeep_not_before_mono_ms = SCENE_MONO_MS + 1000;
	if (one_in(12))
		p->image = (enum prospect_answer)seed_below(CHECK_ASKED + 1);
	if (one_in(12))
		p->stock = CHECK_BAD;
	if (one_in(12))
		p->spec_to_use = "acp.std.large";
}

/* What was recorded, called or ordered under the name that the first group had before. */
static void rename_past(struct scene *s)
{
	for (size_t i = 0; i < s->n_rows; i++)
		if (strcmp(s->rows[i].group, "a") == 0 && one_in(2)) {
			free(s->rows[i].group);
			if (!(s->rows[i].group = strdup(FORMER_NAME)))
				abort();
		}
	for (size_t i = 0; i < s->in_flight.n_intents; i++)
		if (strcmp(s->intents[i]->group, "a") == 0 && one_in(2) &&
		    intent_set(&s->intents[i]->group, FORMER_NAME) < 0)
			abort();
	for (size_t i = 0; i < s->in_flight.n_orders; i++)
		if (strcmp(s->orders[i].group, "a") == 0 && one_in(2) &&
		    intent_set(&s->orders[i].group, FORMER_NAME) < 0)
			abort();
	if (one_in(2))
		scene_known(s, FORMER_NAME, group_kinds[0]);
}

/* Somebody else's, whole or nearly so: the answers of another account. */
static void another_fleet(struct scene *s)
{
	char tags[128];
	(void)snprintf(tags, sizeof(tags), "%s%c%s%c", MARK_FLEET, TAGS_SEPARATOR, OTHER_FLEET,
		       TAGS_END);
	const char *other = observed_intern(&s->observed, tags);
	for (size_t k = 0; k < s->observed.n_groups; k++) {
		struct observed_group *g = &s->observed.groups[k];
		g->tags = other;
		for (size_t i = 0; i < g->n_instances; i++)
			g->instances[i].tags = other;
	}
}

static void widen_listing(struct scene *s)
{
	static const enum charge_type charges[] = {CHARGE_POSTPAID, CHARGE_POSTPAID, CHARGE_PREPAID,
						   CHARGE_UNKNOWN};
	for (size_t k = 0; k < s->observed.n_groups; k++) {
		struct observed_group *g = &s->observed.groups[k];
		if (one_in(10))
			g->charge = charges[seed_below(4)];
		if (one_in(10) && g->listed_mono_ms != 0)
			g->listed_mono_ms -= seed_below(10000);
		if (one_in(12))
			g->status = GROUP_CREATING;
		if (one_in(10))
			g->created_ms = SCENE_WALL_MS - seed_below(20) * SCENE_MINUTE_MS;
		if (g->kind == KIND_APP_STREAMING && one_in(6))
			g->tags = "";
	}
	if (one_in(12))
		another_fleet(s);
	if (one_in(12)) /* nothing at all, or an unlucky page */
		while (s->observed.n_groups > seed_below(3))
			free(s->observed.groups[--s->observed.n_groups].instances);
}

static void widen_calls(struct scene *s)
{
	for (size_t k = 0; k < s->in_flight.n_intents; k++) {
		struct intent *i = s->intents[k];
		if (one_in(2))
			i->first_sent_wall_ms = SCENE_WALL_MS - seed_below(20) * SCENE_MINUTE_MS;
		if (i->verb == VERB_CREATE && one_in(3) && s->observed.n_groups > 0 &&
		    intent_set(&i->name, s->observed.groups[0].name) < 0)
			abort();
		if (one_in(12) && i->state != INTENT_DONE)
			i->state = INTENT_UNCLEAR;
		if (i->buys && one_in(4)) { /* the ids that its reply named */
			struct resource *r =
				scene_row(s, scene_text(s, "acp-named-%zu", k), i->result_group,
					  i->group, RESOURCE_EXPECTED);
			r->intent = i->id;
			r->charge = i->charge;
		}
	}
	for (uint64_t n = one_in(30) ? 4 : 0; n > 0; n--) { /* the way to a service is bad */
		enum intent_state state = one_in(2) ? INTENT_UNCLEAR : INTENT_HELD;
		scene_intent(s, VERB_CREATE, state, pick(group_names, TUPLE_GROUPS), "", 1)->kind =
			group_kinds[0];
	}
}

static void widen_orders(struct scene *s)
{
	for (size_t k = 0; k < s->in_flight.n_orders; k++) {
		struct order *o = &s->orders[k];
		o->landed = o->status != ORDER_UNPAID && one_in(4);
		if (o->status == ORDER_PAID && one_in(2))
			o->settled_wall_ms = SCENE_WALL_MS - seed_below(20) * SCENE_MINUTE_MS;
		if (one_in(4) && intent_set(&o->cloud_group, "ag-1") < 0)
			abort();
		if (o->intent == 0 && one_in(2) && intent_set(&o->group, "") < 0)
			abort();
	}
}

static void widen_ledger(struct scene *s)
{
	struct in_flight *f = &s->in_flight;
	if (one_in(8))
		f->ledger_since_wall_ms = SCENE_WALL_MS - seed_below(60) * SCENE_MINUTE_MS;
	if (one_in(8))
		f->orders_look = one_in(2) ? ORDERS_NOT_LOOKED : ORDERS_REFUSED;
	bool old = one_in(2);
	for (size_t i = 0; i < s->n_rows; i++) {
		if (old)
			s->rows[i].first_wall_ms -= 60 * SCENE_MINUTE_MS;
		if (!one_in(12))
			continue;
		s->rows[i].state = RESOURCE_MISSING;
		s->rows[i].missing_listings = 3;
		s->rows[i].missing_wall_ms = SCENE_WALL_MS - 15 * SCENE_MINUTE_MS;
	}
	if (one_in(4))
		f->bought_last_hour = seed_between(0, 600);
	for (size_t i = 0; i < TUPLE_GROUPS; i++)
		if (one_in(8))
			scene_deleted(s, group_names[i], seed_between(0, 4));
}

/* --- a fleet at rest, so that deletes come up --------------------------- */

static void calm_members(struct scene *s, struct observed_group *g, const char *group)
{
	g->tags = scene_marks(s, group, SCENE_OWNER, NULL, NULL, NULL);
	g->status = GROUP_RUNNING;
	for (size_t i = 0; i < g->n_instances; i++) {
		struct observed_instance *in = &g->instances[i];
		in->tags = g->tags;
		if (!one_in(8))
			in->status = INSTANCE_RUNNING;
		if (!one_in(8))
			in->connected = false;
	}
	if (g->kind == KIND_CLOUD_PHONE)
		g->available = g->number = (int64_t)g->n_instances;
	if (one_in(8) && g->kind == KIND_CLOUD_PHONE)
		g->status = GROUP_EXPIRED;
	if (one_in(6) && g->listed_mono_ms != 0)
		g->listed_mono_ms -= 7000; /* not new */
	if (one_in(6))
		for (size_t i = 0; i < g->n_instances; i++)
			g->instances[i].connected = one_in(2);
}

/* What the file asks for is near to what is there, and little else is going on. */
static void calm(struct scene *s)
{
	for (size_t i = 0; i < s->desired.n_groups; i++) {
		struct desired_group *d = &s->desired.groups[i];
		int64_t stands = 0;
		for (size_t k = 0; k < s->observed.n_groups; k++) {
			struct observed_group *g = &s->observed.groups[k];
			for (size_t r = 0; r < s->n_rows; r++) {
				if (*s->rows[r].id || strcmp(s->rows[r].cloud_group, g->id) != 0 ||
				    strcmp(s->rows[r].group, d->name) != 0)
					continue;
				calm_members(s, g, d->name);
				stands += g->available > 0 ? g->available : 0;
			}
		}
		if (!d->unsized)
			d->count = one_in(4) ? 0 : stands - seed_between(-3, 6);
		d->count = d->count < 0 ? 0 : d->count;
	}
	for (int kind = 0; kind < KIND_MAX_; kind++)
		s->observed.of[kind].complete = s->observed.of[kind].listed_mono_ms != 0;
	s->settings.mode = MODE_ACT;
	for (size_t i = 0; i < s->n_rows; i++)
		s->rows[i].state = RESOURCE_SEEN;
}

/* Limits of money, and what counts towards them already. */
static void widen_spend(struct scene *s)
{
	static const char *const limits[] = {"10 CNY", "100 CNY", "2000 CNY", "10 USD"};
	static const struct spend before[] = {
		{.currency = "CNY", .micro = 5000000, .wall_ms = SCENE_WALL_MS - SCENE_DAY_MS / 2},
		{.currency = "CNY", .micro = 1000000, .wall_ms = SCENE_WALL_MS - 1, .by_use = true},
		{.currency = "CNY", .micro = 50000000, .wall_ms = SCENE_WALL_MS - 3 * SCENE_DAY_MS},
		{.currency = "USD", .micro = 9000000, .wall_ms = SCENE_WALL_MS - 1},
	};
	s->in_flight.spends = before;
	s->in_flight.n_spends = seed_below(ARRAY_SIZE(before) + 1);
	s->settings.limits.hold_unknown_price = one_in(6);
	if (one_in(4) && !(s->settings.limits.spend_per_day = strdup(pick(limits, 4))))
		abort();
	if (one_in(4) && !(s->settings.limits.spend_per_month = strdup(pick(limits, 4))))
		abort();
}

struct scene *tuple_new_wide(void)
{
	struct scene *s = make(one_in(20) ? 0 : 1 + seed_below(3));
	bool calmed = one_in(2);
	if (calmed)
		calm(s);
	if (calmed && one_in(2))
		return s;
	for (size_t i = 0; i < s->desired.n_groups; i++)
		widen_want(s, &s->desired.groups[i]);
	widen_listing(s);
	widen_calls(s);
	widen_orders(s);
	widen_ledger(s);
	rename_past(s);
	widen_spend(s);
	if (one_in(6))
		s->settings.limits.new_per_hour = seed_between(0, 40);
	if (one_in(30))
		scene_pause(s, "");
	if ((s->observed.of[KIND_PURCHASE].by_product = one_in(4)))
		must_add(&s->observed.of[KIND_PURCHASE].products, SCENE_SPEC);
	return s;
}

void tuple_approve(struct scene *s, const struct plan *plan)
{
	scene_approve(s, "nobody-knows1");
	for (size_t i = 0; i < plan->n_actions && s->in_flight.n_approvals < 8; i++)
		if (plan->actions[i].hold != HOLD_NONE && one_in(2)) {
			if (one_in(2))
				scene_approve(s, plan->actions[i].hash);
			else
				scene_approve_shown(s, &plan->actions[i]);
			s->approvals[s->in_flight.n_approvals - 1].used = one_in(8);
		}
}

/* --- another order of the same ------------------------------------------ */

static void shuffle_items(void *items, size_t n, size_t size)
{
	unsigned char kept[1024], *bytes = items;
	if (size > sizeof(kept))
		abort();
	for (size_t i = n; i > 1; i--) {
		size_t j = seed_below(i);
		memcpy(kept, bytes + (i - 1) * size, size);
		memcpy(bytes + (i - 1) * size, bytes + j * size, size);
		memcpy(bytes + j * size, kept, size);
	}
}

#define SHUFFLE(items, n) shuffle_items((items), (n), sizeof(*(items)))

void tuple_shuffle(struct scene *s)
{
	struct in_flight *f = &s->in_flight;
	SHUFFLE(s->observed.groups, s->observed.n_groups);
	for (size_t i = 0; i < s->observed.n_groups; i++)
		SHUFFLE(s->observed.groups[i].instances, s->observed.groups[i].n_instances);
	SHUFFLE(s->rows, s->n_rows);
	SHUFFLE(s->intents, f->n_intents);
	SHUFFLE(s->orders, f->n_orders);
	SHUFFLE(s->approvals, f->n_approvals);
	SHUFFLE(s->deleted, f->n_deleted_last_hour);
	SHUFFLE(s->paused, f->n_paused);
	SHUFFLE(s->kinds, f->n_kinds);
	SHUFFLE(s->prospects, s->n_prospects);
}
