/* A group's chances: pace and back-offs, under a clock and a chance of the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "act/prospects.h"
#include "base/cleanup.h"

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

static uint64_t now;
static uint8_t chance; /* every random byte */

static uint64_t now_ms(struct env *env)
{
	(void)env;
	return now;
}

static void random_bytes(struct env *env, void *buf, size_t size)
{
	(void)env;
	memset(buf, chance, size);
}

struct bench {
	struct env env;
	struct settings settings;
	struct prospect_book *book;
	struct desired desired;
	struct desired_group groups[2];
	struct intent *intent; /* of the first group; a create */
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	now = 1000000;
	chance = 0; /* no jitter */
	b->env = (struct env){now_ms, now_ms, random_bytes};
	settings_init(&b->settings);
	b->settings.poll.pace_max = 8;
	b->book = prospect_book_new(&b->settings, &b->env);
	assert_non_null(b->book);
	b->groups[0].name = (char *)"phones";
	b->groups[1].name = (char *)"others";
	b->desired = (struct desired){.groups = b->groups, .n_groups = 2};
	b->intent = intent_new();
	b->intent->verb = VERB_CREATE;
	b->intent->buys = true;
	b->intent->fingerprint = 5;
	assert_int_equal(0, intent_set(&b->intent->group, "phones"));
	assert_int_equal(0, intent_set(&b->intent->code, "Code"));
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	(void)intent_free(b->intent);
	(void)prospect_book_free(b->book);
	settings_fini(&b->settings);
	free(b);
	return 0;
}

static const struct prospects *view(struct bench *b)
{
	const struct prospects *p;
	size_t n;
	assert_int_equal(0, prospect_view(b->book, &b->desired, &p, &n));
	assert_int_equal(2, n);
	assert_string_equal("phones", p[0].group);
	assert_string_equal("others", p[1].group);
	assert_int_equal(1, p[1].pace);
	assert_int_equal(0, p[1].not_before_mono_ms);
	return p;
}

static void reply(struct bench *b, enum outcome outcome)
{
	prospect_replied(b->book, b->intent, outcome, true);
}

/* ---- pace ---- */

static void the_pace_doubles_with_every_batch_that_was_done_up_to_its_cap(void **state)
{
	static const int64_t expected[] = {2, 4, 8, 8, 8};
	struct bench *b = *state;
	assert_int_equal(1, view(b)->pace);
	for (size_t k = 0; k < ARRAY_SIZE(expected); k++) {
		reply(b, OUTCOME_DONE);
		assert_int_equal(expected[k], view(b)->pace);
	}
}

static void a_batch_still_under_way_does_not_raise_the_pace(void **state)
{
	struct bench *b = *state;
	prospect_replied(b->book, b->intent, OUTCOME_DONE, false);
	assert_int_equal(1, view(b)->pace);
}

static void anything_but_done_starts_the_pace_again(void **state)
{
	struct bench *b = *state;
	for (int outcome = OUTCOME_DONE + 1; outcome < OUTCOME_MAX_; outcome++) {
		reply(b, OUTCOME_DONE);
		reply(b, OUTCOME_DONE);
		assert_true(view(b)->pace > 1);
		reply(b, (enum outcome)outcome);
		assert_int_equal(1, view(b)->pace);
	}
}

static void an_instance_that_failed_starts_the_pace_again(void **state)
{
	struct bench *b = *state;
	reply(b, OUTCOME_DONE);
	prospect_failed(b->book, "phones");
	assert_int_equal(1, view(b)->pace);
}

static void a_lowered_cap_holds_at_once(void **state)
{
	struct bench *b = *state;
	for (int k = 0; k < 3; k++)
		reply(b, OUTCOME_DONE);
	b->settings.poll.pace_max = 3;
	prospect_book_configure(b->book, &b->settings);
	assert_int_equal(3, view(b)->pace);
}

/* ---- back-off ---- */

static uint64_t wait_of(struct bench *b)
{
	uint64_t at = view(b)->not_before_mono_ms;
	return at ? at - now : 0;
}

static void each_refusal_in_a_row_doubles_the_wait_up_to_its_cap(void **state)
{
	static const struct {
		enum outcome outcome;
		uint64_t first, cap;
	} cases[] = {
		{OUTCOME_THROTTLED, 200, MINUTE}, {OUTCOME_NOT_SENT, 200, MINUTE},
		{OUTCOME_CONFLICT, 200, MINUTE},  {OUTCOME_AUTH, 200, MINUTE},
		{OUTCOME_STOCK, 5 * MINUTE, 6 * HOUR}, {OUTCOME_QUOTA, 5 * MINUTE, 6 * HOUR},
		{OUTCOME_PAYMENT, 5 * MINUTE, 6 * HOUR}, {OUTCOME_REJECTED, 5 * MINUTE, 6 * HOUR},
	};
	struct bench *b = *state;
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		uint64_t expected = cases[k].first;
		for (int n = 0; n < 40; n++) {
			reply(b, cases[k].outcome);
			assert_int_equal(expected, wait_of(b));
			expected = expected * 2 < cases[k].cap ? expected * 2 : cases[k].cap;
		}
		reply(b, OUTCOME_DONE);
		assert_int_equal(0, wait_of(b));
	}
}

static void chance_shortens_a_wait_by_a_fifth_at_most(void **state)
{
	struct bench *b = *state;
	for (int k = 0; k < 256; k++) {
		chance = (uint8_t)k;
		prospect_edited(b->book, "phones");
		reply(b, OUTCOME_STOCK);
		assert_true(wait_of(b) <= 5 * MINUTE);
		assert_true(wait_of(b) >= 4 * MINUTE);
		if (k == 254) /* 255 is beyond the last fair value: drawn again for ever */
			break;
	}
}

static void an_unclear_call_waits_for_its_own_looks_not_for_a_back_off(void **state)
{
	struct bench *b = *state;
	reply(b, OUTCOME_UNCLEAR);
	assert_int_equal(0, wait_of(b));
	reply(b, OUTCOME_HOLD);
	assert_int_equal(0, wait_of(b));
}

static void the_last_refusal_is_kept_for_people_until_something_is_bought(void **state)
{
	struct bench *b = *state;
	assert_string_equal("", view(b)->last_refusal);
	reply(b, OUTCOME_QUOTA);
	assert_string_equal("Code", view(b)->last_refusal);
	assert_int_equal(0, intent_set(&b->intent->message, "too many"));
	reply(b, OUTCOME_QUOTA);
	assert_string_equal("Code: too many", view(b)->last_refusal);
	reply(b, OUTCOME_DONE);
	assert_string_equal("", view(b)->last_refusal);
}

static void a_rejection_is_for_good_until_an_edit(void **state)
{
	struct bench *b = *state;
	reply(b, OUTCOME_REJECTED);
	assert_true(view(b)->refused_for_good);
	assert_int_equal(5, view(b)->refused_fingerprint);
	now += 24 * HOUR;
	assert_true(view(b)->refused_for_good);
	prospect_edited(b->book, "others");
	assert_true(view(b)->refused_for_good);
	prospect_edited(b->book, "phones");
	assert_false(view(b)->refused_for_good);
	assert_int_equal(0, wait_of(b)); /* the edited group is tried at once */
	assert_string_equal("", view(b)->last_refusal);
}

static void what_passes_by_itself_is_not_for_good(void **state)
{
	struct bench *b = *state;
	for (int outcome = 0; outcome < OUTCOME_MAX_; outcome++) {
		prospect_edited(b->book, "phones");
		reply(b, (enum outcome)outcome);
		assert_int_equal(outcome == OUTCOME_REJECTED || outcome == OUTCOME_NOT_FOUND,
				 view(b)->refused_for_good);
	}
}

static void a_cloud_group_that_is_gone_does_not_refuse_growth_for_good(void **state)
{
	struct bench *b = *state;
	b->intent->verb = VERB_GROW;
	reply(b, OUTCOME_NOT_FOUND);
	assert_false(view(b)->refused_for_good);
	assert_true(wait_of(b) > 0);
}

static void refused_upkeep_backs_off_by_itself_and_leaves_buying_alone(void **state)
{
	struct bench *b = *state;
	reply(b, OUTCOME_DONE);
	b->intent->buys = false;
	b->intent->verb = VERB_TAG;
	reply(b, OUTCOME_REJECTED);
	assert_int_equal(5 * MINUTE, view(b)->upkeep_not_before_mono_ms - now);
	reply(b, OUTCOME_CONFLICT);
	assert_int_equal(400, view(b)->upkeep_not_before_mono_ms - now);
	assert_int_equal(0, wait_of(b));
	assert_int_equal(2, view(b)->pace);
	assert_false(view(b)->refused_for_good);
	reply(b, OUTCOME_UNCLEAR);
	reply(b, OUTCOME_DONE);
	assert_int_equal(0, view(b)->upkeep_not_before_mono_ms);
	assert_int_equal(2, view(b)->pace);
}

/* ---- checks ---- */

static void check(struct bench *b, bool image, bool spec, bool stock, const char *instead,
		  const char *text)
{
	struct desired_group group = {.name = (char *)"phones", .region = (char *)"cn-shanghai",
				      .image = (char *)"imgc-1", .spec = (char *)"acp.small"};
	struct inquiry q;
	assert_int_equal(0, inquiry_init(&q, &group));
	q.image_ok = image;
	q.spec_ok = spec;
	q.stock_ok = stock;
	if (instead)
		assert_int_equal(0, text_list_add(&q.specs, instead));
	q.spec = instead ? 1 : 0;
	inquiry_complain(&q, "%s", text);
	assert_int_equal(0, prospect_checked(b->book, &q));
	inquiry_fini(&q);
}

static void checks_are_unknown_until_they_are_answered(void **state)
{
	struct bench *b = *state;
	assert_int_equal(CHECK_UNKNOWN, view(b)->image);
	assert_int_equal(CHECK_UNKNOWN, view(b)->stock);
	check(b, true, true, true, NULL, "");
	assert_int_equal(CHECK_OK, view(b)->image);
	assert_int_equal(CHECK_OK, view(b)->spec);
	assert_int_equal(CHECK_OK, view(b)->stock);
	assert_null(view(b)->spec_to_use);
	now += 24 * HOUR;
	assert_int_equal(CHECK_OK, view(b)->stock);
}

static void a_bad_answer_says_why_and_is_asked_about_again_later(void **state)
{
	struct bench *b = *state;
	check(b, true, true, false, NULL, "sold out");
	assert_int_equal(CHECK_BAD, view(b)->stock);
	assert_int_equal(CHECK_OK, view(b)->image);
	assert_string_equal("sold out", view(b)->check_text);
	now += 5 * MINUTE - 1;
	assert_int_equal(CHECK_BAD, view(b)->stock);
	now += 1;
	assert_int_equal(CHECK_UNKNOWN, view(b)->stock);
	assert_int_equal(CHECK_UNKNOWN, view(b)->image);
	check(b, true, true, false, NULL, "sold out"); /* again: twice as long */
	now += 5 * MINUTE;
	assert_int_equal(CHECK_BAD, view(b)->stock);
	now += 5 * MINUTE;
	assert_int_equal(CHECK_UNKNOWN, view(b)->stock);
	check(b, true, true, true, NULL, "");
	check(b, false, true, true, NULL, "no image"); /* the row of bad answers was broken */
	now += 5 * MINUTE;
	assert_int_equal(CHECK_UNKNOWN, view(b)->image);
}

static void a_sold_out_create_asks_again_when_its_back_off_has_passed(void **state)
{
	struct bench *b = *state;
	check(b, true, true, true, NULL, "");
	reply(b, OUTCOME_STOCK);
	assert_int_equal(CHECK_OK, view(b)->stock);
	now = view(b)->not_before_mono_ms;
	assert_int_equal(CHECK_UNKNOWN, view(b)->stock);
}

static void a_fallback_is_used_until_the_next_answer_or_edit(void **state)
{
	struct bench *b = *state;
	check(b, true, true, true, "acp.large", "acp.small is sold out");
	assert_string_equal("acp.large", view(b)->spec_to_use);
	check(b, true, true, true, NULL, "");
	assert_null(view(b)->spec_to_use);
	check(b, true, true, true, "acp.large", "");
	prospect_edited(b->book, "phones");
	assert_null(view(b)->spec_to_use); /* its spec may be another one now */
	assert_int_equal(CHECK_UNKNOWN, view(b)->stock);
}

static void tell_money(struct bench *b, bool stock, int64_t balance_micro)
{
	struct desired_group group = {.name = (char *)"phones", .region = (char *)"",
				      .image = (char *)"", .spec = (char *)"bastionhost"};
	struct inquiry q;
	assert_int_equal(0, inquiry_init(&q, &group));
	q.stock_ok = stock;
	q.price_micro = 800000000;
	strcpy(q.currency, "CNY");
	q.balance_known = balance_micro >= 0;
	q.balance_micro = balance_micro;
	assert_int_equal(0, prospect_checked(b->book, &q));
	inquiry_fini(&q);
}

static void what_it_costs_and_what_there_is_are_told(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, view(b)->price_micro);
	assert_string_equal("", view(b)->currency);
	tell_money(b, true, 5);
	assert_int_equal(800000000, view(b)->price_micro);
	assert_string_equal("CNY", view(b)->currency);
	assert_true(view(b)->balance_known);
	assert_int_equal(5, view(b)->balance_micro);
	tell_money(b, true, -1);
	assert_false(view(b)->balance_known);
}

static void a_balance_is_asked_about_again_after_a_sweep(void **state)
{
	struct bench *b = *state;
	tell_money(b, true, 5);
	now += b->settings.poll.sweep_ms - 1;
	assert_int_equal(CHECK_OK, view(b)->stock);
	now += 1;
	assert_int_equal(CHECK_UNKNOWN, view(b)->stock);
	assert_false(view(b)->balance_known);
	assert_int_equal(800000000, view(b)->price_micro); /* for plan and status */
	tell_money(b, true, -1); /* an answer without one holds */
	now += 24 * HOUR;
	assert_int_equal(CHECK_OK, view(b)->stock);
	tell_money(b, false, 5); /* a bad one waits for its own back-off */
	now += b->settings.poll.sweep_ms;
	assert_int_equal(CHECK_BAD, view(b)->stock);
}

static void every_order_makes_the_balance_old(void **state)
{
	struct bench *b = *state;
	tell_money(b, true, 5);
	reply(b, OUTCOME_DONE);
	assert_int_equal(CHECK_UNKNOWN, view(b)->stock);
	assert_false(view(b)->balance_known);
	tell_money(b, true, -1);
	reply(b, OUTCOME_DONE);
	assert_int_equal(CHECK_OK, view(b)->stock);
}

static void what_is_being_asked_is_asked_until_the_answer(void **state)
{
	struct bench *b = *state;
	tell_money(b, true, 5);
	assert_int_equal(0, prospect_asking(b->book, "phones"));
	now += 24 * HOUR;
	assert_int_equal(CHECK_ASKED, view(b)->image);
	assert_int_equal(CHECK_ASKED, view(b)->spec);
	assert_int_equal(CHECK_ASKED, view(b)->stock);
	tell_money(b, true, 7);
	assert_int_equal(CHECK_OK, view(b)->stock);
}

/* ---- creates that are tried by name ---- */

static void absent(struct bench *b, const char *operation)
{
	assert_int_equal(0, intent_set(&b->intent->operation, operation));
	b->intent->settled_wall_ms = now;
	prospect_absent(b->book, b->intent);
}

static void a_third_create_by_name_waits_for_the_first_to_be_a_day_old(void **state)
{
	struct bench *b = *state;
	absent(b, "CreateAppInstanceGroup");
	assert_int_equal(0, wait_of(b));
	now += 2 * HOUR;
	absent(b, "CreateAppInstanceGroup");
	assert_int_equal(22 * HOUR, wait_of(b));
	assert_non_null(strstr(view(b)->last_refusal, "had no effect"));
	now += 22 * HOUR;
	absent(b, "CreateAppInstanceGroup"); /* the second one is younger than a day */
	assert_int_equal(6 * HOUR, wait_of(b)); /* ... but the longest back-off lasts longer */
	now += 25 * HOUR;
	absent(b, "CreateAppInstanceGroup");
	assert_int_equal(0, view(b)->not_before_mono_ms > now);
}

static void an_edit_is_a_new_beginning(void **state)
{
	struct bench *b = *state;
	absent(b, "CreateAppInstanceGroup");
	prospect_edited(b->book, "phones");
	absent(b, "CreateAppInstanceGroup");
	assert_int_equal(0, wait_of(b));
}

static void a_clock_that_went_back_makes_it_wait_a_day_at_most(void **state)
{
	struct bench *b = *state;
	b->intent->settled_wall_ms = now + 365 * 24 * HOUR;
	assert_int_equal(0, intent_set(&b->intent->operation, "CreateAppInstanceGroup"));
	prospect_absent(b->book, b->intent);
	absent(b, "CreateAppInstanceGroup");
	assert_int_equal(24 * HOUR, wait_of(b));
}

static void what_has_a_token_or_is_no_create_does_not_count(void **state)
{
	struct bench *b = *state;
	for (int k = 0; k < 3; k++)
		absent(b, "CreateAndroidInstanceGroup");
	b->intent->verb = VERB_GROW;
	for (int k = 0; k < 3; k++)
		absent(b, "UpgradeAndroidInstanceGroup");
	assert_int_equal(0, wait_of(b));
}

static void what_was_stopped_waits_for_an_edit(void **state)
{
	struct bench *b = *state;
	prospect_stop(b->book, "phones", 7, "nobody knows");
	assert_true(view(b)->refused_for_good);
	assert_int_equal(7, view(b)->refused_fingerprint);
	assert_string_equal("nobody knows", view(b)->last_refusal);
	now += 24 * HOUR;
	assert_true(view(b)->refused_for_good);
	prospect_edited(b->book, "phones");
	assert_false(view(b)->refused_for_good);
	assert_string_equal("", view(b)->last_refusal);
}

static void an_edit_of_a_group_nothing_is_known_about_is_fine(void **state)
{
	struct bench *b = *state;
	prospect_edited(b->book, "newcomer");
	assert_int_equal(1, view(b)->pace);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_pace_doubles_with_every_batch_that_was_done_up_to_its_cap),
		CASE(a_batch_still_under_way_does_not_raise_the_pace),
		CASE(anything_but_done_starts_the_pace_again),
		CASE(an_instance_that_failed_starts_the_pace_again),
		CASE(a_lowered_cap_holds_at_once),
		CASE(each_refusal_in_a_row_doubles_the_wait_up_to_its_cap),
		CASE(chance_shortens_a_wait_by_a_fifth_at_most),
		CASE(an_unclear_call_waits_for_its_own_looks_not_for_a_back_off),
		CASE(the_last_refusal_is_kept_for_people_until_something_is_bought),
		CASE(a_rejection_is_for_good_until_an_edit),
		CASE(what_passes_by_itself_is_not_for_good),
		CASE(a_cloud_group_that_is_gone_does_not_refuse_growth_for_good),
		CASE(refused_upkeep_backs_off_by_itself_and_leaves_buying_alone),
		CASE(checks_are_unknown_until_they_are_answered),
		CASE(a_bad_answer_says_why_and_is_asked_about_again_later),
		CASE(a_sold_out_create_asks_again_when_its_back_off_has_passed),
		CASE(a_fallback_is_used_until_the_next_answer_or_edit),
		CASE(what_it_costs_and_what_there_is_are_told),
		CASE(a_balance_is_asked_about_again_after_a_sweep),
		CASE(every_order_makes_the_balance_old),
		CASE(what_is_being_asked_is_asked_until_the_answer),
		CASE(a_third_create_by_name_waits_for_the_first_to_be_a_day_old),
		CASE(an_edit_is_a_new_beginning),
		CASE(a_clock_that_went_back_makes_it_wait_a_day_at_most),
		CASE(what_has_a_token_or_is_no_create_does_not_count),
		CASE(what_was_stopped_waits_for_an_edit),
		CASE(an_edit_of_a_group_nothing_is_known_about_is_fine),
	};
	return cmocka_run_group_tests_name("prospects", tests, NULL, NULL);
}
