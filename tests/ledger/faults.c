/* Every call of the ledger to its files fails, once and from then on: nothing that returned 0
 * is missing afterwards, a failure is told as what it is, and recovering works as ledger.h
 * says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "golden.h"
#include "lib/seed.h"
#include "state.h"
#include "story.h"
#include "vfs.h"

static uint64_t seed;
static char dir[64]; /* the state directory */

static int open_files(void)
{
	int n = 0;
	DIR *listing = opendir("/proc/self/fd");
	assert_non_null(listing);
	while (readdir(listing))
		n++;
	(void)closedir(listing);
	return n;
}

/* A short life: opened, written, opened again, written, reopened in place, written. */
static bool live(struct story *s)
{
	bool fine = story_open(s);
	for (int n = 0; n < 3 && fine; n++)
		fine = story_transact(s);
	if (fine) {
		story_close(s);
		fine = story_open(s) && story_transact(s) && story_reopen(s) && story_transact(s);
	}
	return fine;
}

/* True while the @n-th call exists. @version 0: there is no ledger yet. */
static bool fails_at(struct fault how, int n, int version)
{
	disk_empty_directory(dir);
	if (version > 0)
		golden_make(dir, version);
	int files = open_files();
	struct story s;
	seed_set(seed);
	story_init(&s, dir, NULL);
	fault = how;
	fault.fail_at = n;
	bool fine = live(&s);
	bool struck = s.struck || fault.struck;
	story_close(&s);
	fault = (struct fault){0};
	if (fine)
		fine = story_open(&s); /* finds the current state, or goes wrong */
	char wrong[sizeof(s.wrong)];
	(void)memcpy(wrong, s.wrong, sizeof(wrong));
	story_fini(&s);
	if (!fine)
		fail_msg("call %d%s, version %d: %s", n, how.from_then_on ? " and later" : "",
			 version, wrong);
	assert_int_equal(open_files(), files);
	return struck;
}

/* In the short form some of the calls, others with every seed. */
static int next_call(const struct fault *how, int n)
{
	const char *full = getenv("DROVER_FULL");
	bool every = full && *full && strcmp(full, "0") != 0;
	unsigned most = how->calls & (CALL_WRITE | CALL_READ) ? 9 : 2;
	return n + (every ? 1 : 1 + (int)((seed >> (n % 50)) % most));
}

static void fail_everywhere(struct fault how)
{
	int runs = 0;
	for (int version = 0; version <= 1; version++)
		for (int sticky = 0; sticky < 2; sticky++) {
			how.from_then_on = sticky;
			for (int n = 1; fails_at(how, n, version); n = next_call(&how, n))
				runs++;
		}
	printf("%d calls failed\n", runs);
	assert_true(runs >= 4); /* the first at least has */
}

static void a_full_disk(void **state)
{
	(void)state;
	fail_everywhere((struct fault){.calls = CALL_WRITE, .fail_with = SQLITE_FULL});
}

static void a_disk_that_is_full_after_half_a_write(void **state)
{
	(void)state;
	fail_everywhere(
		(struct fault){.calls = CALL_WRITE, .fail_with = SQLITE_FULL, .half = true});
}

static void a_write_that_fails(void **state)
{
	(void)state;
	fail_everywhere((struct fault){.calls = CALL_WRITE, .fail_with = SQLITE_IOERR_WRITE});
}

static void a_write_that_fails_half_way(void **state)
{
	(void)state;
	fail_everywhere(
		(struct fault){.calls = CALL_WRITE, .fail_with = SQLITE_IOERR_WRITE, .half = true});
}

static void a_write_that_is_done_and_said_to_have_failed(void **state)
{
	(void)state;
	fail_everywhere((struct fault){
		.calls = CALL_WRITE, .fail_with = SQLITE_IOERR_WRITE, .after_effect = true});
}

static void a_sync_that_fails(void **state)
{
	(void)state;
	fail_everywhere((struct fault){.calls = CALL_SYNC, .fail_with = SQLITE_IOERR_FSYNC});
}

static void a_medium_that_turns_read_only(void **state)
{
	(void)state;
	fail_everywhere(
		(struct fault){.calls = CALL_DISK | CALL_NAMES, .fail_with = SQLITE_READONLY});
}

static void a_name_that_cannot_be_changed_or_synced(void **state)
{
	(void)state;
	fail_everywhere((struct fault){.calls = CALL_NAMES, .fail_with = SQLITE_IOERR_DELETE});
	fail_everywhere((struct fault){.calls = CALL_NAMES, .fail_with = SQLITE_FULL});
}

static void a_read_that_fails(void **state)
{
	(void)state;
	fail_everywhere((struct fault){.calls = CALL_READ, .fail_with = SQLITE_IOERR_READ});
}

static void a_file_that_cannot_be_opened(void **state)
{
	(void)state;
	fail_everywhere((struct fault){.calls = CALL_OPEN, .fail_with = SQLITE_CANTOPEN});
}

/* ---- kill -9 and power loss together ---- */

static int attempt(struct ledger *l)
{
	int r = ledger_begin(l);
	if (r == 0)
		(void)ledger_meta_set(l, state_facts[0], "seen");
	return ledger_commit(l);
}

/* Killed at the sync of its commit, which the kernel then holds alone. */
static void die_in_commit(struct story *s)
{
	assert_true(story_open(s));
	assert_int_equal(ledger_meta_set(s->l, state_facts[0], "before"), 0);
	fault = (struct fault){
		.calls = CALL_SYNC, .fail_at = 1, .fail_with = SQLITE_IOERR, .killed = true};
	assert_true(attempt(s->l) < 0);
	story_close(s);
	fault = (struct fault){0};
}

static void assert_fact(struct ledger *l, const char *expected)
{
	auto_free char *value = NULL;
	assert_int_equal(ledger_meta_get(l, state_facts[0], &value), 0);
	assert_string_equal(value, expected);
}

static void what_an_opening_shows_is_durable(void **state)
{
	(void)state;
	disk_empty_directory(dir);
	vfs.skip_sync = true;
	struct disk *disk = disk_new();
	struct story s;
	story_init(&s, dir, disk);
	vfs.recorder = disk;
	die_in_commit(&s);
	struct power_loss before = {.moment = disk_now(disk), .loss = LOSS_ALL, .sector = 512};
	char *text = NULL;
	assert_int_equal(ledger_open(dir, &s.env, &s.l, &text), LEDGER_OK);
	struct power_loss after = {.moment = disk_now(disk), .loss = LOSS_ALL, .sector = 512};
	assert_fact(s.l, "seen");
	story_close(&s);
	vfs.recorder = NULL;
	disk_image(disk, &before, dir); /* nobody has seen it: it may go */
	assert_int_equal(ledger_open(dir, &s.env, &s.l, &text), LEDGER_OK);
	assert_fact(s.l, "before");
	story_close(&s);
	disk_image(disk, &after, dir);
	assert_int_equal(ledger_open(dir, &s.env, &s.l, &text), LEDGER_OK);
	assert_fact(s.l, "seen");
	story_fini(&s);
	(void)disk_free(disk);
	vfs.skip_sync = false;
}

int main(int argc, char **argv)
{
	seed_init(argc, argv);
	seed = seed_next();
	(void)snprintf(dir, sizeof(dir), "%s/drover-faults.XXXXXX",
		       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(dir)) {
		perror(dir);
		return 1;
	}
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_disk),
		cmocka_unit_test(a_disk_that_is_full_after_half_a_write),
		cmocka_unit_test(a_write_that_fails),
		cmocka_unit_test(a_write_that_fails_half_way),
		cmocka_unit_test(a_write_that_is_done_and_said_to_have_failed),
		cmocka_unit_test(a_sync_that_fails),
		cmocka_unit_test(a_medium_that_turns_read_only),
		cmocka_unit_test(a_name_that_cannot_be_changed_or_synced),
		cmocka_unit_test(a_read_that_fails),
		cmocka_unit_test(a_file_that_cannot_be_opened),
		cmocka_unit_test(what_an_opening_shows_is_durable),
	};
	fault_install();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	fault_remove();
	disk_empty_directory(dir);
	(void)rmdir(dir);
	return failed;
}
