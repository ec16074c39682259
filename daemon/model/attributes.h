#pragma once
/*
 * The settings of a delivery group that the cloud tells again (appstream-center 5), in one
 * form for what is wanted and for what is observed, so that the two can be compared: pairs as
 * tags are ("name\x1fvalue\x1e", sorted by name), the name dotted where the create call nests
 * ("NodePool.NodeCapacity"), the value as text ("15", "true"), lists as compact JSON in one
 * order. What is not stated is left out.
 */
#include <stddef.h>

#include "model/intent.h"
#include "model/value.h"

struct attribute {
	const char *name;
	enum verb verb; /* what changes it; VERB_MAX_: nothing does once the group is there */
};

/* All pairs of @create: a map in the names and the nesting of the create call, as
 * desired_group.create is. The caller frees it; NULL without memory. */
char *attributes_text(const struct value *create);

/*
 * The next attribute that @wanted states and @observed tells otherwise, NULL when there are
 * no more. *at is 0 at first. One that is not told cannot be compared: it is passed over.
 */
const struct attribute *attributes_next_drift(const char *wanted, const char *observed, size_t *at);
