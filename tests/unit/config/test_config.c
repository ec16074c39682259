#include "unit/config/files.h"

#include "base/digest.h"
#include "base/limits.h"
#include "config/check.h"
#include "config/config.h"
#include "config/scalar.h"
#include "lib/seed.h"
#include "unit/config/dump.h"
#include "unit/config/sample.h"

#define HEAD "version: 1\nfleet: qa\n"
#define GROUP                                                                                      \
	"  - {name: phones, kind: cloud-phone, count: 3, region: cn-shanghai,"                     \
	" spec: acp.basic.small, image: imgc-06zyt9m93zwax1f2s}\n"

static char *print_diags(const struct diags *d)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(1u << 20);
	diags_print(d, &out);
	return strbuf_take(&out);
}

static char *dump(const struct desired *d)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(4u << 20);
	dump_desired(&out, d);
	return strbuf_take(&out);
}

/* The decoded file; fails the test when it is refused. */
static struct desired *accept_text(const char *what, const char *text, size_t len)
{
	auto_diags struct diags d = {0};
	struct desired *desired = NULL;
	if (config_parse_fleet("fleet.yaml", text, len, 0, &d, &desired) != CONFIG_OK) {
		auto_free char *complaints = print_diags(&d);
		fail_msg("%s is refused: %s", what, complaints);
	}
	assert_int_equal(d.n, 0);
	return desired;
}

static char *refuse_text(const char *what, const char *text, size_t len)
{
	auto_diags struct diags d = {0};
	struct desired *desired = NULL;
	if (config_parse_fleet("fleet.yaml", text, len, 0, &d, &desired) != CONFIG_E_REFUSED)
		fail_msg("%s is accepted", what);
	assert_null(desired);
	return print_diags(&d);
}

static void check_bad(const char *path, const char *text, size_t len)
{
	auto_free char *expected = read_expected(path);
	auto_free char *actual = refuse_text(path, text, len);
	if (strcmp(actual, expected) != 0)
		fail_msg("%s:\n%s\ninstead of\n%s", path, actual, expected);
}

static void every_bad_file_gets_exactly_its_complaints(void **state)
{
	(void)state;
	assert_true(each_file(TEST_SOURCE_DIR "/bad", false, check_bad) >= 150);
}

static void check_good(const char *path, const char *text, size_t len)
{
	auto_free char *expected = read_expected(path);
	auto_desired struct desired *d = accept_text(path, text, len);
	auto_free char *actual = dump(d);
	if (strcmp(actual, expected) != 0)
		fail_msg("%s:\n%s\ninstead of\n%s", path, actual, expected);
	assert_memory_equal(d->text, text, len + 1);
	assert_true(d->digest == digest_bytes(DIGEST_INIT, text, len));
	assert_int_equal(d->generation, 0);
}

static void every_good_file_decodes_as_expected(void **state)
{
	(void)state;
	assert_true(each_file(TEST_SOURCE_DIR "/good", false, check_good) >= 20);
}

/* A copy of exactly @len bytes, so that the sanitizer sees a read past the end. */
static int parse_exactly(const char *text, size_t len, struct desired **ret)
{
	auto_diags struct diags d = {0};
	auto_free char *copy = malloc(len ? len : 1);
	assert_non_null(copy);
	memcpy(copy, text, len);
	return config_parse_fleet("fleet.yaml", copy, len, 0, &d, ret);
}

static void check_prefixes(const char *path, const char *text, size_t len)
{
	auto_desired struct desired *whole = accept_text(path, text, len);
	auto_free char *expected = dump(whole);
	if (!whole->has_end_marker)
		return;
	for (size_t cut = 0; cut < len; cut++) {
		auto_desired struct desired *part = NULL;
		int r = parse_exactly(text, cut, &part);
		assert_int_equal(r == CONFIG_OK, part != NULL);
		if (!part || !part->has_end_marker)
			continue;
		auto_free char *actual = dump(part);
		if (strcmp(actual, expected) != 0)
			fail_msg("%s cut at %zu of %zu passes for whole", path, cut, len);
	}
}

static void no_cut_file_passes_for_a_whole_one(void **state)
{
	(void)state;
	(void)each_file(TEST_SOURCE_DIR "/good", false, check_prefixes);
}

enum sample_shape { AN_INT, A_BOOL, A_TEXT, QUOTED, NOTHING, A_LIST, A_MAP };

static const struct {
	const char *yaml, *text; /* text: of the scalar, or of a list's entry */
	enum sample_shape shape;
} samples[] = {
	{"1", "1", AN_INT},      {"true", "true", A_BOOL},   {"abc", "abc", A_TEXT},
	{"\"1\"", "1", QUOTED},  {"'true'", "true", QUOTED}, {"\"abc\"", "abc", QUOTED},
	{"[1]", "1", A_LIST},
	{"", "", NOTHING},       {"~", "", NOTHING},         {"null", "", NOTHING},
	{"\"\"", "", NOTHING},   {"[abc]", "abc", A_LIST},   {"[[abc]]", "", A_LIST},
	{"{abc: d}", "", A_MAP}, {"1.5", "1.5", A_TEXT},     {"-1", "-1", A_TEXT},
};

static bool is_number(const struct schema_field *f, const char *text)
{
	int64_t n = 0;
	return scalar_int(text, &n) == 0 && n >= f->min && n <= f->max &&
	       (!f->numbers || f->numbers->fits(n));
}

static bool is_expected(const struct schema_field *f, size_t i)
{
	enum sample_shape shape = samples[i].shape;
	const char *text = samples[i].text;
	bool is_scalar = shape != NOTHING && shape != A_LIST && shape != A_MAP;
	if (f->type == SCHEMA_INT)
		return (shape == AN_INT || shape == A_TEXT) && is_number(f, text);
	if (f->type == SCHEMA_BOOL)
		return shape == A_BOOL;
	if (f->type == SCHEMA_TEXT)
		return is_scalar && f->rule->fits(text);
	if (f->type == SCHEMA_TAGS || f->type == SCHEMA_PAIRS)
		return shape == A_MAP;
	if (f->type == SCHEMA_INTS)
		return shape == A_LIST && is_number(f, text);
	if (f->type == SCHEMA_TEXTS)
		return shape == A_LIST && text[0] && !f->words && f->rule->fits(text);
	return false;
}

struct tally {
	enum kind kind;
	size_t accepted, refused;
};

static void try_row(void *data, const char *path, const struct schema_field *f)
{
	struct tally *tally = data;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		auto_free char *text = text_with(tally->kind, path, samples[i].yaml);
		char what[256], place[256];
		assert_non_null(text);
		(void)snprintf(what, sizeof(what), "%s: %s", path, samples[i].yaml);
		place_of(path, place);
		if (is_expected(f, i)) {
			auto_desired struct desired *d = accept_text(what, text, strlen(text));
			tally->accepted += d->n_groups;
			continue;
		}
		auto_free char *complaints = refuse_text(what, text, strlen(text));
		if (strncmp(complaints, "fleet.yaml:4:", 13) != 0 || !strstr(complaints, place))
			fail_msg("%s: %s", what, complaints);
		tally->refused++;
	}
}

static void each_key_takes_values_of_its_type_only(void **state)
{
	(void)state;
	static const size_t accepted[] = {150, 100, 100}, refused[] = {600, 1000, 300};
	for (int kind = 0; kind < KIND_MAX_; kind++) {
		struct tally tally = {.kind = (enum kind)kind};
		schema_walk(schema_kind(tally.kind), try_row, &tally);
		if (tally.accepted < accepted[kind] || tally.refused < refused[kind])
			fail_msg("%s: %zu, %zu", kind_name(tally.kind), tally.accepted,
				 tally.refused);
	}
}

static uint64_t fingerprint_of(const char *text)
{
	auto_desired struct desired *d = accept_text(text, text, strlen(text));
	return d->groups[0].fingerprint;
}

static void bom_and_crlf_make_no_difference(void **state)
{
	(void)state;
	static const char *const others[] = {"crlf",
					     "bom",
					     "flow-style",
					     "document-start",
					     "comments-everywhere",
					     "quoted-text",
					     "no-end-marker"};
	auto_free char *plain = read_whole(TEST_SOURCE_DIR "/good/one-group.yaml", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		char path[4096];
		(void)snprintf(path, sizeof(path), "%s/good/%s.yaml", TEST_SOURCE_DIR, others[i]);
		auto_free char *other = read_whole(path, NULL);
		if (fingerprint_of(plain) != fingerprint_of(other))
			fail_msg("%s", path);
	}
}

static void the_text_need_not_be_terminated(void **state)
{
	(void)state;
	auto_desired struct desired *d = NULL;
	const char text[] = HEAD "groups:\n" GROUP;
	assert_int_equal(parse_exactly(text, strlen(text), &d), CONFIG_OK);
	assert_string_equal(d->text, text);
}

static void where_a_value_stands_does_not_change_the_fingerprint(void **state)
{
	(void)state;
	const char own[] = HEAD "groups:\n"
				"  - {name: a, kind: cloud-phone, count: 1, region: cn-shanghai,"
				" spec: s, image: i, tags: {x: y, t: u}}\n";
	const char moved[] =
		HEAD "defaults: {region: cn-shanghai, tags: {x: z, t: u}}\n"
		     "groups:\n"
		     "  - {image: i, spec: s, count: 1, name: a, heal: none,\n"
		     "     tags: {x: y}, kind: cloud-phone, charge: {type: PostPaid}}\n";
	assert_true(fingerprint_of(own) == fingerprint_of(moved));
}

static void any_edit_of_a_group_changes_its_fingerprint(void **state)
{
	(void)state;
	static const char *const edits[][2] = {
		{"count", "4"},
		{"name", "b"},
		{"region", "cn-hangzhou"},
		{"spec", "other"},
		{"image", "other"},
		{"charge", "{auto_renew: false}"},
		{"charge.period", "2"},
		{"charge.auto_pay", "true"},
		{"tags", "{a: b}"},
		{"tags", "{a: c}"},
		{"instances_per_group", "99"},
		{"fallback", "[x, y]"},
		{"fallback", "[y, x]"},
		{"adopt", "[ag-1, ag-2]"},
		{"adopt", "[ag-1]"},
		{"heal", "reset"},
		{"power", "on"},
		{"drain", "force"},
		{"protect", "true"},
		{"rollout", "now"},
		{"reorder", "after_cancel"},
		{"renamed_from", "old"},
		{"key_pair_id", "kp-1"},
		{"network_info.isp", "ChinaTelecom"},
		{"network_info.period", "2"},
	};
	uint64_t seen[ARRAY_SIZE(edits) + 1] = {0};
	auto_free char *plain = text_with(KIND_CLOUD_PHONE, "count", "3");
	seen[0] = fingerprint_of(plain);
	for (size_t i = 0; i < ARRAY_SIZE(edits); i++) {
		auto_free char *text = text_with(KIND_CLOUD_PHONE, edits[i][0], edits[i][1]);
		seen[i + 1] = fingerprint_of(text);
		for (size_t j = 0; j <= i; j++)
			if (seen[j] == seen[i + 1])
				fail_msg("%s: %s", edits[i][0], edits[i][1]);
	}
}

static void the_order_of_adopted_ids_does_not_count(void **state)
{
	(void)state;
	auto_free char *one = text_with(KIND_CLOUD_PHONE, "adopt", "[ag-1, ag-2]");
	auto_free char *two = text_with(KIND_CLOUD_PHONE, "adopt", "[ag-2, ag-1]");
	assert_true(fingerprint_of(one) == fingerprint_of(two));
}

/* The ledger compares with fingerprints that older versions wrote. */
static void the_fingerprint_is_the_same_in_every_version(void **state)
{
	(void)state;
	auto_free char *phones = read_whole(TEST_SOURCE_DIR "/good/every-key.yaml", NULL);
	auto_free char *apps = read_whole(TEST_SOURCE_DIR "/good/app-every-key.yaml", NULL);
	auto_free char *schedule = read_whole(TEST_SOURCE_DIR "/good/app-schedule.yaml", NULL);
	auto_free char *purchases = read_whole(TEST_SOURCE_DIR "/good/buy-every-key.yaml", NULL);
	const char *const texts[] = {HEAD "groups:\n" GROUP, phones, apps, schedule, purchases};
	const uint64_t expected[] = {UINT64_C(0xa4e9c4cebdaffec), UINT64_C(0x9207f52cb5b9aa0a),
				     UINT64_C(0xa25dc56b963fd2a3), UINT64_C(0x7f28947bb8ddfaa2),
				     UINT64_C(0x2077ac8bc6d8373b)};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (fingerprint_of(texts[i]) != expected[i])
			fail_msg("%zu: 0x%" PRIx64, i, fingerprint_of(texts[i]));
}

static void a_group_overrides_a_default_whole_but_merges_tags(void **state)
{
	(void)state;
	const char text[] = HEAD
		"defaults: {charge: {type: PrePaid, period: 3, auto_pay: true}, tags: {a: b, c: "
		"d}}\n"
		"groups:\n"
		"  - {name: a, kind: cloud-phone, count: 1, region: cn-shanghai, spec: s, image: i,"
		" charge: {period: 1, period_unit: Hour}, tags: {c: e}}\n";
	auto_desired struct desired *d = accept_text("overrides", text, strlen(text));
	const struct desired_group *g = &d->groups[0];
	assert_int_equal(g->charge, CHARGE_POSTPAID);
	assert_false(g->auto_pay);
	assert_string_equal(value_get_text(g->create, "PeriodUnit"), "Hour");
	assert_int_equal(g->n_tags, 2);
	assert_string_equal(g->tags[1].value, "e");
}

static void derived_parameters_never_enter_the_create_map(void **state)
{
	(void)state;
	static const char *const derived[] = {"Amount", "NumberOfInstances", "InstanceGroupName",
					      "ClientToken", "Tag"};
	auto_free char *text = read_whole(TEST_SOURCE_DIR "/good/every-key.yaml", NULL);
	auto_desired struct desired *d = accept_text("every-key", text, strlen(text));
	for (size_t i = 0; i < ARRAY_SIZE(derived); i++)
		assert_null(value_get(d->groups[0].create, derived[i]));
}

static void charge_type_and_auto_pay_are_always_sent_a_period_only_when_given(void **state)
{
	(void)state;
	const char text[] = HEAD "groups:\n" GROUP;
	auto_desired struct desired *d = accept_text("plain", text, strlen(text));
	const struct value *create = d->groups[0].create;
	assert_string_equal(value_get_text(create, "ChargeType"), "PostPaid");
	assert_false(value_get(create, "AutoPay")->boolean);
	assert_null(value_get(create, "Period"));
	assert_null(value_get(create, "PeriodUnit"));
	assert_null(value_get(create, "AutoRenew"));
}

static void a_default_goes_to_the_kinds_that_know_its_key(void **state)
{
	(void)state;
	const char text[] = HEAD
		"defaults: {region: cn-shanghai, image: imgc-1, spec: acp.basic.small, tags: {a: b},"
		" session_timeout: 30, heal: reboot, subscription: PayAsYouGo,"
		" charge: {type: PrePaid, period: 3, period_unit: Month}}\n"
		"groups:\n"
		"  - {name: a, kind: cloud-phone, count: 1}\n"
		"  - {name: b, kind: app-streaming, count: 1,"
		" node_pool: {instance_type: appstreaming.general.4c8g}}\n"
		"  - {name: c, kind: purchase, count: 1, product_code: p, confirm_auto_pay: true}\n";
	auto_desired struct desired *d = accept_text("three kinds", text, strlen(text));
	assert_int_equal(d->groups[0].heal, HEAL_REBOOT);
	assert_string_equal(d->groups[1].spec, "appstreaming.general.4c8g");
	assert_int_equal(value_get(d->groups[1].create, "SessionTimeout")->integer, 30);
	assert_int_equal(d->groups[1].charge, CHARGE_PREPAID);
	assert_string_equal(d->groups[1].tags[0].key, "a");
	assert_string_equal(d->groups[2].region, "");
	assert_string_equal(d->groups[2].spec, "p");
	assert_string_equal(d->groups[2].image, "");
	assert_int_equal(d->groups[2].n_tags, 0);
	assert_int_equal(d->groups[2].charge, CHARGE_POSTPAID);
	assert_true(d->groups[2].auto_pay);
}

/* 12 months are for phones; the delivery group does not take them. */
static void a_default_that_a_group_replaces_may_be_wrong_for_its_kind(void **state)
{
	(void)state;
	const char text[] = HEAD
		"defaults: {region: cn-shanghai, charge: {type: PrePaid, period: 12}}\n"
		"groups:\n"
		"  - {name: a, kind: cloud-phone, count: 1, image: i, spec: s}\n"
		"  - {name: b, kind: app-streaming, count: 1, image: i, charge: {type: PostPaid},"
		" node_pool: {instance_type: appstreaming.general.4c8g}}\n";
	auto_desired struct desired *d = accept_text("replaced", text, strlen(text));
	assert_int_equal(value_get(d->groups[0].create, "Period")->integer, 12);
	assert_int_equal(value_get(d->groups[1].create, "Period")->integer, 1);
}

#define DAY_MS UINT64_C(86400000)

/* The complaints of a file whose schedule is 2027-01-01 to 2027-03-01, on a day. */
static char *warnings_on(const char *date)
{
	const char text[] = HEAD
		"groups:\n"
		"  - name: b\n"
		"    kind: app-streaming\n"
		"    region: cn-shanghai\n"
		"    image: i\n"
		"    node_pool:\n"
		"      instance_type: appstreaming.general.4c8g\n"
		"      strategy: NODE_SCALING_BY_SCHEDULE\n"
		"      strategy_enable_date: 2027-01-01\n"
		"      strategy_disable_date: 2027-03-01\n"
		"      warm_up: false\n"
		"      recurrence_schedules: [{recurrence_type: Weekly, recurrence_values: [1]}]\n";
	auto_diags struct diags d = {0};
	auto_desired struct desired *desired = NULL;
	uint64_t days = 0;
	assert_true(date_days(date, &days));
	assert_int_equal(config_parse_fleet("f", text, strlen(text), days * DAY_MS + DAY_MS - 1, &d,
					    &desired),
			 CONFIG_OK);
	assert_true(desired->groups[0].unsized);
	return print_diags(&d);
}

static void a_date_in_the_past_is_a_warning_and_never_a_fault(void **state)
{
	(void)state;
	static const char enable[] =
		"f:11:29: warning: groups[0].node_pool.strategy_enable_date: 2027-01-01 is past: a "
		"group cannot be created with it any more\n";
	static const char disable[] =
		"f:12:30: warning: groups[0].node_pool.strategy_disable_date: 2027-03-01 is past: "
		"the schedule has ended\n";
	auto_free char *before = warnings_on("2027-01-01");
	auto_free char *during = warnings_on("2027-01-02");
	auto_free char *after = warnings_on("2027-03-02");
	assert_string_equal(before, "");
	assert_string_equal(during, enable);
	assert_int_equal(strncmp(after, enable, strlen(enable)), 0);
	assert_string_equal(after + strlen(enable), disable);
}

static void the_order_of_parameters_counts_that_of_keys_does_not(void **state)
{
	(void)state;
	auto_free char *one = text_with(KIND_PURCHASE, "parameters", "{A: 1, B: 2}");
	auto_free char *two = text_with(KIND_PURCHASE, "parameters", "{B: 2, A: 1}");
	auto_free char *near = text_with(KIND_PURCHASE, "logistics", "{email: a, phone: b}");
	auto_free char *far = text_with(KIND_PURCHASE, "logistics", "{phone: b, email: a}");
	assert_true(fingerprint_of(one) != fingerprint_of(two));
	assert_true(fingerprint_of(near) == fingerprint_of(far));
}

static void every_entry_of_a_list_is_in_the_fingerprint(void **state)
{
	(void)state;
	static const char *const edits[][2] = {
		{"users", "[a, b]"},
		{"users", "[a]"},
		{"users", "[ab]"},
		{"node_pool.recurrence_schedules[].recurrence_values", "[1, 2]"},
		{"node_pool.recurrence_schedules[].recurrence_values", "[2, 1]"},
		{"node_pool.recurrence_schedules[].timer_periods[].amount", "3"},
		{"node_pool.recurrence_schedules[].timer_periods[].amount", "4"},
	};
	uint64_t seen[ARRAY_SIZE(edits)] = {0};
	for (size_t i = 0; i < ARRAY_SIZE(edits); i++) {
		auto_free char *text = text_with(KIND_APP_STREAMING, edits[i][0], edits[i][1]);
		seen[i] = fingerprint_of(text);
		for (size_t j = 0; j < i; j++)
			if (seen[j] == seen[i])
				fail_msg("%s: %s", edits[i][0], edits[i][1]);
	}
}

static void very_many_groups_are_read_and_one_too_many_is_refused(void **state)
{
	(void)state;
	auto_strbuf struct strbuf text = STRBUF_INIT(LIMIT_CONFIG_BYTES);
	strbuf_add(&text,
		   HEAD "defaults: {kind: cloud-phone, region: cn-shanghai, spec: s, image: i}\n"
			"groups:\n");
	for (int i = 0; i < LIMIT_GROUPS; i++)
		strbuf_addf(&text, "  - {name: g%d, count: 1}\n", i);
	assert_int_equal(strbuf_error(&text), 0);
	auto_desired struct desired *d = accept_text("many", strbuf_text(&text), text.len);
	assert_int_equal(d->n_groups, LIMIT_GROUPS);
	strbuf_add(&text, "  - {name: one-more, count: 1}\n");
	auto_free char *complaints = refuse_text("too many", strbuf_text(&text), text.len);
	assert_string_equal(complaints,
			    "fleet.yaml:5:3: groups: must be at most 10000, are 10001\n");
}

static void very_many_unknown_keys_are_counted(void **state)
{
	(void)state;
	auto_strbuf struct strbuf text = STRBUF_INIT(LIMIT_CONFIG_BYTES);
	strbuf_add(&text, HEAD "groups:\n" GROUP);
	for (int i = 0; i < 60000; i++)
		strbuf_addf(&text, "groupz%d: 1\n", i);
	auto_free char *complaints = refuse_text("unknown", strbuf_text(&text), text.len);
	assert_non_null(strstr(complaints, "fleet.yaml: 59950 more left out\n"));
}

/* One to four bytes overwritten, doubled, removed or replaced by YAML's own signs. */
static size_t mutate(char *text, size_t len, size_t room)
{
	static const char signs[] = "{}[]:,-&*!|>'\"%@`#?~\n\t \\\xc3\x00\xff.";
	for (uint64_t times = 1 + seed_below(4); times > 0 && len > 1; times--) {
		size_t at = (size_t)seed_below(len - 1);
		uint64_t how = seed_below(3);
		if (how == 0)
			text[at] = signs[seed_below(sizeof(signs) - 1)];
		else if (how == 1)
			memmove(text + at, text + at + 1, --len - at);
		else if (len < room)
			memmove(text + at + 1, text + at, len++ - at);
	}
	return len;
}

static void damage(const char *name)
{
	size_t refused = 0, len = 0;
	char path[4096];
	(void)snprintf(path, sizeof(path), "%s/good/%s.yaml", TEST_SOURCE_DIR, name);
	auto_free char *text = read_whole(path, &len);
	auto_free char *damaged = malloc(len + 8);
	assert_non_null(damaged);
	for (int i = 0; i < 2000; i++) {
		auto_desired struct desired *d = NULL;
		memcpy(damaged, text, len);
		int r = parse_exactly(damaged, mutate(damaged, len, len + 8), &d);
		assert_true(r == CONFIG_OK || r == CONFIG_E_REFUSED);
		assert_int_equal(d != NULL, r == CONFIG_OK);
		refused += r == CONFIG_E_REFUSED;
	}
	assert_true(refused > 600 && refused < 2000);
}

static void damaged_files_are_decoded_or_refused_without_harm(void **state)
{
	(void)state;
	static const char *const names[] = {"every-key", "app-every-key", "app-schedule",
					    "buy-every-key", "three-kinds"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		damage(names[i]);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bad_file_gets_exactly_its_complaints),
		cmocka_unit_test(every_good_file_decodes_as_expected),
		cmocka_unit_test(no_cut_file_passes_for_a_whole_one),
		cmocka_unit_test(each_key_takes_values_of_its_type_only),
		cmocka_unit_test(bom_and_crlf_make_no_difference),
		cmocka_unit_test(the_text_need_not_be_terminated),
		cmocka_unit_test(where_a_value_stands_does_not_change_the_fingerprint),
		cmocka_unit_test(any_edit_of_a_group_changes_its_fingerprint),
		cmocka_unit_test(the_order_of_adopted_ids_does_not_count),
		cmocka_unit_test(the_fingerprint_is_the_same_in_every_version),
		cmocka_unit_test(a_group_overrides_a_default_whole_but_merges_tags),
		cmocka_unit_test(derived_parameters_never_enter_the_create_map),
		cmocka_unit_test(charge_type_and_auto_pay_are_always_sent_a_period_only_when_given),
		cmocka_unit_test(a_default_goes_to_the_kinds_that_know_its_key),
		cmocka_unit_test(a_default_that_a_group_replaces_may_be_wrong_for_its_kind),
		cmocka_unit_test(a_date_in_the_past_is_a_warning_and_never_a_fault),
		cmocka_unit_test(the_order_of_parameters_counts_that_of_keys_does_not),
		cmocka_unit_test(every_entry_of_a_list_is_in_the_fingerprint),
		cmocka_unit_test(very_many_groups_are_read_and_one_too_many_is_refused),
		cmocka_unit_test(very_many_unknown_keys_are_counted),
		cmocka_unit_test(damaged_files_are_decoded_or_refused_without_harm),
	};
	seed_init(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
