#include "cloud/credentials.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cloud/credential_file.h"
#include "cloud/locked.h"

#define ERROR_TEXT_BYTES (16u * 1024u)
#define NOT_HERE (-ENODATA) /* this source has nothing: go on with the next */

struct credentials {
	unsigned refs;
	struct credential_set set;
	char hint[16];
	char source[PATH_MAX];
};

struct search {
	const struct settings *settings;
	const char *(*getenv_fn)(const char *name);
	struct credentials *found;
	struct strbuf looked; /* where there was nothing, for the message at the end */
	struct strbuf error;
};

static const char *real_getenv(const char *name)
{
	return secure_getenv(name);
}

/* "" when unset. */
static const char *env_text(const struct search *s, const char *name)
{
	const char *value = s->getenv_fn(name);
	return value ? value : "";
}

static bool is_true(const struct search *s, const char *variable)
{
	return strcasecmp(env_text(s, variable), "true") == 0;
}

static const char *profile_of(const struct search *s)
{
	if (s->settings->credentials.profile)
		return s->settings->credentials.profile;
	const char *profile = env_text(s, "ALIBABA_CLOUD_PROFILE");
	return *profile ? profile : NULL;
}

static void looked(struct search *s, const char *where)
{
	strbuf_addf(&s->looked, "%s%s", s->looked.len > 0 ? "; " : "", where);
}

/* --- sources --- */

static int bad_variable(struct search *s, const char *name, const char *what)
{
	strbuf_addf(&s->error, "environment: %s %s", name, what);
	return CREDENTIALS_E_BAD;
}

static bool copy_variable(const struct search *s, char *out, size_t size, const char *name)
{
	const char *value = env_text(s, name);
	return credential_copy(out, size, value, strlen(value));
}

static int from_environment(struct search *s)
{
	static const char id_name[] = "ALIBABA_CLOUD_ACCESS_KEY_ID";
	static const char secret_name[] = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
	static const char token_name[] = "ALIBABA_CLOUD_SECURITY_TOKEN";
	bool has_id = *env_text(s, id_name), has_secret = *env_text(s, secret_name);
	if (!has_id && !has_secret) {
		looked(s, "environment: ALIBABA_CLOUD_ACCESS_KEY_ID is not set");
		return NOT_HERE;
	}
	/* Half a pair is a slip; going on would spend under other keys than were meant. */
	if (!has_id || !has_secret)
		return bad_variable(s, has_id ? secret_name : id_name,
				    "is not set although its other half is");
	struct credential_set *set = &s->found->set;
	if (!copy_variable(s, set->access_key_id, sizeof(set->access_key_id), id_name))
		return bad_variable(s, id_name, "is too long or has odd characters");
	if (!copy_variable(s, set->access_key_secret, sizeof(set->access_key_secret), secret_name))
		return bad_variable(s, secret_name, "is too long or has odd characters");
	if (*env_text(s, token_name) &&
	    !copy_variable(s, set->security_token, sizeof(set->security_token), token_name))
		return bad_variable(s, token_name, "is too long or has odd characters");
	(void)snprintf(s->found->source, sizeof(s->found->source), "environment");
	return CREDENTIALS_OK;
}

/* Below systemd's directory only the service can read, whatever the file's own mode. */
static bool is_guarded(const struct search *s, const char *path)
{
	const char *directory = env_text(s, "CREDENTIALS_DIRECTORY");
	size_t n = strlen(directory);
	return n > 0 && strncmp(path, directory, n) == 0 && path[n] == '/' &&
	       !strstr(path + n, "/../");
}

/* @named: somebody asked for this very file, so that its absence is an error. */
static int from_file(struct search *s, const char *path, const char *profile, bool named)
{
	if (strlen(path) >= sizeof(s->found->source)) {
		strbuf_add(&s->error, "the path of the credential file is too long");
		return CREDENTIALS_E_BAD;
	}
	struct credential_file file = {path, profile, is_guarded(s, path)};
	auto_strbuf struct strbuf why = STRBUF_INIT(ERROR_TEXT_BYTES);
	int r = credential_file_read(&file, &s->found->set, &why);
	if (r == CREDENTIAL_FILE_E_ABSENT)
		strbuf_addf(&why, "%s: no such file", path);
	if (r < 0)
		return r;
	if (r == CREDENTIAL_FILE_OK) {
		(void)snprintf(s->found->source, sizeof(s->found->source), "%s", path);
		return CREDENTIALS_OK;
	}
	if (r == CREDENTIAL_FILE_E_BAD || named) {
		strbuf_add(&s->error, strbuf_text(&why));
		return CREDENTIALS_E_BAD;
	}
	looked(s, strbuf_text(&why));
	return NOT_HERE;
}

static int from_systemd(struct search *s)
{
	const char *directory = env_text(s, "CREDENTIALS_DIRECTORY");
	if (!*directory)
		return NOT_HERE;
	char path[PATH_MAX];
	if ((size_t)snprintf(path, sizeof(path), "%s/acs", directory) >= sizeof(path))
		return -ENAMETOOLONG;
	return from_file(s, path, profile_of(s), false);
}

/* A file of the home directory, or the one that @variable names instead. */
static int from_home(struct search *s, const char *below, const char *variable)
{
	const char *named = env_text(s, variable);
	if (*named)
		return from_file(s, named, profile_of(s), true);
	const char *home = env_text(s, "HOME");
	if (*home != '/') {
		strbuf_addf(&s->looked, "%s~/%s: HOME is not set", s->looked.len > 0 ? "; " : "",
			    below);
		return NOT_HERE;
	}
	char path[PATH_MAX];
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", home, below) >= sizeof(path))
		return -ENAMETOOLONG;
	return from_file(s, path, profile_of(s), false);
}

static int from_shared_ini(struct search *s)
{
	return from_home(s, ".alibabacloud/credentials", "ALIBABA_CLOUD_CREDENTIALS_FILE");
}

static int from_cli_profile(struct search *s)
{
	if (is_true(s, "ALIBABA_CLOUD_CLI_PROFILE_DISABLED"))
		return NOT_HERE;
	return from_home(s, ".aliyun/config.json", "ALIBABA_CLOUD_CONFIG_FILE");
}

/* @role: "" = the metadata service knows. */
static int from_instance(struct search *s, const char *role, const char *asked_by)
{
	struct credential_set *set = &s->found->set;
	if (*role && !credential_is_role_name(role)) {
		strbuf_addf(&s->error, "%s is no name of a role", asked_by);
		return CREDENTIALS_E_BAD;
	}
	set->of_instance = true;
	(void)snprintf(set->instance_role, sizeof(set->instance_role), "%s", role);
	(void)snprintf(s->found->source, sizeof(s->found->source), "role of the instance%s%s",
		       *role ? " " : "", role);
	return CREDENTIALS_OK;
}

/* Only when it is named: else every machine without keys would be asked for its metadata. */
static int from_named_instance(struct search *s)
{
	static const char variable[] = "ALIBABA_CLOUD_ECS_METADATA";
	const char *role = env_text(s, variable);
	if (!*role || is_true(s, "ALIBABA_CLOUD_ECS_METADATA_DISABLED"))
		return NOT_HERE;
	return from_instance(s, role, variable);
}

/* --- the role of the settings --- */

static int refuse_role(struct search *s, const char *what)
{
	strbuf_addf(&s->error, "drover.yaml: credentials.role_arn: %s", what);
	return CREDENTIALS_E_BAD;
}

static bool take_setting(char *out, size_t size, const char *value)
{
	return !value || credential_copy(out, size, value, strlen(value));
}

static int take_role(struct search *s)
{
	struct credential_role *role = &s->found->set.role;
	const struct settings *settings = s->settings;
	if (!settings->credentials.role_arn)
		return CREDENTIALS_OK;
	if (*role->arn)
		return refuse_role(s, "the profile found assumes a role itself, and drover "
				      "assumes one role: remove one of the two");
	if (!take_setting(role->arn, sizeof(role->arn), settings->credentials.role_arn) ||
	    !take_setting(role->session, sizeof(role->session),
			  settings->credentials.role_session_name) ||
	    !take_setting(role->external_id, sizeof(role->external_id),
			  settings->credentials.external_id))
		return refuse_role(s, "it, its session's name or its external_id is too long or "
				      "has odd characters");
	role->duration_s = (unsigned)(settings->credentials.role_duration_ms / 1000);
	const char *wrong = credential_check_role(role);
	return wrong ? refuse_role(s, wrong) : CREDENTIALS_OK;
}

/* --- the search --- */

static int search(struct search *s)
{
	static int (*const sources[])(struct search *) = {from_environment, from_systemd,
							  from_shared_ini, from_cli_profile,
							  from_named_instance};
	if (s->settings->credentials.ecs_role)
		return from_instance(s, s->settings->credentials.ecs_role,
				     "drover.yaml: credentials.ecs_role");
	if (s->settings->credentials.file)
		return from_file(s, s->settings->credentials.file, profile_of(s), true);
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		int r = sources[i](s);
		if (r != NOT_HERE)
			return r;
		s->found->set = (struct credential_set){0};
	}
	strbuf_addf(&s->error,
		    "no keys found (looked at %s); set ALIBABA_CLOUD_ACCESS_KEY_ID and "
		    "ALIBABA_CLOUD_ACCESS_KEY_SECRET, or credentials.file in drover.yaml",
		    strbuf_text(&s->looked));
	return CREDENTIALS_E_NONE;
}

static void make_hint(struct credentials *c)
{
	const char *id = c->set.access_key_id;
	size_t n = strlen(id);
	/* Of a short id four and two characters would be most of it. */
	if (n < 12)
		(void)snprintf(c->hint, sizeof(c->hint), "…");
	else
		(void)snprintf(c->hint, sizeof(c->hint), "%.4s…%s", id, id + n - 2);
}

int credentials_load(const struct settings *settings, const char *(*getenv_fn)(const char *name),
		     struct credentials **ret, char **reterr_text)
{
	struct search s = {.settings = settings,
			   .getenv_fn = getenv_fn ? getenv_fn : real_getenv,
			   .found = locked_new(sizeof(*s.found)),
			   .looked = STRBUF_INIT(ERROR_TEXT_BYTES),
			   .error = STRBUF_INIT(2 * ERROR_TEXT_BYTES)};
	if (!s.found)
		return -ENOMEM;
	s.found->refs = 1;
	int r = search(&s);
	if (r == CREDENTIALS_OK)
		r = take_role(&s);
	if (r == CREDENTIALS_OK) {
		make_hint(s.found);
		*ret = TAKE(s.found);
	} else {
		if (r < 0)
			strbuf_addf(&s.error, "reading the keys failed: %s", strerror(-r));
		char *text = strbuf_take(&s.error);
		if (text)
			*reterr_text = text;
		else
			r = -ENOMEM;
	}
	(void)credentials_free(s.found);
	strbuf_fini(&s.looked);
	strbuf_fini(&s.error);
	return r;
}

struct credentials *credentials_ref(struct credentials *c)
{
	if (c)
		c->refs++;
	return c;
}

struct credentials *credentials_free(struct credentials *c)
{
	if (c && --c->refs == 0)
		(void)locked_free(c, sizeof(*c));
	return NULL;
}

/* Where the keys were obtained, in words. */
static void describe_obtained(const struct credentials *way, struct credentials *c)
{
	int n = (int)sizeof(c->source) - 300;
	if (*way->set.role.arn)
		(void)snprintf(c->source, sizeof(c->source), "%.*s, as %s", n, way->source,
			       way->set.role.arn);
	else
		(void)snprintf(c->source, sizeof(c->source), "%s", way->source);
}

int credentials_obtained(const struct credentials *way, const struct credential_keys *keys,
			 uint64_t expires_ms, struct credentials **ret)
{
	auto_credentials struct credentials *c = locked_new(sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->refs = 1;
	struct credential_set *set = &c->set;
	if (!credential_copy(set->access_key_id, sizeof(set->access_key_id), keys->access_key_id,
			     strlen(keys->access_key_id)) ||
	    !credential_copy(set->access_key_secret, sizeof(set->access_key_secret),
			     keys->access_key_secret, strlen(keys->access_key_secret)) ||
	    !credential_copy(set->security_token, sizeof(set->security_token),
			     keys->security_token, strlen(keys->security_token)))
		return -EINVAL;
	set->expires_ms = expires_ms;
	make_hint(c);
	describe_obtained(way, c);
	*ret = TAKE(c);
	return 0;
}

uint64_t credentials_expires_ms(const struct credentials *c)
{
	return c->set.expires_ms;
}

const struct credential_role *credentials_role(const struct credentials *c)
{
	return *c->set.role.arn ? &c->set.role : NULL;
}

const char *credentials_instance_role(const struct credentials *c)
{
	return c->set.of_instance ? c->set.instance_role : NULL;
}

bool credentials_same_identity(const struct credentials *a, const struct credentials *b)
{
	const struct credential_set *x = &a->set, *y = &b->set;
	if (*x->role.arn || *y->role.arn)
		return strcmp(x->role.arn, y->role.arn) == 0 &&
		       strcmp(x->role.policy, y->role.policy) == 0;
	if (x->of_instance || y->of_instance)
		return x->of_instance == y->of_instance &&
		       strcmp(x->instance_role, y->instance_role) == 0;
	return strcmp(x->access_key_id, y->access_key_id) == 0;
}

/* Both were zeroed before they were filled in, so bytes behind the text say nothing else. */
bool credentials_equal(const struct credentials *a, const struct credentials *b)
{
	return memcmp(&a->set, &b->set, sizeof(a->set)) == 0 && strcmp(a->source, b->source) == 0;
}

void credentials_keys(const struct credentials *c, struct credential_keys *ret)
{
	*ret = (struct credential_keys){c->set.access_key_id, c->set.access_key_secret,
					c->set.security_token};
}

const char *credentials_source(const struct credentials *c)
{
	return c->source;
}

const char *credentials_hint(const struct credentials *c)
{
	return c->hint;
}
