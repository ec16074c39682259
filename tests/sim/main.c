/*
 * simulate [--seed N] [--seeds COUNT] [--kinds LIST] [--lost-replies] [--steps N] [--repeat]
 *          [--trace]
 *
 * Runs COUNT seeds from N on, each in a process of its own, and sums up in one line. A seed that
 * fails prints how to run it again and the shortest run of misfortunes that still fails. --repeat
 * runs every seed twice and wants the same trace.
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

#include "scenario.h"

#define STEPS 30

static struct {
	struct scenario_options scenario;
	uint64_t seed, seeds;
	bool repeat;
} o = {.scenario = {.kinds = "cloud-phone,app-streaming,purchase", .steps = STEPS}, .seed = 1,
     .seeds = 1};

static struct {
	uint64_t runs, failed, duplicates, lost, unowned, stuck, other, crashes, lives, requests, held,
		adopted, differ;
} sum;

/* ---- one seed ---- */

static void make_dir(char *dir, size_t size)
{
	(void)snprintf(dir, size, "%s/drover-sim.XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(dir)) {
		perror(dir);
		exit(1);
	}
}

static void remove_dir(const char *dir)
{
	char command[512];
	(void)snprintf(command, sizeof(command), "rm -rf -- '%s'", dir);
	if (system(command) != 0)
		perror(dir);
}

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
	make_dir(dir, sizeof(dir));
	memset(shared, 0, sizeof(*shared));
	bool fine = finish(start(seed, dir, steps, shared), shared);
	remove_dir(dir);
	return fine;
}

/* ---- many ---- */

static void count(const struct scenario_result *r)
{
	sum.runs++;
	sum.crashes += r->crashes;
	sum.lives += r->lives;
	sum.requests += r->requests;
	sum.held += r->held;
	sum.adopted += r->adopted;
	if (!*r->wrong)
		return;
	sum.failed++;
	if (strncmp(r->wrong, "duplicate", 9) == 0)
		sum.duplicates++;
	else if (strncmp(r->wrong, "lost", 4) == 0)
		sum.lost++;
	else if (strncmp(r->wrong, "unowned", 7) == 0)
		sum.unowned++;
	else if (strncmp(r->wrong, "stuck", 5) == 0)
		sum.stuck++;
	else
		sum.other++;
}

/* Misfortunes come in the same order whatever their number: the shortest prefix that fails. */
static void report(uint64_t seed, const struct scenario_result *r, struct scenario_result *shared)
{
	unsigned steps = 0;
	(void)printf("seed %" PRIu64 ": %s\n", seed, r->wrong);
	while (steps < o.scenario.steps && run(seed, steps, shared))
		steps++;
	(void)printf("  again: simulate --seed %" PRIu64 " --kinds %s%s --steps %u --trace\n", seed,
		     o.scenario.kinds, o.scenario.lost_replies ? " --lost-replies" : "", steps);
	(void)fflush(stdout);
}

static void run_seeds(uint64_t first, uint64_t n, struct scenario_result *shared)
{
	for (uint64_t seed = first; seed < first + n; seed++) {
		bool fine = run(seed, o.scenario.steps, shared);
		struct scenario_result result = *shared;
		if (fine && o.repeat) {
			fine = run(seed, o.scenario.steps, shared);
			if (shared->hash != result.hash) {
				sum.differ++;
				(void)snprintf(result.wrong, sizeof(result.wrong), "two runs differ");
			}
		}
		count(&result);
		if (*result.wrong)
			report(seed, &result, shared);
		if (n == 1)
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

static int parse(int argc, char **argv)
{
	static const struct option options[] = {
		{"seed", required_argument, NULL, 's'},	 {"seeds", required_argument, NULL, 'n'},
		{"kinds", required_argument, NULL, 'k'}, {"steps", required_argument, NULL, 'p'},
		{"lost-replies", no_argument, NULL, 'l'}, {"repeat", no_argument, NULL, 'r'},
		{"trace", no_argument, NULL, 't'},	 {NULL, 0, NULL, 0}};
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
		else if (c == 't')
			o.scenario.trace = true;
		else
			return 64;
	}
	return optind == argc ? 0 : 64;
}

int main(int argc, char **argv)
{
	int code = parse(argc, argv);
	if (code != 0) {
		(void)fprintf(stderr, "usage: simulate [--seed N] [--seeds COUNT] [--kinds LIST] "
				      "[--lost-replies] [--steps N] [--repeat] [--trace]\n");
		return code;
	}
	(void)setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "test-access-key-id", 1);
	(void)setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "test-access-key-secret", 1);
	run_seeds(o.seed, o.seeds, share());
	(void)printf("seeds=%" PRIu64 " crashes=%" PRIu64 " requests=%" PRIu64 " held=%" PRIu64
		     " adopted=%" PRIu64 " duplicate_creates=%" PRIu64 " lost_orders=%" PRIu64
		     " unowned_deletes=%" PRIu64 " stuck=%" PRIu64 " differ=%" PRIu64 " other=%" PRIu64 "\n",
		     sum.runs, sum.crashes, sum.requests, sum.held, sum.adopted, sum.duplicates, sum.lost,
		     sum.unowned, sum.stuck, sum.differ, sum.other);
	return sum.failed ? 1 : 0;
}
