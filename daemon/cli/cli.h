#pragma once
/*
 * The drover command: arguments in, exit code out. 0 done, 1 failed, 2 changes
 * (plan --detailed-exitcode), 64 wrong usage.
 */
#include <stdio.h>

#define CLI_OK 0
#define CLI_FAILED 1
#define CLI_CHANGES 2
#define CLI_USAGE 64

int cli_run(int argc, char *const *argv, FILE *out, FILE *err);
