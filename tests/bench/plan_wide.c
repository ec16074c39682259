/*
 * The cycle of one desired group that is many cloud groups of one phone: half of them stand, of
 * the rest one in four is on its way (done, and not listed yet; with an order each), the others are
 * to be created. What is seen, planned and guarded in a cycle of 500, 1,000 and 2,000 of them must
 * not grow faster than they do.
 *
 *   bench_plan_wide [ROUNDS]    prints one JSON object; "growth" is the time of 2,000 over that of
 *                               500: 4 is linear
 */
#include <string.h>

#include "base/cleanup.h"
#include "lib/build.h"
#include "plan/guard.h"
#include "plan/plan.h"
#include "plan/seen.h"
#include "rounds.h"

#define GROUP "phones"

static _Noreturn void die(const char *what)
{
	(void)fprintf(stderr, "bench_plan_wide: %s\n", what);
	exit(1);
}

/* Done, and on its way into the listing. */
static void begin_one(struct scene *s, int k)
{
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, GROUP, "", 1);
	const char *cloud = scene_text(s, "ag-w%05d", k), *order = scene_text(s, "9%05d", k);
	if (intent_set(&i->result_group, cloud) < 0 || intent_set(&i->order_id, order) < 0)
		die("no memory");
	scene_row(s, "", cloud, GROUP, RESOURCE_EXPECTED)->intent = i->id;
	scene_row(s, scene_text(s, "acp-w%05d", k), cloud, GROUP, RESOURCE_EXPECTED)->intent = i->id;
	(void)scene_order(s, order, GROUP, i->id, 1, ORDER_PAID);
}

static struct scene *scene_of(int clouds)
{
	struct scene *s = scene_new_of((size_t)clouds);
	want(s, GROUP, .count = clouds, .per_group = 1);
	s->settings.limits.instances_total = s->settings.limits.new_per_hour = 10 * clouds;
	for (int k = 0; k < clouds / 2; k++)
		stand(s, scene_text(s, "ag-%05d", k), GROUP, .n = 1);
	for (int k = 0; k < clouds / 8; k++)
		begin_one(s, k);
	(void)scene_input(s);
	return s;
}

static void cycle(struct scene *s)
{
	struct seen_changes seen = {0};
	struct plan *plan = NULL;
	if (seen_compute(&s->in, every_kind, &seen) < 0 || plan_compute(&s->in, &plan) < 0 ||
	    guard_apply(&s->in, plan) < 0)
		die("no memory");
	int64_t count = s->desired.groups[0].count;
	if (plan->n_actions != (size_t)(count - count / 2 - count / 8))
		die("the scene is wrong");
	seen_changes_fini(&seen);
	(void)plan_free(plan);
}

static double time_of(struct scene *s)
{
	double start = rounds_cpu_s();
	cycle(s);
	return rounds_cpu_s() - start;
}

int main(int argc, char **argv)
{
	static const int sizes[] = {500, 1000, 2000};
	static struct rounds rounds[ARRAY_SIZE(sizes)];
	double ms[ARRAY_SIZE(sizes)];
	int n = rounds_argument(argc, argv);
	struct scene *scenes[ARRAY_SIZE(sizes)];
	for (size_t k = 0; k < ARRAY_SIZE(sizes); k++)
		scenes[k] = scene_of(sizes[k]);
	for (int i = 0; i < n; i++)
		for (size_t k = 0; k < ARRAY_SIZE(sizes); k++)
			rounds[k].s[rounds[k].n++] = time_of(scenes[k]);
	for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
		ms[k] = rounds_median(&rounds[k]) * 1e3;
		scene_free(scenes[k]);
	}
	(void)printf("{\"bench\": \"plan_wide\", \"ms_500\": %.3f, \"ms_1000\": %.3f, \"ms\": %.3f, "
		     "\"growth\": %.2f, \"rounds\": %d}\n",
		     ms[0], ms[1], ms[2], ms[2] / ms[0], n);
	return 0;
}
