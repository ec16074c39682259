#include "tuples/classes.h"

#include <inttypes.h>
#include <string.h>

#include "tuples/model.h"
#include "tuples/oracle.h"

/* States of a tuple that no enum of the daemon names. */
#define STATES(X)                                                                                  \
	X(EMPTY_FILE, "an empty file")                                                             \
	X(COUNT_ZERO, "count: 0")                                                                  \
	X(UNSIZED, "a schedule decides")                                                           \
	X(BY_USAGE, "scales by usage")                                                             \
	X(FIXED, "a fixed pool")                                                                   \
	X(ELASTIC, "elastic nodes")                                                                \
	X(RENAMED, "renamed, with a past under the old name")                                      \
	X(SEVERAL, "several cloud groups of a group")                                              \
	X(DISOWNED, "a disowned cloud group")                                                      \
	X(MARKED, "our mark alone")                                                                \
	X(OTHER_OWNER, "our mark, another owner")                                                  \
	X(OTHER_FLEET, "another fleet's mark")                                                     \
	X(STRANGER, "no mark at all")                                                              \
	X(ADOPTED, "adopted")                                                                      \
	X(RECORDED, "recorded")                                                                    \
	X(LEFT_FILE, "a group that left the file")                                                 \
	X(UNLISTED, "members never listed")                                                        \
	X(PREPAID, "a subscription")                                                               \
	X(EXPIRED, "an expired subscription")                                                      \
	X(CHARGE_UNSAID, "a way of charging that is not told")                                     \
	X(CONNECTED, "a person at a phone")                                                        \
	X(UNKNOWN_ORDER, "an open order that nobody made")                                         \
	X(FOREIGN_ORDER, "a foreign order")                                                        \
	X(CANCELLED_CALL, "a call whose order was cancelled")                                      \
	X(NAMED_UNSEEN, "ids of a reply that no listing shows")                                    \
	X(MISSING_ROW, "a row that is missing")                                                    \
	X(VANISHED, "a vanished subscription")                                                     \
	X(INCOMPLETE, "an incomplete listing")                                                     \
	X(NEVER_LISTED, "a kind that was never listed")                                            \
	X(OTHER_PRODUCT, "a listing of other products than is wanted")                             \
	X(EMPTY_LIE, "an empty listing where things were")                                         \
	X(YOUNG, "a young ledger")                                                                 \
	X(REFUSED_LOOK, "orders that may not be read")                                             \
	X(PAUSED_FLEET, "a paused fleet")                                                          \
	X(STICKY, "protection that only the ledger remembers")                                     \
	X(SPENT_HOUR, "deletes in the last hour")                                                  \
	X(BOUGHT_HOUR, "buys in the last hour")                                                    \
	X(APPROVED, "an approval that lets something through")                                     \
	X(USED, "a used approval")                                                                 \
	X(OTHER_SITE, "the other site's account")                                                  \
	X(TIGHT, "committed exactly as worked out without plan/")

enum state {
#define X(name, text) STATE_##name,
	STATES(X)
#undef X
		STATE_MAX_
};

static const char *const state_texts[] = {
#define X(name, text) text,
	STATES(X)
#undef X
};

static struct {
	uint64_t states[STATE_MAX_];
	uint64_t kinds[KIND_MAX_], holds[HOLD_MAX_], free[VERB_MAX_], conditions[CONDITION_MAX_];
	uint64_t members[INSTANCE_UNKNOWN + 1], groups[GROUP_UNKNOWN + 1];
	uint64_t orders[ORDER_STATUS_MAX_], rows[RESOURCE_GONE];
	uint64_t calls[VERB_MAX_][INTENT_HELD + 1];
	uint64_t reports;
} met;

#define MET(state, yes) (met.states[STATE_##state] += (yes) ? 1 : 0)

static void count_file(const struct plan_input *in)
{
	MET(EMPTY_FILE, in->desired->n_groups == 0);
	for (size_t i = 0; i < in->desired->n_groups; i++) {
		const struct desired_group *d = &in->desired->groups[i];
		const struct prospects *p = model_prospects(in, d);
		const struct value *pool = value_get(d->create, "NodePool");
		const char *way = pool ? value_get_text(pool, "StrategyType") : NULL;
		bool app = d->kind == KIND_APP_STREAMING && way;
		unsigned clouds = 0;
		for (size_t k = 0; k < in->observed->n_groups; k++)
			clouds += model_claim(in, &in->observed->groups[k]).of == d;
		met.kinds[d->kind]++;
		MET(COUNT_ZERO, d->count == 0);
		MET(UNSIZED, d->unsized);
		MET(BY_USAGE, app && strcmp(way, "NODE_SCALING_BY_USAGE") == 0);
		MET(FIXED, app && strcmp(way, "NODE_FIXED") == 0);
		MET(SEVERAL, clouds > 1);
		MET(STICKY, p && p->protect && !d->protect);
		bool renamed = false;
		for (size_t r = 0; r < in->in_flight->n_resources && d->renamed_from; r++)
			renamed = renamed ||
				  strcmp(in->in_flight->resources[r].group, d->renamed_from) == 0;
		MET(RENAMED, renamed);
	}
}

static void count_cloud_group(const struct plan_input *in, const struct observed_group *g)
{
	struct claim c = model_claim(in, g);
	const char *value;
	bool ours = tags_has(g->tags, MARK_FLEET, in->desired->fleet);
	met.groups[g->status]++;
	for (size_t i = 0; i < g->n_instances; i++) {
		met.members[g->instances[i].status]++;
		MET(CONNECTED, g->instances[i].connected);
	}
	MET(DISOWNED, c.how == CLAIM_DISOWNED);
	MET(MARKED, c.how == CLAIM_MARKED && c.of);
	MET(ADOPTED, c.how == CLAIM_ADOPTED);
	MET(RECORDED, c.how == CLAIM_RECORDED);
	MET(LEFT_FILE, c.how > CLAIM_DISOWNED && !c.of);
	MET(OTHER_OWNER, ours && !tags_has(g->tags, MARK_OWNER, in->in_flight->owner));
	MET(OTHER_FLEET, !ours && tags_get(g->tags, MARK_FLEET, &value) >= 0);
	MET(STRANGER, c.how == CLAIM_NONE && !*g->tags);
	MET(UNLISTED, g->listed_mono_ms == 0);
	MET(PREPAID, g->charge == CHARGE_PREPAID);
	MET(EXPIRED, g->charge == CHARGE_PREPAID && g->status == GROUP_EXPIRED);
	MET(CHARGE_UNSAID, g->charge == CHARGE_UNKNOWN);
	MET(ELASTIC, g->elastic > 0);
}

static void count_ledger(const struct plan_input *in)
{
	const struct in_flight *f = in->in_flight;
	for (size_t i = 0; i < f->n_intents; i++) {
		const struct intent *call = f->intents[i];
		if (call->state <= INTENT_HELD)
			met.calls[call->verb][call->state]++;
		MET(CANCELLED_CALL, call->buys && !model_counts(in, call));
	}
	for (size_t i = 0; i < f->n_orders; i++) {
		met.orders[f->orders[i].status]++;
		MET(FOREIGN_ORDER, f->orders[i].foreign);
		MET(UNKNOWN_ORDER, model_order_open(&f->orders[i]) && f->orders[i].intent == 0);
	}
	for (size_t i = 0; i < f->n_resources; i++) {
		const struct resource *r = &f->resources[i];
		const struct observed_group *g = model_listed(in, r->cloud_group);
		bool seen = g && (!*r->id || model_instance(g, r->id));
		met.rows[r->state]++;
		MET(NAMED_UNSEEN, r->state == RESOURCE_EXPECTED && !seen);
		MET(MISSING_ROW, r->state == RESOURCE_MISSING && !seen);
		MET(VANISHED, model_vanished(in, r));
	}
	for (size_t i = 0; i < f->n_deleted_last_hour; i++)
		MET(SPENT_HOUR, f->deleted_last_hour[i].deleted > 0);
	for (size_t i = 0; i < f->n_paused; i++)
		MET(PAUSED_FLEET, !*f->paused[i].group);
	MET(BOUGHT_HOUR, f->bought_last_hour > 0);
	MET(YOUNG, in->wall_ms - f->ledger_since_wall_ms < in->settings->poll.young_ledger_ms);
	MET(REFUSED_LOOK, f->orders_look == ORDERS_REFUSED);
	MET(OTHER_SITE, in->other_site);
}

static void count_plan(const struct plan_input *in, const struct plan *p)
{
	const struct in_flight *f = in->in_flight;
	for (size_t i = 0; i < p->n_actions; i++) {
		const struct action *a = &p->actions[i];
		met.holds[a->hold]++;
		met.free[a->verb] += a->hold == HOLD_NONE;
		bool lifted = false;
		for (int h = HOLD_NONE + 1; h < HOLD_MAX_ && a->hold == HOLD_NONE; h++)
			lifted = lifted || oracle_approved(in, p, a, (enum hold)h);
		MET(APPROVED, lifted);
	}
	for (size_t i = 0; i < f->n_approvals; i++)
		MET(USED, f->approvals[i].used);
	for (size_t i = 0; i < p->n_groups; i++) {
		const struct desired_group *d = desired_find(in->desired, p->groups[i].name);
		met.conditions[p->groups[i].condition]++;
		met.reports += d != NULL;
		MET(TIGHT, d && model_committed(in, d) == p->groups[i].committed);
	}
}

static void count_products(const struct plan_input *in)
{
	for (size_t k = 0; k < in->desired->n_groups; k++) {
		const struct desired_group *d = &in->desired->groups[k];
		MET(OTHER_PRODUCT, !observed_covers(in->observed, d->kind, d->spec));
	}
}

void classes_count(const struct plan_input *in, const struct plan *p)
{
	count_file(in);
	count_products(in);
	for (size_t k = 0; k < in->observed->n_groups; k++)
		count_cloud_group(in, &in->observed->groups[k]);
	for (int kind = 0; kind < KIND_MAX_; kind++) {
		const struct observed_listing *o = &in->observed->of[kind];
		MET(INCOMPLETE, o->listed_mono_ms != 0 && !o->complete);
		MET(NEVER_LISTED, o->listed_mono_ms == 0);
		MET(EMPTY_LIE, model_empty_lie(in, (enum kind)kind));
	}
	count_ledger(in);
	count_plan(in, p);
}

static unsigned tell(FILE *out, const char *what, const char *name, uint64_t n)
{
	(void)fprintf(out, "%s%s: %s=%" PRIu64 "\n", n == 0 ? "NEVER MET " : "", what, name, n);
	return n == 0;
}

static unsigned tell_calls(FILE *out)
{
	unsigned never = 0;
	for (int verb = 0; verb < VERB_MAX_; verb++)
		for (int state = 0; state <= INTENT_HELD; state++) {
			if (state == INTENT_REJECTED)
				continue; /* over: not in flight */
			never += tell(out, verb_name((enum verb)verb),
				      intent_state_name((enum intent_state)state),
				      met.calls[verb][state]);
		}
	return never;
}

unsigned classes_tell(FILE *out)
{
	unsigned never = tell_calls(out);
	for (int i = 0; i < STATE_MAX_; i++)
		never += tell(out, "state", state_texts[i], met.states[i]);
	for (int i = 0; i < KIND_MAX_; i++)
		never += tell(out, "kind", kind_name((enum kind)i), met.kinds[i]);
	for (int i = 0; i < HOLD_MAX_; i++)
		never += tell(out, "hold", i ? hold_name((enum hold)i) : "none", met.holds[i]);
	for (int i = 0; i < VERB_MAX_; i++)
		never += tell(out, "free", verb_name((enum verb)i), met.free[i]);
	for (int i = 0; i < CONDITION_MAX_; i++)
		never += tell(out, "condition", condition_name((enum condition)i),
			      met.conditions[i]);
	for (int i = 0; i <= INSTANCE_UNKNOWN; i++)
		never += tell(out, "instance", instance_status_name((enum instance_status)i),
			      met.members[i]);
	for (int i = 0; i <= GROUP_UNKNOWN; i++)
		never += tell(out, "cloud group", group_status_name((enum group_status)i),
			      met.groups[i]);
	for (int i = 0; i < ORDER_STATUS_MAX_; i++)
		never += tell(out, "order", order_status_name((enum order_status)i), met.orders[i]);
	for (int i = 0; i < RESOURCE_GONE; i++)
		never += tell(out, "row", resource_state_name((enum resource_state)i), met.rows[i]);
	(void)fprintf(out, "groups=%" PRIu64 " tight=%" PRIu64 "\n", met.reports,
		      met.states[STATE_TIGHT]);
	return never;
}
