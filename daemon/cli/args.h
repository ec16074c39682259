#pragma once
/*
 * The command line of drover: words → what is asked for. Pure.
 */
#include <stdbool.h>

#include "base/strbuf.h"

enum command {
	COMMAND_CHECK,
	COMMAND_PLAN,
	COMMAND_STATUS,
	COMMAND_ORDERS,
	COMMAND_EXPLAIN,
	COMMAND_WHOAMI,
	COMMAND_INTENTS,
	COMMAND_APPROVE,
	COMMAND_PAUSE,
	COMMAND_RESUME,
	COMMAND_RELEASE,
	COMMAND_RELOAD,
	COMMAND_HELP,
	COMMAND_VERSION,
	COMMAND_MAX_,
};

#define ARGS_MAX_WORDS 3

struct args {
	enum command command;
	const char *words[ARGS_MAX_WORDS]; /* after the command; borrowed from argv */
	int n_words;
	const char *socket, *state_dir, *config; /* NULL = not given */
	bool json, watch, wait, detailed_exitcode, help;
};

/* 0, or -EINVAL with a sentence in @error. */
int args_parse(int argc, char *const *argv, struct args *ret, struct strbuf *error);

/* The overview, or the usage of one command. */
void args_usage(enum command command, struct strbuf *out);
