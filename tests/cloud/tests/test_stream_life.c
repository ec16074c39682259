/*
 * App Streaming: orders, resizing, image updates, the end; and misfortune
 * (appstream-center 3.6 to 3.12, 6, 7).
 */
#include <string.h>

#include "stream_client.h"

#define DAY UINT64_C(86400000)
#define OPEN(c)                                                                                    \
	struct client c;                                                                           \
	client_open(&c, 0)
#define MODEL "AppInstanceGroupModels."
#define POOL MODEL "NodePool.0."
#define USAGE(n)                                                                                   \
	"NodePool={\"NodeInstanceType\":\"appstreaming.general.4c8g\",\"NodeAmount\":" n           \
	",\"StrategyType\":\"NODE_SCALING_BY_USAGE\",\"MaxScalingAmount\":5,\"ScalingStep\":1,"    \
	"\"ScalingUsageThreshold\":\"85\"}"
#define STRATEGY(members) "NodePoolStrategy={" members "}"
#define GROUP(s) client_param("AppInstanceGroupId", (s).id)

/* --- orders */

static struct stream unpaid(struct client *c, const char *pool)
{
	(void)CREATE(c, PRE_PAID, pool);
	return stream_of(c);
}

static struct stream paid(struct client *c, const char *pool)
{
	struct stream s = unpaid(c, pool);
	stream_settle(c, s.order, "pay", 200);
	client_advance(c, 90000);
	return s;
}

static const char *payment(struct client *c, const char *order)
{
	(void)CALL(c, "GetOrderDetail", client_param("OrderId", order));
	return client_text(c, "Data.OrderList.Order.0.PaymentStatus");
}

static int groups_in_state(struct client *c)
{
	(void)client_admin(c, "GET", "/_sim/state", NULL, 200);
	return client_size(c, "groups");
}

static void an_unpaid_group_is_not_there_until_it_is_paid(void **state)
{
	(void)state;
	OPEN(c);
	struct stream s = unpaid(&c, FIXED("3"));
	assert_string_equal(payment(&c, s.order), "Unpaid");
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.InstanceIDs"), "[]");
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.Quantity"), "3");
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.OrderType"), "New");
	assert_string_equal(stream_status(&c, &s), "InvalidAppInstanceGroup.NotFound");
	assert_int_equal(groups_in_state(&c), 0);
	assert_string_equal(client_text(&c, "orders.0.action"), "CreateAppInstanceGroup");
	assert_int_equal(client_int(&c, "orders.0.count"), 3);
	stream_settle(&c, s.order, "pay", 200);
	assert_string_equal(stream_status(&c, &s), "DEPLOYING CREATING");
	assert_int_equal(client_int(&c, POOL "NodeAmount"), 3);
	assert_int_equal(groups_in_state(&c), 1);
	assert_string_equal(client_text(&c, "groups.0.kind"), "app-streaming");
	assert_string_equal(client_text(&c, "groups.0.charge_type"), "PrePaid");
	assert_string_equal(client_text(&c, "groups.0.instances.2.status"), "CREATING");
	client_advance(&c, 90000);
	assert_string_equal(stream_status(&c, &s), "PUBLISHED AVAILABLE");
	assert_int_equal(stream_nodes(&c, &s), 3);
	client_close(&c);
}

static void a_person_adds_nodes_and_ends_what_is_stuck(void **state)
{
	char path[128];
	(void)state;
	OPEN(c);
	client_fault(&c, "[{\"action\":\"*\",\"fault\":\"stuck\"}]");
	(void)CREATE(&c, POST_PAID, FIXED("1"));
	struct stream s = stream_of(&c);
	(void)snprintf(path, sizeof(path), "/_sim/resources/%s", s.id);
	client_advance(&c, DAY);
	assert_string_equal(stream_status(&c, &s), "DEPLOYING CREATING");
	(void)client_admin(&c, "POST", path, "{\"finish\":true}", 200);
	assert_string_equal(stream_status(&c, &s), "PUBLISHED AVAILABLE");
	assert_int_equal(stream_nodes(&c, &s), 1);
	(void)client_admin(&c, "POST", path, "{\"add\":2}", 200);
	assert_int_equal(stream_nodes(&c, &s), 3);
	(void)client_admin(&c, "GET", "/_sim/state", NULL, 200);
	assert_string_equal(client_text(&c, "groups.0.instances.2.status"), "RUNNING");
	client_close(&c);
}

static void auto_pay_takes_the_money_if_it_is_there(void **state)
{
	(void)state;
	OPEN(c);
	(void)client_admin(&c, "POST", "/_sim/account", "{\"balance\":\"700.00\"}", 200);
	(void)CREATE(&c, PRE_PAID, FIXED("2"), "AutoPay=true");
	struct stream s = stream_of(&c);
	assert_string_equal(payment(&c, s.order), "Paid");
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.AfterTaxAmount"), "648.00");
	assert_string_equal(stream_status(&c, &s), "DEPLOYING CREATING");
	(void)CREATE(&c, PRE_PAID, FIXED("1"), "AutoPay=true");
	s = stream_of(&c);
	assert_string_equal(payment(&c, s.order), "Unpaid");
	(void)CALL(&c, "QueryAccountBalance");
	assert_string_equal(client_text(&c, "Data.AvailableAmount"), "52.00");
	stream_settle(&c, s.order, "pay", 200); /* by a person, from elsewhere */
	assert_string_equal(stream_status(&c, &s), "DEPLOYING CREATING");
	client_close(&c);
}

static void a_cancelled_order_never_brings_a_group(void **state)
{
	(void)state;
	OPEN(c);
	struct stream s = unpaid(&c, FIXED("1")), other = unpaid(&c, FIXED("1"));
	stream_settle(&c, s.order, "cancel", 200);
	stream_settle(&c, s.order, "pay", 409);
	client_advance(&c, 7 * DAY);
	assert_string_equal(payment(&c, other.order), "Cancelled");
	assert_string_equal(stream_status(&c, &s), "InvalidAppInstanceGroup.NotFound");
	assert_int_equal(groups_in_state(&c), 0);
	client_close(&c);
}

static void subscriptions_grow_by_an_order(void **state)
{
	(void)state;
	OPEN(c);
	struct stream s = paid(&c, FIXED("2"));
	(void)FORM(&c, "ModifyNodePoolAmount", PRODUCT, GROUP(s), "NodePool={\"NodeAmount\":2}");
	assert_code(&c, "InvalidParameter.NodeAmount");
	(void)FORM(&c, "ModifyNodePoolAmount", PRODUCT, GROUP(s), "NodePool={\"NodeAmount\":5}");
	char order[40];
	(void)snprintf(order, sizeof(order), "%s", client_text(&c, "Data.OrderId"));
	assert_string_equal(payment(&c, order), "Unpaid");
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.OrderType"), "Upgrade");
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.Quantity"), "3");
	client_advance(&c, 90000);
	assert_int_equal(stream_nodes(&c, &s), 2);
	stream_settle(&c, order, "pay", 200);
	assert_string_equal(stream_status(&c, &s), "PUBLISHED UPGRADING");
	assert_int_equal(client_int(&c, POOL "NodeAmount"), 2);
	client_advance(&c, 90000);
	assert_string_equal(stream_status(&c, &s), "PUBLISHED AVAILABLE");
	assert_int_equal(client_int(&c, POOL "NodeAmount"), 5);
	assert_int_equal(client_int(&c, POOL "Amount"), 2);
	assert_int_equal(stream_nodes(&c, &s), 5);
	client_close(&c);
}

static void only_subscriptions_grow_by_an_order(void **state)
{
	(void)state;
	OPEN(c);
	struct stream s = stream_stands(&c, FIXED("1"));
	(void)FORM(&c, "ModifyNodePoolAmount", PRODUCT, GROUP(s), "NodePool={\"NodeAmount\":5}");
	assert_code(&c, "InvalidParameter.AppInstanceGroupId");
	(void)FORM(&c, "ModifyNodePoolAmount", PRODUCT, GROUP(s), "NodePool={}");
	assert_code(&c, "MissingParameter.NodeAmount");
	s = paid(&c, FIXED("1"));
	(void)FORM(&c, "ModifyNodePoolAttribute", PRODUCT, client_param("PoolId", s.pool),
		   STRATEGY("\"NodeAmount\":2"));
	assert_code(&c, "InvalidParameter.NodeAmount");
	client_close(&c);
}

static void nodes_by_usage_may_become_subscriptions(void **state)
{
	(void)state;
	OPEN(c);
	char body[200], order[40];
	struct stream s = paid(&c, USAGE("1"));
	stream_hand(&c, s.id, "{\"elastic\":2}", 200);
	assert_int_equal(stream_nodes(&c, &s), 3);
	assert_string_equal(client_text(&c, "NodeModels.0.ChargeType"), "Prepaid");
	assert_string_equal(client_text(&c, "NodeModels.2.ChargeType"), "PostPaid");
	(void)snprintf(body, sizeof(body),
		       "NodePool={\"NodeAmount\":2,\"PrePaidNodeAmountModifyMode\":\"EXPAND_FROM_"
		       "POST_PAID_EXPLICIT\",\"PrePaidNodeAmountModifyNodeIds\":[\"%s\"]}",
		       client_text(&c, "NodeModels.2.NodeId"));
	(void)FORM(&c, "ModifyNodePoolAmount", PRODUCT, GROUP(s), body);
	(void)snprintf(order, sizeof(order), "%s", client_text(&c, "Data.OrderId"));
	stream_settle(&c, order, "pay", 200);
	stream_get(&c, &s);
	assert_int_equal(client_int(&c, POOL "NodeAmount"), 2);
	assert_int_equal(client_int(&c, POOL "ScalingNodeAmount"), 1);
	(void)FORM(&c, "ModifyNodePoolAmount", PRODUCT, GROUP(s),
		   "NodePool={\"NodeAmount\":3,\"PrePaidNodeAmountModifyNodeIds\":[\"i-1\"]}");
	assert_code(&c, "MissingParameter.PrePaidNodeAmountModifyMode");
	client_close(&c);
}

static void a_subscription_ends(void **state)
{
	(void)state;
	OPEN(c);
	struct stream s = paid(&c, FIXED("1"));
	(void)FORM(&c, "DeleteAppInstanceGroup", PRODUCT, GROUP(s));
	assert_code(&c, "InvalidParameter.AppInstanceGroupId");
	client_advance(&c, 23 * DAY);
	assert_string_equal(stream_status(&c, &s), "PUBLISHED EXPIRED_IN_7_DAYS");
	client_advance(&c, 7 * DAY);
	assert_string_equal(stream_status(&c, &s), "EXPIRED UNAVAILABLE");
	client_advance(&c, 15 * DAY - 90000);
	assert_string_equal(stream_status(&c, &s), "EXPIRED_RECYCLING RELEASED");
	client_advance(&c, 60000);
	assert_string_equal(stream_status(&c, &s), "InvalidAppInstanceGroup.NotFound");
	(void)CREATE(&c, PRE_PAID, FIXED("1"), "AutoPay=true", "AutoRenew=true");
	s = stream_of(&c);
	client_advance(&c, 40 * DAY);
	assert_string_equal(stream_status(&c, &s), "PUBLISHED AVAILABLE");
	client_close(&c);
}

/* --- pay-as-you-go */

static void pay_as_you_go_is_resized_in_place(void **state)
{
	(void)state;
	OPEN(c);
	char oldest[40];
	struct stream s = stream_stands(&c, FIXED("2"));
	const char *pool = client_param("PoolId", s.pool);
	assert_int_equal(stream_nodes(&c, &s), 2);
	(void)snprintf(oldest, sizeof(oldest), "%s", client_text(&c, "NodeModels.0.NodeId"));
	(void)FORM(&c, "ModifyNodePoolAttribute", PRODUCT, pool,
		   STRATEGY("\"StrategyType\":\"NODE_FIXED\",\"NodeAmount\":4"));
	assert_int_equal(c.status, 200);
	assert_string_equal(stream_status(&c, &s), "PUBLISHED UPGRADING");
	assert_int_equal(stream_nodes(&c, &s), 2);
	(void)FORM(&c, "ModifyNodePoolAttribute", PRODUCT, pool, STRATEGY("\"NodeAmount\":5"));
	assert_code(&c, "ResourceStatusError");
	client_advance(&c, 90000);
	assert_string_equal(stream_status(&c, &s), "PUBLISHED AVAILABLE");
	assert_int_equal(stream_nodes(&c, &s), 4);
	(void)FORM(&c, "ModifyNodePoolAttribute", PRODUCT, pool, STRATEGY("\"NodeAmount\":1"));
	assert_int_equal(stream_nodes(&c, &s), 4);
	client_advance(&c, 90000);
	assert_int_equal(stream_nodes(&c, &s), 1);
	assert_string_equal(client_text(&c, "NodeModels.0.NodeId"), oldest);
	stream_get(&c, &s);
	assert_int_equal(client_int(&c, POOL "NodeAmount"), 0); /* of subscriptions (3.2) */
	client_close(&c);
}

static void the_same_again_is_no_effect(void **state)
{
	(void)state;
	OPEN(c);
	struct stream s = stream_stands(&c, FIXED("2"));
	const char *pool = client_param("PoolId", s.pool);
	(void)FORM(&c, "ModifyNodePoolAttribute", PRODUCT, pool, STRATEGY("\"NodeAmount\":2"));
	assert_int_equal(c.status, 200);
	(void)client_admin(&c, "GET", "/_sim/calls?since=1", NULL, 200);
	assert_true(cJSON_IsFalse(client_at(&c, "0.effect")));
	assert_string_equal(stream_status(&c, &s), "PUBLISHED AVAILABLE");
	client_close(&c);
}

static void pools_are_checked(void **state)
{
	(void)state;
	OPEN(c);
	struct stream s = stream_stands(&c, FIXED("2"));
	const char *pool = client_param("PoolId", s.pool);
	const struct {
		const char *pool, *what, *code;
	} rows[] = {
		{"PoolId=rg-gone", "NodeCapacity=1", "InvalidParameter.PoolId"},
		{pool, "NodeCapacity=3", "InvalidParameter.NodeCapacity"},
		{pool, "BizRegionId=cn-hangzhou", "InvalidParameter.BizRegionId"},
		{pool, STRATEGY("\"NodeCapacity\":1"), "InvalidParameter.NodePoolStrategy"},
		{pool, STRATEGY("\"NodeAmount\":0"), "InvalidParameter.NodeAmount"},
		{pool, STRATEGY("\"StrategyType\":\"NODE_SCALING_BY_USAGE\""),
		 "MissingParameter.MaxScalingAmount"},
		{pool, STRATEGY("\"ScalingDownAfterIdleMinutes\":4"),
		 "InvalidParameter.ScalingDownAfterIdleMinutes"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		(void)FORM(&c, "ModifyNodePoolAttribute", PRODUCT, rows[i].pool, rows[i].what);
		if (strcmp(c.code, rows[i].code) != 0)
			fail_msg("row %zu: %s, not %s", i, c.code, rows[i].code);
	}
	(void)FORM(&c, "ModifyNodePoolAttribute", PRODUCT, "NodeCapacity=1");
	assert_code(&c, "MissingParameter.PoolId");
	client_close(&c);
}

static void elastic_nodes_come_and_go_by_hand(void **state)
{
	(void)state;
	OPEN(c);
	struct stream s = stream_stands(&c, USAGE("2"));
	stream_hand(&c, s.id, "{\"elastic\":3}", 200);
	assert_int_equal(stream_nodes(&c, &s), 5);
	stream_get(&c, &s);
	assert_int_equal(client_int(&c, POOL "ScalingNodeAmount"), 3);
	stream_hand(&c, s.id, "{\"elastic\":1}", 200);
	assert_int_equal(stream_nodes(&c, &s), 3);
	(void)FORM(&c, "ModifyNodePoolAttribute", PRODUCT, client_param("PoolId", s.pool),
		   STRATEGY("\"StrategyType\":\"NODE_FIXED\",\"NodeAmount\":2"));
	client_advance(&c, 90000);
	assert_int_equal(stream_nodes(&c, &s), 2);
	stream_hand(&c, s.id, "{\"elastic\":1}", 400);
	client_close(&c);
}

static void attributes_are_set_and_kept(void **state)
{
	(void)state;
	OPEN(c);
	struct stream s = stream_stands(&c, FIXED("1"));
	const char *query[] = {PRODUCT,
			       GROUP(s),
			       "AppInstanceGroupName=renamed",
			       "SessionTimeout=-1",
			       "NodePool={\"NodeCapacity\":1}",
			       NULL};
	const char *form[] = {"SecurityPolicy={\"SkipUserAuthCheck\":true}", "PreOpenMode=OFF",
			      NULL};
	(void)client_both(&c, "ModifyAppInstanceGroupAttribute", query, form);
	assert_int_equal(c.status, 200);
	assert_null(cJSON_GetObjectItemCaseSensitive(c.json, "Code"));
	(void)CALL(&c, "ModifyAppInstanceGroupAttribute", PRODUCT, GROUP(s));
	stream_get(&c, &s);
	assert_string_equal(client_text(&c, MODEL "AppInstanceGroupName"), "renamed");
	assert_string_equal(client_text(&c, MODEL "SessionTimeout"), "-1");
	assert_int_equal(client_int(&c, POOL "NodeCapacity"), 1);
	assert_true(cJSON_IsTrue(client_at(&c, MODEL "SkipUserAuthCheck")));
	(void)CALL(&c, "ModifyAppInstanceGroupAttribute", PRODUCT, GROUP(s), "SessionTimeout=0");
	assert_code(&c, "InvalidParameter.SessionTimeout");
	(void)CALL(&c, "ModifyAppInstanceGroupAttribute", PRODUCT, GROUP(s),
		   "NodePool={\"NodePoolId\":\"rg-other\"}");
	assert_code(&c, "InvalidParameter.NodePool");
	const char *needs_app[] = {"PreOpenMode=SINGLE_APP", NULL};
	const char *group[] = {PRODUCT, GROUP(s), NULL};
	(void)client_both(&c, "ModifyAppInstanceGroupAttribute", group, needs_app);
	assert_code(&c, "MissingParameter.PreOpenAppId");
	client_close(&c);
}

static void a_new_image_cuts_the_sessions(void **state)
{
	(void)state;
	OPEN(c);
	struct stream s = stream_stands(&c, FIXED("1"));
#define UPDATE(image)                                                                              \
	CALL(&c, "UpdateAppInstanceGroupImage", PRODUCT, GROUP(s), REGION,                         \
	     "AppCenterImageId=" image)
	(void)UPDATE("img-9b1update2image0");
	assert_int_equal(c.status, 200);
	assert_string_equal(stream_status(&c, &s), "MAINTAINING AVAILABLE");
	assert_string_equal(client_text(&c, MODEL "AppCenterImageId"), "img-8z4nztpaqvay4");
	client_advance(&c, 120000);
	assert_string_equal(stream_status(&c, &s), "PUBLISHED AVAILABLE");
	assert_string_equal(client_text(&c, MODEL "AppCenterImageId"), "img-9b1update2image0");
	client_fault(&c, "[{\"action\":\"*\",\"fault\":\"create_failed\"}]");
	(void)UPDATE("img-8z4nztpaqvay4");
	client_advance(&c, 120000);
	assert_string_equal(stream_status(&c, &s), "MAINTAIN_FAILED AVAILABLE");
	assert_string_equal(client_text(&c, MODEL "AppCenterImageId"), "img-9b1update2image0");
	(void)client_admin(&c, "GET", "/_sim/state", NULL, 200);
	assert_int_equal(client_int(&c, "groups.0.disconnections"), 2);
	(void)UPDATE("img-none");
	assert_code(&c, "InvalidParameter.AppCenterImageId");
	client_close(&c);
}

static void a_deleted_group_is_released_then_gone(void **state)
{
	(void)state;
	OPEN(c);
	struct stream s = stream_stands(&c, FIXED("2"));
	(void)FORM(&c, "DeleteAppInstanceGroup", PRODUCT, GROUP(s));
	assert_int_equal(c.status, 200);
	assert_string_equal(stream_status(&c, &s), "PUBLISHED RELEASED");
	assert_string_equal(client_status(&c, s.id), "PUBLISHED");
	(void)FORM(&c, "DeleteAppInstanceGroup", PRODUCT, GROUP(s));
	assert_code(&c, "InvalidAppInstanceGroupSpecItem.NotFound");
	client_advance(&c, 59999);
	(void)CALL(&c, "ListAppInstanceGroup", PRODUCT);
	assert_int_equal(client_int(&c, "TotalCount"), 1);
	client_advance(&c, 1);
	(void)CALL(&c, "ListAppInstanceGroup", PRODUCT);
	assert_int_equal(client_int(&c, "TotalCount"), 0);
	assert_string_equal(stream_status(&c, &s), "InvalidAppInstanceGroup.NotFound");
	client_close(&c);
}

/* --- by hand, and misfortune */

static void things_change_by_hand(void **state)
{
	(void)state;
	OPEN(c);
	struct stream s = stream_stands(&c, FIXED("2"));
	char node[40];
	(void)snprintf(node, sizeof(node), "%s", client_instance(&c, s.id, 1));
	assert_string_equal(client_status(&c, node), "RUNNING");
	stream_hand(&c, node, "{\"delete\":true}", 200);
	assert_int_equal(stream_nodes(&c, &s), 1);
	stream_hand(&c, node, "{\"delete\":true}", 404);
	stream_hand(&c, s.id,
		    "{\"status\":\"CEASED\",\"resource_status\":\"UNAVAILABLE\","
		    "\"tags\":{\"team\":\"qa\"}}",
		    200);
	assert_string_equal(stream_status(&c, &s), "CEASED UNAVAILABLE");
	assert_string_equal(client_text(&c, MODEL "Tags.0.Value"), "qa");
	stream_hand(&c, s.id, "{\"tags\":[]}", 400);
	stream_hand(&c, s.id, "{\"delete\":true}", 200);
	assert_int_equal(groups_in_state(&c), 0);
	client_close(&c);
}

static void a_lost_reply_leaves_a_group(void **state)
{
	(void)state;
	static const char *const faults[] = {"drop_reply", "http_500", "garbage", "truncate"};
	OPEN(c);
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		char fault[100];
		(void)snprintf(fault, sizeof(fault),
			       "[{\"action\":\"CreateAppInstanceGroup\",\"fault\":\"%s\"}]",
			       faults[i]);
		client_fault(&c, fault);
		(void)CREATE(&c, POST_PAID, FIXED("1"));
		assert_int_equal(groups_in_state(&c), i + 1);
	}
	client_close(&c);
}

static void what_fails_before_the_effect_leaves_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *fault;
		int status;
		const char *code;
	} rows[] = {
		{"\"cut_before\"", 0, ""},
		{"\"http_503\"", 503, "ServiceUnavailable"},
		{"\"throttle\"", 400, "Throttling.User"},
		{"\"stock\"", 400, "StockError.NoStock"},
		{"\"stock\",\"code\":\"StockError.InvalidResourceRequest\"", 500,
		 "StockError.InvalidResourceRequest"},
	};
	OPEN(c);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char fault[160];
		(void)snprintf(fault, sizeof(fault), "[{\"action\":\"*\",\"fault\":%s}]",
			       rows[i].fault);
		client_fault(&c, fault);
		(void)CREATE(&c, POST_PAID, FIXED("1"));
		assert_int_equal(c.status, rows[i].status);
		assert_code(&c, rows[i].code);
	}
	assert_int_equal(groups_in_state(&c), 0);
	client_close(&c);
}

static void a_fresh_group_may_lag_behind_in_all_reads(void **state)
{
	(void)state;
	OPEN(c);
	(void)CREATE(&c, POST_PAID, FIXED("1"));
	struct stream s = stream_of(&c);
	client_fault(&c, "[{\"action\":\"ListAppInstanceGroup\",\"fault\":\"list_lag\","
			 "\"times\":100,\"ms\":600000}]");
	(void)CALL(&c, "ListAppInstanceGroup", PRODUCT);
	assert_int_equal(client_int(&c, "TotalCount"), 0);
	assert_string_equal(stream_status(&c, &s), "InvalidAppInstanceGroup.NotFound");
	(void)FORM(&c, "ListNodes", PRODUCT, GROUP(s), "PageNumber=1", "PageSize=1");
	assert_code(&c, "InvalidAppInstanceGroup.NotFound");
	client_advance(&c, 600000);
	(void)CALL(&c, "ListAppInstanceGroup", PRODUCT);
	assert_int_equal(client_int(&c, "TotalCount"), 1);
	assert_string_equal(stream_status(&c, &s), "PUBLISHED AVAILABLE");
	client_close(&c);
}

static void listings_may_lie(void **state)
{
	(void)state;
	static const struct {
		const char *fault, *page;
		int rows, total;
	} rows[] = {
		{"empty_list", "PageNumber=1", 0, 0},   {"wrong_total", "PageNumber=2", 1, 4},
		{"token_loop", "PageNumber=2", 2, 3},   {"missing_page", "PageNumber=1", 1, 3},
		{"missing_page", "PageNumber=2", 0, 3},
	};
	OPEN(c);
	for (int i = 0; i < 3; i++)
		(void)CREATE(&c, POST_PAID, FIXED("1"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char fault[100];
		(void)snprintf(fault, sizeof(fault),
			       "[{\"action\":\"ListAppInstanceGroup\",\"fault\":\"%s\"}]",
			       rows[i].fault);
		client_fault(&c, fault);
		(void)CALL(&c, "ListAppInstanceGroup", PRODUCT, "PageSize=2", rows[i].page);
		assert_int_equal(client_size(&c, "AppInstanceGroupModels"), rows[i].rows);
		assert_int_equal(client_int(&c, "TotalCount"), rows[i].total);
	}
	client_fault(&c, "[{\"action\":\"*\",\"fault\":\"unknown_status\",\"code\":\"ODD\"}]");
	(void)CALL(&c, "ListAppInstanceGroup", PRODUCT);
	assert_string_equal(client_text(&c, MODEL "0.Status"), "ODD");
	assert_string_equal(client_text(&c, MODEL "0.ResourceStatus"), "ODD");
	client_close(&c);
}

static void ageing_may_fail_or_never_end(void **state)
{
	(void)state;
	OPEN(c);
	client_fault(&c, "[{\"action\":\"*\",\"fault\":\"create_failed\"},"
			 "{\"action\":\"*\",\"fault\":\"stuck\"}]");
	struct stream failed = stream_stands(&c, FIXED("2"));
	assert_string_equal(stream_status(&c, &failed), "FAILED UNAVAILABLE");
	assert_int_equal(stream_nodes(&c, &failed), 0);
	struct stream stuck = stream_stands(&c, FIXED("2"));
	client_advance(&c, DAY);
	assert_string_equal(stream_status(&c, &stuck), "DEPLOYING CREATING");
	struct stream s = stream_stands(&c, FIXED("2"));
	client_fault(&c, "[{\"action\":\"ModifyNodePoolAttribute\",\"fault\":\"create_failed\"}]");
	(void)FORM(&c, "ModifyNodePoolAttribute", PRODUCT, client_param("PoolId", s.pool),
		   STRATEGY("\"NodeAmount\":4"));
	client_advance(&c, 90000);
	assert_string_equal(stream_status(&c, &s), "PUBLISHED AVAILABLE");
	assert_int_equal(stream_nodes(&c, &s), 2);
	client_close(&c);
}

static void calls_are_throttled_each_on_its_own(void **state)
{
	(void)state;
	struct client c;
	struct sim_options options = {.seed = 7, .reads_per_s = 1, .writes_per_s = 1};
	client_open_with(&c, &options);
	(void)CREATE(&c, POST_PAID, FIXED("1"));
	(void)CREATE(&c, POST_PAID, FIXED("1"));
	assert_code(&c, "Throttling.User");
	(void)CALL(&c, "ListAppInstanceGroup", PRODUCT);
	assert_int_equal(c.status, 200);
	client_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unpaid_group_is_not_there_until_it_is_paid),
		cmocka_unit_test(a_person_adds_nodes_and_ends_what_is_stuck),
		cmocka_unit_test(auto_pay_takes_the_money_if_it_is_there),
		cmocka_unit_test(a_cancelled_order_never_brings_a_group),
		cmocka_unit_test(subscriptions_grow_by_an_order),
		cmocka_unit_test(only_subscriptions_grow_by_an_order),
		cmocka_unit_test(nodes_by_usage_may_become_subscriptions),
		cmocka_unit_test(a_subscription_ends),
		cmocka_unit_test(pay_as_you_go_is_resized_in_place),
		cmocka_unit_test(the_same_again_is_no_effect),
		cmocka_unit_test(pools_are_checked),
		cmocka_unit_test(elastic_nodes_come_and_go_by_hand),
		cmocka_unit_test(attributes_are_set_and_kept),
		cmocka_unit_test(a_new_image_cuts_the_sessions),
		cmocka_unit_test(a_deleted_group_is_released_then_gone),
		cmocka_unit_test(things_change_by_hand),
		cmocka_unit_test(a_lost_reply_leaves_a_group),
		cmocka_unit_test(what_fails_before_the_effect_leaves_nothing),
		cmocka_unit_test(a_fresh_group_may_lag_behind_in_all_reads),
		cmocka_unit_test(listings_may_lie),
		cmocka_unit_test(ageing_may_fail_or_never_end),
		cmocka_unit_test(calls_are_throttled_each_on_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
