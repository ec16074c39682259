#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "cloud/auth_gate.h"

static void an_open_gate_lets_everything_through(void **state)
{
	(void)state;
	struct auth_gate gate = {0};
	bool trial = true;
	assert_true(auth_gate_allows(&gate, 0, false, &trial));
	assert_false(trial);
	assert_false(auth_gate_accepted(&gate));
}

static void one_call_tries_after_each_interval(void **state)
{
	(void)state;
	struct auth_gate gate = {0};
	bool trial;
	assert_true(auth_gate_refused(&gate, 1000, 500, "Code", "rid"));
	assert_false(auth_gate_refused(&gate, 1001, 500, "Code2", "rid2")); /* the same episode */
	assert_false(auth_gate_allows(&gate, 1500, true, &trial));
	assert_false(auth_gate_allows(&gate, 1501, false, &trial));
	assert_true(auth_gate_allows(&gate, 1501, true, &trial));
	assert_true(trial);
	assert_false(auth_gate_allows(&gate, 9999, true, &trial)); /* one at a time */
	assert_false(auth_gate_refused(&gate, 1600, 500, "Code", "rid"));
	assert_false(auth_gate_allows(&gate, 2099, true, &trial));
	assert_true(auth_gate_allows(&gate, 2100, true, &trial));
	auth_gate_abandoned(&gate);
	assert_true(auth_gate_allows(&gate, 2101, true, &trial));
	assert_true(auth_gate_accepted(&gate));
	assert_true(auth_gate_allows(&gate, 2102, false, &trial));
	assert_false(trial);
}

static void news_end_the_wait(void **state)
{
	(void)state;
	struct auth_gate gate = {0};
	bool trial;
	assert_true(auth_gate_refused(&gate, 1000, 300000, "Code", "rid"));
	auth_gate_hurry(&gate);
	assert_true(auth_gate_allows(&gate, 1001, true, &trial));
	assert_true(trial);
}

static void a_refusal_for_good_waits_for_news(void **state)
{
	(void)state;
	struct auth_gate gate = {0};
	bool trial;
	assert_true(auth_gate_refused(&gate, 1000, AUTH_GATE_FOR_GOOD, "Code", "rid"));
	assert_false(auth_gate_allows(&gate, UINT64_MAX - 1, true, &trial));
	auth_gate_hurry(&gate);
	assert_true(auth_gate_allows(&gate, 1001, true, &trial));
	assert_true(trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_gate_lets_everything_through),
		cmocka_unit_test(one_call_tries_after_each_interval),
		cmocka_unit_test(news_end_the_wait),
		cmocka_unit_test(a_refusal_for_good_waits_for_news),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
