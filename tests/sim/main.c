/*
 * simulate [--seed N] [--seeds COUNT] [--kinds LIST] [--lost-replies] [--steps N] [--repeat]
 *          [--trace] [--brief] [--plant KIND]
 *
 * Runs COUNT seeds from N on, each in a process of its own, and sums up in one line. A seed that
 * fails prints how to run it again and the shortest run of misfortunes that still fails (--brief:
 * not that). --repeat runs every seed twice and wants the same trace. --plant does what a judge
 * must see: duplicate, unowned, lost, stuck, pace, secret, differ.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "scenario.h"
#include "scratch.h"
#include "secrets.h"

#define STEPS 30

static struct {
	struct scenario_options scenario;
	uint64_t seed, seeds;
	bool repeat, brief;
	const char *program, *planted;
} o = {.scenario = {.kinds = "cloud-phone,app-streaming,purchase", .steps = STEPS}, .seed = 1,
     .seeds = 1};

static struct {
	uint64_t runs, failed, other, crashes, requests, changes, held, adopted, approved;
} sum;

/* How a complaint begins, and how often one did. */
static struct {
	const char *word, *name;
	uint64_t n;
} faults[] = {
	{"duplicate", "duplicate_creates", 0}, {"lost", "lost_orders", 0},  {"unowned", "unowned_deletes", 0},
	{"stuck", "stuck", 0},		       {"pace", "too_fast", 0},	    {"secret", "secrets_shown", 0},
	{"differ", "differ", 0},
};

/* ---- one seed ---- */

/* In a child: a crash leaves its memory behind. @ret is shared with it. */
static pid_t start(uint64_t seed, const char *dir, unsigned steps, struct scenario_result *ret)
{
	pid_t child = fork();
	if (child != 0)
		return child;
	struct scenario_options options = o.scenario;
	options.dir = dir;
	options.steps = steps;
	struct scenario_result result;
	scenario_run(seed, &options, &result);
	*ret = result;
	_exit(0);
}

static bool finish(pid_t child, struct scenario_result *result)
{
	int status = 0;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	if (!clean && !*result->wrong)
		(void)snprintf(result->wrong, sizeof(result->wrong), "the simulation died (status %d)", status);
	return clean && !*result->wrong;
}

static bool run(uint64_t seed, unsigned steps, struct scenario_result *shared)
{
	char dir[64];
	scratch_make(dir, sizeof(dir));
	memset(shared, 0, sizeof(*shared));
	bool fine = finish(start(seed, dir, steps, shared), shared);
	scratch_remove(dir);
	return fine;
}

/* ---- many ---- */

static void count(const struct scenario_result *r)
{
	sum.runs++;
	sum.crashes += r->crashes;
	sum.requests += r->requests;
	sum.changes += r->changes;
	sum.held += r->held;
	sum.adopted += r->adopted;
	sum.approved += r->approved;
	if (!*r->wrong)
		return;
	sum.failed++;
	for (size_t k = 0; k < ARRAY_SIZE(faults); k++) {
		if (strncmp(r->wrong, faults[k].word, strlen(faults[k].word)) == 0) {
			faults[k].n++;
			return;
		}
	}
	sum.other++;
}

static bool is_differing(const struct scenario_result *r)
{
	return strncmp(r->wrong, "differ", 6) == 0;
}

static void print_sums(void)
{
	(void)printf("seeds=%" PRIu64 " crashes=%" PRIu64 " requests=%" PRIu64 " changes=%" PRIu64
		     " held=%" PRIu64 " adopted=%" PRIu64 " approved=%" PRIu64,
		     sum.runs, sum.crashes, sum.requests, sum.changes, sum.held, sum.adopted, sum.approved);
	for (size_t k = 0; k < ARRAY_SIZE(faults); k++)
		(void)printf(" %s=%" PRIu64, faults[k].name, faults[k].n);
	(void)printf(" other=%" PRIu64 "\n", sum.other);
}

static void print_command(uint64_t seed, unsigned steps)
{
	(void)printf("  %s --seed %" PRIu64 " --kinds %s%s --steps %u%s%s%s --trace\n", o.program, seed,
		     o.scenario.kinds, o.scenario.lost_replies ? " --lost-replies" : "", steps,
		     o.repeat ? " --repeat" : "", o.planted ? " --plant " : "", o.planted ? o.planted : "");
}

/* Misfortunes come in the same order whatever their number: the shortest prefix that fails. Of two
 * runs that differ none is looked for, nor while one run is told in full. */
static void report(uint64_t seed, const struct scenario_result *r, struct scenario_result *shared)
{
	unsigned steps = 0;
	(void)printf("seed %" PRIu64 ": %s\n", seed, r->wrong);
	print_command(seed, o.scenario.steps);
	bool look = !o.brief && !o.scenario.trace && !is_differing(r);
	while (look && steps < o.scenario.steps && run(seed, steps, shared))
		steps++;
	if (look && steps < o.scenario.steps) {
		(void)printf(" with the first %u of %u misfortunes: %s\n", steps, o.scenario.steps,
			     shared->wrong);
		print_command(seed, steps);
	}
	(void)fflush(stdout);
}

static void run_seeds(uint64_t first, uint64_t n, struct scenario_result *shared)
{
	for (uint64_t seed = first; seed < first + n; seed++) {
		bool fine = run(seed, o.scenario.steps, shared);
		struct scenario_result result = *shared;
		if (fine && o.repeat) {
			(void)run(seed, o.scenario.steps, shared);
			if (shared->hash != result.hash)
				(void)snprintf(result.wrong, sizeof(result.wrong),
					       "differ: two runs, two traces");
		}
		count(&result);
		if (*result.wrong)
			report(seed, &result, shared);
		if (o.scenario.trace)
			(void)printf("seed %" PRIu64 ": trace %016" PRIx64 "\n", seed, result.hash);
	}
}

static struct scenario_result *share(void)
{
	void *p = mmap(NULL, sizeof(struct scenario_result), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	return p;
}

static bool parse_plant(const char *name)
{
	static const char *const names[PLANT_MAX_] = {"none", "duplicate", "unowned", "lost",
						      "stuck", "pace", "secret", "differ"};
	for (int k = 1; k < PLANT_MAX_; k++) {
		if (strcmp(names[k], name) == 0) {
			o.scenario.plant = (enum plant)k;
			o.planted = name;
			return true;
		}
	}
	return false;
}

static int parse(int argc, char **argv)
{
	static const struct option options[] = {
		{"seed", required_argument, NULL, 's'},	 {"seeds", required_argument, NULL, 'n'},
		{"kinds", required_argument, NULL, 'k'}, {"steps", required_argument, NULL, 'p'},
		{"lost-replies", no_argument, NULL, 'l'}, {"repeat", no_argument, NULL, 'r'},
		{"brief", no_argument, NULL, 'b'},
		{"trace", no_argument, NULL, 't'},	 {"plant", required_argument, NULL, 'q'},
		{NULL, 0, NULL, 0}};
	int c;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 's')
			o.seed = strtoull(optarg, NULL, 10);
		else if (c == 'n')
			o.seeds = strtoull(optarg, NULL, 10);
		else if (c == 'k')
			o.scenario.kinds = optarg;
		else if (c == 'p')
			o.scenario.steps = (unsigned)strtoul(optarg, NULL, 10);
		else if (c == 'l')
			o.scenario.lost_replies = true;
		else if (c == 'r')
			o.repeat = true;
		else if (c == 'b')
			o.brief = true;
		else if (c == 't')
			o.scenario.trace = true;
		else if (c != 'q' || !parse_plant(optarg))
			return 64;
	}
	return optind == argc ? 0 : 64;
}

int main(int argc, char **argv)
{
	int code = parse(argc, argv);
	if (code != 0) {
		(void)fprintf(stderr, "usage: simulate [--seed N] [--seeds COUNT] [--kinds LIST] "
				      "[--lost-replies] [--steps N] [--repeat] [--trace] "
				      "[--brief] [--plant KIND]\n");
		return code;
	}
	o.program = argv[0];
	(void)setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", SECRETS_KEY_ID, 1);
	(void)setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRETS_KEY_SECRET, 1);
	run_seeds(o.seed, o.seeds, share());
	print_sums();
	return sum.failed ? 1 : 0;
}
