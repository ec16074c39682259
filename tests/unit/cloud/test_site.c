/* Which site the account belongs to: learned by billing reads (bssopenapi 2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "world.h"

#define READ OP_QUERY_ORDERS
#define OTHER_READ OP_QUERY_ACCOUNT_BALANCE
#define BUY OP_CREATE_INSTANCE
#define CHINA "https://business.aliyuncs.com/"
#define INTERNATIONAL "https://business.ap-southeast-1.aliyuncs.com/"
#define GOOD                                                                                       \
	(struct world_answer)                                                                      \
	{                                                                                          \
		.status = 200, .body = "{\"RequestId\":\"r\",\"Code\":\"Success\"}"                \
	}
#define HOUR UINT64_C(3600000)

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

static bool is_at(const char *url, const char *endpoint)
{
	return strncmp(url, endpoint, strlen(endpoint)) == 0;
}

static void was_sent_to(const struct world *w, size_t i, const char *endpoint)
{
	assert_true(i < w->n_sent);
	if (!is_at(w->sent[i].url, endpoint))
		fail_msg("request %zu went to %s", i, w->sent[i].url);
	size_t n = strlen(endpoint) - strlen("https:///");
	const char *host = sent_header(&w->sent[i], "host");
	assert_int_equal(strlen(host), n);
	assert_int_equal(strncmp(host, endpoint + strlen("https://"), n), 0);
}

/* The site that serves the account is w->number: 0 China, 1 international, 2 neither. */
static struct world_answer by_site(struct world *w, size_t n, const struct http_request *request)
{
	(void)n;
	bool international = is_at(request->url, INTERNATIONAL);
	return w->number == (international ? 1 : 0) ? GOOD : world_error(400, "NotApplicable");
}

static void run(struct world *w, struct op *op, enum operation operation)
{
	*op = (struct op){0};
	op_start(w, op, operation);
	world_pass(w, 1000);
	assert_int_equal(op->dones, 1);
}

static void a_read_refused_here_and_answered_there_moves_all_reads(void **state)
{
	struct world *w = *state;
	struct op op;
	w->script = by_site;
	w->number = 1;
	world_start(w);
	assert_int_equal(cloud_account_site(w->cloud), SITE_CHINA);
	run(w, &op, READ);
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_int_equal(w->n_sent, 2);
	was_sent_to(w, 0, CHINA);
	was_sent_to(w, 1, INTERNATIONAL);
	assert_int_equal(w->site_told, 1);
	assert_int_equal(w->site, SITE_INTERNATIONAL);
	assert_int_equal(cloud_account_site(w->cloud), SITE_INTERNATIONAL);
	assert_true(cloud_site_is_other(w->cloud));
	run(w, &op, OTHER_READ);
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_int_equal(w->n_sent, 3);
	was_sent_to(w, 2, INTERNATIONAL);
	assert_int_equal(w->site_told, 1);
	assert_int_equal(w->auth_refused, 0);
}

static void it_is_learned_back_the_same_way(void **state)
{
	struct world *w = *state;
	struct op op;
	w->script = by_site;
	w->number = 0;
	w->settings.site = SITE_INTERNATIONAL;
	world_start(w);
	run(w, &op, READ);
	assert_int_equal(op.outcome, OUTCOME_DONE);
	was_sent_to(w, 0, INTERNATIONAL);
	was_sent_to(w, 1, CHINA);
	assert_int_equal(w->site, SITE_CHINA);
	w->number = 1; /* keys of another account */
	run(w, &op, READ);
	assert_int_equal(op.outcome, OUTCOME_DONE);
	was_sent_to(w, 2, CHINA);
	was_sent_to(w, 3, INTERNATIONAL);
	assert_int_equal(w->site_told, 2);
	assert_int_equal(w->site, SITE_INTERNATIONAL);
	assert_false(cloud_site_is_other(w->cloud));
}

static void reads_at_once_learn_it_once(void **state)
{
	struct world *w = *state;
	struct op ops[3] = {0};
	w->script = by_site;
	w->number = 1;
	world_start(w);
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		op_start(w, &ops[i], i == 0 ? READ : OTHER_READ);
	world_pass(w, 5000);
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		assert_int_equal(ops[i].outcome, OUTCOME_DONE);
	assert_int_equal(w->site_told, 1);
}

static void a_purchase_is_made_where_the_settings_say_or_not_at_all(void **state)
{
	struct world *w = *state;
	struct op op;
	w->script = by_site;
	w->number = 1;
	world_start(w);
	run(w, &op, BUY);
	assert_int_equal(op.outcome, OUTCOME_REJECTED);
	assert_string_equal(op.code, "NotApplicable");
	assert_true(outcome_is_definite_no(op.outcome));
	assert_int_equal(w->n_sent, 1);
	assert_false(cloud_site_is_other(w->cloud));
	run(w, &op, READ);
	assert_true(cloud_site_is_other(w->cloud));
	run(w, &op, BUY);
	assert_int_equal(op.outcome, OUTCOME_REJECTED);
	world_pass(w, HOUR);
	assert_int_equal(w->n_sent, 4);
	was_sent_to(w, 0, CHINA);
	was_sent_to(w, 3, CHINA);
	assert_int_equal(op.before_calls, 1);
}

static void what_both_sites_refuse_is_not_permitted_until_settings_change(void **state)
{
	struct world *w = *state;
	struct op op, other;
	w->script = by_site;
	w->number = 2;
	world_start(w);
	run(w, &op, READ);
	assert_int_equal(op.outcome, OUTCOME_AUTH);
	assert_string_equal(op.code, "NotApplicable");
	assert_int_equal(w->n_sent, 2);
	assert_int_equal(w->auth_refused, 1);
	assert_int_equal(w->site_told, 0);
	for (int i = 0; i < 2; i++) {
		world_pass(w, 7 * HOUR); /* longer than the longest pause */
		run(w, &op, READ);
		assert_int_equal(op.outcome, OUTCOME_AUTH);
		assert_int_equal(op.status, 0);
		assert_in_range(op.retry_after_ms, 1, w->settings.rates.denied_max_ms);
	}
	assert_int_equal(w->n_sent, 2);
	w->number = 0;
	run(w, &other, OTHER_READ); /* only that operation is shut */
	assert_int_equal(other.outcome, OUTCOME_DONE);
	cloud_configure(w->cloud, &w->settings);
	run(w, &op, READ);
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_int_equal(w->auth_mended, 1);
}

static struct world_answer refused_there(struct world *w, size_t n,
					 const struct http_request *request)
{
	(void)w, (void)n;
	return world_error(400, is_at(request->url, CHINA) ? "NotApplicable" : "InvalidParameter");
}

static void only_a_success_there_proves_anything(void **state)
{
	struct world *w = *state;
	struct op op;
	w->script = refused_there;
	world_start(w);
	run(w, &op, READ);
	assert_int_equal(op.outcome, OUTCOME_REJECTED);
	assert_string_equal(op.code, "InvalidParameter");
	assert_false(cloud_site_is_other(w->cloud));
	run(w, &op, READ);
	assert_int_equal(w->n_sent, 4);
	was_sent_to(w, 2, CHINA);
	was_sent_to(w, 3, INTERNATIONAL);
	assert_int_equal(w->site_told, 0);
}

static struct world_answer denied_there(struct world *w, size_t n,
					const struct http_request *request)
{
	(void)n;
	if (is_at(request->url, CHINA))
		return world_error(400, "NotApplicable");
	return w->number ? GOOD : world_error(403, "NoPermission");
}

static void a_permission_missing_there_is_tried_again_in_time(void **state)
{
	struct world *w = *state;
	struct op op;
	w->script = denied_there;
	world_start(w);
	run(w, &op, READ);
	assert_int_equal(op.outcome, OUTCOME_AUTH);
	assert_int_equal(w->n_sent, 2);
	w->number = 1;
	world_pass(w, w->settings.rates.denied_min_ms);
	run(w, &op, READ);
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_true(cloud_site_is_other(w->cloud));
	assert_int_equal(w->auth_mended, 1);
}

static struct world_answer busy_there(struct world *w, size_t n, const struct http_request *request)
{
	(void)w;
	if (is_at(request->url, CHINA))
		return world_error(400, "NotApplicable");
	return n == 1 ? world_error(400, "Throttling.User") : GOOD;
}

static void a_busy_other_site_is_asked_again_there(void **state)
{
	struct world *w = *state;
	struct op op = {0};
	w->script = busy_there;
	world_start(w);
	op_start(w, &op, READ);
	world_pass(w, 30000);
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_int_equal(w->n_sent, 3);
	was_sent_to(w, 2, INTERNATIONAL);
	assert_true(cloud_site_is_other(w->cloud));
}

static struct world_answer dead_there(struct world *w, size_t n, const struct http_request *request)
{
	(void)w, (void)n;
	if (!is_at(request->url, CHINA))
		return (struct world_answer){.end = HTTP_BROKEN, .error = "reset"};
	return request->changing ? GOOD : world_error(400, "NotApplicable");
}

static void a_dead_other_site_does_not_stop_this_one(void **state)
{
	struct world *w = *state;
	struct op op;
	struct cloud_stats stats;
	w->script = dead_there;
	world_start(w);
	for (int i = 0; i < 6; i++) {
		op = (struct op){0};
		op_start(w, &op, READ);
		world_pass(w, 60000);
	}
	cloud_stats(w->cloud, &stats);
	assert_int_equal(stats.breaker_open, 1);
	run(w, &op, BUY);
	assert_int_equal(op.outcome, OUTCOME_DONE);
	was_sent_to(w, w->n_sent - 1, CHINA);
}

static void a_configured_endpoint_has_no_other_site(void **state)
{
	struct world *w = *state;
	struct op op;
	w->script = by_site;
	w->number = 2;
	w->settings.endpoints[SERVICE_BSS] = strdup("http://127.0.0.1:8080");
	world_start(w);
	run(w, &op, READ);
	assert_int_equal(op.outcome, OUTCOME_REJECTED);
	assert_int_equal(w->n_sent, 1);
	assert_int_equal(cloud_account_site(w->cloud), SITE_CHINA);
}

static void other_services_have_one_endpoint(void **state)
{
	struct world *w = *state;
	struct op op;
	w->script = by_site;
	w->number = 2;
	world_start(w);
	run(w, &op, OP_DESCRIBE_ANDROID_INSTANCES);
	assert_int_equal(op.outcome, OUTCOME_REJECTED);
	assert_int_equal(w->n_sent, 1);
}

static void new_settings_of_the_site_or_endpoint_forget_what_was_learned(void **state)
{
	struct world *w = *state;
	struct op op;
	w->script = by_site;
	w->number = 1;
	world_start(w);
	run(w, &op, READ);
	assert_true(cloud_site_is_other(w->cloud));
	w->settings.rates.reads_per_s = 7;
	cloud_configure(w->cloud, &w->settings);
	assert_true(cloud_site_is_other(w->cloud));
	w->settings.site = SITE_INTERNATIONAL;
	cloud_configure(w->cloud, &w->settings);
	assert_false(cloud_site_is_other(w->cloud));
	assert_int_equal(cloud_account_site(w->cloud), SITE_INTERNATIONAL);
	run(w, &op, BUY);
	assert_int_equal(op.outcome, OUTCOME_DONE);
	was_sent_to(w, w->n_sent - 1, INTERNATIONAL);
	w->settings.site = SITE_CHINA;
	cloud_configure(w->cloud, &w->settings);
	run(w, &op, READ);
	assert_true(cloud_site_is_other(w->cloud));
	w->settings.endpoints[SERVICE_BSS] = strdup("https://proxy.internal");
	cloud_configure(w->cloud, &w->settings);
	assert_false(cloud_site_is_other(w->cloud));
	run(w, &op, READ);
	was_sent_to(w, w->n_sent - 1, "https://proxy.internal/");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_read_refused_here_and_answered_there_moves_all_reads),
		CASE(it_is_learned_back_the_same_way),
		CASE(reads_at_once_learn_it_once),
		CASE(a_purchase_is_made_where_the_settings_say_or_not_at_all),
		CASE(what_both_sites_refuse_is_not_permitted_until_settings_change),
		CASE(only_a_success_there_proves_anything),
		CASE(a_permission_missing_there_is_tried_again_in_time),
		CASE(a_busy_other_site_is_asked_again_there),
		CASE(a_dead_other_site_does_not_stop_this_one),
		CASE(a_configured_endpoint_has_no_other_site),
		CASE(other_services_have_one_endpoint),
		CASE(new_settings_of_the_site_or_endpoint_forget_what_was_learned),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
