#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/vec.h"

/* One case asks for more than there is: an answer, not the end of the program. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

struct thing {
	int number;
	char text[12];
};

struct things {
	VEC(struct thing) things;
};

static void slots_come_zeroed_and_stay(void **state)
{
	struct things t = {0};
	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct thing *slot = vec_add(&t.things);
		assert_non_null(slot);
		assert_int_equal(slot->number, 0);
		assert_int_equal(slot->text[11], 0);
		memset(slot, 0x5a, sizeof(*slot));
		slot->number = i;
	}
	assert_int_equal(t.things.n, 1000);
	int expected = 0;
	vec_each(&t.things, slot) assert_int_equal(slot->number, expected++);
	assert_int_equal(expected, 1000);
	vec_free(&t.things);
}

static void a_slot_used_before_is_zeroed_again(void **state)
{
	struct things t = {0};
	(void)state;
	struct thing *slot = vec_add(&t.things);
	slot->number = 7;
	t.things.n = 0;
	slot = vec_add(&t.things);
	assert_int_equal(slot->number, 0);
	vec_free(&t.things);
}

static void an_empty_vector_has_no_turns(void **state)
{
	struct things t = {0};
	(void)state;
	vec_each(&t.things, slot) fail_msg("a turn with %p", (void *)slot);
	vec_free(&t.things);
	vec_free(&t.things);
	assert_null(t.things.items);
	assert_int_equal(t.things.cap, 0);
}

static void sizes_that_overflow_are_refused_and_change_nothing(void **state)
{
	struct things t = {0};
	(void)state;
	struct thing *first = vec_add(&t.things);
	first->number = 3;
	size_t cap = t.things.cap;
	assert_int_equal(vec_grow((void **)&t.things.items, &t.things.cap, SIZE_MAX / 2,
				  sizeof(struct thing)),
			 -ENOMEM);
	assert_int_equal(t.things.cap, cap);
	assert_int_equal(t.things.items[0].number, 3);
	vec_free(&t.things);
}

static void growing_is_geometric(void **state)
{
	struct things t = {0};
	size_t moves = 0, cap = 0;
	(void)state;
	for (int i = 0; i < 10000; i++) {
		(void)vec_add(&t.things);
		moves += t.things.cap != cap;
		cap = t.things.cap;
	}
	assert_true(moves <= 12); /* 8, 16, ... 16384 */
	vec_free(&t.things);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_come_zeroed_and_stay),
		cmocka_unit_test(a_slot_used_before_is_zeroed_again),
		cmocka_unit_test(an_empty_vector_has_no_turns),
		cmocka_unit_test(sizes_that_overflow_are_refused_and_change_nothing),
		cmocka_unit_test(growing_is_geometric),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
