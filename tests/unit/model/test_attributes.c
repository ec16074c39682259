/* Settings that read back, wanted and observed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/attributes.h"

static void set(struct value *map, const char *key, struct value *child)
{
	assert_int_equal(0, value_set(map, key, child));
}

static void append(struct value *list, struct value *child)
{
	assert_int_equal(0, value_append(list, child));
}

static struct value *period(const char *start, const char *end, int64_t amount)
{
	struct value *map = value_map();
	set(map, "StartTime", value_text(start));
	set(map, "EndTime", value_text(end));
	set(map, "Amount", value_int(amount));
	return map;
}

/* The same one, its lists in one order or the other. */
static struct value *schedule(const char *type, bool reversed)
{
	struct value *map = value_map(), *days = value_list(), *periods = value_list();
	append(days, value_int(reversed ? 5 : 1));
	append(days, value_int(reversed ? 1 : 5));
	append(periods, reversed ? period("14:00", "15:30", 1) : period("08:00", "12:00", 2));
	append(periods, reversed ? period("08:00", "12:00", 2) : period("14:00", "15:30", 1));
	set(map, "RecurrenceType", value_text(type));
	set(map, "RecurrenceValues", days);
	set(map, "TimerPeriods", periods);
	return map;
}

/* A create map that holds @name (dotted at most once) and nothing else. */
static struct value *only(const char *name, struct value *value)
{
	struct value *create = value_map();
	const char *dot = strchr(name, '.');
	if (dot) {
		auto_free char *outer = strndup(name, (size_t)(dot - name));
		struct value *map = value_map();
		set(map, dot + 1, value);
		set(create, outer, map);
	} else {
		set(create, name, value);
	}
	return create;
}

static void every_attribute_is_text_under_its_dotted_name(void **state)
{
	static const char *const names[] = {
		"AppPolicyId", "AuthMode", "Network.OfficeSiteId", "NodePool.MaxIdleAppInstanceAmount",
		"NodePool.MaxScalingAmount", "NodePool.NodeCapacity",
		"NodePool.ScalingDownAfterIdleMinutes", "NodePool.ScalingStep",
		"NodePool.ScalingUsageThreshold", "NodePool.StrategyDisableDate",
		"NodePool.StrategyEnableDate", "NodePool.StrategyType", "NodePool.WarmUp",
		"SecurityPolicy.SkipUserAuthCheck", "SessionTimeout",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		auto_value struct value *create = only(names[i], value_text("x y"));
		auto_free char *text = attributes_text(create);
		auto_free char *expected = NULL;
		assert_true(asprintf(&expected, "%s\x1fx y\x1e", names[i]) > 0);
		assert_string_equal(expected, text);
	}
}

static void numbers_and_booleans_are_what_the_wire_says(void **state)
{
	struct value *create = value_map(), *pool = value_map();
	(void)state;
	set(pool, "WarmUp", value_bool(true));
	set(pool, "NodeCapacity", value_int(2));
	set(create, "SessionTimeout", value_int(-1));
	set(create, "NodePool", pool);
	auto_free char *text = attributes_text(create);
	assert_string_equal("NodePool.NodeCapacity\x1f" "2\x1eNodePool.WarmUp\x1ftrue\x1e"
			    "SessionTimeout\x1f-1\x1e", text);
	(void)value_free(create);
}

static void what_does_not_read_back_is_left_out(void **state)
{
	struct value *create = value_map(), *pool = value_map();
	(void)state;
	set(pool, "NodeAmount", value_int(4));
	set(pool, "NodeInstanceType", value_text("appstreaming.general.4c8g"));
	set(create, "NodePool", pool);
	set(create, "AutoRenew", value_bool(false));
	set(create, "AuthMode", value_text(""));
	auto_free char *text = attributes_text(create);
	assert_string_equal("", text);
	(void)value_free(create);
	auto_free char *none = attributes_text(NULL);
	assert_string_equal("", none);
}

static void schedules_are_json_in_one_order(void **state)
{
	(void)state;
	for (int reversed = 0; reversed < 2; reversed++) {
		struct value *list = value_list();
		append(list, schedule(reversed ? "Weekly" : "weekly", reversed));
		auto_value struct value *create = only("NodePool.RecurrenceSchedules", list);
		auto_free char *text = attributes_text(create);
		assert_string_equal("NodePool.RecurrenceSchedules\x1f"
				    "[{\"RecurrenceType\":\"weekly\",\"RecurrenceValues\":[1,5],"
				    "\"TimerPeriods\":["
				    "{\"StartTime\":\"08:00\",\"EndTime\":\"12:00\",\"Amount\":2},"
				    "{\"StartTime\":\"14:00\",\"EndTime\":\"15:30\",\"Amount\":1}]}]\x1e",
				    text);
	}
}

static void a_value_with_a_separator_cannot_pass_for_another_pair(void **state)
{
	auto_value struct value *create = only("AuthMode", value_text("App\x1eSessionTimeout\x1f" "9"));
	(void)state;
	auto_free char *text = attributes_text(create);
	assert_string_equal("", text);
}

static void only_what_both_sides_tell_can_differ(void **state)
{
	static const char wanted[] = "AuthMode\x1f" "App\x1eNodePool.NodeCapacity\x1f" "2\x1e"
				     "NodePool.StrategyType\x1fNODE_FIXED\x1eSessionTimeout\x1f" "15\x1e";
	static const char observed[] = "AuthMode\x1fSession\x1eNodePool.NodeCapacity\x1f" "4\x1e"
				       "NodePool.ScalingStep\x1f" "9\x1eNodePool.StrategyType\x1fNODE\x1e";
	static const struct {
		const char *name;
		enum verb verb;
	} expected[] = {{"AuthMode", VERB_MAX_},
			{"NodePool.NodeCapacity", VERB_CONFIGURE},
			{"NodePool.StrategyType", VERB_SET_SCALING}};
	size_t at = 0;
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		const struct attribute *a = attributes_next_drift(wanted, observed, &at);
		assert_non_null(a);
		assert_string_equal(expected[i].name, a->name);
		assert_int_equal(expected[i].verb, a->verb);
	}
	assert_null(attributes_next_drift(wanted, observed, &at));
	at = 0;
	assert_null(attributes_next_drift(wanted, wanted, &at));
	at = 0;
	assert_null(attributes_next_drift(wanted, "", &at));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_attribute_is_text_under_its_dotted_name),
		cmocka_unit_test(numbers_and_booleans_are_what_the_wire_says),
		cmocka_unit_test(what_does_not_read_back_is_left_out),
		cmocka_unit_test(schedules_are_json_in_one_order),
		cmocka_unit_test(a_value_with_a_separator_cannot_pass_for_another_pair),
		cmocka_unit_test(only_what_both_sides_tell_can_differ),
	};
	return cmocka_run_group_tests_name("attributes", tests, NULL, NULL);
}
