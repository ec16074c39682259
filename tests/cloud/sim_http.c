#include "sim_http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/env.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/vec.h"

#define MAX_HEADERS 64
#define IDLE_SECONDS 25u /* as the gateway announces (protocol a) */
#define POOL_BYTES ((size_t)128 << 10) /* of a connection: a query with 100 ids fits */
#define BLOCK_BYTES ((size_t)64 << 10)

struct exchange {
	char *target;
	struct strbuf body;
	bool begun, answered;
	struct sim_response response;
	struct MHD_Connection *connection;
	struct exchange *next; /* in the list of those held back */
};

struct sim_server {
	struct sim *sim;
	struct MHD_Daemon *daemon;
	struct exchange *held;
	uint16_t port;
};

static struct sim_now now(void)
{
	return (struct sim_now){env_mono_ms(env_os()), env_wall_ms(env_os())};
}

int sim_listen_parse(const char *text, struct sockaddr_storage *ret_address)
{
	struct sockaddr_storage address = {0};
	struct sockaddr_in *v4 = (struct sockaddr_in *)&address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&address;
	char host[64];
	unsigned port = 0;
	int end = 0;
	if (sscanf(text, "[%63[0-9a-f:]]:%5u%n", host, &port, &end) == 2 && text[end] == '\0') {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		if (inet_pton(AF_INET6, host, &v6->sin6_addr) != 1 ||
		    !IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr))
			return -EINVAL;
	} else if (sscanf(text, "%63[0-9.]:%5u%n", host, &port, &end) == 2 && text[end] == '\0') {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		if (inet_pton(AF_INET, host, &v4->sin_addr) != 1 ||
		    ntohl(v4->sin_addr.s_addr) >> 24 != IN_LOOPBACKNET)
			return -EINVAL;
	} else {
		return -EINVAL;
	}
	if (port > UINT16_MAX)
		return -EINVAL;
	*ret_address = address;
	return 0;
}

/* --- delivery */

static ssize_t read_part(void *data, uint64_t at, char *buf, size_t max)
{
	const struct exchange *exchange = data;
	size_t left = exchange->response.send_len - (size_t)at;
	if (left == 0) /* less was sent than announced: the connection is cut */
		return MHD_CONTENT_READER_END_WITH_ERROR;
	size_t n = left < max ? left : max;
	memcpy(buf, exchange->response.body + at, n);
	return (ssize_t)n;
}

static struct MHD_Response *make_response(struct exchange *exchange)
{
	struct sim_response *r = &exchange->response;
	if (r->delivery == SIM_TRUNCATE)
		return MHD_create_response_from_callback(r->body_len, BLOCK_BYTES, read_part,
							 exchange, NULL);
	return MHD_create_response_from_buffer(r->body_len, r->body, MHD_RESPMEM_PERSISTENT);
}

/* MHD_NO makes the library close the connection without a byte. */
static enum MHD_Result deliver(struct exchange *exchange)
{
	if (exchange->response.delivery == SIM_CUT)
		return MHD_NO;
	struct MHD_Response *response = make_response(exchange);
	if (!response)
		return MHD_NO;
	for (size_t i = 0; i < exchange->response.n_headers; i++)
		(void)MHD_add_response_header(response, exchange->response.headers[i].name,
					      exchange->response.headers[i].value);
	enum MHD_Result queued = MHD_queue_response(exchange->connection,
						    (unsigned)exchange->response.status, response);
	MHD_destroy_response(response);
	return queued;
}

static bool is_held(struct sim_server *server, const struct exchange *exchange)
{
	return exchange->response.ready_cloud_ms > sim_cloud_ms(server->sim);
}

static enum MHD_Result deliver_or_hold(struct sim_server *server, struct exchange *exchange)
{
	if (!is_held(server, exchange))
		return deliver(exchange);
	exchange->next = server->held;
	server->held = exchange;
	MHD_suspend_connection(exchange->connection);
	return MHD_YES;
}

/* Resumed connections come back into on_request(), which delivers, once the library
 * runs again. Returns whether there are any. */
static bool release_ready(struct sim_server *server)
{
	bool resumed = false;
	for (struct exchange **link = &server->held; *link;) {
		struct exchange *exchange = *link;
		if (is_held(server, exchange)) {
			link = &exchange->next;
			continue;
		}
		*link = exchange->next;
		MHD_resume_connection(exchange->connection);
		resumed = true;
	}
	return resumed;
}

/* --- requests */

struct collected {
	struct sim_header items[MAX_HEADERS];
	size_t n;
};

static enum MHD_Result on_header(void *data, enum MHD_ValueKind kind, const char *name,
				 const char *value)
{
	struct collected *headers = data;
	(void)kind;
	if (headers->n == MAX_HEADERS)
		return MHD_NO;
	headers->items[headers->n++] = (struct sim_header){name, value ? value : ""};
	return MHD_YES;
}

static enum MHD_Result answer(struct sim_server *server, struct exchange *exchange,
			      const char *method)
{
	struct collected headers = {0};
	(void)MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, on_header, &headers);
	const struct sim_request request = {.method = method,
					    .target = exchange->target,
					    .headers = headers.items,
					    .n_headers = headers.n,
					    .body = strbuf_text(&exchange->body),
					    .body_len = exchange->body.len};
	if (strbuf_error(&exchange->body) ||
	    sim_handle(server->sim, now(), &request, &exchange->response) < 0)
		return MHD_NO;
	exchange->answered = true;
	return deliver_or_hold(server, exchange);
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_size, void **context)
{
	struct exchange *exchange = *context;
	(void)url;
	(void)version;
	if (!exchange)
		return MHD_NO;
	if (!exchange->begun) { /* headers only; the body comes in further calls */
		exchange->begun = true;
		exchange->connection = connection;
		return MHD_YES;
	}
	if (*upload_size > 0) {
		strbuf_add_n(&exchange->body, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	if (exchange->answered)
		return deliver(exchange);
	return answer(data, exchange, method);
}

/* The only place where the library shows the query as it was sent. */
static void *on_target(void *data, const char *target, struct MHD_Connection *connection)
{
	(void)data;
	(void)connection;
	struct exchange *exchange = calloc(1, sizeof(*exchange));
	if (!exchange)
		return NULL;
	strbuf_init(&exchange->body, LIMIT_BODY_BYTES);
	exchange->target = strdup(target);
	if (!exchange->target) {
		free(exchange);
		return NULL;
	}
	return exchange;
}

static void on_completed(void *data, struct MHD_Connection *connection, void **context,
			 enum MHD_RequestTerminationCode why)
{
	struct exchange *exchange = *context;
	struct sim_server *server = data;
	(void)connection;
	(void)why;
	if (!exchange)
		return;
	for (struct exchange **link = &server->held; *link; link = &(*link)->next) {
		if (*link == exchange) {
			*link = exchange->next;
			break;
		}
	}
	sim_response_fini(&exchange->response);
	strbuf_fini(&exchange->body);
	free(exchange->target);
	free(exchange);
	*context = NULL;
}

/* --- life */

int sim_server_new(struct sim *sim, const struct sockaddr_storage *address,
		   struct sim_server **ret_server)
{
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME |
			 MHD_USE_SUPPRESS_DATE_NO_CLOCK /* the sim sends its own */;
	struct sim_server *server = calloc(1, sizeof(*server));
	if (!server)
		return -ENOMEM;
	if (address->ss_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	server->sim = sim;
	server->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL, on_request, server, MHD_OPTION_SOCK_ADDR,
		(const struct sockaddr *)address, MHD_OPTION_URI_LOG_CALLBACK, on_target, server,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, POOL_BYTES, MHD_OPTION_CONNECTION_TIMEOUT,
		IDLE_SECONDS, MHD_OPTION_END);
	const union MHD_DaemonInfo *info =
		server->daemon ? MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)
			       : NULL;
	if (!info) {
		int error = errno ? errno : EADDRINUSE;
		sim_server_free(server);
		return -error;
	}
	server->port = info->port;
	*ret_server = server;
	return 0;
}

uint16_t sim_server_port(const struct sim_server *server)
{
	return server->port;
}

/* How long poll() may sleep: until the library or a held answer wants attention. */
static int sleep_ms(const struct sim_server *server)
{
	uint64_t ms = UINT64_MAX;
	MHD_UNSIGNED_LONG_LONG library = 0;
	if (MHD_get_timeout(server->daemon, &library) == MHD_YES)
		ms = library;
	for (const struct exchange *e = server->held; e; e = e->next) {
		uint64_t left = sim_real_ms_until(server->sim, e->response.ready_cloud_ms);
		ms = left < ms ? left : ms;
	}
	return ms == UINT64_MAX ? -1 : ms > 1000 ? 1000 : (int)ms;
}

static int serve_ready(struct sim_server *server)
{
	do {
		int r = server->held ? sim_tick(server->sim, now()) : 0;
		if (r < 0)
			return r;
		if (MHD_run(server->daemon) != MHD_YES)
			return -EIO;
	} while (release_ready(server));
	return 0;
}

int sim_server_run(struct sim_server *server, int stop_fd)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info)
		return -EIO;
	struct pollfd fds[] = {{.fd = info->epoll_fd, .events = POLLIN},
			       {.fd = stop_fd, .events = POLLIN}};
	for (;;) {
		int r, n = poll(fds, ARRAY_SIZE(fds), sleep_ms(server));
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0 && fds[1].revents)
			return 0;
		r = serve_ready(server);
		if (r < 0)
			return r;
	}
}

void sim_server_free(struct sim_server *server)
{
	if (!server)
		return;
	for (; server->held; server->held = server->held->next)
		MHD_resume_connection(server->held->connection);
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	free(server);
}
