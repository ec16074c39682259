#include "act/driver_intent.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/base32.h"
#include "base/cleanup.h"
#include "cloud/actions.h"

#define NAME_TRIES 8 /* a second one is one in 2^30: more than that, and chance is broken */

/* The bandwidth package that the group's first create bought, if it did. */
static const char *package_of(const struct intent_source *s, const char *group)
{
	for (size_t k = 0; k < s->observed->n_groups; k++) {
		const struct observed_group *g = &s->observed->groups[k];
		if (g->bandwidth_package && *g->bandwidth_package && tags_has(g->tags, MARK_GROUP, group))
			return g->bandwidth_package;
	}
	return "";
}

static const char *pool_of(const struct intent_source *s, const char *cloud_group)
{
	const struct observed_group *g = observed_find_group(s->observed, cloud_group);
	return g && g->pool ? g->pool : "";
}

static int fill(const struct intent_source *s, const struct action *a, const struct desired_group *g,
		struct intent *i)
{
	i->verb = a->verb;
	i->kind = a->kind;
	i->state = INTENT_RECORDED;
	i->count = a->count;
	i->charge = g->charge;
	i->price_micro = a->price_micro;
	memcpy(i->currency, a->currency, sizeof(i->currency));
	i->fingerprint = g->fingerprint;
	i->generation = s->desired->generation;
	i->created_wall_ms = env_wall_ms(s->env);
	int r = intent_set(&i->group, a->group);
	if (r == 0)
		r = intent_set(&i->region, g->region);
	if (r == 0)
		r = intent_set(&i->cloud_group, a->cloud_group);
	if (r == 0)
		r = text_list_copy(&a->targets, a->verb == VERB_GROW ? &i->before : &i->targets);
	return r;
}

/* Lists match names loosely (appstream-center 8); what is alike is not told apart later. */
static bool is_name_taken(const struct intent_source *s, const struct intent *i)
{
	for (size_t k = 0; k < s->observed->n_groups; k++)
		if (s->observed->groups[k].kind == i->kind &&
		    strcasecmp(s->observed->groups[k].name, i->name) == 0)
			return true;
	size_t n;
	struct intent *const *known = executor_intents(s->executor, &n);
	for (size_t k = 0; k < n; k++)
		if (known[k]->kind == i->kind && strcasecmp(known[k]->name, i->name) == 0)
			return true;
	return false;
}

/* Name and token of the call come from the key. */
static int encode(const struct intent_source *s, const struct action *a, const struct desired_group *g,
		  struct intent *i)
{
	const struct action_context ctx = {
		.fleet = s->desired->fleet,
		.owner = s->owner,
		.bandwidth_package = package_of(s, a->group),
		.pool = pool_of(s, a->cloud_group),
	};
	uint8_t random[16];
	s->env->random_bytes(s->env, random, sizeof(random));
	base32_encode(random, sizeof(random), i->key);
	return action_encode(&ctx, a, g, i);
}

int driver_intent_make(const struct intent_source *source, const struct action *action,
		       struct intent **ret)
{
	const struct desired_group *g = desired_find(source->desired, action->group);
	auto_intent struct intent *i = g ? intent_new() : NULL;
	if (!i)
		return g ? -ENOMEM : -EINVAL;
	int r = fill(source, action, g, i), tries = 0;
	do
		r = r < 0 ? r : encode(source, action, g, i);
	while (r == 0 && *i->name && is_name_taken(source, i) && ++tries < NAME_TRIES);
	if (r < 0 || tries == NAME_TRIES)
		return r < 0 ? r : -EINVAL;
	*ret = TAKE(i);
	return 0;
}
