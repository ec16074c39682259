#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "cli/table.h"

static const char *const heads[] = {"NAME", ">COUNT", "STATE"};

static void columns_are_as_wide_as_their_widest_cell(void **state)
{
	(void)state;
	auto_strbuf struct strbuf out = STRBUF_INIT(10000);
	struct table t;
	table_init(&t, heads, 3);
	table_text(&t, "a-long-name", COLOR_NONE);
	table_int(&t, 7, COLOR_NONE);
	table_text(&t, "Converged", COLOR_GOOD);
	table_text(&t, "b", COLOR_NONE);
	table_int(&t, -123456, COLOR_NONE);
	table_text(&t, "Held", COLOR_BUSY);
	table_print(&t, /* colored= */ false, &out);
	table_fini(&t);
	assert_string_equal(strbuf_text(&out), "NAME           COUNT  STATE\n"
					       "a-long-name        7  Converged\n"
					       "b            -123456  Held\n");
}

static void colour_does_not_move_columns(void **state)
{
	(void)state;
	auto_strbuf struct strbuf out = STRBUF_INIT(10000);
	struct table t;
	table_init(&t, heads, 3);
	table_text(&t, "x", COLOR_BAD);
	table_int(&t, 1, COLOR_NONE);
	table_text(&t, "y", COLOR_NONE);
	table_print(&t, /* colored= */ true, &out);
	table_fini(&t);
	assert_non_null(strstr(strbuf_text(&out), "\n\x1b[31mx\x1b[0m         1  y\n"));
}

static void characters_count_not_bytes(void **state)
{
	(void)state;
	auto_strbuf struct strbuf out = STRBUF_INIT(10000);
	struct table t;
	table_init(&t, heads, 3);
	table_text(&t, "m\xc3\xbcll", COLOR_NONE);
	table_int(&t, 1, COLOR_NONE);
	table_text(&t, "y", COLOR_NONE);
	table_print(&t, false, &out);
	table_fini(&t);
	assert_non_null(strstr(strbuf_text(&out), "\nm\xc3\xbcll      1  y\n"));
}

static void nothing_foreign_reaches_the_terminal(void **state)
{
	(void)state;
	static const struct {
		const char *text, *safe;
	} cases[] = {
		{"plain", "plain"},
		{"a\x1b[2Jb", "a?[2Jb"},
		{"a\nb\tc\rd", "a?b?c?d"},
		{"\xc2\x9b[2J", "?[2J"},
		{"\xff\xfe", "??"},
		{"\x7f", "?"},
		{"\xe4\xb8\x8a", "\xe4\xb8\x8a"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_strbuf struct strbuf out = STRBUF_INIT(100);
		text_safe(cases[i].text, &out);
		assert_string_equal(strbuf_text(&out), cases[i].safe);
	}
}

static void an_unfinished_row_is_left_out(void **state)
{
	(void)state;
	auto_strbuf struct strbuf out = STRBUF_INIT(10000);
	struct table t;
	table_init(&t, heads, 3);
	table_text(&t, "x", COLOR_NONE);
	table_print(&t, false, &out);
	table_fini(&t);
	assert_string_equal(strbuf_text(&out), "NAME  COUNT  STATE\n");
}

static void the_bar_is_full_only_when_all_is_there(void **state)
{
	(void)state;
	static const struct {
		int64_t part, whole;
		const char *bar;
	} cases[] = {
		{0, 10, "[----------]"},     {1, 10, "[#---------]"},
		{999, 1000, "[#########-]"}, {10, 10, "[##########]"},
		{12, 10, "[##########]"},    {0, 0, "[##########]"},
		{-1, 10, "[----------]"},    {INT64_MAX, INT64_MAX, "[##########]"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_strbuf struct strbuf out = STRBUF_INIT(100);
		text_bar(cases[i].part, cases[i].whole, 10, &out);
		assert_string_equal(strbuf_text(&out), cases[i].bar);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
		cmocka_unit_test(colour_does_not_move_columns),
		cmocka_unit_test(characters_count_not_bytes),
		cmocka_unit_test(nothing_foreign_reaches_the_terminal),
		cmocka_unit_test(an_unfinished_row_is_left_out),
		cmocka_unit_test(the_bar_is_full_only_when_all_is_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
