#include "cloud/android_group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cloud/json.h"
#include "model/observed.h"

/* --- create --- */

static const struct field info_fields[] = {
	FIELD(android_group_info, FIELD_ID, "InstanceGroupId", id),
	FIELD(android_group_info, FIELD_IDS, "InstanceIds", instances),
};
static const struct field_table info_table = FIELD_TABLE(android_group_info, info_fields);

static const struct field bandwidth_fields[] = {
	FIELD(android_bandwidth_order, FIELD_TEXT, "BandwidthPackageId", package),
	FIELD(android_bandwidth_order, FIELD_TEXT, "BandwidthPackageOrderId", order),
};
static const struct field_table bandwidth_table =
	FIELD_TABLE(android_bandwidth_order, bandwidth_fields);

static const struct field create_fields[] = {
	FIELD(android_create_reply, FIELD_IDS, "InstanceGroupIds", groups),
	FIELD_OF(android_create_reply, FIELD_LIST, "InstanceGroupInfos", infos, &info_table),
	FIELD(android_create_reply, FIELD_TEXT, "OrderId", order),
	FIELD_OF(android_create_reply, FIELD_OBJECT, "NetworkPackageOrderModel", bandwidth,
		 &bandwidth_table),
};
static const struct field_table create_table = FIELD_TABLE(android_create_reply, create_fields);

const struct field_table *android_create_reply_table(void)
{
	return &create_table;
}

const char *android_create_group(const struct android_create_reply *reply)
{
	if (reply->infos.n > 0)
		return reply->infos.items[0].id;
	return reply->groups.n > 0 ? reply->groups.items[0] : "";
}

int android_decode_create(const cJSON *root, enum charge_type charge,
			  struct android_create_reply *ret)
{
	int r = fields_decode(&create_table, root, ret);
	if (r < 0)
		return r;
	bool has_group = *android_create_group(ret);
	if (has_group || (charge == CHARGE_PREPAID && *ret->order))
		return 0;
	android_create_reply_fini(ret);
	return -EBADMSG;
}

void android_create_reply_fini(struct android_create_reply *reply)
{
	fields_fini(&create_table, reply);
}

/* --- upgrade --- */

#define UPGRADE_IDS_MAX 1000 /* ten times what one call can make (eds-aic 6.2) */

static int add_id(struct text_list *ids, const char *start, size_t len)
{
	char id[OBSERVED_ID_SIZE];
	if (len == 0 || len >= sizeof(id) || ids->n >= UPGRADE_IDS_MAX)
		return -EBADMSG;
	memcpy(id, start, len);
	id[len] = '\0';
	return !observed_is_id(id) || text_list_has(ids, id) ? -EBADMSG : text_list_add(ids, id);
}

static int ids_of_array(const cJSON *array, struct text_list *ids)
{
	json_each(item, array)
	{
		const char *text = json_item_text(item);
		int r = add_id(ids, text, strlen(text));
		if (r < 0)
			return r;
	}
	return 0;
}

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* One quoted id at *p; ids are plain, so a quote or backslash inside is not one. */
static int take_quoted(const char **p, struct text_list *ids)
{
	char quote = **p;
	if (quote != '"' && quote != '\'')
		return -EBADMSG;
	const char *start = *p + 1;
	size_t len = strcspn(start, "\"'\\ ,[]");
	if (start[len] != quote)
		return -EBADMSG;
	*p = start + len + 1;
	return add_id(ids, start, len);
}

/* A JSON array as text, also with single quotes (eds-aic 4.4). */
static int ids_of_text(const char *p, struct text_list *ids)
{
	p = skip_blanks(p);
	if (*p == '\0')
		return 0;
	if (*p++ != '[')
		return -EBADMSG;
	p = skip_blanks(p);
	while (*p != ']') {
		int r = take_quoted(&p, ids);
		if (r < 0)
			return r;
		p = skip_blanks(p);
		if (*p == ',')
			p = skip_blanks(p + 1);
		else if (*p != ']')
			return -EBADMSG;
	}
	return *skip_blanks(p + 1) ? -EBADMSG : 0;
}

static int ids_of(const cJSON *item, struct text_list *ids)
{
	if (!item)
		return 0;
	if (cJSON_IsArray(item))
		return ids_of_array(item, ids);
	return cJSON_IsString(item) ? ids_of_text(item->valuestring, ids) : -EBADMSG;
}

int android_decode_upgrade(const cJSON *root, struct text_list *ret_ids, const char **ret_order)
{
	struct text_list ids = {0};
	const char *order = json_text(root, "OrderId");
	int r = cJSON_IsObject(root) ? ids_of(json_get(root, "InstanceIds"), &ids) : -EBADMSG;
	if (r == 0 && ids.n == 0 && !*order)
		r = -EBADMSG;
	if (r < 0) {
		text_list_fini(&ids);
		return r;
	}
	*ret_ids = ids;
	*ret_order = order;
	return 0;
}

const char *android_decode_order(const cJSON *root)
{
	return json_text(root, "OrderId");
}

/* --- attach key pair --- */

static const struct field attach_fields[] = {
	FIELD(android_attach_reply, FIELD_TEXT, "KeyPairId", key_pair),
	FIELD(android_attach_reply, FIELD_INT, "TotalCount", total),
	FIELD(android_attach_reply, FIELD_INT, "FailCount", failed),
	FIELD(android_attach_reply, FIELD_IDS, "AttachedInstanceIds", attached),
};
static const struct field_table attach_table = FIELD_TABLE(android_attach_reply, attach_fields);

int android_decode_attach_key(const cJSON *root, struct android_attach_reply *ret)
{
	return fields_decode(&attach_table, json_get(root, "Data"), ret);
}

void android_attach_reply_fini(struct android_attach_reply *reply)
{
	fields_fini(&attach_table, reply);
}
