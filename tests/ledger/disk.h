#pragma once
/*
 * A disk that remembers everything that was done to the files of one directory and what of
 * it was synced, and that shows what a power loss may leave: every write that no sync has
 * covered is there, or not, or in part, sector by sector and in any order; names are what
 * the directory was at its last sync or at some moment since.
 *
 * Runs out of memory by ending the program. The random choices are those of lib/seed.h.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct disk;

struct disk *disk_new(void);
struct disk *disk_free(struct disk *d); /* accepts NULL, returns NULL */
/* The files of @dir as they are, all durable. */
void disk_load(struct disk *d, const char *dir);

/* What happens. Of a path only the last name counts. */
int disk_open(struct disk *d, const char *path); /* the file's number; made when missing */
void disk_write(struct disk *d, int file, int64_t at, const void *bytes, size_t n);
void disk_truncate(struct disk *d, int file, int64_t size);
void disk_sync(struct disk *d, int file);
/* The kernel says no, once, and may then hold for clean what never arrived: no later sync
 * brings it. */
void disk_fail_sync(struct disk *d, int file);
/* From here on, losing what a failed sync dropped must do no harm. */
void disk_settle(struct disk *d);
void disk_unlink(struct disk *d, const char *path);
void disk_rename(struct disk *d, const char *from, const char *to);
void disk_sync_names(struct disk *d);

/* How many things have happened. */
size_t disk_now(const struct disk *d);
/* How many syncs of files and names are among them: of those a power loss is tried close by. */
size_t disk_syncs(const struct disk *d);
/* The moment of the @n-th of them, from 0. */
size_t disk_sync_at(const struct disk *d, size_t n);

enum loss {
	LOSS_ALL,  /* nothing but what was synced */
	LOSS_NONE, /* everything: as after kill -9 */
	LOSS_SOME, /* every sector by itself */
	LOSS_TAIL, /* in order up to one write, which is torn */
	LOSS_MAX_,
};
struct power_loss {
	size_t moment; /* things that had happened, at most disk_now() */
	enum loss loss;
	unsigned sector;       /* bytes */
	unsigned keep_percent; /* LOSS_SOME */
	bool garbage;          /* what is lost may also be neither old nor new */
	bool drop_failed;      /* of failed syncs that were settled, writes stay lost */
};
/* Makes @dir hold what is left, and nothing else. */
void disk_image(const struct disk *d, const struct power_loss *how, const char *dir);
/* Removes every file in @dir. */
void disk_empty_directory(const char *dir);
