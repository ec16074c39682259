#include "cloud/instance_role.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/timefmt.h"
#include "cloud/secret_json.h"

#define TOKEN_PATH "/latest/api/token"
#define ROLES_PATH "/latest/meta-data/ram/security-credentials/"
#define TOKEN_TTL_S 21600
#define TOKEN_SPARE_MS 60000 /* asked for anew a little before its end */
#define CONNECT_MS 1000
#define TOTAL_MS 2000 /* and a second to answer */

static int ask(struct instance_role *i);

static void finish(struct instance_role *i, const struct fresh_keys *answer)
{
	explicit_bzero(i->header, sizeof(i->header));
	i->under_way = false;
	i->done(i, answer);
}

static void give_up(struct instance_role *i, bool refused, const char *text)
{
	const struct fresh_keys answer = {
		.refused = refused, .code = "", .request_id = "", .text = text};
	finish(i, &answer);
}

static void give_up_on(struct instance_role *i, const char *text)
{
	give_up(i, false, text);
}

/* --- the three answers */

static bool is_answer(const struct http_response *response)
{
	return response->end == HTTP_COMPLETE && response->status == 200;
}

/* The text without blanks around it; false when it is empty, too long or odd. */
static bool take_text(char *out, size_t size, const struct http_response *response)
{
	static const char blanks[] = " \t\r\n";
	const char *text = response->body + strspn(response->body, blanks);
	return credential_copy(out, size, text, strcspn(text, blanks));
}

static void forget_token(struct instance_role *i)
{
	explicit_bzero(i->token, sizeof(i->token));
}

/* Without a token the service may still answer: an old one knows of none. */
static void on_token(struct instance_role *i, const struct http_response *response)
{
	bool good = is_answer(response) && take_text(i->token, sizeof(i->token), response);
	if (good) {
		i->token_is_new = true;
		i->token_until_ms =
			env_mono_ms(i->env) + (uint64_t)TOKEN_TTL_S * 1000 - TOKEN_SPARE_MS;
	} else {
		forget_token(i);
	}
	if (!good && i->needs_token) {
		give_up_on(i, response->end == HTTP_COMPLETE
				     ? "the metadata service of the instance gives no token"
				     : "the metadata service of the instance does not answer");
		return;
	}
	i->step = *i->role ? INSTANCE_KEYS : INSTANCE_NAME;
	if (ask(i) < 0)
		give_up_on(i, "the metadata service of the instance cannot be asked");
}

static void on_name(struct instance_role *i, const struct http_response *response)
{
	if (!take_text(i->role, sizeof(i->role), response) || !credential_is_role_name(i->role)) {
		i->role[0] = '\0';
		give_up(i, true, "the metadata service of the instance names no role");
		return;
	}
	i->step = INSTANCE_KEYS;
	if (ask(i) < 0)
		give_up_on(i, "the metadata service of the instance cannot be asked");
}

static void on_keys(struct instance_role *i, const struct http_response *response)
{
	auto_secret_json cJSON *root =
		secret_json_parse(response->body, response->body_len, NULL);
	struct fresh_keys answer = {.code = "", .request_id = "", .text = ""};
	const char *code = root ? secret_json_text(root, "Code") : "";
	if (*code && strcmp(code, "Success") != 0) {
		answer.code = code;
		answer.text = "the metadata service of the instance has no keys";
		finish(i, &answer);
		return;
	}
	answer.keys = (struct credential_keys){
		.access_key_id = secret_json_text(root, "AccessKeyId"),
		.access_key_secret = secret_json_text(root, "AccessKeySecret"),
		.security_token = secret_json_text(root, "SecurityToken"),
	};
	answer.good = *answer.keys.access_key_id && *answer.keys.access_key_secret &&
		      *answer.keys.security_token &&
		      timefmt_parse(secret_json_text(root, "Expiration"), &answer.expires_ms) == 0;
	if (answer.good)
		finish(i, &answer);
	else
		give_up_on(i, "the answer of the instance's metadata service holds no keys");
}

/* --- what goes wrong */

/* A token that the service no longer knows is replaced once. */
static bool begin_again(struct instance_role *i, const struct http_response *response)
{
	bool of_token = response->end == HTTP_COMPLETE &&
			(response->status == 401 || response->status == 403);
	if (!of_token || !*i->token || i->token_is_new)
		return false;
	forget_token(i);
	i->step = INSTANCE_TOKEN;
	return ask(i) == 0;
}

static void explain(struct instance_role *i, const struct http_response *response)
{
	char text[128];
	if (response->end != HTTP_COMPLETE) {
		give_up_on(i, "the metadata service of the instance does not answer");
		return;
	}
	bool absent = response->status == 404;
	if (absent)
		(void)snprintf(text, sizeof(text),
			       i->step == INSTANCE_NAME ? "the instance has no role"
							: "the instance has not the role %s",
			       i->role);
	else
		(void)snprintf(text, sizeof(text),
			       "the metadata service of the instance answers with status %d",
			       response->status);
	give_up(i, absent, text);
}

static void on_response(struct http_request *request, const struct http_response *response)
{
	struct instance_role *i = container_of(request, struct instance_role, request);
	if (i->cancelled)
		give_up_on(i, "cancelled");
	else if (i->step == INSTANCE_TOKEN)
		on_token(i, response);
	else if (is_answer(response))
		i->step == INSTANCE_NAME ? on_name(i, response) : on_keys(i, response);
	else if (!begin_again(i, response))
		explain(i, response);
}

/* --- asking */

static void write_request(struct instance_role *i)
{
	bool token = i->step == INSTANCE_TOKEN, has_header = token || *i->token;
	(void)snprintf(i->url, sizeof(i->url), "%s%s%s", i->endpoint,
		       token ? TOKEN_PATH : ROLES_PATH,
		       i->step == INSTANCE_KEYS ? i->role : "");
	if (token)
		(void)snprintf(i->header, sizeof(i->header),
			       "X-aliyun-ecs-metadata-token-ttl-seconds: %d", TOKEN_TTL_S);
	else
		(void)snprintf(i->header, sizeof(i->header), "X-aliyun-ecs-metadata-token: %s",
			       i->token);
	i->headers[0] = i->header;
	i->request = (struct http_request){
		.method = token ? "PUT" : "GET",
		.url = i->url,
		.headers = i->headers,
		.n_headers = has_header,
		.body = "",
		.verbatim_http_ok = true, /* endpoint_url() has judged the address */
		.secret = true,
		.connect_ms = CONNECT_MS,
		.total_ms = TOTAL_MS,
		.done = on_response,
	};
}

static int ask(struct instance_role *i)
{
	write_request(i);
	return http_send(i->http, &i->request);
}

int instance_role_start(struct instance_role *i, const char *endpoint, const char *role)
{
	(void)snprintf(i->endpoint, sizeof(i->endpoint), "%s", endpoint);
	(void)snprintf(i->role, sizeof(i->role), "%s", role);
	bool has_token = *i->token && env_mono_ms(i->env) < i->token_until_ms;
	i->step = !has_token ? INSTANCE_TOKEN : *role ? INSTANCE_KEYS : INSTANCE_NAME;
	i->token_is_new = i->cancelled = false;
	i->under_way = true;
	int r = ask(i);
	i->under_way = r == 0;
	return r;
}

void instance_role_cancel(struct instance_role *i)
{
	if (!i->under_way || i->cancelled)
		return;
	i->cancelled = true;
	http_cancel(i->http, &i->request);
}
