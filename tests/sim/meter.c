#include "meter.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/vec.h"
#include "cloudside.h"
#include "net/http.h"
#include "vloop.h"

#define PENDING 256

static struct {
	VEC(struct metered) all;
	struct {
		const struct http_request *request;
		size_t at;
	} pending[PENDING];
	const char *hint;
} m;

static void on_sent(const struct http_request *request)
{
	struct metered *slot = vec_add(&m.all);
	size_t k = 0;
	const char *action = cloudside_action(request);
	enum operation op = operation_from_name(action + strspn(action, " "));
	if (!slot || op == OP_MAX_)
		abort();
	*slot = (struct metered){.sent_ms = vloop_now(),
				 .op = op,
				 .service = operation_info(op)->service,
				 .changing = request->changing,
				 .what = digest_bytes(digest_text(digest_text(DIGEST_INIT, action), request->url),
						      request->body, request->body_len)};
	while (k < PENDING && m.pending[k].request)
		k++;
	if (k == PENDING)
		abort();
	m.pending[k].request = request;
	m.pending[k].at = m.all.n - 1;
}

static enum metered_end end_of(const struct http_response *response)
{
	if (cloudside_throttles(response))
		return METERED_THROTTLED;
	if (response->end != HTTP_COMPLETE)
		return METERED_FAILED;
	return response->status == 200 && *response->body == '{' ? METERED_GOOD : METERED_FAILED;
}

static void on_answered(const struct http_request *request, struct http_response *response)
{
	for (size_t k = 0; k < PENDING; k++) {
		if (m.pending[k].request != request)
			continue;
		struct metered *it = &m.all.items[m.pending[k].at];
		m.pending[k].request = NULL;
		it->ended_ms = vloop_now();
		it->end = end_of(response);
		if (it->end == METERED_THROTTLED && m.hint)
			response->acs_retry_after = m.hint;
		return;
	}
	abort();
}

void meter_start(void)
{
	vec_free(&m.all);
	memset(&m, 0, sizeof(m));
	cloudside_watch(on_sent, on_answered);
}

void meter_hint(const char *hint)
{
	m.hint = hint;
}

size_t meter_count(void)
{
	return m.all.n;
}

const struct metered *meter_at(size_t n)
{
	return &m.all.items[n];
}

static bool is_in(const struct metered *it, uint64_t from_ms, uint64_t to_ms)
{
	return it->sent_ms >= from_ms && it->sent_ms < to_ms;
}

unsigned meter_sent(enum service service, uint64_t from_ms, uint64_t to_ms)
{
	unsigned n = 0;
	vec_each(&m.all, it)
		n += it->service == service && is_in(it, from_ms, to_ms);
	return n;
}

unsigned meter_peak(enum service service, uint64_t from_ms, uint64_t to_ms)
{
	unsigned n = 0, most = 0;
	uint64_t second = UINT64_MAX;
	vec_each(&m.all, it) {
		if (it->service != service || !is_in(it, from_ms, to_ms))
			continue;
		n = it->sent_ms / 1000 == second ? n + 1 : 1;
		second = it->sent_ms / 1000;
		most = n > most ? n : most;
	}
	return most;
}

unsigned meter_ended(enum operation op, enum metered_end end, uint64_t from_ms, uint64_t to_ms)
{
	unsigned n = 0;
	vec_each(&m.all, it)
		n += it->op == op && it->end == end && is_in(it, from_ms, to_ms);
	return n;
}

unsigned meter_repeated(void)
{
	unsigned n = 0;
	vec_each(&m.all, it) {
		const struct metered *other = m.all.items;
		while (other < it && (!other->changing || other->what != it->what))
			other++;
		n += it->changing && other < it;
	}
	return n;
}

unsigned meter_undercut(uint64_t hint_ms)
{
	unsigned n = 0;
	vec_each(&m.all, it) {
		if (it->end != METERED_THROTTLED)
			continue;
		vec_each(&m.all, other)
			n += other->op == it->op && other->sent_ms > it->ended_ms &&
			     other->sent_ms < it->ended_ms + hint_ms;
	}
	return n;
}

uint64_t meter_flow(enum operation op, unsigned n, uint64_t window_ms, uint64_t from_ms)
{
	VEC(uint64_t) good = {0};
	uint64_t at = 0;
	vec_each(&m.all, it) {
		if (it->op != op || it->end != METERED_GOOD || it->sent_ms < from_ms)
			continue;
		uint64_t *slot = vec_add(&good);
		if (!slot)
			abort();
		*slot = it->sent_ms;
		if (good.n >= n && *slot - good.items[good.n - n] <= window_ms) {
			at = *slot;
			break;
		}
	}
	vec_free(&good);
	return at;
}
