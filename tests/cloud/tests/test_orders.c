/*
 * Subscriptions: unpaid, paid, cancelled, expired, renewed.
 */
#include <stdio.h>
#include <string.h>

#include "client.h"

#define DAY UINT64_C(86400000)
#define OPEN(c)                                                                                    \
	struct client c;                                                                           \
	client_open(&c, 0)

static char order_id[40], group_id[40];

static void order_prepaid(struct client *c, const char *auto_pay)
{
	(void)CALL(c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE, "ChargeType=PrePaid",
		   "Period=1", "PeriodUnit=Month", "NumberOfInstances=2", auto_pay);
	assert_int_equal(c->status, 200);
	(void)strcpy(order_id, client_text(c, "OrderId"));
}

static void settle(struct client *c, const char *verb, int status)
{
	char path[80];
	(void)snprintf(path, sizeof(path), "/_sim/orders/%s/%s", order_id, verb);
	(void)client_admin(c, "POST", path, NULL, status);
}

static const char *order_state(struct client *c)
{
	(void)CALL(c, "GetOrderDetail", client_param("OrderId", order_id));
	return client_text(c, "Data.OrderList.Order.0.PaymentStatus");
}

static void paid_group(struct client *c)
{
	order_prepaid(c, "AutoPay=true");
	(void)strcpy(group_id, client_text(c, "InstanceGroupIds.0"));
	client_advance(c, 90000);
}

static void unpaid_order_has_no_group_until_it_is_paid(void **state)
{
	(void)state;
	OPEN(c);
	order_prepaid(&c, "AutoPay=false");
	assert_int_equal(client_size(&c, "InstanceGroupIds"), 0);
	assert_int_equal(client_size(&c, "InstanceGroupInfos"), 0);
	assert_string_equal(order_state(&c), "Unpaid");
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.InstanceIDs"), "[]");
	(void)CALL(&c, "DescribeAndroidInstanceGroups");
	assert_int_equal(client_int(&c, "TotalCount"), 0);
	settle(&c, "pay", 200);
	assert_string_equal(order_state(&c), "Paid");
	assert_true(strlen(client_text(&c, "Data.OrderList.Order.0.InstanceIDs")) > 10);
	assert_non_null(client_text(&c, "Data.OrderList.Order.0.PaymentTime"));
	(void)CALL(&c, "DescribeAndroidInstanceGroups", "ChargeType=PrePaid");
	assert_int_equal(client_int(&c, "TotalCount"), 1);
	settle(&c, "pay", 409);
	client_close(&c);
}

static void auto_pay_delivers_at_once(void **state)
{
	(void)state;
	OPEN(c);
	order_prepaid(&c, "AutoPay=true");
	assert_int_equal(client_size(&c, "InstanceGroupIds"), 1);
	assert_string_equal(order_state(&c), "Paid");
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.AfterTaxAmount"), "198.00");
	client_close(&c);
}

static void the_default_is_not_to_pay(void **state)
{
	(void)state;
	OPEN(c);
	order_prepaid(&c, "AutoRenew=false");
	assert_string_equal(order_state(&c), "Unpaid");
	client_close(&c);
}

static void cancelled_order_delivers_nothing(void **state)
{
	(void)state;
	OPEN(c);
	order_prepaid(&c, "AutoPay=false");
	settle(&c, "cancel", 200);
	assert_string_equal(order_state(&c), "Cancelled");
	settle(&c, "pay", 409);
	(void)CALL(&c, "DescribeAndroidInstanceGroups");
	assert_int_equal(client_int(&c, "TotalCount"), 0);
	client_close(&c);
}

static void unpaid_order_is_cancelled_after_seven_days(void **state)
{
	(void)state;
	OPEN(c);
	order_prepaid(&c, "AutoPay=false");
	client_advance(&c, 7 * DAY - 1);
	assert_string_equal(order_state(&c), "Unpaid");
	client_advance(&c, 1);
	assert_string_equal(order_state(&c), "Cancelled");
	client_close(&c);
}

static void the_life_of_an_order_may_be_set(void **state)
{
	(void)state;
	OPEN(c);
	(void)client_admin(&c, "POST", "/_sim/account", "{\"order_life_ms\":5000}", 200);
	order_prepaid(&c, "AutoPay=false");
	client_advance(&c, 4999);
	assert_string_equal(order_state(&c), "Unpaid");
	client_advance(&c, 1);
	assert_string_equal(order_state(&c), "Cancelled");
	(void)client_admin(&c, "POST", "/_sim/account", "{\"order_life_ms\":-1}", 400);
	client_close(&c);
}

static void unknown_order_is_an_empty_list(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "GetOrderDetail", "OrderId=1");
	assert_int_equal(c.status, 200);
	assert_int_equal(client_size(&c, "Data.OrderList.Order"), 0);
	assert_string_equal(client_text(&c, "Code"), "Success");
	assert_true(cJSON_IsTrue(client_at(&c, "Success")));
	client_close(&c);
}

static void orders_without_window_are_those_of_the_last_hour(void **state)
{
	(void)state;
	OPEN(c);
	order_prepaid(&c, "AutoPay=false");
	c.now.wall_ms += 1800000;
	order_prepaid(&c, "AutoPay=true");
	c.now.wall_ms += 2400000;
	(void)CALL(&c, "QueryOrders");
	assert_int_equal(client_int(&c, "Data.TotalCount"), 1);
	(void)CALL(&c, "QueryOrders", "CreateTimeStart=2026-11-21T22:00:00Z");
	assert_int_equal(client_int(&c, "Data.TotalCount"), 2);
	(void)CALL(&c, "QueryOrders", "CreateTimeStart=2026-11-21T22:00:00Z",
		   "PaymentStatus=Unpaid");
	assert_int_equal(client_int(&c, "Data.TotalCount"), 1);
	(void)CALL(&c, "QueryOrders", "CreateTimeStart=2026-11-21T22:00:00Z",
		   "CreateTimeEnd=2026-11-21T22:26:40Z", "OrderType=New");
	assert_int_equal(client_int(&c, "Data.TotalCount"), 1);
	(void)CALL(&c, "QueryOrders", "CreateTimeStart=2026-11-21 22:00:00");
	assert_code(&c, "InvalidParameter");
	client_close(&c);
}

static void orders_come_in_pages_newest_first(void **state)
{
	(void)state;
	OPEN(c);
	for (int i = 0; i < 5; i++)
		order_prepaid(&c, "AutoPay=false");
	(void)CALL(&c, "QueryOrders", "PageNum=1", "PageSize=2");
	assert_int_equal(client_size(&c, "Data.OrderList.Order"), 2);
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.OrderId"), order_id);
	(void)CALL(&c, "QueryOrders", "PageNum=3", "PageSize=2");
	assert_int_equal(client_size(&c, "Data.OrderList.Order"), 1);
	assert_int_equal(client_int(&c, "Data.TotalCount"), 5);
	client_close(&c);
}

static void subscription_cannot_go_before_it_expires(void **state)
{
	(void)state;
	OPEN(c);
	paid_group(&c);
	const char *ids = client_param("InstanceGroupIds.1", group_id);
	(void)CALL(&c, "DeleteAndroidInstanceGroup", ids);
	assert_code(&c, "OperationDenied.InstanceGroupStatus");
	const char *phone = client_param("AndroidInstanceIds.1", client_instance(&c, group_id, 0));
	(void)CALL(&c, "DowngradeAndroidInstanceGroup", client_param("InstanceGroupId", group_id),
		   phone);
	assert_code(&c, "OperationDenied.InstanceGroupStatus");
	client_advance(&c, 30 * DAY);
	assert_string_equal(client_status(&c, group_id), "EXPIRED");
	(void)CALL(&c, "DeleteAndroidInstanceGroup", ids);
	assert_int_equal(c.status, 200);
	client_close(&c);
}

static void expiry_is_shown_and_comes_nearer(void **state)
{
	(void)state;
	OPEN(c);
	paid_group(&c);
	(void)CALL(&c, "DescribeAndroidInstanceGroups");
	assert_string_equal(client_text(&c, "InstanceGroupModel.0.GmtExpired"),
			    "2026-12-21 22:25:10");
	client_advance(&c, 25 * DAY);
	c.now.wall_ms += 5000;
	(void)CALL(&c, "DescribeAndroidInstances", "MaxResults=1");
	assert_string_equal(client_text(&c, "InstanceModel.0.GmtExpired"), "2026-11-26T22:25:10Z");
	assert_string_equal(client_text(&c, "InstanceModel.0.GmtCreate"), "2026-11-21 22:26:40");
	client_close(&c);
}

static void expired_group_leaves_after_fifteen_days(void **state)
{
	(void)state;
	OPEN(c);
	paid_group(&c);
	client_advance(&c, 45 * DAY - 90000); /* since it was bought */
	assert_string_equal(client_status(&c, group_id), "DELETING");
	client_advance(&c, 60000);
	assert_string_equal(client_status(&c, group_id), "gone");
	client_close(&c);
}

static void renewal_lengthens_and_revives(void **state)
{
	(void)state;
	OPEN(c);
	paid_group(&c);
	const char *ids = client_param("InstanceGroupIds.1", group_id);
	(void)CALL(&c, "RenewAndroidInstanceGroups", ids, "Period=1", "PeriodUnit=Month",
		   "AutoPay=true");
	assert_int_equal(c.status, 200);
	client_advance(&c, 59 * DAY);
	assert_string_equal(client_status(&c, group_id), "RUNNING");
	client_advance(&c, DAY);
	assert_string_equal(client_status(&c, group_id), "EXPIRED");
	(void)CALL(&c, "RenewAndroidInstanceGroups", ids, "AutoPay=false");
	(void)strcpy(order_id, client_text(&c, "OrderId"));
	assert_string_equal(client_status(&c, group_id), "EXPIRED");
	settle(&c, "pay", 200);
	assert_string_equal(client_status(&c, group_id), "RUNNING");
	client_close(&c);
}

static void auto_renewal_keeps_it_running(void **state)
{
	(void)state;
	OPEN(c);
	order_prepaid(&c, "AutoRenew=true");
	settle(&c, "pay", 200);
	client_advance(&c, 100 * DAY);
	(void)CALL(&c, "DescribeAndroidInstanceGroups");
	assert_string_equal(client_text(&c, "InstanceGroupModel.0.InstanceGroupStatus"), "RUNNING");
	client_close(&c);
}

static void postpaid_is_not_renewed(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "RenewAndroidInstanceGroups",
		   client_param("InstanceGroupIds.1", client_group(&c, "1")));
	assert_code(&c, "OperationDenied.InstanceGroupStatus");
	client_close(&c);
}

static void unpaid_growth_waits_for_payment(void **state)
{
	(void)state;
	OPEN(c);
	paid_group(&c);
	(void)CALL(&c, "UpgradeAndroidInstanceGroup", client_param("InstanceGroupId", group_id),
		   "IncreaseNumberOfInstance=3", "AutoPay=false");
	assert_string_equal(client_text(&c, "InstanceIds"), "[]");
	(void)strcpy(order_id, client_text(&c, "OrderId"));
	(void)CALL(&c, "DescribeAndroidInstances");
	assert_int_equal(client_int(&c, "TotalCount"), 2);
	settle(&c, "pay", 200);
	(void)CALL(&c, "DescribeAndroidInstances");
	assert_int_equal(client_int(&c, "TotalCount"), 5);
	client_close(&c);
}

static void state_shows_orders_and_what_they_brought(void **state)
{
	(void)state;
	OPEN(c);
	order_prepaid(&c, "AutoPay=false");
	(void)client_admin(&c, "GET", "/_sim/state", NULL, 200);
	assert_string_equal(client_text(&c, "orders.0.status"), "Unpaid");
	assert_string_equal(client_text(&c, "orders.0.action"), "CreateAndroidInstanceGroup");
	assert_int_equal(client_size(&c, "orders.0.resources"), 0);
	assert_int_equal(client_int(&c, "orders.0.count"), 2);
	settle(&c, "pay", 200);
	(void)client_admin(&c, "GET", "/_sim/state", NULL, 200);
	assert_string_equal(client_text(&c, "orders.0.resources.0"),
			    client_text(&c, "groups.0.id"));
	assert_string_equal(client_text(&c, "groups.0.kind"), "cloud-phone");
	assert_string_equal(client_text(&c, "groups.0.charge_type"), "PrePaid");
	client_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unpaid_order_has_no_group_until_it_is_paid),
		cmocka_unit_test(auto_pay_delivers_at_once),
		cmocka_unit_test(the_default_is_not_to_pay),
		cmocka_unit_test(cancelled_order_delivers_nothing),
		cmocka_unit_test(unpaid_order_is_cancelled_after_seven_days),
		cmocka_unit_test(the_life_of_an_order_may_be_set),
		cmocka_unit_test(unknown_order_is_an_empty_list),
		cmocka_unit_test(orders_without_window_are_those_of_the_last_hour),
		cmocka_unit_test(orders_come_in_pages_newest_first),
		cmocka_unit_test(subscription_cannot_go_before_it_expires),
		cmocka_unit_test(expiry_is_shown_and_comes_nearer),
		cmocka_unit_test(expired_group_leaves_after_fifteen_days),
		cmocka_unit_test(renewal_lengthens_and_revives),
		cmocka_unit_test(auto_renewal_keeps_it_running),
		cmocka_unit_test(postpaid_is_not_renewed),
		cmocka_unit_test(unpaid_growth_waits_for_payment),
		cmocka_unit_test(state_shows_orders_and_what_they_brought),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
