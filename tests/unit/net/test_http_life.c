/* Starting, cancelling and closing at every moment; names; the loop's own health. */
#include "unit/net/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ                                                                                       \
	{                                                                                          \
		.act = FAKE_READ                                                                   \
	}
#define MARK                                                                                       \
	{                                                                                          \
		.act = FAKE_MARK                                                                   \
	}
#define WAIT                                                                                       \
	{                                                                                          \
		.act = FAKE_WAIT                                                                   \
	}
#define END                                                                                        \
	{                                                                                          \
		.act = FAKE_END                                                                    \
	}
#define AGAIN                                                                                      \
	{                                                                                          \
		.act = FAKE_AGAIN                                                                  \
	}
#define RESET                                                                                      \
	{                                                                                          \
		.act = FAKE_RESET                                                                  \
	}
#define SEND(s)                                                                                    \
	{                                                                                          \
		.act = FAKE_SEND, .text = (s)                                                      \
	}

static const struct fake_step answers[] = {READ, FAKE_OK(5, "hello"), AGAIN};
static const struct fake_step silent[] = {READ, MARK, WAIT, END};

/* --- names: a lookup that hangs in a thread until the test lets it go ------------------- */

static struct {
	sem_t go;
	uv_getaddrinfo_t *req;
	uv_getaddrinfo_cb cb;
	uv_work_t work;
} stall;

static void hang(uv_work_t *work)
{
	(void)work;
	while (sem_wait(&stall.go) < 0)
		;
}

static void hung(uv_work_t *work, int status)
{
	(void)work;
	struct addrinfo *info = NULL;
	if (status == 0)
		assert_int_equal(getaddrinfo("127.0.0.1", NULL, NULL, &info), 0);
	stall.cb(stall.req, status, info);
}

static int hanging_lookup(uv_loop_t *loop, uv_getaddrinfo_t *req, uv_getaddrinfo_cb cb,
			  const char *node, const char *service, const struct addrinfo *hints)
{
	(void)node;
	(void)service;
	(void)hints;
	stall.req = req;
	stall.cb = cb;
	return uv_queue_work(loop, &stall.work, hang, hung);
}

/* Every name is this machine. */
static int local_lookup(uv_loop_t *loop, uv_getaddrinfo_t *req, uv_getaddrinfo_cb cb,
			const char *node, const char *service, const struct addrinfo *hints)
{
	(void)node;
	return uv_getaddrinfo(loop, req, cb, "127.0.0.1", service, hints);
}

/* The same, and how it ended. */
static struct {
	uv_getaddrinfo_cb cb;
	int ended, status;
} watched;

static void on_watched(uv_getaddrinfo_t *req, int status, struct addrinfo *info)
{
	watched.ended++;
	watched.status = status;
	watched.cb(req, status, info);
}

static int watched_lookup(uv_loop_t *loop, uv_getaddrinfo_t *req, uv_getaddrinfo_cb cb,
			  const char *node, const char *service, const struct addrinfo *hints)
{
	watched.ended = 0;
	watched.cb = cb;
	return local_lookup(loop, req, on_watched, node, service, hints);
}

static int failing_lookup(uv_loop_t *loop, uv_getaddrinfo_t *req, uv_getaddrinfo_cb cb,
			  const char *node, const char *service, const struct addrinfo *hints)
{
	(void)node;
	struct addrinfo numeric = *hints;
	numeric.ai_flags = AI_NUMERICHOST;
	return uv_getaddrinfo(loop, req, cb, "not-a-number", service, &numeric);
}

static const struct http_curl_options with_hanging_names = {.lookup = hanging_lookup};
static const struct http_curl_options with_local_names = {.lookup = local_lookup};
static const struct http_curl_options with_watched_names = {.lookup = watched_lookup};
static const struct http_curl_options with_failing_names = {.lookup = failing_lookup};

static void probe_name(struct probe *p, struct client *c, int port)
{
	probe_init(p, c, "http://api.test", port);
	p->request.verbatim_http_ok = true;
}

static void a_name_is_resolved_and_its_answer_kept(void **state)
{
	(void)state;
	struct fake_server *s = serve(answers);
	struct client c;
	client_open(&c, &with_local_names);
	for (int i = 0; i < 3; i++) {
		struct probe p;
		probe_name(&p, &c, fake_server_port(s));
		if (i == 1)
			make_changing(&p, "");
		probe_run(&p);
		assert_int_equal(p.end, HTTP_COMPLETE);
		auto_free char *sent = fake_server_last_request(s);
		assert_non_null(strstr(sent, "\r\nHost: api.test:"));
		probe_fini(&p);
	}
	assert_int_equal(fake_server_connections(s), 2);
	client_finish(&c);
	fake_server_stop(s);
}

static void a_name_that_does_not_resolve_is_not_sent(void **state)
{
	(void)state;
	struct client c;
	struct probe p;
	client_open(&c, &with_failing_names);
	probe_name(&p, &c, 80);
	make_changing(&p, "");
	probe_run(&p);
	assert_int_equal(p.end, HTTP_NOT_SENT);
	assert_memory_equal(p.error, "resolve: ", 9);
	client_finish(&c);
	probe_fini(&p);
}

static void count_tick(uv_timer_t *timer)
{
	++*(int *)timer->data;
}

static void a_hanging_name_server_does_not_stall_the_loop(void **state)
{
	(void)state;
	struct client c;
	struct probe p;
	uv_timer_t tick;
	int ticks = 0;
	assert_int_equal(sem_init(&stall.go, 0, 0), 0);
	client_open(&c, &with_hanging_names);
	assert_int_equal(uv_timer_init(&c.loop, &tick), 0);
	tick.data = &ticks;
	(void)uv_timer_start(&tick, count_tick, 5, 5);
	probe_name(&p, &c, 80);
	p.request.connect_ms = 200;
	probe_run(&p);
	assert_int_equal(p.end, HTTP_NOT_SENT);
	assert_false(p.cancelled);
	assert_string_equal(p.error, "resolve: timed out");
	assert_true(ticks > 5); /* a stalled loop ticks once */
	/* The client goes while the lookup still hangs. */
	client_start_close(&c);
	while (!c.closed)
		(void)uv_run(&c.loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&tick, NULL);
	assert_int_equal(sem_post(&stall.go), 0);
	client_finish(&c);
	(void)sem_destroy(&stall.go);
	probe_fini(&p);
}

static void a_lookup_that_still_queues_is_called_off(void **state)
{
	(void)state;
	/* All threads of the pool are busy, so uv_getaddrinfo() cannot have begun. */
	enum { THREADS = 8 };
	uv_work_t busy[THREADS];
	struct client c;
	struct probe p;
	assert_int_equal(sem_init(&stall.go, 0, 0), 0);
	client_open(&c, &with_watched_names);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(uv_queue_work(&c.loop, &busy[i], hang, NULL), 0);
	probe_name(&p, &c, 80);
	probe_send(&p);
	client_start_close(&c);
	probe_wait(&p);
	assert_true(p.cancelled);
	assert_int_equal(p.end, HTTP_NOT_SENT);
	while (!c.closed || !watched.ended)
		(void)uv_run(&c.loop, UV_RUN_ONCE);
	assert_int_equal(watched.status, UV_EAI_CANCELED);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(sem_post(&stall.go), 0);
	client_finish(&c);
	(void)sem_destroy(&stall.go);
	probe_fini(&p);
}

/* --- cancelling --------------------------------------------------------------------------- */

static void a_cancelled_request_ends_once_and_later(void **state)
{
	(void)state;
	struct fake_server *s = serve(silent);
	struct client c;
	struct probe unsent, sent;
	client_open(&c, NULL);
	probe_init(&unsent, &c, "http://127.0.0.1", fake_server_port(s));
	probe_send(&unsent);
	http_cancel(c.http, &unsent.request);
	http_cancel(c.http, &unsent.request);
	assert_int_equal(unsent.done, 0);
	probe_wait(&unsent);
	assert_true(unsent.cancelled);
	assert_int_equal(unsent.end, HTTP_NOT_SENT);
	assert_int_equal(fake_server_requests(s), 0);

	probe_init(&sent, &c, "http://127.0.0.1", fake_server_port(s));
	make_changing(&sent, "");
	probe_send(&sent);
	wait_for_marks(&c, s, 1);
	http_cancel(c.http, &sent.request);
	assert_int_equal(sent.done, 0);
	probe_wait(&sent);
	assert_true(sent.cancelled);
	assert_int_equal(sent.end, HTTP_BROKEN);
	http_cancel(c.http, &sent.request); /* over: no effect */
	client_finish(&c);
	assert_int_equal(sent.done, 1);
	probe_fini(&unsent);
	probe_fini(&sent);
	fake_server_stop(s);
}

static void cancel_while_resolving_leaves_the_others_waiting(void **state)
{
	(void)state;
	struct fake_server *s = serve(answers);
	struct client c;
	struct probe p, q;
	assert_int_equal(sem_init(&stall.go, 0, 0), 0);
	client_open(&c, &with_hanging_names);
	probe_name(&p, &c, fake_server_port(s));
	probe_name(&q, &c, fake_server_port(s));
	probe_send(&p);
	probe_send(&q);
	http_cancel(c.http, &p.request);
	probe_wait(&p);
	assert_true(p.cancelled);
	assert_int_equal(p.end, HTTP_NOT_SENT);
	assert_int_equal(q.done, 0);
	assert_int_equal(sem_post(&stall.go), 0);
	probe_wait(&q);
	assert_int_equal(q.end, HTTP_COMPLETE);
	client_finish(&c);
	(void)sem_destroy(&stall.go);
	probe_fini(&p);
	probe_fini(&q);
	fake_server_stop(s);
}

static void cancel_other(struct probe *p)
{
	http_cancel(p->client->http, &p->request); /* itself: over, no effect */
	http_cancel(p->client->http, &p->other->request);
	assert_int_equal(p->other->done, 0);
}

static void cancel_from_completion_callback(void **state)
{
	(void)state;
	struct fake_server *s = serve(answers), *never = serve(silent);
	struct client c;
	struct probe p, other;
	client_open(&c, NULL);
	probe_init(&other, &c, "http://127.0.0.1", fake_server_port(never));
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	p.then = cancel_other;
	p.other = &other;
	probe_send(&other);
	probe_run(&p);
	probe_wait(&other);
	assert_int_equal(p.end, HTTP_COMPLETE);
	assert_true(other.cancelled);
	client_finish(&c);
	probe_fini(&p);
	probe_fini(&other);
	fake_server_stop(s);
	fake_server_stop(never);
}

static void two_that_end_together_may_cancel_each_other(void **state)
{
	(void)state;
	struct fake_server *s = serve(silent);
	struct client c;
	struct probe p, q;
	client_open(&c, NULL);
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	probe_init(&q, &c, "http://127.0.0.1", fake_server_port(s));
	p.then = q.then = cancel_other;
	p.other = &q;
	q.other = &p;
	q.then = NULL;
	probe_send(&p);
	probe_send(&q);
	http_cancel(c.http, &p.request);
	http_cancel(c.http, &q.request); /* both are ready; p's done() cancels q again */
	probe_wait(&q);
	assert_int_equal(p.done, 1);
	assert_true(p.cancelled && q.cancelled);
	client_finish(&c);
	probe_fini(&p);
	probe_fini(&q);
	fake_server_stop(s);
}

/* --- starting ------------------------------------------------------------------------------ */

static void send_again(struct probe *p)
{
	if (p->status != 200 || p->done >= 20)
		return;
	assert_int_equal(http_send(p->client->http, &p->request), 0);
}

/* The same request object, from its own done(). */
static void start_from_completion_callback(void **state)
{
	(void)state;
	struct fake_server *s = serve(answers);
	struct client c;
	struct probe p;
	client_open(&c, NULL);
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	p.then = send_again;
	probe_send(&p);
	while (p.done < 20)
		(void)uv_run(&c.loop, UV_RUN_ONCE);
	assert_int_equal(fake_server_requests(s), 20);
	assert_int_equal(fake_server_connections(s), 1);
	client_finish(&c);
	probe_fini(&p);
	fake_server_stop(s);
}

/* A changing call closes its socket; the next one, started before the old poll handle
 * has gone, gets the lowest free number, which is the same. */
static void fd_number_reused_while_closing(void **state)
{
	(void)state;
	static const struct fake_step once[] = {READ, FAKE_OK(5, "hello"), END};
	struct fake_server *s = serve(once);
	struct client c;
	struct probe p;
	client_open(&c, NULL);
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	make_changing(&p, "");
	p.then = send_again;
	probe_send(&p);
	while (p.done < 20)
		(void)uv_run(&c.loop, UV_RUN_ONCE);
	assert_int_equal(p.end, HTTP_COMPLETE);
	assert_int_equal(fake_server_connections(s), 20);
	client_finish(&c);
	probe_fini(&p);
	fake_server_stop(s);
}

static void many_at_once_all_end(void **state)
{
	(void)state;
	static const struct fake_step cut[] = {READ, RESET};
	static const struct fake_step half[] = {READ, SEND("HTTP/1.1 200 OK\r\nContent-Le"), END};
	static const struct fake_step *const scripts[] = {answers, cut, half,
							  answers, cut, answers};
	enum { N = 64 };
	static struct probe probes[N];
	struct fake_server *s = fake_server_start(
		&(struct fake_options){.scripts = scripts, .n_scripts = ARRAY_SIZE(scripts)});
	struct client c;
	client_open(&c, NULL);
	for (size_t i = 0; i < N; i++) {
		probe_init(&probes[i], &c, "http://127.0.0.1", fake_server_port(s));
		if (i % 3 == 0)
			make_changing(&probes[i], "a=b");
		probe_send(&probes[i]);
		if (i % 7 == 6)
			http_cancel(c.http, &probes[i].request);
	}
	for (size_t i = 0; i < N; i++) {
		probe_wait(&probes[i]);
		assert_int_equal(probes[i].cancelled, i % 7 == 6);
		probe_fini(&probes[i]);
	}
	struct http_stats stats = stats_of(&c);
	assert_int_equal(stats.sent, N);
	assert_int_equal(stats.completed + stats.not_sent + stats.broken, N);
	assert_int_equal(stats.not_sent, 9);
	assert_int_equal(stats.broken, 3);
	client_finish(&c);
	fake_server_stop(s);
}

/* --- closing ------------------------------------------------------------------------------- */

static void close_client(struct probe *p)
{
	struct http *http = p->client->http;
	client_start_close(p->client);
	assert_int_equal(http_send(http, &p->request), -ESHUTDOWN);
}

static void close_from_completion_callback(void **state)
{
	(void)state;
	struct fake_server *s = serve(answers), *never = serve(silent);
	struct client c;
	struct probe p, other;
	client_open(&c, NULL);
	probe_init(&other, &c, "http://127.0.0.1", fake_server_port(never));
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	p.then = close_client;
	probe_send(&other);
	wait_for_marks(&c, never, 1);
	probe_run(&p);
	probe_wait(&other);
	assert_true(other.cancelled);
	assert_int_equal(other.end, HTTP_BROKEN);
	client_finish(&c);
	probe_fini(&p);
	probe_fini(&other);
	fake_server_stop(s);
	fake_server_stop(never);
}

static void closing_an_unused_client_is_clean(void **state)
{
	(void)state;
	struct client c;
	client_open(&c, NULL);
	client_finish(&c);
}

struct phase {
	const char *name;
	struct fake_step steps[6];
	const char *origin;
	enum http_end end;
};

static void run_phase(const struct phase *phase, bool changing)
{
	struct fake_server *s = serve(phase->steps);
	struct client c;
	struct probe p;
	client_open(&c, NULL);
	probe_init(&p, &c, phase->origin, fake_server_port(s));
	if (changing)
		make_changing(&p, "");
	probe_send(&p);
	wait_for_marks(&c, s, 1);
	client_start_close(&c);
	assert_int_equal(p.done, 0);
	client_finish(&c);
	assert_int_equal(p.done, 1);
	assert_true(p.cancelled);
	if (p.end != phase->end)
		fail_msg("%s: end %d", phase->name, p.end);
	probe_fini(&p);
	fake_server_stop(s);
}

static void close_while_resolving(void)
{
	struct client c;
	struct probe p;
	assert_int_equal(sem_init(&stall.go, 0, 0), 0);
	client_open(&c, &with_hanging_names);
	probe_name(&p, &c, 80);
	probe_send(&p);
	run_for(&c, 10);
	client_start_close(&c);
	probe_wait(&p);
	assert_int_equal(p.end, HTTP_NOT_SENT);
	assert_true(p.cancelled);
	assert_int_equal(sem_post(&stall.go), 0);
	client_finish(&c);
	(void)sem_destroy(&stall.go);
	probe_fini(&p);
}

/* A listener that accepts nobody and whose queue is full: a SYN is not answered. */
static int open_black_hole(int fillers[4], int *ret_port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, size), 0);
	assert_int_equal(listen(fd, 0), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &size), 0);
	for (int i = 0; i < 4; i++) {
		fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		assert_true(fillers[i] >= 0);
		(void)connect(fillers[i], (struct sockaddr *)&a, size);
	}
	*ret_port = ntohs(a.sin_port);
	return fd;
}

static void run_into_black_hole(bool close_it)
{
	struct client c;
	struct probe p;
	int fillers[4], port;
	int fd = open_black_hole(fillers, &port);
	client_open(&c, NULL);
	probe_init(&p, &c, "http://127.0.0.1", port);
	make_changing(&p, "a=b");
	p.request.connect_ms = close_it ? 5000 : 100;
	probe_send(&p);
	if (close_it) {
		run_for(&c, 30);
		assert_int_equal(p.done, 0);
		client_start_close(&c);
	}
	probe_wait(&p);
	assert_int_equal(p.end, HTTP_NOT_SENT);
	assert_int_equal(p.cancelled, close_it);
	client_finish(&c);
	probe_fini(&p);
	for (int i = 0; i < 4; i++)
		(void)close(fillers[i]);
	(void)close(fd);
}

static void connecting_to_a_black_hole_is_not_sent(void **state)
{
	(void)state;
	run_into_black_hole(false);
}

static void close_in_every_phase(void **state)
{
	(void)state;
	static const struct phase table[] = {
		{"tls", {MARK, WAIT, END}, "https://127.0.0.1", HTTP_NOT_SENT},
		{"tls begun",
		 {{.act = FAKE_READ_SOME}, MARK, WAIT, END},
		 "https://127.0.0.1",
		 HTTP_NOT_SENT},
		{"sent", {READ, MARK, WAIT, END}, "http://127.0.0.1", HTTP_BROKEN},
		{"half the headers",
		 {READ, SEND("HTTP/1.1 200 OK\r\nDa"), MARK, WAIT, END},
		 "http://127.0.0.1",
		 HTTP_BROKEN},
		{"half a body",
		 {READ, SEND("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12345"), MARK, WAIT, END},
		 "http://127.0.0.1",
		 HTTP_BROKEN},
	};
	close_while_resolving();
	run_into_black_hole(true);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		run_phase(&table[i], false);
		run_phase(&table[i], true);
	}
}

static void a_tls_handshake_that_never_ends_is_not_sent(void **state)
{
	(void)state;
	static const struct fake_step script[] = {WAIT, END};
	struct fake_server *s = serve(script);
	struct client c;
	struct probe p;
	client_open(&c, NULL);
	probe_init(&p, &c, "https://127.0.0.1", fake_server_port(s));
	make_changing(&p, "a=b");
	p.request.connect_ms = 100;
	probe_run(&p);
	assert_int_equal(p.end, HTTP_NOT_SENT);
	client_finish(&c);
	probe_fini(&p);
	fake_server_stop(s);
}

/* Everything at once, and then none of it. */
static void loop_closes_clean_after_everything(void **state)
{
	(void)state;
	struct fake_server *good = serve(answers), *never = serve(silent);
	enum { N = 16 };
	static struct probe probes[N];
	struct client c;
	struct probe kept;
	client_open(&c, &with_local_names);
	probe_name(&kept, &c, fake_server_port(good));
	probe_run(&kept); /* leaves a connection in the pool */
	for (size_t i = 0; i < N; i++) {
		struct fake_server *s = i % 2 ? good : never;
		if (i % 4 < 2)
			probe_name(&probes[i], &c, fake_server_port(s));
		else
			probe_init(&probes[i], &c, "http://127.0.0.1", fake_server_port(s));
		if (i % 3 == 0)
			make_changing(&probes[i], "");
		probe_send(&probes[i]);
	}
	wait_for_marks(&c, never, 4);
	http_cancel(c.http, &probes[0].request);
	client_finish(&c);
	for (size_t i = 0; i < N; i++) {
		assert_int_equal(probes[i].done, 1);
		probe_fini(&probes[i]);
	}
	probe_fini(&kept);
	fake_server_stop(good);
	fake_server_stop(never);
}

static void two_clients_share_a_loop(void **state)
{
	(void)state;
	struct fake_server *s = serve(answers);
	struct client c;
	struct probe p;
	struct http *second;
	client_open(&c, NULL);
	assert_int_equal(http_curl_new(&c.loop, &(struct http_curl_options){0}, &second), 0);
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	probe_run(&p);
	client_start_close(&c);
	while (!c.closed)
		(void)uv_run(&c.loop, UV_RUN_ONCE);
	c.closed = false;
	c.http = second; /* the other lives on */
	p.done = 0;
	probe_run(&p);
	assert_int_equal(p.end, HTTP_COMPLETE);
	client_finish(&c);
	probe_fini(&p);
	fake_server_stop(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_resolved_and_its_answer_kept),
		cmocka_unit_test(a_name_that_does_not_resolve_is_not_sent),
		cmocka_unit_test(a_hanging_name_server_does_not_stall_the_loop),
		cmocka_unit_test(a_lookup_that_still_queues_is_called_off),
		cmocka_unit_test(a_cancelled_request_ends_once_and_later),
		cmocka_unit_test(cancel_while_resolving_leaves_the_others_waiting),
		cmocka_unit_test(cancel_from_completion_callback),
		cmocka_unit_test(two_that_end_together_may_cancel_each_other),
		cmocka_unit_test(start_from_completion_callback),
		cmocka_unit_test(fd_number_reused_while_closing),
		cmocka_unit_test(many_at_once_all_end),
		cmocka_unit_test(close_from_completion_callback),
		cmocka_unit_test(closing_an_unused_client_is_clean),
		cmocka_unit_test(connecting_to_a_black_hole_is_not_sent),
		cmocka_unit_test(close_in_every_phase),
		cmocka_unit_test(a_tls_handshake_that_never_ends_is_not_sent),
		cmocka_unit_test(loop_closes_clean_after_everything),
		cmocka_unit_test(two_clients_share_a_loop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
