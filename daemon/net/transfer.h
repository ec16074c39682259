#pragma once
/*
 * One request on one libcurl easy handle: every option it is sent with, what comes
 * back, and what its end proves. Knows neither the loop nor other requests.
 */
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "net/http.h"
#include "net/resolve.h"
#include "net/target.h"

enum transfer_state {
	TRANSFER_RESOLVING, /* waits for addresses; libcurl has not seen it */
	TRANSFER_ACTIVE,    /* with libcurl */
	TRANSFER_READY,     /* over; done() is due */
};

/* What is the same for all requests of one client. */
struct transfer_defaults {
	const char *ca_file; /* NULL = the system's */
	long low_speed_bytes;
	long low_speed_s;
};

struct transfer {
	struct http_request *request;
	enum transfer_state state;
	struct target target;
	struct resolve_wait wait;
	uint64_t started_ms;
	struct transfer *prev, *next;
	void *owner;

	CURL *easy;
	struct curl_slist *headers; /* one block of nodes that point to the request's text */
	struct curl_slist *resolve;
	struct strbuf body;
	bool secret; /* the body is wiped */
	size_t header_bytes;
	bool headers_whole; /* the empty line after the last status line was seen */
	bool connected;     /* libcurl was about to write the first byte */
	struct http_response response;
	char curl_error[CURL_ERROR_SIZE];
	char error[CURL_ERROR_SIZE + 32];
};

/* Checks the request. Returns 0, -EINVAL or -ENOMEM; @request must live on. */
int transfer_new(struct http_request *request, const struct transfer_defaults *defaults,
		 struct transfer **ret_transfer);
/* Not while libcurl has the handle. Returns NULL. */
struct transfer *transfer_free(struct transfer *t);

/* The last options, right before it goes to libcurl: @addresses as in resolve.h or NULL
 * for a literal target, @spent_ms of its time are gone. Returns 0 or -ENOMEM. */
int transfer_prepare(struct transfer *t, const char *addresses, uint64_t spent_ms);
/* For how long it may wait for addresses. */
uint64_t transfer_resolve_budget(const struct transfer *t);

/* Fills t->response; each sets the state to READY. */
void transfer_finish(struct transfer *t, CURLcode result);
void transfer_give_up(struct transfer *t, const char *why);

/* The transfer of a handle that transfer_new() made. */
struct transfer *transfer_of(CURL *easy);
/* How many connections it opened. */
uint64_t transfer_connections(const struct transfer *t);
