#include "cloud/credential_profile.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/timefmt.h"
#include "cloud/secret_json.h"

struct reading {
	const struct credential_file *file;
	const cJSON *root;
	const char *name; /* of the profile; "": the file is one object of keys */
	struct credential_set *ret;
	struct strbuf *error;
};

struct profile_mode {
	const char *name; /* compared without case, as the CLI does */
	int (*read)(struct reading *r, const cJSON *profile);
};

static int read_object(struct reading *r, const cJSON *object);

static int complain(struct reading *r, const char *member, const char *what)
{
	strbuf_addf(r->error, "%s:%s%s%s %s %s", r->file->path, *r->name ? " profile \"" : "",
		    r->name, *r->name ? "\":" : "", member, what);
	return CREDENTIAL_FILE_E_BAD;
}

/* --- members */

static bool copy(char *out, size_t size, const cJSON *object, const char *name)
{
	const char *text = secret_json_text(object, name);
	return credential_copy(out, size, text, strlen(text));
}

static int need(struct reading *r, const cJSON *object, const char *name, char *out, size_t size)
{
	if (copy(out, size, object, name))
		return CREDENTIAL_FILE_OK;
	return complain(r, name, "is missing, too long or has odd characters");
}

static int may(struct reading *r, const cJSON *object, const char *name, char *out, size_t size)
{
	if (!*secret_json_text(object, name) || copy(out, size, object, name))
		return CREDENTIAL_FILE_OK;
	return complain(r, name, "is too long or has odd characters");
}

/* A number, also as text, which may even be "nan"; 0 when it is absent or null. False when it is
 * neither. */
static bool number(const cJSON *object, const char *name, double *ret)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	char *end = NULL;
	*ret = 0;
	if (!item || cJSON_IsNull(item))
		return true;
	if (cJSON_IsString(item)) {
		*ret = strtod(item->valuestring, &end);
		return *end == '\0';
	}
	*ret = item->valuedouble;
	return cJSON_IsNumber(item);
}

/* The CLI's sts_expiration in seconds, or the SDKs' expiration as a date. */
static int read_expiry(struct reading *r, const cJSON *object)
{
	const char *date = secret_json_text(object, "expiration");
	double seconds = 0;
	if (!number(object, "sts_expiration", &seconds) || !(seconds >= 0 && seconds <= 1e11))
		return complain(r, "sts_expiration", "is no time in seconds since 1970");
	if (seconds > 0)
		r->ret->expires_ms = (uint64_t)seconds * 1000;
	if (*date && timefmt_parse(date, &r->ret->expires_ms) < 0)
		return complain(r, "expiration", "is no time of the form 2026-01-02T03:04:05Z");
	return CREDENTIAL_FILE_OK;
}

/* --- modes */

static int read_keys(struct reading *r, const cJSON *object)
{
	struct credential_set *ret = r->ret;
	int result = need(r, object, "access_key_id", ret->access_key_id,
			  sizeof(ret->access_key_id));
	return result == CREDENTIAL_FILE_OK
		       ? need(r, object, "access_key_secret", ret->access_key_secret,
			      sizeof(ret->access_key_secret))
		       : result;
}

static int read_token(struct reading *r, const cJSON *object)
{
	struct credential_set *ret = r->ret;
	int result = read_keys(r, object);
	if (result == CREDENTIAL_FILE_OK)
		result = need(r, object, "sts_token", ret->security_token,
			      sizeof(ret->security_token));
	return result == CREDENTIAL_FILE_OK ? read_expiry(r, object) : result;
}

static int read_instance(struct reading *r, const cJSON *object)
{
	r->ret->of_instance = true;
	int result = may(r, object, "ram_role_name", r->ret->instance_role,
			 sizeof(r->ret->instance_role));
	if (result == CREDENTIAL_FILE_OK && *r->ret->instance_role &&
	    !credential_is_role_name(r->ret->instance_role))
		return complain(r, "ram_role_name", "is no name of a role");
	return result;
}

static int read_policy(struct reading *r, const cJSON *object)
{
	const char *text = secret_json_text(object, "policy");
	struct credential_role *role = &r->ret->role;
	if (!*text || credential_copy_text(role->policy, sizeof(role->policy), text, strlen(text)))
		return CREDENTIAL_FILE_OK;
	return complain(r, "policy", "is longer than 2048 characters");
}

static int read_endpoint(struct reading *r, const cJSON *object)
{
	bool vpc = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "enable_vpc"));
	const char *host = secret_json_text(object, "sts_endpoint");
	if (endpoint_sts_url(host, secret_json_text(object, "sts_region"), vpc,
			     r->ret->role.sts_url) == 0)
		return CREDENTIAL_FILE_OK;
	return complain(r, *host ? "sts_endpoint" : "sts_region",
			*host ? "is no host that https may be spoken to" : "is no region");
}

/* What both modes that assume a role have beside the keys to assume it with. */
static int read_role(struct reading *r, const cJSON *object)
{
	struct credential_role *role = &r->ret->role;
	double seconds = 0;
	int result = need(r, object, "ram_role_arn", role->arn, sizeof(role->arn));
	if (result == CREDENTIAL_FILE_OK)
		result = may(r, object, "ram_session_name", role->session, sizeof(role->session));
	if (result == CREDENTIAL_FILE_OK)
		result = may(r, object, "external_id", role->external_id,
			     sizeof(role->external_id));
	if (result == CREDENTIAL_FILE_OK)
		result = read_policy(r, object);
	if (result == CREDENTIAL_FILE_OK)
		result = read_endpoint(r, object);
	if (result != CREDENTIAL_FILE_OK)
		return result;
	if (!number(object, "expired_seconds", &seconds) || !(seconds >= 0 && seconds <= 1e6))
		return complain(r, "expired_seconds", "is no number of seconds");
	role->duration_s = (unsigned)seconds;
	const char *wrong = credential_check_role(role);
	return wrong ? complain(r, "the role:", wrong) : CREDENTIAL_FILE_OK;
}

static int read_role_with_keys(struct reading *r, const cJSON *object)
{
	int result = read_keys(r, object);
	if (result == CREDENTIAL_FILE_OK)
		result = may(r, object, "sts_token", r->ret->security_token,
			     sizeof(r->ret->security_token));
	return result == CREDENTIAL_FILE_OK ? read_role(r, object) : result;
}

static const cJSON *find_profile(const cJSON *root, const char *name)
{
	const cJSON *profiles = cJSON_GetObjectItemCaseSensitive(root, "profiles"), *p;
	cJSON_ArrayForEach(p, profiles) if (strcmp(secret_json_text(p, "name"), name) == 0)
		return p;
	return NULL;
}

/* One step: the keys of another profile assume the role of this one. */
static int read_chain(struct reading *r, const cJSON *object)
{
	const char *source = secret_json_text(object, "source_profile");
	const cJSON *other = find_profile(r->root, source);
	if (!*source || !other)
		return complain(r, "source_profile", "names no profile of this file");
	if (*secret_json_text(other, "ram_role_arn") || *secret_json_text(other, "source_profile"))
		return complain(r, "source_profile",
				"names a profile that assumes a role itself; drover assumes one "
				"role, so let it name a profile of mode AK, StsToken or EcsRamRole");
	int result = read_object(r, other);
	return result == CREDENTIAL_FILE_OK ? read_role(r, object) : result;
}

static const struct profile_mode modes[] = {
	{"AK", read_keys},           {"StsToken", read_token},
	{"EcsRamRole", read_instance}, {"RamRoleArn", read_role_with_keys},
	{"ChainableRamRoleArn", read_chain},
};

/* One object with its mode; unset members may be absent (protocol d). */
static int read_object(struct reading *r, const cJSON *object)
{
	const char *mode = secret_json_text(object, "mode");
	if (!*mode)
		mode = *secret_json_text(object, "sts_token") ? "StsToken" : "AK";
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (strcasecmp(mode, modes[i].name) == 0)
			return modes[i].read(r, object);
	strbuf_addf(r->error,
		    "%s: profile \"%s\" has mode \"%.32s\", which drover does not take; it takes "
		    "AK, StsToken, RamRoleArn, ChainableRamRoleArn and EcsRamRole: choose another "
		    "profile with credentials.profile in drover.yaml",
		    r->file->path, r->name, mode);
	return CREDENTIAL_FILE_E_BAD;
}

int credential_profile_read(const struct credential_file *file, const cJSON *root,
			    struct credential_set *ret, struct strbuf *reterr)
{
	struct reading r = {file, root, "", ret, reterr};
	*ret = (struct credential_set){0};
	if (!cJSON_GetObjectItemCaseSensitive(root, "profiles"))
		return read_object(&r, root);
	r.name = file->profile ? file->profile : secret_json_text(root, "current");
	if (!*r.name)
		r.name = "default";
	const cJSON *profile = find_profile(root, r.name);
	if (profile)
		return read_object(&r, profile);
	strbuf_addf(reterr, "%s: no profile \"%s\"", file->path, r.name);
	return CREDENTIAL_FILE_E_NO_PROFILE;
}
