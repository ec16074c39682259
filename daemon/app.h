#pragma once
/*
 * The composition root of droverd: builds the rooms, wires their callbacks, and runs the
 * loop until it is told to stop or --once has its answer.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/settings.h"

/* Exit codes of droverd (droverd(8)). */
enum app_exit {
	APP_EXIT_OK = 0,
	APP_EXIT_FAILED = 1,  /* --once: refused for good, or the time ran out; or cannot go on */
	APP_EXIT_PERSON = 3,  /* --once: all that is left waits on a person */
	APP_EXIT_USAGE = 64,
	APP_EXIT_SECOND = 75, /* another droverd has this state directory */
	APP_EXIT_CONFIG = 78, /* bad configuration with no earlier good one, or a ledger that
				 this version may not touch */
};

struct app_options {
	const char *fleet;     /* path of fleet.yaml */
	const char *config;    /* path of drover.yaml */
	bool config_optional;  /* a missing drover.yaml means defaults */
	const char *state_dir;
	bool log_given;
	enum log_form log;
	bool once;
	uint64_t timeout_ms;   /* of --once */
};

/* Returns an exit code. Everything it opened is closed again. */
int app_run(const struct app_options *options);
