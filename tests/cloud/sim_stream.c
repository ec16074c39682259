#include "sim_stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sim_json.h"
#include "sim_read.h"
#include "sim_seed.h"

/* Not documented; as with cloud phones. */
#define LEAVES_MS SIM_MINUTE_MS
#define EXPIRED_KEPT_MS (15 * SIM_DAY_MS)

static struct sim_stream *find(struct sim *sim, const char *id)
{
	struct sim_stream *stream = NULL;
	HASH_FIND_STR(sim->streams, id, stream);
	return stream;
}

struct sim_stream *sim_find_stream(struct sim *sim, const char *id)
{
	struct sim_stream *stream = find(sim, id);
	return stream && stream->stands ? stream : NULL;
}

struct sim_stream *sim_find_node(struct sim *sim, const char *id, struct sim_node **ret_node)
{
	for (struct sim_stream *stream = sim->streams; stream; stream = stream->hh.next) {
		vec_each(&stream->nodes, node)
		{
			if (strcmp(node->id, id) != 0)
				continue;
			*ret_node = node;
			return stream;
		}
	}
	return NULL;
}

struct sim_stream *sim_stream_new(struct sim *sim)
{
	struct sim_stream *stream = calloc(1, sizeof(*stream));
	if (!stream)
		return NULL;
	do
		sim_random_id(&sim->random, "aig-", 16, stream->id);
	while (find(sim, stream->id));
	sim_random_id(&sim->random, "rg-", 16, stream->pool_id);
	sim_random_id(&sim->random, "spec-", 17, stream->spec_id);
	stream->step_due = stream->expire_due = stream->gone_due = SIM_NEVER;
	stream->status = ST_DEPLOYING;
	stream->resource_status = ST_CREATING;
	return stream;
}

void sim_stream_free(struct sim_stream *stream)
{
	if (!stream)
		return;
	free(stream->name);
	free(stream->policy);
	free(stream->office_site);
	free(stream->auth_mode);
	free(stream->session_type);
	free(stream->user_groups);
	cJSON_Delete(stream->strategy);
	sim_tags_unref(stream->tags);
	vec_free(&stream->nodes);
	free(stream);
}

int sim_stream_add(struct sim *sim, struct sim_stream *stream)
{
	HASH_ADD_STR(sim->streams, id, stream);
	if (!stream->hh.tbl) {
		sim_stream_free(stream);
		return -ENOMEM;
	}
	sim->changes++;
	return 0;
}

void sim_stream_drop(struct sim *sim, struct sim_stream *stream)
{
	HASH_DEL(sim->streams, stream);
	sim->changes++;
	sim_stream_free(stream);
}

void sim_stream_drop_all(struct sim *sim)
{
	struct sim_stream *stream, *next;
	HASH_ITER(hh, sim->streams, stream, next)
	sim_stream_drop(sim, stream);
}

/* Both spellings of the kind are documented for requests, one for answers (3.1). */
static void spell_kinds(const cJSON *schedules)
{
	const cJSON *schedule = NULL;
	cJSON_ArrayForEach(schedule, schedules)
	{
		const cJSON *kind = read_member(schedule, "RecurrenceType");
		if (kind)
			kind->valuestring[0] = 'W';
	}
}

int sim_stream_merge(cJSON *strategy, const cJSON *members)
{
	static const char *const other[] = {"NodeInstanceType", "NodeAmount", "NodeCapacity"};
	const cJSON *member = NULL;
	cJSON_ArrayForEach(member, members)
	{
		bool is_other = false;
		for (size_t i = 0; i < ARRAY_SIZE(other); i++)
			is_other |= strcmp(member->string, other[i]) == 0;
		if (is_other)
			continue;
		cJSON *copy = cJSON_Duplicate(member, true);
		if (!copy)
			return -ENOMEM;
		cJSON_DeleteItemFromObjectCaseSensitive(strategy, member->string);
		if (!cJSON_AddItemToObject(strategy, member->string, copy)) {
			cJSON_Delete(copy);
			return -ENOMEM;
		}
	}
	spell_kinds(read_member(strategy, "RecurrenceSchedules"));
	return 0;
}

const char *sim_stream_strategy(const struct sim_stream *stream)
{
	return read_text(stream->strategy, "StrategyType", "NODE_FIXED");
}

/* --- nodes */

void sim_node_drop(struct sim *sim, struct sim_stream *stream, struct sim_node *node)
{
	size_t at = (size_t)(node - stream->nodes.items);
	memmove(node, node + 1, (stream->nodes.n - at - 1) * sizeof(*node));
	stream->nodes.n--;
	sim->changes++;
}

static struct sim_node *add_node(struct sim *sim, struct sim_stream *stream, bool elastic)
{
	struct sim_node *node = vec_add(&stream->nodes);
	struct sim_node *other = NULL;
	char id[SIM_ID_SIZE];
	if (!node)
		return NULL;
	do
		sim_random_id(&sim->random, "i-", 20, id);
	while (sim_find_node(sim, id, &other));
	memcpy(node->id, id, sizeof(node->id));
	node->elastic = elastic;
	node->prepaid = stream->prepaid && !elastic;
	node->status = ST_CREATING;
	sim->changes++;
	return node;
}

unsigned sim_stream_size(const struct sim_stream *stream, bool elastic)
{
	unsigned n = 0;
	vec_each(&stream->nodes, node) n += node->elastic == elastic && node->status != ST_DELETING;
	return n;
}

int sim_stream_resize(struct sim *sim, struct sim_stream *stream, bool elastic, unsigned want)
{
	unsigned have = sim_stream_size(stream, elastic);
	for (; have < want; have++)
		if (!add_node(sim, stream, elastic))
			return -ENOMEM;
	for (size_t i = stream->nodes.n; i-- > 0 && have > want;) {
		struct sim_node *node = &stream->nodes.items[i];
		if (node->elastic != elastic || node->status == ST_DELETING)
			continue;
		node->status = ST_DELETING;
		sim->changes++;
		have--;
	}
	return 0;
}

static void settle_nodes(struct sim *sim, struct sim_stream *stream, bool fails)
{
	for (size_t i = stream->nodes.n; i-- > 0;) {
		struct sim_node *node = &stream->nodes.items[i];
		bool coming = node->status == ST_CREATING, going = node->status == ST_DELETING;
		if (fails ? coming : going)
			sim_node_drop(sim, stream, node);
		else if (coming || going)
			node->status = ST_RUNNING;
	}
}

int sim_stream_scale(struct sim *sim, struct sim_stream *stream, unsigned want)
{
	int r = sim_stream_resize(sim, stream, true, want);
	for (size_t i = stream->nodes.n; i-- > 0 && r == 0;) {
		struct sim_node *node = &stream->nodes.items[i];
		if (node->elastic && node->status == ST_DELETING)
			sim_node_drop(sim, stream, node);
		else if (node->elastic)
			node->status = ST_RUNNING;
	}
	return r;
}

/* --- steps */

void sim_stream_halt(struct sim *sim, struct sim_stream *stream)
{
	stream->next_status = stream->next_resource_status = NULL;
	stream->next_image = NULL;
	stream->step_due = SIM_NEVER;
	sim->changes++;
}

static void finish_step(struct sim *sim, struct sim_stream *stream, bool fails)
{
	stream->status = stream->next_status;
	stream->resource_status = stream->next_resource_status;
	if (stream->next_image && !fails)
		stream->image = stream->next_image;
	settle_nodes(sim, stream, fails);
	sim_stream_halt(sim, stream);
}

static int end_step(struct sim *sim, const struct sim_event *event)
{
	struct sim_stream *stream = find(sim, event->id);
	if (stream && stream->step_due == event->due)
		finish_step(sim, stream, stream->step_fails);
	return 0;
}

int sim_stream_begin(struct sim *sim, struct sim_stream *stream, const struct sim_step *step)
{
	uint64_t ms = sim_random_between(&sim->random, step->low_ms, step->high_ms);
	uint64_t due = step->fate == FATE_STUCK ? SIM_NEVER : sim->cloud_ms + ms;
	if (due != SIM_NEVER && sim_event_at(sim, end_step, stream->id, due) < 0)
		return -ENOMEM;
	stream->status = step->status;
	stream->resource_status = step->resource_status;
	stream->next_status = step->next_status;
	stream->next_resource_status = step->next_resource_status;
	stream->step_fails = step->fails;
	stream->step_due = due;
	sim->changes++;
	return 0;
}

static int leave(struct sim *sim, const struct sim_event *event)
{
	struct sim_stream *stream = find(sim, event->id);
	if (!stream || stream->gone_due != event->due)
		return 0;
	if (stream->resource_status == ST_RELEASED) {
		sim_stream_drop(sim, stream);
		return 0;
	}
	stream->status = ST_EXPIRED_RECYCLING;
	return sim_stream_release(sim, stream);
}

static int leave_at(struct sim *sim, struct sim_stream *stream, uint64_t due)
{
	stream->gone_due = due;
	return sim_event_at(sim, leave, stream->id, due);
}

int sim_stream_release(struct sim *sim, struct sim_stream *stream)
{
	sim_stream_halt(sim, stream);
	stream->resource_status = ST_RELEASED;
	stream->expire_due = SIM_NEVER;
	vec_each(&stream->nodes, node) node->status = ST_DELETING;
	return leave_at(sim, stream, sim->cloud_ms + LEAVES_MS);
}

static int expire(struct sim *sim, const struct sim_event *event)
{
	struct sim_stream *stream = find(sim, event->id);
	if (!stream || stream->expire_due != event->due)
		return 0;
	if (stream->auto_renew) {
		stream->expire_due = event->due + stream->period_ms;
		sim->changes++;
		return sim_event_at(sim, expire, stream->id, stream->expire_due);
	}
	sim_stream_halt(sim, stream);
	stream->status = ST_EXPIRED;
	stream->resource_status = ST_UNAVAILABLE;
	return leave_at(sim, stream, event->due + EXPIRED_KEPT_MS);
}

int sim_stream_deploy(struct sim *sim, struct sim_stream *stream, enum sim_fate fate)
{
	bool fails = fate == FATE_FAILS;
	const struct sim_step step = {.status = ST_DEPLOYING,
				      .resource_status = ST_CREATING,
				      .next_status = fails ? ST_FAILED : ST_PUBLISHED,
				      .next_resource_status = fails ? ST_UNAVAILABLE : ST_AVAILABLE,
				      .low_ms = 30000,
				      .high_ms = 90000,
				      .fate = fate,
				      .fails = fails};
	int r = sim_stream_begin(sim, stream, &step);
	stream->stands = true;
	stream->made = (struct sim_moment){sim->cloud_ms, sim->now.wall_ms, sim->advanced_ms};
	if (r < 0 || !stream->prepaid)
		return r;
	stream->expire_due = sim->cloud_ms + stream->period_ms;
	return sim_event_at(sim, expire, stream->id, stream->expire_due);
}

int sim_stream_upgrade(struct sim *sim, struct sim_stream *stream, enum sim_fate fate)
{
	const struct sim_step step = {.status = stream->status,
				      .resource_status = ST_UPGRADING,
				      .next_status = stream->status,
				      .next_resource_status = stream->resource_status,
				      .low_ms = 30000,
				      .high_ms = 90000,
				      .fate = fate,
				      .fails = fate == FATE_FAILS};
	if (stream->next_status)
		return 0; /* what is under way takes the nodes along */
	return sim_stream_begin(sim, stream, &step);
}

/* --- behind the scenes */

static void add_state(const struct sim_stream *stream, struct strbuf *out)
{
	json_comma(out);
	json_literal(out, "{");
	json_text(out, "kind", "app-streaming");
	json_text(out, "id", stream->id);
	json_text(out, "name", stream->name);
	json_text(out, "region", stream->region->id);
	json_text(out, "charge_type", stream->prepaid ? "PrePaid" : "PostPaid");
	json_text(out, "status", stream->status);
	json_text(out, "resource_status", stream->resource_status);
	json_text(out, "pool", stream->pool_id);
	json_text(out, "image", stream->image->id);
	json_int(out, "disconnections", stream->disconnections);
	sim_tags_object(stream->tags, "tags", out);
	json_key(out, "instances");
	json_literal(out, "[");
	vec_each(&stream->nodes, node)
	{
		json_comma(out);
		json_literal(out, "{");
		json_text(out, "id", node->id);
		json_text(out, "status", node->status);
		json_literal(out, "}");
	}
	json_literal(out, "]}");
}

void sim_stream_state(const struct sim *sim, struct strbuf *out)
{
	for (const struct sim_stream *stream = sim->streams; stream; stream = stream->hh.next)
		if (stream->stands)
			add_state(stream, out);
}

static int set_words(struct sim *sim, struct sim_stream *stream, const cJSON *body)
{
	const char *status = read_text(body, "status", NULL);
	const char *resource = read_text(body, "resource_status", NULL);
	status = status ? sim_word(&sim->words, status) : stream->status;
	resource = resource ? sim_word(&sim->words, resource) : stream->resource_status;
	if (!status || !resource)
		return -ENOMEM;
	if (status != stream->status || resource != stream->resource_status) {
		settle_nodes(sim, stream, false);
		sim_stream_halt(sim, stream);
	}
	stream->status = status;
	stream->resource_status = resource;
	return 0;
}

/* Somebody else's purchase: there at once. */
static int add_ready_nodes(struct sim *sim, struct sim_stream *stream, unsigned more)
{
	size_t first = stream->nodes.n;
	int r = sim_stream_resize(sim, stream, false, sim_stream_size(stream, false) + more);
	for (size_t i = first; i < stream->nodes.n; i++)
		stream->nodes.items[i].status = ST_RUNNING;
	stream->bought += more;
	return r;
}

/* A create that failed has lost its nodes. */
static int end_well(struct sim *sim, struct sim_stream *stream)
{
	unsigned bought = stream->bought, have = sim_stream_size(stream, false);
	if (stream->next_status)
		finish_step(sim, stream, false);
	if (stream->status != ST_FAILED)
		return 0;
	int r = have < bought ? add_ready_nodes(sim, stream, bought - have) : 0;
	stream->bought = bought;
	stream->status = ST_PUBLISHED;
	stream->resource_status = ST_AVAILABLE;
	return r;
}

static int change_group(struct sim *sim, struct sim_stream *stream, const cJSON *body, char *reterr,
			size_t size)
{
	const cJSON *tags = read_member(body, "tags");
	int elastic = read_int(body, "elastic", -1), more = read_int(body, "add", 0), r = 0;
	if (cJSON_IsTrue(read_member(body, "delete"))) {
		sim_stream_drop(sim, stream);
		return 0;
	}
	if (elastic >= 0 && strcmp(sim_stream_strategy(stream), "NODE_FIXED") == 0) {
		(void)snprintf(reterr, size, "elastic: the pool of %s is fixed", stream->id);
		return -EINVAL;
	}
	(void)snprintf(reterr, size, "tags: an object of strings is needed");
	r = tags ? sim_seed_replace_tags(sim, &stream->tags, tags) : 0;
	if (r == 0 && cJSON_IsTrue(read_member(body, "finish")))
		r = end_well(sim, stream);
	if (r == 0 && more > 0)
		r = add_ready_nodes(sim, stream, (unsigned)more);
	if (r == 0)
		r = set_words(sim, stream, body);
	return r == 0 && elastic >= 0 ? sim_stream_scale(sim, stream, (unsigned)elastic) : r;
}

int sim_stream_change(struct sim *sim, const char *id, const cJSON *body, char *reterr, size_t size)
{
	struct sim_stream *stream = sim_find_stream(sim, id);
	struct sim_node *node = NULL;
	if (stream)
		return change_group(sim, stream, body, reterr, size);
	stream = sim_find_node(sim, id, &node);
	if (!stream)
		return 1;
	if (!cJSON_IsTrue(read_member(body, "delete"))) {
		(void)snprintf(reterr, size, "a node has no status: it can be deleted");
		return -EINVAL;
	}
	sim_node_drop(sim, stream, node);
	return 0;
}
