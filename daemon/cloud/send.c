/*
 * One attempt: past the gates, signed, recorded if it changes anything, handed over. Nothing
 * has left this machine while any of these can still say no.
 */
#include <string.h>

#include "cloud/cloud_state.h"

/* NULL when the call may go; else why not. Marks the call as the one that tries. */
static const char *pass_gates(struct cloud_call *call, uint64_t now_ms, enum outcome *ret_outcome,
			      const struct auth_gate **ret_gate)
{
	struct cloud *cloud = call->cloud;
	struct auth_gate *of_operation = &cloud->lanes[call->op].gate;
	bool is_read = call_is_read(call), trial = false;
	*ret_outcome = OUTCOME_AUTH;
	*ret_gate = &cloud->keys_gate;
	if (!call->base_keys && !auth_gate_allows(&cloud->keys_gate, now_ms, is_read, &trial))
		return "not sent: the account's keys are refused";
	call->trials |= trial ? TRIAL_KEYS : 0;
	*ret_gate = of_operation;
	if (!call->base_keys && !auth_gate_allows(of_operation, now_ms, true, &trial))
		return "not sent: this operation is not permitted";
	call->trials |= trial ? TRIAL_OPERATION : 0;
	*ret_gate = NULL;
	*ret_outcome = OUTCOME_NOT_SENT;
	if (!pacing_breaker_allows(&call_service(call)->breaker, now_ms, is_read, &trial))
		return "not sent: the endpoint rests after failures";
	call->trials |= trial ? TRIAL_BREAKER : 0;
	return NULL;
}

/* True when nothing stands in the way; else the call is ending. */
static bool is_let_through(struct cloud_call *call, uint64_t now_ms)
{
	enum outcome outcome;
	const struct auth_gate *gate;
	const char *why = pass_gates(call, now_ms, &outcome, &gate);
	if (!why)
		return true;
	settle_abandon_trials(call);
	uint64_t rest_ms = pacing_breaker_rest(&call_service(call)->breaker, now_ms);
	if (gate)
		rest_ms = gate->next_ms > now_ms ? gate->next_ms - now_ms : 0;
	if (rest_ms > call->cloud->rates.denied_max_ms) /* for good: whoever waits looks in again */
		rest_ms = call->cloud->rates.denied_max_ms;
	call_end_later(call, outcome, gate ? gate->code : "", why, rest_ms);
	if (gate)
		call->local.request_id = gate->request_id;
	return false;
}

static int sign_attempt(struct cloud_call *call)
{
	struct cloud *cloud = call->cloud;
	struct credential_keys keys;
	if (!call->base_keys)
		call->signed_as = credentials_ref(cloud->keys.credentials);
	keys_of_attempt(call, &keys);
	struct request_input input = {
		.op = call->op,
		.params = &call->params,
		.endpoint = call->endpoint ? call->endpoint : call_service(call)->url,
		.keys = &keys,
		.wall_ms = cloud_wall_ms(cloud),
	};
	cloud->o.env->random_bytes(cloud->o.env, input.nonce, sizeof(input.nonce));
	call->signed_offset_ms = cloud->clock.offset_ms;
	return request_new(&input, &call->request);
}

static void fill_http(struct cloud_call *call)
{
	struct cloud *cloud = call->cloud;
	bool is_read = call_is_read(call);
	call->http = (struct http_request){
		.method = "POST",
		.url = call->request->url,
		.headers = call->request->headers,
		.n_headers = call->request->n_headers,
		.body = call->request->body,
		.body_len = strlen(call->request->body),
		.changing = !is_read,
		.secret = call->base_keys != NULL,
		.connect_ms = cloud->connect_ms,
		.total_ms = is_read ? cloud->read_ms : cloud->write_ms,
		.done = settle_response,
	};
}

static void count_attempt(struct cloud_call *call, uint64_t now_ms)
{
	struct cloud *cloud = call->cloud;
	bool is_read = call_is_read(call);
	call->attempts++;
	call->sent_ms = now_ms;
	pacing_bucket_take(&cloud->lanes[call->op].bucket);
	pacing_budget_request(&call_service(call)->budget, now_ms);
	*(is_read ? &cloud->stats.reads : &cloud->stats.changes) += 1;
	*call_in_flight(call) += 1;
	call->stage = CALL_IN_FLIGHT;
	call_list_add(&cloud->in_flight, call);
}

void send_attempt(struct cloud_call *call, uint64_t now_ms)
{
	const char *why = "not sent: no memory, or keys that fit no header";
	site_choose(call);
	if (!is_let_through(call, now_ms))
		return;
	int r = sign_attempt(call);
	if (r == 0 && !call_is_read(call)) {
		r = call->before_send(call);
		if (r < 0)
			why = "not sent: it could not be recorded";
	}
	if (r >= 0) {
		fill_http(call);
		r = http_send(call->cloud->o.http, &call->http);
		if (r == 0) {
			count_attempt(call, now_ms);
			return;
		}
		why = "not sent: the HTTP client refused it";
	}
	settle_abandon_trials(call);
	call->request = request_free(call->request);
	call->signed_as = credentials_free(call->signed_as);
	call_end_later(call, OUTCOME_NOT_SENT, "", why, 0);
}
