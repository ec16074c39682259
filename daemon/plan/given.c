#include "plan/given.h"

#include "plan/steps.h"

bool given_is_foreign(enum hold hold)
{
	return hold == HOLD_BROWNFIELD;
}

/* Our mark alone, of the group's name or of its former one. */
static bool is_marked(const struct world *w, const struct desired_group *want,
		      const struct cloud_view *c)
{
	(void)w;
	return c->seen && c->belonging == BELONG_MARKED && c->owner->want == want;
}

typedef bool (*pick)(const struct world *w, const struct desired_group *want,
		     const struct cloud_view *c);

static pick pick_of(enum hold hold)
{
	if (hold == HOLD_BROWNFIELD)
		return cloud_is_stranger;
	return hold == HOLD_FOREIGN_OWNER ? is_marked : NULL;
}

int given_each(const struct plan_input *in, const char *group, enum hold hold, given_fn give,
	       void *data)
{
	const struct desired_group *want = desired_find(in->desired, group);
	pick is_picked = pick_of(hold);
	if (!want || !is_picked)
		return 0;
	struct world w = {0};
	int r = world_build(&w, in);
	for (size_t k = 0; k < w.clouds.n && r == 0; k++)
		if (is_picked(&w, want, w.clouds.items[k]))
			r = give(data, w.clouds.items[k]->seen);
	world_fini(&w);
	return r;
}
