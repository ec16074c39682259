#pragma once
/*
 * Times of two variants taken in turns, so that a slow phase of the machine hits both; of
 * each the median and how far the rounds spread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS_MAX 101

struct rounds {
	double s[ROUNDS_MAX];
	int n;
};

static inline double rounds_cpu_s(void)
{
	struct timespec ts;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static inline int rounds_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Sorts @r, so that the least is s[0] and the most s[n - 1]. */
static inline double rounds_median(struct rounds *r)
{
	qsort(r->s, (size_t)r->n, sizeof(r->s[0]), rounds_compare);
	return r->s[r->n / 2];
}

/* [ROUNDS] of the command line; ends the program when it is none. */
static inline int rounds_argument(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 11;
	if (n >= 1 && n <= ROUNDS_MAX)
		return n;
	(void)fprintf(stderr, "usage: %s [ROUNDS]: 1 to %d\n", argv[0], ROUNDS_MAX);
	exit(64);
}

/* One JSON object: medians and spread of both in ms, and how often @least fits into @ours. */
static inline void rounds_print(const char *name, struct rounds *ours, struct rounds *least)
{
	double a = rounds_median(ours), b = rounds_median(least);
	(void)printf("{\"bench\": \"%s\", \"ms\": %.4f, \"ms_min\": %.4f, \"ms_max\": %.4f, "
		     "\"least_ms\": %.4f, \"ratio\": %.2f, \"rounds\": %d}\n",
		     name, a * 1e3, ours->s[0] * 1e3, ours->s[ours->n - 1] * 1e3, b * 1e3, a / b,
		     ours->n);
}
