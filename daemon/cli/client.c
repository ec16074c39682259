#include "cli/client.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/env.h"
#include "base/limits.h"
#include "base/percent.h"

/* --- connection ------------------------------------------------------------------- */

static int wait_until(int fd, short events, uint64_t deadline)
{
	uint64_t now = env_mono_ms(env_os());
	if (now >= deadline)
		return -ETIMEDOUT;
	struct pollfd p = {.fd = fd, .events = events};
	uint64_t left = deadline - now;
	int n = poll(&p, 1, left > 60000 ? 60000 : (int)left);
	return n < 0 && errno != EINTR ? -errno : 0;
}

static int open_socket(const char *path, int *ret_fd)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		int error = errno;
		(void)close(fd);
		return error == EAGAIN ? -ETIMEDOUT : -error; /* its backlog is full */
	}
	*ret_fd = fd;
	return 0;
}

static int send_all(int fd, const char *bytes, size_t n, uint64_t deadline)
{
	while (n > 0) {
		ssize_t done = send(fd, bytes, n, MSG_NOSIGNAL);
		if (done > 0) {
			bytes += done;
			n -= (size_t)done;
			continue;
		}
		/* refused before all was read: its answer says why */
		if (errno == EPIPE)
			return 0;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		int result = wait_until(fd, POLLOUT, deadline);
		if (result < 0)
			return result;
	}
	return 0;
}

static int read_to_end(int fd, struct strbuf *in, uint64_t deadline)
{
	auto_free char *chunk = malloc(65536);
	if (!chunk)
		return -ENOMEM;
	for (;;) {
		ssize_t n = recv(fd, chunk, 65536, 0);
		if (n == 0 || (n < 0 && errno == ECONNRESET && in->len > 0))
			return strbuf_error(in);
		if (n > 0)
			strbuf_add_n(in, chunk, (size_t)n);
		else if (errno != EAGAIN && errno != EINTR)
			return -errno;
		else if (wait_until(fd, POLLIN, deadline) < 0)
			return -ETIMEDOUT;
		if (strbuf_error(in))
			return strbuf_error(in);
	}
}

static int exchange(int fd, const struct client_request *r, struct strbuf *in)
{
	uint64_t deadline = env_mono_ms(env_os()) + r->timeout_ms;
	auto_strbuf struct strbuf out = STRBUF_INIT(LIMIT_CONTROL_BODY_BYTES + 8192);
	strbuf_addf(&out,
		    "%s %s HTTP/1.1\r\nHost: drover\r\nConnection: close\r\n"
		    "Content-Length: %zu\r\n\r\n",
		    r->method, r->target, r->len);
	strbuf_add_n(&out, r->body, r->len);
	int result = strbuf_error(&out);
	if (result == 0)
		result = send_all(fd, out.data, out.len, deadline);
	return result < 0 ? result : read_to_end(fd, in, deadline);
}

int client_ask(const struct client_request *request, struct client_reply *ret)
{
	auto_strbuf struct strbuf in = STRBUF_INIT(LIMIT_STATUS_BYTES + 8192);
	int fd = -1;
	int result = open_socket(request->socket, &fd);
	if (result < 0)
		return result;
	result = exchange(fd, request, &in);
	(void)close(fd);
	return result < 0 ? result : client_parse(strbuf_text(&in), in.len, ret);
}

/* --- the answer ------------------------------------------------------------------- */

/* The value of a header within [head, end), or NULL. Lines end in CR LF. */
static const char *find_header(const char *head, const char *end, const char *name)
{
	size_t len = strlen(name);
	for (const char *p = head; p && p < end; p = memmem(p, (size_t)(end - p), "\r\n", 2)) {
		p += *p == '\r' ? 2 : 0;
		if ((size_t)(end - p) > len && strncasecmp(p, name, len) == 0 && p[len] == ':') {
			p += len + 1;
			return p + strspn(p, " \t");
		}
	}
	return NULL;
}

static bool read_number(const char *text, int base, const char **ret_end, size_t *ret)
{
	char *end = NULL;
	if (!isxdigit((unsigned char)*text))
		return false;
	errno = 0;
	unsigned long long value = strtoull(text, &end, base);
	if (errno || end == text)
		return false;
	*ret = value;
	*ret_end = end;
	return true;
}

static int parse_chunked(const char *p, const char *end, struct strbuf *body)
{
	for (;;) {
		size_t size;
		if (!read_number(p, 16, &p, &size))
			return -EPROTO;
		p = memmem(p, (size_t)(end - p), "\r\n", 2);
		if (!p)
			return -EPROTO;
		p += 2;
		if (size == 0)
			return 0; /* trailers, if any, say nothing to us */
		size_t left = (size_t)(end - p);
		if (left < 2 || size > left - 2 || memcmp(p + size, "\r\n", 2) != 0)
			return -EPROTO;
		strbuf_add_n(body, p, size);
		p += size + 2;
	}
}

static int parse_body(const char *head, const char *start, const char *end, struct strbuf *body)
{
	const char *encoding = find_header(head, start, "Transfer-Encoding");
	if (encoding && strncasecmp(encoding, "chunked", 7) == 0)
		return parse_chunked(start, end, body);
	const char *length = find_header(head, start, "Content-Length"), *rest;
	size_t n = (size_t)(end - start);
	if (length && (!read_number(length, 10, &rest, &n) || n > (size_t)(end - start)))
		return -EPROTO;
	strbuf_add_n(body, start, n);
	return 0;
}

static bool parse_status(const char *bytes, size_t n, int *ret)
{
	if (n < 12 || memcmp(bytes, "HTTP/1.", 7) != 0 || bytes[8] != ' ')
		return false;
	int status = 0;
	for (int i = 9; i < 12; i++) {
		if (!isdigit((unsigned char)bytes[i]))
			return false;
		status = status * 10 + (bytes[i] - '0');
	}
	*ret = status;
	return status >= 100;
}

int client_parse(const char *bytes, size_t n, struct client_reply *ret)
{
	auto_strbuf struct strbuf body = STRBUF_INIT(LIMIT_STATUS_BYTES);
	int status = 0;
	const char *end = bytes + n, *blank = memmem(bytes, n, "\r\n\r\n", 4);
	if (!blank || !parse_status(bytes, n, &status))
		return -EPROTO;
	const char *head = (const char *)memmem(bytes, n, "\r\n", 2) + 2;
	int result = parse_body(head, blank + 4, end, &body);
	if (result == 0)
		result = strbuf_error(&body);
	if (result < 0)
		return result;
	size_t len = body.len;
	char *text = strbuf_take(&body);
	if (!text)
		return -ENOMEM;
	*ret = (struct client_reply){status, text, len};
	return 0;
}

void client_add_query(struct strbuf *target, const char *name, const char *value)
{
	if (!value)
		return;
	bool first = !strchr(strbuf_text(target), '?');
	strbuf_addf(target, "%c%s=", first ? '?' : '&', name);
	percent_encode(target, value, strlen(value));
}
