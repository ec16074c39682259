/* One exchange, its bytes and its end. Dying connections and time: test_http_ends.c; life
 * cycles: test_http_life.c; TLS: test_http_tls.c. */
#include "unit/net/client.h"

#include <errno.h>

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

static void an_answer_arrives_whole(void **state)
{
	(void)state;
	static const struct fake_step script[] = {
		READ,
		SEND("HTTP/1.1 429 Slow down\r\nDate: Sat, 21 Nov 2026 22:53:00 GMT\r\n"
		     "X-Acs-Request-Id: R-1\r\nx-acs-retry-after: 250\r\nRetry-After: 3\r\n"
		     "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
		     "4\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\n\r\n"),
		AGAIN};
	struct fake_server *s = serve(script);
	struct client c;
	struct probe p;
	client_open(&c, NULL);
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	(void)snprintf(p.url, sizeof(p.url), "http://127.0.0.1:%d/a/../b?q=%%20x",
		       fake_server_port(s));
	probe_run(&p);
	assert_int_equal(p.end, HTTP_COMPLETE);
	assert_int_equal(p.status, 429);
	assert_string_equal(p.body, "{\"a\":1}");
	assert_string_equal(p.error, "");
	assert_string_equal(p.date, "Sat, 21 Nov 2026 22:53:00 GMT");
	assert_string_equal(p.request_id, "R-1");
	assert_string_equal(p.acs_retry_after, "250");
	assert_string_equal(p.retry_after, "3");
	assert_string_equal(p.content_type, "application/json");
	assert_false(p.cancelled || p.too_large);
	auto_free char *sent = fake_server_last_request(s);
	assert_memory_equal(sent, "GET /a/../b?q=%20x HTTP/1.1\r\n", 29);
	client_finish(&c);
	probe_fini(&p);
	fake_server_stop(s);
}

static void absent_headers_are_empty_and_interim_answers_are_passed_over(void **state)
{
	(void)state;
	static const struct fake_step script[] = {
		READ,
		SEND("HTTP/1.1 103 Early\r\nx-acs-request-id: early\r\n\r\n"
		     "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
		AGAIN};
	struct fake_server *s = serve(script);
	struct client c;
	struct probe p;
	client_open(&c, NULL);
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	probe_run(&p);
	assert_int_equal(p.status, 200);
	assert_string_equal(p.request_id, "");
	assert_string_equal(p.retry_after, "");
	assert_string_equal(p.body, "");
	client_finish(&c);
	probe_fini(&p);
	fake_server_stop(s);
}

static void a_changing_post_says_what_it_was_told_and_no_more(void **state)
{
	(void)state;
	struct fake_server *s = serve(answers);
	struct client c;
	struct probe p;
	client_open(&c, NULL);
	static char body[40000];
	memset(body, 'b', sizeof(body) - 1);
	const char *const headers[] = {"x-acs-action: Create", "Authorization: ACS3 x"};
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	make_changing(&p, body);
	p.request.headers = headers;
	p.request.n_headers = 2;
	probe_run(&p);
	assert_int_equal(p.end, HTTP_COMPLETE);
	auto_free char *sent = fake_server_last_request(s);
	assert_non_null(strstr(sent, "POST / HTTP/1.1\r\n"));
	assert_non_null(strstr(sent, "\r\nx-acs-action: Create\r\n"));
	assert_non_null(strstr(sent, "\r\nAuthorization: ACS3 x\r\n"));
	assert_non_null(strstr(sent, "\r\nContent-Length: 39999\r\n"));
	assert_non_null(strstr(sent, "\r\n\r\nbbbb"));
	assert_null(strcasestr(sent, "Accept-Encoding"));
	assert_null(strcasestr(sent, "Expect:"));
	assert_null(strcasestr(sent, "Content-Type"));
	client_finish(&c);
	probe_fini(&p);
	fake_server_stop(s);
}

static void an_empty_post_and_put_carry_a_length_of_zero(void **state)
{
	(void)state;
	static const char *const methods[] = {"POST", "PUT"};
	struct fake_server *s = serve(answers);
	struct client c;
	client_open(&c, NULL);
	for (size_t i = 0; i < 2; i++) {
		struct probe p;
		const char *const headers[] = {"Content-Type: text/x"};
		probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
		p.request.method = methods[i];
		p.request.body = "";
		p.request.headers = headers;
		p.request.n_headers = i;
		probe_run(&p);
		assert_int_equal(p.end, HTTP_COMPLETE);
		auto_free char *sent = fake_server_last_request(s);
		assert_memory_equal(sent, methods[i], strlen(methods[i]));
		assert_non_null(strstr(sent, "\r\nContent-Length: 0\r\n"));
		assert_int_equal(strstr(sent, "\r\nContent-Type: text/x\r\n") != NULL, i == 1);
		probe_fini(&p);
	}
	client_finish(&c);
	fake_server_stop(s);
}

static void requests_that_cannot_be_meant_are_refused(void **state)
{
	(void)state;
	static const char *const bad_headers[] = {"X-A: b\r\nX-C: d"};
	struct client c;
	client_open(&c, NULL);
	struct probe p;
	probe_init(&p, &c, "http://metadata.test", 80);
	assert_int_equal(http_send(c.http, &p.request), -EINVAL);
	p.request.url = "http://192.0.2.1/";
	assert_int_equal(http_send(c.http, &p.request), -EINVAL);
	p.request.url = "http://127.0.0.1:1/";
	p.request.method = "DELETE";
	assert_int_equal(http_send(c.http, &p.request), -EINVAL);
	p.request.method = "GET";
	p.request.headers = bad_headers;
	p.request.n_headers = 1;
	assert_int_equal(http_send(c.http, &p.request), -EINVAL);
	run_for(&c, 20);
	assert_int_equal(p.done, 0);
	assert_int_equal(stats_of(&c).sent, 0);
	client_finish(&c);
}

static void options_out_of_range_are_refused(void **state)
{
	(void)state;
	struct client c;
	struct http *http = NULL;
	client_open(&c, NULL);
	assert_int_equal(
		http_curl_new(&c.loop, &(struct http_curl_options){.low_speed_s = -1}, &http),
		-EINVAL);
	assert_int_equal(http_curl_new(&c.loop,
				       &(struct http_curl_options){.max_connections = 1u << 30},
				       &http),
			 -EINVAL);
	assert_null(http);
	client_finish(&c);
}

/* --- broken answers ---------------------------------------------------------------- */

struct broken {
	const char *what;
	struct fake_step steps[6];
};

static void half_an_answer_is_broken(void **state)
{
	(void)state;
	static const struct broken table[] = {
		{"closed without a byte", {READ, END}},
		{"reset without a byte", {READ, RESET}},
		{"closed in the status line", {READ, SEND("HTTP/1."), END}},
		{"closed in the headers", {READ, SEND("HTTP/1.1 200 OK\r\nDate: "), END}},
		{"closed after the status line", {READ, SEND("HTTP/1.1 200 OK\r\n"), END}},
		{"closed before the empty line",
		 {READ, SEND("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"), END}},
		{"closed after an interim answer",
		 {READ, SEND("HTTP/1.1 103 Early\r\nDate: x\r\n\r\n"), END}},
		{"closed in the headers after an interim answer",
		 {READ, SEND("HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nDate: x\r\n"), END}},
		{"shorter than Content-Length",
		 {READ, SEND("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12345678"), END}},
		{"reset in the body",
		 {READ,
		  SEND("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12"),
		  {.act = FAKE_SLEEP, .n = 30},
		  RESET}},
		{"chunked body cut between chunks",
		 {READ, SEND("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"),
		  END}},
		{"chunked body cut in a chunk",
		 {READ, SEND("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}"), END}},
		{"not HTTP", {READ, SEND("SSH-2.0-x\r\n"), END}},
		{"HTTP/0.9", {READ, SEND("{\"Success\": true}"), END}},
	};
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		for (int changing = 0; changing < 2; changing++) {
			struct fake_server *s = serve(table[i].steps);
			struct client c;
			struct probe p;
			client_open(&c, NULL);
			probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
			if (changing)
				make_changing(&p, "a=b");
			probe_run(&p);
			if (p.end != HTTP_BROKEN)
				fail_msg("%s: end %d status %d", table[i].what, p.end, p.status);
			assert_int_equal(p.status, 0);
			assert_string_not_equal(p.error, "");
			assert_int_equal(fake_server_requests(s), 1);
			assert_int_equal(stats_of(&c).broken, 1);
			client_finish(&c);
			probe_fini(&p);
			fake_server_stop(s);
		}
	}
}

static void run_over_cap(const struct fake_step *script, bool too_large)
{
	struct fake_server *s = serve(script);
	struct client c;
	struct probe p;
	client_open(&c, NULL);
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	probe_run(&p);
	assert_int_equal(p.end, HTTP_BROKEN);
	assert_int_equal(p.too_large, too_large);
	assert_non_null(strstr(p.error, "over the size cap"));
	client_finish(&c);
	probe_fini(&p);
	fake_server_stop(s);
}

static void body_over_cap_is_aborted(void **state)
{
	(void)state;
	static const struct fake_step endless[] = {
		READ,
		SEND("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n"),
		{.act = FAKE_ZEROS, .n = 1u << 30},
		END};
	static const struct fake_step announced[] = {
		READ, SEND("HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n"), WAIT, END};
	run_over_cap(endless, true);
	run_over_cap(announced, true);
}

static void headers_over_cap_are_aborted(void **state)
{
	(void)state;
	static char many[100000] = "HTTP/1.1 200 OK\r\n";
	for (size_t n = strlen(many); n + 40 < sizeof(many); n += strlen(many + n))
		(void)strcpy(many + n, "X-Filler: 0123456789\r\n");
	const struct fake_step script[] = {READ, SEND(many), WAIT, END};
	run_over_cap(script, false);
}

static void a_body_of_just_the_cap_is_whole(void **state)
{
	(void)state;
	static const struct fake_step script[] = {
		READ,
		SEND("HTTP/1.1 200 OK\r\nContent-Length: 4194304\r\n\r\n"),
		{.act = FAKE_ZEROS, .n = 4194304},
		AGAIN};
	struct fake_server *s = serve(script);
	struct client c;
	struct probe p;
	client_open(&c, NULL);
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	probe_run(&p);
	assert_int_equal(p.end, HTTP_COMPLETE);
	assert_int_equal(p.body_len, 4194304);
	client_finish(&c);
	probe_fini(&p);
	fake_server_stop(s);
}

/* --- gzip --------------------------------------------------------------------------- */

struct bits {
	unsigned char *out;
	size_t n;
};

static void put_bit(struct bits *b, unsigned bit)
{
	b->out[b->n / 8] = (unsigned char)(b->out[b->n / 8] | (bit & 1) << b->n % 8);
	b->n++;
}

static void put_code(struct bits *b, unsigned code, int length) /* Huffman: high bit first */
{
	while (length-- > 0)
		put_bit(b, code >> length);
}

static void put_u32(unsigned char *out, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (unsigned char)(value >> 8 * i);
}

static uint32_t crc_of_zeros(size_t n)
{
	uint32_t crc = UINT32_MAX;
	for (size_t i = 0; i < n * 8; i++)
		crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	return ~crc;
}

/* 1 + 258 * @runs zero bytes as gzip (RFC 1951, 1952), one block of fixed codes: a zero,
 * then copies of 258 bytes from one byte back. */
static size_t gzip_zeros(size_t runs, unsigned char *out, size_t size)
{
	static const unsigned char head[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
	struct bits b = {.out = out, .n = sizeof(head) * 8};
	assert_true(sizeof(head) + runs * 13 / 8 + 16 < size);
	memset(out, 0, size);
	memcpy(out, head, sizeof(head));
	put_bit(&b, 1); /* the last block */
	put_bit(&b, 1); /* fixed codes: 01, low bit first */
	put_bit(&b, 0);
	put_code(&b, 0x30, 8); /* literal 0 */
	for (size_t i = 0; i < runs; i++) {
		put_code(&b, 0xc5, 8); /* length 258 */
		put_code(&b, 0, 5);    /* distance 1 */
	}
	put_code(&b, 0, 7); /* the end */
	size_t n = (b.n + 7) / 8;
	put_u32(out + n, crc_of_zeros(1 + 258 * runs));
	put_u32(out + n + 4, (uint32_t)(1 + 258 * runs));
	return n + 8;
}

static void run_gzip(size_t runs, bool changing, struct probe *p)
{
	static unsigned char packed[300000];
	char head[128];
	size_t n = gzip_zeros(runs, packed, sizeof(packed));
	(void)snprintf(head, sizeof(head),
		       "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
		       n);
	const struct fake_step script[] = {
		READ, SEND(head), {.act = FAKE_SEND, .text = (char *)packed, .n = n}, AGAIN};
	struct fake_server *s = serve(script);
	struct client c;
	client_open(&c, NULL);
	probe_init(p, &c, "http://127.0.0.1", fake_server_port(s));
	if (changing)
		make_changing(p, "");
	probe_run(p);
	auto_free char *sent = fake_server_last_request(s);
	assert_int_equal(strstr(sent, "\r\nAccept-Encoding: gzip\r\n") != NULL, !changing);
	client_finish(&c);
	fake_server_stop(s);
}

static void a_read_asks_for_gzip_and_unpacks_it(void **state)
{
	(void)state;
	struct probe p;
	run_gzip(4000, false, &p);
	assert_int_equal(p.end, HTTP_COMPLETE);
	assert_int_equal(p.body_len, 1 + 258 * 4000);
	probe_fini(&p);
}

static void a_gzip_bomb_is_refused(void **state)
{
	(void)state;
	struct probe p;
	run_gzip(100000, false, &p);
	assert_int_equal(p.end, HTTP_BROKEN);
	assert_true(p.too_large);
	probe_fini(&p);
}

static void a_changing_call_unpacks_nothing(void **state)
{
	(void)state;
	struct probe p;
	run_gzip(100000, true, &p);
	assert_int_equal(p.end, HTTP_COMPLETE);
	assert_true(p.body_len < 300000);
	probe_fini(&p);
}

/* --- where it goes -------------------------------------------------------------------- */

static void a_redirect_is_not_followed(void **state)
{
	(void)state;
	struct fake_server *other = serve(answers);
	char redirect[200];
	(void)snprintf(redirect, sizeof(redirect),
		       "HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:%d/\r\n"
		       "Content-Length: 0\r\n\r\n",
		       fake_server_port(other));
	const struct fake_step script[] = {READ, SEND(redirect), AGAIN};
	struct fake_server *s = serve(script);
	struct client c;
	struct probe p;
	client_open(&c, NULL);
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	probe_run(&p);
	assert_int_equal(p.end, HTTP_COMPLETE);
	assert_int_equal(p.status, 307);
	assert_int_equal(fake_server_connections(other), 0);
	client_finish(&c);
	probe_fini(&p);
	fake_server_stop(s);
	fake_server_stop(other);
}

static void a_proxy_in_the_environment_is_ignored(void **state)
{
	(void)state;
	static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
					    "ALL_PROXY"};
	struct fake_server *proxy = serve(answers), *s = serve(answers);
	char url[64];
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d", fake_server_port(proxy));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)setenv(names[i], url, 1);
	struct client c;
	struct probe p;
	client_open(&c, NULL);
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	probe_run(&p);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)unsetenv(names[i]);
	assert_int_equal(p.end, HTTP_COMPLETE);
	assert_int_equal(fake_server_requests(s), 1);
	assert_int_equal(fake_server_connections(proxy), 0);
	client_finish(&c);
	probe_fini(&p);
	fake_server_stop(s);
	fake_server_stop(proxy);
}

static void reads_share_a_connection_and_changing_calls_do_not(void **state)
{
	(void)state;
	struct fake_server *s = serve(answers);
	struct client c;
	client_open(&c, NULL);
	for (int i = 0; i < 6; i++) {
		struct probe p;
		probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
		if (i == 0 || i == 4) /* the first: before there is a pool */
			make_changing(&p, "");
		probe_run(&p);
		assert_int_equal(p.end, HTTP_COMPLETE);
		probe_fini(&p);
	}
	assert_int_equal(fake_server_connections(s), 3);
	struct http_stats stats = stats_of(&c);
	assert_int_equal(stats.connections, 3);
	assert_int_equal(stats.sent, 6);
	assert_int_equal(stats.completed, 6);
	assert_true(stats.wakeups > 0);
	client_finish(&c);
	fake_server_stop(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_arrives_whole),
		cmocka_unit_test(absent_headers_are_empty_and_interim_answers_are_passed_over),
		cmocka_unit_test(a_changing_post_says_what_it_was_told_and_no_more),
		cmocka_unit_test(an_empty_post_and_put_carry_a_length_of_zero),
		cmocka_unit_test(requests_that_cannot_be_meant_are_refused),
		cmocka_unit_test(options_out_of_range_are_refused),
		cmocka_unit_test(half_an_answer_is_broken),
		cmocka_unit_test(body_over_cap_is_aborted),
		cmocka_unit_test(headers_over_cap_are_aborted),
		cmocka_unit_test(a_body_of_just_the_cap_is_whole),
		cmocka_unit_test(a_read_asks_for_gzip_and_unpacks_it),
		cmocka_unit_test(a_gzip_bomb_is_refused),
		cmocka_unit_test(a_changing_call_unpacks_nothing),
		cmocka_unit_test(a_redirect_is_not_followed),
		cmocka_unit_test(a_proxy_in_the_environment_is_ignored),
		cmocka_unit_test(reads_share_a_connection_and_changing_calls_do_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
