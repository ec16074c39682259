#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>

#include "base/strbuf.h"
#include "cloud/sign.h"
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

/* Signs again what was sent, from what was sent. */
static void assert_signature_fits(const struct world_sent *s)
{
	struct sign_header headers[16];
	char lines[16][1024];
	size_t n = 0;
	for (const char *line = s->headers; *line; n++) {
		size_t len = strcspn(line, "\n");
		(void)snprintf(lines[n], sizeof(lines[n]), "%.*s", (int)len, line);
		char *colon = strchr(lines[n], ':');
		*colon = '\0';
		headers[n] = (struct sign_header){lines[n], colon + 2};
		line += len + 1;
	}
	const char *query = strchr(s->url, '?');
	struct sign_request request = {
		.method = "POST",
		.path = "/",
		.query = query ? query + 1 : "",
		.body = s->body,
		.body_len = strlen(s->body),
		.headers = headers,
		.n_headers = n,
		.access_key_id = "test-key-id",
		.access_key_secret = WORLD_SECRET,
	};
	auto_strbuf struct strbuf value = STRBUF_INIT(4096);
	assert_int_equal(sign_request(&request, &value), 0);
	assert_string_equal(sent_header(s, "authorization"), strbuf_text(&value));
}

static void a_read_is_signed_sent_and_answered(void **state)
{
	struct world *w = *state;
	struct op op = {0};
	world_start(w);
	assert_int_equal(params_set(&op.call.params, "BizRegionId", "cn-hangzhou"), 0);
	assert_int_equal(params_set(&op.call.params, "Tag.1.Value", "a b*"), 0);
	op_start(w, &op, READ);
	world_pass(w, 50);
	assert_int_equal(op.dones, 1);
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_string_equal(op.request_id, "rid-ok");
	assert_string_equal(op.field, "value");
	const struct world_sent *s = &w->sent[0];
	assert_string_equal(s->url, "https://eds-aic.cn-shanghai.aliyuncs.com/"
				    "?BizRegionId=cn-hangzhou&Tag.1.Value=a%20b%2A");
	assert_string_equal(sent_header(s, "host"), "eds-aic.cn-shanghai.aliyuncs.com");
	assert_string_equal(sent_header(s, "x-acs-action"), "DescribeAndroidInstances");
	assert_string_equal(sent_header(s, "x-acs-version"), "2023-09-30");
	assert_string_equal(sent_header(s, "x-acs-security-token"), WORLD_TOKEN);
	assert_string_equal(sent_header(s, "accept"), "application/json");
	assert_string_equal(sent_header(s, "user-agent"), "drover/" DROVER_VERSION);
	assert_string_equal(sent_header(s, "content-type"), "");
	assert_string_equal(s->body, "");
	assert_int_equal(strlen(sent_header(s, "x-acs-signature-nonce")), 32);
	assert_signature_fits(s);
	assert_false(s->changing);
	params_fini(&op.call.params);
}

static void form_parameters_travel_in_the_signed_body(void **state)
{
	struct world *w = *state;
	struct op op = {0};
	world_start(w);
	assert_int_equal(params_set(&op.call.params, "ImageType", "User"), 0);
	assert_int_equal(params_set(&op.call.params, "SystemType", "Android 12"), 0);
	op_start(w, &op, OP_DESCRIBE_IMAGE_LIST);
	world_pass(w, 50);
	const struct world_sent *s = &w->sent[0];
	assert_string_equal(s->url,
			    "https://eds-aic.cn-shanghai.aliyuncs.com/?SystemType=Android%2012");
	assert_string_equal(s->body, "ImageType=User");
	assert_string_equal(sent_header(s, "content-type"), "application/x-www-form-urlencoded");
	assert_signature_fits(s);
	params_fini(&op.call.params);
}

static void a_call_without_parameters_has_no_question_mark(void **state)
{
	struct world *w = *state;
	struct op op = {0};
	world_start(w);
	op_start(w, &op, OP_QUERY_ORDERS);
	world_pass(w, MINUTE);
	assert_string_equal(w->sent[0].url, "https://business.aliyuncs.com/");
	assert_string_equal(sent_header(&w->sent[0], "x-acs-version"), "2017-12-14");
	assert_signature_fits(&w->sent[0]);
	assert_int_equal(op.outcome,
			 OUTCOME_RETRYABLE); /* neither Code nor Success: bssopenapi 1.2 */
}

static struct world_answer always_503(struct world *w, size_t n, const struct http_request *request)
{
	(void)w, (void)n, (void)request;
	return world_error(503, "ServiceUnavailable");
}

static void a_read_is_repeated_afresh_then_given_up(void **state)
{
	struct world *w = *state;
	struct op op = {0};
	w->script = always_503;
	world_start(w);
	op_start(w, &op, READ);
	world_pass(w, MINUTE);
	assert_int_equal(op.dones, 1);
	assert_int_equal(op.outcome, OUTCOME_RETRYABLE);
	assert_string_equal(op.code, "ServiceUnavailable");
	assert_int_equal(w->n_sent, 4);
	for (size_t i = 0; i < w->n_sent; i++) {
		char date[TIMEFMT_SIZE];
		timefmt_iso(WORLD_START_MS + w->sent[i].at_ms - 1000, date);
		assert_string_equal(sent_header(&w->sent[i], "x-acs-date"), date);
		assert_signature_fits(&w->sent[i]);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(sent_header(&w->sent[i], "x-acs-signature-nonce"),
						sent_header(&w->sent[j], "x-acs-signature-nonce"));
	}
}

static struct world_answer broken_then_good(struct world *w, size_t n,
					    const struct http_request *request)
{
	(void)w, (void)request;
	if (n == 0)
		return (struct world_answer){.end = HTTP_BROKEN, .error = "reset"};
	if (n == 1)
		return (struct world_answer){.end = HTTP_NOT_SENT, .error = "connect: refused"};
	return n == 2 ? (struct world_answer){.status = 200, .body = "<html>"} : WORLD_OK;
}

static void a_read_survives_transient_failures(void **state)
{
	struct world *w = *state;
	struct op op = {0};
	w->script = broken_then_good;
	world_start(w);
	op_start(w, &op, READ);
	world_pass(w, MINUTE);
	assert_int_equal(op.dones, 1);
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_int_equal(w->n_sent, 4);
	struct cloud_stats stats;
	cloud_stats(w->cloud, &stats);
	assert_int_equal(stats.reads, 4);
	assert_int_equal(stats.retries, 3);
	assert_int_equal(stats.failures, 3);
}

static const struct once_row {
	struct world_answer answer;
	const char *code; /* NULL: the answer as it is */
	enum outcome outcome;
} once_rows[] = {
	{{.status = 200, .body = "{\"RequestId\":\"r\"}"}, NULL, OUTCOME_DONE},
	{{.status = 200, .body = "{}"}, NULL, OUTCOME_UNCLEAR},
	{{.status = 200, .body = "{\"RequestId\":\"r\""}, NULL, OUTCOME_UNCLEAR},
	{{.status = 200, .body = ""}, NULL, OUTCOME_UNCLEAR},
	{{.status = 302, .body = "moved"}, NULL, OUTCOME_UNCLEAR},
	{{.status = 502, .body = "<html>"}, NULL, OUTCOME_UNCLEAR},
	{{.status = 500}, "InternalError", OUTCOME_UNCLEAR},
	{{.status = 503}, "ServiceUnavailable", OUTCOME_UNCLEAR},
	{{.status = 400}, "SomethingNew", OUTCOME_UNCLEAR},
	{{.status = 400}, "SignatureNonceUsed", OUTCOME_UNCLEAR},
	{{.status = 400, .acs_retry_after = "500"}, "SomethingNew", OUTCOME_UNCLEAR},
	{{.end = HTTP_BROKEN, .error = "timeout"}, NULL, OUTCOME_UNCLEAR},
	{{.end = HTTP_NOT_SENT, .error = "resolve"}, NULL, OUTCOME_NOT_SENT},
	{{.refuse = -ENOMEM}, NULL, OUTCOME_NOT_SENT},
	{{.status = 400}, "Throttling.User", OUTCOME_THROTTLED},
	{{.status = 400}, "InvalidParameter", OUTCOME_REJECTED},
	{{.status = 400}, "StockError.NoStock", OUTCOME_STOCK},
	{{.status = 400}, "InsufficientBalance", OUTCOME_PAYMENT},
	{{.status = 400}, "QuotaExceeded", OUTCOME_QUOTA},
	{{.status = 403}, "Forbidden.RAM", OUTCOME_AUTH},
	{{.status = 400}, "SignatureDoesNotMatch", OUTCOME_AUTH},
	{{.status = 400}, "InvalidTimeStamp.Expired", OUTCOME_AUTH},
	{{.status = 400, .date = "Sun, 06 Nov 1994 08:49:37 GMT"},
	 "InvalidTimeStamp.Expired",
	 OUTCOME_THROTTLED},
	{{.status = 400}, "InvalidImage.NotFound", OUTCOME_NOT_FOUND},
	{{.status = 409}, "OperationConflict", OUTCOME_CONFLICT},
	{{.status = 400}, "IdempotentParameterMismatch", OUTCOME_HOLD},
};

static struct world_answer once_script(struct world *w, size_t n,
				       const struct http_request *request)
{
	(void)n, (void)request;
	const struct once_row *row = &once_rows[w->number];
	struct world_answer answer = row->answer;
	if (row->code)
		answer.body = world_error(answer.status, row->code).body;
	return answer;
}

static void a_changing_call_is_sent_once_whatever_comes_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(once_rows); i++) {
		struct world *w = calloc(1, sizeof(*w));
		struct op op = {0};
		assert_non_null(w);
		world_init(w);
		w->number = (int)i;
		w->script = once_script;
		world_start(w);
		op_start(w, &op, BUY);
		world_pass(w, 2 * MINUTE);
		if (op.outcome != once_rows[i].outcome)
			fail_msg("row %zu: %s", i, outcome_name(op.outcome));
		assert_int_equal(op.dones, 1);
		assert_int_equal(op.before_calls, 1);
		assert_int_equal(op.sent_before, 0);
		assert_int_equal(w->n_sent, once_rows[i].answer.refuse ? 0 : 1);
		assert_true(w->n_sent == 0 || w->sent[0].changing);
		world_end(w);
		free(w);
	}
}

static void a_refusal_to_record_sends_nothing(void **state)
{
	struct world *w = *state;
	struct op op = {.before_result = -EIO};
	world_start(w);
	op_start(w, &op, BUY);
	world_pass(w, MINUTE);
	assert_int_equal(op.before_calls, 1);
	assert_int_equal(op.dones, 1);
	assert_int_equal(op.outcome, OUTCOME_NOT_SENT);
	assert_int_equal(w->n_sent, 0);
	assert_int_equal(cloud_changes_in_flight(w->cloud), 0);
}

static void recording_waits_for_the_pace(void **state)
{
	struct world *w = *state;
	struct op ops[4] = {0};
	world_start(w);
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		op_start(w, &ops[i], BUY);
	world_pass(w, 400); /* 2/s, and 2 may go at once */
	assert_int_equal(ops[1].before_calls, 1);
	assert_int_equal(ops[2].before_calls, 0);
	world_pass(w, 2000);
	assert_int_equal(ops[3].before_calls, 1);
	assert_in_range(w->sent[3].at_ms - w->sent[2].at_ms, 499, 502);
}

static struct world_answer hold_all(struct world *w, size_t n, const struct http_request *request)
{
	(void)w, (void)n, (void)request;
	return (struct world_answer){.hold = true};
}

static void only_so_many_are_in_flight(void **state)
{
	struct world *w = *state;
	struct op reads[10] = {0}, changes[6] = {0};
	w->script = hold_all;
	w->settings.rates.reads_in_flight = 3;
	w->settings.rates.writes_in_flight = 2;
	w->settings.rates.reads_per_s = w->settings.rates.writes_per_s = 100;
	world_start(w);
	for (size_t i = 0; i < ARRAY_SIZE(reads); i++)
		op_start(w, &reads[i], READ);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		op_start(w, &changes[i], i % 2 ? BUY : CHANGE);
	world_pass(w, 1000);
	assert_int_equal(w->n_sent, 5);
	assert_int_equal(cloud_changes_in_flight(w->cloud), 2);
	for (size_t i = 0; i < w->n_sent; i++)
		world_release(w, i, WORLD_OK);
	world_pass(w, 100);
	assert_int_equal(w->n_sent, 10);
	w->script = world_all_good;
	for (size_t i = 0; i < w->n_sent; i++)
		world_release(w, i, WORLD_OK);
	world_pass(w, 1000);
	assert_int_equal(w->n_sent, 16);
	assert_int_equal(cloud_changes_in_flight(w->cloud), 0);
}

static void a_service_that_hangs_takes_no_other_services_place(void **state)
{
	struct world *w = *state;
	struct op reads[4] = {0}, changes[4] = {0}, other_read = {0}, other_change = {0};
	w->script = hold_all;
	w->settings.rates.reads_in_flight = w->settings.rates.writes_in_flight = 2;
	w->settings.rates.reads_per_s = w->settings.rates.writes_per_s = 100;
	world_start(w);
	for (size_t i = 0; i < ARRAY_SIZE(reads); i++) {
		op_start(w, &reads[i], READ);
		op_start(w, &changes[i], CHANGE);
	}
	world_pass(w, 1000);
	assert_int_equal(w->n_sent, 4);
	op_start(w, &other_read, OP_LIST_APP_INSTANCE_GROUP);
	op_start(w, &other_change, OP_MODIFY_NODE_POOL_ATTRIBUTE);
	world_pass(w, 100);
	assert_int_equal(w->n_sent, 6);
	assert_int_equal(cloud_changes_in_flight(w->cloud), 3);
	w->script = world_all_good;
	for (size_t i = 0; i < 6; i++)
		world_release(w, i, WORLD_OK);
	world_pass(w, 1000);
	assert_int_equal(cloud_changes_in_flight(w->cloud), 0);
}

static void stopping_changes_leaves_reads_alone(void **state)
{
	struct world *w = *state;
	struct op leaving = {0}, waiting[3] = {0}, late = {0}, read = {0};
	w->script = hold_all;
	w->settings.rates.writes_in_flight = 1;
	world_start(w);
	op_start(w, &leaving, BUY);
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++)
		op_start(w, &waiting[i], BUY);
	world_pass(w, 100);
	cloud_stop_changes(w->cloud);
	op_start(w, &late, BUY);
	op_start(w, &read, READ);
	w->script = world_all_good;
	world_pass(w, 100);
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++)
		assert_int_equal(waiting[i].outcome, OUTCOME_NOT_SENT);
	assert_int_equal(late.outcome, OUTCOME_NOT_SENT);
	assert_int_equal(late.before_calls + waiting[0].before_calls, 0);
	assert_int_equal(read.outcome, OUTCOME_DONE);
	assert_int_equal(cloud_changes_in_flight(w->cloud), 1);
	for (size_t i = 0; i < w->n_sent; i++)
		world_release(w, i, WORLD_OK);
	world_pass(w, 100);
	assert_int_equal(leaving.outcome, OUTCOME_DONE);
	assert_int_equal(read.outcome, OUTCOME_DONE);
}

static void observing_changes_nothing(void **state)
{
	struct world *w = *state;
	struct op change = {0}, read = {0}, later = {0};
	w->settings.mode = MODE_OBSERVE;
	world_start(w);
	op_start(w, &change, BUY);
	op_start(w, &read, READ);
	world_pass(w, 100);
	assert_int_equal(change.outcome, OUTCOME_NOT_SENT);
	assert_int_equal(change.before_calls, 0);
	assert_int_equal(read.outcome, OUTCOME_DONE);
	w->settings.mode = MODE_ACT;
	cloud_configure(w->cloud, &w->settings);
	op_start(w, &later, BUY);
	world_pass(w, 1000);
	assert_int_equal(later.outcome, OUTCOME_DONE);
}

static void a_new_endpoint_is_used_from_the_next_call_on(void **state)
{
	struct world *w = *state;
	struct op first = {0}, second = {0}, third = {0};
	world_start(w);
	op_start(w, &first, READ);
	world_pass(w, 100);
	w->settings.endpoints[SERVICE_EDS_AIC] = strdup("http://127.0.0.1:8080/");
	cloud_configure(w->cloud, &w->settings);
	op_start(w, &second, READ);
	world_pass(w, 100);
	assert_string_equal(w->sent[1].url, "http://127.0.0.1:8080/");
	assert_string_equal(sent_header(&w->sent[1], "host"), "127.0.0.1:8080");
	free(w->settings.endpoints[SERVICE_EDS_AIC]);
	w->settings.endpoints[SERVICE_EDS_AIC] = strdup("http://example.com");
	cloud_configure(w->cloud, &w->settings); /* refused: no plain http to others */
	op_start(w, &third, READ);
	world_pass(w, 100);
	assert_string_equal(w->sent[2].url, "http://127.0.0.1:8080/");
}

static void calls_that_cannot_be_made_are_refused(void **state)
{
	struct world *w = *state;
	struct cloud_call call = {.op = READ};
	world_start(w);
	assert_int_equal(cloud_call_start(w->cloud, &call), -EINVAL); /* no done() */
	call = (struct cloud_call){.op = BUY, .done = op_done};
	assert_int_equal(cloud_call_start(w->cloud, &call), -EINVAL); /* unrecorded */
	call = (struct cloud_call){.op = OP_MAX_, .done = op_done};
	assert_int_equal(cloud_call_start(w->cloud, &call), -EINVAL);
	cloud_close(w->cloud, world_on_closed, w);
	call = (struct cloud_call){.op = READ, .done = op_done};
	assert_int_equal(cloud_call_start(w->cloud, &call), -ESHUTDOWN);
	world_pass(w, 10);
}

static void cancelling_ends_a_call_once_in_every_phase(void **state)
{
	struct world *w = *state;
	struct op waiting = {0}, read = {0}, change = {0}, unsent = {0};
	w->script = hold_all;
	world_start(w);
	op_start(w, &waiting, READ);
	cloud_call_cancel(&waiting.call);
	cloud_call_cancel(&waiting.call);
	assert_int_equal(waiting.dones, 0);
	op_start(w, &unsent, BUY);
	cloud_call_cancel(&unsent.call);
	op_start(w, &read, READ);
	op_start(w, &change, BUY);
	world_pass(w, 100);
	assert_int_equal(w->n_sent, 2);
	assert_int_equal(waiting.outcome, OUTCOME_NOT_SENT);
	assert_int_equal(unsent.outcome, OUTCOME_NOT_SENT);
	assert_int_equal(unsent.before_calls, 0);
	cloud_call_cancel(&read.call);
	cloud_call_cancel(&change.call);
	assert_int_equal(read.dones + change.dones, 0);
	world_pass(w, MINUTE);
	assert_int_equal(waiting.dones, 1);
	assert_int_equal(read.dones, 1);
	assert_int_equal(change.dones, 1);
	assert_int_equal(read.outcome, OUTCOME_RETRYABLE);
	assert_int_equal(change.outcome, OUTCOME_UNCLEAR);
	assert_int_equal(w->n_sent, 2);
	cloud_call_cancel(&read.call); /* after its end: nothing */
	world_pass(w, 10);
	assert_int_equal(read.dones, 1);
}

/* Phases: just started, in flight, waiting for a repeat, nothing at all. */
static void closing_ends_every_call_once_in_every_phase(void **state)
{
	(void)state;
	for (uint64_t phase = 0; phase <= 30; phase += 3) {
		struct world *w = calloc(1, sizeof(*w));
		struct op read = {0}, held = {0}, change = {0}, queued = {0};
		assert_non_null(w);
		world_init(w);
		w->settings.rates.writes_in_flight = 1;
		w->settings.rates.backoff_base_ms = 50000;
		w->script = phase % 2 ? always_503 : hold_all;
		world_start(w);
		op_start(w, &read, READ);
		op_start(w, &held, OTHER_READ);
		op_start(w, &change, BUY);
		op_start(w, &queued, BUY);
		world_pass(w, phase);
		bool left = cloud_changes_in_flight(w->cloud) > 0;
		cloud_close(w->cloud, world_on_closed, w);
		world_pass(w, 50);
		assert_int_equal(read.dones, 1);
		assert_int_equal(held.dones, 1);
		if (left && w->script == hold_all) { /* left to http_close() */
			assert_false(w->closed);
			assert_int_equal(change.dones, 0);
			for (size_t i = 0; i < w->n_sent; i++)
				if (w->sent[i].request)
					world_cancel(&w->http, w->sent[i].request);
			world_pass(w, 50);
			assert_int_equal(change.outcome, OUTCOME_UNCLEAR);
		}
		assert_true(w->closed);
		assert_int_equal(change.dones, 1);
		assert_int_equal(queued.dones, 1);
		world_end(w);
		free(w);
	}
}

static void start_again(struct op *op)
{
	if (op->dones < 3)
		op_start(op->world, op + 1, READ);
	if (op->dones < 3)
		cloud_call_cancel(&(op + 1)->call);
}

static void close_it(struct op *op)
{
	cloud_close(op->world->cloud, world_on_closed, op->world);
}

static void a_completion_may_start_cancel_and_close(void **state)
{
	struct world *w = *state;
	struct op ops[4] = {
		{.then = start_again}, {.then = start_again}, {.then = close_it}, {.then = NULL}};
	world_start(w);
	op_start(w, &ops[0], READ);
	world_pass(w, 200);
	assert_int_equal(ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(ops[1].outcome, OUTCOME_NOT_SENT);
	assert_int_equal(ops[2].dones, 1);
	assert_int_equal(ops[3].dones, 0);
	assert_true(w->closed);
}

/* The same with a real loop and the timer of libuv. */
struct real {
	struct http http;
	uv_timer_t timer;
	struct http_request *request;
	struct cloud *cloud;
	unsigned dones, closed;
};

static void on_answer(uv_timer_t *timer)
{
	struct real *real = timer->data;
	struct http_response response = {.end = HTTP_COMPLETE,
					 .status = 200,
					 .body = "{\"RequestId\":\"r\"}",
					 .body_len = 17,
					 .error = "",
					 .date = "",
					 .request_id = "",
					 .acs_retry_after = "",
					 .retry_after = "",
					 .content_type = ""};
	real->request->done(real->request, &response);
}

static int real_send(struct http *http, struct http_request *request)
{
	struct real *real = (struct real *)(void *)http;
	real->request = request;
	return uv_timer_start(&real->timer, on_answer, 1, 0);
}

static void on_real_closed(void *data)
{
	struct real *real = data;
	real->closed++;
	uv_close((uv_handle_t *)&real->timer, NULL);
}

struct real_op {
	struct cloud_call call;
	struct real *real;
};

static void on_real_done(struct cloud_call *call, const struct cloud_reply *reply)
{
	struct real_op *op = container_of(call, struct real_op, call);
	assert_int_equal(reply->outcome, OUTCOME_DONE);
	if (++op->real->dones == 3)
		cloud_close(op->real->cloud, on_real_closed, op->real);
	else
		assert_int_equal(cloud_call_start(op->real->cloud, &op->call), 0);
}

static void the_loop_drives_calls_and_closes_clean(void **state)
{
	struct world *w = *state;
	static const struct http_ops ops = {real_send, NULL, NULL, NULL};
	uv_loop_t loop;
	struct real real = {.http = {&ops}};
	struct real_op op = {.call = {.op = READ, .done = on_real_done}, .real = &real};
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(uv_timer_init(&loop, &real.timer), 0);
	real.timer.data = &real;
	struct cloud_options options = {.env = env_os(),
					.loop = &loop,
					.http = &real.http,
					.settings = &w->settings,
					.credentials = w->credentials};
	assert_int_equal(cloud_new(&options, &real.cloud), 0);
	assert_int_equal(cloud_call_start(real.cloud, &op.call), 0);
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(real.dones, 3);
	assert_int_equal(real.closed, 1);
	assert_int_equal(uv_loop_close(&loop), 0);
	w->closed = true;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_read_is_signed_sent_and_answered),
		CASE(form_parameters_travel_in_the_signed_body),
		CASE(a_call_without_parameters_has_no_question_mark),
		CASE(a_read_is_repeated_afresh_then_given_up),
		CASE(a_read_survives_transient_failures),
		cmocka_unit_test(a_changing_call_is_sent_once_whatever_comes_back),
		CASE(a_refusal_to_record_sends_nothing),
		CASE(recording_waits_for_the_pace),
		CASE(only_so_many_are_in_flight),
		CASE(a_service_that_hangs_takes_no_other_services_place),
		CASE(stopping_changes_leaves_reads_alone),
		CASE(observing_changes_nothing),
		CASE(a_new_endpoint_is_used_from_the_next_call_on),
		CASE(calls_that_cannot_be_made_are_refused),
		CASE(cancelling_ends_a_call_once_in_every_phase),
		cmocka_unit_test(closing_ends_every_call_once_in_every_phase),
		CASE(a_completion_may_start_cancel_and_close),
		CASE(the_loop_drives_calls_and_closes_clean),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
