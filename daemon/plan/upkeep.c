/* Calls that touch instances and cost nothing: marks and tags, key pairs, power, first aid. */
#include <inttypes.h>

#include "plan/steps.h"

/* Of the verbs that are planned here. */
static const char *const reasons[VERB_MAX_] = {
	[VERB_TAG] = "lack our marks or a declared tag",
	[VERB_ATTACH_KEY] = "lack the key pair",
	[VERB_START] = "are switched off; power: on",
	[VERB_REBOOT] = "are unavailable; heal: reboots them",
	[VERB_RESET] = "are unavailable; heal: reset reinstalls them",
};

bool cloud_may_be_touched(const struct cloud_view *c)
{
	if (!c->seen || c->leaving ||
	    (c->belonging != BELONG_RECORDED && c->belonging != BELONG_ADOPTED))
		return false;
	return c->seen->status != GROUP_EXPIRED && c->seen->status != GROUP_DELETED &&
	       c->seen->status != GROUP_UNKNOWN;
}

static bool is_wanting(const struct step *s, const struct member *m, enum verb verb)
{
	return member_committed(m) && !m->leaving && m->victim == VICTIM_NO &&
	       !(m->busy & 1u << verb) && s->rules->needs(s->world, s->view->want, m, verb);
}

static int add(const struct step *s, enum verb verb, const char *cloud_group, struct text_list *ids,
	       struct action **ret)
{
	int64_t count = (int64_t)ids->n;
	int r = draft_add(s->draft, s->view, verb, cloud_group, count, ids, ret);
	if (r == 0)
		r = action_reason(*ret, "%" PRId64 " %s", count, reasons[verb]);
	return r < 0 ? r : hold_upkeep_backoff(s, *ret);
}

static int flush(const struct step *s, enum verb verb, struct text_list *ids)
{
	struct action *a;
	return ids->n == 0 ? 0 : add(s, verb, "", ids, &a);
}

bool tags_are_lacking(const struct world *w, const struct desired_group *want, const char *tags)
{
	if (!tags_has(tags, MARK_FLEET, w->in->desired->fleet) ||
	    !tags_has(tags, MARK_GROUP, want->name) ||
	    !tags_has(tags, MARK_OWNER, w->in->in_flight->owner))
		return true;
	for (size_t i = 0; i < want->n_tags; i++)
		if (!tags_has(tags, want->tags[i].key, want->tags[i].value))
			return true;
	return false;
}

/* Kinds whose create takes no tags, or whose marks are not at the instances. */
static int tag_groups(const struct step *s)
{
	struct text_list ids = {0};
	int r = 0;
	for (size_t k = 0; k < s->view->clouds.n && r == 0; k++) {
		const struct cloud_view *c = s->view->clouds.items[k];
		if (!cloud_may_be_touched(c) || c->seen->status == GROUP_FAILED ||
		    c->busy & 1u << VERB_TAG ||
		    !tags_are_lacking(s->world, s->view->want, c->seen->tags))
			continue;
		r = text_list_add(&ids, c->id);
		if (r == 0 && ids.n == s->rules->batch)
			r = flush(s, VERB_TAG, &ids);
	}
	if (r == 0)
		r = flush(s, VERB_TAG, &ids);
	text_list_fini(&ids);
	return r;
}

/* First aid takes a phone from whoever uses it, or all that is on it: not from one that has recovered
 * since it was listed. */
static bool is_first_aid(enum verb verb)
{
	return verb == VERB_REBOOT || verb == VERB_RESET;
}

/* Told, with the cloud group whose listing it waits for. */
static int hold_first_aid(const struct step *s, const struct cloud_view *c, enum verb verb)
{
	struct text_list ids = {0};
	int r = 0;
	for (size_t i = 0; i < c->n_members && r == 0; i++)
		if (is_wanting(s, &c->members[i], verb))
			r = text_list_add(&ids, c->members[i].seen->id);
	struct action *a;
	if (r == 0 && ids.n > 0 && (r = add(s, verb, c->id, &ids, &a)) == 0)
		r = hold_stale(s, c, true, a);
	text_list_fini(&ids);
	return r;
}

static int touch(const struct step *s, enum verb verb)
{
	struct text_list ids = {0};
	int r = 0;
	for (size_t k = 0; k < s->view->clouds.n && r == 0; k++) {
		const struct cloud_view *c = s->view->clouds.items[k];
		if (!cloud_may_be_touched(c))
			continue;
		if (is_first_aid(verb) && !is_fresh(s, c)) {
			r = hold_first_aid(s, c, verb);
			continue;
		}
		for (size_t i = 0; i < c->n_members && r == 0; i++) {
			if (!is_wanting(s, &c->members[i], verb))
				continue;
			r = text_list_add(&ids, c->members[i].seen->id);
			if (r == 0 && ids.n == s->rules->batch)
				r = flush(s, verb, &ids);
		}
	}
	if (r == 0)
		r = flush(s, verb, &ids);
	text_list_fini(&ids);
	return r;
}

int step_upkeep(const struct step *s)
{
	int r;
	if (s->rules->tags_groups && s->view->want->count > 0 && (r = tag_groups(s)) < 0)
		return r;
	if (!s->rules->members)
		return 0;
	if ((r = touch(s, VERB_TAG)) < 0 || (r = touch(s, VERB_ATTACH_KEY)) < 0 ||
	    (r = touch(s, VERB_START)) < 0 || view_is_too_sick(s->view))
		return r;
	return (r = touch(s, VERB_REBOOT)) < 0 ? r : touch(s, VERB_RESET);
}
