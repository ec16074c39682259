#include "cloud/android_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "cloud/json.h"
#include "cloud/rows.h"

/* --- the tables --- */

static const struct field tag_fields[] = {
	FIELD(row_tag, FIELD_TEXT, "Key", key),
	FIELD(row_tag, FIELD_TEXT, "Value", value),
};
static const struct field_table tag_table = FIELD_TABLE(row_tag, tag_fields);

static const struct field disk_fields[] = {
	FIELD(android_disk, FIELD_TEXT, "DiskType", type),
	FIELD(android_disk, FIELD_INT, "DiskSize", size_gb),
};
static const struct field_table disk_table = FIELD_TABLE(android_disk, disk_fields);

static const struct field display_fields[] = {
	FIELD(android_display, FIELD_INT, "ResolutionHeight", height),
	FIELD(android_display, FIELD_INT, "ResolutionWidth", width),
	FIELD(android_display, FIELD_INT, "Dpi", dpi),
	FIELD(android_display, FIELD_INT, "Fps", fps),
	FIELD(android_display, FIELD_TEXT, "LockResolution", lock),
};
static const struct field_table display_table = FIELD_TABLE(android_display, display_fields);

static const struct field app_policy_fields[] = {
	FIELD(android_app_policy, FIELD_TEXT, "AppManagePolicyId", id),
	FIELD(android_app_policy, FIELD_TEXT, "AppManagePolicyName", name),
};
static const struct field_table app_policy_table =
	FIELD_TABLE(android_app_policy, app_policy_fields);

static const struct field phone_data_fields[] = {
	FIELD(android_phone_data, FIELD_TEXT, "PhoneDataId", id),
	FIELD(android_phone_data, FIELD_INT, "PhoneDataVolume", volume_gib),
};
static const struct field_table phone_data_table =
	FIELD_TABLE(android_phone_data, phone_data_fields);

#define ROW(type, name, member) FIELD(android_instance, FIELD_##type, name, member)
#define ROW_OF(type, name, member, table)                                                          \
	FIELD_OF(android_instance, FIELD_##type, name, member, table)

/* In the order of the reply (eds-aic 4.3); the last two are newer than the others. */
static const struct field instance_fields[] = {
	ROW(ID, "AndroidInstanceGroupId", group_id),
	ROW(TEXT, "AndroidInstanceGroupName", group_name),
	ROW(ID, "AndroidInstanceId", id),
	ROW(TEXT, "AndroidInstanceName", name),
	ROW(TEXT, "AndroidInstanceStatus", status),
	ROW(TEXT, "NetworkInterfaceIp", private_ip),
	ROW(TEXT, "AuthorizedUserId", authorized_user),
	ROW(TEXT, "BindUserId", bound_user),
	ROW(TEXT, "PersistentAppInstanceId", persistent_session),
	ROW(TEXT, "AppInstanceId", app_instance),
	ROW(TEXT, "KeyPairId", key_pair),
	ROW(TEXT, "GmtCreate", created),
	ROW(TEXT, "GmtModified", modified),
	ROW(TEXT, "AppInstanceGroupId", delivery_group),
	ROW(TEXT, "RegionId", region),
	ROW(INT, "Rate", backup_rate),
	ROW(TEXT, "ErrorCode", backup_error),
	ROW(TEXT, "RenderingType", rendering_type),
	ROW(TEXT, "InstanceType", instance_type),
	ROW(TEXT, "ChargeType", charge_type),
	ROW(TEXT, "GmtExpired", expires),
	ROW(TEXT, "PolicyGroupId", policy_group),
	ROW(TEXT, "OfficeSiteId", office_site),
	ROW(TEXT, "VSwitchId", vswitch),
	ROW(INT, "Memory", memory_mib),
	ROW(INT_TEXT, "Cpu", cpu),
	ROW_OF(LIST, "Disks", disks, &disk_table),
	ROW_OF(LIST, "Tags", tags, &tag_table),
	ROW(TEXT, "ImageVersion", image_version),
	ROW(TEXT, "PublicIpAddress", public_ip),
	ROW(TEXT, "SessionStatus", session_status),
	ROW(ADDRESS, "NetworkInterfaceIpv6Address", private_ipv6),
	ROW(ADDRESS, "PublicIpv6Address", public_ipv6),
	ROW(TEXT, "ImageId", image),
	ROW_OF(OBJECT, "DisplayConfig", display, &display_table),
	ROW(TEXT, "QosRuleId", qos_rule),
	ROW_OF(OBJECT, "AppManagePolicy", app_policy, &app_policy_table),
	ROW(TEXT, "ZoneId", zone),
	ROW_OF(OBJECT, "PhoneDataInfo", phone_data, &phone_data_table),
	ROW(INT, "StreamMode", stream_mode),
	ROW(TEXT, "NetworkType", network_type),
	ROW(TEXT, "BandwidthPackageType", bandwidth_type),
	ROW(TEXT, "BandwidthPackageId", bandwidth_package),
	ROW(INT, "UpBandwidthLimit", up_mbit),
	ROW(INT, "DownBandwidthLimit", down_mbit),
	ROW(TEXT, "ServerType", server_type),
	ROW_OF(LIST, "BizTags", biz_tags, &tag_table),
	ROW(TEXT, "ServerStatus", server_status),
	ROW(TEXT, "SystemVersion", system_version),
	ROW(TEXT, "InternetStatus", internet_status),
	ROW(TEXT, "BizImageType", image_biz_type),
	ROW(TEXT, "Channel", channel),
	ROW(TEXT, "PackageId", package),
};
static const struct field_table instance_table = FIELD_TABLE(android_instance, instance_fields);

/* What is kept of an instance and its group: a listing of thousands decodes no more. */
struct kept_row {
	const char *id, *group_id, *status, *session_status, *key_pair;
	const char *created, *expires;
	const cJSON *tags;
};

#define KEPT(type, name, member) FIELD(kept_row, FIELD_##type, name, member)

static const struct field kept_fields[] = {
	KEPT(ID, "AndroidInstanceGroupId", group_id),
	KEPT(ID, "AndroidInstanceId", id),
	KEPT(TEXT, "AndroidInstanceStatus", status),
	KEPT(TEXT, "KeyPairId", key_pair),
	KEPT(TEXT, "GmtCreate", created),
	KEPT(TEXT, "GmtExpired", expires),
	KEPT(JSON, "Tags", tags),
	KEPT(TEXT, "SessionStatus", session_status),
};
static const struct field_table kept_table = FIELD_TABLE(kept_row, kept_fields);

/* What is kept of a group's row; the rest of it is not needed to manage the group. */
struct group_row {
	const char *id, *name, *status, *error_code;
	const char *region, *spec, *image, *bandwidth_package, *charge_type;
	const char *created, *expires;
	int64_t number, available;
	struct row_tags tags;
};

#define GROUP(type, name, member) FIELD(group_row, FIELD_##type, name, member)

static const struct field group_fields[] = {
	GROUP(ID, "InstanceGroupId", id),
	GROUP(TEXT, "InstanceGroupName", name),
	GROUP(TEXT, "InstanceGroupStatus", status),
	GROUP(TEXT, "ErrorCode", error_code),
	GROUP(INT_TEXT, "NumberOfInstances", number),
	GROUP(INT, "AvailableInstanceAmount", available),
	GROUP(TEXT, "InstanceGroupSpec", spec),
	GROUP(TEXT, "ChargeType", charge_type),
	GROUP(TEXT, "RegionId", region),
	GROUP(TEXT, "ImageId", image),
	GROUP(TEXT, "BandwidthPackageId", bandwidth_package),
	GROUP(TEXT, "GmtCreate", created),
	GROUP(TEXT, "GmtExpired", expires),
	FIELD_OF(group_row, FIELD_LIST, "Tags", tags, &tag_table),
};
static const struct field_table group_table = FIELD_TABLE(group_row, group_fields);

const struct field_table *android_instance_table(void)
{
	return &instance_table;
}

/* --- tags as one string --- */

/* What follows @text and @end in the joined tags at @at; NULL when something else is there.
 * A separator inside of @text is never matched: such a tag is not plain. */
static const char *skip(const char *at, const char *text, char end)
{
	while (*text && *at == *text && *at != TAGS_SEPARATOR && *at != TAGS_END) {
		at++;
		text++;
	}
	return *text == '\0' && *at == end ? at + 1 : NULL;
}

/* Whether @list, in the order in which it came, is what @joined says. */
static bool is_joined(const cJSON *list, const char *joined)
{
	json_each(tag, list)
	{
		joined = skip(joined, json_text(tag, "Key"), TAGS_SEPARATOR);
		if (joined)
			joined = skip(joined, json_text(tag, "Value"), TAGS_END);
		if (!joined)
			return false;
	}
	return *joined == '\0';
}

/* Most rows of a listing have the tags of the row before, which are @strings->last_tags:
 * seen by one comparison, instead of decoded, sorted, joined and looked up. */
static int tags_of(const cJSON *list, struct observed *strings, const char **ret_tags)
{
	struct field_list decoded = {0};
	if (cJSON_IsArray(list) && strings->last_tags && is_joined(list, strings->last_tags)) {
		*ret_tags = strings->last_tags;
		return 0;
	}
	int r = fields_decode_list(&tag_table, list, &decoded);
	if (r < 0)
		return r;
	struct row_tags tags = {.items = decoded.items, .n = decoded.n};
	*ret_tags = strings->last_tags = row_join_tags(&tags, strings);
	fields_fini_list(&tag_table, &decoded);
	return *ret_tags ? 0 : -ENOMEM;
}

/* --- instances --- */

int android_instance_decode(const cJSON *row, struct android_instance *ret)
{
	return fields_decode(&instance_table, row, ret);
}

void android_instance_fini(struct android_instance *instance)
{
	fields_fini(&instance_table, instance);
}

void android_instance_to_json(const struct android_instance *instance, struct jsonw *out)
{
	fields_write(&instance_table, instance, out);
}

/* @tags NULL: without memory. */
static int observe(const struct kept_row *row, const char *tags, struct observed *strings,
		   struct observed_instance *ret)
{
	struct observed_instance result = {
		.status = instance_status_from_text(row->status),
		.connected = strcasecmp(row->session_status, "connect") == 0,
		.status_text = observed_intern(strings, row->status),
		.key_pair = observed_intern(strings, row->key_pair),
		.tags = tags,
		.created_ms = row_time(row->created),
		.expires_ms = row_time(row->expires),
	};
	if (!result.status_text || !result.key_pair || !result.tags)
		return -ENOMEM;
	row_copy_id(result.id, row->id);
	*ret = result;
	return 0;
}

int android_instance_row(const cJSON *json, struct observed *strings, struct observed_instance *ret,
			 char ret_group[OBSERVED_ID_SIZE])
{
	struct kept_row row;
	const char *tags = NULL;
	int r = fields_decode(&kept_table, json, &row); /* nothing to release in it */
	if (r == 0)
		r = tags_of(row.tags, strings, &tags);
	if (r == 0)
		r = observe(&row, tags, strings, ret);
	if (r == 0)
		row_copy_id(ret_group, row.group_id);
	return r;
}

/* --- groups --- */

static int64_t count_of(int64_t value)
{
	return value < 0 ? -1 : value;
}

static int observe_group(struct group_row *row, struct observed *strings,
			 struct observed_group *ret)
{
	struct observed_group result = {
		.kind = KIND_CLOUD_PHONE,
		.status = group_status_from_text(row->status),
		.status_text = observed_intern(strings, row->status),
		.error_code = observed_intern(strings, row->error_code),
		.name = observed_intern(strings, row->name),
		.region = observed_intern(strings, row->region),
		.spec = observed_intern(strings, row->spec),
		.image = observed_intern(strings, row->image),
		.bandwidth_package = observed_intern(strings, row->bandwidth_package),
		.pool = observed_intern(strings, ""),
		.attributes = observed_intern(strings, ""),
		.tags = row_join_tags(&row->tags, strings),
		.charge = charge_type_from_name(row->charge_type),
		.number = count_of(row->number),
		.available = count_of(row->available),
		.created_ms = row_time(row->created),
		.expires_ms = row_time(row->expires),
	};
	if (!result.status_text || !result.error_code || !result.name || !result.region ||
	    !result.spec || !result.image || !result.bandwidth_package || !result.pool || !result.attributes || !result.tags)
		return -ENOMEM;
	row_copy_id(result.id, row->id);
	*ret = result;
	return 0;
}

int android_group_row(const cJSON *json, struct observed *strings, struct observed_group *ret)
{
	struct group_row row;
	int r = fields_decode(&group_table, json, &row);
	if (r < 0)
		return r;
	r = observe_group(&row, strings, ret);
	fields_fini(&group_table, &row);
	return r;
}
