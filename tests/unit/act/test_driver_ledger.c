/* The driver while the ledger's file is damaged under it. */
#include "ledgered.h"

#include "act/driver.h"

struct bench {
	struct ledgered l;
	uv_loop_t loop;
	struct settings settings;
	struct prospect_book *prospects;
	struct driver *driver;
};

static void open_driver(struct bench *b)
{
	const struct driver_options options = {.env = &b->l.env, .loop = &b->loop, .ledger = b->l.ledger,
					       .books = b->l.books, .prospects = b->prospects,
					       .settings = &b->settings};
	assert_int_equal(0, driver_new(&options, &b->driver));
}

static void nothing(void *data)
{
	(void)data;
}

static void close_driver(struct bench *b)
{
	driver_close(b->driver, nothing, b);
	(void)uv_run(&b->loop, UV_RUN_DEFAULT);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	ledgered_begin(&b->l);
	assert_int_equal(0, uv_loop_init(&b->loop));
	settings_init(&b->settings);
	b->prospects = prospect_book_new(&b->settings, &b->l.env);
	ledgered_intents(&b->l, 1);
	ledgered_restart(&b->l); /* the row is in the file itself, not in its WAL */
	open_driver(b);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	close_driver(b);
	assert_int_equal(0, uv_loop_close(&b->loop));
	(void)prospect_book_free(b->prospects);
	settings_fini(&b->settings);
	ledgered_end(&b->l);
	free(b);
	return 0;
}

/* Of the intent's key and token, wherever the file has them, the last digit. */
static void change_on_disk(const struct bench *b, char digit)
{
	static const char text[] = "keykeykeykeykeykeykey0000";
	char path[64];
	(void)snprintf(path, sizeof(path), "%s/ledger.db", b->l.dir);
	FILE *file = fopen(path, "r+b");
	assert_non_null(file);
	auto_free char *bytes = malloc(1 << 20);
	size_t n = fread(bytes, 1, 1 << 20, file), changed = 0;
	for (size_t at = 0; at + sizeof(text) <= n; at++)
		if (memcmp(bytes + at, text, sizeof(text) - 1) == 0) {
			assert_int_equal(0, fseek(file, (long)(at + sizeof(text) - 1), SEEK_SET));
			assert_int_equal(digit, fputc(digit, file));
			changed++;
		}
	assert_true(changed > 0);
	assert_int_equal(0, fclose(file));
}

static void a_whole_ledger_is_not_worth_a_word(void **state)
{
	struct bench *b = *state;
	driver_check_ledger(b->driver);
	assert_true(driver_is_writable(b->driver));
	ledgered_heard(&b->l, "");
}

static void nothing_is_written_while_it_is_damaged_and_that_is_told_once(void **state)
{
	struct bench *b = *state;
	const struct resource seen = {.id = (char *)"acp-1", .cloud_group = (char *)"ag-1",
				      .group = (char *)"phones", .state = RESOURCE_SEEN};
	change_on_disk(b, '2');
	driver_check_ledger(b->driver);
	assert_false(driver_is_writable(b->driver));
	ledgered_heard(&b->l, "ledger_corrupt;ledger_not_writable;");
	driver_check_ledger(b->driver);
	assert_int_equal(0, books_put_resource(b->l.books, &seen));
	assert_true(driver_flush(b->driver) < 0);
	ledgered_heard(&b->l, "");
	change_on_disk(b, '1'); /* as it was */
	while (!driver_is_writable(b->driver))
		(void)uv_run(&b->loop, UV_RUN_ONCE);
	ledgered_heard(&b->l, "ledger_writable;");
	close_driver(b);
	ledgered_restart(&b->l);
	assert_non_null(books_resource(b->l.books, "acp-1"));
	open_driver(b);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_whole_ledger_is_not_worth_a_word),
		CASE(nothing_is_written_while_it_is_damaged_and_that_is_told_once),
	};
	return cmocka_run_group_tests_name("driver_ledger", tests, NULL, NULL);
}
