/*
 * The operations of App Streaming as a table (appstream-center 3). Which parameters go to
 * the query and which to the form differs from one operation to the next.
 */
#include "sim_stream.h"
#include "sim_table.h"

static const char *const cloud_app[] = {"CloudApp", NULL};
static const char *const by_node[] = {"Node", NULL};
static const char *const charges[] = {"PostPaid", "PrePaid", NULL};
static const char *const auth_modes[] = {"App", "AppInstanceGroup", "Session", NULL};
static const char *const sub_pays[] = {"postPaid", "prePaid", "monthPackage", NULL};
static const char *const accounts[] = {"Simple", NULL};
static const char *const strategies[] = {"NODE_FIXED", "NODE_SCALING_BY_USAGE",
					 "NODE_SCALING_BY_SCHEDULE", NULL};
static const char *const kinds[] = {"Weekly", "weekly", NULL};
static const char *const networks[] = {"Mixed", "Shared", NULL};
static const char *const egress[] = {"Shared", NULL};
static const char *const rules[] = {"allow", "block", NULL};
static const char *const storages[] = {"OFF", "PDS", NULL};
static const char *const remotes[] = {"NAS", NULL};
static const char *const streamings[] = {"video", "mix", NULL};
static const char *const sessions[] = {"CONSOLE", "NORMAL", NULL};
static const char *const switches[] = {"OFF", "ON", NULL};
static const char *const generations[] = {"wyid", NULL};
static const char *const truths[] = {"true", "false", NULL};
static const char *const schedulings[] = {"DYNAMIC", "FIX_NODE", NULL};
static const char *const pre_opens[] = {"OFF", "SINGLE_APP", NULL};
static const char *const conversions[] = {"EXPAND_FROM_POST_PAID_EXPLICIT", NULL};
static const char *const statuses[] = {
	"DEPLOYING",       "PUBLISHED",         "FAILED", "MAINTAINING", "CEASED", "EXPIRED",
	"MAINTAIN_FAILED", "EXPIRED_RECYCLING", NULL};
static const char *const products[] = {"CloudApp", "CloudDesktop", "WuyingServer", NULL};
static const char *const image_types[] = {"User", "Shared", "System", "Community", NULL};
static const char *const image_statuses[] = {"AVAILABLE", "INIT", "CREATING", "CREATE_FAILED",
					     NULL};
static const char *const systems[] = {"Windows", "Linux", "Android", "Unknown", NULL};
static const char *const orders[] = {"CPU", "Memory", NULL};
static const char *const sorts[] = {"ASC", "DESC", NULL};
static const char *const scopes[] = {"All", "Custom", "System", NULL};
static const char *const tagged[] = {"AppInstanceGroupId", "AppId",  "WyId",
				     "CenterImageId",      "AliUid", NULL};
static const char *const untagged[] = {"AppInstanceGroupId", "AppId", "WyId", "AliUid", NULL};

#define PRODUCT NEED_WORDS("ProductType", cloud_app)
#define GROUP NEED("AppInstanceGroupId")

/* --- JSON within a create */

static const struct sim_param timer_periods[] = {TEXT("StartTime"), TEXT("EndTime"),
						 INT("Amount", 1, 0), END};
static const struct sim_param schedules[] = {WORDS("RecurrenceType", kinds),
					     INTS("RecurrenceValues", 1, 7),
					     OBJECTS("TimerPeriods", 3, timer_periods), END};

#define STRATEGY                                                                                   \
	WORDS("StrategyType", strategies), INT("NodeAmount", 1, 100),                              \
		INT("MaxScalingAmount", 1, 0), INT("MaxIdleAppInstanceAmount", 0, 0),              \
		INT("ScalingStep", 1, 10), TEXT("ScalingUsageThreshold"),                          \
		INT("ScalingDownAfterIdleMinutes", 5, 120), TEXT("StrategyEnableDate"),            \
		TEXT("StrategyDisableDate"), BOOL("WarmUp"),                                       \
		OBJECTS("RecurrenceSchedules", 0, schedules)

static const struct sim_param node_pool[] = {TEXT("NodeInstanceType"), INT("NodeCapacity", 1, 0),
					     STRATEGY, END};
static const struct sim_param strategy[] = {STRATEGY, END};
static const struct sim_param user_info[] = {WORDS("Type", accounts), END};
static const struct sim_param routes[] = {TEXT("Destination"), WORDS("Mode", egress), END};
static const struct sim_param domain_rules[] = {TEXT("Domain"), WORDS("Policy", rules), END};
static const struct sim_param network[] = {WORDS("StrategyType", networks),
					   OBJECTS("Routes", 0, routes),
					   INT("IpExpireMinutes", 60, 0),
					   TEXT("OfficeSiteId"),
					   LIST("VSwitchIds", 0),
					   OBJECTS("DomainRules", 0, domain_rules),
					   END};
static const struct sim_param user_profile[] = {BOOL("UserProfileSwitch"),
						WORDS("RemoteStorageType", remotes),
						TEXT("RemoteStoragePath"), END};
static const struct sim_param storage[] = {LIST_WORDS("StorageTypeList", 0, storages),
					   JSON("UserProfile", user_profile), END};
static const struct sim_param video[] = {INT("FrameRate", 30, 60),
					 BOOL("TerminalResolutionAdaptive"),
					 INT("SessionResolutionWidth", 1, 0),
					 INT("SessionResolutionHeight", 1, 0),
					 WORDS("StreamingMode", streamings),
					 BOOL("Webrtc"),
					 END};
static const struct sim_param runtime[] = {WORDS("SessionType", sessions),
					   WORDS("DebugMode", switches),
					   WORDS("SessionUserGenerationMode", generations),
					   WORDS("SessionPreOpen", truths), /* a text (3.1) */
					   BOOL("PerSessionPerApp"),
					   WORDS("PersistentAppInstanceScheduleMode", schedulings),
					   END};
static const struct sim_param security[] = {BOOL("ResetAfterUnbind"), BOOL("SkipUserAuthCheck"),
					    END};
static const struct sim_param user_define[] = {TEXT("CustomConfig"), END};

static const struct sim_param create[] = {JSON("UserDefinePolicy", user_define), END};
static const struct sim_param create_form[] = {PRODUCT,
					       NEED("AppCenterImageId"),
					       TEXT("AppInstanceGroupName"),
					       NEED("BizRegionId"),
					       NEED_WORDS("ChargeType", charges),
					       NEED_WORDS("ChargeResourceMode", by_node),
					       NEED_INT("Period", 1, 0),
					       NEED("PeriodUnit"),
					       NEED_INT("SessionTimeout", -1, 300),
					       BOOL("AutoPay"),
					       BOOL("AutoRenew"),
					       TEXT("PromotionId"),
					       WORDS("SubPayType", sub_pays),
					       TEXT("AppPackageType"),
					       LIST("Users", 0),
					       JSON("UserInfo", user_info),
					       LIST("UserGroupIds", 0),
					       WORDS("AuthMode", auth_modes),
					       TEXT("AppPolicyId"),
					       TEXT("ClusterId"),
					       TEXT("PreOpenAppId"),
					       JSON("NodePool", node_pool),
					       JSON("Network", network),
					       JSON("StoragePolicy", storage),
					       JSON("VideoPolicy", video),
					       JSON("RuntimePolicy", runtime),
					       JSON("SecurityPolicy", security),
					       END};

/* --- the rest */

static const struct sim_param by_id[] = {GROUP, PRODUCT, END};
static const struct sim_param none[] = {END};

static const struct sim_param list[] = {PRODUCT,
					TEXT("AppCenterImageId"),
					TEXT("AppInstanceGroupId"),
					TEXT("AppInstanceGroupName"),
					TEXT("BizRegionId"),
					TEXT("NodeInstanceType"),
					TEXT("OfficeSiteId"),
					INT("PageNumber", 1, 1000000),
					INT("PageSize", 1, 100),
					TEXT("RegionId"),
					TAGS("Tag"),
					END};
static const struct sim_param list_form[] = {LIST("ExcludedUserGroupIds", 100),
					     LIST_WORDS("Status", 8, statuses),
					     LIST("UserGroupIds", 100), END};
static const struct sim_param list_nodes[] = {GROUP, PRODUCT, NEED_INT("PageNumber", 1, 1000000),
					      NEED_INT("PageSize", 1, 200), END};

static const struct sim_param modify_pool_of[] = {TEXT("NodePoolId"), INT("NodeCapacity", 1, 0),
						  END};
static const struct sim_param modify_network[] = {OBJECTS("DomainRules", 0, domain_rules), END};
static const struct sim_param modify_profile[] = {TEXT("FileSystemId"), BOOL("UserProfileSwitch"),
						  END};
static const struct sim_param modify_follow[] = {TEXT("FileSystemId"), BOOL("ProfileFollowSwitch"),
						 END};
static const struct sim_param modify_storage[] = {LIST_WORDS("StorageTypeList", 0, storages),
						  JSON("UserProfile", modify_profile),
						  JSON("UserProfileFollow", modify_follow), END};
static const struct sim_param modify[] = {GROUP,
					  PRODUCT,
					  TEXT("AppInstanceGroupName"),
					  INT("SessionTimeout", -1, 300),
					  JSON("NodePool", modify_pool_of),
					  END};
static const struct sim_param modify_form[] = {JSON("Network", modify_network),
					       BOOL("PerSessionPerApp"),
					       TEXT("PreOpenAppId"),
					       WORDS("PreOpenMode", pre_opens),
					       JSON("SecurityPolicy", security),
					       JSON("StoragePolicy", modify_storage),
					       END};
/* Formally nothing is required; without these two the call means nothing (3.9). */
static const struct sim_param modify_pool[] = {NEED("PoolId"),
					       PRODUCT,
					       TEXT("BizRegionId"),
					       INT("NodeCapacity", 1, 0),
					       JSON("NodePoolStrategy", strategy),
					       END};
static const struct sim_param amount[] = {
	{.name = "NodeAmount", .type = PARAM_INT, .min = 1, .max = 100, .required = true},
	WORDS("PrePaidNodeAmountModifyMode", conversions),
	LIST("PrePaidNodeAmountModifyNodeIds", 100),
	END};
static const struct sim_param modify_amount[] = {GROUP, PRODUCT, NEED_JSON("NodePool", amount),
						 END};
static const struct sim_param update_image[] = {GROUP, PRODUCT, NEED("AppCenterImageId"),
						NEED("BizRegionId"), END};

static const struct sim_param list_types[] = {PRODUCT,
					      NEED_INT("PageNumber", 1, 1000000),
					      NEED_INT("PageSize", 1, 100),
					      TEXT("BizRegionId"),
					      TEXT("NodeInstanceType"),
					      TEXT("NodeInstanceTypeFamily"),
					      TEXT("OsType"),
					      DECIMAL("Cpu"),
					      DECIMAL("Gpu"),
					      INT("GpuMemory", 0, 0),
					      INT("Memory", 0, 0),
					      WORDS("OrderBy", orders),
					      WORDS("SortType", sorts),
					      TEXT("Language"),
					      TEXT("ChargeType"),
					      TEXT("InstanceTypeForModify"),
					      TEXT("OrderType"),
					      END};
static const struct sim_param list_regions[] = {PRODUCT, TEXT("BizSource"), END};

static const struct sim_param list_images[] = {TAGS("TagList"), TEXT("Distro"), END};
static const struct sim_param list_images_form[] = {WORDS("ProductType", products),
						    LIST_WORDS("ProductTypeList", 10, products),
						    TEXT("ImageId"),
						    TEXT("ImageName"),
						    WORDS("ImageType", image_types),
						    WORDS("Status", image_statuses),
						    LIST("BizRegionIdList", 100),
						    WORDS("OsType", systems),
						    TEXT("PlatformName"),
						    LIST("PlatformNameList", 100),
						    TEXT("PackageType"),
						    TEXT("ProtocolType"),
						    TEXT("LanguageType"),
						    TEXT("FotaVersion"),
						    TEXT("ResourceInstanceType"),
						    LIST("FeatureList", 100),
						    LIST("BizTypeList", 100),
						    INT("BizType", 1, 1),
						    INT("PageNumber", 1, 1000000),
						    INT("PageSize", 1, 100),
						    END};

static const struct sim_param price[] = {PRODUCT,
					 NEED("BizRegionId"),
					 NEED_WORDS("ChargeType", charges),
					 NEED_INT("Amount", 1, 10000),
					 NEED_INT("Period", 1, 0),
					 NEED("PeriodUnit"),
					 TEXT("NodeInstanceType"),
					 TEXT("AppInstanceType"),
					 END};

static const struct sim_param tag[] = {NEED_WORDS("ResourceType", tagged), LIST("ResourceIds", 50),
				       NEED_TAGS("Tags"), END};
static const struct sim_param untag[] = {NEED_WORDS("ResourceType", untagged),
					 LIST("ResourceIds", 50), NEED_LIST("TagKeys", 10), END};
static const struct sim_param list_tags[] = {
	NEED_WORDS("ResourceType", tagged), LIST("ResourceIds", 50), WORDS("Scope", scopes),
	INT("MaxResults", 1, 1000),         TEXT("NextToken"),       END};

const struct sim_operation sim_stream_operations[SIM_STREAM_OPERATIONS] = {
	{.name = "CreateAppInstanceGroup",
	 .params = create,
	 .form = create_form,
	 .run = sim_create_stream,
	 .changing = true,
	 .stock = true,
	 .ages = true},
	{.name = "GetAppInstanceGroup",
	 .params = by_id,
	 .run = sim_get_stream,
	 .lags_with = "ListAppInstanceGroup"},
	{.name = "ListAppInstanceGroup",
	 .params = list,
	 .form = list_form,
	 .run = sim_list_streams},
	{.name = "ListNodes",
	 .params = none,
	 .form = list_nodes,
	 .run = sim_list_nodes,
	 .lags_with = "ListAppInstanceGroup"},
	{.name = "ModifyAppInstanceGroupAttribute",
	 .params = modify,
	 .form = modify_form,
	 .run = sim_modify_stream,
	 .changing = true},
	{.name = "ModifyNodePoolAttribute",
	 .params = none,
	 .form = modify_pool,
	 .run = sim_modify_pool,
	 .changing = true,
	 .stock = true,
	 .ages = true},
	{.name = "ModifyNodePoolAmount",
	 .params = none,
	 .form = modify_amount,
	 .run = sim_modify_pool_amount,
	 .changing = true,
	 .stock = true,
	 .ages = true},
	{.name = "UpdateAppInstanceGroupImage",
	 .params = update_image,
	 .run = sim_update_stream_image,
	 .changing = true,
	 .ages = true},
	{.name = "DeleteAppInstanceGroup",
	 .params = none,
	 .form = by_id,
	 .run = sim_delete_stream,
	 .changing = true},
	{.name = "ListNodeInstanceType", .params = list_types, .run = sim_list_node_types},
	{.name = "ListImage",
	 .params = list_images,
	 .form = list_images_form,
	 .run = sim_list_app_images},
	{.name = "GetResourcePrice", .params = price, .run = sim_get_resource_price},
	{.name = "TagCloudResources",
	 .params = none,
	 .form = tag,
	 .run = sim_tag_streams,
	 .changing = true},
	{.name = "UntagCloudResources",
	 .params = none,
	 .form = untag,
	 .run = sim_untag_streams,
	 .changing = true},
	{.name = "ListTagCloudResources",
	 .params = none,
	 .form = list_tags,
	 .run = sim_list_stream_tags},
	{.name = "ListRegions", .params = list_regions, .run = sim_list_stream_regions},
};
