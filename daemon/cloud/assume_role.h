#pragma once
/*
 * Keys of a role by AssumeRole (sts 2015-04-01, protocol d), signed with the keys that may
 * assume it and never with those of the role itself.
 */
#include "cloud/call.h"
#include "cloud/fresh_keys.h"

struct assume_role {
	void (*done)(struct assume_role *a, const struct fresh_keys *answer);

	/* private */
	struct cloud_call call;
	struct credentials *base; /* one reference while the call is under way */
	struct credential_keys keys;
	char endpoint[ENDPOINT_URL_SIZE];
};

/* done() fires exactly once, later. 0; -ESHUTDOWN or -ENOMEM: then it does not. */
int assume_role_start(struct assume_role *a, struct cloud *cloud,
		      const struct credential_role *role, struct credentials *base);
/* done() comes soon. */
void assume_role_cancel(struct assume_role *a);
