/*
 * Requests signed by the official SDK cores must pass the signature check.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/timefmt.h"
#include "client.h"

#define MAX_HEADERS 24

static cJSON *load(const char *path)
{
	auto_strbuf struct strbuf text = STRBUF_INIT(1 << 24);
	char block[4096];
	size_t n;
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	while ((n = fread(block, 1, sizeof(block), file)) > 0)
		strbuf_add_n(&text, block, n);
	(void)fclose(file);
	return cJSON_Parse(strbuf_text(&text));
}

static const char *text_of(const cJSON *vector, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(vector, name);
	return cJSON_IsString(item) ? item->valuestring : NULL;
}

static bool is_signed(const char *list, const char *name)
{
	char wanted[128], all[1100];
	(void)snprintf(wanted, sizeof(wanted), ";%s;", name);
	for (char *p = wanted; *p; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	(void)snprintf(all, sizeof(all), ";%s;", list);
	return strstr(all, wanted) != NULL;
}

/* The headers offered to the signer that it took up, and its Authorization. */
static size_t headers_of(const cJSON *vector, struct sim_header *out)
{
	const cJSON *expect = cJSON_GetObjectItem(vector, "expect"), *header = NULL;
	size_t n = 0;
	cJSON_ArrayForEach(
		header, cJSON_GetObjectItem(
				vector, "headers")) if (cJSON_IsString(header) &&
							is_signed(text_of(expect, "signed_headers"),
								  header->string)) out[n++] =
		(struct sim_header){header->string, header->valuestring};
	assert_true(n < MAX_HEADERS);
	out[n++] = (struct sim_header){"Authorization", text_of(expect, "authorization")};
	return n;
}

static const char *verdict(const cJSON *vector, const char *secret, char *body, size_t size)
{
	struct sim_header headers[MAX_HEADERS];
	struct sim_response response;
	struct sim *sim = NULL;
	struct sim_now now = {0};
	char target[65536];
	const char *query = text_of(cJSON_GetObjectItem(vector, "expect"), "wire_query_string");
	const char *sent = text_of(vector, "body");
	const struct sim_options options = {.access_key_id = text_of(vector, "access_key_id"),
					    .access_key_secret = secret,
					    .security_token = text_of(vector, "security_token")};
	assert_int_equal(timefmt_parse(text_of(vector, "date"), &now.wall_ms), 0);
	assert_int_equal(sim_new(&options, now, &sim), 0);
	(void)snprintf(target, sizeof(target), "%s%s%s", text_of(vector, "path"),
		       query && *query ? "?" : "", query ? query : "");
	const struct sim_request request = {.method = text_of(vector, "method"),
					    .target = target,
					    .headers = headers,
					    .n_headers = headers_of(vector, headers),
					    .body = sent ? sent : "",
					    .body_len = sent ? strlen(sent) : 0};
	assert_int_equal(sim_handle(sim, now, &request, &response), 0);
	(void)snprintf(body, size, "%s", response.body);
	sim_response_fini(&response);
	sim_free(sim);
	return body;
}

static bool is_auth_error(const char *body)
{
	static const char *const codes[] = {"SignatureDoesNotMatch", "IncompleteSignature",
					    "InvalidTimeStamp",      "InvalidAccessKeyId",
					    "SecurityToken",         "InvalidSignatureMethod",
					    "SignatureNonceUsed"};
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (strstr(body, codes[i]))
			return true;
	return false;
}

static void official_signatures_are_accepted_and_others_refused(void **state)
{
	cJSON *root = load(TEST_DATA_DIR "/signing-vectors.json");
	const cJSON *vector = NULL;
	char body[131072];
	int n = 0;
	(void)state;
	cJSON_ArrayForEach(vector, cJSON_GetObjectItem(root, "vectors"))
	{
		const char *secret = text_of(vector, "access_key_secret");
		if (is_auth_error(verdict(vector, secret, body, sizeof(body))))
			fail_msg("%s: %s", text_of(vector, "name"), body);
		assert_non_null(strstr(verdict(vector, "another secret", body, sizeof(body)),
				       "SignatureDoesNotMatch"));
		n++;
	}
	assert_int_equal(n, cJSON_GetObjectItem(root, "count")->valueint);
	cJSON_Delete(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(official_signatures_are_accepted_and_others_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
