/*
 * Signatures per second of cloud/sign, against the least that any signer must do: two
 * SHA-256 and one HMAC-SHA-256 of the same bytes, fetched once. Both run in turns, so that
 * a slow phase of the machine hits both; the ratio is what travels.
 *
 *   bench_sign [ROUNDS]     prints one line of JSON
 */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cloud/sign.h"

#define SIGNATURES 20000
#define MAX_ROUNDS 101
#define SECRET "benchmark-secret-0123456789abcd"
#define QUERY                                                                                      \
	"Amount=1&AutoPay=false&BizRegionId=cn-shanghai&ChargeType=PrePaid&"                       \
	"ClientToken=abcdefghijklmnopqrstuvwxyz234567abcdefgh&ImageId=imgc-06zyt9m93zwax1f2s&"     \
	"InstanceGroupName=phones-small.abc234&InstanceGroupSpec=acp.basic.small&"                 \
	"NumberOfInstances=100&Period=1&PeriodUnit=Month&Tag.1.Key=drover%3Afleet&"                \
	"Tag.1.Value=qa-lab"

static const struct sign_header headers[] = {
	{"host", "eds-aic.cn-shanghai.aliyuncs.com"},
	{"x-acs-action", "CreateAndroidInstanceGroup"},
	{"x-acs-version", "2023-09-30"},
	{"x-acs-date", "2026-01-02T05:06:27Z"},
	{"x-acs-signature-nonce", "000000000000000359216afae46755a8"},
	{"x-acs-content-sha256",
	 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"accept", "application/json"},
};

static const struct sign_request request = {
	.method = "POST",
	.path = "/",
	.query = QUERY,
	.body = "",
	.headers = headers,
	.n_headers = sizeof(headers) / sizeof(headers[0]),
	.access_key_id = "benchmark-key-id",
	.access_key_secret = SECRET,
};

static double cpu_seconds(void)
{
	struct timespec ts;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double time_ours(void)
{
	struct strbuf out = STRBUF_INIT(4096);
	double start = cpu_seconds();
	for (int i = 0; i < SIGNATURES; i++) {
		strbuf_clear(&out);
		if (sign_request(&request, &out) < 0)
			exit(1);
	}
	double spent = cpu_seconds() - start;
	strbuf_fini(&out);
	return spent;
}

static void bare(EVP_MD *sha256, EVP_MAC *hmac, const char *text, size_t len)
{
	unsigned char hash[32], mac[32];
	size_t n;
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
			       OSSL_PARAM_construct_end()};
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(hmac);
	if (!ctx || !EVP_Digest("", 0, hash, NULL, sha256, NULL) ||
	    !EVP_Digest(text, len, hash, NULL, sha256, NULL) ||
	    !EVP_MAC_init(ctx, (const unsigned char *)SECRET, strlen(SECRET), params) ||
	    !EVP_MAC_update(ctx, (const unsigned char *)text, 81) ||
	    !EVP_MAC_final(ctx, mac, &n, sizeof(mac)))
		exit(1);
	EVP_MAC_CTX_free(ctx);
}

static double time_bare(EVP_MD *sha256, EVP_MAC *hmac, const struct strbuf *canonical)
{
	double start = cpu_seconds();
	for (int i = 0; i < SIGNATURES; i++)
		bare(sha256, hmac, canonical->data, canonical->len);
	return cpu_seconds() - start;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 11;
	double ours[MAX_ROUNDS], least[MAX_ROUNDS];
	EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	struct strbuf canonical = STRBUF_INIT(65536);
	if (rounds < 1 || rounds > MAX_ROUNDS || !sha256 || !hmac ||
	    sign_canonical(&request, &canonical) < 0)
		return 1;
	(void)time_ours();
	for (int i = 0; i < rounds; i++) {
		ours[i] = time_ours();
		least[i] = time_bare(sha256, hmac, &canonical);
	}
	qsort(ours, (size_t)rounds, sizeof(ours[0]), by_size);
	qsort(least, (size_t)rounds, sizeof(least[0]), by_size);
	printf("{\"bench\":\"sign\",\"us\":%.3f,\"us_least\":%.3f,\"ratio\":%.2f,\"rounds\":%d,"
	       "\"canonical_bytes\":%zu}\n",
	       ours[rounds / 2] / SIGNATURES * 1e6, least[rounds / 2] / SIGNATURES * 1e6,
	       ours[rounds / 2] / least[rounds / 2], rounds, canonical.len);
	strbuf_fini(&canonical);
	EVP_MAC_free(hmac);
	EVP_MD_free(sha256);
	return 0;
}
