#pragma once
/*
 * What a purchase would cost (bssopenapi 3.13, 3.14, 3.17). A price is asked for by pricing
 * modules, each with a setting for every key it has; the purchase's parameters are settings, as
 * far as their codes are such keys, which nobody promises. Where they are not there is no price.
 */
#include <cjson/cJSON.h>
#include <stdint.h>

#include "cloud/operations.h"
#include "model/desired.h"
#include "model/params.h"
#include "model/value.h"

/* @create is always that of the desired group. */

/* Whether the API tells prices for such a period: not by the day. */
bool purchase_has_price(const struct value *create);
/* 0, -EINVAL (no product), -ENOMEM. */
int purchase_encode_modules(const struct value *create, struct params *ret);
/* Adds code and settings of each module that the parameters fill, one text after the other.
 * 0, -EBADMSG, -ENOMEM. */
int purchase_decode_modules(const cJSON *root, const struct value *create,
			    struct text_list *modules);

/* Of one instance: for its whole period, or of what is paid by use for one hour. @modules as
 * decoded; -EINVAL when there are none. */
int purchase_encode_price(const struct value *create, const struct text_list *modules,
			  enum operation *ret_op, struct params *ret);
/* *ret_currency is borrowed. 0, or -EBADMSG: it says no price, or leaves out a module. */
int purchase_decode_price(const struct value *create, const cJSON *root,
			  const struct text_list *modules, int64_t *ret_micro,
			  const char **ret_currency);
