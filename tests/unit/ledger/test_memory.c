/* Memory that SQLite asks for and does not get: a want of the process, never damage of the file. */
#include "unit/ledger/fixture.h"

#include <sqlite3.h>

static sqlite3_mem_methods below;
static uint64_t asked, fails_at; /* 0: none */

static bool no_memory(void)
{
	return ++asked == fails_at;
}

static void *poor_malloc(int size)
{
	return no_memory() ? NULL : below.xMalloc(size);
}

static void *poor_realloc(void *p, int size)
{
	return no_memory() ? NULL : below.xRealloc(p, size);
}

static void install(void)
{
	assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &below), SQLITE_OK);
	sqlite3_mem_methods poor = below;
	poor.xMalloc = poor_malloc;
	poor.xRealloc = poor_realloc;
	assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &poor), SQLITE_OK);
}

/* Opens with the @n-th of its allocations failing; false when there are not so many. */
static bool open_poorly(struct fixture *f, uint64_t n)
{
	asked = 0;
	fails_at = n;
	int r = fixture_open(f);
	fails_at = 0;
	if (r != LEDGER_OK && r != -ENOMEM)
		fail_msg("allocation %llu: %d, %s", (unsigned long long)n, r, f->text ? f->text : "");
	return asked >= n;
}

static void no_ledger_is_called_damaged_for_want_of_memory(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(fixture_open(f), LEDGER_OK);
	assert_int_equal(ledger_meta_set(f->l, "fleet", "x"), 0);
	fixture_close(f);
	uint64_t n = 1;
	while (open_poorly(f, n++))
		fixture_close(f);
	assert_true(n > 100);
	fixture_reopen(f);
}

int main(int argc, char **argv)
{
	seed_init(argc, argv);
	install();
	const struct CMUnitTest tests[] = {
		TEST_NEW(no_ledger_is_called_damaged_for_want_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
