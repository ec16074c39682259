#pragma once
/*
 * Reads one credential file: a JSON object of keys, the CLI's config.json (profiles),
 * or the SDKs' ini (sections). Which of them it is, is seen from its first byte.
 * Formats: protocol d.
 */
#include <stdbool.h>

#include "base/strbuf.h"

/* The longest ids and secrets seen are 30 bytes, security tokens about 1,000. */
struct credential_set {
	char access_key_id[129];
	char access_key_secret[257];
	char security_token[4097]; /* "" = permanent keys */
};

enum credential_file_result {
	CREDENTIAL_FILE_OK,
	CREDENTIAL_FILE_E_ABSENT,     /* there is no such file */
	CREDENTIAL_FILE_E_NO_PROFILE, /* readable, but the profile is not in it */
	CREDENTIAL_FILE_E_BAD,        /* there, but not usable */
};

struct credential_file {
	const char *path;
	const char *profile; /* NULL: the file's "current", or section "default" */
	bool guarded;        /* the directory guards it: its own mode does not matter */
};

/* @ret must lie in locked memory; after any result but OK its content has no meaning.
 * What is wrong is appended to @reterr, for people, never with anything of the file but
 * names. Negative: errno. */
int credential_file_read(const struct credential_file *file, struct credential_set *ret,
			 struct strbuf *reterr);

/* Checks and copies one value: printable ASCII without blanks, not empty, it fits. */
bool credential_copy(char *out, size_t size, const char *value, size_t len);
