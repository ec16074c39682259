#include "act/executor.h"

#include <stdlib.h>
#include <string.h>

#include "act/executor_item.h"
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
	memset(u->want_groups, 0, sizeof(u->want_groups));
	u->wake_mono_ms = 0;
}

void exec_update_fini(struct exec_update *u)
{
	vec_free(&u->persist);
	vec_free(&u->send);
	vec_free(&u->notes);
	vec_free(&u->want_witness);
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

void item_note(struct item *item, enum exec_note_type type, enum outcome outcome)
{
	item->note = (struct exec_note){type, item->intent, outcome};
	item->has_note = true;
}

void item_move(struct item *item, enum intent_state to, const struct exec_now *now)
{
	struct intent *i = item->intent;
	if (!executor_may_move(i->state, to))
		abort(); /* a bug of ours; going on could buy twice */
	i->state = to;
	item->dirty = true;
	if (!intent_is_open(i)) {
		i->settled_wall_ms = now->wall_ms;
		item->next_mono_ms = 0;
		item->asks = false;
	}
}

void item_hold(struct item *item, const struct exec_now *now)
{
	item_move(item, INTENT_HELD, now);
	item->next_mono_ms = 0;
	item_note(item, NOTE_HELD, OUTCOME_UNCLEAR);
}

static void ask_for_order(struct item *item, const struct exec_now *now)
{
	item->asks = item->intent->unpaid && !*item->intent->order_id;
	item->asks_mono_ms = now->mono_ms;
}

void item_found(struct item *item, const struct exec_now *now)
{
	item_move(item, INTENT_DONE, now);
	item_note(item, NOTE_FOUND, OUTCOME_DONE);
	ask_for_order(item, now);
}

/* With its place in the view, so that executor_intents() always tells of all of them. */
static struct item *add(struct executor *e, struct intent **intent)
{
	if (vec_grow((void **)&e->view, &e->view_cap, e->items.n + 1, sizeof(*e->view)) < 0)
		return NULL;
	struct item *item = vec_add(&e->items);
	if (item)
		item->intent = TAKE(*intent);
	return item;
}

#define LOOKS_DENSE 5

/* The spacing of looks: 1, 2, 4, 8, 16 times the first, then every 15 times. */
static uint64_t look_after(const struct executor *e, unsigned looks)
{
	return e->policy.first_look_ms * (looks < LOOKS_DENSE ? UINT64_C(1) << looks : 15);
}

bool item_is_due(const struct item *item, const struct exec_now *now)
{
	return item->intent->state == INTENT_UNCLEAR && !item->to_send && !item->queued &&
	       now->mono_ms >= item->next_mono_ms;
}

void item_schedule_look(const struct executor *e, struct item *item, const struct exec_now *now)
{
	item->next_mono_ms = now->mono_ms + look_after(e, item->looks++);
}

static void become_unclear(const struct executor *e, struct item *item, const struct exec_now *now,
			   enum outcome outcome)
{
	bool told = item->intent->state == INTENT_UNCLEAR || item->intent->sends > 1;
	if (item->intent->state != INTENT_UNCLEAR)
		item_move(item, INTENT_UNCLEAR, now);
	item->asked_mono_ms = now->mono_ms;
	item_schedule_look(e, item, now);
	if (!told) /* that sending it again made nothing clearer is no news */
		item_note(item, NOTE_UNCLEAR, outcome);
}

static int step_restored(struct executor *e, const struct exec_event *event)
{
	for (size_t k = 0; k < event->n_intents; k++) {
		struct item *item = add(e, &event->intents[k]);
		if (!item)
			return -ENOMEM;
		item->since_mono_ms = event->now.mono_ms;
		item->restored = true;
		item->withdrawn = !event->wanted[k];
		if (item->intent->state == INTENT_SENT || item->intent->state == INTENT_UNCLEAR) {
			become_unclear(e, item, &event->now, OUTCOME_UNCLEAR);
			item->next_mono_ms = event->now.mono_ms; /* look at once */
		} else if (item->intent->state == INTENT_RECORDED && !item->withdrawn) {
			item->to_send = true;
		} else if (item->intent->state == INTENT_RECORDED) {
			item_move(item, INTENT_ABSENT, &event->now);
			item_note(item, NOTE_DROPPED, OUTCOME_NOT_SENT);
		} else if (item->intent->state == INTENT_DONE) {
			ask_for_order(item, &event->now);
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

/* It waited for its turn (keys, pace, a dead endpoint) for so long that what was wanted then may
 * not be wanted now: it is dropped and planned anew. */
static bool is_stale(const struct executor *e, const struct intent *i, const struct exec_now *now)
{
	return i->created_wall_ms != 0 && now->wall_ms > i->created_wall_ms &&
	       now->wall_ms - i->created_wall_ms > e->policy.replay_window_ms;
}

bool executor_may_send(const struct executor *e, const struct intent *i, const struct exec_now *now)
{
	const struct item *item = item_of((struct executor *)e, i);
	return item && ((i->state == INTENT_RECORDED && !item->withdrawn && !is_stale(e, i, now)) ||
			(i->state == INTENT_UNCLEAR && item_may_replay(e, item, now)));
}

static int step_sending(const struct executor *e, struct item *item, const struct exec_now *now)
{
	struct intent *i = item->intent;
	bool first = i->first_sent_wall_ms == 0;
	if (!executor_may_send(e, i, now))
		return -ETIMEDOUT;
	item_move(item, INTENT_SENT, now);
	i->sends++;
	i->last_sent_wall_ms = now->wall_ms;
	if (first) {
		i->first_sent_wall_ms = now->wall_ms;
		item->since_mono_ms = now->mono_ms;
		item->restored = false;
	}
	item_note(item, first ? NOTE_STARTED : NOTE_REPLAYED, OUTCOME_DONE);
	return 0;
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
		item_move(item, INTENT_REJECTED, now);
		item_note(item, NOTE_REJECTED, outcome);
	} else {
		become_unclear(e, item, now, outcome);
	}
}

static int step_reply(struct executor *e, struct item *item, const struct exec_event *event)
{
	const struct exec_reply *reply = event->reply;
	struct intent *i = item->intent;
	const struct recovery *recovery = executor_recovery(i);
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
		item_move(item, INTENT_DONE, &event->now);
		item_note(item, NOTE_DONE, outcome);
	} else if (outcome == OUTCOME_HOLD) {
		item_move(item, INTENT_HELD, &event->now);
		item_note(item, NOTE_HELD, outcome);
	} else if (outcome_is_definite_no(outcome)) {
		refused(e, item, &event->now, outcome);
	} else if (recovery->again == AGAIN_NEVER && recovery->look == LOOK_NONE) {
		/* Reboot and reset: never again by itself; the instances' states tell. */
		item_move(item, INTENT_UNCLEAR, &event->now);
		item_move(item, INTENT_ABSENT, &event->now);
		item_note(item, NOTE_UNCLEAR, outcome);
	} else {
		become_unclear(e, item, &event->now, outcome);
	}
	return r;
}

static int step_decided(struct item *item, const struct exec_event *event)
{
	if (item->intent->state != INTENT_HELD)
		return 0;
	if (!*event->resource && !event->order) {
		item_move(item, INTENT_ABSENT, &event->now);
		item_note(item, NOTE_ABSENT, OUTCOME_UNCLEAR);
		return 0;
	}
	/* A growth that only its order shows is that of its cloud group. */
	const char *group = event->order ? item->intent->cloud_group : event->resource;
	int r = intent_set(&item->intent->result_group, group);
	if (r == 0 && event->order)
		r = intent_set(&item->intent->order_id, event->order);
	if (r < 0)
		return r;
	item_found(item, &event->now);
	return 0;
}

/* An order that BSS knows names the instance (GetOrderDetail, bssopenapi 3.3). */
static int step_named(struct item *item, const struct exec_event *event)
{
	struct intent *i = item->intent;
	if (i->state != INTENT_DONE || *i->result_group)
		return 0;
	item->dirty = true;
	return intent_set(&i->result_group, event->resource);
}

/* ---- what must be done now ---- */

static int want_look(const struct item *item, const struct exec_now *now, struct exec_update *u)
{
	if (!item_is_due(item, now))
		return 0;
	u->want_groups[item->intent->kind] = true;
	if (item->intent->verb != VERB_GROW && item->intent->verb != VERB_SHRINK)
		return 0;
	const char **slot = vec_add(&u->want_instances);
	if (!slot)
		return -ENOMEM;
	*slot = item->intent->cloud_group;
	return 0;
}

#define WITNESS_BEFORE_MS UINT64_C(300000) /* clocks of BSS and of this machine may differ so much */

static int want_witness(const struct executor *e, struct item *item, const struct exec_now *now,
			struct exec_update *u)
{
	const struct intent *i = item->intent;
	if (!item->asks || now->mono_ms < item->asks_mono_ms)
		return 0;
	struct exec_question *slot = vec_add(&u->want_witness);
	if (!slot)
		return -ENOMEM;
	uint64_t first = i->first_sent_wall_ms;
	slot->intent = item->intent;
	slot->from_wall_ms = first > WITNESS_BEFORE_MS ? first - WITNESS_BEFORE_MS : 0;
	slot->to_wall_ms = now->wall_ms > i->last_sent_wall_ms ? now->wall_ms : i->last_sent_wall_ms;
	item->asks_mono_ms = now->mono_ms + look_after(e, LOOKS_DENSE);
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

static void wake_at(struct exec_update *u, uint64_t mono_ms, const struct exec_now *now)
{
	if (mono_ms > now->mono_ms && (u->wake_mono_ms == 0 || mono_ms < u->wake_mono_ms))
		u->wake_mono_ms = mono_ms;
}

static int collect(struct executor *e, const struct exec_now *now, struct exec_update *u)
{
	int r = 0;
	vec_each(&e->items, item) {
		item_wake(e, item, now);
		int one = offer(item, u);
		if (one == 0)
			one = want_look(item, now, u);
		if (one == 0)
			one = want_witness(e, item, now, u);
		r = r ? r : one;
		if (!item->to_send && !item->queued)
			wake_at(u, item->next_mono_ms, now);
		if (item->asks)
			wake_at(u, item->asks_mono_ms, now);
	}
	return r;
}

/* A clock that was wrong settled it ahead of this one: what waits for some time after the answer
 * would wait until the clock has caught up. A listing has told the time by now. */
static void settle_by_now(struct executor *e, const struct exec_now *now)
{
	vec_each(&e->items, item)
		if (item->intent->settled_wall_ms > now->wall_ms)
			item->intent->settled_wall_ms = now->wall_ms;
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
		return item ? step_sending(e, item, &event->now) : 0;
	case EXEC_REPLY:
		return item ? step_reply(e, item, event) : 0;
	case EXEC_OBSERVED:
		settle_by_now(e, &event->now);
		return executor_look(e, event);
	case EXEC_LANDED:
		if (item)
			item->dirty = item->intent->landed = true;
		return 0;
	case EXEC_DECIDED:
		return item ? step_decided(item, event) : 0;
	case EXEC_WITNESS:
		return item ? item_witness(e, item, event) : 0;
	case EXEC_NAMED:
		return item ? step_named(item, event) : 0;
	case EXEC_TICK:
		break;
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
	for (size_t k = 0; k < e->items.n; k++)
		e->view[k] = e->items.items[k].intent;
	*ret_n = e->items.n;
	return e->view;
}

void executor_set_wanted(struct executor *e, const struct intent *i, bool wanted)
{
	struct item *item = item_of(e, i);
	if (item)
		item->withdrawn = !wanted;
}

struct intent *executor_find(const struct executor *e, int64_t id)
{
	vec_each(&e->items, item)
		if (item->intent->id == id)
			return item->intent;
	return NULL;
}

int executor_rename(struct executor *e, struct renames *r)
{
	int renamed = 0;
	for (size_t k = 0; k < e->items.n && renamed >= 0; k++) {
		struct item *item = &e->items.items[k];
		renamed = renames_apply(r, &item->intent->group);
		item->dirty = item->dirty || renamed > 0;
	}
	return renamed < 0 ? renamed : 0;
}

void executor_forget_landed(struct executor *e)
{
	size_t kept = 0;
	for (size_t k = 0; k < e->items.n; k++) {
		struct item *item = &e->items.items[k];
		const struct intent *i = item->intent;
		/* The driver has none that is settled. */
		bool finished = !intent_is_open(i) && (i->state != INTENT_DONE || i->landed);
		if (finished && !item->dirty && !item->has_note && !item->asks)
			(void)intent_free(item->intent);
		else
			e->items.items[kept++] = *item;
	}
	e->items.n = kept;
}
