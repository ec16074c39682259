#include "net/http_curl.h"

#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/cleanup.h"
#include "net/curl_loop.h"
#include "net/transfer.h"

#define DEFAULT_MAX_CONNECTIONS 8
#define MOST_MAX_CONNECTIONS 1024
#define DEFAULT_LOW_SPEED_BYTES 100
#define DEFAULT_LOW_SPEED_S 15

/*
 * A request is on one list at a time: active (waiting for addresses or with libcurl),
 * then ready. Users are told from the ready list only, at the end of a turn of the
 * loop, when no list is being walked and libcurl is not on the stack.
 */
struct http_curl {
	struct http http;
	struct curl_loop loop;
	struct resolver resolver;
	struct env *env;
	struct transfer_defaults defaults;
	char *ca_file;
	uv_timer_t deliver_timer; /* tells what no event of libcurl will tell */
	struct transfer *active;
	struct transfer *ready;
	struct http_stats stats;
	bool closing;
	size_t open_parts; /* of the three with uv handles, once taken down */
	void (*closed)(void *data);
	void *closed_data;
};

static void on_deliver_timer(uv_timer_t *timer);

/* --- telling the users ------------------------------------------------------------ */

/* 1 ms, not 0: see on_timer_wish() in curl_loop.c. */
static void deliver_soon(struct http_curl *h)
{
	uv_update_time(h->loop.loop);
	(void)uv_timer_start(&h->deliver_timer, on_deliver_timer, 1, 0);
}

static void count_end(struct http_curl *h, const struct transfer *t)
{
	h->stats.connections += transfer_connections(t);
	switch (t->response.end) {
	case HTTP_COMPLETE:
		h->stats.completed++;
		break;
	case HTTP_NOT_SENT:
		h->stats.not_sent++;
		break;
	case HTTP_BROKEN:
		h->stats.broken++;
		break;
	}
}

static void make_ready(struct http_curl *h, struct transfer *t)
{
	DL_DELETE(h->active, t);
	DL_APPEND(h->ready, t);
	count_end(h, t);
}

/* The request is the user's again as soon as done() is called. */
static void tell(struct transfer *t)
{
	struct http_request *request = t->request;
	request->impl = NULL;
	request->done(request, &t->response);
	transfer_free(t);
}

static void take_down(struct http_curl *h);

/* A user may send, cancel and close: what that makes ready waits for the next turn, so
 * that one who sends and cancels for ever cannot hold the loop. */
static void deliver(struct http_curl *h)
{
	struct transfer *batch = h->ready, *t, *tmp;
	h->ready = NULL;
	DL_FOREACH_SAFE(batch, t, tmp)
	{
		DL_DELETE(batch, t);
		tell(t);
	}
	if (h->ready)
		deliver_soon(h);
	else if (h->closing && !h->active && h->open_parts == 0)
		take_down(h);
}

static void on_deliver_timer(uv_timer_t *timer)
{
	deliver(container_of(timer, struct http_curl, deliver_timer));
}

/* --- libcurl's events --------------------------------------------------------------- */

static void on_finished(struct curl_loop *loop, CURL *easy, CURLcode result)
{
	struct http_curl *h = container_of(loop, struct http_curl, loop);
	struct transfer *t = transfer_of(easy);
	transfer_finish(t, result);
	make_ready(h, t);
}

static void give_up(struct http_curl *h, struct transfer *t, const char *why, bool cancelled)
{
	/* First what libcurl knows of it, then the removal. */
	bool active = t->state == TRANSFER_ACTIVE;
	resolver_cancel(&h->resolver, &t->wait);
	transfer_give_up(t, why);
	t->response.cancelled = cancelled;
	if (active)
		curl_loop_remove(&h->loop, t->easy);
	make_ready(h, t);
}

static void on_failed(struct curl_loop *loop, const char *why)
{
	struct http_curl *h = container_of(loop, struct http_curl, loop);
	struct transfer *t, *tmp;
	DL_FOREACH_SAFE(h->active, t, tmp)
	{
		if (t->state == TRANSFER_ACTIVE)
			give_up(h, t, why, false);
	}
}

static void on_turn(struct curl_loop *loop)
{
	deliver(container_of(loop, struct http_curl, loop));
}

/* --- sending ------------------------------------------------------------------------ */

/* @addresses NULL: the target is literal. */
static int hand_over(struct http_curl *h, struct transfer *t, const char *addresses)
{
	int r = transfer_prepare(t, addresses, env_mono_ms(h->env) - t->started_ms);
	if (r == 0)
		r = curl_loop_add(&h->loop, t->easy);
	if (r == 0)
		t->state = TRANSFER_ACTIVE;
	return r;
}

static void on_resolved(struct resolve_wait *wait, const char *addresses, const char *error)
{
	struct transfer *t = container_of(wait, struct transfer, wait);
	struct http_curl *h = t->owner;
	int r = addresses ? hand_over(h, t, addresses) : 0;
	if (addresses && r == 0)
		return;
	transfer_give_up(t, r < 0 ? strerror(-r) : error);
	make_ready(h, t);
	deliver_soon(h); /* the resolver is still on the stack */
}

static int start(struct http_curl *h, struct transfer *t)
{
	const char *addresses = NULL;
	t->owner = h;
	t->wait.done = on_resolved;
	t->started_ms = env_mono_ms(h->env);
	if (t->target.literal)
		return hand_over(h, t, NULL);
	int r = resolver_start(&h->resolver, t->target.host, t->target.port,
			       transfer_resolve_budget(t), &t->wait, &addresses);
	if (r == RESOLVE_LATER)
		return 0;
	return r < 0 ? r : hand_over(h, t, addresses);
}

static int send_request(struct http *http, struct http_request *request)
{
	struct http_curl *h = container_of(http, struct http_curl, http);
	struct transfer *t;
	if (h->closing)
		return -ESHUTDOWN;
	int r = transfer_new(request, &h->defaults, &t);
	if (r < 0)
		return r;
	r = start(h, t);
	if (r < 0) {
		transfer_free(t);
		return r;
	}
	DL_APPEND(h->active, t);
	request->impl = t;
	h->stats.sent++;
	return 0;
}

static void cancel_request(struct http *http, struct http_request *request)
{
	struct http_curl *h = container_of(http, struct http_curl, http);
	struct transfer *t = request->impl;
	if (!t || t->state == TRANSFER_READY)
		return;
	give_up(h, t, "cancelled", true);
	deliver_soon(h);
}

/* --- closing ------------------------------------------------------------------------ */

static void part_closed(struct http_curl *h)
{
	if (--h->open_parts > 0)
		return;
	void (*closed)(void *data) = h->closed;
	void *data = h->closed_data;
	free(h->ca_file);
	free(h);
	curl_global_cleanup();
	closed(data);
}

static void on_loop_closed(struct curl_loop *loop)
{
	part_closed(container_of(loop, struct http_curl, loop));
}

static void on_resolver_closed(struct resolver *resolver)
{
	part_closed(container_of(resolver, struct http_curl, resolver));
}

static void on_deliver_closed(uv_handle_t *handle)
{
	part_closed(container_of((uv_timer_t *)handle, struct http_curl, deliver_timer));
}

/* Nobody is left to tell. Close callbacks come in no order to rely on. */
static void take_down(struct http_curl *h)
{
	h->open_parts = 3;
	curl_loop_close(&h->loop);
	resolver_close(&h->resolver, on_resolver_closed);
	uv_close((uv_handle_t *)&h->deliver_timer, on_deliver_closed);
}

static void close_client(struct http *http, void (*closed)(void *data), void *data)
{
	struct http_curl *h = container_of(http, struct http_curl, http);
	struct transfer *t, *tmp;
	h->closing = true;
	h->closed = closed;
	h->closed_data = data;
	DL_FOREACH_SAFE(h->active, t, tmp)
	{
		give_up(h, t, "closed", true);
	}
	deliver_soon(h);
}

/* --- making ------------------------------------------------------------------------- */

static void read_stats(struct http *http, struct http_stats *ret)
{
	struct http_curl *h = container_of(http, struct http_curl, http);
	*ret = h->stats;
	ret->wakeups = h->loop.wakeups;
}

static const struct http_ops ops = {
	.send = send_request,
	.cancel = cancel_request,
	.close = close_client,
	.stats = read_stats,
};

static const struct curl_loop_ops loop_ops = {
	.on_finished = on_finished,
	.on_failed = on_failed,
	.on_turn = on_turn,
	.on_closed = on_loop_closed,
};

/* Before libcurl's TLS starts: it reads the variable once, then. */
static int init_libraries(void)
{
	struct sigaction action;
	(void)unsetenv("SSLKEYLOGFILE");
	if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL)
		(void)signal(SIGPIPE, SIG_IGN);
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : -ENOMEM;
}

static int fill(struct http_curl *h, uv_loop_t *loop, const struct http_curl_options *o)
{
	size_t max = o->max_connections ? o->max_connections : DEFAULT_MAX_CONNECTIONS;
	if (max > MOST_MAX_CONNECTIONS || o->low_speed_bytes < 0 || o->low_speed_s < 0)
		return -EINVAL;
	h->http.ops = &ops;
	h->env = o->env ? o->env : env_os();
	if (o->ca_file && !(h->ca_file = strdup(o->ca_file)))
		return -ENOMEM;
	h->defaults = (struct transfer_defaults){
		.ca_file = h->ca_file,
		.low_speed_bytes =
			o->low_speed_bytes ? o->low_speed_bytes : DEFAULT_LOW_SPEED_BYTES,
		.low_speed_s = o->low_speed_s ? o->low_speed_s : DEFAULT_LOW_SPEED_S,
	};
	return curl_loop_init(&h->loop, loop, (long)max, &loop_ops);
}

int http_curl_new(uv_loop_t *loop, const struct http_curl_options *options, struct http **ret_http)
{
	struct http_curl *h = calloc(1, sizeof(*h));
	if (!h)
		return -ENOMEM;
	int r = init_libraries();
	if (r < 0) {
		free(h);
		return r;
	}
	r = fill(h, loop, options);
	if (r < 0) {
		free(h->ca_file);
		free(h);
		curl_global_cleanup();
		return r;
	}
	resolver_init(&h->resolver, loop, h->env, options->lookup);
	(void)uv_timer_init(loop, &h->deliver_timer); /* always 0 */
	*ret_http = &h->http;
	return 0;
}
