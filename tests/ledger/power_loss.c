/*
 * power_loss [--images N] [--seed N]
 *
 * The daemon's ledger on a disk that loses power: stories are recorded, the disk is shown as
 * it may be at any moment, and what ledger_open() makes of it is compared with what had been
 * acknowledged by then. Some images lose power again while they are recovered. The same with
 * less syncing than the ledger asks for has to lose something, or this would find nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "state.h"
#include "story.h"
#include "vfs.h"
#include "lib/seed.h"

#define IMAGES 1500
#define IMAGES_FULL 20000
#define IMAGES_PER_STORY 25
#define NESTING 3
#define COMPLAINTS 5

static struct {
	uint64_t images, nested, corrupt, lost, mixed, stories, wrong, commits, kills, failures;
} sum;

static char root[64];
static bool quiet; /* controls lose on purpose */

static void in_root(char *out, size_t size, const char *name, unsigned n)
{
	(void)snprintf(out, size, "%s/%s%u", root, name, n);
}

static void make_dir(const char *path)
{
	if (mkdir(path, 0700) < 0) {
		perror(path);
		exit(1);
	}
}

static void remove_tree(const char *path)
{
	char command[256];
	(void)snprintf(command, sizeof(command), "rm -rf -- '%s'", path);
	if (system(command) != 0)
		perror(path);
}

/* Half of them close to where something became durable or was acknowledged. */
static size_t some_moment(const struct story *s, size_t first)
{
	size_t last = disk_now(s->disk), at = first + seed_below(last - first + 1);
	uint64_t close_to = seed_below(4);
	if (close_to == 0 && disk_syncs(s->disk) > 0)
		at = disk_sync_at(s->disk, seed_below(disk_syncs(s->disk))) + seed_below(4);
	if (close_to == 1)
		at = s->marks.items[seed_below(s->marks.n)].moment + seed_below(4);
	return at < first ? first : at > last ? last : at;
}

static struct power_loss some_loss(const struct story *s, size_t first)
{
	return (struct power_loss){.moment = some_moment(s, first),
				   .loss = (enum loss)seed_below(LOSS_MAX_),
				   .sector = seed_below(2) ? 512 : 4096,
				   .keep_percent = (unsigned)seed_below(101),
				   .garbage = seed_below(2),
				   .drop_failed = seed_below(2)};
}

static void complain(const struct power_loss *how, const char *what, const char *text)
{
	if (quiet || sum.corrupt + sum.lost + sum.mixed > COMPLAINTS)
		return;
	(void)printf("image %" PRIu64 " (story %" PRIu64
		     ", after %zu effects, loss %d, sectors of %u): "
		     "%s: %.300s\n",
		     sum.images, sum.stories, how->moment, (int)how->loss, how->sector, what, text);
}

static void judge(const struct story *s, const struct power_loss *how, const struct story *found)
{
	sum.images++;
	if (*found->wrong || found->states.n == 0) {
		sum.corrupt++;
		complain(how, "not whole", found->wrong);
		return;
	}
	const char *text = found->states.items[0].text;
	enum story_verdict v = story_judge(s, how->moment, text);
	sum.lost += v == STORY_LOST;
	sum.mixed += v == STORY_MIXED;
	if (v != STORY_FINE)
		complain(how, v == STORY_LOST ? "lost an acknowledged transaction" : "mixed", text);
}

static void try_images(const struct story *s, size_t first, unsigned n, unsigned depth);

/* Opens what is left in @dir, goes on with it, and loses power again, @depth more times. */
static void try_image(const struct story *s, const struct power_loss *how, unsigned depth)
{
	char dir[100];
	in_root(dir, sizeof(dir), "image", depth);
	disk_image(s->disk, how, dir);
	struct disk *disk = depth > 0 ? disk_new() : NULL;
	if (disk)
		disk_load(disk, dir);
	size_t first = disk ? disk_now(disk) : 0;
	struct story found;
	story_init(&found, dir, disk);
	found.wall_ms = s->wall_ms;
	found.counter = s->counter + 1000;
	vfs.recorder = disk;
	bool fine = story_open(&found);
	judge(s, how, &found);
	for (uint64_t n = disk ? seed_below(3) : 0; n > 0 && fine; n--)
		fine = story_transact(&found);
	if (disk)
		story_close(&found);
	vfs.recorder = NULL;
	if (fine && disk) {
		sum.nested++;
		try_images(&found, first, 2, depth - 1);
	}
	story_fini(&found);
	(void)disk_free(disk);
}

static void try_images(const struct story *s, size_t first, unsigned n, unsigned depth)
{
	for (; n > 0; n--) {
		struct power_loss how = some_loss(s, first);
		try_image(s, &how, seed_below(4) == 0 ? depth : 0);
	}
}

/* Most stories are short, so that their beginnings are seen; a heavy one copies its WAL into
 * the file while it runs. */
static void tell_story(unsigned depth)
{
	char dir[100];
	in_root(dir, sizeof(dir), "story", 0);
	disk_empty_directory(dir);
	struct disk *disk = disk_new();
	struct story s;
	story_init(&s, dir, disk);
	s.heavy = sum.stories % 8 == 7;
	vfs.recorder = disk;
	bool fine = story_open(&s);
	for (uint64_t n = s.heavy ? 70 : seed_below(60); n > 0 && fine; n--)
		fine = story_step(&s);
	if (fine && seed_below(2))
		story_close(&s);
	vfs.recorder = NULL;
	sum.stories++;
	sum.commits += (uint64_t)s.commits;
	sum.kills += (uint64_t)s.kills;
	sum.failures += (uint64_t)s.failures;
	if (!fine) {
		sum.wrong++;
		(void)printf("story %" PRIu64 ": %s\n", sum.stories, s.wrong);
	} else {
		try_images(&s, 0, IMAGES_PER_STORY, depth);
	}
	story_fini(&s);
	(void)disk_free(disk);
}

static void run(uint64_t images, unsigned depth)
{
	memset(&sum, 0, sizeof(sum));
	while (sum.images < images && sum.wrong == 0)
		tell_story(depth);
}

static bool report(const char *name, bool fine)
{
	(void)printf("  images=%" PRIu64 " nested=%" PRIu64 " corrupt=%" PRIu64 " mixed=%" PRIu64
		     " lost=%" PRIu64 " stories=%" PRIu64 " commits=%" PRIu64 " kills=%" PRIu64
		     " failures=%" PRIu64 "\n%s %s\n",
		     sum.images, sum.nested, sum.corrupt, sum.mixed, sum.lost, sum.stories,
		     sum.commits, sum.kills, sum.failures, fine ? "ok" : "not ok", name);
	(void)fflush(stdout);
	return fine;
}

static bool lose_power(uint64_t images)
{
	run(images, NESTING);
	return report("a power loss takes nothing that was acknowledged",
		      sum.images >= images && sum.nested > 0 && sum.kills > 0 && sum.failures > 0 &&
			      sum.wrong + sum.corrupt + sum.mixed + sum.lost == 0);
}

/* What cannot be read any more is lost, too. @whole: what remains has to be a state of before. */
static bool control(const char *name, uint64_t images, char synchronous, bool lying, bool whole)
{
	quiet = true;
	vfs.synchronous = synchronous;
	vfs.lying = lying;
	run(images, 0);
	vfs.synchronous = 0;
	vfs.lying = false;
	quiet = false;
	uint64_t broken = sum.mixed + sum.corrupt;
	return report(name, sum.wrong == 0 && sum.lost + broken > 0 && !(whole && broken > 0));
}

static uint64_t wanted(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "--images") == 0)
			return strtoull(argv[i + 1], NULL, 10);
	const char *full = getenv("DROVER_FULL");
	return full && *full && strcmp(full, "0") != 0 ? IMAGES_FULL : IMAGES;
}

int main(int argc, char **argv)
{
	seed_init(argc, argv);
	(void)snprintf(root, sizeof(root), "%s/drover-power.XXXXXX",
		       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(root)) {
		perror(root);
		return 1;
	}
	char dir[100];
	for (unsigned depth = 0; depth <= NESTING; depth++) {
		in_root(dir, sizeof(dir), "image", depth);
		make_dir(dir);
	}
	in_root(dir, sizeof(dir), "story", 0);
	make_dir(dir);
	fault_install();
	vfs.skip_sync = true;
	uint64_t images = wanted(argc, argv), less = images / 8 + 1;
	bool fine = lose_power(images);
	fine &= control("a ledger with synchronous=NORMAL is found to lose", less, '1', false,
			true);
	fine &= control("a ledger with synchronous=OFF is found to lose", less, '0', false, false);
	fine &= control("a disk that lies about syncs is found to lose", less, 0, true, false);
	fault_remove();
	remove_tree(root);
	return fine ? 0 : 1;
}
