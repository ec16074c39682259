#include "tuples/plan_text.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/strbuf.h"

#define LL PRId64

static void add_action(struct strbuf *s, const struct action *a)
{
	strbuf_addf(s,
		    "%s %s %s %s [%s] %" LL " %" LL " [%s] [%s] %" LL "%s %s%s\n  why: %s\n  ids:",
		    a->hash, verb_name(a->verb), kind_name(a->kind), a->group, a->cloud_group,
		    a->count, a->total, a->spec, a->price, a->price_micro, a->currency,
		    hold_name(a->hold), a->whole_group ? " whole" : "", a->reason);
	for (size_t t = 0; t < a->targets.n; t++)
		strbuf_addf(s, " %s", a->targets.items[t]);
	strbuf_addf(s, "\n  held: %s\n", a->hold_text);
}

static void add_report(struct strbuf *s, const struct group_report *r)
{
	strbuf_addf(s, "group %s %s [%s] desired %" LL " running %" LL " pending %" LL, r->name,
		    kind_name(r->kind), r->region ? r->region : "", r->desired, r->running,
		    r->pending);
	strbuf_addf(s, " failed %" LL " awaiting %" LL " surplus %" LL " committed %" LL, r->failed,
		    r->awaiting_payment, r->surplus, r->committed);
	strbuf_addf(s, " retained %" LL " until %" PRIu64 " drifted %" LL " expires %" PRIu64 " [",
		    r->retained, r->retained_until_ms, r->drifted, r->expires_ms);
	for (int e = 0; e < ENDING_MAX_; e++)
		strbuf_addf(s, " %" LL, r->ending[e]);
	strbuf_addf(s, "] [%s] %s%s%s\n  why: %s\n", r->price ? r->price : "",
		    condition_name(r->condition), r->waits_on_person ? " person" : "",
		    r->refused ? " refused" : "", r->reason);
}

char *plan_text(const struct plan *p)
{
	struct strbuf s = STRBUF_INIT(1u << 20);
	for (size_t i = 0; i < p->n_actions; i++)
		add_action(&s, &p->actions[i]);
	for (size_t i = 0; i < p->n_groups; i++)
		add_report(&s, &p->groups[i]);
	for (size_t i = 0; i < p->n_watch; i++)
		strbuf_addf(&s, "watch %s %d\n", p->watch[i].id, p->watch[i].transition);
	for (int kind = 0; kind < KIND_MAX_; kind++)
		strbuf_addf(&s, "empty [%s] groups %d\n", p->empty_hash[kind], p->watch_groups[kind]);
	char *text = strbuf_take(&s);
	if (!text)
		abort();
	return text;
}
