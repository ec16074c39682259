#pragma once
/*
 * The decoded fleet as text, for comparison with an expected file.
 */
#include <inttypes.h>

#include "base/strbuf.h"
#include "model/desired.h"

static inline void dump_value(struct strbuf *out, const char *name, const struct value *v,
			      int depth)
{
	strbuf_addf(out, "%*s%s", depth * 2, "", name);
	if (v->type == VALUE_TEXT)
		strbuf_addf(out, " \"%s\"\n", v->text);
	else if (v->type == VALUE_INT)
		strbuf_addf(out, " %" PRId64 "\n", v->integer);
	else if (v->type == VALUE_BOOL)
		strbuf_addf(out, " %s\n", v->boolean ? "true" : "false");
	else
		strbuf_add_char(out, '\n');
	for (size_t i = 0; v->type == VALUE_MAP && i < v->n; i++)
		dump_value(out, v->keys[i], v->items[i], depth + 1);
	for (size_t i = 0; v->type == VALUE_LIST && i < v->n; i++)
		dump_value(out, "-", v->items[i], depth + 1);
}

static inline void dump_list(struct strbuf *out, const char *name, const struct text_list *list)
{
	if (list->n == 0)
		return;
	strbuf_addf(out, "  %s", name);
	for (size_t i = 0; i < list->n; i++)
		strbuf_addf(out, " %s", list->items[i]);
	strbuf_add_char(out, '\n');
}

static inline void dump_group(struct strbuf *out, const struct desired_group *g)
{
	strbuf_addf(out, "group %s at %u:%u, count at %u:%u\n", g->name, g->pos.line, g->pos.column,
		    g->count_pos.line, g->count_pos.column);
	strbuf_addf(out, "  %s %" PRId64 " x %s, %s, in %s, %s%s, %" PRId64 " per group\n",
		    kind_name(g->kind), g->count, g->spec, g->image, g->region,
		    charge_type_name(g->charge), g->auto_pay ? " paid at once" : "",
		    g->instances_per_group);
	if (g->unsized)
		strbuf_add(out, "  unsized\n");
	strbuf_addf(out, "  heal %s%s%s%s%s%s\n", heal_name(g->heal),
		    g->power_on ? ", power on" : "", g->drain_force ? ", drain force" : "",
		    g->protect ? ", protected" : "", g->rollout_now ? ", rollout now" : "",
		    g->reorder_after_cancel ? ", reorder after cancel" : "");
	if (g->key_pair)
		strbuf_addf(out, "  key pair %s\n", g->key_pair);
	if (g->renamed_from)
		strbuf_addf(out, "  renamed from %s\n", g->renamed_from);
	dump_list(out, "adopt", &g->adopt);
	dump_list(out, "fallback", &g->fallback);
	for (size_t i = 0; i < g->n_tags; i++)
		strbuf_addf(out, "  tag %s = %s\n", g->tags[i].key, g->tags[i].value);
	dump_value(out, "create", g->create, 1);
}

static inline void dump_desired(struct strbuf *out, const struct desired *d)
{
	strbuf_addf(out, "fleet %s%s\n", d->fleet, d->has_end_marker ? ", whole" : "");
	for (size_t i = 0; i < d->n_groups; i++)
		dump_group(out, &d->groups[i]);
}
