#include "cloud/stream_group.h"

#include <errno.h>
#include <string.h>

/* In the order of the reply (appstream-center 3.1). */
static const struct field made_fields[] = {
	FIELD(stream_made, FIELD_TEXT, "AppInstanceGroupId", group),
	FIELD(stream_made, FIELD_TEXT, "OrderId", order),
	FIELD(stream_made, FIELD_TEXT, "NodePoolId", pool),
};
static const struct field_table made_table = FIELD_TABLE(stream_made, made_fields);

static const struct field create_fields[] = {
	FIELD(stream_create_reply, FIELD_TEXT, "RequestId", request_id),
	FIELD_OF(stream_create_reply, FIELD_OBJECT, "AppInstanceGroupModel", made, &made_table),
};
static const struct field_table create_table = FIELD_TABLE(stream_create_reply, create_fields);

const struct field_table *stream_create_reply_table(void)
{
	return &create_table;
}

int stream_decode_create(const cJSON *root, enum charge_type charge,
			 struct stream_create_reply *ret)
{
	struct stream_create_reply reply;
	int r = fields_decode(&create_table, root, &reply);
	if (r < 0)
		return r;
	bool is_named = observed_is_id(reply.made.group);
	if (!is_named && (*reply.made.group || charge != CHARGE_PREPAID || !*reply.made.order))
		return -EBADMSG;
	*ret = reply;
	return 0;
}

/* --- ModifyNodePoolAmount (appstream-center 3.10) --- */

struct amount_reply {
	struct amount_data {
		const char *order;
	} data;
};

static const struct field data_fields[] = {FIELD(amount_data, FIELD_TEXT, "OrderId", order)};
static const struct field_table data_table = FIELD_TABLE(amount_data, data_fields);
static const struct field amount_fields[] = {
	FIELD_OF(amount_reply, FIELD_OBJECT, "Data", data, &data_table),
};
static const struct field_table amount_table = FIELD_TABLE(amount_reply, amount_fields);

int stream_decode_amount(const cJSON *root, const char **ret_order)
{
	struct amount_reply reply;
	int r = fields_decode(&amount_table, root, &reply);
	if (r == 0 && !*reply.data.order)
		r = -EBADMSG;
	if (r == 0)
		*ret_order = reply.data.order;
	return r;
}

/* --- TagCloudResources (appstream-center 3.18) --- */

static const struct field failure_fields[] = {
	FIELD(stream_tag_failure, FIELD_TEXT, "ResourceId", id),
	FIELD(stream_tag_failure, FIELD_TEXT, "ResourceType", type),
	FIELD(stream_tag_failure, FIELD_TEXT, "Code", code),
	FIELD(stream_tag_failure, FIELD_TEXT, "Message", message),
	FIELD_OF(stream_tag_failure, FIELD_LIST, "Tags", tags, &row_scoped_tag_table),
};
static const struct field_table failure_table = FIELD_TABLE(stream_tag_failure, failure_fields);

static const struct field tag_reply_fields[] = {
	FIELD(stream_tag_reply, FIELD_TEXT, "RequestId", request_id),
	FIELD_OF(stream_tag_reply, FIELD_LIST, "FailedResources", failed, &failure_table),
};
static const struct field_table tag_reply_table = FIELD_TABLE(stream_tag_reply, tag_reply_fields);

int stream_decode_tag(const cJSON *root, struct stream_tag_reply *ret)
{
	return fields_decode(&tag_reply_table, root, ret);
}

void stream_tag_reply_fini(struct stream_tag_reply *reply)
{
	fields_fini(&tag_reply_table, reply);
}
