/*
 * kind: cloud-phone. Every request parameter of CreateAndroidInstanceGroup
 * (eds-aic 4.1) has a row, but for those that drover derives (the notes).
 */
#include <string.h>

#include "config/schema_group.h"

#define MAX_PERIOD 60	 /* not documented for create; bounds what a slip can cost */
#define MAX_YEARS 5

static const char *const words_unit[] = {"Hour", "Month", "Year", NULL};
static const char *const words_heal[] = {"none", "reboot", "reset", "replace", NULL};
static const char *const words_power[] = {"keep", "on", NULL};
static const char *const words_drain[] = {"wait", "force", NULL};

/* What charge and network_info have in common; @type is NULL when it is not known. */
static void check_period(struct check *c, const struct schema *s, const struct source *own,
			 const char *type)
{
	const struct yaml_node *period = yaml_get(own->node, "period");
	const struct yaml_node *unit = yaml_get(own->node, "period_unit");
	const char *unit_text = check_text(own->node, "period_unit");
	struct path period_path = {.up = own->path, .key = "period"};
	struct path unit_path = {.up = own->path, .key = "period_unit"};
	bool is_prepaid = type && strcmp(type, "PrePaid") == 0;
	int64_t n = 0;
	if (is_prepaid && !period)
		check_complain(c, &period_path, own->node->pos, "is required with PrePaid");
	else if (unit && !period)
		check_complain(c, &unit_path, unit->pos, "means nothing without period");
	if (is_prepaid && unit_text && strcmp(unit_text, "Hour") == 0)
		check_complain(c, &unit_path, unit->pos,
			       "Hour is for PostPaid only; PrePaid takes Month or Year");
	if (period && unit_text && strcmp(unit_text, "Year") == 0 &&
	    check_number(s, own->node, "period", &n) && n > MAX_YEARS)
		check_complain(c, &period_path, period->pos, "must be 1..%d with Year, is %d",
			       MAX_YEARS, (int)n);
}

static void check_payment(struct check *c, const struct schema *s, const struct source *own,
			  const char *type)
{
	check_period(c, s, own, type);
	group_check_prepaid_only(c, own, type, "auto_pay");
	group_check_prepaid_only(c, own, type, "auto_renew");
}

static const struct schema charge;
static const struct schema network_info;

static void check_charge(struct check *c, const struct source *own, const struct source *defaults)
{
	(void)defaults;
	const char *type = yaml_get(own->node, "type") ? check_text(own->node, "type") : "PostPaid";
	check_payment(c, &charge, own, type);
}

/* Neither its charge type nor its unit has a documented default: nothing is assumed. */
static void check_network(struct check *c, const struct source *own, const struct source *defaults)
{
	const struct yaml_node *period = yaml_get(own->node, "period");
	struct path path = {.up = own->path, .key = "period"};
	(void)defaults;
	if (period && !yaml_get(own->node, "period_unit"))
		check_complain(c, &path, period->pos, "needs period_unit");
	check_payment(c, &network_info, own, check_text(own->node, "pay_type"));
}

static const struct schema_field charge_fields[] = {
	GROUP_CHARGE_TYPE,
	{.key = "period", .type = SCHEMA_INT, .min = 1, .max = MAX_PERIOD, .api = "Period",
	 .doc = "Length of the subscription in period_unit. Required with PrePaid."},
	{.key = "period_unit", .type = SCHEMA_WORD, .words = words_unit, .initial = "Month",
	 .api = "PeriodUnit", .doc = "Unit of period. Hour only with PostPaid."},
	GROUP_AUTO_PAY,
	{.key = "auto_renew", .type = SCHEMA_BOOL, .initial = "false", .api = "AutoRenew",
	 .doc = "PrePaid only: the cloud renews the subscription by itself when it ends."},
	{0}};

static const struct schema charge = {
	.name = "charge", .doc = "How a group is billed.", .fields = charge_fields,
	.rules = check_charge};

static const struct schema_field network_fields[] = {
	{.key = "bandwidth_package_name", .type = SCHEMA_TEXT, .rule = &rule_any, .max = 128,
	 .api = "BandwidthPackageName", .doc = "Name of the bandwidth package."},
	{.key = "cidr_block", .type = SCHEMA_TEXT, .rule = &rule_cidr, .api = "CidrBlock",
	 .doc = "Address block, for example 10.10.13.0/24."},
	{.key = "limited_bandwidth", .type = SCHEMA_INT, .min = 1, .max = 100000,
	 .api = "LimitedBandwidth", .doc = "Bandwidth in Mbit/s."},
	{.key = "internet_charge_type", .type = SCHEMA_TEXT, .rule = &rule_id,
	 .api = "InternetChargeType",
	 .doc = "PayByBandwidth (the cloud's default) or PayBy95 (China site)."},
	{.key = "ip_ratio", .type = SCHEMA_INT, .min = 1, .max = 100000, .api = "IpRatio",
	 .doc = "Instances per public address, for example 128."},
	{.key = "isp", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "Isp",
	 .doc = "Carrier, for example ChinaTelecom."},
	{.key = "pay_type", .type = SCHEMA_WORD, .words = group_words_charge, .api = "PayType",
	 .doc = "How the package is billed: PostPaid or PrePaid. The cloud's default is not "
		"documented."},
	{.key = "period", .type = SCHEMA_INT, .min = 1, .max = MAX_PERIOD, .api = "Period",
	 .doc = "Length of the package's subscription in period_unit."},
	{.key = "period_unit", .type = SCHEMA_WORD, .words = words_unit, .api = "PeriodUnit",
	 .doc = "Unit of period. Hour only with PostPaid."},
	{.key = "auto_pay", .type = SCHEMA_BOOL, .initial = "false", .always_sent = true,
	 .api = "AutoPay", .doc = "PrePaid only: pay the package's order at once."},
	{.key = "auto_renew", .type = SCHEMA_BOOL, .api = "AutoRenew",
	 .doc = "PrePaid only: renew the package by itself."},
	{.key = "visible_type", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "VisibleType",
	 .doc = "Visibility of the package, for example CPS."},
	{.key = "paid_callback_url", .type = SCHEMA_TEXT, .rule = &rule_any, .max = 1024,
	 .api = "PaidCallbackUrl", .doc = "Page shown after payment. Meaning not documented."},
	{.key = "promotion_id", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "PromotionId",
	 .doc = "Coupon for the package."},
	{0}};

static const struct schema network_info = {
	.name = "network_info", .fields = network_fields, .rules = check_network,
	.doc = "Buys a bandwidth package with the first cloud group; later ones use that package."};

static const struct schema_field group_fields[] = {
	GROUP_NAME("Name of the group, unique in the file; also the beginning of its cloud groups' "
		   "names."),
	GROUP_KIND,
	{.key = "count", .type = SCHEMA_INT, .required = true, .no_default = true, .min = 0,
	 .max = 100000, IN_GROUP(STORE_INT64, count),
	 .doc = "How many instances there shall be. 0 deletes the group's instances (held until "
		"approved)."},
	{.key = "region", .type = SCHEMA_TEXT, .required = true, .rule = &rule_region,
	 .api = "BizRegionId", IN_GROUP(STORE_TEXT, region),
	 .doc = "Region of the phones. Cannot be changed while the group has instances."},
	{.key = "spec", .type = SCHEMA_TEXT, .required = true, .rule = &rule_id,
	 .api = "InstanceGroupSpec", IN_GROUP(STORE_TEXT, spec),
	 .doc = "Size of an instance: acp.basic.small, acp.std.large, acp.perf.large, ..."},
	{.key = "image", .type = SCHEMA_TEXT, .required = true, .rule = &rule_id, .api = "ImageId",
	 IN_GROUP(STORE_TEXT, image), .doc = "Image that the phones start from (imgc-...)."},
	{.key = "charge", .type = SCHEMA_MAP, .table = &charge,
	 .doc = "How the group is billed. A group's charge replaces the default's whole."},
	GROUP_TAGS("Tag"),
	{.key = "instances_per_group", .type = SCHEMA_INT, .min = 1, .max = 100, .initial = "100",
	 IN_GROUP(STORE_INT64, instances_per_group),
	 .doc = "Most instances in one cloud group; a larger count is spread over several."},
	{.key = "fallback", .type = SCHEMA_TEXTS, .max = 10, .rule = &rule_id,
	 IN_GROUP(STORE_TEXTS, fallback),
	 .doc = "Specs to try in this order while spec is sold out."},
	GROUP_ADOPT(rule_cloud_group_id, 1000,
		    "Ids (ag-...) of existing cloud groups to take into this group."),
	{.key = "heal", .type = SCHEMA_WORD, .words = words_heal, .initial = "none",
	 IN_GROUP(STORE_INT, heal),
	 .doc = "What to do with sick instances. reset wipes their data, replace deletes failed "
		"ones."},
	{.key = "power", .type = SCHEMA_WORD, .words = words_power, .initial = "keep",
	 IN_GROUP(STORE_BOOL, power_on), .doc = "on starts stopped phones; keep leaves them."},
	{.key = "drain", .type = SCHEMA_WORD, .words = words_drain, .initial = "wait",
	 IN_GROUP(STORE_BOOL, drain_force),
	 .doc = "wait holds the removal of a phone with a user connected; force removes it."},
	GROUP_PROTECT,
	GROUP_ROLLOUT,
	GROUP_REORDER,
	GROUP_RENAMED_FROM,
	{.key = "office_site_id", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "OfficeSiteId",
	 .doc = "Network, for example cn-hangzhou+dir-745976. Required for a VPC network."},
	{.key = "v_switch_id", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "VSwitchId",
	 .doc = "Switch of a VPC network (vsw-...); leave out for the shared network."},
	{.key = "policy_group_id", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "PolicyGroupId",
	 .doc = "Policy (pg-...)."},
	{.key = "key_pair_id", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "KeyPairId",
	 IN_GROUP(STORE_TEXT, key_pair), .doc = "ADB key pair (kp-...) bound to the instances."},
	{.key = "gpu_acceleration", .type = SCHEMA_BOOL, .initial = "false",
	 .api = "GpuAcceleration",
	 .doc = "GPU rendering."},
	{.key = "network_type", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "NetworkType",
	 .doc = "Network type, for example network_pro_ecd."},
	{.key = "network_info", .type = SCHEMA_MAP, .table = &network_info, .api = "NetworkInfo",
	 .doc = "Buys a bandwidth package with the first cloud group."},
	{.key = "bandwidth_package_id", .type = SCHEMA_TEXT, .rule = &rule_id,
	 .api = "BandwidthPackageId", .doc = "Existing bandwidth package (np-...) to use."},
	{.key = "bandwidth_package_type", .type = SCHEMA_TEXT, .rule = &rule_id,
	 .api = "BandwidthPackageType", .doc = "Its type, for example cbwp_ecd."},
	{.key = "stream_mode", .type = SCHEMA_INT, .min = 1, .max = 2, .api = "StreamMode",
	 .doc = "1: a new viewer takes over (the cloud's default), 2: several view together."},
	{.key = "promotion_id", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "PromotionId",
	 .doc = "Coupon for the order."},
	{.key = "sale_mode", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "SaleMode",
	 .doc = "Not documented for this call: best left out."},
	{.key = "instance_version", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "InstanceVersion",
	 .doc = "Not documented for this call: best left out."},
	{.key = "paid_call_back_url", .type = SCHEMA_TEXT, .rule = &rule_any, .max = 1024,
	 .api = "PaidCallBackUrl", .doc = "Page shown after payment. Meaning not documented."},
	{.key = "channel_cookie", .type = SCHEMA_TEXT, .rule = &rule_any, .max = 1024,
	 .api = "ChannelCookie", .doc = "Not documented: best left out."},
	{.key = "enable_ipv6", .type = SCHEMA_BOOL, .api = "EnableIpv6",
	 .doc = "Not open to the public yet."},
	{.key = "ipv6_bandwidth", .type = SCHEMA_INT, .min = 1, .max = 100000,
	 .api = "Ipv6Bandwidth",
	 .doc = "Mbit/s. Not open to the public yet."},
	{0}};

static const struct schema_note notes[] = {
	{"amount", "Amount",
	 "it is derived: one call creates one cloud group, count says the rest"},
	{"number_of_instances", "NumberOfInstances", "it is derived from count and "
						     "instances_per_group"},
	{"instance_group_name", "InstanceGroupName", "it is derived from name"},
	{"client_token", "ClientToken", "it is derived: drover makes and keeps one for every call"},
	{0}};

static void check_networks(struct check *c, const struct source *own,
			   const struct source *defaults)
{
	const struct yaml_node *vswitch = group_pick(own, defaults, "v_switch_id");
	const struct yaml_node *package = group_pick(own, defaults, "bandwidth_package_id");
	struct path vswitch_path = {.up = own->path, .key = "v_switch_id"};
	struct path package_path = {.up = own->path, .key = "bandwidth_package_id"};
	if (vswitch && !group_pick(own, defaults, "office_site_id"))
		check_complain(c, &vswitch_path, vswitch->pos,
			       "needs office_site_id: a switch belongs to a VPC network");
	if (package && group_pick(own, defaults, "network_info"))
		check_complain(c, &package_path, package->pos,
			       "cannot stand beside network_info, which buys a package");
}

static void check_fallback(struct check *c, const struct source *own,
			   const struct source *defaults)
{
	const struct yaml_node *spec = group_pick(own, defaults, "spec");
	const struct yaml_node *list = group_pick(own, defaults, "fallback");
	struct path list_path = {.up = own->path, .key = "fallback"};
	if (!spec || spec->shape != SHAPE_SCALAR || !list || list->shape != SHAPE_LIST)
		return;
	for (size_t i = 0; i < list->n; i++) {
		const struct yaml_node *entry = list->items[i].value;
		struct path path = {.up = &list_path, .index = i};
		if (entry->shape == SHAPE_SCALAR && strcmp(entry->text, spec->text) == 0)
			check_complain(c, &path, entry->pos, "is the group's spec already");
	}
}

static void check_group(struct check *c, const struct source *own, const struct source *defaults)
{
	if (c->partial)
		return;
	check_networks(c, own, defaults);
	group_check_tags(c, own, defaults);
	check_fallback(c, own, defaults);
}

/* A period always goes with its unit, so that no default of the cloud's decides. */
static int finish(struct desired_group *g)
{
	if (!value_get(g->create, "Period") || value_get(g->create, "PeriodUnit"))
		return 0;
	return value_set(g->create, "PeriodUnit", value_text("Month"));
}

const struct schema schema_cloud_phone = {
	.name = "cloud-phone",
	.doc = "Cloud phones: instance groups (ag-) of at most 100 instances (acp-) each.",
	.fields = group_fields,
	.notes = notes,
	.rules = check_group,
	.finish = finish};
