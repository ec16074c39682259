#include "sim_calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/timefmt.h"
#include "sim_json.h"
#include "sim_operation.h"

#define PARAMS_MAX ((size_t)8 << 20)

static char *params_json(const struct sim_call *call)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(PARAMS_MAX);
	json_literal(&out, "{");
	vec_each(&call->input->pairs, pair) json_text(&out, pair->name, pair->value);
	json_literal(&out, "}");
	return strbuf_take(&out);
}

static void release(struct sim_logged *logged)
{
	free(logged->action);
	free(logged->code);
	free(logged->params);
	*logged = (struct sim_logged){0};
}

static int grow(struct sim_calls *calls)
{
	size_t cap = calls->cap ? calls->cap * 2 : 64;
	cap = cap < SIM_CALLS_MAX ? cap : SIM_CALLS_MAX;
	struct sim_logged *ring = reallocarray(calls->ring, cap, sizeof(*ring));
	if (!ring)
		return -ENOMEM;
	memset(ring + calls->cap, 0, (cap - calls->cap) * sizeof(*ring));
	calls->ring = ring;
	calls->cap = cap;
	return 0;
}

int sim_calls_add(struct sim_calls *calls, const struct sim_call *call, uint64_t wall_ms, int http,
		  const char *code, bool effect)
{
	if (calls->next_seq == calls->cap && calls->cap < SIM_CALLS_MAX && grow(calls) < 0)
		return -ENOMEM;
	struct sim_logged logged = {.seq = calls->next_seq + 1,
				    .wall_ms = wall_ms,
				    .product = call->product ? call->product->name : "",
				    .action = strdup(call->action),
				    .http = http,
				    .code = strdup(code),
				    .changing = call->op && call->op->changing,
				    .effect = effect,
				    .params = params_json(call)};
	memcpy(logged.request_id, call->request_id, sizeof(logged.request_id));
	if (!logged.action || !logged.code || !logged.params) {
		release(&logged);
		return -ENOMEM;
	}
	struct sim_logged *slot = &calls->ring[calls->next_seq % SIM_CALLS_MAX];
	release(slot);
	*slot = logged;
	calls->next_seq++;
	return 0;
}

static void add_entry(const struct sim_logged *logged, struct strbuf *out)
{
	char time[TIMEFMT_SIZE];
	timefmt_iso(logged->wall_ms, time);
	json_comma(out);
	json_literal(out, "{");
	json_int(out, "seq", (int64_t)logged->seq);
	json_text(out, "time", time);
	json_text(out, "product", logged->product);
	json_text(out, "action", logged->action);
	json_int(out, "http", logged->http);
	json_text(out, "code", logged->code);
	json_bool(out, "changing", logged->changing);
	json_bool(out, "effect", logged->effect);
	json_text(out, "request_id", logged->request_id);
	json_key(out, "params");
	strbuf_add(out, logged->params);
	json_literal(out, "}");
}

void sim_calls_json(const struct sim_calls *calls, uint64_t since, struct strbuf *out)
{
	uint64_t oldest = calls->next_seq > SIM_CALLS_MAX ? calls->next_seq - SIM_CALLS_MAX : 0;
	json_literal(out, "[");
	for (uint64_t seq = since > oldest ? since : oldest; seq < calls->next_seq; seq++)
		add_entry(&calls->ring[seq % SIM_CALLS_MAX], out);
	json_literal(out, "]");
}

void sim_calls_fini(struct sim_calls *calls)
{
	for (size_t i = 0; i < calls->cap; i++)
		release(&calls->ring[i]);
	free(calls->ring);
	*calls = (struct sim_calls){0};
}
