#include "report/metrics.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "report/log.h"

static const struct {
	const char *type, *name, *label1, *label2, *help;
} infos[METRIC_MAX_] = {
#define METRIC(name, type, exposed, label1, label2, help)                                          \
	[METRIC_##name] = {#type, exposed, label1, label2, help},
#include "report/metrics.def"
#undef METRIC
};

void metrics_fini(struct metrics *m)
{
	vec_each(&m->samples, s)
	{
		free(s->label1);
		free(s->label2);
	}
	vec_free(&m->samples);
}

static int compare(const struct metric_sample *s, enum metric metric, const char *label1,
		   const char *label2)
{
	if (s->metric != metric)
		return s->metric < metric ? -1 : 1;
	int order = strcmp(s->label1, label1);
	return order ? order : strcmp(s->label2, label2);
}

static struct metric_sample *insert_at(struct metrics *m, size_t at, enum metric metric,
				       const char *label1, const char *label2)
{
	auto_free char *copy1 = strdup(label1), *copy2 = strdup(label2);
	if (!copy1 || !copy2 || !vec_add(&m->samples))
		return NULL;
	struct metric_sample *s = &m->samples.items[at];
	memmove(s + 1, s, (m->samples.n - 1 - at) * sizeof(*s));
	*s = (struct metric_sample){metric, TAKE(copy1), TAKE(copy2), 0};
	return s;
}

/* The sample, made when it is new; NULL without memory. */
static struct metric_sample *sample_of(struct metrics *m, enum metric metric, const char *label1,
				       const char *label2)
{
	size_t low = 0, high = m->samples.n;
	label1 = label1 ? label1 : "";
	label2 = label2 ? label2 : "";
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(&m->samples.items[middle], metric, label1, label2);
		if (order == 0)
			return &m->samples.items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return insert_at(m, low, metric, label1, label2);
}

void metrics_add(struct metrics *m, enum metric metric, const char *label1, const char *label2,
		 int64_t more)
{
	struct metric_sample *s = sample_of(m, metric, label1, label2);
	if (s)
		s->value += more;
}

void metrics_set(struct metrics *m, enum metric metric, const char *label1, const char *label2,
		 int64_t value)
{
	struct metric_sample *s = sample_of(m, metric, label1, label2);
	if (s)
		s->value = value;
}

static void add_head(struct strbuf *out, const char *name, const char *type, const char *help)
{
	strbuf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_label(struct strbuf *out, const char *separator, const char *name,
		      const char *value)
{
	strbuf_addf(out, "%s%s=\"", separator, name);
	for (; *value; value++) {
		if (*value == '\n')
			strbuf_add(out, "\\n");
		else if (*value == '"' || *value == '\\')
			strbuf_addf(out, "\\%c", *value);
		else
			strbuf_add_char(out, *value);
	}
	strbuf_add_char(out, '"');
}

static void add_sample(struct strbuf *out, const struct metric_sample *s)
{
	strbuf_add(out, infos[s->metric].name);
	if (infos[s->metric].label1[0]) {
		add_label(out, "{", infos[s->metric].label1, s->label1);
		if (infos[s->metric].label2[0])
			add_label(out, ",", infos[s->metric].label2, s->label2);
		strbuf_add_char(out, '}');
	}
	strbuf_addf(out, " %" PRId64 "\n", s->value);
}

static void add_samples(struct strbuf *out, const struct metrics *m)
{
	const struct metric_sample *before = NULL;
	vec_each(&m->samples, s)
	{
		if (!before || before->metric != s->metric)
			add_head(out, infos[s->metric].name, infos[s->metric].type,
				 infos[s->metric].help);
		add_sample(out, s);
		before = s;
	}
}

/* --- groups and orders, from the view -------------------------------------------- */

static const struct {
	const char *name, *help;
	size_t offset;
} group_gauges[] = {
	{"drover_group_desired", "Instances asked for", offsetof(struct group_report, desired)},
	{"drover_group_running", "Instances running", offsetof(struct group_report, running)},
	{"drover_group_pending", "Instances on their way", offsetof(struct group_report, pending)},
	{"drover_group_failed", "Instances failed", offsetof(struct group_report, failed)},
	{"drover_group_awaiting_payment", "Instances of orders that a person has to pay",
	 offsetof(struct group_report, awaiting_payment)},
	{"drover_group_surplus", "Instances above the count",
	 offsetof(struct group_report, surplus)},
	{"drover_group_committed", "Instances that exist or are ordered",
	 offsetof(struct group_report, committed)},
};

static void add_group_labels(struct strbuf *out, const char *name, const struct group_report *g)
{
	strbuf_add(out, name);
	add_label(out, "{", "group", g->name);
	add_label(out, ",", "kind", kind_name(g->kind));
}

static void add_gauge(struct strbuf *out, size_t gauge, const struct plan *plan)
{
	add_head(out, group_gauges[gauge].name, "gauge", group_gauges[gauge].help);
	for (size_t i = 0; i < plan->n_groups; i++) {
		const void *field = (const char *)&plan->groups[i] + group_gauges[gauge].offset;
		add_group_labels(out, group_gauges[gauge].name, &plan->groups[i]);
		strbuf_addf(out, "} %" PRId64 "\n", *(const int64_t *)field);
	}
}

/* One series per group, 1 for the condition it is in. */
static void add_conditions(struct strbuf *out, const struct plan *plan)
{
	static const char name[] = "drover_group_condition";
	add_head(out, name, "gauge", "1 for the condition that the group is in");
	for (size_t i = 0; i < plan->n_groups; i++) {
		add_group_labels(out, name, &plan->groups[i]);
		add_label(out, ",", "condition", condition_name(plan->groups[i].condition));
		strbuf_add(out, "} 1\n");
	}
}

static void add_groups(struct strbuf *out, const struct plan *plan)
{
	for (size_t i = 0; i < ARRAY_SIZE(group_gauges); i++)
		add_gauge(out, i, plan);
	add_conditions(out, plan);
}

static void add_orders(struct strbuf *out, const struct in_flight *f)
{
	size_t counts[ORDER_STATUS_MAX_] = {0};
	for (size_t i = 0; i < f->n_orders; i++)
		counts[f->orders[i].status] += !f->orders[i].foreign;
	add_head(out, "drover_orders", "gauge", "Orders by their state");
	for (int s = 0; s < ORDER_STATUS_MAX_; s++) {
		strbuf_add(out, "drover_orders");
		add_label(out, "{", "status", order_status_name((enum order_status)s));
		strbuf_addf(out, "} %zu\n", counts[s]);
	}
}

static void add_plain(struct strbuf *out, const char *name, const char *type, const char *help,
		      uint64_t value)
{
	add_head(out, name, type, help);
	strbuf_addf(out, "%s %" PRIu64 "\n", name, value);
}

int metrics_text(const struct metrics *m, const struct status_view *v, char **ret_text)
{
	auto_strbuf struct strbuf out = STRBUF_INIT(LIMIT_STATUS_BYTES);
	add_samples(&out, m);
	if (v->plan)
		add_groups(&out, v->plan);
	if (v->in_flight)
		add_orders(&out, v->in_flight);
	add_plain(&out, "drover_generation", "gauge", "Generation of the fleet file in force",
		  v->generation);
	add_plain(&out, "drover_log_records_dropped_total", "counter",
		  "Log records that the journal did not take in time", log_dropped());
	int error = strbuf_error(&out);
	if (error)
		return error;
	*ret_text = strbuf_take(&out);
	return *ret_text ? 0 : -ENOMEM;
}
