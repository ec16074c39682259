#include "cloud/purchase_price.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/strbuf.h"
#include "cloud/fields.h"
#include "cloud/json.h"

#define MODULES_MAX 50 /* of one question */
#define CONFIG_BYTES 16384
#define SUBSCRIPTION "Subscription"

enum pricing_cycle { CYCLE_YEAR = 1, CYCLE_MONTH = 2, CYCLE_DAY = 3 };

static int64_t int_of(const struct value *create, const char *name, int64_t otherwise)
{
	const struct value *value = value_get(create, name);
	return value && value->type == VALUE_INT ? value->integer : otherwise;
}

static const char *text_of(const struct value *create, const char *name)
{
	const char *text = value_get_text(create, name);
	return text ? text : "";
}

static bool is_subscription(const struct value *create)
{
	return strcmp(text_of(create, "SubscriptionType"), SUBSCRIPTION) == 0;
}

bool purchase_has_price(const struct value *create)
{
	return !is_subscription(create) || int_of(create, "PricingCycle", CYCLE_MONTH) != CYCLE_DAY;
}

/* What both questions begin with. */
static int add_product(const struct value *create, struct params *p)
{
	const char *product = text_of(create, "ProductCode"),
		   *type = text_of(create, "ProductType");
	if (!*product)
		return -EINVAL;
	int r = params_set(p, "ProductCode", product);
	if (r == 0 && *type)
		r = params_set(p, "ProductType", type);
	return r < 0 ? r : params_set(p, "SubscriptionType", text_of(create, "SubscriptionType"));
}

int purchase_encode_modules(const struct value *create, struct params *ret)
{
	return add_product(create, ret);
}

/* ---- modules ---- */

struct module_config {
	struct field_texts keys;
};

struct module {
	const char *code, *price_type;
	struct module_config config;
};

static const struct field config_fields[] = {
	FIELD(module_config, FIELD_TEXTS, "ConfigList", keys),
};
static const struct field_table config_table = FIELD_TABLE(module_config, config_fields);

static const struct field module_fields[] = {
	FIELD(module, FIELD_TEXT, "ModuleCode", code),
	FIELD(module, FIELD_TEXT, "PriceType", price_type),
	FIELD_OF(module, FIELD_OBJECT, "ConfigList", config, &config_table),
};
static const struct field_table module_table = FIELD_TABLE(module, module_fields);

/* The value of the parameter @code; NULL when the purchase has none. */
static const char *parameter(const struct value *create, const char *code)
{
	const struct value *list = value_get(create, "Parameter");
	for (size_t i = 0; list && list->type == VALUE_LIST && i < list->n; i++)
		if (strcmp(text_of(list->items[i], "Code"), code) == 0)
			return text_of(list->items[i], "Value");
	return NULL;
}

/* The settings are separated by ':' and ','; how they would be escaped is not documented. */
static bool fits_config(const char *text)
{
	return text && *text && !strpbrk(text, ":,");
}

/* "A:a,B:b" with every key of the module. False when the purchase does not say all of them. */
static bool configure(const struct module *m, const struct value *create, struct strbuf *out)
{
	for (size_t i = 0; i < m->config.keys.n; i++) {
		const char *key = m->config.keys.items[i], *value = parameter(create, key);
		if (!fits_config(key) || !fits_config(value))
			return false;
		strbuf_addf(out, "%s%s:%s", i > 0 ? "," : "", key, value);
	}
	return m->config.keys.n > 0 && *m->code;
}

/* What is paid by its volume has no price by the hour. */
static bool is_by_volume(const struct module *m, const struct value *create)
{
	return !is_subscription(create) && strcmp(m->price_type, "Usage") == 0;
}

static int add_module(const struct module *m, const struct value *create, struct text_list *modules)
{
	auto_strbuf struct strbuf config = STRBUF_INIT(CONFIG_BYTES);
	if (modules->n >= 2 * (size_t)MODULES_MAX || is_by_volume(m, create) ||
	    !configure(m, create, &config) || strbuf_error(&config) < 0)
		return 0;
	int r = text_list_add(modules, m->code);
	return r < 0 ? r : text_list_add(modules, strbuf_text(&config));
}

int purchase_decode_modules(const cJSON *root, const struct value *create,
			    struct text_list *modules)
{
	const cJSON *rows =
		json_get(json_object(json_object(root, "Data"), "ModuleList"), "Module");
	struct field_list list = {0};
	int r = rows ? fields_decode_list(&module_table, rows, &list) : -EBADMSG;
	const struct module *items = list.items;
	for (size_t i = 0; i < list.n && r == 0; i++)
		r = add_module(&items[i], create, modules);
	fields_fini_list(&module_table, &list);
	return r;
}

/* ---- prices ---- */

static int set_module(struct params *p, size_t index, const char *member, const char *value)
{
	char name[LIMIT_NAME_BYTES];
	(void)snprintf(name, sizeof(name), "ModuleList.%zu.%s", index, member);
	return params_set(p, name, value);
}

static int add_modules(const struct text_list *modules, bool by_hour, struct params *p)
{
	int r = modules->n > 0 ? 0 : -EINVAL;
	for (size_t i = 0; 2 * i + 1 < modules->n && r == 0; i++) {
		r = set_module(p, i + 1, "ModuleCode", modules->items[2 * i]);
		if (r == 0)
			r = set_module(p, i + 1, "Config", modules->items[2 * i + 1]);
		if (r == 0 && by_hour)
			r = set_module(p, i + 1, "PriceType", "Hour");
	}
	return r;
}

static int add_period(const struct value *create, struct params *p)
{
	int64_t period = int_of(create, "Period", 0);
	bool by_year = int_of(create, "PricingCycle", CYCLE_MONTH) == CYCLE_YEAR;
	if (period < 1 || !purchase_has_price(create))
		return -EINVAL;
	int r = params_set(p, "OrderType", "NewOrder");
	if (r == 0)
		r = params_set_int(p, "ServicePeriodQuantity", period);
	if (r == 0)
		r = params_set(p, "ServicePeriodUnit", by_year ? "Year" : "Month");
	return r < 0 ? r : params_set_int(p, "Quantity", 1);
}

int purchase_encode_price(const struct value *create, const struct text_list *modules,
			  enum operation *ret_op, struct params *ret)
{
	bool by_hour = !is_subscription(create);
	int r = add_product(create, ret);
	if (r == 0)
		r = add_modules(modules, by_hour, ret);
	if (r == 0 && !by_hour)
		r = add_period(create, ret);
	if (r == 0)
		*ret_op = by_hour ? OP_GET_PAY_AS_YOU_GO_PRICE : OP_GET_SUBSCRIPTION_PRICE;
	return r;
}

/* There is no total (bssopenapi 3.14); a sum that lacks a module would be too small. */
static int add_up(const cJSON *data, size_t n_modules, int64_t *ret_micro)
{
	int64_t sum = 0;
	size_t n = 0;
	json_each(row, json_array(json_object(data, "ModuleDetails"), "ModuleDetail"))
	{
		int64_t cost = 0;
		if (money_parse(json_text(row, "CostAfterDiscount"), &cost) < 0 ||
		    money_add(sum, cost, &sum) < 0)
			return -EBADMSG;
		n++;
	}
	if (n == 0 || n < n_modules)
		return -EBADMSG;
	*ret_micro = sum;
	return 0;
}

int purchase_decode_price(const struct value *create, const cJSON *root,
			  const struct text_list *modules, int64_t *ret_micro,
			  const char **ret_currency)
{
	const cJSON *data = json_object(root, "Data");
	const char *currency = json_text(data, "Currency");
	if (!*currency)
		return -EBADMSG;
	int r = is_subscription(create) ? money_parse(json_text(data, "TradePrice"), ret_micro)
					: add_up(data, modules->n / 2, ret_micro);
	if (r < 0)
		return -EBADMSG;
	*ret_currency = currency;
	return 0;
}
