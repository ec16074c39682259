/*
 * The instance metadata service, as far as keys of the instance's role go (protocol d):
 * plain text and JSON without envelope, nothing signed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/timefmt.h"
#include "sim_call.h"
#include "sim_json.h"
#include "sim_model.h"
#include "sim_operation.h"
#include "sim_sts.h"

#define TOKEN_PATH "/latest/api/token"
#define ROLES_PATH "/latest/meta-data/ram/security-credentials/"
#define TTL_HEADER "x-aliyun-ecs-metadata-token-ttl-seconds"
#define TOKEN_HEADER "x-aliyun-ecs-metadata-token"
#define TTL_MAX 21600 /* seconds */
#define LIFE_MS (6 * UINT64_C(3600000))
#define ANSWER_MAX ((size_t)64 * 1024)

bool sim_metadata_has(const struct sim_input *input)
{
	return strncmp(input->path, "/latest/", strlen("/latest/")) == 0;
}

/* --- tokens */

static int give_token(struct sim *sim, const struct sim_request *request, struct strbuf *out)
{
	char text[16] = "";
	bool sent = sim_header_get(request, TTL_HEADER, text, sizeof(text));
	unsigned long seconds = sent ? strtoul(text, NULL, 10) : 0;
	if (sim->sts.metadata.no_tokens)
		return 404;
	if (seconds < 1 || seconds > TTL_MAX)
		return 400;
	struct sim_metadata_token *token =
		&sim->sts.metadata.tokens[sim->sts.metadata.next_token++ % SIM_METADATA_TOKENS];
	char prefix[8] = "AAAA";
	sim_random_id(&sim->random, prefix, 40, token->text);
	token->ends_ms = sim->cloud_ms + seconds * 1000;
	strbuf_add(out, token->text);
	return 200;
}

static bool has_good_token(const struct sim *sim, const struct sim_request *request)
{
	char text[64] = "";
	if (!sim_header_get(request, TOKEN_HEADER, text, sizeof(text)))
		return !sim->sts.metadata.require_token;
	for (size_t i = 0; i < SIM_METADATA_TOKENS; i++) {
		const struct sim_metadata_token *token = &sim->sts.metadata.tokens[i];
		if (*token->text && strcmp(token->text, text) == 0)
			return token->ends_ms > sim->cloud_ms;
	}
	return false;
}

/* --- keys */

/* The same ones until half of their life is over. */
static const struct sim_keys *keys_of_instance(struct sim *sim)
{
	uint64_t life = sim->sts.ttl_ms ? sim->sts.ttl_ms : LIFE_MS;
	const struct sim_keys *keys = sim->sts.metadata.keys;
	if (keys && keys->ends_ms > sim->cloud_ms + life / 2)
		return keys;
	keys = sim_sts_issue(sim, sim->sts.metadata.role, "i-sim0000000000000000", LIFE_MS);
	sim->sts.metadata.keys = keys;
	return keys;
}

static int give_keys(struct sim *sim, const char *role, struct strbuf *out)
{
	char now[TIMEFMT_SIZE];
	if (strcmp(role, sim->sts.metadata.role) != 0)
		return 404;
	const struct sim_keys *keys = keys_of_instance(sim);
	if (!keys)
		return -ENOMEM;
	timefmt_iso(sim->now.wall_ms, now);
	json_literal(out, "{");
	sim_sts_write(sim, keys, out);
	json_text(out, "LastUpdated", now);
	json_text(out, "Code", "Success");
	json_literal(out, "}");
	return 200;
}

/* --- the service */

static int route(struct sim *sim, const struct sim_input *input, struct strbuf *out,
		 const char **ret_action)
{
	const struct sim_request *request = input->request;
	size_t n = strlen(ROLES_PATH);
	bool token = strcmp(input->path, TOKEN_PATH) == 0;
	bool roles = strncmp(input->path, ROLES_PATH, n) == 0;
	*ret_action = token ? "GetToken" : roles && input->path[n] ? "GetKeys" : "GetRole";
	if (sim->sts.metadata.broken)
		return 500;
	if (token)
		return strcmp(request->method, "PUT") == 0 ? give_token(sim, request, out) : 405;
	if (strcmp(request->method, "GET") != 0)
		return 405;
	if (!has_good_token(sim, request))
		return 403;
	if (!roles || !*sim->sts.metadata.role)
		return 404;
	if (input->path[n])
		return give_keys(sim, input->path + n, out);
	strbuf_add(out, sim->sts.metadata.role);
	return 200;
}

int sim_metadata_serve(struct sim *sim, const struct sim_input *input,
		       struct sim_response *response)
{
	auto_strbuf struct strbuf body = STRBUF_INIT(ANSWER_MAX);
	static const struct sim_product product = {.name = "metadata"};
	struct sim_call call = {.sim = sim, .input = input, .product = &product};
	const char *action = "";
	int status = route(sim, input, &body, &action);
	if (status < 0 || strbuf_error(&body))
		return -ENOMEM;
	(void)snprintf(call.action, sizeof(call.action), "%s", action);
	response->status = status;
	response->headers[response->n_headers++] =
		(struct sim_header){"content-type", "text/plain"};
	response->body_len = response->send_len = body.len;
	response->body = body.len > 0 ? strbuf_take(&body) : strdup("");
	if (!response->body)
		return -ENOMEM;
	return sim_calls_add(&sim->calls, &call, sim->now.wall_ms, status, "", false);
}
