/*
 * The API as tables: products, operations, parameters with type, bounds and place.
 * Nearly everything travels in the query (eds-aic 3, bssopenapi 1).
 */
#include "sim_operations.h"

#include <string.h>

#include "base/cleanup.h"
#include "sim_operation.h"
#include "sim_stream.h"
#include "sim_sts.h"
#include "sim_table.h"

/* eds-aic 4.1; inside one JSON text */
static const struct sim_param network_info[] = {BOOL("AutoPay"),
						BOOL("AutoRenew"),
						TEXT("BandwidthPackageName"),
						TEXT("CidrBlock"),
						TEXT("InternetChargeType"),
						INT("IpRatio", 0, 0),
						TEXT("Isp"),
						INT("LimitedBandwidth", 0, 0),
						TEXT("PaidCallbackUrl"),
						TEXT("PayType"),
						INT("Period", 1, 0),
						TEXT("PeriodUnit"),
						TEXT("PromotionId"),
						TEXT("VisibleType"),
						END};

/* eds-aic 4.1 and create-android-instance-group; a name is at most 30 characters. */
static const struct sim_param create_group[] = {NEED("BizRegionId"),
						NEED("InstanceGroupSpec"),
						NEED("ImageId"),
						TEXT_MAX("InstanceGroupName", 30),
						INT("NumberOfInstances", 1, 100),
						INT("Amount", 1, 100),
						TEXT("ChargeType"),
						INT("Period", 1, 100),
						TEXT("PeriodUnit"),
						BOOL("AutoPay"),
						BOOL("AutoRenew"),
						TEXT_MAX("ClientToken", 100),
						TEXT("OfficeSiteId"),
						TEXT("VSwitchId"),
						TEXT("PolicyGroupId"),
						TEXT("KeyPairId"),
						BOOL("GpuAcceleration"),
						TAGS("Tag"),
						TEXT("NetworkType"),
						TEXT("BandwidthPackageId"),
						TEXT("BandwidthPackageType"),
						JSON("NetworkInfo", network_info),
						INT("StreamMode", 1, 2),
						TEXT("SaleMode"),
						TEXT("InstanceVersion"),
						TEXT("PromotionId"),
						TEXT("PaidCallBackUrl"),
						TEXT("ChannelCookie"),
						BOOL("EnableIpv6"),
						INT("Ipv6Bandwidth", 0, 0),
						END};

static const struct sim_param describe_groups[] = {/* eds-aic 4.2: Tags, not Tag */
						   LIST("InstanceGroupIds", 100),
						   TEXT("InstanceGroupName"),
						   TEXT("BizRegionId"),
						   TEXT("Status"),
						   TEXT("ChargeType"),
						   TEXT("KeyPairId"),
						   TEXT("PolicyGroupId"),
						   TEXT("SaleMode"),
						   TEXT("InstanceVersion"),
						   TEXT("SortKey"),
						   TEXT("SortType"),
						   TAGS("Tags"),
						   PAGE,
						   END};

static const struct sim_param describe_instances[] = {/* eds-aic 4.3: Tag, not Tags */
						      LIST("AndroidInstanceIds", 100),
						      TEXT("InstanceGroupId"),
						      LIST("InstanceGroupIds", 100),
						      TEXT("InstanceGroupName"),
						      TEXT("AndroidInstanceName"),
						      TEXT("Status"),
						      TEXT("BizRegionId"),
						      TEXT("ChargeType"),
						      TEXT("KeyPairId"),
						      TEXT("PrivateIpAddress"),
						      TEXT("AuthorizedUserId"),
						      TEXT("AppManagePolicyId"),
						      LIST("OfficeSiteIds", 100),
						      LIST("QosRuleIds", 100),
						      TAGS("Tag"),
						      TEXT("SaleMode"),
						      TEXT("NodeId"),
						      TEXT("NodeName"),
						      TEXT("InstanceVersion"),
						      TEXT("SortKey"),
						      TEXT("SortType"),
						      PAGE,
						      END};

static const struct sim_param upgrade_group[] = {NEED("InstanceGroupId"),
						 {.name = "IncreaseNumberOfInstance",
						  .type = PARAM_INT,
						  .min = 1,
						  .max = 100,
						  .required = true},
						 BOOL("AutoPay"),
						 TEXT("PromotionId"),
						 TEXT("PaidCallBackUrl"),
						 END};

/* The lists of ids are formally optional and their absence undocumented: refused here. */
static const struct sim_param downgrade_group[] = {
	NEED("InstanceGroupId"), NEED_LIST("AndroidInstanceIds", 100), BOOL("AutoPay"), END};
static const struct sim_param delete_groups[] = {NEED_LIST("InstanceGroupIds", 100), END};
static const struct sim_param renew_groups[] = {NEED_LIST("InstanceGroupIds", 100),
						INT("Period", 1, 100),
						TEXT("PeriodUnit"),
						BOOL("AutoPay"),
						TEXT("PromotionId"),
						TEXT("PaidCallBackUrl"),
						END};
static const struct sim_param modify_group[] = {
	NEED("InstanceGroupId"), TEXT_MAX("NewInstanceGroupName", 30), TEXT("PolicyGroupId"),
	INT("StreamMode", 1, 2), END};

static const struct sim_param start[] = {NEED_LIST("AndroidInstanceIds", 100), TEXT("SaleMode"),
					 END};
static const struct sim_param stop[] = {NEED_LIST("AndroidInstanceIds", 100), BOOL("ForceStop"),
					TEXT("SaleMode"), END};
static const struct sim_param reboot[] = {NEED_LIST("AndroidInstanceIds", 100), BOOL("ForceStop"),
					  BOOL("IgnoreParamValidation"), TEXT("SaleMode"), END};
static const struct sim_param reset[] = {NEED_LIST("AndroidInstanceIds", 100),
					 INT("SettingResetType", 0, 1),
					 BOOL("IgnoreParamValidation"), TEXT("SaleMode"), END};

static const struct sim_param tag[] = {NEED("ResourceType"), NEED_LIST("ResourceId", 50),
				       NEED_TAGS("Tag"), END};
static const struct sim_param untag[] = {NEED("ResourceType"), NEED_LIST("ResourceId", 50),
					 LIST("TagKey", 20), BOOL("All"), END};
static const struct sim_param list_tags[] = {
	NEED("RegionId"), NEED("ResourceType"), LIST("ResourceId", 50), TAGS("Tag"), PAGE, END};

static const struct sim_param attach_key_pair[] = {NEED("KeyPairId"), NEED_LIST("InstanceIds", 50),
						   END};
static const struct sim_param describe_key_pairs[] = {LIST("KeyPairIds", 100), TEXT("KeyPairName"),
						      PAGE, END};
static const struct sim_param check_stock[] = {NEED("BizRegionId"), TEXT("AcpSpecId"),
					       INT("Amount", 1, 0), BOOL("GpuAcceleration"),
					       TEXT("ZoneId"),      END};
static const struct sim_param describe_spec[] = {TEXT("BizRegionId"),
						 LIST("SpecIds", 100),
						 TEXT("SpecType"),
						 TEXT("SpecStatus"),
						 TEXT("SaleMode"),
						 TEXT("ChargeType"),
						 TEXT("MatrixSpec"),
						 PAGE,
						 END};
static const struct sim_param describe_regions[] = {TEXT("AcceptLanguage"), TEXT("SaleMode"), END};

/* eds-aic 4.23: some here, some there */
static const struct sim_param describe_images[] = {TEXT("InstanceType"), TEXT("SystemType"),
						   TAGS("ImageBizTags"), TEXT("ImagePackageType"),
						   END};
static const struct sim_param describe_images_form[] = {
	NEED("ImageType"), TEXT("ImageId"), TEXT("ImageName"), TEXT("Status"), PAGE, END};

static const struct sim_param describe_tasks[] = {TEXT("InvokeId"),
						  LIST("TaskIds", 100),
						  TEXT("ParentTaskId"),
						  LIST("ResourceIds", 100),
						  TEXT("InstanceId"),
						  TEXT("InstanceName"),
						  INT("Level", 1, 2),
						  TEXT("TaskStatus"),
						  LIST("TaskStatuses", 100),
						  TEXT("TaskType"),
						  LIST("TaskTypes", 100),
						  TEXT("Param"),
						  PAGE,
						  END};

static const struct sim_operation eds_aic[] = {
	{.name = "CreateAndroidInstanceGroup",
	 .params = create_group,
	 .run = sim_create_group,
	 .changing = true,
	 .stock = true,
	 .ages = true,
	 .makes_phones = true},
	{.name = "DescribeAndroidInstanceGroups",
	 .params = describe_groups,
	 .run = sim_describe_groups},
	{.name = "DescribeAndroidInstances",
	 .params = describe_instances,
	 .run = sim_describe_instances},
	{.name = "UpgradeAndroidInstanceGroup",
	 .params = upgrade_group,
	 .run = sim_upgrade_group,
	 .changing = true,
	 .stock = true,
	 .ages = true,
	 .makes_phones = true,
	 .lists_new_ids = true},
	{.name = "DowngradeAndroidInstanceGroup",
	 .params = downgrade_group,
	 .run = sim_downgrade_group,
	 .changing = true,
	 .ages = true},
	{.name = "DeleteAndroidInstanceGroup",
	 .params = delete_groups,
	 .run = sim_delete_groups,
	 .changing = true},
	{.name = "RenewAndroidInstanceGroups",
	 .params = renew_groups,
	 .run = sim_renew_groups,
	 .changing = true},
	{.name = "ModifyAndroidInstanceGroup",
	 .params = modify_group,
	 .run = sim_modify_group,
	 .changing = true},
	{.name = "StartAndroidInstance",
	 .params = start,
	 .run = sim_start_instances,
	 .changing = true,
	 .ages = true},
	{.name = "StopAndroidInstance",
	 .params = stop,
	 .run = sim_stop_instances,
	 .changing = true,
	 .ages = true},
	{.name = "RebootAndroidInstancesInGroup",
	 .params = reboot,
	 .run = sim_reboot_instances,
	 .changing = true,
	 .ages = true},
	{.name = "ResetAndroidInstancesInGroup",
	 .params = reset,
	 .run = sim_reset_instances,
	 .changing = true,
	 .ages = true},
	{.name = "TagResources", .params = tag, .run = sim_tag_resources, .changing = true},
	{.name = "UntagResources", .params = untag, .run = sim_untag_resources, .changing = true},
	{.name = "ListTagResources",
	 .params = list_tags,
	 .run = sim_list_tag_resources,
	 .no_total = true},
	{.name = "AttachKeyPair",
	 .params = attach_key_pair,
	 .run = sim_attach_key_pair,
	 .changing = true},
	{.name = "DescribeKeyPairs", .params = describe_key_pairs, .run = sim_describe_key_pairs},
	{.name = "CheckResourceStock",
	 .params = check_stock,
	 .run = sim_check_resource_stock,
	 .stock = true},
	{.name = "DescribeSpec", .params = describe_spec, .run = sim_describe_spec},
	{.name = "DescribeRegions", .params = describe_regions, .run = sim_describe_regions},
	{.name = "DescribeImageList",
	 .params = describe_images,
	 .form = describe_images_form,
	 .run = sim_describe_image_list},
	{.name = "DescribeTasks", .params = describe_tasks, .run = sim_describe_tasks},
};

/* sts 2015-04-01 (protocol d) */
static const struct sim_param assume_role[] = {NEED("RoleArn"),
					       NEED("RoleSessionName"),
					       INT("DurationSeconds", 900, 43200),
					       TEXT_MAX("Policy", 2048),
					       TEXT_MAX("ExternalId", 1224),
					       TEXT_MAX("SourceIdentity", 64),
					       END};
static const struct sim_param get_caller_identity[] = {END};

static const struct sim_operation sts[] = {
	{.name = "AssumeRole", .params = assume_role, .run = sim_assume_role},
	{.name = "GetCallerIdentity",
	 .params = get_caller_identity,
	 .run = sim_get_caller_identity},
};

static const struct sim_product products[] = {
	{"eds-aic", "2023-09-30", false, "Invalid", "Missing", eds_aic, ARRAY_SIZE(eds_aic)},
	{"appstream-center", "2021-09-01", false, "InvalidParameter.", "MissingParameter.",
	 sim_stream_operations, SIM_STREAM_OPERATIONS},
	{"BssOpenApi", "2017-12-14", true, "InvalidParameter", "MissingParameter",
	 sim_bss_operations, SIM_BSS_OPERATIONS},
	{"sts", "2015-04-01", false, "InvalidParameter.", "Missing", sts, ARRAY_SIZE(sts)},
};

const struct sim_product *sim_product_find(const char *version)
{
	for (size_t i = 0; i < ARRAY_SIZE(products); i++)
		if (strcmp(products[i].version, version) == 0)
			return &products[i];
	return NULL;
}

const struct sim_operation *sim_operation_find(const struct sim_product *product,
					       const char *action)
{
	for (size_t i = 0; i < product->n_operations; i++)
		if (strcmp(product->operations[i].name, action) == 0)
			return &product->operations[i];
	return NULL;
}
