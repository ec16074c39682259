#include "config/text_rule.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"

#define MAX_TAG_CHARS 128 /* eds-aic 4.17, keys and values alike */

static bool is_word(const char *text, const char *first, const char *rest, size_t max)
{
	return *text && strchr(first, *text) && text[strspn(text, rest)] == '\0' &&
	       strlen(text) <= max;
}

/* The cloud's name is GROUP.XXXXXX and may have 30 characters (eds-aic 6.3). */
static bool is_group_name(const char *text)
{
	return is_word(text, LOWER, LOWER DIGIT "-", 23);
}

static bool is_fleet_name(const char *text)
{
	return is_word(text, LOWER, LOWER DIGIT "-", 63);
}

/* Region ids are not a closed list (eds-aic 2): only their form is checked. */
static bool is_region(const char *text)
{
	size_t area = strspn(text, LOWER);
	if (area != 2 || text[area] != '-' || strlen(text) > 32)
		return false;
	for (const char *part = text + area; *part; part += strcspn(part, "-")) {
		part++;
		size_t len = strspn(part, LOWER DIGIT);
		if (len == 0 || (part[len] != '-' && part[len] != '\0'))
			return false;
	}
	return true;
}

/* Ids are opaque (eds-aic 0); '+' occurs in office site ids. */
static bool is_id(const char *text)
{
	return is_word(text, LOWER UPPER DIGIT, LOWER UPPER DIGIT "._:+-", 63);
}

static bool is_cloud_group_id(const char *text)
{
	return strncmp(text, "ag-", 3) == 0 && is_word(text + 3, LOWER UPPER DIGIT,
						       LOWER UPPER DIGIT "-", 60);
}

/* Decimal of at most @max without leading zeros; moves @p behind it. */
static bool take_number(const char **p, unsigned max)
{
	unsigned value = 0;
	size_t len = strspn(*p, DIGIT);
	if (len == 0 || len > 5 || (len > 1 && **p == '0'))
		return false;
	for (size_t i = 0; i < len; i++)
		value = value * 10 + (unsigned)((*p)[i] - '0');
	*p += len;
	return value <= max;
}

static bool is_cidr(const char *text)
{
	for (int i = 0; i < 4; i++)
		if (!take_number(&text, 255) || *text++ != (i < 3 ? '.' : '/'))
			return false;
	return take_number(&text, 32) && *text == '\0';
}

static bool is_path(const char *text)
{
	return text[0] == '/' && text[1] != '\0';
}

/* What fits into sockaddr_un. */
static bool is_socket(const char *text)
{
	return is_path(text) && strlen(text) <= 107;
}

static bool is_profile(const char *text)
{
	return is_word(text, LOWER UPPER DIGIT "_", LOWER UPPER DIGIT "._-", 64);
}

#define MAX_HOST 253
#define METADATA_HOST "100.100.100.200"

/* "host", "host:port" or "[ipv6]:port" with nothing before or behind. */
static bool split_host(const char *text, char host[MAX_HOST + 1])
{
	bool is_v6 = *text == '[';
	size_t skip = is_v6 ? 1 : 0;
	size_t len = is_v6 ? strspn(text + 1, DIGIT "abcdefABCDEF:")
			   : strspn(text, LOWER UPPER DIGIT ".-");
	const char *end = text + skip + len;
	if (len == 0 || len > MAX_HOST || (is_v6 && *end++ != ']'))
		return false;
	memcpy(host, text + skip, len);
	host[len] = '\0';
	struct in6_addr v6;
	if (is_v6 && inet_pton(AF_INET6, host, &v6) != 1)
		return false;
	if (!is_v6 && (!strchr(LOWER UPPER DIGIT, host[0]) || strstr(host, "..")))
		return false;
	if (*end == '\0')
		return true;
	const char *port = end + 1;
	return *end == ':' && *port != '0' && take_number(&port, 65535) && *port == '\0';
}

/* Only literal addresses: a name can be made to point anywhere. */
static bool is_loopback(const char *host)
{
	struct in_addr v4;
	struct in6_addr v6;
	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static bool is_url(const char *text, const char *http_host)
{
	char host[MAX_HOST + 1];
	if (strncmp(text, "https://", 8) == 0)
		return split_host(text + 8, host);
	return strncmp(text, "http://", 7) == 0 && split_host(text + 7, host) &&
	       (is_loopback(host) || (http_host && strcmp(host, http_host) == 0));
}

static bool is_endpoint(const char *text)
{
	return is_url(text, NULL);
}

static bool is_metadata(const char *text)
{
	return is_url(text, METADATA_HOST);
}

static bool is_any(const char *text)
{
	return text[0] != ' ' && text[strlen(text) - 1] != ' ';
}

const struct text_rule rule_group_name = {
	"a lower-case letter, then at most 22 of a-z, 0-9 and -", "^[a-z][a-z0-9-]{0,22}$",
	is_group_name, false};
const struct text_rule rule_fleet_name = {
	"a lower-case letter, then at most 62 of a-z, 0-9 and -", "^[a-z][a-z0-9-]{0,62}$",
	is_fleet_name, false};
const struct text_rule rule_region = {
	"a region id such as cn-hangzhou", "^[a-z]{2}(-[a-z0-9]+)+$", is_region, false};
const struct text_rule rule_id = {
	"an id of letters, digits and ._:+- (at most 63)", "^[A-Za-z0-9][A-Za-z0-9._:+-]{0,62}$",
	is_id, false};
const struct text_rule rule_cloud_group_id = {
	"the id of a cloud group (ag-…)", "^ag-[A-Za-z0-9][A-Za-z0-9-]{0,59}$",
	is_cloud_group_id, false};
const struct text_rule rule_cidr = {"an address block such as 10.10.13.0/24", NULL, is_cidr, false};
const struct text_rule rule_path = {"an absolute path", "^/.", is_path, false};
const struct text_rule rule_socket = {"an absolute path of at most 107 bytes", "^/.{1,106}$",
					is_socket, false};
const struct text_rule rule_profile = {
	"a profile name of letters, digits and ._- (at most 64)",
	"^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$", is_profile, false};
const struct text_rule rule_endpoint = {
	"https://HOST[:PORT] without user, path or query (http only to a literal loopback address)",
	NULL, is_endpoint, true};
const struct text_rule rule_metadata = {
	"https://HOST[:PORT], or http to " METADATA_HOST
	" or a literal loopback address, without user, path or query",
	NULL, is_metadata, true};
const struct text_rule rule_any = {"text without spaces around it",
					"^[^ ](.*[^ ])?$", is_any, false};

size_t text_length(const char *text)
{
	size_t n = 0;
	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* eds-aic 4.17, read without regard to case to be on the safe side. */
static const char *shared_tag_fault(const char *text)
{
	if (!is_any(text))
		return "must not begin or end with a space";
	if (text_length(text) > MAX_TAG_CHARS)
		return "must have at most 128 characters";
	if (strncasecmp(text, "acs:", 4) == 0)
		return "must not start with acs:";
	if (strcasestr(text, "http://") || strcasestr(text, "https://"))
		return "must not contain http:// or https://";
	return NULL;
}

const char *tag_key_fault(const char *key)
{
	if (strncasecmp(key, "drover:", 7) == 0)
		return "must not start with drover: (drover's own marks)";
	if (strncasecmp(key, "aliyun", 6) == 0)
		return "must not start with aliyun";
	return shared_tag_fault(key);
}

const char *tag_value_fault(const char *value)
{
	return shared_tag_fault(value);
}
