/* Properties of every plan, over random scenes. `--seed N` replays, `--runs N` sets how many
 * (default 8,000). A failure prints the number of the run. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"
#include "lib/seed.h"
#include "model/attributes.h"
#include "plan/seen.h"
#include "planning.h"

static long runs = 8000;

static bool one_in(uint64_t n)
{
	return seed_below(n) == 0;
}

static const char *pick(const char *const *names, size_t n)
{
	return names[seed_below(n)];
}

static const char *const group_names[] = {"a", "b", "c", "gone"};

/* --- random scenes ------------------------------------------------------ */

/* Of the groups of a scene, in the order of their names. */
static enum kind group_kinds[4];

static enum kind kind_of(const char *group)
{
	for (size_t i = 0; i < 4; i++)
		if (strcmp(group_names[i], group) == 0)
			return group_kinds[i];
	return KIND_INVALID;
}

static enum charge_type random_charge(void)
{
	return one_in(3) ? CHARGE_PREPAID : CHARGE_POSTPAID;
}

static const char *random_strategy(void)
{
	static const char *const names[] = {NULL, "NODE_FIXED", "NODE_SCALING_BY_USAGE"};
	return pick(names, 3);
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

static void random_want(struct scene *s, const char *name)
{
	static const char *const specs[] = {SCENE_SPEC, SCENE_SPEC, "acp.std.large"};
	bool bought = kind_of(name) == KIND_PURCHASE;
	bool unsized = kind_of(name) == KIND_APP_STREAMING && one_in(6);
	struct desired_group *g = want(
		s, name, .kind = kind_of(name),
		.count = seed_between(0, unsized  ? 1
					 : bought ? 9
						  : 30),
		.charge = random_charge(), .spec = pick(specs, 3), .region = bought ? "" : NULL,
		.per_group = bought ? 1 : seed_between(4, 12), .heal = (enum heal)seed_below(4),
		.power_on = one_in(2), .drain_force = one_in(4), .protect = one_in(9),
		.key_pair = one_in(4) ? "kp-1" : NULL, .unsized = unsized, .rollout = one_in(3),
		.auto_pay = bought || one_in(4), .session_timeout = seed_between(0, 2) * 15,
		.strategy = random_strategy());
	random_prospects(scene_prospects(s, g->name));
	if (one_in(5) && text_list_add(&g->adopt, "ag-0") < 0)
		abort();
}

static enum instance_status random_status(void)
{
	return one_in(3) ? (enum instance_status)seed_below(INSTANCE_UNKNOWN + 1)
			 : INSTANCE_RUNNING;
}

static void disturb(struct scene *s, struct observed_group *g)
{
	for (size_t i = 0; i < g->n_instances; i++) {
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

static void random_stand(struct scene *s, size_t index)
{
	static const char *const specs[] = {SCENE_SPEC, SCENE_SPEC, "acp.std.large"};
	static const char *const timeouts[] = {NULL, "15", "30"};
	const char *group = pick(group_names, 4);
	enum kind kind = one_in(9) ? (enum kind)seed_below(KIND_MAX_) : kind_of(group);
	bool app = kind == KIND_APP_STREAMING, bought = kind == KIND_PURCHASE;
	struct observed_group *g = stand(
		s, scene_text(s, "ag-%zu", index), group, .kind = kind,
		.n = bought ? 1 : seed_between(0, app ? 35 : 12), .elastic = app && one_in(3),
		.charge = random_charge(), .spec = pick(specs, 3),
		.status = one_in(4) ? (enum group_status)seed_below(GROUP_UNKNOWN + 1)
				    : GROUP_RUNNING,
		.unmarked = bought || one_in(5), .unrecorded = one_in(4), .unlisted = one_in(10),
		.owner = one_in(6) ? "another" : NULL, .intent = one_in(6) ? "key1" : NULL,
		.image = one_in(5) ? "another" : NULL, .session_timeout = pick(timeouts, 3),
		.strategy = random_strategy(), .expires_ms = SCENE_WALL_MS + seed_below(5) - 2);
	if (kind == KIND_CLOUD_PHONE)
		disturb(s, g);
	else
		disturb_number(g);
}

static void random_intent(struct scene *s)
{
	static const enum intent_state states[] = {INTENT_RECORDED, INTENT_SENT, INTENT_UNCLEAR,
						   INTENT_DONE,     INTENT_HELD, INTENT_DONE};
	struct observed_group *g = NULL;
	if (s->observed.n_groups > 0)
		g = &s->observed.groups[seed_below(s->observed.n_groups)];
	enum verb verb = g ? (enum verb)seed_below(VERB_MAX_) : VERB_CREATE;
	struct intent *i = scene_intent(s, verb, states[seed_below(6)], pick(group_names, 4),
					verb == VERB_CREATE ? "" : g->id, seed_between(1, 8));
	i->charge = one_in(2) ? CHARGE_PREPAID : CHARGE_POSTPAID;
	i->kind = g ? g->kind : kind_of(i->group);
	if (g && g->kind == KIND_APP_STREAMING && (verb == VERB_GROW || verb == VERB_SHRINK))
		i->total = seed_between(1, 35);
	if (g && g->kind != KIND_CLOUD_PHONE && verb == VERB_TAG &&
	    text_list_add(&i->targets, g->id) < 0)
		abort();
	if (g && verb == VERB_CREATE && one_in(3) && intent_set(&i->result_group, g->id) < 0)
		abort();
	for (size_t k = 0; g && k < g->n_instances && g->kind == KIND_CLOUD_PHONE; k++) {
		struct text_list *l = verb == VERB_GROW ? &i->before : &i->targets;
		if (verb != VERB_CREATE && one_in(3) && text_list_add(l, g->instances[k].id) < 0)
			abort();
	}
}

static void random_order(struct scene *s)
{
	struct order *o = scene_order(s, scene_text(s, "22%04d", (int)seed_below(1000)),
				      pick(group_names, 4), seed_between(0, 4), seed_between(0, 8),
				      (enum order_status)seed_below(ORDER_STATUS_MAX_));
	o->fingerprint = one_in(2) ? 7 : 6;
	o->foreign = one_in(6);
}

static struct resource *row_by_id(struct scene *s, const char *id, const char *cloud_group)
{
	for (size_t i = 0; i < s->n_rows; i++)
		if (!s->rows[i].foreign && s->rows[i].state != RESOURCE_GONE &&
		    strcmp(s->rows[i].id, id) == 0 &&
		    strcmp(s->rows[i].cloud_group, cloud_group) == 0)
			return &s->rows[i];
	return NULL;
}

static void random_rows(struct scene *s)
{
	for (int64_t n = seed_between(0, 3); n > 0; n--) {
		size_t index = seed_below(8);
		bool own = kind_of(group_names[index % 4]) != KIND_CLOUD_PHONE || one_in(4);
		const char *id = own ? "" : scene_text(s, "acp-x%d", (int)n);
		const char *cloud_group = scene_text(s, "ag-%zu", index);
		if (own && row_by_id(s, "", cloud_group))
			continue; /* a cloud group has one row of its own */
		struct resource *r = scene_row(s, id, cloud_group, group_names[index % 4],
					       (enum resource_state)seed_below(RESOURCE_GONE));
		r->intent = seed_between(0, 3);
		r->missing_listings = (int)seed_below(5);
		r->missing_wall_ms = SCENE_WALL_MS - seed_below(20) * SCENE_MINUTE_MS;
		r->charge = one_in(2) ? CHARGE_PREPAID : CHARGE_POSTPAID;
		r->foreign = one_in(9);
	}
}

static void random_listing(struct observed_listing *o)
{
	o->complete = !one_in(12);
	if (one_in(6))
		o->ids_since_mono_ms = o->listed_mono_ms;
	if (one_in(30))
		*o = (struct observed_listing){0};
}

static struct scene *random_scene(void)
{
	struct scene *s = scene_new();
	for (size_t i = 0; i < 4; i++) {
		group_kinds[i] = (enum kind)seed_below(KIND_MAX_);
		if (one_in(2))
			scene_known(s, group_names[i], group_kinds[i]);
	}
	for (size_t i = 0; i < 1 + seed_below(3); i++)
		random_want(s, group_names[i]);
	for (size_t i = 0; i < seed_below(7); i++)
		random_stand(s, i);
	random_rows(s);
	for (uint64_t n = one_in(2) ? 0 : seed_below(4); n > 0; n--)
		random_intent(s);
	for (uint64_t n = one_in(2) ? 0 : seed_below(3); n > 0; n--)
		random_order(s);
	for (int kind = 0; kind < KIND_MAX_; kind++)
		random_listing(&s->observed.of[kind]);
	s->in.other_site = one_in(8);
	s->settings.mode = one_in(15) ? MODE_OBSERVE : MODE_ACT;
	s->settings.limits.deletes_per_hour = one_in(3) ? 100 : 0;
	if (one_in(5))
		s->settings.limits.instances_total = seed_between(0, 60);
	if (one_in(9))
		scene_pause(s, "b");
	return s;
}

/* --- what a plan says, as text ------------------------------------------ */

static char *text_of(const struct plan *p)
{
	struct strbuf s = STRBUF_INIT(1u << 20);
	for (size_t i = 0; i < p->n_actions; i++) {
		const struct action *a = &p->actions[i];
		strbuf_addf(&s, "%s %s %s %s %" PRId64 " %" PRId64 " %s %s %s|%s|", a->hash,
			    verb_name(a->verb), a->group, a->cloud_group, a->count, a->total,
			    a->spec, a->price, hold_name(a->hold), a->reason);
		for (size_t t = 0; t < a->targets.n; t++)
			strbuf_addf(&s, " %s", a->targets.items[t]);
		strbuf_addf(&s, "|%s\n", a->hold_text);
	}
	for (size_t i = 0; i < p->n_groups; i++) {
		const struct group_report *r = &p->groups[i];
		strbuf_addf(&s, "%s %s %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %s %s\n",
			    r->name, kind_name(r->kind), r->running, r->pending, r->committed,
			    r->surplus, condition_name(r->condition), r->reason);
	}
	for (size_t i = 0; i < p->n_watch; i++)
		strbuf_addf(&s, "watch %s %d\n", p->watch[i].id, p->watch[i].transition);
	strbuf_addf(&s, "%d\n", p->watch_groups);
	return strbuf_take(&s);
}

/* --- shuffling ---------------------------------------------------------- */

static void shuffle_instances(struct observed_group *g)
{
	for (size_t i = g->n_instances; i > 1; i--) {
		size_t j = seed_below(i);
		struct observed_instance kept = g->instances[i - 1];
		g->instances[i - 1] = g->instances[j];
		g->instances[j] = kept;
	}
}

static void shuffle(struct observed *o)
{
	for (size_t i = o->n_groups; i > 1; i--) {
		size_t j = seed_below(i);
		struct observed_group kept = o->groups[i - 1];
		o->groups[i - 1] = o->groups[j];
		o->groups[j] = kept;
	}
	for (size_t i = 0; i < o->n_groups; i++)
		shuffle_instances(&o->groups[i]);
}

/* --- oracles, written without the code under test ----------------------- */

static struct observed_group *group_by_id(struct scene *s, const char *id)
{
	for (size_t i = 0; i < s->observed.n_groups; i++)
		if (strcmp(s->observed.groups[i].id, id) == 0)
			return &s->observed.groups[i];
	return NULL;
}

static bool is_foreign(struct scene *s, const char *cloud_group)
{
	for (size_t i = 0; i < s->n_rows; i++)
		if (s->rows[i].foreign && s->rows[i].state != RESOURCE_GONE &&
		    strcmp(s->rows[i].cloud_group, cloud_group) == 0)
			return true;
	return false;
}

static int64_t listed_in(const struct observed_group *g)
{
	int64_t listed = 0;
	for (size_t k = 0; k < g->n_instances; k++)
		listed += instance_is_committed(g->instances[k].status);
	return listed > g->available ? listed : g->available;
}

static int64_t size_of(const struct observed_group *g, const struct desired_group *want)
{
	if (g->kind == KIND_CLOUD_PHONE)
		return listed_in(g);
	if (g->listed_mono_ms == 0)
		return 1;
	return want->unsized ? 1 : g->available;
}

/* Surely standing for @group: recorded as its, and shown by the listing. */
static int64_t surely_there(struct scene *s, const struct desired_group *want)
{
	int64_t n = 0;
	for (size_t i = 0; i < s->observed.n_groups; i++) {
		const struct observed_group *g = &s->observed.groups[i];
		const struct resource *row = row_by_id(s, "", g->id);
		if (!row || strcmp(row->group, want->name) != 0 || g->kind != want->kind ||
		    g->status == GROUP_DELETED || is_foreign(s, g->id))
			continue;
		n += size_of(g, want);
	}
	return n;
}

static int64_t bought_for(const struct plan *p, const char *group)
{
	int64_t n = 0;
	for (size_t i = 0; i < p->n_actions; i++) {
		const struct action *a = &p->actions[i];
		if ((a->verb == VERB_CREATE || a->verb == VERB_GROW) &&
		    strcmp(a->group, group) == 0)
			n += a->count;
	}
	return n;
}

/* Some call of ours on the cloud group has not landed. */
static bool is_busy(struct scene *s, const char *cloud_group)
{
	for (size_t i = 0; i < s->in_flight.n_intents; i++) {
		const struct intent *in = s->intents[i];
		bool on_it = in->verb == VERB_GROW || in->verb == VERB_SHRINK ||
			     in->verb == VERB_DELETE || in->verb == VERB_CONFIGURE ||
			     in->verb == VERB_SET_SCALING || in->verb == VERB_UPDATE_IMAGE;
		for (size_t o = 0; o < s->in_flight.n_orders && on_it; o++)
			if (in->buys && s->orders[o].intent == in->id &&
			    s->orders[o].status == ORDER_CANCELLED && s->orders[o].count > 0)
				on_it = false; /* never comes */
		if (on_it && strcmp(in->cloud_group, cloud_group) == 0)
			return true;
	}
	return false;
}

static void check_number_grow(struct scene *s, const struct action *a)
{
	const struct desired_group *want = desired_find(&s->desired, a->group);
	const struct observed_group *g = group_by_id(s, a->cloud_group);
	assert_non_null(g);
	assert_int_equal(g->kind, KIND_APP_STREAMING);
	assert_int_equal(a->targets.n, 0);
	assert_true(a->total <= want->count);
	assert_true(a->total >= g->available + a->count);
	assert_int_equal(g->status, GROUP_RUNNING);
	assert_false(is_busy(s, g->id));
	assert_false(want->unsized);
	for (size_t o = 0; o < s->in_flight.n_orders && g->charge == CHARGE_PREPAID; o++)
		assert_false(strcmp(s->orders[o].group, a->group) == 0 &&
			     order_is_open(&s->orders[o]));
}

static void check_number_create(struct scene *s, const struct action *a)
{
	const struct observed_listing *o = &s->observed.of[a->kind];
	const struct desired_group *want = desired_find(&s->desired, a->group);
	if (a->kind == KIND_PURCHASE) {
		assert_int_equal(a->count, 1);
		assert_false(s->in.other_site);
		return;
	}
	assert_true(o->listed_mono_ms - o->ids_since_mono_ms >= s->settings.poll.twice_apart_ms);
	assert_int_equal(surely_there(s, want), 0);
	for (size_t i = 0; i < s->in_flight.n_intents; i++)
		assert_false(strcmp(s->intents[i]->group, a->group) == 0 &&
			     s->intents[i]->verb == VERB_CREATE && intent_is_open(s->intents[i]) &&
			     !s->in_flight.n_orders);
}

static void check_buy(struct scene *s, const struct action *a)
{
	const struct prospects *p = scene_prospects(s, a->group);
	assert_true(s->observed.of[a->kind].complete);
	assert_int_not_equal(s->settings.mode, MODE_OBSERVE);
	assert_int_not_equal(p->stock, CHECK_ASKED);
	if (a->kind == KIND_PURCHASE && p->balance_known)
		assert_true(p->balance_micro >= a->count * p->price_micro);
	if (a->kind != KIND_CLOUD_PHONE && a->verb == VERB_GROW)
		check_number_grow(s, a);
	if (a->kind != KIND_CLOUD_PHONE && a->verb == VERB_CREATE)
		check_number_create(s, a);
}

static void check_buys(struct scene *s, const struct plan *p)
{
	for (size_t i = 0; i < s->desired.n_groups; i++) {
		const struct desired_group *g = &s->desired.groups[i];
		int64_t buys = bought_for(p, g->name);
		int64_t committed = report_of(p, g->name)->committed;
		assert_true(committed >= surely_there(s, g));
		assert_true(buys <= (g->count > committed ? g->count - committed : 0));
	}
	for (size_t i = 0; i < p->n_actions; i++)
		if (p->actions[i].hold == HOLD_NONE &&
		    (p->actions[i].verb == VERB_CREATE || p->actions[i].verb == VERB_GROW))
			check_buy(s, &p->actions[i]);
}

static void check_target(struct scene *s, const struct action *a, struct observed_group *g,
			 const char *id)
{
	const struct desired_group *want = desired_find(&s->desired, a->group);
	const struct observed_instance *in = NULL;
	for (size_t i = 0; i < g->n_instances; i++)
		if (strcmp(g->instances[i].id, id) == 0)
			in = &g->instances[i];
	assert_non_null(in);
	assert_true(row_by_id(s, id, g->id) || row_by_id(s, "", g->id) ||
		    tags_has(in->tags, MARK_FLEET, SCENE_FLEET) ||
		    tags_has(g->tags, MARK_FLEET, SCENE_FLEET));
	assert_true(!in->connected || want->drain_force);
	assert_true(in->status != INSTANCE_UNKNOWN || a->verb == VERB_DELETE);
}

static void check_number_shrink(struct scene *s, const struct action *a,
				const struct observed_group *g)
{
	assert_int_equal(g->kind, KIND_APP_STREAMING);
	assert_int_equal(g->status, GROUP_RUNNING);
	assert_int_equal(a->targets.n, 0);
	assert_true(a->total >= 1);
	assert_int_equal(a->total + a->count, g->available);
	assert_true(row_by_id(s, "", g->id) || tags_has(g->tags, MARK_FLEET, SCENE_FLEET));
	assert_false(is_busy(s, g->id));
}

static void check_delete(struct scene *s, const struct action *a)
{
	struct observed_group *g = group_by_id(s, a->cloud_group);
	assert_non_null(g);
	assert_true(s->observed.of[g->kind].complete);
	assert_false(is_foreign(s, g->id));
	assert_true(g->listed_mono_ms - g->ids_since_mono_ms >= s->settings.poll.twice_apart_ms);
	assert_true(g->charge == CHARGE_POSTPAID);
	assert_int_equal(a->verb, VERB_SHRINK); /* a whole group waits for an approval */
	assert_true(a->targets.n > 0 || g->kind != KIND_CLOUD_PHONE);
	if (g->kind != KIND_CLOUD_PHONE)
		check_number_shrink(s, a, g);
	for (size_t t = 0; t < a->targets.n; t++) {
		check_target(s, a, g, a->targets.items[t]);
		assert_true(t == 0 || strcmp(a->targets.items[t - 1], a->targets.items[t]) < 0);
	}
}

static void check_deletes(struct scene *s, const struct plan *p)
{
	for (size_t i = 0; i < s->desired.n_groups; i++) {
		const struct desired_group *g = &s->desired.groups[i];
		int64_t n = 0, limit = g->count / 10 > 1 ? g->count / 10 : 1;
		if (s->settings.limits.deletes_per_hour > 0)
			limit = s->settings.limits.deletes_per_hour;
		for (size_t k = 0; k < p->n_actions; k++) {
			const struct action *a = &p->actions[k];
			if ((a->verb != VERB_SHRINK && a->verb != VERB_DELETE) ||
			    a->hold != HOLD_NONE || strcmp(a->group, g->name) != 0)
				continue;
			check_delete(s, a);
			assert_false(g->protect);
			n += a->count;
		}
		assert_true(n <= limit);
	}
}

static bool is_setting(enum verb v)
{
	return v == VERB_CONFIGURE || v == VERB_SET_SCALING || v == VERB_UPDATE_IMAGE;
}

static void check_settings(struct scene *s, const struct plan *p)
{
	for (size_t i = 0; i < p->n_actions; i++) {
		const struct action *a = &p->actions[i];
		const struct desired_group *want = desired_find(&s->desired, a->group);
		if (!is_setting(a->verb))
			continue;
		assert_int_equal(a->kind, KIND_APP_STREAMING);
		assert_true(a->verb != VERB_UPDATE_IMAGE || want->rollout_now);
		if (a->hold != HOLD_NONE)
			continue;
		const struct observed_group *g = group_by_id(s, a->cloud_group);
		assert_true(s->observed.of[g->kind].complete);
		assert_int_equal(g->status, GROUP_RUNNING);
		assert_false(is_foreign(s, g->id) || is_busy(s, g->id));
		if (a->verb == VERB_SET_SCALING)
			assert_int_equal(a->total, want->unsized ? 0 : g->available);
	}
}

static void check_resizing_once(const struct plan *p)
{
	for (size_t i = 0; i < p->n_actions; i++)
		for (size_t k = 0; k < i; k++)
			assert_false(
				p->actions[i].hold == HOLD_NONE &&
				p->actions[k].hold == HOLD_NONE && *p->actions[i].cloud_group &&
				strcmp(p->actions[i].cloud_group, p->actions[k].cloud_group) == 0);
}

/* --- doing what a plan says --------------------------------------------- */

static void set_available(struct observed_group *g)
{
	g->available = 0;
	for (size_t i = 0; i < g->n_instances; i++)
		g->available += instance_is_committed(g->instances[i].status);
	g->number = g->available;
}

static void add_instances(struct scene *s, struct observed_group *g, const char *group, int64_t n)
{
	static unsigned counter;
	while (n-- > 0) {
		const char *id = scene_text(s, "acp-made-%u", counter++);
		scene_instance(s, g, id, INSTANCE_RUNNING)->tags =
			scene_marks(s, group, SCENE_OWNER, NULL, NULL, NULL);
		scene_row(s, id, g->id, group, RESOURCE_SEEN)->charge = g->charge;
	}
	set_available(g);
}

static void do_create(struct scene *s, const struct action *a)
{
	const struct desired_group *want = desired_find(&s->desired, a->group);
	assert_true(s->observed.n_groups < SCENE_MANY);
	struct observed_group *g =
		stand(s, scene_text(s, "ag-made-%zu", s->observed.n_groups), a->group,
		      .kind = a->kind, .n = a->kind == KIND_CLOUD_PHONE ? 0 : a->count,
		      .charge = want->charge, .spec = a->spec, .image = want->image);
	if (a->kind == KIND_CLOUD_PHONE)
		add_instances(s, g, a->group, a->count);
}

static void remove_one(struct scene *s, struct observed_group *g, const char *id)
{
	for (size_t i = 0; i < g->n_instances; i++)
		if (strcmp(g->instances[i].id, id) == 0) {
			g->instances[i] = g->instances[--g->n_instances];
			break;
		}
	struct resource *row = row_by_id(s, id, g->id);
	if (row)
		row->state = RESOURCE_GONE;
	set_available(g);
}

static struct observed_instance *instance_by_id(struct scene *s, const char *id)
{
	for (size_t i = 0; i < s->observed.n_groups; i++)
		for (size_t k = 0; k < s->observed.groups[i].n_instances; k++)
			if (strcmp(s->observed.groups[i].instances[k].id, id) == 0)
				return &s->observed.groups[i].instances[k];
	return NULL;
}

static void do_setting(struct scene *s, const struct action *a, struct observed_group *g)
{
	const struct desired_group *want = desired_find(&s->desired, a->group);
	auto_free char *attributes = attributes_text(want->create);
	assert_non_null(attributes);
	if (a->verb == VERB_UPDATE_IMAGE)
		g->image = observed_intern(&s->observed, want->image);
	else
		g->attributes = observed_intern(&s->observed, attributes);
}

static void do_touch(struct scene *s, const struct action *a, const char *id)
{
	struct observed_group *g = group_by_id(s, id);
	if (g) {
		assert_int_equal(a->verb, VERB_TAG);
		bool made = tags_has(g->tags, MARK_INTENT, "key1"); /* no tag is taken away */
		g->tags = scene_marks(s, a->group, SCENE_OWNER, made ? "key1" : NULL, NULL, NULL);
		return;
	}
	struct observed_instance *in = instance_by_id(s, id);
	assert_non_null(in);
	if (a->verb == VERB_TAG)
		in->tags = scene_marks(s, a->group, SCENE_OWNER, NULL, NULL, NULL);
	else if (a->verb == VERB_ATTACH_KEY)
		in->key_pair = "kp-1";
	else
		in->status = INSTANCE_RUNNING;
}

static void do_action(struct scene *s, const struct action *a)
{
	struct observed_group *g = group_by_id(s, a->cloud_group);
	if (a->verb == VERB_CREATE) {
		do_create(s, a);
		return;
	}
	if (is_setting(a->verb)) {
		do_setting(s, a, g);
		return;
	}
	if (a->total > 0) {
		g->available = g->number = a->total;
		return;
	}
	if (a->verb == VERB_GROW) {
		assert_non_null(g);
		assert_true((int64_t)g->n_instances + a->count <= 2 * 100);
		add_instances(s, g, a->group, a->count);
		return;
	}
	for (size_t t = 0; t < a->targets.n; t++)
		if (a->verb == VERB_SHRINK)
			remove_one(s, g, a->targets.items[t]);
		else
			do_touch(s, a, a->targets.items[t]);
}

static size_t do_plan(struct scene *s, const struct plan *p)
{
	size_t done = 0;
	for (size_t i = 0; i < p->n_actions; i++)
		if (p->actions[i].hold == HOLD_NONE) {
			do_action(s, &p->actions[i]);
			done++;
		}
	return done;
}

static void check_all(struct scene *s, const struct plan *p)
{
	check_buys(s, p);
	check_deletes(s, p);
	check_settings(s, p);
	check_resizing_once(p);
}

/* Doing what the plans say comes to an end, and never stands above what was wanted. */
static void check_convergence(struct scene *s)
{
	int64_t most[SCENE_MANY] = {0};
	for (int turn = 0; turn < 200; turn++) {
		auto_plan struct plan *p = planned(s);
		check_all(s, p);
		for (size_t i = 0; i < s->desired.n_groups; i++) {
			const struct desired_group *g = &s->desired.groups[i];
			int64_t committed = report_of(p, g->name)->committed;
			if (turn == 0)
				most[i] = committed > g->count ? committed : g->count;
			assert_true(committed <= most[i]);
		}
		if (do_plan(s, p) == 0)
			return;
	}
	fail_msg("the plans do not come to an end");
}

/* --- what a listing changes in the ledger --------------------------------- */

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What is not listed is only ever missed when its own kind was listed whole. */
static void check_missed(struct scene *s, const struct row_change *c)
{
	if (c->state != RESOURCE_MISSING && c->state != RESOURCE_GONE)
		return;
	if (group_by_id(s, c->row->cloud_group))
		return;
	const struct desired_group *want = desired_find(&s->desired, c->row->group);
	if (want)
		assert_true(s->observed.of[want->kind].complete);
	assert_true(c->state != RESOURCE_GONE || c->row->state != RESOURCE_EXPECTED ||
		    c->row->intent != 0 || s->in_flight.n_intents > 0);
}

static char *seen_text(struct scene *s)
{
	struct seen_changes c = {0};
	struct text_list lines = {0};
	struct strbuf all = STRBUF_INIT(1u << 20);
	int r = seen_compute(scene_input(s), &c);
	for (size_t i = 0; i < c.changed.n && r == 0; i++) {
		const struct row_change *row = &c.changed.items[i];
		check_missed(s, row);
		r = text_list_add(&lines, scene_text(s, "row %s %s %s %s %d", row->row->id,
						     row->row->cloud_group, row->row->group,
						     resource_state_name(row->state),
						     row->missing_listings));
	}
	for (size_t i = 0; i < c.found.n && r == 0; i++) {
		const struct row_found *f = &c.found.items[i];
		const struct observed_group *g = group_by_id(s, f->cloud_group);
		assert_true(g->kind == KIND_CLOUD_PHONE || !*f->id);
		r = text_list_add(&lines, scene_text(s, "found %s %s %s %d", f->id, f->cloud_group,
						     f->group, (int)f->intent));
	}
	for (size_t i = 0; i < c.intents.n && r == 0; i++)
		r = text_list_add(&lines, scene_text(s, "intent %d", (int)c.intents.items[i]->id));
	for (size_t i = 0; i < c.orders.n && r == 0; i++)
		r = text_list_add(&lines, scene_text(s, "order %s", c.orders.items[i]->id));
	assert_int_equal(r, 0);
	if (lines.n > 1)
		qsort(lines.items, lines.n, sizeof(*lines.items), compare_lines);
	for (size_t i = 0; i < lines.n; i++)
		strbuf_addf(&all, "%s\n", lines.items[i]);
	text_list_fini(&lines);
	seen_changes_fini(&c);
	return strbuf_take(&all);
}

static void check_shuffled(struct scene *s)
{
	auto_free char *seen = seen_text(s);
	auto_plan struct plan *before = planned(s);
	auto_free char *text = text_of(before);
	check_all(s, before);
	shuffle(&s->observed);
	auto_plan struct plan *after = planned(s);
	auto_free char *again = text_of(after);
	assert_string_equal(text, again);
	auto_free char *seen_again = seen_text(s);
	assert_string_equal(seen, seen_again);
}

static void every_plan_keeps_the_invariants(void **state)
{
	(void)state;
	for (long run = 0; run < runs; run++) {
		struct scene *s = random_scene();
		if (getenv("DROVER_TEST_VERBOSE"))
			print_message("run %ld\n", run);
		check_shuffled(s);
		check_convergence(s);
		scene_free(s);
	}
}

int main(int argc, char **argv)
{
	seed_init(argc, argv);
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "--runs") == 0)
			runs = strtol(argv[i + 1], NULL, 10);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_plan_keeps_the_invariants),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
