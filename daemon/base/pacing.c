#include "base/pacing.h"

#include "base/duration.h"

#define FLOOR_PER_S 0.1
#define SHARE 0.95     /* of the accepted rate: room for others of the account */
#define BACK_OFF 0.85  /* when a rate believed to be accepted is not */
#define MAX_BURST 10.0 /* calls saved up while idle */
#define PROBE_CALLS 100
#define PROBE_MS 60000u
#define NARROW 1.1 /* refused / accepted: closer than this is found */
#define UNKNOWN_STEP 1.25

static double clamp(double x, double low, double high)
{
	return x < low ? low : x > high ? high : x;
}

static double limited(const struct pacing_bucket *b, double rate)
{
	return clamp(rate, FLOOR_PER_S,
		     b->rates.max_per_s > FLOOR_PER_S ? b->rates.max_per_s : FLOOR_PER_S);
}

static double burst(const struct pacing_bucket *b)
{
	return clamp(b->rate, 1, MAX_BURST);
}

static void enter(struct pacing_bucket *b, uint64_t now_ms, int stage, double rate)
{
	b->stage = (__typeof__(b->stage))stage;
	b->rate = limited(b, rate);
	b->tokens = clamp(b->tokens, 0, burst(b));
	b->stage_ms = now_ms;
	b->calls = 0;
	b->held_back = false;
}

void pacing_bucket_init(struct pacing_bucket *b, const struct pacing_rates *rates, uint64_t now_ms)
{
	*b = (struct pacing_bucket){.rates = *rates, .filled_ms = now_ms};
	enter(b, now_ms, PACING_DOUBLING, rates->start_per_s);
	b->tokens = burst(b);
}

void pacing_bucket_configure(struct pacing_bucket *b, const struct pacing_rates *rates)
{
	bool untouched = b->stage == PACING_DOUBLING && b->accepted <= 0;
	b->rates = *rates;
	b->rate = limited(b, untouched ? rates->start_per_s : b->rate);
}

/* Half way to what is known to be refused. When both are close the server may have
 * changed its mind: look a little beyond. */
static double probe_rate(const struct pacing_bucket *b)
{
	if (b->refused <= 0)
		return b->accepted * UNKNOWN_STEP;
	if (b->refused <= b->accepted * NARROW)
		return b->refused * 1.02;
	return (b->accepted + b->refused) / 2;
}

/* While the quota is still being narrowed down, 100 calls or a minute are pause enough;
 * once it is found, refusals would be the only result: both must pass. */
static bool may_probe(const struct pacing_bucket *b, uint64_t age_ms)
{
	bool found = b->refused > 0 && b->refused <= b->accepted * NARROW;
	bool calls = b->calls >= PROBE_CALLS, time = age_ms >= PROBE_MS;
	return b->held_back && (found ? calls && time : calls || time);
}

static void advance_stage(struct pacing_bucket *b, uint64_t now_ms)
{
	uint64_t age_ms = now_ms - b->stage_ms;
	bool period = b->held_back && age_ms >= b->rates.double_every_ms;
	switch (b->stage) {
	case PACING_DOUBLING:
		if (!period)
			break;
		b->accepted = b->rate;
		enter(b, now_ms, PACING_DOUBLING, b->rate * 2);
		break;
	case PACING_STEADY:
		if (may_probe(b, age_ms) && b->rate < limited(b, probe_rate(b)))
			enter(b, now_ms, PACING_PROBING, probe_rate(b));
		break;
	case PACING_PROBING:
		if (!period)
			break;
		b->accepted = b->rate;
		if (b->refused > 0 && b->refused <= b->accepted)
			b->refused = 0;
		enter(b, now_ms, PACING_STEADY, SHARE * b->accepted);
		break;
	case PACING_STORM:
		break;
	}
}

static void fill(struct pacing_bucket *b, uint64_t now_ms)
{
	if (now_ms <= b->filled_ms)
		return;
	b->tokens =
		clamp(b->tokens + b->rate * (double)(now_ms - b->filled_ms) / 1000, 0, burst(b));
	b->filled_ms = now_ms;
}

uint64_t pacing_bucket_held_ms(const struct pacing_bucket *b, uint64_t now_ms)
{
	return now_ms < b->hold_until_ms ? b->hold_until_ms - now_ms : 0;
}

bool pacing_bucket_in_storm(const struct pacing_bucket *b)
{
	return b->stage == PACING_STORM;
}

static bool is_trying_more(const struct pacing_bucket *b)
{
	return b->stage == PACING_DOUBLING || b->stage == PACING_PROBING;
}

uint64_t pacing_bucket_wait(struct pacing_bucket *b, uint64_t now_ms)
{
	fill(b, now_ms);
	advance_stage(b, now_ms);
	if (pacing_bucket_held_ms(b, now_ms) > 0)
		return pacing_bucket_held_ms(b, now_ms);
	if (b->tokens >= 1)
		return 0;
	if (!b->held_back && is_trying_more(b))
		b->stage_ms = now_ms; /* a period of trying begins with the demand for it */
	b->held_back = true;
	return (uint64_t)((1 - b->tokens) * 1000 / b->rate) + 1;
}

void pacing_bucket_take(struct pacing_bucket *b)
{
	b->tokens = b->tokens > 1 ? b->tokens - 1 : 0;
	b->calls++;
}

static void lower(struct pacing_bucket *b, uint64_t now_ms)
{
	b->refused = b->rate;
	if (b->stage == PACING_STEADY || b->accepted <= 0 || b->accepted >= b->rate)
		b->accepted = limited(b, b->rate * BACK_OFF);
	enter(b, now_ms, PACING_STEADY, SHARE * b->accepted);
}

/* One more refusal in a row. */
static void refused_again(struct pacing_bucket *b, uint64_t now_ms)
{
	if (b->row++ == 0) {
		b->row_ms = now_ms;
		b->before.rate = b->rate;
		b->before.accepted = b->accepted;
		b->before.refused = b->refused;
	}
	b->lowered_ms = now_ms;
	if (b->stage != PACING_STORM)
		lower(b, now_ms);
}

static bool is_storm(const struct pacing_bucket *b, uint64_t now_ms, uint64_t hold_ms)
{
	uint64_t after_ms = b->rates.storm_after_ms;
	return hold_ms >= after_ms || (b->row > 1 && now_ms - b->row_ms >= after_ms);
}

void pacing_bucket_throttled(struct pacing_bucket *b, uint64_t now_ms, uint64_t sent_ms,
			     uint64_t hold_ms)
{
	fill(b, now_ms);
	if (b->lowered_ms == 0 || sent_ms > b->lowered_ms)
		refused_again(b, now_ms);
	if (b->stage != PACING_STORM && is_storm(b, now_ms, hold_ms))
		enter(b, now_ms, PACING_STORM, FLOOR_PER_S);
	if (now_ms + hold_ms > b->hold_until_ms)
		b->hold_until_ms = now_ms + hold_ms;
	b->tokens = b->stage == PACING_STORM ? 1 : 0; /* the one that tries */
	b->filled_ms = b->hold_until_ms;	      /* nothing is saved up while held */
}

/* What was refused while nothing at all was accepted says nothing about the quota. A first
 * refusal may well have been the quota's. */
static void end_storm(struct pacing_bucket *b, uint64_t now_ms, unsigned row)
{
	if (row > 1) {
		b->accepted = b->before.accepted;
		b->refused = b->before.refused;
	}
	if (b->refused > 0)
		enter(b, now_ms, PACING_STEADY, SHARE * b->accepted);
	else
		enter(b, now_ms, PACING_DOUBLING,
		      clamp(b->before.rate, FLOOR_PER_S, b->rates.start_per_s));
}

bool pacing_bucket_accepted(struct pacing_bucket *b, uint64_t now_ms, uint64_t sent_ms)
{
	unsigned row = b->row;
	if (row == 0 || sent_ms <= b->lowered_ms)
		return false;
	b->row = 0;
	if (b->stage != PACING_STORM)
		return false;
	end_storm(b, now_ms, row);
	return true;
}

uint64_t pacing_backoff(uint64_t base_ms, uint64_t cap_ms, unsigned n, uint64_t random)
{
	uint64_t most = base_ms;
	for (; n > 0 && most < cap_ms; n--)
		most *= 2;
	if (most > cap_ms)
		most = cap_ms;
	return most == UINT64_MAX ? random : random % (most + 1);
}

uint64_t pacing_hinted(uint64_t backoff_ms, uint64_t hint_ms, uint64_t random)
{
	return backoff_ms > hint_ms ? backoff_ms : hint_ms + random % (hint_ms / 5 + 1);
}

#define BUDGET_TOKENS 500.0
#define BUDGET_FREE 10u /* requests before the share of retries counts */

void pacing_budget_init(struct pacing_budget *b, uint64_t now_ms)
{
	*b = (struct pacing_budget){.tokens = BUDGET_TOKENS, .minute_ms = now_ms};
}

static void turn_minute(struct pacing_budget *b, uint64_t now_ms)
{
	uint64_t passed = (now_ms - b->minute_ms) / MINUTE_MS;
	if (passed == 0)
		return;
	b->requests[1] = passed == 1 ? b->requests[0] : 0;
	b->retries[1] = passed == 1 ? b->retries[0] : 0;
	b->requests[0] = b->retries[0] = 0;
	b->minute_ms += passed * MINUTE_MS;
}

void pacing_budget_request(struct pacing_budget *b, uint64_t now_ms)
{
	turn_minute(b, now_ms);
	b->requests[0]++;
}

bool pacing_budget_retry(struct pacing_budget *b, uint64_t now_ms, unsigned cost)
{
	turn_minute(b, now_ms);
	unsigned requests = b->requests[0] + b->requests[1];
	unsigned retries = b->retries[0] + b->retries[1];
	bool too_many = requests >= BUDGET_FREE && (retries + 1) * 10 > requests;
	if (too_many || b->tokens < cost)
		return false;
	b->tokens -= cost;
	b->retries[0]++;
	return true;
}

void pacing_budget_success(struct pacing_budget *b, unsigned spent)
{
	b->tokens = clamp(b->tokens + (spent > 0 ? spent : 1), 0, BUDGET_TOKENS);
}

#define BREAKER_IN_ROW 5
#define BREAKER_CALLS 10
#define BREAKER_REST_MS 30000u
#define SLOT_MS 10000u

void pacing_breaker_init(struct pacing_breaker *b, uint64_t cap_ms)
{
	*b = (struct pacing_breaker){.cap_ms = cap_ms};
}

bool pacing_breaker_allows(struct pacing_breaker *b, uint64_t now_ms, bool is_read, bool *ret_trial)
{
	*ret_trial = false;
	if (b->state == BREAKER_CLOSED)
		return true;
	if (b->state == BREAKER_TRYING || now_ms < b->open_until_ms || !is_read)
		return false;
	b->state = BREAKER_TRYING;
	*ret_trial = true;
	return true;
}

static void open_breaker(struct pacing_breaker *b, uint64_t now_ms, uint64_t random)
{
	unsigned openings = b->openings + 1;
	uint64_t rest = BREAKER_REST_MS;
	for (unsigned i = 1; i < openings && rest < b->cap_ms; i++)
		rest *= 2;
	rest = rest < b->cap_ms ? rest : b->cap_ms;
	*b = (struct pacing_breaker){
		.state = BREAKER_OPEN,
		.openings = openings,
		.cap_ms = b->cap_ms,
		.open_until_ms = now_ms + rest - random % (rest / 2 + 1),
	};
}

/* Empties the slots that the clock has passed since the last result. */
static unsigned turn_slots(struct pacing_breaker *b, uint64_t now_ms)
{
	uint64_t slot = now_ms / SLOT_MS;
	for (uint64_t i = b->slot + 1; i <= slot && i <= b->slot + PACING_SLOTS; i++)
		b->calls[i % PACING_SLOTS] = b->failures[i % PACING_SLOTS] = 0;
	b->slot = slot;
	return (unsigned)(slot % PACING_SLOTS);
}

static bool is_failing(const struct pacing_breaker *b)
{
	unsigned calls = 0, failures = 0;
	for (unsigned i = 0; i < PACING_SLOTS; i++) {
		calls += b->calls[i];
		failures += b->failures[i];
	}
	return b->in_row >= BREAKER_IN_ROW || (calls >= BREAKER_CALLS && failures * 2 > calls);
}

static void trial_result(struct pacing_breaker *b, uint64_t now_ms, enum breaker_result result,
			 uint64_t random)
{
	if (result == BREAKER_GOOD)
		pacing_breaker_init(b, b->cap_ms);
	else if (result == BREAKER_BAD)
		open_breaker(b, now_ms, random);
	else
		b->state = BREAKER_OPEN; /* due at once for the next read */
}

void pacing_breaker_result(struct pacing_breaker *b, uint64_t now_ms, bool trial,
			   enum breaker_result result, uint64_t random)
{
	if (trial && b->state == BREAKER_TRYING)
		trial_result(b, now_ms, result, random);
	if (trial || b->state != BREAKER_CLOSED || result == BREAKER_NONE)
		return;
	unsigned slot = turn_slots(b, now_ms);
	b->calls[slot]++;
	b->failures[slot] += result == BREAKER_BAD;
	b->in_row = result == BREAKER_BAD ? b->in_row + 1 : 0;
	if (is_failing(b))
		open_breaker(b, now_ms, random);
}

uint64_t pacing_breaker_rest(const struct pacing_breaker *b, uint64_t now_ms)
{
	return b->state == BREAKER_OPEN && now_ms < b->open_until_ms ? b->open_until_ms - now_ms
								     : 0;
}
