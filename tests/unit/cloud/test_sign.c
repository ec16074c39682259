#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "cloud/flatten.h"
#include "cloud/sign.h"
#include "vectors.h"

#define VECTORS TEST_DATA_DIR "/signing-vectors.json"
#define MAX_HEADERS 32

struct loaded {
	struct params query;
	char *query_text;
	struct sign_header headers[MAX_HEADERS];
	struct sign_request request;
};

static void load(const cJSON *vector, struct loaded *l)
{
	*l = (struct loaded){0};
	auto_value struct value *query =
		vectors_value(cJSON_GetObjectItemCaseSensitive(vector, "query"));
	assert_int_equal(flatten_params(query, &l->query), 0);
	l->query_text = params_text(&l->query);
	assert_non_null(l->query_text);
	size_t n = 0;
	const cJSON *header;
	cJSON_ArrayForEach(header, cJSON_GetObjectItemCaseSensitive(vector, "headers"))
	{
		assert_true(n < MAX_HEADERS);
		l->headers[n++] = (struct sign_header){header->string, header->valuestring};
	}
	const char *body = vectors_text(vector, "body");
	l->request = (struct sign_request){
		.method = vectors_text(vector, "method"),
		.path = vectors_text(vector, "path"),
		.query = l->query_text,
		.body = body,
		.body_len = strlen(body),
		.headers = l->headers,
		.n_headers = n,
		.access_key_id = vectors_text(vector, "access_key_id"),
		.access_key_secret = vectors_text(vector, "access_key_secret"),
	};
}

static void unload(struct loaded *l)
{
	params_fini(&l->query);
	free(l->query_text);
}

static void same(const cJSON *vector, const char *what, const char *got)
{
	const char *expected =
		vectors_text(cJSON_GetObjectItemCaseSensitive(vector, "expect"), what);
	if (strcmp(got, expected) != 0)
		fail_msg("%s: %s is\n%s\nbut must be\n%s", vectors_text(vector, "name"), what, got,
			 expected);
}

static void every_published_vector_signs_the_same(void **state)
{
	(void)state;
	cJSON *root = vectors_load(VECTORS);
	const cJSON *vectors = cJSON_GetObjectItemCaseSensitive(root, "vectors"), *vector;
	assert_int_equal(cJSON_GetArraySize(vectors), 80);
	cJSON_ArrayForEach(vector, vectors)
	{
		struct loaded l;
		char hash[SIGN_HASH_SIZE];
		auto_strbuf struct strbuf canonical = STRBUF_INIT(1 << 20),
					  value = STRBUF_INIT(1 << 20);
		load(vector, &l);
		assert_int_equal(sign_body_hash(l.request.body, l.request.body_len, hash), 0);
		same(vector, "hashed_payload", hash);
		assert_int_equal(sign_canonical(&l.request, &canonical), 0);
		same(vector, "canonical_request", strbuf_text(&canonical));
		assert_int_equal(sign_body_hash(canonical.data, canonical.len, hash), 0);
		same(vector, "hashed_canonical_request", hash);
		assert_int_equal(sign_request(&l.request, &value), 0);
		same(vector, "authorization", strbuf_text(&value));
		unload(&l);
	}
	cJSON_Delete(root);
}

/* A shuffled offer must not matter: the gateway sorts again. */
static void the_order_of_headers_does_not_matter(void **state)
{
	(void)state;
	cJSON *root = vectors_load(VECTORS);
	const cJSON *vector;
	cJSON_ArrayForEach(vector, cJSON_GetObjectItemCaseSensitive(root, "vectors"))
	{
		struct loaded l;
		auto_strbuf struct strbuf value = STRBUF_INIT(1 << 20);
		load(vector, &l);
		for (size_t i = 0, j = l.request.n_headers; i + 1 < j; i++) {
			struct sign_header swapped = l.headers[i];
			l.headers[i] = l.headers[--j];
			l.headers[j] = swapped;
		}
		assert_int_equal(sign_request(&l.request, &value), 0);
		same(vector, "authorization", strbuf_text(&value));
		unload(&l);
	}
	cJSON_Delete(root);
}

static struct sign_request simple(const struct sign_header *headers, size_t n)
{
	return (struct sign_request){
		.method = "POST",
		.path = "/",
		.query = "",
		.body = "",
		.headers = headers,
		.n_headers = n,
		.access_key_id = "id",
		.access_key_secret = "secret",
	};
}

static void a_header_given_twice_is_refused(void **state)
{
	(void)state;
	static const struct sign_header headers[] = {{"host", "a"}, {"Host", "b"}};
	struct sign_request request = simple(headers, 2);
	auto_strbuf struct strbuf out = STRBUF_INIT(4096);
	assert_int_equal(sign_request(&request, &out), -EINVAL);
	assert_int_equal(out.len, 0);
}

static void a_line_break_in_a_header_is_refused(void **state)
{
	(void)state;
	static const char *const values[] = {"a\nx-acs-evil: 1", "a\r", "\n"};
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		const struct sign_header header = {"x-acs-a", values[i]};
		struct sign_request request = simple(&header, 1);
		auto_strbuf struct strbuf out = STRBUF_INIT(4096);
		assert_int_equal(sign_request(&request, &out), -EINVAL);
	}
}

static void too_many_headers_are_refused(void **state)
{
	(void)state;
	char names[40][16];
	struct sign_header headers[40];
	for (size_t i = 0; i < 40; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "x-acs-%zu", i);
		headers[i] = (struct sign_header){names[i], "v"};
	}
	struct sign_request request = simple(headers, 40);
	auto_strbuf struct strbuf out = STRBUF_INIT(4096);
	assert_int_equal(sign_request(&request, &out), -EINVAL);
}

static void every_input_changes_the_signature(void **state)
{
	(void)state;
	static const struct sign_header headers[] = {{"host", "h"}, {"x-acs-date", "d"}};
	static const struct sign_header other[] = {{"host", "h"}, {"x-acs-date", "e"}};
	struct sign_request variants[7];
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++)
		variants[i] = simple(headers, 2);
	variants[1].method = "GET";
	variants[2].path = "/x";
	variants[3].query = "A=1";
	variants[4].body = "b";
	variants[4].body_len = 1;
	variants[5].headers = other;
	variants[6].access_key_secret = "secreT";
	struct strbuf out[7];
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++) {
		strbuf_init(&out[i], 4096);
		assert_int_equal(sign_request(&variants[i], &out[i]), 0);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(strbuf_text(&out[i]), strbuf_text(&out[j]));
	}
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++)
		strbuf_fini(&out[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_published_vector_signs_the_same),
		cmocka_unit_test(the_order_of_headers_does_not_matter),
		cmocka_unit_test(a_header_given_twice_is_refused),
		cmocka_unit_test(a_line_break_in_a_header_is_refused),
		cmocka_unit_test(too_many_headers_are_refused),
		cmocka_unit_test(every_input_changes_the_signature),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
