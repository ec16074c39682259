#pragma once
/*
 * Reads orders at the billing service: one by id, or the new ones of a window.
 *
 * Loop rule: each callback fires from the loop; order_reader_close() ends what runs first.
 */
#include <stdbool.h>
#include <stdint.h>

#include "cloud/billing.h"
#include "cloud/call.h"

struct order_reader;

enum order_answer {
	ORDER_ANSWER_OK,
	ORDER_ANSWER_NOT_YET, /* a new order is not readable at once (bssopenapi 3.3) */
	ORDER_ANSWER_DENIED,  /* the permission is missing */
	ORDER_ANSWER_FAILED,  /* no answer this time */
};

/* Orders that were made in [from, to], of every type (bssopenapi 4.3): growth of a subscription is
 * an Upgrade. What it is for is the caller's. */
struct order_search {
	uint64_t from_wall_ms, to_wall_ms;
	bool unpaid_only;
	int purpose;
	int64_t subject;
};

struct order_reader_options {
	struct cloud *cloud;
	/* @order is set for ORDER_ANSWER_OK; borrowed. */
	void (*on_order)(void *data, const char *order_id, enum order_answer answer,
			 const struct billing_order *order, const struct cloud_reply *reply);
	/* One row of a search, told when it has ended complete; borrowed. */
	void (*on_found)(void *data, const struct order_search *search, const struct billing_row *row);
	void (*on_search)(void *data, const struct order_search *search, enum order_answer answer,
			  const char *code, const char *request_id);
	void *data;
};

int order_reader_new(const struct order_reader_options *options, struct order_reader **ret);
/* GetOrderDetail. 0; -EALREADY while that order is being asked for; or a negative errno. */
int order_reader_read(struct order_reader *r, const char *order_id);
/* QueryOrders: one search after the other, in the order asked for. 0; -EALREADY while one for
 * the same purpose and subject waits or runs; or another negative errno. */
int order_reader_search(struct order_reader *r, const struct order_search *search);
/* @closed: at once when nothing runs, else later. */
void order_reader_close(struct order_reader *r, void (*closed)(void *data), void *data);
