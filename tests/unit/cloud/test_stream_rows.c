/* Rows of delivery groups and nodes, and what is kept of them. */
#include "replies.h"

#include <errno.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cloud/listings.h"
#include "cloud/stream_rows.h"
#include "model/attributes.h"

#define GROUP(members) "{\"AppInstanceGroupId\":\"aig-1\"" members "}"

/* --- what the pages show --- */

static const char sample[] =
	"{\"AppInstanceGroupId\":\"aig-9ciijz60n4xsv****\",\"AppInstanceGroupName\":\"fleet-a-7f3c\","
	"\"ProductType\":\"CloudApp\",\"RegionId\":\"cn-hangzhou\",\"SpecId\":\"spec-8o18t8uc31qib0****\","
	"\"AppCenterImageId\":\"img-8z4nztpaqvay4****\",\"AppCenterImageName\":\"OfficeApps\","
	"\"OsType\":\"Windows\",\"AppInstanceType\":\"__dynamic__\",\"AuthMode\":\"App\","
	"\"ChargeType\":\"PrePaid\",\"ChargeResourceMode\":\"Node\",\"Status\":\"PUBLISHED\","
	"\"ResourceStatus\":\"AVAILABLE\",\"SessionTimeout\":\"15\",\"SessionType\":\"NORMAL\","
	"\"Amount\":1,\"GmtCreate\":\"2022-04-26T15:06:16.000+00:00\","
	"\"ExpiredTime\":\"2022-05-26T16:00:00.000+00:00\",\"SkipUserAuthCheck\":false,"
	"\"NodePool\":[{\"NodePoolId\":\"rg-ew7va2g1wl3vm****\","
	"\"NodeInstanceType\":\"appstreaming.general.4c8g\",\"NodeCapacity\":2,\"Amount\":1,"
	"\"NodeAmount\":1,\"NodeUsed\":0,\"ScalingNodeAmount\":3,\"ScalingNodeUsed\":0,"
	"\"StrategyType\":\"NODE_FIXED\"}],"
	"\"Tags\":[{\"Key\":\"fleet\",\"Scope\":\"Custom\",\"Value\":\"a\"},"
	"{\"Key\":\"System/Scheduler/GRAYSCALE\",\"Scope\":\"System\",\"Value\":\"true\"},"
	"{\"Key\":\"early\",\"Value\":\"b\"}]}";

static void a_group_is_kept_in_short(void **state)
{
	struct observed o;
	struct observed_group g;
	observed_init(&o);
	assert_int_equal(0, stream_group_row(reply_text(state, sample), &o, &g));
	assert_string_equal("aig-9ciijz60n4xsv****", g.id);
	assert_int_equal(KIND_APP_STREAMING, g.kind);
	assert_string_equal("fleet-a-7f3c", g.name);
	assert_string_equal("cn-hangzhou", g.region);
	assert_string_equal("appstreaming.general.4c8g", g.spec);
	assert_string_equal("img-8z4nztpaqvay4****", g.image);
	assert_string_equal("rg-ew7va2g1wl3vm****", g.pool);
	assert_string_equal("early\x1f" "b\x1e" "fleet\x1f" "a\x1e", g.tags);
	assert_int_equal(CHARGE_PREPAID, g.charge);
	assert_int_equal(GROUP_RUNNING, g.status);
	assert_string_equal("PUBLISHED/AVAILABLE", g.status_text);
	assert_int_equal(1, g.number);
	assert_int_equal(1, g.available);
	assert_int_equal(3, g.elastic);
	assert_true(g.created_ms == UINT64_C(1650985576000));
	assert_true(g.expires_ms == UINT64_C(1653580800000));
	assert_string_equal("", g.error_code);
	assert_string_equal("", g.bandwidth_package);
	assert_string_equal("AuthMode\x1f" "App\x1eNodePool.NodeCapacity\x1f" "2\x1eNodePool.StrategyType"
			    "\x1fNODE_FIXED\x1eSecurityPolicy.SkipUserAuthCheck\x1f" "false\x1e"
			    "SessionTimeout\x1f" "15\x1e", g.attributes);
	observed_fini(&o);
}

static void what_is_not_told_is_absent(void **state)
{
	static const char *const rows[] = {GROUP(""), GROUP(",\"NodePool\":[],\"Tags\":null"),
					   GROUP(",\"NodePool\":[{}],\"ChargeType\":\"PostPaid\"")};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct observed o;
		struct observed_group g;
		observed_init(&o);
		assert_int_equal(0, stream_group_row(reply_text(state, rows[i]), &o, &g));
		assert_string_equal("", g.name);
		assert_string_equal("", g.spec);
		assert_string_equal("", g.pool);
		assert_string_equal("", g.tags);
		assert_string_equal("", g.attributes);
		assert_string_equal("", g.status_text);
		assert_int_equal(GROUP_UNKNOWN, g.status);
		assert_int_equal(-1, g.number);
		assert_int_equal(-1, g.available);
		assert_int_equal(0, g.elastic);
		assert_true(g.created_ms == 0 && g.expires_ms == 0);
		observed_fini(&o);
	}
}

static void a_row_without_a_usable_id_is_none(void **state)
{
	static const char *const rows[] = {
		"{\"AppInstanceGroupName\":\"a\"}", "{\"AppInstanceGroupId\":\"\"}",
		"{\"AppInstanceGroupId\":\"0123456789012345678901234567890123456789\"}",
		GROUP(",\"NodePool\":{}")};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct observed o;
		struct observed_group g;
		observed_init(&o);
		assert_int_equal(-EBADMSG, stream_group_row(reply_text(state, rows[i]), &o, &g));
		observed_fini(&o);
	}
}

/* Every documented member comes back out under its name (appstream-center 3.2, 3.3). */
static void a_group_is_printed_whole(void **state)
{
	static const char row[] =
		"{\"AppInstanceGroupId\":\"aig-1\",\"AppInstanceGroupName\":\"n\","
		"\"AppCenterImageId\":\"img-1\",\"AppCenterImageName\":\"in\",\"AppInstanceType\":\"t\","
		"\"AppInstanceTypeName\":\"tn\",\"AppPolicyId\":\"pg-1\",\"AppPolicyImageCheck\":true,"
		"\"AppPolicyVersion\":\"CENTER\",\"Apps\":[{\"AppIcon\":\"i\",\"AppId\":\"ca-1\","
		"\"AppName\":\"an\",\"AppVersion\":\"1\",\"AppVersionName\":\"v1\"}],\"AuthMode\":\"App\","
		"\"ChargeResourceMode\":\"Node\",\"ChargeType\":\"PostPaid\",\"ExpiredTime\":\"e\","
		"\"GmtCreate\":\"c\",\"Amount\":1,\"MaxAmount\":2,\"MinAmount\":3,"
		"\"ReserveAmountRatio\":\"4\",\"ReserveMaxAmount\":5,\"ReserveMinAmount\":6,"
		"\"ScalingDownAfterIdleMinutes\":7,\"ScalingStep\":8,\"ScalingUsageThreshold\":\"9\","
		"\"NodePool\":[{\"NodePoolId\":\"rg-1\",\"NodeInstanceType\":\"s\",\"NodeTypeName\":\"sn\","
		"\"NodeCapacity\":10,\"Amount\":11,\"NodeAmount\":12,\"NodeUsed\":13,"
		"\"ScalingNodeAmount\":14,\"ScalingNodeUsed\":15,\"StrategyType\":\"NODE_FIXED\","
		"\"MaxScalingAmount\":16,\"MaxIdleAppInstanceAmount\":17,\"ScalingStep\":18,"
		"\"ScalingUsageThreshold\":\"19\",\"ScalingDownAfterIdleMinutes\":20,"
		"\"StrategyEnableDate\":\"2026-01-01\",\"StrategyDisableDate\":\"2026-02-01\","
		"\"WarmUp\":false,\"RecurrenceSchedules\":[{\"RecurrenceType\":\"Weekly\","
		"\"RecurrenceValues\":[\"1\",\"2\"],\"TimerPeriods\":[{\"StartTime\":\"12:00\","
		"\"EndTime\":\"15:00\",\"Amount\":2}]}]}],\"OfficeSiteId\":\"o\",\"OsType\":\"Windows\","
		"\"OtaInfo\":{\"OtaVersion\":\"1\",\"NewOtaVersion\":\"2\",\"TaskId\":\"3\"},"
		"\"ProductType\":\"CloudApp\",\"RegionId\":\"r\",\"ResourceStatus\":\"AVAILABLE\","
		"\"ResourceTags\":[{\"Key\":\"k\",\"Scope\":\"System\",\"Value\":\"v\"}],"
		"\"SessionTimeout\":\"15\",\"SessionType\":\"NORMAL\",\"SkipUserAuthCheck\":true,"
		"\"SpecId\":\"spec-1\",\"Status\":\"PUBLISHED\",\"SupportUserGroupMixedAuth\":false,"
		"\"UserGroupAuthMode\":\"Mixed\",\"Tags\":[{\"Key\":\"k\",\"Scope\":\"Custom\",\"Value\":\"v\"}]}";
	auto_strbuf struct strbuf out = STRBUF_INIT(65536);
	struct jsonw w = JSONW_INIT(&out);
	char id[OBSERVED_ID_SIZE];
	assert_int_equal(0, listing_app_streaming.detail_row(reply_text(state, row), id, &w));
	assert_string_equal("aig-1", id);
	assert_string_equal(row, strbuf_text(&out));
}

/* --- status --- */

static void the_two_words_are_one_status(void **state)
{
	static const struct {
		const char *status, *resource;
		enum group_status expected;
	} cases[] = {
		{"PUBLISHED", "AVAILABLE", GROUP_RUNNING},
		{"PUBLISHED", "EXPIRED_IN_7_DAYS", GROUP_RUNNING},
		{"PUBLISHED", "CREATING", GROUP_CREATING},
		{"PUBLISHED", "UPGRADING", GROUP_UPDATING},
		{"PUBLISHED", "UNAVAILABLE", GROUP_UNAVAILABLE},
		{"PUBLISHED", "RELEASED", GROUP_DELETED},
		{"DEPLOYING", "CREATING", GROUP_CREATING},
		{"DEPLOYING", "AVAILABLE", GROUP_CREATING},
		{"DEPLOYING", "UNAVAILABLE", GROUP_CREATING},
		{"DEPLOYING", "", GROUP_CREATING},
		{"MAINTAINING", "AVAILABLE", GROUP_UPDATING},
		{"MAINTAINING", "UPGRADING", GROUP_UPDATING},
		{"MAINTAINING", "UNAVAILABLE", GROUP_UPDATING},
		{"MAINTAIN_FAILED", "AVAILABLE", GROUP_UPDATING_FAILED},
		{"MAINTAIN_FAILED", "UPGRADING", GROUP_UPDATING_FAILED},
		{"FAILED", "CREATING", GROUP_FAILED},
		{"FAILED", "UNAVAILABLE", GROUP_FAILED},
		{"CEASED", "AVAILABLE", GROUP_UNAVAILABLE},
		{"CEASED", "UPGRADING", GROUP_UNAVAILABLE},
		{"EXPIRED", "UNAVAILABLE", GROUP_EXPIRED},
		{"EXPIRED_RECYCLING", "UNAVAILABLE", GROUP_EXPIRED},
		{"EXPIRED_RECYCLING", "RELEASED", GROUP_DELETED},
		{"FAILED", "RELEASED", GROUP_DELETED},
		/* half an answer does not make a group usable */
		{"PUBLISHED", "", GROUP_UNKNOWN},
		{"", "AVAILABLE", GROUP_UNKNOWN},
		{"", "", GROUP_UNKNOWN},
		/* a word that nobody knows says nothing, whatever stands beside it */
		{"PUBLISHED", "RESTING", GROUP_UNKNOWN},
		{"RESTING", "AVAILABLE", GROUP_UNKNOWN},
		{"RESTING", "RELEASED", GROUP_UNKNOWN},
		{"published", "AVAILABLE", GROUP_UNKNOWN},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (stream_status(cases[i].status, cases[i].resource) != cases[i].expected)
			fail_msg("%s/%s", cases[i].status, cases[i].resource);
}

/* --- settings, wanted and observed --- */

static void set(struct value *map, const char *key, struct value *child)
{
	assert_int_equal(0, value_set(map, key, child));
}

static struct value *wanted(struct value *pool)
{
	struct value *create = value_map(), *network = value_map(), *security = value_map();
	set(network, "OfficeSiteId", value_text("cn-hangzhou+dir-1"));
	set(security, "SkipUserAuthCheck", value_bool(true));
	set(security, "ResetAfterUnbind", value_bool(true));
	set(create, "SessionTimeout", value_int(15));
	set(create, "AuthMode", value_text("Session"));
	set(create, "AppPolicyId", value_text("pg-1"));
	set(create, "Network", network);
	set(create, "SecurityPolicy", security);
	set(pool, "NodeInstanceType", value_text("s"));
	set(pool, "NodeCapacity", value_int(2));
	set(create, "NodePool", pool);
	return create;
}

#define SETTLED                                                                                    \
	",\"SessionTimeout\":\"15\",\"AuthMode\":\"Session\",\"AppPolicyId\":\"pg-1\","            \
	"\"OfficeSiteId\":\"cn-hangzhou+dir-1\",\"SkipUserAuthCheck\":true,"
#define POOL(members)                                                                              \
	GROUP(SETTLED "\"NodePool\":[{\"NodeCapacity\":2,\"NodeInstanceType\":\"s\"," members "}]")

static struct value *fixed(void)
{
	struct value *pool = value_map();
	set(pool, "StrategyType", value_text("NODE_FIXED"));
	return pool;
}

static struct value *by_usage(void)
{
	struct value *pool = value_map();
	set(pool, "StrategyType", value_text("NODE_SCALING_BY_USAGE"));
	set(pool, "MaxScalingAmount", value_int(10));
	set(pool, "MaxIdleAppInstanceAmount", value_int(3));
	set(pool, "ScalingStep", value_int(2));
	set(pool, "ScalingUsageThreshold", value_text("85"));
	set(pool, "ScalingDownAfterIdleMinutes", value_int(5));
	return pool;
}

static struct value *by_schedule(void)
{
	struct value *pool = value_map(), *schedules = value_list(), *schedule = value_map(),
		     *days = value_list(), *periods = value_list(), *period = value_map();
	set(period, "StartTime", value_text("12:00"));
	set(period, "EndTime", value_text("15:00"));
	set(period, "Amount", value_int(2));
	assert_int_equal(0, value_append(periods, period));
	assert_int_equal(0, value_append(days, value_int(7)));
	assert_int_equal(0, value_append(days, value_int(1)));
	set(schedule, "RecurrenceType", value_text("weekly"));
	set(schedule, "RecurrenceValues", days);
	set(schedule, "TimerPeriods", periods);
	assert_int_equal(0, value_append(schedules, schedule));
	set(pool, "StrategyType", value_text("NODE_SCALING_BY_SCHEDULE"));
	set(pool, "StrategyEnableDate", value_text("2026-12-01"));
	set(pool, "StrategyDisableDate", value_text("2027-06-01"));
	set(pool, "WarmUp", value_bool(false));
	set(pool, "RecurrenceSchedules", schedules);
	return pool;
}

static const struct {
	struct value *(*pool)(void);
	const char *settled; /* the row when everything is as wanted */
	const char *drifted;
	const char *name; /* what has drifted */
} strategies[] = {
	{fixed, POOL("\"StrategyType\":\"NODE_FIXED\""),
	 POOL("\"StrategyType\":\"NODE_SCALING_BY_USAGE\""), "NodePool.StrategyType"},
	{by_usage,
	 POOL("\"StrategyType\":\"NODE_SCALING_BY_USAGE\",\"MaxScalingAmount\":10,"
	      "\"MaxIdleAppInstanceAmount\":3,\"ScalingStep\":2,\"ScalingUsageThreshold\":\"85\","
	      "\"ScalingDownAfterIdleMinutes\":5"),
	 POOL("\"StrategyType\":\"NODE_SCALING_BY_USAGE\",\"MaxScalingAmount\":10,"
	      "\"MaxIdleAppInstanceAmount\":3,\"ScalingStep\":2,\"ScalingUsageThreshold\":\"80\","
	      "\"ScalingDownAfterIdleMinutes\":5"),
	 "NodePool.ScalingUsageThreshold"},
	{by_schedule,
	 POOL("\"StrategyType\":\"NODE_SCALING_BY_SCHEDULE\",\"StrategyEnableDate\":\"2026-12-01\","
	      "\"StrategyDisableDate\":\"2027-06-01\",\"WarmUp\":false,\"RecurrenceSchedules\":["
	      "{\"TimerPeriods\":[{\"Amount\":2,\"EndTime\":\"15:00\",\"StartTime\":\"12:00\"}],"
	      "\"RecurrenceValues\":[1,7],\"RecurrenceType\":\"Weekly\"}]"),
	 POOL("\"StrategyType\":\"NODE_SCALING_BY_SCHEDULE\",\"StrategyEnableDate\":\"2026-12-01\","
	      "\"StrategyDisableDate\":\"2027-06-01\",\"WarmUp\":false,\"RecurrenceSchedules\":["
	      "{\"TimerPeriods\":[{\"Amount\":3,\"EndTime\":\"15:00\",\"StartTime\":\"12:00\"}],"
	      "\"RecurrenceValues\":[1,7],\"RecurrenceType\":\"Weekly\"}]"),
	 "NodePool.RecurrenceSchedules"},
};

static void what_took_effect_is_no_drift(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(strategies); i++) {
		auto_value struct value *create = wanted(strategies[i].pool());
		auto_free char *text = attributes_text(create);
		struct observed o;
		struct observed_group g;
		size_t at = 0;
		observed_init(&o);
		assert_int_equal(0, stream_group_row(reply_text(state, strategies[i].settled), &o, &g));
		assert_string_equal(text, g.attributes);
		assert_null(attributes_next_drift(text, g.attributes, &at));
		at = 0;
		assert_int_equal(0, stream_group_row(reply_text(state, strategies[i].drifted), &o, &g));
		const struct attribute *a = attributes_next_drift(text, g.attributes, &at);
		assert_non_null(a);
		assert_string_equal(strategies[i].name, a->name);
		assert_int_equal(VERB_SET_SCALING, a->verb);
		assert_null(attributes_next_drift(text, g.attributes, &at));
		observed_fini(&o);
	}
}

/* --- nodes --- */

static void a_node_is_its_id(void **state)
{
	struct observed o;
	struct observed_instance node;
	char group[OBSERVED_ID_SIZE] = "untouched";
	observed_init(&o);
	assert_int_equal(0, listing_app_streaming.instance_row(
				    reply_text(state, "{\"NodeId\":\"i-bp13\",\"ChargeType\":\"Prepaid\"}"),
				    &o, &node, group));
	assert_string_equal("i-bp13", node.id);
	assert_string_equal("", group);
	assert_int_equal(INSTANCE_UNKNOWN, node.status);
	assert_string_equal("", node.status_text);
	assert_string_equal("", node.key_pair);
	assert_string_equal("", node.tags);
	assert_int_equal(-EBADMSG, stream_node_row(reply_text(state, "{\"ChargeType\":\"PostPaid\"}"), &o,
						   &node, group));
	observed_fini(&o);
}

static void nodes_stand_as_their_group_does(void **state)
{
	static const struct {
		enum group_status group;
		enum instance_status expected;
	} cases[] = {
		{GROUP_CREATING, INSTANCE_CREATING},
		{GROUP_RUNNING, INSTANCE_RUNNING},
		{GROUP_UPDATING, INSTANCE_RUNNING},
		{GROUP_UPDATING_FAILED, INSTANCE_UNAVAILABLE},
		{GROUP_FAILED, INSTANCE_FAILED},
		{GROUP_UNAVAILABLE, INSTANCE_UNAVAILABLE},
		{GROUP_EXPIRED, INSTANCE_UNAVAILABLE},
		{GROUP_DELETING, INSTANCE_DELETING},
		{GROUP_DELETED, INSTANCE_DELETED},
		{GROUP_UNKNOWN, INSTANCE_UNKNOWN},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct observed_instance nodes[2] = {{.id = "i-1"}, {.id = "i-2"}};
		struct observed_group g = {.status = cases[i].group,
					   .status_text = "as written",
					   .created_ms = 1,
					   .expires_ms = 2,
					   .instances = nodes,
					   .n_instances = 2};
		listing_app_streaming.settle_group(&g);
		for (size_t k = 0; k < 2; k++) {
			assert_int_equal(cases[i].expected, nodes[k].status);
			assert_string_equal("as written", nodes[k].status_text);
			assert_int_equal(1, nodes[k].created_ms);
			assert_int_equal(2, nodes[k].expires_ms);
		}
	}
}

static void nodes_paid_by_use_are_counted_less_the_elastic_ones(void **state)
{
	static const struct {
		enum charge_type charge;
		int64_t told, elastic;
		size_t listed;
		int64_t expected;
	} cases[] = {
		{CHARGE_POSTPAID, -1, 0, 4, 4},  {CHARGE_POSTPAID, -1, 3, 4, 1},
		{CHARGE_POSTPAID, -1, 0, 0, 0},  {CHARGE_POSTPAID, -1, 5, 4, 0},
		{CHARGE_POSTPAID, 7, 1, 4, 3}, /* settled before: the new listing counts */
		{CHARGE_PREPAID, 2, 2, 4, 2},    {CHARGE_PREPAID, -1, 0, 4, -1},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct observed_instance nodes[4] = {0};
		struct observed_group g = {.charge = cases[i].charge,
					   .number = cases[i].told,
					   .available = cases[i].told,
					   .elastic = cases[i].elastic,
					   .instances = nodes,
					   .n_instances = cases[i].listed};
		stream_settle(&g);
		assert_int_equal(cases[i].expected, g.available);
		assert_int_equal(cases[i].expected, g.number);
	}
}

/* --- listings --- */

static void expect(const struct params *p, const char *text)
{
	auto_free char *got = params_text(p);
	assert_string_equal(text, got);
}

static void listings_say_product_and_size(void **state)
{
	const struct listing_kind *kind = listing_of(KIND_APP_STREAMING);
	char *ids[] = {(char *)"aig-1", (char *)"aig-2"};
	const struct text_list one = {ids, 1}, two = {ids, 2}, none = {0};
	auto_params struct params groups = {0}, nodes = {0}, detail = {0}, refused = {0};
	(void)state;
	assert_non_null(kind);
	assert_int_equal(OP_LIST_APP_INSTANCE_GROUP, kind->groups);
	assert_int_equal(OP_LIST_NODES, kind->instances);
	assert_int_equal(OP_GET_APP_INSTANCE_GROUP, kind->detail);
	assert_int_equal(OP_MAX_, kind->count);
	assert_int_equal(1, kind->batch);
	assert_int_equal(1, kind->detail_batch);
	assert_int_equal(0, kind->encode_groups(&(struct listing_scope){0}, &groups));
	expect(&groups, "PageSize=100&ProductType=CloudApp");
	assert_int_equal(0, kind->encode_instances(&one, &nodes));
	expect(&nodes, "AppInstanceGroupId=aig-1&PageSize=100&ProductType=CloudApp");
	assert_int_equal(0, kind->encode_detail(&one, &detail));
	expect(&detail, "AppInstanceGroupId=aig-1&ProductType=CloudApp");
	assert_int_equal(-EINVAL, kind->encode_instances(&two, &refused));
	assert_int_equal(-EINVAL, kind->encode_instances(&none, &refused));
	assert_int_equal(-EINVAL, kind->encode_detail(&two, &refused));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		REPLY_CASE(a_group_is_kept_in_short),
		REPLY_CASE(what_is_not_told_is_absent),
		REPLY_CASE(a_row_without_a_usable_id_is_none),
		REPLY_CASE(a_group_is_printed_whole),
		cmocka_unit_test(the_two_words_are_one_status),
		REPLY_CASE(what_took_effect_is_no_drift),
		REPLY_CASE(a_node_is_its_id),
		cmocka_unit_test(nodes_stand_as_their_group_does),
		cmocka_unit_test(nodes_paid_by_use_are_counted_less_the_elastic_ones),
		cmocka_unit_test(listings_say_product_and_size),
	};
	return cmocka_run_group_tests_name("stream_rows", tests, NULL, NULL);
}
