#pragma once
/*
 * One HTTP request to droverd over its UNIX socket, blocking, with a time-out and a cap.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

struct client_reply {
	int status;
	char *body; /* terminated; free() */
	size_t len;
};

struct client_request {
	const char *socket; /* path */
	const char *method;
	const char *target; /* path and query, encoded */
	const char *body;   /* NULL: none */
	size_t len;
	uint64_t timeout_ms; /* in all */
};

/* 0; -ENOENT and -ECONNREFUSED: nobody listens; -EACCES; -ETIMEDOUT; -EPROTO: not a whole
 * HTTP answer; -E2BIG; or another negative errno. */
int client_ask(const struct client_request *request, struct client_reply *ret);

/* The bytes of a connection that was read to its end. 0, -EPROTO, -E2BIG or -ENOMEM. */
int client_parse(const char *bytes, size_t n, struct client_reply *ret);

/* Appends "?name=value" or "&name=value", encoded; nothing when @value is NULL. */
void client_add_query(struct strbuf *target, const char *name, const char *value);
