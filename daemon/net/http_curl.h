#pragma once
/*
 * struct http_ops on libcurl multi_socket and libuv. Only this room includes
 * <curl/curl.h>.
 *
 * What every request gets: TLS 1.2 or later with the peer and its name verified, no
 * redirects, no proxy, no netrc, HTTP/1.1, caps on headers and body, an end after
 * total_ms. Plain http is refused but for literal loopback addresses and for
 * verbatim_http_ok. Nothing in the environment changes any of it.
 */
#include <uv.h>

#include "base/env.h"
#include "net/http.h"
#include "net/resolve.h"

/* All zero is a good choice. */
struct http_curl_options {
	const char *ca_file;      /* PEM bundle, copied; NULL = the system's */
	size_t max_connections;   /* kept alive for reads; 0 = 8, at most 1024 */
	struct env *env;          /* ages of addresses; NULL = env_os() */
	resolve_lookup_fn lookup; /* NULL = uv_getaddrinfo */
	long low_speed_bytes;     /* a read slower than this a second ... 0 = 100 */
	long low_speed_s;         /* ... for so long, and it is BROKEN; 0 = 15 */
};

/*
 * Returns 0 and *ret_http, or -ENOMEM or -EINVAL. End it with http_close(). The loop
 * must outlive it.
 *
 * Call it before starting threads: the first call takes SSLKEYLOGFILE out of the
 * environment (it would make TLS keys readable) and has SIGPIPE ignored, which
 * libcurl's TLS writes can raise.
 *
 * http_close() waits for no peer and no name server. A getaddrinfo that a thread of
 * libuv already runs cannot be stopped: @closed comes without it, but uv_run() goes on,
 * and uv_loop_close() says UV_EBUSY, until it returns; exit() joins libuv's threads and
 * waits as well, _exit() does not.
 */
int http_curl_new(uv_loop_t *loop, const struct http_curl_options *options, struct http **ret_http);
