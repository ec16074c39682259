#include "cloud/request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/timefmt.h"
#include "cloud/endpoint.h"
#include "cloud/sign.h"

#define FORM_TYPE "application/x-www-form-urlencoded"
#define NONCE_SIZE (2 * REQUEST_NONCE_BYTES + 1)
#define TEXT_BYTES ((size_t)16 * 1024 * 1024)

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

struct request *request_free(struct request *request)
{
	if (!request)
		return NULL;
	for (size_t i = 0; i < request->n_headers; i++)
		wipe(request->lines[i]);
	free(request->url);
	free(request->body);
	free(request);
	return NULL;
}

DEFINE_CLEANUP(struct request *, request_free)

/* The query and the form body of the call, both encoded. */
static int split_params(const struct request_input *input, char **ret_query, char **ret_body)
{
	auto_params struct params query = {0}, form = {0};
	for (size_t i = 0; i < input->params->n; i++) {
		const struct param *p = &input->params->items[i];
		bool in_query = operation_param_in_query(input->op, p->name);
		int r = params_set(in_query ? &query : &form, p->name, p->value);
		if (r < 0)
			return r;
	}
	*ret_query = params_text(&query);
	*ret_body = params_text(&form);
	return *ret_query && *ret_body ? 0 : -ENOMEM;
}

static char *url_of(const char *endpoint, const char *query)
{
	struct strbuf url = STRBUF_INIT(TEXT_BYTES);
	strbuf_addf(&url, "%s/%s%s", endpoint, *query ? "?" : "", query);
	return strbuf_take(&url);
}

/* One allocation: no copy of a token stays behind. */
static int add_line(struct request *request, const char *name, const char *value)
{
	struct strbuf line = STRBUF_INIT(LIMIT_HEADER_BYTES);
	if (strpbrk(value, "\r\n"))
		return -EINVAL;
	strbuf_reserve(&line, strlen(name) + strlen(value) + 2);
	strbuf_add(&line, name);
	strbuf_add(&line, ": ");
	strbuf_add(&line, value);
	int error = strbuf_error(&line);
	char *text = strbuf_take(&line);
	if (!text)
		return error ? error : -ENOMEM;
	request->lines[request->n_headers] = text;
	request->headers[request->n_headers++] = text;
	return 0;
}

static void nonce_text(const unsigned char nonce[REQUEST_NONCE_BYTES], char out[NONCE_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < REQUEST_NONCE_BYTES; i++) {
		out[2 * i] = digits[nonce[i] >> 4];
		out[2 * i + 1] = digits[nonce[i] & 15];
	}
	out[NONCE_SIZE - 1] = '\0';
}

static int add_signature(struct request *request, const struct sign_header *headers, size_t n,
			 const char *query, const struct credential_keys *keys)
{
	const struct sign_request to_sign = {
		.method = "POST",
		.path = "/",
		.query = query,
		.body = request->body,
		.body_len = strlen(request->body),
		.headers = headers,
		.n_headers = n,
		.access_key_id = keys->access_key_id,
		.access_key_secret = keys->access_key_secret,
	};
	auto_strbuf struct strbuf value = STRBUF_INIT(LIMIT_HEADER_BYTES);
	int r = sign_request(&to_sign, &value);
	return r < 0 ? r : add_line(request, "authorization", strbuf_text(&value));
}

static int add_headers(struct request *request, const struct request_input *input,
		       const char *query)
{
	const struct operation_info *info = operation_info(input->op);
	char date[TIMEFMT_SIZE], nonce[NONCE_SIZE], hash[SIGN_HASH_SIZE];
	timefmt_iso(input->wall_ms, date);
	nonce_text(input->nonce, nonce);
	int r = sign_body_hash(request->body, strlen(request->body), hash);
	struct sign_header headers[REQUEST_HEADERS - 1] = {
		{"host", endpoint_host(input->endpoint)}, {"x-acs-action", info->name},
		{"x-acs-version", info->version},         {"x-acs-date", date},
		{"x-acs-signature-nonce", nonce},         {"x-acs-content-sha256", hash},
		{"accept", "application/json"},           {"user-agent", "drover/" DROVER_VERSION},
	};
	size_t n = 8;
	if (*request->body)
		headers[n++] = (struct sign_header){"content-type", FORM_TYPE};
	if (*input->keys->security_token)
		headers[n++] =
			(struct sign_header){"x-acs-security-token", input->keys->security_token};
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_line(request, headers[i].name, headers[i].value);
	return r < 0 ? r : add_signature(request, headers, n, query, input->keys);
}

int request_new(const struct request_input *input, struct request **ret)
{
	auto_free char *query = NULL;
	cleanup(request_freep) struct request *request = calloc(1, sizeof(*request));
	if (!request)
		return -ENOMEM;
	int r = split_params(input, &query, &request->body);
	if (r < 0)
		return r;
	request->url = url_of(input->endpoint, query);
	if (!request->url)
		return -ENOMEM;
	r = add_headers(request, input, query);
	if (r < 0)
		return r;
	*ret = TAKE(request);
	return 0;
}
