/*
 * What App Streaming sells: ListNodeInstanceType, ListImage, ListRegions, GetResourcePrice
 * (appstream-center 3.13 to 3.16). Prices are made up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sim_json.h"
#include "sim_operation.h"
#include "sim_operations.h"
#include "sim_page.h"
#include "sim_stream.h"

#define GENERAL "appstreaming.general"
#define VGPU "appstreaming.vgpu"

/* appstream-center 9.3; of two capacities the lower one. */
static const struct sim_node_type types[] = {
	{GENERAL ".2c4g", GENERAL, "WUYING-General_2vCPU4GB", 2, 0, 0, 4096, 1, 18000, 60},
	{GENERAL ".4c8g", GENERAL, "WUYING-General_4vCPU8GB", 4, 0, 0, 8192, 2, 36000, 120},
	{GENERAL ".8c16g", GENERAL, "WUYING-General_8vCPU16GB", 8, 0, 0, 16384, 4, 72000, 240},
	{VGPU ".8c16g.4g", VGPU, "WUYING-vGPU_8vCPU16GB4GB", 8, 1, 4096, 16384, 4, 108000, 360},
	{VGPU ".8c31g.16g", VGPU, "WUYING-vGPU_8vCPU31GB16GB", 8, 1, 16384, 31744, 4, 168000, 560},
	{VGPU ".14c93g.12g", VGPU, "WUYING-vGPU_14vCPU93GB12GB", 14, 1, 12288, 95232, 6, 264000,
	 880},
	{VGPU ".4c10g.2gt4", VGPU, "WUYING-vGPU_4vCPU10GB2GB", 4, 1, 2048, 10240, 2, 60000, 200},
	{VGPU ".4c16g.2ga10", VGPU, "WUYING-vGPU_4vCPU16GB2GB", 4, 1, 2048, 16384, 2, 66000, 220},
	{VGPU ".8c16g.4gt4", VGPU, "WUYING-vGPU_8vCPU16GB4GBT4", 8, 1, 4096, 16384, 4, 96000, 320},
	{VGPU ".8c32g.4ga10", VGPU, "WUYING-vGPU_8vCPU32GB4GB", 8, 1, 4096, 32768, 4, 120000, 400},
	{VGPU ".12c46g.11g28", VGPU, "WUYING-vGPU_12vCPU46GB11GB", 12, 1, 11264, 47104, 6, 210000,
	 700},
	{VGPU ".16c32g.8g", VGPU, "WUYING-vGPU_16vCPU32GB8GB", 16, 1, 8192, 32768, 8, 216000, 720},
	{VGPU ".16c62g.8ga10", VGPU, "WUYING-vGPU_16vCPU62GB8GB", 16, 1, 8192, 63488, 8, 240000,
	 800},
};

static const char *const two_regions[] = {"cn-shanghai", "cn-hangzhou", NULL};

static const struct sim_app_image images[] = {
	{"img-8z4nztpaqvay4", "OfficeApps", "2025-04-25 15:13:57", two_regions},
	{"img-9b1update2image0", "OfficeApps 2", "2025-09-01 09:00:00", two_regions},
};

const char sim_stream_promotion[] = "17440009512";

const struct sim_node_type *sim_node_type(const char *id)
{
	SIM_FIND(types, id);
}

const struct sim_app_image *sim_app_image(const char *id)
{
	SIM_FIND(images, id);
}

bool sim_app_image_is_in(const struct sim_app_image *image, const struct sim_region *region)
{
	for (const char *const *id = image->regions; *id; id++)
		if (strcmp(*id, region->id) == 0)
			return true;
	return false;
}

/* --- ListNodeInstanceType */

static void add_type(struct sim_call *call, const void *item)
{
	const struct sim_node_type *type = item;
	char text[12];
	json_text(&call->out, "NodeInstanceType", type->id);
	json_text(&call->out, "NodeInstanceTypeFamily", type->family);
	json_text(&call->out, "NodeTypeName", type->name);
	(void)snprintf(text, sizeof(text), "%u", type->cores);
	json_text(&call->out, "Cpu", text);
	(void)snprintf(text, sizeof(text), "%u", type->gpus);
	json_text(&call->out, "Gpu", text);
	json_int(&call->out, "GpuMemory", type->gpu_memory_mib);
	json_int(&call->out, "Memory", type->memory_mib);
	json_int(&call->out, "MaxCapacity", type->max_capacity);
}

static bool is_number(const struct sim_call *call, const char *name, unsigned value)
{
	const char *wanted = sim_arg(call, name);
	double difference = wanted ? strtod(wanted, NULL) - value : 0;
	return difference > -0.001 && difference < 0.001;
}

static bool type_matches(const struct sim_call *call, const struct sim_node_type *type)
{
	return sim_arg_is(call, "NodeInstanceType", type->id) &&
	       sim_arg_is(call, "NodeInstanceTypeFamily", type->family) &&
	       sim_arg_is(call, "OsType", "Windows") && is_number(call, "Cpu", type->cores) &&
	       is_number(call, "Gpu", type->gpus) &&
	       is_number(call, "GpuMemory", type->gpu_memory_mib) &&
	       is_number(call, "Memory", type->memory_mib);
}

static int by_cores(const void *a, const void *b)
{
	const struct sim_node_type *const *x = a, *const *y = b;
	return (*x)->cores < (*y)->cores ? -1 : (*x)->cores > (*y)->cores;
}

static int by_memory(const void *a, const void *b)
{
	const struct sim_node_type *const *x = a, *const *y = b;
	return (*x)->memory_mib < (*y)->memory_mib ? -1 : (*x)->memory_mib > (*y)->memory_mib;
}

static void sort_types(const struct sim_call *call, const void **found, size_t n)
{
	const char *order = sim_arg(call, "OrderBy"), *sort = sim_arg(call, "SortType");
	if (!order || n == 0)
		return;
	qsort(found, n, sizeof(*found), strcmp(order, "CPU") == 0 ? by_cores : by_memory);
	for (size_t i = 0; sort && strcmp(sort, "DESC") == 0 && i < n / 2; i++) {
		const void *other = found[n - 1 - i];
		found[n - 1 - i] = found[i];
		found[i] = other;
	}
}

int sim_list_node_types(struct sim_call *call)
{
	static const struct sim_numbered names = {.number = "PageNumber",
						  .size = "PageSize",
						  .total = "TotalCount",
						  .default_size = 100,
						  .key = "NodeInstanceTypeModels",
						  .add = add_type};
	const void *found[ARRAY_SIZE(types)];
	const struct sim_region *region = NULL;
	size_t n = 0;
	int r = sim_check_region(call, &region);
	if (r != 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (type_matches(call, &types[i]))
			found[n++] = &types[i];
	sort_types(call, found, n);
	sim_page_numbered(call, &names, found, n);
	return 0;
}

/* --- ListImage */

static void add_image_regions(struct strbuf *out, const struct sim_app_image *image)
{
	json_key(out, "ImageRegionList");
	json_literal(out, "[");
	for (const char *const *id = image->regions; *id; id++)
		json_item(out, *id);
	json_literal(out, "]");
	json_key(out, "ImageRegionDistributeList");
	json_literal(out, "[");
	for (const char *const *id = image->regions; *id; id++) {
		json_comma(out);
		json_literal(out, "{");
		json_text(out, "ImageId", image->id);
		json_text(out, "RegionId", *id);
		json_text(out, "VersionId", "iv-1");
		json_text(out, "Status", "AVAILABLE");
		json_text(out, "Progress", "100%");
		json_literal(out, "}");
	}
	json_literal(out, "]");
}

static void add_image(struct sim_call *call, const void *item)
{
	static const char *const fixed[][2] = {{"ImageType", "User"},
					       {"ProductType", "CloudApp"},
					       {"Description", ""},
					       {"OsType", "Windows"},
					       {"Platform", "Windows"},
					       {"PlatformName", "Windows Server 2022"},
					       {"Distro", ""},
					       {"Language", "zh-CN"},
					       {"ProtocolType", "ASP"},
					       {"PackageType", "Ecs"},
					       {"SessionType", "MULTIPLE_SESSION"},
					       {"ImageCreateMode", "BUILDER_MANUAL"},
					       {"VersionId", "iv-1"},
					       {"LatestVersionId", "iv-1"}};
	const struct sim_app_image *image = item;
	bool unknown = sim_meets(&call->faults, PHASE_READ, FAULT_UNKNOWN_STATUS);
	json_text(&call->out, "ImageId", image->id);
	json_text(&call->out, "ImageName", image->name);
	json_text(&call->out, "Status", unknown ? sim_unknown_word(call) : "AVAILABLE");
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		json_text(&call->out, fixed[i][0], fixed[i][1]);
	json_bool(&call->out, "OnlineVersion", true);
	json_int(&call->out, "SystemDiskSize", 80);
	json_literal(&call->out, ",\"AppList\":[],\"SupportedLanguageList\":[\"zh-CN\"],"
				 "\"FeatureList\":[],\"TagList\":[]");
	add_image_regions(&call->out, image);
	json_text(&call->out, "GmtCreate", image->created);
	json_text(&call->out, "GmtModified", image->created);
}

static bool image_is_in_one(const struct sim_call *call, const struct sim_app_image *image)
{
	for (const char *const *id = image->regions; *id; id++)
		if (sim_arg_lists(call, "BizRegionIdList", *id))
			return true;
	return false;
}

static bool image_matches(const struct sim_call *call, const struct sim_app_image *image)
{
	const char *name = sim_arg(call, "ImageName");
	return sim_arg_is(call, "ProductType", "CloudApp") &&
	       sim_arg_lists(call, "ProductTypeList", "CloudApp") &&
	       sim_arg_is(call, "ImageId", image->id) && sim_arg_is(call, "ImageType", "User") &&
	       sim_arg_is(call, "Status", "AVAILABLE") && sim_arg_is(call, "OsType", "Windows") &&
	       sim_arg_is(call, "PlatformName", "Windows Server 2022") &&
	       sim_arg_lists(call, "PlatformNameList", "Windows Server 2022") &&
	       sim_arg_is(call, "PackageType", "Ecs") && sim_arg_is(call, "ProtocolType", "ASP") &&
	       sim_arg_is(call, "LanguageType", "zh-CN") && sim_arg_count(call, "TagList") == 0 &&
	       sim_arg_count(call, "FeatureList") == 0 && image_is_in_one(call, image) &&
	       (!name || strstr(image->name, name));
}

/* The one operation here with Code, Message and Success (appstream-center 1.3). */
int sim_list_app_images(struct sim_call *call)
{
	static const struct sim_numbered names = {.number = "PageNumber",
						  .size = "PageSize",
						  .total = "Count",
						  .default_size = 10,
						  .key = "Data",
						  .add = add_image};
	const void *found[ARRAY_SIZE(images)];
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(images); i++)
		if (image_matches(call, &images[i]))
			found[n++] = &images[i];
	json_text(&call->out, "Code", "200");
	json_text(&call->out, "Message", "success");
	json_bool(&call->out, "Success", true);
	sim_page_numbered(call, &names, found, n);
	return 0;
}

/* --- ListRegions */

int sim_list_stream_regions(struct sim_call *call)
{
	const struct sim_region *region = NULL;
	json_key(&call->out, "RegionModels");
	json_literal(&call->out, "[");
	for (size_t i = 0; (region = sim_catalog_region_at(i)); i++) {
		json_comma(&call->out);
		json_literal(&call->out, "{");
		json_text(&call->out, "regionId", region->id); /* so on the wire (3.14) */
		json_literal(&call->out, "}");
	}
	json_literal(&call->out, "]");
	return 0;
}

/* --- prices */

uint64_t sim_stream_period_ms(const struct sim_call *call, bool prepaid)
{
	static const struct {
		const char *unit;
		unsigned most, bar; /* a bit for each number that is not sold */
		uint64_t ms;
	} units[] = {{"Week", 1, 0, 7 * SIM_DAY_MS},
		     {"Month", 6, 1U << 4 | 1U << 5, 30 * SIM_DAY_MS},
		     {"Year", 3, 0, 365 * SIM_DAY_MS}};
	const char *unit = sim_arg(call, "PeriodUnit");
	uint64_t period = (uint64_t)sim_arg_int(call, "Period", 0);
	if (!prepaid && (period != 1 || strcmp(unit, "Month") != 0))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (strcmp(units[i].unit, unit) == 0 && period <= units[i].most &&
		    !(units[i].bar >> period & 1))
			return period * units[i].ms;
	return 0;
}

/* By the day for subscriptions, which get a tenth off; pay-as-you-go by the hour. */
struct sim_price sim_stream_price(const struct sim_node_type *type, bool prepaid, unsigned nodes,
				  uint64_t period_ms)
{
	uint64_t cents = (uint64_t)type->cents_per_hour * nodes;
	if (!prepaid)
		return (struct sim_price){cents, cents};
	cents = (uint64_t)type->cents_per_month * nodes * (period_ms / SIM_DAY_MS) / 30;
	return (struct sim_price){cents, cents - cents / 10};
}

static void add_price(struct strbuf *out, struct sim_price price)
{
	bool cheaper = price.trade_cents < price.original_cents;
	json_key(out, "Price");
	json_literal(out, "{");
	json_text(out, "Currency", "CNY");
	json_cents(out, "OriginalPrice", price.original_cents);
	json_cents(out, "DiscountPrice", price.original_cents - price.trade_cents);
	json_cents(out, "TradePrice", price.trade_cents);
	json_key(out, "Promotions");
	json_literal(out, "[");
	if (cheaper) {
		json_literal(out, "{");
		json_text(out, "PromotionId", sim_stream_promotion);
		json_text(out, "PromotionName", "spring");
		json_text(out, "PromotionDesc", "a tenth off subscriptions");
		json_text(out, "OptionCode", "coupon9512");
		json_bool(out, "Selected", true);
		json_literal(out, "}");
	}
	json_literal(out, "]}");
	json_key(out, "Rules");
	json_literal(out, "[");
	if (cheaper)
		json_literal(out, "{\"RuleId\":102002100393,\"Description\":\"user discount\"}");
	json_literal(out, "]");
}

/* The old session types have no table: one price for connected, a fifth for standby. */
static void add_session_prices(struct strbuf *out, unsigned amount)
{
	static const struct {
		const char *type;
		unsigned cents;
	} sorts[] = {{"Connected", 100}, {"Standby", 20}};
	json_key(out, "PriceList");
	json_literal(out, "[");
	for (size_t i = 0; i < ARRAY_SIZE(sorts); i++) {
		uint64_t cents = (uint64_t)sorts[i].cents * amount;
		json_comma(out);
		json_literal(out, "{");
		json_text(out, "PriceType", sorts[i].type);
		add_price(out, (struct sim_price){cents, cents});
		json_literal(out, "}");
	}
	json_literal(out, "]");
}

int sim_get_resource_price(struct sim_call *call)
{
	const char *id = sim_arg(call, "NodeInstanceType");
	const struct sim_node_type *type = id ? sim_node_type(id) : NULL;
	bool prepaid = strcmp(sim_arg(call, "ChargeType"), "PrePaid") == 0;
	unsigned amount = (unsigned)sim_arg_int(call, "Amount", 1);
	uint64_t period_ms = sim_stream_period_ms(call, prepaid);
	const struct sim_region *region = NULL;
	int r = sim_check_region(call, &region);
	if (r != 0)
		return r;
	if (!id && !sim_arg(call, "AppInstanceType"))
		return sim_refuse_missing(call, "NodeInstanceType");
	if (id && !type)
		return sim_refuse_arg(call, "NodeInstanceType", "No node type %s is sold.", id);
	if (period_ms == 0)
		return sim_refuse_arg(call, "Period", "No such period is sold.");
	if (!type) {
		add_session_prices(&call->out, amount);
		return 0;
	}
	json_key(&call->out, "PriceModel");
	json_literal(&call->out, "{");
	add_price(&call->out, sim_stream_price(type, prepaid, amount, period_ms));
	json_literal(&call->out, "}");
	return 0;
}
