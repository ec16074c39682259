#pragma once
/*
 * Kind rules: what differs between the kinds of group, as data and functions. One table per
 * kind, in a file of its own (plan_cloud_phone.c, ...). Internal to plan/.
 */
#include <string.h>

#include "base/strbuf.h"
#include "plan/classify.h"

struct kind_rules {
	/* Its instances have an identity: they are listed, recorded, chosen and named one by
	 * one. Else only their number counts, and the ledger has the cloud group's own row. */
	bool members;
	bool single; /* a desired group is one cloud group, which is made larger and smaller */
	bool create_twice; /* nothing protects a create against a second one: look twice before */
	bool pays_itself;  /* a create is paid at once, and by the account's own site only */
	bool sheds;        /* what is paid as it goes may leave by a call */
	bool ends_by_date; /* the status may lag behind the end date */
	bool tags_groups;  /* the cloud groups carry our marks, set after they are made */
	bool reads_back;   /* the listing tells settings, as model/attributes.h compares them */
	size_t batch;      /* most ids in one call that names instances or groups */
	const char *create_note;  /* ends the reason of a create; "" none */
	const char *surplus_note; /* what a person can do about surplus; "" none */

	/* Instances that the cloud group may still take in place; 0 = none. Asked while the group
	 * lacks some. */
	int64_t (*room)(const struct group_view *v, const struct cloud_view *c);
	bool (*may_shrink)(const struct cloud_view *c); /* with members: of a listed one */
	bool (*may_delete)(const struct cloud_view *c);
	/* What @c, which is listed, shows otherwise than the file: 1u << the verb that mends it, or
	 * 1u << VERB_MAX_ for what no call changes. 0 when the view is not in the file. */
	unsigned (*drift)(const struct group_view *v, const struct cloud_view *c);
	/* For people: in what. NULL: spec or image. */
	void (*say_drift)(const struct group_view *v, const struct cloud_view *c,
			  struct strbuf *out);
	/* For people: why it cannot be used; "" when nothing is known. NULL: no such words. */
	const char *(*say_status)(const struct observed_group *g);

	/* Of kinds with members only. */
	bool (*may_leave)(const struct member *m);  /* its status is one we know */
	bool (*is_settled)(const struct member *m); /* ... and one to be released in */
	/* Of two struct member pointers: who goes first (qsort). */
	int (*compare_victims)(const void *a, const void *b);
	/* Does this instance need @verb (one that touches, not resizes)? */
	bool (*needs)(const struct world *w, const struct desired_group *want,
		      const struct member *m, enum verb verb);
};

/* NULL for a value outside the enum. */
const struct kind_rules *kind_rules_of(enum kind kind);

extern const struct kind_rules cloud_phone_rules;
extern const struct kind_rules app_streaming_rules;
extern const struct kind_rules purchase_rules;

/* Instances with an identity; so too while the kind is not known. */
static inline bool cloud_has_members(const struct cloud_view *c)
{
	return !c->rules || c->rules->members;
}
/* The number of a seen cloud group without members; -1: not listed yet. */
int64_t cloud_number(const struct cloud_view *c);
/* A word that is "" does not constrain. */
static inline bool word_fits(const char *wanted, const char *seen)
{
	return !*wanted || !*seen || strcmp(wanted, seen) == 0;
}
/* @tags lack one of our marks or a declared tag. */
bool tags_are_lacking(const struct world *w, const struct desired_group *want, const char *tags);
