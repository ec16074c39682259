/* Connections that die under a request, and requests that run out of time. */
#include "unit/net/client.h"

#define READ                                                                                       \
	{                                                                                          \
		.act = FAKE_READ                                                                   \
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

/* --- connections that die ---------------------------------------------------------------- */

/* One answered read puts a connection into the pool; the next request on it, and every
 * later connection too, is read and dropped. */
static const struct fake_step one_then_drop[] = {READ, FAKE_OK(5, "hello"), READ, END};
static const struct fake_step drop[] = {READ, END};

static struct fake_server *serve_dying_pool(void)
{
	static const struct fake_step *const scripts[] = {one_then_drop, drop};
	return fake_server_start(&(struct fake_options){.scripts = scripts, .n_scripts = 2});
}

static void run_on_dying_pool(bool changing, int requests_seen)
{
	struct fake_server *s = serve_dying_pool();
	struct client c;
	struct probe warm, p;
	client_open(&c, NULL);
	probe_init(&warm, &c, "http://127.0.0.1", fake_server_port(s));
	probe_run(&warm);
	assert_int_equal(warm.end, HTTP_COMPLETE);
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	p.request.method = "POST";
	p.request.changing = changing;
	probe_run(&p);
	assert_int_equal(p.end, HTTP_BROKEN);
	assert_int_equal(fake_server_requests(s) - 1, requests_seen);
	client_finish(&c);
	probe_fini(&warm);
	probe_fini(&p);
	fake_server_stop(s);
}

static void changing_post_reaches_server_once_when_connection_dies(void **state)
{
	(void)state;
	run_on_dying_pool(true, 1);
	run_on_dying_pool(false, 2); /* the control: the drop does provoke a repeat */
}

static void read_is_repeated_when_pooled_connection_died(void **state)
{
	(void)state;
	static const struct fake_step *const scripts[] = {one_then_drop, answers};
	struct fake_server *s =
		fake_server_start(&(struct fake_options){.scripts = scripts, .n_scripts = 2});
	struct client c;
	client_open(&c, NULL);
	for (int i = 0; i < 2; i++) {
		struct probe p;
		probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
		probe_run(&p);
		assert_int_equal(p.end, HTTP_COMPLETE);
		assert_string_equal(p.body, "hello");
		probe_fini(&p);
	}
	assert_int_equal(fake_server_requests(s), 3);
	assert_int_equal(fake_server_connections(s), 2);
	client_finish(&c);
	fake_server_stop(s);
}

/* A repeat that cannot connect must not pass for "nothing was sent". */
static void a_repeat_that_cannot_connect_is_still_broken(void **state)
{
	(void)state;
	static const struct fake_step script[] = {
		READ, FAKE_OK(5, "hello"), READ, {.act = FAKE_MARK}, WAIT, END};
	static const struct fake_step *const scripts[] = {script};
	struct fake_server *s =
		fake_server_start(&(struct fake_options){.scripts = scripts, .n_scripts = 1});
	struct client c;
	struct probe warm, p;
	client_open(&c, NULL);
	probe_init(&warm, &c, "http://127.0.0.1", fake_server_port(s));
	probe_run(&warm);
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	probe_send(&p);
	wait_for_marks(&c, s, 1);
	assert_int_equal(fake_server_requests(s), 2);
	fake_server_stop(s); /* cuts the connection; nobody listens any more */
	probe_wait(&p);
	assert_int_equal(p.end, HTTP_BROKEN);
	client_finish(&c);
	probe_fini(&warm);
	probe_fini(&p);
}

/* --- ends in time -------------------------------------------------------------------------- */

static void last_transfer_that_times_out_is_reported(void **state)
{
	(void)state;
	static const struct fake_step silent[] = {READ, WAIT, END};
	struct fake_server *s = serve(silent);
	struct client c;
	struct probe p;
	client_open(&c, NULL);
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	p.request.total_ms = 100;
	probe_run(&p);
	assert_int_equal(p.end, HTTP_BROKEN);
	assert_false(p.cancelled);
	client_finish(&c);
	probe_fini(&p);
	fake_server_stop(s);
}

static void an_answer_that_trickles_ends_by_its_speed(void **state)
{
	(void)state;
	static const struct fake_step script[] = {
		READ, SEND("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nx"), WAIT, END};
	struct fake_server *s = serve(script);
	struct client c;
	struct probe p;
	client_open(&c, &(struct http_curl_options){.low_speed_s = 1});
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	p.request.total_ms = PATIENCE_MS * 2;
	probe_run(&p);
	assert_int_equal(p.end, HTTP_BROKEN);
	assert_non_null(strstr(p.error, "too slow"));
	client_finish(&c);
	probe_fini(&p);
	fake_server_stop(s);
}

static void a_changing_call_may_think_for_its_whole_time(void **state)
{
	(void)state;
	static const struct fake_step script[] = {
		READ, {.act = FAKE_SLEEP, .n = 2500}, SEND("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), END};
	struct fake_server *s = serve(script);
	struct client c;
	struct probe p;
	client_open(&c, &(struct http_curl_options){.low_speed_s = 1});
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	p.request.total_ms = PATIENCE_MS * 2;
	p.request.changing = true;
	probe_run(&p);
	assert_int_equal(p.end, HTTP_COMPLETE);
	client_finish(&c);
	probe_fini(&p);
	fake_server_stop(s);
}

/* Well before its time is up: the request would be given more than the test is. */
static void peer_reset_while_waiting_fails_at_once(void **state)
{
	(void)state;
	static const struct fake_step script[] = {READ, {.act = FAKE_MARK}, WAIT, RESET};
	struct fake_server *s = serve(script);
	struct client c;
	struct probe p;
	client_open(&c, NULL);
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	make_changing(&p, "");
	p.request.total_ms = PATIENCE_MS * 2;
	probe_send(&p);
	wait_for_marks(&c, s, 1);
	run_for(&c, 20); /* libcurl waits for the answer */
	fake_server_release(s);
	probe_wait(&p);
	assert_int_equal(p.end, HTTP_BROKEN);
	client_finish(&c);
	probe_fini(&p);
	fake_server_stop(s);
}

static void refused_connection_fails_at_once(void **state)
{
	(void)state;
	struct fake_server *s = serve(answers);
	int port = fake_server_port(s);
	fake_server_stop(s);
	struct client c;
	client_open(&c, NULL);
	for (int changing = 0; changing < 2; changing++) {
		struct probe p;
		probe_init(&p, &c, "http://127.0.0.1", port);
		p.request.connect_ms = p.request.total_ms = PATIENCE_MS * 2;
		if (changing)
			make_changing(&p, "");
		probe_run(&p);
		assert_int_equal(p.end, HTTP_NOT_SENT);
		assert_memory_equal(p.error, "connect: ", 9);
		probe_fini(&p);
	}
	assert_int_equal(stats_of(&c).not_sent, 2);
	client_finish(&c);
}

static void idle_for_a_second_wakes_under_five_times(void **state)
{
	(void)state;
	struct fake_server *s = serve(answers);
	struct client c;
	client_open(&c, NULL);
	struct probe p;
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	probe_run(&p);
	uint64_t before = stats_of(&c).wakeups;
	run_for(&c, 1000);
	assert_true(stats_of(&c).wakeups - before < 5);
	/* Also while the server has all the time in the world. */
	static const struct fake_step silent[] = {READ, WAIT, END};
	struct fake_server *slow = serve(silent);
	struct probe q;
	probe_init(&q, &c, "http://127.0.0.1", fake_server_port(slow));
	probe_send(&q);
	run_for(&c, 100);
	before = stats_of(&c).wakeups;
	run_for(&c, 1000);
	assert_true(stats_of(&c).wakeups - before < 5);
	client_finish(&c);
	assert_int_equal(q.end, HTTP_BROKEN);
	probe_fini(&p);
	probe_fini(&q);
	fake_server_stop(s);
	fake_server_stop(slow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changing_post_reaches_server_once_when_connection_dies),
		cmocka_unit_test(read_is_repeated_when_pooled_connection_died),
		cmocka_unit_test(a_repeat_that_cannot_connect_is_still_broken),
		cmocka_unit_test(last_transfer_that_times_out_is_reported),
		cmocka_unit_test(an_answer_that_trickles_ends_by_its_speed),
		cmocka_unit_test(a_changing_call_may_think_for_its_whole_time),
		cmocka_unit_test(peer_reset_while_waiting_fails_at_once),
		cmocka_unit_test(refused_connection_fails_at_once),
		cmocka_unit_test(idle_for_a_second_wakes_under_five_times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
