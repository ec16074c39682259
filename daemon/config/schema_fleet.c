/*
 * The top of fleet.yaml, and the table of each kind.
 */
#include <stddef.h>

#include "config/fleet_head.h"
#include "config/schema.h"
#include "config/schema_group.h"

static const struct schema_field fields[] = {
	{.key = "version", .type = SCHEMA_INT, .required = true, .min = 1, .max = 1,
	 .doc = "Version of this file's form."},
	{.key = "fleet", .type = SCHEMA_TEXT, .required = true, .rule = &rule_fleet_name,
	 .store = STORE_TEXT, .offset = offsetof(struct fleet_head, fleet),
	 .doc = "Name of the fleet: the owner mark on everything created. Never change it."},
	{.key = "allow_empty", .type = SCHEMA_BOOL, .initial = "false", .store = STORE_BOOL,
	 .offset = offsetof(struct fleet_head, allow_empty),
	 .doc = "true lets groups be empty: every group becomes Unmanaged."},
	{.key = "defaults", .type = SCHEMA_OTHER,
	 .doc = "Values for all groups of the kinds that know the key. A group's own value replaces "
		"the default; only tags are merged, key by key."},
	{.key = "groups", .type = SCHEMA_OTHER, .required = true,
	 .doc = "The groups of the fleet."},
	{0}};

const struct schema schema_fleet = {
	.name = "fleet.yaml", .fields = fields, .doc = "The desired state of the fleet."};

const struct schema *schema_kind(enum kind kind)
{
	static const struct schema *const kinds[KIND_MAX_] = {
		[KIND_CLOUD_PHONE] = &schema_cloud_phone,
		[KIND_APP_STREAMING] = &schema_app_streaming,
		[KIND_PURCHASE] = &schema_purchase,
	};
	return kind >= 0 && kind < KIND_MAX_ ? kinds[kind] : NULL;
}
