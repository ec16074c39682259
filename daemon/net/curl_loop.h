#pragma once
/*
 * Drives one libcurl multi handle from a libuv loop: sockets, the timer, and the
 * messages of finished transfers. Knows no requests.
 *
 * Loop rule: the callbacks come from the loop, never from inside a function called
 * here nor from inside libcurl, so they may add, remove and close. The memory stays
 * until on_closed().
 */
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct curl_loop;
struct curl_socket;

struct curl_loop_ops {
	/* Ended with @result; has been removed from the multi handle. */
	void (*on_finished)(struct curl_loop *loop, CURL *easy, CURLcode result);
	/* libcurl itself failed: every transfer is uncertain and has to be removed now.
	 * When all are gone the multi handle is usable again. */
	void (*on_failed)(struct curl_loop *loop, const char *why);
	/* Last in every turn; the place to tell users. */
	void (*on_turn)(struct curl_loop *loop);
	void (*on_closed)(struct curl_loop *loop);
};

struct curl_loop {
	uv_loop_t *loop;
	const struct curl_loop_ops *ops;
	CURLM *multi;
	uv_timer_t timer;
	struct curl_socket *sockets; /* open ones; those being closed are not listed */
	size_t n_handles;            /* uv handles not yet closed, the timer included */
	uint64_t wakeups;
	bool closing;
	bool failed; /* a callback told libcurl to give up */
};

/* Keeps at most @max_idle connections for reuse. Returns 0, -ENOMEM or -EINVAL. */
int curl_loop_init(struct curl_loop *l, uv_loop_t *loop, long max_idle,
		   const struct curl_loop_ops *ops);
/* Returns 0, -ENOMEM or -EIO. */
int curl_loop_add(struct curl_loop *l, CURL *easy);
/* For one not yet finished; on_finished() will not come. */
void curl_loop_remove(struct curl_loop *l, CURL *easy);
/* No transfer may be left. on_closed() comes once, later. */
void curl_loop_close(struct curl_loop *l);
