#include "history.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/vec.h"
#include "cloudside.h"
#include "fleet.h"

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	return cJSON_IsString(item) ? item->valuestring : "";
}

static const cJSON *list_of(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

struct thing {
	char id[64];
	unsigned group; /* FLEET_GROUPS: nobody's */
	bool foreign, failed;
};

struct unpaid {
	char id[64];
	unsigned group;
	int64_t count;
};

/* What stands and what is ordered. */
struct scene {
	VEC(struct thing) things;
	VEC(struct unpaid) unpaid;
	int64_t holds[FLEET_GROUPS + 1];
};

static struct {
	struct scene before, after;
	VEC(struct unpaid) orders; /* all that ever were, and for whom */
	VEC(struct thing) foreign;
	char wrong[400];
	uint64_t changes;
} t;

void history_start(void)
{
	vec_free(&t.before.things);
	vec_free(&t.before.unpaid);
	vec_free(&t.after.things);
	vec_free(&t.after.unpaid);
	vec_free(&t.orders);
	vec_free(&t.foreign);
	memset(&t, 0, sizeof(t));
}

const char *history_wrong(void)
{
	return *t.wrong ? t.wrong : NULL;
}

uint64_t history_changes(void)
{
	return t.changes;
}

static void wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void wrong(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (!*t.wrong)
		(void)vsnprintf(t.wrong, sizeof(t.wrong), format, args);
	va_end(args);
}

void history_foreign(const char *group_id)
{
	struct thing *thing = vec_add(&t.foreign);
	if (!thing)
		abort();
	*thing = (struct thing){.group = FLEET_GROUPS, .foreign = true};
	(void)snprintf(thing->id, sizeof(thing->id), "%s", group_id);
}

bool history_is_foreign(const char *group_id)
{
	vec_each(&t.foreign, thing) if (strcmp(thing->id, group_id) == 0) return true;
	return false;
}

static unsigned owner_of(const cJSON *group)
{
	if (history_is_foreign(text_of(group, "id")))
		return FLEET_GROUPS;
	for (unsigned k = 0; k < fleet.n_groups; k++)
		if (truth_is_of(group, &fleet.groups[k].wanted))
			return k;
	return FLEET_GROUPS;
}

static void see_group(struct scene *s, const cJSON *group)
{
	const cJSON *instance;
	unsigned owner = owner_of(group);
	bool foreign = history_is_foreign(text_of(group, "id"));
	cJSON_ArrayForEach(instance, list_of(group, "instances"))
	{
		if (truth_is_gone(group) || truth_is_gone(instance))
			continue;
		struct thing *thing = vec_add(&s->things);
		if (!thing)
			abort();
		*thing = (struct thing){.group = owner, .foreign = foreign};
		thing->failed = strcmp(text_of(instance, "status"), "FAILED") == 0;
		(void)snprintf(thing->id, sizeof(thing->id), "%s", text_of(instance, "id"));
		s->holds[owner]++;
	}
}

static const struct unpaid *known_order(const char *id)
{
	vec_each(&t.orders, order) if (strcmp(order->id, id) == 0) return order;
	return NULL;
}

static void see_order(struct scene *s, const cJSON *order)
{
	const struct unpaid *known = known_order(text_of(order, "id"));
	struct unpaid *unpaid = vec_add(&s->unpaid);
	if (!unpaid)
		abort();
	*unpaid = (struct unpaid){.group = known ? known->group : FLEET_GROUPS};
	unpaid->count = (int64_t)cJSON_GetNumberValue(list_of(order, "count"));
	(void)snprintf(unpaid->id, sizeof(unpaid->id), "%s", text_of(order, "id"));
	s->holds[unpaid->group] += unpaid->count;
}

static void look(struct scene *s)
{
	cJSON *state = cloudside_admin("/_sim/state", NULL);
	const cJSON *item;
	s->things.n = s->unpaid.n = 0;
	memset(s->holds, 0, sizeof(s->holds));
	cJSON_ArrayForEach(item, list_of(state, "groups")) see_group(s, item);
	cJSON_ArrayForEach(item, list_of(state, "orders"))
	{
		if (strcmp(text_of(item, "status"), "Unpaid") == 0)
			see_order(s, item);
	}
	cJSON_Delete(state);
}

static bool stands(const struct scene *s, const char *id)
{
	vec_each(&s->things, thing) if (strcmp(thing->id, id) == 0) return true;
	return false;
}

/* Whom a call is for: by the name that it gives, or by the cloud group that it names. */
static unsigned subject_of(const cJSON *params)
{
	static const char *const names[] = {"InstanceGroupName", "AppInstanceGroupName"};
	static const char *const ids[] = {"InstanceGroupId", "AppInstanceGroupId"};
	unsigned found = FLEET_GROUPS;
	for (unsigned k = 0; k < fleet.n_groups; k++)
		for (size_t n = 0; n < ARRAY_SIZE(names); n++)
			if (truth_is_named_for(text_of(params, names[n]),
					       &fleet.groups[k].wanted) ||
			    (fleet.groups[k].wanted.kind == KIND_PURCHASE &&
			     *text_of(params, "ProductType") &&
			     strcmp(text_of(params, "ProductType"),
				    fleet.groups[k].wanted.product) == 0))
				return k;
	cJSON *state = cloudside_admin("/_sim/state", NULL);
	const cJSON *group;
	cJSON_ArrayForEach(group, list_of(state, "groups"))
	{
		for (size_t n = 0; n < ARRAY_SIZE(ids); n++)
			if (*text_of(params, ids[n]) &&
			    strcmp(text_of(params, ids[n]), text_of(group, "id")) == 0)
				found = owner_of(group);
	}
	cJSON_Delete(state);
	return found;
}

/* An order that came with the call is for the same group. */
static void file_orders(struct scene *s, unsigned subject)
{
	vec_each(&s->unpaid, order)
	{
		struct unpaid *known = known_order(order->id) ? NULL : vec_add(&t.orders);
		if (!known)
			continue;
		s->holds[order->group] -= order->count;
		order->group = subject;
		s->holds[subject] += order->count;
		*known = *order;
	}
}

static void judge_buy(const char *action)
{
	for (unsigned k = 0; k < fleet.n_groups; k++) {
		const struct wanted *g = &fleet.groups[k].wanted;
		int64_t was = t.before.holds[k], is = t.after.holds[k];
		if (is > was && is > fleet_most(&fleet.groups[k]))
			wrong("duplicate: %s brought %s from %lld to %lld, at most %lld are wanted",
			      action, g->name, (long long)was, (long long)is,
			      (long long)fleet_most(&fleet.groups[k]));
	}
	if (t.after.holds[FLEET_GROUPS] > t.before.holds[FLEET_GROUPS])
		wrong("duplicate: %s made what no group asks for", action);
}

static void judge_removal(const char *action)
{
	int64_t healthy[FLEET_GROUPS + 1] = {0}, left[FLEET_GROUPS + 1] = {0};
	vec_each(&t.after.things, thing) left[thing->group]++;
	vec_each(&t.before.things, thing)
	{
		if (stands(&t.after, thing->id))
			continue;
		if (thing->group == FLEET_GROUPS)
			wrong("unowned: %s took %s, which is not ours", action, thing->id);
		const char *heal =
			thing->group < FLEET_GROUPS ? fleet.groups[thing->group].heal : NULL;
		healthy[thing->group] += !(thing->failed && heal && strcmp(heal, "replace") == 0);
	}
	for (unsigned k = 0; k < fleet.n_groups; k++) {
		const struct wanted *g = &fleet.groups[k].wanted;
		if (healthy[k] > 0 && left[k] < fleet_least(&fleet.groups[k]))
			wrong("unowned: %s left %lld of %s, at least %lld are wanted", action,
			      (long long)left[k], g->name,
			      (long long)fleet_least(&fleet.groups[k]));
	}
}

/* Nothing that is another's is named, and no order is given up. */
static void judge_words(const char *action, const cJSON *params)
{
	vec_each(&t.foreign, thing)
	{
		const cJSON *param;
		cJSON_ArrayForEach(param, params)
		{
			if (cJSON_IsString(param) && strstr(param->valuestring, thing->id))
				wrong("unowned: %s names %s, which is not ours", action, thing->id);
		}
	}
	if (strcmp(action, "CancelOrder") == 0 || strcmp(action, "RefundInstance") == 0)
		wrong("unowned: %s is nothing that drover does", action);
}

void history_before_call(void)
{
	look(&t.before);
	file_orders(&t.before, FLEET_GROUPS);
}

void history_after_call(uint64_t number)
{
	char path[64];
	(void)snprintf(path, sizeof(path), "/_sim/calls?since=%llu",
		       (unsigned long long)number - 1);
	cJSON *calls = cloudside_admin(path, NULL);
	const cJSON *call = cJSON_GetArrayItem(calls, 0);
	const char *action = text_of(call, "action");
	if (cJSON_GetArraySize(calls) != 1)
		abort();
	judge_words(action, list_of(call, "params"));
	look(&t.after);
	file_orders(&t.after, subject_of(list_of(call, "params")));
	t.changes += cJSON_IsTrue(list_of(call, "effect")) ? 1 : 0;
	judge_buy(action);
	judge_removal(action);
	cJSON_Delete(calls);
}
