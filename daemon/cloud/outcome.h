#pragma once
/*
 * What the end of a call means. Pure: a table and a few rules, no clock, no I/O.
 * Sources: eds-aic 8, bssopenapi 9, protocol c.
 */
#include <stdbool.h>
#include <stdint.h>

#include "net/http.h"

enum outcome {
	OUTCOME_DONE,
	OUTCOME_REJECTED,  /* refused before any effect; the same call will be refused again */
	OUTCOME_THROTTLED, /* no effect; wait and send again */
	OUTCOME_NOT_SENT,  /* no effect: nothing left this machine */
	OUTCOME_UNCLEAR,   /* may have had its effect */
	OUTCOME_AUTH,      /* no effect: keys, permission or clock; stops until mended */
	OUTCOME_STOCK,     /* no effect: sold out; long back-off */
	OUTCOME_PAYMENT,   /* no effect: balance, arrears; long back-off */
	OUTCOME_QUOTA,     /* no effect: account limit; long back-off */
	OUTCOME_NOT_FOUND, /* no effect: the resource named does not exist */
	OUTCOME_CONFLICT,  /* no effect: another operation or state is in the way; look, then plan
			      again */
	OUTCOME_HOLD, /* IdempotentParameterMismatch: our bug or somebody else; a person decides */
	OUTCOME_RETRYABLE, /* reads only: transient, may simply be repeated */
	OUTCOME_MAX_,
};

enum call_class {
	CALL_READ,   /* changes nothing */
	CALL_CHANGE, /* changes something, idempotent by what it names */
	CALL_BUY,    /* may cost money: rejected is a closed list, all else unclear */
};

enum envelope {
	ENVELOPE_RPC, /* 2xx is success unless the body carries an error Code */
	ENVELOPE_BSS, /* Success / Code decide, also under HTTP 200 (bssopenapi 1.2) */
};

/* What was found in the reply before it is judged. Borrowed strings; "" when absent. */
struct outcome_facts {
	enum http_end end;
	int status;
	bool parsed; /* the body is one whole JSON object */
	bool has_request_id;
	const char *code;
	enum { SUCCESS_ABSENT, SUCCESS_FALSE, SUCCESS_TRUE } success; /* BSS */
	bool retry_hint; /* a positive x-acs-retry-after was sent */
};

/* The only place that decides. */
enum outcome outcome_classify(enum call_class call_class, enum envelope envelope,
			      const struct outcome_facts *facts);

/* The server asks for a slower pace, whatever the outcome: for the rate of the lane. */
bool outcome_is_throttle(const struct outcome_facts *facts);

/* How far an OUTCOME_AUTH reaches: a refused key or clock stops everything, a missing
 * permission only the operation it is missing for. */
enum auth_scope { AUTH_OF_KEYS, AUTH_OF_OPERATION };
enum auth_scope outcome_auth_scope(const char *code);

const char *outcome_name(enum outcome outcome);
/* True where this call provably had no effect, so that its intent may be sent again or
 * dropped. It says nothing about an earlier, unclear send of the same intent. */
bool outcome_is_definite_no(enum outcome outcome);
