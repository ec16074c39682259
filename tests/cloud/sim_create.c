/*
 * CreateAndroidInstanceGroup (eds-aic 4.1): the checks, the order, the answer.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sim_json.h"
#include "sim_operation.h"
#include "sim_operations.h"

enum sim_fate sim_fate_of(const struct sim_call *call)
{
	if (sim_meets(&call->faults, PHASE_AGEING, FAULT_CREATE_FAILED))
		return FATE_FAILS;
	return sim_meets(&call->faults, PHASE_AGEING, FAULT_STUCK) ? FATE_STUCK : FATE_WELL;
}

unsigned sim_made(const struct sim_call *call, int64_t asked)
{
	bool fewer = sim_meets(&call->faults, PHASE_SHAPE, FAULT_FEWER) && asked > 1;
	return (unsigned)(fewer ? asked - 1 : asked);
}

size_t sim_named_ids(const struct sim_call *call, size_t n)
{
	return sim_meets(&call->faults, PHASE_SHAPE, FAULT_SHORT_IDS) && n > 0 ? n - 1 : n;
}

static int check_place(struct sim_call *call, struct sim_wish *wish)
{
	const char *spec = sim_arg(call, "InstanceGroupSpec"), *image = sim_arg(call, "ImageId");
	int r = sim_check_region(call, &wish->region);
	if (r != 0)
		return r;
	wish->spec = sim_catalog_spec(spec);
	if (!wish->spec)
		return sim_refuse(call, 400, "InvalidInstanceGroupSpec", "The spec %s is not sold.",
				  spec);
	wish->image = sim_catalog_image(image);
	if (!wish->image)
		return sim_refuse(call, 400, "InvalidImageId.NotFound", "No image %s.", image);
	if (!sim_image_is_in(wish->image, wish->region))
		return sim_refuse(call, 400, "InvalidRegion.NotMatch",
				  "The image %s is not available in %s.", image, wish->region->id);
	const char *key_pair = sim_arg(call, "KeyPairId");
	if (key_pair && !sim_catalog_key_pair(key_pair))
		return sim_refuse(call, 400, "InvalidKeyPairId.NotFound", "No key pair %s.",
				  key_pair);
	return 0;
}

int sim_period_ms(struct sim_call *call, const char *absent_unit, bool hours, uint64_t *ret_ms)
{
	static const struct {
		const char *unit;
		uint64_t ms;
	} units[] = {{"Hour", 60 * SIM_MINUTE_MS},
		     {"Month", 30 * SIM_DAY_MS},
		     {"Year", 365 * SIM_DAY_MS}};
	const char *unit = sim_arg(call, "PeriodUnit");
	unit = unit ? unit : absent_unit;
	for (size_t i = hours ? 0 : 1; i < ARRAY_SIZE(units); i++) {
		if (strcmp(units[i].unit, unit) == 0) {
			*ret_ms = (uint64_t)sim_arg_int(call, "Period", 1) * units[i].ms;
			return 0;
		}
	}
	return sim_refuse(call, 400, "InvalidPeriodUnit", "PeriodUnit may not be %s here.", unit);
}

static int check_charge(struct sim_call *call, struct sim_wish *wish)
{
	const char *type = sim_arg(call, "ChargeType");
	wish->prepaid = type && strcmp(type, "PrePaid") == 0;
	if (type && !wish->prepaid && strcmp(type, "PostPaid") != 0)
		return sim_refuse(call, 400, "InvalidChargeType", "ChargeType may not be %s.",
				  type);
	wish->auto_renew = sim_arg_bool(call, "AutoRenew", false);
	return sim_period_ms(call, "Month", !wish->prepaid, &wish->period_ms);
}

/* eds-aic 6.3. A byte of a multi-byte character is let through: Chinese names are fine. */
bool sim_is_name(const char *name)
{
	const unsigned char *p = (const unsigned char *)name;
	if (*p < 0x80 && !(*p >= 'a' && *p <= 'z') && !(*p >= 'A' && *p <= 'Z'))
		return false;
	for (; *p; p++)
		if (*p < 0x80 && !(*p >= 'a' && *p <= 'z') && !(*p >= 'A' && *p <= 'Z') &&
		    !(*p >= '0' && *p <= '9') && !strchr(":_.-", *p))
			return false;
	return true;
}

/* Everything that is wrong with the call is found here. */
static int check(struct sim_call *call, struct sim_wish *wish)
{
	const char *name = sim_arg(call, "InstanceGroupName");
	int r = check_place(call, wish);
	if (r == 0)
		r = check_charge(call, wish);
	if (r == 0 && name && !sim_is_name(name))
		r = sim_refuse(call, 400, "InvalidInstanceGroupName", "The name %s is not allowed.",
			       name);
	if (r == 0)
		r = sim_check_tags(call, "Tag", &wish->tags);
	return r;
}

static int fill(const struct sim_call *call, struct sim_wish *wish)
{
	wish->name = sim_arg_copy(call, "InstanceGroupName", "phones");
	wish->office_site = sim_arg_copy(call, "OfficeSiteId", "");
	wish->vswitch = sim_arg_copy(call, "VSwitchId", "");
	wish->policy = sim_arg_copy(call, "PolicyGroupId", "pg-c6n38xucps8kl9d0a");
	wish->key_pair = sim_arg_copy(call, "KeyPairId", "");
	wish->network_type = sim_arg_copy(call, "NetworkType", "");
	wish->bandwidth_package = sim_arg_copy(call, "BandwidthPackageId", "");
	wish->gpu = sim_arg_bool(call, "GpuAcceleration", false);
	wish->stream_mode = (int)sim_arg_int(call, "StreamMode", 1);
	wish->instances = sim_made(call, sim_arg_int(call, "NumberOfInstances", 1));
	wish->fate = sim_fate_of(call);
	bool whole = wish->name && wish->office_site && wish->vswitch && wish->policy &&
		     wish->key_pair && wish->network_type && wish->bandwidth_package;
	return whole ? 0 : -ENOMEM;
}

uint64_t sim_price_cents(const struct sim_wish *wish, unsigned instances, uint64_t period_ms)
{
	uint64_t months = (period_ms + 30 * SIM_DAY_MS - 1) / (30 * SIM_DAY_MS);
	return wish->prepaid ? (uint64_t)wish->spec->cents_per_month * instances * months : 0;
}

static bool wants_network_paid(const char *info)
{
	cJSON *root = cJSON_Parse(info);
	const cJSON *type = cJSON_GetObjectItemCaseSensitive(root, "PayType");
	bool prepaid = cJSON_IsString(type) && strcmp(type->valuestring, "PrePaid") == 0;
	bool paid = !prepaid || cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(root, "AutoPay"));
	cJSON_Delete(root);
	return paid;
}

/* Buys the bandwidth package of NetworkInfo; its order is one of its own. */
static int buy_network(struct sim_call *call, struct sim_wish *wish, char ret_order_id[SIM_ID_SIZE])
{
	const char *info = sim_arg(call, "NetworkInfo");
	if (!info)
		return 0;
	char package[SIM_ID_SIZE];
	sim_random_id(&call->sim->random, "np-", 17, package);
	struct sim_order *order = sim_order_new(call->sim, call->op->name, "New");
	if (!order)
		return -ENOMEM;
	order->is_network = true;
	order->commodity = "eds_aic_bandwidth";
	order->count = 1;
	order->cents = 30000;
	order->region = wish->region->id;
	memcpy(ret_order_id, order->id, SIM_ID_SIZE);
	free(wish->bandwidth_package);
	wish->bandwidth_package = strdup(package);
	if (!wish->bandwidth_package || sim_order_add_resource(order, package) < 0) {
		sim_order_free(order);
		return -ENOMEM;
	}
	return sim_order_place(call->sim, order, wants_network_paid(info));
}

static void add_group_info(struct sim_call *call, const struct sim_group *group)
{
	json_comma(&call->out);
	json_literal(&call->out, "{");
	json_text(&call->out, "InstanceGroupId", group->id);
	json_key(&call->out, "InstanceIds");
	json_literal(&call->out, "[");
	for (size_t i = 0; i < sim_named_ids(call, group->instances.n); i++)
		json_item(&call->out, group->instances.items[i]->id);
	json_literal(&call->out, "]}");
}

static void answer(struct sim_call *call, const struct sim_order *order, const char *package,
		   const char *package_order)
{
	json_text(&call->out, "OrderId", order->id);
	json_key(&call->out, "InstanceGroupIds");
	json_literal(&call->out, "[");
	vec_each(&order->resources, id) json_item(&call->out, *id);
	json_literal(&call->out, "]");
	json_key(&call->out, "InstanceGroupInfos");
	json_literal(&call->out, "[");
	vec_each(&order->resources, id) add_group_info(call, sim_find_group(call->sim, *id));
	json_literal(&call->out, "]");
	json_key(&call->out, "NetworkPackageOrderModel");
	json_literal(&call->out, "{");
	json_text(&call->out, "BandwidthPackageOrderId", package_order);
	json_text(&call->out, "BandwidthPackageId", *package_order ? package : "");
	json_literal(&call->out, "}");
}

static int buy(struct sim_call *call, struct sim_wish *wish)
{
	char package_order[SIM_ID_SIZE] = "";
	int r = fill(call, wish);
	if (r == 0)
		r = buy_network(call, wish, package_order);
	struct sim_order *order = r == 0 ? sim_order_new(call->sim, call->op->name, "New") : NULL;
	if (!order)
		return -ENOMEM;
	order->amount = (unsigned)sim_arg_int(call, "Amount", 1);
	order->count = order->amount * wish->instances;
	order->prepaid = wish->prepaid;
	order->region = wish->region->id;
	order->cents = sim_price_cents(wish, order->count, wish->period_ms);
	if (sim_wish_copy(wish, &order->wish) < 0) {
		sim_order_free(order);
		return -ENOMEM;
	}
	r = sim_order_place(call->sim, order,
			    !wish->prepaid || sim_arg_bool(call, "AutoPay", false));
	if (r == 0)
		answer(call, order, wish->bandwidth_package, package_order);
	return r;
}

static int create(struct sim_call *call)
{
	struct sim_wish wish = {0};
	int r = check(call, &wish);
	if (r == 0)
		r = buy(call, &wish);
	sim_wish_fini(&wish);
	return r;
}

int sim_create_group(struct sim_call *call)
{
	return sim_once(call, create);
}
