#pragma once
/*
 * ACS3-HMAC-SHA256 (protocol a). Pure: date and nonce are headers the caller brings.
 * Any thread.
 */
#include <stddef.h>

#include "base/strbuf.h"

#define SIGN_HASH_SIZE 65 /* lower-case hex SHA-256 with its NUL */

struct sign_header {
	const char *name; /* any case */
	const char *value;
};

struct sign_request {
	const char *method;
	const char *path;
	const char *query; /* canonical: params_text() */
	const char *body;
	size_t body_len;
	/* What is offered: host, content-type and x-acs-* are signed, others left out. */
	const struct sign_header *headers;
	size_t n_headers;
	const char *access_key_id;
	const char *access_key_secret;
};

/* The value of x-acs-content-sha256. 0, or -EIO when the crypto library fails. */
int sign_body_hash(const char *body, size_t len, char ret_hex[SIGN_HASH_SIZE]);

/* Appends the value of Authorization. 0; -EINVAL: a header twice, or too many of them, or
 * a line break in one; -ENOMEM; -EIO. Every temporary is wiped. */
int sign_request(const struct sign_request *request, struct strbuf *out);

/* The canonical request, to compare with what the gateway quotes in
 * SignatureDoesNotMatch. Holds the security token: strbuf_wipe() it. */
int sign_canonical(const struct sign_request *request, struct strbuf *out);
