#include "report/status.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/jsonw.h"
#include "base/limits.h"
#include "base/timefmt.h"

static const struct plan no_plan;
static const struct in_flight nothing_in_flight;

static const struct plan *plan_of(const struct status_view *v)
{
	return v->plan ? v->plan : &no_plan;
}

static const struct in_flight *flight_of(const struct status_view *v)
{
	return v->in_flight ? v->in_flight : &nothing_in_flight;
}

static bool is_wanted(const char *group, const char *name)
{
	return !group || strcmp(group, name) == 0;
}

static int finish(struct strbuf *out, char **ret_json)
{
	strbuf_add_char(out, '\n');
	int error = strbuf_error(out);
	if (error)
		return error;
	*ret_json = strbuf_take(out);
	return *ret_json ? 0 : -ENOMEM;
}

static void key_time(struct jsonw *w, const char *key, uint64_t wall_ms)
{
	char text[TIMEFMT_SIZE];
	timefmt_iso(wall_ms, text);
	jsonw_key_text(w, key, wall_ms ? text : NULL);
}

static void key_list(struct jsonw *w, const char *key, const struct text_list *list)
{
	jsonw_key(w, key);
	jsonw_begin_array(w);
	for (size_t i = 0; i < list->n; i++)
		jsonw_text(w, list->items[i]);
	jsonw_end_array(w);
}

static void key_text_or_null(struct jsonw *w, const char *key, const char *text)
{
	jsonw_key_text(w, key, text && text[0] ? text : NULL);
}

/* --- groups --------------------------------------------------------------------- */

static void key_age(struct jsonw *w, const struct status_view *v, enum kind kind)
{
	int64_t age = kind >= 0 && kind < KIND_MAX_ ? v->observed_age_ms[kind] : -1;
	jsonw_key(w, "observed_age_ms");
	if (age < 0)
		jsonw_null(w);
	else
		jsonw_int(w, age);
}

static void add_group(struct jsonw *w, const struct status_view *v, const struct group_report *g)
{
	jsonw_begin_object(w);
	jsonw_key_text(w, "name", g->name);
	jsonw_key_text(w, "kind", kind_name(g->kind));
	jsonw_key_text(w, "region", g->region ? g->region : "");
	jsonw_key_int(w, "desired", g->desired);
	jsonw_key_int(w, "running", g->running);
	jsonw_key_int(w, "pending", g->pending);
	jsonw_key_int(w, "failed", g->failed);
	jsonw_key_int(w, "awaiting_payment", g->awaiting_payment);
	jsonw_key_int(w, "surplus", g->surplus);
	jsonw_key_text(w, "condition", condition_name(g->condition));
	jsonw_key_text(w, "reason", g->reason ? g->reason : "");
	key_age(w, v, g->kind);
	jsonw_key_int(w, "committed", g->committed);
	jsonw_key_int(w, "retained", g->retained);
	key_time(w, "retained_until", g->retained_until_ms);
	key_time(w, "expires", g->expires_ms);
	key_text_or_null(w, "price", g->price);
	jsonw_key_bool(w, "waits_on_person", g->waits_on_person);
	jsonw_end_object(w);
}

/* A group that is desired but was not planned yet: nothing is known, and that is said. */
static void add_unplanned(struct jsonw *w, const struct status_view *v,
			  const struct desired_group *d)
{
	const struct group_report g = {.name = d->name,
				       .kind = d->kind,
				       .region = d->region,
				       .desired = d->count,
				       .condition = CONDITION_UNKNOWN,
				       .reason = (char *)"not observed yet"};
	add_group(w, v, &g);
}

static const struct group_report *find_report(const struct status_view *v, const char *name)
{
	const struct plan *plan = plan_of(v);
	for (size_t i = 0; i < plan->n_groups; i++)
		if (strcmp(plan->groups[i].name, name) == 0)
			return &plan->groups[i];
	return NULL;
}

static size_t add_groups(struct jsonw *w, const struct status_view *v, const char *group)
{
	const struct plan *plan = plan_of(v);
	size_t n = 0;
	for (size_t i = 0; i < plan->n_groups; i++)
		if (is_wanted(group, plan->groups[i].name)) {
			add_group(w, v, &plan->groups[i]);
			n++;
		}
	/* once there is a plan it covers every desired group */
	for (size_t i = 0; !v->plan && v->desired && i < v->desired->n_groups; i++)
		if (is_wanted(group, v->desired->groups[i].name)) {
			add_unplanned(w, v, &v->desired->groups[i]);
			n++;
		}
	return n;
}

/* --- orders --------------------------------------------------------------------- */

static uint64_t order_age_s(const struct status_view *v, const struct order *o)
{
	return v->wall_ms > o->created_wall_ms ? (v->wall_ms - o->created_wall_ms) / 1000 : 0;
}

static void add_order(struct jsonw *w, const struct status_view *v, const struct order *o)
{
	jsonw_begin_object(w);
	jsonw_key_text(w, "id", o->id);
	jsonw_key_text(w, "status", order_status_name(o->status));
	jsonw_key_text(w, "group", o->group ? o->group : "");
	jsonw_key_int(w, "count", o->count);
	jsonw_key_uint(w, "age_s", order_age_s(v, o));
	key_time(w, "deadline", o->deadline_wall_ms);
	key_text_or_null(w, "amount", o->amount);
	key_text_or_null(w, "currency", o->currency);
	key_text_or_null(w, "cloud_group", o->cloud_group);
	key_text_or_null(w, "status_text", o->status_text);
	jsonw_key_bool(w, "foreign", o->foreign);
	jsonw_key_text(w, "pay_at", o->status == ORDER_UNPAID ? site_console_url(v->site) : NULL);
	jsonw_end_object(w);
}

static void key_orders(struct jsonw *w, const struct status_view *v, const char *group)
{
	const struct in_flight *f = flight_of(v);
	jsonw_key(w, "orders");
	jsonw_begin_array(w);
	for (size_t i = 0; i < f->n_orders; i++)
		if (is_wanted(group, f->orders[i].group ? f->orders[i].group : ""))
			add_order(w, v, &f->orders[i]);
	jsonw_end_array(w);
}

int status_orders_json(const struct status_view *v, char **ret_json)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(LIMIT_STATUS_BYTES);
	struct jsonw w = JSONW_INIT(&out);
	jsonw_begin_object(&w);
	key_orders(&w, v, /* group= */ NULL);
	jsonw_end_object(&w);
	return finish(&out, ret_json);
}

int status_json(const struct status_view *v, const char *group, char **ret_json)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(LIMIT_STATUS_BYTES);
	struct jsonw w = JSONW_INIT(&out);
	jsonw_begin_object(&w);
	jsonw_key_text(&w, "fleet", v->fleet ? v->fleet : "");
	jsonw_key_uint(&w, "generation", v->generation);
	jsonw_key(&w, "groups");
	jsonw_begin_array(&w);
	size_t n = add_groups(&w, v, group);
	jsonw_end_array(&w);
	key_orders(&w, v, group);
	jsonw_key_text(&w, "mode", v->mode == MODE_OBSERVE ? "observe" : "act");
	jsonw_end_object(&w);
	return n == 0 && group ? -ENOENT : finish(&out, ret_json);
}

/* --- actions -------------------------------------------------------------------- */

/* The targets of a grow are the ids before it, those of tags are only marked. */
static bool has_victims(enum verb verb)
{
	return verb == VERB_SHRINK || verb == VERB_DELETE || verb == VERB_RESET ||
	       verb == VERB_REBOOT;
}

static void add_action(struct jsonw *w, const struct status_view *v, const struct action *a)
{
	static const struct text_list none;
	const struct desired_group *g = desired_find(v->desired, a->group);
	enum charge_type charge = g ? g->charge : CHARGE_UNKNOWN;
	jsonw_begin_object(w);
	jsonw_key_text(w, "hash", a->hash);
	jsonw_key_text(w, "group", a->group);
	jsonw_key_text(w, "verb", verb_name(a->verb));
	jsonw_key_text(w, "operation", v->operation_of ? v->operation_of(a, charge) : "");
	jsonw_key_int(w, "count", a->count);
	key_list(w, "victims", has_victims(a->verb) ? &a->targets : &none);
	jsonw_key_text(w, "reason", a->reason ? a->reason : "");
	key_text_or_null(w, "hold", hold_name(a->hold));
	key_text_or_null(w, "price", a->price);
	jsonw_key_text(w, "hold_text", a->hold_text ? a->hold_text : "");
	jsonw_key_bool(w, "needs_person", hold_needs_person(a->hold));
	key_text_or_null(w, "cloud_group", a->cloud_group);
	key_text_or_null(w, "spec", a->spec);
	jsonw_key_bool(w, "whole_group", a->whole_group);
	jsonw_end_object(w);
}

static void key_actions(struct jsonw *w, const struct status_view *v, const char *group)
{
	const struct plan *plan = plan_of(v);
	jsonw_key(w, "actions");
	jsonw_begin_array(w);
	for (size_t i = 0; i < plan->n_actions; i++)
		if (is_wanted(group, plan->actions[i].group))
			add_action(w, v, &plan->actions[i]);
	jsonw_end_array(w);
}

int status_plan_json(const struct status_view *v, char **ret_json)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(LIMIT_STATUS_BYTES);
	struct jsonw w = JSONW_INIT(&out);
	jsonw_begin_object(&w);
	key_actions(&w, v, /* group= */ NULL);
	jsonw_end_object(&w);
	return finish(&out, ret_json);
}

/* --- intents -------------------------------------------------------------------- */

/* No token: whoever has it could replay the call (it is not secret, but nobody needs it). */
static void add_intent(struct jsonw *w, const struct intent *i)
{
	jsonw_begin_object(w);
	jsonw_key_int(w, "id", i->id);
	jsonw_key_text(w, "key", i->key);
	jsonw_key_text(w, "group", i->group);
	jsonw_key_text(w, "verb", verb_name(i->verb));
	jsonw_key_text(w, "operation", i->operation);
	jsonw_key_text(w, "state", intent_state_name(i->state));
	jsonw_key_int(w, "count", i->count);
	key_text_or_null(w, "cloud_group", i->cloud_group);
	key_text_or_null(w, "name", i->name);
	key_list(w, "targets", &i->targets);
	jsonw_key_int(w, "sends", i->sends);
	jsonw_key_int(w, "looks", i->looks);
	key_time(w, "created", i->created_wall_ms);
	key_time(w, "first_sent", i->first_sent_wall_ms);
	key_time(w, "last_sent", i->last_sent_wall_ms);
	key_text_or_null(w, "order_id", i->order_id);
	key_text_or_null(w, "result_group", i->result_group);
	key_text_or_null(w, "code", i->code);
	key_text_or_null(w, "message", i->message);
	key_text_or_null(w, "request_id", i->request_id);
	jsonw_end_object(w);
}

static void key_intents(struct jsonw *w, const struct status_view *v, const char *key,
			const char *group)
{
	const struct in_flight *f = flight_of(v);
	jsonw_key(w, key);
	jsonw_begin_array(w);
	for (size_t i = 0; i < f->n_intents; i++)
		if ((intent_is_open(f->intents[i]) || intent_is_unnamed(f->intents[i])) &&
		    is_wanted(group, f->intents[i]->group))
			add_intent(w, f->intents[i]);
	jsonw_end_array(w);
}

int status_intents_json(const struct status_view *v, char **ret_json)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(LIMIT_STATUS_BYTES);
	struct jsonw w = JSONW_INIT(&out);
	jsonw_begin_object(&w);
	key_intents(&w, v, "intents", /* group= */ NULL);
	jsonw_end_object(&w);
	return finish(&out, ret_json);
}

/* --- explain -------------------------------------------------------------------- */

static void key_desired(struct jsonw *w, const struct desired_group *d)
{
	jsonw_key(w, "desired");
	if (!d) {
		jsonw_null(w);
		return;
	}
	jsonw_begin_object(w);
	jsonw_key_text(w, "kind", kind_name(d->kind));
	jsonw_key_text(w, "region", d->region ? d->region : "");
	jsonw_key_int(w, "count", d->count);
	key_text_or_null(w, "spec", d->spec);
	key_text_or_null(w, "image", d->image);
	jsonw_key_text(w, "charge", charge_type_name(d->charge));
	jsonw_key_text(w, "heal", heal_name(d->heal));
	jsonw_key_bool(w, "protect", d->protect);
	jsonw_key_uint(w, "line", d->pos.line);
	jsonw_end_object(w);
}

static void key_observed(struct jsonw *w, const struct status_view *v, const struct group_report *g)
{
	jsonw_key(w, "status");
	if (g)
		add_group(w, v, g);
	else
		jsonw_null(w);
}

/* The newest refusal that an unsettled call of the group has met. */
static const struct intent *last_error(const struct status_view *v, const char *group)
{
	const struct in_flight *f = flight_of(v);
	const struct intent *newest = NULL;
	for (size_t i = 0; i < f->n_intents; i++) {
		const struct intent *p = f->intents[i];
		if (p->code && p->code[0] && strcmp(p->group, group) == 0 &&
		    (!newest || p->last_sent_wall_ms > newest->last_sent_wall_ms))
			newest = p;
	}
	return newest;
}

static void key_last_error(struct jsonw *w, const struct status_view *v, const char *group)
{
	const struct intent *i = last_error(v, group);
	jsonw_key(w, "last_error");
	if (!i) {
		jsonw_null(w);
		return;
	}
	jsonw_begin_object(w);
	jsonw_key_text(w, "operation", i->operation);
	jsonw_key_text(w, "code", i->code);
	key_text_or_null(w, "message", i->message);
	key_text_or_null(w, "request_id", i->request_id);
	key_time(w, "at", i->last_sent_wall_ms);
	jsonw_end_object(w);
}

static void key_events(struct jsonw *w, const struct status_event *events, size_t n)
{
	jsonw_key(w, "events");
	jsonw_begin_array(w);
	for (size_t i = 0; i < n; i++) {
		jsonw_begin_object(w);
		key_time(w, "time", events[i].wall_ms);
		jsonw_key_text(w, "event", events[i].event);
		jsonw_key_text(w, "detail", events[i].detail ? events[i].detail : "");
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static uint64_t next_look(const struct status_view *v, enum kind kind)
{
	return kind == KIND_INVALID ? 0 : v->next_cycle_wall_ms[kind];
}

int status_explain_json(const struct status_view *v, const char *group,
			const struct status_event *events, size_t n_events, char **ret_json)
{
	const struct desired_group *d = v->desired ? desired_find(v->desired, group) : NULL;
	const struct group_report *g = find_report(v, group);
	if (!d && !g)
		return -ENOENT;
	auto_strbuf struct strbuf out = STRBUF_INIT(LIMIT_STATUS_BYTES);
	struct jsonw w = JSONW_INIT(&out);
	jsonw_begin_object(&w);
	jsonw_key_text(&w, "group", group);
	key_desired(&w, d);
	key_observed(&w, v, g);
	key_intents(&w, v, "in_flight", group);
	key_orders(&w, v, group);
	key_actions(&w, v, group);
	key_last_error(&w, v, group);
	key_time(&w, "next_look", next_look(v, d ? d->kind : g->kind));
	key_events(&w, events, n_events);
	jsonw_end_object(&w);
	return finish(&out, ret_json);
}

/* --- one line ------------------------------------------------------------------- */

static size_t count_condition(const struct plan *plan, enum condition condition)
{
	size_t n = 0;
	for (size_t i = 0; i < plan->n_groups; i++)
		n += plan->groups[i].condition == condition;
	return n;
}

static size_t count_unpaid(const struct in_flight *f)
{
	size_t n = 0;
	for (size_t i = 0; i < f->n_orders; i++)
		n += f->orders[i].status == ORDER_UNPAID && !f->orders[i].foreign;
	return n;
}

void status_line(const struct status_view *v, char *out, size_t size)
{
	const struct plan *plan = plan_of(v);
	auto_strbuf struct strbuf line = STRBUF_INIT(1000);
	if (!v->plan)
		strbuf_add(&line, "looking at the cloud for the first time");
	else
		strbuf_addf(&line, "%zu group%s", plan->n_groups, plan->n_groups == 1 ? "" : "s");
	const char *separator = ": ";
	for (int i = 0; i < CONDITION_MAX_; i++) {
		size_t n = count_condition(plan, (enum condition)i);
		if (n == 0)
			continue;
		strbuf_addf(&line, "%s%zu %s", separator, n, condition_name((enum condition)i));
		separator = ", ";
	}
	size_t unpaid = count_unpaid(flight_of(v));
	if (unpaid > 0)
		strbuf_addf(&line, "; %zu order%s to pay", unpaid, unpaid == 1 ? "" : "s");
	(void)snprintf(out, size, "%s", strbuf_text(&line));
}
