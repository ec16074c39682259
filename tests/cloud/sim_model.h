#pragma once
/*
 * What exists: groups with their instances, orders, tasks; and how it ages. Knows no
 * request and no JSON. Durations are cloud time, creation times are wall clock.
 *
 * Everything that changes it bumps sim->changes, which is how a call's log entry knows
 * whether the call had an effect.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/vec.h"
#include "sim.h"
#include "sim_auth.h"
#include "sim_buy.h"
#include "sim_calls.h"
#include "sim_catalog.h"
#include "sim_faults.h"
#include "sim_nonces.h"
#include "sim_random.h"
#include "sim_sts.h"
#include "sim_tags.h"
#include "sim_throttle.h"
#include "sim_words.h"

#define SIM_ID_SIZE 28
#define SIM_TIME_SIZE 20
#define SIM_GROUP_MAX 100 /* instances (eds-aic 4.1, 6.2) */
#define SIM_NEVER UINT64_MAX

#define SIM_MINUTE_MS UINT64_C(60000)
#define SIM_DAY_MS (UINT64_C(24) * 60 * SIM_MINUTE_MS)

/* How what a call begins will go: told by the ageing faults. */
enum sim_fate { FATE_WELL, FATE_FAILS, FATE_STUCK };

/* One group as a create asks for it; also what an unpaid order remembers. */
struct sim_wish {
	char *name;
	char *office_site, *vswitch, *policy, *key_pair, *network_type, *bandwidth_package; /* "" */
	const struct sim_region *region;
	const struct sim_spec *spec;
	const struct sim_image *image;
	unsigned instances;
	bool prepaid, auto_renew, gpu;
	int stream_mode;
	uint64_t period_ms;
	struct sim_tags *tags; /* one reference */
	enum sim_fate fate;
};

struct sim_group;

struct sim_instance {
	char id[SIM_ID_SIZE];
	char created[SIM_TIME_SIZE], modified[SIM_TIME_SIZE]; /* YYYY-MM-DD hh:mm:ss */
	uint64_t seq;
	struct sim_group *group;
	const char *status; /* a word */
	const char *next;   /* what it becomes at step_due; NULL: gone */
	uint64_t step_due;  /* cloud; SIM_NEVER when at rest */
	uint64_t created_cloud_ms;
	const char *session;                 /* connect, disConnect */
	const struct sim_key_pair *key_pair; /* or NULL */
	struct sim_tags *tags;
	UT_hash_handle hh;
};

struct sim_group {
	char id[SIM_ID_SIZE];
	char created[SIM_TIME_SIZE], modified[SIM_TIME_SIZE];
	uint64_t seq;
	struct sim_wish wish; /* as bought, name and policy as modified since */
	const char *status;
	const char *error_code; /* "" */
	const char *zone;
	uint64_t created_cloud_ms, created_wall_ms, created_advanced_ms;
	uint64_t expire_due, gone_due;        /* cloud; SIM_NEVER */
	VEC(struct sim_instance *) instances; /* by seq */
	char *row_tail; /* the members that all rows of its instances share; NULL: to be written */
	UT_hash_handle hh;
};

enum sim_order_status { ORDER_UNPAID, ORDER_PAID, ORDER_CANCELLED };

struct sim_order {
	char id[SIM_ID_SIZE], sub_id[SIM_ID_SIZE];
	uint64_t seq;
	const char *action;     /* the operation that made it */
	const char *order_type; /* New, Upgrade, Downgrade, Renew (bssopenapi 4.3) */
	enum sim_order_status status;
	uint64_t created_wall_ms, created_cloud_ms, paid_wall_ms;
	uint64_t deadline_due; /* cloud; SIM_NEVER once settled */
	unsigned count;        /* instances it buys; groups for a renewal */
	bool prepaid;
	uint64_t cents;
	const char *currency;
	const char *region;
	const char *product_code, *product_type, *commodity; /* as BssOpenApi shows it */
	/* what paying it does */
	int (*deliver)(struct sim *sim, struct sim_order *order);
	void *cargo; /* what another product's deliver() needs; free()d with the order */
	struct sim_wish wish; /* New: one group of it per amount; Upgrade: its fate */
	unsigned amount;
	VEC(char *) targets; /* group ids of an Upgrade or a Renew */
	char *config;        /* what was ordered, as GetOrderDetail shows it; NULL: nothing */
	uint64_t renew_ms;
	bool is_network;       /* buys a bandwidth package */
	VEC(char *) resources; /* what it has brought about */
	UT_hash_handle hh;
};

struct sim_task {
	char id[SIM_ID_SIZE], parent[SIM_ID_SIZE]; /* parent "" for a batch task */
	char invoke_id[SIM_UUID_SIZE], instance[SIM_ID_SIZE];
	const char *type;
	const char *region;
	uint64_t started_wall_ms, due; /* cloud; SIM_NEVER: never ends */
	unsigned children;
	bool fails;
};

/* Things in the order of their making; gaps where they are gone. */
struct sim_slot {
	uint64_t seq;
	void *item;
};
struct sim_slots {
	VEC(struct sim_slot) list;
	size_t gaps;
};

struct sim_event {
	uint64_t due, order;
	/* Looks its subject up, and does nothing when that waits for another due time. */
	int (*run)(struct sim *sim, const struct sim_event *event);
	char id[SIM_ID_SIZE];
};

struct sim_token {
	char *token;  /* key */
	char *params; /* the call it belongs to, byte for byte */
	char *answer; /* the members of the first answer beside RequestId */
	uint64_t wall_ms;
	UT_hash_handle hh;
};

/* The last count of a filtered listing: pages of one listing do not count anew. */
struct sim_total {
	uint64_t filter, changes;
	size_t total;
};

struct sim {
	struct sim_random random;
	double scale;
	struct sim_keys keys; /* the account's own */
	struct sim_sts sts;
	uint64_t token_window_ms;

	struct sim_now now;
	uint64_t cloud_ms, advanced_ms;
	double fraction_ms; /* of cloud time, not yet a whole millisecond */

	uint64_t seq, changes, events_made;
	struct sim_group *groups;       /* uthash by id */
	struct sim_instance *instances; /* uthash by id */
	struct sim_order *orders;       /* uthash by id, in the order of making */
	struct sim_stream *streams;     /* the same: App Streaming, sim_stream.h */
	struct sim_token *tokens;
	struct sim_account account;
	struct sim_purchase *purchases; /* uthash by id, in the order of making */
	struct sim_slots group_order, instance_order;
	VEC(struct sim_event) events; /* binary heap */
	VEC(struct sim_task) tasks;
	struct sim_total totals[8];
	size_t next_total;

	struct sim_words words;
	struct sim_faults faults;
	struct sim_nonces nonces;
	struct sim_calls calls;
	struct sim_throttle reads, writes;
};

/* --- sim_model.c */
struct sim_group *sim_find_group(struct sim *sim, const char *id);
struct sim_instance *sim_find_instance(struct sim *sim, const char *id);

/* All or nothing: a group with its instances, CREATING, or RUNNING at once when
 * @ready. 0 or -ENOMEM. @wish is copied. */
int sim_group_add(struct sim *sim, const struct sim_wish *wish, bool ready,
		  struct sim_group **ret_group);
/* @n more instances, without tags and without key pair (eds-aic 4.4), of @fate. */
int sim_group_grow(struct sim *sim, struct sim_group *group, unsigned n, enum sim_fate fate);
/* Gone at once, with everything in it. */
void sim_group_drop(struct sim *sim, struct sim_group *group);
void sim_instance_drop(struct sim *sim, struct sim_instance *instance);
/* Instances that are not on their way out. */
unsigned sim_group_size(const struct sim_group *group);
/* A moment on the clocks that matter, to count a due time from. */
struct sim_moment {
	uint64_t cloud_ms, wall_ms, advanced_ms;
};
/* When @due comes by the wall clock, as far as cloud time allows to say: counted from the
 * making of the thing, so that it reads the same in every listing until somebody advances
 * the clock. */
uint64_t sim_due_wall_ms(const struct sim *sim, struct sim_moment made, uint64_t due);
/* When the subscription ends. */
uint64_t sim_group_expiry_wall_ms(const struct sim *sim, const struct sim_group *group);

int sim_wish_copy(const struct sim_wish *from, struct sim_wish *ret_wish);
void sim_wish_fini(struct sim_wish *wish);

/* Notes a change of a group: time of modification, cached text. */
void sim_group_touch(struct sim *sim, struct sim_group *group);
void sim_instance_touch(struct sim *sim, struct sim_instance *instance);
void sim_format_time(uint64_t wall_ms, char out[SIM_TIME_SIZE]);

/* --- sim_slots.c */
int sim_slots_add(struct sim_slots *slots, uint64_t seq, void *item);
void sim_slots_remove(struct sim_slots *slots, uint64_t seq);
/* Index of the first slot with a seq of at least @seq. */
size_t sim_slots_lower(const struct sim_slots *slots, uint64_t seq);

/* --- sim_ageing.c: everything that happens by itself */
/* @run is called for @id once cloud time reaches @due. 0 or -ENOMEM. */
int sim_event_at(struct sim *sim, int (*run)(struct sim *sim, const struct sim_event *event),
		 const char *id, uint64_t due);
/* @instance becomes @status now and @next (NULL: gone) after @ms, unless its fate is
 * to stick. 0 or -ENOMEM. */
int sim_instance_begin(struct sim *sim, struct sim_instance *instance, const char *status,
		       const char *next, uint64_t ms, enum sim_fate fate);
/* DELETING now, gone 60 s later. */
int sim_group_begin_delete(struct sim *sim, struct sim_group *group);
int sim_group_expire_at(struct sim *sim, struct sim_group *group, uint64_t due);
int sim_order_deadline_at(struct sim *sim, struct sim_order *order, uint64_t due);
/* Handles all that is due by now. */
int sim_age(struct sim *sim);

/* --- sim_pay.c */
/* A new unpaid order that nobody knows yet: the caller fills in what paying does and
 * places it, or frees it. NULL without memory. */
struct sim_order *sim_order_new(struct sim *sim, const char *action, const char *order_type);
/* Makes it known, and pays it at once if @pay; else it is cancelled by itself after seven
 * days (bssopenapi 5). Takes @order over in every case. 0 or -ENOMEM. */
int sim_order_place(struct sim *sim, struct sim_order *order, bool pay);
/* 0, 1 when it is settled already, or -ENOMEM. */
int sim_order_pay(struct sim *sim, struct sim_order *order);
int sim_order_cancel(struct sim *sim, struct sim_order *order);
int sim_order_add_resource(struct sim_order *order, const char *id);
int sim_order_add_target(struct sim_order *order, const char *id);
struct sim_order *sim_find_order(struct sim *sim, const char *id);
void sim_order_free(struct sim_order *order);
const char *sim_order_status_text(const struct sim_order *order);
