/* How every group stands, in numbers, one word and one sentence. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/strbuf.h"
#include "base/timefmt.h"
#include "plan/overdue.h"
#include "plan/steps.h"

#define REASON_MAX 4096

struct facts {
	const struct action *person; /* the first action that waits on a person */
	const struct action *next;   /* the first that acts or will by itself */
	const struct intent *unclear_held;
	bool moving; /* something changes without a person */
	bool refused;
	bool unpaid;
	const char *stuck; /* what has waited for too long; NULL */
	int64_t stuck_intent; /* the call that named what never came; 0: none, or another wait */
	const struct intent *unnamed; /* ... so that a person should say what it made */
	int64_t drifted;
	int64_t ending[ENDING_MAX_];
	uint64_t first_end_ms;             /* of what has not ended yet */
	const struct cloud_view *unusable; /* for which its kind has words */
	const struct cloud_view *drifter;  /* the first that has drifted */
};

static bool is_long_ago(const struct world *w, uint64_t wall_ms)
{
	return wall_ms != 0 && w->in->wall_ms > wall_ms &&
	       w->in->wall_ms - wall_ms > w->in->settings->poll.stuck_after_ms;
}

/* --- facts -------------------------------------------------------------- */

/* Refused by the cloud, or sure to be: its image or spec is not to be had. */
static bool is_refused(const struct group_view *v)
{
	const struct prospects *p = v->prospects;
	return view_is_refused_for_good(v) || (p && (p->image == CHECK_BAD || p->spec == CHECK_BAD));
}

static const char *refusal_of(const struct group_view *v)
{
	const struct prospects *p = v->prospects;
	const char *text = p->refused_for_good ? p->last_refusal : p->check_text;
	return text ? text : "";
}

static void look_at_action(const struct group_view *v, const struct action *a, struct facts *f)
{
	if (hold_needs_person(a->hold) || a->hold == HOLD_OBSERVE) {
		f->person = f->person ? f->person : a;
		return;
	}
	if (verb_buys(a->verb) && is_refused(v)) {
		f->refused = true;
		return;
	}
	f->moving = true;
	if (!f->next || (f->next->hold != HOLD_NONE && a->hold == HOLD_NONE))
		f->next = a;
}

static void look_at_actions(const struct group_view *v, const struct plan *plan, struct facts *f)
{
	for (size_t i = 0; i < plan->n_actions; i++)
		if (strcmp(plan->actions[i].group, v->name) == 0)
			look_at_action(v, &plan->actions[i], f);
}

static void look_at_intents(const struct world *w, const struct group_view *v, struct facts *f)
{
	for (size_t i = 0; i < v->intents.n; i++) {
		const struct intent *intent = v->intents.items[i];
		if (intent->state == INTENT_HELD) {
			f->unclear_held = intent;
			continue;
		}
		if (!intent_is_open(intent))
			continue;
		f->moving = true;
		if (is_long_ago(w, intent->created_wall_ms))
			f->stuck = "a call is still without a clear answer";
	}
}

/* @intent named it, or paid for it, @since; 0: nothing that a person could give up. */
static void look_at_unlisted(const struct world *w, const char *what, int64_t intent, uint64_t since,
			     struct facts *f)
{
	if (!is_long_ago(w, since) || (intent != 0 && !call_is_overdue(w->in, intent)))
		return;
	f->stuck = what;
	f->stuck_intent = intent;
}

static void look_at_members(const struct world *w, const struct cloud_view *c, struct facts *f)
{
	for (size_t i = 0; i < c->n_members; i++) {
		const struct member *m = &c->members[i];
		if (instance_is_transient(m->seen->status) || (m->leaving && member_committed(m)))
			f->moving = true;
		if (m->seen->status == INSTANCE_CREATING && m->row &&
		    is_long_ago(w, m->row->first_wall_ms))
			f->stuck = "instances stay in CREATING";
	}
}

static void look_at_rows(const struct world *w, const struct cloud_view *c, struct facts *f)
{
	for (size_t i = 0; i < c->absent.n && c->unpaid == 0; i++)
		if (c->absent.items[i]->state == RESOURCE_EXPECTED && c->unseen > 0)
			look_at_unlisted(w, "instances that the cloud named have never been listed",
					 c->absent.items[i]->intent,
					 c->absent.items[i]->first_wall_ms, f);
	look_at_members(w, c, f);
}

/* Where there are no instances to look at, the cloud group's own row and state tell. */
static void look_at_own_row(const struct world *w, const struct cloud_view *c, struct facts *f)
{
	if (cloud_has_members(c) || !c->row || c->unpaid > 0)
		return;
	if (!c->seen && c->unseen > 0 && c->row->state == RESOURCE_EXPECTED)
		look_at_unlisted(w, "what the cloud named has never been listed", c->row->intent,
				 c->row->first_wall_ms, f);
	if (c->seen && c->seen->status == GROUP_CREATING && is_long_ago(w, c->row->first_wall_ms))
		f->stuck = "it is being created still";
}

/* Its order may not be read, or names nothing. */
static void look_at_unnamed(const struct world *w, const struct cloud_view *c, struct facts *f)
{
	if (c->seen || c->unpaid > 0 || !c->create || !intent_is_unnamed(c->create) ||
	    !*c->create->order_id || !call_is_overdue(w->in, c->create->id))
		return;
	f->unnamed = c->create;
	f->stuck = "nothing says what was bought";
}

/* What a buy was answered with stands for instances until they are listed; where it went before that,
 * a person says so. */
static void look_at_gone(const struct world *w, const struct intent *i, struct facts *f)
{
	if (i->state != INTENT_DONE || intent_is_unnamed(i) || !call_is_overdue(w->in, i->id))
		return;
	f->stuck = "what the cloud has agreed to is not listed any more";
	f->stuck_intent = i->id;
}

static void look_at_buys_without_group(const struct world *w, const struct cloud_view *c,
				       struct facts *f)
{
	if (c->seen || c->unpaid > 0 || f->stuck_intent != 0)
		return;
	if (c->create)
		look_at_gone(w, c->create, f);
	for (size_t i = 0; i < c->grows.n; i++)
		look_at_gone(w, c->grows.items[i], f);
}

static void look_at_shortage(const struct world *w, const struct cloud_view *c,
			     const struct intent *i, struct facts *f)
{
	if (i->state != INTENT_DONE || !call_came_short(i, c->seen) || !call_is_overdue(w->in, i->id))
		return;
	f->stuck = "the cloud has agreed to more nodes than there are";
	f->stuck_intent = i->id;
}

static void look_at_number(const struct world *w, const struct cloud_view *c, struct facts *f)
{
	if (!c->seen || c->unpaid > 0)
		return;
	if (c->create)
		look_at_shortage(w, c, c->create, f);
	for (size_t i = 0; i < c->grows.n; i++)
		look_at_shortage(w, c, c->grows.items[i], f);
}

/* An end that is near is near by every wider measure, too. */
static void count_ending(const struct cloud_view *c, uint64_t left_ms, struct facts *f)
{
	static const uint64_t days[] = {
		[ENDING_IN_7_DAYS] = 7, [ENDING_IN_3_DAYS] = 3, [ENDING_IN_1_DAY] = 1};
	for (size_t k = 0; k < ARRAY_SIZE(days); k++)
		if (left_ms <= days[k] * DAY_MS)
			f->ending[k] += c->committed;
}

static void look_at_end(const struct world *w, const struct cloud_view *c, struct facts *f)
{
	uint64_t end = c->seen->expires_ms;
	if (cloud_is_expired(w, c)) {
		f->ending[ENDING_OVER] += c->committed;
	} else if (end > w->in->wall_ms) {
		count_ending(c, end - w->in->wall_ms, f);
		if (!f->first_end_ms || end < f->first_end_ms)
			f->first_end_ms = end;
	}
}

static void look_at_cloud(const struct world *w, const struct group_view *v,
			  const struct cloud_view *c, struct facts *f)
{
	const struct observed_group *g = c->seen;
	bool moves = c->committed - c->listed > c->unpaid || (c->unlanded && c->unpaid == 0);
	if (moves && !c->held)
		f->moving = true;
	if (!g || g->status == GROUP_DELETED)
		return;
	if (c->leaving || g->status == GROUP_UPDATING ||
	    (g->status == GROUP_CREATING && !c->unpaid))
		f->moving = true;
	look_at_end(w, c, f);
	if (!f->unusable && c->rules->say_status && *c->rules->say_status(g))
		f->unusable = c;
	if (c->rules->drift(v, c) == 0)
		return;
	f->drifted += c->committed;
	f->drifter = f->drifter ? f->drifter : c;
}

static void look_at_orders(const struct world *w, const struct group_view *v, struct facts *f)
{
	for (size_t i = 0; i < v->orders.n; i++) {
		const struct order *o = v->orders.items[i];
		if (o->status == ORDER_UNPAID)
			f->unpaid = true;
		if (o->status != ORDER_PAID)
			continue;
		f->moving = true;
		look_at_unlisted(w, "what a paid order bought has not been listed", o->intent,
				 o->settled_wall_ms, f);
	}
}

static void look(const struct world *w, const struct group_view *v, const struct plan *plan,
		 struct facts *f)
{
	*f = (struct facts){0};
	look_at_actions(v, plan, f);
	look_at_intents(w, v, f);
	look_at_orders(w, v, f);
	for (size_t k = 0; k < v->clouds.n; k++) {
		look_at_cloud(w, v, v->clouds.items[k], f);
		look_at_rows(w, v->clouds.items[k], f);
		look_at_own_row(w, v->clouds.items[k], f);
		look_at_unnamed(w, v->clouds.items[k], f);
		look_at_number(w, v->clouds.items[k], f);
		look_at_buys_without_group(w, v->clouds.items[k], f);
	}
	f->unpaid = f->unpaid || v->awaiting > 0;
}

/* --- numbers ------------------------------------------------------------ */

/* No call makes it leave before its end. */
static bool stays(const struct cloud_view *c)
{
	return c->seen && !(c->rules->sheds && c->seen->charge == CHARGE_POSTPAID);
}

static void count_surplus(const struct world *w, const struct group_view *v, struct group_report *r)
{
	int64_t prepaid = 0, movable = 0;
	int64_t over = v->present - v->going - v->want->count;
	int64_t surplus = v->committed - v->going - v->want->count;
	r->surplus = surplus > 0 ? surplus : 0;
	for (size_t k = 0; k < v->clouds.n; k++) {
		const struct cloud_view *c = v->clouds.items[k];
		if (!stays(c)) {
			movable += c->present - c->going;
			continue;
		}
		prepaid += c->present - c->going;
		if (c->seen->expires_ms > w->in->wall_ms &&
		    (!r->retained_until_ms || c->seen->expires_ms < r->retained_until_ms))
			r->retained_until_ms = c->seen->expires_ms;
	}
	int64_t stays = over - movable;
	r->retained = stays <= 0 ? 0 : stays < prepaid ? stays : prepaid;
	if (r->retained == 0)
		r->retained_until_ms = 0;
}

static void count(const struct world *w, const struct group_view *v, struct group_report *r)
{
	r->desired = v->want ? v->want->count : 0;
	r->running = v->running;
	r->failed = v->failed;
	r->committed = v->committed;
	r->awaiting_payment = v->awaiting;
	int64_t pending = v->committed - v->running - v->failed - v->awaiting;
	r->pending = pending > 0 ? pending : 0;
	if (v->want)
		count_surplus(w, v, r);
}

/* --- condition ---------------------------------------------------------- */

static bool is_unlisted(const struct group_view *v)
{
	for (size_t k = 0; k < v->clouds.n; k++) {
		const struct observed_group *g = v->clouds.items[k]->seen;
		if (g && g->listed_mono_ms == 0 && g->available != 0 && g->status != GROUP_DELETED)
			return true;
	}
	return false;
}

static enum condition judge(const struct world *w, const struct group_view *v,
			    const struct facts *f)
{
	const struct sight *sight = world_sight(w, v->kind);
	if (!sight->listed || sight->empty_lie || is_unlisted(v) || !view_is_covered(w, v))
		return CONDITION_UNKNOWN;
	if (f->stuck)
		return CONDITION_STUCK;
	if (f->person || f->unclear_held || f->refused)
		return CONDITION_HELD;
	if (f->moving)
		return CONDITION_PROGRESSING;
	if (f->unpaid)
		return CONDITION_AWAITING_PAYMENT;
	return v->running < v->want->count ? CONDITION_DEGRADED : CONDITION_CONVERGED;
}

static bool is_paused(const struct world *w, const char *group)
{
	const struct in_flight *f = w->in->in_flight;
	for (size_t i = 0; i < f->n_paused; i++)
		if (!*f->paused[i].group || strcmp(f->paused[i].group, group) == 0)
			return true;
	return false;
}

static void conclude(const struct world *w, const struct group_view *v, const struct facts *f,
		     struct group_report *r)
{
	enum condition c = judge(w, v, f);
	/* Without a person nothing here moves: pay, answer, approve, repair. */
	r->waits_on_person = !f->moving && !(f->refused && !f->person && !f->unclear_held) &&
			     c != CONDITION_CONVERGED && c != CONDITION_UNKNOWN &&
			     c != CONDITION_STUCK;
	r->refused = f->refused && !f->moving && !f->person && !f->unclear_held && !f->unpaid;
	r->condition = is_paused(w, v->name) ? CONDITION_PAUSED : c;
}

/* --- the sentence ------------------------------------------------------- */

static void say_unknown(const struct world *w, const struct group_view *v, struct strbuf *s)
{
	const struct sight *sight = world_sight(w, v->kind);
	if (sight->empty_lie)
		strbuf_addf(s, EMPTY_LISTING, sight->missing, sight->empty_hash);
	else if (sight->listed && !view_is_covered(w, v))
		strbuf_add(s, PRODUCT_UNLISTED);
	else
		strbuf_add(s, sight->listed ? "its instances have not been listed yet"
					    : "no complete listing yet");
}

static void say_undecided(const struct world *w, const struct group_view *v, const struct intent *i,
			  struct strbuf *s)
{
	strbuf_addf(s, "intent %" PRId64 " (%s of %" PRId64 ") cannot be decided without a person",
		    i->id, verb_name(i->verb), i->count);
	say_candidates(w, v, i, s);
	strbuf_add(s, ": drover intents");
}

static void say_held(const struct world *w, const struct facts *f, const struct group_view *v,
		     struct strbuf *s)
{
	if (f->person)
		strbuf_addf(s, "%s of %" PRId64 " is held: %s", verb_name(f->person->verb),
			    f->person->count, f->person->hold_text);
	else if (f->unclear_held)
		say_undecided(w, v, f->unclear_held, s);
	else
		strbuf_addf(s, "refused: %.500s; only an edit of the group helps", refusal_of(v));
}

static void say_progress(const struct facts *f, const struct group_report *r, struct strbuf *s)
{
	strbuf_addf(s, "%" PRId64 " of %" PRId64 " run", r->running, r->desired);
	if (!f->next)
		return;
	strbuf_addf(s, "; next: %s of %" PRId64, verb_name(f->next->verb), f->next->count);
	if (*f->next->hold_text)
		strbuf_addf(s, " (%s)", f->next->hold_text);
}

static void say_paid(const struct group_view *v, const struct group_report *r, struct strbuf *s)
{
	size_t n = 0;
	for (size_t i = 0; i < v->orders.n; i++)
		if (v->orders.items[i]->status == ORDER_UNPAID)
			strbuf_addf(s, "%s%.64s", n++ ? ", " : "order ", v->orders.items[i]->id);
	strbuf_addf(s, "%s to be paid for %" PRId64 " instances", n ? "" : "an order is",
		    r->awaiting_payment);
}

static void say_stuck(const struct facts *f, const struct group_report *r, struct strbuf *s)
{
	strbuf_addf(s, "%" PRId64 " of %" PRId64 " run; waited for too long: %s", r->running,
		    r->desired, f->stuck);
	if (f->unnamed)
		strbuf_addf(s,
			    " by order %.64s; when you know it: drover intents adopt %" PRId64
			    " ID; when it came of another call, or never will: drover intents "
			    "abandon %" PRId64,
			    f->unnamed->order_id, f->unnamed->id, f->unnamed->id);
	else if (f->stuck_intent != 0)
		strbuf_addf(s,
			    "; if it never comes, so that it may be made anew: drover intents "
			    "abandon %" PRId64,
			    f->stuck_intent);
}

static void say(const struct world *w, const struct group_view *v, const struct facts *f,
		const struct group_report *r, struct strbuf *s)
{
	switch (r->condition) { /* GCOVR_EXCL_BR_LINE: every value of the enum is named */
	case CONDITION_UNKNOWN:
		say_unknown(w, v, s);
		break;
	case CONDITION_STUCK:
		say_stuck(f, r, s);
		break;
	case CONDITION_HELD:
		say_held(w, f, v, s);
		break;
	case CONDITION_PROGRESSING:
		say_progress(f, r, s);
		break;
	case CONDITION_AWAITING_PAYMENT:
		say_paid(v, r, s);
		break;
	case CONDITION_DEGRADED:
		strbuf_addf(s,
			    "%" PRId64 " of %" PRId64 " run, %" PRId64
			    " are failed, and nothing will heal the rest by itself",
			    r->running, r->desired, r->failed);
		break;
	case CONDITION_PAUSED:
		strbuf_addf(s, "paused; %" PRId64 " of %" PRId64 " run", r->running, r->desired);
		break;
	case CONDITION_CONVERGED:
	case CONDITION_UNMANAGED:
	case CONDITION_MAX_:
		strbuf_addf(s, "%" PRId64 " of %" PRId64 " run", r->running, r->desired);
		break;
	}
}

static void say_until(struct strbuf *s, uint64_t wall_ms)
{
	char date[TIMEFMT_SIZE];
	if (wall_ms == 0)
		return;
	timefmt_iso(wall_ms, date);
	strbuf_addf(s, " until %s", date);
}

static void note_drift(const struct group_view *v, const struct facts *f, struct strbuf *s)
{
	strbuf_addf(s, "; %" PRId64 " have another ", f->drifted);
	if (!v->rules->say_drift) {
		strbuf_add(s, "spec or image than the file");
		return;
	}
	auto_strbuf struct strbuf in = STRBUF_INIT(REASON_MAX);
	v->rules->say_drift(v, f->drifter, &in);
	strbuf_add_buf(s, &in);
}

static void note_state(const struct group_view *v, const struct facts *f, struct strbuf *s)
{
	if (v->elastic > 0)
		strbuf_addf(s, "; %" PRId64 " more are elastic: scaling added them", v->elastic);
	if (f->unusable)
		strbuf_addf(s, "; %s is %s: %s", f->unusable->id, f->unusable->seen->status_text,
			    v->rules->say_status(f->unusable->seen));
}

static void add_notes(const struct group_view *v, const struct facts *f,
		      const struct group_report *r, struct strbuf *s)
{
	if (r->retained > 0) {
		strbuf_addf(s, "; %" PRId64 " are paid for and retained", r->retained);
		say_until(s, r->retained_until_ms);
	}
	if (r->surplus > 0 && *v->rules->surplus_note)
		strbuf_addf(s, "; %s", v->rules->surplus_note);
	note_state(v, f, s);
	if (f->ending[ENDING_OVER] > 0)
		strbuf_addf(s, "; %" PRId64 " have expired: renew or release them",
			    f->ending[ENDING_OVER]);
	if (f->drifted > 0)
		note_drift(v, f, s);
	if (v->unproven)
		strbuf_add(s, "; some carry this fleet's mark but are not in the ledger");
	if (v->vanished > 0)
		strbuf_addf(s, "; %" PRId64 " paid instances have vanished", v->vanished);
	if (view_is_too_sick(v) && v->want->heal != HEAL_NONE)
		strbuf_addf(s, "; healing stops while more than a fifth is unwell (%" PRId64 ")",
			    v->failed);
}

/* --- reports ------------------------------------------------------------ */

static int fill(struct group_report *r, const struct group_view *v, enum kind kind,
		const char *region, struct strbuf *reason)
{
	r->kind = kind;
	r->name = strdup(v->name);
	r->region = strdup(region);
	r->reason = strbuf_take(reason);
	int e = price_text(v->prospects, 1, &r->price);
	return r->name && r->region && r->reason ? e : -ENOMEM;
}

static void tell_end(const struct facts *f, struct group_report *r)
{
	r->expires_ms = f->first_end_ms;
	memcpy(r->ending, f->ending, sizeof(r->ending));
}

static int report_desired(const struct world *w, const struct group_view *v,
			  const struct plan *plan, struct group_report *r)
{
	auto_strbuf struct strbuf reason = STRBUF_INIT(REASON_MAX);
	struct facts f;
	look(w, v, plan, &f);
	count(w, v, r);
	tell_end(&f, r);
	r->drifted = f.drifted;
	conclude(w, v, &f, r);
	say(w, v, &f, r, &reason);
	add_notes(v, &f, r, &reason);
	return fill(r, v, v->want->kind, v->want->region, &reason);
}

static int report_unmanaged(const struct world *w, const struct group_view *v,
			    const struct plan *plan, struct group_report *r)
{
	auto_strbuf struct strbuf reason = STRBUF_INIT(REASON_MAX);
	const struct observed_group *g = NULL;
	for (size_t k = 0; k < v->clouds.n && !g; k++)
		g = v->clouds.items[k]->seen;
	struct facts f;
	look(w, v, plan, &f);
	count(w, v, r);
	tell_end(&f, r);
	r->condition = CONDITION_UNMANAGED;
	strbuf_addf(&reason, "no longer in the file, but %" PRId64 " instances go on",
		    v->committed);
	say_until(&reason, r->expires_ms);
	strbuf_addf(
		&reason,
		"; take it back by its name, or remove it with count: 0 or drover release %.64s",
		v->name);
	return fill(r, v, v->kind, g ? g->region : "", &reason);
}

static void free_reports(struct group_report *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(items[i].name);
		free(items[i].region);
		free(items[i].reason);
		free(items[i].price);
	}
	free(items);
}

int report_groups(const struct world *w, struct plan *plan)
{
	struct group_report *items = calloc(w->groups.n ? w->groups.n : 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	size_t n = 0;
	int r = 0;
	for (size_t i = 0; i < w->groups.n && r == 0; i++) {
		const struct group_view *v = w->groups.items[i];
		if (v->want)
			r = report_desired(w, v, plan, &items[n++]);
		else if (v->committed > 0)
			r = report_unmanaged(w, v, plan, &items[n++]);
	}
	if (r < 0) {
		free_reports(items, n);
		return r;
	}
	free_reports(plan->groups, plan->n_groups);
	plan->groups = items;
	plan->n_groups = n;
	return 0;
}
