/* What buys cost, as the books know it: prices, orders, what is given back, and restarts. */
#include "ledgered.h"

#define DAY (24 * HOUR)

static int setup(void **state)
{
	struct ledgered *l = calloc(1, sizeof(*l));
	ledgered_begin(l);
	*state = l;
	return 0;
}

static int teardown(void **state)
{
	ledgered_end(*state);
	free(*state);
	return 0;
}

/* As the driver does: durable and known at once. */
static void record(struct ledgered *l, struct intent *i)
{
	assert_int_equal(0, ledger_save_intent(l->ledger, i));
	assert_int_equal(0, books_learn_intent(l->books, i));
}

static struct intent *buy(struct ledgered *l, int n, int64_t price_micro, enum charge_type charge)
{
	struct intent *i = intent_new();
	assert_non_null(i);
	(void)snprintf(i->key, sizeof(i->key), "keykeykeykeykeykeykey%05d", n);
	assert_int_equal(0, intent_set(&i->operation, "CreateInstance"));
	assert_int_equal(0, intent_set(&i->group, "bastions"));
	i->verb = VERB_CREATE;
	i->kind = KIND_PURCHASE;
	i->charge = charge;
	i->buys = true;
	i->count = 1;
	i->price_micro = price_micro;
	(void)strcpy(i->currency, price_micro ? "CNY" : "");
	i->created_wall_ms = l->now;
	record(l, i);
	return i;
}

static void put(struct ledgered *l, const char *id, int64_t intent, enum order_status status,
		const char *amount, int64_t count)
{
	const struct order order = {.id = (char *)id,
				    .group = (char *)"bastions",
				    .region = (char *)"",
				    .intent = intent,
				    .count = count,
				    .status = status,
				    .amount = (char *)amount,
				    .currency = (char *)(*amount ? "CNY" : ""),
				    .created_wall_ms = l->now};
	assert_int_equal(0, books_put_order(l->books, &order));
}

/* "amount currency[ by use];" of every one, in this life and in the next. */
static void assert_spends(struct ledgered *l, const char *expected)
{
	for (int life = 0; life < 2; life++) {
		auto_strbuf struct strbuf out = STRBUF_INIT(1000);
		struct in_flight view = ledgered_view(l);
		for (size_t k = 0; k < view.n_spends; k++)
			strbuf_addf(&out, "%lld %s%s;", (long long)view.spends[k].micro,
				    view.spends[k].currency, view.spends[k].by_use ? " by use" : "");
		assert_string_equal(strbuf_text(&out), expected);
		ledgered_save(l);
		ledgered_restart(l);
	}
}

static void a_buy_counts_from_its_record_on_and_once(void **state)
{
	struct ledgered *l = *state;
	auto_intent struct intent *i = buy(l, 1, 100, CHARGE_PREPAID);
	assert_spends(l, "100 CNY;");
	i->state = INTENT_SENT;
	i->sends = 1;
	i->first_sent_wall_ms = l->now += MINUTE;
	record(l, i);
	i->state = INTENT_UNCLEAR;
	i->sends = 2;
	record(l, i);
	assert_int_equal(l->now, ledgered_view(l).spends[0].wall_ms);
	assert_spends(l, "100 CNY;");
	i->state = INTENT_HELD;
	record(l, i);
	assert_spends(l, "100 CNY;");
}

static void what_was_refused_or_had_no_effect_is_given_back(void **state)
{
	struct ledgered *l = *state;
	static const enum intent_state states[] = {INTENT_REJECTED, INTENT_ABSENT};
	for (int k = 0; k < 2; k++) {
		auto_intent struct intent *i = buy(l, k + 1, 100, CHARGE_PREPAID);
		assert_spends(l, "100 CNY;");
		i->state = states[k];
		record(l, i);
		assert_spends(l, "");
	}
}

static void unpaid_is_a_promise_and_cancelled_is_given_back(void **state)
{
	struct ledgered *l = *state;
	auto_intent struct intent *i = buy(l, 1, 100, CHARGE_PREPAID);
	put(l, "201", i->id, ORDER_UNPAID, "", 1);
	assert_spends(l, "100 CNY;");
	put(l, "201", i->id, ORDER_PAID, "", 1);
	assert_spends(l, "100 CNY;");
	put(l, "201", i->id, ORDER_CANCELLED, "", 1);
	assert_spends(l, "");
}

static void the_orders_amount_is_better_than_the_price(void **state)
{
	struct ledgered *l = *state;
	auto_intent struct intent *i = buy(l, 1, 100, CHARGE_PREPAID);
	put(l, "201", i->id, ORDER_UNPAID, "0.0009", 1);
	assert_spends(l, "900 CNY;");
	put(l, "202", i->id, ORDER_UNPAID, "0.0001", 0); /* its bandwidth package */
	assert_spends(l, "1000 CNY;");
	put(l, "202", i->id, ORDER_CANCELLED, "0.0001", 0);
	assert_spends(l, "900 CNY;");
	auto_intent struct intent *unpriced = buy(l, 2, 0, CHARGE_PREPAID);
	put(l, "203", unpriced->id, ORDER_UNPAID, "", 1);
	assert_spends(l, "900 CNY;");
	put(l, "203", unpriced->id, ORDER_UNPAID, "0.0005", 1);
	assert_spends(l, "900 CNY;500 CNY;");
}

static void an_order_of_a_refused_call_counts_all_the_same(void **state)
{
	struct ledgered *l = *state;
	auto_intent struct intent *i = buy(l, 1, 100, CHARGE_PREPAID);
	i->state = INTENT_REJECTED;
	record(l, i);
	put(l, "201", i->id, ORDER_UNPAID, "", 1);
	assert_spends(l, "100 CNY;");
}

static void orders_that_were_only_found_count_when_they_are_ours(void **state)
{
	struct ledgered *l = *state;
	put(l, "201", 0, ORDER_UNPAID, "0.0007", 1);
	assert_spends(l, "700 CNY;");
	struct order order = *books_order(l->books, "201");
	order.foreign = true;
	assert_int_equal(0, books_put_order(l->books, &order));
	assert_spends(l, "");
	put(l, "202", 0, ORDER_UNPAID, "much", 1);
	put(l, "203", 0, ORDER_CANCELLED, "0.0007", 1);
	assert_spends(l, "");
}

static void paid_by_use_is_told_as_such(void **state)
{
	struct ledgered *l = *state;
	auto_intent struct intent *i = buy(l, 1, 100, CHARGE_POSTPAID);
	struct order order = {.id = (char *)"201", .group = (char *)"bastions", .intent = i->id,
			      .status = ORDER_PAID, .landed = true, .amount = (char *)"0.0009",
			      .currency = (char *)"CNY", .created_wall_ms = l->now,
			      .settled_wall_ms = l->now};
	assert_int_equal(0, books_put_order(l->books, &order));
	assert_spends(l, "100 CNY by use;");
}

static void what_is_older_than_every_window_is_forgotten(void **state)
{
	struct ledgered *l = *state;
	(void)intent_free(buy(l, 1, 100, CHARGE_PREPAID));
	put(l, "202", 0, ORDER_UNPAID, "0.0007", 1);
	l->now += 30 * DAY - 1;
	assert_spends(l, "700 CNY;100 CNY;");
	l->now++;
	assert_spends(l, "");
	l->now -= 31 * DAY; /* before it was bought: the clock is wrong, the safe side is to count */
	ledgered_restart(l);
	assert_spends(l, "700 CNY;100 CNY;");
}

static void what_buys_nothing_costs_nothing(void **state)
{
	struct ledgered *l = *state;
	auto_intent struct intent *i = intent_new();
	i->price_micro = 5;
	assert_int_equal(0, books_learn_intent(l->books, i));
	assert_spends(l, "");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_buy_counts_from_its_record_on_and_once),
		CASE(what_was_refused_or_had_no_effect_is_given_back),
		CASE(unpaid_is_a_promise_and_cancelled_is_given_back),
		CASE(the_orders_amount_is_better_than_the_price),
		CASE(an_order_of_a_refused_call_counts_all_the_same),
		CASE(orders_that_were_only_found_count_when_they_are_ours),
		CASE(paid_by_use_is_told_as_such),
		CASE(what_is_older_than_every_window_is_forgotten),
		CASE(what_buys_nothing_costs_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
