#pragma once
/*
 * Keys: those the cloud was made with, and temporary ones, which AssumeRole and the
 * instance metadata service issue (protocol d). How long temporary keys live is cloud time,
 * so that advancing it ends them; the Expiration that an answer names is the wall clock's.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/vec.h"

struct sim;
struct sim_call;
struct sim_input;
struct sim_response;

#define SIM_ACCOUNT "1234567890123456"
#define SIM_ISSUED_MAX 1024 /* the oldest are forgotten */
#define SIM_METADATA_TOKENS 8

struct sim_keys {
	char *access_key_id;
	char *access_key_secret;
	char *security_token; /* or NULL */
	uint64_t ends_ms;     /* cloud; SIM_NEVER */
	char role[65];        /* "": of a user, not of a role */
	char session[65];
};

struct sim_metadata_token {
	char text[48];
	uint64_t ends_ms; /* cloud */
};

struct sim_sts {
	VEC(struct sim_keys *) issued; /* oldest first */
	uint64_t ttl_ms;               /* cloud; 0: as long as was asked for */
	char refuse[80];               /* the code of every AssumeRole; "": none */
	char mark[80];                 /* stands in every secret and token issued */
	struct {
		char role[65]; /* of the instance; "": it has none */
		bool require_token;
		bool no_tokens; /* an old service: it knows nothing of tokens */
		bool broken;
		struct sim_metadata_token tokens[SIM_METADATA_TOKENS];
		unsigned next_token;
		const struct sim_keys *keys; /* issued last; NULL: none */
	} metadata;
};

void sim_keys_free(struct sim_keys *keys);
void sim_sts_fini(struct sim_sts *sts);
/* The keys with that id, ended or not; NULL when there never were any. */
const struct sim_keys *sim_sts_find(const struct sim *sim, const char *access_key_id);
/* What a client has to sleep through for so much cloud time. */
uint64_t sim_real_ms(const struct sim *sim, uint64_t cloud_ms);
/* New ones for @ms of cloud time, unless another life is set; NULL without memory. */
const struct sim_keys *sim_sts_issue(struct sim *sim, const char *role, const char *session,
				     uint64_t ms);
/* Writes them as both services spell them, members after a brace. */
void sim_sts_write(const struct sim *sim, const struct sim_keys *keys, struct strbuf *out);
/* {"ttl_ms", "refuse", "mark", "metadata": {...}}: what is given replaces. 0 or -EINVAL. */
int sim_sts_configure(struct sim *sim, const cJSON *body);

int sim_assume_role(struct sim_call *call);
int sim_get_caller_identity(struct sim_call *call);

/* sim_metadata.c: whether the path is the metadata service's; its answer, unsigned and plain.
 * 0 or -ENOMEM. */
bool sim_metadata_has(const struct sim_input *input);
int sim_metadata_serve(struct sim *sim, const struct sim_input *input,
		       struct sim_response *response);
