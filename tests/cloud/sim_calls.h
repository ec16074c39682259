#pragma once
/*
 * The log of API calls, for tests that ask what a client did. The oldest are forgotten
 * beyond a bound, so that a benchmark does not fill the memory.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "sim_random.h"

#define SIM_CALLS_MAX 100000

struct sim_call;

struct sim_logged {
	uint64_t seq, wall_ms;
	const char *product;
	char *action;
	int http; /* 0: no answer was sent */
	char *code;
	bool changing, effect;
	char request_id[SIM_UUID_SIZE];
	char *params; /* a JSON object */
};

struct sim_calls {
	struct sim_logged *ring; /* grows to SIM_CALLS_MAX, then goes round */
	size_t cap;
	uint64_t next_seq; /* 0 before the first */
};

/* @http is what left (0: nothing), @code "" for a success. 0 or -ENOMEM. */
int sim_calls_add(struct sim_calls *calls, const struct sim_call *call, uint64_t wall_ms, int http,
		  const char *code, bool effect);
/* A JSON array of the calls after @since. */
void sim_calls_json(const struct sim_calls *calls, uint64_t since, struct strbuf *out);
void sim_calls_fini(struct sim_calls *calls);
