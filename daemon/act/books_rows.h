#pragma once
/*
 * What the books hold, shared by books.c and books_view.c and nobody else.
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
	bool marked;
	bool forgotten; /* refused: leaves once the ledger has forgotten it, too */
	bool renamed;   /* the ledger has it under another name, and keeps the first it was given */
};

struct event_row {
	uint64_t wall_ms;
	char *group, *event, *detail;
};

struct books {
	struct order_row *orders;
	struct resource_row *resources;
	VEC(struct approval_row) approvals;
	VEC(struct pause_row) pauses;
	VEC(struct known_row) known;
	VEC(struct change_row) changes; /* of the last hour, and unsaved ones */
	VEC(struct event_row) events;   /* unsaved only */
	char owner[32];
	uint64_t since_wall_ms;

	/* memory of the view */
	VEC(struct order) view_orders;
	VEC(struct resource) view_resources;
	VEC(struct approval) view_approvals;
	VEC(struct group_hour) view_deleted;
	VEC(struct paused) view_paused;
	VEC(struct group_kind) view_kinds;
};
