/*
 * What people are told: transitions, once each. A steady fleet is silent.
 */
#include <stdlib.h>
#include <string.h>

#include "app_internal.h"
#include "report/log.h"
#include "report/notify.h"


static const enum event condition_events[CONDITION_MAX_] = {
	[CONDITION_CONVERGED] = EV_GROUP_CONVERGED,
	[CONDITION_PROGRESSING] = EV_GROUP_PROGRESSING,
	[CONDITION_AWAITING_PAYMENT] = EV_GROUP_AWAITING_PAYMENT,
	[CONDITION_HELD] = EV_GROUP_HELD,
	[CONDITION_STUCK] = EV_GROUP_STUCK,
	[CONDITION_DEGRADED] = EV_GROUP_DEGRADED,
	[CONDITION_PAUSED] = EV_GROUP_PAUSED,
	[CONDITION_UNMANAGED] = EV_GROUP_UNMANAGED,
	[CONDITION_UNKNOWN] = EV_GROUP_UNKNOWN,
};

/* The nearest end that is news: some of what was told to end within a week now ends within three
 * days, and so on. */
static void tell_ends(struct told_group *t, const struct group_report *g)
{
	static const enum event events[ENDING_MAX_] = {EV_EXPIRES_IN_7_DAYS, EV_EXPIRES_IN_3_DAYS,
						       EV_EXPIRES_IN_1_DAY, EV_INSTANCE_EXPIRED};
	char date[TIMEFMT_SIZE] = "";
	if (g->expires_ms)
		timefmt_iso(g->expires_ms, date);
	for (int k = ENDING_MAX_ - 1; k >= 0; k--) {
		if (g->ending[k] <= t->ending[k])
			continue;
		log_event(events[k], LOG_STR("GROUP", g->name), LOG_STR("REGION", g->region),
			  LOG_INT("COUNT", g->ending[k]),
			  LOG_STR("EXPIRES", k == ENDING_OVER ? "" : date));
		break;
	}
	memcpy(t->ending, g->ending, sizeof(t->ending));
}

static void tell_group(const struct group_report *g)
{
	enum event ev = g->refused ? EV_GROUP_REFUSED : condition_events[g->condition];
	log_event(ev, LOG_STR("GROUP", g->name),
		  LOG_STR("KIND", kind_name(g->kind)), LOG_STR("REGION", g->region),
		  LOG_INT("DESIRED", g->desired), LOG_INT("RUNNING", g->running),
		  LOG_INT("PENDING", g->pending), LOG_INT("AWAITING_PAYMENT", g->awaiting_payment),
		  LOG_INT("FAILED", g->failed), LOG_STR("REASON", g->reason));
}

/* What there was before we looked is no news. */
static bool was_looked_at(const struct app *a, const struct group_report *g)
{
	return g->kind == KIND_INVALID || observer_observed(a->observer)->of[g->kind].listed_mono_ms > 0;
}

/* Numbers that grew: more running, drifted or retained. */
static void tell_numbers(struct told_group *t, const struct group_report *g)
{
	bool progress = t->running >= 0 && g->running > t->running;
	if (progress && g->condition != CONDITION_CONVERGED)
		log_event(EV_INSTANCES_RUNNING, LOG_STR("GROUP", g->name), LOG_STR("REGION", g->region),
			  LOG_INT("RUNNING", g->running), LOG_INT("DESIRED", g->desired));
	if (g->drifted > t->drifted)
		log_event(EV_GROUP_DRIFT, LOG_STR("GROUP", g->name), LOG_INT("COUNT", g->drifted));
	if (g->retained > t->retained)
		log_event(EV_GROUP_RETAINED, LOG_STR("GROUP", g->name), LOG_INT("COUNT", g->retained));
	t->running = g->running;
	t->drifted = g->drifted;
	t->retained = g->retained;
}

static struct told_group *told_of(struct app *a, const char *name)
{
	vec_each(&a->told, t)
		if (strcmp(t->name, name) == 0)
			return t;
	char *copy = strdup(name);
	struct told_group *t = copy ? vec_add(&a->told) : NULL;
	if (!t) {
		free(copy);
		return NULL;
	}
	t->name = copy;
	t->condition = CONDITION_MAX_;
	t->running = -1; /* not known */
	return t;
}

/* A hold for another reason is news; a Progressing group's changing numbers are not. */
static bool is_news(const struct told_group *t, const struct group_report *g)
{
	if (t->condition != g->condition)
		return t->condition != CONDITION_MAX_ || g->condition != CONDITION_UNKNOWN;
	bool reason_counts = g->condition == CONDITION_HELD || g->condition == CONDITION_STUCK;
	return reason_counts && strcmp(t->reason ? t->reason : "", g->reason) != 0;
}

static void report_group(struct app *a, const struct group_report *g)
{
	struct told_group *t = told_of(a, g->name);
	if (!t)
		return; /* told with the next plan */
	if (is_news(t, g)) {
		if (g->condition != CONDITION_PAUSED) /* told when it was ordered, with who did */
			tell_group(g);
		(void)books_note_event(a->books, env_wall_ms(a->env), g->name,
				       condition_name(g->condition), g->reason);
		t->condition = g->condition;
		free(t->reason);
		t->reason = strdup(g->reason);
	}
	if (was_looked_at(a, g))
		tell_numbers(t, g);
	tell_ends(t, g);
}

void app_report_plan(struct app *a, const bool kinds[KIND_MAX_])
{
	struct status_view view;
	struct in_flight flight;
	for (size_t k = 0; k < a->plan->n_groups; k++) {
		const struct group_report *g = &a->plan->groups[k];
		if (g->kind == KIND_INVALID || kinds[g->kind])
			report_group(a, g);
	}
	char line[sizeof(a->status_line)];
	if (app_status_view(a, &view, &flight) < 0)
		return;
	app_report_episodes(a, &flight);
	status_line(&view, line, sizeof(line));
	if (strcmp(line, a->status_line) != 0) {
		memcpy(a->status_line, line, sizeof(line));
		notify_status(line);
	}
}

void app_report_forget(struct app *a)
{
	vec_each(&a->told, t) {
		free(t->name);
		free(t->reason);
	}
	vec_free(&a->told);
	vec_each(&a->words, word)
		free(*word);
	vec_free(&a->words);
}

static const char *operation_of(const struct action *action, enum charge_type charge)
{
	return action_operation(action->kind, action->verb, charge);
}

int app_status_view(struct app *a, struct status_view *ret, struct in_flight *flight)
{
	struct plan_input input;
	int r = app_plan_input(a, &input, flight);
	if (r < 0)
		return r;
	const struct observed *o = observer_observed(a->observer);
	*ret = (struct status_view){
		.fleet = a->desired->fleet,
		.generation = a->desired->generation,
		.wall_ms = input.wall_ms,
		.mode = a->settings.mode,
		.site = a->settings.site,
		.desired = a->desired,
		.plan = a->plan,
		.in_flight = flight,
		.operation_of = operation_of,
	};
	for (int kind = 0; kind < KIND_MAX_; kind++) {
		uint64_t listed = o->of[kind].listed_mono_ms, next = a->cycles[kind].next_mono_ms;
		ret->observed_age_ms[kind] = listed > 0 ? (int64_t)(input.mono_ms - listed) : -1;
		ret->next_cycle_wall_ms[kind] =
			input.wall_ms + (next > input.mono_ms ? next - input.mono_ms : 0);
	}
	return 0;
}
