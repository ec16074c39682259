#include "unit/config/files.h"

#include "config/config.h"
#include "config/schema.h"

#define CONF TEST_SOURCE_DIR "/../../../conf/"

static struct desired *read_fleet(const char *name, const char *text)
{
	auto_diags struct diags d = {0};
	auto_strbuf struct strbuf out = STRBUF_INIT(1u << 20);
	struct desired *desired = NULL;
	int r = config_parse_fleet(name, text, strlen(text), 0, &d, &desired);
	diags_print(&d, &out);
	if (r != CONFIG_OK || d.n > 0)
		fail_msg("%s", strbuf_text(&out));
	return desired;
}

static void read_settings(const char *text, struct settings *ret)
{
	auto_diags struct diags d = {0};
	auto_strbuf struct strbuf out = STRBUF_INIT(1u << 20);
	int r = config_parse_settings("drover.yaml", text, strlen(text), &d, ret);
	diags_print(&d, &out);
	if (r != CONFIG_OK || d.n > 0)
		fail_msg("%s", strbuf_text(&out));
}

/* Takes the "#" from lines that show a key; prose has "# " and one space. */
static char *uncomment(const char *text, const char *but)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(1u << 20);
	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n") + 1, indent = strspn(line, " ");
		const char *mark = line + indent;
		bool is_key = mark[0] == '#' && ((mark[1] >= 'a' && mark[1] <= 'z') ||
						 strncmp(mark + 1, "  ", 2) == 0);
		if (is_key && strncmp(mark + 1, but, strlen(but)) != 0) {
			strbuf_add_n(&out, line, indent);
			strbuf_add_n(&out, mark + 1, len - indent - 1);
		} else if (!is_key) {
			strbuf_add_n(&out, line, len);
		}
		line += len;
	}
	return strbuf_take(&out);
}

static void the_demo_is_what_the_quick_start_needs(void **state)
{
	(void)state;
	static const struct {
		const char *name, *region;
		int64_t count;
		enum charge_type charge;
	} expected[] = {
		{"phones-small", "cn-shanghai", 6, CHARGE_POSTPAID},
		{"phones-paid", "cn-shanghai", 2, CHARGE_PREPAID},
		{"phones-hz", "cn-hangzhou", 3, CHARGE_POSTPAID},
	};
	auto_free char *text = read_whole(CONF "examples/fleet.yaml", NULL);
	auto_desired struct desired *d = read_fleet("fleet.yaml", text);
	assert_true(d->has_end_marker);
	assert_int_equal(d->n_groups, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		const struct desired_group *g = &d->groups[i];
		assert_string_equal(g->name, expected[i].name);
		assert_string_equal(g->region, expected[i].region);
		assert_int_equal(g->count, expected[i].count);
		assert_int_equal(g->charge, expected[i].charge);
		assert_false(g->auto_pay);
		assert_string_equal(g->spec, "acp.basic.small");
		assert_string_equal(g->image, "imgc-06zyt9m93zwax1f2s");
	}
	assert_int_equal(value_get(d->groups[1].create, "Period")->integer, 1);
	assert_string_equal(value_get_text(d->groups[1].create, "PeriodUnit"), "Month");
}

static void the_example_of_three_kinds_is_valid(void **state)
{
	(void)state;
	auto_free char *text = read_whole(CONF "examples/three-kinds.yaml", NULL);
	auto_desired struct desired *d = read_fleet("three-kinds.yaml", text);
	assert_true(d->has_end_marker);
	assert_int_equal(d->n_groups, KIND_MAX_);
	for (int kind = 0; kind < KIND_MAX_; kind++)
		assert_int_equal(d->groups[kind].kind, kind);
}

static void the_commented_fleet_is_valid_as_it_is_and_with_every_key(void **state)
{
	(void)state;
	auto_free char *text = read_whole(CONF "fleet.yaml", NULL);
	auto_desired struct desired *d = read_fleet("fleet.yaml", text);
	assert_true(d->has_end_marker);
	/* bandwidth_package_id cannot stand beside network_info. */
	auto_free char *full_text = uncomment(text, "bandwidth_package_id");
	auto_desired struct desired *full = read_fleet("fleet.yaml", full_text);
	assert_int_equal(full->groups[0].adopt.n, 1);
	assert_non_null(value_get(full->groups[0].create, "NetworkInfo"));
	assert_int_equal(full->groups[0].create->n, 24);
	assert_int_equal(d->n_groups, 1);
	assert_int_equal(full->n_groups, KIND_MAX_);
	for (int kind = 0; kind < KIND_MAX_; kind++)
		assert_int_equal(full->groups[kind].kind, kind);
	assert_int_equal(full->groups[KIND_APP_STREAMING].create->n, 27);
	assert_int_equal(value_get(full->groups[KIND_APP_STREAMING].create, "NodePool")->n, 12);
	assert_int_equal(full->groups[KIND_PURCHASE].create->n, 9);
}

struct search {
	const char *file, *text;
};

static void find_key(void *data, const char *path, const struct schema_field *f)
{
	const struct search *s = data;
	char needle[128];
	(void)snprintf(needle, sizeof(needle), "%s:", f->key);
	for (const char *at = strstr(s->text, needle); at; at = strstr(at + 1, needle))
		if (at > s->text && strchr(" \n#{", at[-1]))
			return;
	if (strncmp(s->text, needle, strlen(needle)) != 0)
		fail_msg("%s is not in %s", path, s->file);
}

static void every_key_is_in_the_commented_files(void **state)
{
	(void)state;
	auto_free char *fleet = read_whole(CONF "fleet.yaml", NULL);
	auto_free char *settings = read_whole(CONF "drover.yaml", NULL);
	schema_walk(&schema_fleet, find_key, &(struct search){"fleet.yaml", fleet});
	for (int kind = 0; kind < KIND_MAX_; kind++)
		schema_walk(schema_kind((enum kind)kind), find_key,
			    &(struct search){"fleet.yaml", fleet});
	schema_walk(&schema_settings, find_key, &(struct search){"drover.yaml", settings});
}

struct pair {
	const struct settings *actual, *expected;
};

/* Numbers and words only: texts have no defaults. */
static void compare_row(void *data, const char *path, const struct schema_field *f)
{
	const struct pair *pair = data;
	size_t size = f->store == STORE_INT ? sizeof(int) : sizeof(int64_t);
	if (f->store == STORE_NONE || f->store == STORE_TEXT)
		return;
	if (memcmp((const char *)pair->actual + f->offset, (const char *)pair->expected + f->offset,
		   size) != 0)
		fail_msg("%s is not shown with its default", path);
}

static void the_commented_settings_show_the_defaults(void **state)
{
	(void)state;
	struct settings defaults, shipped, shown;
	auto_free char *text = read_whole(CONF "drover.yaml", NULL);
	auto_free char *full_text = uncomment(text, "!");
	settings_init(&defaults);
	read_settings(text, &shipped);
	read_settings(full_text, &shown);
	schema_walk(&schema_settings, compare_row, &(struct pair){&shipped, &defaults});
	/* What has no default of one value is shown by an example. */
	assert_int_equal(shown.limits.deletes_per_hour, 10);
	assert_non_null(shown.listen);
	shown.limits.deletes_per_hour = defaults.limits.deletes_per_hour;
	schema_walk(&schema_settings, compare_row, &(struct pair){&shown, &defaults});
	settings_fini(&defaults);
	settings_fini(&shipped);
	settings_fini(&shown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_demo_is_what_the_quick_start_needs),
		cmocka_unit_test(the_example_of_three_kinds_is_valid),
		cmocka_unit_test(the_commented_fleet_is_valid_as_it_is_and_with_every_key),
		cmocka_unit_test(every_key_is_in_the_commented_files),
		cmocka_unit_test(the_commented_settings_show_the_defaults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
