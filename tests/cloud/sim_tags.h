#pragma once
/*
 * Sets of tags. A set never changes once made and is shared by reference: the phones
 * of one create share one set, with its JSON text written once.
 */
#include <stdbool.h>
#include <stddef.h>

struct sim_tag {
	char *key;
	char *value;
};

struct sim_tags {
	unsigned refs;
	size_t n;
	struct sim_tag *items; /* in the order they were given */
	char *json;            /* [{"Key":"k","Value":"v"}] */
};

/* A copy of @pairs with one reference, held by the caller; NULL without memory. */
struct sim_tags *sim_tags_new(const struct sim_tag *pairs, size_t n);
struct sim_tags *sim_tags_ref(struct sim_tags *tags);
void sim_tags_unref(struct sim_tags *tags); /* accepts NULL */

/* Both yield a set of their own (one reference) or NULL without memory. */
struct sim_tags *sim_tags_with(const struct sim_tags *tags, const char *key, const char *value);
struct sim_tags *sim_tags_without(const struct sim_tags *tags, const char *key);

/* @tags with all of @added, which win. */
struct sim_tags *sim_tags_merged(const struct sim_tags *tags, const struct sim_tags *added);

/* Each of @wanted is there; one without a value with any value. */
bool sim_tags_have(const struct sim_tags *tags, const struct sim_tag *wanted, size_t n);

/* A member of that name: {"k": "v"}. */
struct strbuf;
void sim_tags_object(const struct sim_tags *tags, const char *name, struct strbuf *out);

/* The value, or NULL. */
const char *sim_tags_get(const struct sim_tags *tags, const char *key);
