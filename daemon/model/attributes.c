#include "model/attributes.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/jsonw.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "model/observed.h"

#define SCHEDULES "NodePool.RecurrenceSchedules"

/* Sorted by name. The verbs are those whose calls take the member (appstream-center 3.8, 3.9). */
static const struct attribute table[] = {
	{"AppPolicyId", VERB_MAX_},
	{"AuthMode", VERB_MAX_},
	{"Network.OfficeSiteId", VERB_MAX_},
	{"NodePool.MaxIdleAppInstanceAmount", VERB_SET_SCALING},
	{"NodePool.MaxScalingAmount", VERB_SET_SCALING},
	{"NodePool.NodeCapacity", VERB_CONFIGURE},
	{SCHEDULES, VERB_SET_SCALING},
	{"NodePool.ScalingDownAfterIdleMinutes", VERB_SET_SCALING},
	{"NodePool.ScalingStep", VERB_SET_SCALING},
	{"NodePool.ScalingUsageThreshold", VERB_SET_SCALING},
	{"NodePool.StrategyDisableDate", VERB_SET_SCALING},
	{"NodePool.StrategyEnableDate", VERB_SET_SCALING},
	{"NodePool.StrategyType", VERB_SET_SCALING},
	{"NodePool.WarmUp", VERB_SET_SCALING},
	{"SecurityPolicy.SkipUserAuthCheck", VERB_CONFIGURE},
	{"SessionTimeout", VERB_CONFIGURE},
};

#define NUMBER_SIZE 24

/* "" for what is no scalar that the API has here. @buf is used for numbers. */
static const char *scalar(const struct value *value, char buf[NUMBER_SIZE])
{
	if (!value)
		return "";
	if (value->type == VALUE_TEXT)
		return value->text;
	if (value->type == VALUE_BOOL)
		return value->boolean ? "true" : "false";
	if (value->type != VALUE_INT)
		return "";
	(void)snprintf(buf, NUMBER_SIZE, "%" PRId64, value->integer);
	return buf;
}

/* --- schedules: a list whose order, and that of the lists in it, means nothing --- */

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

typedef int write_element(struct strbuf *out, const struct value *element);

static int add_text_of(const struct value *element, write_element *write, struct text_list *texts)
{
	auto_strbuf struct strbuf text = STRBUF_INIT(LIMIT_CONFIG_BYTES);
	int r = write(&text, element);
	if (r == 0)
		r = strbuf_error(&text);
	return r < 0 ? r : text_list_add(texts, strbuf_text(&text));
}

/* Appends the elements of @list as a JSON array, sorted by their text. 0 or -ENOMEM. */
static int write_sorted(struct strbuf *out, const struct value *list, write_element *write)
{
	struct text_list texts = {0};
	int r = 0;
	for (size_t i = 0; list && i < list->n && r == 0; i++)
		r = add_text_of(list->items[i], write, &texts);
	if (texts.n > 1)
		qsort(texts.items, texts.n, sizeof(*texts.items), compare_texts);
	strbuf_add_char(out, '[');
	for (size_t i = 0; i < texts.n; i++) {
		strbuf_add(out, i > 0 ? "," : "");
		strbuf_add(out, texts.items[i]);
	}
	strbuf_add_char(out, ']');
	text_list_fini(&texts);
	return r;
}

static int write_day(struct strbuf *out, const struct value *day)
{
	char buf[NUMBER_SIZE];
	strbuf_add(out, scalar(day, buf));
	return 0;
}

static void write_member(struct jsonw *w, const struct value *map, const char *name)
{
	const struct value *value = value_get(map, name);
	if (value && value->type == VALUE_INT)
		jsonw_key_int(w, name, value->integer);
	else if (value && value->type == VALUE_TEXT && *value->text)
		jsonw_key_text(w, name, value->text);
}

static int write_period(struct strbuf *out, const struct value *period)
{
	struct jsonw w = JSONW_INIT(out);
	jsonw_begin_object(&w);
	write_member(&w, period, "StartTime");
	write_member(&w, period, "EndTime");
	write_member(&w, period, "Amount");
	jsonw_end_object(&w);
	return 0;
}

/* "weekly" is documented for requests, "Weekly" is what comes back (appstream-center 3.1). */
static void write_type(struct strbuf *out, const char *type)
{
	strbuf_add(out, "{\"RecurrenceType\":\"");
	for (; *type; type++) {
		char c = *type >= 'A' && *type <= 'Z' ? (char)(*type - 'A' + 'a') : *type;
		if (c >= 'a' && c <= 'z') /* all that such a word is made of */
			strbuf_add_char(out, c);
	}
	strbuf_add_char(out, '"');
}

static int write_schedule(struct strbuf *out, const struct value *schedule)
{
	char buf[NUMBER_SIZE];
	write_type(out, scalar(value_get(schedule, "RecurrenceType"), buf));
	strbuf_add(out, ",\"RecurrenceValues\":");
	int r = write_sorted(out, value_get(schedule, "RecurrenceValues"), write_day);
	strbuf_add(out, ",\"TimerPeriods\":");
	if (r == 0)
		r = write_sorted(out, value_get(schedule, "TimerPeriods"), write_period);
	strbuf_add_char(out, '}');
	return r;
}

/* --- all of them --- */

/* The value at the dotted @name; NULL when there is none. */
static const struct value *find(const struct value *create, const char *name)
{
	const char *dot = strchr(name, '.');
	if (!dot)
		return value_get(create, name);
	char outer[LIMIT_NAME_BYTES];
	(void)snprintf(outer, sizeof(outer), "%.*s", (int)(dot - name), name);
	return find(value_get(create, outer), dot + 1);
}

static int write_value(struct strbuf *out, const char *name, const struct value *value)
{
	char buf[NUMBER_SIZE];
	if (strcmp(name, SCHEDULES) != 0)
		strbuf_add(out, scalar(value, buf));
	else if (value && value->n > 0)
		return write_sorted(out, value, write_schedule);
	return 0;
}

/* A value that holds a separator could pass itself off as another pair: it is left out. */
static bool is_plain(const char *text)
{
	static const char separators[] = {TAGS_SEPARATOR, TAGS_END, '\0'};
	return *text && !strpbrk(text, separators);
}

static int write_pair(struct strbuf *out, const char *name, const struct value *value)
{
	auto_strbuf struct strbuf text = STRBUF_INIT(LIMIT_CONFIG_BYTES);
	int r = write_value(&text, name, value);
	if (r == 0)
		r = strbuf_error(&text);
	if (r == 0 && is_plain(strbuf_text(&text)))
		strbuf_addf(out, "%s%c%s%c", name, TAGS_SEPARATOR, strbuf_text(&text), TAGS_END);
	return r;
}

char *attributes_text(const struct value *create)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(LIMIT_CONFIG_BYTES);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (write_pair(&out, table[i].name, find(create, table[i].name)) < 0)
			return NULL;
	return strbuf_take(&out);
}

static bool differs(const char *wanted, const char *observed, const char *name)
{
	const char *want, *have;
	int n_want = tags_get(wanted, name, &want), n_have = tags_get(observed, name, &have);
	return n_want >= 0 && n_have >= 0 &&
	       (n_want != n_have || strncmp(want, have, (size_t)n_want) != 0);
}

const struct attribute *attributes_next_drift(const char *wanted, const char *observed, size_t *at)
{
	while (*at < ARRAY_SIZE(table)) {
		const struct attribute *a = &table[(*at)++];
		if (differs(wanted, observed, a->name))
			return a;
	}
	return NULL;
}
