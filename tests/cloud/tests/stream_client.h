#pragma once
/*
 * What the tests of App Streaming share.
 */
#include <stdio.h>

#include "client.h"

#define PRODUCT "ProductType=CloudApp"
#define FIXED(n)                                                                                   \
	"NodePool={\"NodeInstanceType\":\"appstreaming.general.4c8g\",\"NodeAmount\":" n           \
	",\"NodeCapacity\":2,\"StrategyType\":\"NODE_FIXED\"}"
#define PLACE                                                                                      \
	PRODUCT, REGION, "AppCenterImageId=img-8z4nztpaqvay4", "ChargeResourceMode=Node",          \
		"SessionTimeout=15"
#define POST_PAID PLACE, "ChargeType=PostPaid", "Period=1", "PeriodUnit=Month"
#define PRE_PAID PLACE, "ChargeType=PrePaid", "Period=1", "PeriodUnit=Month"
#define CREATE(c, ...) FORM((c), "CreateAppInstanceGroup", __VA_ARGS__)

/* The group of the last create, its pool and its order ("" when it has none). */
struct stream {
	char id[40], pool[40], order[40];
};

static inline struct stream stream_of(const struct client *c)
{
	struct stream s = {0};
	const cJSON *model = client_at(c, "AppInstanceGroupModel");
	const cJSON *pool = cJSON_GetObjectItemCaseSensitive(model, "NodePoolId");
	const cJSON *order = cJSON_GetObjectItemCaseSensitive(model, "OrderId");
	assert_int_equal(c->status, 200);
	(void)snprintf(s.id, sizeof(s.id), "%s",
		       client_text(c, "AppInstanceGroupModel.AppInstanceGroupId"));
	if (pool)
		(void)snprintf(s.pool, sizeof(s.pool), "%s", pool->valuestring);
	if (order)
		(void)snprintf(s.order, sizeof(s.order), "%s", order->valuestring);
	return s;
}

static inline void stream_get(struct client *c, const struct stream *s)
{
	(void)CALL(c, "GetAppInstanceGroup", PRODUCT, client_param("AppInstanceGroupId", s->id));
}

/* "PUBLISHED AVAILABLE", or the code of the refusal. */
static inline const char *stream_status(struct client *c, const struct stream *s)
{
	static char text[80];
	stream_get(c, s);
	if (c->status != 200)
		return c->code;
	(void)snprintf(text, sizeof(text), "%s %s", client_text(c, "AppInstanceGroupModels.Status"),
		       client_text(c, "AppInstanceGroupModels.ResourceStatus"));
	return text;
}

/* Count of ListNodes. */
static inline int stream_nodes(struct client *c, const struct stream *s)
{
	(void)FORM(c, "ListNodes", PRODUCT, client_param("AppInstanceGroupId", s->id),
		   "PageNumber=1", "PageSize=100");
	return client_int(c, "Count");
}

/* A PostPaid group of @pool that stands. */
static inline struct stream stream_stands(struct client *c, const char *pool)
{
	(void)CREATE(c, POST_PAID, pool, "AppInstanceGroupName=browsers");
	struct stream s = stream_of(c);
	client_advance(c, 90000);
	return s;
}

static inline void stream_settle(struct client *c, const char *order, const char *verb, int status)
{
	char path[80];
	(void)snprintf(path, sizeof(path), "/_sim/orders/%s/%s", order, verb);
	(void)client_admin(c, "POST", path, NULL, status);
}

static inline void stream_hand(struct client *c, const char *id, const char *body, int status)
{
	char path[80];
	(void)snprintf(path, sizeof(path), "/_sim/resources/%s", id);
	(void)client_admin(c, "POST", path, body, status);
}
