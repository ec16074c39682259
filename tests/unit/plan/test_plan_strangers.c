/* Whose it is what nobody claims: cloud groups without marks, orders that no intent made, and what
 * a call without a clear answer may have made. */
#include "planning.h"

#include <errno.h>

#include "base/strbuf.h"
#include "plan/given.h"

static void assert_create_held(struct scene *s, enum hold hold)
{
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), hold);
}

/* --- cloud groups ------------------------------------------------------- */

CASE(of_many_unmarked_groups_five_are_named)
{
	SCENE;
	want(s, "phones", .count = 1);
	for (int i = 0; i < 7; i++)
		stand(s, scene_text(s, "ag-%d", i), "", .n = 1, .unmarked = true,
		      .unrecorded = true);
	auto_plan struct plan *p = planned(s);
	assert_mentions(the(p, VERB_CREATE)->hold_text,
			": ag-0, ag-1, ag-2, ag-3, ag-4 and 2 more;");
}

/* A create without a clear answer whose cloud group, if any, came ten minutes ago. */
static struct intent *unanswered_create(struct scene *s, const char *group, enum intent_state state)
{
	struct intent *i = scene_intent(s, VERB_CREATE, state, group, "", 4);
	i->first_sent_wall_ms = SCENE_WALL_MS - 10 * SCENE_MINUTE_MS;
	return i;
}

static void stand_unmarked(struct scene *s, const char *id)
{
	stand(s, id, "", .n = 4, .unmarked = true, .unrecorded = true,
	      .created_ms = SCENE_WALL_MS - 9 * SCENE_MINUTE_MS);
}

CASE(unmarked_groups_that_an_unanswered_create_may_have_made_are_named_with_it)
{
	SCENE;
	want(s, "phones", .count = 1);
	want(s, "others", .count = 4);
	unanswered_create(s, "others", INTENT_UNCLEAR);
	unanswered_create(s, "others", INTENT_UNCLEAR);
	stand_unmarked(s, "ag-x");
	stand_unmarked(s, "ag-y");
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_IN_FLIGHT);
	assert_mentions(the(p, VERB_CREATE)->hold_text,
			"ag-x, ag-y may be what intent 1 of group others made");
}

CASE(unanswered_create_of_another_spec_has_not_made_it)
{
	SCENE;
	want(s, "phones", .count = 1);
	want(s, "others", .count = 4, .spec = "acp.perf.large");
	unanswered_create(s, "others", INTENT_UNCLEAR);
	stand_unmarked(s, "ag-x");
	assert_create_held(s, HOLD_BROWNFIELD);
}

CASE(unanswered_create_of_a_group_that_left_the_file_may_have_made_it)
{
	SCENE;
	want(s, "phones", .count = 1);
	unanswered_create(s, "gone", INTENT_UNCLEAR);
	stand_unmarked(s, "ag-x");
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_RENAME);
	scene_approve(s, the(p, VERB_CREATE)->hash);
	auto_plan struct plan *named = planned(s);
	assert_hold(the(named, VERB_CREATE), HOLD_IN_FLIGHT);
	assert_mentions(the(named, VERB_CREATE)->hold_text,
			"ag-x may be what intent 1 of group gone made");
}

/* A group that wants one phone, another one whose create has no clear answer, and a cloud group
 * that is nobody's and that it may have made. */
static struct observed_group *stand_between(struct scene *s, struct intent **ret_intent)
{
	want(s, "phones", .count = 1);
	want(s, "others", .count = 4);
	*ret_intent = unanswered_create(s, "others", INTENT_SENT);
	stand_unmarked(s, "ag-x");
	return &s->observed.groups[0];
}

CASE(create_that_was_never_sent_has_made_nothing)
{
	SCENE;
	struct intent *i;
	stand_between(s, &i);
	assert_create_held(s, HOLD_IN_FLIGHT);
	i->first_sent_wall_ms = 0;
	assert_create_held(s, HOLD_BROWNFIELD);
}

CASE(create_has_made_nothing_older_than_itself)
{
	SCENE;
	struct intent *i;
	struct observed_group *g = stand_between(s, &i);
	g->created_ms = SCENE_WALL_MS - 16 * SCENE_MINUTE_MS;
	assert_create_held(s, HOLD_BROWNFIELD);
}

CASE(create_of_another_kind_has_not_made_it)
{
	SCENE;
	struct intent *i;
	stand_between(s, &i);
	i->kind = KIND_PURCHASE;
	assert_create_held(s, HOLD_BROWNFIELD);
}

CASE(answered_create_has_not_made_it)
{
	SCENE;
	struct intent *i;
	stand_between(s, &i);
	i->state = INTENT_DONE;
	assert_create_held(s, HOLD_BROWNFIELD);
}

CASE(growth_makes_no_cloud_group)
{
	SCENE;
	struct intent *i;
	stand_between(s, &i);
	i->verb = VERB_GROW;
	assert_create_held(s, HOLD_BROWNFIELD);
}

CASE(group_that_goes_is_nobodys_to_take_in)
{
	static const enum group_status statuses[] = {GROUP_DELETED, GROUP_DELETING};
	SCENE;
	want(s, "phones", .count = 1);
	stand_unmarked(s, "ag-x");
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		s->observed.groups[0].status = statuses[i];
		assert_create_held(s, HOLD_NONE);
	}
	s->observed.groups[0].status = GROUP_FAILED;
	assert_create_held(s, HOLD_BROWNFIELD);
}

CASE(group_of_another_fleet_is_not_to_be_taken_in)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand_unmarked(s, "ag-x");
	s->observed.groups[0].tags = "drover:fleet\x1fof others\x1e";
	assert_create_held(s, HOLD_NONE);
}

CASE(create_that_a_person_has_to_answer_names_what_it_may_have_made)
{
	SCENE;
	want(s, "phones", .count = 5);
	struct intent *i = unanswered_create(s, "phones", INTENT_HELD);
	stand_unmarked(s, "ag-x");
	stand_unmarked(s, "ag-y");
	s->observed.groups[1].status = GROUP_DELETED;
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_AMBIGUOUS);
	assert_mentions(the(p, VERB_CREATE)->hold_text, "cannot be told (may be ag-x);");
	i->first_sent_wall_ms = 0;
	auto_plan struct plan *unsent = planned(s);
	assert_mentions(the(unsent, VERB_CREATE)->hold_text, "cannot be told;");
}

CASE(growth_that_a_person_has_to_answer_names_no_cloud_group)
{
	SCENE;
	want(s, "phones", .count = 5);
	struct intent *i = scene_intent(s, VERB_GROW, INTENT_HELD, "phones", "ag-1", 1);
	i->first_sent_wall_ms = SCENE_WALL_MS - 10 * SCENE_MINUTE_MS;
	stand(s, "ag-1", "phones", .n = 1, .spec = "acp.perf.large");
	stand_unmarked(s, "ag-x");
	auto_plan struct plan *p = planned(s);
	assert_hold(the(p, VERB_CREATE), HOLD_AMBIGUOUS);
	assert_mentions(the(p, VERB_CREATE)->hold_text, "cannot be told;");
}

CASE(removal_that_a_person_has_to_answer_holds_no_buy)
{
	SCENE;
	want(s, "phones", .count = 5);
	scene_intent(s, VERB_SHRINK, INTENT_HELD, "phones", "ag-1", 1);
	stand(s, "ag-1", "phones", .n = 1, .spec = "acp.perf.large");
	assert_create_held(s, HOLD_NONE);
}

/* --- what an approval settles ------------------------------------------------ */

static int note_given(void *data, const struct observed_group *g)
{
	strbuf_addf(data, "%s ", g->id);
	return 0;
}

static void assert_given(struct scene *s, enum hold hold, const char *expected)
{
	struct strbuf given = STRBUF_INIT(100);
	assert_int_equal(given_each(scene_input(s), "phones", hold, note_given, &given), 0);
	assert_string_equal(strbuf_text(&given), expected);
	strbuf_fini(&given);
}

/* One of them as the group asks for, one of another spec, one with our mark alone. */
static void stand_to_be_given(struct scene *s)
{
	want(s, "phones", .count = 1);
	stand_unmarked(s, "ag-x");
	stand(s, "ag-y", "", .n = 1, .unmarked = true, .unrecorded = true, .spec = "acp.perf.large");
	stand(s, "ag-z", "phones", .n = 1, .unrecorded = true);
}

CASE(what_is_given_depends_on_the_hold)
{
	SCENE;
	stand_to_be_given(s);
	assert_given(s, HOLD_BROWNFIELD, "ag-x ");
	assert_true(given_is_foreign(HOLD_BROWNFIELD));
	assert_given(s, HOLD_FOREIGN_OWNER, "ag-z ");
	assert_false(given_is_foreign(HOLD_FOREIGN_OWNER));
	assert_given(s, HOLD_VANISHED, "");
	want(s, "others", .count = 1);
	stand(s, "ag-o", "others", .n = 1, .unrecorded = true);
	scene_intent(s, VERB_CREATE, INTENT_SENT, "others", "", 1); /* not in a listing */
	assert_given(s, HOLD_FOREIGN_OWNER, "ag-z ");
}

/* It may be what that call was paid for. */
CASE(what_an_unanswered_create_may_have_made_is_not_given_away)
{
	SCENE;
	stand_to_be_given(s);
	struct intent *i = unanswered_create(s, "phones", INTENT_HELD);
	assert_given(s, HOLD_BROWNFIELD, "");
	i->state = INTENT_REJECTED;
	assert_given(s, HOLD_BROWNFIELD, "ag-x ");
}

CASE(a_group_that_left_the_file_is_given_nothing)
{
	SCENE;
	stand_unmarked(s, "ag-x");
	assert_given(s, HOLD_BROWNFIELD, "");
}

static int refuse(void *data, const struct observed_group *g)
{
	note_given(data, g);
	return -EIO;
}

CASE(giving_ends_with_the_first_that_fails)
{
	SCENE;
	struct strbuf given = STRBUF_INIT(100);
	stand_to_be_given(s);
	stand_unmarked(s, "ag-xx");
	assert_int_equal(given_each(scene_input(s), "phones", HOLD_BROWNFIELD, refuse, &given), -EIO);
	assert_string_equal(strbuf_text(&given), "ag-x ");
	strbuf_fini(&given);
}

/* --- names ---------------------------------------------------------------- */

CASE(what_has_gone_of_a_former_group_is_no_rename)
{
	SCENE;
	want(s, "phones", .count = 1);
	stand(s, "ag-1", "older", .n = 0, .status = GROUP_DELETED);
	assert_create_held(s, HOLD_NONE);
	s->observed.groups[0].status = GROUP_RUNNING;
	assert_create_held(s, HOLD_RENAME);
}

/* Neither a call of another kind nor one that a person took away. */
CASE(what_never_came_of_a_former_group_is_no_rename)
{
	SCENE;
	want(s, "phones", .count = 1);
	struct intent *i = unanswered_create(s, "older", INTENT_DONE);
	i->kind = KIND_PURCHASE;
	assert_create_held(s, HOLD_NONE);
	i->kind = KIND_CLOUD_PHONE;
	assert_create_held(s, HOLD_RENAME);
	i->count = 0;
	assert_create_held(s, HOLD_NONE);
}

/* --- orders ----------------------------------------------------------------- */

struct fund {
	enum order_status status;
	uint64_t settled_ago_ms; /* 0: not known */
	const char *group;
	int64_t intent;
	enum hold hold;
};

CASE(order_that_may_fund_the_group_holds_it)
{
	static const struct fund table[] = {
		{ORDER_UNPAID, 0, "", 0, HOLD_UNKNOWN_ORDERS},
		{ORDER_UNPAID, 0, "", 9, HOLD_NONE}, /* its maker is known */
		{ORDER_UNPAID, 0, "others", 0, HOLD_NONE},
		{ORDER_UNPAID, 0, "phones", 0, HOLD_UNKNOWN_ORDERS},
		{ORDER_UNPAID, SCENE_DAY_MS, "", 0, HOLD_UNKNOWN_ORDERS},
		{ORDER_CANCELLED, 0, "", 0, HOLD_NONE},
		{ORDER_PAID, 0, "", 0, HOLD_UNKNOWN_ORDERS},
		{ORDER_PAID, SCENE_DAY_MS, "", 0, HOLD_NONE},         /* it would be listed */
		{ORDER_PAID, UINT64_MAX, "", 0, HOLD_UNKNOWN_ORDERS}, /* a clock went back */
	};
	SCENE;
	want(s, "phones", .count = 3, .charge = CHARGE_PREPAID);
	struct order *o = scene_order(s, "990017", "", 0, 1, ORDER_UNPAID);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		o->status = table[i].status;
		o->settled_wall_ms =
			table[i].settled_ago_ms ? SCENE_WALL_MS - table[i].settled_ago_ms : 0;
		o->intent = table[i].intent;
		free(o->group);
		o->group = strdup(table[i].group);
		assert_non_null(o->group);
		assert_create_held(s, table[i].hold);
	}
}

CASE(prepaid_create_of_a_young_ledger_goes_once_orders_were_looked_at)
{
	SCENE;
	want(s, "phones", .count = 1, .charge = CHARGE_PREPAID);
	s->in_flight.ledger_since_wall_ms = SCENE_WALL_MS - SCENE_DAY_MS;
	assert_create_held(s, HOLD_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(of_many_unmarked_groups_five_are_named),
		RUN(unmarked_groups_that_an_unanswered_create_may_have_made_are_named_with_it),
		RUN(unanswered_create_of_another_spec_has_not_made_it),
		RUN(unanswered_create_of_a_group_that_left_the_file_may_have_made_it),
		RUN(create_that_was_never_sent_has_made_nothing),
		RUN(create_has_made_nothing_older_than_itself),
		RUN(create_of_another_kind_has_not_made_it),
		RUN(answered_create_has_not_made_it),
		RUN(growth_makes_no_cloud_group),
		RUN(group_that_goes_is_nobodys_to_take_in),
		RUN(group_of_another_fleet_is_not_to_be_taken_in),
		RUN(create_that_a_person_has_to_answer_names_what_it_may_have_made),
		RUN(growth_that_a_person_has_to_answer_names_no_cloud_group),
		RUN(removal_that_a_person_has_to_answer_holds_no_buy),
		RUN(what_is_given_depends_on_the_hold),
		RUN(what_an_unanswered_create_may_have_made_is_not_given_away),
		RUN(a_group_that_left_the_file_is_given_nothing),
		RUN(giving_ends_with_the_first_that_fails),
		RUN(what_has_gone_of_a_former_group_is_no_rename),
		RUN(what_never_came_of_a_former_group_is_no_rename),
		RUN(order_that_may_fund_the_group_holds_it),
		RUN(prepaid_create_of_a_young_ledger_goes_once_orders_were_looked_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
