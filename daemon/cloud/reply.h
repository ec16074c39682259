#pragma once
/*
 * What came back, made ready to be judged (outcome.h) and shown: the body parsed, code and
 * ids found, the message freed of secrets.
 */
#include "base/strbuf.h"
#include "cloud/credentials.h"
#include "cloud/json.h"
#include "cloud/outcome.h"
#include "net/http.h"

#define REPLY_MAX_HINT_MS 300000u
#define REPLY_MESSAGE_BYTES 1024u

struct reply {
	struct outcome_facts facts; /* code: "" when none */
	const cJSON *root;          /* NULL unless one whole object */
	const char *request_id;     /* of the body, else of the header; "" */
	const char *message;        /* safe to show; lives in @message */
	uint64_t retry_after_ms;    /* clamped to REPLY_MAX_HINT_MS; 0 = none */
};

/* The strings live as long as @response, the tree in @arena and @message do. */
void reply_read(struct json_arena *arena, const struct http_response *response,
		const struct credential_keys *keys, struct strbuf *message, struct reply *ret);

/* Appends @text up to where a gateway begins to quote the request (SignatureDoesNotMatch
 * shows it with the security token, protocol a), with every secret of @keys replaced,
 * plain or percent-encoded, at most REPLY_MESSAGE_BYTES of it. */
void reply_redact(struct strbuf *out, const char *text, const struct credential_keys *keys);
