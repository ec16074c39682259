/*
 * drover release: a group that is no longer in the file goes. It stands in the desired state
 * as if the file still had it, with count: 0, until its name returns or nothing is left; what
 * count: 0 does waits for an approval, as always.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_internal.h"
#include "base/digest.h"

#define META_RELEASED "released:%s" /* "1": a person has released this group */

static void meta_key(const char *group, char *key, size_t size)
{
	(void)snprintf(key, size, META_RELEASED, group);
}

/* 1, 0 or a negative errno. */
static int is_released(const struct app *a, const char *group)
{
	char key[LIMIT_NAME_BYTES];
	auto_free char *value = NULL;
	meta_key(group, key, sizeof(key));
	int r = ledger_meta_get(a->ledger, key, &value);
	return r < 0 ? r : value && strcmp(value, "1") == 0;
}

static int remember(struct app *a, const char *group, bool released)
{
	char key[LIMIT_NAME_BYTES];
	meta_key(group, key, sizeof(key));
	return ledger_meta_set(a->ledger, key, released ? "1" : "0");
}

static int fill_group(struct desired_group *g, const struct known_group *known)
{
	g->name = strdup(known->name);
	g->region = strdup(known->region);
	g->spec = strdup("");
	g->image = strdup("");
	g->create = value_map();
	g->kind = known->kind;
	g->charge = known->charge;
	g->protect = known->protect;
	g->instances_per_group = LIMIT_PAGE_SIZE;
	g->fingerprint = digest_text(DIGEST_INIT, known->name);
	return g->name && g->region && g->spec && g->image && g->create ? 0 : -ENOMEM;
}

static int add_group(struct desired *d, const struct known_group *known)
{
	struct desired_group *groups = reallocarray(d->groups, d->n_groups + 1, sizeof(*groups));
	if (!groups)
		return -ENOMEM;
	d->groups = groups;
	groups[d->n_groups] = (struct desired_group){0};
	int r = fill_group(&groups[d->n_groups], known);
	if (r < 0)
		desired_group_fini(&groups[d->n_groups]);
	else
		d->n_groups++;
	return r;
}

struct adding {
	struct app *app;
	struct desired *desired;
};

static int add_if_released(void *data, const struct known_group *known)
{
	struct adding *s = data;
	int released = is_released(s->app, known->name);
	if (released <= 0)
		return released;
	int holds = app_has_holdings(s->app, known->name);
	if (holds < 0)
		return holds;
	if (desired_find(s->desired, known->name) || holds == 0)
		return remember(s->app, known->name, false); /* taken in again, or over */
	return add_group(s->desired, known);
}

int app_release_apply(struct app *a, struct desired *d)
{
	struct adding s = {a, d};
	return books_each_known_group(a->books, add_if_released, &s);
}

int app_release_group(struct app *a, const char *group, char **reterr_text)
{
	const struct known_group *known = books_known_group(a->books, group);
	if (!known) {
		*reterr_text = strdup("no group of this name was ever managed here");
		return -ENOENT;
	}
	if (desired_find(a->desired, group)) {
		*reterr_text = strdup(is_released(a, group) > 0
					      ? "it is released already; `drover plan` names what waits for approval"
					      : "the group is in the fleet file: set count: 0 there, or remove it first");
		return -EEXIST;
	}
	int r = remember(a, group, true);
	return r == 0 ? add_group(a->desired, known) : r;
}
