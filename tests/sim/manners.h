#pragma once
/*
 * The manners of the daemon towards a cloud that is busy, broken or shared: scenarios on the virtual
 * clock, each a process of its own, each one line.
 */
#include <stdbool.h>
#include <stdint.h>

struct manners_options {
	uint64_t seed;
	bool trace;
	const char *dir; /* empty */
};

/* A scenario: prints its line, then a line for each promise that was not kept. True when there was
 * none. */
struct manners_case {
	const char *name;
	bool (*run)(const struct manners_options *options, const void *data);
	const void *data;
};

/* What is taken away from the daemon, to see that it is missed. */
enum manners_control {
	MANNERS_WHOLE,
	MANNERS_NO_JITTER,
	MANNERS_NO_HINT,
	MANNERS_NO_BREAKER,
	MANNERS_NO_STORM,
	MANNERS_NO_BUDGET,
	MANNERS_TOGETHER, /* a look at one kind ends when those at all others have */
};
/* The control of that name. False: there is none. */
bool manners_control(const char *name);
/* Reads that were made again so far. */
unsigned manners_retries(void);

/* Ended by one without a name. Those that take a minute or more are apart. */
extern const struct manners_case manners_storms[], manners_herds[], manners_limits[],
	manners_days[], manners_long_limits[], manners_long_days[], manners_apart[];

/* Prints what is wrong, unless @kept. Returns @kept. */
bool manners_promise(bool kept, const char *format, ...) __attribute__((format(printf, 2, 3)));
