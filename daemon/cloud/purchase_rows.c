#include "cloud/purchase_rows.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cloud/rows.h"

#define SUBSCRIPTION "Subscription"
#define PAY_AS_YOU_GO "PayAsYouGo"

#define ROW(type, name, member) FIELD(purchase, FIELD_##type, name, member)

static const struct field purchase_fields[] = {
	ROW(ID, "InstanceID", id),
	ROW(TEXT, "ProductCode", product_code),
	ROW(TEXT, "ProductType", product_type),
	ROW(TEXT, "SubscriptionType", subscription),
	ROW(TEXT, "Region", region),
	ROW(TEXT, "Status", status),
	ROW(TEXT, "SubStatus", sub_status),
	ROW(TEXT, "RenewStatus", renew_status),
	ROW(INT, "RenewalDuration", renewal),
	ROW(TEXT, "RenewalDurationUnit", renewal_unit),
	ROW(TEXT, "OwnerId", owner),
	ROW(TEXT, "CreateTime", created),
	ROW(TEXT, "EndTime", ends),
	ROW(TEXT, "ExpectedReleaseTime", expected_release),
	ROW(TEXT, "ReleaseTime", released),
	ROW(TEXT, "StopTime", stopped),
	ROW(TEXT, "Seller", seller),
	ROW(TEXT, "SellerId", seller_id),
};
static const struct field_table table = FIELD_TABLE(purchase, purchase_fields);

const struct field_table *purchase_table(void)
{
	return &table;
}

int purchase_decode(const cJSON *row, struct purchase *ret)
{
	return fields_decode(&table, row, ret);
}

/* ---- the short form ---- */

/* bssopenapi 4.2. A subscription has a Status; pay-as-you-go may have a SubStatus only. */
static enum group_status word_status(const char *word)
{
	static const struct {
		const char *word;
		enum group_status status;
	} words[] = {
		{"Creating", GROUP_CREATING},     {"Normal", GROUP_RUNNING},
		{"WaitForExpire", GROUP_RUNNING}, {"Expired", GROUP_EXPIRED},
		{"WaitForLimit", GROUP_RUNNING},  {"BandwidthLimited", GROUP_UNAVAILABLE},
	};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].status;
	return GROUP_UNKNOWN;
}

/* The word that decides. An overdue payment takes what works out of use; it says nothing of
 * what is still being made, or has expired. */
static const char *deciding_word(const struct purchase *p)
{
	bool is_limited = word_status(p->sub_status) == GROUP_UNAVAILABLE;
	if (!*p->status || (is_limited && word_status(p->status) == GROUP_RUNNING))
		return p->sub_status;
	return p->status;
}

static enum charge_type charge_of(const struct purchase *p)
{
	if (strcmp(p->subscription, SUBSCRIPTION) == 0)
		return CHARGE_PREPAID;
	return strcmp(p->subscription, PAY_AS_YOU_GO) == 0 ? CHARGE_POSTPAID : CHARGE_UNKNOWN;
}

/* What is paid by use has no term, whatever it says. */
static uint64_t end_of(const struct purchase *p)
{
	return charge_of(p) == CHARGE_POSTPAID ? 0 : row_time(p->ends);
}

/* What renews reads back in other words than the create call's (bssopenapi 4.4): the pairs are
 * in those of the call. NULL without memory. */
static const char *renewal_pairs(const struct purchase *p, struct observed *strings)
{
	char months[24];
	struct row_tag pairs[2];
	struct row_tags list = {.items = pairs};
	bool by_year = strcmp(p->renewal_unit, "Y") == 0,
	     by_month = strcmp(p->renewal_unit, "M") == 0;
	if (*p->renew_status)
		pairs[list.n++] =
			(struct row_tag){.key = "RenewalStatus", .value = p->renew_status};
	if ((by_year || by_month) && p->renewal > 0 && p->renewal <= INT64_MAX / 12) {
		(void)snprintf(months, sizeof(months), "%" PRId64, p->renewal * (by_year ? 12 : 1));
		pairs[list.n++] = (struct row_tag){.key = "RenewPeriod", .value = months};
	}
	return row_join_tags(&list, strings);
}

int purchase_group_row(const cJSON *json, struct observed *strings, struct observed_group *ret)
{
	struct purchase p;
	int r = purchase_decode(json, &p);
	if (r < 0)
		return r;
	const char *word = deciding_word(&p), *nothing = observed_intern(strings, "");
	struct observed_group result = {
		.kind = KIND_PURCHASE,
		.status = word_status(word),
		.status_text = observed_intern(strings, word),
		.error_code = nothing,
		.name = nothing,
		.region = observed_intern(strings, p.region),
		.spec = observed_intern(strings, p.product_code),
		.image = observed_intern(strings, p.product_type),
		.bandwidth_package = nothing,
		.tags = nothing,
		.charge = charge_of(&p),
		.number = 1,
		.available = 1,
		.pool = nothing,
		.attributes = renewal_pairs(&p, strings),
		.created_ms = row_time(p.created),
		.expires_ms = end_of(&p),
	};
	if (!nothing || !result.status_text || !result.region || !result.spec || !result.image ||
	    !result.attributes)
		return -ENOMEM;
	row_copy_id(result.id, p.id);
	*ret = result;
	return 0;
}

/* ---- the kind's row of listings.h ---- */

static bool is_plain_id(const char *id)
{
	return observed_is_id(id) && !strchr(id, ',');
}

/* A list in one parameter, unlike others (bssopenapi 1.1). */
static int add_ids(struct params *p, const struct text_list *ids)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(PURCHASE_IDS_MAX * OBSERVED_ID_SIZE);
	if (ids->n > PURCHASE_IDS_MAX)
		return -EINVAL;
	for (size_t i = 0; i < ids->n; i++) {
		if (!is_plain_id(ids->items[i]))
			return -EINVAL;
		strbuf_addf(&out, "%s%s", i > 0 ? "," : "", ids->items[i]);
	}
	int r = strbuf_error(&out);
	return r < 0 ? r : params_set(p, "InstanceIDs", strbuf_text(&out));
}

int purchase_encode_listing(const struct listing_scope *scope, struct params *ret)
{
	bool by_product = scope->product && *scope->product,
	     by_id = scope->ids && scope->ids->n > 0;
	if (!by_product && !by_id)
		return -EINVAL;
	int r = by_product ? params_set(ret, "ProductCode", scope->product) : 0;
	if (r == 0 && by_id)
		r = add_ids(ret, scope->ids);
	return r < 0 ? r : params_set_int(ret, "PageSize", PURCHASE_PAGE_SIZE);
}

static int encode_detail(const struct text_list *groups, struct params *ret)
{
	const struct listing_scope scope = {.ids = groups};
	return purchase_encode_listing(&scope, ret);
}

static int detail_row(const cJSON *row, char id[OBSERVED_ID_SIZE], struct jsonw *out)
{
	struct purchase p;
	int r = purchase_decode(row, &p);
	if (r < 0)
		return r;
	row_copy_id(id, p.id);
	fields_write(&table, &p, out);
	return 0;
}

const struct listing_kind listing_purchase = {
	.groups = OP_QUERY_AVAILABLE_INSTANCES,
	.scoped = true,
	.encode_groups = purchase_encode_listing,
	.group_row = purchase_group_row,
	.instances = OP_MAX_,
	.detail = OP_QUERY_AVAILABLE_INSTANCES,
	.detail_batch = PURCHASE_IDS_MAX,
	.encode_detail = encode_detail,
	.detail_row = detail_row,
	.count = OP_MAX_,
};
