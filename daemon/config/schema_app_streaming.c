/*
 * kind: app-streaming. Every request parameter of CreateAppInstanceGroup
 * (appstream-center 3.1) has a row, but for those that drover derives (the notes).
 * The rules are those of appstream-center 9; the numbers in the comments are its.
 */
#include "config/schema_app_streaming.h"

#include <errno.h>
#include <string.h>

#include "config/schema_group.h"

#define MAX_NODES 100 /* NodeAmount: 1 to 100 */
#define MAX_USERS 1000 /* not documented; bounds the request */

static const char *const words_product[] = {"CloudApp", NULL};
static const char *const words_mode[] = {"Node", NULL};
static const char *const words_unit[] = {"Week", "Month", "Year", NULL};
static const char *const words_sub_pay[] = {"postPaid", "prePaid", "monthPackage", NULL};
static const char *const words_auth[] = {"App", "AppInstanceGroup", "Session", NULL};
static const char *const words_user[] = {"Simple", NULL};

/* --- charge --------------------------------------------------------------------------- */

/* Rule 4. An impossible pair is not refused by the call but fails with the order, so that
 * nobody would learn of it (appstream-center 3.1). */
static const struct {
	const char *unit, *what;
	int64_t periods[5];
} pairs[] = {
	{"Week", "1", {1}},
	{"Month", "1, 2, 3 or 6", {1, 2, 3, 6}},
	{"Year", "1, 2 or 3", {1, 2, 3}},
};

static const struct schema charge;

static bool is_period(int64_t n)
{
	return n <= 3 || n == 6;
}

static const struct number_rule rule_period = {
	"1 with Week, 1, 2, 3 or 6 with Month, 1, 2 or 3 with Year", is_period};

static bool is_pair(size_t row, int64_t period)
{
	for (const int64_t *n = pairs[row].periods; *n; n++)
		if (*n == period)
			return true;
	return false;
}

static void check_pair(struct check *c, const struct source *own, const char *unit)
{
	const struct yaml_node *period = yaml_get(own->node, "period");
	struct path path = {.up = own->path, .key = "period"};
	char shown[CHECK_SHOW_SIZE];
	int64_t n = 0;
	if (!period || !check_number(&charge, own->node, "period", &n))
		return;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (strcmp(pairs[i].unit, unit) == 0 && !is_pair(i, n))
			check_complain(c, &path, period->pos, "must be %s with %s, is %s",
				       pairs[i].what, unit, check_show(period, shown));
}

/* Rule 5: what is billed by use has no length, and the API wants 1 Month for it. */
static void check_postpaid(struct check *c, const struct source *own)
{
	static const char *const keys[] = {"period", "period_unit"};
	static const char *const only[] = {"1", "Month"};
	for (size_t i = 0; i < 2; i++) {
		const struct yaml_node *node = yaml_get(own->node, keys[i]);
		const char *text = check_text(own->node, keys[i]);
		struct path path = {.up = own->path, .key = keys[i]};
		char shown[CHECK_SHOW_SIZE];
		if (text && strcmp(text, only[i]) != 0)
			check_complain(c, &path, node->pos,
				       "must be %s with PostPaid, or left out, is %s", only[i],
				       check_show(node, shown));
	}
}

static void check_charge(struct check *c, const struct source *own, const struct source *defaults)
{
	const char *type = check_text(own->node, "type");
	const char *unit = check_text(own->node, "period_unit");
	struct path period_path = {.up = own->path, .key = "period"};
	(void)defaults;
	type = type ? type : "PostPaid";
	group_check_prepaid_only(c, own, type, "auto_pay");
	group_check_prepaid_only(c, own, type, "auto_renew");
	if (strcmp(type, "PostPaid") == 0)
		check_postpaid(c, own);
	if (strcmp(type, "PrePaid") != 0)
		return;
	if (!yaml_get(own->node, "period"))
		check_complain(c, &period_path, own->node->pos, "is required with PrePaid");
	check_pair(c, own, unit ? unit : "Month");
}

static const struct schema_field charge_fields[] = {
	GROUP_CHARGE_TYPE,
	{.key = "period", .type = SCHEMA_INT, .min = 1, .max = 6, .numbers = &rule_period,
	 .initial = "1", .always_sent = true, .api = "Period",
	 .doc = "Length of the subscription in period_unit: 1 Week; 1, 2, 3 or 6 Month; 1, 2 or 3 "
		"Year. Required with PrePaid; PostPaid sends 1."},
	{.key = "period_unit", .type = SCHEMA_WORD, .words = words_unit, .initial = "Month",
	 .always_sent = true, .api = "PeriodUnit",
	 .doc = "Unit of period. PostPaid sends Month."},
	GROUP_AUTO_PAY,
	{.key = "auto_renew", .type = SCHEMA_BOOL, .initial = "false", .always_sent = true,
	 .api = "AutoRenew",
	 .doc = "PrePaid only: the cloud renews the subscription by itself when it ends."},
	{0}};

static const struct schema_note charge_notes[] = {
	{"promotion_id", "", "it stands beside charge, not in it"},
	{"sub_pay_type", "", "it stands beside charge, not in it"},
	{0}};

static const struct schema charge = {
	.name = "charge", .doc = "How a group is billed.", .fields = charge_fields,
	.notes = charge_notes, .rules = check_charge};

/* --- the group ------------------------------------------------------------------------ */

static bool is_timeout(int64_t minutes)
{
	return minutes == -1 || minutes >= 3;
}

static const struct number_rule rule_timeout = {"-1 or 3..300", is_timeout};

static const struct schema_field user_fields[] = {
	{.key = "type", .type = SCHEMA_WORD, .required = true, .words = words_user, .api = "Type",
	 .doc = "Simple: convenience accounts."},
	{0}};

static const struct schema user_info = {
	.name = "user_info", .fields = user_fields, .doc = "Of which kind the users' accounts are."};

static const struct schema_field group_fields[] = {
	GROUP_NAME("Name of the group, unique in the file; also the beginning of its delivery group's "
		   "name."),
	GROUP_KIND,
	{.key = "count", .type = SCHEMA_INT, .no_default = true, .min = 0, .max = MAX_NODES,
	 .initial = "1", IN_GROUP(STORE_INT64, count),
	 .doc = "How many nodes there shall be, the elastic ones not counted. Required, but with "
		"NODE_SCALING_BY_SCHEDULE, where the schedule says it. 0 deletes the delivery group "
		"(held until approved)."},
	{.key = "region", .type = SCHEMA_TEXT, .required = true, .rule = &rule_region,
	 .api = "BizRegionId", IN_GROUP(STORE_TEXT, region),
	 .doc = "Region of the delivery group. Cannot be changed while it exists."},
	{.key = "image", .type = SCHEMA_TEXT, .required = true, .rule = &rule_id,
	 .api = "AppCenterImageId", IN_GROUP(STORE_TEXT, image),
	 .doc = "Image with the applications (img-...)."},
	{.key = "product_type", .type = SCHEMA_WORD, .words = words_product, .initial = "CloudApp",
	 .always_sent = true, .api = "ProductType", .doc = "The product line; there is this one."},
	{.key = "charge_resource_mode", .type = SCHEMA_WORD, .words = words_mode, .initial = "Node",
	 .always_sent = true, .api = "ChargeResourceMode",
	 .doc = "The sales mode; there is this one."},
	{.key = "charge", .type = SCHEMA_MAP, .table = &charge,
	 .doc = "How the group is billed. A group's charge replaces the default's whole."},
	{.key = "promotion_id", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "PromotionId",
	 .doc = "Promotion for the order."},
	{.key = "sub_pay_type", .type = SCHEMA_WORD, .words = words_sub_pay, .api = "SubPayType",
	 .doc = "Payment sub-method, with a small first letter. monthPackage is for Cloud Browser "
		"only and refused."},
	{.key = "app_package_type", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "AppPackageType",
	 .doc = "Package type, for example browser.package.5.250.appstreaming.general.basic."},
	{.key = "session_timeout", .type = SCHEMA_INT, .min = -1, .max = 300,
	 .numbers = &rule_timeout, .initial = "15", .always_sent = true, .api = "SessionTimeout",
	 .doc = "Minutes between a client's disconnect and the end of its session, 3 to 300; -1: "
		"never."},
	{.key = "node_pool", .type = SCHEMA_MAP, .required = true, .table = &schema_app_pool,
	 .api = "NodePool", .doc = "The nodes and how their number changes."},
	GROUP_TAGS(NULL),
	GROUP_ADOPT(rule_delivery_group_id, 1,
		    "Id (aig-...) of an existing delivery group to take into this group."),
	GROUP_PROTECT,
	GROUP_ROLLOUT,
	GROUP_REORDER,
	GROUP_RENAMED_FROM,
	{.key = "users", .type = SCHEMA_TEXTS, .max = MAX_USERS, .rule = &rule_any, .api = "Users",
	 .doc = "Accounts that may use the group from the beginning. Needs user_info."},
	{.key = "user_info", .type = SCHEMA_MAP, .table = &user_info, .api = "UserInfo",
	 .doc = "Of which kind the users' accounts are."},
	{.key = "user_group_ids", .type = SCHEMA_TEXTS, .max = MAX_USERS, .rule = &rule_id,
	 .api = "UserGroupIds", .doc = "User groups that may use the group."},
	{.key = "auth_mode", .type = SCHEMA_WORD, .words = words_auth, .api = "AuthMode",
	 .doc = "What users are authorised for: an application, the delivery group or a "
		"persistent session."},
	{.key = "app_policy_id", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "AppPolicyId",
	 .doc = "Policy (pg-...)."},
	{.key = "cluster_id", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "ClusterId",
	 .doc = "Cluster (cls-...)."},
	{.key = "pre_open_app_id", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "PreOpenAppId",
	 .doc = "Application that is opened in advance (cag-...)."},
	{.key = "network", .type = SCHEMA_MAP, .table = &schema_app_network, .api = "Network",
	 .doc = "The network. The cloud wants a ticket before it is used."},
	{.key = "storage_policy", .type = SCHEMA_MAP, .table = &schema_app_storage,
	 .api = "StoragePolicy", .doc = "Where users' data lies."},
	{.key = "video_policy", .type = SCHEMA_MAP, .table = &schema_app_video,
	 .api = "VideoPolicy", .doc = "The picture."},
	{.key = "runtime_policy", .type = SCHEMA_MAP, .table = &schema_app_runtime,
	 .api = "RuntimePolicy", .doc = "How sessions run."},
	{.key = "security_policy", .type = SCHEMA_MAP, .table = &schema_app_security,
	 .api = "SecurityPolicy", .doc = "Security."},
	{.key = "user_define_policy", .type = SCHEMA_MAP, .table = &schema_app_user_define,
	 .api = "UserDefinePolicy",
	 .doc = "A policy of one's own. The cloud wants a ticket before it is used."},
	{0}};

static const struct schema_note notes[] = {
	{"app_instance_group_name", "AppInstanceGroupName", "it is derived from name"},
	{"node_amount", "NodeAmount", "it is derived from count"},
	{"client_token", "ClientToken", "this call has none; the unique name takes its place"},
	{"spec", "", "a node's size is written node_pool.instance_type"},
	{"instances_per_group", "", "there is one delivery group, and all nodes are in it"},
	{"fallback", "", "a delivery group has one instance type for good"},
	{"heal", "", "drover heals cloud phones only"},
	{"power", "", "drover switches cloud phones only"},
	{"drain", "", "the cloud chooses which nodes go"},
	{"key_pair_id", "KeyPairId", "key pairs are for cloud phones"},
	{0}};

/* --- rules across keys ---------------------------------------------------------------- */

/* Rules 10 and 14: with a schedule, nobody else says how many nodes there are. */
static void check_count(struct check *c, const struct source *own, bool is_scheduled)
{
	const struct yaml_node *count = yaml_get(own->node, "count");
	const char *text = check_text(own->node, "count");
	struct path path = {.up = own->path, .key = "count"};
	if (!count && !is_scheduled)
		check_complain(c, &path, own->node->pos, "is required");
	else if (is_scheduled && text && strcmp(text, "0") != 0)
		check_complain(c, &path, count->pos,
			       "must be left out (or 0, to delete the group) with "
			       STRATEGY_BY_SCHEDULE ": the schedule says how many nodes there are");
}

/* Rule 11. */
static void check_strategy(struct check *c, const struct source *own,
			   const struct source *defaults, const struct yaml_node *pool)
{
	const char *type = check_text(group_pick(own, defaults, "charge"), "type");
	struct path pool_path = {.up = own->path, .key = "node_pool"};
	struct path path = {.up = &pool_path, .key = "strategy"};
	if (type && strcmp(type, "PrePaid") == 0)
		check_complain(c, &path, yaml_get(pool, "strategy")->pos,
			       STRATEGY_BY_SCHEDULE " is for PostPaid only, charge.type is PrePaid");
}

/* Rule 7. */
static void check_users(struct check *c, const struct source *own, const struct source *defaults)
{
	const struct yaml_node *users = group_pick(own, defaults, "users");
	struct path path = {.up = own->path, .key = "users"};
	if (users && !group_pick(own, defaults, "user_info"))
		check_complain(c, &path, users->pos, "needs user_info: {type: Simple}");
}

/* Rule 8. */
static void check_sub_pay(struct check *c, const struct source *own, const struct source *defaults)
{
	const struct yaml_node *node = group_pick(own, defaults, "sub_pay_type");
	struct path path = {.up = own->path, .key = "sub_pay_type"};
	if (node && node->shape == SHAPE_SCALAR && strcmp(node->text, "monthPackage") == 0)
		check_complain(c, &path, node->pos,
			       "monthPackage is for Cloud Browser only, this group is CloudApp");
}

static void check_group(struct check *c, const struct source *own, const struct source *defaults)
{
	if (c->partial)
		return;
	const struct yaml_node *pool = group_pick(own, defaults, "node_pool");
	const char *strategy = check_text(pool, "strategy");
	bool is_scheduled = strategy && strcmp(strategy, STRATEGY_BY_SCHEDULE) == 0;
	check_count(c, own, is_scheduled);
	if (is_scheduled)
		check_strategy(c, own, defaults, pool);
	check_users(c, own, defaults);
	check_sub_pay(c, own, defaults);
	group_check_tags(c, own, defaults);
}

static int finish(struct desired_group *g)
{
	const struct value *pool = value_get(g->create, "NodePool");
	g->unsized = strcmp(value_get_text(pool, "StrategyType"), STRATEGY_BY_SCHEDULE) == 0;
	g->instances_per_group = MAX_NODES; /* all of them in the one delivery group */
	return 0;
}

const struct schema schema_app_streaming = {
	.name = "app-streaming",
	.doc = "App streaming: a delivery group (aig-) with a pool of nodes.",
	.fields = group_fields,
	.notes = notes,
	.rules = check_group,
	.finish = finish};
