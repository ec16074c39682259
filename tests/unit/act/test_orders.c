/* Orders in the books over a real ledger: what a cancellation means for what was expected, and
 * how long it speaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "act/orders.h"
#include "base/env.h"
#include "model/settings.h"

#define NOW UINT64_C(1800000000000)

struct bench {
	char dir[40];
	struct settings settings;
	struct ledger *ledger;
	struct books *books;
	struct orders *orders;
	struct desired desired;
	struct desired_group group;
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	char *text = NULL;
	strcpy(b->dir, "/tmp/test-orders-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	settings_init(&b->settings);
	assert_int_equal(LEDGER_OK, ledger_open(b->dir, env_os(), &b->ledger, &text));
	assert_int_equal(0, books_load(b->ledger, &b->books));
	b->orders = orders_new(b->books, &b->settings);
	assert_non_null(b->orders);
	b->group = (struct desired_group){.name = (char *)"phones", .fingerprint = 5};
	b->desired = (struct desired){.groups = &b->group, .n_groups = 1};
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	(void)orders_free(b->orders);
	(void)books_free(b->books);
	(void)ledger_close(b->ledger);
	settings_fini(&b->settings);
	char command[128];
	(void)snprintf(command, sizeof(command), "rm -rf %s", b->dir);
	assert_int_equal(0, system(command));
	free(b);
	return 0;
}

static void put_order(struct bench *b, const char *id, int64_t intent, int64_t count, uint64_t created)
{
	const struct order order = {.id = (char *)id, .group = (char *)"phones", .intent = intent,
				    .count = count, .status = ORDER_UNPAID,
				    .created_wall_ms = created};
	assert_int_equal(0, books_put_order(b->books, &order));
}

static void put_resource(struct bench *b, const char *id, int64_t intent, enum resource_state state)
{
	const struct resource resource = {.id = (char *)id, .cloud_group = (char *)"ag-1",
					  .group = (char *)"phones", .intent = intent, .state = state};
	assert_int_equal(0, books_put_resource(b->books, &resource));
}

static int learn(struct bench *b, const char *id, enum order_status status, uint64_t wall_ms)
{
	const struct order_news news = {.id = id, .status = status, .status_text = "", .amount = "",
					.currency = "", .request_id = ""};
	return orders_learn(b->orders, &news, &b->desired, wall_ms);
}

static size_t cancelled_in_view(struct bench *b, uint64_t wall_ms, const char *id)
{
	struct in_flight view;
	size_t n = 0;
	assert_int_equal(0, books_view(b->books, wall_ms, &view));
	for (size_t i = 0; i < view.n_orders; i++)
		n += view.orders[i].status == ORDER_CANCELLED && strcmp(view.orders[i].id, id) == 0;
	return n;
}

static enum resource_state state_of(struct bench *b, const char *id)
{
	return books_resource(b->books, id)->state;
}

static void a_cancelled_order_takes_what_was_expected_of_it_along(void **state)
{
	struct bench *b = *state;
	put_order(b, "1", 7, 3, NOW);
	put_resource(b, "", 7, RESOURCE_EXPECTED);
	put_resource(b, "acp-1", 7, RESOURCE_EXPECTED);
	put_resource(b, "acp-2", 7, RESOURCE_SEEN);
	put_resource(b, "acp-3", 8, RESOURCE_EXPECTED);
	assert_int_equal(1, learn(b, "1", ORDER_CANCELLED, NOW));
	assert_int_equal(RESOURCE_GONE, state_of(b, "ag-1"));
	assert_int_equal(RESOURCE_GONE, state_of(b, "acp-1"));
	assert_int_equal(RESOURCE_SEEN, state_of(b, "acp-2"));
	assert_int_equal(RESOURCE_EXPECTED, state_of(b, "acp-3"));
}

static void a_cancelled_bandwidth_package_takes_no_phone_along(void **state)
{
	struct bench *b = *state;
	put_order(b, "1", 7, 0, NOW);
	put_resource(b, "acp-1", 7, RESOURCE_EXPECTED);
	assert_int_equal(1, learn(b, "1", ORDER_CANCELLED, NOW));
	assert_int_equal(RESOURCE_EXPECTED, state_of(b, "acp-1"));
}

static void a_paid_order_keeps_what_is_expected_of_it(void **state)
{
	struct bench *b = *state;
	put_order(b, "1", 7, 1, NOW);
	put_resource(b, "acp-1", 7, RESOURCE_EXPECTED);
	assert_int_equal(1, learn(b, "1", ORDER_PAID, NOW));
	assert_int_equal(RESOURCE_EXPECTED, state_of(b, "acp-1"));
}

static void a_cancelled_order_speaks_until_a_newer_one_was_made(void **state)
{
	struct bench *b = *state;
	put_order(b, "1", 7, 3, NOW);
	put_order(b, "2", 8, 3, NOW + 1); /* of the same batch: no consent */
	assert_int_equal(1, learn(b, "1", ORDER_CANCELLED, NOW + 1000));
	assert_int_equal(1, cancelled_in_view(b, NOW + 1000, "1"));
	put_order(b, "3", 9, 3, NOW + 5000);
	assert_int_equal(0, cancelled_in_view(b, NOW + 5000, "1"));
}

static void the_newest_cancelled_order_speaks_for_its_group(void **state)
{
	struct bench *b = *state;
	put_order(b, "1", 7, 3, NOW);
	put_order(b, "2", 8, 3, NOW);
	assert_int_equal(1, learn(b, "1", ORDER_CANCELLED, NOW + 1000));
	assert_int_equal(1, learn(b, "2", ORDER_CANCELLED, NOW + 2000));
	assert_int_equal(0, cancelled_in_view(b, NOW + 2000, "1"));
	assert_int_equal(1, cancelled_in_view(b, NOW + 2000, "2"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_cancelled_order_takes_what_was_expected_of_it_along),
		CASE(a_cancelled_bandwidth_package_takes_no_phone_along),
		CASE(a_paid_order_keeps_what_is_expected_of_it),
		CASE(a_cancelled_order_speaks_until_a_newer_one_was_made),
		CASE(the_newest_cancelled_order_speaks_for_its_group),
	};
	return cmocka_run_group_tests_name("orders", tests, NULL, NULL);
}
