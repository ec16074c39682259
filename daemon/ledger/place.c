#include "ledger/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "ledger/ledger.h"

int place_explain(int result, char **reterr_text, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (vasprintf(reterr_text, format, args) < 0)
		*reterr_text = NULL;
	va_end(args);
	return result;
}

int place_explain_errno(int error, char **reterr_text, const char *path)
{
	unsigned uid = (unsigned)geteuid();
	switch (-error) {
	case EACCES:
	case EPERM:
		return place_explain(
			error, reterr_text,
			"%s: permission denied for user id %u: the state directory and its "
			"files must belong to the user that runs droverd",
			path, uid);
	case EROFS:
		return place_explain(
			error, reterr_text,
			"%s: the file system is read-only: the ledger must be writable "
			"before anything may be changed",
			path);
	case ENOTDIR:
		return place_explain(error, reterr_text, "%s: not a directory", path);
	case ENOENT:
		return place_explain(error, reterr_text,
				     "%s: the directory above it does not exist", path);
	case ENOSPC:
	case EDQUOT:
		return place_explain(error, reterr_text, "%s: no space left for the ledger", path);
	default:
		return place_explain(error, reterr_text, "%s: %s", path, strerror(-error));
	}
}

static int sync_parent(const char *dir)
{
	auto_free char *parent = NULL;
	if (asprintf(&parent, "%s/..", dir) < 0) {
		parent = NULL;
		return -ENOMEM;
	}
	return place_sync(parent);
}

int place_make_directory(const char *dir, char **reterr_text)
{
	struct stat st;
	if (mkdir(dir, 0700) == 0) {
		/* A parent that we may not open cannot be synced; the directory then is as
		 * durable as the file system makes it. */
		(void)sync_parent(dir);
		return 0;
	}
	int error = -errno;
	if (error != -EEXIST)
		return place_explain_errno(error, reterr_text, dir);
	if (stat(dir, &st) < 0)
		return place_explain_errno(-errno, reterr_text, dir);
	return S_ISDIR(st.st_mode) ? 0 : place_explain_errno(-ENOTDIR, reterr_text, dir);
}

/* The process id is for the sentence only; the lock itself is the kernel's. */
static long read_holder(int fd)
{
	char text[32] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	return n > 0 ? strtol(text, NULL, 10) : 0;
}

/* Of a fixed length, so that it replaces the number of whoever came before in one write;
 * when even that fails, the sentence names a wrong process and the lock still holds. */
static bool write_holder(int fd)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%-20ld\n", (long)getpid());
	return pwrite(fd, text, (size_t)n, 0) == n;
}

static int lock_file(int fd)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	return fcntl(fd, F_OFD_SETLK, &lock) == 0 ? 0 : -errno;
}

int place_lock(const char *dir, int *ret_fd, char **reterr_text)
{
	auto_free char *path = NULL;
	if (asprintf(&path, "%s/lock", dir) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return place_explain_errno(-errno, reterr_text, path);
	int r = lock_file(fd);
	if (r == 0) {
		(void)write_holder(fd);
		*ret_fd = fd;
		return 0;
	}
	if (r == -EAGAIN || r == -EACCES)
		r = place_explain(LEDGER_E_BUSY, reterr_text,
				  "%s: another droverd (process %ld) uses this state directory",
				  dir, read_holder(fd));
	else
		(void)place_explain_errno(r, reterr_text, path);
	(void)close(fd);
	return r;
}

static int check_open_file(int fd, const char *path, off_t *ret_size, char **reterr_text)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return place_explain_errno(-errno, reterr_text, path);
	if (!S_ISREG(st.st_mode))
		return place_explain(-EINVAL, reterr_text, "%s: not a regular file", path);
	if ((st.st_mode & 077) != 0 && fchmod(fd, st.st_mode & 0700) < 0)
		return place_explain_errno(-errno, reterr_text, path);
	*ret_size = st.st_size;
	return 0;
}

int place_check_file(const char *path, off_t *ret_size, char **reterr_text)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		int error = -errno;
		return error == -ENOENT ? error : place_explain_errno(error, reterr_text, path);
	}
	int r = check_open_file(fd, path, ret_size, reterr_text);
	(void)close(fd);
	return r;
}

int place_make_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	(void)close(fd);
	return 0;
}

static int sync_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int r = fsync(fd) < 0 ? -errno : 0;
	(void)close(fd);
	return r;
}

int place_sync(const char *dir)
{
	return sync_open(dir, O_RDONLY | O_DIRECTORY);
}

int place_sync_file(const char *path)
{
	int r = sync_open(path, O_RDONLY | O_NONBLOCK);
	return r == -ENOENT ? 0 : r;
}
