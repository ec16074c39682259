#pragma once
/*
 * Every API operation drover uses: names, version, place of parameters, class.
 * One table; adding an operation is adding a row.
 */
#include <stdbool.h>

#include "cloud/outcome.h"
#include "model/settings.h"

enum place { PLACE_QUERY, PLACE_FORM, PLACE_IMAGE_LIST /* eds-aic 4.23: some here, some there */ };

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
	OP_MAX_,
};

struct operation_info {
	const char *name;    /* x-acs-action */
	const char *version; /* x-acs-version */
	enum service service;
	enum place place;
	enum call_class call_class;
	enum envelope envelope;
};

/* Never NULL for a value of the enum. */
const struct operation_info *operation_info(enum operation op);
/* Whether the parameter @name of @op travels in the query; else in the form body. */
bool operation_param_in_query(enum operation op, const char *name);
