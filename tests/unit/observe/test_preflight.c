/* The questions before a first create, against a cloud that answers from the test. */
#include "fake_cloud.h"

#include <stdio.h>

#include "observe/preflight.h"

struct bench {
	struct preflight *preflight;
	struct desired_group group;
	unsigned answers, closed;
	bool image_ok, spec_ok, stock_ok;
	char spec[32], text[256]; /* spec "" = the group's own */
	bool close_in_checked, run_in_checked, was_busy;
};

static void on_closed(void *data)
{
	struct bench *b = data;
	b->closed++;
}

static void on_checked(void *data, const struct inquiry *q)
{
	struct bench *b = data;
	b->answers++;
	b->image_ok = q->image_ok;
	b->spec_ok = q->spec_ok;
	b->stock_ok = q->stock_ok;
	(void)snprintf(b->spec, sizeof(b->spec), "%s", inquiry_spec(q) ? inquiry_spec(q) : "");
	(void)snprintf(b->text, sizeof(b->text), "%s", strbuf_text(&q->text));
	assert_string_equal(b->group.name, q->group);
	b->was_busy = preflight_is_busy(b->preflight);
	if (b->close_in_checked)
		preflight_close(b->preflight, on_closed, b);
	if (b->run_in_checked) {
		b->run_in_checked = false;
		assert_int_equal(0, preflight_run(b->preflight, &b->group));
	}
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	fake_reset();
	const struct preflight_options options = {&fake, on_checked, b};
	assert_int_equal(0, preflight_new(&options, &b->preflight));
	b->group = (struct desired_group){.name = (char *)"phones", .region = (char *)"cn-shanghai",
					  .count = 250, .spec = (char *)"acp.small",
					  .image = (char *)"imgc-1", .instances_per_group = 100,
					  .create = value_map()};
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	if (b->closed == 0) {
		preflight_close(b->preflight, on_closed, b);
		fake_end_cancelled();
	}
	assert_int_equal(1, b->closed);
	text_list_fini(&b->group.fallback);
	(void)value_free(b->group.create);
	fake_end();
	free(b);
	return 0;
}

static void begin(struct bench *b)
{
	assert_int_equal(0, preflight_run(b->preflight, &b->group));
}

/* ---- answers ---- */

#define IMAGE(id, status, region)                                                                  \
	"{\"TotalCount\":1,\"Data\":[{\"ImageId\":\"" id "\",\"Status\":\"" status                   \
	"\",\"ImageRegionList\":[\"" region "\"]}]}"
#define NO_IMAGE "{\"TotalCount\":0,\"Data\":[]}"
#define SPEC(id, status)                                                                           \
	"{\"TotalCount\":1,\"SpecInfoModel\":[{\"SpecId\":\"" id "\",\"SpecStatus\":\"" status "\"}]}"
#define NO_SPEC "{\"TotalCount\":0,\"SpecInfoModel\":[]}"
#define STOCK(status) "{\"ResourceStockModels\":[{\"ZoneId\":\"z\",\"StockStatus\":\"" status "\"}]}"

/* One call at a time, of that operation. */
static void answer(enum operation op, const char *body)
{
	assert_int_equal(1, fake.n);
	assert_int_equal(op, fake.waiting[0]->op);
	if (body)
		fake_answer(fake.waiting[0], body);
	else
		fake_fail(fake.waiting[0], OUTCOME_RETRYABLE, "Busy");
}

static void answer_image(const char *body)
{
	answer(OP_DESCRIBE_IMAGE_LIST, body);
}

static void answer_spec(const char *body)
{
	answer(OP_DESCRIBE_SPEC, body);
}

static void answer_stock(const char *body)
{
	answer(OP_CHECK_RESOURCE_STOCK, body);
}

static void good_image(void)
{
	answer_image(IMAGE("imgc-1", "AVAILABLE", "cn-shanghai"));
}

static void expect(const struct bench *b, bool image, bool spec, bool stock, const char *instead)
{
	assert_int_equal(1, b->answers);
	assert_int_equal(0, fake.n);
	assert_int_equal(image, b->image_ok);
	assert_int_equal(spec, b->spec_ok);
	assert_int_equal(stock, b->stock_ok);
	assert_string_equal(instead, b->spec);
}

/* ---- one group ---- */

static void a_group_that_can_be_made_takes_three_questions(void **state)
{
	struct bench *b = *state;
	begin(b);
	assert_true(preflight_is_busy(b->preflight));
	assert_string_equal("imgc-1", fake_param(fake.waiting[0], "ImageId"));
	assert_string_equal("System", fake_param(fake.waiting[0], "ImageType"));
	good_image();
	assert_string_equal("acp.small", fake_param(fake.waiting[0], "SpecIds.1"));
	assert_string_equal("cn-shanghai", fake_param(fake.waiting[0], "BizRegionId"));
	answer_spec(SPEC("acp.small", "Available"));
	assert_string_equal("acp.small", fake_param(fake.waiting[0], "AcpSpecId"));
	assert_string_equal("100", fake_param(fake.waiting[0], "Amount")); /* of one create */
	assert_string_equal("false", fake_param(fake.waiting[0], "GpuAcceleration"));
	assert_int_equal(0, b->answers);
	answer_stock(STOCK("Available"));
	expect(b, true, true, true, "");
	assert_string_equal("", b->text);
	assert_false(preflight_is_busy(b->preflight));
}

static void the_stock_asked_about_is_the_one_that_will_be_ordered(void **state)
{
	struct bench *b = *state;
	b->group.count = 7;
	assert_int_equal(0, value_set(b->group.create, "GpuAcceleration", value_bool(true)));
	begin(b);
	good_image();
	answer_spec(SPEC("acp.small", "Available"));
	assert_string_equal("7", fake_param(fake.waiting[0], "Amount"));
	assert_string_equal("true", fake_param(fake.waiting[0], "GpuAcceleration"));
	answer_stock(STOCK("Available"));
}

static void an_image_of_the_user_is_asked_about_second(void **state)
{
	struct bench *b = *state;
	begin(b);
	answer_image(NO_IMAGE);
	assert_string_equal("User", fake_param(fake.waiting[0], "ImageType"));
	good_image();
	answer_spec(SPEC("acp.small", "Available"));
	answer_stock(STOCK("Available"));
	expect(b, true, true, true, "");
}

static void an_image_that_cannot_be_used_there_is_said_so(void **state)
{
	static const char *const lists[] = {
		NO_IMAGE,
		IMAGE("imgc-2", "AVAILABLE", "cn-shanghai"), /* a fuzzy filter's answer */
		IMAGE("imgc-1", "CREATING", "cn-shanghai"),
		IMAGE("imgc-1", "AVAILABLE", "cn-hangzhou"),
	};
	struct bench *b = *state;
	for (size_t k = 0; k < ARRAY_SIZE(lists); k++) {
		b->answers = 0;
		begin(b);
		answer_image(lists[k]);
		answer_image(NO_IMAGE);
		answer_spec(SPEC("acp.small", "Available"));
		answer_stock(STOCK("Available"));
		expect(b, false, true, true, "");
		assert_string_equal("image imgc-1 is not available in cn-shanghai", b->text);
	}
}

static void a_spec_that_is_not_sold_there_is_not_asked_for_its_stock(void **state)
{
	static const char *const lists[] = {NO_SPEC, SPEC("acp.small", "Unsupported"),
					    SPEC("acp.smaller", "Available")};
	struct bench *b = *state;
	for (size_t k = 0; k < ARRAY_SIZE(lists); k++) {
		b->answers = 0;
		begin(b);
		good_image();
		answer_spec(lists[k]);
		expect(b, true, false, true, "");
		assert_string_equal("spec acp.small is not sold in cn-shanghai", b->text);
	}
}

static void a_sold_out_spec_is_said_so(void **state)
{
	struct bench *b = *state;
	begin(b);
	good_image();
	answer_spec(SPEC("acp.small", "Available"));
	answer_stock(STOCK("SoldOut"));
	expect(b, true, true, false, "");
	assert_string_equal("spec acp.small is sold out in cn-shanghai", b->text);
}

static void what_is_wrong_is_all_told(void **state)
{
	struct bench *b = *state;
	begin(b);
	answer_image(NO_IMAGE);
	answer_image(NO_IMAGE);
	answer_spec(SPEC("acp.small", "Available"));
	answer_stock(STOCK("SoldOut"));
	expect(b, false, true, false, "");
	assert_string_equal("image imgc-1 is not available in cn-shanghai; spec acp.small is sold out "
			    "in cn-shanghai", b->text);
}

/* ---- no answer is a yes ---- */

static void a_question_without_an_answer_counts_as_yes(void **state)
{
	struct bench *b = *state;
	begin(b);
	answer_image(NULL);
	answer_spec(NULL);
	answer_stock(NULL);
	expect(b, true, true, true, "");
	assert_string_equal("", b->text);
}

static void an_answer_that_cannot_be_read_counts_as_yes(void **state)
{
	struct bench *b = *state;
	begin(b);
	answer_image("{\"Data\":7}");
	answer_spec("{}");
	answer_stock("{\"ResourceStockModels\":{}}");
	expect(b, true, true, true, "");
}

static void a_list_of_which_only_a_part_came_does_not_count_as_no(void **state)
{
	struct bench *b = *state;
	begin(b);
	answer_image("{\"TotalCount\":2,\"NextToken\":\"t\",\"Data\":[{\"ImageId\":\"imgc-7\"}]}");
	answer_spec("{\"TotalCount\":300,\"SpecInfoModel\":[{\"SpecId\":\"acp.large\","
		    "\"SpecStatus\":\"Available\"}]}");
	answer_stock("{\"ResourceStockModels\":[]}"); /* says nothing (eds-aic 4.20) */
	expect(b, true, true, true, "");
}

static void an_unanswered_list_of_the_users_images_counts_as_yes(void **state)
{
	struct bench *b = *state;
	begin(b);
	answer_image(NO_IMAGE);
	answer_image(NULL);
	answer_spec(SPEC("acp.small", "Available"));
	answer_stock(STOCK("Available"));
	expect(b, true, true, true, "");
}

static void a_question_that_cannot_be_asked_counts_as_yes(void **state)
{
	struct bench *b = *state;
	begin(b);
	fake.refuse_from = 2;
	good_image();
	expect(b, true, true, true, "");
}

/* ---- fallbacks ---- */

static void with_fallbacks(struct bench *b)
{
	assert_int_equal(0, text_list_add(&b->group.fallback, "acp.medium"));
	assert_int_equal(0, text_list_add(&b->group.fallback, "acp.large"));
	begin(b);
	text_list_fini(&b->group.fallback); /* copied */
	good_image();
}

static void a_fallback_is_not_asked_about_without_need(void **state)
{
	struct bench *b = *state;
	with_fallbacks(b);
	answer_spec(SPEC("acp.small", "Available"));
	answer_stock(STOCK("Available"));
	expect(b, true, true, true, "");
}

static void the_first_fallback_in_stock_is_taken(void **state)
{
	struct bench *b = *state;
	with_fallbacks(b);
	answer_spec(SPEC("acp.small", "Available"));
	answer_stock(STOCK("SoldOut"));
	assert_string_equal("acp.medium", fake_param(fake.waiting[0], "SpecIds.1"));
	answer_spec(NO_SPEC);
	assert_string_equal("acp.large", fake_param(fake.waiting[0], "SpecIds.1"));
	answer_spec(SPEC("acp.large", "Available"));
	assert_string_equal("acp.large", fake_param(fake.waiting[0], "AcpSpecId"));
	answer_stock(STOCK("Available"));
	expect(b, true, true, true, "acp.large");
}

static void a_fallback_also_stands_in_for_a_spec_that_is_not_sold(void **state)
{
	struct bench *b = *state;
	with_fallbacks(b);
	answer_spec(NO_SPEC);
	answer_spec(SPEC("acp.medium", "Available"));
	answer_stock(STOCK("Available"));
	expect(b, true, true, true, "acp.medium");
}

static void when_no_fallback_will_do_the_answer_is_about_the_groups_own_spec(void **state)
{
	struct bench *b = *state;
	with_fallbacks(b);
	answer_spec(SPEC("acp.small", "Available"));
	answer_stock(STOCK("SoldOut"));
	answer_spec(SPEC("acp.medium", "Available"));
	answer_stock(STOCK("SoldOut"));
	answer_spec(NO_SPEC);
	expect(b, true, true, false, "");
	assert_string_equal("spec acp.small is sold out in cn-shanghai; spec acp.medium is sold out in "
			    "cn-shanghai; spec acp.large is not sold in cn-shanghai", b->text);
}

static void a_fallback_that_nobody_denies_is_taken(void **state)
{
	struct bench *b = *state;
	with_fallbacks(b);
	answer_spec(SPEC("acp.small", "Available"));
	answer_stock(STOCK("SoldOut"));
	answer_spec(NULL);
	answer_stock(NULL);
	expect(b, true, true, true, "acp.medium");
}

/* ---- several, and the end ---- */

static void a_group_is_checked_once_at_a_time(void **state)
{
	struct bench *b = *state;
	begin(b);
	assert_int_equal(-EALREADY, preflight_run(b->preflight, &b->group));
	b->group.name = (char *)"others";
	begin(b);
	assert_int_equal(2, fake.n);
}

static void when_its_answer_is_told_a_group_is_no_longer_being_checked(void **state)
{
	struct bench *b = *state;
	b->run_in_checked = true;
	begin(b);
	answer_image(NULL);
	answer_spec(NULL);
	answer_stock(NULL);
	assert_false(b->was_busy);
	assert_int_equal(1, b->answers);
	assert_true(preflight_is_busy(b->preflight));
}

static void a_check_that_cannot_start_is_an_error(void **state)
{
	struct bench *b = *state;
	fake.refuse_from = 1;
	assert_int_equal(-ESHUTDOWN, preflight_run(b->preflight, &b->group));
	assert_false(preflight_is_busy(b->preflight));
}

static void closing_at_rest_is_at_once(void **state)
{
	struct bench *b = *state;
	preflight_close(b->preflight, on_closed, b);
	assert_int_equal(1, b->closed);
}

static void closing_ends_what_runs_and_tells_nobody(void **state)
{
	struct bench *b = *state;
	begin(b);
	b->group.name = (char *)"others";
	begin(b);
	preflight_close(b->preflight, on_closed, b);
	assert_int_equal(0, b->closed);
	fake_answer(fake.waiting[0], IMAGE("imgc-1", "AVAILABLE", "cn-shanghai"));
	fake_end_cancelled();
	assert_int_equal(1, b->closed);
	assert_int_equal(0, b->answers);
}

static void it_may_be_closed_inside_on_checked(void **state)
{
	struct bench *b = *state;
	b->close_in_checked = true;
	begin(b);
	answer_image(NULL);
	answer_spec(NULL);
	answer_stock(NULL);
	assert_int_equal(1, b->closed);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_group_that_can_be_made_takes_three_questions),
		CASE(the_stock_asked_about_is_the_one_that_will_be_ordered),
		CASE(an_image_of_the_user_is_asked_about_second),
		CASE(an_image_that_cannot_be_used_there_is_said_so),
		CASE(a_spec_that_is_not_sold_there_is_not_asked_for_its_stock),
		CASE(a_sold_out_spec_is_said_so),
		CASE(what_is_wrong_is_all_told),
		CASE(a_question_without_an_answer_counts_as_yes),
		CASE(an_answer_that_cannot_be_read_counts_as_yes),
		CASE(a_list_of_which_only_a_part_came_does_not_count_as_no),
		CASE(an_unanswered_list_of_the_users_images_counts_as_yes),
		CASE(a_question_that_cannot_be_asked_counts_as_yes),
		CASE(a_fallback_is_not_asked_about_without_need),
		CASE(the_first_fallback_in_stock_is_taken),
		CASE(a_fallback_also_stands_in_for_a_spec_that_is_not_sold),
		CASE(when_no_fallback_will_do_the_answer_is_about_the_groups_own_spec),
		CASE(a_fallback_that_nobody_denies_is_taken),
		CASE(a_group_is_checked_once_at_a_time),
		CASE(when_its_answer_is_told_a_group_is_no_longer_being_checked),
		CASE(a_check_that_cannot_start_is_an_error),
		CASE(closing_at_rest_is_at_once),
		CASE(closing_ends_what_runs_and_tells_nobody),
		CASE(it_may_be_closed_inside_on_checked),
	};
	return cmocka_run_group_tests_name("preflight", tests, NULL, NULL);
}
