/*
 * droverd that dies: DROVER_CRASH=POINT:N ends it with SIGKILL at the N-th passage of a point
 * in the life of a buying call. The points are made around the daemon's own objects by the
 * linker (--wrap), by an http_ops of its own, and by a send() that libcurl finds first;
 * without the variable it is droverd.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "ledger/ledger.h"
#include "net/http_curl.h"

#define EFFECT_US 30000 /* the simulator takes a call in by then */

enum point {
	RECORDED,    /* the intent is durable, nothing was sent */
	BEFORE_SEND, /* "sent" is durable, no byte has left */
	AFTER_SEND,  /* the request has left and had its effect */
	REPLY,       /* the reply is here and not yet durable */
	SETTLED,     /* the reply is durable, nobody has acted on it */
	POINT_MAX_,
};

static const char *const names[POINT_MAX_] = {
	[RECORDED] = "recorded", [BEFORE_SEND] = "before-send", [AFTER_SEND] = "after-send",
	[REPLY] = "reply", [SETTLED] = "settled",
};

/* Reads the variable at the first call. */
static void pass(enum point point)
{
	static enum point wanted = POINT_MAX_;
	static unsigned long left;
	static bool known;
	const char *text = known ? NULL : getenv("DROVER_CRASH"), *colon = text ? strchr(text, ':') : NULL;
	known = true;
	for (int k = 0; colon && k < POINT_MAX_; k++)
		if (strlen(names[k]) == (size_t)(colon - text) &&
		    strncmp(names[k], text, strlen(names[k])) == 0) {
			wanted = (enum point)k;
			left = strtoul(colon + 1, NULL, 10);
		}
	if (point == wanted && left > 0 && --left == 0)
		(void)raise(SIGKILL);
}

/* ---- the ledger: what the transaction under way will make durable ---- */

static bool recording, settling;

int __real_ledger_save_intent(struct ledger *l, struct intent *intent);
int __wrap_ledger_save_intent(struct ledger *l, struct intent *intent);
int __real_ledger_commit(struct ledger *l);
int __wrap_ledger_commit(struct ledger *l);

int __wrap_ledger_save_intent(struct ledger *l, struct intent *intent)
{
	recording |= intent->buys && intent->state == INTENT_RECORDED;
	settling |= intent->buys && intent->state == INTENT_DONE && !intent->landed;
	return __real_ledger_save_intent(l, intent);
}

int __wrap_ledger_commit(struct ledger *l)
{
	if (settling)
		pass(REPLY);
	int r = __real_ledger_commit(l);
	if (recording)
		pass(RECORDED);
	if (settling)
		pass(SETTLED);
	recording = settling = false;
	return r;
}

/* ---- HTTP ---- */

static const char *const buying[] = {"CreateAndroidInstanceGroup", "UpgradeAndroidInstanceGroup"};

static const struct http_ops *real_ops;
static struct http_ops ops;

static bool buys(const struct http_request *request)
{
	for (size_t h = 0; h < request->n_headers; h++)
		for (size_t k = 0; k < ARRAY_SIZE(buying); k++)
			if (strstr(request->headers[h], buying[k]))
				return true;
	return false;
}

static int send_or_die(struct http *http, struct http_request *request)
{
	if (buys(request))
		pass(BEFORE_SEND);
	return real_ops->send(http, request);
}

int __real_http_curl_new(uv_loop_t *loop, const struct http_curl_options *options, struct http **ret);
int __wrap_http_curl_new(uv_loop_t *loop, const struct http_curl_options *options, struct http **ret);

int __wrap_http_curl_new(uv_loop_t *loop, const struct http_curl_options *options, struct http **ret)
{
	int r = __real_http_curl_new(loop, options, ret);
	if (r < 0)
		return r;
	real_ops = (*ret)->ops;
	ops = *real_ops;
	ops.send = send_or_die;
	(*ret)->ops = &ops;
	return 0;
}

/* libcurl's, which looks for it here first. */
ssize_t send(int fd, const void *bytes, size_t n, int flags)
{
	ssize_t sent = sendto(fd, bytes, n, flags, NULL, 0);
	for (size_t k = 0; k < ARRAY_SIZE(buying); k++)
		if (sent == (ssize_t)n && memmem(bytes, n, buying[k], strlen(buying[k]))) {
			(void)usleep(EFFECT_US);
			pass(AFTER_SEND);
		}
	return sent;
}
