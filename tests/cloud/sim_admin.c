#include "sim_admin.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/timefmt.h"
#include "sim_json.h"
#include "sim_request.h"
#include "sim_seed.h"
#include "sim_stream.h"
#include "sim_sts.h"

struct admin {
	struct sim *sim;
	const struct sim_input *input;
	const char *id;    /* the part of the path that varies */
	const cJSON *body; /* NULL when there is none */
	struct strbuf *out;
};

static int complain(struct admin *admin, int status, const char *text)
{
	strbuf_clear(admin->out);
	json_literal(admin->out, "{");
	json_text(admin->out, "error", text);
	json_literal(admin->out, "}");
	return status;
}

static int done(struct admin *admin)
{
	json_literal(admin->out, "{\"ok\":true}");
	return 200;
}

/* --- GET /_sim/state */

static void add_group(struct strbuf *out, const struct sim_group *group)
{
	json_comma(out);
	json_literal(out, "{");
	json_text(out, "kind", "cloud-phone");
	json_text(out, "id", group->id);
	json_text(out, "name", group->wish.name);
	json_text(out, "region", group->wish.region->id);
	json_text(out, "charge_type", group->wish.prepaid ? "PrePaid" : "PostPaid");
	json_text(out, "status", group->status);
	sim_tags_object(group->wish.tags, "tags", out);
	json_key(out, "instances");
	json_literal(out, "[");
	vec_each(&group->instances, instance)
	{
		json_comma(out);
		json_literal(out, "{");
		json_text(out, "id", (*instance)->id);
		json_text(out, "status", (*instance)->status);
		json_literal(out, "}");
	}
	json_literal(out, "]}");
}

static void add_purchase(struct strbuf *out, const struct sim_purchase *purchase)
{
	bool prepaid = sim_purchase_is_prepaid(purchase);
	json_comma(out);
	json_literal(out, "{");
	json_text(out, "kind", "purchase");
	json_text(out, "id", purchase->id);
	json_text(out, "name", purchase->basket.article->type);
	json_text(out, "region", "");
	json_text(out, "charge_type", prepaid ? "PrePaid" : "PostPaid");
	json_text(out, "status", purchase->status);
	json_literal(out, ",\"tags\":{},\"instances\":[{");
	json_text(out, "id", purchase->id);
	json_text(out, "status", purchase->status);
	json_literal(out, "}]}");
}

static void add_order(struct strbuf *out, const struct sim_order *order)
{
	char created[TIMEFMT_SIZE];
	timefmt_iso(order->created_wall_ms, created);
	json_comma(out);
	json_literal(out, "{");
	json_text(out, "id", order->id);
	json_text(out, "status", sim_order_status_text(order));
	json_text(out, "action", order->action);
	json_text(out, "name", order->wish.name ? order->wish.name : "");
	json_text(out, "created", created);
	json_key(out, "resources");
	json_literal(out, "[");
	vec_each(&order->resources, id) json_item(out, *id);
	json_literal(out, "]");
	json_int(out, "count", order->count);
	json_literal(out, "}");
}

static int get_state(struct admin *admin)
{
	struct sim *sim = admin->sim;
	json_literal(admin->out, "{");
	json_int(admin->out, "now", (int64_t)sim->cloud_ms);
	json_key(admin->out, "groups");
	json_literal(admin->out, "[");
	vec_each(&sim->group_order.list, slot) if (slot->item) add_group(admin->out, slot->item);
	sim_stream_state(sim, admin->out);
	for (const struct sim_purchase *p = sim->purchases; p; p = p->hh.next)
		add_purchase(admin->out, p);
	json_literal(admin->out, "]");
	json_key(admin->out, "orders");
	json_literal(admin->out, "[");
	for (const struct sim_order *order = sim->orders; order; order = order->hh.next)
		add_order(admin->out, order);
	json_literal(admin->out, "]}");
	return 200;
}

static int get_calls(struct admin *admin)
{
	const char *since = sim_input_get(admin->input, "since");
	sim_calls_json(&admin->sim->calls, since ? strtoull(since, NULL, 10) : 0, admin->out);
	return 200;
}

/* --- orders, time, faults, groups */

static int settle_order(struct admin *admin,
			int (*settle)(struct sim *sim, struct sim_order *order))
{
	struct sim_order *order = sim_find_order(admin->sim, admin->id);
	if (!order)
		return complain(admin, 404, "no such order");
	int r = settle(admin->sim, order);
	if (r < 0)
		return r;
	return r > 0 ? complain(admin, 409, "the order is settled already") : done(admin);
}

static int pay(struct admin *admin)
{
	return settle_order(admin, sim_order_pay);
}

static int cancel(struct admin *admin)
{
	return settle_order(admin, sim_order_cancel);
}

static int advance(struct admin *admin)
{
	uint64_t ms = 0;
	if (sim_seed_u64(admin->body, "ms", &ms) != 0)
		return complain(admin, 400, "ms: a whole number of milliseconds is needed");
	int r = sim_advance(admin->sim, ms);
	if (r < 0)
		return r;
	json_literal(admin->out, "{");
	json_int(admin->out, "now", (int64_t)admin->sim->cloud_ms);
	json_literal(admin->out, "}");
	return 200;
}

static int set_faults(struct admin *admin)
{
	char error[128] = "";
	int r = sim_seed_faults(admin->sim, admin->body, error, sizeof(error));
	return r == -EINVAL ? complain(admin, 400, error) : r < 0 ? r : done(admin);
}

static int set_sts(struct admin *admin)
{
	int r = sim_sts_configure(admin->sim, admin->body);
	return r < 0 ? complain(admin, 400, "see docs/design/cloud-sim.md for what may be set")
		     : done(admin);
}

static int add_groups(struct admin *admin)
{
	char error[128] = "";
	json_literal(admin->out, "{");
	json_key(admin->out, "groups");
	json_literal(admin->out, "[");
	int r = sim_seed_group(admin->sim, admin->body, admin->out, error, sizeof(error));
	json_literal(admin->out, "]}");
	return r == -EINVAL ? complain(admin, 400, error) : r < 0 ? r : 200;
}

/* --- POST /_sim/resources/ID: a change by hand */

static int change_group(struct sim *sim, struct sim_group *group, const cJSON *body,
			const char *status)
{
	const cJSON *tags = cJSON_GetObjectItemCaseSensitive(body, "tags");
	if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(body, "delete"))) {
		sim_group_drop(sim, group);
		return 0;
	}
	if (status)
		group->status = status;
	sim_group_touch(sim, group);
	uint64_t more = 0;
	if (cJSON_GetObjectItemCaseSensitive(body, "add") &&
	    (sim_seed_u64(body, "add", &more) < 0 || sim_group_size(group) + more > SIM_GROUP_MAX))
		return -EINVAL;
	int r = more > 0 ? sim_group_grow(sim, group, (unsigned)more, FATE_WELL) : 0;
	if (r < 0)
		return r;
	return tags ? sim_seed_replace_tags(sim, &group->wish.tags, tags) : 0;
}

static int change_instance(struct sim *sim, struct sim_instance *instance, const cJSON *body,
			   const char *status)
{
	const cJSON *tags = cJSON_GetObjectItemCaseSensitive(body, "tags");
	const cJSON *session = cJSON_GetObjectItemCaseSensitive(body, "session");
	if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(body, "delete"))) {
		sim_instance_drop(sim, instance);
		return 0;
	}
	if (status) {
		instance->status = status;
		instance->step_due = SIM_NEVER;
	}
	if (cJSON_IsString(session))
		instance->session =
			strcmp(session->valuestring, "connect") == 0 ? "connect" : "disConnect";
	sim_instance_touch(sim, instance);
	return tags ? sim_seed_replace_tags(sim, &instance->tags, tags) : 0;
}

static int change_stream(struct admin *admin)
{
	char error[128] = "";
	int r = sim_stream_change(admin->sim, admin->id, admin->body, error, sizeof(error));
	if (r == 1)
		return complain(admin, 404, "no such resource");
	return r == -EINVAL ? complain(admin, 400, error) : r < 0 ? r : done(admin);
}

/* What has an end by the wall clock: {"end_time": "2026-01-01T00:00:00Z"}. */
static int change_purchase(struct sim *sim, struct sim_purchase *purchase, const cJSON *body,
			   const char *status)
{
	const cJSON *end = cJSON_GetObjectItemCaseSensitive(body, "end_time");
	uint64_t wall_ms = 0;
	if (end && (!cJSON_IsString(end) || !sim_purchase_is_prepaid(purchase) ||
		    timefmt_parse(end->valuestring, &wall_ms) < 0))
		return -EINVAL;
	if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(body, "delete"))) {
		sim_purchase_drop(sim, purchase);
		return 0;
	}
	if (status) {
		purchase->status = status;
		purchase->step_due = SIM_NEVER;
	}
	sim->changes++;
	return end ? sim_purchase_end_at(sim, purchase, wall_ms) : 0;
}

static int set_account(struct admin *admin)
{
	char error[128] = "";
	int r = sim_seed_account(admin->sim, admin->body, error, sizeof(error));
	return r == -EINVAL ? complain(admin, 400, error) : r < 0 ? r : done(admin);
}

static int change_resource(struct admin *admin)
{
	struct sim *sim = admin->sim;
	struct sim_group *group = sim_find_group(sim, admin->id);
	struct sim_instance *instance = sim_find_instance(sim, admin->id);
	struct sim_purchase *purchase = sim_find_purchase(sim, admin->id);
	const cJSON *word = cJSON_GetObjectItemCaseSensitive(admin->body, "status");
	const char *status = cJSON_IsString(word) ? sim_word(&sim->words, word->valuestring) : NULL;
	if (!cJSON_IsObject(admin->body))
		return complain(admin, 400, "a JSON object is needed");
	if (!group && !instance && !purchase)
		return change_stream(admin);
	if (cJSON_IsString(word) && !status)
		return -ENOMEM;
	int r = group      ? change_group(sim, group, admin->body, status)
		: instance ? change_instance(sim, instance, admin->body, status)
			   : change_purchase(sim, purchase, admin->body, status);
	return r == -EINVAL ? complain(admin, 400,
				       "tags are an object of strings; add is what a group has "
				       "room for; end_time is a time, of a subscription")
	       : r < 0      ? r
			    : done(admin);
}

/* --- routes */

static const struct route {
	const char *method;
	const char *before, *after; /* the path around the id; after NULL: there is none */
	int (*run)(struct admin *admin);
} routes[] = {
	{"GET", "/_sim/state", NULL, get_state},
	{"GET", "/_sim/calls", NULL, get_calls},
	{"POST", "/_sim/orders/", "/pay", pay},
	{"POST", "/_sim/orders/", "/cancel", cancel},
	{"POST", "/_sim/faults", NULL, set_faults},
	{"POST", "/_sim/time/advance", NULL, advance},
	{"POST", "/_sim/resources/", "", change_resource},
	{"POST", "/_sim/groups", NULL, add_groups},
	{"POST", "/_sim/account", NULL, set_account},
	{"POST", "/_sim/sts", NULL, set_sts},
};

static bool fits(const struct route *route, const char *path, char id[SIM_ID_SIZE])
{
	size_t before = strlen(route->before), after = route->after ? strlen(route->after) : 0;
	size_t n = strlen(path);
	if (!route->after)
		return strcmp(path, route->before) == 0;
	if (n <= before + after || strncmp(path, route->before, before) != 0 ||
	    strcmp(path + n - after, route->after) != 0 || n - before - after >= SIM_ID_SIZE)
		return false;
	memcpy(id, path + before, n - before - after);
	id[n - before - after] = '\0';
	return !strchr(id, '/');
}

int sim_admin_handle(struct sim *sim, const struct sim_input *input, struct strbuf *out)
{
	const struct sim_request *request = input->request;
	char id[SIM_ID_SIZE] = "";
	struct admin admin = {.sim = sim, .input = input, .id = id, .out = out};
	for (size_t i = 0; i < ARRAY_SIZE(routes); i++) {
		if (strcmp(routes[i].method, request->method) != 0 ||
		    !fits(&routes[i], input->path, id))
			continue;
		cJSON *body = request->body_len > 0
				      ? cJSON_ParseWithLength(request->body, request->body_len)
				      : NULL;
		if (request->body_len > 0 && !body)
			return complain(&admin, 400, "the body is not JSON");
		admin.body = body;
		int status = routes[i].run(&admin);
		cJSON_Delete(body);
		return status;
	}
	return complain(&admin, 404, "no such call; see docs/design/cloud-sim.md");
}
