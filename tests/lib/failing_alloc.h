#pragma once
/*
 * Allocations that fail when a test says so: the linker (--wrap) puts these functions before
 * malloc and its sisters in all objects of a unit test, the daemon's and the test's own, but
 * not in shared libraries.
 *
 *	each_failing_alloc(n) {
 *		struct thing *t = thing_new();
 *		failing_alloc_once(n);
 *		int r = thing_do(t);
 *		bool failed = failing_alloc_stop();
 *		assert_int_equal(r, failed ? -ENOMEM : 0);
 *		thing_free(t);
 *	}
 *
 * The last round is the one in which nothing failed. A leak is AddressSanitizer's to find.
 * Allocations of other threads count, too.
 */
#include <stdbool.h>
#include <stdint.h>

/* From here on the @n-th allocation (1 is the next one) returns NULL; the others work. */
void failing_alloc_once(uint64_t n);
/* The @n-th and all that follow return NULL. */
void failing_alloc_from(uint64_t n);
/* What is allocated meanwhile works and does not count. */
void failing_alloc_pause(bool is_paused);
/* All work again. Has one failed? */
bool failing_alloc_stop(void);

/* Goes on while the round before had a failure. The test fails when a round forgot to start or
 * to stop, or when there was nothing to fail in the first. */
bool failing_alloc_more(uint64_t n);
#define each_failing_alloc(n) for (uint64_t n = 1; failing_alloc_more(n); n++)
