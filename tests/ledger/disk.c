#include "disk.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/vec.h"
#include "lib/seed.h"

#define NAME_SIZE 40

enum what {
	MADE, /* a name for a new, empty file */
	WRITTEN,
	TRUNCATED,
	SYNCED,
	SYNC_FAILED,
	SETTLED,
	UNLINKED,
	RENAMED,
	NAMES_SYNCED,
};

struct event {
	enum what what;
	int file;
	int64_t at; /* WRITTEN: offset; TRUNCATED: size */
	char *bytes;
	size_t n;
	char name[NAME_SIZE], to[NAME_SIZE];
};

struct name {
	char text[NAME_SIZE]; /* "" = gone */
	int file;
};

struct names {
	VEC(struct name) list;
};

struct disk {
	VEC(struct event) events;
	struct names names; /* as of now */
	int n_files;
	VEC(size_t) syncs;
};

static void *must(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static void copy_name(char out[NAME_SIZE], const char *path)
{
	(void)snprintf(out, NAME_SIZE, "%s", last_name(path));
}

static struct name *find_name(struct names *names, const char *text)
{
	vec_each(&names->list, n) if (strcmp(n->text, text) == 0) return n;
	return NULL;
}

static void set_name(struct names *names, const char *text, int file)
{
	struct name *n = find_name(names, text);
	if (!n)
		n = must(vec_add(&names->list));
	(void)snprintf(n->text, sizeof(n->text), "%s", text);
	n->file = file;
}

static void drop_name(struct names *names, const char *text)
{
	struct name *n = find_name(names, text);
	if (n)
		n->text[0] = '\0';
}

static void follow(struct names *names, const struct event *e)
{
	if (e->what == MADE)
		set_name(names, e->name, e->file);
	if (e->what == UNLINKED)
		drop_name(names, e->name);
	if (e->what == RENAMED) {
		struct name *from = find_name(names, e->name);
		if (from) {
			int file = from->file;
			from->text[0] = '\0';
			set_name(names, e->to, file);
		}
	}
}

struct disk *disk_new(void)
{
	return must(calloc(1, sizeof(struct disk)));
}

struct disk *disk_free(struct disk *d)
{
	if (!d)
		return NULL;
	vec_each(&d->events, e) free(e->bytes);
	vec_free(&d->events);
	vec_free(&d->names.list);
	vec_free(&d->syncs);
	free(d);
	return NULL;
}

static struct event *add(struct disk *d, enum what what, int file)
{
	if (what == SYNCED || what == NAMES_SYNCED)
		*(size_t *)must(vec_add(&d->syncs)) = d->events.n;
	struct event *e = must(vec_add(&d->events));
	e->what = what;
	e->file = file;
	return e;
}

int disk_open(struct disk *d, const char *path)
{
	const struct name *known = find_name(&d->names, last_name(path));
	if (known)
		return known->file;
	struct event *e = add(d, MADE, d->n_files++);
	copy_name(e->name, path);
	follow(&d->names, e);
	return e->file;
}

void disk_write(struct disk *d, int file, int64_t at, const void *bytes, size_t n)
{
	struct event *e = add(d, WRITTEN, file);
	e->at = at;
	e->n = n;
	e->bytes = memcpy(must(malloc(n + 1)), bytes, n);
}

void disk_truncate(struct disk *d, int file, int64_t size)
{
	add(d, TRUNCATED, file)->at = size;
}

void disk_sync(struct disk *d, int file)
{
	(void)add(d, SYNCED, file);
}

void disk_fail_sync(struct disk *d, int file)
{
	(void)add(d, SYNC_FAILED, file);
}

void disk_settle(struct disk *d)
{
	(void)add(d, SETTLED, -1);
}

void disk_unlink(struct disk *d, const char *path)
{
	struct event *e = add(d, UNLINKED, -1);
	copy_name(e->name, path);
	follow(&d->names, e);
}

void disk_rename(struct disk *d, const char *from, const char *to)
{
	struct event *e = add(d, RENAMED, -1);
	copy_name(e->name, from);
	copy_name(e->to, to);
	follow(&d->names, e);
}

void disk_sync_names(struct disk *d)
{
	(void)add(d, NAMES_SYNCED, -1);
}

size_t disk_now(const struct disk *d)
{
	return d->events.n;
}

size_t disk_syncs(const struct disk *d)
{
	return d->syncs.n;
}

size_t disk_sync_at(const struct disk *d, size_t n)
{
	return d->syncs.items[n];
}

static void load_file(struct disk *d, const char *dir, const char *name)
{
	char path[512], bytes[4096];
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *file = must(fopen(path, "rb"));
	int number = disk_open(d, name);
	int64_t at = 0;
	size_t n;
	while ((n = fread(bytes, 1, sizeof(bytes), file)) > 0) {
		disk_write(d, number, at, bytes, n);
		at += (int64_t)n;
	}
	(void)fclose(file);
	disk_sync(d, number);
}

void disk_load(struct disk *d, const char *dir)
{
	DIR *listing = must(opendir(dir));
	for (const struct dirent *e; (e = readdir(listing));)
		if (strncmp(e->d_name, "ledger.db", 9) == 0)
			load_file(d, dir, e->d_name);
	(void)closedir(listing);
	disk_sync_names(d);
}

/* ---- what is left ---- */

struct content {
	char *bytes;
	size_t n, cap;
};

struct image {
	const struct disk *d;
	const struct power_loss *how;
	struct content *contents;
	size_t *synced; /* by file: up to which event everything is durable */
	size_t names_synced;
	size_t settled; /* the last settling */
	size_t torn;    /* LOSS_TAIL: the event that is torn */
	bool *dropped;  /* by event: a write whose sync failed, and was never done */
};

static void resize(struct content *c, size_t size)
{
	if (size > c->cap) {
		c->cap = size * 2;
		c->bytes = must(realloc(c->bytes, c->cap));
	}
	if (size > c->n)
		(void)memset(c->bytes + c->n, 0, size - c->n);
	c->n = size;
}

static void put(struct content *c, size_t at, const char *bytes, size_t n)
{
	if (at + n > c->n)
		resize(c, at + n);
	(void)memcpy(c->bytes + at, bytes, n);
}

static void put_garbage(struct content *c, size_t at, size_t n)
{
	if (at + n > c->n)
		resize(c, at + n);
	for (size_t i = 0; i < n; i++)
		c->bytes[at + i] = (char)seed_next();
}

/* Whether event @i, which no sync covers, has reached the disk; of a write each sector asks. */
static bool survives(const struct image *m, size_t i)
{
	switch (m->how->loss) {
	case LOSS_NONE:
		return true;
	case LOSS_SOME:
		return seed_below(100) < m->how->keep_percent;
	case LOSS_TAIL:
		return i < m->torn || (i == m->torn && seed_below(2));
	case LOSS_ALL:
	case LOSS_MAX_:
		break;
	}
	return false;
}

static bool is_durable(const struct image *m, size_t i, int file)
{
	return i < m->synced[file];
}

static void apply_write(struct image *m, size_t i)
{
	const struct event *e = &m->d->events.items[i];
	struct content *c = &m->contents[e->file];
	bool durable = is_durable(m, i, e->file) && !m->dropped[i];
	size_t sector = m->how->sector, start = (size_t)e->at;
	if (durable) {
		put(c, start, e->bytes, e->n);
		return;
	}
	for (size_t done = 0, n; done < e->n; done += n) {
		n = sector - (start + done) % sector;
		if (n > e->n - done)
			n = e->n - done;
		if (survives(m, i))
			put(c, start + done, e->bytes + done, n);
		else if (m->how->garbage && seed_below(4) == 0)
			put_garbage(c, start + done, n);
	}
}

static void note_failed_sync(struct image *m, size_t failed, size_t synced_before)
{
	int file = m->d->events.items[failed].file;
	for (size_t i = synced_before; i < failed; i++)
		m->dropped[i] |= m->d->events.items[i].file == file;
}

/* Which event is covered by which sync, before anything is applied. */
static void survey(struct image *m)
{
	size_t n = m->how->moment;
	for (size_t i = 0; i < n; i++)
		if (m->d->events.items[i].what == SETTLED)
			m->settled = i;
	for (size_t i = 0; i < n; i++) {
		const struct event *e = &m->d->events.items[i];
		if (e->what == SYNC_FAILED && m->how->drop_failed && i < m->settled)
			note_failed_sync(m, i, m->synced[e->file]);
		if (e->what == SYNCED)
			m->synced[e->file] = i;
		if (e->what == NAMES_SYNCED)
			m->names_synced = i;
	}
	/* The torn write is one of those after the last sync of anything. */
	size_t since = m->names_synced;
	for (int f = 0; f < m->d->n_files; f++)
		if (m->synced[f] > since)
			since = m->synced[f];
	m->torn = since + seed_below(n - since + 1);
}

static bool is_of_names(const struct event *e)
{
	return e->what == MADE || e->what == UNLINKED || e->what == RENAMED;
}

/* Changes of names come in order: a file system's own log has them so. */
static size_t cut_names(const struct image *m)
{
	size_t pending = 0;
	for (size_t i = m->names_synced; i < m->how->moment; i++)
		pending += is_of_names(&m->d->events.items[i]);
	switch (m->how->loss) {
	case LOSS_ALL:
		return 0;
	case LOSS_NONE:
		return pending;
	case LOSS_SOME:
	case LOSS_TAIL:
	case LOSS_MAX_:
		break;
	}
	return seed_below(pending + 1);
}

static void apply_all(struct image *m, struct names *names)
{
	size_t kept = cut_names(m);
	for (size_t i = 0; i < m->how->moment; i++) {
		const struct event *e = &m->d->events.items[i];
		if (e->what == WRITTEN)
			apply_write(m, i);
		if (e->what == TRUNCATED && (is_durable(m, i, e->file) || survives(m, i)))
			resize(&m->contents[e->file], (size_t)e->at);
		if (!is_of_names(e))
			continue;
		if (i < m->names_synced || kept > 0)
			follow(names, e);
		if (i >= m->names_synced && kept > 0)
			kept--;
	}
}

void disk_empty_directory(const char *dir)
{
	DIR *listing = must(opendir(dir));
	for (const struct dirent *e; (e = readdir(listing));)
		if (e->d_name[0] != '.')
			(void)unlinkat(dirfd(listing), e->d_name, 0);
	(void)closedir(listing);
}

static void write_out(const struct image *m, const struct names *names, const char *dir)
{
	disk_empty_directory(dir);
	vec_each(&names->list, n)
	{
		char path[512];
		const struct content *c = &m->contents[n->file];
		if (!*n->text)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, n->text);
		FILE *file = must(fopen(path, "wb"));
		if (fwrite(c->n ? c->bytes : "", 1, c->n, file) != c->n || fclose(file) != 0)
			abort();
	}
}

void disk_image(const struct disk *d, const struct power_loss *how, const char *dir)
{
	struct image m = {.d = d, .how = how};
	m.contents = must(calloc((size_t)d->n_files + 1, sizeof(*m.contents)));
	m.synced = must(calloc((size_t)d->n_files + 1, sizeof(*m.synced)));
	m.dropped = must(calloc(how->moment + 1, sizeof(*m.dropped)));
	struct names names = {0};
	survey(&m);
	apply_all(&m, &names);
	write_out(&m, &names, dir);
	for (int f = 0; f < d->n_files; f++)
		free(m.contents[f].bytes);
	free(m.contents);
	free(m.synced);
	free(m.dropped);
	vec_free(&names.list);
}
