#pragma once
/*
 * CreateInstance (bssopenapi 3.1): one call orders one instance and pays for it by itself.
 */
#include <cjson/cJSON.h>
#include <stdint.h>

#include "cloud/fields.h"
#include "model/params.h"
#include "model/value.h"

#define PURCHASE_TOKEN_MAX 64 /* ASCII characters (bssopenapi 3.1) */

/* @create is that of the desired group. 0; -EINVAL: it names no product or no way of billing,
 * or @token is none; -ENOMEM. */
int purchase_encode_create(const struct value *create, const char *token, struct params *ret);

struct purchase_create_data {
	const char *order, *instance; /* either may be "" */
};

/* Every documented member of the reply. Text is borrowed. */
struct purchase_create_reply {
	const char *code, *message, *request_id;
	int64_t success;
	struct purchase_create_data data;
};

/* 0, or -EBADMSG: it names neither an order nor an instance (seen, bssopenapi 1.2), or an
 * instance by an id that cannot be one; then what it did is not known. */
int purchase_decode_create(const cJSON *root, struct purchase_create_reply *ret);
/* The table behind it, for coverage checks and documentation. */
const struct field_table *purchase_create_reply_table(void);
