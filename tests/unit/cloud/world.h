#pragma once
/*
 * A cloud under a virtual clock: env, timer and HTTP are this file's, so that hours pass
 * in a moment and nothing depends on the machine. Answers come from a script.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/timefmt.h"
#include "cloud/call.h"

#define WORLD_MAX_SENT 512
#define WORLD_LATENCY_MS 10
#define WORLD_SECRET "test-secret+/0123456789=="
#define WORLD_TOKEN "test-token+/abcdefghijkl=="
#define WORLD_START_MS UINT64_C(1790000000000) /* wall clock */

struct world_answer {
	enum http_end end;
	int status;
	const char *body;
	const char *date, *acs_retry_after, *retry_after, *request_id, *error;
	bool hold;  /* no answer until world_release() or a cancel */
	int refuse; /* what http_send() returns instead of taking the request */
};

struct world_sent {
	struct http_request *request; /* NULL once answered */
	uint64_t at_ms, due_ms;
	struct world_answer answer;
	bool cancelled;
	bool changing;
	char *url, *headers, *body; /* copies; headers one per line */
};

struct world {
	struct http http; /* first: the fake */
	struct env env;
	uint64_t mono_ms, wall_ms, random;
	bool armed;
	uint64_t wake_ms;
	struct world_answer (*script)(struct world *w, size_t n,
				      const struct http_request *request);
	struct world_sent sent[WORLD_MAX_SENT];
	size_t n_sent;
	struct settings settings;
	struct credentials *credentials;
	struct cloud *cloud;
	bool closed;
	unsigned auth_refused, auth_mended, clock_told, site_told;
	uint64_t told_wall_ms;
	enum site site; /* that was told last */
	char auth_request_id[64];
	int64_t clock_offset_ms;
	int number;                /* for scripts */
	struct cloud_call *victim; /* cancelled when the clock is told */
};

/* One call and what became of it. */
struct op {
	struct cloud_call call;
	struct world *world;
	int before_result;
	unsigned before_calls, dones;
	size_t sent_before; /* requests sent when before_send ran */
	uint64_t done_ms;
	enum outcome outcome;
	int status;
	uint64_t retry_after_ms;
	char code[96], message[2048], request_id[64], field[64];
	void (*then)(struct op *op);
};

#define WORLD_OK                                                                                   \
	(struct world_answer)                                                                      \
	{                                                                                          \
		.status = 200, .body = "{\"RequestId\":\"rid-ok\",\"Field\":\"value\"}"            \
	}

static inline struct world_answer world_error(int status, const char *code)
{
	static char body[4][256];
	static unsigned turn;
	char *text = body[turn++ % 4];
	(void)snprintf(text, 256, "{\"RequestId\":\"rid-%s\",\"Code\":\"%s\",\"Message\":\"m\"}",
		       code, code);
	return (struct world_answer){.status = status, .body = text};
}

static inline struct world *world_of_env(struct env *env)
{
	return container_of(env, struct world, env);
}

static inline uint64_t world_mono(struct env *env)
{
	return world_of_env(env)->mono_ms;
}

static inline uint64_t world_wall(struct env *env)
{
	return world_of_env(env)->wall_ms;
}

static inline void world_random(struct env *env, void *buf, size_t size)
{
	struct world *w = world_of_env(env);
	for (unsigned char *p = buf; size > 0; size--) {
		w->random =
			w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		*p++ = (unsigned char)(w->random >> 56);
	}
}

static inline char *world_join(const struct http_request *request)
{
	struct strbuf out = STRBUF_INIT(1 << 20);
	for (size_t i = 0; i < request->n_headers; i++)
		strbuf_addf(&out, "%s\n", request->headers[i]);
	return strbuf_take(&out);
}

static inline int world_send(struct http *http, struct http_request *request)
{
	struct world *w = (struct world *)(void *)http;
	assert_true(w->n_sent < WORLD_MAX_SENT);
	struct world_answer answer = w->script(w, w->n_sent, request);
	if (answer.refuse)
		return answer.refuse;
	w->sent[w->n_sent++] = (struct world_sent){
		.request = request,
		.at_ms = w->mono_ms,
		.due_ms = w->mono_ms + WORLD_LATENCY_MS,
		.answer = answer,
		.changing = request->changing,
		.url = strdup(request->url),
		.headers = world_join(request),
		.body = strdup(request->body),
	};
	return 0;
}

static inline void world_cancel(struct http *http, struct http_request *request)
{
	struct world *w = (struct world *)(void *)http;
	size_t i = 0;
	while (i < w->n_sent && w->sent[i].request != request)
		i++;
	assert_true(i < w->n_sent); /* only what is under way may be cancelled */
	w->sent[i].answer = (struct world_answer){.end = HTTP_BROKEN, .error = "cancelled"};
	w->sent[i].cancelled = true;
	w->sent[i].due_ms = w->mono_ms + 1;
}

static inline void world_deliver(struct world *w, struct world_sent *s)
{
	struct http_request *request = s->request;
	const struct world_answer *a = &s->answer;
	const char *body = a->body ? a->body : "";
	struct http_response response = {
		.end = a->end,
		.status = a->status,
		.body = body,
		.body_len = strlen(body),
		.error = a->error ? a->error : "",
		.cancelled = s->cancelled,
		.date = a->date ? a->date : "",
		.request_id = a->request_id ? a->request_id : "",
		.acs_retry_after = a->acs_retry_after ? a->acs_retry_after : "",
		.retry_after = a->retry_after ? a->retry_after : "",
		.content_type = "",
	};
	(void)w;
	s->request = NULL;
	request->done(request, &response);
}

static inline void world_arm(void *data, uint64_t delay_ms)
{
	struct world *w = data;
	w->armed = true;
	w->wake_ms = w->mono_ms + delay_ms;
}

/* Passes @ms, a millisecond at a time; answers first, then the cloud's timer. */
static inline void world_pass(struct world *w, uint64_t ms)
{
	for (; ms > 0; ms--) {
		w->mono_ms++;
		w->wall_ms++;
		for (size_t i = 0; i < w->n_sent; i++)
			if (w->sent[i].request && !w->sent[i].answer.hold &&
			    w->sent[i].due_ms <= w->mono_ms)
				world_deliver(w, &w->sent[i]);
		if (w->armed && w->wake_ms <= w->mono_ms) {
			w->armed = false;
			cloud_wake(w->cloud);
		}
	}
}

static inline void world_release(struct world *w, size_t i, struct world_answer answer)
{
	w->sent[i].answer = answer;
	w->sent[i].due_ms = w->mono_ms + 1;
}

static inline void world_on_auth(void *data, const struct cloud_reply *reply, enum operation op)
{
	struct world *w = data;
	(void)op;
	if (reply->outcome == OUTCOME_AUTH) {
		w->auth_refused++;
		(void)snprintf(w->auth_request_id, sizeof(w->auth_request_id), "%s",
			       reply->request_id);
	} else {
		assert_int_equal(reply->outcome, OUTCOME_DONE);
		w->auth_mended++;
	}
}

static inline void world_on_time(void *data, uint64_t wall_ms)
{
	struct world *w = data;
	w->told_wall_ms = wall_ms;
}

static inline void world_on_clock(void *data, int64_t offset_ms)
{
	struct world *w = data;
	w->clock_told++;
	if (w->victim)
		cloud_call_cancel(w->victim);
	w->clock_offset_ms = offset_ms;
}

static inline void world_on_site(void *data, enum site site)
{
	struct world *w = data;
	w->site_told++;
	w->site = site;
}

static inline void world_on_closed(void *data)
{
	struct world *w = data;
	w->closed = true;
	w->armed = false;
	w->cloud = NULL;
}

static inline const char *world_getenv(const char *name)
{
	if (strcmp(name, "ALIBABA_CLOUD_ACCESS_KEY_ID") == 0)
		return "test-key-id";
	if (strcmp(name, "ALIBABA_CLOUD_ACCESS_KEY_SECRET") == 0)
		return WORLD_SECRET;
	return strcmp(name, "ALIBABA_CLOUD_SECURITY_TOKEN") == 0 ? WORLD_TOKEN : NULL;
}

static inline struct world_answer world_all_good(struct world *w, size_t n,
						 const struct http_request *request)
{
	(void)w, (void)n, (void)request;
	return WORLD_OK;
}

static const struct http_ops world_ops = {world_send, world_cancel, NULL, NULL};

static inline void world_init(struct world *w)
{
	char *why = NULL;
	*w = (struct world){
		.http = {&world_ops},
		.env = {world_mono, world_wall, world_random},
		.mono_ms = 1000,
		.wall_ms = WORLD_START_MS,
		.random = 7,
		.script = world_all_good,
	};
	settings_init(&w->settings);
	int r = credentials_load(&w->settings, world_getenv, &w->credentials, &why);
	if (r != CREDENTIALS_OK)
		fail_msg("credentials: %d %s", r, why ? why : "");
}

static inline void world_start(struct world *w)
{
	struct cloud_options options = {
		.env = &w->env,
		.http = &w->http,
		.settings = &w->settings,
		.arm = world_arm,
		.credentials = w->credentials,
		.on_auth = world_on_auth,
		.on_clock = world_on_clock,
		.on_time = world_on_time,
		.on_site = world_on_site,
		.data = w,
	};
	assert_int_equal(cloud_new(&options, &w->cloud), 0);
}

static inline void world_end(struct world *w)
{
	if (w->cloud) {
		cloud_close(w->cloud, world_on_closed, w);
		world_pass(w, 100);
	}
	assert_true(w->closed);
	for (size_t i = 0; i < w->n_sent; i++) {
		free(w->sent[i].url);
		free(w->sent[i].headers);
		free(w->sent[i].body);
	}
	(void)credentials_free(w->credentials);
	settings_fini(&w->settings);
}

static inline void op_done(struct cloud_call *call, const struct cloud_reply *reply)
{
	struct op *op = container_of(call, struct op, call);
	op->dones++;
	op->done_ms = op->world->mono_ms;
	op->outcome = reply->outcome;
	op->status = reply->status;
	op->retry_after_ms = reply->retry_after_ms;
	(void)snprintf(op->code, sizeof(op->code), "%s", reply->code);
	(void)snprintf(op->message, sizeof(op->message), "%s", reply->message);
	(void)snprintf(op->request_id, sizeof(op->request_id), "%s", reply->request_id);
	const cJSON *field = cJSON_GetObjectItemCaseSensitive(reply->root, "Field");
	(void)snprintf(op->field, sizeof(op->field), "%s",
		       cJSON_IsString(field) ? field->valuestring : "");
	if (op->then)
		op->then(op);
}

static inline int op_before_send(struct cloud_call *call)
{
	struct op *op = container_of(call, struct op, call);
	op->before_calls++;
	op->sent_before = op->world->n_sent;
	return op->before_result;
}

static inline void op_start(struct world *w, struct op *op, enum operation operation)
{
	unsigned dones = op->dones;
	op->world = w;
	op->call.op = operation;
	op->call.done = op_done;
	op->call.before_send =
		operation_info(operation)->call_class == CALL_READ ? NULL : op_before_send;
	assert_int_equal(cloud_call_start(w->cloud, &op->call), 0);
	assert_int_equal(op->dones, dones); /* never from inside */
}

/* The value of a header of a sent request, in a static buffer; "" when absent. */
static inline const char *sent_header(const struct world_sent *s, const char *name)
{
	static char value[4][1024];
	static unsigned turn;
	char *out = value[turn++ % 4];
	out[0] = '\0';
	for (const char *line = s->headers; *line;) {
		size_t n = strcspn(line, "\n"), k = strlen(name);
		if (n > k + 1 && strncmp(line, name, k) == 0 && line[k] == ':')
			(void)snprintf(out, 1024, "%.*s", (int)(n - k - 2), line + k + 2);
		line += n + (line[n] == '\n');
	}
	return out;
}
