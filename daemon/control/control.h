#pragma once
/*
 * The operator's door: HTTP with JSON answers over a UNIX socket, on the loop, without threads.
 * Knows no fleet: every request ends in a callback of struct control_ops that the
 * composition root fills. Whoever may open the socket may do everything it offers.
 *
 * GET  /v1/status[?group=G]  /v1/plan  /v1/orders  /v1/intents  /v1/explain?group=G  /metrics
 *      /v1/instances?group=G  /v1/whoami
 * POST /v1/plan (body: a fleet file)  /v1/reload[?wait=1]  /v1/approve?hash=H
 *      /v1/pause[?group=G]  /v1/resume[?group=G]  /v1/release?group=G
 *      /v1/intents/adopt?id=N&resource=R  /v1/intents/abandon?id=N
 * Anything refused is answered with {"error": "..."} and a 4xx or 5xx status.
 *
 * Loop-facing: control_open(), control_answer(), control_answer_text(), control_close().
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct uv_loop_s;
struct control;
struct control_pending;

/*
 * Called on the loop's thread. Strings given are borrowed for the call. @who is for people and
 * the ledger: "alice (uid 1000)".
 *
 * Readers return 0 with *ret_text for control to free(), or a negative errno. Changes return 0
 * or a negative errno, and may set *reterr_text (malloc) to a sentence for the operator.
 * -ENOENT is 404, -EINVAL 400, -EEXIST, -EALREADY and -EBUSY 409, -EROFS, -EIO and -ENOSPC 503.
 */
struct control_ops {
	int (*status)(void *data, const char *group, char **ret_text); /* group NULL = all */
	int (*plan)(void *data, char **ret_text);
	/* What a file not in force would do; refused: -EINVAL with the complaints. */
	int (*plan_file)(void *data, const char *text, size_t len, char **ret_text,
			 char **reterr_text);
	int (*orders)(void *data, char **ret_text);
	int (*intents)(void *data, char **ret_text);
	int (*explain)(void *data, const char *group, char **ret_text);
	int (*metrics)(void *data, char **ret_text);
	/* Answer with control_answer_text(), or refuse with control_answer(): from inside the
	 * call or later. */
	void (*instances)(void *data, const char *group, struct control_pending *pending);
	void (*whoami)(void *data, struct control_pending *pending);

	/* Answer with control_answer(), from inside the call or later. */
	void (*reload)(void *data, bool wait, struct control_pending *pending);
	int (*approve)(void *data, const char *hash, const char *who, char **reterr_text);
	int (*pause)(void *data, const char *group, bool paused, const char *who,
		     char **reterr_text); /* group NULL = the whole fleet */
	int (*release)(void *data, const char *group, const char *who, char **reterr_text);
	int (*adopt)(void *data, int64_t intent, const char *resource, const char *who,
		     char **reterr_text);
	int (*abandon)(void *data, int64_t intent, const char *who, char **reterr_text);
};

/*
 * Listens on @path, mode 0660. A socket file that nobody listens on is replaced. @ops and
 * @data must live until the close callback. 0; -EADDRINUSE: somebody listens there;
 * -EEXIST: the path is not a socket; -ENAMETOOLONG; or another negative errno.
 */
int control_open(struct uv_loop_s *loop, const char *path, const struct control_ops *ops,
		 void *data, struct control **ret);

/* Ends a deferred request, exactly once, also after control_close(): @result as of a change,
 * @text for people when it is negative (NULL = a standard one). Frees @pending. */
void control_answer(struct control_pending *pending, int result, const char *text);
/* The same with what a reader gives: @json, malloc'ed, is control's from now on. */
void control_answer_text(struct control_pending *pending, char *json);

typedef void (*control_closed_cb)(void *data);
/* Answers what is deferred with 503, cuts the rest, removes the socket file. @c must not be used
 * afterwards; @cb comes from the loop. NULL @c: @cb is not called. Not from within an op. */
void control_close(struct control *c, control_closed_cb cb, void *data);
