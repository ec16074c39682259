/*
 * Keys that end: for which calls they are good, and what waits for the next ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <time.h>

#include "world.h"

#define MINUTE UINT64_C(60000)
#define READ OP_DESCRIBE_ANDROID_INSTANCES
#define CHANGE OP_CREATE_ANDROID_INSTANCE_GROUP

static const struct credential_keys fresh = {"STS.fresh", "fresh-secret", "fresh-token"};
static const struct credential_keys next = {"STS.next", "next-secret", "next-token"};

/* Keys that end in @left_ms; 0: never. */
static struct credentials *keys_for(struct world *w, const struct credential_keys *keys,
				    uint64_t left_ms)
{
	struct credentials *c = NULL;
	assert_int_equal(credentials_obtained(w->credentials, keys,
					      left_ms ? w->wall_ms + left_ms : 0, &c),
			 0);
	return c;
}

/* The cloud has a reference of its own. */
static void give(struct world *w, const struct credential_keys *keys, uint64_t left_ms)
{
	struct credentials *c = keys_for(w, keys, left_ms);
	cloud_set_credentials(w->cloud, c);
	(void)credentials_free(c);
}

static void start_without_keys(struct world *w)
{
	world_init(w);
	struct credentials *kept = w->credentials;
	w->credentials = NULL;
	world_start(w);
	w->credentials = kept;
}

static struct world_answer dated(struct world *w, size_t n, const struct http_request *request)
{
	static char date[40];
	(void)n, (void)request;
	time_t seconds = (time_t)((w->wall_ms + (uint64_t)w->number) / 1000);
	struct tm tm;
	(void)strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&seconds, &tm));
	struct world_answer answer = WORLD_OK;
	answer.date = date;
	return answer;
}

static void without_keys_calls_wait_until_they_come(void **state)
{
	(void)state;
	static struct world w;
	struct op read = {0}, change = {0};
	start_without_keys(&w);
	op_start(&w, &read, READ);
	op_start(&w, &change, CHANGE);
	world_pass(&w, 60 * MINUTE);
	assert_int_equal(w.n_sent + read.dones + change.dones + change.before_calls, 0);
	assert_null(cloud_credentials(w.cloud));
	give(&w, &fresh, 60 * MINUTE);
	world_pass(&w, 100);
	assert_int_equal(read.outcome, OUTCOME_DONE);
	assert_int_equal(change.outcome, OUTCOME_DONE);
	assert_string_equal(sent_header(&w.sent[0], "x-acs-security-token"), "fresh-token");
	world_end(&w);
}

static void what_is_left_decides(void **state)
{
	(void)state;
	static const struct {
		uint64_t left_ms;
		bool read, change;
	} cases[] = {
		{0, true, true}, /* never ends */
		{60 * MINUTE, true, true},
		{5 * MINUTE + 10, true, true},
		{5 * MINUTE - 10, true, false},
		{1000, true, false},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct world w;
		struct op read = {0}, change = {0};
		start_without_keys(&w);
		give(&w, &fresh, cases[i].left_ms);
		op_start(&w, &read, READ);
		op_start(&w, &change, CHANGE);
		world_pass(&w, 100);
		assert_int_equal(read.dones, cases[i].read);
		assert_int_equal(change.dones, cases[i].change);
		assert_int_equal(change.before_calls, cases[i].change);
		world_end(&w); /* what waits ends as not sent */
		assert_int_equal(change.dones, 1);
		assert_int_equal(change.outcome, cases[i].change ? OUTCOME_DONE : OUTCOME_NOT_SENT);
	}
}

static void reads_wait_once_the_keys_have_ended_and_the_time_is_known(void **state)
{
	(void)state;
	static struct world w;
	struct op first = {0}, second = {0};
	start_without_keys(&w);
	w.script = dated;
	give(&w, &fresh, 50);
	op_start(&w, &first, READ);
	world_pass(&w, 100);
	assert_int_equal(first.outcome, OUTCOME_DONE);
	op_start(&w, &second, READ);
	world_pass(&w, 10 * MINUTE);
	assert_int_equal(second.dones, 0);
	give(&w, &next, 60 * MINUTE);
	world_pass(&w, 100);
	assert_int_equal(second.outcome, OUTCOME_DONE);
	assert_string_equal(sent_header(&w.sent[1], "x-acs-security-token"), "next-token");
	world_end(&w);
}

static void a_clock_two_hours_fast_does_not_stop_reads(void **state)
{
	(void)state;
	static struct world w;
	struct op read = {0}, change = {0};
	start_without_keys(&w);
	w.script = dated;
	w.number = -2 * 60 * (int)MINUTE; /* the gateway's time against ours */
	struct credentials *c = NULL;
	assert_int_equal(credentials_obtained(w.credentials, &fresh, w.wall_ms - 60 * MINUTE, &c), 0);
	cloud_set_credentials(w.cloud, c);
	(void)credentials_free(c);
	op_start(&w, &change, CHANGE);
	world_pass(&w, 100);
	assert_int_equal(change.dones, 0);
	op_start(&w, &read, READ);
	world_pass(&w, 100); /* its answer brings the time: an hour is left */
	assert_int_equal(read.outcome, OUTCOME_DONE);
	assert_int_equal(change.outcome, OUTCOME_DONE);
	world_end(&w);
}

static void the_end_in_mid_queue_is_a_pause(void **state)
{
	(void)state;
	static struct world w;
	struct op ops[8] = {0};
	size_t done = 0;
	start_without_keys(&w);
	w.settings.rates.writes_per_s = 1;
	cloud_configure(w.cloud, &w.settings);
	give(&w, &fresh, 5 * MINUTE + 1500);
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		op_start(&w, &ops[i], CHANGE);
	world_pass(&w, 30000);
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		done += ops[i].dones;
	assert_in_range(done, 1, 7);
	assert_int_equal(w.n_sent, done);
	give(&w, &next, 60 * MINUTE);
	world_pass(&w, 30000);
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		assert_int_equal(ops[i].dones, 1);
		assert_int_equal(ops[i].outcome, OUTCOME_DONE);
		assert_int_equal(ops[i].before_calls, 1);
	}
	assert_int_equal(w.n_sent, ARRAY_SIZE(ops));
	assert_string_equal(sent_header(&w.sent[done], "x-acs-security-token"), "next-token");
	world_end(&w);
}

/* --- the cloud's own word */

static struct world_answer ended_for_fresh(struct world *w, size_t n,
					   const struct http_request *request)
{
	(void)n;
	for (size_t i = 0; i < request->n_headers; i++)
		if (strcmp(request->headers[i], "x-acs-security-token: fresh-token") == 0 &&
		    w->number-- <= 0)
			return world_error(400, "InvalidSecurityToken.Expired");
	return WORLD_OK;
}

static void on_ended(void *data)
{
	(*(unsigned *)data)++;
}

static void an_early_end_is_renewed_and_no_failure(void **state)
{
	(void)state;
	static struct world w;
	unsigned told = 0;
	struct op first = {0}, read = {0}, change = {0}, later = {0};
	start_without_keys(&w);
	w.script = ended_for_fresh;
	w.number = 1;
	cloud_watch_keys(w.cloud, on_ended, &told);
	give(&w, &fresh, 60 * MINUTE);
	op_start(&w, &first, READ); /* shows that they are good */
	world_pass(&w, 100);
	op_start(&w, &read, READ);
	op_start(&w, &change, CHANGE);
	world_pass(&w, 100);
	assert_int_equal(told, 1);
	assert_int_equal(read.dones, 0);                      /* goes again */
	assert_int_equal(change.outcome, OUTCOME_THROTTLED);  /* had no effect, may go again */
	op_start(&w, &later, CHANGE);
	world_pass(&w, MINUTE);
	assert_int_equal(later.dones + later.before_calls, 0);
	assert_int_equal(w.auth_refused, 0);
	give(&w, &next, 60 * MINUTE);
	world_pass(&w, 100);
	assert_int_equal(read.outcome, OUTCOME_DONE);
	assert_int_equal(later.outcome, OUTCOME_DONE);
	world_end(&w);
}

static void an_answer_to_old_keys_does_not_end_the_new_ones(void **state)
{
	(void)state;
	static struct world w;
	unsigned told = 0;
	struct op read = {0};
	start_without_keys(&w);
	w.script = ended_for_fresh;
	cloud_watch_keys(w.cloud, on_ended, &told);
	give(&w, &fresh, 60 * MINUTE);
	op_start(&w, &read, READ);
	world_pass(&w, 2);
	assert_int_equal(w.n_sent, 1);
	give(&w, &next, 60 * MINUTE); /* while it is under way */
	world_pass(&w, 100);
	assert_int_equal(told, 0);
	assert_int_equal(read.outcome, OUTCOME_DONE);
	world_end(&w);
}

static struct world_answer always_ended(struct world *w, size_t n,
					const struct http_request *request)
{
	(void)w, (void)n, (void)request;
	return world_error(400, "InvalidSecurityToken.Expired");
}

static void keys_that_are_never_good_are_refused_keys(void **state)
{
	(void)state;
	static struct world w;
	unsigned told = 0;
	struct op read = {0};
	start_without_keys(&w);
	w.script = always_ended;
	cloud_watch_keys(w.cloud, on_ended, &told);
	give(&w, &fresh, 60 * MINUTE);
	op_start(&w, &read, READ);
	world_pass(&w, 100);
	assert_int_equal(told, 1);
	give(&w, &next, 60 * MINUTE);
	world_pass(&w, 100);
	assert_int_equal(told, 1);
	assert_int_equal(read.outcome, OUTCOME_AUTH);
	assert_int_equal(w.auth_refused, 1);
	world_end(&w);
}

static void without_a_renewer_it_is_a_refusal(void **state)
{
	(void)state;
	static struct world w;
	struct op read = {0};
	start_without_keys(&w);
	w.script = always_ended;
	give(&w, &fresh, 60 * MINUTE);
	op_start(&w, &read, READ);
	world_pass(&w, 100);
	assert_int_equal(read.outcome, OUTCOME_AUTH);
	assert_int_equal(w.auth_refused, 1);
	world_end(&w);
}

/* --- calls with keys of their own */

static struct world_answer refused(struct world *w, size_t n, const struct http_request *request)
{
	(void)w, (void)n, (void)request;
	return world_error(404, "InvalidAccessKeyId.NotFound");
}

static void base_keys_sign_and_open_no_episode(void **state)
{
	(void)state;
	static struct world w;
	static const struct credential_keys base = {"LTAIbase", "base-secret", ""};
	struct op ask = {.call = {.base_keys = &base, .endpoint = "https://sts.example.com"}};
	struct op read = {0};
	start_without_keys(&w);
	w.script = refused;
	op_start(&w, &ask, OP_ASSUME_ROLE); /* no keys are in force: it goes all the same */
	world_pass(&w, 100);
	assert_int_equal(ask.outcome, OUTCOME_AUTH);
	assert_int_equal(w.auth_refused, 0);
	assert_int_equal(strncmp(w.sent[0].url, "https://sts.example.com/", 24), 0);
	assert_string_equal(sent_header(&w.sent[0], "x-acs-security-token"), "");
	assert_non_null(strstr(sent_header(&w.sent[0], "authorization"), "Credential=LTAIbase,"));
	w.script = world_all_good;
	give(&w, &fresh, 60 * MINUTE);
	op_start(&w, &read, READ);
	world_pass(&w, 100);
	assert_int_equal(read.outcome, OUTCOME_DONE);
	world_end(&w);
}

static struct world_answer quoting(struct world *w, size_t n, const struct http_request *request)
{
	(void)w, (void)n, (void)request;
	return (struct world_answer){.status = 400,
				     .body = "{\"RequestId\":\"r\",\"Code\":\"InvalidParameter\","
					     "\"Message\":\"got fresh-token and fresh-secret\"}"};
}

static void an_answer_is_cleaned_of_the_keys_that_signed_its_request(void **state)
{
	(void)state;
	static struct world w;
	struct op read = {0};
	start_without_keys(&w);
	w.script = quoting;
	give(&w, &fresh, 60 * MINUTE);
	op_start(&w, &read, READ);
	world_pass(&w, 2);
	give(&w, &next, 60 * MINUTE);
	world_pass(&w, 100);
	assert_int_equal(read.outcome, OUTCOME_REJECTED);
	assert_string_equal(read.message, "got [secret] and [secret]");
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_keys_calls_wait_until_they_come),
		cmocka_unit_test(what_is_left_decides),
		cmocka_unit_test(reads_wait_once_the_keys_have_ended_and_the_time_is_known),
		cmocka_unit_test(a_clock_two_hours_fast_does_not_stop_reads),
		cmocka_unit_test(the_end_in_mid_queue_is_a_pause),
		cmocka_unit_test(an_early_end_is_renewed_and_no_failure),
		cmocka_unit_test(an_answer_to_old_keys_does_not_end_the_new_ones),
		cmocka_unit_test(keys_that_are_never_good_are_refused_keys),
		cmocka_unit_test(without_a_renewer_it_is_a_refusal),
		cmocka_unit_test(base_keys_sign_and_open_no_episode),
		cmocka_unit_test(an_answer_is_cleaned_of_the_keys_that_signed_its_request),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
