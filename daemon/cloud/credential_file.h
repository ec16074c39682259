#pragma once
/*
 * Reads one credential file: a JSON object of keys, the CLI's config.json (profiles),
 * or the SDKs' ini (sections). Which of them it is, is seen from its first byte.
 * Formats: protocol d.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "cloud/endpoint.h"

#define ROLE_SESSION_DEFAULT "drover"
#define ROLE_DURATION_DEFAULT_S 3600u
#define ROLE_DURATION_MIN_S 900u /* to 12 h, the most that a role may allow (protocol d) */
#define ROLE_DURATION_MAX_S 43200u

/* A role that is assumed with other keys. */
struct credential_role {
	char arn[257]; /* "" = none */
	char session[65];
	char external_id[1225]; /* "" = none */
	char policy[2049];      /* "" = none */
	unsigned duration_s;
	char sts_url[ENDPOINT_URL_SIZE]; /* "" = as for every other call to the service */
};

/* Where keys come from: given, or those of the instance; and the role assumed with them. The
 * longest ids and secrets seen are 30 bytes, security tokens about 1,000. */
struct credential_set {
	char access_key_id[129];
	char access_key_secret[257];
	char security_token[4097]; /* "" = permanent keys */
	uint64_t expires_ms;       /* of the token, wall clock; 0 = not known */
	bool of_instance;          /* the keys are asked from the metadata service */
	char instance_role[65];    /* "" = it is asked for its name */
	struct credential_role role;
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
/* The same for a policy: JSON text, blanks and line breaks allowed. */
bool credential_copy_text(char *out, size_t size, const char *value, size_t len);
/* NULL when @role and the instance's role may be asked for; else what is wrong with them, for
 * people. Fills in the default of the session's name. */
const char *credential_check_role(struct credential_role *role);
/* The name of a role as it may stand in a path: letters, digits, ".-_", at most 64. */
bool credential_is_role_name(const char *name);
