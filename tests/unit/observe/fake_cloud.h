#pragma once
/*
 * A cloud that answers when the test says so, in place of cloud/call.c: include this in one
 * file of the program. Calls wait in the order of their start; cancelling marks a call, whose
 * end the test then delivers like any other.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "cloud/call.h"
#include "cloud/json.h"

#define FAKE_MANY 64

struct cloud {
	struct cloud_call *waiting[FAKE_MANY];
	bool cancelled[FAKE_MANY];
	size_t n;
	unsigned starts;
	unsigned refuse_from; /* the n-th start (from 1) and later ones fail; 0 = none */
	struct json_arena *arena;
};

static struct cloud fake;

int cloud_call_start(struct cloud *cloud, struct cloud_call *call)
{
	assert_ptr_equal(cloud, &fake);
	assert_non_null(call->done);
	fake.starts++;
	if (fake.refuse_from && fake.starts >= fake.refuse_from)
		return -ESHUTDOWN;
	assert_true(fake.n < FAKE_MANY);
	fake.cancelled[fake.n] = false;
	fake.waiting[fake.n++] = call;
	return 0;
}

void cloud_call_cancel(struct cloud_call *call)
{
	for (size_t k = 0; k < fake.n; k++)
		if (fake.waiting[k] == call) {
			fake.cancelled[k] = true;
			return;
		}
	fail_msg("cancelled a call that is not under way");
}

static void fake_reset(void)
{
	fake = (struct cloud){.arena = json_arena_new()};
	assert_non_null(fake.arena);
}

/* Every call must have ended. */
static void fake_end(void)
{
	assert_int_equal(0, fake.n);
	(void)json_arena_free(fake.arena);
}

/* The oldest call of @op; NULL when none waits. */
static inline struct cloud_call *fake_call(enum operation op)
{
	for (size_t k = 0; k < fake.n; k++)
		if (fake.waiting[k]->op == op)
			return fake.waiting[k];
	return NULL;
}

static void fake_finish(struct cloud_call *call, const struct cloud_reply *reply)
{
	size_t k = 0;
	while (k < fake.n && fake.waiting[k] != call)
		k++;
	assert_true(k < fake.n);
	fake.n--;
	for (; k < fake.n; k++) {
		fake.waiting[k] = fake.waiting[k + 1];
		fake.cancelled[k] = fake.cancelled[k + 1];
	}
	call->done(call, reply);
}

static inline void fake_fail(struct cloud_call *call, enum outcome outcome, const char *code)
{
	assert_non_null(call);
	const struct cloud_reply reply = {.outcome = outcome, .code = code, .message = "no",
					  .request_id = "R-9"};
	fake_finish(call, &reply);
}

static inline void fake_answer(struct cloud_call *call, const char *body)
{
	struct cloud_reply reply = {.outcome = OUTCOME_DONE, .status = 200, .code = "",
				    .message = "", .request_id = "R-1"};
	assert_non_null(call);
	if (json_parse(fake.arena, body, strlen(body), &reply.root) != 0)
		fail_msg("not JSON: %s", body);
	fake_finish(call, &reply);
}

/* Delivers the end of every cancelled call, also of those that follow from it. */
static inline void fake_end_cancelled(void)
{
	for (size_t k = 0; k < fake.n;) {
		if (fake.cancelled[k]) {
			fake_fail(fake.waiting[k], OUTCOME_NOT_SENT, "");
			k = 0;
		} else {
			k++;
		}
	}
}

static inline const char *fake_param(const struct cloud_call *call, const char *name)
{
	const char *value = params_get(&call->params, name);
	return value ? value : "";
}
