/*
 * DescribeAndroidInstanceGroups and DescribeAndroidInstances (eds-aic 4.2, 4.3): filters,
 * pages, totals. Rows are in sim_rows.c.
 *
 * Made for large fleets: a page of an unfiltered listing costs its rows, not the fleet;
 * the total of a filter is counted once and kept until something changes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sim_json.h"
#include "sim_operation.h"
#include "sim_operations.h"
#include "sim_page.h"
#include "sim_rows.h"

#define PAGE_MAX 100

struct filter {
	const char *status; /* a word; NULL: any */
	const struct sim_region *region;
	const char *charge, *key_pair, *policy, *group_name, *name, *ip; /* NULL: any */
	bool nothing; /* a filter that nothing can match */
	bool by_site;
	uint64_t newest_cloud; /* list_lag: what is younger is not seen */
	struct sim_tag tags[SIM_TAGS_MAX];
	size_t n_tags;
	const struct sim_call *call;
};

struct listing {
	const struct sim_slots *slots;
	bool (*matches)(const struct filter *filter, const void *item);
	void (*add)(struct sim_call *call, const void *item);
	const char *key;
};

static const char *given(const struct sim_call *call, const char *name)
{
	const char *value = sim_arg(call, name);
	return value && *value ? value : NULL;
}

static int read_filter(struct sim_call *call, const char *tags_name, struct filter *f)
{
	const char *status = given(call, "Status");
	uint64_t lag = sim_meets(&call->faults, PHASE_READ, FAULT_LIST_LAG)
			       ? call->faults.phase[PHASE_READ].ms
			       : 0;
	f->call = call;
	f->status = status ? sim_word_find(&call->sim->words, status) : NULL;
	f->charge = given(call, "ChargeType");
	f->key_pair = given(call, "KeyPairId");
	f->policy = given(call, "PolicyGroupId");
	f->group_name = given(call, "InstanceGroupName");
	f->name = given(call, "AndroidInstanceName");
	f->ip = given(call, "PrivateIpAddress");
	f->nothing = (status && !f->status) || given(call, "AuthorizedUserId") ||
		     given(call, "AppManagePolicyId") || sim_arg_count(call, "QosRuleIds") > 0 ||
		     given(call, "NodeId") || given(call, "NodeName");
	f->by_site = sim_arg_count(call, "OfficeSiteIds") > 0;
	f->newest_cloud = call->sim->cloud_ms >= lag ? call->sim->cloud_ms - lag : 0;
	f->n_tags = sim_read_tags(call, tags_name, f->tags);
	return sim_check_region(call, &f->region);
}

static bool matches_wish(const struct filter *f, const struct sim_wish *wish)
{
	return (!f->region || wish->region == f->region) &&
	       (!f->charge || strcmp(f->charge, wish->prepaid ? "PrePaid" : "PostPaid") == 0) &&
	       (!f->policy || strcmp(f->policy, wish->policy) == 0) &&
	       (!f->group_name || strstr(wish->name, f->group_name)); /* fuzzy (eds-aic 4.2) */
}

static bool group_matches(const struct filter *f, const void *item)
{
	const struct sim_group *group = item;
	return !f->nothing && group->created_cloud_ms <= f->newest_cloud &&
	       (!f->status || group->status == f->status) && matches_wish(f, &group->wish) &&
	       (!f->key_pair || strcmp(f->key_pair, group->wish.key_pair) == 0) &&
	       sim_tags_have(group->wish.tags, f->tags, f->n_tags);
}

static bool instance_has_ip(const struct sim_instance *instance, const char *ip)
{
	char own[SIM_IP_SIZE];
	sim_instance_ip(instance, own);
	return strcmp(own, ip) == 0;
}

static bool instance_matches(const struct filter *f, const void *item)
{
	const struct sim_instance *instance = item;
	const struct sim_group *group = instance->group;
	return !f->nothing && instance->created_cloud_ms <= f->newest_cloud &&
	       (!f->status || instance->status == f->status) && matches_wish(f, &group->wish) &&
	       (!f->key_pair ||
		(instance->key_pair && strcmp(f->key_pair, instance->key_pair->id) == 0)) &&
	       (!f->name || strstr(instance->id, f->name)) &&
	       (!f->ip || instance_has_ip(instance, f->ip)) &&
	       sim_tags_have(instance->tags, f->tags, f->n_tags) &&
	       (!f->by_site || sim_arg_lists(f->call, "OfficeSiteIds", group->wish.office_site));
}

static size_t count(const struct listing *listing, const struct filter *f)
{
	size_t n = 0;
	vec_each(&listing->slots->list, slot) n += slot->item && listing->matches(f, slot->item);
	return n;
}

static size_t total_of(struct sim *sim, const struct listing *listing, const struct filter *f,
		       uint64_t fingerprint)
{
	if (f->newest_cloud < sim->cloud_ms)
		return count(listing, f); /* depends on the time as well */
	for (size_t i = 0; i < ARRAY_SIZE(sim->totals); i++)
		if (sim->totals[i].filter == fingerprint && sim->totals[i].changes == sim->changes)
			return sim->totals[i].total;
	size_t total = count(listing, f);
	sim->totals[sim->next_total++ % ARRAY_SIZE(sim->totals)] =
		(struct sim_total){fingerprint, sim->changes, total};
	return total;
}

/* Newest first unless asked otherwise (eds-aic 4.3); @from is the last seq shown. */
static size_t take(const struct listing *listing, const struct filter *f, struct sim_page *page,
		   bool ascending, size_t skip, const void *rows[PAGE_MAX])
{
	const struct sim_slots *slots = listing->slots;
	size_t n = 0, at = slots->list.n, end = slots->list.n;
	uint64_t last = 0;
	if (ascending)
		at = page->from > 0 ? sim_slots_lower(slots, page->from + 1) : 0;
	else if (page->from > 0)
		at = sim_slots_lower(slots, page->from);
	page->next = 0;
	while (ascending ? at < end : at > 0) {
		const struct sim_slot *slot = &slots->list.items[ascending ? at++ : --at];
		if (!slot->item || !listing->matches(f, slot->item))
			continue;
		if (skip > 0) {
			skip--;
			continue;
		}
		if (n == page->max) {
			page->next = last;
			break;
		}
		rows[n++] = slot->item;
		last = slot->seq;
	}
	return n;
}

static int list(struct sim_call *call, const struct listing *listing, const struct filter *f)
{
	const void *rows[PAGE_MAX];
	const char *sort = given(call, "SortType");
	struct sim_page page;
	int r = sim_page_begin(call, PAGE_MAX, &page);
	if (r != 0)
		return r;
	size_t n = take(listing, f, &page, sort && strcmp(sort, "ASC") == 0,
			sim_page_skip(call, &page), rows);
	if (sim_meets(&call->faults, PHASE_READ, FAULT_EMPTY_LIST))
		n = 0;
	json_key(&call->out, listing->key);
	json_literal(&call->out, "[");
	for (size_t i = 0; i < n; i++)
		listing->add(call, rows[i]);
	json_literal(&call->out, "]");
	sim_page_end(call, &page, total_of(call->sim, listing, f, page.filter));
	return strbuf_error(&call->out);
}

static int compare_slots(const void *a, const void *b)
{
	const struct sim_slot *x = a, *y = b;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void sort_unique(struct sim_slots *slots)
{
	size_t n = 0;
	if (slots->list.n > 1)
		qsort(slots->list.items, slots->list.n, sizeof(*slots->list.items), compare_slots);
	for (size_t i = 0; i < slots->list.n; i++)
		if (n == 0 || slots->list.items[n - 1].seq != slots->list.items[i].seq)
			slots->list.items[n++] = slots->list.items[i];
	slots->list.n = n;
}

int sim_describe_groups(struct sim_call *call)
{
	struct filter f = {0};
	struct sim_slots named = {0};
	unsigned n = sim_arg_count(call, "InstanceGroupIds");
	int r = read_filter(call, "Tags", &f);
	for (unsigned i = 1; i <= n && r == 0; i++) {
		struct sim_group *group =
			sim_find_group(call->sim, sim_arg_item(call, "InstanceGroupIds", i));
		if (group)
			r = sim_slots_add(&named, group->seq, group);
	}
	sort_unique(&named);
	struct listing listing = {n > 0 ? &named : &call->sim->group_order, group_matches,
				  sim_add_group_row, "InstanceGroupModel"};
	if (r == 0)
		r = list(call, &listing, &f);
	vec_free(&named.list);
	return r;
}

static int add_members(struct sim_call *call, const char *group_id, struct sim_slots *slots)
{
	const struct sim_group *group = sim_find_group(call->sim, group_id);
	int r = 0;
	for (size_t i = 0; group && i < group->instances.n && r == 0; i++)
		r = sim_slots_add(slots, group->instances.items[i]->seq, group->instances.items[i]);
	return r;
}

static bool is_in_named_group(const struct sim_call *call, const struct sim_instance *instance)
{
	const char *one = given(call, "InstanceGroupId");
	return (!one || strcmp(one, instance->group->id) == 0) &&
	       sim_arg_lists(call, "InstanceGroupIds", instance->group->id);
}

/* The instances that ids in the call point at; without ids the caller lists them all. */
static int named_instances(struct sim_call *call, struct sim_slots *slots)
{
	unsigned ids = sim_arg_count(call, "AndroidInstanceIds");
	unsigned groups = sim_arg_count(call, "InstanceGroupIds");
	int r = 0;
	for (unsigned i = 1; i <= ids && r == 0; i++) {
		struct sim_instance *instance =
			sim_find_instance(call->sim, sim_arg_item(call, "AndroidInstanceIds", i));
		if (instance && is_in_named_group(call, instance))
			r = sim_slots_add(slots, instance->seq, instance);
	}
	for (unsigned i = 1; i <= groups && ids == 0 && r == 0; i++)
		r = add_members(call, sim_arg_item(call, "InstanceGroupIds", i), slots);
	if (ids == 0 && groups == 0 && r == 0)
		r = add_members(call, given(call, "InstanceGroupId"), slots);
	sort_unique(slots);
	return r;
}

int sim_describe_instances(struct sim_call *call)
{
	struct filter f = {0};
	struct sim_slots named = {0};
	bool by_id = sim_arg_count(call, "AndroidInstanceIds") > 0 ||
		     sim_arg_count(call, "InstanceGroupIds") > 0 || given(call, "InstanceGroupId");
	int r = read_filter(call, "Tag", &f);
	if (r == 0 && by_id)
		r = named_instances(call, &named);
	struct listing listing = {by_id ? &named : &call->sim->instance_order, instance_matches,
				  sim_add_instance_row, "InstanceModel"};
	if (r == 0)
		r = list(call, &listing, &f);
	vec_free(&named.list);
	return r;
}
