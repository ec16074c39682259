#include "person.h"

#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "answer.h"
#include "cloudside.h"
#include "fleet.h"
#include "life.h"
#include "truth.h"
#include "world.h"

static struct person_counts counts;

void person_start(void)
{
	counts = (struct person_counts){0};
}

const struct person_counts *person_counts(void)
{
	return &counts;
}

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	return cJSON_IsString(item) ? item->valuestring : "";
}

/* ---- unclear calls ---- */

static void answer(const cJSON *intent)
{
	const struct group *g = fleet_find(text_of(intent, "group"));
	if (!g || strcmp(text_of(intent, "state"), "held") != 0)
		return;
	counts.held++;
	enum answered answered = answer_intent(intent, &g->wanted);
	counts.adopted += answered == ANSWER_ADOPTED;
	counts.abandoned += answered == ANSWER_ABANDONED;
}

/* ---- actions ---- */

/* Whether a yes is all that it takes. */
static bool is_for_a_yes(const char *hold)
{
	static const char *const holds[] = {"shrink-half",    "vanished",      "count-zero",
					    "brownfield",     "foreign-owner", "session",
					    "unknown-orders", "protected",     "rename"};
	for (size_t k = 0; k < ARRAY_SIZE(holds); k++)
		if (strcmp(hold, holds[k]) == 0)
			return true;
	return false;
}

/* On the console there is no more than drover counts: what it misses has gone, and is not only hidden
 * by a listing. */
static bool has_gone(const struct group *g, const cJSON *status)
{
	const cJSON *group;
	cJSON_ArrayForEach(group, cJSON_GetObjectItemCaseSensitive(status, "groups"))
	{
		if (g && strcmp(text_of(group, "name"), g->wanted.name) == 0)
			return truth_holds(&g->wanted) <=
			       (int64_t)cJSON_GetNumberValue(
				       cJSON_GetObjectItemCaseSensitive(group, "committed"));
	}
	return false;
}

static void decide(const cJSON *action, const cJSON *status)
{
	const char *hold = text_of(action, "hold");
	struct group *g = fleet_find(text_of(action, "group"));
	if (strcmp(hold, "vanished") == 0 && !has_gone(g, status))
		return;
	if (is_for_a_yes(hold))
		counts.approved += life_approve(text_of(action, "hash"));
	else if (g && strcmp(hold, "cancelled-order") == 0)
		fleet_touch(g); /* consent to order again */
	else if (g && strcmp(hold, "backoff") == 0 && world_one_in(12))
		fleet_touch(g); /* an edit ends the wait */
}

/* What was refused for good wants an edit. */
static void mend(const cJSON *group)
{
	struct group *g = fleet_find(text_of(group, "name"));
	if (g && strstr(text_of(group, "reason"), "only an edit of the group helps") &&
	    world_one_in(3))
		fleet_touch(g);
}

void person_decides(void)
{
	cJSON *intents = life_ask("intents"), *plan = life_ask("plan"),
	      *status = life_ask("status");
	const cJSON *item;
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(intents, "intents")) answer(item);
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(plan, "actions"))
		decide(item, status);
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(status, "groups")) mend(item);
	cJSON_Delete(intents);
	cJSON_Delete(plan);
	cJSON_Delete(status);
}

/* ---- what was bought and never came ---- */

/* The number or word after @before in @text, "" when it is not there. */
static void word_after(const char *text, const char *before, char ret[64])
{
	const char *at = strstr(text, before);
	*ret = '\0';
	if (at)
		(void)snprintf(ret, 64, "%.*s", (int)strcspn(at + strlen(before), " ;,)"),
			       at + strlen(before));
}

/* The console shows what came of an order. */
static void bought_by(const char *order, char ret[64])
{
	cJSON *state = cloudside_admin("/_sim/state", NULL);
	const cJSON *item;
	*ret = '\0';
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(state, "orders"))
	{
		const cJSON *brought = cJSON_GetObjectItemCaseSensitive(item, "resources");
		const cJSON *first = cJSON_GetArrayItem(brought, 0);
		if (strcmp(text_of(item, "id"), order) == 0 && cJSON_IsString(first))
			(void)snprintf(ret, 64, "%s", first->valuestring);
	}
	cJSON_Delete(state);
}

static void settle(const cJSON *group)
{
	const char *reason = text_of(group, "reason");
	char abandon[64], adopt[64], order[64], resource[64];
	word_after(reason, "drover intents abandon ", abandon);
	word_after(reason, "drover intents adopt ", adopt);
	word_after(reason, "by order ", order);
	bought_by(order, resource);
	if (*adopt && *resource && life_adopt(strtoll(adopt, NULL, 10), resource))
		counts.adopted++;
	else if (*adopt && *resource) /* it was named for another call, by mistake: this one is over */
		counts.abandoned += life_abandon(strtoll(adopt, NULL, 10));
	else if (*abandon)
		counts.abandoned += life_abandon(strtoll(abandon, NULL, 10));
}

void person_settles(void)
{
	cJSON *status = life_ask("status");
	const cJSON *group;
	cJSON_ArrayForEach(group, cJSON_GetObjectItemCaseSensitive(status, "groups"))
	{
		if (strcmp(text_of(group, "condition"), "Stuck") == 0)
			settle(group);
	}
	cJSON_Delete(status);
}

/* ---- orders ---- */

void person_pays(void)
{
	char id[64];
	for (unsigned n = 0; truth_unpaid(n, id), *id; n++) {
		if (!life_told(id))
			continue;
		world_settle_order(id, true);
		return;
	}
}
