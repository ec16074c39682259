/*
 * What the daemon's objects call instead of the allocator, the system, the loop and the network:
 * objcopy gives their references these names (see CMakeLists.txt).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "faults.h"
#include "ledger/ledger.h"
#include "net/http_curl.h"

/* ---- memory ---- */

static bool no_memory(void)
{
	if (!faults_strike(FAULTS_ALLOC))
		return false;
	errno = ENOMEM;
	return true;
}

void *faulty_malloc(size_t size);
void *faulty_calloc(size_t n, size_t size);
void *faulty_realloc(void *p, size_t size);
void *faulty_reallocarray(void *p, size_t n, size_t size);
char *faulty_strdup(const char *text);
char *faulty_strndup(const char *text, size_t n);
int faulty_vasprintf(char **ret, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
int faulty_asprintf(char **ret, const char *format, ...) __attribute__((format(printf, 2, 3)));

void *faulty_malloc(size_t size)
{
	return no_memory() ? NULL : malloc(size);
}

void *faulty_calloc(size_t n, size_t size)
{
	return no_memory() ? NULL : calloc(n, size);
}

void *faulty_realloc(void *p, size_t size)
{
	return no_memory() ? NULL : realloc(p, size);
}

void *faulty_reallocarray(void *p, size_t n, size_t size)
{
	return no_memory() ? NULL : reallocarray(p, n, size);
}

char *faulty_strdup(const char *text)
{
	return no_memory() ? NULL : strdup(text);
}

char *faulty_strndup(const char *text, size_t n)
{
	return no_memory() ? NULL : strndup(text, n);
}

/* As the C library leaves it: nobody may look at *@ret. */
int faulty_vasprintf(char **ret, const char *format, va_list args)
{
	static char garbage[] = "garbage";
	*ret = garbage;
	return no_memory() ? -1 : vasprintf(ret, format, args);
}

int faulty_asprintf(char **ret, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = faulty_vasprintf(ret, format, args);
	va_end(args);
	return n;
}

/* ---- the system ---- */

static bool io_fails(void)
{
	if (!faults_strike(FAULTS_IO))
		return false;
	errno = faults_errno();
	return true;
}

int faulty_open(const char *path, int flags, ...);
ssize_t faulty_read(int fd, void *buffer, size_t size);
ssize_t faulty_pread(int fd, void *buffer, size_t size, off_t at);
ssize_t faulty_pwrite(int fd, const void *buffer, size_t size, off_t at);
int faulty_fstat(int fd, struct stat *ret);
int faulty_stat(const char *path, struct stat *ret);
int faulty_access(const char *path, int mode);
int faulty_mkdir(const char *path, mode_t mode);
int faulty_rename(const char *from, const char *to);
int faulty_unlink(const char *path);
int faulty_fsync(int fd);
int faulty_fchmod(int fd, mode_t mode);
int faulty_fcntl(int fd, int command, void *argument);
void *faulty_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset);

int faulty_open(const char *path, int flags, ...)
{
	va_list args;
	va_start(args, flags);
	mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	return io_fails() ? -1 : open(path, flags, mode);
}

ssize_t faulty_read(int fd, void *buffer, size_t size)
{
	return io_fails() ? -1 : read(fd, buffer, size);
}

ssize_t faulty_pread(int fd, void *buffer, size_t size, off_t at)
{
	return io_fails() ? -1 : pread(fd, buffer, size, at);
}

ssize_t faulty_pwrite(int fd, const void *buffer, size_t size, off_t at)
{
	return io_fails() ? -1 : pwrite(fd, buffer, size, at);
}

int faulty_fstat(int fd, struct stat *ret)
{
	return io_fails() ? -1 : fstat(fd, ret);
}

int faulty_stat(const char *path, struct stat *ret)
{
	return io_fails() ? -1 : stat(path, ret);
}

int faulty_access(const char *path, int mode)
{
	return io_fails() ? -1 : access(path, mode);
}

int faulty_mkdir(const char *path, mode_t mode)
{
	return io_fails() ? -1 : mkdir(path, mode);
}

int faulty_rename(const char *from, const char *to)
{
	return io_fails() ? -1 : rename(from, to);
}

int faulty_unlink(const char *path)
{
	return io_fails() ? -1 : unlink(path);
}

int faulty_fsync(int fd)
{
	return io_fails() ? -1 : fsync(fd);
}

int faulty_fchmod(int fd, mode_t mode)
{
	return io_fails() ? -1 : fchmod(fd, mode);
}

/* Only locks are asked for. */
int faulty_fcntl(int fd, int command, void *argument)
{
	return io_fails() ? -1 : fcntl(fd, command, argument);
}

void *faulty_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
	return io_fails() ? MAP_FAILED : mmap(at, size, protection, flags, fd, offset);
}

/* ---- the loop: what of it can fail ---- */

int faulty_uv_loop_init(uv_loop_t *loop);
int faulty_uv_signal_init(uv_loop_t *loop, uv_signal_t *handle);
int faulty_uv_signal_start(uv_signal_t *handle, uv_signal_cb cb, int number);
int faulty_uv_fs_event_start(uv_fs_event_t *handle, uv_fs_event_cb cb, const char *path, unsigned flags);

int faulty_uv_loop_init(uv_loop_t *loop)
{
	return io_fails() ? -faults_errno() : uv_loop_init(loop);
}

int faulty_uv_signal_init(uv_loop_t *loop, uv_signal_t *handle)
{
	return io_fails() ? -faults_errno() : uv_signal_init(loop, handle);
}

int faulty_uv_signal_start(uv_signal_t *handle, uv_signal_cb cb, int number)
{
	return io_fails() ? -faults_errno() : uv_signal_start(handle, cb, number);
}

int faulty_uv_fs_event_start(uv_fs_event_t *handle, uv_fs_event_cb cb, const char *path, unsigned flags)
{
	return io_fails() ? -faults_errno() : uv_fs_event_start(handle, cb, path, flags);
}

/* ---- the network ---- */

static struct {
	struct http http; /* first: what the daemon holds */
	struct http *real;
} net;

static int send_request(struct http *http, struct http_request *request)
{
	(void)http;
	return io_fails() ? -ENOMEM : http_send(net.real, request);
}

static void cancel_request(struct http *http, struct http_request *request)
{
	(void)http;
	http_cancel(net.real, request);
}

static void close_http(struct http *http, void (*closed)(void *data), void *data)
{
	(void)http;
	http_close(net.real, closed, data);
}

static void read_stats(struct http *http, struct http_stats *ret)
{
	(void)http;
	http_read_stats(net.real, ret);
}

int faulty_http_curl_new(uv_loop_t *loop, const struct http_curl_options *options, struct http **ret);
int faulty_http_curl_new(uv_loop_t *loop, const struct http_curl_options *options, struct http **ret)
{
	static const struct http_ops ops = {send_request, cancel_request, close_http, read_stats};
	int r = io_fails() ? -ENOMEM : http_curl_new(loop, options, &net.real);
	if (r < 0)
		return r;
	net.http.ops = &ops;
	*ret = &net.http;
	return 0;
}

/* ---- the ledger, as those who write it see it ---- */

int faulty_ledger_commit(struct ledger *l);
int faulty_ledger_commit(struct ledger *l)
{
	if (!faults_strike(FAULTS_COMMIT))
		return ledger_commit(l);
	ledger_rollback(l);
	return faults_forget() ? 0 : -EIO;
}
