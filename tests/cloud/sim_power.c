/*
 * Start, stop, reboot, reset, key pairs and the tasks they leave behind (eds-aic 4.12 to
 * 4.15, 4.25, 4.28). One instance in a wrong state refuses the whole call.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/timefmt.h"
#include "sim_json.h"
#include "sim_operation.h"
#include "sim_operations.h"
#include "sim_page.h"

struct power {
	const char *task; /* TaskType */
	const char *during, *after;
	uint64_t low_ms, high_ms;
	const char *allowed[6]; /* eds-aic 3, state preconditions */
	bool shows_tasks;
};

static const struct power start = {"StartInstance",
				   ST_STARTING,
				   ST_RUNNING,
				   10000,
				   30000,
				   {ST_STOPPED, ST_BACKUP_FAILED, ST_RECOVER_FAILED},
				   false};
static const struct power stop = {"StopInstance", ST_STOPPING,
				  ST_STOPPED,     5000,
				  15000,          {ST_RUNNING, ST_BACKUP_FAILED, ST_RECOVER_FAILED},
				  false};
static const struct power reboot = {
	"RebootInstance",
	ST_REBOOTING,
	ST_RUNNING,
	20000,
	60000,
	{ST_RUNNING, ST_UNAVAILABLE, ST_BACKUP_FAILED, ST_RECOVER_FAILED},
	true};
static const struct power reset = {
	"ResetInstance",
	ST_RESETTING,
	ST_RUNNING,
	60000,
	120000,
	{ST_RUNNING, ST_STOPPED, ST_UNAVAILABLE, ST_BACKUP_FAILED, ST_RECOVER_FAILED},
	true};

static bool is_allowed(const struct power *power, const char *status)
{
	for (size_t i = 0; i < ARRAY_SIZE(power->allowed) && power->allowed[i]; i++)
		if (power->allowed[i] == status)
			return true;
	return false;
}

static int check_instances(struct sim_call *call, const struct power *power)
{
	unsigned n = sim_arg_count(call, "AndroidInstanceIds");
	for (unsigned i = 1; i <= n; i++) {
		const char *id = sim_arg_item(call, "AndroidInstanceIds", i);
		const struct sim_instance *instance = sim_find_instance(call->sim, id);
		if (!instance)
			return sim_refuse(call, 400, "InvalidAndroidInstanceId.NotFound",
					  "No instance %s.", id);
		if (!is_allowed(power, instance->status))
			return sim_refuse(call, 400, "IncorrectInstanceStatus", "%s is %s.", id,
					  instance->status);
	}
	return 0;
}

static struct sim_task *add_task(struct sim_call *call, const struct power *power,
				 const char *parent, const struct sim_instance *instance)
{
	struct sim *sim = call->sim;
	struct sim_task *task = vec_add(&sim->tasks);
	if (!task)
		return NULL;
	sim_random_id(&sim->random, "t-", 17, task->id);
	memcpy(task->parent, parent, strlen(parent) + 1);
	memcpy(task->invoke_id, call->request_id, sizeof(task->invoke_id));
	memcpy(task->instance, instance->id, sizeof(task->instance));
	task->type = power->task;
	task->region = instance->group->wish.region->id;
	task->started_wall_ms = sim->now.wall_ms;
	task->due = SIM_NEVER;
	task->fails = sim_fate_of(call) == FATE_FAILS;
	return task;
}

static int begin_one(struct sim_call *call, const struct power *power, const char *parent,
		     struct sim_instance *instance)
{
	uint64_t ms = sim_random_between(&call->sim->random, power->low_ms, power->high_ms);
	const char *after = sim_fate_of(call) == FATE_FAILS ? ST_UNAVAILABLE : power->after;
	struct sim_task *task = add_task(call, power, parent, instance);
	if (!task)
		return -ENOMEM;
	int r = sim_instance_begin(call->sim, instance, power->during, after, ms,
				   sim_fate_of(call));
	task->due = instance->step_due;
	json_comma(&call->out);
	json_literal(&call->out, "{");
	json_text(&call->out, "InstanceId", instance->id);
	json_text(&call->out, "TaskId", task->id);
	json_literal(&call->out, "}");
	return r;
}

static int begin_all(struct sim_call *call, const struct power *power)
{
	unsigned n = sim_arg_count(call, "AndroidInstanceIds");
	struct sim_instance *first =
		sim_find_instance(call->sim, sim_arg_item(call, "AndroidInstanceIds", 1));
	struct sim_task *batch = add_task(call, power, "", first);
	char parent[SIM_ID_SIZE];
	int r = 0;
	if (!batch)
		return -ENOMEM;
	batch->children = n;
	batch->instance[0] = '\0';
	memcpy(parent, batch->id, sizeof(parent));
	json_key(&call->out, "Tasks");
	json_literal(&call->out, "{");
	json_text(&call->out, "ParentTaskId", parent);
	json_key(&call->out, "ChildTasks");
	json_literal(&call->out, "[");
	for (unsigned i = 1; i <= n && r == 0; i++)
		r = begin_one(
			call, power, parent,
			sim_find_instance(call->sim, sim_arg_item(call, "AndroidInstanceIds", i)));
	json_literal(&call->out, "]}");
	return r;
}

static int run(struct sim_call *call, const struct power *power)
{
	int r = check_instances(call, power);
	if (r == 0)
		r = begin_all(call, power);
	if (r == 0 && !power->shows_tasks)
		strbuf_clear(&call->out); /* start and stop answer with the RequestId alone */
	return r;
}

int sim_start_instances(struct sim_call *call)
{
	return run(call, &start);
}

int sim_stop_instances(struct sim_call *call)
{
	return run(call, &stop);
}

int sim_reboot_instances(struct sim_call *call)
{
	return run(call, &reboot);
}

int sim_reset_instances(struct sim_call *call)
{
	return run(call, &reset);
}

/* --- key pairs: partial success is normal (eds-aic 4.25) */

int sim_attach_key_pair(struct sim_call *call)
{
	const struct sim_key_pair *pair = sim_catalog_key_pair(sim_arg(call, "KeyPairId"));
	unsigned n = sim_arg_count(call, "InstanceIds"), attached = 0;
	if (!pair)
		return sim_refuse(call, 400, "InvalidKeyPairId.NotFound", "No key pair %s.",
				  sim_arg(call, "KeyPairId"));
	json_key(&call->out, "Data");
	json_literal(&call->out, "{");
	json_text(&call->out, "KeyPairId", pair->id);
	json_key(&call->out, "AttachedInstanceIds");
	json_literal(&call->out, "[");
	for (unsigned i = 1; i <= n; i++) {
		struct sim_instance *instance =
			sim_find_instance(call->sim, sim_arg_item(call, "InstanceIds", i));
		if (!instance || instance->status != ST_RUNNING)
			continue;
		if (instance->key_pair != pair) {
			instance->key_pair = pair;
			sim_instance_touch(call->sim, instance);
		}
		json_item(&call->out, instance->id);
		attached++;
	}
	json_literal(&call->out, "]");
	json_int(&call->out, "TotalCount", n);
	json_int(&call->out, "FailCount", n - attached);
	json_literal(&call->out, "}");
	return 0;
}

/* --- tasks */

static bool is_done(const struct sim *sim, const struct sim_task *task)
{
	return task->due <= sim->cloud_ms;
}

struct progress {
	unsigned running, good, bad;
};

/* The children of a batch follow it directly. */
static struct progress progress_of(const struct sim *sim, const struct sim_task *batch)
{
	struct progress p = {0};
	for (unsigned i = 1; i <= batch->children; i++) {
		if (!is_done(sim, &batch[i]))
			p.running++;
		else if (batch[i].fails)
			p.bad++;
		else
			p.good++;
	}
	return p;
}

static const char *task_status(const struct sim *sim, const struct sim_task *task)
{
	if (task->children == 0)
		return !is_done(sim, task) ? "Processing" : task->fails ? "Failed" : "Finished";
	struct progress p = progress_of(sim, task);
	if (p.running > 0)
		return "Processing";
	return p.bad == 0 ? "Finished" : p.good == 0 ? "Failed" : "PartFinished";
}

static void add_task_row(struct sim_call *call, const void *item)
{
	const struct sim_task *task = item;
	const struct sim_instance *instance = sim_find_instance(call->sim, task->instance);
	char started[TIMEFMT_SIZE];
	timefmt_iso(task->started_wall_ms, started);
	json_text(&call->out, "TaskId", task->id);
	json_text(&call->out, "ParentTaskId", task->parent);
	json_text(&call->out, "InvokeId", task->invoke_id);
	json_int(&call->out, "Level", *task->parent ? 2 : 1);
	json_text(&call->out, "TaskType", task->type);
	json_text(&call->out, "TaskStatus", task_status(call->sim, task));
	json_text(&call->out, "ResourceId", task->instance);
	json_text(&call->out, "InstanceId", task->instance);
	json_text(&call->out, "InstanceName", task->instance);
	json_text(&call->out, "InstanceStatus", instance ? instance->status : "");
	json_text(&call->out, "RegionId", task->region);
	json_text(&call->out, "StartTime", started);
	json_text(&call->out, "Operator", "");
	json_text(&call->out, "Param", "");
	json_text(&call->out, "Result", "");
	json_text(&call->out, "ErrorCode", "");
	json_text(&call->out, "ErrorMsg", "");
	if (task->children > 0) {
		struct progress p = progress_of(call->sim, task);
		json_int(&call->out, "TotalChildCount", task->children);
		json_int(&call->out, "RunningChildCount", p.running);
		json_int(&call->out, "SuccessChildCount", p.good);
		json_int(&call->out, "FailedChildCount", p.bad);
	}
}

static bool asked(const struct sim_call *call, const char *one, const char *several,
		  const char *value)
{
	const char *wanted = one ? sim_arg(call, one) : NULL;
	unsigned n = several ? sim_arg_count(call, several) : 0;
	bool found = n == 0;
	for (unsigned i = 1; i <= n; i++)
		found |= strcmp(sim_arg_item(call, several, i), value) == 0;
	return found && (!wanted || strcmp(wanted, value) == 0);
}

static bool task_matches(const struct sim_call *call, const struct sim_task *task)
{
	int64_t level = sim_arg_int(call, "Level", 0);
	return (level == 0 || level == (*task->parent ? 2 : 1)) &&
	       asked(call, "InvokeId", NULL, task->invoke_id) &&
	       asked(call, NULL, "TaskIds", task->id) &&
	       asked(call, "ParentTaskId", NULL, task->parent) &&
	       asked(call, "InstanceId", "ResourceIds", task->instance) &&
	       asked(call, "TaskStatus", "TaskStatuses", task_status(call->sim, task)) &&
	       asked(call, "TaskType", "TaskTypes", task->type);
}

int sim_describe_tasks(struct sim_call *call)
{
	struct sim *sim = call->sim;
	auto_free const void **found = calloc(sim->tasks.n + 1, sizeof(*found));
	size_t n = 0;
	if (!found)
		return -ENOMEM;
	for (size_t i = sim->tasks.n; i-- > 0;)
		if (task_matches(call, &sim->tasks.items[i]))
			found[n++] = &sim->tasks.items[i];
	return sim_page_items(call, "Data", found, n, 10, add_task_row);
}
