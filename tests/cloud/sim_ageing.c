/*
 * What happens by itself as cloud time passes. Every step is one event in a heap; an
 * event that its subject no longer waits for (the due time differs) is ignored, so
 * nothing ever has to be taken out of the heap.
 */
#include <errno.h>
#include <string.h>

#include "sim_model.h"

#define GROUP_LEAVES_MS (60 * UINT64_C(1000))
#define EXPIRED_KEPT_MS (15 * SIM_DAY_MS) /* eds-aic 4.7 */

static bool is_before(const struct sim_event *a, const struct sim_event *b)
{
	return a->due != b->due ? a->due < b->due : a->order < b->order;
}

static void swap(struct sim_event *a, struct sim_event *b)
{
	struct sim_event t = *a;
	*a = *b;
	*b = t;
}

int sim_event_at(struct sim *sim, int (*run)(struct sim *sim, const struct sim_event *event),
		 const char *id, uint64_t due)
{
	struct sim_event *last = vec_add(&sim->events);
	if (!last)
		return -ENOMEM;
	*last = (struct sim_event){.due = due, .order = ++sim->events_made, .run = run};
	memcpy(last->id, id, strnlen(id, SIM_ID_SIZE - 1));
	struct sim_event *heap = sim->events.items;
	for (size_t i = sim->events.n - 1; i > 0 && is_before(&heap[i], &heap[(i - 1) / 2]);
	     i = (i - 1) / 2)
		swap(&heap[i], &heap[(i - 1) / 2]);
	return 0;
}

static struct sim_event pop(struct sim *sim)
{
	struct sim_event *heap = sim->events.items, top = heap[0];
	heap[0] = heap[--sim->events.n];
	for (size_t i = 0;;) {
		size_t least = i, left = 2 * i + 1, right = left + 1;
		if (left < sim->events.n && is_before(&heap[left], &heap[least]))
			least = left;
		if (right < sim->events.n && is_before(&heap[right], &heap[least]))
			least = right;
		if (least == i)
			return top;
		swap(&heap[i], &heap[least]);
		i = least;
	}
}

/* A group is done being created when none of its instances is. */
static void settle_group(struct sim *sim, struct sim_group *group)
{
	size_t failed = 0;
	if (group->status != ST_CREATING)
		return;
	vec_each(&group->instances, instance)
	{
		if ((*instance)->status == ST_CREATING)
			return;
		failed += (*instance)->status == ST_FAILED;
	}
	bool all_failed = failed > 0 && failed == group->instances.n;
	group->status = all_failed ? ST_FAILED : ST_RUNNING;
	group->error_code = all_failed ? "InternalError" : "";
	sim_group_touch(sim, group);
}

static int step_instance(struct sim *sim, const struct sim_event *event)
{
	struct sim_instance *instance = sim_find_instance(sim, event->id);
	if (!instance || instance->step_due != event->due)
		return 0;
	struct sim_group *group = instance->group;
	if (instance->next) {
		instance->status = instance->next;
		instance->step_due = SIM_NEVER;
		sim_instance_touch(sim, instance);
	} else {
		sim_instance_drop(sim, instance);
	}
	settle_group(sim, group);
	return 0;
}

int sim_instance_begin(struct sim *sim, struct sim_instance *instance, const char *status,
		       const char *next, uint64_t ms, enum sim_fate fate)
{
	uint64_t due = fate == FATE_STUCK ? SIM_NEVER : sim->cloud_ms + ms;
	if (due != SIM_NEVER && sim_event_at(sim, step_instance, instance->id, due) < 0)
		return -ENOMEM;
	instance->status = status;
	instance->next = next;
	instance->step_due = due;
	sim_instance_touch(sim, instance);
	return 0;
}

static int leave(struct sim *sim, const struct sim_event *event)
{
	struct sim_group *group = sim_find_group(sim, event->id);
	if (!group || group->gone_due != event->due)
		return 0;
	if (group->status != ST_DELETING)
		return sim_group_begin_delete(sim, group);
	sim_group_drop(sim, group);
	return 0;
}

static int leave_at(struct sim *sim, struct sim_group *group, uint64_t due)
{
	if (sim_event_at(sim, leave, group->id, due) < 0)
		return -ENOMEM;
	group->gone_due = due;
	return 0;
}

static int expire(struct sim *sim, const struct sim_event *event)
{
	struct sim_group *group = sim_find_group(sim, event->id);
	if (!group || group->expire_due != event->due)
		return 0;
	if (group->wish.auto_renew)
		return sim_group_expire_at(sim, group, event->due + group->wish.period_ms);
	group->status = ST_EXPIRED;
	sim_group_touch(sim, group);
	return leave_at(sim, group, event->due + EXPIRED_KEPT_MS);
}

int sim_group_expire_at(struct sim *sim, struct sim_group *group, uint64_t due)
{
	if (sim_event_at(sim, expire, group->id, due) < 0)
		return -ENOMEM;
	group->expire_due = due;
	sim_group_touch(sim, group);
	return 0;
}

int sim_group_begin_delete(struct sim *sim, struct sim_group *group)
{
	int r = leave_at(sim, group, sim->cloud_ms + GROUP_LEAVES_MS);
	if (r < 0)
		return r;
	group->status = ST_DELETING;
	group->expire_due = SIM_NEVER;
	vec_each(&group->instances, instance)
	{
		(*instance)->status = ST_DELETING;
		(*instance)->step_due = SIM_NEVER; /* they go with the group */
		sim_instance_touch(sim, *instance);
	}
	sim_group_touch(sim, group);
	return 0;
}

static int cancel_order(struct sim *sim, const struct sim_event *event)
{
	struct sim_order *order = sim_find_order(sim, event->id);
	if (order && order->deadline_due == event->due)
		(void)sim_order_cancel(sim, order);
	return 0;
}

int sim_order_deadline_at(struct sim *sim, struct sim_order *order, uint64_t due)
{
	if (sim_event_at(sim, cancel_order, order->id, due) < 0)
		return -ENOMEM;
	order->deadline_due = due;
	return 0;
}

int sim_age(struct sim *sim)
{
	uint64_t now = sim->cloud_ms;
	int r = 0;
	while (r == 0 && sim->events.n > 0 && sim->events.items[0].due <= now) {
		struct sim_event event = pop(sim);
		sim->cloud_ms = event.due; /* so that what follows from it counts from there */
		r = event.run(sim, &event);
	}
	sim->cloud_ms = now;
	return r;
}
