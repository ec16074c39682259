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
#include "base/base32.h"
#include "base/cleanup.h"
#include "cloud/json.h"
#include "report/log.h"

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
	int questions, failed_payments;
	int64_t asked; /* the intent of the last question */
	uint64_t from, to;
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

static void on_witness(void *data, int64_t intent, uint64_t from_wall_ms, uint64_t to_wall_ms)
{
	struct bench *b = data;
	b->questions++;
	b->asked = intent;
	b->from = from_wall_ms;
	b->to = to_wall_ms;
}

static void on_payment_failed(void *data, const struct intent *intent)
{
	struct bench *b = data;
	assert_true(intent->buys);
	b->failed_payments++;
}

/* The clock of the machine, and as much as the test makes pass. */
static uint64_t passed_ms;
static uint8_t key_bytes; /* 0: chance; else every byte of the next key, counted up */

static uint64_t mono_now(struct env *env)
{
	(void)env;
	return env_mono_ms(env_os()) + passed_ms;
}

static uint64_t wall_now(struct env *env)
{
	(void)env;
	return env_wall_ms(env_os()) + passed_ms;
}

static void random_bytes(struct env *env, void *buf, size_t size)
{
	(void)env;
	if (key_bytes)
		memset(buf, key_bytes++, size);
	else
		env_os()->random_bytes(env_os(), buf, size);
}

static struct env test_env = {mono_now, wall_now, random_bytes};

static void open_all(struct bench *b)
{
	char *text = NULL;
	assert_int_equal(LEDGER_OK, ledger_open(b->dir, env_os(), &b->ledger, &text));
	assert_int_equal(0, books_load(b->ledger, &b->books));
	const struct driver_options options = {
		.env = &test_env, .loop = &b->loop, .ledger = b->ledger, .books = b->books,
		.prospects = b->prospects, .settings = &b->settings, .on_change = on_change,
		.on_witness = on_witness, .on_payment_failed = on_payment_failed, .data = b,
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

static void restart(struct bench *b)
{
	close_all(b);
	open_all(b);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	(void)signal(SIGXFSZ, SIG_IGN);
	strcpy(b->dir, "/tmp/test-driver-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	(void)uv_loop_init(&b->loop);
	settings_init(&b->settings);
	passed_ms = 0;
	key_bytes = 0;
	b->prospects = prospect_book_new(&b->settings, &test_env);
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

static const bool all_kinds[KIND_MAX_] = {true, true, true}, no_kinds[KIND_MAX_];

static int try_to_act(struct bench *b, enum verb verb, const char *cloud_group, enum hold hold)
{
	struct action a = {.hash = "abc", .verb = verb, .group = b->group.name, .count = 2, .hold = hold,
			   .cloud_group = (char *)cloud_group, .spec = b->group.spec, .price_micro = 800};
	struct plan plan = {.actions = &a, .n_actions = 1};
	return driver_act(b->driver, &plan, all_kinds, &b->desired, &b->observed);
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
	assert_false(order_is_open(books_order(b->books, "123"))); /* pay-as-you-go: nothing to pay */
}

static void an_unpaid_create_leaves_its_order_in_the_ledger(void **state)
{
	struct bench *b = *state;
	b->group.charge = CHARGE_PREPAID;
	act(b, VERB_CREATE, "", HOLD_NONE);
	assert_int_equal(0, started[0]->before_send(started[0]));
	answer(b, OUTCOME_DONE, "{\"RequestId\":\"R-1\",\"OrderId\":\"20240123456789012345\"}");
	restart(b);
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
	restart(b);
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
	restart(b);
	assert_int_equal(0, books_view(b->books, env_wall_ms(env_os()), &view));
	assert_int_equal(0, view.bought_last_hour);
}

static void after_a_restart_the_same_parameters_and_token_go_out(void **state)
{
	struct bench *b = *state;
	act(b, VERB_CREATE, "", HOLD_NONE);
	char *before = params_text(&started[0]->params);
	answer(b, OUTCOME_NOT_SENT, NULL); /* ends the call of this life; a crash would not tell */
	restart(b);
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
	restart(b);
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
	assert_int_equal(0, driver_act(b->driver, &plan, all_kinds, &b->desired, &b->observed));
	assert_int_equal(1, n_started);
	assert_int_equal(OP_CREATE_ANDROID_INSTANCE_GROUP, started[0]->op);
	answer(b, OUTCOME_NOT_SENT, NULL);
}

static void an_approval_is_used_up_with_the_action_it_lets_through(void **state)
{
	struct bench *b = *state;
	struct in_flight view;
	struct approval approval = {.hash = "abc", .who = (char *)"alice", .given_wall_ms = env_wall_ms(env_os())};
	assert_int_equal(0, books_put_approval(b->books, &approval));
	assert_int_equal(0, driver_flush(b->driver));
	assert_int_equal(0, books_view(b->books, env_wall_ms(env_os()), &view));
	assert_int_equal(1, view.n_approvals);
	act(b, VERB_CREATE, "", HOLD_NONE);
	assert_int_equal(0, books_view(b->books, env_wall_ms(env_os()), &view));
	assert_int_equal(800, view.spends[0].micro); /* counts before it leaves */
	answer(b, OUTCOME_NOT_SENT, NULL);
	restart(b);
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

/* ---- delivery groups and purchases ---- */

static void make_stream(struct bench *b, enum charge_type charge)
{
	b->group.kind = KIND_APP_STREAMING;
	b->group.charge = charge;
	b->group.spec = (char *)"appstreaming.general.4c8g";
	b->group.image = (char *)"img-1";
}

static void make_purchase(struct bench *b)
{
	b->group.kind = KIND_PURCHASE;
	b->group.charge = CHARGE_PREPAID;
	b->group.auto_pay = true;
	b->group.region = b->group.image = (char *)"";
	b->group.spec = (char *)"bastionhost";
	assert_int_equal(0, value_set(b->group.create, "ProductCode", value_text("bastionhost")));
	assert_int_equal(0, value_set(b->group.create, "SubscriptionType", value_text("Subscription")));
}

static void create(struct bench *b, const bool kinds[KIND_MAX_])
{
	struct action action = {.hash = "abc", .verb = VERB_CREATE, .kind = b->group.kind, .count = 1,
				.group = b->group.name, .cloud_group = (char *)"", .spec = b->group.spec};
	struct plan plan = {.actions = &action, .n_actions = 1};
	assert_int_equal(0, driver_act(b->driver, &plan, kinds, &b->desired, &b->observed));
}

/* One create that has left. */
static void create_and_send(struct bench *b)
{
	size_t before = n_started;
	create(b, no_kinds); /* it is not their turn */
	assert_int_equal(before, n_started);
	create(b, all_kinds);
	assert_int_equal(before + 1, n_started);
	assert_int_equal(0, started[before]->before_send(started[before]));
}

static void look(struct bench *b)
{
	struct observed_listing *listing = &b->observed.of[b->group.kind];
	passed_ms += 60000;
	listing->complete = true;
	listing->listed_mono_ms = mono_now(NULL);
	assert_int_equal(0, driver_observed(b->driver, b->group.kind, &b->observed));
}

static struct intent *only_intent(struct bench *b)
{
	struct in_flight view;
	driver_in_flight(b->driver, &view);
	assert_int_equal(1, view.n_intents);
	return view.intents[0];
}

static void lose_create_until_the_orders_are_asked_about(struct bench *b)
{
	create_and_send(b);
	answer(b, OUTCOME_UNCLEAR, NULL);
	size_t sends = n_started;
	b->questions = 0;
	for (int k = 0; k < 40 && b->questions == 0; k++)
		look(b);
	assert_int_equal(sends, n_started); /* it has no token */
	assert_int_equal(1, b->questions);
	assert_int_equal(only_intent(b)->id, b->asked);
	assert_true(b->to - b->from > b->settings.poll.replay_window_ms + 5 * 60000);
}

static void a_create_without_a_token_is_absent_when_the_orders_agree(void **state)
{
	struct bench *b = *state;
	make_stream(b, CHARGE_POSTPAID);
	lose_create_until_the_orders_are_asked_about(b);
	assert_int_equal(1, in_ledger(b, INTENT_UNCLEAR));
	assert_int_equal(0, driver_witness(b->driver, b->asked, WITNESS_CLEAR, ""));
	assert_int_equal(1, in_ledger(b, INTENT_ABSENT));
	assert_int_equal(-ENOENT, driver_witness(b->driver, 99, WITNESS_CLEAR, ""));
}

static int find_message(void *data, const struct intent *i)
{
	return i->state == INTENT_HELD ? intent_set(data, i->message) : 0;
}

static void an_unknown_order_holds_it_and_is_remembered(void **state)
{
	struct bench *b = *state;
	make_stream(b, CHARGE_POSTPAID);
	lose_create_until_the_orders_are_asked_about(b);
	assert_int_equal(0, driver_witness(b->driver, b->asked, WITNESS_FOUND, "233, 234"));
	restart(b);
	assert_int_equal(0, driver_restore(b->driver, &b->desired));
	char *message = NULL;
	assert_int_equal(0, ledger_each_intent(b->ledger, find_message, &message));
	assert_non_null(message);
	assert_non_null(strstr(message, "233, 234"));
	free(message);
	assert_int_equal(0, driver_decide(b->driver, b->asked, "aig-1"));
	assert_int_equal(1, in_ledger(b, INTENT_DONE));
	assert_null(books_resource(b->books, "aig-1")); /* its nodes are for a listing */
}

/* What was told last. */
static enum event told;
static char reason[200];

static void keep_told(void *data, enum event ev, const struct log_field *fields)
{
	(void)data;
	told = ev;
	*reason = '\0';
	for (; fields->type != LOG_FIELD_END; fields++)
		if (strcmp(fields->name, "API_MESSAGE") == 0)
			(void)snprintf(reason, sizeof(reason), "%s", fields->text);
}

static void a_pre_paid_create_is_held_with_its_orders_named(void **state)
{
	struct bench *b = *state;
	make_stream(b, CHARGE_PREPAID);
	lose_create_until_the_orders_are_asked_about(b);
	assert_int_equal(1, in_ledger(b, INTENT_HELD));
	log_set_sink(keep_told, NULL);
	assert_int_equal(0, driver_witness(b->driver, b->asked, WITNESS_DENIED, "NotAuthorized"));
	assert_int_equal(1, in_ledger(b, INTENT_HELD));
	assert_non_null(strstr(only_intent(b)->message, "bss:DescribeOrderList is missing (NotAuthorized)"));
	log_set_sink(NULL, NULL);
	assert_int_equal(EV_UNCLEAR_AMBIGUOUS, told);
	assert_string_equal(only_intent(b)->message, reason);
}

static void a_held_call_is_settled_by_the_order_that_a_person_names(void **state)
{
	struct bench *b = *state;
	make_stream(b, CHARGE_PREPAID);
	lose_create_until_the_orders_are_asked_about(b);
	int64_t id = only_intent(b)->id;
	assert_int_equal(-ENOENT, driver_decide_order(b->driver, id + 1, "2301"));
	assert_int_equal(0, driver_decide_order(b->driver, id, "2301"));
	assert_int_equal(-EINVAL, driver_decide_order(b->driver, id, "2302")); /* it is settled */
	assert_int_equal(1, in_ledger(b, INTENT_DONE));
	restart(b);
	const struct order *order = books_order(b->books, "2301");
	assert_int_equal(id, order->intent);
	assert_int_equal(ORDER_UNPAID, order->status);
}

static void lose_create_that_is_listed(struct bench *b, struct observed_group *shown)
{
	make_stream(b, CHARGE_PREPAID);
	create_and_send(b);
	answer(b, OUTCOME_UNCLEAR, NULL);
	*shown = (struct observed_group){.kind = KIND_APP_STREAMING, .id = "aig-1", .tags = "",
					 .name = strdup(only_intent(b)->name)};
	b->observed.groups = shown;
	b->observed.n_groups = 1;
	look(b);
	assert_int_equal(1, in_ledger(b, INTENT_DONE));
	assert_int_equal(1, b->questions);
	free((char *)shown->name);
	b->observed.groups = NULL;
	b->observed.n_groups = 0;
}

static void the_order_of_a_create_that_was_found_waits_for_payment(void **state)
{
	struct bench *b = *state;
	struct observed_group shown;
	lose_create_that_is_listed(b, &shown);
	assert_int_equal(0, driver_witness(b->driver, b->asked, WITNESS_FOUND, "20240123456789012345"));
	restart(b);
	const struct order *order = books_order(b->books, "20240123456789012345");
	assert_int_equal(ORDER_UNPAID, order->status);
	assert_int_equal(1, order->count);
	assert_string_equal("phones", order->group);
	assert_string_equal("aig-1", order->cloud_group);
	assert_int_equal(0, driver_restore(b->driver, &b->desired));
	assert_string_equal("20240123456789012345", only_intent(b)->order_id);
}

static void one_of_several_orders_is_not_claimed_for_it(void **state)
{
	struct bench *b = *state;
	struct observed_group shown;
	lose_create_that_is_listed(b, &shown);
	assert_int_equal(0, driver_witness(b->driver, b->asked, WITNESS_FOUND, "233, 234"));
	assert_null(books_order(b->books, "233"));
	assert_string_equal("", only_intent(b)->order_id);
}

static uint64_t back_off(struct bench *b)
{
	const struct prospects *p;
	size_t n;
	assert_int_equal(0, prospect_view(b->prospects, &b->desired, &p, &n));
	return p[0].not_before_mono_ms;
}

static void two_lost_creates_a_day_are_enough_also_over_a_restart(void **state)
{
	struct bench *b = *state;
	make_stream(b, CHARGE_POSTPAID);
	for (int k = 0; k < 2; k++) {
		assert_int_equal(0, back_off(b));
		lose_create_until_the_orders_are_asked_about(b);
		assert_int_equal(0, driver_witness(b->driver, b->asked, WITNESS_CLEAR, ""));
		look(b); /* and is forgotten */
	}
	assert_true(back_off(b) > mono_now(NULL) + 22 * UINT64_C(3600000));
	close_all(b);
	(void)prospect_book_free(b->prospects);
	b->prospects = prospect_book_new(&b->settings, &test_env);
	open_all(b);
	assert_int_equal(0, back_off(b));
	assert_int_equal(0, driver_restore(b->driver, &b->desired));
	assert_true(back_off(b) > mono_now(NULL) + 22 * UINT64_C(3600000));
}

static void a_name_that_is_taken_is_not_given_again(void **state)
{
	struct bench *b = *state;
	make_stream(b, CHARGE_POSTPAID);
	key_bytes = 1;
	create_and_send(b);
	answer(b, OUTCOME_THROTTLED, NULL);
	struct observed_group other = {.kind = KIND_APP_STREAMING, .status = GROUP_RUNNING,
				       .tags = "", .name = strdup(only_intent(b)->name)};
	b->observed.groups = &other;
	b->observed.n_groups = 1;
	look(b); /* the refused one is forgotten */
	key_bytes = 1;
	create_and_send(b);
	assert_int_equal(3, key_bytes);
	assert_string_not_equal(other.name, only_intent(b)->name);
	answer(b, OUTCOME_UNCLEAR, NULL);
	key_bytes = 2; /* the name of the one that is in flight */
	create_and_send(b);
	assert_int_equal(4, key_bytes);
	answer(b, OUTCOME_THROTTLED, NULL);
	free((char *)other.name);
	b->observed.groups = NULL;
	b->observed.n_groups = 0;
}

static void a_create_that_finds_no_free_name_is_not_sent(void **state)
{
	struct bench *b = *state;
	make_stream(b, CHARGE_POSTPAID);
	struct observed_group taken[9] = {0};
	char names[ARRAY_SIZE(taken)][40];
	for (size_t k = 0; k < ARRAY_SIZE(taken); k++) {
		uint8_t bytes[16];
		char key[INTENT_KEY_SIZE];
		memset(bytes, (int)k + 1, sizeof(bytes));
		base32_encode(bytes, sizeof(bytes), key);
		(void)snprintf(names[k], sizeof(names[k]), "%s.%.6s", b->group.name, key);
		taken[k] = (struct observed_group){.kind = KIND_APP_STREAMING, .tags = "", .name = names[k]};
	}
	b->observed.groups = taken;
	b->observed.n_groups = ARRAY_SIZE(taken);
	key_bytes = 1;
	create(b, all_kinds);
	assert_int_equal(0, n_started);
	b->observed.groups = NULL;
	b->observed.n_groups = 0;
}

#define BOUGHT                                                                                     \
	"{\"Success\":true,\"Code\":\"Success\",\"RequestId\":\"R-1\",\"Data\":{\"OrderId\":\"233\"%s}}"

static void buy(struct bench *b, const char *instance)
{
	char body[200];
	make_purchase(b);
	create_and_send(b);
	(void)snprintf(body, sizeof(body), BOUGHT, instance);
	answer(b, OUTCOME_DONE, body);
	assert_int_equal(1, in_ledger(b, INTENT_DONE));
}

static void a_purchase_counts_with_its_reply(void **state)
{
	struct bench *b = *state;
	buy(b, ",\"InstanceId\":\"bastionhost-1\"");
	assert_int_equal(RESOURCE_EXPECTED, books_resource(b->books, "bastionhost-1")->state);
	assert_int_equal(ORDER_PAID, books_order(b->books, "233")->status);
	assert_int_equal(-EINVAL, driver_name_result(b->driver, only_intent(b)->id, "bastionhost-2"));
	assert_int_equal(-ENOENT, driver_name_result(b->driver, 99, "bastionhost-2"));
	assert_string_equal("bastionhost-1", only_intent(b)->result_group);
}

static void a_purchase_is_named_later_by_its_order(void **state)
{
	struct bench *b = *state;
	buy(b, "");
	int64_t id = only_intent(b)->id;
	restart(b);
	assert_int_equal(0, driver_restore(b->driver, &b->desired));
	assert_int_equal(0, driver_decide(b->driver, id, "bastionhost-1"));
	restart(b);
	assert_int_equal(0, driver_restore(b->driver, &b->desired));
	assert_string_equal("bastionhost-1", only_intent(b)->result_group);
	assert_non_null(books_resource(b->books, "bastionhost-1"));
	assert_string_equal("bastionhost-1", books_order(b->books, "233")->cloud_group);
}

static void a_lost_purchase_is_adopted_and_counts_at_once(void **state)
{
	struct bench *b = *state;
	make_purchase(b);
	create_and_send(b);
	answer(b, OUTCOME_UNCLEAR, NULL);
	char *token = strdup(only_intent(b)->token);
	for (int k = 0; k < 20; k++) {
		size_t before = n_started;
		look(b);
		if (n_started == before)
			continue;
		assert_int_equal(0, started[before]->before_send(started[before]));
		answer(b, OUTCOME_UNCLEAR, NULL);
	}
	assert_int_equal(5, n_started);
	assert_int_equal(1, in_ledger(b, INTENT_HELD));
	assert_string_equal(token, only_intent(b)->token);
	free(token);
	assert_int_equal(0, driver_decide(b->driver, only_intent(b)->id, "bastionhost-1"));
	assert_int_equal(1, in_ledger(b, INTENT_DONE));
	assert_string_equal("phones", books_resource(b->books, "bastionhost-1")->group);
	restart(b);
	assert_int_equal(RESOURCE_EXPECTED, books_resource(b->books, "bastionhost-1")->state);
}

static void a_buy_that_could_not_be_paid_is_told(void **state)
{
	struct bench *b = *state;
	make_purchase(b);
	create_and_send(b);
	answer(b, OUTCOME_QUOTA, NULL);
	assert_int_equal(0, b->failed_payments);
	create_and_send(b);
	answer(b, OUTCOME_PAYMENT, NULL);
	assert_int_equal(1, b->failed_payments);
	assert_int_equal(2, in_ledger(b, INTENT_REJECTED));
}

static void a_replay_that_waited_past_its_window_does_not_leave(void **state)
{
	struct bench *b = *state;
	make_purchase(b);
	create_and_send(b);
	answer(b, OUTCOME_UNCLEAR, NULL);
	look(b);
	assert_int_equal(2, n_started);
	passed_ms += b->settings.poll.replay_window_ms;
	assert_int_equal(-ETIMEDOUT, started[1]->before_send(started[1]));
	answer(b, OUTCOME_NOT_SENT, NULL);
	assert_int_equal(1, only_intent(b)->sends);
	look(b);
	assert_int_equal(1, in_ledger(b, INTENT_HELD));
}

static int put_recorded(struct bench *b, enum verb verb, int64_t total)
{
	auto_intent struct intent *i = intent_new();
	uint8_t random[16];
	i->verb = verb;
	i->kind = KIND_APP_STREAMING;
	i->total = total;
	i->fingerprint = b->group.fingerprint;
	env_os()->random_bytes(env_os(), random, sizeof(random));
	base32_encode(random, sizeof(random), i->key);
	(void)intent_set(&i->operation, "ModifyAppInstanceGroupAttribute");
	(void)intent_set(&i->group, b->group.name);
	(void)intent_set(&i->cloud_group, "aig-1");
	return ledger_save_intent(b->ledger, i);
}

static void what_was_never_sent_is_sent_after_a_restart_only_where_that_harms_nobody(void **state)
{
	static const struct {
		enum verb verb;
		int64_t total;
		bool sent;
	} cases[] = {
		{VERB_CONFIGURE, 0, true}, {VERB_TAG, 0, true},	   {VERB_SET_SCALING, 0, true},
		{VERB_GROW, 5, false},	   {VERB_SHRINK, 2, false}, {VERB_UPDATE_IMAGE, 0, false},
		{VERB_RESET, 0, false},	   {VERB_REBOOT, 0, false}, {VERB_DELETE, 0, false},
	};
	struct bench *b = *state;
	int sent = 0;
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		assert_int_equal(0, put_recorded(b, cases[k].verb, cases[k].total));
		sent += cases[k].sent;
	}
	assert_int_equal(0, driver_restore(b->driver, &b->desired));
	assert_int_equal(sent, n_started);
	assert_int_equal(sent, in_ledger(b, INTENT_RECORDED));
	assert_int_equal(ARRAY_SIZE(cases) - (size_t)sent, in_ledger(b, INTENT_ABSENT));
	while (n_started > 0) {
		answer(b, OUTCOME_NOT_SENT, NULL);
		n_started--;
	}
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
		CASE(a_create_without_a_token_is_absent_when_the_orders_agree),
		CASE(an_unknown_order_holds_it_and_is_remembered),
		CASE(a_pre_paid_create_is_held_with_its_orders_named),
		CASE(a_held_call_is_settled_by_the_order_that_a_person_names),
		CASE(the_order_of_a_create_that_was_found_waits_for_payment),
		CASE(one_of_several_orders_is_not_claimed_for_it),
		CASE(two_lost_creates_a_day_are_enough_also_over_a_restart),
		CASE(a_name_that_is_taken_is_not_given_again),
		CASE(a_create_that_finds_no_free_name_is_not_sent),
		CASE(a_purchase_counts_with_its_reply),
		CASE(a_purchase_is_named_later_by_its_order),
		CASE(a_lost_purchase_is_adopted_and_counts_at_once),
		CASE(a_buy_that_could_not_be_paid_is_told),
		CASE(a_replay_that_waited_past_its_window_does_not_leave),
		CASE(what_was_never_sent_is_sent_after_a_restart_only_where_that_harms_nobody),
	};
	return cmocka_run_group_tests_name("driver", tests, NULL, NULL);
}
