/*
 * kind: purchase. Every request parameter of CreateInstance (bssopenapi 3.1) has a row,
 * but for the token, which drover makes. The rules are those of bssopenapi 8; the numbers
 * in the comments are its.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/vec.h"
#include "config/schema_group.h"

#define MAX_COUNT 1000 /* not documented; bounds what a slip can cost */
#define MAX_MONTHS 120 /* the same */
#define MAX_PARAMETERS 100

/* In the order of enum charge_type. */
static const char *const words_subscription[] = {"PayAsYouGo", "Subscription", NULL};
static const char *const words_renewal[] = {"ManualRenewal", "AutoRenewal", NULL};

#define ADDRESS(key_, api_, words_)                                                                \
	{                                                                                          \
		.key = (key_), .type = SCHEMA_TEXT, .rule = &rule_any, .max = 256, .api = (api_),  \
		.doc = (words_)                                                                    \
	}

static const struct schema_field logistics_fields[] = {
	ADDRESS("city_code", "cityCode", "Code of the city, for example 330100."),
	ADDRESS("city_name", "cityName", "Name of the city."),
	ADDRESS("contact_name", "contactName", "Who receives the goods."),
	ADDRESS("country_code", "countryCode", "Code of the country."),
	ADDRESS("district_name", "districtName", "Name of the district."),
	ADDRESS("email", "email", "Electronic mail."),
	ADDRESS("mobile_phone", "mobilePhone", "Mobile telephone."),
	ADDRESS("phone", "phone", "Telephone."),
	ADDRESS("prov_code", "provCode", "Code of the province."),
	ADDRESS("prov_name", "provName", "Name of the province."),
	ADDRESS("street_code", "streetCode", "Code of the street."),
	ADDRESS("street_name", "streetName", "Name of the street."),
	ADDRESS("zip_code", "zipCode", "Postal code."),
	{0}};

static const struct schema logistics = {
	.name = "logistics", .fields = logistics_fields, .doc = "Where goods are delivered to."};

static const struct schema_field group_fields[] = {
	GROUP_NAME("Name of the group, unique in the file."),
	GROUP_KIND,
	{.key = "count", .type = SCHEMA_INT, .required = true, .no_default = true, .min = 0,
	 .max = MAX_COUNT, IN_GROUP(STORE_INT64, count),
	 .doc = "How many instances there shall be. More than that are reported, never removed."},
	{.key = "product_code", .type = SCHEMA_TEXT, .required = true, .rule = &rule_id,
	 .api = "ProductCode", IN_GROUP(STORE_TEXT, spec),
	 .doc = "The product, for example bastionhost. ecs and rds cannot be bought this way."},
	{.key = "product_type", .type = SCHEMA_TEXT, .rule = &rule_id, .api = "ProductType",
	 IN_GROUP(STORE_TEXT, image),
	 .doc = "Type of the product; differs between the sites. Some products have none."},
	{.key = "subscription", .type = SCHEMA_WORD, .required = true,
	 .words = words_subscription, .api = "SubscriptionType", IN_GROUP(STORE_INT, charge),
	 .doc = "How it is billed."},
	{.key = "period", .type = SCHEMA_INT, .min = 1, .max = MAX_MONTHS, .api = "Period",
	 .doc = "Length of the subscription in months (or as pricing_cycle says); products billed "
		"by the year take multiples of 12. Required with Subscription."},
	{.key = "renewal_status", .type = SCHEMA_WORD, .words = words_renewal,
	 .initial = "ManualRenewal", .api = "RenewalStatus",
	 .doc = "Subscription only: whether it renews itself."},
	{.key = "renew_period", .type = SCHEMA_INT, .min = 1, .max = MAX_MONTHS,
	 .api = "RenewPeriod",
	 .doc = "Length of each renewal in months. Required with AutoRenewal."},
	{.key = "pricing_cycle", .type = SCHEMA_INT, .min = 1, .max = 3, .api = "PricingCycle",
	 .doc = "Unit of period: 1 year, 2 month (the cloud's default), 3 day. Only for the product "
		"types of Anti-DDoS, and for certificates."},
	{.key = "parameters", .type = SCHEMA_PAIRS, .max = MAX_PARAMETERS, .rule = &rule_any,
	 .api = "Parameter",
	 .doc = "What is bought in detail, a map of the product's codes to values; sent in the "
		"order written."},
	{.key = "logistics", .type = SCHEMA_MAP, .table = &logistics, .api = "Logistics",
	 .doc = "Where goods are delivered to; for physical goods."},
	{.key = "confirm_auto_pay", .type = SCHEMA_BOOL, .no_default = true,
	 IN_GROUP(STORE_BOOL, auto_pay),
	 .doc = "Must be written, as true: each instance that is missing is ordered and paid at "
		"once."},
	GROUP_ADOPT(rule_id, 1000, "Ids of instances bought already to take into this group."),
	GROUP_PROTECT,
	GROUP_REORDER,
	GROUP_RENAMED_FROM,
	{0}};

static const struct schema_note notes[] = {
	{"client_token", "ClientToken", "it is derived: drover makes and keeps one for every call"},
	{"region", "", "a purchase has none of its own; where needed it is one of its parameters"},
	{"tags", "", "purchases are not tagged: the ledger knows which are drover's"},
	{"charge", "", "how a purchase is billed is written subscription and period"},
	{"spec", "", "what is bought is written product_code, product_type and parameters"},
	{"image", "", "what is bought is written product_code, product_type and parameters"},
	{"instances_per_group", "", "every purchase is one instance"},
	{"fallback", "", "drover buys what is written or nothing"},
	{"heal", "", "what is bought is looked after by its own product"},
	{"power", "", "what is bought is looked after by its own product"},
	{"drain", "", "purchases are never removed"},
	{"rollout", "", "what is bought is looked after by its own product"},
	{"key_pair_id", "", "key pairs are for cloud phones"},
	{0}};

/* --- rules across keys ---------------------------------------------------------------- */

/* The group with its defaults, as the rules look at it. */
struct view {
	struct check *c;
	const struct source *own, *defaults;
};

static const char *text_of(const struct view *v, const char *key)
{
	const struct yaml_node *node = group_pick(v->own, v->defaults, key);
	return node && node->shape == SHAPE_SCALAR ? node->text : NULL;
}

static bool is_written(const struct view *v, const char *key, const char *word)
{
	const char *text = text_of(v, key);
	return text && strcmp(text, word) == 0;
}

/* Where @key stands, or the group when it does not. */
static struct pos pos_of(const struct view *v, const char *key)
{
	const struct yaml_node *node = group_pick(v->own, v->defaults, key);
	return node ? node->pos : v->own->node->pos;
}

static void complain(const struct view *v, const char *key, const char *what)
{
	struct path path = {.up = v->own->path, .key = key};
	check_complain(v->c, &path, pos_of(v, key), "%s", what);
}

/* Rule 15. */
static void check_product(const struct view *v)
{
	static const char *const refused[] = {"ecs", "rds"};
	const char *code = text_of(v, "product_code");
	for (size_t i = 0; code && i < ARRAY_SIZE(refused); i++)
		if (strcasecmp(refused[i], code) == 0)
			complain(v, "product_code",
				 "ecs and rds instances cannot be bought by CreateInstance");
}

/* Rules 2 and 4. A default of renewal_status is only the API's own. */
static void check_subscription(const struct view *v)
{
	static const char *const keys[] = {"period", "renewal_status", "renew_period"};
	if (is_written(v, "subscription", "Subscription") && !text_of(v, "period"))
		complain(v, "period", "is required with Subscription");
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (is_written(v, "subscription", "PayAsYouGo") && text_of(v, keys[i]))
			complain(v, keys[i], "is for Subscription only");
}

/* Rule 3. */
static void check_renewal(const struct view *v)
{
	bool is_auto = is_written(v, "renewal_status", "AutoRenewal");
	if (is_auto && !text_of(v, "renew_period"))
		complain(v, "renew_period", "is required with AutoRenewal");
	if (!is_auto && text_of(v, "renew_period"))
		complain(v, "renew_period", "means nothing without renewal_status: AutoRenewal");
}

/* Rule 6; certificates were seen to be refused without it (bssopenapi 3.1). */
static void check_pricing_cycle(const struct view *v)
{
	static const char *const types[] = {
		"ddos_originpre_public_cn",   "ddosDip",      "ddoscoo",
		"ddos_originpre_public_intl", "ddosDip_intl", "ddoscoo_intl",
	};
	const char *type = text_of(v, "product_type");
	if (!text_of(v, "pricing_cycle") || is_written(v, "product_code", "cas"))
		return;
	for (size_t i = 0; type && i < ARRAY_SIZE(types); i++)
		if (strcmp(types[i], type) == 0)
			return;
	complain(v, "pricing_cycle",
		 "is only for product_type ddos_originpre_public_cn, ddosDip, ddoscoo, "
		 "ddos_originpre_public_intl, ddosDip_intl and ddoscoo_intl, and for product_code cas");
}

/* The call has no dry run and no unpaid order: it orders and pays (bssopenapi 3.1). */
static void check_consent(const struct view *v)
{
	const struct yaml_node *node = yaml_get(v->own->node, "confirm_auto_pay");
	bool is_refused = node && node->plain && is_written(v, "confirm_auto_pay", "false");
	struct path path = {.up = v->own->path, .key = "confirm_auto_pay"};
	if (!node || is_refused)
		check_complain(v->c, &path, node ? node->pos : v->own->node->pos,
			       "must be true: CreateInstance orders and pays at once, so that every "
			       "instance that is missing spends money without a further question");
}

static void check_group(struct check *c, const struct source *own, const struct source *defaults)
{
	const struct view v = {c, own, defaults};
	if (c->partial)
		return;
	check_product(&v);
	check_subscription(&v);
	check_renewal(&v);
	check_pricing_cycle(&v);
	check_consent(&v);
}

static int finish(struct desired_group *g)
{
	g->instances_per_group = 1;
	g->region = strdup("");
	if (!g->image)
		g->image = strdup("");
	return g->region && g->image ? 0 : -ENOMEM;
}

const struct schema schema_purchase = {
	.name = "purchase",
	.doc = "Purchases: instances of a product, each ordered and paid by one call.",
	.fields = group_fields,
	.notes = notes,
	.rules = check_group,
	.finish = finish};
