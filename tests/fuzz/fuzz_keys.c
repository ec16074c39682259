/*
 * Keys of the instance from its metadata service. An input is what the service answers, one after
 * the other: a status in a line of its own (0: it breaks off), a body, and a line "--". Whatever
 * comes, asking ends, once; keys are taken whole or not at all; no request gets another line into
 * its head.
 */
#include <stdlib.h>
#include <string.h>

#include "cloud/instance_role.h"
#include "fuzz/fuzz.h"

#define MOST_REQUESTS 8
#define END "\n--\n"

/* A network that takes one request at a time and answers when asked to. */
struct wire {
	struct http http;
	struct http_request *waiting;
	unsigned sent;
};

static void check_request(const struct http_request *request)
{
	CHECK(strncmp(request->url, "http://100.100.100.200/latest/", 30) == 0);
	for (const char *p = request->url; *p; p++)
		CHECK(*p > ' ' && *p <= '~');
	for (size_t i = 0; i < request->n_headers; i++)
		for (const char *p = request->headers[i]; *p; p++)
			CHECK(*p >= ' ' && *p <= '~');
	CHECK(request->secret);
}

static int send_request(struct http *http, struct http_request *request)
{
	struct wire *wire = container_of(http, struct wire, http);
	CHECK(!wire->waiting && ++wire->sent <= MOST_REQUESTS);
	check_request(request);
	wire->waiting = request;
	return 0;
}

static const struct http_ops ops = {.send = send_request};

static uint64_t now_ms(struct env *env)
{
	(void)env;
	return 1000;
}

static struct env env = {.mono_ms = now_ms, .wall_ms = now_ms};

struct asking {
	struct instance_role role;
	unsigned ended;
};

static void on_done(struct instance_role *role, const struct fresh_keys *answer)
{
	struct asking *asking = container_of(role, struct asking, role);
	asking->ended++;
	CHECK(answer->code && answer->request_id && answer->text);
	CHECK(answer->good == !*answer->text);
	CHECK(!answer->good || !answer->refused);
	if (!answer->good)
		return;
	CHECK(*answer->keys.access_key_id && *answer->keys.access_key_secret &&
	      *answer->keys.security_token && answer->expires_ms > 0);
}

/* The next answer; the caller frees it. */
static char *next_body(struct fuzz_input *in, size_t *ret_len)
{
	size_t left = (size_t)(in->end - in->at);
	const char *end = memmem(in->at, left, END, strlen(END));
	struct fuzz_input body = {in->at, end ? end : in->end};
	in->at = end ? end + strlen(END) : in->end;
	return fuzz_rest(&body, ret_len);
}

static void answer_next(struct wire *wire, struct fuzz_input *in)
{
	struct http_request *request = TAKE(wire->waiting);
	auto_free char *status = fuzz_line(in);
	struct http_response response = {.end = HTTP_COMPLETE,
					 .error = "",
					 .date = "",
					 .request_id = "",
					 .acs_retry_after = "",
					 .retry_after = "",
					 .content_type = ""};
	auto_free char *body = next_body(in, &response.body_len);
	response.status = (int)(strtoul(status, NULL, 10) % 1000);
	response.body = body;
	if (response.status == 0) {
		response = (struct http_response){.end = HTTP_BROKEN,
						  .error = "it broke off",
						  .body = "",
						  .date = "",
						  .request_id = "",
						  .acs_retry_after = "",
						  .retry_after = "",
						  .content_type = ""};
	}
	request->done(request, &response);
}

static void ask_once(struct asking *asking, struct wire *wire, const char *role,
		     struct fuzz_input *in)
{
	asking->ended = 0;
	wire->sent = 0;
	CHECK(instance_role_start(&asking->role, "http://100.100.100.200", role) == 0);
	while (wire->waiting)
		answer_next(wire, in);
	CHECK(asking->ended == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct asking asking;
	struct wire wire = {.http = {&ops}};
	struct fuzz_input in = fuzz_begin(data, size);
	asking = (struct asking){
		.role = {
			.env = &env, .http = &wire.http, .done = on_done, .needs_token = size % 2}};
	ask_once(&asking, &wire, "", &in);
	/* With the token of the first time, which may be no good any more. */
	ask_once(&asking, &wire, "a-role", &in);
	return 0;
}
