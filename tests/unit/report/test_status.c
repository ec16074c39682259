#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/status.h"

#define NOW UINT64_C(1800000000000) /* 2027-01-15T08:00:00Z */

static char *ids[] = {(char *)"acp-1", (char *)"acp-2"};

static struct group_report groups[] = {
	{.name = (char *)"phones",
	 .kind = KIND_CLOUD_PHONE,
	 .region = (char *)"cn-shanghai",
	 .desired = 250,
	 .running = 100,
	 .pending = 50,
	 .failed = 1,
	 .awaiting_payment = 99,
	 .surplus = 2,
	 .committed = 249,
	 .expires_ms = NOW + 1000,
	 .condition = CONDITION_AWAITING_PAYMENT,
	 .reason = (char *)"order 2023 has to be \"paid\""},
	{.name = (char *)"bastions",
	 .kind = KIND_PURCHASE,
	 .region = (char *)"",
	 .condition = CONDITION_CONVERGED,
	 .reason = (char *)""},
};

static struct action actions[] = {
	{.hash = "abcdefghijklm",
	 .verb = VERB_SHRINK,
	 .group = (char *)"phones",
	 .cloud_group = (char *)"ag-1",
	 .count = 2,
	 .targets = {ids, 2},
	 .reason = (char *)"2 more than asked for",
	 .hold = HOLD_SHRINK_HALF,
	 .hold_text = (char *)"let it through with: drover approve abcdefghijklm"},
	{.hash = "nopqrstuvwxyz",
	 .verb = VERB_GROW,
	 .group = (char *)"bastions",
	 .count = 1,
	 .targets = {ids, 2}},
};

static struct order orders[] = {
	{.id = (char *)"20240123456789012345",
	 .group = (char *)"phones",
	 .count = 99,
	 .status = ORDER_UNPAID,
	 .created_wall_ms = NOW - 61500,
	 .deadline_wall_ms = NOW},
	{.id = (char *)"2",
	 .group = (char *)"bastions",
	 .status = ORDER_PAID,
	 .created_wall_ms = NOW + 5},
};

static struct intent unclear = {.id = 7,
				.key = "k",
				.state = INTENT_UNCLEAR,
				.operation = (char *)"CreateAndroidInstanceGroup",
				.group = (char *)"phones",
				.token = (char *)"the-token",
				.code = (char *)"ServiceUnavailable",
				.request_id = (char *)"REQ",
				.last_sent_wall_ms = NOW};
static struct intent done = {.id = 8, .state = INTENT_DONE, .group = (char *)"phones",
			    .result_group = (char *)"ag-1"};
static struct intent *intents[] = {&unclear, &done};

static const struct plan plan = {
	.actions = actions, .n_actions = 2, .groups = groups, .n_groups = 2};
static const struct in_flight flight = {
	.orders = orders, .n_orders = 2, .intents = intents, .n_intents = 2};

static const char *operation_of(const struct action *a, enum charge_type charge)
{
	if (a->verb == VERB_SHRINK)
		return "DowngradeAndroidInstanceGroup";
	return charge == CHARGE_PREPAID ? "OfSubscriptions" : "Other";
}

static struct status_view view(void)
{
	return (struct status_view){.fleet = "qa-lab",
				    .generation = 12,
				    .wall_ms = NOW,
				    .plan = &plan,
				    .in_flight = &flight,
				    .observed_age_ms = {[KIND_CLOUD_PHONE] = 1234, -1, -1},
				    .operation_of = operation_of};
}

static cJSON *parsed(int result, char **text)
{
	assert_int_equal(result, 0);
	cJSON *json = cJSON_Parse(*text);
	assert_non_null(json);
	assert_int_equal((*text)[strlen(*text) - 1], '\n');
	free(*text);
	return json;
}

static const cJSON *get(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	assert_non_null(item);
	return item;
}

static const char *text_in(const cJSON *object, const char *key)
{
	assert_true(cJSON_IsString(get(object, key)));
	return get(object, key)->valuestring;
}

static int number_in(const cJSON *object, const char *key)
{
	assert_true(cJSON_IsNumber(get(object, key)));
	return get(object, key)->valueint;
}

static void keys_come_first_in_order(const cJSON *object, const char *const *keys)
{
	const cJSON *item = object->child;
	for (; *keys; keys++, item = item->next) {
		assert_non_null(item);
		assert_string_equal(item->string, *keys);
	}
}

static void status_has_the_promised_shape(void **state)
{
	(void)state;
	static const char *const top[] = {"fleet", "generation", "groups", "orders", NULL};
	static const char *const group_keys[] = {
		"name",    "kind",      "region", "desired",
		"running", "pending",   "failed", "awaiting_payment",
		"surplus", "condition", "reason", "observed_age_ms",
		NULL};
	static const char *const order_keys[] = {"id",    "status",   "group", "count",
						 "age_s", "deadline", NULL};
	const struct status_view v = view();
	char *text = NULL;
	cJSON *json = parsed(status_json(&v, NULL, &text), &text);
	keys_come_first_in_order(json, top);
	const cJSON *group = get(json, "groups")->child, *order = get(json, "orders")->child;
	keys_come_first_in_order(group, group_keys);
	keys_come_first_in_order(order, order_keys);
	cJSON_Delete(json);
}

static void status_says_what_the_plan_says(void **state)
{
	(void)state;
	const struct status_view v = view();
	char *text = NULL;
	cJSON *json = parsed(status_json(&v, NULL, &text), &text);
	assert_string_equal(text_in(json, "fleet"), "qa-lab");
	assert_int_equal(number_in(json, "generation"), 12);
	assert_int_equal(cJSON_GetArraySize(get(json, "groups")), 2);
	const cJSON *group = get(json, "groups")->child;
	assert_string_equal(text_in(group, "kind"), "cloud-phone");
	assert_int_equal(number_in(group, "awaiting_payment"), 99);
	assert_string_equal(text_in(group, "condition"), "AwaitingPayment");
	assert_string_equal(text_in(group, "reason"), "order 2023 has to be \"paid\"");
	assert_int_equal(number_in(group, "observed_age_ms"), 1234);
	assert_string_equal(text_in(group, "expires"), "2027-01-15T08:00:01Z");
	assert_true(cJSON_IsNull(get(group->next, "observed_age_ms")));
	const cJSON *order = get(json, "orders")->child;
	assert_string_equal(text_in(order, "id"), "20240123456789012345"); /* text, not a number */
	assert_string_equal(text_in(order, "status"), "unpaid");
	assert_int_equal(number_in(order, "age_s"), 61);
	assert_string_equal(text_in(order, "deadline"), "2027-01-15T08:00:00Z");
	assert_true(cJSON_IsNull(get(order->next, "deadline")));
	assert_int_equal(number_in(order->next, "age_s"),
			 0); /* made "in the future": no underflow */
	cJSON_Delete(json);
}

static void status_of_one_group_leaves_the_others_out(void **state)
{
	(void)state;
	const struct status_view v = view();
	char *text = NULL;
	cJSON *json = parsed(status_json(&v, "bastions", &text), &text);
	assert_int_equal(cJSON_GetArraySize(get(json, "groups")), 1);
	assert_int_equal(cJSON_GetArraySize(get(json, "orders")), 1);
	cJSON_Delete(json);
	assert_int_equal(status_json(&v, "nobody", &text), -ENOENT);
}

static void before_the_first_plan_groups_are_unknown(void **state)
{
	(void)state;
	struct desired_group group = {.name = (char *)"phones", .region = (char *)"r", .count = 3};
	const struct desired desired = {.groups = &group, .n_groups = 1};
	const struct status_view v = {.desired = &desired, .observed_age_ms = {-1, -1, -1}};
	char *text = NULL, line[100];
	cJSON *json = parsed(status_json(&v, NULL, &text), &text);
	assert_string_equal(text_in(get(json, "groups")->child, "condition"), "Unknown");
	assert_int_equal(number_in(get(json, "groups")->child, "desired"), 3);
	assert_true(cJSON_IsNull(get(get(json, "groups")->child, "observed_age_ms")));
	cJSON_Delete(json);
	status_line(&v, line, sizeof(line));
	assert_string_equal(line, "looking at the cloud for the first time");
}

static void plan_names_victims_of_removals_only(void **state)
{
	(void)state;
	static const char *const keys[] = {"hash",    "group",  "verb", "operation", "count",
					   "victims", "reason", "hold", "price",     NULL};
	const struct status_view v = view();
	char *text = NULL;
	cJSON *json = parsed(status_plan_json(&v, &text), &text);
	const cJSON *shrink = get(json, "actions")->child, *grow = shrink->next;
	keys_come_first_in_order(shrink, keys);
	assert_string_equal(text_in(shrink, "hash"), "abcdefghijklm");
	assert_string_equal(text_in(shrink, "verb"), "shrink");
	assert_string_equal(text_in(shrink, "operation"), "DowngradeAndroidInstanceGroup");
	assert_int_equal(cJSON_GetArraySize(get(shrink, "victims")), 2);
	assert_string_equal(get(shrink, "victims")->child->valuestring, "acp-1");
	assert_string_equal(text_in(shrink, "hold"), hold_name(HOLD_SHRINK_HALF));
	assert_true(cJSON_IsTrue(get(shrink, "needs_person")));
	assert_int_equal(cJSON_GetArraySize(get(grow, "victims")), 0);
	assert_true(cJSON_IsNull(get(grow, "hold")));
	cJSON_Delete(json);
}

static void an_operation_goes_by_what_is_charged(void **state)
{
	struct desired_group group = {.name = (char *)"bastions", .charge = CHARGE_PREPAID};
	const struct desired desired = {.groups = &group, .n_groups = 1};
	struct status_view v = view();
	(void)state;
	for (int known = 0; known < 2; known++) {
		char *text = NULL;
		v.desired = known ? &desired : NULL;
		cJSON *json = parsed(status_plan_json(&v, &text), &text);
		assert_string_equal(text_in(get(json, "actions")->child->next, "operation"),
				    known ? "OfSubscriptions" : "Other");
		cJSON_Delete(json);
	}
}

static void orders_say_where_to_pay(void **state)
{
	(void)state;
	struct status_view v = view();
	char *text = NULL;
	cJSON *json = parsed(status_orders_json(&v, &text), &text);
	assert_string_equal(text_in(get(json, "orders")->child, "pay_at"),
			    "https://usercenter2.aliyun.com/order/list");
	assert_true(cJSON_IsNull(get(get(json, "orders")->child->next, "pay_at")));
	cJSON_Delete(json);
	v.site = SITE_INTERNATIONAL;
	json = parsed(status_orders_json(&v, &text), &text);
	assert_string_equal(text_in(get(json, "orders")->child, "pay_at"),
			    "https://usercenter2-intl.aliyun.com/order/list");
	cJSON_Delete(json);
}

static void intents_lists_the_open_ones_without_their_tokens(void **state)
{
	(void)state;
	const struct status_view v = view();
	char *text = NULL;
	assert_int_equal(status_intents_json(&v, &text), 0);
	assert_null(strstr(text, "the-token"));
	cJSON *json = parsed(0, &text);
	assert_int_equal(cJSON_GetArraySize(get(json, "intents")), 1);
	assert_int_equal(number_in(get(json, "intents")->child, "id"), 7);
	assert_string_equal(text_in(get(json, "intents")->child, "state"), "unclear");
	cJSON_Delete(json);
}

static void explain_tells_the_whole_story_of_a_group(void **state)
{
	(void)state;
	const struct status_event events[] = {{NOW, "call_unclear", "HTTP 503"}};
	struct status_view v = view();
	v.next_cycle_wall_ms[KIND_CLOUD_PHONE] = NOW + 2000;
	char *text = NULL;
	cJSON *json = parsed(status_explain_json(&v, "phones", events, 1, &text), &text);
	assert_true(cJSON_IsNull(get(json, "desired"))); /* unmanaged: no longer in the file */
	assert_int_equal(number_in(get(json, "status"), "running"), 100);
	assert_int_equal(cJSON_GetArraySize(get(json, "in_flight")), 1);
	assert_int_equal(cJSON_GetArraySize(get(json, "actions")), 1);
	assert_int_equal(cJSON_GetArraySize(get(json, "orders")), 1);
	assert_string_equal(text_in(get(json, "last_error"), "request_id"), "REQ");
	assert_string_equal(text_in(json, "next_look"), "2027-01-15T08:00:02Z");
	assert_string_equal(text_in(get(json, "events")->child, "event"), "call_unclear");
	cJSON_Delete(json);
	assert_int_equal(status_explain_json(&v, "nobody", NULL, 0, &text), -ENOENT);
}

static void the_line_counts_conditions_and_orders(void **state)
{
	(void)state;
	const struct status_view v = view();
	char line[200], tiny[8];
	status_line(&v, line, sizeof(line));
	assert_string_equal(line, "2 groups: 1 Converged, 1 AwaitingPayment; 1 order to pay");
	status_line(&v, tiny, sizeof(tiny));
	assert_string_equal(tiny, "2 group");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_has_the_promised_shape),
		cmocka_unit_test(status_says_what_the_plan_says),
		cmocka_unit_test(status_of_one_group_leaves_the_others_out),
		cmocka_unit_test(before_the_first_plan_groups_are_unknown),
		cmocka_unit_test(plan_names_victims_of_removals_only),
		cmocka_unit_test(an_operation_goes_by_what_is_charged),
		cmocka_unit_test(orders_say_where_to_pay),
		cmocka_unit_test(intents_lists_the_open_ones_without_their_tokens),
		cmocka_unit_test(explain_tells_the_whole_story_of_a_group),
		cmocka_unit_test(the_line_counts_conditions_and_orders),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
