#include "cloud/android_query.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "cloud/android_rows.h"
#include "cloud/encode.h"
#include "cloud/json.h"
#include "cloud/listings.h"

static bool is_given(const char *text)
{
	return text && *text;
}

static int add_list(struct params *p, const char *name, const struct text_list *list)
{
	if (!list || list->n == 0)
		return 0;
	if (list->n > LIMIT_PAGE_SIZE)
		return -EINVAL;
	return params_set_list(p, name, (const char *const *)list->items, list->n);
}

static int add_tag_filter(struct params *p, const char *list, const struct android_query *q)
{
	char name[32];
	if (!is_given(q->tag_key))
		return 0;
	(void)snprintf(name, sizeof(name), "%s.1.Key", list);
	int r = params_set(p, name, q->tag_key);
	if (r < 0 || !q->tag_value)
		return r;
	(void)snprintf(name, sizeof(name), "%s.1.Value", list);
	return params_set(p, name, q->tag_value);
}

static int add_page_size(struct params *p, int size)
{
	if (size < 0 || size > LIMIT_PAGE_SIZE)
		return -EINVAL;
	return params_set_int(p, "MaxResults", size ? size : LIMIT_PAGE_SIZE);
}

/* Groups are filtered by "Tags", instances by "Tag" (eds-aic 10). */
static int encode_describe(const struct android_query *q, const char *tag_list, struct params *ret)
{
	int r = encode_text(ret, "BizRegionId", q->region);
	if (r == 0)
		r = add_list(ret, "InstanceGroupIds", q->groups);
	if (r == 0)
		r = encode_text(ret, "Status", q->status);
	if (r == 0)
		r = add_tag_filter(ret, tag_list, q);
	return r < 0 ? r : add_page_size(ret, q->max_results);
}

int android_encode_describe_groups(const struct android_query *query, struct params *ret)
{
	if (query->instances && query->instances->n > 0)
		return -EINVAL;
	int r = encode_text(ret, "InstanceGroupName", query->name);
	return r < 0 ? r : encode_describe(query, "Tags", ret);
}

int android_encode_describe_instances(const struct android_query *query, struct params *ret)
{
	int r = add_list(ret, "AndroidInstanceIds", query->instances);
	if (r == 0)
		r = encode_text(ret, "AndroidInstanceName", query->name);
	return r < 0 ? r : encode_describe(query, "Tag", ret);
}

/* --- stock --- */

int android_encode_stock(const char *region, const char *spec, int64_t instances, bool gpu,
			 struct params *ret)
{
	if (!is_given(region) || !is_given(spec) || instances < 1)
		return -EINVAL;
	int r = params_set(ret, "BizRegionId", region);
	if (r == 0)
		r = params_set(ret, "AcpSpecId", spec);
	if (r == 0)
		r = params_set_int(ret, "Amount", instances);
	return r < 0 ? r : params_set_bool(ret, "GpuAcceleration", gpu);
}

int android_decode_stock(const cJSON *root, enum android_stock *ret)
{
	const cJSON *zones = json_get(root, "ResourceStockModels");
	enum android_stock stock = STOCK_UNKNOWN;
	size_t sold_out = 0, others = 0;
	if (zones && !cJSON_IsArray(zones))
		return -EBADMSG;
	json_each(zone, zones)
	{
		const char *status = json_text(zone, "StockStatus");
		if (strcmp(status, "Available") == 0)
			stock = STOCK_AVAILABLE;
		else if (strcmp(status, "SoldOut") == 0)
			sold_out++;
		else
			others++;
	}
	if (stock == STOCK_UNKNOWN && sold_out > 0 && others == 0)
		stock = STOCK_SOLD_OUT;
	*ret = stock;
	return 0;
}

/* --- specs --- */

static const struct field spec_fields[] = {
	FIELD(android_spec, FIELD_ID, "SpecId", id),
	FIELD(android_spec, FIELD_TEXT, "SpecType", type),
	FIELD(android_spec, FIELD_TEXT, "SpecStatus", status),
	FIELD(android_spec, FIELD_INT, "Core", cores),
	FIELD(android_spec, FIELD_INT, "Memory", memory_gb),
	FIELD(android_spec, FIELD_INT, "SystemDiskSize", disk_gb),
	FIELD(android_spec, FIELD_TEXT, "Resolution", resolution),
	FIELD(android_spec, FIELD_INT_TEXT, "PhoneCount", phones),
	FIELD(android_spec, FIELD_INT_TEXT, "MinPhoneCount", min_phones),
	FIELD(android_spec, FIELD_INT_TEXT, "MaxPhoneCount", max_phones),
};
static const struct field_table spec_table = FIELD_TABLE(android_spec, spec_fields);

int android_encode_spec(const char *region, const char *spec, struct params *ret)
{
	int r = encode_text(ret, "BizRegionId", region);
	if (r == 0 && is_given(spec))
		r = params_set_list(ret, "SpecIds", &spec, 1);
	return r < 0 ? r : add_page_size(ret, 0);
}

int android_spec_row(const cJSON *row, struct android_spec *ret)
{
	return fields_decode(&spec_table, row, ret);
}

/* --- images --- */

static const struct field image_fields[] = {
	FIELD(android_image, FIELD_ID, "ImageId", id),
	FIELD(android_image, FIELD_TEXT, "ImageName", name),
	FIELD(android_image, FIELD_TEXT, "ImageType", type),
	FIELD(android_image, FIELD_TEXT, "Status", status),
	FIELD(android_image, FIELD_TEXT, "SystemType", system),
	FIELD(android_image, FIELD_TEXT, "RenderingType", rendering),
	FIELD(android_image, FIELD_TEXT, "ImageVersion", version),
	FIELD(android_image, FIELD_TEXTS, "ImageRegionList", regions),
};
static const struct field_table image_table = FIELD_TABLE(android_image, image_fields);

int android_encode_image(bool system, const char *image, struct params *ret)
{
	int r = params_set(ret, "ImageType", system ? "System" : "User");
	if (r == 0)
		r = encode_text(ret, "ImageId", image);
	return r < 0 ? r : add_page_size(ret, 0);
}

int android_image_row(const cJSON *row, struct android_image *ret)
{
	return fields_decode(&image_table, row, ret);
}

void android_image_fini(struct android_image *image)
{
	fields_fini(&image_table, image);
}

bool android_image_usable(const struct android_image *image, const char *region)
{
	if (strcmp(image->status, "AVAILABLE") != 0)
		return false;
	for (size_t i = 0; i < image->regions.n; i++)
		if (strcmp(image->regions.items[i], region) == 0)
			return true;
	return false;
}

/* ---- the kind's row of listings.h ---- */

static int encode_all_groups(const struct listing_scope *scope, struct params *ret)
{
	(void)scope; /* there is one listing of all */
	const struct android_query query = {0};
	return android_encode_describe_groups(&query, ret);
}

static int encode_instances_of(const struct text_list *groups, struct params *ret)
{
	const struct android_query query = {.groups = groups};
	return android_encode_describe_instances(&query, ret);
}

static int encode_running(const char *fleet, struct params *ret)
{
	const struct android_query query = {.status = instance_status_name(INSTANCE_RUNNING),
					    .tag_key = MARK_FLEET, .tag_value = fleet, .max_results = 1};
	return android_encode_describe_instances(&query, ret);
}

static int print_instance(const cJSON *row, char id[OBSERVED_ID_SIZE], struct jsonw *out)
{
	struct android_instance instance;
	int r = android_instance_decode(row, &instance);
	if (r < 0)
		return r;
	android_instance_to_json(&instance, out);
	(void)snprintf(id, OBSERVED_ID_SIZE, "%s", instance.id);
	android_instance_fini(&instance);
	return 0;
}

const struct listing_kind listing_cloud_phone = {
	.groups = OP_DESCRIBE_ANDROID_INSTANCE_GROUPS,
	.encode_groups = encode_all_groups,
	.group_row = android_group_row,
	.instances = OP_DESCRIBE_ANDROID_INSTANCES,
	.batch = LIMIT_PAGE_SIZE,
	.encode_instances = encode_instances_of,
	.instance_row = android_instance_row,
	.detail = OP_DESCRIBE_ANDROID_INSTANCES,
	.detail_batch = LIMIT_PAGE_SIZE,
	.encode_detail = encode_instances_of,
	.detail_row = print_instance,
	.count = OP_DESCRIBE_ANDROID_INSTANCES,
	.encode_count = encode_running,
};
