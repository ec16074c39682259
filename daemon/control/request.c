#include "control/request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/jsonw.h"
#include "base/limits.h"
#include "control/socket.h"

#define JSON "application/json"
#define PROMETHEUS "text/plain; version=0.0.4; charset=utf-8"
#define WHO_SIZE 300

static const char *argument(struct request *r, const char *name)
{
	const char *value = MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name);
	return value && value[0] ? value : NULL;
}

static void peer_of(struct request *r, char who[WHO_SIZE])
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	control_socket_peer(info ? info->connect_fd : -1, who, WHO_SIZE);
}

/* --- answers -------------------------------------------------------------------- */

static const struct {
	int error;
	unsigned status;
	const char *text;
} answers[] = {
	{-ENOENT, MHD_HTTP_NOT_FOUND, "no such thing"},
	{-EINVAL, MHD_HTTP_BAD_REQUEST, "not a valid request"},
	{-EEXIST, MHD_HTTP_CONFLICT, "already so"},
	{-EALREADY, MHD_HTTP_CONFLICT, "already so"},
	{-EBUSY, MHD_HTTP_CONFLICT, "not now: something else is under way"},
	{-EROFS, MHD_HTTP_SERVICE_UNAVAILABLE, "the ledger cannot be written"},
	{-EIO, MHD_HTTP_SERVICE_UNAVAILABLE, "the ledger cannot be written"},
	{-ENOSPC, MHD_HTTP_SERVICE_UNAVAILABLE, "the disk of the ledger is full"},
	{-ECANCELED, MHD_HTTP_SERVICE_UNAVAILABLE, "droverd is stopping"},
	{-ENOMEM, MHD_HTTP_SERVICE_UNAVAILABLE, "droverd has no memory for the answer"},
};

void request_refuse(struct request *r, unsigned status, const char *text)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(LIMIT_STATUS_BYTES);
	struct jsonw w = JSONW_INIT(&out);
	jsonw_begin_object(&w);
	jsonw_key_text(&w, "error", text);
	jsonw_end_object(&w);
	strbuf_add_char(&out, '\n');
	free(r->text);
	r->status = status;
	r->type = JSON;
	r->text = strbuf_take(&out); /* NULL: an empty body, the status still says it */
}

static void refuse_errno(struct request *r, int error, const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
		if (answers[i].error == error) {
			request_refuse(r, answers[i].status, text ? text : answers[i].text);
			return;
		}
	request_refuse(r, MHD_HTTP_INTERNAL_SERVER_ERROR, text ? text : strerror(-error));
}

static void finish_read(struct request *r, int result, char *text, const char *type)
{
	if (result < 0) {
		refuse_errno(r, result, NULL);
		return;
	}
	r->status = MHD_HTTP_OK;
	r->type = type;
	r->text = text;
}

void request_finish_read(struct request *r, char *json)
{
	finish_read(r, 0, json, JSON);
}

void request_finish_change(struct request *r, int result, const char *text)
{
	if (result < 0) {
		refuse_errno(r, result, text);
		return;
	}
	r->status = MHD_HTTP_OK;
	r->type = JSON;
	r->text = strdup("{\"ok\":true}\n");
}

static const char *needed(struct request *r, const char *name)
{
	const char *value = argument(r, name);
	auto_strbuf struct strbuf text = STRBUF_INIT(100);
	strbuf_addf(&text, "the parameter \"%s\" is missing", name);
	if (!value)
		request_refuse(r, MHD_HTTP_BAD_REQUEST, strbuf_text(&text));
	return value;
}

/* --- paths ---------------------------------------------------------------------- */

static void get_status(struct request *r)
{
	char *text = NULL;
	int result = r->ops->status(r->ops_data, argument(r, "group"), &text);
	finish_read(r, result, text, JSON);
}

static void get_simple(struct request *r, int (*op)(void *, char **), const char *type)
{
	char *text = NULL;
	int result = op(r->ops_data, &text);
	finish_read(r, result, text, type);
}

static void get_plan(struct request *r)
{
	get_simple(r, r->ops->plan, JSON);
}

static void get_orders(struct request *r)
{
	get_simple(r, r->ops->orders, JSON);
}

static void get_intents(struct request *r)
{
	get_simple(r, r->ops->intents, JSON);
}

static void get_metrics(struct request *r)
{
	get_simple(r, r->ops->metrics, PROMETHEUS);
}

static void get_explain(struct request *r)
{
	const char *group = needed(r, "group");
	char *text = NULL;
	if (!group)
		return;
	int result = r->ops->explain(r->ops_data, group, &text);
	finish_read(r, result, text, JSON);
}

static void post_plan(struct request *r)
{
	auto_free char *error = NULL;
	char *text = NULL;
	int result =
		r->ops->plan_file(r->ops_data, strbuf_text(&r->body), r->body.len, &text, &error);
	if (result < 0)
		refuse_errno(r, result, error);
	else
		finish_read(r, result, text, JSON);
}

/* For an op that answers when it can; NULL when that was refused for want of memory. */
static struct control_pending *make_pending(struct request *r)
{
	r->pending = calloc(1, sizeof(*r->pending));
	if (r->pending)
		r->pending->request = r;
	else
		refuse_errno(r, -ENOMEM, NULL);
	return r->pending;
}

static void get_instances(struct request *r)
{
	const char *group = needed(r, "group");
	struct control_pending *pending = group ? make_pending(r) : NULL;
	if (pending)
		r->ops->instances(r->ops_data, group, pending);
}

static void get_whoami(struct request *r)
{
	struct control_pending *pending = make_pending(r);
	if (pending)
		r->ops->whoami(r->ops_data, pending);
}

static void post_reload(struct request *r)
{
	const char *wait = argument(r, "wait");
	struct control_pending *pending = make_pending(r);
	if (pending)
		r->ops->reload(r->ops_data, wait && strcmp(wait, "0") != 0, pending);
}

static void post_approve(struct request *r)
{
	auto_free char *error = NULL;
	char who[WHO_SIZE];
	const char *hash = needed(r, "hash");
	if (!hash)
		return;
	peer_of(r, who);
	int result = r->ops->approve(r->ops_data, hash, who, &error);
	request_finish_change(r, result, error);
}

static void set_paused(struct request *r, bool paused)
{
	auto_free char *error = NULL;
	char who[WHO_SIZE];
	peer_of(r, who);
	int result = r->ops->pause(r->ops_data, argument(r, "group"), paused, who, &error);
	request_finish_change(r, result, error);
}

static void post_pause(struct request *r)
{
	set_paused(r, true);
}

static void post_resume(struct request *r)
{
	set_paused(r, false);
}

static void post_release(struct request *r)
{
	auto_free char *error = NULL;
	char who[WHO_SIZE];
	const char *group = needed(r, "group");
	if (!group)
		return;
	peer_of(r, who);
	int result = r->ops->release(r->ops_data, group, who, &error);
	request_finish_change(r, result, error);
}

static bool read_id(struct request *r, int64_t *ret)
{
	const char *text = needed(r, "id");
	char *end = NULL;
	if (!text)
		return false;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (errno || *end || value <= 0) {
		request_refuse(r, MHD_HTTP_BAD_REQUEST, "\"id\" must be the number of an intent");
		return false;
	}
	*ret = value;
	return true;
}

static void post_adopt(struct request *r)
{
	auto_free char *error = NULL;
	char who[WHO_SIZE];
	int64_t id;
	if (!read_id(r, &id))
		return;
	const char *resource = needed(r, "resource");
	if (!resource)
		return;
	peer_of(r, who);
	int result = r->ops->adopt(r->ops_data, id, resource, who, &error);
	request_finish_change(r, result, error);
}

static void post_abandon(struct request *r)
{
	auto_free char *error = NULL;
	char who[WHO_SIZE];
	int64_t id;
	if (!read_id(r, &id))
		return;
	peer_of(r, who);
	int result = r->ops->abandon(r->ops_data, id, who, &error);
	request_finish_change(r, result, error);
}

static const struct {
	const char *method, *path;
	void (*handle)(struct request *r);
} routes[] = {
	{"GET", "/v1/status", get_status},
	{"GET", "/v1/plan", get_plan},
	{"POST", "/v1/plan", post_plan},
	{"GET", "/v1/orders", get_orders},
	{"GET", "/v1/intents", get_intents},
	{"GET", "/v1/explain", get_explain},
	{"GET", "/v1/instances", get_instances},
	{"GET", "/v1/whoami", get_whoami},
	{"GET", "/metrics", get_metrics},
	{"POST", "/v1/reload", post_reload},
	{"POST", "/v1/approve", post_approve},
	{"POST", "/v1/pause", post_pause},
	{"POST", "/v1/resume", post_resume},
	{"POST", "/v1/release", post_release},
	{"POST", "/v1/intents/adopt", post_adopt},
	{"POST", "/v1/intents/abandon", post_abandon},
};

void request_handle(struct request *r, const char *method, const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(routes); i++) {
		if (strcmp(routes[i].path, path) != 0)
			continue;
		if (strcmp(routes[i].method, method) == 0) {
			routes[i].handle(r);
			return;
		}
		r->allow = r->allow ? "GET, POST" : routes[i].method;
	}
	if (r->allow)
		request_refuse(r, MHD_HTTP_METHOD_NOT_ALLOWED, "not with this method");
	else
		request_refuse(r, MHD_HTTP_NOT_FOUND, "no such path");
}
