#include "net/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

#define FRESH_MS (60 * 1000)
#define STALE_MS (24 * 60 * 60 * 1000)
#define GRACE_MS 500
#define RETRY_MS (5 * 1000)
#define MAX_ADDRESSES 16
#define MAX_ADDRESSES_BYTES 1024

struct lookup {
	uv_getaddrinfo_t req;
	struct resolver *resolver; /* NULL: an orphan, the resolver has gone */
	struct resolve_host *host;
	uint64_t started_ms;
};

struct resolve_host {
	char *name;
	char *port;
	char *addresses;       /* NULL: none known */
	uint64_t good_ms;      /* when they were found */
	uint64_t retry_ms;     /* after a failure: no new look before, if old ones serve */
	struct lookup *lookup; /* the one under way, or NULL */
	struct resolve_host *next;
};

static uint64_t now(struct resolver *r)
{
	return env_mono_ms(r->env);
}

static void host_free(struct resolve_host *host)
{
	free(host->name);
	free(host->port);
	free(host->addresses);
	free(host);
}

static struct resolve_host *find_host(struct resolver *r, const char *name, const char *port)
{
	struct resolve_host *host;
	LL_FOREACH(r->hosts, host)
	{
		if (strcmp(host->name, name) == 0 && strcmp(host->port, port) == 0)
			return host;
	}
	return NULL;
}

static struct resolve_host *add_host(struct resolver *r, const char *name, const char *port)
{
	struct resolve_host *host = calloc(1, sizeof(*host));
	if (!host)
		return NULL;
	host->name = strdup(name);
	host->port = strdup(port);
	if (!host->name || !host->port) {
		host_free(host);
		return NULL;
	}
	LL_PREPEND(r->hosts, host);
	return host;
}

static bool is_younger(struct resolver *r, const struct resolve_host *host, uint64_t ms)
{
	return host->addresses && now(r) - host->good_ms <= ms;
}

/* Old addresses serve when a look is not due again or has had its time. */
static bool may_use_old(struct resolver *r, const struct resolve_host *host)
{
	if (!is_younger(r, host, r->stale_ms))
		return false;
	if (host->lookup)
		return now(r) >= host->lookup->started_ms + r->grace_ms;
	return now(r) < host->retry_ms;
}

/* --- waiting ------------------------------------------------------------------- */

static void on_timer(uv_timer_t *timer);

static void arm_timer(struct resolver *r)
{
	uint64_t first = UINT64_MAX;
	struct resolve_wait *wait;
	DL_FOREACH(r->waits, wait)
	{
		if (wait->until_ms < first)
			first = wait->until_ms;
	}
	if (!r->waits) {
		(void)uv_timer_stop(&r->timer);
		return;
	}
	uint64_t t = now(r);
	uv_update_time(r->loop);
	(void)uv_timer_start(&r->timer, on_timer, first > t ? first - t : 1, 0);
}

/* @wait belongs to its owner again once done() is called. */
static void answer(struct resolver *r, struct resolve_wait *wait, const char *error)
{
	const struct resolve_host *host = wait->host;
	bool usable = is_younger(r, host, r->stale_ms);
	wait->host = NULL;
	wait->done(wait, usable ? host->addresses : NULL, usable ? NULL : error);
}

/* Answers those whose time is up by @until_ms, of @host or (NULL) of any. */
static void answer_all(struct resolver *r, struct resolve_host *host, uint64_t until_ms,
		       const char *error)
{
	struct resolve_wait *due = NULL, *wait, *tmp;
	DL_FOREACH_SAFE(r->waits, wait, tmp)
	{
		if (wait->until_ms > until_ms || (host && wait->host != host))
			continue;
		DL_DELETE(r->waits, wait);
		DL_APPEND(due, wait);
	}
	DL_FOREACH_SAFE(due, wait, tmp)
	{
		DL_DELETE(due, wait);
		answer(r, wait, error);
	}
	arm_timer(r);
}

static void on_timer(uv_timer_t *timer)
{
	struct resolver *r = container_of(timer, struct resolver, timer);
	answer_all(r, NULL, now(r), "timed out");
}

/* --- looking up ---------------------------------------------------------------- */

static bool add_address(struct strbuf *out, const struct addrinfo *info)
{
	char text[INET6_ADDRSTRLEN];
	const void *v4 = &((const struct sockaddr_in *)(const void *)info->ai_addr)->sin_addr;
	const struct sockaddr_in6 *v6 = (const void *)info->ai_addr;
	const char *comma = out->len > 0 ? "," : "";
	if (info->ai_family == AF_INET && inet_ntop(AF_INET, v4, text, sizeof(text)))
		strbuf_addf(out, "%s%s", comma, text);
	else if (info->ai_family == AF_INET6 && v6->sin6_scope_id == 0 &&
		 inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text)))
		strbuf_addf(out, "%s[%s]", comma, text);
	else
		return false;
	return true;
}

static char *write_addresses(const struct addrinfo *info)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(MAX_ADDRESSES_BYTES);
	for (size_t n = 0; info && n < MAX_ADDRESSES; info = info->ai_next)
		n += add_address(&out, info) ? 1 : 0;
	return out.len > 0 ? strbuf_take(&out) : NULL;
}

static void on_lookup(uv_getaddrinfo_t *req, int status, struct addrinfo *info)
{
	struct lookup *lookup = container_of(req, struct lookup, req);
	struct resolver *r = lookup->resolver;
	struct resolve_host *host = lookup->host;
	free(lookup);
	if (!r) {
		uv_freeaddrinfo(info);
		return;
	}
	host->lookup = NULL;
	char *addresses = status == 0 ? write_addresses(info) : NULL;
	uv_freeaddrinfo(info);
	if (addresses) {
		free(host->addresses);
		host->addresses = addresses;
		host->good_ms = now(r);
	} else {
		host->retry_ms = now(r) + r->retry_ms;
	}
	answer_all(r, host, UINT64_MAX, status < 0 ? uv_strerror(status) : "no usable address");
}

static int look_up(struct resolver *r, struct resolve_host *host)
{
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct lookup *lookup = calloc(1, sizeof(*lookup));
	if (!lookup)
		return -ENOMEM;
	lookup->resolver = r;
	lookup->host = host;
	lookup->started_ms = now(r);
	int rc = r->lookup(r->loop, &lookup->req, on_lookup, host->name, NULL, &hints);
	if (rc < 0) {
		free(lookup);
		return rc;
	}
	host->lookup = lookup;
	return 0;
}

/* --- interface ----------------------------------------------------------------- */

void resolver_init(struct resolver *r, uv_loop_t *loop, struct env *env, resolve_lookup_fn lookup)
{
	*r = (struct resolver){
		.loop = loop,
		.env = env,
		.lookup = lookup ? lookup : uv_getaddrinfo,
		.fresh_ms = FRESH_MS,
		.stale_ms = STALE_MS,
		.grace_ms = GRACE_MS,
		.retry_ms = RETRY_MS,
	};
	(void)uv_timer_init(loop, &r->timer); /* always 0 */
}

static void wait_for(struct resolver *r, struct resolve_host *host, uint64_t budget_ms,
		     struct resolve_wait *wait)
{
	wait->host = host;
	wait->until_ms = now(r) + budget_ms;
	uint64_t grace_end = host->lookup->started_ms + r->grace_ms;
	if (is_younger(r, host, r->stale_ms) && grace_end < wait->until_ms)
		wait->until_ms = grace_end;
	DL_APPEND(r->waits, wait);
	arm_timer(r);
}

int resolver_start(struct resolver *r, const char *name, const char *port, uint64_t budget_ms,
		   struct resolve_wait *wait, const char **ret_addresses)
{
	struct resolve_host *host = find_host(r, name, port);
	if (!host)
		host = add_host(r, name, port);
	if (!host)
		return -ENOMEM;
	int rc = 0;
	bool use = is_younger(r, host, r->fresh_ms) || may_use_old(r, host);
	if (!use && !host->lookup)
		rc = look_up(r, host);
	if (rc < 0 && !is_younger(r, host, r->stale_ms))
		return rc == UV_ENOMEM ? -ENOMEM : -EINVAL; /* not even a name to ask for */
	if (use || rc < 0) {
		*ret_addresses = host->addresses;
		return RESOLVE_NOW;
	}
	wait_for(r, host, budget_ms, wait);
	return RESOLVE_LATER;
}

void resolver_cancel(struct resolver *r, struct resolve_wait *wait)
{
	if (!wait->host)
		return;
	DL_DELETE(r->waits, wait);
	wait->host = NULL;
	arm_timer(r);
}

static void on_closed(uv_handle_t *handle)
{
	struct resolver *r = container_of((uv_timer_t *)handle, struct resolver, timer);
	r->closed(r);
}

void resolver_close(struct resolver *r, void (*closed)(struct resolver *resolver))
{
	struct resolve_host *host, *tmp;
	LL_FOREACH_SAFE(r->hosts, host, tmp)
	{
		if (host->lookup) {
			host->lookup->resolver = NULL;
			/* Succeeds only while it still queues for a thread. */
			(void)uv_cancel((uv_req_t *)&host->lookup->req);
		}
		host_free(host);
	}
	r->hosts = NULL;
	r->closed = closed;
	uv_close((uv_handle_t *)&r->timer, on_closed);
}
