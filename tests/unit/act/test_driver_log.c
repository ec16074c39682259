/* What people read of each kind of change. */
#include "ledgered.h"

#include "act/driver_log.h"

static int setup(void **state)
{
	struct ledgered *l = calloc(1, sizeof(*l));
	ledgered_begin(l);
	*state = l;
	return 0;
}

static int teardown(void **state)
{
	ledgered_end(*state);
	free(*state);
	return 0;
}

static void tell(struct ledgered *l, enum kind kind, enum verb verb, enum exec_note_type type,
		 enum outcome outcome)
{
	auto_intent struct intent *i = intent_new();
	i->kind = kind;
	i->verb = verb;
	const struct exec_note note = {type, i, outcome};
	driver_log_note(&note, l->books, l->now);
}

static void every_change_has_its_words(void **state)
{
	static const struct {
		enum kind kind;
		enum verb verb;
		const char *started, *done;
	} cases[] = {
		{KIND_CLOUD_PHONE, VERB_CREATE, "group_create_started;", "group_created;"},
		{KIND_CLOUD_PHONE, VERB_GROW, "group_grow_started;", "group_grown;"},
		{KIND_CLOUD_PHONE, VERB_SHRINK, "group_shrink_started;", "group_shrunk;"},
		{KIND_CLOUD_PHONE, VERB_DELETE, "group_delete_started;", "group_deleted;"},
		{KIND_CLOUD_PHONE, VERB_TAG, "call_sent;", "instances_tagged;"},
		{KIND_CLOUD_PHONE, VERB_ATTACH_KEY, "call_sent;", "key_pair_attached;"},
		{KIND_CLOUD_PHONE, VERB_START, "call_sent;", "instances_started;"},
		{KIND_CLOUD_PHONE, VERB_REBOOT, "call_sent;", "instances_rebooted;"},
		{KIND_CLOUD_PHONE, VERB_RESET, "call_sent;", "instances_reset;"},
		{KIND_APP_STREAMING, VERB_CREATE, "group_create_started;", "group_created;"},
		{KIND_APP_STREAMING, VERB_GROW, "nodes_grow_started;", "nodes_grown;"},
		{KIND_APP_STREAMING, VERB_SHRINK, "nodes_shrink_started;", "nodes_shrunk;"},
		{KIND_APP_STREAMING, VERB_DELETE, "group_delete_started;", "group_deleted;"},
		{KIND_APP_STREAMING, VERB_TAG, "call_sent;", "group_tagged;"},
		{KIND_APP_STREAMING, VERB_CONFIGURE, "call_sent;", "group_configured;"},
		{KIND_APP_STREAMING, VERB_SET_SCALING, "call_sent;", "scaling_set;"},
		{KIND_APP_STREAMING, VERB_UPDATE_IMAGE, "image_update_started;", "image_updated;"},
		{KIND_PURCHASE, VERB_CREATE, "purchase_started;", "purchased;"},
	};
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		tell(*state, cases[k].kind, cases[k].verb, NOTE_STARTED, OUTCOME_DONE);
		ledgered_heard(*state, cases[k].started);
		tell(*state, cases[k].kind, cases[k].verb, NOTE_DONE, OUTCOME_DONE);
		ledgered_heard(*state, cases[k].done);
	}
}

static void every_end_of_an_unclear_call_has_its_words(void **state)
{
	static const struct {
		enum exec_note_type type;
		enum outcome outcome;
		const char *told;
	} cases[] = {
		{NOTE_REPLAYED, OUTCOME_DONE, "call_sent;"},
		{NOTE_UNCLEAR, OUTCOME_UNCLEAR, "call_unclear;"},
		{NOTE_FOUND, OUTCOME_DONE, "unclear_adopted;"},
		{NOTE_ABSENT, OUTCOME_UNCLEAR, "unclear_absent;"},
		{NOTE_DROPPED, OUTCOME_NOT_SENT, "unclear_absent;"},
		{NOTE_HELD, OUTCOME_UNCLEAR, "unclear_ambiguous;"},
		{NOTE_HELD, OUTCOME_HOLD, "intent_held;"},
	};
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		tell(*state, KIND_PURCHASE, VERB_CREATE, cases[k].type, cases[k].outcome);
		ledgered_heard(*state, cases[k].told);
	}
}

static void a_refusal_says_what_is_missing(void **state)
{
	static const struct {
		enum outcome outcome;
		const char *told;
	} cases[] = {
		{OUTCOME_REJECTED, "call_rejected;"},	{OUTCOME_NOT_FOUND, "call_rejected;"},
		{OUTCOME_STOCK, "call_sold_out;"},	{OUTCOME_PAYMENT, "call_not_afforded;"},
		{OUTCOME_QUOTA, "call_over_quota;"},	{OUTCOME_CONFLICT, "call_conflict;"},
		{OUTCOME_THROTTLED, ""},		{OUTCOME_NOT_SENT, ""},
		{OUTCOME_AUTH, ""}, /* told as episodes by cloud/ */
	};
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		tell(*state, KIND_PURCHASE, VERB_CREATE, NOTE_REJECTED, cases[k].outcome);
		ledgered_heard(*state, cases[k].told);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_change_has_its_words),
		CASE(every_end_of_an_unclear_call_has_its_words),
		CASE(a_refusal_says_what_is_missing),
	};
	return cmocka_run_group_tests_name("driver_log", tests, NULL, NULL);
}
