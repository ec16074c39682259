/* The table of a group's instances. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/show.h"

static void show(const char *text, bool colored, struct strbuf *out)
{
	const struct show s = {.out = out, .colored = colored};
	cJSON *json = show_parse(text, strlen(text));
	assert_non_null(json);
	show_instances(&s, json);
	cJSON_Delete(json);
	assert_int_equal(strbuf_error(out), 0);
}

static void expect(const char *text, const char *expected)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(1u << 20);
	show(text, false, &out);
	assert_string_equal(strbuf_text(&out), expected);
}

/* @n rows: the first @others of them are FAILED, the rest run. */
static void add_rows(struct strbuf *text, int n, int others)
{
	strbuf_add(text, "{\"instances\":[");
	for (int i = 0; i < n; i++)
		strbuf_addf(
			text,
			"%s{\"AndroidInstanceId\":\"acp-%03d\",\"AndroidInstanceStatus\":\"%s\"}",
			i ? "," : "", i, i < others ? "FAILED" : "RUNNING");
	strbuf_add(text, "]}");
}

static int count_lines(const char *text, const char *start)
{
	int n = 0;
	for (const char *p = text; *p; p = strchr(p, '\n') + 1)
		n += strncmp(p, start, strlen(start)) == 0;
	return n;
}

static void a_few_instances_have_a_line_each(void **state)
{
	(void)state;
	expect("{\"instances\":["
	       "{\"AndroidInstanceId\":\"acp-1\",\"AndroidInstanceStatus\":\"RUNNING\","
	       "\"SessionStatus\":\"connect\",\"NetworkInterfaceIp\":\"10.0.0.1\","
	       "\"KeyPairId\":\"kp-1\",\"GmtExpired\":\"2027-07-15T02:03:33Z\","
	       "\"GmtCreate\":\"2026-05-06 10:42:10\"},"
	       "{\"AndroidInstanceId\":\"acp-2\",\"AndroidInstanceStatus\":\"CREATING\"}]}",
	       "\n"
	       "ID     STATUS    SESSION  IP        KEY PAIR  EXPIRES     CREATED\n"
	       "acp-1  RUNNING   connect  10.0.0.1  kp-1      2027-07-15  2026-05-06 10:42:10\n"
	       "acp-2  CREATING  -        -         -         -           -\n");
}

static void none_are_said_to_be_none(void **state)
{
	(void)state;
	expect("{\"instances\":[]}", "\nNo instances were listed.\n");
	expect("{}", "\nNo instances were listed.\n");
	expect("{\"instances\":7}", "\nNo instances were listed.\n");
}

static void many_are_counted_and_those_that_do_not_run_are_named(void **state)
{
	static const struct {
		int n, others, lines;
		const char *counts; /* NULL: no counts, a line each */
	} cases[] = {
		{50, 0, 50, NULL},
		{51, 0, 0, "\n51 instances: 51 RUNNING; --json shows each\n"},
		{51, 1, 1, "\n51 instances: 50 RUNNING, 1 FAILED; --json shows each\n"},
		{200, 50, 50, "\n200 instances: 150 RUNNING, 50 FAILED; --json shows each\n"},
		{200, 51, 0, "\n200 instances: 149 RUNNING, 51 FAILED; --json shows each\n"},
		{200, 100, 0, "\n200 instances: 100 FAILED, 100 RUNNING; --json shows each\n"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_strbuf struct strbuf text = STRBUF_INIT(1u << 20), out = STRBUF_INIT(1u << 20);
		add_rows(&text, cases[i].n, cases[i].others);
		show(strbuf_text(&text), false, &out);
		const char *shown = strbuf_text(&out), *counts = cases[i].counts;
		assert_int_equal(count_lines(shown, "acp-"), cases[i].lines);
		assert_int_equal(count_lines(shown, "ID "), cases[i].lines > 0);
		if (counts)
			assert_int_equal(strncmp(shown, counts, strlen(counts)), 0);
		else
			assert_null(strstr(shown, "instances:"));
	}
}

static void a_status_has_the_colour_of_its_urgency(void **state)
{
	static const struct {
		const char *status, *shown;
	} cases[] = {
		{"RUNNING", "\x1b[32mRUNNING\x1b[0m"},
		{"FAILED", "\x1b[31mFAILED\x1b[0m"},
		{"CREATING", "\x1b[33mCREATING\x1b[0m"},
		{"STOPPED", "  STOPPED  "},
		{"NEW_WORD", "  NEW_WORD  "},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_strbuf struct strbuf text = STRBUF_INIT(4096), out = STRBUF_INIT(4096);
		strbuf_addf(&text, "{\"instances\":[{\"AndroidInstanceStatus\":\"%s\"}]}",
			    cases[i].status);
		show(strbuf_text(&text), true, &out);
		assert_non_null(strstr(strbuf_text(&out), cases[i].shown));
	}
}

static void odd_rows_and_control_bytes_do_no_harm(void **state)
{
	(void)state;
	auto_strbuf struct strbuf out = STRBUF_INIT(4096);
	show("{\"instances\":[null,7,[],{},{\"AndroidInstanceId\":5,"
	     "\"AndroidInstanceStatus\":\"\\u001b[2J\",\"GmtExpired\":\"x\"}]}",
	     false, &out);
	assert_null(strchr(strbuf_text(&out), '\x1b'));
	assert_int_equal(count_lines(strbuf_text(&out), "-"), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_few_instances_have_a_line_each),
		cmocka_unit_test(none_are_said_to_be_none),
		cmocka_unit_test(many_are_counted_and_those_that_do_not_run_are_named),
		cmocka_unit_test(a_status_has_the_colour_of_its_urgency),
		cmocka_unit_test(odd_rows_and_control_bytes_do_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
