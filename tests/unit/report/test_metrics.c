#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "report/metrics.h"

static char *text_of(const struct metrics *m, const struct status_view *v)
{
	char *text = NULL;
	assert_int_equal(metrics_text(m, v, &text), 0);
	return text;
}

static void counters_add_up_per_label(void **state)
{
	(void)state;
	struct metrics m = {0};
	const struct status_view v = {0};
	metrics_add(&m, METRIC_CALLS, "CreateAndroidInstanceGroup", "unclear", 1);
	metrics_add(&m, METRIC_CYCLES, NULL, NULL, 2);
	metrics_add(&m, METRIC_CALLS, "CreateAndroidInstanceGroup", "done", 1);
	metrics_add(&m, METRIC_CALLS, "CreateAndroidInstanceGroup", "done", 4);
	metrics_add(&m, METRIC_CYCLES, NULL, NULL, 1);
	metrics_set(&m, METRIC_CLOCK_OFFSET_MS, NULL, NULL, 7);
	metrics_set(&m, METRIC_CLOCK_OFFSET_MS, NULL, NULL, -3);
	auto_free char *text = text_of(&m, &v);
	assert_non_null(strstr(text, "# HELP drover_cycles_total Cycles of observing a kind and planning\n"
				     "# TYPE drover_cycles_total counter\n"
				     "drover_cycles_total 3\n"));
	assert_non_null(strstr(text,
			       "# TYPE drover_api_calls_total counter\n"
			       "drover_api_calls_total{operation=\"CreateAndroidInstanceGroup\","
			       "outcome=\"done\"} 5\n"
			       "drover_api_calls_total{operation=\"CreateAndroidInstanceGroup\","
			       "outcome=\"unclear\"} 1\n"));
	assert_non_null(strstr(text, "\ndrover_clock_offset_milliseconds -3\n"));
	metrics_fini(&m);
}

static void label_values_are_escaped(void **state)
{
	(void)state;
	struct metrics m = {0};
	const struct status_view v = {0};
	metrics_add(&m, METRIC_CALLS, "a\"b\\c\nd", "", 1);
	auto_free char *text = text_of(&m, &v);
	assert_non_null(strstr(text, "{operation=\"a\\\"b\\\\c\\nd\",outcome=\"\"} 1\n"));
	metrics_fini(&m);
}

static void groups_and_orders_come_from_the_view(void **state)
{
	(void)state;
	struct metrics m = {0};
	struct group_report groups[] = {
		{.name = (char *)"a", .kind = KIND_CLOUD_PHONE, .desired = 5, .running = 4},
		{.name = (char *)"b", .kind = KIND_PURCHASE, .condition = CONDITION_HELD},
	};
	struct order orders[] = {{.status = ORDER_UNPAID},
				 {.status = ORDER_UNPAID},
				 {.status = ORDER_UNPAID, .foreign = true}};
	const struct plan plan = {.groups = groups, .n_groups = 2};
	const struct in_flight flight = {.orders = orders, .n_orders = 3};
	const struct status_view v = {.plan = &plan, .in_flight = &flight, .generation = 9};
	auto_free char *text = text_of(&m, &v);
	assert_non_null(
		strstr(text, "\ndrover_group_desired{group=\"a\",kind=\"cloud-phone\"} 5\n"));
	assert_non_null(
		strstr(text, "\ndrover_group_running{group=\"a\",kind=\"cloud-phone\"} 4\n"));
	assert_non_null(strstr(text, "{group=\"b\",kind=\"purchase\",condition=\"Held\"} 1\n"));
	assert_non_null(strstr(text, "\ndrover_orders{status=\"unpaid\"} 2\n"));
	assert_non_null(strstr(text, "\ndrover_orders{status=\"cancelled\"} 0\n"));
	assert_non_null(strstr(text, "\ndrover_generation 9\n"));
	metrics_fini(&m);
}

static void every_name_has_one_head(void **state)
{
	(void)state;
	struct metrics m = {0};
	const struct status_view v = {0};
	for (int i = METRIC_MAX_ - 1; i >= 0; i--) {
		metrics_add(&m, (enum metric)i, "x", NULL, 1);
		metrics_add(&m, (enum metric)i, "y", NULL, 1);
		metrics_add(&m, (enum metric)i, "a", NULL, 1);
	}
	auto_free char *text = text_of(&m, &v);
	int heads = 0;
	for (const char *p = text; (p = strstr(p, "# TYPE")); p++)
		heads++;
	assert_int_equal(heads, METRIC_MAX_ + 2);
	metrics_fini(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_add_up_per_label),
		cmocka_unit_test(label_values_are_escaped),
		cmocka_unit_test(groups_and_orders_come_from_the_view),
		cmocka_unit_test(every_name_has_one_head),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
