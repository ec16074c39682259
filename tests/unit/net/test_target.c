#include "unit/net/client.h"

#include <errno.h>

#include "net/target.h"

struct accepted {
	const char *url;
	const char *host, *port;
	bool literal, plain;
};

static void where_a_url_leads_is_read(void **state)
{
	(void)state;
	static const struct accepted table[] = {
		{"https://eds-aic.cn-shanghai.aliyuncs.com/?Action=A",
		 "eds-aic.cn-shanghai.aliyuncs.com", "443", false, false},
		{"https://example.test:8443", "example.test", "8443", false, false},
		{"https://192.0.2.7/", "192.0.2.7", "443", true, false},
		{"https://[2001:db8::1]:444/", "2001:db8::1", "444", true, false},
		{"http://127.0.0.1:8080/x", "127.0.0.1", "8080", true, true},
		{"http://127.200.3.4/", "127.200.3.4", "80", true, true},
		{"http://[::1]:1/", "::1", "1", true, true},
		{"https://under_score.test/", "under_score.test", "443", false, false},
	};
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct target t;
		assert_int_equal(target_parse(table[i].url, false, &t), 0);
		assert_string_equal(t.host, table[i].host);
		assert_string_equal(t.port, table[i].port);
		assert_int_equal(t.literal, table[i].literal);
		assert_int_equal(t.plain, table[i].plain);
	}
}

static void what_is_not_safe_is_refused(void **state)
{
	(void)state;
	static const char *const table[] = {
		"http://example.test/",
		"http://100.100.100.200/latest/meta-data",
		"http://localhost/",
		"http://localhost.example.test/",
		"http://127.0.0.1.example.test/",
		"http://127.0.0.1./",
		"http://128.0.0.1/",
		"http://[::2]/",
		"http://[::ffff:127.0.0.1]/",
		"http://0.0.0.0/",
		"https://user@example.test/",
		"https://user:secret@example.test/",
		"https://example.test./",
		"https://exa mple.test/",
		"https://[fe80::1%25eth0]/",
		"https://ex%61mple,192.0.2.1/",
		"https://b\303\274cher.example/",
		"https://example.test:0x50/",
		"https://example.test:99999/",
		"https://example.test/a\r\nHost: b",
		"ftp://example.test/",
		"file:///etc/passwd",
		"example.test/",
		"https://",
		"https:///x",
		"",
	};
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct target t = {.port = "keep"};
		if (target_parse(table[i], false, &t) != -EINVAL)
			fail_msg("accepted: %s", table[i]);
		assert_string_equal(t.port, "keep");
	}
}

static void plain_http_is_let_through_where_it_is_meant(void **state)
{
	(void)state;
	struct target t;
	assert_int_equal(target_parse("http://100.100.100.200/latest", true, &t), 0);
	assert_true(t.plain);
	assert_string_equal(t.port, "80");
	assert_int_equal(target_parse("ftp://100.100.100.200/", true, &t), -EINVAL);
	assert_int_equal(target_parse("http://me@100.100.100.200/", true, &t), -EINVAL);
}

static void a_host_that_is_too_long_is_refused(void **state)
{
	(void)state;
	char url[400] = "https://";
	memset(url + 8, 'a', 300);
	struct target t;
	assert_int_equal(target_parse(url, false, &t), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_a_url_leads_is_read),
		cmocka_unit_test(what_is_not_safe_is_refused),
		cmocka_unit_test(plain_http_is_let_through_where_it_is_meant),
		cmocka_unit_test(a_host_that_is_too_long_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
