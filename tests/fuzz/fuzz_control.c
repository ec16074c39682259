/*
 * The control socket, as droverd serves it: libmicrohttpd on the loop. The input is what a client
 * sends before it is done. What the operations are given is what the protocol promises them; every
 * answer is HTTP, and every JSON body is whole.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "control/control.h"
#include "fuzz/fuzz.h"

#define TURNS 20000 /* of the loop, for a request to be taken */
#define QUIET_TURNS 40

struct door {
	uv_loop_t loop;
	char dir[32], path[64];
	struct control *control;
	struct control_pending *pending;
	unsigned asked; /* how many operations; also makes the answers vary */
};

static struct door door;

/* --- operations ------------------------------------------------------------------------ */

static int result(void)
{
	static const int results[] = {0, 0, 0, -ENOENT, -EBUSY, -EINVAL, -EROFS, -EPERM};
	return results[door.asked++ % ARRAY_SIZE(results)];
}

static int give(char **ret_text)
{
	int r = result();
	if (r == 0)
		CHECK((*ret_text = strdup("{\"fine\":1}\n")));
	return r;
}

static int change(const char *who, char **reterr_text)
{
	CHECK(who && *who);
	int r = result();
	*reterr_text = r < 0 && door.asked % 2 ? strdup("a \"sentence\"\nfor people") : NULL;
	return r;
}

static int on_group(void *data, const char *group, char **ret_text)
{
	(void)data;
	CHECK(!group || *group);
	return give(ret_text);
}

static int on_needed_group(void *data, const char *group, char **ret_text)
{
	CHECK(group);
	return on_group(data, group, ret_text);
}

static int on_all(void *data, char **ret_text)
{
	(void)data;
	return give(ret_text);
}

static int on_plan_file(void *data, const char *text, size_t len, char **ret_text,
			char **reterr_text)
{
	(void)data;
	CHECK(text && len <= LIMIT_CONTROL_BODY_BYTES && text[len] == '\0');
	int r = give(ret_text);
	*reterr_text = r < 0 ? strdup("fleet.yaml:1:1: no") : NULL;
	return r;
}

/* From inside the call, or a turn of the loop later. */
static void defer(struct control_pending *pending)
{
	if (door.asked++ % 2)
		control_answer(pending, result(), NULL);
	else
		door.pending = pending;
}

static void on_instances(void *data, const char *group, struct control_pending *pending)
{
	(void)data;
	CHECK(group && *group);
	defer(pending);
}

static void on_whoami(void *data, struct control_pending *pending)
{
	(void)data;
	defer(pending);
}

static void on_reload(void *data, bool wait, struct control_pending *pending)
{
	(void)data;
	(void)wait;
	defer(pending);
}

static int on_word(void *data, const char *text, const char *who, char **reterr_text)
{
	(void)data;
	CHECK(text && *text);
	return change(who, reterr_text);
}

static int on_pause(void *data, const char *group, bool paused, const char *who, char **reterr_text)
{
	(void)data;
	(void)paused;
	CHECK(!group || *group);
	return change(who, reterr_text);
}

static int on_adopt(void *data, int64_t intent, const char *resource, const char *who,
		    char **reterr_text)
{
	(void)data;
	CHECK(intent > 0 && resource && *resource);
	return change(who, reterr_text);
}

static int on_abandon(void *data, int64_t intent, const char *who, char **reterr_text)
{
	(void)data;
	CHECK(intent > 0);
	return change(who, reterr_text);
}

static const struct control_ops ops = {
	.status = on_group,
	.plan = on_all,
	.plan_file = on_plan_file,
	.orders = on_all,
	.intents = on_all,
	.explain = on_needed_group,
	.metrics = on_all,
	.instances = on_instances,
	.whoami = on_whoami,
	.reload = on_reload,
	.approve = on_word,
	.pause = on_pause,
	.release = on_word,
	.adopt = on_adopt,
	.abandon = on_abandon,
};

/* --- client ------------------------------------------------------------------------------ */

static void remove_door(void)
{
	(void)unlink(door.path);
	(void)rmdir(door.dir);
}

static void open_door(void)
{
	if (door.control)
		return;
	(void)snprintf(door.dir, sizeof(door.dir), "/tmp/drover-fuzz-XXXXXX");
	CHECK(mkdtemp(door.dir) && atexit(remove_door) == 0);
	(void)snprintf(door.path, sizeof(door.path), "%s/sock", door.dir);
	CHECK(uv_loop_init(&door.loop) == 0);
	CHECK(control_open(&door.loop, door.path, &ops, NULL, &door.control) == 0);
}

static int connect_to_door(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", door.path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	return fd;
}

static void turn(void)
{
	struct control_pending *pending = TAKE(door.pending);
	if (pending && door.asked % 3 == 0)
		control_answer_text(pending, strdup("{\"fine\":1}\n"));
	else if (pending)
		control_answer(pending, result(), "why \x1b not");
	(void)uv_run(&door.loop, UV_RUN_NOWAIT);
}

static void send_all(int fd, const uint8_t *data, size_t size)
{
	for (int i = 0; size > 0 && i < TURNS; i++) {
		ssize_t n = send(fd, data, size, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN)
			return; /* it has heard enough */
		if (n > 0) {
			data += n;
			size -= (size_t)n;
		}
		turn();
	}
	(void)shutdown(fd, SHUT_WR);
}

/* Until the server closes, or has nothing to say for a while: one that waits for the rest of a
 * request would wait half a minute. */
static void receive(int fd, struct strbuf *out)
{
	char bytes[4096];
	for (int quiet = 0; quiet < QUIET_TURNS; quiet++) {
		turn();
		ssize_t n = recv(fd, bytes, sizeof(bytes), 0);
		if (n == 0 || (n < 0 && errno != EAGAIN))
			break;
		if (n > 0)
			strbuf_add_n(out, bytes, (size_t)n);
		if (n > 0 || door.pending)
			quiet = 0;
	}
	CHECK(strbuf_error(out) == 0);
}

static void exchange(const uint8_t *data, size_t size, struct strbuf *out)
{
	int fd = connect_to_door();
	send_all(fd, data, size);
	receive(fd, out);
	(void)close(fd);
	for (int i = 0; i < 3; i++)
		turn(); /* it hears that nobody is there any more */
}

/* Whatever went before: who asks is answered. */
static void check_open(void)
{
	static const char request[] = "GET /v1/status HTTP/1.1\r\nHost: drover\r\n\r\n";
	auto_strbuf struct strbuf out = STRBUF_INIT(4096);
	exchange((const uint8_t *)request, sizeof(request) - 1, &out);
	CHECK(strncmp(strbuf_text(&out), "HTTP/1.1 ", 9) == 0);
}

/* --- answers ------------------------------------------------------------------------------- */

/* Gives where the next one begins. */
static const char *check_answer(const char *at)
{
	CHECK(strncmp(at, "HTTP/1.", 7) == 0);
	long status = strtol(at + 9, NULL, 10);
	const char *body = strstr(at, "\r\n\r\n"), *length = strcasestr(at, "\r\nContent-Length: ");
	CHECK(status >= 100 && status < 600 && body);
	body += 4;
	const char *type = strcasestr(at, "\r\nContent-Type: application/json");
	/* libmicrohttpd's own refusals close the connection; 0.9.75 may say their head twice. */
	if (status == 400 && (!type || type > body))
		return body + strlen(body);
	size_t n = length && length < body ? strtoul(length + 18, NULL, 10) : 0;
	if (strncmp(body, "HTTP/1.", 7) == 0)
		return body; /* to HEAD */
	if (strlen(body) < n)
		return body + strlen(body); /* likewise, or nobody waited for it */
	if (n > 0 && type && type < body) {
		auto_free char *text = strndup(body, n);
		CHECK(text && fuzz_json(text, n));
	}
	return body + n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned runs;
	auto_strbuf struct strbuf out = STRBUF_INIT(1u << 24);
	open_door();
	exchange(data, size, &out);
	for (const char *at = strbuf_text(&out); *at;)
		at = check_answer(at);
	if (runs++ % 16 == 0)
		check_open();
	return 0;
}
