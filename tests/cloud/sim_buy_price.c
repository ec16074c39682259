/*
 * What is sold and what it costs: QueryProductList, DescribePricingModule,
 * GetSubscriptionPrice, GetPayAsYouGoPrice (bssopenapi 3.13 to 3.17). Amounts are numbers
 * here, texts everywhere else.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sim_billing.h"
#include "sim_buy.h"
#include "sim_json.h"
#include "sim_operation.h"
#include "sim_operations.h"

#define PAGE_MAX 300
#define ARTICLES_MAX 64

/* --- QueryProductList */

static void add_product(struct sim_call *call, const void *item)
{
	const struct sim_article *article = item;
	json_text(&call->out, "ProductCode", article->code);
	json_text(&call->out, "ProductName", article->name);
	json_text(&call->out, "ProductType", article->type);
	json_text(&call->out, "SubscriptionType", article->prepaid ? "Subscription" : "PayAsYouGo");
}

int sim_query_product_list(struct sim_call *call)
{
	const void *found[ARTICLES_MAX];
	const struct sim_article *article = NULL;
	size_t n = 0;
	for (size_t i = 0; (article = sim_article(i)) && n < ARTICLES_MAX; i++)
		if (article->international == call->international)
			found[n++] = article;
	json_literal(&call->out, ",\"Data\":{");
	sim_bss_page(call, PAGE_MAX, "ProductList", "Product", found, n, add_product);
	json_literal(&call->out, "}");
	return 0;
}

/* --- DescribePricingModule */

static const char *price_type(const struct sim_article *article)
{
	return article->prepaid ? "Month" : "Hour";
}

static void add_module(struct strbuf *out, const struct sim_article *article,
		       const struct sim_module *module)
{
	json_comma(out);
	json_literal(out, "{");
	json_text(out, "ModuleCode", module->code);
	json_text(out, "ModuleName", module->name);
	json_text(out, "PriceType", price_type(article));
	json_text(out, "Currency", sim_article_currency(article));
	json_literal(out, ",\"ConfigList\":{\"ConfigList\":[");
	for (const struct sim_attribute *const *a = module->attributes; *a; a++)
		json_item(out, (*a)->code);
	json_literal(out, "]}}");
}

static void add_value(struct strbuf *out, const char *name, const char *type, const char *value)
{
	json_comma(out);
	json_literal(out, "{");
	json_text(out, "Name", name);
	json_text(out, "Remark", "");
	json_text(out, "Type", type);
	json_text(out, "Value", value);
	json_literal(out, "}");
}

static void add_attribute(struct strbuf *out, const struct sim_attribute *a)
{
	char range[72];
	json_comma(out);
	json_literal(out, "{");
	json_text(out, "Code", a->code);
	json_text(out, "Name", a->name);
	json_text(out, "Unit", a->unit);
	json_literal(out, ",\"Values\":{\"AttributeValue\":[");
	for (const struct sim_choice *c = a->choices; c && *c->value; c++)
		add_value(out, c->name, "single_string", c->value);
	if (a->step > 0) {
		(void)snprintf(range, sizeof(range), "%" PRId64 "-%" PRId64 "-%" PRId64, a->low,
			       a->high, a->step);
		add_value(out, a->name, "range_float", range);
	}
	json_literal(out, "]}}");
}

int sim_describe_pricing_module(struct sim_call *call)
{
	const struct sim_article *article = NULL;
	struct strbuf *out = &call->out;
	int r = sim_check_article(call, &article);
	if (r != 0)
		return r;
	json_literal(out, ",\"Data\":{\"ModuleList\":{\"Module\":[");
	for (const struct sim_module *const *m = article->modules; *m; m++)
		add_module(out, article, *m);
	json_literal(out, "]},\"AttributeList\":{\"Attribute\":[");
	for (const struct sim_module *const *m = article->modules; *m; m++)
		for (const struct sim_attribute *const *a = (*m)->attributes; *a; a++)
			add_attribute(out, *a);
	json_literal(out, "]}}");
	return 0;
}

/* --- prices */

struct line {
	const struct sim_module *module;
	struct sim_price price;
};

struct offer {
	const struct sim_article *article;
	struct line lines[SIM_PRICED_MAX];
	size_t n;
	struct sim_price total;
};

/* "A:a,B:b" taken apart; the texts point into a copy. */
struct config {
	const char *keys[8], *values[8];
	size_t n;
};

static bool parse_config(char *text, struct config *ret_config)
{
	struct config c = {0};
	char *rest = text, *part;
	while ((part = strsep(&rest, ","))) {
		char *colon = strchr(part, ':');
		if (!colon || colon == part || c.n == ARRAY_SIZE(c.keys))
			return false;
		*colon = '\0';
		c.keys[c.n] = part;
		c.values[c.n++] = colon + 1;
	}
	*ret_config = c;
	return true;
}

static const char *config_value(const void *data, const char *key)
{
	const struct config *c = data;
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->keys[i], key) == 0)
			return c->values[i];
	return NULL;
}

/* Each key that the module lists, once, and no other (bssopenapi 3.13). */
static bool config_fits(const struct config *c, const struct sim_module *module)
{
	size_t n = 0;
	for (const struct sim_attribute *const *a = module->attributes; *a; a++, n++)
		if (!config_value(c, (*a)->code))
			return false;
	return n == c->n;
}

static int price_line(struct sim_call *call, struct offer *offer, unsigned index, uint64_t days)
{
	const char *code = sim_arg_member(call, "ModuleList", index, "ModuleCode");
	const char *text = sim_arg_member(call, "ModuleList", index, "Config");
	auto_free char *copy = strdup(text);
	struct line *line = &offer->lines[offer->n];
	struct config config = {0};
	if (!copy)
		return -ENOMEM;
	line->module = sim_article_module(offer->article, code);
	if (!line->module)
		return sim_refuse(call, 200, "InvalidModuleCode", "%s has no module %s.",
				  offer->article->code, code);
	if (!parse_config(copy, &config) || !config_fits(&config, line->module) ||
	    sim_module_price(line->module, days, config_value, &config, &line->price))
		return sim_refuse(call, 200, "InvalidConfigCod", "%s does not suit the module %s.",
				  text, code);
	offer->total.original_cents += line->price.original_cents;
	offer->total.trade_cents += line->price.trade_cents;
	offer->n++;
	return 0;
}

static int price_all(struct sim_call *call, uint64_t days, struct offer *offer)
{
	unsigned n = sim_arg_rows(call, "ModuleList", "ModuleCode");
	int r = sim_check_article(call, &offer->article);
	for (unsigned i = 1; i <= n && r == 0; i++)
		r = price_line(call, offer, i, days);
	return r;
}

static void add_amount(struct strbuf *out, const char *key, uint64_t cents)
{
	json_key(out, key);
	strbuf_addf(out, "%" PRIu64, cents / 100);
	if (cents % 100 != 0)
		strbuf_addf(out, ".%02" PRIu64, cents % 100);
}

static void add_details(struct strbuf *out, const struct offer *offer)
{
	json_literal(out, ",\"ModuleDetails\":{\"ModuleDetail\":[");
	for (size_t i = 0; i < offer->n; i++) {
		const struct line *line = &offer->lines[i];
		json_comma(out);
		json_literal(out, "{");
		json_text(out, "ModuleCode", line->module->code);
		add_amount(out, "OriginalCost", line->price.original_cents);
		add_amount(out, "InvoiceDiscount",
			   line->price.original_cents - line->price.trade_cents);
		add_amount(out, "CostAfterDiscount", line->price.trade_cents);
		add_amount(out, "UnitPrice", 0);
		json_literal(out, "}");
	}
	json_literal(out, "]},\"PromotionDetails\":{\"PromotionDetail\":[]}}");
}

/* An upgrade is priced for a month of what is asked: what the rest of a period costs is
 * not documented. */
static int read_days(struct sim_call *call, uint64_t *ret_days)
{
	const char *unit = sim_arg(call, "ServicePeriodUnit"), *id = sim_arg(call, "InstanceId");
	uint64_t months = 1;
	if (strcmp(sim_arg(call, "OrderType"), "Upgrade") == 0) {
		if (!id || !*id)
			return sim_refuse_missing(call, "InstanceId");
		if (!sim_find_purchase(call->sim, id))
			return sim_refuse(call, 400, "ResourceNotExists", "No instance %s.", id);
	} else {
		if (!sim_arg(call, "ServicePeriodQuantity"))
			return sim_refuse_missing(call, "ServicePeriodQuantity");
		if (!unit || !*unit)
			return sim_refuse_missing(call, "ServicePeriodUnit");
		months = (uint64_t)sim_arg_int(call, "ServicePeriodQuantity", 1) *
			 (*unit == 'Y' ? 12 : 1);
	}
	*ret_days = months * SIM_MONTH;
	return 0;
}

int sim_get_subscription_price(struct sim_call *call)
{
	struct strbuf *out = &call->out;
	struct offer offer = {0};
	uint64_t days = 0, quantity = (uint64_t)sim_arg_int(call, "Quantity", 1);
	int r = read_days(call, &days);
	if (r == 0)
		r = price_all(call, days, &offer);
	if (r != 0)
		return r;
	json_literal(out, ",\"Data\":{");
	json_text(out, "Currency", sim_article_currency(offer.article));
	json_int(out, "Quantity", (int64_t)quantity);
	add_amount(out, "OriginalPrice", offer.total.original_cents * quantity);
	add_amount(out, "DiscountPrice",
		   (offer.total.original_cents - offer.total.trade_cents) * quantity);
	add_amount(out, "TradePrice", offer.total.trade_cents * quantity);
	add_details(out, &offer);
	return 0;
}

int sim_get_pay_as_you_go_price(struct sim_call *call)
{
	struct offer offer = {0};
	int r = price_all(call, SIM_MONTH, &offer); /* once the price that is set: of an hour */
	for (unsigned i = 1; i <= offer.n && r == 0; i++) {
		const char *type = sim_arg_member(call, "ModuleList", i, "PriceType");
		if (strcmp(type, price_type(offer.article)) != 0)
			r = sim_refuse(call, 200, "InvalidConfigCod", "%s is not priced by %s.",
				       offer.lines[i - 1].module->code, type);
	}
	if (r != 0)
		return r;
	json_literal(&call->out, ",\"Data\":{");
	json_text(&call->out, "Currency", sim_article_currency(offer.article));
	add_details(&call->out, &offer);
	return 0;
}
