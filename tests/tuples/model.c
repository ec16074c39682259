#include "tuples/model.h"

#include <string.h>

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

bool model_fits(const char *wanted, const char *seen)
{
	return !*wanted || !*seen || same(wanted, seen);
}

bool model_row_counts(const struct resource *r)
{
	return r->state != RESOURCE_GONE && !r->foreign;
}

bool model_open(const struct intent *i)
{
	return i->state == INTENT_RECORDED || i->state == INTENT_SENT ||
	       i->state == INTENT_UNCLEAR || i->state == INTENT_HELD;
}

bool model_order_open(const struct order *o)
{
	return o->status != ORDER_CANCELLED && !o->foreign && !o->landed;
}

const struct desired_group *model_meant(const struct plan_input *in, const char *name)
{
	const struct desired *d = in->desired;
	for (size_t i = 0; i < d->n_groups; i++)
		if (same(d->groups[i].name, name))
			return &d->groups[i];
	for (size_t i = 0; i < d->n_groups; i++)
		if (d->groups[i].renamed_from && same(d->groups[i].renamed_from, name))
			return &d->groups[i];
	return NULL;
}

const struct prospects *model_prospects(const struct plan_input *in, const struct desired_group *d)
{
	for (size_t i = 0; i < in->n_prospects; i++)
		if (same(in->prospects[i].group, d->name))
			return &in->prospects[i];
	return NULL;
}

const struct observed_group *model_listed(const struct plan_input *in, const char *id)
{
	for (size_t i = 0; i < in->observed->n_groups; i++)
		if (same(in->observed->groups[i].id, id))
			return &in->observed->groups[i];
	return NULL;
}

const struct observed_instance *model_instance(const struct observed_group *g, const char *id)
{
	for (size_t i = 0; i < g->n_instances; i++)
		if (same(g->instances[i].id, id))
			return &g->instances[i];
	return NULL;
}

static bool is_billed(const struct observed_instance *i)
{
	return i->status != INSTANCE_DELETING && i->status != INSTANCE_DELETED;
}

int64_t model_shown(const struct observed_group *g)
{
	int64_t n = 0;
	for (size_t i = 0; i < g->n_instances; i++)
		n += is_billed(&g->instances[i]);
	return n;
}

/* --- calls -------------------------------------------------------------- */

static bool was_cancelled(const struct plan_input *in, int64_t intent)
{
	const struct in_flight *f = in->in_flight;
	for (size_t i = 0; intent != 0 && i < f->n_orders; i++)
		if (f->orders[i].intent == intent && f->orders[i].count > 0 &&
		    f->orders[i].status == ORDER_CANCELLED)
			return true;
	return false;
}

bool model_counts(const struct plan_input *in, const struct intent *i)
{
	bool in_flight = model_open(i) || (i->state == INTENT_DONE && !i->landed);
	return in_flight && !(i->buys && was_cancelled(in, i->id));
}

static const char *result_named(const struct plan_input *in, const struct intent *i)
{
	const struct in_flight *f = in->in_flight;
	const char *name = i->result_group;
	for (size_t k = 0; !*name && k < f->n_orders; k++)
		if (f->orders[k].intent == i->id && f->orders[k].count > 0)
			name = f->orders[k].cloud_group;
	return name;
}

bool model_may_be_made_by(const struct plan_input *in, const struct observed_group *g,
			  const struct intent *i)
{
	const char *id = result_named(in, i), *value;
	if (*id)
		return same(g->id, id);
	bool named = *i->name && same(g->name, i->name);
	if (g->kind != i->kind)
		return false;
	if (tags_has(g->tags, MARK_FLEET, in->desired->fleet))
		return named || tags_has(g->tags, MARK_INTENT, i->key);
	return named && g->kind == KIND_APP_STREAMING && tags_get(g->tags, MARK_FLEET, &value) < 0;
}

static bool is_on(const struct intent *i, const char *cloud_group)
{
	switch (i->verb) {
	case VERB_GROW:
	case VERB_SHRINK:
	case VERB_DELETE:
	case VERB_CONFIGURE:
	case VERB_SET_SCALING:
	case VERB_UPDATE_IMAGE:
		return *cloud_group && same(i->cloud_group, cloud_group);
	case VERB_CREATE:
	case VERB_TAG:
	case VERB_ATTACH_KEY:
	case VERB_START:
	case VERB_REBOOT:
	case VERB_RESET:
	case VERB_MAX_:
		break;
	}
	return false;
}

/* --- whose it is -------------------------------------------------------- */

static void add_claim(struct claim *c, const struct observed_group *g,
		      const struct desired_group *of, enum hold_of how)
{
	if (of && of->kind != g->kind)
		return; /* a group of another kind takes nothing in */
	if (c->how > how)
		return;
	c->split = c->how == how && (c->split || c->of != of);
	c->how = how;
	c->of = of;
}

static void add_mark(const struct plan_input *in, const struct observed_group *g, struct claim *c)
{
	char name[64] = "";
	const char *value;
	int n = tags_get(g->tags, MARK_GROUP, &value);
	if (n > 0 && n < (int)sizeof(name))
		memcpy(name, value, (size_t)n);
	if (tags_has(g->tags, MARK_FLEET, in->desired->fleet))
		add_claim(c, g, model_meant(in, name), CLAIM_MARKED);
}

bool model_has_twin(const struct plan_input *in, const struct observed_group *g,
		    const struct intent *i)
{
	for (size_t k = 0; k < in->observed->n_groups; k++)
		if (&in->observed->groups[k] != g &&
		    model_may_be_made_by(in, &in->observed->groups[k], i))
			return true;
	return false;
}

struct claim model_claim(const struct plan_input *in, const struct observed_group *g)
{
	const struct in_flight *f = in->in_flight;
	struct claim c = {0};
	for (size_t i = 0; i < f->n_resources; i++)
		if (f->resources[i].foreign && f->resources[i].state != RESOURCE_GONE &&
		    same(f->resources[i].cloud_group, g->id))
			return (struct claim){.how = CLAIM_DISOWNED};
	add_mark(in, g, &c);
	for (size_t i = 0; i < in->desired->n_groups; i++)
		if (text_list_has(&in->desired->groups[i].adopt, g->id))
			add_claim(&c, g, &in->desired->groups[i], CLAIM_ADOPTED);
	for (size_t i = 0; i < f->n_resources; i++)
		if (model_row_counts(&f->resources[i]) && same(f->resources[i].cloud_group, g->id))
			add_claim(&c, g, model_meant(in, f->resources[i].group), CLAIM_RECORDED);
	for (size_t i = 0; i < f->n_intents; i++) {
		const struct intent *call = f->intents[i];
		bool made = call->verb == VERB_CREATE && model_may_be_made_by(in, g, call);
		if (!model_counts(in, call) || !(made || is_on(call, g->id)))
			continue;
		add_claim(&c, g, model_meant(in, call->group), CLAIM_RECORDED);
		c.split = c.split || (made && model_has_twin(in, g, call));
	}
	return c;
}

bool model_has_past(const struct plan_input *in, const struct desired_group *d)
{
	const struct in_flight *f = in->in_flight;
	for (size_t i = 0; i < f->n_resources; i++)
		if (model_row_counts(&f->resources[i]) &&
		    model_meant(in, f->resources[i].group) == d)
			return true;
	for (size_t i = 0; i < f->n_intents; i++)
		if (model_meant(in, f->intents[i]->group) == d)
			return true;
	for (size_t i = 0; i < f->n_orders; i++)
		if ((model_order_open(&f->orders[i]) ||
		     (!f->orders[i].foreign && f->orders[i].status != ORDER_PAID)) &&
		    model_meant(in, f->orders[i].group) == d)
			return true;
	for (size_t i = 0; i < in->observed->n_groups; i++) {
		struct claim c = model_claim(in, &in->observed->groups[i]);
		if (c.how > CLAIM_DISOWNED && (c.of == d || c.split))
			return true;
	}
	return false;
}

/* --- what the ledger has seen ------------------------------------------- */

bool model_vanished(const struct plan_input *in, const struct resource *r)
{
	return r->state == RESOURCE_MISSING && r->charge != CHARGE_POSTPAID &&
	       r->missing_listings >= 3 && in->wall_ms >= r->missing_wall_ms &&
	       in->wall_ms - r->missing_wall_ms >= in->settings->poll.absent_after_ms;
}

/* Somebody asked it to go, or its order never came to anything. */
static bool absence_is_explained(const struct plan_input *in, const struct resource *r)
{
	const struct in_flight *f = in->in_flight;
	if (was_cancelled(in, r->intent) && (r->state == RESOURCE_EXPECTED || !*r->id))
		return true;
	for (size_t i = 0; i < f->n_intents; i++) {
		const struct intent *call = f->intents[i];
		if (call->state != INTENT_DONE || call->landed)
			continue;
		if (call->verb == VERB_DELETE && same(call->cloud_group, r->cloud_group))
			return true;
		if (call->verb == VERB_SHRINK && *r->id && text_list_has(&call->targets, r->id))
			return true;
	}
	return false;
}

bool model_rows_agree(const struct plan_input *in, const char *cloud_group,
		      const struct desired_group *d)
{
	const struct in_flight *f = in->in_flight;
	for (size_t i = 0; i < f->n_resources; i++) {
		const struct resource *r = &f->resources[i];
		if (r->state != RESOURCE_GONE && same(r->cloud_group, cloud_group) &&
		    (r->foreign || model_meant(in, r->group) != d))
			return false;
	}
	return true;
}

/* Surely still there or on its way, though no listing shows it. */
static bool stands_unseen(const struct plan_input *in, const struct resource *r)
{
	return model_row_counts(r) && !model_vanished(in, r) && !absence_is_explained(in, r);
}

/* Of a cloud group of which only the number counts, while nothing tells it: what its create asked
 * for, else all that is wanted. */
static int64_t assumed(const struct plan_input *in, const struct desired_group *d,
		       const char *cloud_group)
{
	const struct in_flight *f = in->in_flight;
	for (size_t i = 0; i < f->n_intents; i++)
		if (f->intents[i]->verb == VERB_CREATE && model_counts(in, f->intents[i]) &&
		    same(result_named(in, f->intents[i]), cloud_group))
			return 1;
	return d->kind == KIND_APP_STREAMING ? larger(d->count, 1) : 1;
}

int64_t model_unseen(const struct plan_input *in, const struct desired_group *d,
		     const char *cloud_group)
{
	const struct in_flight *f = in->in_flight;
	const struct observed_group *g = model_listed(in, cloud_group);
	int64_t members = 0, own = 0;
	for (size_t i = 0; i < f->n_resources; i++) {
		const struct resource *r = &f->resources[i];
		if (!same(r->cloud_group, cloud_group) || model_meant(in, r->group) != d ||
		    !stands_unseen(in, r))
			continue;
		if (*r->id)
			members += !g || !model_instance(g, r->id);
		else if (!g && d->kind != KIND_CLOUD_PHONE)
			own = assumed(in, d, cloud_group);
	}
	return members + own;
}

bool model_has_vanished(const struct plan_input *in, const struct desired_group *d)
{
	const struct in_flight *f = in->in_flight;
	for (size_t i = 0; i < f->n_resources; i++) {
		const struct resource *r = &f->resources[i];
		const struct observed_group *g = model_listed(in, r->cloud_group);
		if (!model_row_counts(r) || !model_vanished(in, r) || !*r->cloud_group ||
		    absence_is_explained(in, r) || (!*r->id && d->kind == KIND_CLOUD_PHONE) ||
		    !model_rows_agree(in, r->cloud_group, d) || (g && g->kind != d->kind))
			continue;
		if (g ? *r->id && g->status != GROUP_DELETED && !model_instance(g, r->id) : true)
			return true;
	}
	return false;
}

bool model_missing(const struct plan_input *in, const struct desired_group *d, bool all,
		   int64_t *ret_known, int64_t *ret_missing)
{
	const struct in_flight *f = in->in_flight;
	*ret_known = *ret_missing = 0;
	for (size_t i = 0; i < in->observed->n_groups; i++) {
		const struct observed_group *g = &in->observed->groups[i];
		struct claim c = model_claim(in, g);
		bool theirs = all || c.split ? g->kind == d->kind : c.of == d;
		if (c.how > CLAIM_DISOWNED && theirs &&
		    (c.split || !model_rows_agree(in, g->id, c.of)))
			return false; /* the rows of others count, too */
	}
	for (size_t i = 0; i < f->n_resources; i++) {
		const struct resource *r = &f->resources[i];
		const struct desired_group *of = model_meant(in, r->group);
		const struct observed_group *g = model_listed(in, r->cloud_group);
		if (!model_row_counts(r) || (!all && of != d) || (of && of->kind != d->kind) ||
		    !*r->cloud_group)
			continue;
		if (!of || !model_rows_agree(in, r->cloud_group, of) || (g && g->kind != of->kind))
			return false; /* it cannot be told whose it is */
		if (!*r->id && d->kind == KIND_CLOUD_PHONE)
			continue;
		if (g && (*r->id ? model_instance(g, r->id) != NULL : g->status != GROUP_DELETED)) {
			++*ret_known;
			continue;
		}
		if (g && g->status == GROUP_DELETED)
			return false;
		if (r->state == RESOURCE_EXPECTED || !stands_unseen(in, r))
			continue;
		++*ret_known;
		*ret_missing +=
			g ? g->listed_mono_ms != 0 : in->observed->of[of->kind].listed_mono_ms != 0;
	}
	return true;
}

bool model_empty_lie(const struct plan_input *in, enum kind kind)
{
	const struct in_flight *f = in->in_flight;
	if (in->observed->of[kind].listed_mono_ms == 0)
		return false;
	for (size_t i = 0; i < in->observed->n_groups; i++)
		if (in->observed->groups[i].kind == kind)
			return false;
	for (size_t i = 0; i < f->n_resources; i++) {
		const struct resource *r = &f->resources[i];
		const struct desired_group *of = model_meant(in, r->group);
		bool told = (kind == KIND_CLOUD_PHONE) == (*r->id != '\0');
		if (of && of->kind == kind && told && r->state == RESOURCE_SEEN &&
		    r->charge == CHARGE_POSTPAID && !model_listed(in, r->cloud_group) &&
		    stands_unseen(in, r) && model_rows_agree(in, r->cloud_group, of))
			return true;
	}
	return false;
}

/* --- counts ------------------------------------------------------------- */

/* Growth that was asked for and that nothing shows: ids new since the first of the calls may be
 * of any of them. */
static int64_t promised(const struct plan_input *in, const struct desired_group *d,
			const struct observed_group *g)
{
	const struct in_flight *f = in->in_flight;
	const struct intent *first = NULL;
	int64_t n = 0;
	for (size_t i = 0; i < f->n_intents; i++) {
		const struct intent *call = f->intents[i];
		if (call->verb != VERB_GROW || !model_counts(in, call) || !is_on(call, g->id))
			continue;
		n += call->count;
		if (!first || call->id < first->id)
			first = call;
		for (size_t r = 0; r < f->n_resources; r++)
			if (model_row_counts(&f->resources[r]) && *f->resources[r].id &&
			    f->resources[r].intent == call->id &&
			    !model_instance(g, f->resources[r].id))
				n--;
	}
	for (size_t i = 0; first && i < g->n_instances; i++)
		n -= !text_list_has(&first->before, g->instances[i].id);
	(void)d;
	return larger(n, 0);
}

static int64_t total_asked(const struct plan_input *in, const struct observed_group *g)
{
	const struct in_flight *f = in->in_flight;
	int64_t most = 0;
	for (size_t i = 0; i < f->n_intents; i++)
		if (f->intents[i]->verb == VERB_GROW && model_counts(in, f->intents[i]) &&
		    is_on(f->intents[i], g->id))
			most = larger(most, f->intents[i]->total);
	return most;
}

static int64_t phones_in(const struct plan_input *in, const struct desired_group *d,
			 const struct observed_group *g)
{
	int64_t n = model_shown(g) + model_unseen(in, d, g->id) + promised(in, d, g);
	return g->status == GROUP_FAILED ? n : larger(n, g->available);
}

static int64_t number_in(const struct plan_input *in, const struct desired_group *d,
			 const struct observed_group *g)
{
	int64_t n = d->unsized ? 1 : g->available;
	if (g->listed_mono_ms == 0)
		n = 1;
	if (g->charge == CHARGE_PREPAID && !d->unsized)
		n = larger(n, g->number);
	return larger(n, total_asked(in, g));
}

static int64_t size_of(const struct plan_input *in, const struct desired_group *d,
		       const struct observed_group *g)
{
	if (g->status == GROUP_DELETED)
		return 0;
	int64_t n = d->kind == KIND_CLOUD_PHONE ? phones_in(in, d, g) : number_in(in, d, g);
	return larger(n, 0);
}

static bool is_listed_result(const struct plan_input *in, const struct intent *i)
{
	for (size_t k = 0; k < in->observed->n_groups; k++)
		if (model_may_be_made_by(in, &in->observed->groups[k], i))
			return true;
	return false;
}

/* A create in flight counts in full until what it made is listed. */
static int64_t creates_unseen(const struct plan_input *in, const struct desired_group *d)
{
	const struct in_flight *f = in->in_flight;
	int64_t n = 0;
	for (size_t i = 0; i < f->n_intents; i++) {
		const struct intent *call = f->intents[i];
		if (call->verb != VERB_CREATE || model_meant(in, call->group) != d ||
		    !model_counts(in, call) || is_listed_result(in, call))
			continue;
		const char *id = result_named(in, call);
		bool shared = false; /* another call names the same, or its rows count already */
		for (size_t k = 0; *id && k < f->n_intents; k++)
			shared = shared || (f->intents[k] != call &&
					    (same(f->intents[k]->cloud_group, id) ||
					     same(result_named(in, f->intents[k]), id)));
		for (size_t r = 0; *id && r < f->n_resources; r++)
			shared = shared || same(f->resources[r].cloud_group, id);
		n += shared ? 0 : call->count;
	}
	return n;
}

/* An order stands for itself until its call, its cloud group or its instances do. */
static int64_t orders_alone(const struct plan_input *in, const struct desired_group *d)
{
	const struct in_flight *f = in->in_flight;
	int64_t n = 0;
	for (size_t i = 0; i < f->n_orders; i++) {
		const struct order *o = &f->orders[i];
		bool stands = model_order_open(o) && *o->group && model_meant(in, o->group) == d;
		for (size_t k = 0; k < f->n_intents && stands && o->intent != 0; k++)
			stands = f->intents[k]->id != o->intent;
		for (size_t k = 0; k < f->n_resources && stands; k++)
			stands = (o->intent == 0 || f->resources[k].intent != o->intent) &&
				 (!*o->cloud_group ||
				  !same(f->resources[k].cloud_group, o->cloud_group));
		for (size_t k = 0; k < f->n_intents && stands && *o->cloud_group; k++)
			stands = !same(result_named(in, f->intents[k]), o->cloud_group) &&
				 !same(f->intents[k]->cloud_group, o->cloud_group);
		if (stands && *o->cloud_group && model_listed(in, o->cloud_group))
			stands = false;
		n += stands ? o->count : 0;
	}
	return n;
}

/* In cloud groups that no listing shows; each counted at its first row. */
static int64_t rows_of_unlisted(const struct plan_input *in, const struct desired_group *d)
{
	const struct in_flight *f = in->in_flight;
	int64_t n = 0;
	for (size_t i = 0; i < f->n_resources; i++) {
		const char *id = f->resources[i].cloud_group;
		bool first = *id && !model_listed(in, id);
		for (size_t k = 0; k < i && first; k++)
			first = !same(f->resources[k].cloud_group, id);
		n += first && model_rows_agree(in, id, d) ? model_unseen(in, d, id) : 0;
	}
	return n;
}

int64_t model_committed(const struct plan_input *in, const struct desired_group *d)
{
	int64_t n = creates_unseen(in, d) + orders_alone(in, d) + rows_of_unlisted(in, d);
	for (size_t i = 0; i < in->observed->n_groups; i++) {
		struct claim c = model_claim(in, &in->observed->groups[i]);
		if (c.how > CLAIM_DISOWNED && c.of == d && !c.split)
			n += size_of(in, d, &in->observed->groups[i]);
	}
	return n;
}

static bool is_leaving(const struct plan_input *in, const struct observed_group *g, const char *id)
{
	const struct in_flight *f = in->in_flight;
	for (size_t i = 0; i < f->n_intents; i++)
		if (model_counts(in, f->intents[i]) && f->intents[i]->verb == VERB_SHRINK &&
		    model_meant(in, f->intents[i]->group) == model_claim(in, g).of &&
		    text_list_has(&f->intents[i]->targets, id))
			return true;
	return false;
}

static int64_t staying_in(const struct plan_input *in, const struct observed_group *g)
{
	const struct in_flight *f = in->in_flight;
	int64_t there = g->kind == KIND_CLOUD_PHONE ? model_shown(g) : g->available;
	int64_t left = there, going = 0;
	if (g->available >= 0 && g->available < there)
		there = g->available;
	if (g->status == GROUP_DELETING || g->status == GROUP_DELETED || there < 0)
		return 0;
	for (size_t i = 0; i < f->n_intents; i++) {
		if (!model_counts(in, f->intents[i]) || !is_on(f->intents[i], g->id))
			continue;
		if (f->intents[i]->verb == VERB_DELETE)
			return 0;
		if (f->intents[i]->verb == VERB_SHRINK && f->intents[i]->total > 0 &&
		    f->intents[i]->total < left)
			left = f->intents[i]->total;
	}
	if (g->kind != KIND_CLOUD_PHONE)
		return there < left ? there : left;
	for (size_t i = 0; i < g->n_instances; i++)
		going += is_billed(&g->instances[i]) && is_leaving(in, g, g->instances[i].id);
	return larger(there - going, 0);
}

int64_t model_staying(const struct plan_input *in, const struct desired_group *d)
{
	int64_t n = 0;
	for (size_t i = 0; i < in->observed->n_groups; i++) {
		struct claim c = model_claim(in, &in->observed->groups[i]);
		if (c.how > CLAIM_DISOWNED && (c.of == d || c.split))
			n += staying_in(in, &in->observed->groups[i]);
	}
	return n;
}
