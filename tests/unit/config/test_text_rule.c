#include "unit/config/files.h"

#include <regex.h>

#include "config/text_rule.h"
#include "lib/seed.h"

struct row {
	const struct text_rule *rule;
	const char *text;
	bool fits;
};

static const struct row rows[] = {
	{&rule_group_name, "a", true},
	{&rule_group_name, "phones-small-2", true},
	{&rule_group_name, "a2345678901234567890123", true},
	{&rule_group_name, "a23456789012345678901234", false},
	{&rule_group_name, "", false},
	{&rule_group_name, "-a", false},
	{&rule_group_name, "2a", false},
	{&rule_group_name, "A", false},
	{&rule_group_name, "a.b", false},
	{&rule_group_name, "a ", false},
	{&rule_group_name, "ä", false},
	{&rule_fleet_name, "qa-lab", true},
	{&rule_fleet_name, "a_b", false},
	{&rule_region, "cn-hangzhou", true},
	{&rule_region, "ap-southeast-1", true},
	{&rule_region, "cn-shanghai-finance-1", true},
	{&rule_region, "cn", false},
	{&rule_region, "cn-", false},
	{&rule_region, "cn--a", false},
	{&rule_region, "cn-a-", false},
	{&rule_region, "CN-hangzhou", false},
	{&rule_region, "china-hangzhou", false},
	{&rule_region, "cn_hangzhou", false},
	{&rule_id, "imgc-06zyt9m93zwax1f2s", true},
	{&rule_id, "cn-hangzhou+dir-745976", true},
	{&rule_id, "acp.basic.small", true},
	{&rule_id, "a b", false},
	{&rule_id, "-a", false},
	{&rule_id, "a/b", false},
	{&rule_id, "a%n", false},
	{&rule_cloud_group_id, "ag-cuv4scs4obxch7k1q", true},
	{&rule_cloud_group_id, "ag-", false},
	{&rule_cloud_group_id, "aig-1", false},
	{&rule_cloud_group_id, "AG-1", false},
	{&rule_delivery_group_id, "aig-9ciijz60n4xsv", true},
	{&rule_delivery_group_id, "ag-1", false},
	{&rule_delivery_group_id, "aig-", false},
	{&rule_money, "1000 CNY", true},
	{&rule_money, "0 USD", true},
	{&rule_money, "0.000001 CNY", true},
	{&rule_money, "999999999999.999999 CNY", true},
	{&rule_money, "1000000000000 CNY", false},
	{&rule_money, "0.0000001 CNY", false},
	{&rule_money, "1. CNY", false},
	{&rule_money, ".5 CNY", false},
	{&rule_money, "-1 CNY", false},
	{&rule_money, "1,000 CNY", false},
	{&rule_money, "1000", false},
	{&rule_money, "1000 ", false},
	{&rule_money, "1000CNY", false},
	{&rule_money, "1000  CNY", false},
	{&rule_money, "CNY 1000", false},
	{&rule_money, "1000 cny", false},
	{&rule_money, "1000 CN", false},
	{&rule_money, "1000 CNYS", false},
	{&rule_domain, "www.example.com", true},
	{&rule_domain, "*.example.com", true},
	{&rule_domain, "example", true},
	{&rule_domain, "a..b", false},
	{&rule_domain, ".a", false},
	{&rule_domain, "a.", false},
	{&rule_domain, "a b", false},
	{&rule_domain, "*", false},
	{&rule_domain, "", false},
	{&rule_date, "2026-12-31", true},
	{&rule_date, "2028-02-29", true},
	{&rule_date, "2027-02-29", false},
	{&rule_date, "2026-13-01", false},
	{&rule_date, "2026-1-01", false},
	{&rule_date, "2026-12-31T", false},
	{&rule_date, "12-31-2026", false},
	{&rule_time_of_day, "00:00", true},
	{&rule_time_of_day, "23:59", true},
	{&rule_time_of_day, "24:00", false},
	{&rule_time_of_day, "12:60", false},
	{&rule_time_of_day, "9:00", false},
	{&rule_time_of_day, "09-00", false},
	{&rule_time_of_day, "09:000", false},
	{&rule_role_arn, "acs:ram::1234567890123456:role/drover", true},
	{&rule_role_arn, "acs:ram::1234567890123456:user/drover", false},
	{&rule_role_arn, "acs:ram:::role/drover", false},
	{&rule_role_arn, "acs:ram::1:role/", false},
	{&rule_role_arn, "acs:ram::123456789012345678901:role/a", false},
	{&rule_session_name, "ab", true},
	{&rule_session_name, "drover@qa-lab.1_2", true},
	{&rule_session_name, "a", false},
	{&rule_session_name, "a b", false},
	{&rule_external_id, "a=b+c:d/e", true},
	{&rule_external_id, "a", false},
	{&rule_external_id, "a;b", false},
	{&rule_role_name, "", true},
	{&rule_role_name, "fleet-role.1", true},
	{&rule_role_name, "-a", false},
	{&rule_role_name, "a/b", false},
	{&rule_cidr, "10.10.13.0/24", true},
	{&rule_cidr, "0.0.0.0/0", true},
	{&rule_cidr, "255.255.255.255/32", true},
	{&rule_cidr, "10.10.13.0/33", false},
	{&rule_cidr, "10.10.13.256/24", false},
	{&rule_cidr, "10.10.13/24", false},
	{&rule_cidr, "10.10.013.0/24", false},
	{&rule_cidr, "10.10.13.0", false},
	{&rule_cidr, "10.10.13.0/24/", false},
	{&rule_cidr, "10.10.13.99999999999/24", false},
	{&rule_path, "/etc/x", true},
	{&rule_path, "/", false},
	{&rule_path, "etc/x", false},
	{&rule_profile, "default", true},
	{&rule_profile, "_my.profile-2", true},
	{&rule_profile, "my profile", false},
	{&rule_endpoint, "https://eds-aic.cn-shanghai.aliyuncs.com", true},
	{&rule_endpoint, "https://a:443", true},
	{&rule_endpoint, "http://127.0.0.1:80", true},
	{&rule_endpoint, "http://127.255.255.254", true},
	{&rule_endpoint, "http://[::1]:80", true},
	{&rule_endpoint, "http://[::2]:80", false},
	{&rule_endpoint, "http://128.0.0.1:80", false},
	{&rule_endpoint, "http://localhost", false},
	{&rule_endpoint, "http://127.1", false},
	{&rule_endpoint, "http://0177.0.0.1", false},
	{&rule_endpoint, "http://127.0.0.1.evil.example", false},
	{&rule_endpoint, "http://127.0.0.1@evil.example", false},
	{&rule_endpoint, "http://100.100.100.200", false},
	{&rule_endpoint, "HTTPS://a", false},
	{&rule_endpoint, "https://", false},
	{&rule_endpoint, "https://.a", false},
	{&rule_endpoint, "https://a..b", false},
	{&rule_endpoint, "https://-a", false},
	{&rule_endpoint, "https://a/", false},
	{&rule_endpoint, "https://a?b", false},
	{&rule_endpoint, "https://a#b", false},
	{&rule_endpoint, "https://a:0", false},
	{&rule_endpoint, "https://a:65536", false},
	{&rule_endpoint, "https://a:", false},
	{&rule_endpoint, "https://[zz]", false},
	{&rule_endpoint, "https://[::1", false},
	{&rule_metadata, "http://100.100.100.200", true},
	{&rule_metadata, "http://100.100.100.200:8080", true},
	{&rule_metadata, "http://100.100.100.201", false},
	{&rule_metadata, "http://127.0.0.1:1", true},
	{&rule_any, "a b", true},
	{&rule_any, " a", false},
	{&rule_any, "a ", false},
};

static void a_text_fits_its_rule_or_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].rule->fits(rows[i].text) != rows[i].fits)
			fail_msg("%s: %s", rows[i].rule->what, rows[i].text);
}

static void check_pattern(const struct text_rule *rule, const regex_t *regex, const char *text)
{
	bool matches = regexec(regex, text, 0, NULL, 0) == 0;
	if (matches != rule->fits(text))
		fail_msg("%s and %s differ on %s", rule->pattern, rule->what, text);
}

static void patterns_say_the_same_as_the_predicates(void **state)
{
	(void)state;
	static const struct text_rule *const rules[] = {
		&rule_group_name,     &rule_fleet_name, &rule_region,  &rule_id, &rule_path,
		&rule_cloud_group_id, &rule_socket,     &rule_profile, &rule_any};
	static const char alphabet[] = "abzAZ019-._:+/ %ag-ag-cn-cn-cn-";
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		regex_t regex;
		assert_int_equal(regcomp(&regex, rules[i]->pattern, REG_EXTENDED | REG_NOSUB), 0);
		for (size_t j = 0; j < ARRAY_SIZE(rows); j++)
			if (rows[j].text[0])
				check_pattern(rules[i], &regex, rows[j].text);
		for (int round = 0; round < 3000; round++) {
			char text[32];
			size_t n = (size_t)seed_between(1, 30);
			for (size_t k = 0; k < n; k++)
				text[k] = alphabet[seed_below(sizeof(alphabet) - 1)];
			text[n] = '\0';
			check_pattern(rules[i], &regex, text);
		}
		regfree(&regex);
	}
}

static void names_are_cut_off_at_their_length(void **state)
{
	(void)state;
	static const struct {
		const struct text_rule *rule;
		const char *prefix;
		size_t max;
	} limits[] = {{&rule_group_name, "a", 23}, {&rule_fleet_name, "a", 63},
		      {&rule_id, "a", 63},         {&rule_cloud_group_id, "ag-", 63},
		      {&rule_socket, "/", 107},    {&rule_profile, "a", 64},
		      {&rule_region, "cn-", 32}};
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		char text[128];
		memset(text, 'x', sizeof(text));
		memcpy(text, limits[i].prefix, strlen(limits[i].prefix));
		text[limits[i].max + 1] = '\0';
		assert_false(limits[i].rule->fits(text));
		text[limits[i].max] = '\0';
		assert_true(limits[i].rule->fits(text));
	}
}

static void tags_keep_to_the_clouds_rules_and_off_our_marks(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool key, value;
	} tags[] = {
		{"env", true, true},         {"drover:fleet", false, true},
		{"Drover:x", false, true},   {"drover", true, true},
		{"aliyun", false, true},     {"Aliyun-x", false, true},
		{"my-aliyun", true, true},   {"acs:x", false, false},
		{"ACS:", false, false},      {"a http://b", false, false},
		{"HTTPS://b", false, false}, {" a", false, false},
		{"名", true, true},          {"http:/", true, true},
	};
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
		if ((tag_key_fault(tags[i].text) == NULL) != tags[i].key ||
		    (tag_value_fault(tags[i].text) == NULL) != tags[i].value)
			fail_msg("%s", tags[i].text);
}

static void length_counts_characters(void **state)
{
	(void)state;
	assert_int_equal(text_length(""), 0);
	assert_int_equal(text_length("abc"), 3);
	assert_int_equal(text_length("äö€名"), 4);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_fits_its_rule_or_not),
		cmocka_unit_test(patterns_say_the_same_as_the_predicates),
		cmocka_unit_test(names_are_cut_off_at_their_length),
		cmocka_unit_test(tags_keep_to_the_clouds_rules_and_off_our_marks),
		cmocka_unit_test(length_counts_characters),
	};
	seed_init(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
