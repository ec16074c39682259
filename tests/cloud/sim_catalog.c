#include "sim_catalog.h"

#include <string.h>

#include "base/cleanup.h"
#include "sim_json.h"
#include "sim_model.h"
#include "sim_operations.h"
#include "sim_page.h"

/* eds-aic 2, the regions of instance mode. */
static const struct sim_region regions[] = {
	{"cn-hangzhou", "China (Hangzhou)", {"cn-hangzhou-h", "cn-hangzhou-i"}},
	{"cn-shanghai", "China (Shanghai)", {"cn-shanghai-b", "cn-shanghai-l"}},
	{"cn-beijing", "China (Beijing)", {"cn-beijing-f", "cn-beijing-k"}},
	{"cn-shenzhen", "China (Shenzhen)", {"cn-shenzhen-d", "cn-shenzhen-e"}},
	{"cn-hongkong", "China (Hong Kong)", {"cn-hongkong-b", "cn-hongkong-c"}},
	{"ap-southeast-1", "Singapore", {"ap-southeast-1a", "ap-southeast-1b"}},
};

/* eds-aic 5.9; the sizes of the last two are not documented and made up here, as the
 * prices are. */
static const struct sim_spec specs[] = {
	{"acp.basic.small", 2, 4, 32, 9900, "ARM-2vCPU4GiB 32GiB"},
	{"acp.std.large", 4, 8, 32, 19900, "ARM-4vCPU8GiB 32GiB"},
	{"acp.perf.large", 8, 16, 32, 39900, "ARM-8vCPU16GiB 32GiB"},
	{"acp.std.small", 2, 6, 32, 12900, "ARM-2vCPU6GiB 32GiB"},
	{"acp.perf.small", 4, 10, 32, 24900, "ARM-4vCPU10GiB 32GiB"},
};

static const char *const two_regions[] = {"cn-hangzhou", "cn-shanghai", NULL};

static const struct sim_image images[] = {
	{"imgc-06zyt9m93zwax1f2s", "Android 12 system", "System", "Android 12", "20250612102337",
	 NULL},
	{"imgc-075cllfeuazh03tg9", "Android 12 base", "System", "Android 12", "20241204102337",
	 two_regions},
	{"imgc-0aae4rgl3u35gn6vv", "Android 11 system", "System", "Android 11", "20240301093011",
	 NULL},
	{"imgc-0c2t8wqk51m7x9d4e", "qa golden", "User", "Android 12", "20251002110000", NULL},
};

static const struct sim_key_pair key_pairs[] = {
	{"kp-5hh431emkpuoi7x2a", "fleet-adb"},
	{"kp-6v2q33ae4tw3a1b2c", "qa-adb"},
};

const struct sim_region *sim_catalog_region(const char *id)
{
	SIM_FIND(regions, id);
}

const struct sim_region *sim_catalog_region_at(size_t index)
{
	return index < ARRAY_SIZE(regions) ? &regions[index] : NULL;
}

const struct sim_spec *sim_catalog_spec(const char *id)
{
	SIM_FIND(specs, id);
}

const struct sim_image *sim_catalog_image(const char *id)
{
	SIM_FIND(images, id);
}

const struct sim_key_pair *sim_catalog_key_pair(const char *id)
{
	SIM_FIND(key_pairs, id);
}

bool sim_image_is_in(const struct sim_image *image, const struct sim_region *region)
{
	if (!image->regions)
		return true;
	for (const char *const *id = image->regions; *id; id++)
		if (strcmp(*id, region->id) == 0)
			return true;
	return false;
}

int sim_check_region(struct sim_call *call, const struct sim_region **ret_region)
{
	const char *id = sim_arg(call, "BizRegionId");
	*ret_region = id ? sim_catalog_region(id) : NULL;
	if (id && !*ret_region)
		return sim_refuse_arg(call, "BizRegionId", "Nothing is sold in the region %s.", id);
	return 0;
}

int sim_describe_regions(struct sim_call *call)
{
	json_key(&call->out, "RegionModels");
	json_literal(&call->out, "[");
	for (size_t i = 0; i < ARRAY_SIZE(regions); i++) {
		json_comma(&call->out);
		json_literal(&call->out, "{");
		json_text(&call->out, "RegionId", regions[i].id);
		json_text(&call->out, "RegionName", regions[i].name);
		json_literal(&call->out, "}");
	}
	json_literal(&call->out, "]");
	return 0;
}

static void add_spec(struct sim_call *call, const void *item)
{
	const struct sim_spec *spec = item;
	bool unknown = sim_meets(&call->faults, PHASE_READ, FAULT_UNKNOWN_STATUS);
	json_text(&call->out, "SpecId", spec->id);
	json_text(&call->out, "SpecType", "CPU");
	json_text(&call->out, "SpecStatus", unknown ? sim_unknown_word(call) : "Available");
	json_int(&call->out, "Core", spec->cores);
	json_int(&call->out, "Memory", spec->memory_gib);
	json_int(&call->out, "SystemDiskSize", spec->disk_gib);
	json_text(&call->out, "Resolution", "720*1280");
	json_text(&call->out, "PhoneCount", "");
	json_text(&call->out, "MinPhoneCount", "");
	json_text(&call->out, "MaxPhoneCount", "");
}

int sim_describe_spec(struct sim_call *call)
{
	const void *found[ARRAY_SIZE(specs)];
	const struct sim_region *region = NULL;
	size_t n = 0;
	int r = sim_check_region(call, &region);
	if (r != 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++)
		if (sim_arg_lists(call, "SpecIds", specs[i].id) &&
		    sim_arg_is(call, "SpecType", "CPU") &&
		    sim_arg_is(call, "SpecStatus", "Available"))
			found[n++] = &specs[i];
	return sim_page_items(call, "SpecInfoModel", found, n, 100, add_spec);
}

static void add_image_regions(struct sim_call *call, const struct sim_image *image)
{
	json_key(&call->out, "ImageRegionList");
	json_literal(&call->out, "[");
	for (size_t i = 0; i < ARRAY_SIZE(regions); i++)
		if (sim_image_is_in(image, &regions[i]))
			json_item(&call->out, regions[i].id);
	json_literal(&call->out, "]");
	json_key(&call->out, "ImageRegionDistributeMap");
	json_literal(&call->out, "{");
	for (size_t i = 0; i < ARRAY_SIZE(regions); i++) {
		if (!sim_image_is_in(image, &regions[i]))
			continue;
		json_key(&call->out, regions[i].id);
		json_literal(&call->out,
			     "{\"DistributeStatus\":\"AVAILABLE\",\"Progress\":\"100%\"}");
	}
	json_literal(&call->out, "}");
}

static void add_image(struct sim_call *call, const void *item)
{
	const struct sim_image *image = item;
	bool unknown = sim_meets(&call->faults, PHASE_READ, FAULT_UNKNOWN_STATUS);
	json_text(&call->out, "ImageId", image->id);
	json_text(&call->out, "ImageName", image->name);
	json_text(&call->out, "ImageType", image->type);
	json_text(&call->out, "ImageVersion", image->version);
	json_text(&call->out, "Status", unknown ? sim_unknown_word(call) : "AVAILABLE");
	json_text(&call->out, "SystemType", image->system);
	json_text(&call->out, "RenderingType", "CPU");
	json_text(&call->out, "Language", "zh-CN");
	json_text(&call->out, "Description", "");
	json_text(&call->out, "GmtCreate", "2025-06-12 10:23:37");
	json_text(&call->out, "GmtModified", "2025-06-12 10:23:37");
	json_text(&call->out, "ReleaseTime", "2025-06-12 10:23:37");
	json_int(&call->out, "AliUid", INT64_C(1178197273540001));
	add_image_regions(call, image);
	json_literal(&call->out, ",\"ImageBizTags\":[]");
}

int sim_describe_image_list(struct sim_call *call)
{
	const void *found[ARRAY_SIZE(images)];
	const char *name = sim_arg(call, "ImageName");
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(images); i++)
		if (sim_arg_is(call, "ImageType", images[i].type) &&
		    sim_arg_is(call, "ImageId", images[i].id) &&
		    sim_arg_is(call, "Status", "AVAILABLE") &&
		    sim_arg_is(call, "SystemType", images[i].system) &&
		    (!name || strstr(images[i].name, name)))
			found[n++] = &images[i];
	return sim_page_items(call, "Data", found, n, 20, add_image);
}

static void add_key_pair(struct sim_call *call, const void *item)
{
	const struct sim_key_pair *pair = item;
	json_text(&call->out, "KeyPairId", pair->id);
	json_text(&call->out, "KeyPairName", pair->name);
	json_text(&call->out, "GmtCreated", "2025-10-11T08:53:32Z");
}

int sim_describe_key_pairs(struct sim_call *call)
{
	const void *found[ARRAY_SIZE(key_pairs)];
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(key_pairs); i++)
		if (sim_arg_lists(call, "KeyPairIds", key_pairs[i].id) &&
		    sim_arg_is(call, "KeyPairName", key_pairs[i].name))
			found[n++] = &key_pairs[i];
	return sim_page_items(call, "Data", found, n, 10, add_key_pair);
}

static bool is_in_stock(const struct sim_call *call)
{
	return !sim_meets(&call->faults, PHASE_BEFORE, FAULT_STOCK);
}

int sim_check_resource_stock(struct sim_call *call)
{
	const struct sim_region *region = NULL;
	const char *spec = sim_arg(call, "AcpSpecId");
	int r = sim_check_region(call, &region);
	if (r != 0)
		return r;
	if (spec && !sim_catalog_spec(spec))
		return sim_refuse(call, 400, "InvalidAcpSpecId", "The spec %s is not sold.", spec);
	json_key(&call->out, "ResourceStockModels");
	json_literal(&call->out, "[");
	for (size_t i = 0; i < ARRAY_SIZE(region->zones); i++) {
		if (!sim_arg_is(call, "ZoneId", region->zones[i]))
			continue;
		json_comma(&call->out);
		json_literal(&call->out, "{");
		json_text(&call->out, "RegionId", region->id);
		json_text(&call->out, "ZoneId", region->zones[i]);
		json_text(&call->out, "StockStatus", is_in_stock(call) ? "Available" : "SoldOut");
		json_literal(&call->out, "}");
	}
	json_literal(&call->out, "]");
	return 0;
}
