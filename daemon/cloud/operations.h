#pragma once
/*
 * Every API operation drover uses: names, version, place of parameters, class.
 * One table; adding an operation is adding a row.
 */
#include <stdbool.h>

#include "cloud/outcome.h"
#include "model/settings.h"

enum place { PLACE_QUERY, PLACE_FORM };

/* Whether a changing call whose answer was lost may be made again as it was. */
enum again {
	AGAIN_NEVER,
	AGAIN_TOKEN, /* it carries a ClientToken: within the time that the token is known to work */
	AGAIN_SAME,  /* it names its ids, or states an absolute number: twice does no more than once */
};

/* Where the effect of such a call shows. */
enum look {
	LOOK_NONE,   /* nowhere in particular: made again, or given up and planned anew */
	LOOK_NAME,   /* a cloud group of its name or mark */
	LOOK_IDS,    /* new instances in its cloud group */
	LOOK_GONE,   /* what it names is there no more */
	LOOK_NUMBER, /* its cloud group has as many nodes as it asked for */
	LOOK_PERSON, /* nowhere that tells it from another one like it: a person decides */
};

struct recovery {
	enum again again;
	enum look look;
	bool witness; /* "it had no effect" takes the account's order list as well */
};

enum operation {
	OP_CREATE_ANDROID_INSTANCE_GROUP,
	OP_DESCRIBE_ANDROID_INSTANCE_GROUPS,
	OP_DESCRIBE_ANDROID_INSTANCES,
	OP_UPGRADE_ANDROID_INSTANCE_GROUP,
	OP_DOWNGRADE_ANDROID_INSTANCE_GROUP,
	OP_DELETE_ANDROID_INSTANCE_GROUP,
	OP_START_ANDROID_INSTANCE,
	OP_REBOOT_ANDROID_INSTANCES_IN_GROUP,
	OP_RESET_ANDROID_INSTANCES_IN_GROUP,
	OP_TAG_RESOURCES,
	OP_UNTAG_RESOURCES,
	OP_LIST_TAG_RESOURCES,
	OP_ATTACH_KEY_PAIR,
	OP_DESCRIBE_KEY_PAIRS,
	OP_DESCRIBE_SPEC,
	OP_DESCRIBE_REGIONS,
	OP_DESCRIBE_IMAGE_LIST,
	OP_CHECK_RESOURCE_STOCK,
	OP_GET_ORDER_DETAIL,
	OP_QUERY_ORDERS,
	OP_CREATE_INSTANCE,
	OP_QUERY_AVAILABLE_INSTANCES,
	OP_GET_SUBSCRIPTION_PRICE,
	OP_GET_PAY_AS_YOU_GO_PRICE,
	OP_DESCRIBE_PRICING_MODULE,
	OP_QUERY_ACCOUNT_BALANCE,
	OP_CREATE_APP_INSTANCE_GROUP,
	OP_GET_APP_INSTANCE_GROUP,
	OP_LIST_APP_INSTANCE_GROUP,
	OP_LIST_NODES,
	OP_DELETE_APP_INSTANCE_GROUP,
	OP_MODIFY_APP_INSTANCE_GROUP_ATTRIBUTE,
	OP_MODIFY_NODE_POOL_ATTRIBUTE,
	OP_MODIFY_NODE_POOL_AMOUNT,
	OP_UPDATE_APP_INSTANCE_GROUP_IMAGE,
	OP_LIST_NODE_INSTANCE_TYPE,
	OP_LIST_IMAGE,
	OP_GET_RESOURCE_PRICE,
	OP_TAG_CLOUD_RESOURCES,
	OP_ASSUME_ROLE,
	OP_GET_CALLER_IDENTITY,
	OP_MAX_,
};

struct operation_info {
	const char *name;    /* x-acs-action */
	const char *version; /* x-acs-version */
	enum service service;
	enum place place;
	const char *const *elsewhere; /* parameters in the other place, NULL-terminated; "X." is
					 all that begin so; NULL: none */
	enum call_class call_class;
	enum envelope envelope;
	struct recovery recovery; /* of changing calls */
};

/* The operation of that name, or OP_MAX_. */
enum operation operation_from_name(const char *name);
/* Never NULL for a value of the enum. */
const struct operation_info *operation_info(enum operation op);
/* Whether the parameter @name of @op travels in the query; else in the form body. */
bool operation_param_in_query(enum operation op, const char *name);
