#include "sim_auth.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/timefmt.h"
#include "sim_model.h"
#include "sim_sts.h"

#define ALGORITHM "ACS3-HMAC-SHA256"
#define SKEW_MS (UINT64_C(15) * 60 * 1000)
#define CANONICAL_MAX ((size_t)1 << 20)
#define MAX_SIGNED 64
#define HEX_SIZE (2 * SHA256_DIGEST_LENGTH + 1)

struct authorization {
	char key_id[129];
	char signed_headers[1025];
	char signature[129];
	const char *names[MAX_SIGNED]; /* into storage */
	size_t n_names;
	char storage[1025];
};

static void to_hex(const unsigned char hash[SHA256_DIGEST_LENGTH], char out[HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < SHA256_DIGEST_LENGTH; i++) {
		out[2 * i] = digits[hash[i] >> 4];
		out[2 * i + 1] = digits[hash[i] & 15];
	}
	out[HEX_SIZE - 1] = '\0';
}

static void hash_hex(const char *bytes, size_t n, char out[HEX_SIZE])
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	SHA256((const unsigned char *)bytes, n, hash);
	to_hex(hash, out);
}

static void encode(struct strbuf *out, const char *text)
{
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;
		if ((c < 0x80 && isalnum(c)) || strchr("-_.~", c))
			strbuf_add_char(out, *p);
		else
			strbuf_addf(out, "%%%02X", c);
	}
}

static bool must_be_signed(const char *name)
{
	return strcasecmp(name, "host") == 0 || strcasecmp(name, "content-type") == 0 ||
	       strncasecmp(name, "x-acs-", 6) == 0;
}

/* Credential=...,SignedHeaders=...,Signature=... after one blank, none after the commas. */
static bool parse_authorization(const char *value, struct authorization *a)
{
	int end = 0;
	if (sscanf(value,
		   ALGORITHM
		   " Credential=%128[^, ],SignedHeaders=%1024[^, ],Signature=%128[0-9a-f]%n",
		   a->key_id, a->signed_headers, a->signature, &end) != 3 ||
	    end <= 0 || value[end] != '\0' || value[sizeof(ALGORITHM)] == ' ')
		return false;
	memcpy(a->storage, a->signed_headers, sizeof(a->storage));
	char *rest = a->storage, *name;
	while ((name = strsep(&rest, ";"))) {
		if (a->n_names == MAX_SIGNED)
			return false;
		a->names[a->n_names++] = name;
	}
	return true;
}

static bool is_signed(const struct authorization *a, const char *name)
{
	for (size_t i = 0; i < a->n_names; i++)
		if (strcasecmp(a->names[i], name) == 0)
			return true;
	return false;
}

static bool is_sorted_lower(const struct authorization *a)
{
	for (size_t i = 0; i < a->n_names; i++) {
		for (const char *p = a->names[i]; *p; p++)
			if (isupper((unsigned char)*p))
				return false;
		if (i > 0 && strcmp(a->names[i - 1], a->names[i]) >= 0)
			return false;
	}
	return true;
}

static int check_signed_headers(struct sim_call *call, const struct authorization *a)
{
	static const char *const required[] = {
		"host",       "x-acs-action",          "x-acs-version",
		"x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"};
	const struct sim_request *request = call->input->request;
	char value[2];
	if (!is_sorted_lower(a))
		return sim_refuse(call, 400, "IncompleteSignature",
				  "SignedHeaders must be lower case and sorted.");
	for (size_t i = 0; i < ARRAY_SIZE(required); i++)
		if (!is_signed(a, required[i]) ||
		    !sim_header_get(request, required[i], value, sizeof(value)))
			return sim_refuse(call, 400, "IncompleteSignature",
					  "The header %s must be sent and signed.", required[i]);
	for (size_t i = 0; i < request->n_headers; i++)
		if (must_be_signed(request->headers[i].name) &&
		    !is_signed(a, request->headers[i].name))
			return sim_refuse(call, 400, "IncompleteSignature",
					  "The header %s was sent but not signed.",
					  request->headers[i].name);
	return 0;
}

static void add_canonical_query(struct strbuf *out, const struct sim_input *input)
{
	bool first = true;
	vec_each(&input->pairs, pair)
	{
		if (pair->in_form)
			continue;
		if (!first)
			strbuf_add_char(out, '&');
		first = false;
		encode(out, pair->name);
		strbuf_add_char(out, '=');
		encode(out, pair->value);
	}
}

static void add_canonical_headers(struct strbuf *out, const struct sim_request *request,
				  const struct authorization *a)
{
	for (size_t i = 0; i < a->n_names; i++) {
		char value[8192] = "";
		(void)sim_header_get(request, a->names[i], value, sizeof(value));
		strbuf_addf(out, "%s:%s\n", a->names[i], value);
	}
}

static int canonical_request(const struct sim_input *input, const struct authorization *a,
			     struct strbuf *out)
{
	const struct sim_request *request = input->request;
	char payload[HEX_SIZE];
	hash_hex(request->body ? request->body : "", request->body_len, payload);
	strbuf_addf(out, "%s\n%s\n", request->method, input->path);
	add_canonical_query(out, input);
	strbuf_add_char(out, '\n');
	add_canonical_headers(out, request, a);
	strbuf_addf(out, "\n%s\n%s", a->signed_headers, payload);
	return strbuf_error(out) ? -ENOMEM : 0;
}

static int check_signature(struct sim_call *call, const struct authorization *a, const char *secret)
{
	auto_strbuf struct strbuf canonical = STRBUF_INIT(CANONICAL_MAX);
	unsigned char mac[SHA256_DIGEST_LENGTH];
	unsigned int mac_len = sizeof(mac);
	char hash[HEX_SIZE], expected[HEX_SIZE], to_sign[sizeof(ALGORITHM) + HEX_SIZE];
	if (canonical_request(call->input, a, &canonical) < 0)
		return -ENOMEM;
	hash_hex(strbuf_text(&canonical), canonical.len, hash);
	(void)snprintf(to_sign, sizeof(to_sign), ALGORITHM "\n%s", hash);
	if (!HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)to_sign,
		  strlen(to_sign), mac, &mac_len))
		return -ENOMEM;
	to_hex(mac, expected);
	if (strlen(a->signature) == HEX_SIZE - 1 &&
	    CRYPTO_memcmp(a->signature, expected, HEX_SIZE - 1) == 0)
		return 0;
	return sim_refuse(call, 400, "SignatureDoesNotMatch",
			  "Specified signature does not match our calculation. server string to "
			  "sign is:%s, server canonical request is:%s",
			  to_sign, strbuf_text(&canonical));
}

static bool is_strict_iso(const char *text)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";
	if (strlen(text) != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; shape[i]; i++)
		if (shape[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != shape[i])
			return false;
	return true;
}

static int check_date(struct sim_call *call, uint64_t wall_ms)
{
	char text[40] = "";
	uint64_t date = 0;
	(void)sim_header_get(call->input->request, "x-acs-date", text, sizeof(text));
	if (!is_strict_iso(text) || timefmt_parse(text, &date) < 0)
		return sim_refuse(call, 400, "InvalidTimeStamp.Format",
				  "x-acs-date must read yyyy-MM-ddTHH:mm:ssZ.");
	uint64_t apart = date > wall_ms ? date - wall_ms : wall_ms - date;
	if (apart <= SKEW_MS)
		return 0;
	return sim_refuse(call, 400, "InvalidTimeStamp.Expired",
			  "x-acs-date %s is more than 15 minutes from the server's time.", text);
}

static int check_token(struct sim_call *call, const struct sim_keys *keys)
{
	char token[4096] = "";
	bool sent =
		sim_header_get(call->input->request, "x-acs-security-token", token, sizeof(token));
	if (!sent && keys->security_token)
		return sim_refuse(call, 400, "MissingSecurityToken",
				  "x-acs-security-token is needed.");
	bool same = sent && keys->security_token && strcmp(token, keys->security_token) == 0;
	if (sent && !same && *keys->role)
		return sim_refuse(call, 400, "InvalidSecurityToken.MismatchWithAccessKey",
				  "The security token is not that of the access key.");
	if ((!sent || same) && keys->ends_ms > call->sim->cloud_ms)
		return 0;
	return sim_refuse(call, 400, "InvalidSecurityToken.Expired",
			  "The security token is not, or no longer, valid.");
}

static int refuse_unsigned(struct sim_call *call)
{
	if (sim_input_get(call->input, "Signature"))
		return sim_refuse(
			call, 400, "InvalidSignatureMethod",
			"The legacy RPC signature (V1) is not served here: sign with " ALGORITHM
			" in the Authorization header.");
	return sim_refuse(call, 400, "IncompleteSignature", "The Authorization header is missing.");
}

int sim_auth_check(struct sim_call *call, uint64_t wall_ms)
{
	char value[2048];
	struct authorization a = {0};
	if (!sim_header_get(call->input->request, "authorization", value, sizeof(value)))
		return refuse_unsigned(call);
	if (strncmp(value, ALGORITHM " ", sizeof(ALGORITHM)) != 0)
		return sim_refuse(call, 400, "InvalidSignatureMethod",
				  "Only " ALGORITHM " is served here.");
	if (!parse_authorization(value, &a))
		return sim_refuse(call, 400, "IncompleteSignature",
				  "The Authorization header is malformed.");
	const struct sim_keys *keys = sim_sts_find(call->sim, a.key_id);
	if (!keys)
		return sim_refuse(call, 404, "InvalidAccessKeyId.NotFound",
				  "Specified access key is not found.");
	int r = check_signed_headers(call, &a);
	if (r == 0)
		r = check_date(call, wall_ms);
	if (r == 0)
		r = check_token(call, keys);
	call->keys = keys;
	return r == 0 ? check_signature(call, &a, keys->access_key_secret) : r;
}

int sim_auth_spend_nonce(struct sim_call *call, struct sim_nonces *nonces, uint64_t wall_ms)
{
	char nonce[256] = "";
	(void)sim_header_get(call->input->request, "x-acs-signature-nonce", nonce, sizeof(nonce));
	int r = *nonce ? sim_nonces_add(nonces, nonce, wall_ms) : 0;
	if (r <= 0 && *nonce)
		return r;
	return *nonce ? sim_refuse(call, 400, "SignatureNonceUsed",
				   "Specified signature nonce was used already.")
		      : sim_refuse(call, 400, "IncompleteSignature",
				   "x-acs-signature-nonce is empty.");
}
