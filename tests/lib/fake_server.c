#include "lib/fake_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTIONS 512
#define MAX_REQUEST 65536

#define require(condition)                                                                         \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			(void)fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__,           \
				      #condition);                                                 \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

struct connection {
	struct fake_server *server;
	const struct fake_step *script;
	pthread_t thread;
	int fd;
	SSL *ssl;
};

struct fake_server {
	const struct fake_step **scripts;
	size_t n_scripts;
	SSL_CTX *tls;
	int fd;
	int port;
	pthread_t thread;
	pthread_mutex_t lock; /* all below */
	pthread_cond_t changed;
	bool stopping, released;
	int n_connections, n_requests, n_marks;
	size_t n_bytes;
	char last[MAX_REQUEST];
	struct connection connections[MAX_CONNECTIONS];
};

/* --- bytes ----------------------------------------------------------------------- */

static ssize_t receive(struct connection *c, char *buf, size_t size)
{
	ssize_t n = c->ssl ? SSL_read(c->ssl, buf, (int)size) : recv(c->fd, buf, size, 0);
	if (n > 0) {
		(void)pthread_mutex_lock(&c->server->lock);
		c->server->n_bytes += (size_t)n;
		(void)pthread_mutex_unlock(&c->server->lock);
	}
	return n;
}

static bool send_all(struct connection *c, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t done = c->ssl ? SSL_write(c->ssl, bytes, (int)n)
				      : send(c->fd, bytes, n, MSG_NOSIGNAL);
		if (done <= 0)
			return false;
		bytes += done;
		n -= (size_t)done;
	}
	return true;
}

static bool send_zeros(struct connection *c, size_t n)
{
	static const char zeros[16384];
	for (; n > 0; n -= n < sizeof(zeros) ? n : sizeof(zeros)) {
		if (!send_all(c, zeros, n < sizeof(zeros) ? n : sizeof(zeros)))
			return false;
	}
	return true;
}

static size_t whole_length(const char *text)
{
	const char *end = strstr(text, "\r\n\r\n");
	if (!end)
		return SIZE_MAX;
	const char *length = strcasestr(text, "\r\nContent-Length:");
	size_t body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
	return (size_t)(end - text) + 4 + body;
}

static bool read_request(struct connection *c)
{
	char buf[MAX_REQUEST];
	size_t n = 0;
	buf[0] = '\0';
	while (whole_length(buf) > n) {
		require(n + 1 < sizeof(buf));
		ssize_t more = receive(c, buf + n, sizeof(buf) - 1 - n);
		if (more <= 0)
			return false;
		n += (size_t)more;
		buf[n] = '\0';
	}
	(void)pthread_mutex_lock(&c->server->lock);
	c->server->n_requests++;
	memcpy(c->server->last, buf, n + 1);
	(void)pthread_mutex_unlock(&c->server->lock);
	return true;
}

/* --- steps ----------------------------------------------------------------------- */

static bool handshake(struct connection *c)
{
	c->ssl = SSL_new(c->server->tls);
	require(c->ssl && SSL_set_fd(c->ssl, c->fd) == 1);
	return SSL_accept(c->ssl) == 1;
}

static bool reset(struct connection *c)
{
	const struct linger now = {.l_onoff = 1, .l_linger = 0};
	require(setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)) == 0);
	return false;
}

static bool mark(struct fake_server *s)
{
	(void)pthread_mutex_lock(&s->lock);
	s->n_marks++;
	(void)pthread_mutex_unlock(&s->lock);
	return true;
}

/* Until released (@ms 0) or for a time; false when the server stops. */
static bool pause_for(struct fake_server *s, size_t ms)
{
	struct timespec end;
	(void)clock_gettime(CLOCK_REALTIME, &end);
	long ns = end.tv_nsec + (long)(ms % 1000) * 1000000;
	end.tv_sec += (time_t)(ms / 1000) + ns / 1000000000;
	end.tv_nsec = ns % 1000000000;
	(void)pthread_mutex_lock(&s->lock);
	int rc = 0;
	while (!s->stopping && rc == 0 && (ms > 0 || !s->released))
		rc = ms > 0 ? pthread_cond_timedwait(&s->changed, &s->lock, &end)
			    : pthread_cond_wait(&s->changed, &s->lock);
	bool go_on = !s->stopping;
	(void)pthread_mutex_unlock(&s->lock);
	return go_on;
}

static bool perform(struct connection *c, const struct fake_step *step)
{
	char byte;
	switch (step->act) {
	case FAKE_READ:
		return read_request(c);
	case FAKE_READ_SOME:
		return receive(c, &byte, 1) > 0;
	case FAKE_SEND:
		return send_all(c, step->text, step->n ? step->n : strlen(step->text));
	case FAKE_ZEROS:
		return send_zeros(c, step->n);
	case FAKE_TLS:
		return handshake(c);
	case FAKE_RESET:
		return reset(c);
	case FAKE_MARK:
		return mark(c->server);
	case FAKE_WAIT:
		return pause_for(c->server, 0);
	case FAKE_SLEEP:
		return pause_for(c->server, step->n);
	case FAKE_AGAIN:
	case FAKE_END:
		break;
	}
	return false;
}

static void *run_connection(void *data)
{
	struct connection *c = data;
	const struct fake_step *step = c->script;
	while (step->act != FAKE_END) {
		if (step->act == FAKE_AGAIN) {
			for (step = c->script; step->act != FAKE_READ;)
				step++;
			continue;
		}
		if (!perform(c, step))
			break;
		step++;
	}
	if (c->ssl) {
		(void)SSL_shutdown(c->ssl);
		SSL_free(c->ssl);
	}
	(void)pthread_mutex_lock(&c->server->lock);
	(void)close(c->fd);
	c->fd = -1;
	(void)pthread_mutex_unlock(&c->server->lock);
	return NULL;
}

/* --- the server ------------------------------------------------------------------- */

static void *run_server(void *data)
{
	struct fake_server *s = data;
	for (;;) {
		int fd = accept(s->fd, NULL, NULL);
		if (fd < 0 && errno == EINTR)
			continue;
		if (fd < 0)
			return NULL; /* stopped */
		(void)pthread_mutex_lock(&s->lock);
		require(s->n_connections < MAX_CONNECTIONS);
		size_t i = (size_t)s->n_connections++;
		struct connection *c = &s->connections[i];
		c->server = s;
		c->fd = fd;
		c->script = s->scripts[i < s->n_scripts ? i : s->n_scripts - 1];
		require(pthread_create(&c->thread, NULL, run_connection, c) == 0);
		(void)pthread_mutex_unlock(&s->lock);
	}
}

static SSL_CTX *make_tls(const struct fake_options *o)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	require(tls);
	if (o->max_tls) {
		SSL_CTX_set_security_level(tls, 0); /* 1.1 signs with SHA-1 */
		require(SSL_CTX_set_min_proto_version(tls, o->max_tls) == 1);
		require(SSL_CTX_set_max_proto_version(tls, o->max_tls) == 1);
	}
	require(SSL_CTX_use_certificate(tls, o->identity->cert) == 1);
	require(SSL_CTX_use_PrivateKey(tls, o->identity->key) == 1);
	return tls;
}

static void listen_somewhere(struct fake_server *s)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(address);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	require(s->fd >= 0);
	require(bind(s->fd, (struct sockaddr *)&address, size) == 0);
	require(listen(s->fd, 128) == 0);
	require(getsockname(s->fd, (struct sockaddr *)&address, &size) == 0);
	s->port = ntohs(address.sin_port);
}

struct fake_server *fake_server_start(const struct fake_options *options)
{
	struct fake_server *s = calloc(1, sizeof(*s));
	require(s);
	(void)signal(SIGPIPE, SIG_IGN); /* SSL_write() */
	s->n_scripts = options->n_scripts;
	s->scripts = calloc(s->n_scripts, sizeof(s->scripts[0]));
	require(s->scripts);
	memcpy(s->scripts, options->scripts, s->n_scripts * sizeof(s->scripts[0]));
	if (options->identity)
		s->tls = make_tls(options);
	(void)pthread_mutex_init(&s->lock, NULL);
	(void)pthread_cond_init(&s->changed, NULL);
	listen_somewhere(s);
	require(pthread_create(&s->thread, NULL, run_server, s) == 0);
	return s;
}

void fake_server_stop(struct fake_server *s)
{
	(void)shutdown(s->fd, SHUT_RDWR); /* accept() returns */
	(void)pthread_join(s->thread, NULL);
	(void)pthread_mutex_lock(&s->lock);
	s->stopping = true;
	(void)pthread_cond_broadcast(&s->changed);
	for (int i = 0; i < s->n_connections; i++) {
		if (s->connections[i].fd >= 0)
			(void)shutdown(s->connections[i].fd, SHUT_RDWR);
	}
	(void)pthread_mutex_unlock(&s->lock);
	for (int i = 0; i < s->n_connections; i++)
		(void)pthread_join(s->connections[i].thread, NULL);
	(void)close(s->fd);
	SSL_CTX_free(s->tls);
	(void)pthread_cond_destroy(&s->changed);
	(void)pthread_mutex_destroy(&s->lock);
	free(s->scripts);
	free(s);
}

int fake_server_port(const struct fake_server *s)
{
	return s->port;
}

void fake_server_release(struct fake_server *s)
{
	(void)pthread_mutex_lock(&s->lock);
	s->released = true;
	(void)pthread_cond_broadcast(&s->changed);
	(void)pthread_mutex_unlock(&s->lock);
}

static int read_count(struct fake_server *s, const int *count)
{
	(void)pthread_mutex_lock(&s->lock);
	int n = *count;
	(void)pthread_mutex_unlock(&s->lock);
	return n;
}

int fake_server_connections(struct fake_server *s)
{
	return read_count(s, &s->n_connections);
}

int fake_server_requests(struct fake_server *s)
{
	return read_count(s, &s->n_requests);
}

int fake_server_marks(struct fake_server *s)
{
	return read_count(s, &s->n_marks);
}

size_t fake_server_bytes(struct fake_server *s)
{
	(void)pthread_mutex_lock(&s->lock);
	size_t n = s->n_bytes;
	(void)pthread_mutex_unlock(&s->lock);
	return n;
}

char *fake_server_last_request(struct fake_server *s)
{
	(void)pthread_mutex_lock(&s->lock);
	char *text = strdup(s->last);
	(void)pthread_mutex_unlock(&s->lock);
	require(text);
	return text;
}
