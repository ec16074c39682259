/*
 * The pager against a cloud that answers from a script. cloud_call_start() and
 * cloud_call_cancel() are defined here, so that the real ones stay out of this program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cloud/json.h"
#include "lib/seed.h"
#include "observe/pager.h"

/* --- the scripted cloud --- */

struct cloud {
	const char *const *script; /* answers in order; "!" + outcome number is a failure */
	size_t next, starts, cancels;
	int refuse_at; /* the n-th start (from 1) fails; 0 = none */
	struct cloud_call *waiting;
	struct json_arena *arena;
	struct strbuf asked; /* the parameters of every call */
};

int cloud_call_start(struct cloud *cloud, struct cloud_call *call)
{
	assert_null(cloud->waiting);
	cloud->starts++;
	if (cloud->refuse_at == (int)cloud->starts)
		return -ESHUTDOWN;
	auto_free char *text = params_text(&call->params);
	strbuf_addf(&cloud->asked, "%s;", text);
	cloud->waiting = call;
	return 0;
}

void cloud_call_cancel(struct cloud_call *call)
{
	assert_non_null(call);
	function_called();
}

static void answer(struct cloud *cloud, const char *text)
{
	struct cloud_call *call = TAKE(cloud->waiting);
	struct cloud_reply reply = {.code = "", .message = "", .request_id = "req-1"};
	if (text[0] == '!') {
		reply.outcome = (enum outcome)atoi(text + 1);
		reply.code = "SomeCode";
	} else {
		reply.outcome = OUTCOME_DONE;
		assert_int_equal(json_parse(cloud->arena, text, strlen(text), &reply.root), 0);
	}
	call->done(call, &reply);
}

/* Answers until the pager asks no more. */
static void run(struct cloud *cloud)
{
	while (cloud->waiting) {
		assert_non_null(cloud->script[cloud->next]);
		answer(cloud, cloud->script[cloud->next++]);
	}
}

/* --- who listens --- */

struct listener {
	struct cloud cloud;
	struct pager *pager;
	struct strbuf rows; /* the ids since the last restart */
	unsigned restarts, ends;
	struct pager_result result;
	char code[32];
	int row_error; /* what row() returns */
	bool cancel_in_row;
};

static int on_row(void *data, const cJSON *row)
{
	struct listener *l = data;
	strbuf_addf(&l->rows, "%s ", json_text(row, "AndroidInstanceId"));
	strbuf_add(&l->rows, json_text(row, "OrderId"));
	strbuf_add(&l->rows, json_text(row, "AppInstanceGroupId"));
	strbuf_add(&l->rows, json_text(row, "NodeId"));
	if (l->cancel_in_row)
		pager_cancel(l->pager);
	return l->row_error;
}

static void on_restart(void *data)
{
	struct listener *l = data;
	l->restarts++;
	strbuf_clear(&l->rows);
}

static void on_done(struct pager *pager, const struct pager_result *result)
{
	struct listener *l = pager_data(pager);
	assert_int_equal(l->ends, 0);
	l->ends++;
	l->result = *result;
	(void)snprintf(l->code, sizeof(l->code), "%s", result->code);
}

static int setup(void **state)
{
	struct listener *l = calloc(1, sizeof(*l));
	if (!l)
		return -1;
	l->cloud.arena = json_arena_new();
	strbuf_init(&l->rows, 65536);
	strbuf_init(&l->cloud.asked, 65536);
	*state = l;
	return 0;
}

static int teardown(void **state)
{
	struct listener *l = *state;
	(void)json_arena_free(l->cloud.arena);
	strbuf_fini(&l->rows);
	strbuf_fini(&l->cloud.asked);
	free(l);
	return 0;
}

static int start(struct listener *l, enum operation op, unsigned max_pages)
{
	auto_params struct params params = {0};
	assert_int_equal(params_set(&params, "A", "b"), 0);
	struct pager_options options = {.cloud = &l->cloud,
					.op = op,
					.params = &params,
					.row = on_row,
					.restart = on_restart,
					.done = on_done,
					.data = l,
					.max_pages = max_pages};
	return pager_start(&options, &l->pager);
}

static void list(struct listener *l, const char *const *script)
{
	l->cloud.script = script;
	assert_int_equal(start(l, OP_DESCRIBE_ANDROID_INSTANCES, 0), 0);
	assert_int_equal(l->ends, 0);
	run(&l->cloud);
	assert_int_equal(l->ends, 1);
}

#define I(id) "{\"AndroidInstanceId\":\"" id "\"}"
#define PAGE(total, token, rows)                                                                   \
	"{\"TotalCount\":" total ",\"NextToken\":\"" token "\",\"InstanceModel\":[" rows "]}"

static void expect_complete(const struct listener *l, const char *rows, unsigned restarts)
{
	assert_int_equal(l->result.end, PAGER_COMPLETE);
	assert_int_equal(l->result.why, PAGER_FINE);
	assert_string_equal(strbuf_text(&l->rows), rows);
	assert_int_equal(l->restarts, restarts);
	assert_int_equal(l->result.tries, restarts + 1);
}

static void expect_incomplete(const struct listener *l, enum pager_why why, unsigned tries)
{
	assert_int_equal(l->result.end, PAGER_INCOMPLETE);
	if (l->result.why != why)
		fail_msg("why: %s", pager_why_text(l->result.why));
	assert_int_equal(l->result.tries, tries);
	assert_int_equal(l->restarts, tries - 1);
}

/* --- cases --- */

static void all_pages_with_all_ids_are_complete(void **state)
{
	struct listener *l = *state;
	list(l, (const char *const[]){PAGE("3", "t1", I("a") "," I("b")), PAGE("3", "", I("c")),
				      NULL});
	expect_complete(l, "a b c ", 0);
	assert_int_equal(l->result.ids, 3);
	assert_int_equal(l->result.total, 3);
	assert_string_equal(strbuf_text(&l->cloud.asked), "A=b;A=b&NextToken=t1;");
}

static void nothing_at_all_is_complete(void **state)
{
	struct listener *l = *state;
	list(l, (const char *const[]){PAGE("0", "", ""), NULL});
	expect_complete(l, "", 0);
}

static void the_count_of_the_last_page_is_what_counts(void **state)
{
	struct listener *l = *state;
	list(l, (const char *const[]){PAGE("9", "t1", I("a")), PAGE("2", "", I("b")), NULL});
	expect_complete(l, "a b ", 0);
}

static void more_ids_than_announced_are_complete(void **state)
{
	struct listener *l = *state;
	list(l, (const char *const[]){PAGE("1", "", I("a") "," I("b")), NULL});
	expect_complete(l, "a b ", 0);
}

static void a_row_that_comes_twice_counts_once(void **state)
{
	struct listener *l = *state;
	list(l, (const char *const[]){PAGE("3", "t1", I("a") "," I("b")), PAGE("3", "", I("b")),
				      PAGE("3", "t1", I("a") "," I("b")), PAGE("3", "", I("c")),
				      NULL});
	expect_complete(l, "a b c ", 1);
}

static void a_missing_page_begins_again_and_drops_its_rows(void **state)
{
	struct listener *l = *state;
	list(l,
	     (const char *const[]){PAGE("3", "", I("a")), PAGE("3", "", I("a") "," I("b")),
				   PAGE("3", "t", I("a")), PAGE("3", "", I("b") "," I("c")), NULL});
	expect_complete(l, "a b c ", 2);
}

static void a_wrong_total_ends_incomplete_after_three_tries(void **state)
{
	struct listener *l = *state;
	list(l, (const char *const[]){PAGE("7", "", I("a")), PAGE("7", "", I("a")),
				      PAGE("7", "", I("a")), NULL});
	expect_incomplete(l, PAGER_SHORT, 3);
	assert_int_equal(l->result.ids, 1);
	assert_int_equal(l->result.total, 7);
}

static void a_token_that_comes_again_is_a_loop(void **state)
{
	struct listener *l = *state;
	list(l, (const char *const[]){PAGE("9", "t1", I("a")), PAGE("9", "t1", I("b")),
				      PAGE("9", "t1", I("a")), PAGE("9", "t2", I("b")),
				      PAGE("9", "t1", I("c")), PAGE("9", "t1", I("a")),
				      PAGE("9", "t1", I("a")), NULL});
	expect_incomplete(l, PAGER_TOKEN_LOOP, 3);
}

static void tokens_of_an_earlier_try_may_come_again(void **state)
{
	struct listener *l = *state;
	list(l, (const char *const[]){PAGE("2", "t1", I("a")), PAGE("2", "t1", I("b")),
				      PAGE("2", "t1", I("a")), PAGE("2", "", I("b")), NULL});
	expect_complete(l, "a b ", 1);
}

static void an_empty_page_with_a_token_ends_the_pages(void **state)
{
	struct listener *l = *state;
	list(l, (const char *const[]){PAGE("2", "t1", I("a")), PAGE("2", "t2", ""),
				      PAGE("1", "t1", I("a")), PAGE("1", "t2", ""), NULL});
	expect_complete(l, "a ", 1);
}

static void an_undecodable_page_begins_again(void **state)
{
	struct listener *l = *state;
	list(l, (const char *const[]){PAGE("2", "t", I("a")), "{\"RequestId\":\"x\"}",
				      "{\"InstanceModel\":{},\"TotalCount\":1}",
				      PAGE("1", "", "{\"AndroidInstanceId\":\"\"}"), NULL});
	expect_incomplete(l, PAGER_UNDECODABLE, 3);
}

static void a_row_its_owner_cannot_read_spoils_the_page(void **state)
{
	struct listener *l = *state;
	l->row_error = -EBADMSG;
	list(l, (const char *const[]){PAGE("1", "", I("a")), PAGE("1", "", I("a")),
				      PAGE("1", "", I("a")), NULL});
	expect_incomplete(l, PAGER_UNDECODABLE, 3);
}

static void without_memory_it_does_not_begin_again(void **state)
{
	struct listener *l = *state;
	l->row_error = -ENOMEM;
	list(l, (const char *const[]){PAGE("1", "", I("a")), NULL});
	expect_incomplete(l, PAGER_LOCAL, 1);
}

static void failing_calls_begin_again_unless_that_is_hopeless(void **state)
{
	static const struct {
		enum outcome outcome;
		unsigned tries;
	} cases[] = {{OUTCOME_RETRYABLE, 3}, {OUTCOME_UNCLEAR, 3}, {OUTCOME_THROTTLED, 3},
		     {OUTCOME_NOT_SENT, 3},  {OUTCOME_AUTH, 1},    {OUTCOME_REJECTED, 1},
		     {OUTCOME_NOT_FOUND, 1}};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char failure[16];
		struct listener *l = NULL;
		(void)snprintf(failure, sizeof(failure), "!%u", (unsigned)cases[i].outcome);
		assert_int_equal(setup((void **)&l), 0);
		list(l, (const char *const[]){failure, failure, failure, NULL});
		expect_incomplete(l, PAGER_CALL, cases[i].tries);
		assert_int_equal(l->result.outcome, cases[i].outcome);
		assert_string_equal(l->code, "SomeCode");
		(void)teardown((void **)&l);
	}
	(void)state;
}

static void a_failure_in_the_middle_is_healed_by_a_new_try(void **state)
{
	struct listener *l = *state;
	char failure[16];
	(void)snprintf(failure, sizeof(failure), "!%u", (unsigned)OUTCOME_RETRYABLE);
	list(l, (const char *const[]){PAGE("2", "t", I("a")), failure, PAGE("2", "t", I("a")),
				      PAGE("2", "", I("b")), NULL});
	expect_complete(l, "a b ", 1);
	assert_string_equal(strbuf_text(&l->cloud.asked),
			    "A=b;A=b&NextToken=t;A=b;A=b&NextToken=t;");
}

static void pages_without_end_are_cut(void **state)
{
	struct listener *l = *state;
	l->cloud.script = (const char *const[]){PAGE("9", "1", I("a")),
						PAGE("9", "2", I("b")),
						PAGE("9", "3", I("a")),
						PAGE("9", "4", I("b")),
						PAGE("9", "5", I("a")),
						PAGE("9", "6", I("b")),
						NULL};
	assert_int_equal(start(l, OP_DESCRIBE_ANDROID_INSTANCES, 2), 0);
	run(&l->cloud);
	expect_incomplete(l, PAGER_TOO_LONG, 3);
}

static void orders_are_paged_by_number(void **state)
{
	struct listener *l = *state;
#define ORDERS(total, rows)                                                                        \
	"{\"Data\":{\"TotalCount\":" total ",\"OrderList\":{\"Order\":[" rows "]}}}"
#define O(id) "{\"OrderId\":" id "}"
	l->cloud.script = (const char *const[]){ORDERS("3", O("\"1\"") "," O("\"2\"")),
						ORDERS("3", O("12345678901234567890")), NULL};
	assert_int_equal(start(l, OP_QUERY_ORDERS, 0), 0);
	run(&l->cloud);
	expect_complete(l, " 1 2 12345678901234567890", 0);
	assert_string_equal(strbuf_text(&l->cloud.asked), "A=b&PageNum=1;A=b&PageNum=2;");
}

/* Each names the page, the rows and their number as it likes (appstream-center 3). */
static void delivery_groups_and_nodes_are_paged_by_number(void **state)
{
	struct listener *l = *state;
	l->cloud.script = (const char *const[]){
		"{\"TotalCount\":3,\"AppInstanceGroupModels\":[{\"AppInstanceGroupId\":\"1\"},"
		"{\"AppInstanceGroupId\":\"2\"}]}",
		"{\"TotalCount\":3,\"AppInstanceGroupModels\":[{\"AppInstanceGroupId\":\"3\"}]}", NULL};
	assert_int_equal(start(l, OP_LIST_APP_INSTANCE_GROUP, 0), 0);
	run(&l->cloud);
	expect_complete(l, " 1 2 3", 0);
	assert_string_equal(strbuf_text(&l->cloud.asked), "A=b&PageNumber=1;A=b&PageNumber=2;");
}

static void fewer_nodes_than_counted_are_incomplete(void **state)
{
	struct listener *l = *state;
#define NODES(rows) "{\"Count\":2,\"PerPageSize\":200,\"NodeModels\":[" rows "]}"
	l->cloud.script = (const char *const[]){
		NODES("{\"NodeId\":\"1\"}"), NODES(""), NODES("{\"NodeId\":\"1\"}"), NODES(""),
		NODES("{\"NodeId\":\"1\"}"), NODES("{\"NodeId\":\"2\"}"), NULL};
	assert_int_equal(start(l, OP_LIST_NODES, 0), 0);
	run(&l->cloud);
	expect_complete(l, " 1 2", 2);
}

static void one_thing_is_one_page_with_one_row(void **state)
{
	struct listener *l = *state;
	l->cloud.script = (const char *const[]){
		"{\"AppInstanceGroupModels\":{\"AppInstanceGroupId\":\"1\"},\"RequestId\":\"r\"}", NULL};
	assert_int_equal(start(l, OP_GET_APP_INSTANCE_GROUP, 0), 0);
	run(&l->cloud);
	expect_complete(l, " 1", 0);
	assert_string_equal(strbuf_text(&l->cloud.asked), "A=b;");
}

static void orders_that_moved_between_pages_begin_again(void **state)
{
	struct listener *l = *state;
	l->cloud.script = (const char *const[]){ORDERS("2", O("\"1\"")), ORDERS("2", O("\"1\"")),
						ORDERS("2", O("\"1\"") "," O("\"2\"")), NULL};
	assert_int_equal(start(l, OP_QUERY_ORDERS, 0), 0);
	run(&l->cloud);
	expect_complete(l, " 1 2", 1);
}

static void tag_rows_have_neither_ids_nor_a_total(void **state)
{
	struct listener *l = *state;
	l->cloud.script = (const char *const[]){
		"{\"NextToken\":\"t\",\"TagResources\":[{\"ResourceId\":\"a\"}]}",
		"{\"NextToken\":\"\",\"TagResources\":[{\"ResourceId\":\"a\"}]}", NULL};
	assert_int_equal(start(l, OP_LIST_TAG_RESOURCES, 0), 0);
	run(&l->cloud);
	expect_complete(l, "  ", 0);
	assert_int_equal(l->result.ids, 2);
	assert_int_equal(l->result.total, -1);
}

static void cancelling_ends_it_whatever_the_answer(void **state)
{
	struct listener *l = *state;
	l->cloud.script = (const char *const[]){PAGE("1", "", I("a")), NULL};
	assert_int_equal(start(l, OP_DESCRIBE_ANDROID_INSTANCES, 0), 0);
	expect_function_call(cloud_call_cancel);
	pager_cancel(l->pager);
	assert_int_equal(l->ends, 0);
	run(&l->cloud);
	assert_int_equal(l->ends, 1);
	expect_incomplete(l, PAGER_CANCELLED, 1);
	assert_string_equal(strbuf_text(&l->rows), "");
}

static void cancelling_inside_a_row_touches_no_call(void **state)
{
	struct listener *l = *state;
	l->cancel_in_row = true;
	list(l, (const char *const[]){PAGE("3", "t", I("a") "," I("b")), NULL});
	expect_incomplete(l, PAGER_CANCELLED, 1);
	assert_string_equal(strbuf_text(&l->rows), "a ");
}

static void a_closing_cloud_ends_it(void **state)
{
	struct listener *l = *state;
	l->cloud.refuse_at = 1;
	assert_int_equal(start(l, OP_DESCRIBE_ANDROID_INSTANCES, 0), -ESHUTDOWN);
	assert_int_equal(l->ends, 0);
	l->cloud.refuse_at = 3;
	list(l, (const char *const[]){PAGE("2", "t", I("a")), NULL});
	expect_incomplete(l, PAGER_LOCAL, 1);
}

static void only_listings_can_be_paged(void **state)
{
	assert_int_equal(start(*state, OP_TAG_RESOURCES, 0), -EINVAL);
	assert_int_equal(start(*state, OP_GET_ORDER_DETAIL, 0), -EINVAL);
}

/* Of i0 to i5, how many were told. */
static size_t count_told(struct listener *l)
{
	size_t n = 0;
	for (char id[] = "i0 "; id[1] <= '5'; id[1]++)
		n += strstr(strbuf_text(&l->rows), id) != NULL;
	return n;
}

/* Any answers whatever: it ends once, and complete only with as many ids as announced. */
static void random_answers_never_make_a_short_listing_complete(void **state)
{
	for (int round = 0; round < 300; round++) {
		struct listener *l = NULL;
		char texts[60][200];
		const char *script[61] = {NULL};
		assert_int_equal(setup((void **)&l), 0);
		for (size_t i = 0; i < 60; i++) {
			(void)snprintf(
				texts[i], sizeof(texts[i]),
				"{\"TotalCount\":%d,\"NextToken\":\"%.*s\",\"InstanceModel\":"
				"[{\"AndroidInstanceId\":\"i%d\"},{\"AndroidInstanceId\":\"i%d\"}]"
				"}",
				(int)seed_below(8), (int)seed_below(3), "xy", (int)seed_below(6),
				(int)seed_below(6));
			if (seed_below(10) == 0)
				(void)snprintf(texts[i], sizeof(texts[i]), "{}");
			script[i] = texts[i];
		}
		list(l, script);
		if (l->result.end == PAGER_COMPLETE) {
			assert_int_equal(l->result.ids, count_told(l));
			assert_true(l->result.total >= 0 &&
				    l->result.ids >= (size_t)l->result.total);
		}
		assert_true(l->result.tries >= 1 && l->result.tries <= PAGER_TRIES);
		(void)teardown((void **)&l);
	}
	(void)state;
}

int main(int argc, char **argv)
{
	seed_init(argc, argv);
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(all_pages_with_all_ids_are_complete),
		CASE(nothing_at_all_is_complete),
		CASE(the_count_of_the_last_page_is_what_counts),
		CASE(more_ids_than_announced_are_complete),
		CASE(a_row_that_comes_twice_counts_once),
		CASE(a_missing_page_begins_again_and_drops_its_rows),
		CASE(a_wrong_total_ends_incomplete_after_three_tries),
		CASE(a_token_that_comes_again_is_a_loop),
		CASE(tokens_of_an_earlier_try_may_come_again),
		CASE(an_empty_page_with_a_token_ends_the_pages),
		CASE(an_undecodable_page_begins_again),
		CASE(a_row_its_owner_cannot_read_spoils_the_page),
		CASE(without_memory_it_does_not_begin_again),
		CASE(failing_calls_begin_again_unless_that_is_hopeless),
		CASE(a_failure_in_the_middle_is_healed_by_a_new_try),
		CASE(pages_without_end_are_cut),
		CASE(orders_are_paged_by_number),
		CASE(delivery_groups_and_nodes_are_paged_by_number),
		CASE(fewer_nodes_than_counted_are_incomplete),
		CASE(one_thing_is_one_page_with_one_row),
		CASE(orders_that_moved_between_pages_begin_again),
		CASE(tag_rows_have_neither_ids_nor_a_total),
		CASE(cancelling_ends_it_whatever_the_answer),
		CASE(cancelling_inside_a_row_touches_no_call),
		CASE(a_closing_cloud_ends_it),
		CASE(only_listings_can_be_paged),
		CASE(random_answers_never_make_a_short_listing_complete),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
