/*
 * The instances of one group: a table of the fields people look for.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/vec.h"
#include "cli/show.h"
#include "model/observed.h"

#define LINES_MAX 50 /* about what a person reads */

struct status_count {
	const char *status; /* borrowed */
	int n;
};

struct status_counts {
	VEC(struct status_count) v;
};

#define COLUMNS 7

/* What is shown of the instances of a service: the members that its answers have. */
struct view {
	const char *heads[COLUMNS];
	const char *members[COLUMNS]; /* the first is the id, the second the status */
	int day;                      /* of this column only the date is shown */
	const char *running;          /* the status of what works */
};

static const struct view views[] = {
	{{"ID", "STATUS", "SESSION", "IP", "KEY PAIR", "EXPIRES", "CREATED"},
	 {"AndroidInstanceId", "AndroidInstanceStatus", "SessionStatus", "NetworkInterfaceIp",
	  "KeyPairId", "GmtExpired", "GmtCreate"},
	 5,
	 "RUNNING"},
	{{"ID", "STATUS", "RESOURCES", "NAME", "IMAGE", "EXPIRES", "CREATED"},
	 {"AppInstanceGroupId", "Status", "ResourceStatus", "AppInstanceGroupName",
	  "AppCenterImageId", "ExpiredTime", "GmtCreate"},
	 5,
	 "PUBLISHED"},
	{{"ID", "STATUS", "PRODUCT", "TYPE", "RENEWAL", "EXPIRES", "CREATED"},
	 {"InstanceID", "Status", "ProductCode", "ProductType", "RenewStatus", "EndTime", "CreateTime"},
	 5,
	 "Normal"},
};

/* The first one whose id the rows have. */
static const struct view *view_of(const cJSON *instances)
{
	const cJSON *first = cJSON_GetArrayItem(instances, 0);
	for (size_t k = 0; k < ARRAY_SIZE(views); k++)
		if (*show_text(first, views[k].members[0]))
			return &views[k];
	return &views[0];
}

static const char *status_of(const struct view *v, const cJSON *instance)
{
	return show_text(instance, v->members[1]);
}

static bool is_running(const struct view *v, const cJSON *instance)
{
	return strcmp(status_of(v, instance), v->running) == 0;
}

/* --- how many of each status --- */

static void count_status(struct status_counts *counts, const char *status)
{
	vec_each(&counts->v, c) if (strcmp(c->status, status) == 0)
	{
		c->n++;
		return;
	}
	struct status_count *c = vec_add(&counts->v);
	if (c)
		*c = (struct status_count){status, 1};
}

static int compare_counts(const void *a, const void *b)
{
	const struct status_count *x = a, *y = b;
	return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : strcmp(x->status, y->status);
}

static void add_counts(const struct show *s, const struct view *v, const cJSON *instances, int n)
{
	struct status_counts counts = {0};
	const cJSON *instance;
	cJSON_ArrayForEach(instance, instances) count_status(&counts, status_of(v, instance));
	if (counts.v.n > 0)
		qsort(counts.v.items, counts.v.n, sizeof(*counts.v.items), compare_counts);
	strbuf_addf(s->out, "%d instances: ", n);
	vec_each(&counts.v, c)
	{
		strbuf_addf(s->out, "%s%d ", c == counts.v.items ? "" : ", ", c->n);
		text_safe(c->status, s->out);
	}
	strbuf_add(s->out, "; --json shows each\n");
	vec_free(&counts.v);
}

/* --- a line each --- */

static enum color status_color(const struct view *v, const char *text)
{
	enum instance_status status = instance_status_from_text(text);
	if (strcmp(text, v->running) == 0)
		return COLOR_GOOD;
	if (status == INSTANCE_FAILED || status == INSTANCE_UNAVAILABLE)
		return COLOR_BAD;
	return status != INSTANCE_UNKNOWN && instance_is_transient(status) ? COLOR_BUSY : COLOR_NONE;
}

static void add_instance(struct table *t, const struct view *v, const cJSON *instance)
{
	for (int k = 0; k < COLUMNS; k++) {
		char text[96] = "";
		size_t most = k == v->day ? 10 : sizeof(text) - 1;
		strncat(text, show_text(instance, v->members[k]), most);
		enum color color = k == 1 ? status_color(v, text) : COLOR_NONE;
		table_text(t, *text ? text : "-", color);
	}
}

static void add_table(const struct show *s, const struct view *v, const cJSON *instances, bool all)
{
	auto_table struct table t;
	const cJSON *instance;
	table_init(&t, v->heads, COLUMNS);
	cJSON_ArrayForEach(instance, instances) if (all || !is_running(v, instance))
		add_instance(&t, v, instance);
	table_print(&t, s->colored, s->out);
}

static int count_others(const struct view *v, const cJSON *instances)
{
	const cJSON *instance;
	int n = 0;
	cJSON_ArrayForEach(instance, instances) n += !is_running(v, instance);
	return n;
}

/* Of many, those that do not run are what somebody looks for. */
void show_instances(const struct show *s, const cJSON *json)
{
	const cJSON *instances = cJSON_GetObjectItemCaseSensitive(json, "instances");
	const struct view *v = view_of(instances);
	int n = cJSON_GetArraySize(instances), others = count_others(v, instances);
	strbuf_add(s->out, n > 0 ? "\n" : "\nNo instances were listed.\n");
	if (n > LINES_MAX)
		add_counts(s, v, instances, n);
	if (n > 0 && n <= LINES_MAX)
		add_table(s, v, instances, /* all= */ true);
	else if (others > 0 && others <= LINES_MAX)
		add_table(s, v, instances, /* all= */ false);
}
