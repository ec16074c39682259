/*
 * The security token service (sts 2015-04-01, protocol d).
 */
#include "sim_sts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/timefmt.h"
#include "sim_json.h"
#include "sim_model.h"
#include "sim_operation.h"
#include "sim_seed.h"

#define ROLE_PREFIX "acs:ram::"
#define TOKEN_CHARS 400 /* real ones have up to about 1,000 */

/* --- keys */

void sim_keys_free(struct sim_keys *keys)
{
	if (!keys)
		return;
	free(keys->access_key_id);
	free(keys->access_key_secret);
	free(keys->security_token);
	free(keys);
}

void sim_sts_fini(struct sim_sts *sts)
{
	vec_each(&sts->issued, keys) sim_keys_free(*keys);
	vec_free(&sts->issued);
}

const struct sim_keys *sim_sts_find(const struct sim *sim, const char *access_key_id)
{
	if (strcmp(sim->keys.access_key_id, access_key_id) == 0)
		return &sim->keys;
	for (size_t i = sim->sts.issued.n; i > 0; i--)
		if (strcmp(sim->sts.issued.items[i - 1]->access_key_id, access_key_id) == 0)
			return sim->sts.issued.items[i - 1];
	return NULL;
}

/* @prefix, the mark and @n random characters. */
static char *random_text(struct sim *sim, const char *prefix, const char *mark, size_t n)
{
	char start[128];
	(void)snprintf(start, sizeof(start), "%s%s", prefix, mark);
	char *text = malloc(strlen(start) + n + 1);
	if (text)
		sim_random_id(&sim->random, start, n, text);
	return text;
}

static void forget_oldest(struct sim *sim)
{
	struct sim_sts *sts = &sim->sts;
	if (sts->issued.n < SIM_ISSUED_MAX)
		return;
	if (sts->metadata.keys == sts->issued.items[0])
		sts->metadata.keys = NULL;
	sim_keys_free(sts->issued.items[0]);
	memmove(sts->issued.items, sts->issued.items + 1,
		--sts->issued.n * sizeof(*sts->issued.items));
}

const struct sim_keys *sim_sts_issue(struct sim *sim, const char *role, const char *session,
				     uint64_t ms)
{
	struct sim_sts *sts = &sim->sts;
	forget_oldest(sim);
	struct sim_keys *keys = calloc(1, sizeof(*keys));
	struct sim_keys **slot = keys ? vec_add(&sts->issued) : NULL;
	if (!slot) {
		free(keys);
		return NULL;
	}
	*slot = keys;
	keys->access_key_id = random_text(sim, "STS.N", "", 24);
	keys->access_key_secret = random_text(sim, "", sts->mark, 32);
	/* Characters that a header, a URL and JSON treat differently. */
	keys->security_token = random_text(sim, "CAIS+/=", sts->mark, TOKEN_CHARS);
	keys->ends_ms = sim->cloud_ms + (sts->ttl_ms ? sts->ttl_ms : ms);
	(void)snprintf(keys->role, sizeof(keys->role), "%s", role);
	(void)snprintf(keys->session, sizeof(keys->session), "%s", session);
	bool whole = keys->access_key_id && keys->access_key_secret && keys->security_token;
	return whole ? keys : NULL;
}

void sim_sts_write(const struct sim *sim, const struct sim_keys *keys, struct strbuf *out)
{
	char expiration[TIMEFMT_SIZE];
	uint64_t left = keys->ends_ms > sim->cloud_ms ? keys->ends_ms - sim->cloud_ms : 0;
	timefmt_iso(sim->now.wall_ms + sim_real_ms(sim, left), expiration);
	json_text(out, "AccessKeyId", keys->access_key_id);
	json_text(out, "AccessKeySecret", keys->access_key_secret);
	json_text(out, "SecurityToken", keys->security_token);
	json_text(out, "Expiration", expiration);
}

/* --- how it behaves */

static bool take_text(const cJSON *object, const char *name, char *out, size_t size)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	if (!item)
		return true;
	if (!cJSON_IsString(item) || strlen(item->valuestring) >= size)
		return false;
	memcpy(out, item->valuestring, strlen(item->valuestring) + 1);
	return true;
}

static bool take_bool(const cJSON *object, const char *name, bool *out)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	if (item)
		*out = cJSON_IsTrue(item);
	return !item || cJSON_IsBool(item);
}

int sim_sts_configure(struct sim *sim, const cJSON *body)
{
	struct sim_sts *sts = &sim->sts;
	const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(body, "metadata");
	bool good = cJSON_IsObject(body);
	if (cJSON_GetObjectItemCaseSensitive(body, "ttl_ms"))
		good = good && sim_seed_u64(body, "ttl_ms", &sts->ttl_ms) == 0;
	good = good && take_text(body, "refuse", sts->refuse, sizeof(sts->refuse)) &&
	       take_text(body, "mark", sts->mark, sizeof(sts->mark)) &&
	       take_text(metadata, "role", sts->metadata.role, sizeof(sts->metadata.role)) &&
	       take_bool(metadata, "require_token", &sts->metadata.require_token) &&
	       take_bool(metadata, "no_tokens", &sts->metadata.no_tokens) &&
	       take_bool(metadata, "broken", &sts->metadata.broken);
	return good ? 0 : -EINVAL;
}

/* --- AssumeRole */

/* acs:ram::<account>:role/<name>; names and sessions of at most 64 characters. */
static bool parse_arn(const char *arn, char role[65])
{
	size_t at = strlen(ROLE_PREFIX), digits;
	if (strncmp(arn, ROLE_PREFIX, at) != 0)
		return false;
	digits = strspn(arn + at, "0123456789");
	int end = 0;
	return digits > 0 &&
	       sscanf(arn + at + digits, ":role/%64[0-9a-zA-Z._-]%n", role, &end) == 1 &&
	       arn[at + digits + (size_t)end] == '\0';
}

static bool is_session(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.@-_";
	size_t n = strlen(name);
	return n >= 2 && n <= 64 && strspn(name, allowed) == n;
}

static int refuse_as_told(struct sim_call *call, const char *code)
{
	bool absent = strncmp(code, "EntityNotExist", strlen("EntityNotExist")) == 0;
	bool denied = strncmp(code, "NoPermission", strlen("NoPermission")) == 0;
	return sim_refuse(call, absent ? 404 : denied ? 403 : 400, code,
			  "You are not authorized to do this action. Resource: %s Action: "
			  "sts:AssumeRole", sim_arg(call, "RoleArn"));
}

static void write_assumed(struct sim_call *call, const struct sim_keys *keys)
{
	struct strbuf *out = &call->out;
	char arn[256], id[128];
	(void)snprintf(arn, sizeof(arn), "%s/%s", sim_arg(call, "RoleArn"), keys->session);
	(void)snprintf(id, sizeof(id), "3%s:%s", SIM_ACCOUNT, keys->session);
	json_key(out, "AssumedRoleUser");
	json_literal(out, "{");
	json_text(out, "Arn", arn);
	json_text(out, "AssumedRoleId", id);
	json_literal(out, "}");
	json_key(out, "Credentials");
	json_literal(out, "{");
	sim_sts_write(call->sim, keys, out);
	json_literal(out, "}");
}

int sim_assume_role(struct sim_call *call)
{
	struct sim *sim = call->sim;
	char role[65] = "";
	const char *session = sim_arg(call, "RoleSessionName");
	if (!parse_arn(sim_arg(call, "RoleArn"), role))
		return sim_refuse(call, 400, "InvalidParameter.RoleArn",
				  "The parameter RoleArn is wrongly formed.");
	if (!is_session(session))
		return sim_refuse(call, 400, "InvalidParameter.RoleSessionName",
				  "The parameter RoleSessionName is wrongly formed.");
	if (*sim->sts.refuse)
		return refuse_as_told(call, sim->sts.refuse);
	uint64_t seconds = (uint64_t)sim_arg_int(call, "DurationSeconds", 3600);
	const struct sim_keys *keys = sim_sts_issue(sim, role, session, seconds * 1000);
	if (!keys)
		return -ENOMEM;
	write_assumed(call, keys);
	return 0;
}

/* --- GetCallerIdentity */

int sim_get_caller_identity(struct sim_call *call)
{
	const struct sim_keys *keys = call->keys;
	struct strbuf *out = &call->out;
	char arn[256], principal[128];
	if (*keys->role) {
		(void)snprintf(arn, sizeof(arn), ROLE_PREFIX SIM_ACCOUNT ":assumed-role/%s/%s",
			       keys->role, keys->session);
		(void)snprintf(principal, sizeof(principal), "3%s:%s", SIM_ACCOUNT, keys->session);
	} else {
		(void)snprintf(arn, sizeof(arn), ROLE_PREFIX SIM_ACCOUNT ":user/drover");
		(void)snprintf(principal, sizeof(principal), "2%s", SIM_ACCOUNT);
	}
	json_text(out, "IdentityType", *keys->role ? "AssumedRoleUser" : "RAMUser");
	json_text(out, "AccountId", SIM_ACCOUNT);
	json_text(out, "PrincipalId", principal);
	json_text(out, *keys->role ? "RoleId" : "UserId", principal);
	json_text(out, "Arn", arn);
	return 0;
}
