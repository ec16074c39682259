/*
 * Hours in which every call fails with the same small chance, whatever it asks for. Two hundred groups
 * that are built, and then changed every now and then, have to stand in the end; what is asked again
 * must stay a small part of what is asked; and the same thing is not told twice in five minutes. With
 * six times as many failures only the last is not asked for: what begins again is told again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/vec.h"
#include "cloudside.h"
#include "life.h"
#include "manners.h"
#include "manners_fleet.h"
#include "meter.h"
#include "vloop.h"

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define PHONES 150
#define LEASED 9
#define BROWSERS 40
#define GROUPS (PHONES + LEASED + BROWSERS + 1) /* and one of purchases */
#define LATENCY_MS 100
#define SHARE_OFF 0.2 /* how far the faults may be from what was meant, so that the run says anything */
#define SAME_WORD (5 * MINUTE)
/* Not held up by what protects a purse; a day of growth is the operator's wish. */
#define NO_LIMITS "limits: {instances_total: 1000000, new_per_hour: 100000}\n"

struct day {
	unsigned hours;
	unsigned per_mille; /* of all calls */
	double retries_max, amplified_max; /* of all requests; requests for each call */
	bool is_calm;       /* nothing is told again and again */
};

struct word {
	uint64_t cause, at_ms;
};

static struct {
	const struct day *day;
	char names[GROUPS][16];
	int64_t counts[GROUPS];
	VEC(struct word) words;
	unsigned alerts;
	char again[200]; /* what was told twice */
	char wrong[300];
	int not_converged;
	int64_t missing;
} s;

/* ---- what is told ---- */

/* What it is about; not how the cloud worded it this time. */
static bool is_of_cause(const char *field)
{
	static const char *const cause[] = {"GROUP", "RESOURCE", "ORDER_ID", "INTENT", "KIND", "OPERATION",
					    "SERVICE", "CLOUD_GROUP", "ACTION"};
	for (size_t k = 0; k < ARRAY_SIZE(cause); k++)
		if (strcmp(cause[k], field) == 0)
			return true;
	return false;
}

static void hear(uint64_t cause, enum event ev, const char *group)
{
	vec_each(&s.words, word) {
		if (word->cause != cause)
			continue;
		if (vloop_now() - word->at_ms < SAME_WORD && !*s.again)
			(void)snprintf(s.again, sizeof(s.again), "%s of '%s' at %" PRIu64 " and %" PRIu64 " ms",
				       event_name(ev), group, word->at_ms, vloop_now());
		word->at_ms = vloop_now();
		return;
	}
	struct word *word = vec_add(&s.words);
	if (!word)
		abort();
	*word = (struct word){cause, vloop_now()};
}

static void on_event(enum event ev, const struct log_field *fields)
{
	uint64_t cause = digest_u64(DIGEST_INIT, (uint64_t)ev);
	const char *group = "";
	if (event_level(ev) > LOG_WARNING)
		return;
	s.alerts++;
	for (; fields->type != LOG_FIELD_END; fields++) {
		if (!is_of_cause(fields->name))
			continue;
		cause = digest_text(cause, fields->type == LOG_FIELD_TEXT && fields->text ? fields->text : "");
		cause = digest_u64(cause, (uint64_t)fields->integer);
		group = fields->text && *fields->text ? fields->text : group;
	}
	hear(cause, ev, group);
}

/* ---- the world ---- */

/* Of ten calls that fail three are cut off before they arrive, three lose their answer, and four get
 * one that says no or nothing of use. */
static void fail(const char *action, bool changing)
{
	static const char *const faults[] = {"throttle", "http_500", "http_503"};
	char body[256];
	(void)changing;
	if (vloop_random(1000) >= s.day->per_mille * 4 / 10)
		return;
	(void)snprintf(body, sizeof(body), "[{\"action\":\"%s\",\"fault\":\"%s\",\"times\":1}]",
		       action + strspn(action, " "), faults[vloop_random(ARRAY_SIZE(faults))]);
	cJSON_Delete(cloudside_admin("/_sim/faults", body));
}

/* The person, too, looks once a minute. */
static void judge(void *data)
{
	(void)data;
	fleet_keep_wrong(s.wrong, sizeof(s.wrong));
	fleet_pay();
	fleet_answer();
	vloop_world_at(vloop_now() + MINUTE, judge, NULL);
}

/* Three groups are wanted larger, but for the last hour. */
static void edit(void *data)
{
	(void)data;
	for (int k = 0; k < 3; k++) {
		size_t which = vloop_random(PHONES);
		fleet_resize(s.names[which], ++s.counts[which]);
	}
	if (vloop_now() + 2 * HOUR <= s.day->hours * HOUR)
		vloop_world_at(vloop_now() + HOUR, edit, NULL);
}

static void add(unsigned k, const char *name, enum kind kind, int64_t count, bool prepaid)
{
	(void)snprintf(s.names[k], sizeof(s.names[k]), "%s-%u", name, k);
	s.counts[k] = count;
	fleet_add(&(struct fleet_group){s.names[k], kind, count, 10, prepaid});
}

static void add_groups(void)
{
	unsigned k = 0;
	for (; k < PHONES; k++)
		add(k, "phones", KIND_CLOUD_PHONE, 2, false);
	for (; k < PHONES + LEASED; k++)
		add(k, "leased", KIND_CLOUD_PHONE, 2, true);
	for (; k < PHONES + LEASED + BROWSERS; k++)
		add(k, "browsers", KIND_APP_STREAMING, 1, false);
	add(k, "bastions", KIND_PURCHASE, 3, false);
	fleet_write();
}

static void judge_end(void *data)
{
	(void)data;
	s.missing = fleet_missing();
	s.not_converged = fleet_not("Converged", true);
}

static void live(const struct manners_options *options)
{
	const struct fleet_world world = {.dir = options->dir, .seed = options->seed, .settings = NO_LIMITS,
					  .trace = options->trace, .on_event = on_event};
	const unsigned lost = s.day->per_mille * 3 / 10;
	const struct cloudside_faults network = {lost, lost, LATENCY_MS};
	const uint64_t end = s.day->hours * HOUR;
	fleet_begin(&world);
	cloudside_faults(&network);
	cloudside_on_request(fail);
	add_groups();
	vloop_world_at(MINUTE, judge, NULL);
	vloop_world_at(HOUR, edit, NULL);
	vloop_world_at(end, judge_end, NULL);
	life_until(end + 1);
}

/* ---- the verdict ---- */

static bool run(const struct manners_options *options, const void *data)
{
	unsigned requests, failed = 0;
	memset(&s, 0, sizeof(s));
	s.day = data;
	live(options);
	requests = (unsigned)meter_count();
	for (size_t k = 0; k < requests; k++)
		failed += meter_at(k)->end == METERED_FAILED || meter_at(k)->end == METERED_THROTTLED;
	double all = requests > 0 ? requests : 1, meant = s.day->per_mille / 1000.0;
	double share = failed / all, retries = manners_retries() / all;
	double amplified = all / (all - manners_retries() - meter_repeated());
	(void)printf("pace hours=%u groups=%d requests=%u failed=%.2f%% retries=%.2f%% amplification=%.3f "
		     "alerts=%u not_converged=%d missing=%" PRId64 "\n",
		     s.day->hours, GROUPS, requests, share * 100, retries * 100, amplified, s.alerts,
		     s.not_converged, s.missing);
	bool kept = manners_promise(share > meant * (1 - SHARE_OFF) && share < meant * (1 + SHARE_OFF),
				    "%.2f %% of the calls failed", share * 100);
	kept = manners_promise(retries <= s.day->retries_max, "%.2f %% were retries", retries * 100) && kept;
	kept = manners_promise(amplified <= s.day->amplified_max, "%.3f requests for each call", amplified) && kept;
	kept = manners_promise(!s.day->is_calm || !*s.again, "told again: %s", s.again) && kept;
	kept = manners_promise(!*s.wrong, "%s", s.wrong) && kept;
	return manners_promise(s.not_converged == 0 && s.missing == 0, "the fleet does not stand in the end") &&
	       kept;
}

#define DAY(hours, per_mille, retries_max, amplified_max, is_calm)                                 \
	&(const struct day)                                                                        \
	{                                                                                          \
		(hours), (per_mille), (retries_max), (amplified_max), (is_calm)                    \
	}
/* Where so much fails that calls are few, the ten of two minutes that need no budget, to each service,
 * weigh more. */
const struct manners_case manners_days[] = {
	{"day/2h/5", run, DAY(2, 50, 0.10, 1.15, true)},
	{"day/2h/30", run, DAY(2, 300, 0.14, 1.18, false)},
	{0}};
const struct manners_case manners_long_days[] = {{"day/24h/5", run, DAY(24, 50, 0.10, 1.15, true)}, {0}};
