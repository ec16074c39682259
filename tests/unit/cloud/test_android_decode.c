#include "replies.h"

#include <errno.h>

#include "base/cleanup.h"
#include "base/jsonw.h"
#include "cloud/android_group.h"
#include "cloud/android_query.h"
#include "cloud/android_rows.h"
#include "cloud/page.h"

/* --- rows --- */

static const cJSON *instance_row(void **state, int index)
{
	const cJSON *root = reply_file(state, "describe-android-instances.json");
	return cJSON_GetArrayItem(json_array(root, "InstanceModel"), index);
}

static void every_documented_field_is_read_and_printed(void **state)
{
	const cJSON *row = instance_row(state, 0);
	struct android_instance instance;
	assert_int_equal(android_instance_decode(row, &instance), 0);
	auto_strbuf struct strbuf out = STRBUF_INIT(65536);
	struct jsonw w = JSONW_INIT(&out);
	android_instance_to_json(&instance, &w);
	cJSON *printed = cJSON_Parse(strbuf_text(&out));
	assert_non_null(printed);
	assert_true(cJSON_Compare(row, printed, true));
	cJSON_Delete(printed);
	android_instance_fini(&instance);
}

static void expect_covered(const struct field_table *table, const cJSON *object)
{
	for (size_t i = 0; i < table->n; i++) {
		const cJSON *item = json_get(object, table->fields[i].name);
		if (!item)
			fail_msg("the sample lacks %s", table->fields[i].name);
		if (table->fields[i].of)
			expect_covered(table->fields[i].of,
				       cJSON_IsArray(item) ? item->child : item);
	}
}

static void the_sample_has_every_field_of_the_table(void **state)
{
	expect_covered(android_instance_table(), instance_row(state, 0));
	assert_int_equal(android_instance_table()->n, 53);
}

static void nested_values_reach_their_places(void **state)
{
	struct android_instance i;
	assert_int_equal(android_instance_decode(instance_row(state, 0), &i), 0);
	assert_int_equal(i.disks.n, 2);
	assert_int_equal(i.disks.items[1].size_gb, 64);
	assert_string_equal(i.disks.items[1].type, "DATA");
	assert_int_equal(i.display.width, 720);
	assert_int_equal(i.display.height, 1280);
	assert_string_equal(i.display.lock, "off");
	assert_string_equal(i.app_policy.name, "应用组1");
	assert_int_equal(i.phone_data.volume_gib, 20);
	assert_string_equal(i.biz_tags.items[0].key, "releaseFlag");
	assert_int_equal(i.cpu, 4);
	assert_int_equal(i.memory_mib, 1024);
	android_instance_fini(&i);
}

static void absent_null_and_empty_are_the_same(void **state)
{
	for (int k = 1; k <= 2; k++) {
		struct android_instance i;
		assert_int_equal(android_instance_decode(instance_row(state, k), &i), 0);
		assert_string_equal(i.key_pair, "");
		assert_string_equal(i.expires, "");
		assert_string_equal(i.private_ipv6, "");
		assert_string_equal(i.public_ipv6, "");
		assert_string_equal(i.display.lock, "");
		assert_int_equal(i.display.dpi, FIELD_ABSENT);
		assert_int_equal(i.phone_data.volume_gib, FIELD_ABSENT);
		assert_int_equal(i.tags.n, 0);
		assert_int_equal(i.disks.n, 0);
		assert_int_equal(i.cpu, k == 1 ? 8 : FIELD_ABSENT);
		assert_int_equal(i.memory_mib, k == 1 ? 2048 : FIELD_ABSENT);
		android_instance_fini(&i);
	}
}

static void an_instance_is_observed_in_short(void **state)
{
	struct observed o;
	struct observed_instance i;
	char group[OBSERVED_ID_SIZE];
	observed_init(&o);
	assert_int_equal(android_instance_row(instance_row(state, 0), &o, &i, group), 0);
	assert_string_equal(i.id, "acp-8at8h6ejkadjh0x1c");
	assert_string_equal(group, "ag-ayyhomlal7po9b2c1");
	assert_int_equal(i.status, INSTANCE_RUNNING);
	assert_true(i.connected);
	assert_string_equal(i.key_pair, "kp-5hh431emkpucs0001");
	assert_true(tags_has(i.tags, MARK_FLEET, "qa-lab"));
	assert_true(tags_has(i.tags, "env", "staging"));
	assert_true(i.created_ms == UINT64_C(1778064130000));
	assert_true(i.expires_ms == UINT64_C(1815617013000));
	observed_fini(&o);
}

static void an_unknown_status_is_kept_as_written(void **state)
{
	struct observed o;
	struct observed_instance i;
	char group[OBSERVED_ID_SIZE];
	observed_init(&o);
	assert_int_equal(android_instance_row(instance_row(state, 1), &o, &i, group), 0);
	assert_int_equal(i.status, INSTANCE_UNKNOWN);
	assert_string_equal(i.status_text, "IMAGE_CHANGE_FAILED");
	assert_false(i.connected);
	assert_true(i.created_ms == UINT64_C(1778064120000));
	assert_true(i.expires_ms == 0);
	assert_int_equal(android_instance_row(instance_row(state, 2), &o, &i, group), 0);
	assert_int_equal(i.status, INSTANCE_UNKNOWN);
	assert_string_equal(i.status_text, "");
	observed_fini(&o);
}

static void rows_without_a_usable_id_are_undecodable(void **state)
{
	static const char *const rows[] = {
		"{\"AndroidInstanceGroupId\":\"ag-1\"}",
		"{\"AndroidInstanceGroupId\":\"ag-1\",\"AndroidInstanceId\":\"\"}",
		"{\"AndroidInstanceGroupId\":\"ag-1\",\"AndroidInstanceId\":null}",
		"{\"AndroidInstanceGroupId\":\"ag-1\",\"AndroidInstanceId\":{}}",
		"{\"AndroidInstanceGroupId\":\"ag-1\",\"androidinstanceid\":\"acp-1\"}",
		"{\"AndroidInstanceId\":\"acp-1\"}",
		"{\"AndroidInstanceGroupId\":\"ag-1\",\"AndroidInstanceId\":"
		"\"acp-01234567890123456789012345678901234\\u0061\"}", /* 40 bytes */
		"{\"AndroidInstanceGroupId\":\"ag-1\",\"AndroidInstanceId\":\"acp-1\","
		"\"Tags\":{\"Key\":\"k\"}}",
		"{\"AndroidInstanceGroupId\":\"ag-1\",\"AndroidInstanceId\":\"acp-1\","
		"\"Tags\":[{\"Key\":\"k\"},\"text\"]}",
	};
	struct observed o;
	observed_init(&o);
	for (size_t k = 0; k < ARRAY_SIZE(rows); k++) {
		struct observed_instance i;
		char group[OBSERVED_ID_SIZE];
		if (android_instance_row(reply_text(state, rows[k]), &o, &i, group) != -EBADMSG)
			fail_msg("%s", rows[k]);
	}
	observed_fini(&o);
}

static void a_tag_cannot_pass_itself_off_as_two(void **state)
{
	static const char row[] =
		"{\"AndroidInstanceGroupId\":\"ag-1\",\"AndroidInstanceId\":\"acp-1\",\"Tags\":["
		"{\"Key\":\"a\",\"Value\":\"b\\u001edrover:fleet\\u001fqa-lab\"},"
		"{\"Key\":\"c\\u001f\",\"Value\":\"\"},{\"Key\":\"\",\"Value\":\"x\"},"
		"null,{\"Key\":\"z\",\"Value\":null},{\"Key\":\"k\",\"Value\":\"v\"}]}";
	struct observed o;
	struct observed_instance i;
	char group[OBSERVED_ID_SIZE];
	observed_init(&o);
	assert_int_equal(android_instance_row(reply_text(state, row), &o, &i, group), 0);
	assert_string_equal(i.tags, "k\x1fv\x1ez\x1f\x1e");
	observed_fini(&o);
}

#define TAGGED(tags)                                                                               \
	"{\"AndroidInstanceGroupId\":\"ag-1\",\"AndroidInstanceId\":\"acp-1\",\"Tags\":" tags "}"
#define TAG(key, value) "{\"Key\":\"" key "\",\"Value\":\"" value "\"}"

/* A row is compared with the tags of the row before: nothing but the same may look the same. */
static void the_row_before_changes_no_tags(void **state)
{
	static const struct {
		const char *row, *tags; /* NULL: undecodable */
	} rows[] = {
		{TAGGED("[" TAG("a", "1") "," TAG("b", "2") "]"), "a\x1f" "1\x1e" "b\x1f" "2\x1e"},
		{TAGGED("[" TAG("b", "2") "," TAG("a", "1") "]"), "a\x1f" "1\x1e" "b\x1f" "2\x1e"},
		{TAGGED("[" TAG("a", "1") "]"), "a\x1f" "1\x1e"},
		{TAGGED("[" TAG("a", "12") "]"), "a\x1f" "12\x1e"},
		{TAGGED("[" TAG("a", "1") "," TAG("b", "2") "]"), "a\x1f" "1\x1e" "b\x1f" "2\x1e"},
		{TAGGED("[" TAG("a", "1\\u001eb\\u001f2") "]"), ""},
		{TAGGED("[" TAG("a", "1") "," TAG("b", "2") "]"), "a\x1f" "1\x1e" "b\x1f" "2\x1e"},
		{TAGGED("[" TAG("a\\u001f1\\u001eb", "2") "]"), ""},
		{TAGGED("[]"), ""},
		{TAGGED("{}"), NULL},
		{TAGGED("\"a\""), NULL},
		{TAGGED("[" TAG("", "") "]"), ""},
		{TAGGED("null"), ""},
	};
	struct observed o;
	observed_init(&o);
	for (size_t k = 0; k < ARRAY_SIZE(rows); k++) {
		struct observed_instance i;
		char group[OBSERVED_ID_SIZE];
		int r = android_instance_row(reply_text(state, rows[k].row), &o, &i, group);
		assert_int_equal(r, rows[k].tags ? 0 : -EBADMSG);
		if (rows[k].tags)
			assert_string_equal(i.tags, rows[k].tags);
	}
	observed_fini(&o);
}

static void groups_are_observed(void **state)
{
	const cJSON *root = reply_file(state, "describe-android-instance-groups.json");
	const cJSON *rows = json_array(root, "InstanceGroupModel");
	struct observed o;
	struct observed_group g;
	observed_init(&o);
	assert_int_equal(android_group_row(cJSON_GetArrayItem(rows, 0), &o, &g), 0);
	assert_string_equal(g.id, "ag-h67a2cs0zprfdh3k2");
	assert_int_equal(g.kind, KIND_CLOUD_PHONE);
	assert_int_equal(g.status, GROUP_RUNNING);
	assert_string_equal(g.name, "phones-small.q7f3ka");
	assert_string_equal(g.region, "cn-hangzhou");
	assert_string_equal(g.spec, "acp.basic.small");
	assert_string_equal(g.image, "imgc-06zyt9m93zwax1f2s");
	assert_string_equal(g.bandwidth_package, "np-0q6ixs7vpxcizp001");
	assert_int_equal(g.charge, CHARGE_PREPAID);
	assert_int_equal(g.number, 10);
	assert_int_equal(g.available, 9);
	assert_true(g.created_ms == UINT64_C(1769943396000));
	assert_true(g.expires_ms == UINT64_C(1814253931000));
	assert_string_equal(g.tags, "drover:fleet\x1fqa-lab\x1e"
				    "drover:group\x1fphones-small\x1e"
				    "empty\x1f\x1eteam\x1fqa\x1e");
	assert_int_equal(g.n_instances, 0);
	assert_int_equal(android_group_row(cJSON_GetArrayItem(rows, 1), &o, &g), 0);
	assert_int_equal(g.status, GROUP_FAILED);
	assert_string_equal(g.error_code, "InternalError");
	assert_int_equal(g.charge, CHARGE_UNKNOWN);
	assert_int_equal(g.number, -1);
	assert_int_equal(g.available, -1);
	assert_string_equal(g.tags, "");
	observed_fini(&o);
}

/* --- pages --- */

static void pages_are_strict_about_lists_and_counts(void **state)
{
	static const struct {
		const char *text;
		int result, n;
		int64_t total;
	} cases[] = {
		{"{\"TotalCount\":2,\"NextToken\":\"t\",\"InstanceModel\":[{},{}]}", 0, 2, 2},
		{"{\"TotalCount\":\"0\",\"InstanceModel\":[]}", 0, 0, 0},
		{"{\"TotalCount\":0}", 0, 0, 0},
		{"{\"TotalCount\":0,\"InstanceModel\":null,\"NextToken\":null}", 0, 0, 0},
		{"{\"TotalCount\":5,\"InstanceModel\":\"\"}", 0, 0, 5},
		{"{\"InstanceModel\":[]}", 0, 0, 0},
		{"{\"RequestId\":\"x\"}", -EBADMSG, 0, 0},
		{"{\"InstanceModel\":[{}]}", -EBADMSG, 0, 0},
		{"{\"InstanceModel\":[],\"NextToken\":\"t\"}", -EBADMSG, 0, 0},
		{"{\"InstanceModel\":{},\"TotalCount\":0}", -EBADMSG, 0, 0},
		{"{\"InstanceModel\":[],\"TotalCount\":-1}", -EBADMSG, 0, 0},
		{"{\"InstanceModel\":[],\"TotalCount\":\"many\"}", -EBADMSG, 0, 0},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct page page = {.n = -7};
		int r = page_decode(OP_DESCRIBE_ANDROID_INSTANCES, reply_text(state, cases[i].text),
				    &page);
		if (r != cases[i].result || (r == 0 && page.n != cases[i].n) ||
		    (r == 0 && page.total != cases[i].total) || (r < 0 && page.n != -7))
			fail_msg("%s: %d", cases[i].text, r);
	}
	struct page page;
	assert_int_equal(page_decode(OP_TAG_RESOURCES, reply_text(state, "{}"), &page), -EBADMSG);
	assert_int_equal(page_decode(OP_DESCRIBE_SPEC, NULL, &page), -EBADMSG);
}

/* --- replies to changes --- */

static void a_create_reply_has_four_parts(void **state)
{
	static const char text[] =
		"{\"RequestId\":\"r\",\"InstanceGroupInfos\":[{\"InstanceGroupId\":\"ag-1\","
		"\"InstanceIds\":[\"acp-1\",\"acp-2\"]}],\"OrderId\":22365781890123456789,"
		"\"InstanceGroupIds\":[\"ag-1\"],\"NetworkPackageOrderModel\":"
		"{\"BandwidthPackageOrderId\":\"22365781890999\",\"BandwidthPackageId\":\"np-1\"}}";
	struct android_create_reply r;
	assert_int_equal(android_decode_create(reply_text(state, text), CHARGE_POSTPAID, &r), 0);
	assert_string_equal(android_create_group(&r), "ag-1");
	assert_int_equal(r.groups.n, 1);
	assert_int_equal(r.infos.n, 1);
	assert_int_equal(r.infos.items[0].instances.n, 2);
	assert_string_equal(r.infos.items[0].instances.items[1], "acp-2");
	assert_string_equal(r.order, "22365781890123456789");
	assert_string_equal(r.bandwidth.package, "np-1");
	assert_string_equal(r.bandwidth.order, "22365781890999");
	android_create_reply_fini(&r);
}

static void a_create_that_names_nothing_is_unclear(void **state)
{
	static const struct {
		const char *text;
		int postpaid, prepaid;
		const char *group;
	} cases[] = {
		{"{\"RequestId\":\"r\"}", -EBADMSG, -EBADMSG, ""},
		{"{\"OrderId\":\"1\"}", -EBADMSG, 0, ""},
		{"{\"OrderId\":\"1\",\"InstanceGroupIds\":[],\"InstanceGroupInfos\":null}",
		 -EBADMSG, 0, ""},
		{"{\"InstanceGroupIds\":[\"ag-1\"]}", 0, 0, "ag-1"},
		{"{\"InstanceGroupInfos\":[{\"InstanceGroupId\":\"ag-2\",\"InstanceIds\":null}]}",
		 0, 0, "ag-2"},
		{"{\"OrderId\":\"1\",\"InstanceGroupIds\":[\"\"]}", -EBADMSG, -EBADMSG, ""},
		{"{\"OrderId\":\"1\",\"InstanceGroupIds\":\"ag-1\"}", -EBADMSG, -EBADMSG, ""},
		{"{\"OrderId\":\"1\",\"InstanceGroupInfos\":[{}]}", -EBADMSG, -EBADMSG, ""},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const cJSON *root = reply_text(state, cases[i].text);
		struct android_create_reply r = {0};
		assert_int_equal(android_decode_create(root, CHARGE_POSTPAID, &r),
				 cases[i].postpaid);
		android_create_reply_fini(&r);
		assert_int_equal(android_decode_create(root, CHARGE_PREPAID, &r), cases[i].prepaid);
		assert_string_equal(android_create_group(&r), cases[i].group);
		android_create_reply_fini(&r);
	}
}

static void upgrade_ids_come_in_three_forms(void **state)
{
	static const struct {
		const char *text;
		int result;
		size_t n;
	} cases[] = {
		{"{\"OrderId\":\"1\",\"InstanceIds\":[\"acp-1\",\"acp-2\"]}", 0, 2},
		{"{\"OrderId\":\"1\",\"InstanceIds\":\"[\\\"acp-1\\\",\\\"acp-2\\\"]\"}", 0, 2},
		{"{\"OrderId\":\"1\",\"InstanceIds\":\"['acp-1', 'acp-2']\"}", 0, 2},
		{"{\"InstanceIds\":\" [ 'acp-1' , \\\"acp-2\\\" ] \"}", 0, 2},
		{"{\"OrderId\":\"1\",\"InstanceIds\":\"[]\"}", 0, 0},
		{"{\"OrderId\":\"1\",\"InstanceIds\":\"\"}", 0, 0},
		{"{\"OrderId\":\"1\",\"InstanceIds\":null}", 0, 0},
		{"{\"OrderId\":\"1\"}", 0, 0},
		{"{\"InstanceIds\":[]}", -EBADMSG, 0},
		{"{\"RequestId\":\"r\"}", -EBADMSG, 0},
		{"{\"OrderId\":\"1\",\"InstanceIds\":\"acp-1\"}", -EBADMSG, 0},
		{"{\"OrderId\":\"1\",\"InstanceIds\":\"['acp-1\"}", -EBADMSG, 0},
		{"{\"OrderId\":\"1\",\"InstanceIds\":\"['acp-1'\"}", -EBADMSG, 0},
		{"{\"OrderId\":\"1\",\"InstanceIds\":\"['acp-1' 'acp-2']\"}", -EBADMSG, 0},
		{"{\"OrderId\":\"1\",\"InstanceIds\":\"['acp-1'] x\"}", -EBADMSG, 0},
		{"{\"OrderId\":\"1\",\"InstanceIds\":\"['acp-1\\\"]\"}", -EBADMSG, 0},
		{"{\"OrderId\":\"1\",\"InstanceIds\":\"['']\"}", -EBADMSG, 0},
		{"{\"OrderId\":\"1\",\"InstanceIds\":[\"acp-1\",\"acp-1\"]}", -EBADMSG, 0},
		{"{\"OrderId\":\"1\",\"InstanceIds\":[\"acp-1\",null]}", -EBADMSG, 0},
		{"{\"OrderId\":\"1\",\"InstanceIds\":[\"acp-1\\nacp-2\"]}", -EBADMSG, 0},
		{"{\"OrderId\":\"1\",\"InstanceIds\":\"['acp\xc3\xa9']\"}", -EBADMSG, 0},
		{"{\"OrderId\":\"1\",\"InstanceIds\":{\"0\":\"acp-1\"}}", -EBADMSG, 0},
		{"{\"OrderId\":\"1\",\"InstanceIds\":true}", -EBADMSG, 0},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct text_list ids = {0};
		const char *order = "untouched";
		int r = android_decode_upgrade(reply_text(state, cases[i].text), &ids, &order);
		if (r != cases[i].result || ids.n != cases[i].n)
			fail_msg("%s: %d, %zu ids", cases[i].text, r, ids.n);
		if (r < 0)
			assert_string_equal(order, "untouched");
		if (ids.n == 2)
			assert_string_equal(ids.items[1], "acp-2");
		text_list_fini(&ids);
	}
}

static void attaching_keys_may_succeed_in_part(void **state)
{
	struct android_attach_reply r;
	const cJSON *root = reply_text(state, "{\"Data\":{\"KeyPairId\":\"kp-1\",\"TotalCount\":3,"
					      "\"FailCount\":1,\"AttachedInstanceIds\":"
					      "[\"acp-1\",\"acp-2\"]}}");
	assert_int_equal(android_decode_attach_key(root, &r), 0);
	assert_int_equal(r.failed, 1);
	assert_int_equal(r.attached.n, 2);
	android_attach_reply_fini(&r);
	assert_int_equal(android_decode_attach_key(reply_text(state, "{}"), &r), -EBADMSG);
}

/* --- before a create --- */

static void stock_is_what_any_zone_has(void **state)
{
	static const struct {
		const char *zones;
		enum android_stock stock;
	} cases[] = {
		{"[{\"StockStatus\":\"SoldOut\"},{\"StockStatus\":\"Available\"}]",
		 STOCK_AVAILABLE},
		{"[{\"StockStatus\":\"SoldOut\"},{\"StockStatus\":\"SoldOut\"}]", STOCK_SOLD_OUT},
		{"[{\"StockStatus\":\"SoldOut\"},{\"StockStatus\":\"Scarce\"}]", STOCK_UNKNOWN},
		{"[]", STOCK_UNKNOWN},
		{"null", STOCK_UNKNOWN},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[200];
		enum android_stock stock;
		(void)snprintf(text, sizeof(text), "{\"ResourceStockModels\":%s}", cases[i].zones);
		assert_int_equal(android_decode_stock(reply_text(state, text), &stock), 0);
		assert_int_equal(stock, cases[i].stock);
	}
}

static void an_image_must_be_available_in_the_region(void **state)
{
	struct android_image image;
	const cJSON *row = reply_text(
		state,
		"{\"ImageId\":\"imgc-1\",\"Status\":\"AVAILABLE\",\"AliUid\":1178197273540001,"
		"\"ImageRegionList\":[\"cn-hangzhou\",\"cn-shanghai\"]}");
	assert_int_equal(android_image_row(row, &image), 0);
	assert_true(android_image_usable(&image, "cn-shanghai"));
	assert_false(android_image_usable(&image, "cn-beijing"));
	image.status = "CREATING";
	assert_false(android_image_usable(&image, "cn-shanghai"));
	android_image_fini(&image);
}

static void a_spec_is_read(void **state)
{
	struct android_spec spec;
	const cJSON *row = reply_text(
		state, "{\"SpecId\":\"acp.basic.small\",\"SpecType\":\"ARM\",\"SpecStatus\":"
		       "\"Available\",\"Core\":2,\"Memory\":4,\"SystemDiskSize\":32,\"Resolution\":"
		       "\"1280*720\",\"PhoneCount\":\"10\"}");
	assert_int_equal(android_spec_row(row, &spec), 0);
	assert_string_equal(spec.id, "acp.basic.small");
	assert_string_equal(spec.status, "Available");
	assert_int_equal(spec.cores, 2);
	assert_int_equal(spec.phones, 10);
	assert_int_equal(spec.max_phones, FIELD_ABSENT);
	assert_int_equal(android_spec_row(reply_text(state, "{}"), &spec), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		REPLY_CASE(every_documented_field_is_read_and_printed),
		REPLY_CASE(the_sample_has_every_field_of_the_table),
		REPLY_CASE(nested_values_reach_their_places),
		REPLY_CASE(absent_null_and_empty_are_the_same),
		REPLY_CASE(an_instance_is_observed_in_short),
		REPLY_CASE(an_unknown_status_is_kept_as_written),
		REPLY_CASE(rows_without_a_usable_id_are_undecodable),
		REPLY_CASE(a_tag_cannot_pass_itself_off_as_two),
		REPLY_CASE(the_row_before_changes_no_tags),
		REPLY_CASE(groups_are_observed),
		REPLY_CASE(pages_are_strict_about_lists_and_counts),
		REPLY_CASE(a_create_reply_has_four_parts),
		REPLY_CASE(a_create_that_names_nothing_is_unclear),
		REPLY_CASE(upgrade_ids_come_in_three_forms),
		REPLY_CASE(attaching_keys_may_succeed_in_part),
		REPLY_CASE(stock_is_what_any_zone_has),
		REPLY_CASE(an_image_must_be_available_in_the_region),
		REPLY_CASE(a_spec_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
