#include "manners_fleet.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "answer.h"
#include "cloudside.h"
#include "life.h"
#include "meter.h"
#include "vloop.h"

#define WALL_MS UINT64_C(1795000001000)
#define LATENCY_MS 100 /* each way, at most */

static struct {
	struct fleet_world world;
	struct wanted groups[FLEET_GROUPS];
	int64_t per_group[FLEET_GROUPS];
	unsigned n;
	struct truth truth;
} f;

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	return cJSON_IsString(item) ? item->valuestring : "";
}

/* ---- the files ---- */

static void add_phones(struct strbuf *out, const struct wanted *g, int64_t per_group)
{
	strbuf_addf(out,
		    "    region: cn-shanghai\n    spec: acp.basic.small\n"
		    "    image: imgc-06zyt9m93zwax1f2s\n    instances_per_group: %" PRId64 "\n"
		    "    charge: {type: %s}\n",
		    per_group,
		    g->prepaid ? "PrePaid, period: 1, period_unit: Month, auto_pay: false" : "PostPaid");
}

static void add_group(struct strbuf *out, const struct wanted *g, int64_t per_group)
{
	strbuf_addf(out, "  - name: %s\n    kind: %s\n    count: %" PRId64 "\n", g->name,
		    kind_name(g->kind), g->count);
	if (g->kind == KIND_CLOUD_PHONE)
		add_phones(out, g, per_group);
	else if (g->kind == KIND_APP_STREAMING)
		strbuf_add(out, "    region: cn-hangzhou\n    image: img-8z4nztpaqvay4\n"
				"    node_pool: {instance_type: appstreaming.general.4c8g, capacity: 2}\n");
	else
		strbuf_addf(out,
			    "    product_code: %s\n    product_type: %s\n    subscription: Subscription\n"
			    "    period: 12\n    confirm_auto_pay: true\n"
			    "    parameters: {NetworkType: vpc, PlanCode: cloudbastion}\n",
			    g->product, g->product);
}

static void write_file(const char *name, const char *text)
{
	char path[512];
	(void)snprintf(path, sizeof(path), "%s/%s", f.world.dir, name);
	FILE *file = fopen(path, "w");
	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		abort();
}

void fleet_write(void)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(1 << 20);
	strbuf_add(&out, "version: 1\nfleet: pace\ngroups:\n");
	for (unsigned k = 0; k < f.n; k++)
		add_group(&out, &f.groups[k], f.per_group[k]);
	strbuf_add(&out, "...\n");
	write_file("fleet.yaml", strbuf_text(&out));
	(void)life_reload();
}

void fleet_add(const struct fleet_group *group)
{
	if (f.n == FLEET_GROUPS)
		abort();
	struct wanted *g = &f.groups[f.n];
	*g = (struct wanted){.kind = group->kind, .prepaid = group->prepaid, .count = group->count,
			     .most = group->count};
	(void)snprintf(g->name, sizeof(g->name), "%s", group->name);
	(void)snprintf(g->product, sizeof(g->product), "bastionhost");
	f.per_group[f.n++] = group->per_group;
	f.truth = (struct truth){.groups = f.groups, .n_groups = f.n, .seen_calls = f.truth.seen_calls};
}

void fleet_resize(const char *name, int64_t count)
{
	for (unsigned k = 0; k < f.n; k++) {
		struct wanted *g = &f.groups[k];
		if (strcmp(g->name, name) != 0)
			continue;
		g->count = count;
		g->most = count > g->most ? count : g->most;
	}
	fleet_write();
}

/* ---- the world ---- */

void fleet_begin(const struct fleet_world *world)
{
	static const struct cloudside_faults network = {0, 0, LATENCY_MS};
	auto_strbuf struct strbuf settings = STRBUF_INIT(4096);
	memset(&f, 0, sizeof(f));
	f.world = *world;
	vloop_start(world->seed, WALL_MS);
	cloudside_quota(world->reads_per_s, world->writes_per_s);
	cloudside_start(world->seed);
	cloudside_faults(&network);
	meter_start();
	strbuf_addf(&settings, "version: 1\n%s", world->settings);
	write_file("drover.yaml", strbuf_text(&settings));
	const struct life_options life = {.dir = world->dir, .trace = world->trace, .on_event = world->on_event};
	life_start(&life);
}

void fleet_pay(void)
{
	char id[64], path[128];
	for (;;) {
		truth_unpaid(0, id);
		if (!*id)
			return;
		(void)snprintf(path, sizeof(path), "/_sim/orders/%s/pay", id);
		cJSON_Delete(cloudside_admin(path, "{}"));
	}
}

void fleet_answer(void)
{
	cJSON *intents = life_ask("intents");
	const cJSON *item;
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(intents, "intents"))
	{
		for (unsigned k = 0; k < f.n; k++)
			if (strcmp(f.groups[k].name, text_of(item, "group")) == 0)
				(void)answer_intent(item, &f.groups[k]);
	}
	cJSON_Delete(intents);
}

void fleet_fault(const char *fault, uint64_t ms)
{
	char body[256] = "[]";
	if (fault)
		(void)snprintf(body, sizeof(body),
			       "[{\"action\":\"*\",\"fault\":\"%s\",\"times\":1000000000,\"ms\":%" PRIu64 "}]",
			       fault, ms);
	cJSON_Delete(cloudside_admin("/_sim/faults", body));
}

void fleet_fault_of(enum service service, const char *fault, uint64_t ms)
{
	auto_strbuf struct strbuf body = STRBUF_INIT(65536);
	const char *comma = "";
	strbuf_add(&body, "[");
	for (int op = 0; op < OP_MAX_; op++) {
		const struct operation_info *info = operation_info((enum operation)op);
		if (info->service != service)
			continue;
		strbuf_addf(&body,
			    "%s{\"action\":\"%s\",\"fault\":\"%s\",\"times\":1000000000,\"ms\":%" PRIu64 "}",
			    comma, info->name, fault, ms);
		comma = ",";
	}
	strbuf_add(&body, "]");
	cJSON_Delete(cloudside_admin("/_sim/faults", strbuf_text(&body)));
}

/* ---- the verdict ---- */

void fleet_keep_wrong(char *wrong, size_t size)
{
	const char *why = *wrong ? NULL : truth_judge(&f.truth);
	if (why)
		(void)snprintf(wrong, size, "%s", why);
}

int64_t fleet_missing(void)
{
	int64_t n = 0;
	for (unsigned k = 0; k < f.n; k++) {
		int64_t holds = truth_holds(&f.groups[k]);
		n += holds < f.groups[k].count ? f.groups[k].count - holds : 0;
	}
	return n;
}

static const struct wanted *wanted_of(const char *name)
{
	for (unsigned k = 0; k < f.n; k++)
		if (strcmp(f.groups[k].name, name) == 0)
			return &f.groups[k];
	abort();
}

int64_t fleet_holds(const char *name)
{
	return truth_holds(wanted_of(name));
}

int64_t fleet_runs(const char *name)
{
	return truth_runs(wanted_of(name));
}

bool fleet_converged(const char *name)
{
	cJSON *status = life_ask("status");
	const cJSON *group;
	bool converged = false;
	cJSON_ArrayForEach(group, cJSON_GetObjectItemCaseSensitive(status, "groups"))
		converged = converged || (strcmp(text_of(group, "name"), name) == 0 &&
					  strcmp(text_of(group, "condition"), "Converged") == 0);
	cJSON_Delete(status);
	return converged;
}

int fleet_not(const char *condition, bool tell)
{
	cJSON *status = life_ask("status");
	const cJSON *group;
	int n = status ? 0 : -1;
	cJSON_ArrayForEach(group, cJSON_GetObjectItemCaseSensitive(status, "groups"))
	{
		bool other = strcmp(text_of(group, "condition"), condition) != 0;
		n += other;
		if (other && tell)
			(void)printf("  %s is %s: %s\n", text_of(group, "name"),
				     text_of(group, "condition"), text_of(group, "reason"));
	}
	cJSON_Delete(status);
	return n;
}

bool fleet_seen_since(uint64_t since_ms)
{
	cJSON *status = life_ask("status");
	const cJSON *group;
	bool all = status != NULL;
	cJSON_ArrayForEach(group, cJSON_GetObjectItemCaseSensitive(status, "groups"))
	{
		const cJSON *age = cJSON_GetObjectItemCaseSensitive(group, "observed_age_ms");
		all = all && cJSON_IsNumber(age) &&
		      cJSON_GetNumberValue(age) <= (double)(vloop_now() - since_ms);
	}
	cJSON_Delete(status);
	return all;
}
