#include "cloud/assume_role.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/timefmt.h"
#include "cloud/json.h"

static int set_unless_empty(struct params *params, const char *name, const char *value)
{
	return *value ? params_set(params, name, value) : 0;
}

static int encode(const struct credential_role *role, struct params *ret)
{
	int r = params_set(ret, "RoleArn", role->arn);
	if (r == 0)
		r = params_set(ret, "RoleSessionName", role->session);
	if (r == 0)
		r = params_set_int(ret, "DurationSeconds", role->duration_s);
	if (r == 0)
		r = set_unless_empty(ret, "Policy", role->policy);
	return r == 0 ? set_unless_empty(ret, "ExternalId", role->external_id) : r;
}

/* Whether the answer says no in a way that only a person can change. */
static bool is_refusal(enum outcome outcome)
{
	return outcome == OUTCOME_AUTH || outcome == OUTCOME_REJECTED ||
	       outcome == OUTCOME_NOT_FOUND || outcome == OUTCOME_CONFLICT ||
	       outcome == OUTCOME_QUOTA || outcome == OUTCOME_PAYMENT;
}

static void read_keys(const struct cloud_reply *reply, struct fresh_keys *ret)
{
	const cJSON *found = json_object(reply->root, "Credentials");
	ret->keys = (struct credential_keys){
		.access_key_id = json_text(found, "AccessKeyId"),
		.access_key_secret = json_text(found, "AccessKeySecret"),
		.security_token = json_text(found, "SecurityToken"),
	};
	ret->good = *ret->keys.access_key_id && *ret->keys.access_key_secret &&
		    *ret->keys.security_token &&
		    timefmt_parse(json_text(found, "Expiration"), &ret->expires_ms) == 0;
	ret->text = ret->good ? "" : "the answer to AssumeRole holds no keys";
}

static void on_answer(struct cloud_call *call, const struct cloud_reply *reply)
{
	struct assume_role *a = container_of(call, struct assume_role, call);
	struct credentials *base = TAKE(a->base); /* a->keys are its */
	struct fresh_keys answer = {
		.code = reply->code,
		.request_id = reply->request_id,
		.text = *reply->message ? reply->message : outcome_name(reply->outcome),
		.refused = is_refusal(reply->outcome),
	};
	params_fini(&call->params);
	if (reply->outcome == OUTCOME_DONE)
		read_keys(reply, &answer);
	a->done(a, &answer); /* may free @a */
	(void)credentials_free(base);
}

int assume_role_start(struct assume_role *a, struct cloud *cloud,
		      const struct credential_role *role, struct credentials *base)
{
	credentials_keys(base, &a->keys);
	memcpy(a->endpoint, role->sts_url, sizeof(a->endpoint));
	a->call = (struct cloud_call){
		.op = OP_ASSUME_ROLE,
		.done = on_answer,
		.base_keys = &a->keys,
		.endpoint = *a->endpoint ? a->endpoint : NULL,
	};
	int r = encode(role, &a->call.params);
	if (r == 0)
		r = cloud_call_start(cloud, &a->call);
	if (r < 0)
		params_fini(&a->call.params);
	else
		a->base = credentials_ref(base);
	return r;
}

void assume_role_cancel(struct assume_role *a)
{
	cloud_call_cancel(&a->call);
}
