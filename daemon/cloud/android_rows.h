#pragma once
/*
 * The rows of DescribeAndroidInstances and DescribeAndroidInstanceGroups (eds-aic 4.2,
 * 4.3): complete, as the API documents them, and in the short form that is kept.
 * Strict about ids, tolerant of everything else: an unknown status is kept as it is.
 */
#include <cjson/cJSON.h>
#include <stdint.h>

#include "base/jsonw.h"
#include "cloud/fields.h"
#include "cloud/rows.h"
#include "model/observed.h"

struct android_disk {
	const char *type;
	int64_t size_gb;
};

FIELD_LIST_TYPE(android_disks, struct android_disk);

struct android_display {
	int64_t height, width, dpi, fps;
	const char *lock;
};

struct android_app_policy {
	const char *id, *name;
};

struct android_phone_data {
	const char *id;
	int64_t volume_gib;
};

/* Every documented member of InstanceModel[]. Text is borrowed from the reply. */
struct android_instance {
	const char *id, *name, *status;
	const char *group_id, *group_name;
	const char *region, *zone, *office_site, *vswitch;
	const char *private_ip, *public_ip, *private_ipv6, *public_ipv6;
	const char *internet_status, *session_status;
	const char *instance_type, *charge_type;
	const char *created, *modified, *expires;
	const char *image, *image_version, *image_biz_type, *system_version;
	int64_t cpu, memory_mib;
	struct android_disks disks;
	const char *key_pair, *policy_group;
	const char *authorized_user, *bound_user;
	int64_t backup_rate;          /* progress of a backup or recovery, per cent */
	const char *backup_error;     /* why that failed; not an error of creation */
	const char *rendering_type;
	struct android_display display;
	const char *network_type, *bandwidth_type, *bandwidth_package, *qos_rule;
	int64_t up_mbit, down_mbit;
	struct row_tags tags, biz_tags;
	struct android_app_policy app_policy;
	const char *delivery_group, *app_instance, *persistent_session;
	const char *channel, *package;
	struct android_phone_data phone_data;
	int64_t stream_mode;
	const char *server_type, *server_status;
};

/* 0, -EBADMSG (no usable id of instance or group), -ENOMEM: nothing to release then. */
int android_instance_decode(const cJSON *row, struct android_instance *ret);
void android_instance_fini(struct android_instance *instance);
/* One JSON object with the API's own names. */
void android_instance_to_json(const struct android_instance *instance, struct jsonw *out);
/* The table behind it, for coverage checks and documentation. */
const struct field_table *android_instance_table(void);

/* The short form, for listings; texts are interned in @strings. @ret_group gets the id of the
 * group it belongs to. Results as android_instance_decode(). */
int android_instance_row(const cJSON *row, struct observed *strings, struct observed_instance *ret,
			 char ret_group[OBSERVED_ID_SIZE]);

/* A row of InstanceGroupModel[]; instances and listing times stay zero. */
int android_group_row(const cJSON *row, struct observed *strings, struct observed_group *ret);
