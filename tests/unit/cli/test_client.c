/* Answers as bytes, and a scripted server behind a real UNIX socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/client.h"

static void whole_answers_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		int status;
		const char *body;
	} cases[] = {
		{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc"},
		{"HTTP/1.1 200 OK\r\ncontent-length:3\r\n\r\nabc", 200, "abc"},
		{"HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n", 404, ""},
		{"HTTP/1.0 200 OK\r\n\r\nuntil the end", 200, "until the end"},
		{"HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
		 "A;x=y\r\n0123456789\r\n0\r\n\r\n",
		 200, "abc0123456789"},
		{"HTTP/1.1 200 OK\r\nX-Content-Length: 9\r\nContent-Length: 1\r\n\r\na", 200, "a"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct client_reply reply = {0};
		assert_int_equal(client_parse(cases[i].bytes, strlen(cases[i].bytes), &reply), 0);
		assert_int_equal(reply.status, cases[i].status);
		assert_string_equal(reply.body, cases[i].body);
		assert_int_equal(reply.len, strlen(cases[i].body));
		free(reply.body);
	}
}

static void cut_or_foreign_answers_are_refused(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"",
		"HTTP/1.1 200 OK",
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab",
		"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nab",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc\r\n",
		"HTTP/1.1 2x0 OK\r\n\r\n",
		"HTTP/1.1 099 OK\r\n\r\n",
		"SSH-2.0-OpenSSH_9.2\r\n\r\n",
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct client_reply reply = {.status = -7};
		assert_int_equal(client_parse(cases[i], strlen(cases[i]), &reply), -EPROTO);
		assert_int_equal(reply.status, -7); /* untouched */
	}
}

static void every_prefix_of_an_answer_is_refused(void **state)
{
	(void)state;
	static const char whole[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
				    "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
	size_t enough = strlen(whole) - 2; /* the blank line after the last chunk may be missing */
	for (size_t n = 0; n < enough; n++) {
		struct client_reply reply = {0};
		auto_free char *copy = malloc(n + 1); /* exact size: an overread is caught */
		assert_non_null(copy);
		memcpy(copy, whole, n);
		copy[n] = '\0';
		assert_int_equal(client_parse(copy, n, &reply), -EPROTO);
	}
}

static void queries_are_encoded(void **state)
{
	(void)state;
	auto_strbuf struct strbuf target = STRBUF_INIT(1000);
	strbuf_add(&target, "/v1/x");
	client_add_query(&target, "none", NULL);
	client_add_query(&target, "id", "7");
	client_add_query(&target, "resource", "a b&c\r\nHost: x+");
	assert_string_equal(strbuf_text(&target),
			    "/v1/x?id=7&resource=a%20b%26c%0D%0AHost%3A%20x%2B");
}

/* --- over a socket ---------------------------------------------------------------- */

struct server {
	char directory[64], path[100];
	int fd;
	const char *answer; /* NULL: none, the connection stays open */
	bool reads;         /* the request, before answering */
	char request[4096];
	pthread_t thread;
	int held; /* an open connection */
};

static void *serve(void *data)
{
	struct server *s = data;
	int fd = accept(s->fd, NULL, NULL);
	if (fd < 0)
		return NULL;
	if (s->reads) {
		ssize_t n = recv(fd, s->request, sizeof(s->request) - 1, 0);
		s->request[n > 0 ? n : 0] = '\0';
	}
	if (!s->answer) {
		s->held = fd;
		return NULL;
	}
	for (const char *p = s->answer; *p; p++) /* byte by byte */
		(void)send(fd, p, 1, MSG_NOSIGNAL);
	(void)close(fd);
	return NULL;
}

static int setup(void **state)
{
	struct server *s = calloc(1, sizeof(*s));
	assert_non_null(s);
	(void)strcpy(s->directory, "/tmp/drover-client-XXXXXX");
	assert_non_null(mkdtemp(s->directory));
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	(void)snprintf(s->path, sizeof(s->path), "%s/s", s->directory);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", s->path);
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(s->fd, 5), 0);
	s->held = -1;
	s->reads = true;
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct server *s = *state;
	(void)close(s->fd);
	if (s->held >= 0)
		(void)close(s->held);
	(void)unlink(s->path);
	(void)rmdir(s->directory);
	free(s);
	return 0;
}

static int ask(struct server *s, uint64_t timeout_ms, struct client_reply *reply)
{
	const struct client_request request = {.socket = s->path,
					       .method = "POST",
					       .target = "/v1/plan",
					       .body = "version: 1\n",
					       .len = 11,
					       .timeout_ms = timeout_ms};
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
	int result = client_ask(&request, reply);
	(void)pthread_join(s->thread, NULL);
	return result;
}

static void a_request_is_sent_and_its_answer_read(void **state)
{
	struct server *s = *state;
	struct client_reply reply = {0};
	s->answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
	assert_int_equal(ask(s, 20000, &reply), 0);
	assert_string_equal(reply.body, "{}");
	assert_string_equal(s->request, "POST /v1/plan HTTP/1.1\r\nHost: drover\r\n"
					"Connection: close\r\nContent-Length: 11\r\n\r\n"
					"version: 1\n");
	free(reply.body);
}

static void a_server_that_hangs_up_or_hangs_is_an_error(void **state)
{
	struct server *s = *state;
	struct client_reply reply = {0};
	s->answer = "";
	assert_int_equal(ask(s, 20000, &reply), -EPROTO);
	s->answer = NULL;
	assert_int_equal(ask(s, 50, &reply), -ETIMEDOUT);
}

static void nobody_there_is_told_apart_from_no_permission(void **state)
{
	struct server *s = *state;
	struct client_reply reply = {0};
	struct client_request request = {
		.socket = s->path, .method = "GET", .target = "/", .body = "", .timeout_ms = 20000};
	(void)close(s->fd);
	s->fd = -1;
	assert_int_equal(client_ask(&request, &reply), -ECONNREFUSED);
	request.socket = "/nonexistent/drover.sock";
	assert_int_equal(client_ask(&request, &reply), -ENOENT);
	char path[200];
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	request.socket = path;
	assert_int_equal(client_ask(&request, &reply), -ENAMETOOLONG);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_answers_are_read),
		cmocka_unit_test(cut_or_foreign_answers_are_refused),
		cmocka_unit_test(every_prefix_of_an_answer_is_refused),
		cmocka_unit_test(queries_are_encoded),
		CASE(a_request_is_sent_and_its_answer_read),
		CASE(a_server_that_hangs_up_or_hangs_is_an_error),
		CASE(nobody_there_is_told_apart_from_no_permission),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
