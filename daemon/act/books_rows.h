#pragma once
/*
 * What the books hold, shared by books.c, books_spend.c and books_view.c and nobody else.
 */
#include "act/books.h"
#include "base/hash.h"
#include "base/vec.h"

struct order_row {
	struct order order;
	bool marked;
	UT_hash_handle hh;
};

struct resource_row {
	struct resource resource;
	char *key; /* see resource_key() */
	bool marked;
	UT_hash_handle hh;
};

struct approval_row {
	struct approval approval;
	bool marked;
};

struct pause_row {
	char *group;
	char *who;
	bool paused, marked;
};

struct known_row {
	struct known_group group;
	bool marked;
};

struct change_row {
	char *group;
	int64_t intent, count;
	uint64_t wall_ms;
	uint64_t ahead_since_ms; /* while wall_ms lies ahead: the earliest time it was seen at; 0 none */
	bool marked;
	bool forgotten; /* refused: leaves once the ledger has forgotten it, too */
	bool renamed;   /* the ledger has it under another name, and keeps the first it was given */
};

struct event_row {
	uint64_t wall_ms;
	char *group, *event, *detail;
};

/* A buy and its money; the ledger has it as the intent. */
struct spend_row {
	int64_t intent;
	int64_t price_micro; /* when it was recorded; 0 not known */
	char currency[MONEY_CURRENCY_SIZE];
	bool by_use, refused;
	uint64_t wall_ms;
	/* what its orders say, found anew for every view */
	int64_t ordered, standing; /* orders for instances; of them not cancelled */
	int64_t real_micro;
	const char *real_currency;
	UT_hash_handle hh;
};

struct books {
	struct order_row *orders;
	struct resource_row *resources;
	VEC(struct approval_row) approvals;
	VEC(struct pause_row) pauses;
	VEC(struct known_row) known;
	VEC(struct change_row) changes; /* of the last hour, and unsaved ones */
	VEC(struct event_row) events;   /* unsaved only */
	struct spend_row *spends;       /* by intent */
	char owner[32];
	uint64_t since_wall_ms;

	/* memory of the view */
	VEC(struct order) view_orders;
	VEC(struct resource) view_resources;
	VEC(struct approval) view_approvals;
	VEC(struct group_hour) view_deleted;
	VEC(struct paused) view_paused;
	VEC(struct group_kind) view_kinds;
	VEC(struct spend) view_spends;
};

/* Into view_spends. 0 or -ENOMEM. */
int spends_view(struct books *b, uint64_t wall_ms);
int spends_load(struct books *b, struct ledger *ledger);
void spends_free(struct books *b);
