/* QueryAvailableInstances: what is asked for, and its rows (bssopenapi 3.2). */
#include "replies.h"

#include <errno.h>

#include "base/cleanup.h"
#include "base/timefmt.h"
#include "cloud/page.h"
#include "cloud/purchase_rows.h"

#define WHOLE_ROW                                                                                  \
	"{\"InstanceID\":\"rm-xxxxxxxxxxxx\",\"ProductCode\":\"rds\",\"ProductType\":\"rds_pre\"," \
	"\"SubscriptionType\":\"Subscription\",\"Region\":\"cn-hangzhou\",\"Status\":\"Normal\","  \
	"\"SubStatus\":\"Normal\",\"RenewStatus\":\"AutoRenewal\",\"RenewalDuration\":2,"          \
	"\"RenewalDurationUnit\":\"Y\",\"OwnerId\":\"325352345\","                                 \
	"\"CreateTime\":\"2024-09-08T16:00:00Z\",\"EndTime\":\"2025-09-08T16:00:00Z\","            \
	"\"ExpectedReleaseTime\":\"2025-09-23T16:00:00Z\",\"ReleaseTime\":\"x\","                  \
	"\"StopTime\":\"2025-09-09T16:00:00Z\",\"Seller\":\"26842\",\"SellerId\":\"26842\"}"

static char *text_of(const struct listing_scope *scope, int want)
{
	auto_params struct params params = {0};
	assert_int_equal(purchase_encode_listing(scope, &params), want);
	return want == 0 ? params_text(&params) : NULL;
}

static void a_listing_is_of_a_product_or_of_ids_and_never_of_a_region(void **state)
{
	struct text_list ids = {0};
	(void)state;
	assert_int_equal(text_list_add(&ids, "rm-1"), 0);
	assert_int_equal(text_list_add(&ids, "rm-2"), 0);
	auto_free char *product = text_of(&(struct listing_scope){.product = "rds"}, 0);
	assert_string_equal(product, "PageSize=300&ProductCode=rds");
	auto_free char *by_id = text_of(&(struct listing_scope){.ids = &ids}, 0);
	assert_string_equal(by_id, "InstanceIDs=rm-1%2Crm-2&PageSize=300");
	auto_params struct params detail = {0};
	assert_int_equal(listing_of(KIND_PURCHASE)->encode_detail(&ids, &detail), 0);
	auto_free char *detail_text = params_text(&detail);
	assert_string_equal(detail_text, by_id);
	text_list_fini(&ids);
}

static void a_listing_of_everything_or_of_no_id_is_refused(void **state)
{
	static const char *const no_ids[] = {"", "a,b", "0123456789012345678901234567890123456789"};
	struct text_list ids = {0};
	(void)state;
	(void)text_of(&(struct listing_scope){0}, -EINVAL);
	(void)text_of(&(struct listing_scope){.product = ""}, -EINVAL);
	(void)text_of(&(struct listing_scope){.ids = &ids}, -EINVAL);
	for (size_t i = 0; i < ARRAY_SIZE(no_ids); i++) {
		assert_int_equal(text_list_add(&ids, no_ids[i]), 0);
		(void)text_of(&(struct listing_scope){.ids = &ids}, -EINVAL);
		text_list_fini(&ids);
	}
	for (int i = 0; i < PURCHASE_IDS_MAX; i++)
		assert_int_equal(text_list_add(&ids, "0123456789012345678901234567890123456"), 0);
	auto_free char *most = text_of(&(struct listing_scope){.ids = &ids}, 0);
	assert_non_null(most);
	assert_int_equal(text_list_add(&ids, "one-too-many"), 0);
	(void)text_of(&(struct listing_scope){.ids = &ids}, -EINVAL);
	text_list_fini(&ids);
}

static void every_documented_member_is_read(void **state)
{
	struct purchase row;
	assert_int_equal(purchase_decode(reply_text(state, WHOLE_ROW), &row), 0);
	auto_strbuf struct strbuf out = STRBUF_INIT(4096), detail = STRBUF_INIT(4096);
	struct jsonw w = JSONW_INIT(&out), v = JSONW_INIT(&detail);
	fields_write(purchase_table(), &row, &w);
	assert_string_equal(strbuf_text(&out), WHOLE_ROW);
	char id[OBSERVED_ID_SIZE] = "";
	assert_int_equal(
		listing_of(KIND_PURCHASE)->detail_row(reply_text(state, WHOLE_ROW), id, &v), 0);
	assert_string_equal(strbuf_text(&detail), WHOLE_ROW);
	assert_string_equal(id, "rm-xxxxxxxxxxxx");
}

static void a_row_is_a_cloud_group_of_one(void **state)
{
	struct observed strings;
	struct observed_group g = {0};
	uint64_t created = 0, expires = 0;
	observed_init(&strings);
	assert_int_equal(purchase_group_row(reply_text(state, WHOLE_ROW), &strings, &g), 0);
	assert_int_equal(timefmt_parse("2024-09-08T16:00:00Z", &created), 0);
	assert_int_equal(timefmt_parse("2025-09-08T16:00:00Z", &expires), 0);
	assert_string_equal(g.id, "rm-xxxxxxxxxxxx");
	assert_int_equal(g.kind, KIND_PURCHASE);
	assert_int_equal(g.status, GROUP_RUNNING);
	assert_string_equal(g.status_text, "Normal");
	assert_string_equal(g.spec, "rds");
	assert_string_equal(g.image, "rds_pre");
	assert_string_equal(g.region, "cn-hangzhou");
	assert_int_equal(g.charge, CHARGE_PREPAID);
	assert_int_equal(g.number, 1);
	assert_int_equal(g.available, 1);
	assert_int_equal(g.elastic, 0);
	assert_true(g.created_ms == created && g.expires_ms == expires);
	assert_true(tags_has(g.attributes, "RenewPeriod", "24"));
	assert_true(tags_has(g.attributes, "RenewalStatus", "AutoRenewal"));
	const char *const empty[] = {g.name, g.tags, g.pool, g.error_code, g.bandwidth_package};
	for (size_t i = 0; i < ARRAY_SIZE(empty); i++)
		assert_string_equal(empty[i], "");
	observed_fini(&strings);
}

static void a_row_that_says_little_is_still_a_group(void **state)
{
	struct observed strings;
	struct observed_group g = {0};
	observed_init(&strings);
	assert_int_equal(
		purchase_group_row(reply_text(state, "{\"InstanceID\":\"a\",\"EndTime\":\"soon\","
						     "\"RenewStatus\":\"a\\u001eb\","
						     "\"RenewalDuration\":1}"),
				   &strings, &g),
		0);
	assert_int_equal(g.status, GROUP_UNKNOWN);
	assert_int_equal(g.charge, CHARGE_UNKNOWN);
	assert_true(g.expires_ms == 0 && g.created_ms == 0);
	assert_string_equal(g.attributes, "");
	observed_fini(&strings);
}

static void statuses_are_told_apart(void **state)
{
	static const struct {
		const char *status, *sub_status, *charge;
		enum group_status want;
		enum charge_type type;
		const char *text;
		bool ends;
	} rows[] = {
		{"Creating", "", "Subscription", GROUP_CREATING, CHARGE_PREPAID, "Creating", true},
		{"Normal", "", "Subscription", GROUP_RUNNING, CHARGE_PREPAID, "Normal", true},
		{"WaitForExpire", "", "Subscription", GROUP_RUNNING, CHARGE_PREPAID,
		 "WaitForExpire", true},
		{"Expired", "", "Subscription", GROUP_EXPIRED, CHARGE_PREPAID, "Expired", true},
		{"", "Normal", "PayAsYouGo", GROUP_RUNNING, CHARGE_POSTPAID, "Normal", false},
		{"Normal", "WaitForLimit", "PayAsYouGo", GROUP_RUNNING, CHARGE_POSTPAID, "Normal",
		 false},
		{"", "WaitForLimit", "PayAsYouGo", GROUP_RUNNING, CHARGE_POSTPAID, "WaitForLimit",
		 false},
		{"Normal", "BandwidthLimited", "PayAsYouGo", GROUP_UNAVAILABLE, CHARGE_POSTPAID,
		 "BandwidthLimited", false},
		{"Expired", "BandwidthLimited", "Subscription", GROUP_EXPIRED, CHARGE_PREPAID,
		 "Expired", true},
		{"Creating", "Strange", "Strange", GROUP_CREATING, CHARGE_UNKNOWN, "Creating",
		 true},
		{"Refunding", "Normal", "Subscription", GROUP_UNKNOWN, CHARGE_PREPAID, "Refunding",
		 true},
		{"normal", "", "subscription", GROUP_UNKNOWN, CHARGE_UNKNOWN, "normal", true},
		{"", "", "", GROUP_UNKNOWN, CHARGE_UNKNOWN, "", true},
	};
	struct observed strings;
	observed_init(&strings);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[256];
		struct observed_group g = {0};
		(void)snprintf(text, sizeof(text),
			       "{\"InstanceID\":\"a\",\"Status\":\"%s\",\"SubStatus\":\"%s\","
			       "\"SubscriptionType\":\"%s\",\"EndTime\":\"2025-09-08T16:00:00Z\"}",
			       rows[i].status, rows[i].sub_status, rows[i].charge);
		assert_int_equal(purchase_group_row(reply_text(state, text), &strings, &g), 0);
		if (g.status != rows[i].want || g.charge != rows[i].type ||
		    (g.expires_ms > 0) != rows[i].ends || strcmp(g.status_text, rows[i].text) != 0)
			fail_msg("row %zu: %d %s", i, (int)g.status, g.status_text);
	}
	observed_fini(&strings);
}

static void a_row_without_a_usable_id_fails_the_page(void **state)
{
	static const char *const rows[] = {
		"{}",
		"{\"InstanceId\":\"other-spelling\"}",
		"{\"InstanceID\":\"\"}",
		"{\"InstanceID\":null}",
		"[]",
		"{\"InstanceID\":\"0123456789012345678901234567890123456789\"}"};
	struct observed strings;
	observed_init(&strings);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[128];
		struct observed_group g = {0};
		(void)snprintf(text, sizeof(text), "{\"Row\":%s}", rows[i]);
		const cJSON *row = json_get(reply_text(state, text), "Row");
		assert_int_equal(purchase_group_row(row, &strings, &g), -EBADMSG);
		assert_string_equal(g.id, "");
	}
	observed_fini(&strings);
}

static void pages_hold_a_plain_list(void **state)
{
	struct page page;
	const cJSON *root = reply_text(
		state,
		"{\"Code\":\"Success\",\"Success\":true,\"Data\":{\"PageNum\":1,\"PageSize\":20,"
		"\"TotalCount\":7,\"InstanceList\":[" WHOLE_ROW "]}}");
	assert_int_equal(page_paging(OP_QUERY_AVAILABLE_INSTANCES), PAGING_NUMBER);
	assert_int_equal(page_decode(OP_QUERY_AVAILABLE_INSTANCES, root, &page), 0);
	assert_int_equal(page.n, 1);
	assert_int_equal(page.total, 7);
	assert_string_equal(page_row_id(OP_QUERY_AVAILABLE_INSTANCES, page.rows->child),
			    "rm-xxxxxxxxxxxx");
	static const char *const bad[] = {
		"{\"Success\":true}",
		"{\"Data\":{\"InstanceList\":[{\"InstanceID\":\"a\"}]}}",
		"{\"Data\":{\"TotalCount\":1,\"InstanceList\":{\"Instance\":[]}}}",
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (page_decode(OP_QUERY_AVAILABLE_INSTANCES, reply_text(state, bad[i]), &page) !=
		    -EBADMSG)
			fail_msg("%s", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_listing_is_of_a_product_or_of_ids_and_never_of_a_region),
		cmocka_unit_test(a_listing_of_everything_or_of_no_id_is_refused),
		REPLY_CASE(every_documented_member_is_read),
		REPLY_CASE(a_row_is_a_cloud_group_of_one),
		REPLY_CASE(a_row_that_says_little_is_still_a_group),
		REPLY_CASE(statuses_are_told_apart),
		REPLY_CASE(a_row_without_a_usable_id_fails_the_page),
		REPLY_CASE(pages_hold_a_plain_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
