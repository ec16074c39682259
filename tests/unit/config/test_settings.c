#include "unit/config/files.h"

#include <inttypes.h>

#include "config/config.h"
#include "config/schema.h"

static char *print_diags(const struct diags *d)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(1u << 20);
	diags_print(d, &out);
	return strbuf_take(&out);
}

static void accept_text(const char *text, struct settings *ret)
{
	auto_diags struct diags d = {0};
	if (config_parse_settings("drover.yaml", text, strlen(text), &d, ret) != CONFIG_OK) {
		auto_free char *complaints = print_diags(&d);
		fail_msg("%s\n%s", text, complaints);
	}
	assert_int_equal(d.n, 0);
}

static void check_bad(const char *path, const char *text, size_t len)
{
	auto_diags struct diags d = {0};
	struct settings s;
	auto_free char *expected = read_expected(path);
	if (config_parse_settings("drover.yaml", text, len, &d, &s) != CONFIG_E_REFUSED)
		fail_msg("%s is accepted", path);
	auto_free char *actual = print_diags(&d);
	if (strcmp(actual, expected) != 0)
		fail_msg("%s:\n%s\ninstead of\n%s", path, actual, expected);
	settings_fini(&s);
}

static void every_bad_file_gets_exactly_its_complaints(void **state)
{
	(void)state;
	assert_true(each_file(TEST_SOURCE_DIR "/bad", true, check_bad) >= 35);
}

/* The field of @s that row @f fills, as text. */
static void field_text(const struct settings *s, const struct schema_field *f, char out[512])
{
	const char *slot = (const char *)s + f->offset;
	int64_t i64;
	int i;
	double real;
	const char *text;
	out[0] = '\0';
	if (f->store == STORE_INT64 || f->store == STORE_UINT64) {
		memcpy(&i64, slot, sizeof(i64));
		(void)snprintf(out, 512, "%" PRId64, i64);
	} else if (f->store == STORE_INT) {
		memcpy(&i, slot, sizeof(i));
		(void)snprintf(out, 512, "%d", i);
	} else if (f->store == STORE_BOOL) {
		(void)snprintf(out, 512, "%d", *slot);
	} else if (f->store == STORE_DOUBLE) {
		memcpy(&real, slot, sizeof(real));
		(void)snprintf(out, 512, "%g", real);
	} else if (f->store == STORE_TEXT) {
		memcpy(&text, slot, sizeof(text));
		(void)snprintf(out, 512, "%s", text ? text : "(none)");
	}
}

enum which { LEAST, MOST };

/* A value of row @f as one writes it and as field_text() shows it. */
static void sample(const struct schema_field *f, enum which which, char yaml[64], char shown[64])
{
	int64_t n = which == LEAST ? f->min : f->max;
	int last = 0;
	while (f->words && f->words[last + 1])
		last++;
	if (f->type == SCHEMA_INT) {
		(void)snprintf(yaml, 64, "%" PRId64, n);
		(void)snprintf(shown, 64, "%" PRId64, n);
	} else if (f->type == SCHEMA_DURATION) {
		(void)snprintf(yaml, 64, "%" PRId64 "ms", n);
		(void)snprintf(shown, 64, "%" PRId64, n);
	} else if (f->type == SCHEMA_PERCENT) {
		(void)snprintf(yaml, 64, "%" PRId64 "%%", n);
		(void)snprintf(shown, 64, "%g", (double)n / 100);
	} else if (f->type == SCHEMA_RATE) {
		(void)snprintf(yaml, 64, "%" PRId64 ".%03" PRId64, n / 1000, n % 1000);
		(void)snprintf(shown, 64, "%g", (double)n / 1000);
	} else if (f->type == SCHEMA_WORD) {
		(void)snprintf(yaml, 64, "%s", f->words[which == LEAST ? 0 : last]);
		(void)snprintf(shown, 64, "%d", which == LEAST ? 0 : last);
	} else {
		static const char *const texts[] = {"https://h:1", "/x", "acs:ram::1:role/x", "x",
						    "xy", "1000.50 CNY"};
		const char *const *text = texts;
		while (!f->rule->fits(*text))
			text++;
		(void)snprintf(yaml, 64, "%s", *text);
		(void)snprintf(shown, 64, "%s", yaml);
	}
}

static void add_table(struct strbuf *out, const struct schema *s, enum which which, int depth)
{
	for (const struct schema_field *f = s->fields; f->key; f++) {
		char yaml[64], shown[64];
		if (f->table) {
			strbuf_addf(out, "%s:\n", f->key);
			add_table(out, f->table, which, depth + 1);
		} else if (strcmp(f->key, "version") != 0) {
			sample(f, which, yaml, shown);
			strbuf_addf(out, "%*s%s: %s\n", depth * 2, "", f->key, yaml);
		}
	}
}

struct comparison {
	const struct settings *actual, *other;
	enum which which;
	size_t n;
};

static void compare_row(void *data, const char *path, const struct schema_field *f)
{
	struct comparison *c = data;
	char actual[512], expected[512], yaml[64], shown[64];
	if (f->store == STORE_NONE)
		return;
	c->n++;
	field_text(c->actual, f, actual);
	if (c->other) {
		field_text(c->other, f, expected);
	} else {
		sample(f, c->which, yaml, shown);
		(void)snprintf(expected, sizeof(expected), "%s", shown);
	}
	if (strcmp(actual, expected) != 0)
		fail_msg("%s is %s instead of %s", path, actual, expected);
}

static void every_key_reaches_its_field(void **state)
{
	(void)state;
	for (enum which which = LEAST; which <= MOST; which++) {
		auto_strbuf struct strbuf text = STRBUF_INIT(65536);
		struct settings s;
		strbuf_add(&text, "version: 1\n");
		add_table(&text, &schema_settings, which, 0);
		accept_text(strbuf_text(&text), &s);
		struct comparison c = {.actual = &s, .which = which};
		schema_walk(&schema_settings, compare_row, &c);
		assert_int_equal(c.n, 56);
		settings_fini(&s);
	}
}

static void add_initial(void *data, const char *path, const struct schema_field *f)
{
	struct strbuf *out = data;
	const char *leaf = strchr(path, '.');
	/* The one that needs another key beside it; the commented drover.yaml has both. */
	if (!f->initial || strcmp(path, "credentials.role_duration") == 0)
		return;
	if (leaf)
		strbuf_addf(out, "%.*s: {%s: %s}|", (int)(leaf - path), path, leaf + 1, f->initial);
	else
		strbuf_addf(out, "%s: %s|", path, f->initial);
}

/* One file for each default of the tables, so that no section has to be put together. */
static void the_tables_defaults_are_those_of_the_model(void **state)
{
	(void)state;
	struct settings defaults;
	auto_strbuf struct strbuf all = STRBUF_INIT(65536);
	size_t n = 0;
	settings_init(&defaults);
	schema_walk(&schema_settings, add_initial, &all);
	auto_free char *lines = strbuf_take(&all);
	for (char *save, *line = strtok_r(lines, "|", &save); line;
	     line = strtok_r(NULL, "|", &save)) {
		char text[256];
		struct settings s;
		(void)snprintf(text, sizeof(text), "version: 1\n%s\n", line);
		accept_text(text, &s);
		struct comparison c = {.actual = &s, .other = &defaults};
		schema_walk(&schema_settings, compare_row, &c);
		settings_fini(&s);
		n++;
	}
	assert_int_equal(n, 40);
	settings_fini(&defaults);
}

static size_t size_of(enum schema_store store)
{
	switch (store) {
	case STORE_NONE:
	case STORE_TEXTS:
		return 0;
	case STORE_BOOL:
		return sizeof(bool);
	case STORE_INT:
		return sizeof(int);
	case STORE_INT64:
	case STORE_UINT64:
	case STORE_DOUBLE:
		return 8;
	case STORE_TEXT:
		return sizeof(char *);
	}
	return 0;
}

static void cover(void *data, const char *path, const struct schema_field *f)
{
	unsigned char *covered = data;
	for (size_t i = 0; i < size_of(f->store); i++)
		if (covered[f->offset + i]++)
			fail_msg("%s fills what another row fills", path);
}

static void every_field_of_the_settings_has_a_key(void **state)
{
	(void)state;
	unsigned char covered[sizeof(struct settings)] = {0};
	size_t bare = 0;
	schema_walk(&schema_settings, cover, covered);
	for (size_t i = 0; i < sizeof(covered); i++)
		bare += covered[i] == 0;
	/* The padding behind limits.hold_unknown_price and poll.max_sends. */
	assert_int_equal(bare, sizeof(char *) - sizeof(bool) + sizeof(int));
}

static const char *const samples[] = {
	"1",    "true",  "abc", "\"1\"",  "'1s'", "",
	"~",    "null",  "[1]", "{a: b}", "-1",   "1.5",
	"1e1",  "010",   "0x1", "1_0",    "1s",   "1%",
	"\"\"", "1 s",   "yes", "1:30",   "1.",   ".5",
	"1ss",  "\"%\"", "-1s", "1.0s",   "+1",   "99999999999999999999",
};

static bool fits_unquoted(const struct schema_field *f, const char *yaml)
{
	size_t skip = yaml[0] == '"' || yaml[0] == '\'' ? 1 : 0;
	char text[64];
	(void)snprintf(text, sizeof(text), "%.*s", (int)(strlen(yaml) - 2 * skip), yaml + skip);
	bool is_there = text[0] || (skip > 0 && f->rule->may_be_empty);
	return is_there && strcmp(yaml, "null") != 0 && f->rule->fits(text);
}

/* Whether @yaml is of the type of @f; whether it is in range is another matter. */
static bool is_of_type(const struct schema_field *f, const char *yaml)
{
	bool is_int = strcmp(yaml, "1") == 0;
	if (f->type == SCHEMA_DURATION)
		return f->min <= 1000 && (is_int || strcmp(yaml, "1s") == 0);
	if (f->type == SCHEMA_PERCENT)
		return strcmp(yaml, "1%") == 0;
	if (f->type == SCHEMA_RATE)
		return is_int || strcmp(yaml, "1.5") == 0;
	if (f->type == SCHEMA_TEXT)
		return fits_unquoted(f, yaml);
	return f->type == SCHEMA_INT && is_int;
}

static void try_row(void *data, const char *path, const struct schema_field *f)
{
	size_t *refused = data;
	const char *leaf = strchr(path, '.');
	if (f->table)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		char text[256], place[128];
		auto_diags struct diags d = {0};
		struct settings s;
		bool is_good = is_of_type(f, samples[i]);
		if (leaf)
			(void)snprintf(text, sizeof(text), "version: 1\n%.*s: {%s: %s}\n",
				       (int)(leaf - path), path, leaf + 1, samples[i]);
		else
			(void)snprintf(text, sizeof(text), "%s%s: %s\n",
				       strcmp(path, "version") == 0 ? "" : "version: 1\n", path,
				       samples[i]);
		int r = config_parse_settings("d", text, strlen(text), &d, &s);
		auto_free char *complaints = print_diags(&d);
		(void)snprintf(place, sizeof(place), " %s: must be ", path);
		bool is_in_place = strstr(complaints, place) != NULL;
		/* Values of the right type may break a rule across keys. */
		bool breaks_rule = strstr(complaints, " must be at ") ||
				   strstr(complaints, " needs role_arn\n");
		if (is_good ? r != CONFIG_OK && !breaks_rule
			    : r != CONFIG_E_REFUSED || !is_in_place)
			fail_msg("%s%s", text, complaints);
		*refused += r == CONFIG_E_REFUSED;
		settings_fini(&s);
	}
}

static void each_key_takes_values_of_its_type_only(void **state)
{
	(void)state;
	size_t refused = 0;
	schema_walk(&schema_settings, try_row, &refused);
	assert_true(refused > 1000);
}

static void a_refused_file_leaves_the_defaults(void **state)
{
	(void)state;
	const char text[] = "version: 1\nmode: observe\nlisten: /x\npoll: {fast: never}\n";
	auto_diags struct diags d = {0};
	struct settings s;
	assert_int_equal(config_parse_settings("d", text, strlen(text), &d, &s), CONFIG_E_REFUSED);
	assert_int_equal(s.mode, MODE_ACT);
	assert_null(s.listen);
	assert_int_equal(s.poll.fast_ms, 2000);
	settings_fini(&s);
}

static void a_rehearsal_on_loopback_is_possible(void **state)
{
	(void)state;
	const char text[] = "version: 1\n"
			    "endpoints:\n"
			    "  eds-aic: http://127.0.0.1:8080\n"
			    "  appstream-center: http://127.8.9.1:1\n"
			    "  bssopenapi: \"http://[::1]:65535\"\n"
			    "  sts: https://[2001:db8::1]\n"
			    "  metadata: http://100.100.100.200\n"
			    "poll: {fast: 5ms, slow: 10ms, settle: 0, stop: 0s}\n";
	struct settings s;
	accept_text(text, &s);
	assert_string_equal(s.endpoints[SERVICE_EDS_AIC], "http://127.0.0.1:8080");
	assert_string_equal(s.endpoints[SERVICE_BSS], "http://[::1]:65535");
	assert_string_equal(s.endpoints[SERVICE_METADATA], "http://100.100.100.200");
	assert_int_equal(s.poll.fast_ms, 5);
	assert_int_equal(s.poll.settle_ms, 0);
	settings_fini(&s);
}

static void a_role_can_be_named_and_asked_for(void **state)
{
	(void)state;
	struct settings s;
	accept_text("version: 1\n"
		    "credentials:\n"
		    "  role_arn: acs:ram::1234567890123456:role/drover\n"
		    "  role_session_name: drover@qa\n"
		    "  external_id: \"a=b:c/d\"\n"
		    "  role_duration: 12h\n"
		    "  ecs_role: \"\"\n"
		    "  refresh: 5m\n",
		    &s);
	assert_string_equal(s.credentials.role_arn, "acs:ram::1234567890123456:role/drover");
	assert_string_equal(s.credentials.role_session_name, "drover@qa");
	assert_string_equal(s.credentials.external_id, "a=b:c/d");
	assert_int_equal(s.credentials.role_duration_ms, 12 * 3600 * 1000);
	assert_string_equal(s.credentials.ecs_role, "");
	assert_int_equal(s.credentials.refresh_ms, 5 * 60 * 1000);
	settings_fini(&s);
	accept_text("version: 1\ncredentials: {ecs_role: fleet, refresh: 2h}\n", &s);
	assert_null(s.credentials.role_arn);
	assert_string_equal(s.credentials.ecs_role, "fleet");
	settings_fini(&s);
}

static void a_bare_number_is_seconds(void **state)
{
	(void)state;
	struct settings s;
	accept_text("version: 1\npoll: {sweep: 90, audit: 2h, read: 2m, remind: 1d}\n", &s);
	assert_int_equal(s.poll.sweep_ms, 90000);
	assert_int_equal(s.poll.audit_ms, 7200000);
	assert_int_equal(s.poll.read_ms, 120000);
	assert_int_equal(s.poll.remind_ms, 86400000);
	settings_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bad_file_gets_exactly_its_complaints),
		cmocka_unit_test(every_key_reaches_its_field),
		cmocka_unit_test(the_tables_defaults_are_those_of_the_model),
		cmocka_unit_test(every_field_of_the_settings_has_a_key),
		cmocka_unit_test(each_key_takes_values_of_its_type_only),
		cmocka_unit_test(a_refused_file_leaves_the_defaults),
		cmocka_unit_test(a_rehearsal_on_loopback_is_possible),
		cmocka_unit_test(a_role_can_be_named_and_asked_for),
		cmocka_unit_test(a_bare_number_is_seconds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
