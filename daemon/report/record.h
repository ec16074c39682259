#pragma once
/*
 * One log record: a copy of what log_emit() was given, and its forms for the sinks.
 * Internal to report/. No locks, no I/O but the write itself.
 */
#include "base/strbuf.h"
#include "report/log.h"

struct record_field {
	char *name; /* upper case letters, digits and _ only */
	char *text; /* NULL: an integer */
	int64_t integer;
};

struct record {
	struct record *next;
	uint64_t seq; /* order of arrival over all queues */
	enum event event;
	const char *file, *function; /* literals of the call site */
	int line;
	uint64_t wall_ms;
	char *key; /* confirmed records only */
	size_t n_fields;
	struct record_field fields[];
};

/* A copy with at most LIMIT_LOG_RECORD_BYTES of text. NULL without memory. */
struct record *record_new(enum event event, const char *file, int line, const char *function,
			  const struct log_field *fields, const char *key);
struct record *record_free(struct record *r);

/* "text key=value key="two words"": one line, control bytes escaped, no line end. */
void record_text(const struct record *r, struct strbuf *out);
/* Time and level before the text, and a line end: for stderr. */
void record_line(const struct record *r, struct strbuf *out);
/* A JSON object and a line end. */
void record_json(const struct record *r, struct strbuf *out);
/* To journald with typed fields. 0, or a negative errno when it was not taken. */
int record_to_journal(const struct record *r);
