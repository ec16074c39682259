/* The tables themselves are looked at by tests/integration/test_drover.py; here: what an older,
 * newer or broken daemon may send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/show.h"

typedef void (*show_fn)(const struct show *, const cJSON *);

static const show_fn shows[] = {show_status,  show_plan,    show_orders,
				show_intents, show_explain, show_instances};

static void odd_answers_are_shown_without_harm(void **state)
{
	(void)state;
	static const char *const answers[] = {
		"{}",
		"{\"groups\":null,\"orders\":7,\"actions\":\"x\",\"intents\":{}}",
		"{\"groups\":[null,7,\"x\",[],{}],\"orders\":[null,{}],\"actions\":[1,{}],"
		"\"intents\":[{},null]}",
		"{\"groups\":[{\"name\":7,\"desired\":\"many\",\"running\":1e300,\"failed\":-1e300,"
		"\"observed_age_ms\":1e300,\"expires\":5}]}",
		"{\"groups\":[{\"observed_age_ms\":-5,\"expires\":\"x\",\"condition\":\"New\"}]}",
		"{\"orders\":[{\"age_s\":-1,\"amount\":\"\",\"count\":1.5}]}",
		"{\"actions\":[{\"victims\":[1,null,\"acp-1\"],\"hold\":\"new-hold\"}],"
		"\"desired\":[],\"status\":3,\"last_error\":\"x\",\"events\":[1]}",
	};
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
		for (size_t k = 0; k < ARRAY_SIZE(shows); k++) {
			auto_strbuf struct strbuf out = STRBUF_INIT(1u << 20);
			const struct show s = {
				.out = &out, .colored = k % 2 == 0, .bars = i % 2 == 0};
			cJSON *json = show_parse(answers[i], strlen(answers[i]));
			assert_non_null(json);
			shows[k](&s, json);
			assert_int_equal(strbuf_error(&out), 0);
			cJSON_Delete(json);
		}
}

static void what_is_not_one_object_is_refused(void **state)
{
	(void)state;
	static const char *const answers[] = {
		"", "[]", "7", "{", "{} trailing", "{}{}", "null", "<html></html>"};
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
		assert_null(show_parse(answers[i], strlen(answers[i])));
}

static void an_error_is_found(void **state)
{
	(void)state;
	static const char text[] = "{\"error\":\"no such group\"}";
	cJSON *json = show_parse(text, strlen(text));
	assert_string_equal(show_error(json), "no such group");
	assert_int_equal(show_count_actions(json), 0);
	cJSON_Delete(json);
	json = show_parse("{\"error\":7}", 11);
	assert_string_equal(show_error(json), "");
	cJSON_Delete(json);
}

/* 10,000 groups: the time to align columns must not grow with their square. */
static void a_large_fleet_is_shown_whole(void **state)
{
	(void)state;
	auto_strbuf struct strbuf text = STRBUF_INIT(8u << 20), out = STRBUF_INIT(8u << 20);
	strbuf_add(&text, "{\"groups\":[");
	for (int i = 0; i < 10000; i++)
		strbuf_addf(&text, "%s{\"name\":\"g%d\",\"condition\":\"Converged\"}", i ? "," : "",
			    i);
	strbuf_add(&text, "]}");
	cJSON *json = show_parse(strbuf_text(&text), text.len);
	assert_non_null(json);
	const struct show s = {.out = &out};
	show_status(&s, json);
	cJSON_Delete(json);
	int lines = 0;
	for (const char *p = strbuf_text(&out); (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, 10003);
}

static void expect_plan(const char *json_text, const char *part, bool there)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(65536);
	cJSON *json = show_parse(json_text, strlen(json_text));
	const struct show s = {.out = &out};
	show_plan(&s, json);
	cJSON_Delete(json);
	if ((strstr(strbuf_text(&out), part) != NULL) != there)
		fail_msg("%s: %s", part, strbuf_text(&out));
}

static void a_buy_says_its_price_or_that_nobody_knows_it(void **state)
{
	(void)state;
	expect_plan("{\"actions\":[{\"verb\":\"create\",\"count\":2,\"price\":\"800.00 CNY\"}]}",
		    "    price: 800.00 CNY\n", true);
	expect_plan("{\"actions\":[{\"verb\":\"grow\",\"count\":2,\"price\":null}]}",
		    "    price: unknown\n", true);
	expect_plan("{\"actions\":[{\"verb\":\"tag\",\"count\":2,\"price\":null}]}", "price", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(odd_answers_are_shown_without_harm),
		cmocka_unit_test(what_is_not_one_object_is_refused),
		cmocka_unit_test(an_error_is_found),
		cmocka_unit_test(a_large_fleet_is_shown_whole),
		cmocka_unit_test(a_buy_says_its_price_or_that_nobody_knows_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
