/*
 * What an approval changes for good, beside letting one action through: a person has said
 * whose the things are that the action waited for.
 */
#include <string.h>

#include "app_internal.h"
#include "plan/given.h"

static int put_row(struct app *a, const struct observed_group *g, const char *group, bool foreign)
{
	uint64_t wall = env_wall_ms(a->env);
	const struct resource row = {
		.id = (char *)"",
		.cloud_group = (char *)g->id,
		.group = (char *)group,
		.state = RESOURCE_SEEN,
		.charge = g->charge,
		.first_wall_ms = wall,
		.seen_wall_ms = wall,
		.foreign = foreign,
	};
	return books_put_resource(a->books, &row);
}

struct giving {
	struct app *app;
	const struct action *action;
};

static int put_given(void *data, const struct observed_group *g)
{
	const struct giving *giving = data;
	const struct action *action = giving->action;
	return put_row(giving->app, g, action->group, given_is_foreign(action->hold));
}

static int give_groups(struct app *a, const struct action *action)
{
	struct giving giving = {a, action};
	struct plan_input input;
	struct in_flight flight;
	int r = app_plan_input(a, &input, &flight);
	return r == 0 ? given_each(&input, action->group, action->hold, put_given, &giving) : r;
}

struct giving_up {
	struct app *app;
	const char *group;
};

/* What another group waits for stays that group's. */
static int disown_order(void *data, const struct order *known)
{
	const struct giving_up *g = data;
	if (known->intent != 0 || known->foreign || (*known->group && strcmp(known->group, g->group) != 0))
		return 0;
	struct order order = *known;
	order.foreign = true;
	return books_put_order(g->app->books, &order);
}

static int give_up_vanished(void *data, const struct resource *known)
{
	const struct giving_up *g = data;
	if (known->state != RESOURCE_MISSING || known->missing_listings < ABSENT_LISTINGS ||
	    strcmp(known->group, g->group) != 0)
		return 0;
	struct resource row = *known;
	row.state = RESOURCE_GONE;
	return books_put_resource(g->app->books, &row);
}

static int approve_for_good(struct app *a, const struct action *action)
{
	struct giving_up of_group = {a, action->group};
	switch ((int)action->hold) {
	case HOLD_FOREIGN_OWNER:
	case HOLD_BROWNFIELD:
		return give_groups(a, action);
	case HOLD_UNKNOWN_ORDERS:
		return books_each_order(a->books, disown_order, &of_group);
	case HOLD_VANISHED:
		return books_each_resource(a->books, give_up_vanished, &of_group);
	default: /* nothing that lasts */
		return 0;
	}
}

/* What the person saw earlier under the same hash still counts, as long as the action has not
 * become larger than it was then. */
static int keep_shown_before(struct app *a, struct approval *approval)
{
	struct in_flight flight;
	int r = books_view(a->books, approval->given_wall_ms, &flight);
	for (size_t k = 0; r == 0 && k < flight.n_approvals; k++) {
		const struct approval *before = &flight.approvals[k];
		if (strcmp(before->hash, approval->hash) == 0 && approval->count <= before->count &&
		    approval->price_micro <= before->price_micro)
			memcpy(approval->holds, before->holds, sizeof(approval->holds));
	}
	return r;
}

int app_approve_action(struct app *a, const struct action *action, const char *who)
{
	struct approval approval = {.who = (char *)who,
				    .given_wall_ms = env_wall_ms(a->env),
				    .count = action->count,
				    .price_micro = action->price_micro};
	(void)strncpy(approval.hash, action->hash, sizeof(approval.hash) - 1);
	int r = keep_shown_before(a, &approval);
	approval_name(&approval, hold_name(action->hold));
	if (r == 0)
		r = approve_for_good(a, action);
	return r == 0 ? books_put_approval(a->books, &approval) : r;
}

struct emptying {
	struct app *app;
	enum kind kind;
	uint64_t wall_ms;
};

/* As after three listings without it: what was paid for in advance is still a person's to
 * replace. */
static int believe_gone(void *data, const struct resource *known)
{
	const struct emptying *e = data;
	const struct known_group *group = books_known_group(e->app->books, known->group);
	bool seen = known->state == RESOURCE_SEEN || known->state == RESOURCE_MISSING;
	if (!seen || known->foreign || !group || group->kind != e->kind)
		return 0;
	uint64_t absent = e->app->settings.poll.absent_after_ms;
	struct resource row = *known;
	row.state = known->charge == CHARGE_POSTPAID ? RESOURCE_GONE : RESOURCE_MISSING;
	row.missing_listings = ABSENT_LISTINGS;
	row.missing_wall_ms = e->wall_ms > absent ? e->wall_ms - absent : 1;
	return books_put_resource(e->app->books, &row);
}

int app_approve_empty(struct app *a, enum kind kind, const char *hash, const char *who)
{
	struct emptying e = {a, kind, env_wall_ms(a->env)};
	struct approval approval = {.who = (char *)who, .given_wall_ms = e.wall_ms, .used = true};
	(void)strncpy(approval.hash, hash, sizeof(approval.hash) - 1);
	approval_name(&approval, "empty-listing");
	int r = books_each_resource(a->books, believe_gone, &e);
	return r == 0 ? books_put_approval(a->books, &approval) : r;
}
