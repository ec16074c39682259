/*
 * node_pool of kind app-streaming: the nodes, and when there are how many of them. The
 * rules are those of appstream-center 9.2 to 9.4; the numbers in the comments are its.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/vec.h"
#include "config/schema_app_streaming.h"
#include "config/schema_group.h"

#define MAX_CAPACITY 100   /* of types that drover does not know */
#define MAX_SCALING 1000   /* not documented; bounds what a slip can cost */
#define MAX_IDLE 100000    /* not documented */
#define MAX_SCHEDULES 50   /* not documented; bounds the request */
#define MAX_TIMER_PERIODS 3

#define MIN_DAYS 7
#define MIN_PERIOD 15 /* minutes */
#define MIN_GAP 5

static const char *const words_strategy[] = {"NODE_FIXED", STRATEGY_BY_USAGE,
					     STRATEGY_BY_SCHEDULE, NULL};
/* "weekly" stands in an example, but what reads back is this spelling (appstream-center 3.1). */
static const char *const words_recurrence[] = {"Weekly", NULL};



/* --- schedules ------------------------------------------------------------------------ */

/* False when it is missing or was complained about. */
static bool take_minutes(const struct yaml_node *map, const char *key, int *ret)
{
	const char *text = check_text(map, key);
	return text && time_of_day_minutes(text, ret);
}

/* Rules 19 and 20. No period crosses midnight, so their total is at most a day. */
static void check_timer_period(struct check *c, const struct source *own,
			       const struct source *defaults)
{
	int start = 0, end = 0;
	struct path path = {.up = own->path, .key = "end_time"};
	(void)defaults;
	if (!take_minutes(own->node, "start_time", &start) ||
	    !take_minutes(own->node, "end_time", &end))
		return;
	struct pos pos = yaml_get(own->node, "end_time")->pos;
	if (end <= start)
		check_complain(c, &path, pos,
			       "must be after start_time (%s), is %s: a period cannot cross midnight",
			       check_text(own->node, "start_time"),
			       check_text(own->node, "end_time"));
	else if (end - start < MIN_PERIOD)
		check_complain(c, &path, pos, "must be at least %d minutes after start_time, is %d",
			       MIN_PERIOD, end - start);
}

struct span {
	int start, end;
	struct pos pos;
};

/* Rule 19, between two periods of one day; complains at the one written later. */
static void check_spans(struct check *c, const struct path *list, size_t index,
			const struct span *a, const struct span *b)
{
	struct path path = {.up = list, .index = index};
	const struct span *first = a->start <= b->start ? a : b;
	const struct span *last = first == a ? b : a;
	if (last->start < first->end)
		check_complain(c, &path, b->pos, "overlaps the period at %u:%u", a->pos.line,
			       a->pos.column);
	else if (last->start - first->end < MIN_GAP)
		check_complain(c, &path, b->pos,
			       "must be at least %d minutes from the period at %u:%u, is %d",
			       MIN_GAP, a->pos.line, a->pos.column, last->start - first->end);
}

static void check_periods(struct check *c, const struct source *list)
{
	VEC(struct span) seen = {0};
	for (size_t i = 0; i < list->node->n; i++) {
		const struct yaml_node *node = list->node->items[i].value;
		struct span span = {.pos = node->pos};
		if (!take_minutes(node, "start_time", &span.start) ||
		    !take_minutes(node, "end_time", &span.end) || span.end <= span.start)
			continue;
		for (size_t k = 0; k < seen.n; k++)
			check_spans(c, list->path, i, &seen.items[k], &span);
		struct span *slot = vec_add(&seen);
		if (slot)
			*slot = span;
		else
			c->error = -ENOMEM;
	}
	vec_free(&seen);
}

/* Rule 18, and what concerns the periods of a schedule together. */
static void check_schedule(struct check *c, const struct source *own,
			   const struct source *defaults)
{
	const struct yaml_node *type = yaml_get(own->node, "recurrence_type");
	const struct yaml_node *values = yaml_get(own->node, "recurrence_values");
	const struct yaml_node *periods = yaml_get(own->node, "timer_periods");
	struct path type_path = {.up = own->path, .key = "recurrence_type"};
	struct path values_path = {.up = own->path, .key = "recurrence_values"};
	struct path periods_path = {.up = own->path, .key = "timer_periods"};
	(void)defaults;
	if (type && !values)
		check_complain(c, &type_path, type->pos, "needs recurrence_values");
	else if (values && !type)
		check_complain(c, &values_path, values->pos, "needs recurrence_type");
	if (periods && periods->shape == SHAPE_LIST && periods->n <= MAX_TIMER_PERIODS)
		check_periods(c, &(struct source){periods, &periods_path});
}

static const struct schema_field period_fields[] = {
	{.key = "start_time", .type = SCHEMA_TEXT, .required = true, .rule = &rule_time_of_day,
	 .api = "StartTime", .doc = "Beginning of the period, HH:mm."},
	{.key = "end_time", .type = SCHEMA_TEXT, .required = true, .rule = &rule_time_of_day,
	 .api = "EndTime",
	 .doc = "End of the period, HH:mm; at least 15 minutes later and before midnight."},
	{.key = "amount", .type = SCHEMA_INT, .required = true, .min = 0, .max = MAX_SCALING,
	 .api = "Amount", .doc = "How many nodes there are in the period."},
	{0}};

static const struct schema timer_periods = {
	.name = "timer_periods", .fields = period_fields, .rules = check_timer_period,
	.doc = "A time of the day, and how many nodes there are then."};

static const struct schema_field schedule_fields[] = {
	{.key = "recurrence_type", .type = SCHEMA_WORD, .words = words_recurrence,
	 .api = "RecurrenceType", .doc = "Weekly. Goes with recurrence_values."},
	{.key = "recurrence_values", .type = SCHEMA_INTS, .min = 1, .max = 7,
	 .api = "RecurrenceValues",
	 .doc = "The days of the week, 1 (Monday) to 7 (Sunday). Goes with recurrence_type."},
	{.key = "timer_periods", .type = SCHEMA_MAPS, .max = MAX_TIMER_PERIODS,
	 .table = &timer_periods, .api = "TimerPeriods",
	 .doc = "At most three periods of those days, at least 5 minutes apart."},
	{0}};

static const struct schema schedules = {
	.name = "recurrence_schedules", .fields = schedule_fields, .rules = check_schedule,
	.doc = "Days, and how many nodes there are on them."};

/* --- the pool ------------------------------------------------------------------------- */

/* Rule 9.3; where the sources conflict the lower number. Other types are for the cloud to
 * judge: its list is not a closed one. */
static const struct {
	const char *type;
	int most;
} capacities[] = {
	{"appstreaming.general.2c4g", 1},      {"appstreaming.general.4c8g", 2},
	{"appstreaming.general.8c16g", 4},     {"appstreaming.vgpu.8c16g.4g", 4},
	{"appstreaming.vgpu.8c31g.16g", 4},    {"appstreaming.vgpu.14c93g.12g", 6},
	{"appstreaming.vgpu.4c10g.2gt4", 2},   {"appstreaming.vgpu.4c16g.2ga10", 2},
	{"appstreaming.vgpu.8c16g.4gt4", 4},   {"appstreaming.vgpu.8c32g.4ga10", 4},
	{"appstreaming.vgpu.12c46g.11g28", 6}, {"appstreaming.vgpu.16c32g.8g", 8},
	{"appstreaming.vgpu.16c62g.8ga10", 8},
};

static void check_capacity(struct check *c, const struct source *own)
{
	const char *type = check_text(own->node, "instance_type");
	const struct yaml_node *node = yaml_get(own->node, "capacity");
	struct path path = {.up = own->path, .key = "capacity"};
	int64_t n = 0;
	if (!type || !node || !check_number(&schema_app_pool, own->node, "capacity", &n))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(capacities); i++)
		if (strcmp(capacities[i].type, type) == 0 && n > capacities[i].most)
			check_complain(c, &path, node->pos, "must be 1..%d for %s, is %d",
				       capacities[i].most, type, (int)n);
}

/* Rules 12 and 14. */
static void check_needs(struct check *c, const struct source *own)
{
	static const struct {
		const char *strategy, *key;
	} needs[] = {
		{STRATEGY_BY_USAGE, "max_scaling_amount"},
		{STRATEGY_BY_USAGE, "scaling_step"},
		{STRATEGY_BY_USAGE, "scaling_usage_threshold"},
		{STRATEGY_BY_SCHEDULE, "strategy_enable_date"},
		{STRATEGY_BY_SCHEDULE, "strategy_disable_date"},
		{STRATEGY_BY_SCHEDULE, "warm_up"},
		{STRATEGY_BY_SCHEDULE, "recurrence_schedules"},
	};
	const char *strategy = check_text(own->node, "strategy");
	for (size_t i = 0; strategy && i < ARRAY_SIZE(needs); i++) {
		struct path path = {.up = own->path, .key = needs[i].key};
		if (strcmp(needs[i].strategy, strategy) == 0 && !yaml_get(own->node, needs[i].key))
			check_complain(c, &path, own->node->pos, "is required with %s", strategy);
	}
}

static bool take_days(const struct yaml_node *map, const char *key, uint64_t *ret)
{
	const char *text = check_text(map, key);
	return text && date_days(text, ret);
}

/* The same day a year later; after a 29th of February, 365 days. */
static uint64_t a_year_after(const char *text, uint64_t days)
{
	char later[32];
	uint64_t ret = days + 365;
	(void)snprintf(later, sizeof(later), "%04ld%s", strtol(text, NULL, 10) + 1, text + 4);
	(void)date_days(later, &ret);
	return ret;
}

/* Never an error: a file that was accepted must stay acceptable, whatever the date. The
 * cloud refuses a create with such dates; a group that exists does not mind. In which zone
 * it reads them is not documented; the day is over in all of China when it is over in UTC. */
static void warn_of_past(struct check *c, const struct source *own, const char *key,
			 const char *what)
{
	uint64_t days = 0;
	struct path path = {.up = own->path, .key = key};
	if (take_days(own->node, key, &days) && c->wall_now_ms > 0 &&
	    days < c->wall_now_ms / DAY_MS)
		check_warn(c, &path, yaml_get(own->node, key)->pos, "%s is past: %s",
			   check_text(own->node, key), what);
}

/* Rule 17. */
static void check_dates(struct check *c, const struct source *own)
{
	const char *enable = check_text(own->node, "strategy_enable_date");
	const char *disable = check_text(own->node, "strategy_disable_date");
	struct path path = {.up = own->path, .key = "strategy_disable_date"};
	uint64_t first = 0, last = 0;
	if (take_days(own->node, "strategy_enable_date", &first) &&
	    take_days(own->node, "strategy_disable_date", &last) &&
	    (last < first + MIN_DAYS || last > a_year_after(enable, first)))
		check_complain(c, &path, yaml_get(own->node, "strategy_disable_date")->pos,
			       "must be 7 days to 1 year after strategy_enable_date (%s), is %s",
			       enable, disable);
	warn_of_past(c, own, "strategy_enable_date", "a group cannot be created with it any more");
	warn_of_past(c, own, "strategy_disable_date", "the schedule has ended");
}

static void check_pool(struct check *c, const struct source *own, const struct source *defaults)
{
	(void)defaults;
	check_capacity(c, own);
	check_needs(c, own);
	check_dates(c, own);
}

static const struct schema_field pool_fields[] = {
	{.key = "instance_type", .type = SCHEMA_TEXT, .required = true, .rule = &rule_id,
	 .api = "NodeInstanceType", IN_GROUP(STORE_TEXT, spec),
	 .doc = "Size of a node: appstreaming.general.4c8g, appstreaming.vgpu.8c16g.4g, ..."},
	{.key = "capacity", .type = SCHEMA_INT, .min = 1, .max = MAX_CAPACITY,
	 .api = "NodeCapacity",
	 .doc = "Sessions at the same time on a node, as many as its type allows: 1 or 2 of "
		"appstreaming.general.4c8g, up to 4 of appstreaming.general.8c16g, ..."},
	{.key = "strategy", .type = SCHEMA_WORD, .words = words_strategy, .initial = "NODE_FIXED",
	 .always_sent = true, .api = "StrategyType",
	 .doc = "NODE_FIXED keeps count nodes; NODE_SCALING_BY_USAGE adds elastic ones to them "
		"under load; NODE_SCALING_BY_SCHEDULE (PostPaid only) follows "
		"recurrence_schedules."},
	{.key = "max_scaling_amount", .type = SCHEMA_INT, .min = 1, .max = MAX_SCALING,
	 .api = "MaxScalingAmount",
	 .doc = "Most nodes that scaling by usage may add. Required with it."},
	{.key = "max_idle_app_instance_amount", .type = SCHEMA_INT, .min = 0, .max = MAX_IDLE,
	 .api = "MaxIdleAppInstanceAmount",
	 .doc = "Scaling by usage adds nodes only while fewer sessions than this are idle."},
	{.key = "scaling_step", .type = SCHEMA_INT, .min = 1, .max = 10, .api = "ScalingStep",
	 .doc = "Nodes that scaling by usage adds at a time. Required with it."},
	{.key = "scaling_usage_threshold", .type = SCHEMA_INT, .min = 0, .max = 100,
	 .sent_as_text = true, .api = "ScalingUsageThreshold",
	 .doc = "Sessions in use, in percent, above which scaling by usage adds nodes. Required "
		"with it."},
	{.key = "scaling_down_after_idle_minutes", .type = SCHEMA_INT, .min = 5, .max = 120,
	 .api = "ScalingDownAfterIdleMinutes",
	 .doc = "Minutes without a session after which an elastic node goes. The cloud's default "
		"is 5."},
	{.key = "strategy_enable_date", .type = SCHEMA_TEXT, .rule = &rule_date,
	 .api = "StrategyEnableDate",
	 .doc = "First day of the schedule, yyyy-MM-dd; not before the day of the create. "
		"Required with NODE_SCALING_BY_SCHEDULE."},
	{.key = "strategy_disable_date", .type = SCHEMA_TEXT, .rule = &rule_date,
	 .api = "StrategyDisableDate",
	 .doc = "Last day of the schedule, 7 days to 1 year after the first. Required with "
		"NODE_SCALING_BY_SCHEDULE."},
	{.key = "warm_up", .type = SCHEMA_BOOL, .api = "WarmUp",
	 .doc = "true prepares nodes ahead of their time. Required with "
		"NODE_SCALING_BY_SCHEDULE."},
	{.key = "recurrence_schedules", .type = SCHEMA_MAPS, .max = MAX_SCHEDULES,
	 .table = &schedules, .api = "RecurrenceSchedules",
	 .doc = "When there are how many nodes. Required with NODE_SCALING_BY_SCHEDULE."},
	{0}};

static const struct schema_note notes[] = {
	{"node_amount", "NodeAmount", "it is derived from the group's count"},
	{"amount", "Amount", "the group's count says how many nodes there are"},
	{"count", "", "count belongs to the group, not into its pool"},
	{0}};

const struct schema schema_app_pool = {
	.name = "node_pool", .fields = pool_fields, .notes = notes, .rules = check_pool,
	.doc = "The nodes and how their number changes."};
