#include "answer.h"

#include <string.h>

#include "life.h"

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
	return cJSON_IsString(item) ? item->valuestring : "";
}

static int64_t number_of(const cJSON *object, const char *name)
{
	return (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

/* The daemon refuses what it knows already: the first that it takes is the one. */
static bool adopt(const struct wanted *g, const cJSON *intent)
{
	char id[64];
	int64_t number = number_of(intent, "id");
	bool create = strcmp(text_of(intent, "verb"), "create") == 0;
	for (unsigned n = 0; create && (truth_candidate(g, text_of(intent, "name"), n, id), *id);
	     n++)
		if (life_adopt(number, id))
			return true;
	for (unsigned n = 0;
	     truth_order(g, text_of(intent, "operation"), text_of(intent, "name"),
			 number_of(intent, "count"), n, id), *id;
	     n++)
		if (life_adopt(number, id))
			return true;
	return false;
}

enum answered answer_intent(const cJSON *intent, const struct wanted *group)
{
	if (strcmp(text_of(intent, "state"), "held") != 0)
		return ANSWER_NONE;
	if (adopt(group, intent))
		return ANSWER_ADOPTED;
	return life_abandon(number_of(intent, "id")) ? ANSWER_ABANDONED : ANSWER_NONE;
}
