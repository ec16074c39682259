#include "control/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/limits.h"

#define SOCKET_MODE 0660

static int new_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return fd < 0 ? -errno : fd;
}

/* A full backlog (EAGAIN) also means that somebody is there. */
static bool somebody_listens(const struct sockaddr_un *address)
{
	int fd = new_socket();
	if (fd < 0)
		return true; /* not known: the file is left alone */
	int result = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	bool refused = result < 0 && (errno == ECONNREFUSED || errno == ENOENT);
	(void)close(fd);
	return !refused;
}

static int remove_stale(const struct sockaddr_un *address)
{
	struct stat st;
	if (lstat(address->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	if (somebody_listens(address))
		return -EADDRINUSE;
	return unlink(address->sun_path) < 0 && errno != ENOENT ? -errno : 0;
}

/* The mode is set before bind() too, so that the file is never wider than it will be. */
static int bind_and_listen(int fd, const struct sockaddr_un *address)
{
	if (fchmod(fd, SOCKET_MODE) < 0 ||
	    bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0)
		return -errno;
	if (chmod(address->sun_path, SOCKET_MODE) < 0 ||
	    listen(fd, LIMIT_CONTROL_CONNECTIONS) < 0) {
		int error = errno;
		(void)unlink(address->sun_path);
		return -error;
	}
	return 0;
}

int control_socket_open(const char *path, struct control_socket *ret)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct stat st;
	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	int result = remove_stale(&address);
	if (result < 0)
		return result;
	int fd = new_socket();
	if (fd < 0)
		return fd;
	result = bind_and_listen(fd, &address);
	if (result == 0 && lstat(path, &st) < 0)
		result = -errno;
	if (result < 0) {
		(void)close(fd);
		return result;
	}
	*ret = (struct control_socket){.fd = fd, .device = st.st_dev, .inode = st.st_ino};
	memcpy(ret->path, path, strlen(path) + 1);
	return 0;
}

void control_socket_close(struct control_socket *s)
{
	struct stat st;
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = -1;
	if (lstat(s->path, &st) == 0 && st.st_dev == s->device && st.st_ino == s->inode)
		(void)unlink(s->path);
}

/* Only the local file: other name services may ask the network, and this is the loop. */
static bool find_local_name(uid_t uid, char *out, size_t size)
{
	char buffer[4096];
	struct passwd entry, *found = NULL;
	FILE *file = fopen("/etc/passwd", "re");
	bool matches = false;
	while (file && !matches && fgetpwent_r(file, &entry, buffer, sizeof(buffer), &found) == 0)
		matches = found->pw_uid == uid;
	if (matches)
		(void)snprintf(out, size, "%s", found->pw_name);
	if (file)
		(void)fclose(file);
	return matches;
}

void control_socket_peer(int fd, char *out, size_t size)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	char name[256];
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		(void)snprintf(out, size, "unknown");
	else if (find_local_name(peer.uid, name, sizeof(name)))
		(void)snprintf(out, size, "%s (uid %u)", name, (unsigned)peer.uid);
	else
		(void)snprintf(out, size, "uid %u", (unsigned)peer.uid);
}
