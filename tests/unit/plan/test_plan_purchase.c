/* Purchases: each bought instance is a cloud group of one, paid at once, and never given back. */
#include <inttypes.h>

#include "planning.h"

#define BUY                                                                                        \
	.kind = KIND_PURCHASE, .region = "", .per_group = 1, .charge = CHARGE_PREPAID,             \
	.spec = "bastionhost", .image = "bastionhost", .auto_pay = true
#define BOUGHT                                                                                     \
	.kind = KIND_PURCHASE, .n = 1, .unmarked = true, .charge = CHARGE_PREPAID,                 \
	.spec = "bastionhost", .image = "bastionhost"
#define PRICE INT64_C(800000000)

/* --- buying --------------------------------------------------------------- */

CASE(every_missing_instance_is_a_create_of_its_own)
{
	SCENE;
	want(s, "bastions", BUY, .count = 3);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 3);
	for (int k = 0; k < 3; k++) {
		assert_int_equal(nth(p, VERB_CREATE, k)->count, 1);
		assert_hold(nth(p, VERB_CREATE, k), HOLD_NONE);
	}
	assert_mentions(the(p, VERB_CREATE)->reason, "pays at once from the account's balance");
}

CASE(bought_instances_count_one_each)
{
	SCENE;
	want(s, "bastions", BUY, .count = 3);
	stand(s, "bastionhost-1", "bastions", BOUGHT);
	stand(s, "bastionhost-2", "bastions", BOUGHT);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_int_equal(report_of(p, "bastions")->running, 2);
	assert_int_equal(bought(p), 1);
}

CASE(adopted_instance_counts_and_is_never_tagged)
{
	SCENE;
	want(s, "bastions", BUY, .count = 1, .adopt = "bastionhost-1");
	stand(s, "bastionhost-1", "bastions", BOUGHT, .unrecorded = true);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_condition(p, "bastions", CONDITION_CONVERGED);
}

/* What was listed is of another product: nothing tells yet what there is of this one. */
CASE(product_that_was_not_listed_is_not_bought)
{
	SCENE;
	struct observed_listing *o = &s->observed.of[KIND_PURCHASE];
	want(s, "bastions", BUY, .count = 1, .adopt = "bastionhost-1");
	o->by_product = true;
	assert_int_equal(text_list_add(&o->products, "kms"), 0);
	auto_plan struct plan *early = planned(s);
	assert_hold(the(early, VERB_CREATE), HOLD_INCOMPLETE);
	assert_mentions(the(early, VERB_CREATE)->hold_text, "its product has not been listed yet");
	assert_condition(early, "bastions", CONDITION_UNKNOWN);
	assert_mentions(report_of(early, "bastions")->reason, "its product has not been listed yet");
	assert_true(early->watch_groups[KIND_PURCHASE]);
	assert_int_equal(text_list_add(&o->products, "bastionhost"), 0);
	stand(s, "bastionhost-1", "bastions", BOUGHT, .unrecorded = true);
	auto_plan struct plan *late = planned(s);
	assert_int_equal(late->n_actions, 0);
	assert_condition(late, "bastions", CONDITION_CONVERGED);
	assert_false(late->watch_groups[KIND_PURCHASE]);
}

CASE(unknown_instance_of_the_product_holds_the_first_create)
{
	SCENE;
	want(s, "bastions", BUY, .count = 1);
	struct observed_group *g = stand(s, "bastionhost-9", "x", BOUGHT, .unrecorded = true);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_BROWNFIELD);
	assert_mentions(the(p, VERB_CREATE)->hold_text, "bastionhost-9");
	g->image = ""; /* the listing does not tell its type */
	auto_plan struct plan *untold = planned(s);
	assert_hold(the(untold, VERB_CREATE), HOLD_BROWNFIELD);
	g->spec = "waf";
	auto_plan struct plan *other = planned(s);
	assert_hold(the(other, VERB_CREATE), HOLD_NONE);
}

CASE(instance_named_by_a_reply_counts_until_it_is_listed)
{
	SCENE;
	want(s, "bastions", BUY, .count = 2);
	stand(s, "bastionhost-1", "bastions", BOUGHT);
	scene_row(s, "", "bastionhost-2", "bastions", RESOURCE_EXPECTED);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "bastions")->committed, 2);
}

CASE(create_whose_order_names_the_instance_later_is_that_instance)
{
	SCENE;
	want(s, "bastions", BUY, .count = 1);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "bastions", "", 1);
	i->kind = KIND_PURCHASE;
	struct order *o = scene_order(s, "2201", "bastions", i->id, 1, ORDER_PAID);
	assert_int_equal(intent_set(&o->cloud_group, "bastionhost-1"), 0);
	stand(s, "bastionhost-1", "bastions", BOUGHT, .unrecorded = true);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "bastions")->committed, 1);
	assert_int_equal(report_of(p, "bastions")->running, 1);
}

/* --- surplus, expiry, absence --------------------------------------------- */

CASE(surplus_is_never_removed_and_what_a_person_can_do_is_said)
{
	for (int64_t count = 0; count < 2; count++) {
		struct scene *s = scene_new();
		want(s, "bastions", BUY, .count = count);
		stand(s, "bastionhost-1", "bastions", BOUGHT,
		      .expires_ms = SCENE_WALL_MS + SCENE_DAY_MS);
		stand(s, "bastionhost-2", "bastions", BOUGHT);
		s->observed.groups[1].charge = CHARGE_POSTPAID;
		auto_plan struct plan *p = planned(s);
		const struct group_report *r = report_of(p, "bastions");
		assert_int_equal(p->n_actions, 0);
		assert_int_equal(r->surplus, 2 - count);
		assert_int_equal(r->retained, 2 - count);
		assert_mentions(r->reason, "SetRenewal NotRenewal");
		assert_mentions(r->reason, "RefundInstance");
		assert_mentions(r->reason, "CancelOrder");
		assert_condition(p, "bastions", CONDITION_CONVERGED);
		scene_free(s);
	}
	(void)state;
}

CASE(expired_instance_is_counted_reported_and_not_replaced)
{
	SCENE;
	want(s, "bastions", BUY, .count = 2);
	stand(s, "bastionhost-1", "bastions", BOUGHT, .expires_ms = SCENE_WALL_MS - 1);
	stand(s, "bastionhost-2", "bastions", BOUGHT, .status = GROUP_EXPIRED);
	auto_plan struct plan *p = planned(s);
	const struct group_report *r = report_of(p, "bastions");
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(r->committed, 2);
	assert_int_equal(r->running, 0);
	assert_int_equal(r->expires_ms, 0);
	assert_mentions(r->reason, "2 have expired");
	assert_condition(p, "bastions", CONDITION_DEGRADED);
}

CASE(next_end_is_the_earliest_that_is_ahead)
{
	SCENE;
	want(s, "bastions", BUY, .count = 3);
	stand(s, "bastionhost-1", "bastions", BOUGHT, .expires_ms = SCENE_WALL_MS - 5);
	stand(s, "bastionhost-2", "bastions", BOUGHT, .expires_ms = SCENE_WALL_MS + 9);
	stand(s, "bastionhost-3", "bastions", BOUGHT, .expires_ms = SCENE_WALL_MS + 7);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "bastions")->expires_ms, SCENE_WALL_MS + 7);
}

CASE(absent_instance_counts_until_a_person_decides)
{
	SCENE;
	want(s, "bastions", BUY, .count = 6);
	for (int k = 0; k < 5; k++)
		stand(s, scene_text(s, "bastionhost-%d", k), "bastions", BOUGHT);
	struct resource *row = scene_row(s, "", "bastionhost-9", "bastions", RESOURCE_MISSING);
	row->charge = CHARGE_PREPAID;
	row->missing_listings = 2;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "bastions")->committed, 6);
	row->missing_listings = 3;
	row->missing_wall_ms = SCENE_WALL_MS - 11 * SCENE_MINUTE_MS;
	auto_plan struct plan *later = planned(s);
	assert_hold(the(later, VERB_CREATE), HOLD_VANISHED);
	assert_int_equal(bought(later), 1);
}

CASE(otherwise_charged_instance_is_drift)
{
	SCENE;
	want(s, "bastions", BUY, .count = 1);
	stand(s, "bastionhost-1", "bastions", BOUGHT)->charge = CHARGE_POSTPAID;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "bastions")->drifted, 1);
	assert_mentions(report_of(p, "bastions")->reason, "another way of charging than the file");
}

/* --- site, balance, price, questions -------------------------------------- */

CASE(other_site_holds_purchases_and_nothing_else)
{
	SCENE;
	want(s, "bastions", BUY, .count = 1);
	want(s, "phones", .count = 1);
	s->in.other_site = true;
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_CREATE, 0), HOLD_SITE);
	assert_mentions(nth(p, VERB_CREATE, 0)->hold_text, "set site: international");
	assert_hold(nth(p, VERB_CREATE, 1), HOLD_NONE);
	scene_approve(s, nth(p, VERB_CREATE, 0)->hash);
	auto_plan struct plan *after = planned(s);
	assert_hold(nth(after, VERB_CREATE, 0), HOLD_SITE);
	s->settings.site = SITE_INTERNATIONAL;
	auto_plan struct plan *back = planned(s);
	assert_mentions(nth(back, VERB_CREATE, 0)->hold_text, "set site: china");
}

static void costs(struct scene *s, const char *group, int64_t balance)
{
	struct prospects *p = scene_prospects(s, group);
	p->price_micro = PRICE;
	p->currency = "CNY";
	p->balance_known = balance >= 0;
	p->balance_micro = balance;
}

CASE(action_says_what_all_of_it_costs)
{
	SCENE;
	want(s, "bastions", BUY, .count = 1);
	want(s, "phones", .count = 3);
	want(s, "others", .count = 1);
	costs(s, "bastions", -1);
	costs(s, "phones", -1);
	auto_plan struct plan *p = planned(s);
	assert_string_equal(nth(p, VERB_CREATE, 0)->price, "800.00 CNY");
	assert_string_equal(nth(p, VERB_CREATE, 1)->price, "2400.00 CNY");
	assert_string_equal(nth(p, VERB_CREATE, 2)->price, "");
}

CASE(a_price_beyond_all_numbers_is_beyond_every_limit)
{
	SCENE;
	want(s, "phones", .count = 3);
	costs(s, "phones", -1);
	scene_prospects(s, "phones")->price_micro = INT64_MAX / 2;
	s->settings.limits.spend_per_day = strdup("1000 CNY");
	assert_non_null(s->settings.limits.spend_per_day);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_SPEND);
	assert_int_equal(the(p, VERB_CREATE)->price_micro, INT64_MAX);
	assert_string_equal(the(p, VERB_CREATE)->price, "9223372036854.775807 CNY");
}

CASE(price_without_a_currency_is_told_as_it_is)
{
	SCENE;
	want(s, "phones", .count = 2);
	costs(s, "phones", -1);
	scene_prospects(s, "phones")->currency = "";
	auto_plan struct plan *p = planned(s);
	assert_string_equal(the(p, VERB_CREATE)->price, "1600.00");
	assert_string_equal(the(p, VERB_CREATE)->currency, "");
}

CASE(price_follows_a_lowered_count)
{
	SCENE;
	want(s, "phones", .count = 3);
	costs(s, "phones", -1);
	s->settings.limits.instances_total = 2;
	auto_plan struct plan *p = planned(s);
	assert_string_equal(the(p, VERB_CREATE)->price, "1600.00 CNY");
}

CASE(balance_that_does_not_reach_holds_what_it_does_not_reach_for)
{
	SCENE;
	want(s, "bastions", BUY, .count = 3);
	costs(s, "bastions", 2 * PRICE + PRICE / 2);
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_CREATE, 0), HOLD_NONE);
	assert_hold(nth(p, VERB_CREATE, 1), HOLD_NONE);
	assert_hold(nth(p, VERB_CREATE, 2), HOLD_BALANCE);
	assert_mentions(nth(p, VERB_CREATE, 2)->hold_text, "costs 800.00 CNY");
	assert_mentions(nth(p, VERB_CREATE, 2)->hold_text, "balance is 2000.00");
	assert_mentions(nth(p, VERB_CREATE, 2)->hold_text, "the buys before it take 1600.00");
}

CASE(purchase_of_which_nothing_was_learned_is_held_by_no_price)
{
	SCENE;
	want(s, "bastions", BUY, .count = 1);
	s->n_prospects = 0;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_NONE);
	assert_string_equal(the(p, VERB_CREATE)->price, "");
}

/* What cannot be counted is not what nobody knows. */
CASE(cost_beyond_all_numbers_is_beyond_every_balance)
{
	SCENE;
	want(s, "phones", .count = 3, .charge = CHARGE_PREPAID, .auto_pay = true);
	costs(s, "phones", INT64_MAX - 1);
	scene_prospects(s, "phones")->price_micro = INT64_MAX / 2;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_BALANCE);
}

CASE(buys_that_come_to_more_than_all_numbers_are_beyond_every_balance)
{
	SCENE;
	want(s, "bastions", BUY, .count = 3);
	costs(s, "bastions", INT64_MAX - 1);
	scene_prospects(s, "bastions")->price_micro = INT64_MAX / 2;
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_CREATE, 0), HOLD_NONE);
	assert_hold(nth(p, VERB_CREATE, 1), HOLD_NONE);
	assert_hold(nth(p, VERB_CREATE, 2), HOLD_BALANCE);
}

CASE(cost_in_no_known_currency_is_told_without_one)
{
	SCENE;
	want(s, "bastions", BUY, .count = 1);
	costs(s, "bastions", 1);
	scene_prospects(s, "bastions")->currency = "";
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_BALANCE);
	assert_mentions(the(p, VERB_CREATE)->hold_text, "it costs 800.00 and is paid at once");
}

CASE(person_who_knows_of_other_money_lets_a_buy_through)
{
	SCENE;
	want(s, "bastions", BUY, .count = 1);
	costs(s, "bastions", PRICE - 1);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_BALANCE);
	scene_approve(s, the(p, VERB_CREATE)->hash);
	auto_plan struct plan *after = planned(s);
	assert_hold(the(after, VERB_CREATE), HOLD_NONE);
}

CASE(unknown_price_or_balance_holds_nothing)
{
	SCENE;
	want(s, "bastions", BUY, .count = 1);
	costs(s, "bastions", -1);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_NONE);
	costs(s, "bastions", 0);
	scene_prospects(s, "bastions")->price_micro = 0;
	auto_plan struct plan *unpriced = planned(s);
	assert_hold(the(unpriced, VERB_CREATE), HOLD_NONE);
	assert_string_equal(the(unpriced, VERB_CREATE)->price, ""); /* not known is not free */
}

CASE(balance_does_not_matter_where_a_person_pays)
{
	SCENE;
	want(s, "phones", .count = 1, .charge = CHARGE_PREPAID);
	want(s, "quick", .count = 1, .charge = CHARGE_PREPAID, .auto_pay = true);
	costs(s, "phones", 0);
	costs(s, "quick", 0);
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_CREATE, 0), HOLD_NONE);
	assert_hold(nth(p, VERB_CREATE, 1), HOLD_BALANCE);
}

CASE(group_being_asked_about_does_not_buy_yet)
{
	SCENE;
	want(s, "bastions", BUY, .count = 1);
	want(s, "phones", .count = 2);
	stand(s, "ag-1", "phones", .n = 1);
	scene_prospects(s, "bastions")->stock = CHECK_ASKED;
	scene_prospects(s, "phones")->image = CHECK_ASKED;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_STOCK);
	assert_string_equal(the(p, VERB_CREATE)->hold_text,
			    "its image, spec and price are being asked about");
	assert_hold(the(p, VERB_GROW), HOLD_STOCK);
	assert_condition(p, "bastions", CONDITION_PROGRESSING);
}

/* --- unclear buys --------------------------------------------------------- */

static void unclear(struct scene *s, const char *group, int n, enum intent_state state)
{
	while (n-- > 0) {
		struct intent *i = scene_intent(s, VERB_CREATE, state, group, "", 1);
		i->kind = KIND_PURCHASE;
		i->first_sent_wall_ms = SCENE_WALL_MS - 10 * SCENE_MINUTE_MS;
	}
}

CASE(what_an_unclear_purchase_may_have_made_is_not_offered_as_a_strangers)
{
	static const enum intent_state states[] = {INTENT_SENT, INTENT_UNCLEAR, INTENT_HELD};
	SCENE;
	want(s, "bastions", BUY, .count = 1);
	want(s, "others", BUY, .count = 1);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_HELD, "bastions", "", 1);
	i->kind = KIND_PURCHASE;
	i->first_sent_wall_ms = SCENE_WALL_MS - 10 * SCENE_MINUTE_MS;
	stand(s, "bastionhost-9", "x", BOUGHT, .unrecorded = true,
	      .created_ms = SCENE_WALL_MS - 9 * SCENE_MINUTE_MS);
	for (size_t k = 0; k < ARRAY_SIZE(states); k++) {
		i->state = states[k];
		auto_plan struct plan *p = planned(s);
		const struct action *a = the(p, VERB_CREATE);
		assert_string_equal(a->group, "others");
		assert_hold(a, states[k] == INTENT_HELD ? HOLD_AMBIGUOUS : HOLD_IN_FLIGHT);
		assert_mentions(a->hold_text, "bastionhost-9 may be what intent 1 of group bastions");
	}
	stand(s, "bastionhost-8", "x", BOUGHT, .unrecorded = true,
	      .created_ms = SCENE_WALL_MS - 60 * SCENE_MINUTE_MS);
	auto_plan struct plan *both = planned(s);
	assert_hold(the(both, VERB_CREATE), HOLD_BROWNFIELD);
	assert_mentions(the(both, VERB_CREATE)->hold_text, "exist: bastionhost-8;");
}

CASE(a_purchase_that_nothing_names_is_stuck_and_asks_for_its_name)
{
	SCENE;
	want(s, "bastions", BUY, .count = 1);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "bastions", "", 1);
	i->kind = KIND_PURCHASE;
	i->settled_wall_ms = SCENE_WALL_MS - 20 * SCENE_MINUTE_MS;
	assert_int_equal(intent_set(&i->order_id, "2201"), 0);
	scene_order(s, "2201", "bastions", i->id, 1, ORDER_PAID);
	auto_plan struct plan *young = planned(s);
	assert_condition(young, "bastions", CONDITION_PROGRESSING);
	i->settled_wall_ms = SCENE_WALL_MS - 31 * SCENE_MINUTE_MS;
	auto_plan struct plan *old = planned(s);
	assert_condition(old, "bastions", CONDITION_STUCK);
	assert_mentions(report_of(old, "bastions")->reason, "by order 2201");
	assert_mentions(report_of(old, "bastions")->reason,
			scene_text(s, "drover intents adopt %" PRId64 " ID", i->id));
	assert_mentions(report_of(old, "bastions")->reason,
			scene_text(s, "drover intents abandon %" PRId64, i->id));
	assert_int_equal(old->n_actions, 0);
}

CASE(more_than_three_unclear_buys_hold_further_ones_of_the_kind)
{
	SCENE;
	want(s, "bastions", BUY, .count = 3);
	want(s, "others", BUY, .count = 3);
	want(s, "phones", .count = 1);
	unclear(s, "bastions", 3, INTENT_UNCLEAR);
	auto_plan struct plan *p = planned(s);
	assert_hold(nth(p, VERB_CREATE, 0), HOLD_NONE);
	unclear(s, "others", 1, INTENT_UNCLEAR);
	auto_plan struct plan *later = planned(s);
	assert_hold(nth(later, VERB_CREATE, 0), HOLD_IN_FLIGHT);
	assert_mentions(nth(later, VERB_CREATE, 0)->hold_text, "4 buys of kind purchase");
	assert_hold(nth(later, VERB_CREATE, 2), HOLD_NONE);
	for (size_t i = 0; i < s->in_flight.n_intents; i++)
		s->intents[i]->state = INTENT_HELD;
	want(s, "more", BUY, .count = 1);
	auto_plan struct plan *held = planned(s);
	assert_string_equal(held->actions[held->n_actions - 1].group, "more");
	assert_hold(&held->actions[held->n_actions - 1], HOLD_AMBIGUOUS);
}

CASE(what_an_unclear_purchase_may_have_made_is_named)
{
	SCENE;
	want(s, "bastions", BUY, .count = 2);
	unclear(s, "bastions", 1, INTENT_HELD);
	stand(s, "bastionhost-new", "x", BOUGHT, .unrecorded = true,
	      .created_ms = SCENE_WALL_MS - 15 * SCENE_MINUTE_MS);
	stand(s, "bastionhost-old", "x", BOUGHT, .unrecorded = true,
	      .created_ms = SCENE_WALL_MS - 15 * SCENE_MINUTE_MS - 1);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_AMBIGUOUS);
	assert_mentions(the(p, VERB_CREATE)->hold_text, "(may be bastionhost-new)");
	s->desired.groups[0].count = 1;
	auto_plan struct plan *none = planned(s);
	assert_int_equal(none->n_actions, 0);
	assert_condition(none, "bastions", CONDITION_HELD);
	assert_mentions(report_of(none, "bastions")->reason, "(may be bastionhost-new)");
}

CASE(ends_are_counted_by_how_near_they_are)
{
	static const int64_t days[] = {30, 6, 2, 0, -1};
	SCENE;
	want(s, "bastions", .kind = KIND_PURCHASE, .charge = CHARGE_PREPAID, .count = 5);
	for (size_t k = 0; k < ARRAY_SIZE(days); k++)
		stand(s, scene_text(s, "b-%zu", k), "bastions", .kind = KIND_PURCHASE, .n = 1,
		      .charge = CHARGE_PREPAID,
		      .expires_ms = (uint64_t)((int64_t)SCENE_WALL_MS + 1000 +
					       days[k] * (int64_t)SCENE_DAY_MS));
	auto_plan struct plan *p = planned(s);
	const struct group_report *r = report_of(p, "bastions");
	assert_int_equal(r->ending[ENDING_IN_7_DAYS], 3);
	assert_int_equal(r->ending[ENDING_IN_3_DAYS], 2);
	assert_int_equal(r->ending[ENDING_IN_1_DAY], 1);
	assert_int_equal(r->ending[ENDING_OVER], 1);
	assert_int_equal(r->expires_ms, SCENE_WALL_MS + 1000);
}

static struct resource *bought_row(struct scene *s, enum charge_type charge)
{
	want(s, "bastions", .kind = KIND_PURCHASE, .charge = charge, .count = 1);
	scene_known(s, "bastions", KIND_PURCHASE);
	struct resource *row = scene_row(s, "", "b-1", "bastions", RESOURCE_MISSING);
	row->charge = charge;
	row->missing_wall_ms = SCENE_WALL_MS - 11 * SCENE_MINUTE_MS;
	row->missing_listings = 3;
	return row;
}

/* The last one ended or was refunded: the listing is empty for good. */
CASE(empty_listing_of_what_was_paid_in_advance_is_believed)
{
	SCENE;
	bought_row(s, CHARGE_PREPAID);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_VANISHED);
	assert_condition(p, "bastions", CONDITION_HELD);
}

CASE(empty_listing_of_what_is_paid_by_use_is_not)
{
	SCENE;
	bought_row(s, CHARGE_POSTPAID);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
	assert_condition(p, "bastions", CONDITION_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(every_missing_instance_is_a_create_of_its_own),
		RUN(bought_instances_count_one_each),
		RUN(adopted_instance_counts_and_is_never_tagged),
		RUN(product_that_was_not_listed_is_not_bought),
		RUN(unknown_instance_of_the_product_holds_the_first_create),
		RUN(instance_named_by_a_reply_counts_until_it_is_listed),
		RUN(create_whose_order_names_the_instance_later_is_that_instance),
		cmocka_unit_test(surplus_is_never_removed_and_what_a_person_can_do_is_said),
		RUN(expired_instance_is_counted_reported_and_not_replaced),
		RUN(next_end_is_the_earliest_that_is_ahead),
		RUN(absent_instance_counts_until_a_person_decides),
		RUN(otherwise_charged_instance_is_drift),
		RUN(other_site_holds_purchases_and_nothing_else),
		RUN(action_says_what_all_of_it_costs),
		RUN(a_price_beyond_all_numbers_is_beyond_every_limit),
		RUN(price_without_a_currency_is_told_as_it_is),
		RUN(price_follows_a_lowered_count),
		RUN(balance_that_does_not_reach_holds_what_it_does_not_reach_for),
		RUN(purchase_of_which_nothing_was_learned_is_held_by_no_price),
		RUN(cost_beyond_all_numbers_is_beyond_every_balance),
		RUN(buys_that_come_to_more_than_all_numbers_are_beyond_every_balance),
		RUN(cost_in_no_known_currency_is_told_without_one),
		RUN(person_who_knows_of_other_money_lets_a_buy_through),
		RUN(unknown_price_or_balance_holds_nothing),
		RUN(balance_does_not_matter_where_a_person_pays),
		RUN(group_being_asked_about_does_not_buy_yet),
		RUN(what_an_unclear_purchase_may_have_made_is_not_offered_as_a_strangers),
		RUN(a_purchase_that_nothing_names_is_stuck_and_asks_for_its_name),
		RUN(more_than_three_unclear_buys_hold_further_ones_of_the_kind),
		RUN(what_an_unclear_purchase_may_have_made_is_named),
		RUN(ends_are_counted_by_how_near_they_are),
		RUN(empty_listing_of_what_was_paid_in_advance_is_believed),
		RUN(empty_listing_of_what_is_paid_by_use_is_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
