#include "cloud/stream_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cloud/json.h"
#include "model/attributes.h"
#include "model/value.h"

/* --- the tables, in the order of appstream-center 3.2 --- */

static const struct field app_fields[] = {
	FIELD(stream_app, FIELD_TEXT, "AppIcon", icon),
	FIELD(stream_app, FIELD_TEXT, "AppId", id),
	FIELD(stream_app, FIELD_TEXT, "AppName", name),
	FIELD(stream_app, FIELD_TEXT, "AppVersion", version),
	FIELD(stream_app, FIELD_TEXT, "AppVersionName", version_name),
};
static const struct field_table app_table = FIELD_TABLE(stream_app, app_fields);

static const struct field ota_fields[] = {
	FIELD(stream_ota, FIELD_TEXT, "OtaVersion", version),
	FIELD(stream_ota, FIELD_TEXT, "NewOtaVersion", newer),
	FIELD(stream_ota, FIELD_TEXT, "TaskId", task),
};
static const struct field_table ota_table = FIELD_TABLE(stream_ota, ota_fields);

static const struct field period_fields[] = {
	FIELD(stream_period, FIELD_TEXT, "StartTime", start),
	FIELD(stream_period, FIELD_TEXT, "EndTime", end),
	FIELD(stream_period, FIELD_INT, "Amount", amount),
};
static const struct field_table period_table = FIELD_TABLE(stream_period, period_fields);

static const struct field schedule_fields[] = {
	FIELD(stream_schedule, FIELD_TEXT, "RecurrenceType", type),
	FIELD(stream_schedule, FIELD_TEXTS, "RecurrenceValues", days),
	FIELD_OF(stream_schedule, FIELD_LIST, "TimerPeriods", periods, &period_table),
};
static const struct field_table schedule_table = FIELD_TABLE(stream_schedule, schedule_fields);

#define POOL(type, name, member) FIELD(stream_pool, FIELD_##type, name, member)

static const struct field pool_fields[] = {
	POOL(TEXT, "NodePoolId", id),
	POOL(TEXT, "NodeInstanceType", node_type),
	POOL(TEXT, "NodeTypeName", type_name),
	POOL(INT, "NodeCapacity", capacity),
	POOL(INT, "Amount", amount_bought),
	POOL(INT, "NodeAmount", nodes),
	POOL(INT, "NodeUsed", nodes_used),
	POOL(INT, "ScalingNodeAmount", elastic),
	POOL(INT, "ScalingNodeUsed", elastic_used),
	POOL(TEXT, "StrategyType", strategy),
	POOL(INT, "MaxScalingAmount", max_scaling),
	POOL(INT, "MaxIdleAppInstanceAmount", max_idle),
	POOL(INT, "ScalingStep", step),
	POOL(TEXT, "ScalingUsageThreshold", threshold),
	POOL(INT, "ScalingDownAfterIdleMinutes", down_after_minutes),
	POOL(TEXT, "StrategyEnableDate", enabled),
	POOL(TEXT, "StrategyDisableDate", disabled),
	POOL(BOOL, "WarmUp", warm_up),
	FIELD_OF(stream_pool, FIELD_LIST, "RecurrenceSchedules", schedules, &schedule_table),
};
static const struct field_table pool_table = FIELD_TABLE(stream_pool, pool_fields);

#define GROUP(type, name, member) FIELD(stream_group, FIELD_##type, name, member)
#define GROUP_OF(type, name, member, table)                                                        \
	FIELD_OF(stream_group, FIELD_##type, name, member, table)

static const struct field group_fields[] = {
	GROUP(ID, "AppInstanceGroupId", id),
	GROUP(TEXT, "AppInstanceGroupName", name),
	GROUP(TEXT, "AppCenterImageId", image),
	GROUP(TEXT, "AppCenterImageName", image_name),
	GROUP(TEXT, "AppInstanceType", session_kind),
	GROUP(TEXT, "AppInstanceTypeName", session_kind_name),
	GROUP(TEXT, "AppPolicyId", policy),
	GROUP(BOOL, "AppPolicyImageCheck", policy_image_check),
	GROUP(TEXT, "AppPolicyVersion", policy_version),
	GROUP_OF(LIST, "Apps", apps, &app_table),
	GROUP(TEXT, "AuthMode", auth_mode),
	GROUP(TEXT, "ChargeResourceMode", charge_mode),
	GROUP(TEXT, "ChargeType", charge_type),
	GROUP(TEXT, "ExpiredTime", expires),
	GROUP(TEXT, "GmtCreate", created),
	GROUP(INT, "Amount", amount),
	GROUP(INT, "MaxAmount", max_amount),
	GROUP(INT, "MinAmount", min_amount),
	GROUP(TEXT, "ReserveAmountRatio", reserve_ratio),
	GROUP(INT, "ReserveMaxAmount", reserve_max),
	GROUP(INT, "ReserveMinAmount", reserve_min),
	GROUP(INT, "ScalingDownAfterIdleMinutes", down_after_minutes),
	GROUP(INT, "ScalingStep", step),
	GROUP(TEXT, "ScalingUsageThreshold", threshold),
	GROUP_OF(LIST, "NodePool", pools, &pool_table),
	GROUP(TEXT, "OfficeSiteId", office_site),
	GROUP(TEXT, "OsType", os),
	GROUP_OF(OBJECT, "OtaInfo", ota, &ota_table),
	GROUP(TEXT, "ProductType", product),
	GROUP(TEXT, "RegionId", region),
	GROUP(TEXT, "ResourceStatus", resource_status),
	GROUP_OF(LIST, "ResourceTags", resource_tags, &row_scoped_tag_table),
	GROUP(TEXT, "SessionTimeout", session_timeout),
	GROUP(TEXT, "SessionType", session_type),
	GROUP(BOOL, "SkipUserAuthCheck", skip_user_check),
	GROUP(TEXT, "SpecId", spec_id),
	GROUP(TEXT, "Status", status),
	GROUP(BOOL, "SupportUserGroupMixedAuth", mixed_groups),
	GROUP(TEXT, "UserGroupAuthMode", group_auth),
	GROUP_OF(LIST, "Tags", tags, &row_scoped_tag_table),
};
static const struct field_table group_table = FIELD_TABLE(stream_group, group_fields);

const struct field_table *stream_group_table(void)
{
	return &group_table;
}

int stream_group_decode(const cJSON *row, struct stream_group *ret)
{
	return fields_decode(&group_table, row, ret);
}

void stream_group_fini(struct stream_group *group)
{
	fields_fini(&group_table, group);
}

/* --- status --- */

/* Of the two words the one that weighs more decides: an end before a failure, a failure before
 * what passes by itself, that before "usable". Both must be known and, to be usable, there. */
static const struct word {
	const char *text;
	enum group_status status;
	int weight;
} status_words[] = {{"PUBLISHED", GROUP_RUNNING, 0},
		    {"MAINTAINING", GROUP_UPDATING, 2},
		    {"DEPLOYING", GROUP_CREATING, 3},
		    {"MAINTAIN_FAILED", GROUP_UPDATING_FAILED, 4},
		    {"FAILED", GROUP_FAILED, 5},
		    {"CEASED", GROUP_UNAVAILABLE, 6},
		    {"EXPIRED", GROUP_EXPIRED, 7},
		    {"EXPIRED_RECYCLING", GROUP_EXPIRED, 7}},
  resource_words[] = {{"AVAILABLE", GROUP_RUNNING, 0},
		      {"EXPIRED_IN_7_DAYS", GROUP_RUNNING, 0},
		      {"UNAVAILABLE", GROUP_UNAVAILABLE, 1},
		      {"UPGRADING", GROUP_UPDATING, 2},
		      {"CREATING", GROUP_CREATING, 3},
		      {"RELEASED", GROUP_DELETED, 8}};

static const struct word *find_word(const struct word *words, size_t n, const char *text)
{
	static const struct word nothing = {"", GROUP_UNKNOWN, 0}, unknown = {"?", GROUP_UNKNOWN, 9};
	if (!*text)
		return &nothing;
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i].text, text) == 0)
			return &words[i];
	return &unknown;
}

enum group_status stream_status(const char *status, const char *resource_status)
{
	const struct word *a = find_word(status_words, ARRAY_SIZE(status_words), status);
	const struct word *b = find_word(resource_words, ARRAY_SIZE(resource_words), resource_status);
	if (a->weight == 0 && b->weight == 0 && a->status != b->status)
		return GROUP_UNKNOWN;
	return a->weight >= b->weight ? a->status : b->status;
}

/* "PUBLISHED/AVAILABLE". */
static const char *status_text(const struct stream_group *g, struct observed *strings)
{
	auto_strbuf struct strbuf text = STRBUF_INIT(4096);
	strbuf_addf(&text, "%s%s%s", g->status, *g->status && *g->resource_status ? "/" : "",
		    g->resource_status);
	return strbuf_error(&text) ? NULL : observed_intern(strings, strbuf_text(&text));
}

/* --- what reads back, in the form of the create call (appstream-center 5) --- */

static struct value *value_of(const cJSON *item);

static struct value *number_of(const cJSON *item)
{
	const char *digits = json_item_text(item);
	return *digits ? value_int(strtoll(digits, NULL, 10)) : value_null();
}

static struct value *list_of(const cJSON *array)
{
	auto_value struct value *list = value_list();
	json_each(item, array)
		if (!list || value_append(list, value_of(item)) < 0)
			return NULL;
	return TAKE(list);
}

static struct value *map_of(const cJSON *object)
{
	auto_value struct value *map = value_map();
	for (const cJSON *item = object->child; item; item = item->next)
		if (!map || value_set(map, item->string, value_of(item)) < 0)
			return NULL;
	return TAKE(map);
}

/* NULL without memory. Fractions, which no setting has, are as absent as null is. */
static struct value *value_of(const cJSON *item)
{
	if (cJSON_IsString(item))
		return value_text(item->valuestring);
	if (cJSON_IsBool(item))
		return value_bool(cJSON_IsTrue(item));
	if (cJSON_IsNumber(item))
		return number_of(item);
	if (cJSON_IsArray(item))
		return list_of(item);
	return cJSON_IsObject(item) ? map_of(item) : value_null();
}

/* Under the name of the create call, in the map @outer of it when there is one. */
static int put(struct value *create, const char *outer, const char *name, const cJSON *item)
{
	if (!item)
		return 0;
	if (!outer)
		return value_set(create, name, value_of(item));
	struct value *map = value_map();
	if (map && value_set(map, name, value_of(item)) < 0)
		map = value_free(map);
	return value_set(create, outer, map);
}

/* NULL without memory. */
static const char *attributes_of(const cJSON *row, struct observed *strings)
{
	static const struct {
		const char *outer, *name, *row_name;
	} told[] = {{NULL, "SessionTimeout", "SessionTimeout"},
		    {NULL, "AuthMode", "AuthMode"},
		    {NULL, "AppPolicyId", "AppPolicyId"},
		    {"Network", "OfficeSiteId", "OfficeSiteId"},
		    {"SecurityPolicy", "SkipUserAuthCheck", "SkipUserAuthCheck"}};
	auto_value struct value *create = value_map();
	const cJSON *pools = json_array(row, "NodePool");
	int r = create ? 0 : -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(told) && r == 0; i++)
		r = put(create, told[i].outer, told[i].name, json_get(row, told[i].row_name));
	if (r == 0)
		r = put(create, NULL, "NodePool", pools ? pools->child : NULL);
	auto_free char *text = r == 0 ? attributes_text(create) : NULL;
	return text ? observed_intern(strings, text) : NULL;
}

/* --- groups --- */

static int64_t count_of(int64_t value, int64_t otherwise)
{
	return value < 0 ? otherwise : value;
}

static int observe(struct stream_group *g, const cJSON *row, struct observed *strings,
		   struct observed_group *ret)
{
	static const struct stream_pool none = {
		.id = "", .node_type = "", .nodes = FIELD_ABSENT, .elastic = FIELD_ABSENT};
	const struct stream_pool *pool = g->pools.n > 0 ? &g->pools.items[0] : &none;
	enum charge_type charge = charge_type_from_name(g->charge_type);
	/* Of a pool paid by use no member tells the nodes there are: they are listed. */
	int64_t nodes = charge == CHARGE_PREPAID ? count_of(pool->nodes, -1) : -1;
	struct observed_group result = {
		.kind = KIND_APP_STREAMING,
		.status = stream_status(g->status, g->resource_status),
		.status_text = status_text(g, strings),
		.error_code = "",
		.name = observed_intern(strings, g->name),
		.region = observed_intern(strings, g->region),
		.spec = observed_intern(strings, pool->node_type),
		.image = observed_intern(strings, g->image),
		.bandwidth_package = "",
		.pool = observed_intern(strings, pool->id),
		.attributes = attributes_of(row, strings),
		.tags = row_join_tags(&g->tags, strings),
		.charge = charge,
		.number = nodes,
		.available = nodes,
		.counted = charge != CHARGE_PREPAID,
		.elastic = count_of(pool->elastic, 0),
		.created_ms = row_time(g->created),
		.expires_ms = row_time(g->expires),
	};
	if (!result.status_text || !result.name || !result.region || !result.spec ||
	    !result.image || !result.pool || !result.attributes || !result.tags)
		return -ENOMEM;
	row_copy_id(result.id, g->id);
	*ret = result;
	return 0;
}

int stream_group_row(const cJSON *row, struct observed *strings, struct observed_group *ret)
{
	struct stream_group group;
	int r = stream_group_decode(row, &group);
	if (r < 0)
		return r;
	r = observe(&group, row, strings, ret);
	stream_group_fini(&group);
	return r;
}

/* --- nodes --- */

struct node {
	const char *id, *charge_type;
};

static const struct field node_fields[] = {
	FIELD(node, FIELD_ID, "NodeId", id),
	FIELD(node, FIELD_TEXT, "ChargeType", charge_type), /* "Prepaid" here (appstream-center 3.5) */
};
static const struct field_table node_table = FIELD_TABLE(node, node_fields);

const struct field_table *stream_node_table(void)
{
	return &node_table;
}

int stream_node_row(const cJSON *row, struct observed *strings, struct observed_instance *ret,
		    char *ret_group)
{
	struct node node;
	(void)strings;
	int r = fields_decode(&node_table, row, &node);
	if (r < 0)
		return r;
	*ret = (struct observed_instance){
		.status = INSTANCE_UNKNOWN, .status_text = "", .key_pair = "", .tags = ""};
	row_copy_id(ret->id, node.id);
	*ret_group = '\0';
	return 0;
}

/* Nodes have no status of their own (appstream-center 4.4). While a group is changed its nodes
 * go on; after a change that failed nobody says whether they do. */
static enum instance_status status_of_nodes(enum group_status status)
{
	static const enum instance_status of[] = {
		[GROUP_CREATING] = INSTANCE_CREATING,
		[GROUP_RUNNING] = INSTANCE_RUNNING,
		[GROUP_UPDATING] = INSTANCE_RUNNING,
		[GROUP_UPDATING_FAILED] = INSTANCE_UNAVAILABLE,
		[GROUP_FAILED] = INSTANCE_FAILED,
		[GROUP_UNAVAILABLE] = INSTANCE_UNAVAILABLE,
		[GROUP_EXPIRED] = INSTANCE_UNAVAILABLE,
		[GROUP_DELETING] = INSTANCE_DELETING,
		[GROUP_DELETED] = INSTANCE_DELETED,
		[GROUP_UNKNOWN] = INSTANCE_UNKNOWN,
	};
	return of[status];
}

void stream_settle(struct observed_group *g)
{
	for (size_t i = 0; i < g->n_instances; i++) {
		struct observed_instance *node = &g->instances[i];
		node->status = status_of_nodes(g->status);
		node->status_text = g->status_text;
		node->created_ms = g->created_ms;
		node->expires_ms = g->expires_ms;
	}
	if (g->charge == CHARGE_PREPAID)
		return;
	int64_t listed = (int64_t)g->n_instances;
	g->number = g->available = listed > g->elastic ? listed - g->elastic : 0;
}
