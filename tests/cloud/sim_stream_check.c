/*
 * Rules between the parameters of App Streaming (appstream-center 3.1, 9). What one value
 * alone may be stands in the tables.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/timefmt.h"
#include "sim_operation.h"
#include "sim_operations.h"
#include "sim_read.h"
#include "sim_stream.h"

int sim_arg_json(const struct sim_call *call, const char *name, cJSON **ret_json)
{
	const char *text = sim_arg(call, name);
	*ret_json = text ? cJSON_Parse(text) : NULL;
	return text && !*ret_json ? -ENOMEM : 0; /* it was checked */
}

int sim_check_stream(struct sim_call *call, struct sim_stream **ret_stream)
{
	const char *id = sim_arg(call, "AppInstanceGroupId");
	struct sim_stream *stream = sim_find_stream(call->sim, id);
	if (!stream || stream->resource_status == ST_RELEASED)
		return sim_refuse(call, 400, "InvalidAppInstanceGroup.NotFound",
				  "No delivery group %s.", id);
	*ret_stream = stream;
	return 0;
}

/* The code is not documented (appstream-center 10). */
int sim_check_settled(struct sim_call *call, const struct sim_stream *stream)
{
	if (!stream->next_status)
		return 0;
	return sim_refuse(call, 400, "ResourceStatusError", "The delivery group %s is %s, %s.",
			  stream->id, stream->status, stream->resource_status);
}

int sim_check_app_image(struct sim_call *call, const struct sim_region *region,
			const struct sim_app_image **ret_image)
{
	const char *id = sim_arg(call, "AppCenterImageId");
	const struct sim_app_image *image = sim_app_image(id);
	if (!image)
		return sim_refuse_arg(call, "AppCenterImageId", "No image %s.", id);
	if (!sim_app_image_is_in(image, region))
		return sim_refuse_arg(call, "AppCenterImageId", "The image %s is not in %s.", id,
				      region->id);
	*ret_image = image;
	return 0;
}

int sim_check_capacity(struct sim_call *call, const struct sim_node_type *type, unsigned capacity)
{
	if (capacity <= type->max_capacity)
		return 0;
	return sim_refuse_arg(call, "NodeCapacity", "A node %s has 1 to %u sessions.", type->id,
			      type->max_capacity);
}

/* --- the strategy of a pool */

static int need(struct sim_call *call, const cJSON *object, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!read_member(object, names[i]))
			return sim_refuse_missing(call, names[i]);
	return 0;
}

static int check_usage(struct sim_call *call, const cJSON *strategy)
{
	static const char *const names[] = {"MaxScalingAmount", "ScalingStep",
					    "ScalingUsageThreshold"};
	int64_t percent = 0;
	int r = need(call, strategy, names, ARRAY_SIZE(names));
	if (r == 0 && (!sim_parse_int(read_text(strategy, "ScalingUsageThreshold", ""), &percent) ||
		       percent < 0 || percent > 100))
		r = sim_refuse_arg(call, "ScalingUsageThreshold", "0 to 100 percent are possible.");
	return r;
}

static bool read_day(const char *text, uint64_t *ret_ms)
{
	char full[TIMEFMT_SIZE];
	(void)snprintf(full, sizeof(full), "%.10sT00:00:00Z", text);
	return strlen(text) == 10 && timefmt_parse(full, ret_ms) == 0;
}

static int check_days(struct sim_call *call, const cJSON *strategy)
{
	uint64_t from = 0, to = 0, today = call->sim->now.wall_ms / SIM_DAY_MS * SIM_DAY_MS;
	if (!read_day(read_text(strategy, "StrategyEnableDate", ""), &from) || from < today)
		return sim_refuse_arg(call, "StrategyEnableDate", "A day from today is needed.");
	if (!read_day(read_text(strategy, "StrategyDisableDate", ""), &to) ||
	    to < from + 7 * SIM_DAY_MS || to > from + 366 * SIM_DAY_MS)
		return sim_refuse_arg(call, "StrategyDisableDate",
				      "It must be 7 days to a year after the first day.");
	return 0;
}

/* Minutes since midnight; -1 for what is not HH:mm. */
static int read_clock(const char *text)
{
	int hours = 0, minutes = 0, end = 0;
	if (strspn(text, "0123456789") != 2 || strlen(text) != 5 ||
	    sscanf(text, "%2d:%2d%n", &hours, &minutes, &end) != 2 || end != 5 || hours > 23 ||
	    minutes > 59)
		return -1;
	return hours * 60 + minutes;
}

struct span {
	int from, to;
};

static int by_start(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	return x->from < y->from ? -1 : x->from > y->from;
}

static int check_periods(struct sim_call *call, const cJSON *periods)
{
	struct span spans[3]; /* the table bounds their number */
	size_t n = 0;
	const cJSON *period = NULL;
	cJSON_ArrayForEach(period, periods)
	{
		struct span span = {read_clock(read_text(period, "StartTime", "")),
				    read_clock(read_text(period, "EndTime", ""))};
		if (span.from < 0 || span.to < 0 || span.to - span.from < 15)
			return sim_refuse_arg(call, "TimerPeriods",
					      "A period has 15 minutes or more within a day.");
		spans[n++] = span;
	}
	if (n > 1)
		qsort(spans, n, sizeof(spans[0]), by_start);
	for (size_t i = 1; i < n; i++)
		if (spans[i].from - spans[i - 1].to < 5)
			return sim_refuse_arg(call, "TimerPeriods",
					      "There must be 5 minutes between two periods.");
	return 0;
}

static int check_schedule(struct sim_call *call, const cJSON *schedule)
{
	const cJSON *days = read_member(schedule, "RecurrenceValues"), *day = NULL;
	unsigned seen = 0;
	if (!days != !read_member(schedule, "RecurrenceType"))
		return sim_refuse_missing(call, days ? "RecurrenceType" : "RecurrenceValues");
	cJSON_ArrayForEach(day, days)
	{
		if (seen >> day->valueint & 1)
			return sim_refuse_arg(call, "RecurrenceValues", "A day is named twice.");
		seen |= 1U << day->valueint;
	}
	return check_periods(call, read_member(schedule, "TimerPeriods"));
}

static int check_recurrence(struct sim_call *call, const cJSON *strategy)
{
	static const char *const names[] = {"StrategyEnableDate", "StrategyDisableDate", "WarmUp",
					    "RecurrenceSchedules"};
	const cJSON *schedule = NULL;
	int r = need(call, strategy, names, ARRAY_SIZE(names));
	if (r == 0)
		r = check_days(call, strategy);
	cJSON_ArrayForEach(schedule, read_member(strategy, "RecurrenceSchedules")) if (r == 0) r =
		check_schedule(call, schedule);
	return r;
}

int sim_check_strategy(struct sim_call *call, const cJSON *strategy, bool prepaid)
{
	const char *type = read_text(strategy, "StrategyType", "NODE_FIXED");
	if (strcmp(type, "NODE_SCALING_BY_USAGE") == 0)
		return check_usage(call, strategy);
	if (strcmp(type, "NODE_SCALING_BY_SCHEDULE") != 0)
		return 0;
	if (prepaid)
		return sim_refuse_arg(call, "StrategyType", "A subscription has no schedule.");
	return check_recurrence(call, strategy);
}

/* --- the other JSON parameters */

static int check_network(struct sim_call *call, const cJSON *network)
{
	if (read_member(network, "Routes") &&
	    strcmp(read_text(network, "StrategyType", ""), "Mixed") != 0)
		return sim_refuse_arg(call, "Network", "Routes go with the strategy Mixed only.");
	return 0;
}

static int check_video(struct sim_call *call, const cJSON *video)
{
	int rate = read_int(video, "FrameRate", 30);
	if (rate != 30 && rate != 60)
		return sim_refuse_arg(call, "VideoPolicy", "FrameRate is 30 or 60.");
	if (cJSON_IsTrue(read_member(video, "Webrtc")) &&
	    strcmp(read_text(video, "StreamingMode", "video"), "video") != 0)
		return sim_refuse_arg(call, "VideoPolicy", "Webrtc streams video.");
	return 0;
}

static int check_runtime(struct sim_call *call, const cJSON *runtime)
{
	if (read_member(runtime, "SessionUserGenerationMode") &&
	    strcmp(read_text(runtime, "SessionPreOpen", "true"), "false") != 0)
		return sim_refuse_arg(call, "RuntimePolicy",
				      "wyid needs SessionPreOpen \"false\".");
	return 0;
}

int sim_check_policies(struct sim_call *call)
{
	static const struct {
		const char *name;
		int (*check)(struct sim_call *call, const cJSON *object);
	} policies[] = {{"Network", check_network},
			{"VideoPolicy", check_video},
			{"RuntimePolicy", check_runtime}};
	int64_t timeout = sim_arg_int(call, "SessionTimeout", 15);
	int r = 0;
	if (timeout >= 0 && timeout < 3)
		return sim_refuse_arg(call, "SessionTimeout", "-1, or 3 to 300 minutes.");
	for (size_t i = 0; i < ARRAY_SIZE(policies) && r == 0; i++) {
		cJSON *object = NULL;
		r = sim_arg_json(call, policies[i].name, &object);
		if (r == 0)
			r = policies[i].check(call, object);
		cJSON_Delete(object);
	}
	return r;
}
