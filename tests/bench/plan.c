/*
 * The plan of a fleet at rest, 10,000 instances in 100 groups, against the least that any
 * plan must do: look at the state and the owner's mark of every instance once.
 *
 *   bench_plan [ROUNDS]         prints one JSON object
 */
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "plan/guard.h"
#include "plan/plan.h"
#include "rounds.h"

#define GROUPS 100
#define PER_GROUP 100
#define INSTANCES (GROUPS * PER_GROUP)
#define PASSES 20 /* of a round */
#define FLEET "qa-lab"
#define OWNER "owner-of-this-ledger"
#define NOW_MONO_MS UINT64_C(10000000)
#define NOW_WALL_MS UINT64_C(1790000000000)

struct scene {
	struct desired desired;
	struct observed observed;
	struct in_flight in_flight;
	struct settings settings;
	struct prospects prospects[GROUPS];
	struct resource rows[INSTANCES + GROUPS];
	struct plan_input input;
};

static _Noreturn void die(const char *what)
{
	(void)fprintf(stderr, "bench_plan: %s\n", what);
	exit(1);
}

static void *must(void *p)
{
	if (!p)
		die("no memory");
	return p;
}

static char *number_name(const char *format, int a)
{
	char text[OBSERVED_ID_SIZE];
	(void)snprintf(text, sizeof(text), "%s-%05d", format, a);
	return must(strdup(text));
}

static void want(struct scene *s, int k)
{
	struct desired_group *g = &s->desired.groups[s->desired.n_groups++];
	g->name = number_name("phones", k);
	g->region = must(strdup("cn-shanghai"));
	g->spec = must(strdup("acp.basic.small"));
	g->image = must(strdup("imgc-06zyt9m93zwax1f2s"));
	g->kind = KIND_CLOUD_PHONE;
	g->charge = CHARGE_POSTPAID;
	g->count = g->instances_per_group = PER_GROUP;
	g->fingerprint = 7;
	s->prospects[k] = (struct prospects){.group = g->name, .pace = 64, .last_refusal = ""};
}

static void record(struct scene *s, const char *id, const char *cloud_group, const char *group)
{
	struct resource *r = &s->rows[s->in_flight.n_resources++];
	*r = (struct resource){.id = must(strdup(id)),
			       .cloud_group = must(strdup(cloud_group)),
			       .group = must(strdup(group)),
			       .state = RESOURCE_SEEN,
			       .charge = CHARGE_POSTPAID,
			       .first_wall_ms = NOW_WALL_MS - 60000,
			       .seen_wall_ms = NOW_WALL_MS - 60000};
}

static const char *marks(struct scene *s, const char *group)
{
	char text[256];
	(void)snprintf(text, sizeof(text), "%s%c%s%c%s%c%s%c%s%c%s%c", MARK_FLEET, TAGS_SEPARATOR,
		       FLEET, TAGS_END, MARK_GROUP, TAGS_SEPARATOR, group, TAGS_END, MARK_OWNER,
		       TAGS_SEPARATOR, OWNER, TAGS_END);
	return must((void *)(uintptr_t)observed_intern(&s->observed, text));
}

static void stand(struct scene *s, int k)
{
	struct observed_group *g = &s->observed.groups[s->observed.n_groups++];
	const struct desired_group *d = &s->desired.groups[k];
	(void)snprintf(g->id, sizeof(g->id), "ag-%05d", k);
	g->kind = KIND_CLOUD_PHONE;
	g->status = GROUP_RUNNING;
	g->status_text = group_status_name(GROUP_RUNNING);
	g->error_code = g->bandwidth_package = "";
	g->name = g->id;
	g->region = d->region;
	g->spec = d->spec;
	g->image = d->image;
	g->tags = marks(s, d->name);
	g->charge = CHARGE_POSTPAID;
	g->available = g->number = PER_GROUP;
	g->listed_mono_ms = NOW_MONO_MS - 1000;
	g->ids_since_mono_ms = NOW_MONO_MS - 3600000;
	g->instances = must(calloc(PER_GROUP, sizeof(*g->instances)));
	record(s, "", g->id, d->name);
	for (int i = 0; i < PER_GROUP; i++) {
		struct observed_instance *in = &g->instances[g->n_instances++];
		(void)snprintf(in->id, sizeof(in->id), "acp-%05d-%03d", k, i);
		in->status = INSTANCE_RUNNING;
		in->status_text = instance_status_name(INSTANCE_RUNNING);
		in->key_pair = "";
		in->tags = g->tags;
		in->created_ms = NOW_WALL_MS - 86400000;
		record(s, in->id, g->id, d->name);
	}
}

static struct scene *scene_new(void)
{
	struct scene *s = must(calloc(1, sizeof(*s)));
	settings_init(&s->settings);
	observed_init(&s->observed);
	s->settings.limits.instances_total = 2 * INSTANCES;
	s->desired.fleet = must(strdup(FLEET));
	s->desired.generation = 1;
	s->desired.groups = must(calloc(GROUPS, sizeof(*s->desired.groups)));
	s->observed.groups = must(calloc(GROUPS, sizeof(*s->observed.groups)));
	s->observed.of[KIND_CLOUD_PHONE].complete = true;
	s->observed.of[KIND_CLOUD_PHONE].complete_listings = 5;
	s->observed.of[KIND_CLOUD_PHONE].listed_mono_ms = NOW_MONO_MS - 1000;
	s->observed.of[KIND_CLOUD_PHONE].ids_since_mono_ms = NOW_MONO_MS - 3600000;
	for (int k = 0; k < GROUPS; k++) {
		want(s, k);
		stand(s, k);
	}
	s->in_flight.resources = s->rows;
	s->in_flight.owner = OWNER;
	s->in_flight.ledger_since_wall_ms = NOW_WALL_MS - UINT64_C(60) * 86400000;
	s->in_flight.orders_look = ORDERS_LOOKED;
	s->input = (struct plan_input){
		.desired = &s->desired,
		.observed = &s->observed,
		.in_flight = &s->in_flight,
		.settings = &s->settings,
		.prospects = s->prospects,
		.n_prospects = GROUPS,
		.mono_ms = NOW_MONO_MS,
		.wall_ms = NOW_WALL_MS,
	};
	return s;
}

static void scene_free(struct scene *s)
{
	for (size_t i = 0; i < s->in_flight.n_resources; i++)
		resource_fini(&s->rows[i]);
	for (size_t k = 0; k < GROUPS; k++)
		desired_group_fini(&s->desired.groups[k]);
	free(s->desired.groups);
	free(s->desired.fleet);
	observed_fini(&s->observed);
	settings_fini(&s->settings);
	free(s);
}

static void plan_all(const struct scene *s)
{
	struct plan *plan = NULL;
	if (plan_compute(&s->input, &plan) < 0 || guard_apply(&s->input, plan) < 0)
		die("no memory");
	if (plan->n_actions > 0)
		die("a fleet at rest was to be changed");
	(void)plan_free(plan);
}

static void look_at_all(const struct scene *s)
{
	size_t running = 0;
	for (size_t k = 0; k < s->observed.n_groups; k++) {
		const struct observed_group *g = &s->observed.groups[k];
		for (size_t i = 0; i < g->n_instances; i++)
			running += g->instances[i].status == INSTANCE_RUNNING &&
				   tags_has(g->instances[i].tags, MARK_OWNER, OWNER);
	}
	if (running != INSTANCES)
		die("the scene is wrong");
}

static double time_of(void (*pass)(const struct scene *s), const struct scene *s)
{
	double start = rounds_cpu_s();
	for (int i = 0; i < PASSES; i++)
		pass(s);
	return (rounds_cpu_s() - start) / PASSES;
}

int main(int argc, char **argv)
{
	static struct rounds ours, least;
	int n = rounds_argument(argc, argv);
	struct scene *s = scene_new();
	(void)time_of(plan_all, s);
	while (ours.n < n) {
		ours.s[ours.n++] = time_of(plan_all, s);
		least.s[least.n++] = time_of(look_at_all, s);
	}
	rounds_print("plan", &ours, &least);
	scene_free(s);
	return 0;
}
