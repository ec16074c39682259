#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

#define MAX_ATTEMPTS 3

enum attempt { READ_DONE, READ_REFUSED, READ_CHANGED };

static void closep(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

#define complain(diags, ...) diags_add((diags), SEVERITY_ERROR, ((struct pos){0, 0}), __VA_ARGS__)

static bool is_acceptable(const struct stat *st, struct diags *diags)
{
	if (!S_ISREG(st->st_mode))
		complain(diags, "is not a regular file");
	else if (st->st_mode & S_IWOTH)
		complain(diags, "is writable by everybody (mode %03o): anyone could order with it",
			 st->st_mode & 0777u);
	else if (st->st_size > (off_t)LIMIT_CONFIG_BYTES)
		complain(diags, "has %lld bytes, more than %u", (long long)st->st_size,
			 LIMIT_CONFIG_BYTES);
	else
		return true;
	return false;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Reads up to @size bytes; the number, or a negative errno. */
static ssize_t read_all(int fd, char *buf, size_t size)
{
	size_t n = 0;
	while (n < size) {
		ssize_t got = read(fd, buf + n, size - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

/* That the file is not to blame for: another time it can be read. */
static int refuse(int error, const char *what, struct diags *diags)
{
	if (error == EMFILE || error == ENFILE || error == ENOMEM || error == EIO)
		return -error;
	complain(diags, "cannot be %s: %s", what, strerror(error));
	return READ_REFUSED;
}

static int read_stable(int fd, const struct stat *before, struct diags *diags, char **ret_text,
		       size_t *ret_len)
{
	size_t size = (size_t)before->st_size;
	struct stat after;
	auto_free char *text = malloc(size + 2);
	if (!text)
		return -ENOMEM;
	/* One byte more than there should be shows a file that grows. */
	ssize_t n = read_all(fd, text, size + 1);
	if (n < 0 || fstat(fd, &after) < 0)
		return refuse(n < 0 ? (int)-n : errno, "read", diags);
	if ((size_t)n != size || !is_same(before, &after))
		return READ_CHANGED;
	text[n] = '\0';
	*ret_text = TAKE(text);
	*ret_len = (size_t)n;
	return READ_DONE;
}

/* Links are followed: /etc often holds one. O_NONBLOCK, so that a FIFO cannot hold us. */
static int attempt(const char *path, struct diags *diags, char **ret_text, size_t *ret_len)
{
	struct stat before;
	cleanup(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &before) < 0)
		return refuse(errno, "opened", diags);
	if (!is_acceptable(&before, diags))
		return READ_REFUSED;
	return read_stable(fd, &before, diags, ret_text, ret_len);
}

int config_read_file(const char *path, struct diags *diags, char **ret_text, size_t *ret_len)
{
	int r = READ_CHANGED;
	for (int i = 0; i < MAX_ATTEMPTS && r == READ_CHANGED; i++)
		r = attempt(path, diags, ret_text, ret_len);
	if (r < 0)
		return r;
	if (r == READ_CHANGED)
		complain(diags, "changed while it was being read");
	return r == READ_DONE ? CONFIG_OK : CONFIG_E_REFUSED;
}
