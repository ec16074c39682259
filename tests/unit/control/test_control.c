/* A real UNIX socket on a real loop; clients are driven from the same thread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "control/control.h"

#define PATIENCE 20000 /* turns of about a millisecond until a case gives up */

struct fixture {
	uv_loop_t loop;
	char directory[64];
	char path[100];
	struct control *control;
	bool is_closed;
	/* what the ops saw, and what they answer */
	char seen[512];
	int result;
	const char *error;
	struct control_pending *pending;
	bool answers_at_once;
};

/* --- ops that write down what they are asked -------------------------------------- */

static void see(struct fixture *f, const char *op, const char *argument, const char *who)
{
	(void)snprintf(f->seen, sizeof(f->seen), "%s(%s) by %s", op, argument ? argument : "all",
		       who ? who : "-");
}

static int give(struct fixture *f, char **ret_text)
{
	if (f->result == 0)
		*ret_text = strdup("{\"fine\":1}\n");
	return f->result;
}

static int change(struct fixture *f, char **reterr_text)
{
	*reterr_text = f->error ? strdup(f->error) : NULL;
	return f->result;
}

static int on_status(void *data, const char *group, char **ret_text)
{
	see(data, "status", group, NULL);
	return give(data, ret_text);
}

static int on_plan(void *data, char **ret_text)
{
	see(data, "plan", NULL, NULL);
	return give(data, ret_text);
}

static int on_plan_file(void *data, const char *text, size_t len, char **ret_text,
			char **reterr_text)
{
	char start[64];
	(void)snprintf(start, sizeof(start), "%zu bytes %.10s", len, text);
	see(data, "plan_file", start, NULL);
	*reterr_text = NULL;
	return ((struct fixture *)data)->result < 0 ? change(data, reterr_text)
						    : give(data, ret_text);
}

static int on_orders(void *data, char **ret_text)
{
	see(data, "orders", NULL, NULL);
	return give(data, ret_text);
}

static int on_intents(void *data, char **ret_text)
{
	see(data, "intents", NULL, NULL);
	return give(data, ret_text);
}

static int on_explain(void *data, const char *group, char **ret_text)
{
	see(data, "explain", group, NULL);
	return give(data, ret_text);
}

static int on_metrics(void *data, char **ret_text)
{
	see(data, "metrics", NULL, NULL);
	return give(data, ret_text);
}

static void on_reload(void *data, bool wait, struct control_pending *pending)
{
	struct fixture *f = data;
	see(f, "reload", wait ? "wait" : "now", NULL);
	if (f->answers_at_once)
		control_answer(pending, f->result, f->error);
	else
		f->pending = pending;
}

static void on_instances(void *data, const char *group, struct control_pending *pending)
{
	struct fixture *f = data;
	see(f, "instances", group, NULL);
	if (!f->answers_at_once)
		f->pending = pending;
	else if (f->result < 0)
		control_answer(pending, f->result, f->error);
	else
		control_answer_text(pending, strdup("{\"fine\":1}\n"));
}

static void on_whoami(void *data, struct control_pending *pending)
{
	on_instances(data, "whoami", pending);
}

static int on_approve(void *data, const char *hash, const char *who, char **reterr_text)
{
	see(data, "approve", hash, who);
	return change(data, reterr_text);
}

static int on_pause(void *data, const char *group, bool paused, const char *who, char **reterr_text)
{
	see(data, paused ? "pause" : "resume", group, who);
	return change(data, reterr_text);
}

static int on_release(void *data, const char *group, const char *who, char **reterr_text)
{
	see(data, "release", group, who);
	return change(data, reterr_text);
}

static int on_adopt(void *data, int64_t intent, const char *resource, const char *who,
		    char **reterr_text)
{
	char text[100];
	(void)snprintf(text, sizeof(text), "%d %s", (int)intent, resource);
	see(data, "adopt", text, who);
	return change(data, reterr_text);
}

static int on_abandon(void *data, int64_t intent, const char *who, char **reterr_text)
{
	char text[100];
	(void)snprintf(text, sizeof(text), "%d", (int)intent);
	see(data, "abandon", text, who);
	return change(data, reterr_text);
}

static const struct control_ops ops = {
	.status = on_status,
	.plan = on_plan,
	.plan_file = on_plan_file,
	.orders = on_orders,
	.intents = on_intents,
	.explain = on_explain,
	.metrics = on_metrics,
	.instances = on_instances,
	.whoami = on_whoami,
	.reload = on_reload,
	.approve = on_approve,
	.pause = on_pause,
	.release = on_release,
	.adopt = on_adopt,
	.abandon = on_abandon,
};

/* --- fixture ----------------------------------------------------------------------- */

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	assert_non_null(f);
	(void)strcpy(f->directory, "/tmp/drover-control-XXXXXX");
	assert_non_null(mkdtemp(f->directory));
	(void)snprintf(f->path, sizeof(f->path), "%s/drover.sock", f->directory);
	assert_int_equal(uv_loop_init(&f->loop), 0);
	assert_int_equal(control_open(&f->loop, f->path, &ops, f, &f->control), 0);
	*state = f;
	return 0;
}

static void on_closed(void *data)
{
	((struct fixture *)data)->is_closed = true;
}

static void close_control(struct fixture *f)
{
	if (!f->control)
		return;
	control_close(TAKE(f->control), on_closed, f);
	assert_false(f->is_closed); /* never from inside the call */
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_true(f->is_closed);
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	close_control(f);
	assert_int_equal(uv_loop_close(&f->loop), 0); /* no handle is left */
	(void)unlink(f->path);
	(void)rmdir(f->directory);
	free(f);
	return 0;
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void turn(struct fixture *f)
{
	(void)uv_run(&f->loop, UV_RUN_NOWAIT);
}

/* Sends all of it, however slowly the server reads; false when the server cut it off. */
static bool send_all(struct fixture *f, int fd, const char *bytes, size_t n)
{
	for (int i = 0; n > 0 && i < PATIENCE; i++) {
		ssize_t done = send(fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (done < 0 && errno != EAGAIN)
			return false;
		if (done > 0) {
			bytes += done;
			n -= (size_t)done;
		}
		turn(f);
	}
	return n == 0;
}

/* Everything until the server closes. */
static void read_answer(struct fixture *f, int fd, struct strbuf *answer)
{
	char chunk[65536];
	for (int i = 0; i < PATIENCE; i++) {
		turn(f);
		ssize_t n = recv(fd, chunk, sizeof(chunk), MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN))
			return;
		if (n > 0) {
			strbuf_add_n(answer, chunk, (size_t)n);
			continue;
		}
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		(void)poll(&wait, 1, 1);
	}
	fail_msg("the server did not answer");
}

/* One request on a connection of its own; returns the status, the body in @answer. */
static int ask(struct fixture *f, const char *method, const char *path, const char *body,
	       struct strbuf *answer)
{
	auto_strbuf struct strbuf text = STRBUF_INIT(4u << 20);
	strbuf_clear(answer);
	strbuf_addf(
		&text,
		"%s %s HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s",
		method, path, strlen(body), body);
	int fd = connect_to(f->path);
	assert_true(send_all(f, fd, text.data, text.len));
	read_answer(f, fd, answer);
	(void)close(fd);
	assert_int_equal(strncmp(strbuf_text(answer), "HTTP/1.1 ", 9), 0);
	return (int)strtol(strbuf_text(answer) + 9, NULL, 10);
}

#define assert_has(haystack, needle) assert_non_null(strstr(strbuf_text(haystack), needle))

/* --- cases --------------------------------------------------------------------------- */

static void every_path_reaches_its_op(void **state)
{
	static const struct {
		const char *method, *path, *seen;
	} cases[] = {
		{"GET", "/v1/status", "status(all)"},
		{"GET", "/v1/status?group=phones", "status(phones)"},
		{"GET", "/v1/status?group=a%20b%26c", "status(a b&c)"},
		{"GET", "/v1/plan", "plan(all)"},
		{"GET", "/v1/orders", "orders(all)"},
		{"GET", "/v1/intents", "intents(all)"},
		{"GET", "/v1/explain?group=phones", "explain(phones)"},
		{"GET", "/metrics", "metrics(all)"},
		{"GET", "/v1/instances?group=phones", "instances(phones)"},
		{"GET", "/v1/whoami", "instances(whoami)"},
		{"POST", "/v1/reload", "reload(now)"},
		{"POST", "/v1/reload?wait=1", "reload(wait)"},
		{"POST", "/v1/reload?wait=0", "reload(now)"},
		{"POST", "/v1/approve?hash=abc", "approve(abc)"},
		{"POST", "/v1/pause", "pause(all)"},
		{"POST", "/v1/pause?group=phones", "pause(phones)"},
		{"POST", "/v1/resume?group=phones", "resume(phones)"},
		{"POST", "/v1/release?group=phones", "release(phones)"},
		{"POST", "/v1/intents/adopt?id=7&resource=ag-1", "adopt(7 ag-1)"},
		{"POST", "/v1/intents/abandon?id=7", "abandon(7)"},
	};
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	f->answers_at_once = true;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(ask(f, cases[i].method, cases[i].path, "", &answer), 200);
		assert_int_equal(strncmp(f->seen, cases[i].seen, strlen(cases[i].seen)), 0);
		bool is_get = strcmp(cases[i].method, "GET") == 0;
		assert_has(&answer, is_get ? "\r\n\r\n{\"fine\":1}\n" : "\r\n\r\n{\"ok\":true}\n");
	}
}

static void changes_say_who_asked(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	char uid[32];
	assert_int_equal(ask(f, "POST", "/v1/approve?hash=abc", "", &answer), 200);
	(void)snprintf(uid, sizeof(uid), "uid %u", (unsigned)getuid());
	assert_non_null(strstr(f->seen, uid));
	if (getuid() == 0)
		assert_string_equal(f->seen, "approve(abc) by root (uid 0)");
}

static void refusals_have_a_status_and_a_sentence(void **state)
{
	static const struct {
		int result;
		const char *text;
		int status;
		const char *body;
	} cases[] = {
		{-ENOENT, "no group \"x\"", 404, "{\"error\":\"no group \\\"x\\\"\"}\n"},
		{-ENOENT, NULL, 404, "{\"error\":\"no such thing\"}\n"},
		{-EINVAL, "bad", 400, "{\"error\":\"bad\"}\n"},
		{-EALREADY, "used", 409, "{\"error\":\"used\"}\n"},
		{-EBUSY, NULL, 409, "{\"error\""},
		{-EROFS, NULL, 503, "{\"error\""},
		{-ENOSPC, NULL, 503, "{\"error\""},
		{-ENOMEM, NULL, 503, "{\"error\""},
		{-EPROTO, NULL, 500, "{\"error\":\"Protocol error\"}"},
	};
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	f->answers_at_once = true;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		f->result = cases[i].result;
		f->error = cases[i].text;
		assert_int_equal(ask(f, "POST", "/v1/approve?hash=a", "", &answer),
				 cases[i].status);
		assert_has(&answer, cases[i].body);
		assert_int_equal(ask(f, "POST", "/v1/reload", "", &answer), cases[i].status);
		assert_int_equal(ask(f, "POST", "/v1/plan", "x", &answer), cases[i].status);
		assert_int_equal(ask(f, "GET", "/v1/status", "", &answer), cases[i].status);
		assert_int_equal(ask(f, "GET", "/v1/instances?group=g", "", &answer),
				 cases[i].status);
		assert_has(&answer, cases[i].body);
	}
}

static void malformed_requests_never_reach_an_op(void **state)
{
	static const struct {
		const char *method, *path;
		int status;
	} cases[] = {
		{"GET", "/", 404},
		{"GET", "/v2/status", 404},
		{"GET", "/v1/status/", 404},
		{"POST", "/v1/status", 405},
		{"GET", "/v1/reload", 405},
		{"POST", "/v1/instances?group=g", 405},
		{"POST", "/v1/whoami", 405},
		{"GET", "/v1/instances", 400},
		{"DELETE", "/v1/plan", 405},
		{"GET", "/v1/explain", 400},
		{"GET", "/v1/explain?group=", 400},
		{"POST", "/v1/approve", 400},
		{"POST", "/v1/release", 400},
		{"POST", "/v1/intents/adopt", 400},
		{"POST", "/v1/intents/adopt?id=7", 400},
		{"POST", "/v1/intents/adopt?id=7x&resource=a", 400},
		{"POST", "/v1/intents/abandon?id=0", 400},
		{"POST", "/v1/intents/abandon?id=-7", 400},
		{"POST", "/v1/intents/abandon?id=99999999999999999999", 400},
	};
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(ask(f, cases[i].method, cases[i].path, "", &answer),
				 cases[i].status);
		assert_has(&answer, "{\"error\":");
		assert_string_equal(f->seen, "");
	}
	assert_int_equal(ask(f, "POST", "/v1/status", "", &answer), 405);
	assert_has(&answer, "Allow: GET\r\n");
}

static void a_fleet_file_arrives_whole(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	auto_free char *body = malloc(LIMIT_CONTROL_BODY_BYTES + 1);
	assert_non_null(body);
	memset(body, 'y', LIMIT_CONTROL_BODY_BYTES);
	body[LIMIT_CONTROL_BODY_BYTES] = '\0';
	assert_int_equal(ask(f, "POST", "/v1/plan", body, &answer), 200);
	assert_string_equal(f->seen, "plan_file(1048576 bytes yyyyyyyyyy) by -");
}

static void an_oversize_body_is_refused_by_its_announcement(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	static const char head[] = "POST /v1/plan HTTP/1.1\r\nHost: d\r\nConnection: close\r\n"
				   "Content-Length: 1048577\r\n\r\n";
	int fd = connect_to(f->path);
	assert_true(send_all(f, fd, head, sizeof(head) - 1));
	read_answer(f, fd, &answer);
	(void)close(fd);
	assert_has(&answer, "HTTP/1.1 413 ");
	assert_string_equal(f->seen, "");
}

static void a_body_without_end_is_cut(void **state)
{
	struct fixture *f = *state;
	static const char head[] = "POST /v1/plan HTTP/1.1\r\nHost: d\r\n"
				   "Transfer-Encoding: chunked\r\n\r\n";
	char chunk[4096];
	memset(chunk, 'x', sizeof(chunk));
	int fd = connect_to(f->path);
	bool open = send_all(f, fd, head, sizeof(head) - 1);
	for (int i = 0; open && i < 3000; i++) /* 12 MB if nobody stops us */
		open = send_all(f, fd, "1000\r\n", 6) && send_all(f, fd, chunk, sizeof(chunk)) &&
		       send_all(f, fd, "\r\n", 2);
	assert_false(open);
	(void)close(fd);
	assert_string_equal(f->seen, "");
}

static void overlong_headers_are_refused(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	auto_free char *path = malloc(100001);
	assert_non_null(path);
	memset(path, 'a', 100000);
	path[100000] = '\0';
	int fd = connect_to(f->path);
	(void)send_all(f, fd, "GET /", 5);
	(void)send_all(f, fd, path, 100000);
	read_answer(f, fd, &answer);
	(void)close(fd);
	assert_has(&answer, "HTTP/1.1 4");
	assert_string_equal(f->seen, "");
}

static void a_client_that_sends_byte_by_byte_is_served(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	static const char text[] = "POST /v1/plan HTTP/1.1\r\nHost: d\r\nConnection: close\r\n"
				   "Content-Length: 3\r\n\r\nabc";
	int fd = connect_to(f->path);
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		assert_true(send_all(f, fd, text + i, 1));
	read_answer(f, fd, &answer);
	(void)close(fd);
	assert_has(&answer, "HTTP/1.1 200 ");
	assert_string_equal(f->seen, "plan_file(3 bytes abc) by -");
}

static void half_a_request_holds_nobody_up(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	int fds[20];
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i] = connect_to(f->path);
		assert_true(send_all(f, fds[i], "GET /v1/stat", 12));
	}
	assert_int_equal(ask(f, "GET", "/v1/status", "", &answer), 200);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		(void)close(fds[i]);
	assert_int_equal(ask(f, "GET", "/v1/status", "", &answer), 200);
}

static void clients_that_vanish_leave_nothing_behind(void **state)
{
	static const char *const pieces[] = {
		"", "GET", "GET /v1/status HTTP/1.1\r\nHost: d\r\n\r\n",
		"POST /v1/plan HTTP/1.1\r\nHost: d\r\nContent-Length: 9\r\n\r\nabc"};
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	for (int i = 0; i < 200; i++) { /* more than there are places */
		const char *piece = pieces[(size_t)i % ARRAY_SIZE(pieces)];
		int fd = connect_to(f->path);
		assert_true(send_all(f, fd, piece, strlen(piece)));
		(void)close(fd);
		turn(f);
	}
	assert_int_equal(ask(f, "GET", "/v1/status", "", &answer), 200);
}

/* Sends a request whose answer is deferred. */
static int start_waiting(struct fixture *f, const char *request_line)
{
	auto_strbuf struct strbuf text = STRBUF_INIT(1000);
	strbuf_addf(&text,
		    "%s HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
		    request_line);
	int fd = connect_to(f->path);
	assert_true(send_all(f, fd, text.data, text.len));
	for (int i = 0; !f->pending && i < PATIENCE; i++)
		turn(f);
	assert_non_null(f->pending);
	return fd;
}

static int start_reload(struct fixture *f)
{
	return start_waiting(f, "POST /v1/reload?wait=1");
}

static int start_instances(struct fixture *f)
{
	return start_waiting(f, "GET /v1/instances?group=phones");
}

static void a_deferred_answer_comes_later(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	char byte;
	int fd = start_reload(f);
	assert_int_equal(ask(f, "GET", "/v1/status", "", &answer), 200); /* others are served */
	assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
	control_answer(TAKE(f->pending), -EINVAL, "fleet.yaml:3:1: no");
	strbuf_clear(&answer);
	read_answer(f, fd, &answer);
	(void)close(fd);
	assert_has(&answer, "HTTP/1.1 400 ");
	assert_has(&answer, "{\"error\":\"fleet.yaml:3:1: no\"}");
}

/* Larger than any buffer on the way. */
static void a_deferred_answer_may_carry_a_body(void **state)
{
	const size_t size = 5u << 20;
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(8u << 20);
	int fd = start_instances(f);
	char *text = malloc(size + 1);
	assert_non_null(text);
	memset(text, 'x', size);
	text[size] = '\0';
	control_answer_text(TAKE(f->pending), text);
	read_answer(f, fd, &answer);
	(void)close(fd);
	assert_has(&answer, "HTTP/1.1 200 ");
	assert_has(&answer, "Content-Type: application/json");
	const char *body = strstr(strbuf_text(&answer), "\r\n\r\n");
	assert_int_equal(strlen(body + 4), size);
	assert_int_equal(strspn(body + 4, "x"), size);
}

static void a_deferred_reader_may_be_refused(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	int fd = start_instances(f);
	control_answer(TAKE(f->pending), -ECANCELED, NULL);
	read_answer(f, fd, &answer);
	(void)close(fd);
	assert_has(&answer, "HTTP/1.1 503 ");
	assert_has(&answer, "{\"error\":\"droverd is stopping\"}");
}

static void a_body_for_nobody_is_thrown_away(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	(void)close(start_instances(f));
	for (int i = 0; i < 10; i++)
		turn(f);
	control_answer_text(TAKE(f->pending), strdup("{}"));
	assert_int_equal(ask(f, "GET", "/v1/status", "", &answer), 200);
	int fd = start_instances(f);
	close_control(f);
	(void)close(fd);
	control_answer_text(TAKE(f->pending), strdup("{}")); /* late, and harmless */
}

static void a_client_may_leave_while_its_answer_is_deferred(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	(void)close(start_reload(f));
	for (int i = 0; i < 10; i++)
		turn(f);
	control_answer(TAKE(f->pending), 0, NULL);
	assert_int_equal(ask(f, "GET", "/v1/status", "", &answer), 200);
}

static void closing_answers_what_is_deferred(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	int fd = start_reload(f);
	close_control(f);
	read_answer(f, fd, &answer);
	(void)close(fd);
	assert_has(&answer, "HTTP/1.1 503 ");
	control_answer(TAKE(f->pending), 0, NULL); /* late, and harmless */
}

static void closing_after_the_client_left_is_clean(void **state)
{
	struct fixture *f = *state;
	(void)close(start_reload(f));
	close_control(f);
	control_answer(TAKE(f->pending), -EINVAL, "late");
}

static void closing_cuts_half_requests(void **state)
{
	struct fixture *f = *state;
	int fd = connect_to(f->path);
	static const char half[] =
		"POST /v1/plan HTTP/1.1\r\nHost: d\r\nContent-Length: 9\r\n\r\nab";
	assert_true(send_all(f, fd, half, sizeof(half) - 1));
	close_control(f);
	(void)close(fd);
}

static void the_socket_is_for_owner_and_group(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	assert_int_equal(stat(f->path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0660);
	close_control(f);
	assert_int_equal(stat(f->path, &st), -1);
}

static void a_listening_socket_is_not_taken_over(void **state)
{
	struct fixture *f = *state;
	struct control *second = NULL;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	assert_int_equal(control_open(&f->loop, f->path, &ops, f, &second), -EADDRINUSE);
	assert_int_equal(ask(f, "GET", "/v1/status", "", &answer), 200);
}

static void a_stale_socket_file_is_replaced(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	close_control(f);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", f->path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	(void)close(fd); /* as a killed daemon leaves it */
	f->is_closed = false;
	assert_int_equal(control_open(&f->loop, f->path, &ops, f, &f->control), 0);
	assert_int_equal(ask(f, "GET", "/v1/status", "", &answer), 200);
}

static void a_path_that_is_no_socket_is_left_alone(void **state)
{
	struct fixture *f = *state;
	struct control *c = NULL;
	char path[200];
	(void)snprintf(path, sizeof(path), "%s/file", f->directory);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	(void)fclose(file);
	assert_int_equal(control_open(&f->loop, path, &ops, f, &c), -EEXIST);
	assert_int_equal(unlink(path), 0);
	(void)snprintf(path, sizeof(path), "%s/missing/x", f->directory);
	assert_int_equal(control_open(&f->loop, path, &ops, f, &c), -ENOENT);
	memset(path, 'x', 150);
	path[150] = '\0';
	assert_int_equal(control_open(&f->loop, path, &ops, f, &c), -ENAMETOOLONG);
	assert_null(c);
}

static void count_turn(uv_check_t *check)
{
	++*(int *)check->data;
}

static void end_of_idle(uv_timer_t *timer)
{
	uv_stop(timer->loop);
}

/* Turns of the loop during a quarter of a second of idleness; one is the test's own timer. */
static int idle_turns(struct fixture *f)
{
	uv_check_t check;
	uv_timer_t timer;
	int turns = 0;
	(void)uv_check_init(&f->loop, &check);
	(void)uv_timer_init(&f->loop, &timer);
	check.data = &turns;
	(void)uv_check_start(&check, count_turn);
	(void)uv_timer_start(&timer, end_of_idle, 250, 0);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	uv_close((uv_handle_t *)&check, NULL);
	uv_close((uv_handle_t *)&timer, NULL);
	turn(f);
	return turns;
}

static void an_idle_socket_does_not_wake_the_loop(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	assert_in_range(idle_turns(f), 1, 4);
	assert_int_equal(ask(f, "GET", "/v1/status", "", &answer), 200);
	assert_in_range(idle_turns(f), 1, 4);
	int fd = connect_to(f->path); /* silent clients do not either */
	assert_true(send_all(f, fd, "GET /v1/st", 10));
	assert_in_range(idle_turns(f), 1, 4);
	int waiting = start_reload(f); /* nor deferred answers */
	assert_in_range(idle_turns(f), 1, 4);
	control_answer(TAKE(f->pending), 0, NULL);
	(void)close(fd);
	(void)close(waiting);
}

static void several_requests_share_a_connection(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf answer = STRBUF_INIT(1u << 20);
	static const char text[] =
		"GET /v1/orders HTTP/1.1\r\nHost: d\r\n\r\n"
		"POST /v1/approve?hash=a HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n"
		"GET /v1/plan HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n";
	int fd = connect_to(f->path);
	assert_true(send_all(f, fd, text, sizeof(text) - 1));
	read_answer(f, fd, &answer);
	(void)close(fd);
	int n = 0;
	for (const char *p = strbuf_text(&answer); (p = strstr(p, "HTTP/1.1 200 ")); p++)
		n++;
	assert_int_equal(n, 3);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_path_reaches_its_op),
		CASE(changes_say_who_asked),
		CASE(refusals_have_a_status_and_a_sentence),
		CASE(malformed_requests_never_reach_an_op),
		CASE(a_fleet_file_arrives_whole),
		CASE(an_oversize_body_is_refused_by_its_announcement),
		CASE(a_body_without_end_is_cut),
		CASE(overlong_headers_are_refused),
		CASE(a_client_that_sends_byte_by_byte_is_served),
		CASE(half_a_request_holds_nobody_up),
		CASE(clients_that_vanish_leave_nothing_behind),
		CASE(a_deferred_answer_comes_later),
		CASE(a_deferred_answer_may_carry_a_body),
		CASE(a_deferred_reader_may_be_refused),
		CASE(a_body_for_nobody_is_thrown_away),
		CASE(a_client_may_leave_while_its_answer_is_deferred),
		CASE(closing_answers_what_is_deferred),
		CASE(closing_after_the_client_left_is_clean),
		CASE(closing_cuts_half_requests),
		CASE(the_socket_is_for_owner_and_group),
		CASE(a_listening_socket_is_not_taken_over),
		CASE(a_stale_socket_file_is_replaced),
		CASE(a_path_that_is_no_socket_is_left_alone),
		CASE(an_idle_socket_does_not_wake_the_loop),
		CASE(several_requests_share_a_connection),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
