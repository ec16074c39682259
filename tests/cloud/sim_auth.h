#pragma once
/*
 * Who is asking: ACS3-HMAC-SHA256, checked from the text of protocol a alone and on
 * purpose not with the daemon's signer, so that the two check each other.
 */
#include <stdint.h>

#include "sim_call.h"
#include "sim_nonces.h"

/* 0 and call->keys, SIM_REFUSED or -ENOMEM. Does not spend the nonce. */
int sim_auth_check(struct sim_call *call, uint64_t wall_ms);
/* 0, SIM_REFUSED (SignatureNonceUsed) or -ENOMEM. */
int sim_auth_spend_nonce(struct sim_call *call, struct sim_nonces *nonces, uint64_t wall_ms);
