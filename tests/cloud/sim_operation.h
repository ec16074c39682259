#pragma once
/*
 * The operations as data: one row each, with the parameters that the API knows.
 * Another product is another table in sim_product_find().
 */
#include <stdbool.h>
#include <stdint.h>

#include "sim_call.h"

enum sim_param_type {
	PARAM_TEXT, /* max: characters */
	PARAM_INT,  /* min..max */
	PARAM_BOOL,
	PARAM_DECIMAL, /* not below 0 */
	PARAM_LIST,    /* Name.N; max: elements */
	PARAM_TAGS,    /* Name.N.Key, Name.N.Value; max: elements */
	PARAM_ROWS,    /* Name.N.Member; members, the first of which is required; max: elements */
	PARAM_JSON,    /* one object in one string; members */
	PARAM_INTS,    /* an array within such an object; min..max of each element */
	PARAM_OBJECTS, /* likewise; members of each element, max: elements */
};

/* A parameter, or a member of one that is JSON. There a LIST is an array of texts and a
 * JSON is an object. */
struct sim_param {
	const char *name; /* NULL ends a table */
	enum sim_param_type type;
	int64_t min;
	int64_t max; /* 0: not bounded */
	bool required;
	const char *const *words;        /* the values of a text or list; NULL: any */
	const struct sim_param *members; /* of JSON, OBJECTS and ROWS */
};

struct sim_operation {
	const char *name;
	const struct sim_param *params; /* in the query */
	const struct sim_param *form;   /* in the form body; NULL: none */
	int (*run)(struct sim_call *call);
	bool changing;
	bool stock;            /* may end for want of stock */
	bool ages;             /* begins something that takes time */
	bool makes_phones;     /* and names them in its answer */
	bool lists_new_ids;    /* InstanceIds has several shapes */
	bool may_get;          /* GET is served beside POST */
	bool no_total;         /* its listing has no TotalCount */
	const char *good_code; /* the success that its envelope tells; NULL: Success */
	const char *lags_with; /* the listing whose list_lag holds here as well; NULL: none */
};

struct sim_product {
	const char *name;
	const char *version;
	bool bss_envelope;
	const char *invalid, *missing; /* error codes, before the parameter's name */
	const struct sim_operation *operations;
	size_t n_operations;
};

#define SIM_BSS_OPERATIONS 12
extern const struct sim_operation sim_bss_operations[SIM_BSS_OPERATIONS]; /* sim_buy_table.c */

/* NULL when the version, or the action within it, does not exist. */
const struct sim_product *sim_product_find(const char *version);
const struct sim_operation *sim_operation_find(const struct sim_product *product,
					       const char *action);

/* 0, SIM_REFUSED or -ENOMEM: names, types, bounds and places by the operation's table. */
int sim_params_check(struct sim_call *call);
/* The same for the JSON text of one parameter. */
int sim_json_check(struct sim_call *call, const struct sim_param *param, const char *text);
