/* Who is believed: certificates, names, versions; and what believing costs. */
#include "unit/net/client.h"

#include <netdb.h>
#include <openssl/ssl.h>
#include <unistd.h>

#define HOUR 3600L
#define TLS                                                                                        \
	{                                                                                          \
		.act = FAKE_TLS                                                                    \
	}
#define READ                                                                                       \
	{                                                                                          \
		.act = FAKE_READ                                                                   \
	}
#define MARK                                                                                       \
	{                                                                                          \
		.act = FAKE_MARK                                                                   \
	}
#define END                                                                                        \
	{                                                                                          \
		.act = FAKE_END                                                                    \
	}
#define AGAIN                                                                                      \
	{                                                                                          \
		.act = FAKE_AGAIN                                                                  \
	}
#define SEND(s)                                                                                    \
	{                                                                                          \
		.act = FAKE_SEND, .text = (s)                                                      \
	}

static const struct fake_step answers[] = {TLS, READ, FAKE_OK(5, "hello"), AGAIN};

/* Every name is this machine. */
static int local_lookup(uv_loop_t *loop, uv_getaddrinfo_t *req, uv_getaddrinfo_cb cb,
			const char *node, const char *service, const struct addrinfo *hints)
{
	(void)node;
	return uv_getaddrinfo(loop, req, cb, "127.0.0.1", service, hints);
}

static struct {
	char directory[64], ca_file[96], other_ca_file[96];
	struct test_identity ca, other_ca, good;
} world;

static int make_world(void **state)
{
	(void)state;
	(void)snprintf(world.directory, sizeof(world.directory), "/tmp/drover-tls-XXXXXX");
	if (!mkdtemp(world.directory))
		return -1;
	(void)snprintf(world.ca_file, sizeof(world.ca_file), "%s/ca.pem", world.directory);
	(void)snprintf(world.other_ca_file, sizeof(world.other_ca_file), "%s/other.pem",
		       world.directory);
	test_identity_make(&world.ca, NULL, -HOUR, HOUR, NULL);
	test_identity_make(&world.other_ca, NULL, -HOUR, HOUR, NULL);
	test_identity_make(&world.good, "DNS:api.test,IP:127.0.0.1", -HOUR, HOUR, &world.ca);
	test_identity_write(&world.ca, world.ca_file, "w");
	test_identity_write(&world.other_ca, world.other_ca_file, "w");
	return 0;
}

static int end_world(void **state)
{
	(void)state;
	test_identity_free(&world.ca);
	test_identity_free(&world.other_ca);
	test_identity_free(&world.good);
	(void)unlink(world.ca_file);
	(void)unlink(world.other_ca_file);
	return rmdir(world.directory);
}

static struct fake_server *serve_tls(const struct fake_step *script,
				     const struct test_identity *identity, int max_tls)
{
	const struct fake_step *scripts[] = {script};
	return fake_server_start(&(struct fake_options){
		.scripts = scripts, .n_scripts = 1, .identity = identity, .max_tls = max_tls});
}

static void open_tls_client(struct client *c, const char *ca_file)
{
	const struct http_curl_options options = {.ca_file = ca_file, .lookup = local_lookup};
	client_open(c, &options);
}

static void a_known_authority_and_the_right_name_are_believed(void **state)
{
	(void)state;
	static const char *const origins[] = {"https://api.test", "https://127.0.0.1"};
	struct fake_server *s = serve_tls(answers, &world.good, 0);
	struct client c;
	open_tls_client(&c, world.ca_file);
	for (size_t i = 0; i < ARRAY_SIZE(origins); i++) {
		struct probe p;
		probe_init(&p, &c, origins[i], fake_server_port(s));
		make_changing(&p, "a=b");
		probe_run(&p);
		assert_int_equal(p.end, HTTP_COMPLETE);
		assert_string_equal(p.body, "hello");
		probe_fini(&p);
	}
	client_finish(&c);
	fake_server_stop(s);
}

struct stranger {
	const char *what, *san;
	long from_s, until_s;
	const struct test_identity *issuer;
	int max_tls;
	const char *origin;
};

static void run_stranger(const struct stranger *stranger, bool changing)
{
	struct test_identity identity;
	test_identity_make(&identity, stranger->san, stranger->from_s, stranger->until_s,
			   stranger->issuer);
	struct fake_server *s = serve_tls(answers, &identity, stranger->max_tls);
	struct client c;
	struct probe p;
	open_tls_client(&c, world.ca_file);
	probe_init(&p, &c, stranger->origin, fake_server_port(s));
	if (changing)
		make_changing(&p, "a=b");
	probe_run(&p);
	if (p.end != HTTP_NOT_SENT)
		fail_msg("%s: end %d", stranger->what, p.end);
	assert_memory_equal(p.error, "tls: ", 5);
	client_finish(&c);
	probe_fini(&p);
	assert_int_equal(fake_server_bytes(s), 0);
	fake_server_stop(s);
	test_identity_free(&identity);
}

static void strangers_get_no_byte_of_the_request(void **state)
{
	(void)state;
	const struct stranger table[] = {
		{"wrong host", "DNS:other.test", -HOUR, HOUR, &world.ca, 0, "https://api.test"},
		{"wrong address", "IP:127.0.0.2", -HOUR, HOUR, &world.ca, 0, "https://127.0.0.1"},
		{"self-signed", "DNS:api.test", -HOUR, HOUR, NULL, 0, "https://api.test"},
		{"unknown authority", "DNS:api.test", -HOUR, HOUR, &world.other_ca, 0,
		 "https://api.test"},
		{"expired", "DNS:api.test", -2 * HOUR, -HOUR, &world.ca, 0, "https://api.test"},
		{"not yet valid", "DNS:api.test", HOUR, 2 * HOUR, &world.ca, 0, "https://api.test"},
		{"TLS 1.1", "DNS:api.test", -HOUR, HOUR, &world.ca, TLS1_1_VERSION,
		 "https://api.test"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		run_stranger(&table[i], false);
		run_stranger(&table[i], true);
	}
}

static void without_a_ca_file_the_system_decides(void **state)
{
	(void)state;
	struct fake_server *s = serve_tls(answers, &world.good, 0);
	struct client c;
	struct probe p;
	open_tls_client(&c, NULL);
	probe_init(&p, &c, "https://api.test", fake_server_port(s));
	probe_run(&p);
	assert_int_equal(p.end, HTTP_NOT_SENT);
	client_finish(&c);
	probe_fini(&p);
	assert_int_equal(fake_server_bytes(s), 0);
	fake_server_stop(s);
}

static void a_ca_file_that_is_missing_stops_everything(void **state)
{
	(void)state;
	struct fake_server *s = serve_tls(answers, &world.good, 0);
	struct client c;
	struct probe p;
	open_tls_client(&c, "/nonexistent/ca.pem");
	probe_init(&p, &c, "https://api.test", fake_server_port(s));
	probe_run(&p);
	assert_int_equal(p.end, HTTP_NOT_SENT);
	client_finish(&c);
	probe_fini(&p);
	assert_int_equal(fake_server_bytes(s), 0);
	fake_server_stop(s);
}

/* A bundle takes 26 ms of CPU to parse. That it is parsed once shows when the file is
 * exchanged for one that does not know the server: later connections still do. */
static void the_ca_bundle_is_read_once_for_all_connections(void **state)
{
	(void)state;
	struct fake_server *s = serve_tls(answers, &world.good, 0);
	char path[128];
	(void)snprintf(path, sizeof(path), "%s/changing.pem", world.directory);
	test_identity_write(&world.ca, path, "w");
	struct client c;
	open_tls_client(&c, path);
	for (int i = 0; i < 4; i++) {
		struct probe p;
		probe_init(&p, &c, "https://api.test", fake_server_port(s));
		make_changing(&p, "a=b");
		probe_run(&p);
		assert_int_equal(p.end, HTTP_COMPLETE);
		probe_fini(&p);
		test_identity_write(&world.other_ca, path, "w");
	}
	assert_int_equal(fake_server_connections(s), 4);
	client_finish(&c);

	struct probe p; /* the control: a new client reads the new file */
	open_tls_client(&c, path);
	probe_init(&p, &c, "https://api.test", fake_server_port(s));
	probe_run(&p);
	assert_int_equal(p.end, HTTP_NOT_SENT);
	client_finish(&c);
	probe_fini(&p);
	(void)unlink(path);
	fake_server_stop(s);
}

static void a_tls_answer_cut_short_is_broken(void **state)
{
	(void)state;
	static const struct fake_step scripts[][5] = {
		{TLS, READ, END},
		{TLS, READ, SEND("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1234"), END},
		{TLS, READ, SEND("HTTP/1.1 200 OK\r\n\r\nno length"), {.act = FAKE_RESET}},
	};
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		struct fake_server *s = serve_tls(scripts[i], &world.good, 0);
		struct client c;
		struct probe p;
		open_tls_client(&c, world.ca_file);
		probe_init(&p, &c, "https://api.test", fake_server_port(s));
		make_changing(&p, "a=b");
		probe_run(&p);
		assert_int_equal(p.end, HTTP_BROKEN);
		assert_int_equal(fake_server_requests(s), 1);
		client_finish(&c);
		probe_fini(&p);
		fake_server_stop(s);
	}
}

static void a_handshake_that_breaks_off_is_not_sent(void **state)
{
	(void)state;
	static const struct fake_step scripts[][3] = {
		{{.act = FAKE_RESET}},
		{{.act = FAKE_READ_SOME}, END},
		{{.act = FAKE_READ_SOME}, SEND("HTTP/1.1 400 Bad Request\r\n\r\n"), END},
	};
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		struct fake_server *s = serve_tls(scripts[i], NULL, 0);
		struct client c;
		struct probe p;
		open_tls_client(&c, world.ca_file);
		probe_init(&p, &c, "https://api.test", fake_server_port(s));
		make_changing(&p, "a=b");
		probe_run(&p);
		assert_int_equal(p.end, HTTP_NOT_SENT);
		client_finish(&c);
		probe_fini(&p);
		fake_server_stop(s);
	}
}

static void close_between_handshake_and_answer(void **state)
{
	(void)state;
	static const struct fake_step script[] = {TLS, READ, MARK, {.act = FAKE_WAIT}, END};
	struct fake_server *s = serve_tls(script, &world.good, 0);
	struct client c;
	struct probe p;
	open_tls_client(&c, world.ca_file);
	probe_init(&p, &c, "https://api.test", fake_server_port(s));
	probe_send(&p);
	wait_for_marks(&c, s, 1);
	client_finish(&c);
	assert_int_equal(p.done, 1);
	assert_int_equal(p.end, HTTP_BROKEN);
	assert_true(p.cancelled);
	probe_fini(&p);
	fake_server_stop(s);
}

/* The TLS keys of a run must not land in a file because of its environment. */
static void a_key_log_in_the_environment_is_ignored(void **state)
{
	(void)state;
	assert_null(getenv("SSLKEYLOGFILE")); /* set by main(), taken out by the client */
	assert_int_not_equal(access("/tmp/drover-test-keylog", F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_known_authority_and_the_right_name_are_believed),
		cmocka_unit_test(strangers_get_no_byte_of_the_request),
		cmocka_unit_test(without_a_ca_file_the_system_decides),
		cmocka_unit_test(a_ca_file_that_is_missing_stops_everything),
		cmocka_unit_test(the_ca_bundle_is_read_once_for_all_connections),
		cmocka_unit_test(a_tls_answer_cut_short_is_broken),
		cmocka_unit_test(a_handshake_that_breaks_off_is_not_sent),
		cmocka_unit_test(close_between_handshake_and_answer),
		cmocka_unit_test(a_key_log_in_the_environment_is_ignored),
	};
	(void)unlink("/tmp/drover-test-keylog");
	(void)setenv("SSLKEYLOGFILE", "/tmp/drover-test-keylog", 1);
	return cmocka_run_group_tests(tests, make_world, end_world);
}
