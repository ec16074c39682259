/* The driver over a real ledger: what is durable when a call may leave, and when it has ended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "act/driver.h"
#include "base/cleanup.h"
#include "cloud/json.h"

struct bench {
	char dir[40];
	uv_loop_t loop;
	struct settings settings;
	struct ledger *ledger;
	struct books *books;
	struct prospect_book *prospects;
	struct driver *driver;
	struct desired desired;
	struct desired_group group;
	struct observed observed;
	struct json_arena *arena;
	int changes; /* on_change() calls */
};

/* The calls that the driver started, in place of cloud/call.c. */
static struct cloud_call *started[16];
static size_t n_started;

int cloud_call_start(struct cloud *cloud, struct cloud_call *call)
{
	(void)cloud;
	started[n_started++] = call;
	return 0;
}

static void on_change(void *data)
{
	struct bench *b = data;
	b->changes++;
}

static void open_all(struct bench *b)
{
	char *text = NULL;
	assert_int_equal(LEDGER_OK, ledger_open(b->dir, env_os(), &b->ledger, &text));
	assert_int_equal(0, books_load(b->ledger, &b->books));
	const struct driver_options options = {
		.env = env_os(), .loop = &b->loop, .ledger = b->ledger, .books = b->books,
		.prospects = b->prospects, .settings = &b->settings, .on_change = on_change, .data = b,
	};
	assert_int_equal(0, driver_new(&options, &b->driver));
}

static void nothing(void *data)
{
	(void)data;
}

static void close_all(struct bench *b)
{
	driver_close(b->driver, nothing, b);
	(void)uv_run(&b->loop, UV_RUN_DEFAULT);
	b->books = books_free(b->books);
	b->ledger = ledger_close(b->ledger);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	(void)signal(SIGXFSZ, SIG_IGN);
	strcpy(b->dir, "/tmp/test-driver-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	(void)uv_loop_init(&b->loop);
	settings_init(&b->settings);
	b->prospects = prospect_book_new(&b->settings, env_os());
	b->arena = json_arena_new();
	b->group = (struct desired_group){.name = (char *)"phones", .region = (char *)"cn-shanghai",
					  .count = 2, .spec = (char *)"acp.basic.small",
					  .image = (char *)"imgc-1", .instances_per_group = 100,
					  .create = value_map(), .fingerprint = 5};
	b->desired = (struct desired){.fleet = (char *)"lab", .groups = &b->group, .n_groups = 1};
	n_started = 0;
	open_all(b);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	close_all(b);
	assert_int_equal(0, uv_loop_close(&b->loop));
	(void)prospect_book_free(b->prospects);
	(void)json_arena_free(b->arena);
	(void)value_free(b->group.create);
	settings_fini(&b->settings);
	char command[128];
	(void)snprintf(command, sizeof(command), "rm -rf %s", b->dir);
	assert_int_equal(0, system(command));
	free(b);
	return 0;
}

static int try_to_act(struct bench *b, enum verb verb, const char *cloud_group, enum hold hold)
{
	struct action action = {.hash = "abc", .verb = verb, .group = b->group.name, .count = 2,
				.cloud_group = (char *)cloud_group, .spec = b->group.spec, .hold = hold};
	struct plan plan = {.actions = &action, .n_actions = 1};
	return driver_act(b->driver, &plan, &b->desired, &b->observed);
}

static void act(struct bench *b, enum verb verb, const char *cloud_group, enum hold hold)
{
	assert_int_equal(0, try_to_act(b, verb, cloud_group, hold));
}

static int count_state(void *data, const struct intent *i)
{
	int *counts = data;
	counts[i->state]++;
	return 0;
}

static int in_ledger(struct bench *b, enum intent_state state)
{
	int counts[INTENT_STATE_MAX_] = {0};
	assert_int_equal(0, ledger_each_intent(b->ledger, count_state, counts));
	return counts[state];
}

static void answer(struct bench *b, enum outcome outcome, const char *body)
{
	const cJSON *root = NULL;
	if (body)
		assert_int_equal(0, json_parse(b->arena, body, strlen(body), &root));
	const struct cloud_reply reply = {.outcome = outcome, .status = 200, .code = "", .message = "",
					  .request_id = "R-1", .root = root};
	struct cloud_call *call = started[n_started - 1];
	call->done(call, &reply);
}

#define CREATED                                                                                    \
	"{\"RequestId\":\"R-1\",\"OrderId\":\"123\",\"InstanceGroupIds\":[\"ag-1\"],"              \
	"\"InstanceGroupInfos\":[{\"InstanceGroupId\":\"ag-1\",\"InstanceIds\":[\"acp-1\",\"acp-2\"]}]}"

static void a_call_starts_only_with_its_intent_in_the_ledger(void **state)
{
	struct bench *b = *state;
	act(b, VERB_CREATE, "", HOLD_NONE);
	assert_int_equal(1, n_started);
	assert_int_equal(1, in_ledger(b, INTENT_RECORDED));
	assert_int_equal(0, started[0]->before_send(started[0]));
	assert_int_equal(1, in_ledger(b, INTENT_SENT));
	answer(b, OUTCOME_DONE, CREATED);
	assert_int_equal(1, in_ledger(b, INTENT_DONE));
}

static void a_held_action_starts_nothing(void **state)
{
	struct bench *b = *state;
	act(b, VERB_CREATE, "", HOLD_PACE);
	assert_int_equal(0, n_started);
	assert_int_equal(0, in_ledger(b, INTENT_RECORDED));
}

static void what_a_reply_names_is_expected_until_it_is_seen(void **state)
{
	struct bench *b = *state;
	act(b, VERB_CREATE, "", HOLD_NONE);
	assert_int_equal(0, started[0]->before_send(started[0]));
	answer(b, OUTCOME_DONE, CREATED);
	assert_int_equal(RESOURCE_EXPECTED, books_resource(b->books, "acp-2")->state);
	assert_string_equal("ag-1", books_resource(b->books, "acp-2")->cloud_group);
	assert_string_equal("phones", books_resource(b->books, "ag-1")->group);
	assert_null(books_order(b->books, "123")); /* pay-as-you-go: nothing to pay */
}

static void an_unpaid_create_leaves_its_order_in_the_ledger(void **state)
{
	struct bench *b = *state;
	b->group.charge = CHARGE_PREPAID;
	act(b, VERB_CREATE, "", HOLD_NONE);
	assert_int_equal(0, started[0]->before_send(started[0]));
	answer(b, OUTCOME_DONE, "{\"RequestId\":\"R-1\",\"OrderId\":\"20240123456789012345\"}");
	close_all(b);
	open_all(b);
	const struct order *order = books_order(b->books, "20240123456789012345");
	assert_non_null(order);
	assert_int_equal(ORDER_UNPAID, order->status);
	assert_int_equal(2, order->count);
	assert_string_equal("phones", order->group);
}

static void a_yes_that_names_nothing_is_unclear(void **state)
{
	struct bench *b = *state;
	act(b, VERB_CREATE, "", HOLD_NONE);
	assert_int_equal(0, started[0]->before_send(started[0]));
	answer(b, OUTCOME_DONE, "{\"RequestId\":\"R-1\"}");
	assert_int_equal(1, in_ledger(b, INTENT_UNCLEAR));
}

static void bought_and_deleted_instances_count_against_the_hour_once(void **state)
{
	struct bench *b = *state;
	struct in_flight view;
	act(b, VERB_CREATE, "", HOLD_NONE);
	assert_int_equal(0, started[0]->before_send(started[0]));
	answer(b, OUTCOME_DONE, CREATED);
	assert_int_equal(0, books_view(b->books, env_wall_ms(env_os()), &view));
	assert_int_equal(2, view.bought_last_hour);
	close_all(b);
	open_all(b);
	assert_int_equal(0, books_view(b->books, env_wall_ms(env_os()), &view));
	assert_int_equal(2, view.bought_last_hour);
	assert_int_equal(0, view.n_deleted_last_hour);
}

static void what_was_refused_does_not_count_against_the_hour(void **state)
{
	struct bench *b = *state;
	struct in_flight view;
	act(b, VERB_CREATE, "", HOLD_NONE);
	assert_int_equal(0, started[0]->before_send(started[0]));
	assert_int_equal(0, books_view(b->books, env_wall_ms(env_os()), &view));
	assert_int_equal(2, view.bought_last_hour); /* as long as nobody knows */
	answer(b, OUTCOME_THROTTLED, NULL);
	assert_int_equal(0, books_view(b->books, env_wall_ms(env_os()), &view));
	assert_int_equal(0, view.bought_last_hour);
	assert_int_equal(0, driver_flush(b->driver));
	close_all(b);
	open_all(b);
	assert_int_equal(0, books_view(b->books, env_wall_ms(env_os()), &view));
	assert_int_equal(0, view.bought_last_hour);
}

static void after_a_restart_the_same_parameters_and_token_go_out(void **state)
{
	struct bench *b = *state;
	act(b, VERB_CREATE, "", HOLD_NONE);
	char *before = params_text(&started[0]->params);
	answer(b, OUTCOME_NOT_SENT, NULL); /* ends the call of this life; a crash would not tell */
	close_all(b);
	open_all(b);
	act(b, VERB_CREATE, "", HOLD_NONE);
	free(before);
	before = params_text(&started[1]->params);
	struct cloud_call *lost = started[1];
	/* The process dies here: the call is never answered in this life. */
	const struct cloud_reply gone = {.outcome = OUTCOME_NOT_SENT, .code = "", .message = "", .request_id = ""};
	char copy[256];
	(void)snprintf(copy, sizeof(copy), "cp -r %s %s.crash", b->dir, b->dir);
	assert_int_equal(0, system(copy));
	lost->done(lost, &gone);
	close_all(b);
	(void)snprintf(copy, sizeof(copy), "rm -rf %s && mv %s.crash %s", b->dir, b->dir, b->dir);
	assert_int_equal(0, system(copy));
	open_all(b);
	assert_int_equal(0, driver_restore(b->driver, &b->desired));
	assert_int_equal(3, n_started);
	char *after = params_text(&started[2]->params);
	assert_string_equal(before, after);
	free(before);
	free(after);
	answer(b, OUTCOME_NOT_SENT, NULL);
}

static void an_edit_drops_what_was_never_sent(void **state)
{
	struct bench *b = *state;
	act(b, VERB_CREATE, "", HOLD_NONE);
	char copy[256];
	(void)snprintf(copy, sizeof(copy), "cp -r %s %s.crash", b->dir, b->dir);
	assert_int_equal(0, system(copy));
	answer(b, OUTCOME_NOT_SENT, NULL);
	close_all(b);
	(void)snprintf(copy, sizeof(copy), "rm -rf %s && mv %s.crash %s", b->dir, b->dir, b->dir);
	assert_int_equal(0, system(copy));
	open_all(b);
	b->group.fingerprint++;
	assert_int_equal(0, driver_restore(b->driver, &b->desired));
	assert_int_equal(1, n_started);
	assert_int_equal(1, in_ledger(b, INTENT_ABSENT));
}

static void a_removal_that_was_never_sent_is_decided_anew_after_a_restart(void **state)
{
	struct bench *b = *state;
	act(b, VERB_DELETE, "ag-1", HOLD_NONE);
	assert_int_equal(1, n_started);
	char copy[256];
	(void)snprintf(copy, sizeof(copy), "cp -r %s %s.crash", b->dir, b->dir);
	assert_int_equal(0, system(copy));
	answer(b, OUTCOME_NOT_SENT, NULL);
	close_all(b);
	(void)snprintf(copy, sizeof(copy), "rm -rf %s && mv %s.crash %s", b->dir, b->dir, b->dir);
	assert_int_equal(0, system(copy));
	open_all(b);
	assert_int_equal(0, driver_restore(b->driver, &b->desired));
	assert_int_equal(1, n_started);
	assert_int_equal(1, in_ledger(b, INTENT_ABSENT));
}

static void limit_file_size(rlim_t bytes)
{
	struct rlimit limit;
	assert_int_equal(0, getrlimit(RLIMIT_FSIZE, &limit));
	limit.rlim_cur = bytes;
	assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &limit));
}

static void nothing_leaves_while_the_disk_is_full(void **state)
{
	struct bench *b = *state;
	act(b, VERB_CREATE, "", HOLD_NONE);
	limit_file_size(1);
	assert_true(started[0]->before_send(started[0]) < 0);
	assert_false(driver_is_writable(b->driver));
	answer(b, OUTCOME_NOT_SENT, NULL);
	assert_true(try_to_act(b, VERB_CREATE, "", HOLD_NONE) < 0); /* not recorded: not started */
	assert_int_equal(1, n_started);
	limit_file_size(RLIM_INFINITY);
	while (!driver_is_writable(b->driver)) /* its own timer tries again */
		(void)uv_run(&b->loop, UV_RUN_ONCE);
	assert_int_equal(2, n_started);
	assert_int_equal(1, in_ledger(b, INTENT_REJECTED));
	assert_int_equal(1, in_ledger(b, INTENT_RECORDED));
	answer(b, OUTCOME_NOT_SENT, NULL);
}

static void a_reply_is_kept_until_the_disk_takes_it(void **state)
{
	struct bench *b = *state;
	act(b, VERB_CREATE, "", HOLD_NONE);
	assert_int_equal(0, started[0]->before_send(started[0]));
	limit_file_size(1);
	answer(b, OUTCOME_DONE, CREATED);
	assert_int_equal(0, in_ledger(b, INTENT_DONE));
	limit_file_size(RLIM_INFINITY);
	while (!driver_is_writable(b->driver))
		(void)uv_run(&b->loop, UV_RUN_ONCE);
	assert_int_equal(1, in_ledger(b, INTENT_DONE));
	close_all(b);
	open_all(b);
	assert_non_null(books_resource(b->books, "acp-1"));
}

static void an_action_no_call_can_do_does_not_stop_the_others(void **state)
{
	struct bench *b = *state;
	struct action actions[] = {
		{.hash = "a", .verb = VERB_SHRINK, .group = b->group.name, .cloud_group = (char *)"ag-1",
		 .spec = (char *)""}, /* no victims named */
		{.hash = "b", .verb = VERB_CREATE, .group = b->group.name, .cloud_group = (char *)"",
		 .spec = b->group.spec, .count = 1},
	};
	struct plan plan = {.actions = actions, .n_actions = 2};
	assert_int_equal(0, driver_act(b->driver, &plan, &b->desired, &b->observed));
	assert_int_equal(1, n_started);
	assert_int_equal(OP_CREATE_ANDROID_INSTANCE_GROUP, started[0]->op);
	answer(b, OUTCOME_NOT_SENT, NULL);
}

static void an_approval_is_used_up_with_the_action_it_lets_through(void **state)
{
	struct bench *b = *state;
	struct in_flight view;
	struct approval approval = {.hash = "abc", .who = (char *)"alice",
				    .given_wall_ms = env_wall_ms(env_os())};
	assert_int_equal(0, books_put_approval(b->books, &approval));
	assert_int_equal(0, driver_flush(b->driver));
	assert_int_equal(0, books_view(b->books, env_wall_ms(env_os()), &view));
	assert_int_equal(1, view.n_approvals);
	act(b, VERB_CREATE, "", HOLD_NONE);
	answer(b, OUTCOME_NOT_SENT, NULL);
	close_all(b);
	open_all(b);
	assert_int_equal(0, books_view(b->books, env_wall_ms(env_os()), &view));
	assert_int_equal(0, view.n_approvals);
}

static void replies_are_announced_from_the_loop(void **state)
{
	struct bench *b = *state;
	act(b, VERB_CREATE, "", HOLD_NONE);
	assert_int_equal(0, started[0]->before_send(started[0]));
	answer(b, OUTCOME_DONE, CREATED);
	assert_int_equal(0, b->changes);
	while (b->changes == 0)
		(void)uv_run(&b->loop, UV_RUN_ONCE);
	assert_int_equal(1, b->changes);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_call_starts_only_with_its_intent_in_the_ledger),
		CASE(a_held_action_starts_nothing),
		CASE(what_a_reply_names_is_expected_until_it_is_seen),
		CASE(an_unpaid_create_leaves_its_order_in_the_ledger),
		CASE(a_yes_that_names_nothing_is_unclear),
		CASE(bought_and_deleted_instances_count_against_the_hour_once),
		CASE(what_was_refused_does_not_count_against_the_hour),
		CASE(after_a_restart_the_same_parameters_and_token_go_out),
		CASE(an_edit_drops_what_was_never_sent),
		CASE(a_removal_that_was_never_sent_is_decided_anew_after_a_restart),
		CASE(nothing_leaves_while_the_disk_is_full),
		CASE(a_reply_is_kept_until_the_disk_takes_it),
		CASE(an_action_no_call_can_do_does_not_stop_the_others),
		CASE(an_approval_is_used_up_with_the_action_it_lets_through),
		CASE(replies_are_announced_from_the_loop),
	};
	return cmocka_run_group_tests_name("driver", tests, NULL, NULL);
}
