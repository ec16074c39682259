/*
 * QueryAvailableInstances (bssopenapi 3.2): filters and rows. Expired instances stay listed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sim_billing.h"
#include "sim_buy.h"
#include "sim_json.h"
#include "sim_operation.h"
#include "sim_operations.h"
#include "sim_page.h"

#define PAGE_MAX 300
#define OWNER INT64_C(1234567890123456)
#define SELLER INT64_C(26842)

struct filter {
	struct sim_window created, ends;
	bool by_end;
};

static bool names_id(const char *list, const char *id)
{
	size_t n = strlen(id);
	for (const char *p = list; (p = strstr(p, id)); p += n)
		if ((p == list || p[-1] == ',') && (p[n] == ',' || p[n] == '\0'))
			return true;
	return false;
}

int sim_check_ids(struct sim_call *call, const char *name)
{
	const char *list = sim_arg(call, name);
	size_t n = 1;
	for (const char *p = list; p && *p; p++)
		n += *p == ',';
	return n > SIM_IDS_MAX
		       ? sim_refuse_arg(call, name, "%s names more than %d.", name, SIM_IDS_MAX)
		       : 0;
}

static int read_filter(struct sim_call *call, struct filter *f)
{
	const char *region = sim_arg(call, "Region"), *code = sim_arg(call, "ProductCode");
	f->by_end = sim_arg(call, "EndTimeStart") || sim_arg(call, "EndTimeEnd");
	if (region && *region && (!code || !*code))
		return sim_refuse_missing(call, "ProductCode");
	int r = sim_check_ids(call, "InstanceIDs");
	if (r == 0)
		r = sim_window_read(call, "CreateTimeStart", "CreateTimeEnd", &f->created);
	return r == 0 ? sim_window_read(call, "EndTimeStart", "EndTimeEnd", &f->ends) : r;
}

/* Observed: a region of the other site gives an empty list and no error (bssopenapi 2). */
static bool is_of_site(const struct sim_call *call, const char *region)
{
	return (strncmp(region, "cn-", 3) == 0) != call->international;
}

static bool matches(const struct sim_call *call, const struct sim_purchase *p,
		    const struct filter *f)
{
	const struct sim_article *article = p->basket.article;
	const char *ids = sim_arg(call, "InstanceIDs"), *region = sim_arg(call, "Region");
	bool prepaid = sim_purchase_is_prepaid(p);
	return sim_is_visible(call, p->created_cloud_ms) &&
	       (!ids || !*ids || names_id(ids, p->id)) &&
	       sim_arg_is(call, "ProductCode", article->code) &&
	       sim_arg_is(call, "ProductType", article->type) &&
	       sim_arg_is(call, "SubscriptionType", prepaid ? "Subscription" : "PayAsYouGo") &&
	       sim_arg_is(call, "RenewStatus", prepaid ? p->basket.renew_status : "") &&
	       (!region || !*region ||
		(is_of_site(call, region) && strcmp(region, p->basket.region) == 0)) &&
	       sim_window_has(&f->created, p->created_wall_ms) &&
	       (!f->by_end ||
		(prepaid && sim_window_has(&f->ends, sim_purchase_end_wall_ms(call->sim, p))));
}

static void add_subscription(struct sim_call *call, const struct sim_purchase *p)
{
	struct strbuf *out = &call->out;
	uint64_t ends = sim_purchase_end_wall_ms(call->sim, p);
	json_text(out, "RenewStatus", p->basket.renew_status);
	if (strcmp(p->basket.renew_status, "AutoRenewal") == 0) {
		bool years = *p->renew_unit == 'Y';
		json_int(out, "RenewalDuration", p->basket.renew_months / (years ? 12 : 1));
		json_text(out, "RenewalDurationUnit", p->renew_unit);
	}
	sim_add_time(out, "EndTime", ends);
	sim_add_time(out, "StopTime", ends);
	sim_add_time(out, "ExpectedReleaseTime", ends + SIM_PURCHASE_KEPT_MS);
	sim_add_time(out, "ReleaseTime", ends + SIM_PURCHASE_KEPT_MS);
}

static void add_row(struct sim_call *call, const void *item)
{
	const struct sim_purchase *p = item;
	const struct sim_article *article = p->basket.article;
	struct strbuf *out = &call->out;
	bool unknown = sim_meets(&call->faults, PHASE_READ, FAULT_UNKNOWN_STATUS);
	json_text(out, "InstanceID", p->id);
	json_text(out, "ProductCode", article->code);
	json_text(out, "ProductType", article->type);
	json_text(out, "SubscriptionType", article->prepaid ? "Subscription" : "PayAsYouGo");
	json_text(out, "Region", p->basket.region);
	json_text(out, "Status", unknown ? sim_unknown_word(call) : p->status);
	sim_add_time(out, "CreateTime", p->created_wall_ms);
	json_int(out, "OwnerId", OWNER);
	json_text(out, "Seller", "sim");
	json_int(out, "SellerId", SELLER);
	if (article->prepaid)
		add_subscription(call, p);
	else
		json_text(out, "SubStatus", "Normal");
}

int sim_query_available_instances(struct sim_call *call)
{
	auto_free const void **found = calloc(HASH_COUNT(call->sim->purchases) + 1, sizeof(*found));
	struct filter f = {0};
	size_t n = 0;
	int r = found ? read_filter(call, &f) : -ENOMEM;
	if (r != 0)
		return r;
	for (const struct sim_purchase *p = sim_newest_purchase(call->sim); p; p = p->hh.prev)
		if (matches(call, p, &f))
			found[n++] = p;
	json_literal(&call->out, ",\"Data\":{");
	sim_bss_page(call, PAGE_MAX, "InstanceList", NULL, found, n, add_row);
	json_literal(&call->out, "}");
	return 0;
}
