/*
 * Finding out what an unclear call has done: by the name and mark of a create, by new ids in
 * a group that grew, by its number, by the absence of what was to go; and where a listing
 * cannot tell, by the account's orders or by a person.
 */
#include "act/executor_item.h"

#include <stdio.h>
#include <string.h>

#define MESSAGE_BYTES 400

/* An operation of another version of drover may have bought something: a person decides. */
const struct recovery *executor_recovery(const struct intent *i)
{
	static const struct recovery none = {AGAIN_NEVER, LOOK_PERSON, false};
	enum operation op = operation_from_name(i->operation);
	return op < OP_MAX_ ? &operation_info(op)->recovery : &none;
}

/* Settings of a node pool that state no number show nowhere, and twice does no more than once. */
static enum look look_of(const struct intent *i)
{
	enum look look = executor_recovery(i)->look;
	return look == LOOK_NUMBER && i->total == 0 && !i->buys ? LOOK_NONE : look;
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
	item_found(item, now);
	return 0;
}

static void settle_absent(struct item *item, const struct exec_now *now)
{
	item_move(item, INTENT_ABSENT, now);
	item_note(item, NOTE_ABSENT, OUTCOME_UNCLEAR);
}

/* What is paid in advance is never bought anew by itself. */
static bool must_be_held(const struct intent *i)
{
	return i->charge == CHARGE_PREPAID && i->buys;
}

/* After enough agreeing looks: what costs nothing to hold is held, the rest planned anew, but
 * where a listing may say too little only when the account's orders agree. Those of a held one
 * are asked about for the person who has to decide. */
static void give_up_looking(const struct executor *e, struct item *item, const struct exec_now *now)
{
	struct intent *i = item->intent;
	bool witness = executor_recovery(i)->witness;
	if (i->looks < e->policy.looks_needed || i->looks_late < e->policy.looks_late_needed)
		return;
	if (witness && !item->asks) {
		item->asks = true;
		item->asks_mono_ms = now->mono_ms;
	}
	if (must_be_held(i))
		item_hold(item, now);
	else if (!witness)
		settle_absent(item, now);
}

/* What the orders say, in words for whoever has to decide. */
static int keep_testimony(struct intent *i, const struct exec_event *event)
{
	char text[MESSAGE_BYTES];
	switch (event->witness) { /* GCOVR_EXCL_BR_LINE: every value of the enum is named */
	case WITNESS_CLEAR:
		(void)snprintf(text, sizeof(text),
			       "no order of that time is unknown to the ledger");
		break;
	case WITNESS_FOUND:
		(void)snprintf(text, sizeof(text),
			       "orders of that time that the ledger does not know: %s", event->text);
		break;
	case WITNESS_DENIED:
		(void)snprintf(text, sizeof(text),
			       "whether it left an order cannot be learned: the permission "
			       "bss:DescribeOrderList is missing (%s)",
			       event->text);
		break;
	}
	return intent_set(&i->message, text);
}

/* What was found left an order: the only unknown one of its time. New ones are not to be read at
 * once, so "none" is believed only after the window. */
static int claim_order(const struct executor *e, struct item *item, const struct exec_event *event)
{
	if (event->witness == WITNESS_CLEAR && !is_past_window(e, item, &event->now))
		return 0;
	int r = event->order ? intent_set(&item->intent->order_id, event->order)
			     : keep_testimony(item->intent, event);
	if (r < 0)
		return r;
	item->asks = false;
	item->dirty = true;
	return 0;
}

int item_witness(const struct executor *e, struct item *item, const struct exec_event *event)
{
	struct intent *i = item->intent;
	if (!item->asks)
		return 0; /* found, or decided by a person, before the answer came */
	if (i->state == INTENT_DONE)
		return claim_order(e, item, event);
	int r = keep_testimony(i, event);
	if (r < 0)
		return r;
	item->asks = false;
	item->dirty = true;
	if (i->state == INTENT_HELD) /* told once more, now that there is more to tell */
		item_note(item, NOTE_HELD, OUTCOME_UNCLEAR);
	else if (event->witness == WITNESS_CLEAR)
		settle_absent(item, &event->now);
	else
		item_hold(item, &event->now);
	return 0;
}

static void count_look(const struct executor *e, struct item *item, const struct exec_now *now)
{
	item->intent->looks++;
	item->intent->looks_late += is_past_window(e, item, now);
	item->dirty = true;
}

/* What has gone would not come back: it is not asked to go again once nobody wants that. */
static bool is_called_off(const struct item *item)
{
	enum verb verb = item->intent->verb;
	return item->withdrawn && (verb == VERB_SHRINK || verb == VERB_DELETE);
}

bool item_may_replay(const struct executor *e, const struct item *item, const struct exec_now *now)
{
	const struct intent *i = item->intent;
	return executor_recovery(i)->again != AGAIN_NEVER && i->sends < e->policy.max_sends &&
	       !is_called_off(item) && !may_be_past_window(e, item, now);
}

static void replay_or_wait(const struct executor *e, struct item *item, const struct exec_now *now)
{
	if (item_may_replay(e, item, now))
		item->to_send = true;
	else
		item_schedule_look(e, item, now);
}

/* A look found nothing: the same call once more, another look, or the end of looking. */
static void look_again(const struct executor *e, struct item *item, const struct exec_now *now)
{
	count_look(e, item, now);
	replay_or_wait(e, item, now);
	if (!item->to_send)
		give_up_looking(e, item, now);
}

static int hold_two(struct item *item, const struct observed_group *a, const struct observed_group *b,
		    const struct exec_now *now)
{
	char text[MESSAGE_BYTES];
	(void)snprintf(text, sizeof(text), "%s and %s carry its name or its mark", a->id, b->id);
	int r = intent_set(&item->intent->message, text);
	if (r == 0)
		item_hold(item, now);
	return r;
}

static bool is_its_group(const struct intent *i, const struct observed_group *g)
{
	return g->kind == i->kind && g->status != GROUP_DELETED &&
	       (tags_has(g->tags, MARK_INTENT, i->key) || strcmp(g->name, i->name) == 0);
}

/* A create leaves one group with its name and its mark; two of them are a person's matter. */
static int look_by_name(struct executor *e, struct item *item, const struct exec_event *event)
{
	const struct observed_group *match[2] = {0};
	size_t n = 0;
	for (size_t k = 0; k < event->observed->n_groups && n < 2; k++)
		if (is_its_group(item->intent, &event->observed->groups[k]))
			match[n++] = &event->observed->groups[k];
	if (n == 1)
		return found_group(item, match[0], &event->now);
	if (n == 2)
		return hold_two(item, match[0], match[1], &event->now);
	look_again(e, item, &event->now);
	return 0;
}

static size_t count_of_kind(const struct observed *observed, enum kind kind)
{
	size_t n = 0;
	for (size_t k = 0; k < observed->n_groups; k++)
		n += observed->groups[k].kind == kind;
	return n;
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
		return count_of_kind(event->observed, item->intent->kind) == 0 &&
		       !is_past_window(e, item, &event->now);
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
	if (r < 0) { /* half a look would be taken for one that found nothing */
		text_list_fini(&fresh);
		return r;
	}
	bool late = is_past_window(e, item, &event->now);
	if ((int64_t)fresh.n >= i->count || (fresh.n > 0 && late)) {
		text_list_fini(&i->result);
		i->result = fresh;
		item_found(item, &event->now);
		return 0;
	}
	text_list_fini(&fresh);
	look_again(e, item, &event->now);
	return 0;
}

/* An absolute number of nodes (appstream-center 3.9, 3.10): there, or beyond it in the direction
 * of the call. A row without the number, or from before the call, says nothing. */
static int look_by_number(struct executor *e, struct item *item, const struct exec_event *event)
{
	struct intent *i = item->intent;
	const struct observed_group *g = observed_find_group(event->observed, i->cloud_group);
	bool is_old = g && g->listed_mono_ms != 0 && g->listed_mono_ms <= item->asked_mono_ms;
	if (g ? is_old || g->available < 0 : !is_past_window(e, item, &event->now)) {
		item_schedule_look(e, item, &event->now);
		return 0;
	}
	if (g && (i->verb == VERB_SHRINK ? g->available <= i->total : g->available >= i->total)) {
		item_found(item, &event->now);
		return 0;
	}
	look_again(e, item, &event->now);
	return 0;
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
		item_found(item, &event->now);
		return 0;
	}
	count_look(e, item, &event->now);
	item->to_send = item_may_replay(e, item, &event->now);
	if (item->to_send)
		return 0;
	/* It may be on its way still: others must not be chosen in its place. */
	if (is_called_off(item) && i->looks < e->policy.looks_needed)
		item_schedule_look(e, item, &event->now);
	else
		settle_absent(item, &event->now);
	return 0;
}

int executor_look(struct executor *e, const struct exec_event *event)
{
	int r = 0;
	vec_each(&e->items, item) {
		if (item->intent->kind != event->kind || !item_is_due(item, &event->now))
			continue;
		/* A listing that ended before the look was due says nothing new. */
		const struct observed_listing *listing = &event->observed->of[item->intent->kind];
		if (!listing->complete || listing->listed_mono_ms <= item->asked_mono_ms ||
		    listing->listed_mono_ms < item->next_mono_ms)
			continue;
		int one = 0;
		switch (look_of(item->intent)) { /* GCOVR_EXCL_BR_LINE: every value is named */
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
			one = look_by_number(e, item, event);
			break;
		case LOOK_PERSON:
		case LOOK_NONE:
			break;
		}
		if (one < 0)
			r = one;
	}
	return r;
}

/* Calls that need no look (they name their ids), and purchases, whose effect no look can tell
 * from another one's, are simply made again when due. */
void item_wake(const struct executor *e, struct item *item, const struct exec_now *now)
{
	if (!item_is_due(item, now))
		return;
	enum look look = look_of(item->intent);
	if (look != LOOK_NONE && look != LOOK_PERSON)
		return;
	if (item_may_replay(e, item, now))
		item->to_send = true;
	else if (look == LOOK_PERSON)
		item_hold(item, now);
	else
		settle_absent(item, now);
}
