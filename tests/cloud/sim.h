#pragma once
/*
 * A model of the cloud that speaks its wire protocol, for rehearsals and tests.
 *
 * Pure: no socket, no thread, no clock and no random source of its own. Time comes
 * in with every request and chance from one seed, so that a seed explains a run.
 * sim_handle() is the in-process front; sim_http.h puts the same function behind a
 * loopback listener. Not safe for use from two threads at once.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim;

struct sim_options {
	uint64_t seed;
	double time_scale;         /* cloud time per real time; 0: only sim_advance() moves it */
	const char *access_key_id; /* NULL: test-access-key-id */
	const char *access_key_secret; /* NULL: test-access-key-secret */
	const char *security_token;    /* NULL: temporary credentials are refused */
	double reads_per_s;            /* per operation, cloud time; 0: never throttled */
	double writes_per_s;
	uint64_t token_window_ms; /* how long a ClientToken is remembered; 0: for ever */
};

/* The caller's clocks. mono never goes back and drives cloud time; wall is what
 * signatures, nonces and creation times are about. */
struct sim_now {
	uint64_t mono_ms;
	uint64_t wall_ms;
};

struct sim_header {
	const char *name;
	const char *value;
};

/* Everything is borrowed for the length of sim_handle(). */
struct sim_request {
	const char *method; /* "POST" */
	const char *target; /* path and query as on the wire, still encoded */
	const struct sim_header *headers;
	size_t n_headers;
	const char *body; /* may be NULL when body_len is 0 */
	size_t body_len;
};

enum sim_delivery {
	SIM_ANSWER,   /* send all of it */
	SIM_CUT,      /* close the connection without a byte */
	SIM_TRUNCATE, /* announce body_len, send send_len bytes of it, close */
};

#define SIM_RESPONSE_HEADERS 6
struct sim_response {
	enum sim_delivery delivery;
	int status;
	struct sim_header headers[SIM_RESPONSE_HEADERS]; /* values live in text */
	size_t n_headers;
	char *body;
	size_t body_len;
	size_t send_len;
	uint64_t ready_cloud_ms; /* not to be delivered before; 0: at once */
	char text[3][40];        /* storage of the header values: do not copy the struct */
};

/* 0 or -ENOMEM. @options is copied; NULL takes the defaults with a time scale of 1. */
int sim_new(const struct sim_options *options, struct sim_now now, struct sim **ret_sim);
void sim_free(struct sim *sim);

/* Answers one request; always yields a response unless it returns -ENOMEM. The
 * caller releases it with sim_response_fini(). */
int sim_handle(struct sim *sim, struct sim_now now, const struct sim_request *request,
	       struct sim_response *ret_response);
void sim_response_fini(struct sim_response *response);

/* Lets cloud time follow @now, and ages what is due. */
int sim_tick(struct sim *sim, struct sim_now now);
/* Moves cloud time forward by hand. */
int sim_advance(struct sim *sim, uint64_t ms);
uint64_t sim_cloud_ms(const struct sim *sim);
/* Cloud time of the next ageing step; UINT64_MAX when nothing will ever happen. */
uint64_t sim_next_due_ms(const struct sim *sim);
/* Real milliseconds until cloud time reaches @cloud_ms; UINT64_MAX when only
 * sim_advance() can get there. */
uint64_t sim_real_ms_until(const struct sim *sim, uint64_t cloud_ms);

/* Applies {"groups": [...], "account": {...}, "faults": [...]}. 0, -ENOMEM, or -EINVAL with what is
 * wrong in @reterr. */
int sim_scenario(struct sim *sim, const char *json, size_t len, char *reterr, size_t reterr_size);
