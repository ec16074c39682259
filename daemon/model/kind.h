#pragma once
/*
 * The kinds of group, their names in YAML, and the words of charging.
 */
#include <stdbool.h>

enum kind {
	KIND_CLOUD_PHONE,   /* eds-aic: instance groups (ag-) of instances (acp-) */
	KIND_APP_STREAMING, /* appstream-center: delivery groups (aig-) of nodes */
	KIND_PURCHASE,      /* BssOpenApi: bought instances */
	KIND_MAX_,
	KIND_INVALID = -1,
};

enum charge_type { CHARGE_POSTPAID, CHARGE_PREPAID, CHARGE_UNKNOWN };

/* "cloud-phone", ...; static. "?" for a value outside the enum. */
const char *kind_name(enum kind kind);
enum kind kind_from_name(const char *name); /* KIND_INVALID when unknown */

/* "PostPaid", "PrePaid", "?" */
const char *charge_type_name(enum charge_type type);
enum charge_type charge_type_from_name(const char *name);
