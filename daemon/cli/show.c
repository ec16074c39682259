#include "cli/show.h"
#include "model/intent.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/duration.h"

cJSON *show_parse(const char *text, size_t len)
{
	/* the terminator is part of the length, so that bytes after the value are seen */
	cJSON *json = cJSON_ParseWithLengthOpts(text, len + 1, /* return_parse_end= */ NULL,
						/* require_null_terminated= */ 1);
	if (json && cJSON_IsObject(json))
		return json;
	cJSON_Delete(json);
	return NULL;
}

static const cJSON *get(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

const char *show_text(const cJSON *object, const char *key)
{
	const char *text = cJSON_GetStringValue(get(object, key));
	return text ? text : "";
}

static int64_t number_of(const cJSON *object, const char *key)
{
	const cJSON *item = get(object, key);
	if (!cJSON_IsNumber(item) || !(item->valuedouble > -9e15 && item->valuedouble < 9e15))
		return 0;
	return (int64_t)item->valuedouble;
}

static bool is_true(const cJSON *object, const char *key)
{
	return cJSON_IsTrue(get(object, key));
}

const char *show_error(const cJSON *json)
{
	return show_text(json, "error");
}

int show_count_actions(const cJSON *json)
{
	return cJSON_GetArraySize(get(json, "actions"));
}

/* Labelled line of the form "  key: text"; nothing when the text is empty. */
static void add_line(const struct show *s, const char *label, const char *text)
{
	if (text[0] == '\0')
		return;
	strbuf_addf(s->out, "  %s: ", label);
	text_safe(text, s->out);
	strbuf_add_char(s->out, '\n');
}

static void add_age(struct table *t, const cJSON *group)
{
	char age[40] = "never";
	const cJSON *ms = get(group, "observed_age_ms");
	if (cJSON_IsNumber(ms) && ms->valuedouble >= 0)
		duration_human((uint64_t)number_of(group, "observed_age_ms"), age, sizeof(age));
	table_text(t, age, COLOR_DIM);
}

/* --- status ----------------------------------------------------------------------- */

static enum color condition_color(const char *condition)
{
	static const struct {
		const char *name;
		enum color color;
	} colors[] = {
		{"Converged", COLOR_GOOD},
		{"Progressing", COLOR_BUSY},
		{"AwaitingPayment", COLOR_BUSY},
		{"Held", COLOR_BUSY},
		{"Paused", COLOR_DIM},
		{"Unmanaged", COLOR_BUSY},
		{"Stuck", COLOR_BAD},
		{"Degraded", COLOR_BAD},
	};
	for (size_t i = 0; i < ARRAY_SIZE(colors); i++)
		if (strcmp(colors[i].name, condition) == 0)
			return colors[i].color;
	return COLOR_NONE;
}

static void add_bar(struct table *t, const cJSON *group)
{
	struct strbuf bar = STRBUF_INIT(100);
	text_bar(number_of(group, "running"), number_of(group, "desired"), 20, &bar);
	table_text(t, strbuf_text(&bar), COLOR_NONE);
	strbuf_fini(&bar);
}

static void add_bad_if(struct table *t, int64_t value, enum color color)
{
	table_int(t, value, value > 0 ? color : COLOR_NONE);
}

static void add_group_row(struct table *t, const struct show *s, const cJSON *group)
{
	const char *condition = show_text(group, "condition"),
		   *expires = show_text(group, "expires");
	char day[11] = "";
	strncat(day, expires, sizeof(day) - 1); /* the date alone */
	table_text(t, show_text(group, "name"), COLOR_NONE);
	table_text(t, show_text(group, "kind"), COLOR_NONE);
	table_text(t, show_text(group, "region"), COLOR_NONE);
	table_int(t, number_of(group, "desired"), COLOR_NONE);
	table_int(t, number_of(group, "running"), COLOR_NONE);
	table_int(t, number_of(group, "pending"), COLOR_NONE);
	add_bad_if(t, number_of(group, "awaiting_payment"), COLOR_BUSY);
	add_bad_if(t, number_of(group, "failed"), COLOR_BAD);
	add_bad_if(t, number_of(group, "surplus"), COLOR_BUSY);
	table_text(t, day[0] ? day : "-", COLOR_NONE);
	add_age(t, group);
	if (s->bars)
		add_bar(t, group);
	table_text(t, condition, condition_color(condition));
}

static void add_reasons(const struct show *s, const cJSON *groups)
{
	const cJSON *group;
	cJSON_ArrayForEach(group,
			   groups) if (strcmp(show_text(group, "condition"), "Converged") != 0)
		add_line(s, show_text(group, "name"), show_text(group, "reason"));
}

static int count_unpaid(const cJSON *orders)
{
	const cJSON *order;
	int n = 0;
	cJSON_ArrayForEach(order, orders) n += strcmp(show_text(order, "status"), "unpaid") == 0;
	return n;
}

void show_status(const struct show *s, const cJSON *json)
{
	static const char *const plain[] = {"GROUP",    "KIND",     "REGION",  ">DESIRED",
					    ">RUNNING", ">PENDING", ">UNPAID", ">FAILED",
					    ">SURPLUS", "EXPIRES",  "SEEN",    "CONDITION"};
	static const char *const bars[] = {
		"GROUP",   "KIND",     "REGION",  ">DESIRED", ">RUNNING", ">PENDING", ">UNPAID",
		">FAILED", ">SURPLUS", "EXPIRES", "SEEN",     "PROGRESS", "CONDITION"};
	auto_table struct table t;
	const cJSON *group, *groups = get(json, "groups");
	table_init(&t, s->bars ? bars : plain, s->bars ? ARRAY_SIZE(bars) : ARRAY_SIZE(plain));
	strbuf_add(s->out, "fleet ");
	text_safe(show_text(json, "fleet"), s->out);
	strbuf_addf(s->out, ", generation %" PRId64 "%s\n\n", number_of(json, "generation"),
		    strcmp(show_text(json, "mode"), "observe") == 0
			    ? ", mode observe: nothing is changed"
			    : "");
	cJSON_ArrayForEach(group, groups) add_group_row(&t, s, group);
	table_print(&t, s->colored, s->out);
	add_reasons(s, groups);
	int unpaid = count_unpaid(get(json, "orders"));
	if (unpaid > 0)
		strbuf_addf(s->out, "\n%d order%s to be paid: drover orders\n", unpaid,
			    unpaid == 1 ? " has" : "s have");
}

/* --- orders ----------------------------------------------------------------------- */

static void add_order_row(struct table *t, const cJSON *order)
{
	const char *status = show_text(order, "status"), *amount = show_text(order, "amount");
	auto_strbuf struct strbuf money = STRBUF_INIT(200);
	char age[40];
	int64_t seconds = number_of(order, "age_s");
	duration_human(seconds > 0 ? (uint64_t)seconds * 1000 : 0, age, sizeof(age));
	strbuf_addf(&money, "%.80s %.20s", amount[0] ? amount : "-", show_text(order, "currency"));
	table_text(t, show_text(order, "id"), COLOR_NONE);
	table_text(t, status, strcmp(status, "unpaid") == 0 ? COLOR_BUSY : COLOR_NONE);
	table_text(t, show_text(order, "group"), COLOR_NONE);
	table_int(t, number_of(order, "count"), COLOR_NONE);
	table_text(t, strbuf_text(&money), COLOR_NONE);
	table_text(t, age, COLOR_NONE);
	table_text(t, show_text(order, "deadline")[0] ? show_text(order, "deadline") : "unknown",
		   COLOR_NONE);
	table_text(t, show_text(order, "pay_at"), COLOR_NONE);
}

void show_orders(const struct show *s, const cJSON *json)
{
	static const char *const heads[] = {"ORDER", "STATUS", "GROUP",    ">COUNT",
					    "PRICE", "AGE",    "DEADLINE", "PAY AT"};
	auto_table struct table t;
	table_init(&t, heads, ARRAY_SIZE(heads));
	const cJSON *order, *orders = get(json, "orders");
	if (cJSON_GetArraySize(orders) == 0) {
		strbuf_add(s->out, "There are no orders.\n");
		return;
	}
	cJSON_ArrayForEach(order, orders) add_order_row(&t, order);
	table_print(&t, s->colored, s->out);
}

/* --- plan ------------------------------------------------------------------------- */

static void add_names(struct strbuf *out, const cJSON *list)
{
	const cJSON *item;
	const char *separator = "";
	cJSON_ArrayForEach(item, list)
	{
		strbuf_add(out, separator);
		text_safe(cJSON_IsString(item) ? item->valuestring : "?", out);
		separator = " ";
	}
}

static void add_victims(const struct show *s, const cJSON *action)
{
	const cJSON *victims = get(action, "victims");
	if (cJSON_GetArraySize(victims) == 0)
		return;
	strbuf_add(s->out, "    named: ");
	add_names(s->out, victims);
	strbuf_add_char(s->out, '\n');
}

static void add_hold(const struct show *s, const cJSON *action)
{
	auto_strbuf struct strbuf line = STRBUF_INIT(8192);
	const char *hold = show_text(action, "hold");
	if (hold[0] == '\0')
		return;
	strbuf_add(&line, "    held (");
	text_safe(hold, &line);
	strbuf_add(&line, "): ");
	text_safe(show_text(action, "hold_text"), &line);
	text_colored(strbuf_text(&line), COLOR_BUSY, s->colored, s->out);
	strbuf_add_char(s->out, '\n');
}

static bool is_buy(const char *verb)
{
	return strcmp(verb, verb_name(VERB_CREATE)) == 0 || strcmp(verb, verb_name(VERB_GROW)) == 0;
}

static enum color verb_color(const char *verb)
{
	if (is_buy(verb))
		return COLOR_GOOD;
	return strcmp(verb, "shrink") == 0 || strcmp(verb, "delete") == 0 ? COLOR_BAD : COLOR_BUSY;
}

static void add_action(const struct show *s, const cJSON *action)
{
	auto_strbuf struct strbuf line = STRBUF_INIT(8192);
	const char *verb = show_text(action, "verb"), *price = show_text(action, "price");
	text_safe(verb, &line);
	strbuf_addf(&line, " %" PRId64 " in ", number_of(action, "count"));
	text_safe(show_text(action, "group"), &line);
	strbuf_add(s->out, "  ");
	text_colored(strbuf_text(&line), verb_color(verb), s->colored, s->out);
	if (show_text(action, "hash")[0]) {
		strbuf_add(s->out, "  [");
		text_safe(show_text(action, "hash"), s->out);
		strbuf_add_char(s->out, ']');
	}
	strbuf_add_char(s->out, '\n');
	if (show_text(action, "reason")[0]) {
		strbuf_add(s->out, "    why: ");
		text_safe(show_text(action, "reason"), s->out);
		strbuf_add_char(s->out, '\n');
	}
	if (price[0] || is_buy(verb)) {
		strbuf_add(s->out, "    price: ");
		text_safe(price[0] ? price : "unknown", s->out);
		strbuf_add_char(s->out, '\n');
	}
	add_victims(s, action);
	add_hold(s, action);
}

static void add_actions(const struct show *s, const cJSON *actions)
{
	const cJSON *action;
	cJSON_ArrayForEach(action, actions) add_action(s, action);
}

void show_plan(const struct show *s, const cJSON *json)
{
	int n = show_count_actions(json);
	if (n == 0) {
		strbuf_add(s->out, "Nothing to do.\n");
		return;
	}
	strbuf_addf(s->out, "%d action%s:\n", n, n == 1 ? "" : "s");
	add_actions(s, get(json, "actions"));
}

/* --- intents ---------------------------------------------------------------------- */

static void add_intent(const struct show *s, const cJSON *intent)
{
	strbuf_addf(s->out, "  %" PRId64 "  ", number_of(intent, "id"));
	text_safe(show_text(intent, "operation"), s->out);
	strbuf_addf(s->out, " of %" PRId64 " for ", number_of(intent, "count"));
	text_safe(show_text(intent, "group"), s->out);
	strbuf_add(s->out, ": ");
	text_safe(show_text(intent, "state"), s->out);
	strbuf_addf(s->out, ", sent %" PRId64 " times\n", number_of(intent, "sends"));
	if (show_text(intent, "code")[0]) {
		strbuf_add(s->out, "      last error: ");
		text_safe(show_text(intent, "code"), s->out);
		strbuf_add(s->out, "  request id: ");
		text_safe(show_text(intent, "request_id"), s->out);
		strbuf_add_char(s->out, '\n');
	}
}

static void add_intents(const struct show *s, const cJSON *intents)
{
	const cJSON *intent;
	cJSON_ArrayForEach(intent, intents) add_intent(s, intent);
}

void show_intents(const struct show *s, const cJSON *json)
{
	const cJSON *intents = get(json, "intents");
	if (cJSON_GetArraySize(intents) == 0) {
		strbuf_add(s->out, "Every call is settled.\n");
		return;
	}
	add_intents(s, intents);
}

/* --- explain ---------------------------------------------------------------------- */

static void add_desired(const struct show *s, const cJSON *desired)
{
	if (!cJSON_IsObject(desired)) {
		strbuf_add(s->out, "desired: not in the fleet file\n");
		return;
	}
	strbuf_addf(s->out, "desired: %" PRId64 " (line %" PRId64 ")\n",
		    number_of(desired, "count"), number_of(desired, "line"));
	add_line(s, "kind", show_text(desired, "kind"));
	add_line(s, "region", show_text(desired, "region"));
	add_line(s, "spec", show_text(desired, "spec"));
	add_line(s, "image", show_text(desired, "image"));
	add_line(s, "charge", show_text(desired, "charge"));
}

static void add_observed(const struct show *s, const cJSON *group)
{
	static const char *const counts[] = {"running", "pending",  "failed",   "awaiting_payment",
					     "surplus", "retained", "committed"};
	if (!cJSON_IsObject(group)) {
		strbuf_add(s->out, "observed: nothing yet\n");
		return;
	}
	strbuf_add(s->out, "observed:");
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		strbuf_addf(s->out, "%s %s %" PRId64, i ? "," : "", counts[i],
			    number_of(group, counts[i]));
	strbuf_add_char(s->out, '\n');
	add_line(s, "condition", show_text(group, "condition"));
	add_line(s, "reason", show_text(group, "reason"));
	add_line(s, "expires", show_text(group, "expires"));
	add_line(s, "price of one", show_text(group, "price"));
}

static void add_last_error(const struct show *s, const cJSON *error)
{
	if (!cJSON_IsObject(error))
		return;
	strbuf_add(s->out, "last error:\n");
	add_line(s, "operation", show_text(error, "operation"));
	add_line(s, "code", show_text(error, "code"));
	add_line(s, "message", show_text(error, "message"));
	add_line(s, "request id", show_text(error, "request_id"));
	add_line(s, "at", show_text(error, "at"));
}

static void add_events(const struct show *s, const cJSON *events)
{
	const cJSON *event;
	if (cJSON_GetArraySize(events) > 0)
		strbuf_add(s->out, "history, newest first:\n");
	cJSON_ArrayForEach(event, events)
	{
		strbuf_add(s->out, "  ");
		text_safe(show_text(event, "time"), s->out);
		strbuf_add_char(s->out, ' ');
		text_safe(show_text(event, "event"), s->out);
		strbuf_add_char(s->out, ' ');
		text_safe(show_text(event, "detail"), s->out);
		strbuf_add_char(s->out, '\n');
	}
}

void show_explain(const struct show *s, const cJSON *json)
{
	text_safe(show_text(json, "group"), s->out);
	strbuf_add(s->out, "\n\n");
	add_desired(s, get(json, "desired"));
	add_observed(s, get(json, "status"));
	if (cJSON_GetArraySize(get(json, "in_flight")) > 0) {
		strbuf_add(s->out, "in flight:\n");
		add_intents(s, get(json, "in_flight"));
	}
	if (cJSON_GetArraySize(get(json, "orders")) > 0) {
		strbuf_add(s->out, "orders:\n");
		show_orders(s, json);
	}
	add_last_error(s, get(json, "last_error"));
	strbuf_add(s->out, show_count_actions(json) ? "next:\n" : "next: nothing to do\n");
	add_actions(s, get(json, "actions"));
	add_line(s, "next look", show_text(json, "next_look"));
	if (is_true(get(json, "status"), "waits_on_person"))
		strbuf_add(s->out, "  nothing here moves without a person\n");
	add_events(s, get(json, "events"));
}
