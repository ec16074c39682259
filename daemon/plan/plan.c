#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "plan/steps.h"

const struct kind_rules *kind_rules_of(enum kind kind)
{
	static const struct kind_rules *const rules[KIND_MAX_] = {
		[KIND_CLOUD_PHONE] = &cloud_phone_rules,
		[KIND_APP_STREAMING] = &app_streaming_rules,
		[KIND_PURCHASE] = &purchase_rules,
	};
	return kind >= 0 && kind < KIND_MAX_ ? rules[kind] : NULL;
}

static int plan_group(struct draft *d, const struct world *w, struct group_view *v)
{
	struct step s = {.draft = d, .world = w, .view = v, .rules = v->rules};
	int r = v->want->count == 0 ? step_empty(&s) : step_shrink(&s);
	if (r == 0)
		r = step_grow(&s);
	if (r == 0 && v->want->count > 0)
		r = step_settings(&s);
	return r < 0 ? r : step_upkeep(&s);
}

static int plan_world(const struct world *w, struct plan *plan)
{
	struct draft d = {.in = w->in, .plan = plan};
	int r = 0;
	for (size_t i = 0; i < w->in->desired->n_groups && r == 0; i++)
		r = plan_group(&d, w, w->groups.items[i]);
	return r < 0 ? r : plan_finish(w, plan);
}

int plan_compute(const struct plan_input *input, struct plan **ret_plan)
{
	auto_plan struct plan *plan = calloc(1, sizeof(*plan));
	if (!plan)
		return -ENOMEM;
	struct world w;
	int r = world_build(&w, input);
	if (r == 0)
		r = plan_world(&w, plan);
	world_fini(&w);
	if (r == 0)
		*ret_plan = TAKE(plan);
	return r;
}

int plan_finish(const struct world *w, struct plan *plan)
{
	for (int kind = 0; kind < KIND_MAX_; kind++)
		memcpy(plan->empty_hash[kind], w->of[kind].empty_hash, ACTION_HASH_SIZE);
	int r = report_groups(w, plan);
	return r < 0 ? r : watch_groups(w, plan);
}
