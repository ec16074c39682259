#include "cloud/page.h"

#include <errno.h>
#include <string.h>

#include "cloud/json.h"

struct listing {
	enum paging paging;
	const char *rows;
	const char *id;     /* NULL: several rows tell of one thing */
	const char *total;  /* NULL: it has none */
	const char *number; /* PAGING_NUMBER: the parameter that says which page */
	const char *object; /* holds total and rows; NULL: the answer itself does */
	const char *list;   /* in there, holds the rows; NULL: nothing between */
};

#define BY_TOKEN(rows, id) {PAGING_TOKEN, (rows), (id), "TotalCount", NULL, NULL, NULL}
#define BY_NUMBER(rows, id, total) {PAGING_NUMBER, (rows), (id), (total), "PageNumber", NULL, NULL}

static const struct listing listings[OP_MAX_] = {
	[OP_DESCRIBE_ANDROID_INSTANCE_GROUPS] = BY_TOKEN("InstanceGroupModel", "InstanceGroupId"),
	[OP_DESCRIBE_ANDROID_INSTANCES] = BY_TOKEN("InstanceModel", "AndroidInstanceId"),
	[OP_DESCRIBE_KEY_PAIRS] = BY_TOKEN("Data", "KeyPairId"),
	[OP_DESCRIBE_SPEC] = BY_TOKEN("SpecInfoModel", "SpecId"),
	[OP_DESCRIBE_IMAGE_LIST] = BY_TOKEN("Data", "ImageId"),
	[OP_LIST_TAG_RESOURCES] = {PAGING_TOKEN, "TagResources", NULL, NULL, NULL, NULL, NULL},
	/* bssopenapi 3.2, 3.4 */
	[OP_QUERY_ORDERS] = {PAGING_NUMBER, "Order", "OrderId", "TotalCount", "PageNum", "Data",
			     "OrderList"},
	[OP_QUERY_AVAILABLE_INSTANCES] = {PAGING_NUMBER, "InstanceList", "InstanceID", "TotalCount",
					  "PageNum", "Data", NULL},
	/* appstream-center 3.2, 3.3, 3.5, 3.13, 3.15: no two of them alike */
	[OP_GET_APP_INSTANCE_GROUP] = {PAGING_SINGLE, "AppInstanceGroupModels", "AppInstanceGroupId",
				       NULL, NULL, NULL, NULL},
	[OP_LIST_APP_INSTANCE_GROUP] =
		BY_NUMBER("AppInstanceGroupModels", "AppInstanceGroupId", "TotalCount"),
	[OP_LIST_NODES] = BY_NUMBER("NodeModels", "NodeId", "Count"),
	[OP_LIST_NODE_INSTANCE_TYPE] =
		BY_NUMBER("NodeInstanceTypeModels", "NodeInstanceType", "TotalCount"),
	[OP_LIST_IMAGE] = BY_NUMBER("Data", "ImageId", "Count"),
};

enum paging page_paging(enum operation op)
{
	return listings[op].paging;
}

const char *page_number_param(enum operation op)
{
	return listings[op].number;
}

bool page_is_all(const struct page *page)
{
	return page->total <= page->n && !*page->next_token;
}

const cJSON *page_next(const struct page *page, const cJSON *row)
{
	if (!cJSON_IsArray(page->rows))
		return row ? NULL : page->rows;
	return row ? row->next : page->rows->child;
}

const char *page_row_id(enum operation op, const cJSON *row)
{
	const char *id = listings[op].id;
	return id ? json_text(row, id) : NULL;
}

static bool is_nothing(const cJSON *item)
{
	return !item || (cJSON_IsString(item) && !*item->valuestring);
}

/* 0, or -EBADMSG for what is neither rows nor nothing. */
static int take_rows(const struct listing *l, const cJSON *rows, struct page *ret)
{
	bool single = l->paging == PAGING_SINGLE;
	if (is_nothing(rows) || (single && cJSON_IsObject(rows) && !rows->child))
		return 0;
	if (single ? !cJSON_IsObject(rows) : !cJSON_IsArray(rows))
		return -EBADMSG;
	ret->rows = rows;
	ret->n = single ? 1 : cJSON_GetArraySize(rows);
	return 0;
}

/* An answer that neither lists nor counts says nothing; only an explicit empty list may do
 * without its count. */
static int take_total(const struct listing *l, const cJSON *outer, struct page *ret)
{
	bool plain_empty = ret->rows && ret->n == 0 && !*ret->next_token;
	ret->total = l->total ? json_int_or(outer, l->total, -1) : -1;
	if (!l->total || ret->total >= 0)
		return 0;
	if (!plain_empty || json_has(outer, l->total))
		return -EBADMSG;
	ret->total = 0;
	return 0;
}

int page_decode(enum operation op, const cJSON *root, struct page *ret)
{
	const struct listing *l = &listings[op];
	if (l->paging == PAGING_NONE || !cJSON_IsObject(root))
		return -EBADMSG;
	const cJSON *outer = l->object ? json_object(root, l->object) : root;
	const cJSON *inner = l->list ? json_object(outer, l->list) : outer;
	struct page page = {.next_token = json_text(root, "NextToken")};
	int r = take_rows(l, json_get(inner, l->rows), &page);
	if (r == 0)
		r = take_total(l, outer, &page);
	if (r < 0)
		return r;
	*ret = page;
	return 0;
}
