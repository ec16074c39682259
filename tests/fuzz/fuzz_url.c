/*
 * URLs of the settings and hosts of credential files: what is judged allowed here is what libcurl
 * connects to. Two readers of one text that differ would send keys to somebody else.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cloud/endpoint.h"
#include "fuzz/fuzz.h"
#include "net/target.h"

/* libcurl shortens what it finds: 0:0::1 is ::1. */
static bool is_same_v6(const char *a, const char *b)
{
	struct in6_addr first, second;
	return inet_pton(AF_INET6, a, &first) == 1 && inet_pton(AF_INET6, b, &second) == 1 &&
	       memcmp(&first, &second, sizeof(first)) == 0;
}

/* "host", "host:port", "[v6]:port" against what libcurl found. */
static void check_authority(const char *authority, const struct target *target)
{
	auto_free char *copy = strdup(authority);
	CHECK(copy);
	bool bracketed = *copy == '[';
	char *host = copy + bracketed, *end = bracketed ? strchr(host, ']') : strchr(host, ':');
	const char *port = end ? strchr(end, ':') : NULL;
	if (port)
		CHECK(strtol(port + 1, NULL, 10) == strtol(target->port, NULL, 10));
	if (end)
		*end = '\0';
	CHECK(bracketed ? is_same_v6(host, target->host) : strcasecmp(host, target->host) == 0);
}

static void check_endpoint(enum service service, const char *text)
{
	struct settings settings;
	char url[ENDPOINT_URL_SIZE] = "";
	bool allowed = endpoint_is_allowed(service, text);
	settings_init(&settings);
	settings.endpoints[service] = strdup(text);
	CHECK(settings.endpoints[service]);
	CHECK((endpoint_url(&settings, service, url) == 0) == allowed);
	if (allowed) {
		struct target target;
		CHECK(target_parse(url, service == SERVICE_METADATA, &target) == 0);
		check_authority(endpoint_host(url), &target);
		CHECK(!target.plain || target.literal);
	}
	settings_fini(&settings);
}

static void check_sts(const char *host, const char *region)
{
	char url[ENDPOINT_URL_SIZE] = "";
	struct target target;
	for (int vpc = 0; vpc < 2; vpc++) {
		if (endpoint_sts_url(host, region, vpc, url) < 0 || !*url)
			continue;
		CHECK(strncasecmp(url, "https://", 8) == 0);
		CHECK(endpoint_is_allowed(SERVICE_STS, url));
		CHECK(target_parse(url, false, &target) == 0);
		check_authority(endpoint_host(url), &target);
		CHECK(!*region || strstr(target.host, region));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_begin(data, size);
	auto_free char *text = fuzz_line(&in);
	struct target target;
	for (int service = 0; service < SERVICE_MAX_; service++)
		check_endpoint((enum service)service, text);
	check_sts(text, "");
	check_sts("", text);
	if (target_parse(text, false, &target) == 0)
		CHECK(*target.host && *target.port && (!target.plain || target.literal));
	return 0;
}
