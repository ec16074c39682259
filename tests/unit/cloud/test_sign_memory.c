/* Signing when libcrypto has no memory, before anything else has used it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <openssl/crypto.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cloud/sign.h"

static unsigned long crypto_calls, crypto_fails_at;

static bool crypto_fails(void)
{
	return ++crypto_calls == crypto_fails_at;
}

/* Not those of lib/failing_alloc.h, which fail for our own code only. */
void *__real_malloc(size_t size);
void *__real_realloc(void *p, size_t size);

static void *crypto_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return crypto_fails() ? NULL : __real_malloc(size);
}

static void *crypto_realloc(void *p, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return crypto_fails() ? NULL : __real_realloc(p, size);
}

static void crypto_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

static int sign_once(void)
{
	static const struct sign_header headers[] = {{"host", "example.com"}};
	const struct sign_request request = {.method = "POST", .path = "/", .query = "", .body = "",
					     .headers = headers, .n_headers = 1, .access_key_id = "id",
					     .access_key_secret = "secret"};
	char hash[SIGN_HASH_SIZE];
	auto_strbuf struct strbuf out = STRBUF_INIT(4096);
	int r = sign_body_hash("", 0, hash);
	return r == 0 ? sign_request(&request, &out) : r;
}

/* In a process of its own allocation @at of the first signature fails. False: it lives, and the third
 * signature did not come out. (libcrypto may end it, and then it is started anew.) */
static bool sign_twice(unsigned long at, unsigned long *ret_calls)
{
	int status = -1;
	pid_t child = fork();
	if (child == 0) {
		(void)signal(SIGSEGV, SIG_DFL); /* cmocka has its own */
		(void)alarm(20);
		crypto_fails_at = at;
		(void)sign_once();
		*ret_calls = crypto_calls;
		crypto_fails_at = crypto_calls + 1; /* and the first of the second try, */
		(void)sign_once();
		crypto_fails_at = 0; /* that the third one has no need of */
		_exit(sign_once() == 0 ? 0 : 1);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) || WEXITSTATUS(status) == 0;
}

/* libcrypto takes the algorithms of a kind for fetched, once it has begun to. */
static void one_failure_of_the_library_is_not_for_good(void **state)
{
	(void)state;
	unsigned long *calls = mmap(NULL, sizeof(*calls), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(calls != MAP_FAILED);
	assert_true(sign_twice(0, calls));
	unsigned long all = *calls;
	for (unsigned long at = 1; at <= all; at += 17)
		if (!sign_twice(at, calls))
			fail_msg("after allocation %lu of %lu nothing can be signed", at, all);
	assert_int_equal(munmap(calls, sizeof(*calls)), 0);
}

int main(void)
{
	if (CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) != 1)
		return 1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_failure_of_the_library_is_not_for_good),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
