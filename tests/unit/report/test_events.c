#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <ctype.h>
#include <string.h>
#include <syslog.h>

#include "report/log.h"

static void every_event_is_complete(void **state)
{
	(void)state;
	for (int i = 0; i < EV_MAX_; i++) {
		enum event ev = (enum event)i;
		assert_true(strlen(event_text(ev)) > 10);
		assert_in_range(event_level(ev), LOG_CRIT, LOG_DEBUG);
		assert_int_equal(strlen(event_message_id(ev)), 32);
		assert_int_equal(strspn(event_message_id(ev), "0123456789abcdef"), 32);
		assert_int_equal(strspn(event_name(ev), "abcdefghijklmnopqrstuvwxyz_0123456789"),
				 strlen(event_name(ev)));
	}
}

static void texts_are_one_plain_line(void **state)
{
	(void)state;
	for (int i = 0; i < EV_MAX_; i++) {
		const char *text = event_text((enum event)i);
		for (const char *p = text; *p; p++)
			assert_true(isprint((unsigned char)*p) && *p != '%' && *p != '"');
		assert_true(text[strlen(text) - 1] != '.');
	}
}

static void no_two_events_share_an_id_or_a_text(void **state)
{
	(void)state;
	for (int i = 0; i < EV_MAX_; i++)
		for (int j = 0; j < i; j++) {
			enum event a = (enum event)i, b = (enum event)j;
			assert_string_not_equal(event_message_id(a), event_message_id(b));
			assert_string_not_equal(event_text(a), event_text(b));
		}
}

static void an_order_to_pay_is_a_warning(void **state)
{
	(void)state;
	assert_int_equal(event_level(EV_ORDER_NEEDS_PAYMENT), LOG_WARNING);
	assert_int_equal(event_level(EV_ORDER_STILL_UNPAID), LOG_WARNING);
	assert_string_equal(event_name(EV_ORDER_NEEDS_PAYMENT), "order_needs_payment");
	assert_string_equal(event_name(EV_EXPIRES_IN_7_DAYS), "expires_in_7_days");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event_is_complete),
		cmocka_unit_test(texts_are_one_plain_line),
		cmocka_unit_test(no_two_events_share_an_id_or_a_text),
		cmocka_unit_test(an_order_to_pay_is_a_warning),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
