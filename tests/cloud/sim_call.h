#pragma once
/*
 * One API call on its way through the gateway and into an operation.
 *
 * An operation checks everything before it changes anything, appends its answer's
 * members to out and returns 0; or returns sim_refuse(); or a negative errno.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "sim_faults.h"
#include "sim_random.h"
#include "sim_request.h"

struct sim;
struct sim_keys;
struct sim_operation;
struct sim_product;

#define SIM_REFUSED 1

struct sim_call {
	struct sim *sim;
	const struct sim_input *input;
	const struct sim_operation *op; /* NULL until known, as product is */
	const struct sim_product *product;
	const struct sim_keys *keys; /* that signed it; NULL until the signature was found good */
	bool international;          /* it came in at that site's endpoint (bssopenapi 2) */
	char action[80];
	char host[128];
	char request_id[SIM_UUID_SIZE];
	struct strbuf out; /* members of the answer beside RequestId, each after a comma */
	int status;        /* of a refusal */
	char code[80];
	struct strbuf message;
	uint64_t retry_after_ms; /* real milliseconds; 0: no such header */
	struct sim_verdict faults;
};

/* Records why the call is refused; returns SIM_REFUSED, or -ENOMEM. */
int sim_refuse(struct sim_call *call, int status, const char *code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* Refuses the value of parameter @name, or its absence, with the code that the product has
 * for it. A list's element is refused as the list. */
int sim_refuse_arg(struct sim_call *call, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int sim_refuse_missing(struct sim_call *call, const char *name);

/* Parameters, after sim_params_check(): NULL when absent. */
const char *sim_arg(const struct sim_call *call, const char *name);
int64_t sim_arg_int(const struct sim_call *call, const char *name, int64_t absent);
/* On the heap; NULL without memory. */
char *sim_arg_copy(const struct sim_call *call, const char *name, const char *absent);
bool sim_arg_bool(const struct sim_call *call, const char *name, bool absent);
/* Element @index (from 1) of a flattened list, and of a member of a list of objects. */
const char *sim_arg_item(const struct sim_call *call, const char *name, unsigned index);
const char *sim_arg_member(const struct sim_call *call, const char *name, unsigned index,
			   const char *member);
unsigned sim_arg_count(const struct sim_call *call, const char *name);
/* The number of rows (Name.N.Member) by a member that each has. */
unsigned sim_arg_rows(const struct sim_call *call, const char *name, const char *member);
/* As filters compare: the argument is absent or empty, or @value is what it says. */
bool sim_arg_is(const struct sim_call *call, const char *name, const char *value);
/* The list is absent, or @value is one of its elements. */
bool sim_arg_lists(const struct sim_call *call, const char *name, const char *value);
/* A whole number as the API writes one. */
bool sim_parse_int(const char *text, int64_t *ret_value);
