#pragma once
/*
 * Keys of the role that the machine itself has, from its metadata service (protocol d): a
 * token, the role's name, its keys. Plain http to a link-local address, without a proxy; a
 * second to connect and a second to answer, for each of the three.
 */
#include <stddef.h>

#include "base/env.h"
#include "cloud/endpoint.h"
#include "cloud/fresh_keys.h"
#include "net/http.h"

#define INSTANCE_TOKEN_SIZE 256

struct instance_role {
	/* set before the first start */
	struct env *env;
	struct http *http;
	bool needs_token; /* ALIBABA_CLOUD_IMDSV1_DISABLED: never without one */
	void (*done)(struct instance_role *i, const struct fresh_keys *answer);

	/* private */
	char endpoint[ENDPOINT_URL_SIZE];
	char url[ENDPOINT_URL_SIZE + 128];
	char role[65];
	char token[INSTANCE_TOKEN_SIZE];      /* "" = none */
	uint64_t token_until_ms;              /* monotonic */
	char header[INSTANCE_TOKEN_SIZE + 64];
	const char *headers[1];
	struct http_request request;
	enum { INSTANCE_TOKEN, INSTANCE_NAME, INSTANCE_KEYS } step;
	bool under_way, token_is_new, cancelled;
};

/* Asks at @endpoint (endpoint_url()) for the keys of @role, "" = whichever the instance has.
 * done() fires exactly once, later. 0 or a negative errno: then it does not. */
int instance_role_start(struct instance_role *i, const char *endpoint, const char *role);
/* done() comes soon. */
void instance_role_cancel(struct instance_role *i);
