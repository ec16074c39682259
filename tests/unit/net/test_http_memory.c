/* What leaves when libcurl has no memory: the request as it was signed, or nothing. Each exchange in
 * a process of its own, since libcurl 7.88 does not survive every failure. */
#include "unit/net/client.h"

#include <curl/curl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define ALLOCATIONS_MOST 2000

/* Not those of lib/failing_alloc.h. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);

static unsigned long made, fails_at;

static bool no_memory(void)
{
	return ++made == fails_at;
}

static void *failing_malloc(size_t size)
{
	return no_memory() ? NULL : __real_malloc(size);
}

static void *failing_calloc(size_t n, size_t size)
{
	return no_memory() ? NULL : __real_calloc(n, size);
}

static void *failing_realloc(void *p, size_t size)
{
	return no_memory() ? NULL : __real_realloc(p, size);
}

static char *failing_strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = no_memory() ? NULL : __real_malloc(size);
	return copy ? memcpy(copy, text, size) : NULL;
}

/* In a process of its own, libcurl's allocation @at failing: 0 when the server saw all of the target, or no request. */
static int exchange(unsigned long at, unsigned long *ret_made)
{
	static const struct fake_step script[] = {{.act = FAKE_READ}, FAKE_OK(5, "hello"), {.act = FAKE_AGAIN}};
	struct fake_server *s = serve(script);
	struct client c;
	struct probe p;
	client_open(&c, NULL);
	probe_init(&p, &c, "http://127.0.0.1", fake_server_port(s));
	(void)snprintf(p.url, sizeof(p.url), "http://127.0.0.1:%d/a?q=1", fake_server_port(s));
	made = 0;
	fails_at = at;
	if (http_send(c.http, &p.request) == 0)
		probe_wait(&p);
	*ret_made = made;
	char *sent = fake_server_last_request(s);
	return !sent || !*sent || strncmp(sent, "GET /a?q=1 HTTP/1.1\r\n", 21) == 0 ? 0 : 1;
}

/* The status of an exchange in which libcurl's allocation @at fails. */
static int exchange_failing(unsigned long at, unsigned long *ret_made)
{
	int status = -1;
	pid_t child = fork();
	if (child == 0) {
		(void)signal(SIGFPE, SIG_DFL);
		(void)signal(SIGABRT, SIG_DFL);
		(void)signal(SIGSEGV, SIG_DFL);
		if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, failing_malloc, free, failing_realloc,
					 failing_strdup, failing_calloc) != CURLE_OK)
			_exit(2);
		_exit(exchange(at, ret_made));
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void what_leaves_is_what_was_signed(void **state)
{
	(void)state;
	unsigned long *calls = mmap(NULL, sizeof(*calls), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(calls != MAP_FAILED);
	assert_int_equal(exchange_failing(0, calls), 0);
	unsigned long all = *calls;
	assert_in_range(all, 1, ALLOCATIONS_MOST);
	for (unsigned long at = 1; at <= all; at++) {
		int status = exchange_failing(at, calls);
		if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
			fail_msg("without allocation %lu of %lu another request leaves", at, all);
	}
	assert_int_equal(munmap(calls, sizeof(*calls)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_leaves_is_what_was_signed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
