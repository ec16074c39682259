/* The books over a real ledger: marks, views, the rolling hour. */
#include "ledgered.h"

static int setup(void **state)
{
	struct ledgered *l = calloc(1, sizeof(*l));
	ledgered_begin(l);
	ledgered_intents(l, 3);
	*state = l;
	return 0;
}

static int teardown(void **state)
{
	ledgered_end(*state);
	free(*state);
	return 0;
}

static void put_order(struct ledgered *l, const char *id, enum order_status status, bool landed)
{
	const struct order order = {.id = (char *)id, .group = (char *)"phones", .intent = 1,
				    .count = 2, .status = status, .created_wall_ms = START,
				    .settled_wall_ms = status == ORDER_CANCELLED ? l->now : 0,
				    .landed = landed};
	assert_int_equal(0, books_put_order(l->books, &order));
}

static void put_resource(struct ledgered *l, const char *id, const char *cloud_group,
			 enum resource_state state)
{
	const struct resource row = {.id = (char *)id, .cloud_group = (char *)cloud_group,
				     .group = (char *)"phones", .state = state,
				     .first_wall_ms = START};
	assert_int_equal(0, books_put_resource(l->books, &row));
}

static void put_approval(struct ledgered *l, const char *hash)
{
	struct approval approval = {.who = (char *)"alice", .given_wall_ms = l->now};
	(void)snprintf(approval.hash, sizeof(approval.hash), "%s", hash);
	assert_int_equal(0, books_put_approval(l->books, &approval));
}

static void put_known(struct ledgered *l, const char *name, const char *region, bool protect)
{
	const struct known_group group = {.name = (char *)name, .region = (char *)region,
					  .kind = KIND_CLOUD_PHONE, .protect = protect};
	assert_int_equal(0, books_put_known_group(l->books, &group));
}

/* One row of everything. */
static void put_all(struct ledgered *l)
{
	put_order(l, "201", ORDER_UNPAID, false);
	put_resource(l, "acp-1", "ag-1", RESOURCE_SEEN);
	put_approval(l, "hash1");
	put_known(l, "phones", "cn-shanghai", true);
	assert_int_equal(0, books_set_paused(l->books, "phones", true, "bob"));
	assert_int_equal(0, books_note_change(l->books, "phones", 1, 2, l->now));
	assert_int_equal(0, books_note_event(l->books, l->now, "phones", "grown", "by 2"));
}

static int count_event(void *data, const struct ledger_event *e)
{
	(void)e;
	++*(int *)data;
	return 0;
}

static int events_in_ledger(struct ledgered *l)
{
	int n = 0;
	assert_int_equal(0, ledger_each_event(l->ledger, NULL, 100, count_event, &n));
	return n;
}

static void expect_all(struct ledgered *l)
{
	struct in_flight view = ledgered_view(l);
	assert_int_equal(ORDER_UNPAID, books_order(l->books, "201")->status);
	assert_string_equal("ag-1", books_resource(l->books, "acp-1")->cloud_group);
	assert_true(books_known_group(l->books, "phones")->protect);
	assert_int_equal(1, view.n_orders);
	assert_int_equal(1, view.n_resources);
	assert_int_equal(1, view.n_approvals);
	assert_int_equal(1, view.n_paused);
	assert_int_equal(1, view.n_kinds);
	assert_string_equal("phones", view.kinds[0].group);
	assert_int_equal(2, view.bought_last_hour);
	assert_int_equal(1, events_in_ledger(l));
}

/* ---- marks ---- */

static void what_is_saved_is_there_in_the_next_life(void **state)
{
	struct ledgered *l = *state;
	assert_false(books_has_marks(l->books));
	put_all(l);
	assert_true(books_has_marks(l->books));
	ledgered_save(l);
	assert_false(books_has_marks(l->books));
	expect_all(l);
	ledgered_restart(l);
	assert_false(books_has_marks(l->books));
	expect_all(l);
}

static void marks_survive_a_failed_save(void **state)
{
	struct ledgered *l = *state;
	put_all(l);
	ledgered_fail_to_save(l);
	assert_true(books_has_marks(l->books));
	ledgered_fail_to_save(l);
	ledgered_save(l);
	ledgered_restart(l);
	expect_all(l);
}

static void each_kind_of_row_is_marked_by_itself(void **state)
{
	struct ledgered *l = *state;
	for (int k = 0; k < 7; k++) {
		if (k == 0)
			put_order(l, "201", ORDER_UNPAID, false);
		else if (k == 1)
			put_resource(l, "acp-1", "ag-1", RESOURCE_SEEN);
		else if (k == 2)
			put_approval(l, "hash1");
		else if (k == 3)
			put_known(l, "phones", "cn-shanghai", false);
		else if (k == 4)
			assert_int_equal(0, books_set_paused(l->books, "phones", true, ""));
		else if (k == 5)
			assert_int_equal(0, books_note_change(l->books, "phones", 1, 2, l->now));
		else
			assert_int_equal(0, books_note_event(l->books, l->now, "phones", "e", ""));
		assert_true(books_has_marks(l->books));
		ledgered_save(l);
		assert_false(books_has_marks(l->books));
	}
}

static void a_known_group_that_did_not_change_is_not_written_again(void **state)
{
	struct ledgered *l = *state;
	put_known(l, "phones", "cn-shanghai", true);
	ledgered_save(l);
	put_known(l, "phones", "cn-shanghai", true);
	assert_false(books_has_marks(l->books));
	put_known(l, "phones", "cn-hangzhou", true);
	assert_true(books_has_marks(l->books));
	assert_string_equal("cn-hangzhou", books_known_group(l->books, "phones")->region);
}

static void events_that_cannot_be_written_do_not_grow_without_end(void **state)
{
	struct ledgered *l = *state;
	for (int k = 0; k < 100000; k++)
		(void)books_note_event(l->books, l->now, "phones", "grown", "by 1");
	ledgered_save(l);
	int n = 0;
	assert_int_equal(0, ledger_each_event(l->ledger, NULL, 100000, count_event, &n));
	assert_true(n >= 1000 && n < 10000);
	assert_int_equal(0, books_note_event(l->books, l->now, "phones", "grown", "by 1"));
}

/* ---- rows ---- */

static void a_row_is_replaced_by_the_next_with_its_id(void **state)
{
	struct ledgered *l = *state;
	put_order(l, "201", ORDER_UNPAID, false);
	struct order order = *books_order(l->books, "201");
	order.status = ORDER_PAID; /* its texts are the books' own */
	assert_int_equal(0, books_put_order(l->books, &order));
	assert_int_equal(ORDER_PAID, books_order(l->books, "201")->status);
	assert_string_equal("phones", books_order(l->books, "201")->group);
	struct resource row = {.id = (char *)"acp-1", .cloud_group = (char *)"ag-1",
			       .group = (char *)"phones"};
	assert_int_equal(0, books_put_resource(l->books, &row));
	row = *books_resource(l->books, "acp-1");
	row.state = RESOURCE_GONE;
	assert_int_equal(0, books_put_resource(l->books, &row));
	assert_int_equal(RESOURCE_GONE, books_resource(l->books, "acp-1")->state);
	assert_string_equal("ag-1", books_resource(l->books, "acp-1")->cloud_group);
	assert_null(books_order(l->books, "202"));
	assert_null(books_resource(l->books, "acp-2"));
	assert_null(books_known_group(l->books, "phones"));
}

static void a_cloud_group_and_its_instances_are_rows_of_their_own(void **state)
{
	struct ledgered *l = *state;
	put_resource(l, "", "ag-1", RESOURCE_SEEN);
	put_resource(l, "acp-1", "ag-1", RESOURCE_EXPECTED);
	assert_int_equal(RESOURCE_SEEN, books_resource(l->books, "ag-1")->state);
	assert_int_equal(RESOURCE_EXPECTED, books_resource(l->books, "acp-1")->state);
	ledgered_save(l);
	ledgered_restart(l);
	assert_int_equal(2, ledgered_view(l).n_resources);
}

struct walk {
	struct ledgered *l;
	int n, stop_at;
};

static int put_again(void *data, const struct order *o)
{
	struct walk *w = data;
	struct order order = *o;
	order.count++;
	assert_int_equal(0, books_put_order(w->l->books, &order));
	return ++w->n == w->stop_at ? 7 : 0;
}

static void a_walk_may_put_the_row_it_stands_on(void **state)
{
	struct ledgered *l = *state;
	char id[16];
	for (int k = 0; k < 100; k++) {
		(void)snprintf(id, sizeof(id), "%d", k);
		put_order(l, id, ORDER_UNPAID, false);
	}
	struct walk w = {.l = l};
	assert_int_equal(0, books_each_order(l->books, put_again, &w));
	assert_int_equal(100, w.n);
	assert_int_equal(3, books_order(l->books, "99")->count);
	w = (struct walk){.l = l, .stop_at = 5};
	assert_int_equal(7, books_each_order(l->books, put_again, &w));
	assert_int_equal(5, w.n);
}

/* ---- the view ---- */

static void orders_that_are_over_are_not_in_the_view(void **state)
{
	static const struct {
		enum order_status status;
		bool landed;
		size_t expected;
	} cases[] = {
		{ORDER_UNPAID, false, 1}, {ORDER_UNPAID, true, 1},  {ORDER_UNKNOWN, false, 1},
		{ORDER_UNKNOWN, true, 1}, {ORDER_PAID, false, 1},   {ORDER_PAID, true, 0},
		{ORDER_CANCELLED, false, 1},
	};
	struct ledgered *l = *state;
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		put_order(l, "201", cases[k].status, cases[k].landed);
		assert_int_equal(cases[k].expected, ledgered_view(l).n_orders);
	}
}

static void foreign_orders_are_not_in_the_view(void **state)
{
	struct ledgered *l = *state;
	struct order order = {.id = (char *)"201", .status = ORDER_UNPAID, .foreign = true};
	assert_int_equal(0, books_put_order(l->books, &order));
	assert_int_equal(0, ledgered_view(l).n_orders);
}

static void only_the_newest_cancelled_order_of_a_group_is_in_the_view(void **state)
{
	struct ledgered *l = *state;
	put_order(l, "201", ORDER_CANCELLED, false);
	l->now += MINUTE;
	put_order(l, "202", ORDER_CANCELLED, false);
	l->now += MINUTE;
	struct order other = {.id = (char *)"203", .group = (char *)"others",
			      .status = ORDER_CANCELLED, .settled_wall_ms = l->now};
	assert_int_equal(0, books_put_order(l->books, &other));
	struct in_flight view = ledgered_view(l);
	assert_int_equal(2, view.n_orders);
	for (size_t k = 0; k < view.n_orders; k++)
		assert_string_not_equal("201", view.orders[k].id);
}

static void a_foreign_cancelled_order_hides_none_of_ours(void **state)
{
	struct ledgered *l = *state;
	put_order(l, "201", ORDER_CANCELLED, false);
	struct order other = *books_order(l->books, "201");
	other.id = (char *)"202";
	other.settled_wall_ms += MINUTE;
	other.foreign = true;
	assert_int_equal(0, books_put_order(l->books, &other));
	assert_int_equal(1, ledgered_view(l).n_orders);
}

static void what_is_gone_is_not_in_the_view_what_is_foreign_is(void **state)
{
	struct ledgered *l = *state;
	put_resource(l, "acp-1", "ag-1", RESOURCE_EXPECTED);
	put_resource(l, "acp-2", "ag-1", RESOURCE_SEEN);
	put_resource(l, "acp-3", "ag-1", RESOURCE_MISSING);
	put_resource(l, "acp-4", "ag-1", RESOURCE_GONE);
	struct resource row = {.id = (char *)"", .cloud_group = (char *)"ag-9",
			       .group = (char *)"phones", .state = RESOURCE_SEEN, .foreign = true};
	assert_int_equal(0, books_put_resource(l->books, &row));
	assert_int_equal(4, ledgered_view(l).n_resources);
}

static void an_approval_counts_when_it_is_durable_and_for_a_day(void **state)
{
	struct ledgered *l = *state;
	put_approval(l, "hash1");
	assert_int_equal(0, ledgered_view(l).n_approvals);
	ledgered_save(l);
	assert_int_equal(1, ledgered_view(l).n_approvals);
	l->now += 24 * HOUR - 1;
	assert_int_equal(1, ledgered_view(l).n_approvals);
	assert_string_equal("alice", books_approval(l->books, "hash1", l->now)->who);
	assert_null(books_approval(l->books, "hash2", l->now));
	l->now += 1;
	assert_int_equal(0, ledgered_view(l).n_approvals);
	assert_null(books_approval(l->books, "hash1", l->now));
	l->now -= 24 * HOUR + MINUTE; /* a clock that is put back a little takes nothing away */
	assert_int_equal(1, ledgered_view(l).n_approvals);
}

static void an_approval_given_twice_is_one(void **state)
{
	struct ledgered *l = *state;
	put_approval(l, "hash1");
	put_approval(l, "hash1");
	ledgered_save(l);
	assert_int_equal(1, ledgered_view(l).n_approvals);
	ledgered_restart(l);
	assert_int_equal(1, ledgered_view(l).n_approvals);
}

static void a_used_approval_stays_used(void **state)
{
	struct ledgered *l = *state;
	put_approval(l, "hash1");
	put_approval(l, "hash2");
	ledgered_save(l);
	books_use_approval(l->books, "hash1");
	assert_int_equal(1, ledgered_view(l).n_approvals);
	assert_string_equal("hash2", ledgered_view(l).approvals[0].hash);
	ledgered_save(l);
	ledgered_restart(l);
	assert_int_equal(1, ledgered_view(l).n_approvals);
	books_use_approval(l->books, "hash9");
	assert_false(books_has_marks(l->books));
	put_approval(l, "hash1"); /* given anew */
	ledgered_save(l);
	assert_int_equal(2, ledgered_view(l).n_approvals);
}

static void a_pause_ends_when_it_is_lifted(void **state)
{
	struct ledgered *l = *state;
	assert_int_equal(0, books_set_paused(l->books, "", true, "alice"));
	assert_int_equal(0, books_set_paused(l->books, "phones", true, "alice"));
	assert_int_equal(2, ledgered_view(l).n_paused);
	assert_int_equal(0, books_set_paused(l->books, "", false, "bob"));
	ledgered_save(l);
	ledgered_restart(l);
	struct in_flight view = ledgered_view(l);
	assert_int_equal(1, view.n_paused);
	assert_string_equal("phones", view.paused[0].group);
}

static void the_view_names_the_ledger(void **state)
{
	struct ledgered *l = *state;
	struct in_flight view = ledgered_view(l);
	assert_string_equal(ledger_owner(l->ledger), view.owner);
	assert_int_equal(START, view.ledger_since_wall_ms);
}

/* ---- the rolling hour ---- */

static void note(struct ledgered *l, const char *group, int64_t intent, int64_t count)
{
	assert_int_equal(0, books_note_change(l->books, group, intent, count, l->now));
}

static int64_t deleted(struct ledgered *l, const char *group)
{
	struct in_flight view = ledgered_view(l);
	int64_t n = 0;
	for (size_t k = 0; k < view.n_deleted_last_hour; k++)
		if (strcmp(view.deleted_last_hour[k].group, group) == 0)
			n += view.deleted_last_hour[k].deleted;
	return n;
}

static void bought_instances_count_for_an_hour(void **state)
{
	struct ledgered *l = *state;
	note(l, "phones", 1, 10);
	l->now += 30 * MINUTE;
	note(l, "others", 2, 5);
	assert_int_equal(15, ledgered_view(l).bought_last_hour);
	l->now += 30 * MINUTE - 1;
	assert_int_equal(15, ledgered_view(l).bought_last_hour);
	l->now += 1;
	assert_int_equal(5, ledgered_view(l).bought_last_hour);
	l->now += 30 * MINUTE;
	assert_int_equal(0, ledgered_view(l).bought_last_hour);
}

static void deleted_instances_count_by_group_for_an_hour(void **state)
{
	struct ledgered *l = *state;
	note(l, "phones", 1, -3);
	note(l, "phones", 2, -4);
	note(l, "others", 3, -1);
	assert_int_equal(7, deleted(l, "phones"));
	assert_int_equal(1, deleted(l, "others"));
	assert_int_equal(0, ledgered_view(l).bought_last_hour);
	l->now += HOUR; /* over, whether or not it could be written */
	assert_int_equal(0, deleted(l, "phones"));
	ledgered_save(l);
	assert_int_equal(0, deleted(l, "phones"));
}

static void a_replay_counts_once(void **state)
{
	struct ledgered *l = *state;
	note(l, "phones", 1, 10);
	l->now += MINUTE;
	note(l, "phones", 1, 10);
	assert_int_equal(10, ledgered_view(l).bought_last_hour);
	ledgered_save(l);
	ledgered_restart(l);
	note(l, "phones", 1, 10);
	assert_int_equal(10, ledgered_view(l).bought_last_hour);
	assert_false(books_has_marks(l->books));
}

static void the_hour_survives_a_restart(void **state)
{
	struct ledgered *l = *state;
	note(l, "phones", 1, 10);
	note(l, "phones", 2, -2);
	ledgered_save(l);
	l->now += 59 * MINUTE;
	ledgered_restart(l);
	assert_int_equal(10, ledgered_view(l).bought_last_hour);
	assert_int_equal(2, deleted(l, "phones"));
	l->now += 2 * MINUTE;
	assert_int_equal(0, ledgered_view(l).bought_last_hour);
	assert_int_equal(0, deleted(l, "phones"));
}

static void what_lies_ahead_of_the_clock_counts_for_an_hour(void **state)
{
	struct ledgered *l = *state;
	note(l, "phones", 1, 10);
	ledgered_save(l);
	l->now -= 10 * HOUR;
	ledgered_restart(l);
	assert_int_equal(10, ledgered_view(l).bought_last_hour);
	l->now -= MINUTE; /* and once more */
	assert_int_equal(10, ledgered_view(l).bought_last_hour);
	l->now += HOUR - 1;
	assert_int_equal(10, ledgered_view(l).bought_last_hour);
	l->now += 1;
	assert_int_equal(0, ledgered_view(l).bought_last_hour);
}

static void what_lay_ahead_counts_from_its_own_time_once_the_clock_is_right(void **state)
{
	struct ledgered *l = *state;
	note(l, "phones", 1, 10);
	l->now -= 10 * HOUR;
	assert_int_equal(10, ledgered_view(l).bought_last_hour);
	l->now += 10 * HOUR + 59 * MINUTE;
	assert_int_equal(10, ledgered_view(l).bought_last_hour);
	l->now += MINUTE;
	assert_int_equal(0, ledgered_view(l).bought_last_hour);
}

static void what_is_too_old_to_count_is_still_written(void **state)
{
	struct ledgered *l = *state;
	note(l, "phones", 1, 10);
	l->now += 2 * HOUR;
	(void)ledgered_view(l);
	ledgered_save(l);
	l->now -= 2 * HOUR;
	ledgered_restart(l);
	assert_int_equal(10, ledgered_view(l).bought_last_hour);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static void expect_names(struct ledgered *l, const char *name)
{
	struct in_flight view = ledgered_view(l);
	assert_int_equal(view.n_orders, 1);
	assert_int_equal(view.n_resources, 1);
	assert_int_equal(view.n_deleted_last_hour, 1);
	assert_string_equal(view.orders[0].group, name);
	assert_string_equal(view.resources[0].group, name);
	assert_string_equal(view.deleted_last_hour[0].group, name);
}

static void put_some(struct ledgered *l)
{
	put_order(l, "201", ORDER_UNPAID, false);
	put_resource(l, "acp-1", "ag-1", RESOURCE_SEEN);
	assert_int_equal(0, books_note_change(l->books, "phones", 1, -2, l->now));
	ledgered_save(l);
}

static void a_renaming_takes_every_row_also_into_the_next_life(void **state)
{
	struct ledgered *l = *state;
	struct renames r = {.from = "phones", .to = "handsets"};
	put_some(l);
	put_resource(l, "acp-2", "ag-2", RESOURCE_GONE);
	assert_int_equal(0, books_set_paused(l->books, "phones", true, "bob"));
	assert_int_equal(0, books_rename(l->books, &r));
	renames_keep(&r);
	expect_names(l, "handsets");
	ledgered_save(l);
	ledgered_restart(l);
	expect_names(l, "handsets");
	assert_string_equal(books_resource(l->books, "acp-2")->group, "handsets");
	struct in_flight view = ledgered_view(l);
	assert_int_equal(view.n_paused, 2);
	assert_string_equal(view.paused[1].group, "handsets");
}

static void a_renaming_that_is_undone_leaves_the_former_name_to_be_written(void **state)
{
	struct ledgered *l = *state;
	struct renames r = {.from = "phones", .to = "handsets"};
	put_some(l);
	assert_int_equal(0, books_rename(l->books, &r));
	renames_undo(&r);
	expect_names(l, "phones");
	assert_true(books_has_marks(l->books));
}

static void a_renaming_leaves_other_groups_alone(void **state)
{
	struct ledgered *l = *state;
	struct renames r = {.from = "others", .to = "handsets"};
	put_some(l);
	assert_int_equal(0, books_rename(l->books, &r));
	renames_keep(&r);
	expect_names(l, "phones");
	assert_false(books_has_marks(l->books));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_saved_is_there_in_the_next_life),
		CASE(marks_survive_a_failed_save),
		CASE(each_kind_of_row_is_marked_by_itself),
		CASE(a_known_group_that_did_not_change_is_not_written_again),
		CASE(events_that_cannot_be_written_do_not_grow_without_end),
		CASE(a_row_is_replaced_by_the_next_with_its_id),
		CASE(a_cloud_group_and_its_instances_are_rows_of_their_own),
		CASE(a_walk_may_put_the_row_it_stands_on),
		CASE(orders_that_are_over_are_not_in_the_view),
		CASE(foreign_orders_are_not_in_the_view),
		CASE(only_the_newest_cancelled_order_of_a_group_is_in_the_view),
		CASE(a_foreign_cancelled_order_hides_none_of_ours),
		CASE(what_is_gone_is_not_in_the_view_what_is_foreign_is),
		CASE(an_approval_counts_when_it_is_durable_and_for_a_day),
		CASE(an_approval_given_twice_is_one),
		CASE(a_used_approval_stays_used),
		CASE(a_pause_ends_when_it_is_lifted),
		CASE(the_view_names_the_ledger),
		CASE(bought_instances_count_for_an_hour),
		CASE(deleted_instances_count_by_group_for_an_hour),
		CASE(a_replay_counts_once),
		CASE(the_hour_survives_a_restart),
		CASE(what_lies_ahead_of_the_clock_counts_for_an_hour),
		CASE(what_lay_ahead_counts_from_its_own_time_once_the_clock_is_right),
		CASE(what_is_too_old_to_count_is_still_written),
		CASE(a_renaming_takes_every_row_also_into_the_next_life),
		CASE(a_renaming_that_is_undone_leaves_the_former_name_to_be_written),
		CASE(a_renaming_leaves_other_groups_alone),
	};
	return cmocka_run_group_tests_name("books", tests, NULL, NULL);
}
