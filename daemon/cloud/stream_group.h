#pragma once
/*
 * The calls that change delivery groups and their node pools (appstream-center 3.1, 3.6, 3.8
 * to 3.10, 3.12, 3.18): parameters, and what their replies say. Encoders as in android_group.h.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cloud/fields.h"
#include "cloud/rows.h"
#include "model/desired.h"
#include "model/params.h"

#define STREAM_PRODUCT "CloudApp"
#define STREAM_NODES_MAX 100 /* NodeAmount (appstream-center 3.1) */
#define STREAM_BATCH_MAX 50  /* resources of one tagging (3.18) */
#define STREAM_TAGS_MAX 20

struct stream_create {
	const struct desired_group *group;
	const char *name;
	const char *spec; /* NULL: the group's */
	int64_t nodes;    /* left out where the group is unsized */
};

/* Maps of desired_group.create are one parameter of JSON each, lists are flat. */
int stream_encode_create(const struct stream_create *create, struct params *ret);
int stream_encode_delete(const char *group_id, struct params *ret);

/* A pool paid by use: how it scales, whole, and how many nodes it has to have; 0 leaves them
 * unsaid, as subscriptions and schedules must (appstream-center 3.9). */
int stream_encode_strategy(const struct desired_group *group, const char *pool, int64_t nodes,
			   struct params *ret);
/* A pool subscribed to: as many nodes in all; makes an order (3.10). */
int stream_encode_amount(const char *group_id, int64_t nodes, struct params *ret);
/* Everything that reads back and can be set again; -EINVAL when the file states none of it. */
int stream_encode_attribute(const struct desired_group *group, const char *group_id,
			    const char *pool, struct params *ret);
int stream_encode_image(const struct desired_group *group, const char *group_id, struct params *ret);
int stream_encode_tag(const struct text_list *groups, const struct tag *tags, size_t n_tags,
		      struct params *ret);

/*
 * Replies. Text is borrowed. 0; -EBADMSG: not what the operation answers, or it names nothing
 * that could be followed up, so that the caller takes the call as unclear; -ENOMEM.
 */
struct stream_create_reply {
	const char *request_id;
	struct stream_made {
		const char *group, *order, *pool;
	} made;
};
/* Names its group or, subscribed to, at least its order. */
int stream_decode_create(const cJSON *root, enum charge_type charge,
			 struct stream_create_reply *ret);
const struct field_table *stream_create_reply_table(void);

/* ModifyNodePoolAmount must name its order. */
int stream_decode_amount(const cJSON *root, const char **ret_order);

/* HTTP 200 may hold failures of single resources (3.18). */
struct stream_tag_failure {
	const char *id, *type, *code, *message;
	struct row_tags tags;
};
FIELD_LIST_TYPE(stream_tag_failures, struct stream_tag_failure);
struct stream_tag_reply {
	const char *request_id;
	struct stream_tag_failures failed;
};
int stream_decode_tag(const cJSON *root, struct stream_tag_reply *ret);
void stream_tag_reply_fini(struct stream_tag_reply *reply);
