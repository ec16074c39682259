#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/strbuf.h"

static void an_untouched_buffer_is_the_empty_text(void **state)
{
	auto_strbuf struct strbuf s = STRBUF_INIT(10);
	(void)state;
	assert_string_equal(strbuf_text(&s), "");
	assert_int_equal(strbuf_error(&s), 0);
	char *taken = strbuf_take(&s);
	assert_string_equal(taken, "");
	free(taken);
}

static void pieces_of_every_kind_are_joined(void **state)
{
	auto_strbuf struct strbuf s = STRBUF_INIT(100);
	(void)state;
	strbuf_add(&s, "a");
	strbuf_add(&s, "");
	strbuf_add_char(&s, 'b');
	strbuf_add_n(&s, "cdef", 2);
	strbuf_addf(&s, "%d %s%%", -7, "x");
	assert_string_equal(strbuf_text(&s), "abcd-7 x%");
	assert_int_equal(s.len, strlen("abcd-7 x%"));
}

static void growing_keeps_what_was_written(void **state)
{
	enum { MANY = 5000 };
	auto_strbuf struct strbuf s = STRBUF_INIT(MANY * 3);
	(void)state;
	for (int i = 0; i < MANY; i++)
		strbuf_addf(&s, "%02d ", i % 100);
	assert_int_equal(strbuf_error(&s), 0);
	assert_int_equal(s.len, MANY * 3);
	for (size_t i = 0; i < MANY; i++) {
		const char *at = strbuf_text(&s) + i * 3;
		assert_int_equal(at[0], '0' + (int)(i % 100 / 10));
		assert_int_equal(at[1], '0' + (int)(i % 10));
	}
}

static void the_cap_may_be_filled_but_not_passed(void **state)
{
	auto_strbuf struct strbuf s = STRBUF_INIT(5);
	(void)state;
	strbuf_add(&s, "12345");
	assert_int_equal(strbuf_error(&s), 0);
	assert_string_equal(strbuf_text(&s), "12345");
	strbuf_add_char(&s, '6');
	assert_int_equal(strbuf_error(&s), -E2BIG);
}

static void formatted_text_is_held_to_the_cap_too(void **state)
{
	auto_strbuf struct strbuf s = STRBUF_INIT(5);
	(void)state;
	strbuf_addf(&s, "%s", "12345");
	assert_string_equal(strbuf_text(&s), "12345");
	strbuf_addf(&s, "%d", 6);
	assert_int_equal(strbuf_error(&s), -E2BIG);
}

static void a_failed_buffer_stays_failed_and_gives_nothing_away(void **state)
{
	auto_strbuf struct strbuf s = STRBUF_INIT(3);
	(void)state;
	strbuf_add(&s, "ab");
	strbuf_add(&s, "cd");
	strbuf_add(&s, "e"); /* would fit: still refused */
	assert_int_equal(strbuf_error(&s), -E2BIG);
	assert_string_equal(strbuf_text(&s), "");
	assert_null(strbuf_take(&s));
}

static void a_huge_piece_cannot_wrap_the_check(void **state)
{
	auto_strbuf struct strbuf s = STRBUF_INIT(100);
	(void)state;
	strbuf_add(&s, "abc");
	strbuf_reserve(&s, SIZE_MAX - 2);
	assert_int_equal(strbuf_error(&s), -E2BIG);
}

static void clearing_mends_and_keeps_the_memory(void **state)
{
	auto_strbuf struct strbuf s = STRBUF_INIT(3);
	(void)state;
	strbuf_add(&s, "ab");
	size_t cap = s.cap;
	strbuf_add(&s, "cd");
	strbuf_clear(&s);
	assert_int_equal(strbuf_error(&s), 0);
	assert_string_equal(strbuf_text(&s), "");
	assert_int_equal(s.cap, cap);
	strbuf_add(&s, "xyz");
	assert_string_equal(strbuf_text(&s), "xyz");
}

static void taking_leaves_a_buffer_that_can_be_used_again(void **state)
{
	auto_strbuf struct strbuf s = STRBUF_INIT(4);
	(void)state;
	strbuf_add(&s, "one");
	char *first = strbuf_take(&s);
	assert_string_equal(strbuf_text(&s), "");
	strbuf_add(&s, "four");
	assert_string_equal(strbuf_text(&s), "four");
	assert_string_equal(first, "one");
	free(first);
}

static void what_another_buffer_holds_is_added_with_its_failure(void **state)
{
	auto_strbuf struct strbuf s = STRBUF_INIT(100), other = STRBUF_INIT(4);
	(void)state;
	strbuf_add(&s, "a");
	strbuf_add(&other, "bcd");
	strbuf_add_buf(&s, &other);
	assert_string_equal(strbuf_text(&s), "abcd");
	strbuf_add(&other, "ef");
	strbuf_add_buf(&s, &other);
	assert_int_equal(strbuf_error(&s), -E2BIG);
	assert_string_equal(strbuf_text(&s), "");
}

static void reserved_memory_does_not_move(void **state)
{
	auto_strbuf struct strbuf s = STRBUF_INIT(10000);
	(void)state;
	strbuf_reserve(&s, 5000);
	const char *before = s.data;
	for (int i = 0; i < 5000; i++)
		strbuf_add_char(&s, 's');
	assert_ptr_equal(s.data, before);
	strbuf_wipe(&s);
	assert_null(s.data);
	assert_int_equal(s.max, 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_untouched_buffer_is_the_empty_text),
		cmocka_unit_test(pieces_of_every_kind_are_joined),
		cmocka_unit_test(growing_keeps_what_was_written),
		cmocka_unit_test(the_cap_may_be_filled_but_not_passed),
		cmocka_unit_test(formatted_text_is_held_to_the_cap_too),
		cmocka_unit_test(a_failed_buffer_stays_failed_and_gives_nothing_away),
		cmocka_unit_test(a_huge_piece_cannot_wrap_the_check),
		cmocka_unit_test(clearing_mends_and_keeps_the_memory),
		cmocka_unit_test(taking_leaves_a_buffer_that_can_be_used_again),
		cmocka_unit_test(what_another_buffer_holds_is_added_with_its_failure),
		cmocka_unit_test(reserved_memory_does_not_move),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
