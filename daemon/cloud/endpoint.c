#include "cloud/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define METADATA_ADDRESS "100.100.100.200"

/* The hosts of the two sites (protocol e). */
static const char *const hosts[SERVICE_MAX_][2] = {
	[SERVICE_EDS_AIC] = {"https://eds-aic.cn-shanghai.aliyuncs.com",
			     "https://eds-aic.ap-southeast-1.aliyuncs.com"},
	[SERVICE_APPSTREAM] = {"https://appstream-center.cn-shanghai.aliyuncs.com",
			       "https://appstream-center.ap-southeast-1.aliyuncs.com"},
	[SERVICE_BSS] = {"https://business.aliyuncs.com",
			 "https://business.ap-southeast-1.aliyuncs.com"},
	[SERVICE_STS] = {"https://sts.cn-shanghai.aliyuncs.com",
			 "https://sts.ap-southeast-1.aliyuncs.com"},
	[SERVICE_METADATA] = {"http://" METADATA_ADDRESS, "http://" METADATA_ADDRESS},
};

struct authority {
	char host[256];
	bool bracketed; /* an IPv6 literal */
};

/* [0-9]{1,5} in 1..65535, to the end of the text. */
static bool is_port(const char *text)
{
	size_t n = strspn(text, "0123456789");
	long port = n >= 1 && n <= 5 && text[n] == '\0' ? strtol(text, NULL, 10) : 0;
	return port >= 1 && port <= 65535;
}

/* Splits "host[:port]"; nothing else may follow, so no user part, path or query. */
static bool split_authority(const char *text, struct authority *ret)
{
	ret->bracketed = *text == '[';
	text += ret->bracketed;
	size_t n = strspn(text, ret->bracketed ? "0123456789abcdefABCDEF:."
					       : "0123456789abcdefghijklmnopqrstuvwxyz"
						 "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-");
	/* With a dot at its end it is another name to libcurl's cache: net/target refuses it. */
	if (n == 0 || n >= sizeof(ret->host) || text[n - 1] == '.')
		return false;
	memcpy(ret->host, text, n);
	ret->host[n] = '\0';
	text += n;
	if (ret->bracketed && *text++ != ']')
		return false;
	return *text == '\0' || (*text == ':' && is_port(text + 1));
}

static bool is_loopback(const struct authority *a)
{
	struct in_addr v4;
	struct in6_addr v6;
	if (a->bracketed)
		return inet_pton(AF_INET6, a->host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
	return inet_pton(AF_INET, a->host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
}

/* Where only a host's own metadata lives: nothing signed may go there. */
static bool is_local_link(const struct authority *a)
{
	struct in_addr v4;
	struct in6_addr v6;
	if (a->bracketed)
		return inet_pton(AF_INET6, a->host, &v6) != 1 || IN6_IS_ADDR_LINKLOCAL(&v6) ||
		       IN6_IS_ADDR_V4MAPPED(&v6);
	if (inet_pton(AF_INET, a->host, &v4) != 1)
		return false;
	return ntohl(v4.s_addr) >> 16 == 0xa9fe || strcmp(inet_ntoa(v4), METADATA_ADDRESS) == 0;
}

/* Cuts one slash at the end. */
static bool copy_without_slash(const char *url, char out[ENDPOINT_URL_SIZE])
{
	size_t n = strlen(url);
	n -= n > 0 && url[n - 1] == '/';
	if (n >= ENDPOINT_URL_SIZE)
		return false;
	memcpy(out, url, n);
	out[n] = '\0';
	return true;
}

/* The other spellings of an address (hex, octal, one number), which every library reads in its own
 * way. */
static bool is_odd_address(const struct authority *a)
{
	struct in_addr v4;
	return !a->bracketed && inet_aton(a->host, &v4) && inet_pton(AF_INET, a->host, &v4) != 1;
}

bool endpoint_is_allowed(enum service service, const char *url)
{
	char text[ENDPOINT_URL_SIZE];
	if (!copy_without_slash(url, text))
		return false;
	bool https = strncasecmp(text, "https://", 8) == 0;
	bool http = strncasecmp(text, "http://", 7) == 0;
	struct authority a;
	if ((!https && !http) || !split_authority(text + (https ? 8 : 7), &a) || is_odd_address(&a))
		return false;
	if (https)
		return !is_local_link(&a);
	return is_loopback(&a) ||
	       (service == SERVICE_METADATA && !a.bracketed && strcmp(a.host, METADATA_ADDRESS) == 0);
}

int endpoint_url(const struct settings *settings, enum service service,
		 char ret_url[ENDPOINT_URL_SIZE])
{
	const char *url = settings->endpoints[service];
	if (!url) {
		(void)snprintf(ret_url, ENDPOINT_URL_SIZE, "%s",
			       hosts[service][settings->site == SITE_INTERNATIONAL]);
		return 0;
	}
	if (!endpoint_is_allowed(service, url))
		return -EINVAL;
	(void)copy_without_slash(url, ret_url);
	return 0;
}

void endpoint_other_site_url(const struct settings *settings, enum service service,
			     char ret_url[ENDPOINT_URL_SIZE])
{
	const char *url = settings->endpoints[service]
				  ? ""
				  : hosts[service][settings->site != SITE_INTERNATIONAL];
	(void)snprintf(ret_url, ENDPOINT_URL_SIZE, "%s", url);
}

static bool is_region(const char *text)
{
	size_t n = strlen(text);
	return n < 64 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

int endpoint_sts_url(const char *host, const char *region, bool vpc,
		     char ret_url[ENDPOINT_URL_SIZE])
{
	char url[ENDPOINT_URL_SIZE];
	int n = 0;
	ret_url[0] = '\0';
	if (*host)
		n = snprintf(url, sizeof(url), "%s%s",
			     strncasecmp(host, "https://", 8) == 0 ? "" : "https://", host);
	else if (*region && is_region(region))
		n = snprintf(url, sizeof(url), "https://sts%s.%s.aliyuncs.com", vpc ? "-vpc" : "",
			     region);
	else
		return *region ? -EINVAL : 0;
	if ((size_t)n >= sizeof(url) || !endpoint_is_allowed(SERVICE_STS, url))
		return -EINVAL;
	(void)copy_without_slash(url, ret_url);
	return 0;
}

const char *endpoint_host(const char *url)
{
	const char *at = strstr(url, "://");
	return at ? at + 3 : url;
}
