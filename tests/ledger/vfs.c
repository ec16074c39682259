#include "vfs.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "disk.h"

struct fault fault;
struct vfs vfs;

struct file {
	sqlite3_file base;
	sqlite3_file *real; /* behind this struct */
	int number;         /* on vfs.recorder; negative: not recorded */
	bool sync_names;    /* the first sync makes its name durable, as SQLite's own layer does */
};
static sqlite3_vfs layer;
static sqlite3_vfs *below;

static struct file *file_of(sqlite3_file *file)
{
	return (struct file *)(void *)file;
}

static sqlite3_file *real_file(sqlite3_file *file)
{
	return file_of(file)->real;
}

static struct disk *recorder_of(sqlite3_file *file)
{
	return file_of(file)->number >= 0 ? vfs.recorder : NULL;
}

bool fault_strikes(unsigned call)
{
	bool changes = (call & (CALL_DISK | CALL_NAMES)) != 0;
	vfs.changes += changes;
	if (fault.killed && fault.struck && changes)
		return true;
	if (!(fault.calls & call))
		return false;
	fault.operations++;
	bool now = fault.operations == fault.fail_at ||
		   (fault.from_then_on && fault.fail_at > 0 && fault.operations > fault.fail_at);
	fault.struck |= now;
	return now;
}

int fault_errno(void)
{
	switch (fault.fail_with & 0xff) {
	case SQLITE_FULL:
		return ENOSPC;
	case SQLITE_READONLY:
		return EROFS;
	default:
		return EIO;
	}
}

static int on_close(sqlite3_file *f)
{
	return real_file(f)->pMethods->xClose(real_file(f));
}

static int on_read(sqlite3_file *f, void *buf, int n, sqlite3_int64 at)
{
	if (fault_strikes(CALL_READ))
		return fault.fail_with;
	return real_file(f)->pMethods->xRead(real_file(f), buf, n, at);
}

static int write_now(sqlite3_file *f, const void *buf, int n, sqlite3_int64 at)
{
	int rc = real_file(f)->pMethods->xWrite(real_file(f), buf, n, at);
	if (rc == SQLITE_OK && recorder_of(f))
		disk_write(vfs.recorder, file_of(f)->number, at, buf, (size_t)n);
	return rc;
}

static int on_write(sqlite3_file *f, const void *buf, int n, sqlite3_int64 at)
{
	if (!fault_strikes(CALL_WRITE))
		return write_now(f, buf, n, at);
	if (fault.after_effect)
		(void)write_now(f, buf, n, at);
	else if (fault.half && n > 1)
		(void)write_now(f, buf, n / 2, at);
	return fault.fail_with;
}

static int on_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	if (fault_strikes(CALL_WRITE))
		return fault.fail_with;
	int rc = real_file(f)->pMethods->xTruncate(real_file(f), size);
	if (rc == SQLITE_OK && recorder_of(f))
		disk_truncate(vfs.recorder, file_of(f)->number, size);
	return rc;
}

static void record_sync(sqlite3_file *f)
{
	disk_sync(vfs.recorder, file_of(f)->number);
	if (file_of(f)->sync_names)
		disk_sync_names(vfs.recorder);
	file_of(f)->sync_names = false;
}

static int on_sync(sqlite3_file *f, int flags)
{
	fault.syncs++;
	if (fault_strikes(CALL_SYNC)) {
		if (recorder_of(f) && !fault.killed)
			disk_fail_sync(vfs.recorder, file_of(f)->number);
		return fault.fail_with;
	}
	if (vfs.lying)
		return SQLITE_OK;
	int rc = vfs.skip_sync ? SQLITE_OK : real_file(f)->pMethods->xSync(real_file(f), flags);
	if (rc == SQLITE_OK && recorder_of(f))
		record_sync(f);
	return rc;
}

static int on_size(sqlite3_file *f, sqlite3_int64 *size)
{
	if (fault_strikes(CALL_READ))
		return SQLITE_IOERR_FSTAT;
	return real_file(f)->pMethods->xFileSize(real_file(f), size);
}

static int on_lock(sqlite3_file *f, int level)
{
	return real_file(f)->pMethods->xLock(real_file(f), level);
}

static int on_unlock(sqlite3_file *f, int level)
{
	return real_file(f)->pMethods->xUnlock(real_file(f), level);
}

static int on_check_lock(sqlite3_file *f, int *ret)
{
	return real_file(f)->pMethods->xCheckReservedLock(real_file(f), ret);
}

/* A pragma passes here before it is obeyed, its argument in memory of its own: the mode of
 * syncs is exchanged without a word of the ledger's code. */
static int on_control(sqlite3_file *f, int op, void *arg)
{
	if (op == SQLITE_FCNTL_PRAGMA && vfs.synchronous) {
		char **pragma = arg;
		if (strcmp(pragma[1], "synchronous") == 0 && pragma[2] && *pragma[2]) {
			pragma[2][0] = vfs.synchronous;
			pragma[2][1] = '\0';
		}
	}
	return real_file(f)->pMethods->xFileControl(real_file(f), op, arg);
}

static int on_sector(sqlite3_file *f)
{
	return real_file(f)->pMethods->xSectorSize(real_file(f));
}

static int on_device(sqlite3_file *f)
{
	return real_file(f)->pMethods->xDeviceCharacteristics(real_file(f));
}

/* Version 1 has no shared memory: a WAL is then possible with EXCLUSIVE only. */
static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = on_close,
	.xRead = on_read,
	.xWrite = on_write,
	.xTruncate = on_truncate,
	.xSync = on_sync,
	.xFileSize = on_size,
	.xLock = on_lock,
	.xUnlock = on_unlock,
	.xCheckReservedLock = on_check_lock,
	.xFileControl = on_control,
	.xSectorSize = on_sector,
	.xDeviceCharacteristics = on_device,
};

static int on_open(sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags,
		   int *ret_flags)
{
	(void)self;
	struct file *f = file_of(file);
	f->base.pMethods = NULL;
	if (fault_strikes(CALL_OPEN))
		return fault.fail_with;
	f->real = (sqlite3_file *)(void *)(f + 1);
	int rc = below->xOpen(below, name, f->real, flags, ret_flags);
	if (rc != SQLITE_OK)
		return rc;
	f->base.pMethods = &methods;
	f->number = vfs.recorder && name ? disk_open(vfs.recorder, name) : -1;
	f->sync_names = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
	return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *self, const char *name, int sync)
{
	(void)self;
	if (fault_strikes(CALL_NAMES))
		return fault.fail_with;
	int rc = below->xDelete(below, name, vfs.skip_sync || vfs.lying ? 0 : sync);
	if (rc == SQLITE_OK && vfs.recorder) {
		disk_unlink(vfs.recorder, name);
		if (sync && !vfs.lying)
			disk_sync_names(vfs.recorder);
	}
	return rc;
}

static int on_access(sqlite3_vfs *self, const char *name, int flags, int *ret)
{
	(void)self;
	if (fault_strikes(CALL_OPEN))
		return SQLITE_IOERR_ACCESS;
	return below->xAccess(below, name, flags, ret);
}

void fault_install(void)
{
	fault = (struct fault){0};
	vfs = (struct vfs){0};
	below = sqlite3_vfs_find(NULL);
	layer = *below;
	layer.zName = "fault";
	layer.szOsFile = (int)sizeof(struct file) + below->szOsFile;
	layer.xOpen = on_open;
	layer.xDelete = on_delete;
	layer.xAccess = on_access;
	(void)sqlite3_vfs_register(&layer, 1);
}

void fault_remove(void)
{
	fault = (struct fault){0};
	vfs = (struct vfs){0};
	(void)sqlite3_vfs_unregister(&layer);
	(void)sqlite3_vfs_register(below, 1);
}
