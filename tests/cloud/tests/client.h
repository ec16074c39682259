#pragma once
/*
 * A client of the in-process front: signs calls, keeps the last answer. Parameters are
 * "Name=value" strings behind the action.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <cjson/cJSON.h>

#include "base/cleanup.h"
#include "cloud/sim.h"

#define REGION "BizRegionId=cn-shanghai"
#define SPEC "InstanceGroupSpec=acp.basic.small"
#define IMAGE "ImageId=imgc-06zyt9m93zwax1f2s"

struct client {
	struct sim *sim;
	struct sim_now now;
	const char *key_id, *secret, *token;  /* token NULL: none is sent */
	const char *method;                   /* POST unless set */
	const char *host, *path;              /* NULL: the usual one, / */
	const char *nonce;                    /* NULL: a fresh one each time */
	const char *date;                     /* NULL: by the clock */
	const char *authorization;            /* NULL: as it should be */
	const char *extra_name, *extra_value; /* a header beyond the signed ones */
	unsigned nonces;

	/* the last answer */
	enum sim_delivery delivery;
	int status;
	cJSON *json; /* NULL when the body is not JSON */
	char code[80];
	char body[512]; /* its beginning */
	size_t body_len, send_len;
	uint64_t ready_ms;
	char retry_after[40], request_id[40], date_header[40];
};

/* Time stands still unless @scale says otherwise; fails the test on error. */
void client_open(struct client *c, double scale);
void client_open_with(struct client *c, const struct sim_options *options);
void client_close(struct client *c);

/* One signed call; the JSON of the answer or NULL. @list is the action, then its
 * parameters, then NULL: in the query, or in the form body. */
cJSON *client_query(struct client *c, const char *const *list);
cJSON *client_form(struct client *c, const char *const *list);
/* Query and form, each ending with NULL. */
cJSON *client_both(struct client *c, const char *action, const char *const *query,
		   const char *const *form);
#define CALL(c, ...) client_query((c), (const char *const[]){__VA_ARGS__, NULL})
#define FORM(c, ...) client_form((c), (const char *const[]){__VA_ARGS__, NULL})

/* "POST /_sim/faults" and the like; asserts the status 200 unless @status says else. */
cJSON *client_admin(struct client *c, const char *method, const char *path, const char *body,
		    int status);
void client_fault(struct client *c, const char *json_list);
void client_advance(struct client *c, uint64_t ms);

/* Values of the last answer, by a dotted path ("Data.OrderList.Order.0.OrderId"). Fails
 * the test when it is not there. */
const cJSON *client_at(const struct client *c, const char *path);
const char *client_text(const struct client *c, const char *path);
int client_int(const struct client *c, const char *path);
int client_size(const struct client *c, const char *path);

/* "Name.N=id" in a buffer of the client's, valid for some calls. */
const char *client_param(const char *name, const char *value);

/* Creates a PostPaid group, waits until it runs; its id (static storage, two at a time). */
const char *client_group(struct client *c, const char *count);
/* The id of instance @index of the group, from the state. */
const char *client_instance(struct client *c, const char *group, int index);
/* Their status now. */
const char *client_status(struct client *c, const char *id);
#define assert_code(c, expected) assert_string_equal((c)->code, (expected))
