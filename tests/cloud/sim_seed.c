#include "sim_seed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sim_json.h"
#include "sim_operations.h"
#include "sim_read.h"

#define INSTANCES_MAX 1000000

static int wrong(char *reterr, size_t size, const char *text)
{
	(void)snprintf(reterr, size, "%s", text);
	return -EINVAL;
}

int sim_seed_u64(const cJSON *object, const char *name, uint64_t *ret_value)
{
	const cJSON *item = read_member(object, name);
	if (!cJSON_IsNumber(item) || item->valuedouble < 0 || item->valuedouble > 9e15)
		return -EINVAL;
	*ret_value = (uint64_t)item->valuedouble;
	return 0;
}

static int u64_or(const cJSON *object, const char *name, uint64_t absent, uint64_t *ret_value)
{
	*ret_value = absent;
	return read_member(object, name) ? sim_seed_u64(object, name, ret_value) : 0;
}

/* --- faults */

static int read_fault(const cJSON *item, struct sim_fault *ret_fault, char *reterr, size_t size)
{
	static const char *const known[] = {"action", "fault", "times", "skip", "ms", "code"};
	struct sim_fault fault = {0};
	for (const cJSON *m = item->child; m; m = m->next) {
		bool found = false;
		for (size_t i = 0; i < ARRAY_SIZE(known); i++)
			found |= strcmp(known[i], m->string) == 0;
		if (!found)
			return wrong(reterr, size,
				     "a fault has action, fault, times, skip, ms and code");
	}
	fault.kind = sim_fault_named(read_text(item, "fault", ""));
	if (fault.kind == FAULT_NONE)
		return wrong(reterr, size, "fault: no such fault");
	(void)snprintf(fault.action, sizeof(fault.action), "%s", read_text(item, "action", "*"));
	(void)snprintf(fault.code, sizeof(fault.code), "%s", read_text(item, "code", ""));
	if ((fault.kind == FAULT_REFUSE || fault.kind == FAULT_REFUSE_AFTER) && !*fault.code)
		return wrong(reterr, size, "refuse and refuse_after need a code");
	if (u64_or(item, "times", 1, &fault.times) < 0 ||
	    u64_or(item, "skip", 0, &fault.skip) < 0 || u64_or(item, "ms", 0, &fault.ms) < 0)
		return wrong(reterr, size, "times, skip and ms are whole numbers from 0");
	*ret_fault = fault;
	return 0;
}

int sim_seed_faults(struct sim *sim, const cJSON *list, char *reterr, size_t size)
{
	struct sim_faults faults = {0};
	if (!cJSON_IsArray(list))
		return wrong(reterr, size, "faults: an array is needed");
	const cJSON *item = NULL;
	cJSON_ArrayForEach(item, list)
	{
		struct sim_fault fault = {0};
		int r = cJSON_IsObject(item) ? read_fault(item, &fault, reterr, size)
					     : wrong(reterr, size, "faults: each is an object");
		struct sim_fault *slot = r == 0 ? vec_add(&faults.list) : NULL;
		if (!slot) {
			vec_free(&faults.list);
			return r < 0 ? r : -ENOMEM;
		}
		*slot = fault;
	}
	vec_free(&sim->faults.list);
	sim->faults = faults;
	return 0;
}

/* --- groups */

int sim_seed_tags(const cJSON *object, struct sim_tags **ret_tags)
{
	size_t n = 0, cap = object ? (size_t)cJSON_GetArraySize(object) : 0;
	auto_free struct sim_tag *pairs = calloc(cap + 1, sizeof(*pairs));
	if (!pairs)
		return -ENOMEM;
	if (object && !cJSON_IsObject(object))
		return -EINVAL;
	for (const cJSON *m = object ? object->child : NULL; m; m = m->next) {
		if (!cJSON_IsString(m))
			return -EINVAL;
		pairs[n++] = (struct sim_tag){m->string, m->valuestring};
	}
	struct sim_tags *tags = sim_tags_new(pairs, n);
	if (!tags)
		return -ENOMEM;
	*ret_tags = tags;
	return 0;
}

int sim_seed_replace_tags(struct sim *sim, struct sim_tags **slot, const cJSON *object)
{
	struct sim_tags *tags = NULL;
	int r = sim_seed_tags(object, &tags);
	if (r < 0)
		return r;
	sim_tags_unref(*slot);
	*slot = tags;
	sim->changes++;
	return 0;
}

/* The names point into @object; tags are left out. */
static int read_wish(const cJSON *object, struct sim_wish *wish, char *reterr, size_t size)
{
	uint64_t period = 0;
	const char *charge = read_text(object, "charge_type", "PostPaid");
	wish->region = sim_catalog_region(read_text(object, "region", "cn-shanghai"));
	wish->spec = sim_catalog_spec(read_text(object, "spec", "acp.basic.small"));
	wish->image = sim_catalog_image(read_text(object, "image", "imgc-06zyt9m93zwax1f2s"));
	if (!wish->region || !wish->spec || !wish->image)
		return wrong(reterr, size, "region, spec and image must be in the catalogue");
	wish->prepaid = strcmp(charge, "PrePaid") == 0;
	if (!wish->prepaid && strcmp(charge, "PostPaid") != 0)
		return wrong(reterr, size, "charge_type is PostPaid or PrePaid");
	if (u64_or(object, "period_ms", 30 * SIM_DAY_MS, &period) < 0)
		return wrong(reterr, size, "period_ms is a whole number");
	wish->name = (char *)(uintptr_t)read_text(object, "name", "by-hand");
	wish->policy = (char *)(uintptr_t) "pg-c6n38xucps8kl9d0a";
	wish->office_site = wish->vswitch = wish->key_pair = wish->network_type =
		wish->bandwidth_package = (char *)(uintptr_t) "";
	wish->period_ms = period;
	wish->stream_mode = 1;
	if (!sim_is_name(wish->name) || strlen(wish->name) > 128)
		return wrong(reterr, size, "name: not a name the service takes");
	return 0;
}

static int make_groups(struct sim *sim, struct sim_wish *wish, uint64_t count, uint64_t per_group,
		       struct strbuf *out)
{
	int r = 0;
	while (count > 0 && r == 0) {
		struct sim_group *group = NULL;
		wish->instances = (unsigned)(count < per_group ? count : per_group);
		count -= wish->instances;
		r = sim_group_add(sim, wish, true, &group);
		if (r == 0 && out)
			json_item(out, group->id);
	}
	return r;
}

int sim_seed_group(struct sim *sim, const cJSON *object, struct strbuf *out, char *reterr,
		   size_t size)
{
	struct sim_wish wish = {0};
	uint64_t count = 0, per_group = 0;
	if (!cJSON_IsObject(object))
		return wrong(reterr, size, "a group is an object");
	if (u64_or(object, "count", 1, &count) < 0 || count < 1 || count > INSTANCES_MAX)
		return wrong(reterr, size, "count is 1 to 1000000");
	if (u64_or(object, "instances_per_group", SIM_GROUP_MAX, &per_group) < 0 || per_group < 1 ||
	    per_group > SIM_GROUP_MAX)
		return wrong(reterr, size, "instances_per_group is 1 to 100");
	int r = read_wish(object, &wish, reterr, size);
	if (r < 0)
		return r;
	r = sim_seed_tags(read_member(object, "tags"), &wish.tags);
	if (r < 0)
		return r == -EINVAL ? wrong(reterr, size, "tags is an object of strings") : r;
	r = make_groups(sim, &wish, count, per_group, out);
	sim_tags_unref(wish.tags);
	return r;
}

int sim_scenario(struct sim *sim, const char *json, size_t len, char *reterr, size_t size)
{
	cJSON *root = cJSON_ParseWithLength(json, len);
	const cJSON *faults = read_member(root, "faults"), *account = read_member(root, "account");
	const cJSON *group = NULL;
	int r = cJSON_IsObject(root) ? 0 : wrong(reterr, size, "the scenario is not a JSON object");
	cJSON_ArrayForEach(group, read_member(root, "groups")) if (r == 0) r =
		sim_seed_group(sim, group, NULL, reterr, size);
	if (r == 0 && account)
		r = sim_seed_account(sim, account, reterr, size);
	if (r == 0 && faults)
		r = sim_seed_faults(sim, faults, reterr, size);
	cJSON_Delete(root);
	return r;
}
