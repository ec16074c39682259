#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "lib/failing_alloc.h"

static void *by_malloc(void)
{
	return malloc(8);
}

static void *by_calloc(void)
{
	return calloc(2, 8);
}

static void *by_realloc(void)
{
	return realloc(NULL, 8);
}

static void *by_reallocarray(void)
{
	return reallocarray(NULL, 2, 8);
}

static void *by_strdup(void)
{
	return strdup("text");
}

static void *by_strndup(void)
{
	return strndup("text", 2);
}

static void *by_asprintf(void)
{
	char *text;
	return asprintf(&text, "%d", 7) < 0 ? NULL : text;
}

static char *formatted(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *formatted(const char *format, ...)
{
	char *text;
	va_list args;
	va_start(args, format);
	int n = vasprintf(&text, format, args);
	va_end(args);
	return n < 0 ? NULL : text;
}

static void *by_vasprintf(void)
{
	return formatted("%d", 7);
}

/* Through a volatile pointer: a compiler may drop an allocation it can see through. */
static void *(*const volatile ways[])(void) = {by_malloc, by_calloc,  by_realloc,  by_reallocarray,
					       by_strdup, by_strndup, by_asprintf, by_vasprintf};
#define N_WAYS (sizeof(ways) / sizeof(*ways))

static void every_way_to_memory_can_fail(void **state)
{
	(void)state;
	for (size_t k = 0; k < N_WAYS; k++) {
		failing_alloc_once(2);
		void *a = ways[k](), *b = ways[k](), *c = ways[k]();
		assert_true(failing_alloc_stop());
		assert_non_null(a);
		assert_null(b);
		assert_non_null(c);
		free(a);
		free(c);
		failing_alloc_from(2);
		a = ways[k](), b = ways[k](), c = ways[k]();
		assert_true(failing_alloc_stop());
		assert_non_null(a);
		assert_null(b);
		assert_null(c);
		free(a);
	}
}

static void it_works_again_afterwards(void **state)
{
	(void)state;
	failing_alloc_from(1);
	errno = 0;
	void *volatile p = ways[0]();
	assert_null(p);
	assert_int_equal(errno, ENOMEM);
	assert_true(failing_alloc_stop());
	failing_alloc_once(2);
	p = ways[0]();
	assert_non_null(p);
	free(p);
	assert_false(failing_alloc_stop());
	p = ways[0]();
	assert_non_null(p);
	free(p);
}

static void what_comes_in_a_pause_works_and_is_not_counted(void **state)
{
	(void)state;
	failing_alloc_once(2);
	void *a = ways[0]();
	failing_alloc_pause(true);
	void *b = ways[0]();
	failing_alloc_pause(false);
	void *c = ways[0]();
	assert_true(failing_alloc_stop());
	assert_non_null(a);
	assert_non_null(b);
	assert_null(c);
	free(a);
	free(b);
}

/* Nine elements: the first eight come at once. */
static void rounds_end_with_one_in_which_nothing_failed(void **state)
{
	size_t rounds = 0, failures = 0;
	(void)state;
	each_failing_alloc(n) {
		VEC(int) numbers = {0};
		bool refused = false;
		failing_alloc_once(n);
		for (int k = 0; k < 9; k++)
			refused = !vec_add(&numbers) || refused;
		bool failed = failing_alloc_stop();
		assert_int_equal(refused, failed);
		vec_free(&numbers);
		rounds++;
		failures += failed;
	}
	assert_int_equal(failures, 2);
	assert_int_equal(rounds, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_to_memory_can_fail),
		cmocka_unit_test(it_works_again_afterwards),
		cmocka_unit_test(what_comes_in_a_pause_works_and_is_not_counted),
		cmocka_unit_test(rounds_end_with_one_in_which_nothing_failed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
