#include "config/text_rule.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/duration.h"
#include "base/timefmt.h"

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

static bool has_prefix_and_id(const char *text, const char *prefix)
{
	size_t n = strlen(prefix);
	return strncmp(text, prefix, n) == 0 &&
	       is_word(text + n, LOWER UPPER DIGIT, LOWER UPPER DIGIT "-", 60);
}

static bool is_cloud_group_id(const char *text)
{
	return has_prefix_and_id(text, "ag-");
}

static bool is_delivery_group_id(const char *text)
{
	return has_prefix_and_id(text, "aig-");
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

/* Labels of letters, digits and '-', divided by dots; *. may stand before them. */
static bool is_domain(const char *text)
{
	if (strncmp(text, "*.", 2) == 0)
		text += 2;
	return is_word(text, LOWER UPPER DIGIT, LOWER UPPER DIGIT ".-", 253) &&
	       !strstr(text, "..") && !strchr(".-", text[strlen(text) - 1]);
}

bool date_days(const char *text, uint64_t *ret)
{
	char whole[32];
	uint64_t ms = 0;
	if (strlen(text) != strlen("yyyy-MM-dd"))
		return false;
	(void)snprintf(whole, sizeof(whole), "%sT00:00Z", text);
	if (timefmt_parse(whole, &ms) < 0)
		return false;
	*ret = ms / DAY_MS;
	return true;
}

static bool is_date(const char *text)
{
	uint64_t days = 0;
	return date_days(text, &days);
}

bool time_of_day_minutes(const char *text, int *ret)
{
	if (strlen(text) != 5 || strspn(text, DIGIT) != 2 || text[2] != ':' ||
	    strspn(text + 3, DIGIT) != 2)
		return false;
	int hours = (text[0] - '0') * 10 + text[1] - '0';
	int minutes = (text[3] - '0') * 10 + text[4] - '0';
	if (hours > 23 || minutes > 59)
		return false;
	*ret = hours * 60 + minutes;
	return true;
}

static bool is_time_of_day(const char *text)
{
	int minutes = 0;
	return time_of_day_minutes(text, &minutes);
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

static bool is_role_name(const char *text)
{
	return is_word(text, LOWER UPPER DIGIT, LOWER UPPER DIGIT "._-", 64);
}

/* acs:ram::ACCOUNT:role/NAME */
static bool is_role_arn(const char *text)
{
	static const char start[] = "acs:ram::", middle[] = ":role/";
	if (strncmp(text, start, strlen(start)) != 0)
		return false;
	text += strlen(start);
	size_t account = strspn(text, DIGIT);
	return account > 0 && account <= 20 &&
	       strncmp(text + account, middle, strlen(middle)) == 0 &&
	       is_role_name(text + account + strlen(middle));
}

static bool is_session_name(const char *text)
{
	return strlen(text) >= 2 && is_word(text, LOWER UPPER DIGIT ".@_-",
					     LOWER UPPER DIGIT ".@_-", 64);
}

static bool is_external_id(const char *text)
{
	static const char signs[] = LOWER UPPER DIGIT "_+=,.@:/-";
	return strlen(text) >= 2 && is_word(text, signs, signs, 1224);
}

static bool is_role_name_or_empty(const char *text)
{
	return !text[0] || is_role_name(text);
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
	return text[0] && text[0] != ' ' && text[strlen(text) - 1] != ' ';
}

static bool is_money(const char *text)
{
	size_t whole = strspn(text, DIGIT), decimals = 0;
	if (text[whole] == '.')
		decimals = 1 + strspn(text + whole + 1, DIGIT);
	const char *rest = text + whole + decimals;
	return whole >= 1 && whole <= 12 && decimals != 1 && decimals <= 7 && *rest == ' ' &&
	       strspn(rest + 1, UPPER) == 3 && rest[4] == '\0';
}

const struct text_rule rule_group_name = {
	"a lower-case letter, then at most 22 of a-z, 0-9 and -", "^[a-z][a-z0-9-]{0,22}$",
	is_group_name, false, false};
const struct text_rule rule_fleet_name = {
	"a lower-case letter, then at most 62 of a-z, 0-9 and -", "^[a-z][a-z0-9-]{0,62}$",
	is_fleet_name, false, false};
const struct text_rule rule_region = {
	"a region id such as cn-hangzhou", "^[a-z]{2}(-[a-z0-9]+)+$", is_region, false, false};
const struct text_rule rule_id = {
	"an id of letters, digits and ._:+- (at most 63)", "^[A-Za-z0-9][A-Za-z0-9._:+-]{0,62}$",
	is_id, false, false};
const struct text_rule rule_cloud_group_id = {
	"the id of a cloud group (ag-…)", "^ag-[A-Za-z0-9][A-Za-z0-9-]{0,59}$",
	is_cloud_group_id, false, false};
const struct text_rule rule_delivery_group_id = {
	"the id of a delivery group (aig-…)", "^aig-[A-Za-z0-9][A-Za-z0-9-]{0,59}$",
	is_delivery_group_id, false, false};
const struct text_rule rule_cidr = {"an address block such as 10.10.13.0/24", NULL, is_cidr, false, false};
const struct text_rule rule_domain = {"a domain name such as www.example.com", NULL, is_domain,
				      false, false};
const struct text_rule rule_date = {"a date such as 2026-12-31", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
				    is_date, false, false};
const struct text_rule rule_time_of_day = {"a time such as 09:30, 00:00 to 23:59",
					   "^([01][0-9]|2[0-3]):[0-5][0-9]$", is_time_of_day,
					   false, false};
const struct text_rule rule_path = {"an absolute path", "^/.", is_path, false, false};
const struct text_rule rule_socket = {"an absolute path of at most 107 bytes", "^/.{1,106}$",
					is_socket, false, false};
const struct text_rule rule_profile = {
	"a profile name of letters, digits and ._- (at most 64)",
	"^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$", is_profile, false, false};
const struct text_rule rule_role_arn = {
	"the name of a role such as acs:ram::1234567890123456:role/drover",
	"^acs:ram::[0-9]{1,20}:role/[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", is_role_arn, false, false};
const struct text_rule rule_session_name = {
	"2 to 64 letters, digits and .@_-", "^[A-Za-z0-9.@_-]{2,64}$", is_session_name, false, false};
const struct text_rule rule_external_id = {
	"2 to 1224 letters, digits and _+=,.@:/-", NULL, is_external_id, true, false};
const struct text_rule rule_role_name = {
	.what = "the name of a role (letters, digits and ._-, at most 64), or \"\"",
	.pattern = "^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$",
	.fits = is_role_name_or_empty,
	.may_be_empty = true};
const struct text_rule rule_endpoint = {
	"https://HOST[:PORT] without user, path or query (http only to a literal loopback address)",
	NULL, is_endpoint, true, false};
const struct text_rule rule_metadata = {
	"https://HOST[:PORT], or http to " METADATA_HOST
	" or a literal loopback address, without user, path or query",
	NULL, is_metadata, true, false};
const struct text_rule rule_money = {
	"an amount and its currency such as 1000 CNY", "^[0-9]{1,12}(\\.[0-9]{1,6})? [A-Z]{3}$",
	is_money, false, false};
const struct text_rule rule_any = {"text without spaces around it",
					"^[^ ](.*[^ ])?$", is_any, false, false};

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
	if (text[0] && !is_any(text))
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
