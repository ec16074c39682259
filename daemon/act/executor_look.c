/*
 * Finding out what an unclear call has done: by the name and mark of a create, by new ids in
 * a group that grew, by the absence of what was to go.
 */
#include "act/executor_item.h"

#include <string.h>

const struct recovery *executor_recovery(const struct intent *i)
{
	static const struct recovery none = {AGAIN_NEVER, LOOK_NONE, false};
	enum operation op = operation_from_name(i->operation);
	return op < OP_MAX_ ? &operation_info(op)->recovery : &none;
}

/* The time in which the token is known to work may be over: by either clock, because the one
 * may have been set and the other stands still while the machine sleeps. */
static bool may_be_past_window(const struct executor *e, const struct item *item,
			       const struct exec_now *now)
{
	const struct intent *i = item->intent;
	const uint64_t window_ms = e->policy.replay_window_ms;
	return now->wall_ms < i->first_sent_wall_ms ||
	       now->wall_ms - i->first_sent_wall_ms > window_ms ||
	       now->mono_ms - item->since_mono_ms > window_ms;
}

/* It is over for certain, so that what no listing shows will not come: a clock that was set
 * forward proves nothing. Of a call of an earlier life only the wall clock knows. */
static bool is_past_window(const struct executor *e, const struct item *item,
			   const struct exec_now *now)
{
	const struct intent *i = item->intent;
	if (item->restored && now->wall_ms >= i->first_sent_wall_ms)
		return now->wall_ms - i->first_sent_wall_ms > e->policy.replay_window_ms;
	return now->mono_ms - item->since_mono_ms > e->policy.replay_window_ms;
}

static int found_group(struct item *item, const struct observed_group *g, const struct exec_now *now)
{
	int r = intent_set(&item->intent->result_group, g->id);
	if (r < 0)
		return r;
	item_move(item, INTENT_DONE, now);
	item_note(item, NOTE_FOUND, OUTCOME_DONE);
	return 0;
}

/* After enough agreeing looks: what costs nothing to hold is held, the rest planned anew. */
static void give_up_looking(const struct executor *e, struct item *item, const struct exec_now *now)
{
	struct intent *i = item->intent;
	if (i->looks < e->policy.looks_needed || i->looks_late < e->policy.looks_late_needed)
		return;
	if (i->charge == CHARGE_PREPAID && i->buys) {
		item_move(item, INTENT_HELD, now);
		item_note(item, NOTE_HELD, OUTCOME_UNCLEAR);
	} else {
		item_move(item, INTENT_ABSENT, now);
		item_note(item, NOTE_ABSENT, OUTCOME_UNCLEAR);
	}
}

static void count_look(const struct executor *e, struct item *item, const struct exec_now *now)
{
	item->intent->looks++;
	item->intent->looks_late += is_past_window(e, item, now);
	item->dirty = true;
}

static bool may_replay(const struct executor *e, const struct item *item, const struct exec_now *now)
{
	const struct intent *i = item->intent;
	return executor_recovery(i)->again != AGAIN_NEVER && i->sends < e->policy.max_sends &&
	       !may_be_past_window(e, item, now);
}

static void replay_or_wait(const struct executor *e, struct item *item, const struct exec_now *now)
{
	if (may_replay(e, item, now))
		item->to_send = true;
	else
		item_schedule_look(e, item, now);
}

/* A create leaves one group with its name and its mark; two of them are a person's matter. */
static int look_by_name(struct executor *e, struct item *item, const struct exec_event *event)
{
	const struct observed_group *match = NULL;
	size_t n = 0;
	for (size_t k = 0; k < event->observed->n_groups; k++) {
		const struct observed_group *g = &event->observed->groups[k];
		if (g->kind != item->intent->kind || g->status == GROUP_DELETED)
			continue;
		if (tags_has(g->tags, MARK_INTENT, item->intent->key) ||
		    strcmp(g->name, item->intent->name) == 0) {
			match = g;
			n++;
		}
	}
	if (n == 1)
		return found_group(item, match, &event->now);
	if (n > 1) {
		item_move(item, INTENT_HELD, &event->now);
		item_note(item, NOTE_HELD, OUTCOME_UNCLEAR);
		return 0;
	}
	count_look(e, item, &event->now);
	replay_or_wait(e, item, &event->now);
	if (!item->to_send)
		give_up_looking(e, item, &event->now);
	return 0;
}

/* Fewer instances than the group's own row counts: what is absent may still be there. */
static bool is_short(const struct observed_group *g)
{
	int64_t listed = 0;
	for (size_t k = 0; k < g->n_instances; k++)
		listed += instance_is_committed(g->instances[k].status);
	return g->available > listed;
}

/* Nothing was learned: the phones were not listed since, not all of them, or the listing shows
 * no group at all, which is an outage or another account sooner than the truth. */
static bool is_no_look(const struct executor *e, const struct item *item,
		       const struct exec_event *event, const struct observed_group *g)
{
	if (!g)
		return event->observed->n_groups == 0 && !is_past_window(e, item, &event->now);
	return item->intent->verb != VERB_DELETE &&
	       (g->listed_mono_ms <= item->asked_mono_ms || is_short(g));
}

/* New ids in the group since before the call. All of them: done. Fewer when the window has
 * passed: take what came; the plan will see what is still missing. None, also because the group
 * itself is gone: it had no effect that is left. */
static int look_by_ids(struct executor *e, struct item *item, const struct exec_event *event)
{
	struct intent *i = item->intent;
	const struct observed_group *g = observed_find_group(event->observed, i->cloud_group);
	if (is_no_look(e, item, event, g)) {
		item_schedule_look(e, item, &event->now);
		return 0;
	}
	struct text_list fresh = {0};
	int r = 0;
	for (size_t k = 0; g && k < g->n_instances && r == 0; k++)
		if (!text_list_has(&i->before, g->instances[k].id))
			r = text_list_add(&fresh, g->instances[k].id);
	bool late = is_past_window(e, item, &event->now);
	if (r == 0 && ((int64_t)fresh.n >= i->count || (fresh.n > 0 && late))) {
		text_list_fini(&i->result);
		i->result = fresh;
		item_move(item, INTENT_DONE, &event->now);
		item_note(item, NOTE_FOUND, OUTCOME_DONE);
		return 0;
	}
	text_list_fini(&fresh);
	count_look(e, item, &event->now);
	item_schedule_look(e, item, &event->now);
	give_up_looking(e, item, &event->now);
	return r;
}

static bool is_gone(const struct intent *i, const struct observed_group *g)
{
	if (!g || g->status == GROUP_DELETED || g->status == GROUP_DELETING)
		return true;
	if (i->verb == VERB_DELETE)
		return false;
	for (size_t k = 0; k < g->n_instances; k++)
		if (instance_is_committed(g->instances[k].status) &&
		    text_list_has(&i->targets, g->instances[k].id))
			return false;
	return true;
}

/* A removal that had its effect would only be refused the second time (4.5, 4.6). Whatever
 * stays in the end may be planned anew: nothing goes that was not to go. */
static int look_gone(struct executor *e, struct item *item, const struct exec_event *event)
{
	struct intent *i = item->intent;
	const struct observed_group *g = observed_find_group(event->observed, i->cloud_group);
	if (is_no_look(e, item, event, g)) {
		item_schedule_look(e, item, &event->now);
		return 0;
	}
	if (is_gone(i, g)) {
		item_move(item, INTENT_DONE, &event->now);
		item_note(item, NOTE_FOUND, OUTCOME_DONE);
		return 0;
	}
	count_look(e, item, &event->now);
	item->to_send = may_replay(e, item, &event->now);
	if (!item->to_send) {
		item_move(item, INTENT_ABSENT, &event->now);
		item_note(item, NOTE_ABSENT, OUTCOME_UNCLEAR);
	}
	return 0;
}

int executor_look(struct executor *e, const struct exec_event *event)
{
	int r = 0;
	vec_each(&e->items, item) {
		if (item->intent->state != INTENT_UNCLEAR || item->to_send || item->queued)
			continue;
		if (item->next_mono_ms == 0 || event->now.mono_ms < item->next_mono_ms)
			continue;
		/* A listing that ended before the look was due says nothing new. */
		const struct observed_listing *listing = &event->observed->of[item->intent->kind];
		if (!listing->complete || listing->listed_mono_ms <= item->asked_mono_ms ||
		    listing->listed_mono_ms < item->next_mono_ms)
			continue;
		int one = 0;
		switch (executor_recovery(item->intent)->look) {
		case LOOK_NAME:
			one = look_by_name(e, item, event);
			break;
		case LOOK_IDS:
			one = look_by_ids(e, item, event);
			break;
		case LOOK_GONE:
			one = look_gone(e, item, event);
			break;
		case LOOK_NUMBER:
		case LOOK_PERSON:
		case LOOK_NONE:
			break;
		}
		r = r ? r : one;
	}
	return r;
}

/* Calls that need no look (they name their ids) are simply made again when due. */
void item_wake(const struct executor *e, struct item *item, const struct exec_now *now)
{
	if (item->intent->state != INTENT_UNCLEAR || executor_recovery(item->intent)->look != LOOK_NONE)
		return;
	if (item->to_send || item->queued || item->next_mono_ms == 0 || now->mono_ms < item->next_mono_ms)
		return;
	if (may_replay(e, item, now)) {
		item->to_send = true;
		return;
	}
	item_move(item, INTENT_ABSENT, now);
	item_note(item, NOTE_ABSENT, OUTCOME_UNCLEAR);
}
