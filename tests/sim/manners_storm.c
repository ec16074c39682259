/*
 * An hour in which the cloud takes nothing: every call is throttled, with or without a word on how
 * long to wait, or answered with an error of the server. For a fleet that stands, and for one that is
 * being built.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "life.h"
#include "meter.h"
#include "manners.h"
#include "manners_fleet.h"
#include "vloop.h"

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define BEGIN (30 * MINUTE)
#define END (BEGIN + 60 * MINUTE)
#define FRESH_AT (BEGIN + 30 * MINUTE)
#define JUDGED (END + 40 * MINUTE) /* what is unclear is looked for during half an hour */
#define HINT_MAX (300 * SECOND)    /* a longer one counts as this */
#define MEAN_MAX 0.2
#define PEAK_MAX 2
#define RECOVERY_MAX (120 * SECOND)
#define FLOW_CALLS 17 /* 85 % of two a second */
#define FLOW_WINDOW (10 * SECOND)

struct storm {
	const char *fault;
	const char *hint;    /* the header's text; NULL: none is sent */
	uint64_t hint_ms;    /* what it asks for, as far as it makes sense */
	bool definite;       /* the cloud says clearly that nothing was done */
	bool work;
};

static struct {
	const struct storm *storm;
	uint64_t seen_at;
	int not_converged;
	int64_t missing;
	char wrong[300];
} s;

/* ---- the world ---- */

static void judge(void *data)
{
	(void)data;
	fleet_keep_wrong(s.wrong, sizeof(s.wrong));
	vloop_world_at(vloop_now() + MINUTE, judge, NULL);
}

/* A person pays, but for the hour of the storm. */
static void pay(void *data)
{
	(void)data;
	if (vloop_now() < BEGIN - 60 * SECOND || vloop_now() >= END)
		fleet_pay();
	vloop_world_at(vloop_now() + 10 * SECOND, pay, NULL);
}

static void judge_end(void *data)
{
	(void)data;
	s.missing = fleet_missing();
	s.not_converged = fleet_not("Converged", s.storm->definite || !s.storm->work);
}

static void build(void *data)
{
	static const struct fleet_group rush = {"rush", KIND_CLOUD_PHONE, 90, 1, false};
	(void)data;
	if (fleet_not("Converged", true) != 0)
		(void)snprintf(s.wrong, sizeof(s.wrong), "the fleet does not stand before the storm");
	if (!s.storm->work)
		return;
	fleet_add(&rush);
	fleet_resize("phones", 80);
	fleet_resize("browsers", 4);
	fleet_resize("bastions", 2);
	fleet_resize("leased", 4);
}

static void begin_storm(void *data)
{
	(void)data;
	meter_hint(s.storm->hint);
	fleet_fault(s.storm->fault, 0);
}

static void ask_for_more(void *data)
{
	static const struct fleet_group fresh = {"fresh", KIND_CLOUD_PHONE, 60, 1, false};
	(void)data;
	fleet_add(&fresh);
	fleet_write();
}

static void look(void *data)
{
	(void)data;
	if (s.seen_at == 0 && fleet_seen_since(END))
		s.seen_at = vloop_now();
	if (s.seen_at == 0)
		vloop_world_at(vloop_now() + SECOND, look, NULL);
}

static void end_storm(void *data)
{
	(void)data;
	meter_hint(NULL);
	fleet_fault(NULL, 0);
	look(NULL);
}

static void live(const struct manners_options *options, const struct storm *storm)
{
	static const struct fleet_group groups[] = {{"phones", KIND_CLOUD_PHONE, 40, 10, false},
						    {"leased", KIND_CLOUD_PHONE, 2, 10, true},
						    {"browsers", KIND_APP_STREAMING, 2, 0, false},
						    {"bastions", KIND_PURCHASE, 1, 0, false}};
	const struct fleet_world world = {.dir = options->dir, .seed = options->seed, .settings = "",
					  .trace = options->trace};
	memset(&s, 0, sizeof(s));
	s.storm = storm;
	fleet_begin(&world);
	for (size_t k = 0; k < ARRAY_SIZE(groups); k++)
		fleet_add(&groups[k]);
	fleet_write();
	vloop_world_at(MINUTE, judge, NULL);
	vloop_world_at(2 * SECOND, pay, NULL);
	vloop_world_at(BEGIN - 20 * SECOND, build, NULL);
	vloop_world_at(BEGIN, begin_storm, NULL);
	if (storm->work)
		vloop_world_at(FRESH_AT, ask_for_more, NULL);
	vloop_world_at(END, end_storm, NULL);
	vloop_world_at(JUDGED, judge_end, NULL);
	life_until(JUDGED + 1);
}

/* ---- the verdict ---- */

static uint64_t last_hint_end(void)
{
	uint64_t end = END;
	for (size_t k = 0; k < meter_count(); k++) {
		const struct metered *it = meter_at(k);
		if (it->end == METERED_THROTTLED && it->ended_ms + s.storm->hint_ms > end)
			end = it->ended_ms + s.storm->hint_ms;
	}
	return end;
}

static bool judge_service(enum service service, const char *name)
{
	double mean = meter_sent(service, BEGIN, END) / ((double)(END - BEGIN) / 1000);
	unsigned peak = meter_peak(service, BEGIN + MINUTE, END);
	bool kept = manners_promise(mean <= MEAN_MAX, "%s: %.2f requests/s", name, mean);
	return manners_promise(peak <= PEAK_MAX, "%s: %u requests in a second", name, peak) && kept;
}

static void tell(const struct storm *storm, uint64_t recovered_ms)
{
	(void)printf("pace storm=%s hint=%s fleet=%s minutes=60", storm->fault,
		     storm->hint ? storm->hint : "none", storm->work ? "work" : "steady");
	static const char *const names[] = {[SERVICE_EDS_AIC] = "eds-aic",
					    [SERVICE_APPSTREAM] = "appstream-center",
					    [SERVICE_BSS] = "bssopenapi"};
	for (size_t k = 0; k < ARRAY_SIZE(names); k++)
		(void)printf(" %s=%.3f/s peak=%u", names[k],
			     meter_sent((enum service)k, BEGIN, END) / ((double)(END - BEGIN) / 1000),
			     meter_peak((enum service)k, BEGIN + MINUTE, END));
	(void)printf(" recovered_after=%.0f s extra_creates=%d\n", (double)recovered_ms / 1000,
		     *s.wrong ? 1 : 0);
}

static bool run(const struct manners_options *options, const void *data)
{
	const struct storm *storm = data;
	live(options, storm);
	uint64_t from = last_hint_end(), to = s.seen_at;
	uint64_t flow = storm->work ? meter_flow(OP_CREATE_ANDROID_INSTANCE_GROUP, FLOW_CALLS,
						 FLOW_WINDOW, END)
				    : to;
	uint64_t recovered = flow > to ? flow : to;
	tell(storm, recovered > from ? recovered - from : 0);
	bool kept = judge_service(SERVICE_EDS_AIC, "eds-aic");
	kept = judge_service(SERVICE_APPSTREAM, "appstream-center") && kept;
	kept = judge_service(SERVICE_BSS, "bssopenapi") && kept;
	kept = manners_promise(!*s.wrong, "%s", s.wrong) && kept;
	kept = manners_promise(meter_undercut(storm->hint_ms) == 0, "%u requests before the time they were "
			    "told", meter_undercut(storm->hint_ms)) && kept;
	kept = manners_promise(to > 0, "the fleet is never seen again") && kept;
	kept = manners_promise(flow > 0, "changing calls do not flow again") && kept;
	kept = manners_promise(recovered <= from + RECOVERY_MAX, "seen %.0f s, calls flow %.0f s after the end",
			    (double)(to - from) / 1000, (double)(flow - from) / 1000) &&
	       kept;
	if (storm->definite || !storm->work)
		kept = manners_promise(s.not_converged == 0 && s.missing == 0,
				    "the fleet does not stand in the end") &&
		       kept;
	return kept;
}

#define STORM(f, h, ms, d, w)                                                                      \
	&(const struct storm)                                                                      \
	{                                                                                          \
		(f), (h), (ms), (d), (w)                                                           \
	}
const struct manners_case manners_storms[] = {
	{"storm/throttle/none/steady", run, STORM("throttle", NULL, 0, true, false)},
	{"storm/throttle/none/work", run, STORM("throttle", NULL, 0, true, true)},
	{"storm/throttle/0/steady", run, STORM("throttle", "0", 0, true, false)},
	{"storm/throttle/0/work", run, STORM("throttle", "0", 0, true, true)},
	{"storm/throttle/30s/steady", run, STORM("throttle", "30000", 30 * SECOND, true, false)},
	{"storm/throttle/30s/work", run, STORM("throttle", "30000", 30 * SECOND, true, true)},
	{"storm/throttle/huge/steady", run, STORM("throttle", "1000000000000", HINT_MAX, true, false)},
	{"storm/throttle/huge/work", run, STORM("throttle", "1000000000000", HINT_MAX, true, true)},
	{"storm/throttle/text/steady", run, STORM("throttle", "soon", 0, true, false)},
	{"storm/throttle/text/work", run, STORM("throttle", "-1", 0, true, true)},
	{"storm/500/steady", run, STORM("http_500", NULL, 0, false, false)},
	{"storm/500/work", run, STORM("http_500", NULL, 0, false, true)},
	{"storm/503/steady", run, STORM("http_503", NULL, 0, false, false)},
	{"storm/503/work", run, STORM("http_503", NULL, 0, false, true)},
	{0}};
