#include "act/prospects.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "base/vec.h"
#include "cloud/operations.h"

#define ATTEMPTS_MS DAY_MS /* at most two creates without a token in that time */

struct entry {
	char *group;
	struct prospects p;
	char *refusal;    /* owns p.last_refusal */
	char *check_text; /* owns p.check_text */
	char *spec;       /* owns p.spec_to_use */
	char currency[MONEY_CURRENCY_SIZE]; /* of p.price_micro */
	unsigned refusals; /* buys in a row, for the back-off */
	unsigned upkeep_refusals;
	unsigned bad_checks;          /* in a row */
	uint64_t check_again_mono_ms; /* then the checks are forgotten; 0 = they stay */
	uint64_t absent_wall_ms[2];   /* the last creates without effect, the newest first */
};

struct prospect_book {
	struct env *env;
	int64_t pace_max;
	uint64_t base_ms, cap_ms, denied_min_ms, denied_max_ms;
	uint64_t balance_ms; /* how long the answer about the account's money holds */
	VEC(struct entry) entries;
	VEC(struct prospects) view;
};

void prospect_book_configure(struct prospect_book *b, const struct settings *settings)
{
	b->pace_max = settings->poll.pace_max;
	b->base_ms = settings->rates.backoff_base_ms;
	b->cap_ms = settings->rates.backoff_cap_ms;
	b->denied_min_ms = settings->rates.denied_min_ms;
	b->denied_max_ms = settings->rates.denied_max_ms;
	b->balance_ms = settings->poll.sweep_ms;
}

struct prospect_book *prospect_book_new(const struct settings *settings, struct env *env)
{
	struct prospect_book *b = calloc(1, sizeof(*b));
	if (!b)
		return NULL;
	b->env = env;
	prospect_book_configure(b, settings);
	return b;
}

struct prospect_book *prospect_book_free(struct prospect_book *b)
{
	if (!b)
		return NULL;
	vec_each(&b->entries, e) {
		free(e->group);
		free(e->refusal);
		free(e->check_text);
		free(e->spec);
	}
	vec_free(&b->entries);
	vec_free(&b->view);
	free(b);
	return NULL;
}

static struct entry *entry_of(struct prospect_book *b, const char *group)
{
	vec_each(&b->entries, e)
		if (strcmp(e->group, group) == 0)
			return e;
	char *name = strdup(group);
	struct entry *e = name ? vec_add(&b->entries) : NULL;
	if (!e) {
		free(name);
		return NULL;
	}
	e->group = name;
	e->p.pace = 1;
	return e;
}

/* min·2^n up to max, less a random part of up to a fifth: herds come apart. */
static uint64_t back_off(struct prospect_book *b, uint64_t min_ms, uint64_t max_ms, unsigned n)
{
	uint64_t wait = min_ms;
	while (n-- > 0 && wait < max_ms)
		wait *= 2;
	if (wait > max_ms)
		wait = max_ms;
	return wait - env_random_below(b->env, wait / 5 + 1);
}

static void forget_refusal(struct entry *e)
{
	free(e->refusal);
	e->refusal = NULL;
}

static void remember_refusal(struct entry *e, const struct intent *intent)
{
	forget_refusal(e);
	if (asprintf(&e->refusal, "%s%s%s", intent->code, *intent->message ? ": " : "",
		     intent->message) < 0)
		e->refusal = NULL;
}

static uint64_t next_try(struct prospect_book *b, uint64_t min_ms, uint64_t max_ms, unsigned *refusals)
{
	uint64_t at = env_mono_ms(b->env) + back_off(b, min_ms, max_ms, *refusals);
	*refusals += *refusals < 32;
	return at;
}

/* How long a refusal of this sort lasts: those that people or stock must mend last long. */
static bool lasts_long(enum outcome outcome)
{
	return outcome == OUTCOME_REJECTED || outcome == OUTCOME_NOT_FOUND || outcome == OUTCOME_STOCK ||
	       outcome == OUTCOME_PAYMENT || outcome == OUTCOME_QUOTA;
}

static void wait_after(struct prospect_book *b, enum outcome outcome, uint64_t *not_before,
		       unsigned *refusals)
{
	bool longer = lasts_long(outcome);
	*not_before = next_try(b, longer ? b->denied_min_ms : b->base_ms,
			       longer ? b->denied_max_ms : b->cap_ms, refusals);
}

static bool is_unclear(enum outcome outcome)
{
	return outcome == OUTCOME_UNCLEAR || outcome == OUTCOME_HOLD;
}

/* Deletes, tags, keys and power: their refusals do not slow down buying. */
static void upkeep_replied(struct prospect_book *b, struct entry *e, const struct intent *intent,
			   enum outcome outcome)
{
	if (outcome == OUTCOME_DONE) {
		e->upkeep_refusals = 0;
		e->p.upkeep_not_before_mono_ms = 0;
	} else if (!is_unclear(outcome)) {
		wait_after(b, outcome, &e->p.upkeep_not_before_mono_ms, &e->upkeep_refusals);
		remember_refusal(e, intent);
	}
}

static void forget_checks(struct entry *e)
{
	e->p.image = e->p.spec = e->p.stock = CHECK_UNKNOWN;
	e->p.balance_known = false;
	e->check_again_mono_ms = 0;
}

static void bought(struct prospect_book *b, struct entry *e, bool batch_done)
{
	if (e->p.balance_known) /* which is less by now */
		forget_checks(e);
	e->refusals = 0;
	e->p.not_before_mono_ms = 0;
	e->p.refused_for_good = false;
	forget_refusal(e);
	if (batch_done && e->p.pace < b->pace_max)
		e->p.pace *= 2; /* the view caps it */
}

/* A grow names a cloud group: when that is gone, the next listing and not an edit helps. */
static bool is_for_good(const struct intent *intent, enum outcome outcome)
{
	return outcome == OUTCOME_REJECTED ||
	       (outcome == OUTCOME_NOT_FOUND && intent->verb != VERB_GROW);
}

void prospect_replied(struct prospect_book *b, const struct intent *intent, enum outcome outcome,
		      bool batch_done)
{
	struct entry *e = entry_of(b, intent->group);
	if (!e)
		return;
	if (!intent->buys) {
		upkeep_replied(b, e, intent, outcome);
		return;
	}
	if (outcome == OUTCOME_DONE) {
		bought(b, e, batch_done);
		return;
	}
	e->p.pace = 1;
	if (is_unclear(outcome))
		return;
	wait_after(b, outcome, &e->p.not_before_mono_ms, &e->refusals);
	remember_refusal(e, intent);
	e->p.refused_for_good = is_for_good(intent, outcome);
	e->p.refused_fingerprint = intent->fingerprint;
	if (outcome == OUTCOME_STOCK) /* by then a fallback may have some */
		e->check_again_mono_ms = e->p.not_before_mono_ms;
}

static bool is_tried_by_name(const struct intent *i)
{
	enum operation op = operation_from_name(i->operation);
	return i->verb == VERB_CREATE && op < OP_MAX_ &&
	       operation_info(op)->recovery.again == AGAIN_NEVER;
}

/* Two attempts in 24 hours: a third waits until the first of them is older than that, and as long
 * as after the longest refusal. A clock that went back makes it wait no longer than a day. */
void prospect_absent(struct prospect_book *b, const struct intent *intent)
{
	struct entry *e = is_tried_by_name(intent) ? entry_of(b, intent->group) : NULL;
	if (!e)
		return;
	uint64_t first = e->absent_wall_ms[0], second = intent->settled_wall_ms;
	e->absent_wall_ms[1] = first;
	e->absent_wall_ms[0] = second;
	if (first == 0 || (second > first && second - first >= ATTEMPTS_MS))
		return;
	uint64_t until = first + ATTEMPTS_MS, wall = env_wall_ms(b->env);
	if (until < second + b->denied_max_ms)
		until = second + b->denied_max_ms;
	if (until <= wall)
		return;
	uint64_t wait = until - wall < ATTEMPTS_MS ? until - wall : ATTEMPTS_MS;
	e->p.not_before_mono_ms = env_mono_ms(b->env) + wait;
	(void)intent_set(&e->refusal, "two creates whose answers were lost had no effect");
}

void prospect_stop(struct prospect_book *b, const char *group, uint64_t fingerprint, const char *why)
{
	struct entry *e = entry_of(b, group);
	if (!e)
		return;
	e->p.refused_for_good = true;
	e->p.refused_fingerprint = fingerprint;
	(void)intent_set(&e->refusal, why);
}

void prospect_failed(struct prospect_book *b, const char *group)
{
	struct entry *e = entry_of(b, group);
	if (e)
		e->p.pace = 1;
}

static enum prospect_answer answer_of(bool ok)
{
	return ok ? CHECK_OK : CHECK_BAD;
}

/* Money is asked about anew with every inquiry. */
static void take_money(struct entry *e, const struct inquiry *q)
{
	e->p.price_micro = q->price_micro;
	e->p.balance_known = q->balance_known;
	e->p.balance_micro = q->balance_micro;
	memcpy(e->currency, q->currency, sizeof(e->currency));
}

int prospect_asking(struct prospect_book *b, const char *group)
{
	struct entry *e = entry_of(b, group);
	if (!e)
		return -ENOMEM;
	e->p.image = e->p.spec = e->p.stock = CHECK_ASKED;
	e->check_again_mono_ms = 0; /* the answer says when */
	return 0;
}

int prospect_checked(struct prospect_book *b, const struct inquiry *q)
{
	bool ok = q->image_ok && q->spec_ok && q->stock_ok;
	struct entry *e = entry_of(b, q->group);
	const char *instead = inquiry_spec(q);
	char *spec = instead ? strdup(instead) : NULL;
	if (!e || (instead && !spec)) {
		free(spec);
		return -ENOMEM;
	}
	free(e->spec);
	e->spec = spec;
	e->p.image = answer_of(q->image_ok);
	e->p.spec = answer_of(q->spec_ok);
	e->p.stock = answer_of(q->stock_ok);
	take_money(e, q);
	e->bad_checks = ok ? 0 : e->bad_checks;
	uint64_t balance_until = q->balance_known ? env_mono_ms(b->env) + b->balance_ms : 0;
	e->check_again_mono_ms = ok ? balance_until
				    : next_try(b, b->denied_min_ms, b->denied_max_ms, &e->bad_checks);
	return ok ? 0 : intent_set(&e->check_text, strbuf_text(&q->text));
}

void prospect_edited(struct prospect_book *b, const char *group)
{
	struct entry *e = entry_of(b, group);
	if (!e)
		return; /* nothing was learned about it */
	forget_checks(e);
	forget_refusal(e);
	free(e->spec);
	e->spec = NULL;
	e->refusals = e->upkeep_refusals = e->bad_checks = 0;
	e->absent_wall_ms[0] = e->absent_wall_ms[1] = 0;
	e->p.not_before_mono_ms = e->p.upkeep_not_before_mono_ms = 0;
	e->p.refused_for_good = false;
}

int prospect_view(struct prospect_book *b, const struct desired *desired,
		  const struct prospects **ret, size_t *ret_n)
{
	uint64_t now = env_mono_ms(b->env);
	b->view.n = 0;
	for (size_t i = 0; i < desired->n_groups; i++) {
		struct entry *e = entry_of(b, desired->groups[i].name);
		struct prospects *slot = e ? vec_add(&b->view) : NULL;
		if (!slot)
			return -ENOMEM;
		if (e->check_again_mono_ms != 0 && now >= e->check_again_mono_ms)
			forget_checks(e);
		if (e->p.pace > b->pace_max) /* the settings may have been lowered, too */
			e->p.pace = b->pace_max;
		*slot = e->p;
		slot->group = desired->groups[i].name;
		slot->last_refusal = e->refusal ? e->refusal : "";
		slot->check_text = e->check_text ? e->check_text : "";
		slot->spec_to_use = e->spec;
		slot->currency = e->currency;
	}
	*ret = b->view.items;
	*ret_n = b->view.n;
	return 0;
}
