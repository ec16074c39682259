#include "cloudside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "cloud/sim.h"
#include "net/http.h"
#include "net/http_curl.h"
#include "vloop.h"

#define MAX_HEADERS 32

struct flight {
	struct http_request *request;
	struct sim_response response;
	bool answered;  /* the cloud has taken it in */
	bool broken;    /* the answer never arrives whole */
	bool not_sent;
	bool cancelled;
	struct flight *next;
};

static struct {
	struct http http; /* first: what the daemon holds */
	struct sim *sim;
	struct cloudside_faults faults;
	struct flight *flights;
	void (*before)(void);
	void (*after)(uint64_t number);
	void (*on_request)(const char *action, bool changing);
	void (*watch_sent)(const struct http_request *request);
	void (*watch_answered)(const struct http_request *request, struct http_response *response);
	void (*edit)(char *body, size_t len); /* answers to looks */
	uint64_t requests, handled;
	bool closing;
	void (*closed)(void *data);
	void *closed_data;
} c;

uint64_t cloudside_wall(void)
{
	static const uint64_t wall0 = UINT64_C(1795000000000);
	return wall0 + vloop_now();
}

static struct sim_now now(void)
{
	return (struct sim_now){vloop_now(), cloudside_wall()};
}

/* ---- the request, as bytes on the wire would say it ---- */

struct parts {
	char *texts;
	struct sim_header headers[MAX_HEADERS];
	size_t n;
};

static void add_header(struct parts *p, const char *name, const char *value)
{
	if (p->n == MAX_HEADERS)
		abort();
	p->headers[p->n++] = (struct sim_header){name, value};
}

static void split_headers(const struct http_request *request, struct parts *p)
{
	bool has_host = false;
	for (size_t k = 0; k < request->n_headers; k++) {
		char *line = strdup(request->headers[k]), *colon = line ? strchr(line, ':') : NULL;
		if (!colon)
			abort();
		*colon = '\0';
		const char *value = colon + 1 + strspn(colon + 1, " ");
		has_host = has_host || strcasecmp(line, "host") == 0;
		if (*value)
			add_header(p, line, value);
		else
			free(line);
	}
	if (!has_host)
		abort(); /* the daemon signs its host */
}

static void free_headers(struct parts *p)
{
	for (size_t k = 0; k < p->n; k++)
		free((char *)p->headers[k].name);
}

static const char *target_of(const char *url)
{
	const char *host = strstr(url, "://"), *path = host ? strchr(host + 3, '/') : NULL;
	return path ? path : "/";
}

static void handle(struct flight *f)
{
	const struct http_request *request = f->request;
	struct parts parts = {0};
	split_headers(request, &parts);
	const struct sim_request sim = {.method = request->method,
					.target = target_of(request->url),
					.headers = parts.headers,
					.n_headers = parts.n,
					.body = request->body,
					.body_len = request->body_len};
	bool judged = request->changing && c.before;
	if (judged)
		c.before();
	if (sim_handle(c.sim, now(), &sim, &f->response) < 0)
		abort();
	c.handled++;
	if (judged)
		c.after(c.handled);
	free_headers(&parts);
	if (c.edit && !request->changing)
		c.edit(f->response.body, f->response.body_len);
	f->answered = true;
}

/* ---- answers ---- */

static void unlink_flight(struct flight *f)
{
	struct flight **at = &c.flights;
	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
}

static void maybe_closed(void *data)
{
	(void)data;
	if (!c.closing || c.flights)
		return;
	c.closing = false;
	c.closed(c.closed_data);
}

static const char *header_of(const struct sim_response *r, const char *name)
{
	for (size_t k = 0; k < r->n_headers; k++)
		if (strcasecmp(r->headers[k].name, name) == 0)
			return r->headers[k].value;
	return "";
}

static void deliver(void *data)
{
	struct flight *f = data;
	struct sim_response *r = &f->response;
	bool whole = f->answered && !f->broken && !f->cancelled && r->delivery == SIM_ANSWER;
	struct http_response response = {
		.end = whole ? HTTP_COMPLETE : f->not_sent ? HTTP_NOT_SENT : HTTP_BROKEN,
		.status = whole ? r->status : 0,
		.body = whole ? r->body : "",
		.body_len = whole ? r->body_len : 0,
		.error = whole ? "" : "simulated",
		.cancelled = f->cancelled,
		.date = whole ? header_of(r, "date") : "",
		.request_id = whole ? header_of(r, "x-acs-request-id") : "",
		.acs_retry_after = whole ? header_of(r, "x-acs-retry-after") : "",
		.retry_after = whole ? header_of(r, "retry-after") : "",
		.content_type = whole ? header_of(r, "content-type") : "",
	};
	unlink_flight(f);
	if (c.watch_answered)
		c.watch_answered(f->request, &response);
	f->request->done(f->request, &response);
	if (f->answered)
		sim_response_fini(r);
	free(f);
	maybe_closed(NULL);
}

/* The request reaches the cloud; its answer takes as long again. */
static void arrive(void *data)
{
	struct flight *f = data;
	uint64_t limit = f->request->total_ms ? f->request->total_ms : 60000;
	if (f->cancelled) {
		deliver(f);
		return;
	}
	handle(f);
	uint64_t ready = sim_real_ms_until(c.sim, f->response.ready_cloud_ms);
	uint64_t wait = 1 + vloop_random(c.faults.latency_ms + 1) + ready;
	f->broken = vloop_random(1000) < c.faults.lose_reply || wait > limit;
	vloop_at(vloop_now() + (wait > limit ? limit : wait), deliver, f);
}

/* ---- the seam ---- */

const char *cloudside_action(const struct http_request *request)
{
	static const char name[] = "x-acs-action:";
	for (size_t k = 0; k < request->n_headers; k++)
		if (strncasecmp(request->headers[k], name, sizeof(name) - 1) == 0)
			return request->headers[k] + sizeof(name) - 1;
	return "";
}

bool cloudside_throttles(const struct http_response *response)
{
	return response->end == HTTP_COMPLETE &&
	       (response->status == 429 || strstr(response->body, "\"Throttling"));
}

static int send_request(struct http *http, struct http_request *request)
{
	(void)http;
	struct flight *f = calloc(1, sizeof(*f));
	if (!f)
		return -ENOMEM;
	c.requests++;
	if (c.on_request)
		c.on_request(cloudside_action(request), request->changing);
	if (c.watch_sent)
		c.watch_sent(request);
	f->request = request;
	f->next = c.flights;
	c.flights = f;
	request->impl = f;
	f->not_sent = vloop_random(1000) < c.faults.cut_before;
	vloop_at(vloop_now() + 1 + vloop_random(c.faults.latency_ms + 1), f->not_sent ? deliver : arrive, f);
	return 0;
}

static void cancel_request(struct http *http, struct http_request *request)
{
	(void)http;
	struct flight *f = request->impl;
	f->cancelled = true;
	f->not_sent = f->not_sent || !f->answered;
}

static void close_http(struct http *http, void (*closed)(void *data), void *data)
{
	(void)http;
	c.closing = true;
	c.closed = closed;
	c.closed_data = data;
	for (struct flight *f = c.flights; f; f = f->next)
		f->cancelled = true;
	vloop_at(vloop_now() + 1, maybe_closed, NULL);
}

static void read_stats(struct http *http, struct http_stats *ret)
{
	(void)http;
	*ret = (struct http_stats){.sent = c.requests};
}

static const struct http_ops ops = {send_request, cancel_request, close_http, read_stats};

int __wrap_http_curl_new(uv_loop_t *loop, const struct http_curl_options *options, struct http **ret);
int __wrap_http_curl_new(uv_loop_t *loop, const struct http_curl_options *options, struct http **ret)
{
	(void)loop;
	(void)options;
	c.http.ops = &ops;
	*ret = &c.http;
	return 0;
}

/* ---- the world's side ---- */

static struct {
	const char *id, *secret;
} keys;

void cloudside_keys(const char *id, const char *secret)
{
	keys.id = id;
	keys.secret = secret;
}

void cloudside_on_request(void (*fn)(const char *action, bool changing))
{
	c.on_request = fn;
}

static struct {
	double reads_per_s, writes_per_s;
} quota;

void cloudside_quota(double reads_per_s, double writes_per_s)
{
	quota.reads_per_s = reads_per_s;
	quota.writes_per_s = writes_per_s;
}

void cloudside_start(uint64_t seed)
{
	memset(&c, 0, sizeof(c));
	const struct sim_options options = {.seed = seed,
					    .time_scale = 1,
					    .reads_per_s = quota.reads_per_s,
					    .writes_per_s = quota.writes_per_s,
					    .access_key_id = keys.id,
					    .access_key_secret = keys.secret};
	if (sim_new(&options, now(), &c.sim) < 0)
		abort();
}

void cloudside_watch(void (*sent)(const struct http_request *request),
		     void (*answered)(const struct http_request *request, struct http_response *response))
{
	c.watch_sent = sent;
	c.watch_answered = answered;
}

void cloudside_end(void)
{
	sim_free(c.sim);
}

/* Half of what was under way has arrived by the time a process dies. */
void cloudside_reset(void)
{
	struct flight *next;
	for (struct flight *f = c.flights; f; f = next) {
		next = f->next;
		if (!f->answered && !f->not_sent && !f->cancelled && vloop_random(2) == 0)
			handle(f);
		if (f->answered)
			sim_response_fini(&f->response);
		free(f);
	}
	c.flights = NULL;
	c.closing = false;
}

void cloudside_faults(const struct cloudside_faults *faults)
{
	c.faults = *faults;
}

void cloudside_tick(void)
{
	if (sim_tick(c.sim, now()) < 0)
		abort();
}

void cloudside_on_change(void (*before)(void), void (*after)(uint64_t number))
{
	c.before = before;
	c.after = after;
}

void cloudside_on_look(void (*edit)(char *body, size_t len))
{
	c.edit = edit;
}

uint64_t cloudside_requests(void)
{
	return c.requests;
}

cJSON *cloudside_admin(const char *path, const char *body)
{
	const struct sim_header host = {"host", "127.0.0.1"};
	const struct sim_request request = {.method = body ? "POST" : "GET",
					    .target = path,
					    .headers = &host,
					    .n_headers = 1,
					    .body = body ? body : "",
					    .body_len = body ? strlen(body) : 0};
	struct sim_response response;
	if (sim_handle(c.sim, now(), &request, &response) < 0)
		abort();
	cJSON *json = response.status == 200 ? cJSON_ParseWithLength(response.body, response.body_len) : NULL;
	if (response.status != 200)
		(void)fprintf(stderr, "simulator: %s: %d %.*s\n", path, response.status,
			      (int)response.body_len, response.body);
	sim_response_fini(&response);
	return json;
}
