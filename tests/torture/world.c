#include "world.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "sim/cloudside.h"
#include "sim/life.h"
#include "sim/truth.h"
#include "sim/vloop.h"

#define MINUTE UINT64_C(60000)
#define WALL_MS UINT64_C(1795000001000)
#define RESTART_MS 30000           /* of the service manager */
#define FIRST_MS (5 * 60 * MINUTE) /* at most, in which it must come right by itself */
#define STICKY_MS (40 * MINUTE)
#define SECOND_MS (5 * 60 * MINUTE)
#define LIVES_MAX 40
#define STEPS_MOST 20000 /* in a minute */
#define WANTED_MOST 3

static struct {
	struct world_options o;
	struct world_result *result;
	struct wanted group;
	struct truth truth;
	VEC(char *) seen; /* ids of every instance that ever was */
	bool stood;       /* all that is wanted was there once: from then on nothing may be missing */
	bool scripted;    /* the script has come to its end */
	bool settled;     /* what is wanted stands, and the daemon says so */
	bool recovering;
	uint64_t steps, struck_ms;
	char last[400];   /* why it had not settled, when it was last looked */
} w;

static void fail(const char *wrong)
{
	if (wrong && !*w.result->wrong)
		(void)snprintf(w.result->wrong, sizeof(w.result->wrong), "%s at %" PRIu64 " ms", wrong,
			       vloop_now());
}

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	return cJSON_IsString(item) ? item->valuestring : "";
}

/* ---- the files ---- */

/* A new file each time, and a link to the last: what was there once is never touched again. */
static void write_file(const char *name, const char *text)
{
	static unsigned versions;
	char version[64], file[512], link[512], path[512];
	(void)snprintf(version, sizeof(version), "%s.%u", name, ++versions);
	(void)snprintf(file, sizeof(file), "%s/%s", w.o.dir, version);
	(void)snprintf(link, sizeof(link), "%s/link", w.o.dir);
	(void)snprintf(path, sizeof(path), "%s/%s", w.o.dir, name);
	FILE *f = fopen(file, "w");
	if (!f || fputs(text, f) < 0 || fclose(f) != 0 || symlink(version, link) < 0 ||
	    rename(link, path) < 0)
		abort();
}

static const char *body_of(const struct wanted *g)
{
	static const char *const bodies[KIND_MAX_] = {
		[KIND_CLOUD_PHONE] = "    region: cn-shanghai\n    spec: acp.basic.small\n"
				     "    image: imgc-06zyt9m93zwax1f2s\n    heal: reboot\n",
		[KIND_APP_STREAMING] = "    region: cn-hangzhou\n    image: img-8z4nztpaqvay4\n"
				       "    node_pool: {instance_type: appstreaming.general.4c8g, capacity: 2}\n",
		[KIND_PURCHASE] = "    product_code: bastionhost\n    product_type: bastionhost\n"
				  "    subscription: Subscription\n    period: 12\n    confirm_auto_pay: true\n"
				  "    parameters: {NetworkType: vpc, PlanCode: cloudbastion}\n",
	};
	return bodies[g->kind];
}

static void write_fleet(int64_t count)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(8192);
	const struct wanted *g = &w.group;
	w.group.count = count;
	strbuf_addf(&out,
		    "version: 1\nfleet: torture\ngroups:\n  - name: %s\n    kind: %s\n"
		    "    count: %" PRId64 "\n%s",
		    g->name, kind_name(g->kind), g->count, body_of(g));
	if (g->kind != KIND_PURCHASE)
		strbuf_addf(&out, "    tags: {env: test}\n    charge: {type: %s}\n",
			    g->prepaid ? "PrePaid, period: 1, period_unit: Month, auto_pay: false"
				       : "PostPaid");
	strbuf_add(&out, "...\n");
	write_file("fleet.yaml", strbuf_text(&out));
}

/* ---- the judge ---- */

static bool is_known(const char *id)
{
	vec_each(&w.seen, known)
		if (strcmp(*known, id) == 0)
			return true;
	return false;
}

static void note_instance(const char *id)
{
	if (is_known(id))
		return;
	char **slot = vec_add(&w.seen);
	if (!slot || !(*slot = strdup(id)))
		abort();
	if (w.seen.n > WANTED_MOST)
		fail("duplicate: more instances were made than ever wanted");
}

static void judge_instances(void)
{
	cJSON *state = cloudside_admin("/_sim/state", NULL);
	const cJSON *group, *instance;
	cJSON_ArrayForEach(group, cJSON_GetObjectItemCaseSensitive(state, "groups"))
	{
		cJSON_ArrayForEach(instance, cJSON_GetObjectItemCaseSensitive(group, "instances"))
			note_instance(text_of(instance, "id"));
	}
	cJSON_Delete(state);
	int64_t holds = truth_holds(&w.group);
	if (w.stood && holds < 2)
		fail("unowned: what is wanted was deleted");
	w.stood = w.stood || holds >= 2;
}

static void judge(void)
{
	fail(truth_judge(&w.truth));
	judge_instances();
}

/* Every order that a person had to pay is in the ledger. */
static void judge_orders(void)
{
	char path[512], wrong[300];
	sqlite3 *db = NULL;
	sqlite3_stmt *find = NULL;
	(void)snprintf(path, sizeof(path), "%s/ledger.db", life_state_dir());
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, "unix") != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "SELECT 1 FROM orders WHERE id = ?", -1, &find, NULL) != SQLITE_OK)
		fail("lost: the ledger cannot be read");
	cJSON *state = cloudside_admin("/_sim/state", NULL);
	const cJSON *order;
	const cJSON *orders = cJSON_GetObjectItemCaseSensitive(state, "orders");
	cJSON_ArrayForEach(order, orders)
	{
		if (!find)
			break;
		(void)sqlite3_bind_text(find, 1, text_of(order, "id"), -1, SQLITE_STATIC);
		(void)snprintf(wrong, sizeof(wrong), "lost: the ledger does not know order %s (%s, %s)",
			       text_of(order, "id"), text_of(order, "action"), text_of(order, "status"));
		if (w.group.prepaid && sqlite3_step(find) != SQLITE_ROW)
			fail(wrong);
		(void)sqlite3_reset(find);
	}
	cJSON_Delete(state);
	(void)sqlite3_finalize(find);
	(void)sqlite3_close(db);
}

/* What is wanted stands, and the daemon says so. */
static bool has_settled(void)
{
	cJSON *status = life_ask("status");
	const cJSON *group = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(status, "groups"), 0);
	int64_t holds = truth_holds(&w.group), count = w.group.count;
	bool stays = w.group.prepaid || w.group.kind == KIND_PURCHASE; /* paid for */
	bool right = holds == count || (stays && holds > count && holds <= WANTED_MOST);
	bool fine = right && group && strcmp(text_of(group, "condition"), "Converged") == 0;
	(void)snprintf(w.last, sizeof(w.last), "holds %" PRId64 " of %" PRId64 ", %s: %.250s", holds, count,
		       group ? text_of(group, "condition") : "no answer", text_of(group, "reason"));
	cJSON_Delete(status);
	return fine;
}

/* ---- the operator ---- */

static void pay(void)
{
	char id[64], path[128];
	truth_unpaid(0, id);
	(void)snprintf(path, sizeof(path), "/_sim/orders/%s/pay", id);
	if (*id)
		cJSON_Delete(cloudside_admin(path, "{}"));
}

/* The daemon refuses what it knows already: the first that it takes is the one. */
static bool adopt(int64_t number, const cJSON *intent)
{
	char id[64];
	int64_t count = (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(intent, "count"));
	for (unsigned n = 0; truth_candidate(&w.group, text_of(intent, "name"), n, id), *id; n++)
		if (life_adopt(number, id))
			return true;
	for (unsigned n = 0; truth_order(&w.group, text_of(intent, "operation"), text_of(intent, "name"),
				     count, n, id), *id; n++)
		if (life_adopt(number, id))
			return true;
	return false;
}

static void decide(void)
{
	cJSON *intents = life_ask("intents");
	const cJSON *intent;
	cJSON_ArrayForEach(intent, cJSON_GetObjectItemCaseSensitive(intents, "intents"))
	{
		int64_t number = (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(intent, "id"));
		if (strcmp(text_of(intent, "state"), "held") == 0 && !adopt(number, intent))
			(void)life_abandon(number);
	}
	cJSON_Delete(intents);
}

/* ---- the script ---- */

/* A fault that stays has been borne for long enough. */
static bool is_enough(void)
{
	struct faults_counts counts;
	faults_count(&counts);
	if (faults_plan()->mode != FAULTS_STICKY || !counts.struck || w.recovering)
		return false;
	if (w.struck_ms == 0)
		w.struck_ms = vloop_now();
	return vloop_now() - w.struck_ms > STICKY_MS;
}

static void judge_steps(void)
{
	if (vloop_steps() - w.steps > STEPS_MOST)
		fail("stuck: the loop turns without end");
	w.steps = vloop_steps();
}

static void tick(void *data)
{
	(void)data;
	faults_pause();
	faults_tick();
	judge_steps();
	judge();
	pay();
	decide();
	w.settled = has_settled() && w.scripted;
	if (w.settled || is_enough() || *w.result->wrong)
		life_end();
	faults_resume();
	vloop_world_at(vloop_now() + MINUTE, tick, NULL);
}

static void edit(void *data)
{
	faults_pause();
	write_fleet((intptr_t)data);
	faults_resume();
	(void)life_reload();
}

static void break_file(void *data)
{
	(void)data;
	write_file("fleet.yaml", "version: 1\ngroups: [\n");
	(void)life_reload();
}

static void sicken(void *data)
{
	char path[128];
	(void)data;
	faults_pause();
	(void)snprintf(path, sizeof(path), "/_sim/resources/%s", w.seen.n ? w.seen.items[0] : "");
	if (w.group.kind == KIND_CLOUD_PHONE && w.seen.n)
		cJSON_Delete(cloudside_admin(path, "{\"status\": \"UNAVAILABLE\"}"));
	faults_resume();
}

static void look(void *data)
{
	(void)data;
	life_look(w.group.name);
}

static void end_script(void *data)
{
	(void)data;
	w.scripted = true;
}

static void write_script(void)
{
	static const struct {
		unsigned minute;
		vloop_fn fn;
		intptr_t count;
	} script[] = {
		{1, look, 0}, {6, edit, 3}, {8, look, 0}, {11, sicken, 0}, {14, break_file, 0},
		{16, edit, 2}, {17, look, 0}, {22, end_script, 0},
	};
	for (size_t k = 0; k < ARRAY_SIZE(script); k++)
		vloop_world_at(vloop_now() + script[k].minute * MINUTE, script[k].fn,
			       (void *)script[k].count);
	vloop_world_at(vloop_now() + MINUTE, tick, NULL);
}

/* ---- lives ---- */

/* One life; true when it was READY. After that it ends when it is told to, and well. */
static bool live(uint64_t until_ms)
{
	const uint64_t *told = life_counts()->events;
	uint64_t ready = told[EV_DAEMON_READY], stopping = told[EV_DAEMON_STOPPING];
	int code = life_serve(until_ms);
	bool was_ready = told[EV_DAEMON_READY] > ready;
	if (w.o.trace)
		(void)fprintf(stderr, "%10" PRIu64 " ended with %d\n", vloop_now(), code);
	w.result->unheard = w.result->unheard || code < 0;
	if (code == APP_EXIT_USAGE || code == APP_EXIT_SECOND || code == APP_EXIT_CONFIG)
		fail("stuck: the daemon ended with a code after which nobody starts it again");
	else if (was_ready && code >= 0 && told[EV_DAEMON_STOPPING] == stopping)
		fail("stuck: the daemon ended by itself");
	else if (was_ready && code > 0)
		fail("stuck: the daemon failed when it was told to end");
	return was_ready;
}

/* One that ends before it is READY is started again by the service manager. */
static void live_for(uint64_t ms)
{
	uint64_t until_ms = vloop_now() + ms;
	w.settled = false;
	for (unsigned n = 0; n < LIVES_MAX && !live(until_ms) && !*w.result->wrong; n++) {
		vloop_pass(RESTART_MS);
		faults_tick();
	}
}

static void expect_settled(const char *when)
{
	char wrong[480];
	(void)snprintf(wrong, sizeof(wrong), "stuck: %s it %s", when, w.last);
	if (!w.settled)
		fail(wrong);
}

static void live_through(void)
{
	live_for(FIRST_MS);
	if (faults_plan()->mode != FAULTS_STICKY)
		expect_settled("with the fault");
	w.recovering = true;
	faults_count(&w.result->first);
	faults_again();
	live_for(SECOND_MS);
	expect_settled("in recovery");
	faults_count(&w.result->second);
	faults_end();
	if (faults_plan()->then == 0)
		return;
	live_for(SECOND_MS);
	expect_settled("after a fault in recovery");
}

void world_run(const struct world_options *options, const struct faults_plan *plan,
	       struct faults_sites *ret_sites, struct world_result *ret)
{
	memset(ret, 0, sizeof(*ret));
	w.o = *options;
	w.result = ret;
	w.group = (struct wanted){.name = "g1", .prepaid = options->prepaid, .most = WANTED_MOST,
				  .product = "bastionhost"};
	while (w.group.kind < KIND_MAX_ && strcmp(kind_name(w.group.kind), options->kind) != 0)
		w.group.kind++;
	w.truth = (struct truth){.groups = &w.group, .n_groups = 1};
	faults_begin(plan, ret_sites);
	faults_on_call(options->on_call);
	faults_pause();
	vloop_start(/* seed= */ 1, WALL_MS);
	cloudside_start(/* seed= */ 1);
	write_fleet(2);
	write_file("drover.yaml", "version: 1\n");
	const struct life_options life = {.dir = w.o.dir, .trace = w.o.trace};
	life_start(&life);
	write_script();
	faults_resume();
	live_through();
	judge();
	judge_orders();
	ret->lives = life_counts()->lives;
	cloudside_end();
	vec_each(&w.seen, id)
		free(*id);
	vec_free(&w.seen);
}
