/*
 * What the daemon's objects call instead of the allocator and the system:
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

#include "faults.h"

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

/* What _FORTIFY_SOURCE makes of them. */
int faulty___vasprintf_chk(char **ret, int flag, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));
int faulty___asprintf_chk(char **ret, int flag, const char *format, ...) __attribute__((format(printf, 3, 4)));

int faulty___vasprintf_chk(char **ret, int flag, const char *format, va_list args)
{
	(void)flag;
	return faulty_vasprintf(ret, format, args);
}

int faulty___asprintf_chk(char **ret, int flag, const char *format, ...)
{
	(void)flag;
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

/* What only looks does not fail for want of room or for what may not be written. */
static bool look_fails(void)
{
	if (!io_fails())
		return false;
	if (errno == ENOSPC || errno == EROFS)
		errno = EIO;
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
	bool fails = (flags & O_ACCMODE) == O_RDONLY ? look_fails() : io_fails();
	return fails ? -1 : open(path, flags, mode);
}

ssize_t faulty_read(int fd, void *buffer, size_t size)
{
	return look_fails() ? -1 : read(fd, buffer, size);
}

/* What _FORTIFY_SOURCE makes of it. */
ssize_t faulty___read_chk(int fd, void *buffer, size_t size, size_t room);
ssize_t faulty___read_chk(int fd, void *buffer, size_t size, size_t room)
{
	(void)room;
	return faulty_read(fd, buffer, size);
}

ssize_t faulty_pread(int fd, void *buffer, size_t size, off_t at)
{
	return look_fails() ? -1 : pread(fd, buffer, size, at);
}

ssize_t faulty_pwrite(int fd, const void *buffer, size_t size, off_t at)
{
	return io_fails() ? -1 : pwrite(fd, buffer, size, at);
}

int faulty_fstat(int fd, struct stat *ret)
{
	return look_fails() ? -1 : fstat(fd, ret);
}

int faulty_stat(const char *path, struct stat *ret)
{
	return look_fails() ? -1 : stat(path, ret);
}

int faulty_access(const char *path, int mode)
{
	return look_fails() ? -1 : access(path, mode);
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
