#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/cleanup.h"
#include "base/pacing.h"
#include "lib/seed.h"

static const struct pacing_rates reads = {5, 100, 5000, 10000};

/* Sends whenever allowed, for @ms of a virtual clock; the server takes everything. */
static unsigned run(struct pacing_bucket *b, uint64_t *now, uint64_t ms)
{
	unsigned sent = 0;
	for (uint64_t end = *now + ms; *now < end; (*now)++) {
		while (pacing_bucket_wait(b, *now) == 0) {
			pacing_bucket_take(b);
			sent++;
		}
	}
	return sent;
}

static void the_rate_doubles_while_callers_wait_up_to_the_cap(void **state)
{
	(void)state;
	struct pacing_bucket b;
	uint64_t now = 1000;
	pacing_bucket_init(&b, &reads, now);
	assert_in_range(run(&b, &now, 5000), 28, 32); /* 5 saved up + 5/s */
	assert_in_range(run(&b, &now, 5000), 48, 58);
	assert_in_range(run(&b, &now, 5000), 95, 112);
	(void)run(&b, &now, 20000);
	assert_in_range(run(&b, &now, 10000), 990, 1010);
}

static void an_idle_lane_does_not_speed_up(void **state)
{
	(void)state;
	struct pacing_bucket b;
	uint64_t now = 1000;
	pacing_bucket_init(&b, &reads, now);
	for (int i = 0; i < 100; i++, now += 1000) {
		assert_int_equal(pacing_bucket_wait(&b, now), 0);
		pacing_bucket_take(&b);
	}
	assert_true(b.rate < 5.01);
	assert_in_range(run(&b, &now, 1000), 9, 11);
}

static void a_hint_holds_the_whole_lane_back(void **state)
{
	(void)state;
	struct pacing_bucket b;
	uint64_t now = 1000;
	pacing_bucket_init(&b, &reads, now);
	pacing_bucket_take(&b);
	pacing_bucket_throttled(&b, now + 10, now, 7000);
	assert_int_equal(pacing_bucket_wait(&b, now + 10), 7000);
	assert_int_equal(pacing_bucket_wait(&b, now + 7009), 1);
	assert_true(pacing_bucket_wait(&b, now + 7010) < 300); /* nothing was saved up meanwhile */
	assert_int_equal(pacing_bucket_wait(&b, now + 7310), 0);
	pacing_bucket_throttled(&b, now + 7310, now + 7305, 100);
	pacing_bucket_throttled(&b, now + 7311, now + 7305,
				10); /* a shorter hint shortens nothing */
	assert_true(pacing_bucket_wait(&b, now + 7312) >= 98);
}

static void calls_under_way_lower_the_rate_only_once(void **state)
{
	(void)state;
	struct pacing_bucket b;
	uint64_t now = 1000;
	pacing_bucket_init(&b, &reads, now);
	(void)run(&b, &now, 11000);
	pacing_bucket_throttled(&b, now, now - 50, 0);
	double rate = b.rate;
	for (int i = 0; i < 8; i++)
		pacing_bucket_throttled(&b, now + 5, now - 40, 0);
	assert_true(b.rate >= rate && b.rate <= rate);
	pacing_bucket_throttled(&b, now + 100, now + 20, 0);
	assert_true(b.rate < rate);
}

static void the_rate_never_falls_to_nothing(void **state)
{
	(void)state;
	struct pacing_bucket b;
	uint64_t now = 1000;
	pacing_bucket_init(&b, &reads, now);
	for (int i = 0; i < 200; i++, now += 20000) {
		(void)pacing_bucket_wait(&b, now);
		pacing_bucket_throttled(&b, now, now, 0);
	}
	assert_true(b.rate > 0.09);
	assert_true(pacing_bucket_wait(&b, now) <= 11000);
}

struct server {
	double quota, burst, tokens;
	uint64_t filled_ms;
	unsigned good, bad;
};

static bool server_takes(struct server *s, uint64_t now)
{
	s->tokens += s->quota * (double)(now - s->filled_ms) / 1000;
	if (s->tokens > s->burst)
		s->tokens = s->burst;
	s->filled_ms = now;
	bool good = s->tokens >= 1;
	if (good)
		s->tokens -= 1;
	s->good += good;
	s->bad += !good;
	return good;
}

static void drive(struct pacing_bucket *b, struct server *s, uint64_t *now, uint64_t ms)
{
	s->good = s->bad = 0;
	for (uint64_t end = *now + ms; *now < end; (*now)++) {
		while (pacing_bucket_wait(b, *now) == 0) {
			pacing_bucket_take(b);
			if (server_takes(s, *now))
				(void)pacing_bucket_accepted(b, *now, *now);
			else
				pacing_bucket_throttled(b, *now, *now, 200);
		}
	}
}

static void the_quota_of_the_server_is_found_and_used(void **state)
{
	static const struct {
		double quota, burst;
	} servers[] = {{1, 1},   {3, 3},  {4, 10},  {10, 1}, {10, 10},
		       {30, 30}, {50, 5}, {77, 20}, {90, 90}};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(servers); i++) {
		struct pacing_bucket b;
		struct server s = {.quota = servers[i].quota,
				   .burst = servers[i].burst,
				   .tokens = servers[i].burst,
				   .filled_ms = 1000};
		uint64_t now = 1000;
		pacing_bucket_init(&b, &reads, now);
		drive(&b, &s, &now, 300000);
		drive(&b, &s, &now, 1200000);
		double used = s.good / (servers[i].quota * 1200);
		double refused = (double)s.bad / (s.good + s.bad);
		if (used < 0.9 || refused > 0.01)
			fail_msg("quota %.0f burst %.0f: used %.3f, refused %.4f", servers[i].quota,
				 servers[i].burst, used, refused);
	}
}

static void a_quota_that_grows_is_found_again(void **state)
{
	(void)state;
	struct pacing_bucket b;
	struct server s = {.quota = 10, .burst = 10, .tokens = 10, .filled_ms = 1000};
	uint64_t now = 1000;
	pacing_bucket_init(&b, &reads, now);
	drive(&b, &s, &now, 300000);
	s.quota = 40;
	drive(&b, &s, &now, 1200000);
	drive(&b, &s, &now, 600000);
	assert_true(s.good > 0.8 * 40 * 600);
}

static void a_quota_that_shrinks_is_obeyed(void **state)
{
	(void)state;
	struct pacing_bucket b;
	struct server s = {.quota = 40, .burst = 10, .tokens = 10, .filled_ms = 1000};
	uint64_t now = 1000;
	pacing_bucket_init(&b, &reads, now);
	drive(&b, &s, &now, 300000);
	s.quota = 2;
	drive(&b, &s, &now, 120000);
	drive(&b, &s, &now, 600000);
	assert_true(s.bad < 20);
	assert_true(s.good > 0.7 * 2 * 600);
}

static void new_settings_bound_the_rate(void **state)
{
	(void)state;
	struct pacing_bucket b;
	uint64_t now = 1000;
	const struct pacing_rates slow = {1, 2, 5000, 10000};
	pacing_bucket_init(&b, &reads, now);
	pacing_bucket_configure(&b, &slow);
	assert_true(b.rate <= 1);
	pacing_bucket_init(&b, &reads, now);
	(void)run(&b, &now, 30000);
	pacing_bucket_configure(&b, &slow);
	(void)run(&b, &now, 10000);
	assert_in_range(run(&b, &now, 10000), 19, 21);
}

/* Nothing is taken for so long; *ret_last: when the last call was sent. */
static unsigned weather(struct pacing_bucket *b, uint64_t *now, uint64_t ms, uint64_t *ret_last)
{
	unsigned sent = 0;
	for (uint64_t end = *now + ms; *now < end; (*now)++)
		while (pacing_bucket_wait(b, *now) == 0) {
			pacing_bucket_take(b);
			sent++;
			*ret_last = *now;
			pacing_bucket_throttled(b, *now, *now,
						pacing_backoff(1000, 60000, b->row, seed_next()));
		}
	return sent;
}

static void an_hour_of_refusals_is_no_quota(void **state)
{
	(void)state;
	struct pacing_bucket b;
	struct server s = {.quota = 20, .burst = 20, .tokens = 20, .filled_ms = 1000};
	uint64_t now = 1000, last = 0;
	pacing_bucket_init(&b, &reads, now);
	drive(&b, &s, &now, 600000);
	(void)weather(&b, &now, 60000, &last);
	assert_true(pacing_bucket_in_storm(&b));
	assert_in_range(weather(&b, &now, 3600000, &last), 50, 250);
	drive(&b, &s, &now, 80000); /* the longest pause, and then as before */
	assert_false(pacing_bucket_in_storm(&b));
	drive(&b, &s, &now, 60000);
	assert_true(s.good > 0.85 * 20 * 60);
	assert_true(s.bad < 0.02 * 20 * 60);
}

static void a_storm_at_the_very_start_ends_at_the_start(void **state)
{
	(void)state;
	struct pacing_bucket b;
	uint64_t now = 1000, last = 0;
	pacing_bucket_init(&b, &reads, now);
	(void)weather(&b, &now, 3600000, &last);
	while (pacing_bucket_wait(&b, now) > 0)
		now++;
	pacing_bucket_take(&b);
	assert_true(pacing_bucket_wait(&b, now) > 9000); /* one at a time */
	assert_true(pacing_bucket_accepted(&b, now + 1, now));
	now += 2;
	assert_in_range(run(&b, &now, 4000), 18, 22);
	(void)run(&b, &now, 20000);
	assert_in_range(run(&b, &now, 10000), 800, 1010);
}

static void a_quota_that_asks_for_long_pauses_is_learned(void **state)
{
	(void)state;
	struct pacing_bucket b;
	uint64_t now = 1000;
	pacing_bucket_init(&b, &reads, now);
	(void)run(&b, &now, 500);
	double rate = b.rate;
	pacing_bucket_throttled(&b, now, now, 30000);
	assert_true(pacing_bucket_in_storm(&b));
	assert_int_equal(pacing_bucket_held_ms(&b, now), 30000);
	now += 30000;
	assert_int_equal(pacing_bucket_wait(&b, now), 0);
	pacing_bucket_take(&b);
	assert_true(pacing_bucket_accepted(&b, now + 5, now));
	assert_true(b.rate < rate && b.rate > rate / 2); /* what was refused is remembered */
}

static void an_answer_to_an_earlier_call_ends_no_storm(void **state)
{
	(void)state;
	struct pacing_bucket b;
	pacing_bucket_init(&b, &reads, 1000);
	pacing_bucket_throttled(&b, 2000, 1900, 60000);
	assert_false(pacing_bucket_accepted(&b, 2010, 1950));
	assert_true(pacing_bucket_in_storm(&b));
	assert_true(pacing_bucket_accepted(&b, 62010, 62000));
	assert_false(pacing_bucket_accepted(&b, 62020, 62005)); /* it is over already */
}

static void back_off_is_fully_jittered_and_capped(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 80; n++) {
		uint64_t most = n < 9 ? UINT64_C(200) << n : 60000;
		most = most > 60000 ? 60000 : most;
		bool low = false, high = false;
		for (int i = 0; i < 200; i++) {
			uint64_t wait = pacing_backoff(200, 60000, n, seed_next());
			assert_true(wait <= most);
			low |= wait < most / 4;
			high |= wait > most - most / 4;
		}
		assert_true(low && high);
		assert_int_equal(pacing_backoff(200, 60000, n, most), most);
	}
	assert_int_equal(pacing_backoff(0, 60000, 5, 12345), 0);
	assert_int_equal(pacing_backoff(500, 100, 3, 101), 0);
}

static void a_hint_is_never_undercut(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t hint = seed_below(300000), own = seed_below(60000);
		uint64_t wait = pacing_hinted(own, hint, seed_next()),
			 most = own > hint ? own : hint + hint / 5;
		assert_true(wait >= own && wait >= hint && wait <= most);
	}
	assert_int_equal(pacing_hinted(60000, 0, 59999), 60000); /* the cap stays one */
}

static void retries_stop_when_the_store_is_empty_and_come_back_with_success(void **state)
{
	(void)state;
	struct pacing_budget b;
	pacing_budget_init(&b, 0);
	unsigned allowed = 0;
	while (pacing_budget_retry(&b, 0, PACING_COST_TRANSIENT))
		allowed++;
	assert_int_equal(allowed, 500 / PACING_COST_TRANSIENT);
	for (int i = 0; i < 4; i++)
		pacing_budget_success(&b, 0);
	assert_true(pacing_budget_retry(&b, 0, PACING_COST_TRANSIENT));
	assert_false(pacing_budget_retry(&b, 0, PACING_COST_THROTTLED));
	pacing_budget_success(&b, PACING_COST_TRANSIENT); /* a repeated call went well: refunded */
	assert_true(pacing_budget_retry(&b, 0, PACING_COST_TRANSIENT));
}

static void at_most_a_tenth_of_the_requests_are_retries(void **state)
{
	(void)state;
	struct pacing_budget b;
	uint64_t now = 5;
	unsigned requests = 0, retries = 0;
	pacing_budget_init(&b, now);
	for (int i = 0; i < 1000; i++, now += 50) {
		pacing_budget_request(&b, now);
		requests++;
		if (i % 2 == 0 || i < 10)
			pacing_budget_success(&b, 100);
		if (requests >= 10 && pacing_budget_retry(&b, now, 1)) {
			pacing_budget_request(&b, now);
			requests++;
			retries++;
		}
	}
	assert_in_range(retries, requests / 12, requests / 10);
	assert_true(pacing_budget_retry(&b, now + 600000, 1)); /* forgotten after two minutes */
}

static void five_failures_in_a_row_open_the_breaker(void **state)
{
	(void)state;
	struct pacing_breaker b;
	bool trial;
	pacing_breaker_init(&b, 60000);
	for (int i = 0; i < 4; i++)
		pacing_breaker_result(&b, 100, false, BREAKER_BAD, 0);
	assert_true(pacing_breaker_allows(&b, 100, false, &trial));
	pacing_breaker_result(&b, 100, false, BREAKER_NONE, 0);
	pacing_breaker_result(&b, 100, false, BREAKER_BAD, 0);
	assert_false(pacing_breaker_allows(&b, 100, true, &trial));
	assert_int_equal(pacing_breaker_rest(&b, 100), 30000);
}

static void half_of_many_failing_opens_the_breaker(void **state)
{
	(void)state;
	struct pacing_breaker b;
	pacing_breaker_init(&b, 60000);
	for (int i = 0; i < 20; i++)
		pacing_breaker_result(&b, (uint64_t)i * 1000, false,
				      i % 2 ? BREAKER_BAD : BREAKER_GOOD, 0);
	assert_int_equal(b.state, BREAKER_CLOSED); /* exactly half */
	pacing_breaker_result(&b, 20000, false, BREAKER_BAD, 0);
	assert_int_equal(b.state, BREAKER_OPEN);

	pacing_breaker_init(&b, 60000);
	for (int i = 0; i < 100; i++) /* 4 of 5 fail, but the window never holds 10 */
		pacing_breaker_result(&b, (uint64_t)i * 8000, false,
				      i % 5 ? BREAKER_BAD : BREAKER_GOOD, 0);
	assert_int_equal(b.state, BREAKER_CLOSED);
}

static void one_read_tries_and_decides(void **state)
{
	(void)state;
	static const uint64_t rests[] = {30000, 60000, 60000, 60000};
	struct pacing_breaker b;
	bool trial;
	uint64_t now = 1000;
	pacing_breaker_init(&b, 60000);
	for (int i = 0; i < 5; i++)
		pacing_breaker_result(&b, now, false, BREAKER_BAD, 0);
	for (size_t i = 0; i < ARRAY_SIZE(rests); i++) {
		assert_int_equal(pacing_breaker_rest(&b, now), rests[i]);
		pacing_breaker_result(&b, now, false,
				      BREAKER_GOOD, 0); /* a late answer decides nothing */
		assert_false(pacing_breaker_allows(&b, now + rests[i] - 1, true, &trial));
		now += rests[i];
		assert_false(pacing_breaker_allows(&b, now, false, &trial)); /* never a change */
		assert_true(pacing_breaker_allows(&b, now, true, &trial));
		assert_true(trial);
		bool second;
		assert_false(pacing_breaker_allows(&b, now, true, &second));
		pacing_breaker_result(&b, now, true,
				      BREAKER_NONE, 0); /* cancelled: the next one tries */
		assert_true(pacing_breaker_allows(&b, now, true, &trial));
		pacing_breaker_result(&b, now, true,
				      i + 1 < ARRAY_SIZE(rests) ? BREAKER_BAD : BREAKER_GOOD, 0);
	}
	assert_true(pacing_breaker_allows(&b, now, false, &trial));
	assert_false(trial);
	for (int i = 0; i < 5; i++)
		pacing_breaker_result(&b, now, false, BREAKER_BAD, 0);
	assert_int_equal(pacing_breaker_rest(&b, now), 30000); /* counted from the start again */
}

static void breakers_of_many_clients_open_apart(void **state)
{
	(void)state;
	bool low = false, high = false;
	for (int n = 0; n < 200; n++) {
		struct pacing_breaker b;
		pacing_breaker_init(&b, 60000);
		for (int i = 0; i < 5; i++)
			pacing_breaker_result(&b, 1000, false, BREAKER_BAD, seed_next());
		uint64_t rest = pacing_breaker_rest(&b, 1000);
		assert_in_range(rest, 15000, 30000);
		low |= rest < 18000;
		high |= rest > 27000;
	}
	assert_true(low && high);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rate_doubles_while_callers_wait_up_to_the_cap),
		cmocka_unit_test(an_idle_lane_does_not_speed_up),
		cmocka_unit_test(a_hint_holds_the_whole_lane_back),
		cmocka_unit_test(calls_under_way_lower_the_rate_only_once),
		cmocka_unit_test(the_rate_never_falls_to_nothing),
		cmocka_unit_test(the_quota_of_the_server_is_found_and_used),
		cmocka_unit_test(a_quota_that_grows_is_found_again),
		cmocka_unit_test(a_quota_that_shrinks_is_obeyed),
		cmocka_unit_test(new_settings_bound_the_rate),
		cmocka_unit_test(an_hour_of_refusals_is_no_quota),
		cmocka_unit_test(a_storm_at_the_very_start_ends_at_the_start),
		cmocka_unit_test(a_quota_that_asks_for_long_pauses_is_learned),
		cmocka_unit_test(an_answer_to_an_earlier_call_ends_no_storm),
		cmocka_unit_test(back_off_is_fully_jittered_and_capped),
		cmocka_unit_test(a_hint_is_never_undercut),
		cmocka_unit_test(retries_stop_when_the_store_is_empty_and_come_back_with_success),
		cmocka_unit_test(at_most_a_tenth_of_the_requests_are_retries),
		cmocka_unit_test(five_failures_in_a_row_open_the_breaker),
		cmocka_unit_test(half_of_many_failing_opens_the_breaker),
		cmocka_unit_test(one_read_tries_and_decides),
		cmocka_unit_test(breakers_of_many_clients_open_apart),
	};
	seed_init(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
