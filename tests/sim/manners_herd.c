/*
 * Fifty daemons on one account that were started in the same moment, and that see the same hour of
 * trouble begin and end: their requests must not come in waves. Each is a life of its own, with a
 * seed and a fleet of its own; in a cloud that takes nothing from anybody they would not notice
 * each other.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "life.h"
#include "meter.h"
#include "manners.h"
#include "manners_fleet.h"
#include "scratch.h"
#include "vloop.h"

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define DAEMONS 50
#define QUIET 10 /* minutes: by then every fleet stands */
#define BEGIN 40
#define STORM (BEGIN + 2) /* what was under way has ended */
#define END 100
#define JUDGED 130
#define SECONDS (JUDGED * 60)
#define LAG_MIN 5   /* seconds: the requests of one look follow each other */
#define LAG_MAX 120 /* twice the longest interval */
#define WAVE_MAX 0.2
#define PEAK_MAX (DAEMONS - 1) /* never all of them in one second */

static const char *fault;

static void begin_storm(void *data)
{
	(void)data;
	fleet_fault(fault, 0);
}

static void end_storm(void *data)
{
	(void)data;
	fleet_fault(NULL, 0);
}

/* One of them: adds what it sent to @per_second. */
static void live(uint64_t seed, const char *dir, unsigned *per_second)
{
	static const struct fleet_group groups[] = {{"phones", KIND_CLOUD_PHONE, 2, 10, false},
						    {"browsers", KIND_APP_STREAMING, 1, 0, false},
						    {"bastions", KIND_PURCHASE, 1, 0, false}};
	const struct fleet_world world = {.dir = dir, .seed = seed, .settings = ""};
	fleet_begin(&world);
	for (size_t k = 0; k < ARRAY_SIZE(groups); k++)
		fleet_add(&groups[k]);
	fleet_write();
	vloop_world_at(BEGIN * MINUTE, begin_storm, NULL);
	vloop_world_at(END * MINUTE, end_storm, NULL);
	life_until(JUDGED * MINUTE);
	for (size_t k = 0; k < meter_count(); k++)
		if (meter_at(k)->sent_ms / SECOND < SECONDS)
			per_second[meter_at(k)->sent_ms / SECOND]++;
}

static bool live_apart(uint64_t seed, const char *parent, unsigned *per_second)
{
	char dir[512];
	int status = 0;
	(void)snprintf(dir, sizeof(dir), "%s/%" PRIu64, parent, seed);
	scratch_make_at(dir);
	pid_t child = fork();
	if (child == 0) {
		live(seed, dir, per_second);
		_exit(0);
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	scratch_remove(dir);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* How much of the ups and downs comes again after the same time: 1 for a clock's beat, about 0 for
 * chance. */
static double wave(const unsigned *x, size_t n)
{
	double mean = 0, all = 0, most = 0;
	for (size_t k = 0; k < n; k++)
		mean += (double)x[k] / (double)n;
	for (size_t k = 0; k < n; k++)
		all += (x[k] - mean) * (x[k] - mean);
	for (size_t lag = LAG_MIN; lag <= LAG_MAX; lag++) {
		double sum = 0;
		for (size_t k = 0; k + lag < n; k++)
			sum += (x[k] - mean) * (x[k + lag] - mean);
		most = all > 0 && sum / all > most ? sum / all : most;
	}
	return most;
}

static unsigned peak(const unsigned *x, size_t n)
{
	unsigned most = 0;
	for (size_t k = 0; k < n; k++)
		most = x[k] > most ? x[k] : most;
	return most;
}

static bool judge(const char *when, const unsigned *per_second, unsigned from, unsigned to)
{
	const unsigned *x = per_second + (size_t)from * 60;
	size_t n = (size_t)(to - from) * 60;
	unsigned sent = 0;
	for (size_t k = 0; k < n; k++)
		sent += x[k];
	(void)printf(" %s=%.2f/s peak=%u wave=%.2f", when, sent / (double)n, peak(x, n), wave(x, n));
	return peak(x, n) <= PEAK_MAX && wave(x, n) < WAVE_MAX;
}

static bool run(const struct manners_options *options, const void *data)
{
	unsigned *per_second = mmap(NULL, SECONDS * sizeof(*per_second), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool kept = per_second != MAP_FAILED;
	fault = data;
	for (uint64_t k = 0; k < DAEMONS && kept; k++)
		kept = manners_promise(live_apart(options->seed * 1000 + k, options->dir, per_second),
				    "daemon %" PRIu64 " died", k);
	if (!kept)
		return false;
	(void)printf("pace herd=%d storm=%s", DAEMONS, fault);
	bool steady = judge("before", per_second, QUIET, BEGIN);
	bool storm = judge("storm", per_second, STORM, END);
	bool after = judge("after", per_second, END, JUDGED);
	(void)putchar('\n');
	kept = manners_promise(steady, "waves while all is quiet") && kept;
	kept = manners_promise(storm, "waves in the storm") && kept;
	return manners_promise(after, "waves after the storm") && kept;
}

const struct manners_case manners_herds[] = {
	{"herd/throttle", run, "throttle"}, {"herd/503", run, "http_503"}, {0}};
