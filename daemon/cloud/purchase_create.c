#include "cloud/purchase_create.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "cloud/flatten.h"
#include "model/observed.h"

static bool is_token(const char *token)
{
	size_t n = strlen(token);
	for (size_t i = 0; i < n; i++)
		if (token[i] <= ' ' || token[i] > '~')
			return false;
	return n >= 1 && n <= PURCHASE_TOKEN_MAX;
}

static bool has_text(const struct value *create, const char *name)
{
	const char *text = value_get_text(create, name);
	return text && *text;
}

int purchase_encode_create(const struct value *create, const char *token, struct params *ret)
{
	if (!has_text(create, "ProductCode") || !has_text(create, "SubscriptionType") ||
	    !is_token(token))
		return -EINVAL;
	int r = flatten_create(create, ret);
	return r < 0 ? r : params_set(ret, "ClientToken", token);
}

#define DATA(name, member) FIELD(purchase_create_data, FIELD_TEXT, name, member)
#define REPLY(type, name, member) FIELD(purchase_create_reply, FIELD_##type, name, member)

static const struct field data_fields[] = {
	DATA("OrderId", order),
	DATA("InstanceId", instance),
};
static const struct field_table data_table = FIELD_TABLE(purchase_create_data, data_fields);

static const struct field reply_fields[] = {
	REPLY(TEXT, "Code", code),
	REPLY(TEXT, "Message", message),
	REPLY(TEXT, "RequestId", request_id),
	REPLY(BOOL, "Success", success),
	FIELD_OF(purchase_create_reply, FIELD_OBJECT, "Data", data, &data_table),
};
static const struct field_table reply_table = FIELD_TABLE(purchase_create_reply, reply_fields);

const struct field_table *purchase_create_reply_table(void)
{
	return &reply_table;
}

int purchase_decode_create(const cJSON *root, struct purchase_create_reply *ret)
{
	struct purchase_create_reply reply;
	int r = fields_decode(&reply_table, root, &reply); /* nothing to release in it */
	if (r < 0)
		return r;
	if (!*reply.data.order && !*reply.data.instance)
		return -EBADMSG;
	if (*reply.data.instance && !observed_is_id(reply.data.instance))
		return -EBADMSG; /* no listing would show it: a person has to look */
	*ret = reply;
	return 0;
}
