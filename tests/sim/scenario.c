#include "scenario.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "cloudside.h"
#include "fleet.h"
#include "history.h"
#include "life.h"
#include "misfortune.h"
#include "net/http.h"
#include "pace.h"
#include "person.h"
#include "secrets.h"
#include "truth.h"
#include "vloop.h"
#include "world.h"

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define WALL_MS UINT64_C(1795000001000)
#define STEP_MS (3 * MINUTE)    /* between two misfortunes, at most */
#define LOOK_MS (5 * MINUTE)    /* between two looks of the person */
#define REPAIR_MS (40 * MINUTE) /* of quiet, until the person mends what is broken */
#define QUIET_MS (30 * HOUR)    /* in which everything must come right; some waits are a day */
#define LONG_MS (8 * HOUR)      /* that some seeds sit through in any case */
#define STEADY_LOOKS 6          /* that find all well and nothing changed: it is over */

static struct {
	struct scenario_options o;
	struct scenario_result *result;
	unsigned steps_left, steady;
	uint64_t quiet_ms, changes;
	bool planted, long_quiet;
} s;

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	return cJSON_IsString(item) ? item->valuestring : "";
}

static void fail(const char *wrong)
{
	if (wrong && !*s.result->wrong)
		(void)snprintf(s.result->wrong, sizeof(s.result->wrong), "%s at %" PRIu64 " ms",
			       wrong, vloop_now());
}

static void judge(void)
{
	fail(history_wrong());
	fail(pace_wrong());
	fail(secrets_wrong());
}

/* ---- what the judges must see ---- */

/* While a call is under way, so that the cloud's history has it as the call's. */
static void plant_in_call(void)
{
	struct world_thing thing;
	char path[128];
	if (s.planted)
		return;
	if (s.o.plant == PLANT_DUPLICATE) {
		world_post("/_sim/groups", "{\"name\":\"%s.planted\",\"count\":9}",
			   fleet.groups[0].wanted.name);
		s.planted = true;
	} else if (s.o.plant == PLANT_UNOWNED && world_draw(false, &thing)) {
		(void)snprintf(path, sizeof(path), "/_sim/resources/%s", thing.id);
		world_post(path, "{\"delete\":true}");
		s.planted = true;
	}
}

static void before_call(void)
{
	history_before_call();
	plant_in_call();
}

static void plant_at_step(void)
{
	if (s.planted || vloop_now() < 10 * MINUTE)
		return;
	if (s.o.plant == PLANT_PACE)
		for (unsigned k = 0; k < 30; k++)
			pace_request("ListNodes", false, vloop_now());
	else if (s.o.plant == PLANT_SECRET && !life_pause(NULL, false, SECRETS_KEY_SECRET))
		return;
	else if (s.o.plant == PLANT_DIFFER)
		life_mix((uint64_t)clock());
	s.planted = true;
}

/* ---- the end ---- */

/* More than is wanted stays where it was paid for. */
static bool may_be_more(const struct wanted *g)
{
	return g->kind == KIND_PURCHASE || g->prepaid;
}

/* NULL when the group stands as wanted; else what is wrong, in @ret. */
static const char *judge_group(const cJSON *group, char *ret, size_t size)
{
	const char *name = text_of(group, "name");
	const struct group *found = fleet_find(name);
	const struct wanted *g = found ? &found->wanted : NULL;
	bool is_former = g && strcmp(name, g->name) != 0;
	int64_t holds = g ? truth_holds(g) : 0;
	bool right = g && !is_former && (holds == g->count || (holds > g->count && may_be_more(g)));
	if (right && strcmp(text_of(group, "condition"), "Converged") == 0)
		return NULL;
	(void)snprintf(ret, size, "stuck: %s holds %" PRId64 " of %" PRId64 ", %s: %.200s", name,
		       holds, g ? g->count : 0, text_of(group, "condition"),
		       text_of(group, "reason"));
	return ret;
}

static const char *judge_groups(char *ret, size_t size)
{
	cJSON *status = life_ask("status");
	const cJSON *group, *groups = cJSON_GetObjectItemCaseSensitive(status, "groups");
	const char *wrong = status ? NULL : "stuck: no answer in the end";
	if (status && cJSON_GetArraySize(groups) != (int)fleet.n_groups)
		wrong = "stuck: not every group is in the answer";
	cJSON_ArrayForEach(group, groups)
	{
		if (!wrong)
			wrong = judge_group(group, ret, size);
	}
	cJSON_Delete(status);
	return wrong;
}

/* An order that nobody told of is one that nobody will pay. */
static const char *judge_orders(char *ret, size_t size)
{
	char id[64];
	truth_unpaid(0, id);
	if (!*id)
		return NULL;
	(void)snprintf(ret, size, "lost: order %s is unpaid, %s, and %s", id,
		       life_told(id) ? "told" : "never told",
		       life_remembers(id) ? "in the ledger" : "not in the ledger");
	return ret;
}

static void show(cJSON *json)
{
	char *text = cJSON_Print(json);
	(void)fprintf(stderr, "%s\n", text);
	cJSON_free(text);
	cJSON_Delete(json);
}

/* What the cloud has, and what drover makes of it. */
static void show_end(void)
{
	static const char *const words[] = {"plan", "intents", "orders", "status"};
	show(cloudside_admin("/_sim/state", NULL));
	for (size_t k = 0; k < ARRAY_SIZE(words); k++)
		show(life_ask(words[k]));
}

static void judge_end(void *data)
{
	char why[400];
	(void)data;
	if (s.o.plant == PLANT_NONE || !*s.result->wrong)
		judge();
	fail(judge_orders(why, sizeof(why)));
	fail(judge_groups(why, sizeof(why)));
	if (s.changes != history_changes())
		fail("stuck: calls that change something go on and on");
	(void)life_remembers(""); /* looks for keys */
	judge();
	if (s.o.trace && *s.result->wrong)
		show_end();
	life_finish();
}

/* All well for some looks, and nothing was changed meanwhile. */
static bool is_steady(void)
{
	char why[400];
	bool well = !judge_orders(why, sizeof(why)) && !judge_groups(why, sizeof(why)) &&
		    s.changes == history_changes();
	s.changes = history_changes();
	s.steady = well ? s.steady + 1 : 0;
	return s.steady >= STEADY_LOOKS && (!s.long_quiet || vloop_now() > s.quiet_ms + LONG_MS);
}

/* ---- the course of things ---- */

static void mend(void)
{
	world_repair();
	person_settles();
}

static void operate(void *data)
{
	(void)data;
	if (s.o.plant == PLANT_STUCK)
		world_post("/_sim/faults", "[{\"fault\":\"http_503\",\"times\":1000000}]");
	judge();
	if (*s.result->wrong || is_steady()) {
		judge_end(NULL);
		return;
	}
	person_decides();
	person_pays();
	if (vloop_now() > s.quiet_ms + REPAIR_MS)
		mend();
	vloop_world_at(vloop_now() + LOOK_MS, operate, NULL);
}

static void begin_quiet(void *data)
{
	(void)data;
	s.quiet_ms = vloop_now();
	misfortune_end();
	operate(NULL);
}

static void step(void *data)
{
	(void)data;
	judge();
	plant_at_step();
	if (s.steps_left == 0 || s.steps_left-- == 1)
		return;
	vloop_world_at(vloop_now() + 1 + vloop_random(STEP_MS), step, NULL); /* a crash may end this one */
	misfortune_step();
}

static void on_request(const char *action, bool changing)
{
	pace_request(action, changing, vloop_now());
}

static void on_answered(const struct http_request *request, struct http_response *response)
{
	if (cloudside_throttles(response))
		pace_refused(cloudside_action(request), request->changing, vloop_now());
}

static void write_settings(bool role)
{
	char path[512];
	(void)snprintf(path, sizeof(path), "%s/drover.yaml", s.o.dir);
	FILE *f = fopen(path, "w");
	if (!f ||
	    fputs(role ? "version: 1\ncredentials: {role_arn: "
			 "\"acs:ram::1234567890123456:role/drover\", "
			 "role_duration: 20m, refresh: 10m, change_margin: 2m}\n"
		       : "version: 1\n",
		  f) < 0 ||
	    fclose(f) != 0)
		abort();
}

static void begin(uint64_t seed)
{
	vloop_start(seed, WALL_MS);
	cloudside_keys(SECRETS_KEY_ID, SECRETS_KEY_SECRET);
	cloudside_start(seed);
	cloudside_on_request(on_request);
	cloudside_watch(NULL, on_answered);
	history_start();
	pace_start();
	secrets_start();
	person_start();
	world_start();
	fleet_start(s.o.kinds, s.o.dir);
	s.long_quiet = world_one_in(16);
	write_settings(!s.o.lost_replies && world_one_in(3));
	misfortune_start(s.o.lost_replies);
	cloudside_on_change(before_call, history_after_call);
	const struct life_options life = {.dir = s.o.dir,
					  .trace = s.o.trace,
					  .deaf = s.o.plant == PLANT_LOST,
					  .on_life = pace_reset,
					  .on_bytes = secrets_scan};
	life_start(&life);
	fleet_write();
}

void scenario_run(uint64_t seed, const struct scenario_options *options,
		  struct scenario_result *ret)
{
	memset(&s, 0, sizeof(s));
	memset(ret, 0, sizeof(*ret));
	s.o = *options;
	s.result = ret;
	s.steps_left = options->steps;
	begin(seed);
	uint64_t quiet = vloop_now() + s.o.steps * STEP_MS + MINUTE;
	vloop_world_at(vloop_now() + 1, step, NULL);
	vloop_world_at(quiet, begin_quiet, NULL);
	vloop_world_at(quiet + QUIET_MS, judge_end, NULL);
	life_until(quiet + QUIET_MS + 1);
	const struct life_counts *counts = life_counts();
	ret->hash = counts->hash;
	ret->lives = counts->lives;
	ret->crashes = counts->crashes;
	ret->requests = (unsigned)cloudside_requests();
	ret->changes = (unsigned)history_changes();
	ret->held = person_counts()->held;
	ret->adopted = person_counts()->adopted;
	ret->approved = person_counts()->approved;
	cloudside_end();
}
