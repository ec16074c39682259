#pragma once
/*
 * Parameters that calls of several services have, under whatever name. 0, -ENOMEM, or -EINVAL
 * where the call would name nothing or too much.
 */
#include <stddef.h>

#include "model/desired.h"
#include "model/params.h"

/* Left out when @value is NULL or "": an empty value would be sent as one (eds-aic 1). */
int encode_text(struct params *p, const char *name, const char *value);
/* An id of the cloud; -EINVAL when it is none. */
int encode_id(struct params *p, const char *name, const char *id);
/* "Name.1", ...: 1 to @max ids. An empty list is never sent: what that would do is not
 * documented (eds-aic 10). */
int encode_ids(struct params *p, const char *name, const struct text_list *ids, size_t max);
/* "Name.index.Key" and "Name.index.Value", @index from 1. */
int encode_tag(struct params *p, const char *name, size_t index, const char *key, const char *value);
int encode_tags(struct params *p, const char *name, const struct tag *tags, size_t n);
