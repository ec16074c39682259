#pragma once
/*
 * The calls about delivery groups that only look: what is asked before the first create of one
 * (appstream-center 3.13, 3.15, 3.16). Encoders as in android_group.h. The listings are the
 * kind's row of listings.h.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "cloud/fields.h"
#include "model/desired.h"
#include "model/params.h"
#include "model/value.h"

int stream_encode_image_list(const char *image, struct params *ret);
struct stream_image_place {
	const char *image, *region, *version, *status, *progress;
};
FIELD_LIST_TYPE(stream_image_places, struct stream_image_place);
struct stream_image {
	const char *id, *name, *type, *status, *product, *os, *platform, *session_type;
	struct field_texts regions;
	struct stream_image_places places;
};
/* 0, -EBADMSG, -ENOMEM: nothing to release then. */
int stream_image_row(const cJSON *row, struct stream_image *ret);
void stream_image_fini(struct stream_image *image);
/* AVAILABLE, and distributed to @region as far as it says where. */
bool stream_image_usable(const struct stream_image *image, const char *region);

int stream_encode_node_types(const char *region, const char *type, struct params *ret);
struct stream_node_type {
	const char *id, *family, *name, *cpu, *gpu;
	int64_t gpu_memory_mb, memory_mb;
	int64_t max_capacity; /* most sessions of a node; FIELD_ABSENT when not said */
};
int stream_node_type_row(const cJSON *row, struct stream_node_type *ret);

/* Of one node, for the period that @create (a desired_group.create) asks for. */
int stream_encode_price(const char *region, const char *spec, enum charge_type charge,
			const struct value *create, struct params *ret);
struct stream_promotion {
	const char *id, *name, *text, *option;
	int64_t selected;
};
FIELD_LIST_TYPE(stream_promotions, struct stream_promotion);
struct stream_rule {
	const char *id, *text;
};
FIELD_LIST_TYPE(stream_rules, struct stream_rule);
struct stream_price_reply {
	struct stream_priced {
		struct stream_price {
			const char *currency;
			const char *original, *discount, *trade; /* decimals; trade is what is paid */
			struct stream_promotions promotions;
		} price;
		struct stream_rules rules;
	} model;
};
int stream_decode_price(const cJSON *root, struct stream_price_reply *ret);
void stream_price_reply_fini(struct stream_price_reply *reply);
