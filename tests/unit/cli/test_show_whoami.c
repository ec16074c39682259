/* Who droverd is, as a table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "cli/show.h"

static void expect(const char *text, const char *expected)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(1u << 16);
	const struct show s = {.out = &out};
	cJSON *json = show_parse(text, strlen(text));
	assert_non_null(json);
	show_whoami(&s, json);
	cJSON_Delete(json);
	assert_string_equal(strbuf_text(&out), expected);
}

static void keys_that_end(void **state)
{
	(void)state;
	expect("{\"account\":\"12\",\"arn\":\"acs:ram::12:assumed-role/r/s\",\"identity_type\":"
	       "\"AssumedRoleUser\",\"site\":\"china\",\"source\":\"environment\",\"key_hint\":"
	       "\"STS.\u2026xy\",\"expires\":\"2026-01-02T03:04:05Z\",\"expires_in_s\":3000}",
	       "DROVERD   IS\n"
	       "account   12\n"
	       "identity  acs:ram::12:assumed-role/r/s\n"
	       "type      AssumedRoleUser\n"
	       "site      china\n"
	       "keys of   environment\n"
	       "key       STS.\u2026xy\n"
	       "expires   2026-01-02T03:04:05Z (in 50 min)\n");
}

static void keys_that_do_not_end_and_answers_without_members(void **state)
{
	(void)state;
	expect("{\"account\":\"12\",\"expires\":null,\"expires_in_s\":null}",
	       "DROVERD   IS\n"
	       "account   12\n"
	       "identity  -\n"
	       "type      -\n"
	       "site      -\n"
	       "keys of   -\n"
	       "key       -\n"
	       "expires   never, as far as is known\n");
	expect("{\"account\":\"\\u0007\",\"expires\":\"soon\",\"expires_in_s\":-1}",
	       "DROVERD   IS\n"
	       "account   ?\n"
	       "identity  -\n"
	       "type      -\n"
	       "site      -\n"
	       "keys of   -\n"
	       "key       -\n"
	       "expires   soon\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_that_end),
		cmocka_unit_test(keys_that_do_not_end_and_answers_without_members),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
