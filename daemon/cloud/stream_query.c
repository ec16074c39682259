#include "cloud/stream_query.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "cloud/encode.h"
#include "cloud/flatten.h"
#include "cloud/listings.h"
#include "cloud/stream_group.h"
#include "cloud/stream_rows.h"

/* Every listing of this product wants these; the pager adds the number. */
static int add_page(struct params *p, int size)
{
	int r = params_set(p, "ProductType", STREAM_PRODUCT);
	return r < 0 ? r : params_set_int(p, "PageSize", size);
}

/* The same, asked for once: its first page. */
static int add_first_page(struct params *p)
{
	int r = add_page(p, LIMIT_PAGE_SIZE);
	return r < 0 ? r : params_set_int(p, "PageNumber", 1);
}

/* --- images --- */

static const struct field place_fields[] = {
	FIELD(stream_image_place, FIELD_TEXT, "ImageId", image),
	FIELD(stream_image_place, FIELD_TEXT, "RegionId", region),
	FIELD(stream_image_place, FIELD_TEXT, "VersionId", version),
	FIELD(stream_image_place, FIELD_TEXT, "Status", status),
	FIELD(stream_image_place, FIELD_TEXT, "Progress", progress),
};
static const struct field_table place_table = FIELD_TABLE(stream_image_place, place_fields);

static const struct field image_fields[] = {
	FIELD(stream_image, FIELD_ID, "ImageId", id),
	FIELD(stream_image, FIELD_TEXT, "ImageName", name),
	FIELD(stream_image, FIELD_TEXT, "ImageType", type),
	FIELD(stream_image, FIELD_TEXT, "Status", status),
	FIELD(stream_image, FIELD_TEXT, "ProductType", product),
	FIELD(stream_image, FIELD_TEXT, "OsType", os),
	FIELD(stream_image, FIELD_TEXT, "PlatformName", platform),
	FIELD(stream_image, FIELD_TEXT, "SessionType", session_type),
	FIELD(stream_image, FIELD_TEXTS, "ImageRegionList", regions),
	FIELD_OF(stream_image, FIELD_LIST, "ImageRegionDistributeList", places, &place_table),
};
static const struct field_table image_table = FIELD_TABLE(stream_image, image_fields);

int stream_encode_image_list(const char *image, struct params *ret)
{
	int r = encode_id(ret, "ImageId", image);
	return r < 0 ? r : add_first_page(ret);
}

int stream_image_row(const cJSON *row, struct stream_image *ret)
{
	return fields_decode(&image_table, row, ret);
}

void stream_image_fini(struct stream_image *image)
{
	fields_fini(&image_table, image);
}

bool stream_image_usable(const struct stream_image *image, const char *region)
{
	if (strcmp(image->status, "AVAILABLE") != 0)
		return false;
	for (size_t i = 0; i < image->regions.n; i++)
		if (strcmp(image->regions.items[i], region) == 0)
			return true;
	for (size_t i = 0; i < image->places.n; i++)
		if (strcmp(image->places.items[i].region, region) == 0)
			return true;
	return image->regions.n == 0 && image->places.n == 0;
}

/* --- node types --- */

static const struct field type_fields[] = {
	FIELD(stream_node_type, FIELD_ID, "NodeInstanceType", id),
	FIELD(stream_node_type, FIELD_TEXT, "NodeInstanceTypeFamily", family),
	FIELD(stream_node_type, FIELD_TEXT, "NodeTypeName", name),
	FIELD(stream_node_type, FIELD_TEXT, "Cpu", cpu),
	FIELD(stream_node_type, FIELD_TEXT, "Gpu", gpu),
	FIELD(stream_node_type, FIELD_INT, "GpuMemory", gpu_memory_mb),
	FIELD(stream_node_type, FIELD_INT, "Memory", memory_mb),
	FIELD(stream_node_type, FIELD_INT, "MaxCapacity", max_capacity),
};
static const struct field_table type_table = FIELD_TABLE(stream_node_type, type_fields);

int stream_encode_node_types(const char *region, const char *type, struct params *ret)
{
	int r = encode_id(ret, "NodeInstanceType", type);
	if (r == 0)
		r = encode_text(ret, "BizRegionId", region);
	return r < 0 ? r : add_first_page(ret);
}

int stream_node_type_row(const cJSON *row, struct stream_node_type *ret)
{
	return fields_decode(&type_table, row, ret);
}

/* --- prices --- */

static const struct field promotion_fields[] = {
	FIELD(stream_promotion, FIELD_TEXT, "PromotionId", id),
	FIELD(stream_promotion, FIELD_TEXT, "PromotionName", name),
	FIELD(stream_promotion, FIELD_TEXT, "PromotionDesc", text),
	FIELD(stream_promotion, FIELD_TEXT, "OptionCode", option),
	FIELD(stream_promotion, FIELD_BOOL, "Selected", selected),
};
static const struct field_table promotion_table = FIELD_TABLE(stream_promotion, promotion_fields);

static const struct field price_fields[] = {
	FIELD(stream_price, FIELD_TEXT, "Currency", currency),
	FIELD(stream_price, FIELD_TEXT, "OriginalPrice", original),
	FIELD(stream_price, FIELD_TEXT, "DiscountPrice", discount),
	FIELD(stream_price, FIELD_TEXT, "TradePrice", trade),
	FIELD_OF(stream_price, FIELD_LIST, "Promotions", promotions, &promotion_table),
};
static const struct field_table price_table = FIELD_TABLE(stream_price, price_fields);

static const struct field rule_fields[] = {
	FIELD(stream_rule, FIELD_TEXT, "RuleId", id),
	FIELD(stream_rule, FIELD_TEXT, "Description", text),
};
static const struct field_table rule_table = FIELD_TABLE(stream_rule, rule_fields);

static const struct field priced_fields[] = {
	FIELD_OF(stream_priced, FIELD_OBJECT, "Price", price, &price_table),
	FIELD_OF(stream_priced, FIELD_LIST, "Rules", rules, &rule_table),
};
static const struct field_table priced_table = FIELD_TABLE(stream_priced, priced_fields);

static const struct field price_reply_fields[] = {
	FIELD_OF(stream_price_reply, FIELD_OBJECT, "PriceModel", model, &priced_table),
};
static const struct field_table price_reply_table =
	FIELD_TABLE(stream_price_reply, price_reply_fields);

int stream_encode_price(const char *region, const char *spec, enum charge_type charge,
			const struct value *create, struct params *ret)
{
	static const char *const period[] = {"Period", "PeriodUnit"};
	if (charge == CHARGE_UNKNOWN)
		return -EINVAL;
	int r = encode_id(ret, "NodeInstanceType", spec);
	if (r == 0)
		r = encode_id(ret, "BizRegionId", region);
	if (r == 0)
		r = params_set(ret, "ChargeType", charge_type_name(charge));
	if (r == 0)
		r = params_set(ret, "ProductType", STREAM_PRODUCT);
	for (size_t i = 0; i < 2 && r == 0; i++) {
		const struct value *value = value_get(create, period[i]);
		r = value ? flatten_value(period[i], value, ret) : -EINVAL;
	}
	return r < 0 ? r : params_set_int(ret, "Amount", 1);
}

int stream_decode_price(const cJSON *root, struct stream_price_reply *ret)
{
	return fields_decode(&price_reply_table, root, ret);
}

void stream_price_reply_fini(struct stream_price_reply *reply)
{
	fields_fini(&price_reply_table, reply);
}

/* ---- the kind's row of listings.h ---- */

static int encode_all_groups(const struct listing_scope *scope, struct params *ret)
{
	(void)scope; /* there is one listing of all */
	return add_page(ret, LIMIT_PAGE_SIZE);
}

static int add_one_group(struct params *p, const struct text_list *groups)
{
	return groups->n == 1 ? encode_id(p, "AppInstanceGroupId", groups->items[0]) : -EINVAL;
}

static int encode_nodes_of(const struct text_list *groups, struct params *ret)
{
	int r = add_one_group(ret, groups);
	return r < 0 ? r : add_page(ret, LIMIT_PAGE_SIZE);
}

static int encode_detail_of(const struct text_list *groups, struct params *ret)
{
	int r = add_one_group(ret, groups);
	return r < 0 ? r : params_set(ret, "ProductType", STREAM_PRODUCT);
}

static int print_group(const cJSON *row, char id[OBSERVED_ID_SIZE], struct jsonw *out)
{
	struct stream_group group;
	int r = stream_group_decode(row, &group);
	if (r < 0)
		return r;
	fields_write(stream_group_table(), &group, out);
	row_copy_id(id, group.id);
	stream_group_fini(&group);
	return 0;
}

const struct listing_kind listing_app_streaming = {
	.groups = OP_LIST_APP_INSTANCE_GROUP,
	.encode_groups = encode_all_groups,
	.group_row = stream_group_row,
	.instances = OP_LIST_NODES,
	.batch = 1, /* a row of a node does not name its group */
	.encode_instances = encode_nodes_of,
	.instance_row = stream_node_row,
	.settle_group = stream_settle,
	.detail = OP_GET_APP_INSTANCE_GROUP,
	.detail_batch = 1,
	.encode_detail = encode_detail_of,
	.detail_row = print_group,
	.count = OP_MAX_, /* the words of the groups say what runs */
};
