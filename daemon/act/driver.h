#pragma once
/*
 * Performs what the executor asks for: first persist, then send; feeds the answers back.
 * The only code that makes changing calls.
 *
 * Loop rule: everything on the loop's thread; on_change() fires from the loop, never from
 * inside a driver_ call.
 */
#include <stdbool.h>
#include <uv.h>

#include "act/books.h"
#include "act/executor.h"
#include "act/prospects.h"
#include "cloud/call.h"
#include "ledger/ledger.h"
#include "model/observed.h"
#include "model/plan_result.h"

struct driver;

struct driver_options {
	struct env *env;
	uv_loop_t *loop;
	struct ledger *ledger;   /* not owned, as the rest */
	struct books *books;
	struct cloud *cloud;
	struct prospect_book *prospects;
	const struct settings *settings;
	/* Something settled or a look is due: time to observe or to plan again. */
	void (*on_change)(void *data);
	/* Which orders that the ledger does not know were made in that time? The answer is for
	 * driver_witness(); without one it is asked again. May fire from inside a driver_ call:
	 * it starts the search and comes back. */
	void (*on_witness)(void *data, int64_t intent, uint64_t from_wall_ms, uint64_t to_wall_ms);
	/* A buy was refused for its payment: it may have left an order that nobody pays
	 * (bssopenapi 5). From the loop. */
	void (*on_payment_failed)(void *data, const struct intent *intent);
	void *data;
};

/* What the executor would like observed. Borrowed until the next driver_ call. */
struct driver_wants {
	bool groups[KIND_MAX_];
	const char *const *instances; /* cloud groups */
	size_t n_instances;
};

int driver_new(const struct driver_options *options, struct driver **ret);
/* New windows and spacings from a reloaded drover.yaml. */
void driver_configure(struct driver *d, const struct settings *settings);
/* Reads the open intents and goes on with them: those never sent are sent when @desired
 * still has their group unchanged, else dropped; sent ones are looked for. */
int driver_restore(struct driver *d, const struct desired *desired);
/* The file or the pauses have changed: what is not as it was when it was recorded does not leave any
 * more; executor_set_wanted(). */
void driver_reconsider(struct driver *d, const struct desired *desired);
/* Starts every action of @plan without a hold that is of one of @kinds; @observed is what the plan
 * was made from. Approvals that let one through are used up. */
int driver_act(struct driver *d, const struct plan *plan, const bool kinds[KIND_MAX_],
	       const struct desired *desired, const struct observed *observed);
/* Looking at @kind has ended. */
int driver_observed(struct driver *d, enum kind kind, const struct observed *observed);
/* What @intent made was seen; its row is saved with the next flush. */
int driver_landed(struct driver *d, int64_t intent);
/* Writes the books' marked rows and whatever the executor has; 0 when all is durable. On
 * failure it tries again by itself and nothing is sent meanwhile. */
int driver_flush(struct driver *d);
/* Reads the whole ledger for damage. While there is any nothing is sent, as when it cannot be
 * written; it is looked at again by itself. */
void driver_check_ledger(struct driver *d);
/* Adds the executor's intents to @ret (whose other members the books filled). */
void driver_in_flight(struct driver *d, struct in_flight *ret);
/* One of them by its id, borrowed until the next driver_ call; NULL: none. */
const struct intent *driver_find(const struct driver *d, int64_t intent);
void driver_wants(struct driver *d, struct driver_wants *ret);
/* A person's word on a held intent; @resource "" gives it up. Or on one that was done without saying
 * what it made, which cannot be given up. 0, -ENOENT, -EINVAL (neither). */
int driver_decide(struct driver *d, int64_t intent, const char *resource);
/* The same of a buy of which a person knows the order that it left, and no more: it may be unpaid,
 * and what it is for in no listing. */
int driver_decide_order(struct driver *d, int64_t intent, const char *order);
/* The answer to on_witness(). @text: the ids of the orders found, or the code of the refusal. Of
 * what was found without its reply, the only unknown order is its order from now on. 0, -ENOENT. */
int driver_witness(struct driver *d, int64_t intent, enum witness witness, const char *text);
/* The order of the create @intent names what its reply did not. 0, -ENOENT, -EINVAL (not done, or
 * named already). */
int driver_name_result(struct driver *d, int64_t intent, const char *resource);
/* A group has another name; see executor_rename(). */
int driver_rename(struct driver *d, struct renames *r);
bool driver_is_writable(const struct driver *d);
/* The calls have ended (cloud_close, http_close), and none begins any more: what is due goes after
 * the next start. Like driver_flush() otherwise. */
int driver_end(struct driver *d);
/* The timers stop; after driver_end(). */
void driver_close(struct driver *d, void (*closed)(void *data), void *data);
