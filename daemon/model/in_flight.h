#pragma once
/*
 * What the ledger remembers that a listing may not show (yet): unsettled calls,
 * orders, and the instances that recorded replies have named. A borrowed view for
 * the plan; the owners are the executor and the books in act/.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/intent.h"

enum order_status {
	ORDER_UNPAID,
	ORDER_PAID,
	ORDER_CANCELLED,
	ORDER_UNKNOWN, /* BSS would not say (no permission, word unknown): still counted */
	ORDER_STATUS_MAX_,
};

struct order {
	char *id;               /* digits, as text */
	char *group;            /* desired group it funds */
	char *region;
	char *cloud_group;      /* "" until known */
	int64_t intent;         /* ledger id; 0 = found by looking, not made by a known intent */
	int64_t count;          /* instances it funds */
	enum order_status status;
	char *status_text;      /* as BSS wrote it, or why it is unknown */
	char *amount, *currency; /* "" when BSS has not said */
	uint64_t created_wall_ms;
	uint64_t settled_wall_ms; /* paid or cancelled, as BSS said; 0 with PAID: only assumed */
	uint64_t announced_wall_ms; /* last accepted log record; 0 = not announced */
	uint64_t deadline_wall_ms;  /* 0 unknown */
	uint64_t fingerprint;       /* of the desired group when it was cancelled; 0 not known */
	bool landed;                /* what it paid for was seen in a listing */
	bool foreign;               /* a person said it is none of ours */
};

enum resource_state {
	RESOURCE_EXPECTED, /* named by a recorded reply, not seen yet */
	RESOURCE_SEEN,
	RESOURCE_MISSING,  /* was seen, absent from the last complete listing */
	RESOURCE_GONE,     /* absent long enough, or deleted by us */
	RESOURCE_STATE_MAX_,
};

/* An instance (or a cloud group: instance id "") that the ledger knows. */
struct resource {
	char *id;
	char *cloud_group;
	char *group;             /* desired group */
	int64_t intent;          /* 0 = adopted */
	enum resource_state state;
	enum charge_type charge;
	uint64_t first_wall_ms;  /* first recorded */
	uint64_t seen_wall_ms;   /* last seen; 0 = never */
	uint64_t missing_wall_ms; /* first complete listing without it */
	int missing_listings;
	bool foreign;            /* approved as not ours (brownfield) */
};

/* A person's leave, and what that person was shown: it reaches no further. */
#define APPROVAL_HOLDS_SIZE 256
struct approval {
	char hash[32];
	char *who;
	uint64_t given_wall_ms;
	bool used;
	int64_t count;       /* instances that the action had */
	int64_t price_micro; /* what it would have cost; 0 = nobody said */
	char holds[APPROVAL_HOLDS_SIZE]; /* why it waited, as words, each followed by a space */
};

#define SPEND_KEPT_MS (UINT64_C(30) * 24 * 3600 * 1000) /* the longest window of a limit */

struct in_flight {
	struct intent *const *intents; /* open, and done but not landed */
	size_t n_intents;
	const struct order *orders; /* every order that is not both settled and landed, and the
				       newest cancelled one of each group until a newer order */
	size_t n_orders;
	const struct resource *resources; /* all but GONE */
	size_t n_resources;
	const struct approval *approvals; /* valid: unused and younger than 24 h */
	size_t n_approvals;
	/* guard's memory: instances bought and deleted in the last rolling hour */
	int64_t bought_last_hour;
	struct group_hour {
		const char *group;
		int64_t deleted;
	} const *deleted_last_hour;
	size_t n_deleted_last_hour;
	/* ... and the known cost of the buys of the last 30 days: nothing that was refused, absent or
	 * cancelled */
	const struct spend {
		int64_t micro;        /* of all of it, for one period (paid by use: one hour) */
		const char *currency; /* never "" */
		bool by_use;
		uint64_t wall_ms;
	} *spends;
	size_t n_spends;
	/* Of the groups that the ledger remembers, also where neither the file nor a listing has
	 * them any more. */
	const struct group_kind {
		const char *group;
		enum kind kind;
	} *kinds;
	size_t n_kinds;
	const char *owner;             /* this installation's id; never NULL or "" */
	uint64_t ledger_since_wall_ms; /* when the ledger was made */
	/* After a young ledger: have QueryOrders' answers been compared? */
	enum { ORDERS_NOT_LOOKED, ORDERS_LOOKED, ORDERS_REFUSED } orders_look;
	const struct paused {
		const char *group; /* "" = the whole fleet */
	} *paused;
	size_t n_paused;
};

/* Was the person shown @hold, a hold's word? */
bool approval_names(const struct approval *a, const char *hold);
/* The person was shown @hold, too. One more than there is room for is not remembered. */
void approval_name(struct approval *a, const char *hold);
void order_fini(struct order *o);
void resource_fini(struct resource *r);
const char *order_status_name(enum order_status s); /* "unpaid", "paid", "cancelled", "unknown" */
const char *resource_state_name(enum resource_state s);
/* Of what is paid by use: settled when it was made, known only so that nobody takes it for another
 * fleet's. */
static inline bool order_is_by_use(const struct order *o)
{
	return o->count == 0 && o->landed && o->status == ORDER_PAID &&
	       o->settled_wall_ms == o->created_wall_ms;
}
/* Still counts as capacity on its way. */
static inline bool order_is_open(const struct order *o)
{
	return !o->foreign && !o->landed && o->status != ORDER_CANCELLED;
}
