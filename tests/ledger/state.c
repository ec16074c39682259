#include "state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/strbuf.h"

const char *const state_facts[] = {"fleet", "orders_looked", "unclean_ends", NULL};

static void add_list(struct strbuf *out, const char *name, const struct text_list *list)
{
	strbuf_addf(out, " %s=[", name);
	for (size_t i = 0; i < list->n; i++)
		strbuf_addf(out, "%s,", list->items[i]);
	strbuf_add(out, "]");
}

static int add_intent(void *data, const struct intent *i)
{
	struct strbuf *out = data;
	strbuf_addf(out, "intent %" PRId64 " %s %s %s %s %s|%s|%s|%s|%s|%s|", i->id, i->key,
		    verb_name(i->verb), kind_name(i->kind), intent_state_name(i->state),
		    i->operation, i->group, i->region, i->cloud_group, i->name, i->token);
	strbuf_addf(out, "%s|count=%" PRId64 " total=%" PRId64 " charge=%d buys=%d unpaid=%d",
		    i->params, i->count, i->total, (int)i->charge, i->buys, i->unpaid);
	strbuf_addf(out, " price=%" PRId64 " %s", i->price_micro, i->currency);
	strbuf_addf(out,
		    " fingerprint=%" PRIu64 " generation=%" PRIu64 " times=%" PRIu64 ",%" PRIu64
		    ",%" PRIu64 ",%" PRIu64,
		    i->fingerprint, i->generation, i->created_wall_ms, i->first_sent_wall_ms,
		    i->last_sent_wall_ms, i->settled_wall_ms);
	strbuf_addf(out, " sends=%d looks=%d,%d landed=%d", i->sends, i->looks, i->looks_late,
		    i->landed);
	add_list(out, "before", &i->before);
	add_list(out, "targets", &i->targets);
	add_list(out, "result", &i->result);
	strbuf_addf(out, " %s|%s|%s|%s|%s\n", i->result_group, i->order_id, i->code, i->message,
		    i->request_id);
	return strbuf_error(out);
}

static int add_order(void *data, const struct order *o)
{
	struct strbuf *out = data;
	strbuf_addf(out, "order %s|%s|%s|%s| intent=%" PRId64 " count=%" PRId64 " %s|%s|%s|%s|",
		    o->id, o->group, o->region, o->cloud_group, o->intent, o->count,
		    order_status_name(o->status), o->status_text, o->amount, o->currency);
	strbuf_addf(out,
		    " times=%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 " fingerprint=%" PRIu64
		    " landed=%d foreign=%d\n",
		    o->created_wall_ms, o->settled_wall_ms, o->announced_wall_ms,
		    o->deadline_wall_ms, o->fingerprint, o->landed, o->foreign);
	return strbuf_error(out);
}

static int add_resource(void *data, const struct resource *r)
{
	struct strbuf *out = data;
	strbuf_addf(out,
		    "resource %s|%s|%s| intent=%" PRId64 " %s charge=%d times=%" PRIu64 ",%" PRIu64
		    ",%" PRIu64 " missing=%d foreign=%d\n",
		    r->id, r->cloud_group, r->group, r->intent, resource_state_name(r->state),
		    (int)r->charge, r->first_wall_ms, r->seen_wall_ms, r->missing_wall_ms,
		    r->missing_listings, r->foreign);
	return strbuf_error(out);
}

static int add_approval(void *data, const struct approval *a)
{
	strbuf_addf(data,
		    "approval %s %s %" PRIu64 " used=%d count=%" PRId64 " price=%" PRId64 " %s\n",
		    a->hash, a->who, a->given_wall_ms, a->used, a->count, a->price_micro, a->holds);
	return strbuf_error(data);
}

static int add_paused(void *data, const char *group)
{
	strbuf_addf(data, "paused %s\n", group);
	return strbuf_error(data);
}

static int add_known_group(void *data, const struct known_group *g)
{
	strbuf_addf(data,
		    "group %s %s %s charge=%d protect=%d end_marker=%d fingerprint=%" PRIu64 "\n",
		    g->name, kind_name(g->kind), g->region, (int)g->charge, g->protect,
		    g->end_marker, g->fingerprint);
	return strbuf_error(data);
}

static int add_change(void *data, const char *group, int64_t intent, int64_t count,
		      uint64_t wall_ms)
{
	strbuf_addf(data, "change %s %" PRId64 " %" PRId64 " %" PRIu64 "\n", group, intent, count,
		    wall_ms);
	return strbuf_error(data);
}

static int add_event(void *data, const struct ledger_event *e)
{
	strbuf_addf(data, "event %" PRIu64 " %s %s %s\n", e->wall_ms, e->group, e->event,
		    e->detail);
	return strbuf_error(data);
}

static int add_fleet(struct ledger *l, struct strbuf *out)
{
	auto_free char *text = NULL;
	uint64_t generation = 0;
	int r = ledger_load_fleet(l, &text, &generation);
	strbuf_addf(out, "fleet %" PRIu64 " %s\n", generation, text ? text : "(none)");
	return r;
}

static int add_facts(struct ledger *l, struct strbuf *out)
{
	int r = 0;
	for (size_t i = 0; state_facts[i] && r == 0; i++) {
		auto_free char *value = NULL;
		r = ledger_meta_get(l, state_facts[i], &value);
		strbuf_addf(out, "fact %s %s\n", state_facts[i], value ? value : "(none)");
	}
	return r;
}

char *state_text(struct ledger *l, int *ret_error)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(64u << 20);
	strbuf_addf(&out, "owner %s since %" PRIu64 "\n", ledger_owner(l), ledger_since_wall_ms(l));
	int r = ledger_each_intent(l, add_intent, &out);
	if (r == 0)
		r = ledger_each_order(l, add_order, &out);
	if (r == 0)
		r = ledger_each_resource(l, add_resource, &out);
	if (r == 0)
		r = ledger_each_approval(l, add_approval, &out);
	if (r == 0)
		r = ledger_each_paused(l, add_paused, &out);
	if (r == 0)
		r = ledger_each_known_group(l, add_known_group, &out);
	if (r == 0)
		r = ledger_each_change(l, add_change, &out);
	if (r == 0)
		r = ledger_each_event(l, NULL, 1 << 30, add_event, &out);
	if (r == 0)
		r = add_fleet(l, &out);
	if (r == 0)
		r = add_facts(l, &out);
	*ret_error = r;
	return r == 0 ? strbuf_take(&out) : NULL;
}
