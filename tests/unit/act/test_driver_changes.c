/* When the driver says that something has changed: at once, and not for every answer of many. */
#include "ledgered.h"

#include "act/driver.h"

#define FAST_MS 100000 /* between two words of a change there is a tenth of it, ten seconds */

struct bench {
	struct ledgered l;
	uv_loop_t loop;
	struct settings settings;
	struct prospect_book *prospects;
	struct driver *driver;
	struct desired desired;
	struct desired_group group;
	struct observed observed;
	int changes; /* on_change() calls */
	uint64_t takes_ms; /* each of them */
};

static struct cloud_call *started; /* the newest, in place of cloud/call.c */

int cloud_call_start(struct cloud *cloud, struct cloud_call *call)
{
	(void)cloud;
	started = call;
	return 0;
}

static void on_change(void *data)
{
	struct bench *b = data;
	b->changes++;
	b->l.now += b->takes_ms;
}

/* Another key for every purchase. */
static void random_bytes(struct env *env, void *buf, size_t size)
{
	static unsigned char next;
	(void)env;
	memset(buf, next++, size);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	ledgered_begin(&b->l);
	b->l.env.random_bytes = random_bytes;
	assert_int_equal(0, uv_loop_init(&b->loop));
	settings_init(&b->settings);
	b->prospects = prospect_book_new(&b->settings, &b->l.env);
	const struct driver_options options = {.env = &b->l.env, .loop = &b->loop, .ledger = b->l.ledger,
					       .books = b->l.books, .prospects = b->prospects,
					       .settings = &b->settings, .on_change = on_change, .data = b};
	assert_int_equal(0, driver_new(&options, &b->driver));
	b->settings.poll.fast_ms = FAST_MS;
	driver_configure(b->driver, &b->settings);
	b->group = (struct desired_group){.name = (char *)"phones", .region = (char *)"cn-shanghai",
					  .count = 2, .spec = (char *)"acp.basic.small",
					  .image = (char *)"imgc-1", .instances_per_group = 100,
					  .create = value_map(), .fingerprint = 5};
	b->desired = (struct desired){.fleet = (char *)"lab", .groups = &b->group, .n_groups = 1};
	*state = b;
	return 0;
}

static void nothing(void *data)
{
	(void)data;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	driver_close(b->driver, nothing, b);
	(void)uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(0, uv_loop_close(&b->loop)); /* no timer is left, whatever waited */
	(void)prospect_book_free(b->prospects);
	(void)value_free(b->group.create);
	settings_fini(&b->settings);
	ledgered_end(&b->l);
	free(b);
	return 0;
}

static int act(struct bench *b)
{
	struct action a = {.hash = "abc", .verb = VERB_CREATE, .group = b->group.name, .count = 1,
			   .cloud_group = (char *)"", .spec = b->group.spec};
	const struct plan plan = {.actions = &a, .n_actions = 1};
	static const bool all[KIND_MAX_] = {true, true, true};
	return driver_act(b->driver, &plan, all, &b->desired, &b->observed);
}

/* A purchase that is made and refused: a change. */
static void change(struct bench *b)
{
	const struct cloud_reply refused = {.outcome = OUTCOME_REJECTED, .status = 400, .code = "No",
					    .message = "", .request_id = "R-1"};
	assert_int_equal(0, act(b));
	assert_non_null(started);
	assert_int_equal(0, started->before_send(started));
	struct cloud_call *call = TAKE(started);
	call->done(call, &refused);
}

/* In how many ms the loop has something to do. */
static int next_ms(struct bench *b)
{
	uv_update_time(&b->loop);
	return uv_backend_timeout(&b->loop);
}

static void turn_until(struct bench *b, int changes)
{
	while (b->changes < changes)
		(void)uv_run(&b->loop, UV_RUN_ONCE);
}

static void the_first_change_is_told_at_once_from_the_loop(void **state)
{
	struct bench *b = *state;
	change(b);
	assert_int_equal(0, b->changes);
	assert_in_range(next_ms(b), 0, 1);
	turn_until(b, 1);
}

static void changes_that_pour_in_are_told_together(void **state)
{
	struct bench *b = *state;
	change(b);
	turn_until(b, 1);
	for (int k = 0; k < 5; k++)
		change(b);
	assert_in_range(next_ms(b), 2, FAST_MS / 10);
	(void)uv_run(&b->loop, UV_RUN_NOWAIT);
	assert_int_equal(1, b->changes);
}

static void one_that_comes_later_puts_nothing_off(void **state)
{
	struct bench *b = *state;
	change(b);
	turn_until(b, 1);
	b->l.now += FAST_MS / 10 - 5;
	change(b); /* five are left */
	b->l.now += 4;
	change(b);
	assert_in_range(next_ms(b), 0, 5);
	turn_until(b, 2); /* the last of them is not lost */
	(void)uv_run(&b->loop, UV_RUN_NOWAIT);
	assert_int_equal(2, b->changes);
}

static void after_a_rest_it_is_told_at_once(void **state)
{
	struct bench *b = *state;
	change(b);
	turn_until(b, 1);
	b->l.now += FAST_MS / 10;
	change(b);
	assert_in_range(next_ms(b), 0, 1);
	turn_until(b, 2);
}

static void what_takes_long_is_done_less_often(void **state)
{
	struct bench *b = *state;
	b->takes_ms = FAST_MS / 5;
	change(b);
	turn_until(b, 1);
	change(b);
	assert_in_range(next_ms(b), FAST_MS / 10 + 1, FAST_MS * 3 / 5);
}

static void but_as_often_as_the_fleet_is_looked_at(void **state)
{
	struct bench *b = *state;
	b->takes_ms = FAST_MS * 5;
	change(b);
	turn_until(b, 1);
	change(b);
	assert_in_range(next_ms(b), FAST_MS / 10 + 1, FAST_MS);
}

/* Whoever makes the calls is there no more; what is due goes after the next start. */
static void at_the_end_nothing_is_sent_and_nothing_is_lost(void **state)
{
	struct bench *b = *state;
	struct in_flight flight = {0};
	assert_int_equal(0, driver_end(b->driver));
	assert_int_equal(0, act(b));
	assert_null(started);
	driver_in_flight(b->driver, &flight);
	assert_int_equal(1, flight.n_intents);
	assert_int_equal(INTENT_RECORDED, flight.intents[0]->state);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_first_change_is_told_at_once_from_the_loop),
		CASE(changes_that_pour_in_are_told_together),
		CASE(one_that_comes_later_puts_nothing_off),
		CASE(after_a_rest_it_is_told_at_once),
		CASE(what_takes_long_is_done_less_often),
		CASE(but_as_often_as_the_fleet_is_looked_at),
		CASE(at_the_end_nothing_is_sent_and_nothing_is_lost),
	};
	return cmocka_run_group_tests_name("driver_changes", tests, NULL, NULL);
}
