#pragma once
/*
 * Complaints about a file: collected, sorted by position, at most LIMIT_DIAGS kept
 * (the number left out is said).
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "model/desired.h"

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };

struct diag {
	struct pos pos;
	enum severity severity;
	char *text; /* "groups[1].count: must be 0..100000, is -3" */
};

struct diags {
	const char *name; /* of the file; borrowed */
	struct diag *items;
	size_t n, cap;
	size_t left_out;
	bool no_memory;
};

void diags_init(struct diags *d, const char *name);
void diags_fini(struct diags *d);
void diags_add(struct diags *d, enum severity severity, struct pos pos, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
bool diags_has_errors(const struct diags *d);
/* Sorted by position, stable. */
void diags_sort(struct diags *d);
/* One line: "fleet.yaml:12:7: groups[1]…" (without position when line is 0). */
void diag_print(const struct diags *d, const struct diag *diag, struct strbuf *out);
/* All of them, a line each. */
void diags_print(const struct diags *d, struct strbuf *out);
