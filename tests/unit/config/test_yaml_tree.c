#include "unit/config/files.h"

#include "base/limits.h"
#include "config/yaml_tree.h"

struct parsed {
	struct diags diags;
	struct yaml_tree *tree;
	int result;
};

static struct parsed parse(const char *text, size_t len)
{
	struct parsed p = {0};
	diags_init(&p.diags, "t");
	p.result = yaml_tree_parse(text, len, &p.diags, &p.tree);
	return p;
}

static void parsed_fini(struct parsed *p)
{
	diags_fini(&p->diags);
	(void)yaml_tree_free(p->tree);
}
#define auto_parsed cleanup(parsed_fini)

static void assert_complains(const char *text, size_t len, const char *expected)
{
	auto_parsed struct parsed p = parse(text, len);
	auto_strbuf struct strbuf out = STRBUF_INIT(65536);
	diags_print(&p.diags, &out);
	assert_string_equal(strbuf_text(&out), expected);
	assert_true(diags_has_errors(&p.diags));
	assert_int_equal(p.tree == NULL, p.result != 0);
}

static void every_node_knows_where_it_stands(void **state)
{
	(void)state;
	const char text[] = "a: 1\nlist:\n  - {b: \"2\"}\n  - c\n";
	auto_parsed struct parsed p = parse(text, strlen(text));
	assert_int_equal(p.result, 0);
	const struct yaml_node *list = yaml_get(p.tree->root, "list");
	assert_int_equal(p.tree->root->shape, SHAPE_MAP);
	assert_int_equal(p.tree->root->items[1].key_pos.line, 2);
	assert_int_equal(list->shape, SHAPE_LIST);
	assert_int_equal(list->n, 2);
	const struct yaml_node *b = yaml_get(list->items[0].value, "b");
	assert_string_equal(b->text, "2");
	assert_false(b->plain);
	assert_int_equal(b->pos.line, 3);
	assert_int_equal(b->pos.column, 9);
	assert_true(list->items[1].value->plain);
	assert_int_equal(list->items[1].value->pos.column, 5);
}

static void columns_count_characters(void **state)
{
	(void)state;
	const char text[] = "\xef\xbb\xbf{\"äöü\": 1, b: 2}\n";
	auto_parsed struct parsed p = parse(text, strlen(text));
	assert_int_equal(yaml_get(p.tree->root, "b")->pos.column, 15);
}

static void the_end_marker_is_seen_only_when_written(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool expected;
	} rows[] = {
		{"a: 1\n", false},         {"a: 1\n...\n", true},    {"a: 1\n...\n# c\n", true},
		{"a: 1\r\n...\r\n", true}, {"a: ...\n", false},      {"a: 1\n# ...\n", false},
		{"---\na: 1\n", false},    {"a: '\n...x'\n", false},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_parsed struct parsed p = parse(rows[i].text, strlen(rows[i].text));
		assert_int_equal(p.result, 0);
		if (p.tree->has_end_marker != rows[i].expected)
			fail_msg("%s", rows[i].text);
	}
}

static void nothing_tilde_and_null_are_null_unless_quoted(void **state)
{
	(void)state;
	const char text[] = "[~, null, Null, NULL, '', \"null\", nil, 0]\n";
	auto_parsed struct parsed p = parse(text, strlen(text));
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(yaml_is_null(p.tree->root->items[i].value), i < 4);
}

static void a_missing_key_gives_nothing(void **state)
{
	(void)state;
	auto_parsed struct parsed p = parse("a: [1]\n", 7);
	assert_null(yaml_get(p.tree->root, "b"));
	assert_null(yaml_get(yaml_get(p.tree->root, "a"), "b"));
	assert_null(yaml_get(NULL, "b"));
}

static void what_is_not_plain_configuration_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{"", "t:1:1: is empty\n"},
		{"# only\n", "t:1:1: is empty\n"},
		{"a: &x 1\n", "t:1:4: anchors (&) are not allowed\n"},
		{"a: *x\n", "t:1:4: aliases (*) are not allowed\n"},
		{"a: !!int 1\n", "t:1:4: tags (!) are not allowed\n"},
		{"a: ! 1\n", "t:1:4: tags (!) are not allowed\n"},
		{"? !t a\n: 1\n", "t:1:3: tags (!) are not allowed\n"},
		{"a: &x [1]\n", "t:1:4: anchors (&) are not allowed\n"},
		{"a: &x {b: 1}\n", "t:1:4: anchors (&) are not allowed\n"},
		{"%YAML 1.1\n---\na: 1\n", "t:1:1: directives (%) are not allowed\n"},
		{"a: 1\n---\nb: 2\n", "t:2:1: a second document is not allowed\n"},
		{"<<: {a: 1}\n", "t:1:1: merge keys (<<) are not allowed\n"},
		{"[a]: 1\n", "t:1:1: a key must be a single word\n"},
		{"'': 1\n", "t:1:1: a key must not be empty\n"},
		{"a: 1\nb: 2\na: 3\n", "t:3:1: duplicate key \"a\", first at 1:1\n"},
		{"{x: {a: 1, 'a': 2}}\n", "t:1:12: duplicate key \"a\", first at 1:6\n"},
		{"a: |\n  x\n", "t:1:4: control characters and line breaks are not allowed\n"},
		{"a: 1", "t:1:5: must end in a newline: the last line may be cut\n"},
		{"a: \"\\0\"\n", "t:1:4: control characters and line breaks are not allowed\n"},
		{"a: \"\\x7f\"\n", "t:1:4: control characters and line breaks are not allowed\n"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_complains(rows[i].text, strlen(rows[i].text), rows[i].expected);
}

static void a_quoted_merge_sign_is_a_key_like_any_other(void **state)
{
	(void)state;
	auto_parsed struct parsed p = parse("'<<': 1\n", 8);
	assert_false(diags_has_errors(&p.diags));
}

static void bytes_that_are_not_utf8_are_refused_where_they_stand(void **state)
{
	(void)state;
	assert_complains("a: 1\nb: x\xff\n", 11,
			 "t:2:5: not valid UTF-8 text: invalid leading UTF-8 octet\n");
	assert_complains("ä: 1\nü: \"é\xc3(\"\n", 17,
			 "t:2:7: not valid UTF-8 text: invalid trailing UTF-8 octet\n");
	assert_complains("a: \0b\n", 7,
			 "t:1:4: not valid UTF-8 text: control characters are not allowed\n");
	assert_complains("\xff\xfe"
			 "a\0:\0 \0001\0\n\0",
			 12, "t:1:1: must be UTF-8, is UTF-16\n");
}

static void a_syntax_error_names_its_place_and_its_context(void **state)
{
	(void)state;
	assert_complains("a: [1,\nb: 2\n", 12,
			 "t:3:1: not valid YAML: did not find expected ',' or ']' "
			 "(while parsing a flow sequence, line 1)\n");
	assert_complains("a:\n\tb: 1\n", 9,
			 "t:2:1: not valid YAML: found character that cannot start any token "
			 "(while scanning for the next token, line 2)\n");
}

static void add_times(struct strbuf *out, const char *text, size_t times)
{
	while (times-- > 0)
		strbuf_add(out, text);
}

static void depth_is_capped_before_it_costs(void **state)
{
	(void)state;
	static const struct {
		const char *open;
		const char *expected;
	} rows[] = {
		{"[", "t:1:17: nested deeper than 16 levels\n"},
		{"{a: ", "t:1:65: nested deeper than 16 levels\n"},
		{"- ", "t:1:33: nested deeper than 16 levels\n"},
		{"? ", "t:1:3: a key must be a single word\n"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_strbuf struct strbuf text = STRBUF_INIT(LIMIT_CONFIG_BYTES);
		add_times(&text, rows[i].open, 100000);
		assert_complains(strbuf_text(&text), text.len, rows[i].expected);
	}
}

static void sixteen_levels_are_allowed(void **state)
{
	(void)state;
	auto_strbuf struct strbuf text = STRBUF_INIT(1000);
	add_times(&text, "[", LIMIT_YAML_DEPTH);
	add_times(&text, "]", LIMIT_YAML_DEPTH);
	strbuf_add(&text, "\n");
	auto_parsed struct parsed p = parse(strbuf_text(&text), text.len);
	assert_int_equal(p.result, 0);
	assert_false(diags_has_errors(&p.diags));
}

static void the_number_of_values_is_capped(void **state)
{
	(void)state;
	auto_strbuf struct strbuf text = STRBUF_INIT(LIMIT_CONFIG_BYTES);
	add_times(&text, "- a\n", LIMIT_YAML_NODES + 1);
	auto_parsed struct parsed p = parse(strbuf_text(&text), text.len);
	assert_int_equal(p.result, YAML_E_BROKEN);
	assert_string_equal(p.diags.items[0].text, "has more than 200000 values");
}

static void the_size_is_capped_before_anything_is_read(void **state)
{
	(void)state;
	auto_strbuf struct strbuf text = STRBUF_INIT(LIMIT_CONFIG_BYTES + 10);
	add_times(&text, "#", LIMIT_CONFIG_BYTES);
	strbuf_add(&text, "\n");
	assert_complains(strbuf_text(&text), text.len, "t: has 1048577 bytes, more than 1048576\n");
}

static void a_map_of_very_many_equal_keys_is_still_read(void **state)
{
	(void)state;
	auto_strbuf struct strbuf text = STRBUF_INIT(LIMIT_CONFIG_BYTES);
	add_times(&text, "k: v\n", 90000);
	auto_parsed struct parsed p = parse(strbuf_text(&text), text.len);
	assert_int_equal(p.result, 0);
	assert_int_equal(p.diags.errors, 89999);
	assert_int_equal(p.diags.n, LIMIT_DIAGS);
	assert_int_equal(p.diags.items[0].pos.line, 2);
}

static void what_was_complained_about_is_marked_for_later_stages(void **state)
{
	(void)state;
	auto_parsed struct parsed p = parse("a: *x\nb: \"\\e\"\n\"\\e\": c\n", 21);
	assert_int_equal(p.result, 0);
	assert_true(yaml_get(p.tree->root, "a")->is_faulty);
	assert_true(yaml_get(p.tree->root, "b")->is_faulty);
	assert_true(p.tree->root->items[2].is_faulty_key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_node_knows_where_it_stands),
		cmocka_unit_test(columns_count_characters),
		cmocka_unit_test(the_end_marker_is_seen_only_when_written),
		cmocka_unit_test(nothing_tilde_and_null_are_null_unless_quoted),
		cmocka_unit_test(a_missing_key_gives_nothing),
		cmocka_unit_test(what_is_not_plain_configuration_is_refused),
		cmocka_unit_test(a_quoted_merge_sign_is_a_key_like_any_other),
		cmocka_unit_test(bytes_that_are_not_utf8_are_refused_where_they_stand),
		cmocka_unit_test(a_syntax_error_names_its_place_and_its_context),
		cmocka_unit_test(depth_is_capped_before_it_costs),
		cmocka_unit_test(sixteen_levels_are_allowed),
		cmocka_unit_test(the_number_of_values_is_capped),
		cmocka_unit_test(the_size_is_capped_before_anything_is_read),
		cmocka_unit_test(a_map_of_very_many_equal_keys_is_still_read),
		cmocka_unit_test(what_was_complained_about_is_marked_for_later_stages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
