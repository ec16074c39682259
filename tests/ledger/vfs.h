#pragma once
/*
 * A layer under SQLite that counts the calls of the ledger to its files, lets chosen ones
 * fail, and tells a disk (disk.h) what has taken effect. The default of SQLite once
 * installed. Where a program is linked with the wrappers of names.c, the calls that the
 * ledger makes itself (rename, unlink, fsync of a directory) pass through it, too.
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct disk;

enum {
	CALL_WRITE = 1, /* and truncations */
	CALL_SYNC = 2,
	CALL_DISK = CALL_WRITE | CALL_SYNC,
	CALL_NAMES = 4, /* deleting, renaming, syncing a directory */
	CALL_READ = 8,  /* and asking for a size */
	CALL_OPEN = 16, /* and asking whether a file is there */
};

struct fault {
	unsigned calls; /* which calls count: CALL_... */
	int syncs;      /* since fault_install() or an assignment of this struct */
	int operations; /* calls that count, since then */
	int fail_at;    /* the operation that fails, from 1; 0 = none */
	int fail_with;  /* SQLITE_FULL, SQLITE_IOERR_FSYNC, ... */
	bool from_then_on;
	bool after_effect; /* the operation is done, its failure is a lie */
	bool half;         /* a write does its first half */
	bool killed;       /* the process ends here: nobody is told of a failure */
	bool struck;
};
extern struct fault fault;

/* The state directory whose names are recorded is the disk's own. */
struct vfs {
	struct disk *recorder; /* NULL: nothing is recorded */
	bool skip_sync;        /* syncs are recorded and not done: the disk is a model */
	bool lying;            /* syncs are neither done nor recorded, and succeed */
	char synchronous; /* '0' OFF, '1' NORMAL instead of what the ledger asks for; 0: as asked */
	uint64_t changes; /* calls so far that would change something, or sync it */
};
extern struct vfs vfs;

void fault_install(void);
void fault_remove(void);
/* Counts a call of class @call; true when it has to fail. */
bool fault_strikes(unsigned call);
/* The errno that fault.fail_with stands for. */
int fault_errno(void);
