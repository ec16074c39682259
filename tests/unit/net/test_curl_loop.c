/* The loop under libcurl, with bare easy handles: no limit of ours that could help out. */
#include "unit/net/client.h"

#include <sys/socket.h>

#include "net/curl_loop.h"

struct bench {
	uv_loop_t loop;
	struct curl_loop curl;
	uv_timer_t guard, poll;
	CURL *easy;
	char url[64];
	int finished, failed;
	CURLcode result;
	bool closed;
	uv_poll_t squatter; /* sits on the next socket that libcurl opens */
	bool squat;
};

static void on_finished(struct curl_loop *loop, CURL *easy, CURLcode result)
{
	struct bench *b = container_of(loop, struct bench, curl);
	assert_ptr_equal(easy, b->easy);
	b->finished++;
	b->result = result;
}

static void on_failed(struct curl_loop *loop, const char *why)
{
	struct bench *b = container_of(loop, struct bench, curl);
	assert_non_null(why);
	b->failed++;
	if (!b->finished)
		curl_loop_remove(loop, b->easy);
}

static void on_turn(struct curl_loop *loop)
{
	(void)loop;
}

static void on_closed(struct curl_loop *loop)
{
	container_of(loop, struct bench, curl)->closed = true;
}

static const struct curl_loop_ops ops = {on_finished, on_failed, on_turn, on_closed};

static size_t swallow(char *bytes, size_t size, size_t n, void *data)
{
	(void)bytes;
	(void)size;
	(void)data;
	return n;
}

static void ignore_event(uv_poll_t *poll, int status, int events)
{
	(void)poll;
	(void)status;
	(void)events;
}

static curl_socket_t open_socket(void *data, curlsocktype type, struct curl_sockaddr *address)
{
	struct bench *b = data;
	(void)type;
	int fd = socket(address->family, address->socktype | SOCK_NONBLOCK, address->protocol);
	assert_true(fd >= 0);
	if (b->squat) {
		assert_int_equal(uv_poll_init(&b->loop, &b->squatter, fd), 0);
		assert_int_equal(uv_poll_start(&b->squatter, UV_PRIORITIZED, ignore_event), 0);
	}
	return fd;
}

static void bench_open(struct bench *b, struct fake_server *s)
{
	*b = (struct bench){0};
	assert_int_equal(uv_loop_init(&b->loop), 0);
	assert_int_equal(uv_timer_init(&b->loop, &b->guard), 0);
	assert_int_equal(uv_timer_init(&b->loop, &b->poll), 0);
	(void)uv_timer_start(&b->guard, on_guard, PATIENCE_MS, 0);
	assert_int_equal(curl_global_init(CURL_GLOBAL_DEFAULT), 0);
	assert_int_equal(curl_loop_init(&b->curl, &b->loop, 4, &ops), 0);
	(void)snprintf(b->url, sizeof(b->url), "http://127.0.0.1:%d/", fake_server_port(s));
}

static void send_one(struct bench *b)
{
	b->finished = 0;
	b->easy = curl_easy_init();
	assert_non_null(b->easy);
	(void)curl_easy_setopt(b->easy, CURLOPT_URL, b->url);
	(void)curl_easy_setopt(b->easy, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(b->easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(b->easy, CURLOPT_WRITEFUNCTION, swallow);
	(void)curl_easy_setopt(b->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	(void)curl_easy_setopt(b->easy, CURLOPT_OPENSOCKETDATA, b);
	assert_int_equal(curl_loop_add(&b->curl, b->easy), 0);
}

static void bench_close(struct bench *b)
{
	curl_loop_close(&b->curl);
	uv_close((uv_handle_t *)&b->guard, NULL);
	uv_close((uv_handle_t *)&b->poll, NULL);
	(void)uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_true(b->closed);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	curl_global_cleanup();
}

/* libcurl's own timers (200 ms for a second address family) would help out. */
static void wait_until_no_timer_is_near(struct bench *b)
{
	while (uv_is_active((uv_handle_t *)&b->curl.timer) &&
	       uv_timer_get_due_in(&b->curl.timer) < PATIENCE_MS)
		(void)uv_run(&b->loop, UV_RUN_ONCE);
}

/* Without the event the request would not end before the test does. */
static void an_error_on_the_socket_alone_ends_the_request(void **state)
{
	(void)state;
	static const struct fake_step script[] = {
		{.act = FAKE_READ}, {.act = FAKE_MARK}, {.act = FAKE_WAIT}, {.act = FAKE_RESET}};
	struct fake_server *s = serve(script);
	struct bench b;
	bench_open(&b, s);
	send_one(&b);
	(void)uv_timer_start(&b.poll, on_poll, 1, 1);
	while (fake_server_marks(s) < 1)
		(void)uv_run(&b.loop, UV_RUN_ONCE);
	wait_until_no_timer_is_near(&b);
	(void)uv_timer_stop(&b.poll);
	fake_server_release(s);
	while (!b.finished)
		(void)uv_run(&b.loop, UV_RUN_ONCE);
	assert_int_not_equal(b.result, CURLE_OK);
	assert_int_equal(b.failed, 0);
	curl_easy_cleanup(b.easy);
	bench_close(&b);
	fake_server_stop(s);
}

static void on_squatter_closed(uv_handle_t *handle)
{
	*(bool *)handle->data = true;
}

/* libuv has one watcher per descriptor; where ours is refused, libcurl is told to give
 * up, and afterwards the client is as good as new. */
static void a_socket_that_cannot_be_watched_fails_all_but_not_for_ever(void **state)
{
	(void)state;
	static const struct fake_step script[] = {
		{.act = FAKE_READ}, FAKE_OK(5, "hello"), {.act = FAKE_AGAIN}};
	struct fake_server *s = serve(script);
	struct bench b;
	bool gone = false;
	bench_open(&b, s);
	b.squat = true;
	send_one(&b);
	while (!b.failed)
		(void)uv_run(&b.loop, UV_RUN_ONCE);
	assert_true(!b.finished || b.result != CURLE_OK);
	b.squatter.data = &gone;
	uv_close((uv_handle_t *)&b.squatter, on_squatter_closed);
	while (!gone)
		(void)uv_run(&b.loop, UV_RUN_ONCE);
	curl_easy_cleanup(b.easy);

	b.squat = false;
	send_one(&b);
	while (!b.finished)
		(void)uv_run(&b.loop, UV_RUN_ONCE);
	assert_int_equal(b.result, CURLE_OK);
	curl_easy_cleanup(b.easy);
	bench_close(&b);
	fake_server_stop(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_on_the_socket_alone_ends_the_request),
		cmocka_unit_test(a_socket_that_cannot_be_watched_fails_all_but_not_for_ever),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
