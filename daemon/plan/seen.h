#pragma once
/*
 * Seen: what the newest listings change in the ledger's memory of resources, intents and
 * orders. Pure bookkeeping: the caller makes all of it durable together, and then passes the
 * time of that run as plan_input.seen_mono_ms of those kinds, so that a listing counts once.
 *
 * Only of kinds whose look has ended: in the middle of one the rows of cloud groups are newer than
 * what was listed in them, and together they may tell of something that never was.
 *
 * An instance that is seen being deleted is GONE at once, and so is an absent one that a done
 * shrink or delete had named. Another one is MISSING until three complete listings over
 * absent_after_ms lacked it; a pre-paid one stays MISSING, because a person decides about it
 * (HOLD_VANISHED; when that is approved the caller marks such rows GONE). An EXPECTED one is
 * never given up, unless its order was cancelled.
 */
#include "base/vec.h"
#include "plan/plan.h"

/* New values of a row's fields; @row is of the input. */
struct row_change {
	const struct resource *row;
	enum resource_state state;
	uint64_t seen_wall_ms, missing_wall_ms;
	int missing_listings;
};

/* A row to be added, SEEN now. Texts borrow from the input. */
struct row_found {
	const char *id; /* "" for the cloud group itself */
	const char *cloud_group;
	const char *group; /* of the file, also after a rename */
	int64_t intent;    /* 0 = adopted, or not known */
	enum charge_type charge;
};

struct seen_changes {
	VEC(struct row_change) changed;
	VEC(struct row_found) found;
	VEC(const struct intent *) intents; /* have landed: set landed */
	VEC(const struct order *) orders;   /* have landed: set landed */
};

/* Of the groups of @kinds, and of those of which nothing tells the kind. Fills the empty @ret
 * (untouched on failure); seen_changes_fini(). 0 or -ENOMEM. */
int seen_compute(const struct plan_input *input, const bool kinds[KIND_MAX_],
		 struct seen_changes *ret);
void seen_changes_fini(struct seen_changes *c);
