#pragma once
/*
 * The plan as a value: what to do, what is held and why, and how every group stands.
 * Made by plan/, narrowed by plan/guard, shown by control/ and cli/, done by act/.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "model/intent.h"

#define ACTION_HASH_SIZE 14 /* 8 bytes in base32 */

/* Why an action must wait. Those marked P wait on a person. */
enum hold {
	HOLD_NONE,
	HOLD_INCOMPLETE,      /* listing incomplete, or fewer listings than needed */
	HOLD_NOT_TWICE,       /* a second agreeing listing is needed first */
	HOLD_NOT_FRESH,       /* a listing at most 5 s old is needed first */
	HOLD_IN_FLIGHT,       /* an unsettled call on the same cloud group */
	HOLD_PACE,            /* the group's 1, 2, 4, ... is used up */
	HOLD_BACKOFF,         /* the cloud refused lately; next try at a time */
	HOLD_MISSING_MANY,    /* over 20 % of the known missing at once: observation brake */
	HOLD_STOCK,           /* sold out, image or spec not available */
	HOLD_NEW_PER_HOUR,
	HOLD_DELETES_PER_HOUR,
	HOLD_OBSERVE,         /* mode: observe */
	HOLD_PAUSED,          /* P */
	HOLD_INSTANCES_TOTAL, /* P */
	HOLD_COUNT_ZERO,      /* P: a whole group goes */
	HOLD_SHRINK_HALF,     /* P: more than half goes */
	HOLD_PROTECTED,       /* P */
	HOLD_BROWNFIELD,      /* P: unmarked resources of the same region, spec and image */
	HOLD_FOREIGN_OWNER,   /* P: our fleet mark, but an owner or intent we do not know */
	HOLD_UNKNOWN_ORDERS,  /* P: young ledger, unpaid orders that it does not know */
	HOLD_CANCELLED_ORDER, /* P */
	HOLD_AMBIGUOUS,       /* P: an intent that only a person can decide */
	HOLD_RENAME,          /* P: one group gone, another of its kind new: renamed_from? */
	HOLD_SESSION,         /* P: a person is using a victim */
	HOLD_VANISHED,        /* P: a pre-paid instance vanished */
	HOLD_SITE,            /* P: the account belongs to the other site */
	HOLD_BALANCE,         /* P: it would pay by itself, and the balance does not cover it */
	HOLD_SPEND,           /* P: beyond limits.spend_per_day or spend_per_month */
	HOLD_UNKNOWN_PRICE,   /* P: limits.unknown_price: hold */
	HOLD_MAX_,
};

struct action {
	char hash[ACTION_HASH_SIZE]; /* fleet, group, verb, desired count, victims, generation */
	enum verb verb;
	enum kind kind;
	char *group;          /* desired group */
	char *cloud_group;    /* "" for a create */
	int64_t count;        /* instances added, removed or touched */
	struct text_list targets; /* victims or touched ids, sorted; GROW: the ids before */
	char *spec;           /* CREATE: the spec to ask for (a fallback may differ) */
	int64_t total;        /* GROW, SHRINK of a node pool: the nodes there are to be; else 0 */
	char *price;          /* "800.00 CNY"; "" when nobody says what it costs */
	int64_t price_micro;  /* the same; 0 not known */
	char currency[MONEY_CURRENCY_SIZE]; /* of it; "" not known */
	char *reason;         /* for people: why */
	enum hold hold;
	char *hold_text;      /* for people: the limit, the number, what lets it through; "" */
	bool whole_group;     /* DELETE or the end of one: nothing is left */
};

enum condition {
	CONDITION_CONVERGED,
	CONDITION_PROGRESSING,
	CONDITION_AWAITING_PAYMENT,
	CONDITION_HELD,
	CONDITION_STUCK,
	CONDITION_DEGRADED,
	CONDITION_PAUSED,
	CONDITION_UNMANAGED,
	CONDITION_UNKNOWN,
	CONDITION_MAX_,
};

/* How near the end of what is paid for is. */
enum ending { ENDING_IN_7_DAYS, ENDING_IN_3_DAYS, ENDING_IN_1_DAY, ENDING_OVER, ENDING_MAX_ };

struct group_report {
	char *name;
	enum kind kind;
	char *region;
	int64_t desired, running, pending, failed, awaiting_payment, surplus;
	int64_t committed;
	int64_t retained;          /* pre-paid surplus that stays until it expires */
	uint64_t retained_until_ms; /* wall; 0 unknown */
	int64_t drifted;           /* have another spec or image than the file */
	uint64_t expires_ms;       /* the earliest end date that is still ahead; 0 none */
	int64_t ending[ENDING_MAX_]; /* instances whose end is that near, each nearer one included */
	char *price;               /* of one instance for one period; "" not known */
	enum condition condition;
	char *reason;
	bool waits_on_person;      /* nothing here moves without one */
	bool refused;              /* only permanent refusals are left */
};

/* A cloud group whose instances must be listed before the next plan. */
struct watch {
	char id[40];
	enum kind kind;
	bool transition; /* something in it changes by itself: the fast poll */
};

struct plan {
	struct action *actions;
	size_t n_actions;
	struct group_report *groups; /* desired ones in file order, then Unmanaged */
	size_t n_groups;
	struct watch *watch;
	size_t n_watch;
	bool watch_groups[KIND_MAX_]; /* the listing of groups itself must be read again soon */
	/* Of a kind whose empty listing is not believed: what a person approves who knows better,
	 * else "". */
	char empty_hash[KIND_MAX_][ACTION_HASH_SIZE];
};

struct plan *plan_free(struct plan *plan); /* accepts NULL, returns NULL */
DEFINE_CLEANUP(struct plan *, plan_free)
#define auto_plan cleanup(plan_freep)

const char *condition_name(enum condition c); /* "Converged", ... */
const char *hold_name(enum hold h);           /* "count-zero", ...; "" for none */
bool hold_needs_person(enum hold h);
