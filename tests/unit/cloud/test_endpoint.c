#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "cloud/endpoint.h"

static void the_site_decides_the_host(void **state)
{
	(void)state;
	static const struct {
		enum site site;
		enum service service;
		const char *url;
	} cases[] = {
		{SITE_CHINA, SERVICE_EDS_AIC, "https://eds-aic.cn-shanghai.aliyuncs.com"},
		{SITE_INTERNATIONAL, SERVICE_EDS_AIC,
		 "https://eds-aic.ap-southeast-1.aliyuncs.com"},
		{SITE_CHINA, SERVICE_BSS, "https://business.aliyuncs.com"},
		{SITE_INTERNATIONAL, SERVICE_BSS, "https://business.ap-southeast-1.aliyuncs.com"},
		{SITE_CHINA, SERVICE_APPSTREAM,
		 "https://appstream-center.cn-shanghai.aliyuncs.com"},
	};
	struct settings s;
	char url[ENDPOINT_URL_SIZE];
	settings_init(&s);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		s.site = cases[i].site;
		assert_int_equal(endpoint_url(&s, cases[i].service, url), 0);
		assert_string_equal(url, cases[i].url);
	}
	settings_fini(&s);
}

static void every_default_passes_its_own_check(void **state)
{
	(void)state;
	struct settings s;
	char url[ENDPOINT_URL_SIZE];
	settings_init(&s);
	for (int site = 0; site < 2; site++)
		for (int service = 0; service < SERVICE_MAX_; service++) {
			s.site = site ? SITE_INTERNATIONAL : SITE_CHINA;
			assert_int_equal(endpoint_url(&s, (enum service)service, url), 0);
			assert_true(endpoint_is_allowed((enum service)service, url));
		}
	settings_fini(&s);
}

static void a_setting_wins_and_loses_its_slash(void **state)
{
	(void)state;
	struct settings s;
	char url[ENDPOINT_URL_SIZE] = "untouched";
	settings_init(&s);
	s.endpoints[SERVICE_EDS_AIC] = strdup("http://127.0.0.1:8081/");
	assert_int_equal(endpoint_url(&s, SERVICE_EDS_AIC, url), 0);
	assert_string_equal(url, "http://127.0.0.1:8081");
	assert_string_equal(endpoint_host(url), "127.0.0.1:8081");
	free(s.endpoints[SERVICE_EDS_AIC]);
	s.endpoints[SERVICE_EDS_AIC] = strdup("http://example.com");
	assert_int_equal(endpoint_url(&s, SERVICE_EDS_AIC, url), -EINVAL);
	assert_string_equal(url, "http://127.0.0.1:8081");
	settings_fini(&s);
}

static void the_other_site_is_known_where_no_endpoint_is_configured(void **state)
{
	(void)state;
	struct settings s;
	char url[ENDPOINT_URL_SIZE], other[ENDPOINT_URL_SIZE];
	settings_init(&s);
	endpoint_other_site_url(&s, SERVICE_BSS, other);
	assert_string_equal(other, "https://business.ap-southeast-1.aliyuncs.com");
	s.site = SITE_INTERNATIONAL;
	assert_int_equal(endpoint_url(&s, SERVICE_BSS, url), 0);
	assert_string_equal(url, other);
	endpoint_other_site_url(&s, SERVICE_BSS, other);
	assert_string_equal(other, "https://business.aliyuncs.com");
	s.endpoints[SERVICE_BSS] = strdup("http://127.0.0.1:8081");
	endpoint_other_site_url(&s, SERVICE_BSS, other);
	assert_string_equal(other, "");
	settings_fini(&s);
}

static void only_https_and_loopback_are_allowed(void **state)
{
	(void)state;
	static const struct {
		const char *url;
		bool allowed;
	} cases[] = {
		{"https://eds-aic.cn-shanghai.aliyuncs.com", true},
		{"https://proxy.internal:8443/", true},
		{"https://10.1.2.3:443", true},
		{"https://[fd00::1]:443", true},
		{"http://127.0.0.1:9000", true},
		{"http://127.9.9.9", true},
		{"http://[::1]:9000", true},
		{"HTTP://127.0.0.1:1", true},
		{"http://localhost:9000", false}, /* a name can be made to mean anything */
		{"http://10.0.0.1", false},
		{"http://2130706433", false},
		{"http://127.1", false},
		{"http://[::ffff:127.0.0.1]", false},
		{"http://127.0.0.1.evil.example", false},
		{"https://proxy.internal.", false},
		{"https://10.1", false},
		{"https://0x0a010203", false},
		{"https://012.1.2.3", false},
		{"https://proxy.internal.:8443", false},
		{"https://user@127.0.0.1", false},
		{"http://127.0.0.1:80@evil.example", false},
		{"https://host/path", false},
		{"https://host?x=1", false},
		{"https://host#x", false},
		{"https://host:0", false},
		{"https://host:65536", false},
		{"https://host:", false},
		{"https://host:12x", false},
		{"https://", false},
		{"https:///", false},
		{"https://[::1", false},
		{"https://[]", false},
		{"ftp://127.0.0.1", false},
		{"127.0.0.1", false},
		{"", false},
		{"https://100.100.100.200", false},
		{"https://169.254.169.254", false},
		{"https://0xa9fea9fe", false},
		{"https://[fe80::1]", false},
		{"https://ho st", false},
		{"https://host\r\nX: y", false},
		{"http://100.100.100.200", false},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (endpoint_is_allowed(SERVICE_EDS_AIC, cases[i].url) != cases[i].allowed)
			fail_msg("%s", cases[i].url);
	assert_true(endpoint_is_allowed(SERVICE_METADATA, "http://100.100.100.200"));
	assert_false(endpoint_is_allowed(SERVICE_METADATA, "http://169.254.169.254"));
	assert_false(endpoint_is_allowed(SERVICE_METADATA, "http://[100.100.100.200]"));
}

static void an_endless_host_is_refused(void **state)
{
	(void)state;
	char url[400] = "https://";
	memset(url + 8, 'a', 300);
	url[308] = '\0';
	assert_false(endpoint_is_allowed(SERVICE_EDS_AIC, url));
	url[8 + 256] = '\0';
	assert_false(endpoint_is_allowed(SERVICE_EDS_AIC, url));
	url[8 + 255] = '\0';
	assert_true(endpoint_is_allowed(SERVICE_EDS_AIC, url));
}

static void the_token_service_of_a_profile(void **state)
{
	(void)state;
	static const struct {
		const char *host, *region;
		bool vpc;
		int result;
		const char *url;
	} cases[] = {
		{"", "", false, 0, ""},
		{"", "", true, 0, ""},
		{"", "cn-hangzhou", false, 0, "https://sts.cn-hangzhou.aliyuncs.com"},
		{"", "cn-hangzhou", true, 0, "https://sts-vpc.cn-hangzhou.aliyuncs.com"},
		{"sts.x.com", "cn-hangzhou", true, 0, "https://sts.x.com"},
		{"https://sts.x.com/", "", false, 0, "https://sts.x.com"},
		{"http://127.0.0.1", "", false, -EINVAL, ""},
		{"100.100.100.200", "", false, -EINVAL, ""},
		{"a@b", "", false, -EINVAL, ""},
		{"", "evil.com/", false, -EINVAL, ""},
		{"", "CN", false, -EINVAL, ""},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char url[ENDPOINT_URL_SIZE] = "?";
		assert_int_equal(endpoint_sts_url(cases[i].host, cases[i].region, cases[i].vpc, url),
				 cases[i].result);
		assert_string_equal(url, cases[i].url);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_site_decides_the_host),
		cmocka_unit_test(every_default_passes_its_own_check),
		cmocka_unit_test(a_setting_wins_and_loses_its_slash),
		cmocka_unit_test(the_other_site_is_known_where_no_endpoint_is_configured),
		cmocka_unit_test(only_https_and_loopback_are_allowed),
		cmocka_unit_test(an_endless_host_is_refused),
		cmocka_unit_test(the_token_service_of_a_profile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
