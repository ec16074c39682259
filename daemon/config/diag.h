#pragma once
/*
 * Complaints about a file: kept sorted by position, at most LIMIT_DIAGS of them
 * (the number left out is said). Memory trouble is remembered, never hidden.
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
	struct diag *items; /* by position; equal positions in the order added */
	size_t n, cap;
	size_t left_out;
	size_t errors; /* left out ones included */
	bool no_memory;
};

void diags_init(struct diags *d, const char *name);
void diags_fini(struct diags *d);
#define auto_diags cleanup(diags_fini)

void diags_add(struct diags *d, enum severity severity, struct pos pos, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* True also when memory ran out while complaining. */
bool diags_has_errors(const struct diags *d);
/* False when a complaint at @pos would only be counted: lets callers skip costly hints. */
bool diags_has_room(const struct diags *d, struct pos pos);
#define DIAG_SHORT 68
/* @text cut to some 60 bytes at a character's border, "…" added where it was cut. */
const char *diag_shorten(const char *text, char out[DIAG_SHORT]);
/* One line: "fleet.yaml:12:7: groups[1]…" (without position when line is 0). */
void diag_print(const struct diags *d, const struct diag *diag, struct strbuf *out);
/* All of them, a line each. */
void diags_print(const struct diags *d, struct strbuf *out);
