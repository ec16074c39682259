#include "lib/test_certs.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#define require(condition)                                                                         \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			(void)fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__,           \
				      #condition);                                                 \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

static void add_extension(X509 *cert, int nid, const char *value)
{
	X509V3_CTX context;
	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, cert, cert, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	require(extension && X509_add_ext(cert, extension, -1) == 1);
	X509_EXTENSION_free(extension);
}

static void set_name(X509 *cert, const char *common_name)
{
	X509_NAME *name = X509_get_subject_name(cert);
	require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
					   (const unsigned char *)common_name, -1, -1, 0) == 1);
}

void test_identity_make(struct test_identity *id, const char *san, long from_s, long until_s,
			const struct test_identity *issuer)
{
	static long serial;
	id->key = EVP_EC_gen("P-256");
	id->cert = X509_new();
	require(id->key && id->cert);
	require(X509_set_version(id->cert, X509_VERSION_3) == 1);
	require(ASN1_INTEGER_set(X509_get_serialNumber(id->cert), ++serial) == 1);
	require(X509_gmtime_adj(X509_getm_notBefore(id->cert), from_s));
	require(X509_gmtime_adj(X509_getm_notAfter(id->cert), until_s));
	require(X509_set_pubkey(id->cert, id->key) == 1);
	set_name(id->cert, san ? "drover test server" : "drover test authority");
	require(X509_set_issuer_name(id->cert,
				     X509_get_subject_name(issuer ? issuer->cert : id->cert)) == 1);
	add_extension(id->cert, NID_basic_constraints, san ? "CA:FALSE" : "critical,CA:TRUE");
	if (san)
		add_extension(id->cert, NID_subject_alt_name, san);
	require(X509_sign(id->cert, issuer ? issuer->key : id->key, EVP_sha256()) > 0);
}

void test_identity_free(struct test_identity *id)
{
	EVP_PKEY_free(id->key);
	X509_free(id->cert);
	*id = (struct test_identity){0};
}

void test_identity_write(const struct test_identity *id, const char *path, const char *mode)
{
	FILE *file = fopen(path, mode);
	require(file);
	require(PEM_write_X509(file, id->cert) == 1);
	require(fclose(file) == 0);
}
