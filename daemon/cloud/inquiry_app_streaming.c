/* Questions about a delivery group (appstream-center 3.13, 3.15, 3.16). */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/money.h"
#include "cloud/inquiry.h"
#include "cloud/page.h"
#include "cloud/stream_query.h"

enum question { ASK_IMAGE, ASK_NODE_TYPE, ASK_PRICE, ASK_BALANCE, ASK_NOTHING };

static int ask(struct inquiry *q, enum operation *ret_op, struct params *ret)
{
	const char *spec = q->specs.items[0];
	switch ((enum question)q->question) {
	case ASK_IMAGE:
		*ret_op = OP_LIST_IMAGE;
		return stream_encode_image_list(q->image, ret);
	case ASK_NODE_TYPE:
		*ret_op = OP_LIST_NODE_INSTANCE_TYPE;
		return stream_encode_node_types(q->region, spec, ret);
	case ASK_PRICE:
		*ret_op = OP_GET_RESOURCE_PRICE;
		return stream_encode_price(q->region, spec, q->charge, q->create, ret);
	case ASK_BALANCE:
		*ret_op = OP_QUERY_ACCOUNT_BALANCE;
		return 0;
	case ASK_NOTHING:
		break;
	}
	return -ENOENT;
}

static void take_image(struct inquiry *q, const cJSON *root)
{
	struct page page;
	if (!root || page_decode(OP_LIST_IMAGE, root, &page) < 0)
		return;
	page_each(row, &page)
	{
		struct stream_image image;
		if (stream_image_row(row, &image) < 0)
			return;
		bool usable = strcmp(image.id, q->image) == 0 && stream_image_usable(&image, q->region);
		stream_image_fini(&image);
		if (usable)
			return;
	}
	if (!page_is_all(&page))
		return;
	q->image_ok = false;
	inquiry_complain(q, "image %s is not available in %s", q->image, q->region);
}

static void take_capacity(struct inquiry *q, const struct stream_node_type *type)
{
	const struct value *wanted = value_get(value_get(q->create, "NodePool"), "NodeCapacity");
	if (!wanted || type->max_capacity < 1 || wanted->integer <= type->max_capacity)
		return;
	q->spec_ok = false;
	inquiry_complain(q, "node_pool.capacity is %" PRId64 ", %s takes at most %" PRId64 " sessions",
			 wanted->integer, type->id, type->max_capacity);
}

static void take_node_type(struct inquiry *q, const cJSON *root)
{
	struct page page;
	if (!root || page_decode(OP_LIST_NODE_INSTANCE_TYPE, root, &page) < 0)
		return;
	page_each(row, &page)
	{
		struct stream_node_type type;
		if (stream_node_type_row(row, &type) < 0)
			return;
		if (strcmp(type.id, q->specs.items[0]) == 0) {
			take_capacity(q, &type);
			return;
		}
	}
	if (!page_is_all(&page))
		return;
	q->spec_ok = false;
	inquiry_complain(q, "spec %s is not sold in %s", q->specs.items[0], q->region);
}

static void take_price(struct inquiry *q, const cJSON *root)
{
	struct stream_price_reply reply;
	int64_t micro = 0;
	if (!root || stream_decode_price(root, &reply) < 0)
		return;
	if (money_parse(reply.model.price.trade, &micro) == 0)
		inquiry_take_price(q, micro, reply.model.price.currency);
	stream_price_reply_fini(&reply);
}

static void answer(struct inquiry *q, const cJSON *root)
{
	switch ((enum question)q->question) {
	case ASK_IMAGE:
		take_image(q, root);
		q->question = ASK_NODE_TYPE;
		break;
	case ASK_NODE_TYPE:
		take_node_type(q, root);
		q->question = ASK_PRICE;
		break;
	case ASK_PRICE:
		take_price(q, root);
		q->question = q->auto_pay ? ASK_BALANCE : ASK_NOTHING;
		break;
	case ASK_BALANCE:
		inquiry_take_balance(q, root);
		q->question = ASK_NOTHING;
		break;
	case ASK_NOTHING:
		break;
	}
}

const struct inquiry_kind inquiry_app_streaming = {ask, answer};
