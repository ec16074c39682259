#include "sim_model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/timefmt.h"

struct sim_group *sim_find_group(struct sim *sim, const char *id)
{
	struct sim_group *group = NULL;
	HASH_FIND_STR(sim->groups, id, group);
	return group;
}

struct sim_instance *sim_find_instance(struct sim *sim, const char *id)
{
	struct sim_instance *instance = NULL;
	HASH_FIND_STR(sim->instances, id, instance);
	return instance;
}

void sim_format_time(uint64_t wall_ms, char out[SIM_TIME_SIZE])
{
	char iso[TIMEFMT_SIZE];
	timefmt_iso(wall_ms, iso);
	memcpy(out, iso, SIM_TIME_SIZE - 1);
	out[10] = ' ';
	out[SIM_TIME_SIZE - 1] = '\0';
}

void sim_group_touch(struct sim *sim, struct sim_group *group)
{
	sim->changes++;
	sim_format_time(sim->now.wall_ms, group->modified);
	free(group->row_tail);
	group->row_tail = NULL;
}

void sim_instance_touch(struct sim *sim, struct sim_instance *instance)
{
	sim->changes++;
	sim_format_time(sim->now.wall_ms, instance->modified);
}

void sim_wish_fini(struct sim_wish *wish)
{
	free(wish->name);
	free(wish->office_site);
	free(wish->vswitch);
	free(wish->policy);
	free(wish->key_pair);
	free(wish->network_type);
	free(wish->bandwidth_package);
	sim_tags_unref(wish->tags);
	*wish = (struct sim_wish){0};
}

int sim_wish_copy(const struct sim_wish *from, struct sim_wish *ret_wish)
{
	struct sim_wish wish = *from;
	wish.name = strdup(from->name);
	wish.office_site = strdup(from->office_site);
	wish.vswitch = strdup(from->vswitch);
	wish.policy = strdup(from->policy);
	wish.key_pair = strdup(from->key_pair);
	wish.network_type = strdup(from->network_type);
	wish.bandwidth_package = strdup(from->bandwidth_package);
	wish.tags = sim_tags_ref(from->tags);
	if (!wish.name || !wish.office_site || !wish.vswitch || !wish.policy || !wish.key_pair ||
	    !wish.network_type || !wish.bandwidth_package) {
		sim_wish_fini(&wish);
		return -ENOMEM;
	}
	*ret_wish = wish;
	return 0;
}

static void free_instance(struct sim_instance *instance)
{
	sim_tags_unref(instance->tags);
	free(instance);
}

void sim_instance_drop(struct sim *sim, struct sim_instance *instance)
{
	struct sim_group *group = instance->group;
	for (size_t i = 0; i < group->instances.n; i++) {
		if (group->instances.items[i] != instance)
			continue;
		memmove(&group->instances.items[i], &group->instances.items[i + 1],
			(group->instances.n - i - 1) * sizeof(*group->instances.items));
		group->instances.n--;
		break;
	}
	sim_slots_remove(&sim->instance_order, instance->seq);
	if (instance->hh.tbl) /* it may be half made */
		HASH_DEL(sim->instances, instance);
	sim_group_touch(sim, group);
	free_instance(instance);
}

void sim_group_drop(struct sim *sim, struct sim_group *group)
{
	while (group->instances.n > 0)
		sim_instance_drop(sim, group->instances.items[group->instances.n - 1]);
	sim_slots_remove(&sim->group_order, group->seq);
	if (group->hh.tbl)
		HASH_DEL(sim->groups, group);
	sim->changes++;
	vec_free(&group->instances);
	sim_wish_fini(&group->wish);
	free(group->row_tail);
	free(group);
}

unsigned sim_group_size(const struct sim_group *group)
{
	unsigned n = 0;
	vec_each(&group->instances, instance) n += (*instance)->status != ST_DELETING;
	return n;
}

uint64_t sim_due_wall_ms(const struct sim *sim, struct sim_moment made, uint64_t due)
{
	uint64_t advanced = sim->advanced_ms - made.advanced_ms;
	uint64_t period = due - made.cloud_ms;
	double left = period > advanced ? (double)(period - advanced) : 0;
	return made.wall_ms + (uint64_t)(left / (sim->scale > 0 ? sim->scale : 1));
}

uint64_t sim_group_expiry_wall_ms(const struct sim *sim, const struct sim_group *group)
{
	struct sim_moment made = {group->created_cloud_ms, group->created_wall_ms,
				  group->created_advanced_ms};
	return sim_due_wall_ms(sim, made, group->expire_due);
}

static void new_id(struct sim *sim, const char *prefix, size_t n, char out[SIM_ID_SIZE])
{
	do
		sim_random_id(&sim->random, prefix, n, out);
	while (sim_find_group(sim, out) || sim_find_instance(sim, out));
}

/* CREATING takes 30 to 90 s of cloud time. */
static int begin_creation(struct sim *sim, struct sim_instance *instance, enum sim_fate fate)
{
	uint64_t ms = sim_random_between(&sim->random, 30000, 90000);
	return sim_instance_begin(sim, instance, ST_CREATING,
				  fate == FATE_FAILS ? ST_FAILED : ST_RUNNING, ms, fate);
}

static int add_instance(struct sim *sim, struct sim_group *group, struct sim_tags *tags,
			const struct sim_key_pair *key_pair, struct sim_instance **ret_instance)
{
	struct sim_instance *instance = calloc(1, sizeof(*instance));
	struct sim_instance **member = instance ? vec_add(&group->instances) : NULL;
	if (!member) {
		free(instance);
		return -ENOMEM;
	}
	*member = instance;
	new_id(sim, "acp-", 17, instance->id);
	instance->seq = ++sim->seq;
	instance->group = group;
	instance->status = ST_RUNNING;
	instance->step_due = SIM_NEVER;
	instance->created_cloud_ms = sim->cloud_ms;
	instance->session = "disConnect";
	instance->key_pair = key_pair;
	instance->tags = sim_tags_ref(tags);
	sim_instance_touch(sim, instance);
	memcpy(instance->created, instance->modified, sizeof(instance->created));
	HASH_ADD_STR(sim->instances, id, instance);
	if (!instance->hh.tbl || sim_slots_add(&sim->instance_order, instance->seq, instance) < 0) {
		sim_instance_drop(sim, instance);
		return -ENOMEM;
	}
	*ret_instance = instance;
	return 0;
}

static int add_instances(struct sim *sim, struct sim_group *group, unsigned n,
			 struct sim_tags *tags, const struct sim_key_pair *key_pair,
			 enum sim_fate fate, bool ready)
{
	int r = 0;
	for (unsigned i = 0; i < n && r == 0; i++) {
		struct sim_instance *instance = NULL;
		r = add_instance(sim, group, tags, key_pair, &instance);
		if (r == 0 && !ready)
			r = begin_creation(sim, instance, fate);
	}
	return r;
}

static int fill_group(struct sim *sim, struct sim_group *group, bool ready)
{
	const struct sim_wish *wish = &group->wish;
	new_id(sim, "ag-", 17, group->id);
	group->seq = ++sim->seq;
	group->status = ready ? ST_RUNNING : ST_CREATING;
	group->error_code = "";
	group->zone = wish->region->zones[sim_random_u64(&sim->random) % 2];
	group->created_cloud_ms = sim->cloud_ms;
	group->created_advanced_ms = sim->advanced_ms;
	group->created_wall_ms = sim->now.wall_ms;
	group->expire_due = group->gone_due = SIM_NEVER;
	sim_group_touch(sim, group);
	memcpy(group->created, group->modified, sizeof(group->created));
	HASH_ADD_STR(sim->groups, id, group);
	int r = group->hh.tbl ? sim_slots_add(&sim->group_order, group->seq, group) : -ENOMEM;
	if (r == 0 && wish->prepaid)
		r = sim_group_expire_at(sim, group, sim->cloud_ms + wish->period_ms);
	if (r == 0)
		r = add_instances(sim, group, wish->instances, wish->tags,
				  sim_catalog_key_pair(wish->key_pair), wish->fate, ready);
	return r;
}

int sim_group_add(struct sim *sim, const struct sim_wish *wish, bool ready,
		  struct sim_group **ret_group)
{
	struct sim_group *group = calloc(1, sizeof(*group));
	if (!group || sim_wish_copy(wish, &group->wish) < 0) {
		free(group);
		return -ENOMEM;
	}
	int r = fill_group(sim, group, ready);
	if (r < 0) {
		sim_group_drop(sim, group);
		return r;
	}
	*ret_group = group;
	return 0;
}

int sim_group_grow(struct sim *sim, struct sim_group *group, unsigned n, enum sim_fate fate)
{
	struct sim_tags *none = sim_tags_new(NULL, 0);
	if (!none)
		return -ENOMEM;
	int r = add_instances(sim, group, n, none, NULL, fate, false);
	sim_tags_unref(none);
	sim_group_touch(sim, group);
	return r;
}
