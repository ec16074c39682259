/*
 * Checks the JSON text of a parameter against its table: members by name, with type,
 * bounds and words. An unknown member is refused, for the real service would ignore it.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>

#include "sim_operation.h"

static int check_object(struct sim_call *call, const struct sim_param *members, const cJSON *object,
			const char *where);

static int refuse(struct sim_call *call, const char *name, const char *where, const char *why)
{
	return sim_refuse_arg(call, name, "%s in %s %s.", name, where, why);
}

static bool is_one_of(const char *const *words, const char *text)
{
	for (; words && *words; words++)
		if (strcmp(*words, text) == 0)
			return true;
	return !words;
}

static bool is_int(const struct sim_param *param, const cJSON *item)
{
	double value = item->valuedouble;
	return cJSON_IsNumber(item) && value >= -1e15 && value <= 1e15 &&
	       (double)(int64_t)value == value && value >= (double)param->min &&
	       (param->max == 0 || value <= (double)param->max);
}

static bool is_text(const struct sim_param *param, const cJSON *item)
{
	return cJSON_IsString(item) && is_one_of(param->words, item->valuestring);
}

static bool all(const struct sim_param *param, const cJSON *array,
		bool (*is)(const struct sim_param *param, const cJSON *item))
{
	const cJSON *item = NULL;
	cJSON_ArrayForEach(item, array) if (!is(param, item)) return false;
	return cJSON_IsArray(array);
}

static int check_objects(struct sim_call *call, const struct sim_param *param, const cJSON *array,
			 const char *where)
{
	const cJSON *item = NULL;
	int r = 0;
	if (!cJSON_IsArray(array))
		return refuse(call, param->name, where, "must be an array");
	if (param->max > 0 && cJSON_GetArraySize(array) > param->max)
		return refuse(call, param->name, where, "has too many elements");
	cJSON_ArrayForEach(item, array) if (r == 0) r =
		check_object(call, param->members, item, param->name);
	return r;
}

static int check_member(struct sim_call *call, const struct sim_param *param, const cJSON *item,
			const char *where)
{
	bool good = true;
	switch (param->type) {
	case PARAM_TEXT:
		good = is_text(param, item);
		break;
	case PARAM_INT:
		good = is_int(param, item);
		break;
	case PARAM_BOOL:
		good = cJSON_IsBool(item);
		break;
	case PARAM_LIST:
		good = all(param, item, is_text);
		break;
	case PARAM_INTS:
		good = all(param, item, is_int);
		break;
	case PARAM_JSON:
		return check_object(call, param->members, item, param->name);
	case PARAM_OBJECTS:
		return check_objects(call, param, item, where);
	case PARAM_DECIMAL:
	case PARAM_TAGS: /* not within JSON */
	case PARAM_ROWS:
		good = false;
		break;
	}
	return good ? 0 : refuse(call, param->name, where, "has a type or value it may not have");
}

static int check_known(struct sim_call *call, const struct sim_param *members, const cJSON *item,
		       const char *where)
{
	for (const struct sim_param *param = members; param->name; param++)
		if (strcmp(param->name, item->string) == 0)
			return check_member(call, param, item, where);
	return sim_refuse_arg(call, where, "%s has no member %s.", where, item->string);
}

static int check_object(struct sim_call *call, const struct sim_param *members, const cJSON *object,
			const char *where)
{
	const cJSON *item = NULL;
	int r = 0;
	if (!cJSON_IsObject(object))
		return sim_refuse_arg(call, where, "%s must be a JSON object.", where);
	cJSON_ArrayForEach(item, object)
	{
		if (r == 0)
			r = check_known(call, members, item, where);
		if (r == 0 && cJSON_GetObjectItemCaseSensitive(object, item->string) != item)
			r = sim_refuse_arg(call, where, "%s names %s twice.", where, item->string);
	}
	for (const struct sim_param *param = members; param->name && r == 0; param++)
		if (param->required && !cJSON_GetObjectItemCaseSensitive(object, param->name))
			r = sim_refuse_missing(call, param->name);
	return r;
}

int sim_json_check(struct sim_call *call, const struct sim_param *param, const char *text)
{
	cJSON *root = cJSON_ParseWithLengthOpts(text, strlen(text) + 1, NULL, 1);
	int r = check_object(call, param->members, root, param->name);
	cJSON_Delete(root);
	return r;
}
