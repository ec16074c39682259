#include "truth.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "cloudside.h"
#include "vloop.h"

#define FOREIGN "foreign"

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	return cJSON_IsString(item) ? item->valuestring : "";
}

static const cJSON *list_of(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static bool begins_with(const char *name, const char *group)
{
	size_t n = strlen(group);
	return n > 0 && strncmp(name, group, n) == 0 && name[n] == '.';
}

bool truth_is_named_for(const char *name, const struct wanted *g)
{
	for (size_t k = 0; k < WANTED_FORMER; k++)
		if (begins_with(name, g->former[k]))
			return true;
	return begins_with(name, g->name);
}

bool truth_is_of(const cJSON *group, const struct wanted *g)
{
	if (strcmp(text_of(group, "kind"), kind_name(g->kind)) != 0)
		return false;
	if (g->kind == KIND_PURCHASE)
		return strcmp(text_of(group, "name"), g->product) == 0;
	return truth_is_named_for(text_of(group, "name"), g);
}

bool truth_is_gone(const cJSON *item)
{
	const char *status = text_of(item, "status");
	return strcmp(status, "DELETED") == 0 || strcmp(status, "DELETING") == 0 ||
	       strcmp(status, "RELEASED") == 0;
}

static int64_t size_of(const cJSON *group)
{
	const cJSON *instance;
	int64_t n = 0;
	cJSON_ArrayForEach(instance, list_of(group, "instances")) n += !truth_is_gone(instance);
	return truth_is_gone(group) ? 0 : n;
}

static int64_t standing_of(const cJSON *state, const struct wanted *g)
{
	const cJSON *group;
	int64_t n = 0;
	cJSON_ArrayForEach(group, list_of(state, "groups")) if (truth_is_of(group, g)) n += size_of(group);
	return n;
}

int64_t truth_holds(const struct wanted *g)
{
	cJSON *state = cloudside_admin("/_sim/state", NULL);
	int64_t n = standing_of(state, g);
	cJSON_Delete(state);
	return n;
}

int64_t truth_runs(const struct wanted *g)
{
	cJSON *state = cloudside_admin("/_sim/state", NULL);
	const cJSON *group, *instance;
	int64_t n = 0;
	cJSON_ArrayForEach(group, list_of(state, "groups"))
	{
		if (!truth_is_of(group, g))
			continue;
		cJSON_ArrayForEach(instance, list_of(group, "instances"))
			n += strcmp(text_of(instance, "status"), "RUNNING") == 0;
	}
	cJSON_Delete(state);
	return n;
}

/* Orders tell their kind by the call that made them. */
static bool is_order_of(const cJSON *order, enum kind kind)
{
	static const char *const actions[KIND_MAX_][2] = {
		[KIND_CLOUD_PHONE] = {"CreateAndroidInstanceGroup", "UpgradeAndroidInstanceGroup"},
		[KIND_APP_STREAMING] = {"CreateAppInstanceGroup", "ModifyNodePoolAmount"},
		[KIND_PURCHASE] = {"CreateInstance", "CreateInstance"},
	};
	const char *action = text_of(order, "action");
	return strcmp(action, actions[kind][0]) == 0 || strcmp(action, actions[kind][1]) == 0;
}

static int64_t unpaid_of(const cJSON *state, enum kind kind)
{
	const cJSON *order;
	int64_t n = 0;
	cJSON_ArrayForEach(order, list_of(state, "orders"))
	{
		if (strcmp(text_of(order, "status"), "Unpaid") == 0 && is_order_of(order, kind))
			n += (int64_t)cJSON_GetNumberValue(list_of(order, "count"));
	}
	return n;
}

/* What it brought is the group's; while it is unpaid, its name and size have to do. */
static bool is_for(const cJSON *state, const cJSON *order, const struct wanted *g, const char *operation,
		   const char *name, int64_t count)
{
	const cJSON *resource = cJSON_GetArrayItem(list_of(order, "resources"), 0), *group, *instance;
	if (strcmp(text_of(order, "action"), operation) != 0 ||
	    strcmp(text_of(order, "status"), "Cancelled") == 0)
		return false;
	if (!resource)
		return cJSON_GetNumberValue(list_of(order, "count")) == (double)count &&
		       (!*name || !*text_of(order, "name") || strcmp(text_of(order, "name"), name) == 0);
	cJSON_ArrayForEach(group, list_of(state, "groups"))
	{
		if (!truth_is_of(group, g))
			continue;
		if (strcmp(text_of(group, "id"), resource->valuestring) == 0)
			return true;
		cJSON_ArrayForEach(instance, list_of(group, "instances"))
			if (strcmp(text_of(instance, "id"), resource->valuestring) == 0)
				return true;
	}
	return false;
}

void truth_order(const struct wanted *g, const char *operation, const char *name, int64_t count,
		 unsigned n, char ret[64])
{
	cJSON *state = cloudside_admin("/_sim/state", NULL);
	const cJSON *order;
	*ret = '\0';
	cJSON_ArrayForEach(order, list_of(state, "orders"))
	{
		if (is_for(state, order, g, operation, name, count) && n-- == 0)
			(void)snprintf(ret, 64, "%s", text_of(order, "id"));
	}
	cJSON_Delete(state);
}

/* A group by itself, then a kind with its unpaid orders. */
static const char *judge_numbers(const struct truth *t, const cJSON *state)
{
	static char why[256];
	int64_t holds[KIND_MAX_] = {0}, most[KIND_MAX_] = {0};
	for (unsigned k = 0; k < t->n_groups; k++) {
		const struct wanted *g = &t->groups[k];
		int64_t n = standing_of(state, g);
		holds[g->kind] += n;
		most[g->kind] += g->most;
		if (n <= g->most)
			continue;
		(void)snprintf(why, sizeof(why), "duplicate: %s holds %lld, at most %lld were ever wanted",
			       g->name, (long long)n, (long long)g->most);
		return why;
	}
	for (int kind = 0; kind < KIND_MAX_; kind++) {
		int64_t unpaid = unpaid_of(state, (enum kind)kind);
		if (holds[kind] + unpaid <= most[kind])
			continue;
		(void)snprintf(why, sizeof(why),
			       "duplicate: %s: %lld exist and %lld are ordered, at most %lld were ever wanted",
			       kind_name((enum kind)kind), (long long)holds[kind], (long long)unpaid,
			       (long long)most[kind]);
		return why;
	}
	return NULL;
}

static const char *judge_call(const cJSON *call)
{
	static char why[512];
	const cJSON *params = list_of(call, "params");
	char *text = cJSON_PrintUnformatted(params);
	bool foreign = text && strstr(text, FOREIGN) != NULL;
	cJSON_free(text);
	if (!cJSON_IsTrue(list_of(call, "changing")) || !foreign)
		return NULL;
	(void)snprintf(why, sizeof(why), "unowned: %s touches what is not ours", text_of(call, "action"));
	return why;
}

const char *truth_judge(struct truth *t)
{
	char path[64];
	(void)snprintf(path, sizeof(path), "/_sim/calls?since=%lld", (long long)t->seen_calls);
	cJSON *calls = cloudside_admin(path, NULL), *state = cloudside_admin("/_sim/state", NULL);
	const cJSON *call;
	const char *wrong = NULL;
	cJSON_ArrayForEach(call, calls)
	{
		t->seen_calls = (int64_t)cJSON_GetNumberValue(list_of(call, "seq"));
		if (!wrong)
			wrong = judge_call(call);
	}
	if (!wrong)
		wrong = judge_numbers(t, state);
	cJSON_Delete(calls);
	cJSON_Delete(state);
	return wrong;
}

void truth_candidate(const struct wanted *g, const char *name, unsigned n, char ret[64])
{
	cJSON *state = cloudside_admin("/_sim/state", NULL);
	const cJSON *group;
	*ret = '\0';
	cJSON_ArrayForEach(group, list_of(state, "groups"))
	{
		bool match = g->kind == KIND_PURCHASE || strcmp(text_of(group, "name"), name) == 0;
		if (truth_is_of(group, g) && !truth_is_gone(group) && match && n-- == 0)
			(void)snprintf(ret, 64, "%s", text_of(group, "id"));
	}
	cJSON_Delete(state);
}

void truth_unpaid(unsigned n, char ret[64])
{
	cJSON *state = cloudside_admin("/_sim/state", NULL);
	const cJSON *order;
	*ret = '\0';
	cJSON_ArrayForEach(order, list_of(state, "orders"))
	{
		if (strcmp(text_of(order, "status"), "Unpaid") == 0 && n-- == 0)
			(void)snprintf(ret, 64, "%s", text_of(order, "id"));
	}
	cJSON_Delete(state);
}
