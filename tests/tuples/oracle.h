#pragma once
/*
 * What a plan may say of a tuple, written down without plan/: one rule per promise. A plan that
 * breaks one is objected to by its name.
 */
#include <stdio.h>

#include "plan/plan.h"

enum rule {
	RULE_SHAPE,    /* an action is held by a reason, or not at all; of a group of the file */
	RULE_BOUGHT,   /* nothing is bought twice: committed + creates <= count */
	RULE_STOPPED,  /* observe mode and pauses hold everything */
	RULE_WHOLE,    /* neither buy nor delete on an incomplete observation of the kind */
	RULE_LIE,      /* ... nor on an empty one where things are known to be */
	RULE_BRAKE,    /* ... nor while many things are missing at once */
	RULE_TWICE,    /* deletes, and creates without a token: two agreeing listings */
	RULE_FRESH,    /* a phone or a whole group goes only as a new listing shows it */
	RULE_MARK,     /* only what the ledger or our mark knows as this group's is touched */
	RULE_UNPROVEN, /* our mark alone freezes buys and deletes until a person approves */
	RULE_PREPAID,  /* what is paid in advance is not deleted before its end */
	RULE_SURPLUS,  /* no more goes than is too much */
	RULE_ZERO,     /* a whole group only for count: 0, and only by approval */
	RULE_HALF,     /* more than half only by approval */
	RULE_PROTECT,
	RULE_BUDGET,   /* deletes of the hour */
	RULE_SESSION,  /* nobody is thrown out */
	RULE_SETTLED,  /* nothing goes on in what is changed, and no other call on it is open */
	RULE_ONE_CALL, /* at a time on a cloud group */
	RULE_TOTAL,    /* limits.instances_total */
	RULE_HOUR,     /* limits.new_per_hour */
	RULE_BALANCE,  /* what pays by itself is covered */
	RULE_SPEND,      /* limits.spend_per_day, spend_per_month */
	RULE_PRICE,      /* limits.unknown_price: hold */
	RULE_SITE,
	RULE_PACE,
	RULE_REFUSED,    /* back-off after a refusal, stock, image, spec */
	RULE_YOUNG,      /* after a lost ledger nothing is bought before it has looked */
	RULE_ORDERS,     /* nor beside open orders that nobody knows */
	RULE_CANCELLED,  /* nor again what was cancelled, without consent */
	RULE_AMBIGUOUS,  /* nor beside calls that only a person can decide */
	RULE_VANISHED,   /* nor for what was paid for and vanished */
	RULE_BROWNFIELD, /* nor beside unmarked look-alikes, a first time */
	RULE_RENAME,     /* nor beside a group that has left the file, a first time */
	RULE_MAX_,
};

struct verdict {
	uint64_t of[RULE_MAX_]; /* objections */
	uint64_t all;
};

const char *rule_name(enum rule r);
/* @out, where each objection is told, may be NULL. */
void oracle_judge(const struct plan_input *in, const struct plan *p, FILE *out,
		  struct verdict *ret);
/* Has a person who was shown @hold, and no less than that, let it through? */
bool oracle_approved(const struct plan_input *in, const struct plan *p, const struct action *a,
		     enum hold hold);
