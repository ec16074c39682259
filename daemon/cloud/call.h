#pragma once
/*
 * One API call: paced, signed afresh for every attempt, sent, parsed, classified.
 *
 * Reads are repeated here (at most 4 attempts, full jitter, one retry budget).
 * A changing call is sent once per cloud_call_start(): repeating it is the
 * executor's decision, which knows the intent.
 *
 * Not sent at all, but ended: with OUTCOME_AUTH while keys or a permission are refused
 * (one call tries every rates.denied_min_ms), with OUTCOME_NOT_SENT while the breaker of
 * an endpoint is open. The reply then has status 0 and says when to come back. A changing
 * call refused for its date ends as OUTCOME_THROTTLED once the clock has been learned:
 * the same call will be dated right.
 *
 * Without keys that are good for it a call waits in its lane, however long: a read for keys
 * that have not ended, a changing call for keys that have some time left
 * (settings.credentials.change_margin_ms). So the end of temporary keys is a pause and no
 * failure; a changing call that is refused for it all the same ends as OUTCOME_THROTTLED.
 *
 * Loop rule: as net/http.h. done() fires exactly once for each started call, never
 * from inside cloud_call_start().
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/env.h"
#include "cloud/credentials.h"
#include "cloud/operations.h"
#include "model/params.h"
#include "net/http.h"

struct cloud;
struct cloud_call;

struct cloud_reply {
	enum outcome outcome;
	int status;              /* HTTP status; 0 when there was no whole answer */
	const char *code;        /* "" when none */
	const char *message;     /* for people; never holds a secret (the root may: it is raw) */
	const char *request_id;  /* "" when none */
	uint64_t retry_after_ms; /* the server's hint, at most 300 s, or ours; 0 = none */
	const cJSON *root;       /* the parsed body, or NULL; lives during done() only */
	size_t body_len;
};

typedef void (*cloud_done_cb)(struct cloud_call *call, const struct cloud_reply *reply);

/* Embedded in the caller's operation; belongs to the caller until done(). */
struct cloud_call {
	enum operation op;
	struct params params; /* owned by the caller; unchanged until done() */
	cloud_done_cb done;
	/* Changing calls: runs right before the first byte may leave, when pacing has
	 * let the call through. A negative return ends it as OUTCOME_NOT_SENT. This is
	 * where the driver makes "sent" durable. It may start calls, nothing else here.
	 * NULL for reads, required for others. */
	int (*before_send)(struct cloud_call *call);
	/* Of a read that asks for keys: what it is signed with in place of the keys in force. Its
	 * answer is wiped. It passes no auth gate and opens none. NULL for all others. */
	const struct credential_keys *base_keys;
	const char *endpoint; /* NULL: the service's */

	/* private to call.c, send.c, settle.c */
	struct http_request http;
	struct request *request;       /* of the attempt under way */
	struct credentials *signed_as; /* likewise; one reference */
	struct cloud *cloud;
	struct cloud_call *next, *prev;
	struct cloud_reply local; /* how it ends without an answer */
	uint64_t not_before_ms, sent_ms;
	int64_t signed_offset_ms;
	unsigned attempts, retry_cost;
	int stage, trials;
	bool cancelled, resigned;
	bool crossed, at_other; /* sites: was repeated at the other one; goes to the other one */
};

struct cloud_options {
	struct env *env;
	uv_loop_t *loop; /* for pacing timers only; NULL with @arm */
	/* Instead of a timer of the loop, for a virtual clock: call cloud_wake() once, in
	 * @delay_ms or a little later, never from inside and not after @closed. A later
	 * request replaces an earlier one. */
	void (*arm)(void *data, uint64_t delay_ms);
	struct http *http;               /* not owned */
	const struct settings *settings; /* copied where kept */
	struct credentials *credentials; /* NULL: calls wait for cloud_set_credentials() */
	/* Told once per episode, both may be NULL: keys or a permission are refused (@reply's
	 * outcome is AUTH) or work again (DONE); the clock is off by so much, 0 = right
	 * again. Told before done(). */
	void (*on_auth)(void *data, const struct cloud_reply *reply, enum operation op);
	void (*on_clock)(void *data, int64_t offset_ms);
	/* With every answer that tells the time: it is @wall_ms, to a second or so; may be NULL. */
	void (*on_time)(void *data, uint64_t wall_ms);
	/* Told whenever it turns out that the account belongs to another site than thought so far;
	 * may be NULL. */
	void (*on_site)(void *data, enum site site);
	void *data;
};

int cloud_new(const struct cloud_options *options, struct cloud **ret_cloud);
/* Calls not yet sent end as NOT_SENT; reads in flight are cancelled; changing calls in
 * flight are left to http_close(). @closed fires once, later, from the loop. */
void cloud_close(struct cloud *cloud, void (*closed)(void *data), void *data);
/* New rates and endpoints from a reloaded drover.yaml; what was learned about quotas stays,
 * and the account's site unless the site or the billing endpoint is another. What is not
 * permitted is tried again.
 * An endpoint that is refused leaves all endpoints as they were. */
void cloud_configure(struct cloud *cloud, const struct settings *settings);
/* Other keys, of which the cloud takes a reference of its own; NULL: calls wait. What waits
 * for mended keys is tried with the next call. */
void cloud_set_credentials(struct cloud *cloud, struct credentials *credentials);
/* Somebody renews keys that end: @ended when the cloud says, before their time, that those in
 * force have; calls wait then. It may start calls and set other keys. NULL: nobody does. */
void cloud_watch_keys(struct cloud *cloud, void (*ended)(void *data), void *data);
/* The keys in force, borrowed until they are replaced; NULL: none. */
const struct credentials *cloud_credentials(const struct cloud *cloud);
/* The wall clock, corrected by what the gateway's answers say. */
uint64_t cloud_wall_ms(const struct cloud *cloud);
/* The answer to @arm. */
void cloud_wake(struct cloud *cloud);

/* 0; -EINVAL (no done(), or a changing call without before_send); -ESHUTDOWN (closing):
 * then done() does not fire. */
int cloud_call_start(struct cloud *cloud, struct cloud_call *call);
/* done() will come soon: NOT_SENT when the call had not begun to leave; otherwise a read
 * ends as NOT_SENT or RETRYABLE, a changing call as its fate is known (mostly UNCLEAR). */
void cloud_call_cancel(struct cloud_call *call);

/*
 * The account's site: that of the settings until a billing read is refused there and answered
 * at the other one; such reads then go to the other one. Changing calls never do. True from
 * cloud_site_is_other(): purchases would be refused, the settings name the wrong site.
 */
enum site cloud_account_site(const struct cloud *cloud);
bool cloud_site_is_other(const struct cloud *cloud);
/* A read ended so because the account is not served where it was made, and no other place is known:
 * endpoints.bssopenapi names one. */
bool cloud_site_refuses(enum outcome outcome, const char *code);

/* From now on changing calls that have not begun to leave end as NOT_SENT; in flight is how
 * many changing calls still wait for an answer. For shutdown. */
void cloud_stop_changes(struct cloud *cloud);
unsigned cloud_changes_in_flight(const struct cloud *cloud);

struct cloud_stats {
	uint64_t reads, changes; /* requests sent, repeats included */
	uint64_t throttled, retries, failures;
	uint64_t breaker_open; /* endpoints whose breaker is open now */
	int64_t clock_offset_ms;
};
void cloud_stats(const struct cloud *cloud, struct cloud_stats *ret);
