#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

#include "cloud/flatten.h"
#include "cloud/sign.h"
#include "lib/failing_alloc.h"
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
	assert_int_equal(vectors_flatten(query, &l->query), 0);
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

static void blanks_around_a_value_are_not_signed(void **state)
{
	(void)state;
	static const char *const values[] = {"", " ", "\t", " \t "};
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		const struct sign_header header = {"X-Acs-Empty", values[i]};
		struct sign_request request = simple(&header, 1);
		auto_strbuf struct strbuf out = STRBUF_INIT(4096);
		assert_int_equal(sign_canonical(&request, &out), 0);
		assert_non_null(strstr(strbuf_text(&out), "\nx-acs-empty:\n"));
	}
}

static void what_cannot_be_signed_has_no_canonical_form(void **state)
{
	(void)state;
	static const struct sign_header headers[] = {{"host", "a"}, {"Host", "b"}};
	struct sign_request request = simple(headers, 2);
	auto_strbuf struct strbuf out = STRBUF_INIT(4096);
	assert_int_equal(sign_canonical(&request, &out), -EINVAL);
	assert_int_equal(out.len, 0);
}

/* ---- a crypto library that fails ---- */

enum crypto {
	FETCH_DIGEST = 1, FETCH_MAC = 2, DIGEST = 4, MAC_NEW = 8, MAC_INIT = 16, MAC_UPDATE = 32,
	MAC_FINAL = 64, MAC_SHORT = 128,
};

static unsigned broken; /* which of them fail */
static int spared;      /* ... after so many calls that work */

static bool fails(enum crypto what)
{
	if (!(broken & what))
		return false;
	if (spared == 0)
		return true;
	spared--;
	return false;
}

EVP_MD *__real_EVP_MD_fetch(OSSL_LIB_CTX *c, const char *name, const char *properties);
EVP_MD *__wrap_EVP_MD_fetch(OSSL_LIB_CTX *c, const char *name, const char *properties);
EVP_MD *__wrap_EVP_MD_fetch(OSSL_LIB_CTX *c, const char *name, const char *properties)
{
	return fails(FETCH_DIGEST) ? NULL : __real_EVP_MD_fetch(c, name, properties);
}

EVP_MAC *__real_EVP_MAC_fetch(OSSL_LIB_CTX *c, const char *name, const char *properties);
EVP_MAC *__wrap_EVP_MAC_fetch(OSSL_LIB_CTX *c, const char *name, const char *properties);
EVP_MAC *__wrap_EVP_MAC_fetch(OSSL_LIB_CTX *c, const char *name, const char *properties)
{
	return fails(FETCH_MAC) ? NULL : __real_EVP_MAC_fetch(c, name, properties);
}

int __real_EVP_Digest(const void *data, size_t n, unsigned char *md, unsigned *len,
		      const EVP_MD *type, ENGINE *engine);
int __wrap_EVP_Digest(const void *data, size_t n, unsigned char *md, unsigned *len,
		      const EVP_MD *type, ENGINE *engine);
int __wrap_EVP_Digest(const void *data, size_t n, unsigned char *md, unsigned *len,
		      const EVP_MD *type, ENGINE *engine)
{
	return fails(DIGEST) ? 0 : __real_EVP_Digest(data, n, md, len, type, engine);
}

EVP_MAC_CTX *__real_EVP_MAC_CTX_new(EVP_MAC *mac);
EVP_MAC_CTX *__wrap_EVP_MAC_CTX_new(EVP_MAC *mac);
EVP_MAC_CTX *__wrap_EVP_MAC_CTX_new(EVP_MAC *mac)
{
	return fails(MAC_NEW) ? NULL : __real_EVP_MAC_CTX_new(mac);
}

int __real_EVP_MAC_init(EVP_MAC_CTX *c, const unsigned char *key, size_t n, const OSSL_PARAM *p);
int __wrap_EVP_MAC_init(EVP_MAC_CTX *c, const unsigned char *key, size_t n, const OSSL_PARAM *p);
int __wrap_EVP_MAC_init(EVP_MAC_CTX *c, const unsigned char *key, size_t n, const OSSL_PARAM *p)
{
	return fails(MAC_INIT) ? 0 : __real_EVP_MAC_init(c, key, n, p);
}

int __real_EVP_MAC_update(EVP_MAC_CTX *c, const unsigned char *data, size_t n);
int __wrap_EVP_MAC_update(EVP_MAC_CTX *c, const unsigned char *data, size_t n);
int __wrap_EVP_MAC_update(EVP_MAC_CTX *c, const unsigned char *data, size_t n)
{
	return fails(MAC_UPDATE) ? 0 : __real_EVP_MAC_update(c, data, n);
}

int __real_EVP_MAC_final(EVP_MAC_CTX *c, unsigned char *out, size_t *len, size_t size);
int __wrap_EVP_MAC_final(EVP_MAC_CTX *c, unsigned char *out, size_t *len, size_t size);
int __wrap_EVP_MAC_final(EVP_MAC_CTX *c, unsigned char *out, size_t *len, size_t size)
{
	if (fails(MAC_FINAL))
		return 0;
	int ok = __real_EVP_MAC_final(c, out, len, size);
	*len -= fails(MAC_SHORT);
	return ok;
}

static void fails_to_sign(unsigned what, int after, int error)
{
	static const struct sign_header headers[] = {{"host", "h"}, {"x-acs-date", "d"}};
	struct sign_request request = simple(headers, 2);
	auto_strbuf struct strbuf out = STRBUF_INIT(4096);
	broken = what;
	spared = after;
	int r = sign_request(&request, &out);
	broken = 0;
	assert_int_equal(r, error);
	assert_int_equal(out.len, 0);
}

/* The first case of all: an algorithm that is there is fetched once. */
static void an_algorithm_that_was_not_there_is_asked_for_again(void **state)
{
	fails_to_sign(FETCH_DIGEST | FETCH_MAC, 0, -EIO);
	fails_to_sign(FETCH_MAC, 0, -EIO);
	every_input_changes_the_signature(state);
	broken = FETCH_DIGEST | FETCH_MAC;
	every_input_changes_the_signature(state);
	broken = 0;
}

static void a_failure_of_the_library_is_no_signature(void **state)
{
	fails_to_sign(DIGEST, 0, -EIO); /* of the body */
	fails_to_sign(DIGEST, 1, -EIO); /* of the canonical request */
	fails_to_sign(MAC_NEW, 0, -ENOMEM);
	for (unsigned what = MAC_INIT; what <= MAC_SHORT; what *= 2)
		fails_to_sign(what, 0, -EIO);
	every_input_changes_the_signature(state);
}

static void without_memory_nothing_is_signed(void **state)
{
	(void)state;
	static const struct sign_header headers[] = {{"Host", "h"}, {"x-acs-date", "d"}};
	struct sign_request request = simple(headers, 2);
	each_failing_alloc(n) {
		auto_strbuf struct strbuf out = STRBUF_INIT(4096);
		failing_alloc_once(n);
		int r = sign_request(&request, &out);
		bool failed = failing_alloc_stop();
		assert_int_equal(r, failed ? -ENOMEM : 0);
		assert_int_equal(*strbuf_text(&out) != '\0', !failed);
	}
	each_failing_alloc(n) {
		auto_strbuf struct strbuf out = STRBUF_INIT(4096);
		failing_alloc_once(n);
		int r = sign_canonical(&request, &out);
		bool failed = failing_alloc_stop();
		assert_int_equal(r, failed ? -ENOMEM : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_algorithm_that_was_not_there_is_asked_for_again),
		cmocka_unit_test(every_published_vector_signs_the_same),
		cmocka_unit_test(the_order_of_headers_does_not_matter),
		cmocka_unit_test(a_header_given_twice_is_refused),
		cmocka_unit_test(a_line_break_in_a_header_is_refused),
		cmocka_unit_test(too_many_headers_are_refused),
		cmocka_unit_test(every_input_changes_the_signature),
		cmocka_unit_test(blanks_around_a_value_are_not_signed),
		cmocka_unit_test(what_cannot_be_signed_has_no_canonical_form),
		cmocka_unit_test(a_failure_of_the_library_is_no_signature),
		cmocka_unit_test(without_memory_nothing_is_signed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
