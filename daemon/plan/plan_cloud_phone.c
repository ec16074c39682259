/* What is particular to cloud phones (eds-aic): instance groups of phones. */
#include <string.h>

#include "plan/kind_rules.h"

static const char *effective_spec(const struct group_view *v)
{
	return v->prospects && v->prospects->spec_to_use ? v->prospects->spec_to_use
							 : v->want->spec;
}

/* PrePaid never grows in place: the call has no token (eds-aic 4.4), and a second order
 * would cost a whole period. */
static int64_t room(const struct group_view *v, const struct cloud_view *c)
{
	const struct observed_group *g = c->seen;
	if (!g || c->leaving || g->status != GROUP_RUNNING)
		return 0;
	if (v->want->charge != CHARGE_POSTPAID || g->charge != CHARGE_POSTPAID)
		return 0;
	if (strcmp(g->region, v->want->region) != 0 || strcmp(g->image, v->want->image) != 0 ||
	    strcmp(g->spec, effective_spec(v)) != 0)
		return 0;
	int64_t left = v->want->instances_per_group - c->committed;
	return left > 0 ? left : 0;
}

/* Whether a subscription may be reduced before its end is not documented (eds-aic 4.5). */
static bool may_shrink(const struct cloud_view *c)
{
	if (c->leaving || c->seen->charge != CHARGE_POSTPAID)
		return false;
	return c->seen->status != GROUP_UNKNOWN && c->seen->status != GROUP_DELETED;
}

/* eds-aic 3: pay-as-you-go at any time, a subscription only once it has expired. */
static bool may_delete(const struct cloud_view *c)
{
	if (!c->seen || c->leaving || c->seen->status == GROUP_DELETED)
		return false;
	return c->seen->charge == CHARGE_POSTPAID ||
	       (c->seen->charge == CHARGE_PREPAID && c->seen->status == GROUP_EXPIRED);
}

static bool may_leave(const struct member *m)
{
	return m->seen->status != INSTANCE_UNKNOWN;
}

/* In which states an instance may be released is not documented (eds-aic 3): those in
 * which nothing is going on. */
static bool is_settled(const struct member *m)
{
	return !instance_is_transient(m->seen->status);
}

static int first_if(bool a, bool b)
{
	return (int)b - (int)a;
}

static bool asked_to_go(const struct member *m)
{
	const char *value;
	return tags_get(m->seen->tags, MARK_REMOVE, &value) >= 0;
}

static int compare_victims(const void *a, const void *b)
{
	const struct member *x = *(struct member *const *)a, *y = *(struct member *const *)b;
	int order =
		first_if(x->seen->status == INSTANCE_FAILED, y->seen->status == INSTANCE_FAILED);
	if (order == 0)
		order = first_if(asked_to_go(x), asked_to_go(y));
	if (order == 0)
		order = first_if(!x->seen->connected, !y->seen->connected);
	if (order == 0 && x->seen->created_ms != y->seen->created_ms)
		order = x->seen->created_ms > y->seen->created_ms ? -1 : 1;
	return order ? order : strcmp(x->seen->id, y->seen->id);
}

static unsigned drift(const struct group_view *v, const struct cloud_view *c)
{
	if (!v->want)
		return 0;
	bool spec = strcmp(c->seen->spec, v->want->spec) == 0 ||
		    text_list_has(&v->want->fallback, c->seen->spec);
	return !spec || strcmp(c->seen->image, v->want->image) != 0 ? 1u << VERB_MAX_ : 0;
}

static bool lacks_tags(const struct world *w, const struct desired_group *want,
		       const struct member *m)
{
	if (m->seen->status == INSTANCE_CREATING || m->seen->status == INSTANCE_FAILED ||
	    m->seen->status == INSTANCE_UNKNOWN)
		return false;
	return tags_are_lacking(w, want, m->seen->tags);
}

/* A key pair is not passed on to the phones of a later growth (eds-aic 4.4), and is attached
 * to running ones only (4.25). */
static bool lacks_key(const struct desired_group *want, const struct member *m)
{
	return want->key_pair && m->seen->status == INSTANCE_RUNNING &&
	       strcmp(m->seen->key_pair, want->key_pair) != 0;
}

static bool needs(const struct world *w, const struct desired_group *want, const struct member *m,
		  enum verb verb)
{
	const unsigned power = 1u << VERB_START | 1u << VERB_REBOOT | 1u << VERB_RESET;
	if (verb == VERB_TAG)
		return lacks_tags(w, want, m);
	if (verb == VERB_ATTACH_KEY)
		return lacks_key(want, m);
	if (m->busy & power)
		return false;
	if (verb == VERB_START)
		return want->power_on && m->seen->status == INSTANCE_STOPPED;
	if (m->seen->status != INSTANCE_UNAVAILABLE)
		return false;
	/* `replace` is for what never came up; the first aid is a reboot (eds-aic 4.14). */
	if (verb == VERB_REBOOT)
		return want->heal == HEAL_REBOOT || want->heal == HEAL_REPLACE;
	return want->heal == HEAL_RESET;
}

const struct kind_rules cloud_phone_rules = {
	.members = true,
	.sheds = true,
	.create_note = "",
	.surplus_note = "",
	.batch = 50, /* TagResources and AttachKeyPair take no more (4.17, 4.25); Downgrade is
			silent (10) */
	.room = room,
	.may_shrink = may_shrink,
	.may_delete = may_delete,
	.may_leave = may_leave,
	.is_settled = is_settled,
	.compare_victims = compare_victims,
	.drift = drift,
	.needs = needs,
};
