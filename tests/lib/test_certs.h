#pragma once
/*
 * Keys and certificates for tests, made on the spot (P-256, valid as asked for).
 * Failures end the test program.
 */
#include <openssl/evp.h>
#include <openssl/x509.h>

struct test_identity {
	EVP_PKEY *key;
	X509 *cert;
};

/* @san as OpenSSL writes it ("DNS:example.test", "IP:127.0.0.1"), NULL for an authority.
 * @issuer NULL: signs itself. Validity in seconds from now, may be negative. */
void test_identity_make(struct test_identity *id, const char *san, long from_s, long until_s,
			const struct test_identity *issuer);
void test_identity_free(struct test_identity *id);
/* Writes the certificate as PEM; @mode as of fopen(). */
void test_identity_write(const struct test_identity *id, const char *path, const char *mode);
