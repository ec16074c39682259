/*
 * faults.h for the real process, on real sockets: DROVER_FAULT="CLASS MODE NUMBER VARIANT" chooses
 * the call; DROVER_FAULT_CALLS names a file that gets a line for every call, "CLASS SITE", SITE
 * being a number for the chain of callers. Of the memory of a library its name is the class. Without the two nothing fails and nothing is told.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callers.h"
#include "faults.h"

static const char *const class_names[] = {"alloc", "io"};
static const int errnos[] = {EMFILE, EIO};

static struct {
	pthread_once_t once;
	char class[16], mode[16];
	uint64_t at;
	unsigned variant;
	FILE *calls;
	atomic_uint_fast64_t counts[2], library_counts[LIBRARY_MAX_];
} p = {.once = PTHREAD_ONCE_INIT};

static void begin(void)
{
	const char *plan = getenv("DROVER_FAULT"), *calls = getenv("DROVER_FAULT_CALLS");
	if (plan && sscanf(plan, "%15s %15s %" SCNu64 " %u", p.class, p.mode, &p.at, &p.variant) != 4)
		abort();
	if (calls && !(p.calls = fopen(calls, "ae")))
		abort();
}

/* Counts a call of @class that came from @site. */
static bool strike(const char *class, atomic_uint_fast64_t *count, const char *site)
{
	uint64_t number = atomic_fetch_add(count, 1) + 1;
	if (p.calls) {
		(void)fprintf(p.calls, "%s %s\n", class, site);
		(void)fflush(p.calls);
	}
	return p.at > 0 && strcmp(p.class, class) == 0 &&
	       (number == p.at || (number > p.at && strcmp(p.mode, "sticky") == 0));
}

bool faults_strike(enum faults_class class)
{
	char site[16];
	(void)pthread_once(&p.once, begin);
	(void)snprintf(site, sizeof(site), "%08" PRIx32, hash_callers());
	return strike(class_names[class], &p.counts[class], site);
}

bool faults_strike_library(enum faults_library library)
{
	(void)pthread_once(&p.once, begin);
	return strike(faults_library_name(library), &p.library_counts[library], "memory");
}

int faults_errno(void)
{
	return errnos[p.variant % 2];
}
