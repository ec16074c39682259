#pragma once
/*
 * One request and what it is answered with; the table of paths. Internal to control/;
 * knows nothing of the loop.
 */
#include <microhttpd.h>

#include "base/strbuf.h"
#include "control/control.h"

struct request {
	const struct control_ops *ops;
	void *ops_data;
	struct control *control;
	struct MHD_Connection *connection;
	struct strbuf body;
	bool is_started; /* headers seen, the body is being read */

	/* the answer; text is malloc'ed */
	unsigned status;
	char *text;
	const char *type;
	const char *allow;               /* for 405 */
	struct control_pending *pending; /* deferred and not answered yet */
};

struct control_pending {
	struct request *request; /* NULL: the connection went away or control was closed */
	bool deferred;           /* the connection is suspended */
};

/* Fills in the answer, or leaves r->pending set: then it comes later. */
void request_handle(struct request *r, const char *method, const char *path);
/* {"error": text} */
void request_refuse(struct request *r, unsigned status, const char *text);
/* The answer of a reader; takes @json. */
void request_finish_read(struct request *r, char *json);
/* The answer to a change. */
void request_finish_change(struct request *r, int result, const char *text);
