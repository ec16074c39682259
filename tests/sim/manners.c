/*
 * manners [--seed N] [--trace] [--control CONTROL] [NAME]...
 *
 * Runs the scenarios of these NAMEs, or whose names go on with a slash after one; without any, all of
 * them. The long ones run with DROVER_FULL in the environment, or when named in full. Ends in a line
 * of sums, and in 1 when a promise was not kept. A control (manners_control.c) takes something
 * away from the daemon: then every scenario has to break a promise, or it would not see a daemon
 * without it.
 */
#include "manners.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "scratch.h"

static const struct {
	const struct manners_case *cases;
	bool is_long;
} parts[] = {{manners_storms, false},
	     {manners_herds, false},
	     {manners_limits, false},
	     {manners_days, false},
	     {manners_apart, false},
	     {manners_long_limits, true},
	     {manners_long_days, true}};

bool manners_promise(bool kept, const char *format, ...)
{
	va_list args;
	if (kept)
		return true;
	va_start(args, format);
	(void)fputs("  broken: ", stdout);
	(void)vprintf(format, args);
	(void)fputc('\n', stdout);
	va_end(args);
	return false;
}

/* In a child: what a life leaves behind is gone with it. */
static bool run(const struct manners_case *c, const struct manners_options *options)
{
	char dir[64];
	int status = 0;
	struct manners_options own = *options;
	scratch_make(dir, sizeof(dir));
	own.dir = dir;
	(void)fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		bool kept = c->run(&own, c->data);
		(void)fflush(stdout);
		_exit(kept ? 0 : 1);
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	scratch_remove(dir);
	bool kept = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	if (!kept)
		(void)printf("  again: manners --seed %" PRIu64 " %s\n", options->seed, c->name);
	return kept;
}

static bool is_chosen(const struct manners_case *c, bool in_time, char **names, int n)
{
	for (int k = 0; k < n; k++) {
		size_t len = strlen(names[k]);
		if (strcmp(c->name, names[k]) == 0)
			return true;
		if (in_time && strncmp(c->name, names[k], len) == 0 && c->name[len] == '/')
			return true;
	}
	return n == 0 && in_time;
}

int main(int argc, char **argv)
{
	static const struct option long_options[] = {{"seed", required_argument, NULL, 's'},
						     {"trace", no_argument, NULL, 't'},
						     {"control", required_argument, NULL, 'c'},
						     {NULL, 0, NULL, 0}};
	struct manners_options options = {.seed = 1};
	unsigned scenarios = 0, broken = 0;
	const char *full = getenv("DROVER_FULL");
	const char *control = NULL;
	int c;
	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (c == 's')
			options.seed = strtoull(optarg, NULL, 10);
		else if (c == 't')
			options.trace = true;
		else if (c == 'c' && manners_control(optarg))
			control = optarg;
		else
			return 64;
	}
	(void)setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "test-access-key-id", 1);
	(void)setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "test-access-key-secret", 1);
	(void)printf("seed=%" PRIu64 "\n", options.seed);
	for (size_t p = 0; p < ARRAY_SIZE(parts); p++)
		for (const struct manners_case *it = parts[p].cases; it->name; it++) {
			bool in_time = !parts[p].is_long || (full && *full);
			if (!is_chosen(it, in_time, argv + optind, argc - optind))
				continue;
			scenarios++;
			broken += !run(it, &options);
		}
	if (control)
		(void)printf("control=%s ", control);
	(void)printf("scenarios=%u broken=%u\n", scenarios, broken);
	return scenarios > 0 && broken == (control ? scenarios : 0) ? 0 : 1;
}
