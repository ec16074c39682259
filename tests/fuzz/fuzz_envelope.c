/*
 * The envelope of every answer, and the verdict over it. An input is a status, headers, an empty
 * line and a body. Every end has a verdict that its class of call can have; a call that may cost
 * money is done only by an answer that says so as a whole, refused only by a code that is known
 * to be one, and unclear by everything else. No secret is shown.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/timefmt.h"
#include "cloud/clock.h"
#include "cloud/reply.h"
#include "fuzz/fuzz.h"
#include "fuzz/refusals.h"

#define WALL_MS UINT64_C(1790000000000)
#define SECRET "c4n4ry/s3cr3t+k3y="
#define TOKEN "c4n4ry&t0k3n%20=="
#define SECRET_ENCODED "c4n4ry%2Fs3cr3t%2Bk3y%3D"

static const struct credential_keys keys = {"LTAI-id", SECRET, TOKEN};

/* --- the input --------------------------------------------------------------------- */

struct exchange {
	char *date, *request_id, *acs_retry_after, *retry_after, *body;
	struct http_response response;
};

static void take_header(struct exchange *x, const char *line)
{
	const struct {
		const char *name;
		char **value;
	} known[] = {{"Date:", &x->date},
		     {"x-acs-request-id:", &x->request_id},
		     {"x-acs-retry-after:", &x->acs_retry_after},
		     {"Retry-After:", &x->retry_after}};
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		size_t n = strlen(known[i].name);
		if (strncasecmp(line, known[i].name, n) == 0 && !*known[i].value)
			*known[i].value = strdup(line + n + strspn(line + n, " "));
	}
}

/* False at the empty line that ends them. */
static bool take_next_header(struct exchange *x, struct fuzz_input *in)
{
	auto_free char *line = fuzz_line(in);
	take_header(x, line);
	return *line;
}

static const char *or_nothing(const char *text)
{
	return text ? text : "";
}

static void exchange_read(struct exchange *x, const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_begin(data, size);
	auto_free char *status = fuzz_line(&in);
	*x = (struct exchange){.response = {.end = HTTP_COMPLETE, .error = ""}};
	x->response.status = (int)(strtoul(status, NULL, 10) % 1000);
	while (take_next_header(x, &in))
		;
	x->body = fuzz_rest(&in, &x->response.body_len);
	x->response.body = x->body;
	x->response.date = or_nothing(x->date);
	x->response.request_id = or_nothing(x->request_id);
	x->response.acs_retry_after = or_nothing(x->acs_retry_after);
	x->response.retry_after = or_nothing(x->retry_after);
	x->response.content_type = "";
}

static void exchange_fini(struct exchange *x)
{
	free(x->date);
	free(x->request_id);
	free(x->acs_retry_after);
	free(x->retry_after);
	free(x->body);
}

/* --- the verdict --------------------------------------------------------------------- */

static bool is_in(const char *const *list, size_t n, const char *code, bool whole)
{
	for (size_t i = 0; i < n; i++)
		if (whole ? strcmp(list[i], code) == 0
			  : strncmp(list[i], code, strlen(list[i])) == 0)
			return true;
	return false;
}

static bool is_known_refusal(enum envelope envelope, const struct outcome_facts *facts)
{
	const char *code = facts->code;
	if (is_in(refusals, ARRAY_SIZE(refusals), code, true) ||
	    is_in(refusal_families, ARRAY_SIZE(refusal_families), code, false))
		return true;
	return envelope == ENVELOPE_BSS && (strncmp(code, "PAY.", 4) == 0 ||
					    (strcmp(code, "400") == 0 && facts->status == 400));
}

static bool is_good_code(const char *code)
{
	return strcasecmp(code, "Success") == 0 || strcasecmp(code, "OK") == 0 ||
	       strcmp(code, "200") == 0 || strcmp(code, "0") == 0;
}

/* A whole answer of the API itself that says yes and nowhere no. */
static bool is_good_answer(enum envelope envelope, const struct reply *reply)
{
	const struct outcome_facts *facts = &reply->facts;
	if (facts->status < 200 || facts->status >= 300 || !reply->root || !facts->has_request_id ||
	    facts->success == SUCCESS_FALSE)
		return false;
	return is_good_code(facts->code) || (envelope == ENVELOPE_RPC && !*facts->code);
}

static void check_buy(enum envelope envelope, const struct reply *reply, enum outcome outcome)
{
	bool is_answer = reply->facts.status >= 200 && reply->facts.status < 500 &&
			 (reply->facts.status < 300 || reply->facts.status >= 400) && reply->root;
	if (outcome == OUTCOME_DONE)
		CHECK(is_good_answer(envelope, reply));
	else if (outcome == OUTCOME_HOLD)
		CHECK(is_answer && is_in(holds, ARRAY_SIZE(holds), reply->facts.code, true));
	else if (outcome != OUTCOME_UNCLEAR)
		CHECK(is_answer && outcome_is_definite_no(outcome) &&
		      is_known_refusal(envelope, &reply->facts));
	if (is_good_answer(envelope, reply))
		CHECK(outcome == OUTCOME_DONE);
}

static void check_class(enum call_class call_class, enum outcome outcome)
{
	CHECK(outcome >= 0 && outcome < OUTCOME_MAX_ && strcmp(outcome_name(outcome), "?") != 0);
	if (call_class == CALL_READ)
		CHECK(outcome != OUTCOME_UNCLEAR && outcome != OUTCOME_HOLD);
	else
		CHECK(outcome != OUTCOME_RETRYABLE);
}

static void check_verdicts(const struct reply *reply)
{
	for (int c = CALL_READ; c <= CALL_BUY; c++)
		for (int e = ENVELOPE_RPC; e <= ENVELOPE_BSS; e++) {
			struct outcome_facts cut = reply->facts;
			enum outcome outcome = outcome_classify((enum call_class)c,
								(enum envelope)e, &reply->facts);
			check_class((enum call_class)c, outcome);
			CHECK(outcome != OUTCOME_NOT_SENT);
			if (c == CALL_BUY)
				check_buy((enum envelope)e, reply, outcome);
			/* Whatever came before, an exchange that broke off settles nothing. */
			cut.end = HTTP_BROKEN;
			outcome = outcome_classify((enum call_class)c, (enum envelope)e, &cut);
			CHECK(outcome == (c == CALL_READ ? OUTCOME_RETRYABLE : OUTCOME_UNCLEAR));
			cut.end = HTTP_NOT_SENT;
			outcome = outcome_classify((enum call_class)c, (enum envelope)e, &cut);
			CHECK(outcome == OUTCOME_NOT_SENT);
		}
}

/* --- the rest ------------------------------------------------------------------------- */

static void check_reply(const struct exchange *x, const struct reply *reply)
{
	CHECK(reply->facts.code && reply->request_id && reply->message);
	CHECK(reply->retry_after_ms <= REPLY_MAX_HINT_MS);
	CHECK(strlen(reply->message) <= REPLY_MESSAGE_BYTES + 64);
	CHECK(!strstr(reply->message, SECRET) && !strstr(reply->message, SECRET_ENCODED) &&
	      !strstr(reply->message, TOKEN));
	CHECK(reply->facts.parsed == (reply->root != NULL));
	CHECK(reply->facts.parsed == (fuzz_json(x->body, x->response.body_len) != NULL));
	CHECK(!reply->facts.has_request_id || (reply->root && *reply->request_id));
}

static void check_clock(const char *date)
{
	struct clock_offset clock = {0};
	uint64_t server_ms = 0;
	bool moved = clock_learn(&clock, WALL_MS, date);
	CHECK(moved == (clock.offset_ms != 0));
	if (moved) {
		CHECK(timefmt_parse_http(date, &server_ms) == 0);
		CHECK(clock_corrected(&clock, WALL_MS) == server_ms);
		CHECK(!clock_learn(&clock, WALL_MS, date) && clock_has_moved(&clock, 0));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct json_arena *arena;
	struct strbuf message = STRBUF_INIT(4 * REPLY_MESSAGE_BYTES);
	struct exchange x;
	struct reply reply;
	if (!arena)
		arena = json_arena_new();
	CHECK(arena);
	exchange_read(&x, data, size);
	reply_read(arena, &x.response, &keys, &message, &reply);
	check_reply(&x, &reply);
	check_verdicts(&reply);
	check_clock(x.response.date);
	strbuf_fini(&message);
	exchange_fini(&x);
	return 0;
}
