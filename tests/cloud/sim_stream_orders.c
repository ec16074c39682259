/*
 * What orders of App Streaming bring about once they are paid (appstream-center 6). The
 * order's targets are the group and, after it, the nodes whose billing changes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim_stream.h"

static int deliver_new(struct sim *sim, struct sim_order *order)
{
	struct sim_stream *stream = NULL;
	HASH_FIND_STR(sim->streams, order->targets.items[0], stream);
	int r = sim_stream_deploy(sim, stream, order->wish.fate);
	return r < 0 ? r : sim_order_add_resource(order, stream->id);
}

struct sim_order *sim_stream_order_new(struct sim *sim, struct sim_stream *stream,
				       const char *action, unsigned nodes)
{
	struct sim_order *order = sim_order_new(sim, action, "New");
	if (!order)
		return NULL;
	order->count = nodes;
	order->prepaid = stream->prepaid;
	order->region = stream->region->id;
	/* Not documented for App Streaming (appstream-center 11). */
	order->product_code = "wuying";
	order->product_type = "wuying_appstreaming";
	order->commodity = "wuying_appstreaming_node";
	order->deliver = deliver_new;
	order->wish.name = strdup(stream->name); /* the console shows what it is for */
	if (!order->wish.name || sim_order_add_target(order, stream->id) < 0) {
		sim_order_free(order);
		return NULL;
	}
	return order;
}

static int convert(struct sim *sim, struct sim_order *order)
{
	for (size_t i = 1; i < order->targets.n; i++) {
		struct sim_node *node = NULL;
		if (!sim_find_node(sim, order->targets.items[i], &node))
			continue; /* it went before it was paid for */
		node->prepaid = true;
		node->elastic = false;
		sim->changes++;
	}
	return 0;
}

static int deliver_growth(struct sim *sim, struct sim_order *order)
{
	struct sim_stream *stream = sim_find_stream(sim, order->targets.items[0]);
	if (!stream || stream->resource_status == ST_RELEASED)
		return 0; /* the money is gone, as it may be in life */
	if (order->targets.n > 1)
		return convert(sim, order);
	size_t first = stream->nodes.n;
	unsigned want = sim_stream_size(stream, false) + order->count;
	int r = sim_stream_resize(sim, stream, false, want);
	for (size_t i = first; i < stream->nodes.n && r == 0; i++)
		r = sim_order_add_resource(order, stream->nodes.items[i].id);
	return r < 0 ? r : sim_stream_upgrade(sim, stream, order->wish.fate);
}

void sim_stream_order_grows(struct sim_order *order, enum sim_fate fate)
{
	order->order_type = "Upgrade";
	order->wish.fate = fate;
	order->deliver = deliver_growth;
}
