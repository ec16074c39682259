#pragma once
/*
 * What a kind contributes to cloud/actions.c: one row per verb. Private to cloud/.
 */
#include "cloud/actions.h"

struct action_row {
	enum operation op;
	/* NULL: the kind has no such verb */
	int (*encode)(const struct action_context *ctx, const struct action *action,
		      const struct desired_group *group, const struct intent *intent,
		      struct params *ret);
	/* NULL: the reply says nothing that matters */
	int (*decode)(const struct intent *intent, const cJSON *root, struct action_result *ret);
	bool no_auto_pay; /* it leaves an order that a person pays, whatever the file says */
	/* Where subscriptions have another operation for the verb; NULL: the same. */
	const struct action_row *prepaid;
};

/* The user's tags and our marks, for calls that tag. Texts are borrowed; the caller frees
 * *ret_tags. 0 or -ENOMEM. */
int action_tags(const struct action_context *ctx, const struct desired_group *group,
		struct tag **ret_tags, size_t *ret_n);

extern const struct action_row actions_cloud_phone[VERB_MAX_];
extern const struct action_row actions_app_streaming[VERB_MAX_];
extern const struct action_row actions_purchase[VERB_MAX_];
