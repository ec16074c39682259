/* Whose file it is, whether it is whole, and what is said when it cannot be used. */
#include "unit/ledger/fixture.h"

#include <grp.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>

#include "ledger/schema.h"

#define NOBODY 65534

static unsigned mode_of(const char *path)
{
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void the_directory_is_made_and_all_is_private(void **state)
{
	struct fixture *f = *state;
	mode_t old = umask(0);
	assert_int_equal(fixture_open(f), LEDGER_OK);
	assert_int_equal(ledger_meta_set(f->l, "fleet", "x"), 0);
	(void)umask(old);
	static const char *const files[] = {"lock", "ledger.db", "ledger.db-wal"};
	assert_int_equal(mode_of(f->dir), 0700);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char path[160];
		(void)snprintf(path, sizeof(path), "%s/%s", f->dir, files[i]);
		assert_int_equal(mode_of(path), 0600);
	}
	fixture_close(f);
	assert_int_equal(chmod(f->path, 0644), 0);
	assert_int_equal(fixture_open(f), LEDGER_OK);
	assert_int_equal(mode_of(f->path), 0600);
}

static void only_one_level_of_directory_is_made(void **state)
{
	struct fixture *f = *state;
	(void)snprintf(f->dir, sizeof(f->dir), "%s/a/b", f->root);
	assert_int_equal(fixture_open(f), -ENOENT);
	assert_non_null(strstr(f->text, "the directory above it does not exist"));
}

static void a_file_in_place_of_the_directory_is_named(void **state)
{
	struct fixture *f = *state;
	write_whole(f->dir, "x", 1);
	assert_int_equal(fixture_open(f), -ENOTDIR);
	assert_non_null(strstr(f->text, "/state: not a directory"));
}

static void a_directory_in_place_of_the_file_is_named(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(mkdir(f->dir, 0700), 0);
	assert_int_equal(mkdir(f->path, 0700), 0);
	assert_true(fixture_open(f) < 0);
	assert_non_null(strstr(f->text, "ledger.db: "));
}

/* Root may write anywhere: the child becomes nobody first. */
static int open_as_nobody(struct fixture *f)
{
	if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return 2;
	int r = fixture_open(f);
	return r == -EACCES && strstr(f->text, "permission denied for user id 65534") ? 0 : 1;
}

static int open_denied(struct fixture *f)
{
	int r = fixture_open(f);
	return r == -EACCES && strstr(f->text, "permission denied") ? 0 : 1;
}

static int open_without_rights(struct fixture *f)
{
	return geteuid() == 0 ? open_as_nobody(f) : open_denied(f);
}

static void missing_rights_are_told_at_every_step(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(chmod(f->root, 0555), 0); /* the directory cannot be made */
	assert_int_equal(in_child(f, open_without_rights), 0);
	assert_int_equal(chmod(f->root, 0755), 0);
	assert_int_equal(mkdir(f->dir, 0555), 0); /* the lock cannot */
	assert_int_equal(in_child(f, open_without_rights), 0);
	assert_int_equal(chmod(f->dir, 0777), 0);
	assert_int_equal(fixture_open(f), LEDGER_OK);
	fixture_close(f);
	assert_int_equal(chmod(f->path, 0), 0); /* the file cannot be read */
	char lock[160];
	(void)snprintf(lock, sizeof(lock), "%s/lock", f->dir);
	if (geteuid() == 0) /* else the lock of another user would be told of first */
		assert_int_equal(chmod(lock, 0666), 0);
	assert_int_equal(in_child(f, open_without_rights), 0);
}

static int open_on_read_only_mount(struct fixture *f)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount(f->dir, f->dir, NULL, MS_BIND, NULL) < 0 ||
	    mount(NULL, f->dir, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) < 0)
		return 77;
	int r = fixture_open(f);
	return r == -EROFS && strstr(f->text, "file system is read-only") ? 0 : 1;
}

static void a_read_only_file_system_is_told(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_open(f), LEDGER_OK);
	fixture_close(f);
	int status = in_child(f, open_on_read_only_mount);
	if (status == 77)
		skip(); /* no right to mount */
	assert_int_equal(status, 0);
}

static int open_busy(struct fixture *f)
{
	f->l = NULL;
	return fixture_open(f) == LEDGER_E_BUSY && strstr(f->text, "another droverd (process ") ? 0
												: 1;
}

static void a_second_process_is_turned_away(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_open(f), LEDGER_OK);
	assert_int_equal(in_child(f, open_busy), 0);
	char holder[32];
	(void)snprintf(holder, sizeof(holder), "(process %ld)", (long)getpid());
	struct ledger *second = NULL;
	char *text = NULL;
	assert_int_equal(ledger_open(f->dir, &f->env, &second, &text), LEDGER_E_BUSY);
	assert_null(second);
	assert_non_null(strstr(text, holder));
	free(text);
	assert_int_equal(ledger_meta_set(f->l, "still", "mine"), 0);
	fixture_reopen(f); /* and the lock goes with its holder */
}

static int write_with_sqlite(struct fixture *f)
{
	sqlite3 *db = NULL;
	if (sqlite3_open(f->path, &db) != SQLITE_OK)
		return 2;
	int rc = sqlite3_exec(db, "SELECT count(*) FROM meta", NULL, NULL, NULL);
	return rc == SQLITE_BUSY ? 0 : 1;
}

static void another_program_cannot_look_while_it_is_open(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_open(f), LEDGER_OK);
	assert_int_equal(in_child(f, write_with_sqlite), 0);
}

static int open_busy_by_sqlite(struct fixture *f)
{
	f->l = NULL;
	return fixture_open(f) == LEDGER_E_BUSY && strstr(f->text, "open in another program") ? 0
											      : 1;
}

static void a_program_that_has_the_file_open_is_told(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_open(f), LEDGER_OK);
	fixture_close(f);
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN; SELECT * FROM meta", NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(in_child(f, open_busy_by_sqlite), 0);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(fixture_open(f), LEDGER_OK);
}

static void sql(const char *path, const char *text)
{
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	char *message = NULL;
	if (sqlite3_exec(db, text, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s", message);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_newer_ledger_is_left_to_the_byte(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_open(f), LEDGER_OK);
	fixture_close(f);
	char newer[64];
	(void)snprintf(newer, sizeof(newer), "PRAGMA user_version = %d", SCHEMA_VERSION + 1);
	sql(f->path, newer);
	size_t before_size, after_size;
	auto_free char *before = read_whole(f->path, &before_size);
	assert_int_equal(fixture_open(f), LEDGER_E_NEWER);
	assert_non_null(strstr(f->text, "written by a newer drover"));
	auto_free char *after = read_whole(f->path, &after_size);
	assert_int_equal(before_size, after_size);
	assert_memory_equal(before, after, before_size);
}

/* Dies with the new version in the WAL only, as a newer daemon may. */
static int die_with_version_in_wal(struct fixture *f)
{
	sqlite3 *db = NULL;
	char newer[64];
	(void)snprintf(newer, sizeof(newer), "PRAGMA user_version = %d", SCHEMA_VERSION + 1);
	if (sqlite3_open(f->path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_exec(db, newer, NULL, NULL, NULL) != SQLITE_OK)
		return 1;
	return 0; /* without closing */
}

static void a_newer_ledger_that_died_is_left_to_the_byte(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_open(f), LEDGER_OK);
	fixture_close(f);
	assert_int_equal(in_child(f, die_with_version_in_wal), 0);
	char wal_path[128];
	(void)snprintf(wal_path, sizeof(wal_path), "%s-wal", f->path);
	size_t size[4];
	auto_free char *db = read_whole(f->path, &size[0]), *wal = read_whole(wal_path, &size[1]);
	assert_non_null(wal);
	assert_true(size[1] > 0);
	assert_int_equal(fixture_open(f), LEDGER_E_NEWER);
	auto_free char *db_after = read_whole(f->path, &size[2]);
	auto_free char *wal_after = read_whole(wal_path, &size[3]);
	assert_true(size[0] == size[2] && size[1] == size[3]);
	assert_memory_equal(db, db_after, size[0]);
	assert_memory_equal(wal, wal_after, size[1]);
}

static void what_is_no_ledger_is_never_replaced(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(mkdir(f->dir, 0700), 0);
	static const struct {
		const char *bytes, *says;
	} cases[] = {{"", "damaged: empty"},
		     {"hello, this is no database at all", "not a database"}};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		write_whole(f->path, cases[i].bytes, strlen(cases[i].bytes));
		assert_int_equal(fixture_open(f), LEDGER_E_CORRUPT);
		assert_non_null(strstr(f->text, cases[i].says));
		assert_non_null(strstr(f->text, f->path));
		assert_non_null(strstr(f->text, "do not delete it"));
		size_t size;
		auto_free char *after = read_whole(f->path, &size);
		assert_string_equal(after, cases[i].bytes);
	}
	assert_int_equal(unlink(f->path), 0);
	sql(f->path, "CREATE TABLE other (x); PRAGMA user_version = 1");
	assert_int_equal(fixture_open(f), LEDGER_E_CORRUPT);
	assert_non_null(strstr(f->text, "not a ledger of drover"));
}

static void half_a_ledger_is_not_taken_for_a_new_one(void **state)
{
	struct fixture *f = *state;
	char wal[128];
	assert_int_equal(fixture_open(f), LEDGER_OK);
	fixture_close(f);
	assert_int_equal(unlink(f->path), 0);
	(void)snprintf(wal, sizeof(wal), "%s-wal", f->path);
	write_whole(wal, "x", 1);
	assert_int_equal(fixture_open(f), LEDGER_E_CORRUPT);
	assert_non_null(strstr(f->text, "they belong together"));
	assert_int_not_equal(access(f->path, F_OK), 0);
}

static void a_creation_cut_short_is_begun_anew(void **state)
{
	struct fixture *f = *state;
	char path[128];
	assert_int_equal(mkdir(f->dir, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s.new", f->path);
	write_whole(path, "half", 4);
	(void)snprintf(path, sizeof(path), "%s.new-journal", f->path);
	write_whole(path, "half", 4);
	assert_int_equal(fixture_open(f), LEDGER_OK);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void a_restored_backup_is_used_as_before(void **state)
{
	struct fixture *f = *state;
	char copy[160], command[400];
	assert_int_equal(fixture_open(f), LEDGER_OK);
	assert_int_equal(ledger_meta_set(f->l, "fleet", "qa-lab"), 0);
	fixture_close(f);
	(void)snprintf(copy, sizeof(copy), "%s/backup.db", f->root);
	(void)snprintf(command, sizeof(command), "VACUUM INTO '%s'", copy);
	sql(f->path, command);
	sql(copy, "PRAGMA journal_mode = DELETE");
	assert_int_equal(rename(copy, f->path), 0);
	assert_int_equal(fixture_open(f), LEDGER_OK);
	char *fleet = NULL;
	assert_int_equal(ledger_meta_get(f->l, "fleet", &fleet), 0);
	assert_string_equal(fleet, "qa-lab");
	free(fleet);
}

static int dump_intent(void *data, const struct intent *i)
{
	strbuf_addf(data, "%lld %s %s %s %s %s %s %s %lld %lld %zu %zu %s %s %d",
		    (long long)i->id,
		    i->key, verb_name(i->verb), kind_name(i->kind), intent_state_name(i->state),
		    i->group, i->token, i->params, (long long)i->count, (long long)i->total,
		    i->before.n, i->result.n, i->result.n ? i->result.items[0] : "", i->order_id, i->landed);
	strbuf_addf(data, " %lld %s\n", (long long)i->price_micro, i->currency);
	return 0;
}
static int dump_approval(void *data, const struct approval *a)
{
	strbuf_addf(data, "%s %s %llu %d %lld %lld '%s'\n", a->hash, a->who,
		    (unsigned long long)a->given_wall_ms, a->used, (long long)a->count,
		    (long long)a->price_micro, a->holds);
	return 0;
}
static int dump_known_group(void *data, const struct known_group *g)
{
	strbuf_addf(data, "%s %s %d %llu\n", g->name, kind_name(g->kind), g->protect,
		    (unsigned long long)g->fingerprint);
	return 0;
}
static int dump_order(void *data, const struct order *o)
{
	strbuf_addf(data, "%s %s %lld %s %d\n", o->id, o->group, (long long)o->intent,
		    order_status_name(o->status), o->landed);
	return 0;
}
static int dump_resource(void *data, const struct resource *r)
{
	strbuf_addf(data, "%s %s %lld %s %llu\n", r->id, r->cloud_group, (long long)r->intent,
		    resource_state_name(r->state), (unsigned long long)r->seen_wall_ms);
	return 0;
}
static int add_bought(void *data, const char *group, int64_t intent, int64_t count, uint64_t wall_ms)
{
	int64_t *bought = data;
	(void)group, (void)intent, (void)wall_ms;
	*bought += count > 0 ? count : 0;
	return 0;
}

/* Everything a decision may rest on; NULL when reading fails. */
static char *dump(struct ledger *l)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(1u << 20);
	auto_free char *fleet = NULL;
	uint64_t generation = 0;
	int64_t bought = 0;
	if (ledger_each_intent(l, dump_intent, &out) || ledger_each_order(l, dump_order, &out) ||
	    ledger_each_resource(l, dump_resource, &out) ||
	    ledger_each_approval(l, dump_approval, &out) ||
	    ledger_each_known_group(l, dump_known_group, &out) ||
	    ledger_load_fleet(l, &fleet, &generation) || ledger_each_change(l, add_bought, &bought))
		return NULL;
	strbuf_addf(&out, "%s %llu %lld %s", fleet, (unsigned long long)generation,
		    (long long)bought, ledger_owner(l));
	return strbuf_take(&out);
}

static void save_resource(struct ledger *l, const char *group, size_t n, int64_t intent)
{
	char id[32];
	(void)snprintf(id, sizeof(id), "acp-%08zu", n);
	struct resource r = {.id = id,
			     .cloud_group = (char[]){"ag-1"},
			     .group = (char *)(uintptr_t)group,
			     .intent = intent,
			     .state = RESOURCE_SEEN,
			     .seen_wall_ms = START_MS + n};
	assert_int_equal(ledger_save_resource(l, &r), 0);
}

static void fill(struct ledger *l)
{
	uint64_t generation;
	assert_int_equal(ledger_begin(l), 0);
	for (size_t n = 0; n < 40; n++) {
		char token[32];
		(void)snprintf(token, sizeof(token), "token-%zu-%llu", n,
			       (unsigned long long)seed_next());
		auto_intent struct intent *i = intent_made("phones", token);
		i->state = INTENT_DONE;
		assert_int_equal(text_list_add(&i->result, "acp-00000001"), 0);
		assert_int_equal(ledger_save_intent(l, i), 0);
		struct order o = {
			.id = token, .group = (char[]){"phones"}, .intent = i->id, .count = 3};
		assert_int_equal(ledger_save_order(l, &o), 0);
		save_resource(l, "phones", n, i->id);
		assert_int_equal(ledger_note_change(l, "phones", i->id, 3, START_MS), 0);
	}
	assert_int_equal(ledger_save_fleet(l, "version: 1\nfleet: qa\n...\n", 1, &generation), 0);
	assert_int_equal(ledger_commit(l), 0);
}

static void a_torn_page_is_found(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_open(f), LEDGER_OK);
	fill(f->l);
	fixture_close(f);
	size_t size;
	auto_free char *golden = read_whole(f->path, &size);
	for (size_t page = 1; page < size / 4096; page += 5) {
		auto_free char *torn = malloc(size);
		assert_non_null(torn);
		(void)memcpy(torn, golden, size);
		(void)memset(torn + page * 4096, 0xa5, 512);
		write_whole(f->path, torn, size);
		assert_int_equal(fixture_open(f), LEDGER_E_CORRUPT);
	}
	write_whole(f->path, golden, size - 4096); /* cut short */
	assert_int_equal(fixture_open(f), LEDGER_E_CORRUPT);
}

static void a_row_changed_by_hand_needs_its_checksum_cleared(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_open(f), LEDGER_OK);
	fill(f->l);
	char *text = NULL;
	assert_int_equal(ledger_check(f->l, &text), LEDGER_OK);
	fixture_close(f);
	sql(f->path, "UPDATE orders SET status = 'paid' WHERE n = 1");
	assert_int_equal(fixture_open(f), LEDGER_E_CORRUPT);
	assert_non_null(strstr(f->text, "a row of the table orders is not what was written"));
	sql(f->path, "UPDATE orders SET checksum = NULL WHERE n = 1");
	assert_int_equal(fixture_open(f), LEDGER_OK);
}

static void a_column_by_another_name_is_found(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_open(f), LEDGER_OK);
	fixture_close(f);
	sql(f->path, "ALTER TABLE approvals RENAME COLUMN n TO o");
	assert_int_equal(fixture_open(f), LEDGER_E_CORRUPT);
}

/* An old ledger is written only when all of it is as it was written: its next version and the
 * check of its rows are one. */
static void a_damaged_row_of_an_older_version_is_left_to_the_byte(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(mkdir(f->dir, 0700), 0);
	size_t size, after_size;
	auto_free char *text = read_whole(TEST_DATA_DIR "/ledger/v1.sql", &size);
	assert_non_null(text);
	sql(f->path, text);
	sql(f->path, "PRAGMA journal_mode = WAL; UPDATE intents SET count = 4 WHERE id = 2");
	auto_free char *before = read_whole(f->path, &size);
	assert_int_equal(fixture_open(f), LEDGER_E_CORRUPT);
	assert_non_null(strstr(f->text, "a row of the table intents is not what was written"));
	auto_free char *after = read_whole(f->path, &after_size);
	assert_int_equal(size, after_size);
	assert_memory_equal(before, after, size);
	sql(f->path, "UPDATE intents SET checksum = NULL WHERE id = 2");
	assert_int_equal(fixture_open(f), LEDGER_OK);
}

static int save_again(void *data, const struct intent *i)
{
	return i->total == 0 && i->price_micro == 0 ? text_list_add(data, i->key) : -EINVAL;
}

/* What version 1 wrote can be written on: the columns that came since are at their defaults. */
static void a_migrated_ledger_is_written_on(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(mkdir(f->dir, 0700), 0);
	size_t size;
	auto_free char *text = read_whole(TEST_DATA_DIR "/ledger/v1.sql", &size);
	sql(f->path, text);
	assert_int_equal(fixture_open(f), LEDGER_OK);
	struct text_list keys = {0};
	assert_int_equal(ledger_each_intent(f->l, save_again, &keys), 0);
	assert_int_equal(keys.n, 3);
	text_list_fini(&keys);
	auto_intent struct intent *i = intent_made("browsers", "");
	i->total = 5;
	i->price_micro = 800000000;
	(void)strcpy(i->currency, "CNY");
	assert_int_equal(ledger_save_intent(f->l, i), 0);
	assert_int_equal(i->id, 4);
	fixture_reopen(f);
	auto_free char *all = dump(f->l);
	assert_non_null(strstr(all, " browsers  Amount=1&NumberOfInstances=3 3 5 0 0   0 800000000 CNY"));
}

static void a_ledger_of_every_released_version_opens(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(mkdir(f->dir, 0700), 0);
	for (int version = 1; version <= SCHEMA_VERSION; version++) {
		char path[200];
		(void)snprintf(path, sizeof(path), TEST_DATA_DIR "/ledger/v%d.sql", version);
		size_t size;
		auto_free char *text = read_whole(path, &size);
		assert_non_null(text);
		(void)unlink(f->path);
		sql(f->path, text);
		if (fixture_open(f) != LEDGER_OK)
			fail_msg("%s", f->text);
		auto_free char *all = dump(f->l);
		(void)snprintf(path, sizeof(path), TEST_DATA_DIR "/ledger/v%d.txt", version);
		auto_free char *expected = read_whole(path, &size);
		assert_non_null(expected);
		assert_string_equal(all, expected);
		fixture_close(f);
	}
}

int main(int argc, char **argv)
{
	seed_init(argc, argv);
	const struct CMUnitTest tests[] = {
		TEST_NEW(the_directory_is_made_and_all_is_private),
		TEST_NEW(only_one_level_of_directory_is_made),
		TEST_NEW(a_file_in_place_of_the_directory_is_named),
		TEST_NEW(a_directory_in_place_of_the_file_is_named),
		TEST_NEW(missing_rights_are_told_at_every_step),
		TEST_NEW(a_read_only_file_system_is_told),
		TEST_NEW(a_second_process_is_turned_away),
		TEST_NEW(another_program_cannot_look_while_it_is_open),
		TEST_NEW(a_program_that_has_the_file_open_is_told),
		TEST_NEW(a_newer_ledger_is_left_to_the_byte),
		TEST_NEW(a_newer_ledger_that_died_is_left_to_the_byte),
		TEST_NEW(what_is_no_ledger_is_never_replaced),
		TEST_NEW(half_a_ledger_is_not_taken_for_a_new_one),
		TEST_NEW(a_creation_cut_short_is_begun_anew),
		TEST_NEW(a_restored_backup_is_used_as_before),
		TEST_NEW(a_torn_page_is_found),
		TEST_NEW(a_row_changed_by_hand_needs_its_checksum_cleared),
		TEST_NEW(a_column_by_another_name_is_found),
		TEST_NEW(a_damaged_row_of_an_older_version_is_left_to_the_byte),
		TEST_NEW(a_migrated_ledger_is_written_on),
		TEST_NEW(a_ledger_of_every_released_version_opens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
