#pragma once
/*
 * The table of kind cloud-phone; reached through schema_kind().
 */
#include "config/schema.h"

extern const struct schema schema_cloud_phone;
