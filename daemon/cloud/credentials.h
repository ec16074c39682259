#pragma once
/*
 * Where the keys come from, and the one place that holds them. Wiped on release,
 * in memory that is locked and left out of dumps where the system allows it; there
 * is no log field that can hold them.
 *
 * Order: environment (ALIBABA_CLOUD_ACCESS_KEY_ID, _SECRET, _SECURITY_TOKEN);
 * systemd's credentials directory ($CREDENTIALS_DIRECTORY/acs, JSON or ini);
 * ~/.alibabacloud/credentials (ini); ~/.aliyun/config.json; the instance's role, when
 * ALIBABA_CLOUD_ECS_METADATA names it. settings.credentials.file names one file instead, and
 * .ecs_role the instance's role; .role_arn is assumed with what either finds.
 *
 * What is found may be only the way to keys: those of the instance, or a role's
 * (key_renewal.h asks for them).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "cloud/credential_file.h"
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
/* One reference more; credentials_free() gives one back. Accept NULL. */
struct credentials *credentials_ref(struct credentials *c);
struct credentials *credentials_free(struct credentials *c);
DEFINE_CLEANUP(struct credentials *, credentials_free)
#define auto_credentials cleanup(credentials_freep)

/* Live as long as @c does. All "" when the keys are still to be asked for. */
void credentials_keys(const struct credentials *c, struct credential_keys *ret);
/* When the keys end, wall clock; 0 = never, as far as is known. */
uint64_t credentials_expires_ms(const struct credentials *c);
/* The role to assume with the keys; NULL: none. */
const struct credential_role *credentials_role(const struct credentials *c);
/* The instance's role whose keys are to be asked for, "" when its name is as well; NULL: the
 * keys are given. */
const char *credentials_instance_role(const struct credentials *c);
/* Whether both lead to the same identity, whatever the keys to get there; and whether they are
 * the same in everything. */
bool credentials_same_identity(const struct credentials *a, const struct credentials *b);
bool credentials_equal(const struct credentials *a, const struct credentials *b);
/* For people: "environment", "/etc/…/acs"; and "LTAI…xy" (first 4, last 2). */
const char *credentials_source(const struct credentials *c);
const char *credentials_hint(const struct credentials *c);

/* Keys that were obtained by way of @way. 0; -EINVAL: they cannot be keys; -ENOMEM. */
int credentials_obtained(const struct credentials *way, const struct credential_keys *keys,
			 uint64_t expires_ms, struct credentials **ret);
