#include "act/executor.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* What may follow what. A settled intent never moves again. */
static const bool moves[INTENT_STATE_MAX_][INTENT_STATE_MAX_] = {
	[INTENT_RECORDED] = {[INTENT_SENT] = true, [INTENT_REJECTED] = true, [INTENT_ABSENT] = true},
	[INTENT_SENT] = {[INTENT_DONE] = true, [INTENT_REJECTED] = true, [INTENT_UNCLEAR] = true,
			 [INTENT_HELD] = true},
	[INTENT_UNCLEAR] = {[INTENT_SENT] = true, [INTENT_DONE] = true, [INTENT_ABSENT] = true,
			    [INTENT_HELD] = true},
	[INTENT_HELD] = {[INTENT_DONE] = true, [INTENT_ABSENT] = true},
};

/* What a verb's call can bear (eds-aic 8.5). */
static const struct verb_rules {
	bool repeatable; /* the same call again cannot do more: a token, or it names its ids */
	enum { LOOK_NONE, LOOK_NAME, LOOK_IDS, LOOK_GONE } look;
} rules[VERB_MAX_] = {
	[VERB_CREATE] = {true, LOOK_NAME},   /* ClientToken (4.1) */
	[VERB_GROW] = {false, LOOK_IDS},     /* no token: a repeat adds again (4.4) */
	[VERB_SHRINK] = {true, LOOK_GONE},   /* explicit ids (4.5) */
	[VERB_DELETE] = {true, LOOK_GONE},
	[VERB_TAG] = {true, LOOK_NONE},
	[VERB_ATTACH_KEY] = {true, LOOK_NONE},
	[VERB_START] = {true, LOOK_NONE},
	[VERB_REBOOT] = {false, LOOK_NONE},  /* each call reboots again (4.14) */
	[VERB_RESET] = {false, LOOK_NONE},
};

struct item {
	struct intent *intent;
	bool dirty;      /* changed since it was last durable */
	bool offered;    /* in the persist list of the update that is being committed */
	bool to_send;    /* hand out a send as soon as it is durable */
	bool queued;     /* handed out: with the driver until SENDING or REPLY */
	unsigned looks;  /* looks scheduled so far, for their spacing */
	uint64_t next_mono_ms;  /* next look or replay; 0 = none */
	uint64_t since_mono_ms; /* first sent in this life, or restored */
	bool restored;          /* ... sent in an earlier one */
	uint64_t asked_mono_ms; /* a look counts only when its listing began after this */
	bool has_note;
	struct exec_note note;  /* told once durable */
};

struct executor {
	struct exec_policy policy;
	VEC(struct item) items;
	struct intent **view; /* for executor_intents() */
	size_t view_cap;
};

bool executor_may_move(enum intent_state from, enum intent_state to)
{
	return from < INTENT_STATE_MAX_ && to < INTENT_STATE_MAX_ && moves[from][to];
}

struct executor *executor_new(const struct exec_policy *policy)
{
	struct executor *e = calloc(1, sizeof(*e));
	if (e)
		e->policy = *policy;
	return e;
}

void executor_configure(struct executor *e, const struct exec_policy *policy)
{
	e->policy = *policy;
}

struct executor *executor_free(struct executor *e)
{
	if (!e)
		return NULL;
	vec_each(&e->items, item)
		(void)intent_free(item->intent);
	vec_free(&e->items);
	free(e->view);
	free(e);
	return NULL;
}

void exec_update_clear_wants(struct exec_update *u)
{
	u->persist.n = u->want_instances.n = 0;
	u->want_groups = false;
	u->wake_mono_ms = 0;
}

void exec_update_fini(struct exec_update *u)
{
	vec_free(&u->persist);
	vec_free(&u->send);
	vec_free(&u->notes);
	vec_free(&u->want_instances);
	exec_update_clear_wants(u);
}

static struct item *item_of(struct executor *e, const struct intent *intent)
{
	vec_each(&e->items, item)
		if (item->intent == intent)
			return item;
	return NULL;
}

static void note(struct item *item, enum exec_note_type type, enum outcome outcome)
{
	item->note = (struct exec_note){type, item->intent, outcome};
	item->has_note = true;
}

/* Every change of state goes through here. */
static void move(struct item *item, enum intent_state to, const struct exec_now *now)
{
	struct intent *i = item->intent;
	if (!executor_may_move(i->state, to))
		abort(); /* a bug of ours; going on could buy twice */
	i->state = to;
	item->dirty = true;
	if (!intent_is_open(i)) {
		i->settled_wall_ms = now->wall_ms;
		item->next_mono_ms = 0;
	}
}

static struct item *add(struct executor *e, struct intent **intent)
{
	struct item *item = vec_add(&e->items);
	if (item)
		item->intent = TAKE(*intent);
	return item;
}

/* The spacing of looks: 1, 2, 4, 8, 16 times the first, then every 15 times. */
static uint64_t look_after(const struct executor *e, unsigned looks)
{
	return e->policy.first_look_ms * (looks < 5 ? UINT64_C(1) << looks : 15);
}

static void schedule_look(const struct executor *e, struct item *item, const struct exec_now *now)
{
	item->next_mono_ms = now->mono_ms + look_after(e, item->looks++);
}

static void become_unclear(const struct executor *e, struct item *item, const struct exec_now *now,
			   enum outcome outcome)
{
	if (item->intent->state != INTENT_UNCLEAR)
		move(item, INTENT_UNCLEAR, now);
	item->asked_mono_ms = now->mono_ms;
	schedule_look(e, item, now);
	note(item, NOTE_UNCLEAR, outcome);
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

static int step_restored(struct executor *e, const struct exec_event *event)
{
	for (size_t k = 0; k < event->n_intents; k++) {
		struct item *item = add(e, &event->intents[k]);
		if (!item)
			return -ENOMEM;
		item->since_mono_ms = event->now.mono_ms;
		item->restored = true;
		if (item->intent->state == INTENT_SENT || item->intent->state == INTENT_UNCLEAR) {
			become_unclear(e, item, &event->now, OUTCOME_UNCLEAR);
			item->next_mono_ms = event->now.mono_ms; /* look at once */
		} else if (item->intent->state == INTENT_RECORDED && event->wanted[k]) {
			item->to_send = true;
		} else if (item->intent->state == INTENT_RECORDED) {
			move(item, INTENT_ABSENT, &event->now);
			note(item, NOTE_DROPPED, OUTCOME_NOT_SENT);
		}
	}
	return 0;
}

static int step_actions(struct executor *e, const struct exec_event *event)
{
	for (size_t k = 0; k < event->n_intents; k++) {
		struct item *item = add(e, &event->intents[k]);
		if (!item)
			return -ENOMEM;
		item->dirty = item->to_send = true;
	}
	return 0;
}

static void step_committed(struct executor *e)
{
	vec_each(&e->items, item) {
		if (item->offered)
			item->dirty = false;
		item->offered = false;
	}
}

static void step_sending(struct item *item, const struct exec_now *now)
{
	struct intent *i = item->intent;
	bool first = i->first_sent_wall_ms == 0;
	move(item, INTENT_SENT, now);
	i->sends++;
	i->last_sent_wall_ms = now->wall_ms;
	if (first) {
		i->first_sent_wall_ms = now->wall_ms;
		item->since_mono_ms = now->mono_ms;
		item->restored = false;
	}
	note(item, first ? NOTE_STARTED : NOTE_REPLAYED, OUTCOME_DONE);
}

static int keep_words(struct intent *i, const struct exec_reply *reply)
{
	int r = intent_set(&i->code, reply->code);
	if (r == 0)
		r = intent_set(&i->message, reply->message);
	if (r == 0 && *reply->request_id)
		r = intent_set(&i->request_id, reply->request_id);
	return r;
}

static int keep_result(struct intent *i, const struct exec_reply *reply)
{
	int r = 0;
	if (*reply->result_group)
		r = intent_set(&i->result_group, reply->result_group);
	if (r == 0 && *reply->order_id)
		r = intent_set(&i->order_id, reply->order_id);
	for (size_t k = 0; reply->result && r == 0 && k < reply->result->n; k++)
		if (!text_list_has(&i->result, reply->result->items[k]))
			r = text_list_add(&i->result, reply->result->items[k]);
	return r;
}

/*
 * A "no" settles an intent only as the answer to its first and only send: after an unclear
 * one the refusal may be because the first had its effect (stock, quota, name taken).
 */
static void refused(const struct executor *e, struct item *item, const struct exec_now *now,
		    enum outcome outcome)
{
	struct intent *i = item->intent;
	if (i->state == INTENT_RECORDED || (i->state == INTENT_SENT && i->sends == 1)) {
		move(item, INTENT_REJECTED, now);
		note(item, NOTE_REJECTED, outcome);
	} else {
		become_unclear(e, item, now, outcome);
	}
}

static int step_reply(struct executor *e, struct item *item, const struct exec_event *event)
{
	const struct exec_reply *reply = event->reply;
	struct intent *i = item->intent;
	item->queued = false;
	item->dirty = true;
	int r = keep_words(i, reply);
	if (reply->outcome == OUTCOME_DONE && r == 0)
		r = keep_result(i, reply);
	/* Without memory to keep what it made, the answer counts as lost. */
	enum outcome outcome = r < 0 ? OUTCOME_UNCLEAR : reply->outcome;
	if (i->state == INTENT_RECORDED || i->state == INTENT_UNCLEAR)
		outcome = OUTCOME_NOT_SENT; /* it ended before it could leave */
	if (outcome == OUTCOME_DONE) {
		move(item, INTENT_DONE, &event->now);
		note(item, NOTE_DONE, outcome);
	} else if (outcome == OUTCOME_HOLD && i->state == INTENT_SENT) {
		move(item, INTENT_HELD, &event->now);
		note(item, NOTE_HELD, outcome);
	} else if (outcome_is_definite_no(outcome)) {
		refused(e, item, &event->now, outcome);
	} else if (!rules[i->verb].repeatable && rules[i->verb].look == LOOK_NONE) {
		/* Reboot and reset: never again by itself; the instances' states tell. */
		move(item, INTENT_UNCLEAR, &event->now);
		move(item, INTENT_ABSENT, &event->now);
		note(item, NOTE_UNCLEAR, outcome);
	} else {
		become_unclear(e, item, &event->now, outcome);
	}
	return r;
}

/* ---- looking ---- */

static int found_group(struct item *item, const struct observed_group *g, const struct exec_now *now)
{
	int r = intent_set(&item->intent->result_group, g->id);
	if (r < 0)
		return r;
	move(item, INTENT_DONE, now);
	note(item, NOTE_FOUND, OUTCOME_DONE);
	return 0;
}

/* After enough agreeing looks: what costs nothing to hold is held, the rest planned anew. */
static void give_up_looking(const struct executor *e, struct item *item, const struct exec_now *now)
{
	struct intent *i = item->intent;
	if (i->looks < e->policy.looks_needed || i->looks_late < e->policy.looks_late_needed)
		return;
	if (i->charge == CHARGE_PREPAID && i->buys) {
		move(item, INTENT_HELD, now);
		note(item, NOTE_HELD, OUTCOME_UNCLEAR);
	} else {
		move(item, INTENT_ABSENT, now);
		note(item, NOTE_ABSENT, OUTCOME_UNCLEAR);
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
	return rules[i->verb].repeatable && i->sends < e->policy.max_sends &&
	       !may_be_past_window(e, item, now);
}

static void replay_or_wait(const struct executor *e, struct item *item, const struct exec_now *now)
{
	if (may_replay(e, item, now))
		item->to_send = true;
	else
		schedule_look(e, item, now);
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
		move(item, INTENT_HELD, &event->now);
		note(item, NOTE_HELD, OUTCOME_UNCLEAR);
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
		schedule_look(e, item, &event->now);
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
		move(item, INTENT_DONE, &event->now);
		note(item, NOTE_FOUND, OUTCOME_DONE);
		return 0;
	}
	text_list_fini(&fresh);
	count_look(e, item, &event->now);
	schedule_look(e, item, &event->now);
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
		schedule_look(e, item, &event->now);
		return 0;
	}
	if (is_gone(i, g)) {
		move(item, INTENT_DONE, &event->now);
		note(item, NOTE_FOUND, OUTCOME_DONE);
		return 0;
	}
	count_look(e, item, &event->now);
	item->to_send = may_replay(e, item, &event->now);
	if (!item->to_send) {
		move(item, INTENT_ABSENT, &event->now);
		note(item, NOTE_ABSENT, OUTCOME_UNCLEAR);
	}
	return 0;
}

static int step_observed(struct executor *e, const struct exec_event *event)
{
	int r = 0;
	vec_each(&e->items, item) {
		if (item->intent->state != INTENT_UNCLEAR || item->to_send || item->queued)
			continue;
		if (item->next_mono_ms == 0 || event->now.mono_ms < item->next_mono_ms)
			continue;
		/* A listing that ended before the look was due says nothing new. */
		bool fresh = event->observed->complete &&
			     event->observed->listed_mono_ms > item->asked_mono_ms;
		if (!fresh || event->observed->listed_mono_ms < item->next_mono_ms)
			continue;
		int one = 0;
		switch (rules[item->intent->verb].look) {
		case LOOK_NAME:
			one = look_by_name(e, item, event);
			break;
		case LOOK_IDS:
			one = look_by_ids(e, item, event);
			break;
		case LOOK_GONE:
			one = look_gone(e, item, event);
			break;
		case LOOK_NONE:
			break;
		}
		r = r ? r : one;
	}
	return r;
}

static int step_decided(struct item *item, const struct exec_event *event)
{
	if (item->intent->state != INTENT_HELD)
		return 0;
	if (!*event->resource) {
		move(item, INTENT_ABSENT, &event->now);
		note(item, NOTE_ABSENT, OUTCOME_UNCLEAR);
		return 0;
	}
	int r = intent_set(&item->intent->result_group, event->resource);
	if (r < 0)
		return r;
	move(item, INTENT_DONE, &event->now);
	note(item, NOTE_FOUND, OUTCOME_DONE);
	return 0;
}

/* ---- what must be done now ---- */

/* Calls that need no look (they name their ids) are simply made again when due. */
static void wake(const struct executor *e, struct item *item, const struct exec_now *now)
{
	if (item->intent->state != INTENT_UNCLEAR || rules[item->intent->verb].look != LOOK_NONE)
		return;
	if (item->to_send || item->queued || item->next_mono_ms == 0 || now->mono_ms < item->next_mono_ms)
		return;
	if (may_replay(e, item, now)) {
		item->to_send = true;
		return;
	}
	move(item, INTENT_ABSENT, now);
	note(item, NOTE_ABSENT, OUTCOME_UNCLEAR);
}

static int want_look(const struct item *item, const struct exec_now *now, struct exec_update *u)
{
	if (item->intent->state != INTENT_UNCLEAR || item->to_send || item->queued ||
	    item->next_mono_ms == 0 || now->mono_ms < item->next_mono_ms)
		return 0;
	u->want_groups = true;
	if (item->intent->verb != VERB_GROW && item->intent->verb != VERB_SHRINK)
		return 0;
	const char **slot = vec_add(&u->want_instances);
	if (!slot)
		return -ENOMEM;
	*slot = item->intent->cloud_group;
	return 0;
}

static int offer(struct item *item, struct exec_update *u)
{
	if (item->dirty) {
		struct intent **slot = vec_add(&u->persist);
		if (!slot)
			return -ENOMEM;
		*slot = item->intent;
		item->offered = true;
		return 0;
	}
	if (item->has_note) {
		struct exec_note *slot = vec_add(&u->notes);
		if (!slot)
			return -ENOMEM;
		*slot = item->note;
		item->has_note = false;
	}
	if (item->to_send) {
		struct intent **slot = vec_add(&u->send);
		if (!slot)
			return -ENOMEM;
		*slot = item->intent;
		item->to_send = false;
		item->queued = true;
	}
	return 0;
}

static int collect(struct executor *e, const struct exec_now *now, struct exec_update *u)
{
	int r = 0;
	vec_each(&e->items, item) {
		wake(e, item, now);
		int one = offer(item, u);
		if (one == 0)
			one = want_look(item, now, u);
		r = r ? r : one;
		if (item->next_mono_ms > now->mono_ms && !item->to_send && !item->queued &&
		    (u->wake_mono_ms == 0 || item->next_mono_ms < u->wake_mono_ms))
			u->wake_mono_ms = item->next_mono_ms;
	}
	return r;
}

static int apply(struct executor *e, const struct exec_event *event)
{
	struct item *item = event->intent ? item_of(e, event->intent) : NULL;
	switch (event->type) {
	case EXEC_RESTORED:
		return step_restored(e, event);
	case EXEC_ACTIONS:
		return step_actions(e, event);
	case EXEC_COMMITTED:
		step_committed(e);
		return 0;
	case EXEC_SENDING:
		if (item)
			step_sending(item, &event->now);
		return 0;
	case EXEC_REPLY:
		return item ? step_reply(e, item, event) : 0;
	case EXEC_OBSERVED:
		return step_observed(e, event);
	case EXEC_LANDED:
		if (item)
			item->dirty = item->intent->landed = true;
		return 0;
	case EXEC_DECIDED:
		return item ? step_decided(item, event) : 0;
	case EXEC_TICK:
		return 0;
	}
	return 0;
}

int executor_step(struct executor *e, const struct exec_event *event, struct exec_update *update)
{
	int r = apply(e, event);
	int rest = collect(e, &event->now, update);
	return r ? r : rest;
}

struct intent *const *executor_intents(const struct executor *e, size_t *ret_n)
{
	struct executor *self = (struct executor *)e; /* only the view's memory changes */
	*ret_n = 0;
	if (vec_grow((void **)&self->view, &self->view_cap, e->items.n, sizeof(*self->view)) < 0)
		return NULL;
	vec_each(&e->items, item)
		self->view[(*ret_n)++] = item->intent;
	return self->view;
}

struct intent *executor_find(const struct executor *e, int64_t id)
{
	vec_each(&e->items, item)
		if (item->intent->id == id)
			return item->intent;
	return NULL;
}

void executor_forget_landed(struct executor *e)
{
	size_t kept = 0;
	for (size_t k = 0; k < e->items.n; k++) {
		struct item *item = &e->items.items[k];
		const struct intent *i = item->intent;
		bool finished = !intent_is_open(i) && (i->state != INTENT_DONE || i->landed);
		if (finished && !item->dirty && !item->has_note && !item->queued)
			(void)intent_free(item->intent);
		else
			e->items.items[kept++] = *item;
	}
	e->items.n = kept;
}
