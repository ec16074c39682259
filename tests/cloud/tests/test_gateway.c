/*
 * What the gateway refuses before an operation is reached: signature, clock, nonce, names
 * and places of parameters.
 */
#include <stdio.h>
#include <string.h>

#include "client.h"

#define OPEN(c)                                                                                    \
	struct client c;                                                                           \
	client_open(&c, 0)

static void signed_call_is_served(void **state)
{
	(void)state;
	OPEN(c);
	assert_non_null(CALL(&c, "DescribeRegions"));
	assert_int_equal(c.status, 200);
	assert_string_equal(client_text(&c, "RequestId"), c.request_id);
	assert_string_equal(c.date_header, "Sat, 21 Nov 2026 22:26:40 GMT");
	client_close(&c);
}

static void wrong_secret_quotes_the_string_to_sign(void **state)
{
	(void)state;
	OPEN(c);
	c.secret = "other";
	(void)CALL(&c, "DescribeRegions");
	assert_int_equal(c.status, 400);
	assert_code(&c, "SignatureDoesNotMatch");
	assert_non_null(strstr(client_text(&c, "Message"), "ACS3-HMAC-SHA256\n"));
	assert_non_null(client_text(&c, "Recommend"));
	assert_string_equal(client_text(&c, "HostId"), "127.0.0.1:1");
	client_close(&c);
}

static void unknown_key_is_404(void **state)
{
	(void)state;
	OPEN(c);
	c.key_id = "nobody";
	(void)CALL(&c, "DescribeRegions");
	assert_int_equal(c.status, 404);
	assert_code(&c, "InvalidAccessKeyId.NotFound");
	client_close(&c);
}

static void nonce_is_good_once(void **state)
{
	(void)state;
	OPEN(c);
	c.nonce = "the-same";
	(void)CALL(&c, "DescribeRegions");
	assert_int_equal(c.status, 200);
	(void)CALL(&c, "DescribeRegions");
	assert_int_equal(c.status, 400);
	assert_code(&c, "SignatureNonceUsed");
	client_close(&c);
}

static void dates_are_checked(void **state)
{
	static const struct {
		const char *date, *code;
	} cases[] = {
		{"2026-11-21T22:12:00Z", ""}, /* 14:40 early */
		{"2026-11-21T22:41:00Z", ""}, /* 14:20 late */
		{"2026-11-21T22:11:00Z", "InvalidTimeStamp.Expired"},
		{"2026-11-21T22:42:00Z", "InvalidTimeStamp.Expired"},
		{"2026-11-21T22:26:40.000Z", "InvalidTimeStamp.Format"},
		{"2026-11-21T22:26:40+00:00", "InvalidTimeStamp.Format"},
		{"2026-11-21 22:26:40", "InvalidTimeStamp.Format"},
		{"2026-13-21T22:26:40Z", "InvalidTimeStamp.Format"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		OPEN(c);
		c.date = cases[i].date;
		(void)CALL(&c, "DescribeRegions");
		assert_code(&c, cases[i].code);
		client_close(&c);
	}
}

static void malformed_authorization_is_incomplete(void **state)
{
	static const char *const values[] = {
		"ACS3-HMAC-SHA256 Credential=test-access-key-id,SignedHeaders=host",
		"ACS3-HMAC-SHA256  Credential=test-access-key-id,SignedHeaders=host,Signature=00",
		"ACS3-HMAC-SHA256 Credential=test-access-key-id, SignedHeaders=host, Signature=00",
		"ACS3-HMAC-SHA256 Credential=test-access-key-id,SignedHeaders=host,Signature=00,",
		"ACS3-HMAC-SHA256 "
		"Credential=test-access-key-id,SignedHeaders=host;Host,Signature=00",
		"ACS3-HMAC-SHA256 "
		"Credential=test-access-key-id,SignedHeaders=x-acs-date;host,Signature=00",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		OPEN(c);
		c.authorization = values[i];
		(void)CALL(&c, "DescribeRegions");
		assert_int_equal(c.status, 400);
		assert_code(&c, "IncompleteSignature");
		client_close(&c);
	}
}

static void sent_but_unsigned_headers_are_refused(void **state)
{
	static const char *const names[] = {"content-type", "x-acs-something", "Content-Type"};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		OPEN(c);
		c.extra_name = names[i];
		c.extra_value = "application/x-www-form-urlencoded";
		(void)CALL(&c, "DescribeRegions");
		assert_code(&c, "IncompleteSignature");
		client_close(&c);
	}
	OPEN(c);
	c.extra_name = "user-agent";
	c.extra_value = "anything";
	(void)CALL(&c, "DescribeRegions");
	assert_int_equal(c.status, 200);
	client_close(&c);
}

static void legacy_signature_is_refused_clearly(void **state)
{
	struct sim_response response;
	const struct sim_request request = {
		.method = "POST",
		.target = "/?Action=DescribeRegions&Signature=abc&SignatureVersion=1.0"};
	(void)state;
	OPEN(c);
	assert_int_equal(sim_handle(c.sim, c.now, &request, &response), 0);
	assert_int_equal(response.status, 400);
	assert_non_null(strstr(response.body, "InvalidSignatureMethod"));
	assert_non_null(strstr(response.body, "V1"));
	sim_response_fini(&response);
	client_close(&c);
}

static void temporary_credentials_need_the_configured_token(void **state)
{
	struct sim_options options = {.seed = 1, .security_token = "good"};
	struct client c;
	(void)state;
	client_open(&c, 0);
	c.token = "any";
	(void)CALL(&c, "DescribeRegions");
	assert_code(&c, "InvalidSecurityToken.Expired");
	client_close(&c);
	client_open_with(&c, &options);
	(void)CALL(&c, "DescribeRegions");
	assert_code(&c, "MissingSecurityToken");
	c.token = "old";
	(void)CALL(&c, "DescribeRegions");
	assert_code(&c, "InvalidSecurityToken.Expired");
	c.token = "good";
	(void)CALL(&c, "DescribeRegions");
	assert_int_equal(c.status, 200);
	client_close(&c);
}

static void unknown_action_is_404(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "describeregions");
	assert_int_equal(c.status, 404);
	assert_code(&c, "InvalidAction.NotFound");
	client_close(&c);
}

static void phones_want_post_and_orders_take_get(void **state)
{
	(void)state;
	OPEN(c);
	c.method = "GET";
	(void)CALL(&c, "DescribeRegions");
	assert_code(&c, "UnsupportedHTTPMethod");
	(void)CALL(&c, "QueryOrders");
	assert_int_equal(c.status, 200);
	client_close(&c);
}

static void parameters_are_checked_by_the_table(void **state)
{
	static const struct {
		const char *param, *code;
	} cases[] = {
		{"Nonsense=1", "UnsupportedParameter"},
		{"Tags.1.Key=k", "UnsupportedParameter"}, /* Tag here (eds-aic 10) */
		{"status=RUNNING", "UnsupportedParameter"},
		{"MaxResults=0", "InvalidMaxResults"},
		{"MaxResults=101", "InvalidMaxResults"},
		{"MaxResults=ten", "InvalidMaxResults"},
		{"AndroidInstanceIds.2=acp-x", "InvalidAndroidInstanceIds"}, /* gap */
		{"AndroidInstanceIds.0=acp-x", "UnsupportedParameter"},
		{"AndroidInstanceIds.01=acp-x", "UnsupportedParameter"},
		{"AndroidInstanceIds=acp-x", "UnsupportedParameter"},
		{"Tag.1.Name=k", "UnsupportedParameter"},
		{"BizRegionId=mars", "InvalidBizRegionId"},
		{"NextToken=guess", "InvalidNextToken"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		OPEN(c);
		(void)CALL(&c, "DescribeAndroidInstances", cases[i].param);
		assert_int_equal(c.status, 400);
		assert_code(&c, cases[i].code);
		client_close(&c);
	}
}

static void a_parameter_in_the_wrong_place_is_refused(void **state)
{
	(void)state;
	OPEN(c);
	(void)FORM(&c, "DescribeAndroidInstances", "Status=RUNNING");
	assert_code(&c, "UnsupportedParameter");
	(void)CALL(&c, "DescribeImageList", "ImageType=System");
	assert_code(&c, "UnsupportedParameter");
	(void)FORM(&c, "DescribeImageList", "ImageType=System");
	assert_int_equal(c.status, 200);
	(void)FORM(&c, "DescribeImageList", "ImageName=base");
	assert_code(&c, "MissingImageType");
	client_close(&c);
}

static void a_parameter_given_twice_is_refused(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "DescribeAndroidInstances", "Status=RUNNING", "Status=STOPPED");
	assert_code(&c, "InvalidStatus");
	client_close(&c);
}

static void refusals_have_no_effect_and_are_logged(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "CreateAndroidInstanceGroup", REGION, SPEC);
	assert_code(&c, "MissingImageId");
	(void)client_admin(&c, "GET", "/_sim/calls", NULL, 200);
	assert_int_equal(cJSON_GetArraySize(c.json), 1);
	assert_true(cJSON_IsFalse(client_at(&c, "0.effect")));
	client_close(&c);
}

static void calls_are_logged_in_order(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "DescribeRegions");
	(void)CALL(&c, "CreateAndroidInstanceGroup", REGION, SPEC);
	(void)client_group(&c, "2");
	(void)client_admin(&c, "GET", "/_sim/calls?since=1", NULL, 200);
	assert_int_equal(cJSON_GetArraySize(c.json), 2);
	assert_int_equal(client_int(&c, "0.seq"), 2);
	assert_string_equal(client_text(&c, "0.code"), "MissingImageId");
	assert_int_equal(client_int(&c, "0.http"), 400);
	assert_true(cJSON_IsFalse(client_at(&c, "0.effect")));
	assert_string_equal(client_text(&c, "1.product"), "eds-aic");
	assert_string_equal(client_text(&c, "1.params.NumberOfInstances"), "2");
	assert_true(cJSON_IsTrue(client_at(&c, "1.effect")));
	assert_true(cJSON_IsTrue(client_at(&c, "1.changing")));
	client_close(&c);
}

static void throttling_counts_cloud_time(void **state)
{
	struct sim_options options = {.seed = 1, .reads_per_s = 2};
	struct client c;
	(void)state;
	client_open_with(&c, &options);
	(void)CALL(&c, "DescribeRegions");
	(void)CALL(&c, "DescribeRegions");
	assert_int_equal(c.status, 200);
	(void)CALL(&c, "DescribeRegions");
	assert_code(&c, "Throttling.User");
	assert_string_equal(c.retry_after, "501");
	(void)CALL(&c, "DescribeSpec"); /* a bucket of its own */
	assert_int_equal(c.status, 200);
	client_advance(&c, 501);
	(void)CALL(&c, "DescribeRegions");
	assert_int_equal(c.status, 200);
	client_close(&c);
}

static void one_seed_explains_a_run(void **state)
{
	char first[512], second[512];
	(void)state;
	for (int i = 0; i < 2; i++) {
		OPEN(c);
		(void)CALL(&c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE);
		(void)snprintf(i == 0 ? first : second, sizeof(first), "%s", c.body);
		client_close(&c);
	}
	assert_string_equal(first, second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signed_call_is_served),
		cmocka_unit_test(wrong_secret_quotes_the_string_to_sign),
		cmocka_unit_test(unknown_key_is_404),
		cmocka_unit_test(nonce_is_good_once),
		cmocka_unit_test(dates_are_checked),
		cmocka_unit_test(malformed_authorization_is_incomplete),
		cmocka_unit_test(sent_but_unsigned_headers_are_refused),
		cmocka_unit_test(legacy_signature_is_refused_clearly),
		cmocka_unit_test(temporary_credentials_need_the_configured_token),
		cmocka_unit_test(unknown_action_is_404),
		cmocka_unit_test(phones_want_post_and_orders_take_get),
		cmocka_unit_test(parameters_are_checked_by_the_table),
		cmocka_unit_test(a_parameter_in_the_wrong_place_is_refused),
		cmocka_unit_test(a_parameter_given_twice_is_refused),
		cmocka_unit_test(refusals_have_no_effect_and_are_logged),
		cmocka_unit_test(calls_are_logged_in_order),
		cmocka_unit_test(throttling_counts_cloud_time),
		cmocka_unit_test(one_seed_explains_a_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
