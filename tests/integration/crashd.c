/*
 * droverd that fails: DROVER_CRASH=POINT:N:WAY ends it (kill, abort) or stops it (stop) at the
 * N-th passage of a point in the life of a buying call. The points are made around the daemon's
 * own objects by the linker (--wrap), by an http_ops of its own, and by a send() that libcurl
 * finds first. DROVER_PASSES=FILE collects the points passed, a line each; without the two
 * variables it is droverd.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "act/books.h"
#include "act/driver.h"
#include "base/cleanup.h"
#include "ledger/ledger.h"
#include "net/http_curl.h"
#include "report/log.h"

#define EFFECT_MS 5000 /* a cloud on the same machine has answered by then */

enum point {
	/* start and recovery */
	MIGRATION,  /* a ledger is being made, or brought to this version */
	COMPACTION, /* old rows are being dropped */
	LOADED,     /* orders and resources have been read, nothing was done */
	RESTORED,   /* unsettled calls have been taken up again */
	UNCLEAR,    /* a call of an earlier life is about to be called unclear */
	FILE_PRE,   /* a fleet file is about to become the last good one */
	FILE_POST,  /* it is, and not in force yet */
	/* a call that buys */
	INTENT,      /* about to be recorded */
	RECORDED,    /* it is durable, nothing was sent */
	SENDING,     /* "sent" is about to be recorded */
	BEFORE_SEND, /* it is durable, no byte has left */
	CONNECTED,   /* there is a connection, and no byte has left */
	HALF_SENT,   /* the cloud has half of the request */
	AFTER_SEND,  /* the request has left and had its effect */
	REPLY,       /* the reply is here and not yet durable */
	SETTLED,     /* it is durable, nobody has acted on it */
	/* what it brings */
	ORDER,     /* the order is durable, and nobody was told */
	ANNOUNCED, /* it was told, and that is not yet durable */
	LANDING,   /* an instance was seen, which is not yet durable */
	LANDED,    /* it is */
	POINT_MAX_,
};

static const char *const names[POINT_MAX_] = {
	[MIGRATION] = "migration",   [COMPACTION] = "compaction",   [LOADED] = "loaded",
	[RESTORED] = "restored",     [UNCLEAR] = "unclear",         [FILE_PRE] = "file-pre",
	[FILE_POST] = "file-post",   [INTENT] = "intent",           [RECORDED] = "recorded",
	[SENDING] = "sending",       [BEFORE_SEND] = "before-send", [CONNECTED] = "connected",
	[HALF_SENT] = "half-sent",   [AFTER_SEND] = "after-send",   [REPLY] = "reply",
	[SETTLED] = "settled",       [ORDER] = "order",             [ANNOUNCED] = "announced",
	[LANDING] = "landing",       [LANDED] = "landed",
};

/* ---- passing a point ---- */

static struct {
	bool known;
	enum point point;
	unsigned long left; /* passages until it is due */
	int signal;
	int passes; /* file descriptor, -1: nobody wants to know */
} wish;

static void read_wish(void)
{
	static const struct {
		const char *name;
		int signal;
	} ways[] = {{"kill", SIGKILL}, {"abort", SIGABRT}, {"stop", SIGSTOP}};
	const char *text = getenv("DROVER_CRASH"), *file = getenv("DROVER_PASSES");
	char name[32] = "", way[32] = "";
	wish.known = true;
	wish.passes = file ? open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
	wish.point = POINT_MAX_;
	if (!text)
		return;
	if (sscanf(text, "%31[^:]:%lu:%31s", name, &wish.left, way) != 3)
		abort();
	for (int k = 0; k < POINT_MAX_; k++)
		if (strcmp(names[k], name) == 0)
			wish.point = (enum point)k;
	for (size_t k = 0; k < ARRAY_SIZE(ways); k++)
		if (strcmp(ways[k].name, way) == 0)
			wish.signal = ways[k].signal;
	if (wish.point == POINT_MAX_ || wish.signal == 0)
		abort();
}

static bool is_due(enum point point)
{
	if (!wish.known)
		read_wish();
	if (wish.passes >= 0 && dprintf(wish.passes, "%s\n", names[point]) < 0)
		abort();
	return point == wish.point && wish.left > 0 && --wish.left == 0;
}

static void pass(enum point point)
{
	if (is_due(point))
		(void)raise(wish.signal);
}

/* ---- the ledger: what the transaction under way will make durable ---- */

static bool before[POINT_MAX_], after[POINT_MAX_]; /* to be passed around its commit */
static bool compacting;

int __real_ledger_begin(struct ledger *l);
int __wrap_ledger_begin(struct ledger *l);
int __real_ledger_commit(struct ledger *l);
int __wrap_ledger_commit(struct ledger *l);
int __real_ledger_save_intent(struct ledger *l, struct intent *intent);
int __wrap_ledger_save_intent(struct ledger *l, struct intent *intent);
int __real_ledger_save_order(struct ledger *l, const struct order *order);
int __wrap_ledger_save_order(struct ledger *l, const struct order *order);
int __real_ledger_save_resource(struct ledger *l, const struct resource *resource);
int __wrap_ledger_save_resource(struct ledger *l, const struct resource *resource);
int __real_ledger_save_fleet(struct ledger *l, const char *text, uint64_t wall_ms, uint64_t *ret);
int __wrap_ledger_save_fleet(struct ledger *l, const char *text, uint64_t wall_ms, uint64_t *ret);
int __real_ledger_compact(struct ledger *l, uint64_t before_wall_ms);
int __wrap_ledger_compact(struct ledger *l, uint64_t before_wall_ms);

int __wrap_ledger_begin(struct ledger *l)
{
	memset(before, 0, sizeof(before));
	memset(after, 0, sizeof(after));
	before[COMPACTION] = compacting;
	return __real_ledger_begin(l);
}

int __wrap_ledger_commit(struct ledger *l)
{
	for (int k = 0; k < POINT_MAX_; k++)
		if (before[k])
			pass((enum point)k);
	int r = __real_ledger_commit(l);
	for (int k = 0; k < POINT_MAX_; k++)
		if (after[k])
			pass((enum point)k);
	return r;
}

int __wrap_ledger_save_intent(struct ledger *l, struct intent *intent)
{
	bool settled = intent->state == INTENT_DONE && !intent->landed;
	if (intent->buys) {
		before[INTENT] |= intent->state == INTENT_RECORDED;
		after[RECORDED] |= intent->state == INTENT_RECORDED;
		before[SENDING] |= intent->state == INTENT_SENT;
		before[UNCLEAR] |= intent->state == INTENT_UNCLEAR;
		before[REPLY] |= settled;
		after[SETTLED] |= settled;
	}
	return __real_ledger_save_intent(l, intent);
}

int __wrap_ledger_save_order(struct ledger *l, const struct order *order)
{
	before[ANNOUNCED] |= order->status == ORDER_UNPAID && order->announced_wall_ms != 0;
	return __real_ledger_save_order(l, order);
}

int __wrap_ledger_save_resource(struct ledger *l, const struct resource *resource)
{
	before[LANDING] |= resource->state == RESOURCE_SEEN;
	after[LANDED] |= resource->state == RESOURCE_SEEN;
	return __real_ledger_save_resource(l, resource);
}

int __wrap_ledger_save_fleet(struct ledger *l, const char *text, uint64_t wall_ms, uint64_t *ret)
{
	before[FILE_PRE] = after[FILE_POST] = true;
	return __real_ledger_save_fleet(l, text, wall_ms, ret);
}

int __wrap_ledger_compact(struct ledger *l, uint64_t before_wall_ms)
{
	compacting = true;
	int r = __real_ledger_compact(l, before_wall_ms);
	compacting = false;
	return r;
}

struct sqlite3;
typedef int sqlite_row(void *data, int n, char **values, char **columns);
int __real_sqlite3_exec(struct sqlite3 *db, const char *sql, sqlite_row *row, void *data, char **error);
int __wrap_sqlite3_exec(struct sqlite3 *db, const char *sql, sqlite_row *row, void *data, char **error);

int __wrap_sqlite3_exec(struct sqlite3 *db, const char *sql, sqlite_row *row, void *data, char **error)
{
	if (strcmp(sql, "COMMIT") == 0)
		pass(MIGRATION);
	return __real_sqlite3_exec(db, sql, row, data, error);
}

/* ---- the start, and what is told ---- */

int __real_books_load(struct ledger *ledger, struct books **ret);
int __wrap_books_load(struct ledger *ledger, struct books **ret);
int __real_driver_restore(struct driver *d, const struct desired *desired);
int __wrap_driver_restore(struct driver *d, const struct desired *desired);
void __real_log_emit_confirmed(enum event ev, const char *file, int line, const char *function,
			       const struct log_field *fields, const char *key);
void __wrap_log_emit_confirmed(enum event ev, const char *file, int line, const char *function,
			       const struct log_field *fields, const char *key);

int __wrap_books_load(struct ledger *ledger, struct books **ret)
{
	int r = __real_books_load(ledger, ret);
	pass(LOADED);
	return r;
}

int __wrap_driver_restore(struct driver *d, const struct desired *desired)
{
	int r = __real_driver_restore(d, desired);
	pass(RESTORED);
	return r;
}

void __wrap_log_emit_confirmed(enum event ev, const char *file, int line, const char *function,
			       const struct log_field *fields, const char *key)
{
	pass(ORDER);
	__real_log_emit_confirmed(ev, file, line, function, fields, key);
}

/* ---- HTTP ---- */

static const char *const buying[] = {
	"CreateAndroidInstanceGroup", "UpgradeAndroidInstanceGroup", "CreateAppInstanceGroup",
	"ModifyNodePoolAttribute",    "ModifyNodePoolAmount",        "CreateInstance",
};

static const struct http_ops *real_ops;
static struct http_ops ops;

static bool names_buying(const void *bytes, size_t n)
{
	for (size_t k = 0; k < ARRAY_SIZE(buying); k++)
		if (memmem(bytes, n, buying[k], strlen(buying[k])))
			return true;
	return false;
}

static int send_or_fail(struct http *http, struct http_request *request)
{
	bool buys = false;
	for (size_t h = 0; h < request->n_headers; h++)
		buys |= names_buying(request->headers[h], strlen(request->headers[h]));
	if (buys)
		pass(BEFORE_SEND);
	return real_ops->send(http, request);
}

int __real_http_curl_new(uv_loop_t *loop, const struct http_curl_options *options, struct http **ret);
int __wrap_http_curl_new(uv_loop_t *loop, const struct http_curl_options *options, struct http **ret);

int __wrap_http_curl_new(uv_loop_t *loop, const struct http_curl_options *options, struct http **ret)
{
	int r = __real_http_curl_new(loop, options, ret);
	if (r < 0)
		return r;
	real_ops = (*ret)->ops;
	ops = *real_ops;
	ops.send = send_or_fail;
	(*ret)->ops = &ops;
	return 0;
}

/* libcurl's, which looks for it here first. What buys goes in two halves. */
ssize_t send(int fd, const void *bytes, size_t n, int flags)
{
	if (!names_buying(bytes, n))
		return sendto(fd, bytes, n, flags, NULL, 0);
	pass(CONNECTED);
	size_t half = n / 2;
	ssize_t first = sendto(fd, bytes, half, flags, NULL, 0);
	if (first < (ssize_t)half)
		return first;
	pass(HALF_SENT);
	ssize_t second = sendto(fd, (const char *)bytes + half, n - half, flags, NULL, 0);
	if (second < (ssize_t)(n - half))
		return second < 0 ? first : first + second;
	if (is_due(AFTER_SEND)) {
		struct pollfd answer = {.fd = fd, .events = POLLIN};
		(void)poll(&answer, 1, EFFECT_MS);
		(void)raise(wish.signal);
	}
	return (ssize_t)n;
}
