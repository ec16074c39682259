#include "plan/draft.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base32.h"
#include "base/digest.h"
#include "base/money.h"
#include "base/strbuf.h"

#define TEXT_MAX 4096

/* The graver hold is shown: first what stops everything, then what only a person lifts
 * (also while something passing holds as well, so that nobody waits in vain), then what
 * passes by itself. */
static const unsigned char gravity[HOLD_MAX_] = {
	[HOLD_NONE] = 0,
	[HOLD_PACE] = 1,
	[HOLD_NOT_FRESH] = 2,
	[HOLD_NOT_TWICE] = 3,
	[HOLD_STOCK] = 4,
	[HOLD_BACKOFF] = 5,
	[HOLD_IN_FLIGHT] = 6,
	[HOLD_DELETES_PER_HOUR] = 7,
	[HOLD_NEW_PER_HOUR] = 8,
	[HOLD_INSTANCES_TOTAL] = 12,
	[HOLD_SESSION] = 13,
	[HOLD_VANISHED] = 14,
	[HOLD_CANCELLED_ORDER] = 15,
	[HOLD_SHRINK_HALF] = 16,
	[HOLD_COUNT_ZERO] = 17,
	[HOLD_AMBIGUOUS] = 18,
	[HOLD_UNKNOWN_ORDERS] = 19,
	[HOLD_BROWNFIELD] = 20,
	[HOLD_RENAME] = 21,
	[HOLD_FOREIGN_OWNER] = 22,
	[HOLD_PROTECTED] = 23,
	[HOLD_BALANCE] = 9,
	[HOLD_UNKNOWN_PRICE] = 10,
	[HOLD_SPEND] = 11,
	[HOLD_SITE] = 24,
	[HOLD_MISSING_MANY] = 30,
	[HOLD_INCOMPLETE] = 31,
	[HOLD_PAUSED] = 32,
	[HOLD_OBSERVE] = 33,
};

bool hold_may_be_approved(enum hold h)
{
	if (h == HOLD_NEW_PER_HOUR || h == HOLD_DELETES_PER_HOUR)
		return true;
	/* A pause has its own way out: resume; so has the wrong site: the settings. */
	return hold_needs_person(h) && h != HOLD_PAUSED && h != HOLD_SITE;
}

/* The hash says what is wanted, not how much of it there is to do, nor what stands in its way:
 * that the person saw as well, and nothing beyond it is let through. */
static bool reaches(const struct approval *p, const struct action *a, enum hold hold)
{
	if (p->used || strcmp(p->hash, a->hash) != 0 || a->count > p->count ||
	    (p->price_micro > 0 && a->price_micro > p->price_micro))
		return false;
	/* Whoever lets more than half go has seen that it is more than an hour's worth. */
	if (hold == HOLD_DELETES_PER_HOUR && (approval_names(p, hold_name(HOLD_SHRINK_HALF)) ||
					      approval_names(p, hold_name(HOLD_COUNT_ZERO))))
		return true;
	return approval_names(p, hold_name(hold));
}

bool action_approved(const struct in_flight *f, const struct plan *plan, const struct action *a,
		     enum hold hold)
{
	size_t given = 0, before = 0;
	for (size_t i = 0; i < f->n_approvals; i++)
		if (reaches(&f->approvals[i], a, hold))
			given++;
	if (given == 0)
		return false;
	for (const struct action *other = plan->actions; other != a; other++)
		if (strcmp(other->hash, a->hash) == 0)
			before++;
	return before < given;
}

static int take_text(char **field, struct strbuf *s)
{
	char *text = strbuf_take(s);
	if (!text)
		return -ENOMEM;
	free(*field);
	*field = text;
	return 0;
}

__attribute__((format(printf, 2, 0))) static int set_text(char **field, const char *format,
							  va_list args)
{
	auto_strbuf struct strbuf s = STRBUF_INIT(TEXT_MAX);
	strbuf_vaddf(&s, format, args);
	return take_text(field, &s);
}

/* What is beyond all numbers is not free, and within no limit. 0: nobody says. */
static int64_t cost_of(const struct prospects *p, int64_t count)
{
	int64_t micro = INT64_MAX;
	if (!p || p->price_micro <= 0)
		return 0;
	(void)money_multiply(p->price_micro, count, &micro);
	return micro;
}

int price_text(const struct prospects *p, int64_t count, char **ret)
{
	char amount[MONEY_SIZE];
	int64_t micro = cost_of(p, count);
	auto_strbuf struct strbuf s = STRBUF_INIT(TEXT_MAX);
	if (micro > 0) {
		money_format(micro, amount);
		strbuf_addf(&s, "%s%s%s", amount, *p->currency ? " " : "", p->currency);
	}
	return take_text(ret, &s);
}

/* What all of it costs for one period. */
int action_price(const struct group_view *view, struct action *a)
{
	const struct prospects *p = view->prospects;
	if (!verb_buys(a->verb))
		return 0;
	a->price_micro = cost_of(p, a->count);
	const char *currency = a->price_micro > 0 ? p->currency : "";
	(void)snprintf(a->currency, sizeof(a->currency), "%s", currency);
	return price_text(p, a->count, &a->price);
}

/* An absolute total follows from what is desired, so it needs no part of its own. */
static void hash_action(const struct plan_input *in, const struct desired_group *want,
			struct action *a)
{
	uint64_t h = digest_text(DIGEST_INIT, in->desired->fleet);
	h = digest_text(h, a->group);
	h = digest_text(h, verb_name(a->verb));
	h = digest_u64(h, (uint64_t)want->count);
	for (size_t i = 0; a->verb != VERB_GROW && i < a->targets.n; i++)
		h = digest_text(h, a->targets.items[i]);
	h = digest_u64(h, in->desired->generation);
	base32_encode(&h, sizeof(h), a->hash);
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int draft_add(struct draft *d, const struct group_view *view, enum verb verb,
	      const char *cloud_group, int64_t count, struct text_list *targets,
	      struct action **ret_action)
{
	if (vec_grow((void **)&d->plan->actions, &d->cap, d->plan->n_actions + 1,
		     sizeof(struct action)) < 0) {
		if (targets)
			text_list_fini(targets);
		return -ENOMEM;
	}
	struct action *a = &d->plan->actions[d->plan->n_actions++];
	*a = (struct action){0};
	a->verb = verb;
	a->kind = view->want->kind;
	a->count = count;
	if (targets) {
		a->targets = *targets;
		*targets = (struct text_list){0};
	}
	if (a->targets.n > 1)
		qsort(a->targets.items, a->targets.n, sizeof(char *), compare_texts);
	const char *spec = view->want->spec;
	if (view->prospects && view->prospects->spec_to_use)
		spec = view->prospects->spec_to_use;
	a->group = strdup(view->want->name);
	a->cloud_group = strdup(cloud_group);
	a->spec = strdup(verb == VERB_CREATE ? spec : "");
	a->reason = strdup("");
	a->hold_text = strdup("");
	a->price = strdup("");
	if (!a->price || !a->group || !a->cloud_group || !a->spec || !a->reason || !a->hold_text)
		return -ENOMEM;
	hash_action(d->in, view->want, a);
	*ret_action = a;
	return action_price(view, a);
}

int action_reason(struct action *a, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int r = set_text(&a->reason, format, args);
	va_end(args);
	return r;
}

int action_hold(const struct plan_input *in, const struct plan *plan, struct action *a,
		enum hold hold, const char *format, ...)
{
	if (gravity[hold] <= gravity[a->hold])
		return 0;
	if (hold_may_be_approved(hold) && action_approved(in->in_flight, plan, a, hold))
		return 0;
	va_list args;
	va_start(args, format);
	int r = set_text(&a->hold_text, format, args);
	va_end(args);
	if (r == 0)
		a->hold = hold;
	return r;
}
