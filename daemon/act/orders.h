#pragma once
/*
 * The life of orders in the books: what an answer of the billing service means, and telling
 * people: once when an order needs payment, then every hour, then again when it is paid or
 * cancelled. No I/O but the log.
 */
#include "act/books.h"
#include "base/duration.h"
#include "model/desired.h"
#include "model/settings.h"

/* The system cancels an unpaid order after 7 days at the latest; some products sooner, and
 * none says so in its reply (bssopenapi 5). */
#define ORDER_DEADLINE_MS (7 * DAY_MS)

struct orders;

/* @books is not owned. NULL without memory. */
struct orders *orders_new(struct books *books, const struct settings *settings);
struct orders *orders_free(struct orders *o);
void orders_configure(struct orders *o, const struct settings *settings);

/* What was learned about an order; texts "" when not said. */
struct order_news {
	const char *id;
	enum order_status status;
	const char *status_text; /* as the service wrote it, or why it is unknown */
	const char *amount, *currency;
	const char *request_id;
};

/* Takes @news into the books and tells people of a change. @desired: a cancellation remembers
 * what its group was like. 1: the state changed; 0: it did not; -ENOENT, -ENOMEM. */
int orders_learn(struct orders *o, const struct order_news *news, const struct desired *desired,
		 uint64_t wall_ms);

/* An unpaid order that the ledger does not know: kept, so that it holds what it may be for, and
 * told once by orders_remind().
 * 1: it is new; 0: known; -ENOMEM. */
int orders_found(struct orders *o, const struct order_news *news, uint64_t created_wall_ms,
		 uint64_t wall_ms);

/* Tells of every unpaid order that was never told, or told a reminder's time ago. */
void orders_remind(struct orders *o, uint64_t wall_ms);
/* The journal took the record that told of @id: only now does it count as told. */
void orders_announced(struct orders *o, const char *id, uint64_t wall_ms);
/* A record is on its way to the journal. */
bool orders_are_announcing(const struct orders *o);
