#include "world.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/vec.h"
#include "cloudside.h"
#include "history.h"
#include "vloop.h"

bool world_one_in(uint64_t n)
{
	return vloop_random(n) == 0;
}

void world_post(const char *path, const char *format, ...)
{
	char body[512];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(body, sizeof(body), format, args);
	va_end(args);
	cJSON_Delete(cloudside_admin(path, body));
}

void world_settle_order(const char *id, bool pay)
{
	char path[128];
	(void)snprintf(path, sizeof(path), "/_sim/orders/%s/%s", id, pay ? "pay" : "cancel");
	if (*id)
		world_post(path, "{}");
}

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	return cJSON_IsString(item) ? item->valuestring : "";
}

static bool is_going(const char *status)
{
	return strcmp(status, "DELETING") == 0 || strcmp(status, "RELEASED") == 0 ||
	       strcmp(status, "DELETED") == 0;
}

/* ---- how long a thing has been there ---- */

#define OLD_MS (30 * UINT64_C(60000)) /* listings lag by ten minutes at most, and fail for some */

struct birth {
	char id[64];
	uint64_t seen_ms;
};

static VEC(struct birth) births;

void world_start(void)
{
	vec_free(&births);
}

static struct birth *birth_of(const char *id)
{
	vec_each(&births, birth) if (strcmp(birth->id, id) == 0) return birth;
	return NULL;
}

static bool is_old(const char *id)
{
	const struct birth *birth = birth_of(id);
	return birth && birth->seen_ms + OLD_MS < vloop_now();
}

static void note(const char *id)
{
	struct birth *birth = birth_of(id) ? NULL : vec_add(&births);
	if (!birth)
		return;
	*birth = (struct birth){.seen_ms = vloop_now()};
	(void)snprintf(birth->id, sizeof(birth->id), "%s", id);
}

void world_look(void)
{
	cJSON *state = cloudside_admin("/_sim/state", NULL);
	const cJSON *group, *item;
	cJSON_ArrayForEach(group, cJSON_GetObjectItemCaseSensitive(state, "groups"))
	{
		note(text_of(group, "id"));
		cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(group, "instances"))
			note(text_of(item, "id"));
	}
	cJSON_Delete(state);
}

static void fill(struct world_thing *thing, const cJSON *group, const cJSON *item)
{
	*thing = (struct world_thing){.kind = kind_from_name(text_of(group, "kind")),
				      .is_group = group == item,
				      .prepaid =
					      strcmp(text_of(group, "charge_type"), "PrePaid") == 0,
				      .old = is_old(text_of(item, "id"))};
	(void)snprintf(thing->id, sizeof(thing->id), "%s", text_of(item, "id"));
	(void)snprintf(thing->group_id, sizeof(thing->group_id), "%s", text_of(group, "id"));
	(void)snprintf(thing->status, sizeof(thing->status), "%s", text_of(item, "status"));
}

/* Each with the same chance, in one pass. */
bool world_draw(bool want_group, struct world_thing *ret)
{
	cJSON *state = cloudside_admin("/_sim/state", NULL);
	const cJSON *group, *item;
	uint64_t n = 0, groups[KIND_MAX_] = {0};
	cJSON_ArrayForEach(group, cJSON_GetObjectItemCaseSensitive(state, "groups"))
	{
		if (history_is_foreign(text_of(group, "id")) || is_going(text_of(group, "status")))
			continue;
		groups[kind_from_name(text_of(group, "kind"))]++;
		if (want_group && world_one_in(++n))
			fill(ret, group, group);
		cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(group, "instances"))
		{
			if (!want_group && !is_going(text_of(item, "status")) && world_one_in(++n))
				fill(ret, group, item);
		}
	}
	cJSON_Delete(state);
	if (n > 0)
		ret->last_of_kind = groups[ret->kind] < 2;
	return n > 0;
}

void world_add_foreign(bool prepaid)
{
	char body[256];
	(void)snprintf(body, sizeof(body), "{\"name\":\"phones-of-others\",\"count\":2%s}",
		       prepaid ? ",\"charge_type\":\"PrePaid\"" : "");
	cJSON *made = cloudside_admin("/_sim/groups", body);
	const cJSON *id;
	cJSON_ArrayForEach(id, cJSON_GetObjectItemCaseSensitive(made, "groups"))
		history_foreign(id->valuestring);
	cJSON_Delete(made);
}

/* ---- repairs ---- */

static bool is_well(enum kind kind, const char *status)
{
	static const char *const fine[KIND_MAX_][2] = {
		[KIND_CLOUD_PHONE] = {"RUNNING", "RUNNING"},
		[KIND_APP_STREAMING] = {"PUBLISHED", "RUNNING"},
		[KIND_PURCHASE] = {"Normal", "Normal"}};
	return is_going(status) || strcmp(status, fine[kind][0]) == 0 ||
	       strcmp(status, fine[kind][1]) == 0;
}

static void repair(enum kind kind, const cJSON *item, const char *well)
{
	char path[128];
	if (is_well(kind, text_of(item, "status")))
		return;
	(void)snprintf(path, sizeof(path), "/_sim/resources/%s", text_of(item, "id"));
	world_post(path, "{\"status\":\"%s\"}", well);
}

static void repair_stream(const cJSON *group)
{
	char path[128];
	bool available = strcmp(text_of(group, "resource_status"), "AVAILABLE") == 0;
	(void)snprintf(path, sizeof(path), "/_sim/resources/%s", text_of(group, "id"));
	if (is_going(text_of(group, "status")) ||
	    (is_well(KIND_APP_STREAMING, text_of(group, "status")) && available))
		return;
	world_post(path, "{\"finish\":true}");
	world_post(path, "{\"status\":\"PUBLISHED\",\"resource_status\":\"AVAILABLE\"}");
}

void world_repair(void)
{
	cJSON *state = cloudside_admin("/_sim/state", NULL);
	const cJSON *group, *item;
	cJSON_ArrayForEach(group, cJSON_GetObjectItemCaseSensitive(state, "groups"))
	{
		enum kind kind = kind_from_name(text_of(group, "kind"));
		if (kind == KIND_APP_STREAMING) {
			repair_stream(group);
			continue;
		}
		cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(group, "instances"))
			repair(kind, item, kind == KIND_PURCHASE ? "Normal" : "RUNNING");
		if (kind == KIND_CLOUD_PHONE)
			repair(kind, group, "RUNNING");
	}
	cJSON_Delete(state);
}
