/* Reading orders, against a billing service that answers from the test. */
#include "fake_cloud.h"

#include <stdio.h>

#include "base/strbuf.h"
#include "observe/order_reader.h"
#include "observe/pager.h"

struct bench {
	struct order_reader *reader;
	struct strbuf told; /* what the callbacks heard */
	unsigned closed;
	bool close_in_order, close_in_found, close_in_search, read_again;
};

static void on_closed(void *data)
{
	struct bench *b = data;
	b->closed++;
}

static const char *answer_name(enum order_answer answer)
{
	static const char *const names[] = {"ok", "not-yet", "denied", "failed"};
	return names[answer];
}

static void on_order(void *data, const char *order_id, enum order_answer answer,
		     const struct billing_order *order, const struct cloud_reply *reply)
{
	struct bench *b = data;
	strbuf_addf(&b->told, "%s %s", order_id, answer_name(answer));
	if (answer == ORDER_ANSWER_OK)
		strbuf_addf(&b->told, " %s %s%s", order_status_name(order->status), order->amount,
				  order->currency);
	else
		strbuf_addf(&b->told, " %s", reply->code);
	strbuf_addf(&b->told, ";");
	if (b->close_in_order)
		order_reader_close(b->reader, on_closed, b);
	if (b->read_again) {
		b->read_again = false;
		assert_int_equal(0, order_reader_read(b->reader, order_id));
	}
}

static void on_found(void *data, const struct order_search *search, const struct billing_row *row)
{
	struct bench *b = data;
	assert_int_equal(7, search->purpose);
	strbuf_addf(&b->told, "%s %s %s %s%s;", row->order_id, row->status, row->created,
			  row->amount, row->currency);
	if (b->close_in_found)
		order_reader_close(b->reader, on_closed, b);
}

static void on_search(void *data, const struct order_search *search, enum order_answer answer,
		      const char *code, const char *request_id)
{
	struct bench *b = data;
	assert_int_equal(7, search->purpose);
	strbuf_addf(&b->told, "search %s %s %s;", answer_name(answer), code, request_id);
	if (b->close_in_search)
		order_reader_close(b->reader, on_closed, b);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	fake_reset();
	b->told = (struct strbuf)STRBUF_INIT(65536);
	const struct order_reader_options options = {&fake, on_order, on_found, on_search, b};
	assert_int_equal(0, order_reader_new(&options, &b->reader));
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	if (b->closed == 0) {
		order_reader_close(b->reader, on_closed, b);
		fake_end_cancelled();
	}
	assert_int_equal(1, b->closed);
	strbuf_fini(&b->told);
	fake_end();
	free(b);
	return 0;
}

static void heard(const struct bench *b, const char *expected)
{
	assert_string_equal(expected, strbuf_text(&b->told));
}

#define DETAIL(id, status)                                                                         \
	"{\"Success\":true,\"Data\":{\"TotalCount\":1,\"OrderList\":{\"Order\":[{\"OrderId\":\"" id   \
	"\",\"PaymentStatus\":\"" status "\",\"AfterTaxAmount\":\"12.50\",\"Currency\":\"CNY\"}]}}}"
#define NO_DETAIL "{\"Success\":true,\"Data\":{\"TotalCount\":0,\"OrderList\":{\"Order\":[]}}}"

/* ---- one order ---- */

static void an_answer_tells_the_state_and_the_money(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, order_reader_read(b->reader, "201"));
	struct cloud_call *call = fake_call(OP_GET_ORDER_DETAIL);
	assert_string_equal("201", fake_param(call, "OrderId"));
	heard(b, "");
	fake_answer(call, DETAIL("201", "Unpaid"));
	heard(b, "201 ok unpaid 12.50CNY;");
}

static void what_is_no_answer_is_said_as_such(void **state)
{
	static const struct {
		enum outcome outcome;
		const char *body, *expected;
	} cases[] = {
		{OUTCOME_DONE, NO_DETAIL, "201 not-yet ;"},
		{OUTCOME_DONE, "{\"Success\":true}", "201 failed ;"},
		{OUTCOME_DONE, DETAIL("999", "Paid"), "201 failed ;"}, /* of another order */
		{OUTCOME_AUTH, NULL, "201 denied Code;"},
		{OUTCOME_RETRYABLE, NULL, "201 failed Code;"},
		{OUTCOME_THROTTLED, NULL, "201 failed Code;"},
		{OUTCOME_NOT_SENT, NULL, "201 failed Code;"},
		{OUTCOME_REJECTED, NULL, "201 failed Code;"},
	};
	struct bench *b = *state;
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		strbuf_clear(&b->told);
		assert_int_equal(0, order_reader_read(b->reader, "201"));
		if (cases[k].body)
			fake_answer(fake_call(OP_GET_ORDER_DETAIL), cases[k].body);
		else
			fake_fail(fake_call(OP_GET_ORDER_DETAIL), cases[k].outcome, "Code");
		heard(b, cases[k].expected);
	}
}

static void an_order_is_asked_for_once_at_a_time(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, order_reader_read(b->reader, "201"));
	assert_int_equal(-EALREADY, order_reader_read(b->reader, "201"));
	assert_int_equal(0, order_reader_read(b->reader, "202"));
	assert_int_equal(2, fake.n);
	fake_answer(fake.waiting[0], DETAIL("201", "Paid"));
	fake_answer(fake.waiting[0], DETAIL("202", "Canceled"));
	heard(b, "201 ok paid 12.50CNY;202 ok cancelled 12.50CNY;");
	assert_int_equal(0, order_reader_read(b->reader, "201"));
	fake_answer(fake.waiting[0], DETAIL("201", "Paid"));
}

static void it_may_be_asked_for_again_when_its_answer_is_told(void **state)
{
	struct bench *b = *state;
	b->read_again = true;
	assert_int_equal(0, order_reader_read(b->reader, "201"));
	fake_answer(fake.waiting[0], NO_DETAIL);
	assert_int_equal(1, fake.n);
	fake_answer(fake.waiting[0], DETAIL("201", "Paid"));
	heard(b, "201 not-yet ;201 ok paid 12.50CNY;");
}

static void a_read_that_cannot_start_is_an_error(void **state)
{
	struct bench *b = *state;
	fake.refuse_from = 1;
	assert_int_equal(-ESHUTDOWN, order_reader_read(b->reader, "201"));
	assert_int_equal(-EINVAL, order_reader_read(b->reader, ""));
	fake.refuse_from = 0;
	assert_int_equal(0, order_reader_read(b->reader, "201"));
	fake_answer(fake.waiting[0], DETAIL("201", "Paid"));
}

/* ---- a search ---- */

#define ROW(id) "{\"OrderId\":\"" id "\",\"PaymentStatus\":\"Unpaid\",\"CreateTime\":\"2026-01-02\"," \
		"\"AfterTaxAmount\":\"5\",\"Currency\":\"USD\"}"
#define FOUND(total, rows)                                                                         \
	"{\"Success\":true,\"Data\":{\"TotalCount\":" total ",\"OrderList\":{\"Order\":[" rows "]}}}"

static const struct order_search january = {.from_wall_ms = 1767225600000,
					    .to_wall_ms = 1767312000000,
					    .unpaid_only = true,
					    .purpose = 7,
					    .subject = 1};

static void search(struct bench *b)
{
	assert_int_equal(0, order_reader_search(b->reader, &january));
}

static void a_search_asks_for_unpaid_new_orders_of_the_window(void **state)
{
	struct bench *b = *state;
	search(b);
	const struct cloud_call *call = fake_call(OP_QUERY_ORDERS);
	assert_string_equal("Unpaid", fake_param(call, "PaymentStatus"));
	assert_string_equal("", fake_param(call, "OrderType"));
	assert_string_equal("2026-01-01T00:00:00Z", fake_param(call, "CreateTimeStart"));
	assert_string_equal("2026-01-02T00:00:00Z", fake_param(call, "CreateTimeEnd"));
	assert_string_equal("1", fake_param(call, "PageNum"));
	fake_answer(fake.waiting[0], FOUND("0", ""));
	heard(b, "search ok  R-1;");
}

static void what_is_found_is_told_when_every_page_has_come(void **state)
{
	struct bench *b = *state;
	search(b);
	fake_answer(fake.waiting[0], FOUND("2", ROW("301")));
	heard(b, "");
	fake_answer(fake.waiting[0], FOUND("2", ROW("302")));
	heard(b, "301 Unpaid 2026-01-02 5USD;302 Unpaid 2026-01-02 5USD;search ok  R-1;");
}

static void rows_of_a_try_that_failed_are_not_told(void **state)
{
	struct bench *b = *state;
	search(b);
	fake_answer(fake.waiting[0], FOUND("2", ROW("301")));
	fake_fail(fake.waiting[0], OUTCOME_RETRYABLE, "Busy");
	fake_answer(fake.waiting[0], FOUND("1", ROW("302")));
	heard(b, "302 Unpaid 2026-01-02 5USD;search ok  R-1;");
}

static void a_search_without_permission_is_denied_and_finds_nothing(void **state)
{
	struct bench *b = *state;
	search(b);
	fake_fail(fake.waiting[0], OUTCOME_AUTH, "NotAuthorized");
	heard(b, "search denied NotAuthorized R-9;");
	assert_int_equal(0, fake.n);
}

static void a_search_that_stays_incomplete_has_failed(void **state)
{
	struct bench *b = *state;
	search(b);
	for (int k = 0; k < 2 * PAGER_TRIES && fake.n > 0; k++)
		fake_answer(fake.waiting[0], k % 2 ? FOUND("2", "") : FOUND("2", ROW("301")));
	heard(b, "search failed  R-1;");
}

static void searches_run_one_after_the_other(void **state)
{
	struct bench *b = *state;
	struct order_search other = january;
	other.subject = 2;
	other.unpaid_only = false;
	search(b);
	assert_int_equal(-EALREADY, order_reader_search(b->reader, &january));
	assert_int_equal(0, order_reader_search(b->reader, &other));
	assert_int_equal(1, fake.n);
	fake_answer(fake.waiting[0], FOUND("1", ROW("301")));
	heard(b, "301 Unpaid 2026-01-02 5USD;search ok  R-1;");
	assert_int_equal(1, fake.n);
	assert_string_equal("", fake_param(fake.waiting[0], "PaymentStatus"));
	fake_answer(fake.waiting[0], FOUND("0", ""));
	heard(b, "301 Unpaid 2026-01-02 5USD;search ok  R-1;search ok  R-1;");
}

static void a_search_that_cannot_begin_is_refused_or_fails(void **state)
{
	struct bench *b = *state;
	struct order_search backwards = {.from_wall_ms = 2, .to_wall_ms = 1, .purpose = 7};
	assert_int_equal(-EINVAL, order_reader_search(b->reader, &backwards));
	search(b);
	assert_int_equal(0, order_reader_search(b->reader, &backwards));
	fake_answer(fake.waiting[0], FOUND("0", ""));
	heard(b, "search ok  R-1;search failed  ;");
	assert_int_equal(0, fake.n);
	search(b); /* and the way is free */
	fake_answer(fake.waiting[0], FOUND("0", ""));
	heard(b, "search ok  R-1;search failed  ;search ok  R-1;");
}

/* ---- closing ---- */

static void closing_at_rest_is_at_once(void **state)
{
	struct bench *b = *state;
	order_reader_close(b->reader, on_closed, b);
	assert_int_equal(1, b->closed);
}

static void closing_ends_what_runs_and_tells_nobody(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, order_reader_read(b->reader, "201"));
	assert_int_equal(0, order_reader_read(b->reader, "202"));
	search(b);
	order_reader_close(b->reader, on_closed, b);
	assert_int_equal(0, b->closed);
	fake_answer(fake_call(OP_GET_ORDER_DETAIL), DETAIL("201", "Paid")); /* came all the same */
	fake_end_cancelled();
	assert_int_equal(1, b->closed);
	heard(b, "");
}

static void it_may_be_closed_inside_on_order(void **state)
{
	struct bench *b = *state;
	b->close_in_order = true;
	assert_int_equal(0, order_reader_read(b->reader, "201"));
	fake_answer(fake.waiting[0], DETAIL("201", "Paid"));
	assert_int_equal(1, b->closed);
}

static void closed_inside_on_order_it_waits_for_the_others(void **state)
{
	struct bench *b = *state;
	b->close_in_order = true;
	assert_int_equal(0, order_reader_read(b->reader, "201"));
	assert_int_equal(0, order_reader_read(b->reader, "202"));
	fake_answer(fake.waiting[0], DETAIL("201", "Paid"));
	assert_int_equal(0, b->closed);
	fake_end_cancelled();
	assert_int_equal(1, b->closed);
	heard(b, "201 ok paid 12.50CNY;");
}

static void closed_inside_on_found_it_tells_no_more(void **state)
{
	struct bench *b = *state;
	b->close_in_found = true;
	search(b);
	fake_answer(fake.waiting[0], FOUND("2", ROW("301") "," ROW("302")));
	assert_int_equal(1, b->closed);
	heard(b, "301 Unpaid 2026-01-02 5USD;");
}

static void it_may_be_closed_inside_on_search(void **state)
{
	struct bench *b = *state;
	b->close_in_search = true;
	search(b);
	fake_answer(fake.waiting[0], FOUND("1", ROW("301")));
	assert_int_equal(1, b->closed);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_answer_tells_the_state_and_the_money),
		CASE(what_is_no_answer_is_said_as_such),
		CASE(an_order_is_asked_for_once_at_a_time),
		CASE(it_may_be_asked_for_again_when_its_answer_is_told),
		CASE(a_read_that_cannot_start_is_an_error),
		CASE(a_search_asks_for_unpaid_new_orders_of_the_window),
		CASE(what_is_found_is_told_when_every_page_has_come),
		CASE(rows_of_a_try_that_failed_are_not_told),
		CASE(a_search_without_permission_is_denied_and_finds_nothing),
		CASE(a_search_that_stays_incomplete_has_failed),
		CASE(searches_run_one_after_the_other),
		CASE(a_search_that_cannot_begin_is_refused_or_fails),
		CASE(closing_at_rest_is_at_once),
		CASE(closing_ends_what_runs_and_tells_nobody),
		CASE(it_may_be_closed_inside_on_order),
		CASE(closed_inside_on_order_it_waits_for_the_others),
		CASE(closed_inside_on_found_it_tells_no_more),
		CASE(it_may_be_closed_inside_on_search),
	};
	return cmocka_run_group_tests_name("order_reader", tests, NULL, NULL);
}
