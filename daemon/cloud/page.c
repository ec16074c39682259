#include "cloud/page.h"

#include <errno.h>
#include <string.h>

#include "cloud/json.h"

struct listing {
	enum paging paging;
	const char *rows;
	const char *id; /* NULL: several rows tell of one thing */
	bool has_total;
};

static const struct listing listings[OP_MAX_] = {
	[OP_DESCRIBE_ANDROID_INSTANCE_GROUPS] = {PAGING_TOKEN, "InstanceGroupModel",
						 "InstanceGroupId", true},
	[OP_DESCRIBE_ANDROID_INSTANCES] = {PAGING_TOKEN, "InstanceModel", "AndroidInstanceId",
					   true},
	[OP_DESCRIBE_KEY_PAIRS] = {PAGING_TOKEN, "Data", "KeyPairId", true},
	[OP_DESCRIBE_SPEC] = {PAGING_TOKEN, "SpecInfoModel", "SpecId", true},
	[OP_DESCRIBE_IMAGE_LIST] = {PAGING_TOKEN, "Data", "ImageId", true},
	[OP_LIST_TAG_RESOURCES] = {PAGING_TOKEN, "TagResources", NULL, false},
	[OP_QUERY_ORDERS] = {PAGING_NUMBER, "Order", "OrderId", true},
};

enum paging page_paging(enum operation op)
{
	return listings[op].paging;
}

const char *page_row_id(enum operation op, const cJSON *row)
{
	const char *id = listings[op].id;
	return id ? json_text(row, id) : NULL;
}

/* The object that holds rows and total, and the one that holds the rows. BSS wraps both. */
static void find_places(enum operation op, const cJSON *root, const cJSON **total,
			const cJSON **rows)
{
	bool wrapped = listings[op].paging == PAGING_NUMBER;
	*total = wrapped ? json_object(root, "Data") : root;
	*rows = wrapped ? json_object(*total, "OrderList") : root;
}

static bool is_nothing(const cJSON *item)
{
	return !item || (cJSON_IsString(item) && !*item->valuestring);
}

int page_decode(enum operation op, const cJSON *root, struct page *ret)
{
	const struct listing *l = &listings[op];
	const cJSON *outer, *inner;
	if (l->paging == PAGING_NONE || !cJSON_IsObject(root))
		return -EBADMSG;
	find_places(op, root, &outer, &inner);
	const cJSON *rows = json_get(inner, l->rows);
	if (!cJSON_IsArray(rows) && !is_nothing(rows))
		return -EBADMSG;
	struct page page = {.rows = cJSON_IsArray(rows) ? rows : NULL,
			    .n = cJSON_IsArray(rows) ? cJSON_GetArraySize(rows) : 0,
			    .total = json_int_or(outer, "TotalCount", -1),
			    .next_token = json_text(root, "NextToken")};
	/* An answer that neither lists nor counts says nothing; only an explicit empty list
	 * may do without its count. */
	bool plain_empty = page.rows && page.n == 0 && !*page.next_token;
	if (l->has_total && page.total < 0) {
		if (!plain_empty || json_has(outer, "TotalCount"))
			return -EBADMSG;
		page.total = 0;
	}
	if (!l->has_total)
		page.total = -1;
	*ret = page;
	return 0;
}
