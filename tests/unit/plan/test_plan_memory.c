/* Wherever memory runs out, the plan says so, and leaves nothing behind. */
#include "lib/failing_alloc.h"
#include "lib/seed.h"
#include "plan/seen.h"
#include "planning.h"
#include "tuples/tuple.h"

#define TUPLES 400 /* with these every place that allocates is passed, in every state */

static int plan_all(const struct plan_input *in)
{
	auto_plan struct plan *plan = NULL;
	struct seen_changes seen = {0};
	int r = plan_compute(in, &plan);
	if (r == 0)
		r = guard_apply(in, plan);
	if (r == 0)
		r = seen_compute(in, every_kind, &seen);
	seen_changes_fini(&seen);
	return r;
}

static void fail_each(struct scene *s)
{
	const struct plan_input *in = scene_input(s);
	each_failing_alloc(n)
	{
		failing_alloc_once(n);
		int r = plan_all(in);
		bool failed = failing_alloc_stop();
		assert_int_equal(r, failed ? -ENOMEM : 0);
	}
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= TUPLES; seed++) {
		seed_set(seed);
		struct scene *s = tuple_new_wide();
		fail_each(s);
		scene_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
