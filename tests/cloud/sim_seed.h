#pragma once
/*
 * Things put in from outside as JSON: faults, groups made by hand, scenarios. All
 * return 0, -ENOMEM, or -EINVAL with the reason in @reterr and nothing changed.
 */
#include <cjson/cJSON.h>

#include "base/strbuf.h"
#include "sim_model.h"

/* Replaces the list of faults. */
int sim_seed_faults(struct sim *sim, const cJSON *list, char *reterr, size_t size);
/* Makes RUNNING groups of at most 100 instances each; their ids go to @out as elements of
 * an array. @out may be NULL. */
int sim_seed_group(struct sim *sim, const cJSON *object, struct strbuf *out, char *reterr,
		   size_t size);
/* {"balance": "1,828.72", "site": "china" or "international", "stray_orders": true}, each
 * optional: the account of BssOpenApi (sim_buy_account.c). */
int sim_seed_account(struct sim *sim, const cJSON *object, char *reterr, size_t size);
/* An object of strings as a set of tags; NULL is the empty set. */
int sim_seed_tags(const cJSON *object, struct sim_tags **ret_tags);
/* Replaces the tags of something by such an object. */
int sim_seed_replace_tags(struct sim *sim, struct sim_tags **slot, const cJSON *object);
/* A member that is a whole number from 0; -EINVAL else. */
int sim_seed_u64(const cJSON *object, const char *name, uint64_t *ret_value);
