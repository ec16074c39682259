/* Money: limits per day and month, orders without a price, currencies. */
#include "planning.h"

#define CNY(n) ((n) * MONEY_ONE)
#define HOURS(n) ((uint64_t)(n) * 60 * SCENE_MINUTE_MS)

static void limit(char **field, const char *sum)
{
	free(*field);
	*field = strdup(sum);
	assert_non_null(*field);
}

static void limit_day(struct scene *s, const char *sum)
{
	limit(&s->settings.limits.spend_per_day, sum);
}

static void limit_month(struct scene *s, const char *sum)
{
	limit(&s->settings.limits.spend_per_month, sum);
}

static struct prospects *price(struct scene *s, const char *group, int64_t micro,
			       const char *currency)
{
	struct prospects *p = scene_prospects(s, group);
	p->price_micro = micro;
	p->currency = currency;
	p->pace = 64;
	return p;
}

static struct desired_group *want_bastions(struct scene *s, int64_t count)
{
	struct desired_group *g = want(s, "bastions", .kind = KIND_PURCHASE, .count = count, .per_group = 1,
				       .charge = CHARGE_PREPAID, .auto_pay = true);
	price(s, "bastions", CNY(100), "CNY");
	return g;
}

static struct spend spends[8];

static void spent(struct scene *s, int64_t micro, const char *currency, bool by_use, uint64_t ago)
{
	spends[s->in_flight.n_spends++] =
		(struct spend){micro, currency, by_use, SCENE_WALL_MS - ago};
	s->in_flight.spends = spends;
}

CASE(without_a_limit_nothing_is_held)
{
	SCENE;
	want_bastions(s, 3);
	spent(s, INT64_MAX, "CNY", false, 0);
	spent(s, INT64_MAX, "CNY", true, 0);
	auto_plan struct plan *p = planned(s);
	for (int i = 0; i < 3; i++)
		assert_hold(nth(p, VERB_CREATE, i), HOLD_NONE);
}

CASE(what_exceeds_the_day_is_held_and_says_by_how_much)
{
	SCENE;
	want_bastions(s, 3);
	limit_day(s, "250 CNY");
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_CREATE, 0), HOLD_NONE);
	assert_hold(nth(p, VERB_CREATE, 1), HOLD_NONE);
	const struct action *a = nth(p, VERB_CREATE, 2);
	assert_hold(a, HOLD_SPEND);
	assert_string_equal(a->hold_text,
			    scene_text(s,
				       "limits.spend_per_day is 250.00 CNY, orders of the last 24 "
				       "hours come to 200.00, this adds 100.00; drover approve %s",
				       a->hash));
	assert_true(hold_needs_person(a->hold));
	limit_day(s, "300 CNY");
	auto_plan struct plan *enough = planned(s);
	assert_hold(nth(enough, VERB_CREATE, 2), HOLD_NONE);
}

CASE(held_group_says_so_and_waits_on_a_person)
{
	SCENE;
	want_bastions(s, 1);
	limit_day(s, "0 CNY");
	auto_plan struct plan *p = planned(s);
	assert_condition(p, "bastions", CONDITION_HELD);
	assert_true(report_of(p, "bastions")->waits_on_person);
	assert_mentions(report_of(p, "bastions")->reason, "limits.spend_per_day is 0.00 CNY");
}

CASE(what_was_ordered_counts_as_long_as_its_window)
{
	SCENE;
	want_bastions(s, 1);
	limit_day(s, "200 CNY");
	spent(s, CNY(150), "CNY", false, HOURS(24) - 1);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_SPEND);
	spends[0].wall_ms--;
	auto_plan struct plan *later = planned(s);
	assert_hold(the(later, VERB_CREATE), HOLD_NONE);
	limit_month(s, "200 CNY");
	auto_plan struct plan *month = planned(s);
	assert_hold(the(month, VERB_CREATE), HOLD_SPEND);
	assert_mentions(the(month, VERB_CREATE)->hold_text,
			"limits.spend_per_month is 200.00 CNY, orders of the last 30 days come to "
			"150.00, this adds 100.00");
	spends[0].wall_ms = SCENE_WALL_MS - HOURS(30 * 24);
	auto_plan struct plan *over = planned(s);
	assert_hold(the(over, VERB_CREATE), HOLD_NONE);
}

CASE(order_of_the_future_counts_after_a_clock_went_back)
{
	SCENE;
	want_bastions(s, 1);
	limit_day(s, "200 CNY");
	spent(s, CNY(150), "CNY", false, 0);
	spends[0].wall_ms = SCENE_WALL_MS + HOURS(100);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_SPEND);
}

CASE(currencies_are_never_added_up)
{
	SCENE;
	want_bastions(s, 1);
	limit_day(s, "150 CNY");
	spent(s, CNY(1000), "USD", false, 0);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_NONE);
	price(s, "bastions", CNY(1000), "USD");
	auto_plan struct plan *other = planned(s);
	assert_hold(the(other, VERB_CREATE), HOLD_NONE);
	s->settings.limits.hold_unknown_price = true;
	auto_plan struct plan *held = planned(s);
	assert_hold(the(held, VERB_CREATE), HOLD_UNKNOWN_PRICE);
	assert_mentions(the(held, VERB_CREATE)->hold_text,
			"it costs 1000.00 USD, which does not compare with limits.spend_per_day in CNY");
	limit_day(s, "1000 USD");
	auto_plan struct plan *same = planned(s);
	assert_hold(the(same, VERB_CREATE), HOLD_SPEND);
}

CASE(order_without_a_price_is_held_only_where_that_is_asked_for)
{
	SCENE;
	want(s, "phones", .count = 5, .charge = CHARGE_PREPAID);
	limit_day(s, "1 CNY");
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_NONE);
	s->settings.limits.hold_unknown_price = true;
	auto_plan struct plan *held = planned(s);
	const struct action *a = the(held, VERB_CREATE);
	assert_hold(a, HOLD_UNKNOWN_PRICE);
	assert_string_equal(a->hold_text,
			    scene_text(s,
				       "nobody says what it costs (limits.unknown_price: hold); "
				       "drover approve %s",
				       a->hash));
	scene_approve_shown(s, a);
	auto_plan struct plan *approved = planned(s);
	assert_hold(the(approved, VERB_CREATE), HOLD_NONE);
}

CASE(paid_by_use_counts_as_if_it_ran_throughout)
{
	SCENE;
	want(s, "nodes", .count = 4, .kind = KIND_APP_STREAMING);
	price(s, "nodes", CNY(1), "CNY");
	limit_day(s, "96 CNY");
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_NONE);
	limit_day(s, "95.99 CNY");
	auto_plan struct plan *held = planned(s);
	assert_hold(the(held, VERB_CREATE), HOLD_SPEND);
	assert_mentions(the(held, VERB_CREATE)->hold_text,
			"come to 0.00, this adds 96.00 if it runs as long;");
	limit_day(s, "100 CNY");
	limit_month(s, "2880 CNY");
	auto_plan struct plan *month = planned(s);
	assert_hold(the(month, VERB_CREATE), HOLD_NONE);
	spent(s, MONEY_ONE / 10, "CNY", true, HOURS(25));
	auto_plan struct plan *over = planned(s);
	assert_hold(the(over, VERB_CREATE), HOLD_SPEND);
	assert_mentions(the(over, VERB_CREATE)->hold_text, "come to 72.00, this adds 2880.00");
}

CASE(approved_excess_counts_for_those_after_it)
{
	SCENE;
	want(s, "a", .kind = KIND_PURCHASE, .count = 1, .charge = CHARGE_PREPAID, .auto_pay = true);
	want(s, "b", .kind = KIND_PURCHASE, .count = 1, .charge = CHARGE_PREPAID, .auto_pay = true);
	price(s, "a", CNY(500), "CNY");
	price(s, "b", CNY(20), "CNY");
	limit_day(s, "100 CNY");
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_CREATE, 0), HOLD_SPEND);
	assert_hold(nth(p, VERB_CREATE, 1), HOLD_NONE);
	scene_approve_shown(s, nth(p, VERB_CREATE, 0));
	auto_plan struct plan *approved = planned(s);
	assert_hold(nth(approved, VERB_CREATE, 0), HOLD_NONE);
	assert_hold(nth(approved, VERB_CREATE, 1), HOLD_SPEND);
	assert_mentions(nth(approved, VERB_CREATE, 1)->hold_text, "come to 500.00, this adds 20.00");
}

CASE(what_a_person_has_to_lift_takes_nothing_from_the_money)
{
	SCENE;
	want(s, "a", .kind = KIND_PURCHASE, .count = 1, .charge = CHARGE_PREPAID, .auto_pay = true);
	want(s, "b", .kind = KIND_PURCHASE, .count = 1, .charge = CHARGE_PREPAID, .auto_pay = true);
	price(s, "a", CNY(80), "CNY");
	price(s, "b", CNY(80), "CNY");
	scene_order(s, "23", "a", 0, 1, ORDER_CANCELLED)->settled_wall_ms = SCENE_WALL_MS;
	limit_day(s, "100 CNY");
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_CREATE, 0), HOLD_CANCELLED_ORDER);
	assert_hold(nth(p, VERB_CREATE, 1), HOLD_NONE);
}

CASE(sums_beyond_all_numbers_are_beyond_every_limit)
{
	SCENE;
	want_bastions(s, 1);
	limit_month(s, "999999999999 CNY");
	spent(s, INT64_MAX, "CNY", false, 0);
	spent(s, INT64_MAX / 2, "CNY", true, 0);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_SPEND);
}

CASE(deletes_are_not_about_money)
{
	SCENE;
	want(s, "nodes", .count = 1, .kind = KIND_APP_STREAMING);
	stand(s, "aig-1", "nodes", .kind = KIND_APP_STREAMING, .n = 2);
	limit_day(s, "0 CNY");
	s->settings.limits.hold_unknown_price = true;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(without_a_limit_nothing_is_held),
		RUN(what_exceeds_the_day_is_held_and_says_by_how_much),
		RUN(held_group_says_so_and_waits_on_a_person),
		RUN(what_was_ordered_counts_as_long_as_its_window),
		RUN(order_of_the_future_counts_after_a_clock_went_back),
		RUN(currencies_are_never_added_up),
		RUN(order_without_a_price_is_held_only_where_that_is_asked_for),
		RUN(paid_by_use_counts_as_if_it_ran_throughout),
		RUN(approved_excess_counts_for_those_after_it),
		RUN(what_a_person_has_to_lift_takes_nothing_from_the_money),
		RUN(sums_beyond_all_numbers_are_beyond_every_limit),
		RUN(deletes_are_not_about_money),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
