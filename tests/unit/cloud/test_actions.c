/* From an intended change to its call, and from the reply to what it made. */
#include "replies.h"

#include <errno.h>

#include "base/cleanup.h"
#include "cloud/actions.h"
#include "model/observed.h"

#define KEY "abcdefghijklmnopqrstuvwxyz"

struct bench {
	struct json_arena *arena;
	struct action_context ctx;
	struct action action;
	struct desired_group group;
	struct tag tag;
	struct intent *intent;
	struct params params; /* of the last encode() */
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	b->arena = json_arena_new();
	b->ctx = (struct action_context){.fleet = "lab", .owner = "own", .bandwidth_package = ""};
	b->tag = (struct tag){(char *)"team", (char *)"qa"};
	b->group = (struct desired_group){.name = (char *)"phones", .region = (char *)"cn-shanghai",
					  .spec = (char *)"acp.small", .image = (char *)"imgc-1",
					  .key_pair = (char *)"kp-1", .tags = &b->tag, .n_tags = 1,
					  .create = value_map()};
	b->action.spec = b->group.spec;
	b->intent = intent_new();
	b->intent->count = 2;
	strcpy(b->intent->key, KEY);
	assert_int_equal(0, intent_set(&b->intent->group, b->group.name));
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	(void)value_free(b->group.create);
	(void)intent_free(b->intent);
	params_fini(&b->params);
	(void)json_arena_free(b->arena);
	free(b);
	return 0;
}

/* An intent of @verb on ag-1 that names acp-1. */
static void prepare(struct bench *b, enum verb verb)
{
	b->intent->verb = verb;
	assert_int_equal(0, intent_set(&b->intent->cloud_group, verb == VERB_CREATE ? "" : "ag-1"));
	text_list_fini(&b->intent->targets);
	if (verb > VERB_DELETE || verb == VERB_SHRINK)
		assert_int_equal(0, text_list_add(&b->intent->targets, "acp-1"));
}

static void encode(struct bench *b, enum verb verb)
{
	prepare(b, verb);
	params_fini(&b->params);
	assert_int_equal(0, action_encode(&b->ctx, &b->action, &b->group, b->intent));
	assert_int_equal(0, params_parse(b->intent->params, &b->params));
}

static const char *param(const struct bench *b, const char *name)
{
	const char *value = params_get(&b->params, name);
	return value ? value : "(absent)";
}

/* ---- encoding ---- */

static void every_verb_is_one_operation(void **state)
{
	static const char *const names[VERB_MAX_] = {
		[VERB_CREATE] = "CreateAndroidInstanceGroup",
		[VERB_GROW] = "UpgradeAndroidInstanceGroup",
		[VERB_SHRINK] = "DowngradeAndroidInstanceGroup",
		[VERB_DELETE] = "DeleteAndroidInstanceGroup",
		[VERB_TAG] = "TagResources",
		[VERB_ATTACH_KEY] = "AttachKeyPair",
		[VERB_START] = "StartAndroidInstance",
		[VERB_REBOOT] = "RebootAndroidInstancesInGroup",
		[VERB_RESET] = "ResetAndroidInstancesInGroup",
	};
	struct bench *b = *state;
	for (int verb = 0; verb <= VERB_RESET; verb++) {
		encode(b, (enum verb)verb);
		assert_string_equal(names[verb], b->intent->operation);
		assert_string_equal(names[verb], action_operation(KIND_CLOUD_PHONE, (enum verb)verb, CHARGE_POSTPAID));
		enum operation op = operation_from_name(names[verb]);
		assert_true(op < OP_MAX_);
		bool buys = verb == VERB_CREATE || verb == VERB_GROW;
		assert_int_equal(buys, b->intent->buys);
		assert_int_equal(buys ? CALL_BUY : CALL_CHANGE, operation_info(op)->call_class);
	}
}

static void what_is_no_kind_or_no_verb_of_a_kind_is_refused(void **state)
{
	struct bench *b = *state;
	for (int kind = KIND_INVALID; kind <= KIND_MAX_; kind++) {
		if (kind >= 0 && kind < KIND_MAX_)
			continue;
		b->intent->kind = (enum kind)kind;
		prepare(b, VERB_CREATE);
		assert_int_equal(-EINVAL, action_encode(&b->ctx, &b->action, &b->group, b->intent));
		assert_string_equal("", action_operation((enum kind)kind, VERB_CREATE, CHARGE_POSTPAID));
	}
	assert_string_equal("", action_operation(KIND_CLOUD_PHONE, VERB_MAX_, CHARGE_POSTPAID));
	b->intent->kind = KIND_PURCHASE;
	for (int verb = VERB_CREATE + 1; verb < VERB_MAX_; verb++) {
		prepare(b, (enum verb)verb);
		assert_int_equal(-EINVAL, action_encode(&b->ctx, &b->action, &b->group, b->intent));
		assert_string_equal("", action_operation(KIND_PURCHASE, (enum verb)verb, CHARGE_PREPAID));
	}
}

static void only_a_create_has_a_name_and_a_token_both_made_of_its_key(void **state)
{
	struct bench *b = *state;
	for (int verb = VERB_GROW; verb <= VERB_RESET; verb++) {
		encode(b, (enum verb)verb);
		assert_string_equal("", b->intent->name);
		assert_string_equal("", b->intent->token);
		assert_string_equal("(absent)", param(b, "ClientToken"));
	}
	encode(b, VERB_CREATE);
	assert_string_equal("phones.abcdef", b->intent->name);
	assert_string_equal("drover-" KEY, b->intent->token);
	assert_string_equal(b->intent->name, param(b, "InstanceGroupName"));
	assert_string_equal(b->intent->token, param(b, "ClientToken"));
}

static void the_longest_group_name_fits(void **state)
{
	struct bench *b = *state;
	b->group.name = (char *)"a-name-of-23-characters";
	assert_int_equal(23, strlen(b->group.name));
	assert_int_equal(0, intent_set(&b->intent->group, b->group.name));
	encode(b, VERB_CREATE);
	assert_string_equal("a-name-of-23-characters.abcdef", b->intent->name);
	assert_int_equal(30, strlen(b->intent->name));
	assert_true(strlen(b->intent->token) <= 64);
}

static void the_same_intent_is_the_same_bytes_every_time(void **state)
{
	struct bench *b = *state;
	for (int verb = 0; verb <= VERB_RESET; verb++) {
		encode(b, (enum verb)verb);
		auto_free char *first = strdup(b->intent->params);
		encode(b, (enum verb)verb);
		assert_string_equal(first, b->intent->params);
	}
}

static void auto_pay_is_always_said_and_only_leaves_prepaid_orders_to_people(void **state)
{
	static const struct {
		enum charge_type charge;
		bool auto_pay;
		enum verb verb;
		const char *expected;
		bool unpaid;
	} cases[] = {
		{CHARGE_POSTPAID, false, VERB_CREATE, "false", false}, /* makes no order */
		{CHARGE_POSTPAID, false, VERB_GROW, "true", false},
		{CHARGE_POSTPAID, false, VERB_SHRINK, "true", false},
		{CHARGE_PREPAID, false, VERB_CREATE, "false", true},
		{CHARGE_PREPAID, false, VERB_GROW, "false", true},
		{CHARGE_PREPAID, false, VERB_SHRINK, "false", false},
		{CHARGE_PREPAID, true, VERB_CREATE, "true", false},
		{CHARGE_PREPAID, true, VERB_GROW, "true", false},
		{CHARGE_PREPAID, true, VERB_SHRINK, "true", false},
	};
	struct bench *b = *state;
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		b->group.charge = cases[k].charge;
		b->group.auto_pay = cases[k].auto_pay;
		encode(b, cases[k].verb);
		assert_string_equal(cases[k].expected, param(b, "AutoPay"));
		assert_int_equal(cases[k].unpaid, b->intent->unpaid);
	}
}

static void a_call_that_would_name_nothing_is_refused(void **state)
{
	struct bench *b = *state;
	for (int verb = VERB_SHRINK; verb <= VERB_RESET; verb++) {
		prepare(b, (enum verb)verb);
		text_list_fini(&b->intent->targets);
		if (verb == VERB_DELETE)
			assert_int_equal(0, intent_set(&b->intent->cloud_group, ""));
		assert_int_equal(-EINVAL, action_encode(&b->ctx, &b->action, &b->group, b->intent));
	}
	prepare(b, VERB_GROW);
	assert_int_equal(0, intent_set(&b->intent->cloud_group, ""));
	assert_int_equal(-EINVAL, action_encode(&b->ctx, &b->action, &b->group, b->intent));
	prepare(b, VERB_SHRINK); /* victims of an unnamed group */
	assert_int_equal(0, intent_set(&b->intent->cloud_group, ""));
	assert_int_equal(-EINVAL, action_encode(&b->ctx, &b->action, &b->group, b->intent));
	b->intent->count = 0;
	prepare(b, VERB_GROW);
	assert_int_equal(-EINVAL, action_encode(&b->ctx, &b->action, &b->group, b->intent));
	prepare(b, VERB_CREATE);
	assert_int_equal(-EINVAL, action_encode(&b->ctx, &b->action, &b->group, b->intent));
	b->group.key_pair = NULL;
	prepare(b, VERB_ATTACH_KEY);
	assert_int_equal(-EINVAL, action_encode(&b->ctx, &b->action, &b->group, b->intent));
}

static void a_shrink_names_its_victims_and_nothing_else(void **state)
{
	struct bench *b = *state;
	encode(b, VERB_SHRINK);
	assert_string_equal("acp-1", param(b, "AndroidInstanceIds.1"));
	assert_string_equal("(absent)", param(b, "AndroidInstanceIds.2"));
	assert_string_equal("ag-1", param(b, "InstanceGroupId"));
}

static void a_delete_names_one_group(void **state)
{
	struct bench *b = *state;
	encode(b, VERB_DELETE);
	assert_string_equal("InstanceGroupIds.1=ag-1", b->intent->params);
}

static void a_growth_names_the_difference(void **state)
{
	struct bench *b = *state;
	b->intent->count = 7;
	encode(b, VERB_GROW);
	assert_string_equal("AutoPay=true&IncreaseNumberOfInstance=7&InstanceGroupId=ag-1",
			    b->intent->params);
}

static void a_create_carries_every_mark(void **state)
{
	struct bench *b = *state;
	encode(b, VERB_CREATE);
	assert_string_equal("team", param(b, "Tag.1.Key"));
	assert_string_equal(MARK_FLEET, param(b, "Tag.2.Key"));
	assert_string_equal("lab", param(b, "Tag.2.Value"));
	assert_string_equal(MARK_GROUP, param(b, "Tag.3.Key"));
	assert_string_equal("phones", param(b, "Tag.3.Value"));
	assert_string_equal(MARK_INTENT, param(b, "Tag.4.Key"));
	assert_string_equal(KEY, param(b, "Tag.4.Value"));
	assert_string_equal(MARK_OWNER, param(b, "Tag.5.Key"));
	assert_string_equal("own", param(b, "Tag.5.Value"));
	assert_string_equal("(absent)", param(b, "Tag.6.Key"));
}

static void tagging_carries_every_mark_but_the_intent(void **state)
{
	struct bench *b = *state;
	encode(b, VERB_TAG);
	assert_string_equal("acp-1", param(b, "ResourceId.1"));
	assert_string_equal("team", param(b, "Tag.1.Key"));
	assert_string_equal(MARK_FLEET, param(b, "Tag.2.Key"));
	assert_string_equal(MARK_GROUP, param(b, "Tag.3.Key"));
	assert_string_equal("phones", param(b, "Tag.3.Value"));
	assert_string_equal(MARK_OWNER, param(b, "Tag.4.Key"));
	assert_string_equal("(absent)", param(b, "Tag.5.Key"));
}

static void a_create_asks_for_the_spec_of_the_action(void **state)
{
	struct bench *b = *state;
	b->action.spec = (char *)"acp.large"; /* a fallback */
	encode(b, VERB_CREATE);
	assert_string_equal("acp.large", param(b, "InstanceGroupSpec"));
	assert_string_equal("2", param(b, "NumberOfInstances"));
	assert_string_equal("1", param(b, "Amount"));
}

static void a_later_create_uses_the_bandwidth_package_of_the_first(void **state)
{
	struct bench *b = *state;
	struct value *network = value_map();
	assert_int_equal(0, value_set(network, "LimitedBandwidth", value_int(100)));
	assert_int_equal(0, value_set(b->group.create, "NetworkInfo", network));
	encode(b, VERB_CREATE);
	assert_string_equal("{\"LimitedBandwidth\":100}", param(b, "NetworkInfo"));
	assert_string_equal("(absent)", param(b, "BandwidthPackageId"));
	b->ctx.bandwidth_package = "np-1";
	encode(b, VERB_CREATE);
	assert_string_equal("(absent)", param(b, "NetworkInfo"));
	assert_string_equal("np-1", param(b, "BandwidthPackageId"));
}

/* ---- decoding ---- */

static int decode(struct bench *b, enum verb verb, const char *body, struct action_result *ret)
{
	void *arena = b->arena;
	prepare(b, verb);
	return action_decode(b->intent, body ? reply_text(&arena, body) : NULL, ret);
}

static void the_reply_of_a_create_names_group_instances_and_orders(void **state)
{
	struct bench *b = *state;
	struct action_result r;
	assert_int_equal(0, decode(b, VERB_CREATE,
				   "{\"RequestId\":\"R\",\"OrderId\":\"123\",\"InstanceGroupIds\":[\"ag-1\"],"
				   "\"InstanceGroupInfos\":[{\"InstanceGroupId\":\"ag-1\","
				   "\"InstanceIds\":[\"acp-1\",\"acp-2\"]}]}", &r));
	assert_string_equal("ag-1", r.group);
	assert_int_equal(2, r.instances.n);
	assert_string_equal("acp-2", r.instances.items[1]);
	assert_string_equal("123", r.order_id);
	assert_string_equal("", r.bandwidth_order);
	assert_string_equal("", r.bandwidth_package);
	action_result_fini(&r);
	action_result_fini(&r); /* twice is fine */
}

static void the_reply_of_a_growth_names_new_instances_of_its_group(void **state)
{
	struct bench *b = *state;
	struct action_result r;
	assert_int_equal(0, decode(b, VERB_GROW,
				   "{\"RequestId\":\"R\",\"OrderId\":\"123\",\"InstanceIds\":\"[\\\"acp-7\\\"]\"}",
				   &r));
	assert_string_equal("ag-1", r.group);
	assert_int_equal(1, r.instances.n);
	assert_string_equal("acp-7", r.instances.items[0]);
	assert_string_equal("123", r.order_id);
	action_result_fini(&r);
}

static void a_yes_that_names_nothing_is_no_yes(void **state)
{
	static const struct {
		enum verb verb;
		const char *body;
	} cases[] = {
		{VERB_CREATE, "{\"RequestId\":\"R\"}"},
		{VERB_CREATE, "{\"RequestId\":\"R\",\"OrderId\":\"123\"}"}, /* PostPaid needs its group */
		{VERB_CREATE, NULL},
		{VERB_GROW, "{\"RequestId\":\"R\"}"},
		{VERB_SHRINK, NULL},
		{VERB_DELETE, NULL},
	};
	struct bench *b = *state;
	struct action_result r = {.order_id = (char *)"untouched"};
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		assert_int_equal(-EBADMSG, decode(b, cases[k].verb, cases[k].body, &r));
		assert_string_equal("untouched", r.order_id);
	}
	b->intent->kind = KIND_PURCHASE;
	assert_int_equal(-EBADMSG, decode(b, VERB_CREATE, "{}", &r));
}

static void a_prepaid_create_may_have_only_an_order(void **state)
{
	struct bench *b = *state;
	struct action_result r;
	b->intent->charge = CHARGE_PREPAID;
	assert_int_equal(0, decode(b, VERB_CREATE, "{\"RequestId\":\"R\",\"OrderId\":\"123\"}", &r));
	assert_string_equal("", r.group);
	assert_string_equal("123", r.order_id);
	assert_int_equal(0, r.instances.n);
	action_result_fini(&r);
}

static void other_replies_need_say_nothing(void **state)
{
	struct bench *b = *state;
	for (int verb = VERB_SHRINK; verb <= VERB_RESET; verb++) {
		struct action_result r;
		if (verb == VERB_ATTACH_KEY)
			continue;
		assert_int_equal(0, decode(b, (enum verb)verb, "{\"RequestId\":\"R\"}", &r));
		assert_string_equal("", r.order_id);
		assert_string_equal("", r.group);
		assert_int_equal(0, r.instances.n);
		action_result_fini(&r);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_verb_is_one_operation),
		CASE(what_is_no_kind_or_no_verb_of_a_kind_is_refused),
		CASE(only_a_create_has_a_name_and_a_token_both_made_of_its_key),
		CASE(the_longest_group_name_fits),
		CASE(the_same_intent_is_the_same_bytes_every_time),
		CASE(auto_pay_is_always_said_and_only_leaves_prepaid_orders_to_people),
		CASE(a_call_that_would_name_nothing_is_refused),
		CASE(a_shrink_names_its_victims_and_nothing_else),
		CASE(a_delete_names_one_group),
		CASE(a_growth_names_the_difference),
		CASE(a_create_carries_every_mark),
		CASE(tagging_carries_every_mark_but_the_intent),
		CASE(a_create_asks_for_the_spec_of_the_action),
		CASE(a_later_create_uses_the_bandwidth_package_of_the_first),
		CASE(the_reply_of_a_create_names_group_instances_and_orders),
		CASE(the_reply_of_a_growth_names_new_instances_of_its_group),
		CASE(a_yes_that_names_nothing_is_no_yes),
		CASE(a_prepaid_create_may_have_only_an_order),
		CASE(other_replies_need_say_nothing),
	};
	return cmocka_run_group_tests_name("actions", tests, NULL, NULL);
}
