#pragma once
/*
 * What bare_list and observe_list have in common: what is listed, the key it is listed with,
 * how the CPU is counted and how the result is told. Nothing of how it is listed.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define LISTING_CHAINS 8 /* pages of one listing come one by one: so many listings at once */
#define LISTING_KEY_ID "test-access-key-id"
#define LISTING_SECRET "test-access-key-secret"
#define LISTING_MAX_CYCLES 10000

struct listing_result {
	uint64_t pages, instances;
	uint64_t ids; /* sum of the ids' digests: the same for the same set in any order */
	double cpu_s, wall_s;
};

static inline double listing_cpu_s(void)
{
	struct rusage u;
	(void)getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static inline double listing_wall_s(void)
{
	struct timespec ts;
	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* PORT [CYCLES] of the command line; ends the program when they are none. */
static inline void listing_arguments(int argc, char **argv, int *ret_port, int *ret_cycles)
{
	int port = argc > 1 ? atoi(argv[1]) : 0, cycles = argc > 2 ? atoi(argv[2]) : 10;
	if (port < 1 || port > 65535 || cycles < 1 || cycles > LISTING_MAX_CYCLES) {
		(void)fprintf(stderr, "usage: %s PORT [CYCLES]: the port of a drover-sim\n",
			      argv[0]);
		exit(64);
	}
	*ret_port = port;
	*ret_cycles = cycles;
}

/* Peak RSS as the kernel has it, in KiB. */
static inline void listing_print(const char *name, const struct listing_result *r)
{
	struct rusage u;
	(void)getrusage(RUSAGE_SELF, &u);
	(void)printf("{\"bench\": \"%s\", \"pages\": %" PRIu64 ", \"instances\": %" PRIu64
		     ", \"ids\": \"%016" PRIx64 "\", \"cpu_s\": %.4f, \"wall_s\": %.4f, "
		     "\"pages_per_cpu_s\": %.1f, \"peak_rss_kib\": %ld}\n",
		     name, r->pages, r->instances, r->ids, r->cpu_s, r->wall_s,
		     (double)r->pages / r->cpu_s, u.ru_maxrss);
}
