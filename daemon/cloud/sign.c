#include "cloud/sign.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>

#define ALGORITHM "ACS3-HMAC-SHA256"
#define HASH_BYTES 32
#define MAX_HEADERS 24
#define MAX_CANONICAL ((size_t)64 * 1024 * 1024)

/* Fetched once for the life of the process: fetching costs more than the hash of an
 * ordinary request. */
static EVP_MD *sha256;
static EVP_MAC *hmac;
static OSSL_LIB_CTX *own; /* where they are from, if not from libcrypto's default (NULL) */

static void fetch(void)
{
	sha256 = EVP_MD_fetch(own, "SHA256", NULL);
	hmac = sha256 ? EVP_MAC_fetch(own, "HMAC", NULL) : NULL;
	if (hmac)
		return;
	EVP_MD_free(sha256);
	sha256 = NULL;
}

/* What could not be fetched, for want of memory perhaps, is tried again by the next call, in a
 * context of its own: libcrypto notes that it has begun to fetch algorithms of a kind, and one that
 * failed in the middle of it does not find them ever after. */
static int ensure_fetched(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static bool tried;
	(void)pthread_mutex_lock(&lock);
	if (!hmac && tried) {
		OSSL_LIB_CTX_free(own);
		own = OSSL_LIB_CTX_new();
	}
	if (!hmac)
		fetch();
	tried = true;
	int r = hmac ? 0 : -EIO;
	(void)pthread_mutex_unlock(&lock);
	return r;
}

static void to_hex(const unsigned char bytes[HASH_BYTES], char out[SIGN_HASH_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < HASH_BYTES; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[SIGN_HASH_SIZE - 1] = '\0';
}

int sign_body_hash(const char *body, size_t len, char ret_hex[SIGN_HASH_SIZE])
{
	unsigned char hash[HASH_BYTES];
	int r = ensure_fetched();
	if (r < 0)
		return r;
	if (!EVP_Digest(body, len, hash, NULL, sha256, NULL))
		return -EIO;
	to_hex(hash, ret_hex);
	return 0;
}

static int keyed_hash(const char *key, const char *text, char ret_hex[SIGN_HASH_SIZE])
{
	unsigned char mac[HASH_BYTES];
	size_t len = 0;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SHA256"}, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(hmac);
	if (!ctx)
		return -ENOMEM;
	bool ok = EVP_MAC_init(ctx, (const unsigned char *)key, strlen(key), params) &&
		  EVP_MAC_update(ctx, (const unsigned char *)text, strlen(text)) &&
		  EVP_MAC_final(ctx, mac, &len, sizeof(mac)) && len == sizeof(mac);
	EVP_MAC_CTX_free(ctx); /* wipes the key's pads */
	if (ok)
		to_hex(mac, ret_hex);
	return ok ? 0 : -EIO;
}

static bool is_signed(const char *name)
{
	return strcasecmp(name, "host") == 0 || strcasecmp(name, "content-type") == 0 ||
	       strncasecmp(name, "x-acs-", strlen("x-acs-")) == 0;
}

/* The headers to sign, sorted by lower-case name (insertion: a dozen at most). */
struct selection {
	const struct sign_header *items[MAX_HEADERS];
	size_t n;
};

static int select_headers(const struct sign_request *request, struct selection *ret)
{
	for (size_t i = 0; i < request->n_headers; i++) {
		const struct sign_header *header = &request->headers[i];
		if (!is_signed(header->name))
			continue;
		if (ret->n == MAX_HEADERS || strpbrk(header->value, "\r\n"))
			return -EINVAL;
		size_t at = ret->n;
		while (at > 0 && strcasecmp(ret->items[at - 1]->name, header->name) > 0)
			at--;
		if (at > 0 && strcasecmp(ret->items[at - 1]->name, header->name) == 0)
			return -EINVAL;
		memmove(&ret->items[at + 1], &ret->items[at],
			(ret->n - at) * sizeof(ret->items[0]));
		ret->items[at] = header;
		ret->n++;
	}
	return 0;
}

static void add_lower(struct strbuf *out, const char *name)
{
	size_t from = out->len;
	strbuf_add(out, name);
	for (size_t i = from; i < out->len; i++)
		if (out->data[i] >= 'A' && out->data[i] <= 'Z')
			out->data[i] = (char)(out->data[i] + 32);
}

static void add_trimmed(struct strbuf *out, const char *value)
{
	value += strspn(value, " \t");
	size_t len = strlen(value);
	while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
		len--;
	strbuf_add_n(out, value, len);
}

static void add_names(struct strbuf *out, const struct selection *selection)
{
	for (size_t i = 0; i < selection->n; i++) {
		if (i > 0)
			strbuf_add_char(out, ';');
		add_lower(out, selection->items[i]->name);
	}
}

/* At least what the canonical request takes. */
static size_t canonical_size(const struct sign_request *request, const struct selection *selection)
{
	size_t size = strlen(request->method) + strlen(request->path) + strlen(request->query) +
		      SIGN_HASH_SIZE + 8;
	for (size_t i = 0; i < selection->n; i++)
		size += 2 * strlen(selection->items[i]->name) + strlen(selection->items[i]->value) +
			4;
	return size;
}

static int add_canonical(const struct sign_request *request, const struct selection *selection,
			 struct strbuf *out)
{
	char body_hash[SIGN_HASH_SIZE];
	int r = sign_body_hash(request->body, request->body_len, body_hash);
	if (r < 0)
		return r;
	strbuf_reserve(out, canonical_size(request, selection));
	strbuf_addf(out, "%s\n%s\n", request->method, request->path);
	strbuf_add(out, request->query);
	strbuf_add_char(out, '\n');
	for (size_t i = 0; i < selection->n; i++) {
		add_lower(out, selection->items[i]->name);
		strbuf_add_char(out, ':');
		add_trimmed(out, selection->items[i]->value);
		strbuf_add_char(out, '\n');
	}
	strbuf_add_char(out, '\n');
	add_names(out, selection);
	strbuf_addf(out, "\n%s", body_hash);
	return strbuf_error(out);
}

int sign_canonical(const struct sign_request *request, struct strbuf *out)
{
	struct selection selection = {0};
	int r = select_headers(request, &selection);
	return r < 0 ? r : add_canonical(request, &selection, out);
}

static int sign_selected(const struct sign_request *request, const struct selection *selection,
			 char ret_signature[SIGN_HASH_SIZE])
{
	char hash[SIGN_HASH_SIZE], to_sign[sizeof(ALGORITHM) + SIGN_HASH_SIZE];
	struct strbuf canonical = STRBUF_INIT(MAX_CANONICAL);
	int r = add_canonical(request, selection, &canonical);
	if (r == 0)
		r = sign_body_hash(strbuf_text(&canonical), canonical.len, hash);
	strbuf_wipe(&canonical);
	if (r < 0)
		return r;
	memcpy(to_sign, ALGORITHM "\n", sizeof(ALGORITHM));
	memcpy(to_sign + sizeof(ALGORITHM), hash, sizeof(hash));
	return keyed_hash(request->access_key_secret, to_sign, ret_signature);
}

int sign_request(const struct sign_request *request, struct strbuf *out)
{
	struct selection selection = {0};
	char signature[SIGN_HASH_SIZE];
	int r = select_headers(request, &selection);
	if (r == 0)
		r = sign_selected(request, &selection, signature);
	if (r < 0)
		return r;
	strbuf_addf(out, ALGORITHM " Credential=%s,SignedHeaders=", request->access_key_id);
	add_names(out, &selection);
	strbuf_addf(out, ",Signature=%s", signature);
	return strbuf_error(out);
}
