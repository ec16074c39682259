/*
 * What follows from an answer: the clock, the pace, the breaker and the episodes of refused
 * keys learn from it first; then a read may be repeated, or the call ends.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/timefmt.h"
#include "cloud/cloud_state.h"
#include "cloud/reply.h"

#define READ_ATTEMPTS 4
#define CHAIN_CAP_MS 20000u /* the longest wait between attempts of one read */
#define THROTTLE_FACTOR 5u  /* being asked to slow down weighs more than a hiccup */
#define EXPIRED "InvalidTimeStamp.Expired"
#define TOKEN_ENDED "InvalidSecurityToken.Expired"

static enum outcome judge(const struct cloud_call *call, const struct reply *reply)
{
	const struct operation_info *info = operation_info(call->op);
	return outcome_classify(info->call_class, info->envelope, &reply->facts);
}

/* Only an answer that names its RequestId speaks for the gateway's clock. */
static void learn_clock(struct cloud *cloud, const struct http_response *response,
			const struct reply *reply)
{
	uint64_t server_ms;
	if (response->end != HTTP_COMPLETE || !*reply->request_id)
		return;
	cloud->clock_heard = cloud->clock_heard || *response->date;
	if (cloud->o.on_time && timefmt_parse_http(response->date, &server_ms) == 0)
		cloud->o.on_time(cloud->o.data, server_ms);
	if (clock_learn(&cloud->clock, env_wall_ms(cloud->o.env), response->date) &&
	    cloud->o.on_clock)
		cloud->o.on_clock(cloud->o.data, cloud->clock.offset_ms);
}

/* Refused for its date alone, and the next signature would carry another. */
static bool is_date_mended(const struct cloud_call *call, const struct cloud_reply *reply)
{
	return reply->outcome == OUTCOME_AUTH && strcmp(reply->code, EXPIRED) == 0 &&
	       clock_has_moved(&call->cloud->clock, call->signed_offset_ms);
}

static enum breaker_result breaker_verdict(const struct http_response *response,
					   const struct reply *reply)
{
	if (response->cancelled)
		return BREAKER_NONE;
	if (outcome_is_throttle(&reply->facts))
		return BREAKER_GOOD; /* it works, it is busy */
	return response->end == HTTP_COMPLETE && response->status < 500 && reply->facts.parsed
		       ? BREAKER_GOOD
		       : BREAKER_BAD;
}

/* Neither throttled nor failed, whatever the answer: when one operation's storm is over, the
 * others' may be. */
static void was_taken(struct cloud_call *call)
{
	struct cloud *cloud = call->cloud;
	uint64_t now_ms = env_mono_ms(cloud->o.env);
	struct cloud_service *service = call_service(call);
	pacing_budget_success(&service->budget, call->retry_cost);
	bool over = pacing_bucket_accepted(&cloud->lanes[call->op].bucket, now_ms, call->sent_ms);
	if (over || service->in_storm)
		service->next_trial_ms = now_ms;
	service->in_storm = false;
}

static void feed_breaker(struct cloud_call *call, const struct http_response *response,
			 const struct reply *reply)
{
	enum breaker_result verdict = breaker_verdict(response, reply);
	pacing_breaker_result(&call_service(call)->breaker, env_mono_ms(call->cloud->o.env),
			      call->trials & TRIAL_BREAKER, verdict, call_random(call->cloud));
	call->trials &= ~TRIAL_BREAKER;
	if (verdict == BREAKER_BAD)
		call->cloud->stats.failures++;
	else if (verdict == BREAKER_GOOD && !outcome_is_throttle(&reply->facts))
		was_taken(call);
}

static bool is_in_storm(const struct cloud *cloud, enum service service)
{
	unsigned n = 0;
	for (size_t i = 0; i < OP_MAX_; i++)
		n += operation_info((enum operation)i)->service == service &&
		     pacing_bucket_in_storm(&cloud->lanes[i].bucket);
	return n > 1;
}

/* Slows the lane down and says how long this call should wait. */
static uint64_t throttle(struct cloud_call *call, uint64_t hint_ms)
{
	struct cloud *cloud = call->cloud;
	struct pacing_bucket *bucket = &cloud->lanes[call->op].bucket;
	uint64_t now_ms = env_mono_ms(cloud->o.env);
	unsigned n = bucket->row > call->attempts - 1 ? bucket->row : call->attempts - 1;
	uint64_t own_ms = pacing_backoff(cloud->rates.backoff_base_ms * THROTTLE_FACTOR,
					 cloud->rates.backoff_cap_ms, n, call_random(cloud));
	uint64_t wait_ms = pacing_hinted(own_ms, hint_ms, call_random(cloud));
	cloud->stats.throttled++;
	pacing_bucket_throttled(bucket, now_ms, call->sent_ms, wait_ms);
	call_service(call)->in_storm = is_in_storm(cloud, operation_info(call->op)->service);
	return wait_ms;
}

static void tell_auth(struct cloud_call *call, const struct cloud_reply *reply)
{
	struct cloud *cloud = call->cloud;
	if (cloud->o.on_auth)
		cloud->o.on_auth(cloud->o.data, reply, call->op);
}

static void refuse(struct cloud_call *call, const struct cloud_reply *reply)
{
	struct cloud *cloud = call->cloud;
	bool of_keys = outcome_auth_scope(reply->code) == AUTH_OF_KEYS;
	struct auth_gate *gate = of_keys ? &cloud->keys_gate : &cloud->lanes[call->op].gate;
	call->trials &= ~(of_keys ? TRIAL_KEYS : TRIAL_OPERATION);
	/* No time mends what no site offers the account. */
	uint64_t interval_ms =
		site_is_nowhere(reply) ? AUTH_GATE_FOR_GOOD : cloud->rates.denied_min_ms;
	if (auth_gate_refused(gate, env_mono_ms(cloud->o.env), interval_ms, reply->code,
			      reply->request_id))
		tell_auth(call, reply);
}

/* The keys were looked at and found good: the product itself has answered. */
static bool shows_good_keys(const struct cloud_reply *reply)
{
	return reply->status > 0 && reply->root && *reply->request_id &&
	       reply->outcome != OUTCOME_AUTH && reply->outcome != OUTCOME_UNCLEAR &&
	       reply->outcome != OUTCOME_RETRYABLE && reply->outcome != OUTCOME_THROTTLED;
}

/* Only the call that tried ends an episode: others may have left before it began. */
static void feed_gates(struct cloud_call *call, const struct cloud_reply *reply)
{
	struct cloud *cloud = call->cloud;
	if (call->base_keys) { /* what it shows is not about the keys in force */
		settle_abandon_trials(call);
		return;
	}
	bool ended = false, of_operation = reply->outcome == OUTCOME_AUTH &&
					   outcome_auth_scope(reply->code) == AUTH_OF_OPERATION;
	if (reply->outcome == OUTCOME_AUTH)
		refuse(call, reply);
	if ((call->trials & TRIAL_KEYS) && (shows_good_keys(reply) || of_operation)) {
		call->trials &= ~TRIAL_KEYS;
		ended = auth_gate_accepted(&cloud->keys_gate);
	}
	if ((call->trials & TRIAL_OPERATION) && shows_good_keys(reply)) {
		call->trials &= ~TRIAL_OPERATION;
		ended |= auth_gate_accepted(&cloud->lanes[call->op].gate);
	}
	if (ended)
		tell_auth(call, &(struct cloud_reply){.outcome = OUTCOME_DONE,
						      .code = "",
						      .message = "",
						      .request_id = reply->request_id});
	settle_abandon_trials(call);
}

void settle_abandon_trials(struct cloud_call *call)
{
	struct cloud *cloud = call->cloud;
	if (call->trials & TRIAL_BREAKER)
		pacing_breaker_result(&call_service(call)->breaker, env_mono_ms(cloud->o.env), true,
				      BREAKER_NONE, 0);
	if (call->trials & TRIAL_KEYS)
		auth_gate_abandoned(&cloud->keys_gate);
	if (call->trials & TRIAL_OPERATION)
		auth_gate_abandoned(&cloud->lanes[call->op].gate);
	call->trials = 0;
}

static bool may_repeat(const struct cloud_call *call, const struct cloud_reply *reply)
{
	return call_is_read(call) && !call->cancelled && !call->cloud->closing &&
	       call->attempts < READ_ATTEMPTS &&
	       (reply->outcome == OUTCOME_RETRYABLE || reply->outcome == OUTCOME_NOT_SENT ||
		reply->outcome == OUTCOME_THROTTLED);
}

/* True when the read goes back into its lane. */
static bool repeat(struct cloud_call *call, const struct cloud_reply *reply, uint64_t throttle_ms)
{
	struct cloud *cloud = call->cloud;
	uint64_t now_ms = env_mono_ms(cloud->o.env), wait_ms = throttle_ms;
	bool throttled = reply->outcome == OUTCOME_THROTTLED;
	unsigned cost = throttled ? PACING_COST_THROTTLED : PACING_COST_TRANSIENT;
	if (!may_repeat(call, reply) || pacing_bucket_in_storm(&cloud->lanes[call->op].bucket) ||
	    pacing_breaker_rest(&call_service(call)->breaker, now_ms) > 0)
		return false;
	if (!throttled) {
		uint64_t cap = cloud->rates.backoff_cap_ms < CHAIN_CAP_MS
				       ? cloud->rates.backoff_cap_ms
				       : CHAIN_CAP_MS;
		wait_ms = pacing_backoff(cloud->rates.backoff_base_ms, cap, call->attempts - 1,
					 call_random(cloud));
	}
	/* A long rest is for the caller to plan around, with what it knows by then. */
	if (wait_ms > cloud->rates.backoff_cap_ms ||
	    !pacing_budget_retry(&call_service(call)->budget, now_ms, cost))
		return false;
	call->retry_cost += cost;
	cloud->stats.retries++;
	call_requeue(call, now_ms + wait_ms);
	return true;
}

/* Once per call: what is still refused after it was mended has another cause. */
static bool sign_again(struct cloud_call *call)
{
	if (!call_is_read(call) || call->resigned || call->cancelled || call->cloud->closing)
		return false;
	call->resigned = true;
	call_requeue(call, env_mono_ms(call->cloud->o.env));
	return true;
}

/* Refused for want of new keys alone, which will come. */
static bool have_keys_ended(struct cloud_call *call, const struct cloud_reply *reply,
			    const struct credentials *signed_as)
{
	return reply->outcome == OUTCOME_AUTH && strcmp(reply->code, TOKEN_ENDED) == 0 &&
	       keys_end(call->cloud, signed_as);
}

static void settle(struct cloud_call *call, struct cloud_reply *reply, bool throttled,
		   const struct credentials *signed_as)
{
	uint64_t wait_ms = throttled ? throttle(call, reply->retry_after_ms) : 0;
	if (site_cross(call, reply))
		return;
	if (shows_good_keys(reply))
		keys_prove(call->cloud, signed_as);
	if (is_date_mended(call, reply) || have_keys_ended(call, reply, signed_as)) {
		settle_abandon_trials(call);
		if (sign_again(call))
			return;
		if (!call_is_read(call)) /* definite, and right the next time */
			reply->outcome = OUTCOME_THROTTLED;
	}
	feed_gates(call, reply);
	if (repeat(call, reply, wait_ms))
		return;
	if (wait_ms > reply->retry_after_ms)
		reply->retry_after_ms = wait_ms;
	call_finish(call, reply);
}

void settle_response(struct http_request *http, const struct http_response *response)
{
	struct cloud_call *call = container_of(http, struct cloud_call, http);
	struct cloud *cloud = call->cloud;
	auto_credentials struct credentials *signed_as = NULL;
	struct credential_keys keys;
	struct reply found;
	call_list_remove(&cloud->in_flight, call);
	call->stage = CALL_ENDED; /* nothing is left to cancel */
	*call_in_flight(call) -= 1;
	keys_of_attempt(call, &keys);
	signed_as = TAKE(call->signed_as); /* for the keys borrowed of it */
	reply_read(cloud->arena, response, &keys, &cloud->message, &found);
	call->request = request_free(call->request);
	if (response->cancelled)
		call->cancelled = true;
	struct cloud_reply reply = {
		.outcome = judge(call, &found),
		.status = found.facts.status,
		.code = found.facts.code,
		.message = found.message,
		.request_id = found.request_id,
		.retry_after_ms = found.retry_after_ms,
		.root = found.root,
		.body_len = response->end == HTTP_COMPLETE ? response->body_len : 0,
	};
	feed_breaker(call, response, &found);
	learn_clock(cloud, response, &found);
	bool secret = http->secret;
	settle(call, &reply, outcome_is_throttle(&found.facts), signed_as);
	if (secret)
		json_arena_wipe(cloud->arena);
}
