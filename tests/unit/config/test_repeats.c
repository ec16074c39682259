#include "unit/config/files.h"

#include "config/repeats.h"

static void note(void *data, const struct mention *first, const struct mention *again)
{
	struct strbuf *out = data;
	strbuf_addf(out, "%s %zu %zu;", again->text, first->index, again->index);
}

static void every_mention_after_the_first_is_reported_with_the_first(void **state)
{
	(void)state;
	static const char *const texts[] = {"b", "a", "c", "a", "b", "a"};
	auto_mentions struct mentions m = {0};
	auto_strbuf struct strbuf out = STRBUF_INIT(1000);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(mentions_add(&m, texts[i], (struct pos){(unsigned)i + 1, 1}, i),
				 0);
	mentions_find_repeats(&m, note, &out);
	assert_string_equal(strbuf_text(&out), "a 1 3;a 1 5;b 0 4;");
	assert_int_equal(mentions_find(&m, "a")->index, 1);
	assert_int_equal(mentions_find(&m, "c")->index, 2);
	assert_null(mentions_find(&m, "d"));
	assert_null(mentions_find(&m, ""));
}

static void on_one_line_the_column_decides(void **state)
{
	(void)state;
	auto_mentions struct mentions m = {0};
	auto_strbuf struct strbuf out = STRBUF_INIT(1000);
	assert_int_equal(mentions_add(&m, "a", (struct pos){1, 9}, 9), 0);
	assert_int_equal(mentions_add(&m, "a", (struct pos){1, 2}, 2), 0);
	mentions_find_repeats(&m, note, &out);
	assert_string_equal(strbuf_text(&out), "a 2 9;");
}

static void nothing_mentioned_is_nothing_repeated(void **state)
{
	(void)state;
	auto_mentions struct mentions m = {0};
	auto_strbuf struct strbuf out = STRBUF_INIT(1000);
	mentions_find_repeats(&m, note, &out);
	assert_string_equal(strbuf_text(&out), "");
	assert_null(mentions_find(&m, "a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mention_after_the_first_is_reported_with_the_first),
		cmocka_unit_test(on_one_line_the_column_decides),
		cmocka_unit_test(nothing_mentioned_is_nothing_repeated),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
