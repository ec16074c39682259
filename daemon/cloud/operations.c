#include "cloud/operations.h"

#include <string.h>

#include "base/cleanup.h"

#define EDS "2023-09-30"
#define BSS "2017-12-14"

#define EDS_OP(name, place, call_class)                                                            \
	{                                                                                          \
		(name), EDS, SERVICE_EDS_AIC, (place), (call_class), ENVELOPE_RPC                  \
	}
#define BSS_OP(name, call_class)                                                                   \
	{                                                                                          \
		(name), BSS, SERVICE_BSS, PLACE_QUERY, (call_class), ENVELOPE_BSS                  \
	}

/*
 * Growing has no token and makes an order (eds-aic 4.4): it buys. Shrinking and deleting
 * name what goes, so that repeating them is harmless (eds-aic 8.5).
 */
static const struct operation_info table[OP_MAX_] = {
	[OP_CREATE_ANDROID_INSTANCE_GROUP] =
		EDS_OP("CreateAndroidInstanceGroup", PLACE_QUERY, CALL_BUY),
	[OP_DESCRIBE_ANDROID_INSTANCE_GROUPS] =
		EDS_OP("DescribeAndroidInstanceGroups", PLACE_QUERY, CALL_READ),
	[OP_DESCRIBE_ANDROID_INSTANCES] =
		EDS_OP("DescribeAndroidInstances", PLACE_QUERY, CALL_READ),
	[OP_UPGRADE_ANDROID_INSTANCE_GROUP] =
		EDS_OP("UpgradeAndroidInstanceGroup", PLACE_QUERY, CALL_BUY),
	[OP_DOWNGRADE_ANDROID_INSTANCE_GROUP] =
		EDS_OP("DowngradeAndroidInstanceGroup", PLACE_QUERY, CALL_CHANGE),
	[OP_DELETE_ANDROID_INSTANCE_GROUP] =
		EDS_OP("DeleteAndroidInstanceGroup", PLACE_QUERY, CALL_CHANGE),
	[OP_START_ANDROID_INSTANCE] = EDS_OP("StartAndroidInstance", PLACE_QUERY, CALL_CHANGE),
	[OP_REBOOT_ANDROID_INSTANCES_IN_GROUP] =
		EDS_OP("RebootAndroidInstancesInGroup", PLACE_QUERY, CALL_CHANGE),
	[OP_RESET_ANDROID_INSTANCES_IN_GROUP] =
		EDS_OP("ResetAndroidInstancesInGroup", PLACE_QUERY, CALL_CHANGE),
	[OP_TAG_RESOURCES] = EDS_OP("TagResources", PLACE_QUERY, CALL_CHANGE),
	[OP_UNTAG_RESOURCES] = EDS_OP("UntagResources", PLACE_QUERY, CALL_CHANGE),
	[OP_LIST_TAG_RESOURCES] = EDS_OP("ListTagResources", PLACE_QUERY, CALL_READ),
	[OP_ATTACH_KEY_PAIR] = EDS_OP("AttachKeyPair", PLACE_QUERY, CALL_CHANGE),
	[OP_DESCRIBE_KEY_PAIRS] = EDS_OP("DescribeKeyPairs", PLACE_QUERY, CALL_READ),
	[OP_DESCRIBE_SPEC] = EDS_OP("DescribeSpec", PLACE_QUERY, CALL_READ),
	[OP_DESCRIBE_REGIONS] = EDS_OP("DescribeRegions", PLACE_QUERY, CALL_READ),
	[OP_DESCRIBE_IMAGE_LIST] = EDS_OP("DescribeImageList", PLACE_IMAGE_LIST, CALL_READ),
	[OP_CHECK_RESOURCE_STOCK] = EDS_OP("CheckResourceStock", PLACE_QUERY, CALL_READ),
	[OP_GET_ORDER_DETAIL] = BSS_OP("GetOrderDetail", CALL_READ),
	[OP_QUERY_ORDERS] = BSS_OP("QueryOrders", CALL_READ),
};

const struct operation_info *operation_info(enum operation op)
{
	return &table[op];
}

/* eds-aic 4.23 */
static bool is_image_list_query(const char *name)
{
	static const char *const in_query[] = {"InstanceType", "SystemType", "ImagePackageType"};
	for (size_t i = 0; i < ARRAY_SIZE(in_query); i++)
		if (strcmp(name, in_query[i]) == 0)
			return true;
	return strncmp(name, "ImageBizTags.", strlen("ImageBizTags.")) == 0;
}

bool operation_param_in_query(enum operation op, const char *name)
{
	switch (table[op].place) {
	case PLACE_QUERY:
		return true;
	case PLACE_FORM:
		return false;
	case PLACE_IMAGE_LIST:
		return is_image_list_query(name);
	}
	return true;
}
