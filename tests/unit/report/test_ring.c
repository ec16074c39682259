#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "report/ring.h"

static struct record *record(enum event event, const char *key, int64_t serial)
{
	const struct log_field fields[] = {LOG_INT("SERIAL", serial), LOG_NONE};
	struct record *r = record_new(event, "f", 1, "g", fields, key);
	assert_non_null(r);
	return r;
}

static struct record *ordinary(int64_t serial)
{
	return record(EV_GROUP_CREATED, NULL, serial);
}

static struct record *important(int64_t serial)
{
	return record(EV_CALL_REJECTED, NULL, serial);
}

static struct record *confirmed(int64_t serial)
{
	char key[32];
	(void)snprintf(key, sizeof(key), "order-%d", (int)serial);
	return record(EV_ORDER_NEEDS_PAYMENT, key, serial);
}

static int64_t taken(struct ring *ring)
{
	struct record *r = ring_take(ring);
	int64_t serial = r ? r->fields[0].integer : -1;
	(void)record_free(r);
	return serial;
}

static int setup(void **state)
{
	struct ring *ring = malloc(sizeof(*ring));
	assert_non_null(ring);
	ring_init(ring);
	*state = ring;
	return 0;
}

static int teardown(void **state)
{
	ring_fini(*state);
	free(*state);
	return 0;
}

static void records_leave_in_the_order_they_came(void **state)
{
	struct ring *ring = *state;
	assert_int_equal(taken(ring), -1);
	for (int64_t i = 0; i < 30; i++)
		assert_int_equal(ring_add(ring, i % 3 == 0   ? ordinary(i)
						: i % 3 == 1 ? important(i)
							     : confirmed(i)),
				 0);
	for (int64_t i = 0; i < 30; i++)
		assert_int_equal(taken(ring), i);
	assert_int_equal(taken(ring), -1);
}

static void the_oldest_ordinary_record_makes_room(void **state)
{
	struct ring *ring = *state;
	(void)ring_add(ring, important(0));
	(void)ring_add(ring, confirmed(1));
	for (int64_t i = 2; i < LIMIT_LOG_RING; i++)
		assert_int_equal(ring_add(ring, ordinary(i)), 0);
	assert_int_equal(ring_add(ring, ordinary(5000)), 1);
	assert_int_equal(taken(ring), 0);
	assert_int_equal(taken(ring), 1);
	assert_int_equal(taken(ring), 3);
}

static void an_important_record_gives_way_to_its_equals_only(void **state)
{
	struct ring *ring = *state;
	for (int64_t i = 0; i < LIMIT_LOG_RING; i++)
		(void)ring_add(ring, important(i));
	assert_int_equal(ring_add(ring, ordinary(5000)), 1); /* not taken */
	assert_int_equal(ring_add(ring, important(5001)), 1);
	assert_int_equal(ring_add(ring, confirmed(5002)), 1);
	assert_int_equal(taken(ring), 2);
	for (int i = 0; i < LIMIT_LOG_RING - 3; i++)
		(void)taken(ring);
	assert_int_equal(taken(ring), 5001);
	assert_int_equal(taken(ring), 5002);
}

static void confirmed_records_give_way_to_nothing(void **state)
{
	struct ring *ring = *state;
	for (int64_t i = 0; i < LIMIT_LOG_RING; i++)
		assert_int_equal(ring_add(ring, confirmed(i)), 0);
	assert_int_equal(ring_add(ring, ordinary(5000)), 1);
	assert_int_equal(ring_add(ring, important(5001)), 1);
	assert_int_equal(ring_add(ring, confirmed(5002)), 1);
	for (int64_t i = 0; i < LIMIT_LOG_RING; i++)
		assert_int_equal(taken(ring), i);
	assert_int_equal(taken(ring), -1);
}

static void a_confirmed_record_waits_once_per_event_and_key(void **state)
{
	struct ring *ring = *state;
	assert_int_equal(ring_add(ring, confirmed(7)), 0);
	assert_int_equal(ring_add(ring, confirmed(7)), 0);
	assert_int_equal(ring_add(ring, record(EV_ORDER_PAID, "order-7", 8)), 0);
	assert_int_equal(taken(ring), 7);
	assert_int_equal(taken(ring), 8);
	assert_int_equal(taken(ring), -1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(records_leave_in_the_order_they_came),
		CASE(the_oldest_ordinary_record_makes_room),
		CASE(an_important_record_gives_way_to_its_equals_only),
		CASE(confirmed_records_give_way_to_nothing),
		CASE(a_confirmed_record_waits_once_per_event_and_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
