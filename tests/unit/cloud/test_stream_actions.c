/* Verbs on delivery groups: their calls, and what the replies say. */
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
	struct value *pool = value_map();
	b->arena = json_arena_new();
	b->ctx = (struct action_context){
		.fleet = "lab", .owner = "own", .bandwidth_package = "", .pool = "rg-1"};
	b->tag = (struct tag){(char *)"team", (char *)"qa"};
	b->group = (struct desired_group){.name = (char *)"browsers",
					  .kind = KIND_APP_STREAMING,
					  .region = (char *)"cn-hangzhou",
					  .spec = (char *)"appstreaming.small",
					  .image = (char *)"img-1",
					  .tags = &b->tag,
					  .n_tags = 1,
					  .create = value_map()};
	b->action = (struct action){.spec = b->group.spec, .total = 5};
	assert_int_equal(0, value_set(pool, "StrategyType", value_text("NODE_FIXED")));
	assert_int_equal(0, value_set(b->group.create, "NodePool", pool));
	assert_int_equal(0, value_set(b->group.create, "SessionTimeout", value_int(15)));
	b->intent = intent_new();
	b->intent->kind = KIND_APP_STREAMING;
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

static void prepare(struct bench *b, enum verb verb, enum charge_type charge)
{
	b->intent->verb = verb;
	b->intent->charge = b->group.charge = charge;
	assert_int_equal(0, intent_set(&b->intent->cloud_group, verb == VERB_CREATE ? "" : "aig-1"));
	text_list_fini(&b->intent->targets);
	if (verb == VERB_TAG)
		assert_int_equal(0, text_list_add(&b->intent->targets, "aig-1"));
}

static int encode(struct bench *b, enum verb verb, enum charge_type charge)
{
	prepare(b, verb, charge);
	params_fini(&b->params);
	int r = action_encode(&b->ctx, &b->action, &b->group, b->intent);
	return r < 0 ? r : params_parse(b->intent->params, &b->params);
}

static const char *param(const struct bench *b, const char *name)
{
	const char *value = params_get(&b->params, name);
	return value ? value : "(absent)";
}

/* ---- encoding ---- */

static const struct {
	enum verb verb;
	const char *postpaid, *prepaid; /* "" refused */
} operations[] = {
	{VERB_CREATE, "CreateAppInstanceGroup", "CreateAppInstanceGroup"},
	{VERB_GROW, "ModifyNodePoolAttribute", "ModifyNodePoolAmount"},
	{VERB_SHRINK, "ModifyNodePoolAttribute", ""},
	{VERB_DELETE, "DeleteAppInstanceGroup", "DeleteAppInstanceGroup"},
	{VERB_TAG, "TagCloudResources", "TagCloudResources"},
	{VERB_CONFIGURE, "ModifyAppInstanceGroupAttribute", "ModifyAppInstanceGroupAttribute"},
	{VERB_SET_SCALING, "ModifyNodePoolAttribute", "ModifyNodePoolAttribute"},
	{VERB_UPDATE_IMAGE, "UpdateAppInstanceGroupImage", "UpdateAppInstanceGroupImage"},
};

static void every_verb_is_one_operation_by_what_is_charged(void **state)
{
	struct bench *b = *state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(operations); i++) {
		enum verb verb = operations[i / 2].verb;
		enum charge_type charge = i % 2 ? CHARGE_PREPAID : CHARGE_POSTPAID;
		const char *name = i % 2 ? operations[i / 2].prepaid : operations[i / 2].postpaid;
		if (!*name) {
			assert_int_equal(-EINVAL, encode(b, verb, charge));
			continue;
		}
		assert_int_equal(0, encode(b, verb, charge));
		assert_string_equal(name, b->intent->operation);
		assert_string_equal(name, action_operation(KIND_APP_STREAMING, verb, charge));
		assert_int_equal(verb == VERB_CREATE || verb == VERB_GROW, b->intent->buys);
		assert_int_equal(b->intent->buys && charge == CHARGE_PREPAID, b->intent->unpaid);
		assert_string_equal("", b->intent->token); /* the product knows none */
	}
}

static void verbs_of_other_kinds_are_refused(void **state)
{
	static const enum verb verbs[] = {VERB_ATTACH_KEY, VERB_START, VERB_REBOOT, VERB_RESET};
	struct bench *b = *state;
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		assert_int_equal(-EINVAL, encode(b, verbs[i], CHARGE_POSTPAID));
		assert_string_equal("", action_operation(KIND_APP_STREAMING, verbs[i], CHARGE_POSTPAID));
	}
}

static void only_a_create_has_a_name(void **state)
{
	struct bench *b = *state;
	for (size_t i = 1; i < ARRAY_SIZE(operations); i++) {
		assert_int_equal(0, encode(b, operations[i].verb, CHARGE_POSTPAID));
		assert_string_equal("", b->intent->name);
	}
	assert_int_equal(0, encode(b, VERB_CREATE, CHARGE_POSTPAID));
	assert_string_equal("browsers.abcdef", b->intent->name);
	assert_string_equal(b->intent->name, param(b, "AppInstanceGroupName"));
	assert_string_equal("(absent)", param(b, "ClientToken"));
	assert_non_null(strstr(param(b, "NodePool"), "\"NodeAmount\":2"));
}

static void a_resize_states_the_total(void **state)
{
	struct bench *b = *state;
	for (int verb = VERB_GROW; verb <= VERB_SHRINK; verb++) {
		assert_int_equal(0, encode(b, (enum verb)verb, CHARGE_POSTPAID));
		assert_string_equal("rg-1", param(b, "PoolId"));
		assert_string_equal("{\"StrategyType\":\"NODE_FIXED\",\"NodeAmount\":5}",
				    param(b, "NodePoolStrategy"));
		assert_int_equal(5, b->intent->total);
	}
	assert_int_equal(0, encode(b, VERB_GROW, CHARGE_PREPAID));
	assert_string_equal("{\"NodeAmount\":5}", param(b, "NodePool"));
	assert_string_equal("aig-1", param(b, "AppInstanceGroupId"));
	assert_int_equal(5, b->intent->total);
	b->action.total = 0;
	assert_int_equal(-EINVAL, encode(b, VERB_GROW, CHARGE_POSTPAID));
	assert_int_equal(-EINVAL, encode(b, VERB_SHRINK, CHARGE_POSTPAID));
	assert_int_equal(-EINVAL, encode(b, VERB_GROW, CHARGE_PREPAID));
}

static void scaling_says_a_number_only_where_it_may(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, encode(b, VERB_SET_SCALING, CHARGE_POSTPAID));
	assert_string_equal("{\"StrategyType\":\"NODE_FIXED\",\"NodeAmount\":5}", param(b, "NodePoolStrategy"));
	assert_int_equal(0, encode(b, VERB_SET_SCALING, CHARGE_PREPAID));
	assert_string_equal("{\"StrategyType\":\"NODE_FIXED\"}", param(b, "NodePoolStrategy"));
	b->group.unsized = true;
	assert_int_equal(0, encode(b, VERB_SET_SCALING, CHARGE_POSTPAID));
	assert_string_equal("{\"StrategyType\":\"NODE_FIXED\"}", param(b, "NodePoolStrategy"));
}

static void a_pool_that_is_not_known_is_not_changed(void **state)
{
	struct bench *b = *state;
	b->ctx.pool = "";
	assert_int_equal(-EINVAL, encode(b, VERB_GROW, CHARGE_POSTPAID));
	assert_int_equal(-EINVAL, encode(b, VERB_SET_SCALING, CHARGE_POSTPAID));
	b->ctx.pool = NULL;
	assert_int_equal(-EINVAL, encode(b, VERB_SHRINK, CHARGE_POSTPAID));
}

static void tagging_carries_the_users_tags_and_the_marks(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, encode(b, VERB_TAG, CHARGE_POSTPAID));
	assert_string_equal("aig-1", param(b, "ResourceIds.1"));
	assert_string_equal("team", param(b, "Tags.1.Key"));
	assert_string_equal(MARK_FLEET, param(b, "Tags.2.Key"));
	assert_string_equal("lab", param(b, "Tags.2.Value"));
	assert_string_equal(MARK_GROUP, param(b, "Tags.3.Key"));
	assert_string_equal("browsers", param(b, "Tags.3.Value"));
	assert_string_equal(MARK_OWNER, param(b, "Tags.4.Key"));
	assert_string_equal("own", param(b, "Tags.4.Value"));
	assert_string_equal("(absent)", param(b, "Tags.5.Key"));
	text_list_fini(&b->intent->targets);
	assert_int_equal(-EINVAL, action_encode(&b->ctx, &b->action, &b->group, b->intent));
}

/* ---- decoding ---- */

static int decode(struct bench *b, enum verb verb, enum charge_type charge, const char *body,
		  struct action_result *ret)
{
	void *arena = b->arena;
	prepare(b, verb, charge);
	return action_decode(b->intent, body ? reply_text(&arena, body) : NULL, ret);
}

static void the_reply_of_a_create_names_group_and_order(void **state)
{
	struct bench *b = *state;
	struct action_result r;
	assert_int_equal(0, decode(b, VERB_CREATE, CHARGE_PREPAID,
				   "{\"RequestId\":\"R\",\"AppInstanceGroupModel\":{"
				   "\"AppInstanceGroupId\":\"aig-9ciijz60n4xsv\",\"OrderId\":\"223456789012345678\","
				   "\"NodePoolId\":\"rg-ew7va2g1wl3vm\"}}", &r));
	assert_string_equal("aig-9ciijz60n4xsv", r.group);
	assert_string_equal("223456789012345678", r.order_id);
	assert_int_equal(0, r.instances.n);
	action_result_fini(&r);
}

static void the_reply_of_a_growth_names_its_group(void **state)
{
	struct bench *b = *state;
	struct action_result r;
	assert_int_equal(0, decode(b, VERB_GROW, CHARGE_PREPAID,
				   "{\"RequestId\":\"R\",\"Data\":{\"OrderId\":\"23429322113\"}}", &r));
	assert_string_equal("aig-1", r.group);
	assert_string_equal("23429322113", r.order_id);
	action_result_fini(&r);
	assert_int_equal(0, decode(b, VERB_GROW, CHARGE_POSTPAID, "{\"RequestId\":\"R\"}", &r));
	assert_string_equal("aig-1", r.group);
	assert_string_equal("", r.order_id);
	action_result_fini(&r);
}

static void a_yes_that_names_nothing_is_no_yes(void **state)
{
	static const struct {
		enum verb verb;
		enum charge_type charge;
		int result;
		const char *body;
	} cases[] = {
#define MADE(members) "{\"RequestId\":\"R\",\"AppInstanceGroupModel\":{" members "}}"
		{VERB_CREATE, CHARGE_POSTPAID, 0, MADE("\"AppInstanceGroupId\":\"aig-1\"")},
		{VERB_CREATE, CHARGE_PREPAID, 0, MADE("\"OrderId\":\"1\"")},
		{VERB_CREATE, CHARGE_POSTPAID, -EBADMSG, MADE("\"OrderId\":\"1\"")},
		{VERB_CREATE, CHARGE_PREPAID, -EBADMSG, MADE("\"NodePoolId\":\"rg-1\"")},
		{VERB_CREATE, CHARGE_PREPAID, -EBADMSG, "{\"RequestId\":\"R\"}"},
		{VERB_CREATE, CHARGE_PREPAID, -EBADMSG,
		 MADE("\"AppInstanceGroupId\":\"aig-01234567890123456789012345678901234567890\",\"OrderId\":\"1\"")},
		{VERB_CREATE, CHARGE_POSTPAID, -EBADMSG, NULL},
		{VERB_GROW, CHARGE_PREPAID, -EBADMSG, "{\"RequestId\":\"R\"}"},
		{VERB_GROW, CHARGE_PREPAID, -EBADMSG, "{\"RequestId\":\"R\",\"Data\":{}}"},
		{VERB_GROW, CHARGE_POSTPAID, -EBADMSG, NULL},
		{VERB_DELETE, CHARGE_POSTPAID, 0, "{\"RequestId\":\"R\"}"},
		{VERB_CONFIGURE, CHARGE_POSTPAID, 0, "{\"RequestId\":\"R\"}"},
		{VERB_SET_SCALING, CHARGE_POSTPAID, 0, "{\"RequestId\":\"R\"}"},
		{VERB_UPDATE_IMAGE, CHARGE_POSTPAID, 0, "{\"RequestId\":\"R\"}"},
	};
	struct bench *b = *state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct action_result r;
		int got = decode(b, cases[i].verb, cases[i].charge, cases[i].body, &r);
		if (got != cases[i].result)
			fail_msg("case %zu: %d", i, got);
		if (got == 0)
			action_result_fini(&r);
	}
}

static void resources_that_were_not_tagged_are_counted(void **state)
{
	struct bench *b = *state;
	struct action_result r;
	assert_int_equal(0, decode(b, VERB_TAG, CHARGE_POSTPAID, "{\"RequestId\":\"R\",\"FailedResources\":[]}", &r));
	assert_int_equal(0, r.failed);
	action_result_fini(&r);
	assert_int_equal(0, decode(b, VERB_TAG, CHARGE_POSTPAID,
				   "{\"RequestId\":\"R\",\"FailedResources\":[{\"ResourceId\":\"aig-1\","
				   "\"ResourceType\":\"AppInstanceGroupId\",\"Code\":\"TAG_KEY_DUPLICATED\","
				   "\"Message\":\"m\",\"Tags\":[{\"Key\":\"team\",\"Scope\":\"Custom\","
				   "\"Value\":\"qa\"}]}]}", &r));
	assert_int_equal(1, r.failed);
	action_result_fini(&r);
	assert_int_equal(-EBADMSG, decode(b, VERB_TAG, CHARGE_POSTPAID,
					  "{\"RequestId\":\"R\",\"FailedResources\":{\"a\":1}}", &r));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_verb_is_one_operation_by_what_is_charged),
		CASE(verbs_of_other_kinds_are_refused),
		CASE(only_a_create_has_a_name),
		CASE(a_resize_states_the_total),
		CASE(scaling_says_a_number_only_where_it_may),
		CASE(a_pool_that_is_not_known_is_not_changed),
		CASE(tagging_carries_the_users_tags_and_the_marks),
		CASE(the_reply_of_a_create_names_group_and_order),
		CASE(the_reply_of_a_growth_names_its_group),
		CASE(a_yes_that_names_nothing_is_no_yes),
		CASE(resources_that_were_not_tagged_are_counted),
	};
	return cmocka_run_group_tests_name("stream_actions", tests, NULL, NULL);
}
