#pragma once
/*
 * The inside of struct cloud, shared by call.c (queue, pace, life of the whole),
 * send.c (one attempt) and settle.c (what to do with an answer). Nobody else includes it.
 */
#include "base/pacing.h"
#include "base/strbuf.h"
#include "cloud/auth_gate.h"
#include "cloud/call.h"
#include "cloud/clock.h"
#include "cloud/endpoint.h"
#include "cloud/json.h"
#include "cloud/request.h"
#include "model/settings.h"

struct call_list {
	struct cloud_call *head, *tail;
};

enum call_stage { CALL_WAITING, CALL_IN_FLIGHT, CALL_ENDING, CALL_ENDED };

/* Whose trial a call is: its result decides for all who wait. */
enum call_trial { TRIAL_BREAKER = 1, TRIAL_KEYS = 2, TRIAL_OPERATION = 4 };

/* Quotas are per account, product and operation (protocol c): one lane each. */
struct lane {
	struct pacing_bucket bucket;
	struct auth_gate gate; /* this operation is not permitted */
	struct call_list waiting;
};

struct cloud_service {
	char url[ENDPOINT_URL_SIZE];
	struct pacing_breaker breaker;
	struct pacing_budget budget;
	bool in_storm; /* several of its operations are, and it has taken nothing since */
	uint64_t next_trial_ms; /* one call after the other: of those operations; of all, in a storm */
	unsigned reads_in_flight, changes_in_flight; /* one that hangs takes no other's place */
};

/* Whose billing endpoint serves the account (bssopenapi 2): learned by reads. */
struct cloud_site {
	enum site of_settings;
	struct cloud_service other; /* of the other site; url "" where an endpoint is configured */
	bool reads_other;           /* that is where the account's reads are answered */
};

struct cloud {
	struct cloud_options o; /* settings is not kept */
	__typeof__(((struct settings *)0)->rates) rates;
	uint64_t connect_ms, read_ms, write_ms;
	bool observe_only;

	struct lane lanes[OP_MAX_];
	struct cloud_service services[SERVICE_MAX_];
	struct cloud_site site;
	struct keys_in_force {
		struct credentials *credentials; /* one reference; NULL: none */
		uint64_t margin_ms;              /* no changing call is signed with less left */
		bool ended;                      /* the cloud says so, before their time */
		bool proved;                     /* an answer has shown that they are good */
		unsigned ended_unproved;         /* in a row; more than one are no renewal's matter */
		void (*on_ended)(void *data);
		void *data;
	} keys;
	struct auth_gate keys_gate;
	struct clock_offset clock;
	bool clock_heard; /* an answer has told the time, so that ours is known to be right */
	struct call_list in_flight, ending;
	unsigned active; /* calls whose done() is still due */
	unsigned turn; /* the lane that begins, so that none starves */

	struct json_arena *arena;
	struct strbuf message;
	struct cloud_stats stats;

	uv_timer_t timer;
	uint64_t wake_ms; /* when the timer fires; UINT64_MAX = not armed */
	bool changes_stopped, closing, timer_closing;
	void (*closed)(void *data);
	void *closed_data;
};

static inline bool call_is_read(const struct cloud_call *call)
{
	return operation_info(call->op)->call_class == CALL_READ;
}

static inline struct cloud_service *call_service(const struct cloud_call *call)
{
	struct cloud *cloud = call->cloud;
	return call->at_other ? &cloud->site.other : &cloud->services[operation_info(call->op)->service];
}

/* How many of its class are under way to the service of @call. */
static inline unsigned *call_in_flight(const struct cloud_call *call)
{
	struct cloud_service *service = call_service(call);
	return call_is_read(call) ? &service->reads_in_flight : &service->changes_in_flight;
}

/* Has the lanes looked at again. */
void call_wake_soon(struct cloud *cloud);
void call_list_add(struct call_list *list, struct cloud_call *call);
void call_list_remove(struct call_list *list, struct cloud_call *call);
/* Puts a read back into its lane. */
void call_requeue(struct cloud_call *call, uint64_t not_before_ms);
/* done() and no more touching of @call. */
void call_finish(struct cloud_call *call, const struct cloud_reply *reply);
/* The same, from the loop, later, for a call that is in no list and got no answer. The
 * strings must live until then. */
void call_end_later(struct cloud_call *call, enum outcome outcome, const char *code,
		    const char *message, uint64_t retry_after_ms);
uint64_t call_random(struct cloud *cloud);

/* send.c: a call just taken out of its lane, which the pace lets through. It is in flight
 * afterwards, or ending. */
void send_attempt(struct cloud_call *call, uint64_t now_ms);

/* site.c: before an attempt: which site's endpoint it goes to. */
void site_choose(struct cloud_call *call);
/* site.c: after its answer. True: the call goes back into its lane for the other site, and
 * nothing else is to be learned from @reply. */
bool site_cross(struct cloud_call *call, struct cloud_reply *reply);
/* site.c: refused at both sites; site_cross() has made that a missing permission. */
bool site_is_nowhere(const struct cloud_reply *reply);

/* keys.c: whether the keys in force are good for @call. */
bool keys_allow(const struct cloud_call *call);
/* What @call's attempt is, or was, signed with. */
void keys_of_attempt(const struct cloud_call *call, struct credential_keys *ret);
/* @credentials were shown to be good. */
void keys_prove(struct cloud *cloud, const struct credentials *credentials);
/* An attempt with @credentials was refused because they have ended. True when the call is
 * good with the next ones. */
bool keys_end(struct cloud *cloud, const struct credentials *credentials);

/* settle.c: the http_done_cb of every request. */
void settle_response(struct http_request *http, const struct http_response *response);
/* The attempt ended without saying anything about those the call was to decide for. */
void settle_abandon_trials(struct cloud_call *call);
