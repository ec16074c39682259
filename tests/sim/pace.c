#include "pace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

/* rates: of drover.yaml, and what an idle bucket saves up. */
#define READS_PER_S 5.0
#define WRITES_PER_S 2.0
#define MOST_PER_S 100.0
#define DOUBLE_MS 4000 /* of 5000: the daemon's bucket may have begun to wait a little earlier */
#define SAVED 10.0
#define SLACK 1.0

struct lane {
	char action[48];
	double rate, tokens;
	uint64_t filled_ms, doubled_ms;
	bool used_up; /* somebody may have had to wait since it doubled */
};

static struct {
	VEC(struct lane) lanes;
	char wrong[160];
} p;

void pace_start(void)
{
	pace_reset();
	*p.wrong = '\0';
}

void pace_reset(void)
{
	vec_free(&p.lanes);
}

const char *pace_wrong(void)
{
	return *p.wrong ? p.wrong : NULL;
}

static double burst(const struct lane *lane)
{
	return lane->rate < SAVED ? lane->rate : SAVED;
}

static struct lane *lane_of(const char *action, bool changing, uint64_t now_ms)
{
	vec_each(&p.lanes, lane) if (strcmp(lane->action, action) == 0) return lane;
	struct lane *lane = vec_add(&p.lanes);
	if (!lane)
		abort();
	*lane = (struct lane){.rate = changing ? WRITES_PER_S : READS_PER_S, .filled_ms = now_ms};
	(void)snprintf(lane->action, sizeof(lane->action), "%s", action);
	lane->tokens = burst(lane);
	return lane;
}

static void fill(struct lane *lane, uint64_t until_ms)
{
	lane->tokens += lane->rate * (double)(until_ms - lane->filled_ms) / 1000;
	if (lane->tokens > burst(lane))
		lane->tokens = burst(lane);
	lane->filled_ms = until_ms;
}

/* As early as it may: what it saves up from then on is more, too. */
static void double_rate(struct lane *lane, uint64_t now_ms)
{
	uint64_t at_ms = lane->doubled_ms + DOUBLE_MS;
	if (!lane->used_up || now_ms < at_ms)
		return;
	at_ms = at_ms > lane->filled_ms ? at_ms : lane->filled_ms;
	fill(lane, at_ms);
	lane->doubled_ms = at_ms;
	lane->used_up = false;
	lane->rate = lane->rate * 2 < MOST_PER_S ? lane->rate * 2 : MOST_PER_S;
}

void pace_refused(const char *action, bool changing, uint64_t now_ms)
{
	lane_of(action, changing, now_ms)->used_up = true;
}

void pace_request(const char *action, bool changing, uint64_t now_ms)
{
	struct lane *lane = lane_of(action, changing, now_ms);
	double_rate(lane, now_ms);
	fill(lane, now_ms);
	lane->tokens -= 1;
	lane->used_up = lane->used_up || lane->tokens < 1;
	if (lane->tokens < -SLACK && !*p.wrong)
		(void)snprintf(p.wrong, sizeof(p.wrong), "pace: %s leaves faster than %g a second",
			       action, lane->rate);
}
