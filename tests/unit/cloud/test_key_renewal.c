/*
 * Keys that are asked for: from whom, how early before their end, and what a failure does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "cloud/key_renewal.h"
#include "lib/seed.h"
#include "world.h"

#define MINUTE UINT64_C(60000)
#define HOUR (60 * MINUTE)
#define ARN "acs:ram::1234567890123456:role/fleet"
#define METADATA "http://100.100.100.200/latest/"
#define ROLES METADATA "meta-data/ram/security-credentials/"

/* A world with a renewal in it; its script is a small token service. */
struct scene {
	struct world w; /* first */
	struct key_renewal *k;
	bool armed, closed;
	uint64_t wake_ms;
	uint64_t life_ms;   /* of what is issued */
	int fail_status;    /* of AssumeRole; 0: it works */
	const char *code;
	unsigned issued;    /* the keys that the services give are numbered */
	unsigned events[8]; /* by kind */
	char text[512];     /* of the last failure */
	/* the metadata service */
	int token_status, role_status, keys_status;
	const char *valid_token; /* NULL: none is asked for */
	const char *keys_body;   /* NULL: as it should be */
	const char *expiration;  /* of keys of files that are read again */
};

static struct world_answer give_keys(struct scene *s, const char *before, const char *after)
{
	static char body[512];
	char end[TIMEFMT_SIZE];
	s->issued++;
	timefmt_iso(s->w.wall_ms + s->life_ms, end);
	(void)snprintf(body, sizeof(body),
		       "%s\"AccessKeyId\":\"STS.issued-%04u\",\"AccessKeySecret\":\"secret-%u\","
		       "\"SecurityToken\":\"token-%u\",\"Expiration\":\"%s\"%s",
		       before, s->issued, s->issued, s->issued, end, after);
	return (struct world_answer){.status = 200, .body = body};
}

static bool has_token(const struct http_request *request, const char *token)
{
	char line[128];
	(void)snprintf(line, sizeof(line), "X-aliyun-ecs-metadata-token: %s", token);
	for (size_t i = 0; i < request->n_headers; i++)
		if (strcmp(request->headers[i], line) == 0)
			return true;
	return false;
}

static struct world_answer metadata(struct scene *s, const struct http_request *request)
{
	const char *path = request->url + strlen(METADATA);
	assert_true(request->secret && request->verbatim_http_ok && !request->changing);
	assert_int_equal(request->connect_ms, 1000);
	assert_int_equal(request->total_ms, 2000);
	if (strcmp(path, "api/token") == 0) {
		assert_string_equal(request->method, "PUT");
		assert_string_equal(request->headers[0],
				    "X-aliyun-ecs-metadata-token-ttl-seconds: 21600");
		return (struct world_answer){.status = s->token_status, .body = s->valid_token};
	}
	assert_string_equal(request->method, "GET");
	if (s->valid_token && !has_token(request, s->valid_token))
		return (struct world_answer){.status = 403};
	if (strcmp(request->url, ROLES) == 0)
		return (struct world_answer){.status = s->role_status, .body = " machine\n"};
	assert_string_equal(request->url, ROLES "machine");
	if (s->keys_body || s->keys_status != 200)
		return (struct world_answer){.status = s->keys_status, .body = s->keys_body};
	return give_keys(s, "{\"Code\":\"Success\",", "}");
}

static struct world_answer script(struct world *w, size_t n, const struct http_request *request)
{
	struct scene *s = (struct scene *)(void *)w;
	(void)n;
	if (strncmp(request->url, METADATA, strlen(METADATA)) == 0)
		return metadata(s, request);
	if (!strstr(request->url, "RoleArn="))
		return WORLD_OK;
	assert_true(request->secret);
	if (s->fail_status)
		return world_error(s->fail_status, s->code);
	return give_keys(s, "{\"RequestId\":\"r\",\"Credentials\":{", "}}");
}

static void arm(void *data, uint64_t delay_ms)
{
	struct scene *s = data;
	s->armed = true;
	s->wake_ms = s->w.mono_ms + delay_ms;
}

static int load(void *data, struct credentials **ret, char **reterr_text)
{
	struct scene *s = data;
	(void)reterr_text;
	uint64_t end = 0;
	assert_int_equal(timefmt_parse(s->expiration, &end), 0);
	const struct credential_keys keys = {"STS.from-a-file", "secret-file", "token-file"};
	return credentials_obtained(s->w.credentials, &keys, end, ret);
}

static void on_news(void *data, const struct key_news *news)
{
	struct scene *s = data;
	s->events[news->event]++;
	if (*news->text)
		(void)snprintf(s->text, sizeof(s->text), "%s %s %s", news->code, news->text,
			       news->request_id);
}

static void begin(struct scene *s)
{
	*s = (struct scene){.life_ms = HOUR,
			    .token_status = 200,
			    .role_status = 200,
			    .keys_status = 200,
			    .valid_token = "metadata-token"};
	world_init(&s->w);
	s->w.script = script;
}

static struct credentials *find_way(struct scene *s)
{
	struct credentials *way = NULL;
	char *why = NULL;
	if (credentials_load(&s->w.settings, world_getenv, &way, &why) != CREDENTIALS_OK)
		fail_msg("%s", why);
	return way;
}

static void start_with(struct scene *s, struct credentials *way, bool needs_token)
{
	struct credentials *kept = TAKE(s->w.credentials);
	world_start(&s->w);
	s->w.credentials = kept;
	const struct key_renewal_options options = {
		.env = &s->w.env,
		.cloud = s->w.cloud,
		.http = &s->w.http,
		.settings = &s->w.settings,
		.needs_token = needs_token,
		.arm = arm,
		.load = load,
		.on_news = on_news,
		.data = s,
	};
	assert_int_equal(key_renewal_new(&options, way, &s->k), 0);
	(void)credentials_free(way);
}

static void assume(struct scene *s)
{
	s->w.settings.credentials.role_arn = strdup(ARN);
	start_with(s, find_way(s), false);
}

static void ask_instance(struct scene *s, const char *role, bool needs_token)
{
	s->w.settings.credentials.ecs_role = strdup(role);
	start_with(s, find_way(s), needs_token);
}

static void pass(struct scene *s, uint64_t ms)
{
	for (; ms > 0; ms--) {
		world_pass(&s->w, 1);
		if (s->armed && s->wake_ms <= s->w.mono_ms) {
			s->armed = false;
			key_renewal_wake(s->k);
		}
	}
}

static void on_closed(void *data)
{
	struct scene *s = data;
	s->closed = true;
	s->armed = false;
}

static void end(struct scene *s)
{
	key_renewal_close(s->k, on_closed, s);
	world_pass(&s->w, 3000);
	assert_true(s->closed);
	world_end(&s->w);
}

static const char *token_in_force(struct scene *s)
{
	const struct credentials *c = cloud_credentials(s->w.cloud);
	struct credential_keys keys;
	if (!c)
		return "";
	credentials_keys(c, &keys);
	return keys.security_token;
}

/* --- cases */

static void given_keys_are_in_force_at_once_and_need_no_timer(void **state)
{
	(void)state;
	static struct scene s;
	begin(&s);
	start_with(&s, find_way(&s), false);
	assert_string_equal(token_in_force(&s), WORLD_TOKEN);
	assert_int_equal(s.events[KEY_EVENT_OBTAINED], 1);
	assert_false(s.armed);
	pass(&s, MINUTE);
	assert_int_equal(s.w.n_sent, 0);
	end(&s);
}

static void a_role_is_assumed_with_the_base_keys(void **state)
{
	(void)state;
	static struct scene s;
	begin(&s);
	s.w.settings.credentials.external_id = strdup("ext");
	assume(&s);
	assert_string_equal(token_in_force(&s), "");
	pass(&s, 100);
	assert_string_equal(token_in_force(&s), "token-1");
	assert_int_equal(s.events[KEY_EVENT_OBTAINED], 1);
	assert_int_equal(s.w.n_sent, 1);
	const struct world_sent *sent = &s.w.sent[0];
	assert_string_equal(sent->url, "https://sts.cn-shanghai.aliyuncs.com/?DurationSeconds=3600&"
				       "ExternalId=ext&RoleArn=acs%3Aram%3A%3A1234567890123456%3A"
				       "role%2Ffleet&RoleSessionName=drover");
	assert_string_equal(sent_header(sent, "x-acs-action"), "AssumeRole");
	assert_string_equal(sent_header(sent, "x-acs-version"), "2015-04-01");
	assert_string_equal(sent_header(sent, "x-acs-security-token"), WORLD_TOKEN);
	end(&s);
}

/* When the second asking of the run comes, before the end of the first keys. */
static uint64_t lead_of_run(struct scene *s, uint64_t life_ms)
{
	begin(s);
	s->w.random = seed_next();
	s->life_ms = life_ms;
	assume(s);
	pass(s, 100);
	uint64_t end_ms = credentials_expires_ms(cloud_credentials(s->w.cloud));
	pass(s, life_ms / 3);
	assert_int_equal(s->w.n_sent, 1);
	while (s->w.n_sent < 2)
		pass(s, 100);
	uint64_t lead = end_ms - s->w.wall_ms;
	pass(s, 100);
	assert_string_equal(token_in_force(s), "token-2");
	assert_int_equal(s->events[KEY_EVENT_RENEWED], 1);
	assert_int_equal(s->events[KEY_EVENT_LOW] + s->events[KEY_EVENT_ENDED], 0);
	end(s);
	return lead;
}

static void renewing_begins_a_quarter_of_an_hour_before_the_end_or_a_little_earlier(void **state)
{
	(void)state;
	static struct scene s;
	uint64_t least = UINT64_MAX, most = 0;
	for (int i = 0; i < 8; i++) {
		uint64_t lead = lead_of_run(&s, HOUR);
		assert_in_range(lead, 15 * MINUTE - 1000, 15 * MINUTE * 11 / 10 + 1000);
		least = lead < least ? lead : least;
		most = lead > most ? lead : most;
	}
	assert_true(most - least > 1000); /* not all at once */
}

static void keys_of_a_short_life_are_renewed_at_half_of_it(void **state)
{
	(void)state;
	static struct scene s;
	assert_in_range(lead_of_run(&s, 20 * MINUTE), 10 * MINUTE - 1000, 11 * MINUTE + 1000);
}

static void a_failure_is_tried_again_and_told_once(void **state)
{
	(void)state;
	static struct scene s;
	begin(&s);
	assume(&s);
	pass(&s, 100);
	s.fail_status = 503;
	s.code = "ServiceUnavailable";
	pass(&s, 50 * MINUTE);
	assert_string_equal(token_in_force(&s), "token-1"); /* still good */
	assert_int_equal(s.events[KEY_EVENT_FAILED], 1);
	/* by then the breaker may stand between */
	assert_true(strstr(s.text, "ServiceUnavailable") || strstr(s.text, "rests after failures"));
	assert_string_not_equal(key_renewal_trouble(s.k), "");
	size_t sent = s.w.n_sent;
	pass(&s, 5 * MINUTE);
	/* every 1 to 60 s, up to four attempts each, and few while the breaker is open */
	assert_in_range(s.w.n_sent - sent, 2, 4 * 5 * 60);
	s.fail_status = 0;
	pass(&s, MINUTE + 30000);
	assert_string_equal(token_in_force(&s), "token-2");
	assert_int_equal(s.events[KEY_EVENT_OBTAINED], 2);
	assert_int_equal(s.events[KEY_EVENT_REFUSED], 0);
	assert_string_equal(key_renewal_trouble(s.k), "");
	end(&s);
}

static void the_first_keys_that_fail_to_come_are_told_at_once(void **state)
{
	(void)state;
	static struct scene s;
	begin(&s);
	s.fail_status = 500;
	s.code = "InternalError";
	assume(&s);
	pass(&s, 30000);
	assert_int_equal(s.events[KEY_EVENT_FAILED], 1);
	end(&s);
}

static void a_refusal_is_told_once_and_tried_every_few_minutes(void **state)
{
	(void)state;
	static struct scene s;
	static const char *const codes[] = {"NoPermission", "EntityNotExist.Role",
					    "InvalidAccessKeyId.NotFound",
					    "InvalidParameter.RoleArn"};
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		begin(&s);
		s.fail_status = 403;
		s.code = codes[i];
		assume(&s);
		pass(&s, 1000);
		assert_int_equal(s.events[KEY_EVENT_REFUSED], 1);
		assert_non_null(strstr(s.text, codes[i]));
		assert_non_null(strstr(s.text, "rid-"));
		assert_int_equal(s.w.n_sent, 1);
		pass(&s, 5 * MINUTE - 2000);
		assert_int_equal(s.w.n_sent, 1);
		pass(&s, MINUTE);
		assert_int_equal(s.w.n_sent, 2);
		assert_int_equal(s.events[KEY_EVENT_REFUSED], 1);
		assert_int_equal(s.w.auth_refused, 0);
		end(&s);
	}
}

static void the_end_is_told_step_by_step(void **state)
{
	(void)state;
	static struct scene s;
	begin(&s);
	assume(&s);
	pass(&s, 100);
	s.fail_status = 403;
	s.code = "NoPermission";
	pass(&s, 54 * MINUTE);
	assert_int_equal(s.events[KEY_EVENT_LOW], 0);
	pass(&s, 2 * MINUTE);
	assert_int_equal(s.events[KEY_EVENT_LOW], 1);
	assert_int_equal(s.events[KEY_EVENT_ENDED], 0);
	pass(&s, 6 * MINUTE);
	assert_int_equal(s.events[KEY_EVENT_LOW], 1);
	assert_int_equal(s.events[KEY_EVENT_ENDED], 1);
	end(&s);
}

/* The cloud ends the keys: a read finds out. */
static struct world_answer ended(struct world *w, size_t n, const struct http_request *request)
{
	for (size_t i = 0; i < request->n_headers; i++)
		if (strcmp(request->headers[i], "x-acs-security-token: token-1") == 0)
			return world_error(400, "InvalidSecurityToken.Expired");
	return script(w, n, request);
}

static void the_clouds_word_renews_at_once(void **state)
{
	(void)state;
	static struct scene s;
	struct op read = {0};
	begin(&s);
	s.w.script = ended;
	assume(&s);
	pass(&s, 100);
	op_start(&s.w, &read, OP_DESCRIBE_REGIONS);
	pass(&s, 2000);
	assert_int_equal(read.outcome, OUTCOME_DONE);
	assert_string_equal(token_in_force(&s), "token-2");
	assert_int_equal(s.events[KEY_EVENT_ENDED], 1);
	assert_int_equal(s.w.auth_refused, 0);
	end(&s);
}

static void another_way_replaces_the_keys(void **state)
{
	(void)state;
	static struct scene s;
	begin(&s);
	assume(&s);
	pass(&s, 100);
	struct credentials *way = find_way(&s);
	key_renewal_replace(s.k, way); /* the same: nothing happens */
	(void)credentials_free(way);
	pass(&s, 2000);
	assert_string_equal(token_in_force(&s), "token-1");
	assert_int_equal(s.w.n_sent, 1);

	s.w.settings.credentials.external_id = strdup("other"); /* the same role, another way */
	way = find_way(&s);
	key_renewal_replace(s.k, way);
	(void)credentials_free(way);
	assert_string_equal(token_in_force(&s), "token-1");
	pass(&s, 2000);
	assert_string_equal(token_in_force(&s), "token-2");

	free(s.w.settings.credentials.role_arn); /* another identity */
	s.w.settings.credentials.role_arn = strdup(ARN "-2");
	way = find_way(&s);
	key_renewal_replace(s.k, way);
	(void)credentials_free(way);
	assert_string_equal(token_in_force(&s), "");
	pass(&s, 2000);
	assert_string_equal(token_in_force(&s), "token-3");
	end(&s);
}

static void what_was_asked_for_the_old_way_is_dropped(void **state)
{
	(void)state;
	static struct scene s;
	begin(&s);
	assume(&s);
	while (s.w.n_sent == 0)
		pass(&s, 1);
	free(s.w.settings.credentials.role_arn);
	s.w.settings.credentials.role_arn = NULL;
	struct credentials *way = find_way(&s);
	key_renewal_replace(s.k, way);
	(void)credentials_free(way);
	pass(&s, 5000);
	assert_string_equal(token_in_force(&s), WORLD_TOKEN);
	assert_int_equal(s.w.n_sent, 1);
	end(&s);
}

static void keys_of_a_file_are_read_again_before_they_end(void **state)
{
	(void)state;
	static struct scene s;
	begin(&s);
	const struct credential_keys keys = {"STS.from-a-file", "secret-file", "token-file"};
	struct credentials *way = NULL;
	assert_int_equal(credentials_obtained(s.w.credentials, &keys, s.w.wall_ms + HOUR, &way), 0);
	s.expiration = "2026-09-21T15:13:20Z"; /* an hour after the start: the same again */
	start_with(&s, way, false);
	uint64_t first_ms = credentials_expires_ms(cloud_credentials(s.w.cloud));
	assert_int_equal(first_ms, WORLD_START_MS + HOUR);
	pass(&s, 50 * MINUTE);
	assert_int_equal(s.events[KEY_EVENT_FAILED], 1);
	assert_non_null(strstr(s.text, "no newer keys"));
	s.expiration = "2026-09-21T17:13:20Z";
	pass(&s, 2 * MINUTE);
	assert_int_equal(credentials_expires_ms(cloud_credentials(s.w.cloud)), first_ms + 2 * HOUR);
	end(&s);
}

/* --- the instance */

static void the_instance_is_asked_in_three_steps(void **state)
{
	(void)state;
	static struct scene s;
	begin(&s);
	s.life_ms = 2 * HOUR;
	ask_instance(&s, "", false);
	pass(&s, 100);
	assert_int_equal(s.w.n_sent, 3);
	assert_string_equal(token_in_force(&s), "token-1");
	assert_string_equal(credentials_source(cloud_credentials(s.w.cloud)), "role of the instance");
	pass(&s, 2 * HOUR - 10 * MINUTE); /* the metadata token is kept, the name asked for again */
	assert_int_equal(s.w.n_sent, 5);
	assert_string_equal(s.w.sent[3].url, ROLES);
	assert_string_equal(token_in_force(&s), "token-2");
	end(&s);
}

static void a_metadata_token_that_is_refused_is_replaced_once(void **state)
{
	(void)state;
	static struct scene s;
	begin(&s);
	s.life_ms = HOUR;
	ask_instance(&s, "machine", false);
	pass(&s, 100);
	s.valid_token = "another-token";
	pass(&s, 50 * MINUTE);
	assert_string_equal(token_in_force(&s), "token-2");
	assert_int_equal(s.w.n_sent, 5); /* token, keys; keys refused, token, keys */
	end(&s);
}

static void without_a_token_it_goes_on_unless_that_is_forbidden(void **state)
{
	(void)state;
	static struct scene s;
	for (int needs = 0; needs < 2; needs++) {
		begin(&s);
		s.token_status = 404;
		s.valid_token = NULL;
		ask_instance(&s, "machine", needs);
		pass(&s, 100);
		assert_string_equal(token_in_force(&s), needs ? "" : "token-1");
		assert_int_equal(s.events[KEY_EVENT_FAILED], needs);
		if (needs)
			assert_non_null(strstr(s.text, "gives no token"));
		end(&s);
	}
}

static void what_the_instance_lacks_is_named(void **state)
{
	(void)state;
	static struct scene s;
	static const struct {
		int role_status, keys_status;
		const char *body, *text;
		enum key_event event;
	} cases[] = {
		{404, 200, NULL, "the instance has no role", KEY_EVENT_REFUSED},
		{200, 404, NULL, "the instance has not the role machine", KEY_EVENT_REFUSED},
		{200, 500, NULL, "answers with status 500", KEY_EVENT_FAILED},
		{200, 200, "<html>", "holds no keys", KEY_EVENT_FAILED},
		{200, 200, "{\"Code\":\"Failed\"}", "Failed", KEY_EVENT_FAILED},
		{200, 200, "{\"Code\":\"Success\",\"AccessKeyId\":\"a\"}", "holds no keys",
		 KEY_EVENT_FAILED},
		{200, 200, "{\"AccessKeyId\":\"a\",\"AccessKeySecret\":\"b c\",\"SecurityToken\":"
			   "\"d\",\"Expiration\":\"2030-01-01T00:00:00Z\"}", "holds no keys",
		 KEY_EVENT_FAILED},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(&s);
		s.role_status = cases[i].role_status;
		s.keys_status = cases[i].keys_status;
		s.keys_body = cases[i].body;
		ask_instance(&s, "", false);
		pass(&s, 200);
		assert_int_equal(s.events[cases[i].event], 1);
		if (!strstr(s.text, cases[i].text))
			fail_msg("\"%s\" lacks \"%s\"", s.text, cases[i].text);
		end(&s);
	}
}

static void the_same_keys_again_are_neither_news_nor_a_hurry(void **state)
{
	(void)state;
	static struct scene s;
	begin(&s);
	char body[512], expiration[TIMEFMT_SIZE];
	timefmt_iso(s.w.wall_ms + HOUR, expiration);
	(void)snprintf(body, sizeof(body),
		       "{\"Code\":\"Success\",\"AccessKeyId\":\"STS.same\",\"AccessKeySecret\":\"x\","
		       "\"SecurityToken\":\"y\",\"Expiration\":\"%s\"}", expiration);
	s.keys_body = body;
	ask_instance(&s, "machine", false);
	pass(&s, 55 * MINUTE);
	assert_int_equal(s.events[KEY_EVENT_OBTAINED], 1);
	assert_int_equal(s.events[KEY_EVENT_RENEWED] + s.events[KEY_EVENT_FAILED], 0);
	assert_in_range(s.w.n_sent, 5, 120);
	end(&s);
}

static void a_role_may_be_assumed_with_the_keys_of_the_instance(void **state)
{
	(void)state;
	static struct scene s;
	begin(&s);
	s.w.settings.credentials.role_arn = strdup(ARN);
	ask_instance(&s, "machine", false);
	pass(&s, 200);
	assert_int_equal(s.w.n_sent, 3);
	assert_string_equal(sent_header(&s.w.sent[2], "x-acs-security-token"), "token-1");
	assert_string_equal(token_in_force(&s), "token-2");
	end(&s);
}

static void it_closes_in_every_step(void **state)
{
	(void)state;
	static struct scene s;
	for (size_t step = 0; step < 4; step++) {
		begin(&s);
		s.w.settings.credentials.role_arn = strdup(ARN);
		ask_instance(&s, "", false);
		while (s.w.n_sent < step + 1)
			pass(&s, 1);
		end(&s);
		assert_int_equal(s.events[KEY_EVENT_FAILED] + s.events[KEY_EVENT_OBTAINED], 0);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_keys_are_in_force_at_once_and_need_no_timer),
		cmocka_unit_test(a_role_is_assumed_with_the_base_keys),
		cmocka_unit_test(
			renewing_begins_a_quarter_of_an_hour_before_the_end_or_a_little_earlier),
		cmocka_unit_test(keys_of_a_short_life_are_renewed_at_half_of_it),
		cmocka_unit_test(a_failure_is_tried_again_and_told_once),
		cmocka_unit_test(the_first_keys_that_fail_to_come_are_told_at_once),
		cmocka_unit_test(a_refusal_is_told_once_and_tried_every_few_minutes),
		cmocka_unit_test(the_end_is_told_step_by_step),
		cmocka_unit_test(the_clouds_word_renews_at_once),
		cmocka_unit_test(another_way_replaces_the_keys),
		cmocka_unit_test(what_was_asked_for_the_old_way_is_dropped),
		cmocka_unit_test(keys_of_a_file_are_read_again_before_they_end),
		cmocka_unit_test(the_instance_is_asked_in_three_steps),
		cmocka_unit_test(a_metadata_token_that_is_refused_is_replaced_once),
		cmocka_unit_test(without_a_token_it_goes_on_unless_that_is_forbidden),
		cmocka_unit_test(what_the_instance_lacks_is_named),
		cmocka_unit_test(the_same_keys_again_are_neither_news_nor_a_hurry),
		cmocka_unit_test(a_role_may_be_assumed_with_the_keys_of_the_instance),
		cmocka_unit_test(it_closes_in_every_step),
	};
	seed_init(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
