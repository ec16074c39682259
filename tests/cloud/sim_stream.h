#pragma once
/*
 * App Streaming: what exists (appstream-center 3.1 to 3.12), how it ages, what is sold.
 * A delivery group has one pool of nodes; a node has no status in the API, but one behind
 * the scenes. The group moves from step to step, and its nodes with it.
 */
#include <cjson/cJSON.h>

#include "sim_call.h"
#include "sim_model.h"
#include "sim_operation.h"

struct sim_node_type {
	const char *id;
	const char *family;
	const char *name;
	unsigned cores, gpus, gpu_memory_mib, memory_mib;
	unsigned max_capacity;    /* sessions (appstream-center 9.3) */
	unsigned cents_per_month; /* of one node; made up */
	unsigned cents_per_hour;
};

struct sim_app_image {
	const char *id;
	const char *name;
	const char *created;
	const char *const *regions; /* NULL-terminated */
};

struct sim_node {
	char id[SIM_ID_SIZE];
	const char *status; /* CREATING, RUNNING, DELETING */
	bool prepaid;
	bool elastic; /* comes and goes with usage or by schedule */
};

struct sim_stream {
	char id[SIM_ID_SIZE], pool_id[SIM_ID_SIZE], spec_id[SIM_ID_SIZE]; /* pool "": none */
	char *name;
	char *policy, *office_site, *auth_mode, *session_type;
	char *user_groups; /* each between newlines */
	const struct sim_region *region;
	const struct sim_app_image *image, *next_image;
	const struct sim_node_type *type;
	cJSON *strategy; /* the members of NodePool that are about scaling */
	bool prepaid, auto_renew, skip_auth;
	bool stands; /* false until its order is paid: it is not there */
	int session_timeout;
	unsigned capacity, bought;
	uint64_t period_ms;

	const char *status, *resource_status;           /* words (appstream-center 4.1, 4.2) */
	const char *next_status, *next_resource_status; /* NULL: no step is under way */
	bool step_fails;
	uint64_t step_due, expire_due, gone_due; /* cloud; SIM_NEVER */
	struct sim_moment made;
	unsigned disconnections; /* times that all sessions were cut off */
	struct sim_tags *tags;
	VEC(struct sim_node) nodes; /* by age */
	UT_hash_handle hh;
};

/* --- sim_stream.c: what exists */
/* NULL when there is none, or none yet. */
struct sim_stream *sim_find_stream(struct sim *sim, const char *id);
/* The group that has the node; NULL. */
struct sim_stream *sim_find_node(struct sim *sim, const char *id, struct sim_node **ret_node);
/* An empty group with ids of its own, which nobody knows yet. NULL without memory. */
struct sim_stream *sim_stream_new(struct sim *sim);
/* Makes it known; takes it over in every case. 0 or -ENOMEM. */
int sim_stream_add(struct sim *sim, struct sim_stream *stream);
void sim_stream_free(struct sim_stream *stream);
/* Gone at once. */
void sim_stream_drop(struct sim *sim, struct sim_stream *stream);
void sim_stream_drop_all(struct sim *sim);
void sim_node_drop(struct sim *sim, struct sim_stream *stream, struct sim_node *node);

/* Nodes of one sort that are not on their way out. */
unsigned sim_stream_size(const struct sim_stream *stream, bool elastic);
/* Brings that number to @want: new ones are CREATING, the newest leave as DELETING. */
int sim_stream_resize(struct sim *sim, struct sim_stream *stream, bool elastic, unsigned want);
/* The same for the elastic ones, as usage would do it: at once. */
int sim_stream_scale(struct sim *sim, struct sim_stream *stream, unsigned want);
/* What @members of a pool say about scaling goes into @strategy. 0 or -ENOMEM. */
int sim_stream_merge(cJSON *strategy, const cJSON *members);
const char *sim_stream_strategy(const struct sim_stream *stream);

/* --- and how it ages */
struct sim_step {
	const char *status, *resource_status;
	const char *next_status, *next_resource_status;
	uint64_t low_ms, high_ms;
	enum sim_fate fate;
	bool fails; /* what is under way comes to nothing */
};
/* Begins a step; the nodes that are CREATING or DELETING end with it. 0 or -ENOMEM. */
int sim_stream_begin(struct sim *sim, struct sim_stream *stream, const struct sim_step *step);
/* The group comes to be: DEPLOYING, then PUBLISHED. */
int sim_stream_deploy(struct sim *sim, struct sim_stream *stream, enum sim_fate fate);
/* Nodes come and go; then as before. */
int sim_stream_upgrade(struct sim *sim, struct sim_stream *stream, enum sim_fate fate);
/* RELEASED now, gone a minute later. */
int sim_stream_release(struct sim *sim, struct sim_stream *stream);
/* What is under way is forgotten: somebody set things by hand. */
void sim_stream_halt(struct sim *sim, struct sim_stream *stream);

/* --- sim_stream_orders.c */
/* An order that the caller places. NULL without memory. */
struct sim_order *sim_stream_order_new(struct sim *sim, struct sim_stream *stream,
				       const char *action, unsigned nodes);
/* Makes it one of more nodes for a group that stands. */
void sim_stream_order_grows(struct sim_order *order, enum sim_fate fate);

/* --- sim_stream_catalog.c: NULL when it is not sold */
const struct sim_node_type *sim_node_type(const char *id);
const struct sim_app_image *sim_app_image(const char *id);
bool sim_app_image_is_in(const struct sim_app_image *image, const struct sim_region *region);
/* Length of Period and PeriodUnit; 0 for a pair that is not sold (appstream-center 9.1). */
uint64_t sim_stream_period_ms(const struct sim_call *call, bool prepaid);
struct sim_price sim_stream_price(const struct sim_node_type *type, bool prepaid, unsigned nodes,
				  uint64_t period_ms);
extern const char sim_stream_promotion[];

/* --- sim_stream_check.c: rules between parameters. 0, SIM_REFUSED or -ENOMEM. */
/* NodePool, or NodePoolStrategy over what is there, as it would be. */
int sim_check_strategy(struct sim_call *call, const cJSON *strategy, bool prepaid);
/* Everything in the other JSON parameters of a create or a modification. */
int sim_check_policies(struct sim_call *call);
/* The JSON of a parameter; NULL when absent, -ENOMEM without memory. */
int sim_arg_json(const struct sim_call *call, const char *name, cJSON **ret_json);
/* The group named by AppInstanceGroupId, which must exist; and not be in a step. */
int sim_check_stream(struct sim_call *call, struct sim_stream **ret_stream);
int sim_check_settled(struct sim_call *call, const struct sim_stream *stream);
/* The image named by AppCenterImageId, which must be in the region. */
int sim_check_app_image(struct sim_call *call, const struct sim_region *region,
			const struct sim_app_image **ret_image);
int sim_check_capacity(struct sim_call *call, const struct sim_node_type *type, unsigned capacity);

/* --- the operations */
#define SIM_STREAM_OPERATIONS 16
extern const struct sim_operation sim_stream_operations[SIM_STREAM_OPERATIONS];

int sim_create_stream(struct sim_call *call);
int sim_get_stream(struct sim_call *call);
int sim_list_streams(struct sim_call *call);
int sim_list_nodes(struct sim_call *call);
int sim_modify_stream(struct sim_call *call);
int sim_modify_pool(struct sim_call *call);
int sim_modify_pool_amount(struct sim_call *call);
int sim_update_stream_image(struct sim_call *call);
int sim_delete_stream(struct sim_call *call);
int sim_list_node_types(struct sim_call *call);
int sim_list_app_images(struct sim_call *call);
int sim_get_resource_price(struct sim_call *call);
int sim_list_stream_regions(struct sim_call *call);
int sim_tag_streams(struct sim_call *call);
int sim_untag_streams(struct sim_call *call);
int sim_list_stream_tags(struct sim_call *call);

/* --- behind the scenes */
/* Entries of /_sim/state. */
void sim_stream_state(const struct sim *sim, struct strbuf *out);
/* A change by hand to a group or a node: 0, 1 when there is no such thing, -EINVAL with the
 * reason in @reterr, or -ENOMEM. */
int sim_stream_change(struct sim *sim, const char *id, const cJSON *body, char *reterr,
		      size_t size);
