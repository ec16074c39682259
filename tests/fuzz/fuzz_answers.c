/*
 * The answers to what is asked before and after buying: stock, prices, balance, the state of an
 * order. Advice may be missing, but never comes out of nothing, and the questions come to an end
 * whatever is answered.
 */
#include <errno.h>
#include <stdlib.h>

#include "cloud/android_query.h"
#include "cloud/billing.h"
#include "cloud/inquiry.h"
#include "cloud/purchase_price.h"
#include "cloud/stream_query.h"
#include "config/config.h"
#include "fuzz/decoders.h"

#define ORDER "222222222222222"

/* One group of each kind, to ask about. */
static const char fleet[] = "version: 1\n"
			    "fleet: qa-lab\n"
			    "groups:\n"
			    "  - name: phones\n"
			    "    kind: cloud-phone\n"
			    "    region: cn-shanghai\n"
			    "    count: 3\n"
			    "    spec: acp.basic.small\n"
			    "    image: imgc-06zyt9m93zwax1f2s\n"
			    "    charge: {type: PrePaid, period: 1, period_unit: Month}\n"
			    "    fallback: [acp.basic.large]\n"
			    "  - name: browsers\n"
			    "    kind: app-streaming\n"
			    "    region: cn-shanghai\n"
			    "    count: 1\n"
			    "    image: img-8z4nztpaqvay4\n"
			    "    session_timeout: 15\n"
			    "    node_pool: {instance_type: appstreaming.general.4c8g, capacity: "
			    "2, strategy: NODE_FIXED}\n"
			    "  - name: bastions\n"
			    "    kind: purchase\n"
			    "    count: 1\n"
			    "    product_code: bastionhost\n"
			    "    product_type: bastionhost\n"
			    "    subscription: Subscription\n"
			    "    period: 12\n"
			    "    confirm_auto_pay: true\n"
			    "    parameters: {NetworkType: vpc, PlanCode: cloudbastion}\n"
			    "...\n";

static const struct desired *sample(void)
{
	static struct desired *desired;
	if (desired)
		return desired;
	auto_diags struct diags diags;
	diags_init(&diags, "fleet.yaml");
	CHECK(config_parse_fleet("fleet.yaml", fleet, sizeof(fleet) - 1, 0, &diags, &desired) == 0);
	CHECK(desired->n_groups == KIND_MAX_);
	return desired;
}

/* The same answer to every question of a group. */
static void check_inquiry(const struct desired_group *g, const cJSON *root)
{
	struct inquiry q;
	CHECK(inquiry_init(&q, g) == 0);
	int r = 0;
	for (int i = 0; r != -ENOENT; i++) {
		auto_params struct params params = {0};
		enum operation op = OP_MAX_;
		r = inquiry_ask(&q, &op, &params);
		CHECK(r == 0 || r == -ENOENT || r == -EINVAL);
		CHECK((size_t)i < 8 * (q.specs.n + 1));
		if (r != -ENOENT)
			inquiry_answer(&q, r == 0 ? root : NULL);
	}
	CHECK(q.price_micro >= 0 && (q.price_micro > 0) == (*q.currency != '\0'));
	CHECK(q.spec < q.specs.n &&
	      (!inquiry_spec(&q) || inquiry_spec(&q) == q.specs.items[q.spec]));
	/* A "no" says why. */
	CHECK((q.image_ok && q.spec_ok && q.stock_ok) || *strbuf_text(&q.text));
	inquiry_fini(&q);
}

static void check_order(const cJSON *root)
{
	struct billing_order order;
	int r = billing_decode_order(root, ORDER, &order);
	CHECK(r == BILLING_OK || r == BILLING_NOT_YET || r == -EBADMSG);
	if (r != BILLING_OK)
		return;
	CHECK(order.status < ORDER_STATUS_MAX_ && order.status_text && order.amount &&
	      order.currency);
	for (size_t i = 0; i < order.instances.n; i++)
		CHECK(fuzz_is_id(order.instances.items[i]));
	billing_order_fini(&order);
}

static void check_balance(const cJSON *root)
{
	const char *currency = NULL;
	int64_t micro = 0;
	int r = billing_decode_balance(root, &micro, &currency);
	CHECK(r == -EBADMSG || (r == 0 && currency));
}

static void check_stock(const cJSON *root)
{
	enum android_stock stock = STOCK_UNKNOWN;
	int r = android_decode_stock(root, &stock);
	CHECK(r == -EBADMSG || (r == 0 && stock <= STOCK_SOLD_OUT));
}

static void check_stream_price(const cJSON *root)
{
	struct stream_price_reply reply;
	int r = stream_decode_price(root, &reply);
	CHECK(r == 0 || r == -EBADMSG);
	if (r < 0)
		return;
	CHECK(reply.model.price.trade && reply.model.price.currency);
	stream_price_reply_fini(&reply);
}

static void check_purchase_price(const cJSON *root)
{
	const struct value *create = sample()->groups[2].create;
	struct text_list modules = {0};
	const char *currency = NULL;
	int64_t micro = -1;
	int r = purchase_decode_modules(root, create, &modules);
	CHECK(r == 0 || r == -EBADMSG);
	r = purchase_decode_price(create, root, &modules, &micro, &currency);
	CHECK(r == -EBADMSG || (r == 0 && currency));
	text_list_fini(&modules);
}

static const struct {
	enum operation op;
	void (*check)(const cJSON *root);
} decoders[] = {
	{OP_GET_ORDER_DETAIL, check_order},
	{OP_QUERY_ACCOUNT_BALANCE, check_balance},
	{OP_CHECK_RESOURCE_STOCK, check_stock},
	{OP_GET_RESOURCE_PRICE, check_stream_price},
	{OP_DESCRIBE_PRICING_MODULE, check_purchase_price},
	{OP_GET_SUBSCRIPTION_PRICE, check_purchase_price},
	{OP_GET_PAY_AS_YOU_GO_PRICE, check_purchase_price},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_answer struct answer answer = answer_read(data, size);
	if (!answer.root)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(decoders); i++)
		if (answer_is_of(&answer, decoders[i].op))
			decoders[i].check(answer.root);
	for (size_t i = 0; i < sample()->n_groups; i++)
		check_inquiry(&sample()->groups[i], answer.root);
	return 0;
}
