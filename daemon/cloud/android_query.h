#pragma once
/*
 * The calls that only look: listings (eds-aic 4.2, 4.3) and what is asked before the first
 * create of a group (eds-aic 4.20 to 4.23). Encoders as in android_group.h.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "cloud/fields.h"
#include "model/desired.h"
#include "model/params.h"

/* Empty members (NULL, "", 0) do not filter. Keep it unchanged over the pages. */
struct android_query {
	const char *region;
	const struct text_list *groups;    /* group ids, at most 100 */
	const struct text_list *instances; /* instance ids, at most 100 (instances only) */
	const char *status;                /* one word; the API takes no more */
	const char *name;                  /* fuzzy for groups: compare again (eds-aic 6.3) */
	const char *tag_key, *tag_value;   /* a NULL value matches none in particular */
	int max_results;                   /* 1 to 100; 0 = 100 */
};

int android_encode_describe_groups(const struct android_query *query, struct params *ret);
int android_encode_describe_instances(const struct android_query *query, struct params *ret);

int android_encode_stock(const char *region, const char *spec, int64_t instances, bool gpu,
			 struct params *ret);
enum android_stock { STOCK_UNKNOWN, STOCK_AVAILABLE, STOCK_SOLD_OUT };
/* Available when one zone has it: a create cannot choose the zone. Advice, no promise. */
int android_decode_stock(const cJSON *root, enum android_stock *ret);

int android_encode_spec(const char *region, const char *spec, struct params *ret);
struct android_spec {
	const char *id, *status, *type, *resolution;
	int64_t cores, memory_gb, disk_gb;
	int64_t phones, min_phones, max_phones;
};
int android_spec_row(const cJSON *row, struct android_spec *ret);

/* @system: images of the system, else the user's; there is no "both" (eds-aic 4.23). */
int android_encode_image(bool system, const char *image, struct params *ret);
struct android_image {
	const char *id, *name, *type, *status, *system, *version, *rendering;
	struct field_texts regions;
};
int android_image_row(const cJSON *row, struct android_image *ret);
void android_image_fini(struct android_image *image);
/* AVAILABLE, and distributed to @region. */
bool android_image_usable(const struct android_image *image, const char *region);
