/*
 * What a new TLS connection costs the client in CPU: each one trusted by way of the whole
 * system bundle, as on a host. The server is a child process, so that its share of
 * the handshake is not counted.
 *
 *   bench_tls_connect [CONNECTIONS]        prints one JSON object
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "lib/fake_server.h"
#include "net/http_curl.h"

#define SYSTEM_BUNDLE "/etc/ssl/certs/ca-certificates.crt"
#define HOUR 3600L
#define BATCH 250 /* connections a server takes */

struct run {
	uv_loop_t loop;
	struct http *http;
	struct http_request request;
	char url[64];
	long left, failed;
};

static _Noreturn void give_up(const char *what)
{
	(void)fprintf(stderr, "tls_connect: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double cpu_ms(void)
{
	struct rusage u;
	if (getrusage(RUSAGE_SELF, &u) < 0)
		give_up("getrusage");
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

/* Serves until its pipe closes with the parent. */
static _Noreturn void run_server(const struct test_identity *identity, int report, int life)
{
	static const struct fake_step script[] = {
		{.act = FAKE_TLS}, {.act = FAKE_READ}, FAKE_OK(2, "{}"), {.act = FAKE_END}};
	const struct fake_step *scripts[] = {script};
	struct fake_server *s = fake_server_start(
		&(struct fake_options){.scripts = scripts, .n_scripts = 1, .identity = identity});
	int port = fake_server_port(s);
	char byte;
	if (write(report, &port, sizeof(port)) != (ssize_t)sizeof(port))
		_exit(1);
	(void)!read(life, &byte, 1);
	_exit(0);
}

static pid_t start_server(const struct test_identity *identity, int *ret_port, int *ret_life)
{
	int report[2], life[2];
	if (pipe(report) < 0 || pipe(life) < 0)
		give_up("pipe");
	pid_t pid = fork();
	if (pid < 0)
		give_up("fork");
	if (pid == 0) {
		(void)close(life[1]);
		run_server(identity, report[1], life[0]);
	}
	(void)close(report[1]);
	(void)close(life[0]);
	if (read(report[0], ret_port, sizeof(*ret_port)) != (ssize_t)sizeof(*ret_port))
		give_up("server");
	(void)close(report[0]);
	*ret_life = life[1];
	return pid;
}

/* The system's bundle with the server's authority at its end. */
static void write_bundle(const char *path, const struct test_identity *ca)
{
	char buf[65536];
	size_t n;
	FILE *in = fopen(SYSTEM_BUNDLE, "r"), *out = fopen(path, "w");
	if (!in || !out)
		give_up(SYSTEM_BUNDLE);
	while ((n = fread(buf, 1, sizeof(buf), in)) > 0) {
		if (fwrite(buf, 1, n, out) != n)
			give_up(path);
	}
	(void)fclose(in);
	if (fclose(out) != 0)
		give_up(path);
	test_identity_write(ca, path, "a");
}

static void on_done(struct http_request *request, const struct http_response *response)
{
	struct run *run = container_of(request, struct run, request);
	if (response->end != HTTP_COMPLETE && run->failed++ == 0)
		(void)fprintf(stderr, "tls_connect: %s\n", response->error);
	if (--run->left > 0 && http_send(run->http, request) < 0)
		give_up("send");
}

static void on_closed(void *data)
{
	(void)data;
}

static void connect_often(struct run *run, long n, int port)
{
	(void)snprintf(run->url, sizeof(run->url), "https://127.0.0.1:%d/", port);
	run->request = (struct http_request){
		.method = "POST", .url = run->url, .body = "", .changing = true, .done = on_done};
	run->left = n;
	if (http_send(run->http, &run->request) < 0)
		give_up("send");
	while (run->left > 0)
		(void)uv_run(&run->loop, UV_RUN_ONCE);
}

/* In batches, a server each; one client, one parsed bundle. Returns CPU ms each. */
static double measure(const char *ca_file, const struct test_identity *identity, long n)
{
	struct run run = {0};
	double spent = 0;
	if (uv_loop_init(&run.loop) < 0 ||
	    http_curl_new(&run.loop, &(struct http_curl_options){.ca_file = ca_file}, &run.http) <
		    0)
		give_up("client");
	for (long done = 0; done < n; done += BATCH) {
		int port, life;
		long batch = n - done < BATCH ? n - done : BATCH;
		pid_t server = start_server(identity, &port, &life);
		double before = cpu_ms();
		connect_often(&run, batch, port);
		spent += cpu_ms() - before;
		(void)close(life);
		(void)waitpid(server, NULL, 0);
	}
	http_close(run.http, on_closed, NULL);
	(void)uv_run(&run.loop, UV_RUN_DEFAULT);
	if (uv_loop_close(&run.loop) < 0 || run.failed > 0)
		give_up("a connection failed");
	return spent / (double)n;
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 500;
	if (n < 1)
		give_up("CONNECTIONS must be at least 1");
	char directory[] = "/tmp/drover-bench-XXXXXX", bundle[64], single[64];
	if (!mkdtemp(directory))
		give_up("mkdtemp");
	(void)snprintf(bundle, sizeof(bundle), "%s/bundle.pem", directory);
	(void)snprintf(single, sizeof(single), "%s/single.pem", directory);
	struct test_identity ca, server;
	test_identity_make(&ca, NULL, -HOUR, HOUR, NULL);
	test_identity_make(&server, "IP:127.0.0.1", -HOUR, HOUR, &ca);
	write_bundle(bundle, &ca);
	test_identity_write(&ca, single, "w");

	double with_bundle = measure(bundle, &server, n);
	double with_single = measure(single, &server, n);
	(void)printf("{\"bench\": \"tls_connect\", \"connections\": %ld, "
		     "\"cpu_ms_per_connection\": %.3f, \"with_one_certificate\": %.3f, "
		     "\"bar_ms\": 2.0}\n",
		     n, with_bundle, with_single);
	test_identity_free(&ca);
	test_identity_free(&server);
	(void)unlink(bundle);
	(void)unlink(single);
	(void)rmdir(directory);
	return 0;
}
