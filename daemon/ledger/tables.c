/* Which field of which struct is which column of schema.sql. */
#include "base/cleanup.h"
#include "ledger/ledger.h"
#include "ledger/row.h"

#define FIELD(row, field, column, kind_of, role_of)                                                \
	.name = (column), .type = (kind_of), .role = (role_of),                                    \
	.offset = offsetof(struct row, field)
#define PLAIN(row, field, kind_of)                                                                 \
	{                                                                                          \
		FIELD(row, field, #field, kind_of, COLUMN_PLAIN)                                   \
	}
#define NAMED(row, field, column, kind_of)                                                         \
	{                                                                                          \
		FIELD(row, field, column, kind_of, COLUMN_PLAIN)                                   \
	}
#define KEY(row, field, column, kind_of)                                                           \
	{                                                                                          \
		FIELD(row, field, column, kind_of, COLUMN_KEY)                                     \
	}
#define FIXED(row, field, kind_of)                                                                 \
	{                                                                                          \
		FIELD(row, field, #field, kind_of, COLUMN_FIXED)                                   \
	}
#define CHARS(row, field, role_of)                                                                 \
	{                                                                                          \
		FIELD(row, field, #field, COLUMN_CHARS, role_of),                                  \
			.size = sizeof(((struct row *)0)->field)                                   \
	}
#define WORD(row, field, role_of, words, n)                                                        \
	{                                                                                          \
		FIELD(row, field, #field, COLUMN_WORD, role_of), .word = (words), .n_words = (n)   \
	}
#define TABLE(text, columns_of, row, first)                                                        \
	{                                                                                          \
		.name = (text), .columns = (columns_of), .n_columns = ARRAY_SIZE(columns_of),      \
		.row_size = sizeof(struct row), .keep_first = (first)                              \
	}

static const char *verb_word(int v)
{
	return verb_name((enum verb)v);
}
static const char *kind_word(int v)
{
	return kind_name((enum kind)v);
}
static const char *charge_word(int v)
{
	return charge_type_name((enum charge_type)v);
}
static const char *intent_state_word(int v)
{
	return intent_state_name((enum intent_state)v);
}
static const char *order_status_word(int v)
{
	return order_status_name((enum order_status)v);
}
static const char *resource_state_word(int v)
{
	return resource_state_name((enum resource_state)v);
}
#define N_CHARGES (CHARGE_UNKNOWN + 1)

static const struct column meta[] = {
	KEY(meta_row, key, "key", COLUMN_TEXT),
	PLAIN(meta_row, value, COLUMN_TEXT),
};

/* What makes a call that call is fixed: one token, one intent, one parameter set. */
static const struct column intents[] = {
	KEY(intent, id, "id", COLUMN_INT64),
	CHARS(intent, key, COLUMN_FIXED),
	WORD(intent, verb, COLUMN_FIXED, verb_word, VERB_MAX_),
	WORD(intent, kind, COLUMN_FIXED, kind_word, KIND_MAX_),
	WORD(intent, state, COLUMN_PLAIN, intent_state_word, INTENT_STATE_MAX_),
	FIXED(intent, operation, COLUMN_TEXT),
	NAMED(intent, group, "group_name", COLUMN_TEXT),
	PLAIN(intent, region, COLUMN_TEXT),
	PLAIN(intent, cloud_group, COLUMN_TEXT),
	PLAIN(intent, name, COLUMN_TEXT),
	FIXED(intent, token, COLUMN_TEXT),
	FIXED(intent, params, COLUMN_TEXT),
	PLAIN(intent, count, COLUMN_INT64),
	FIXED(intent, total, COLUMN_INT64),
	FIXED(intent, price_micro, COLUMN_INT64),
	CHARS(intent, currency, COLUMN_FIXED),
	NAMED(intent, before, "ids_before", COLUMN_LIST),
	PLAIN(intent, targets, COLUMN_LIST),
	WORD(intent, charge, COLUMN_PLAIN, charge_word, N_CHARGES),
	PLAIN(intent, buys, COLUMN_BOOL),
	PLAIN(intent, unpaid, COLUMN_BOOL),
	PLAIN(intent, fingerprint, COLUMN_U64),
	PLAIN(intent, generation, COLUMN_U64),
	PLAIN(intent, created_wall_ms, COLUMN_U64),
	PLAIN(intent, first_sent_wall_ms, COLUMN_U64),
	PLAIN(intent, last_sent_wall_ms, COLUMN_U64),
	PLAIN(intent, sends, COLUMN_INT),
	PLAIN(intent, looks, COLUMN_INT),
	PLAIN(intent, looks_late, COLUMN_INT),
	PLAIN(intent, result_group, COLUMN_TEXT),
	PLAIN(intent, result, COLUMN_LIST),
	PLAIN(intent, order_id, COLUMN_TEXT),
	PLAIN(intent, code, COLUMN_TEXT),
	PLAIN(intent, message, COLUMN_TEXT),
	PLAIN(intent, request_id, COLUMN_TEXT),
	PLAIN(intent, settled_wall_ms, COLUMN_U64),
	PLAIN(intent, landed, COLUMN_BOOL),
};

static const struct column orders[] = {
	KEY(order, id, "id", COLUMN_TEXT),
	NAMED(order, group, "group_name", COLUMN_TEXT),
	PLAIN(order, region, COLUMN_TEXT),
	PLAIN(order, cloud_group, COLUMN_TEXT),
	PLAIN(order, intent, COLUMN_REF),
	PLAIN(order, count, COLUMN_INT64),
	WORD(order, status, COLUMN_PLAIN, order_status_word, ORDER_STATUS_MAX_),
	PLAIN(order, status_text, COLUMN_TEXT),
	PLAIN(order, amount, COLUMN_TEXT),
	PLAIN(order, currency, COLUMN_TEXT),
	PLAIN(order, created_wall_ms, COLUMN_U64),
	PLAIN(order, settled_wall_ms, COLUMN_U64),
	PLAIN(order, announced_wall_ms, COLUMN_U64),
	PLAIN(order, deadline_wall_ms, COLUMN_U64),
	PLAIN(order, fingerprint, COLUMN_U64),
	PLAIN(order, landed, COLUMN_BOOL),
	PLAIN(order, foreign, COLUMN_BOOL),
};

static const struct column resources[] = {
	KEY(resource, cloud_group, "cloud_group", COLUMN_TEXT),
	KEY(resource, id, "id", COLUMN_TEXT),
	NAMED(resource, group, "group_name", COLUMN_TEXT),
	PLAIN(resource, intent, COLUMN_REF),
	WORD(resource, state, COLUMN_PLAIN, resource_state_word, RESOURCE_STATE_MAX_),
	WORD(resource, charge, COLUMN_PLAIN, charge_word, N_CHARGES),
	PLAIN(resource, first_wall_ms, COLUMN_U64),
	PLAIN(resource, seen_wall_ms, COLUMN_U64),
	PLAIN(resource, missing_wall_ms, COLUMN_U64),
	PLAIN(resource, missing_listings, COLUMN_INT),
	PLAIN(resource, foreign, COLUMN_BOOL),
};

static const struct column changes[] = {
	KEY(change_row, intent, "intent", COLUMN_INT64),
	KEY(change_row, deleted, "deleted", COLUMN_BOOL),
	NAMED(change_row, group, "group_name", COLUMN_TEXT),
	PLAIN(change_row, count, COLUMN_INT64),
	PLAIN(change_row, wall_ms, COLUMN_U64),
};

static const struct column approvals[] = {
	CHARS(approval, hash, COLUMN_KEY),
	PLAIN(approval, who, COLUMN_TEXT),
	PLAIN(approval, given_wall_ms, COLUMN_U64),
	PLAIN(approval, used, COLUMN_BOOL),
	PLAIN(approval, count, COLUMN_INT64),
	PLAIN(approval, price_micro, COLUMN_INT64),
	CHARS(approval, holds, COLUMN_PLAIN),
};

static const struct column paused[] = {
	KEY(paused_row, group, "group_name", COLUMN_TEXT),
	PLAIN(paused_row, who, COLUMN_TEXT),
	PLAIN(paused_row, since_wall_ms, COLUMN_U64),
};

static const struct column known_groups[] = {
	KEY(known_group, name, "name", COLUMN_TEXT),
	WORD(known_group, kind, COLUMN_PLAIN, kind_word, KIND_MAX_),
	PLAIN(known_group, region, COLUMN_TEXT),
	WORD(known_group, charge, COLUMN_PLAIN, charge_word, N_CHARGES),
	PLAIN(known_group, protect, COLUMN_BOOL),
	PLAIN(known_group, end_marker, COLUMN_BOOL),
	PLAIN(known_group, fingerprint, COLUMN_U64),
};

static const struct column events[] = {
	PLAIN(ledger_event, wall_ms, COLUMN_U64),
	NAMED(ledger_event, group, "group_name", COLUMN_TEXT),
	PLAIN(ledger_event, event, COLUMN_TEXT),
	PLAIN(ledger_event, detail, COLUMN_TEXT),
};

static const struct column fleet[] = {
	KEY(fleet_row, slot, "slot", COLUMN_INT64),
	PLAIN(fleet_row, generation, COLUMN_U64),
	PLAIN(fleet_row, saved_wall_ms, COLUMN_U64),
	PLAIN(fleet_row, text, COLUMN_TEXT),
};

const struct table ledger_tables[TABLE_MAX_] = {
	[TABLE_META] = TABLE("meta", meta, meta_row, false),
	[TABLE_INTENTS] = TABLE("intents", intents, intent, false),
	[TABLE_ORDERS] = TABLE("orders", orders, order, false),
	[TABLE_RESOURCES] = TABLE("resources", resources, resource, false),
	/* A replay of a call must not count twice against the hourly budget. */
	[TABLE_CHANGES] = TABLE("changes", changes, change_row, true),
	[TABLE_APPROVALS] = TABLE("approvals", approvals, approval, false),
	[TABLE_PAUSED] = TABLE("paused", paused, paused_row, false),
	[TABLE_KNOWN_GROUPS] = TABLE("known_groups", known_groups, known_group, false),
	[TABLE_EVENTS] = TABLE("events", events, ledger_event, false),
	[TABLE_FLEET] = TABLE("fleet", fleet, fleet_row, false),
};
