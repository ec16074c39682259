#pragma once
/*
 * The rows of ListAppInstanceGroup, GetAppInstanceGroup and ListNodes (appstream-center 3.2,
 * 3.3, 3.5): complete, as the API documents them, and in the short form that is kept. Strict
 * about ids, tolerant of everything else.
 */
#include <cjson/cJSON.h>
#include <stdint.h>

#include "base/jsonw.h"
#include "cloud/fields.h"
#include "cloud/rows.h"
#include "model/observed.h"

struct stream_app {
	const char *icon, *id, *name, *version, *version_name;
};
FIELD_LIST_TYPE(stream_apps, struct stream_app);

struct stream_period {
	const char *start, *end;
	int64_t amount;
};
FIELD_LIST_TYPE(stream_periods, struct stream_period);

struct stream_schedule {
	const char *type;
	struct field_texts days;
	struct stream_periods periods;
};
FIELD_LIST_TYPE(stream_schedules, struct stream_schedule);

struct stream_pool {
	const char *id, *node_type, *type_name;
	int64_t capacity;
	int64_t amount_bought; /* when the group was made */
	int64_t nodes, nodes_used;       /* subscribed to, now */
	int64_t elastic, elastic_used;   /* that scaling has added */
	const char *strategy;
	int64_t max_scaling, max_idle, step, down_after_minutes;
	const char *threshold;
	const char *enabled, *disabled;
	int64_t warm_up;
	struct stream_schedules schedules;
};
FIELD_LIST_TYPE(stream_pools, struct stream_pool);

struct stream_ota {
	const char *version, *newer, *task;
};

/* Every documented member of either model. Text is borrowed from the reply. */
struct stream_group {
	const char *id, *name, *product, *region, *spec_id;
	const char *status, *resource_status;
	const char *image, *image_name, *os;
	const char *session_kind, *session_kind_name, *session_type, *session_timeout;
	const char *policy, *policy_version, *auth_mode, *office_site;
	const char *charge_type, *charge_mode;
	const char *created, *expires;
	int64_t amount, max_amount, min_amount;
	const char *reserve_ratio;
	int64_t reserve_max, reserve_min;
	int64_t down_after_minutes, step; /* of groups sold by session */
	const char *threshold;
	int64_t skip_user_check, mixed_groups, policy_image_check;
	const char *group_auth;
	struct stream_pools pools;
	struct stream_apps apps;
	struct stream_ota ota;
	struct row_tags tags, resource_tags;
};

/* 0, -EBADMSG (no usable id), -ENOMEM: nothing to release then. */
int stream_group_decode(const cJSON *row, struct stream_group *ret);
void stream_group_fini(struct stream_group *group);
const struct field_table *stream_group_table(void);

/* The two words of a group as one status (appstream-center 4.1, 4.2). */
enum group_status stream_status(const char *status, const char *resource_status);

/* A row as it is kept; instances and listing times stay zero. */
int stream_group_row(const cJSON *row, struct observed *strings, struct observed_group *ret);
/* Its status is that of its group: stream_settle(). @ret_group is set to "". */
int stream_node_row(const cJSON *row, struct observed *strings, struct observed_instance *ret,
		    char *ret_group);
const struct field_table *stream_node_table(void);

/* After the nodes of @g were listed: their status, and how many of them there are for as long
 * as they are wanted. */
void stream_settle(struct observed_group *g);
