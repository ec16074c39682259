#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <string.h>

#include "model/in_flight.h"

static void an_order_is_open_until_it_landed_or_was_cancelled(void **state)
{
	static const struct {
		struct order order;
		bool open;
	} cases[] = {
		{{.status = ORDER_UNPAID}, true},
		{{.status = ORDER_PAID}, true}, /* what it paid for has not been seen */
		{{.status = ORDER_UNKNOWN}, true},
		{{.status = ORDER_PAID, .landed = true}, false},
		{{.status = ORDER_CANCELLED}, false},
		{{.status = ORDER_UNPAID, .foreign = true}, false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(order_is_open(&cases[i].order), cases[i].open);
}

static void every_value_has_a_word_of_its_own(void **state)
{
	(void)state;
	for (int s = 0; s < ORDER_STATUS_MAX_; s++)
		for (int t = s + 1; t <= ORDER_STATUS_MAX_; t++)
			assert_string_not_equal(order_status_name((enum order_status)s),
						order_status_name((enum order_status)t));
	for (int s = 0; s < RESOURCE_STATE_MAX_; s++)
		for (int t = s + 1; t <= RESOURCE_STATE_MAX_; t++)
			assert_string_not_equal(resource_state_name((enum resource_state)s),
						resource_state_name((enum resource_state)t));
	assert_string_equal(order_status_name(ORDER_STATUS_MAX_), "?");
	assert_string_equal(resource_state_name(RESOURCE_STATE_MAX_), "?");
}

static void an_approval_names_what_was_shown(void **state)
{
	struct approval a = {.hash = "abc"};
	(void)state;
	assert_false(approval_names(&a, "balance"));
	approval_name(&a, "balance");
	approval_name(&a, "rename");
	approval_name(&a, "balance");
	assert_string_equal(a.holds, "balance rename ");
	assert_true(approval_names(&a, "balance"));
	assert_true(approval_names(&a, "rename"));
	assert_false(approval_names(&a, "balanc"));
	assert_false(approval_names(&a, "ename"));
	assert_false(approval_names(&a, ""));
	(void)strcpy(a.holds, "balance"); /* cut by hand */
	assert_false(approval_names(&a, "balance"));
}

static void an_approval_forgets_what_it_has_no_room_for(void **state)
{
	struct approval a = {.hash = "abc"};
	char word[12];
	int n = 0;
	(void)state;
	do {
		(void)snprintf(word, sizeof(word), "word-%d", ++n);
		approval_name(&a, word);
	} while (approval_names(&a, word));
	assert_true(strlen(a.holds) < sizeof(a.holds));
	assert_true(strlen(a.holds) + strlen(word) + 2 > sizeof(a.holds));
	assert_true(approval_names(&a, "word-1"));
}

static void releasing_leaves_nothing_behind(void **state)
{
	struct order o = {.id = strdup("1"),
			  .group = strdup("g"),
			  .region = strdup("r"),
			  .cloud_group = strdup("c"),
			  .status_text = strdup("s"),
			  .amount = strdup("1"),
			  .currency = strdup("CNY")};
	struct resource r = {.id = strdup("1"), .cloud_group = strdup("c"), .group = strdup("g")};
	(void)state;
	order_fini(&o);
	order_fini(&o);
	resource_fini(&r);
	resource_fini(&r);
	assert_null(o.id);
	assert_null(r.id);
}

static void kinds_and_charges_have_their_words(void **state)
{
	(void)state;
	for (int k = 0; k < KIND_MAX_; k++)
		assert_int_equal(kind_from_name(kind_name((enum kind)k)), k);
	assert_int_equal(kind_from_name("phone"), KIND_INVALID);
	assert_string_equal(kind_name(KIND_INVALID), "?");
	assert_string_equal(kind_name(KIND_MAX_), "?");
	assert_int_equal(charge_type_from_name("PostPaid"), CHARGE_POSTPAID);
	assert_int_equal(charge_type_from_name("PrePaid"), CHARGE_PREPAID);
	assert_int_equal(charge_type_from_name("postpaid"), CHARGE_UNKNOWN);
	assert_int_equal(charge_type_from_name(NULL), CHARGE_UNKNOWN);
	assert_string_equal(charge_type_name(CHARGE_UNKNOWN), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_order_is_open_until_it_landed_or_was_cancelled),
		cmocka_unit_test(every_value_has_a_word_of_its_own),
		cmocka_unit_test(an_approval_names_what_was_shown),
		cmocka_unit_test(an_approval_forgets_what_it_has_no_room_for),
		cmocka_unit_test(releasing_leaves_nothing_behind),
		cmocka_unit_test(kinds_and_charges_have_their_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
