#pragma once
/*
 * Where the keys come from, and the one place that holds them. Wiped on release,
 * in memory that is locked and left out of dumps where the system allows it; there
 * is no log field that can hold them.
 *
 * Order: environment (ALIBABA_CLOUD_ACCESS_KEY_ID, _SECRET, _SECURITY_TOKEN);
 * systemd's credentials directory ($CREDENTIALS_DIRECTORY/acs, JSON or ini);
 * ~/.alibabacloud/credentials (ini); ~/.aliyun/config.json (modes AK, StsToken).
 * settings.credentials.file names one file instead.
 */
#include <stddef.h>
#include <stdint.h>

#include "model/settings.h"

struct credentials;

struct credential_keys {
	const char *access_key_id;
	const char *access_key_secret;
	const char *security_token; /* "" when permanent keys */
};

enum credentials_result {
	CREDENTIALS_OK,
	CREDENTIALS_E_NONE,        /* nowhere found; reterr lists where was looked */
	CREDENTIALS_E_BAD,         /* found but unusable: unreadable, open to others, broken, a mode
				      we do not take; reterr says which file and what to do */
};

/* @getenv_fn stands in for the environment in tests; NULL = the real one. On any result
 * but OK *reterr_text is for people, owned by the caller (free()). Negative: errno. */
int credentials_load(const struct settings *settings, const char *(*getenv_fn)(const char *name),
		     struct credentials **ret, char **reterr_text);
struct credentials *credentials_free(struct credentials *c);
/* Valid until the next credentials_* call on @c. */
void credentials_keys(const struct credentials *c, struct credential_keys *ret);
/* For people: "environment", "/etc/…/acs"; and "LTAI…xy" (first 4, last 2). */
const char *credentials_source(const struct credentials *c);
const char *credentials_hint(const struct credentials *c);
