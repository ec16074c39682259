/*
 * App Streaming: what a create takes, what the listings show, what is sold, tags
 * (appstream-center 3.1 to 3.5, 3.13 to 3.20).
 */
#include <stdio.h>
#include <string.h>

#include "stream_client.h"

#define OPEN(c)                                                                                    \
	struct client c;                                                                           \
	client_open(&c, 0)
#define MODEL "AppInstanceGroupModels."
#define POOL MODEL "NodePool.0."

static void create_answers_with_ids_and_ages_to_published(void **state)
{
	(void)state;
	OPEN(c);
	(void)CREATE(&c, POST_PAID, FIXED("3"), "AppInstanceGroupName=browsers");
	struct stream s = stream_of(&c);
	assert_memory_equal(s.id, "aig-", 4);
	assert_memory_equal(s.pool, "rg-", 3);
	assert_true(strlen(s.order) > 5);
	assert_string_equal(stream_status(&c, &s), "DEPLOYING CREATING");
	assert_int_equal(stream_nodes(&c, &s), 0);
	client_advance(&c, 29999);
	assert_string_equal(stream_status(&c, &s), "DEPLOYING CREATING");
	client_advance(&c, 60001);
	assert_string_equal(stream_status(&c, &s), "PUBLISHED AVAILABLE");
	assert_int_equal(stream_nodes(&c, &s), 3);
	assert_memory_equal(client_text(&c, "NodeModels.0.NodeId"), "i-", 2);
	assert_string_equal(client_text(&c, "NodeModels.0.ChargeType"), "PostPaid");
	(void)CALL(&c, "GetOrderDetail", client_param("OrderId", s.order));
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.PaymentStatus"), "Paid");
	client_close(&c);
}

static void a_create_that_comes_twice_makes_two_groups(void **state)
{
	(void)state;
	OPEN(c);
	(void)CREATE(&c, POST_PAID, FIXED("1"), "AppInstanceGroupName=same");
	(void)CREATE(&c, POST_PAID, FIXED("1"), "AppInstanceGroupName=same");
	(void)CALL(&c, "ListAppInstanceGroup", PRODUCT, "AppInstanceGroupName=am");
	assert_int_equal(client_int(&c, "TotalCount"), 2);
	client_close(&c);
}

#define PAY "ChargeType=PostPaid", "Period=1"
#define TYPE "\"NodeInstanceType\":\"appstreaming.general.4c8g\""

static void what_cannot_be_is_refused(void **state)
{
	(void)state;
	OPEN(c);
	const struct {
		const char *extra[2];
		const char *code;
	} rows[] = {
		{{"NodePool={}"}, "MissingParameter.NodeInstanceType"},
		{{"ClientToken=x", FIXED("1")}, "UnsupportedParameter"},
		{{"Tag.1.Key=a", FIXED("1")}, "UnsupportedParameter"},
		{{"UserDefinePolicy={}", FIXED("1")}, "UnsupportedParameter"},
		{{"NodePool={\"NodeInstanceType\":\"big\",\"NodeAmount\":1}"},
		 "InvalidParameter.NodeInstanceType"},
		{{"NodePool={" TYPE "}"}, "MissingParameter.NodeAmount"},
		{{"NodePool={" TYPE ",\"NodeAmount\":\"1\"}"}, "InvalidParameter.NodeAmount"},
		{{"NodePool={" TYPE ",\"NodeAmount\":101}"}, "InvalidParameter.NodeAmount"},
		{{"NodePool={" TYPE ",\"NodeAmount\":1.5}"}, "InvalidParameter.NodeAmount"},
		{{"NodePool={" TYPE ",\"NodeAmount\":1,\"NodeCapacity\":3}"},
		 "InvalidParameter.NodeCapacity"},
		{{"NodePool={" TYPE ",\"NodeAmount\":1,\"nodeCapacity\":1}"},
		 "InvalidParameter.NodePool"},
		{{"NodePool={" TYPE ",\"NodeAmount\":1,\"NodeAmount\":1}"},
		 "InvalidParameter.NodePool"},
		{{"NodePool=[]"}, "InvalidParameter.NodePool"},
		{{"NodePool={" TYPE
		  ",\"NodeAmount\":1,\"StrategyType\":\"NODE_SCALING_BY_USAGE\"}"},
		 "MissingParameter.MaxScalingAmount"},
		{{"NodePool={" TYPE ",\"NodeAmount\":1,\"StrategyType\":\"NODE_SCALING_BY_USAGE\","
		  "\"MaxScalingAmount\":2,\"ScalingStep\":1,\"ScalingUsageThreshold\":85}"},
		 "InvalidParameter.ScalingUsageThreshold"},
		{{"NodePool={" TYPE ",\"NodeAmount\":1,\"StrategyType\":\"NODE_SCALING_BY_USAGE\","
		  "\"MaxScalingAmount\":2,\"ScalingStep\":1,\"ScalingUsageThreshold\":\"101\"}"},
		 "InvalidParameter.ScalingUsageThreshold"},
		{{"NodePool={" TYPE ",\"StrategyType\":\"NODE_SCALING_BY_SCHEDULE\"}"},
		 "MissingParameter.StrategyEnableDate"},
		{{"SessionTimeout=2", FIXED("1")}, "InvalidParameter.SessionTimeout"},
		{{"Users.1=alice", FIXED("1")}, "MissingParameter.UserInfo"},
		{{"UserInfo={\"Type\":\"Odd\"}", FIXED("1")}, "InvalidParameter.Type"},
		{{"SubPayType=monthPackage", FIXED("1")}, "InvalidParameter.SubPayType"},
		{{"PromotionId=1", FIXED("1")}, "InvalidParameter.PromotionId"},
		{{"AuthMode=app", FIXED("1")}, "InvalidParameter.AuthMode"},
		{{"Network={\"Routes\":[]}", FIXED("1")}, "InvalidParameter.Network"},
		{{"Network={\"IpExpireMinutes\":59}", FIXED("1")},
		 "InvalidParameter.IpExpireMinutes"},
		{{"Network={\"DomainRules\":[{\"Domain\":\"a\",\"Policy\":\"ban\"}]}", FIXED("1")},
		 "InvalidParameter.Policy"},
		{{"VideoPolicy={\"FrameRate\":45}", FIXED("1")}, "InvalidParameter.VideoPolicy"},
		{{"VideoPolicy={\"Webrtc\":true,\"StreamingMode\":\"mix\"}", FIXED("1")},
		 "InvalidParameter.VideoPolicy"},
		{{"RuntimePolicy={\"SessionPreOpen\":true}", FIXED("1")},
		 "InvalidParameter.SessionPreOpen"},
		{{"RuntimePolicy={\"SessionUserGenerationMode\":\"wyid\"}", FIXED("1")},
		 "InvalidParameter.RuntimePolicy"},
		{{"StoragePolicy={\"StorageTypeList\":[\"NAS\"]}", FIXED("1")},
		 "InvalidParameter.StorageTypeList"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool own_timeout = strncmp(rows[i].extra[0], "SessionTimeout", 14) == 0;
		(void)CREATE(&c, PRODUCT, REGION, "AppCenterImageId=img-8z4nztpaqvay4",
			     "ChargeResourceMode=Node", "PeriodUnit=Month", PAY, rows[i].extra[0],
			     own_timeout ? rows[i].extra[1] : "SessionTimeout=15",
			     own_timeout ? NULL : rows[i].extra[1]);
		if (c.status != 400 || strcmp(c.code, rows[i].code) != 0)
			fail_msg("row %zu: %d %s, not %s: %s", i, c.status, c.code, rows[i].code,
				 c.body);
	}
	(void)CALL(&c, "ListAppInstanceGroup", PRODUCT);
	assert_int_equal(client_int(&c, "TotalCount"), 0);
	client_close(&c);
}

static void each_parameter_has_its_place(void **state)
{
	(void)state;
	OPEN(c);
	const char *query[] = {"UserDefinePolicy={\"CustomConfig\":\"[]\"}", NULL};
	const char *form[] = {POST_PAID, FIXED("1"), NULL};
	(void)client_both(&c, "CreateAppInstanceGroup", query, form);
	assert_int_equal(c.status, 200);
	(void)CALL(&c, "CreateAppInstanceGroup", POST_PAID, FIXED("1"));
	assert_code(&c, "UnsupportedParameter");
	(void)CALL(&c, "ListAppInstanceGroup", PRODUCT, "Status.1=PUBLISHED");
	assert_code(&c, "UnsupportedParameter");
	(void)FORM(&c, "GetAppInstanceGroup", PRODUCT, "AppInstanceGroupId=aig-1");
	assert_code(&c, "UnsupportedParameter");
	(void)CALL(&c, "ListNodes", PRODUCT, "AppInstanceGroupId=aig-1");
	assert_code(&c, "UnsupportedParameter");
	(void)CALL(&c, "ListAppInstanceGroup", "ProductType=CloudBrowser");
	assert_code(&c, "InvalidParameter.ProductType");
	(void)CALL(&c, "ListAppInstanceGroup", "PageNumber=1");
	assert_code(&c, "MissingParameter.ProductType");
	client_close(&c);
}

/* The clock of the tests stands at 2026-11-21. */
#define SCHEDULED(days, periods)                                                                   \
	"NodePool={" TYPE ",\"StrategyType\":\"NODE_SCALING_BY_SCHEDULE\",\"WarmUp\":true,"        \
	"\"StrategyEnableDate\":\"2026-12-01\",\"StrategyDisableDate\":\"" days "\","              \
	"\"RecurrenceSchedules\":[{\"RecurrenceType\":\"weekly\",\"RecurrenceValues\":[1,5],"      \
	"\"TimerPeriods\":[" periods "]}]}"
#define SPAN(from, to) "{\"StartTime\":\"" from "\",\"EndTime\":\"" to "\",\"Amount\":2}"

static void schedules_are_checked_and_read_back(void **state)
{
	(void)state;
	OPEN(c);
	const struct {
		const char *pool, *code;
	} rows[] = {
		{SCHEDULED("2026-12-07", SPAN("09:00", "18:00")),
		 "InvalidParameter.StrategyDisableDate"},
		{SCHEDULED("2028-01-01", SPAN("09:00", "18:00")),
		 "InvalidParameter.StrategyDisableDate"},
		{SCHEDULED("2026-12-08", SPAN("09:00", "09:14")), "InvalidParameter.TimerPeriods"},
		{SCHEDULED("2026-12-08", SPAN("23:00", "01:00")), "InvalidParameter.TimerPeriods"},
		{SCHEDULED("2026-12-08", SPAN("9:00", "18:00")), "InvalidParameter.TimerPeriods"},
		{SCHEDULED("2026-12-08", SPAN(" 9:00", "18:00")), "InvalidParameter.TimerPeriods"},
		{SCHEDULED("2026-12-08", SPAN("12:04", "18:00") "," SPAN("09:00", "12:00")),
		 "InvalidParameter.TimerPeriods"},
		{SCHEDULED("2026-12-08", SPAN("12:05", "18:00") "," SPAN("09:00", "12:00")), ""},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		(void)CREATE(&c, POST_PAID, rows[i].pool);
		if (strcmp(c.code, rows[i].code) != 0)
			fail_msg("row %zu: %s, not %s: %s", i, c.code, rows[i].code, c.body);
	}
	struct stream s = stream_of(&c);
	client_advance(&c, 90000);
	stream_get(&c, &s);
	assert_string_equal(client_text(&c, POOL "RecurrenceSchedules.0.RecurrenceType"), "Weekly");
	assert_int_equal(client_int(&c, POOL "RecurrenceSchedules.0.TimerPeriods.1.Amount"), 2);
	assert_int_equal(client_int(&c, POOL "ScalingNodeAmount"), 1);
	assert_int_equal(stream_nodes(&c, &s), 1);
	c.now.wall_ms += 20 * UINT64_C(86400000); /* the first day is over */
	(void)FORM(&c, "ModifyNodePoolAttribute", PRODUCT, client_param("PoolId", s.pool),
		   "NodeCapacity=2");
	assert_int_equal(c.status, 200);
	c.now.wall_ms -= 20 * UINT64_C(86400000);
	(void)CREATE(&c, PRE_PAID, rows[ARRAY_SIZE(rows) - 1].pool);
	assert_code(&c, "InvalidParameter.StrategyType");
	client_close(&c);
}

static void a_wrong_period_fails_the_order_not_the_call(void **state)
{
	(void)state;
	static const char *const pairs[][3] = {
		{"PrePaid", "2", "Week"}, {"PrePaid", "4", "Month"},  {"PrePaid", "4", "Year"},
		{"PrePaid", "1", "week"}, {"PostPaid", "2", "Month"}, {"PostPaid", "1", "Week"}};
	OPEN(c);
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		(void)CREATE(&c, PLACE, FIXED("1"), client_param("ChargeType", pairs[i][0]),
			     client_param("Period", pairs[i][1]),
			     client_param("PeriodUnit", pairs[i][2]));
		struct stream s = stream_of(&c);
		assert_string_equal(s.order, "");
		assert_string_equal(s.pool, "");
		assert_string_equal(stream_status(&c, &s), "FAILED UNAVAILABLE");
	}
	client_close(&c);
}

/* --- listings */

static void fields_have_the_documented_types(void **state)
{
	(void)state;
	OPEN(c);
	(void)CREATE(&c, PRE_PAID, "AutoPay=true", "AppInstanceGroupName=browsers",
		     "RuntimePolicy={\"SessionType\":\"CONSOLE\"}",
		     "SecurityPolicy={\"SkipUserAuthCheck\":true}",
		     "NodePool={" TYPE
		     ",\"NodeAmount\":2,\"StrategyType\":\"NODE_SCALING_BY_USAGE\","
		     "\"MaxScalingAmount\":2,\"ScalingStep\":1,\"ScalingUsageThreshold\":\"85\"}");
	struct stream s = stream_of(&c);
	client_advance(&c, 90000);
	stream_get(&c, &s);
	assert_string_equal(client_text(&c, MODEL "SessionTimeout"), "15");
	assert_string_equal(client_text(&c, MODEL "RegionId"), "cn-shanghai");
	assert_string_equal(client_text(&c, MODEL "SessionType"), "CONSOLE");
	assert_string_equal(client_text(&c, MODEL "AppCenterImageName"), "OfficeApps");
	assert_true(cJSON_IsTrue(client_at(&c, MODEL "SkipUserAuthCheck")));
	assert_string_equal(client_text(&c, POOL "ScalingUsageThreshold"), "85");
	assert_int_equal(client_int(&c, POOL "ScalingStep"), 1);
	assert_int_equal(client_int(&c, POOL "NodeAmount"), 2);
	assert_int_equal(client_int(&c, POOL "Amount"), 2);
	assert_int_equal(client_size(&c, MODEL "Tags"), 0);
	assert_string_equal(client_text(&c, MODEL "ExpiredTime"), "2026-12-21T22:25:10.000+00:00");
	assert_int_equal(strlen(client_text(&c, MODEL "GmtCreate")), 29);
	assert_null(cJSON_GetObjectItemCaseSensitive(client_at(&c, "AppInstanceGroupModels"),
						     "OrderId"));
	assert_null(cJSON_GetObjectItemCaseSensitive(c.json, "Code"));
	(void)CALL(&c, "ListAppInstanceGroup", PRODUCT);
	assert_string_equal(client_text(&c, MODEL "0.AppPolicyVersion"), "CENTER");
	assert_int_equal(client_size(&c, MODEL "0.ResourceTags"), 0);
	assert_string_equal(client_text(&c, MODEL "0.SessionTimeout"), "15");
	assert_int_equal(client_int(&c, "PageNumber"), 1);
	assert_int_equal(client_int(&c, "PageSize"), 20);
	stream_nodes(&c, &s);
	assert_string_equal(client_text(&c, "NodeModels.0.ChargeType"), "Prepaid");
	assert_int_equal(client_int(&c, "ToPage"), 1);
	assert_int_equal(client_int(&c, "PerPageSize"), 100);
	client_close(&c);
}

static void groups_are_found_by_what_they_are(void **state)
{
	(void)state;
	OPEN(c);
	struct stream s = stream_stands(&c, FIXED("1"));
	(void)CREATE(&c, POST_PAID, FIXED("1"), "AppInstanceGroupName=other",
		     "UserGroupIds.1=ug-12", "UserGroupIds.2=ug-1",
		     "Network={\"OfficeSiteId\":\"cn-hongkong+dir-1\"}");
	static const struct {
		const char *query, *form;
		int n;
	} rows[] = {
		{"AppInstanceGroupName=rows", NULL, 1},
		{"AppInstanceGroupName=Rows", NULL, 0},
		{"AppCenterImageId=img-8z4nztpaqvay4", NULL, 2},
		{"BizRegionId=cn-hangzhou", NULL, 0},
		{"NodeInstanceType=appstreaming.general.4c8g", NULL, 2},
		{"OfficeSiteId=cn-hongkong+dir-1", NULL, 1},
		{"PageSize=1", NULL, 2},
		{"PageNumber=1", "Status.1=PUBLISHED", 1},
		{"PageNumber=1", "UserGroupIds.1=ug-1", 1},
		{"PageNumber=1", "UserGroupIds.1=ug", 0},
		{"PageNumber=1", "ExcludedUserGroupIds.1=ug-1", 1},
		{"Tag.1.Key=a", NULL, 0},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *query[] = {PRODUCT, rows[i].query, NULL};
		const char *form[] = {rows[i].form, NULL};
		(void)client_both(&c, "ListAppInstanceGroup", query, form);
		if (client_int(&c, "TotalCount") != rows[i].n)
			fail_msg("row %zu: %s", i, c.body);
	}
	(void)CALL(&c, "ListAppInstanceGroup", PRODUCT, client_param("AppInstanceGroupId", s.id));
	assert_string_equal(client_text(&c, MODEL "0.AppInstanceGroupName"), "browsers");
	client_close(&c);
}

static void pages_are_counted(void **state)
{
	(void)state;
	OPEN(c);
	for (int i = 0; i < 5; i++)
		(void)CREATE(&c, POST_PAID, FIXED("1"));
	(void)CALL(&c, "ListAppInstanceGroup", PRODUCT, "PageNumber=3", "PageSize=2");
	assert_int_equal(client_size(&c, "AppInstanceGroupModels"), 1);
	assert_int_equal(client_int(&c, "TotalCount"), 5);
	(void)CALL(&c, "ListAppInstanceGroup", PRODUCT, "PageNumber=4", "PageSize=2");
	assert_int_equal(client_size(&c, "AppInstanceGroupModels"), 0);
	(void)CALL(&c, "ListAppInstanceGroup", PRODUCT, "PageSize=101");
	assert_code(&c, "InvalidParameter.PageSize");
	struct stream s = stream_stands(&c, FIXED("7"));
	(void)FORM(&c, "ListNodes", PRODUCT, client_param("AppInstanceGroupId", s.id),
		   "PageNumber=2", "PageSize=5");
	assert_int_equal(client_size(&c, "NodeModels"), 2);
	assert_int_equal(client_int(&c, "Count"), 7);
	assert_int_equal(client_int(&c, "ToPage"), 2);
	client_close(&c);
}

/* --- what is sold */

static void node_types_and_images_are_listed(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "ListNodeInstanceType", PRODUCT, "PageNumber=1", "PageSize=100",
		   "NodeInstanceType=appstreaming.vgpu.14c93g.12g");
	assert_int_equal(client_int(&c, "TotalCount"), 1);
	assert_int_equal(client_int(&c, "NodeInstanceTypeModels.0.MaxCapacity"), 6);
	assert_string_equal(client_text(&c, "NodeInstanceTypeModels.0.Cpu"), "14");
	assert_int_equal(client_int(&c, "NodeInstanceTypeModels.0.GpuMemory"), 12288);
	(void)CALL(&c, "ListNodeInstanceType", PRODUCT, "PageNumber=1", "PageSize=100", "Cpu=4",
		   "OrderBy=Memory", "SortType=DESC", REGION);
	assert_int_equal(client_int(&c, "TotalCount"), 3);
	assert_int_equal(client_int(&c, "NodeInstanceTypeModels.0.Memory"), 16384);
	assert_int_equal(client_int(&c, "NodeInstanceTypeModels.2.Memory"), 8192);
	(void)CALL(&c, "ListNodeInstanceType", PRODUCT, "PageNumber=1", "PageSize=1", "Cpu=few");
	assert_code(&c, "InvalidParameter.Cpu");
	(void)FORM(&c, "ListImage", PRODUCT, "Status=AVAILABLE", "BizRegionIdList.1=cn-hangzhou");
	assert_string_equal(c.code, "200");
	assert_true(cJSON_IsTrue(client_at(&c, "Success")));
	assert_int_equal(client_int(&c, "Count"), 2);
	assert_string_equal(client_text(&c, "Data.0.ImageRegionDistributeList.1.RegionId"),
			    "cn-hangzhou");
	(void)FORM(&c, "ListImage", "ImageId=img-9b1update2image0");
	assert_int_equal(client_int(&c, "Count"), 1);
	(void)FORM(&c, "ListImage", "BizRegionIdList.1=cn-beijing");
	assert_int_equal(client_int(&c, "Count"), 0);
	(void)CALL(&c, "ListRegions", PRODUCT);
	assert_int_equal(client_size(&c, "RegionModels"), 6);
	assert_string_equal(client_text(&c, "RegionModels.1.regionId"), "cn-shanghai");
	client_close(&c);
}

static void prices_are_decimal_strings(void **state)
{
	(void)state;
	OPEN(c);
#define PRICE(...) CALL(&c, "GetResourcePrice", PRODUCT, REGION, "Amount=2", __VA_ARGS__)
#define FOUR "NodeInstanceType=appstreaming.general.4c8g"
	(void)PRICE("ChargeType=PrePaid", "Period=1", "PeriodUnit=Month", FOUR);
	assert_string_equal(client_text(&c, "PriceModel.Price.Currency"), "CNY");
	assert_string_equal(client_text(&c, "PriceModel.Price.OriginalPrice"), "720.00");
	assert_string_equal(client_text(&c, "PriceModel.Price.DiscountPrice"), "72.00");
	assert_string_equal(client_text(&c, "PriceModel.Price.TradePrice"), "648.00");
	assert_true(cJSON_IsTrue(client_at(&c, "PriceModel.Price.Promotions.0.Selected")));
	char promotion[40];
	(void)snprintf(promotion, sizeof(promotion), "%s",
		       client_text(&c, "PriceModel.Price.Promotions.0.PromotionId"));
	assert_int_equal(client_size(&c, "PriceModel.Rules"), 1);
	(void)CREATE(&c, PRE_PAID, FIXED("2"), client_param("PromotionId", promotion));
	struct stream s = stream_of(&c);
	(void)CALL(&c, "GetOrderDetail", client_param("OrderId", s.order));
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.AfterTaxAmount"), "648.00");
	(void)PRICE("ChargeType=PostPaid", "Period=1", "PeriodUnit=Month", FOUR);
	assert_string_equal(client_text(&c, "PriceModel.Price.TradePrice"), "2.40");
	(void)PRICE("ChargeType=PostPaid", "Period=1", "PeriodUnit=Month", "AppInstanceType=old");
	assert_string_equal(client_text(&c, "PriceList.1.PriceType"), "Standby");
	assert_string_equal(client_text(&c, "PriceList.0.Price.TradePrice"), "2.00");
	(void)PRICE("ChargeType=PostPaid", "Period=1", "PeriodUnit=Month");
	assert_code(&c, "MissingParameter.NodeInstanceType");
	(void)PRICE("ChargeType=PrePaid", "Period=2", "PeriodUnit=Week", FOUR);
	assert_code(&c, "InvalidParameter.Period");
	client_close(&c);
}

/* --- tags */

static void tags_come_after_the_group_and_may_fail_in_part(void **state)
{
	(void)state;
	OPEN(c);
	struct stream s = stream_stands(&c, FIXED("1"));
	const char *group = client_param("ResourceIds.1", s.id);
	(void)FORM(&c, "TagCloudResources", "ResourceType=AppInstanceGroupId", group,
		   "ResourceIds.2=aig-gone", "Tags.1.Key=drover:fleet", "Tags.1.Value=qa");
	assert_int_equal(client_size(&c, "FailedResources"), 1);
	assert_string_equal(client_text(&c, "FailedResources.0.ResourceId"), "aig-gone");
	assert_string_equal(client_text(&c, "FailedResources.0.Tags.0.Scope"), "Custom");
	(void)FORM(&c, "TagCloudResources", "ResourceType=AppInstanceGroupId", group,
		   "Tags.1.Key=drover:fleet", "Tags.1.Value=lab",
		   "Tags.2.Key=System/Scheduler/GRAYSCALE", "Tags.2.Value=true");
	assert_int_equal(client_size(&c, "FailedResources"), 0);
	(void)CALL(&c, "ListAppInstanceGroup", PRODUCT, "Tag.1.Key=drover:fleet",
		   "Tag.1.Value=lab");
	assert_int_equal(client_size(&c, MODEL "0.Tags"), 2);
	(void)FORM(&c, "ListTagCloudResources", "ResourceType=AppInstanceGroupId", group,
		   "Scope=Custom");
	assert_int_equal(client_int(&c, "TotalCount"), 1);
	assert_string_equal(client_text(&c, "ResourceTags.0.Tags.0.Value"), "lab");
	assert_string_equal(client_text(&c, "NextToken"), "");
	(void)FORM(&c, "UntagCloudResources", "ResourceType=AppInstanceGroupId", group,
		   "ResourceIds.2=aig-gone", "TagKeys.1=drover:fleet");
	assert_string_equal(client_text(&c, "FailedResources.0.Code"), "UNTAG_RESOURCE_FAILED");
	(void)FORM(&c, "ListTagCloudResources", "ResourceType=AppInstanceGroupId", "Scope=Custom");
	assert_int_equal(client_int(&c, "TotalCount"), 0);
	(void)FORM(&c, "TagCloudResources", "ResourceType=AppInstanceGroupId", group,
		   "Tags.1.Key=empty");
	assert_code(&c, "InvalidParameter.TagValue");
	(void)FORM(&c, "TagCloudResources", "ResourceType=AppInstanceGroupId", "Tags.1.Key=k",
		   "Tags.1.Value=v");
	assert_code(&c, "MissingParameter.ResourceIds");
	client_close(&c);
}

static void twenty_tags_are_enough(void **state)
{
	(void)state;
	OPEN(c);
	struct stream s = stream_stands(&c, FIXED("1"));
	char text[21][2][32];
	const char *list[46] = {"ResourceType=AppInstanceGroupId",
				client_param("ResourceIds.1", s.id)};
	for (size_t i = 0; i < 20; i++) {
		(void)snprintf(text[i][0], sizeof(text[i][0]), "Tags.%zu.Key=k%zu", i + 1, i);
		(void)snprintf(text[i][1], sizeof(text[i][1]), "Tags.%zu.Value=v", i + 1);
		list[2 + 2 * i] = text[i][0];
		list[3 + 2 * i] = text[i][1];
	}
	(void)client_both(&c, "TagCloudResources", NULL, list);
	assert_int_equal(client_size(&c, "FailedResources"), 0);
	(void)FORM(&c, "TagCloudResources", "ResourceType=AppInstanceGroupId",
		   client_param("ResourceIds.1", s.id), "Tags.1.Key=more", "Tags.1.Value=v");
	assert_string_equal(client_text(&c, "FailedResources.0.Code"),
			    "ResourceTag.CustomTagCountExceed");
	client_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(create_answers_with_ids_and_ages_to_published),
		cmocka_unit_test(a_create_that_comes_twice_makes_two_groups),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(each_parameter_has_its_place),
		cmocka_unit_test(schedules_are_checked_and_read_back),
		cmocka_unit_test(a_wrong_period_fails_the_order_not_the_call),
		cmocka_unit_test(fields_have_the_documented_types),
		cmocka_unit_test(groups_are_found_by_what_they_are),
		cmocka_unit_test(pages_are_counted),
		cmocka_unit_test(node_types_and_images_are_listed),
		cmocka_unit_test(prices_are_decimal_strings),
		cmocka_unit_test(tags_come_after_the_group_and_may_fail_in_part),
		cmocka_unit_test(twenty_tags_are_enough),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
