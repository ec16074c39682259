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

static const char *status_of(const cJSON *instance)
{
	return show_text(instance, "AndroidInstanceStatus");
}

static bool is_running(const cJSON *instance)
{
	return strcmp(status_of(instance), instance_status_name(INSTANCE_RUNNING)) == 0;
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

static void add_counts(const struct show *s, const cJSON *instances, int n)
{
	struct status_counts counts = {0};
	const cJSON *instance;
	cJSON_ArrayForEach(instance, instances) count_status(&counts, status_of(instance));
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

static enum color status_color(const char *text)
{
	enum instance_status status = instance_status_from_text(text);
	if (status == INSTANCE_RUNNING)
		return COLOR_GOOD;
	if (status == INSTANCE_FAILED || status == INSTANCE_UNAVAILABLE)
		return COLOR_BAD;
	return instance_is_transient(status) ? COLOR_BUSY : COLOR_NONE;
}

static void add_text(struct table *t, const char *text)
{
	table_text(t, text[0] ? text : "-", COLOR_NONE);
}

static void add_instance(struct table *t, const cJSON *instance)
{
	char day[11] = "";
	strncat(day, show_text(instance, "GmtExpired"), sizeof(day) - 1); /* the date alone */
	add_text(t, show_text(instance, "AndroidInstanceId"));
	table_text(t, status_of(instance), status_color(status_of(instance)));
	add_text(t, show_text(instance, "SessionStatus"));
	add_text(t, show_text(instance, "NetworkInterfaceIp"));
	add_text(t, show_text(instance, "KeyPairId"));
	add_text(t, day);
	add_text(t, show_text(instance, "GmtCreate"));
}

static void add_table(const struct show *s, const cJSON *instances, bool all)
{
	static const char *const heads[] = {"ID",       "STATUS",  "SESSION", "IP",
					    "KEY PAIR", "EXPIRES", "CREATED"};
	auto_table struct table t;
	const cJSON *instance;
	table_init(&t, heads, ARRAY_SIZE(heads));
	cJSON_ArrayForEach(instance, instances) if (all || !is_running(instance))
		add_instance(&t, instance);
	table_print(&t, s->colored, s->out);
}

static int count_others(const cJSON *instances)
{
	const cJSON *instance;
	int n = 0;
	cJSON_ArrayForEach(instance, instances) n += !is_running(instance);
	return n;
}

/* Of many, those that do not run are what somebody looks for. */
void show_instances(const struct show *s, const cJSON *json)
{
	const cJSON *instances = cJSON_GetObjectItemCaseSensitive(json, "instances");
	int n = cJSON_GetArraySize(instances), others = count_others(instances);
	strbuf_add(s->out, n > 0 ? "\n" : "\nNo instances were listed.\n");
	if (n > LINES_MAX)
		add_counts(s, instances, n);
	if (n > 0 && n <= LINES_MAX)
		add_table(s, instances, /* all= */ true);
	else if (others > 0 && others <= LINES_MAX)
		add_table(s, instances, /* all= */ false);
}
