#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "world.h"

#define READ OP_DESCRIBE_ANDROID_INSTANCES
#define OTHER_READ OP_DESCRIBE_SPEC
#define BUY OP_CREATE_ANDROID_INSTANCE_GROUP
#define CHANGE OP_TAG_RESOURCES
#define MINUTE UINT64_C(60000)

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	if (!w)
		return -1;
	world_init(w);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	world_end(*state);
	free(*state);
	return 0;
}

static struct world_answer throttle_first(struct world *w, size_t n,
					  const struct http_request *request)
{
	(void)w, (void)request;
	struct world_answer answer = world_error(400, "Throttling.User");
	answer.acs_retry_after = "7000";
	return n == 0 ? answer : WORLD_OK;
}

static void a_throttle_hint_holds_the_lane_and_no_other(void **state)
{
	struct world *w = *state;
	struct op first = {0}, same = {0}, other = {0};
	w->script = throttle_first;
	world_start(w);
	op_start(w, &first, READ);
	world_pass(w, 20);
	op_start(w, &same, READ);
	op_start(w, &other, OTHER_READ);
	world_pass(w, 6900);
	assert_int_equal(other.dones, 1);
	assert_int_equal(first.dones + same.dones, 0);
	assert_int_equal(w->n_sent, 2);
	world_pass(w, 3000);
	assert_int_equal(first.outcome, OUTCOME_DONE);
	assert_int_equal(same.dones, 1);
	for (size_t i = 2; i < w->n_sent; i++)
		assert_true(w->sent[i].at_ms >= w->sent[0].at_ms + 7000);
	struct cloud_stats stats;
	cloud_stats(w->cloud, &stats);
	assert_int_equal(stats.throttled, 1);
}

static struct world_answer long_hint(struct world *w, size_t n, const struct http_request *request)
{
	(void)w, (void)n, (void)request;
	struct world_answer answer = world_error(429, "Throttling");
	answer.retry_after = "9999";
	return answer;
}

static void a_long_hint_is_handed_to_the_caller(void **state)
{
	struct world *w = *state;
	struct op op = {0};
	w->script = long_hint;
	world_start(w);
	op_start(w, &op, READ);
	world_pass(w, 100);
	assert_int_equal(op.outcome, OUTCOME_THROTTLED);
	assert_in_range(op.retry_after_ms, 300000, 360000); /* clamped, with jitter */
	assert_int_equal(w->n_sent, 1);
}

static struct world_answer throttle_for_long(struct world *w, size_t n,
					     const struct http_request *request)
{
	(void)n, (void)request;
	struct world_answer answer = world_error(400, "Throttling.User");
	answer.acs_retry_after = "20000";
	return w->number ? answer : WORLD_OK;
}

static void reads_end_and_changes_wait_while_nothing_is_taken(void **state)
{
	struct world *w = *state;
	struct op first = {0}, read = {0}, buy = {0}, late_buy = {0};
	w->script = throttle_for_long;
	w->number = 1;
	world_start(w);
	op_start(w, &first, READ);
	op_start(w, &buy, BUY);
	world_pass(w, 100);
	assert_int_equal(first.outcome, OUTCOME_THROTTLED); /* not repeated: the caller has more to do */
	assert_int_equal(buy.outcome, OUTCOME_THROTTLED);
	op_start(w, &read, READ);
	op_start(w, &late_buy, BUY);
	world_pass(w, 100);
	assert_int_equal(read.outcome, OUTCOME_NOT_SENT);
	assert_in_range(read.retry_after_ms, 19000, 24000);
	assert_int_equal(late_buy.dones, 0);
	assert_int_equal(w->n_sent, 2);
	w->number = 0;
	world_pass(w, 25000);
	assert_int_equal(late_buy.outcome, OUTCOME_DONE);
	assert_int_equal(w->n_sent, 3);
}

/* Every call of a service that takes nothing finds out for all: one in ten seconds. */
static void the_operations_of_a_storm_take_turns(void **state)
{
	static const enum operation ops[] = {READ, OTHER_READ, OP_LIST_TAG_RESOURCES,
					     OP_DESCRIBE_KEY_PAIRS};
	struct world *w = *state;
	struct op op[2][ARRAY_SIZE(ops)] = {0}, of_another = {0};
	w->script = throttle_for_long;
	w->number = 1;
	world_start(w);
	for (size_t k = 0; k < ARRAY_SIZE(ops) - 1; k++)
		op_start(w, &op[0][k], ops[k]);
	world_pass(w, 25000);
	size_t before = w->n_sent;
	for (size_t k = 0; k < ARRAY_SIZE(ops); k++) /* the last one is new */
		op_start(w, &op[1][k], ops[k]);
	world_pass(w, 9000);
	assert_int_equal(w->n_sent, before + 1);
	world_pass(w, 4000);
	assert_int_equal(w->n_sent, before + 2);
	op_start(w, &of_another, OP_LIST_NODES);
	world_pass(w, 20);
	assert_int_equal(w->n_sent, before + 3); /* another service is not concerned */
	w->number = 0;
	world_pass(w, 10000); /* one is taken: the others go at once */
	for (size_t k = 0; k < ARRAY_SIZE(ops); k++)
		assert_int_equal(op[1][k].dones, 1);
	assert_int_equal(op[1][ARRAY_SIZE(ops) - 1].outcome, OUTCOME_DONE);
	assert_int_equal(w->n_sent, before + 5);
}

static struct world_answer by_number(struct world *w, size_t n, const struct http_request *request)
{
	(void)n, (void)request;
	return w->number ? (struct world_answer){.end = HTTP_BROKEN, .error = "reset"} : WORLD_OK;
}

static void the_breaker_opens_and_one_read_closes_it(void **state)
{
	struct world *w = *state;
	struct op bad[2] = {0}, early = {0}, change = {0}, trial = {0}, other = {0}, after = {0};
	struct cloud_stats stats;
	w->script = by_number;
	w->number = 1;
	world_start(w);
	op_start(w, &bad[0], READ);
	world_pass(w, 10000);
	op_start(w, &bad[1], READ);
	world_pass(w, 100);
	assert_int_equal(w->n_sent, 5); /* the fifth failure in a row opens it */
	assert_int_equal(bad[1].outcome, OUTCOME_RETRYABLE);
	cloud_stats(w->cloud, &stats);
	assert_int_equal(stats.breaker_open, 1);

	op_start(w, &early, OTHER_READ);
	op_start(w, &change, BUY);
	world_pass(w, 100);
	assert_int_equal(early.outcome, OUTCOME_NOT_SENT);
	assert_in_range(early.retry_after_ms, 14000, 30000);
	assert_int_equal(change.outcome, OUTCOME_NOT_SENT);
	assert_int_equal(change.before_calls, 0);
	assert_int_equal(w->n_sent, 5);

	world_pass(w, 30000);
	w->number = 0;
	op_start(w, &change, BUY);
	world_pass(w, 5);
	assert_int_equal(w->n_sent, 5); /* never a purchase to find out */
	op_start(w, &trial, READ);
	op_start(w, &other, OTHER_READ);
	world_pass(w, 5);
	assert_int_equal(w->n_sent, 6); /* one finds out, the other waits for it */
	world_pass(w, 100);
	assert_int_equal(trial.outcome, OUTCOME_DONE);
	assert_int_equal(other.outcome, OUTCOME_DONE);
	op_start(w, &after, BUY);
	world_pass(w, 1000);
	assert_int_equal(after.outcome, OUTCOME_DONE);
	cloud_stats(w->cloud, &stats);
	assert_int_equal(stats.breaker_open, 0);
}

/* A gateway whose clock is an hour ahead. */
static struct world_answer hour_ahead(struct world *w, size_t n, const struct http_request *request)
{
	static const char date[] = "Mon, 21 Sep 2026 15:13:20 GMT"; /* WORLD_START_MS + 1 h */
	char expected[TIMEFMT_SIZE];
	bool in_time = false;
	(void)n;
	timefmt_iso(w->wall_ms + 60 * MINUTE, expected);
	for (size_t i = 0; i < request->n_headers; i++)
		in_time |= strncmp(request->headers[i], "x-acs-date: ", 12) == 0 &&
			   strncmp(request->headers[i] + 12, expected, 13) == 0;
	struct world_answer answer =
		in_time ? WORLD_OK : world_error(400, "InvalidTimeStamp.Expired");
	answer.date = date;
	return answer;
}

static void reads_of_a_wrong_clock_are_signed_again(void **state)
{
	struct world *w = *state;
	struct op ops[3] = {0}, change = {0};
	struct cloud_stats stats;
	w->script = hour_ahead;
	world_start(w);
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		op_start(w, &ops[i], READ);
	world_pass(w, 1000);
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		assert_int_equal(ops[i].outcome, OUTCOME_DONE);
	assert_int_equal(w->n_sent, 6); /* each once more */
	assert_int_equal(w->clock_told, 1);
	assert_in_range(w->told_wall_ms, cloud_wall_ms(w->cloud) - 5000, cloud_wall_ms(w->cloud) + 5000);
	assert_in_range(w->clock_offset_ms, 60 * MINUTE - 2000, 60 * MINUTE + 2000);
	assert_int_equal(w->auth_refused, 0);
	cloud_stats(w->cloud, &stats);
	assert_true(stats.clock_offset_ms == w->clock_offset_ms);
	op_start(w, &change, BUY);
	world_pass(w, 1000);
	assert_int_equal(change.outcome, OUTCOME_DONE);
}

static void a_changing_call_of_a_wrong_clock_may_simply_be_sent_again(void **state)
{
	struct world *w = *state;
	struct op change = {0}, again = {0};
	w->script = hour_ahead;
	world_start(w);
	op_start(w, &change, BUY);
	world_pass(w, 1000);
	assert_int_equal(change.outcome, OUTCOME_THROTTLED);
	assert_int_equal(w->n_sent, 1);
	op_start(w, &again, BUY);
	world_pass(w, 1000);
	assert_int_equal(again.outcome, OUTCOME_DONE);
	assert_int_equal(w->auth_refused, 0);
}

static struct world_answer always_expired(struct world *w, size_t n,
					  const struct http_request *request)
{
	(void)w, (void)n, (void)request;
	struct world_answer answer = world_error(400, "InvalidTimeStamp.Expired");
	answer.date = "Mon, 21 Sep 2026 15:13:20 GMT";
	return answer;
}

static void a_clock_refused_even_when_right_stops_the_calls(void **state)
{
	struct world *w = *state;
	struct op op = {0};
	w->script = always_expired;
	world_start(w);
	op_start(w, &op, READ);
	world_pass(w, 1000);
	assert_int_equal(op.outcome, OUTCOME_AUTH);
	assert_int_equal(w->n_sent, 2);
	assert_int_equal(w->auth_refused, 1);
}

/* A gateway whose machines disagree about the time. */
static struct world_answer wandering(struct world *w, size_t n, const struct http_request *request)
{
	(void)w, (void)request;
	struct world_answer answer = world_error(400, "InvalidTimeStamp.Expired");
	answer.date = n % 2 ? "Mon, 21 Sep 2026 18:13:20 GMT" : "Mon, 21 Sep 2026 15:13:20 GMT";
	return answer;
}

static void a_date_is_corrected_only_once_for_a_call(void **state)
{
	struct world *w = *state;
	struct op op = {0};
	w->script = wandering;
	world_start(w);
	op_start(w, &op, READ);
	world_pass(w, MINUTE);
	assert_int_equal(op.outcome, OUTCOME_AUTH);
	assert_int_equal(w->n_sent, 2);
}

static void a_call_may_be_cancelled_while_its_answer_is_told(void **state)
{
	struct world *w = *state;
	struct op op = {0};
	w->script = hour_ahead;
	w->victim = &op.call;
	world_start(w);
	op_start(w, &op, READ);
	world_pass(w, MINUTE);
	assert_int_equal(w->clock_told, 1);
	assert_int_equal(op.dones, 1);
}

static struct world_answer bad_keys(struct world *w, size_t n, const struct http_request *request)
{
	(void)n, (void)request;
	return w->number ? world_error(404, "InvalidAccessKeyId.NotFound") : WORLD_OK;
}

static void refused_keys_are_told_once_and_tried_now_and_then(void **state)
{
	struct world *w = *state;
	struct op first[5] = {0}, waiting[3] = {0}, change = {0}, trial = {0}, good = {0};
	w->script = bad_keys;
	w->number = 1;
	world_start(w);
	for (size_t i = 0; i < ARRAY_SIZE(first); i++)
		op_start(w, &first[i], READ);
	world_pass(w, 100);
	for (size_t i = 0; i < ARRAY_SIZE(first); i++)
		assert_int_equal(first[i].outcome, OUTCOME_AUTH);
	assert_int_equal(w->auth_refused, 1);
	assert_string_equal(w->auth_request_id, "rid-InvalidAccessKeyId.NotFound");

	size_t sent = w->n_sent;
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++)
		op_start(w, &waiting[i], OTHER_READ);
	op_start(w, &change, BUY);
	world_pass(w, 100);
	assert_int_equal(w->n_sent, sent); /* failed fast */
	assert_int_equal(waiting[0].outcome, OUTCOME_AUTH);
	assert_string_equal(waiting[0].code, "InvalidAccessKeyId.NotFound");
	assert_int_equal(waiting[0].status, 0);
	assert_in_range(waiting[0].retry_after_ms, 4 * MINUTE, 5 * MINUTE);
	assert_int_equal(change.outcome, OUTCOME_AUTH);
	assert_int_equal(change.before_calls, 0);

	world_pass(w, 5 * MINUTE);
	op_start(w, &change, BUY); /* a purchase never tries */
	world_pass(w, 1000);
	assert_int_equal(w->n_sent, sent);
	op_start(w, &trial, READ);
	world_pass(w, 100);
	assert_int_equal(w->n_sent, sent + 1);
	assert_int_equal(trial.outcome, OUTCOME_AUTH);
	assert_int_equal(w->auth_refused, 1);

	world_pass(w, 5 * MINUTE);
	w->number = 0;
	op_start(w, &good, READ);
	world_pass(w, 100);
	assert_int_equal(good.outcome, OUTCOME_DONE);
	assert_int_equal(w->auth_mended, 1);
	op_start(w, &change, BUY);
	world_pass(w, 1000);
	assert_int_equal(change.outcome, OUTCOME_DONE);
}

static void new_keys_are_tried_at_once(void **state)
{
	struct world *w = *state;
	struct op bad = {0}, good = {0};
	w->script = bad_keys;
	w->number = 1;
	world_start(w);
	op_start(w, &bad, READ);
	world_pass(w, 100);
	w->number = 0;
	cloud_set_credentials(w->cloud, w->credentials);
	op_start(w, &good, READ);
	world_pass(w, 100);
	assert_int_equal(good.outcome, OUTCOME_DONE);
	assert_int_equal(w->auth_mended, 1);
}

static struct world_answer no_tagging(struct world *w, size_t n, const struct http_request *request)
{
	(void)w, (void)n;
	for (size_t i = 0; i < request->n_headers; i++)
		if (strcmp(request->headers[i], "x-acs-action: TagResources") == 0)
			return world_error(403, "Forbidden.RAM");
	return WORLD_OK;
}

static void a_missing_permission_stops_only_its_operation(void **state)
{
	struct world *w = *state;
	struct op tag[3] = {0}, read = {0}, buy = {0};
	w->script = no_tagging;
	world_start(w);
	op_start(w, &tag[0], CHANGE);
	world_pass(w, 100);
	op_start(w, &tag[1], CHANGE);
	op_start(w, &read, READ);
	op_start(w, &buy, BUY);
	world_pass(w, 100);
	assert_int_equal(tag[1].outcome, OUTCOME_AUTH);
	assert_int_equal(tag[1].before_calls, 0);
	assert_int_equal(read.outcome, OUTCOME_DONE);
	assert_int_equal(buy.outcome, OUTCOME_DONE);
	assert_int_equal(w->auth_refused, 1);
	world_pass(w, 5 * MINUTE);
	op_start(w, &tag[2], CHANGE);
	world_pass(w, 100);
	assert_int_equal(tag[2].before_calls, 1); /* nothing else could tell */
	assert_int_equal(w->auth_refused, 1);
}

static struct world_answer chatty(struct world *w, size_t n, const struct http_request *request)
{
	static char body[4096];
	static const char *const messages[] = {
		("Specified signature does not match our calculation. server string to sign "
		 "is:POST "
		 "x-acs-security-token:" WORLD_TOKEN),
		("token " WORLD_TOKEN " and secret " WORLD_SECRET " are odd"),
		("encoded test-token%2B%2Fabcdefghijkl%3D%3D here"),
		("server CanonicalRequest is: x-acs-security-token:" WORLD_TOKEN),
	};
	(void)request;
	(void)n;
	(void)snprintf(body, sizeof(body),
		       "{\"RequestId\":\"r\",\"Code\":\"InvalidParameter\",\"Message\":\"%s\"}",
		       messages[w->number]);
	return (struct world_answer){.status = 400, .body = body};
}

static void messages_never_hold_a_secret(void **state)
{
	struct world *w = *state;
	static const char *const kept[] = {"Specified signature does not match",
					   "token [secret] and", "encoded [secret] here",
					   "server [...]"};
	w->script = chatty;
	world_start(w);
	for (w->number = 0; w->number < 4; w->number++) {
		struct op op = {0};
		op_start(w, &op, READ);
		world_pass(w, 1000);
		assert_int_equal(op.dones, 1);
		assert_null(strstr(op.message, WORLD_TOKEN));
		assert_null(strstr(op.message, WORLD_SECRET));
		assert_null(strstr(op.message, "abcdefghijkl"));
		assert_non_null(strstr(op.message, kept[w->number]));
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_throttle_hint_holds_the_lane_and_no_other),
		CASE(a_long_hint_is_handed_to_the_caller),
		CASE(reads_end_and_changes_wait_while_nothing_is_taken),
		CASE(the_operations_of_a_storm_take_turns),
		CASE(the_breaker_opens_and_one_read_closes_it),
		CASE(reads_of_a_wrong_clock_are_signed_again),
		CASE(a_changing_call_of_a_wrong_clock_may_simply_be_sent_again),
		CASE(a_clock_refused_even_when_right_stops_the_calls),
		CASE(a_date_is_corrected_only_once_for_a_call),
		CASE(a_call_may_be_cancelled_while_its_answer_is_told),
		CASE(refused_keys_are_told_once_and_tried_now_and_then),
		CASE(new_keys_are_tried_at_once),
		CASE(a_missing_permission_stops_only_its_operation),
		CASE(messages_never_hold_a_secret),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
