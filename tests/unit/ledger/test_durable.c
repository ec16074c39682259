/* What was acknowledged is there, what was not is there whole or not at all: after
 * kill -9, a full disk, and failing writes and syncs. */
#include "ledger/vfs.h"
#include "unit/ledger/fixture.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

enum { GROUP_SIZE = 5 };

/* One transaction: GROUP_SIZE intents with an order and a resource each. */
static int write_group(struct ledger *l, int number)
{
	int r = 0;
	for (int n = 0; n < GROUP_SIZE && r == 0; n++) {
		char token[32];
		(void)snprintf(token, sizeof(token), "token-%d-%d", number, n);
		auto_intent struct intent *i = intent_made("phones", token);
		/* Not by chance: a forked writer would draw the keys of the one before. */
		const uint64_t key[2] = {(uint64_t)number, (uint64_t)n};
		base32_encode(key, sizeof(key), i->key);
		r = ledger_save_intent(l, i);
		struct order o = {.id = token, .intent = i->id, .count = number};
		if (r == 0)
			r = ledger_save_order(l, &o);
		struct resource a = {.id = token, .intent = i->id};
		if (r == 0)
			r = ledger_save_resource(l, &a);
	}
	return r;
}

static int save_group(struct ledger *l, int number)
{
	int r = ledger_begin(l);
	if (r < 0)
		return r;
	(void)write_group(l, number); /* what fails in it comes back from the commit */
	return ledger_commit(l);
}

/* How many whole groups there are; fails when there is a part of one. */
static int whole_groups(struct ledger *l)
{
	int intents = n_intents(l);
	assert_int_equal(intents % GROUP_SIZE, 0);
	assert_int_equal(n_orders(l), intents);
	assert_int_equal(n_resources(l), intents);
	return intents / GROUP_SIZE;
}

/* Tells every acknowledged group through the pipe, until it is killed. */
static void write_until_killed(struct fixture *f, int pipe_fd)
{
	if (fixture_open(f) != LEDGER_OK)
		_exit(1);
	for (int number = n_intents(f->l) / GROUP_SIZE;; number++) {
		if (save_group(f->l, number) != 0)
			_exit(2);
		char byte = 'a';
		if (write(pipe_fd, &byte, 1) != 1)
			_exit(3);
	}
}

static int acknowledged_before_kill(struct fixture *f, int until, uint64_t then_us)
{
	int fds[2], seen = 0;
	char byte;
	assert_int_equal(pipe(fds), 0);
	(void)fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		write_until_killed(f, fds[1]);
	(void)close(fds[1]);
	while (seen < until && read(fds[0], &byte, 1) == 1)
		seen++;
	(void)usleep((useconds_t)then_us);
	assert_int_equal(kill(pid, SIGKILL), 0);
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status)); /* else the writer failed */
	while (read(fds[0], &byte, 1) == 1)
		seen++;
	(void)close(fds[0]);
	return seen;
}

static void a_killed_writer_leaves_whole_groups_and_all_acknowledged(void **state)
{
	struct fixture *f = *state;
	int before = 0;
	for (int round = 0; round < 30; round++) {
		int acknowledged =
			acknowledged_before_kill(f, (int)seed_below(6), seed_below(3000));
		assert_int_equal(fixture_open(f), LEDGER_OK);
		int now = whole_groups(f->l);
		assert_true(now >= before + acknowledged);
		assert_true(now <= before + acknowledged + 1);
		before = now;
		fixture_close(f);
	}
	assert_true(before > 0);
}

static int die_inside_transaction(struct fixture *f)
{
	if (fixture_open(f) != LEDGER_OK || save_group(f->l, 0) != 0 || ledger_begin(f->l) != 0 ||
	    write_group(f->l, 1) != 0)
		return 1;
	(void)kill(getpid(), SIGKILL);
	return 2;
}

static int die_after_commit(struct fixture *f)
{
	if (fixture_open(f) != LEDGER_OK || save_group(f->l, 1) != 0)
		return 1;
	(void)kill(getpid(), SIGKILL);
	return 2;
}

static void the_commit_is_the_border(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(in_child(f, die_inside_transaction), 128 + SIGKILL);
	assert_int_equal(fixture_open(f), LEDGER_OK);
	assert_int_equal(whole_groups(f->l), 1);
	fixture_close(f);
	assert_int_equal(in_child(f, die_after_commit), 128 + SIGKILL);
	assert_int_equal(fixture_open(f), LEDGER_OK);
	assert_int_equal(whole_groups(f->l), 2);
}

static void a_commit_costs_one_sync(void **state)
{
	struct fixture *f = *state;
	fault_install();
	assert_int_equal(fixture_open(f), LEDGER_OK);
	assert_int_equal(save_group(f->l, 0), 0); /* the first also syncs the head of the WAL */
	fault.syncs = 0;
	for (int number = 1; number <= 20; number++) {
		assert_int_equal(save_group(f->l, number), 0);
		assert_int_equal(fault.syncs, number);
	}
	assert_int_equal(ledger_begin(f->l), 0); /* nothing in it, nothing to sync */
	assert_int_equal(ledger_commit(f->l), 0);
	uint64_t generation;
	assert_int_equal(ledger_save_fleet(f->l, "one", 1, &generation), 0);
	assert_int_equal(fault.syncs, 21); /* a write by itself is as durable */
	assert_int_equal(ledger_save_fleet(f->l, "one", 1, &generation), 0);
	assert_int_equal(fault.syncs, 21);
	fixture_close(f);
	fault_remove();
}

/* Writes groups with the @n-th operation failing; acknowledged and attempted counts. */
static int write_with_fault(struct fixture *f, int *ret_error)
{
	int acknowledged = 0;
	*ret_error = 0;
	for (int number = 0; number < 4 && *ret_error == 0; number++) {
		*ret_error = save_group(f->l, number);
		acknowledged += *ret_error == 0;
	}
	return acknowledged;
}

static void assert_nothing_is_tried(struct ledger *l, int error)
{
	int operations = fault.operations;
	assert_false(ledger_is_writable(l));
	assert_int_equal(ledger_begin(l), error);
	assert_int_equal(ledger_meta_set(l, "x", "y"), error);
	assert_int_equal(ledger_save_paused(l, "", false, "me"), error);
	assert_int_equal(fault.operations, operations);
}

static void a_full_disk_at_any_write_changes_nothing_and_is_left_by_a_probe(void **state)
{
	struct fixture *f = *state;
	bool struck = true;
	fault_install();
	for (int n = 1; struck; n++) {
		assert_int_equal(fixture_open(f), LEDGER_OK);
		fault = (struct fault){.calls = CALL_DISK,
				       .fail_at = n,
				       .fail_with = SQLITE_FULL,
				       .from_then_on = true};
		int error, acknowledged = write_with_fault(f, &error);
		struck = fault.struck;
		if (error) {
			assert_int_equal(error, -ENOSPC);
			assert_nothing_is_tried(f->l, -ENOSPC);
			assert_int_equal(ledger_probe(f->l), -ENOSPC);
			assert_int_equal(whole_groups(f->l), acknowledged);
		}
		fault = (struct fault){0};
		assert_int_equal(ledger_probe(f->l), 0);
		assert_true(ledger_is_writable(f->l));
		assert_int_equal(save_group(f->l, 99), 0);
		fixture_reopen(f);
		assert_int_equal(whole_groups(f->l), acknowledged + 1);
		fixture_close(f);
		assert_int_equal(unlink(f->path), 0);
	}
	fault_remove();
}

/* @after_effect: the bytes are there although the call said no, so that the commit may
 * have happened; the caller must look. */
static void fail_and_reopen(struct fixture *f, bool after_effect, bool syncs_only)
{
	bool struck = true;
	for (int n = 1; struck; n++) {
		assert_int_equal(fixture_open(f), LEDGER_OK);
		fault = (struct fault){.fail_at = n,
				       .fail_with =
					       syncs_only ? SQLITE_IOERR_FSYNC : SQLITE_IOERR_WRITE,
				       .calls = syncs_only ? CALL_SYNC : CALL_DISK,
				       .after_effect = after_effect};
		int error, acknowledged = write_with_fault(f, &error);
		struck = fault.struck;
		fault = (struct fault){0};
		if (error) {
			char *text = NULL;
			assert_int_equal(error, -EIO);
			assert_nothing_is_tried(f->l, -EIO);
			assert_int_equal(ledger_probe(f->l), -EIO);
			assert_int_equal(ledger_reopen(f->l, &text), LEDGER_OK);
			assert_true(ledger_is_writable(f->l));
		}
		int found = whole_groups(f->l);
		assert_true(found == acknowledged || (error && found == acknowledged + 1));
		assert_int_equal(save_group(f->l, 99), 0);
		fixture_reopen(f);
		assert_int_equal(whole_groups(f->l), found + 1);
		fixture_close(f);
		assert_int_equal(unlink(f->path), 0);
	}
}

static void a_failing_write_needs_reopening_and_loses_nothing_acknowledged(void **state)
{
	fault_install();
	fail_and_reopen(*state, false, false);
	fail_and_reopen(*state, true, false);
	fault_remove();
}

static void a_failing_sync_needs_reopening_and_loses_nothing_acknowledged(void **state)
{
	fault_install();
	fail_and_reopen(*state, false, true);
	fault_remove();
}

static void reopening_a_sick_disk_fails_until_it_is_well(void **state)
{
	struct fixture *f = *state;
	char *text = NULL;
	fault_install();
	assert_int_equal(fixture_open(f), LEDGER_OK);
	assert_int_equal(save_group(f->l, 0), 0);
	fault = (struct fault){.calls = CALL_DISK,
			       .fail_at = 1,
			       .fail_with = SQLITE_IOERR_WRITE,
			       .from_then_on = true};
	assert_int_equal(save_group(f->l, 1), -EIO);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ledger_reopen(f->l, &text), -EIO);
		assert_non_null(strstr(text, "ledger.db: "));
		free(text);
		assert_false(ledger_is_writable(f->l));
		assert_int_equal(save_group(f->l, 1), -EIO);
	}
	assert_int_equal(whole_groups(f->l), 1); /* it can still be read */
	fault = (struct fault){0};
	assert_int_equal(ledger_reopen(f->l, &text), LEDGER_OK);
	assert_int_equal(save_group(f->l, 1), 0);
	assert_int_equal(whole_groups(f->l), 2);
	fixture_close(f);
	fault_remove();
}

static int add_bought(void *data, const char *group, int64_t intent, int64_t count, uint64_t wall_ms)
{
	int64_t *bought = data;
	(void)group, (void)intent, (void)wall_ms;
	*bought += count;
	return 0;
}

/* As the driver works: what failed stays in memory and is saved again as it was. */
static void rows_of_a_failed_commit_may_simply_be_saved_again(void **state)
{
	static const int failures[] = {SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC};
	struct fixture *f = *state;
	fault_install();
	assert_int_equal(fixture_open(f), LEDGER_OK);
	for (int number = 0; number < 12; number++) {
		int with = failures[number % (int)ARRAY_SIZE(failures)];
		char token[32], *text = NULL;
		(void)snprintf(token, sizeof(token), "token-%d", number);
		auto_intent struct intent *i = intent_made("phones", token);
		fault = (struct fault){.fail_at = 1 + number / 3,
				       .fail_with = with,
				       .calls = with == SQLITE_IOERR_FSYNC ? CALL_SYNC : CALL_DISK,
				       .after_effect = with == SQLITE_IOERR_WRITE};
		for (int try = 0; try < 2; try++) {
			int r = ledger_begin(f->l);
			if (r == 0 && (r = ledger_save_intent(f->l, i)) == 0)
				(void)ledger_note_change(f->l, "phones", i->id, 3, START_MS);
			if (ledger_commit(f->l) == 0)
				break;
			fault.fail_at = 0;
			assert_int_equal(ledger_recover(f->l, &text), 0);
		}
		assert_int_equal(n_intents(f->l), number + 1);
		int64_t bought = 0;
		assert_int_equal(ledger_each_change(f->l, add_bought, &bought), 0);
		assert_int_equal(bought, 3 * (number + 1));
	}
	fixture_close(f);
	fault_remove();
}

static void reopening_keeps_the_lock_and_gives_no_id_twice(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_open(f), LEDGER_OK);
	auto_intent struct intent *a = intent_made("phones", "a");
	auto_intent struct intent *b = intent_made("phones", "b");
	assert_int_equal(ledger_begin(f->l), 0);
	assert_int_equal(ledger_save_intent(f->l, a), 0);
	char *text = NULL;
	assert_int_equal(ledger_reopen(f->l, &text), LEDGER_OK); /* ends the transaction */
	assert_int_equal(n_intents(f->l), 0);
	assert_int_equal(ledger_save_intent(f->l, b), 0);
	assert_true(b->id > a->id);
	struct ledger *second = NULL;
	assert_int_equal(ledger_open(f->dir, &f->env, &second, &text), LEDGER_E_BUSY);
	free(text);
}

/* 0 when acknowledged groups are whole after the disk got full and was freed again. */
static int fill_disk(struct fixture *f, bool (*make_room)(struct fixture *f))
{
	int groups = 0, error = 0;
	char *text = NULL;
	while (error == 0 && groups < 100000)
		if ((error = save_group(f->l, groups)) == 0)
			groups++;
	if (error == 0 || ledger_is_writable(f->l) || whole_groups(f->l) != groups)
		return 3;
	if (!make_room(f) || (ledger_probe(f->l) != 0 && ledger_reopen(f->l, &text) != LEDGER_OK))
		return 4;
	if (save_group(f->l, groups) != 0 || whole_groups(f->l) != groups + 1)
		return 5;
	f->l = ledger_close(f->l);
	if (fixture_open(f) != LEDGER_OK || whole_groups(f->l) != groups + 1)
		return 6;
	return 0;
}

static bool lift_limit(struct fixture *f)
{
	(void)f;
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	return setrlimit(RLIMIT_FSIZE, &all) == 0;
}

static int fill_up_to_limit(struct fixture *f)
{
	(void)signal(SIGXFSZ, SIG_IGN); /* as droverd does */
	struct rlimit limit = {512 * 1024, RLIM_INFINITY};
	if (fixture_open(f) != LEDGER_OK || setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return 2;
	return fill_disk(f, lift_limit);
}

static void a_file_size_limit_is_survived(void **state)
{
	assert_int_equal(in_child(*state, fill_up_to_limit), 0);
}

static bool enlarge_disk(struct fixture *f)
{
	return mount(NULL, f->dir, NULL, MS_REMOUNT, "size=8m") == 0;
}

static int fill_small_disk(struct fixture *f)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mkdir(f->dir, 0700) < 0 || mount("tmpfs", f->dir, "tmpfs", 0, "size=512k") < 0)
		return 77;
	return fixture_open(f) == LEDGER_OK ? fill_disk(f, enlarge_disk) : 2;
}

static void a_full_disk_is_survived(void **state)
{
	int status = in_child(*state, fill_small_disk);
	if (status == 77)
		skip(); /* no right to mount */
	assert_int_equal(status, 0);
}

static int open_on_full_disk(struct fixture *f)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mkdir(f->dir, 0700) < 0 || mount("tmpfs", f->dir, "tmpfs", 0, "size=40k") < 0)
		return 77;
	if (fixture_open(f) != -ENOSPC || !strstr(f->text, "no space left"))
		return 1;
	if (access(f->path, F_OK) == 0 || !enlarge_disk(f))
		return 2;
	return fixture_open(f) == LEDGER_OK ? 0 : 3;
}

static void a_ledger_is_not_half_made_on_a_full_disk(void **state)
{
	int status = in_child(*state, open_on_full_disk);
	if (status == 77)
		skip(); /* no right to mount */
	assert_int_equal(status, 0);
}

int main(int argc, char **argv)
{
	seed_init(argc, argv);
	const struct CMUnitTest tests[] = {
		TEST_NEW(a_killed_writer_leaves_whole_groups_and_all_acknowledged),
		TEST_NEW(the_commit_is_the_border),
		TEST_NEW(a_commit_costs_one_sync),
		TEST_NEW(a_full_disk_at_any_write_changes_nothing_and_is_left_by_a_probe),
		TEST_NEW(a_failing_write_needs_reopening_and_loses_nothing_acknowledged),
		TEST_NEW(a_failing_sync_needs_reopening_and_loses_nothing_acknowledged),
		TEST_NEW(reopening_a_sick_disk_fails_until_it_is_well),
		TEST_NEW(rows_of_a_failed_commit_may_simply_be_saved_again),
		TEST_NEW(reopening_keeps_the_lock_and_gives_no_id_twice),
		TEST_NEW(a_file_size_limit_is_survived),
		TEST_NEW(a_full_disk_is_survived),
		TEST_NEW(a_ledger_is_not_half_made_on_a_full_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
