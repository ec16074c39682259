/* What is asked before a purchase: modules, price, balance (bssopenapi 3.13 to 3.17). */
#include "replies.h"

#include <errno.h>

#include "base/cleanup.h"
#include "cloud/billing.h"
#include "cloud/inquiry.h"
#include "cloud/purchase_price.h"

#define HEAD                                                                                       \
	"{\"Code\":\"Success\",\"Message\":\"Successful!\",\"RequestId\":\"rid\",\"Success\":"     \
	"true,"
#define MODULES(rows) HEAD "\"Data\":{\"ModuleList\":{\"Module\":[" rows "]}}}"
#define MODULE(code, type, keys)                                                                   \
	"{\"ModuleCode\":\"" code "\",\"ModuleName\":\"n\",\"PriceType\":\"" type                  \
	"\",\"Currency\":\"CNY\",\"ConfigList\":{\"ConfigList\":[" keys "]}}"
#define INSTANCE MODULE("InstanceType", "Month", "\"InstanceType\"")
#define DISK MODULE("Disk", "Month", "\"DiskType\",\"DiskSize\"")
#define PRICE                                                                                      \
	HEAD "\"Data\":{\"Currency\":\"CNY\",\"Quantity\":1,\"OriginalPrice\":900,"                \
	     "\"DiscountPrice\":99.9,\"TradePrice\":800.10,\"ModuleDetails\":{\"ModuleDetail\":[]" \
	     "}}}"
#define BALANCE                                                                                    \
	"{\"Code\":\"200\",\"Message\":\"success\",\"RequestId\":\"rid\",\"Success\":true,"        \
	"\"Data\":{\"AvailableAmount\":\"1,828.72\",\"AvailableCashAmount\":\"1,828.72\","         \
	"\"CreditAmount\":\"0.00\",\"MybankCreditAmount\":\"0.00\",\"QuotaLimit\":\"0.00\","       \
	"\"Currency\":\"CNY\"}}"

static void set(struct value *map, const char *key, struct value *value)
{
	assert_int_equal(value_set(map, key, value), 0);
}

static void add_parameter(struct value *create, const char *code, const char *text)
{
	struct value *pair = value_map();
	set(pair, "Code", value_text(code));
	set(pair, "Value", value_text(text));
	assert_int_equal(value_append((struct value *)value_get(create, "Parameter"), pair), 0);
}

static struct value *new_create(const char *subscription)
{
	struct value *create = value_map();
	set(create, "ProductCode", value_text("rds"));
	set(create, "ProductType", value_text("rds_pre"));
	set(create, "SubscriptionType", value_text(subscription));
	if (strcmp(subscription, "Subscription") == 0)
		set(create, "Period", value_int(12));
	set(create, "Parameter", value_list());
	add_parameter(create, "InstanceType", "small");
	add_parameter(create, "DiskType", "ssd");
	return create;
}

static struct desired_group group_of(struct value *create, enum charge_type charge)
{
	return (struct desired_group){.name = (char *)"db",
				      .kind = KIND_PURCHASE,
				      .region = (char *)"",
				      .spec = (char *)"rds",
				      .image = (char *)"rds_pre",
				      .count = 2,
				      .instances_per_group = 1,
				      .charge = charge,
				      .auto_pay = true,
				      .create = create};
}

/* The next question, or that there is none. */
static void asks(struct inquiry *q, enum operation want, const char *want_text)
{
	enum operation op = OP_MAX_;
	auto_params struct params params = {0};
	assert_int_equal(inquiry_ask(q, &op, &params), 0);
	assert_string_equal(operation_info(op)->name, operation_info(want)->name);
	auto_free char *text = params_text(&params);
	assert_string_equal(text, want_text);
}

static void asks_no_more(struct inquiry *q)
{
	enum operation op;
	auto_params struct params params = {0};
	assert_int_equal(inquiry_ask(q, &op, &params), -ENOENT);
}

static void a_subscription_is_priced_for_its_period_and_then_the_balance_asked(void **state)
{
	struct inquiry q;
	auto_value struct value *create = new_create("Subscription");
	add_parameter(create, "DiskSize", "100");
	struct desired_group group = group_of(create, CHARGE_PREPAID);
	assert_int_equal(inquiry_init(&q, &group), 0);
	asks(&q, OP_DESCRIBE_PRICING_MODULE,
	     "ProductCode=rds&ProductType=rds_pre&SubscriptionType=Subscription");
	inquiry_answer(&q, reply_text(state, MODULES(INSTANCE "," DISK)));
	asks(&q, OP_GET_SUBSCRIPTION_PRICE,
	     "ModuleList.1.Config=InstanceType%3Asmall&ModuleList.1.ModuleCode=InstanceType&"
	     "ModuleList.2.Config=DiskType%3Assd%2CDiskSize%3A100&ModuleList.2.ModuleCode=Disk&"
	     "OrderType=NewOrder&ProductCode=rds&ProductType=rds_pre&Quantity=1&"
	     "ServicePeriodQuantity=12&ServicePeriodUnit=Month&SubscriptionType=Subscription");
	inquiry_answer(&q, reply_text(state, PRICE));
	assert_true(q.price_micro == 800100000);
	assert_string_equal(q.currency, "CNY");
	asks(&q, OP_QUERY_ACCOUNT_BALANCE, "");
	assert_false(q.balance_known);
	inquiry_answer(&q, reply_text(state, BALANCE));
	assert_true(q.balance_known && q.balance_micro == 1828720000);
	asks_no_more(&q);
	assert_true(q.image_ok && q.spec_ok && q.stock_ok);
	assert_string_equal(strbuf_text(&q.text), "");
	inquiry_fini(&q);
}

static void what_is_paid_by_use_is_priced_by_the_hour(void **state)
{
	struct inquiry q;
	auto_value struct value *create = new_create("PayAsYouGo");
	set(create, "ProductType", value_text(""));
	struct desired_group group = group_of(create, CHARGE_POSTPAID);
	assert_int_equal(inquiry_init(&q, &group), 0);
	asks(&q, OP_DESCRIBE_PRICING_MODULE, "ProductCode=rds&SubscriptionType=PayAsYouGo");
	inquiry_answer(
		&q,
		reply_text(state, MODULES(MODULE("Flow", "Usage", "\"InstanceType\"") "," MODULE(
					  "Type", "Hour", "\"DiskType\"") "," INSTANCE)));
	asks(&q, OP_GET_PAY_AS_YOU_GO_PRICE,
	     "ModuleList.1.Config=DiskType%3Assd&ModuleList.1.ModuleCode=Type&"
	     "ModuleList.1.PriceType=Hour&ModuleList.2.Config=InstanceType%3Asmall&"
	     "ModuleList.2.ModuleCode=InstanceType&ModuleList.2.PriceType=Hour&"
	     "ProductCode=rds&SubscriptionType=PayAsYouGo");
	inquiry_answer(&q,
		       reply_text(state, HEAD "\"Data\":{\"Currency\":\"CNY\",\"ModuleDetails\":{"
					      "\"ModuleDetail\":[{\"ModuleCode\":\"Type\","
					      "\"OriginalCost\":1.77,\"CostAfterDiscount\":1.57},"
					      "{\"CostAfterDiscount\":0.2000001}]}}}"));
	assert_true(q.price_micro == 1770000);
	inquiry_fini(&q);
}

static void modules_that_the_parameters_do_not_fill_are_left_out(void **state)
{
	static const struct {
		const char *rows;
		const char *first; /* NULL: none is left */
	} cases[] = {
		{MODULES(DISK "," INSTANCE), "InstanceType"},
		{MODULES(DISK), NULL},
		{MODULES(""), NULL},
		{MODULES(MODULE("Empty", "Month", "")), NULL},
		{MODULES(MODULE("", "Month", "\"InstanceType\"")), NULL},
		{MODULES(MODULE("Odd", "Month", "\"Comma\"")), NULL},
		{MODULES(MODULE("Odd", "Month", "\"Colon\"")), NULL},
		{MODULES(MODULE("Odd", "Month", "\"Nothing\"")), NULL},
		{MODULES(MODULE("Odd", "Month", "\"instancetype\"")), NULL},
		{MODULES(MODULE("Volume", "Usage", "\"DiskType\"")), "Volume"},
	};
	auto_value struct value *create = new_create("Subscription");
	add_parameter(create, "Comma", "a,b");
	add_parameter(create, "Colon", "a:b");
	add_parameter(create, "Nothing", "");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct text_list modules = {0};
		assert_int_equal(
			purchase_decode_modules(reply_text(state, cases[i].rows), create, &modules),
			0);
		assert_int_equal(modules.n, cases[i].first ? 2 : 0);
		if (cases[i].first)
			assert_string_equal(modules.items[0], cases[i].first);
		text_list_fini(&modules);
	}
}

static void at_most_fifty_modules_are_asked_about(void **state)
{
	struct text_list modules = {0};
	auto_strbuf struct strbuf rows = STRBUF_INIT(1 << 16);
	auto_value struct value *create = new_create("Subscription");
	strbuf_add(&rows, HEAD "\"Data\":{\"ModuleList\":{\"Module\":[");
	for (int i = 0; i < 51; i++)
		strbuf_addf(&rows, "%s%s", i > 0 ? "," : "", INSTANCE);
	strbuf_add(&rows, "]}}}");
	assert_int_equal(
		purchase_decode_modules(reply_text(state, strbuf_text(&rows)), create, &modules),
		0);
	assert_int_equal(modules.n, 100);
	text_list_fini(&modules);
}

/* Ends at the balance, without a price. */
static void expect_no_price(struct value *create, const cJSON *modules, const cJSON *price)
{
	struct inquiry q;
	bool by_use = strcmp(value_get_text(create, "SubscriptionType"), "PayAsYouGo") == 0;
	struct desired_group group = group_of(create, by_use ? CHARGE_POSTPAID : CHARGE_PREPAID);
	assert_int_equal(inquiry_init(&q, &group), 0);
	inquiry_answer(&q, modules);
	if (q.notes.n > 0)
		inquiry_answer(&q, price);
	assert_true(q.price_micro == 0);
	assert_string_equal(q.currency, "");
	asks(&q, OP_QUERY_ACCOUNT_BALANCE, "");
	inquiry_answer(&q, NULL);
	assert_false(q.balance_known);
	asks_no_more(&q);
	inquiry_fini(&q);
}

static void no_answer_is_no_price(void **state)
{
	auto_value struct value *create = new_create("Subscription");
	expect_no_price(create, NULL, NULL);
	expect_no_price(create, reply_text(state, HEAD "\"Data\":{}}"), NULL);
	expect_no_price(create, reply_text(state, MODULES(DISK)), NULL);
	expect_no_price(create, reply_text(state, MODULES("\"text\"")), NULL);
	expect_no_price(create, reply_text(state, MODULES(INSTANCE)), NULL);
}

static void an_answer_that_says_no_price_is_none(void **state)
{
	static const struct {
		const char *subscription, *data;
	} cases[] = {
		{"Subscription", "{}"},
		{"Subscription", "{\"TradePrice\":800}"},
		{"Subscription", "{\"Currency\":\"CNY\"}"},
		{"Subscription", "{\"Currency\":\"CNY\",\"TradePrice\":null}"},
		{"Subscription", "{\"Currency\":\"CNY\",\"TradePrice\":\"much\"}"},
		{"Subscription", "{\"Currency\":\"CNY\",\"TradePrice\":0}"},
		{"Subscription", "{\"Currency\":\"CNY\",\"TradePrice\":-5}"},
		{"Subscription", "{\"Currency\":\"CNY\",\"TradePrice\":1e300}"},
		{"Subscription", "{\"Currency\":\"TOO-LONG-A-WORD\",\"TradePrice\":800}"},
		{"PayAsYouGo", "{\"Currency\":\"CNY\",\"TradePrice\":800}"},
		{"PayAsYouGo", "{\"Currency\":\"CNY\",\"ModuleDetails\":{\"ModuleDetail\":[]}}"},
		{"PayAsYouGo", "{\"Currency\":\"CNY\",\"ModuleDetails\":{\"ModuleDetail\":"
			       "[{\"CostAfterDiscount\":1},{\"OriginalCost\":1}]}}"},
		{"PayAsYouGo",
		 "{\"Currency\":\"CNY\",\"ModuleDetails\":{\"ModuleDetail\":"
		 "[{\"CostAfterDiscount\":9e12},{\"CostAfterDiscount\":9000000000000}]}}"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[512];
		auto_value struct value *create = new_create(cases[i].subscription);
		struct inquiry q;
		struct desired_group group = group_of(
			create, strcmp(cases[i].subscription, "Subscription") ? CHARGE_POSTPAID
									      : CHARGE_PREPAID);
		(void)snprintf(text, sizeof(text), "{\"Data\":%s}", cases[i].data);
		assert_int_equal(inquiry_init(&q, &group), 0);
		inquiry_answer(&q, reply_text(state, MODULES(INSTANCE)));
		inquiry_answer(&q, reply_text(state, text));
		if (q.price_micro != 0 || *q.currency)
			fail_msg("%s", text);
		inquiry_fini(&q);
	}
}

static void a_sum_that_lacks_a_module_is_no_price(void **state)
{
	const char *currency = "kept";
	int64_t micro = 99;
	struct text_list modules = {0};
	auto_value struct value *create = new_create("PayAsYouGo");
	for (int i = 0; i < 4; i++)
		assert_int_equal(text_list_add(&modules, "x"), 0);
	const cJSON *root = reply_text(state, "{\"Data\":{\"Currency\":\"CNY\",\"ModuleDetails\":{"
					      "\"ModuleDetail\":[{\"CostAfterDiscount\":1}]}}}");
	assert_int_equal(purchase_decode_price(create, root, &modules, &micro, &currency),
			 -EBADMSG);
	assert_true(micro == 99);
	assert_string_equal(currency, "kept");
	text_list_fini(&modules);
}

static void years_are_asked_for_as_years_and_days_not_at_all(void **state)
{
	enum operation op = OP_MAX_;
	struct text_list modules = {0};
	auto_params struct params params = {0}, none = {0};
	auto_value struct value *create = new_create("Subscription");
	assert_int_equal(text_list_add(&modules, "m"), 0);
	assert_int_equal(text_list_add(&modules, "k:v"), 0);
	set(create, "PricingCycle", value_int(1));
	set(create, "Period", value_int(3));
	assert_int_equal(purchase_encode_price(create, &modules, &op, &params), 0);
	assert_string_equal(params_get(&params, "ServicePeriodUnit"), "Year");
	assert_string_equal(params_get(&params, "ServicePeriodQuantity"), "3");
	set(create, "PricingCycle", value_int(3));
	assert_int_equal(purchase_encode_price(create, &modules, &op, &none), -EINVAL);
	struct inquiry q;
	struct desired_group group = group_of(create, CHARGE_PREPAID);
	assert_int_equal(inquiry_init(&q, &group), 0);
	assert_int_equal(inquiry_ask(&q, &op, &none), -EINVAL);
	inquiry_fini(&q);
	expect_no_price(create, NULL, NULL);
	text_list_fini(&modules);
	(void)state;
}

static void a_balance_may_be_negative_and_must_be_in_the_same_currency(void **state)
{
	static const struct {
		const char *price_currency, *data;
		bool known;
		int64_t micro;
	} cases[] = {
		{"CNY", "{\"AvailableAmount\":\"10000.00\",\"Currency\":\"CNY\"}", true,
		 10000000000},
		{"CNY", "{\"AvailableAmount\":\"-11.19\",\"Currency\":\"CNY\"}", true, -11190000},
		{"", "{\"AvailableAmount\":\"5\",\"Currency\":\"USD\"}", true, 5000000},
		{"CNY", "{\"AvailableAmount\":\"5\",\"Currency\":\"USD\"}", false, 0},
		{"CNY", "{\"AvailableAmount\":\"5\"}", false, 0},
		{"CNY", "{\"AvailableAmount\":\"\",\"Currency\":\"CNY\"}", false, 0},
		{"CNY", "{\"AvailableAmount\":\"lots\",\"Currency\":\"CNY\"}", false, 0},
		{"CNY", "{}", false, 0},
		{"CNY", "null", false, 0},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[256];
		struct inquiry q = {0};
		(void)snprintf(text, sizeof(text), "{\"Data\":%s}", cases[i].data);
		inquiry_take_price(&q, 1000000, cases[i].price_currency);
		inquiry_take_balance(&q, reply_text(state, text));
		if (q.balance_known != cases[i].known || q.balance_micro != cases[i].micro)
			fail_msg("%s", text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		REPLY_CASE(a_subscription_is_priced_for_its_period_and_then_the_balance_asked),
		REPLY_CASE(what_is_paid_by_use_is_priced_by_the_hour),
		REPLY_CASE(modules_that_the_parameters_do_not_fill_are_left_out),
		REPLY_CASE(at_most_fifty_modules_are_asked_about),
		REPLY_CASE(no_answer_is_no_price),
		REPLY_CASE(an_answer_that_says_no_price_is_none),
		REPLY_CASE(a_sum_that_lacks_a_module_is_no_price),
		REPLY_CASE(years_are_asked_for_as_years_and_days_not_at_all),
		REPLY_CASE(a_balance_may_be_negative_and_must_be_in_the_same_currency),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
