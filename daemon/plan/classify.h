#pragma once
/*
 * Classify: joins the desired groups, the listing and the ledger's memory into one view, in
 * which every cloud group, instance, intent and order is in exactly one place, and counts it.
 * Pure. Borrows everything from the plan_input, which must outlive the world.
 */
#include "base/vec.h"
#include "plan/plan.h"

#include "base/hash.h"

enum belonging {
	BELONG_NONE,     /* nobody's as far as we know: never touched */
	BELONG_FOREIGN,  /* a person said that it is none of ours: never touched */
	BELONG_MARKED,   /* our fleet's mark alone: counted, but neither grown nor shrunk */
	BELONG_ADOPTED,  /* `adopt:` names it */
	BELONG_RECORDED, /* the ledger or an intent knows it */
};

/* How this plan means an instance to leave. */
enum victim {
	VICTIM_NO,
	VICTIM_NOW,
	VICTIM_LATER,    /* beyond what the hour's delete budget leaves */
	VICTIM_SESSION,  /* a person is using it */
	VICTIM_SETTLING, /* in a state in which nothing says that it may be released */
	VICTIM_MAX_,
};

struct kind_rules;

/* An instance in a listing. */
struct member {
	const struct observed_instance *seen;
	struct cloud_view *cloud;
	const struct resource *row; /* NULL: the ledger does not know it */
	unsigned busy;              /* 1u << verb: an intent that has not landed names it */
	bool leaving;               /* a recorded shrink or delete names it */
	enum victim victim;
};

struct cloud_view {
	const char *id;                    /* "" while only an intent or order knows of it */
	const struct observed_group *seen; /* NULL: not in the listing */
	struct group_view *owner;          /* NULL unless it belongs */
	const struct kind_rules *rules;    /* NULL: its kind is not known */
	enum belonging belonging;
	const struct resource *row; /* the ledger's row of the cloud group itself */
	const struct resource *claimed_by; /* the row that names its owner */
	struct member *members;     /* sorted by id; of cloud groups with an owner only */
	size_t n_members;
	VEC(const struct resource *) absent; /* rows of what its listing lacks, sorted by id */
	const struct intent *create;         /* made it, or will; not landed */
	VEC(const struct intent *) grows;    /* not landed; sorted by id */
	int64_t grow_to;                     /* the largest total that a growth asked for; 0 none */
	bool shrinking;                      /* a shrink to a number has not landed */
	int64_t shrink_to;                   /* ... the smallest of them */
	unsigned busy;       /* 1u << verb: a setting or tags that have not landed */
	int64_t order_count; /* of open orders that nothing else stands for */
	int64_t unpaid;      /* instances on its orders that wait for payment */
	bool locked;         /* an unsettled call may still change its size */
	bool unlanded;       /* some intent on it has not landed */
	bool held;           /* ... and only a person can decide about it */
	bool deleted;        /* a done delete names it */
	bool leaving;        /* all of it goes: being deleted */
	bool awaited;        /* an action waits for a listing of it */
	bool called;         /* an action of this plan that acts names it */
	/* counts of instances */
	int64_t listed; /* in the listing and committed */
	int64_t unseen; /* the ledger knows their ids, no listing shows them */
	int64_t committed;
	int64_t present; /* surely there: listed, and no more than the row says */
	int64_t going;   /* of the present: leaving */
	UT_hash_handle hh;
};

struct group_view {
	const char *name;
	const struct desired_group *want;   /* NULL: not in the file */
	enum kind kind;                     /* KIND_INVALID: nothing tells */
	const struct kind_rules *rules;     /* NULL: its kind is not known */
	const char *attributes;             /* wanted ones, of kinds that read back; else "" */
	const struct prospects *prospects;  /* NULL: nothing learned yet */
	VEC(struct cloud_view *) clouds;    /* sorted by id */
	VEC(const struct intent *) intents; /* open, or done and not landed; sorted by id */
	VEC(const struct intent *) shrunk;  /* of them the done shrinks of named instances */
	VEC(const struct order *) orders;   /* open, or cancelled; sorted by id */
	bool unproven; /* a cloud group carries our fleet's mark, but is not in the ledger */
	bool has_past; /* the ledger knows resources, intents or orders of it */
	/* counts of instances, summed over the cloud groups */
	int64_t running, failed, committed, present, going, awaiting;
	int64_t elastic;                  /* nodes that scaling has added, beside all of these */
	int64_t known, missing, vanished; /* rows seen before; of them absent; pre-paid for good */
};

/* How far the listings of one kind may be relied upon. */
struct sight {
	bool listed;            /* there was a complete listing */
	bool usable;            /* ... and the newest one may be acted upon */
	bool empty_lie;         /* it has none of what the ledger knows */
	char empty_hash[ACTION_HASH_SIZE]; /* ... by which a person says that it is true; else "" */
	int64_t known, missing; /* over all groups of the kind */
};

/* A create that has not landed, and where it was placed. */
struct creation {
	const struct intent *intent;
	struct cloud_view *cloud;
};

struct world {
	const struct plan_input *in;
	VEC(struct group_view *) groups; /* desired ones in file order, then the others by name */
	VEC(struct cloud_view *) clouds; /* sorted by id */
	/* of the input, sorted by id: what is told first does not depend on how they came */
	VEC(const struct intent *) intents;
	VEC(const struct order *) orders;
	VEC(const struct order *) funding; /* the same, sorted by intent, then id */
	VEC(struct creation) creations;    /* sorted by intent */
	struct sight of[KIND_MAX_];
	/* private */
	VEC(char *) texts;
	struct name_ref *names;
	struct cloud_view *by_id;
};

/* 0 or -ENOMEM; in both cases world_fini() releases what was built. */
int world_build(struct world *w, const struct plan_input *input);
void world_fini(struct world *w);
/* Counts; the last part of world_build(). */
void world_tally(struct world *w);

/* Of a kind that is not known: nothing was listed. */
const struct sight *world_sight(const struct world *w, enum kind kind);
/* Would that listing show what is wanted? */
bool view_is_covered(const struct world *w, const struct group_view *view);
/* When the last complete listing of the kind, one that is known, ended; 0 = never. */
uint64_t world_listed_ms(const struct world *w, enum kind kind);
struct group_view *world_find(const struct world *w, const char *name); /* follows renamed_from */
struct cloud_view *world_find_cloud(const struct world *w, const char *id);
struct member *cloud_find_member(const struct cloud_view *c, const char *id);
/* What @i, a create that has not landed, made or will make for @view; NULL: nothing that is known. */
struct cloud_view *world_made_by(const struct world *w, const struct group_view *view,
				 const struct intent *i);
/* The intent of that id, open or not landed; NULL: none. */
const struct intent *view_find_intent(const struct group_view *view, int64_t id);
/* The orders of @intent, sorted by id. */
const struct order *const *world_orders_of(const struct world *w, int64_t intent, size_t *ret_n);

/* Not landed: it may still have an effect, or had one that no listing has shown yet. */
static inline bool intent_in_flight(const struct intent *i)
{
	return intent_is_open(i) || (i->state == INTENT_DONE && !i->landed);
}

/* Does the ledger's number @intent, of a row or an order, mean @i? 0 is that of none, and of a call
 * that could not be recorded yet. */
static inline bool intent_is(const struct intent *i, int64_t intent)
{
	return i->id != 0 && i->id == intent;
}

/* A pre-paid instance (or one of unknown charge) that three listings over absent_after_ms
 * lacked: no longer counted, and a person decides about its replacement. */
bool row_is_vanished(const struct plan_input *in, const struct resource *row);

/* An order for instances of @intent was cancelled. */
bool world_is_cancelled(const struct world *w, int64_t intent);
/* The order behind it was cancelled: it never came, or what stood unpaid has gone. */
bool row_is_cancelled(const struct world *w, const struct cloud_view *c, const struct resource *row);
/* Its time is over: counted, but of no use. */
bool cloud_is_expired(const struct world *w, const struct cloud_view *c);

static inline bool member_committed(const struct member *m)
{
	return instance_is_committed(m->seen->status);
}
