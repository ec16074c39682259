#include "lib/build.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

/* Tests have no use for going on without memory. */
static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static char *copy(const char *text)
{
	return must(strdup(text));
}

static void *own(struct scene *s, void *p)
{
	if (vec_grow((void **)&s->owned, &s->cap_owned, s->n_owned + 1, sizeof(*s->owned)) < 0)
		abort();
	return s->owned[s->n_owned++] = must(p);
}

char *scene_text(struct scene *s, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	return own(s, text);
}

struct scene *scene_new(void)
{
	return scene_new_of(SCENE_MANY);
}

struct scene *scene_new_of(size_t many)
{
	struct scene *s = must(calloc(1, sizeof(*s)));
	s->intents = own(s, calloc(many, sizeof(struct intent *)));
	s->orders = own(s, calloc(many, sizeof(*s->orders)));
	settings_init(&s->settings);
	s->desired.fleet = own(s, copy(SCENE_FLEET));
	s->desired.generation = 1;
	s->desired.groups = must(calloc(SCENE_MANY, sizeof(*s->desired.groups)));
	observed_init(&s->observed);
	s->observed.groups = must(calloc(many, sizeof(*s->observed.groups)));
	for (int kind = 0; kind < KIND_MAX_; kind++)
		s->observed.of[kind] = (struct observed_listing){
			.complete = true,
			.complete_listings = 5,
			.listed_mono_ms = SCENE_MONO_MS - 1000,
			.ids_since_mono_ms = SCENE_MONO_MS - 60 * SCENE_MINUTE_MS,
		};
	s->in_flight.owner = SCENE_OWNER;
	s->in_flight.ledger_since_wall_ms = SCENE_WALL_MS - 60 * SCENE_DAY_MS;
	s->in_flight.orders_look = ORDERS_LOOKED;
	s->in.mono_ms = SCENE_MONO_MS;
	s->in.wall_ms = SCENE_WALL_MS;
	return s;
}

void scene_free(struct scene *s)
{
	for (size_t i = 0; i < s->desired.n_groups; i++)
		desired_group_fini(&s->desired.groups[i]);
	free(s->desired.groups);
	observed_fini(&s->observed);
	for (size_t i = 0; i < s->in_flight.n_intents; i++)
		(void)intent_free(s->intents[i]);
	for (size_t i = 0; i < s->in_flight.n_orders; i++)
		order_fini(&s->orders[i]);
	for (size_t i = 0; i < s->n_rows; i++)
		resource_fini(&s->rows[i]);
	free(s->rows);
	settings_fini(&s->settings);
	for (size_t i = 0; i < s->n_owned; i++)
		free(s->owned[i]);
	free(s->owned);
	free(s);
}

struct prospects *scene_prospects(struct scene *s, const char *group)
{
	for (size_t i = 0; i < s->n_prospects; i++)
		if (strcmp(s->prospects[i].group, group) == 0)
			return &s->prospects[i];
	abort();
}

static char *copy_or_null(const char *text)
{
	return text ? copy(text) : NULL;
}

static void put(struct value *map, const char *name, struct value *value)
{
	if (value_set(map, name, must(value)) < 0)
		abort();
}

static struct value *make_create(const struct want *w)
{
	struct value *create = must(value_map());
	if (w->session_timeout)
		put(create, "SessionTimeout", value_int(w->session_timeout));
	if (w->strategy) {
		struct value *pool = must(value_map());
		put(pool, "StrategyType", value_text(w->strategy));
		put(create, "NodePool", pool);
	}
	return create;
}

struct desired_group *scene_want(struct scene *s, const char *name, const struct want *w)
{
	struct desired_group *g = &s->desired.groups[s->desired.n_groups++];
	g->name = copy(name);
	g->kind = w->kind;
	g->count = w->count;
	g->charge = w->charge;
	g->region = copy(w->region ? w->region : SCENE_REGION);
	g->spec = copy(w->spec ? w->spec : SCENE_SPEC);
	g->image = copy(w->image ? w->image : SCENE_IMAGE);
	g->instances_per_group = w->per_group ? w->per_group : 100;
	g->key_pair = copy_or_null(w->key_pair);
	g->renamed_from = copy_or_null(w->renamed_from);
	g->heal = w->heal;
	g->power_on = w->power_on;
	g->drain_force = w->drain_force;
	g->protect = w->protect;
	g->reorder_after_cancel = w->reorder;
	g->unsized = w->unsized;
	g->rollout_now = w->rollout;
	g->auto_pay = w->auto_pay;
	g->create = make_create(w);
	g->fingerprint = w->fingerprint ? w->fingerprint : 7;
	if ((w->adopt && text_list_add(&g->adopt, w->adopt) < 0) ||
	    (w->fallback && text_list_add(&g->fallback, w->fallback) < 0))
		abort();
	if (w->tag_key) {
		g->tags = must(calloc(1, sizeof(*g->tags)));
		g->tags[0] = (struct tag){copy(w->tag_key), copy(w->tag_value)};
		g->n_tags = 1;
	}
	s->prospects[s->n_prospects++] =
		(struct prospects){.group = g->name, .pace = 64, .last_refusal = "", .currency = ""};
	return g;
}

static const char *intern(struct scene *s, const char *text)
{
	const char *kept = observed_intern(&s->observed, text);
	if (!kept)
		abort();
	return kept;
}

static int add_tag(char *out, size_t size, const char *key, const char *value)
{
	return key && value ? snprintf(out, size, "%s%c%s%c", key, TAGS_SEPARATOR, value, TAGS_END)
			    : 0;
}

const char *scene_marks(struct scene *s, const char *group, const char *owner, const char *intent,
			const char *key, const char *value)
{
	char tags[512] = "";
	int n = add_tag(tags, sizeof(tags), MARK_FLEET, SCENE_FLEET);
	n += add_tag(tags + n, sizeof(tags) - (size_t)n, MARK_GROUP, group);
	n += add_tag(tags + n, sizeof(tags) - (size_t)n, MARK_INTENT, intent);
	n += add_tag(tags + n, sizeof(tags) - (size_t)n, MARK_OWNER, owner);
	(void)add_tag(tags + n, sizeof(tags) - (size_t)n, key, value);
	return intern(s, tags);
}

struct observed_instance *scene_instance(struct scene *s, struct observed_group *g, const char *id,
					 enum instance_status status)
{
	g->instances = must(reallocarray(g->instances, g->n_instances + 1, sizeof(*g->instances)));
	struct observed_instance *i = &g->instances[g->n_instances++];
	*i = (struct observed_instance){.status = status,
					.created_ms = SCENE_WALL_MS - SCENE_DAY_MS};
	(void)snprintf(i->id, sizeof(i->id), "%s", id);
	i->status_text = intern(s, instance_status_name(status));
	i->key_pair = "";
	i->tags = g->tags;
	return i;
}

static void record(struct scene *s, const struct observed_group *g, const char *group)
{
	scene_row(s, "", g->id, group, RESOURCE_SEEN)->charge = g->charge;
	if (g->kind != KIND_CLOUD_PHONE)
		return;
	for (size_t i = 0; i < g->n_instances; i++)
		scene_row(s, g->instances[i].id, g->id, group, RESOURCE_SEEN)->charge = g->charge;
}

static const char *attributes_of(struct scene *s, const struct stand *o)
{
	char pairs[512] = "";
	int n = add_tag(pairs, sizeof(pairs), "NodePool.StrategyType", o->strategy);
	(void)add_tag(pairs + n, sizeof(pairs) - (size_t)n, "SessionTimeout", o->session_timeout);
	return intern(s, pairs);
}

struct observed_group *scene_stand(struct scene *s, const char *id, const char *group,
				   const struct stand *o)
{
	struct observed_group *g = &s->observed.groups[s->observed.n_groups++];
	(void)snprintf(g->id, sizeof(g->id), "%s", id);
	g->kind = o->kind;
	g->status = o->creating ? GROUP_CREATING : o->status ? o->status : GROUP_RUNNING;
	g->status_text = intern(s, o->status_text ? o->status_text : group_status_name(g->status));
	g->error_code = g->bandwidth_package = "";
	g->name = intern(s, o->name ? o->name : id);
	g->region = intern(s, o->region ? o->region : SCENE_REGION);
	g->spec = intern(s, o->spec ? o->spec : SCENE_SPEC);
	g->image = intern(s, o->image ? o->image : SCENE_IMAGE);
	g->tags = o->unmarked ? ""
			      : scene_marks(s, group, o->owner ? o->owner : SCENE_OWNER, o->intent,
					    NULL, NULL);
	g->charge = o->charge;
	g->available = g->number = o->available ? o->available : o->n;
	g->expires_ms = o->expires_ms;
	g->created_ms = o->created_ms;
	g->elastic = o->elastic;
	g->pool = "";
	g->attributes = attributes_of(s, o);
	if (o->unlisted && o->kind == KIND_APP_STREAMING)
		g->available = -1;
	bool lists = !o->unlisted && o->kind != KIND_PURCHASE;
	for (int64_t i = 0; i < o->n + o->elastic && lists; i++) {
		char name[OBSERVED_ID_SIZE];
		(void)snprintf(name, sizeof(name), "%.30s-%03d", id, (int)i);
		struct observed_instance *in = scene_instance(s, g, name, INSTANCE_RUNNING);
		in->key_pair = intern(s, o->key_pair);
	}
	if (!o->unlisted) {
		g->listed_mono_ms = SCENE_MONO_MS - 1000;
		g->ids_since_mono_ms = SCENE_MONO_MS - 60 * SCENE_MINUTE_MS;
	}
	if (!o->unrecorded)
		record(s, g, group);
	return g;
}

struct resource *scene_row(struct scene *s, const char *id, const char *cloud_group,
			   const char *group, enum resource_state state)
{
	if (vec_grow((void **)&s->rows, &s->cap_rows, s->n_rows + 1, sizeof(*s->rows)) < 0)
		abort();
	struct resource *r = &s->rows[s->n_rows++];
	*r = (struct resource){.id = copy(id),
			       .cloud_group = copy(cloud_group),
			       .group = copy(group),
			       .state = state,
			       .charge = CHARGE_POSTPAID};
	r->first_wall_ms = SCENE_WALL_MS - SCENE_MINUTE_MS;
	r->seen_wall_ms = state == RESOURCE_EXPECTED ? 0 : SCENE_WALL_MS - SCENE_MINUTE_MS;
	return r;
}

struct intent *scene_intent(struct scene *s, enum verb verb, enum intent_state state,
			    const char *group, const char *cloud_group, int64_t count)
{
	struct intent *i = must(intent_new());
	s->intents[s->in_flight.n_intents++] = i;
	i->id = (int64_t)s->in_flight.n_intents;
	(void)snprintf(i->key, sizeof(i->key), "key%d", (int)i->id);
	i->verb = verb;
	i->state = state;
	i->count = count;
	i->buys = verb == VERB_CREATE || verb == VERB_GROW;
	i->created_wall_ms = SCENE_WALL_MS - SCENE_MINUTE_MS;
	if (state == INTENT_DONE)
		i->settled_wall_ms = SCENE_WALL_MS - SCENE_MINUTE_MS / 2;
	if (intent_set(&i->group, group) < 0 || intent_set(&i->cloud_group, cloud_group) < 0 ||
	    intent_set(&i->region, SCENE_REGION) < 0)
		abort();
	return i;
}

struct order *scene_order(struct scene *s, const char *id, const char *group, int64_t intent,
			  int64_t count, enum order_status status)
{
	struct order *o = &s->orders[s->in_flight.n_orders++];
	*o = (struct order){.id = copy(id),
			    .group = copy(group),
			    .region = copy(SCENE_REGION),
			    .cloud_group = copy(""),
			    .intent = intent,
			    .count = count,
			    .status = status,
			    .status_text = copy(""),
			    .amount = copy(""),
			    .currency = copy("")};
	o->created_wall_ms = SCENE_WALL_MS - SCENE_MINUTE_MS;
	return o;
}

void scene_approve(struct scene *s, const char *hash)
{
	struct approval *a = &s->approvals[s->in_flight.n_approvals++];
	*a = (struct approval){.who = own(s, copy("a person")), .count = INT64_MAX};
	(void)snprintf(a->hash, sizeof(a->hash), "%s", hash);
	for (int hold = HOLD_NEW_PER_HOUR; hold < HOLD_MAX_; hold++)
		approval_name(a, hold_name((enum hold)hold));
	assert(approval_names(a, hold_name(HOLD_MAX_ - 1)));
}

void scene_approve_shown(struct scene *s, const struct action *shown)
{
	struct approval *a = &s->approvals[s->in_flight.n_approvals++];
	*a = (struct approval){.who = own(s, copy("a person")),
			       .count = shown->count,
			       .price_micro = shown->price_micro};
	(void)snprintf(a->hash, sizeof(a->hash), "%s", shown->hash);
	approval_name(a, hold_name(shown->hold));
}

void scene_pause(struct scene *s, const char *group)
{
	s->paused[s->in_flight.n_paused++].group = group;
}

void scene_known(struct scene *s, const char *group, enum kind kind)
{
	s->kinds[s->in_flight.n_kinds++] = (struct group_kind){.group = group, .kind = kind};
}

void scene_deleted(struct scene *s, const char *group, int64_t n)
{
	s->deleted[s->in_flight.n_deleted_last_hour++] =
		(struct group_hour){.group = group, .deleted = n};
}

const bool every_kind[KIND_MAX_] = {true, true, true};
_Static_assert(KIND_MAX_ == 3, "every kind stands above");

const struct plan_input *scene_input(struct scene *s)
{
	s->in_flight.intents = s->intents;
	s->in_flight.orders = s->orders;
	s->in_flight.resources = s->rows;
	s->in_flight.n_resources = s->n_rows;
	s->in_flight.approvals = s->approvals;
	s->in_flight.deleted_last_hour = s->deleted;
	s->in_flight.paused = s->paused;
	s->in_flight.kinds = s->kinds;
	s->in.desired = &s->desired;
	s->in.observed = &s->observed;
	s->in.in_flight = &s->in_flight;
	s->in.settings = &s->settings;
	s->in.prospects = s->prospects;
	s->in.n_prospects = s->n_prospects;
	return &s->in;
}
