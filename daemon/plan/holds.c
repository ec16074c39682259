/* Why an action of a group must wait, as far as one group can tell; limits over all groups
 * are the guard's. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/strbuf.h"
#include "plan/steps.h"

#define NAMES_SHOWN 5
#define NAMES_MAX 1024
#define UNCLEAR_MAX 3 /* buys of one kind; with more of them, no further ones */

/* "a, b, c and 7 more" */
struct names {
	struct strbuf text;
	size_t n;
};

struct buy_facts {
	struct names unknown; /* orders that may fund it; of what is paid in advance only */
	struct names strangers, unclaimed; /* cloud groups; before the first create only */
	const struct intent *maker;        /* of the first unclaimed one */
	const struct intent *held; /* the first buy about which a person decides */
	struct strbuf may_be;      /* ... what it may have made */
	const struct order *cancelled; /* the first that nobody consented to order again */
	int64_t n_unclear, n_held;     /* buys of the kind */
};

static void names_add(struct names *l, const char *name)
{
	if (l->n++ < NAMES_SHOWN)
		strbuf_addf(&l->text, "%s%s", l->n > 1 ? ", " : "", name);
}

static const char *names_text(struct names *l)
{
	if (l->n > NAMES_SHOWN)
		strbuf_addf(&l->text, " and %zu more", l->n - NAMES_SHOWN);
	return strbuf_text(&l->text);
}

/* @r, or the error that made the text incomplete. */
static int names_fini(struct names *l, int r)
{
	int error = strbuf_error(&l->text);
	strbuf_fini(&l->text);
	return error ? error : r;
}

static bool over_brake(const struct step *s, int64_t missing, int64_t known)
{
	return (double)missing > s->draft->in->settings->limits.missing_brake * (double)known;
}

static int hold_missing(const struct step *s, const struct sight *sight, struct action *a)
{
	bool here = over_brake(s, s->view->missing, s->view->known);
	if (!here && !over_brake(s, sight->missing, sight->known))
		return 0;
	return HOLD(s, a, HOLD_MISSING_MANY,
		    "%" PRId64 " of %" PRId64 " known instances are missing at once "
		    "(limits.missing_brake %.0f %%): nothing is created or deleted until three "
		    "complete listings agree",
		    here ? s->view->missing : sight->missing, here ? s->view->known : sight->known,
		    s->draft->in->settings->limits.missing_brake * 100);
}

int hold_unobserved(const struct step *s, struct action *a)
{
	const struct sight *sight = world_sight(s->world, s->view->kind);
	if (sight->empty_lie)
		return HOLD(s, a, HOLD_INCOMPLETE, EMPTY_LISTING, sight->missing, sight->empty_hash);
	if (!sight->listed)
		return HOLD(s, a, HOLD_INCOMPLETE, "no complete listing yet");
	if (!sight->usable)
		return HOLD(s, a, HOLD_INCOMPLETE, "the newest listing did not end complete");
	if (!view_is_covered(s->world, s->view))
		return HOLD(s, a, HOLD_INCOMPLETE, PRODUCT_UNLISTED);
	return hold_missing(s, sight, a);
}

bool listed_twice(const struct step *s, uint64_t listed_mono_ms, uint64_t ids_since_mono_ms)
{
	return listed_mono_ms != 0 && listed_mono_ms >= ids_since_mono_ms &&
	       listed_mono_ms - ids_since_mono_ms >= s->draft->in->settings->poll.twice_apart_ms;
}

int hold_unproven(const struct step *s, struct action *a)
{
	const struct group_view *v = s->view;
	if (!v->unproven)
		return 0;
	struct names names = {.text = STRBUF_INIT(NAMES_MAX)};
	for (size_t k = 0; k < v->clouds.n; k++)
		if (v->clouds.items[k]->belonging == BELONG_MARKED)
			names_add(&names, v->clouds.items[k]->id);
	int r = HOLD(s, a, HOLD_FOREIGN_OWNER,
		     "%s carry this fleet's mark, but an owner or intent that this ledger does not "
		     "know; if they are this group's: drover approve %s",
		     names_text(&names), a->hash);
	return names_fini(&names, r);
}

/* --- buys --------------------------------------------------------------- */

static bool is_first_create(const struct group_view *v)
{
	return !v->has_past && v->clouds.n == 0;
}

static bool ledger_younger_than(const struct step *s, uint64_t ms)
{
	const struct plan_input *in = s->draft->in;
	uint64_t since = in->in_flight->ledger_since_wall_ms;
	return in->wall_ms < since || in->wall_ms - since < ms;
}

/* After a lost ledger, an unclear create of the one before may still be on its way. */
static int hold_young(const struct step *s, struct action *a)
{
	const struct observed_listing *o = &s->draft->in->observed->of[s->view->want->kind];
	if (!is_first_create(s->view) ||
	    !ledger_younger_than(s, s->draft->in->settings->poll.replay_window_ms))
		return 0;
	if (o->complete_listings >= 2 && o->listed_mono_ms > o->ids_since_mono_ms)
		return 0;
	return HOLD(s, a, HOLD_INCOMPLETE,
		    "the ledger is new: nothing is created until two complete listings agree");
}

/* What was paid for is listed with our mark before long, or is none of ours. */
static bool has_come_by_now(const struct step *s, const struct order *o)
{
	const struct plan_input *in = s->draft->in;
	return o->status == ORDER_PAID && o->settled_wall_ms != 0 &&
	       in->wall_ms > o->settled_wall_ms &&
	       in->wall_ms - o->settled_wall_ms > in->settings->poll.absent_after_ms;
}

static bool may_fund(const struct step *s, const struct order *o)
{
	const struct group_view *v = s->view;
	if (o->intent != 0 || !order_is_open(o) || has_come_by_now(s, o))
		return false;
	if (!word_fits(v->want->region, o->region))
		return false;
	return !*o->group || strcmp(o->group, v->name) == 0;
}

static void look_at_unknown(const struct step *s, struct buy_facts *f)
{
	const struct world *w = s->world;
	for (size_t i = 0; s->view->want->charge == CHARGE_PREPAID && i < w->orders.n; i++)
		if (may_fund(s, w->orders.items[i]))
			names_add(&f->unknown, w->orders.items[i]->id);
	(void)names_text(&f->unknown);
}

static int hold_unknown_orders(const struct step *s, const struct buy_facts *f, struct action *a)
{
	if (f->unknown.n == 0)
		return 0;
	return HOLD(s, a, HOLD_UNKNOWN_ORDERS,
		    "open orders that this ledger did not make may be this group's: %s; if they "
		    "are not: drover approve %s",
		    strbuf_text(&f->unknown.text), a->hash);
}

static int hold_orders(const struct step *s, const struct buy_facts *facts, struct action *a)
{
	const struct in_flight *f = s->draft->in->in_flight;
	if (s->view->want->charge != CHARGE_PREPAID)
		return 0;
	int r = hold_unknown_orders(s, facts, a);
	if (r < 0 || !ledger_younger_than(s, s->draft->in->settings->poll.young_ledger_ms))
		return r;
	if (f->orders_look == ORDERS_NOT_LOOKED)
		return HOLD(s, a, HOLD_INCOMPLETE,
			    "the ledger is young: first the account's unpaid orders are looked at");
	if (f->orders_look == ORDERS_REFUSED)
		return HOLD(s, a, HOLD_UNKNOWN_ORDERS,
			    "the ledger is young and the account's orders may not be read; if no "
			    "order for this group is unpaid: drover approve %s",
			    a->hash);
	return 0;
}

static bool is_alike(const struct desired_group *want, const struct observed_group *g)
{
	return g->kind == want->kind && word_fits(want->region, g->region) &&
	       word_fits(want->spec, g->spec) && word_fits(want->image, g->image);
}

/* Made by the call, it cannot be older, as far as two clocks agree (reliability 4.1). */
#define CLOCK_SKEW_MS (5 * MINUTE_MS)

static bool may_be_of(const struct group_view *v, const struct intent *i,
		      const struct cloud_view *c)
{
	const struct observed_group *g = c->seen;
	return g && c->belonging == BELONG_NONE && g->kind == i->kind &&
	       g->status != GROUP_DELETED && i->first_sent_wall_ms != 0 &&
	       g->created_ms + CLOCK_SKEW_MS >= i->first_sent_wall_ms &&
	       (!v->want || is_alike(v->want, g));
}

/* The first create without a clear answer that may have made @c; NULL: none. */
static const struct intent *possible_maker(const struct world *w, const struct cloud_view *c)
{
	for (size_t k = 0; k < w->intents.n; k++) {
		const struct intent *i = w->intents.items[k];
		if (i->verb == VERB_CREATE && intent_is_open(i) &&
		    may_be_of(world_find(w, i->group), i, c))
			return i;
	}
	return NULL;
}

static bool is_brownfield(const struct desired_group *want, const struct cloud_view *c)
{
	const struct observed_group *g = c->seen;
	const char *fleet;
	if (!g || c->belonging != BELONG_NONE || g->status == GROUP_DELETED ||
	    g->status == GROUP_DELETING || tags_get(g->tags, MARK_FLEET, &fleet) >= 0)
		return false;
	return is_alike(want, g);
}

bool cloud_is_stranger(const struct world *w, const struct desired_group *want,
		       const struct cloud_view *c)
{
	return is_brownfield(want, c) && !possible_maker(w, c);
}

/* What a call without a clear answer may have made is nobody's to give away before that call is
 * answered. */
static int hold_unclaimed(const struct step *s, const struct buy_facts *f, struct action *a)
{
	const struct intent *maker = f->maker;
	if (!maker)
		return 0;
	if (maker->state != INTENT_HELD)
		return HOLD(s, a, HOLD_IN_FLIGHT,
			    "%s may be what intent %" PRId64
			    " of group %.64s made, which has no clear answer yet",
			    strbuf_text(&f->unclaimed.text), maker->id, maker->group);
	return HOLD(s, a, HOLD_AMBIGUOUS,
		    "%s may be what intent %" PRId64 " of group %.64s made, a %s without a "
		    "clear answer: answer that first with drover intents adopt|abandon; or "
		    "let this create go ahead all the same: drover approve %s",
		    strbuf_text(&f->unclaimed.text), maker->id, maker->group,
		    verb_name(maker->verb), a->hash);
}

static int hold_brownfield(const struct step *s, const struct buy_facts *f, struct action *a)
{
	if (f->strangers.n == 0)
		return 0;
	return HOLD(s, a, HOLD_BROWNFIELD,
		    "unmarked groups of the same region, spec and image exist: %s; take them in "
		    "with adopt: [...], or leave them alone with: drover approve %s",
		    strbuf_text(&f->strangers.text), a->hash);
}

static void look_at_unmarked(const struct step *s, struct buy_facts *f)
{
	for (size_t k = 0; is_first_create(s->view) && k < s->world->clouds.n; k++) {
		const struct cloud_view *c = s->world->clouds.items[k];
		if (!is_brownfield(s->view->want, c))
			continue;
		const struct intent *maker = possible_maker(s->world, c);
		names_add(maker ? &f->unclaimed : &f->strangers, c->id);
		f->maker = f->maker ? f->maker : maker;
	}
	(void)names_text(&f->unclaimed);
	(void)names_text(&f->strangers);
}

/* Also what no listing shows yet: an order to be paid, a call without a clear answer. */
static bool stands_in(const struct group_view *v, const struct desired_group *want)
{
	for (size_t k = 0; k < v->clouds.n; k++) {
		const struct observed_group *g = v->clouds.items[k]->seen;
		if (!g && v->kind == want->kind && v->clouds.items[k]->committed > 0)
			return true;
		if (g && g->kind == want->kind && word_fits(want->region, g->region) &&
		    g->status != GROUP_DELETED)
			return true;
	}
	return false;
}

/* What renamed_from: knows of would belong to the group, and this were not its first create: the
 * name is nobody's, or that of a group which has nothing. */
static int hold_misnamed(const struct step *s, struct names *left, struct action *a)
{
	return HOLD(s, a, HOLD_RENAME,
		    "renamed_from: %.64s names nothing that drover has, but no longer in the file and "
		    "still standing: %s; if one of them is meant correct renamed_from, if none is: "
		    "drover approve %s",
		    s->view->want->renamed_from, names_text(left), a->hash);
}

static int hold_unnamed(const struct step *s, const char *left, struct action *a)
{
	return HOLD(s, a, HOLD_RENAME,
		    "group %.64s is no longer in the file but still stands; if this is its new "
		    "name write renamed_from: %.64s, if not: drover approve %s",
		    left, left, a->hash);
}

static int hold_rename(const struct step *s, struct action *a)
{
	struct names names = {.text = STRBUF_INIT(NAMES_MAX)};
	const char *first = NULL;
	for (size_t i = 0; i < s->world->groups.n; i++) {
		const struct group_view *v = s->world->groups.items[i];
		if (v->want || !stands_in(v, s->view->want))
			continue;
		names_add(&names, v->name);
		first = first ? first : v->name;
	}
	int r = 0;
	if (first)
		r = s->view->want->renamed_from ? hold_misnamed(s, &names, a)
						: hold_unnamed(s, first, a);
	return names_fini(&names, r);
}

void say_candidates(const struct world *w, const struct group_view *v, const struct intent *i,
		    struct strbuf *out)
{
	struct names names = {.text = STRBUF_INIT(NAMES_MAX)};
	for (size_t k = 0; i->verb == VERB_CREATE && k < w->clouds.n; k++)
		if (may_be_of(v, i, w->clouds.items[k]))
			names_add(&names, w->clouds.items[k]->id);
	if (names.n > 0) {
		(void)names_text(&names);
		strbuf_add(out, " (may be ");
		strbuf_add_buf(out, &names.text);
		strbuf_add(out, ")");
	}
	strbuf_fini(&names.text);
}

static void look_at_held(const struct step *s, struct buy_facts *f)
{
	for (size_t i = 0; i < s->view->intents.n && !f->held; i++)
		if (s->view->intents.items[i]->state == INTENT_HELD && s->view->intents.items[i]->buys)
			f->held = s->view->intents.items[i];
	if (f->held)
		say_candidates(s->world, s->view, f->held, &f->may_be);
}

static int hold_ambiguous(const struct step *s, const struct buy_facts *f, struct action *a)
{
	if (!f->held)
		return 0;
	return HOLD(s, a, HOLD_AMBIGUOUS,
		    "whether intent %" PRId64 " (%s of %" PRId64
		    ") had an effect cannot be told%s; "
		    "answer it with: drover intents adopt|abandon, or drover approve %s",
		    f->held->id, verb_name(f->held->verb), f->held->count, strbuf_text(&f->may_be),
		    a->hash);
}

static void count_buys(const struct step *s, struct buy_facts *ret)
{
	const struct in_flight *f = s->draft->in->in_flight;
	for (size_t i = 0; i < f->n_intents; i++) {
		if (f->intents[i]->kind != s->view->kind || !f->intents[i]->buys)
			continue;
		ret->n_unclear += f->intents[i]->state == INTENT_UNCLEAR;
		ret->n_held += f->intents[i]->state == INTENT_HELD;
	}
}

/* Something is wrong with the way to the service, and each try may cost (reliability 4.1). */
int hold_unclear_many(const struct step *s, const struct buy_facts *f, struct action *a)
{
	int64_t unclear = f->n_unclear, held = f->n_held;
	if (unclear + held <= UNCLEAR_MAX)
		return 0;
	const char *kind = kind_name(s->view->kind);
	if (unclear > 0)
		return HOLD(s, a, HOLD_IN_FLIGHT,
			    "%" PRId64 " buys of kind %s have no clear answer: no further ones "
			    "until they are settled",
			    unclear + held, kind);
	return HOLD(s, a, HOLD_AMBIGUOUS,
		    "%" PRId64 " buys of kind %s have no clear answer; answer them with: drover "
		    "intents adopt|abandon, or drover approve %s",
		    held, kind, a->hash);
}

static void look_at_cancelled(const struct step *s, struct buy_facts *f)
{
	const struct desired_group *want = s->view->want;
	for (size_t i = 0; i < s->view->orders.n && !want->reorder_after_cancel; i++) {
		const struct order *o = s->view->orders.items[i];
		/* How the group was then is not known (0): no edit is known either. */
		if (!f->cancelled && o->status == ORDER_CANCELLED &&
		    (o->fingerprint == 0 || o->fingerprint == want->fingerprint))
			f->cancelled = o;
	}
}

static int hold_cancelled(const struct step *s, const struct buy_facts *f, struct action *a)
{
	if (!f->cancelled)
		return 0;
	return HOLD(s, a, HOLD_CANCELLED_ORDER,
		    "order %.64s was cancelled; to order again edit the group, set reorder: "
		    "after_cancel, or: drover approve %s",
		    f->cancelled->id, a->hash);
}

static int hold_vanished(const struct step *s, struct action *a)
{
	if (s->view->vanished == 0)
		return 0;
	return HOLD(s, a, HOLD_VANISHED,
		    "%" PRId64
		    " paid instances vanished before their time; to replace them: drover "
		    "approve %s",
		    s->view->vanished, a->hash);
}

bool view_is_refused_for_good(const struct group_view *v)
{
	const struct prospects *p = v->prospects;
	return p && p->refused_for_good && p->refused_fingerprint == v->want->fingerprint;
}

static int hold_prospects(const struct step *s, struct action *a)
{
	const struct prospects *p = s->view->prospects;
	if (!p)
		return 0;
	if (view_is_refused_for_good(s->view))
		return HOLD(s, a, HOLD_BACKOFF, "refused: %.500s; only an edit of the group helps",
			    p->last_refusal);
	if (p->image == CHECK_ASKED || p->spec == CHECK_ASKED || p->stock == CHECK_ASKED)
		return HOLD(s, a, HOLD_STOCK, "its image, spec and price are being asked about");
	bool bad = p->image == CHECK_BAD || p->spec == CHECK_BAD ||
		   (p->stock == CHECK_BAD && !p->spec_to_use);
	if (bad)
		return HOLD(s, a, HOLD_STOCK, "%.500s",
			    p->check_text && *p->check_text ? p->check_text : "not available now");
	if (p->not_before_mono_ms <= s->draft->in->mono_ms)
		return 0;
	return HOLD(s, a, HOLD_BACKOFF, "refused lately (%.500s): next try in %llu s",
		    p->last_refusal, whole_seconds(p->not_before_mono_ms - s->draft->in->mono_ms));
}

/* NotApplicable never sends a purchase to the other site by itself (bssopenapi 2). */
static int hold_site(const struct step *s, struct action *a)
{
	const struct plan_input *in = s->draft->in;
	if (!s->rules->pays_itself || !in->other_site)
		return 0;
	return HOLD(s, a, HOLD_SITE,
		    "the account belongs to the other site: set site: %s in drover.yaml",
		    in->settings->site == SITE_CHINA ? "international" : "china");
}

int buy_facts_find(const struct step *s, struct buy_facts **ret)
{
	struct buy_facts *f = *ret = calloc(1, sizeof(*f));
	if (!f)
		return -ENOMEM;
	struct strbuf *const texts[] = {&f->unknown.text, &f->strangers.text, &f->unclaimed.text,
					&f->may_be};
	int r = 0;
	for (size_t k = 0; k < ARRAY_SIZE(texts); k++)
		strbuf_init(texts[k], NAMES_MAX);
	look_at_unknown(s, f);
	look_at_unmarked(s, f);
	look_at_held(s, f);
	look_at_cancelled(s, f);
	count_buys(s, f);
	for (size_t k = 0; k < ARRAY_SIZE(texts) && r == 0; k++)
		r = strbuf_error(texts[k]);
	return r;
}

void buy_facts_free(struct buy_facts *f)
{
	if (!f)
		return;
	strbuf_fini(&f->unknown.text);
	strbuf_fini(&f->strangers.text);
	strbuf_fini(&f->unclaimed.text);
	strbuf_fini(&f->may_be);
	free(f);
}

int hold_buy(const struct step *s, const struct buy_facts *f, struct action *a)
{
	int r;
	if ((r = hold_unobserved(s, a)) < 0 || (r = hold_unproven(s, a)) < 0 ||
	    (r = hold_site(s, a)) < 0 || (r = hold_young(s, a)) < 0)
		return r;
	if (view_is_refused_for_good(s->view)) /* an approval would let nothing through: it is not asked for */
		return hold_prospects(s, a);
	if ((r = hold_orders(s, f, a)) < 0 || (r = hold_ambiguous(s, f, a)) < 0 ||
	    (r = hold_cancelled(s, f, a)) < 0 || (r = hold_vanished(s, a)) < 0 ||
	    (r = hold_prospects(s, a)) < 0)
		return r;
	if (!is_first_create(s->view))
		return 0;
	if ((r = hold_unclaimed(s, f, a)) < 0 || (r = hold_brownfield(s, f, a)) < 0)
		return r;
	return hold_rename(s, a);
}

int hold_upkeep_backoff(const struct step *s, struct action *a)
{
	const struct prospects *p = s->view->prospects;
	if (!p || p->upkeep_not_before_mono_ms <= s->draft->in->mono_ms)
		return 0;
	return HOLD(s, a, HOLD_BACKOFF, "refused lately (%.500s): next try in %llu s",
		    p->last_refusal,
		    whole_seconds(p->upkeep_not_before_mono_ms - s->draft->in->mono_ms));
}
