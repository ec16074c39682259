#pragma once
/*
 * What BssOpenApi sells: the account with its money and its site, and the instances that
 * were bought. Part of the model: durations are cloud time, creation times are wall clock.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "sim_buy_catalog.h"

struct sim;
struct sim_order;

struct sim_account {
	int64_t cents;      /* what is available; may be below 0 */
	bool international; /* the site that it belongs to (bssopenapi 2) */
	uint64_t order_life_ms; /* an unpaid order is cancelled after it, cloud; 0: seven days */
	bool stray_orders;  /* a purchase that is not covered leaves an unpaid order behind */
};

/* Takes the money out, if there is enough. */
bool sim_account_pays(struct sim_account *account, uint64_t cents);

#define SIM_PURCHASE_ID_SIZE 28
#define SIM_PURCHASE_KEPT_MS (15 * SIM_DAY_MS) /* listed after its end */
#define SIM_REGION_SIZE 32

/* What a purchase asks for; also what an unpaid order remembers, so that nothing in it has
 * an owner. */
struct sim_basket {
	const struct sim_article *article;
	char region[SIM_REGION_SIZE];
	uint64_t period_ms;       /* 0: PayAsYouGo */
	const char *renew_status; /* constant text */
	int64_t renew_months;     /* with AutoRenewal */
	uint64_t cents;
	bool fails, stuck; /* told by the ageing faults */
};

struct sim_purchase {
	char id[SIM_PURCHASE_ID_SIZE];
	struct sim_basket basket; /* renewal as set since */
	const char *status;       /* a word */
	const char *renew_unit;   /* M or Y, as it was set */
	uint64_t created_cloud_ms, created_wall_ms, created_advanced_ms;
	uint64_t step_due, end_due, gone_due; /* cloud; SIM_NEVER */
	uint64_t end_wall_ms;                 /* set by hand; 0: as end_due says */
	bool refunded;
	UT_hash_handle hh;
};

/* --- sim_buy_model.c */
struct sim_purchase *sim_find_purchase(struct sim *sim, const char *id);
/* The one made last; the others by hh.prev. NULL: there is none. */
struct sim_purchase *sim_newest_purchase(const struct sim *sim);
/* Gone at once. */
void sim_purchase_drop(struct sim *sim, struct sim_purchase *purchase);
bool sim_purchase_is_prepaid(const struct sim_purchase *purchase);
/* When the subscription ends by the wall clock, as its row shows it. */
uint64_t sim_purchase_end_wall_ms(const struct sim *sim, const struct sim_purchase *purchase);
/* The end of the subscription by hand. One in the past is only shown: the status keeps
 * what it was, as it may in life (bssopenapi 3.2). 0 or -ENOMEM. */
int sim_purchase_end_at(struct sim *sim, struct sim_purchase *purchase, uint64_t wall_ms);
/* An order for the instance of @basket, which is delivered once the order is paid. The
 * caller places it. NULL without memory. */
struct sim_order *sim_purchase_order(struct sim *sim, const struct sim_basket *basket);
/* Gives money back by an order of its own, which @ret_order is, and lets the instance leave
 * the listing after a while. 0 or -ENOMEM. */
int sim_purchase_refund(struct sim *sim, struct sim_purchase *purchase, uint64_t cents,
			struct sim_order **ret_order);
