/*
 * CreateInstance (bssopenapi 3.1): the checks, the price, the payment. It pays by itself.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "sim_buy.h"
#include "sim_json.h"
#include "sim_operation.h"
#include "sim_operations.h"

#define CONFIG_MAX ((size_t)64 << 10)

int sim_check_article(struct sim_call *call, const struct sim_article **ret_article)
{
	const char *code = sim_arg(call, "ProductCode"), *type = sim_arg(call, "ProductType");
	bool prepaid = strcmp(sim_arg(call, "SubscriptionType"), "Subscription") == 0;
	*ret_article = sim_article_find(code, type, call->international, prepaid);
	if (*ret_article)
		return 0;
	return sim_refuse(call, 400, "ProductCode.NotFound",
			  "not found article by given param: %s/%s is not sold here as %s.", code,
			  type ? type : "", sim_arg(call, "SubscriptionType"));
}

/* A subscription must say how long, and anything else must not (bssopenapi 3.1, 8). */
static int check_term(struct sim_call *call, const struct sim_article *article)
{
	static const char *const terms[] = {"Period", "RenewalStatus", "RenewPeriod",
					    "PricingCycle"};
	for (size_t i = 0; i < ARRAY_SIZE(terms) && !article->prepaid; i++)
		if (sim_arg(call, terms[i]))
			return sim_refuse_arg(call, terms[i], "PayAsYouGo has no %s.", terms[i]);
	if (!article->prepaid)
		return 0;
	if (!sim_arg(call, "Period"))
		return sim_refuse_missing(call, "Period");
	if (article->by_years && sim_arg_int(call, "Period", 0) % 12 != 0)
		return sim_refuse_arg(call, "Period", "%s is sold by the year: 12, 24, ...",
				      article->code);
	const char *renewal = sim_arg(call, "RenewalStatus");
	if (renewal && strcmp(renewal, "AutoRenewal") == 0 && !sim_arg(call, "RenewPeriod"))
		return sim_refuse_missing(call, "RenewPeriod");
	if (article->cycle == CYCLE_NEEDED && !sim_arg(call, "PricingCycle"))
		return sim_refuse_missing(call, "pricingCycle");
	if (article->cycle != CYCLE_ANY && sim_arg_int(call, "PricingCycle", 2) != 2)
		return sim_refuse_arg(call, "PricingCycle", "PricingCycle does not apply to %s.",
				      article->type);
	return 0;
}

static const char *parameter(const struct sim_call *call, const char *code)
{
	unsigned n = sim_arg_rows(call, "Parameter", "Code");
	for (unsigned i = 1; i <= n; i++)
		if (strcmp(sim_arg_member(call, "Parameter", i, "Code"), code) == 0)
			return sim_arg_member(call, "Parameter", i, "Value");
	return NULL;
}

static int check_parameters(struct sim_call *call, const struct sim_article *article)
{
	unsigned n = sim_arg_rows(call, "Parameter", "Code");
	for (unsigned i = 1; i <= n; i++) {
		const char *code = sim_arg_member(call, "Parameter", i, "Code");
		if (parameter(call, code) != sim_arg_member(call, "Parameter", i, "Value"))
			return sim_refuse_arg(call, "Parameter", "%s is given twice.", code);
		if (!sim_article_takes(article, code))
			return sim_refuse(call, 400, "COMMODITY.INVALID_COMPONENT",
					  "%s has no component %s.", article->code, code);
	}
	return 0;
}

static const char *asked_value(const void *call, const char *code)
{
	return parameter(call, code);
}

/* All modules, at the values given or the defaults. */
static int add_price(struct sim_call *call, struct sim_basket *basket, uint64_t days)
{
	struct sim_price price = {0};
	for (const struct sim_module *const *m = basket->article->modules; *m; m++) {
		const struct sim_attribute *wrong =
			sim_module_price(*m, days, asked_value, call, &price);
		if (wrong)
			return sim_refuse(call, 400, "COMMODITY.INVALID_COMPONENT",
					  "The component %s may not be %s.", wrong->code,
					  parameter(call, wrong->code));
		basket->cents += price.trade_cents;
	}
	return 0;
}

/* By the site, unless the order says where. */
static void set_region(const struct sim_call *call, struct sim_basket *basket)
{
	const char *asked = parameter(call, "RegionId");
	asked = asked ? asked : parameter(call, "Region");
	(void)snprintf(basket->region, sizeof(basket->region), "%s",
		       asked                 ? asked
		       : call->international ? "ap-southeast-1"
					     : "cn-hangzhou");
}

static int fill(struct sim_call *call, struct sim_basket *basket)
{
	static const struct {
		uint64_t lasts, costs;                                 /* days */
	} cycles[] = {{365, 12 * SIM_MONTH}, {30, SIM_MONTH}, {1, 1}}; /* by PricingCycle */
	uint64_t period = (uint64_t)sim_arg_int(call, "Period", 0);
	int64_t cycle = sim_arg_int(call, "PricingCycle", 2) - 1;
	const char *renewal = sim_arg(call, "RenewalStatus");
	bool automatic = renewal && strcmp(renewal, "AutoRenewal") == 0;
	basket->period_ms = period * cycles[cycle].lasts * SIM_DAY_MS;
	basket->renew_status = automatic ? "AutoRenewal" : "ManualRenewal";
	basket->renew_months = sim_arg_int(call, "RenewPeriod", 0);
	basket->fails = sim_fate_of(call) == FATE_FAILS;
	basket->stuck = sim_fate_of(call) == FATE_STUCK;
	set_region(call, basket);
	/* what is paid as it goes costs nothing yet, but its values are checked */
	return add_price(call, basket, period * cycles[cycle].costs);
}

/* Everything that is wrong with the call is found here. */
static int check(struct sim_call *call, struct sim_basket *basket)
{
	const char *code = sim_arg(call, "ProductCode");
	if (strcmp(code, "ecs") == 0 || strcmp(code, "rds") == 0)
		return sim_refuse(call, 400, "OperationDenied.ProductNotSupport",
				  "%s cannot be bought by this operation.", code);
	int r = sim_check_article(call, &basket->article);
	if (r == 0)
		r = check_term(call, basket->article);
	if (r == 0)
		r = check_parameters(call, basket->article);
	return r == 0 ? fill(call, basket) : r;
}

/* "bastionhost:[NetworkType:vpc;PlanCode:cloudbastion]" (bssopenapi 3.3) */
static char *config_text(const struct sim_call *call, const struct sim_article *article)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(CONFIG_MAX);
	unsigned n = sim_arg_rows(call, "Parameter", "Code");
	strbuf_addf(&out, "%s:[", article->code);
	for (unsigned i = 1; i <= n; i++)
		strbuf_addf(&out, "%s%s:%s", i > 1 ? ";" : "",
			    sim_arg_member(call, "Parameter", i, "Code"),
			    sim_arg_member(call, "Parameter", i, "Value"));
	strbuf_add_char(&out, ']');
	return strbuf_take(&out);
}

static int refuse_payment(struct sim_call *call, struct sim_order *order)
{
	int r = 0;
	if (call->sim->account.stray_orders)
		r = sim_order_place(call->sim, order, false);
	else
		sim_order_free(order);
	return r < 0 ? r
		     : sim_refuse(call, 200, "INSUFFICIENT.AVAILABLE.QUOTA",
				  "The account balance does not cover the order.");
}

static int create(struct sim_call *call)
{
	struct sim_basket basket = {0};
	int r = check(call, &basket);
	if (r != 0)
		return r;
	struct sim_order *order = sim_purchase_order(call->sim, &basket);
	if (!order)
		return -ENOMEM;
	order->config = config_text(call, basket.article);
	if (!order->config) {
		sim_order_free(order);
		return -ENOMEM;
	}
	if (!sim_account_pays(&call->sim->account, basket.cents))
		return refuse_payment(call, order);
	r = sim_order_place(call->sim, order, true);
	if (r < 0)
		return r;
	json_literal(&call->out, ",\"Data\":{");
	json_text(&call->out, "OrderId", order->id);
	json_text(&call->out, "InstanceId", order->resources.items[0]);
	json_literal(&call->out, "}");
	return 0;
}

int sim_create_instance(struct sim_call *call)
{
	return sim_once(call, create);
}
