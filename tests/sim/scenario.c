#include "scenario.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cloudside.h"
#include "life.h"
#include "truth.h"
#include "vloop.h"

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define GROUPS 4
#define WALL_MS UINT64_C(1795000001000)
#define STEP_MS (3 * MINUTE) /* between two misfortunes, at most */
#define QUIET_MS (8 * HOUR)  /* in which everything must come right */

static struct {
	struct scenario_options o;
	struct scenario_result *result;
	struct wanted groups[GROUPS];
	unsigned n_groups, steps_left;
	struct truth truth;
} s;

static bool one_in(uint64_t n)
{
	return vloop_random(n) == 0;
}

static void fail(const char *wrong)
{
	if (wrong && !*s.result->wrong)
		(void)snprintf(s.result->wrong, sizeof(s.result->wrong), "%s at %" PRIu64 " ms", wrong,
			       vloop_now());
}

/* ---- the files ---- */

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	return cJSON_IsString(item) ? item->valuestring : "";
}

static void add_group(struct strbuf *out, const struct wanted *g)
{
	strbuf_addf(out, "  - name: %s\n    kind: %s\n    count: %" PRId64 "\n", g->name,
		    kind_name(g->kind), g->count);
	switch (g->kind) {
	case KIND_CLOUD_PHONE:
		strbuf_addf(out,
			    "    region: cn-shanghai\n    spec: acp.basic.small\n"
			    "    image: imgc-06zyt9m93zwax1f2s\n    reorder: after_cancel\n"
			    "    instances_per_group: 3\n    charge: {type: %s}\n",
			    g->prepaid ? "PrePaid, period: 1, period_unit: Month, auto_pay: false"
				       : "PostPaid");
		break;
	case KIND_APP_STREAMING:
		strbuf_addf(out,
			    "    region: cn-hangzhou\n    image: img-8z4nztpaqvay4\n"
			    "    reorder: after_cancel\n    charge: {type: %s}\n"
			    "    node_pool: {instance_type: appstreaming.general.4c8g, capacity: 2}\n",
			    g->prepaid ? "PrePaid, period: 1, period_unit: Month, auto_pay: false"
				       : "PostPaid");
		break;
	case KIND_PURCHASE:
		strbuf_addf(out,
			    "    product_code: %s\n    product_type: %s\n    subscription: Subscription\n"
			    "    period: 12\n    confirm_auto_pay: true\n"
			    "    parameters: {NetworkType: vpc, PlanCode: cloudbastion}\n",
			    g->product, g->product);
		break;
	case KIND_MAX_:
	case KIND_INVALID:
		break;
	}
}

static void write_file(const char *name, const char *text)
{
	char path[512];
	(void)snprintf(path, sizeof(path), "%s/%s", s.o.dir, name);
	FILE *f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		abort();
}

static void write_fleet(void)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(65536);
	strbuf_add(&out, "version: 1\nfleet: sim\ngroups:\n");
	for (unsigned k = 0; k < s.n_groups; k++)
		add_group(&out, &s.groups[k]);
	strbuf_add(&out, "...\n");
	write_file("fleet.yaml", strbuf_text(&out));
}

static void make_groups(void)
{
	static const char *const products[] = {"bastionhost", "cas"};
	unsigned bought = 0;
	bool streams = false;
	s.n_groups = 0;
	for (int kind = 0; kind < KIND_MAX_; kind++) {
		if (!strstr(s.o.kinds, kind_name((enum kind)kind)))
			continue;
		unsigned n = kind == KIND_PURCHASE || streams ? 1 : 1 + (unsigned)vloop_random(2);
		for (unsigned k = 0; k < n && s.n_groups < GROUPS; k++) {
			struct wanted *g = &s.groups[s.n_groups++];
			*g = (struct wanted){.kind = (enum kind)kind, .prepaid = one_in(2)};
			(void)snprintf(g->name, sizeof(g->name), "g%u", s.n_groups);
			g->count = g->most = 1 + (int64_t)vloop_random(kind == KIND_CLOUD_PHONE ? 8 : 3);
			if (kind == KIND_PURCHASE)
				(void)snprintf(g->product, sizeof(g->product), "%s", products[bought++]);
		}
	}
}

/* ---- misfortune ---- */

static void post(const char *path, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void post(const char *path, const char *format, ...)
{
	char body[512];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(body, sizeof(body), format, args);
	va_end(args);
	cJSON_Delete(cloudside_admin(path, body));
}

static const char *const creates[] = {"CreateAndroidInstanceGroup", "CreateAppInstanceGroup",
				      "CreateInstance", "UpgradeAndroidInstanceGroup",
				      "ModifyNodePoolAttribute", "ModifyNodePoolAmount"};
static const char *const lists[] = {"DescribeAndroidInstanceGroups", "DescribeAndroidInstances",
				    "ListAppInstanceGroup", "ListNodes", "QueryAvailableInstances",
				    "QueryOrders"};
static const char *const after[] = {"drop_reply", "http_500", "garbage", "truncate"};
static const char *const before[] = {"cut_before", "http_503", "throttle"};
static const char *const reads[] = {"token_loop", "missing_page", "empty_list", "unknown_status",
				    "wrong_total", "http_500", "garbage"};

/* A list of faults replaces the one before. */
static void new_faults(void)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(8192);
	strbuf_add_char(&out, '[');
	for (size_t k = 0; k < ARRAY_SIZE(creates); k++)
		strbuf_addf(&out, "{\"action\":\"%s\",\"fault\":\"%s\",\"times\":%u},", creates[k],
			    after[vloop_random(ARRAY_SIZE(after))], (unsigned)vloop_random(3));
	for (size_t k = 0; k < ARRAY_SIZE(lists); k++)
		strbuf_addf(&out, "{\"action\":\"%s\",\"fault\":\"list_lag\",\"times\":1000,\"ms\":%u},",
			    lists[k], (unsigned)vloop_random(600 * SECOND));
	for (size_t k = 0; k < ARRAY_SIZE(lists) && !s.o.lost_replies; k++)
		strbuf_addf(&out, "{\"action\":\"%s\",\"fault\":\"%s\",\"times\":%u},", lists[k],
			    reads[vloop_random(ARRAY_SIZE(reads))], (unsigned)vloop_random(4));
	strbuf_addf(&out, "{\"action\":\"%s\",\"fault\":\"%s\",\"times\":%u}]",
		    s.o.lost_replies ? "CreateInstance" : "*", before[vloop_random(ARRAY_SIZE(before))],
		    s.o.lost_replies ? 0 : (unsigned)vloop_random(4));
	post("/_sim/faults", "%s", "[]");
	cJSON_Delete(cloudside_admin("/_sim/faults", strbuf_text(&out)));
}

static void edit(void)
{
	struct wanted *g = &s.groups[vloop_random(s.n_groups)];
	g->count = 1 + (int64_t)vloop_random(g->kind == KIND_CLOUD_PHONE ? 8 : 3);
	if (g->count > g->most)
		g->most = g->count;
	write_fleet();
	(void)life_reload();
}

static void settle_an_order(bool pay)
{
	char id[64], path[128];
	truth_unpaid((unsigned)vloop_random(2), id);
	(void)snprintf(path, sizeof(path), "/_sim/orders/%s/%s", id, pay ? "pay" : "cancel");
	if (*id)
		post(path, "{}");
}

static void misfortune(void *data)
{
	(void)data;
	fail(truth_judge(&s.truth));
	if (s.steps_left == 0 || s.steps_left-- == 1)
		return;
	uint64_t what = vloop_random(10);
	if (what < 4)
		new_faults();
	else if (what == 4)
		edit();
	else if (what < 7)
		settle_an_order(true);
	else if (what == 7 && !s.o.lost_replies)
		settle_an_order(false);
	else if (what == 8 && !s.o.lost_replies && one_in(4))
		vloop_jump_wall((int64_t)vloop_random(40 * MINUTE) - (int64_t)(20 * MINUTE));
	life_crash_after(one_in(3) ? 1 + vloop_random(one_in(2) ? 60 : 2000) : 0);
	vloop_world_at(vloop_now() + 1 + vloop_random(STEP_MS), misfortune, NULL);
}

/* ---- the operator, who knows the truth ---- */

static const struct wanted *group_of(const char *name)
{
	for (unsigned k = 0; k < s.n_groups; k++)
		if (strcmp(s.groups[k].name, name) == 0)
			return &s.groups[k];
	return NULL;
}

/* The daemon refuses what it knows already: the first that it takes is the one. */
static bool adopt(const struct wanted *g, int64_t number, const cJSON *intent)
{
	char id[64];
	bool create = strcmp(text_of(intent, "verb"), "create") == 0;
	for (unsigned n = 0; create && (truth_candidate(g, text_of(intent, "name"), n, id), *id); n++)
		if (life_adopt(number, id))
			return true;
	int64_t count = (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(intent, "count"));
	for (unsigned n = 0; truth_order(g, text_of(intent, "operation"), count, n, id), *id; n++)
		if (life_adopt(number, id))
			return true;
	return false;
}

static void decide(const cJSON *intent)
{
	const struct wanted *g = group_of(text_of(intent, "group"));
	int64_t number = (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(intent, "id"));
	if (!g || strcmp(text_of(intent, "state"), "held") != 0)
		return;
	s.result->held++;
	if (adopt(g, number, intent))
		s.result->adopted++;
	else
		(void)life_abandon(number);
}

static void operate(void *data)
{
	(void)data;
	cJSON *intents = life_ask("intents"), *plan = life_ask("plan");
	const cJSON *item;
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(intents, "intents")) decide(item);
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(plan, "actions"))
	{
		const char *hold = text_of(item, "hold");
		if (strcmp(hold, "shrink-half") == 0 || strcmp(hold, "vanished") == 0)
			(void)life_approve(text_of(item, "hash"));
	}
	cJSON_Delete(intents);
	cJSON_Delete(plan);
	settle_an_order(true);
	fail(truth_judge(&s.truth));
	vloop_world_at(vloop_now() + 5 * MINUTE, operate, NULL);
}

/* ---- the end ---- */

static bool may_be_more(const struct wanted *g)
{
	return g->kind == KIND_PURCHASE || g->prepaid; /* paid for: it stays */
}

static void judge_end(void *data)
{
	(void)data;
	cJSON *status = life_ask("status");
	const cJSON *group;
	if (!status)
		fail("stuck: no answer in the end");
	cJSON_ArrayForEach(group, cJSON_GetObjectItemCaseSensitive(status, "groups"))
	{
		const struct wanted *g = group_of(text_of(group, "name"));
		char wrong[400];
		int64_t holds = g ? truth_holds(g) : 0;
		bool right = g && (holds == g->count || (holds > g->count && may_be_more(g)));
		if (right && strcmp(text_of(group, "condition"), "Converged") == 0)
			continue;
		(void)snprintf(wrong, sizeof(wrong), "stuck: %s holds %" PRId64 " of %" PRId64 ", %s: %.200s",
			       text_of(group, "name"), holds, g ? g->count : 0, text_of(group, "condition"),
			       text_of(group, "reason"));
		fail(wrong);
	}
	cJSON_Delete(status);
	fail(truth_judge(&s.truth));
	if (s.o.trace && *s.result->wrong) {
		cJSON *state = cloudside_admin("/_sim/state", NULL);
		char *text = cJSON_Print(state);
		(void)fprintf(stderr, "%s\n", text);
		cJSON_free(text);
		cJSON_Delete(state);
	}
}

static void begin_quiet(void *data)
{
	static const struct cloudside_faults none = {0, 0, 200};
	(void)data;
	life_crash_after(0);
	cloudside_faults(&none);
	post("/_sim/faults", "[]");
	operate(NULL);
}

void scenario_run(uint64_t seed, const struct scenario_options *options, struct scenario_result *ret)
{
	memset(&s, 0, sizeof(s));
	memset(ret, 0, sizeof(*ret));
	s.o = *options;
	s.result = ret;
	s.steps_left = options->steps;
	vloop_start(seed, WALL_MS);
	cloudside_start(seed);
	make_groups();
	s.truth = (struct truth){.groups = s.groups, .n_groups = s.n_groups};
	write_fleet();
	write_file("drover.yaml", "version: 1\n");
	const struct cloudside_faults faults = {s.o.lost_replies ? 0 : (unsigned)vloop_random(20),
						(unsigned)vloop_random(s.o.lost_replies ? 300 : 60), 2000};
	cloudside_faults(&faults);
	const struct life_options life = {.dir = s.o.dir, .trace = s.o.trace};
	life_start(&life);
	uint64_t quiet = vloop_now() + s.o.steps * STEP_MS + MINUTE;
	vloop_world_at(vloop_now() + 1, misfortune, NULL);
	vloop_world_at(quiet, begin_quiet, NULL);
	vloop_world_at(quiet + QUIET_MS, judge_end, NULL);
	life_until(quiet + QUIET_MS + 1);
	const struct life_counts *counts = life_counts();
	ret->hash = counts->hash;
	ret->lives = counts->lives;
	ret->crashes = counts->crashes;
	ret->requests = (unsigned)cloudside_requests();
	cloudside_end();
}
