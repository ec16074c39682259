/*
 * Every fault: what it does, that it has the effect it promises and no other, that its
 * turns are counted.
 */
#include <stdio.h>
#include <string.h>

#include "client.h"

#define OPEN(c)                                                                                    \
	struct client c;                                                                           \
	client_open(&c, 0)

static void fault(struct client *c, const char *action, const char *name, const char *more)
{
	char text[256];
	(void)snprintf(text, sizeof(text), "[{\"action\":\"%s\",\"fault\":\"%s\"%s}]", action, name,
		       more);
	client_fault(c, text);
}

static int groups(struct client *c)
{
	(void)client_admin(c, "GET", "/_sim/state", NULL, 200);
	return client_size(c, "groups");
}

static void create(struct client *c)
{
	(void)CALL(c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE, "NumberOfInstances=2");
}

static void drop_reply_has_its_effect(void **state)
{
	(void)state;
	OPEN(c);
	fault(&c, "CreateAndroidInstanceGroup", "drop_reply", "");
	create(&c);
	assert_int_equal(c.delivery, SIM_CUT);
	assert_int_equal(groups(&c), 1);
	(void)client_admin(&c, "GET", "/_sim/calls", NULL, 200);
	assert_int_equal(client_int(&c, "0.http"), 0);
	assert_true(cJSON_IsTrue(client_at(&c, "0.effect")));
	create(&c); /* one turn only */
	assert_int_equal(c.status, 200);
	client_close(&c);
}

static void http_500_comes_after_the_effect(void **state)
{
	(void)state;
	OPEN(c);
	fault(&c, "*", "http_500", ",\"code\":\"SomethingBroke\"");
	create(&c);
	assert_int_equal(c.status, 500);
	assert_code(&c, "SomethingBroke");
	assert_int_equal(groups(&c), 1);
	client_close(&c);
}

static void garbage_is_200_and_no_json(void **state)
{
	(void)state;
	OPEN(c);
	fault(&c, "*", "garbage", "");
	create(&c);
	assert_int_equal(c.status, 200);
	assert_null(c.json);
	assert_int_equal(groups(&c), 1);
	client_close(&c);
}

static void truncate_announces_more_than_it_sends(void **state)
{
	(void)state;
	OPEN(c);
	fault(&c, "*", "truncate", "");
	create(&c);
	assert_int_equal(c.delivery, SIM_TRUNCATE);
	assert_true(c.send_len < c.body_len && c.send_len > 0);
	assert_int_equal(groups(&c), 1);
	client_close(&c);
}

static void cut_before_has_no_effect_and_spends_no_nonce(void **state)
{
	(void)state;
	OPEN(c);
	c.nonce = "once";
	fault(&c, "*", "cut_before", "");
	create(&c);
	assert_int_equal(c.delivery, SIM_CUT);
	create(&c); /* the transport may send the very same bytes again */
	assert_int_equal(c.status, 200);
	assert_int_equal(groups(&c), 1);
	client_close(&c);
}

static void http_503_has_no_effect(void **state)
{
	(void)state;
	OPEN(c);
	fault(&c, "*", "http_503", "");
	create(&c);
	assert_int_equal(c.status, 503);
	assert_code(&c, "ServiceUnavailable");
	assert_string_equal(c.retry_after, "");
	assert_int_equal(groups(&c), 0);
	client_close(&c);
}

static void throttle_tells_how_long_in_real_time(void **state)
{
	struct client c;
	(void)state;
	client_open(&c, 10);
	fault(&c, "*", "throttle", ",\"ms\":2500,\"times\":2,\"code\":\"Throttling.Api\"");
	create(&c);
	assert_int_equal(c.status, 400);
	assert_code(&c, "Throttling.Api");
	assert_string_equal(c.retry_after, "250");
	create(&c);
	assert_int_equal(c.status, 400);
	create(&c);
	assert_int_equal(c.status, 200);
	client_close(&c);
}

static void stock_refuses_what_buys_and_shows_sold_out(void **state)
{
	(void)state;
	OPEN(c);
	fault(&c, "*", "stock", ",\"times\":2");
	(void)CALL(&c, "DescribeRegions"); /* means nothing to it: no turn taken */
	assert_int_equal(c.status, 200);
	create(&c);
	assert_code(&c, "StockError.NoStock");
	(void)CALL(&c, "CheckResourceStock", REGION);
	assert_string_equal(client_text(&c, "ResourceStockModels.0.StockStatus"), "SoldOut");
	(void)CALL(&c, "CheckResourceStock", REGION);
	assert_string_equal(client_text(&c, "ResourceStockModels.0.StockStatus"), "Available");
	assert_int_equal(groups(&c), 0);
	client_close(&c);
}

static void list_lag_hides_the_young(void **state)
{
	(void)state;
	OPEN(c);
	(void)client_group(&c, "2");
	create(&c);
	fault(&c, "*", "list_lag", ",\"ms\":60000,\"times\":100");
	(void)CALL(&c, "DescribeAndroidInstances");
	assert_int_equal(client_int(&c, "TotalCount"), 2);
	(void)CALL(&c, "DescribeAndroidInstanceGroups");
	assert_int_equal(client_int(&c, "TotalCount"), 1);
	client_advance(&c, 60000);
	(void)CALL(&c, "DescribeAndroidInstances");
	assert_int_equal(client_int(&c, "TotalCount"), 4);
	client_close(&c);
}

static void list_lag_hides_orders_too(void **state)
{
	(void)state;
	OPEN(c);
	create(&c);
	const char *order = client_param("OrderId", client_text(&c, "OrderId"));
	fault(&c, "GetOrderDetail", "list_lag", ",\"ms\":5000,\"times\":2");
	(void)CALL(&c, "GetOrderDetail", order);
	assert_int_equal(client_size(&c, "Data.OrderList.Order"), 0);
	client_advance(&c, 5000);
	(void)CALL(&c, "GetOrderDetail", order);
	assert_int_equal(client_size(&c, "Data.OrderList.Order"), 1);
	client_close(&c);
}

static void token_loop_never_ends(void **state)
{
	(void)state;
	OPEN(c);
	(void)client_group(&c, "3");
	fault(&c, "*", "token_loop", ",\"times\":50");
	(void)CALL(&c, "DescribeAndroidInstances", "MaxResults=2");
	char token[64];
	(void)snprintf(token, sizeof(token), "%s", client_text(&c, "NextToken"));
	assert_true(strlen(token) > 0);
	(void)CALL(&c, "DescribeAndroidInstances", "MaxResults=2",
		   client_param("NextToken", token));
	assert_string_equal(client_text(&c, "NextToken"), token);
	assert_int_equal(client_size(&c, "InstanceModel"), 2);
	client_close(&c);
}

static void missing_page_hides_rows_but_not_their_number(void **state)
{
	(void)state;
	OPEN(c);
	(void)client_group(&c, "5");
	fault(&c, "DescribeAndroidInstances", "missing_page", ",\"skip\":1");
	(void)CALL(&c, "DescribeAndroidInstances", "MaxResults=2");
	assert_int_equal(client_size(&c, "InstanceModel"), 2);
	(void)CALL(&c, "DescribeAndroidInstances", "MaxResults=2",
		   client_param("NextToken", client_text(&c, "NextToken")));
	assert_int_equal(client_size(&c, "InstanceModel"), 1); /* rows 3 and 4 are missing */
	assert_int_equal(client_int(&c, "TotalCount"), 5);
	assert_string_equal(client_text(&c, "NextToken"), "");
	client_close(&c);
}

static void empty_list_is_complete_and_empty(void **state)
{
	(void)state;
	OPEN(c);
	(void)client_group(&c, "5");
	fault(&c, "DescribeAndroidInstances", "empty_list", "");
	(void)CALL(&c, "DescribeAndroidInstances");
	assert_int_equal(c.status, 200);
	assert_int_equal(client_size(&c, "InstanceModel"), 0);
	assert_int_equal(client_int(&c, "TotalCount"), 0);
	assert_string_equal(client_text(&c, "NextToken"), "");
	client_close(&c);
}

static void small_pages_hold_two_rows(void **state)
{
	(void)state;
	OPEN(c);
	(void)client_group(&c, "3");
	fault(&c, "DescribeAndroidInstances", "small_pages", ",\"times\":2");
	(void)CALL(&c, "DescribeAndroidInstances", "MaxResults=100");
	assert_int_equal(client_size(&c, "InstanceModel"), 2);
	assert_int_equal(client_int(&c, "TotalCount"), 3);
	(void)CALL(&c, "DescribeAndroidInstances", "MaxResults=100",
		   client_param("NextToken", client_text(&c, "NextToken")));
	assert_int_equal(client_size(&c, "InstanceModel"), 1);
	assert_string_equal(client_text(&c, "NextToken"), "");
	client_close(&c);
}

static void a_moved_row_is_on_no_page(void **state)
{
	(void)state;
	OPEN(c);
	(void)client_group(&c, "4");
	fault(&c, "DescribeAndroidInstances", "moved_rows", ",\"times\":2");
	(void)CALL(&c, "DescribeAndroidInstances", "MaxResults=100");
	assert_int_equal(client_size(&c, "InstanceModel"), 2);
	(void)CALL(&c, "DescribeAndroidInstances", "MaxResults=100",
		   client_param("NextToken", client_text(&c, "NextToken")));
	assert_int_equal(client_size(&c, "InstanceModel"), 1);
	assert_int_equal(client_int(&c, "TotalCount"), 4);
	assert_string_equal(client_text(&c, "NextToken"), "");
	client_close(&c);
}

static void fewer_makes_one_less_than_asked(void **state)
{
	(void)state;
	OPEN(c);
	fault(&c, "*", "fewer", ",\"times\":2");
	create(&c);
	assert_int_equal(client_size(&c, "InstanceGroupInfos.0.InstanceIds"), 1);
	const char *id = client_text(&c, "InstanceGroupIds.0");
	(void)CALL(&c, "UpgradeAndroidInstanceGroup", client_param("InstanceGroupId", id),
		   "IncreaseNumberOfInstance=3");
	(void)client_admin(&c, "GET", "/_sim/state", NULL, 200);
	assert_int_equal(client_size(&c, "groups.0.instances"), 3);
	client_close(&c);
}

static void short_ids_names_one_less_than_were_made(void **state)
{
	(void)state;
	OPEN(c);
	fault(&c, "CreateAndroidInstanceGroup", "short_ids", "");
	create(&c);
	assert_int_equal(client_size(&c, "InstanceGroupInfos.0.InstanceIds"), 1);
	(void)client_admin(&c, "GET", "/_sim/state", NULL, 200);
	assert_int_equal(client_size(&c, "groups.0.instances"), 2);
	client_close(&c);
}

static void a_person_adds_phones(void **state)
{
	char path[128];
	(void)state;
	OPEN(c);
	(void)snprintf(path, sizeof(path), "/_sim/resources/%s", client_group(&c, "2"));
	(void)client_admin(&c, "POST", path, "{\"add\":3}", 200);
	(void)client_admin(&c, "GET", "/_sim/state", NULL, 200);
	assert_int_equal(client_size(&c, "groups.0.instances"), 5);
	(void)client_admin(&c, "POST", path, "{\"add\":96}", 400);
	client_close(&c);
}

static void unknown_status_shows_a_new_word(void **state)
{
	(void)state;
	OPEN(c);
	(void)client_group(&c, "1");
	fault(&c, "*", "unknown_status", ",\"times\":2");
	(void)CALL(&c, "DescribeAndroidInstances");
	assert_string_equal(client_text(&c, "InstanceModel.0.AndroidInstanceStatus"), "MIGRATING");
	fault(&c, "*", "unknown_status", ",\"code\":\"FROZEN\"");
	(void)CALL(&c, "DescribeAndroidInstanceGroups");
	assert_string_equal(client_text(&c, "InstanceGroupModel.0.InstanceGroupStatus"), "FROZEN");
	client_close(&c);
}

static void wrong_total_counts_one_too_many(void **state)
{
	(void)state;
	OPEN(c);
	(void)client_group(&c, "2");
	fault(&c, "*", "wrong_total", "");
	(void)CALL(&c, "DescribeAndroidInstances");
	assert_int_equal(client_int(&c, "TotalCount"), 3);
	(void)CALL(&c, "DescribeAndroidInstances");
	assert_int_equal(client_int(&c, "TotalCount"), 2);
	client_close(&c);
}

static void create_failed_ends_in_failed(void **state)
{
	(void)state;
	OPEN(c);
	fault(&c, "CreateAndroidInstanceGroup", "create_failed", "");
	const char *id = client_group(&c, "2");
	assert_string_equal(client_status(&c, id), "FAILED");
	assert_string_equal(client_status(&c, client_instance(&c, id, 0)), "FAILED");
	(void)CALL(&c, "DescribeAndroidInstanceGroups");
	assert_string_equal(client_text(&c, "InstanceGroupModel.0.ErrorCode"), "InternalError");
	client_close(&c);
}

static void create_failed_on_growth_leaves_the_group_running(void **state)
{
	(void)state;
	OPEN(c);
	const char *id = client_group(&c, "1");
	fault(&c, "UpgradeAndroidInstanceGroup", "create_failed", "");
	(void)CALL(&c, "UpgradeAndroidInstanceGroup", client_param("InstanceGroupId", id),
		   "IncreaseNumberOfInstance=1");
	client_advance(&c, 90000);
	assert_string_equal(client_status(&c, id), "RUNNING");
	assert_string_equal(client_status(&c, client_instance(&c, id, 1)), "FAILED");
	client_close(&c);
}

static void create_failed_on_a_reboot_is_unavailable(void **state)
{
	(void)state;
	OPEN(c);
	const char *phone = client_instance(&c, client_group(&c, "1"), 0);
	fault(&c, "*", "create_failed", "");
	(void)CALL(&c, "RebootAndroidInstancesInGroup",
		   client_param("AndroidInstanceIds.1", phone));
	client_advance(&c, 60000);
	assert_string_equal(client_status(&c, phone), "UNAVAILABLE");
	client_close(&c);
}

static void stuck_stays_where_it_is(void **state)
{
	(void)state;
	OPEN(c);
	fault(&c, "*", "stuck", "");
	const char *id = client_group(&c, "2");
	client_advance(&c, 3600000);
	assert_string_equal(client_status(&c, id), "CREATING");
	assert_true(sim_next_due_ms(c.sim) == UINT64_MAX);
	client_close(&c);
}

static void a_faulted_unpaid_order_fails_when_it_is_paid(void **state)
{
	char path[80];
	(void)state;
	OPEN(c);
	fault(&c, "*", "create_failed", "");
	(void)CALL(&c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE, "ChargeType=PrePaid");
	(void)snprintf(path, sizeof(path), "/_sim/orders/%s/pay", client_text(&c, "OrderId"));
	(void)client_admin(&c, "POST", path, NULL, 200);
	client_advance(&c, 90000);
	(void)client_admin(&c, "GET", "/_sim/state", NULL, 200);
	assert_string_equal(client_text(&c, "groups.0.status"), "FAILED");
	client_close(&c);
}

static void delay_holds_the_answer_in_cloud_time(void **state)
{
	struct client c;
	(void)state;
	client_open(&c, 60);
	fault(&c, "*", "delay", ",\"ms\":6000");
	create(&c);
	assert_int_equal(c.status, 200);
	assert_true(c.ready_ms == sim_cloud_ms(c.sim) + 6000);
	assert_true(sim_real_ms_until(c.sim, c.ready_ms) == 101);
	assert_int_equal(groups(&c), 1);
	client_close(&c);
}

static void new_ids_come_in_three_shapes(void **state)
{
	(void)state;
	OPEN(c);
	const char *group = client_param("InstanceGroupId", client_group(&c, "1"));
	fault(&c, "*", "ids_array", "");
	(void)CALL(&c, "UpgradeAndroidInstanceGroup", group, "IncreaseNumberOfInstance=2");
	assert_int_equal(client_size(&c, "InstanceIds"), 2);
	fault(&c, "*", "ids_quotes", "");
	(void)CALL(&c, "UpgradeAndroidInstanceGroup", group, "IncreaseNumberOfInstance=2");
	assert_int_equal(strncmp(client_text(&c, "InstanceIds"), "['acp-", 6), 0);
	assert_non_null(strstr(client_text(&c, "InstanceIds"), "', 'acp-"));
	client_close(&c);
}

static void skip_and_times_are_counted_by_matching_calls(void **state)
{
	static const char *const expected[] = {"", "", "ServiceUnavailable", "ServiceUnavailable",
					       ""};
	(void)state;
	OPEN(c);
	fault(&c, "DescribeRegions", "http_503", ",\"skip\":2,\"times\":2");
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		(void)CALL(&c, "DescribeSpec");
		assert_int_equal(c.status, 200);
		(void)CALL(&c, "DescribeRegions");
		assert_code(&c, expected[i]);
	}
	client_close(&c);
}

static void times_zero_is_no_fault(void **state)
{
	(void)state;
	OPEN(c);
	fault(&c, "*", "http_503", ",\"times\":0");
	create(&c);
	assert_int_equal(c.status, 200);
	client_close(&c);
}

static void faults_of_one_phase_follow_each_other(void **state)
{
	static const char *const codes[] = {"Throttling.User", "ServiceUnavailable", ""};
	(void)state;
	OPEN(c);
	client_fault(&c, "[{\"action\":\"*\",\"fault\":\"throttle\"},{\"fault\":\"http_503\"}]");
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		(void)CALL(&c, "DescribeRegions");
		assert_code(&c, codes[i]);
	}
	client_close(&c);
}

static void faults_of_two_phases_meet_in_one_call(void **state)
{
	(void)state;
	OPEN(c);
	client_fault(&c, "[{\"fault\":\"stuck\"},{\"fault\":\"drop_reply\"},{\"fault\":\"delay\","
			 "\"ms\":5}]");
	create(&c);
	assert_int_equal(c.delivery, SIM_CUT);
	assert_true(c.ready_ms > 0);
	client_advance(&c, 900000);
	(void)client_admin(&c, "GET", "/_sim/state", NULL, 200);
	assert_string_equal(client_text(&c, "groups.0.status"), "CREATING");
	client_close(&c);
}

static void unauthenticated_calls_take_no_turn(void **state)
{
	(void)state;
	OPEN(c);
	fault(&c, "*", "http_503", "");
	c.secret = "wrong";
	(void)CALL(&c, "DescribeRegions");
	assert_code(&c, "SignatureDoesNotMatch");
	c.secret = "test-access-key-secret";
	(void)CALL(&c, "DescribeRegions");
	assert_code(&c, "ServiceUnavailable");
	client_close(&c);
}

static void bad_fault_lists_change_nothing(void **state)
{
	static const char *const lists[] = {"{}",
					    "[1]",
					    "[{\"fault\":\"fire\"}]",
					    "[{\"fault\":\"delay\",\"ms\":-1}]",
					    "[{\"fault\":\"delay\",\"time\":1}]",
					    "[{\"fault\":\"delay\",\"times\":\"2\"}]",
					    "nonsense"};
	(void)state;
	OPEN(c);
	fault(&c, "*", "http_503", "");
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		(void)client_admin(&c, "POST", "/_sim/faults", lists[i], 400);
	(void)CALL(&c, "DescribeRegions");
	assert_int_equal(c.status, 503);
	fault(&c, "*", "http_503", "");
	client_fault(&c, "[]");
	(void)CALL(&c, "DescribeRegions");
	assert_int_equal(c.status, 200);
	client_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drop_reply_has_its_effect),
		cmocka_unit_test(http_500_comes_after_the_effect),
		cmocka_unit_test(garbage_is_200_and_no_json),
		cmocka_unit_test(truncate_announces_more_than_it_sends),
		cmocka_unit_test(cut_before_has_no_effect_and_spends_no_nonce),
		cmocka_unit_test(http_503_has_no_effect),
		cmocka_unit_test(throttle_tells_how_long_in_real_time),
		cmocka_unit_test(stock_refuses_what_buys_and_shows_sold_out),
		cmocka_unit_test(list_lag_hides_the_young),
		cmocka_unit_test(list_lag_hides_orders_too),
		cmocka_unit_test(token_loop_never_ends),
		cmocka_unit_test(missing_page_hides_rows_but_not_their_number),
		cmocka_unit_test(empty_list_is_complete_and_empty),
		cmocka_unit_test(small_pages_hold_two_rows),
		cmocka_unit_test(a_moved_row_is_on_no_page),
		cmocka_unit_test(fewer_makes_one_less_than_asked),
		cmocka_unit_test(short_ids_names_one_less_than_were_made),
		cmocka_unit_test(a_person_adds_phones),
		cmocka_unit_test(unknown_status_shows_a_new_word),
		cmocka_unit_test(wrong_total_counts_one_too_many),
		cmocka_unit_test(create_failed_ends_in_failed),
		cmocka_unit_test(create_failed_on_growth_leaves_the_group_running),
		cmocka_unit_test(create_failed_on_a_reboot_is_unavailable),
		cmocka_unit_test(stuck_stays_where_it_is),
		cmocka_unit_test(a_faulted_unpaid_order_fails_when_it_is_paid),
		cmocka_unit_test(delay_holds_the_answer_in_cloud_time),
		cmocka_unit_test(new_ids_come_in_three_shapes),
		cmocka_unit_test(skip_and_times_are_counted_by_matching_calls),
		cmocka_unit_test(times_zero_is_no_fault),
		cmocka_unit_test(faults_of_one_phase_follow_each_other),
		cmocka_unit_test(faults_of_two_phases_meet_in_one_call),
		cmocka_unit_test(unauthenticated_calls_take_no_turn),
		cmocka_unit_test(bad_fault_lists_change_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
