#pragma once
/*
 * One HTTP exchange over one loop. Knows no API. struct http_ops is the seam: the
 * daemon uses net/http_curl, tests and simulations their own.
 *
 * Loop rule: everything here runs on the loop's thread. done() fires exactly once
 * for each request that http_send() accepted, never from inside http_send() or
 * http_cancel(). Inside it the caller may send, cancel and close anything.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http;
struct http_request;

enum http_end {
	HTTP_COMPLETE, /* a whole answer: status, headers and body are valid */
	HTTP_NOT_SENT, /* no byte of it left: resolve, connect or TLS failed, or cancelled first */
	HTTP_BROKEN,   /* some of the request may have arrived; no whole answer came */
};

struct http_response {
	enum http_end end;
	int status;       /* HTTP_COMPLETE only */
	const char *body; /* NUL-terminated beyond body_len; valid during done() */
	size_t body_len;
	const char *error; /* for people, "" when complete: "connect: Connection refused" */
	bool cancelled;    /* http_cancel() or http_close() ended it */
	bool too_large;    /* the body cap was hit */
	/* headers that matter to us, "" when absent; valid during done() */
	const char *date;
	const char *request_id;      /* x-acs-request-id */
	const char *acs_retry_after; /* x-acs-retry-after: milliseconds */
	const char *retry_after;     /* Retry-After: seconds */
	const char *content_type;
};

typedef void (*http_done_cb)(struct http_request *request, const struct http_response *response);

/*
 * Embedded in the caller's operation; belongs to the caller until done(). What it
 * points to must live until done().
 */
struct http_request {
	const char *method; /* "POST", "GET", "PUT" */
	const char *url;    /* complete, already encoded */
	/* "Name: value"; "Name:" suppresses one libcurl would add. It adds Host, Accept and,
	 * where there is a body, Content-Length; never Content-Type or Expect. */
	const char *const *headers;
	size_t n_headers;
	const char *body; /* never NULL for POST; may be empty */
	size_t body_len;
	/* A changing call: a connection of its own that nobody used before or uses
	 * after, sent once, HTTP/1.1, never compressed. */
	bool changing;
	bool verbatim_http_ok; /* plain http to the metadata address is meant */
	bool secret;           /* the answer holds keys: its memory is wiped */
	uint64_t connect_ms;   /* resolve, connect and TLS; 0 = 10 s */
	uint64_t total_ms;     /* all of it; 0 = 60 s */
	http_done_cb done;
	void *impl; /* the implementation's */
};

struct http_stats {
	uint64_t sent, completed, not_sent, broken, connections, wakeups;
};

struct http_ops {
	/* 0, or -ENOMEM, -EINVAL (URL, method or header refused), -ESHUTDOWN (closing) or
	 * another negative errno: then nothing was sent and done() does not fire. */
	int (*send)(struct http *http, struct http_request *request);
	/* done() will come soon with cancelled set, unless the answer was already here. */
	void (*cancel)(struct http *http, struct http_request *request);
	/* Ends what is left (as cancelled), then calls @closed once, later, from the
	 * loop, after the last done(); @http is gone after that. Once only. */
	void (*close)(struct http *http, void (*closed)(void *data), void *data);
	void (*stats)(struct http *http, struct http_stats *ret);
};

/* Every implementation's struct begins with this. */
struct http {
	const struct http_ops *ops;
};

static inline int http_send(struct http *http, struct http_request *request)
{
	return http->ops->send(http, request);
}
static inline void http_cancel(struct http *http, struct http_request *request)
{
	http->ops->cancel(http, request);
}
static inline void http_read_stats(struct http *http, struct http_stats *ret)
{
	http->ops->stats(http, ret);
}
static inline void http_close(struct http *http, void (*closed)(void *data), void *data)
{
	http->ops->close(http, closed, data);
}
