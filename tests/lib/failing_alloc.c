#include "lib/failing_alloc.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Atomic(uint64_t) seen, first, last; /* the numbers of those that fail; first 0: none */
static atomic_bool failed, finished, paused;

static void start(uint64_t from, uint64_t to)
{
	seen = 0;
	failed = finished = paused = false;
	last = to;
	first = from;
}

void failing_alloc_once(uint64_t n)
{
	start(n, n);
}

void failing_alloc_from(uint64_t n)
{
	start(n, UINT64_MAX);
}

void failing_alloc_pause(bool is_paused)
{
	paused = is_paused;
}

bool failing_alloc_stop(void)
{
	first = 0;
	finished = true;
	return failed;
}

bool failing_alloc_more(uint64_t n)
{
	if (n > 1 && !finished)
		fail_msg("round %llu did not start or did not stop", (unsigned long long)n - 1);
	if (n == 2 && !failed)
		fail_msg("nothing was allocated: nothing was tested");
	bool more = n == 1 || failed;
	finished = false;
	return more;
}

static bool fails(void)
{
	uint64_t from = first;
	if (from == 0 || paused)
		return false;
	uint64_t n = ++seen;
	if (n < from || n > last)
		return false;
	failed = true;
	errno = ENOMEM;
	return true;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

void *__real_reallocarray(void *old, size_t n, size_t size);
void *__wrap_reallocarray(void *old, size_t n, size_t size);
void *__wrap_reallocarray(void *old, size_t n, size_t size)
{
	return fails() ? NULL : __real_reallocarray(old, n, size);
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
char *__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

char *__real_strndup(const char *text, size_t n);
char *__wrap_strndup(const char *text, size_t n);
char *__wrap_strndup(const char *text, size_t n)
{
	return fails() ? NULL : __real_strndup(text, n);
}

/* With _FORTIFY_SOURCE the headers call the two by other names. */
int __real_vasprintf(char **ret, const char *format, va_list args);
int __wrap_vasprintf(char **ret, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
int __wrap_vasprintf(char **ret, const char *format, va_list args)
{
	return fails() ? -1 : __real_vasprintf(ret, format, args);
}

int __wrap___vasprintf_chk(char **ret, int flag, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));
int __wrap___vasprintf_chk(char **ret, int flag, const char *format, va_list args)
{
	(void)flag;
	return __wrap_vasprintf(ret, format, args);
}

int __wrap_asprintf(char **ret, const char *format, ...) __attribute__((format(printf, 2, 3)));
int __wrap_asprintf(char **ret, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = __wrap_vasprintf(ret, format, args);
	va_end(args);
	return n;
}

int __wrap___asprintf_chk(char **ret, int flag, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int __wrap___asprintf_chk(char **ret, int flag, const char *format, ...)
{
	(void)flag;
	va_list args;
	va_start(args, format);
	int n = __wrap_vasprintf(ret, format, args);
	va_end(args);
	return n;
}
