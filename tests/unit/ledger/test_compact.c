/* Compaction drops what is settled and old, and nothing that is still needed. */
#include "unit/ledger/fixture.h"

#define OLD (START_MS - 1000)
#define BEFORE START_MS
#define YOUNG (START_MS + 1000)

static int64_t settled_intent(struct ledger *l, enum intent_state state, uint64_t settled,
			      bool landed, const char *result_group)
{
	auto_intent struct intent *i = intent_made("phones", "");
	i->state = state;
	i->settled_wall_ms = settled;
	i->landed = landed;
	assert_int_equal(intent_set(&i->result_group, result_group), 0);
	assert_int_equal(ledger_save_intent(l, i), 0);
	return i->id;
}

static void save_order(struct ledger *l, const char *id, enum order_status status, uint64_t settled,
		       bool landed, int64_t intent)
{
	struct order o = {.id = (char *)(uintptr_t)id,
			  .group = (char[]){"phones"},
			  .intent = intent,
			  .status = status,
			  .settled_wall_ms = settled,
			  .landed = landed};
	assert_int_equal(ledger_save_order(l, &o), 0);
}

static void save_resource(struct ledger *l, const char *id, const char *cloud_group,
			  enum resource_state state, int64_t intent)
{
	struct resource r = {.id = (char *)(uintptr_t)id,
			     .cloud_group = (char *)(uintptr_t)cloud_group,
			     .state = state,
			     .intent = intent,
			     .first_wall_ms = OLD,
			     .seen_wall_ms = OLD,
			     .missing_wall_ms = OLD};
	assert_int_equal(ledger_save_resource(l, &r), 0);
}

static int list_intent(void *data, const struct intent *i)
{
	strbuf_addf(data, "%lld ", (long long)i->id);
	return 0;
}
static int list_order(void *data, const struct order *o)
{
	strbuf_addf(data, "%s ", o->id);
	return 0;
}
static int list_resource(void *data, const struct resource *r)
{
	strbuf_addf(data, "%s/%s ", r->cloud_group, r->id);
	return 0;
}

static void assert_left(struct ledger *l, const char *intents, const char *orders,
			const char *resources)
{
	auto_strbuf struct strbuf text = STRBUF_INIT(10000);
	assert_int_equal(ledger_each_intent(l, list_intent, &text), 0);
	assert_string_equal(strbuf_text(&text), intents);
	strbuf_clear(&text);
	assert_int_equal(ledger_each_order(l, list_order, &text), 0);
	assert_string_equal(strbuf_text(&text), orders);
	strbuf_clear(&text);
	assert_int_equal(ledger_each_resource(l, list_resource, &text), 0);
	assert_string_equal(strbuf_text(&text), resources);
}

static void unsettled_and_young_intents_stay(void **state)
{
	struct ledger *l = ((struct fixture *)*state)->l;
	(void)settled_intent(l, INTENT_DONE, OLD, true, "");        /* 1 goes */
	(void)settled_intent(l, INTENT_DONE, OLD, false, "");       /* 2: not landed yet */
	(void)settled_intent(l, INTENT_REJECTED, OLD, false, "");   /* 3 goes */
	(void)settled_intent(l, INTENT_ABSENT, OLD, false, "");     /* 4 goes */
	(void)settled_intent(l, INTENT_HELD, OLD, false, "");       /* 5: a person must decide */
	(void)settled_intent(l, INTENT_UNCLEAR, OLD, false, "");    /* 6 */
	(void)settled_intent(l, INTENT_REJECTED, YOUNG, false, ""); /* 7 */
	(void)settled_intent(l, INTENT_REJECTED, 0, false, "");   /* 8: no time, no proof of age */
	(void)settled_intent(l, INTENT_RECORDED, 0, false, "");   /* 9 */
	(void)settled_intent(l, INTENT_REJECTED, OLD, false, ""); /* 10: the newest */
	assert_int_equal(ledger_compact(l, BEFORE), 0);
	assert_left(l, "2 5 6 7 8 9 10 ", "", "");
	assert_true(settled_intent(l, INTENT_RECORDED, 0, false, "") == 11);
}

static void an_intent_outlives_what_it_made(void **state)
{
	struct ledger *l = ((struct fixture *)*state)->l;
	int64_t living = settled_intent(l, INTENT_DONE, OLD, true, "");
	int64_t group = settled_intent(l, INTENT_DONE, OLD, true, "ag-2");
	int64_t gone = settled_intent(l, INTENT_DONE, OLD, true, "ag-3");
	int64_t paid = settled_intent(l, INTENT_DONE, OLD, true, "");
	(void)settled_intent(l, INTENT_RECORDED, 0, false, "");
	save_resource(l, "acp-1", "ag-1", RESOURCE_SEEN, living);
	save_resource(l, "acp-2", "ag-2", RESOURCE_MISSING, 0);
	save_resource(l, "acp-3", "ag-3", RESOURCE_GONE, gone);
	save_order(l, "100", ORDER_PAID, YOUNG, true, paid);
	assert_int_equal(group, 2);
	assert_int_equal(ledger_compact(l, BEFORE), 0);
	assert_left(l, "1 2 4 5 ", "100 ", "ag-1/acp-1 ag-2/acp-2 ");
}

static void open_orders_and_the_newest_cancelled_one_stay(void **state)
{
	struct ledger *l = ((struct fixture *)*state)->l;
	save_order(l, "1", ORDER_UNPAID, 0, false, 0);
	save_order(l, "2", ORDER_PAID, OLD, true, 0);       /* goes */
	save_order(l, "3", ORDER_PAID, OLD, false, 0);      /* what it paid for was never seen */
	save_order(l, "4", ORDER_CANCELLED, OLD, false, 0); /* goes: a newer one is known */
	save_order(l, "5", ORDER_CANCELLED, OLD, false, 0);
	save_order(l, "6", ORDER_UNKNOWN, OLD, false, 0);
	assert_int_equal(ledger_compact(l, BEFORE), 0);
	assert_left(l, "", "1 3 5 6 ", "");
}

static int count_event(void *data, const struct ledger_event *e)
{
	(void)e;
	++*(int *)data;
	return 0;
}

static void old_history_goes_with_the_group_of_writes_around_it(void **state)
{
	struct fixture *f = *state;
	int n = 0;
	assert_int_equal(ledger_note_event(f->l, OLD, "phones", "made", ""), 0);
	assert_int_equal(ledger_note_event(f->l, YOUNG, "phones", "made", ""), 0);
	assert_int_equal(ledger_begin(f->l), 0);
	assert_int_equal(ledger_compact(f->l, BEFORE), 0);
	ledger_rollback(f->l);
	assert_int_equal(ledger_each_event(f->l, NULL, 10, count_event, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(ledger_compact(f->l, BEFORE), 0);
	n = 0;
	assert_int_equal(ledger_each_event(f->l, NULL, 10, count_event, &n), 0);
	assert_int_equal(n, 1);
	fixture_reopen(f);
}

/* Ten years of a fleet that changes thirty times a day, compacted monthly. */
static void the_file_does_not_grow_for_ever(void **state)
{
	struct fixture *f = *state;
	const uint64_t day = 24 * HOUR_MS;
	off_t after_two_years = 0;
	struct stat st;
	for (uint64_t month = 0; month < 120; month++) {
		assert_int_equal(ledger_begin(f->l), 0);
		for (uint64_t n = 0; n < 30; n++) {
			uint64_t now = START_MS + month * 30 * day + n * day;
			int64_t i = settled_intent(f->l, INTENT_DONE, now, true, "");
			assert_int_equal(ledger_note_change(f->l, "phones", i, 30, now), 0);
			assert_int_equal(ledger_note_event(f->l, now, "phones", "made", ""), 0);
		}
		assert_int_equal(ledger_commit(f->l), 0);
		uint64_t now = START_MS + (month + 1) * 30 * day;
		assert_int_equal(ledger_compact(f->l, now > 400 * day ? now - 400 * day : 0), 0);
		if (month == 24) {
			fixture_reopen(f);
			assert_int_equal(stat(f->path, &st), 0);
			after_two_years = st.st_size;
		}
	}
	fixture_reopen(f);
	assert_int_equal(stat(f->path, &st), 0);
	assert_true(st.st_size < after_two_years + after_two_years / 4);
}

int main(int argc, char **argv)
{
	seed_init(argc, argv);
	const struct CMUnitTest tests[] = {
		TEST_OPEN(unsettled_and_young_intents_stay),
		TEST_OPEN(an_intent_outlives_what_it_made),
		TEST_OPEN(open_orders_and_the_newest_cancelled_one_stay),
		TEST_OPEN(old_history_goes_with_the_group_of_writes_around_it),
		TEST_OPEN(the_file_does_not_grow_for_ever),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
