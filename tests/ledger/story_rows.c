/* The rows that a story writes, as the executor and the books do: what was read before is
 * written again with its next state. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base32.h"
#include "state.h"
#include "story.h"
#include "lib/seed.h"

#define PICK_LAST 12 /* of the newest intents one is taken up again */

static const char *const groups[] = {"phones", "browsers", "bastions", "kiosks"};

static char *some_group(void)
{
	return (char *)(uintptr_t)groups[seed_below(ARRAY_SIZE(groups))];
}

/* Text of up to @most characters that does not repeat. */
static char *some_text(char *out, size_t most)
{
	size_t n = 1 + seed_below(most - 1);
	for (size_t i = 0; i < n; i++)
		out[i] = (char)('a' + seed_below(26));
	out[n] = '\0';
	return out;
}

/* ---- what is there ---- */

struct intent_pick {
	struct intent *chosen;
	bool open;
	uint64_t seen;
};

static int pick_intent(void *data, const struct intent *i)
{
	struct intent_pick *p = data;
	if (p->open && !intent_is_open(i))
		return 0;
	if (seed_below(++p->seen < PICK_LAST ? p->seen : PICK_LAST) != 0)
		return 0;
	p->chosen = intent_free(p->chosen);
	return intent_copy(i, &p->chosen);
}

static struct intent *some_intent(struct story *s, bool open)
{
	struct intent_pick p = {.open = open};
	s->unread |= ledger_each_intent(s->l, pick_intent, &p) != 0;
	return p.chosen;
}

struct row_pick {
	char id[64], cloud_group[64], group[64];
	int64_t intent, count;
	uint64_t seen;
};

static int pick_order(void *data, const struct order *o)
{
	struct row_pick *p = data;
	if (seed_below(++p->seen) != 0)
		return 0;
	(void)snprintf(p->id, sizeof(p->id), "%s", o->id);
	(void)snprintf(p->group, sizeof(p->group), "%s", o->group);
	p->intent = o->intent;
	p->count = o->count;
	return 0;
}

static int pick_resource(void *data, const struct resource *r)
{
	struct row_pick *p = data;
	if (seed_below(++p->seen) != 0)
		return 0;
	(void)snprintf(p->id, sizeof(p->id), "%s", r->id);
	(void)snprintf(p->cloud_group, sizeof(p->cloud_group), "%s", r->cloud_group);
	(void)snprintf(p->group, sizeof(p->group), "%s", r->group);
	p->intent = r->intent;
	return 0;
}

static int pick_approval(void *data, const struct approval *a)
{
	struct row_pick *p = data;
	if (!a->used && seed_below(++p->seen) == 0)
		(void)snprintf(p->id, sizeof(p->id), "%s", a->hash);
	return 0;
}

/* ---- what comes next ---- */

static int set_texts(struct story *s, struct intent *i)
{
	char text[16000];
	int r = intent_set(&i->operation, i->kind == KIND_PURCHASE ? "CreateInstance"
								   : "CreateAndroidInstanceGroup");
	if (r == 0)
		r = intent_set(&i->group, some_group());
	if (r == 0)
		r = intent_set(&i->region, "cn-shanghai");
	if (r == 0)
		r = intent_set(&i->params, some_text(text, s->heavy ? sizeof(text) : 400));
	if (r == 0 && i->kind != KIND_APP_STREAMING) {
		(void)snprintf(text, sizeof(text), "token-%" PRIu64, s->counter);
		r = intent_set(&i->token, text);
	}
	return r;
}

static int record_intent(struct story *s)
{
	auto_intent struct intent *i = intent_new();
	const uint64_t key[2] = {++s->counter, seed_next()};
	if (!i)
		return -ENOMEM;
	base32_encode(key, sizeof(key), i->key);
	i->verb = (enum verb)seed_below(VERB_MAX_);
	i->kind = (enum kind)seed_below(KIND_MAX_);
	i->buys = i->verb == VERB_CREATE || i->verb == VERB_GROW;
	i->count = 1 + (int64_t)seed_below(100);
	i->total = seed_below(3) == 0 ? i->count : 0;
	i->price_micro = i->buys ? (int64_t)seed_below(1000000000) : 0;
	(void)snprintf(i->currency, sizeof(i->currency), "%s", i->price_micro ? "CNY" : "");
	i->fingerprint = seed_next();
	i->created_wall_ms = s->wall_ms;
	int r = set_texts(s, i);
	for (uint64_t n = seed_below(20); n > 0 && r == 0; n--) {
		char id[32];
		(void)snprintf(id, sizeof(id), "acp-%08" PRIu64, seed_below(1000000));
		r = text_list_add(&i->before, id);
	}
	return r == 0 ? ledger_save_intent(s->l, i) : r;
}

static int record(struct story *s)
{
	int r = 0;
	for (uint64_t n = 1 + seed_below(4); n > 0 && r == 0; n--)
		r = record_intent(s);
	char detail[100];
	return r == 0 ? ledger_note_event(s->l, s->wall_ms, some_group(), "recorded",
					  some_text(detail, sizeof(detail)))
		      : r;
}

static int send(struct story *s)
{
	auto_intent struct intent *i = some_intent(s, true);
	if (!i || s->unread)
		return 0;
	i->state = seed_below(5) == 0 ? INTENT_UNCLEAR : INTENT_SENT;
	i->sends++;
	i->last_sent_wall_ms = s->wall_ms;
	if (i->first_sent_wall_ms == 0)
		i->first_sent_wall_ms = s->wall_ms;
	int r = ledger_save_intent(s->l, i);
	if (r == 0 && (i->buys || i->verb == VERB_SHRINK))
		r = ledger_note_change(s->l, i->group, i->id, i->buys ? i->count : -i->count,
				       s->wall_ms);
	return r;
}

static int refuse(struct story *s, struct intent *i)
{
	i->state = INTENT_REJECTED;
	i->settled_wall_ms = s->wall_ms;
	int r = intent_set(&i->code, "QuotaExceeded");
	if (r == 0)
		r = ledger_save_intent(s->l, i);
	return r == 0 ? ledger_forget_change(s->l, i->id) : r;
}

static int expect(struct story *s, struct intent *i)
{
	char id[48], cloud_group[48];
	(void)snprintf(cloud_group, sizeof(cloud_group), "ag-%" PRIu64, ++s->counter);
	int r = intent_set(&i->result_group, cloud_group);
	for (uint64_t n = 1 + seed_below(20); n > 0 && r == 0; n--) {
		(void)snprintf(id, sizeof(id), "acp-%" PRIu64 "-%" PRIu64, s->counter, n);
		r = text_list_add(&i->result, id);
		struct resource row = {.id = id,
				       .cloud_group = cloud_group,
				       .group = i->group,
				       .intent = i->id,
				       .charge = i->charge,
				       .first_wall_ms = s->wall_ms};
		if (r == 0)
			r = ledger_save_resource(s->l, &row);
	}
	return r;
}

static int answer(struct story *s)
{
	auto_intent struct intent *i = some_intent(s, true);
	if (!i || s->unread)
		return 0;
	if (seed_below(4) == 0)
		return refuse(s, i);
	i->state = INTENT_DONE;
	i->settled_wall_ms = s->wall_ms;
	i->unpaid = seed_below(2);
	char id[32];
	(void)snprintf(id, sizeof(id), "2330%011" PRIu64, ++s->counter);
	int r = expect(s, i);
	if (r == 0 && i->unpaid)
		r = intent_set(&i->order_id, id);
	if (r == 0)
		r = ledger_save_intent(s->l, i);
	struct order o = {.id = id,
			  .group = i->group,
			  .region = i->region,
			  .intent = i->id,
			  .count = i->count,
			  .created_wall_ms = s->wall_ms};
	return r == 0 && i->unpaid ? ledger_save_order(s->l, &o) : r;
}

static int land(struct story *s)
{
	auto_intent struct intent *i = some_intent(s, false);
	if (!i || s->unread || i->state != INTENT_DONE)
		return 0;
	i->landed = true;
	return ledger_save_intent(s->l, i);
}

static int settle_order(struct story *s)
{
	struct row_pick p = {.id = ""};
	s->unread |= ledger_each_order(s->l, pick_order, &p) != 0;
	if (!*p.id || s->unread)
		return 0;
	char amount[20];
	(void)snprintf(amount, sizeof(amount), "%" PRIu64 ".00", seed_below(100000));
	struct order o = {.id = p.id,
			  .group = p.group,
			  .intent = p.intent,
			  .count = p.count,
			  .status = seed_below(3) ? ORDER_PAID : ORDER_CANCELLED,
			  .amount = amount,
			  .settled_wall_ms = s->wall_ms,
			  .landed = seed_below(2)};
	return ledger_save_order(s->l, &o);
}

static int see(struct story *s)
{
	struct row_pick p = {.id = ""};
	s->unread |= ledger_each_resource(s->l, pick_resource, &p) != 0;
	if (p.seen == 0 || s->unread)
		return 0;
	struct resource r = {.id = p.id,
			     .cloud_group = p.cloud_group,
			     .group = p.group,
			     .intent = p.intent,
			     .state = (enum resource_state)seed_below(RESOURCE_STATE_MAX_),
			     .seen_wall_ms = s->wall_ms};
	return ledger_save_resource(s->l, &r);
}

static int approve(struct story *s)
{
	struct row_pick p = {.id = ""};
	s->unread |= ledger_each_approval(s->l, pick_approval, &p) != 0;
	if (s->unread)
		return 0;
	struct approval a = {.who = (char[]){"root"},
			     .used = *p.id != '\0', /* one that was given serves */
			     .given_wall_ms = s->wall_ms,
			     .count = 1 + (int64_t)seed_below(100),
			     .price_micro = (int64_t)seed_below(1000000000),
			     .holds = "balance spend "};
	if (a.used)
		(void)snprintf(a.hash, sizeof(a.hash), "%.*s", (int)sizeof(a.hash) - 1, p.id);
	else
		(void)snprintf(a.hash, sizeof(a.hash), "hash%" PRIu64, ++s->counter);
	return ledger_save_approval(s->l, &a);
}

static int configure(struct story *s)
{
	char text[30000];
	uint64_t generation = 0;
	struct known_group g = {.name = some_group(),
				.kind = (enum kind)seed_below(KIND_MAX_),
				.region = (char[]){"cn-shanghai"},
				.protect = seed_below(2),
				.fingerprint = seed_next()};
	int r = ledger_save_fleet(s->l, some_text(text, s->heavy ? sizeof(text) : 900), s->wall_ms,
				  &generation);
	if (r == 0)
		r = ledger_save_known_group(s->l, &g);
	return r == 0 ? ledger_save_paused(s->l, some_group(), seed_below(2), "root") : r;
}

static int note_facts(struct story *s)
{
	char value[40];
	size_t n = 0;
	while (state_facts[n])
		n++;
	return ledger_meta_set(s->l, state_facts[seed_below(n)], some_text(value, sizeof(value)));
}

/* In the daemon 400 days, here what settled some transactions ago. */
static int compact(struct story *s)
{
	return ledger_compact(s->l, s->wall_ms - 10000);
}

int story_write_rows(struct story *s)
{
	static int (*const writers[])(struct story * s) = {
		record,       record, send, send,    answer,    answer,     land,
		settle_order, see,    see,  approve, configure, note_facts, compact,
	};
	int r = 0;
	for (uint64_t n = 1 + seed_below(3); n > 0 && r == 0 && !s->unread; n--)
		r = writers[seed_below(ARRAY_SIZE(writers))](s);
	return r;
}
