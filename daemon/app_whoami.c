/*
 * Who the daemon is in the cloud: what GetCallerIdentity says of the keys in force, and what
 * is known about them here. No secret.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app_internal.h"
#include "base/cleanup.h"
#include "base/jsonw.h"
#include "cloud/json.h"
#include "cloud/outcome.h"

#define AT_ONCE 4

struct asked {
	struct cloud_call call;
	struct app *app;
	struct control_pending *pending;
	char endpoint[ENDPOINT_URL_SIZE];
};

static void write_keys(const struct app *a, struct jsonw *w)
{
	const struct credentials *c = cloud_credentials(a->cloud);
	uint64_t end = c ? credentials_expires_ms(c) : 0, now = cloud_wall_ms(a->cloud);
	char expires[TIMEFMT_SIZE];
	timefmt_iso(end, expires);
	bool abroad = cloud_account_site(a->cloud) == SITE_INTERNATIONAL;
	jsonw_key_text(w, "site", abroad ? "international" : "china");
	jsonw_key_text(w, "source", c ? credentials_source(c) : NULL);
	jsonw_key_text(w, "key_hint", c ? credentials_hint(c) : NULL);
	jsonw_key_text(w, "expires", end > 0 ? expires : NULL);
	jsonw_key(w, "expires_in_s");
	if (end > 0)
		jsonw_uint(w, end > now ? (end - now) / 1000 : 0);
	else
		jsonw_null(w);
}

static void answer(const struct asked *asked, const cJSON *root)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(LIMIT_LOG_RECORD_BYTES);
	struct jsonw w = JSONW_INIT(&out);
	jsonw_begin_object(&w);
	jsonw_key_text(&w, "account", json_text(root, "AccountId"));
	jsonw_key_text(&w, "arn", json_text(root, "Arn"));
	jsonw_key_text(&w, "identity_type", json_text(root, "IdentityType"));
	write_keys(asked->app, &w);
	jsonw_end_object(&w);
	strbuf_add_char(&out, '\n');
	char *text = strbuf_take(&out);
	if (text)
		control_answer_text(asked->pending, text);
	else
		control_answer(asked->pending, -ENOMEM, NULL);
}

static void refuse(const struct asked *asked, const struct cloud_reply *reply)
{
	auto_strbuf struct strbuf why = STRBUF_INIT(LIMIT_LOG_RECORD_BYTES);
	strbuf_addf(&why, "the cloud does not say: %s",
		    *reply->code ? reply->code : outcome_name(reply->outcome));
	if (*reply->message)
		strbuf_addf(&why, ": %s", reply->message);
	if (*reply->request_id)
		strbuf_addf(&why, " (RequestId %s)", reply->request_id);
	control_answer(asked->pending, -EIO, strbuf_text(&why));
}

static void on_identity(struct cloud_call *call, const struct cloud_reply *reply)
{
	struct asked *asked = container_of(call, struct asked, call);
	asked->app->whoami_asked--;
	if (reply->outcome == OUTCOME_DONE)
		answer(asked, reply->root);
	else
		refuse(asked, reply);
	free(asked);
}

static int start_call(struct app *a, struct control_pending *pending)
{
	struct asked *asked = calloc(1, sizeof(*asked));
	if (!asked)
		return -ENOMEM;
	asked->app = a;
	asked->pending = pending;
	asked->call.op = OP_GET_CALLER_IDENTITY;
	asked->call.done = on_identity;
	const char *endpoint = key_renewal_sts_url(a->renewal);
	if (endpoint) {
		memcpy(asked->endpoint, endpoint, strlen(endpoint) + 1);
		asked->call.endpoint = asked->endpoint;
	}
	int r = cloud_call_start(a->cloud, &asked->call);
	if (r < 0)
		free(asked);
	else
		a->whoami_asked++;
	return r;
}

/* Without good keys the call would wait for them, and whoever asks wants to know why. */
void app_whoami_ask(void *data, struct control_pending *pending)
{
	struct app *a = data;
	auto_strbuf struct strbuf text = STRBUF_INIT(LIMIT_LOG_RECORD_BYTES);
	const char *missing = a->stopping ? "" : app_keys_missing(a);
	int r = a->stopping ? -ECANCELED : 0;
	if (*missing) {
		r = -EIO;
		strbuf_addf(&text, "there are no keys now; waiting for: %s", missing);
	} else if (r == 0 && a->whoami_asked >= AT_ONCE) {
		r = -EBUSY;
		strbuf_add(&text, "several such questions are under way; ask again soon");
	} else if (r == 0) {
		r = start_call(a, pending);
	}
	if (r < 0)
		control_answer(pending, r, text.len > 0 ? strbuf_text(&text) : NULL);
}
