#pragma once
/*
 * Lists the instances of some cloud groups now, for a person: every documented field of
 * each row as JSON with the API's own names. Not part of a cycle; keeps
 * nothing of what it read and changes no observation.
 *
 * Loop rule: done() fires exactly once for each listing begun, never from inside the call
 * that began it; instance_reader_close() ends what runs first.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/jsonw.h"
#include "model/desired.h"
#include "observe/pager.h"

struct instance_reader;
struct instance_rows; /* what a listing read, each instance once, sorted by id */

struct instance_listing {
	bool complete; /* else rows may be missing, as @why says */
	enum pager_why why;
	bool too_large;       /* the rest would be more than LIMIT_INSTANCES_BYTES */
	enum outcome outcome; /* the last reply, for PAGER_CALL */
	const char *code, *message, *request_id;
	const struct instance_rows *rows; /* for instance_rows_write() */
};

/* @listing and what it points at live during the call. */
typedef void (*instance_listing_cb)(void *data, const struct instance_listing *listing);

int instance_reader_new(struct cloud *cloud, struct instance_reader **ret);
/* What is in the cloud groups @groups of @kind: at least one, copied. 0, -EINVAL (none), or
 * another negative errno: then @done does not fire. */
int instance_reader_list(struct instance_reader *r, enum kind kind, const struct text_list *groups,
			 instance_listing_cb done, void *data);
/* How many listings run. */
size_t instance_reader_busy(const struct instance_reader *r);
/* What runs ends as PAGER_CANCELLED. @closed: at once when nothing runs, else later. */
void instance_reader_close(struct instance_reader *r, void (*closed)(void *data), void *data);

/* A JSON array of the rows. */
void instance_rows_write(const struct instance_rows *rows, struct jsonw *out);
