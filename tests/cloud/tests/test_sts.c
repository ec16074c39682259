/*
 * Temporary keys: who gets them, how long they are good, and what the metadata service of an
 * instance says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

#define OPEN(c)                                                                                    \
	struct client c;                                                                           \
	client_open(&c, 0)
#define ROLE "RoleArn=acs:ram::1234567890123456:role/fleet-role"
#define SESSION "RoleSessionName=drover"
#define ROLES "/latest/meta-data/ram/security-credentials/"

static char id[64], secret[256], token[1024];

static void take_keys(const struct client *c, const char *parent)
{
	char path[64];
	(void)snprintf(path, sizeof(path), "%sAccessKeyId", parent);
	(void)snprintf(id, sizeof(id), "%s", client_text(c, path));
	(void)snprintf(path, sizeof(path), "%sAccessKeySecret", parent);
	(void)snprintf(secret, sizeof(secret), "%s", client_text(c, path));
	(void)snprintf(path, sizeof(path), "%sSecurityToken", parent);
	(void)snprintf(token, sizeof(token), "%s", client_text(c, path));
}

static void use_keys(struct client *c)
{
	c->key_id = id;
	c->secret = secret;
	c->token = token;
}

static void assume(struct client *c)
{
	(void)CALL(c, "AssumeRole", ROLE, SESSION, "DurationSeconds=900");
	assert_int_equal(c->status, 200);
	take_keys(c, "Credentials.");
}

static void assumed_keys_are_good_for_every_service_until_they_end(void **state)
{
	(void)state;
	OPEN(c);
	assume(&c);
	assert_string_equal(client_text(&c, "AssumedRoleUser.Arn"),
			    "acs:ram::1234567890123456:role/fleet-role/drover");
	assert_string_equal(client_text(&c, "Credentials.Expiration"), "2026-11-21T22:41:40Z");
	use_keys(&c);
	assert_non_null(CALL(&c, "DescribeRegions"));
	assert_int_equal(c.status, 200);
	client_advance(&c, 899999);
	(void)CALL(&c, "DescribeRegions");
	assert_int_equal(c.status, 200);
	client_advance(&c, 1);
	(void)CALL(&c, "DescribeRegions");
	assert_int_equal(c.status, 400);
	assert_code(&c, "InvalidSecurityToken.Expired");
	client_close(&c);
}

static void issued_keys_need_their_own_token_and_secret(void **state)
{
	(void)state;
	OPEN(c);
	assume(&c);
	use_keys(&c);
	c.token = NULL;
	(void)CALL(&c, "DescribeRegions");
	assert_code(&c, "MissingSecurityToken");
	c.token = "another";
	(void)CALL(&c, "DescribeRegions");
	assert_code(&c, "InvalidSecurityToken.MismatchWithAccessKey");
	c.token = token;
	c.secret = "another";
	(void)CALL(&c, "DescribeRegions");
	assert_code(&c, "SignatureDoesNotMatch");
	client_close(&c);
}

static void what_is_wrong_with_assume_role_is_said(void **state)
{
	(void)state;
	static const struct {
		const char *arn, *session, *more, *code;
	} cases[] = {
		{"RoleArn=fleet-role", SESSION, NULL, "InvalidParameter.RoleArn"},
		{"RoleArn=acs:ram::12:role/a/b", SESSION, NULL, "InvalidParameter.RoleArn"},
		{ROLE, "RoleSessionName=x", NULL, "InvalidParameter.RoleSessionName"},
		{ROLE, "RoleSessionName=a b", NULL, "InvalidParameter.RoleSessionName"},
		{ROLE, SESSION, "DurationSeconds=899", "InvalidParameter.DurationSeconds"},
		{ROLE, "Policy={}", NULL, "MissingRoleSessionName"},
	};
	OPEN(c);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		(void)CALL(&c, "AssumeRole", cases[i].arn, cases[i].session, cases[i].more);
		assert_int_equal(c.status, 400);
		assert_code(&c, cases[i].code);
	}
	(void)client_admin(&c, "POST", "/_sim/sts", "{\"refuse\": \"NoPermission\"}", 200);
	(void)CALL(&c, "AssumeRole", ROLE, SESSION);
	assert_int_equal(c.status, 403);
	assert_code(&c, "NoPermission");
	(void)client_admin(&c, "POST", "/_sim/sts", "{\"refuse\": \"EntityNotExist.Role\"}", 200);
	(void)CALL(&c, "AssumeRole", ROLE, SESSION);
	assert_int_equal(c.status, 404);
	(void)client_admin(&c, "POST", "/_sim/sts", "{\"refuse\": \"\"}", 200);
	assume(&c);
	client_close(&c);
}

static void the_caller_is_told_who_it_is(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "GetCallerIdentity");
	assert_string_equal(client_text(&c, "AccountId"), "1234567890123456");
	assert_string_equal(client_text(&c, "IdentityType"), "RAMUser");
	assert_string_equal(client_text(&c, "Arn"), "acs:ram::1234567890123456:user/drover");
	assume(&c);
	use_keys(&c);
	(void)CALL(&c, "GetCallerIdentity");
	assert_string_equal(client_text(&c, "IdentityType"), "AssumedRoleUser");
	assert_string_equal(client_text(&c, "Arn"),
			    "acs:ram::1234567890123456:assumed-role/fleet-role/drover");
	client_close(&c);
}

static void life_and_mark_can_be_set(void **state)
{
	(void)state;
	OPEN(c);
	(void)client_admin(&c, "POST", "/_sim/sts", "{\"ttl_ms\": 5000, \"mark\": \"m4rk\"}", 200);
	assume(&c);
	assert_non_null(strstr(secret, "m4rk"));
	assert_non_null(strstr(token, "m4rk"));
	assert_string_equal(client_text(&c, "Credentials.Expiration"), "2026-11-21T22:26:45Z");
	use_keys(&c);
	client_advance(&c, 5000);
	(void)CALL(&c, "DescribeRegions");
	assert_code(&c, "InvalidSecurityToken.Expired");
	static const char *const bad[] = {"{\"ttl_ms\": -1}", "{\"refuse\": 5}", "[]",
					  "{\"metadata\": {\"broken\": 1}}"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		(void)client_admin(&c, "POST", "/_sim/sts", bad[i], 400);
	client_close(&c);
}

/* --- metadata */

/* One unsigned request; the status, and the body in c->body. */
static int ask(struct client *c, const char *method, const char *path, const char *header,
	       const char *value)
{
	const struct sim_header headers[] = {{header, value}};
	const struct sim_request request = {.method = method,
					    .target = path,
					    .headers = headers,
					    .n_headers = header ? 1 : 0};
	struct sim_response response;
	assert_int_equal(sim_handle(c->sim, c->now, &request, &response), 0);
	(void)snprintf(c->body, sizeof(c->body), "%s", response.body);
	cJSON_Delete(c->json);
	c->json = cJSON_Parse(response.body);
	int status = response.status;
	sim_response_fini(&response);
	return status;
}

static void set_metadata(struct client *c, const char *metadata)
{
	char body[256];
	(void)snprintf(body, sizeof(body), "{\"metadata\": %s}", metadata);
	(void)client_admin(c, "POST", "/_sim/sts", body, 200);
}

#define TTL "X-aliyun-ecs-metadata-token-ttl-seconds"
#define TOKEN "X-aliyun-ecs-metadata-token"

static void the_metadata_flow_gives_keys_of_the_instance(void **state)
{
	(void)state;
	OPEN(c);
	char first[512], old[64];
	assert_int_equal(ask(&c, "GET", ROLES, NULL, NULL), 404); /* no role */
	set_metadata(&c, "{\"role\": \"fleet-role\", \"require_token\": true}");
	assert_int_equal(ask(&c, "GET", ROLES, NULL, NULL), 403);
	assert_int_equal(ask(&c, "PUT", "/latest/api/token", NULL, NULL), 400);
	assert_int_equal(ask(&c, "PUT", "/latest/api/token", TTL, "21601"), 400);
	assert_int_equal(ask(&c, "GET", "/latest/api/token", TTL, "60"), 405);
	assert_int_equal(ask(&c, "PUT", "/latest/api/token", TTL, "60"), 200);
	(void)snprintf(first, sizeof(first), "%s", c.body);
	assert_int_equal(ask(&c, "GET", ROLES, TOKEN, first), 200);
	assert_string_equal(c.body, "fleet-role");
	assert_int_equal(ask(&c, "GET", ROLES "other", TOKEN, first), 404);
	assert_int_equal(ask(&c, "GET", ROLES "fleet-role", TOKEN, first), 200);
	assert_string_equal(client_text(&c, "Code"), "Success");
	take_keys(&c, "");
	(void)snprintf(old, sizeof(old), "%s", id);
	use_keys(&c);
	(void)CALL(&c, "DescribeRegions");
	assert_int_equal(c.status, 200);
	assert_int_equal(ask(&c, "GET", ROLES "fleet-role", TOKEN, first), 200);
	assert_string_equal(client_text(&c, "AccessKeyId"), old); /* the same, while they are young */
	client_advance(&c, 60000);
	assert_int_equal(ask(&c, "GET", ROLES, TOKEN, first), 403); /* the token has ended */
	client_close(&c);
}

static void the_metadata_service_can_be_old_or_broken(void **state)
{
	(void)state;
	OPEN(c);
	char old[64];
	set_metadata(&c, "{\"role\": \"r\", \"no_tokens\": true}");
	assert_int_equal(ask(&c, "PUT", "/latest/api/token", TTL, "60"), 404);
	assert_int_equal(ask(&c, "GET", ROLES "r", NULL, NULL), 200);
	(void)snprintf(old, sizeof(old), "%s", client_text(&c, "AccessKeyId"));
	client_advance(&c, UINT64_C(3) * 3600000);
	assert_int_equal(ask(&c, "GET", ROLES "r", NULL, NULL), 200);
	assert_string_not_equal(client_text(&c, "AccessKeyId"), old); /* half of the life is over */
	set_metadata(&c, "{\"broken\": true}");
	assert_int_equal(ask(&c, "GET", ROLES, NULL, NULL), 500);
	assert_int_equal(ask(&c, "POST", ROLES, NULL, NULL), 500);
	set_metadata(&c, "{\"broken\": false}");
	assert_int_equal(ask(&c, "POST", ROLES, NULL, NULL), 405);
	(void)client_admin(&c, "GET", "/_sim/calls", NULL, 200);
	assert_int_equal(cJSON_GetArraySize(c.json), 6);
	client_close(&c);
}

static void the_oldest_issued_keys_are_forgotten(void **state)
{
	(void)state;
	OPEN(c);
	assume(&c);
	char old[64];
	(void)snprintf(old, sizeof(old), "%s", id);
	for (int i = 0; i < 1100; i++)
		assume(&c);
	use_keys(&c);
	(void)CALL(&c, "DescribeRegions");
	assert_int_equal(c.status, 200);
	c.key_id = old;
	(void)CALL(&c, "DescribeRegions");
	assert_code(&c, "InvalidAccessKeyId.NotFound");
	client_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(assumed_keys_are_good_for_every_service_until_they_end),
		cmocka_unit_test(issued_keys_need_their_own_token_and_secret),
		cmocka_unit_test(what_is_wrong_with_assume_role_is_said),
		cmocka_unit_test(the_caller_is_told_who_it_is),
		cmocka_unit_test(life_and_mark_can_be_set),
		cmocka_unit_test(the_metadata_flow_gives_keys_of_the_instance),
		cmocka_unit_test(the_metadata_service_can_be_old_or_broken),
		cmocka_unit_test(the_oldest_issued_keys_are_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
