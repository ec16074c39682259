#include "cloud/reply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/percent.h"

#define REDACTED "[secret]"

/* The start of the quoted request in @text, or its end. */
static size_t quoted_from(const char *text)
{
	static const char *const marks[] = {
		"string to sign", "stringtosign", "string-to-sign", "canonical",  "x-acs-",
		"ACS3-HMAC",      "AccessKeyId=", "SecurityToken=", "Signature=",
	};
	size_t from = strlen(text);
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		const char *at = strcasestr(text, marks[i]);
		if (at && (size_t)(at - text) < from)
			from = (size_t)(at - text);
	}
	return from;
}

/* Appends @n bytes of @text with each @secret replaced. */
static void replace(struct strbuf *out, const char *text, size_t n, const char *secret)
{
	size_t length = strlen(secret);
	const char *end = text + n, *at;
	while (length > 0 && (at = memmem(text, (size_t)(end - text), secret, length))) {
		strbuf_add_n(out, text, (size_t)(at - text));
		strbuf_add(out, REDACTED);
		text = at + length;
	}
	strbuf_add_n(out, text, (size_t)(end - text));
}

static void replace_all(struct strbuf *text, const char *secret)
{
	struct strbuf next = STRBUF_INIT(text->max);
	replace(&next, strbuf_text(text), text->len, secret);
	strbuf_wipe(text);
	*text = next;
}

static void replace_both_forms(struct strbuf *text, const char *secret)
{
	struct strbuf encoded = STRBUF_INIT(text->max);
	percent_encode(&encoded, secret, strlen(secret));
	replace_all(text, secret);
	if (strcmp(strbuf_text(&encoded), secret) != 0)
		replace_all(text, strbuf_text(&encoded));
	strbuf_wipe(&encoded);
}

/* The longest prefix of at most @most bytes that ends between two UTF-8 characters. */
static size_t whole_characters(const char *text, size_t n, size_t most)
{
	if (n <= most)
		return n;
	while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80)
		most--;
	return most;
}

void reply_redact(struct strbuf *out, const char *text, const struct credential_keys *keys)
{
	if (!*text) /* most answers have nothing to say */
		return;
	size_t whole = strlen(text), n = quoted_from(text);
	struct strbuf clean = STRBUF_INIT(SIZE_MAX / 4);
	strbuf_add_n(&clean, text, n);
	replace_both_forms(&clean, keys->access_key_secret);
	replace_both_forms(&clean, keys->security_token);
	if (strbuf_error(&clean) == 0) {
		size_t shown =
			whole_characters(strbuf_text(&clean), clean.len, REPLY_MESSAGE_BYTES);
		strbuf_add_n(out, strbuf_text(&clean), shown);
		if (n < whole || shown < clean.len)
			strbuf_add(out, "[...]");
	}
	strbuf_wipe(&clean);
}

/* The cores read either spelling (protocol c). */
static const char *text_of(const cJSON *root, const char *name, const char *lower)
{
	const char *text = json_text(root, name);
	return *text ? text : json_text(root, lower);
}

/* Positive decimal, else 0 (protocol c: empty, unparsable, zero, negative: no advice). */
static uint64_t number_of(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || text[digits] != '\0')
		return 0;
	errno = 0;
	unsigned long long value = strtoull(text, NULL, 10);
	return errno ? REPLY_MAX_HINT_MS : value;
}

static uint64_t hint_ms(const struct http_response *response)
{
	uint64_t ms = number_of(response->acs_retry_after);
	uint64_t seconds = ms > 0 ? 0 : number_of(response->retry_after);
	if (ms > REPLY_MAX_HINT_MS || seconds > REPLY_MAX_HINT_MS / 1000)
		return REPLY_MAX_HINT_MS;
	return ms > 0 ? ms : seconds * 1000;
}

static void read_body(const cJSON *root, struct reply *ret)
{
	bool success;
	const char *request_id = text_of(root, "RequestId", "requestId");
	ret->root = root;
	ret->facts.parsed = true;
	ret->facts.code = text_of(root, "Code", "code");
	ret->facts.has_request_id = *request_id != '\0';
	if (*request_id)
		ret->request_id = request_id;
	if (json_bool(root, "Success", &success) == 0)
		ret->facts.success = success ? SUCCESS_TRUE : SUCCESS_FALSE;
}

void reply_read(struct json_arena *arena, const struct http_response *response,
		const struct credential_keys *keys, struct strbuf *message, struct reply *ret)
{
	const cJSON *root = NULL;
	*ret = (struct reply){.facts = {.end = response->end, .code = ""}, .request_id = ""};
	strbuf_clear(message);
	if (response->end != HTTP_COMPLETE) {
		reply_redact(message, response->error, keys);
		ret->message = strbuf_text(message);
		return;
	}
	ret->facts.status = response->status;
	ret->facts.retry_hint = number_of(response->acs_retry_after) > 0;
	ret->retry_after_ms = hint_ms(response);
	ret->request_id = response->request_id;
	if (json_parse(arena, response->body, response->body_len, &root) == 0) {
		read_body(root, ret);
		reply_redact(message, text_of(root, "Message", "message"), keys);
	} else {
		strbuf_addf(message, "HTTP %d with %zu bytes that are no JSON object",
			    response->status, response->body_len);
	}
	ret->message = strbuf_text(message);
}
