#include "control/control.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "control/request.h"
#include "control/socket.h"

#define IDLE_SECONDS 30u                     /* of a client that neither sends nor reads */
#define CONNECTION_BYTES ((size_t)32 * 1024) /* request line and headers */

struct control {
	const struct control_ops *ops;
	void *data;
	struct control_socket socket;
	struct MHD_Daemon *http;
	uv_poll_t poll;   /* on libmicrohttpd's own epoll descriptor */
	uv_timer_t timer; /* for its time-outs; stopped when it has none */
	int open_handles;
	struct request *deferred[LIMIT_CONTROL_CONNECTIONS]; /* suspended connections */
	control_closed_cb closed;
	void *closed_data;
};

static void run_http(struct control *c);

static void on_timer(uv_timer_t *timer)
{
	run_http(timer->data);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	run_http(poll->data);
}

static void arm_timer(struct control *c)
{
	MHD_UNSIGNED_LONG_LONG ms = 0;
	if (MHD_get_timeout(c->http, &ms) == MHD_YES)
		(void)uv_timer_start(&c->timer, on_timer, ms, /* repeat= */ 0);
	else
		(void)uv_timer_stop(&c->timer);
}

static void run_http(struct control *c)
{
	(void)MHD_run(c->http);
	arm_timer(c);
}

/* --- requests ------------------------------------------------------------------- */

static struct request *request_new(struct control *c, struct MHD_Connection *connection)
{
	struct request *r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->ops = c->ops;
	r->ops_data = c->data;
	r->control = c;
	r->connection = connection;
	strbuf_init(&r->body, LIMIT_CONTROL_BODY_BYTES);
	return r;
}

static void set_deferred(struct control *c, const struct request *r, struct request *to)
{
	for (size_t i = 0; i < ARRAY_SIZE(c->deferred); i++)
		if (c->deferred[i] == r) {
			c->deferred[i] = to;
			return;
		}
}

/* libmicrohttpd calls it once for every request that was begun, however it ended. */
static void on_completed(void *cls, struct MHD_Connection *connection, void **request,
			 enum MHD_RequestTerminationCode code)
{
	struct request *r = *request;
	(void)connection;
	(void)code;
	*request = NULL;
	if (!r)
		return;
	set_deferred(cls, r, NULL);
	if (r->pending)
		r->pending->request = NULL; /* its answer will find nobody */
	strbuf_fini(&r->body);
	free(r->text);
	free(r);
}

static enum MHD_Result send_answer(struct request *r)
{
	size_t len = r->text ? strlen(r->text) : 0;
	struct MHD_Response *response =
		MHD_create_response_from_buffer(len, r->text, MHD_RESPMEM_MUST_FREE);
	if (!response)
		return MHD_NO;
	r->text = NULL;
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, r->type);
	(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	if (r->allow)
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, r->allow);
	enum MHD_Result result = MHD_queue_response(r->connection, r->status, response);
	MHD_destroy_response(response);
	return result;
}

/* Refuses by the announced length, before anything is read. */
static bool is_announced_too_large(struct MHD_Connection *connection)
{
	const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_CONTENT_LENGTH);
	return length && strtoull(length, NULL, 10) > LIMIT_CONTROL_BODY_BYTES;
}

static enum MHD_Result start_request(struct request *r)
{
	r->is_started = true;
	if (!is_announced_too_large(r->connection))
		return MHD_YES;
	request_refuse(r, MHD_HTTP_CONTENT_TOO_LARGE, "the request is larger than 1 MiB");
	return send_answer(r);
}

static enum MHD_Result defer(struct control *c, struct request *r)
{
	set_deferred(c, NULL, r); /* there is a place for every connection */
	r->pending->deferred = true;
	MHD_suspend_connection(r->connection);
	return MHD_YES;
}

/* The headers first, then each piece of the body, then once without one; again after a
 * suspended connection was resumed. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_size, void **request)
{
	struct control *c = cls;
	struct request *r = *request;
	(void)version;
	if (!r)
		*request = r = request_new(c, connection);
	if (!r)
		return MHD_NO;
	if (!r->is_started)
		return start_request(r);
	if (*upload_size > 0) {
		strbuf_add_n(&r->body, upload, *upload_size);
		*upload_size = 0;
		/* chunked without an end, or no memory: only cutting stops it */
		return strbuf_error(&r->body) ? MHD_NO : MHD_YES;
	}
	if (r->status == 0)
		request_handle(r, method, url);
	return r->pending ? defer(c, r) : send_answer(r);
}

/* The request that waits for @pending, which is gone; NULL when nobody waits any more. */
static struct request *take_pending(struct control_pending *pending, bool *ret_deferred)
{
	struct request *r = pending->request;
	*ret_deferred = pending->deferred;
	if (r)
		r->pending = NULL;
	free(pending);
	return r;
}

static void resume(struct request *r)
{
	MHD_resume_connection(r->connection);
	/* without a thread of its own libmicrohttpd does not wake anybody */
	(void)uv_timer_start(&r->control->timer, on_timer, 0, /* repeat= */ 0);
}

void control_answer(struct control_pending *pending, int result, const char *text)
{
	bool deferred;
	struct request *r = take_pending(pending, &deferred);
	if (!r)
		return;
	request_finish_change(r, result, text);
	if (deferred)
		resume(r);
}

void control_answer_text(struct control_pending *pending, char *json)
{
	bool deferred;
	struct request *r = take_pending(pending, &deferred);
	if (!r) {
		free(json);
		return;
	}
	request_finish_read(r, json);
	if (deferred)
		resume(r);
}

/* --- open, close ---------------------------------------------------------------- */

static void ignore_log(void *cls, const char *format, va_list args)
{
	(void)cls;
	(void)format;
	(void)args; /* complaints about clients; they are told by status */
}

static struct MHD_Daemon *start_http(struct control *c)
{
	return MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, /* port= */ 0, /* accept_policy= */ NULL,
		NULL, on_request, c, MHD_OPTION_EXTERNAL_LOGGER, ignore_log, NULL,
		MHD_OPTION_LISTEN_SOCKET, c->socket.fd, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
		c, MHD_OPTION_CONNECTION_LIMIT, (unsigned)LIMIT_CONTROL_CONNECTIONS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, MHD_OPTION_CONNECTION_TIMEOUT,
		IDLE_SECONDS, MHD_OPTION_END);
}

static int start_handles(struct control *c, uv_loop_t *loop)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(c->http, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info)
		return -ENOTSUP;
	int result = uv_poll_init(loop, &c->poll, info->epoll_fd);
	if (result < 0)
		return result;
	(void)uv_timer_init(loop, &c->timer);
	c->poll.data = c;
	c->timer.data = c;
	c->open_handles = 2;
	return uv_poll_start(&c->poll, UV_READABLE, on_readable);
}

int control_open(uv_loop_t *loop, const char *path, const struct control_ops *ops, void *data,
		 struct control **ret)
{
	struct control *c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->ops = ops;
	c->data = data;
	c->socket.fd = -1;
	int result = control_socket_open(path, &c->socket);
	if (result == 0) {
		c->http = start_http(c);
		result = c->http ? start_handles(c, loop) : -ENOMEM;
		if (c->http)
			c->socket.fd = -1; /* libmicrohttpd closes it */
	}
	if (result < 0) {
		control_close(c, NULL, NULL);
		return result;
	}
	*ret = c;
	return 0;
}

/* Suspended connections must not be there when libmicrohttpd stops. */
static void answer_deferred(struct control *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(c->deferred); i++) {
		struct request *r = c->deferred[i];
		if (!r || !r->pending)
			continue;
		r->pending->request = NULL;
		r->pending = NULL;
		request_finish_change(r, -ECANCELED, NULL);
		MHD_resume_connection(r->connection);
	}
	(void)MHD_run(c->http);
}

static void maybe_closed(struct control *c)
{
	if (c->open_handles > 0)
		return;
	control_closed_cb closed = c->closed;
	void *data = c->closed_data;
	free(c);
	if (closed)
		closed(data);
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct control *c = handle->data;
	c->open_handles--;
	maybe_closed(c);
}

void control_close(struct control *c, control_closed_cb cb, void *data)
{
	if (!c)
		return;
	c->closed = cb;
	c->closed_data = data;
	if (c->http)
		answer_deferred(c);
	if (c->socket.path[0])
		control_socket_close(&c->socket);
	int handles = c->open_handles;
	if (handles > 0) {
		/* before its descriptor is closed */
		uv_close((uv_handle_t *)&c->poll, on_handle_closed);
		uv_close((uv_handle_t *)&c->timer, on_handle_closed);
	}
	if (c->http)
		MHD_stop_daemon(c->http);
	if (handles == 0)
		maybe_closed(c);
}
