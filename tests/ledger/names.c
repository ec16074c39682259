/* What the ledger does to names in its directory without SQLite, by the linker's --wrap. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"
#include "vfs.h"

int __real_rename(const char *from, const char *to);
int __real_unlink(const char *path);
int __real_fsync(int fd);
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *path);
int __wrap_fsync(int fd);

int __wrap_rename(const char *from, const char *to)
{
	if (fault_strikes(CALL_NAMES)) {
		errno = fault_errno();
		return -1;
	}
	int r = __real_rename(from, to);
	if (r == 0 && vfs.recorder)
		disk_rename(vfs.recorder, from, to);
	return r;
}

int __wrap_unlink(const char *path)
{
	if (fault_strikes(CALL_NAMES)) {
		errno = fault_errno();
		return -1;
	}
	int r = __real_unlink(path);
	if (r == 0 && vfs.recorder)
		disk_unlink(vfs.recorder, path);
	return r;
}

/* A directory is the state directory or, with nothing in it yet, the one above. */
static void record_sync(int fd)
{
	char link[64], path[512];
	struct stat st;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0 || fstat(fd, &st) < 0)
		return;
	path[n] = '\0';
	if (S_ISDIR(st.st_mode))
		disk_sync_names(vfs.recorder);
	else
		disk_sync(vfs.recorder, disk_open(vfs.recorder, path));
}

int __wrap_fsync(int fd)
{
	if (fault_strikes(CALL_NAMES)) {
		errno = fault_errno();
		return -1;
	}
	if (vfs.recorder && !vfs.lying)
		record_sync(fd);
	return vfs.skip_sync || vfs.lying ? 0 : __real_fsync(fd);
}
