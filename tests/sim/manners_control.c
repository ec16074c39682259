/*
 * What the linker puts in the place of the daemon's manners (--wrap): the same, unless a control
 * takes it away.
 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/env.h"
#include "base/pacing.h"
#include "manners.h"
#include "observe/observer.h"

static enum manners_control missing;
static unsigned retries;

bool manners_control(const char *name)
{
	static const char *const names[] = {
		[MANNERS_NO_JITTER] = "no-jitter",	  [MANNERS_NO_HINT] = "no-hint",
		[MANNERS_NO_BREAKER] = "no-breaker", [MANNERS_NO_STORM] = "no-storm",
		[MANNERS_NO_BUDGET] = "no-budget",	  [MANNERS_TOGETHER] = "together"};
	for (size_t k = 1; k < ARRAY_SIZE(names); k++)
		if (strcmp(names[k], name) == 0)
			missing = (enum manners_control)k;
	return missing != MANNERS_WHOLE;
}

/* ---- chance, and what the server asks for ---- */

uint64_t __real_pacing_backoff(uint64_t base_ms, uint64_t cap_ms, unsigned n, uint64_t random);
uint64_t __wrap_pacing_backoff(uint64_t base_ms, uint64_t cap_ms, unsigned n, uint64_t random);
uint64_t __wrap_pacing_backoff(uint64_t base_ms, uint64_t cap_ms, unsigned n, uint64_t random)
{
	uint64_t most = cap_ms;
	if (missing != MANNERS_NO_JITTER)
		return __real_pacing_backoff(base_ms, cap_ms, n, random);
	if (n < 32 && base_ms << n < cap_ms)
		most = base_ms << n;
	return most;
}

uint64_t __real_env_random_below(struct env *env, uint64_t bound);
uint64_t __wrap_env_random_below(struct env *env, uint64_t bound);
uint64_t __wrap_env_random_below(struct env *env, uint64_t bound)
{
	return missing == MANNERS_NO_JITTER ? 0 : __real_env_random_below(env, bound);
}

uint64_t __real_pacing_hinted(uint64_t backoff_ms, uint64_t hint_ms, uint64_t random);
uint64_t __wrap_pacing_hinted(uint64_t backoff_ms, uint64_t hint_ms, uint64_t random);
uint64_t __wrap_pacing_hinted(uint64_t backoff_ms, uint64_t hint_ms, uint64_t random)
{
	return __real_pacing_hinted(backoff_ms, missing == MANNERS_NO_HINT ? 0 : hint_ms,
				    missing == MANNERS_NO_JITTER ? 0 : random);
}

/* ---- what stops ---- */

bool __real_pacing_breaker_allows(struct pacing_breaker *b, uint64_t now_ms, bool is_read, bool *ret_trial);
bool __wrap_pacing_breaker_allows(struct pacing_breaker *b, uint64_t now_ms, bool is_read, bool *ret_trial);
bool __wrap_pacing_breaker_allows(struct pacing_breaker *b, uint64_t now_ms, bool is_read, bool *ret_trial)
{
	*ret_trial = false;
	return missing == MANNERS_NO_BREAKER || __real_pacing_breaker_allows(b, now_ms, is_read, ret_trial);
}

void __real_pacing_breaker_result(struct pacing_breaker *b, uint64_t now_ms, bool trial,
				  enum breaker_result result, uint64_t random);
void __wrap_pacing_breaker_result(struct pacing_breaker *b, uint64_t now_ms, bool trial,
				  enum breaker_result result, uint64_t random);
void __wrap_pacing_breaker_result(struct pacing_breaker *b, uint64_t now_ms, bool trial,
				  enum breaker_result result, uint64_t random)
{
	__real_pacing_breaker_result(b, now_ms, trial, missing == MANNERS_NO_BREAKER ? BREAKER_NONE : result,
				     missing == MANNERS_NO_JITTER ? 0 : random);
}

bool __real_pacing_bucket_in_storm(const struct pacing_bucket *b);
bool __wrap_pacing_bucket_in_storm(const struct pacing_bucket *b);
bool __wrap_pacing_bucket_in_storm(const struct pacing_bucket *b)
{
	return missing != MANNERS_NO_STORM && __real_pacing_bucket_in_storm(b);
}

bool __real_pacing_bucket_accepted(struct pacing_bucket *b, uint64_t now_ms, uint64_t sent_ms);
bool __wrap_pacing_bucket_accepted(struct pacing_bucket *b, uint64_t now_ms, uint64_t sent_ms);
bool __wrap_pacing_bucket_accepted(struct pacing_bucket *b, uint64_t now_ms, uint64_t sent_ms)
{
	return missing != MANNERS_NO_STORM && __real_pacing_bucket_accepted(b, now_ms, sent_ms);
}

/* ---- repeating ---- */

unsigned manners_retries(void)
{
	return retries;
}

bool __real_pacing_budget_retry(struct pacing_budget *b, uint64_t now_ms, unsigned cost);
bool __wrap_pacing_budget_retry(struct pacing_budget *b, uint64_t now_ms, unsigned cost);
bool __wrap_pacing_budget_retry(struct pacing_budget *b, uint64_t now_ms, unsigned cost)
{
	bool may = __real_pacing_budget_retry(b, now_ms, cost) || missing == MANNERS_NO_BUDGET;
	retries += may;
	return may;
}

/* ---- each kind by itself ---- */

static struct {
	bool running, ended;
	struct observer_result result;
	char code[96], message[256], request_id[64];
} looks[KIND_MAX_];

int __real_observer_run(struct observer *o, enum kind kind, const struct observer_request *request);
int __wrap_observer_run(struct observer *o, enum kind kind, const struct observer_request *request);
int __wrap_observer_run(struct observer *o, enum kind kind, const struct observer_request *request)
{
	int r = __real_observer_run(o, kind, request);
	looks[kind].running = looks[kind].running || r == 0;
	return r;
}

static void keep(enum kind kind, const struct observer_result *result)
{
	looks[kind].running = false;
	looks[kind].ended = true;
	looks[kind].result = *result;
	(void)snprintf(looks[kind].code, sizeof(looks[kind].code), "%s", result->code);
	(void)snprintf(looks[kind].message, sizeof(looks[kind].message), "%s", result->message);
	(void)snprintf(looks[kind].request_id, sizeof(looks[kind].request_id), "%s", result->request_id);
	looks[kind].result.code = looks[kind].code;
	looks[kind].result.message = looks[kind].message;
	looks[kind].result.request_id = looks[kind].request_id;
}

void __real_app_on_cycle(void *data, enum kind kind, const struct observer_result *result);
void __wrap_app_on_cycle(void *data, enum kind kind, const struct observer_result *result);
void __wrap_app_on_cycle(void *data, enum kind kind, const struct observer_result *result)
{
	if (missing != MANNERS_TOGETHER) {
		__real_app_on_cycle(data, kind, result);
		return;
	}
	keep(kind, result);
	for (size_t k = 0; k < ARRAY_SIZE(looks); k++)
		if (looks[k].running)
			return;
	for (size_t k = 0; k < ARRAY_SIZE(looks); k++) {
		bool ended = looks[k].ended;
		looks[k].ended = false;
		if (ended)
			__real_app_on_cycle(data, (enum kind)k, &looks[k].result);
	}
}
