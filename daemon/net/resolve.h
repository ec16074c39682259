#pragma once
/*
 * Host names to addresses without ever blocking the loop: getaddrinfo runs in
 * libuv's thread pool, at most once at a time per host and port. libcurl's own
 * resolver is never used; it can hold the loop until its thread returns.
 *
 * The last good addresses are kept. Up to fresh_ms old they are used as they are;
 * older ones, up to stale_ms, are what remains when a new look fails or takes more
 * than grace_ms. A wrong old address costs a failed connect, no more: TLS checks
 * who answers.
 *
 * Loop rule: all on the loop's thread; done() never from inside resolver_start().
 * Inside done() the resolver must not be called.
 */
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/env.h"

/* uv_getaddrinfo, or something with its contract. */
typedef int (*resolve_lookup_fn)(uv_loop_t *loop, uv_getaddrinfo_t *req, uv_getaddrinfo_cb cb,
				 const char *node, const char *service,
				 const struct addrinfo *hints);

struct resolve_host;
struct resolve_wait;

/* Exactly one of @addresses ("192.0.2.1,[2001:db8::1]", valid during the call) and
 * @error (for people) is not NULL. */
typedef void (*resolve_done_cb)(struct resolve_wait *wait, const char *addresses,
				const char *error);

/* Embedded in the caller's operation; belongs to the caller until done(). */
struct resolve_wait {
	resolve_done_cb done;
	struct resolve_host *host; /* NULL: not waiting */
	uint64_t until_ms;
	struct resolve_wait *prev, *next;
};

struct resolver {
	uv_loop_t *loop;
	struct env *env;
	resolve_lookup_fn lookup;
	uint64_t fresh_ms, stale_ms, grace_ms, retry_ms;
	struct resolve_host *hosts;
	struct resolve_wait *waits;
	uv_timer_t timer;
	void (*closed)(struct resolver *resolver);
};

enum resolve_result {
	RESOLVE_NOW = 0,   /* *ret_addresses is set, valid until the next turn of the loop */
	RESOLVE_LATER = 1, /* done() will come, at the latest after budget_ms */
};

/* @lookup NULL: uv_getaddrinfo. */
void resolver_init(struct resolver *r, uv_loop_t *loop, struct env *env, resolve_lookup_fn lookup);
/* An enum resolve_result, -ENOMEM or -EINVAL. wait->done must be set. */
int resolver_start(struct resolver *r, const char *host, const char *port, uint64_t budget_ms,
		   struct resolve_wait *wait, const char **ret_addresses);
/* done() will not come. No effect on one that does not wait. */
void resolver_cancel(struct resolver *r, struct resolve_wait *wait);
/* Nobody may wait any more. A lookup that a thread already runs cannot be stopped;
 * it ends alone, owning its memory, and holds up neither @closed nor anything but
 * the end of uv_run() (and of exit(), which joins libuv's threads). */
void resolver_close(struct resolver *r, void (*closed)(struct resolver *resolver));
