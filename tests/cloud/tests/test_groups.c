/*
 * The life of a group: created, grown, shrunk, deleted; and what is refused.
 */
#include <string.h>

#include "client.h"

#define OPEN(c)                                                                                    \
	struct client c;                                                                           \
	client_open(&c, 0)

static void create_answers_with_ids_and_ages_to_running(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE, "NumberOfInstances=3",
		   "InstanceGroupName=phones-a.x2b4c6", "Tag.1.Key=drover:fleet", "Tag.1.Value=qa");
	assert_int_equal(client_size(&c, "InstanceGroupInfos.0.InstanceIds"), 3);
	assert_true(strlen(client_text(&c, "OrderId")) == 15);
	(void)CALL(&c, "DescribeAndroidInstanceGroups");
	assert_string_equal(client_text(&c, "InstanceGroupModel.0.InstanceGroupStatus"),
			    "CREATING");
	client_advance(&c, 29999);
	(void)CALL(&c, "DescribeAndroidInstances", "Status=RUNNING");
	assert_int_equal(client_int(&c, "TotalCount"), 0);
	client_advance(&c, 60001);
	(void)CALL(&c, "DescribeAndroidInstances", "Status=RUNNING", "Tag.1.Key=drover:fleet",
		   "Tag.1.Value=qa");
	assert_int_equal(client_int(&c, "TotalCount"), 3);
	(void)CALL(&c, "DescribeAndroidInstanceGroups", "Tags.1.Key=drover:fleet");
	assert_string_equal(client_text(&c, "InstanceGroupModel.0.InstanceGroupStatus"), "RUNNING");
	assert_string_equal(client_text(&c, "InstanceGroupModel.0.NumberOfInstances"), "3");
	assert_int_equal(client_int(&c, "InstanceGroupModel.0.AvailableInstanceAmount"), 3);
	assert_string_equal(client_text(&c, "InstanceGroupModel.0.Cpu"), "2");
	assert_int_equal(client_int(&c, "InstanceGroupModel.0.Memory"), 4);
	client_close(&c);
}

static void create_refuses_what_cannot_be_bought(void **state)
{
	static const struct {
		const char *region, *spec, *image, *more, *code;
	} cases[] = {
		{"BizRegionId=mars", SPEC, IMAGE, "Amount=1", "InvalidBizRegionId"},
		{REGION, "InstanceGroupSpec=acp.x", IMAGE, "Amount=1", "InvalidInstanceGroupSpec"},
		{REGION, SPEC, "ImageId=imgc-none", "Amount=1", "InvalidImageId.NotFound"},
		{"BizRegionId=cn-beijing", SPEC, "ImageId=imgc-075cllfeuazh03tg9", "Amount=1",
		 "InvalidRegion.NotMatch"},
		{REGION, SPEC, IMAGE, "NumberOfInstances=101", "InvalidNumberOfInstances"},
		{REGION, SPEC, IMAGE, "NumberOfInstances=0", "InvalidNumberOfInstances"},
		{REGION, SPEC, IMAGE, "Amount=101", "InvalidAmount"},
		{REGION, SPEC, IMAGE, "ChargeType=Postpaid", "InvalidChargeType"},
		{REGION, SPEC, IMAGE, "PeriodUnit=Week", "InvalidPeriodUnit"},
		{REGION, SPEC, IMAGE, "AutoPay=True", "InvalidAutoPay"},
		{REGION, SPEC, IMAGE, "InstanceGroupName=1st", "InvalidInstanceGroupName"},
		{REGION, SPEC, IMAGE, "InstanceGroupName=a b", "InvalidInstanceGroupName"},
		{REGION, SPEC, IMAGE, "InstanceGroupName=abcdefghijabcdefghijabcdefghijk",
		 "InvalidInstanceGroupName"},
		{REGION, SPEC, IMAGE, "KeyPairId=kp-none", "InvalidKeyPairId.NotFound"},
		{REGION, SPEC, IMAGE, "NetworkInfo=[]", "InvalidNetworkInfo"},
		{REGION, SPEC, IMAGE, "NetworkInfo={\"PaidCallBackUrl\":\"x\"}",
		 "InvalidNetworkInfo"},
		{REGION, SPEC, IMAGE, "Tag.1.Key=acs:x", "InvalidTagKey"},
		{REGION, SPEC, IMAGE, "Tag.1.Value=x", "InvalidTag"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		OPEN(c);
		(void)CALL(&c, "CreateAndroidInstanceGroup", cases[i].region, cases[i].spec,
			   cases[i].image, cases[i].more);
		assert_int_equal(c.status, 400);
		assert_code(&c, cases[i].code);
		(void)client_admin(&c, "GET", "/_sim/state", NULL, 200);
		assert_int_equal(client_size(&c, "groups"), 0);
		client_close(&c);
	}
}

static void amount_makes_several_groups(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE, "Amount=3",
		   "NumberOfInstances=2");
	assert_int_equal(client_size(&c, "InstanceGroupIds"), 3);
	assert_int_equal(client_size(&c, "InstanceGroupInfos"), 3);
	assert_int_equal(client_size(&c, "InstanceGroupInfos.2.InstanceIds"), 2);
	client_close(&c);
}

static void same_token_and_parameters_buy_once(void **state)
{
	char group[40], request[40];
	(void)state;
	OPEN(c);
	(void)CALL(&c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE, "ClientToken=t");
	(void)strcpy(group, client_text(&c, "InstanceGroupIds.0"));
	(void)strcpy(request, c.request_id);
	(void)CALL(&c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE, "ClientToken=t");
	assert_string_equal(client_text(&c, "InstanceGroupIds.0"), group);
	assert_string_not_equal(c.request_id, request);
	(void)client_admin(&c, "GET", "/_sim/state", NULL, 200);
	assert_int_equal(client_size(&c, "groups"), 1);
	(void)client_admin(&c, "GET", "/_sim/calls", NULL, 200);
	assert_true(cJSON_IsFalse(client_at(&c, "1.effect")));
	client_close(&c);
}

static void same_token_with_other_parameters_is_a_mismatch(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE, "ClientToken=t");
	(void)CALL(&c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE, "ClientToken=t",
		   "Amount=1");
	assert_int_equal(c.status, 400);
	assert_code(&c, "IdempotentParameterMismatch");
	client_close(&c);
}

static void a_refused_create_leaves_its_token_free(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "CreateAndroidInstanceGroup", REGION, SPEC, "ImageId=imgc-none",
		   "ClientToken=t");
	assert_int_equal(c.status, 400);
	(void)CALL(&c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE, "ClientToken=t");
	assert_int_equal(c.status, 200);
	client_close(&c);
}

static void a_token_beyond_its_window_buys_again(void **state)
{
	struct sim_options options = {.seed = 1, .token_window_ms = 60000};
	struct client c;
	(void)state;
	client_open_with(&c, &options);
	(void)CALL(&c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE, "ClientToken=t");
	c.now.wall_ms += 60000;
	(void)CALL(&c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE, "ClientToken=t");
	(void)client_admin(&c, "GET", "/_sim/state", NULL, 200);
	assert_int_equal(client_size(&c, "groups"), 1);
	c.now.wall_ms += 1;
	(void)CALL(&c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE, "ClientToken=t");
	(void)client_admin(&c, "GET", "/_sim/state", NULL, 200);
	assert_int_equal(client_size(&c, "groups"), 2);
	client_close(&c);
}

static void network_info_buys_a_package_with_an_order_of_its_own(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(
		&c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE,
		"NetworkInfo={\"PayType\":\"PrePaid\",\"AutoPay\":false,\"LimitedBandwidth\":10}");
	const char *id = client_param(
		"OrderId", client_text(&c, "NetworkPackageOrderModel.BandwidthPackageOrderId"));
	assert_int_equal(
		strncmp(client_text(&c, "NetworkPackageOrderModel.BandwidthPackageId"), "np-", 3),
		0);
	(void)CALL(&c, "GetOrderDetail", id);
	assert_string_equal(client_text(&c, "Data.OrderList.Order.0.PaymentStatus"), "Unpaid");
	client_close(&c);
}

static void growth_adds_untagged_instances(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE, "Tag.1.Key=k",
		   "KeyPairId=kp-5hh431emkpuoi7x2a");
	const char *group = client_param("InstanceGroupId", client_text(&c, "InstanceGroupIds.0"));
	client_advance(&c, 90000);
	(void)CALL(&c, "UpgradeAndroidInstanceGroup", group, "IncreaseNumberOfInstance=2",
		   "AutoPay=true");
	const char *ids = client_text(&c, "InstanceIds");
	assert_int_equal(strncmp(ids, "[\"acp-", 6), 0);
	cJSON *parsed = cJSON_Parse(ids);
	assert_int_equal(cJSON_GetArraySize(parsed), 2);
	cJSON_Delete(parsed);
	client_advance(&c, 90000);
	(void)CALL(&c, "DescribeAndroidInstances", "Status=RUNNING");
	assert_int_equal(client_int(&c, "TotalCount"), 3);
	assert_int_equal(client_size(&c, "InstanceModel.0.Tags"), 0);
	assert_string_equal(client_text(&c, "InstanceModel.0.KeyPairId"), "");
	assert_int_equal(client_size(&c, "InstanceModel.2.Tags"), 1);
	assert_string_equal(client_text(&c, "InstanceModel.2.KeyPairId"), "kp-5hh431emkpuoi7x2a");
	client_close(&c);
}

static void growth_stops_at_a_hundred(void **state)
{
	(void)state;
	OPEN(c);
	const char *group = client_param("InstanceGroupId", client_group(&c, "99"));
	(void)CALL(&c, "UpgradeAndroidInstanceGroup", group, "IncreaseNumberOfInstance=2");
	assert_code(&c, "QuotaExceeded.NumberOfInstances");
	(void)CALL(&c, "UpgradeAndroidInstanceGroup", group, "IncreaseNumberOfInstance=1");
	assert_int_equal(c.status, 200);
	(void)CALL(&c, "UpgradeAndroidInstanceGroup", "InstanceGroupId=ag-none",
		   "IncreaseNumberOfInstance=1");
	assert_code(&c, "InvalidInstanceGroupId.NotFound");
	client_close(&c);
}

static void downgrade_releases_the_named_instances(void **state)
{
	(void)state;
	OPEN(c);
	const char *id = client_group(&c, "3");
	const char *group = client_param("InstanceGroupId", id);
	const char *victim = client_param("AndroidInstanceIds.1", client_instance(&c, id, 1));
	(void)CALL(&c, "DowngradeAndroidInstanceGroup", group);
	assert_code(&c, "MissingAndroidInstanceIds");
	(void)CALL(&c, "DowngradeAndroidInstanceGroup", group, victim, "AutoPay=true");
	assert_int_equal(c.status, 200);
	(void)CALL(&c, "DescribeAndroidInstanceGroups");
	assert_int_equal(client_int(&c, "InstanceGroupModel.0.AvailableInstanceAmount"), 2);
	assert_string_equal(client_text(&c, "InstanceGroupModel.0.NumberOfInstances"), "3");
	(void)CALL(&c, "DowngradeAndroidInstanceGroup", group, victim);
	assert_code(&c, "IncorrectInstanceStatus");
	client_advance(&c, 30000);
	(void)CALL(&c, "DescribeAndroidInstances");
	assert_int_equal(client_int(&c, "TotalCount"), 2);
	(void)CALL(&c, "DowngradeAndroidInstanceGroup", group, victim);
	assert_code(&c, "InvalidAndroidInstanceId.NotFound");
	client_close(&c);
}

static void a_deleted_group_is_listed_for_a_minute(void **state)
{
	(void)state;
	OPEN(c);
	const char *id = client_group(&c, "2");
	(void)CALL(&c, "DeleteAndroidInstanceGroup");
	assert_code(&c, "MissingInstanceGroupIds");
	(void)CALL(&c, "DeleteAndroidInstanceGroup", client_param("InstanceGroupIds.1", id));
	assert_int_equal(c.status, 200);
	assert_string_equal(client_status(&c, id), "DELETING");
	client_advance(&c, 59999);
	assert_string_equal(client_status(&c, id), "DELETING");
	client_advance(&c, 1);
	assert_string_equal(client_status(&c, id), "gone");
	(void)CALL(&c, "DescribeAndroidInstances");
	assert_int_equal(client_int(&c, "TotalCount"), 0);
	(void)CALL(&c, "DeleteAndroidInstanceGroup", client_param("InstanceGroupIds.1", id));
	assert_code(&c, "InvalidInstanceGroupId.NotFound");
	client_close(&c);
}

static void modify_renames_and_resets_the_stream_mode(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "CreateAndroidInstanceGroup", REGION, SPEC, IMAGE, "StreamMode=2");
	const char *group = client_param("InstanceGroupId", client_text(&c, "InstanceGroupIds.0"));
	(void)CALL(&c, "ModifyAndroidInstanceGroup", group, "NewInstanceGroupName=other");
	assert_int_equal(c.status, 200);
	(void)CALL(&c, "DescribeAndroidInstances");
	assert_string_equal(client_text(&c, "InstanceModel.0.AndroidInstanceGroupName"), "other");
	assert_int_equal(client_int(&c, "InstanceModel.0.StreamMode"), 1); /* eds-aic 4.8 */
	client_close(&c);
}

static void power_operations_need_their_states(void **state)
{
	(void)state;
	OPEN(c);
	const char *id = client_group(&c, "1");
	const char *phone = client_instance(&c, id, 0);
	const char *ids = client_param("AndroidInstanceIds.1", phone);
	(void)CALL(&c, "StartAndroidInstance", ids);
	assert_code(&c, "IncorrectInstanceStatus");
	(void)CALL(&c, "StopAndroidInstance", ids, "ForceStop=true");
	assert_int_equal(c.status, 200);
	assert_string_equal(client_status(&c, phone), "STOPPING");
	client_advance(&c, 15000);
	assert_string_equal(client_status(&c, phone), "STOPPED");
	(void)CALL(&c, "RebootAndroidInstancesInGroup", ids);
	assert_code(&c, "IncorrectInstanceStatus");
	(void)CALL(&c, "StartAndroidInstance", ids);
	client_advance(&c, 30000);
	assert_string_equal(client_status(&c, phone), "RUNNING");
	(void)CALL(&c, "ResetAndroidInstancesInGroup", ids);
	assert_string_equal(client_status(&c, phone), "RESETTING");
	client_advance(&c, 120000);
	assert_string_equal(client_status(&c, phone), "RUNNING");
	client_close(&c);
}

static void reboot_leaves_tasks_behind(void **state)
{
	(void)state;
	OPEN(c);
	const char *id = client_group(&c, "2");
	const char *one = client_param("AndroidInstanceIds.1", client_instance(&c, id, 0));
	const char *two = client_param("AndroidInstanceIds.2", client_instance(&c, id, 1));
	(void)CALL(&c, "RebootAndroidInstancesInGroup", one, two);
	assert_int_equal(client_size(&c, "Tasks.ChildTasks"), 2);
	const char *invoke = client_param("InvokeId", c.request_id);
	const char *parent = client_param("ParentTaskId", client_text(&c, "Tasks.ParentTaskId"));
	(void)CALL(&c, "DescribeTasks", invoke, "Level=1");
	assert_string_equal(client_text(&c, "Data.0.TaskStatus"), "Processing");
	client_advance(&c, 60000);
	(void)CALL(&c, "DescribeTasks", parent);
	assert_int_equal(client_int(&c, "TotalCount"), 2);
	assert_string_equal(client_text(&c, "Data.1.TaskStatus"), "Finished");
	(void)CALL(&c, "DescribeTasks", invoke, "Level=1");
	assert_int_equal(client_int(&c, "Data.0.SuccessChildCount"), 2);
	client_close(&c);
}

static void key_pairs_attach_in_part(void **state)
{
	(void)state;
	OPEN(c);
	const char *id = client_group(&c, "2");
	const char *stopped = client_instance(&c, id, 0);
	const char *one = client_param("InstanceIds.1", stopped);
	const char *two = client_param("InstanceIds.2", client_instance(&c, id, 1));
	(void)CALL(&c, "StopAndroidInstance", client_param("AndroidInstanceIds.1", stopped));
	(void)CALL(&c, "AttachKeyPair", "KeyPairId=kp-none", one);
	assert_code(&c, "InvalidKeyPairId.NotFound");
	(void)CALL(&c, "AttachKeyPair", "KeyPairId=kp-6v2q33ae4tw3a1b2c", one, two);
	assert_int_equal(client_int(&c, "Data.TotalCount"), 2);
	assert_int_equal(client_int(&c, "Data.FailCount"), 1);
	assert_int_equal(client_size(&c, "Data.AttachedInstanceIds"), 1);
	(void)CALL(&c, "DescribeAndroidInstances", "KeyPairId=kp-6v2q33ae4tw3a1b2c");
	assert_int_equal(client_int(&c, "TotalCount"), 1);
	client_close(&c);
}

static void tags_are_set_listed_and_removed(void **state)
{
	(void)state;
	OPEN(c);
	const char *phone = client_instance(&c, client_group(&c, "1"), 0);
	const char *resource = client_param("ResourceId.1", phone),
		   *type = "ResourceType=ALIYUN::ACP::INSTANCE";
	(void)CALL(&c, "TagResources", "ResourceType=group", resource, "Tag.1.Key=a");
	assert_code(&c, "InvalidResourceType");
	(void)CALL(&c, "TagResources", type, resource, "Tag.1.Key=a", "Tag.1.Value=1",
		   "Tag.2.Key=b");
	assert_int_equal(c.status, 200);
	(void)CALL(&c, "TagResources", type, resource, "Tag.1.Key=a", "Tag.1.Value=1");
	(void)client_admin(&c, "GET", "/_sim/calls", NULL, 200);
	assert_true(cJSON_IsTrue(client_at(&c, "2.effect")));
	assert_true(cJSON_IsFalse(client_at(&c, "3.effect"))); /* nothing new */
	(void)CALL(&c, "ListTagResources", "RegionId=cn-shanghai", type, resource);
	assert_int_equal(client_size(&c, "TagResources"), 2);
	assert_null(cJSON_GetObjectItem(c.json, "TotalCount")); /* eds-aic 1 */
	(void)CALL(&c, "ListTagResources", "RegionId=cn-shanghai", type, "Tag.1.Key=b");
	assert_string_equal(client_text(&c, "TagResources.0.ResourceId"), phone);
	(void)CALL(&c, "UntagResources", type, resource, "TagKey.1=a");
	(void)CALL(&c, "DescribeAndroidInstances", "Tag.1.Key=a");
	assert_int_equal(client_int(&c, "TotalCount"), 0);
	(void)CALL(&c, "UntagResources", type, resource, "All=true");
	(void)CALL(&c, "DescribeAndroidInstances", "Tag.1.Key=b");
	assert_int_equal(client_int(&c, "TotalCount"), 0);
	client_close(&c);
}

static void catalogue_answers(void **state)
{
	(void)state;
	OPEN(c);
	(void)CALL(&c, "DescribeRegions");
	assert_int_equal(client_size(&c, "RegionModels"), 6);
	(void)CALL(&c, "DescribeSpec", "SpecIds.1=acp.std.large");
	assert_int_equal(client_int(&c, "SpecInfoModel.0.Core"), 4);
	(void)FORM(&c, "DescribeImageList", "ImageType=System", "ImageId=imgc-075cllfeuazh03tg9");
	assert_int_equal(client_size(&c, "Data.0.ImageRegionList"), 2);
	(void)CALL(&c, "DescribeKeyPairs", "MaxResults=1");
	assert_int_equal(client_size(&c, "Data"), 1);
	(void)CALL(&c, "DescribeKeyPairs", "MaxResults=1",
		   client_param("NextToken", client_text(&c, "NextToken")));
	assert_string_equal(client_text(&c, "NextToken"), "");
	(void)CALL(&c, "CheckResourceStock", REGION, "AcpSpecId=acp.basic.small", "Amount=100");
	assert_string_equal(client_text(&c, "ResourceStockModels.0.StockStatus"), "Available");
	client_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(create_answers_with_ids_and_ages_to_running),
		cmocka_unit_test(create_refuses_what_cannot_be_bought),
		cmocka_unit_test(amount_makes_several_groups),
		cmocka_unit_test(same_token_and_parameters_buy_once),
		cmocka_unit_test(same_token_with_other_parameters_is_a_mismatch),
		cmocka_unit_test(a_refused_create_leaves_its_token_free),
		cmocka_unit_test(a_token_beyond_its_window_buys_again),
		cmocka_unit_test(network_info_buys_a_package_with_an_order_of_its_own),
		cmocka_unit_test(growth_adds_untagged_instances),
		cmocka_unit_test(growth_stops_at_a_hundred),
		cmocka_unit_test(downgrade_releases_the_named_instances),
		cmocka_unit_test(a_deleted_group_is_listed_for_a_minute),
		cmocka_unit_test(modify_renames_and_resets_the_stream_mode),
		cmocka_unit_test(power_operations_need_their_states),
		cmocka_unit_test(reboot_leaves_tasks_behind),
		cmocka_unit_test(key_pairs_attach_in_part),
		cmocka_unit_test(tags_are_set_listed_and_removed),
		cmocka_unit_test(catalogue_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
