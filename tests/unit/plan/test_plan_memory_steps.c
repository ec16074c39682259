/* Memory runs out while something particular is planned: at every step, and in every hold. */
#include <errno.h>

#include "lib/failing_alloc.h"
#include "planning.h"

#define APP .kind = KIND_APP_STREAMING
#define BUY .kind = KIND_PURCHASE, .per_group = 1, .charge = CHARGE_PREPAID, .auto_pay = true

/* What a scene has besides a fleet at rest, and the action that shows that it is planned so. */
struct special {
	void (*arrange)(struct scene *s);
	enum verb verb;
	enum hold hold;
};

static int plan_and_guard(const struct plan_input *in)
{
	auto_plan struct plan *plan = NULL;
	int r = plan_compute(in, &plan);
	return r < 0 ? r : guard_apply(in, plan);
}

static void assert_planned(struct scene *s, enum verb verb, enum hold hold)
{
	auto_plan struct plan *p = planned(s);
	for (size_t i = 0; i < p->n_actions; i++)
		if (p->actions[i].verb == verb && p->actions[i].hold == hold)
			return;
	fail_msg("no %s that is held as \"%s\"", verb_name(verb), hold_name(hold));
}

static void run_out(const struct special *special)
{
	struct scene *s = scene_new();
	special->arrange(s);
	assert_planned(s, special->verb, special->hold);
	const struct plan_input *in = scene_input(s);
	each_failing_alloc(n)
	{
		failing_alloc_once(n);
		int r = plan_and_guard(in);
		bool failed = failing_alloc_stop();
		assert_int_equal(r, failed ? -ENOMEM : 0);
	}
	scene_free(s);
}

#define RUN_OUT(table)                                                                             \
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)                                             \
	run_out(&(table)[i])

static void refuse_upkeep(struct scene *s, const char *group)
{
	scene_prospects(s, group)->upkeep_not_before_mono_ms = SCENE_MONO_MS + SCENE_MINUTE_MS;
}

static struct intent *unanswered(struct scene *s, const char *group, enum intent_state state)
{
	struct intent *i = scene_intent(s, VERB_CREATE, state, group, "", 1);
	i->first_sent_wall_ms = SCENE_WALL_MS - 10 * SCENE_MINUTE_MS;
	return i;
}

static void stand_unmarked(struct scene *s, const char *id)
{
	stand(s, id, "", .n = 4, .unmarked = true, .unrecorded = true,
	      .created_ms = SCENE_WALL_MS - 9 * SCENE_MINUTE_MS);
}

/* --- growth -------------------------------------------------------------- */

static void grow_two(struct scene *s)
{
	want(s, "phones", .count = 9, .per_group = 4);
	stand(s, "ag-1", "phones", .n = 2);
	stand(s, "ag-2", "phones", .n = 2);
	scene_row(s, "acp-1", "ag-1", "phones", RESOURCE_EXPECTED);
	scene_row(s, "acp-3", "ag-2", "phones", RESOURCE_EXPECTED);
}

static void grow_with_two_absent(struct scene *s)
{
	want(s, "phones", .count = 9);
	stand(s, "ag-1", "phones", .n = 2);
	scene_row(s, "acp-1", "ag-1", "phones", RESOURCE_EXPECTED);
	scene_row(s, "acp-2", "ag-1", "phones", RESOURCE_EXPECTED);
}

static void grow_unlisted(struct scene *s)
{
	want(s, "phones", .count = 9);
	stand(s, "ag-1", "phones", .n = 2, .unlisted = true);
}

static void grow_pool_that_is_updated(struct scene *s)
{
	want(s, "browsers", APP, .count = 4);
	stand(s, "aig-1", "browsers", APP, .n = 2, .status = GROUP_UPDATING);
}

static void grow_pool_of_an_old_listing(struct scene *s)
{
	want(s, "browsers", APP, .count = 4);
	stand(s, "aig-1", "browsers", APP, .n = 2)->listed_mono_ms -= 5000;
}

static void create_beyond_the_pace(struct scene *s)
{
	want(s, "phones", .count = 3, .per_group = 1);
	scene_prospects(s, "phones")->pace = 1;
}

static void create_while_many_are_unclear(struct scene *s)
{
	want(s, "phones", .count = 1);
	want(s, "others", .count = 4, .spec = "acp.perf.large");
	for (int i = 0; i < 4; i++)
		unanswered(s, "others", INTENT_UNCLEAR);
}

static void create_pool_listed_once(struct scene *s)
{
	struct observed_listing *o = &s->observed.of[KIND_APP_STREAMING];
	want(s, "browsers", APP, .count = 4);
	o->ids_since_mono_ms = o->listed_mono_ms;
}

static void growth(void **state)
{
	(void)state;
	static const struct special table[] = {
		{grow_two, VERB_GROW, HOLD_NONE},
		{grow_with_two_absent, VERB_GROW, HOLD_NONE},
		{grow_unlisted, VERB_GROW, HOLD_NOT_TWICE},
		{grow_pool_that_is_updated, VERB_GROW, HOLD_IN_FLIGHT},
		{grow_pool_of_an_old_listing, VERB_GROW, HOLD_NOT_TWICE},
		{create_beyond_the_pace, VERB_CREATE, HOLD_PACE},
		{create_while_many_are_unclear, VERB_CREATE, HOLD_IN_FLIGHT},
		{create_pool_listed_once, VERB_CREATE, HOLD_NOT_TWICE},
	};
	RUN_OUT(table);
}

/* --- what holds a buy ------------------------------------------------------ */

static void incomplete(struct scene *s)
{
	want(s, "phones", .count = 4);
	stand(s, "ag-1", "phones", .n = 2);
	s->observed.of[KIND_CLOUD_PHONE].complete = false;
}

static void of_another_owner(struct scene *s)
{
	want(s, "phones", .count = 4);
	stand(s, "ag-1", "phones", .n = 2, .unrecorded = true, .owner = "another");
}

static void of_the_other_site(struct scene *s)
{
	want(s, "bastions", BUY, .count = 1);
	s->in.other_site = true;
}

static void of_a_new_ledger(struct scene *s)
{
	want(s, "phones", .count = 1);
	s->in_flight.ledger_since_wall_ms = SCENE_WALL_MS;
	s->observed.of[KIND_CLOUD_PHONE].complete_listings = 1;
}

static void with_orders_of_nobody(struct scene *s)
{
	want(s, "phones", .count = 1, .charge = CHARGE_PREPAID);
	for (int i = 0; i < 7; i++)
		scene_order(s, scene_text(s, "99%d", i), "", 0, 1, ORDER_UNPAID);
}

static void before_orders_are_looked_at(struct scene *s)
{
	want(s, "phones", .count = 1, .charge = CHARGE_PREPAID);
	s->in_flight.ledger_since_wall_ms = SCENE_WALL_MS - SCENE_DAY_MS;
	s->in_flight.orders_look = ORDERS_NOT_LOOKED;
}

static void after_an_ambiguous_one(struct scene *s)
{
	want(s, "phones", .count = 4);
	unanswered(s, "phones", INTENT_HELD);
	stand_unmarked(s, "ag-x");
}

static void after_a_cancelled_order(struct scene *s)
{
	want(s, "phones", .count = 4);
	scene_order(s, "990", "phones", 1, 1, ORDER_CANCELLED);
}

static void for_what_vanished(struct scene *s)
{
	want(s, "phones", .count = 11, .charge = CHARGE_PREPAID);
	stand(s, "ag-1", "phones", .n = 10, .charge = CHARGE_PREPAID);
	struct resource *r = scene_row(s, "acp-lost", "ag-1", "phones", RESOURCE_MISSING);
	r->charge = CHARGE_PREPAID;
	r->missing_listings = 3;
	r->missing_wall_ms = SCENE_WALL_MS - 10 * SCENE_MINUTE_MS;
}

static void sold_out(struct scene *s)
{
	want(s, "phones", .count = 4);
	scene_prospects(s, "phones")->stock = CHECK_BAD;
}

static void that_may_be_made(struct scene *s)
{
	want(s, "phones", .count = 1);
	want(s, "others", .count = 1);
	unanswered(s, "others", INTENT_UNCLEAR);
	stand_unmarked(s, "ag-x");
}

static void that_may_be_made_for_a_person(struct scene *s)
{
	want(s, "phones", .count = 1);
	want(s, "others", .count = 1);
	unanswered(s, "others", INTENT_HELD);
	stand_unmarked(s, "ag-x");
}

static void among_strangers(struct scene *s)
{
	want(s, "phones", .count = 1);
	stand_unmarked(s, "ag-x");
}

static void of_another_name(struct scene *s)
{
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "older", .n = 1);
}

static void what_holds_a_buy(void **state)
{
	(void)state;
	static const struct special table[] = {
		{incomplete, VERB_GROW, HOLD_INCOMPLETE},
		{of_another_owner, VERB_GROW, HOLD_FOREIGN_OWNER},
		{of_the_other_site, VERB_CREATE, HOLD_SITE},
		{of_a_new_ledger, VERB_CREATE, HOLD_INCOMPLETE},
		{with_orders_of_nobody, VERB_CREATE, HOLD_UNKNOWN_ORDERS},
		{before_orders_are_looked_at, VERB_CREATE, HOLD_INCOMPLETE},
		{after_an_ambiguous_one, VERB_CREATE, HOLD_AMBIGUOUS},
		{after_a_cancelled_order, VERB_CREATE, HOLD_CANCELLED_ORDER},
		{for_what_vanished, VERB_CREATE, HOLD_VANISHED},
		{sold_out, VERB_CREATE, HOLD_STOCK},
		{that_may_be_made, VERB_CREATE, HOLD_IN_FLIGHT},
		{that_may_be_made_for_a_person, VERB_CREATE, HOLD_AMBIGUOUS},
		{among_strangers, VERB_CREATE, HOLD_BROWNFIELD},
		{of_another_name, VERB_CREATE, HOLD_RENAME},
	};
	RUN_OUT(table);
}

/* --- fewer ----------------------------------------------------------------- */

static void shrink_all_ways(struct scene *s)
{
	want(s, "phones", .count = 90);
	s->settings.limits.deletes_per_hour = 2;
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 60);
	struct observed_group *other = stand(s, "ag-2", "phones", .n = 40);
	g->instances[0].status = other->instances[0].status = INSTANCE_FAILED;
	g->instances[1].status = INSTANCE_CREATING;
	for (size_t i = 1; i < other->n_instances; i++)
		other->instances[i].connected = true;
	for (size_t i = 2; i < g->n_instances - 6; i++)
		g->instances[i].connected = true;
}

static void shrink_in_use(struct scene *s)
{
	want(s, "phones", .count = 2);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 3);
	for (size_t i = 0; i < g->n_instances; i++)
		g->instances[i].connected = true;
}

static void shrink_of_sixty(struct scene *s)
{
	want(s, "phones", .count = 70);
	s->settings.limits.deletes_per_hour = 100;
	stand(s, "ag-1", "phones", .n = 65);
	stand(s, "ag-2", "phones", .n = 65);
}

static void shrink_incomplete(struct scene *s)
{
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 2);
	s->observed.of[KIND_CLOUD_PHONE].complete = false;
}

static void shrink_of_another_owner(struct scene *s)
{
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 2, .unrecorded = true, .owner = "another");
}

static void shrink_refused(struct scene *s)
{
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 2);
	refuse_upkeep(s, "phones");
}

static void shrink_listed_once(struct scene *s)
{
	want(s, "phones", .count = 1);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 2);
	g->ids_since_mono_ms = g->listed_mono_ms;
}

static void shrink_more_than_half(struct scene *s)
{
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "phones", .n = 5);
}

static void shrink_protected(struct scene *s)
{
	want(s, "phones", .count = 4, .protect = true);
	stand(s, "ag-1", "phones", .n = 5);
}

static void shrink_observed(struct scene *s)
{
	want(s, "phones", .count = 4);
	stand(s, "ag-1", "phones", .n = 5);
	s->settings.mode = MODE_OBSERVE;
}

static void delete_two(struct scene *s)
{
	want(s, "phones", .count = 0);
	stand(s, "ag-1", "phones", .n = 3);
	stand(s, "ag-2", "phones", .n = 3);
}

static void delete_listed_once(struct scene *s)
{
	want(s, "phones", .count = 0);
	struct observed_group *g = stand(s, "ag-1", "phones", .n = 3);
	g->ids_since_mono_ms = g->listed_mono_ms;
}

/* Approved, so that what a person lifts is out of the way. */
static void delete_not_fresh(struct scene *s)
{
	want(s, "phones", .count = 0);
	stand(s, "ag-1", "phones", .n = 3)->listed_mono_ms = SCENE_MONO_MS - 5001;
	auto_plan struct plan *p = planned(s);
	scene_approve(s, the(p, VERB_DELETE)->hash);
}

static void fewer(void **state)
{
	(void)state;
	static const struct special table[] = {
		{shrink_all_ways, VERB_SHRINK, HOLD_DELETES_PER_HOUR},
		{shrink_in_use, VERB_SHRINK, HOLD_SESSION},
		{shrink_of_sixty, VERB_SHRINK, HOLD_NONE},
		{shrink_incomplete, VERB_SHRINK, HOLD_INCOMPLETE},
		{shrink_of_another_owner, VERB_SHRINK, HOLD_FOREIGN_OWNER},
		{shrink_refused, VERB_SHRINK, HOLD_BACKOFF},
		{shrink_listed_once, VERB_SHRINK, HOLD_NOT_TWICE},
		{shrink_more_than_half, VERB_SHRINK, HOLD_SHRINK_HALF},
		{shrink_protected, VERB_SHRINK, HOLD_PROTECTED},
		{shrink_observed, VERB_SHRINK, HOLD_OBSERVE},
		{delete_two, VERB_DELETE, HOLD_COUNT_ZERO},
		{delete_listed_once, VERB_DELETE, HOLD_COUNT_ZERO},
		{delete_not_fresh, VERB_DELETE, HOLD_NOT_FRESH},
	};
	RUN_OUT(table);
}

static void shrink_two_pools(struct scene *s)
{
	want(s, "browsers", APP, .count = 30);
	stand(s, "aig-1", "browsers", APP, .n = 3);
	stand(s, "aig-2", "browsers", APP, .n = 38);
}

static void shrink_pool_that_is_updated(struct scene *s)
{
	want(s, "browsers", APP, .count = 30);
	stand(s, "aig-1", "browsers", APP, .n = 31, .status = GROUP_UPDATING);
}

static void shrink_pool_listed_once(struct scene *s)
{
	want(s, "browsers", APP, .count = 30);
	struct observed_group *g = stand(s, "aig-1", "browsers", APP, .n = 31);
	g->ids_since_mono_ms = g->listed_mono_ms;
}

static void delete_two_pools(struct scene *s)
{
	want(s, "browsers", APP, .count = 0);
	stand(s, "aig-1", "browsers", APP, .n = 3);
	stand(s, "aig-2", "browsers", APP, .n = 3);
}

static void delete_pool_listed_once(struct scene *s)
{
	want(s, "browsers", APP, .count = 0);
	struct observed_group *g = stand(s, "aig-1", "browsers", APP, .n = 3);
	g->ids_since_mono_ms = g->listed_mono_ms;
}

static void fewer_in_a_pool(void **state)
{
	(void)state;
	static const struct special table[] = {
		{shrink_two_pools, VERB_SHRINK, HOLD_NONE},
		{shrink_pool_that_is_updated, VERB_SHRINK, HOLD_IN_FLIGHT},
		{shrink_pool_listed_once, VERB_SHRINK, HOLD_NOT_TWICE},
		{delete_two_pools, VERB_DELETE, HOLD_COUNT_ZERO},
		{delete_pool_listed_once, VERB_DELETE, HOLD_COUNT_ZERO},
	};
	RUN_OUT(table);
}

/* --- limits of buys ---------------------------------------------------------- */

static void lowered(struct scene *s)
{
	want(s, "phones", .count = 9);
	s->settings.limits.instances_total = 5;
	scene_prospects(s, "phones")->price_micro = MONEY_ONE;
}

static void beyond_the_balance(struct scene *s)
{
	want(s, "bastions", BUY, .count = 1);
	scene_prospects(s, "bastions")->price_micro = MONEY_ONE;
	scene_prospects(s, "bastions")->balance_known = true;
}

static void limits_of_buys(void **state)
{
	(void)state;
	static const struct special table[] = {
		{lowered, VERB_CREATE, HOLD_NONE},
		{beyond_the_balance, VERB_CREATE, HOLD_BALANCE},
	};
	RUN_OUT(table);
}

/* --- upkeep ------------------------------------------------------------------ */

/* Two cloud groups, so that something is left to do when the first one fails. */
static struct observed_group *two_groups(struct scene *s, int64_t n)
{
	struct observed_group *g = stand(s, "ag-1", "phones", .n = n, .key_pair = "kp");
	stand(s, "ag-2", "phones", .n = n, .key_pair = "kp");
	return g;
}

static void tag_sixty(struct scene *s)
{
	want(s, "phones", .count = 120);
	struct observed_group *g = two_groups(s, 60);
	for (size_t i = 0; i < g->n_instances; i++)
		g->instances[i].tags = "";
}

static void attach_keys(struct scene *s)
{
	want(s, "phones", .count = 6, .key_pair = "another");
	two_groups(s, 3);
}

static void start(struct scene *s)
{
	want(s, "phones", .count = 6, .power_on = true);
	two_groups(s, 3)->instances[1].status = INSTANCE_STOPPED;
}

static void reboot(struct scene *s)
{
	want(s, "phones", .count = 6, .heal = HEAL_REBOOT);
	two_groups(s, 3)->instances[1].status = INSTANCE_UNAVAILABLE;
}

static void reboot_not_fresh(struct scene *s)
{
	reboot(s);
	s->observed.groups[0].listed_mono_ms = SCENE_MONO_MS - 5001;
}

static void reset(struct scene *s)
{
	want(s, "phones", .count = 6, .heal = HEAL_RESET);
	two_groups(s, 3)->instances[1].status = INSTANCE_UNAVAILABLE;
}

static void tag_after_a_refusal(struct scene *s)
{
	want(s, "phones", .count = 6);
	two_groups(s, 3)->instances[1].tags = "";
	refuse_upkeep(s, "phones");
}

static void tag_pools(struct scene *s)
{
	want(s, "browsers", APP, .count = 51);
	for (int i = 0; i < 51; i++)
		stand(s, scene_text(s, "aig-%02d", i), "browsers", APP, .n = 1, .unmarked = true);
}

static void upkeep(void **state)
{
	(void)state;
	static const struct special table[] = {
		{tag_sixty, VERB_TAG, HOLD_NONE},
		{attach_keys, VERB_ATTACH_KEY, HOLD_NONE},
		{start, VERB_START, HOLD_NONE},
		{reboot, VERB_REBOOT, HOLD_NONE},
		{reboot_not_fresh, VERB_REBOOT, HOLD_NOT_FRESH},
		{reset, VERB_RESET, HOLD_NONE},
		{tag_after_a_refusal, VERB_TAG, HOLD_BACKOFF},
		{tag_pools, VERB_TAG, HOLD_NONE},
	};
	RUN_OUT(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(growth),
		cmocka_unit_test(what_holds_a_buy),
		cmocka_unit_test(fewer),
		cmocka_unit_test(fewer_in_a_pool),
		cmocka_unit_test(limits_of_buys),
		cmocka_unit_test(upkeep),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
