/* Telling people about orders: once, then hourly, then how it ended. */
#include "ledgered.h"

#include "act/consequences.h"
#include "act/orders.h"

struct bench {
	struct ledgered l;
	struct settings settings;
	struct orders *orders;
	struct desired_group group;
	struct desired desired;
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	ledgered_begin(&b->l);
	ledgered_intents(&b->l, 1);
	settings_init(&b->settings);
	b->orders = orders_new(b->l.books, &b->settings);
	b->group = (struct desired_group){.name = (char *)"phones", .fingerprint = 5};
	b->desired = (struct desired){.groups = &b->group, .n_groups = 1};
	*state = b;
	return 0;
}

static void drop(void *data, const char *id)
{
	(void)data;
	(void)id;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	log_accepted(drop, NULL);
	(void)orders_free(b->orders);
	settings_fini(&b->settings);
	ledgered_end(&b->l);
	free(b);
	return 0;
}

static void put(struct bench *b, const char *id, enum order_status status)
{
	const struct order order = {.id = (char *)id, .group = (char *)"phones",
				    .region = (char *)"cn-shanghai", .intent = 1, .count = 4,
				    .status = status, .created_wall_ms = START,
				    .deadline_wall_ms = START + ORDER_DEADLINE_MS};
	assert_int_equal(0, books_put_order(b->l.books, &order));
}

static int learn(struct bench *b, const char *id, enum order_status status, const char *amount)
{
	const struct order_news news = {.id = id, .status = status, .status_text = "Word",
					.amount = amount, .currency = *amount ? "CNY" : "",
					.request_id = "R-1"};
	return orders_learn(b->orders, &news, &b->desired, b->l.now);
}

static void on_accepted(void *data, const char *id)
{
	struct bench *b = data;
	orders_announced(b->orders, id, b->l.now);
}

/* The journal takes what it was given. */
static void accept(struct bench *b)
{
	log_accepted(on_accepted, b);
}

/* ---- reminders ---- */

static void an_unpaid_order_is_told_once_then_every_hour(void **state)
{
	struct bench *b = *state;
	put(b, "201", ORDER_UNPAID);
	orders_remind(b->orders, b->l.now);
	ledgered_heard(&b->l, "order_needs_payment 201;");
	accept(b);
	assert_int_equal(START, books_order(b->l.books, "201")->announced_wall_ms);
	b->l.now += HOUR - 1;
	orders_remind(b->orders, b->l.now);
	ledgered_heard(&b->l, "");
	b->l.now += 1;
	orders_remind(b->orders, b->l.now);
	ledgered_heard(&b->l, "order_still_unpaid 201;");
	orders_remind(b->orders, b->l.now);
	ledgered_heard(&b->l, "");
}

static void it_counts_as_told_only_when_the_journal_has_taken_it(void **state)
{
	struct bench *b = *state;
	put(b, "201", ORDER_UNPAID);
	orders_remind(b->orders, b->l.now);
	assert_true(orders_are_announcing(b->orders));
	assert_int_equal(0, books_order(b->l.books, "201")->announced_wall_ms);
	orders_remind(b->orders, b->l.now + MINUTE); /* on its way: not told twice */
	ledgered_heard(&b->l, "order_needs_payment 201;");
	accept(b);
	assert_false(orders_are_announcing(b->orders));
	assert_true(books_has_marks(b->l.books)); /* durable with the next save */
}

static void what_was_told_is_remembered_across_a_restart(void **state)
{
	struct bench *b = *state;
	put(b, "201", ORDER_UNPAID);
	orders_remind(b->orders, b->l.now);
	accept(b);
	ledgered_save(&b->l);
	(void)orders_free(b->orders);
	ledgered_restart(&b->l);
	b->orders = orders_new(b->l.books, &b->settings);
	strbuf_clear(&b->l.told);
	orders_remind(b->orders, b->l.now + MINUTE);
	ledgered_heard(&b->l, "");
	orders_remind(b->orders, b->l.now + HOUR);
	ledgered_heard(&b->l, "order_still_unpaid 201;");
}

static void what_was_not_taken_is_told_anew_after_a_restart(void **state)
{
	struct bench *b = *state;
	put(b, "201", ORDER_UNPAID);
	ledgered_save(&b->l);
	orders_remind(b->orders, b->l.now);
	(void)orders_free(b->orders);
	ledgered_restart(&b->l);
	b->orders = orders_new(b->l.books, &b->settings);
	strbuf_clear(&b->l.told);
	orders_remind(b->orders, b->l.now);
	ledgered_heard(&b->l, "order_needs_payment 201;");
}

static void only_our_unpaid_orders_are_told(void **state)
{
	struct bench *b = *state;
	put(b, "201", ORDER_PAID);
	put(b, "202", ORDER_CANCELLED);
	put(b, "203", ORDER_UNKNOWN);
	struct order order = {.id = (char *)"205", .status = ORDER_UNPAID, .intent = 1, .foreign = true};
	assert_int_equal(0, books_put_order(b->l.books, &order));
	order.id = (char *)"204";
	order.intent = 0;
	assert_int_equal(0, books_put_order(b->l.books, &order));
	orders_remind(b->orders, b->l.now);
	ledgered_heard(&b->l, "");
	assert_false(orders_are_announcing(b->orders));
	order = (struct order){.id = (char *)"206", .status = ORDER_UNPAID, .group = (char *)"phones"};
	assert_int_equal(0, books_put_order(b->l.books, &order)); /* a failed payment left it */
	orders_remind(b->orders, b->l.now);
	ledgered_heard(&b->l, "order_needs_payment 206;");
}

static void each_order_has_its_own_hour(void **state)
{
	struct bench *b = *state;
	put(b, "201", ORDER_UNPAID);
	orders_remind(b->orders, b->l.now);
	accept(b);
	b->l.now += 30 * MINUTE;
	put(b, "202", ORDER_UNPAID);
	orders_remind(b->orders, b->l.now);
	accept(b);
	ledgered_heard(&b->l, "order_needs_payment 201;order_needs_payment 202;");
	b->l.now += 30 * MINUTE;
	orders_remind(b->orders, b->l.now);
	ledgered_heard(&b->l, "order_still_unpaid 201;");
}

static void a_clock_put_back_does_not_silence_reminders_nor_repeat_them(void **state)
{
	struct bench *b = *state;
	put(b, "201", ORDER_UNPAID);
	orders_remind(b->orders, b->l.now);
	accept(b);
	b->l.now -= 24 * HOUR;
	orders_remind(b->orders, b->l.now);
	accept(b);
	orders_remind(b->orders, b->l.now + MINUTE);
	ledgered_heard(&b->l, "order_needs_payment 201;order_still_unpaid 201;");
}

static void the_interval_of_reminders_is_a_setting(void **state)
{
	struct bench *b = *state;
	put(b, "201", ORDER_UNPAID);
	orders_remind(b->orders, b->l.now);
	accept(b);
	b->settings.poll.remind_ms = MINUTE;
	orders_configure(b->orders, &b->settings);
	orders_remind(b->orders, b->l.now + MINUTE);
	ledgered_heard(&b->l, "order_needs_payment 201;order_still_unpaid 201;");
}

static const char *advice;

static void keep_advice(void *data, enum event ev, const struct log_field *fields)
{
	(void)data;
	(void)ev;
	advice = NULL;
	for (; fields->type != LOG_FIELD_END; fields++)
		if (strcmp(fields->name, "TO_DO") == 0)
			advice = fields->text;
}

/* The call of a purchase should have paid it: whoever does not want it any more may cancel it. */
static void only_the_order_of_a_purchase_may_better_be_cancelled(void **state)
{
	struct bench *b = *state;
	struct known_group known = {.name = (char *)"phones", .kind = KIND_CLOUD_PHONE, .region = (char *)""};
	log_set_sink(keep_advice, NULL);
	assert_int_equal(0, books_put_known_group(b->l.books, &known));
	put(b, "201", ORDER_UNPAID);
	orders_remind(b->orders, b->l.now);
	assert_null(advice);
	known.kind = KIND_PURCHASE;
	assert_int_equal(0, books_put_known_group(b->l.books, &known));
	put(b, "202", ORDER_UNPAID);
	orders_remind(b->orders, b->l.now);
	assert_non_null(advice);
	assert_non_null(strstr(advice, "CancelOrder"));
	log_set_sink(ledgered_sink, &b->l);
}

static void an_order_that_left_meanwhile_may_still_be_accepted(void **state)
{
	struct bench *b = *state;
	orders_announced(b->orders, "999", b->l.now);
	assert_null(books_order(b->l.books, "999"));
}

/* ---- news ---- */

static void the_end_of_an_order_is_told_once(void **state)
{
	static const struct {
		enum order_status status;
		const char *told;
	} cases[] = {{ORDER_PAID, "order_paid 201;"}, {ORDER_CANCELLED, "order_cancelled 201;"}};
	struct bench *b = *state;
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		put(b, "201", ORDER_UNPAID);
		assert_int_equal(1, learn(b, "201", cases[k].status, ""));
		ledgered_heard(&b->l, cases[k].told);
		assert_int_equal(START, books_order(b->l.books, "201")->settled_wall_ms);
		assert_int_equal(0, learn(b, "201", cases[k].status, ""));
		assert_int_equal(0, learn(b, "201", ORDER_UNPAID, "")); /* final: not believed */
		assert_int_equal(cases[k].status, books_order(b->l.books, "201")->status);
		orders_remind(b->orders, b->l.now);
		ledgered_heard(&b->l, "");
	}
}

static void no_news_is_told_as_none(void **state)
{
	struct bench *b = *state;
	put(b, "201", ORDER_UNPAID);
	ledgered_save(&b->l);
	assert_int_equal(0, learn(b, "201", ORDER_UNPAID, ""));
	ledgered_heard(&b->l, "");
	assert_false(books_has_marks(b->l.books));
	assert_int_equal(-ENOENT, learn(b, "999", ORDER_PAID, ""));
}

static void the_money_is_kept_when_it_is_said(void **state)
{
	struct bench *b = *state;
	put(b, "201", ORDER_UNPAID);
	assert_int_equal(0, learn(b, "201", ORDER_UNPAID, "12.50"));
	assert_string_equal("12.50", books_order(b->l.books, "201")->amount);
	assert_string_equal("CNY", books_order(b->l.books, "201")->currency);
	assert_int_equal(0, learn(b, "201", ORDER_UNPAID, "")); /* not said is not nothing */
	assert_string_equal("12.50", books_order(b->l.books, "201")->amount);
	ledgered_heard(&b->l, "");
}

static void a_missing_permission_is_told_once_and_the_order_still_counts(void **state)
{
	struct bench *b = *state;
	put(b, "201", ORDER_UNPAID);
	assert_int_equal(1, learn(b, "201", ORDER_UNKNOWN, ""));
	assert_int_equal(0, learn(b, "201", ORDER_UNKNOWN, ""));
	ledgered_heard(&b->l, "order_unknown 201;");
	assert_string_equal("Word", books_order(b->l.books, "201")->status_text);
	assert_int_equal(0, books_order(b->l.books, "201")->settled_wall_ms);
	assert_int_equal(1, ledgered_view(&b->l).n_orders);
	assert_int_equal(1, learn(b, "201", ORDER_UNPAID, ""));
	ledgered_heard(&b->l, "order_known_again 201;");
	assert_int_equal(1, learn(b, "201", ORDER_UNKNOWN, ""));
	assert_int_equal(1, learn(b, "201", ORDER_PAID, ""));
	ledgered_heard(&b->l, "order_unknown 201;order_paid 201;");
}

static void a_cancellation_remembers_what_its_group_was_like(void **state)
{
	struct bench *b = *state;
	put(b, "201", ORDER_UNPAID);
	b->group.fingerprint = 9;
	assert_int_equal(1, learn(b, "201", ORDER_CANCELLED, ""));
	assert_int_equal(9, books_order(b->l.books, "201")->fingerprint);
	b->desired.n_groups = 0; /* a group that nobody remembers */
	put(b, "202", ORDER_UNPAID);
	assert_int_equal(1, learn(b, "202", ORDER_CANCELLED, ""));
	assert_int_equal(0, books_order(b->l.books, "202")->fingerprint);
}

static void a_cancellation_remembers_what_its_group_was_like_when_it_left(void **state)
{
	struct bench *b = *state;
	const struct known_group known = {.name = (char *)"phones", .kind = KIND_CLOUD_PHONE,
					  .region = (char *)"", .fingerprint = 9};
	assert_int_equal(0, books_put_known_group(b->l.books, &known));
	b->desired.n_groups = 0;
	put(b, "201", ORDER_UNPAID);
	assert_int_equal(1, learn(b, "201", ORDER_CANCELLED, ""));
	assert_int_equal(9, books_order(b->l.books, "201")->fingerprint);
}

static void a_cancellation_under_the_old_name_remembers_the_renamed_group(void **state)
{
	struct bench *b = *state;
	b->group.name = (char *)"tablets";
	b->group.renamed_from = (char *)"phones";
	put(b, "201", ORDER_UNPAID);
	assert_int_equal(1, learn(b, "201", ORDER_CANCELLED, ""));
	assert_int_equal(5, books_order(b->l.books, "201")->fingerprint);
}

/* ---- orders found ---- */

static void a_found_order_is_told_and_kept_as_nobodys(void **state)
{
	struct bench *b = *state;
	const struct order_news news = {.id = "301", .status = ORDER_UNPAID, .status_text = "Unpaid",
					.amount = "5", .currency = "USD", .request_id = ""};
	assert_int_equal(1, orders_found(b->orders, &news, START - HOUR, b->l.now));
	assert_int_equal(0, orders_found(b->orders, &news, START - HOUR, b->l.now));
	orders_remind(b->orders, b->l.now);
	ledgered_heard(&b->l, "orders_foreign 301;");
	accept(b);
	const struct order *order = books_order(b->l.books, "301");
	assert_int_equal(0, order->intent);
	assert_string_equal("", order->group);
	assert_string_equal("5", order->amount);
	assert_int_equal(START - HOUR, order->created_wall_ms);
	assert_int_equal(START - HOUR + ORDER_DEADLINE_MS, order->deadline_wall_ms);
	assert_int_equal(1, ledgered_view(&b->l).n_orders);
	orders_remind(b->orders, b->l.now + HOUR); /* whoever made it knows of it */
	ledgered_heard(&b->l, "");
}

static void a_found_order_is_told_anew_when_nobody_took_the_record(void **state)
{
	struct bench *b = *state;
	const struct order_news news = {.id = "301", .status = ORDER_UNPAID, .status_text = "Unpaid",
					.amount = "5", .currency = "USD", .request_id = ""};
	assert_int_equal(1, orders_found(b->orders, &news, START - HOUR, b->l.now));
	ledgered_save(&b->l);
	orders_remind(b->orders, b->l.now);
	assert_true(orders_are_announcing(b->orders));
	(void)orders_free(b->orders); /* killed before the writer came to it */
	ledgered_restart(&b->l);
	b->orders = orders_new(b->l.books, &b->settings);
	strbuf_clear(&b->l.told);
	assert_int_equal(0, orders_found(b->orders, &news, START - HOUR, b->l.now));
	orders_remind(b->orders, b->l.now);
	ledgered_heard(&b->l, "orders_foreign 301;");
}

static void a_found_order_that_turns_out_to_be_ours_is_told_for_what_it_is(void **state)
{
	struct bench *b = *state;
	const struct order_news news = {.id = "301", .status = ORDER_UNPAID, .status_text = "Unpaid",
					.amount = "5", .currency = "USD", .request_id = ""};
	assert_int_equal(1, orders_found(b->orders, &news, START - HOUR, b->l.now));
	orders_remind(b->orders, b->l.now);
	accept(b);
	auto_intent struct intent *i = intent_new();
	assert_non_null(i);
	i->id = 1;
	i->buys = i->unpaid = true;
	i->charge = CHARGE_PREPAID;
	i->count = 3;
	assert_int_equal(0, intent_set(&i->group, "phones"));
	assert_int_equal(0, consequences_order(b->l.books, i, "301", b->l.now));
	strbuf_clear(&b->l.told);
	orders_remind(b->orders, b->l.now);
	ledgered_heard(&b->l, "order_needs_payment 301;");
}

/* ---- orders that pay by themselves ---- */

static void an_order_that_should_have_paid_itself_and_did_not_is_told(void **state)
{
	struct bench *b = *state;
	put(b, "301", ORDER_PAID); /* assumed: nobody has said so */
	orders_remind(b->orders, b->l.now);
	ledgered_heard(&b->l, "");
	assert_int_equal(1, learn(b, "301", ORDER_UNPAID, ""));
	assert_int_equal(ORDER_UNPAID, books_order(b->l.books, "301")->status);
	orders_remind(b->orders, b->l.now);
	ledgered_heard(&b->l, "order_needs_payment 301;");
}

static void an_assumed_payment_is_confirmed_in_silence_and_then_final(void **state)
{
	struct bench *b = *state;
	put(b, "302", ORDER_PAID);
	assert_int_equal(0, learn(b, "302", ORDER_UNKNOWN, "")); /* no permission: still assumed */
	assert_int_equal(0, books_order(b->l.books, "302")->settled_wall_ms);
	assert_int_equal(0, learn(b, "302", ORDER_PAID, ""));
	assert_true(books_order(b->l.books, "302")->settled_wall_ms != 0);
	assert_int_equal(0, learn(b, "302", ORDER_UNPAID, ""));
	assert_int_equal(ORDER_PAID, books_order(b->l.books, "302")->status);
	ledgered_heard(&b->l, "");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_order_that_should_have_paid_itself_and_did_not_is_told),
		CASE(an_assumed_payment_is_confirmed_in_silence_and_then_final),
		CASE(an_unpaid_order_is_told_once_then_every_hour),
		CASE(it_counts_as_told_only_when_the_journal_has_taken_it),
		CASE(what_was_told_is_remembered_across_a_restart),
		CASE(what_was_not_taken_is_told_anew_after_a_restart),
		CASE(only_our_unpaid_orders_are_told),
		CASE(each_order_has_its_own_hour),
		CASE(a_clock_put_back_does_not_silence_reminders_nor_repeat_them),
		CASE(the_interval_of_reminders_is_a_setting),
		CASE(only_the_order_of_a_purchase_may_better_be_cancelled),
		CASE(an_order_that_left_meanwhile_may_still_be_accepted),
		CASE(the_end_of_an_order_is_told_once),
		CASE(no_news_is_told_as_none),
		CASE(the_money_is_kept_when_it_is_said),
		CASE(a_missing_permission_is_told_once_and_the_order_still_counts),
		CASE(a_cancellation_remembers_what_its_group_was_like),
		CASE(a_cancellation_remembers_what_its_group_was_like_when_it_left),
		CASE(a_cancellation_under_the_old_name_remembers_the_renamed_group),
		CASE(a_found_order_is_told_and_kept_as_nobodys),
		CASE(a_found_order_is_told_anew_when_nobody_took_the_record),
		CASE(a_found_order_that_turns_out_to_be_ours_is_told_for_what_it_is),
	};
	return cmocka_run_group_tests_name("order_news", tests, NULL, NULL);
}
