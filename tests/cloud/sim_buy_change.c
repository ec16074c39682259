/*
 * What a person does about what was bought: CancelOrder, SetRenewal, RefundInstance
 * (bssopenapi 3.5, 3.7, 3.11).
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sim_buy.h"
#include "sim_json.h"
#include "sim_operation.h"
#include "sim_operations.h"

int sim_cancel_order(struct sim_call *call)
{
	const char *id = sim_arg(call, "OrderId");
	struct sim_order *order = sim_find_order(call->sim, id);
	/* the codes for these are not documented (bssopenapi 12.4) */
	if (!order)
		return sim_refuse_arg(call, "OrderId", "There is no order %s.", id);
	if (sim_order_cancel(call->sim, order) != 0)
		return sim_refuse_arg(call, "OrderId", "The order %s is %s.", id,
				      sim_order_status_text(order));
	json_literal(&call->out, ",\"Data\":{\"HostId\":\"sim\"}");
	return 0;
}

/* --- SetRenewal */

struct renewal {
	const char *status; /* constant text */
	const char *unit;
	int64_t months;
};

static int read_renewal(struct sim_call *call, struct renewal *ret)
{
	static const char *const known[] = {"AutoRenewal", "ManualRenewal", "NotRenewal"};
	int64_t period = sim_arg_int(call, "RenewalPeriod", 0);
	const char *unit = sim_arg(call, "RenewalPeriodUnit");
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(known[i], sim_arg(call, "RenewalStatus")) == 0)
			ret->status = known[i];
	ret->unit = "M";
	if (ret->status != known[0])
		return 0;
	if (!sim_arg(call, "RenewalPeriod"))
		return sim_refuse_missing(call, "RenewalPeriod");
	if (!unit)
		return sim_refuse_missing(call, "RenewalPeriodUnit");
	if (period != 1 && period != 2 && period != 3 && period != 6 && period != 12)
		return sim_refuse_arg(call, "RenewalPeriod", "It may be 1, 2, 3, 6 or 12.");
	ret->unit = *unit == 'Y' ? "Y" : "M";
	ret->months = *unit == 'Y' ? period * 12 : period;
	return 0;
}

/* Runs over the named instances: refuses what may not be set, and sets when @renewal is
 * there. */
static int each_named(struct sim_call *call, const struct renewal *renewal)
{
	auto_free char *list = strdup(sim_arg(call, "InstanceIDs"));
	char *rest = list, *id;
	if (!list)
		return -ENOMEM;
	while ((id = strsep(&rest, ","))) {
		struct sim_purchase *p = sim_find_purchase(call->sim, id);
		if (!p || !sim_arg_is(call, "ProductCode", p->basket.article->code))
			return sim_refuse(call, 400, "ResourceNotExists", "No instance %s.", id);
		if (!sim_purchase_is_prepaid(p))
			return sim_refuse_arg(call, "InstanceIDs", "%s is paid as it goes.", id);
		if (!renewal)
			continue;
		p->basket.renew_status = renewal->status;
		p->basket.renew_months = renewal->months;
		p->renew_unit = renewal->unit;
		call->sim->changes++;
	}
	return 0;
}

int sim_set_renewal(struct sim_call *call)
{
	struct renewal renewal = {0};
	int r = sim_check_ids(call, "InstanceIDs");
	if (r == 0)
		r = read_renewal(call, &renewal);
	if (r == 0)
		r = each_named(call, NULL);
	return r == 0 ? each_named(call, &renewal) : r;
}

/* --- RefundInstance */

/* In proportion to what is left of the period. */
static uint64_t worth(const struct sim *sim, const struct sim_purchase *p)
{
	uint64_t left = p->end_due > sim->cloud_ms ? p->end_due - sim->cloud_ms : 0;
	double share = (double)left / (double)p->basket.period_ms;
	return (uint64_t)((double)p->basket.cents * (share < 1 ? share : 1));
}

static int check_refund(struct sim_call *call, struct sim_purchase **ret_purchase)
{
	const char *id = sim_arg(call, "InstanceId"),
		   *release = sim_arg(call, "ImmediatelyRelease");
	struct sim_purchase *p = sim_find_purchase(call->sim, id);
	if (!sim_arg(call, "ProductType")) /* it may be empty, but not absent */
		return sim_refuse_missing(call, "ProductType");
	if (!p || p->refunded || !sim_arg_is(call, "ProductCode", p->basket.article->code))
		return sim_refuse(call, 400, "ResourceNotExists", "There is no instance %s.", id);
	if (!sim_arg_is(call, "ProductType", p->basket.article->type))
		return sim_refuse_arg(call, "ProductType", "%s is of another type.", id);
	if (release && strcmp(release, "1") != 0)
		return sim_refuse_arg(call, "ImmediatelyRelease",
				      "%s can only be released at once.", id);
	if (!sim_purchase_is_prepaid(p) || strcmp(p->status, "Normal") != 0)
		return sim_refuse(call, 400, "ResourceStatusError", "%s cannot be refunded now.",
				  id);
	*ret_purchase = p;
	return 0;
}

static int refund(struct sim_call *call)
{
	struct sim_purchase *purchase = NULL;
	struct sim_order *order = NULL;
	int r = check_refund(call, &purchase);
	if (r == 0)
		r = sim_purchase_refund(call->sim, purchase, worth(call->sim, purchase), &order);
	if (r != 0)
		return r;
	json_literal(&call->out, ",\"Data\":{\"HostId\":\"sim\"");
	json_int(&call->out, "OrderId", strtoll(order->id, NULL, 10)); /* a number, here only */
	json_literal(&call->out, "}");
	return 0;
}

int sim_refund_instance(struct sim_call *call)
{
	return sim_once(call, refund);
}
