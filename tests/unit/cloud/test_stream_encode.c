/* Calls that change delivery groups: exact parameters, and where each of them travels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cloud/operations.h"
#include "cloud/stream_group.h"

static void set(struct value *map, const char *key, struct value *child)
{
	assert_int_equal(0, value_set(map, key, child));
}

static void append(struct value *list, struct value *child)
{
	assert_int_equal(0, value_append(list, child));
}

/* "name=value" lines, decoded, "?" before what travels in the query of @op. */
static void expect(enum operation op, const struct params *p, const char *text)
{
	auto_strbuf struct strbuf got = STRBUF_INIT(65536);
	for (size_t i = 0; i < p->n; i++)
		strbuf_addf(&got, "%s%s=%s\n", operation_param_in_query(op, p->items[i].name) ? "?" : "",
			    p->items[i].name, p->items[i].value);
	assert_string_equal(text, strbuf_text(&got));
}

static struct value *fixed_pool(void)
{
	struct value *pool = value_map();
	set(pool, "NodeInstanceType", value_text("appstreaming.general.4c8g"));
	set(pool, "NodeCapacity", value_int(2));
	set(pool, "StrategyType", value_text("NODE_FIXED"));
	return pool;
}

static struct value *usage_pool(void)
{
	struct value *pool = fixed_pool();
	set(pool, "StrategyType", value_text("NODE_SCALING_BY_USAGE"));
	set(pool, "MaxScalingAmount", value_int(10));
	set(pool, "MaxIdleAppInstanceAmount", value_int(3));
	set(pool, "ScalingStep", value_int(2));
	set(pool, "ScalingUsageThreshold", value_text("85"));
	set(pool, "ScalingDownAfterIdleMinutes", value_int(5));
	return pool;
}

static struct value *schedule_pool(void)
{
	struct value *pool = fixed_pool(), *schedules = value_list(), *schedule = value_map(),
		     *days = value_list(), *periods = value_list(), *period = value_map();
	set(period, "StartTime", value_text("12:00"));
	set(period, "EndTime", value_text("15:00"));
	set(period, "Amount", value_int(2));
	append(periods, period);
	append(days, value_int(1));
	append(days, value_int(7));
	set(schedule, "RecurrenceType", value_text("Weekly"));
	set(schedule, "RecurrenceValues", days);
	set(schedule, "TimerPeriods", periods);
	append(schedules, schedule);
	set(pool, "StrategyType", value_text("NODE_SCALING_BY_SCHEDULE"));
	set(pool, "StrategyEnableDate", value_text("2026-12-01"));
	set(pool, "StrategyDisableDate", value_text("2027-06-01"));
	set(pool, "WarmUp", value_bool(false));
	set(pool, "RecurrenceSchedules", schedules);
	return pool;
}

static struct value *create_map(struct value *pool)
{
	struct value *create = value_map();
	set(create, "ProductType", value_text("CloudApp"));
	set(create, "ChargeResourceMode", value_text("Node"));
	set(create, "Period", value_int(1));
	set(create, "PeriodUnit", value_text("Month"));
	set(create, "SessionTimeout", value_int(15));
	set(create, "NodePool", pool);
	return create;
}

static struct desired_group group_of(enum charge_type charge, struct value *create)
{
	return (struct desired_group){.name = (char *)"browsers",
				      .kind = KIND_APP_STREAMING,
				      .region = (char *)"cn-hangzhou",
				      .spec = (char *)"appstreaming.general.4c8g",
				      .image = (char *)"img-1",
				      .charge = charge,
				      .create = create};
}

/* --- create --- */

static void a_create_carries_configured_and_derived(void **state)
{
	auto_value struct value *create = create_map(fixed_pool());
	struct desired_group g = group_of(CHARGE_POSTPAID, create);
	auto_params struct params p = {0};
	(void)state;
	assert_int_equal(0, stream_encode_create(&(struct stream_create){&g, "browsers.abcdef", NULL, 4}, &p));
	expect(OP_CREATE_APP_INSTANCE_GROUP, &p,
	       "AppCenterImageId=img-1\n"
	       "AppInstanceGroupName=browsers.abcdef\n"
	       "AutoPay=false\n"
	       "BizRegionId=cn-hangzhou\n"
	       "ChargeResourceMode=Node\n"
	       "ChargeType=PostPaid\n"
	       "NodePool={\"NodeCapacity\":2,\"StrategyType\":\"NODE_FIXED\","
	       "\"NodeInstanceType\":\"appstreaming.general.4c8g\",\"NodeAmount\":4}\n"
	       "Period=1\n"
	       "PeriodUnit=Month\n"
	       "ProductType=CloudApp\n"
	       "SessionTimeout=15\n");
}

/* Every member of appstream-center 3.1 that is an object or a list. */
static struct value *everything(void)
{
	struct value *create = create_map(usage_pool()), *users = value_list(), *info = value_map(),
		     *network = value_map(), *routes = value_list(), *route = value_map(),
		     *switches = value_list(), *rules = value_list(), *rule = value_map(),
		     *storage = value_map(), *types = value_list(), *profile = value_map(),
		     *policy = value_map(), *groups = value_list();
	append(users, value_text("alice"));
	append(users, value_text("bob"));
	append(groups, value_text("ug-1"));
	set(info, "Type", value_text("Simple"));
	set(route, "Destination", value_text("139.196.0.0/16"));
	set(route, "Mode", value_text("Shared"));
	append(routes, route);
	append(switches, value_text("vsw-1"));
	set(rule, "Domain", value_text("www.example.com"));
	set(rule, "Policy", value_text("block"));
	append(rules, rule);
	set(network, "StrategyType", value_text("Mixed"));
	set(network, "Routes", routes);
	set(network, "OfficeSiteId", value_text("cn-hongkong+dir-8"));
	set(network, "VSwitchIds", switches);
	set(network, "DomainRules", rules);
	append(types, value_text("PDS"));
	set(profile, "UserProfileSwitch", value_bool(false));
	set(storage, "StorageTypeList", types);
	set(storage, "UserProfile", profile);
	set(policy, "CustomConfig", value_text("[{\"target\":\"agent\"}]"));
	set(create, "Users", users);
	set(create, "UserGroupIds", groups);
	set(create, "UserInfo", info);
	set(create, "Network", network);
	set(create, "StoragePolicy", storage);
	set(create, "UserDefinePolicy", policy);
	set(create, "PeriodUnit", value_text("Week"));
	set(create, "AutoRenew", value_bool(false));
	set(create, "AuthMode", value_text("App"));
	return create;
}

static void an_object_is_one_parameter_and_a_list_is_flat(void **state)
{
	auto_value struct value *create = everything();
	struct desired_group g = group_of(CHARGE_PREPAID, create);
	auto_params struct params p = {0};
	(void)state;
	g.auto_pay = true;
	assert_int_equal(0, stream_encode_create(&(struct stream_create){&g, "n", "appstreaming.big", 1}, &p));
	expect(OP_CREATE_APP_INSTANCE_GROUP, &p,
	       "AppCenterImageId=img-1\n"
	       "AppInstanceGroupName=n\n"
	       "AuthMode=App\n"
	       "AutoPay=true\n"
	       "AutoRenew=false\n"
	       "BizRegionId=cn-hangzhou\n"
	       "ChargeResourceMode=Node\n"
	       "ChargeType=PrePaid\n"
	       "Network={\"StrategyType\":\"Mixed\",\"Routes\":[{\"Destination\":\"139.196.0.0/16\","
	       "\"Mode\":\"Shared\"}],\"OfficeSiteId\":\"cn-hongkong+dir-8\",\"VSwitchIds\":[\"vsw-1\"],"
	       "\"DomainRules\":[{\"Domain\":\"www.example.com\",\"Policy\":\"block\"}]}\n"
	       "NodePool={\"NodeCapacity\":2,\"StrategyType\":\"NODE_SCALING_BY_USAGE\","
	       "\"MaxScalingAmount\":10,\"MaxIdleAppInstanceAmount\":3,\"ScalingStep\":2,"
	       "\"ScalingUsageThreshold\":\"85\",\"ScalingDownAfterIdleMinutes\":5,"
	       "\"NodeInstanceType\":\"appstreaming.big\",\"NodeAmount\":1}\n"
	       "Period=1\n"
	       "PeriodUnit=Week\n"
	       "ProductType=CloudApp\n"
	       "SessionTimeout=15\n"
	       "StoragePolicy={\"StorageTypeList\":[\"PDS\"],"
	       "\"UserProfile\":{\"UserProfileSwitch\":false}}\n"
	       "?UserDefinePolicy={\"CustomConfig\":\"[{\\\"target\\\":\\\"agent\\\"}]\"}\n"
	       "UserGroupIds.1=ug-1\n"
	       "UserInfo={\"Type\":\"Simple\"}\n"
	       "Users.1=alice\n"
	       "Users.2=bob\n");
}

static void a_schedule_says_itself_how_many_nodes_there_are(void **state)
{
	auto_value struct value *create = create_map(schedule_pool());
	struct desired_group g = group_of(CHARGE_POSTPAID, create);
	auto_params struct params p = {0};
	(void)state;
	g.unsized = true;
	assert_int_equal(0, stream_encode_create(&(struct stream_create){&g, "n", NULL, 1}, &p));
	assert_string_equal("{\"NodeCapacity\":2,\"StrategyType\":\"NODE_SCALING_BY_SCHEDULE\","
			    "\"StrategyEnableDate\":\"2026-12-01\",\"StrategyDisableDate\":\"2027-06-01\","
			    "\"WarmUp\":false,\"RecurrenceSchedules\":[{\"RecurrenceType\":\"Weekly\","
			    "\"RecurrenceValues\":[1,7],\"TimerPeriods\":[{\"StartTime\":\"12:00\","
			    "\"EndTime\":\"15:00\",\"Amount\":2}]}],"
			    "\"NodeInstanceType\":\"appstreaming.general.4c8g\"}",
			    params_get(&p, "NodePool"));
}

static void nothing_configured_replaces_what_is_derived(void **state)
{
	auto_value struct value *create = create_map(fixed_pool());
	struct desired_group g = group_of(CHARGE_POSTPAID, create);
	auto_params struct params p = {0};
	(void)state;
	set(create, "AppInstanceGroupName", value_text("other"));
	set(create, "BizRegionId", value_text("cn-shanghai"));
	set(create, "AppCenterImageId", value_text("img-9"));
	set(create, "ChargeType", value_text("PrePaid"));
	set(create, "AutoPay", value_bool(true));
	assert_int_equal(0, stream_encode_create(&(struct stream_create){&g, "n", NULL, 1}, &p));
	assert_string_equal("n", params_get(&p, "AppInstanceGroupName"));
	assert_string_equal("cn-hangzhou", params_get(&p, "BizRegionId"));
	assert_string_equal("img-1", params_get(&p, "AppCenterImageId"));
	assert_string_equal("PostPaid", params_get(&p, "ChargeType"));
	assert_string_equal("false", params_get(&p, "AutoPay"));
}

static void a_create_without_its_essentials_is_refused(void **state)
{
	auto_value struct value *create = create_map(fixed_pool());
	const struct desired_group whole = group_of(CHARGE_POSTPAID, create);
	struct desired_group broken[] = {whole, whole, whole, whole};
	static const int64_t amounts[] = {-1, 0, 101};
	(void)state;
	broken[0].region = (char *)"";
	broken[1].image = (char *)"";
	broken[2].spec = (char *)"";
	broken[3].charge = CHARGE_UNKNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		auto_params struct params p = {0};
		assert_int_equal(-EINVAL, stream_encode_create(&(struct stream_create){&broken[i], "n", NULL, 1}, &p));
	}
	for (size_t i = 0; i < ARRAY_SIZE(amounts); i++) {
		auto_params struct params p = {0};
		assert_int_equal(-EINVAL, stream_encode_create(&(struct stream_create){&whole, "n", NULL, amounts[i]}, &p));
	}
	auto_params struct params p = {0};
	assert_int_equal(-EINVAL, stream_encode_create(&(struct stream_create){&whole, "", NULL, 1}, &p));
}

/* --- the others --- */

static void the_whole_strategy_is_said_again(void **state)
{
	auto_value struct value *create = create_map(usage_pool());
	const struct desired_group g = group_of(CHARGE_POSTPAID, create);
	auto_params struct params p = {0};
	(void)state;
	assert_int_equal(0, stream_encode_strategy(&g, "rg-1", 7, &p));
	expect(OP_MODIFY_NODE_POOL_ATTRIBUTE, &p,
	       "BizRegionId=cn-hangzhou\n"
	       "NodeCapacity=2\n"
	       "NodePoolStrategy={\"StrategyType\":\"NODE_SCALING_BY_USAGE\",\"MaxScalingAmount\":10,"
	       "\"MaxIdleAppInstanceAmount\":3,\"ScalingStep\":2,\"ScalingUsageThreshold\":\"85\","
	       "\"ScalingDownAfterIdleMinutes\":5,\"NodeAmount\":7}\n"
	       "PoolId=rg-1\n"
	       "ProductType=CloudApp\n");
}

static void only_sized_pools_paid_by_use_are_told_a_number(void **state)
{
	auto_value struct value *create = create_map(usage_pool());
	static const struct {
		enum charge_type charge;
		bool unsized;
		const char *pool;
		int64_t nodes;
		int result;
	} cases[] = {
		{CHARGE_POSTPAID, false, "rg-1", 1, 0},
		{CHARGE_POSTPAID, false, "rg-1", 100, 0},
		{CHARGE_POSTPAID, false, "rg-1", 101, -EINVAL},
		{CHARGE_POSTPAID, false, "rg-1", -1, -EINVAL},
		{CHARGE_POSTPAID, false, "rg-1", 0, 0},
		{CHARGE_POSTPAID, false, "", 1, -EINVAL},
		{CHARGE_POSTPAID, false, NULL, 1, -EINVAL},
		{CHARGE_POSTPAID, true, "rg-1", 1, -EINVAL},
		{CHARGE_POSTPAID, true, "rg-1", 0, 0},
		{CHARGE_PREPAID, false, "rg-1", 1, -EINVAL},
		{CHARGE_PREPAID, false, "rg-1", 0, 0},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct desired_group g = group_of(cases[i].charge, create);
		auto_params struct params p = {0};
		g.unsized = cases[i].unsized;
		assert_int_equal(cases[i].result, stream_encode_strategy(&g, cases[i].pool, cases[i].nodes, &p));
		const char *strategy = params_get(&p, "NodePoolStrategy");
		if (cases[i].result == 0)
			assert_int_equal(cases[i].nodes > 0, strstr(strategy, "NodeAmount") != NULL);
	}
}

static void a_pool_without_a_strategy_has_nothing_to_say(void **state)
{
	struct value *pool = value_map();
	auto_value struct value *create = create_map(pool);
	const struct desired_group g = group_of(CHARGE_PREPAID, create);
	auto_params struct params p = {0};
	(void)state;
	set(pool, "NodeInstanceType", value_text("appstreaming.general.4c8g"));
	assert_int_equal(-EINVAL, stream_encode_strategy(&g, "rg-1", 0, &p));
}

static void subscribed_pools_are_told_the_total(void **state)
{
	auto_params struct params p = {0}, q = {0};
	(void)state;
	assert_int_equal(0, stream_encode_amount("aig-1", 5, &p));
	expect(OP_MODIFY_NODE_POOL_AMOUNT, &p,
	       "AppInstanceGroupId=aig-1\nNodePool={\"NodeAmount\":5}\nProductType=CloudApp\n");
	assert_int_equal(-EINVAL, stream_encode_amount("aig-1", 0, &q));
	assert_int_equal(-EINVAL, stream_encode_amount("aig-1", 101, &q));
	assert_int_equal(-EINVAL, stream_encode_amount("", 5, &q));
	assert_int_equal(-EINVAL, stream_encode_amount(NULL, 5, &q));
}

static void what_reads_back_can_be_set_again(void **state)
{
	struct value *security = value_map();
	auto_value struct value *create = create_map(fixed_pool());
	const struct desired_group g = group_of(CHARGE_POSTPAID, create);
	auto_params struct params p = {0}, q = {0}, r = {0};
	(void)state;
	set(security, "ResetAfterUnbind", value_bool(true));
	set(security, "SkipUserAuthCheck", value_bool(false));
	set(create, "SecurityPolicy", security);
	assert_int_equal(0, stream_encode_attribute(&g, "aig-1", "rg-1", &p));
	expect(OP_MODIFY_APP_INSTANCE_GROUP_ATTRIBUTE, &p,
	       "?AppInstanceGroupId=aig-1\n"
	       "?NodePool={\"NodePoolId\":\"rg-1\",\"NodeCapacity\":2}\n"
	       "?ProductType=CloudApp\n"
	       "SecurityPolicy={\"ResetAfterUnbind\":true,\"SkipUserAuthCheck\":false}\n"
	       "?SessionTimeout=15\n");
	assert_int_equal(-EINVAL, stream_encode_attribute(&g, "aig-1", "", &q)); /* whose capacity? */
	assert_int_equal(-EINVAL, stream_encode_attribute(&g, "", "rg-1", &r));
}

static void settings_that_the_file_does_not_state_are_not_set(void **state)
{
	auto_value struct value *create = value_map();
	const struct desired_group g = group_of(CHARGE_POSTPAID, create);
	auto_params struct params p = {0}, q = {0};
	(void)state;
	assert_int_equal(-EINVAL, stream_encode_attribute(&g, "aig-1", "rg-1", &p));
	set(create, "SessionTimeout", value_int(-1));
	assert_int_equal(0, stream_encode_attribute(&g, "aig-1", "", &q));
	expect(OP_MODIFY_APP_INSTANCE_GROUP_ATTRIBUTE, &q,
	       "?AppInstanceGroupId=aig-1\n?ProductType=CloudApp\n?SessionTimeout=-1\n");
}

static void image_and_delete_name_one_group(void **state)
{
	auto_value struct value *create = create_map(fixed_pool());
	const struct desired_group g = group_of(CHARGE_POSTPAID, create);
	auto_params struct params p = {0}, q = {0}, r = {0};
	(void)state;
	assert_int_equal(0, stream_encode_image(&g, "aig-1", &p));
	expect(OP_UPDATE_APP_INSTANCE_GROUP_IMAGE, &p,
	       "?AppCenterImageId=img-1\n?AppInstanceGroupId=aig-1\n?BizRegionId=cn-hangzhou\n"
	       "?ProductType=CloudApp\n");
	assert_int_equal(0, stream_encode_delete("aig-1", &q));
	expect(OP_DELETE_APP_INSTANCE_GROUP, &q, "AppInstanceGroupId=aig-1\nProductType=CloudApp\n");
	assert_int_equal(-EINVAL, stream_encode_delete("", &r));
	assert_int_equal(-EINVAL, stream_encode_delete(NULL, &r));
	assert_int_equal(-EINVAL, stream_encode_image(&g, "", &r));
	assert_int_equal(-EINVAL, stream_encode_image(&g, NULL, &r));
}

static void tags_are_numbered_in_the_plural(void **state)
{
	struct tag tags[21];
	char *ids[] = {(char *)"aig-1", (char *)"aig-2"};
	const struct text_list two = {ids, 2}, none = {0};
	auto_params struct params p = {0}, q = {0};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
		tags[i] = (struct tag){(char *)"team", (char *)"qa"};
	assert_int_equal(0, stream_encode_tag(&two, tags, 1, &p));
	expect(OP_TAG_CLOUD_RESOURCES, &p,
	       "ResourceIds.1=aig-1\nResourceIds.2=aig-2\nResourceType=AppInstanceGroupId\n"
	       "Tags.1.Key=team\nTags.1.Value=qa\n");
	assert_int_equal(-EINVAL, stream_encode_tag(&none, tags, 1, &q));
	assert_int_equal(-EINVAL, stream_encode_tag(&two, tags, 0, &q));
	assert_int_equal(-EINVAL, stream_encode_tag(&two, tags, 21, &q));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_create_carries_configured_and_derived),
		cmocka_unit_test(an_object_is_one_parameter_and_a_list_is_flat),
		cmocka_unit_test(a_schedule_says_itself_how_many_nodes_there_are),
		cmocka_unit_test(nothing_configured_replaces_what_is_derived),
		cmocka_unit_test(a_create_without_its_essentials_is_refused),
		cmocka_unit_test(the_whole_strategy_is_said_again),
		cmocka_unit_test(only_sized_pools_paid_by_use_are_told_a_number),
		cmocka_unit_test(a_pool_without_a_strategy_has_nothing_to_say),
		cmocka_unit_test(subscribed_pools_are_told_the_total),
		cmocka_unit_test(what_reads_back_can_be_set_again),
		cmocka_unit_test(settings_that_the_file_does_not_state_are_not_set),
		cmocka_unit_test(image_and_delete_name_one_group),
		cmocka_unit_test(tags_are_numbered_in_the_plural),
	};
	return cmocka_run_group_tests_name("stream_encode", tests, NULL, NULL);
}
