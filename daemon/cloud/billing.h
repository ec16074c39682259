#pragma once
/*
 * Orders at the billing service (bssopenapi 3.3, 3.4) and the account's balance: asked for,
 * never changed. Text is borrowed from the reply.
 */
#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

#include "model/desired.h"
#include "model/in_flight.h"
#include "model/params.h"

#define BILLING_PAGE_SIZE 100 /* no maximum is documented */

int billing_encode_order(const char *order_id, struct params *ret);

/* One sub-order as GetOrderDetail tells it, or one order as QueryOrders does. */
struct billing_row {
	const char *order_id, *sub_order_id, *type, *status;
	const char *created, *paid;
	const char *product_code, *product_type, *commodity, *region;
	const char *quantity, *amount, *currency; /* numbers as text: money is never a double */
	const char *instances;                    /* a JSON array as text */
};
int billing_row_decode(const cJSON *row, struct billing_row *ret);

/* Of one word: unpaid, paid, cancelled in any case, with one l or two; else unknown. */
enum order_status billing_status(const char *text);

struct billing_order {
	enum order_status status;
	const char *status_text; /* of the sub-order that decided */
	const char *amount;      /* of the first sub-order; "" when there are several */
	const char *currency;
	uint64_t created_ms;        /* wall; 0 unknown */
	struct text_list instances; /* what the sub-orders name, owned; often none */
};

enum billing_result {
	BILLING_OK,
	BILLING_NOT_YET, /* a new order is not readable at once (bssopenapi 3.3): ask again */
};

/* The state of a whole order from all its sub-orders: one cancelled voids it, all paid pay
 * it, else it is unpaid; a word nobody knows makes it unknown. Negative: -EBADMSG (rows of
 * another order, not the shape), -ENOMEM. */
int billing_decode_order(const cJSON *root, const char *order_id, struct billing_order *ret);
void billing_order_fini(struct billing_order *order);

/* What the account has to spend, from QueryAccountBalance, which takes no parameters (bssopenapi
 * 3.15); below zero in arrears. *ret_currency is borrowed. 0, or -EBADMSG: it does not say. */
int billing_decode_balance(const cJSON *root, int64_t *ret_micro, const char **ret_currency);

/* New orders, unpaid ones too, created in [from, to]. Without a window the API looks back
 * one hour only. The pager adds PageNum. */
struct billing_query {
	uint64_t from_ms, to_ms;
	const char *status; /* "Unpaid", ...; NULL = all */
	const char *type;   /* "New", ...; NULL = all */
};
int billing_encode_query(const struct billing_query *query, struct params *ret);
