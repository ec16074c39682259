/*
 * Random tuples through plan_compute() and guard_apply(): each plan is judged by an oracle that
 * knows nothing of plan/, and compared with that of the same tuple in another order.
 *
 *	tuples [--seed N] [--count N] [--from N] [--controls N]
 *
 * By itself it takes as many as a build with sanitizers does in half a minute. Controls are tuples
 * whose plans are broken on purpose, for the oracle to object to.
 * A tuple is replayed by --seed, --from and --count 1; DROVER_TEST_VERBOSE tells its plan.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/seed.h"
#include "plan/guard.h"
#include "tuples/classes.h"
#include "tuples/controls.h"
#include "tuples/oracle.h"
#include "tuples/plan_text.h"
#include "tuples/tuple.h"

#define COMPLAINTS_MAX 10
#define FEW 20000 /* tuples; with fewer, rare states need not come up */
#define FEW_CONTROLS 5000

static struct {
	uint64_t deletes, creates, holds, violations, order_differs;
	uint64_t base;
} sums;

static struct plan *plan_of(struct scene *s)
{
	struct plan *p = NULL;
	const struct plan_input *in = scene_input(s);
	if (plan_compute(in, &p) < 0 || guard_apply(in, p) < 0)
		abort();
	return p;
}

static struct scene *tuple(uint64_t index)
{
	seed_set(sums.base + index * UINT64_C(0x2545f4914f6cdd1d));
	struct scene *s = tuple_new_wide();
	if (one_in(3)) {
		auto_plan struct plan *shown = plan_of(s);
		tuple_approve(s, shown);
	}
	return s;
}

static bool complains(void)
{
	return sums.violations + sums.order_differs <= COMPLAINTS_MAX;
}

static void judge(uint64_t index, struct scene *s, const struct plan *p)
{
	struct verdict v;
	oracle_judge(scene_input(s), p, NULL, &v);
	if (v.all == 0)
		return;
	sums.violations += v.all;
	if (!complains())
		return;
	(void)printf("tuple %" PRIu64 ":\n", index);
	oracle_judge(scene_input(s), p, stdout, &v);
	auto_free char *text = plan_text(p);
	(void)printf("%s\n", text);
}

static void count(const struct plan *p)
{
	for (size_t i = 0; i < p->n_actions; i++) {
		const struct action *a = &p->actions[i];
		bool is_free = a->hold == HOLD_NONE;
		sums.holds += !is_free;
		sums.creates += is_free && (a->verb == VERB_CREATE || a->verb == VERB_GROW);
		sums.deletes += is_free && (a->verb == VERB_SHRINK || a->verb == VERB_DELETE);
	}
}

static void run(uint64_t index)
{
	struct scene *s = tuple(index);
	auto_plan struct plan *p = plan_of(s);
	auto_free char *text = plan_text(p);
	judge(index, s, p);
	count(p);
	classes_count(scene_input(s), p);
	if (getenv("DROVER_TEST_VERBOSE"))
		(void)printf("tuple %" PRIu64 ":\n%s", index, text);
	tuple_shuffle(s);
	auto_plan struct plan *again = plan_of(s);
	auto_free char *other = plan_text(again);
	if (strcmp(text, other) != 0) {
		sums.order_differs++;
		if (complains())
			(void)printf("tuple %" PRIu64 ", in two orders:\n%s---\n%s\n", index, text,
				     other);
	}
	scene_free(s);
}

static uint64_t option(int argc, char **argv, const char *name, uint64_t otherwise)
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return strtoull(argv[i + 1], NULL, 10);
	return otherwise;
}

/* Rare states come up in enough tuples only. */
static unsigned tell_coverage(uint64_t n, uint64_t n_controls)
{
	unsigned bad = n < FEW ? 0 : classes_tell(stdout);
	return bad + (n_controls < FEW_CONTROLS ? 0 : controls_tell(stdout));
}

int main(int argc, char **argv)
{
	seed_init(argc, argv);
	sums.base = seed_next();
	uint64_t from = option(argc, argv, "--from", 0);
	uint64_t n = option(argc, argv, "--count", 36000);
	uint64_t n_controls = option(argc, argv, "--controls", n < FEW ? 0 : 10000);
	for (uint64_t i = 0; i < n; i++)
		run(from + i);
	for (uint64_t i = 0; i < n_controls; i++) {
		struct scene *s = tuple(from + i);
		controls_try(s);
		scene_free(s);
	}
	unsigned bad = tell_coverage(n, n_controls);
	(void)printf("tuples=%" PRIu64 " deletes=%" PRIu64 " creates=%" PRIu64 " holds=%" PRIu64
		     " violations=%" PRIu64 " order_differs=%" PRIu64 "\n",
		     n, sums.deletes, sums.creates, sums.holds, sums.violations,
		     sums.order_differs);
	return bad > 0 || sums.violations > 0 || sums.order_differs > 0;
}
