#pragma once
/*
 * What is asked about a desired group before it buys: is the image there, is the spec sold and
 * in stock (or which fallback is), what does it cost, and does the account have the money? One
 * row per kind; the questions of a kind, in order, live in its own file
 * (inquiry_cloud_phone.c). Advice only: what gets no answer counts as "yes" or "not known".
 *
 * Pure: the caller (observe/preflight) makes the calls.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/money.h"
#include "base/strbuf.h"
#include "cloud/operations.h"
#include "model/desired.h"
#include "model/params.h"

struct inquiry {
	/* copied from the group */
	enum kind kind;
	char *group, *region, *image;
	struct text_list specs; /* the group's own, then the fallbacks */
	int64_t instances;      /* that the next order would have, at most */
	enum charge_type charge;
	bool auto_pay;
	struct value *create;

	/* the kind's own place in its questions */
	int question;
	size_t spec;              /* the one of specs being asked about */
	struct text_list notes;   /* what an answer left for a later question */

	/* findings */
	bool image_ok, spec_ok, stock_ok; /* true until an answer says no */
	int64_t price_micro; /* of one instance for one period (PayAsYouGo: one hour); 0 not known */
	char currency[MONEY_CURRENCY_SIZE];
	bool balance_known;
	int64_t balance_micro;
	struct strbuf text; /* every complaint, for people */
};

struct inquiry_kind {
	/* The next question. 0, -ENOENT: all is asked, -ENOMEM. */
	int (*ask)(struct inquiry *q, enum operation *ret_op, struct params *ret);
	/* Its answer; NULL: there was none, or it could not be asked. Moves on to the next one. */
	void (*answer)(struct inquiry *q, const cJSON *root);
};

/* 0 or -ENOMEM; in both cases inquiry_fini(). */
int inquiry_init(struct inquiry *q, const struct desired_group *group);
void inquiry_fini(struct inquiry *q);
/* Of q->kind. */
int inquiry_ask(struct inquiry *q, enum operation *ret_op, struct params *ret);
void inquiry_answer(struct inquiry *q, const cJSON *root);
/* The spec to ask for: NULL = the group's own. */
const char *inquiry_spec(const struct inquiry *q);
/* "; "-separated. */
void inquiry_complain(struct inquiry *q, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What an order of one instance costs: not known unless it is more than nothing. */
void inquiry_take_price(struct inquiry *q, int64_t micro, const char *currency);
/* The answer to QueryAccountBalance, asked after the price: a balance in another currency than
 * that cannot be compared with it and counts as not known. */
void inquiry_take_balance(struct inquiry *q, const cJSON *root);

extern const struct inquiry_kind inquiry_cloud_phone;
extern const struct inquiry_kind inquiry_app_streaming;
extern const struct inquiry_kind inquiry_purchase;
