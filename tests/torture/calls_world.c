/* What only the daemon on the virtual clock calls: its loop, the seam of the network, the ledger. */
#include <errno.h>
#include <uv.h>

#include "faults.h"
#include "ledger/ledger.h"
#include "net/http_curl.h"

static bool io_fails(void)
{
	return faults_strike(FAULTS_IO);
}

/* ---- the loop: what of it can fail ---- */

int faulty_uv_loop_init(uv_loop_t *loop);
int faulty_uv_signal_init(uv_loop_t *loop, uv_signal_t *handle);
int faulty_uv_signal_start(uv_signal_t *handle, uv_signal_cb cb, int number);
int faulty_uv_fs_event_start(uv_fs_event_t *handle, uv_fs_event_cb cb, const char *path, unsigned flags);

int faulty_uv_loop_init(uv_loop_t *loop)
{
	return io_fails() ? -faults_errno() : uv_loop_init(loop);
}

int faulty_uv_signal_init(uv_loop_t *loop, uv_signal_t *handle)
{
	return io_fails() ? -faults_errno() : uv_signal_init(loop, handle);
}

int faulty_uv_signal_start(uv_signal_t *handle, uv_signal_cb cb, int number)
{
	return io_fails() ? -faults_errno() : uv_signal_start(handle, cb, number);
}

int faulty_uv_fs_event_start(uv_fs_event_t *handle, uv_fs_event_cb cb, const char *path, unsigned flags)
{
	return io_fails() ? -faults_errno() : uv_fs_event_start(handle, cb, path, flags);
}

/* ---- the network ---- */

static struct {
	struct http http; /* first: what the daemon holds */
	struct http *real;
} net;

static int send_request(struct http *http, struct http_request *request)
{
	(void)http;
	return io_fails() ? -ENOMEM : http_send(net.real, request);
}

static void cancel_request(struct http *http, struct http_request *request)
{
	(void)http;
	http_cancel(net.real, request);
}

static void close_http(struct http *http, void (*closed)(void *data), void *data)
{
	(void)http;
	http_close(net.real, closed, data);
}

static void read_stats(struct http *http, struct http_stats *ret)
{
	(void)http;
	http_read_stats(net.real, ret);
}

int faulty_http_curl_new(uv_loop_t *loop, const struct http_curl_options *options, struct http **ret);
int faulty_http_curl_new(uv_loop_t *loop, const struct http_curl_options *options, struct http **ret)
{
	static const struct http_ops ops = {send_request, cancel_request, close_http, read_stats};
	int r = io_fails() ? -ENOMEM : http_curl_new(loop, options, &net.real);
	if (r < 0)
		return r;
	net.http.ops = &ops;
	*ret = &net.http;
	return 0;
}

/* ---- the ledger, as those who write it see it ---- */

int faulty_ledger_commit(struct ledger *l);
int faulty_ledger_commit(struct ledger *l)
{
	if (!faults_strike(FAULTS_COMMIT))
		return ledger_commit(l);
	ledger_rollback(l);
	return faults_forget() ? 0 : -EIO;
}
