#pragma once
/*
 * What drover can do without a daemon: check the files, and say what a fleet file would
 * ask for if nothing existed.
 */
#include "base/strbuf.h"
#include "model/desired.h"

#define LOCAL_FLEET "/etc/drover/fleet.yaml"
#define LOCAL_SETTINGS "/etc/drover/drover.yaml"

/* Reads and checks a fleet file; complaints and notes are appended to @messages. Returns 0 when
 * it is valid (*ret_desired may be NULL to throw it away), 1 when not, or -ENOMEM. */
int local_read_fleet(const char *path, struct strbuf *messages, struct desired **ret_desired);
int local_check_settings(const char *path, struct strbuf *messages);

/* A plan in the shape of `plan --json`: one create per group. 0 or -ENOMEM. */
int local_plan_json(const struct desired *desired, char **ret_json);
