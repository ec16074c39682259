#include "tree.h"

#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/vec.h"

#define DESCRIPTORS 64 /* a life has fewer */

struct entry {
	char path[256];
	struct stat st;
	char *bytes; /* of a file, or what a link points to */
};

static struct {
	char dir[128], kept[160];
	VEC(struct entry) entries; /* folders before what is in them */
	off_t places[DESCRIPTORS]; /* -1: no file */
} t;

static void check(bool fine, const char *what)
{
	if (fine)
		return;
	perror(what);
	abort();
}

/* ---- one file ---- */

/* A name that stays when every other is gone. */
static void name_kept(const struct stat *st, char *ret, size_t size)
{
	(void)snprintf(ret, size, "%s/%" PRIu64, t.kept, (uint64_t)st->st_ino);
}

static char *read_bytes(const char *path, size_t size)
{
	char *bytes = malloc(size + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	check(bytes && fd >= 0 && read(fd, bytes, size) == (ssize_t)size, path);
	(void)close(fd);
	return bytes;
}

static bool holds(const char *path, const struct entry *e)
{
	struct stat now;
	check(stat(path, &now) == 0, path);
	if (now.st_size != e->st.st_size)
		return false;
	auto_free char *bytes = read_bytes(path, (size_t)now.st_size);
	return memcmp(bytes, e->bytes, (size_t)now.st_size) == 0;
}

static void put_back_bytes(const char *path, const struct entry *e)
{
	if (holds(path, e))
		return;
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	check(fd >= 0 && ftruncate(fd, 0) == 0 &&
		      write(fd, e->bytes, (size_t)e->st.st_size) == (ssize_t)e->st.st_size,
	      path);
	(void)close(fd);
}

/* ---- keeping ---- */

static void forget(void)
{
	vec_each(&t.entries, e)
		free(e->bytes);
	vec_free(&t.entries);
}

static void keep_bytes(struct entry *e, bool may_go)
{
	char name[200];
	if (S_ISLNK(e->st.st_mode)) {
		e->bytes = calloc(1, (size_t)e->st.st_size + 1);
		check(e->bytes && readlink(e->path, e->bytes, (size_t)e->st.st_size) == e->st.st_size, e->path);
	} else if (S_ISREG(e->st.st_mode)) {
		e->bytes = read_bytes(e->path, (size_t)e->st.st_size);
		name_kept(&e->st, name, sizeof(name));
		check(!may_go || access(name, F_OK) == 0 || link(e->path, name) == 0, name);
	}
}

static int keep_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)type;
	if (at->level == 0)
		return 0;
	struct entry *e = vec_add(&t.entries);
	check(e != NULL, path);
	*e = (struct entry){.st = *st};
	(void)snprintf(e->path, sizeof(e->path), "%s", path);
	keep_bytes(e, at->level > 1);
	return 0;
}

static void keep_places(void)
{
	struct stat st;
	for (int fd = STDERR_FILENO + 1; fd < DESCRIPTORS; fd++) {
		bool is_file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
		t.places[fd] = is_file ? lseek(fd, 0, SEEK_CUR) : -1;
	}
}

void tree_start(const char *dir)
{
	(void)snprintf(t.dir, sizeof(t.dir), "%s", dir);
	(void)snprintf(t.kept, sizeof(t.kept), "%s.kept", dir);
	check(mkdir(t.kept, 0700) == 0, t.kept);
}

void tree_keep(void)
{
	forget();
	check(nftw(t.dir, keep_one, 8, FTW_PHYS) == 0, t.dir);
	keep_places();
}

/* ---- putting back ---- */

static bool is_kept(const char *path, const struct stat *st)
{
	vec_each(&t.entries, e)
		if (strcmp(e->path, path) == 0)
			return e->st.st_ino == st->st_ino;
	return false;
}

static int remove_new(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)type;
	if (at->level > 0 && !is_kept(path, st))
		check(remove(path) == 0, path);
	return 0;
}

/* A look at the time of a change tells who was here. */
static void put_back_mode(const struct entry *e)
{
	struct stat now;
	check(stat(e->path, &now) == 0, e->path);
	if (now.st_mode != e->st.st_mode)
		check(chmod(e->path, e->st.st_mode & 07777) == 0, e->path);
}

static void put_back(const struct entry *e)
{
	char name[200];
	name_kept(&e->st, name, sizeof(name));
	const bool is_there = faccessat(AT_FDCWD, e->path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	if (S_ISLNK(e->st.st_mode)) {
		check(is_there || symlink(e->bytes, e->path) == 0, e->path);
		return;
	}
	if (S_ISDIR(e->st.st_mode))
		check(is_there || mkdir(e->path, 0700) == 0, e->path);
	else
		check(is_there || link(name, e->path) == 0, e->path);
	if (S_ISREG(e->st.st_mode))
		put_back_bytes(e->path, e);
	put_back_mode(e);
}

void tree_put_back(void)
{
	check(nftw(t.dir, remove_new, 8, FTW_PHYS | FTW_DEPTH) == 0, t.dir);
	vec_each(&t.entries, e)
		put_back(e);
	for (int fd = STDERR_FILENO + 1; fd < DESCRIPTORS; fd++)
		if (t.places[fd] >= 0)
			check(lseek(fd, t.places[fd], SEEK_SET) == t.places[fd], "lseek");
}
