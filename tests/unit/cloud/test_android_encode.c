#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "cloud/android_group.h"
#include "cloud/android_query.h"

/* Names and values as they stand in the ledger and on the wire, encoded. */
static void expect(const struct params *p, const char *text)
{
	auto_free char *got = params_text(p);
	assert_non_null(got);
	assert_string_equal(got, text);
}

static struct text_list ids(size_t n)
{
	struct text_list list = {0};
	for (size_t i = 0; i < n; i++) {
		char id[32];
		(void)snprintf(id, sizeof(id), "acp-%zu", i + 1);
		assert_int_equal(text_list_add(&list, id), 0);
	}
	return list;
}

/* --- create --- */

static struct tag tags[] = {{(char *)"env", (char *)"staging"}, {(char *)"team", (char *)"q a"}};

static struct desired_group group_of(struct value *create)
{
	return (struct desired_group){.name = (char *)"phones",
				      .region = (char *)"cn-hangzhou",
				      .spec = (char *)"acp.basic.small",
				      .image = (char *)"imgc-1",
				      .charge = CHARGE_PREPAID,
				      .tags = tags,
				      .n_tags = 2,
				      .create = create};
}

static struct android_create create_of(const struct desired_group *g)
{
	return (struct android_create){.group = g,
				       .marks = {"qa-lab", "phones", "abc", "own"},
				       .name = "phones.abc",
				       .token = "token-1",
				       .instances = 10};
}

static struct value *configured(void)
{
	struct value *create = value_map(), *network = value_map();
	assert_int_equal(value_set(network, "LimitedBandwidth", value_int(100)), 0);
	assert_int_equal(value_set(network, "PayType", value_text("PostPaid")), 0);
	assert_int_equal(value_set(network, "AutoPay", value_bool(true)), 0);
	assert_int_equal(value_set(network, "Isp", value_null()), 0);
	assert_int_equal(value_set(create, "Period", value_int(1)), 0);
	assert_int_equal(value_set(create, "PeriodUnit", value_text("Month")), 0);
	assert_int_equal(value_set(create, "GpuAcceleration", value_bool(false)), 0);
	assert_int_equal(value_set(create, "NetworkInfo", network), 0);
	return create;
}

static void a_create_carries_configured_derived_and_marks(void **state)
{
	(void)state;
	auto_value struct value *create = configured();
	auto_params struct params p = {0};
	struct desired_group g = group_of(create);
	struct android_create c = create_of(&g);
	g.key_pair = (char *)"kp-1";
	assert_int_equal(android_encode_create(&c, &p), 0);
	expect(&p, "Amount=1&AutoPay=false&BizRegionId=cn-hangzhou&ChargeType=PrePaid"
		   "&ClientToken=token-1&GpuAcceleration=false&ImageId=imgc-1"
		   "&InstanceGroupName=phones.abc&InstanceGroupSpec=acp.basic.small"
		   "&KeyPairId=kp-1"
		   "&NetworkInfo=%7B%22LimitedBandwidth%22%3A100%2C%22PayType%22%3A%22PostPaid%22"
		   "%2C%22AutoPay%22%3Atrue%7D"
		   "&NumberOfInstances=10&Period=1&PeriodUnit=Month"
		   "&Tag.1.Key=env&Tag.1.Value=staging&Tag.2.Key=team&Tag.2.Value=q%20a"
		   "&Tag.3.Key=drover%3Afleet&Tag.3.Value=qa-lab"
		   "&Tag.4.Key=drover%3Agroup&Tag.4.Value=phones"
		   "&Tag.5.Key=drover%3Aintent&Tag.5.Value=abc"
		   "&Tag.6.Key=drover%3Aowner&Tag.6.Value=own");
}

static void a_later_create_uses_the_package_that_was_bought(void **state)
{
	(void)state;
	auto_value struct value *create = configured();
	auto_params struct params p = {0};
	struct desired_group g = group_of(create);
	struct android_create c = create_of(&g);
	c.bandwidth_package = "np-1";
	assert_int_equal(android_encode_create(&c, &p), 0);
	assert_null(params_get(&p, "NetworkInfo"));
	assert_string_equal(params_get(&p, "BandwidthPackageId"), "np-1");
}

static void without_network_info_no_package_is_named(void **state)
{
	(void)state;
	auto_params struct params p = {0};
	struct desired_group g = group_of(NULL);
	struct android_create c = create_of(&g);
	c.bandwidth_package = "np-1";
	assert_int_equal(android_encode_create(&c, &p), 0);
	assert_null(params_get(&p, "BandwidthPackageId"));
}

static void a_fallback_spec_replaces_the_first(void **state)
{
	(void)state;
	auto_params struct params p = {0};
	struct desired_group g = group_of(NULL);
	struct android_create c = create_of(&g);
	c.spec = "acp.std.large";
	assert_int_equal(android_encode_create(&c, &p), 0);
	assert_string_equal(params_get(&p, "InstanceGroupSpec"), "acp.std.large");
}

static void nothing_configured_replaces_what_drover_decides(void **state)
{
	(void)state;
	auto_value struct value *create = value_map();
	auto_params struct params p = {0};
	static const char *const names[] = {"Amount",      "NumberOfInstances",
					    "ClientToken", "InstanceGroupName",
					    "ChargeType",  "AutoPay"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_int_equal(value_set(create, names[i], value_text("evil")), 0);
	struct desired_group g = group_of(create);
	struct android_create c = create_of(&g);
	assert_int_equal(android_encode_create(&c, &p), 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_not_equal(params_get(&p, names[i]), "evil");
}

static void a_create_that_lacks_something_is_refused(void **state)
{
	(void)state;
	struct desired_group good = group_of(NULL);
	for (int k = 0; k < 9; k++) {
		auto_params struct params p = {0};
		struct desired_group g = good;
		struct android_create c = create_of(&g);
		switch (k) {
		case 0:
			c.token = "";
			break;
		case 1:
			c.name = NULL;
			break;
		case 2:
			c.instances = 0;
			break;
		case 3:
			c.instances = 101;
			break;
		case 4:
			c.marks.fleet = "";
			break;
		case 5:
			c.marks.owner = NULL;
			break;
		case 6:
			g.charge = CHARGE_UNKNOWN;
			break;
		case 7:
			g.image = (char *)"";
			break;
		case 8:
			g.n_tags = 17;
			break;
		default:
			break;
		}
		assert_int_equal(android_encode_create(&c, &p), -EINVAL);
	}
}

/* --- the other changes --- */

static void upgrade_names_the_difference_in_the_singular(void **state)
{
	(void)state;
	auto_params struct params p = {0};
	assert_int_equal(android_encode_upgrade("ag-1", 5, true, &p), 0);
	expect(&p, "AutoPay=true&IncreaseNumberOfInstance=5&InstanceGroupId=ag-1");
	assert_int_equal(android_encode_upgrade("ag-1", 0, true, &p), -EINVAL);
	assert_int_equal(android_encode_upgrade("ag-1", -1, true, &p), -EINVAL);
	assert_int_equal(android_encode_upgrade("", 5, true, &p), -EINVAL);
	assert_int_equal(android_encode_upgrade(NULL, 5, true, &p), -EINVAL);
}

static void downgrade_names_every_victim_and_never_none(void **state)
{
	(void)state;
	auto_params struct params p = {0};
	struct text_list none = {0}, two = ids(2), many = ids(51), odd = ids(1);
	assert_int_equal(android_encode_downgrade("ag-1", &two, true, &p), 0);
	expect(&p, "AndroidInstanceIds.1=acp-1&AndroidInstanceIds.2=acp-2&AutoPay=true"
		   "&InstanceGroupId=ag-1");
	odd.items[0][0] = '\0';
	auto_params struct params q = {0};
	assert_int_equal(android_encode_downgrade("ag-1", &none, true, &q), -EINVAL);
	assert_int_equal(android_encode_downgrade("ag-1", &many, true, &q), -EINVAL);
	assert_int_equal(android_encode_downgrade("ag-1", &odd, true, &q), -EINVAL);
	assert_int_equal(q.n, 0);
	assert_int_equal(android_encode_downgrade("", &two, true, &q), -EINVAL);
	text_list_fini(&two);
	text_list_fini(&many);
	text_list_fini(&odd);
}

static void delete_names_exactly_one_group(void **state)
{
	(void)state;
	auto_params struct params p = {0};
	assert_int_equal(android_encode_delete("ag-1", &p), 0);
	expect(&p, "InstanceGroupIds.1=ag-1");
	assert_int_equal(android_encode_delete("", &p), -EINVAL);
}

static void every_operation_has_its_own_name_for_the_ids(void **state)
{
	(void)state;
	struct text_list two = ids(2), none = {0}, many = ids(51);
	auto_params struct params power = {0}, tag = {0}, key = {0}, bad = {0};
	assert_int_equal(android_encode_power(&two, &power), 0);
	expect(&power, "AndroidInstanceIds.1=acp-1&AndroidInstanceIds.2=acp-2");
	assert_int_equal(android_encode_tag(&two, tags, 1, &tag), 0);
	expect(&tag,
	       "ResourceId.1=acp-1&ResourceId.2=acp-2"
	       "&ResourceType=ALIYUN%3A%3AACP%3A%3AINSTANCE&Tag.1.Key=env&Tag.1.Value=staging");
	assert_int_equal(android_encode_attach_key("kp-1", &two, &key), 0);
	expect(&key, "InstanceIds.1=acp-1&InstanceIds.2=acp-2&KeyPairId=kp-1");

	const struct text_list *wrong[] = {&none, &many};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(android_encode_power(wrong[i], &bad), -EINVAL);
		assert_int_equal(android_encode_tag(wrong[i], tags, 1, &bad), -EINVAL);
		assert_int_equal(android_encode_attach_key("kp-1", wrong[i], &bad), -EINVAL);
	}
	assert_int_equal(android_encode_tag(&two, tags, 0, &bad), -EINVAL);
	assert_int_equal(android_encode_tag(&two, tags, 21, &bad), -EINVAL);
	assert_int_equal(android_encode_attach_key("", &two, &bad), -EINVAL);
	text_list_fini(&two);
	text_list_fini(&many);
}

/* --- looking --- */

static void groups_filter_by_tags_and_instances_by_tag(void **state)
{
	(void)state;
	struct text_list two = ids(2), many = ids(101);
	auto_params struct params groups = {0}, instances = {0}, bad = {0};
	struct android_query q = {.region = "cn-hangzhou",
				  .name = "phones",
				  .tag_key = "drover:fleet",
				  .tag_value = "qa-lab"};
	assert_int_equal(android_encode_describe_groups(&q, &groups), 0);
	expect(&groups, "BizRegionId=cn-hangzhou&InstanceGroupName=phones&MaxResults=100"
			"&Tags.1.Key=drover%3Afleet&Tags.1.Value=qa-lab");
	q = (struct android_query){.groups = &two,
				   .status = "RUNNING",
				   .tag_key = "drover:fleet",
				   .region = "",
				   .max_results = 1};
	assert_int_equal(android_encode_describe_instances(&q, &instances), 0);
	expect(&instances, "InstanceGroupIds.1=acp-1&InstanceGroupIds.2=acp-2&MaxResults=1"
			   "&Status=RUNNING&Tag.1.Key=drover%3Afleet");
	q.instances = &many;
	assert_int_equal(android_encode_describe_instances(&q, &bad), -EINVAL);
	assert_int_equal(android_encode_describe_groups(&q, &bad), -EINVAL);
	q = (struct android_query){.max_results = 101};
	assert_int_equal(android_encode_describe_groups(&q, &bad), -EINVAL);
	text_list_fini(&two);
	text_list_fini(&many);
}

static void what_is_asked_before_a_create(void **state)
{
	(void)state;
	auto_params struct params stock = {0}, spec = {0}, image = {0};
	assert_int_equal(android_encode_stock("cn-hangzhou", "acp.basic.small", 10, false, &stock),
			 0);
	expect(&stock, "AcpSpecId=acp.basic.small&Amount=10&BizRegionId=cn-hangzhou"
		       "&GpuAcceleration=false");
	assert_int_equal(android_encode_stock("", "s", 10, false, &stock), -EINVAL);
	assert_int_equal(android_encode_spec("cn-hangzhou", "acp.basic.small", &spec), 0);
	expect(&spec, "BizRegionId=cn-hangzhou&MaxResults=100&SpecIds.1=acp.basic.small");
	assert_int_equal(android_encode_image(true, "imgc-1", &image), 0);
	expect(&image, "ImageId=imgc-1&ImageType=System&MaxResults=100");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_create_carries_configured_derived_and_marks),
		cmocka_unit_test(a_later_create_uses_the_package_that_was_bought),
		cmocka_unit_test(without_network_info_no_package_is_named),
		cmocka_unit_test(a_fallback_spec_replaces_the_first),
		cmocka_unit_test(nothing_configured_replaces_what_drover_decides),
		cmocka_unit_test(a_create_that_lacks_something_is_refused),
		cmocka_unit_test(upgrade_names_the_difference_in_the_singular),
		cmocka_unit_test(downgrade_names_every_victim_and_never_none),
		cmocka_unit_test(delete_names_exactly_one_group),
		cmocka_unit_test(every_operation_has_its_own_name_for_the_ids),
		cmocka_unit_test(groups_filter_by_tags_and_instances_by_tag),
		cmocka_unit_test(what_is_asked_before_a_create),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
