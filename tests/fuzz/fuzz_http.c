/*
 * The bytes of an HTTP answer, through libcurl and net/transfer as the daemon uses them, over a
 * UNIX socket; then the envelope and the verdict. The input is what the server sends before it
 * closes. An exchange counts as whole only when the answer's head has ended and its body is as long
 * as was announced; a call that may cost money is never done by less.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/limits.h"
#include "cloud/reply.h"
#include "fuzz/fuzz.h"
#include "net/transfer.h"

#define PATIENCE_MS 3000 /* the answer is there before anybody reads */

static const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded"};
static const struct credential_keys keys = {"id", "secret-secret", ""};

static void nothing_is_told(struct http_request *request, const struct http_response *response)
{
	(void)request;
	(void)response;
}

/* A UNIX socket without a file, of this process alone. */
static int listen_at(char *name, size_t size)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	(void)snprintf(name, size, "drover-fuzz-http-%ld", (long)getpid());
	memcpy(address.sun_path + 1, name, strlen(name));
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&address, len) == 0 && listen(fd, 8) == 0);
	return fd;
}

/* What of @size fits into the socket; answers of megabytes are a matter of tests/unit/net. */
static size_t say(int fd, const uint8_t *data, size_t size)
{
	ssize_t n = size > 0 ? send(fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
	CHECK(shutdown(fd, SHUT_WR) == 0);
	return n > 0 ? (size_t)n : 0;
}

/* Gives how many bytes the server said. */
static size_t perform(CURLM *multi, struct transfer *t, int listener, const uint8_t *data,
		      size_t size)
{
	int running = 1, left = 0, fd = -1;
	size_t said = 0;
	CHECK(transfer_prepare(t, NULL, 0) == 0 &&
	      curl_multi_add_handle(multi, t->easy) == CURLM_OK);
	t->state = TRANSFER_ACTIVE;
	while (curl_multi_perform(multi, &running) == CURLM_OK && running > 0) {
		if (fd < 0 && (fd = accept(listener, NULL, NULL)) >= 0)
			said = say(fd, data, size);
		else
			(void)curl_multi_poll(multi, NULL, 0, PATIENCE_MS, NULL);
	}
	const CURLMsg *message = curl_multi_info_read(multi, &left);
	CHECK(message && message->msg == CURLMSG_DONE && message->easy_handle == t->easy);
	CURLcode result = message->data.result;
	(void)curl_multi_remove_handle(multi, t->easy);
	transfer_finish(t, result);
	if (fd >= 0)
		(void)close(fd);
	return said;
}

/* --- what was promised ------------------------------------------------------------------ */

/* Wherever in the bytes: the body of one that announces two lengths is nobody's business here. */
static bool has_word(const uint8_t *data, size_t size, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i + n <= size; i++)
		if (strncasecmp((const char *)data + i, word, n) == 0)
			return true;
	return false;
}

static void check_whole(const struct http_response *r, const uint8_t *data, size_t size)
{
	CHECK(r->status >= 200 && r->status < 1000 && !*r->error);
	/* libcurl looks at the first byte of a line to see that it is empty. */
	CHECK(memmem(data, size, "\n\r", 2) || memmem(data, size, "\n\n", 2));
	CHECK(r->body && r->body[r->body_len] == '\0' && r->body_len <= LIMIT_BODY_BYTES);
	if (has_word(data, size, "gzip"))
		return;
	CHECK(r->body_len <= size);
	/* The answer is there to its last byte, or there is no telling how long it is. */
	CHECK(r->body_len == 0 || memmem(data, size, r->body, 1));
}

static void check_response(const struct http_response *r, const uint8_t *data, size_t size)
{
	CHECK(r->date && r->request_id && r->acs_retry_after && r->retry_after && r->content_type);
	CHECK(r->end != HTTP_NOT_SENT && !r->cancelled); /* the request did leave */
	if (r->end == HTTP_COMPLETE)
		check_whole(r, data, size);
	else
		CHECK(r->status == 0 && *r->error);
}

static void check_verdict(const struct http_response *r, enum envelope envelope)
{
	static struct json_arena *arena;
	struct strbuf message = STRBUF_INIT(4 * REPLY_MESSAGE_BYTES);
	struct reply reply;
	if (!arena)
		arena = json_arena_new();
	CHECK(arena);
	reply_read(arena, r, &keys, &message, &reply);
	enum outcome outcome = outcome_classify(CALL_BUY, envelope, &reply.facts);
	if (r->end != HTTP_COMPLETE || r->status < 200 || r->status >= 500 ||
	    (r->status >= 300 && r->status < 400) || !reply.root)
		CHECK(outcome == OUTCOME_UNCLEAR);
	if (outcome == OUTCOME_DONE)
		CHECK(reply.facts.has_request_id && r->body_len > 0);
	/* cJSON takes every byte up to the space for one. */
	CHECK(!reply.root || r->body[r->body_len - 1] == '}' ||
	      (unsigned char)r->body[r->body_len - 1] <= ' ');
	strbuf_fini(&message);
}

/* The one header on the length, as most servers write it; -1 where there is none such. */
static int64_t announced(const uint8_t *data, size_t size)
{
	static const char name[] = "\r\nContent-Length: ";
	const char *start = (const char *)data, *end = memmem(data, size, "\r\n\r\n", 4);
	const char *at = memmem(data, size, name, sizeof(name) - 1);
	int64_t length = 0;
	if (!at || !end || at > end || memmem(data, (size_t)(end - start), "\n\n", 2) ||
	    memmem(data, (size_t)(end - start), "\n\r", 2) ||
	    has_word((const uint8_t *)at + 3, (size_t)(end - at) - 3, "Content-Length"))
		return -1;
	at += sizeof(name) - 1;
	const char *digits = at;
	for (; *at >= '0' && *at <= '9' && at - digits < 9; at++)
		length = length * 10 + (*at - '0');
	return at > digits && *at == '\r' ? length : -1;
}

/* A body that was cut off is not whole. */
static void check_length(const struct http_response *r, const uint8_t *data, size_t size)
{
	int64_t length = announced(data, size);
	if (length >= 0 && r->end == HTTP_COMPLETE && r->status != 204 && r->status != 304 &&
	    !has_word(data, size, "Transfer-Encoding") && !has_word(data, size, "gzip") &&
	    !has_word(data, size, "HTTP/1.1 1"))
		CHECK(r->body_len == (size_t)length);
}

static void exchange(bool changing, const uint8_t *data, size_t size)
{
	const struct transfer_defaults defaults = {.low_speed_bytes = 1, .low_speed_s = 3};
	struct http_request request = {
		.method = "POST",
		.url = "http://127.0.0.1:9/",
		.headers = headers,
		.n_headers = 1,
		.body = "Action=Nothing",
		.body_len = 14,
		.changing = changing,
		.total_ms = PATIENCE_MS,
		.done = nothing_is_told,
	};
	static CURLM *multi;
	static char name[64];
	static int listener;
	struct transfer *t = NULL;
	if (!multi) {
		CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
		multi = curl_multi_init();
		listener = listen_at(name, sizeof(name));
	}
	CHECK(transfer_new(&request, &defaults, &t) == 0);
	CHECK(curl_easy_setopt(t->easy, CURLOPT_ABSTRACT_UNIX_SOCKET, name) == CURLE_OK);
	CHECK(curl_easy_setopt(t->easy, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK);
	size = perform(multi, t, listener, data, size);
	check_response(&t->response, data, size);
	check_length(&t->response, data, size);
	check_verdict(&t->response, ENVELOPE_RPC);
	check_verdict(&t->response, ENVELOPE_BSS);
	(void)transfer_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	exchange(true, data, size);
	exchange(false, data, size);
	return 0;
}
