#include "model/observed.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#include "base/hash.h"

struct intern {
	UT_hash_handle hh;
	char text[];
};

static const char *const instance_names[] = {
	[INSTANCE_CREATING] = "CREATING",
	[INSTANCE_STARTING] = "STARTING",
	[INSTANCE_RUNNING] = "RUNNING",
	[INSTANCE_STOPPING] = "STOPPING",
	[INSTANCE_STOPPED] = "STOPPED",
	[INSTANCE_REBOOTING] = "REBOOTING",
	[INSTANCE_RESETTING] = "RESETTING",
	[INSTANCE_BACKUPING] = "BACKUPING",
	[INSTANCE_BACKUP_FAILED] = "BACKUP_FAILED",
	[INSTANCE_RECOVERING] = "RECOVERING",
	[INSTANCE_RECOVER_FAILED] = "RECOVER_FAILED",
	[INSTANCE_UNAVAILABLE] = "UNAVAILABLE",
	[INSTANCE_FAILED] = "FAILED",
	[INSTANCE_DELETING] = "DELETING",
	[INSTANCE_DELETED] = "DELETED",
	[INSTANCE_UNKNOWN] = "UNKNOWN",
};

static const char *const group_names[] = {
	[GROUP_CREATING] = "CREATING",
	[GROUP_RUNNING] = "RUNNING",
	[GROUP_UPDATING] = "UPDATING",
	[GROUP_UPDATING_FAILED] = "UPDATING_FAILED",
	[GROUP_FAILED] = "FAILED",
	[GROUP_UNAVAILABLE] = "UNAVAILABLE",
	[GROUP_EXPIRED] = "EXPIRED",
	[GROUP_DELETING] = "DELETING",
	[GROUP_DELETED] = "DELETED",
	[GROUP_UNKNOWN] = "UNKNOWN",
};

bool observed_is_id(const char *text)
{
	size_t n = 0;
	while (text[n] > ' ' && text[n] <= '~')
		n++;
	return n > 0 && n < OBSERVED_ID_SIZE && text[n] == '\0';
}

void observed_init(struct observed *o)
{
	*o = (struct observed){0};
}

void observed_fini(struct observed *o)
{
	for (size_t i = 0; i < o->n_groups; i++)
		free(o->groups[i].instances);
	free(o->groups);
	for (int kind = 0; kind < KIND_MAX_; kind++)
		text_list_fini(&o->of[kind].products);
	struct intern *item, *next;
	HASH_ITER(hh, o->strings, item, next)
	{
		HASH_DEL(o->strings, item);
		free(item);
	}
	*o = (struct observed){0};
}

bool observed_covers(const struct observed *o, enum kind kind, const char *product)
{
	const struct observed_listing *listing = &o->of[kind];
	return !listing->by_product || !*product || text_list_has(&listing->products, product);
}

const char *observed_intern(struct observed *o, const char *text)
{
	if (!text || !*text)
		return "";
	size_t len = strlen(text);
	struct intern *item;
	HASH_FIND(hh, o->strings, text, len, item);
	if (item)
		return item->text;
	item = malloc(sizeof(*item) + len + 1);
	if (!item)
		return NULL;
	memcpy(item->text, text, len + 1);
	HASH_ADD(hh, o->strings, text, len, item);
	if (!item->hh.tbl) { /* uthash had no memory */
		free(item);
		return NULL;
	}
	return item->text;
}

static int compare_group_id(const void *id, const void *group)
{
	return strcmp(id, ((const struct observed_group *)group)->id);
}

struct observed_group *observed_find_group(const struct observed *o, const char *id)
{
	return o->n_groups ? bsearch(id, o->groups, o->n_groups, sizeof(*o->groups), compare_group_id)
			   : NULL;
}

static int find_name(const char *const *names, int n, const char *text)
{
	for (int i = 0; i < n; i++)
		if (text && strcmp(names[i], text) == 0)
			return i;
	return n;
}

enum instance_status instance_status_from_text(const char *text)
{
	return (enum instance_status)find_name(instance_names, INSTANCE_UNKNOWN, text);
}

const char *instance_status_name(enum instance_status s)
{
	return instance_names[s];
}

enum group_status group_status_from_text(const char *text)
{
	return (enum group_status)find_name(group_names, GROUP_UNKNOWN, text);
}

const char *group_status_name(enum group_status s)
{
	return group_names[s];
}

bool instance_is_transient(enum instance_status s)
{
	static const bool transient[] = {
		[INSTANCE_CREATING] = true,  [INSTANCE_STARTING] = true,   [INSTANCE_STOPPING] = true,
		[INSTANCE_REBOOTING] = true, [INSTANCE_RESETTING] = true,  [INSTANCE_BACKUPING] = true,
		[INSTANCE_RECOVERING] = true, [INSTANCE_DELETING] = true,  [INSTANCE_UNKNOWN] = false,
	};
	return transient[s];
}

int tags_get(const char *tags, const char *key, const char **ret_value)
{
	size_t key_len = strlen(key);
	while (tags && *tags) {
		const char *end = strchr(tags, TAGS_END);
		if (!end)
			return -1;
		if (strncmp(tags, key, key_len) == 0 && tags[key_len] == TAGS_SEPARATOR) {
			*ret_value = tags + key_len + 1;
			return (int)(end - *ret_value);
		}
		tags = end + 1;
	}
	return -1;
}

bool tags_has(const char *tags, const char *key, const char *value)
{
	const char *found = NULL;
	int len = tags_get(tags, key, &found);
	return len >= 0 && (size_t)len == strlen(value) && strncmp(found, value, (size_t)len) == 0;
}
