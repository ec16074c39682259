/* Delivery groups: one cloud group per desired group, of which only the number counts. */
#include "planning.h"

#define APP .kind = KIND_APP_STREAMING
#define SUBSCRIPTION .charge = CHARGE_PREPAID

/* --- creating ------------------------------------------------------------- */

CASE(one_create_makes_all_nodes)
{
	SCENE;
	want(s, "browsers", APP, .count = 40, .per_group = 1);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_int_equal(the(p, VERB_CREATE)->count, 40);
	assert_int_equal(the(p, VERB_CREATE)->total, 0);
	assert_hold(the(p, VERB_CREATE), HOLD_NONE);
}

CASE(create_without_a_token_waits_for_two_agreeing_listings)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	struct observed_listing *o = &s->observed.of[KIND_APP_STREAMING];
	o->ids_since_mono_ms = o->listed_mono_ms - s->settings.poll.twice_apart_ms + 1;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_NOT_TWICE);
	assert_true(p->watch_groups[KIND_APP_STREAMING]);
	o->ids_since_mono_ms--;
	auto_plan struct plan *later = planned(s);
	assert_hold(the(later, VERB_CREATE), HOLD_NONE);
}

static void a_create_is_under_way(struct scene *s, enum intent_state state)
{
	struct intent *i = scene_intent(s, VERB_CREATE, state, "browsers", "", 4);
	i->kind = KIND_APP_STREAMING;
}

CASE(no_second_create_while_one_is_open_even_when_more_is_wanted)
{
	(void)state;
	static const enum intent_state states[] = {INTENT_RECORDED, INTENT_SENT, INTENT_UNCLEAR,
						   INTENT_HELD, INTENT_DONE};
	for (size_t k = 0; k < ARRAY_SIZE(states); k++) {
		struct scene *s = scene_new();
		want(s, "browsers", APP, .count = 9);
		a_create_is_under_way(s, states[k]);
		auto_plan struct plan *p = planned(s);
		assert_int_equal(p->n_actions, 0);
		assert_int_equal(report_of(p, "browsers")->committed, 4);
		scene_free(s);
	}
}

CASE(untagged_group_of_the_exact_name_is_what_a_lost_answer_made)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	a_create_is_under_way(s, INTENT_UNCLEAR);
	assert_int_equal(intent_set(&s->intents[0]->name, "browsers.abc234"), 0);
	stand(s, "aig-1", "x", APP, .n = 4, .unmarked = true, .unrecorded = true,
	      .name = "browsers.abc234");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_string_equal(the(p, VERB_TAG)->targets.items[0], "aig-1");
	assert_int_equal(report_of(p, "browsers")->committed, 4);
	assert_int_equal(report_of(p, "browsers")->running, 4);
	s->observed.groups[0].name = "browsers.abc235";
	auto_plan struct plan *other = planned(s);
	assert_int_equal(other->n_actions, 0);
	assert_int_equal(report_of(other, "browsers")->running, 0);
	assert_int_equal(report_of(other, "browsers")->committed, 4);
}

CASE(group_named_by_a_reply_counts_until_it_is_listed)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	a_create_is_under_way(s, INTENT_DONE);
	assert_int_equal(intent_set(&s->intents[0]->result_group, "aig-1"), 0);
	scene_row(s, "", "aig-1", "browsers", RESOURCE_EXPECTED)->intent = 1;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "browsers")->pending, 4);
	assert_condition(p, "browsers", CONDITION_PROGRESSING);
	assert_true(p->watch_groups[KIND_APP_STREAMING]);
}

/* Before it was tagged: its order named it, or its answer was lost. */
CASE(untagged_group_of_the_exact_name_is_what_the_create_made)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	a_create_is_under_way(s, INTENT_DONE);
	assert_int_equal(intent_set(&s->intents[0]->name, "browsers.abcdef"), 0);
	stand(s, "aig-1", "browsers", APP, .n = 4, .unmarked = true, .unrecorded = true,
	      .name = "browsers.abcdef");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
	assert_int_equal(report_of(p, "browsers")->committed, 4);
	assert_int_equal(report_of(p, "browsers")->running, 4);
}

CASE(untagged_group_of_nearly_that_name_is_not)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	a_create_is_under_way(s, INTENT_DONE);
	assert_int_equal(intent_set(&s->intents[0]->name, "browsers.abcdef"), 0);
	stand(s, "aig-1", "browsers", APP, .n = 4, .unmarked = true, .unrecorded = true,
	      .name = "browsers.abcdeg");
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "browsers")->running, 0);
}

CASE(group_never_listed_is_stuck_and_not_made_again)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	scene_row(s, "", "aig-1", "browsers", RESOURCE_EXPECTED)->first_wall_ms =
		SCENE_WALL_MS - 31 * SCENE_MINUTE_MS;
	stand(s, "aig-2", "others", APP, .n = 1);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_condition(p, "browsers", CONDITION_STUCK);
}

/* Three nodes came of the four that @i asked for. */
static void assert_stuck_for_nodes(struct scene *s, struct intent *i)
{
	i->kind = KIND_APP_STREAMING;
	i->settled_wall_ms = SCENE_WALL_MS - 29 * SCENE_MINUTE_MS;
	auto_plan struct plan *early = planned(s);
	assert_condition(early, "browsers", CONDITION_PROGRESSING);
	i->settled_wall_ms = SCENE_WALL_MS - 31 * SCENE_MINUTE_MS;
	auto_plan struct plan *late = planned(s);
	assert_int_equal(late->n_actions, 0);
	assert_condition(late, "browsers", CONDITION_STUCK);
	assert_mentions(report_of(late, "browsers")->reason, "more nodes than there are");
	assert_mentions(report_of(late, "browsers")->reason,
			scene_text(s, "drover intents abandon %d", (int)i->id));
	s->observed.groups[0].available = 4;
	auto_plan struct plan *all = planned(s);
	assert_condition(all, "browsers", CONDITION_PROGRESSING);
}

CASE(fewer_nodes_than_were_bought_are_stuck)
{
	SCENE;
	want(s, "browsers", APP, .count = 4, .charge = CHARGE_PREPAID);
	stand(s, "aig-1", "browsers", APP, .n = 3, .charge = CHARGE_PREPAID);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "browsers", "", 4);
	assert_int_equal(intent_set(&i->result_group, "aig-1"), 0);
	i->charge = CHARGE_PREPAID;
	assert_stuck_for_nodes(s, i);
}

CASE(nodes_that_never_come_are_stuck_and_not_asked_for_again)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	stand(s, "aig-1", "browsers", APP, .n = 3);
	struct intent *i = scene_intent(s, VERB_GROW, INTENT_DONE, "browsers", "aig-1", 1);
	i->total = 4;
	assert_stuck_for_nodes(s, i);
}

CASE(absent_group_is_not_made_again_while_absence_is_unproven)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	scene_row(s, "", "aig-1", "browsers", RESOURCE_MISSING)->charge = CHARGE_PREPAID;
	stand(s, "aig-2", "others", APP, .n = 1);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "browsers")->committed, 4);
}

CASE(vanished_subscription_is_replaced_by_a_person_only)
{
	SCENE;
	want(s, "browsers", APP, SUBSCRIPTION, .count = 4);
	struct resource *row = scene_row(s, "", "aig-1", "browsers", RESOURCE_MISSING);
	row->charge = CHARGE_PREPAID;
	row->missing_listings = 3;
	row->missing_wall_ms = SCENE_WALL_MS - 11 * SCENE_MINUTE_MS;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_VANISHED);
	assert_int_equal(the(p, VERB_CREATE)->count, 4);
}

CASE(cancelled_order_stands_for_no_group)
{
	SCENE;
	want(s, "browsers", APP, SUBSCRIPTION, .count = 4);
	scene_row(s, "", "aig-1", "browsers", RESOURCE_SEEN)->intent = 5;
	scene_order(s, "2201", "browsers", 5, 4, ORDER_CANCELLED)->fingerprint = 7;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(report_of(p, "browsers")->committed, 0);
	assert_hold(the(p, VERB_CREATE), HOLD_CANCELLED_ORDER);
}

CASE(group_on_an_unpaid_order_is_awaited)
{
	SCENE;
	want(s, "browsers", APP, SUBSCRIPTION, .count = 4);
	a_create_is_under_way(s, INTENT_DONE);
	s->intents[0]->charge = CHARGE_PREPAID;
	scene_order(s, "2201", "browsers", 1, 4, ORDER_UNPAID);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "browsers")->awaiting_payment, 4);
	assert_condition(p, "browsers", CONDITION_AWAITING_PAYMENT);
}

CASE(released_group_is_no_group)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	stand(s, "aig-1", "browsers", APP, .n = 4, .status = GROUP_DELETED);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_CREATE)->count, 4);
}

/* --- growing -------------------------------------------------------------- */

CASE(pool_that_has_lost_its_nodes_is_grown_and_gets_no_brother)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	struct observed_group *g = stand(s, "aig-1", "browsers", APP, .n = 0);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_GROW)->count, 4);
	assert_int_equal(bought(p), 4);
	g->status = GROUP_DELETING;
	auto_plan struct plan *leaving = planned(s);
	assert_int_equal(bought(leaving), 0);
}

CASE(group_whose_delete_is_done_is_made_again)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	scene_row(s, "", "aig-1", "browsers", RESOURCE_SEEN);
	scene_intent(s, VERB_DELETE, INTENT_DONE, "browsers", "aig-1", 4)->kind =
		KIND_APP_STREAMING;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_CREATE)->count, 4);
	assert_hold(the(p, VERB_CREATE), HOLD_NONE);
}

CASE(create_that_has_not_landed_is_not_repeated_though_its_group_is_deleted)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "browsers", "", 4);
	i->kind = KIND_APP_STREAMING;
	assert_int_equal(intent_set(&i->result_group, "aig-1"), 0);
	stand(s, "aig-1", "browsers", APP, .n = 4, .status = GROUP_DELETED);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(bought(p), 0);
	i->landed = true;
	auto_plan struct plan *landed = planned(s);
	assert_int_equal(bought(landed), 4);
}

CASE(steady_group_is_converged_and_quiet)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	stand(s, "aig-1", "browsers", APP, .n = 4);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(p->n_watch, 0);
	assert_false(p->watch_groups[KIND_APP_STREAMING]);
	assert_condition(p, "browsers", CONDITION_CONVERGED);
	assert_int_equal(report_of(p, "browsers")->running, 4);
}

CASE(growth_states_the_number_there_is_to_be)
{
	SCENE;
	want(s, "browsers", APP, .count = 6);
	stand(s, "aig-1", "browsers", APP, .n = 4);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	const struct action *a = the(p, VERB_GROW);
	assert_int_equal(a->count, 2);
	assert_int_equal(a->total, 6);
	assert_int_equal(a->targets.n, 0);
	assert_string_equal(a->cloud_group, "aig-1");
	assert_hold(a, HOLD_NONE);
}

CASE(limit_lowers_the_total_with_the_count)
{
	SCENE;
	want(s, "browsers", APP, .count = 9);
	stand(s, "aig-1", "browsers", APP, .n = 4);
	s->settings.limits.new_per_hour = 3;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_GROW)->count, 3);
	assert_int_equal(the(p, VERB_GROW)->total, 7);
}

CASE(subscription_grows_by_what_its_row_tells)
{
	SCENE;
	want(s, "browsers", APP, SUBSCRIPTION, .count = 6);
	stand(s, "aig-1", "browsers", APP, SUBSCRIPTION, .n = 4)->listed_mono_ms -= 5000;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_GROW)->total, 6);
	assert_hold(the(p, VERB_GROW), HOLD_NONE);
}

CASE(growth_waits_for_the_create_and_its_first_listing)
{
	SCENE;
	want(s, "browsers", APP, .count = 6);
	struct intent *i = scene_intent(s, VERB_CREATE, INTENT_DONE, "browsers", "", 4);
	i->kind = KIND_APP_STREAMING;
	assert_int_equal(intent_set(&i->result_group, "aig-1"), 0);
	stand(s, "aig-1", "browsers", APP, .n = 4, .unlisted = true);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_GROW)->total, 6);
	assert_hold(the(p, VERB_GROW), HOLD_IN_FLIGHT);
}

CASE(growth_that_was_promised_counts_once)
{
	SCENE;
	want(s, "browsers", APP, .count = 6);
	stand(s, "aig-1", "browsers", APP, .n = 5);
	struct intent *i = scene_intent(s, VERB_GROW, INTENT_DONE, "browsers", "aig-1", 2);
	i->kind = KIND_APP_STREAMING;
	i->total = 6;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "browsers")->committed, 6);
}

CASE(no_second_call_while_one_has_not_landed)
{
	SCENE;
	want(s, "browsers", APP, .count = 8);
	stand(s, "aig-1", "browsers", APP, .n = 4);
	struct intent *i = scene_intent(s, VERB_GROW, INTENT_UNCLEAR, "browsers", "aig-1", 2);
	i->total = 6;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_GROW)->total, 8);
	assert_hold(the(p, VERB_GROW), HOLD_IN_FLIGHT);
}

CASE(group_that_is_not_settled_does_not_grow)
{
	(void)state;
	static const enum group_status states[] = {GROUP_UPDATING, GROUP_CREATING};
	for (size_t k = 0; k < ARRAY_SIZE(states); k++) {
		struct scene *s = scene_new();
		want(s, "browsers", APP, .count = 6);
		stand(s, "aig-1", "browsers", APP, .n = 4, .status = states[k],
		      .creating = states[k] == GROUP_CREATING);
		auto_plan struct plan *p = planned(s);
		assert_hold(the(p, VERB_GROW), HOLD_IN_FLIGHT);
		assert_condition(p, "browsers", CONDITION_PROGRESSING);
		scene_free(s);
	}
}

CASE(subscription_grows_by_a_total_too)
{
	SCENE;
	want(s, "browsers", APP, SUBSCRIPTION, .count = 6);
	stand(s, "aig-1", "browsers", APP, SUBSCRIPTION, .n = 4);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_GROW)->total, 6);
	assert_hold(the(p, VERB_GROW), HOLD_NONE);
}

CASE(subscription_does_not_grow_while_an_order_is_open)
{
	SCENE;
	want(s, "browsers", APP, SUBSCRIPTION, .count = 8);
	stand(s, "aig-1", "browsers", APP, SUBSCRIPTION, .n = 6);
	struct order *o = scene_order(s, "2201", "browsers", 0, 0, ORDER_UNPAID);
	o->intent = 77;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_GROW), HOLD_IN_FLIGHT);
	assert_mentions(the(p, VERB_GROW)->hold_text, "2201");
}

CASE(growth_on_an_unpaid_order_is_awaited_and_not_repeated)
{
	SCENE;
	want(s, "browsers", APP, SUBSCRIPTION, .count = 6);
	stand(s, "aig-1", "browsers", APP, SUBSCRIPTION, .n = 4);
	struct intent *i = scene_intent(s, VERB_GROW, INTENT_DONE, "browsers", "aig-1", 2);
	i->kind = KIND_APP_STREAMING;
	i->charge = CHARGE_PREPAID;
	i->total = 6;
	scene_order(s, "2201", "browsers", i->id, 2, ORDER_UNPAID);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "browsers")->awaiting_payment, 2);
	assert_condition(p, "browsers", CONDITION_AWAITING_PAYMENT);
	assert_int_equal(p->n_watch, 0);
	s->orders[0].status = ORDER_CANCELLED;
	s->orders[0].fingerprint = 7;
	auto_plan struct plan *after = planned(s);
	assert_hold(the(after, VERB_GROW), HOLD_CANCELLED_ORDER);
}

CASE(paid_nodes_that_are_not_listed_are_not_bought_again)
{
	SCENE;
	want(s, "browsers", APP, SUBSCRIPTION, .count = 4);
	stand(s, "aig-1", "browsers", APP, SUBSCRIPTION, .n = 3)->number = 4;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "browsers")->committed, 4);
}

CASE(nothing_is_bought_before_the_nodes_are_listed)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	stand(s, "aig-1", "browsers", APP, .n = 2, .unlisted = true);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "browsers")->committed, 4);
	assert_condition(p, "browsers", CONDITION_UNKNOWN);
	assert_string_equal(p->watch[0].id, "aig-1");
}

CASE(group_that_is_charged_otherwise_neither_grows_nor_gets_a_brother)
{
	SCENE;
	want(s, "browsers", APP, .count = 6);
	stand(s, "aig-1", "browsers", APP, SUBSCRIPTION, .n = 4);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_condition(p, "browsers", CONDITION_DEGRADED);
	assert_mentions(report_of(p, "browsers")->reason, "another way of charging");
}

CASE(adopted_group_is_grown)
{
	SCENE;
	want(s, "browsers", APP, .count = 6, .adopt = "aig-old");
	stand(s, "aig-old", "browsers", APP, .n = 4, .unmarked = true, .unrecorded = true);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(the(p, VERB_GROW)->total, 6);
}

CASE(unmarked_look_alike_holds_the_first_create)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	stand(s, "aig-old", "browsers", APP, .n = 4, .unmarked = true, .unrecorded = true);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_BROWNFIELD);
}

/* --- elastic and scheduled ------------------------------------------------ */

CASE(elastic_nodes_are_no_surplus)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	stand(s, "aig-1", "browsers", APP, .n = 4, .elastic = 3);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_condition(p, "browsers", CONDITION_CONVERGED);
	assert_int_equal(report_of(p, "browsers")->surplus, 0);
	assert_mentions(report_of(p, "browsers")->reason, "3 more are elastic");
}

CASE(scheduled_group_counts_as_one_whatever_its_nodes)
{
	(void)state;
	for (int64_t nodes = 0; nodes < 9; nodes += 4) {
		struct scene *s = scene_new();
		want(s, "browsers", APP, .count = 1, .unsized = true);
		struct observed_group *g = stand(s, "aig-1", "browsers", APP, .n = nodes);
		g->available = nodes;
		auto_plan struct plan *p = planned(s);
		assert_int_equal(p->n_actions, 0);
		assert_int_equal(report_of(p, "browsers")->running, 1);
		assert_condition(p, "browsers", CONDITION_CONVERGED);
		scene_free(s);
	}
}

CASE(number_that_its_nodes_do_not_prove_is_not_acted_upon)
{
	/* The row tells of elastic nodes that the older listing of the nodes cannot know. */
	static const int64_t counts[] = {4, 9};
	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(counts); k++) {
		struct scene *s = scene_new();
		want(s, "browsers", APP, .count = counts[k]);
		struct observed_group *g = stand(s, "aig-1", "browsers", APP, .n = 6);
		g->listed_mono_ms--;
		auto_plan struct plan *p = planned(s);
		assert_int_equal(p->n_actions, 1);
		assert_hold(&p->actions[0], HOLD_NOT_TWICE);
		assert_string_equal(p->watch[0].id, "aig-1");
		scene_free(s);
	}
}

/* --- shrinking ------------------------------------------------------------ */

CASE(shrink_states_the_number_and_names_nobody)
{
	SCENE;
	want(s, "browsers", APP, .count = 30);
	stand(s, "aig-1", "browsers", APP, .n = 31);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	const struct action *a = the(p, VERB_SHRINK);
	assert_int_equal(a->count, 1);
	assert_int_equal(a->total, 30);
	assert_int_equal(a->targets.n, 0);
	assert_hold(a, HOLD_NONE);
}

CASE(last_node_of_a_pool_stays)
{
	SCENE;
	s->settings.limits.deletes_per_hour = 10;
	want(s, "browsers", APP, .count = 2);
	stand(s, "aig-1", "browsers", APP, .n = 1);
	stand(s, "aig-2", "browsers", APP, .n = 3);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_string_equal(the(p, VERB_SHRINK)->cloud_group, "aig-2");
	assert_int_equal(the(p, VERB_SHRINK)->count, 2);
	assert_int_equal(the(p, VERB_SHRINK)->total, 1);
}

CASE(hour_cuts_the_step)
{
	SCENE;
	want(s, "browsers", APP, .count = 30);
	stand(s, "aig-1", "browsers", APP, .n = 38);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 1);
	assert_int_equal(the(p, VERB_SHRINK)->count, 3);
	assert_int_equal(the(p, VERB_SHRINK)->total, 35);
	assert_hold(the(p, VERB_SHRINK), HOLD_NONE);
	assert_mentions(the(p, VERB_SHRINK)->reason, "5 of them beyond this hour's deletes");
}

CASE(used_up_hour_holds_all_and_an_approval_lets_all_go)
{
	SCENE;
	want(s, "browsers", APP, .count = 30);
	stand(s, "aig-1", "browsers", APP, .n = 38);
	scene_deleted(s, "browsers", 3);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_DELETES_PER_HOUR);
	assert_int_equal(the(p, VERB_SHRINK)->count, 8);
	scene_approve(s, the(p, VERB_SHRINK)->hash);
	auto_plan struct plan *after = planned(s);
	assert_hold(the(after, VERB_SHRINK), HOLD_NONE);
	assert_int_equal(the(after, VERB_SHRINK)->total, 30);
	s->deleted[0].deleted = 1;
	auto_plan struct plan *whole = planned(s);
	assert_int_equal(the(whole, VERB_SHRINK)->total, 30);
}

CASE(shrink_by_more_than_half_waits_as_a_whole)
{
	SCENE;
	want(s, "browsers", APP, .count = 4);
	stand(s, "aig-1", "browsers", APP, .n = 9);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_SHRINK_HALF);
	assert_int_equal(the(p, VERB_SHRINK)->total, 4);
}

CASE(shrink_needs_two_agreeing_listings_of_the_nodes)
{
	SCENE;
	want(s, "browsers", APP, .count = 30);
	struct observed_group *g = stand(s, "aig-1", "browsers", APP, .n = 31);
	g->ids_since_mono_ms = g->listed_mono_ms;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_NOT_TWICE);
	assert_string_equal(p->watch[0].id, "aig-1");
}

CASE(shrink_waits_while_anything_is_under_way)
{
	SCENE;
	want(s, "browsers", APP, .count = 30);
	struct observed_group *g = stand(s, "aig-1", "browsers", APP, .n = 31);
	g->status = GROUP_UPDATING;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_IN_FLIGHT);
	g->status = GROUP_RUNNING;
	struct intent *i = scene_intent(s, VERB_CONFIGURE, INTENT_DONE, "browsers", "aig-1", 1);
	i->kind = KIND_APP_STREAMING;
	auto_plan struct plan *later = planned(s);
	assert_hold(the(later, VERB_SHRINK), HOLD_IN_FLIGHT);
}

CASE(shrink_under_way_is_not_repeated)
{
	SCENE;
	want(s, "browsers", APP, .count = 30);
	stand(s, "aig-1", "browsers", APP, .n = 31);
	struct intent *i = scene_intent(s, VERB_SHRINK, INTENT_DONE, "browsers", "aig-1", 1);
	i->total = 30;
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_condition(p, "browsers", CONDITION_PROGRESSING);
}

CASE(brakes_of_deletes_hold_a_shrink_too)
{
	SCENE;
	want(s, "browsers", APP, .count = 30, .protect = true);
	stand(s, "aig-1", "browsers", APP, .n = 31);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_PROTECTED);
	scene_pause(s, "browsers");
	auto_plan struct plan *paused = planned(s);
	assert_hold(the(paused, VERB_SHRINK), HOLD_PAUSED);
}

CASE(group_with_a_mark_alone_is_not_shrunk)
{
	SCENE;
	want(s, "browsers", APP, .count = 30);
	stand(s, "aig-1", "browsers", APP, .n = 31, .unrecorded = true);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_FOREIGN_OWNER);
}

CASE(adopted_group_is_shrunk_once_it_is_in_the_ledger)
{
	SCENE;
	want(s, "browsers", APP, .count = 30, .adopt = "aig-1");
	stand(s, "aig-1", "browsers", APP, .n = 31, .unmarked = true, .unrecorded = true);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_SHRINK), HOLD_NOT_TWICE);
}

CASE(subscription_is_retained_until_it_ends)
{
	SCENE;
	want(s, "browsers", APP, SUBSCRIPTION, .count = 2);
	stand(s, "aig-1", "browsers", APP, SUBSCRIPTION, .n = 4,
	      .expires_ms = SCENE_WALL_MS + SCENE_DAY_MS);
	auto_plan struct plan *p = planned(s);
	const struct group_report *r = report_of(p, "browsers");
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(r->retained, 2);
	assert_int_equal(r->retained_until_ms, SCENE_WALL_MS + SCENE_DAY_MS);
	assert_condition(p, "browsers", CONDITION_CONVERGED);
}

/* --- count: 0 ------------------------------------------------------------- */

CASE(count_zero_deletes_the_group_for_a_person)
{
	SCENE;
	want(s, "browsers", APP, .count = 0);
	stand(s, "aig-1", "browsers", APP, .n = 4);
	auto_plan struct plan *p = planned(s);
	const struct action *a = the(p, VERB_DELETE);
	assert_hold(a, HOLD_COUNT_ZERO);
	assert_int_equal(a->count, 4);
	assert_int_equal(a->targets.n, 1);
	assert_string_equal(a->targets.items[0], "aig-1");
	assert_true(a->whole_group);
	s->settings.limits.deletes_per_hour = 100;
	scene_approve(s, a->hash);
	auto_plan struct plan *after = planned(s);
	assert_hold(the(after, VERB_DELETE), HOLD_NONE);
}

CASE(delete_needs_a_fresh_listing_of_the_nodes)
{
	SCENE;
	want(s, "browsers", APP, .count = 0);
	struct observed_group *g = stand(s, "aig-1", "browsers", APP, .n = 4);
	g->listed_mono_ms = SCENE_MONO_MS - s->settings.poll.fresh_ms - 1;
	auto_plan struct plan *first = planned(s);
	scene_approve(s, the(first, VERB_DELETE)->hash);
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_DELETE), HOLD_NOT_FRESH);
	assert_string_equal(p->watch[0].id, "aig-1");
}

CASE(count_zero_leaves_a_subscription)
{
	SCENE;
	want(s, "browsers", APP, SUBSCRIPTION, .count = 0);
	stand(s, "aig-1", "browsers", APP, SUBSCRIPTION, .n = 4);
	auto_plan struct plan *p = planned(s);
	assert_int_equal(p->n_actions, 0);
	assert_int_equal(report_of(p, "browsers")->retained, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(one_create_makes_all_nodes),
		RUN(create_without_a_token_waits_for_two_agreeing_listings),
		cmocka_unit_test(no_second_create_while_one_is_open_even_when_more_is_wanted),
		RUN(untagged_group_of_the_exact_name_is_what_a_lost_answer_made),
		RUN(group_named_by_a_reply_counts_until_it_is_listed),
		RUN(untagged_group_of_the_exact_name_is_what_the_create_made),
		RUN(untagged_group_of_nearly_that_name_is_not),
		RUN(group_never_listed_is_stuck_and_not_made_again),
		RUN(fewer_nodes_than_were_bought_are_stuck),
		RUN(nodes_that_never_come_are_stuck_and_not_asked_for_again),
		RUN(absent_group_is_not_made_again_while_absence_is_unproven),
		RUN(vanished_subscription_is_replaced_by_a_person_only),
		RUN(cancelled_order_stands_for_no_group),
		RUN(group_on_an_unpaid_order_is_awaited),
		RUN(released_group_is_no_group),
		RUN(pool_that_has_lost_its_nodes_is_grown_and_gets_no_brother),
		RUN(group_whose_delete_is_done_is_made_again),
		RUN(create_that_has_not_landed_is_not_repeated_though_its_group_is_deleted),
		RUN(steady_group_is_converged_and_quiet),
		RUN(growth_states_the_number_there_is_to_be),
		RUN(limit_lowers_the_total_with_the_count),
		RUN(subscription_grows_by_what_its_row_tells),
		RUN(growth_waits_for_the_create_and_its_first_listing),
		RUN(growth_that_was_promised_counts_once),
		RUN(no_second_call_while_one_has_not_landed),
		cmocka_unit_test(group_that_is_not_settled_does_not_grow),
		RUN(subscription_grows_by_a_total_too),
		RUN(subscription_does_not_grow_while_an_order_is_open),
		RUN(growth_on_an_unpaid_order_is_awaited_and_not_repeated),
		RUN(paid_nodes_that_are_not_listed_are_not_bought_again),
		RUN(nothing_is_bought_before_the_nodes_are_listed),
		RUN(group_that_is_charged_otherwise_neither_grows_nor_gets_a_brother),
		RUN(adopted_group_is_grown),
		RUN(unmarked_look_alike_holds_the_first_create),
		RUN(elastic_nodes_are_no_surplus),
		cmocka_unit_test(scheduled_group_counts_as_one_whatever_its_nodes),
		cmocka_unit_test(number_that_its_nodes_do_not_prove_is_not_acted_upon),
		RUN(shrink_states_the_number_and_names_nobody),
		RUN(last_node_of_a_pool_stays),
		RUN(hour_cuts_the_step),
		RUN(used_up_hour_holds_all_and_an_approval_lets_all_go),
		RUN(shrink_by_more_than_half_waits_as_a_whole),
		RUN(shrink_needs_two_agreeing_listings_of_the_nodes),
		RUN(shrink_waits_while_anything_is_under_way),
		RUN(shrink_under_way_is_not_repeated),
		RUN(brakes_of_deletes_hold_a_shrink_too),
		RUN(group_with_a_mark_alone_is_not_shrunk),
		RUN(adopted_group_is_shrunk_once_it_is_in_the_ledger),
		RUN(subscription_is_retained_until_it_ends),
		RUN(count_zero_deletes_the_group_for_a_person),
		RUN(delete_needs_a_fresh_listing_of_the_nodes),
		RUN(count_zero_leaves_a_subscription),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
