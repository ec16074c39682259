#pragma once
/*
 * What the tables of the kinds share: rows, words and rules of a group. The tables
 * themselves are reached through schema_kind().
 */
#include <stddef.h>

#include "config/check.h"
#include "model/desired.h"

extern const struct schema schema_cloud_phone;
extern const struct schema schema_app_streaming;
extern const struct schema schema_purchase;

/* 20 on a resource (eds-aic 4.18, appstream-center 9.5) less drover's own four. */
#define MAX_USER_TAGS 16

extern const char *const group_words_kind[];   /* in the order of enum kind */
extern const char *const group_words_charge[]; /* in the order of enum charge_type */
extern const char *const group_words_rollout[];
extern const char *const group_words_reorder[];

#define IN_GROUP(kind_of_store, member)                                                            \
	.store = (kind_of_store), .offset = offsetof(struct desired_group, member)

#define GROUP_NAME(words_)                                                                         \
	{                                                                                          \
		.key = "name", .type = SCHEMA_TEXT, .required = true, .no_default = true,          \
		.rule = &rule_group_name, IN_GROUP(STORE_TEXT, name), .doc = words_                \
	}
#define GROUP_KIND                                                                                 \
	{                                                                                          \
		.key = "kind", .type = SCHEMA_WORD, .required = true, .words = group_words_kind,   \
		IN_GROUP(STORE_INT, kind), .doc = "What the group is made of."                     \
	}
#define GROUP_TAGS(api_)                                                                           \
	{                                                                                          \
		.key = "tags", .type = SCHEMA_TAGS, .max = MAX_USER_TAGS, .api = api_,             \
		.doc = "At most 16 tags, added to the defaults' tags key by key."                  \
	}
#define GROUP_ADOPT(rule_, max_, words_)                                                                 \
	{                                                                                          \
		.key = "adopt", .type = SCHEMA_TEXTS, .no_default = true, .max = max_,             \
		.rule = &rule_, IN_GROUP(STORE_TEXTS, adopt), .doc = words_                        \
	}
#define GROUP_PROTECT                                                                              \
	{                                                                                          \
		.key = "protect", .type = SCHEMA_BOOL, .initial = "false",                         \
		IN_GROUP(STORE_BOOL, protect),                                                     \
		.doc = "true: every delete and every reset in this group waits for an approval. "  \
		       "Remembered for good, even if the key goes or says false."                  \
	}
#define GROUP_ROLLOUT                                                                              \
	{                                                                                          \
		.key = "rollout", .type = SCHEMA_WORD, .words = group_words_rollout,               \
		.initial = "manual", IN_GROUP(STORE_BOOL, rollout_now),                            \
		.doc = "now moves existing instances to a changed image (disconnects people); "    \
		       "manual only reports the difference."                                       \
	}
#define GROUP_REORDER                                                                              \
	{                                                                                          \
		.key = "reorder", .type = SCHEMA_WORD, .words = group_words_reorder,               \
		.initial = "on_edit", IN_GROUP(STORE_BOOL, reorder_after_cancel),                  \
		.doc = "A cancelled order is ordered anew after an edit of the group (on_edit) "   \
		       "or by itself (after_cancel)."                                              \
	}
#define GROUP_RENAMED_FROM                                                                         \
	{                                                                                          \
		.key = "renamed_from", .type = SCHEMA_TEXT, .no_default = true,                    \
		.rule = &rule_group_name, IN_GROUP(STORE_TEXT, renamed_from),                      \
		.doc = "The group's former name: its instances are kept under the new one."        \
	}
#define GROUP_CHARGE_TYPE                                                                          \
	{                                                                                          \
		.key = "type", .type = SCHEMA_WORD, .words = group_words_charge,                   \
		.initial = "PostPaid", .always_sent = true, .api = "ChargeType",                   \
		IN_GROUP(STORE_INT, charge),                                                       \
		.doc = "PostPaid is billed by use, PrePaid is a subscription: an order that "      \
		       "somebody pays. Cannot be changed while the group has instances."           \
	}
#define GROUP_AUTO_PAY                                                                             \
	{                                                                                          \
		.key = "auto_pay", .type = SCHEMA_BOOL, .initial = "false", .always_sent = true,   \
		.api = "AutoPay", IN_GROUP(STORE_BOOL, auto_pay),                                  \
		.doc = "PrePaid only: pay the order at once. With false a person pays it in the "  \
		       "console."                                                                  \
	}

/* The value in force: the group's own, else the default's; NULL without either. */
const struct yaml_node *group_pick(const struct source *own, const struct source *defaults,
				   const char *key);
/* Complains of a true at @key beside @type PostPaid. */
void group_check_prepaid_only(struct check *c, const struct source *own, const char *type,
			      const char *key);
/* Complains when the group's and the defaults' tags are too many together. */
void group_check_tags(struct check *c, const struct source *own, const struct source *defaults);
