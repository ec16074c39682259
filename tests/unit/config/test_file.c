#include "unit/config/files.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "config/config.h"

static char folder[] = "/tmp/drover-test-file-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[256];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void write_file(const char *path, const char *text, size_t len)
{
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void assert_read(const char *path, const char *expected)
{
	auto_diags struct diags d;
	auto_free char *text = NULL;
	size_t len = 99;
	diags_init(&d, "fleet.yaml");
	assert_int_equal(config_read_file(path, &d, &text, &len), CONFIG_OK);
	assert_string_equal(text, expected);
	assert_int_equal(len, strlen(expected));
	assert_int_equal(d.n, 0);
}

static void assert_refused(const char *path, const char *expected)
{
	auto_diags struct diags d;
	auto_strbuf struct strbuf out = STRBUF_INIT(4096);
	char *text = NULL;
	size_t len = 99;
	diags_init(&d, "fleet.yaml");
	assert_int_equal(config_read_file(path, &d, &text, &len), CONFIG_E_REFUSED);
	assert_null(text);
	assert_int_equal(len, 99);
	diags_print(&d, &out);
	assert_string_equal(strbuf_text(&out), expected);
}

/* Of the process, not of the file: there may be descriptors again in a moment. */
static void a_want_of_descriptors_is_not_held_against_the_file(void **state)
{
	(void)state;
	struct rlimit old;
	auto_diags struct diags d;
	char *text = NULL;
	size_t len = 0;
	write_file(path_of("later"), "version: 1\n", 11);
	diags_init(&d, "fleet.yaml");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, old.rlim_max}), 0);
	int r = config_read_file(path_of("later"), &d, &text, &len);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(r, -EMFILE);
	assert_int_equal(d.n, 0);
	assert_null(text);
	assert_read(path_of("later"), "version: 1\n");
}

static void a_plain_file_is_read_whole(void **state)
{
	(void)state;
	write_file(path_of("plain"), "version: 1\n", 11);
	assert_read(path_of("plain"), "version: 1\n");
	write_file(path_of("empty"), "", 0);
	assert_read(path_of("empty"), "");
}

static void a_link_to_a_file_is_followed(void **state)
{
	(void)state;
	write_file(path_of("plain"), "a\n", 2);
	assert_int_equal(symlink("plain", path_of("link")), 0);
	assert_read(path_of("link"), "a\n");
	assert_int_equal(symlink("nowhere", path_of("dangling")), 0);
	assert_refused(path_of("dangling"),
		       "fleet.yaml: cannot be opened: No such file or directory\n");
}

static void a_missing_file_is_said_to_be_missing(void **state)
{
	(void)state;
	assert_refused(path_of("missing"),
		       "fleet.yaml: cannot be opened: No such file or directory\n");
}

static void what_is_not_a_regular_file_is_refused_without_waiting(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(path_of("fifo"), 0600), 0);
	assert_refused(path_of("fifo"), "fleet.yaml: is not a regular file\n");
	assert_refused(folder, "fleet.yaml: is not a regular file\n");
	assert_refused("/dev/null", "fleet.yaml: is not a regular file\n");
}

static void a_file_that_everybody_may_write_is_refused(void **state)
{
	(void)state;
	write_file(path_of("open"), "a\n", 2);
	assert_int_equal(chmod(path_of("open"), 0666), 0);
	assert_refused(path_of("open"),
		       "fleet.yaml: is writable by everybody (mode 666): anyone could "
		       "order with it\n");
	assert_int_equal(chmod(path_of("open"), 0664), 0);
	assert_read(path_of("open"), "a\n");
}

static void an_unreadable_file_is_refused(void **state)
{
	(void)state;
	bool is_root = geteuid() == 0;
	write_file(path_of("secret"), "a\n", 2);
	assert_int_equal(chmod(path_of("secret"), 0), 0);
	if (is_root) /* who reads everything: be somebody else meanwhile */
		assert_int_equal(seteuid(65534), 0);
	assert_refused(path_of("secret"), "fleet.yaml: cannot be opened: Permission denied\n");
	if (is_root)
		assert_int_equal(seteuid(0), 0);
}

static void a_file_over_the_cap_is_refused_before_it_is_read(void **state)
{
	(void)state;
	auto_free char *text = calloc(1, LIMIT_CONFIG_BYTES + 2);
	assert_non_null(text);
	memset(text, '#', LIMIT_CONFIG_BYTES + 1);
	write_file(path_of("large"), text, LIMIT_CONFIG_BYTES + 1);
	assert_refused(path_of("large"), "fleet.yaml: has 1048577 bytes, more than 1048576\n");
	text[LIMIT_CONFIG_BYTES] = '\0';
	write_file(path_of("largest"), text, LIMIT_CONFIG_BYTES);
	assert_read(path_of("largest"), text);
}

#define REPLACED_SIZE 50000

/* Puts files of all 'a' and of all 'b' in each other's place until it is killed. */
static _Noreturn void keep_replacing(const char *target)
{
	static char text[REPLACED_SIZE];
	char scratch[300];
	(void)snprintf(scratch, sizeof(scratch), "%s.new", target);
	for (unsigned i = 0;; i++) {
		memset(text, i % 2 ? 'a' : 'b', sizeof(text));
		FILE *f = fopen(scratch, "we");
		if (!f || fwrite(text, 1, sizeof(text), f) != sizeof(text) || fclose(f) != 0 ||
		    rename(scratch, target) != 0)
			_exit(1);
	}
}

static void a_file_replaced_while_it_is_read_is_never_mixed(void **state)
{
	(void)state;
	char target[256];
	char text[REPLACED_SIZE];
	(void)snprintf(target, sizeof(target), "%s", path_of("replaced"));
	memset(text, 'a', sizeof(text));
	write_file(target, text, sizeof(text));
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		keep_replacing(target);
	for (int i = 0; i < 500; i++) {
		auto_diags struct diags d;
		auto_free char *got = NULL;
		size_t len = 0;
		diags_init(&d, "f");
		if (config_read_file(target, &d, &got, &len) != CONFIG_OK)
			continue;
		assert_int_equal(len, REPLACED_SIZE);
		assert_int_equal(strspn(got, (char[]){got[0], '\0'}), REPLACED_SIZE);
	}
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	static const char *const names[] = {"plain",   "empty",    "link",        "dangling", "later",
					    "fifo",    "open",     "secret",      "large",
					    "largest", "replaced", "replaced.new"};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)unlink(path_of(names[i]));
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_file_is_read_whole),
		cmocka_unit_test(a_want_of_descriptors_is_not_held_against_the_file),
		cmocka_unit_test(a_link_to_a_file_is_followed),
		cmocka_unit_test(a_missing_file_is_said_to_be_missing),
		cmocka_unit_test(what_is_not_a_regular_file_is_refused_without_waiting),
		cmocka_unit_test(a_file_that_everybody_may_write_is_refused),
		cmocka_unit_test(an_unreadable_file_is_refused),
		cmocka_unit_test(a_file_over_the_cap_is_refused_before_it_is_read),
		cmocka_unit_test(a_file_replaced_while_it_is_read_is_never_mixed),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
