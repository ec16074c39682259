#pragma once
/*
 * The calls that change instance groups and their instances (eds-aic 4.1, 4.4 to 4.6,
 * 4.12 to 4.18, 4.25): parameters, and what their replies say. Names of the same thing
 * differ from operation to operation (eds-aic 10); they are spelt here and nowhere else.
 *
 * Encoders fill an empty @ret. 0, -ENOMEM, or -EINVAL where the call would name nothing
 * or too much; @ret then holds nothing of meaning and still wants params_fini().
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cloud/fields.h"
#include "model/desired.h"
#include "model/params.h"

/* Batch caps; where none is documented the smallest of the others (eds-aic 10). */
#define ANDROID_BATCH_MAX 50
#define ANDROID_GROUP_MAX 100 /* instances of one group (eds-aic 6.2) */
#define ANDROID_TAGS_MAX 20   /* of one resource */

struct android_marks {
	const char *fleet, *group, *intent, *owner;
};

struct android_create {
	const struct desired_group *group;
	struct android_marks marks;
	const char *name;
	const char *token;
	const char *spec;  /* NULL: the group's; else one of its fallbacks */
	int64_t instances; /* 1 to ANDROID_GROUP_MAX */
	/* Of a group with network_info: "" or NULL buys the package (its first create), else
	 * the package which that one bought. */
	const char *bandwidth_package;
};

int android_encode_create(const struct android_create *create, struct params *ret);
int android_encode_upgrade(const char *group_id, int64_t add, bool auto_pay, struct params *ret);
int android_encode_downgrade(const char *group_id, const struct text_list *victims, bool auto_pay,
			     struct params *ret);
int android_encode_delete(const char *group_id, struct params *ret);
/* Start, Reboot and Reset take the same list. */
int android_encode_power(const struct text_list *instances, struct params *ret);
int android_encode_tag(const struct text_list *instances, const struct tag *tags, size_t n_tags,
		       struct params *ret);
int android_encode_attach_key(const char *key_pair, const struct text_list *instances,
			      struct params *ret);

/*
 * Replies. Text is borrowed from the reply. 0; -EBADMSG: not what the operation answers,
 * or it names nothing that could be followed up, so that the caller takes the call as
 * unclear; -ENOMEM.
 */
struct android_group_info {
	const char *id;
	struct field_texts instances;
};

FIELD_LIST_TYPE(android_group_infos, struct android_group_info);

struct android_bandwidth_order {
	const char *package; /* "" unless NetworkInfo bought one */
	const char *order;   /* its own order, to be paid like any other */
};

struct android_create_reply {
	struct field_texts groups;
	struct android_group_infos infos;
	const char *order;
	struct android_bandwidth_order bandwidth;
};

/* A PostPaid create must name its group; a PrePaid one its group or its order, for an
 * unpaid order may have no group yet (eds-aic 7). */
int android_decode_create(const cJSON *root, enum charge_type charge,
			  struct android_create_reply *ret);
void android_create_reply_fini(struct android_create_reply *reply);
/* The table behind it, for coverage checks and documentation. */
const struct field_table *android_create_reply_table(void);
/* The first group named, by either list; "" when there is only the order. */
const char *android_create_group(const struct android_create_reply *reply);

/* Upgrade: the ids made, owned by @ret_ids (empty before), in each of the three forms that
 * are known (eds-aic 4.4). -EBADMSG when they are none of these. An empty list is no error
 * when there is an order: unpaid, perhaps. */
int android_decode_upgrade(const cJSON *root, struct text_list *ret_ids, const char **ret_order);

/* Downgrade: only its order; "" when there is none. */
const char *android_decode_order(const cJSON *root);

struct android_attach_reply {
	const char *key_pair;
	int64_t total, failed;       /* FIELD_ABSENT when not said */
	struct field_texts attached; /* partial success is normal (eds-aic 4.25) */
};
int android_decode_attach_key(const cJSON *root, struct android_attach_reply *ret);
void android_attach_reply_fini(struct android_attach_reply *reply);
