/*
 * The reader of instances against a cloud that answers from a script. cloud_call_start()
 * and cloud_call_cancel() are defined here, so that the real ones stay out of this program.
 */
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
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "cloud/json.h"
#include "observe/instance_reader.h"

/* --- the cloud: calls wait until a case answers them --- */

struct cloud {
	VEC(struct cloud_call *) waiting; /* in the order of their start */
	size_t cancels;
	int refuse_after; /* so many starts succeed; -1 = all */
	struct json_arena *arena;
	struct strbuf asked;
};

int cloud_call_start(struct cloud *cloud, struct cloud_call *call)
{
	if (cloud->refuse_after == 0)
		return -ESHUTDOWN;
	cloud->refuse_after -= cloud->refuse_after > 0;
	auto_free char *text = params_text(&call->params);
	assert_int_equal(call->op, OP_DESCRIBE_ANDROID_INSTANCES);
	strbuf_addf(&cloud->asked, "%s;", text);
	struct cloud_call **slot = vec_add(&cloud->waiting);
	assert_non_null(slot);
	*slot = call;
	return 0;
}

static struct cloud *the_cloud;

void cloud_call_cancel(struct cloud_call *call)
{
	assert_non_null(call);
	the_cloud->cancels++;
}

static struct cloud_call *next_call(struct cloud *cloud)
{
	assert_true(cloud->waiting.n > 0);
	struct cloud_call *call = cloud->waiting.items[0];
	cloud->waiting.n--;
	memmove(cloud->waiting.items, cloud->waiting.items + 1,
		cloud->waiting.n * sizeof(struct cloud_call *));
	return call;
}

static void answer(struct cloud *cloud, const char *text)
{
	struct cloud_call *call = next_call(cloud);
	struct cloud_reply reply = {
		.outcome = OUTCOME_DONE, .code = "", .message = "", .request_id = "req-1"};
	assert_int_equal(json_parse(cloud->arena, text, strlen(text), &reply.root), 0);
	call->done(call, &reply);
}

static void refuse(struct cloud *cloud, enum outcome outcome)
{
	struct cloud_call *call = next_call(cloud);
	const struct cloud_reply reply = {.outcome = outcome,
					  .code = "SomeCode",
					  .message = "Some message",
					  .request_id = "req-2"};
	call->done(call, &reply);
}

/* --- who listens --- */

struct told {
	unsigned ends;
	struct instance_listing listing;
	char code[32];
	struct strbuf rows;
	struct instance_reader *close; /* from inside done() */
	bool *closed;
};

struct fixture {
	struct cloud cloud;
	struct instance_reader *reader;
	bool closed;
	struct told told[2];
};

static void on_closed(void *data)
{
	*(bool *)data = true;
}

static void on_done(void *data, const struct instance_listing *listing)
{
	struct told *t = data;
	struct jsonw w = JSONW_INIT(&t->rows);
	t->ends++;
	t->listing = *listing;
	t->listing.rows = NULL; /* gone after this call */
	(void)snprintf(t->code, sizeof(t->code), "%s", listing->code);
	instance_rows_write(listing->rows, &w);
	if (t->close)
		instance_reader_close(t->close, on_closed, t->closed);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	assert_non_null(f);
	f->cloud.arena = json_arena_new();
	f->cloud.refuse_after = -1;
	strbuf_init(&f->cloud.asked, 1u << 20);
	strbuf_init(&f->told[0].rows, LIMIT_STATUS_BYTES);
	strbuf_init(&f->told[1].rows, LIMIT_STATUS_BYTES);
	assert_int_equal(instance_reader_new(&f->cloud, &f->reader), 0);
	the_cloud = &f->cloud;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	if (!f->closed)
		instance_reader_close(f->reader, on_closed, &f->closed);
	assert_true(f->closed);
	vec_free(&f->cloud.waiting);
	(void)json_arena_free(f->cloud.arena);
	strbuf_fini(&f->cloud.asked);
	strbuf_fini(&f->told[0].rows);
	strbuf_fini(&f->told[1].rows);
	free(f);
	return 0;
}

static int list(struct fixture *f, int who, size_t n_groups)
{
	struct text_list groups = {0};
	for (size_t i = 0; i < n_groups; i++) {
		char id[32];
		(void)snprintf(id, sizeof(id), "ag-%zu", i);
		assert_int_equal(text_list_add(&groups, id), 0);
	}
	int r = instance_reader_list(f->reader, KIND_CLOUD_PHONE, &groups, on_done, &f->told[who]);
	text_list_fini(&groups); /* it was copied */
	return r;
}

/* What the printed array says of one member of each row. */
static void expect_texts(const struct told *t, const char *member, const char *expected)
{
	auto_strbuf struct strbuf found = STRBUF_INIT(65536);
	cJSON *array = cJSON_Parse(strbuf_text(&t->rows));
	const cJSON *row;
	assert_true(cJSON_IsArray(array));
	cJSON_ArrayForEach(row, array)
	{
		const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(row, member));
		strbuf_addf(&found, "%s ", text ? text : "?");
	}
	cJSON_Delete(array);
	assert_string_equal(strbuf_text(&found), expected);
}

static void expect_end(const struct told *t, bool complete, const char *ids)
{
	assert_int_equal(t->ends, 1);
	assert_int_equal(t->listing.complete, complete);
	expect_texts(t, "AndroidInstanceId", ids);
}

#define ROW(id, status)                                                                            \
	"{\"AndroidInstanceGroupId\":\"ag-0\",\"AndroidInstanceId\":\"" id                         \
	"\",\"AndroidInstanceStatus\":\"" status "\"}"
#define I(id) ROW(id, "RUNNING")
#define PAGE(total, token, rows)                                                                   \
	"{\"TotalCount\":" total ",\"NextToken\":\"" token "\",\"InstanceModel\":[" rows "]}"

/* --- cases --- */

static void all_pages_are_told_once_sorted_by_id(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(list(f, 0, 2), 0);
	assert_int_equal(instance_reader_busy(f->reader), 1);
	assert_int_equal(f->told[0].ends, 0);
	answer(&f->cloud, PAGE("3", "t1", I("c") "," I("a")));
	answer(&f->cloud, PAGE("3", "", I("b")));
	expect_end(&f->told[0], true, "a b c ");
	assert_int_equal(f->told[0].listing.why, PAGER_FINE);
	assert_int_equal(instance_reader_busy(f->reader), 0);
	assert_string_equal(strbuf_text(&f->cloud.asked),
			    "InstanceGroupIds.1=ag-0&InstanceGroupIds.2=ag-1&MaxResults=100;"
			    "InstanceGroupIds.1=ag-0&InstanceGroupIds.2=ag-1&MaxResults=100"
			    "&NextToken=t1;");
}

static char *sample_page(void)
{
	struct strbuf text = STRBUF_INIT(1u << 20);
	FILE *file = fopen(TEST_DATA_DIR "/replies/describe-android-instances.json", "r");
	assert_non_null(file);
	for (int c; (c = fgetc(file)) != EOF;)
		strbuf_add_char(&text, (char)c);
	(void)fclose(file);
	return strbuf_take(&text);
}

static void every_documented_field_of_a_row_is_handed_on(void **state)
{
	struct fixture *f = *state;
	auto_free char *text = sample_page();
	cJSON *page = cJSON_Parse(text);
	assert_int_equal(list(f, 0, 1), 0);
	answer(&f->cloud, text);
	answer(&f->cloud, PAGE("3", "", ""));
	expect_end(&f->told[0], true,
		   "acp-8at8h6ejkadjh0x1c acp-8at8h6ejkadjh0x2c acp-8at8h6ejkadjh0x3c ");
	cJSON *told = cJSON_Parse(strbuf_text(&f->told[0].rows));
	const cJSON *whole = cJSON_GetArrayItem(cJSON_GetObjectItem(page, "InstanceModel"), 0);
	assert_true(cJSON_Compare(whole, cJSON_GetArrayItem(told, 0), true));
	cJSON_Delete(told);
	cJSON_Delete(page);
}

static void a_row_that_comes_twice_counts_as_it_was_last(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(list(f, 0, 1), 0);
	answer(&f->cloud, PAGE("2", "t1", ROW("a", "CREATING") "," I("b")));
	answer(&f->cloud, PAGE("2", "", I("a")));
	expect_end(&f->told[0], true, "a b ");
	expect_texts(&f->told[0], "AndroidInstanceStatus", "RUNNING RUNNING ");
}

static void more_groups_than_a_call_takes_go_in_batches(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(list(f, 0, 201), 0);
	answer(&f->cloud, PAGE("1", "", I("c")));
	answer(&f->cloud, PAGE("1", "", I("b")));
	assert_int_equal(f->told[0].ends, 0);
	answer(&f->cloud, PAGE("1", "", I("a")));
	expect_end(&f->told[0], true, "a b c ");
	const char *asked = strbuf_text(&f->cloud.asked);
	assert_non_null(strstr(asked, "InstanceGroupIds.100=ag-99&"));
	assert_non_null(strstr(asked, ";InstanceGroupIds.1=ag-100&"));
	assert_non_null(strstr(asked, ";InstanceGroupIds.1=ag-200&MaxResults=100;"));
	assert_null(strstr(asked, "InstanceGroupIds.101="));
}

static void a_new_try_drops_the_rows_of_its_own_batch_only(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(list(f, 0, 101), 0);
	answer(&f->cloud, PAGE("1", "", I("a")));
	answer(&f->cloud, PAGE("2", "", I("b"))); /* one is missing: again */
	answer(&f->cloud, PAGE("2", "", I("c") "," I("d")));
	expect_end(&f->told[0], true, "a c d ");
}

static void what_was_read_is_told_when_the_rest_fails(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(list(f, 0, 101), 0);
	answer(&f->cloud, PAGE("1", "", I("a")));
	refuse(&f->cloud, OUTCOME_AUTH);
	expect_end(&f->told[0], false, "a ");
	assert_int_equal(f->told[0].listing.why, PAGER_CALL);
	assert_int_equal(f->told[0].listing.outcome, OUTCOME_AUTH);
	assert_string_equal(f->told[0].code, "SomeCode");
	assert_int_equal(f->cloud.waiting.n, 0); /* no further batch is asked for */
}

static void a_short_listing_is_told_as_incomplete(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(list(f, 0, 1), 0);
	for (int i = 0; i < PAGER_TRIES; i++)
		answer(&f->cloud, PAGE("2", "", I("a")));
	expect_end(&f->told[0], false, "a ");
	assert_int_equal(f->told[0].listing.why, PAGER_SHORT);
}

static void a_row_without_an_id_is_no_row(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(list(f, 0, 1), 0);
	for (int i = 0; i < PAGER_TRIES; i++)
		answer(&f->cloud, PAGE("1", "", "{\"AndroidInstanceId\":\"a\"}"));
	expect_end(&f->told[0], false, "");
	assert_int_equal(f->told[0].listing.why, PAGER_UNDECODABLE);
}

/* Rows of about 1 MiB each, more than the answer may hold. */
static void what_does_not_fit_is_left_out_and_said(void **state)
{
	struct fixture *f = *state;
	auto_strbuf struct strbuf page = STRBUF_INIT(4u << 20);
	auto_free char *name = malloc((1u << 20) + 1);
	assert_non_null(name);
	memset(name, 'x', 1u << 20);
	name[1u << 20] = '\0';
	assert_int_equal(list(f, 0, 1), 0);
	for (int i = 0; i < 40 && f->told[0].ends == 0; i++) {
		strbuf_clear(&page);
		strbuf_addf(
			&page,
			"{\"TotalCount\":40,\"NextToken\":\"t%d\",\"InstanceModel\":[{"
			"\"AndroidInstanceGroupId\":\"ag-0\",\"AndroidInstanceId\":\"acp-%02d\","
			"\"AndroidInstanceName\":\"%s\"}]}",
			i, i, name);
		answer(&f->cloud, strbuf_text(&page));
	}
	assert_int_equal(f->told[0].ends, 1);
	assert_false(f->told[0].listing.complete);
	assert_true(f->told[0].listing.too_large);
	assert_in_range(f->told[0].rows.len, 30u << 20, LIMIT_INSTANCES_BYTES + 1000u);
}

static void several_listings_run_at_once(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(list(f, 0, 1), 0);
	assert_int_equal(list(f, 1, 1), 0);
	assert_int_equal(instance_reader_busy(f->reader), 2);
	answer(&f->cloud, PAGE("1", "", I("a")));
	assert_int_equal(instance_reader_busy(f->reader), 1);
	answer(&f->cloud, PAGE("1", "", I("b")));
	expect_end(&f->told[0], true, "a ");
	expect_end(&f->told[1], true, "b ");
}

/* Without a filter the call would list the whole account. */
static void no_groups_are_never_asked_about(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(list(f, 0, 0), -EINVAL);
	assert_string_equal(strbuf_text(&f->cloud.asked), "");
}

static void a_call_that_cannot_start_is_said_at_once_or_later(void **state)
{
	struct fixture *f = *state;
	f->cloud.refuse_after = 0;
	assert_int_equal(list(f, 0, 1), -ESHUTDOWN);
	assert_int_equal(instance_reader_busy(f->reader), 0);
	f->cloud.refuse_after = 1;
	assert_int_equal(list(f, 1, 101), 0);
	answer(&f->cloud, PAGE("1", "", I("a")));
	assert_int_equal(f->told[0].ends, 0);
	expect_end(&f->told[1], false, "a ");
	assert_int_equal(f->told[1].listing.why, PAGER_LOCAL);
}

static void closing_ends_what_runs_and_then_closes(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(list(f, 0, 1), 0);
	assert_int_equal(list(f, 1, 1), 0);
	instance_reader_close(f->reader, on_closed, &f->closed);
	assert_int_equal(f->cloud.cancels, 2);
	assert_int_equal(f->told[0].ends + f->told[1].ends, 0);
	refuse(&f->cloud, OUTCOME_NOT_SENT);
	assert_false(f->closed);
	refuse(&f->cloud, OUTCOME_NOT_SENT);
	assert_true(f->closed);
	for (int i = 0; i < 2; i++) {
		expect_end(&f->told[i], false, "");
		assert_int_equal(f->told[i].listing.why, PAGER_CANCELLED);
	}
}

static void it_may_be_closed_when_a_listing_ends(void **state)
{
	struct fixture *f = *state;
	f->told[0].close = f->reader;
	f->told[0].closed = &f->closed;
	assert_int_equal(list(f, 0, 1), 0);
	answer(&f->cloud, PAGE("1", "", I("a")));
	expect_end(&f->told[0], true, "a ");
	assert_true(f->closed);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(all_pages_are_told_once_sorted_by_id),
		CASE(every_documented_field_of_a_row_is_handed_on),
		CASE(a_row_that_comes_twice_counts_as_it_was_last),
		CASE(more_groups_than_a_call_takes_go_in_batches),
		CASE(a_new_try_drops_the_rows_of_its_own_batch_only),
		CASE(what_was_read_is_told_when_the_rest_fails),
		CASE(a_short_listing_is_told_as_incomplete),
		CASE(a_row_without_an_id_is_no_row),
		CASE(what_does_not_fit_is_left_out_and_said),
		CASE(several_listings_run_at_once),
		CASE(no_groups_are_never_asked_about),
		CASE(a_call_that_cannot_start_is_said_at_once_or_later),
		CASE(closing_ends_what_runs_and_then_closes),
		CASE(it_may_be_closed_when_a_listing_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
