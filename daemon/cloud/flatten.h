#pragma once
/*
 * Typed values to the text the API wants (protocol b): flat "Name.1.Member" parameters,
 * or one parameter that holds JSON ("shrink"). Encodes nothing for the URL: that is
 * params_text(), which is also the form body.
 */
#include "model/params.h"
#include "model/value.h"

/* Adds @value under @name: a list's elements as "Name.1", a map's members as "Name.Member". null,
 * empty lists and empty maps add nothing; a null element uses up its index. A name that comes
 * twice: the later one wins. 0; -EINVAL: a number that is none; -ENOMEM. */
int flatten_value(const char *name, const struct value *value, struct params *params);

/*
 * The members of a create call, the map @create: scalars as text, lists flattened, and each map
 * as one parameter of JSON (appstream-center 1.1, bssopenapi 1.1). Nulls, empty lists and maps
 * without a member add nothing. Results as flatten_value().
 */
int flatten_create(const struct value *create, struct params *params);

/* Compact JSON, members in the order of the tree, null members left out (null elements of
 * a list keep their place). The caller frees *ret_text. Results as flatten_value(). */
int flatten_json(const struct value *value, char **ret_text);
