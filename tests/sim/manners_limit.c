/*
 * A cloud that lets so many calls of each operation through in a second, and a daemon that has more
 * to ask: it must find the quota, use it, and seldom be refused. Reads are looks at the nodes of a
 * hundred delivery groups, one call each, over and over; creates are cloud groups of one phone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "life.h"
#include "meter.h"
#include "manners.h"
#include "manners_fleet.h"
#include "vloop.h"

#define SECOND UINT64_C(1000)
#define GROUPS 100
#define LEARN (60 * SECOND) /* in which the quota may be looked for */
#define THROTTLED_MAX 0.02
#define USED_MIN 0.85

struct limit {
	const char *what;
	enum operation op;
	double per_s;
	unsigned seconds; /* measured */
	const char *settings;
};

/* Everything is looked at all the time, and no other limit is in the way. */
#define NO_LIMITS "limits: {instances_total: 1000000, new_per_hour: 100000}\n"
#define LOOKING NO_LIMITS "poll: {audit: 1ms, sweep: 1ms}\n"

static void add_groups(void)
{
	static char names[GROUPS][16];
	for (unsigned k = 0; k < GROUPS; k++) {
		(void)snprintf(names[k], sizeof(names[k]), "browsers-%u", k);
		fleet_add(&(struct fleet_group){names[k], KIND_APP_STREAMING, 1, 0, false});
	}
}

static void add_phones(const struct limit *l)
{
	double seconds = l->seconds + (double)(LEARN / SECOND) + 10;
	int64_t more_than_can_be = (int64_t)(l->per_s * 1.2 * seconds);
	fleet_add(&(struct fleet_group){"phones", KIND_CLOUD_PHONE, more_than_can_be, 1, false});
}

/* From when the load is there. */
static uint64_t begin_of(const struct limit *l)
{
	return l->op == OP_LIST_NODES ? 300 * SECOND : 10 * SECOND;
}

static bool run(const struct manners_options *options, const void *data)
{
	const struct limit *l = data;
	/* What the fleet is built with is not what is measured. */
	bool looks = l->op == OP_LIST_NODES;
	const struct fleet_world world = {.dir = options->dir, .seed = options->seed,
					  .reads_per_s = looks ? l->per_s : 0,
					  .writes_per_s = looks ? 0 : l->per_s,
					  .settings = l->settings, .trace = options->trace};
	uint64_t from = begin_of(l) + LEARN, to = from + l->seconds * SECOND;
	fleet_begin(&world);
	if (looks)
		add_groups();
	else
		add_phones(l);
	fleet_write();
	life_until(to);
	unsigned good = meter_ended(l->op, METERED_GOOD, from, to);
	unsigned throttled = meter_ended(l->op, METERED_THROTTLED, from, to);
	double share = (double)throttled / (good + throttled > 0 ? good + throttled : 1);
	double used = good / (l->per_s * l->seconds);
	(void)printf("pace limit=%.0f/s of=%s seconds=%u calls=%u throttled=%.2f%% used=%.1f%%\n", l->per_s,
		     l->what, l->seconds, good + throttled, share * 100, used * 100);
	bool kept = manners_promise(share < THROTTLED_MAX, "%.2f %% were throttled", share * 100);
	return manners_promise(used > USED_MIN, "only %.1f %% of the quota was used", used * 100) && kept;
}

#define READS(r, seconds)                                                                          \
	&(const struct limit)                                                                      \
	{                                                                                          \
		"reads", OP_LIST_NODES, (r), (seconds), LOOKING                                    \
	}
#define CREATES(r, seconds)                                                                        \
	&(const struct limit)                                                                      \
	{                                                                                          \
		"creates", OP_CREATE_ANDROID_INSTANCE_GROUP, (r), (seconds), NO_LIMITS             \
	}
const struct manners_case manners_limits[] = {
	{"limit/reads/1", run, READS(1, 600)},	   {"limit/reads/5", run, READS(5, 600)},
	{"limit/reads/20", run, READS(20, 300)},   {"limit/reads/50", run, READS(50, 300)},
	{"limit/creates/1", run, CREATES(1, 600)}, {"limit/creates/5", run, CREATES(5, 180)},
	{"limit/creates/20", run, CREATES(20, 60)},
	{0}};
const struct manners_case manners_long_limits[] = {
	{"limit/creates/50", run, CREATES(50, 60)},
	{0}};
