/*
 * The gateway: from a request to a response, in the order in which the real one says no.
 */
#include "sim.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "sim_admin.h"
#include "sim_json.h"
#include "sim_model.h"
#include "sim_operation.h"
#include "sim_operations.h"
#include "sim_stream.h"

#define ANSWER_MAX ((size_t)1 << 30)
#define ACCOUNT_CENTS 100000000 /* 1,000,000.00 */
#define JSON_TYPE "application/json;charset=utf-8"

/* --- life */

static char *copy_or(const char *text, const char *absent)
{
	return strdup(text ? text : absent);
}

int sim_new(const struct sim_options *options, struct sim_now now, struct sim **ret_sim)
{
	static const struct sim_options defaults = {.time_scale = 1};
	const struct sim_options *o = options ? options : &defaults;
	struct sim *sim = calloc(1, sizeof(*sim));
	if (!sim)
		return -ENOMEM;
	sim->random.state = o->seed;
	sim->scale = o->time_scale > 0 ? o->time_scale : 0;
	sim->token_window_ms = o->token_window_ms;
	sim->reads.per_s = o->reads_per_s;
	sim->writes.per_s = o->writes_per_s;
	sim->now = now;
	sim->cloud_ms = now.wall_ms;
	sim->keys.ends_ms = SIM_NEVER;
	sim->account.cents = ACCOUNT_CENTS;
	sim->keys.access_key_id = copy_or(o->access_key_id, "test-access-key-id");
	sim->keys.access_key_secret = copy_or(o->access_key_secret, "test-access-key-secret");
	sim->keys.security_token = o->security_token ? strdup(o->security_token) : NULL;
	if (!sim->keys.access_key_id || !sim->keys.access_key_secret ||
	    (o->security_token && !sim->keys.security_token)) {
		sim_free(sim);
		return -ENOMEM;
	}
	*ret_sim = sim;
	return 0;
}

static void free_orders_and_tokens(struct sim *sim)
{
	struct sim_order *order, *next_order;
	struct sim_token *token, *next_token;
	HASH_ITER(hh, sim->orders, order, next_order)
	{
		HASH_DEL(sim->orders, order);
		sim_order_free(order);
	}
	HASH_ITER(hh, sim->tokens, token, next_token)
	{
		HASH_DEL(sim->tokens, token);
		sim_token_free(token);
	}
}

void sim_free(struct sim *sim)
{
	if (!sim)
		return;
	struct sim_group *group, *next;
	HASH_ITER(hh, sim->groups, group, next)
	sim_group_drop(sim, group);
	sim_stream_drop_all(sim);
	free_orders_and_tokens(sim);
	while (sim->purchases)
		sim_purchase_drop(sim, sim->purchases);
	vec_free(&sim->group_order.list);
	vec_free(&sim->instance_order.list);
	vec_free(&sim->events);
	vec_free(&sim->tasks);
	vec_free(&sim->faults.list);
	sim_words_fini(&sim->words);
	sim_nonces_fini(&sim->nonces);
	sim_calls_fini(&sim->calls);
	sim_throttle_fini(&sim->reads);
	sim_throttle_fini(&sim->writes);
	sim_sts_fini(&sim->sts);
	free(sim->keys.access_key_id);
	free(sim->keys.access_key_secret);
	free(sim->keys.security_token);
	free(sim);
}

/* --- time */

int sim_tick(struct sim *sim, struct sim_now now)
{
	if (now.mono_ms > sim->now.mono_ms) {
		double passed =
			(double)(now.mono_ms - sim->now.mono_ms) * sim->scale + sim->fraction_ms;
		sim->cloud_ms += (uint64_t)passed;
		sim->fraction_ms = passed - (double)(uint64_t)passed;
	} else {
		now.mono_ms = sim->now.mono_ms;
	}
	sim->now = now;
	return sim_age(sim);
}

int sim_advance(struct sim *sim, uint64_t ms)
{
	sim->cloud_ms += ms;
	sim->advanced_ms += ms;
	return sim_age(sim);
}

uint64_t sim_cloud_ms(const struct sim *sim)
{
	return sim->cloud_ms;
}

uint64_t sim_next_due_ms(const struct sim *sim)
{
	return sim->events.n > 0 ? sim->events.items[0].due : SIM_NEVER;
}

uint64_t sim_real_ms_until(const struct sim *sim, uint64_t cloud_ms)
{
	if (cloud_ms <= sim->cloud_ms)
		return 0;
	if (sim->scale <= 0)
		return SIM_NEVER;
	return 1 + (uint64_t)((double)(cloud_ms - sim->cloud_ms) / sim->scale);
}

/* --- refusals */

int sim_refuse(struct sim_call *call, int status, const char *code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	strbuf_clear(&call->message);
	strbuf_vaddf(&call->message, format, args);
	va_end(args);
	call->status = status;
	(void)snprintf(call->code, sizeof(call->code), "%s", code);
	return strbuf_error(&call->message) ? -ENOMEM : SIM_REFUSED;
}

uint64_t sim_real_ms(const struct sim *sim, uint64_t cloud_ms)
{
	if (cloud_ms == 0 || sim->scale <= 0)
		return cloud_ms;
	uint64_t ms = (uint64_t)((double)cloud_ms / sim->scale);
	return ms > 0 ? ms : 1;
}

int sim_refuse_arg(struct sim_call *call, const char *name, const char *format, ...)
{
	auto_strbuf struct strbuf why = STRBUF_INIT(ANSWER_MAX);
	char code[80];
	va_list args;
	va_start(args, format);
	strbuf_vaddf(&why, format, args);
	va_end(args);
	(void)snprintf(code, sizeof(code), "%s%.*s", call->product->invalid,
		       call->product->bss_envelope ? 0 : (int)strcspn(name, "."), name);
	return strbuf_error(&why) ? -ENOMEM : sim_refuse(call, 400, code, "%s", strbuf_text(&why));
}

int sim_refuse_missing(struct sim_call *call, const char *name)
{
	char code[80];
	(void)snprintf(code, sizeof(code), "%s%s", call->product->missing,
		       call->product->bss_envelope ? "" : name);
	return sim_refuse(call, 400, code, "%s is mandatory for this action.", name);
}

static int refuse_by_fault(struct sim_call *call, int status, const char *code, const char *message)
{
	const struct sim_fault *fault = &call->faults.phase[PHASE_BEFORE];
	call->retry_after_ms = sim_real_ms(call->sim, fault->ms);
	return sim_refuse(call, status, *fault->code ? fault->code : code, "%s", message);
}

/* --- the way of one call */

/* Both sites of BssOpenApi are one loopback port here (bssopenapi 2). */
static bool has_intl_path(const struct sim_call *call)
{
	const char *path = call->input->path;
	return call->product->bss_envelope &&
	       (strcmp(path, "/intl") == 0 || strcmp(path, "/intl/") == 0);
}

static bool has_intl_host(const struct sim_call *call)
{
	static const char host[] = "business.ap-southeast-1.";
	return strncmp(call->host, host, sizeof(host) - 1) == 0;
}

static int find_operation(struct sim_call *call)
{
	const struct sim_request *request = call->input->request;
	char version[32] = "";
	(void)sim_header_get(request, "x-acs-version", version, sizeof(version));
	const struct sim_product *product = sim_product_find(version);
	if (!product)
		return sim_refuse(call, 404, "InvalidAction.NotFound",
				  "No product has the API version \"%s\".", version);
	call->product = product;
	call->op = sim_operation_find(product, call->action);
	if (!call->op)
		return sim_refuse(call, 404, "InvalidAction.NotFound",
				  "%s has no operation \"%s\".", product->name, call->action);
	bool get = strcmp(request->method, "GET") == 0 && call->op->may_get;
	if (strcmp(request->method, "POST") != 0 && !get)
		return sim_refuse(call, 400, "UnsupportedHTTPMethod", "%s wants POST.",
				  call->op->name);
	call->international = has_intl_path(call) || has_intl_host(call);
	if (strcmp(call->input->path, "/") != 0 && !has_intl_path(call))
		return sim_refuse(call, 404, "InvalidAction.NotFound", "The path must be /.");
	return product->bss_envelope ? sim_check_site(call) : 0;
}

static int throttle(struct sim_call *call)
{
	struct sim *sim = call->sim;
	int64_t wait = sim_throttle_take(call->op->changing ? &sim->writes : &sim->reads, call->op,
					 sim->cloud_ms);
	if (wait <= 0)
		return (int)wait;
	call->retry_after_ms = sim_real_ms(sim, (uint64_t)wait);
	return sim_refuse(call, 400, "Throttling.User",
			  "Request was denied due to user flow control.");
}

/* When the check of the stock itself fails, it is the server's fault (appstream-center 3.1). */
static int stock_status(const struct sim_call *call)
{
	const char *code = call->faults.phase[PHASE_BEFORE].code;
	return strcmp(code, "StockError.InvalidResourceRequest") == 0 ? 500 : 400;
}

/* A business failure keeps the status of a success (bssopenapi 1.2, 3.1). */
static int status_of(const struct sim_call *call, const char *code)
{
	bool business = strcmp(code, "INSUFFICIENT.AVAILABLE.QUOTA") == 0;
	return call->product->bss_envelope && business ? 200 : 400;
}

static int fail_before(struct sim_call *call)
{
	switch ((int)call->faults.phase[PHASE_BEFORE].kind) {
	case FAULT_HTTP_503:
		return refuse_by_fault(
			call, 503, "ServiceUnavailable",
			"The request has failed due to a temporary failure of the server.");
	case FAULT_THROTTLE:
		return refuse_by_fault(call, 400, "Throttling.User",
				       "Request was denied due to user flow control.");
	case FAULT_REFUSE: {
		const char *code = call->faults.phase[PHASE_BEFORE].code;
		return refuse_by_fault(call, status_of(call, code), code, "Refused on request.");
	}
	case FAULT_STOCK:
		if (call->op->changing) /* CheckResourceStock answers instead: sold out */
			return refuse_by_fault(call, stock_status(call), "StockError.NoStock",
					       "Out of stock.");
		return 0;
	default:
		return 0;
	}
}

static int run(struct sim_call *call)
{
	struct sim_faults *faults = &call->sim->faults;
	int r = fail_before(call);
	if (r == 0)
		r = throttle(call);
	if (r != 0)
		return r;
	sim_faults_take(faults, call->op, PHASE_READ, &call->faults);
	sim_faults_take(faults, call->op, PHASE_AGEING, &call->faults);
	sim_faults_take(faults, call->op, PHASE_SHAPE, &call->faults);
	r = sim_params_check(call);
	if (r == 0)
		r = call->op->run(call);
	sim_faults_take(faults, call->op, PHASE_AFTER, &call->faults);
	return r < 0 ? r : r == 0 && strbuf_error(&call->out) ? -ENOMEM : r;
}

static int authenticate(struct sim_call *call)
{
	struct sim *sim = call->sim;
	int r = sim_auth_check(call, sim->now.wall_ms);
	if (r == 0)
		r = find_operation(call);
	if (r != 0)
		return r;
	sim_faults_take(&sim->faults, call->op, PHASE_DELAY, &call->faults);
	sim_faults_take(&sim->faults, call->op, PHASE_BEFORE, &call->faults);
	if (sim_meets(&call->faults, PHASE_BEFORE, FAULT_CUT_BEFORE))
		return 0; /* it never arrived: the nonce is not spent either */
	return sim_auth_spend_nonce(call, &sim->nonces, sim->now.wall_ms);
}

/* --- responses */

static void add_header(struct sim_response *response, const char *name, const char *value)
{
	response->headers[response->n_headers++] = (struct sim_header){name, value};
}

/* The server's clock is the caller's wall clock, so that skew can be played. */
static void add_date(const struct sim *sim, struct sim_response *response)
{
	time_t seconds = (time_t)(sim->now.wall_ms / 1000);
	struct tm tm = {0};
	(void)gmtime_r(&seconds, &tm);
	if (strftime(response->text[2], sizeof(response->text[2]), "%a, %d %b %Y %H:%M:%S GMT",
		     &tm) > 0)
		add_header(response, "date", response->text[2]);
}

static int put_body(struct sim_response *response, struct strbuf *body)
{
	response->body_len = response->send_len = body->len;
	response->body = strbuf_take(body);
	return response->body ? 0 : -ENOMEM;
}

static void add_envelope(struct strbuf *body, const char *code, const char *message, bool success)
{
	json_text(body, "Code", code);
	json_text(body, "Message", message);
	json_bool(body, "Success", success);
}

static void add_failure_body(const struct sim_call *call, struct strbuf *body)
{
	json_literal(body, "{");
	add_envelope(body, call->code, strbuf_text(&call->message), false);
	json_text(body, "RequestId", call->request_id);
	json_literal(body, "}");
}

static void add_error_body(const struct sim_call *call, struct strbuf *body)
{
	if (call->status == 200) {
		add_failure_body(call, body);
		return;
	}
	json_literal(body, "{");
	json_text(body, "RequestId", call->request_id);
	json_text(body, "HostId", call->host);
	json_text(body, "Code", call->code);
	json_text(body, "Message", strbuf_text(&call->message));
	json_key(body, "Recommend");
	strbuf_addf(body, "\"https://api.alibabacloud.com/troubleshoot?q=%s&product=%s\"}",
		    call->code, call->product ? call->product->name : "");
}

static void add_good_body(const struct sim_call *call, struct strbuf *body)
{
	json_literal(body, "{");
	if (call->product->bss_envelope)
		add_envelope(body, call->op->good_code ? call->op->good_code : "Success",
			     "Successful!", true);
	json_text(body, "RequestId", call->request_id);
	if (call->out.len > 0 && call->out.data[0] != ',')
		json_literal(body, ",");
	strbuf_add_n(body, strbuf_text(&call->out), call->out.len);
	json_literal(body, "}");
}

static void set_headers(const struct sim_call *call, struct sim_response *response)
{
	add_header(response, "content-type", JSON_TYPE);
	add_date(call->sim, response);
	(void)snprintf(response->text[0], sizeof(response->text[0]), "%s", call->request_id);
	add_header(response, "x-acs-request-id", response->text[0]);
	add_header(response, "x-acs-trace-id", response->text[0]);
	if (call->retry_after_ms == 0)
		return;
	(void)snprintf(response->text[1], sizeof(response->text[1]), "%" PRIu64,
		       call->retry_after_ms);
	add_header(response, "x-acs-retry-after", response->text[1]);
}

/* An error in place of the answer. */
static void replace(struct sim_call *call, int status, const char *code, const char *message,
		    struct strbuf *body, struct sim_response *response)
{
	(void)sim_refuse(call, status, code, "%s", message);
	response->status = status;
	strbuf_clear(body);
	add_error_body(call, body);
}

/* What a fault after the effect leaves of the answer. */
static void spoil(struct sim_call *call, struct strbuf *body, struct sim_response *response)
{
	const struct sim_fault *fault = &call->faults.phase[PHASE_AFTER];
	if (sim_meets(&call->faults, PHASE_BEFORE, FAULT_CUT_BEFORE) ||
	    fault->kind == FAULT_DROP_REPLY) {
		response->delivery = SIM_CUT;
		response->status = 0;
	} else if (fault->kind == FAULT_HTTP_500) {
		replace(call, 500, *fault->code ? fault->code : "InternalError",
			"The request processing has failed due to some unknown error.", body,
			response);
	} else if (fault->kind == FAULT_REFUSE_AFTER) {
		replace(call, status_of(call, fault->code), fault->code, "Refused on request.",
			body, response);
	} else if (fault->kind == FAULT_GARBAGE) {
		strbuf_clear(body);
		json_literal(body, "<html><head><title>upstream</title></head><body>}{");
	} else if (fault->kind == FAULT_TRUNCATE) {
		response->delivery = SIM_TRUNCATE;
	}
}

static int respond(struct sim_call *call, int r, struct sim_response *response)
{
	auto_strbuf struct strbuf body = STRBUF_INIT(ANSWER_MAX);
	const struct sim_fault *delay = &call->faults.phase[PHASE_DELAY];
	response->status = r == 0 ? 200 : call->status;
	if (r == 0)
		add_good_body(call, &body);
	else
		add_error_body(call, &body);
	spoil(call, &body, response);
	set_headers(call, response);
	if (delay->kind == FAULT_DELAY)
		response->ready_cloud_ms = call->sim->cloud_ms + delay->ms;
	r = put_body(response, &body);
	if (response->delivery == SIM_TRUNCATE)
		response->send_len = response->body_len / 2;
	return r;
}

static int serve_api(struct sim *sim, const struct sim_input *input, struct sim_response *response)
{
	struct sim_call call = {.sim = sim,
				.input = input,
				.out = STRBUF_INIT(ANSWER_MAX),
				.message = STRBUF_INIT(ANSWER_MAX)};
	uint64_t before = sim->changes;
	sim_random_uuid(&sim->random, call.request_id);
	(void)sim_header_get(input->request, "host", call.host, sizeof(call.host));
	(void)sim_header_get(input->request, "x-acs-action", call.action, sizeof(call.action));
	int r = authenticate(&call);
	if (r == 0 && !sim_meets(&call.faults, PHASE_BEFORE, FAULT_CUT_BEFORE))
		r = run(&call);
	if (r >= 0)
		r = respond(&call, r, response);
	if (r == 0)
		r = sim_calls_add(&sim->calls, &call, sim->now.wall_ms, response->status, call.code,
				  sim->changes != before);
	strbuf_fini(&call.out);
	strbuf_fini(&call.message);
	return r;
}

static int serve_admin(struct sim *sim, const struct sim_input *input,
		       struct sim_response *response)
{
	auto_strbuf struct strbuf body = STRBUF_INIT(ANSWER_MAX);
	int status = sim_admin_handle(sim, input, &body);
	if (status < 0 || strbuf_error(&body))
		return -ENOMEM;
	response->status = status;
	add_header(response, "content-type", JSON_TYPE);
	add_date(sim, response);
	return put_body(response, &body);
}

static int refuse_encoding(struct sim_response *response)
{
	auto_strbuf struct strbuf body = STRBUF_INIT(ANSWER_MAX);
	json_literal(&body,
		     "{\"Code\":\"InvalidParameter\",\"Message\":\"Broken percent-encoding.\"}");
	response->status = 400;
	add_header(response, "content-type", JSON_TYPE);
	return put_body(response, &body);
}

int sim_handle(struct sim *sim, struct sim_now now, const struct sim_request *request,
	       struct sim_response *ret_response)
{
	struct sim_input input = {0};
	*ret_response = (struct sim_response){0};
	int r = sim_tick(sim, now);
	if (r < 0)
		return r;
	r = sim_input_parse(request, &input);
	if (r == -EINVAL)
		return refuse_encoding(ret_response);
	if (r < 0)
		return r;
	if (strncmp(input.path, "/_sim/", 6) == 0)
		r = serve_admin(sim, &input, ret_response);
	else if (sim_metadata_has(&input))
		r = sim_metadata_serve(sim, &input, ret_response);
	else
		r = serve_api(sim, &input, ret_response);
	sim_input_fini(&input);
	if (r < 0)
		sim_response_fini(ret_response);
	return r;
}

void sim_response_fini(struct sim_response *response)
{
	free(response->body);
	*response = (struct sim_response){0};
}
