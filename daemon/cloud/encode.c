#include "cloud/encode.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "model/observed.h"

int encode_text(struct params *p, const char *name, const char *value)
{
	return value && *value ? params_set(p, name, value) : 0;
}

int encode_id(struct params *p, const char *name, const char *id)
{
	return id && observed_is_id(id) ? params_set(p, name, id) : -EINVAL;
}

int encode_ids(struct params *p, const char *name, const struct text_list *ids, size_t max)
{
	if (ids->n == 0 || ids->n > max)
		return -EINVAL;
	for (size_t i = 0; i < ids->n; i++)
		if (!observed_is_id(ids->items[i]))
			return -EINVAL;
	return params_set_list(p, name, (const char *const *)ids->items, ids->n);
}

int encode_tag(struct params *p, const char *name, size_t index, const char *key, const char *value)
{
	char full[32];
	(void)snprintf(full, sizeof(full), "%s.%zu.Key", name, index);
	int r = params_set(p, full, key);
	(void)snprintf(full, sizeof(full), "%s.%zu.Value", name, index);
	return r < 0 ? r : params_set(p, full, value);
}

int encode_tags(struct params *p, const char *name, const struct tag *tags, size_t n)
{
	int r = 0;
	for (size_t i = 0; i < n && r == 0; i++)
		r = encode_tag(p, name, i + 1, tags[i].key, tags[i].value);
	return r;
}
