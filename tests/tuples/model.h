#pragma once
/*
 * What a tuple says by itself, worked out without plan/: whose a cloud group is, how much surely
 * stands for a group, what of it is known to be missing. Where the tuple contradicts itself (two
 * groups claim one cloud group) the answer is the weaker one.
 */
#include "plan/plan.h"

enum hold_of { CLAIM_NONE, CLAIM_DISOWNED, CLAIM_MARKED, CLAIM_ADOPTED, CLAIM_RECORDED };

struct claim {
	enum hold_of how;
	const struct desired_group *of; /* NULL: a group that the file has not */
	bool split;                     /* two claim it */
};

/* The group of the file that @name means now, NULL if none. */
const struct desired_group *model_meant(const struct plan_input *in, const char *name);
const struct prospects *model_prospects(const struct plan_input *in, const struct desired_group *d);
struct claim model_claim(const struct plan_input *in, const struct observed_group *g);
/* Is @i still to be reckoned with? What was ordered and cancelled is not. */
bool model_counts(const struct plan_input *in, const struct intent *i);
bool model_open(const struct intent *i);
bool model_order_open(const struct order *o);
bool model_row_counts(const struct resource *r);
/* Do all rows of @cloud_group say that it is @d's? */
bool model_rows_agree(const struct plan_input *in, const char *cloud_group,
		      const struct desired_group *d);
/* Paid in advance, and gone for longer than an absence takes to be believed. */
bool model_vanished(const struct plan_input *in, const struct resource *r);
bool model_has_vanished(const struct plan_input *in, const struct desired_group *d);
/* Known of @cloud_group, and not in a listing. */
int64_t model_unseen(const struct plan_input *in, const struct desired_group *d,
		     const char *cloud_group);
/* May @g be what the create @i made? */
bool model_may_be_made_by(const struct plan_input *in, const struct observed_group *g,
			  const struct intent *i);
bool model_fits(const char *wanted, const char *seen);
bool model_has_past(const struct plan_input *in, const struct desired_group *d);
const struct observed_group *model_listed(const struct plan_input *in, const char *id);
const struct observed_instance *model_instance(const struct observed_group *g, const char *id);
/* Instances of @g that the listing shows and that may be billed. */
int64_t model_shown(const struct observed_group *g);
/* Another one may be so as well: a contradiction. */
bool model_has_twin(const struct plan_input *in, const struct observed_group *g,
		    const struct intent *i);

/* No less than this stands for the group, or is on its way to it. */
int64_t model_committed(const struct plan_input *in, const struct desired_group *d);
/* No more than this is there and not leaving already. */
int64_t model_staying(const struct plan_input *in, const struct desired_group *d);
/* Of what the ledger has seen of @d, or of its kind when @all; false when it cannot be told. */
bool model_missing(const struct plan_input *in, const struct desired_group *d, bool all,
		   int64_t *ret_known, int64_t *ret_missing);
/* Nothing of the kind is listed, though something paid by use was there. */
bool model_empty_lie(const struct plan_input *in, enum kind kind);
