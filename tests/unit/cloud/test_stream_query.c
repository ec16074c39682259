/* What is asked before a delivery group is bought, and what follows from the answers. */
#include "replies.h"

#include <errno.h>

#include "base/cleanup.h"
#include "cloud/inquiry.h"
#include "cloud/stream_query.h"

#define TYPE "appstreaming.general.4c8g"

static void expect(const struct params *p, const char *text)
{
	auto_free char *got = params_text(p);
	assert_string_equal(text, got);
}

/* --- rows --- */

static void an_image_is_usable_where_it_was_distributed_to(void **state)
{
	static const struct {
		const char *members;
		bool usable;
	} cases[] = {
		{"\"Status\":\"AVAILABLE\",\"ImageRegionList\":[\"cn-shanghai\",\"cn-hangzhou\"]", true},
		{"\"Status\":\"AVAILABLE\",\"ImageRegionList\":[\"cn-shanghai\"]", false},
		{"\"Status\":\"AVAILABLE\",\"ImageRegionDistributeList\":[{\"ImageId\":\"img-1\","
		 "\"RegionId\":\"cn-hangzhou\",\"VersionId\":\"v\",\"Status\":\"s\",\"Progress\":\"100\"}]", true},
		{"\"Status\":\"AVAILABLE\",\"ImageRegionDistributeList\":[{\"RegionId\":\"cn-shanghai\"}]", false},
		{"\"Status\":\"AVAILABLE\"", true}, /* nobody says where */
		{"\"Status\":\"CREATING\",\"ImageRegionList\":[\"cn-hangzhou\"]", false},
		{"\"ImageRegionList\":[\"cn-hangzhou\"]", false},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char row[512];
		struct stream_image image;
		(void)snprintf(row, sizeof(row), "{\"ImageId\":\"img-1\",%s}", cases[i].members);
		assert_int_equal(0, stream_image_row(reply_text(state, row), &image));
		assert_string_equal("img-1", image.id);
		assert_int_equal(cases[i].usable, stream_image_usable(&image, "cn-hangzhou"));
		stream_image_fini(&image);
	}
	struct stream_image image;
	assert_int_equal(-EBADMSG, stream_image_row(reply_text(state, "{\"Status\":\"AVAILABLE\"}"), &image));
}

static void a_node_type_tells_what_it_takes(void **state)
{
	struct stream_node_type type;
	assert_int_equal(0, stream_node_type_row(
				    reply_text(state, "{\"NodeInstanceType\":\"" TYPE "\","
						      "\"NodeInstanceTypeFamily\":\"appstreaming.general\","
						      "\"NodeTypeName\":\"WUYING\",\"Cpu\":\"4\",\"Gpu\":\"0\","
						      "\"GpuMemory\":0,\"Memory\":8192,\"MaxCapacity\":2}"),
				    &type));
	assert_string_equal(TYPE, type.id);
	assert_string_equal("appstreaming.general", type.family);
	assert_string_equal("WUYING", type.name);
	assert_string_equal("4", type.cpu);
	assert_string_equal("0", type.gpu);
	assert_int_equal(0, type.gpu_memory_mb);
	assert_int_equal(8192, type.memory_mb);
	assert_int_equal(2, type.max_capacity);
	assert_int_equal(-EBADMSG, stream_node_type_row(reply_text(state, "{}"), &type));
}

#define PRICE(trade)                                                                               \
	"{\"RequestId\":\"R\",\"PriceModel\":{\"Price\":{\"Currency\":\"CNY\","                    \
	"\"OriginalPrice\":\"11.00\",\"DiscountPrice\":\"1.00\",\"TradePrice\":" trade ","         \
	"\"Promotions\":[{\"PromotionId\":\"17440009\",\"PromotionName\":\"spring\","              \
	"\"PromotionDesc\":\"d\",\"OptionCode\":\"coupon\",\"Selected\":true}]},"                  \
	"\"Rules\":[{\"RuleId\":102002100393,\"Description\":\"user discount\"}]}}"

static void a_price_is_decimals(void **state)
{
	struct stream_price_reply reply;
	assert_int_equal(0, stream_decode_price(reply_text(state, PRICE("\"10.00\"")), &reply));
	const struct stream_price *price = &reply.model.price;
	assert_string_equal("CNY", price->currency);
	assert_string_equal("11.00", price->original);
	assert_string_equal("1.00", price->discount);
	assert_string_equal("10.00", price->trade);
	assert_int_equal(1, price->promotions.n);
	assert_string_equal("17440009", price->promotions.items[0].id);
	assert_string_equal("spring", price->promotions.items[0].name);
	assert_string_equal("d", price->promotions.items[0].text);
	assert_string_equal("coupon", price->promotions.items[0].option);
	assert_int_equal(1, price->promotions.items[0].selected);
	assert_int_equal(1, reply.model.rules.n);
	assert_string_equal("102002100393", reply.model.rules.items[0].id);
	assert_string_equal("user discount", reply.model.rules.items[0].text);
	stream_price_reply_fini(&reply);
}

static void a_price_is_asked_for_one_node_and_its_period(void **state)
{
	auto_value struct value *create = value_map();
	auto_params struct params p = {0}, q = {0};
	(void)state;
	assert_int_equal(-EINVAL, stream_encode_price("cn-hangzhou", TYPE, CHARGE_PREPAID, create, &q));
	assert_int_equal(0, value_set(create, "Period", value_int(3)));
	assert_int_equal(0, value_set(create, "PeriodUnit", value_text("Month")));
	assert_int_equal(0, stream_encode_price("cn-hangzhou", TYPE, CHARGE_PREPAID, create, &p));
	expect(&p, "Amount=1&BizRegionId=cn-hangzhou&ChargeType=PrePaid&NodeInstanceType=" TYPE
		   "&Period=3&PeriodUnit=Month&ProductType=CloudApp");
	assert_int_equal(-EINVAL, stream_encode_price("cn-hangzhou", "", CHARGE_PREPAID, create, &q));
	assert_int_equal(-EINVAL, stream_encode_price("cn-hangzhou", TYPE, CHARGE_UNKNOWN, create, &q));
}

/* --- the questions, in order --- */

struct asked {
	struct inquiry q;
	struct json_arena *arena;
};

static struct asked begin(void *arena, bool auto_pay)
{
	struct value *create = value_map(), *pool = value_map();
	assert_int_equal(0, value_set(pool, "NodeCapacity", value_int(2)));
	assert_int_equal(0, value_set(create, "NodePool", pool));
	assert_int_equal(0, value_set(create, "Period", value_int(1)));
	assert_int_equal(0, value_set(create, "PeriodUnit", value_text("Month")));
	const struct desired_group g = {.name = (char *)"browsers",
					.kind = KIND_APP_STREAMING,
					.region = (char *)"cn-hangzhou",
					.spec = (char *)TYPE,
					.image = (char *)"img-1",
					.count = 4,
					.charge = CHARGE_PREPAID,
					.auto_pay = auto_pay,
					.create = create};
	struct asked a = {.arena = arena};
	assert_int_equal(0, inquiry_init(&a.q, &g));
	(void)value_free(create);
	return a;
}

/* @text NULL: no answer. */
static void next(struct asked *a, enum operation op, const char *params, const char *text)
{
	auto_params struct params p = {0};
	enum operation asked = OP_MAX_;
	void *arena = a->arena;
	assert_int_equal(0, inquiry_ask(&a->q, &asked, &p));
	assert_int_equal(op, asked);
	if (params)
		expect(&p, params);
	inquiry_answer(&a->q, text ? reply_text(&arena, text) : NULL);
}

static void end(struct asked *a)
{
	auto_params struct params p = {0};
	enum operation op;
	assert_int_equal(-ENOENT, inquiry_ask(&a->q, &op, &p));
}

#define IMAGES(count, rows)                                                                        \
	"{\"Code\":\"200\",\"Message\":\"success\",\"Success\":true,\"RequestId\":\"R\","          \
	"\"Count\":" count ",\"PageNumber\":1,\"PageSize\":100,\"Data\":[" rows "]}"
#define IMAGE(id) "{\"ImageId\":\"" id "\",\"Status\":\"AVAILABLE\",\"ImageRegionList\":[\"cn-hangzhou\"]}"
#define TYPES(count, rows)                                                                         \
	"{\"RequestId\":\"R\",\"PageNumber\":1,\"PageSize\":100,\"TotalCount\":" count ","         \
	"\"NodeInstanceTypeModels\":[" rows "]}"
#define TYPE_ROW(max) "{\"NodeInstanceType\":\"" TYPE "\",\"MaxCapacity\":" max "}"
#define IMAGE_PARAMS "ImageId=img-1&PageNumber=1&PageSize=100&ProductType=CloudApp"
#define TYPE_PARAMS                                                                                \
	"BizRegionId=cn-hangzhou&NodeInstanceType=" TYPE "&PageNumber=1&PageSize=100&ProductType=CloudApp"

static void a_group_that_pays_itself_is_asked_about_four_things(void **state)
{
	struct asked a = begin(*state, true);
	next(&a, OP_LIST_IMAGE, IMAGE_PARAMS, IMAGES("1", IMAGE("img-1")));
	next(&a, OP_LIST_NODE_INSTANCE_TYPE, TYPE_PARAMS, TYPES("1", TYPE_ROW("2")));
	next(&a, OP_GET_RESOURCE_PRICE, NULL, PRICE("\"1,010.50\""));
	next(&a, OP_QUERY_ACCOUNT_BALANCE, "",
	     "{\"Code\":\"Success\",\"Success\":true,\"RequestId\":\"R\",\"Data\":{"
	     "\"AvailableAmount\":\"20,000.25\",\"Currency\":\"CNY\"}}");
	end(&a);
	assert_true(a.q.image_ok && a.q.spec_ok && a.q.stock_ok);
	assert_string_equal("", strbuf_text(&a.q.text));
	assert_true(a.q.price_micro == INT64_C(1010500000));
	assert_string_equal("CNY", a.q.currency);
	assert_true(a.q.balance_known);
	assert_true(a.q.balance_micro == INT64_C(20000250000));
	assert_null(inquiry_spec(&a.q));
	inquiry_fini(&a.q);
}

static void a_group_that_a_person_pays_is_not_weighed_against_the_balance(void **state)
{
	struct asked a = begin(*state, false);
	for (size_t i = 0; i < 3; i++) {
		static const enum operation ops[] = {OP_LIST_IMAGE, OP_LIST_NODE_INSTANCE_TYPE,
						     OP_GET_RESOURCE_PRICE};
		next(&a, ops[i], NULL, NULL);
	}
	end(&a);
	assert_true(a.q.image_ok && a.q.spec_ok && a.q.stock_ok); /* no answer is no refusal */
	assert_int_equal(0, a.q.price_micro);
	assert_false(a.q.balance_known);
	inquiry_fini(&a.q);
}

static void what_a_whole_list_does_not_show_is_not_there(void **state)
{
	struct asked a = begin(*state, false);
	next(&a, OP_LIST_IMAGE, NULL, IMAGES("1", IMAGE("img-2")));
	next(&a, OP_LIST_NODE_INSTANCE_TYPE, NULL, TYPES("0", ""));
	assert_false(a.q.image_ok);
	assert_false(a.q.spec_ok);
	assert_string_equal("image img-1 is not available in cn-hangzhou; spec " TYPE
			    " is not sold in cn-hangzhou", strbuf_text(&a.q.text));
	inquiry_fini(&a.q);
}

static void what_a_part_of_a_list_does_not_show_is_not_known(void **state)
{
	struct asked a = begin(*state, false);
	next(&a, OP_LIST_IMAGE, NULL, IMAGES("2", IMAGE("img-2")));
	next(&a, OP_LIST_NODE_INSTANCE_TYPE, NULL, TYPES("7", ""));
	next(&a, OP_GET_RESOURCE_PRICE, NULL, PRICE("\"free\""));
	end(&a);
	assert_true(a.q.image_ok && a.q.spec_ok);
	assert_int_equal(0, a.q.price_micro);
	assert_string_equal("", strbuf_text(&a.q.text));
	inquiry_fini(&a.q);
}

static void a_node_takes_no_more_sessions_than_its_type(void **state)
{
	static const struct {
		const char *row;
		bool ok;
	} cases[] = {{TYPE_ROW("1"), false},
		     {TYPE_ROW("2"), true},
		     {TYPE_ROW("null"), true},
		     {"{\"NodeInstanceType\":\"other\",\"MaxCapacity\":1}," TYPE_ROW("4"), true}};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct asked a = begin(*state, false);
		char text[512];
		(void)snprintf(text, sizeof(text), TYPES("2", "%s"), cases[i].row);
		next(&a, OP_LIST_IMAGE, NULL, NULL);
		next(&a, OP_LIST_NODE_INSTANCE_TYPE, NULL, text);
		assert_int_equal(cases[i].ok, a.q.spec_ok);
		assert_string_equal(cases[i].ok ? "" : "node_pool.capacity is 2, " TYPE " takes at most 1 sessions",
				    strbuf_text(&a.q.text));
		inquiry_fini(&a.q);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		REPLY_CASE(an_image_is_usable_where_it_was_distributed_to),
		REPLY_CASE(a_node_type_tells_what_it_takes),
		REPLY_CASE(a_price_is_decimals),
		REPLY_CASE(a_price_is_asked_for_one_node_and_its_period),
		REPLY_CASE(a_group_that_pays_itself_is_asked_about_four_things),
		REPLY_CASE(a_group_that_a_person_pays_is_not_weighed_against_the_balance),
		REPLY_CASE(what_a_whole_list_does_not_show_is_not_there),
		REPLY_CASE(what_a_part_of_a_list_does_not_show_is_not_known),
		REPLY_CASE(a_node_takes_no_more_sessions_than_its_type),
	};
	return cmocka_run_group_tests_name("stream_query", tests, NULL, NULL);
}
