#include "cloud/operations.h"

#include <string.h>

#include "base/cleanup.h"

#define EDS "2023-09-30"
#define APP "2021-09-01"
#define BSS "2017-12-14"
#define STS "2015-04-01"

#define READ(name, version, service, place, envelope)                                              \
	{                                                                                          \
		(name), (version), (service), (place), NULL, CALL_READ, (envelope),                \
		{                                                                                  \
			AGAIN_NEVER, LOOK_NONE, false                                              \
		}                                                                                  \
	}
#define EDS_READ(name) READ((name), EDS, SERVICE_EDS_AIC, PLACE_QUERY, ENVELOPE_RPC)
#define APP_READ(name, place) READ((name), APP, SERVICE_APPSTREAM, (place), ENVELOPE_RPC)
#define BSS_READ(name) READ((name), BSS, SERVICE_BSS, PLACE_QUERY, ENVELOPE_BSS)
#define STS_READ(name) READ((name), STS, SERVICE_STS, PLACE_QUERY, ENVELOPE_RPC)

#define EDS_CHANGE(name, call_class, again, look)                                                  \
	{                                                                                          \
		(name), EDS, SERVICE_EDS_AIC, PLACE_QUERY, NULL, (call_class), ENVELOPE_RPC,       \
		{                                                                                  \
			(again), (look), false                                                     \
		}                                                                                  \
	}
#define APP_CHANGE(name, place, elsewhere, call_class, again, look, witness)                       \
	{                                                                                          \
		(name), APP, SERVICE_APPSTREAM, (place), (elsewhere), (call_class), ENVELOPE_RPC,  \
		{                                                                                  \
			(again), (look), (witness)                                                 \
		}                                                                                  \
	}

/* eds-aic 4.23 */
static const char *const image_list_query[] = {"InstanceType", "SystemType", "ImagePackageType",
					       "ImageBizTags.", NULL};
/* appstream-center 3.1, 3.3, 3.8 */
static const char *const create_query[] = {"UserDefinePolicy", NULL};
static const char *const list_form[] = {"ExcludedUserGroupIds.", "Status.", "UserGroupIds.", NULL};
static const char *const attribute_query[] = {"AppInstanceGroupId", "AppInstanceGroupName",
					      "NodePool", "ProductType", "SessionTimeout", NULL};

static const struct operation_info table[OP_MAX_] = {
	[OP_CREATE_ANDROID_INSTANCE_GROUP] =
		EDS_CHANGE("CreateAndroidInstanceGroup", CALL_BUY, AGAIN_TOKEN, LOOK_NAME),
	[OP_DESCRIBE_ANDROID_INSTANCE_GROUPS] = EDS_READ("DescribeAndroidInstanceGroups"),
	[OP_DESCRIBE_ANDROID_INSTANCES] = EDS_READ("DescribeAndroidInstances"),
	/* Growing has no token and makes an order (eds-aic 4.4): it buys, and a repeat adds again. */
	[OP_UPGRADE_ANDROID_INSTANCE_GROUP] =
		EDS_CHANGE("UpgradeAndroidInstanceGroup", CALL_BUY, AGAIN_NEVER, LOOK_IDS),
	/* Shrinking and deleting name what goes (eds-aic 8.5). */
	[OP_DOWNGRADE_ANDROID_INSTANCE_GROUP] =
		EDS_CHANGE("DowngradeAndroidInstanceGroup", CALL_CHANGE, AGAIN_SAME, LOOK_GONE),
	[OP_DELETE_ANDROID_INSTANCE_GROUP] =
		EDS_CHANGE("DeleteAndroidInstanceGroup", CALL_CHANGE, AGAIN_SAME, LOOK_GONE),
	[OP_START_ANDROID_INSTANCE] =
		EDS_CHANGE("StartAndroidInstance", CALL_CHANGE, AGAIN_SAME, LOOK_NONE),
	/* Each call reboots, or resets, again (eds-aic 4.14, 4.15). */
	[OP_REBOOT_ANDROID_INSTANCES_IN_GROUP] =
		EDS_CHANGE("RebootAndroidInstancesInGroup", CALL_CHANGE, AGAIN_NEVER, LOOK_NONE),
	[OP_RESET_ANDROID_INSTANCES_IN_GROUP] =
		EDS_CHANGE("ResetAndroidInstancesInGroup", CALL_CHANGE, AGAIN_NEVER, LOOK_NONE),
	[OP_TAG_RESOURCES] = EDS_CHANGE("TagResources", CALL_CHANGE, AGAIN_SAME, LOOK_NONE),
	[OP_UNTAG_RESOURCES] = EDS_CHANGE("UntagResources", CALL_CHANGE, AGAIN_SAME, LOOK_NONE),
	[OP_LIST_TAG_RESOURCES] = EDS_READ("ListTagResources"),
	[OP_ATTACH_KEY_PAIR] = EDS_CHANGE("AttachKeyPair", CALL_CHANGE, AGAIN_SAME, LOOK_NONE),
	[OP_DESCRIBE_KEY_PAIRS] = EDS_READ("DescribeKeyPairs"),
	[OP_DESCRIBE_SPEC] = EDS_READ("DescribeSpec"),
	[OP_DESCRIBE_REGIONS] = EDS_READ("DescribeRegions"),
	[OP_DESCRIBE_IMAGE_LIST] = {"DescribeImageList", EDS, SERVICE_EDS_AIC, PLACE_FORM,
				    image_list_query, CALL_READ, ENVELOPE_RPC,
				    {AGAIN_NEVER, LOOK_NONE, false}},
	[OP_CHECK_RESOURCE_STOCK] = EDS_READ("CheckResourceStock"),

	[OP_GET_ORDER_DETAIL] = BSS_READ("GetOrderDetail"),
	[OP_QUERY_ORDERS] = BSS_READ("QueryOrders"),
	/* It pays by itself, and neither list shows the token (bssopenapi 7). */
	[OP_CREATE_INSTANCE] = {"CreateInstance", BSS, SERVICE_BSS, PLACE_QUERY, NULL, CALL_BUY,
				ENVELOPE_BSS, {AGAIN_TOKEN, LOOK_PERSON, false}},
	[OP_QUERY_AVAILABLE_INSTANCES] = BSS_READ("QueryAvailableInstances"),
	[OP_GET_SUBSCRIPTION_PRICE] = BSS_READ("GetSubscriptionPrice"),
	[OP_GET_PAY_AS_YOU_GO_PRICE] = BSS_READ("GetPayAsYouGoPrice"),
	[OP_DESCRIBE_PRICING_MODULE] = BSS_READ("DescribePricingModule"),
	[OP_QUERY_ACCOUNT_BALANCE] = BSS_READ("QueryAccountBalance"),

	/* No token (appstream-center 8): sent once; the name and the orders tell. */
	[OP_CREATE_APP_INSTANCE_GROUP] =
		APP_CHANGE("CreateAppInstanceGroup", PLACE_FORM, create_query, CALL_BUY,
			   AGAIN_NEVER, LOOK_NAME, true),
	[OP_GET_APP_INSTANCE_GROUP] = APP_READ("GetAppInstanceGroup", PLACE_QUERY),
	[OP_LIST_APP_INSTANCE_GROUP] = {"ListAppInstanceGroup", APP, SERVICE_APPSTREAM, PLACE_QUERY,
					list_form, CALL_READ, ENVELOPE_RPC,
					{AGAIN_NEVER, LOOK_NONE, false}},
	[OP_LIST_NODES] = APP_READ("ListNodes", PLACE_FORM),
	[OP_DELETE_APP_INSTANCE_GROUP] = APP_CHANGE("DeleteAppInstanceGroup", PLACE_FORM, NULL,
						    CALL_CHANGE, AGAIN_SAME, LOOK_GONE, false),
	[OP_MODIFY_APP_INSTANCE_GROUP_ATTRIBUTE] =
		APP_CHANGE("ModifyAppInstanceGroupAttribute", PLACE_FORM, attribute_query,
			   CALL_CHANGE, AGAIN_SAME, LOOK_NONE, false),
	/* Absolute values (appstream-center 3.9); more nodes cost more. */
	[OP_MODIFY_NODE_POOL_ATTRIBUTE] = APP_CHANGE("ModifyNodePoolAttribute", PLACE_FORM, NULL,
						     CALL_BUY, AGAIN_SAME, LOOK_NUMBER, false),
	/* An absolute number, too, but every call may leave an order (3.10). */
	[OP_MODIFY_NODE_POOL_AMOUNT] = APP_CHANGE("ModifyNodePoolAmount", PLACE_FORM, NULL, CALL_BUY,
						  AGAIN_NEVER, LOOK_NUMBER, true),
	/* Each call disconnects whoever uses the group (3.12). */
	[OP_UPDATE_APP_INSTANCE_GROUP_IMAGE] =
		APP_CHANGE("UpdateAppInstanceGroupImage", PLACE_QUERY, NULL, CALL_CHANGE,
			   AGAIN_NEVER, LOOK_NONE, false),
	[OP_LIST_NODE_INSTANCE_TYPE] = APP_READ("ListNodeInstanceType", PLACE_QUERY),
	[OP_LIST_IMAGE] = APP_READ("ListImage", PLACE_FORM),
	[OP_GET_RESOURCE_PRICE] = APP_READ("GetResourcePrice", PLACE_QUERY),
	[OP_TAG_CLOUD_RESOURCES] = APP_CHANGE("TagCloudResources", PLACE_FORM, NULL, CALL_CHANGE,
					      AGAIN_SAME, LOOK_NONE, false),

	[OP_ASSUME_ROLE] = STS_READ("AssumeRole"), /* makes keys, changes nothing */
	[OP_GET_CALLER_IDENTITY] = STS_READ("GetCallerIdentity"),
};

const struct operation_info *operation_info(enum operation op)
{
	return &table[op];
}

static bool matches(const char *pattern, const char *name)
{
	size_t n = strlen(pattern);
	return pattern[n - 1] == '.' ? strncmp(name, pattern, n) == 0 : strcmp(name, pattern) == 0;
}

bool operation_param_in_query(enum operation op, const char *name)
{
	bool in_query = table[op].place == PLACE_QUERY;
	for (const char *const *other = table[op].elsewhere; other && *other; other++)
		if (matches(*other, name))
			return !in_query;
	return in_query;
}

enum operation operation_from_name(const char *name)
{
	for (int op = 0; op < OP_MAX_; op++)
		if (strcmp(table[op].name, name) == 0)
			return (enum operation)op;
	return OP_MAX_;
}
