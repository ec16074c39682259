#pragma once
/*
 * One API call: paced, signed afresh for every attempt, sent, parsed, classified.
 *
 * Reads are repeated here (at most 4 attempts, full jitter, one retry budget).
 * A changing call is sent once per cloud_call_start(): repeating it is the
 * executor's decision, which knows the intent.
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
	int status;               /* HTTP status; 0 when there was no whole answer */
	const char *code;         /* "" when none */
	const char *message;      /* for people; never holds a secret */
	const char *request_id;   /* "" when none */
	uint64_t retry_after_ms;  /* the server's hint, clamped to 300 s; 0 = none */
	const cJSON *root;        /* the parsed body, or NULL; lives during done() only */
	size_t body_len;
};

typedef void (*cloud_done_cb)(struct cloud_call *call, const struct cloud_reply *reply);

/* Embedded in the caller's operation; belongs to the caller until done(). */
struct cloud_call {
	enum operation op;
	struct params params;     /* owned by the caller; unchanged until done() */
	cloud_done_cb done;
	/* Changing calls: runs right before the first byte may leave, when pacing has
	 * let the call through. A negative return ends it as OUTCOME_NOT_SENT. This is
	 * where the driver makes "sent" durable. NULL for reads. */
	int (*before_send)(struct cloud_call *call);

	/* private to call.c */
	struct http_request http;
	struct cloud *cloud;
	struct cloud_call *next, *prev;
	uint64_t not_before_ms;
	unsigned attempts;
	int stage;
	void *priv;
};

struct cloud_options {
	struct env *env;
	uv_loop_t *loop;          /* for pacing timers only */
	struct http *http;        /* not owned */
	const struct settings *settings; /* copied where kept */
	struct credentials *credentials; /* not owned */
	/* Told once per episode: the account's keys are refused, mended, the clock is off. */
	void (*on_auth)(void *data, const struct cloud_reply *reply, enum operation op);
	void (*on_clock)(void *data, int64_t offset_ms);
	void *data;
};

int cloud_new(const struct cloud_options *options, struct cloud **ret_cloud);
/* Calls not yet sent end as NOT_SENT; reads in flight are cancelled; changing calls in
 * flight are left to http_close(). @closed fires once, later, from the loop. */
void cloud_close(struct cloud *cloud, void (*closed)(void *data), void *data);
/* New rates and endpoints from a reloaded drover.yaml. */
void cloud_configure(struct cloud *cloud, const struct settings *settings);

/* 0, or a negative errno: then done() does not fire. */
int cloud_call_start(struct cloud *cloud, struct cloud_call *call);
void cloud_call_cancel(struct cloud_call *call);

/* Refuses changing calls that have not begun to leave, ends as NOT_SENT; in flight is how
 * many changing calls still wait for an answer. For shutdown. */
void cloud_stop_changes(struct cloud *cloud);
unsigned cloud_changes_in_flight(const struct cloud *cloud);

struct cloud_stats {
	uint64_t reads, changes, throttled, retries, failures;
	uint64_t breaker_open;    /* endpoints whose breaker is open now */
	int64_t clock_offset_ms;
};
void cloud_stats(const struct cloud *cloud, struct cloud_stats *ret);
