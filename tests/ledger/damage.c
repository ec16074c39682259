/* Files that are not what was written: flipped bits, lost ends, an old copy. Opening finds it,
 * or what is read is what was written: now, or, where the newest commits were in the damaged
 * end of a WAL, at some commit before. Never a mixture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "golden.h"
#include "ledger/schema.h"
#include "lib/seed.h"
#include "state.h"
#include "story.h"
#include "vfs.h"

#define SECTOR 512
#define PAGE 4096
#define HEADER 100 /* of an SQLite file: each of its bits is tried */

static char dir[64]; /* the state directory */

static bool is_full(void)
{
	const char *full = getenv("DROVER_FULL");
	return full && *full && strcmp(full, "0") != 0;
}

/* ---- a ledger, its files kept in memory ---- */

struct copy {
	char *bytes;
	size_t size; /* 0: there is no such file */
};
struct ledger_copy {
	struct copy db, wal;
};

static void path_of(char out[100], const char *name)
{
	(void)snprintf(out, 100, "%s/%s", dir, name);
}

static struct copy read_copy(const char *name)
{
	char path[100];
	path_of(path, name);
	FILE *file = fopen(path, "rb");
	if (!file)
		return (struct copy){NULL, 0};
	(void)fseek(file, 0, SEEK_END);
	struct copy c = {NULL, (size_t)ftell(file)};
	rewind(file);
	c.bytes = malloc(c.size + 1);
	assert_non_null(c.bytes);
	assert_int_equal(fread(c.bytes, 1, c.size, file), c.size);
	(void)fclose(file);
	return c;
}

static void write_copy(const char *name, const struct copy *c)
{
	char path[100];
	path_of(path, name);
	if (c->size == 0)
		return;
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(c->bytes, 1, c->size, file), c->size);
	assert_int_equal(fclose(file), 0);
}

static struct ledger_copy take_copy(void)
{
	return (struct ledger_copy){read_copy("ledger.db"), read_copy("ledger.db-wal")};
}

static void put_copy(const struct ledger_copy *c)
{
	disk_empty_directory(dir);
	write_copy("ledger.db", &c->db);
	write_copy("ledger.db-wal", &c->wal);
}

static void free_copy(struct ledger_copy *c)
{
	free(c->db.bytes);
	free(c->wal.bytes);
}

/* ---- what opening makes of it ---- */

/* The text of what is there, or NULL when opening has found the damage. */
static char *open_damaged(struct story *s, size_t at)
{
	auto_free char *text = NULL;
	struct ledger *l = NULL;
	int r = ledger_open(dir, &s->env, &l, &text), error = 0;
	if (r != LEDGER_OK) {
		if (r != LEDGER_E_CORRUPT && r != LEDGER_E_NEWER)
			fail_msg("byte %zu: %d %s", at, r, text ? text : "");
		assert_non_null(text);
		return NULL;
	}
	char *found = state_text(l, &error);
	if (!found)
		fail_msg("byte %zu: opened, and then unreadable: %d", at, error);
	(void)ledger_close(l);
	return found;
}

static bool was_a_state(const struct story *s, const char *text)
{
	vec_each(&s->states, state)
	{
		if (strcmp(state->text, text) == 0)
			return true;
	}
	return false;
}

struct tally {
	int flips, found, older;
};

static void judge_damage(struct story *s, size_t at, bool may_be_older, struct tally *t)
{
	auto_free char *text = open_damaged(s, at);
	t->flips++;
	if (!text)
		t->found++;
	else if (strcmp(text, s->states.items[s->current].text) != 0) {
		t->older++;
		if (!may_be_older || !was_a_state(s, text))
			fail_msg("byte %zu: a change was not noticed: %.300s", at, text);
	}
}

static void flip(struct story *s, struct ledger_copy *c, struct copy *in, size_t at, unsigned bit,
		 struct tally *t)
{
	char kept = in->bytes[at];
	in->bytes[at] = (char)(kept ^ (char)(1u << bit));
	put_copy(c);
	in->bytes[at] = kept;
	judge_damage(s, at, in == &c->wal, t);
}

static void flip_in_each_sector(struct story *s, struct ledger_copy *c, struct copy *in,
				struct tally *t)
{
	for (size_t start = 0; start + SECTOR <= in->size; start += SECTOR)
		for (int n = is_full() ? 8 : 1; n > 0; n--)
			flip(s, c, in, start + seed_below(SECTOR), (unsigned)seed_below(8), t);
}

static void begin(struct story *s)
{
	disk_empty_directory(dir);
	story_init(s, dir, NULL);
}

/* Many kinds of rows, and commits that only the WAL has. */
static struct ledger_copy crashed(struct story *s)
{
	begin(s);
	assert_true(story_open(s));
	for (int n = 0; n < 40; n++)
		assert_true(story_transact(s));
	story_close(s);
	assert_true(story_open(s));
	for (int n = 0; n < 6; n++)
		assert_true(story_transact(s));
	return take_copy();
}

/* ---- cases ---- */

static void a_flipped_bit_in_a_ledger_of_any_version(void **state)
{
	(void)state;
	for (int version = 1; version <= SCHEMA_VERSION; version++) {
		struct story s;
		struct tally t = {0};
		begin(&s);
		golden_make(dir, version);
		struct ledger_copy c = take_copy();
		assert_true(story_open(&s));
		story_close(&s);
		for (size_t at = 0; at < HEADER; at++)
			for (unsigned bit = 0; bit < 8; bit++)
				flip(&s, &c, &c.db, at, bit, &t);
		flip_in_each_sector(&s, &c, &c.db, &t);
		printf("version %d: %d of %d flips found\n", version, t.found, t.flips);
		assert_true(t.found > 100);
		free_copy(&c);
		story_fini(&s);
	}
}

static void a_flipped_bit_in_a_ledger_that_crashed(void **state)
{
	(void)state;
	struct story s;
	struct tally db = {0}, wal = {0};
	struct ledger_copy c = crashed(&s);
	assert_true(c.wal.size > 0);
	story_close(&s);
	flip_in_each_sector(&s, &c, &c.db, &db);
	flip_in_each_sector(&s, &c, &c.wal, &wal);
	printf("file: %d of %d flips found; WAL: %d, and %d of %d show an older state\n", db.found,
	       db.flips, wal.found, wal.older, wal.flips);
	assert_true(db.found > 0 && wal.older > 0);
	free_copy(&c);
	story_fini(&s);
}

static void a_file_without_its_end(void **state)
{
	(void)state;
	struct story s;
	struct tally t = {0};
	struct ledger_copy c = crashed(&s);
	free_copy(&c);
	story_close(&s);
	c = take_copy();
	assert_int_equal(c.wal.size, 0); /* a clean stop leaves one file */
	size_t size = c.db.size;
	for (c.db.size = 1; c.db.size < size; c.db.size += SECTOR) {
		put_copy(&c);
		judge_damage(&s, c.db.size, false, &t);
	}
	/* What judge_damage() lets pass unnoticed is harmless: part of a last page that is free. */
	assert_in_range(t.flips - t.found, 0, PAGE / SECTOR);
	free_copy(&c);
	story_fini(&s);
}

static void a_wal_without_its_end(void **state)
{
	(void)state;
	struct story s;
	struct tally t = {0};
	struct ledger_copy c = crashed(&s);
	story_close(&s);
	for (size_t size = c.wal.size; size > SECTOR; size -= SECTOR) {
		c.wal.size = size;
		put_copy(&c);
		judge_damage(&s, size, true, &t);
	}
	assert_int_equal(t.found, 0); /* as a power loss does */
	assert_true(t.older > 0);
	free_copy(&c);
	story_fini(&s);
}

static int no_intent_twice(void *data, const struct intent *i)
{
	int64_t *last = data;
	assert_true(i->id > *last);
	*last = i->id;
	return 0;
}

/* What was recorded after it is not known, and nothing of it is made up; the ledger goes on. */
static void an_old_copy_is_what_it_was(void **state)
{
	(void)state;
	struct story s;
	begin(&s);
	assert_true(story_open(&s));
	for (int n = 0; n < 10; n++)
		assert_true(story_transact(&s));
	story_close(&s);
	struct ledger_copy old = take_copy();
	auto_free char *text = strdup(s.states.items[s.current].text);
	assert_true(story_open(&s));
	for (int n = 0; n < 10; n++)
		assert_true(story_transact(&s));
	story_fini(&s);
	put_copy(&old);
	struct story again;
	story_init(&again, dir, NULL);
	again.counter = 10000;
	assert_true(story_open(&again));
	assert_string_equal(again.states.items[0].text, text);
	for (int n = 0; n < 10; n++)
		assert_true(story_transact(&again));
	int64_t last = 0;
	assert_int_equal(ledger_each_intent(again.l, no_intent_twice, &last), 0);
	story_close(&again);
	assert_true(story_open(&again));
	story_fini(&again);
	free_copy(&old);
}

/* More than SQLite keeps in memory, read last when the ledger is opened. */
static void crowd_out_memory(struct ledger *l)
{
	size_t size = 10u << 20;
	auto_free char *text = malloc(size + 1);
	uint64_t generation = 0;
	assert_non_null(text);
	(void)memset(text, 'x', size);
	text[size] = '\0';
	assert_int_equal(ledger_save_fleet(l, text, 1, &generation), 0);
}

/* Changes the last byte of the only @text in the file. */
static void damage_text(const char *text)
{
	char path[100];
	path_of(path, "ledger.db");
	struct copy c = read_copy("ledger.db");
	char *found = memmem(c.bytes, c.size, text, strlen(text));
	assert_non_null(found);
	size_t at = (size_t)(found - c.bytes) + strlen(text) - 1;
	FILE *file = fopen(path, "r+b");
	assert_non_null(file);
	assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
	assert_int_equal(fputc('!', file), '!');
	assert_int_equal(fclose(file), 0);
	free(c.bytes);
}

static void an_approval_damaged_since_the_start_is_found_by_a_look(void **state)
{
	(void)state;
	struct story s;
	begin(&s);
	struct approval a = {.hash = "hash", .who = (char[]){"root"}, .given_wall_ms = s.wall_ms};
	char *text = NULL;
	assert_int_equal(ledger_open(dir, &s.env, &s.l, &text), LEDGER_OK);
	assert_int_equal(ledger_save_approval(s.l, &a), 0);
	crowd_out_memory(s.l);
	story_close(&s);
	assert_int_equal(ledger_open(dir, &s.env, &s.l, &text), LEDGER_OK);
	damage_text("hashroot");
	assert_true(ledger_is_writable(s.l));
	assert_int_equal(ledger_check(s.l, &text), LEDGER_E_CORRUPT);
	assert_non_null(text);
	free(text);
	assert_false(ledger_is_writable(s.l));
	assert_true(ledger_begin(s.l) < 0);
	assert_int_equal(ledger_recover(s.l, &text), LEDGER_E_CORRUPT);
	free(text);
	story_fini(&s);
}

int main(int argc, char **argv)
{
	seed_init(argc, argv);
	(void)snprintf(dir, sizeof(dir), "%s/drover-damage.XXXXXX",
		       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(dir)) {
		perror(dir);
		return 1;
	}
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flipped_bit_in_a_ledger_of_any_version),
		cmocka_unit_test(a_flipped_bit_in_a_ledger_that_crashed),
		cmocka_unit_test(a_file_without_its_end),
		cmocka_unit_test(a_wal_without_its_end),
		cmocka_unit_test(an_old_copy_is_what_it_was),
		cmocka_unit_test(an_approval_damaged_since_the_start_is_found_by_a_look),
	};
	fault_install();
	vfs.skip_sync = true;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	fault_remove();
	disk_empty_directory(dir);
	(void)rmdir(dir);
	return failed;
}
