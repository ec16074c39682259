#pragma once
/*
 * How asking for temporary keys ended: what assume_role and instance_role hand back. Everything
 * is borrowed for the length of the callback.
 */
#include <stdbool.h>
#include <stdint.h>

#include "cloud/credentials.h"

struct fresh_keys {
	bool good;
	struct credential_keys keys; /* good */
	uint64_t expires_ms;         /* good; wall clock */
	bool refused;                /* not good, and asking again soon changes nothing */
	const char *code;            /* of the API; "" */
	const char *request_id;      /* "" */
	const char *text;            /* not good: what went wrong, for people; holds no secret */
};
