#include "cloud/call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cloud/cloud_state.h"

#define NEVER UINT64_MAX
#define MESSAGE_MAX ((size_t)2 * 1024 * 1024)

void call_list_add(struct call_list *list, struct cloud_call *call)
{
	call->next = NULL;
	call->prev = list->tail;
	*(list->tail ? &list->tail->next : &list->head) = call;
	list->tail = call;
}

void call_list_remove(struct call_list *list, struct cloud_call *call)
{
	*(call->prev ? &call->prev->next : &list->head) = call->next;
	*(call->next ? &call->next->prev : &list->tail) = call->prev;
	call->next = call->prev = NULL;
}

uint64_t call_random(struct cloud *cloud)
{
	uint64_t random;
	cloud->o.env->random_bytes(cloud->o.env, &random, sizeof(random));
	return random;
}

/* ---- waking ---- */

static void on_timer(uv_timer_t *timer)
{
	cloud_wake(timer->data);
}

/* At least a millisecond: a timer due at once, set from its own callback, would keep the
 * loop from its sockets. */
static void wake_in(struct cloud *cloud, uint64_t delay_ms)
{
	uint64_t now_ms = env_mono_ms(cloud->o.env);
	delay_ms = delay_ms < 1 ? 1 : delay_ms;
	if (cloud->timer_closing || now_ms + delay_ms >= cloud->wake_ms)
		return;
	cloud->wake_ms = now_ms + delay_ms;
	if (cloud->o.arm)
		cloud->o.arm(cloud->o.data, delay_ms);
	else
		(void)uv_timer_start(&cloud->timer, on_timer, delay_ms, 0);
}

void call_wake_soon(struct cloud *cloud)
{
	wake_in(cloud, 1);
}

/* ---- ending ---- */

void call_finish(struct cloud_call *call, const struct cloud_reply *reply)
{
	struct cloud *cloud = call->cloud;
	call->stage = CALL_ENDED;
	cloud->active--;
	call->done(call, reply);
	wake_in(cloud, 1);
}

void call_end_later(struct cloud_call *call, enum outcome outcome, const char *code,
		    const char *message, uint64_t retry_after_ms)
{
	struct cloud *cloud = call->cloud;
	call->local = (struct cloud_reply){
		.outcome = outcome,
		.code = code,
		.message = message,
		.request_id = "",
		.retry_after_ms = retry_after_ms,
	};
	call->stage = CALL_ENDING;
	call_list_add(&cloud->ending, call);
	wake_in(cloud, 1);
}

static void end_waiting(struct cloud *cloud, bool changes_only, const char *message)
{
	for (size_t i = 0; i < OP_MAX_; i++) {
		struct call_list *waiting = &cloud->lanes[i].waiting;
		while (waiting->head && !(changes_only && call_is_read(waiting->head))) {
			struct cloud_call *call = waiting->head;
			call_list_remove(waiting, call);
			call_end_later(call, OUTCOME_NOT_SENT, "", message, 0);
		}
	}
}

static void deliver_endings(struct cloud *cloud)
{
	while (cloud->ending.head) {
		struct cloud_call *call = cloud->ending.head;
		call_list_remove(&cloud->ending, call);
		struct cloud_reply reply = call->local;
		call_finish(call, &reply);
	}
}

/* ---- lanes ---- */

static bool has_slot(const struct cloud *cloud, const struct cloud_call *call)
{
	int most = call_is_read(call) ? cloud->rates.reads_in_flight : cloud->rates.writes_in_flight;
	return *call_in_flight(call) < (unsigned)most;
}

/* The first that is due; NULL, and when the next one will be. */
static struct cloud_call *first_due(const struct lane *lane, uint64_t now_ms, uint64_t *ret_wait_ms)
{
	*ret_wait_ms = NEVER;
	for (struct cloud_call *call = lane->waiting.head; call; call = call->next) {
		if (call->not_before_ms <= now_ms)
			return call;
		if (call->not_before_ms - now_ms < *ret_wait_ms)
			*ret_wait_ms = call->not_before_ms - now_ms;
	}
	return NULL;
}

/* 0: the pace lets the next one of the lane go. */
static uint64_t pace(struct cloud_call *call, struct lane *lane, uint64_t now_ms)
{
	struct cloud_service *service = call_service(call);
	uint64_t wait_ms = pacing_bucket_wait(&lane->bucket, now_ms);
	if (wait_ms > 0 || !(service->in_storm || pacing_bucket_in_storm(&lane->bucket)))
		return wait_ms;
	if (now_ms < service->next_trial_ms)
		return service->next_trial_ms - now_ms;
	service->next_trial_ms = now_ms + call->cloud->rates.storm_after_ms;
	return 0;
}

/* Who reads has more to look at than an operation that is held back for long: better no answer
 * than a late one. A changing call is made for its effect, and waits. */
static bool end_held_read(struct cloud_call *call, struct lane *lane, uint64_t now_ms)
{
	uint64_t held_ms = pacing_bucket_held_ms(&lane->bucket, now_ms);
	if (held_ms == 0 || !call_is_read(call) || !pacing_bucket_in_storm(&lane->bucket))
		return false;
	call_list_remove(&lane->waiting, call);
	call_end_later(call, OUTCOME_NOT_SENT, "", "not sent: the service is too busy", held_ms);
	return true;
}

/* Another read finds out just now whether the endpoint works. */
static bool awaits_trial(const struct cloud_call *call)
{
	return call_is_read(call) && call_service(call)->breaker.state == BREAKER_TRYING;
}

/* Sends what may go; returns when to look again (NEVER: when something ends or starts). */
static uint64_t run_lane(struct cloud *cloud, struct lane *lane, uint64_t now_ms)
{
	for (;;) {
		uint64_t wait_ms;
		struct cloud_call *call = first_due(lane, now_ms, &wait_ms);
		if (!call)
			return wait_ms;
		if (end_held_read(call, lane, now_ms))
			continue;
		if (!has_slot(cloud, call) || !keys_allow(call) || awaits_trial(call))
			return NEVER;
		wait_ms = pace(call, lane, now_ms);
		if (wait_ms > 0)
			return wait_ms;
		call_list_remove(&lane->waiting, call);
		send_attempt(call, now_ms);
	}
}

static void run_lanes(struct cloud *cloud)
{
	uint64_t now_ms = env_mono_ms(cloud->o.env), next_ms = NEVER;
	unsigned turn = cloud->turn++;
	for (unsigned i = 0; i < OP_MAX_; i++) {
		uint64_t wait_ms = run_lane(cloud, &cloud->lanes[(turn + i) % OP_MAX_], now_ms);
		next_ms = wait_ms < next_ms ? wait_ms : next_ms;
	}
	if (next_ms != NEVER)
		wake_in(cloud, next_ms);
}

void call_requeue(struct cloud_call *call, uint64_t not_before_ms)
{
	call->stage = CALL_WAITING;
	call->not_before_ms = not_before_ms;
	call_list_add(&call->cloud->lanes[call->op].waiting, call);
	wake_in(call->cloud, 1);
}

/* ---- life of the whole ---- */

static void destroy(struct cloud *cloud)
{
	void (*closed)(void *data) = cloud->closed;
	void *data = cloud->closed_data;
	strbuf_wipe(&cloud->message);
	(void)credentials_free(cloud->keys.credentials);
	(void)json_arena_free(cloud->arena);
	free(cloud);
	closed(data);
}

static void on_timer_closed(uv_handle_t *handle)
{
	destroy(handle->data);
}

/* Everything that must be over: no done() is due, and nothing can wake us. */
static void maybe_closed(struct cloud *cloud)
{
	if (!cloud->closing || cloud->active > 0 || cloud->timer_closing)
		return;
	cloud->timer_closing = true;
	if (cloud->o.arm)
		destroy(cloud);
	else
		uv_close((uv_handle_t *)&cloud->timer, on_timer_closed);
}

void cloud_wake(struct cloud *cloud)
{
	cloud->wake_ms = NEVER;
	deliver_endings(cloud);
	if (!cloud->closing)
		run_lanes(cloud);
	maybe_closed(cloud);
}

void cloud_close(struct cloud *cloud, void (*closed)(void *data), void *data)
{
	cloud->closing = true;
	cloud->closed = closed;
	cloud->closed_data = data;
	end_waiting(cloud, false, "not sent: shutting down");
	for (struct cloud_call *call = cloud->in_flight.head, *next; call; call = next) {
		next = call->next;
		if (call_is_read(call))
			cloud_call_cancel(call);
	}
	wake_in(cloud, 1);
}

static struct pacing_rates rates_of(const struct cloud *cloud, size_t op)
{
	bool is_read = operation_info((enum operation)op)->call_class == CALL_READ;
	return (struct pacing_rates){
		.start_per_s = is_read ? cloud->rates.reads_per_s : cloud->rates.writes_per_s,
		.max_per_s = cloud->rates.max_per_s,
		.double_every_ms = cloud->rates.double_every_ms,
		.storm_after_ms = cloud->rates.storm_after_ms,
	};
}

struct endpoints {
	char of[SERVICE_MAX_][ENDPOINT_URL_SIZE];
	char other_bss[ENDPOINT_URL_SIZE];
	enum site site;
};

static int find_endpoints(const struct settings *settings, struct endpoints *ret)
{
	for (size_t i = 0; i < OP_MAX_; i++) {
		enum service service = operation_info((enum operation)i)->service;
		int r = endpoint_url(settings, service, ret->of[service]);
		if (r < 0)
			return r;
	}
	endpoint_other_site_url(settings, SERVICE_BSS, ret->other_bss);
	ret->site = settings->site;
	return 0;
}

static void take_settings(struct cloud *cloud, const struct settings *settings)
{
	memcpy(&cloud->rates, &settings->rates, sizeof(cloud->rates));
	cloud->connect_ms = settings->poll.connect_ms;
	cloud->read_ms = settings->poll.read_ms;
	cloud->write_ms = settings->poll.write_ms;
	cloud->observe_only = settings->mode == MODE_OBSERVE;
	cloud->keys.margin_ms = settings->credentials.change_margin_ms;
}

/* Another endpoint has done nothing wrong yet. True when it is another one. */
static bool take_endpoint(struct cloud *cloud, struct cloud_service *service, const char *url)
{
	bool is_new = strcmp(service->url, url) != 0;
	if (is_new)
		pacing_breaker_init(&service->breaker, cloud->rates.backoff_cap_ms);
	service->breaker.cap_ms = cloud->rates.backoff_cap_ms;
	memcpy(service->url, url, ENDPOINT_URL_SIZE);
	return is_new;
}

static void take_endpoints(struct cloud *cloud, const struct endpoints *endpoints)
{
	bool others = take_endpoint(cloud, &cloud->site.other, endpoints->other_bss);
	for (size_t i = 0; i < SERVICE_MAX_; i++) {
		bool is_new = take_endpoint(cloud, &cloud->services[i], endpoints->of[i]);
		others = others || (i == SERVICE_BSS && is_new);
	}
	if (others || cloud->site.of_settings != endpoints->site)
		cloud->site.reads_other = false;
	cloud->site.of_settings = endpoints->site;
}

void cloud_configure(struct cloud *cloud, const struct settings *settings)
{
	struct endpoints endpoints = {0};
	take_settings(cloud, settings);
	if (find_endpoints(settings, &endpoints) == 0)
		take_endpoints(cloud, &endpoints);
	for (size_t i = 0; i < OP_MAX_; i++) {
		struct pacing_rates rates = rates_of(cloud, i);
		pacing_bucket_configure(&cloud->lanes[i].bucket, &rates);
		auth_gate_hurry(&cloud->lanes[i].gate);
	}
	if (cloud->observe_only)
		end_waiting(cloud, true, "not sent: mode is observe");
	wake_in(cloud, 1);
}

static void init_state(struct cloud *cloud, const struct endpoints *endpoints)
{
	uint64_t now_ms = env_mono_ms(cloud->o.env);
	take_settings(cloud, cloud->o.settings);
	take_endpoints(cloud, endpoints);
	pacing_budget_init(&cloud->site.other.budget, now_ms);
	for (size_t i = 0; i < SERVICE_MAX_; i++)
		pacing_budget_init(&cloud->services[i].budget, now_ms);
	for (size_t i = 0; i < OP_MAX_; i++) {
		struct pacing_rates rates = rates_of(cloud, i);
		pacing_bucket_init(&cloud->lanes[i].bucket, &rates, now_ms);
	}
	strbuf_init(&cloud->message, MESSAGE_MAX);
	cloud->wake_ms = NEVER;
	cloud->o.settings = NULL;
}

int cloud_new(const struct cloud_options *options, struct cloud **ret_cloud)
{
	struct endpoints endpoints = {0};
	int r = find_endpoints(options->settings, &endpoints);
	if (r < 0)
		return r;
	auto_free struct cloud *cloud = calloc(1, sizeof(*cloud));
	auto_json_arena struct json_arena *arena = json_arena_new();
	if (!cloud || !arena)
		return -ENOMEM;
	cloud->o = *options;
	init_state(cloud, &endpoints);
	if (!options->arm) {
		r = uv_timer_init(options->loop, &cloud->timer);
		if (r < 0)
			return r;
		cloud->timer.data = cloud;
	}
	cloud->arena = TAKE(arena);
	cloud->keys.credentials = credentials_ref(options->credentials);
	*ret_cloud = TAKE(cloud);
	return 0;
}

/* ---- calls ---- */

static const char *refusal(const struct cloud *cloud, const struct cloud_call *call)
{
	if (call_is_read(call))
		return NULL;
	if (cloud->observe_only)
		return "not sent: mode is observe";
	return cloud->changes_stopped ? "not sent: shutting down" : NULL;
}

int cloud_call_start(struct cloud *cloud, struct cloud_call *call)
{
	if ((unsigned)call->op >= OP_MAX_ || !call->done ||
	    (!call_is_read(call) && !call->before_send))
		return -EINVAL;
	if (cloud->closing)
		return -ESHUTDOWN;
	call->cloud = cloud;
	call->request = NULL;
	call->signed_as = NULL;
	call->attempts = call->retry_cost = 0;
	call->trials = 0;
	call->cancelled = call->resigned = call->crossed = call->at_other = false;
	cloud->active++;
	const char *why = refusal(cloud, call);
	if (why)
		call_end_later(call, OUTCOME_NOT_SENT, "", why, 0);
	else
		call_requeue(call, 0);
	return 0;
}

void cloud_call_cancel(struct cloud_call *call)
{
	struct cloud *cloud = call->cloud;
	if (call->stage == CALL_IN_FLIGHT) {
		call->cancelled = true;
		http_cancel(cloud->o.http, &call->http);
	} else if (call->stage == CALL_WAITING) {
		call_list_remove(&cloud->lanes[call->op].waiting, call);
		call_end_later(call, OUTCOME_NOT_SENT, "", "not sent: cancelled", 0);
	}
}

void cloud_stop_changes(struct cloud *cloud)
{
	cloud->changes_stopped = true;
	end_waiting(cloud, true, "not sent: shutting down");
}

unsigned cloud_changes_in_flight(const struct cloud *cloud)
{
	unsigned n = 0;
	for (size_t i = 0; i < SERVICE_MAX_; i++)
		n += cloud->services[i].changes_in_flight;
	return n;
}

void cloud_stats(const struct cloud *cloud, struct cloud_stats *ret)
{
	*ret = cloud->stats;
	ret->clock_offset_ms = cloud->clock.offset_ms;
	ret->breaker_open = 0;
	for (size_t i = 0; i < SERVICE_MAX_; i++)
		ret->breaker_open += cloud->services[i].breaker.state != BREAKER_CLOSED;
	ret->breaker_open += cloud->site.other.breaker.state != BREAKER_CLOSED;
}
