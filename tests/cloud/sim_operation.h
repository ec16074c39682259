#pragma once
/*
 * The operations as data: one row each, with the parameters that the API knows.
 * Another product is another table in sim_operation_find().
 */
#include <stdbool.h>
#include <stdint.h>

#include "sim_call.h"

enum sim_param_type {
	PARAM_TEXT, /* max: characters */
	PARAM_INT,  /* min..max */
	PARAM_BOOL,
	PARAM_LIST, /* Name.N; max: elements */
	PARAM_TAGS, /* Name.N.Key, Name.N.Value; max: elements */
	PARAM_JSON, /* one object in one string */
};

struct sim_param {
	const char *name; /* NULL ends a table */
	enum sim_param_type type;
	int64_t min;
	int64_t max; /* 0: not bounded */
	bool required;
	bool in_form;
};

struct sim_operation {
	const char *name;
	const struct sim_param *params;
	int (*run)(struct sim_call *call);
	bool changing;
	bool stock;         /* may end for want of stock */
	bool ages;          /* begins something that takes time */
	bool lists_new_ids; /* InstanceIds has several shapes */
	bool may_get;       /* GET is served beside POST */
	bool no_total;      /* its listing has no TotalCount */
};

struct sim_product {
	const char *name;
	const char *version;
	bool bss_envelope;
	const struct sim_operation *operations;
	size_t n_operations;
};

/* NULL when the version, or the action within it, does not exist. */
const struct sim_product *sim_product_find(const char *version);
const struct sim_operation *sim_operation_find(const struct sim_product *product,
					       const char *action);

/* 0, SIM_REFUSED or -ENOMEM: names, types, bounds and places by the operation's table. */
int sim_params_check(struct sim_call *call);
