#pragma once
/*
 * Builders for a scene: a fleet file, what the cloud lists, what the ledger remembers, the
 * settings and the time, with defaults of a fleet at rest. Everything lives until
 * scene_free().
 *
 *	struct scene *s = scene_new();
 *	want(s, "phones", .count = 3);
 *	stand(s, "ag-1", "phones", .n = 3);
 */
#include "plan/plan.h"

#define SCENE_MONO_MS UINT64_C(10000000)
#define SCENE_WALL_MS UINT64_C(1790000000000)
#define SCENE_MINUTE_MS UINT64_C(60000)
#define SCENE_DAY_MS (UINT64_C(24) * 60 * SCENE_MINUTE_MS)
#define SCENE_FLEET "qa-lab"
#define SCENE_OWNER "owner-of-this-ledger"
#define SCENE_REGION "cn-shanghai"
#define SCENE_SPEC "acp.basic.small"
#define SCENE_IMAGE "imgc-1"
#define SCENE_MANY 64

struct scene {
	struct desired desired;
	struct observed observed;
	struct in_flight in_flight;
	struct settings settings;
	struct prospects prospects[SCENE_MANY];
	size_t n_prospects;
	struct intent **intents;
	struct order *orders;
	struct resource *rows;
	size_t n_rows, cap_rows;
	struct approval approvals[SCENE_MANY];
	struct group_hour deleted[SCENE_MANY];
	struct paused paused[SCENE_MANY];
	struct group_kind kinds[SCENE_MANY];
	struct plan_input in;
	void **owned; /* texts that the scene frees */
	size_t n_owned, cap_owned;
};

struct scene *scene_new(void);
/* Room for @many cloud groups, calls and orders; otherwise for SCENE_MANY. */
struct scene *scene_new_of(size_t many);
void scene_free(struct scene *s);
/* printf-made text that lives as long as the scene. */
char *scene_text(struct scene *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct want {
	int64_t count;
	enum kind kind;
	enum charge_type charge;
	const char *spec, *image, *region; /* NULL: the scene's */
	int64_t per_group;                 /* 0: 100 */
	const char *key_pair, *renamed_from, *adopt, *fallback, *tag_key, *tag_value;
	enum heal heal;
	bool power_on, drain_force, protect, reorder;
	uint64_t fingerprint; /* 0: 7 */
	bool unsized, rollout, auto_pay;
	int64_t session_timeout; /* 0: not stated */
	const char *strategy;    /* of the node pool; NULL: not stated */
};
struct desired_group *scene_want(struct scene *s, const char *name, const struct want *w);
#define want(s, name, ...) scene_want((s), (name), &(struct want){__VA_ARGS__})

struct stand {
	enum kind kind;
	int64_t n; /* instances, all RUNNING; ids "<id>-000", ... */
	enum charge_type charge;
	const char *spec, *image, *region, *name;
	enum group_status status;   /* 0 (CREATING) means RUNNING */
	bool creating;              /* status CREATING all the same */
	bool unmarked;              /* no tags at all */
	bool unrecorded;            /* the ledger does not know it */
	bool unlisted;              /* its instances have never been listed */
	const char *owner, *intent; /* marks; NULL: ours, none */
	int64_t available;          /* 0: n */
	const char *key_pair;
	uint64_t expires_ms, created_ms;
	int64_t elastic;            /* nodes beside the n */
	const char *status_text;    /* NULL: the status's name */
	const char *session_timeout, *strategy; /* as they read back; NULL: not told */
};
/* A cloud group of desired group @group (as its marks and rows say). */
struct observed_group *scene_stand(struct scene *s, const char *id, const char *group,
				   const struct stand *o);
#define stand(s, id, group, ...) scene_stand((s), (id), (group), &(struct stand){__VA_ARGS__})
/* One more instance, at the end of the listing. */
struct observed_instance *scene_instance(struct scene *s, struct observed_group *g, const char *id,
					 enum instance_status status);
/* The tags of an instance of ours, with one more key when @key is not NULL. */
const char *scene_marks(struct scene *s, const char *group, const char *owner, const char *intent,
			const char *key, const char *value);

struct resource *scene_row(struct scene *s, const char *id, const char *cloud_group,
			   const char *group, enum resource_state state);
struct intent *scene_intent(struct scene *s, enum verb verb, enum intent_state state,
			    const char *group, const char *cloud_group, int64_t count);
struct order *scene_order(struct scene *s, const char *id, const char *group, int64_t intent,
			  int64_t count, enum order_status status);
/* Of whatever size, and whatever holds it. */
void scene_approve(struct scene *s, const char *hash);
/* As a person does who saw @shown. */
void scene_approve_shown(struct scene *s, const struct action *shown);
void scene_pause(struct scene *s, const char *group);
/* The ledger remembers the kind of @group. */
void scene_known(struct scene *s, const char *group, enum kind kind);
void scene_deleted(struct scene *s, const char *group, int64_t n);
struct prospects *scene_prospects(struct scene *s, const char *group);
/* For whoever takes a choice of kinds. */
extern const bool every_kind[KIND_MAX_];
/* The input over all of it, with sizes and pointers brought up to date. */
const struct plan_input *scene_input(struct scene *s);
