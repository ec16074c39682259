#pragma once
/*
 * What has been bought: QueryAvailableInstances (bssopenapi 3.2), by product or by id. Its rows
 * complete, as the API documents them, and in the short form that is kept.
 */
#include <cjson/cJSON.h>
#include <stdint.h>

#include "cloud/fields.h"
#include "cloud/listings.h"
#include "model/observed.h"
#include "model/params.h"

#define PURCHASE_PAGE_SIZE 300 /* more is cut to this */
#define PURCHASE_IDS_MAX 100

/* Every documented member of InstanceList[]. Text is borrowed from the reply. */
struct purchase {
	const char *id, *product_code, *product_type, *subscription, *region;
	const char *status, *sub_status, *renew_status;
	int64_t renewal;          /* with auto-renewal only */
	const char *renewal_unit; /* M or Y */
	const char *created, *ends, *expected_release, *released, *stopped;
	const char *owner, *seller, *seller_id;
};

/* 0; -EINVAL: the scope names neither a product nor an id, too many, or what is no id; -ENOMEM.
 * The Region is never sent: one of the other site is answered with an empty list (2). */
int purchase_encode_listing(const struct listing_scope *scope, struct params *ret);

/* 0, -EBADMSG (no usable id), -ENOMEM. Nothing to release in it. */
int purchase_decode(const cJSON *row, struct purchase *ret);
const struct field_table *purchase_table(void);

/* A row of InstanceList[] as the cloud group it is. */
int purchase_group_row(const cJSON *row, struct observed *strings, struct observed_group *ret);
