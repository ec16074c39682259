#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "cloud/reply.h"

#define SECRET "Secret+/=0123"
#define TOKEN "Token%&=+/"

static const struct credential_keys keys = {"LTAIexample", SECRET, TOKEN};

struct fixture {
	struct json_arena *arena;
	struct strbuf message;
	struct reply reply;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	if (!f)
		return -1;
	f->arena = json_arena_new();
	strbuf_init(&f->message, 1 << 22);
	*state = f;
	return f->arena ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	(void)json_arena_free(f->arena);
	strbuf_fini(&f->message);
	free(f);
	return 0;
}

static const struct reply *read_reply(struct fixture *f, struct http_response response)
{
	response.body = response.body ? response.body : "";
	response.body_len = strlen(response.body);
	response.error = response.error ? response.error : "";
	response.date = response.content_type = "";
	response.request_id = response.request_id ? response.request_id : "";
	response.acs_retry_after = response.acs_retry_after ? response.acs_retry_after : "";
	response.retry_after = response.retry_after ? response.retry_after : "";
	reply_read(f->arena, &response, &keys, &f->message, &f->reply);
	return &f->reply;
}

static void both_spellings_of_the_envelope_are_read(void **state)
{
	static const char *const bodies[] = {
		"{\"RequestId\":\"R1\",\"Code\":\"C1\",\"Message\":\"M1\",\"Success\":false}",
		"{\"requestId\":\"R1\",\"code\":\"C1\",\"message\":\"M1\",\"Success\":\"false\"}",
	};
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		const struct reply *r = read_reply(
			*state, (struct http_response){.status = 400, .body = bodies[i]});
		assert_string_equal(r->request_id, "R1");
		assert_string_equal(r->facts.code, "C1");
		assert_string_equal(r->message, "M1");
		assert_true(r->facts.parsed && r->facts.has_request_id);
		assert_int_equal(r->facts.success, SUCCESS_FALSE);
		assert_int_equal(r->facts.status, 400);
	}
}

static void a_number_may_be_the_code(void **state)
{
	const struct reply *r = read_reply(
		*state, (struct http_response){
				.status = 200,
				.body = "{\"RequestId\":\"R\",\"Code\":200,\"Success\":true}"});
	assert_string_equal(r->facts.code, "200");
	assert_int_equal(r->facts.success, SUCCESS_TRUE);
}

static void the_header_names_the_request_when_the_body_is_broken(void **state)
{
	const struct reply *r = read_reply(
		*state,
		(struct http_response){.status = 502, .body = "<html>", .request_id = "H1"});
	assert_string_equal(r->request_id, "H1");
	assert_false(r->facts.parsed || r->facts.has_request_id);
	assert_string_equal(r->facts.code, "");
	assert_non_null(strstr(r->message, "HTTP 502"));
	assert_null(r->root);
	r = read_reply(*state,
		       (struct http_response){.status = 200, .body = "{}", .request_id = "H2"});
	assert_true(r->facts.parsed);
	assert_false(r->facts.has_request_id); /* the body's own is what proves the speaker */
	assert_string_equal(r->request_id, "H2");
}

static void no_answer_has_only_an_error(void **state)
{
	const struct reply *r =
		read_reply(*state, (struct http_response){.end = HTTP_BROKEN,
							  .error = "timeout with " SECRET});
	assert_string_equal(r->message, "timeout with [secret]");
	assert_int_equal(r->facts.status, 0);
	assert_string_equal(r->request_id, "");
	assert_null(r->root);
}

static void hints_are_read_clamped_or_ignored(void **state)
{
	static const struct {
		const char *acs, *seconds;
		uint64_t ms;
		bool hint;
	} rows[] = {
		{"1500", "", 1500, true},
		{"", "2", 2000, false},
		{"1500", "9", 1500, true},
		{"0", "3", 3000, false},
		{"-5", "", 0, false},
		{"1.5", "", 0, false},
		{"soon", "", 0, false},
		{"", "Wed, 21 Oct 2026 07:28:00 GMT", 0, false},
		{"99999999", "", 300000, true},
		{"", "301", 300000, false},
		{"99999999999999999999999", "", 300000, true},
		{"", "99999999999999999999999", 300000, false},
		{" 5", "", 0, false},
		{"", "", 0, false},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct reply *r =
			read_reply(*state, (struct http_response){.status = 400,
								  .body = "{}",
								  .acs_retry_after = rows[i].acs,
								  .retry_after = rows[i].seconds});
		assert_int_equal(r->retry_after_ms, rows[i].ms);
		assert_int_equal(r->facts.retry_hint, rows[i].hint);
	}
}

static void quoted_requests_are_cut_and_secrets_replaced(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{"plain", "plain"},
		{"", ""},
		{"no match. Server String To Sign is:ACS3", "no match. Server [...]"},
		{"see StringToSign=abc", "see [...]"},
		{"the CanonicalRequest: x", "the [...]"},
		{"canonicalised", "[...]"},
		{"header X-Acs-Security-Token: t", "header [...]"},
		{"GET&AccessKeyId=LTAI&SecurityToken=t", "GET&[...]"},
		{"a " SECRET " b " SECRET, "a [secret] b [secret]"},
		{TOKEN, "[secret]"},
		{"Secret%2B%2F%3D0123", "[secret]"},
		{"Token%25%26%3D%2B%2F!", "[secret]!"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_strbuf struct strbuf out = STRBUF_INIT(4096);
		reply_redact(&out, rows[i].text, &keys);
		assert_string_equal(strbuf_text(&out), rows[i].shown);
	}
}

static void absent_secrets_replace_nothing(void **state)
{
	(void)state;
	static const struct credential_keys none = {"", "", ""};
	auto_strbuf struct strbuf out = STRBUF_INIT(4096);
	reply_redact(&out, "abc", &none);
	assert_string_equal(strbuf_text(&out), "abc");
}

/* Wherever the cap falls, no character is cut and no secret begins before it. */
static void long_messages_are_cut_between_characters(void **state)
{
	(void)state;
	for (size_t pad = 0; pad < 8; pad++) {
		char text[2 * REPLY_MESSAGE_BYTES];
		size_t n = 0;
		for (; n < pad; n++)
			text[n] = 'x';
		for (; n < REPLY_MESSAGE_BYTES + 20; n += 3)
			memcpy(text + n, "\xe4\xb8\xad", 3);
		memcpy(text + n, SECRET, sizeof(SECRET));
		auto_strbuf struct strbuf out = STRBUF_INIT(4096);
		reply_redact(&out, text, &keys);
		assert_true(out.len <= REPLY_MESSAGE_BYTES + 5);
		assert_string_equal(out.data + out.len - 5, "[...]");
		assert_int_equal((out.len - 5 - pad) % 3, 0);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(both_spellings_of_the_envelope_are_read),
		CASE(a_number_may_be_the_code),
		CASE(the_header_names_the_request_when_the_body_is_broken),
		CASE(no_answer_has_only_an_error),
		CASE(hints_are_read_clamped_or_ignored),
		cmocka_unit_test(quoted_requests_are_cut_and_secrets_replaced),
		cmocka_unit_test(absent_secrets_replace_nothing),
		cmocka_unit_test(long_messages_are_cut_between_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
