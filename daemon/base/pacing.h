#pragma once
/*
 * How fast to call somebody else's service: a rate that finds the server's quota, jittered
 * back-off, a budget for retries, a breaker. Pure: time and chance are arguments, times are
 * of one monotonic clock.
 */
#include <stdbool.h>
#include <stdint.h>

struct pacing_rates {
	double start_per_s;
	double max_per_s;
	uint64_t double_every_ms;
	uint64_t storm_after_ms;
};

/*
 * Token bucket. The quota is documented nowhere, so the rate doubles from its start while
 * callers are held back, until the first refusal; from then on it stays at 0.95 of the
 * highest rate known to be accepted and tries more now and then, half way to the lowest
 * rate known to be refused.
 *
 * A storm is something else than a quota: nothing is accepted for storm_after_ms, or that much
 * silence is asked for. Then one call tries at a time, and what was known before holds again
 * once one is accepted.
 */
struct pacing_bucket {
	struct pacing_rates rates;
	double rate;     /* per second, now */
	double accepted; /* highest rate that went well for a whole period */
	double refused;  /* lowest rate that did not; 0 = none known */
	double tokens;
	enum { PACING_DOUBLING, PACING_STEADY, PACING_PROBING, PACING_STORM } stage;
	bool held_back; /* somebody had to wait since the stage began */
	unsigned calls; /* since the stage began */
	uint64_t filled_ms, stage_ms, lowered_ms, hold_until_ms;
	unsigned row; /* refusals with nothing accepted between; calls sent together count once */
	uint64_t row_ms;                                  /* when it began */
	struct { double rate, accepted, refused; } before; /* it did */
};

void pacing_bucket_init(struct pacing_bucket *b, const struct pacing_rates *rates, uint64_t now_ms);
/* New limits; what was learned stays. */
void pacing_bucket_configure(struct pacing_bucket *b, const struct pacing_rates *rates);
/* 0: a call may go now. Otherwise ask again in so many ms. */
uint64_t pacing_bucket_wait(struct pacing_bucket *b, uint64_t now_ms);
/* A call goes. */
void pacing_bucket_take(struct pacing_bucket *b);
/* The call sent at @sent_ms was throttled: nothing goes for @hold_ms. Calls that were under
 * way when the rate was lowered do not lower it again. */
void pacing_bucket_throttled(struct pacing_bucket *b, uint64_t now_ms, uint64_t sent_ms,
			     uint64_t hold_ms);
/* The call sent at @sent_ms was not. True when that ends a storm. */
bool pacing_bucket_accepted(struct pacing_bucket *b, uint64_t now_ms, uint64_t sent_ms);
/* One call at a time, and its answer decides. */
bool pacing_bucket_in_storm(const struct pacing_bucket *b);
/* How long nothing goes, as was asked for; 0: something may. */
uint64_t pacing_bucket_held_ms(const struct pacing_bucket *b, uint64_t now_ms);

/* Full jitter: uniform in 0..min(cap, base * 2^n), from the random number @random. */
uint64_t pacing_backoff(uint64_t base_ms, uint64_t cap_ms, unsigned n, uint64_t random);
/* The server's hint, where it is longer than our own back-off, with up to a fifth on top so that
 * those who were told the same do not come back together. */
uint64_t pacing_hinted(uint64_t backoff_ms, uint64_t hint_ms, uint64_t random);

#define PACING_COST_TRANSIENT 14
#define PACING_COST_THROTTLED 5

/* What may be spent on repeating: an outage must not multiply the load. At most every
 * tenth request of the last minutes may be a retry, and each retry costs of a store that
 * only successes fill. */
struct pacing_budget {
	double tokens;
	unsigned requests[2], retries[2]; /* this and the previous minute */
	uint64_t minute_ms;
};

void pacing_budget_init(struct pacing_budget *b, uint64_t now_ms);
void pacing_budget_request(struct pacing_budget *b,
			   uint64_t now_ms); /* every request, retries too */
/* Takes @cost for one retry; false when there is none to spend. */
bool pacing_budget_retry(struct pacing_budget *b, uint64_t now_ms, unsigned cost);
/* A request went well; @spent is what its retries cost. */
void pacing_budget_success(struct pacing_budget *b, unsigned spent);

#define PACING_SLOTS 6

/* Opens after 5 failures in a row, or when more than half of at least 10 calls in 60 s
 * failed; then one read tries, after 30 s, then 60 s, less a random part of up to half so
 * that many who saw the same failure do not come back together. */
struct pacing_breaker {
	enum { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_TRYING } state;
	unsigned calls[PACING_SLOTS], failures[PACING_SLOTS];
	uint64_t slot; /* number of the current 10 s */
	unsigned in_row, openings;
	uint64_t open_until_ms, cap_ms;
};

enum breaker_result { BREAKER_GOOD, BREAKER_BAD, BREAKER_NONE /* says nothing: cancelled */ };

void pacing_breaker_init(struct pacing_breaker *b, uint64_t cap_ms);
/* Whether a call may go. @ret_trial: it is the one that decides; hand that back. */
bool pacing_breaker_allows(struct pacing_breaker *b, uint64_t now_ms, bool is_read,
			   bool *ret_trial);
/* @random: a random number, for the time that it stays shut. */
void pacing_breaker_result(struct pacing_breaker *b, uint64_t now_ms, bool trial,
			   enum breaker_result result, uint64_t random);
/* How long it stays shut, 0 when it does not. */
uint64_t pacing_breaker_rest(const struct pacing_breaker *b, uint64_t now_ms);
