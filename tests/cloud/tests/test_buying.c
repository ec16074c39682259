/*
 * BssOpenApi: what is bought, paid, listed, renewed, refunded, and what it costs.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "buyer.h"

/* --- CreateInstance */

static void a_purchase_pays_by_itself_and_is_listed(void **state)
{
	(void)state;
	OPEN(c);
	assert_string_equal(buyer_balance(&c), "1,000,000.00");
	buyer_buys(&c);
	assert_string_equal(buyer_balance(&c), "978,292.00");
	assert_string_equal(buyer_order_state(&c), "Paid");
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.OrderType"), "New");
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.ProductCode"), "bastionhost");
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.AfterTaxAmount"), "21708.00");
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.Config"),
			    "bastionhost:[NetworkType:vpc;PlanCode:cloudbastion]");
	assert_non_null(
		strstr(client_text(&c, "Data.OrderList.Order.0.InstanceIDs"), buyer_instance));
	assert_string_equal(buyer_row(&c, "InstanceID"), buyer_instance);
	assert_string_equal(buyer_row(&c, "ProductType"), "bastionhost");
	assert_string_equal(buyer_row(&c, "RenewStatus"), "ManualRenewal");
	assert_string_equal(buyer_row(&c, "Status"), "Creating");
	client_advance(&c, 29999);
	assert_string_equal(buyer_row(&c, "Status"), "Creating");
	client_advance(&c, 60001);
	assert_string_equal(buyer_row(&c, "Status"), "Normal");
	client_close(&c);
}

static void each_call_is_one_instance_and_one_order(void **state)
{
	(void)state;
	OPEN(c);
	buyer_buys(&c);
	buyer_buys(&c);
	assert_int_equal(buyer_count(&c), 2);
	assert_string_equal(client_text(&c, "Data.InstanceList.0.InstanceID"), buyer_instance);
	(void)CALL(&c, "QueryOrders", "OrderType=New", "PaymentStatus=Paid",
		   "ProductCode=bastionhost");
	assert_int_equal(client_int(&c, "Data.TotalCount"), 2);
	(void)client_admin(&c, "GET", "/_sim/state", NULL, 200);
	assert_int_equal(client_size(&c, "groups"), 2);
	assert_string_equal(client_text(&c, "groups.1.kind"), "purchase");
	assert_string_equal(client_text(&c, "groups.1.id"), buyer_instance);
	assert_string_equal(client_text(&c, "groups.1.instances.0.status"), "Creating");
	assert_string_equal(client_text(&c, "orders.1.action"), "CreateInstance");
	assert_string_equal(client_text(&c, "orders.1.resources.0"), buyer_instance);
	assert_int_equal(client_int(&c, "orders.1.count"), 1);
	client_close(&c);
}

static void a_token_gives_the_first_result(void **state)
{
	(void)state;
	OPEN(c);
	char first[40];
	(void)CALL(&c, BUY, "ClientToken=t-1");
	buyer_keep(&c);
	(void)snprintf(first, sizeof(first), "%s", buyer_instance);
	(void)CALL(&c, BUY, "ClientToken=t-1");
	buyer_keep(&c);
	assert_string_equal(buyer_instance, first);
	assert_int_equal(buyer_count(&c), 1);
	assert_string_equal(buyer_balance(&c), "978,292.00");
	(void)CALL(&c, "CreateInstance", BASTION, "Period=6", "ClientToken=t-1");
	buyer_refused(&c, 400, "IdempotentParameterMismatch");
	client_close(&c);
}

static void a_token_is_forgotten_after_its_window(void **state)
{
	(void)state;
	struct client c;
	struct sim_options options = {.seed = 7, .token_window_ms = 1000};
	client_open_with(&c, &options);
	(void)CALL(&c, BUY, "ClientToken=t-1");
	c.now.wall_ms += 1000;
	c.now.mono_ms += 1000;
	(void)CALL(&c, BUY, "ClientToken=t-1");
	assert_int_equal(buyer_count(&c), 1);
	c.now.wall_ms += 1;
	c.now.mono_ms += 1;
	(void)CALL(&c, BUY, "ClientToken=t-1");
	assert_int_equal(buyer_count(&c), 2);
	client_close(&c);
}

static void a_refusal_does_not_use_the_token_up(void **state)
{
	(void)state;
	OPEN(c);
	buyer_account(&c, "{\"balance\": \"1.00\"}");
	(void)CALL(&c, BUY, "ClientToken=t-1");
	buyer_refused(&c, 200, "INSUFFICIENT.AVAILABLE.QUOTA");
	buyer_account(&c, "{\"balance\": \"30,000\"}");
	(void)CALL(&c, BUY, "ClientToken=t-1");
	buyer_keep(&c);
	assert_int_equal(buyer_count(&c), 1);
	client_close(&c);
}

struct refusal {
	const char *code;
	const char *const *params;
};
#define REFUSED(code, ...)                                                                         \
	{                                                                                          \
		(code), (const char *const[])                                                      \
		{                                                                                  \
			"CreateInstance", __VA_ARGS__, NULL                                        \
		}                                                                                  \
	}

static const struct refusal refusals[] = {
	REFUSED("MissingParameter", "SubscriptionType=Subscription", "Period=1"),
	REFUSED("MissingParameter", "ProductCode=", "SubscriptionType=Subscription", "Period=1"),
	REFUSED("MissingParameter", "ProductCode=bastionhost", "Period=1"),
	REFUSED("InvalidParameter", "ProductCode=bastionhost", "SubscriptionType=subscription",
		"Period=1"),
	REFUSED("MissingParameter", BASTION),
	REFUSED("InvalidParameter", BASTION, "Period=0"),
	REFUSED("InvalidParameter", BASTION, "Period=one"),
	REFUSED("InvalidParameter", BASTION, "Period=1", "RenewalStatus=NotRenewal"),
	REFUSED("MissingParameter", BASTION, "Period=1", "RenewalStatus=AutoRenewal"),
	REFUSED("InvalidParameter", BASTION, "Period=1", "PricingCycle=1"),
	REFUSED("InvalidParameter", DDOS, "Period=1", "PricingCycle=4"),
	REFUSED("InvalidParameter", CAS, "Period=1", "PricingCycle=2"),
	REFUSED("MissingParameter", CAS, "Period=12"),
	REFUSED("InvalidParameter", KMS_HOURLY, "Period=1"),
	REFUSED("InvalidParameter", KMS_HOURLY, "RenewalStatus=ManualRenewal"),
	REFUSED("InvalidParameter", BASTION, "Period=1", "Parameter.2.Code=NetworkType",
		"Parameter.2.Value=vpc"),
	REFUSED("MissingParameter", BASTION, "Period=1", "Parameter.1.Code=NetworkType"),
	REFUSED("MissingParameter", BASTION, "Period=1", "Parameter.1.Code=NetworkType",
		"Parameter.1.Value="),
	REFUSED("InvalidParameter", BASTION, "Period=1", "Parameter.1.Value=vpc"),
	REFUSED("InvalidParameter", BASTION, "Period=1", VPC, "Parameter.2.Code=NetworkType",
		"Parameter.2.Value=classic"),
	REFUSED("COMMODITY.INVALID_COMPONENT", BASTION, "Period=1", "Parameter.1.Code=Colour",
		"Parameter.1.Value=red"),
	REFUSED("COMMODITY.INVALID_COMPONENT", BASTION, "Period=1", "Parameter.1.Code=NetworkType",
		"Parameter.1.Value=string"),
	REFUSED("COMMODITY.INVALID_COMPONENT", KMS_HOURLY, "Parameter.1.Code=Spec",
		"Parameter.1.Value=7"),
	REFUSED("UnsupportedParameter", BASTION, "Period=1", "Parameter.1.Name=NetworkType"),
	REFUSED("UnsupportedParameter", BASTION, "Period=1", "Parameter=NetworkType"),
	REFUSED("InvalidParameter", BASTION, "Period=1", "Logistics=home"),
	REFUSED("InvalidParameter", BASTION, "Period=1", "Logistics={\"planet\":\"Mars\"}"),
	REFUSED("InvalidParameter", BASTION, "Period=1", "Logistics={\"cityCode\":330100}"),
	REFUSED("InvalidParameter", BASTION, "Period=1",
		"ClientToken=0123456789012345678901234567890123456789012345678901234567890123x"),
	REFUSED("OperationDenied.ProductNotSupport", "ProductCode=ecs",
		"SubscriptionType=PayAsYouGo"),
	REFUSED("OperationDenied.ProductNotSupport", "ProductCode=rds", "ProductType=rds",
		"SubscriptionType=Subscription", "Period=1"),
	REFUSED("ProductCode.NotFound", "ProductCode=toaster", "SubscriptionType=Subscription",
		"Period=1"),
	REFUSED("ProductCode.NotFound", "ProductCode=bastionhost",
		"ProductType=bastionhost_std_public_intl", "SubscriptionType=Subscription",
		"Period=1"),
};

static void what_is_wrong_is_refused_without_effect(void **state)
{
	(void)state;
	OPEN(c);
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		(void)client_query(&c, refusals[i].params);
		if (c.status != 400 || strcmp(c.code, refusals[i].code) != 0)
			fail_msg("refusal %zu: %d %s", i, c.status, c.body);
	}
	assert_int_equal(buyer_count(&c), 0);
	(void)CALL(&c, "QueryOrders");
	assert_int_equal(client_int(&c, "Data.TotalCount"), 0);
	assert_string_equal(buyer_balance(&c), "1,000,000.00");
	client_close(&c);
}

static void more_than_a_hundred_parameters_are_refused(void **state)
{
	(void)state;
	OPEN(c);
	static char text[202][40];
	const char *params[210] = {"CreateInstance", BASTION, "Period=1"};
	size_t n = 5;
	for (unsigned i = 1; i <= 101; i++) {
		char *code = text[2 * i - 2], *value = text[2 * i - 1];
		(void)snprintf(code, sizeof(text[0]), "Parameter.%u.Code=C%u", i, i);
		(void)snprintf(value, sizeof(text[0]), "Parameter.%u.Value=v", i);
		params[n++] = code;
		params[n++] = value;
	}
	(void)client_query(&c, params);
	buyer_refused(&c, 400, "InvalidParameter");
	params[n - 2] = NULL; /* a hundred are not too many, but there is no C1 */
	(void)client_query(&c, params);
	buyer_refused(&c, 400, "COMMODITY.INVALID_COMPONENT");
	client_close(&c);
}

static void every_documented_parameter_is_taken(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "CreateInstance", DDOS, "Period=2", "PricingCycle=1",
		   "RenewalStatus=AutoRenewal", "RenewPeriod=12", "ClientToken=all",
		   "Logistics={\"cityCode\":\"330100\",\"contactName\":\"Test\",\"zipCode\":\"0\"}",
		   "Parameter.1.Code=BaseBandwidth", "Parameter.1.Value=30");
	buyer_keep(&c);
	assert_string_equal(buyer_balance(&c), "550,720.00");
	client_close(&c);
}

static void periods_become_end_times(void **state)
{
	(void)state;
	static const struct {
		const char *period, *cycle, *end;
	} cases[] = {
		{"Period=1", "PricingCycle=3", "2026-11-22T22:26:40Z"},
		{"Period=1", "PricingCycle=2", "2026-12-21T22:26:40Z"},
		{"Period=1", "PricingCycle=1", "2027-11-21T22:26:40Z"},
	};
	OPEN(c);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		(void)CALL(&c, "CreateInstance", DDOS, cases[i].period, cases[i].cycle);
		buyer_keep(&c);
		assert_string_equal(buyer_row(&c, "EndTime"), cases[i].end);
	}
	client_close(&c);
}

/* --- money */

static void a_purchase_that_is_not_covered_leaves_nothing(void **state)
{
	(void)state;
	OPEN(c);
	buyer_account(&c, "{\"balance\": \"21707.99\"}");
	(void)CALL(&c, BUY);
	buyer_refused(&c, 200, "INSUFFICIENT.AVAILABLE.QUOTA");
	assert_int_equal(buyer_count(&c), 0);
	(void)CALL(&c, "QueryOrders");
	assert_int_equal(client_int(&c, "Data.TotalCount"), 0);
	buyer_account(&c, "{\"balance\": \"21708.00\"}");
	buyer_buys(&c);
	assert_string_equal(buyer_balance(&c), "0.00");
	client_close(&c);
}

static void a_payment_failure_can_leave_a_stray_order(void **state)
{
	(void)state;
	OPEN(c);
	buyer_account(&c, "{\"balance\": \"12.50\", \"stray_orders\": true}");
	(void)CALL(&c, BUY);
	buyer_refused(&c, 200, "INSUFFICIENT.AVAILABLE.QUOTA");
	(void)CALL(&c, "QueryOrders", "OrderType=New", "PaymentStatus=Unpaid");
	assert_int_equal(client_int(&c, "Data.TotalCount"), 1);
	(void)snprintf(buyer_order, sizeof(buyer_order), "%s",
		       client_text(&c, "Data.OrderList.Order.0.OrderId"));
	assert_string_equal(buyer_order_state(&c), "Unpaid");
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.InstanceIDs"), "[]");
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.Quantity"), "1");
	assert_int_equal(buyer_count(&c), 0);
	(void)CALL(&c, "CancelOrder", client_param("OrderId", buyer_order));
	assert_true(buyer_succeeded(&c));
	assert_string_equal(buyer_order_state(&c), "Cancelled");
	assert_string_equal(buyer_balance(&c), "12.50");
	client_close(&c);
}

static void a_stray_order_that_is_paid_delivers(void **state)
{
	(void)state;
	OPEN(c);
	char path[80];
	buyer_account(&c, "{\"balance\": \"0\", \"stray_orders\": true}");
	(void)CALL(&c, BUY);
	(void)CALL(&c, "QueryOrders");
	(void)snprintf(path, sizeof(path), "/_sim/orders/%s/pay",
		       client_text(&c, "Data.OrderList.Order.0.OrderId"));
	(void)client_admin(&c, "POST", path, NULL, 200);
	assert_int_equal(buyer_count(&c), 1);
	client_close(&c);
}

static void only_unpaid_orders_are_cancelled(void **state)
{
	(void)state;
	OPEN(c);
	buyer_buys(&c);
	(void)CALL(&c, "CancelOrder", client_param("OrderId", buyer_order));
	buyer_refused(&c, 400, "InvalidParameter");
	assert_string_equal(buyer_order_state(&c), "Paid");
	(void)CALL(&c, "CancelOrder", "OrderId=1");
	buyer_refused(&c, 400, "InvalidParameter");
	(void)CALL(&c, "CancelOrder");
	buyer_refused(&c, 400, "MissingParameter");
	client_close(&c);
}

static void balances_are_texts_with_separators(void **state)
{
	(void)state;
	static const char *const cases[][2] = {{"0", "0.00"},
					       {"-11.19", "-11.19"},
					       {"999.9", "999.90"},
					       {"1828.72", "1,828.72"},
					       {"-1234567.01", "-1,234,567.01"},
					       {"1,000", "1,000.00"}};
	OPEN(c);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char body[64];
		(void)snprintf(body, sizeof(body), "{\"balance\": \"%s\"}", cases[i][0]);
		buyer_account(&c, body);
		assert_string_equal(buyer_balance(&c), cases[i][1]);
		assert_string_equal(client_text(&c, "Code"), "200");
		assert_string_equal(client_text(&c, "Data.Currency"), "CNY");
	}
	buyer_account(&c, "{\"balance\": \"-0.01\"}");
	(void)CALL(&c, "CreateInstance", KMS_HOURLY);
	buyer_refused(&c, 200, "INSUFFICIENT.AVAILABLE.QUOTA");
	client_close(&c);
}

static void a_bad_account_is_refused(void **state)
{
	(void)state;
	static const char *const bodies[] = {"{\"balance\": 12}",
					     "{\"balance\": \"much\"}",
					     "{\"balance\": \"0.001\"}",
					     "{\"site\": \"mars\"}",
					     "{\"stray_orders\": 1}",
					     "{\"money\": \"1\"}",
					     "[]"};
	OPEN(c);
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++)
		(void)client_admin(&c, "POST", "/_sim/account", bodies[i], 400);
	assert_string_equal(buyer_balance(&c), "1,000,000.00");
	client_close(&c);
}

/* --- sites */

static void the_account_belongs_to_one_site(void **state)
{
	(void)state;
	static const char *const actions[] = {"QueryOrders", "QueryAccountBalance",
					      "QueryAvailableInstances", "CancelOrder"};
	OPEN(c);
	c.host = "business.ap-southeast-1.aliyuncs.com";
	(void)CALL(&c, BUY, "ClientToken=t-1");
	buyer_refused(&c, 400, "NotApplicable");
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		(void)CALL(&c, actions[i]);
		buyer_refused(&c, 400, "NotApplicable");
	}
	c.host = NULL;
	c.path = "/intl";
	(void)CALL(&c, BUY);
	buyer_refused(&c, 400, "NotApplicable");
	c.path = "/intl/";
	(void)CALL(&c, "QueryAccountBalance");
	buyer_refused(&c, 400, "NotApplicable");
	(void)CALL(&c, "DescribeRegions");
	assert_int_equal(c.status, 404); /* only BssOpenApi has that path */
	c.path = NULL;
	assert_int_equal(buyer_count(&c), 0);
	(void)CALL(&c, BUY, "ClientToken=t-1"); /* nothing of the token was used */
	buyer_keep(&c);
	client_close(&c);
}

static void an_international_account_buys_there(void **state)
{
	(void)state;
	OPEN(c);
	buyer_account(&c, "{\"site\": \"international\"}");
	(void)CALL(&c, BUY);
	buyer_refused(&c, 400, "NotApplicable");
	c.path = "/intl";
	(void)CALL(&c, BUY);
	buyer_refused(&c, 400, "ProductCode.NotFound");
	(void)CALL(&c, "CreateInstance", "ProductCode=bastionhost",
		   "ProductType=bastionhost_std_public_intl", "SubscriptionType=Subscription",
		   "Period=12", VPC, PLAN);
	buyer_keep(&c);
	assert_string_equal(buyer_row(&c, "Region"), "ap-southeast-1");
	assert_string_equal(buyer_balance(&c), "978,292.00");
	assert_string_equal(client_text(&c, "Data.Currency"), "USD");
	(void)CALL(&c, "GetOrderDetail", client_param("OrderId", buyer_order));
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.Currency"), "USD");
	client_close(&c);
}

/* --- QueryAvailableInstances */

static int listed(struct client *c, const char *filter, const char *more)
{
	(void)CALL(c, "QueryAvailableInstances", filter, more);
	assert_true(buyer_succeeded(c));
	return client_int(c, "Data.TotalCount");
}

static void filters_choose(void **state)
{
	(void)state;
	OPEN(c);
	char ids[120];
	buyer_buys(&c);
	(void)snprintf(ids, sizeof(ids), "InstanceIDs=%s,nobody", buyer_instance);
	(void)CALL(&c, "CreateInstance", KMS_HOURLY, "Parameter.1.Code=Region",
		   "Parameter.1.Value=cn-shanghai");
	buyer_keep(&c);
	(void)CALL(&c, "CreateInstance", CAS, "Period=24", "PricingCycle=2",
		   "RenewalStatus=AutoRenewal", "RenewPeriod=12");
	buyer_keep(&c);
	assert_int_equal(listed(&c, "ProductCode=bastionhost", NULL), 1);
	assert_int_equal(listed(&c, "ProductType=kms_ppi_public_cn", NULL), 1);
	assert_int_equal(listed(&c, "SubscriptionType=Subscription", NULL), 2);
	assert_int_equal(listed(&c, "SubscriptionType=PayAsYouGo", NULL), 1);
	assert_int_equal(listed(&c, "RenewStatus=AutoRenewal", NULL), 1);
	assert_int_equal(listed(&c, ids, NULL), 1);
	assert_int_equal(listed(&c, "InstanceIDs=bastionhost-cn-", NULL), 0);
	assert_int_equal(listed(&c, "ProductCode=kms", "Region=cn-shanghai"), 1);
	assert_int_equal(listed(&c, "ProductCode=kms", "Region=cn-hangzhou"), 0);
	assert_int_equal(listed(&c, "ProductCode=kms", "Region=ap-southeast-1"), 0);
	assert_int_equal(listed(&c, "EndTimeStart=2028-01-01T00:00:00Z", NULL), 1);
	assert_int_equal(listed(&c, "EndTimeEnd=2028-01-01T00:00:00Z", NULL), 1);
	assert_int_equal(listed(&c, "CreateTimeStart=2026-11-21T22:26:40Z",
				"CreateTimeEnd=2026-11-21T22:26:40Z"),
			 3);
	assert_int_equal(listed(&c, "CreateTimeStart=2026-11-21T22:26:41Z", NULL), 0);
	assert_int_equal(listed(&c, "CreateTimeEnd=2026-11-21T22:26:39Z", NULL), 0);
	client_close(&c);
}

static void bad_filters_are_refused(void **state)
{
	(void)state;
	OPEN(c);
	char ids[400] = "InstanceIDs=a";
	for (int i = 0; i < 100; i++)
		(void)strcat(ids, ",a");
	(void)CALL(&c, "QueryAvailableInstances", ids);
	buyer_refused(&c, 400, "InvalidParameter");
	ids[strlen(ids) - 2] = '\0';
	assert_int_equal(listed(&c, ids, NULL), 0);
	(void)CALL(&c, "QueryAvailableInstances", "Region=cn-hangzhou");
	buyer_refused(&c, 400, "MissingParameter");
	(void)CALL(&c, "QueryAvailableInstances", "EndTimeStart=2028-01-01");
	buyer_refused(&c, 400, "InvalidParameter");
	(void)CALL(&c, "QueryAvailableInstances", "PageNum=0");
	buyer_refused(&c, 400, "InvalidParameter");
	(void)CALL(&c, "QueryAvailableInstances", "InstanceIds=a");
	buyer_refused(&c, 400, "UnsupportedParameter");
	client_close(&c);
}

static void pages_are_counted_and_capped(void **state)
{
	(void)state;
	OPEN(c);
	for (int i = 0; i < 25; i++)
		(void)CALL(&c, "CreateInstance", KMS_HOURLY);
	(void)CALL(&c, "QueryAvailableInstances");
	assert_int_equal(client_size(&c, "Data.InstanceList"), 20);
	assert_int_equal(client_int(&c, "Data.PageNum"), 1);
	assert_int_equal(client_int(&c, "Data.PageSize"), 20);
	assert_int_equal(client_int(&c, "Data.TotalCount"), 25);
	(void)CALL(&c, "QueryAvailableInstances", "PageNum=2");
	assert_int_equal(client_size(&c, "Data.InstanceList"), 5);
	(void)CALL(&c, "QueryAvailableInstances", "PageNum=3");
	assert_int_equal(client_size(&c, "Data.InstanceList"), 0);
	(void)CALL(&c, "QueryAvailableInstances", "PageSize=1000");
	assert_int_equal(client_size(&c, "Data.InstanceList"), 25);
	assert_int_equal(client_int(&c, "Data.PageSize"), 300);
	client_close(&c);
}

static void expired_instances_stay_listed_for_a_while(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "CreateInstance", DDOS, "Period=1");
	buyer_keep(&c);
	client_advance(&c, 30 * DAY - 1);
	assert_string_equal(buyer_row(&c, "Status"), "Normal");
	client_advance(&c, 1);
	assert_string_equal(buyer_row(&c, "Status"), "Expired");
	client_advance(&c, 15 * DAY - 1);
	assert_int_equal(buyer_count(&c), 1);
	client_advance(&c, 1);
	assert_int_equal(buyer_count(&c), 0);
	client_close(&c);
}

static void renewal_by_itself_goes_on(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "CreateInstance", DDOS, "Period=1", "RenewalStatus=AutoRenewal",
		   "RenewPeriod=2");
	buyer_keep(&c);
	client_advance(&c, 31 * DAY);
	assert_string_equal(buyer_row(&c, "Status"), "Normal");
	client_advance(&c, 59 * DAY - 1);
	assert_string_equal(buyer_row(&c, "Status"), "Normal");
	(void)CALL(&c, "SetRenewal", client_param("InstanceIDs", buyer_instance),
		   "ProductCode=ddos", "RenewalStatus=NotRenewal");
	assert_true(buyer_succeeded(&c));
	client_advance(&c, 1);
	assert_string_equal(buyer_row(&c, "Status"), "Expired");
	client_close(&c);
}

/* --- SetRenewal, RefundInstance */

static void renewal_is_set_for_all_or_none(void **state)
{
	(void)state;
	OPEN(c);
	char ids[120];
	buyer_buys(&c);
	(void)snprintf(ids, sizeof(ids), "%s,nobody", buyer_instance);
	(void)CALL(&c, "SetRenewal", client_param("InstanceIDs", ids), "ProductCode=bastionhost",
		   "RenewalStatus=NotRenewal");
	buyer_refused(&c, 400, "ResourceNotExists");
	assert_string_equal(buyer_row(&c, "RenewStatus"), "ManualRenewal");
	(void)CALL(&c, "SetRenewal", client_param("InstanceIDs", buyer_instance),
		   "ProductCode=bastionhost", "RenewalStatus=AutoRenewal", "RenewalPeriod=1",
		   "RenewalPeriodUnit=Y");
	assert_true(buyer_succeeded(&c));
	assert_string_equal(buyer_row(&c, "RenewStatus"), "AutoRenewal");
	assert_int_equal(client_int(&c, "Data.InstanceList.0.RenewalDuration"), 1);
	assert_string_equal(client_text(&c, "Data.InstanceList.0.RenewalDurationUnit"), "Y");
	client_close(&c);
}

static void bad_renewals_are_refused(void **state)
{
	(void)state;
	OPEN(c);
	buyer_buys(&c);
	const char *id = client_param("InstanceIDs", buyer_instance);
	(void)CALL(&c, "SetRenewal", id, "ProductCode=bastionhost", "RenewalStatus=AutoRenewal");
	buyer_refused(&c, 400, "MissingParameter");
	(void)CALL(&c, "SetRenewal", id, "ProductCode=bastionhost", "RenewalStatus=AutoRenewal",
		   "RenewalPeriod=1");
	buyer_refused(&c, 400, "MissingParameter");
	(void)CALL(&c, "SetRenewal", id, "ProductCode=bastionhost", "RenewalStatus=AutoRenewal",
		   "RenewalPeriod=4", "RenewalPeriodUnit=M");
	buyer_refused(&c, 400, "InvalidParameter");
	(void)CALL(&c, "SetRenewal", id, "ProductCode=bastionhost", "RenewalStatus=Never");
	buyer_refused(&c, 400, "InvalidParameter");
	(void)CALL(&c, "SetRenewal", id, "ProductCode=kms", "RenewalStatus=NotRenewal");
	buyer_refused(&c, 400, "ResourceNotExists");
	(void)CALL(&c, "CreateInstance", KMS_HOURLY);
	buyer_keep(&c);
	(void)CALL(&c, "SetRenewal", client_param("InstanceIDs", buyer_instance), "ProductCode=kms",
		   "RenewalStatus=NotRenewal");
	buyer_refused(&c, 400, "InvalidParameter");
	client_close(&c);
}

static void a_refund_gives_back_what_is_left(void **state)
{
	(void)state;
	OPEN(c);
	buyer_buys(&c);
	const char *id = client_param("InstanceId", buyer_instance);
	(void)CALL(&c, "RefundInstance", id, "ProductCode=bastionhost", "ProductType=");
	buyer_refused(&c, 400, "ResourceStatusError"); /* while it is created */
	client_advance(&c, 180 * DAY);
	(void)CALL(&c, "RefundInstance", id, "ProductCode=bastionhost",
		   "ProductType=", "ClientToken=r-1");
	assert_true(buyer_succeeded(&c));
	assert_true(cJSON_IsNumber(client_at(&c, "Data.OrderId")));
	(void)snprintf(buyer_order, sizeof(buyer_order), "%.0f",
		       client_at(&c, "Data.OrderId")->valuedouble);
	assert_string_equal(buyer_balance(&c), "989,146.00");
	(void)CALL(&c, "RefundInstance", id, "ProductCode=bastionhost",
		   "ProductType=", "ClientToken=r-1");
	assert_true(buyer_succeeded(&c));
	assert_string_equal(buyer_balance(&c), "989,146.00");
	(void)CALL(&c, "GetOrderDetail", client_param("OrderId", buyer_order));
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.OrderType"), "Refund");
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.OrderSubType"),
			    "RefundSubOrder");
	assert_true(cJSON_IsNull(client_at(&c, "Data.OrderList.Order.0.PaymentStatus")));
	(void)CALL(&c, "RefundInstance", id, "ProductCode=bastionhost", "ProductType=");
	buyer_refused(&c, 400, "ResourceNotExists");
	assert_int_equal(buyer_count(&c), 1);
	client_advance(&c, 60000);
	assert_int_equal(buyer_count(&c), 0);
	client_close(&c);
}

static void bad_refunds_are_refused(void **state)
{
	(void)state;
	OPEN(c);
	buyer_buys(&c);
	client_advance(&c, 90000);
	const char *id = client_param("InstanceId", buyer_instance);
	(void)CALL(&c, "RefundInstance", id, "ProductCode=bastionhost");
	buyer_refused(&c, 400, "MissingParameter");
	(void)CALL(&c, "RefundInstance", id, "ProductCode=bastionhost", "ProductType=other");
	buyer_refused(&c, 400, "InvalidParameter");
	(void)CALL(&c, "RefundInstance", id, "ProductCode=kms", "ProductType=");
	buyer_refused(&c, 400, "ResourceNotExists");
	(void)CALL(&c, "RefundInstance", "InstanceId=nobody", "ProductCode=kms", "ProductType=");
	buyer_refused(&c, 400, "ResourceNotExists");
	(void)CALL(&c, "RefundInstance", id, "ProductCode=bastionhost",
		   "ProductType=", "ImmediatelyRelease=0");
	buyer_refused(&c, 400, "InvalidParameter");
	(void)CALL(&c, "RefundInstance", id, "ProductCode=bastionhost", "ProductType=bastionhost",
		   "ImmediatelyRelease=1");
	assert_true(buyer_succeeded(&c));
	client_close(&c);
}

/* --- faults */

static void a_lost_reply_is_found_again_by_its_token(void **state)
{
	(void)state;
	OPEN(c);
	client_fault(&c, "[{\"action\":\"CreateInstance\",\"fault\":\"drop_reply\"}]");
	(void)CALL(&c, BUY, "ClientToken=t-1");
	assert_int_equal(c.delivery, SIM_CUT);
	assert_int_equal(buyer_count(&c), 1);
	(void)CALL(&c, BUY, "ClientToken=t-1");
	buyer_keep(&c);
	assert_int_equal(buyer_count(&c), 1);
	client_fault(&c, "[{\"action\":\"CreateInstance\",\"fault\":\"cut_before\"}]");
	(void)CALL(&c, BUY, "ClientToken=t-2");
	assert_int_equal(buyer_count(&c), 1);
	client_close(&c);
}

static void any_code_can_be_asked_for_before_or_after(void **state)
{
	(void)state;
	OPEN(c);
	client_fault(&c, "[{\"action\":\"CreateInstance\",\"fault\":\"refuse\",\"code\":"
			 "\"ORDER.ACCOUNT_STATUS_ILLEGAL\"},"
			 "{\"action\":\"CreateInstance\",\"fault\":\"refuse\",\"code\":"
			 "\"INSUFFICIENT.AVAILABLE.QUOTA\"},"
			 "{\"action\":\"CreateInstance\",\"fault\":\"refuse_after\",\"code\":"
			 "\"SYSTEM.CONCURRENT_OPERATE\"}]");
	(void)CALL(&c, BUY, "ClientToken=t-1");
	buyer_refused(&c, 400, "ORDER.ACCOUNT_STATUS_ILLEGAL");
	assert_int_equal(buyer_count(&c), 0);
	(void)CALL(&c, BUY, "ClientToken=t-1");
	buyer_refused(&c, 200, "INSUFFICIENT.AVAILABLE.QUOTA");
	assert_int_equal(buyer_count(&c), 0);
	(void)CALL(&c, BUY, "ClientToken=t-1");
	buyer_refused(&c, 400, "SYSTEM.CONCURRENT_OPERATE");
	assert_int_equal(buyer_count(&c), 1);
	client_fault(&c, "[{\"action\":\"CreateInstance\",\"fault\":\"refuse_after\",\"code\":"
			 "\"INSUFFICIENT.AVAILABLE.QUOTA\"}]");
	(void)CALL(&c, BUY);
	buyer_refused(&c, 200, "INSUFFICIENT.AVAILABLE.QUOTA");
	assert_int_equal(buyer_count(&c), 2);
	(void)client_admin(&c, "POST", "/_sim/faults", "[{\"fault\":\"refuse\"}]", 400);
	(void)client_admin(&c, "GET", "/_sim/calls", NULL, 200);
	assert_string_equal(client_text(&c, "4.code"), "SYSTEM.CONCURRENT_OPERATE");
	assert_true(cJSON_IsTrue(client_at(&c, "4.effect")));
	assert_true(cJSON_IsTrue(client_at(&c, "4.changing")));
	client_close(&c);
}

static void fresh_things_can_lag(void **state)
{
	(void)state;
	OPEN(c);
	buyer_buys(&c);
	client_fault(&c, "[{\"action\":\"*\",\"fault\":\"list_lag\",\"ms\":60000,\"times\":100}]");
	assert_int_equal(buyer_count(&c), 0);
	(void)CALL(&c, "QueryOrders");
	assert_int_equal(client_int(&c, "Data.TotalCount"), 0);
	(void)CALL(&c, "GetOrderDetail", client_param("OrderId", buyer_order));
	assert_int_equal(client_size(&c, "Data.OrderList.Order"), 0);
	client_advance(&c, 60000);
	assert_int_equal(buyer_count(&c), 1);
	(void)CALL(&c, "QueryOrders");
	assert_int_equal(client_int(&c, "Data.TotalCount"), 1);
	client_close(&c);
}

static void listings_can_lie(void **state)
{
	(void)state;
	OPEN(c);
	buyer_buys(&c);
	buyer_buys(&c);
	client_fault(&c, "[{\"fault\":\"empty_list\"},{\"fault\":\"wrong_total\"},"
			 "{\"fault\":\"unknown_status\",\"code\":\"Odd\"},"
			 "{\"fault\":\"missing_page\"},{\"fault\":\"token_loop\"}]");
	assert_int_equal(buyer_count(&c), 0);
	assert_int_equal(buyer_count(&c), 3);
	assert_string_equal(buyer_row(&c, "Status"), "Odd");
	(void)CALL(&c, "QueryAvailableInstances");
	assert_int_equal(client_size(&c, "Data.InstanceList"), 0);
	assert_int_equal(client_int(&c, "Data.TotalCount"), 2);
	(void)CALL(&c, "QueryAvailableInstances", "PageNum=7", "PageSize=1");
	assert_string_equal(client_text(&c, "Data.InstanceList.0.InstanceID"), buyer_instance);
	client_close(&c);
}

static void a_purchase_can_fail_or_never_end(void **state)
{
	(void)state;
	OPEN(c);
	client_fault(&c, "[{\"action\":\"CreateInstance\",\"fault\":\"stuck\"},"
			 "{\"action\":\"CreateInstance\",\"fault\":\"create_failed\"}]");
	buyer_buys(&c);
	buyer_buys(&c);
	assert_int_equal(buyer_count(&c), 2);
	assert_string_equal(buyer_balance(&c), "956,584.00");
	client_advance(&c, 90000);
	assert_int_equal(buyer_count(&c), 1); /* that one has vanished, and its money came back */
	assert_string_equal(client_text(&c, "Data.InstanceList.0.Status"), "Creating");
	assert_string_equal(buyer_balance(&c), "978,292.00");
	(void)CALL(&c, "QueryOrders", "OrderType=Refund");
	assert_int_equal(client_int(&c, "Data.TotalCount"), 1);
	client_close(&c);
}

static void throttling_counts_purchases_too(void **state)
{
	(void)state;
	struct client c;
	struct sim_options options = {.seed = 7, .writes_per_s = 1};
	client_open_with(&c, &options);
	buyer_buys(&c);
	(void)CALL(&c, BUY);
	buyer_refused(&c, 400, "Throttling.User");
	assert_int_equal(buyer_count(&c), 1);
	client_close(&c);
}

/* --- by hand */

static void instances_change_by_hand(void **state)
{
	(void)state;
	OPEN(c);
	buyer_buys(&c);
	buyer_change(&c, "{\"status\": \"Expired\"}");
	assert_string_equal(buyer_row(&c, "Status"), "Expired");
	client_advance(&c, 90000);
	assert_string_equal(buyer_row(&c, "Status"), "Expired");
	buyer_change(&c, "{\"status\": \"Normal\", \"end_time\": \"2026-01-01T00:00:00Z\"}");
	assert_string_equal(buyer_row(&c, "EndTime"), "2026-01-01T00:00:00Z");
	assert_string_equal(buyer_row(&c, "Status"), "Normal"); /* as it may say for a while */
	buyer_change(&c, "{\"end_time\": \"2026-11-22T22:26:40Z\"}");
	assert_string_equal(buyer_row(&c, "EndTime"), "2026-11-22T22:26:40Z");
	client_advance(&c, DAY);
	assert_string_equal(buyer_row(&c, "Status"), "Expired");
	(void)client_admin(&c, "POST", "/_sim/resources/nobody", "{\"delete\": true}", 404);
	buyer_change(&c, "{\"delete\": true}");
	assert_int_equal(buyer_count(&c), 0);
	client_close(&c);
}

static void a_scenario_sets_the_account(void **state)
{
	(void)state;
	OPEN(c);
	char error[128];
	static const char good[] = "{\"account\": {\"balance\": \"5\"}}",
			  bad[] = "{\"account\": {\"balance\": 5}}";
	assert_int_equal(sim_scenario(c.sim, good, sizeof(good) - 1, error, sizeof(error)), 0);
	assert_string_equal(buyer_balance(&c), "5.00");
	assert_int_equal(sim_scenario(c.sim, bad, sizeof(bad) - 1, error, sizeof(error)), -EINVAL);
	client_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_purchase_pays_by_itself_and_is_listed),
		cmocka_unit_test(each_call_is_one_instance_and_one_order),
		cmocka_unit_test(a_token_gives_the_first_result),
		cmocka_unit_test(a_token_is_forgotten_after_its_window),
		cmocka_unit_test(a_refusal_does_not_use_the_token_up),
		cmocka_unit_test(what_is_wrong_is_refused_without_effect),
		cmocka_unit_test(more_than_a_hundred_parameters_are_refused),
		cmocka_unit_test(every_documented_parameter_is_taken),
		cmocka_unit_test(periods_become_end_times),
		cmocka_unit_test(a_purchase_that_is_not_covered_leaves_nothing),
		cmocka_unit_test(a_payment_failure_can_leave_a_stray_order),
		cmocka_unit_test(a_stray_order_that_is_paid_delivers),
		cmocka_unit_test(only_unpaid_orders_are_cancelled),
		cmocka_unit_test(balances_are_texts_with_separators),
		cmocka_unit_test(a_bad_account_is_refused),
		cmocka_unit_test(the_account_belongs_to_one_site),
		cmocka_unit_test(an_international_account_buys_there),
		cmocka_unit_test(filters_choose),
		cmocka_unit_test(bad_filters_are_refused),
		cmocka_unit_test(pages_are_counted_and_capped),
		cmocka_unit_test(expired_instances_stay_listed_for_a_while),
		cmocka_unit_test(renewal_by_itself_goes_on),
		cmocka_unit_test(renewal_is_set_for_all_or_none),
		cmocka_unit_test(bad_renewals_are_refused),
		cmocka_unit_test(a_refund_gives_back_what_is_left),
		cmocka_unit_test(bad_refunds_are_refused),
		cmocka_unit_test(a_lost_reply_is_found_again_by_its_token),
		cmocka_unit_test(any_code_can_be_asked_for_before_or_after),
		cmocka_unit_test(fresh_things_can_lag),
		cmocka_unit_test(listings_can_lie),
		cmocka_unit_test(a_purchase_can_fail_or_never_end),
		cmocka_unit_test(throttling_counts_purchases_too),
		cmocka_unit_test(instances_change_by_hand),
		cmocka_unit_test(a_scenario_sets_the_account),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
