#pragma once
/*
 * What the tests of net/ share: a loop with a client on it, requests that remember
 * how they ended, and a tear-down that insists on a clean loop.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "lib/fake_server.h"
#include "net/http_curl.h"

/* A test that waits longer than this hangs. */
#define PATIENCE_MS 20000

struct client {
	uv_loop_t loop;
	struct http *http;
	bool closed;
	uv_timer_t guard, poll;
};

struct probe {
	struct http_request request;
	struct client *client;
	char url[256];
	int done; /* times */
	enum http_end end;
	int status;
	bool cancelled, too_large;
	char *body;
	size_t body_len;
	char error[320], date[64], request_id[64], acs_retry_after[32], retry_after[32];
	char content_type[64];
	void (*then)(struct probe *probe); /* inside done() */
	struct probe *other;
};

static inline void on_guard(uv_timer_t *timer)
{
	(void)timer;
	(void)fprintf(stderr, "a test hangs\n");
	abort();
}

static inline void client_open(struct client *c, const struct http_curl_options *options)
{
	static const struct http_curl_options defaults;
	*c = (struct client){0};
	assert_int_equal(uv_loop_init(&c->loop), 0);
	assert_int_equal(uv_timer_init(&c->loop, &c->guard), 0);
	assert_int_equal(uv_timer_init(&c->loop, &c->poll), 0);
	(void)uv_timer_start(&c->guard, on_guard, PATIENCE_MS, 0);
	uv_unref((uv_handle_t *)&c->guard);
	assert_int_equal(http_curl_new(&c->loop, options ? options : &defaults, &c->http), 0);
}

static inline void on_client_closed(void *data)
{
	struct client *c = data;
	assert_false(c->closed);
	c->closed = true;
}

static inline void client_start_close(struct client *c)
{
	http_close(c->http, on_client_closed, c);
	c->http = NULL;
}

static inline void print_handle(uv_handle_t *handle, void *data)
{
	(void)data;
	(void)fprintf(stderr, "left open: %s\n", uv_handle_type_name(handle->type));
}

static inline void client_finish(struct client *c)
{
	if (c->http)
		client_start_close(c);
	uv_close((uv_handle_t *)&c->poll, NULL);
	(void)uv_run(&c->loop, UV_RUN_DEFAULT);
	assert_true(c->closed);
	uv_close((uv_handle_t *)&c->guard, NULL);
	(void)uv_run(&c->loop, UV_RUN_DEFAULT);
	uv_walk(&c->loop, print_handle, NULL);
	assert_int_equal(uv_loop_close(&c->loop), 0);
}

#define copy_text(out, text) ((void)snprintf((out), sizeof(out), "%s", (text)))

static inline void on_probe_done(struct http_request *request, const struct http_response *r)
{
	struct probe *p = container_of(request, struct probe, request);
	p->done++;
	p->end = r->end;
	p->status = r->status;
	p->cancelled = r->cancelled;
	p->too_large = r->too_large;
	p->body_len = r->body_len;
	free(p->body);
	p->body = malloc(r->body_len + 1);
	assert_non_null(p->body);
	memcpy(p->body, r->body, r->body_len + 1);
	assert_int_equal(p->body[r->body_len], 0);
	copy_text(p->error, r->error);
	copy_text(p->date, r->date);
	copy_text(p->request_id, r->request_id);
	copy_text(p->acs_retry_after, r->acs_retry_after);
	copy_text(p->retry_after, r->retry_after);
	copy_text(p->content_type, r->content_type);
	if (p->then)
		p->then(p);
}

/* A read of @origin ("http://127.0.0.1") at @port, path "/". */
static inline void probe_init(struct probe *p, struct client *c, const char *origin, int port)
{
	*p = (struct probe){.client = c};
	(void)snprintf(p->url, sizeof(p->url), "%s:%d/", origin, port);
	p->request = (struct http_request){
		.method = "GET",
		.url = p->url,
		.body = "",
		.connect_ms = 5000,
		.total_ms = 10000,
		.done = on_probe_done,
	};
}

static inline void make_changing(struct probe *p, const char *body)
{
	p->request.method = "POST";
	p->request.changing = true;
	p->request.body = body;
	p->request.body_len = strlen(body);
}

static inline void probe_send(struct probe *p)
{
	assert_int_equal(http_send(p->client->http, &p->request), 0);
	assert_int_equal(p->done, 0); /* never from inside */
}

static inline void probe_wait(struct probe *p)
{
	while (p->done == 0)
		(void)uv_run(&p->client->loop, UV_RUN_ONCE);
	assert_int_equal(p->done, 1);
}

static inline void probe_run(struct probe *p)
{
	probe_send(p);
	probe_wait(p);
}

static inline void probe_fini(struct probe *p)
{
	free(p->body);
	p->body = NULL;
}

static inline void on_poll(uv_timer_t *timer)
{
	(void)timer; /* makes UV_RUN_ONCE return */
}

/* Runs the loop until the server's threads have set @count marks. */
static inline void wait_for_marks(struct client *c, struct fake_server *s, int count)
{
	(void)uv_timer_start(&c->poll, on_poll, 1, 1);
	while (fake_server_marks(s) < count)
		(void)uv_run(&c->loop, UV_RUN_ONCE);
	(void)uv_timer_stop(&c->poll);
}

static inline void run_for(struct client *c, uint64_t ms)
{
	uv_update_time(&c->loop);
	uint64_t end = uv_now(&c->loop) + ms;
	(void)uv_timer_start(&c->poll, on_poll, ms, 0);
	while (uv_now(&c->loop) < end)
		(void)uv_run(&c->loop, UV_RUN_ONCE);
}

static inline struct http_stats stats_of(struct client *c)
{
	struct http_stats stats;
	http_read_stats(c->http, &stats);
	return stats;
}

static inline struct fake_server *serve(const struct fake_step *script)
{
	const struct fake_step *scripts[] = {script};
	return fake_server_start(&(struct fake_options){.scripts = scripts, .n_scripts = 1});
}
