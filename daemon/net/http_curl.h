#pragma once
/*
 * struct http_ops on libcurl multi_socket and libuv. The only file that includes
 * <curl/curl.h>.
 */
#include <uv.h>

#include "net/http.h"

struct http_curl_options {
	const char *ca_file;   /* PEM bundle; NULL = the system's */
	size_t max_connections; /* kept alive for reads; 0 = 8 */
};

/* Returns 0 and *ret_http, or a negative errno. End it with http_close(). The loop
 * must outlive it. */
int http_curl_new(uv_loop_t *loop, const struct http_curl_options *options, struct http **ret_http);
