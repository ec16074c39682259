#pragma once
/*
 * What a finished listing does to the observation. Incomplete listings never get here.
 */
#include "base/vec.h"
#include "model/observed.h"

struct listed_groups {
	VEC(struct observed_group) rows;
};

struct listed_instance {
	struct observed_instance instance;
	char group[OBSERVED_ID_SIZE];
	size_t order; /* of arrival; set by the merge */
};

struct listed_instances {
	VEC(struct listed_instance) rows;
};

/* All cloud groups of @kind; those of other kinds stay. A row that came twice counts once, as it was last (the list moved between two pages). Takes
 * the rows; what is known of the instances of a group that stays is kept. 0 or -ENOMEM. */
int listing_merge_groups(struct observed *o, enum kind kind, struct listed_groups *listed,
			 uint64_t mono_ms);

/* Replaces the instances of every group in @ids (sorted or not) by the rows that name it.
 * Groups that are no longer observed are passed over. 0 or -ENOMEM. */
int listing_merge_instances(struct observed *o, const char *const *ids, size_t n_ids,
			    struct listed_instances *listed, uint64_t mono_ms);
