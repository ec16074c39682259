#include "net/curl_loop.h"

#include <errno.h>
#include <stdlib.h>
#include <utlist.h>

#include "base/cleanup.h"

/* One per socket that libcurl wants watched; lives until its close callback. */
struct curl_socket {
	uv_poll_t poll;
	struct curl_loop *owner;
	curl_socket_t fd;
	int events;
	bool closing;
	struct curl_socket *prev, *next;
};

static void handle_closed(struct curl_loop *l)
{
	if (--l->n_handles == 0)
		l->ops->on_closed(l);
}

/* --- a turn -------------------------------------------------------------------- */

/* on_finished() only takes notes, so no user can close the multi under this loop. */
static void drain(struct curl_loop *l)
{
	CURLMsg *message;
	int left;
	while ((message = curl_multi_info_read(l->multi, &left))) {
		if (message->msg != CURLMSG_DONE)
			continue;
		CURL *easy = message->easy_handle; /* the message dies with the removal */
		CURLcode result = message->data.result;
		(void)curl_multi_remove_handle(l->multi, easy);
		l->ops->on_finished(l, easy, result);
	}
}

/* After every action, whatever it returned: a transfer that ended by the timer
 * alone leaves nothing running, and its message would never be read. */
static void end_turn(struct curl_loop *l, CURLMcode rc)
{
	drain(l);
	if (rc != CURLM_OK || l->failed)
		l->ops->on_failed(l, rc != CURLM_OK ? curl_multi_strerror(rc) : "out of memory");
	l->failed = false;
	l->ops->on_turn(l);
}

static void on_timer(uv_timer_t *timer)
{
	struct curl_loop *l = container_of(timer, struct curl_loop, timer);
	int running;
	l->wakeups++;
	end_turn(l, curl_multi_socket_action(l->multi, CURL_SOCKET_TIMEOUT, 0, &running));
}

/* --- sockets ------------------------------------------------------------------- */

static void on_socket(uv_poll_t *poll, int status, int events)
{
	struct curl_socket *s = container_of(poll, struct curl_socket, poll);
	struct curl_loop *l = s->owner;
	int flags = (events & UV_READABLE ? CURL_CSELECT_IN : 0) |
		    (events & UV_WRITABLE ? CURL_CSELECT_OUT : 0);
	if (status < 0)
		flags = CURL_CSELECT_ERR;
	int running;
	l->wakeups++;
	CURLMcode rc = curl_multi_socket_action(l->multi, s->fd, flags, &running);
	/* libuv stopped polling with the error (POLLERR arrives as UV_EBADF), and
	 * libcurl speaks up only when it wants something else than before. */
	if (status < 0 && !s->closing && uv_poll_start(&s->poll, s->events, on_socket) < 0)
		l->failed = true;
	end_turn(l, rc);
}

static void on_socket_closed(uv_handle_t *handle)
{
	struct curl_socket *s = container_of((uv_poll_t *)handle, struct curl_socket, poll);
	struct curl_loop *l = s->owner;
	free(s);
	handle_closed(l);
}

/* The fd may be closed already, and its number may be someone else's soon: nothing
 * is done to it, and the context is unlisted at once. */
static void close_socket(struct curl_socket *s)
{
	DL_DELETE(s->owner->sockets, s);
	s->closing = true;
	uv_close((uv_handle_t *)&s->poll, on_socket_closed);
}

static struct curl_socket *open_socket(struct curl_loop *l, curl_socket_t fd)
{
	struct curl_socket *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->owner = l;
	s->fd = fd;
	if (uv_poll_init_socket(l->loop, &s->poll, fd) < 0) {
		free(s);
		return NULL;
	}
	l->n_handles++;
	DL_APPEND(l->sockets, s);
	return s;
}

/* Contexts are found in our own list: what libcurl keeps for us (curl_multi_assign)
 * cannot be relied on while it cleans up. There are some tens at most. */
static struct curl_socket *find_socket(struct curl_loop *l, curl_socket_t fd)
{
	struct curl_socket *s;
	DL_FOREACH(l->sockets, s)
	{
		if (s->fd == fd)
			return s;
	}
	return NULL;
}

static int watch_socket(struct curl_loop *l, struct curl_socket *s, curl_socket_t fd, int what)
{
	if (!s)
		s = open_socket(l, fd);
	if (!s)
		return -1;
	s->events =
		(what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
	return uv_poll_start(&s->poll, s->events, on_socket) < 0 ? -1 : 0;
}

/* @easy is not looked at: it may be a handle of libcurl's own. Minus one makes
 * libcurl give up every transfer, which is what is left without memory. */
static int on_socket_wish(CURL *easy, curl_socket_t fd, int what, void *data, void *unused)
{
	(void)easy;
	(void)unused;
	struct curl_loop *l = data;
	struct curl_socket *s = find_socket(l, fd);
	if (what == CURL_POLL_REMOVE) {
		if (s)
			close_socket(s);
		return 0;
	}
	if (l->closing) /* curl_multi_cleanup() may still ask; nobody would answer */
		return 0;
	int r = watch_socket(l, s, fd, what);
	if (r < 0)
		l->failed = true;
	return r;
}

/* Calls nothing of libcurl, which would recurse. A timer of 0 armed again from its own
 * callback starves the sockets on libuv before 1.48: 1 is passed for it. */
static int on_timer_wish(CURLM *multi, long timeout_ms, void *data)
{
	(void)multi;
	struct curl_loop *l = data;
	if (l->closing)
		return 0;
	if (timeout_ms < 0)
		return uv_timer_stop(&l->timer) < 0 ? -1 : 0;
	uv_update_time(l->loop); /* its clock stands still within a turn */
	uint64_t delay = timeout_ms > 0 ? (uint64_t)timeout_ms : 1;
	return uv_timer_start(&l->timer, on_timer, delay, 0) < 0 ? -1 : 0;
}

/* --- interface ----------------------------------------------------------------- */

static bool set_up(struct curl_loop *l, long max_idle)
{
	CURLM *m = l->multi;
	return curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, on_socket_wish) == CURLM_OK &&
	       curl_multi_setopt(m, CURLMOPT_SOCKETDATA, l) == CURLM_OK &&
	       curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, on_timer_wish) == CURLM_OK &&
	       curl_multi_setopt(m, CURLMOPT_TIMERDATA, l) == CURLM_OK &&
	       curl_multi_setopt(m, CURLMOPT_PIPELINING, CURLPIPE_NOTHING) == CURLM_OK &&
	       curl_multi_setopt(m, CURLMOPT_MAXCONNECTS, max_idle) == CURLM_OK;
}

int curl_loop_init(struct curl_loop *l, uv_loop_t *loop, long max_idle,
		   const struct curl_loop_ops *ops)
{
	*l = (struct curl_loop){.loop = loop, .ops = ops};
	l->multi = curl_multi_init();
	if (!l->multi)
		return -ENOMEM;
	if (!set_up(l, max_idle)) {
		(void)curl_multi_cleanup(l->multi);
		return -EINVAL;
	}
	(void)uv_timer_init(loop, &l->timer); /* always 0; from here on only _close() */
	l->n_handles = 1;
	return 0;
}

int curl_loop_add(struct curl_loop *l, CURL *easy)
{
	CURLMcode rc = curl_multi_add_handle(l->multi, easy);
	if (rc == CURLM_OK)
		return 0;
	return rc == CURLM_OUT_OF_MEMORY ? -ENOMEM : -EIO;
}

void curl_loop_remove(struct curl_loop *l, CURL *easy)
{
	(void)curl_multi_remove_handle(l->multi, easy);
}

static void on_timer_closed(uv_handle_t *handle)
{
	handle_closed(container_of((uv_timer_t *)handle, struct curl_loop, timer));
}

void curl_loop_close(struct curl_loop *l)
{
	l->closing = true;
	(void)curl_multi_cleanup(l->multi); /* asks for the removal of most sockets itself */
	l->multi = NULL;
	struct curl_socket *s, *tmp;
	DL_FOREACH_SAFE(l->sockets, s, tmp)
	{
		close_socket(s);
	}
	uv_close((uv_handle_t *)&l->timer, on_timer_closed);
}
