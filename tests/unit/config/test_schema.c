#include "unit/config/files.h"

#include "config/schema.h"

struct names {
	char items[200][128];
	size_t n;
};

static void add_name(struct names *names, const char *name)
{
	assert_true(names->n < ARRAY_SIZE(names->items));
	(void)snprintf(names->items[names->n++], sizeof(names->items[0]), "%s", name);
}

static bool has_name(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->items[i], name) == 0)
			return true;
	return false;
}

/* Request parameters that the rows of @s reach; a map without parameter adds to the level above. */
static void collect(const struct schema *s, const char *prefix, struct names *ret)
{
	for (const struct schema_field *f = s->fields; f->key; f++) {
		char name[128];
		(void)snprintf(name, sizeof(name), "%s%s", prefix, f->api ? f->api : "");
		if (f->api)
			add_name(ret, name);
		if (f->type == SCHEMA_TAGS && f->api) {
			add_name(ret, "Tag.Key");
			add_name(ret, "Tag.Value");
		}
		if (f->type == SCHEMA_PAIRS) {
			add_name(ret, "Parameter.Code");
			add_name(ret, "Parameter.Value");
		}
		if (f->table && f->api)
			(void)strcat(name, ".");
		if (f->table)
			collect(f->table, name, ret);
	}
}

static bool has_note(const struct schema *s, const char *api)
{
	for (const struct schema_note *n = s->notes; n && n->key; n++)
		if (strcmp(n->api, api) == 0)
			return true;
	return false;
}

static void only_what_is_derived_is_without_a_key(void **state)
{
	(void)state;
	static const char *const derived[KIND_MAX_][5] = {
		{"Amount", "NumberOfInstances", "InstanceGroupName", "ClientToken"},
		{"AppInstanceGroupName", "NodeAmount", "ClientToken"},
		{"ClientToken"},
	};
	for (int kind = 0; kind < KIND_MAX_; kind++) {
		struct names reached = {0};
		const struct schema *s = schema_kind((enum kind)kind);
		collect(s, "", &reached);
		for (const char *const *name = derived[kind]; *name; name++) {
			assert_true(has_note(s, *name));
			assert_false(has_name(&reached, *name));
		}
	}
}

static void snake(const char *api, char *out)
{
	for (const char *p = api; *p; p++) {
		if (*p >= 'A' && *p <= 'Z' && p != api)
			*out++ = '_';
		*out++ = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;
	}
	*out = '\0';
}

static void check_name(void *data, const char *path, const struct schema_field *f)
{
	/* The common ones have short names of their own. */
	static const char *const own[] = {"region", "spec", "image", "charge.type", "tags",
					  "node_pool.instance_type", "node_pool.capacity",
					  "node_pool.strategy", "subscription", "parameters"};
	char expected[128];
	(void)data;
	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (!f->api || strcmp(path, own[i]) == 0)
			return;
	snake(f->api, expected);
	assert_string_equal(f->key, expected);
}

static void keys_are_the_apis_names_in_snake_case(void **state)
{
	(void)state;
	for (int kind = 0; kind < KIND_MAX_; kind++)
		schema_walk(schema_kind((enum kind)kind), check_name, NULL);
}

static bool is_sound(const struct schema_field *f)
{
	switch (f->type) {
	case SCHEMA_INT:
	case SCHEMA_DURATION:
	case SCHEMA_PERCENT:
	case SCHEMA_RATE:
		return f->min <= f->max && f->max > 0;
	case SCHEMA_TEXT:
		return f->rule && f->rule->what && (f->rule->pattern || f->rule->fits);
	case SCHEMA_TEXTS:
		return (f->rule || f->words) && f->max > 0 && (f->store == STORE_TEXTS || f->api);
	case SCHEMA_INTS:
		return f->min <= f->max && f->api;
	case SCHEMA_PAIRS:
		return f->rule && f->max > 0 && f->api;
	case SCHEMA_MAPS:
		return f->table && f->table->fields && f->max > 0 && f->api;
	case SCHEMA_WORD:
		return f->words && f->words[0];
	case SCHEMA_MAP:
		return f->table && f->table->fields;
	case SCHEMA_TAGS:
		return f->max > 0;
	case SCHEMA_BOOL:
	case SCHEMA_OTHER:
		return true;
	}
	return false;
}

static void check_row(void *data, const char *path, const struct schema_field *f)
{
	size_t *n = data;
	(*n)++;
	if (!f->doc || strlen(f->doc) < 8 || f->doc[strlen(f->doc) - 1] != '.')
		fail_msg("%s has no doc line", path);
	if (!is_sound(f))
		fail_msg("%s is not sound", path);
	if (f->required && f->initial)
		fail_msg("%s is required and has a default", path);
	if (f->store == STORE_NONE && !f->api && f->type < SCHEMA_TAGS &&
	    strcmp(path, "version") != 0)
		fail_msg("%s goes nowhere", path);
}

static void every_row_is_complete(void **state)
{
	(void)state;
	size_t n = 0;
	schema_walk(&schema_fleet, check_row, &n);
	for (int kind = 0; kind < KIND_MAX_; kind++)
		schema_walk(schema_kind((enum kind)kind), check_row, &n);
	schema_walk(&schema_settings, check_row, &n);
	assert_true(n > 220);
}

static void check_unique(const struct schema *s)
{
	for (const struct schema_field *f = s->fields; f->key; f++) {
		if (schema_find(s, f->key) != f)
			fail_msg("%s stands twice in %s", f->key, s->name);
		if (f->table)
			check_unique(f->table);
	}
}

static void no_key_stands_twice_in_a_table(void **state)
{
	(void)state;
	check_unique(&schema_fleet);
	for (int kind = 0; kind < KIND_MAX_; kind++)
		check_unique(schema_kind((enum kind)kind));
	check_unique(&schema_settings);
}

static void remember_path(void *data, const char *path, const struct schema_field *f)
{
	(void)f;
	add_name(data, path);
}

static void the_walk_goes_into_maps_with_dotted_paths(void **state)
{
	(void)state;
	struct names seen = {0};
	schema_walk(schema_kind(KIND_CLOUD_PHONE), remember_path, &seen);
	assert_string_equal(seen.items[0], "name");
	assert_true(has_name(&seen, "charge"));
	assert_true(has_name(&seen, "charge.auto_renew"));
	assert_true(has_name(&seen, "network_info.paid_callback_url"));
}

static void the_walk_marks_lists_of_maps(void **state)
{
	(void)state;
	struct names seen = {0};
	schema_walk(schema_kind(KIND_APP_STREAMING), remember_path, &seen);
	assert_true(has_name(&seen, "node_pool.recurrence_schedules"));
	assert_true(has_name(&seen, "node_pool.recurrence_schedules[].timer_periods"));
	assert_true(has_name(&seen, "node_pool.recurrence_schedules[].timer_periods[].start_time"));
	assert_true(has_name(&seen, "network.domain_rules[].policy"));
}

static void every_kind_has_a_table_and_nothing_else_has(void **state)
{
	(void)state;
	for (int kind = 0; kind < KIND_MAX_; kind++)
		assert_string_equal(schema_kind((enum kind)kind)->name,
				    kind_name((enum kind)kind));
	assert_null(schema_kind(KIND_INVALID));
	assert_null(schema_kind(KIND_MAX_));
}

static void a_hint_names_the_nearest_key(void **state)
{
	(void)state;
	static const struct {
		const char *key, *expected;
	} rows[] = {
		{"cuont", "; did you mean count?"},
		{"nam", "; did you mean name?"},
		{"regoin", "; did you mean region?"},
		{"instance_per_group", "; did you mean instances_per_group?"},
		{"vswitch_id", "; did you mean v_switch_id?"},
		{"Tag", "; here it is written tags"},
		{"tag", "; here it is written tags"},
		{"image_id", "; here it is written image"},
		{"InstanceGroupSpec", "; here it is written spec"},
		{"charge_type", "; here it is written charge.type"},
		{"auto_pay", "; here it is written charge.auto_pay"},
		{"isp", "; here it is written network_info.isp"},
		{"InstanceGroupName", "; it is derived from name"},
		{"", ""},
		{"x", ""},
		{"completely_different", ""},
		{"%n%s", ""},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char hint[SCHEMA_HINT_SIZE];
		schema_hint(schema_kind(KIND_CLOUD_PHONE), rows[i].key, hint);
		assert_string_equal(hint, rows[i].expected);
	}
}

static void a_hint_knows_the_names_of_its_kind(void **state)
{
	(void)state;
	static const struct {
		enum kind kind;
		const char *key, *expected;
	} rows[] = {
		{KIND_APP_STREAMING, "node_instance_type",
		 "; here it is written node_pool.instance_type"},
		{KIND_APP_STREAMING, "AppCenterImageId",
		 "; here it is written image"},
		{KIND_APP_STREAMING, "start_time",
		 "; here it is written node_pool.recurrence_schedules[].timer_periods[].start_time"},
		{KIND_PURCHASE, "parameter",
		 "; here it is written parameters"},
		{KIND_PURCHASE, "cityCode",
		 "; here it is written logistics.city_code"},
		{KIND_PURCHASE, "subscription_type",
		 "; here it is written subscription"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char hint[SCHEMA_HINT_SIZE];
		schema_hint(schema_kind(rows[i].kind), rows[i].key, hint);
		assert_string_equal(hint, rows[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_derived_is_without_a_key),
		cmocka_unit_test(keys_are_the_apis_names_in_snake_case),
		cmocka_unit_test(every_row_is_complete),
		cmocka_unit_test(no_key_stands_twice_in_a_table),
		cmocka_unit_test(the_walk_goes_into_maps_with_dotted_paths),
		cmocka_unit_test(the_walk_marks_lists_of_maps),
		cmocka_unit_test(every_kind_has_a_table_and_nothing_else_has),
		cmocka_unit_test(a_hint_names_the_nearest_key),
		cmocka_unit_test(a_hint_knows_the_names_of_its_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
