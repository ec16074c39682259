#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "cloud/operations.h"

static void every_operation_is_complete_and_named_once(void **state)
{
	static const char *const versions[SERVICE_MAX_] = {
		[SERVICE_EDS_AIC] = "2023-09-30", [SERVICE_APPSTREAM] = "2021-09-01",
		[SERVICE_BSS] = "2017-12-14",	  [SERVICE_STS] = "2015-04-01",
	};
	(void)state;
	for (int i = 0; i < OP_MAX_; i++) {
		const struct operation_info *info = operation_info((enum operation)i);
		assert_non_null(info->name);
		assert_true(isupper((unsigned char)info->name[0]));
		assert_non_null(info->version);
		assert_string_equal(info->version, versions[info->service]);
		assert_int_equal(info->envelope,
				 info->service == SERVICE_BSS ? ENVELOPE_BSS : ENVELOPE_RPC);
		assert_int_equal(i, operation_from_name(info->name));
		for (int j = 0; j < i; j++)
			assert_string_not_equal(info->name,
						operation_info((enum operation)j)->name);
	}
	assert_int_equal(OP_MAX_, operation_from_name("ReleaseEverything"));
	assert_int_equal(OP_MAX_, operation_from_name(""));
}

/* What may be made again is what cannot do more the second time; whatever else costs money is
 * looked for. */
static void a_call_that_buys_can_be_recovered(void **state)
{
	(void)state;
	for (int i = 0; i < OP_MAX_; i++) {
		const struct operation_info *info = operation_info((enum operation)i);
		if (info->call_class == CALL_READ) {
			assert_int_equal(AGAIN_NEVER, info->recovery.again);
			assert_int_equal(LOOK_NONE, info->recovery.look);
		}
		if (info->call_class == CALL_BUY)
			assert_int_not_equal(LOOK_NONE, info->recovery.look);
	}
	assert_int_equal(AGAIN_NEVER, operation_info(OP_UPGRADE_ANDROID_INSTANCE_GROUP)->recovery.again);
	assert_int_equal(AGAIN_NEVER, operation_info(OP_CREATE_APP_INSTANCE_GROUP)->recovery.again);
	assert_int_equal(AGAIN_NEVER, operation_info(OP_MODIFY_NODE_POOL_AMOUNT)->recovery.again);
	assert_int_equal(AGAIN_TOKEN, operation_info(OP_CREATE_INSTANCE)->recovery.again);
}

/* By the first word of the name: a new row cannot be filed as harmless by mistake. */
static void the_name_agrees_with_the_class(void **state)
{
	static const struct {
		const char *prefix;
		enum call_class call_class;
	} words[] = {
		{"Describe", CALL_READ}, {"List", CALL_READ},        {"Get", CALL_READ},
		{"Query", CALL_READ},    {"Check", CALL_READ},       {"Create", CALL_BUY},
		{"Upgrade", CALL_BUY},   {"Downgrade", CALL_CHANGE}, {"Delete", CALL_CHANGE},
		{"Start", CALL_CHANGE},  {"Reboot", CALL_CHANGE},    {"Reset", CALL_CHANGE},
		{"Tag", CALL_CHANGE},    {"Untag", CALL_CHANGE},     {"Attach", CALL_CHANGE},
		{"ModifyNodePool", CALL_BUY}, {"ModifyAppInstanceGroup", CALL_CHANGE},
		{"Update", CALL_CHANGE}, {"Assume", CALL_READ},
	};
	(void)state;
	for (int i = 0; i < OP_MAX_; i++) {
		const struct operation_info *info = operation_info((enum operation)i);
		size_t found = 0;
		for (size_t w = 0; w < ARRAY_SIZE(words); w++) {
			if (strncmp(info->name, words[w].prefix, strlen(words[w].prefix)) != 0)
				continue;
			assert_int_equal(info->call_class, words[w].call_class);
			found++;
		}
		if (found != 1)
			fail_msg("%s: no word for its class", info->name);
	}
}

static void parameters_of_the_image_list_are_split_by_place(void **state)
{
	static const char *const query[] = {"InstanceType", "SystemType", "ImageBizTags.1.Key",
					    "ImagePackageType"};
	static const char *const form[] = {"ImageType",  "ImageId",   "ImageName",   "Status",
					   "MaxResults", "NextToken", "ImageBizTags"};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(query); i++)
		assert_true(operation_param_in_query(OP_DESCRIBE_IMAGE_LIST, query[i]));
	for (size_t i = 0; i < ARRAY_SIZE(form); i++)
		assert_false(operation_param_in_query(OP_DESCRIBE_IMAGE_LIST, form[i]));
	assert_true(operation_param_in_query(OP_DESCRIBE_SPEC, "MaxResults"));
	assert_true(operation_param_in_query(OP_CREATE_ANDROID_INSTANCE_GROUP, "ClientToken"));
	assert_true(operation_param_in_query(OP_CREATE_APP_INSTANCE_GROUP, "UserDefinePolicy"));
	assert_false(operation_param_in_query(OP_CREATE_APP_INSTANCE_GROUP, "NodePool"));
	assert_true(operation_param_in_query(OP_MODIFY_APP_INSTANCE_GROUP_ATTRIBUTE, "NodePool"));
	assert_false(operation_param_in_query(OP_MODIFY_APP_INSTANCE_GROUP_ATTRIBUTE, "SecurityPolicy"));
	assert_true(operation_param_in_query(OP_LIST_APP_INSTANCE_GROUP, "BizRegionId"));
	assert_false(operation_param_in_query(OP_LIST_APP_INSTANCE_GROUP, "Status.1"));
	assert_false(operation_param_in_query(OP_LIST_NODES, "PageNumber"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_operation_is_complete_and_named_once),
		cmocka_unit_test(the_name_agrees_with_the_class),
		cmocka_unit_test(a_call_that_buys_can_be_recovered),
		cmocka_unit_test(parameters_of_the_image_list_are_split_by_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
