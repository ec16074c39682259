/* The resolver alone, with a clock and a name server of the test's own. */
#include "unit/net/client.h"

#include <errno.h>
#include <netdb.h>

#include "net/resolve.h"

struct bench {
	struct env env;
	uint64_t mono_ms;
	uv_loop_t loop;
	struct resolver r;
	bool closed;
};

struct waiter {
	struct resolve_wait wait;
	int done;
	char addresses[256], error[64];
};

/* The name server: keeps what is asked; the test answers. */
static struct {
	uv_getaddrinfo_t *req;
	uv_getaddrinfo_cb cb;
	char node[64];
	int asked;
	int refuse; /* errno to return at once */
} names;

static int ask(uv_loop_t *loop, uv_getaddrinfo_t *req, uv_getaddrinfo_cb cb, const char *node,
	       const char *service, const struct addrinfo *hints)
{
	(void)loop;
	assert_null(service);
	assert_int_equal(hints->ai_socktype, SOCK_STREAM);
	if (names.refuse)
		return names.refuse;
	assert_null(names.req); /* one at a time in these tests */
	names.req = req;
	names.cb = cb;
	names.asked++;
	copy_text(names.node, node);
	return 0;
}

static void tell(int status, const char *const *addresses)
{
	struct addrinfo *first = NULL, **next = &first;
	const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
	for (; addresses && *addresses; addresses++) {
		assert_int_equal(getaddrinfo(*addresses, NULL, &hints, next), 0);
		next = &(*next)->ai_next;
	}
	uv_getaddrinfo_t *req = TAKE(names.req);
	assert_non_null(req);
	names.cb(req, status, first);
}

static uint64_t fake_mono(struct env *env)
{
	return container_of(env, struct bench, env)->mono_ms;
}

static void bench_open(struct bench *b)
{
	*b = (struct bench){.env = {.mono_ms = fake_mono}, .mono_ms = 1000000};
	memset(&names, 0, sizeof(names));
	assert_int_equal(uv_loop_init(&b->loop), 0);
	resolver_init(&b->r, &b->loop, &b->env, ask);
}

static void on_closed(struct resolver *r)
{
	container_of(r, struct bench, r)->closed = true;
}

static void bench_close(struct bench *b)
{
	resolver_close(&b->r, on_closed);
	(void)uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_true(b->closed);
	assert_int_equal(uv_loop_close(&b->loop), 0);
}

static void on_done(struct resolve_wait *wait, const char *addresses, const char *error)
{
	struct waiter *w = container_of(wait, struct waiter, wait);
	assert_true((addresses == NULL) != (error == NULL));
	w->done++;
	copy_text(w->addresses, addresses ? addresses : "");
	copy_text(w->error, error ? error : "");
}

static int start(struct bench *b, struct waiter *w, const char *port, const char **ret_addresses)
{
	*w = (struct waiter){.wait = {.done = on_done}};
	return resolver_start(&b->r, "api.test", port, 3000, &w->wait, ret_addresses);
}

/* Time passes; what is due by the resolver's timer happens. */
static void pass(struct bench *b, uint64_t ms)
{
	b->mono_ms += ms;
	if (uv_is_active((uv_handle_t *)&b->r.timer))
		b->r.timer.timer_cb(&b->r.timer);
}

static const char *const one[] = {"192.0.2.1", NULL};
static const char *const two[] = {"2001:db8::2", "192.0.2.2", NULL};

static void learn(struct bench *b, const char *const *addresses)
{
	struct waiter w;
	const char *text;
	assert_int_equal(start(b, &w, "443", &text), RESOLVE_LATER);
	tell(0, addresses);
	assert_int_equal(w.done, 1);
}

static void all_who_wait_share_one_lookup(void **state)
{
	(void)state;
	struct bench b;
	struct waiter v, w;
	const char *text = NULL;
	bench_open(&b);
	assert_int_equal(start(&b, &v, "443", &text), RESOLVE_LATER);
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_LATER);
	assert_int_equal(names.asked, 1);
	assert_string_equal(names.node, "api.test");
	assert_null(text);
	tell(0, two);
	assert_int_equal(v.done, 1);
	assert_int_equal(w.done, 1);
	assert_string_equal(v.addresses, "[2001:db8::2],192.0.2.2");
	assert_string_equal(w.addresses, v.addresses);
	bench_close(&b);
}

static void fresh_addresses_are_used_without_asking(void **state)
{
	(void)state;
	struct bench b;
	struct waiter w;
	const char *text;
	bench_open(&b);
	learn(&b, one);
	pass(&b, 60000);
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_NOW);
	assert_string_equal(text, "192.0.2.1");
	assert_int_equal(names.asked, 1);
	pass(&b, 1);
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_LATER);
	tell(0, two);
	assert_string_equal(w.addresses, "[2001:db8::2],192.0.2.2");
	assert_int_equal(start(&b, &w, "8443", &text), RESOLVE_LATER); /* another port */
	tell(0, one);
	bench_close(&b);
}

static void a_failed_lookup_falls_back_to_the_last_good_addresses(void **state)
{
	(void)state;
	struct bench b;
	struct waiter w;
	const char *text;
	bench_open(&b);
	learn(&b, one);
	pass(&b, 3600000);
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_LATER);
	tell(UV_EAI_NONAME, NULL);
	assert_string_equal(w.addresses, "192.0.2.1");
	/* and the next ones do not ask for a while */
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_NOW);
	assert_string_equal(text, "192.0.2.1");
	pass(&b, 5000);
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_LATER);
	tell(0, two);
	assert_string_equal(w.addresses, "[2001:db8::2],192.0.2.2");
	bench_close(&b);
}

static void a_silent_name_server_costs_a_short_wait_once(void **state)
{
	(void)state;
	struct bench b;
	struct waiter w;
	const char *text;
	bench_open(&b);
	learn(&b, one);
	pass(&b, 61000);
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_LATER);
	pass(&b, 499);
	assert_int_equal(w.done, 0);
	pass(&b, 1);
	assert_int_equal(w.done, 1);
	assert_string_equal(w.addresses, "192.0.2.1");
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_NOW);
	assert_string_equal(text, "192.0.2.1");
	tell(0, two); /* late, and still good */
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_NOW);
	assert_string_equal(text, "[2001:db8::2],192.0.2.2");
	bench_close(&b);
}

static void addresses_of_more_than_a_day_are_not_used(void **state)
{
	(void)state;
	struct bench b;
	struct waiter w;
	const char *text;
	bench_open(&b);
	learn(&b, one);
	pass(&b, 24 * 3600 * 1000 + 1);
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_LATER);
	tell(UV_EAI_AGAIN, NULL);
	assert_string_equal(w.addresses, "");
	assert_string_not_equal(w.error, "");
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_LATER); /* asks at once */
	tell(0, one);
	bench_close(&b);
}

static void a_wait_ends_at_its_budget(void **state)
{
	(void)state;
	struct bench b;
	struct waiter w;
	const char *text;
	bench_open(&b);
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_LATER);
	pass(&b, 2999);
	assert_int_equal(w.done, 0);
	pass(&b, 1);
	assert_int_equal(w.done, 1);
	assert_string_equal(w.error, "timed out");
	tell(0, one); /* nobody waits; remembered */
	assert_int_equal(w.done, 1);
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_NOW);
	bench_close(&b);
}

static void a_cancelled_wait_is_not_told(void **state)
{
	(void)state;
	struct bench b;
	struct waiter v, w;
	const char *text;
	bench_open(&b);
	assert_int_equal(start(&b, &v, "443", &text), RESOLVE_LATER);
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_LATER);
	resolver_cancel(&b.r, &v.wait);
	resolver_cancel(&b.r, &v.wait);
	tell(UV_EAI_FAIL, NULL);
	assert_int_equal(v.done, 0);
	assert_int_equal(w.done, 1);
	bench_close(&b);
}

static void an_answer_without_addresses_is_a_failure(void **state)
{
	(void)state;
	struct bench b;
	struct waiter w;
	const char *text;
	bench_open(&b);
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_LATER);
	tell(0, NULL);
	assert_string_equal(w.error, "no usable address");
	bench_close(&b);
}

static void a_lookup_that_cannot_start_says_so(void **state)
{
	(void)state;
	struct bench b;
	struct waiter w;
	const char *text;
	bench_open(&b);
	names.refuse = UV_ENOMEM;
	assert_int_equal(start(&b, &w, "443", &text), -ENOMEM);
	names.refuse = UV_EINVAL;
	assert_int_equal(start(&b, &w, "443", &text), -EINVAL);
	names.refuse = 0;
	learn(&b, one);
	pass(&b, 61000);
	names.refuse = UV_ENOMEM;
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_NOW);
	assert_string_equal(text, "192.0.2.1");
	assert_int_equal(w.done, 0);
	bench_close(&b);
}

static void a_lookup_outlives_the_resolver(void **state)
{
	(void)state;
	struct bench b;
	struct waiter w;
	const char *text;
	bench_open(&b);
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_LATER);
	resolver_cancel(&b.r, &w.wait);
	bench_close(&b);
	tell(0, two); /* the orphan's end: nothing leaks, nobody is told */
	assert_int_equal(w.done, 0);
}

static void an_endless_list_is_cut(void **state)
{
	(void)state;
	const char *many[41];
	for (size_t i = 0; i < 40; i++)
		many[i] = "2001:db8:1111:2222:3333:4444:5555:6666";
	many[40] = NULL;
	struct bench b;
	const char *text;
	struct waiter w;
	bench_open(&b);
	learn(&b, many);
	assert_int_equal(start(&b, &w, "443", &text), RESOLVE_NOW);
	size_t commas = 0;
	for (; *text; text++)
		commas += *text == ',';
	assert_int_equal(commas, 15);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_who_wait_share_one_lookup),
		cmocka_unit_test(fresh_addresses_are_used_without_asking),
		cmocka_unit_test(a_failed_lookup_falls_back_to_the_last_good_addresses),
		cmocka_unit_test(a_silent_name_server_costs_a_short_wait_once),
		cmocka_unit_test(addresses_of_more_than_a_day_are_not_used),
		cmocka_unit_test(a_wait_ends_at_its_budget),
		cmocka_unit_test(a_cancelled_wait_is_not_told),
		cmocka_unit_test(an_answer_without_addresses_is_a_failure),
		cmocka_unit_test(a_lookup_that_cannot_start_says_so),
		cmocka_unit_test(a_lookup_outlives_the_resolver),
		cmocka_unit_test(an_endless_list_is_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
