#include "net/target.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base/cleanup.h"

DEFINE_CLEANUP(CURLU *, curl_url_cleanup)

static void free_part(char **part)
{
	curl_free(*part);
}
#define auto_part cleanup(free_part)

static int get_part(CURLU *url, CURLUPart part, unsigned flags, char **ret_text)
{
	CURLUcode rc = curl_url_get(url, part, ret_text, flags);
	if (rc == CURLUE_OUT_OF_MEMORY)
		return -ENOMEM;
	return rc == CURLUE_OK ? 0 : -EINVAL;
}

static bool has_part(CURLU *url, CURLUPart part)
{
	auto_part char *text = NULL;
	return curl_url_get(url, part, &text, 0) == CURLUE_OK;
}

/* Letters, digits, '-', '_' and inner dots. A trailing dot is refused because
 * libcurl looks such a name up under another key than the one we would give it. */
static bool is_plain_name(const char *host)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.";
	size_t n = strlen(host);
	return n > 0 && strspn(host, allowed) == n && host[n - 1] != '.';
}

static bool read_literal(const char *host, bool *ret_loopback)
{
	struct in_addr v4;
	struct in6_addr v6;
	if (inet_pton(AF_INET, host, &v4) == 1) {
		*ret_loopback = ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
		return true;
	}
	if (inet_pton(AF_INET6, host, &v6) == 1) {
		*ret_loopback = IN6_IS_ADDR_LOOPBACK(&v6);
		return true;
	}
	return false;
}

/* libcurl takes a third slash for a slip of the hand; others take it for no host. */
static bool has_three_slashes(const char *url)
{
	const char *authority = strstr(url, "://");
	return authority && authority[3] == '/';
}

static int copy_part(char *out, size_t size, const char *text, size_t n)
{
	if (n == 0 || n >= size)
		return -EINVAL;
	memcpy(out, text, n);
	out[n] = '\0';
	return 0;
}

static int read_host(CURLU *url, struct target *target, bool *ret_loopback)
{
	auto_part char *host = NULL;
	int r = get_part(url, CURLUPART_HOST, 0, &host);
	if (r < 0)
		return r;
	bool bracketed = host[0] == '[';
	size_t n = strlen(host);
	r = bracketed ? copy_part(target->host, sizeof(target->host), host + 1, n - 2)
		      : copy_part(target->host, sizeof(target->host), host, n);
	if (r < 0)
		return r;
	*ret_loopback = false;
	target->literal = read_literal(target->host, ret_loopback);
	if (target->literal)
		return 0;
	return !bracketed && is_plain_name(target->host) ? 0 : -EINVAL;
}

static int read_port(CURLU *url, struct target *target)
{
	auto_part char *port = NULL;
	int r = get_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT, &port);
	if (r < 0)
		return r;
	return copy_part(target->port, sizeof(target->port), port, strlen(port));
}

static int judge_scheme(CURLU *url, bool plain_http_ok, bool *ret_plain)
{
	auto_part char *scheme = NULL;
	int r = get_part(url, CURLUPART_SCHEME, 0, &scheme);
	if (r < 0)
		return r;
	*ret_plain = strcmp(scheme, "https") != 0;
	if (!*ret_plain)
		return 0;
	return strcmp(scheme, "http") == 0 && plain_http_ok ? 0 : -EINVAL;
}

int target_parse(const char *text, bool plain_http_ok, struct target *ret_target)
{
	cleanup(curl_url_cleanupp) CURLU *url = curl_url();
	if (!url)
		return -ENOMEM;
	CURLUcode rc = curl_url_set(url, CURLUPART_URL, text, CURLU_PATH_AS_IS);
	if (rc != CURLUE_OK)
		return rc == CURLUE_OUT_OF_MEMORY ? -ENOMEM : -EINVAL;
	if (has_three_slashes(text) || has_part(url, CURLUPART_USER) ||
	    has_part(url, CURLUPART_PASSWORD) || has_part(url, CURLUPART_ZONEID))
		return -EINVAL;

	struct target target = {0};
	bool loopback;
	int r = read_host(url, &target, &loopback);
	if (r == 0)
		r = read_port(url, &target);
	if (r == 0)
		r = judge_scheme(url, plain_http_ok || loopback, &target.plain);
	if (r == 0)
		*ret_target = target;
	return r;
}
