/* What the reply of a finished call leaves in the books. */
#include "ledgered.h"

#include "act/consequences.h"
#include "act/orders.h"

struct bench {
	struct ledgered l;
	struct intent *intent;
	struct action_result result;
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	ledgered_begin(&b->l);
	ledgered_intents(&b->l, 1);
	b->intent = intent_new();
	b->intent->id = 1;
	b->intent->verb = VERB_CREATE;
	b->intent->buys = true;
	b->intent->count = 2;
	assert_int_equal(0, intent_set(&b->intent->group, "phones"));
	assert_int_equal(0, intent_set(&b->intent->region, "cn-shanghai"));
	assert_int_equal(0, intent_set(&b->result.group, "ag-1"));
	assert_int_equal(0, intent_set(&b->result.order_id, ""));
	assert_int_equal(0, intent_set(&b->result.bandwidth_package, ""));
	assert_int_equal(0, intent_set(&b->result.bandwidth_order, ""));
	assert_int_equal(0, text_list_add(&b->result.instances, "acp-1"));
	assert_int_equal(0, text_list_add(&b->result.instances, "acp-2"));
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	(void)intent_free(b->intent);
	action_result_fini(&b->result);
	ledgered_end(&b->l);
	free(b);
	return 0;
}

static void record(struct bench *b)
{
	assert_int_equal(0, consequences_record(b->l.books, b->intent, &b->result, b->l.now));
}

static void what_a_create_named_is_expected(void **state)
{
	struct bench *b = *state;
	record(b);
	const struct resource *row = books_resource(b->l.books, "acp-2");
	assert_int_equal(RESOURCE_EXPECTED, row->state);
	assert_string_equal("ag-1", row->cloud_group);
	assert_string_equal("phones", row->group);
	assert_int_equal(1, row->intent);
	assert_int_equal(START, row->first_wall_ms);
	assert_int_equal(0, row->seen_wall_ms);
	assert_string_equal("", books_resource(b->l.books, "ag-1")->id);
	assert_int_equal(3, ledgered_view(&b->l).n_resources);
	assert_null(books_order(b->l.books, "")); /* the reply named no order */
}

static void what_a_purchase_names_is_all_of_it(void **state)
{
	struct bench *b = *state;
	b->intent->kind = KIND_PURCHASE;
	b->intent->charge = CHARGE_PREPAID;
	b->intent->count = 1;
	text_list_fini(&b->result.instances);
	assert_int_equal(0, intent_set(&b->result.group, "bastionhost-1"));
	assert_int_equal(0, intent_set(&b->result.order_id, "201"));
	record(b);
	const struct resource *row = books_resource(b->l.books, "bastionhost-1");
	assert_int_equal(RESOURCE_EXPECTED, row->state);
	assert_string_equal("", row->id);
	assert_int_equal(1, ledgered_view(&b->l).n_resources);
	assert_int_equal(ORDER_PAID, books_order(b->l.books, "201")->status);
	assert_int_equal(0, books_order(b->l.books, "201")->settled_wall_ms); /* until BSS has said so */
	assert_int_equal(1, books_order(b->l.books, "201")->count);
}

static void a_purchase_whose_reply_names_no_instance_is_named_by_its_order(void **state)
{
	struct bench *b = *state;
	b->intent->kind = KIND_PURCHASE;
	b->intent->charge = CHARGE_PREPAID;
	b->intent->count = 1;
	text_list_fini(&b->result.instances);
	assert_int_equal(0, intent_set(&b->result.group, ""));
	assert_int_equal(0, intent_set(&b->result.order_id, "201"));
	record(b);
	assert_int_equal(0, ledgered_view(&b->l).n_resources);
	assert_int_equal(0, intent_set(&b->intent->order_id, "201"));
	assert_int_equal(0, consequences_name(b->l.books, b->intent, "bastionhost-1", b->l.now));
	assert_int_equal(RESOURCE_EXPECTED, books_resource(b->l.books, "bastionhost-1")->state);
	assert_int_equal(1, books_resource(b->l.books, "bastionhost-1")->intent);
	assert_string_equal("bastionhost-1", books_order(b->l.books, "201")->cloud_group);
}

static void only_what_is_whole_by_itself_counts_when_a_person_names_it(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, consequences_adopt(b->l.books, b->intent, "ag-1", b->l.now));
	assert_int_equal(0, ledgered_view(&b->l).n_resources); /* its phones are for a listing */
	b->intent->kind = KIND_PURCHASE;
	assert_int_equal(0, consequences_adopt(b->l.books, b->intent, "bastionhost-1", b->l.now));
	assert_string_equal("phones", books_resource(b->l.books, "bastionhost-1")->group);
	assert_int_equal(1, ledgered_view(&b->l).n_resources);
}

/* While the call was unclear, a person took its effect for somebody else's. */
static void disown(struct bench *b, const char *cloud_group)
{
	const struct resource row = {.id = (char *)"", .cloud_group = (char *)cloud_group,
				     .group = (char *)"others", .state = RESOURCE_SEEN, .foreign = true};
	assert_int_equal(0, books_put_resource(b->l.books, &row));
}

static void is_taken_back(struct bench *b, const char *cloud_group)
{
	const struct resource *row = books_resource(b->l.books, cloud_group);
	assert_false(row->foreign);
	assert_string_equal("phones", row->group);
	assert_int_equal(1, row->intent);
}

static void what_the_reply_names_is_ours_though_it_was_disowned(void **state)
{
	struct bench *b = *state;
	disown(b, "ag-1");
	record(b);
	is_taken_back(b, "ag-1");
}

static void what_a_person_names_is_ours_though_it_was_disowned(void **state)
{
	struct bench *b = *state;
	disown(b, "ag-1");
	disown(b, "bastionhost-1");
	assert_int_equal(0, consequences_adopt(b->l.books, b->intent, "ag-1", b->l.now));
	is_taken_back(b, "ag-1");
	b->intent->kind = KIND_PURCHASE;
	assert_int_equal(0, consequences_adopt(b->l.books, b->intent, "bastionhost-1", b->l.now));
	is_taken_back(b, "bastionhost-1");
}

static void the_order_for_more_nodes_waits_for_payment(void **state)
{
	struct bench *b = *state;
	b->intent->kind = KIND_APP_STREAMING;
	b->intent->verb = VERB_GROW;
	b->intent->charge = CHARGE_PREPAID;
	b->intent->unpaid = true;
	b->intent->count = 3;
	b->intent->total = 5;
	text_list_fini(&b->result.instances);
	assert_int_equal(0, intent_set(&b->intent->cloud_group, "aig-1"));
	assert_int_equal(0, intent_set(&b->result.group, ""));
	assert_int_equal(0, intent_set(&b->result.order_id, "201"));
	record(b);
	const struct order *order = books_order(b->l.books, "201");
	assert_int_equal(ORDER_UNPAID, order->status);
	assert_int_equal(3, order->count);
	assert_string_equal("aig-1", order->cloud_group);
}

static void the_target_of_a_growth_is_the_group_of_its_instances(void **state)
{
	struct bench *b = *state;
	b->intent->verb = VERB_GROW;
	assert_int_equal(0, intent_set(&b->intent->cloud_group, "ag-7"));
	assert_int_equal(0, intent_set(&b->result.group, ""));
	record(b);
	assert_string_equal("ag-7", books_resource(b->l.books, "acp-1")->cloud_group);
}

static void a_replayed_reply_changes_nothing_that_was_seen_since(void **state)
{
	struct bench *b = *state;
	record(b);
	struct resource row = *books_resource(b->l.books, "acp-1");
	row.state = RESOURCE_SEEN;
	assert_int_equal(0, books_put_resource(b->l.books, &row));
	record(b);
	assert_int_equal(RESOURCE_SEEN, books_resource(b->l.books, "acp-1")->state);
}

static void only_buying_calls_leave_something(void **state)
{
	struct bench *b = *state;
	b->intent->verb = VERB_SHRINK;
	b->intent->buys = false;
	assert_int_equal(0, intent_set(&b->result.order_id, "201"));
	record(b);
	assert_null(books_order(b->l.books, "201"));
	assert_int_equal(0, ledgered_view(&b->l).n_resources);
}

/* It is known as ours, and that is all: nobody pays it, waits for it or is asked about it. */
static void a_pay_as_you_go_order_is_nobodys_to_pay(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, intent_set(&b->result.order_id, "201"));
	record(b);
	const struct order *order = books_order(b->l.books, "201");
	assert_int_equal(ORDER_PAID, order->status);
	assert_int_equal(START, order->settled_wall_ms);
	assert_int_equal(0, order->count);
	assert_false(order_is_open(order));
	assert_int_equal(0, ledgered_view(&b->l).n_orders);
}

static void a_pay_as_you_go_order_that_was_found_first_is_nobodys_to_pay(void **state)
{
	struct bench *b = *state;
	const struct order found = {.id = (char *)"201", .status = ORDER_UNPAID};
	assert_int_equal(0, books_put_order(b->l.books, &found));
	assert_int_equal(0, intent_set(&b->result.order_id, "201"));
	record(b);
	assert_int_equal(ORDER_PAID, books_order(b->l.books, "201")->status);
	assert_int_equal(1, books_order(b->l.books, "201")->intent);
	assert_int_equal(0, ledgered_view(&b->l).n_orders);
}

static void a_prepaid_order_is_unpaid_unless_it_pays_itself(void **state)
{
	struct bench *b = *state;
	b->intent->charge = CHARGE_PREPAID;
	b->intent->unpaid = true;
	assert_int_equal(0, intent_set(&b->result.order_id, "201"));
	record(b);
	const struct order *order = books_order(b->l.books, "201");
	assert_int_equal(ORDER_UNPAID, order->status);
	assert_int_equal(2, order->count);
	assert_int_equal(1, order->intent);
	assert_string_equal("phones", order->group);
	assert_string_equal("cn-shanghai", order->region);
	assert_string_equal("ag-1", order->cloud_group);
	assert_int_equal(0, order->settled_wall_ms);
	assert_int_equal(START + ORDER_DEADLINE_MS, order->deadline_wall_ms);
	b->intent->unpaid = false;
	assert_int_equal(0, intent_set(&b->result.order_id, "202"));
	record(b);
	assert_int_equal(ORDER_PAID, books_order(b->l.books, "202")->status);
	assert_int_equal(0, books_order(b->l.books, "202")->settled_wall_ms); /* until BSS has said so */
}

static void an_order_without_a_group_yet_is_kept(void **state)
{
	struct bench *b = *state;
	b->intent->charge = CHARGE_PREPAID;
	b->intent->unpaid = true;
	assert_int_equal(0, intent_set(&b->result.group, ""));
	text_list_fini(&b->result.instances);
	assert_int_equal(0, intent_set(&b->result.order_id, "201"));
	record(b);
	assert_string_equal("", books_order(b->l.books, "201")->cloud_group);
	assert_int_equal(0, ledgered_view(&b->l).n_resources);
}

static void the_order_of_a_bandwidth_package_funds_no_instances(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, intent_set(&b->result.bandwidth_order, "301"));
	record(b);
	const struct order *order = books_order(b->l.books, "301");
	assert_int_equal(0, order->count);
	assert_int_equal(ORDER_UNKNOWN, order->status); /* whether it pays itself is asked */
	assert_int_equal(0, order->settled_wall_ms);
	assert_string_equal("phones", order->group);
}

static void an_order_that_was_found_first_is_claimed_by_the_reply_that_names_it(void **state)
{
	struct bench *b = *state;
	const struct order found = {.id = (char *)"201", .amount = (char *)"12.50", .foreign = true};
	assert_int_equal(0, books_put_order(b->l.books, &found));
	b->intent->charge = CHARGE_PREPAID;
	b->intent->unpaid = true;
	assert_int_equal(0, intent_set(&b->result.order_id, "201"));
	record(b);
	const struct order *order = books_order(b->l.books, "201");
	assert_int_equal(1, order->intent);
	assert_int_equal(2, order->count);
	assert_false(order->foreign);
	assert_string_equal("phones", order->group);
	assert_string_equal("12.50", order->amount);
}

/* What follows from a cancellation (nothing comes) or a payment (what came?) is for the group. */
static void an_order_that_was_settled_before_it_was_claimed_is_asked_about_again(void **state)
{
	struct bench *b = *state;
	static const enum order_status settled[] = {ORDER_PAID, ORDER_CANCELLED};
	static const char *const ids[] = {"201", "202"};
	b->intent->charge = CHARGE_PREPAID;
	b->intent->unpaid = true;
	for (size_t k = 0; k < ARRAY_SIZE(settled); k++) {
		const struct order found = {.id = (char *)ids[k], .status = settled[k],
					    .settled_wall_ms = START};
		assert_int_equal(0, books_put_order(b->l.books, &found));
		assert_int_equal(0, intent_set(&b->result.order_id, ids[k]));
		record(b);
		const struct order *order = books_order(b->l.books, ids[k]);
		assert_int_equal(1, order->intent);
		assert_int_equal(ORDER_UNKNOWN, order->status);
		assert_int_equal(0, order->settled_wall_ms);
		assert_true(order_is_open(order));
	}
}

static void a_replayed_reply_does_not_open_a_settled_order_again(void **state)
{
	struct bench *b = *state;
	b->intent->charge = CHARGE_PREPAID;
	b->intent->unpaid = true;
	assert_int_equal(0, intent_set(&b->result.order_id, "201"));
	record(b);
	struct order order = *books_order(b->l.books, "201");
	order.status = ORDER_PAID;
	assert_int_equal(0, books_put_order(b->l.books, &order));
	record(b);
	assert_int_equal(ORDER_PAID, books_order(b->l.books, "201")->status);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_a_create_named_is_expected),
		CASE(what_a_purchase_names_is_all_of_it),
		CASE(a_purchase_whose_reply_names_no_instance_is_named_by_its_order),
		CASE(only_what_is_whole_by_itself_counts_when_a_person_names_it),
		CASE(what_the_reply_names_is_ours_though_it_was_disowned),
		CASE(what_a_person_names_is_ours_though_it_was_disowned),
		CASE(the_order_for_more_nodes_waits_for_payment),
		CASE(the_target_of_a_growth_is_the_group_of_its_instances),
		CASE(a_replayed_reply_changes_nothing_that_was_seen_since),
		CASE(only_buying_calls_leave_something),
		CASE(a_pay_as_you_go_order_is_nobodys_to_pay),
		CASE(a_pay_as_you_go_order_that_was_found_first_is_nobodys_to_pay),
		CASE(a_prepaid_order_is_unpaid_unless_it_pays_itself),
		CASE(an_order_without_a_group_yet_is_kept),
		CASE(the_order_of_a_bandwidth_package_funds_no_instances),
		CASE(an_order_that_was_found_first_is_claimed_by_the_reply_that_names_it),
		CASE(an_order_that_was_settled_before_it_was_claimed_is_asked_about_again),
		CASE(a_replayed_reply_does_not_open_a_settled_order_again),
	};
	return cmocka_run_group_tests_name("consequences", tests, NULL, NULL);
}
