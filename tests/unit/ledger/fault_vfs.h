#pragma once
/*
 * A layer under SQLite that counts syncs and lets one write or sync fail, once or from
 * then on. Becomes the default when installed; removed again by fault_remove().
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

struct fault {
	int syncs;       /* since fault_arm() or fault_install() */
	int operations;  /* writes, syncs and truncations since then */
	int fail_at;     /* the operation that fails, from 1; 0 = none */
	int fail_with;   /* SQLITE_FULL, SQLITE_IOERR_FSYNC, ... */
	bool syncs_only; /* count syncs alone as operations */
	bool from_then_on;
	bool after_effect; /* the operation is done, its failure is a lie */
	bool struck;
};
static struct fault fault;

struct fault_file {
	sqlite3_file base;
	sqlite3_file *real; /* behind this struct */
};
static sqlite3_vfs fault_layer;
static sqlite3_vfs *fault_real;

static sqlite3_file *real_file(sqlite3_file *file)
{
	return ((struct fault_file *)(void *)file)->real;
}

static bool fault_strikes(bool is_sync)
{
	if (fault.syncs_only && !is_sync)
		return false;
	fault.operations++;
	bool now = fault.operations == fault.fail_at ||
		   (fault.from_then_on && fault.fail_at > 0 && fault.operations > fault.fail_at);
	fault.struck |= now;
	return now;
}

static int fault_close(sqlite3_file *f)
{
	return real_file(f)->pMethods->xClose(real_file(f));
}
static int fault_read(sqlite3_file *f, void *buf, int n, sqlite3_int64 at)
{
	return real_file(f)->pMethods->xRead(real_file(f), buf, n, at);
}
static int fault_write(sqlite3_file *f, const void *buf, int n, sqlite3_int64 at)
{
	bool strikes = fault_strikes(false);
	int rc = strikes && !fault.after_effect
			 ? SQLITE_OK
			 : real_file(f)->pMethods->xWrite(real_file(f), buf, n, at);
	return strikes ? fault.fail_with : rc;
}
static int fault_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	if (fault_strikes(false))
		return fault.fail_with;
	return real_file(f)->pMethods->xTruncate(real_file(f), size);
}
static int fault_sync(sqlite3_file *f, int flags)
{
	fault.syncs++;
	if (fault_strikes(true))
		return fault.fail_with;
	return real_file(f)->pMethods->xSync(real_file(f), flags);
}
static int fault_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return real_file(f)->pMethods->xFileSize(real_file(f), size);
}
static int fault_lock(sqlite3_file *f, int level)
{
	return real_file(f)->pMethods->xLock(real_file(f), level);
}
static int fault_unlock(sqlite3_file *f, int level)
{
	return real_file(f)->pMethods->xUnlock(real_file(f), level);
}
static int fault_check_lock(sqlite3_file *f, int *ret)
{
	return real_file(f)->pMethods->xCheckReservedLock(real_file(f), ret);
}
static int fault_control(sqlite3_file *f, int op, void *arg)
{
	return real_file(f)->pMethods->xFileControl(real_file(f), op, arg);
}
static int fault_sector(sqlite3_file *f)
{
	return real_file(f)->pMethods->xSectorSize(real_file(f));
}
static int fault_device(sqlite3_file *f)
{
	return real_file(f)->pMethods->xDeviceCharacteristics(real_file(f));
}

/* Version 1 has no shared memory: a WAL is then possible with EXCLUSIVE only. */
static const sqlite3_io_methods fault_methods = {
	.iVersion = 1,
	.xClose = fault_close,
	.xRead = fault_read,
	.xWrite = fault_write,
	.xTruncate = fault_truncate,
	.xSync = fault_sync,
	.xFileSize = fault_size,
	.xLock = fault_lock,
	.xUnlock = fault_unlock,
	.xCheckReservedLock = fault_check_lock,
	.xFileControl = fault_control,
	.xSectorSize = fault_sector,
	.xDeviceCharacteristics = fault_device,
};

static int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
		      int *ret_flags)
{
	(void)vfs;
	struct fault_file *f = (struct fault_file *)(void *)file;
	f->real = (sqlite3_file *)(void *)(f + 1);
	int rc = fault_real->xOpen(fault_real, name, f->real, flags, ret_flags);
	f->base.pMethods = rc == SQLITE_OK ? &fault_methods : NULL;
	return rc;
}

static inline void fault_install(void)
{
	fault = (struct fault){0};
	fault_real = sqlite3_vfs_find(NULL);
	fault_layer = *fault_real;
	fault_layer.zName = "fault";
	fault_layer.szOsFile = (int)sizeof(struct fault_file) + fault_real->szOsFile;
	fault_layer.xOpen = fault_open;
	(void)sqlite3_vfs_register(&fault_layer, 1);
}

static inline void fault_remove(void)
{
	fault = (struct fault){0};
	(void)sqlite3_vfs_unregister(&fault_layer);
	(void)sqlite3_vfs_register(fault_real, 1);
}
