/*
 * torture --kind KIND [--prepaid] --class CLASS [--mode MODE] [--variant N] [--at N]
 *         [--sample COUNT [--share PERCENT]] [--every] [--compound COUNT] [--seed N] [--trace] [--forget]
 *
 * Runs the world of KIND once, counts the daemon's calls of CLASS, and runs it again for every one
 * of them: failing once, from then on, and for a spell. --sample: the first call of every chain of
 * callers (of PERCENT of them, by chance), and COUNT more calls by chance, of each library as many
 * as of any other. --compound: COUNT times a second call fails in the
 * recovery from the first. --at repeats one point. --forget breaks a
 * promise on purpose, and fails unless that is noticed. One line of sums; a point that goes wrong prints
 * the command that repeats it. With DROVER_FULL=1 every chain, and forty times the calls by chance;
 * with --every then every call, once and from then on.
 */
#include <errno.h>
#include <ftw.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "lib/seed.h"
#include "tree.h"
#include "world.h"

#if defined(__SANITIZE_ADDRESS__)
#define HAS_LEAK_CHECK 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_LEAK_CHECK 1
#endif
#endif
#ifdef HAS_LEAK_CHECK
#include <sanitizer/lsan_interface.h>
#endif

#define SECONDS_MOST 120 /* of one point: it hangs */
#define FULL_TIMES 40

static struct {
	struct world_options world;
	struct faults_plan plan;
	uint64_t sample, compound, share;
	bool sampled, varied; /* --sample, --variant was given */
	bool every;	      /* call, in the long form */
} o = {.plan = {.class = FAULTS_CLASS_MAX_, .mode = FAULTS_MODE_MAX_}, .share = 100};

static struct sum {
	uint64_t chains, points, ran[FAULTS_MODE_MAX_], compound, bad;
} sum;

/* Points that are branches of one run, the trunk: each call that is chosen fails in a child of it. */
static struct {
	const bool *chosen; /* NULL: no branches */
	uint64_t n;
	bool is_one; /* this process */
	char log[120];
} branches;

/* What a child has to say. */
static struct world_result *shared;
static struct sum *trunk_sum;
static struct faults_sites *sites;

/* ---- one point ---- */

static bool has_leaked(void)
{
#ifdef HAS_LEAK_CHECK
	return __lsan_do_recoverable_leak_check() != 0;
#else
	return false;
#endif
}

static void report(const struct world_result *result)
{
	*shared = *result;
	if (!*shared->wrong && !result->unheard && has_leaked())
		(void)strcpy(shared->wrong, "leak");
	(void)fflush(NULL);
}

static void run_child(const struct faults_plan *plan, const char *log)
{
	struct world_result result;
	if (log && !freopen(log, "w", stderr))
		_exit(1);
	if (branches.chosen)
		tree_start(o.world.dir);
	else
		(void)alarm(SECONDS_MOST);
	world_run(&o.world, plan, plan->mode == FAULTS_NEVER ? sites : NULL, &result);
	report(&result);
	if (branches.chosen && !branches.is_one)
		*trunk_sum = sum;
	_exit(0);
}

static void make_dir(char *dir, size_t size)
{
	(void)snprintf(dir, size, "%s/drover-torture.XXXXXX",
		       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(dir)) {
		perror(dir);
		exit(1);
	}
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void remove_dir(const char *dir)
{
	if (nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS) != 0)
		perror(dir);
}

/* What the point had to say, its sanitizer above all. */
static void show_log(const char *log)
{
	char command[160];
	(void)snprintf(command, sizeof(command), "tail -n 50 '%s'", log);
	if (system(command) != 0)
		perror(log);
}

static void tell(const struct faults_plan *plan)
{
	(void)printf("%s %s %" PRIu64 " %s: %s\n  again: torture --kind %s%s --class %s --mode %s --variant %u "
		     "--at %" PRIu64 "%s",
		     o.world.kind, faults_class_name(plan->class), plan->at, faults_mode_name(plan->mode),
		     shared->wrong, o.world.kind, o.world.prepaid ? " --prepaid" : "",
		     faults_class_name(plan->class), faults_mode_name(plan->mode), plan->variant, plan->at,
		     plan->forget ? " --forget" : "");
	if (plan->then)
		(void)printf(" --then %" PRIu64, plan->then);
	(void)printf(" --trace\n");
	(void)fflush(stdout);
}

/* True when nothing went wrong; *shared says what happened. */
static bool wait_for(pid_t child, const char *log)
{
	int status = 0;
	if (child < 0)
		abort();
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (!*shared->wrong && status != 0)
		(void)snprintf(shared->wrong, sizeof(shared->wrong), "crash: status %d", status);
	if (*shared->wrong && !o.world.trace)
		show_log(log);
	return !*shared->wrong;
}

static bool run(const struct faults_plan *plan)
{
	char dir[64], world[80], log[80];
	make_dir(dir, sizeof(dir));
	(void)snprintf(world, sizeof(world), "%s/world", dir);
	(void)snprintf(log, sizeof(log), "%s/stderr", dir);
	(void)snprintf(branches.log, sizeof(branches.log), "%s/stderr-of-branch", dir);
	if (mkdir(world, 0700) < 0)
		abort();
	memset(shared, 0, sizeof(*shared));
	o.world.dir = world;
	pid_t child = fork();
	if (child == 0)
		run_child(plan, o.world.trace ? NULL : log);
	bool fine = wait_for(child, log);
	remove_dir(dir);
	return fine;
}

static void note_point(const struct faults_plan *plan, bool fine)
{
	sum.ran[plan->mode] += !fine || shared->first.struck; /* of some variants there are fewer calls */
	sum.bad += !fine;
	if (!fine)
		tell(plan);
}

static void run_point(const struct faults_plan *plan)
{
	note_point(plan, run(plan));
}

/* ---- which points ---- */

/* Where @chain is in the @n of @seen, or would be. */
static size_t place_of(uint32_t chain, const uint32_t *seen, size_t n)
{
	size_t low = 0;
	while (low < n) {
		size_t middle = low + (n - low) / 2;
		if (seen[middle] < chain)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

/* The first of each chain of callers. */
static void choose_sites(const uint32_t *chains, uint64_t n, bool *chosen)
{
	uint32_t *seen = calloc(n + 1, sizeof(*seen));
	size_t n_seen = 0;
	if (!seen)
		abort();
	for (uint64_t k = 0; k < n; k++) {
		size_t at = place_of(chains[k], seen, n_seen);
		if (at < n_seen && seen[at] == chains[k])
			continue;
		memmove(&seen[at + 1], &seen[at], (n_seen++ - at) * sizeof(*seen));
		seen[at] = chains[k];
		chosen[k] = seed_below(100) < o.share;
	}
	free(seen);
	sum.chains = n_seen;
}

/* The calls of @library. */
static size_t find_calls(const uint32_t *sites_of, uint64_t n, uint32_t library, uint64_t *ret_calls)
{
	size_t found = 0;
	for (uint64_t k = 0; k < n; k++)
		if (sites_of[k] == library)
			ret_calls[found++] = k;
	return found;
}

/* As many of each library, by chance; those that hardly ask are not asked twice. */
static void choose_libraries(const uint32_t *sites_of, uint64_t n, bool *chosen)
{
	uint64_t *calls = calloc(n + 1, sizeof(*calls));
	unsigned libraries = 0;
	if (!calls)
		abort();
	for (uint32_t library = 0; library < LIBRARY_MAX_; library++)
		libraries += find_calls(sites_of, n, library, calls) > 0;
	for (uint32_t library = 0; library < LIBRARY_MAX_; library++) {
		size_t found = find_calls(sites_of, n, library, calls);
		uint64_t most = (o.sample + libraries - 1) / (libraries ? libraries : 1);
		uint64_t wanted = found < most ? found : most;
		for (uint64_t k = 0; k < wanted; k++) {
			uint64_t at = k + seed_below(found - k), call = calls[at];
			calls[at] = calls[k];
			chosen[call] = true;
		}
		if (found > 0)
			(void)printf("%s: %zu calls, %" PRIu64 " of them fail\n",
				     faults_library_name((enum faults_library)library), found, wanted);
	}
	free(calls);
}

static bool *choose(uint64_t n)
{
	uint64_t n_sites = n < FAULTS_SITES_MAX ? n : FAULTS_SITES_MAX;
	bool *chosen = calloc(n + 1, sizeof(*chosen));
	if (!chosen)
		abort();
	if (!o.sampled) {
		memset(chosen, true, n);
		return chosen;
	}
	if (o.plan.class == FAULTS_ALLOC || o.plan.class == FAULTS_IO)
		choose_sites(sites->chain, n_sites, chosen);
	if (o.plan.class == FAULTS_LIBRARY) {
		choose_libraries(sites->chain, n_sites, chosen);
		return chosen;
	}
	for (uint64_t k = 0; k < o.sample && n > 0; k++)
		chosen[seed_next() % n] = true;
	return chosen;
}

/* ---- the loop ---- */

static bool is_asked(enum faults_mode mode, unsigned variant)
{
	bool in_any = o.plan.mode == FAULTS_MODE_MAX_ && !(o.every && mode == FAULTS_SPELL);
	return (in_any || o.plan.mode == mode) &&
	       (!o.varied || o.plan.variant == variant);
}

static void each_plan(uint64_t at, void (*fn)(const struct faults_plan *plan))
{
	sum.points++;
	for (unsigned variant = 0; variant < faults_variants(o.plan.class); variant++)
		for (int mode = FAULTS_ONCE; mode < FAULTS_MODE_MAX_; mode++) {
			struct faults_plan plan = {.class = o.plan.class,
						   .mode = (enum faults_mode)mode,
						   .at = at,
						   .variant = variant,
						   .forget = o.plan.forget};
			if (is_asked(plan.mode, variant) && !branches.is_one)
				fn(&plan);
		}
}

/* ---- points as branches of one run ---- */

static void become_branch(const struct faults_plan *plan)
{
	branches.is_one = true;
	faults_become(plan);
	if (!o.world.trace && !freopen(branches.log, "w", stderr))
		_exit(1);
	(void)alarm(SECONDS_MOST);
}

/* Comes back in the child, which lives on with the fault, and here, as if nothing had been. */
static void branch(const struct faults_plan *plan)
{
	tree_put_back();
	memset(shared, 0, sizeof(*shared));
	(void)fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		become_branch(plan);
	else
		note_point(plan, wait_for(child, branches.log));
}

static void branch_at(uint64_t number)
{
	if (number > branches.n || !branches.chosen[number - 1])
		return;
	tree_keep();
	each_plan(number, branch);
	if (branches.is_one)
		return;
	tree_put_back();
	memset(shared, 0, sizeof(*shared)); /* for the trunk */
}

static void torture_branches(uint64_t n, const bool *chosen)
{
	const struct faults_plan trunk = {.class = o.plan.class, .mode = FAULTS_NEVER};
	branches.chosen = chosen;
	branches.n = n;
	o.world.on_call = branch_at;
	bool fine = run(&trunk);
	sum = *trunk_sum;
	if (fine && shared->first.calls[trunk.class] != n) {
		(void)strcpy(shared->wrong, "the branches left traces: it has other calls than a run without them");
		fine = false;
	}
	sum.bad += !fine;
	if (!fine)
		tell(&trunk);
	branches.chosen = NULL;
	o.world.on_call = NULL;
}

/* In the middle of a library its locks belong to a thread that a child does not have, and the layer
 * under SQLite does its own counting: those run from the start. */
static void torture_each(uint64_t n, const bool *chosen)
{
	if (o.plan.class != FAULTS_DISK && o.plan.class != FAULTS_LIBRARY) {
		torture_branches(n, chosen);
		return;
	}
	for (uint64_t k = 0; k < n; k++)
		if (chosen[k])
			each_plan(k + 1, run_point);
}

static void torture_twice(uint64_t n, uint64_t n_again)
{
	for (uint64_t k = 0; k < o.compound && n > 0 && n_again > 0; k++) {
		enum faults_mode mode = FAULTS_ONCE + (enum faults_mode)(seed_next() % 3);
		struct faults_plan plan = {.class = o.plan.class, .mode = mode, .at = 1 + seed_below(n),
					   .then = 1 + seed_below(n_again)};
		plan.variant = (unsigned)seed_below(faults_variants(o.plan.class));
		bool fine = run(&plan);
		sum.compound++;
		sum.bad += !fine;
		if (!fine)
			tell(&plan);
	}
}

static void torture(void)
{
	struct faults_plan count = {.class = o.plan.class, .mode = FAULTS_NEVER};
	if (!run(&count)) {
		sum.bad++;
		tell(&count);
		return;
	}
	uint64_t n = shared->first.calls[count.class], n_again = shared->second.calls[count.class];
	bool *chosen = choose(n);
	(void)printf("%s%s %s: %" PRIu64 " calls by %" PRIu64 " chains, %" PRIu64 " calls in recovery\n",
		     o.world.kind, o.world.prepaid ? " PrePaid" : "", faults_class_name(count.class), n,
		     sum.chains, n_again);
	(void)fflush(stdout);
	torture_each(n, chosen);
	free(chosen);
	torture_twice(n, n_again);
}

/* ---- the command line ---- */

static void *share(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	return p;
}

static const char usage[] =
	"usage: torture --kind KIND [--prepaid] --class alloc|io|disk|commit|library [--mode once|sticky|spell]\n"
	"               [--variant N] [--at N [--then N]] [--sample COUNT [--share PERCENT]]\n"
	"               [--every] [--compound COUNT] [--seed N] [--forget] [--trace]\n";

static bool take(int c)
{
	switch (c) {
	case 'k':
		o.world.kind = optarg;
		return true;
	case 'p':
		o.world.prepaid = true;
		return true;
	case 'c':
		o.plan.class = faults_class_of(optarg);
		return o.plan.class != FAULTS_CLASS_MAX_;
	case 'm':
		o.plan.mode = faults_mode_of(optarg);
		return o.plan.mode != FAULTS_MODE_MAX_;
	case 'v':
		o.plan.variant = (unsigned)strtoul(optarg, NULL, 10);
		o.varied = true;
		return o.plan.variant < faults_variants(o.plan.class);
	case 'a':
		o.plan.at = strtoull(optarg, NULL, 10);
		return true;
	case 'b':
		o.plan.then = strtoull(optarg, NULL, 10);
		return true;
	case 'n':
		o.sample = strtoull(optarg, NULL, 10);
		o.sampled = true;
		return true;
	case 'h':
		o.share = strtoull(optarg, NULL, 10);
		return true;
	case 'e':
		o.every = true;
		return true;
	case '2':
		o.compound = strtoull(optarg, NULL, 10);
		return true;
	case 's': /* seed_init() has read it */
		return true;
	case 'f':
		o.plan.forget = true;
		return true;
	case 't':
		o.world.trace = true;
		return true;
	default:
		return false;
	}
}

/* The short form of a run is a sample of the long one. */
static void lengthen(void)
{
	const char *full = getenv("DROVER_FULL");
	if (!full || !*full || strcmp(full, "0") == 0)
		return;
	o.share = 100;
	o.sampled = o.sampled && !o.every;
	o.sample *= FULL_TIMES;
	o.compound *= FULL_TIMES;
}

static bool parse(int argc, char **argv)
{
	static const struct option options[] = {
		{"kind", required_argument, NULL, 'k'},	  {"prepaid", no_argument, NULL, 'p'},
		{"class", required_argument, NULL, 'c'},  {"mode", required_argument, NULL, 'm'},
		{"variant", required_argument, NULL, 'v'}, {"at", required_argument, NULL, 'a'},
		{"then", required_argument, NULL, 'b'},	  {"sample", required_argument, NULL, 'n'},
		{"share", required_argument, NULL, 'h'},    {"every", no_argument, NULL, 'e'},
		{"compound", required_argument, NULL, '2'}, {"seed", required_argument, NULL, 's'},
		{"forget", no_argument, NULL, 'f'},	  {"trace", no_argument, NULL, 't'},
		{NULL, 0, NULL, 0}};
	int c;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!take(c))
			return false;
	return optind == argc && o.world.kind && o.plan.class != FAULTS_CLASS_MAX_;
}

int main(int argc, char **argv)
{
	if (!parse(argc, argv)) {
		(void)fputs(usage, stderr);
		return 64;
	}
	seed_init(argc, argv);
	lengthen();
	(void)setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "test-access-key-id", 1);
	(void)setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "test-access-key-secret", 1);
	shared = share(sizeof(*shared));
	sites = share(sizeof(*sites));
	trunk_sum = share(sizeof(*trunk_sum));
	if (o.plan.at > 0)
		run_point(&o.plan);
	else
		torture();
	(void)printf("torture kind=%s%s class=%s points=%" PRIu64 " failed_once=%" PRIu64 " failed_sticky=%" PRIu64
		     " failed_spell=%" PRIu64 " compound=%" PRIu64 " bad=%" PRIu64 "\n",
		     o.world.kind, o.world.prepaid ? "-prepaid" : "", faults_class_name(o.plan.class), sum.points,
		     sum.ran[FAULTS_ONCE], sum.ran[FAULTS_STICKY], sum.ran[FAULTS_SPELL], sum.compound, sum.bad);
	return (sum.bad > 0) != o.plan.forget; /* a broken promise has to be noticed */
}
