/*
 * Pages, filters, totals; changes by hand; time; scenarios.
 */
#include <stdio.h>
#include <string.h>

#include "client.h"

#define OPEN(c)                                                                                    \
	struct client c;                                                                           \
	client_open(&c, 0)

static void seed(struct client *c, const char *json)
{
	(void)client_admin(c, "POST", "/_sim/groups", json, 200);
}

static void pages_hold_every_row_once(void **state)
{
	char seen[260][32], token[64] = "";
	size_t n = 0;
	(void)state;
	OPEN(c);
	seed(&c, "{\"count\":250}");
	assert_int_equal(client_size(&c, "groups"), 3);
	do {
		if (*token)
			(void)CALL(&c, "DescribeAndroidInstances",
				   client_param("NextToken", token));
		else
			(void)CALL(&c, "DescribeAndroidInstances");
		assert_int_equal(client_int(&c, "TotalCount"), 250);
		const cJSON *row = NULL;
		cJSON_ArrayForEach(row, client_at(&c, "InstanceModel"))
		{
			const char *id = cJSON_GetObjectItem(row, "AndroidInstanceId")->valuestring;
			for (size_t i = 0; i < n; i++)
				assert_string_not_equal(seen[i], id);
			(void)snprintf(seen[n++], sizeof(seen[0]), "%s", id);
		}
		(void)snprintf(token, sizeof(token), "%s", client_text(&c, "NextToken"));
	} while (*token);
	assert_int_equal(n, 250);
	client_close(&c);
}

static void a_page_that_ends_with_the_listing_has_no_token(void **state)
{
	(void)state;
	OPEN(c);
	seed(&c, "{\"count\":100}");
	(void)CALL(&c, "DescribeAndroidInstances", "MaxResults=100");
	assert_int_equal(client_size(&c, "InstanceModel"), 100);
	assert_string_equal(client_text(&c, "NextToken"), "");
	client_close(&c);
}

static void pages_are_stable_while_things_come_and_go(void **state)
{
	(void)state;
	OPEN(c);
	seed(&c, "{\"count\":4}");
	(void)CALL(&c, "DescribeAndroidInstances", "MaxResults=2");
	const char *next = client_param("NextToken", client_text(&c, "NextToken"));
	char gone[80];
	(void)snprintf(gone, sizeof(gone), "/_sim/resources/%s",
		       client_text(&c, "InstanceModel.1.AndroidInstanceId"));
	(void)client_admin(&c, "POST", gone, "{\"delete\":true}", 200);
	seed(&c, "{\"count\":1}");
	(void)CALL(&c, "DescribeAndroidInstances", "MaxResults=2", next);
	assert_int_equal(client_size(&c, "InstanceModel"), 2); /* the two oldest */
	assert_int_equal(client_int(&c, "TotalCount"), 4);
	client_close(&c);
}

static void a_token_of_other_filters_is_refused(void **state)
{
	(void)state;
	OPEN(c);
	seed(&c, "{\"count\":3}");
	(void)CALL(&c, "DescribeAndroidInstances", "MaxResults=1");
	const char *next = client_param("NextToken", client_text(&c, "NextToken"));
	(void)CALL(&c, "DescribeAndroidInstances", next, "Status=RUNNING");
	assert_code(&c, "InvalidNextToken");
	(void)CALL(&c, "DescribeAndroidInstances", next, "MaxResults=2");
	assert_int_equal(c.status, 200);
	client_close(&c);
}

static void filters_select(void **state)
{
	static const struct {
		const char *filter;
		int total;
	} cases[] = {
		{"BizRegionId=cn-beijing", 2},
		{"BizRegionId=cn-hangzhou", 0},
		{"ChargeType=PrePaid", 2},
		{"Status=RUNNING", 5},
		{"Status=FAILED", 0},
		{"Status=NEVER_SEEN", 0},
		{"Tag.1.Key=env", 3},
		{"InstanceGroupName=alp", 3},
		{"InstanceGroupName=x", 0},
		{"PrivateIpAddress=10.9.9.9", 0},
		{"InstanceGroupId=ag-none", 0},
		{"NodeId=n", 0},
		{"AndroidInstanceIds.1=acp-none", 0},
		{"SortType=ASC", 5},
		{"OfficeSiteIds.1=x", 0},
	};
	(void)state;
	OPEN(c);
	seed(&c, "{\"count\":3,\"name\":\"alpha\",\"tags\":{\"env\":\"qa\"}}");
	seed(&c, "{\"count\":2,\"name\":\"beta\",\"region\":\"cn-beijing\",\"charge_type\":"
		 "\"PrePaid\"}");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		(void)CALL(&c, "DescribeAndroidInstances", cases[i].filter);
		if (client_int(&c, "TotalCount") != cases[i].total)
			fail_msg("%s: %d", cases[i].filter, client_int(&c, "TotalCount"));
	}
	client_close(&c);
}

static void several_groups_and_ids_can_be_named(void **state)
{
	(void)state;
	OPEN(c);
	seed(&c, "{\"count\":7,\"instances_per_group\":2}");
	const char *one = client_param("InstanceGroupIds.1", client_text(&c, "groups.0"));
	const char *two = client_param("InstanceGroupIds.2", client_text(&c, "groups.3"));
	const char *other = client_param("InstanceGroupId", client_text(&c, "groups.1"));
	(void)CALL(&c, "DescribeAndroidInstances", one, two);
	assert_int_equal(client_int(&c, "TotalCount"), 3);
	(void)CALL(&c, "DescribeAndroidInstanceGroups", one, two);
	assert_int_equal(client_int(&c, "TotalCount"), 2);
	(void)CALL(&c, "DescribeAndroidInstances", other);
	const char *id = client_param("AndroidInstanceIds.1",
				      client_text(&c, "InstanceModel.1.AndroidInstanceId"));
	const char *same = strchr(id, '=') + 1;
	(void)CALL(&c, "DescribeAndroidInstances", id, client_param("AndroidInstanceIds.2", same));
	assert_int_equal(client_int(&c, "TotalCount"), 1);
	(void)CALL(&c, "DescribeAndroidInstances", id, one);
	assert_int_equal(client_int(&c, "TotalCount"), 0);
	client_close(&c);
}

static void totals_follow_every_change(void **state)
{
	char path[80];
	(void)state;
	OPEN(c);
	const char *id = client_group(&c, "3");
	(void)snprintf(path, sizeof(path), "/_sim/resources/%s", client_instance(&c, id, 0));
	for (int i = 0; i < 2; i++) {
		(void)CALL(&c, "DescribeAndroidInstances", "Status=RUNNING", "MaxResults=1");
		assert_int_equal(client_int(&c, "TotalCount"), 3);
	}
	(void)client_admin(&c, "POST", path, "{\"status\":\"FAILED\"}", 200);
	(void)CALL(&c, "DescribeAndroidInstances", "Status=RUNNING", "MaxResults=1");
	assert_int_equal(client_int(&c, "TotalCount"), 2);
	(void)client_admin(&c, "POST", path, "{\"status\":\"RUNNING\"}", 200);
	(void)CALL(&c, "DescribeAndroidInstances", "Status=RUNNING", "MaxResults=1");
	assert_int_equal(client_int(&c, "TotalCount"), 3);
	client_close(&c);
}

static void changes_by_hand(void **state)
{
	char path[80];
	(void)state;
	OPEN(c);
	const char *id = client_group(&c, "2"), *phone = client_instance(&c, id, 0);
	(void)snprintf(path, sizeof(path), "/_sim/resources/%s", phone);
	(void)client_admin(&c, "POST", path,
			   "{\"status\":\"ODD_WORD\",\"session\":\"connect\",\"tags\":{\"drover:"
			   "remove\":\"\"}}",
			   200);
	(void)CALL(&c, "DescribeAndroidInstances", "Status=ODD_WORD", "Tag.1.Key=drover:remove");
	assert_int_equal(client_int(&c, "TotalCount"), 1);
	assert_string_equal(client_text(&c, "InstanceModel.0.SessionStatus"), "connect");
	(void)client_admin(&c, "POST", path, "{\"tags\":[]}", 400);
	(void)client_admin(&c, "POST", path, "{\"delete\":true}", 200);
	assert_string_equal(client_status(&c, phone), "gone");
	(void)client_admin(&c, "POST", path, "{\"delete\":true}", 404);
	(void)snprintf(path, sizeof(path), "/_sim/resources/%s", id);
	(void)client_admin(&c, "POST", path, "{\"status\":\"EXPIRED\",\"tags\":{\"a\":\"b\"}}",
			   200);
	(void)CALL(&c, "DescribeAndroidInstanceGroups", "Status=EXPIRED", "Tags.1.Key=a",
		   "Tags.1.Value=b");
	assert_int_equal(client_int(&c, "TotalCount"), 1);
	(void)client_admin(&c, "POST", path, "{\"delete\":true}", 200);
	(void)client_admin(&c, "GET", "/_sim/state", NULL, 200);
	assert_int_equal(client_size(&c, "groups"), 0);
	client_close(&c);
}

static void groups_by_hand_are_checked(void **state)
{
	static const char *const bodies[] = {"[]",
					     "{\"region\":\"mars\"}",
					     "{\"spec\":\"x\"}",
					     "{\"image\":\"x\"}",
					     "{\"count\":0}",
					     "{\"name\":\"a b\"}",
					     "{\"charge_type\":\"Free\"}",
					     "{\"tags\":{\"a\":1}}",
					     "{\"instances_per_group\":101}",
					     "{"};
	(void)state;
	OPEN(c);
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++)
		(void)client_admin(&c, "POST", "/_sim/groups", bodies[i], 400);
	(void)client_admin(&c, "GET", "/_sim/state", NULL, 200);
	assert_int_equal(client_size(&c, "groups"), 0);
	client_close(&c);
}

static void unknown_admin_calls_are_404(void **state)
{
	static const char *const paths[] = {"/_sim/",
					    "/_sim/none",
					    "/_sim/orders/1/refund",
					    "/_sim/orders/1/pay",
					    "/_sim/orders//pay",
					    "/_sim/resources/"};
	(void)state;
	OPEN(c);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		(void)client_admin(&c, "POST", paths[i], "{}", 404);
	(void)client_admin(&c, "POST", "/_sim/state", NULL, 404);
	(void)client_admin(&c, "POST", "/_sim/time/advance", "{\"ms\":-1}", 400);
	client_close(&c);
}

static void cloud_time_follows_the_scale(void **state)
{
	struct client c;
	uint64_t from;
	(void)state;
	client_open(&c, 60);
	from = sim_cloud_ms(c.sim);
	c.now.mono_ms += 1500;
	assert_int_equal(sim_tick(c.sim, c.now), 0);
	assert_true(sim_cloud_ms(c.sim) == from + 90000);
	c.now.mono_ms -= 1000; /* a clock that goes back moves nothing */
	assert_int_equal(sim_tick(c.sim, c.now), 0);
	assert_true(sim_cloud_ms(c.sim) == from + 90000);
	client_close(&c);
	client_open(&c, 0);
	from = sim_cloud_ms(c.sim);
	c.now.mono_ms += 1500;
	assert_int_equal(sim_tick(c.sim, c.now), 0);
	assert_true(sim_cloud_ms(c.sim) == from);
	assert_true(sim_real_ms_until(c.sim, from + 1) == UINT64_MAX);
	(void)client_admin(&c, "POST", "/_sim/time/advance", "{\"ms\":5000}", 200);
	assert_true(sim_cloud_ms(c.sim) == from + 5000);
	client_close(&c);
}

static void scenario_begins_with_groups_and_faults(void **state)
{
	static const char good[] = "{\"groups\":[{\"name\":\"old\",\"count\":2}],"
				   "\"faults\":[{\"fault\":\"http_503\"}]}";
	char error[100] = "";
	(void)state;
	OPEN(c);
	assert_int_equal(sim_scenario(c.sim, good, strlen(good), error, sizeof(error)), 0);
	(void)CALL(&c, "DescribeRegions");
	assert_int_equal(c.status, 503);
	(void)client_admin(&c, "GET", "/_sim/state", NULL, 200);
	assert_string_equal(client_text(&c, "groups.0.name"), "old");
	assert_true(sim_scenario(c.sim, "[]", 2, error, sizeof(error)) < 0);
	assert_true(strlen(error) > 0);
	assert_true(sim_scenario(c.sim, "{", 1, error, sizeof(error)) < 0);
	client_close(&c);
}

static void broken_percent_encoding_is_400(void **state)
{
	struct sim_response response;
	const struct sim_request request = {.method = "POST", .target = "/?a=%zz"};
	(void)state;
	OPEN(c);
	assert_int_equal(sim_handle(c.sim, c.now, &request, &response), 0);
	assert_int_equal(response.status, 400);
	sim_response_fini(&response);
	client_close(&c);
}

static void a_large_fleet_is_listed_whole(void **state)
{
	int n = 0;
	char token[64] = "";
	(void)state;
	OPEN(c);
	seed(&c, "{\"count\":5000}");
	do {
		if (*token)
			(void)CALL(&c, "DescribeAndroidInstances", "Status=RUNNING",
				   client_param("NextToken", token));
		else
			(void)CALL(&c, "DescribeAndroidInstances", "Status=RUNNING");
		n += client_size(&c, "InstanceModel");
		(void)snprintf(token, sizeof(token), "%s", client_text(&c, "NextToken"));
	} while (*token);
	assert_int_equal(n, 5000);
	client_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_hold_every_row_once),
		cmocka_unit_test(a_page_that_ends_with_the_listing_has_no_token),
		cmocka_unit_test(pages_are_stable_while_things_come_and_go),
		cmocka_unit_test(a_token_of_other_filters_is_refused),
		cmocka_unit_test(filters_select),
		cmocka_unit_test(several_groups_and_ids_can_be_named),
		cmocka_unit_test(totals_follow_every_change),
		cmocka_unit_test(changes_by_hand),
		cmocka_unit_test(groups_by_hand_are_checked),
		cmocka_unit_test(unknown_admin_calls_are_404),
		cmocka_unit_test(cloud_time_follows_the_scale),
		cmocka_unit_test(scenario_begins_with_groups_and_faults),
		cmocka_unit_test(broken_percent_encoding_is_400),
		cmocka_unit_test(a_large_fleet_is_listed_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
