/*
 * One service hangs for an hour, or fails, and a group of another is edited meanwhile: the cloud has
 * to be asked for it within a minute, and what it has built is to be seen as soon as on any other
 * day. What the broken service was asked for must not be there twice when it is back.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "cloud/operations.h"
#include "life.h"
#include "manners.h"
#include "manners_fleet.h"
#include "vloop.h"

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define BEGIN (20 * MINUTE)
#define EDITS 6 /* from the first second of the trouble to its end */
#define EDIT_EVERY (10 * MINUTE)
#define END (BEGIN + EDITS * EDIT_EVERY)
#define JUDGED (END + 45 * MINUTE) /* what is unclear is looked for during half an hour */
#define REACTION_MAX (60 * SECOND)
#define NOTICED_MAX (20 * SECOND) /* what changes is looked at every 2 to 15 seconds */
#define HANGS (120 * SECOND) /* longer than any call waits for its answer */

struct apart {
	enum service broken;
	const char *fault;
	const char *broken_group; /* asked for two more when the trouble begins; NULL: of nothing */
	const char *group;        /* edited all the while */
};

static struct {
	const struct apart *apart;
	uint64_t edited_at, stood_at;
	uint64_t reaction_ms, noticed_ms; /* the longest */
	int64_t count;
	unsigned edits, done;
	int not_converged;
	int64_t missing;
	char wrong[300];
} s;

static void judge(void *data)
{
	(void)data;
	fleet_keep_wrong(s.wrong, sizeof(s.wrong));
	vloop_world_at(vloop_now() + MINUTE, judge, NULL);
}

static void note(uint64_t *longest_ms, uint64_t since_ms)
{
	uint64_t took = vloop_now() - since_ms;
	*longest_ms = took > *longest_ms ? took : *longest_ms;
}

static void wait_until_noticed(void *data)
{
	(void)data;
	if (!fleet_converged(s.apart->group)) {
		vloop_world_at(vloop_now() + SECOND, wait_until_noticed, NULL);
		return;
	}
	note(&s.noticed_ms, s.stood_at);
	s.done++;
}

static void wait_until_built(void *data)
{
	(void)data;
	if (fleet_runs(s.apart->group) != s.count) {
		vloop_world_at(vloop_now() + SECOND, wait_until_built, NULL);
		return;
	}
	s.stood_at = vloop_now();
	wait_until_noticed(NULL);
}

static void wait_until_asked(void *data)
{
	(void)data;
	if (fleet_holds(s.apart->group) != s.count) {
		vloop_world_at(vloop_now() + SECOND, wait_until_asked, NULL);
		return;
	}
	note(&s.reaction_ms, s.edited_at);
	wait_until_built(NULL);
}

static void edit(void *data)
{
	(void)data;
	s.edits++;
	s.edited_at = vloop_now();
	fleet_resize(s.apart->group, ++s.count);
	wait_until_asked(NULL);
	if (s.edits < EDITS)
		vloop_world_at(vloop_now() + EDIT_EVERY, edit, NULL);
}

/* In the middle of a look, and what the broken one is asked for has its effect all the same. */
static void begin(void *data)
{
	(void)data;
	if (fleet_not("Converged", true) != 0)
		(void)snprintf(s.wrong, sizeof(s.wrong), "the fleet does not stand before the trouble");
	fleet_fault_of(s.apart->broken, s.apart->fault, HANGS);
	if (s.apart->broken_group)
		fleet_resize(s.apart->broken_group, 4);
}

static void end(void *data)
{
	(void)data;
	fleet_fault(NULL, 0);
}

static void judge_end(void *data)
{
	(void)data;
	s.missing = fleet_missing();
	s.not_converged = fleet_not("Converged", true);
}

static void live(const struct manners_options *options)
{
	static const struct fleet_group groups[] = {{"phones", KIND_CLOUD_PHONE, 2, 10, false},
						    {"browsers", KIND_APP_STREAMING, 2, 0, false},
						    {"bastions", KIND_PURCHASE, 1, 0, false}};
	const struct fleet_world world = {.dir = options->dir, .seed = options->seed, .settings = "",
					  .trace = options->trace};
	fleet_begin(&world);
	for (size_t k = 0; k < ARRAY_SIZE(groups); k++)
		fleet_add(&groups[k]);
	fleet_write();
	vloop_world_at(MINUTE, judge, NULL);
	vloop_world_at(BEGIN, begin, NULL);
	vloop_world_at(BEGIN + 10 * SECOND, edit, NULL);
	vloop_world_at(END, end, NULL);
	vloop_world_at(JUDGED, judge_end, NULL);
	life_until(JUDGED + 1);
}

static bool run(const struct manners_options *options, const void *data)
{
	memset(&s, 0, sizeof(s));
	s.apart = data;
	s.count = 2;
	live(options);
	static const char *const names[] = {[SERVICE_EDS_AIC] = "eds-aic",
					    [SERVICE_APPSTREAM] = "appstream-center",
					    [SERVICE_BSS] = "bssopenapi"};
	(void)printf("apart broken=%s fault=%s minutes=60 edits_of=%s "
		     "done=%u/%u asked_after=%.0f s noticed_after=%.0f s twice=%d\n",
		     names[s.apart->broken], s.apart->fault, s.apart->group, s.done,
		     EDITS, (double)s.reaction_ms / 1000, (double)s.noticed_ms / 1000, *s.wrong ? 1 : 0);
	bool kept = manners_promise(!*s.wrong, "%s", s.wrong);
	kept = manners_promise(s.done == EDITS, "%u edits of %s did not come about", EDITS - s.done,
			       s.apart->group) && kept;
	kept = manners_promise(s.reaction_ms <= REACTION_MAX, "the cloud was asked %.0f s after an edit",
			       (double)s.reaction_ms / 1000) && kept;
	kept = manners_promise(s.noticed_ms <= NOTICED_MAX, "what stands was seen after %.0f s",
			       (double)s.noticed_ms / 1000) && kept;
	return manners_promise(s.not_converged == 0 && s.missing == 0,
			       "the fleet does not stand in the end") && kept;
}

#define APART(b, f, asked, g)                                                                      \
	&(const struct apart)                                                                      \
	{                                                                                          \
		(b), (f), (asked), (g)                                                             \
	}
const struct manners_case manners_apart[] = {
	{"apart/streaming", run, APART(SERVICE_EDS_AIC, "delay", "phones", "browsers")},
	{"apart/phones", run, APART(SERVICE_APPSTREAM, "delay", "browsers", "phones")},
	{"apart/billing", run, APART(SERVICE_BSS, "delay", NULL, "phones")},
	{"apart/500/streaming", run, APART(SERVICE_EDS_AIC, "http_500", "phones", "browsers")},
	{"apart/500/phones", run, APART(SERVICE_APPSTREAM, "http_500", "browsers", "phones")},
	{0}};
