#include "unit/config/files.h"

#include "base/limits.h"
#include "config/diag.h"

static struct pos at(unsigned line, unsigned column)
{
	return (struct pos){line, column};
}

static void assert_printed(const struct diags *d, const char *expected)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(65536);
	diags_print(d, &out);
	assert_string_equal(strbuf_text(&out), expected);
}

static void complaints_come_out_by_position(void **state)
{
	(void)state;
	auto_diags struct diags d;
	diags_init(&d, "fleet.yaml");
	diags_add(&d, SEVERITY_ERROR, at(9, 1), "last");
	diags_add(&d, SEVERITY_ERROR, at(2, 7), "third");
	diags_add(&d, SEVERITY_ERROR, at(2, 3), "second");
	diags_add(&d, SEVERITY_ERROR, at(1, 90), "first");
	assert_printed(&d, "fleet.yaml:1:90: first\nfleet.yaml:2:3: second\n"
			   "fleet.yaml:2:7: third\nfleet.yaml:9:1: last\n");
}

static void complaints_of_one_place_keep_their_order(void **state)
{
	(void)state;
	auto_diags struct diags d;
	diags_init(&d, "f");
	diags_add(&d, SEVERITY_ERROR, at(1, 1), "a");
	diags_add(&d, SEVERITY_ERROR, at(1, 1), "b");
	diags_add(&d, SEVERITY_ERROR, at(1, 1), "c");
	assert_printed(&d, "f:1:1: a\nf:1:1: b\nf:1:1: c\n");
}

static void a_complaint_about_the_whole_file_has_no_position(void **state)
{
	(void)state;
	auto_diags struct diags d;
	diags_init(&d, "fleet.yaml");
	diags_add(&d, SEVERITY_ERROR, at(0, 0), "cannot be opened: %s", "no");
	assert_printed(&d, "fleet.yaml: cannot be opened: no\n");
}

static void a_warning_is_named_and_is_no_error(void **state)
{
	(void)state;
	auto_diags struct diags d;
	diags_init(&d, "f");
	diags_add(&d, SEVERITY_WARNING, at(3, 4), "odd");
	assert_false(diags_has_errors(&d));
	assert_printed(&d, "f:3:4: warning: odd\n");
	diags_add(&d, SEVERITY_ERROR, at(5, 6), "bad");
	assert_true(diags_has_errors(&d));
}

static void beyond_the_cap_the_first_places_are_kept_and_the_rest_is_counted(void **state)
{
	(void)state;
	auto_diags struct diags d;
	diags_init(&d, "f");
	for (unsigned i = LIMIT_DIAGS + 30; i > 0; i--)
		diags_add(&d, SEVERITY_ERROR, at(i, 1), "line %u", i);
	assert_int_equal(d.n, LIMIT_DIAGS);
	assert_int_equal(d.left_out, 30);
	assert_int_equal(d.errors, LIMIT_DIAGS + 30);
	assert_int_equal(d.items[0].pos.line, 1);
	assert_int_equal(d.items[LIMIT_DIAGS - 1].pos.line, LIMIT_DIAGS);
	assert_true(diags_has_room(&d, at(1, 2)));
	assert_false(diags_has_room(&d, at(LIMIT_DIAGS + 1, 1)));
	auto_strbuf struct strbuf out = STRBUF_INIT(65536);
	diags_print(&d, &out);
	assert_non_null(strstr(strbuf_text(&out), "f: 30 more left out\n"));
}

static void errors_left_out_behind_warnings_still_count(void **state)
{
	(void)state;
	auto_diags struct diags d;
	diags_init(&d, "f");
	for (unsigned i = 0; i < LIMIT_DIAGS; i++)
		diags_add(&d, SEVERITY_WARNING, at(1, 1), "w%u", i);
	diags_add(&d, SEVERITY_ERROR, at(2, 1), "e");
	assert_int_equal(d.left_out, 1);
	assert_true(diags_has_errors(&d));
}

static void the_same_complaint_at_the_same_place_is_kept_once(void **state)
{
	(void)state;
	auto_diags struct diags d;
	diags_init(&d, "f");
	diags_add(&d, SEVERITY_ERROR, at(1, 2), "a");
	diags_add(&d, SEVERITY_ERROR, at(1, 2), "b");
	diags_add(&d, SEVERITY_ERROR, at(1, 2), "a");
	diags_add(&d, SEVERITY_ERROR, at(1, 3), "a");
	diags_add(&d, SEVERITY_ERROR, at(2, 2), "a");
	assert_int_equal(d.n, 4);
	assert_int_equal(d.left_out, 0);
}

static void long_text_is_cut_between_characters(void **state)
{
	(void)state;
	char out[DIAG_SHORT], long_text[400] = "";
	assert_string_equal(diag_shorten("short", out), "short");
	for (int i = 0; i < 60; i++)
		strcat(long_text, "ü€");
	for (size_t skip = 0; skip < 5; skip += skip == 0 ? 2 : 3) {
		diag_shorten(long_text + skip, out);
		size_t len = strlen(out);
		assert_true(len < DIAG_SHORT && len > DIAG_SHORT - 8);
		assert_string_equal(out + len - strlen("…"), "…");
		const char *before = out + len - strlen("…");
		assert_true(strncmp(before - strlen("ü"), "ü", strlen("ü")) == 0 ||
			    strncmp(before - strlen("€"), "€", strlen("€")) == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(complaints_come_out_by_position),
		cmocka_unit_test(complaints_of_one_place_keep_their_order),
		cmocka_unit_test(a_complaint_about_the_whole_file_has_no_position),
		cmocka_unit_test(a_warning_is_named_and_is_no_error),
		cmocka_unit_test(beyond_the_cap_the_first_places_are_kept_and_the_rest_is_counted),
		cmocka_unit_test(errors_left_out_behind_warnings_still_count),
		cmocka_unit_test(the_same_complaint_at_the_same_place_is_kept_once),
		cmocka_unit_test(long_text_is_cut_between_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
