#pragma once
/*
 * One attempt of one call as it goes over the wire: URL, headers with the signature, body.
 * Pure: time, nonce and keys are arguments. Holds the security token: wiped on release.
 */
#include <stddef.h>
#include <stdint.h>

#include "cloud/credentials.h"
#include "cloud/operations.h"
#include "model/params.h"

#define REQUEST_NONCE_BYTES 16
#define REQUEST_HEADERS 12

struct request_input {
	enum operation op;
	const struct params *params;
	const char *endpoint; /* endpoint_url() */
	const struct credential_keys *keys;
	uint64_t wall_ms; /* corrected */
	unsigned char nonce[REQUEST_NONCE_BYTES];
};

struct request {
	char *url;
	char *body; /* "" when everything is in the query */
	char *lines[REQUEST_HEADERS];
	const char *headers[REQUEST_HEADERS]; /* the same, as net/http.h wants them */
	size_t n_headers;
};

/* 0; -ENOMEM; -EINVAL: a key that cannot be in a header; -EIO: the crypto library. */
int request_new(const struct request_input *input, struct request **ret);
struct request *request_free(struct request *request);
