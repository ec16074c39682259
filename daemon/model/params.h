#pragma once
/*
 * The flat parameters of one request: name → text, sorted by name in byte order.
 * Their text form is the canonical query of the signature (protocol a): it is what
 * the ledger stores, so that a replay carries the very same parameters.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

struct param {
	char *name;
	char *value;
};

struct params {
	struct param *items; /* sorted by strcmp(name), names unique */
	size_t n;
	size_t cap;
};

void params_fini(struct params *p); /* contents only; reusable afterwards */
#define auto_params cleanup(params_fini)

/* Sets or replaces. 0 or -ENOMEM. */
int params_set(struct params *p, const char *name, const char *value);
int params_set_int(struct params *p, const char *name, int64_t value);
int params_set_bool(struct params *p, const char *name, bool value);
/* "Name.1", "Name.2", ... */
int params_set_list(struct params *p, const char *name, const char *const *values, size_t n);

const char *params_get(const struct params *p, const char *name); /* NULL when absent */
int params_copy(const struct params *from, struct params *ret); /* @ret must be empty */

/* The canonical query: names and values percent-encoded, joined by '&'. The caller
 * frees it; NULL without memory. */
char *params_text(const struct params *p);
/* The reverse, into an empty @ret. 0, -EINVAL (broken escape, duplicate name), -ENOMEM. */
int params_parse(const char *text, struct params *ret);
