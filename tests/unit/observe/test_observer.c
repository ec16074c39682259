/* Cycles of looking, against a cloud that answers from the test. */
#include "fake_cloud.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "observe/observer.h"

struct bench {
	struct env env;
	uint64_t now;
	struct observer *observer;
	struct observer_result result;
	char code[64];
	unsigned cycles, closed;
	const char *add;      /* on_groups adds this id */
	int add_error;        /* on_groups fails with it */
	bool close_in_cycle, close_in_groups, run_in_cycle;
	enum kind kind;  /* of which groups are listed */
	enum kind ended; /* the kind of the newest cycle to end */
};

static struct bench *bench_of; /* of the running case: the clock has no data */

static uint64_t now_ms(struct env *env)
{
	(void)env;
	return bench_of->now;
}

static void on_closed(void *data)
{
	struct bench *b = data;
	b->closed++;
}

static int on_groups(void *data, enum kind kind, struct text_list *add)
{
	struct bench *b = data;
	assert_int_equal(b->kind, kind);
	if (b->close_in_groups)
		observer_close(b->observer, on_closed, b);
	int r = b->add ? text_list_add(add, b->add) : 0;
	return b->add_error ? b->add_error : r;
}

static void on_cycle(void *data, enum kind kind, const struct observer_result *result)
{
	struct bench *b = data;
	b->cycles++;
	b->ended = kind;
	b->result = *result;
	(void)snprintf(b->code, sizeof(b->code), "%s", result->code);
	if (b->run_in_cycle) {
		b->run_in_cycle = false;
		const struct observer_request again = {.groups = true};
		assert_int_equal(0, observer_run(b->observer, KIND_CLOUD_PHONE, &again));
	}
	if (b->close_in_cycle)
		observer_close(b->observer, on_closed, b);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	fake_reset();
	b->env = (struct env){.mono_ms = now_ms, .wall_ms = now_ms};
	b->now = 1000;
	bench_of = b;
	const struct observer_options options = {&b->env, &fake, on_groups, on_cycle, b};
	assert_int_equal(0, observer_new(&options, &b->observer));
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	if (b->closed == 0) {
		observer_close(b->observer, on_closed, b);
		fake_end_cancelled();
	}
	assert_int_equal(1, b->closed);
	fake_end();
	free(b);
	return 0;
}

static int run(struct bench *b, bool groups, const struct text_list *instances, const char *fleet)
{
	const struct observer_request request = {
		.groups = groups,
		.count_running = fleet,
		.instances = instances,
	};
	return observer_run(b->observer, KIND_CLOUD_PHONE, &request);
}

/* ---- replies ---- */

static void answer_groups(const char *const *ids, size_t n)
{
	auto_strbuf struct strbuf body = STRBUF_INIT(65536);
	strbuf_addf(&body, "{\"RequestId\":\"R\",\"TotalCount\":%zu,\"InstanceGroupModel\":[", n);
	for (size_t k = 0; k < n; k++)
		strbuf_addf(&body,
				  "%s{\"InstanceGroupId\":\"%s\",\"InstanceGroupStatus\":\"RUNNING\"}",
				  k ? "," : "", ids[k]);
	strbuf_addf(&body, "]}");
	fake_answer(fake_call(OP_DESCRIBE_ANDROID_INSTANCE_GROUPS), strbuf_text(&body));
}

#define ANSWER_GROUPS(...)                                                                         \
	answer_groups((const char *const[]){__VA_ARGS__},                                          \
		      sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* One instance in every group that @call asks about. */
static void answer_instances(struct cloud_call *call, const char *status)
{
	auto_strbuf struct strbuf body = STRBUF_INIT(65536);
	char name[32];
	size_t n = 0;
	strbuf_addf(&body, "{\"RequestId\":\"R\",\"InstanceModel\":[");
	for (;; n++) {
		(void)snprintf(name, sizeof(name), "InstanceGroupIds.%zu", n + 1);
		const char *group = params_get(&call->params, name);
		if (!group)
			break;
		strbuf_addf(&body,
				  "%s{\"AndroidInstanceId\":\"acp-of-%s\",\"AndroidInstanceGroupId\":"
				  "\"%s\",\"AndroidInstanceStatus\":\"%s\"}",
				  n ? "," : "", group, group, status);
	}
	strbuf_addf(&body, "],\"TotalCount\":%zu}", n);
	fake_answer(call, strbuf_text(&body));
}

static void stand(struct bench *b)
{
	assert_int_equal(0, run(b, true, NULL, NULL));
	ANSWER_GROUPS("ag-1", "ag-2");
	assert_int_equal(1, b->cycles);
	b->cycles = 0;
}

static const struct observed_group *group(const struct bench *b, const char *id)
{
	return observed_find_group(observer_observed(b->observer), id);
}

/* ---- groups ---- */

static void a_whole_listing_of_groups_is_observed(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, run(b, true, NULL, NULL));
	assert_true(observer_is_busy(b->observer, KIND_CLOUD_PHONE));
	assert_int_equal(0, b->cycles);
	ANSWER_GROUPS("ag-2", "ag-1");
	assert_false(observer_is_busy(b->observer, KIND_CLOUD_PHONE));
	assert_int_equal(1, b->cycles);
	assert_true(b->result.complete);
	assert_int_equal(-1, b->result.running);
	const struct observed *o = observer_observed(b->observer);
	assert_int_equal(2, o->n_groups);
	assert_true(o->of[KIND_CLOUD_PHONE].complete);
	assert_int_equal(1000, o->of[KIND_CLOUD_PHONE].listed_mono_ms);
}

static void an_incomplete_listing_changes_nothing_but_says_so(void **state)
{
	struct bench *b = *state;
	stand(b);
	b->now = 2000;
	assert_int_equal(0, run(b, true, NULL, NULL));
	for (int k = 0; k < PAGER_TRIES; k++)
		fake_answer(fake_call(OP_DESCRIBE_ANDROID_INSTANCE_GROUPS),
			    "{\"TotalCount\":3,\"InstanceGroupModel\":[{\"InstanceGroupId\":\"ag-9\"}]}");
	assert_int_equal(1, b->cycles);
	assert_false(b->result.complete);
	assert_int_equal(OP_DESCRIBE_ANDROID_INSTANCE_GROUPS, b->result.op);
	assert_int_equal(PAGER_SHORT, b->result.why);
	const struct observed *o = observer_observed(b->observer);
	assert_int_equal(2, o->n_groups);
	assert_false(o->of[KIND_CLOUD_PHONE].complete);
	assert_int_equal(1000, o->of[KIND_CLOUD_PHONE].listed_mono_ms);
	assert_int_equal(1, o->of[KIND_CLOUD_PHONE].complete_listings);
}

static void rows_of_a_try_that_failed_do_not_count(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, run(b, true, NULL, NULL));
	fake_answer(fake_call(OP_DESCRIBE_ANDROID_INSTANCE_GROUPS),
		    "{\"TotalCount\":3,\"InstanceGroupModel\":[{\"InstanceGroupId\":\"ag-9\"}]}");
	ANSWER_GROUPS("ag-1");
	assert_true(b->result.complete);
	assert_null(group(b, "ag-9"));
	assert_non_null(group(b, "ag-1"));
}

static void a_refused_listing_tells_its_code(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, run(b, true, NULL, NULL));
	fake_fail(fake_call(OP_DESCRIBE_ANDROID_INSTANCE_GROUPS), OUTCOME_AUTH, "NoPermission");
	assert_false(b->result.complete);
	assert_int_equal(PAGER_CALL, b->result.why);
	assert_int_equal(OUTCOME_AUTH, b->result.outcome);
	assert_string_equal("NoPermission", b->code);
	/* and the next cycle does not inherit it */
	assert_int_equal(0, run(b, true, NULL, NULL));
	ANSWER_GROUPS("ag-1");
	assert_true(b->result.complete);
	assert_string_equal("", b->code);
}

static void the_groups_that_on_groups_adds_are_listed_in_the_same_cycle(void **state)
{
	struct bench *b = *state;
	b->add = "ag-2";
	assert_int_equal(0, run(b, true, NULL, NULL));
	ANSWER_GROUPS("ag-1", "ag-2");
	assert_int_equal(0, b->cycles);
	struct cloud_call *call = fake_call(OP_DESCRIBE_ANDROID_INSTANCES);
	assert_string_equal("ag-2", fake_param(call, "InstanceGroupIds.1"));
	assert_string_equal("", fake_param(call, "InstanceGroupIds.2"));
	answer_instances(call, "RUNNING");
	assert_int_equal(1, b->cycles);
	assert_true(b->result.complete);
	assert_int_equal(1, group(b, "ag-2")->n_instances);
	assert_int_equal(0, group(b, "ag-1")->listed_mono_ms);
}

static void on_groups_is_not_asked_about_an_incomplete_listing(void **state)
{
	struct bench *b = *state;
	b->add = "ag-1";
	assert_int_equal(0, run(b, true, NULL, NULL));
	fake_fail(fake_call(OP_DESCRIBE_ANDROID_INSTANCE_GROUPS), OUTCOME_AUTH, "NoPermission");
	assert_int_equal(1, b->cycles);
	assert_int_equal(0, fake.n);
}

static void a_failing_on_groups_spoils_the_cycle_not_the_listing(void **state)
{
	struct bench *b = *state;
	b->add_error = -ENOMEM;
	assert_int_equal(0, run(b, true, NULL, NULL));
	ANSWER_GROUPS("ag-1");
	assert_false(b->result.complete);
	assert_int_equal(PAGER_LOCAL, b->result.why);
	assert_true(observer_observed(b->observer)->of[KIND_CLOUD_PHONE].complete);
}

/* ---- each kind by itself ---- */

static int run_kind(struct bench *b, enum kind kind, const struct text_list *instances)
{
	const struct observer_request request = {.groups = !instances, .instances = instances};
	b->kind = kind;
	return observer_run(b->observer, kind, &request);
}

static void answer_delivery_group(struct bench *b)
{
	b->kind = KIND_APP_STREAMING;
	fake_answer(fake_call(OP_LIST_APP_INSTANCE_GROUP),
		    "{\"TotalCount\":1,\"AppInstanceGroupModels\":[{\"AppInstanceGroupId\":\"aig-1\","
		    "\"Status\":\"PUBLISHED\",\"NodePool\":[{\"NodePoolId\":\"rg-1\"}]}]}");
}

static void a_kind_that_does_not_answer_holds_no_other_up(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, run_kind(b, KIND_CLOUD_PHONE, NULL));
	for (unsigned k = 1; k <= 3; k++) {
		b->now += 1000;
		assert_int_equal(0, run_kind(b, KIND_APP_STREAMING, NULL));
		answer_delivery_group(b);
		assert_int_equal(k, b->cycles);
		assert_int_equal(KIND_APP_STREAMING, b->ended);
		assert_true(b->result.complete);
		assert_false(observer_is_busy(b->observer, KIND_APP_STREAMING));
		assert_true(observer_is_busy(b->observer, KIND_CLOUD_PHONE));
		assert_int_equal(-EBUSY, run_kind(b, KIND_CLOUD_PHONE, NULL));
	}
	const struct observed *o = observer_observed(b->observer);
	assert_int_equal(4000, o->of[KIND_APP_STREAMING].listed_mono_ms);
	assert_int_equal(0, o->of[KIND_CLOUD_PHONE].listed_mono_ms);
	ANSWER_GROUPS("ag-1");
	assert_int_equal(KIND_CLOUD_PHONE, b->ended);
	assert_int_equal(4, b->cycles);
	assert_int_equal(2, o->n_groups);
}

static void a_kind_that_fails_spoils_no_other(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, run_kind(b, KIND_CLOUD_PHONE, NULL));
	assert_int_equal(0, run_kind(b, KIND_APP_STREAMING, NULL));
	fake_fail(fake_call(OP_DESCRIBE_ANDROID_INSTANCE_GROUPS), OUTCOME_AUTH, "Down");
	assert_int_equal(KIND_CLOUD_PHONE, b->ended);
	assert_false(b->result.complete);
	assert_string_equal("Down", b->code);
	answer_delivery_group(b);
	assert_int_equal(KIND_APP_STREAMING, b->ended);
	assert_true(b->result.complete);
	assert_string_equal("", b->code);
	const struct observed *o = observer_observed(b->observer);
	assert_false(o->of[KIND_CLOUD_PHONE].complete);
	assert_true(o->of[KIND_APP_STREAMING].complete);
}

/* Each kind has chains of its own: one whose chains hang leaves the others theirs. */
static void instances_are_listed_in_the_cycle_of_their_kind(void **state)
{
	struct bench *b = *state;
	char *ids[] = {(char *)"aig-1", (char *)"ag-1", (char *)"ag-2"};
	const struct text_list all = {ids, 3}, other = {ids, 1};
	stand(b);
	assert_int_equal(0, run_kind(b, KIND_APP_STREAMING, NULL));
	answer_delivery_group(b);
	assert_int_equal(-ENOENT, run_kind(b, KIND_CLOUD_PHONE, &other));
	assert_int_equal(0, run_kind(b, KIND_CLOUD_PHONE, &all));
	assert_null(fake_call(OP_LIST_NODES));
	assert_int_equal(2, fake.n);
	assert_int_equal(0, run_kind(b, KIND_APP_STREAMING, &all));
	b->cycles = 0;
	fake_answer(fake_call(OP_LIST_NODES), "{\"Count\":1,\"NodeModels\":[{\"NodeId\":\"i-1\"}]}");
	assert_int_equal(1, b->cycles);
	assert_int_equal(KIND_APP_STREAMING, b->ended);
	assert_int_equal(1, group(b, "aig-1")->n_instances);
	while (fake.n > 0)
		answer_instances(fake.waiting[0], "RUNNING");
	assert_int_equal(2, b->cycles);
	assert_int_equal(1, group(b, "ag-1")->n_instances);
	assert_int_equal(1, group(b, "ag-2")->n_instances);
}

static void run_products(struct bench *b, const char *product)
{
	char *products[] = {(char *)product};
	const struct text_list list = {products, 1};
	const struct observer_request request = {.groups = true, .products = &list};
	b->kind = KIND_PURCHASE;
	assert_int_equal(0, observer_run(b->observer, KIND_PURCHASE, &request));
}

static void answer_products(void)
{
	fake_answer(fake_call(OP_QUERY_AVAILABLE_INSTANCES),
		    "{\"Success\":true,\"Data\":{\"TotalCount\":0,\"InstanceList\":[]}}");
}

static void a_listing_by_product_covers_what_it_asked_for(void **state)
{
	struct bench *b = *state;
	const struct observed *o = observer_observed(b->observer);
	run_products(b, "kms");
	answer_products();
	assert_true(b->result.complete);
	assert_true(observed_covers(o, KIND_PURCHASE, "kms"));
	assert_true(observed_covers(o, KIND_PURCHASE, ""));
	assert_false(observed_covers(o, KIND_PURCHASE, "waf"));
	run_products(b, "waf");
	assert_false(observed_covers(o, KIND_PURCHASE, "waf"));
	fake_fail(fake_call(OP_QUERY_AVAILABLE_INSTANCES), OUTCOME_AUTH, "Down");
	assert_false(observed_covers(o, KIND_PURCHASE, "waf"));
	run_products(b, "waf");
	answer_products();
	assert_true(observed_covers(o, KIND_PURCHASE, "waf"));
	assert_false(observed_covers(o, KIND_PURCHASE, "kms"));
	assert_true(observed_covers(o, KIND_CLOUD_PHONE, "acp.basic.small"));
}

static void what_is_looked_at_no_longer_is_not_complete(void **state)
{
	struct bench *b = *state;
	const struct observed *o = observer_observed(b->observer);
	run_products(b, "kms");
	answer_products();
	assert_true(o->of[KIND_PURCHASE].complete);
	observer_forget(b->observer, KIND_PURCHASE);
	assert_false(o->of[KIND_PURCHASE].complete);
	run_products(b, "kms");
	answer_products();
	assert_true(o->of[KIND_PURCHASE].complete);
}

static void closing_waits_for_the_cycles_of_every_kind(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, run_kind(b, KIND_CLOUD_PHONE, NULL));
	assert_int_equal(0, run_kind(b, KIND_APP_STREAMING, NULL));
	observer_close(b->observer, on_closed, b);
	fake_fail(fake_call(OP_LIST_APP_INSTANCE_GROUP), OUTCOME_NOT_SENT, "");
	assert_int_equal(0, b->closed);
	fake_fail(fake_call(OP_DESCRIBE_ANDROID_INSTANCE_GROUPS), OUTCOME_NOT_SENT, "");
	assert_int_equal(1, b->closed);
	assert_int_equal(0, b->cycles);
}

/* ---- instances ---- */

static void list(struct bench *b, struct text_list *ids, const char *first, const char *second)
{
	(void)b;
	assert_int_equal(0, text_list_add(ids, first));
	if (second)
		assert_int_equal(0, text_list_add(ids, second));
}

static void instances_are_replaced_by_a_whole_listing(void **state)
{
	struct bench *b = *state;
	struct text_list ids = {0};
	stand(b);
	list(b, &ids, "ag-1", NULL);
	assert_int_equal(0, run(b, false, &ids, NULL));
	text_list_fini(&ids); /* copied */
	b->now = 1500;
	answer_instances(fake_call(OP_DESCRIBE_ANDROID_INSTANCES), "CREATING");
	assert_int_equal(1, b->cycles);
	assert_true(b->result.complete);
	assert_int_equal(INSTANCE_CREATING, group(b, "ag-1")->instances[0].status);
	assert_int_equal(1500, group(b, "ag-1")->listed_mono_ms);
	assert_int_equal(1000, observer_observed(b->observer)->of[KIND_CLOUD_PHONE].listed_mono_ms);
}

static void instances_stay_when_their_listing_is_incomplete(void **state)
{
	struct bench *b = *state;
	struct text_list ids = {0};
	stand(b);
	list(b, &ids, "ag-1", NULL);
	assert_int_equal(0, run(b, false, &ids, NULL));
	answer_instances(fake_call(OP_DESCRIBE_ANDROID_INSTANCES), "RUNNING");
	b->now = 5000;
	assert_int_equal(0, run(b, false, &ids, NULL));
	for (int k = 0; k < PAGER_TRIES; k++)
		fake_answer(fake_call(OP_DESCRIBE_ANDROID_INSTANCES),
			    "{\"TotalCount\":1,\"InstanceModel\":[]}");
	assert_false(b->result.complete);
	assert_int_equal(OP_DESCRIBE_ANDROID_INSTANCES, b->result.op);
	assert_int_equal(1, group(b, "ag-1")->n_instances);
	assert_int_equal(1000, group(b, "ag-1")->listed_mono_ms);
	text_list_fini(&ids);
}

static void one_chain_that_fails_leaves_the_others_their_answers(void **state)
{
	struct bench *b = *state;
	struct text_list ids = {0};
	stand(b);
	list(b, &ids, "ag-1", "ag-2");
	assert_int_equal(0, run(b, false, &ids, NULL));
	assert_int_equal(2, fake.n);
	struct cloud_call *second = fake.waiting[1];
	char wins[OBSERVED_ID_SIZE];
	(void)snprintf(wins, sizeof(wins), "%s", fake_param(second, "InstanceGroupIds.1"));
	fake_fail(fake.waiting[0], OUTCOME_AUTH, "First");
	assert_int_equal(0, b->cycles);
	answer_instances(second, "RUNNING");
	assert_int_equal(1, b->cycles);
	assert_false(b->result.complete);
	assert_string_equal("First", b->code);
	assert_int_equal(1, group(b, wins)->n_instances);
	text_list_fini(&ids);
}

static void a_group_that_went_before_its_instances_were_listed_spoils_nothing(void **state)
{
	struct bench *b = *state;
	char *ids[] = {(char *)"ag-1"};
	const struct text_list one = {ids, 1};
	stand(b);
	assert_int_equal(0, run(b, false, &one, NULL));
	fake_fail(fake_call(OP_DESCRIBE_ANDROID_INSTANCES), OUTCOME_NOT_FOUND, "Gone.NotFound");
	assert_int_equal(1, b->cycles);
	assert_true(b->result.complete);
	assert_non_null(group(b, "ag-1"));
	assert_int_equal(0, group(b, "ag-1")->listed_mono_ms); /* that was no listing */
}

/* By a page number, one group a call; the nodes stand as their group does. */
static void the_nodes_of_a_delivery_group_are_counted(void **state)
{
	struct bench *b = *state;
	const struct observer_request request = {.groups = true};
	b->kind = KIND_APP_STREAMING;
	b->add = "aig-1";
	assert_int_equal(0, observer_run(b->observer, KIND_APP_STREAMING, &request));
	assert_string_equal("1", fake_param(fake_call(OP_LIST_APP_INSTANCE_GROUP), "PageNumber"));
	fake_answer(fake_call(OP_LIST_APP_INSTANCE_GROUP),
		    "{\"TotalCount\":1,\"AppInstanceGroupModels\":[{\"AppInstanceGroupId\":\"aig-1\","
		    "\"Status\":\"PUBLISHED\",\"ResourceStatus\":\"AVAILABLE\",\"ChargeType\":\"PostPaid\","
		    "\"NodePool\":[{\"NodePoolId\":\"rg-1\",\"ScalingNodeAmount\":1}]}]}");
	assert_int_equal(-1, group(b, "aig-1")->available);
	struct cloud_call *nodes = fake_call(OP_LIST_NODES);
	assert_string_equal("aig-1", fake_param(nodes, "AppInstanceGroupId"));
	fake_answer(nodes, "{\"Count\":3,\"NodeModels\":[{\"NodeId\":\"i-3\"},{\"NodeId\":\"i-1\"},"
			   "{\"NodeId\":\"i-2\"}]}");
	assert_int_equal(1, b->cycles);
	assert_true(b->result.complete);
	const struct observed_group *g = group(b, "aig-1");
	assert_int_equal(2, g->available);
	assert_int_equal(3, g->n_instances);
	assert_string_equal("i-1", g->instances[0].id);
	assert_int_equal(INSTANCE_RUNNING, g->instances[0].status);
}

static void the_first_failure_speaks_for_the_cycle(void **state)
{
	struct bench *b = *state;
	struct text_list ids = {0};
	stand(b);
	list(b, &ids, "ag-1", "ag-2");
	assert_int_equal(0, run(b, false, &ids, NULL));
	fake_fail(fake.waiting[0], OUTCOME_AUTH, "First");
	fake_fail(fake.waiting[0], OUTCOME_REJECTED, "Second");
	assert_string_equal("First", b->code);
	assert_int_equal(OUTCOME_AUTH, b->result.outcome);
	text_list_fini(&ids);
}

#define PLENTY 1000 /* more than eight chains of a page each */

static void more_groups_than_the_chains_can_ask_about_at_once_come_in_turns(void **state)
{
	struct bench *b = *state;
	static char names[PLENTY][16];
	const char *ids[PLENTY];
	struct text_list asked = {0};
	for (size_t k = 0; k < PLENTY; k++) {
		(void)snprintf(names[k], sizeof(names[k]), "ag-%04zu", k);
		ids[k] = names[k];
		assert_int_equal(0, text_list_add(&asked, names[k]));
	}
	assert_int_equal(0, run(b, true, &asked, NULL));
	answer_groups(ids, PLENTY);
	assert_int_equal(8, fake.n);
	while (fake.n > 0) {
		assert_true(fake.n <= 8);
		assert_string_equal("", fake_param(fake.waiting[0], "InstanceGroupIds.101"));
		answer_instances(fake.waiting[0], "RUNNING");
	}
	assert_int_equal(1, b->cycles);
	assert_true(b->result.complete);
	for (size_t k = 0; k < PLENTY; k++)
		assert_int_equal(1, group(b, ids[k])->n_instances);
	text_list_fini(&asked);
}

static void few_groups_are_spread_over_the_chains(void **state)
{
	struct bench *b = *state;
	struct text_list ids = {0};
	char id[16];
	for (int k = 0; k < 16; k++) {
		(void)snprintf(id, sizeof(id), "ag-%02d", k);
		assert_int_equal(0, text_list_add(&ids, id));
	}
	assert_int_equal(0, run(b, true, NULL, NULL));
	answer_groups((const char *const *)ids.items, ids.n);
	b->cycles = 0;
	assert_int_equal(0, text_list_add(&ids, "ag-unheard-of")); /* passed over */
	assert_int_equal(0, run(b, false, &ids, NULL));
	assert_int_equal(8, fake.n);
	while (fake.n > 0)
		answer_instances(fake.waiting[0], "RUNNING");
	assert_int_equal(1, b->cycles);
	text_list_fini(&ids);
}

/* ---- the count ---- */

static void the_count_of_running_ones_is_one_small_call(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, run(b, false, NULL, "lab"));
	struct cloud_call *call = fake_call(OP_DESCRIBE_ANDROID_INSTANCES);
	assert_string_equal("1", fake_param(call, "MaxResults"));
	assert_string_equal("RUNNING", fake_param(call, "Status"));
	assert_string_equal("drover:fleet", fake_param(call, "Tag.1.Key"));
	assert_string_equal("lab", fake_param(call, "Tag.1.Value"));
	fake_answer(call, "{\"TotalCount\":1234,\"NextToken\":\"t\",\"InstanceModel\":"
			  "[{\"AndroidInstanceId\":\"acp-1\"}]}");
	assert_int_equal(1, b->cycles);
	assert_true(b->result.complete);
	assert_int_equal(1234, b->result.running);
}

static void a_count_without_an_answer_is_no_count(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, run(b, true, NULL, "lab"));
	fake_fail(fake_call(OP_DESCRIBE_ANDROID_INSTANCES), OUTCOME_RETRYABLE, "Busy");
	assert_int_equal(0, b->cycles);
	ANSWER_GROUPS("ag-1");
	assert_int_equal(-1, b->result.running);
	assert_false(b->result.complete);
	assert_int_equal(PAGER_CALL, b->result.why);
	assert_true(observer_observed(b->observer)->of[KIND_CLOUD_PHONE].complete);
}

static void a_count_that_cannot_be_read_is_no_count(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, run(b, false, NULL, "lab"));
	fake_answer(fake_call(OP_DESCRIBE_ANDROID_INSTANCES), "{\"InstanceModel\":\"no\"}");
	assert_int_equal(-1, b->result.running);
	assert_false(b->result.complete);
	assert_int_equal(PAGER_UNDECODABLE, b->result.why);
}

static void a_count_that_cannot_start_spoils_the_cycle(void **state)
{
	struct bench *b = *state;
	fake.refuse_from = 2;
	assert_int_equal(0, run(b, true, NULL, "lab"));
	ANSWER_GROUPS("ag-1");
	assert_int_equal(1, b->cycles);
	assert_false(b->result.complete);
	assert_int_equal(-1, b->result.running);
	fake.refuse_from = 0;
}

/* ---- the cycle ---- */

static void only_one_cycle_runs_at_a_time(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, run(b, true, NULL, NULL));
	assert_int_equal(-EBUSY, run(b, true, NULL, NULL));
	ANSWER_GROUPS("ag-1");
	assert_int_equal(1, b->cycles);
}

static void a_cycle_that_cannot_start_is_an_error_and_leaves_nothing_behind(void **state)
{
	struct bench *b = *state;
	struct text_list ids = {0};
	list(b, &ids, "ag-1", "ag-2");
	fake.refuse_from = 1;
	assert_true(run(b, true, &ids, "lab") < 0);
	assert_true(run(b, false, &ids, "lab") < 0);
	assert_false(observer_is_busy(b->observer, KIND_CLOUD_PHONE));
	assert_int_equal(0, b->cycles);
	fake.refuse_from = 0;
	assert_int_equal(0, run(b, true, NULL, NULL));
	ANSWER_GROUPS("ag-1");
	assert_int_equal(1, b->cycles);
	assert_int_equal(0, fake.n); /* the ids of the failed runs are forgotten */
	text_list_fini(&ids);
}

static void listings_that_cannot_start_in_mid_cycle_are_not_left_to_the_next(void **state)
{
	struct bench *b = *state;
	struct text_list ids = {0};
	for (int k = 0; k < 2000; k++) /* more than it tries to start */
		assert_int_equal(0, text_list_add(&ids, "ag-1"));
	assert_int_equal(0, run(b, true, &ids, NULL));
	fake.refuse_from = fake.starts + 1;
	ANSWER_GROUPS("ag-1");
	assert_int_equal(1, b->cycles);
	assert_false(b->result.complete);
	fake.refuse_from = 0;
	assert_int_equal(0, run(b, true, NULL, NULL));
	ANSWER_GROUPS("ag-1");
	assert_int_equal(0, fake.n);
	assert_true(b->result.complete);
	text_list_fini(&ids);
}

static void asking_for_nothing_is_an_error(void **state)
{
	struct bench *b = *state;
	assert_int_equal(-ENOENT, run(b, false, NULL, NULL));
	assert_false(observer_is_busy(b->observer, KIND_CLOUD_PHONE));
}

static void the_next_cycle_may_start_inside_on_cycle(void **state)
{
	struct bench *b = *state;
	b->run_in_cycle = true;
	assert_int_equal(0, run(b, true, NULL, NULL));
	ANSWER_GROUPS("ag-1");
	assert_int_equal(1, b->cycles);
	assert_true(observer_is_busy(b->observer, KIND_CLOUD_PHONE));
	ANSWER_GROUPS("ag-1");
	assert_int_equal(2, b->cycles);
}

static void closing_at_rest_is_at_once(void **state)
{
	struct bench *b = *state;
	observer_close(b->observer, on_closed, b);
	assert_int_equal(1, b->closed);
}

static void closing_in_mid_cycle_waits_for_every_call_and_tells_nobody(void **state)
{
	struct bench *b = *state;
	struct text_list ids = {0};
	for (int k = 0; k < 900; k++)
		assert_int_equal(0, text_list_add(&ids, "ag-1"));
	stand(b);
	assert_int_equal(0, run(b, false, &ids, "lab"));
	text_list_fini(&ids);
	assert_int_equal(9, fake.n);
	observer_close(b->observer, on_closed, b);
	assert_int_equal(0, b->closed);
	fake_end_cancelled();
	assert_int_equal(1, b->closed);
	assert_int_equal(0, b->cycles);
}

static void an_answer_that_comes_after_closing_is_not_taken(void **state)
{
	struct bench *b = *state;
	assert_int_equal(0, run(b, true, NULL, NULL));
	observer_close(b->observer, on_closed, b);
	ANSWER_GROUPS("ag-1");
	assert_int_equal(1, b->closed);
	assert_int_equal(0, b->cycles);
}

static void it_may_be_closed_inside_on_cycle(void **state)
{
	struct bench *b = *state;
	b->close_in_cycle = true;
	assert_int_equal(0, run(b, true, NULL, NULL));
	ANSWER_GROUPS("ag-1");
	assert_int_equal(1, b->closed);
}

static void it_may_be_closed_inside_on_groups(void **state)
{
	struct bench *b = *state;
	b->close_in_groups = true;
	b->add = "ag-1";
	assert_int_equal(0, run(b, true, NULL, "lab"));
	ANSWER_GROUPS("ag-1");
	assert_int_equal(0, b->closed); /* the count is still under way */
	fake_end_cancelled();
	assert_int_equal(1, b->closed);
	assert_int_equal(0, b->cycles);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_whole_listing_of_groups_is_observed),
		CASE(an_incomplete_listing_changes_nothing_but_says_so),
		CASE(rows_of_a_try_that_failed_do_not_count),
		CASE(a_refused_listing_tells_its_code),
		CASE(the_groups_that_on_groups_adds_are_listed_in_the_same_cycle),
		CASE(on_groups_is_not_asked_about_an_incomplete_listing),
		CASE(a_failing_on_groups_spoils_the_cycle_not_the_listing),
		CASE(a_kind_that_does_not_answer_holds_no_other_up),
		CASE(a_kind_that_fails_spoils_no_other),
		CASE(instances_are_listed_in_the_cycle_of_their_kind),
		CASE(a_listing_by_product_covers_what_it_asked_for),
		CASE(what_is_looked_at_no_longer_is_not_complete),
		CASE(closing_waits_for_the_cycles_of_every_kind),
		CASE(instances_are_replaced_by_a_whole_listing),
		CASE(instances_stay_when_their_listing_is_incomplete),
		CASE(one_chain_that_fails_leaves_the_others_their_answers),
		CASE(a_group_that_went_before_its_instances_were_listed_spoils_nothing),
		CASE(the_nodes_of_a_delivery_group_are_counted),
		CASE(the_first_failure_speaks_for_the_cycle),
		CASE(more_groups_than_the_chains_can_ask_about_at_once_come_in_turns),
		CASE(few_groups_are_spread_over_the_chains),
		CASE(the_count_of_running_ones_is_one_small_call),
		CASE(a_count_without_an_answer_is_no_count),
		CASE(a_count_that_cannot_be_read_is_no_count),
		CASE(a_count_that_cannot_start_spoils_the_cycle),
		CASE(only_one_cycle_runs_at_a_time),
		CASE(a_cycle_that_cannot_start_is_an_error_and_leaves_nothing_behind),
		CASE(listings_that_cannot_start_in_mid_cycle_are_not_left_to_the_next),
		CASE(asking_for_nothing_is_an_error),
		CASE(the_next_cycle_may_start_inside_on_cycle),
		CASE(closing_at_rest_is_at_once),
		CASE(closing_in_mid_cycle_waits_for_every_call_and_tells_nobody),
		CASE(an_answer_that_comes_after_closing_is_not_taken),
		CASE(it_may_be_closed_inside_on_cycle),
		CASE(it_may_be_closed_inside_on_groups),
	};
	return cmocka_run_group_tests_name("observer", tests, NULL, NULL);
}
