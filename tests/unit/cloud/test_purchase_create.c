/* CreateInstance: what is sent, and what an answer says (bssopenapi 3.1). */
#include "replies.h"

#include <errno.h>

#include "base/cleanup.h"
#include "cloud/actions.h"
#include "cloud/purchase_create.h"

#define KEY "abcdefghijklmnopqrstuvwxyz"
#define DONE_REPLY                                                                                 \
	"{\"Code\":\"Success\",\"Message\":\"Successful!\","                                       \
	"\"RequestId\":\"C880B065-A781-4F19-B6DD-3E0E3B715C64\",\"Success\":true,"                 \
	"\"Data\":{\"OrderId\":\"20240xxxx21\",\"InstanceId\":\"OSSBAG-cn-v1hxxxxx23\"}}"

static void set(struct value *map, const char *key, struct value *value)
{
	assert_int_equal(value_set(map, key, value), 0);
}

static void add_parameter(struct value *list, const char *code, const char *text)
{
	struct value *pair = value_map();
	set(pair, "Code", value_text(code));
	set(pair, "Value", value_text(text));
	assert_int_equal(value_append(list, pair), 0);
}

/* Every parameter there is. */
static struct value *whole_create(void)
{
	struct value *create = value_map(), *list = value_list(), *address = value_map();
	add_parameter(list, "NetworkType", "vpc");
	add_parameter(list, "PlanCode", "cloud bastion");
	set(address, "cityCode", value_text("330100"));
	set(address, "streetName", value_text("Zhuan\"tang"));
	set(create, "ProductCode", value_text("bastionhost"));
	set(create, "ProductType", value_text("bastionhost_std"));
	set(create, "SubscriptionType", value_text("Subscription"));
	set(create, "Period", value_int(12));
	set(create, "RenewalStatus", value_text("AutoRenewal"));
	set(create, "RenewPeriod", value_int(6));
	set(create, "PricingCycle", value_int(2));
	set(create, "Parameter", list);
	set(create, "Logistics", address);
	return create;
}

static void every_parameter_is_sent_in_its_form(void **state)
{
	static const char *const want =
		"ClientToken=drover-1&"
		"Logistics=%7B%22cityCode%22%3A%22330100%22%2C%22streetName%22%3A%22Zhuan%5C%"
		"22tang%22%7D&"
		"Parameter.1.Code=NetworkType&Parameter.1.Value=vpc&"
		"Parameter.2.Code=PlanCode&Parameter.2.Value=cloud%20bastion&"
		"Period=12&PricingCycle=2&ProductCode=bastionhost&ProductType=bastionhost_std&"
		"RenewPeriod=6&RenewalStatus=AutoRenewal&SubscriptionType=Subscription";
	(void)state;
	auto_value struct value *create = whole_create();
	auto_params struct params params = {0};
	assert_int_equal(purchase_encode_create(create, "drover-1", &params), 0);
	auto_free char *text = params_text(&params);
	assert_string_equal(text, want);
	for (size_t i = 0; i < params.n; i++)
		assert_true(operation_param_in_query(OP_CREATE_INSTANCE, params.items[i].name));
}

static void what_names_no_product_or_has_no_token_is_not_encoded(void **state)
{
	static const char *const names[] = {"ProductCode", "SubscriptionType"};
	static const char *const tokens[] = {
		"", "a b", "a\n", "\xc3\xa9",
		"0123456789012345678901234567890123456789012345678901234567890123x"};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		auto_value struct value *create = whole_create();
		auto_params struct params params = {0};
		set(create, names[i], value_text(""));
		assert_int_equal(purchase_encode_create(create, "t", &params), -EINVAL);
		set(create, names[i], value_null());
		assert_int_equal(purchase_encode_create(create, "t", &params), -EINVAL);
	}
	auto_value struct value *create = whole_create();
	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
		auto_params struct params params = {0};
		assert_int_equal(purchase_encode_create(create, tokens[i], &params), -EINVAL);
		assert_int_equal(params.n, 0);
	}
}

static void every_member_of_the_reply_is_read(void **state)
{
	struct purchase_create_reply reply;
	assert_int_equal(purchase_decode_create(reply_text(state, DONE_REPLY), &reply), 0);
	auto_strbuf struct strbuf out = STRBUF_INIT(4096);
	struct jsonw w = JSONW_INIT(&out);
	fields_write(purchase_create_reply_table(), &reply, &w);
	assert_string_equal(strbuf_text(&out), DONE_REPLY);
}

static void success_is_a_boolean_however_it_is_written(void **state)
{
	static const struct {
		const char *value;
		int64_t success;
	} rows[] = {{"true", 1},
		    {"false", 0},
		    {"\"true\"", 1},
		    {"\"false\"", 0},
		    {"null", FIELD_ABSENT},
		    {"1", FIELD_ABSENT},
		    {"\"yes\"", FIELD_ABSENT}};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[128];
		struct purchase_create_reply reply;
		(void)snprintf(text, sizeof(text), "{\"Success\":%s,\"Data\":{\"OrderId\":\"1\"}}",
			       rows[i].value);
		assert_int_equal(purchase_decode_create(reply_text(state, text), &reply), 0);
		assert_true(reply.success == rows[i].success);
	}
}

static void a_success_that_names_nothing_is_unclear(void **state)
{
	static const char *const texts[] = {
		"{}",
		"{\"Code\":\"Success\",\"Success\":true}",
		"{\"Data\":null}",
		"{\"Data\":\"OSSBAG-cn\"}",
		"{\"Data\":{}}",
		"{\"Data\":{\"OrderId\":\"\",\"InstanceId\":null}}",
		("{\"Data\":{\"OrderId\":\"1\",\"InstanceId\":"
		"\"0123456789012345678901234567890123456789\"}}"),
	};
	struct purchase_create_reply reply = {.code = "kept"};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (purchase_decode_create(reply_text(state, texts[i]), &reply) != -EBADMSG)
			fail_msg("%s", texts[i]);
	assert_int_equal(purchase_decode_create(NULL, &reply), -EBADMSG);
	assert_string_equal(reply.code, "kept");
}

/* ---- as an action ---- */

struct bench {
	struct action_context ctx;
	struct action action;
	struct desired_group group;
};

static void bench_init(struct bench *b)
{
	*b = (struct bench){.ctx = {.fleet = "lab", .owner = "own", .bandwidth_package = ""},
			    .group = {.name = (char *)"bastions",
				      .kind = KIND_PURCHASE,
				      .region = (char *)"",
				      .spec = (char *)"bastionhost",
				      .image = (char *)"",
				      .charge = CHARGE_PREPAID,
				      .auto_pay = true,
				      .create = whole_create()}};
}

static struct intent *new_intent(void)
{
	struct intent *i = intent_new();
	i->kind = KIND_PURCHASE;
	i->verb = VERB_CREATE;
	i->charge = CHARGE_PREPAID;
	i->count = 1;
	strcpy(i->key, KEY);
	assert_int_equal(0, intent_set(&i->group, "bastions"));
	return i;
}

static void a_purchase_has_a_token_but_no_name_and_leaves_no_order_to_pay(void **state)
{
	struct bench b;
	(void)state;
	bench_init(&b);
	auto_intent struct intent *intent = new_intent();
	assert_int_equal(action_encode(&b.ctx, &b.action, &b.group, intent), 0);
	assert_string_equal(intent->operation, "CreateInstance");
	assert_string_equal(intent->name, "");
	assert_string_equal(intent->token, "drover-" KEY);
	assert_true(intent->buys);
	assert_false(intent->unpaid);
	auto_params struct params params = {0};
	assert_int_equal(params_parse(intent->params, &params), 0);
	assert_string_equal(params_get(&params, "ClientToken"), intent->token);
	assert_int_equal(params.n, 13);
	(void)value_free(b.group.create);
}

static void what_was_bought_is_a_cloud_group_of_its_own(void **state)
{
	struct action_result result;
	auto_intent struct intent *intent = new_intent();
	assert_int_equal(action_decode(intent, reply_text(state, DONE_REPLY), &result), 0);
	assert_string_equal(result.group, "OSSBAG-cn-v1hxxxxx23");
	assert_string_equal(result.order_id, "20240xxxx21");
	assert_int_equal(result.instances.n, 0);
	action_result_fini(&result);
	assert_int_equal(
		action_decode(intent, reply_text(state, "{\"Data\":{\"OrderId\":\"7\"}}"), &result),
		0);
	assert_string_equal(result.group, "");
	assert_string_equal(result.order_id, "7");
	action_result_fini(&result);
	assert_int_equal(action_decode(intent, reply_text(state, "{\"Data\":{}}"), &result),
			 -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_parameter_is_sent_in_its_form),
		cmocka_unit_test(what_names_no_product_or_has_no_token_is_not_encoded),
		REPLY_CASE(every_member_of_the_reply_is_read),
		REPLY_CASE(success_is_a_boolean_however_it_is_written),
		REPLY_CASE(a_success_that_names_nothing_is_unclear),
		cmocka_unit_test(a_purchase_has_a_token_but_no_name_and_leaves_no_order_to_pay),
		REPLY_CASE(what_was_bought_is_a_cloud_group_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
