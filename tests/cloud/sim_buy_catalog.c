#include "sim_buy_catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* clang-format off */
static const struct sim_choice network_types[] = {
	{"vpc", "VPC", 1000}, {"classic", "Classic network", 0}, {"", "", 0}};
static const struct sim_choice bastion_plans[] = {
	{"cloudbastion", "Basic edition", 200000}, {"cloudbastion_ha", "HA edition", 400000}, {"", "", 0}};
static const struct sim_choice brands[] = {
	{"DigiCert", "DigiCert", 120000}, {"GlobalSign", "GlobalSign", 150000}, {"", "", 0}};
static const struct sim_choice kms_specs[] = {
	{"1000", "1000 QPS", 160000}, {"2000", "2000 QPS", 320000}, {"", "", 0}};
static const struct sim_choice kms_hourly[] = {
	{"1000", "1000 QPS", 230}, {"2000", "2000 QPS", 460}, {"", "", 0}};
static const struct sim_choice registries[] = {
	{"Basic", "Basic edition", 78000}, {"Standard", "Standard edition", 156000},
	{"Advanced", "Advanced edition", 312000}, {"", "", 0}};
static const struct sim_choice shields[] = {
	{"30", "30 Gbit/s", 2080000}, {"60", "60 Gbit/s", 4680000}, {"", "", 0}};

static const struct sim_attribute
	network_type = {"NetworkType", "Network type", "", .choices = network_types},
	bastion_plan = {"PlanCode", "Edition", "", .choices = bastion_plans},
	brand = {"Brand", "Brand", "", .choices = brands},
	kms_spec = {"Spec", "Computing performance", "QPS", .choices = kms_specs},
	kms_spec_hourly = {"Spec", "Computing performance", "QPS", .choices = kms_hourly},
	kms_keys = {"KeyNum", "Keys", "", .low = 100, .high = 10000, .step = 100, .step_cents = 500},
	registry = {"InstanceType", "Edition", "", .choices = registries},
	shield = {"BaseBandwidth", "Basic protection", "Gbit/s", .choices = shields};

static const struct sim_module
	m_network = {"NetworkType", "Network", {&network_type}},
	m_plan = {"PlanCode", "Edition", {&bastion_plan}},
	m_certificate = {"Certificate", "Certificate", {&brand}},
	m_kms = {"Instance", "Instance", {&kms_spec, &kms_keys}},
	m_kms_hourly = {"Instance", "Instance", {&kms_spec_hourly}},
	m_registry = {"InstanceType", "Instance", {&registry}},
	m_shield = {"BaseBandwidth", "Protection", {&shield}};

static const char *const bastion_codes[] = {
	"NetworkType", "PlanCode", "LicenseCode", "Storage", "Bandwidth", "RegionId", NULL};
static const char *const certificate_codes[] = {
	"Product", "DomainType", "DomainCount", "Region", NULL};
static const char *const kms_codes[] = {
	"Spec", "KeyNum", "SecretNum", "VpcNum", "ProductVersion", "Log", "LogStorage", "Region", NULL};
static const char *const registry_codes[] = {
	"InstanceType", "InstanceName", "DefaultOssBucket", "ImageScanner", "Region", NULL};
static const char *const shield_codes[] = {
	"BaseBandwidth", "Bandwidth", "ServiceBandwidth", "PortCount", "DomainCount", NULL};

/* The pairs of bssopenapi 11. Of bastionhost both parameters that matter can be priced, of
 * cas none, of the others some. */
static const struct sim_article articles[] = {
	{.code = "bastionhost", .type = "bastionhost", .name = "Bastion host", .prepaid = true,
	 .id_prefix = "bastionhost-cn-", .parameters = bastion_codes, .modules = {&m_network, &m_plan}},
	{.code = "bastionhost", .type = "bastionhost_std_public_intl", .name = "Bastion host",
	 .prepaid = true, .international = true, .id_prefix = "bastionhost-sg-",
	 .parameters = bastion_codes, .modules = {&m_network, &m_plan}},
	{.code = "cas", .type = "cas", .name = "Certificates", .prepaid = true, .by_years = true,
	 .cycle = CYCLE_NEEDED, .id_prefix = "cas-cn-", .parameters = certificate_codes,
	 .modules = {&m_certificate}},
	{.code = "kms", .type = "kms_ddi_public_cn", .name = "Key management", .prepaid = true,
	 .id_prefix = "kst-hzz", .parameters = kms_codes, .modules = {&m_kms}},
	{.code = "kms", .type = "kms_ppi_public_cn", .name = "Key management (Pay-as-you-go)",
	 .id_prefix = "kst-hzp", .parameters = kms_codes, .modules = {&m_kms_hourly}},
	{.code = "acr", .type = "acr_ee_public_cn", .name = "Container registry", .prepaid = true,
	 .id_prefix = "cri-", .parameters = registry_codes, .modules = {&m_registry}},
	{.code = "ddos", .type = "ddoscoo", .name = "Anti-DDoS", .prepaid = true, .cycle = CYCLE_ANY,
	 .id_prefix = "ddoscoo-cn-", .parameters = shield_codes, .modules = {&m_shield}},
	{.code = "ddos", .type = "ddoscoo_intl", .name = "Anti-DDoS", .prepaid = true,
	 .international = true, .cycle = CYCLE_ANY, .id_prefix = "ddoscoo-sg-",
	 .parameters = shield_codes, .modules = {&m_shield}},
};
/* clang-format on */

const struct sim_article *sim_article(size_t i)
{
	return i < ARRAY_SIZE(articles) ? &articles[i] : NULL;
}

const struct sim_article *sim_article_find(const char *code, const char *type, bool international,
					   bool prepaid)
{
	const struct sim_article *article = NULL;
	for (size_t i = 0; (article = sim_article(i)); i++)
		if (strcmp(article->code, code) == 0 && article->prepaid == prepaid &&
		    article->international == international &&
		    (!type || !*type || strcmp(article->type, type) == 0))
			return article;
	return NULL;
}

bool sim_article_takes(const struct sim_article *article, const char *parameter)
{
	for (const char *const *code = article->parameters; *code; code++)
		if (strcmp(*code, parameter) == 0)
			return true;
	return false;
}

const struct sim_module *sim_article_module(const struct sim_article *article, const char *code)
{
	for (const struct sim_module *const *m = article->modules; *m; m++)
		if (strcmp((*m)->code, code) == 0)
			return *m;
	return NULL;
}

static bool number_price(const struct sim_attribute *a, const char *value, uint64_t *ret_cents)
{
	char *end = NULL;
	long long number = value ? strtoll(value, &end, 10) : a->low;
	if (value && (end == value || *end))
		return false;
	if (number < a->low || number > a->high || number % a->step != 0)
		return false;
	*ret_cents = (uint64_t)(number / a->step) * a->step_cents;
	return true;
}

bool sim_attribute_price(const struct sim_attribute *attribute, const char *value,
			 uint64_t *ret_cents)
{
	if (attribute->step > 0)
		return number_price(attribute, value, ret_cents);
	for (const struct sim_choice *c = attribute->choices; *c->value; c++) {
		if (!value || strcmp(c->value, value) == 0) {
			*ret_cents = c->cents;
			return true;
		}
	}
	return false;
}

const struct sim_attribute *sim_module_price(const struct sim_module *module, uint64_t days,
					     const char *(*value)(const void *data,
								  const char *code),
					     const void *data, struct sim_price *ret_price)
{
	uint64_t sum = 0, cents = 0;
	for (const struct sim_attribute *const *a = module->attributes; *a; a++) {
		if (!sim_attribute_price(*a, value(data, (*a)->code), &cents))
			return *a;
		sum += cents;
	}
	sum = sum * days / SIM_MONTH;
	ret_price->original_cents = sum;
	ret_price->trade_cents = days >= UINT64_C(12) * SIM_MONTH ? sum - sum / 10 : sum;
	return NULL;
}

const char *sim_article_currency(const struct sim_article *article)
{
	return article->international ? "USD" : "CNY";
}
