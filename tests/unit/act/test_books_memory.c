/* The books without memory: a change is made or refused, and what is kept can still be saved. */
#include "ledgered.h"

#include "lib/failing_alloc.h"

static int put_order(struct books *b)
{
	const struct order order = {.id = (char *)"201", .group = (char *)"phones", .intent = 1,
				    .count = 2, .status = ORDER_UNPAID, .created_wall_ms = START};
	return books_put_order(b, &order);
}

static int put_resource(struct books *b)
{
	const struct resource row = {.id = (char *)"acp-1", .cloud_group = (char *)"ag-1",
				     .group = (char *)"phones", .state = RESOURCE_SEEN,
				     .first_wall_ms = START};
	return books_put_resource(b, &row);
}

static int put_approval(struct books *b)
{
	return books_put_approval(b, &(struct approval){.hash = "hash", .given_wall_ms = START});
}

static int pause(struct books *b)
{
	return books_set_paused(b, "phones", true, "alice");
}

static int unpause(struct books *b)
{
	return books_set_paused(b, "phones", false, "bob");
}

static int put_known(struct books *b)
{
	const struct known_group group = {.name = (char *)"phones", .region = (char *)"cn-shanghai",
					  .kind = KIND_CLOUD_PHONE};
	return books_put_known_group(b, &group);
}

static int protect_known(struct books *b)
{
	const struct known_group group = {.name = (char *)"phones", .region = (char *)"cn-shanghai",
					  .kind = KIND_CLOUD_PHONE, .protect = true};
	return books_put_known_group(b, &group);
}

static int note_change(struct books *b)
{
	return books_note_change(b, "phones", 1, -2, START);
}

static int note_event(struct books *b)
{
	return books_note_event(b, START, "phones", "event", "detail");
}

static int (*const changes[])(struct books *b) = {put_order, put_resource, put_approval, pause,
						  put_known, note_change, note_event};

static int put_all(struct books *b)
{
	int r = 0;
	for (size_t k = 0; k < ARRAY_SIZE(changes) && r == 0; k++)
		r = changes[k](b);
	return r;
}

/* What the books hold, for comparing. */
static void describe(const struct ledgered *l, struct strbuf *out)
{
	struct in_flight view;
	assert_int_equal(0, books_view(l->books, l->now, &view));
	strbuf_addf(out, "orders %zu resources %zu approvals %zu paused %zu kinds %zu deleted %zu",
		    view.n_orders, view.n_resources, view.n_approvals, view.n_paused, view.n_kinds,
		    view.n_deleted_last_hour);
	const struct known_group *known = books_known_group(l->books, "phones");
	strbuf_addf(out, " protect %d", known && known->protect);
}

static void expect_same(const struct ledgered *l, const struct strbuf *before)
{
	auto_strbuf struct strbuf now = STRBUF_INIT(1000);
	describe(l, &now);
	assert_string_equal(strbuf_text(before), strbuf_text(&now));
}

/* The @n-th allocation of @change fails. Refused: all is as it was. Either way it can be saved. */
static void try_change(int (*change)(struct books *b), bool upon_all, uint64_t n)
{
	struct ledgered l = {0};
	auto_strbuf struct strbuf before = STRBUF_INIT(1000), after = STRBUF_INIT(1000);
	ledgered_begin(&l);
	ledgered_intents(&l, 1);
	if (upon_all) {
		assert_int_equal(0, put_all(l.books));
		ledgered_save(&l);
	}
	describe(&l, &before);
	failing_alloc_once(n);
	int r = change(l.books);
	assert_int_equal(r, failing_alloc_stop() ? -ENOMEM : 0);
	if (r < 0)
		expect_same(&l, &before);
	ledgered_save(&l);
	describe(&l, &after);
	ledgered_restart(&l);
	expect_same(&l, &after);
	ledgered_end(&l);
}

static void a_change_is_made_or_refused(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(changes); k++)
		each_failing_alloc(n) try_change(changes[k], false, n);
}

static void a_row_that_is_there_is_replaced_or_stays(void **state)
{
	static int (*const again[])(struct books *b) = {put_order, put_resource, put_approval, pause,
							unpause, protect_known, note_event};
	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(again); k++)
		each_failing_alloc(n) try_change(again[k], true, n);
}

static void there_is_a_whole_view_or_none(void **state)
{
	struct ledgered l = {0};
	(void)state;
	ledgered_begin(&l);
	ledgered_intents(&l, 1);
	assert_int_equal(0, put_all(l.books));
	ledgered_save(&l);
	each_failing_alloc(n) {
		struct in_flight view = {0};
		ledgered_restart(&l); /* the view's memory is new */
		failing_alloc_once(n);
		int r = books_view(l.books, l.now, &view);
		assert_int_equal(r, failing_alloc_stop() ? -ENOMEM : 0);
		assert_int_equal(view.n_orders, r == 0);
		assert_int_equal(view.n_deleted_last_hour, r == 0);
	}
	ledgered_end(&l);
}

static void all_is_read_or_nothing(void **state)
{
	struct ledgered l = {0};
	(void)state;
	ledgered_begin(&l);
	ledgered_intents(&l, 1);
	assert_int_equal(0, put_all(l.books));
	ledgered_save(&l);
	each_failing_alloc(n) {
		struct books *b = NULL;
		failing_alloc_once(n);
		int r = books_load(l.ledger, &b);
		bool failed = failing_alloc_stop();
		assert_int_equal(r, failed ? -ENOMEM : 0);
		assert_int_equal(b == NULL, failed);
		(void)books_free(b);
	}
	ledgered_end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_is_made_or_refused),
		cmocka_unit_test(a_row_that_is_there_is_replaced_or_stays),
		cmocka_unit_test(there_is_a_whole_view_or_none),
		cmocka_unit_test(all_is_read_or_nothing),
	};
	return cmocka_run_group_tests_name("books_memory", tests, NULL, NULL);
}
